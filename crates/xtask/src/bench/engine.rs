//! The bots' engine by itself, on one core: the examples of `crates/flow` measure, this reads what they say.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{Budget, Row};
use crate::Result;
use crate::project::Project;

pub fn steps(project: &Project) -> Result<Vec<Row>> {
    Ok(vec![Row {
        name: "engine_steps_per_s",
        value: told(project, "steps", &[], "engine_steps_per_s")?,
        unit: "steps/s",
        budget: Budget::AtLeast(200_000.0),
        baseline: None,
        note: Some(
            "a flow of many kinds of blocks, each step with its trace; the middle one of seven rounds"
                .to_owned(),
        ),
    }])
}

/// How long the largest sample of another program takes to become a flow. The samples are not ours to give away: they
/// lie beside the repository, or the row is missing.
pub fn import(project: &Project) -> Result<Vec<Row>> {
    let samples = ["templates", "older"].map(|folder| project.path("../shared/typebot").join(folder));
    let files = samples.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let files: Vec<PathBuf> = files.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let size = |file: &PathBuf| fs::metadata(file).map_or(0, |about| about.len());
    let Some(largest) = files.iter().max_by_key(|file| size(file)) else {
        return Err("no samples of Typebot in ../shared/typebot".into());
    };
    let name = largest.file_name().unwrap_or_default().to_string_lossy();
    let note = format!(
        "{name}, {:.0} KB; the middle one of a second's rounds",
        super::megabytes(size(largest)) * 1e3
    );
    Ok(vec![Row {
        name: "import_typebot_ms",
        value: told(project, "import", std::slice::from_ref(largest), "import_typebot_ms")?,
        unit: "ms",
        budget: Budget::AtMost(5.0),
        baseline: None,
        note: Some(note),
    }])
}

/// The number that an example prints.
fn told(project: &Project, example: &str, arguments: &[PathBuf], name: &str) -> Result<f64> {
    let run = ["run", "--quiet", "--release", "-p", "beseda-flow", "--example", example, "--"];
    let output = project.cargo().args(run).args(arguments).output()?;
    let output = String::from_utf8_lossy(&output);
    let told = output.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
    told.as_ref().and_then(|told| told[name].as_f64()).ok_or_else(|| "the example said no number".into())
}
