//! Lets go of businesses that have nothing to do, and wakes them when they have.
//!
//! A business rests when nobody asks for it, nothing of it is under way, and what waits in its file waits for a time.
//! Then its tasks end and its file is closed; the earliest of those times is its alarm. Whoever needs the business
//! opens it again: a webhook, a caller, a screen, a changed number, or the alarm.
//!
//! Alarms lie in memory. At each start every business is opened once and looked at, which must be done anyway: what
//! a crash left undone is found in no other way. An index of due times in the platform's store is refused: it would
//! be a second truth, written with every timer or wrong after a crash.
//!
//! That nothing is lost between two runtimes of one business rests on one thing: the map has the only strong handle
//! of a runtime whose tasks and callers all wait. When it can be taken out of its `Arc`, nobody does anything for the
//! business and nobody can begin to; what they left behind is in the file, where it is looked for after that.

use std::sync::Arc;
use std::time::Duration;

use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::NumberState;

use super::outbox::{self, State};
use super::runtime::{Inbox, Running};
use crate::bots::store as bots;
use crate::store::{Read, Store, StoreError, timers};
use crate::whatsapp::journal::store as journal;
use crate::whatsapp::numbers::store as numbers;

/// A business nobody has needed this long is closed, in seconds.
const IDLE: i64 = 15 * 60;
/// One that has something to do within this time stays, in seconds: closing it would cost more than it saves.
const SOON: i64 = 5 * 60;
/// Where more businesses are open than shall be, those not needed this long are closed, in seconds.
const CROWDED: i64 = 5;
/// How often it is looked who may rest, in seconds.
const ROUND: i64 = 60;
/// The longest sleep: the clock may be set forward meanwhile.
const LONGEST: Duration = Duration::from_secs(60);
/// Waiting rows that are looked at; a business with more is busy.
const ROWS: usize = 1_000;

/// When a business without callers needs its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// There is something that waits for nothing.
    Now,
    /// Soon, or it cannot be told.
    Soon,
    /// Not before this time, or not at all.
    Later(Option<Time>),
}

impl Inbox {
    /// Closes businesses that are not needed and opens them when an alarm is due, until the program stops.
    pub fn keep_rest(self: &Arc<Self>) {
        let inbox = Arc::clone(self);
        self.spawn(async move {
            let mut stopping = inbox.stopping();
            let mut looked_at = inbox.now();
            while !*stopping.borrow() {
                let now = inbox.now();
                let woken = Arc::clone(&inbox);
                let round = tokio::task::spawn_blocking(move || {
                    woken.wake_due(now);
                    woken.rest_surplus(now);
                    if now >= looked_at.plus_seconds(ROUND) || now < looked_at {
                        woken.rest_idle(now.plus_seconds(-IDLE), now);
                        return now;
                    }
                    looked_at
                });
                if let Ok(at) = round.await {
                    looked_at = at;
                }
                let sleep = inbox.until_alarm();
                tokio::select! {
                    () = tokio::time::sleep(sleep) => {}
                    () = inbox.earlier.notified() => {}
                    () = inbox.stores.crowded() => {}
                    _ = stopping.wait_for(|stop| *stop) => {}
                }
            }
        });
    }

    /// Opens the businesses whose alarm is due; their own tasks do the rest.
    pub fn wake_due(self: &Arc<Self>, now: Time) {
        let due: Vec<_> =
            self.running().alarms.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect();
        for id in due {
            if let Err(error) = self.runtime(id) {
                tracing::error!(business.id = %id, %error, "a business could not be woken");
                self.running().alarms.insert(id, now.plus_seconds(1));
            }
        }
    }

    /// Lets go of the businesses that nobody has needed since `since`. Blocks.
    pub fn rest_idle(self: &Arc<Self>, since: Time, now: Time) {
        for id in self.stores.unused(since) {
            self.rest(id, since, now);
        }
    }

    /// Where too many businesses are open, lets go of those that were not needed for the longest time. Blocks.
    pub fn rest_surplus(self: &Arc<Self>, now: Time) {
        if self.stores.surplus() == 0 {
            return;
        }
        let since = now.plus_seconds(-CROWDED);
        for id in self.stores.unused(since) {
            if self.stores.surplus() == 0 {
                return;
            }
            self.rest(id, since, now);
        }
    }

    /// Ends a business's tasks and closes its file, unless it is needed; says whether it did. Blocks.
    pub fn rest(self: &Arc<Self>, id: BusinessId, since: Time, now: Time) -> bool {
        self.let_go(id, since, now) && self.stores.close_unused(id, since)
    }

    /// Ends a business's tasks; says whether none run.
    fn let_go(self: &Arc<Self>, id: BusinessId, since: Time, now: Time) -> bool {
        let mut running = self.running();
        let Running { runtimes, .. } = &mut *running;
        let Some(runtime) = runtimes.remove(&id) else { return true };
        let business = Arc::clone(&runtime.business);
        if business.used_at() >= since || Arc::strong_count(&runtime) > 1 {
            runtimes.insert(id, runtime);
            return false;
        }
        let needed = need(&business.store, now);
        if needed == Need::Now {
            // Nobody does anything, and yet there is something to do: it was written by somebody who went away
            // before telling. Or the tasks have not got to it yet, and are told twice.
            runtime.deliverer.look_again();
        }
        if !matches!(needed, Need::Later(_)) {
            runtimes.insert(id, runtime);
            return false;
        }
        match Arc::try_unwrap(runtime) {
            // Its tasks have nothing to hold any more, and end.
            Ok(runtime) => drop(runtime),
            Err(runtime) => {
                runtimes.insert(id, runtime);
                return false;
            }
        }
        // Once more: they may have done something after the look above.
        match need(&business.store, now) {
            Need::Later(alarm) => {
                if let Some(alarm) = alarm {
                    running.alarms.insert(id, alarm);
                    self.earlier.notify_one();
                }
                true
            }
            Need::Now | Need::Soon => {
                if let Err(error) = self.begin(&mut running, business) {
                    tracing::error!(business.id = %id, %error, "a business could not go on");
                    running.alarms.insert(id, now.plus_seconds(1));
                    self.earlier.notify_one();
                }
                false
            }
        }
    }

    fn until_alarm(&self) -> Duration {
        let next = self.running().alarms.values().min().copied();
        let wait = next.map_or(i64::MAX, |next| next.millis_since(self.now()).max(1));
        Duration::from_millis(wait.unsigned_abs()).min(LONGEST)
    }
}

fn need(store: &Store, now: Time) -> Need {
    match store.view().and_then(|view| waiting(&view)) {
        Ok(Need::Later(Some(next))) if next <= now.plus_seconds(SOON) => Need::Soon,
        Ok(need) => need,
        Err(error) => {
            tracing::error!(%error, "a business cannot be looked at");
            Need::Soon
        }
    }
}

/// What a business's file holds that waits for its tasks.
fn waiting(from: &dyn Read) -> Result<Need, StoreError> {
    if journal::last_id(from)? > journal::processed(from)? {
        return Ok(Need::Now);
    }
    if !bots::summaries(from, 1)?.is_empty() {
        return Ok(Need::Now);
    }
    let mut next = timers::next_due(from)?;
    let mut wait_until = |at: Time| next = Some(next.map_or(at, |next| next.min(at)));
    let rows = outbox::first(from, ROWS)?;
    let fetches = outbox::fetches(from, ROWS)?;
    if rows.len() == ROWS || fetches.len() == ROWS {
        return Ok(Need::Now);
    }
    for (_, row) in rows {
        match row.state {
            State::Deferred(until) => wait_until(until),
            State::Claimed | State::Uncertain(_) => return Ok(Need::Now),
            State::Ready => {
                // What waits for a stopped number waits for its owner, who wakes the business.
                let number = numbers::get(from, row.number)?;
                if number.is_some_and(|number| number.state != NumberState::Stopped) {
                    return Ok(Need::Now);
                }
            }
        }
    }
    for (_, fetch) in fetches {
        match fetch.not_before {
            Some(from) => wait_until(from),
            None => return Ok(Need::Now),
        }
    }
    Ok(Need::Later(next))
}

#[cfg(test)]
mod tests;
