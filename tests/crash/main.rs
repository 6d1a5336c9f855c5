//! Crash tests: the program is killed at random moments under load or while it removes files, or its disk is full, and
//! nothing it acknowledged is lost.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod full;
mod kills;
mod sweep;
