//! The engine behind the seam: a log for durability, memory for what is new, redb for what has come to rest.
//!
//! A commit is one append to the [log](super::log) and one fsync. Its rows stay in memory ([`Recent`]) until enough
//! have gathered; then they are written to redb together, in the order of their keys, beside the commits that go on.
//! A row that was changed ten times meanwhile is written once, and a page that holds rows of a hundred commits as
//! well. To commit every batch to redb is refused: it writes a page for nearly every row, and most of a message's
//! processor time went there.
//!
//! Two generations of rows exist at most: the one that is written to and the one that is being moved to redb. Each
//! has its own log file, `store.log` and `store.log2` beside `store.redb`. A crash leaves the logs, which are read
//! back at the next opening; a file that was closed has none.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::StoreError;
use super::engine::{Engine, Range, Snapshot, Visit, WriteSet};
use super::log::{self, Head, Log};
use super::log_file::{LogFile, OnDisk};
use super::overlay::{self, Both};
use super::recent::{Cursor, Recent};
use super::redb_engine::{RedbEngine, sync_folder};

/// With so many times as much as is enough, writers wait for the mover. A move takes a while, and those that come
/// meanwhile shall not wait for it.
const MOST: usize = 2;

/// See [`LoggedEngine::retry`].
const RETRY: Duration = Duration::from_secs(5);

/// How long rows stay in memory at most while others are written.
const OLDEST: Duration = Duration::from_secs(60);

/// Opens or makes a log file. The tests put failing disks behind it.
pub type LogOpener = dyn Fn(&Path) -> io::Result<Box<dyn LogFile>> + Send + Sync;

pub struct LoggedEngine {
    shared: Arc<Shared>,
    logs: Mutex<Logs>,
    /// The mover of the older generation, while it works.
    mover: Mutex<Option<JoinHandle<()>>>,
    /// Memory of a generation above which it is moved, in bytes.
    enough: usize,
    /// How long after a failure the older rows are tried to be moved again.
    retry: Duration,
}

struct Shared {
    redb: RedbEngine,
    layers: RwLock<Layers>,
    /// Why the last move failed; nothing when it did not.
    stuck: Mutex<Option<StoreError>>,
    failures: AtomicU64,
    /// Somebody waits for the mover.
    waited_for: AtomicBool,
}

/// What readers see, from above: the recent rows, those that are being moved, redb.
struct Layers {
    recent: Arc<Recent>,
    moving: Option<Arc<Recent>>,
    /// Counts commits; a reader sees those up to its own.
    commit: u64,
}

struct Logs {
    paths: [PathBuf; 2],
    opener: Arc<LogOpener>,
    state: State,
    /// When the older generation was last tried to be moved.
    tried: Option<Instant>,
}

enum State {
    /// Nothing was committed since the store was opened: there is no log yet.
    New,
    Open {
        log: Log,
        head: Head,
        /// The file of the generation that is being moved, or was; free once that is done.
        spare: Box<dyn LogFile>,
        /// When the first batch of the generation was committed.
        since: Option<Instant>,
    },
    /// The log cannot be written. What was committed is in memory and, up to there, in the log.
    Failed,
    Closed,
}

impl LoggedEngine {
    /// Opens or makes the file and reads back what a crash left in the logs. `bytes` bounds what is recent, and half of
    /// it redb's pages. While rows are being moved there are as many again, and at most [`MOST`] times as many more.
    ///
    /// More for rows than for pages: the more rows a move has, the more of them share a page that is written. A round
    /// trip takes a twentieth less processor time than with twice the pages and half the rows, and no more memory.
    pub fn open(file: &Path, bytes: usize) -> Result<Self, StoreError> {
        let enough = bytes.clamp(256 << 10, 32 << 20);
        let cache_bytes = bytes / 2;
        if is_missing_or_empty(file)
            && let Some(log) = log_paths(file).into_iter().find(|log| log.exists())
        {
            // A new store would write over what may be the only copy of the last acknowledged writes.
            return Err(StoreError::Engine(format!(
                "{} is there, and {} is missing or empty: put the store back, or move the log away",
                log.display(),
                file.display()
            )));
        }
        Self::over(RedbEngine::open(file, cache_bytes)?, file, Arc::new(open_log), enough, RETRY)
    }

    pub(super) fn over(
        redb: RedbEngine,
        file: &Path,
        opener: Arc<LogOpener>,
        enough: usize,
        retry: Duration,
    ) -> Result<Self, StoreError> {
        let paths = log_paths(file);
        let left = Left::read(&redb, &paths, &*opener)?;
        let newest = left.newest;
        let mut layers = Layers { recent: Arc::new(Recent::new(newest + 1)), moving: None, commit: 1 };
        if !left.rows.is_empty() {
            tracing::info!(file = %file.display(), rows = left.rows.len(), "read back what a crash had left in the log");
            let recovered = Recent::new(newest);
            let rows = left.rows.into_iter().map(|(key, value)| (key, value.map(Bytes::from)));
            recovered.insert(layers.commit, rows);
            layers.moving = Some(Arc::new(recovered));
        }
        let (stuck, failures, waited_for) = (Mutex::default(), AtomicU64::default(), AtomicBool::default());
        let shared = Arc::new(Shared { redb, layers: RwLock::new(layers), stuck, failures, waited_for });
        let moves = shared.layers().moving.is_some();
        let state = match shared.move_older(&|| true) {
            Ok(()) => {
                if moves {
                    // All that was written is in the engine's memory, and perhaps nobody asks for it.
                    shared.redb.free_memory();
                }
                State::New
            }
            // A full disk: everything can be read, and the first write that has room moves it.
            Err(error) => {
                tracing::error!(file = %file.display(), %error, "what the log holds could not be moved; it stays there");
                State::Failed
            }
        };
        let logs = Logs { paths, opener, state, tried: None };
        Ok(Self { shared, logs: Mutex::new(logs), mover: Mutex::default(), enough, retry })
    }

    /// Begins new logs. They are this opening's own, by an identity that redb is told of first: a log that belongs to
    /// another state of the file (a backup was put back over a crashed store) is not read into it.
    fn begin_logs(&self, logs: &mut Logs) -> Result<(), StoreError> {
        let generation = self.shared.layers().recent.generation;
        let open = |path: &Path| (logs.opener)(path).map_err(|error| failed(path, &error));
        let (first, spare) = (open(&logs.paths[0])?, open(&logs.paths[1])?);
        sync_folder(&logs.paths[0])?;
        let mut identity = [0; 8];
        getrandom::fill(&mut identity).map_err(|error| StoreError::Engine(error.to_string()))?;
        let moved = (generation - 1).to_le_bytes();
        self.shared.redb.write([(IDENTITY, Some(&identity[..])), (GENERATION, Some(&moved[..]))])?;
        let head = Head { identity: u64::from_le_bytes(identity), generation };
        let log = Log::begin(first, head).map_err(|error| failed(&logs.paths[0], &error))?;
        logs.state = State::Open { log, head, spare, since: None };
        Ok(())
    }

    /// Sees to it that what is recent stays small. Fails, and nothing more is committed, when it cannot be moved.
    fn make_room(&self, logs: &mut Logs) -> Result<(), StoreError> {
        let bytes = self.shared.layers().recent.bytes();
        if bytes > self.enough * MOST {
            // The mover is slower than what comes in, or has failed.
            self.join_mover();
            self.shared.move_older(&|| true)?;
        }
        let old = matches!(logs.state, State::Open { since: Some(since), .. } if since.elapsed() > OLDEST);
        if bytes > self.enough || old { self.turn_over(logs) } else { Ok(()) }
    }

    /// Begins a new generation and moves the older one to redb, beside what goes on. While one is being moved nothing
    /// happens; one that could not be moved is tried again after a while.
    fn turn_over(&self, logs: &mut Logs) -> Result<(), StoreError> {
        if self.shared.layers().moving.is_none() {
            if self.shared.layers().recent.is_empty() {
                return Ok(());
            }
            self.begin_generation(logs)?;
        } else if !self.mover().as_ref().is_none_or(JoinHandle::is_finished)
            || logs.tried.is_some_and(|tried| tried.elapsed() < self.retry)
        {
            return Ok(());
        }
        logs.tried = Some(Instant::now());
        let shared = Arc::clone(&self.shared);
        let most_at_rest = self.enough / 4;
        let mover = std::thread::Builder::new().name("store-mover".into()).spawn(move || {
            // A quarter of the next generation is there already, or somebody waits: what gathers meanwhile is memory.
            let hurries =
                || shared.waited_for.load(Ordering::Relaxed) || shared.layers().recent.bytes() > most_at_rest;
            if let Err(error) = shared.move_older(&hurries) {
                tracing::error!(%error, "recent rows could not be moved; they stay in the log");
            }
        });
        match mover {
            Ok(mover) => *self.mover() = Some(mover),
            Err(error) => tracing::error!(%error, "recent rows wait to be moved"),
        }
        Ok(())
    }

    /// The recent rows become the older generation, and the spare log the recent one's.
    fn begin_generation(&self, logs: &mut Logs) -> Result<(), StoreError> {
        let generation = self.shared.layers().recent.generation + 1;
        match std::mem::replace(&mut logs.state, State::Failed) {
            State::Open { log, head, spare, .. } => {
                let head = Head { generation, ..head };
                let next = Log::begin(spare, head).map_err(|error| failed(&logs.paths[0], &error))?;
                logs.state = State::Open { log: next, head, spare: log.into_file(), since: None };
            }
            // Without a log the rows can only be moved.
            other => logs.state = other,
        }
        let mut layers = self.shared.layers_mut();
        let recent = std::mem::replace(&mut layers.recent, Arc::new(Recent::new(generation)));
        layers.moving = Some(recent);
        Ok(())
    }

    /// Moves everything to redb, now. Blocks.
    fn move_all(&self, logs: &mut Logs) -> Result<(), StoreError> {
        self.join_mover();
        self.shared.move_older(&|| true)?;
        if self.shared.layers().recent.is_empty() {
            return Ok(());
        }
        self.begin_generation(logs)?;
        self.shared.move_older(&|| true)
    }

    /// A view of one moment. `between` is for the tests: what may happen between its two halves.
    fn look(&self, mut between: impl FnMut()) -> Result<Box<dyn Snapshot>, StoreError> {
        loop {
            // The layers first: what is moved meanwhile is then seen twice, and not missed.
            let (recent, moving, commit) = {
                let layers = self.shared.layers();
                (Arc::clone(&layers.recent), layers.moving.clone(), layers.commit)
            };
            between();
            let redb = self.shared.redb.snapshot()?;
            // Still the recent rows: so none of them is in redb, where later commits' would be seen among them.
            if Arc::ptr_eq(&recent, &self.shared.layers().recent) {
                return Ok(Box::new(LoggedSnapshot { recent, moving, commit, redb }));
            }
        }
    }

    fn join_mover(&self) {
        self.shared.waited_for.store(true, Ordering::Relaxed);
        if let Some(mover) = self.mover().take()
            && mover.join().is_err()
        {
            tracing::error!("the mover of recent rows panicked");
        }
        self.shared.waited_for.store(false, Ordering::Relaxed);
    }

    fn logs(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mover(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.mover.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn layers(&self) -> RwLockReadGuard<'_, Layers> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn layers_mut(&self) -> RwLockWriteGuard<'_, Layers> {
        self.layers.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the older generation to redb, if there is one, together with the news that its log is done with.
    /// Without rests while it hurries.
    fn move_older(&self, hurries: &dyn Fn() -> bool) -> Result<(), StoreError> {
        let Some(moving) = self.layers().moving.clone() else { return Ok(()) };
        let generation = moving.generation.to_le_bytes();
        let moved = self.redb.write_recent(&moving, (BEGUN, &generation), (GENERATION, &generation), hurries);
        if moved.is_ok() {
            self.layers_mut().moving = None;
        } else {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        *self.stuck() = moved.clone().err();
        moved
    }

    fn stuck(&self) -> MutexGuard<'_, Option<StoreError>> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for LoggedEngine {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.look(|| {})
    }

    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        let mut logs = self.logs();
        match logs.state {
            State::New => self.begin_logs(&mut logs)?,
            State::Failed => {
                // Everything that was committed goes to redb, and new logs begin. What the failed batch may have left
                // on the disk is in nobody's log then.
                self.move_all(&mut logs)?;
                self.begin_logs(&mut logs)?;
                tracing::info!(file = %logs.paths[0].display(), "the log is written again");
            }
            State::Open { .. } | State::Closed => {}
        }
        self.make_room(&mut logs)?;
        let logs = &mut *logs;
        let State::Open { log, since, .. } = &mut logs.state else { return Err(StoreError::Closed) };
        let rows = match log.append(writes) {
            Ok(rows) => rows,
            Err(error) => {
                logs.state = State::Failed;
                return Err(failed(&logs.paths[0], &error));
            }
        };
        since.get_or_insert_with(Instant::now);
        let mut layers = self.shared.layers_mut();
        // Nobody has this number yet, so nobody sees a half of it.
        let commit = layers.commit + 1;
        layers.recent.insert(commit, rows);
        layers.commit = commit;
        Ok(())
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.shared.redb.copy_of(&*self.snapshot()?, path, &[IDENTITY, GENERATION, BEGUN])
    }

    fn trouble(&self) -> Option<StoreError> {
        let stuck = self.shared.stuck().clone();
        if stuck.is_some() {
            // Perhaps nobody writes, and the rows would wait for ever although there is room again.
            let mut logs = self.logs();
            let waits = self.shared.layers().moving.is_some() && !matches!(logs.state, State::Closed);
            if waits && let Err(error) = self.turn_over(&mut logs) {
                return Some(error);
            }
        }
        stuck
    }

    fn is_crowded(&self) -> bool {
        // Half way to where writers wait.
        self.shared.layers().recent.bytes() > self.enough * (1 + MOST) / 2
    }

    fn failures(&self) -> u64 {
        self.shared.failures.load(Ordering::Relaxed)
    }

    fn close(&self) {
        let mut logs = self.logs();
        if matches!(logs.state, State::Closed) {
            return;
        }
        let moved = self.move_all(&mut logs);
        logs.state = State::Closed;
        match moved {
            // Everything is in the one file. The logs go while it is locked: the next program may have its own.
            Ok(()) => {
                for path in logs.paths.iter().filter(|path| path.exists()) {
                    if let Err(error) = fs::remove_file(path) {
                        tracing::warn!(file = %path.display(), %error, "an empty log could not be removed");
                    }
                }
            }
            Err(error) => {
                tracing::error!(file = %logs.paths[0].display(), %error, "the log is kept and read at the next start");
            }
        }
        self.shared.redb.close();
    }
}

struct LoggedSnapshot {
    recent: Arc<Recent>,
    moving: Option<Arc<Recent>>,
    commit: u64,
    redb: Box<dyn Snapshot>,
}

impl Snapshot for LoggedSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let recent = self.recent.get(key, self.commit);
        let known = recent.or_else(|| self.moving.as_ref().and_then(|moving| moving.get(key, self.commit)));
        known.map_or_else(|| self.redb.get(key), Ok)
    }

    fn scan(&self, range: Range<'_>, visit: Visit<'_>) -> Result<(), StoreError> {
        if overlay::is_empty(&range) {
            return Ok(());
        }
        let mut upper = Both {
            first: Cursor::new(&self.recent, self.commit, range),
            second: self.moving.as_ref().map(|moving| Cursor::new(moving, self.commit, range)),
            reverse: range.reverse,
        };
        overlay::scan(&mut upper, range, |visit| self.redb.scan(range, visit), visit)
    }
}

// Rows of the engine's own, behind every table.

/// Whose the logs are: those of another state of the store are not read into it.
const IDENTITY: &[u8] = &[0xFF, 0xFF, 1];
/// The generation up to which everything is in redb.
const GENERATION: &[u8] = &[0xFF, 0xFF, 2];
/// The generation of which some rows are in redb: with its log they become whole, and without it nobody may use them.
const BEGUN: &[u8] = &[0xFF, 0xFF, 3];

/// What a crash left in the logs.
struct Left {
    /// The newest generation there ever was.
    newest: u64,
    rows: WriteSet,
}

impl Left {
    fn read(redb: &RedbEngine, paths: &[PathBuf; 2], opener: &LogOpener) -> Result<Self, StoreError> {
        let moved = number(redb, GENERATION)?.unwrap_or_default();
        let identity = number(redb, IDENTITY)?;
        let mut left = Vec::new();
        for path in paths.iter().filter(|path| path.exists()) {
            let file = opener(path).map_err(|error| failed(path, &error))?;
            match log::read(&*file).map_err(|error| failed(path, &error))? {
                Some((head, batches)) if Some(head.identity) == identity && head.generation > moved => {
                    left.push((head.generation, batches));
                }
                // Moved already, never written to, or of another state of the store.
                Some(_) | None => {}
            }
        }
        left.sort_by_key(|(generation, _)| *generation);
        if let Some((missing, _)) = (moved + 1..).zip(&left).find(|(expected, (found, _))| expected != found)
        {
            let file = paths[0].display();
            return Err(StoreError::Engine(format!("{file}: generation {missing} of the log is missing")));
        }
        let newest = left.last().map_or(moved, |(generation, _)| *generation);
        if number(redb, BEGUN)?.is_some_and(|begun| begun > newest) {
            return Err(StoreError::Engine(format!(
                "{}: a part of it is in the store and the log is gone; put it back, or restore a backup",
                paths[0].display()
            )));
        }
        let mut rows = WriteSet::new();
        for batch in left.into_iter().flat_map(|(_, batches)| batches) {
            rows.extend(batch);
        }
        Ok(Self { newest, rows })
    }
}

/// Nothing is there, or a file without a byte: of the first moment of a new store, or of a copy that went wrong.
pub(super) fn is_missing_or_empty(file: &Path) -> bool {
    fs::metadata(file).map_or(true, |found| found.len() == 0)
}

fn log_paths(file: &Path) -> [PathBuf; 2] {
    [file.with_extension("log"), file.with_extension("log2")]
}

fn number(redb: &RedbEngine, key: &[u8]) -> Result<Option<u64>, StoreError> {
    let bytes = redb.snapshot()?.get(key)?;
    Ok(bytes.and_then(|bytes| (*bytes).try_into().ok()).map(u64::from_le_bytes))
}

fn open_log(path: &Path) -> io::Result<Box<dyn LogFile>> {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    Ok(Box::new(OnDisk::new(file)))
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Engine(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    /// A crash in the middle of a move, after which somebody removed the log: half of a generation is no state.
    #[test]
    fn a_generation_that_is_half_moved_needs_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("store.redb");
        let engine = LoggedEngine::open(&file, 1 << 20).unwrap();
        for number in 0..10 {
            engine.commit(WriteSet::from([(smallvec![9, number], Some(vec![number]))])).unwrap();
        }
        let begun = engine.shared.layers().recent.generation.to_le_bytes();
        engine.shared.redb.write([(BEGUN, Some(&begun[..])), (&[9, 0][..], Some(&[0][..]))]).unwrap();
        engine.shared.redb.close();
        drop(engine);
        let hidden = dir.path().join("hidden");
        let log = file.with_extension("log");
        fs::rename(&log, &hidden).unwrap();
        let error = LoggedEngine::open(&file, 1 << 20).err().unwrap().to_string();
        assert!(error.contains("store.log") && error.contains("put it back"), "{error}");
        fs::rename(&hidden, &log).unwrap();
        let engine = LoggedEngine::open(&file, 1 << 20).unwrap();
        assert!((0..10).all(|number| engine.snapshot().unwrap().get(&[9, number]).unwrap().is_some()));
    }

    /// A reader is held up in the middle, and everything is moved meanwhile.
    #[test]
    fn a_view_is_of_one_moment() {
        let dir = tempfile::tempdir().unwrap();
        let engine = LoggedEngine::open(&dir.path().join("store.redb"), 1 << 20).unwrap();
        let commit = |number: u8| {
            let rows = [(smallvec![9], Some(vec![number])), (smallvec![9, number], Some(vec![]))];
            engine.commit(WriteSet::from(rows)).unwrap();
        };
        commit(1);
        let mut last = 1;
        let view = engine
            .look(|| {
                if last < 3 {
                    last += 1;
                    commit(last);
                    engine.move_all(&mut engine.logs()).unwrap();
                }
            })
            .unwrap();
        let newest = view.get(&[9]).unwrap().unwrap()[0];
        let there: Vec<u8> = (1..=last).filter(|number| view.get(&[9, *number]).unwrap().is_some()).collect();
        assert_eq!(there, (1..=newest).collect::<Vec<_>>());
    }
}
