//! `cargo xtask bench` measures the budgets of `docs/ARCHITECTURE.md` on the release build of the program.
//!
//! A row is a number somebody decided on: its value now, its budget, and (where a number means nothing without the
//! machine) the baseline that was measured in the same run. A row that cannot be measured here is said to be missing,
//! with its reason, and fails the run like one that is over its budget; nothing is estimated.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::Result;
use crate::project::Project;

mod demo;
mod engine;
mod large;
mod ready;
pub mod running;
mod size;
mod traffic;

pub use size::megabytes;

/// One measured number.
pub struct Row {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub budget: Budget,
    /// What a bare program does on this machine, in the same unit.
    pub baseline: Option<f64>,
    /// Under which circumstances, where they are not those of the budget.
    pub note: Option<String>,
}

#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Budget {
    fn number(self) -> f64 {
        match self {
            Self::AtMost(number) | Self::AtLeast(number) => number,
        }
    }

    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// Rows that are measured together, because they need the same running program.
struct Group {
    rows: &'static [&'static str],
    measure: fn(&Project) -> Result<Vec<Row>>,
}

const GROUPS: [Group; 11] = [
    Group { rows: &["binary_mb"], measure: size::binary },
    Group { rows: &["ui_load_kb"], measure: size::interface },
    Group { rows: &["idle_rss_mb"], measure: demo::measure },
    Group { rows: &["start_ms", "start_killed_ms"], measure: large::start },
    Group { rows: &["load_rss_mb"], measure: large::memory },
    Group { rows: &["ui_ready_ms"], measure: ready::measure },
    Group { rows: &["editor_fps"], measure: ready::editor },
    Group { rows: &["engine_steps_per_s"], measure: engine::steps },
    Group { rows: &["import_typebot_ms"], measure: engine::import },
    Group { rows: &["webhook_per_s", "webhook_p99_ms"], measure: traffic::webhooks },
    Group { rows: &["roundtrip_per_s", "roundtrip_cpu_ms"], measure: traffic::round_trips },
];

pub fn run(project: &Project, only: &[String], json: Option<PathBuf>) -> Result<ExitCode> {
    let wanted = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    let known: Vec<&str> = GROUPS.iter().flat_map(|group| group.rows).copied().collect();
    if let Some(unknown) = only.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no row {unknown}; there are {}", known.join(", ")).into());
    }
    // As people build it: the numbers of a debug build are nobody's numbers.
    project.cargo().args(["build", "--release"]).run()?;
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for group in GROUPS.iter().filter(|group| group.rows.iter().any(|row| wanted(row))) {
        println!("measuring {}", group.rows.join(", "));
        match (group.measure)(project) {
            Ok(measured) => rows.extend(measured.into_iter().filter(|row| wanted(row.name))),
            Err(error) => missing.push(format!("{}: {error}", group.rows.join(", "))),
        }
    }
    print(&rows, &missing);
    if let Some(file) = json {
        std::fs::write(&file, as_json(&rows)? + "\n")?;
        println!("wrote {}", file.display());
    }
    let good = missing.is_empty() && rows.iter().all(|row| row.budget.holds(row.value));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(rows: &[Row], missing: &[String]) {
    println!("\n{:<22} {:>12} {:>12} {:>12}  unit", "", "value", "budget", "baseline");
    for row in rows {
        let baseline = row.baseline.map_or_else(|| "-".to_owned(), number);
        let verdict = if row.budget.holds(row.value) { "" } else { "  OVER ITS BUDGET" };
        let note = row.note.as_ref().map(|note| format!("  ({note})")).unwrap_or_default();
        println!(
            "{:<22} {:>12} {:>12} {baseline:>12}  {}{verdict}{note}",
            row.name,
            number(row.value),
            number(row.budget.number()),
            row.unit
        );
    }
    for missing in missing {
        println!("NOT MEASURED  {missing}");
    }
}

/// Three figures are what a repeated measurement agrees on.
fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn as_json(rows: &[Row]) -> Result<String> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut json = json!({
                "name": row.name,
                "value": row.value,
                "unit": row.unit,
                "budget": row.budget.number(),
                "baseline": row.baseline,
            });
            if let Some(note) = &row.note {
                json["note"] = json!(note);
            }
            json
        })
        .collect();
    Ok(serde_json::to_string_pretty(&rows)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_json() {
        let row = Row {
            name: "binary_mb",
            value: 12.5,
            unit: "MB",
            budget: Budget::AtMost(35.0),
            baseline: None,
            note: None,
        };
        assert!(row.budget.holds(35.0) && !row.budget.holds(35.1));
        assert!(Budget::AtLeast(4_000.0).holds(4_000.0) && !Budget::AtLeast(4_000.0).holds(3_999.0));
        let json: serde_json::Value = serde_json::from_str(&as_json(&[row]).unwrap()).unwrap();
        let expected =
            json!([{ "name": "binary_mb", "value": 12.5, "unit": "MB", "budget": 35.0, "baseline": null }]);
        assert_eq!(json, expected);
    }

    #[test]
    fn each_row_stands_among_the_budgets() {
        let told = include_str!("../../../docs/ARCHITECTURE.md").split("## Budgets").nth(1).unwrap();
        for row in GROUPS.iter().flat_map(|group| group.rows) {
            assert!(told.contains(&format!("`{row}`")), "docs/ARCHITECTURE.md does not name {row}");
        }
    }
}
