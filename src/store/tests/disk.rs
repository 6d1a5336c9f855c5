//! A disk that fails when it is told to, and forgets what was not synced.
//!
//! Its files are real ones, so that names, copies and renames work; beside each it keeps what a power cut would leave.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redb::{Database, StorageBackend};

use super::super::log_file::LogFile;
use super::super::logged_engine::LoggedEngine;
use super::super::redb_engine::{Opener, RedbEngine};
use super::*;

/// Bytes of recent rows after which they are moved: a few writes.
const RECENT: usize = 12 << 10;
/// Longer than a test takes.
const RETRY: Duration = Duration::from_secs(60);

/// What a disk writes at once. A torn write is torn between two of them.
const SECTOR: u64 = 512;

#[derive(Debug, Default, Clone)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Writes, changes of length and syncs so far.
    operations: u64,
    /// Operations with these numbers fail.
    failing: std::ops::Range<u64>,
    /// How often an opened file had to be read whole.
    repairs: u64,
    /// No file can be longer.
    room: Option<u64>,
    files: HashMap<PathBuf, Shadow>,
}

/// What of a file is safe, and what was asked for since.
#[derive(Debug, Default)]
struct Shadow {
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Debug, Clone)]
enum Pending {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Debug)]
struct FaultyFile {
    path: PathBuf,
    file: File,
    disk: Disk,
}

impl Disk {
    pub fn open(&self, file: &Path, schema: &Schema) -> Result<Store, StoreError> {
        Store::over(self.engine(file, RETRY)?, file, schema)
    }

    /// With a store that does not wait before it tries again what failed.
    pub fn open_impatient(&self, file: &Path, schema: &Schema) -> Result<Store, StoreError> {
        Store::over(self.engine(file, Duration::ZERO)?, file, schema)
    }

    /// An engine that keeps so little in memory that its tests see every part of it.
    fn engine(&self, file: &Path, retry: Duration) -> Result<LoggedEngine, StoreError> {
        let disk = self.clone();
        let logs = move |path: &Path| Ok(Box::new(disk.file(path)?) as Box<dyn LogFile>);
        LoggedEngine::over(RedbEngine::open_with(file, self.opener())?, file, Arc::new(logs), RECENT, retry)
    }

    pub fn repairs(&self) -> u64 {
        self.0.lock().unwrap().repairs
    }

    fn opener(&self) -> Arc<Opener> {
        let disk = self.clone();
        Arc::new(move |path| {
            let backend = disk.file(path)?;
            let repaired = disk.clone();
            Database::builder()
                .set_cache_size(256 << 10)
                .set_repair_callback(move |session| {
                    if session.progress() == 0.0 {
                        repaired.0.lock().unwrap().repairs += 1;
                    }
                })
                .create_with_backend(backend)
        })
    }

    fn file(&self, path: &Path) -> io::Result<FaultyFile> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let shadow = || Shadow { durable: std::fs::read(path).unwrap(), pending: Vec::new() };
        self.0.lock().unwrap().files.entry(path.to_owned()).or_insert_with(shadow);
        Ok(FaultyFile { path: path.to_owned(), file, disk: self.clone() })
    }

    /// These operations fail, counted from now.
    pub fn fail(&self, from: u64, count: u64) {
        let mut state = self.0.lock().unwrap();
        let now = state.operations;
        state.failing = now + from..now.saturating_add(from).saturating_add(count);
    }

    pub fn heal(&self) {
        let mut state = self.0.lock().unwrap();
        (state.failing, state.room) = (0..0, None);
    }

    pub fn room(&self, bytes: u64) {
        self.0.lock().unwrap().room = Some(bytes);
    }

    pub fn operations(&self) -> u64 {
        self.0.lock().unwrap().operations
    }

    /// Cuts the power: each file is left with what was synced, and of what was not with whatever `chance` keeps.
    pub fn cut_power(&self, mut chance: impl FnMut(u64) -> u64) {
        let mut state = self.0.lock().unwrap();
        for (path, shadow) in state.files.drain() {
            // Renamed or removed meanwhile.
            if path.exists() {
                std::fs::write(&path, shadow.image(&mut chance)).unwrap();
            }
        }
        state.failing = 0..0;
    }
}

impl Shadow {
    fn image(self, chance: &mut impl FnMut(u64) -> u64) -> Vec<u8> {
        let mut image = self.durable;
        for pending in self.pending {
            // Later writes may survive earlier ones: a disk orders nothing between two syncs.
            match (chance(3), pending) {
                (0, _) => {}
                (1, Pending::Write(offset, bytes)) => {
                    let sectors = (offset % SECTOR + bytes.len() as u64) / SECTOR;
                    let torn = (chance(sectors + 1) * SECTOR).saturating_sub(offset % SECTOR);
                    put(&mut image, offset, &bytes[..usize::try_from(torn).unwrap().min(bytes.len())]);
                }
                (_, pending) => pending.apply(&mut image),
            }
        }
        image
    }
}

impl Pending {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => put(image, *offset, bytes),
            Self::Length(length) => image.resize(usize::try_from(*length).unwrap(), 0),
        }
    }
}

fn put(image: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let offset = usize::try_from(offset).unwrap();
    if bytes.is_empty() {
        return;
    }
    if image.len() < offset + bytes.len() {
        image.resize(offset + bytes.len(), 0);
    }
    image[offset..offset + bytes.len()].copy_from_slice(bytes);
}

impl FaultyFile {
    fn operation(&self, end: u64) -> io::Result<std::sync::MutexGuard<'_, State>> {
        let mut state = self.disk.0.lock().unwrap();
        state.operations += 1;
        let number = state.operations - 1;
        if state.failing.contains(&number) || state.room.is_some_and(|room| end > room) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(state)
    }
}

impl LogFile for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        StorageBackend::len(self)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        StorageBackend::read(self, offset, out)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        StorageBackend::write(self, offset, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

impl StorageBackend for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.operation(len)?;
        state.files.entry(self.path.clone()).or_default().pending.push(Pending::Length(len));
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.operation(0)?;
        let shadow = state.files.entry(self.path.clone()).or_default();
        for pending in std::mem::take(&mut shadow.pending) {
            pending.apply(&mut shadow.durable);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let written = match self.operation(offset + data.len() as u64) {
            Ok(mut state) => {
                let pending = Pending::Write(offset, data.to_vec());
                state.files.entry(self.path.clone()).or_default().pending.push(pending);
                data.len()
            }
            Err(error) => {
                // As far as it goes: a full disk takes the beginning.
                self.file.write_all_at(&data[..data.len() / 2], offset)?;
                return Err(error);
            }
        };
        self.file.write_all_at(&data[..written], offset)
    }
}
