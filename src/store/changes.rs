//! The change log: what happened, by whom, in commit order.
//!
//! After-effects (the live socket, the search index, counters, automations) follow it and nobody calls
//! them: each follower stores its position, so a crash loses nothing and a rebuild is a replay. A change
//! carries ids rather than records; a follower reads what it needs.

use beseda_wire::ids::{BotId, CustomerId, UserId};
use beseda_wire::time::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Order, Read, StoreError, Table, Tx};

pub(super) const CHANGES: Table<u64, ChangeRecord> = Table::new(2, "changes");
const FOLLOWERS: Table<String, u64> = Table::new(3, "followers");

/// A typed change. `KIND` is stored, so it never changes its meaning.
pub trait Change: Serialize + DeserializeOwned {
    const KIND: &'static str;
}

/// Who caused a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Person {
        id: UserId,
        name: String,
    },
    Bot {
        id: BotId,
        name: String,
    },
    Customer {
        id: CustomerId,
    },
    /// The program itself: a timer, a migration, WhatsApp's own notices.
    Program,
}

/// A change as the log holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeRecord {
    pub at: Time,
    pub actor: Actor,
    pub kind: String,
    #[serde(with = "super::bytes")]
    body: Vec<u8>,
}

impl ChangeRecord {
    /// The change, if it is of this kind.
    pub fn read<C: Change>(&self) -> Option<C> {
        (self.kind == C::KIND).then(|| rmp_serde::from_slice(&self.body).ok()).flatten()
    }
}

/// The changes after a position, oldest first, at most `limit`.
pub fn changes_after(
    from: &dyn Read,
    position: u64,
    limit: usize,
) -> Result<Vec<(u64, ChangeRecord)>, StoreError> {
    CHANGES.rows(from, &(), Some(&position), Order::Ascending, limit)
}

/// Where a follower stands; 0 before its first change.
pub fn follower_position(from: &dyn Read, follower: &str) -> Result<u64, StoreError> {
    Ok(FOLLOWERS.get(from, &follower.to_owned())?.unwrap_or_default())
}

/// Moves a follower, in the transaction that holds its effects.
pub fn set_follower_position(tx: &mut Tx<'_>, follower: &str, position: u64) -> Result<(), StoreError> {
    FOLLOWERS.put(tx, &follower.to_owned(), &position)
}

pub(super) fn encode<C: Change>(actor: &Actor, at: Time, change: &C) -> Result<Vec<u8>, StoreError> {
    let damaged =
        |error: rmp_serde::encode::Error| StoreError::Damaged { table: "changes", detail: error.to_string() };
    let body = rmp_serde::to_vec_named(change).map_err(damaged)?;
    let record = ChangeRecord { at, actor: actor.clone(), kind: C::KIND.to_owned(), body };
    rmp_serde::to_vec_named(&record).map_err(damaged)
}
