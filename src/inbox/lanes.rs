//! Who is sent to next: one lane per customer and number, with what they wait for. Pure: time is an argument.
//!
//! A customer's next message goes only when the last one was accepted. A message that must wait (a rate, a lost answer)
//! holds back those after it to the same customer and nobody else's. Lanes that wait because their number may send no
//! more for now stand in one line, first come, first served: to put each back to wait for its own time would let those
//! that come later pass them, for as long as the number is busy.

use std::collections::{BTreeSet, HashMap, VecDeque};

use beseda_wire::ids::{CustomerId, MessageId, NumberId};
use beseda_wire::time::Time;

use super::send::{After, Slow};
use crate::whatsapp::pacing::{NumberPace, RecipientPace, Turn};

/// One customer at one number.
pub type Lane = (NumberId, CustomerId);

/// What waits, with `H` kept beside each message.
pub struct Lanes<H> {
    known: HashMap<Lane, Waiting<H>>,
    /// Lanes whose first message may be sent now, as far as the lane goes.
    ready: VecDeque<Lane>,
    /// Lanes that wait for a time.
    later: BTreeSet<(Time, Lane)>,
    /// When the first of a number's line may go; of each line that is not empty.
    due: BTreeSet<(Time, NumberId)>,
    numbers: HashMap<NumberId, Line>,
    /// The latest instant that was told: an earlier one tells that the clock was set back.
    last: Time,
    /// As many lanes at least are kept before those with nothing to remember are looked for.
    roomy: usize,
}

struct Waiting<H> {
    messages: VecDeque<Entry<H>>,
    pace: RecipientPace,
    place: Place,
}

/// A message that waits its turn.
struct Entry<H> {
    id: MessageId,
    /// Taken when it is given out. A message that comes back for another try has none.
    how: Option<H>,
}

/// Where a lane is; it is in one place only, or its messages could pass each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It has nothing to send.
    Idle,
    Ready,
    Later(Time),
    /// In its number's line.
    Line,
    /// Its first message is being sent.
    UnderWay,
    /// Its number is stopped.
    Stopped,
}

/// Where a message is that is not to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Held<H> {
    /// In no lane.
    Nowhere,
    /// It was given out, and may have been sent.
    Tried,
    /// It left its lane, with what was kept beside it.
    Unsent(Option<H>),
}

/// Whom Meta was called too fast for, where it said so after it had taken the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooFast {
    Number,
    Recipient,
}

/// A number with the lanes that wait for it.
struct Line {
    pace: NumberPace,
    lanes: VecDeque<Lane>,
    stopped: Vec<Lane>,
}

/// With fewer lanes nobody looks which of them could be forgotten.
const ROOMY: usize = 1_024;

impl<H> Default for Lanes<H> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            ready: VecDeque::new(),
            later: BTreeSet::new(),
            due: BTreeSet::new(),
            numbers: HashMap::new(),
            last: Time::from_millis(i64::MIN),
            roomy: ROOMY,
        }
    }
}

impl<H> Lanes<H> {
    /// A message joins its lane. Where it is the only one, it waits until `from`.
    pub fn push(&mut self, lane: Lane, id: MessageId, how: Option<H>, from: Option<Time>, now: Time) {
        self.follow_clock(now);
        let waiting = self.known.entry(lane).or_insert_with(|| Waiting {
            messages: VecDeque::new(),
            pace: RecipientPace::new(now),
            place: Place::Idle,
        });
        waiting.messages.push_back(Entry { id, how });
        if waiting.place == Place::Idle {
            match from {
                Some(from) => self.wait_until(lane, from),
                None => self.make_ready(lane),
            }
        }
    }

    /// Whether the message waits in the lane, or is being sent.
    pub fn knows(&self, lane: Lane, id: MessageId) -> bool {
        self.known.get(&lane).is_some_and(|waiting| waiting.messages.iter().any(|entry| entry.id == id))
    }

    /// The next message that may be sent, which is then under way until [`Self::tried`]. `rate` tells how many messages a
    /// second a number may send. With the message comes what was kept beside it, the first time.
    pub fn next(
        &mut self,
        now: Time,
        rate: impl Fn(NumberId) -> u32,
    ) -> Option<(Lane, MessageId, Option<H>)> {
        self.follow_clock(now);
        while let Some((at, lane)) = self.later.first().copied() {
            if at > now {
                break;
            }
            self.later.pop_first();
            self.make_ready(lane);
        }
        while let Some((lane, stood)) = self.front(now) {
            let Some(waiting) = self.known.get_mut(&lane) else { continue };
            waiting.place = Place::Idle;
            let Some(entry) = waiting.messages.front_mut() else { continue };
            let mut pace = waiting.pace;
            if let Turn::At(until) = pace.take(now) {
                self.wait_until(lane, until);
                continue;
            }
            let line = self.numbers.entry(lane.0).or_insert_with(|| Line::new(rate(lane.0)));
            if !stood && !line.lanes.is_empty() {
                // Whoever stands in the line goes before one that comes now.
                line.lanes.push_back(lane);
                waiting.place = Place::Line;
                continue;
            }
            if let Turn::At(until) = line.pace.take(now) {
                self.due.remove(&(now, lane.0));
                self.due.insert((until, lane.0));
                line.lanes.push_front(lane);
                waiting.place = Place::Line;
                continue;
            }
            // Counted only now that both have said yes.
            waiting.pace = pace;
            waiting.place = Place::UnderWay;
            return Some((lane, entry.id, entry.how.take()));
        }
        None
    }

    /// A try of a lane's first message ended.
    pub fn tried(&mut self, lane: Lane, id: MessageId, after: &After, now: Time) {
        self.follow_clock(now);
        let Some(waiting) = self.known.get_mut(&lane) else { return };
        waiting.place = Place::Idle;
        match after {
            After::Gone => {
                // Not those behind it: somebody may have sent it again already.
                if waiting.messages.front().is_some_and(|first| first.id == id) {
                    waiting.messages.pop_front();
                }
                if waiting.messages.is_empty() {
                    self.forget_idle(now);
                } else {
                    self.make_ready(lane);
                }
            }
            After::Again { at, slow } => {
                match slow {
                    Slow::Nobody => {}
                    Slow::Number => self.too_fast(lane, TooFast::Number, now),
                    Slow::Recipient => waiting.pace.hold(now, *at),
                    Slow::Everybody => {
                        if let Some(line) = self.numbers.get_mut(&lane.0) {
                            line.pace.hold(now, *at);
                        }
                    }
                }
                self.wait_until(lane, *at);
            }
            After::Stopped => {
                waiting.place = Place::Stopped;
                if let Some(line) = self.numbers.get_mut(&lane.0) {
                    line.stopped.push(lane);
                }
            }
        }
    }

    /// Meta was called too fast: the number's pace comes down, or this lane's customer is sent nothing for a while.
    pub fn too_fast(&mut self, lane: Lane, too_fast: TooFast, now: Time) {
        match too_fast {
            TooFast::Number => {
                if let Some(line) = self.numbers.get_mut(&lane.0) {
                    line.pace.slow_down(now);
                }
            }
            TooFast::Recipient => {
                if let Some(waiting) = self.known.get_mut(&lane) {
                    waiting.pace.refused(now);
                }
            }
        }
    }

    /// A message need not be sent any more, unless it is being sent: that try tells of it. Returns what was kept beside it.
    pub fn settled(&mut self, lane: Lane, id: MessageId) -> Option<H> {
        let waiting = self.known.get_mut(&lane)?;
        if waiting.place == Place::UnderWay || waiting.messages.front()?.id != id {
            return None;
        }
        let how = waiting.messages.pop_front()?.how;
        // Those behind it need not wait for what it waited for.
        if let Place::Later(at) = waiting.place {
            self.later.remove(&(at, lane));
            self.make_ready(lane);
        }
        how
    }

    /// A message is not to be sent. Unless it is being sent it leaves the lane if it was never given out; one that was
    /// leaves it only where it is `gone` from the store.
    pub fn withdraw(&mut self, lane: Lane, id: MessageId, gone: bool) -> Held<H> {
        let Some(waiting) = self.known.get_mut(&lane) else { return Held::Nowhere };
        let Some(at) = waiting.messages.iter().position(|entry| entry.id == id) else { return Held::Nowhere };
        let is_under_way = at == 0 && waiting.place == Place::UnderWay;
        if is_under_way || !(gone || waiting.messages[at].how.is_some()) {
            return Held::Tried;
        }
        let how = waiting.messages.remove(at).and_then(|entry| entry.how);
        // Those behind it need not wait for what it waited for.
        if at == 0
            && let Place::Later(due) = waiting.place
        {
            self.later.remove(&(due, lane));
            self.make_ready(lane);
        }
        Held::Unsent(how)
    }

    /// Numbers were connected, changed or removed: lanes of those that were stopped are tried again.
    pub fn numbers_changed(&mut self, rate: impl Fn(NumberId) -> u32) {
        let mut stopped = Vec::new();
        for (number, line) in &mut self.numbers {
            line.pace.set_ceiling(rate(*number));
            stopped.append(&mut line.stopped);
        }
        for lane in stopped {
            self.make_ready(lane);
        }
    }

    /// The messages with which something was kept and that were never given out.
    pub fn unsent(&self) -> impl Iterator<Item = MessageId> {
        let entries = self.known.values().flat_map(|waiting| &waiting.messages);
        entries.filter(|entry| entry.how.is_some()).map(|entry| entry.id)
    }

    /// When there is something to do next, as far as time goes.
    pub fn wakes_at(&self) -> Option<Time> {
        let later = self.later.first().map(|(at, _)| *at);
        let due = self.due.first().map(|(at, _)| *at);
        [later, due].into_iter().flatten().min()
    }

    /// Where the clock was set back, what waits for a time waits as long as before, and not until the clock has caught up.
    fn follow_clock(&mut self, now: Time) {
        let by = self.last.millis_since(now);
        self.last = now;
        if by <= 0 {
            return;
        }
        for waiting in self.known.values_mut() {
            waiting.pace.set_back(by);
            if let Place::Later(at) = &mut waiting.place {
                *at = at.plus_millis(-by);
            }
        }
        for line in self.numbers.values_mut() {
            line.pace.set_back(by);
        }
        let later = std::mem::take(&mut self.later).into_iter();
        self.later = later.map(|(at, lane)| (at.plus_millis(-by), lane)).collect();
        let due = std::mem::take(&mut self.due).into_iter();
        self.due = due.map(|(at, number)| (at.plus_millis(-by), number)).collect();
    }

    /// The lane to be looked at next, and whether it stood in its number's line.
    fn front(&mut self, now: Time) -> Option<(Lane, bool)> {
        if let Some((at, number)) = self.due.first().copied()
            && at <= now
            && let Some(line) = self.numbers.get_mut(&number)
            && let Some(lane) = line.lanes.pop_front()
        {
            self.due.pop_first();
            if !line.lanes.is_empty() {
                self.due.insert((now, number));
            }
            return Some((lane, true));
        }
        self.ready.pop_front().map(|lane| (lane, false))
    }

    fn make_ready(&mut self, lane: Lane) {
        if let Some(waiting) = self.known.get_mut(&lane) {
            waiting.place = Place::Ready;
            self.ready.push_back(lane);
        }
    }

    fn wait_until(&mut self, lane: Lane, at: Time) {
        if let Some(waiting) = self.known.get_mut(&lane) {
            waiting.place = Place::Later(at);
            self.later.insert((at, lane));
        }
    }

    /// What the pace of a lane remembers is worth keeping only while it could hold somebody back. Looked for when as many
    /// have come again, so that it costs nothing to speak of.
    fn forget_idle(&mut self, now: Time) {
        if self.known.len() < self.roomy {
            return;
        }
        self.known.retain(|_, waiting| {
            waiting.place != Place::Idle || !waiting.messages.is_empty() || !waiting.pace.is_idle(now)
        });
        self.roomy = (self.known.len() * 2).max(ROOMY);
    }
}

impl Line {
    fn new(rate: u32) -> Self {
        Self { pace: NumberPace::new(rate), lanes: VecDeque::new(), stopped: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
