//! Connected numbers and the journal of webhooks.

use crate::ids::{ConversationId, NumberId};
use crate::time::Time;
use crate::{wire, words};

wire! {
    /// Connects a number: the ids, token and secrets from Meta's app dashboard.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct ConnectNumber {
        pub phone_number_id: String,
        pub waba_id: String,
        /// System-user token with `whatsapp_business_messaging` and `whatsapp_business_management`.
        pub token: String,
        pub app_secret: String,
        /// The word Meta sends back when the callback is verified; made up when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verify_token: Option<String>,
        /// A name for people; the verified name from Meta when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// The phone number in E.164, when it is known; else asked of Meta.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone: Option<String>,
        /// Messages a second that Meta grants this number, 1 to 1000. 80 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub messages_per_second: Option<u32>,
        /// Connect even though the live checks could not be made or failed.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub skip_checks: bool,
    }

    /// Renews what a connected number works with. What is absent stays as it is.
    #[cfg_attr(feature = "openapi", oai(example))]
    #[derive(Default)]
    pub struct UpdateNumber {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub token: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub app_secret: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verify_token: Option<String>,
        /// Keep it even though the live checks could not be made or failed.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub skip_checks: bool,
    }

    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Number {
        pub id: NumberId,
        pub phone_number_id: String,
        pub waba_id: String,
        pub name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone: Option<String>,
        pub state: NumberState,
        /// Why the channel stopped: a stable name, with Meta's words in `problem_detail`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem_detail: Option<String>,
        /// Whether the built-in simulator is at the other end.
        pub simulated: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub quality: Option<String>,
        pub verify_token: String,
        /// The callback address of this number alone.
        pub callback_url: String,
        /// The callback address that serves every number of an app.
        pub app_callback_url: String,
        /// When Meta verified the callback.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verified_at: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_webhook_at: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_webhook_at: Option<Time>,
        /// Requests with a bad signature since the program started.
        pub rejected: u64,
        pub created_at: Time,
    }

    /// The live checks before a number is connected.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NumberChecks {
        pub ok: bool,
        pub checks: Vec<NumberCheck>,
    }

    pub struct NumberCheck {
        /// `token`, `permissions`, `app_secret`, `phone_number`, `waba`, `subscription`.
        pub name: String,
        pub ok: bool,
        /// Stable name of the result, for translation: `token_ok`, `token_expired`, …
        pub result: String,
        /// The technical words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
    }

    /// One webhook as it was received.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct JournalEntry {
        /// Numbered in the order of arrival, from 1.
        pub id: u64,
        pub received_at: Time,
        pub outcome: Outcome,
        /// Why it failed, or what was not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        /// Stable name of the reason, for translation: `number_not_connected`, `foreign_status`, `target_missing`,
        /// `group_message`, `not_understood`, `unreadable`, `failed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        /// What it held, in words for a list: `message.text`, `status.delivered`, …
        pub kinds: Vec<String>,
        /// The number it was for, where the body said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone_number_id: Option<String>,
        /// The customer it speaks of, as WhatsApp names them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub customer: Option<String>,
        /// Bytes.
        pub size: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub processed_at: Option<Time>,
        /// How often it was replayed.
        pub replays: u32,
        /// The conversation it speaks of; only when one entry is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub conversation: Option<ConversationId>,
        /// The body as it came; only when one entry is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body: Option<String>,
    }
}

words! {
    pub enum NumberState { Connected, Stopped }

    /// What became of a webhook.
    pub enum Outcome { Pending, Processed, Duplicate, Unknown, Unreadable, Failed }
}
