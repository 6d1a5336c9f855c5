//! Blocks that ask something outside and wait for what comes back. Ports `next`, `failed`, `timeout`; where `timeout`
//! leads nowhere `failed` is taken.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Save;
use crate::fault::Fault;
use crate::model::{Extra, is_default};

/// Whether blocks of this kind reach outside: from a stranger they are off until somebody allows them.
pub fn reaches_outside(kind: &str) -> bool {
    matches!(kind, "http" | "email" | "ai_answer" | "ai_extract" | "wait_call")
}

/// Calls an address.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Http {
    #[serde(default)]
    pub method: Method,
    /// May hold variables and secrets (`{{ secret.key }}`). Variables stand as they are: what a customer wrote belongs
    /// into `query`, which is encoded.
    #[serde(default)]
    pub url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<Pair>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Pair>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<HttpBody>,
    /// Seconds, 1 to 120; without it 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// Which parts of the answer's body go into which variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub save: Vec<Save>,
    /// Which headers of the answer go into which variables, whatever its status. To `HEAD` they are all that comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub save_headers: Vec<SaveHeader>,
    /// The variable that takes the answer's status (200).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Puts a header of an answer into a variable: its text, or nothing where it did not come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SaveHeader {
    pub variable: String,
    /// Its name in any case. What came under one name several times is joined by commas (RFC 9110 §5.3).
    #[serde(default)]
    pub header: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The methods of HTTP that carry a request to a service: all of RFC 9110's and `PATCH` (RFC 5789), without `CONNECT`. That
/// one asks a proxy for a tunnel and no resource for anything (RFC 9110 §9.3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
    Options,
    /// What it is sent the service sends back: it carries no body and no secrets (RFC 9110 §9.3.8).
    Trace,
}

impl Method {
    const ALL: [(&'static str, Self); 8] = [
        ("GET", Self::Get),
        ("POST", Self::Post),
        ("PUT", Self::Put),
        ("PATCH", Self::Patch),
        ("DELETE", Self::Delete),
        ("HEAD", Self::Head),
        ("OPTIONS", Self::Options),
        ("TRACE", Self::Trace),
    ];
}

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, method)| *method);
        known.ok_or_else(|| {
            let mut allowed = Self::ALL.map(|(name, _)| name).join(", ");
            if name == "CONNECT" {
                allowed += " (it asks a proxy for a tunnel and no resource for anything, RFC 9110 §9.3.6)";
            }
            D::Error::custom(Fault::UnknownWord { value: name.into_owned(), allowed }.message(""))
        })
    }
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Pair {
    pub name: String,
    pub value: Sealable,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A text with variables and secrets, or a secret by its name alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Sealable {
    Text(String),
    Secret {
        secret: String,
        #[serde(flatten)]
        extra: Extra,
    },
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HttpBody {
    #[serde(default)]
    pub kind: HttpBodyKind,
    /// For `json`: texts may hold variables and secrets and are quoted as they should; one that is nothing but `{{…}}`
    /// keeps the kind of its value; `{"secret": "key"}` is the secret.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// For `text`: as it is written, with variables and secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// For `text`; without it `text/plain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// For `form`: as a web form sends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Pair>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a request's body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HttpBodyKind {
    #[default]
    Json,
    Text,
    Form,
}

/// Waits until somebody calls the run's own address (which a run knows as `{{callback}}`). Ports `next`, `timeout`,
/// and `message` for what the customer writes meanwhile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WaitCall {
    /// Which parts of what was sent go into which variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub save: Vec<Save>,
    /// Seconds, to a year; without it one day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Sends an e-mail. All texts may hold variables.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Email {
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    #[serde(default)]
    pub subject: String,
    #[serde(default)]
    pub text: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What both AI blocks say about the model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AiModel {
    /// The business's connection (an address and its key); without it the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Without it the connection's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The most tokens of the answer, to 4,000; without it 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Seconds, 1 to 120; without it 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
}

/// Lets a language model answer, without tools. Ports `next`, `failed`, `timeout`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AiAnswer {
    /// What the model should know and how it should talk.
    #[serde(default)]
    pub instructions: String,
    /// What it answers; without it the customer's last words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Tells it what was said before.
    #[serde(default, skip_serializing_if = "is_default")]
    pub history: bool,
    #[serde(flatten)]
    pub model: AiModel,
    /// The variable that takes the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The answer is kept and not said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: bool,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Lets a language model find values in a text. Ports `next`, `failed`, `timeout`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AiExtract {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Where it looks; without it the customer's last words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Looks in all that was said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub history: bool,
    #[serde(default)]
    pub fields: Vec<AiField>,
    #[serde(flatten)]
    pub model: AiModel,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A value to be found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AiField {
    /// The variable that takes it; the model knows it by this name.
    pub variable: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: AiFieldKind,
    /// What is meant, for the model.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// For `choice`: what it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Without it the way on is `failed`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a found value has to be. One that is not counts as not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AiFieldKind {
    #[default]
    Text,
    Number,
    Boolean,
    Date,
    Email,
    Phone,
    Choice,
}
