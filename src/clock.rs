//! The clock: the only place that asks what time it is.
//!
//! Everything else takes the time as an argument (`now: Timestamp`) or, where it waits and looks again, holds a
//! [`Clock`]. So a test decides the time, and a run with the same input gives the same result.
//!
//! It is not for measuring how long something took: use `std::time::Instant`, which never jumps.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Cheap to clone; clones of a manual clock share one time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The computer's own clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) or [`set`](Self::set) moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(start))))
    }

    /// The time now, in UTC. The system's clock may step backwards (NTP, a person): order by ids, not by this.
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask the time")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a manual clock by `by` (backwards too, as real clocks do) and returns the new time, which stays within
    /// what a `Timestamp` can hold. The system's clock cannot be moved: it only tells its time.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        if let Source::Manual(time) = &self.0 {
            let mut time = time.lock().unwrap_or_else(PoisonError::into_inner);
            *time = time.saturating_add(by).unwrap_or(*time);
        }
        self.now()
    }

    /// Puts a manual clock at `to`. The system's clock cannot be set by us.
    pub fn set(&self, to: Timestamp) {
        if let Source::Manual(time) = &self.0 {
            *time.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = Clock::manual(at(1_000));
        assert_eq!(clock.now(), at(1_000));
        assert_eq!(clock.now(), at(1_000));
        assert_eq!(clock.advance(SignedDuration::from_secs(5)), at(1_005));
        assert_eq!(clock.advance(SignedDuration::from_secs(-10)), at(995));
        clock.set(at(7));
        assert_eq!(clock.now(), at(7));
    }

    #[test]
    fn clones_of_a_manual_clock_share_one_time() {
        let clock = Clock::manual(at(0));
        let clone = clock.clone();
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(clone.now(), at(3_600));
    }

    #[test]
    fn the_system_clock_moves_by_itself_alone() {
        let clock = Clock::system();
        let before = clock.now();
        clock.set(at(0));
        assert!(clock.advance(SignedDuration::from_hours(1)) < before + SignedDuration::from_mins(30));
        assert!(clock.now() > at(1_700_000_000));
    }
}
