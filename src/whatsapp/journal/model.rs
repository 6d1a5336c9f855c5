//! The records of the journal.

use beseda_wire::time::Time;
use beseda_wire::whatsapp::{JournalEntry, Outcome};
use serde::{Deserialize, Serialize};

use crate::store::{Change, is_default};

/// A webhook as it came. Never changed after it was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub received_at: Time,
    /// The number whose own callback address was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    #[serde(with = "crate::store::bytes")]
    pub body: Vec<u8>,
}

/// What became of it. Kept apart from the body, so that the outcome costs no second copy of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processed_at: Option<Time>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub replays: u32,
    /// When it was replayed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed_at: Option<Time>,
}

/// A webhook was processed.
#[derive(Debug, Serialize, Deserialize)]
pub struct JournalChanged {
    pub id: u64,
}

impl Change for JournalChanged {
    const KIND: &'static str = "journal.changed";
}

impl State {
    /// Before it was processed.
    pub fn pending() -> Self {
        Self {
            outcome: Outcome::Pending,
            detail: None,
            kinds: Vec::new(),
            phone_number_id: None,
            customer: None,
            processed_at: None,
            replays: 0,
            replayed_at: None,
        }
    }

    /// What is kept of an entry that was processed again. One that brings nothing new is as it was: it came once, and what
    /// it says is here because of it.
    #[must_use]
    pub fn replayed(self, mut again: Self, now: Time) -> Self {
        let brings_nothing = matches!(again.outcome, Outcome::Processed | Outcome::Duplicate);
        if self.outcome == Outcome::Processed && brings_nothing {
            again.outcome = Outcome::Processed;
            again.processed_at = self.processed_at;
        }
        Self { replays: self.replays + 1, replayed_at: Some(now), ..again }
    }

    pub fn wire(self, id: u64, entry: &Entry, with_body: bool) -> JournalEntry {
        JournalEntry {
            id,
            received_at: entry.received_at,
            outcome: self.outcome,
            reason: super::reason::name(self.outcome, self.detail.as_deref()).map(ToOwned::to_owned),
            detail: self.detail,
            kinds: self.kinds,
            phone_number_id: self.phone_number_id.or_else(|| entry.phone_number_id.clone()),
            customer: self.customer,
            size: entry.body.len() as u64,
            processed_at: self.processed_at,
            replays: self.replays,
            replayed_at: self.replayed_at,
            conversation: None,
            body: with_body.then(|| String::from_utf8_lossy(&entry.body).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_processed_stays_so_when_its_replay_brings_nothing() {
        let at = Time::from_millis;
        let state = |outcome, ms| State { outcome, processed_at: Some(at(ms)), ..State::pending() };
        for (before, again, kept, ms) in [
            (Outcome::Processed, Outcome::Duplicate, Outcome::Processed, 1),
            (Outcome::Processed, Outcome::Processed, Outcome::Processed, 1),
            (Outcome::Processed, Outcome::Failed, Outcome::Failed, 2),
            (Outcome::Failed, Outcome::Processed, Outcome::Processed, 2),
            (Outcome::Unknown, Outcome::Duplicate, Outcome::Duplicate, 2),
            (Outcome::Duplicate, Outcome::Duplicate, Outcome::Duplicate, 2),
        ] {
            let replayed = state(before, 1).replayed(state(again, 2), at(3));
            assert_eq!(
                (replayed.outcome, replayed.processed_at),
                (kept, Some(at(ms))),
                "{before:?} {again:?}"
            );
            assert_eq!((replayed.replays, replayed.replayed_at), (1, Some(at(3))));
        }
    }
}
