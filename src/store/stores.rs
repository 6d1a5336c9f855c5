//! All the stores of one program: the platform's and one per business.
//!
//! One file per business makes isolation structural (a handler holds one [`BusinessStore`]), a backup or a
//! hand-over a copy of one folder, and writers parallel. Files open when they are first used, share one
//! cache budget and close when idle.
//!
//! A file is closed only when nobody has a handle or a view of it, and whoever asks for it meanwhile waits until it
//! is closed and opens it again. So no holder ever meets [`StoreError::Closed`] before the program ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use tokio::sync::Notify;

use super::cache::{Budget, Share};
use super::logged_engine::is_missing_or_empty;
use super::redb_engine::sync_folder;
use super::{Blobs, Schema, Store, StoreError, Straggler};

/// What lies in the data directory.
const PLATFORM: &str = "platform.redb";
const BUSINESSES: &str = "businesses";

pub struct StoresOptions {
    /// The data directory.
    pub dir: PathBuf,
    /// Memory for page caches over all open files, in bytes.
    pub cache_bytes: usize,
    /// Businesses open at the same time, among which the cache is shared. More are opened where more are needed at
    /// once; those that are not are closed soon.
    pub open_businesses: usize,
    pub platform_schema: Schema,
    pub business_schema: Schema,
}

/// A business's store and its files.
pub struct BusinessStore {
    pub id: BusinessId,
    pub store: Store,
    pub blobs: Blobs,
    used_at: AtomicI64,
    /// Its part of the memory for pages; given back when the store is dropped, after it was closed.
    _cache: Share,
}

impl BusinessStore {
    /// Notes that somebody needs it.
    pub fn touch(&self, now: Time) {
        self.used_at.fetch_max(now.millis(), Ordering::Relaxed);
    }

    /// When somebody needed it last.
    pub fn used_at(&self) -> Time {
        Time::from_millis(self.used_at.load(Ordering::Relaxed))
    }
}

pub struct Stores {
    options: StoresOptions,
    platform: Store,
    /// One lock per business: opening a file that must be recovered first holds up nobody else's.
    slots: Mutex<HashMap<BusinessId, Arc<Slot>>>,
    budget: Arc<Budget>,
    open: AtomicUsize,
    closed: AtomicBool,
    crowded: Notify,
    /// Of files that were closed since.
    failures_behind: AtomicU64,
    /// Who keeps a change log from being shortened; at most one for each file, of which the platform's is `None`.
    stragglers: Mutex<HashMap<Option<BusinessId>, Straggler>>,
}

type Slot = Mutex<Option<Arc<BusinessStore>>>;

impl Stores {
    /// Opens the platform's store; fails with [`StoreError::InUse`] when another process has it.
    pub fn open(options: StoresOptions) -> Result<Arc<Self>, StoreError> {
        refuse_what_is_somebody_elses(&options.dir)?;
        create_private_dir(&options.dir)?;
        let platform_cache = options.cache_bytes / 8;
        let file = options.dir.join(PLATFORM);
        refuse_a_loss(&file, &options.dir.join(BUSINESSES))?;
        let platform = Store::open(&file, platform_cache, &options.platform_schema)?;
        let budget = Budget::new(options.cache_bytes - platform_cache, options.open_businesses);
        Ok(Arc::new(Self {
            options,
            platform,
            slots: Mutex::default(),
            budget,
            open: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            crowded: Notify::new(),
            failures_behind: AtomicU64::default(),
            stragglers: Mutex::default(),
        }))
    }

    /// Whether the data of a program lie in this directory.
    pub fn lie_in(dir: &Path) -> bool {
        [PLATFORM, BUSINESSES].iter().any(|name| dir.join(name).exists())
    }

    pub fn platform(&self) -> &Store {
        &self.platform
    }

    pub fn dir(&self) -> &Path {
        &self.options.dir
    }

    /// The store of a business, opened if it is not. The caller has made sure that the business exists.
    pub fn business(&self, id: BusinessId, now: Time) -> Result<Arc<BusinessStore>, StoreError> {
        let slot = Arc::clone(lock(&self.slots).entry(id).or_default());
        let mut slot = lock(&slot);
        if let Some(found) = &*slot {
            found.touch(now);
            return Ok(Arc::clone(found));
        }
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed);
        }
        let dir = self.options.dir.join(BUSINESSES).join(id.to_string());
        create_private_dir(&dir)?;
        let cache = self.budget.share();
        let store = Store::open(&dir.join("store.redb"), cache.bytes(), &self.options.business_schema)?;
        let blobs = Blobs::new(dir.join("media"));
        let used_at = AtomicI64::new(now.millis());
        let opened = Arc::new(BusinessStore { id, store, blobs, used_at, _cache: cache });
        *slot = Some(Arc::clone(&opened));
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.options.open_businesses {
            self.crowded.notify_one();
        }
        Ok(opened)
    }

    /// How many businesses are open beyond those that shall be.
    pub fn surplus(&self) -> usize {
        self.open.load(Ordering::Relaxed).saturating_sub(self.options.open_businesses)
    }

    /// Resolves when more businesses were opened than shall be open at the same time.
    pub async fn crowded(&self) {
        self.crowded.notified().await;
    }

    /// The open businesses that nobody has needed since `since`, the longest unused first.
    pub fn unused(&self, since: Time) -> Vec<BusinessId> {
        // The slots' own locks are not waited for: one may be opening its file.
        let slots: Vec<_> = lock(&self.slots).iter().map(|(id, slot)| (*id, Arc::clone(slot))).collect();
        let mut unused: Vec<_> = slots
            .into_iter()
            .filter_map(|(id, slot)| Some((slot.try_lock().ok()?.as_ref()?.used_at(), id)))
            .filter(|(used_at, _)| *used_at < since)
            .collect();
        unused.sort_unstable();
        unused.into_iter().map(|(_, id)| id).collect()
    }

    /// Closes a business's file unless somebody holds it or has needed it since `since`. Blocks.
    pub fn close_unused(&self, id: BusinessId, since: Time) -> bool {
        let Some(slot) = lock(&self.slots).get(&id).cloned() else { return false };
        let mut slot = lock(&slot);
        // New handles come only from here, under this lock, or from a handle that is counted.
        let unused = slot.as_ref().is_some_and(|business| {
            business.used_at() < since && Arc::strong_count(business) == 1 && !business.store.is_held()
        });
        if unused && let Some(business) = slot.take() {
            // Still under the lock: whoever asks for it meanwhile must not open a file that is being closed.
            business.store.close();
            self.failures_behind.fetch_add(business.store.failures_behind(), Ordering::Relaxed);
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        unused
    }

    /// Why a store does not take writes at the moment; nothing when all do. Asks those whose last write failed.
    pub async fn trouble(&self) -> Option<StoreError> {
        let businesses = self.opened();
        let stores = businesses.iter().map(|business| &business.store).chain([&self.platform]);
        for store in stores.filter(|store| store.is_failing()) {
            if let Err(error) = store.probe().await {
                return Some(error);
            }
        }
        None
    }

    /// Why a store will not take writes for long, although it takes them now; nothing when all is well. What failed is
    /// tried again. Blocks.
    pub fn trouble_behind(&self) -> Option<StoreError> {
        let behind = self.opened().iter().find_map(|business| business.store.trouble_behind());
        behind.or_else(|| self.platform.trouble_behind())
    }

    /// How often what was written could not be moved to where it stays, since the program started.
    pub fn failures_behind(&self) -> u64 {
        let open: u64 = self.opened().iter().map(|business| business.store.failures_behind()).sum();
        open + self.platform.failures_behind() + self.failures_behind.load(Ordering::Relaxed)
    }

    /// Notes who keeps a change log from being shortened, or that nobody does any more; says whether that is news.
    pub fn note_straggler(&self, of: Option<BusinessId>, found: Option<Straggler>) -> bool {
        let mut known = lock(&self.stragglers);
        let Some(found) = found else { return known.remove(&of).is_some() };
        let name = found.follower.clone();
        known.insert(of, found).is_none_or(|before| before.follower != name)
    }

    /// How many change logs are kept for a follower that stays behind, and how far the slowest of those is, in commits.
    pub fn stragglers(&self) -> (usize, u64) {
        let known = lock(&self.stragglers);
        (known.len(), known.values().map(|straggler| straggler.commits).max().unwrap_or_default())
    }

    /// The businesses that are open, but for those that are being opened or closed at this moment.
    fn opened(&self) -> Vec<Arc<BusinessStore>> {
        let slots: Vec<_> = lock(&self.slots).values().cloned().collect();
        slots.iter().filter_map(|slot| slot.try_lock().ok()?.clone()).collect()
    }

    /// Finishes every write and closes every file. Blocks.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let slots: Vec<_> = lock(&self.slots).values().cloned().collect();
        for slot in slots {
            if let Some(business) = lock(&slot).take() {
                business.store.close();
            }
        }
        self.platform.close();
    }
}

/// A directory that others may read and that holds nothing of ours was named by mistake: a home, a web server's files. To
/// close it would shut out whoever uses it.
fn refuse_what_is_somebody_elses(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::metadata(dir).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    // An empty file system has a folder of its own.
    let mut entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let in_use = entries.any(|entry| entry.file_name() != "lost+found");
    if !open || !in_use || Stores::lie_in(dir) {
        return Ok(());
    }
    Err(StoreError::Engine(format!(
        "{dir} holds files that are not Beseda's, and others may read it: name a directory that is empty or not there yet, \
         as {dir}/beseda-data",
        dir = dir.display()
    )))
}

/// A platform without people and businesses beside the folders of businesses is one that was lost. To begin anew there
/// would hide those from everybody, without a word.
fn refuse_a_loss(platform: &Path, businesses: &Path) -> Result<(), StoreError> {
    if !is_missing_or_empty(platform) {
        return Ok(());
    }
    let folders = std::fs::read_dir(businesses).into_iter().flatten().flatten();
    match folders.filter(|folder| folder.path().join("store.redb").exists()).count() {
        0 => Ok(()),
        count => Err(StoreError::Engine(format!(
            "{} is missing or empty, and beside it lie the data of {count} businesses, which nobody could reach without it: \
             put it back from a backup, or move {} away to begin anew",
            platform.display(),
            businesses.display()
        ))),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Data are nobody else's to read: folders are made with mode 0700, and one that is there already is closed to others.
fn create_private_dir(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if let Ok(found) = std::fs::metadata(dir)
        && found.is_dir()
    {
        let mode = found.permissions().mode() & 0o7777;
        let own = mode & !0o077;
        if mode == own {
            return Ok(());
        }
        let closed = std::fs::set_permissions(dir, std::fs::Permissions::from_mode(own));
        match closed {
            Ok(()) => tracing::warn!(dir = %dir.display(), "others could read the data's folder: closed"),
            // Somebody else's folder, or a file system without modes: they know what they do.
            Err(error) => tracing::warn!(dir = %dir.display(), %error, "others can read the data's folder"),
        }
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| StoreError::Engine(format!("cannot make {}: {error}", dir.display())))?;
    // The folder's own name, and that of the one above, which may be new as well.
    sync_folder(dir)?;
    dir.parent().map_or(Ok(()), sync_folder)
}
