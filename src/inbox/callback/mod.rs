//! Meta's callback addresses: one for an app, one per number.

pub mod api;
mod receive;

pub use receive::{Receipt, Receiver};
