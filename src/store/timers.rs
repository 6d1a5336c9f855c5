//! Durable timers: rows ordered by due time.
//!
//! A restart fires what came due meanwhile, once: whoever fires a timer removes it in the transaction that
//! holds its effects. A timer has a key of its owner's choosing; setting it again moves it.

use beseda_wire::time::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Order, Read, StoreError, Table, Tx};

const TIMERS: Table<(Time, String), Timer> = Table::new(4, "timers");
const DUE: Table<String, Time> = Table::new(5, "timers_due");

/// A timer as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Timer {
    pub kind: String,
    /// What the kind needs to know, as JSON: timers are few, and JSON can be read by people.
    body: serde_json::Value,
}

impl Timer {
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.body.clone()).ok()
    }
}

/// Sets the timer `key`, or moves it when it is already set.
pub fn set(
    tx: &mut Tx<'_>,
    key: &str,
    kind: &str,
    due: Time,
    body: &impl Serialize,
) -> Result<(), StoreError> {
    cancel(tx, key)?;
    let body = serde_json::to_value(body)
        .map_err(|error| StoreError::Damaged { table: "timers", detail: error.to_string() })?;
    TIMERS.put(tx, &(due, key.to_owned()), &Timer { kind: kind.to_owned(), body })?;
    DUE.put(tx, &key.to_owned(), &due)
}

/// Removes the timer `key`; says whether it was set.
pub fn cancel(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreError> {
    let key = key.to_owned();
    let Some(due) = DUE.get(tx, &key)? else { return Ok(false) };
    DUE.remove(tx, &key);
    TIMERS.remove(tx, &(due, key));
    Ok(true)
}

/// The timer `key` and when it is due, if it is set.
pub fn get(from: &dyn Read, key: &str) -> Result<Option<(Time, Timer)>, StoreError> {
    let key = key.to_owned();
    let Some(due) = DUE.get(from, &key)? else { return Ok(None) };
    Ok(TIMERS.get(from, &(due, key))?.map(|timer| (due, timer)))
}

/// When the next timer is due.
pub fn next_due(from: &dyn Read) -> Result<Option<Time>, StoreError> {
    Ok(TIMERS.first(from, &(), Order::Ascending)?.map(|((due, _), _)| due))
}

/// The timers due at `now`, earliest first, with their keys, at most `limit`.
pub fn due(from: &dyn Read, now: Time, limit: usize) -> Result<Vec<(String, Timer)>, StoreError> {
    let rows = TIMERS.rows(from, &(), None, Order::Ascending, limit)?;
    Ok(rows
        .into_iter()
        .take_while(|((due, _), _)| *due <= now)
        .map(|((_, key), timer)| (key, timer))
        .collect())
}
