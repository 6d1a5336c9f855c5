//! Connected numbers and the journal of webhooks.

use crate::ids::{ConversationId, NumberId};
use crate::messages::TemplateCategory;
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
        /// What failed lately and will not pass by itself, until somebody has seen it: one of each reason, the newest first.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub warnings: Vec<NumberWarning>,
        /// Whether the built-in simulator is at the other end.
        pub simulated: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub quality: Option<String>,
        /// Left out for those who may not manage numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verify_token: Option<String>,
        /// The callback address of this number alone; without `server.public_url` its path, to be put behind the address at
        /// which Meta reaches the program.
        pub callback_url: String,
        /// The callback address that serves every number of an app; in the same way.
        pub app_callback_url: String,
        /// When Meta verified the callback.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verified_at: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_webhook_at: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_webhook_at: Option<Time>,
        /// Requests with a bad signature. Counted anew when the number is connected again, or when none came for a week.
        pub rejected: u64,
        /// Requests with a bad signature at `app_callback_url` that named no number connected here, so that nobody can say
        /// whose they were: the same for every number. Counted anew when none came for a week. 0 for a simulated number.
        #[serde(default)]
        pub app_rejected: u64,
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

    /// A template that Meta has approved for a number's account.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct MessageTemplate {
        /// Meta's id.
        pub id: String,
        pub name: String,
        /// `en_US`, `ru`, …
        pub language: String,
        /// What Meta approved it for; absent for a category that this version does not know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<TemplateCategory>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header: Option<TemplateHeader>,
        /// Its words, with their places: `Hello {{1}}`, or `Hello {{first_name}}` where `named`.
        pub body: String,
        /// The body's places, in the order in which they are filled.
        pub places: Vec<TemplatePlace>,
        /// The places have names, and are filled by them.
        pub named: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub footer: Option<String>,
        /// In their order.
        pub buttons: Vec<TemplateButton>,
    }

    /// What stands above a template's words.
    pub struct TemplateHeader {
        pub kind: TemplateHeaderKind,
        /// The words of a text, with their place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
        /// Its place, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<TemplatePlace>,
    }

    /// Something that is filled in when a template is sent.
    pub struct TemplatePlace {
        /// `1`, `2`, … or its name.
        pub name: String,
        /// What it was approved with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub example: Option<String>,
    }

    /// A button under a template.
    pub struct TemplateButton {
        pub kind: TemplateButtonKind,
        /// The words on it.
        pub title: String,
        /// The address it opens, with its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        /// It needs a value when the template is sent: the ending of the address, the code.
        pub fillable: bool,
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
        /// `group_message`, `no_sender`, `empty`, `not_understood`, `unreadable`, `failed`.
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
        /// How often it was replayed. One that was processed and brings nothing new at a replay stays `processed`, with its
        /// `processed_at`.
        pub replays: u32,
        /// When it was replayed last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replayed_at: Option<Time>,
        /// The conversation it speaks of; only when one entry is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub conversation: Option<ConversationId>,
        /// The body as it came; only when one entry is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body: Option<String>,
    }
}

wire! {
    /// Something of a number that its owner should look at. It works on meanwhile.
    pub struct NumberWarning {
        /// Stable name of the reason, as of failed messages: `spam_limited`, `template_paused`, `meta_unavailable`, …
        pub reason: String,
        /// Meta's words.
        pub detail: String,
        /// When it happened last, to the hour.
        pub at: Time,
        /// Where the message is that failed then.
        pub conversation_id: ConversationId,
    }
}

words! {
    pub enum TemplateHeaderKind { Text, Image, Video, Document, Location, Other }

    pub enum TemplateButtonKind { QuickReply, Url, PhoneNumber, CopyCode, Flow, Other }

    pub enum NumberState { Connected, Stopped }

    /// What became of a webhook.
    pub enum Outcome { Pending, Processed, Duplicate, Unknown, Unreadable, Failed }
}
