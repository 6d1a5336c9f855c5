//! How soon the interface can be used, in a real browser; the browser tests know how to look.

use serde_json::Value;

use super::{Budget, Row};
use crate::project::Project;
use crate::stages::Name;
use crate::{Result, setup};

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    let value = number(&told(project, "ready::")?, "ui_ready_ms")?;
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

/// Frames a second that can be drawn while something is dragged in a flow of 500 blocks, the slowest of three ways. The
/// time between frames that one of twenty exceeds counts, since what stutters may be smooth on average.
pub fn editor(project: &Project) -> Result<Vec<Row>> {
    let told = told(project, "editor::how_smoothly")?;
    let mean = number(&told, "mean_fps")?;
    Ok(vec![Row {
        name: "editor_fps",
        value: number(&told, "editor_fps")?,
        unit: "frames/s",
        budget: Budget::AtLeast(60.0),
        baseline: None,
        note: Some(format!(
            "by the 95th percentile of the times between frames, on average {mean:.0}; a group at full size, the canvas, \
             and a group with all 250 in sight; the slowest, not held back by a screen's rate"
        )),
    }])
}

/// What a browser test prints.
fn told(project: &Project, test: &str) -> Result<Value> {
    setup::run(project, &[Name::Browser])?;
    let test = ["test", "--workspace", "--test", "e2e", test, "--", "--ignored", "--nocapture"];
    let output = project.cargo().args(test).env("BESEDA_TEST_PROGRAM", project.release()).output()?;
    let output = String::from_utf8_lossy(&output);
    let told = output.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
    told.ok_or_else(|| "the test said nothing".into())
}

fn number(told: &Value, name: &str) -> Result<f64> {
    told[name].as_f64().ok_or_else(|| format!("the test said no number `{name}`").into())
}
