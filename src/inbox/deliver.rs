//! Follows a business's outbox: each customer's messages one after another, everybody else's beside them. Who is next is
//! decided in [`super::lanes`].

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use beseda_wire::ids::{MessageId, NumberId};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::NumberState;
use tokio::sync::mpsc;

use super::lanes::{Held, Lane, Lanes, TooFast};
use super::outbox::{self, Doubt, Fresh, State};
use super::runtime::{Inbox, Runtime};
use super::seldom::Seldom;
use super::send::{self, After, Slow};
use super::withdraw::{self, Withdrawn};
use crate::customers::store as customers;
use crate::store::StoreError;
use crate::whatsapp::graph::Credentials;
use crate::whatsapp::journal::store as journal;
use crate::whatsapp::numbers::store as numbers;
use crate::whatsapp::pacing::NumberPace;
use crate::whatsapp::policy;

/// Rows claimed in one transaction.
const CLAIMS: usize = 64;
/// The longest sleep: the clock may be set forward meanwhile.
const LONGEST: Duration = Duration::from_secs(60);

/// How the tasks of a business talk to its deliverer.
pub struct Deliverer {
    commands: mpsc::UnboundedSender<Command>,
    inbound: Mutex<Option<mpsc::UnboundedReceiver<Command>>>,
    senders: Mutex<HashMap<NumberId, Arc<Credentials>>>,
    troubles: Mutex<Seldom<(NumberId, Trouble)>>,
}

/// What keeps messages from being sent, as the log tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// WhatsApp cannot be reached.
    Unreachable,
    /// The answer to a send was lost.
    Lost,
    /// Something of ours: the store, a secret that cannot be opened.
    Ours,
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
    /// A status told that Meta was called too fast.
    TooFast(Lane, TooFast),
    /// Messages of bots that were withdrawn.
    LetGo(Withdrawn),
    /// A number was connected, changed or removed.
    NumbersChanged,
    /// There may be rows nobody told of.
    LookAgain,
}

impl Default for Deliverer {
    fn default() -> Self {
        let (commands, inbound) = mpsc::unbounded_channel();
        Self {
            commands,
            inbound: Mutex::new(Some(inbound)),
            senders: Mutex::default(),
            troubles: Mutex::default(),
        }
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

    /// A status told that Meta was called too fast.
    pub fn too_fast(&self, lane: Lane, too_fast: TooFast) {
        self.tell(Command::TooFast(lane, too_fast));
    }

    /// Bots were stopped: what was not given out is not to be.
    pub fn let_go(&self, withdrawn: Withdrawn) {
        self.tell(Command::LetGo(withdrawn));
    }

    /// Forgets a number's credentials: it was stopped, and must be looked at again before the next send.
    pub fn forget(&self, number: NumberId) {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// Whether the log is told of a number's trouble: how often it happened since it was told last.
    pub fn tells(&self, number: NumberId, trouble: Trouble, now: Time) -> Option<u64> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).happened((number, trouble), now)
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

/// What waits, and what is under way.
struct Queues {
    lanes: Lanes<Claimed>,
    under_way: usize,
    /// How many messages are kept in memory while they wait.
    kept: usize,
    /// Withdrawn before their command to send them came.
    unheard: HashSet<MessageId>,
    /// When this began: a row that was claimed before may have been sent until then.
    began: Time,
}

/// A message whose row was written as claimed, here, and which was not sent yet. Those without are claimed first.
enum Claimed {
    Fresh(Box<Fresh>),
    /// So many wait that the message itself is read again.
    Unread,
}

/// Messages kept in memory at most while they wait, of one or two kilobytes each. A broadcast that makes bots answer may
/// queue a hundred thousand.
const KEPT: usize = 2_000;

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
            lanes: Lanes::default(),
            under_way: 0,
            kept: 0,
            unheard: HashSet::new(),
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
            if self.lanes.knows(lane, id) {
                continue;
            }
            let from = match row.state {
                State::Ready => None,
                // The clock may have been set back since.
                State::Deferred(until) => {
                    Some(until.min(later(now, policy::longest(row.setbacks.by(policy::PAIR_RATE)))))
                }
                State::Claimed | State::Uncertain(_) => Some(reconciled),
            };
            self.lanes.push(lane, id, None, from, now);
        }
        Ok(())
    }

    fn handle(&mut self, command: Command, inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) {
        match command {
            Command::Queue(ids) => {
                let view = match runtime.business.store.view() {
                    Ok(view) => view,
                    // The rows stay in the outbox; the next start sends them.
                    Err(error) => return tracing::error!(%error, "the outbox cannot be read"),
                };
                for id in ids {
                    if let Ok(Some(row)) = outbox::get(&view, id) {
                        self.lanes.push((row.number, row.customer), id, None, None, inbox.now());
                    }
                }
            }
            Command::Send(said) => {
                let now = inbox.now();
                let mut unsent = Vec::new();
                for fresh in said {
                    let (id, lane) = (fresh.message.id, (fresh.row.number, fresh.row.customer));
                    if self.unheard.remove(&id) {
                        unsent.push(id);
                        continue;
                    }
                    let claimed = if self.kept < KEPT {
                        self.kept += 1;
                        Claimed::Fresh(Box::new(fresh))
                    } else {
                        Claimed::Unread
                    };
                    self.lanes.push(lane, id, Some(claimed), None, now);
                }
                give_up(inbox, runtime, unsent);
            }
            Command::LookAgain => {
                if let Err(error) = self.look(inbox, runtime) {
                    tracing::error!(%error, "the outbox cannot be read");
                }
            }
            Command::Tried(lane, id, after) => {
                self.under_way -= 1;
                let now = inbox.now();
                let after = if after == After::Stopped { still_stopped(runtime, lane.0, now) } else { after };
                self.lanes.tried(lane, id, &after, now);
            }
            Command::Settled(lane, id) => {
                let settled = self.lanes.settled(lane, id);
                self.take(settled);
            }
            Command::TooFast(lane, too_fast) => self.lanes.too_fast(lane, too_fast, inbox.now()),
            Command::LetGo(withdrawn) => self.let_go(withdrawn, inbox, runtime),
            Command::NumbersChanged => self.lanes.numbers_changed(|number| rate(runtime, number)),
        }
    }

    /// Takes what was withdrawn out of the lanes. A message that was given out is left to its try; one that was written as
    /// claimed and was not given out is surely unsent, which nobody else knows.
    fn let_go(&mut self, withdrawn: Withdrawn, inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) {
        let view = match runtime.business.store.view() {
            Ok(view) => view,
            Err(error) => return tracing::error!(%error, "the outbox cannot be read"),
        };
        let mut unsent = Vec::new();
        for (lane, id) in withdrawn {
            let row = outbox::get(&view, id).ok().flatten();
            // Under the record that was merged into another since, perhaps.
            let before = row.as_ref().map(|row| (row.number, row.customer));
            let lane = before.filter(|before| self.lanes.knows(*before, id)).unwrap_or(lane);
            // It was given up in the transaction, or it was written as claimed.
            match self.lanes.withdraw(lane, id, row.is_none()) {
                Held::Nowhere => {
                    if row.is_some_and(|row| row.withdrawn && row.state == State::Claimed) {
                        self.unheard.insert(id);
                    }
                }
                Held::Tried => {}
                Held::Unsent(how) => {
                    self.take(how);
                    unsent.extend(row.map(|_| id));
                }
            }
        }
        give_up(inbox, runtime, unsent);
    }

    /// Starts as many sends as may be under way.
    fn dispatch(&mut self, inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) {
        let now = inbox.now();
        let mut batch = Vec::new();
        while self.under_way < inbox.options.concurrency {
            let Some((lane, id, claimed)) = self.lanes.next(now, |number| rate(runtime, number)) else {
                break;
            };
            self.under_way += 1;
            if claimed.is_some() {
                let fresh = self.take(claimed);
                send_claimed(inbox, runtime, lane, id, fresh);
                continue;
            }
            batch.push((lane, id));
            if batch.len() == CLAIMS {
                start(inbox, runtime, std::mem::take(&mut batch), self.began);
            }
        }
        if !batch.is_empty() {
            start(inbox, runtime, batch, self.began);
        }
    }

    /// The message itself, if it was kept.
    fn take(&mut self, claimed: Option<Claimed>) -> Option<Box<Fresh>> {
        let Some(Claimed::Fresh(fresh)) = claimed else { return None };
        self.kept -= 1;
        Some(fresh)
    }

    /// What was written as claimed and not sent is surely not with Meta: the next start need not wait to find out.
    async fn release(&self, runtime: &Runtime) {
        let unsent: Vec<MessageId> = self.lanes.unsent().collect();
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
        let next = self.lanes.wakes_at().map_or(i64::MAX, |at| at.millis_since(now).max(1));
        Duration::from_millis(next.unsigned_abs()).min(LONGEST)
    }
}

/// What was withdrawn and surely not sent says so in its thread.
fn give_up(inbox: &Arc<Inbox>, runtime: &Arc<Runtime>, unsent: Vec<MessageId>) {
    if unsent.is_empty() {
        return;
    }
    let (runtime, now) = (Arc::clone(runtime), inbox.now());
    tokio::spawn(async move {
        let write = move |tx: &mut crate::store::Tx<'_>| {
            for id in &unsent {
                if let Some(row) = outbox::get(tx, *id)? {
                    withdraw::give_up(tx, *id, &row, now)?;
                }
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = runtime.business.store.write(write).await {
            // The rows are marked: looked at again, they are given up once no send can be under way.
            tracing::error!(business.id = %runtime.business.id, %error, "withdrawn messages stay queued");
            runtime.deliverer.look_again();
        }
    });
}

/// Sends a message whose row was written as claimed.
fn send_claimed(
    inbox: &Arc<Inbox>,
    runtime: &Arc<Runtime>,
    lane: Lane,
    id: MessageId,
    fresh: Option<Box<Fresh>>,
) {
    let (inbox, runtime) = (Arc::clone(inbox), Arc::clone(runtime));
    tokio::spawn(async move {
        let typing = fresh.as_ref().and_then(|fresh| fresh.typing.clone());
        let after = match fresh {
            Some(fresh) => send::attempt(&inbox, &runtime, *fresh).await,
            None => send::attempt_stored(&inbox, &runtime, id, None).await,
        };
        let typing = typing.filter(|_| after == After::Gone);
        runtime.deliverer.tell(Command::Tried(lane, id, after));
        if let Some(wamid) = typing {
            send::mark_read(&inbox, &runtime, lane.0, &wamid, true).await;
        }
    });
}

/// Claims a batch in one transaction, then sends its messages side by side.
fn start(inbox: &Arc<Inbox>, runtime: &Arc<Runtime>, batch: Vec<(Lane, MessageId)>, began: Time) {
    let (inbox, runtime) = (Arc::clone(inbox), Arc::clone(runtime));
    tokio::spawn(async move {
        let ids: Vec<MessageId> = batch.iter().map(|(_, id)| *id).collect();
        let known =
            Known { now: inbox.now(), began, heard: runtime.heard.all(), patience: inbox.options.reconcile };
        let claimed = runtime.business.store.write(move |tx| claim(tx, &ids, &known)).await;
        match claimed {
            Err(error) => {
                let now = inbox.now();
                let first = batch.first().map(|(lane, _)| lane.0);
                if let Some(untold) =
                    first.and_then(|number| runtime.deliverer.tells(number, Trouble::Ours, now))
                {
                    tracing::error!(business.id = %runtime.business.id, %error, untold, "messages could not be claimed");
                }
                let at = later(now, Duration::from_secs(1));
                for (lane, id) in batch {
                    let after = After::Again { at, slow: Slow::Nobody };
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
                            Claim::NotYet(at) => After::Again { at, slow: Slow::Nobody },
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
        if row.withdrawn {
            // No send can be under way any more, as far as can be known.
            withdraw::give_up(tx, *id, &row, known.now)?;
            claims.push(Claim::Gone);
            continue;
        }
        outbox::put(tx, *id, &outbox::Row { state: State::Claimed, ..row.clone() })?;
        claims.push(Claim::Go(row));
    }
    Ok(claims)
}

/// A try found its number stopped. It may have been connected anew meanwhile, and who tells of that may have been faster.
fn still_stopped(runtime: &Runtime, id: NumberId, now: Time) -> After {
    let number = runtime.business.store.view().and_then(|view| numbers::get(&view, id));
    match number {
        Ok(Some(number)) if number.state == NumberState::Connected => {
            After::Again { at: now, slow: Slow::Nobody }
        }
        _ => After::Stopped,
    }
}

/// How many messages a second Meta grants a number.
fn rate(runtime: &Runtime, id: NumberId) -> u32 {
    let number = runtime.business.store.view().and_then(|view| numbers::get(&view, id));
    let rate = number.ok().flatten().and_then(|number| number.messages_per_second);
    rate.unwrap_or(NumberPace::STANDARD)
}

pub fn later(now: Time, wait: Duration) -> Time {
    now.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}
