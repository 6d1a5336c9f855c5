//! redb: one file, one ordered table of bytes. It holds what has come to rest; [`super::logged_engine`] stands
//! before it.
//!
//! One redb table rather than one per typed table: keys carry their table's tag, so the file has the shape
//! every engine behind the seam has, and a commit touches one tree.

use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use redb::{Database, DatabaseError, ReadOnlyTable, ReadableDatabase};

use super::StoreError;
use super::engine::{Range, RowKey, Snapshot, Visit};
use super::recent::Recent;
use super::redb_rows::{Put, ROWS, Rows, put, put_sorted};

/// Rows moved per commit of [`RedbEngine::write_recent`]. Each may lie on a page of its own: 8 MB, which the smallest
/// cache that matters has room for, and which the log's own syncs do not wait for long. In tests a few, so that every one
/// of them meets moves of many commits.
const MOVE_BATCH: usize = if cfg!(test) { 3 } else { 2_048 };

/// Rows of a move between two rests: about a millisecond's work.
const STEP: usize = 128;

/// After a commit that took long, because the disk is slow, longer rests help nobody.
const LONGEST_REST: Duration = Duration::from_millis(20);

/// Rows copied per commit of [`RedbEngine::copy_of`], so that a copy needs little memory.
const COPY_BATCH: usize = 10_000;

/// Opens the file; again after a failure. The tests put failing disks behind it.
pub(super) type Opener = dyn Fn(&Path) -> Result<Database, DatabaseError> + Send + Sync;

pub struct RedbEngine {
    path: PathBuf,
    opener: Arc<Opener>,
    /// Used where it lies: with a clone of its own a reader would keep the file locked while it is opened again.
    database: RwLock<State>,
}

/// A move's work in short steps, each followed by as long a rest: what somebody waits for has the processor and the disk
/// in between. With rests 99 of 100 webhooks of a flood waited 15 to 23 ms at most in five runs whose files lay in
/// memory, without them 14 and 167 in two. They cost a twentieth of a round trip's processor time: while a move lasts,
/// rows are looked for in one place more. A lower priority of the thread is refused: a full processor would let it stand
/// still until writers wait for it, and what was lowered cannot be raised again without a privilege.
struct Steps<'h> {
    hurries: &'h dyn Fn() -> bool,
    began: Instant,
    rows: usize,
}

impl<'h> Steps<'h> {
    fn new(hurries: &'h dyn Fn() -> bool) -> Self {
        Self { hurries, began: Instant::now(), rows: 0 }
    }

    /// A row was put in its place.
    fn row(&mut self) {
        self.rows += 1;
        if self.rows == STEP {
            self.rest();
        }
    }

    fn rest(&mut self) {
        if !(self.hurries)() {
            std::thread::sleep(self.began.elapsed().min(LONGEST_REST));
        }
        (self.began, self.rows) = (Instant::now(), 0);
    }
}

enum State {
    Open(Database),
    /// The disk failed, and the file could not be opened again yet. Whoever needs it next tries.
    Failed,
    Closed,
}

impl RedbEngine {
    /// Opens or makes the file. `cache_bytes` bounds the page cache (redb's own default is 1 GiB).
    pub fn open(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        Self::open_with(
            path,
            Arc::new(move |path| Database::builder().set_cache_size(cache_bytes).create(path)),
        )
    }

    pub(super) fn open_with(path: &Path, opener: Arc<Opener>) -> Result<Self, StoreError> {
        let new = !path.exists();
        let database = open_database(path, &*opener)?;
        if new {
            sync_folder(path)?;
        }
        Ok(Self { path: path.to_owned(), opener, database: RwLock::new(State::Open(database)) })
    }

    /// Uses the database. After an I/O error redb answers nothing more until the file is opened again; it reads
    /// back the last good commit then, so a full disk that was emptied needs no restart.
    fn with<T>(&self, run: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        let run = |database: &Database| {
            // redb panics on some damage; that must end neither the writer nor whoever waits for it.
            let result = catch_unwind(AssertUnwindSafe(|| run(database)));
            result
                .unwrap_or_else(|_| Err(redb::Error::Corrupted("the engine panicked".to_owned())))
                .map_err(engine_error)
        };
        if let State::Open(database) = &*self.database.read().unwrap_or_else(PoisonError::into_inner) {
            return run(database);
        }
        let mut state = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Failed) {
            *state = State::Open(open_database(&self.path, &*self.opener)?);
            tracing::info!(file = %self.path.display(), "the store is open again");
        }
        match &*state {
            State::Open(database) => run(database),
            State::Failed | State::Closed => Err(StoreError::Closed),
        }
    }

    /// Writes rows, all of them or none; a row without a value is removed.
    pub fn write<'r>(&self, rows: impl IntoIterator<Item = Put<'r>>) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        self.reopen_after(
            self.with(|database| commit(database, |table| rows.by_ref().try_for_each(|row| put(table, row)))),
        )
    }

    /// Writes the newest version of each row; with the first of them a row that says so, and with the last one that says
    /// that all are there.
    ///
    /// In several commits, although a crash then leaves some of them: they are read back from the log and written
    /// again. The pages of one commit for all are more than the cache takes, so that redb writes many of them twice
    /// and lets readers wait for it, and the log's syncs wait for the one sync of them all.
    pub fn write_recent(
        &self,
        recent: &Recent,
        begun: (&[u8], &[u8]),
        done: (&[u8], &[u8]),
        hurries: &dyn Fn() -> bool,
    ) -> Result<(), StoreError> {
        let mut next = Some(Bound::Unbounded);
        while let Some(start) = next.take() {
            let mut steps = Steps::new(hurries);
            self.reopen_after(self.with(|database| {
                commit(database, |table| {
                    put(table, (begun.0, Some(begun.1)))?;
                    let start = start.as_ref().map(RowKey::as_slice);
                    let (written, last) =
                        recent.newest(start, MOVE_BATCH, |rows| put_sorted(table, rows, || steps.row()));
                    written?;
                    match last {
                        Some(key) => next = Some(Bound::Excluded(key)),
                        None => put(table, (done.0, Some(done.1)))?,
                    }
                    Ok(())
                })
            }))?;
            steps.rest();
        }
        Ok(())
    }

    fn reopen_after<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(&result, Err(error) if !matches!(error, StoreError::Closed)) {
            self.reopen();
        }
        result
    }

    /// Lets go of a file that failed, and opens it again if that can be done at once.
    fn reopen(&self) {
        self.open_again(forget_cached);
    }

    /// Lets go of the memory that the file's pages take: closes it and opens it again.
    pub fn free_memory(&self) {
        self.open_again(|_| {});
    }

    fn open_again(&self, closed: impl FnOnce(&Path)) {
        let mut state = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Closed) {
            return;
        }
        // What is open must be dropped first: it holds the file's lock.
        *state = State::Failed;
        closed(&self.path);
        match open_database(&self.path, &*self.opener) {
            Ok(database) => *state = State::Open(database),
            Err(error) => {
                tracing::error!(file = %self.path.display(), %error, "the store could not be opened again");
            }
        }
    }

    pub fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let open = || self.with(|database| Ok(database.begin_read()?.open_table(ROWS)?));
        let table = open().or_else(|error| {
            if matches!(error, StoreError::Closed) {
                return Err(error);
            }
            // A read failed, and with it the file; the disk may be well again.
            self.reopen();
            open()
        })?;
        Ok(Box::new(RedbSnapshot(table)))
    }

    /// Writes what a snapshot holds into a new file, rows with these keys left out.
    pub fn copy_of(&self, snapshot: &dyn Snapshot, path: &Path, without: &[&[u8]]) -> Result<(), StoreError> {
        let target = Self::open_with(path, Arc::clone(&self.opener))?;
        let mut batch: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let write = |batch: &mut Vec<(Vec<u8>, Vec<u8>)>| {
            let rows: Vec<Put<'_>> =
                batch.iter().map(|(key, value)| (key.as_slice(), Some(value.as_slice()))).collect();
            let written = target.with(|database| commit(database, |table| put_sorted(table, &rows, || {})));
            batch.clear();
            written
        };
        let mut failed = None;
        let all = Range { start: Bound::Unbounded, end: Bound::Unbounded, reverse: false };
        snapshot.scan(all, &mut |key, value| {
            if !without.contains(&key) {
                batch.push((key.to_vec(), value.to_vec()));
            }
            if batch.len() >= COPY_BATCH
                && let Err(error) = write(&mut batch)
            {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        write(&mut batch)?;
        target.close();
        Ok(())
    }

    /// Finishes with the file. Later calls fail with [`StoreError::Closed`].
    pub fn close(&self) {
        let mut state = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Views that are still open read nothing more.
        if let State::Open(database) = std::mem::replace(&mut *state, State::Closed)
            && let Err(error) = database.close()
        {
            tracing::error!(file = %self.path.display(), %error, "the store did not close cleanly");
        }
    }
}

/// One commit.
///
/// It also records which pages are in use (redb's quick repair). To find that out after a crash redb would read the
/// whole file: 2.2 s for a million messages (2.1 GB), 15 ms with the record. It costs half a millisecond and a hundred
/// kilobytes, which is little for a commit that comes once in some thousand writes.
fn commit(
    database: &Database,
    write: impl FnOnce(&mut Rows<'_>) -> Result<(), redb::Error>,
) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    write(&mut transaction.open_table(ROWS)?)?;
    transaction.commit()?;
    Ok(())
}

/// Makes the next reads come from the disk. After a failed fsync Linux takes its pages for clean: read back from
/// memory, a commit that never reached the disk would look whole, and what is built on it would be lost with it.
fn forget_cached(path: &Path) {
    let forgotten = std::fs::File::open(path)
        .and_then(|file| Ok(rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?));
    if let Err(error) = forgotten {
        tracing::warn!(file = %path.display(), %error, "the file's cached pages could not be forgotten");
    }
}

/// A new file's name is on the disk only when its folder is: fsync of the file alone promises nothing about it.
pub(super) fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreError::Engine(format!("{}: {error}", folder.display())))
}

struct RedbSnapshot(ReadOnlyTable<&'static [u8], &'static [u8]>);

impl Snapshot for RedbSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let found = self.0.get(key).map_err(|error| engine_error(error.into()))?;
        Ok(found.map(|value| Bytes::copy_from_slice(value.value())))
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

fn open_database(path: &Path, opener: &Opener) -> Result<Database, StoreError> {
    let database = opener(path).map_err(|error| match error {
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
    match database.begin_read().map_err(|error| engine_error(error.into()))?.open_table(ROWS) {
        Ok(_) => {}
        // Only then: a table that cannot be read is not one that is not there.
        Err(redb::TableError::TableDoesNotExist(_)) => create().map_err(engine_error)?,
        Err(error) => return Err(engine_error(error.into())),
    }
    Ok(database)
}

/// Never [`StoreError::Closed`], which ends whatever follows the store: a view can outlive the database it was
/// taken of when the file is opened again, and its reader may simply take another.
fn engine_error(error: redb::Error) -> StoreError {
    match error {
        redb::Error::DatabaseClosed => StoreError::Engine("the file was closed or opened again".to_owned()),
        other => StoreError::Engine(other.to_string()),
    }
}
