//! Transactions: an overlay over what is committed and over the earlier members of the same batch.
//!
//! redb refuses savepoints inside a transaction that has begun writing, so one job of a batch could not be
//! undone there. Each job therefore writes to an ordered map of its own, which is merged when it succeeds
//! and dropped when it fails. Readers outside never see what is not yet on the disk.

use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;

use beseda_wire::time::Time;
use bytes::Bytes;

use super::engine::{Range, RowKey, Snapshot, Visit, WriteSet};
use super::overlay::{self, Both, Upper};
use super::{Actor, Change, ChangeRecord, StoreError, changes};

/// Whatever can be read from: a transaction or a view.
pub trait Read {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;
    fn scan_bytes(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError>;
}

/// A consistent view of what is committed. Keep it for one answer, not for a connection: it holds old
/// pages of the file.
pub struct View {
    pub(super) snapshot: Box<dyn Snapshot>,
    /// Keeps the file from being closed as idle.
    pub(super) _open: Option<Arc<()>>,
}

impl View {
    /// A view of an engine that nobody closes meanwhile.
    pub(super) fn of(snapshot: Box<dyn Snapshot>) -> Self {
        Self { snapshot, _open: None }
    }
}

impl Read for View {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.snapshot.get(key)
    }

    fn scan_bytes(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError> {
        self.snapshot.scan(range, visit)
    }
}

/// A transaction.
pub struct Tx<'b> {
    base: &'b dyn Snapshot,
    /// What earlier members of the batch wrote.
    batch: &'b WriteSet,
    own: WriteSet,
    changes: Vec<ChangeRecord>,
    /// What the running attempts replaced in `own`, oldest first; empty outside of an attempt.
    undo: Vec<(RowKey, Replaced)>,
    attempts: u32,
}

/// What a write inside an attempt replaced.
enum Replaced {
    Nothing,
    /// An earlier write of the transaction: a value, or a removal.
    Write(Option<Vec<u8>>),
}

/// What a successful transaction leaves for its batch.
pub(super) struct Written {
    pub rows: WriteSet,
    pub changes: Vec<ChangeRecord>,
}

impl<'b> Tx<'b> {
    pub(super) fn new(base: &'b dyn Snapshot, batch: &'b WriteSet) -> Self {
        Self { base, batch, own: WriteSet::new(), changes: Vec::new(), undo: Vec::new(), attempts: 0 }
    }

    pub(super) fn finish(self) -> Written {
        Written { rows: self.own, changes: self.changes }
    }

    /// Appends a typed change to the log, in this transaction. After-effects follow the log.
    pub fn change<C: Change>(&mut self, actor: &Actor, at: Time, change: &C) -> Result<(), StoreError> {
        self.changes.push(changes::record(actor, at, change)?);
        Ok(())
    }

    /// Runs a part whose writes are dropped, and only they, when it fails.
    ///
    /// It costs what the part writes, not what the transaction has written: one webhook may hold a
    /// thousand parts.
    pub fn attempt<T, E>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let changes = self.changes.len();
        let mark = self.undo.len();
        self.attempts += 1;
        let result = part(self);
        self.attempts -= 1;
        if result.is_err() {
            self.changes.truncate(changes);
            for (key, replaced) in self.undo.drain(mark..).rev() {
                match replaced {
                    Replaced::Write(value) => self.own.insert(key, value),
                    Replaced::Nothing => self.own.remove(&key),
                };
            }
        } else if self.attempts == 0 {
            self.undo.clear();
        }
        result
    }

    pub(super) fn put_bytes(&mut self, key: RowKey, value: Vec<u8>) {
        self.set(key, Some(value));
    }

    pub(super) fn remove_bytes(&mut self, key: RowKey) {
        self.set(key, None);
    }

    fn set(&mut self, key: RowKey, value: Option<Vec<u8>>) {
        if self.attempts == 0 {
            self.own.insert(key, value);
        } else {
            let replaced = self.own.insert(key.clone(), value).map_or(Replaced::Nothing, Replaced::Write);
            self.undo.push((key, replaced));
        }
    }
}

impl Read for Tx<'_> {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        match self.own.get(key).or_else(|| self.batch.get(key)) {
            Some(written) => Ok(written.as_deref().map(Bytes::copy_from_slice)),
            None => self.base.get(key),
        }
    }

    fn scan_bytes(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError> {
        if overlay::is_empty(&range) {
            return Ok(());
        }
        let mut upper = Both {
            first: Writes::new(&self.own, range),
            second: Writes::new(self.batch, range),
            reverse: range.reverse,
        };
        overlay::scan(&mut upper, range, |visit| self.base.scan(range, visit), visit)
    }
}

/// The writes of a range, walked in order.
struct Writes<'w>(Peekable<Box<dyn Iterator<Item = (&'w [u8], Option<&'w [u8]>)> + 'w>>);

impl<'w> Writes<'w> {
    fn new(writes: &'w WriteSet, range: Range<'_>) -> Self {
        let walk = writes
            .range::<[u8], _>((range.start, range.end))
            .map(|(key, value)| (key.as_slice(), value.as_deref()));
        let walk: Box<dyn Iterator<Item = _>> =
            if range.reverse { Box::new(walk.rev()) } else { Box::new(walk) };
        Self(walk.peekable())
    }
}

impl Upper for Writes<'_> {
    fn peek(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        self.0.peek().copied()
    }

    fn advance(&mut self) {
        self.0.next();
    }
}

/// How long a transaction may take before it is logged: the writer thread serves everybody.
pub(super) const SLOW: Duration = Duration::from_millis(200);
