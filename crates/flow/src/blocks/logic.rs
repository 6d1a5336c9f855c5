//! Blocks that decide and remember, without a word to the customer.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::inner;
use crate::model::{Extra, Target, is_default};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    #[default]
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

/// Compares one variable with one value after another and takes the first that holds. Ports `branch:<id>` and
/// `else`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Switch {
    /// A variable's name, or a path into it.
    #[serde(default)]
    pub variable: String,
    #[serde(default)]
    pub branches: Vec<Case>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A way out of a switch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Case {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub is: Operator,
    /// As in a comparison.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Sends runs different ways, by weight. Ports `branch:<id>`.
///
/// Which way is a function of the session's seed and the block's id alone: a run that comes here twice goes the same
/// way twice, and a replay goes as the run did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Split {
    #[serde(default)]
    pub branches: Vec<Share>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A way out of a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Share {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Against the sum of all weights.
    #[serde(default)]
    pub weight: u32,
    #[serde(flatten)]
    pub extra: Extra,
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
    /// Something done to a list, instead of plainly setting the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<ListOperation>,
    /// For `pop`, `shift` and `item`: the variable with the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What may be done to a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListOperation {
    /// Puts the value at the end of `variable`, which becomes a list if it is none; of a list each item.
    Append,
    /// Takes the last item off `list` into `variable`.
    Pop,
    /// Takes the first item off `list` into `variable`.
    Shift,
    /// Puts the item of `list` at the position that the value says (from 0; negative from the end) into `variable`.
    Item,
    /// An operation of a newer version: kept, and an error in a run.
    #[serde(untagged)]
    Other(String),
}

/// Goes on at another place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Jump {
    pub to: Target,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Runs another part and comes back. Ports `next` (after it), `failed` (there is no such bot).
///
/// Variables are shared. The part ends where it leads nowhere or at a `return`; an `end` block ends the whole run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SubFlow {
    /// A place in this flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Target>,
    /// Another bot, by its flow's id, or by its own where several bots' flows have one id. Goes before `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Goes back to the sub-flow block that led here, or to the next round of a loop; with neither the run ends. No ports.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Return {
    #[serde(flatten)]
    pub extra: Extra,
}

/// Goes through a list. Ports `each` (once for every item; where that way ends, or leads back here, the next round
/// begins) and `next` (afterwards).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Loop {
    /// A variable with a list, or an expression. How many rounds there are is settled when the loop begins.
    #[serde(default)]
    pub list: String,
    /// The variable that takes the item.
    #[serde(default)]
    pub item: String,
    /// The variable that takes the item's position, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Leaves the innermost loop by its `next`. Outside a loop like `return`. No ports.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Break {
    #[serde(flatten)]
    pub extra: Extra,
}

/// Asks whether it is working time. Ports `open`, `closed`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Hours {
    /// Hours of the block's own, in the business's time zone; without them the business's working hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Shift>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shift {
    /// 1 is Monday, 7 is Sunday; of none every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; before `from` it is of the next day.
    pub to: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Asks whether somebody is there to talk. Ports `online`, `offline`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Online {
    /// Of this team; without it, and without `person`, anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
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
