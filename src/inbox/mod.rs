//! What needs several domains at once: a webhook becomes a customer's message and a bot's answer, and what
//! shall be said reaches WhatsApp.
//!
//! ```text
//! webhook -> receive (signature, journal, 200) -> process (one transaction per webhook) -> outbox
//! outbox  -> deliver (pacing, Graph API, reconciliation) -> message status
//! ```
//!
//! Each business with something to do has a [`Runtime`]: the tasks that follow its journal, its outbox, its
//! timers and its incoming media. Everything they do is in the store before it is done, so they may stop at
//! any instant; `rest` says when a business has none.

mod amend;
pub mod api;
mod automate;
mod begin;
pub mod callback;
mod calls;
mod consent;
mod deliver;
mod failure;
mod fetch;
mod flood;
mod heard;
pub mod hooks;
mod lanes;
pub mod outbox;
mod outside;
mod process;
mod rest;
pub mod runs;
mod runtime;
mod seldom;
mod send;
mod summaries;
pub mod talk;
mod timers;
mod trace;
pub mod trials;
mod who;
mod withdraw;

pub use callback::{Receipt, Receiver};
pub use runtime::{Inbox, InboxOptions, Runtime};
pub use talk::TalkError;

#[cfg(test)]
mod tests;
