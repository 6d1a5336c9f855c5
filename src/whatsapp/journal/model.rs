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
        }
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
            conversation: None,
            body: with_body.then(|| String::from_utf8_lossy(&entry.body).into_owned()),
        }
    }
}
