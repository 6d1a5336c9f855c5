//! Typed tables: a tag in front of the key, MessagePack with field names as the value.
//!
//! Values are self-describing so that a field can be added for years: an old program skips what it does
//! not know, a new one takes the default for what is missing. postcard would be a third of the size and is
//! refused for that reason.

use std::marker::PhantomData;
use std::ops::{Bound, ControlFlow};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::{Range, RowKey};
use super::{Key, Read, StoreError, Tx};

/// The direction of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// Most values fit, so that they are written without moving. They lie so only until their commit.
const USUAL: usize = 512;

/// A table of one file. Tags are unique in a file and never used again for something else.
pub struct Table<K, V> {
    tag: u16,
    name: &'static str,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K: Key, V: Serialize + DeserializeOwned> Table<K, V> {
    pub const fn new(tag: u16, name: &'static str) -> Self {
        Self { tag, name, types: PhantomData }
    }

    pub const fn tag(&self) -> u16 {
        self.tag
    }

    pub fn get(&self, from: &dyn Read, key: &K) -> Result<Option<V>, StoreError> {
        match from.get_bytes(&self.key(key))? {
            Some(bytes) => self.value(&bytes).map(Some),
            None => Ok(None),
        }
    }

    pub fn contains(&self, from: &dyn Read, key: &K) -> Result<bool, StoreError> {
        Ok(from.get_bytes(&self.key(key))?.is_some())
    }

    pub fn put(&self, tx: &mut Tx<'_>, key: &K, value: &V) -> Result<(), StoreError> {
        let mut bytes = Vec::with_capacity(USUAL);
        rmp_serde::encode::write_named(&mut bytes, value)
            .map_err(|error| self.damaged(&error.to_string()))?;
        tx.put_bytes(self.key(key), bytes);
        Ok(())
    }

    pub fn remove(&self, tx: &mut Tx<'_>, key: &K) {
        tx.remove_bytes(self.key(key));
    }

    /// The rows whose key begins with `prefix`, beyond `after` in the given direction, at most `limit`.
    ///
    /// `prefix` is a leading part of the key: `()` for the whole table, `(a,)` for a key `(a, b)`.
    pub fn rows<P: Key>(
        &self,
        from: &dyn Read,
        prefix: &P,
        after: Option<&K>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(K, V)>, StoreError> {
        let mut rows = Vec::new();
        if limit == 0 {
            return Ok(rows);
        }
        self.visit(from, prefix, after, order, |key, value| {
            rows.push((key, value));
            if rows.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(rows)
    }

    /// Walks the rows that [`Self::rows`] would give, until the visitor breaks.
    pub fn visit<P: Key>(
        &self,
        from: &dyn Read,
        prefix: &P,
        after: Option<&K>,
        order: Order,
        mut visitor: impl FnMut(K, V) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut start = RowKey::from_slice(&self.tag.to_be_bytes());
        prefix.encode(&mut start);
        let end = successor(&start);
        let after = after.map(|key| self.key(key));
        let mut range = Range {
            start: Bound::Included(&start),
            end: end.as_deref().map_or(Bound::Unbounded, Bound::Excluded),
            reverse: order == Order::Descending,
        };
        if let Some(after) = &after {
            if range.reverse {
                range.end = Bound::Excluded(after);
            } else {
                range.start = Bound::Excluded(after);
            }
        }
        let mut failed = None;
        from.scan_bytes(range, &mut |key, value| {
            let row = self.key_of(key).and_then(|key| Ok((key, self.value(value)?)));
            match row {
                Ok((key, value)) => visitor(key, value),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// The first row in the given direction.
    pub fn first<P: Key>(
        &self,
        from: &dyn Read,
        prefix: &P,
        order: Order,
    ) -> Result<Option<(K, V)>, StoreError> {
        Ok(self.rows(from, prefix, None, order, 1)?.pop())
    }

    fn key(&self, key: &K) -> RowKey {
        let mut bytes = RowKey::from_slice(&self.tag.to_be_bytes());
        key.encode(&mut bytes);
        bytes
    }

    fn key_of(&self, mut bytes: &[u8]) -> Result<K, StoreError> {
        let bytes = &mut bytes;
        u16::decode(bytes)
            .and_then(|_tag| K::decode(bytes))
            .filter(|_| bytes.is_empty())
            .ok_or_else(|| self.damaged("key"))
    }

    fn value(&self, bytes: &[u8]) -> Result<V, StoreError> {
        rmp_serde::from_slice(bytes).map_err(|error| self.damaged(&error.to_string()))
    }

    fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged { table: self.name, detail: detail.to_owned() }
    }
}

/// The smallest bytes above everything that begins with `prefix`; `None` when nothing is.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != 0xFF)?;
    let mut bytes = prefix[..=last].to_vec();
    bytes[last] += 1;
    Some(bytes)
}
