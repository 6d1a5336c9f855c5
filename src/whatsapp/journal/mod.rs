//! The journal: every webhook as it was received, and what became of it.
//!
//! It answers "why did this not arrive?". A webhook is acknowledged only once its row is on the disk, and
//! is processed from here, in the order of arrival; a crash in between loses nothing.

mod model;
pub mod reason;
pub mod store;

pub use model::{Entry, JournalChanged, State};
