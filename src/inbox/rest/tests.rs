//! Businesses that are closed and come back: nothing is missed, and no business has two sets of tasks.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use beseda_wire::ids::{ConversationId, CustomerId, MessageId, NumberId};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::bots::outside::Outside;
use crate::clock::Clock;
use crate::crypto::{KeyRing, Random};
use crate::http::tests::open_stores;
use crate::inbox::InboxOptions;
use crate::inbox::outbox::{Fetch, Row};
use crate::store::{BusinessStore, Schema, Stores};
use crate::whatsapp::graph::Graph;
use crate::whatsapp::journal::Entry;
use crate::whatsapp::numbers::Channels;

struct World {
    inbox: Arc<Inbox>,
    stores: Arc<Stores>,
    clock: Clock,
    dir: TempDir,
}

fn business(number: u128) -> BusinessId {
    BusinessId::from_uuid(Uuid::from_u128(number))
}

fn entry() -> Entry {
    Entry { received_at: Time::from_millis(0), phone_number_id: None, body: b"{}".to_vec() }
}

impl World {
    fn new() -> Self {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let stores = open_stores(&dir);
        let keys = Arc::new(KeyRing::create(&dir.path().join("key"), &Random::seeded(1)).unwrap());
        let clock = Clock::manual(Timestamp::from_second(1_790_000_000).unwrap());
        let options = InboxOptions {
            simulator_base: "http://127.0.0.1:1".to_owned(),
            concurrency: 4,
            reconcile: Duration::from_secs(90),
            media_limit: 1,
            outside: Outside::new(false).unwrap(),
            url: "http://127.0.0.1:1".to_owned(),
            presence: crate::presence::Presence::default(),
        };
        let graph = Graph::new("http://127.0.0.1:1", "v25.0").unwrap();
        let inbox = Inbox::new(Arc::clone(&stores), keys, graph, clock.clone(), Channels::default(), options);
        Self { inbox, stores, clock, dir }
    }

    fn now(&self) -> Time {
        self.inbox.now()
    }

    /// Lets go of a business as soon as its tasks have nothing to do.
    async fn close(&self, id: BusinessId) {
        eventually(|| self.inbox.rest(id, self.now().plus_seconds(1), self.now())).await;
        assert!(!self.inbox.running().runtimes.contains_key(&id));
    }

    fn opened(&self, id: BusinessId) -> Arc<BusinessStore> {
        self.stores.business(id, self.now()).unwrap()
    }

    /// Without asking for the business's runtime, which would start it.
    async fn processed(&self, id: BusinessId, last: u64) {
        let business = self.opened(id);
        eventually(|| journal::processed(&business.store.view().unwrap()).unwrap() == last).await;
    }
}

async fn eventually(mut done: impl FnMut() -> bool) {
    let patient = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), patient).await.expect("it does not happen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_business_without_work_is_closed_and_a_webhook_opens_it() {
    let world = World::new();
    let id = business(1);
    world.inbox.journal(id, entry()).await.unwrap();
    world.processed(id, 1).await;
    // Nobody has let it rest long enough.
    let early = world.now().plus_seconds(-IDLE);
    assert!(!world.inbox.rest(id, early, world.now()));
    world.close(id).await;
    // The file is free: another process could have it.
    let file = world.dir.path().join("businesses").join(id.to_string()).join("store.redb");
    let schema = Schema { what: "a business", migrations: &[] };
    Store::open(&file, 1 << 20, &schema).unwrap().close();
    world.inbox.journal(id, entry()).await.unwrap();
    world.processed(id, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_holds_is_not_closed() {
    let world = World::new();
    let id = business(1);
    world.inbox.journal(id, entry()).await.unwrap();
    world.processed(id, 1).await;
    let far = world.now().plus_seconds(1);
    let held = world.inbox.runtime(id).unwrap();
    assert!(!world.inbox.rest(id, far, world.now()), "a caller has its runtime");
    drop(held);
    let held = world.opened(id);
    eventually(|| world.inbox.let_go(id, far, world.now())).await;
    assert!(!world.stores.close_unused(id, far), "a screen has its store");
    let view = held.store.view().unwrap();
    drop(held);
    assert!(!world.stores.close_unused(id, far), "somebody reads");
    assert_eq!(journal::last_id(&view).unwrap(), 1);
    drop(view);
    assert!(world.stores.close_unused(id, far));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_of_a_closed_business_comes_due() {
    let world = World::new();
    let id = business(1);
    let due = world.now().plus_seconds(3_600);
    let set = move |tx: &mut crate::store::Tx<'_>| timers::set(tx, "one", "nobody knows this kind", due, &1);
    world.inbox.runtime(id).unwrap().business.store.write(set).await.unwrap();
    world.close(id).await;
    assert_eq!(world.inbox.running().alarms.get(&id), Some(&due));
    world.clock.advance(SignedDuration::from_secs(3_599));
    world.inbox.wake_due(world.now());
    assert!(world.inbox.running().runtimes.is_empty(), "not before its time");
    world.clock.advance(SignedDuration::from_secs(1));
    world.inbox.wake_due(world.now());
    assert!(world.inbox.running().alarms.is_empty());
    let business = world.opened(id);
    eventually(|| timers::next_due(&business.store.view().unwrap()).unwrap().is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keeper_opens_what_is_due() {
    let world = World::new();
    let id = business(1);
    let due = world.now().plus_seconds(3_600);
    let set = move |tx: &mut crate::store::Tx<'_>| timers::set(tx, "one", "nobody knows this kind", due, &1);
    world.inbox.runtime(id).unwrap().business.store.write(set).await.unwrap();
    world.inbox.keep_rest();
    world.clock.advance(SignedDuration::from_hours(1));
    // As if it were let go of an hour ago: its alarm is due as soon as it is set.
    eventually(|| world.inbox.let_go(id, world.now().plus_seconds(1), Time::from_millis(0))).await;
    let business = world.opened(id);
    eventually(|| timers::next_due(&business.store.view().unwrap()).unwrap().is_none()).await;
    world.inbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_go_on_where_all_before_them_are_forgotten() {
    let world = World::new();
    let id = business(1);
    for _ in 0..3 {
        world.inbox.journal(id, entry()).await.unwrap();
    }
    world.processed(id, 3).await;
    let all = move |tx: &mut crate::store::Tx<'_>| journal::forget(tx, Time::from_millis(i64::MAX), 100);
    assert_eq!(world.opened(id).store.write(all).await.unwrap(), 3);
    world.close(id).await;
    world.inbox.journal(id, entry()).await.unwrap();
    world.processed(id, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_too_many_are_open_the_longest_unused_are_closed() {
    let world = World::new();
    for number in 1..=9 {
        world.clock.advance(SignedDuration::from_secs(1));
        world.inbox.journal(business(number), entry()).await.unwrap();
        world.processed(business(number), 1).await;
    }
    assert_eq!(world.stores.surplus(), 5);
    world.clock.advance(SignedDuration::from_secs(CROWDED));
    eventually(|| {
        world.inbox.rest_surplus(world.now());
        world.stores.surplus() == 0
    })
    .await;
    let running: Vec<u128> =
        (1..=9).filter(|n| world.inbox.running().runtimes.contains_key(&business(*n))).collect();
    assert_eq!(running.len(), 4);
    assert!(running.contains(&9), "the newest stays");
}

#[tokio::test]
async fn what_waits_says_when_a_business_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let schema = Schema { what: "a business", migrations: &[] };
    let store = Store::open(&dir.path().join("store.redb"), 1 << 20, &schema).unwrap();
    let id = |number: u128| MessageId::from_uuid(Uuid::from_u128(number));
    let row = |state| Row {
        conversation: ConversationId::from_uuid(Uuid::nil()),
        customer: CustomerId::from_uuid(Uuid::nil()),
        number: NumberId::from_uuid(Uuid::nil()),
        state,
        setbacks: outbox::Setbacks::default(),
        withdrawn: false,
    };
    let fetch = |not_before| Fetch {
        conversation: ConversationId::from_uuid(Uuid::nil()),
        number: NumberId::from_uuid(Uuid::nil()),
        provider_id: String::new(),
        attempts: 0,
        not_before,
    };
    let at = Time::from_millis;
    let check = async |expected: Need| {
        assert_eq!(waiting(&store.view().unwrap()).unwrap(), expected);
    };
    let put = async |number, row: Row| {
        store.write(move |tx| outbox::put(tx, id(number), &row)).await.unwrap();
    };
    check(Need::Later(None)).await;
    store.write(move |tx| timers::set(tx, "one", "kind", at(9_000), &1)).await.unwrap();
    check(Need::Later(Some(at(9_000)))).await;
    put(1, row(State::Deferred(at(7_000)))).await;
    check(Need::Later(Some(at(7_000)))).await;
    // Its number is not connected: only somebody who connects it changes that.
    put(2, row(State::Ready)).await;
    check(Need::Later(Some(at(7_000)))).await;
    let (later, now) = (fetch(Some(at(5_000))), fetch(None));
    store.write(move |tx| outbox::put_fetch(tx, id(3), &later)).await.unwrap();
    check(Need::Later(Some(at(5_000)))).await;
    store.write(move |tx| outbox::put_fetch(tx, id(4), &now)).await.unwrap();
    check(Need::Now).await;
    let gone = move |tx: &mut crate::store::Tx<'_>| -> Result<(), StoreError> {
        outbox::remove_fetch(tx, id(4));
        Ok(())
    };
    store.write(gone).await.unwrap();
    for state in [State::Claimed, State::Uncertain(at(1))] {
        put(1, row(state)).await;
        check(Need::Now).await;
    }
    put(1, row(State::Ready)).await;
    store.write(move |tx| journal::append(tx, 1, &entry())).await.unwrap();
    check(Need::Now).await;
}

/// Webhooks, callers, changed numbers and alarms against somebody who closes what he can, as fast as all can.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opening_and_closing_at_once_loses_nothing() {
    const BUSINESSES: u128 = 3;
    const WRITERS: usize = 4;
    const WEBHOOKS: usize = 120;
    let world = Arc::new(World::new());
    let (done, closed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let keeper = tokio::task::spawn_blocking({
        let (world, done, closed) = (Arc::clone(&world), Arc::clone(&done), Arc::clone(&closed));
        move || {
            while !done.load(Ordering::Relaxed) {
                for number in 1..=BUSINESSES {
                    let far = world.now().plus_seconds(1);
                    if world.inbox.rest(business(number), far, world.now()) {
                        closed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    let caller = tokio::spawn({
        let (world, done) = (Arc::clone(&world), Arc::clone(&done));
        async move {
            while !done.load(Ordering::Relaxed) {
                for number in 1..=BUSINESSES {
                    world.inbox.numbers_changed(business(number));
                    let held = world.opened(business(number));
                    let due = world.now().plus_seconds(86_400);
                    let set = move |tx: &mut crate::store::Tx<'_>| timers::set(tx, "one", "any", due, &1);
                    held.store.write(set).await.expect("whoever holds a store can write");
                    held.store.view().expect("and read");
                    drop(held);
                    tokio::task::yield_now().await;
                }
            }
        }
    });
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let world = Arc::clone(&world);
        writers.push(tokio::spawn(async move {
            for webhook in 0..WEBHOOKS {
                let id = business(((writer + webhook) % 3 + 1) as u128);
                world.inbox.journal(id, entry()).await.expect("no webhook meets a closed store");
                // Time for a business to become idle, without a clock.
                for _ in 0..webhook % 40 {
                    tokio::task::yield_now().await;
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    caller.await.unwrap();
    keeper.await.unwrap();
    let closed = closed.load(Ordering::Relaxed);
    assert!(closed > 5, "nothing was closed meanwhile: {closed}");
    let mut found = 0;
    for number in 1..=BUSINESSES {
        let id = business(number);
        let last = journal::last_id(&world.opened(id).store.view().unwrap()).unwrap();
        world.processed(id, last).await;
        let entries = journal::after(&world.opened(id).store.view().unwrap(), 0, usize::MAX).unwrap();
        // Two runtimes would give a number twice, and one entry would stand in the other's place.
        assert_eq!(entries.iter().map(|(id, _)| *id).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
        found += entries.len();
    }
    assert_eq!(found, WRITERS * WEBHOOKS, "every acknowledged webhook is there");
    world.inbox.stop().await;
}
