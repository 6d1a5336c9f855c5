//! `cargo xtask shots` takes pictures of every page, for people to look at before they call a page done.
//!
//! The pages are listed in `tests/e2e/shots.rs`; the browser tests know how to get there.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::project::Project;
use crate::stages::Name;
use crate::{Result, setup};

pub fn run(project: &Project, to: Option<PathBuf>) -> Result<ExitCode> {
    setup::run(project, &[Name::Browser])?;
    let folder = std::path::absolute(to.unwrap_or_else(|| project.target.join("shots")))?;
    let shots = ["test", "--workspace", "--test", "e2e", "shots::", "--", "--ignored", "--nocapture"];
    let taken = project.cargo().args(shots).env("BESEDA_SHOTS", &folder).succeeds()?;
    println!("the pictures are in {}", folder.display());
    Ok(if taken { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
