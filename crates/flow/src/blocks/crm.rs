//! Blocks about the customer, for the team. All texts may hold variables. What they write goes out as effects that
//! nobody waits for; the run's own view of the customer (`contact`) changes at once.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AiModel, Save};
use crate::model::{Extra, is_default};

/// Reads the customer's fields as they are now, into variables. Ports `next`, `failed`, `timeout`.
///
/// What a run knew at its beginning is in `contact` without this.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReadFields {
    /// `path` is the field's name: `name`, `phone`, `email`, `tags`, or one of the business's own.
    #[serde(default)]
    pub save: Vec<Save>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Writes the customer's fields. Port `next`.
///
/// A customer's field holds a text: of any other value it is given what that reads in a message (a list "1, 2").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SetFields {
    #[serde(default)]
    pub fields: Vec<FieldValue>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A field and its new value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldValue {
    /// `name`, `email`, or one of the business's own: of a customer not `phone`, `tags` or `fields`.
    pub field: String,
    /// As of a variable: a text that is nothing but `{{…}}` keeps the kind of its value, where the field holds more than
    /// texts. Nothing empties the field.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Adds tags to the customer and takes others away. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tags {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Assigns the conversation; the bot goes on. With neither a person nor a team nobody has it. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Assign {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Makes a deal with the customer. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CreateDeal {
    /// Without it the business's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// Without it the pipeline's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    #[serde(default)]
    pub title: String,
    /// In whole units of the currency, as people say it ("1 200,50").
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub amount: Value,
    /// ISO 4217; without it the business's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldValue>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Moves the customer's newest open deal (of the pipeline, where one is named). Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MoveDeal {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    #[serde(default)]
    pub stage: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Makes a task for the team. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CreateTask {
    #[serde(default)]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When it is due, in the words of a wait's `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Puts the customer on a list of receivers, or (`unsubscribe`) takes them off. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Subscription {
    /// Without it: all that the business sends on its own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Leaves a note in the conversation that only the team sees. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Note {
    #[serde(default)]
    pub text: String,
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
    /// Tells the team what was said so far.
    #[serde(default, skip_serializing_if = "is_default")]
    pub summary: bool,
    /// Lets a language model write that summary. The conversation is handed over at once all the same: what the model
    /// writes follows as a note, and where it writes nothing what was said does.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ai_summary: bool,
    /// The model for it.
    #[serde(flatten)]
    pub model: AiModel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}
