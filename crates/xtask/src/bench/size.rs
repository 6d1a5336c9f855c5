//! What people download: the program, and the interface on a first visit.

use std::fs;

use serde_json::Value;

use super::{Budget, Row};
use crate::Result;
use crate::project::Project;

pub fn binary(project: &Project) -> Result<Vec<Row>> {
    let bytes = fs::metadata(project.release())?.len();
    Ok(vec![Row {
        name: "binary_mb",
        value: megabytes(bytes),
        unit: "MB",
        budget: Budget::AtMost(35.0),
        baseline: None,
        note: None,
    }])
}

/// The files a first visit fetches, as the server sends them to a browser that takes Brotli.
pub fn interface(project: &Project) -> Result<Vec<Row>> {
    let folder = project.path("assets/ui");
    let manifest = fs::read(folder.join("manifest.json")).map_err(|_| "no built interface in assets/ui")?;
    let manifest: Value = serde_json::from_slice(&manifest)?;
    let size = |name: &str| {
        let packed = fs::metadata(folder.join(format!("{name}.br")));
        packed.or_else(|_| fs::metadata(folder.join(name))).map(|file| file.len())
    };
    let mut bytes = 0;
    for name in manifest["load"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        bytes += size(name)?;
    }
    let mut later = 0;
    for name in ["office.wasm", "office.json"] {
        later += size(manifest["files"][name].as_str().ok_or("the interface has no office")?)?;
    }
    Ok(vec![Row {
        name: "ui_load_kb",
        value: megabytes(bytes) * 1000.0,
        unit: "KB",
        budget: Budget::AtMost(600.0),
        baseline: None,
        note: Some(format!(
            "what the first page needs; {:.0} KB more follow once it stands",
            megabytes(later) * 1000.0
        )),
    }])
}

/// Decimal megabytes, as they are sold.
#[expect(clippy::cast_precision_loss, reason = "no file here has 2^52 bytes")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
