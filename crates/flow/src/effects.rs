//! What goes into a step and what comes out of it.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::blocks::MediaKind;
use crate::model::Target;
use crate::outgoing::Outgoing;
use crate::session::Session;

/// What happened to the customer's run of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Input {
    /// Begins the run, anew if it was under way (variables stay).
    Start {
        /// The trigger that fired; its edge says where to begin.
        #[serde(default)]
        trigger: Option<String>,
        /// Begin here instead (the test panel jumps into the middle).
        #[serde(default)]
        at: Option<Target>,
        /// Values known from outside, such as `contact`. They go before the flow's defaults.
        #[serde(default)]
        variables: Map<String, Value>,
    },
    Text {
        text: String,
    },
    /// A button or a list's row was tapped.
    Reply {
        id: String,
        #[serde(default)]
        title: String,
    },
    Media {
        media: MediaKind,
        /// The caller's name for the stored file.
        id: String,
        #[serde(default)]
        caption: String,
    },
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default)]
        name: String,
    },
    /// Something else the customer sent (contact card, reaction, a kind not known): never an answer.
    Other,
    /// The timer with this token is due. Of an old timer nothing comes.
    Timeout {
        token: u64,
    },
    /// A person took the conversation over: the bot is silent until `Resume`.
    Pause,
    /// The conversation was given back: what is being asked is asked again.
    Resume,
}

/// An instant, with the offset of the business's zone at it. The engine knows no zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Milliseconds since 1970-01-01 UTC.
    pub ms: i64,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// What a step led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub session: Session,
    /// The run is over; the session is kept for its variables alone.
    pub ended: Option<Ended>,
    /// The input meant nothing to the run (an old timer, a message while a person talks): nothing changed.
    pub ignored: bool,
    /// To be carried out in this order.
    pub effects: Vec<Effect>,
    /// Only from [`crate::step_traced`].
    pub trace: Vec<Event>,
}

/// What the caller has to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    Say {
        block: String,
        message: Outgoing,
    },
    /// Come back with [`Input::Timeout`] and this token at `due` (milliseconds since 1970-01-01 UTC).
    SetTimer {
        token: u64,
        due: i64,
    },
    ClearTimer {
        token: u64,
    },
    /// A variable changed; the session already holds it.
    SetVariable {
        name: String,
        value: Value,
    },
    /// Give the conversation to people.
    HandOver {
        block: String,
        note: String,
    },
    Ended(Ended),
    /// Something in the flow is broken. The run goes on unless `Ended` follows.
    Error {
        block: String,
        what: Problem,
    },
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The block at which it ended; absent where there was none.
    pub block: Option<String>,
    pub reason: EndReason,
    /// The label of the end block.
    pub outcome: Option<String>,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// An end block, or nothing more to do.
    Finished,
    /// Handed over to a person, with no way back to the bot.
    HandedOver,
    /// The tries are used up and `failed` leads nowhere.
    NoAnswer,
    /// The time is over and `timeout` leads nowhere.
    TimedOut,
    /// One input led to more work or more data than a run may have.
    OutOfFuel { limit: Limit },
    /// The flow is broken here; an `Error` effect says how.
    Broken,
}

/// The bound that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Blocks for one input.
    Blocks,
    /// Messages for one input.
    Messages,
    /// Costly templates for one input.
    Templates,
    /// Characters of one text.
    Text,
    /// The size of all variables.
    Variables,
}

/// What is wrong with a flow, found by running it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// There is nothing to start with.
    NoStart,
    /// The block's kind, or its kind of answer, is not known to this version.
    UnknownKind { name: String },
    /// An edge or a jump leads to something that is not there.
    DanglingEdge,
    /// The run stands at a block that is no longer there, or no longer asks.
    MissingBlock,
    /// The session belongs to another flow.
    OtherFlow,
    /// A text or an expression failed and counted as empty.
    Template { message: String },
    /// A pattern is not a regular expression; it matches nothing.
    Pattern { message: String },
    /// A choice without options.
    NoOptions,
}

/// One thing a step did, for the test panel and for statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    Entered {
        block: String,
    },
    /// A question took an answer.
    Answered {
        block: String,
        value: Value,
    },
    /// A question refused an answer; `tries` are used up so far.
    Refused {
        block: String,
        tries: u32,
    },
    /// The block was left by this port.
    Left {
        block: String,
        port: String,
    },
    /// A template or a pattern failed.
    Note {
        block: String,
        text: String,
    },
}

impl Now {
    /// An instant seen from Greenwich.
    pub fn utc(ms: i64) -> Self {
        Self { ms, offset: 0 }
    }

    /// The local date.
    pub fn date(self) -> Date {
        self.local().date()
    }

    /// The local date and time, to the minute.
    pub fn minute(self) -> String {
        let local = self.local();
        format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
    }

    /// The instant `seconds` later, in milliseconds.
    pub(crate) fn after(self, seconds: u32) -> i64 {
        self.ms.saturating_add(i64::from(seconds) * 1000)
    }

    fn local(self) -> DateTime {
        let ms = self.ms.saturating_add(i64::from(self.offset) * 1000);
        // Out of jiff's years (-9999 to 9999) the engine still answers; the first of 1970 is as good as any.
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        epoch.checked_add(jiff::SignedDuration::from_millis(ms)).unwrap_or(epoch)
    }
}

impl From<i64> for Now {
    fn from(ms: i64) -> Self {
        Self::utc(ms)
    }
}
