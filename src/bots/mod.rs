//! A business's bots: their flows, their versions, and the runs of customers through them.
//!
//! The engine itself is the crate `beseda-flow`; here its sessions are kept and its effects become what the
//! other domains understand. Sending is not done here: a turn says what shall be said.

pub mod api;
pub mod attempt;
mod brake;
mod carry;
pub mod connections;
mod content;
mod flows;
mod model;
mod moving;
mod now;
pub mod outside;
pub mod phone_trials;
pub mod results;
mod run;
pub mod service;
pub mod starter;
mod steer;
pub mod store;
mod templates;
mod unsent;

pub use carry::field;
pub use content::{content, input, words};
pub use flows::{Callbacks, Flows, Person, Published};
pub use model::{Bot, BotChanged, Draft, PendingCall, PendingSummary, Return, Run, Version};
pub use now::now_in;
pub use run::{
    Happened, TIMEOUT, TOGETHER, Timeout, Together, Turn, known, on_happening, on_message, on_return,
    on_timeout, on_together, timer_key,
};
pub use service::{DraftError, add_published};
pub use steer::{follow, give_back, move_to, reset, take_over};
