//! The key file: the secrets from which every other key of an installation is made.
//!
//! It is a text file of one line per key, `<id> <base64 of 32 bytes>`, oldest first; the last one seals, all of them
//! open. It lies apart from the data so that a copied backup or a stolen data directory reveals no WhatsApp token.
//!
//! The secrets in it are used for nothing directly: each purpose gets its own key by HMAC-SHA256 over a label (the
//! expand step of HKDF, RFC 5869, for one block), so that sealing and signing never share a key.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Random, hmac_sha256, hmac_sha256_matches};

/// 32 secret bytes, wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// The keys of this installation, oldest first; never empty.
pub struct KeyRing {
    keys: Vec<RootKey>,
}

struct RootKey {
    id: u32,
    root: Key,
    sealing: Key,
}

/// Signs and checks for one purpose, by HMAC-SHA256.
#[derive(Clone)]
pub struct SigningKeys(Vec<Key>);

/// Why the key file cannot be used. Each says what to do, for it is read at start by a person.
#[derive(Debug, Error)]
pub enum KeyFileError {
    #[error(
        "the key file {} is missing. Without it the sealed WhatsApp tokens cannot be opened: \
         put it back from where you keep its copy",
        .0.display()
    )]
    Missing(PathBuf),
    #[error(
        "the key file {} may be read by others (mode {mode:o}). Close it with: chmod 600 {}",
        .path.display(), .path.display()
    )]
    Open { path: PathBuf, mode: u32 },
    #[error("the key file {}, line {line}: {what}", .path.display())]
    Unreadable { path: PathBuf, line: usize, what: &'static str },
    #[error("the key file {} holds no key", .0.display())]
    Empty(PathBuf),
    #[error("the key file {}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

const HEADER: &str = "\
# The keys that seal the secrets in Beseda's data: WhatsApp tokens, app secrets. The last line is in use.
# Keep a copy apart from the backups of the data. Without this file those secrets are lost.
";

impl KeyRing {
    /// Reads the key file; [`KeyFileError::Missing`] where there is none.
    ///
    /// A start over existing data calls this, not [`create`](Self::create): a fresh key would open nothing of what is
    /// there, and the person should hear of the missing file at once instead of one failing channel at a time.
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeyFileError::Missing(path.to_owned()));
            }
            Err(error) => return Err(failed(error)),
        };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Open { path: path.to_owned(), mode });
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
        Self::parse(&text, path)
    }

    /// Makes a key file with one new key, mode 0600, whole or not at all. Where another start has just made one, that
    /// one is read instead.
    pub fn create(path: &Path, random: &Random) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;

        // Ids are random so that a key file of another installation is told from a damaged value.
        let id = loop {
            let id = u32::from_le_bytes(random.bytes());
            if id != 0 {
                break id;
            }
        };
        let root = Zeroizing::new(random.bytes::<32>());
        let mut text = Zeroizing::new(String::from(HEADER));
        let encoded = Zeroizing::new(BASE64.encode(root.as_slice()));
        // Writing to a String does not fail.
        let _ = writeln!(text, "{id:08x} {}", encoded.as_str());

        // A temporary file is made with mode 0600, and linking it to its name never replaces a file that is there.
        let mut file = tempfile::Builder::new().prefix(".beseda-key-").tempfile_in(folder).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(path) {
            Ok(_) => fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?,
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error.error)),
        }
        Self::open(path)
    }

    /// A ring of one new key that lies in no file, for tests and for a demo that keeps nothing.
    pub fn ephemeral(random: &Random) -> Self {
        Self { keys: vec![RootKey::new(1, Zeroizing::new(random.bytes()))] }
    }

    /// One key for `label` from each key of the ring, as `(key id, key)`, oldest first. Sign with the last, check
    /// with the one whose id is named.
    pub(super) fn derive(&self, label: &str) -> Vec<(u32, Key)> {
        self.keys.iter().map(|key| (key.id, expand(&key.root, label))).collect()
    }

    /// A short name of this installation: 8 hexadecimal digits that stay while its oldest key does, and tell nothing
    /// about it.
    pub fn installation(&self) -> String {
        let print = expand(&self.keys[0].root, "installation");
        print.iter().take(4).fold(String::new(), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Keys for signing short texts of our own for `purpose`: links, refresh tokens. Another purpose's signatures do
    /// not pass, and neither do another installation's.
    pub fn signing_keys(&self, purpose: &str) -> SigningKeys {
        SigningKeys(self.derive(purpose).into_iter().map(|(_, key)| key).collect())
    }

    /// The key that seals new values.
    pub(super) fn newest(&self) -> (u32, &Key) {
        let newest = &self.keys[self.keys.len() - 1];
        (newest.id, &newest.sealing)
    }

    pub(super) fn sealing_key(&self, id: u32) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id).map(|key| &key.sealing)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyFileError> {
        let mut keys: Vec<RootKey> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_text = line.trim();
            if line_text.is_empty() || line_text.starts_with('#') {
                continue;
            }
            let unreadable = |what| KeyFileError::Unreadable { path: path.to_owned(), line: index + 1, what };
            let (id, encoded) =
                line_text.split_once(' ').ok_or_else(|| unreadable("expected `<id> <base64 key>`"))?;
            let id = u32::from_str_radix(id, 16)
                .map_err(|_| unreadable("the key's id is not a hexadecimal number of up to 8 digits"))?;
            let mut root = Zeroizing::new([0; 32]);
            let decoded = Zeroizing::new(
                BASE64.decode(encoded.trim()).map_err(|_| unreadable("the key is not base64"))?,
            );
            if decoded.len() != root.len() {
                return Err(unreadable("the key is not 32 bytes long"));
            }
            root.copy_from_slice(&decoded);
            if keys.iter().any(|key| key.id == id) {
                return Err(unreadable("two keys have the same id"));
            }
            keys.push(RootKey::new(id, root));
        }
        if keys.is_empty() { Err(KeyFileError::Empty(path.to_owned())) } else { Ok(Self { keys }) }
    }
}

impl RootKey {
    fn new(id: u32, root: Key) -> Self {
        let sealing = expand(&root, "seal");
        Self { id, root, sealing }
    }
}

impl SigningKeys {
    /// Signs with the newest key.
    pub fn sign(&self, data: &[u8]) -> [u8; 32] {
        hmac_sha256(self.0[self.0.len() - 1].as_slice(), data)
    }

    /// Whether one of the keys signed this; in constant time for each key.
    pub fn verify(&self, data: &[u8], signature: &[u8]) -> bool {
        self.0.iter().any(|key| hmac_sha256_matches(key.as_slice(), data, signature))
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(***)")
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys, ***)", self.keys.len())
    }
}

fn expand(root: &Key, label: &str) -> Key {
    Zeroizing::new(hmac_sha256(root.as_slice(), format!("beseda key 1 {label}\u{1}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn write(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    const LINE_A: &str = "0000000a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    const LINE_B: &str = "0000000b AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";

    #[test]
    fn a_created_file_is_closed_to_others_and_reads_back() {
        let folder = folder();
        let path = folder.path().join("keys/beseda.key");
        let made = KeyRing::create(&path, &Random::system()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        let read = KeyRing::open(&path).unwrap();
        assert_eq!(made.newest().0, read.newest().0);
        assert_eq!(*made.newest().1, *read.newest().1);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn creating_never_replaces_a_key_that_is_there() {
        let folder = folder();
        let path = folder.path().join("beseda.key");
        let first = KeyRing::create(&path, &Random::system()).unwrap();
        let second = KeyRing::create(&path, &Random::system()).unwrap();
        assert_eq!(*first.newest().1, *second.newest().1);
    }

    #[test]
    fn a_missing_or_open_file_is_refused_with_what_to_do() {
        let folder = folder();
        let path = folder.path().join("beseda.key");
        assert!(matches!(KeyRing::open(&path), Err(KeyFileError::Missing(_))));
        write(&path, LINE_A);
        for mode in [0o640, 0o604, 0o660, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = KeyRing::open(&path).unwrap_err();
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn the_last_key_seals_and_the_older_ones_still_open() {
        let folder = folder();
        let path = folder.path().join("beseda.key");
        write(&path, &format!("# two keys\n\n{LINE_A}{LINE_B}"));
        let ring = KeyRing::open(&path).unwrap();
        assert_eq!(ring.newest().0, 0xb);
        assert!(ring.sealing_key(0xa).is_some());
        assert!(ring.sealing_key(0xc).is_none());
        assert_ne!(ring.sealing_key(0xa), ring.sealing_key(0xb));
        let name = ring.installation();
        write(&path, LINE_A);
        assert_eq!(name, KeyRing::open(&path).unwrap().installation(), "a new key makes no new installation");
        assert_eq!(name.len(), 8);
        assert_ne!(name, KeyRing::ephemeral(&Random::seeded(1)).installation());
    }

    #[test]
    fn purposes_do_not_share_a_key() {
        let ring = KeyRing::ephemeral(&Random::seeded(1));
        let one = ring.derive("one");
        let two = ring.derive("two");
        assert_ne!(one[0].1, two[0].1);
        assert_ne!(one[0].1, *ring.newest().1);
        assert_eq!(one[0].1, ring.derive("one")[0].1);
    }

    #[test]
    fn a_new_key_signs_and_what_the_old_one_signed_stays_good() {
        let folder = folder();
        let path = folder.path().join("beseda.key");
        write(&path, LINE_A);
        let old = KeyRing::open(&path).unwrap().signing_keys("links").sign(b"text");
        write(&path, &format!("{LINE_A}{LINE_B}"));
        let ring = KeyRing::open(&path).unwrap();
        let keys = ring.signing_keys("links");
        assert!(keys.verify(b"text", &old) && keys.verify(b"text", &keys.sign(b"text")));
        assert_ne!(keys.sign(b"text"), old);
        assert!(!keys.verify(b"texts", &old) && !keys.verify(b"text", &old[..31]));
        assert!(!ring.signing_keys("other").verify(b"text", &old));
    }

    #[test]
    fn a_damaged_file_names_its_line_and_not_its_key() {
        let folder = folder();
        let path = folder.path().join("beseda.key");
        for (text, expected) in [
            ("only-one-word\n", "line 1: expected"),
            ("xyz AAAA\n", "line 1: the key's id"),
            ("# fine\n0a A*A\n", "line 2: the key is not base64"),
            ("0a AAAA\n", "line 1: the key is not 32 bytes"),
            ("# nothing\n", "holds no key"),
        ] {
            write(&path, text);
            let error = KeyRing::open(&path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        write(&path, &format!("{LINE_A}{LINE_A}"));
        assert!(KeyRing::open(&path).unwrap_err().to_string().contains("same id"));
        write(&path, LINE_A);
        assert!(!format!("{:?}", KeyRing::open(&path).unwrap()).contains("AAAA"));
    }
}
