//! Where the other program's own files lie: beside the repository, if at all. They may be read, but are no part of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Every sample, in order. Where nothing lies beside the repository there are none, which is said; where something does,
/// samples must be found in it.
pub fn samples(repository: &Path) -> Vec<PathBuf> {
    let beside = repository.join("../shared");
    if !beside.exists() {
        // Not caught by the runner, as what a passing test prints is.
        let _ =
            writeln!(std::io::stderr(), "no samples beside the repository: only its own fixtures are tried");
        return Vec::new();
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
    files
}

/// Whether the bot of a file has no end in the other program either: whatever is answered, every group leads on.
pub fn has_no_end(file: &Value) -> bool {
    let leads = |place: &Value| place["outgoingEdgeId"].as_str().is_some_and(|id| !id.is_empty());
    let goes_on = |last: &Value| {
        let items = last["items"].as_array().filter(|items| !items.is_empty());
        last["type"] == "Jump" || leads(last) || items.is_some_and(|items| items.iter().all(leads))
    };
    let groups = file["groups"].as_array().into_iter().flatten();
    groups.filter_map(|group| group["blocks"].as_array()?.last()).all(goes_on)
}
