//! What developers run: `cargo xtask test`, `lint`, `ui`, `bench`, `dist`, `openapi`, `shots`.
//!
//! Each subcommand has its module and does its own set-up, so that a fresh clone needs Rust and nothing else.
//! This is not part of the product: nothing under `src/` may depend on it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod dist;
mod openapi;
mod project;
mod setup;
mod shell;
mod shots;
mod sources;
mod stages;
mod tally;
mod test;
mod ui;

/// Errors here are read by the person who typed the command; a sentence is all they need.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What developers of Beseda run")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing, then check and test everything.
    Test {
        /// Also the forms that take long: fifty rounds of killing the program, the audit of advisories.
        #[arg(long)]
        long: bool,
        /// Run these stages alone.
        #[arg(long, value_enum, num_args = 1..)]
        only: Vec<stages::Name>,
    },
    /// Format, clippy, dependency rules and the rules of `tests/tidy.rs`.
    Lint,
    /// Build the interface into `assets/ui`.
    Ui {
        /// Only say whether the committed one belongs to the sources.
        #[arg(long)]
        check: bool,
    },
    /// Measure the budgets on the release build; fails when one is not kept.
    Bench {
        /// Measure these rows alone.
        #[arg(long, num_args = 1..)]
        only: Vec<String>,
        /// Also write the rows as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Take pictures of every page: both themes, 1440 and 390 px wide, English and Russian.
    Shots {
        /// Where to.
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Build the one static file that is given away.
    Dist,
    /// Write the API's description to `docs/openapi.json`.
    Openapi {
        /// Compare instead of writing; fails when they differ.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let project = project::Project::find()?;
    match command {
        Command::Test { long, only } => test::run(&project, long, &only),
        Command::Lint => test::lint(&project),
        Command::Ui { check } => ui::run(&project, check),
        Command::Bench { only, json } => bench::run(&project, &only, json),
        Command::Shots { to } => shots::run(&project, to),
        Command::Dist => dist::run(&project),
        Command::Openapi { check } => openapi::run(&project, check),
    }
}

/// The repository's root. Cargo tells it at run time; what was known when this was compiled may have moved.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("run this as `cargo xtask …`")?;
    let root = PathBuf::from(here).join("../..");
    Ok(root.canonicalize()?)
}
