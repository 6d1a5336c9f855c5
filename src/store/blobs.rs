//! Content-addressed files: media lie beside the store, named by the SHA-256 of their bytes.
//!
//! They stay out of the database because a copy-on-write tree copies large values; the same picture sent
//! to a thousand people is kept once.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

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
    #[error("not a file's address: 64 lower-case hexadecimal digits")]
    BadName,
    #[error("the file could not be kept: {0}")]
    Io(#[from] io::Error),
}

/// The files of one business.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
}

impl Blobs {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Begins a new file of at most `limit` bytes. It does not exist until [`BlobWriter::finish`].
    pub fn writer(&self, limit: u64) -> Result<BlobWriter, BlobError> {
        std::fs::create_dir_all(&self.dir)?;
        let file = tempfile::Builder::new().prefix("incoming-").tempfile_in(&self.dir)?;
        Ok(BlobWriter { dir: self.dir.clone(), file, hash: Sha256::new(), size: 0, limit })
    }

    /// Keeps bytes that are already in memory.
    pub fn put(&self, bytes: &[u8]) -> Result<BlobHash, BlobError> {
        let mut writer = self.writer(u64::MAX)?;
        writer.write(bytes)?;
        writer.finish().map(|(hash, _)| hash)
    }

    /// Where a file lies, if it is here.
    pub fn path(&self, hash: &BlobHash) -> Option<PathBuf> {
        let path = place(&self.dir, hash);
        path.is_file().then_some(path)
    }
}

/// A file on its way in. Dropped unfinished, it leaves nothing.
pub struct BlobWriter {
    dir: PathBuf,
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

    /// Makes the file durable under its address; gives the address and the size in bytes.
    pub fn finish(self) -> Result<(BlobHash, u64), BlobError> {
        let hash = BlobHash(hex(&self.hash.finalize()));
        let path = place(&self.dir, &hash);
        if !path.is_file() {
            let folder = path.parent().unwrap_or(&self.dir);
            std::fs::create_dir_all(folder)?;
            self.file.as_file().sync_all()?;
            self.file.persist(&path).map_err(|error| error.error)?;
            // The name itself is durable only when its folder is.
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok((hash, self.size))
    }
}

/// Two levels of folders keep each one small: a hundred thousand pictures make folders of about two.
fn place(dir: &Path, hash: &BlobHash) -> PathBuf {
    dir.join(&hash.0[..2]).join(&hash.0[2..4]).join(&hash.0)
}
