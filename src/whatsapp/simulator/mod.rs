//! The simulator: a WhatsApp Cloud API of our own, with customers who live in it.
//!
//! It serves the HTTP surface of the Graph API that the product uses (`graph`), checks what it is sent as Meta would
//! (`checks`), sends signed webhooks for what customers do and for what becomes of messages (`deliver`), and can be
//! ordered to fail (`faults`). The phone panel, the tests and the benches work its customers through `control`.
//!
//! It is the second, independent reading of the protocol: it shares no code with the client and the receiver in the
//! folders beside it, and nothing in the product knows whether it or Meta is at the other end. Everything it knows is
//! in memory and bounded; it forgets when the program ends.

mod acts;
mod api;
mod book;
mod bucket;
mod chat;
mod checks;
pub mod control;
mod counters;
mod crowd;
mod deliver;
mod escape;
mod faults;
mod files;
mod forms;
pub mod graph;
mod ids;
pub mod inside;
mod media;
mod payloads;
mod phone;
mod queue;
mod refusal;
mod samples;
mod sends;
mod state;
mod templates;
mod view;

#[cfg(test)]
mod tests;

pub use acts::{ActError, History};
pub use api::{CONTROLS, GRAPH, run};
pub use book::Refused;
pub use deliver::Delivery;
pub use faults::BadOrder;
pub use state::{Options, Simulator};
