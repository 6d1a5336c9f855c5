//! `beseda version`.

use super::{Outcome, print};

pub(super) fn run() -> Outcome {
    print(line())
}

/// `beseda 0.1.0 (linux x86_64)`: what to quote in a report of a fault.
fn line() -> String {
    format!("beseda {} ({} {})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}
