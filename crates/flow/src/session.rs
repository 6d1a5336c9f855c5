//! A customer's run of a flow, between two messages. All of its state is here, and it serialises.

use std::collections::BTreeMap;
use std::collections::btree_map::Iter;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::compile::Compiled;
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

/// The variables of a run, with their size kept up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variables {
    values: BTreeMap<String, Value>,
    size: usize,
}

impl Session {
    /// A run that has not begun. `step` it with [`crate::Input::Start`].
    pub fn new(flow: &Compiled) -> Self {
        Self {
            flow: flow.id().to_owned(),
            version: flow.version(),
            position: Position::New,
            variables: Variables::default(),
            timers: 0,
            paused: false,
        }
    }

    /// The block at which the run waits.
    pub fn block(&self) -> Option<&str> {
        match &self.position {
            Position::Question(waiting) => Some(&waiting.block),
            Position::Person { block } => Some(block),
            Position::New | Position::Ended => None,
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
