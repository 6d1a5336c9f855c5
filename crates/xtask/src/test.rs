//! `cargo xtask test` and `cargo xtask lint`: the stages one after another, each with its time, then the sum.
//!
//! A failed stage does not hide the ones after it; only a build that fails ends the run, since what follows it
//! would say the same thing again.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::project::Project;
use crate::stages::{ALL, Name, Outcome};
use crate::tally::Tally;
use crate::{Result, setup};

pub fn run(project: &Project, long: bool, only: &[Name]) -> Result<ExitCode> {
    // The heavy optimisation takes many minutes: only where time is no matter, or where it was asked for by name.
    let usual = |name: &Name| only.is_empty() && (long || *name != Name::Dist);
    let chosen: Vec<Name> = ALL.into_iter().filter(|name| usual(name) || only.contains(name)).collect();
    let mut report = Report::default();
    heading("set-up");
    let started = Instant::now();
    setup::run(project, &chosen)?;
    report.add("set-up", started.elapsed(), "done".to_owned());
    let mut sum = Tally::default();
    for name in chosen {
        heading(name.title());
        let started = Instant::now();
        let outcome = name.run(project, long)?;
        let said = match outcome {
            Outcome::Counted(tally) => {
                sum += tally;
                tally.to_string()
            }
            Outcome::NothingYet(what) => format!("nothing yet: {what}"),
            Outcome::Skipped(why) => {
                sum.skipped += 1;
                format!("skipped: {why}")
            }
        };
        println!("-- {}: {said} ({:.1} s)", name.title(), started.elapsed().as_secs_f64());
        report.add(name.title(), started.elapsed(), said);
        if name == Name::Build && matches!(outcome, Outcome::Counted(tally) if tally.failed > 0) {
            println!("The tests do not compile, so nothing after this was run.");
            break;
        }
    }
    report.print();
    println!("{sum}");
    Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn lint(project: &Project) -> Result<ExitCode> {
    let checks = run(project, false, &[Name::Format, Name::Lint, Name::Deny])?;
    heading("tidy");
    let tidy = project.cargo().args(["test", "--quiet", "--workspace", "--test", "tidy"]).succeeds()?;
    Ok(if tidy { checks } else { ExitCode::FAILURE })
}

fn heading(title: &str) {
    println!("\n== {title}");
}

/// What every stage said and took, printed together at the end where it can be read.
#[derive(Default)]
struct Report(Vec<(&'static str, Duration, String)>);

impl Report {
    fn add(&mut self, title: &'static str, took: Duration, said: String) {
        self.0.push((title, took, said));
    }

    fn print(&self) {
        heading("the stages");
        for (title, took, said) in &self.0 {
            println!("{title:<20} {:>7.1} s  {said}", took.as_secs_f64());
        }
        let total: Duration = self.0.iter().map(|(_, took, _)| *took).sum();
        println!("{:<20} {:>7.1} s\n", "together", total.as_secs_f64());
    }
}
