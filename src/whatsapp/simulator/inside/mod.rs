//! The simulator inside the program: the controls that the people of a business have over their own simulated numbers,
//! as operations of the program's API.
//!
//! Not here: what concerns the simulator as a whole (its rules and counters, crowds, other numbers). That would reach
//! into every business, so only a simulator that runs by itself has it; see `control`.

pub mod api;

use std::sync::Arc;

use beseda_wire::ids::BusinessId;

use super::History;
use crate::store::{BusinessStore, StoreError};

/// Whose a number is, by Meta's id of it.
pub type OwnerOf = Arc<dyn Fn(&str) -> Option<BusinessId> + Send + Sync>;

/// What a business knows of a number's talk with the customer of a phone, from before the program started.
pub type HistoryOf = Arc<dyn Fn(&BusinessStore, &str, &str) -> Result<History, StoreError> + Send + Sync>;
