//! Installs what a stage needs and the machine has not, and says so.

use std::time::Instant;

use crate::Result;
use crate::project::Project;
use crate::shell::Shell;
use crate::stages::Name;

pub fn run(project: &Project, stages: &[Name]) -> Result<()> {
    if stages.contains(&Name::Format) {
        component(project, "fmt", "rustfmt")?;
    }
    if stages.contains(&Name::Lint) {
        component(project, "clippy", "clippy")?;
    }
    if stages.contains(&Name::Browser) && project.has_test("e2e") {
        browser(project)?;
    }
    if stages.contains(&Name::Deny) && project.path("deny.toml").is_file() {
        deny(project);
    }
    println!("set-up is complete");
    Ok(())
}

fn component(project: &Project, subcommand: &str, component: &str) -> Result<()> {
    if project.cargo().args([subcommand, "--version"]).answers() {
        return Ok(());
    }
    println!("{component} is missing; installing it with rustup");
    Shell::new("rustup", &project.root).args(["component", "add", component]).run()
}

/// The browser tests drive Debian's Chromium: a browser of its own that a test tool downloads would be one more
/// thing that can be unreachable.
fn browser(project: &Project) -> Result<()> {
    let missing: Vec<&str> = [("chromium", "chromium"), ("chromedriver", "chromium-driver")]
        .into_iter()
        .filter(|(program, _)| !Shell::new(program, &project.root).args(["--version"]).answers())
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        println!("{} missing; installing from Debian", missing.join(" and "));
        debian(project, &missing)?;
    }
    Ok(())
}

/// Installs Debian packages: as root where we are, else through `sudo` if it asks for no password.
pub fn debian(project: &Project, packages: &[&str]) -> Result<()> {
    let root = Shell::new("id", &project.root).args(["-u"]).output()?.trim_ascii() == b"0";
    let apt = || {
        let quiet = "DEBIAN_FRONTEND=noninteractive";
        if root {
            Shell::new("env", &project.root).args([quiet, "apt-get"])
        } else {
            Shell::new("sudo", &project.root).args(["-n", quiet, "apt-get"])
        }
    };
    let advice = format!("install {} by hand and run this again", packages.join(" "));
    apt().args(["update", "-q"]).run().map_err(|error| format!("{error}; {advice}"))?;
    let install = apt().args(["install", "-y", "-q", "--no-install-recommends"]).args(packages);
    install.run().map_err(|error| format!("{error}; {advice}").into())
}

/// Takes some minutes the first time on a new machine (measured: 2 min 20 s on 2 cores), then never again.
/// Without it the stage is skipped and says so; `tests/tidy.rs` checks the two rules that matter most in any case.
fn deny(project: &Project) {
    if project.cargo().args(["deny", "--version"]).answers() {
        return;
    }
    println!("cargo-deny is missing; building it, which takes some minutes");
    let started = Instant::now();
    match project.cargo().args(["install", "cargo-deny", "--locked", "--quiet"]).run() {
        Ok(()) => println!("cargo-deny was built in {:.0} s", started.elapsed().as_secs_f64()),
        Err(error) => println!("cargo-deny could not be built: {error}"),
    }
}
