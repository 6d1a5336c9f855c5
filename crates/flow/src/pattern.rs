//! Regular expressions of a flow: prepared once, linear in time, bounded in memory.

use regex::{Regex, RegexBuilder};

/// Bytes that one prepared pattern may take.
const SIZE: usize = 256 * 1024;

/// Prepares a pattern that forgets case and `ё`/`е`. The error is the pattern's fault, in one line.
pub fn prepare(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(&same_letters(pattern))
        .case_insensitive(true)
        .size_limit(SIZE)
        .build()
        .map_err(|error| error.to_string().lines().last().unwrap_or_default().trim().to_owned())
}

/// Whether the pattern is found in the text.
pub fn found(pattern: &Regex, text: &str) -> bool {
    pattern.is_match(&same_letters(text.trim()))
}

fn same_letters(text: &str) -> String {
    text.replace('ё', "е").replace('Ё', "Е")
}
