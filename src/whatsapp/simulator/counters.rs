//! What is counted at the far end, so that a test can say: nothing was lost, and nothing came twice.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use beseda_wire::simulator::{SimCodeCount, SimCounters};

/// How many callback data are remembered at least; the oldest are forgotten beyond twice that.
const REMEMBERED: usize = 1_000_000;
/// How many of the duplicated ones are told by name.
const NAMED: usize = 100;

#[derive(Default)]
pub struct Counters {
    pub accepted: AtomicU64,
    pub answers_lost: AtomicU64,
    pub marks: AtomicU64,
    pub said: AtomicU64,
    pub webhooks_delivered: AtomicU64,
    pub changes_delivered: AtomicU64,
    pub webhooks_failed: AtomicU64,
    pub changes_waiting: AtomicU64,
    pub changes_dropped: AtomicU64,
    pub uploads: AtomicU64,
    pub downloads: AtomicU64,
    refused: Mutex<BTreeMap<i64, u64>>,
    seen: Mutex<Seen>,
}

/// How often each callback data was accepted, by its hash: a million of them take 16 megabytes, where the texts would
/// take a hundred. Two that share a hash (one in ten million runs of a million) would look like a duplicate.
#[derive(Default)]
struct Seen {
    hasher: RandomState,
    newer: HashMap<u64, u32>,
    older: HashMap<u64, u32>,
    duplicates: u64,
    duplicated: Vec<String>,
}

pub fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Ordering::Relaxed);
}

pub fn take(counter: &AtomicU64, count: usize) {
    counter.fetch_sub(count as u64, Ordering::Relaxed);
}

impl Counters {
    /// Counts an accepted send.
    pub fn accept(&self, callback: Option<&str>) {
        add(&self.accepted, 1);
        if let Some(callback) = callback {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).note(callback, REMEMBERED);
        }
    }

    pub fn refuse(&self, code: i64) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// How often sends with this callback data were accepted.
    pub fn accepted_with(&self, callback: &str) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).count(callback).into()
    }

    pub fn read(&self) -> SimCounters {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        SimCounters {
            accepted: load(&self.accepted),
            answers_lost: load(&self.answers_lost),
            refused: refused.values().sum(),
            refused_by_code: refused.into_iter().map(|(code, count)| SimCodeCount { code, count }).collect(),
            duplicates: seen.duplicates,
            duplicated: seen.duplicated.clone(),
            marks: load(&self.marks),
            said: load(&self.said),
            webhooks_delivered: load(&self.webhooks_delivered),
            changes_delivered: load(&self.changes_delivered),
            webhooks_failed: load(&self.webhooks_failed),
            changes_waiting: load(&self.changes_waiting),
            changes_dropped: load(&self.changes_dropped),
            uploads: load(&self.uploads),
            downloads: load(&self.downloads),
        }
    }

    /// Begins anew; what waits to be delivered goes on waiting.
    pub fn reset(&self) {
        for counter in [
            &self.accepted,
            &self.answers_lost,
            &self.marks,
            &self.said,
            &self.webhooks_delivered,
            &self.changes_delivered,
            &self.webhooks_failed,
            &self.changes_dropped,
            &self.uploads,
            &self.downloads,
        ] {
            counter.store(0, Ordering::Relaxed);
        }
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
    }
}

impl Seen {
    fn note(&mut self, callback: &str, most: usize) {
        let hash = self.hasher.hash_one(callback);
        if self.newer.len() >= most && !self.newer.contains_key(&hash) {
            self.older = std::mem::take(&mut self.newer);
        }
        let before = self.older.get(&hash).copied().unwrap_or(0);
        let count = self.newer.entry(hash).or_insert(before);
        *count += 1;
        if *count > 1 {
            self.duplicates += 1;
            if self.duplicated.len() < NAMED && !self.duplicated.iter().any(|known| known == callback) {
                self.duplicated.push(callback.to_owned());
            }
        }
    }

    fn count(&self, callback: &str) -> u32 {
        let hash = self.hasher.hash_one(callback);
        self.newer.get(&hash).or_else(|| self.older.get(&hash)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_twice_is_told() {
        let counters = Counters::default();
        for callback in ["a", "b", "a", "a"] {
            counters.accept(Some(callback));
        }
        counters.accept(None);
        counters.refuse(131_047);
        let read = counters.read();
        assert_eq!((read.accepted, read.duplicates, read.duplicated), (5, 2, vec!["a".to_owned()]));
        assert_eq!(read.refused_by_code, [SimCodeCount { code: 131_047, count: 1 }]);
        assert_eq!([counters.accepted_with("a"), counters.accepted_with("c")], [3, 0]);
        counters.reset();
        assert_eq!((counters.read().accepted, counters.accepted_with("a")), (0, 0));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_are_remembered() {
        let mut seen = Seen::default();
        for number in 0..35 {
            seen.note(&number.to_string(), 10);
        }
        assert!(seen.newer.len() + seen.older.len() <= 20);
        assert_eq!(seen.count("34"), 1);
        assert_eq!(seen.count("0"), 0);
        seen.note("29", 10);
        assert_eq!((seen.count("29"), seen.duplicates), (2, 1), "it lay among the older ones");
    }
}
