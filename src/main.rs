//! The `beseda` program: parses the command line, dispatches, and gives the exit code.

use std::process::ExitCode;

/// The C library's allocator takes a tenth of the program's time under load, and the static one of the file we give
/// away is slower still; ripgrep and Vaultwarden decide the same for their static builds.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    beseda::cli::run()
}
