//! What came of the bots' flows: a record of each run, the steps of each turn, and the numbers folded from them.
//!
//! A turn writes one row of its steps; a run writes its record when it begins and once more when it ends. Both are part
//! of the turn's own transaction. The numbers are not: they are folded later, from those rows, when somebody asks
//! ([`fold`]) or before old rows are forgotten ([`forget`]).
//!
//! How a run began, what its calls came back with and which block said what are kept as well: they make a [`script`] of
//! its conversation, which the flow editor plays to a draft.

mod chain;
mod count;
pub mod fold;
mod forget;
pub mod note;
mod read;
mod script;
pub mod store;
#[cfg(test)]
mod tests;

pub use forget::forget;
pub use note::words;
pub use read::{Filter, MOST_READ, find, inside, page, transcript, wire};
pub use script::{Asked as AskedScripts, scripts};

use beseda_flow::Outcome;
use beseda_flow::replay::Change;
use beseda_wire::ids::{BotId, ConversationId, CustomerId, MessageId, NumberId, RunId};
use beseda_wire::results::{RunCause, RunEnd, RunWaits};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A run, for as long as it is remembered. While it goes on, [`super::Run`] knows more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub number: NumberId,
    /// The version it began with; of one that ended, the one it ended with.
    pub version: u32,
    pub started_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    pub at: Time,
    pub reason: RunEnd,
    /// What it ran into, where it failed or is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<RunCause>,
    /// The label of the end block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The block at which it ended, and the flow whose block it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
    /// Who of the team ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Why a run ended by no step of its own.
#[derive(Debug, Clone)]
pub struct Stop {
    pub reason: RunEnd,
    pub cause: Option<RunCause>,
    /// The name of who ended it, where that was a person.
    pub by: Option<String>,
}

impl Stop {
    /// Another run took its place.
    pub const REPLACED: Self = Self { reason: RunEnd::Replaced, cause: None, by: None };

    pub const fn broken(cause: RunCause) -> Self {
        Self { reason: RunEnd::Broken, cause: Some(cause), by: None }
    }
}

/// How a run began: what it takes to begin it once more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Beginning {
    /// The trigger that fired; none where a tap led somewhere by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// A message of the customer's began it.
    #[serde(default)]
    pub by_message: bool,
    /// The first of the messages that did; absent of a run from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<MessageId>,
    /// It was the customer's first.
    #[serde(default)]
    pub first_message: bool,
    /// Another run was under way.
    #[serde(default)]
    pub busy: bool,
    /// The run whose place it took, or that wrote to the customer's record what began this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<(BotId, RunId)>,
    /// What began it was brought about by the run that it follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub caused: bool,
    /// What it knew: the customer's record as it was, the message, and what an earlier run of the bot had learnt. Long
    /// texts are cut, and the address by which others go on with the run is left out: it is a secret.
    #[serde(default)]
    pub given: Map<String, Value>,
    /// What its random choices go by, and how many were made before.
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub draws: u64,
}

/// What a run did in one turn. The names are short because each turn of each customer writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    #[serde(rename = "t")]
    pub at: Time,
    #[serde(rename = "v")]
    pub version: u32,
    #[serde(rename = "s")]
    pub steps: Vec<Step>,
    /// Where it stands afterwards.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<(String, RunWaits)>,
    /// The block of each message that was sent, in order.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// What calls came back with, with their blocks; without it where it is too large to be kept.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<(String, Option<Outcome>)>,
    /// What was written to the customer's record, with the blocks; absent of a turn from before this was kept.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<(String, Change)>>,
}

/// One thing a run did, with the block where it did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    #[serde(rename = "b")]
    Began,
    #[serde(rename = "e")]
    Entered(String),
    #[serde(rename = "a")]
    Answered(String, String),
    #[serde(rename = "r")]
    Refused(String),
    /// By this port.
    #[serde(rename = "l")]
    Left(String, String),
    /// The flow of another bot, by its id; empty for the run's own.
    #[serde(rename = "i")]
    Inside(String),
    #[serde(rename = "c")]
    Asked(String, String),
    #[serde(rename = "n")]
    Note(String, String),
    /// An address that nobody has allowed.
    #[serde(rename = "o")]
    LeftOut(String, String),
    #[serde(rename = "p")]
    Paused,
    #[serde(rename = "g")]
    Resumed,
    /// Somebody of the team, by their name, had it go on elsewhere.
    #[serde(rename = "m")]
    Moved(String),
}
