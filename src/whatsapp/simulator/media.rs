//! Files on their way: what businesses uploaded and what customers send.
//!
//! The bytes lie in a temporary folder that goes with the program; what is known of them is in memory. Both are
//! bounded: the oldest files go first.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::escape::hex;

/// How many bytes and files are kept.
const MOST_BYTES: u64 = 1 << 30;
const MOST_FILES: usize = 20_000;

/// How long an address to download from is good, and how long files live (FACTS §3).
pub const ADDRESS_LIVES: SignedDuration = SignedDuration::from_mins(5);
const UPLOAD_LIVES: SignedDuration = SignedDuration::from_hours(30 * 24);
const SENT_LIVES: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Default)]
pub struct MediaStore {
    folder: OnceLock<TempDir>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    files: HashMap<String, Arc<StoredFile>>,
    order: VecDeque<String>,
    bytes: u64,
}

#[derive(Debug)]
pub struct StoredFile {
    pub id: String,
    pub mime: String,
    pub size: u64,
    pub name: Option<String>,
    pub sha256: [u8; 32],
    pub born: Timestamp,
    /// The number that uploaded it; none for a customer's file, which every number may fetch.
    pub owner: Option<u32>,
    path: PathBuf,
}

impl Drop for StoredFile {
    fn drop(&mut self) {
        // Whoever still reads it keeps it open. A file that is already gone is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl StoredFile {
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256)
    }

    pub fn sha256_base64(&self) -> String {
        STANDARD.encode(self.sha256)
    }

    /// What kind of message may carry it.
    pub fn kind(&self) -> &'static str {
        kind_of(&self.mime)
    }

    pub async fn open(&self) -> io::Result<tokio::fs::File> {
        tokio::fs::File::open(&self.path).await
    }
}

/// `image`, `audio`, `video`, `sticker` or `document` for a media type.
pub fn kind_of(mime: &str) -> &'static str {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    match bare {
        "image/webp" => "sticker",
        _ if bare.starts_with("image/") => "image",
        _ if bare.starts_with("audio/") => "audio",
        _ if bare.starts_with("video/") => "video",
        _ => "document",
    }
}

/// The media types Meta takes and how many bytes of each (FACTS §3).
pub fn most_bytes(mime: &str) -> Option<u64> {
    const MB: u64 = 1 << 20;
    let bare = mime.split(';').next().unwrap_or_default().trim();
    match bare {
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" | "video/mp4" | "video/3gpp" => {
            Some(16 * MB)
        }
        "image/jpeg" | "image/png" => Some(5 * MB),
        "image/webp" => Some(500 * 1024),
        "text/plain"
        | "application/pdf"
        | "application/msword"
        | "application/vnd.ms-excel"
        | "application/vnd.ms-powerpoint"
        | "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => Some(100 * MB),
        _ => None,
    }
}

/// A file that is being written.
pub struct Writing {
    file: tokio::fs::File,
    path: PathBuf,
    hash: Sha256,
    size: u64,
    most: u64,
}

impl Writing {
    /// Adds bytes. False when the file has grown too large; it is then to be dropped.
    pub async fn add(&mut self, bytes: &[u8]) -> io::Result<bool> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            return Ok(false);
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).await?;
        Ok(true)
    }
}

impl MediaStore {
    /// Begins a file of at most `most` bytes. `id` names it in the folder.
    pub async fn begin(&self, id: &str, most: u64) -> io::Result<Writing> {
        let folder = if let Some(folder) = self.folder.get() {
            folder
        } else {
            let made = tempfile::Builder::new().prefix("beseda-simulator-").tempdir()?;
            self.folder.get_or_init(|| made)
        };
        let path = folder.path().join(id);
        Ok(Writing { file: tokio::fs::File::create(&path).await?, path, hash: Sha256::new(), size: 0, most })
    }

    /// Ends a file and keeps it.
    pub async fn end(
        &self,
        mut writing: Writing,
        id: String,
        mime: String,
        name: Option<String>,
        owner: Option<u32>,
        born: Timestamp,
    ) -> io::Result<Arc<StoredFile>> {
        writing.file.flush().await?;
        let file = Arc::new(StoredFile {
            id,
            mime,
            size: writing.size,
            name,
            sha256: writing.hash.finalize().into(),
            born,
            owner,
            path: writing.path,
        });
        self.table.lock().unwrap_or_else(PoisonError::into_inner).keep(
            Arc::clone(&file),
            MOST_FILES,
            MOST_BYTES,
        );
        Ok(file)
    }

    /// Gives up a file that was begun.
    pub async fn abandon(&self, writing: Writing) {
        // Should it stay, it goes with the folder.
        let _ = tokio::fs::remove_file(&writing.path).await;
    }

    /// A file that still lives.
    pub fn get(&self, id: &str, now: Timestamp) -> Option<Arc<StoredFile>> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let file = table.files.get(id)?;
        let lives = if file.owner.is_some() { UPLOAD_LIVES } else { SENT_LIVES };
        (now.duration_since(file.born) < lives).then(|| Arc::clone(file))
    }

    pub fn forget(&self, id: &str) -> bool {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = table.files.remove(id) else { return false };
        table.bytes = table.bytes.saturating_sub(file.size);
        table.order.retain(|known| known != id);
        true
    }

    pub fn clear(&self) {
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = Table::default();
    }
}

impl Table {
    fn keep(&mut self, file: Arc<StoredFile>, most_files: usize, most_bytes: u64) {
        self.bytes += file.size;
        self.order.push_back(file.id.clone());
        self.files.insert(file.id.clone(), file);
        while self.files.len() > most_files || (self.bytes > most_bytes && self.files.len() > 1) {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.files.remove(&oldest) {
                self.bytes = self.bytes.saturating_sub(gone.size);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    async fn store(media: &MediaStore, id: &str, bytes: &[u8], owner: Option<u32>) -> Arc<StoredFile> {
        let mut writing = media.begin(id, 1000).await.unwrap();
        assert!(writing.add(bytes).await.unwrap());
        media.end(writing, id.to_owned(), "image/png".to_owned(), None, owner, at(0)).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_kept_hashed_and_dies_in_time() {
        let media = MediaStore::default();
        let file = store(&media, "1", b"abc", Some(0)).await;
        assert_eq!(file.sha256_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(tokio::fs::read(&file.path).await.unwrap(), b"abc");
        assert!(media.get("1", at(30 * 86_400 - 1)).is_some() && media.get("1", at(30 * 86_400)).is_none());
        store(&media, "2", b"abc", None).await;
        assert!(media.get("2", at(7 * 86_400 - 1)).is_some() && media.get("2", at(7 * 86_400)).is_none());
        let path = file.path.clone();
        drop(file);
        assert!(media.forget("1") && !media.forget("1"));
        assert!(!path.exists(), "its bytes are gone with it");
    }

    #[tokio::test]
    async fn a_file_that_grows_too_large_is_told() {
        let media = MediaStore::default();
        let mut writing = media.begin("1", 5).await.unwrap();
        assert!(writing.add(b"abc").await.unwrap());
        assert!(!writing.add(b"def").await.unwrap());
    }

    #[tokio::test]
    async fn the_oldest_files_go_first() {
        let media = MediaStore::default();
        let files = [store(&media, "a", b"1", None).await, store(&media, "b", b"22", None).await];
        let mut table = Table::default();
        table.keep(Arc::clone(&files[0]), 5, 2);
        table.keep(Arc::clone(&files[1]), 5, 2);
        assert!(!table.files.contains_key("a") && table.files.contains_key("b"));
        assert_eq!(table.bytes, 2);
    }

    #[test]
    fn types_and_limits_are_meta_s() {
        for (mime, kind, most) in [
            ("image/jpeg", "image", Some(5 << 20)),
            ("audio/ogg; codecs=opus", "audio", Some(16 << 20)),
            ("application/pdf", "document", Some(100 << 20)),
            ("image/webp", "sticker", Some(500 << 10)),
            ("image/gif", "image", None),
            ("application/octet-stream", "document", None),
        ] {
            assert_eq!((kind_of(mime), most_bytes(mime)), (kind, most), "{mime}");
        }
    }
}
