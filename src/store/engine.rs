//! The seam: what any ordered key-value engine must offer. Bytes in, bytes out.
//!
//! It is this small so that a distributed transactional engine (TiKV, FoundationDB, a PostgreSQL-wire
//! cluster) fits behind it later: ordered scans, snapshots, one atomic durable write set.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::path::Path;

use bytes::Bytes;
use smallvec::SmallVec;

use super::StoreError;

/// A row's key. Nearly all have at most so many bytes (a tag and two ids are 34): those lie in the maps themselves,
/// which are searched without a leap in memory for each comparison.
pub type RowKey = SmallVec<[u8; 40]>;

/// Writes of one commit: a value to put, or `None` to remove.
pub type WriteSet = BTreeMap<RowKey, Option<Vec<u8>>>;

/// A visitor of scanned pairs; it breaks to stop.
pub type Visit<'v> = &'v mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// A range of keys and the direction in which it is walked.
#[derive(Debug, Clone, Copy)]
pub struct Range<'r> {
    pub start: Bound<&'r [u8]>,
    pub end: Bound<&'r [u8]>,
    pub reverse: bool,
}

/// An ordered key-value engine.
pub trait Engine: Send + Sync {
    /// A consistent view that later commits do not change. Short-lived: it keeps old pages alive.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Writes all of the set, durably, or nothing of it.
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError>;

    /// Copies a consistent state of everything into a new file, while writes go on.
    fn copy_to(&self, path: &Path) -> Result<(), StoreError>;

    /// What fails behind the commits, which go on for now; nothing when all is well. Whoever asks has it tried again.
    /// Blocks for as long as a commit.
    fn trouble(&self) -> Option<StoreError>;

    /// How often what is done behind the commits has failed.
    fn failures(&self) -> u64;

    /// Whether more was committed of late than could be put in its place: whatever can wait had better.
    fn is_crowded(&self) -> bool;

    /// Finishes what the engine has open. Later calls fail with [`StoreError::Closed`].
    fn close(&self);
}

/// A consistent view of an engine.
pub trait Snapshot: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;
    fn scan(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError>;
}
