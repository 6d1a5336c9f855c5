//! WhatsApp's Cloud API: what comes from Meta, what goes to Meta, and the numbers in between.
//!
//! It decodes webhooks and proves who sent them, builds and sends messages, and knows what each error means. It does
//! not know threads or bots: `inbox` joins those with this. The rules come from Meta's documentation as of November
//! 2026; comments name the section of the project's fact sheet as "FACTS §n".

#[cfg(test)]
mod contract;
pub mod error;
pub mod graph;
pub mod journal;
pub mod lax;
pub mod limits;
pub mod mime;
pub mod numbers;
pub mod pacing;
pub mod policy;
pub mod signature;
pub mod simulator;
pub mod status;
pub mod webhook;
