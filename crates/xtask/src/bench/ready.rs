//! How soon the interface can be used, in a real browser; the browser tests know how to look.

use serde_json::Value;

use super::{Budget, Row};
use crate::project::Project;
use crate::stages::Name;
use crate::{Result, setup};

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    setup::run(project, &[Name::Browser])?;
    let test = ["test", "--workspace", "--test", "e2e", "ready::", "--", "--ignored", "--nocapture"];
    let output = project.cargo().args(test).env("BESEDA_TEST_PROGRAM", project.release()).output()?;
    let output = String::from_utf8_lossy(&output);
    let told = output.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
    let value =
        told.as_ref().and_then(|told| told["ui_ready_ms"].as_f64()).ok_or("the test said no number")?;
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
