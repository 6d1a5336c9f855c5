//! Follows a business's outbox: each customer's messages one after another, everybody else's beside them.
//!
//! A customer's next message is sent only when the last one was accepted, so that they arrive in the order in
//! which they were said. A message that must wait (a rate, a lost answer) holds back those after it to
//! the same customer and nobody else's.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use beseda_wire::ids::{CustomerId, MessageId, NumberId};
use beseda_wire::time::Time;
use tokio::sync::mpsc;

use super::outbox::{self, Doubt, Fresh, State};
use super::runtime::{Inbox, Runtime};
use super::send::{self, After};
use crate::customers::store as customers;
use crate::store::StoreError;
use crate::whatsapp::graph::Credentials;
use crate::whatsapp::journal::store as journal;
use crate::whatsapp::numbers::store as numbers;
use crate::whatsapp::pacing::{NumberPace, RecipientPace, Turn};

/// Rows claimed in one transaction.
const CLAIMS: usize = 64;
/// The longest sleep: the clock may be set forward meanwhile.
const LONGEST: Duration = Duration::from_secs(60);

/// How the tasks of a business talk to its deliverer.
pub struct Deliverer {
    commands: mpsc::UnboundedSender<Command>,
    inbound: Mutex<Option<mpsc::UnboundedReceiver<Command>>>,
    senders: Mutex<HashMap<NumberId, Arc<Credentials>>>,
}

enum Command {
    /// New rows in the outbox, in the order in which they were said.
    Queue(Vec<MessageId>),
    /// New rows that were written as claimed.
    Send(Vec<Fresh>),
    /// A try ended.
    Tried(Lane, MessageId, After),
    /// Meta has a message whose answer may have been lost.
    Settled(Lane, MessageId),
    /// A number was connected, changed or removed.
    NumbersChanged,
    /// There may be rows nobody told of.
    LookAgain,
}

/// One customer at one number.
type Lane = (NumberId, CustomerId);

impl Default for Deliverer {
    fn default() -> Self {
        let (commands, inbound) = mpsc::unbounded_channel();
        Self { commands, inbound: Mutex::new(Some(inbound)), senders: Mutex::default() }
    }
}

impl Deliverer {
    pub fn queue(&self, ids: Vec<MessageId>) {
        self.tell(Command::Queue(ids));
    }

    /// Like [`Self::queue`], for rows that were written as claimed.
    pub fn send(&self, said: Vec<Fresh>) {
        self.tell(Command::Send(said));
    }

    pub fn numbers_changed(&self) {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.tell(Command::NumbersChanged);
    }

    /// Takes in rows that nobody told of: whoever wrote them went away in between, as a caller's connection does.
    pub fn look_again(&self) {
        self.tell(Command::LookAgain);
    }

    /// A status told that Meta has the message: those behind it need not wait for it any more.
    pub fn settled(&self, lane: Lane, id: MessageId) {
        self.tell(Command::Settled(lane, id));
    }

    /// Forgets a number's credentials: it was stopped, and must be looked at again before the next send.
    pub fn forget(&self, number: NumberId) {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// A number's credentials, read and opened once.
    pub fn sender(
        &self,
        number: NumberId,
        open: impl FnOnce() -> Result<Credentials, send::Unready>,
    ) -> Result<Arc<Credentials>, send::Unready> {
        if let Some(known) = self.senders.lock().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(Arc::clone(known));
        }
        let sender = Arc::new(open()?);
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::clone(&sender));
        Ok(sender)
    }

    /// The deliverer lives as long as the business's runtime; when both end, nobody listens.
    fn tell(&self, command: Command) {
        drop(self.commands.send(command));
    }
}

/// What waits, and for what.
struct Queues {
    lanes: HashMap<Lane, Waiting>,
    /// Lanes whose first message may be sent now.
    ready: VecDeque<Lane>,
    /// Lanes that wait for a time.
    later: BTreeSet<(Time, Lane)>,
    /// Lanes of numbers that are stopped.
    stopped: HashMap<NumberId, Vec<Lane>>,
    numbers: HashMap<NumberId, NumberPace>,
    under_way: usize,
    /// How many messages are kept in memory while they wait.
    kept: usize,
    /// When this began: a row that was claimed before may have been sent until then.
    began: Time,
}

struct Waiting {
    messages: VecDeque<Entry>,
    pace: RecipientPace,
}

/// A message that waits its turn.
struct Entry {
    id: MessageId,
    how: How,
}

/// What a message needs before it is sent.
enum How {
    /// Its row is to be claimed.
    Claim,
    /// Its row was written as claimed, here, and it was not sent yet.
    Fresh(Box<Fresh>),
    /// The same; so many wait that the message itself is read again.
    Unsent,
}

/// Messages kept in memory at most while they wait. A broadcast that makes bots answer may queue a hundred thousand.
const KEPT: usize = 1_000;

pub async fn run(inbox: Arc<Inbox>, runtime: Weak<Runtime>) {
    let mut stopping = inbox.stopping();
    let (mut inbound, mut queues) = loop {
        let Some(held) = runtime.upgrade() else { return };
        match Queues::load(&inbox, &held) {
            Ok(queues) => {
                let inbound = held.deliverer.inbound.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(inbound) = inbound else { return };
                break (inbound, queues);
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(business.id = %held.business.id, %error, "the outbox cannot be read");
            }
        }
        drop(held);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    };
    loop {
        let stop = *stopping.borrow();
        if stop && queues.under_way == 0 {
            if let Some(held) = runtime.upgrade() {
                queues.release(&held).await;
            }
            return;
        }
        if !stop {
            let Some(held) = runtime.upgrade() else { return };
            queues.dispatch(&inbox, &held);
        }
        let sleep = queues.sleep(inbox.now());
        tokio::select! {
            command = inbound.recv() => {
                // Whatever is not heard any more lies in the outbox, for the business's next runtime.
                let (Some(command), Some(held)) = (command, runtime.upgrade()) else { return };
                queues.handle(command, &inbox, &held);
                // Whatever else has come meanwhile is taken in before the next claims, so that they share one.
                while let Ok(command) = inbound.try_recv() {
                    queues.handle(command, &inbox, &held);
                }
            }
            () = tokio::time::sleep(sleep), if !stop => {}
            _ = stopping.wait_for(|stop| *stop), if !stop => {}
        }
    }
}

impl Queues {
    /// What the outbox holds at the start. A claimed row may have been sent before the program ended: it waits for
    /// the status webhook that would tell, as one whose answer was lost does.
    fn load(inbox: &Inbox, runtime: &Runtime) -> Result<Self, StoreError> {
        let mut queues = Self {
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            later: BTreeSet::new(),
            stopped: HashMap::new(),
            numbers: HashMap::new(),
            under_way: 0,
            kept: 0,
            began: inbox.now(),
        };
        queues.look(inbox, runtime)?;
        Ok(queues)
    }

    /// Takes in every row of the outbox that is not known yet.
    fn look(&mut self, inbox: &Inbox, runtime: &Runtime) -> Result<(), StoreError> {
        let now = inbox.now();
        let reconciled = later(now, inbox.options.reconcile);
        let view = runtime.business.store.view()?;
        for (id, row) in outbox::all(&view)? {
            // The row may be of a record that was merged since.
            let lane = (row.number, customers::survivor(&view, row.customer)?);
            if self
                .lanes
                .get(&lane)
                .is_some_and(|waiting| waiting.messages.iter().any(|entry| entry.id == id))
            {
                continue;
            }
            let from = match row.state {
                State::Ready => None,
                State::Deferred(until) => Some(until),
                State::Claimed | State::Uncertain(_) => Some(reconciled),
            };
            self.push(lane, Entry { id, how: How::Claim }, from, now);
        }
        Ok(())
    }

    fn handle(&mut self, command: Command, inbox: &Inbox, runtime: &Runtime) {
        match command {
            Command::Queue(ids) => {
                let view = match runtime.business.store.view() {
                    Ok(view) => view,
                    // The rows stay in the outbox; the next start sends them.
                    Err(error) => return tracing::error!(%error, "the outbox cannot be read"),
                };
                for id in ids {
                    if let Ok(Some(row)) = outbox::get(&view, id) {
                        let entry = Entry { id, how: How::Claim };
                        self.push((row.number, row.customer), entry, None, inbox.now());
                    }
                }
            }
            Command::Send(said) => {
                let now = inbox.now();
                for fresh in said {
                    let (id, lane) = (fresh.message.id, (fresh.row.number, fresh.row.customer));
                    let how = if self.kept < KEPT {
                        self.kept += 1;
                        How::Fresh(Box::new(fresh))
                    } else {
                        How::Unsent
                    };
                    self.push(lane, Entry { id, how }, None, now);
                }
            }
            Command::LookAgain => {
                if let Err(error) = self.look(inbox, runtime) {
                    tracing::error!(%error, "the outbox cannot be read");
                }
            }
            Command::Tried(lane, id, after) => self.tried(lane, id, &after, inbox.now()),
            Command::Settled(lane, id) => self.settled(lane, id),
            Command::NumbersChanged => {
                self.numbers.clear();
                for lane in std::mem::take(&mut self.stopped).into_values().flatten() {
                    self.ready.push_back(lane);
                }
            }
        }
    }

    fn push(&mut self, lane: Lane, entry: Entry, from: Option<Time>, now: Time) {
        let waiting = self
            .lanes
            .entry(lane)
            .or_insert_with(|| Waiting { messages: VecDeque::new(), pace: RecipientPace::new(now) });
        waiting.messages.push_back(entry);
        // Only the first message decides when the lane goes on.
        if waiting.messages.len() == 1 {
            match from {
                Some(from) => drop(self.later.insert((from, lane))),
                None => self.ready.push_back(lane),
            }
        }
    }

    fn tried(&mut self, lane: Lane, id: MessageId, after: &After, now: Time) {
        self.under_way -= 1;
        let Some(waiting) = self.lanes.get_mut(&lane) else { return };
        match after {
            After::Gone => {
                waiting.messages.retain(|known| known.id != id);
                if waiting.messages.is_empty() {
                    // What the pace remembers is worth keeping only while it could hold somebody back.
                    if waiting.pace.is_idle(now) {
                        self.lanes.remove(&lane);
                    }
                    return;
                }
                self.ready.push_back(lane);
            }
            After::Again { at, slow_number } => {
                if let (true, Some(pace)) = (*slow_number, self.numbers.get_mut(&lane.0)) {
                    pace.slow_down(now);
                }
                self.later.insert((*at, lane));
            }
            After::Stopped => self.stopped.entry(lane.0).or_default().push(lane),
        }
    }

    /// The lane goes on at once if it waits for this message. One that is being sent hears of it by its own try.
    fn settled(&mut self, lane: Lane, id: MessageId) {
        let Some(waiting) = self.lanes.get_mut(&lane) else { return };
        if waiting.messages.front().is_none_or(|entry| entry.id != id) {
            return;
        }
        let Some(at) = self.later.iter().find(|(_, later)| *later == lane).map(|(at, _)| *at) else { return };
        self.later.remove(&(at, lane));
        waiting.messages.pop_front();
        if !waiting.messages.is_empty() {
            self.ready.push_back(lane);
        }
    }

    /// Starts as many sends as may be under way.
    fn dispatch(&mut self, inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) {
        let now = inbox.now();
        while let Some((at, lane)) = self.later.first().copied() {
            if at > now {
                break;
            }
            self.later.pop_first();
            self.ready.push_back(lane);
        }
        let mut batch = Vec::new();
        while self.under_way < inbox.options.concurrency {
            let Some(lane) = self.ready.pop_front() else { break };
            let Some(waiting) = self.lanes.get_mut(&lane) else { continue };
            let Some(entry) = waiting.messages.front_mut() else { continue };
            let mut pace = waiting.pace;
            if let Turn::At(until) = pace.take(now) {
                self.later.insert((until, lane));
                continue;
            }
            if let Turn::At(until) = number_pace(&mut self.numbers, runtime, lane.0).take(now) {
                self.later.insert((until, lane));
                continue;
            }
            // Counted only now that both have said yes.
            let (id, how) = (entry.id, std::mem::replace(&mut entry.how, How::Claim));
            waiting.pace = pace;
            self.under_way += 1;
            match how {
                How::Claim => batch.push((lane, id)),
                How::Fresh(fresh) => {
                    self.kept -= 1;
                    send_fresh(inbox, runtime, lane, id, Some(fresh));
                }
                How::Unsent => send_fresh(inbox, runtime, lane, id, None),
            }
            if batch.len() == CLAIMS {
                start(inbox, runtime, std::mem::take(&mut batch), self.began);
            }
        }
        if !batch.is_empty() {
            start(inbox, runtime, batch, self.began);
        }
    }

    /// What was written as claimed and not sent is surely not with Meta: the next start need not wait to find out.
    async fn release(&self, runtime: &Runtime) {
        let entries = self.lanes.values().flat_map(|waiting| &waiting.messages);
        let unsent: Vec<MessageId> =
            entries.filter(|entry| !matches!(entry.how, How::Claim)).map(|entry| entry.id).collect();
        if unsent.is_empty() {
            return;
        }
        let write = move |tx: &mut crate::store::Tx<'_>| {
            for id in &unsent {
                if let Some(row) = outbox::get(tx, *id)? {
                    outbox::put(tx, *id, &outbox::Row { state: State::Ready, ..row })?;
                }
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = runtime.business.store.write(write).await {
            tracing::error!(business.id = %runtime.business.id, %error, "unsent messages stay claimed");
        }
    }

    fn sleep(&self, now: Time) -> Duration {
        let next = self.later.first().map_or(i64::MAX, |(at, _)| at.millis_since(now).max(1));
        Duration::from_millis(next.unsigned_abs()).min(LONGEST)
    }
}

/// Sends a message whose row was written as claimed.
fn send_fresh(
    inbox: &Arc<Inbox>,
    runtime: &Arc<Runtime>,
    lane: Lane,
    id: MessageId,
    fresh: Option<Box<Fresh>>,
) {
    let (inbox, runtime) = (Arc::clone(inbox), Arc::clone(runtime));
    tokio::spawn(async move {
        let after = match fresh {
            Some(fresh) => send::attempt(&inbox, &runtime, *fresh).await,
            None => send::attempt_stored(&inbox, &runtime, id, None).await,
        };
        runtime.deliverer.tell(Command::Tried(lane, id, after));
    });
}

/// Claims a batch in one transaction, then sends its messages side by side.
fn start(inbox: &Arc<Inbox>, runtime: &Arc<Runtime>, batch: Vec<(Lane, MessageId)>, began: Time) {
    let (inbox, runtime) = (Arc::clone(inbox), Arc::clone(runtime));
    tokio::spawn(async move {
        let ids: Vec<MessageId> = batch.iter().map(|(_, id)| *id).collect();
        let known =
            Known { now: inbox.now(), began, heard: runtime.heard(), patience: inbox.options.reconcile };
        let claimed = runtime.business.store.write(move |tx| claim(tx, &ids, &known)).await;
        match claimed {
            Err(error) => {
                tracing::error!(business.id = %runtime.business.id, %error, "messages could not be claimed");
                let at = later(inbox.now(), Duration::from_secs(1));
                for (lane, id) in batch {
                    let after = After::Again { at, slow_number: false };
                    runtime.deliverer.tell(Command::Tried(lane, id, after));
                }
            }
            Ok(rows) => {
                for ((lane, id), row) in batch.into_iter().zip(rows) {
                    let (inbox, runtime) = (Arc::clone(&inbox), Arc::clone(&runtime));
                    tokio::spawn(async move {
                        let after = match row {
                            Claim::Go(row) => send::attempt_stored(&inbox, &runtime, id, Some(row)).await,
                            Claim::Gone => After::Gone,
                            Claim::NotYet(at) => After::Again { at, slow_number: false },
                        };
                        runtime.deliverer.tell(Command::Tried(lane, id, after));
                    });
                }
            }
        }
    });
}

/// Whether a row may be sent.
enum Claim {
    Go(outbox::Row),
    /// A status webhook said meanwhile that Meta has it.
    Gone,
    /// It may have been sent before, and the webhook that would tell may still come, or lie unread in the journal.
    NotYet(Time),
}

/// What decides about rows that may have been sent before.
struct Known {
    now: Time,
    began: Time,
    heard: HashMap<NumberId, Time>,
    patience: Duration,
}

/// Marks rows as being sent.
fn claim(tx: &mut crate::store::Tx<'_>, ids: &[MessageId], known: &Known) -> Result<Vec<Claim>, StoreError> {
    let mut claims = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(row) = outbox::get(tx, *id)? else {
            claims.push(Claim::Gone);
            continue;
        };
        let since = match row.state {
            State::Uncertain(at) => Some(at.max(known.began)),
            State::Claimed => Some(known.began),
            State::Ready | State::Deferred(_) => None,
        };
        if let Some(since) = since {
            let heard = known.heard.get(&row.number).copied();
            if let Doubt::WaitUntil(at) = outbox::doubt(since, heard, known.now, known.patience) {
                claims.push(Claim::NotYet(at));
                continue;
            }
            if journal::last_id(tx)? > journal::processed(tx)? {
                claims.push(Claim::NotYet(later(known.now, Duration::from_secs(1))));
                continue;
            }
        }
        outbox::put(tx, *id, &outbox::Row { state: State::Claimed, ..row.clone() })?;
        claims.push(Claim::Go(row));
    }
    Ok(claims)
}

/// A number's pace, at the rate that Meta grants it.
fn number_pace<'p>(
    paces: &'p mut HashMap<NumberId, NumberPace>,
    runtime: &Runtime,
    id: NumberId,
) -> &'p mut NumberPace {
    paces.entry(id).or_insert_with(|| {
        let number = runtime.business.store.view().and_then(|view| numbers::get(&view, id));
        let rate = number.ok().flatten().and_then(|number| number.messages_per_second);
        NumberPace::new(rate.unwrap_or(NumberPace::STANDARD))
    })
}

pub fn later(now: Time, wait: Duration) -> Time {
    now.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}
