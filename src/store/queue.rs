//! The queue in front of a writer thread: two lanes, of which the urgent one goes first.
//!
//! It blocks one thread, the writer's, and nobody else. Not a channel of the runtime's: those have one lane, and a
//! second channel could not be waited for together with the first from a thread of its own.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::StoreError;

/// Jobs of a lane that may wait. Beyond it callers are told that the store is busy (503), so that a flood costs
/// bounded memory.
const MOST: usize = 20_000;

/// Bytes that may wait in the jobs of a lane: a webhook is up to 4 MB, and twenty thousand of those are no bound.
const MOST_BYTES: usize = 64 << 20;

/// How much somebody waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody outside does, and it is small.
    Urgent,
    Usual,
}

pub struct Queue<J> {
    lanes: Mutex<Lanes<J>>,
    came: Condvar,
}

struct Lanes<J> {
    urgent: Lane<J>,
    usual: Lane<J>,
    closed: bool,
    /// The writer sleeps. While it works nobody wakes it: it looks for itself.
    asleep: bool,
    /// It sleeps until so many jobs wait.
    wanted: usize,
}

/// Jobs in their order, each with the bytes that it brings.
struct Lane<J> {
    jobs: VecDeque<(usize, J)>,
    bytes: usize,
}

impl<J> Default for Lane<J> {
    fn default() -> Self {
        Self { jobs: VecDeque::new(), bytes: 0 }
    }
}

impl<J> Lane<J> {
    /// Whether a job of so many bytes has to be refused. One that is larger than all that may wait goes alone.
    fn is_full(&self, bytes: usize) -> bool {
        self.jobs.len() >= MOST || (!self.jobs.is_empty() && self.bytes + bytes > MOST_BYTES)
    }

    fn push(&mut self, bytes: usize, job: J) {
        self.bytes += bytes;
        self.jobs.push_back((bytes, job));
    }

    fn pop(&mut self) -> Option<J> {
        let (bytes, job) = self.jobs.pop_front()?;
        self.bytes -= bytes;
        Some(job)
    }
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        let lanes = Lanes {
            urgent: Lane::default(),
            usual: Lane::default(),
            closed: false,
            asleep: false,
            wanted: 1,
        };
        Self { lanes: Mutex::new(lanes), came: Condvar::new() }
    }
}

impl<J> Queue<J> {
    /// `bytes` is what the job holds in memory beside itself.
    pub fn push(&self, urgency: Urgency, bytes: usize, job: J) -> Result<(), StoreError> {
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(StoreError::Closed);
        }
        let lane = match urgency {
            Urgency::Urgent => &mut lanes.urgent,
            Urgency::Usual => &mut lanes.usual,
        };
        if lane.is_full(bytes) {
            return Err(StoreError::Busy);
        }
        lane.push(bytes, job);
        let wake = lanes.asleep && lanes.waiting() >= lanes.wanted;
        drop(lanes);
        if wake {
            self.came.notify_one();
        }
        Ok(())
    }

    /// Waits for a job. `None` once the queue is closed and empty. When none has come for that long, `quiet` runs once.
    pub fn wait(&self, patience: Duration, quiet: impl FnOnce()) -> Option<(Urgency, J)> {
        let mut quiet = Some(quiet);
        let mut lanes = self.lock();
        loop {
            if let Some(job) = lanes.next(false) {
                lanes.asleep = false;
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            lanes.asleep = true;
            if quiet.is_none() {
                lanes = self.came.wait(lanes).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (woken, waited) =
                self.came.wait_timeout(lanes, patience).unwrap_or_else(PoisonError::into_inner);
            lanes = woken;
            if waited.timed_out()
                && let Some(quiet) = quiet.take()
            {
                drop(lanes);
                quiet();
                lanes = self.lock();
            }
        }
    }

    /// Waits until so many jobs are there, and no longer than `patience`.
    pub fn gather(&self, wanted: usize, patience: Duration) {
        let until = Instant::now() + patience;
        let mut lanes = self.lock();
        lanes.wanted = wanted;
        while lanes.waiting() < wanted && !lanes.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            lanes.asleep = true;
            lanes = self.came.wait_timeout(lanes, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        lanes.asleep = false;
        lanes.wanted = 1;
    }

    /// The next job, if one waits.
    pub fn next(&self, urgent_alone: bool) -> Option<(Urgency, J)> {
        self.lock().next(urgent_alone)
    }

    /// The next job of the usual lane, if one waits, whatever is urgent.
    pub fn next_usual(&self) -> Option<(Urgency, J)> {
        self.lock().usual.pop().map(|job| (Urgency::Usual, job))
    }

    /// Takes no more jobs; those that wait are still handed out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.came.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<J>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> Lanes<J> {
    fn waiting(&self) -> usize {
        self.urgent.jobs.len() + self.usual.jobs.len()
    }

    fn next(&mut self, urgent_alone: bool) -> Option<(Urgency, J)> {
        if let Some(job) = self.urgent.pop() {
            return Some((Urgency::Urgent, job));
        }
        let usual = if urgent_alone { None } else { self.usual.pop() };
        usual.map(|job| (Urgency::Usual, job))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    fn next<J>(queue: &Queue<J>) -> Option<(Urgency, J)> {
        queue.wait(Duration::from_secs(60), || {})
    }

    #[test]
    fn who_waits_for_long_is_quiet_once_and_then_goes_on_waiting() {
        let queue = Queue::default();
        let mut quiet = 0;
        let job = queue.wait(Duration::ZERO, || {
            quiet += 1;
            queue.push(Urgency::Usual, 0, 7).unwrap();
        });
        assert_eq!((job, quiet), (Some((Urgency::Usual, 7)), 1));
    }

    #[test]
    fn urgent_jobs_go_first_and_each_lane_keeps_its_order() {
        let queue = Queue::default();
        for (urgency, job) in
            [(Urgency::Usual, 1), (Urgency::Urgent, 2), (Urgency::Usual, 3), (Urgency::Urgent, 4)]
        {
            queue.push(urgency, 0, job).unwrap();
        }
        assert_eq!(next(&queue), Some((Urgency::Urgent, 2)));
        assert_eq!(queue.next(true), Some((Urgency::Urgent, 4)));
        assert_eq!(queue.next(true), None, "the others are not urgent");
        assert_eq!(queue.next(false), Some((Urgency::Usual, 1)));
        queue.push(Urgency::Urgent, 0, 5).unwrap();
        assert_eq!(queue.next_usual(), Some((Urgency::Usual, 3)));
        assert_eq!(next(&queue), Some((Urgency::Urgent, 5)));
    }

    #[test]
    fn a_full_lane_is_busy_and_the_other_is_not() {
        let queue = Queue::default();
        for job in 0..MOST {
            queue.push(Urgency::Usual, 0, job).unwrap();
        }
        assert!(matches!(queue.push(Urgency::Usual, 0, 0), Err(StoreError::Busy)));
        queue.push(Urgency::Urgent, 0, 0).unwrap();
    }

    #[test]
    fn jobs_that_bring_much_are_few() {
        let queue = Queue::default();
        queue.push(Urgency::Urgent, MOST_BYTES + 1, 1).unwrap();
        assert!(
            matches!(queue.push(Urgency::Urgent, 0, 2), Err(StoreError::Busy)),
            "one of any size goes alone"
        );
        assert_eq!(next(&queue), Some((Urgency::Urgent, 1)));
        queue.push(Urgency::Urgent, MOST_BYTES / 2, 3).unwrap();
        queue.push(Urgency::Urgent, MOST_BYTES / 2, 4).unwrap();
        assert!(matches!(queue.push(Urgency::Urgent, 1, 5), Err(StoreError::Busy)));
        assert_eq!(next(&queue), Some((Urgency::Urgent, 3)));
        queue.push(Urgency::Urgent, MOST_BYTES / 2, 5).unwrap();
    }

    #[test]
    fn a_closed_queue_takes_nothing_and_gives_what_it_has() {
        let queue = Queue::default();
        queue.push(Urgency::Usual, 0, 1).unwrap();
        queue.close();
        assert!(matches!(queue.push(Urgency::Urgent, 0, 2), Err(StoreError::Closed)));
        assert_eq!((next(&queue), next(&queue)), (Some((Urgency::Usual, 1)), None));
    }

    #[test]
    fn a_sleeping_writer_is_woken_by_a_job_and_by_the_end() {
        let queue = Arc::new(Queue::default());
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || (next(&queue), next(&queue))
        });
        queue.push(Urgency::Usual, 0, 1).unwrap();
        while !queue.lock().usual.jobs.is_empty() {
            thread::yield_now();
        }
        queue.close();
        assert_eq!(writer.join().unwrap(), (Some((Urgency::Usual, 1)), None));
    }

    #[test]
    fn a_writer_that_gathers_wakes_when_enough_are_there_or_it_has_waited_long_enough() {
        let queue = Arc::new(Queue::default());
        queue.gather(3, Duration::ZERO);
        queue.push(Urgency::Usual, 0, 1).unwrap();
        queue.push(Urgency::Urgent, 0, 2).unwrap();
        queue.gather(2, Duration::from_secs(60));
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                queue.gather(4, Duration::from_secs(60));
                queue.lock().waiting()
            }
        });
        while queue.lock().wanted != 4 {
            thread::yield_now();
        }
        queue.push(Urgency::Usual, 0, 3).unwrap();
        queue.push(Urgency::Usual, 0, 4).unwrap();
        assert_eq!(writer.join().unwrap(), 4);
        queue.close();
        queue.gather(9, Duration::from_secs(60));
    }
}
