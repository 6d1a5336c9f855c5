//! The stages of `cargo xtask test`, in their order. Each says what it found: counts, or that there is nothing
//! to check yet. A stage never calls an empty run a success.

use crate::project::Project;
use crate::shell::Shell;
use crate::tally::Tally;
use crate::{Result, dist, openapi};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    Format,
    Lint,
    Deny,
    Build,
    Unit,
    Ui,
    Api,
    Crash,
    Browser,
    Openapi,
    /// What is given away; with `--long`.
    Dist,
}

pub const ALL: [Name; 11] = [
    Name::Format,
    Name::Lint,
    Name::Deny,
    Name::Build,
    Name::Unit,
    Name::Ui,
    Name::Api,
    Name::Crash,
    Name::Browser,
    Name::Openapi,
    Name::Dist,
];

/// What a stage found.
pub enum Outcome {
    Counted(Tally),
    /// There is nothing of this kind in the repository yet, and this is what was looked for.
    NothingYet(&'static str),
    /// It could not be done here, and why. Counted as one skipped check.
    Skipped(&'static str),
}

/// The tests that have a stage of their own; every other integration test runs with the unit tests.
const OWN_STAGE: [&str; 3] = ["api", "crash", "e2e"];

impl Name {
    pub fn title(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Deny => "dependency rules",
            Self::Build => "build the tests",
            Self::Unit => "unit tests and tidy",
            Self::Ui => "interface tests",
            Self::Api => "API tests",
            Self::Crash => "crash tests",
            Self::Browser => "browser tests",
            Self::Openapi => "API description",
            Self::Dist => "the static program",
        }
    }

    pub fn run(self, project: &Project, long: bool) -> Result<Outcome> {
        match self {
            Self::Format => format(project),
            Self::Lint => lint(project),
            Self::Deny => deny(project, long),
            Self::Build => build(project),
            Self::Unit => unit(project),
            Self::Ui => ui(project),
            Self::Api => integration(project, "api", "no tests/api/main.rs with tests in it", long),
            Self::Crash => integration(project, "crash", "no tests/crash/main.rs with tests in it", long),
            Self::Browser => integration(project, "e2e", "no tests/e2e/main.rs with tests in it", long),
            Self::Openapi => openapi::stage(project),
            Self::Dist => Ok(dist(project)),
        }
    }
}

fn format(project: &Project) -> Result<Outcome> {
    let mut tally = Tally::of_check(project.cargo().args(["fmt", "--all", "--check"]).succeeds()?);
    if let Some(manifest) = project.ui_manifest() {
        let ui = project.cargo().args(["fmt", "--check", "--manifest-path"]).args([manifest]);
        tally += Tally::of_check(ui.succeeds()?);
    }
    Ok(Outcome::Counted(tally))
}

fn lint(project: &Project) -> Result<Outcome> {
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let mut tally = Tally::of_check(project.cargo().args(clippy).succeeds()?);
    if project.ui_manifest().is_some() {
        // On the host's target: the WebAssembly one may not be installed, and the lints are the same.
        let ui = ui_cargo(project, "clippy").args(["--all-targets", "--", "-D", "warnings"]);
        tally += Tally::of_check(ui.succeeds()?);
    }
    Ok(Outcome::Counted(tally))
}

fn deny(project: &Project, long: bool) -> Result<Outcome> {
    if !project.path("deny.toml").is_file() {
        return Ok(Outcome::NothingYet("no deny.toml"));
    }
    if !project.cargo().args(["deny", "--version"]).answers() {
        return Ok(Outcome::Skipped("cargo-deny is not installed, and could not be"));
    }
    let mut tally = check_dependencies(project, &["bans", "licenses", "sources"])?;
    // Advisories come from a repository on the network, which an ordinary run must not need.
    if long && project.cargo().args(["deny", "fetch", "db"]).succeeds()? {
        tally += check_dependencies(project, &["advisories"])?;
    } else if long {
        println!("advisories: their database cannot be reached from here, so nothing is known of them");
        tally.skipped += 1;
    }
    Ok(Outcome::Counted(tally))
}

fn check_dependencies(project: &Project, checks: &[&str]) -> Result<Tally> {
    let server = project.cargo().args(["deny", "--all-features", "check"]).args(checks);
    let mut tally = Tally::of_check(server.succeeds()?);
    if project.ui_manifest().is_some() {
        let ui = ["deny", "--manifest-path", "ui/Cargo.toml", "--config", "deny.toml"];
        let ui = project.cargo().args(ui).args(["--target", "wasm32-unknown-unknown", "check"]).args(checks);
        tally += Tally::of_check(ui.succeeds()?);
    }
    Ok(tally)
}

/// Compiles every test before any runs, so that the stages' times mean what their names say.
fn build(project: &Project) -> Result<Outcome> {
    let build = project.cargo().args(["test", "--quiet", "--workspace", "--no-run"]);
    Ok(Outcome::Counted(Tally::of_check(build.succeeds()?)))
}

fn unit(project: &Project) -> Result<Outcome> {
    // Always the whole workspace with the targets named: naming packages would choose other features and
    // compile the dependencies again.
    let mut targets = vec!["--lib".to_owned(), "--bins".to_owned()];
    for test in project.test_targets().iter().filter(|test| !OWN_STAGE.contains(&test.as_str())) {
        targets.extend(["--test".to_owned(), test.clone()]);
    }
    let cargo = || needing_samples(project, project.cargo()).args(["test", "--workspace", "--no-fail-fast"]);
    let mut tally = cargo().args(targets).tests()?;
    tally += cargo().args(["--doc"]).tests()?;
    Ok(counted_or(tally, "no unit tests"))
}

fn ui(project: &Project) -> Result<Outcome> {
    if project.ui_manifest().is_none() {
        return Ok(Outcome::NothingYet("no ui/Cargo.toml"));
    }
    let tally = ui_cargo(project, "test").args(["--no-fail-fast"]).tests()?;
    Ok(counted_or(tally, "no tests in ui/"))
}

fn integration(project: &Project, name: &str, nothing: &'static str, long: bool) -> Result<Outcome> {
    if !project.has_test(name) {
        return Ok(Outcome::NothingYet(nothing));
    }
    // Pictures for people are no test that could be skipped.
    let mut cargo = needing_samples(project, project.cargo()).args([
        "test",
        "--workspace",
        "--test",
        name,
        "--",
        "--skip",
        "shots::",
    ]);
    if long {
        cargo = cargo.env("BESEDA_TEST_LONG", "1");
    }
    Ok(counted_or(cargo.tests()?, nothing))
}

/// Where the other program's samples lie beside the repository, no test may do without them.
fn needing_samples(project: &Project, cargo: Shell) -> Shell {
    if project.path("../shared/typebot").is_dir() { cargo.env("BESEDA_NEED_SHARED", "1") } else { cargo }
}

fn dist(project: &Project) -> Outcome {
    let made = dist::make(project).inspect_err(|error| println!("the static program: {error}"));
    Outcome::Counted(Tally::of_check(made.is_ok()))
}

/// Cargo in the interface's own workspace, sharing the target directory.
fn ui_cargo(project: &Project, command: &str) -> Shell {
    Shell::cargo(&project.path("ui"))
        .args([command])
        .args(["--target-dir".as_ref(), project.target.as_os_str()])
}

fn counted_or(tally: Tally, nothing: &'static str) -> Outcome {
    if tally.total() == 0 { Outcome::NothingYet(nothing) } else { Outcome::Counted(tally) }
}
