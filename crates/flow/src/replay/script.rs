//! What is known of a run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Line;
use crate::calls::Outcome;
use crate::effects::{Input, Now};

/// A run as it was, to be played to another flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    pub start: Start,
    /// What the customer and the team did after the beginning, in order.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// What calls came back with, in order.
    #[serde(default)]
    pub came: Vec<Came>,
    /// Until when the run is known: its end, or the present. Timers that are due later do not go off.
    pub until: i64,
    /// What was said and done then.
    #[serde(default)]
    pub then: Vec<Line>,
    /// What the flow wrote to the customer's record stands in it too.
    #[serde(default)]
    pub changes: bool,
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub at: Now,
    /// The message that began it: the flow's triggers are asked about it. Without one, `trigger` is what fired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The ad or post that the customer came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<String>,
    /// The customer had never written before.
    #[serde(default)]
    pub first_message: bool,
    /// Another run was under way.
    #[serde(default)]
    pub busy: bool,
    /// What the run was given: `contact`, as the customer was then, `message`, `event` and the like.
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

/// What a call of this block came back with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Came {
    pub at: i64,
    pub block: String,
    /// Absent where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl Input {
    /// The words by which it may start a flow.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Text { text } => text,
            Self::Reply { title, .. } => title,
            Self::Media { caption, .. } => caption,
            _ => "",
        }
    }

    /// The id of what was tapped, by which it may start a flow too.
    pub(super) fn payload(&self) -> Option<&str> {
        if let Self::Reply { id, .. } = self { Some(id) } else { None }
    }
}
