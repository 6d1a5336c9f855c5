//! redb behind the seam: one file, one ordered table of bytes.
//!
//! One redb table rather than one per typed table: keys carry their table's tag, so the file has the shape
//! every engine behind the seam has, and a commit touches one tree.

use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use redb::{Database, DatabaseError, ReadOnlyTable, ReadableDatabase, TableDefinition};

use super::StoreError;
use super::engine::{Engine, Range, Snapshot, Visit, WriteSet};

const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");

/// Rows copied per commit of [`RedbEngine::copy_to`], so that a copy needs little memory.
const COPY_BATCH: usize = 10_000;

pub struct RedbEngine {
    path: PathBuf,
    cache_bytes: usize,
    /// Empty after `close`, and for the moment in which a failed file is opened again.
    database: RwLock<Option<Arc<Database>>>,
}

impl RedbEngine {
    /// Opens or makes the file. `cache_bytes` bounds the page cache (redb's own default is 1 GiB).
    pub fn open(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        let database = open_database(path, cache_bytes)?;
        Ok(Self { path: path.to_owned(), cache_bytes, database: RwLock::new(Some(Arc::new(database))) })
    }

    fn database(&self) -> Result<Arc<Database>, StoreError> {
        let guard = self.database.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        guard.clone().ok_or(StoreError::Closed)
    }

    /// After an I/O error redb answers nothing more until the file is opened again. It reads back the last
    /// good commit then, so a full disk that was emptied needs no restart.
    fn reopen(&self) {
        let mut guard = self.database.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(old) = guard.take() else { return };
        drop(old);
        match open_database(&self.path, self.cache_bytes) {
            Ok(database) => *guard = Some(Arc::new(database)),
            Err(error) => {
                tracing::error!(file = %self.path.display(), %error, "the store could not be opened again");
            }
        }
    }

    fn try_commit(&self, writes: &WriteSet) -> Result<(), redb::Error> {
        let database = self.database().map_err(|_| redb::Error::DatabaseClosed)?;
        let transaction = database.begin_write()?;
        {
            let mut rows = transaction.open_table(ROWS)?;
            for (key, value) in writes {
                match value {
                    Some(value) => drop(rows.insert(key.as_slice(), value.as_slice())?),
                    None => drop(rows.remove(key.as_slice())?),
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

impl Engine for RedbEngine {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let open = || -> Result<_, redb::Error> {
            let database = self.database().map_err(|_| redb::Error::DatabaseClosed)?;
            Ok(database.begin_read()?.open_table(ROWS)?)
        };
        Ok(Box::new(RedbSnapshot(open().map_err(engine_error)?)))
    }

    fn commit(&self, writes: &WriteSet) -> Result<(), StoreError> {
        self.try_commit(writes).map_err(|error| {
            let error = engine_error(error);
            if !matches!(error, StoreError::Closed) {
                self.reopen();
            }
            error
        })
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let snapshot = self.snapshot()?;
        let target = Self::open(path, 8 << 20)?;
        let mut batch = WriteSet::new();
        let mut failed = None;
        let all = Range { start: Bound::Unbounded, end: Bound::Unbounded, reverse: false };
        snapshot.scan(all, &mut |key, value| {
            batch.insert(key.to_vec(), Some(value.to_vec()));
            if batch.len() >= COPY_BATCH
                && let Err(error) = target.commit(&std::mem::take(&mut batch))
            {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        target.commit(&batch)?;
        target.close();
        Ok(())
    }

    fn close(&self) {
        let taken = self.database.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        // Views that are still open hold the database a little longer; the last of them closes it.
        if let Some(Ok(database)) = taken.map(Arc::try_unwrap)
            && let Err(error) = database.close()
        {
            tracing::error!(file = %self.path.display(), %error, "the store did not close cleanly");
        }
    }
}

struct RedbSnapshot(ReadOnlyTable<&'static [u8], &'static [u8]>);

impl Snapshot for RedbSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.0.get(key).map_err(|error| engine_error(error.into()))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn scan(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError> {
        let failed = |error: redb::StorageError| engine_error(error.into());
        let mut rows = self.0.range::<&[u8]>((range.start, range.end)).map_err(failed)?;
        loop {
            let next = if range.reverse { rows.next_back() } else { rows.next() };
            let Some(row) = next else { return Ok(()) };
            let (key, value) = row.map_err(failed)?;
            if visit(key.value(), value.value()).is_break() {
                return Ok(());
            }
        }
    }
}

fn open_database(path: &Path, cache_bytes: usize) -> Result<Database, StoreError> {
    let database =
        Database::builder().set_cache_size(cache_bytes).create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StoreError::InUse(path.display().to_string()),
            other => StoreError::Engine(format!("{}: {other}", path.display())),
        })?;
    // The table must exist before the first snapshot opens it.
    let create = || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        transaction.open_table(ROWS)?;
        transaction.commit()?;
        Ok(())
    };
    if database.begin_read().map_err(|error| engine_error(error.into()))?.open_table(ROWS).is_err() {
        create().map_err(engine_error)?;
    }
    Ok(database)
}

fn engine_error(error: redb::Error) -> StoreError {
    match error {
        redb::Error::DatabaseClosed => StoreError::Closed,
        other => StoreError::Engine(other.to_string()),
    }
}
