//! Transactions: an overlay over what is committed and over the earlier members of the same batch.
//!
//! redb refuses savepoints inside a transaction that has begun writing, so one job of a batch could not be
//! undone there. Each job therefore writes to an ordered map of its own, which is merged when it succeeds
//! and dropped when it fails. Readers outside never see what is not yet on the disk.

use std::iter::Peekable;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use beseda_wire::time::Time;

use super::engine::{Range, Snapshot, Visit, WriteSet};
use super::{Actor, Change, StoreError, changes};

/// Whatever can be read from: a transaction or a view.
pub trait Read {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
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
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
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
    changes: Vec<Vec<u8>>,
    /// What the running attempts replaced in `own`, oldest first; empty outside of an attempt.
    undo: Vec<(Vec<u8>, Replaced)>,
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
    pub changes: Vec<Vec<u8>>,
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
        self.changes.push(changes::encode(actor, at, change)?);
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

    pub(super) fn put_bytes(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.set(key, Some(value));
    }

    pub(super) fn remove_bytes(&mut self, key: Vec<u8>) {
        self.set(key, None);
    }

    fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        if self.attempts == 0 {
            self.own.insert(key, value);
        } else {
            let replaced = self.own.insert(key.clone(), value).map_or(Replaced::Nothing, Replaced::Write);
            self.undo.push((key, replaced));
        }
    }
}

impl Read for Tx<'_> {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.own.get(key).or_else(|| self.batch.get(key)) {
            Some(written) => Ok(written.clone()),
            None => self.base.get(key),
        }
    }

    fn scan_bytes(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError> {
        // An empty or inverted range makes BTreeMap::range panic.
        if is_empty(&range) {
            return Ok(());
        }
        let mut overlay = Overlay::new(&self.own, self.batch, range);
        let mut stopped = false;
        self.base.scan(range, &mut |key, value| {
            while let Some((written_key, written)) = overlay.peek() {
                let order = if range.reverse { key.cmp(written_key) } else { written_key.cmp(key) };
                if order.is_gt() {
                    break;
                }
                overlay.advance();
                if let Some(written) = written
                    && visit(written_key, written).is_break()
                {
                    stopped = true;
                    return ControlFlow::Break(());
                }
                if order.is_eq() {
                    // The overlay's value, or its removal, stands for the committed one.
                    return ControlFlow::Continue(());
                }
            }
            let flow = visit(key, value);
            stopped = flow.is_break();
            flow
        })?;
        while !stopped {
            let Some((key, written)) = overlay.peek() else { break };
            overlay.advance();
            if let Some(written) = written {
                stopped = visit(key, written).is_break();
            }
        }
        Ok(())
    }
}

fn is_empty(range: &Range<'_>) -> bool {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    match (range.start, range.end) {
        (Unbounded, _) | (_, Unbounded) => false,
        (Included(start), Included(end)) => start > end,
        (Included(start) | Excluded(start), Excluded(end)) | (Excluded(start), Included(end)) => start >= end,
    }
}

type Entry<'o> = (&'o [u8], Option<&'o [u8]>);
type Entries<'o> = Peekable<Box<dyn Iterator<Item = Entry<'o>> + 'o>>;

/// The own writes and the batch's, walked as one, the own ones first where both have a key.
struct Overlay<'o> {
    own: Entries<'o>,
    batch: Entries<'o>,
    reverse: bool,
}

impl<'o> Overlay<'o> {
    fn new(own: &'o WriteSet, batch: &'o WriteSet, range: Range<'_>) -> Self {
        Self { own: entries(own, range), batch: entries(batch, range), reverse: range.reverse }
    }

    fn peek(&mut self) -> Option<Entry<'o>> {
        match (self.own.peek().copied(), self.batch.peek().copied()) {
            (Some(own), Some(batch)) => {
                let own_first = if self.reverse { own.0 >= batch.0 } else { own.0 <= batch.0 };
                Some(if own_first { own } else { batch })
            }
            (own, batch) => own.or(batch),
        }
    }

    /// Moves past what `peek` showed, in both maps when both have the key.
    fn advance(&mut self) {
        let Some((key, _)) = self.peek() else { return };
        self.own.next_if(|entry| entry.0 == key);
        self.batch.next_if(|entry| entry.0 == key);
    }
}

fn entries<'o>(writes: &'o WriteSet, range: Range<'_>) -> Entries<'o> {
    let walk = writes
        .range::<[u8], _>((range.start, range.end))
        .map(|(key, value)| (key.as_slice(), value.as_deref()));
    let walk: Box<dyn Iterator<Item = Entry<'o>> + 'o> =
        if range.reverse { Box::new(walk.rev()) } else { Box::new(walk) };
    walk.peekable()
}

/// How long a transaction may take before it is logged: the writer thread serves everybody.
pub(super) const SLOW: Duration = Duration::from_millis(200);
