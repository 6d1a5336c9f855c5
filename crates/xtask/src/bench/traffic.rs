//! Webhooks and round trips: `crates/load` is the other end, and prints what it measured.

use std::path::PathBuf;

use serde_json::Value;

use super::{Budget, Row};
use crate::Result;
use crate::project::Project;
use crate::shell::Shell;

pub fn webhooks(project: &Project) -> Result<Vec<Row>> {
    let runs = (0..3).map(|_| measure(project, "webhook-rows", &[])).collect::<Result<Vec<_>>>()?;
    let (fast, shares) =
        middle(&runs, |told| Ok(number(&told["fast"], "per_second")? / number(told, "bare_per_second")?))?;
    let bare = number(&fast, "bare_per_second")?;
    let (half, p99s) = middle(&runs, |told| number(&told["half"], "p99_ms"))?;
    Ok(vec![
        Row {
            name: "webhook_per_s",
            value: number(&fast["fast"], "per_second")?,
            unit: "webhooks/s",
            budget: Budget::AtLeast(bare / 2.0),
            baseline: Some(bare),
            note: Some(format!(
                "the middle one of {shares} of the bare server, which keeps nothing; it takes {:.0} a second when it \
                 writes each body to the disk first; what was taken in 8 s was processed {:.1} s later",
                number(&fast["keeping"], "per_second")?,
                number(&fast, "backlog_seconds")?,
            )),
        },
        Row {
            name: "webhook_p99_ms",
            value: number(&half["half"], "p99_ms")?,
            unit: "ms",
            budget: Budget::AtMost(25.0),
            // It waits for the disk just as often, and does nothing else.
            baseline: Some(number(&half["keeping_half"], "p99_ms")?),
            note: Some(format!(
                "the middle one of {p99s}; at {:.0} webhooks/s, processed {:.1} s after the last, the slowest \
                 {:.0} ms; the baseline is the bare server that writes each body to the disk first, at the same pace, \
                 whose slowest took {:.0} ms",
                number(&half["half"], "per_second")?,
                number(&half, "backlog_at_half_seconds")?,
                number(&half["half"], "max_ms")?,
                number(&half["keeping_half"], "max_ms")?
            )),
        },
    ])
}

pub fn round_trips(project: &Project) -> Result<Vec<Row>> {
    let runs = (0..5).map(|_| measure(project, "round-trips", &[])).collect::<Result<Vec<_>>>()?;
    let (told, times) = middle(&runs, |told| number(told, "processor_ms"))?;
    let with_statuses = measure(project, "round-trips", &["--statuses"])?;
    let then = |name: &str| number(&with_statuses, name);
    let number = |name: &str| number(&told, name);
    Ok(vec![
        Row {
            name: "roundtrip_per_s",
            value: number("per_second")?,
            unit: "round trips/s",
            budget: Budget::AtLeast(4_000.0),
            baseline: None,
            note: Some(format!(
                "{:.0} customers at once, {:.0} not answered in time, p50 {:.0} ms, p99 {:.0} ms; {:.0} where each \
                 answer also comes back as sent and as delivered",
                number("customers")?,
                number("unanswered")?,
                number("p50_ms")?,
                number("p99_ms")?,
                then("per_second")?
            )),
        },
        Row {
            name: "roundtrip_cpu_ms",
            value: number("processor_ms")?,
            unit: "ms",
            budget: Budget::AtMost(0.15),
            baseline: None,
            note: Some(format!(
                "the middle one of {times}; the simulator at the other end takes {:.3} ms; {:.3} ms with sent and delivered",
                number("load_processor_ms")?,
                then("processor_ms")?
            )),
        },
    ])
}

/// Of several measurements the one whose value is neither high nor low, and all values: a machine that others share is a
/// fifth slower in one minute than in the next.
fn middle(told: &[Value], value: impl Fn(&Value) -> Result<f64>) -> Result<(Value, String)> {
    let mut values = told.iter().map(|one| Ok((value(one)?, one))).collect::<Result<Vec<_>>>()?;
    values.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let all: Vec<String> = values.iter().map(|(value, _)| format!("{value:.3}")).collect();
    let (_, middle) = values[values.len() / 2];
    Ok((middle.clone(), all.join(", ")))
}

/// Builds the other end, lets it measure the release build, and reads what it says.
fn measure(project: &Project, command: &str, arguments: &[&str]) -> Result<Value> {
    project.cargo().args(["build", "--release", "--package", "load"]).run()?;
    let data: PathBuf = project.target.join("bench").join(command);
    let output = Shell::new(project.target.join("release/load"), &project.root)
        .args([command, "--program"])
        .args([project.release()])
        .args(["--data"])
        .args([&data])
        .args(arguments)
        .output()?;
    // The data are large and nobody's.
    let _ = std::fs::remove_dir_all(&data);
    Ok(serde_json::from_slice(&output)?)
}

fn number(told: &Value, name: &str) -> Result<f64> {
    told[name].as_f64().ok_or_else(|| format!("the load said no {name}").into())
}
