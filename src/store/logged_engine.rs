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
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::StoreError;
use super::engine::{Engine, Range, Snapshot, Visit, WriteSet};
use super::log::{self, Head, Log, LogFile};
use super::overlay::{self, Both};
use super::recent::{Cursor, Recent};
use super::redb_engine::{RedbEngine, sync_folder};

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
}

struct Shared {
    redb: RedbEngine,
    layers: RwLock<Layers>,
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
    identity: u64,
}

enum State {
    Open {
        log: Log,
        /// The file of the generation that is being moved, or was; free once that is done.
        spare: Box<dyn LogFile>,
        /// When the first batch of the generation was committed.
        since: Option<Instant>,
    },
    /// An append failed. What was committed is in memory and, up to there, in the log.
    Failed,
    Closed,
}

impl LoggedEngine {
    /// Opens or makes the file and reads back what a crash left in the logs. `cache_bytes` bounds the page cache;
    /// what is recent takes as much again at most, and up to 32 MB.
    pub fn open(file: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        let enough = (cache_bytes / 2).clamp(256 << 10, 16 << 20);
        Self::over(RedbEngine::open(file, cache_bytes)?, file, Arc::new(open_log), enough)
    }

    pub(super) fn over(
        redb: RedbEngine,
        file: &Path,
        opener: Arc<LogOpener>,
        enough: usize,
    ) -> Result<Self, StoreError> {
        let paths = [file.with_extension("log"), file.with_extension("log2")];
        let identity = identity(&redb)?;
        let moved = generation(&redb)?;
        let new = !paths.iter().all(|path| path.exists());
        let [first, second] = [opener(&paths[0]), opener(&paths[1])];
        let (first, second) = (
            first.map_err(|error| failed(&paths[0], &error))?,
            second.map_err(|error| failed(&paths[1], &error))?,
        );
        if new {
            sync_folder(file)?;
        }
        let mut left = Vec::new();
        for (path, log) in paths.iter().zip([&first, &second]) {
            match log::read(&**log).map_err(|error| failed(path, &error))? {
                Some((head, batches)) if head.identity == identity && head.generation > moved => {
                    left.push((head.generation, batches));
                }
                // Moved already, never written to, or another store's: a copy was put in this one's place.
                Some(_) | None => {}
            }
        }
        left.sort_by_key(|(generation, _)| *generation);
        let newest = left.last().map_or(moved, |(generation, _)| *generation);
        let mut rows = WriteSet::new();
        for batch in left.into_iter().flat_map(|(_, batches)| batches) {
            rows.extend(batch);
        }
        if !rows.is_empty() {
            tracing::info!(file = %file.display(), rows = rows.len(), "read back what a crash had left in the log");
            let pairs = rows.iter().map(|(key, value)| (key.as_slice(), value.as_deref()));
            redb.write(pairs.chain([(GENERATION, Some(newest.to_le_bytes().as_slice()))]))?;
        }
        let head = Head { identity, generation: newest + 1 };
        let log = Log::begin(first, head).map_err(|error| failed(&paths[0], &error))?;
        let layers = Layers { recent: Arc::new(Recent::new(head.generation)), moving: None, commit: 0 };
        Ok(Self {
            shared: Arc::new(Shared { redb, layers: RwLock::new(layers) }),
            logs: Mutex::new(Logs {
                paths,
                opener,
                state: State::Open { log, spare: second, since: None },
                identity,
            }),
            mover: Mutex::default(),
            enough,
        })
    }

    /// Sees to it that what is recent stays small. Fails, and nothing more is committed, when it cannot be moved.
    fn make_room(&self, logs: &mut Logs) -> Result<(), StoreError> {
        let bytes = self.shared.layers().recent.bytes();
        if bytes > self.enough * 2 {
            // The mover is slower than what comes in, or has failed.
            self.join_mover();
            self.shared.move_older()?;
        }
        let old = matches!(logs.state, State::Open { since: Some(since), .. } if since.elapsed() > OLDEST);
        if bytes > self.enough || old { self.turn_over(logs) } else { Ok(()) }
    }

    /// Begins a new generation and moves the older one to redb, beside what goes on. Nothing happens while one is
    /// being moved, or could not be.
    fn turn_over(&self, logs: &mut Logs) -> Result<(), StoreError> {
        if self.shared.layers().moving.is_some() || self.shared.layers().recent.is_empty() {
            return Ok(());
        }
        self.begin_generation(logs)?;
        let shared = Arc::clone(&self.shared);
        let mover = std::thread::Builder::new().name("store-mover".into()).spawn(move || {
            if let Err(error) = shared.move_older() {
                tracing::error!(%error, "recent rows could not be moved; they stay in the log");
            }
        });
        match mover {
            Ok(mover) => *self.mover() = Some(mover),
            // No thread to be had: whoever needs the room moves them.
            Err(error) => tracing::error!(%error, "recent rows wait to be moved"),
        }
        Ok(())
    }

    /// The recent rows become the older generation, and the spare log the recent one's.
    fn begin_generation(&self, logs: &mut Logs) -> Result<(), StoreError> {
        let generation = self.shared.layers().recent.generation + 1;
        let head = Head { identity: logs.identity, generation };
        let State::Open { log, spare, .. } = std::mem::replace(&mut logs.state, State::Failed) else {
            return Ok(());
        };
        let next = Log::begin(spare, head).map_err(|error| failed(&logs.paths[0], &error))?;
        logs.state = State::Open { log: next, spare: log.into_file(), since: None };
        let mut layers = self.shared.layers_mut();
        let recent = std::mem::replace(&mut layers.recent, Arc::new(Recent::new(generation)));
        layers.moving = Some(recent);
        Ok(())
    }

    /// Moves everything to redb, now. Blocks.
    fn move_all(&self, logs: &mut Logs) -> Result<(), StoreError> {
        self.join_mover();
        self.shared.move_older()?;
        if self.shared.layers().recent.is_empty() {
            return Ok(());
        }
        if matches!(logs.state, State::Open { .. }) {
            self.begin_generation(logs)?;
        } else {
            let mut layers = self.shared.layers_mut();
            let generation = layers.recent.generation + 1;
            let recent = std::mem::replace(&mut layers.recent, Arc::new(Recent::new(generation)));
            layers.moving = Some(recent);
        }
        self.shared.move_older()
    }

    /// After a failed append: everything that was committed goes to redb, and new logs begin. What the failed batch
    /// may have left on the disk belongs to a generation that is done with then.
    fn recover(&self, logs: &mut Logs) -> Result<(), StoreError> {
        self.move_all(logs)?;
        // The failed batch's own generation is done with even if nothing else was in it.
        let generation = self.shared.layers().recent.generation;
        self.shared.redb.write([(GENERATION, Some(generation.to_le_bytes().as_slice()))])?;
        self.shared.layers_mut().recent = Arc::new(Recent::new(generation + 1));
        let open = |path: &Path| (logs.opener)(path).map_err(|error| failed(path, &error));
        let head = Head { identity: logs.identity, generation: generation + 1 };
        let log = Log::begin(open(&logs.paths[0])?, head).map_err(|error| failed(&logs.paths[0], &error))?;
        logs.state = State::Open { log, spare: open(&logs.paths[1])?, since: None };
        tracing::info!(file = %logs.paths[0].display(), "the log is written again");
        Ok(())
    }

    fn join_mover(&self) {
        if let Some(mover) = self.mover().take()
            && mover.join().is_err()
        {
            tracing::error!("the mover of recent rows panicked");
        }
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
    fn move_older(&self) -> Result<(), StoreError> {
        let Some(moving) = self.layers().moving.clone() else { return Ok(()) };
        self.redb.write_recent(&moving, (GENERATION, &moving.generation.to_le_bytes()))?;
        self.layers_mut().moving = None;
        Ok(())
    }
}

impl Engine for LoggedEngine {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        // The layers first: what is moved meanwhile is then seen twice, and not missed.
        let (recent, moving, commit) = {
            let layers = self.shared.layers();
            (Arc::clone(&layers.recent), layers.moving.clone(), layers.commit)
        };
        let redb = self.shared.redb.snapshot()?;
        Ok(Box::new(LoggedSnapshot { recent, moving, commit, redb }))
    }

    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        let mut logs = self.logs();
        if matches!(logs.state, State::Failed) {
            self.recover(&mut logs)?;
        }
        self.make_room(&mut logs)?;
        let logs = &mut *logs;
        let State::Open { log, since, .. } = &mut logs.state else { return Err(StoreError::Closed) };
        if let Err(error) = log.append(&writes) {
            logs.state = State::Failed;
            return Err(failed(&logs.paths[0], &error));
        }
        since.get_or_insert_with(Instant::now);
        let mut layers = self.shared.layers_mut();
        // Nobody has this number yet, so nobody sees a half of it.
        let commit = layers.commit + 1;
        layers.recent.insert(commit, writes);
        layers.commit = commit;
        Ok(())
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.shared.redb.copy_of(&*self.snapshot()?, path, &[IDENTITY, GENERATION])
    }

    fn close(&self) {
        let mut logs = self.logs();
        if matches!(logs.state, State::Closed) {
            return;
        }
        let moved = self.move_all(&mut logs);
        logs.state = State::Closed;
        self.shared.redb.close();
        match moved {
            // Everything is in the one file.
            Ok(()) => {
                for path in &logs.paths {
                    if let Err(error) = fs::remove_file(path) {
                        tracing::warn!(file = %path.display(), %error, "an empty log could not be removed");
                    }
                }
            }
            Err(error) => {
                tracing::error!(file = %logs.paths[0].display(), %error, "the log is kept and read at the next start");
            }
        }
    }
}

struct LoggedSnapshot {
    recent: Arc<Recent>,
    moving: Option<Arc<Recent>>,
    commit: u64,
    redb: Box<dyn Snapshot>,
}

impl Snapshot for LoggedSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
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

/// Which store this is: another one's log is not read into it.
const IDENTITY: &[u8] = &[0xFF, 0xFF, 1];
/// The generation up to which everything is in redb.
const GENERATION: &[u8] = &[0xFF, 0xFF, 2];

fn identity(redb: &RedbEngine) -> Result<u64, StoreError> {
    if let Some(known) = number(redb, IDENTITY)? {
        return Ok(known);
    }
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Engine(error.to_string()))?;
    redb.write([(IDENTITY, Some(bytes.as_slice()))])?;
    Ok(u64::from_le_bytes(bytes))
}

fn generation(redb: &RedbEngine) -> Result<u64, StoreError> {
    Ok(number(redb, GENERATION)?.unwrap_or_default())
}

fn number(redb: &RedbEngine, key: &[u8]) -> Result<Option<u64>, StoreError> {
    let bytes = redb.snapshot()?.get(key)?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes))
}

fn open_log(path: &Path) -> io::Result<Box<dyn LogFile>> {
    Ok(Box::new(File::options().read(true).write(true).create(true).truncate(false).open(path)?))
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Engine(format!("{}: {error}", path.display()))
}
