//! The change log: what happened, by whom, in commit order.
//!
//! After-effects (the live socket, the search index, counters, automations) follow it and nobody calls
//! them: each follower stores its position, so a crash loses nothing and a rebuild is a replay. A change
//! carries ids rather than records; a follower reads what it needs.
//!
//! The log is kept for a time and no longer ([`forget_changes`]), but never taken from under a follower that is behind.
//! One that stays behind keeps it growing, so it is told of ([`straggler`]).
//! Who asks for a position before its beginning is told so, and reads the records instead: to be given what is left
//! would look like having missed nothing.

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
/// The position up to which changes are gone.
const FORGOTTEN: Table<(), u64> = Table::new(8, "changes_forgotten");

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

impl Actor {
    /// The name of a person of the team.
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::Person { name, .. } => Some(name),
            Self::Bot { .. } | Self::Customer { .. } | Self::Program => None,
        }
    }
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
/// [`StoreError::Forgotten`] when some of them are gone.
pub fn changes_after(
    from: &dyn Read,
    position: u64,
    limit: usize,
) -> Result<Vec<(u64, ChangeRecord)>, StoreError> {
    let rows = CHANGES.rows(from, &(), Some(&position), Order::Ascending, limit)?;
    // Only what is not the very next can have something missing before it.
    if rows.first().is_none_or(|(first, _)| *first != position + 1) {
        let upto = forgotten(from)?;
        if position < upto {
            return Err(StoreError::Forgotten { upto });
        }
    }
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

/// Forgets that there is such a follower: it needs nothing that was and will begin anew.
pub fn remove_follower(tx: &mut Tx<'_>, follower: &str) {
    FOLLOWERS.remove(tx, &follower.to_owned());
}

/// Removes the changes of commits before `cutoff` that every follower has passed, of at most `limit` of them; says
/// of how many. The newest stays whatever its age, since numbers go on from it.
pub fn forget_changes(tx: &mut Tx<'_>, cutoff: Time, limit: usize) -> Result<usize, StoreError> {
    let followers = FOLLOWERS.rows(tx, &(), None, Order::Ascending, usize::MAX)?;
    let slowest = followers.into_iter().map(|(_, position)| position).min().unwrap_or(u64::MAX);
    let newest = CHANGES.first(tx, &(), Order::Descending)?.map_or(0, |(position, _)| position);
    // From where the last step ended: to walk over what it has removed takes as long as over what is there.
    let begin = forgotten(tx)?;
    let old: Vec<u64> = CHANGES
        .rows(tx, &(), Some(&begin), Order::Ascending, limit)?
        .into_iter()
        .take_while(|(position, together)| {
            *position <= slowest && *position < newest && together.0.iter().all(|record| record.at < cutoff)
        })
        .map(|(position, _)| position)
        .collect();
    for position in &old {
        CHANGES.remove(tx, position);
    }
    if let Some(last) = old.last() {
        FORGOTTEN.put(tx, &(), last)?;
    }
    Ok(old.len())
}

/// A follower for whose sake changes are kept that nobody else needs any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Straggler {
    pub follower: String,
    /// Commits that it has not followed yet.
    pub commits: u64,
    /// When the first of them was.
    pub since: Time,
}

/// The follower that is furthest behind, if it keeps changes from before `cutoff` from being forgotten.
pub fn straggler(from: &dyn Read, cutoff: Time) -> Result<Option<Straggler>, StoreError> {
    let followers = FOLLOWERS.rows(from, &(), None, Order::Ascending, usize::MAX)?;
    let slowest = followers.into_iter().min_by_key(|(_, position)| *position);
    let Some((follower, position)) = slowest else { return Ok(None) };
    let next = CHANGES.rows(from, &(), Some(&position), Order::Ascending, 1)?.pop();
    let newest = CHANGES.first(from, &(), Order::Descending)?;
    let (Some((next, together)), Some((newest, _))) = (next, newest) else { return Ok(None) };
    // What is newest stays in any case.
    let since = together.0.iter().map(|record| record.at).max().filter(|at| *at < cutoff && next < newest);
    Ok(since.map(|since| Straggler { follower, commits: newest - position, since }))
}

fn forgotten(from: &dyn Read) -> Result<u64, StoreError> {
    Ok(FORGOTTEN.get(from, &())?.unwrap_or_default())
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
