//! Browser tests: the program as people see it, in a real browser.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod businesses;
mod canvas;
mod causes;
mod content;
mod editor;
mod engines;
mod fields;
mod forms;
mod gestures;
mod harness;
mod imported;
mod keyboard;
mod native_forms;
mod numbers;
mod office;
mod path;
mod people;
mod phone;
mod ready;
mod replay;
mod results;
mod shots;
mod times;
mod together;
mod touch;
mod trials;
mod variables;
