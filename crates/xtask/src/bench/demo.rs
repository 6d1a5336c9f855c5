//! The program with its demo data: how much memory it holds when nobody asks.

use std::fs;

use super::running::Running;
use super::{Budget, Row, size};
use crate::Result;
use crate::project::Project;

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    let data = project.target.join("bench/demo");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    // The first start writes the demo data; what people have is every start after it.
    drop(Running::start(&project.release(), &data, &[])?);
    let idle = Running::start(&project.release(), &data, &[])?.settled_memory()?;
    Ok(vec![Row {
        name: "idle_rss_mb",
        value: size::megabytes(idle),
        unit: "MB",
        budget: Budget::AtMost(64.0),
        baseline: None,
        note: None,
    }])
}
