//! What runs for a business: the tasks that follow its journal, its outbox, its timers and its files.
//!
//! A task holds its [`Runtime`] only while it does something. Between two rounds it keeps a weak handle, so that the
//! map of runtimes has the only strong one when nothing is under way, and a business without work can be let go of
//! ([`super::rest`]) without asking each task whether it may.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use beseda_flow::Now;
use beseda_wire::businesses::Role;
use beseda_wire::ids::{BusinessId, MessageId, NumberId};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::deliver::Deliverer;
use super::flood::{self, Flood};
use super::heard::Heard;
use super::process::{self, Context, Turn};
use super::withdraw::Withdrawn;
use super::{automate, fetch, timers};
use crate::accounts::store as accounts;
use crate::bots::outside::Outside;
use crate::bots::{Callbacks, Flows, Person, now_in};
use crate::businesses;
use crate::clock::Clock;
use crate::crypto::{KeyRing, Secret, SigningKeys};
use crate::presence::Presence;
use crate::store::{Actor, BusinessStore, StoreError, Stores};
use crate::whatsapp::graph::{Credentials, Graph};
use crate::whatsapp::journal::{self, Entry};
use crate::whatsapp::numbers::{Channel, Channels, Number, sealing_place, store as numbers};

/// Journal entries taken at once.
const ENTRIES: usize = 256;

/// How long the journal waits before it tries again after the store failed.
const AGAIN: Duration = Duration::from_secs(1);

/// What the inbox is told at the start.
#[derive(Clone)]
pub struct InboxOptions {
    /// The Graph host of simulated numbers.
    pub simulator_base: String,
    /// Sends under way at once, per business.
    pub concurrency: usize,
    /// How long a send without an answer waits for a status webhook before it is tried again.
    pub reconcile: Duration,
    /// Bytes of an incoming file at most.
    pub media_limit: u64,
    /// How flows call other services.
    pub outside: Outside,
    /// The address of the program as others reach it.
    pub url: String,
    /// Who has a screen open.
    pub presence: Presence,
}

/// The runtimes of every business.
pub struct Inbox {
    pub(super) stores: Arc<Stores>,
    pub(super) keys: Arc<KeyRing>,
    pub(super) graph: Graph,
    pub(super) clock: Clock,
    pub(super) channels: Channels,
    pub(super) options: InboxOptions,
    running: Mutex<Running>,
    /// Wakes the keeper: a closed business has something to do earlier than any other.
    pub(super) earlier: Notify,
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

/// Which businesses have their tasks running, and when the others need them again.
#[derive(Default)]
pub(super) struct Running {
    pub runtimes: HashMap<BusinessId, Arc<Runtime>>,
    pub alarms: HashMap<BusinessId, Time>,
}

/// What wakes the tasks of a business. They own it together with the runtime, whose end they must hear of.
#[derive(Default)]
pub(super) struct Wakes {
    pub journal: Notify,
    pub timers: Notify,
    pub fetches: Notify,
    pub calls: Notify,
}

/// One business's tasks and what they share.
pub struct Runtime {
    pub business: Arc<BusinessStore>,
    pub flows: Arc<Flows>,
    pub(super) deliverer: Deliverer,
    wakes: Arc<Wakes>,
    next_entry: AtomicU64,
    time_zone: Mutex<TimeZone>,
    /// The business's numbers by Meta's id; emptied when one changes.
    numbers: Mutex<Option<Arc<HashMap<String, NumberId>>>>,
    /// The platform's last change when it was last looked who belongs to the team.
    people_as_of: Mutex<Option<u64>>,
    pub(super) heard: Heard,
    /// How long the slowest webhook was being written down since processing last looked, in microseconds.
    slowest_us: AtomicU64,
}

impl Inbox {
    pub fn new(
        stores: Arc<Stores>,
        keys: Arc<KeyRing>,
        graph: Graph,
        clock: Clock,
        channels: Channels,
        options: InboxOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            stores,
            keys,
            graph,
            clock,
            channels,
            options,
            running: Mutex::default(),
            earlier: Notify::new(),
            stop: watch::channel(false).0,
            tasks: Mutex::default(),
        })
    }

    /// The runtime of a business, started if it is not.
    pub fn runtime(self: &Arc<Self>, id: BusinessId) -> Result<Arc<Runtime>, StoreError> {
        let now = self.now();
        if let Some(runtime) = self.running().runtimes.get(&id) {
            runtime.business.touch(now);
            return Ok(Arc::clone(runtime));
        }
        // Outside of the lock: a file that must be recovered first holds up nobody else's business.
        let business = self.stores.business(id, now)?;
        let mut running = self.running();
        match running.runtimes.get(&id) {
            Some(runtime) => Ok(Arc::clone(runtime)),
            None => self.begin(&mut running, business),
        }
    }

    pub(super) fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the tasks of a business that has none.
    pub(super) fn begin(
        self: &Arc<Self>,
        running: &mut Running,
        business: Arc<BusinessStore>,
    ) -> Result<Arc<Runtime>, StoreError> {
        let id = business.id;
        let last = {
            let view = business.store.view()?;
            // What was processed may be forgotten; its numbers are not given out again, or they would count as
            // processed.
            journal::store::last_id(&view)?.max(journal::store::processed(&view)?)
        };
        let runtime = Arc::new(Runtime {
            deliverer: Deliverer::default(),
            business,
            flows: Arc::default(),
            wakes: Arc::default(),
            next_entry: AtomicU64::new(last + 1),
            time_zone: Mutex::new(TimeZone::UTC),
            numbers: Mutex::default(),
            people_as_of: Mutex::default(),
            heard: Heard::default(),
            slowest_us: AtomicU64::new(0),
        });
        let callbacks =
            Callbacks { business: id, base: self.options.url.clone(), keys: self.callback_keys() };
        runtime.flows.set_callbacks(callbacks);
        runtime.flows.set_presence(id, self.options.presence.clone());
        runtime.know_business(self)?;
        running.runtimes.insert(id, Arc::clone(&runtime));
        running.alarms.remove(&id);
        self.start(&runtime);
        Ok(runtime)
    }

    /// Writes a webhook down; returns when it is on the disk.
    pub async fn journal(self: &Arc<Self>, business: BusinessId, entry: Entry) -> Result<(), StoreError> {
        let runtime = self.runtime(business)?;
        // The number is taken by the writer, so that numbers follow each other in the order of the commits:
        // whoever reads up to one has read all before it. The write holds the runtime, also when nobody waits for
        // it any more: a second runtime, begun meanwhile, would give out the same numbers.
        let held = Arc::clone(&runtime);
        let bytes = entry.body.len();
        let write = move |tx: &mut crate::store::Tx<'_>| {
            journal::store::append(tx, held.next_entry.fetch_add(1, Ordering::Relaxed), &entry)
        };
        let began = Instant::now();
        runtime.business.store.write_first(bytes, write).await?;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        runtime.slowest_us.fetch_max(took, Ordering::Relaxed);
        runtime.wakes.journal.notify_one();
        Ok(())
    }

    /// Processes an entry again, in its own transaction.
    pub async fn replay(self: &Arc<Self>, business: BusinessId, id: u64) -> Result<bool, StoreError> {
        let runtime = self.runtime(business)?;
        let Some(entry) = journal::store::entry(&runtime.business.store.view()?, id)? else {
            return Ok(false);
        };
        let context = runtime.context(self)?;
        let decoded = process::decode(&entry);
        let led = runtime
            .business
            .store
            .write(move |tx| {
                let (before, now) = (journal::store::state(tx, id)?, Time::from_millis(context.now.ms));
                let (again, led) = process::apply(tx, &context, &entry, &decoded, before.clone())?;
                journal::store::set_state(tx, id, &before.replayed(again, now), now)?;
                Ok::<_, StoreError>(led)
            })
            .await?;
        runtime.follow(self, led);
        Ok(true)
    }

    /// A number's callback address was verified by Meta.
    pub async fn note_verified(self: &Arc<Self>, channel: &Channel) {
        let now = self.now();
        self.note(channel, move |number| number.verified_at.replace(now).is_none()).await;
    }

    /// Changes what is kept of a number, unless `change` finds that there is nothing to change.
    pub(super) async fn note(
        self: &Arc<Self>,
        channel: &Channel,
        mut change: impl FnMut(&mut Number) -> bool + Send + 'static,
    ) {
        let (id, now) = (channel.number, self.now());
        let noted = async {
            let runtime = self.runtime(channel.business)?;
            let write = move |tx: &mut crate::store::Tx<'_>| {
                let Some(mut number) = numbers::get(tx, id)? else { return Ok(()) };
                if change(&mut number) { numbers::put(tx, &number, &Actor::Program, now) } else { Ok(()) }
            };
            runtime.business.store.write(write).await
        };
        if let Err(error) = noted.await {
            tracing::error!(number.id = %id, %error, "a number's state was not kept");
        }
    }

    /// Forgets what is cached of a business's numbers, after one was connected, changed or removed. A business
    /// that is closed is woken: what waited for a number that was stopped may go now.
    pub fn numbers_changed(self: &Arc<Self>, business: BusinessId) {
        match self.runtime(business) {
            Ok(runtime) => {
                runtime.numbers.lock().unwrap_or_else(PoisonError::into_inner).take();
                runtime.deliverer.numbers_changed();
            }
            Err(error) => tracing::error!(business.id = %business, %error, "a changed number was not seen"),
        }
    }

    /// A business goes by something else now. What its flows begin by the clock moves with it.
    pub async fn business_changed(self: &Arc<Self>, business: BusinessId) {
        let followed = async {
            let runtime = self.runtime(business)?;
            runtime.know_business(self)?;
            let context = runtime.context(self)?;
            let published = runtime.flows.published(&runtime.business.store.view()?)?;
            let write =
                move |tx: &mut crate::store::Tx<'_>| automate::set_schedules(tx, &context, &published);
            runtime.follow(self, runtime.business.store.write(write).await?);
            Ok::<_, StoreError>(())
        };
        if let Err(error) = followed.await {
            tracing::error!(business.id = %business, %error, "a changed business was not seen");
        }
    }

    /// Stops every task at its next safe point and waits for them. What they had not done is in the store.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
        self.running().runtimes.clear();
    }

    /// What proves the addresses that other services call.
    pub fn callback_keys(&self) -> SigningKeys {
        self.keys.signing_keys("callback addresses of bots' runs")
    }

    pub fn now(&self) -> Time {
        self.clock.now().into()
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Bytes of a file at most.
    pub fn media_limit(&self) -> u64 {
        self.options.media_limit
    }

    /// What a call on behalf of a number needs.
    pub(super) fn credentials(&self, number: &Number, token: Secret) -> Credentials {
        let base = number.simulated.then_some(self.options.simulator_base.as_str());
        Credentials::new(&number.phone_number_id, token, base)
    }

    /// Becomes true when the program stops.
    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    fn start(self: &Arc<Self>, runtime: &Arc<Runtime>) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of businesses that were closed meanwhile have ended; their results would pile up.
        while tasks.try_join_next().is_some() {}
        let (inbox, wakes) = (|| Arc::clone(self), || Arc::clone(&runtime.wakes));
        let weak = || Arc::downgrade(runtime);
        tasks.spawn(follow_journal(inbox(), weak(), wakes()));
        tasks.spawn(super::deliver::run(inbox(), weak()));
        tasks.spawn(timers::run(inbox(), weak(), wakes()));
        tasks.spawn(fetch::run(inbox(), weak(), wakes()));
        tasks.spawn(automate::run(inbox(), weak()));
        tasks.spawn(super::outside::run(inbox(), weak(), wakes()));
    }

    /// Runs until the program stops, and is waited for then.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // The tasks find that it is gone and end; the deliverer's channel ends with it.
        self.wakes.journal.notify_one();
        self.wakes.timers.notify_one();
        self.wakes.fetches.notify_one();
        self.wakes.calls.notify_one();
    }
}

impl Runtime {
    /// What processing needs to know, as of now.
    pub(super) fn context(&self, inbox: &Inbox) -> Result<Context, StoreError> {
        self.know_people(inbox)?;
        Ok(Context { numbers: self.numbers()?, flows: Arc::clone(&self.flows), now: self.now(&inbox.clock) })
    }

    /// Reads what the business goes by: its time zone and its hours.
    fn know_business(&self, inbox: &Inbox) -> Result<(), StoreError> {
        let record = businesses::store::get(&inbox.stores.platform().view()?, self.business.id)?;
        let Some(record) = record else { return Ok(()) };
        let zone = TimeZone::get(&record.time_zone).unwrap_or(TimeZone::UTC);
        *self.time_zone.lock().unwrap_or_else(PoisonError::into_inner) = zone;
        self.flows.set_hours(record.hours);
        Ok(())
    }

    /// Looks who belongs to the team, if anything of the platform's has changed since: flows assign conversations to them,
    /// and ask whether somebody is there. A role counts from the next message on.
    fn know_people(&self, inbox: &Inbox) -> Result<(), StoreError> {
        // Held while it is looked, so that what was read earlier is not put in the place of what was read later.
        let mut as_of = self.people_as_of.lock().unwrap_or_else(PoisonError::into_inner);
        // Read before the people are: a change in between is looked for once more.
        let last = *inbox.stores.platform().committed().borrow();
        if *as_of == Some(last) {
            return Ok(());
        }
        let platform = inbox.stores.platform().view()?;
        let mut people = Vec::new();
        for (id, member) in businesses::store::members(&platform, self.business.id)? {
            if let Some(user) = accounts::user(&platform, id)? {
                let email = user.email.as_str().to_owned();
                let may_answer = member.role <= Role::Operator;
                people.push(Person { id, name: user.name, email, may_answer });
            }
        }
        self.flows.set_people(people);
        *as_of = Some(last);
        Ok(())
    }

    /// The instant, as the clocks of the business's time zone show it.
    pub fn now(&self, clock: &Clock) -> Now {
        now_in(&self.time_zone(), clock.now())
    }

    /// The zone of the business's calendar.
    pub(super) fn time_zone(&self) -> TimeZone {
        self.time_zone.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells the tasks what a transaction led to.
    pub(super) fn follow(self: &Arc<Self>, inbox: &Arc<Inbox>, led: process::Led) {
        for (number, wamid, _seconds) in led.typing {
            let (inbox, runtime) = (Arc::clone(inbox), Arc::clone(self));
            // WhatsApp shows it until the answer comes, for 25 seconds at most.
            tokio::spawn(async move { super::send::mark_read(&inbox, &runtime, number, &wamid, true).await });
        }
        if led.timers {
            self.wakes.timers.notify_one();
        }
        if led.calls {
            self.wakes.calls.notify_one();
        }
        // Before what was said in its place.
        self.let_go(led.withdrawn);
        if !led.said.is_empty() {
            self.deliverer.send(led.said);
        }
        for (number, customer, id) in led.settled {
            self.deliverer.settled((number, customer), id);
        }
        for number in led.stopped {
            self.deliverer.forget(number);
        }
        if !led.faster.is_empty() {
            self.deliverer.numbers_changed();
        }
        for (lane, too_fast) in led.slowed {
            self.deliverer.too_fast(lane, too_fast);
        }
        if led.fetches {
            self.wakes.fetches.notify_one();
        }
    }

    /// Tells the deliverer of new rows in the outbox.
    pub fn deliver(&self, queued: Vec<MessageId>) {
        // A question may have set a time-out that is earlier than the one waited for.
        self.wakes.timers.notify_one();
        if !queued.is_empty() {
            self.deliverer.queue(queued);
        }
    }

    /// Tells the deliverer of what bots had queued and is not to be sent.
    pub fn let_go(&self, withdrawn: Withdrawn) {
        if !withdrawn.is_empty() {
            self.deliverer.let_go(withdrawn);
        }
    }

    fn numbers(&self) -> Result<Arc<HashMap<String, NumberId>>, StoreError> {
        let mut known = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(numbers) = &*known {
            return Ok(Arc::clone(numbers));
        }
        let all = numbers::all(&self.business.store.view()?)?;
        let numbers = Arc::new(all.into_iter().map(|number| (number.phone_number_id, number.id)).collect());
        *known = Some(Arc::clone(&numbers));
        Ok(numbers)
    }
}

/// A number's token, opened.
pub(super) fn token(
    keys: &KeyRing,
    business: BusinessId,
    number: &Number,
) -> Result<Secret, crate::crypto::SealError> {
    let (business, id) = (business.to_string(), number.id.to_string());
    keys.unseal(sealing_place(&business, &id, "token"), &number.token)
}

/// Follows the journal: every entry after the last processed one, in order.
async fn follow_journal(inbox: Arc<Inbox>, runtime: Weak<Runtime>, wakes: Arc<Wakes>) {
    let mut stopping = inbox.stopping();
    let Some(came) = runtime.upgrade().map(|held| held.next_entry.load(Ordering::Relaxed)) else { return };
    let mut flood = Flood::new(Instant::now(), came);
    loop {
        let Some(held) = runtime.upgrade() else { return };
        let began = Instant::now();
        let round = process_next(&inbox, &held).await;
        let came = held.next_entry.load(Ordering::Relaxed);
        let slowest = Duration::from_micros(held.slowest_us.swap(0, Ordering::Relaxed));
        let crowded = held.business.store.is_crowded();
        let id = held.business.id;
        drop(held);
        match round {
            Ok(true) => {
                let rest = flood.rest(Instant::now(), came, began.elapsed(), slowest, crowded);
                rest_while(&mut flood, &runtime, rest).await;
            }
            Ok(false) => tokio::select! {
                () = wakes.journal.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            },
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(business.id = %id, %error, "the journal waits");
                tokio::time::sleep(AGAIN).await;
            }
        }
        if *stopping.borrow() {
            return;
        }
    }
}

/// Rests, and from a flood no longer than it lasts.
async fn rest_while(flood: &mut Flood, runtime: &Weak<Runtime>, mut rest: Duration) {
    while !rest.is_zero() {
        let piece = rest.min(flood::WINDOW);
        tokio::time::sleep(piece).await;
        let Some(came) = runtime.upgrade().map(|held| held.next_entry.load(Ordering::Relaxed)) else {
            return;
        };
        if flood.is_over(Instant::now(), came) {
            return;
        }
        rest -= piece;
    }
}

/// Processes the next entries; false when there are none.
async fn process_next(inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) -> Result<bool, StoreError> {
    let store = &runtime.business.store;
    let (mut after, entries) = {
        let view = store.view()?;
        let processed = journal::store::processed(&view)?;
        (processed, journal::store::after(&view, processed, ENTRIES)?)
    };
    if entries.is_empty() {
        return Ok(false);
    }
    // Submitted one after another they run in this order and share commits.
    let mut pending = Vec::with_capacity(entries.len());
    for (id, entry) in entries {
        let context = runtime.context(inbox)?;
        let decoded = process::decode(&entry);
        let deliveries = decoded.as_deref().unwrap_or_default();
        runtime.heard.note(deliveries, &context.numbers, entry.received_at);
        inbox.note_arrived(runtime, &entry, deliveries).await;
        let turn = Turn { id, after: std::mem::replace(&mut after, id) };
        let write =
            move |tx: &mut crate::store::Tx<'_>| process::in_turn(tx, turn, &context, &entry, &decoded);
        pending.push((id, store.submit(write)));
    }
    for (id, pending) in pending {
        match pending.await {
            Ok(led) => runtime.follow(inbox, led),
            Err(StoreError::Panicked(message)) => give_up(inbox, runtime, id, message).await?,
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// An entry on which the program trips is recorded as failed, so that those after it are not held up.
async fn give_up(inbox: &Inbox, runtime: &Runtime, id: u64, message: String) -> Result<(), StoreError> {
    let now = inbox.now();
    runtime
        .business
        .store
        .write(move |tx| {
            let mut state = journal::State::pending();
            state.outcome = beseda_wire::whatsapp::Outcome::Failed;
            state.detail = Some(format!("the program failed on it: {message}"));
            state.processed_at = Some(now);
            process::finish(tx, id, &state, now)
        })
        .await
}
