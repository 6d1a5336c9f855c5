//! API tests: the built program over HTTP, as any other program would call it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod apps;
mod batches;
mod bodies;
mod brake;
mod bursts;
mod calls_in;
mod connecting;
mod content;
mod failures;
mod faults;
mod files;
mod flows;
mod harness;
mod hours;
mod import_refused;
mod imported;
mod links;
mod lists;
mod lost;
mod members;
mod mistakes;
mod models;
mod native_forms;
mod newcomers;
mod numbers;
mod path;
mod payloads;
mod people;
mod phone_trials;
mod phone_trials_met;
mod questions;
mod records;
mod results;
mod retries;
mod scripts;
mod scripts_of_bots;
mod simulator;
mod start;
mod stopped;
mod strangers;
mod together;
mod trials;
mod triggers;
mod typebot;
mod webhooks;
