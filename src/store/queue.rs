//! The queue in front of a writer thread: two lanes, of which the urgent one goes first.
//!
//! It blocks one thread, the writer's, and nobody else. Not a channel of the runtime's: those have one lane, and a
//! second channel could not be waited for together with the first from a thread of its own.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::StoreError;

/// Jobs of a lane that may wait. Beyond it callers are told that the store is busy (503), so that a flood costs
/// bounded memory.
const MOST: usize = 20_000;

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
    urgent: VecDeque<J>,
    usual: VecDeque<J>,
    closed: bool,
    /// The writer sleeps until this many jobs wait; 0 while it works, so that nobody wakes it for nothing.
    wake_at: usize,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        let lanes = Lanes { urgent: VecDeque::new(), usual: VecDeque::new(), closed: false, wake_at: 0 };
        Self { lanes: Mutex::new(lanes), came: Condvar::new() }
    }
}

impl<J> Queue<J> {
    pub fn push(&self, urgency: Urgency, job: J) -> Result<(), StoreError> {
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(StoreError::Closed);
        }
        let lane = match urgency {
            Urgency::Urgent => &mut lanes.urgent,
            Urgency::Usual => &mut lanes.usual,
        };
        if lane.len() >= MOST {
            return Err(StoreError::Busy);
        }
        lane.push_back(job);
        let wake = lanes.wake_at > 0 && lanes.len() >= lanes.wake_at;
        drop(lanes);
        if wake {
            self.came.notify_one();
        }
        Ok(())
    }

    /// Waits for a job. `None` once the queue is closed and empty.
    pub fn wait(&self) -> Option<(Urgency, J)> {
        let mut lanes = self.lock();
        loop {
            if let Some(job) = lanes.next(false) {
                lanes.wake_at = 0;
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            lanes.wake_at = 1;
            lanes = self.came.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next job, if one waits.
    pub fn next(&self, urgent_alone: bool) -> Option<(Urgency, J)> {
        self.lock().next(urgent_alone)
    }

    /// Waits until `enough` jobs are there, but not longer than `most`. Returns at once from a closed queue.
    pub fn gather(&self, enough: usize, most: Duration) {
        let mut lanes = self.lock();
        if lanes.closed || lanes.len() >= enough {
            return;
        }
        lanes.wake_at = enough;
        let waited = self.came.wait_timeout_while(lanes, most, |lanes| !lanes.closed && lanes.len() < enough);
        waited.unwrap_or_else(PoisonError::into_inner).0.wake_at = 0;
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
    fn len(&self) -> usize {
        self.urgent.len() + self.usual.len()
    }

    fn next(&mut self, urgent_alone: bool) -> Option<(Urgency, J)> {
        if let Some(job) = self.urgent.pop_front() {
            return Some((Urgency::Urgent, job));
        }
        let usual = if urgent_alone { None } else { self.usual.pop_front() };
        usual.map(|job| (Urgency::Usual, job))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn urgent_jobs_go_first_and_each_lane_keeps_its_order() {
        let queue = Queue::default();
        for (urgency, job) in
            [(Urgency::Usual, 1), (Urgency::Urgent, 2), (Urgency::Usual, 3), (Urgency::Urgent, 4)]
        {
            queue.push(urgency, job).unwrap();
        }
        assert_eq!(queue.wait(), Some((Urgency::Urgent, 2)));
        assert_eq!(queue.next(true), Some((Urgency::Urgent, 4)));
        assert_eq!(queue.next(true), None, "the others are not urgent");
        assert_eq!(queue.next(false), Some((Urgency::Usual, 1)));
        assert_eq!(queue.wait(), Some((Urgency::Usual, 3)));
    }

    #[test]
    fn a_full_lane_is_busy_and_the_other_is_not() {
        let queue = Queue::default();
        for job in 0..MOST {
            queue.push(Urgency::Usual, job).unwrap();
        }
        assert!(matches!(queue.push(Urgency::Usual, 0), Err(StoreError::Busy)));
        queue.push(Urgency::Urgent, 0).unwrap();
    }

    #[test]
    fn a_closed_queue_takes_nothing_and_gives_what_it_has() {
        let queue = Queue::default();
        queue.push(Urgency::Usual, 1).unwrap();
        queue.close();
        assert!(matches!(queue.push(Urgency::Urgent, 2), Err(StoreError::Closed)));
        queue.gather(10, Duration::from_secs(3600));
        assert_eq!((queue.wait(), queue.wait()), (Some((Urgency::Usual, 1)), None));
    }

    #[test]
    fn a_sleeping_writer_is_woken_by_a_job_by_enough_jobs_and_by_the_end() {
        let queue = Arc::new(Queue::default());
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                let first = queue.wait();
                queue.gather(3, Duration::from_secs(3600));
                let gathered = std::iter::from_fn(|| queue.next(false)).count();
                (first, gathered, queue.wait())
            }
        });
        queue.push(Urgency::Usual, 1).unwrap();
        // Whenever the writer wakes, it gathers the three that come after the first.
        for job in 2..=4 {
            queue.push(Urgency::Usual, job).unwrap();
        }
        while !queue.lock().usual.is_empty() {
            thread::yield_now();
        }
        queue.close();
        assert_eq!(writer.join().unwrap(), (Some((Urgency::Usual, 1)), 3, None));
    }
}
