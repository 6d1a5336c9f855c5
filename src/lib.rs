//! Beseda: WhatsApp bots, a shared inbox and customers for a business, in one program.
//!
//! The program is this library; `main.rs` only parses the command line, dispatches and exits. It is a library so
//! that the tests and the measuring tools can reach its parts; nothing outside this repository should build on it.

pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod http;
pub mod ids;
pub mod memory;
pub mod names;
pub mod presence;
pub mod realtime;
pub mod store;

pub mod app;

pub mod accounts;
pub mod bots;
pub mod businesses;
pub mod conversations;
pub mod customers;
pub mod inbox;
pub mod whatsapp;
