//! What is known of a conversation.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Line;
use crate::calls::Outcome;
use crate::effects::{Input, Now};
use crate::triggers::Occurrence;

/// A conversation as it was, to be played to a draft and the other bots of the business: one run, and those that took its
/// place or were begun by what it wrote to the customer's record.
///
/// Bots are told by the ids of their flows; absent is the bot whose draft it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    pub start: Start,
    /// What the customer and the team did after the beginning, in order.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// What happened meanwhile and began something, besides what the bots themselves brought about.
    #[serde(default)]
    pub happened: Vec<Happened>,
    /// What calls came back with, in order.
    #[serde(default)]
    pub came: Vec<Came>,
    /// Until when the conversation is known: its end, or the present. Timers that are due later do not go off.
    pub until: i64,
    /// What was said and done then.
    #[serde(default)]
    pub then: Vec<Line>,
    /// What the flow wrote to the customer's record stands in it too.
    #[serde(default)]
    pub changes: bool,
    /// The bot whose draft it is had no part in it.
    #[serde(default)]
    pub without: bool,
}

/// How a conversation began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub at: Now,
    /// The message that began it, or what happened without one: the triggers of all bots are asked about it. Where neither
    /// is known, the bot that began it begins it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happening: Option<Occurrence>,
    /// What fired then, and of which bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    /// The ad or post that the customer came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<String>,
    /// The customer had never written before.
    #[serde(default)]
    pub first_message: bool,
    /// Another run was under way.
    #[serde(default)]
    pub busy: bool,
    /// What its first run was given: `contact`, as the customer was then, `message`, `event` and the like.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// What its random choices went by, and how many it had made before.
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub draws: u64,
}

/// Something that was done to the run: an answer, a person who took over or gave back, a move to a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub at: Now,
    pub input: Input,
}

/// Something that happened to the customer without a message, and what a run that begins by it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    pub at: Now,
    pub what: Occurrence,
    #[serde(default)]
    pub event: Value,
}

/// What a call of this block came back with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Came {
    pub at: i64,
    /// Whose run it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    pub block: String,
    /// Absent where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}
