//! A flood of webhooks: taking them goes before processing them.
//!
//! Meta waits for the first and repeats what is not taken in time; what is taken waits on the disk and is lost no more.
//! So during a flood, when the store is crowded with what processing writes, or when taking one takes long, it has a
//! part of the time only. It always has that: the oldest go on being answered. Otherwise both go as fast as they can,
//! and nothing is held back for what might come.
//!
//! How long the taking takes counts beside how many come: a slow machine that falls behind takes fewer than a flood has,
//! and would process all the more of them.

use std::time::{Duration, Instant};

/// More webhooks a second than that are a flood. Meta sends a tenth of it for one number at its highest rate, and
/// packs what it repeats into batches.
const FLOOD: u64 = 10_000;

/// So many a second come from one number at its highest rate: with more, [`SLOW`] counts. With fewer it is the disk that
/// is slow, and processing would rest for nothing.
const MANY: u64 = 1_000;

/// Taking a webhook takes longer than that because of what else the program does. Half of what is promised (25 ms for 99
/// of 100), since some time passes around it.
const SLOW: Duration = Duration::from_millis(10);

/// The part of the time that processing has when taking is slow or the store crowded: one in so many.
const SHARE: u32 = 4;

/// The same in a flood. A smaller part than when others merely wait: what a flood brings is answered too late in any
/// case, and what is not taken in time Meta sends again.
const FLOODED: u32 = 32;

/// How long is counted before it is said that there is a flood, or none any more.
pub const WINDOW: Duration = Duration::from_millis(100);

/// How long processing rests at most because others wait. From a flood it rests longer, and only while the flood lasts.
const LONGEST: Duration = Duration::from_millis(250);

/// Counts what comes.
pub struct Flood {
    since: Instant,
    /// How many had come when the window began.
    came: u64,
    high: bool,
    many: bool,
}

impl Flood {
    pub fn new(now: Instant, came: u64) -> Self {
        Self { since: now, came, high: false, many: false }
    }

    /// How long processing rests after it has worked for so long. `came` counts all webhooks that ever came, and
    /// `slowest` is how long the slowest was being written down meanwhile.
    pub fn rest(
        &mut self,
        now: Instant,
        came: u64,
        worked: Duration,
        slowest: Duration,
        crowded: bool,
    ) -> Duration {
        self.look(now, came);
        if self.high {
            worked * (FLOODED - 1)
        } else if crowded || (self.many && slowest > SLOW) {
            (worked * (SHARE - 1)).min(LONGEST)
        } else {
            Duration::ZERO
        }
    }

    /// Whether the flood is over, seen while processing rests from it. Ask after each [`WINDOW`].
    pub fn is_over(&mut self, now: Instant, came: u64) -> bool {
        self.look(now, came);
        !self.high
    }

    fn look(&mut self, now: Instant, came: u64) {
        let window = now.saturating_duration_since(self.since);
        if window >= WINDOW {
            let more_than = |a_second: u64| {
                u128::from(came - self.came) * 1_000_000 > u128::from(a_second) * window.as_micros()
            };
            (self.high, self.many) = (more_than(FLOOD), more_than(MANY));
            (self.since, self.came) = (now, came);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processing_rests_while_more_come_than_ever_should() {
        let start = Instant::now();
        let worked = Duration::from_millis(20);
        let mut flood = Flood::new(start, 500);
        let mut came = 500;
        let mut rests = Vec::new();
        // So many come in each tenth of a second.
        for (at, coming) in [600, 999, 1_000, 1_001, 4_000, 0, 1_500].into_iter().enumerate() {
            came += coming;
            let now = start + WINDOW * u32::try_from(at + 1).unwrap();
            // Within a window nothing is decided.
            flood.rest(start + WINDOW * u32::try_from(at).unwrap() + WINDOW / 2, came, worked, SLOW, false);
            rests.push(flood.rest(now, came, worked, SLOW, false).as_millis());
        }
        assert_eq!(rests, [0, 0, 0, 620, 620, 0, 620]);
        assert!(!flood.is_over(start + WINDOW * 7 + WINDOW / 2, came));
        assert!(flood.is_over(start + WINDOW * 9, came));
        assert_eq!(flood.rest(start + WINDOW * 9, came, Duration::from_secs(9), SLOW, true), LONGEST);
        assert_eq!(flood.rest(start + WINDOW * 9, came, worked, SLOW, false), Duration::ZERO);
        assert_eq!(flood.rest(start + WINDOW * 9, came, worked, SLOW, true), worked * 3);
        // Slow with few is the disk.
        let slow = SLOW + Duration::from_micros(1);
        assert_eq!(flood.rest(start + WINDOW * 9, came, worked, slow, false), Duration::ZERO);
        came += 101;
        assert_eq!(flood.rest(start + WINDOW * 10, came, worked, slow, false), worked * 3);
        assert_eq!(flood.rest(start + WINDOW * 10, came, worked, SLOW, false), Duration::ZERO);
    }
}
