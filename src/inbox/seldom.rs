//! What goes wrong again and again is written to the log seldom: at once when it begins, and while it lasts at most once a
//! minute, with how often it happened in between. An outage of hours tries thousands of messages, and a line for each try
//! would fill the disk that the messages need.

use std::collections::HashMap;
use std::hash::Hash;

use beseda_wire::time::Time;

/// Milliseconds between two lines about the same.
const PAUSE: i64 = 60_000;

/// What was told of each trouble.
#[derive(Debug)]
pub struct Seldom<K>(HashMap<K, Told>);

#[derive(Debug)]
struct Told {
    at: Time,
    untold: u64,
}

impl<K> Default for Seldom<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Seldom<K> {
    /// It happened again. Whether it is told now: how often it happened untold since the last time it was.
    pub fn happened(&mut self, what: K, now: Time) -> Option<u64> {
        let Some(told) = self.0.get_mut(&what) else {
            self.0.insert(what, Told { at: now, untold: 0 });
            return Some(0);
        };
        // The clock may have been set back since.
        if now.millis_since(told.at).abs() < PAUSE {
            told.untold += 1;
            return None;
        }
        let untold = std::mem::take(&mut told.untold);
        told.at = now;
        Some(untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_of_a_day_is_a_line_a_minute_at_most_and_counts_them_all() {
        let mut seldom = Seldom::default();
        let (mut lines, mut counted) = (0, 0);
        for second in 0..86_400 {
            if let Some(untold) = seldom.happened("unreachable", Time::from_millis(second * 1_000)) {
                lines += 1;
                counted += untold + 1;
            }
        }
        assert_eq!(lines, 1_440);
        // The last minute is not told of yet.
        assert_eq!(counted, 86_400 - 59);
    }

    #[test]
    fn the_first_is_told_at_once_and_each_trouble_by_itself() {
        let mut seldom = Seldom::default();
        let at = Time::from_millis;
        assert_eq!(seldom.happened(1, at(0)), Some(0));
        assert_eq!(seldom.happened(1, at(59_999)), None);
        assert_eq!(seldom.happened(2, at(59_999)), Some(0), "another number");
        assert_eq!(seldom.happened(1, at(60_000)), Some(1));
        assert_eq!(seldom.happened(1, at(500_000)), Some(0), "nothing in between");
        assert_eq!(seldom.happened(1, at(0)), Some(0), "the clock was set back");
    }
}
