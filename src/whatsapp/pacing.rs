//! How fast a number and one recipient may be written to (FACTS §6): pure state machines that say "now" or "not before".
//!
//! They keep no queue and start no timer. State lives in memory only: after a restart the allowances are full again,
//! and Meta's own errors (130429, 131056) correct what is forgotten.

use std::collections::VecDeque;

use beseda_wire::time::Time;

use super::policy::pair_wait;

/// The longest that Meta's refusals make us wait, in milliseconds: four seconds to the power of seven.
const LONGEST_HOLD: i64 = 16_384_000;

/// When something may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Now; it counts as sent.
    Now,
    /// Not before this instant; nothing has been counted.
    At(Time),
}

/// The pace of one of the business's numbers: in no second more than its rate.
///
/// Instead of a bucket that fills, which lets almost two rates through in the second after a pause, it remembers the
/// sends of the last second. So the rate holds in every window, wherever it begins, and a sender that wakes up late
/// makes up for it. At most a fifth of the rate goes in a tenth of a second, so that no burst arrives at once.
#[derive(Debug, Clone)]
pub struct NumberPace {
    /// What Meta allows this number: messages a second.
    ceiling: u32,
    /// What we allow ourselves after Meta complained, and since when.
    lowered: Option<(u32, Time)>,
    /// The newest sends, oldest first; at most 1000 of them.
    recent: VecDeque<Time>,
    /// Meta takes nothing before this instant.
    held_until: Option<Time>,
}

impl NumberPace {
    /// A number's rate unless Meta says otherwise.
    pub const STANDARD: u32 = 80;
    /// A number that is also used in the WhatsApp Business app.
    pub const COEXISTENCE: u32 = 20;
    /// A number that Meta has upgraded.
    pub const HIGH: u32 = 1000;

    /// How long a lowered rate stays before it rises by one step.
    const STEP: i64 = 5_000;
    /// Complaints within this time are one: they answer sends of the same moment.
    const ONE_COMPLAINT: i64 = 1_000;

    /// `rate` is in messages a second, 1 to 1000.
    pub fn new(rate: u32) -> Self {
        Self { ceiling: rate.clamp(1, Self::HIGH), lowered: None, recent: VecDeque::new(), held_until: None }
    }

    /// Meta upgraded the number or took the upgrade back.
    pub fn set_ceiling(&mut self, rate: u32) {
        self.ceiling = rate.clamp(1, Self::HIGH);
    }

    /// May one more message go? When it may, it counts as sent.
    pub fn take(&mut self, now: Time) -> Turn {
        self.nothing_after(now);
        if let Some(until) = self.held_until {
            if now < until {
                return Turn::At(until);
            }
            self.held_until = None;
        }
        let rate = self.rate(now);
        let due = self.room(rate, 1_000).max(self.room((rate / 5).max(1), 100));
        if let Some(due) = due
            && now < due
        {
            return Turn::At(due);
        }
        self.recent.push_back(now);
        while self.recent.len() > Self::HIGH as usize {
            self.recent.pop_front();
        }
        Turn::Now
    }

    /// Where the clock was set back, what was later than now counts as now: nothing waits until the clock catches up, and
    /// the memory does not run backwards.
    fn nothing_after(&mut self, now: Time) {
        for sent in self.recent.iter_mut().rev().take_while(|sent| **sent > now) {
            *sent = now;
        }
        if let Some((_, since)) = &mut self.lowered {
            *since = now.min(*since);
        }
        self.held_until = self.held_until.map(|until| until.min(now.plus_millis(LONGEST_HOLD)));
    }

    /// Meta takes nothing from this number for now (its calls of the hour are used up, or it is being maintained).
    pub fn hold(&mut self, now: Time, until: Time) {
        self.nothing_after(now);
        self.held_until = self.held_until.max(Some(until));
    }

    /// The clock was set back by so many milliseconds: what is remembered moves with it.
    pub fn set_back(&mut self, by: i64) {
        for sent in &mut self.recent {
            *sent = sent.plus_millis(-by);
        }
        if let Some((_, since)) = &mut self.lowered {
            *since = since.plus_millis(-by);
        }
        self.held_until = self.held_until.map(|until| until.plus_millis(-by));
    }

    /// From when on there is room for one more among `count` in any `window` milliseconds.
    fn room(&self, count: u32, window: i64) -> Option<Time> {
        let first = self.recent.len().checked_sub(count as usize)?;
        self.recent.get(first).map(|sent| sent.plus_millis(window))
    }

    /// Meta said 130429. The rate halves at once and rises by a tenth of the ceiling every five seconds.
    pub fn slow_down(&mut self, now: Time) {
        self.nothing_after(now);
        if let Some((_, since)) = self.lowered
            && now.millis_since(since) < Self::ONE_COMPLAINT
        {
            return;
        }
        self.lowered = Some(((self.rate(now) / 2).max(1), now));
    }

    /// Messages a second at this moment.
    pub fn rate(&self, now: Time) -> u32 {
        let Some((rate, since)) = self.lowered else { return self.ceiling };
        let steps = u32::try_from(now.millis_since(since).max(0) / Self::STEP).unwrap_or(u32::MAX);
        let step = self.ceiling.div_ceil(10);
        rate.saturating_add(steps.saturating_mul(step)).min(self.ceiling)
    }
}

/// The pace towards one recipient: one message every six seconds, of which 45 may be borrowed from the future.
///
/// Twenty-four bytes, since a broadcast has a hundred thousand of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientPace {
    /// When everything borrowed will be paid back.
    paid_at: Time,
    /// Nothing before this instant, whatever was paid.
    held_until: Time,
    /// How often in a row Meta refused what it had taken.
    refusals: u32,
}

impl RecipientPace {
    const INTERVAL: i64 = 6_000;
    const BURST: i64 = 45;

    /// Someone who was sent nothing for a while.
    pub fn new(now: Time) -> Self {
        // Held by nothing, also where the clock is set back.
        Self { paid_at: now, held_until: Time::from_millis(0), refusals: 0 }
    }

    /// May one more message go? When it may, it counts as sent.
    pub fn take(&mut self, now: Time) -> Turn {
        self.no_longer_than_right(now);
        if now < self.held_until {
            return Turn::At(self.held_until);
        }
        // With 45 borrowed, one must be paid back before the next.
        let free = self.paid_at.plus_millis(-Self::INTERVAL * (Self::BURST - 1));
        if now < free {
            return Turn::At(free);
        }
        self.paid_at = self.paid_at.max(now).plus_millis(Self::INTERVAL);
        Turn::Now
    }

    /// Meta said 131056: send nothing before `until`. Meta's count is the true one, so ours starts at its limit.
    pub fn hold(&mut self, now: Time, until: Time) {
        self.no_longer_than_right(now);
        self.held_until = self.held_until.max(until);
        self.paid_at = self.paid_at.max(now.plus_millis(Self::INTERVAL * (Self::BURST - 1)));
    }

    /// Meta took a message and told later that it was too fast (131056). Nothing is sent for as long as [`pair_wait`] says:
    /// longer each time, as after refusals at once. Whatever is told while we wait speaks of messages of before.
    pub fn refused(&mut self, now: Time) {
        self.no_longer_than_right(now);
        if now < self.held_until {
            return;
        }
        if now >= self.remembers_until() {
            self.refusals = 0;
        }
        let wait = i64::try_from(pair_wait(self.refusals).as_millis()).unwrap_or(LONGEST_HOLD);
        self.hold(now, now.plus_millis(wait));
        self.refusals += 1;
    }

    /// Until when a refusal counts as one more in a row.
    fn remembers_until(&self) -> Time {
        let again = i64::try_from(pair_wait(self.refusals).as_millis()).unwrap_or(LONGEST_HOLD);
        if self.refusals == 0 { self.held_until } else { self.held_until.plus_millis(again) }
    }

    /// Where the clock was set back, nobody waits longer than they could if it had been right all along.
    fn no_longer_than_right(&mut self, now: Time) {
        self.paid_at = self.paid_at.min(now.plus_millis(Self::INTERVAL * Self::BURST));
        self.held_until = self.held_until.min(now.plus_millis(LONGEST_HOLD));
    }

    /// The clock was set back by so many milliseconds: what is remembered moves with it.
    pub fn set_back(&mut self, by: i64) {
        self.paid_at = self.paid_at.plus_millis(-by);
        self.held_until = self.held_until.plus_millis(-by);
    }

    /// Whether nothing is remembered any more, so that it can be forgotten.
    pub fn is_idle(&self, now: Time) -> bool {
        self.paid_at <= now && self.remembers_until() <= now
    }
}

#[cfg(test)]
mod tests;
