//! Every operation of the API and who may call it: the one place.
//!
//! The guard checks by this table and the OpenAPI document says what it says. A line without an operation or
//! an operation without a line fails the tests and the start. Lines stand in the order of the domains.

use super::guard::{Operation, Policy};

pub const OPERATIONS: &[Operation] = &[];

/// The program's own table.
pub struct Declared;

impl Policy for Declared {
    const OPERATIONS: &'static [Operation] = OPERATIONS;
}
