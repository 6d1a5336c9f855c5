//! Names that mean something before any flow is written. Whether a variable may have one is for the checker to say;
//! whoever makes up a name for a variable keeps away from all of them.

use crate::template::BUILT_IN;

/// What every run is started with.
pub const GIVEN: [&str; 8] =
    ["contact", "message", "payload", "files", "location", "referral", "callback", "event"];

/// What a message that starts a run may bring besides its words.
pub const BROUGHT: [&str; 4] = ["payload", "files", "location", "referral"];

/// Names that mean something else in one place or another. A flow that takes another built-in name for a variable of its
/// own has it for itself.
pub const RESERVED: [&str; 3] = ["now", "today", "secret"];

/// What expressions can call: to the parser these are names like any other.
pub const FUNCTIONS: [&str; 3] = ["range", "dict", "namespace"];

/// Words of the language of expressions.
const WORDS: [&str; 21] = [
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "not",
    "and",
    "or",
    "if",
    "in",
    "is",
    "else",
    "elif",
    "for",
    "loop",
    "self",
    "super",
    "set",
    "with",
    "recursive",
];

/// All of them.
pub fn taken() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().chain(GIVEN).chain(RESERVED).chain(FUNCTIONS).chain(WORDS)
}

pub fn is_taken_name(name: &str) -> bool {
    taken().any(|taken| taken == name)
}
