//! The invariants of `docs/ARCHITECTURE.md`, as tests that only read files.
//!
//! Each rule is a function from the tree to what it finds there, with its own tests on small strings beside it, so
//! that every rule has been seen to fail. A rule whose folder does not exist yet finds nothing.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/habits.rs"]
mod habits;
#[path = "tidy/interface.rs"]
mod interface;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/source.rs"]
mod source;
#[path = "../crates/xtask/src/sources.rs"]
mod sources;

use source::{Finding, Tree};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tree() -> Tree {
    Tree::read(root()).expect("the repository can be read")
}

/// Fails with every finding, one a line, as `path:line: what`.
fn nothing_in(findings: &[Finding]) {
    let list: Vec<String> =
        findings.iter().map(|found| format!("{}:{}: {}", found.path, found.line, found.what)).collect();
    assert!(list.is_empty(), "\n{}\n{} found\n", list.join("\n"), list.len());
}

#[test]
fn a_library_is_named_only_where_it_belongs() {
    nothing_in(&layers::owned_libraries(&tree()));
}

#[test]
fn only_the_clock_asks_the_time() {
    nothing_in(&layers::one_clock(&tree()));
}

#[test]
fn modules_keep_their_order() {
    nothing_in(&layers::order_of_modules(&tree()));
}

#[test]
fn nothing_falls_over_without_a_written_reason() {
    nothing_in(&habits::no_panics(&tree()));
}

#[test]
fn exceptions_and_ignored_tests_say_why() {
    nothing_in(&habits::reasons_for_exceptions(&tree()));
}

#[test]
fn files_fit_in_a_head() {
    nothing_in(&habits::length_of_files(&tree()));
}

#[test]
fn nothing_is_left_open_in_the_code() {
    nothing_in(&habits::nothing_left_open(&tree()));
}

#[test]
fn secrets_do_not_print_themselves() {
    nothing_in(&habits::secrets_stay_secret(&tree()));
}

#[test]
fn no_trace_of_the_machine_it_was_written_on() {
    nothing_in(&habits::no_build_machine(&tree()));
}

#[test]
fn every_text_is_there_in_every_language() {
    nothing_in(&interface::texts_in_every_language(&tree()));
}

#[test]
fn every_failure_is_said_in_words() {
    nothing_in(&interface::words_for_every_failure(&tree()));
}

#[test]
fn no_text_is_written_twice() {
    nothing_in(&interface::texts_written_once(&tree()));
}

#[test]
fn russian_counts_by_its_own_rules() {
    nothing_in(&interface::russian_plurals(&tree()));
}

#[test]
fn every_text_is_used_and_every_used_text_is_there() {
    nothing_in(&interface::texts_used(&tree()));
}

#[test]
fn looks_stand_in_the_stylesheet() {
    nothing_in(&interface::looks_in_the_stylesheet(&tree()));
}

#[test]
fn the_built_interface_belongs_to_its_sources() {
    nothing_in(&interface::bundle_belongs_to_sources(root(), &tree()).expect("the sources can be read"));
}

#[test]
fn links_in_documents_lead_somewhere() {
    nothing_in(&documents::links_resolve(&tree()));
}

#[test]
fn everyone_runs_the_same_tests() {
    nothing_in(&documents::one_test_command(&tree()));
}

#[test]
fn dependencies_come_from_the_registry_and_need_no_openssl() {
    nothing_in(&documents::dependencies(&tree()));
}
