//! What there is to check: the root, the target directory and the test targets, as Cargo itself tells them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Result;
use crate::shell::Shell;

pub struct Project {
    pub root: PathBuf,
    /// One directory for everything, the interface included, so that nothing is built twice.
    pub target: PathBuf,
    test_targets: Vec<String>,
}

impl Project {
    pub fn find() -> Result<Self> {
        let root = crate::root()?;
        let told = Shell::cargo(&root).args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
        let told: Value = serde_json::from_slice(&told)?;
        let target = told["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
        let mut test_targets: Vec<String> = array(&told["packages"])
            .flat_map(|package| array(&package["targets"]))
            .filter(|target| array(&target["kind"]).any(|kind| kind == "test"))
            .filter_map(|target| target["name"].as_str().map(String::from))
            .collect();
        test_targets.sort();
        test_targets.dedup();
        Ok(Self { root, target: PathBuf::from(target), test_targets })
    }

    /// The names of the integration tests of the whole workspace.
    pub fn test_targets(&self) -> &[String] {
        &self.test_targets
    }

    pub fn has_test(&self, name: &str) -> bool {
        self.test_targets.iter().any(|target| target == name)
    }

    /// The interface's manifest, once there is one. It is a workspace of its own.
    pub fn ui_manifest(&self) -> Option<PathBuf> {
        let manifest = self.root.join("ui/Cargo.toml");
        manifest.is_file().then_some(manifest)
    }

    /// The program as the tests build it.
    pub fn program(&self) -> PathBuf {
        self.target.join("debug/beseda")
    }

    /// The program as people build it.
    pub fn release(&self) -> PathBuf {
        self.target.join("release/beseda")
    }

    pub fn cargo(&self) -> Shell {
        Shell::cargo(&self.root)
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(Path::new(relative))
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
