//! What goes into a step and what comes out of it.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::blocks::MediaKind;
use crate::calls::{Call, Outcome, Summarize};
use crate::failure::CallFailure;
use crate::model::Target;
use crate::outgoing::Outgoing;
use crate::session::Session;
use crate::template::Mistake;

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
        /// Values known from outside. They go before the flow's defaults. What every run may be given: `contact` (the
        /// customer: `name`, `phone`, `email`, `language`, `tags`, `fields`), what started it ([`crate::Burst::told`]:
        /// `message`, `payload`, `files`, `location`, `referral`), `callback` (the run's own address for calls), `event`
        /// (of a trigger that is no message).
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
        /// The bot that had shown it ([`crate::Compiled::of_bot`]), where that is known: ids of blocks are those of one
        /// flow, and a tap on a button of another bot's is no answer to this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    Media {
        media: MediaKind,
        /// The caller's name for the stored file.
        id: String,
        #[serde(default)]
        caption: String,
        #[serde(default)]
        filename: String,
        /// A sound that was spoken into the phone.
        #[serde(default)]
        voice: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default)]
        name: String,
        #[serde(default)]
        address: String,
    },
    /// A contact card.
    Contact {
        #[serde(default)]
        name: String,
        #[serde(default)]
        phone: String,
    },
    /// A native form was filled in.
    Form {
        fields: Map<String, Value>,
    },
    /// Messages that came in quick succession, in their order (the flow's `pause`). A text is all of their texts, files
    /// are all of the files; of anything else the last counts.
    Together {
        parts: Vec<Input>,
    },
    /// Something else the customer sent (reaction, a kind not known): never an answer.
    Other,
    /// The timer with this token is due. Of an old timer nothing comes.
    Timeout {
        token: u64,
    },
    /// What came of the call with this token. Of an old call nothing comes.
    Returned {
        token: u64,
        outcome: Outcome,
    },
    /// A person took the conversation over: the bot is silent until `Resume`.
    Pause,
    /// The conversation was given back: what is being asked is asked again.
    Resume,
}

/// An instant, with the offset of the business's zone at it. The engine knows no zones; whoever calls it says when the
/// clocks are changed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Milliseconds since 1970-01-01 UTC.
    pub ms: i64,
    /// Seconds east of UTC.
    pub offset: i32,
    /// The next two changes of the zone's clocks, in their order: what a year has.
    #[serde(default, skip_serializing_if = "no_changes")]
    pub changes: [Option<ClockChange>; 2],
}

/// The clocks are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockChange {
    /// Milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Seconds east of UTC from then on.
    pub offset: i32,
}

fn no_changes(changes: &[Option<ClockChange>; 2]) -> bool {
    *changes == [None; 2]
}

/// What a step led to.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Give the conversation to people: to anybody, unless a person or a team is named.
    HandOver {
        block: String,
        note: String,
        /// What was said so far, for the team.
        #[serde(default)]
        summary: Option<String>,
        /// A language model is to write a better summary. The conversation is not kept for it: what the model says
        /// follows as a note, and where it says nothing, `summary` does.
        #[serde(default)]
        summarize: Option<Box<Summarize>>,
        #[serde(default)]
        person: Option<String>,
        #[serde(default)]
        team: Option<String>,
    },
    /// Show "typing…" for so many seconds (WhatsApp does for 25 at most).
    Typing {
        block: String,
        seconds: u32,
    },
    /// Do this, and come back with [`Input::Returned`] and this token. The run waits; a timer for it, where there is
    /// one, is set by an effect of its own, and of a result that comes later nothing comes.
    Call {
        token: u64,
        block: String,
        #[serde(flatten)]
        call: Call,
    },
    /// Write a field of the customer; without a value it is emptied.
    SetField {
        block: String,
        field: String,
        value: Option<String>,
    },
    AddTag {
        block: String,
        tag: String,
    },
    RemoveTag {
        block: String,
        tag: String,
    },
    /// Assign the conversation, to nobody where neither is named. The bot goes on.
    Assign {
        block: String,
        person: Option<String>,
        team: Option<String>,
    },
    CreateDeal {
        block: String,
        pipeline: Option<String>,
        stage: Option<String>,
        title: String,
        /// In whole units of the currency.
        amount: Option<f64>,
        currency: Option<String>,
        fields: Map<String, Value>,
    },
    /// Move the customer's newest open deal.
    MoveDeal {
        block: String,
        pipeline: Option<String>,
        stage: String,
    },
    CreateTask {
        block: String,
        title: String,
        text: String,
        /// Milliseconds since 1970-01-01 UTC.
        due: Option<i64>,
        person: Option<String>,
        team: Option<String>,
    },
    Subscribe {
        block: String,
        topic: Option<String>,
    },
    Unsubscribe {
        block: String,
        topic: Option<String>,
    },
    /// A note for the team.
    Note {
        block: String,
        text: String,
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
    /// The time for an answer is over and `timeout` leads nowhere, or to the end without another word of the customer.
    TimedOut,
    /// Something outside failed, and `failed` leads nowhere.
    Failed,
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
    /// Costly templates for one input, or one that costs too much.
    Templates,
    /// Characters of one text.
    Text,
    /// The size of all variables, or of all values set for one input.
    Variables,
    /// Effects of one input.
    Effects,
    /// Sub-flows and loops within one another.
    Depth,
    /// Steps without a word of the customer.
    Alone,
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
    /// A text or an expression has no result: the run has failed.
    Template { mistake: Mistake },
    /// A pattern is not a regular expression; it matches nothing.
    Pattern { message: String },
    /// A choice without options.
    NoOptions,
    /// A sub-flow of a bot that is not there.
    NoFlow { flow: String },
    /// Something outside failed.
    Call { why: CallFailure },
    /// What came back is too large to keep.
    TooLarge { bytes: usize },
    /// A value is not what the block needs: no place on earth, no time, no address.
    BadValue { field: String },
    /// A part of the customer's record that flows do not write: it stays as it is.
    ReadOnlyField { field: String },
    /// An address that came from strangers was left out: nobody has allowed it.
    AddressOff { address: String },
    /// The run has used up what language models may cost.
    AiTokens { used: u64 },
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
    /// A variable was given this value; null took it away.
    Changed {
        block: String,
        name: String,
        value: Value,
    },
    /// The run went into a sub-flow of this bot, or came back into it.
    In {
        flow: String,
    },
    /// The block asked something outside and waits.
    Asked {
        block: String,
        call: String,
    },
    /// A template or a pattern failed.
    Note {
        block: String,
        text: String,
    },
    /// The block left out an address that nobody has allowed.
    LeftOut {
        block: String,
        address: String,
    },
}

impl Input {
    /// Begins a run at a block, with these values known: what the test panel and a tap on an old menu do.
    pub fn at(block: &str, variables: Map<String, Value>) -> Self {
        // A target that names a block is found by it, whatever its group.
        let at = Target { group: String::new(), block: Some(block.to_owned()), extra: Map::new() };
        Self::Start { trigger: None, at: Some(at), variables }
    }
}

impl Input {
    /// The words by which it may start a flow.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { text } => text,
            Self::Reply { title, .. } => title,
            Self::Media { caption, .. } => caption,
            _ => "",
        }
    }

    /// A tap on something that nobody is known to have shown.
    pub fn tap(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::Reply { id: id.into(), title: title.into(), of: None }
    }

    /// What was tapped is of another bot than this one.
    fn is_of_another(&self, bot: &str) -> bool {
        match self {
            Self::Reply { of: Some(of), .. } => of != bot,
            Self::Together { parts } => parts.iter().any(|part| part.is_of_another(bot)),
            _ => false,
        }
    }

    /// As this bot hears it: a tap on a button of another bot's is one on a block that it has not.
    pub(crate) fn heard_by(&self, bot: Option<&str>) -> Cow<'_, Self> {
        match bot {
            Some(bot) if self.is_of_another(bot) => Cow::Owned(match self {
                Self::Together { parts } => Self::Together {
                    parts: parts.iter().map(|part| part.heard_by(Some(bot)).into_owned()).collect(),
                },
                Self::Reply { id, title, of } => {
                    Self::Reply { id: format!("/{id}"), title: title.clone(), of: of.clone() }
                }
                other => other.clone(),
            }),
            _ => Cow::Borrowed(self),
        }
    }

    /// The bot that had shown what was tapped.
    pub fn tapped_of(&self) -> Option<&str> {
        if let Self::Reply { of, .. } = self { of.as_deref() } else { None }
    }

    /// The id of what was tapped, by which it may start a flow too.
    pub fn payload(&self) -> Option<&str> {
        if let Self::Reply { id, .. } = self { Some(id) } else { None }
    }
}

impl Now {
    /// Where the clocks are never changed.
    pub const fn new(ms: i64, offset: i32) -> Self {
        Self { ms, offset, changes: [None; 2] }
    }

    /// An instant seen from Greenwich.
    pub fn utc(ms: i64) -> Self {
        Self::new(ms, 0)
    }

    /// Another instant in the same zone, later or not much earlier.
    #[must_use]
    pub fn at(self, ms: i64) -> Self {
        let offset = self.passed(|change| ms >= change.at);
        Self { ms, offset, ..self }
    }

    /// The offset after those changes that are in the past.
    fn passed(&self, is_past: impl Fn(&ClockChange) -> bool) -> i32 {
        let past = self.changes.iter().flatten().take_while(|change| is_past(change));
        past.last().map_or(self.offset, |change| change.offset)
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

    /// The instant of a local date and time. The first of two where the clock shows it twice; one that it skips is as
    /// much later as it skips.
    pub(crate) fn instant(self, local: DateTime) -> i64 {
        let since = local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let by = |offset: i32| ms.saturating_sub(i64::from(offset) * 1000);
        let mut offset = self.offset;
        for change in self.changes.iter().flatten() {
            if by(offset) < change.at || by(change.offset) < change.at {
                break;
            }
            offset = change.offset;
        }
        by(offset)
    }

    /// The local date and time.
    pub fn local(self) -> DateTime {
        let ms = self.ms.saturating_add(i64::from(self.offset) * 1000);
        // Out of jiff's years (-9999 to 9999) the engine still answers; the first of 1970 is as good as any.
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        epoch.checked_add(jiff::SignedDuration::from_millis(ms)).unwrap_or(epoch)
    }
}

#[cfg(test)]
impl Now {
    /// London, whose clocks go back on the 31st of October 2027 at one and forward on the 26th of March 2028.
    pub(crate) fn in_london(utc: &str) -> Self {
        let ms = |utc: &str| utc.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let change = |utc: &str, offset| Some(ClockChange { at: ms(utc), offset });
        let changes = [change("2027-10-31T01:00:00Z", 0), change("2028-03-26T01:00:00Z", 3_600)];
        Self { changes, ..Self::new(ms("2027-10-01T00:00:00Z"), 3_600) }.at(ms(utc))
    }
}

impl From<i64> for Now {
    fn from(ms: i64) -> Self {
        Self::utc(ms)
    }
}
