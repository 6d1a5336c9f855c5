//! What templates know by themselves: the time, and what a run knows about itself.
//!
//! `now`, `today`, `tomorrow`, `yesterday`, `moment` (of the day: `morning`, `afternoon`, `evening`, `night`),
//! `random_id` (another one each time), `transcript` (all that was said) and `last_message` (what the customer said
//! last). A variable of the run goes before each of them, and a flow that uses a name for a variable of its own never
//! sees the built-in value: a flow means what it meant before a name was built in.

use std::cell::Cell;

use jiff::{Span, ToSpan};
use serde_json::Value;

use crate::effects::Now;
use crate::model::Flow;
use crate::session::Transcript;
use crate::values::mixed;

/// The names that a flow may have taken for itself before they meant something: built-in values, and values that a run
/// is given when it starts.
const NAMES: [&str; 13] = [
    "tomorrow",
    "yesterday",
    "moment",
    "random_id",
    "transcript",
    "last_message",
    "message",
    "payload",
    "files",
    "location",
    "referral",
    "callback",
    "event",
];

/// All names of built-in values.
pub const BUILT_IN: [&str; 8] =
    ["now", "today", "tomorrow", "yesterday", "moment", "random_id", "transcript", "last_message"];

/// Which of the names the flow has taken for its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shadow(u16);

/// What a run knows about itself.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    pub shadow: Shadow,
    pub seed: u64,
    /// Random values drawn so far.
    pub draws: &'a Cell<u64>,
    pub transcript: &'a Transcript,
}

impl Shadow {
    pub fn of(flow: &Flow) -> Self {
        let mut taken = 0;
        let blocks = flow.groups.iter().flat_map(|group| &group.blocks);
        let declared = flow.variables.iter().map(|variable| variable.name.as_str());
        for name in declared.chain(blocks.flat_map(|block| block.body.sets())) {
            if let Some(n) = NAMES.iter().position(|built_in| *built_in == name) {
                taken |= 1 << n;
            }
        }
        Self(taken)
    }

    /// Whether the flow uses this name for a variable of its own.
    pub fn hides(self, name: &str) -> bool {
        NAMES.iter().position(|built_in| *built_in == name).is_some_and(|n| self.0 & (1 << n) != 0)
    }

    /// Whether a template that reads this name reads what was said.
    pub fn reads_transcript(self, name: &str) -> bool {
        matches!(name, "transcript" | "last_message") && !self.hides(name)
    }
}

/// The built-in value of a name.
pub fn find(name: &str, now: Now, own: Option<Own>) -> Option<Value> {
    let day = |span: Span| now.date().checked_add(span).map(|date| date.to_string()).ok();
    let shown = match name {
        "today" => return Some(Value::from(now.date().to_string())),
        "now" => return Some(Value::from(now.minute())),
        _ => own.filter(|own| !own.shadow.hides(name))?,
    };
    Some(Value::from(match name {
        "tomorrow" => day(1.day())?,
        "yesterday" => day(-1.day())?,
        "moment" => moment(now.local().hour()).to_owned(),
        "random_id" => shown.random_id(),
        "transcript" => shown.transcript.text(),
        "last_message" => shown.transcript.last_words().to_owned(),
        _ => return None,
    }))
}

impl Own<'_> {
    /// Sixteen digits of the seed and of how many were drawn before: the same run draws the same again.
    fn random_id(self) -> String {
        let drawn = self.draws.get().wrapping_add(1);
        self.draws.set(drawn);
        format!("{:016x}", mixed(mixed(self.seed) ^ drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

fn moment(hour: i8) -> &'static str {
    match hour {
        5..=11 => "morning",
        12..=16 => "afternoon",
        17..=21 => "evening",
        _ => "night",
    }
}
