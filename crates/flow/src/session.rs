//! A customer's run of a flow, between two messages. All of its state is here, and it serialises.

use std::collections::btree_map::Iter;
use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::calls::{Line, Outcome, Speaker};
use crate::compile::Compiled;
use crate::effects::Input;
use crate::model::is_default;
use crate::outgoing::cut;
use crate::values::size_of;

/// The state of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The flow's id.
    pub flow: String,
    /// The published version that the run began with.
    pub version: u64,
    pub position: Position,
    #[serde(default)]
    pub variables: Variables,
    /// Counts timers, so that each has its own token.
    #[serde(default)]
    pub timers: u64,
    /// A person has the conversation.
    #[serde(default)]
    pub paused: bool,
    /// What random choices and ids of this run go by. Of the same seed the same come.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: u64,
    /// Random values drawn so far.
    #[serde(default, skip_serializing_if = "is_default")]
    pub draws: u64,
    /// Sub-flows and loops that the run is in, the innermost last.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stack: Vec<Frame>,
    /// The bot whose flow the run is in, where it is not its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<Inside>,
    /// Steps since the customer's last word.
    #[serde(default, skip_serializing_if = "is_default")]
    pub alone: u32,
    /// A question's time was over, and the customer has said nothing since.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: bool,
    /// The bot has said something in this run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spoke: bool,
    /// What was said, the newest last, as far as the flow asks for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub transcript: Transcript,
    /// What the customer said while the bot was typing, for what asks next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<Input>,
    /// Tokens that language models used.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ai_tokens: u64,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Position {
    /// Not begun.
    New,
    /// A question was asked.
    Question(Waiting),
    /// A person was called; the block's `returned` leads on.
    Person { block: String },
    /// A pause of the flow's own.
    Wait(Pause),
    /// Something outside was asked.
    Call(Calling),
    /// Over.
    Ended,
}

/// A question under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub block: String,
    /// Answers refused so far.
    #[serde(default)]
    pub tries: u32,
    /// The page of a long list that was shown last, from 0.
    #[serde(default)]
    pub page: u32,
    /// The token of the time-out's timer.
    #[serde(default)]
    pub timer: Option<u64>,
}

/// A pause under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub block: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub due: i64,
    /// The token of its timer; absent while a person talks.
    #[serde(default)]
    pub timer: Option<u64>,
    /// It is the time in which the block is written that comes then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub before: bool,
}

/// A call under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calling {
    pub block: String,
    /// The call's own token.
    pub token: u64,
    /// When it is given up, in milliseconds since 1970-01-01 UTC.
    #[serde(default)]
    pub due: Option<i64>,
    /// The token of the timer that gives it up; absent while a person talks.
    #[serde(default)]
    pub timer: Option<u64>,
    /// What came of it while a person talked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A sub-flow or a loop that a run is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The block that led in, to which the run comes back.
    pub block: String,
    /// Of a loop: the round under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// Of a sub-flow of another bot: what the run was in before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
}

/// A round of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// From 0.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

/// What a run was in before it went into another bot's flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// The run's own flow.
    Own,
    From(Inside),
}

/// Another bot's flow, of the version that was there when the run went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    pub flow: String,
    pub version: u64,
    /// The bot whose flow it is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
}

/// The variables of a run, with their size kept up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variables {
    values: BTreeMap<String, Value>,
    size: usize,
}

impl Session {
    /// A run that has not begun. `step` it with [`crate::Input::Start`]; with [`crate::Input::at`] it begins at any
    /// block.
    pub fn new(flow: &Compiled) -> Self {
        Self::seeded(flow, 0)
    }

    /// Like [`Self::new`], with what its random choices and ids go by. The same seed is the same luck: give each
    /// conversation its own (a hash of its id serves).
    pub fn seeded(flow: &Compiled, seed: u64) -> Self {
        Self {
            flow: flow.id().to_owned(),
            version: flow.version(),
            position: Position::New,
            variables: Variables::default(),
            timers: 0,
            paused: false,
            seed,
            draws: 0,
            stack: Vec::new(),
            inside: None,
            alone: 0,
            silent: false,
            spoke: false,
            transcript: Transcript::default(),
            heard: Vec::new(),
            ai_tokens: 0,
        }
    }

    /// The block at which the run waits.
    pub fn block(&self) -> Option<&str> {
        match &self.position {
            Position::Question(waiting) => Some(&waiting.block),
            Position::Person { block } => Some(block),
            Position::Wait(pause) => Some(&pause.block),
            Position::Call(calling) => Some(&calling.block),
            Position::New | Position::Ended => None,
        }
    }
}

impl Position {
    /// The place of the timer's token, where the run waits with one.
    pub(crate) fn timer(&mut self) -> Option<&mut Option<u64>> {
        match self {
            Self::Question(waiting) => Some(&mut waiting.timer),
            Self::Wait(pause) => Some(&mut pause.timer),
            Self::Call(calling) => Some(&mut calling.timer),
            Self::New | Self::Person { .. } | Self::Ended => None,
        }
    }
}

impl Variables {
    /// The bytes that all variables of a run may take together, as `size` counts them.
    pub const MAX_SIZE: usize = 256 * 1024;

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub fn iter(&self) -> Iter<'_, String, Value> {
        self.values.iter()
    }

    /// Bytes of names and texts, and 16 for every value.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Stores a value; null removes the variable. False where it would grow over [`Self::MAX_SIZE`]: then nothing
    /// changed.
    #[must_use]
    pub fn set(&mut self, name: &str, value: Value) -> bool {
        let old = self.values.get(name).map_or(0, |old| name.len() + size_of(old));
        let new = if value.is_null() { 0 } else { name.len() + size_of(&value) };
        let size = self.size - old + new;
        if size > Self::MAX_SIZE && new > old {
            return false;
        }
        self.size = size;
        if value.is_null() {
            self.values.remove(name);
        } else if let Some(slot) = self.values.get_mut(name) {
            *slot = value;
        } else {
            self.values.insert(name.to_owned(), value);
        }
        true
    }
}

/// What was said in a run, no more than a few pages of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transcript {
    lines: VecDeque<Line>,
}

impl Transcript {
    /// Lines that are kept, characters of each, and bytes of all: a text may hold the whole transcript.
    pub const LINES: usize = 60;
    pub const LENGTH: usize = 500;
    pub const SIZE: usize = 12_000;

    pub(crate) fn add(&mut self, by: Speaker, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.lines.push_back(Line { by, text: cut(text, Self::LENGTH) });
        let mut size: usize = self.lines.iter().map(|line| line.text.len()).sum();
        while self.lines.len() > Self::LINES || size > Self::SIZE {
            size -= self.lines.pop_front().map_or(size, |line| line.text.len());
        }
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }

    /// The lines, the oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// What the customer said last; nothing before that.
    pub fn last_words(&self) -> &str {
        let last = self.lines.iter().rev().find(|line| line.by == Speaker::Customer);
        last.map_or("", |line| &line.text)
    }

    /// All of it as a text: the customer's lines after `>`, the bot's after `<`.
    pub fn text(&self) -> String {
        let line = |line: &Line| match line.by {
            Speaker::Customer => format!("> {}", line.text),
            Speaker::Bot => format!("< {}", line.text),
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl<'a> IntoIterator for &'a Variables {
    type Item = (&'a String, &'a Value);
    type IntoIter = Iter<'a, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Variables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = BTreeMap::<String, Value>::deserialize(deserializer)?;
        values.retain(|_, value| !value.is_null());
        let size = values.iter().map(|(name, value)| name.len() + size_of(value)).sum();
        Ok(Self { values, size })
    }
}
