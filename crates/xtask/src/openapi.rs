//! `docs/openapi.json` is the API's contract, checked in so that a change to it is read by a person.

use std::process::ExitCode;

use crate::Result;
use crate::project::Project;
use crate::shell::Shell;
use crate::stages::Outcome;
use crate::tally::Tally;

const DOCUMENT: &str = "docs/openapi.json";

pub fn run(project: &Project, check: bool) -> Result<ExitCode> {
    // The whole workspace, for the features that the tests build with: the dependencies are then shared.
    project.cargo().args(["build", "--quiet", "--workspace", "--bin", "beseda"]).run()?;
    if check {
        return Ok(if fresh(project)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    std::fs::write(project.path(DOCUMENT), described(project)?)?;
    println!("wrote {DOCUMENT}");
    Ok(ExitCode::SUCCESS)
}

/// The stage of `cargo xtask test`: uses the program that the tests were built with.
pub fn stage(project: &Project) -> Result<Outcome> {
    if !project.path(DOCUMENT).is_file() {
        return Ok(Outcome::NothingYet("no docs/openapi.json"));
    }
    if !project.program().is_file() {
        project.cargo().args(["build", "--quiet", "--workspace", "--bin", "beseda"]).run()?;
    }
    Ok(Outcome::Counted(Tally::of_check(fresh(project)?)))
}

fn fresh(project: &Project) -> Result<bool> {
    let committed = std::fs::read(project.path(DOCUMENT))?;
    let now = described(project)?;
    if committed == now {
        println!("{DOCUMENT} says what the program does");
        return Ok(true);
    }
    let (committed, now) = (String::from_utf8_lossy(&committed), String::from_utf8_lossy(&now));
    let line = committed.lines().zip(now.lines()).take_while(|(old, new)| old == new).count();
    println!(
        "{DOCUMENT}:{}: the program describes its API differently from here on.\n  committed: {}\n  program:   {}\n\
         Read the change, then run `cargo xtask openapi` and commit the document with it.",
        line + 1,
        committed.lines().nth(line).unwrap_or("(ends)").trim(),
        now.lines().nth(line).unwrap_or("(ends)").trim(),
    );
    Ok(false)
}

fn described(project: &Project) -> Result<Vec<u8>> {
    Shell::new(project.program(), &project.root).args(["openapi"]).output()
}
