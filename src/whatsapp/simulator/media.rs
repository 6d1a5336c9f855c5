//! Files on their way: what businesses uploaded and what customers send.
//!
//! Small ones lie in memory, so that a simulator that is killed leaves nothing behind; large ones in a temporary
//! folder. Both are bounded: the oldest go first.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::book::{Home, Number};
use super::escape::hex;

/// What is kept at most.
const LIMITS: Limits = Limits { files: 20_000, bytes: 1 << 30, memory: 64 << 20 };

/// A file up to this size lies in memory.
const SMALL: usize = 256 << 10;

/// How long an address to download from is good, and how long files live (FACTS §3).
pub const ADDRESS_LIVES: SignedDuration = SignedDuration::from_mins(5);
const UPLOAD_LIVES: SignedDuration = SignedDuration::from_hours(30 * 24);
const SENT_LIVES: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Default)]
pub struct MediaStore {
    /// Made when the first large file comes.
    folder: Arc<OnceLock<TempDir>>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    files: HashMap<String, Arc<StoredFile>>,
    order: VecDeque<String>,
    /// Bytes of all files, and of those in memory.
    bytes: u64,
    memory: u64,
}

#[derive(Clone, Copy)]
struct Limits {
    files: usize,
    bytes: u64,
    memory: u64,
}

#[derive(Debug)]
pub struct StoredFile {
    pub id: String,
    pub mime: String,
    pub size: u64,
    pub name: Option<String>,
    pub sha256: [u8; 32],
    pub born: Timestamp,
    pub owner: Owner,
    place: Place,
}

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The number's that uploaded it.
    Number(u32),
    /// The customers' who live there: any of them may send it, and their numbers may fetch it.
    Customers(Home),
}

impl Owner {
    /// Whether `number` may see such a file.
    pub fn shows_to(self, number: &Number) -> bool {
        match self {
            Self::Number(key) => key == number.key,
            Self::Customers(home) => home == Home::EVERYWHERE || home == number.home,
        }
    }
}

#[derive(Debug)]
enum Place {
    Memory(Bytes),
    File(PathBuf),
}

/// The bytes of a file, to be read.
pub enum Content {
    Whole(Bytes),
    Reader(tokio::fs::File),
}

impl Drop for StoredFile {
    fn drop(&mut self) {
        if let Place::File(path) = &self.place {
            // Whoever still reads it keeps it open. A file that is already gone is as good.
            let _ = std::fs::remove_file(path);
        }
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

    pub async fn open(&self) -> io::Result<Content> {
        match &self.place {
            Place::Memory(bytes) => Ok(Content::Whole(bytes.clone())),
            Place::File(path) => tokio::fs::File::open(path).await.map(Content::Reader),
        }
    }

    fn in_memory(&self) -> u64 {
        if matches!(self.place, Place::Memory(_)) { self.size } else { 0 }
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
    /// All of it while it is small.
    small: Vec<u8>,
    large: Option<(tokio::fs::File, PathBuf)>,
    /// Where it goes once it is large, and under which name.
    folder: Arc<OnceLock<TempDir>>,
    id: String,
    hash: Sha256,
    size: u64,
    most: u64,
}

impl Writing {
    /// Adds bytes. False when the file has grown too large; it is then to be given up.
    pub async fn add(&mut self, bytes: &[u8]) -> io::Result<bool> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            return Ok(false);
        }
        self.hash.update(bytes);
        if let Some((file, _)) = &mut self.large {
            file.write_all(bytes).await?;
        } else if self.small.len() + bytes.len() <= SMALL {
            self.small.extend_from_slice(bytes);
        } else {
            let path = self.place()?;
            let mut file = tokio::fs::File::create(&path).await?;
            file.write_all(&std::mem::take(&mut self.small)).await?;
            file.write_all(bytes).await?;
            self.large = Some((file, path));
        }
        Ok(true)
    }

    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    fn place(&self) -> io::Result<PathBuf> {
        if let Some(folder) = self.folder.get() {
            return Ok(folder.path().join(&self.id));
        }
        let made = tempfile::Builder::new().prefix("beseda-simulator-").tempdir()?;
        Ok(self.folder.get_or_init(|| made).path().join(&self.id))
    }

    /// Gives the file up.
    pub async fn abandon(self) {
        if let Some((_, path)) = self.large {
            // Should it stay, it goes with the folder.
            let _ = tokio::fs::remove_file(path).await;
        }
    }
}

impl MediaStore {
    /// Begins a file of at most `most` bytes. `id` names it, should it need a place in the folder.
    pub fn begin(&self, id: &str, most: u64) -> Writing {
        Writing {
            small: Vec::new(),
            large: None,
            folder: Arc::clone(&self.folder),
            id: id.to_owned(),
            hash: Sha256::new(),
            size: 0,
            most,
        }
    }

    /// Ends a file and keeps it.
    pub async fn end(
        &self,
        writing: Writing,
        id: String,
        mime: String,
        name: Option<String>,
        owner: Owner,
        born: Timestamp,
    ) -> io::Result<Arc<StoredFile>> {
        let place = match writing.large {
            Some((mut file, path)) => {
                file.flush().await?;
                Place::File(path)
            }
            None => Place::Memory(writing.small.into()),
        };
        let sha256 = writing.hash.finalize().into();
        let file = Arc::new(StoredFile { id, mime, size: writing.size, name, sha256, born, owner, place });
        self.table.lock().unwrap_or_else(PoisonError::into_inner).keep(Arc::clone(&file), LIMITS);
        Ok(file)
    }

    /// A file that still lives.
    pub fn get(&self, id: &str, now: Timestamp) -> Option<Arc<StoredFile>> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let file = table.files.get(id)?;
        let lives = match file.owner {
            Owner::Number(_) => UPLOAD_LIVES,
            Owner::Customers(_) => SENT_LIVES,
        };
        (now.duration_since(file.born) < lives).then(|| Arc::clone(file))
    }

    pub fn forget(&self, id: &str) -> bool {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if !table.remove(id) {
            return false;
        }
        table.order.retain(|known| known != id);
        true
    }

    pub fn clear(&self) {
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = Table::default();
    }
}

impl Table {
    fn keep(&mut self, file: Arc<StoredFile>, most: Limits) {
        self.bytes += file.size;
        self.memory += file.in_memory();
        self.order.push_back(file.id.clone());
        self.files.insert(file.id.clone(), file);
        while self.files.len() > 1
            && (self.files.len() > most.files || self.bytes > most.bytes || self.memory > most.memory)
        {
            let Some(oldest) = self.order.pop_front() else { break };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(gone) = self.files.remove(id) else { return false };
        self.bytes = self.bytes.saturating_sub(gone.size);
        self.memory = self.memory.saturating_sub(gone.in_memory());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMERS: Owner = Owner::Customers(Home::EVERYWHERE);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    async fn store(media: &MediaStore, id: &str, bytes: &[u8], owner: Owner) -> Arc<StoredFile> {
        let mut writing = media.begin(id, 1 << 20);
        assert!(writing.add(bytes).await.unwrap());
        media.end(writing, id.to_owned(), "image/png".to_owned(), None, owner, at(0)).await.unwrap()
    }

    async fn read(file: &StoredFile) -> Vec<u8> {
        match file.open().await.unwrap() {
            Content::Whole(bytes) => bytes.to_vec(),
            Content::Reader(mut file) => {
                let mut bytes = Vec::new();
                tokio::io::AsyncReadExt::read_to_end(&mut file, &mut bytes).await.unwrap();
                bytes
            }
        }
    }

    #[tokio::test]
    async fn a_file_is_kept_hashed_and_dies_in_time() {
        let media = MediaStore::default();
        let file = store(&media, "1", b"abc", Owner::Number(0)).await;
        assert_eq!(file.sha256_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(read(&file).await, b"abc");
        assert!(media.folder.get().is_none(), "small files leave no trace");
        assert!(media.get("1", at(30 * 86_400 - 1)).is_some() && media.get("1", at(30 * 86_400)).is_none());
        store(&media, "2", b"abc", CUSTOMERS).await;
        assert!(media.get("2", at(7 * 86_400 - 1)).is_some() && media.get("2", at(7 * 86_400)).is_none());
        assert!(media.forget("1") && !media.forget("1"));
    }

    #[tokio::test]
    async fn a_large_file_lies_on_the_disk_until_nobody_knows_it() {
        let media = MediaStore::default();
        let bytes: Vec<u8> = (0..700_000).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut writing = media.begin("1", 1 << 20);
        for part in bytes.chunks(100_000) {
            assert!(writing.add(part).await.unwrap());
        }
        let file =
            media.end(writing, "1".to_owned(), "video/mp4".to_owned(), None, CUSTOMERS, at(0)).await.unwrap();
        assert_eq!(read(&file).await, bytes);
        let Place::File(path) = &file.place else { panic!("it lies in memory") };
        let path = path.clone();
        media.forget("1");
        assert!(path.exists(), "somebody may still read it");
        drop(file);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_file_that_grows_too_large_is_told() {
        let media = MediaStore::default();
        let mut writing = media.begin("1", 5);
        assert!(writing.add(b"abc").await.unwrap());
        assert!(!writing.add(b"def").await.unwrap());
        writing.abandon().await;
    }

    #[tokio::test]
    async fn the_oldest_files_go_first() {
        let media = MediaStore::default();
        let mut files = Vec::new();
        for (id, bytes) in [("a", &b"1"[..]), ("b", b"22"), ("c", b"333")] {
            files.push(store(&media, id, bytes, CUSTOMERS).await);
        }
        let room = Limits { files: 9, bytes: 9, memory: 9 };
        for (most, left) in [
            (Limits { bytes: 5, ..room }, &["b", "c"][..]),
            (Limits { memory: 4, ..room }, &["c"]),
            (Limits { files: 2, ..room }, &["b", "c"]),
            (Limits { bytes: 1, ..room }, &["c"]),
        ] {
            let mut table = Table::default();
            for file in &files {
                table.keep(Arc::clone(file), most);
            }
            assert_eq!(table.order.iter().collect::<Vec<_>>(), left);
            assert_eq!(table.files.len(), left.len());
        }
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
