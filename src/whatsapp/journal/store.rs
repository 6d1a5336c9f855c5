//! Keys of the journal. Entries are numbered in the order in which they were committed.

use std::ops::ControlFlow;

use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;

use super::{Entry, JournalChanged, State};
use crate::store::{Actor, Order, Read, StoreError, Table, Tx};

const ENTRIES: Table<u64, Entry> = Table::new(21, "journal");
const STATES: Table<u64, State> = Table::new(22, "journal_states");
/// The number up to which everything is processed.
const PROCESSED: Table<(), u64> = Table::new(23, "journal_processed");

/// The number of the newest entry; 0 when there is none.
pub fn last_id(from: &dyn Read) -> Result<u64, StoreError> {
    Ok(ENTRIES.first(from, &(), Order::Descending)?.map_or(0, |(id, _)| id))
}

/// Writes a webhook down. `id` follows the last one in the order of the commits.
pub fn append(tx: &mut Tx<'_>, id: u64, entry: &Entry) -> Result<(), StoreError> {
    ENTRIES.put(tx, &id, entry)
}

pub fn entry(from: &dyn Read, id: u64) -> Result<Option<Entry>, StoreError> {
    ENTRIES.get(from, &id)
}

pub fn state(from: &dyn Read, id: u64) -> Result<State, StoreError> {
    Ok(STATES.get(from, &id)?.unwrap_or_else(State::pending))
}

pub fn processed(from: &dyn Read) -> Result<u64, StoreError> {
    Ok(PROCESSED.get(from, &())?.unwrap_or_default())
}

/// The entries after `position`, in order, at most `limit`.
pub fn after(from: &dyn Read, position: u64, limit: usize) -> Result<Vec<(u64, Entry)>, StoreError> {
    ENTRIES.rows(from, &(), Some(&position), Order::Ascending, limit)
}

/// Records what became of an entry and that everything up to it is processed.
pub fn finish(tx: &mut Tx<'_>, id: u64, state: &State, now: Time) -> Result<(), StoreError> {
    set_state(tx, id, state, now)?;
    PROCESSED.put(tx, &(), &id)
}

/// Records what became of a replay.
pub fn set_state(tx: &mut Tx<'_>, id: u64, state: &State, now: Time) -> Result<(), StoreError> {
    STATES.put(tx, &id, state)?;
    tx.change(&Actor::Program, now, &JournalChanged { id })
}

/// What people look for in the journal.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub outcome: Option<Outcome>,
    /// Letters in the body, the kinds, the customer or the detail; lower case.
    pub search: String,
}

/// Rows and bytes of bodies read for one page at the most, so that a rare word costs bounded time. The cursor goes on
/// from there.
const MOST_READ: usize = 5_000;
const MOST_BYTES: usize = 8 << 20;

/// A page of the journal, the newest first (reads for a while: not for a thread that serves others), older than `before`; with the number to go on from.
pub fn page(
    from: &dyn Read,
    filter: &Filter,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<(u64, Entry, State)>, Option<u64>), StoreError> {
    let mut found = Vec::new();
    let (mut read, mut bytes) = (0, 0);
    let mut next = None;
    let mut failed = None;
    ENTRIES.visit(from, &(), before.as_ref(), Order::Descending, |id, entry| {
        read += 1;
        bytes += entry.body.len();
        match state(from, id) {
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            Ok(state) if filter.matches(&entry, &state) => found.push((id, entry, state)),
            Ok(_) => {}
        }
        if found.len() < limit && read < MOST_READ && bytes < MOST_BYTES {
            return ControlFlow::Continue(());
        }
        next = (id > 1).then_some(id);
        ControlFlow::Break(())
    })?;
    failed.map_or(Ok((found, next)), Err)
}

/// Removes entries received before `cutoff`, at most `limit`; says how many. Unprocessed ones stay.
pub fn forget(tx: &mut Tx<'_>, cutoff: Time, limit: usize) -> Result<usize, StoreError> {
    let processed = processed(tx)?;
    let old: Vec<u64> = ENTRIES
        .rows(tx, &(), None, Order::Ascending, limit)?
        .into_iter()
        .take_while(|(id, entry)| *id <= processed && entry.received_at < cutoff)
        .map(|(id, _)| id)
        .collect();
    for id in &old {
        ENTRIES.remove(tx, id);
        STATES.remove(tx, id);
    }
    Ok(old.len())
}

impl Filter {
    fn matches(&self, entry: &Entry, state: &State) -> bool {
        if self.outcome.is_some_and(|outcome| outcome != state.outcome) {
            return false;
        }
        let holds = |text: &str| text.to_lowercase().contains(&self.search);
        self.search.is_empty()
            || state.kinds.iter().any(|kind| holds(kind))
            || state.customer.as_deref().is_some_and(holds)
            || state.detail.as_deref().is_some_and(holds)
            || holds(&String::from_utf8_lossy(&entry.body))
    }
}
