//! The `beseda` program: parses the command line, dispatches, and gives the exit code.

fn main() {}
