//! What was committed and is not yet in the engine's own file: rows in memory, each with its versions.
//!
//! A reader sees the versions up to the commit at which it began. Nobody holds a lock while a visitor runs: scans
//! copy a few rows at a time.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use bytes::Bytes;

use super::engine::{Range, RowKey};
use super::log::Row;
use super::overlay::Upper;

/// The rows of one generation.
pub struct Recent {
    pub generation: u64,
    rows: RwLock<Rows>,
    bytes: AtomicUsize,
}

type Rows = BTreeMap<RowKey, Versions>;

/// A row's versions. Nearly always there is one.
struct Versions {
    newest: Version,
    /// The oldest first.
    older: Vec<Version>,
}

/// A value, or `None` for a removed row, as of a commit.
struct Version {
    commit: u64,
    value: Option<Bytes>,
}

/// What a row costs in memory beside what was written of it: the tree's nodes are two thirds full.
const PER_ROW: usize = 170;

impl Recent {
    pub fn new(generation: u64) -> Self {
        Self { generation, rows: RwLock::default(), bytes: AtomicUsize::new(0) }
    }

    /// Takes in a batch under the number of its commit, which is greater than all before it.
    pub fn insert(&self, commit: u64, written: impl IntoIterator<Item = Row>) {
        let mut bytes = 0;
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in written {
            bytes += key.len() + value.as_ref().map_or(0, Bytes::len) + PER_ROW;
            let version = Version { commit, value };
            match rows.entry(key) {
                std::collections::btree_map::Entry::Vacant(row) => {
                    row.insert(Versions { newest: version, older: Vec::new() });
                }
                std::collections::btree_map::Entry::Occupied(mut row) => {
                    let row = row.get_mut();
                    row.older.push(std::mem::replace(&mut row.newest, version));
                }
            }
        }
        drop(rows);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn is_empty(&self) -> bool {
        self.bytes() == 0
    }

    /// The row as of a commit: `None` when nothing is known of it here, and `Some(None)` when it was removed.
    #[expect(clippy::option_option, reason = "not known here and removed are different answers")]
    pub fn get(&self, key: &[u8], commit: u64) -> Option<Option<Bytes>> {
        self.read().get(key)?.as_of(commit).map(|version| version.value.clone())
    }

    /// Shows the newest version of each row from `start` on, in the order of the keys, at most `limit`. Returns the last
    /// key when there are more. Called when nothing is inserted any more.
    pub fn newest<T>(
        &self,
        start: Bound<&[u8]>,
        limit: usize,
        show: impl FnOnce(&[(&[u8], Option<&[u8]>)]) -> T,
    ) -> (T, Option<RowKey>) {
        let rows = self.read();
        let mut rows = rows.range::<[u8], _>((start, Bound::Unbounded));
        let shown: Vec<_> = rows
            .by_ref()
            .take(limit)
            .map(|(key, versions)| (key.as_slice(), versions.newest.value.as_deref()))
            .collect();
        let last = rows.next().and(shown.last()).map(|(key, _)| RowKey::from_slice(key));
        (show(&shown), last)
    }

    fn read(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Versions {
    fn as_of(&self, commit: u64) -> Option<&Version> {
        if self.newest.commit <= commit {
            return Some(&self.newest);
        }
        self.older.iter().rev().find(|version| version.commit <= commit)
    }
}

/// Walks the rows of a range as of a commit.
pub struct Cursor<'r> {
    recent: &'r Recent,
    commit: u64,
    start: Bound<RowKey>,
    end: Bound<RowKey>,
    reverse: bool,
    /// Copied rows, the next one last.
    copied: Vec<Row>,
    /// How many are copied the next time; 0 when there are no more.
    next: usize,
}

/// Most scans look at a row or two.
const FIRST: usize = 4;
const MOST: usize = 256;
/// Some rows are megabytes: a walk holds few of those.
const MOST_BYTES: usize = 64 << 10;

impl<'r> Cursor<'r> {
    pub fn new(recent: &'r Recent, commit: u64, range: Range<'_>) -> Self {
        let (start, end) = (range.start.map(RowKey::from_slice), range.end.map(RowKey::from_slice));
        Self { recent, commit, start, end, reverse: range.reverse, copied: Vec::new(), next: FIRST }
    }

    fn copy(&mut self) {
        if self.next == 0 {
            return;
        }
        let (start, end) = (self.start.clone(), self.end.clone());
        let rows = self.recent.read();
        let range =
            rows.range::<[u8], _>((start.as_ref().map(RowKey::as_slice), end.as_ref().map(RowKey::as_slice)));
        let seen = |(key, versions): (&RowKey, &Versions)| {
            versions.as_of(self.commit).map(|version| (key.clone(), version.value.clone()))
        };
        let walk: &mut dyn Iterator<Item = _> =
            if self.reverse { &mut range.rev().filter_map(seen) } else { &mut range.filter_map(seen) };
        let mut bytes = 0;
        let mut full = false;
        for row in walk {
            bytes += row.1.as_ref().map_or(0, Bytes::len);
            self.copied.push(row);
            full = self.copied.len() >= self.next || bytes >= MOST_BYTES;
            if full {
                break;
            }
        }
        drop(rows);
        self.next = if full { (self.next * 4).min(MOST) } else { 0 };
        if let Some((last, _)) = self.copied.last() {
            let beyond = Bound::Excluded(last.clone());
            if self.reverse { self.end = beyond } else { self.start = beyond }
        }
        self.copied.reverse();
    }
}

impl Upper for Cursor<'_> {
    fn peek(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        if self.copied.is_empty() {
            self.copy();
        }
        self.copied.last().map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    fn advance(&mut self) {
        self.copied.pop();
    }
}
