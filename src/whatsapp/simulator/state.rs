//! What the simulator holds, and how it is reached from many threads at once.
//!
//! The rules live in the pure modules beside this one; here are locks. Chats are spread over shards by customer, so
//! that thousands of sends a second rarely meet; the order of locks is book, shard, lane, and no two of a kind at
//! once.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use arc_swap::ArcSwap;
use beseda_wire::messages::Status;
use beseda_wire::simulator::{
    SimCounters, SimCustomer, SimCustomerChange, SimFault, SimNumber, SimRegister, SimRules,
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::book::{Book, Customer, Home, Number, Refused};
use super::bucket::Bucket;
use super::chat::Chat;
use super::counters::{Counters, add, take};
use super::faults::{BadOrder, Plan};
use super::forms::{self, Form};
use super::ids::Ids;
use super::media::MediaStore;
use super::payloads::{self, About};
use super::queue::{Change, Lane, Retries};
use super::templates::{self, Template};
use crate::clock::Clock;

const SHARDS: usize = 64;

/// How the simulator is made. What may change while it runs is in `SimRules`.
#[derive(Debug, Clone)]
pub struct Options {
    /// What ids and chances are made from: the same seed gives the same ones, so only tests set it. A program that
    /// began twice with one seed would give its second messages the ids of its first.
    pub seed: Option<u64>,
    /// Messages kept of each chat.
    pub history: usize,
    /// Webhooks under way at once. Each chat's go one after another.
    pub lanes: usize,
    /// Changes that may wait; what comes beyond is dropped and counted.
    pub most_waiting: usize,
    /// When to try a webhook again.
    pub retries: Vec<SignedDuration>,
    /// How long a webhook is tried (Meta: seven days).
    pub give_up: SignedDuration,
    /// How long one webhook may take.
    pub webhook_timeout: std::time::Duration,
    /// How long a created template is pending.
    pub approve_templates_after: SignedDuration,
    /// The address under which the Graph API is reached, for downloads; taken from each request when absent.
    pub graph_base: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: None,
            history: 500,
            lanes: 16,
            most_waiting: 500_000,
            // Meta tries at once and then ever less often; here it is fast, so that a receiver that was restarted
            // has its webhooks within seconds.
            retries: [50, 200, 500, 1_000, 2_000].map(SignedDuration::from_millis).to_vec(),
            give_up: SignedDuration::from_hours(7 * 24),
            webhook_timeout: std::time::Duration::from_secs(10),
            approve_templates_after: SignedDuration::from_secs(3),
            graph_base: None,
        }
    }
}

/// The simulator. Cheap to clone: clones are the same one.
#[derive(Clone)]
pub struct Simulator(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub options: Options,
    pub clock: Clock,
    pub ids: Ids,
    /// What makes an address for a download one of ours.
    pub address_key: String,
    pub media: MediaStore,
    pub counters: Counters,
    pub lanes: Vec<Post>,
    pub retries: Retries,
    pub http: OnceLock<reqwest::Client>,
    book: RwLock<Book>,
    shards: Vec<Mutex<HashMap<(u32, u32), Cell>>>,
    templates: RwLock<HashMap<String, Vec<Template>>>,
    forms: RwLock<HashMap<String, Vec<Form>>>,
    rates: Mutex<HashMap<u32, Bucket>>,
    plan: Mutex<Plan>,
    /// Whether the plan holds anything, so that the many sends without a fault need not lock it.
    armed: AtomicBool,
    rules: ArcSwap<Rules>,
    revisions: AtomicU64,
}

/// A lane and what wakes its worker.
#[derive(Default)]
pub(super) struct Post {
    pub lane: Mutex<Lane>,
    pub bell: Notify,
}

/// A chat and what wakes those who watch it.
#[derive(Default)]
pub(super) struct Cell {
    pub chat: Chat,
    bell: Option<Arc<Notify>>,
}

/// `SimRules`, each with its value.
#[expect(clippy::struct_excessive_bools, reason = "each rule holds or not by itself")]
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub per_second: u32,
    pub pair_limit: bool,
    pub window: bool,
    pub known_forms: bool,
    pub statuses: Status,
    pub status_delay_ms: u64,
    pub batch: usize,
    pub hold: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            per_second: 0,
            pair_limit: false,
            window: true,
            known_forms: true,
            statuses: Status::Delivered,
            status_delay_ms: 0,
            batch: 1,
            hold: false,
        }
    }
}

impl Cell {
    /// Wakes those who wait for the chat to change.
    pub fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.notify_waiters();
        }
    }

    pub fn bell(&mut self) -> Arc<Notify> {
        Arc::clone(self.bell.get_or_insert_with(Arc::default))
    }
}

impl Simulator {
    /// An empty simulator: no numbers, no customers. Webhooks wait until `spawn_delivery`.
    pub fn new(options: Options, clock: Clock) -> Self {
        let lanes = options.lanes.clamp(1, 1024);
        // The maps' own seed is random too, should the system's source fail.
        let seed = options.seed.or_else(|| getrandom::u64().ok());
        let seed = seed.unwrap_or_else(|| std::hash::RandomState::new().hash_one(0));
        Self(Arc::new(Inner {
            ids: Ids::new(seed),
            address_key: format!("{seed:016x}"),
            media: MediaStore::default(),
            counters: Counters::default(),
            lanes: (0..lanes).map(|_| Post::default()).collect(),
            retries: Retries { after: options.retries.clone(), give_up: options.give_up },
            http: OnceLock::new(),
            book: RwLock::default(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            templates: RwLock::default(),
            forms: RwLock::default(),
            rates: Mutex::default(),
            plan: Mutex::default(),
            armed: AtomicBool::new(false),
            rules: ArcSwap::default(),
            revisions: AtomicU64::new(0),
            options,
            clock,
        }))
    }

    /// Registers a business's number, or changes one that is there.
    pub fn register(&self, request: SimRegister) -> Result<SimNumber, Refused> {
        let number = self.write_book(|book| book.register(request))?;
        let mut templates = self.0.templates.write().unwrap_or_else(PoisonError::into_inner);
        templates.entry(number.waba_id.clone()).or_insert_with(|| templates::first(&self.0.ids));
        self.forms(&number.waba_id, |forms| {
            if forms.is_empty() {
                forms.extend(forms::first(&number.waba_id));
            }
        });
        Ok(SimNumber::from(&*number))
    }

    pub fn numbers(&self) -> Vec<SimNumber> {
        self.read_book(|book| book.numbers().map(|number| SimNumber::from(&**number)).collect())
    }

    /// Forgets a number. What waits to be delivered for it is dropped when its turn comes.
    pub fn forget_number(&self, phone_number_id: &str) -> Result<(), Refused> {
        let known = self.write_book(|book| book.forget_number(phone_number_id));
        known.then_some(()).ok_or_else(|| Refused::NoNumber(phone_number_id.to_owned()))
    }

    /// Sends the webhooks of a number to another address from now on, those that wait included.
    pub fn set_callback(&self, phone_number_id: &str, callback_url: &str) -> Result<(), Refused> {
        let known = self.write_book(|book| {
            book.change_number(phone_number_id, |number| {
                number.callback_url = Some(callback_url.to_owned());
                number.subscribed = true;
            })
        });
        self.wake_lanes();
        known.then_some(()).ok_or_else(|| Refused::NoNumber(phone_number_id.to_owned()))
    }

    /// Adds a customer whom every number knows, or gives the one with this very phone another name and settings.
    pub fn add_customer(&self, customer: &SimCustomer) -> Result<SimCustomer, Refused> {
        self.add_customer_at(Home::EVERYWHERE, customer)
    }

    /// Adds a customer whom the numbers of one account alone know: that of `phone_number_id`.
    pub fn add_customer_of(
        &self,
        phone_number_id: &str,
        customer: &SimCustomer,
    ) -> Result<SimCustomer, Refused> {
        self.add_customer_at(self.number(phone_number_id)?.home, customer)
    }

    fn add_customer_at(&self, home: Home, customer: &SimCustomer) -> Result<SimCustomer, Refused> {
        let customer = self.write_book(|book| book.add_customer(home, customer, &self.0.ids))?;
        Ok(SimCustomer::from(&*customer))
    }

    /// The customers whom every number knows.
    pub fn customers(&self) -> Vec<SimCustomer> {
        self.customers_at(Home::EVERYWHERE)
    }

    /// The customers whom a number knows: its account's own, and those whom every number knows.
    pub fn customers_of(&self, phone_number_id: &str) -> Result<Vec<SimCustomer>, Refused> {
        Ok(self.customers_at(self.number(phone_number_id)?.home))
    }

    fn customers_at(&self, home: Home) -> Vec<SimCustomer> {
        self.read_book(|book| book.customers(home).map(|customer| SimCustomer::from(&**customer)).collect())
    }

    /// Changes a customer whom every number knows.
    pub fn change_customer(&self, wa_id: &str, change: SimCustomerChange) -> Result<SimCustomer, Refused> {
        self.change_customer_at(Home::EVERYWHERE, wa_id, change)
    }

    /// Changes a customer whom a number knows.
    pub fn change_customer_of(
        &self,
        phone_number_id: &str,
        wa_id: &str,
        change: SimCustomerChange,
    ) -> Result<SimCustomer, Refused> {
        self.change_customer_at(self.number(phone_number_id)?.home, wa_id, change)
    }

    /// Another phone is told to every number the customer has a chat with, as WhatsApp does.
    fn change_customer_at(
        &self,
        home: Home,
        wa_id: &str,
        change: SimCustomerChange,
    ) -> Result<SimCustomer, Refused> {
        let mut customer = self.write_book(|book| {
            book.change_customer(home, wa_id, |customer| {
                if let Some(name) = change.name.filter(|name| !name.trim().is_empty()) {
                    customer.name = name;
                }
                if let Some(username) = change.username {
                    customer.username = (!username.is_empty()).then_some(username);
                }
                customer.hides_phone = change.hides_phone.unwrap_or(customer.hides_phone);
                customer.blocked = change.blocked.unwrap_or(customer.blocked);
            })
        })?;
        if let Some(new) = change.wa_id.filter(|new| *new != customer.wa_id) {
            let (before, after) =
                self.write_book(|book| book.move_customer(home, wa_id, &new, &self.0.ids))?;
            self.tell_number_change(&before, &after);
            customer = after;
        }
        Ok(SimCustomer::from(&*customer))
    }

    fn tell_number_change(&self, before: &Customer, after: &Customer) {
        let now = self.now();
        for number in self.read_book(|book| book.numbers().cloned().collect::<Vec<_>>()) {
            self.with_chat(&number, before, false, |cell| {
                let shows_phone = !before.hides_phone || cell.chat.phone_known(now);
                let about = About { number: &number, customer: before, shows_phone };
                let id = self.0.ids.incoming(&before.wa_id);
                let change = payloads::number_changed(&about, &id, now, after);
                self.post(&number, before.key, Change::new(change, number.key, now, 0));
            });
        }
    }

    /// Orders a fault.
    pub fn order(&self, fault: SimFault) -> Result<(), BadOrder> {
        let mut plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.order(fault)?;
        self.0.armed.store(true, Ordering::Release);
        Ok(())
    }

    /// The faults that still wait for their send.
    pub fn faults(&self) -> Vec<SimFault> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner).list()
    }

    /// Those of them that were ordered for one number alone.
    pub fn faults_of(&self, phone_number_id: &str) -> Vec<SimFault> {
        let mut own = self.faults();
        own.retain(|fault| fault.phone_number_id.as_deref() == Some(phone_number_id));
        own
    }

    pub fn clear_faults(&self) {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.armed.store(false, Ordering::Release);
    }

    /// Forgets the faults that were ordered for one number alone.
    pub fn clear_faults_of(&self, phone_number_id: &str) {
        self.fault(|plan| plan.clear_of(phone_number_id));
    }

    /// Asks the plan, if there is anything in it.
    pub(super) fn fault<T: Default>(&self, ask: impl FnOnce(&mut Plan) -> T) -> T {
        if !self.0.armed.load(Ordering::Acquire) {
            return T::default();
        }
        let mut plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = ask(&mut plan);
        self.0.armed.store(!plan.is_empty(), Ordering::Release);
        answer
    }

    /// Changes what holds for every send, and tells what holds then.
    pub fn set_rules(&self, change: &SimRules) -> SimRules {
        let mut rules = Rules::clone(&self.rules());
        rules.per_second = change.per_second.unwrap_or(rules.per_second);
        rules.pair_limit = change.pair_limit.unwrap_or(rules.pair_limit);
        rules.window = change.window.unwrap_or(rules.window);
        rules.known_forms = change.known_forms.unwrap_or(rules.known_forms);
        rules.statuses = change.statuses.unwrap_or(rules.statuses);
        rules.status_delay_ms = change.status_delay_ms.unwrap_or(rules.status_delay_ms);
        rules.batch = change.batch.map_or(rules.batch, |batch| (batch as usize).clamp(1, 1000));
        rules.hold = change.hold_webhooks.unwrap_or(rules.hold);
        self.0.rules.store(Arc::new(rules));
        self.wake_lanes();
        self.current_rules()
    }

    pub fn current_rules(&self) -> SimRules {
        let rules = self.rules();
        SimRules {
            per_second: Some(rules.per_second),
            pair_limit: Some(rules.pair_limit),
            window: Some(rules.window),
            known_forms: Some(rules.known_forms),
            statuses: Some(rules.statuses),
            status_delay_ms: Some(rules.status_delay_ms),
            batch: u32::try_from(rules.batch).ok(),
            hold_webhooks: Some(rules.hold),
        }
    }

    pub fn counters(&self) -> SimCounters {
        self.0.counters.read()
    }

    /// How often sends with this `biz_opaque_callback_data` were accepted. More than once is a message sent twice.
    pub fn accepted_with(&self, callback_data: &str) -> u64 {
        self.0.counters.accepted_with(callback_data)
    }

    /// Forgets chats, files, faults, counts and what waits to be delivered; numbers and customers stay.
    pub fn reset(&self) {
        for shard in &self.0.shards {
            let cells = std::mem::take(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner));
            cells.values().for_each(Cell::ring);
        }
        for post in &self.0.lanes {
            let mut lane = post.lane.lock().unwrap_or_else(PoisonError::into_inner);
            take(&self.0.counters.changes_waiting, lane.len());
            lane.clear();
        }
        self.0.media.clear();
        self.0.rates.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.clear_faults();
        self.0.rules.store(Arc::default());
        self.0.counters.reset();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn rules(&self) -> Arc<Rules> {
        self.0.rules.load_full()
    }

    pub(super) fn read_book<T>(&self, read: impl FnOnce(&Book) -> T) -> T {
        read(&self.0.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn write_book<T>(&self, write: impl FnOnce(&mut Book) -> T) -> T {
        write(&mut self.0.book.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn number(&self, phone_number_id: &str) -> Result<Arc<Number>, Refused> {
        self.read_book(|book| book.number(phone_number_id))
            .ok_or_else(|| Refused::NoNumber(phone_number_id.to_owned()))
    }

    /// The customer with this phone, if the number knows one.
    pub(super) fn customer(&self, number: &Number, wa_id: &str) -> Result<Arc<Customer>, Refused> {
        self.read_book(|book| book.customer(number.home, wa_id))
            .ok_or_else(|| Refused::NoCustomer(wa_id.to_owned()))
    }

    /// A number and a customer it knows.
    pub(super) fn pair(
        &self,
        phone_number_id: &str,
        wa_id: &str,
    ) -> Result<(Arc<Number>, Arc<Customer>), Refused> {
        let number = self.number(phone_number_id)?;
        let customer = self.customer(&number, wa_id)?;
        Ok((number, customer))
    }

    /// Works on the templates of an account.
    pub(super) fn templates<T>(
        &self,
        waba_id: &str,
        work: impl FnOnce(&mut Vec<Template>) -> T,
    ) -> Option<T> {
        let mut templates = self.0.templates.write().unwrap_or_else(PoisonError::into_inner);
        templates.get_mut(waba_id).map(work)
    }

    /// Reads the templates of an account.
    pub(super) fn read_templates<T>(&self, waba_id: &str, read: impl FnOnce(&[Template]) -> T) -> T {
        let templates = self.0.templates.read().unwrap_or_else(PoisonError::into_inner);
        read(templates.get(waba_id).map_or(&[], Vec::as_slice))
    }

    /// Works on the forms of an account.
    pub(super) fn forms<T>(&self, waba_id: &str, work: impl FnOnce(&mut Vec<Form>) -> T) -> T {
        let mut forms = self.0.forms.write().unwrap_or_else(PoisonError::into_inner);
        work(forms.entry(waba_id.to_owned()).or_default())
    }

    /// What is found first among the forms of all accounts.
    pub(super) fn all_forms<T>(&self, find: impl Fn(&Form) -> Option<T>) -> Option<T> {
        let forms = self.0.forms.read().unwrap_or_else(PoisonError::into_inner);
        forms.values().flatten().find_map(find)
    }

    /// Works on the chat of a customer with a number. Without `make` only on one that is there.
    pub(super) fn with_chat<T>(
        &self,
        number: &Number,
        customer: &Customer,
        make: bool,
        work: impl FnOnce(&mut Cell) -> T,
    ) -> Option<T> {
        let mut shard = self.shard(customer.key);
        let key = (number.key, customer.key);
        let cell = if make {
            shard.entry(key).or_insert_with(|| {
                // A chat that was forgotten and begins anew must not repeat its revisions to those who watch.
                let first = self.0.revisions.fetch_add(1_000_000, Ordering::Relaxed);
                Cell { chat: Chat::from_revision(first), bell: None }
            })
        } else {
            shard.get_mut(&key)?
        };
        let before = cell.chat.revision;
        let answer = work(cell);
        if cell.chat.revision != before {
            cell.ring();
        }
        Some(answer)
    }

    fn shard(&self, customer: u32) -> MutexGuard<'_, HashMap<(u32, u32), Cell>> {
        self.0.shards[customer as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the number may send one more now.
    pub(super) fn within_rate(&self, number: u32, per_second: u32, now: Timestamp) -> bool {
        let mut rates = self.0.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.entry(number).or_default().take(now, per_second.into(), per_second.into())
    }

    /// Puts a change into the lane of its chat; when too many wait, it is dropped.
    pub(super) fn post(&self, number: &Number, customer: u32, change: Change) {
        if !number.subscribed {
            return;
        }
        let counters = &self.0.counters;
        if counters.changes_waiting.load(Ordering::Relaxed) >= self.0.options.most_waiting as u64 {
            add(&counters.changes_dropped, 1);
            return;
        }
        add(&counters.changes_waiting, 1);
        // Neighbouring customers go to different lanes.
        let post =
            &self.0.lanes[(customer as usize ^ (number.key as usize).wrapping_mul(7)) % self.0.lanes.len()];
        post.lane.lock().unwrap_or_else(PoisonError::into_inner).put(change);
        post.bell.notify_one();
    }

    pub(super) fn wake_lanes(&self) {
        self.0.lanes.iter().for_each(|post| post.bell.notify_one());
    }
}
