//! A rate that may be borrowed from later. Pure.

use jiff::Timestamp;

/// A bucket of sends that fills with time. Empty ones refuse.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bucket {
    /// What was taken and has not come back yet, and when that was reckoned.
    owed: f64,
    at: Option<Timestamp>,
}

impl Bucket {
    /// Takes one if the bucket, which holds `size` and fills at `per_second`, has it.
    pub fn take(&mut self, now: Timestamp, size: f64, per_second: f64) -> bool {
        if let Some(at) = self.at {
            let passed = now.duration_since(at).as_secs_f64().max(0.0);
            self.owed = (self.owed - passed * per_second).max(0.0);
        }
        self.at = Some(now);
        if self.owed + 1.0 > size {
            return false;
        }
        self.owed += 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// How many of `asked` at `millis` are let through.
    fn through(bucket: &mut Bucket, millis: i64, asked: usize, size: f64, per_second: f64) -> usize {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(millis);
        (0..asked).filter(|_| bucket.take(now, size, per_second)).count()
    }

    #[test]
    fn the_pair_rate_lends_45_and_gives_one_in_six_seconds_after_that() {
        let mut bucket = Bucket::default();
        assert_eq!(through(&mut bucket, 0, 60, 45.0, 1.0 / 6.0), 45);
        assert_eq!(through(&mut bucket, 5_900, 5, 45.0, 1.0 / 6.0), 0);
        assert_eq!(through(&mut bucket, 6_001, 5, 45.0, 1.0 / 6.0), 1);
        assert_eq!(through(&mut bucket, 400_000, 60, 45.0, 1.0 / 6.0), 45);
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing() {
        let mut bucket = Bucket::default();
        assert_eq!(through(&mut bucket, 10_000, 9, 1.0, 1.0), 1);
        assert_eq!(through(&mut bucket, 0, 9, 1.0, 1.0), 0);
    }
}
