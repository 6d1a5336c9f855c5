//! The change log: what happened, by whom, in commit order.
//!
//! After-effects (the live socket, the search index, counters, automations) follow it and nobody calls
//! them: each follower stores its position, so a crash loses nothing and a rebuild is a replay. A change
//! carries ids rather than records; a follower reads what it needs.

use std::fmt;

use beseda_wire::ids::{BotId, CustomerId, UserId};
use beseda_wire::time::Time;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Order, Read, StoreError, Table, Tx};

/// A row holds all changes of one commit: a message that comes in has three, a commit many messages, and a row costs
/// more than a change.
pub(super) const CHANGES: Table<u64, Together> = Table::new(2, "changes");
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

/// The changes of one commit.
#[derive(Debug, Serialize)]
pub(super) struct Together(Vec<ChangeRecord>);

/// The changes after a position, oldest first, of at most `limit` commits. Those of one commit have the same position.
pub fn changes_after(
    from: &dyn Read,
    position: u64,
    limit: usize,
) -> Result<Vec<(u64, ChangeRecord)>, StoreError> {
    let rows = CHANGES.rows(from, &(), Some(&position), Order::Ascending, limit)?;
    let flat =
        |(position, together): (u64, Together)| together.0.into_iter().map(move |record| (position, record));
    Ok(rows.into_iter().flat_map(flat).collect())
}

/// Where a follower stands; 0 before its first change.
pub fn follower_position(from: &dyn Read, follower: &str) -> Result<u64, StoreError> {
    Ok(FOLLOWERS.get(from, &follower.to_owned())?.unwrap_or_default())
}

/// Moves a follower, in the transaction that holds its effects.
pub fn set_follower_position(tx: &mut Tx<'_>, follower: &str, position: u64) -> Result<(), StoreError> {
    FOLLOWERS.put(tx, &follower.to_owned(), &position)
}

pub(super) fn record<C: Change>(actor: &Actor, at: Time, change: &C) -> Result<ChangeRecord, StoreError> {
    let body = rmp_serde::to_vec_named(change).map_err(damaged)?;
    Ok(ChangeRecord { at, actor: actor.clone(), kind: C::KIND.to_owned(), body })
}

/// The row of a commit.
pub(super) fn row(records: Vec<ChangeRecord>) -> Result<Vec<u8>, StoreError> {
    rmp_serde::to_vec_named(&Together(records)).map_err(damaged)
}

fn damaged(error: rmp_serde::encode::Error) -> StoreError {
    StoreError::Damaged { table: "changes", detail: error.to_string() }
}

impl<'de> Deserialize<'de> for Together {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;

        impl<'de> Visitor<'de> for Row {
            type Value = Together;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the changes of a commit")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Together, A::Error> {
                let mut records = Vec::new();
                while let Some(record) = seq.next_element()? {
                    records.push(record);
                }
                Ok(Together(records))
            }

            /// Each change had a row of its own once.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Together, A::Error> {
                ChangeRecord::deserialize(MapAccessDeserializer::new(map))
                    .map(|record| Together(vec![record]))
            }
        }

        deserializer.deserialize_any(Row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_change_are_read_as_those_of_many() {
        let record = |at| ChangeRecord {
            at: Time::from_millis(at),
            actor: Actor::Customer { id: CustomerId::from_uuid(uuid::Uuid::from_u128(7)) },
            kind: "noted".to_owned(),
            body: vec![1, 2, 3],
        };
        let one = rmp_serde::to_vec_named(&record(1)).unwrap();
        let many = row(vec![record(1), record(2)]).unwrap();
        for (bytes, expected) in [(one, vec![1]), (many, vec![1, 2])] {
            let together: Together = rmp_serde::from_slice(&bytes).unwrap();
            assert_eq!(together.0.iter().map(|record| record.at.millis()).collect::<Vec<_>>(), expected);
            assert_eq!(together.0[0].body, [1, 2, 3]);
        }
    }
}
