//! The `beseda` program: parses the command line, dispatches, and gives the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    beseda::cli::run()
}
