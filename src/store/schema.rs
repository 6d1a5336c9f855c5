//! Schema versions: which shape the data of a file have, and how older ones are brought forward.

use std::path::{Path, PathBuf};

use super::engine::{Engine, WriteSet};
use super::redb_engine::sync_folder;
use super::{StoreError, Table, Tx, View};

const META: Table<String, u32> = Table::new(0, "meta");
const VERSION: &str = "schema";
/// The version whose step was begun and is not done.
const UNFINISHED: &str = "schema_unfinished";
const TRIAL: Table<(), String> = Table::new(1, "trial");

/// One step, from version `to - 1`.
pub struct Migration {
    pub to: u32,
    /// Called until it is done, each time in a transaction of its own: what is too much for memory is done a piece at a
    /// time. After a crash it begins with what is left.
    pub run: fn(&mut Tx<'_>) -> Result<Progress, StoreError>,
}

/// Whether a migration has more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    More,
    Done,
}

/// The versions a kind of file has had. Its current version is that of the last step, or 1 without steps.
pub struct Schema {
    /// What the file is, for people: "the platform store".
    pub what: &'static str,
    pub migrations: &'static [Migration],
}

impl Schema {
    pub fn current(&self) -> u32 {
        self.migrations.last().map_or(1, |step| step.to)
    }

    /// Brings a file to the current version. Before the first step it copies the file beside itself; the
    /// copy is the way back, and the log says how.
    pub(super) fn bring_forward(&self, engine: &dyn Engine, file: &Path) -> Result<(), StoreError> {
        let view = View::of(engine.snapshot()?);
        let current = self.current();
        let Some(found) = META.get(&view, &VERSION.to_owned())? else { return set_version(engine, current) };
        if found > current {
            return Err(StoreError::Newer { what: self.what.to_owned(), found, known: current });
        }
        let unfinished = META.get(&view, &UNFINISHED.to_owned())?;
        drop(view);
        if found == current && unfinished.is_none() {
            return Ok(());
        }
        // What was cut off has its copy, and is not what anybody would go back to.
        let copy = if unfinished.is_none() { Some(copy_before(engine, file, found)?) } else { None };
        for step in self.migrations.iter().filter(|step| step.to > found || Some(step.to) == unfinished) {
            while migrate(engine, step)? == Progress::More {}
            tracing::info!(what = self.what, version = step.to, "migrated");
        }
        if let Some(copy) = copy {
            tracing::warn!(
                "{} was migrated from schema {found} to {current}. To go back, stop Beseda and run: mv '{}' '{}'",
                self.what,
                copy.display(),
                file.display(),
            );
        }
        Ok(())
    }
}

/// One piece of a step. The file has the step's version from its first piece on: half of it is nothing for an older
/// program.
fn migrate(engine: &dyn Engine, step: &Migration) -> Result<Progress, StoreError> {
    let base = engine.snapshot()?;
    let batch = WriteSet::new();
    let mut tx = Tx::new(&*base, &batch);
    let progress = (step.run)(&mut tx)?;
    META.put(&mut tx, &VERSION.to_owned(), &step.to)?;
    match progress {
        Progress::More => META.put(&mut tx, &UNFINISHED.to_owned(), &step.to)?,
        Progress::Done => META.remove(&mut tx, &UNFINISHED.to_owned()),
    }
    engine.commit(tx.finish().rows)?;
    Ok(progress)
}

fn copy_before(engine: &dyn Engine, file: &Path, found: u32) -> Result<PathBuf, StoreError> {
    let copy = file.with_extension(format!("schema-{found}.redb"));
    let unfinished = file.with_extension("copying");
    let io = |error: std::io::Error| StoreError::Engine(format!("copy before migration: {error}"));
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(io)?;
    }
    engine.copy_to(&unfinished)?;
    std::fs::rename(&unfinished, &copy).map_err(io)?;
    // Before the first step: a migration whose way back a power cut takes away has none.
    sync_folder(&copy)?;
    Ok(copy)
}

/// The version a file has; `None` for a new one.
#[cfg(test)]
pub(super) fn version(from: &dyn super::Read) -> Result<Option<u32>, StoreError> {
    META.get(from, &VERSION.to_owned())
}

/// Writes so many bytes, to see whether the disk takes them; the next trial, or none, stands in their place.
pub(super) fn trial(tx: &mut Tx<'_>, bytes: usize) -> Result<(), StoreError> {
    TRIAL.put(tx, &(), &"x".repeat(bytes))
}

pub(super) fn end_trial(tx: &mut Tx<'_>) {
    TRIAL.remove(tx, &());
}

fn set_version(engine: &dyn Engine, version: u32) -> Result<(), StoreError> {
    let base = engine.snapshot()?;
    let batch = WriteSet::new();
    let mut tx = Tx::new(&*base, &batch);
    META.put(&mut tx, &VERSION.to_owned(), &version)?;
    engine.commit(tx.finish().rows)
}
