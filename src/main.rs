//! The `beseda` program: parses the command line, dispatches, and gives the exit code.

mod store;

fn main() {}
