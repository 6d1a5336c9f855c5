//! Content-addressed files: media lie beside the store, named by the SHA-256 of their bytes.
//!
//! They stay out of the database because a copy-on-write tree copies large values; the same picture sent
//! to a thousand people is kept once.
//!
//! A file that nothing names is collected ([`super::sweep`]), long after it was last used: written, or held. Whoever is
//! about to write a row that names a file which is here already holds it first ([`Blobs::hold`]).

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::StoreError;
use crate::crypto::hex;

/// The address of a file: SHA-256 of its bytes, 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobHash(String);

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BlobHash {
    type Err = BlobError;

    fn from_str(text: &str) -> Result<Self, BlobError> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BlobError::BadName)
        }
    }
}

impl TryFrom<String> for BlobHash {
    type Error = BlobError;

    fn try_from(text: String) -> Result<Self, BlobError> {
        text.parse()
    }
}

impl From<BlobHash> for String {
    fn from(hash: BlobHash) -> Self {
        hash.0
    }
}

/// Why a file could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the file is empty")]
    Empty,
    #[error("not a file's address: 64 lower-case hexadecimal digits")]
    BadName,
    #[error("the file could not be kept: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The files of one business.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
    /// Held while it is looked whether a file is used, and acted on: else one would be removed in between.
    gate: Arc<Mutex<()>>,
}

/// A file that lies here.
pub(super) struct Found {
    pub hash: BlobHash,
    pub size: u64,
}

/// How the names of files begin that are not whole yet.
const INCOMING: &str = "incoming-";

impl Blobs {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, gate: Arc::default() }
    }

    /// Begins a new file of at most `limit` bytes. It does not exist until [`BlobWriter::finish`].
    pub fn writer(&self, limit: u64) -> Result<BlobWriter, BlobError> {
        fs::create_dir_all(&self.dir)?;
        let file = tempfile::Builder::new().prefix(INCOMING).tempfile_in(&self.dir)?;
        Ok(BlobWriter { blobs: self.clone(), file, hash: Sha256::new(), size: 0, limit })
    }

    /// Keeps bytes that are already in memory.
    pub fn put(&self, bytes: &[u8], now: Time) -> Result<BlobHash, BlobError> {
        let mut writer = self.writer(u64::MAX)?;
        writer.write(bytes)?;
        writer.finish(now).map(|(hash, _)| hash)
    }

    /// Notes that a file is used, so that it is not collected before what will name it is written. Says whether it is
    /// here: one that is not must not be named.
    pub fn hold(&self, hash: &BlobHash, now: Time) -> Result<bool, BlobError> {
        let _gate = self.gate();
        match File::options().write(true).open(place(&self.dir, hash)) {
            Ok(file) => {
                use_now(&file, now)?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Where a file lies, if it is here.
    pub fn path(&self, hash: &BlobHash) -> Option<PathBuf> {
        let path = place(&self.dir, hash);
        path.is_file().then_some(path)
    }

    /// The files whose addresses begin with this byte.
    pub(super) fn in_folder(&self, first: u8) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for inner in entries(&self.dir.join(hex(&[first])))? {
            for file in entries(&inner?.path())? {
                let file = file?;
                // What somebody else has put here is not ours to remove.
                let hash = file.file_name().to_str().and_then(|name| name.parse::<BlobHash>().ok());
                let hash = hash.filter(|hash| place(&self.dir, hash) == file.path());
                if let Some(hash) = hash {
                    found.push(Found { hash, size: file.metadata()?.len() });
                }
            }
        }
        Ok(found)
    }

    /// Removes a file that was not used since `cutoff`; says whether it is gone.
    pub(super) fn remove_unused(&self, hash: &BlobHash, cutoff: Time) -> io::Result<bool> {
        let path = place(&self.dir, hash);
        let _gate = self.gate();
        remove_older(&path, cutoff)
    }

    /// Removes what was on its way in when the program was killed.
    pub(super) fn remove_unfinished(&self, cutoff: Time) -> io::Result<usize> {
        let mut removed = 0;
        for entry in entries(&self.dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(INCOMING) {
                removed += usize::from(remove_older(&entry.path(), cutoff)?);
            }
        }
        Ok(removed)
    }

    fn gate(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What lies in a folder; nothing in one that is not there.
fn entries(dir: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
    match fs::read_dir(dir) {
        Ok(entries) => Ok(Box::new(entries)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Box::new(std::iter::empty()))
        }
        Err(error) => Err(error),
    }
}

/// A file's time of modification is when it was last used. It is durable: a power cut must not make a file look old
/// whose upload was answered.
fn use_now(file: &File, now: Time) -> io::Result<()> {
    file.set_modified(system_time(now))?;
    file.sync_all()
}

fn system_time(time: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(time.millis().max(0).unsigned_abs())
}

fn remove_older(path: &Path, cutoff: Time) -> io::Result<bool> {
    let used_at = match fs::metadata(path) {
        Ok(known) => known.modified()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    if used_at >= system_time(cutoff) {
        return Ok(false);
    }
    fs::remove_file(path)?;
    Ok(true)
}

/// A file on its way in. Dropped unfinished, it leaves nothing.
pub struct BlobWriter {
    blobs: Blobs,
    file: NamedTempFile,
    hash: Sha256,
    size: u64,
    limit: u64,
}

impl BlobWriter {
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(BlobError::TooLarge { limit: self.limit });
        }
        self.hash.update(bytes);
        self.file.write_all(bytes)?;
        Ok(())
    }

    /// Makes the file durable under its address; gives the address and the size in bytes. An empty file is none: WhatsApp
    /// takes it as nothing, whatever its name says.
    pub fn finish(self, now: Time) -> Result<(BlobHash, u64), BlobError> {
        if self.size == 0 {
            return Err(BlobError::Empty);
        }
        let hash = BlobHash(hex(&self.hash.finalize()));
        if !self.blobs.hold(&hash, now)? {
            let path = place(&self.blobs.dir, &hash);
            let folder = path.parent().unwrap_or(&self.blobs.dir);
            fs::create_dir_all(folder)?;
            use_now(self.file.as_file(), now)?;
            self.file.persist(&path).map_err(|error| error.error)?;
            // The name itself is durable only when its folder is.
            File::open(folder)?.sync_all()?;
        }
        Ok((hash, self.size))
    }
}

/// Two levels of folders keep each one small: a hundred thousand pictures make folders of about two.
fn place(dir: &Path, hash: &BlobHash) -> PathBuf {
    dir.join(&hash.0[..2]).join(&hash.0[2..4]).join(&hash.0)
}
