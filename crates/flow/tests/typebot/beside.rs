//! Where the other program's own files lie: beside the repository, if at all. They may be read, but are no part of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Asks for the samples: without them a test fails that would be skipped.
const NEEDED: &str = "BESEDA_NEED_SHARED";

/// Every sample, in order, for this test. Where nothing lies beside the repository the test is skipped, which is said in
/// words that `cargo xtask test` counts; where something does, samples must be found in it.
pub fn samples(repository: &Path, test: &str) -> Option<Vec<PathBuf>> {
    let beside = repository.join("../shared");
    if !beside.exists() {
        assert!(
            std::env::var_os(NEEDED).is_none_or(|needed| needed != "1"),
            "{}: no samples",
            beside.display()
        );
        // Not caught by the runner, as what a passing test prints is.
        let said = format!("\nskipped: {test}: no samples beside the repository\n");
        std::io::stdout().write_all(said.as_bytes()).unwrap();
        return None;
    }
    let mut files = Vec::new();
    for folder in ["typebot/templates", "typebot/older"].map(|folder| beside.join(folder)) {
        let found =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let paths = found.map(|entry| entry.unwrap().path());
        let before = files.len();
        files.extend(paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")));
        assert!(files.len() > before, "{}: no samples", folder.display());
    }
    files.sort();
    Some(files)
}
