//! Bots exported by Typebot: every kind of block, every version, and files that mean harm. The fixtures are written for
//! these tests, in the shape of the format.

#![expect(clippy::unwrap_used, reason = "tests: a failure is the test's")]

#[path = "../driver/mod.rs"]
#[allow(dead_code, reason = "the driver's other ways to play a transcript")]
mod driver;

mod beside;
mod customer;
mod events;
mod hostile;
mod reports;
mod samples;
mod scripts;
mod talks;

use std::path::{Path, PathBuf};

use beseda_flow::import::{self, Imported};
use beseda_flow::{Flow, Severity, check};

/// The fixture of this name, as the file has it.
fn file(name: &str) -> Vec<u8> {
    let path = fixtures().join(format!("{name}.json"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/typebot")
}

/// The names of all fixtures.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn imported(name: &str) -> Imported {
    import::typebot(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Our own loader takes the flow back as it is, and the checker finds nothing that would break.
fn is_sound(flow: &Flow, name: &str) {
    let json = serde_json::to_string(flow).unwrap();
    let read = Flow::from_json(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(&read, flow, "{name}");
    let errors: Vec<_> =
        check(flow).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert_eq!(errors, [], "{name}");
}

#[test]
fn every_fixture_becomes_a_sound_flow() {
    for name in names() {
        let imported = imported(&name);
        is_sound(&imported.flow, &name);
        is_sound(&customer::allowed(&imported.flow), &name);
    }
}
