//! Questions: one kind of block, told apart by the kind of answer they take.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MediaKind, SendTemplate, Tests};
use crate::model::{Extra, is_default};

/// Asks and waits. Ports `answered` (and `option:<id>` for each option), `failed`, `timeout`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Question {
    /// What is asked.
    #[serde(default)]
    pub text: String,
    /// `text`, `number`, `email`, `phone`, `url`, `date`, `time`, `choice`, `rating`, `media`, `location`, `form`;
    /// other kinds are kept and end the run with an error.
    pub answer: Answer,
    /// The variable that takes the answer: text, number, `+` and digits, `YYYY-MM-DD`, `HH:MM`, the option's value,
    /// or an object (a file, a place, a form's fields). Of `multiple` a list.
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
    /// Asked with this template instead of `text`: works when the 24 hours are over. The options of a choice are the
    /// template's quick replies, in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<SendTemplate>,
    /// For `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Opt>,
    /// For `choice`: a variable with a list whose items are offered before `options`. An item is a text or a number,
    /// or an object with `title` (or `name`), and perhaps `description` and `value` (or `id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// For `choice`: several options, written as numbers or titles with commas; then only `answered` leads on. For
    /// `media`: several files, if they come together.
    #[serde(default, skip_serializing_if = "is_default")]
    pub multiple: bool,
    /// For `choice` as a list, and for `form`: the button that opens it, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button: Option<String>,
    /// The least number; the earliest date (`YYYY-MM-DD`, or `today`, `today+3`, `today-1`) or time (`HH:MM`); the
    /// lowest rating (without it 1); how many options have to be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// The greatest number; the latest date or time; the highest rating (without it 5); how many options may be.
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
    /// For `rating`: what stands at the lowest and at the highest number ("very bad", "great").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub low: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub high: String,
    /// For `media`: the kinds of files taken; of none all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<MediaKind>,
    /// For `form`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
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
    Url,
    Date,
    Time,
    Choice,
    /// A number between two, tapped or written.
    Rating,
    /// A file: a picture, film, sound, document or sticker.
    Media,
    /// A place, shared by the customer.
    Location,
    /// A native form of WhatsApp (Meta calls it a Flow).
    Form,
    /// A kind of a newer version.
    #[serde(untagged)]
    Other(String),
}

/// One of the answers a choice offers, or one of the rows of a menu.
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
    /// Offered only when these hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Tests>,
    /// In a menu: the name by which a trigger of the kind `payload` knows a tap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A native form of WhatsApp.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Form {
    /// Meta's id of the form.
    #[serde(default)]
    pub id: String,
    /// The screen it opens with; without it the form's own first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<String>,
    /// What the form begins with; texts may hold variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// The version of the form that is not published yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub draft: bool,
    /// Which field of the answer goes into which variable. The question's `variable` takes all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub save: Vec<Save>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Puts a part of what came back into a variable.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Save {
    pub variable: String,
    /// Names and positions joined by dots (`items.0.price`); without it the whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    #[serde(flatten)]
    pub extra: Extra,
}
