//! The simulator inside the program: the controls that the people of a business have over their own simulated numbers,
//! as operations of the program's API.
//!
//! Not here: what concerns the simulator as a whole (its rules and counters, crowds, other numbers). That would reach
//! into every business, so only a simulator that runs by itself has it; see `control`.

pub mod api;

use beseda_wire::ids::BusinessId;

/// Whose a number is, by Meta's id of it.
pub type OwnerOf = std::sync::Arc<dyn Fn(&str) -> Option<BusinessId> + Send + Sync>;
