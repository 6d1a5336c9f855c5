//! A flood of webhooks: taking them goes before processing them.
//!
//! Meta waits for the first and repeats what is not taken in time; what is taken waits on the disk and is lost no more.
//! So during a flood, or when the store is crowded with what processing writes, it has a part of the time only. It
//! always has that: the oldest go on being answered. Otherwise both go as fast as they can, and nothing is held back
//! for what might come.

use std::time::{Duration, Instant};

/// More webhooks a second than that are a flood. Meta sends a tenth of it for one number at its highest rate, and
/// packs what it repeats into batches.
const FLOOD: u64 = 10_000;

/// The part of the time that processing has then: one in so many.
const SHARE: u32 = 4;

/// How long is counted before it is said that there is a flood, or none any more.
const WINDOW: Duration = Duration::from_millis(100);

/// How long processing rests at most.
const LONGEST: Duration = Duration::from_millis(250);

/// Counts what comes.
pub struct Flood {
    since: Instant,
    /// How many had come when the window began.
    came: u64,
    high: bool,
}

impl Flood {
    pub fn new(now: Instant, came: u64) -> Self {
        Self { since: now, came, high: false }
    }

    /// How long processing rests after it has worked for so long. `came` counts all webhooks that ever came.
    pub fn rest(&mut self, now: Instant, came: u64, worked: Duration, crowded: bool) -> Duration {
        let window = now.saturating_duration_since(self.since);
        if window >= WINDOW {
            self.high = u128::from(came - self.came) * 1_000_000 > u128::from(FLOOD) * window.as_micros();
            (self.since, self.came) = (now, came);
        }
        if self.high || crowded { (worked * (SHARE - 1)).min(LONGEST) } else { Duration::ZERO }
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
            flood.rest(start + WINDOW * u32::try_from(at).unwrap() + WINDOW / 2, came, worked, false);
            rests.push(flood.rest(now, came, worked, false).as_millis());
        }
        assert_eq!(rests, [0, 0, 0, 60, 60, 0, 60]);
        assert_eq!(flood.rest(start + WINDOW * 7, came, Duration::from_secs(9), false), LONGEST);
        flood.rest(start + WINDOW * 9, came, worked, false);
        assert_eq!(flood.rest(start + WINDOW * 9, came, worked, false), Duration::ZERO);
        assert_eq!(flood.rest(start + WINDOW * 9, came, worked, true), worked * 3);
    }
}
