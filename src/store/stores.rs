//! All the stores of one program: the platform's and one per business.
//!
//! One file per business makes isolation structural (a handler holds one [`BusinessStore`]), a backup or a
//! hand-over a copy of one folder, and writers parallel. Files open when they are first used, share one
//! cache budget and close when idle.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;

use super::{Blobs, Schema, Store, StoreError};

/// Memory of one business's page cache at the least, in bytes: below this redb reads the disk for
/// everything.
const LEAST_CACHE: usize = 1 << 20;

pub struct StoresOptions {
    /// The data directory.
    pub dir: PathBuf,
    /// Memory for page caches over all open files, in bytes.
    pub cache_bytes: usize,
    /// Businesses open at the same time, among which the cache is shared.
    pub open_businesses: usize,
    pub platform_schema: Schema,
    pub business_schema: Schema,
}

/// A business's store and its files.
#[derive(Clone)]
pub struct BusinessStore {
    pub id: BusinessId,
    pub store: Store,
    pub blobs: Blobs,
}

pub struct Stores {
    options: StoresOptions,
    platform: Store,
    open: Mutex<HashMap<BusinessId, Open>>,
}

struct Open {
    store: Arc<BusinessStore>,
    used_at: Time,
}

impl Stores {
    /// Opens the platform's store; fails with [`StoreError::InUse`] when another process has it.
    pub fn open(options: StoresOptions) -> Result<Arc<Self>, StoreError> {
        create_private_dir(&options.dir)?;
        let cache = (options.cache_bytes / 8).max(LEAST_CACHE);
        let platform = Store::open(&options.dir.join("platform.redb"), cache, &options.platform_schema)?;
        Ok(Arc::new(Self { options, platform, open: Mutex::default() }))
    }

    pub fn platform(&self) -> &Store {
        &self.platform
    }

    pub fn dir(&self) -> &Path {
        &self.options.dir
    }

    /// The store of a business, opened if it is not. The caller has made sure that the business exists.
    pub fn business(&self, id: BusinessId, now: Time) -> Result<Arc<BusinessStore>, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = open.get_mut(&id) {
            found.used_at = now;
            return Ok(Arc::clone(&found.store));
        }
        let dir = self.options.dir.join("businesses").join(id.to_string());
        create_private_dir(&dir)?;
        let cache = (self.options.cache_bytes / self.options.open_businesses.clamp(1, 8)).max(LEAST_CACHE);
        let store = Store::open(&dir.join("store.redb"), cache, &self.options.business_schema)?;
        let store = Arc::new(BusinessStore { id, store, blobs: Blobs::new(dir.join("media")) });
        open.insert(id, Open { store: Arc::clone(&store), used_at: now });
        Ok(store)
    }

    /// Closes the stores nobody holds and nobody has asked for since `since`.
    pub fn close_idle(&self, since: Time) {
        let idle = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let ids: Vec<_> = open
                .iter()
                .filter(|(_, entry)| entry.used_at < since && Arc::strong_count(&entry.store) == 1)
                .map(|(id, _)| *id)
                .collect();
            // Closed under the lock, so that nobody opens a file that is still being closed.
            for id in &ids {
                if let Some(entry) = open.remove(id) {
                    entry.store.store.close();
                }
            }
            ids.len()
        };
        if idle > 0 {
            tracing::debug!(idle, "closed idle stores");
        }
    }

    /// Finishes every write and closes every file. Blocks.
    pub fn close(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for entry in open.into_values() {
            entry.store.store.close();
        }
        self.platform.close();
    }
}

/// Data are nobody else's to read: folders are made with mode 0700.
fn create_private_dir(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| StoreError::Engine(format!("cannot make {}: {error}", dir.display())))
}
