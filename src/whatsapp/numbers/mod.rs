//! The numbers a business has connected: their credentials, their state, and how a webhook finds them.
//!
//! The record lies in the business's file, so that it moves with the business. The platform's store keeps
//! a route from Meta's ids to the business, with the app secret, so that a signature is checked before any
//! business's file is opened.

pub mod api;
mod channels;
mod model;
pub mod service;
pub mod store;

pub use channels::{Channel, Channels, RejectedCount};
pub use model::{Number, NumberChanged, Route, sealing_place};
