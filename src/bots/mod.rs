//! A business's bots: their flows, their versions, and the runs of customers through them.
//!
//! The engine itself is the crate `beseda-flow`; here its sessions are kept and its effects become what the
//! other domains understand. Sending is not done here: a turn says what shall be said.

pub mod api;
mod content;
mod model;
mod run;
mod service;
pub mod starter;
pub mod store;

pub use content::{content, input};
pub use model::{Bot, BotChanged, Draft, Run, Version};
pub use run::{
    Flows, TIMEOUT, Timeout, Turn, follow, give_back, known, on_message, on_timeout, take_over, timer_key,
};
pub use service::{DraftError, add_published};
