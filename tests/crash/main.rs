//! Crash tests: the program is killed at random moments under load, and nothing it acknowledged is lost.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod kills;
