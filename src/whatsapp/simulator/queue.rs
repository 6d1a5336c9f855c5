//! A lane of changes that wait to be delivered. Pure.
//!
//! All changes of one chat go through one lane, in order. When a number's receiver cannot be reached all that waits
//! for it in the lane waits on, so order holds through a restart of the receiver; when it answers anything but 200,
//! that webhook alone is put off and the others pass it, as they do at Meta. Numbers do not hold up each other.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

/// A change on its way.
#[derive(Debug, Clone)]
pub struct Change {
    /// Not before then.
    pub due: Timestamp,
    pub born: Timestamp,
    /// The number's key.
    pub number: u32,
    pub json: Arc<str>,
    tries: u32,
    place: u64,
}

impl Change {
    pub fn new(json: impl Into<Arc<str>>, number: u32, now: Timestamp, after_ms: u64) -> Self {
        let after = SignedDuration::from_millis(i64::try_from(after_ms).unwrap_or(i64::MAX));
        let due = now.checked_add(after).unwrap_or(Timestamp::MAX);
        Self { due, born: now, number, json: json.into(), tries: 0, place: 0 }
    }
}

/// When to try again.
#[derive(Debug, Clone)]
pub struct Retries {
    /// After the first failure, the second …; the last repeats.
    pub after: Vec<SignedDuration>,
    /// A change this old is given up.
    pub give_up: SignedDuration,
}

impl Retries {
    fn pause(&self, failures: u32) -> SignedDuration {
        let at = (failures.saturating_sub(1) as usize).min(self.after.len().saturating_sub(1));
        self.after.get(at).copied().unwrap_or(SignedDuration::from_secs(1))
    }
}

#[derive(Debug, Default)]
pub struct Lane {
    /// What waits for each number.
    queues: BTreeMap<u32, Queue>,
    places: u64,
    /// The number that was served last, so that the next one comes first.
    served: u32,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: BinaryHeap<Waiting>,
    /// Failures to reach the receiver in a row, and until when nothing is tried because of them.
    unreached: u32,
    paused_until: Option<Timestamp>,
}

/// What a lane has to offer.
#[derive(Debug)]
pub enum Next {
    /// Changes of one number, to be delivered in one webhook.
    Deliver(Vec<Change>),
    /// Nothing before then, or until something is put in.
    Wait(Option<Timestamp>),
}

#[derive(Debug)]
struct Waiting(Change);

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// The earliest is the greatest, as the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.0.due, other.0.place).cmp(&(self.0.due, self.0.place))
    }
}

impl Lane {
    pub fn len(&self) -> usize {
        self.queues.values().map(|queue| queue.waiting.len()).sum()
    }

    pub fn put(&mut self, mut change: Change) {
        self.places += 1;
        change.place = self.places;
        self.queues.entry(change.number).or_default().waiting.push(Waiting(change));
    }

    /// Takes up to `most` due changes of one number.
    pub fn next(&mut self, now: Timestamp, most: usize) -> Next {
        let (mut ready, mut soonest) = (None, None::<Timestamp>);
        // The numbers behind the one served last come before those up to it.
        let behind = self.queues.range(self.served.saturating_add(1)..);
        for (number, queue) in behind.chain(self.queues.range(..=self.served)) {
            let Some(due) = queue.due() else { continue };
            if due <= now {
                ready = Some(*number);
                break;
            }
            soonest = Some(soonest.map_or(due, |other| other.min(due)));
        }
        let Some(queue) = ready.and_then(|number| self.queues.get_mut(&number)) else {
            return Next::Wait(soonest);
        };
        self.served = ready.unwrap_or_default();
        let mut taken: Vec<Change> = Vec::new();
        while taken.len() < most.max(1) && queue.waiting.peek().is_some_and(|waiting| waiting.0.due <= now) {
            taken.extend(queue.waiting.pop().map(|Waiting(change)| change));
        }
        Next::Deliver(taken)
    }

    /// The receiver of a number took what it was sent.
    pub fn delivered(&mut self, number: u32) {
        if let Some(queue) = self.queues.get_mut(&number) {
            queue.unreached = 0;
            queue.paused_until = None;
            if queue.waiting.is_empty() {
                self.queues.remove(&number);
            }
        }
    }

    /// The receiver answered, but not with 200. Gives the number of changes that were given up.
    pub fn refused(&mut self, changes: Vec<Change>, now: Timestamp, retries: &Retries) -> usize {
        let mut dropped = 0;
        for mut change in changes {
            self.delivered(change.number);
            if now.duration_since(change.born) >= retries.give_up {
                dropped += 1;
                continue;
            }
            change.tries += 1;
            change.due = now.checked_add(retries.pause(change.tries)).unwrap_or(Timestamp::MAX);
            self.put(change);
        }
        dropped
    }

    /// The receiver could not be reached: everything for it waits. Gives the number of changes that were given up.
    pub fn unreached(&mut self, changes: Vec<Change>, now: Timestamp, retries: &Retries) -> usize {
        let Some(number) = changes.first().map(|change| change.number) else { return 0 };
        let before = changes.len();
        let kept: Vec<_> =
            changes.into_iter().filter(|change| now.duration_since(change.born) < retries.give_up).collect();
        let dropped = before - kept.len();
        let queue = self.queues.entry(number).or_default();
        queue.unreached = queue.unreached.saturating_add(1);
        queue.paused_until = now.checked_add(retries.pause(queue.unreached)).ok();
        // They keep their places, so that nothing overtakes them.
        queue.waiting.extend(kept.into_iter().map(Waiting));
        dropped
    }

    /// The receiver was there and went away without an answer. At first that looks like one that is being restarted,
    /// and order holds; a webhook at which it always goes away is put off alone, or nothing would ever pass it.
    pub fn cut_off(&mut self, mut changes: Vec<Change>, now: Timestamp, retries: &Retries) -> usize {
        if changes.iter().any(|change| change.tries >= PATIENCE) {
            return self.refused(changes, now, retries);
        }
        for change in &mut changes {
            change.tries += 1;
        }
        self.unreached(changes, now, retries)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// How often a webhook may cut the receiver off before others pass it.
const PATIENCE: u32 = 3;

impl Queue {
    /// When the first change may be tried, if there is one.
    fn due(&self) -> Option<Timestamp> {
        let due = self.waiting.peek()?.0.due;
        Some(self.paused_until.map_or(due, |until| until.max(due)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    fn retries() -> Retries {
        Retries {
            after: vec![SignedDuration::from_millis(100), SignedDuration::from_millis(300)],
            give_up: SignedDuration::from_secs(10),
        }
    }

    fn put(lane: &mut Lane, name: &str, number: u32, now: i64, after: u64) {
        lane.put(Change::new(name, number, at(now), after));
    }

    fn names(next: Next) -> Vec<String> {
        match next {
            Next::Deliver(changes) => changes.iter().map(|change| change.json.to_string()).collect(),
            Next::Wait(until) => vec![format!("wait {:?}", until.map(Timestamp::as_millisecond))],
        }
    }

    #[test]
    fn changes_come_when_due_in_the_order_they_were_put_in() {
        let mut lane = Lane::default();
        put(&mut lane, "late", 1, 0, 50);
        put(&mut lane, "a", 1, 0, 0);
        put(&mut lane, "b", 1, 0, 0);
        assert_eq!(names(lane.next(at(0), 1)), ["a"]);
        assert_eq!(names(lane.next(at(0), 9)), ["b"]);
        assert_eq!(names(lane.next(at(0), 9)), ["wait Some(50)"]);
        assert_eq!(names(lane.next(at(50), 9)), ["late"]);
        assert_eq!(names(lane.next(at(50), 9)), ["wait None"]);
    }

    #[test]
    fn a_batch_is_of_one_number_and_not_too_large() {
        let mut lane = Lane::default();
        for (name, number) in [("a", 1), ("b", 1), ("c", 2), ("d", 1)] {
            put(&mut lane, name, number, 0, 0);
        }
        assert_eq!(names(lane.next(at(0), 10)), ["a", "b", "d"]);
        assert_eq!(names(lane.next(at(0), 10)), ["c"]);
        put(&mut lane, "e", 1, 0, 0);
        assert_eq!(names(lane.next(at(0), 1)), ["e"]);
    }

    #[test]
    fn a_number_nobody_answers_for_holds_up_no_other() {
        let mut lane = Lane::default();
        for (name, number) in [("lost", 1), ("a", 2), ("b", 2), ("c", 3)] {
            put(&mut lane, name, number, 0, 0);
        }
        let Next::Deliver(taken) = lane.next(at(0), 1) else { panic!() };
        assert_eq!(&*taken[0].json, "lost");
        assert_eq!(lane.unreached(taken, at(0), &retries()), 0);
        for expected in ["a", "c", "b", "wait Some(100)"] {
            assert_eq!(names(lane.next(at(50), 1)), [expected], "numbers take turns");
        }
        assert_eq!(names(lane.next(at(100), 1)), ["lost"]);
    }

    #[test]
    fn an_unreachable_receiver_stops_the_lane_and_keeps_the_order() {
        let mut lane = Lane::default();
        for name in ["a", "b"] {
            put(&mut lane, name, 1, 0, 0);
        }
        for (now, until) in [(0, 100), (100, 400), (400, 700)] {
            let Next::Deliver(taken) = lane.next(at(now), 1) else { panic!("nothing at {now}") };
            assert_eq!(lane.unreached(taken, at(now), &retries()), 0);
            assert_eq!(names(lane.next(at(now), 1)), [format!("wait Some({until})")]);
        }
        assert_eq!(names(lane.next(at(700), 9)), ["a", "b"]);
        lane.delivered(1);
        put(&mut lane, "c", 1, 700, 0);
        assert_eq!(names(lane.next(at(700), 9)), ["c"]);
    }

    #[test]
    fn a_refused_webhook_is_put_off_and_others_pass() {
        let mut lane = Lane::default();
        for name in ["bad", "good"] {
            put(&mut lane, name, 1, 0, 0);
        }
        let Next::Deliver(taken) = lane.next(at(0), 1) else { panic!() };
        assert_eq!(lane.refused(taken, at(0), &retries()), 0);
        assert_eq!(names(lane.next(at(0), 1)), ["good"]);
        assert_eq!(names(lane.next(at(0), 1)), ["wait Some(100)"]);
        let Next::Deliver(taken) = lane.next(at(100), 1) else { panic!() };
        assert_eq!(lane.refused(taken, at(100), &retries()), 0);
        assert_eq!(names(lane.next(at(100), 1)), ["wait Some(400)"]);
    }

    #[test]
    fn a_webhook_that_fells_its_receiver_is_passed_in_the_end() {
        let mut lane = Lane::default();
        for name in ["poison", "good"] {
            put(&mut lane, name, 1, 0, 0);
        }
        for now in [0, 100, 400, 700] {
            let Next::Deliver(taken) = lane.next(at(now), 1) else { panic!("nothing at {now}") };
            assert_eq!(&*taken[0].json, "poison");
            assert_eq!(lane.cut_off(taken, at(now), &retries()), 0);
        }
        assert_eq!(names(lane.next(at(700), 1)), ["good"]);
    }

    #[test]
    fn what_is_too_old_is_given_up() {
        let mut lane = Lane::default();
        put(&mut lane, "a", 1, 0, 0);
        let Next::Deliver(taken) = lane.next(at(9_999), 1) else { panic!() };
        assert_eq!(lane.refused(taken, at(9_999), &retries()), 0);
        let Next::Deliver(taken) = lane.next(at(10_099), 1) else { panic!() };
        assert_eq!(lane.unreached(taken, at(10_099), &retries()), 1);
        assert_eq!(lane.len(), 0);
    }

    proptest! {
        /// Whatever the receiver does, each change is delivered once or given up once, and changes of a lane that
        /// only ever failed to be reached come in their order.
        #[test]
        fn nothing_is_lost_and_nothing_comes_twice(
            outcomes in proptest::collection::vec(0_u8..3, 0..60), puts in 1_usize..20, most in 1_usize..5, refusals: bool,
        ) {
            let mut lane = Lane::default();
            for name in 0..puts {
                lane.put(Change::new(name.to_string(), 1, at(0), 0));
            }
            let (mut now, mut came, mut dropped) = (0, Vec::new(), 0);
            for outcome in outcomes.into_iter().chain(std::iter::repeat_n(0, puts * 2)) {
                match lane.next(at(now), most) {
                    Next::Wait(Some(until)) => now = until.as_millisecond(),
                    Next::Wait(None) => break,
                    Next::Deliver(taken) => {
                        prop_assert!(!taken.is_empty() && taken.len() <= most);
                        match outcome {
                            1 => dropped += lane.unreached(taken, at(now), &retries()),
                            2 if refusals => dropped += lane.refused(taken, at(now), &retries()),
                            _ => {
                                came.extend(taken.iter().map(|change| change.json.parse::<usize>().unwrap()));
                                lane.delivered(1);
                            }
                        }
                    }
                }
            }
            prop_assert_eq!(came.len() + dropped + lane.len(), puts);
            let in_order = came.is_sorted();
            let all = came.len();
            came.sort_unstable();
            came.dedup();
            prop_assert_eq!(came.len(), all, "something came twice");
            prop_assert!(refusals || in_order);
        }
    }
}
