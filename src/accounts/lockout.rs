//! How often a password may be tried: by account and by address, with waits that grow.
//!
//! An account that does not exist is counted like one that does, so that the answers tell nobody which is which.
//! A wait for an account would let a stranger keep its owner out; so at an address from which anybody is signed in
//! accounts have counts of their own. Anybody, and not that account's owner: or whoever shares the address could see
//! by the waits which accounts there are.
//!
//! The counts outlive the program: whoever can make it end must not get free tries by that. They are written at steps
//! ([`Lockout::unwritten`]): at the first failure, the second, the fourth, the eighth, and at each one that makes somebody
//! wait. So what an attacker has written is bounded by the waits, and by how many counts are kept at all. Between two
//! steps less is on the disk than was counted; a program that starts takes the most that it may have been. A write for
//! every wrong password was refused: it gives strangers a way to keep the disk busy. Counts kept in memory alone were,
//! too: the next free tries then cost one restart.
//!
//! A try is counted as failed before its password is looked at, and forgiven when it was right: so
//! many tries at the same moment are not one. What is forgiven leaves nothing behind, not even a later beginning of
//! somebody's wait: a count knows when its latest tries were.
//!
//! A clock that was set back lengthens nobody's wait: who waited for a moment far ahead waits from now on.

use std::collections::HashMap;
use std::mem;
use std::net::IpAddr;

use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::crypto::sha256;

/// The first wait; each further failure doubles it.
const FIRST_WAIT_MS: i64 = 15_000;
/// An address may fail this many times as often as an account: behind one there may be an office.
const ADDRESS_FACTOR: u32 = 4;
/// A count without failures for this long is forgotten, at the least.
const FORGET_MS: i64 = 60 * 60 * 1_000;
/// The moments of so many tries before the last are known; above the free ones there is a wait between any two.
const EARLIER: usize = 32;
/// Tries that run at the same time may come here in another order; further apart the clock was set back.
const OUT_OF_ORDER_MS: i64 = 5_000;
/// More counts are not kept; the one that is quiet for longest goes.
const MOST_COUNTS: usize = 20_000;

/// The counts of failed tries.
#[derive(Debug)]
pub struct Lockout {
    free: u32,
    longest_ms: i64,
    counts: HashMap<Counted, Failures>,
    /// What is on the disk and counts no more.
    gone: Vec<Counted>,
}

/// Who tries to sign in, as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What was typed as the e-mail, in lower case, whether anyone has it or not.
    pub account: String,
    /// The address; for IPv6 its /64.
    pub address: IpAddr,
    /// Whether anybody is signed in from this address.
    pub at_home: bool,
}

/// It has to wait, in whole seconds, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub seconds: u32,
}

/// What is counted: its kind, and a hash of what it is. People type passwords where their e-mail belongs, and none of
/// that may come to the disk.
pub type Counted = (u8, [u8; 32]);

const ACCOUNT: u8 = 0;
const ACCOUNT_AT_HOME: u8 = 1;
const ADDRESS: u8 = 2;

/// A count as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    count: u32,
    last: Time,
    /// The moments of those before the last, as far as they are known.
    #[serde(skip)]
    earlier: Vec<Time>,
    /// What is on the disk, if anything is.
    #[serde(skip)]
    written: Option<(u32, Time)>,
}

impl Lockout {
    /// `free` failures cost nothing; no wait is longer than `longest_ms`.
    pub fn new(free: u32, longest_ms: i64) -> Self {
        Self { free: free.max(1), longest_ms, counts: HashMap::new(), gone: Vec::new() }
    }

    /// Goes on with what was written.
    pub fn restore(&mut self, rows: impl IntoIterator<Item = (Counted, Failures)>) {
        for (counted, row) in rows {
            if self.counts.len() >= MOST_COUNTS {
                self.gone.push(counted);
                continue;
            }
            let free = self.free_of(counted);
            // The next step was not reached, or it would have been written.
            let most = if row.count >= free { row.count } else { (row.count * 2 - 1).clamp(1, free - 1) };
            self.counts
                .insert(counted, Failures { count: most, written: Some((row.count, row.last)), ..row });
        }
    }

    /// What of this try's counts is to be written now, and what is to be removed. Whoever asks writes it, in the order in
    /// which it was asked for.
    pub fn unwritten(&mut self, tried: &Tried) -> Vec<(Counted, Option<Failures>)> {
        let mut rows: Vec<_> = mem::take(&mut self.gone).into_iter().map(|counted| (counted, None)).collect();
        for counted in [Self::account(tried), Self::address(tried)] {
            let free = self.free_of(counted);
            let Some(failures) = self.counts.get_mut(&counted) else { continue };
            let (now, before) = ((failures.count, failures.last), failures.written);
            let was_waiting = before.is_some_and(|(count, _)| count >= free);
            let step = if failures.count >= free || was_waiting {
                // From when on somebody waits is as much a part of it as how long.
                before != Some(now)
            } else {
                failures.count.is_power_of_two() && before.is_none_or(|(count, _)| count != failures.count)
            };
            if step {
                failures.written = Some(now);
                rows.push((counted, Some(failures.clone())));
            }
        }
        rows
    }

    /// Whether this try may be made now. Who may not is not even told whether the password was right.
    pub fn check(&mut self, tried: &Tried, now: Time) -> Result<(), Wait> {
        let until = [Self::account(tried), Self::address(tried)]
            .into_iter()
            .filter_map(|counted| self.blocked_until(counted, now))
            .max();
        match until.map(|until| until.millis_since(now)) {
            Some(left) if left > 0 => {
                Err(Wait { seconds: u32::try_from(left.saturating_add(999) / 1_000).unwrap_or(u32::MAX) })
            }
            _ => Ok(()),
        }
    }

    /// The password was wrong, or nobody has this account.
    pub fn failed(&mut self, tried: &Tried, now: Time) {
        for counted in [Self::account(tried), Self::address(tried)] {
            self.make_room(now);
            let forgotten = now.plus_millis(-self.forget_ms());
            let failures = self.counts.entry(counted).or_insert(Failures {
                count: 0,
                last: now,
                earlier: Vec::new(),
                written: None,
            });
            if failures.last < forgotten {
                failures.count = 0;
            }
            if failures.count == 0 {
                failures.earlier.clear();
            } else {
                if failures.earlier.len() >= EARLIER {
                    failures.earlier.remove(0);
                }
                failures.earlier.push(failures.last);
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
        }
    }

    /// Whether this try may be made now; if so it is counted until [`Self::succeeded`] or [`Self::forgive`].
    pub fn begin(&mut self, tried: &Tried, now: Time) -> Result<(), Wait> {
        self.check(tried, now)?;
        self.failed(tried, now);
        Ok(())
    }

    /// The password of the try that began then was right. The account's count begins anew; the address's loses this try
    /// alone, or one account of his own would let an attacker go on for ever.
    pub fn succeeded(&mut self, tried: &Tried, begun: Time) {
        self.forget(Self::account(tried));
        self.uncount(Self::address(tried), begun);
    }

    /// The account has a new password: what was tried against the old one counts no more. The counts of homes stay, since
    /// nobody knows where they are.
    pub fn renewed(&mut self, account: &str) {
        self.forget(counted(ACCOUNT, account));
    }

    /// Nobody looked at the password: the try that began then does not count.
    pub fn forgive(&mut self, tried: &Tried, begun: Time) {
        self.uncount(Self::account(tried), begun);
        self.uncount(Self::address(tried), begun);
    }

    fn forget(&mut self, counted: Counted) {
        if self.counts.remove(&counted).is_some_and(|failures| failures.written.is_some()) {
            self.gone.push(counted);
        }
    }

    fn uncount(&mut self, counted: Counted, begun: Time) {
        let Some(failures) = self.counts.get_mut(&counted) else { return };
        failures.count = failures.count.saturating_sub(1);
        if failures.count == 0 {
            self.forget(counted);
        } else if failures.last == begun {
            failures.last = failures.earlier.pop().unwrap_or(begun);
        } else if let Some(place) = failures.earlier.iter().rposition(|time| *time == begun) {
            failures.earlier.remove(place);
        }
    }

    fn account(tried: &Tried) -> Counted {
        if tried.at_home {
            counted(ACCOUNT_AT_HOME, &format!("{} {}", tried.address, tried.account))
        } else {
            counted(ACCOUNT, &tried.account)
        }
    }

    fn address(tried: &Tried) -> Counted {
        counted(ADDRESS, &tried.address.to_string())
    }

    fn free_of(&self, (kind, _): Counted) -> u32 {
        if kind == ADDRESS { self.free.saturating_mul(ADDRESS_FACTOR) } else { self.free }
    }

    /// Never later than this count's wait from now.
    fn blocked_until(&mut self, counted: Counted, now: Time) -> Option<Time> {
        let (free, longest) = (self.free_of(counted), self.longest_ms);
        let failures = self.counts.get_mut(&counted)?;
        if failures.last.millis_since(now) > OUT_OF_ORDER_MS {
            failures.last = now;
            failures.earlier.clear();
        }
        let beyond = failures.count.checked_sub(free)?;
        let wait = FIRST_WAIT_MS.saturating_mul(1 << beyond.min(40)).min(longest);
        Some(failures.last.min(now).plus_millis(wait))
    }

    /// Always longer than the longest wait, so that waiting it out does not start anew.
    fn forget_ms(&self) -> i64 {
        FORGET_MS.max(self.longest_ms.saturating_mul(2))
    }

    fn make_room(&mut self, now: Time) {
        if self.counts.len() < MOST_COUNTS {
            return;
        }
        let forgotten = now.plus_millis(-self.forget_ms());
        let old = |failures: &Failures| failures.last < forgotten;
        let gone: Vec<_> =
            self.counts.iter().filter(|(_, failures)| old(failures)).map(|(counted, _)| *counted).collect();
        for counted in gone {
            self.forget(counted);
        }
        if self.counts.len() >= MOST_COUNTS
            && let Some(quietest) =
                self.counts.iter().min_by_key(|(_, failures)| failures.last).map(|(counted, _)| *counted)
        {
            self.forget(quietest);
        }
    }
}

fn counted(kind: u8, what: &str) -> Counted {
    (kind, sha256(what.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: i64 = 15 * 60 * 1_000;

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    fn tried(account: &str, address: u8) -> Tried {
        Tried { account: account.into(), address: [192, 0, 2, address].into(), at_home: false }
    }

    #[test]
    fn some_failures_are_free_and_then_the_waits_double_up_to_the_longest() {
        let mut lockout = Lockout::new(5, LONGEST);
        let mut now = 0;
        for _ in 0..5 {
            assert_eq!(lockout.check(&tried("a", 1), at(now)), Ok(()));
            lockout.failed(&tried("a", 1), at(now));
        }
        for expected in [15, 30, 60, 120, 240, 480, 900, 900, 900] {
            let wait = lockout.check(&tried("a", 1), at(now)).unwrap_err();
            assert_eq!(wait.seconds, expected);
            now += i64::from(expected) - 1;
            assert_eq!(lockout.check(&tried("a", 1), at(now)), Err(Wait { seconds: 1 }));
            now += 1;
            assert_eq!(lockout.check(&tried("a", 1), at(now)), Ok(()));
            lockout.failed(&tried("a", 1), at(now));
        }
    }

    #[test]
    fn the_account_waits_from_every_address_but_its_own_home() {
        let mut lockout = Lockout::new(5, LONGEST);
        for address in 0..5 {
            lockout.failed(&tried("a", address), at(0));
        }
        assert!(lockout.check(&tried("a", 99), at(0)).is_err());
        assert!(lockout.check(&tried("b", 99), at(0)).is_ok());
        let home = Tried { at_home: true, ..tried("a", 50) };
        assert!(lockout.check(&home, at(0)).is_ok());
        for _ in 0..5 {
            lockout.failed(&home, at(0));
        }
        assert!(lockout.check(&home, at(0)).is_err(), "home has a count too");
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_for_all() {
        let mut lockout = Lockout::new(5, LONGEST);
        for number in 0..19 {
            assert!(lockout.begin(&tried(&number.to_string(), 1), at(0)).is_ok());
        }
        // An account of one's own is no way out: a right password takes back its own try alone.
        assert!(lockout.begin(&tried("mine", 1), at(0)).is_ok());
        lockout.succeeded(&tried("mine", 1), at(0));
        assert!(lockout.begin(&tried("another", 1), at(0)).is_ok());
        assert!(lockout.check(&tried("mine", 1), at(0)).is_err());
        assert!(lockout.check(&tried("another", 2), at(0)).is_ok());
    }

    #[test]
    fn tries_at_the_same_moment_are_counted_before_they_end() {
        let mut lockout = Lockout::new(5, LONGEST);
        let started = (0..20).filter(|_| lockout.begin(&tried("anna", 1), at(0)).is_ok()).count();
        assert_eq!(started, 5);
        // One was right after all: the account's count begins anew, and the address has the other four.
        lockout.succeeded(&tried("anna", 1), at(0));
        assert_eq!((0..20).filter(|_| lockout.begin(&tried("anna", 1), at(0)).is_ok()).count(), 5);
        for _ in 0..5 {
            lockout.forgive(&tried("anna", 1), at(0));
        }
        assert!(lockout.begin(&tried("anna", 1), at(0)).is_ok(), "nobody looked at those");
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_wait_longer() {
        let day = 86_400;
        let mut lockout = Lockout::new(5, LONGEST);
        for _ in 0..5 {
            lockout.failed(&tried("a", 1), at(day));
        }
        assert_eq!(lockout.check(&tried("a", 1), at(0)), Err(Wait { seconds: 15 }));
        assert_eq!(lockout.check(&tried("a", 1), at(14)), Err(Wait { seconds: 1 }));
        assert_eq!(lockout.check(&tried("a", 1), at(15)), Ok(()));

        let mut restored = Lockout::new(5, LONGEST);
        let rows: Vec<_> = lockout.unwritten(&tried("a", 1));
        restored.restore(rows.into_iter().filter_map(|(counted, row)| Some((counted, row?))));
        assert_eq!(restored.check(&tried("a", 1), at(-day)), Err(Wait { seconds: 15 }));
        assert_eq!(restored.check(&tried("a", 1), at(15 - day)), Ok(()));
    }

    #[test]
    fn a_right_sign_in_leaves_nothing_behind_for_the_next_at_its_address() {
        let mut lockout = Lockout::new(5, LONGEST);
        for number in 0..20 {
            lockout.begin(&tried(&number.to_string(), 1), at(0)).unwrap();
        }
        assert_eq!(lockout.check(&tried("anna", 1), at(0)), Err(Wait { seconds: 15 }));
        let written = lockout.unwritten(&tried("anna", 1));
        assert_eq!(written.len(), 1);
        for second in 15..20 {
            lockout.begin(&tried("anna", 1), at(second)).unwrap();
            lockout.succeeded(&tried("anna", 1), at(second));
            assert_eq!(lockout.unwritten(&tried("anna", 1)), []);
            assert_eq!(lockout.check(&tried("boris", 1), at(second)), Ok(()));
        }
        // A wrong one is one more, and counts from when it was.
        lockout.begin(&tried("boris", 1), at(20)).unwrap();
        assert_eq!(lockout.check(&tried("anna", 1), at(20)), Err(Wait { seconds: 30 }));
    }

    #[test]
    fn of_tries_at_the_same_time_each_takes_back_its_own() {
        let mut lockout = Lockout::new(5, LONGEST);
        for number in 0..17 {
            lockout.begin(&tried(&number.to_string(), 1), at(0)).unwrap();
        }
        for (second, name) in [(10, "anna"), (11, "boris"), (12, "clara")] {
            lockout.begin(&tried(name, 1), at(second)).unwrap();
        }
        assert_eq!(lockout.check(&tried("dora", 1), at(12)), Err(Wait { seconds: 15 }));
        lockout.succeeded(&tried("clara", 1), at(12));
        lockout.succeeded(&tried("anna", 1), at(10));
        lockout.failed(&tried("19th", 1), at(12));
        lockout.failed(&tried("20th", 1), at(12));
        lockout.succeeded(&tried("boris", 1), at(11));
        assert_eq!(lockout.check(&tried("dora", 1), at(12)), Ok(()));
        lockout.failed(&tried("20th", 1), at(13));
        assert_eq!(lockout.check(&tried("dora", 1), at(13)), Err(Wait { seconds: 15 }));
    }

    #[test]
    fn a_right_password_ends_the_accounts_count_and_time_forgets() {
        let mut lockout = Lockout::new(5, LONGEST);
        for _ in 0..4 {
            lockout.failed(&tried("a", 1), at(0));
        }
        lockout.succeeded(&tried("a", 1), at(0));
        for _ in 0..4 {
            lockout.failed(&tried("a", 2), at(0));
        }
        assert!(lockout.check(&tried("a", 2), at(0)).is_ok());
        lockout.failed(&tried("a", 2), at(3_601));
        assert!(lockout.check(&tried("a", 2), at(3_601)).is_ok(), "an hour ago is forgotten");
    }

    #[test]
    fn a_flood_takes_no_more_memory_than_this() {
        let mut lockout = Lockout::new(1, LONGEST);
        lockout.failed(&tried("victim", 1), at(0));
        for number in 0..u32::try_from(MOST_COUNTS).unwrap() {
            let address = std::net::Ipv4Addr::from_bits(0x0A00_0000 | number).into();
            let tried = Tried { account: "victim".into(), address, at_home: false };
            lockout.failed(&tried, at(1 + i64::from(number / 100)));
        }
        assert!(lockout.counts.len() <= MOST_COUNTS);
        assert!(lockout.check(&tried("victim", 7), at(200)).is_err(), "the busiest count stays");
    }

    proptest! {
        /// A program that is killed at any moment and started again is never more patient than one that was not, and
        /// what strangers have written is bounded by their waits.
        #[test]
        fn a_restart_gives_nobody_free_tries(
            free in 1_u32..12,
            steps in prop::collection::vec((0_i64..40, 0_u8..3, 0_u8..3, prop::bool::weighted(0.15)), 1..200),
        ) {
            let mut live = Lockout::new(free, LONGEST);
            let mut disk = HashMap::new();
            let (mut now, mut writes, mut made) = (0, 0_u32, 0_u32);
            for (pause, account, address, right) in steps {
                // Shorter than what is forgotten, or a count on the disk is older than in memory.
                now += pause;
                let one = tried(&account.to_string(), address);
                if live.begin(&one, at(now)).is_ok() {
                    made += 1;
                    if right {
                        live.succeeded(&one, at(now));
                    }
                    for (counted, row) in live.unwritten(&one) {
                        writes += 1;
                        match row {
                            Some(row) => drop(disk.insert(counted, row)),
                            None => drop(disk.remove(&counted)),
                        }
                    }
                }
                let mut again = Lockout::new(free, LONGEST);
                again.restore(disk.clone());
                for (counted, failures) in &live.counts {
                    let restored = again.counts.get(counted).map_or(0, |failures| failures.count);
                    prop_assert!(restored >= failures.count.min(live.free_of(*counted)), "{failures:?}: {restored}");
                    prop_assert!(restored <= failures.count.saturating_mul(2).max(disk.get(counted).map_or(0, |row: &Failures| row.count * 2)));
                }
                for account in 0..3 {
                    for address in 0..3 {
                        let one = tried(&account.to_string(), address);
                        if live.check(&one, at(now)).is_err() {
                            prop_assert!(again.check(&one, at(now)).is_err());
                        }
                    }
                }
            }
            prop_assert!(writes <= 3 * made, "{writes} rows for {made} tries");
        }

        /// However the tries fall, no account is tried more often than its waits allow.
        #[test]
        fn waits_bound_the_number_of_tries(steps in prop::collection::vec((0_i64..120, 0_u8..4), 1..300)) {
            let mut lockout = Lockout::new(5, LONGEST);
            let (mut now, mut made) = (0, 0_u32);
            for (pause, address) in steps {
                now += pause;
                if lockout.check(&tried("a", address), at(now)).is_ok() {
                    lockout.failed(&tried("a", address), at(now));
                    made += 1;
                }
            }
            // 5 free ones; the n-th after them waits 15 * 2^n seconds, 15 minutes at most.
            let (mut allowed, mut elapsed, mut wait) = (5, 0, 15);
            while elapsed + wait <= now {
                elapsed += wait;
                wait = (wait * 2).min(900);
                allowed += 1;
            }
            prop_assert!(made <= allowed, "{made} tries in {now} seconds, {allowed} allowed");
        }
    }
}
