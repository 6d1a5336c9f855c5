//! Counting: what passed, failed and was skipped, and the closing line that says so.

use std::fmt;
use std::ops::AddAssign;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// A check that is not a test run (format, lint): one thing that holds or does not.
    pub fn of_check(holds: bool) -> Self {
        if holds { Self { passed: 1, ..Self::default() } } else { Self { failed: 1, ..Self::default() } }
    }

    pub fn total(self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    /// A test that finds nothing to be tried on here says so by a line of its own (`skipped: its name: why`) and is counted
    /// as passed by the runner, which knows of no such thing.
    pub fn is_skipped_line(line: &str) -> bool {
        line.starts_with("skipped: ")
    }

    /// Counts one that the runner took for passed as skipped.
    pub fn skip(&mut self) {
        self.passed = self.passed.saturating_sub(1);
        self.skipped += 1;
    }

    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
    /// Filtered tests are those nobody asked for, so they are not skipped ones.
    pub fn of_result_line(line: &str) -> Option<Self> {
        let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let mut tally = Self::default();
        for part in counts.split(';') {
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => tally.passed = number,
                "failed" => tally.failed = number,
                "ignored" => tally.skipped = number,
                _ => {}
            }
        }
        Some(tally)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_read_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 2 failed; 3 ignored; 0 measured; 40 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_result_line(line), Some(Tally { passed: 12, failed: 2, skipped: 3 }));
        assert_eq!(Tally::of_result_line("test result_lines ... ok"), None);
    }

    #[test]
    fn what_says_that_it_was_skipped_has_not_passed() {
        assert!(Tally::is_skipped_line("skipped: samples: none are here"));
        assert!(!Tally::is_skipped_line("test skipped: it ... ok"));
        let mut tally = Tally { passed: 3, failed: 0, skipped: 1 };
        tally.skip();
        assert_eq!(tally, Tally { passed: 2, failed: 0, skipped: 2 });
    }

    #[test]
    fn the_closing_line_has_the_plain_form() {
        let mut sum = Tally::of_check(true);
        sum += Tally { passed: 2, failed: 0, skipped: 1 };
        assert_eq!(sum.to_string(), "3 passed, 0 failed, 1 skipped");
    }
}
