//! Where the other program's own files lie: beside the repository, if at all. They may be read, but are no part of it.

use std::path::{Path, PathBuf};

/// Every sample, in order; none where there are none.
pub fn samples(repository: &Path) -> Vec<PathBuf> {
    let folders = ["templates", "older"].map(|folder| repository.join("../shared/typebot").join(folder));
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}
