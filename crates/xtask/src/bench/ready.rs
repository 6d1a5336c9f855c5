//! How soon the interface can be used, in a real browser; the browser tests know how to look.

use serde_json::Value;

use super::{Budget, Row};
use crate::project::Project;
use crate::stages::Name;
use crate::{Result, setup};

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    let value = told(project, "ready::", "ui_ready_ms")?;
    Ok(vec![Row {
        name: "ui_ready_ms",
        value,
        unit: "ms",
        budget: Budget::AtMost(1_000.0),
        baseline: None,
        note: Some(
            "a first visit, signed in, until the inbox's first row is painted; the median of nine".to_owned(),
        ),
    }])
}

/// Frames a second that can be drawn while something is dragged in a flow of 500 blocks, the slowest of three ways.
pub fn editor(project: &Project) -> Result<Vec<Row>> {
    Ok(vec![Row {
        name: "editor_fps",
        value: told(project, "editor::how_smoothly", "editor_fps")?,
        unit: "frames/s",
        budget: Budget::AtLeast(60.0),
        baseline: None,
        note: Some(
            "a group at full size, the canvas, and a group with all 250 in sight; the slowest, not held back by a screen's rate"
                .to_owned(),
        ),
    }])
}

/// The number that a browser test prints.
fn told(project: &Project, test: &str, name: &str) -> Result<f64> {
    setup::run(project, &[Name::Browser])?;
    let test = ["test", "--workspace", "--test", "e2e", test, "--", "--ignored", "--nocapture"];
    let output = project.cargo().args(test).env("BESEDA_TEST_PROGRAM", project.release()).output()?;
    let output = String::from_utf8_lossy(&output);
    let told = output.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
    told.as_ref().and_then(|told| told[name].as_f64()).ok_or_else(|| "the test said no number".into())
}
