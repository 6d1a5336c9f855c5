//! Trying out bots before customers do: a request of a flow, and which bot a message would reach.

use serde_json::Value;

use crate::ids::BotId;
use crate::{wire, words};

wire! {
    /// Asks what a block's request comes back with.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct TryRequest {
        /// A block of the kind `http`, as it stands in a flow.
        pub block: Value,
        /// Values in place of a customer's, by the names of the variables.
        #[serde(default = "no_variables")]
        #[cfg_attr(feature = "openapi", oai(default = "no_variables"))]
        pub variables: Value,
    }

    /// What a request came back with.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct TriedRequest {
        /// Absent when nothing came back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<u16>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub headers: Vec<HttpHeader>,
        /// As JSON where it is JSON, else as a text. Secrets in it are hidden.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body: Option<Value>,
        /// Why nothing came back, in technical words of the caller's language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failure: Option<String>,
        /// The same as one of some words that stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub why: Option<RequestFailure>,
    }

    pub struct HttpHeader {
        pub name: String,
        pub value: String,
    }

    /// Asks which bot a message would reach.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct TryMessage {
        pub text: String,
        /// The customer never wrote before: triggers for new customers are asked as well.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub first: bool,
        /// The customer is in the middle of a talk with a bot: only triggers that work anywhere are asked.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub busy: bool,
    }

    /// Which bot a message would reach, and why.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct TriedMessage {
        /// Absent when no bot would answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub winner: Option<Candidate>,
        /// Who else would have, the strongest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub others: Vec<Candidate>,
    }

    /// A trigger that a message fits.
    pub struct Candidate {
        pub bot: BotId,
        pub name: String,
        /// The trigger's id in the published flow.
        pub trigger: String,
        pub priority: i32,
        /// What it goes by.
        pub ground: TriggerGround,
        /// The keyword that was found, as it is compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub keyword: Option<String>,
        /// What the winner had over it; absent of the winner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lost_by: Option<LostBy>,
    }

    /// A trigger of a bot that answers, and which others may come before it.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct BotTrigger {
        pub bot: BotId,
        pub name: String,
        /// The trigger's id in the published flow.
        pub trigger: String,
        /// The kind of trigger: `keyword`, `first_message`, `tag_added`, …
        pub kind: String,
        pub priority: i32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub keywords: Vec<String>,
        /// When it begins, of a `schedule`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub schedule: Option<TriggerSchedule>,
        /// Those of its own bot too, the strongest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub ahead: Vec<TriggerAhead>,
    }

    /// When a bot begins by the clock of the business.
    pub struct TriggerSchedule {
        /// `HH:MM`.
        pub at: String,
        /// Once, on this day (2026-11-22); the days below do not count then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub date: Option<String>,
        /// Days of the week, 1 is Monday. Without any, and any below: every day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub days: Vec<u8>,
        /// Days of the month; the last day stands for those that a month does not have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub month_days: Vec<u8>,
    }

    /// A trigger that comes before another one where both fit.
    pub struct TriggerAhead {
        pub bot: BotId,
        pub name: String,
        pub trigger: String,
        pub kind: String,
        pub priority: i32,
        /// What it goes by.
        pub ground: TriggerGround,
        /// Its keyword.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub keyword: Option<String>,
        /// What it has over the other.
        pub by: LostBy,
    }
}

words! {
    /// Why a request came to nothing.
    pub enum RequestFailure {
        /// No address was found for the name.
        UnknownHost,
        /// Nobody listens there.
        Refused,
        /// No way leads there.
        Unreachable,
        /// No answer came within the block's time.
        TimedOut,
        /// The encryption failed: a certificate that is none, or a server that does not encrypt.
        NotSecure,
        /// The address is in a private network, which is not allowed.
        PrivateAddress,
        /// The answer has more than a run can keep (256 KB).
        TooLarge,
        /// The connection broke before the answer was whole.
        CutOff,
        /// The address is none that can be called.
        BadAddress,
        /// A header or the method cannot be sent so.
        BadRequest,
        /// The secret that it names does not exist.
        NoSecret,
        Other,
    }

    /// What a trigger goes by, the most particular first.
    pub enum TriggerGround {
        Tap, Payload, Ad, Link, KeywordIs, KeywordStarts, KeywordRegex, KeywordContains, AnyAd, FirstMessage, AnyMessage,
        Event, AnyEvent
    }

    /// What a trigger that wins has over another, in the order in which it counts.
    pub enum LostBy {
        /// A greater priority.
        Priority,
        /// Something more particular to go by.
        Ground,
        /// A longer keyword.
        Keyword,
        /// It stands earlier: the older bot, or earlier in its flow.
        Order
    }
}

fn no_variables() -> Value {
    Value::Object(serde_json::Map::new())
}
