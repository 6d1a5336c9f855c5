//! Which files the built interface is made of, and a stamp over them.
//!
//! `cargo xtask ui` writes the stamp beside what it builds; `tests/tidy.rs` includes this file and compares.
//! It therefore uses nothing of this crate.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where the stamp lies, from the repository's root.
pub const STAMP: &str = "assets/ui/SOURCES";

/// Files and folders that the interface is built from.
const SOURCES: [&str; 5] =
    ["ui", "crates/wire/src", "crates/wire/Cargo.toml", "crates/flow/src", "crates/flow/Cargo.toml"];

/// Not sources: what is built, and tests, which change nothing that is served.
const LEFT_OUT: [&str; 2] = ["ui/target", "ui/tests"];

/// The stamp of the sources as they are now: a SHA-256 in hexadecimal, with a line end.
pub fn stamp(root: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(root, &root.join(source), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&file)?;
        // Lengths first, so that text moved from one file to the next is a change.
        hash.update(format!("{name}\n{}\n", bytes.len()));
        hash.update(bytes);
    }
    Ok(hexadecimal(&hash.finalize()) + "\n")
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn collect(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if LEFT_OUT.iter().any(|left_out| path == root.join(left_out)) {
        return Ok(());
    }
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(root, &entry?.path(), files)?;
        }
    }
    Ok(())
}
