//! The blocks of a flow, as the file says them.
//!
//! A block of a kind this version does not know is [`Body::Unknown`]: kept, written back, reported by the checker,
//! and an end of the conversation with a clear error when a run reaches it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::load::{nested_error, pointer};
use crate::model::{Extra, Target, is_default};

/// One block on the canvas.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Block {
    pub id: String,
    /// Stepped over, as if it were not there (but kept in place).
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    #[serde(flatten)]
    pub body: Body,
}

/// What a block does, told apart by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    Message(Message),
    Question(Box<Question>),
    Condition(Condition),
    Set(SetVariable),
    Jump(Jump),
    HandOver(HandOver),
    End(Ending),
    /// A kind of a newer version: the whole of its fields, `kind` among them.
    #[serde(untagged)]
    #[cfg_attr(test, schemars(schema_with = "crate::schema::unknown_block"))]
    Unknown(Extra),
}

/// Says something: a text, or a picture, film, sound, document or sticker. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Message {
    /// With media: the caption (a sound or a sticker has none: the text follows as its own message).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Media {
    pub kind: MediaKind,
    #[serde(flatten)]
    pub source: MediaSource,
    /// Shown for a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The kinds of files that WhatsApp shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

/// Where a file lies: at an address (may hold variables), or in the business's own media store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    Url(String),
    Stored(String),
}

/// Asks and waits. Ports `answered` (and `option:<id>` for each option), `failed`, `timeout`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Question {
    /// What is asked.
    #[serde(default)]
    pub text: String,
    /// `text`, `number`, `email`, `phone`, `date`, `choice`; other kinds are kept and end the run with an error.
    pub answer: Answer,
    /// The variable that takes the answer: text, number, `+` and digits, `YYYY-MM-DD`, or the option's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Said after an answer that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,
    /// How many answers are heard before `failed`; without it the flow's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
    /// Seconds of silence before `timeout`, 1 to 31,536,000 (a year).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// For `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Opt>,
    /// For `choice` as a list: the button that opens it, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button: Option<String>,
    /// The least number; the earliest date (`YYYY-MM-DD`, or `today`, `today+3`, `today-1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// The greatest number; the latest date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// For `number`: no fractions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub whole: bool,
    /// For `text`: the least and the greatest number of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// For `text`: a regular expression that the answer has to hold somewhere (`^…$` for the whole).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// For `phone`: the country of numbers written without one; without it the flow's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Text,
    Number,
    Email,
    Phone,
    Date,
    Choice,
    /// A kind of a newer version.
    #[serde(untagged)]
    Other(String),
}

/// One of the answers a choice offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Opt {
    pub id: String,
    /// On a button at most 20 characters, in a list 24; longer ones make the choice a numbered text.
    pub title: String,
    /// In a list, under the title: at most 72 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is stored; without it the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Takes the first branch whose tests hold. Ports `branch:<id>` and `else`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Condition {
    #[serde(default)]
    pub branches: Vec<Branch>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A way out of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Branch {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    pub when: Tests,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Tests that must all hold, or of which one is enough. Of no tests at all `and` holds and `or` does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tests {
    pub join: Join,
    #[serde(default)]
    pub tests: Vec<Test>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// How tests are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Join {
    And,
    Or,
}

/// A comparison, or a group of tests inside the group (told apart by `join`).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Test {
    Group(Tests),
    Compare(Comparison),
}

/// Compares a variable with a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Comparison {
    /// A variable's name, or a path into it (`contact.name`).
    pub variable: String,
    pub is: Operator,
    /// Text with variables, or a number. Patterns are taken literally: a customer's words never become one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The ways to compare. Texts are compared without regard to case, to `ё`/`е` and to spaces at the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equal,
    NotEqual,
    /// A text within the text, or an item of the list.
    Contains,
    NotContains,
    /// Numbers by size, dates (`YYYY-MM-DD`) by time; anything else is not comparable and does not hold.
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// Has a value other than the empty text, the empty list and nothing.
    Set,
    Empty,
    Starts,
    Ends,
    Matches,
    NotMatches,
}

/// Gives a variable a value. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SetVariable {
    pub variable: String,
    /// Any JSON; a text may hold variables, and one that is nothing but `{{…}}` keeps the kind of its value.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// An expression (`count + 1`); goes before `value`. With neither the variable is emptied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Goes on at another place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Jump {
    pub to: Target,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Calls a person. The run ends, unless port `returned` (or the next block of the group) leads on: then it waits
/// until the conversation is given back to the bot.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HandOver {
    /// Said to the customer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// For the team; the customer does not see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The end of the run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ending {
    /// Said before the end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// A label for the results ("booked", "not interested").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

impl Block {
    /// The word for the block's kind in the file.
    pub fn kind(&self) -> &str {
        match &self.body {
            Body::Message(_) => "message",
            Body::Question(_) => "question",
            Body::Condition(_) => "condition",
            Body::Set(_) => "set",
            Body::Jump(_) => "jump",
            Body::HandOver(_) => "hand_over",
            Body::End(_) => "end",
            Body::Unknown(fields) => fields.get("kind").and_then(Value::as_str).unwrap_or_default(),
        }
    }
}

// Written by hand: a derived tagged enum would refuse unknown kinds or, with a catch-all variant, swallow every
// mistake inside a known kind as "unknown"; and neither could name the place of the mistake.
impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Extra::deserialize(deserializer)?;
        let id = text_field::<D>(&mut fields, "id")?;
        let disabled = match fields.remove("disabled") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return Err(D::Error::custom(nested_error("/disabled", "expected true or false"))),
        };
        let kind = text_field::<D>(&mut fields, "kind")?;
        let body = match kind.as_str() {
            "message" => Body::Message(inner::<D, _>(fields)?),
            "question" => Body::Question(inner::<D, _>(fields)?),
            "condition" => Body::Condition(inner::<D, _>(fields)?),
            "set" => Body::Set(inner::<D, _>(fields)?),
            "jump" => Body::Jump(inner::<D, _>(fields)?),
            "hand_over" => Body::HandOver(inner::<D, _>(fields)?),
            "end" => Body::End(inner::<D, _>(fields)?),
            _ => {
                fields.insert("kind".to_owned(), Value::String(kind));
                Body::Unknown(fields)
            }
        };
        Ok(Self { id, disabled, body })
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Extra::deserialize(deserializer)?;
        if fields.contains_key("join") {
            inner::<D, _>(fields).map(Self::Group)
        } else {
            inner::<D, _>(fields).map(Self::Compare)
        }
    }
}

fn inner<'de, D, T>(fields: Extra) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    serde_path_to_error::deserialize(Value::Object(fields))
        .map_err(|error| D::Error::custom(nested_error(&pointer(error.path()), &error.inner().to_string())))
}

fn text_field<'de, D: Deserializer<'de>>(fields: &mut Extra, name: &'static str) -> Result<String, D::Error> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(D::Error::custom(nested_error(&format!("/{name}"), "expected text"))),
        None => Err(D::Error::missing_field(name)),
    }
}
