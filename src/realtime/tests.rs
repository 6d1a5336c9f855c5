//! Screens of a sample business, over pipes in memory.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use beseda_wire::ids::{BusinessId, ConversationId, NumberId};
use beseda_wire::live::{ClientFrame, Hello, ServerFrame};
use beseda_wire::time::Time;
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use uuid::Uuid;

use super::*;
use crate::http::tests::{Doorman, business_id, open_stores};
use crate::store::{Actor, Change};

/// The numbers that a transaction has touched.
#[derive(Serialize, Deserialize)]
struct Touched(Vec<u32>);

impl Change for Touched {
    const KIND: &'static str = "test.touched";
}

#[derive(Default)]
struct Sample {
    asked: AtomicUsize,
}

fn number(number: u32) -> NumberId {
    NumberId::from_uuid(Uuid::from_u128(number.into()))
}

impl Translate for Sample {
    fn events(
        &self,
        _business: &BusinessStore,
        _view: &View,
        change: &ChangeRecord,
    ) -> Result<Vec<LiveEvent>, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let Some(Touched(numbers)) = change.read() else { return Ok(Vec::new()) };
        assert!(!numbers.contains(&13), "a translation that panics");
        Ok(numbers.into_iter().map(|id| LiveEvent::Number { id: number(id) }).collect())
    }
}

const PATIENCE: Patience = Patience {
    hello: Duration::from_secs(5),
    ping: Duration::from_secs(25),
    idle: Duration::from_secs(60),
    write: Duration::from_secs(20),
};

fn parts(
    doorman: Arc<Doorman>,
    lifecycle: Lifecycle,
    translate: Arc<Sample>,
    patience: Patience,
) -> LiveParts {
    LiveParts {
        authenticator: doorman,
        translate,
        clock: Clock::manual("2026-11-01T10:00:00Z".parse().unwrap()),
        lifecycle,
        metrics: Arc::default(),
        presence: crate::presence::Presence::default(),
        patience,
    }
}

/// For tests of the routes around it.
pub(crate) fn live(doorman: Arc<Doorman>, lifecycle: Lifecycle) -> Arc<Live> {
    Live::new(parts(doorman, lifecycle, Arc::default(), PATIENCE))
}

struct Fixture {
    live: Arc<Live>,
    doorman: Arc<Doorman>,
    translate: Arc<Sample>,
    lifecycle: Lifecycle,
    touched: AtomicU64,
    _dir: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self::with(PATIENCE)
    }

    fn with(patience: Patience) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let doorman = Arc::new(Doorman::new(open_stores(&dir)));
        let (translate, lifecycle) = (Arc::new(Sample::default()), Lifecycle::new());
        let live =
            Live::new(parts(Arc::clone(&doorman), lifecycle.clone(), Arc::clone(&translate), patience));
        Self { live, doorman, translate, lifecycle, touched: AtomicU64::new(0), _dir: dir }
    }

    /// A transaction that touches these numbers; gives the number of its change.
    async fn touch(&self, numbers: &[u32]) -> u64 {
        let store = &self.doorman.store(1).store;
        let change = Touched(numbers.to_vec());
        store
            .write(move |tx| tx.change(&Actor::Program, Time::from_millis(0), &change))
            .await
            .map_err(|error: StoreError| error)
            .unwrap();
        let place = self.touched.fetch_add(1, Ordering::Relaxed) + 1;
        // A commit is answered a moment before it is announced.
        store.committed().wait_for(|last| *last >= place).await.unwrap();
        place
    }

    async fn connect(&self) -> Screen {
        let (ours, theirs) = tokio::io::duplex(4 << 10);
        let server = WebSocketStream::from_raw_socket(theirs, Role::Server, Some(frames_config())).await;
        tokio::spawn(Arc::clone(&self.live).serve(server, self.lifecycle.hold()));
        Screen(WebSocketStream::from_raw_socket(ours, Role::Client, None).await)
    }

    /// A screen that has said hello and is ready.
    async fn screen(&self, token: &str, since: Option<u64>) -> Screen {
        let mut screen = self.connect().await;
        screen.hello(token, business_id(1), since).await;
        assert_eq!(screen.frame().await.event, LiveEvent::Ready);
        screen
    }
}

struct Screen(WebSocketStream<DuplexStream>);

impl Screen {
    async fn hello(&mut self, token: &str, business: BusinessId, since: Option<u64>) {
        let hello = Hello { token: token.to_owned(), business, since };
        self.0.send(Message::text(serde_json::to_string(&hello).unwrap())).await.unwrap();
    }

    async fn say(&mut self, frame: &ClientFrame) {
        self.0.send(Message::text(serde_json::to_string(frame).unwrap())).await.unwrap();
    }

    async fn frame(&mut self) -> ServerFrame {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next frame, as the number it tells of and its place in the log.
    async fn told(&mut self) -> (u64, NumberId) {
        let frame = self.frame().await;
        match frame.event {
            LiveEvent::Number { id } => (frame.seq, id),
            other => panic!("{other:?}"),
        }
    }

    /// What is said before the end, and the code of the end.
    async fn ends(&mut self) -> (Vec<LiveEvent>, u16) {
        let mut said = Vec::new();
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => said.push(serde_json::from_str::<ServerFrame>(&text).unwrap().event),
                Message::Close(Some(frame)) => return (said, frame.code.into()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn every_screen_is_told_and_a_change_is_translated_once() {
    let fixture = Fixture::new();
    let mut screens = Vec::new();
    for token in ["anna", "oleg", "both"] {
        screens.push(fixture.screen(token, None).await);
    }
    let first = fixture.touch(&[1]).await;
    let second = fixture.touch(&[2]).await;
    for screen in &mut screens {
        assert_eq!(screen.told().await, (first, number(1)));
        assert_eq!(screen.told().await, (second, number(2)));
    }
    assert_eq!(fixture.translate.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn another_business_hears_nothing() {
    let fixture = Fixture::new();
    let mut other = fixture.connect().await;
    other.hello("both", business_id(2), None).await;
    assert_eq!(other.frame().await.event, LiveEvent::Ready);
    let mut own = fixture.screen("anna", None).await;
    let place = fixture.touch(&[1]).await;
    assert_eq!(own.told().await, (place, number(1)));
    other.say(&ClientFrame::Ping).await;
    assert_eq!(other.frame().await.event, LiveEvent::Pong);
}

#[tokio::test]
async fn a_screen_that_comes_back_is_told_what_it_missed() {
    let fixture = Fixture::new();
    let since = fixture.touch(&[1]).await;
    let second = fixture.touch(&[2, 3]).await;
    let third = fixture.touch(&[4]).await;
    let mut screen = fixture.connect().await;
    screen.hello("anna", business_id(1), Some(since)).await;
    let ready = screen.frame().await;
    assert_eq!((ready.seq, ready.event), (since, LiveEvent::Ready));
    // Of a change with two frames only the last has its number: one who got a part asks for it again.
    assert_eq!(screen.told().await, (second - 1, number(2)));
    assert_eq!(screen.told().await, (second, number(3)));
    assert_eq!(screen.told().await, (third, number(4)));
    let fourth = fixture.touch(&[5]).await;
    assert_eq!(screen.told().await, (fourth, number(5)));
}

#[tokio::test]
async fn what_the_log_does_not_tell_is_loaded_again() {
    let fixture = Fixture::new();
    let mut last = 0;
    for count in 0..1_002 {
        last = fixture.touch(&[count]).await;
    }
    for since in [1, last + 5] {
        let mut screen = fixture.screen("anna", Some(since)).await;
        let frame = screen.frame().await;
        assert_eq!((frame.seq, frame.event), (last, LiveEvent::Reload), "{since}");
    }
    // Nothing missed: nothing told, and the next change comes.
    let mut screen = fixture.screen("anna", Some(last)).await;
    let next = fixture.touch(&[7]).await;
    assert_eq!(screen.told().await, (next, number(7)));
}

#[tokio::test]
async fn a_screen_from_before_the_logs_beginning_loads_again() {
    let fixture = Fixture::new();
    for count in 0..6 {
        fixture.touch(&[count]).await;
    }
    let store = fixture.doorman.store(1);
    let forget = |tx: &mut crate::store::Tx<'_>| crate::store::forget_changes(tx, Time::from_millis(1), 4);
    assert_eq!(store.store.write(forget).await.unwrap(), 4);
    let mut screen = fixture.screen("anna", Some(3)).await;
    let frame = screen.frame().await;
    assert_eq!((frame.seq, frame.event), (6, LiveEvent::Reload), "the fourth change is not told any more");
    // The log begins directly after what this one has seen.
    let mut screen = fixture.screen("anna", Some(4)).await;
    assert_eq!(screen.told().await, (5, number(4)));
    assert_eq!(screen.told().await, (6, number(5)));
}

#[tokio::test]
async fn a_record_that_changed_many_times_at_once_is_told_once() {
    let fixture = Fixture::new();
    let since = fixture.touch(&[1]).await;
    for _ in 0..5 {
        fixture.touch(&[8]).await;
    }
    let last = fixture.touch(&[9]).await;
    let mut screen = fixture.screen("anna", Some(since)).await;
    assert_eq!(screen.told().await, (last - 1, number(8)));
    assert_eq!(screen.told().await, (last, number(9)));
}

#[tokio::test]
async fn a_screen_that_is_too_slow_loads_again() {
    let fixture = Fixture::new();
    let mut slow = fixture.screen("anna", None).await;
    let mut quick = fixture.screen("oleg", None).await;
    let all: Vec<u32> = (100..5_000).collect();
    let mut last = 0;
    // The quick screen reads along and so paces the hub; the slow one does not read at all.
    for some in all.chunks(500) {
        last = fixture.touch(some).await;
        for id in some {
            assert_eq!(quick.told().await.1, number(*id));
        }
    }
    let mut reloads = 0;
    loop {
        let frame = slow.frame().await;
        if frame.event == LiveEvent::Reload {
            reloads += 1;
            assert_eq!(frame.seq, last);
            break;
        }
    }
    let next = fixture.touch(&[6_000]).await;
    assert_eq!(slow.told().await, (next, number(6_000)));
    assert_eq!(reloads, 1);
    assert_eq!(fixture.live.parts.metrics.live_reloads.get(), 1);
}

#[tokio::test]
async fn a_translation_that_panics_stops_nobody() {
    let fixture = Fixture::new();
    let mut screen = fixture.screen("anna", None).await;
    let bad = fixture.touch(&[13]).await;
    let frame = screen.frame().await;
    assert_eq!((frame.seq, frame.event), (bad, LiveEvent::Reload));
    let good = fixture.touch(&[14]).await;
    assert_eq!(screen.told().await, (good, number(14)));
}

#[tokio::test]
async fn people_see_who_looks_at_what() {
    let fixture = Fixture::new();
    let conversation = ConversationId::from_uuid(Uuid::from_u128(5));
    let mut anna = fixture.screen("anna", None).await;
    anna.say(&ClientFrame::Viewing { conversation: Some(conversation) }).await;
    let id = fixture.doorman.person("anna").unwrap().user_id;
    let seen = |people| LiveEvent::Viewers { conversation, people };
    assert_eq!(anna.frame().await.event, seen(vec![(id, "anna".to_owned())]));

    // Whoever comes later is told, and whoever leaves is gone.
    let mut oleg = fixture.screen("oleg", None).await;
    assert_eq!(oleg.frame().await.event, seen(vec![(id, "anna".to_owned())]));
    drop(anna);
    assert_eq!(oleg.frame().await.event, seen(Vec::new()));
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so() {
    let fixture = Fixture::new();
    for (token, business) in [("nobody", business_id(1)), ("anna", business_id(2))] {
        let mut screen = fixture.connect().await;
        screen.hello(token, business, None).await;
        assert_eq!(screen.ends().await, (vec![LiveEvent::SignedOut], SIGNED_OUT));
    }
    let mut rude = fixture.connect().await;
    rude.0.send(Message::text("{}")).await.unwrap();
    assert_eq!(rude.ends().await, (vec![], 1008));
    let mut loud = fixture.connect().await;
    // The other side may hang up before it has taken all.
    drop(loud.0.send(Message::text("x".repeat(70_000))).await);
    assert_eq!(loud.ends().await, (vec![], 1009));
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let fixture = Fixture::with(Patience { hello: Duration::from_millis(20), ..PATIENCE });
    assert_eq!(fixture.connect().await.ends().await, (vec![], 1008));

    let quick = Patience { ping: Duration::from_millis(10), idle: Duration::from_millis(600), ..PATIENCE };
    let fixture = Fixture::with(quick);
    let mut screen = fixture.connect().await;
    screen.hello("anna", business_id(1), None).await;
    // Reading answers pings by itself, so this screen stays; a dead one does not.
    for _ in 0..10 {
        assert!(matches!(screen.0.next().await.unwrap().unwrap(), Message::Text(_) | Message::Ping(_)));
        screen.0.flush().await.unwrap();
    }
    let mut dead = fixture.connect().await;
    dead.hello("anna", business_id(1), None).await;
    tokio::time::timeout(Duration::from_secs(5), async {
        while fixture.live.parts.metrics.live_sockets.get() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_sign_in_that_ended_ends_the_screen() {
    let fixture = Fixture::new();
    let mut screen = fixture.screen("anna", None).await;
    let platform = fixture.doorman.stores.platform().clone();
    tokio::spawn(Arc::clone(&fixture.live).follow(platform.committed()));
    fixture.doorman.revoked.store(true, Ordering::Relaxed);
    platform
        .write(|tx| tx.change(&Actor::Program, Time::from_millis(0), &Touched(Vec::new())))
        .await
        .map_err(|error: StoreError| error)
        .unwrap();
    assert_eq!(screen.ends().await, (vec![LiveEvent::SignedOut], SIGNED_OUT));
}

#[tokio::test]
async fn a_token_is_renewed_by_the_same_person_alone() {
    let fixture = Fixture::new();
    let mut screen = fixture.screen("anna", None).await;
    screen.say(&ClientFrame::Token { token: "anna@viewer".to_owned() }).await;
    let place = fixture.touch(&[1]).await;
    assert_eq!(screen.told().await, (place, number(1)));
    screen.say(&ClientFrame::Token { token: "oleg".to_owned() }).await;
    assert_eq!(screen.ends().await, (vec![LiveEvent::SignedOut], SIGNED_OUT));
}

#[tokio::test]
async fn the_shutdown_says_goodbye_and_waits_for_it() {
    let fixture = Fixture::new();
    let mut screen = fixture.screen("anna", None).await;
    let mut waiting = fixture.connect().await;
    fixture.lifecycle.stop();
    assert_eq!(screen.ends().await, (vec![], 1001));
    assert_eq!(waiting.ends().await, (vec![], 1001));
    drop((screen, waiting));
    assert!(fixture.lifecycle.drained(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn an_empty_hub_lets_go_of_the_file() {
    let fixture = Fixture::new();
    let screen = fixture.screen("anna", None).await;
    let store = fixture.doorman.store(1);
    assert!(Arc::strong_count(&store) > 2);
    drop(screen);
    tokio::time::timeout(Duration::from_secs(5), async {
        // The test and the table of open files hold it still.
        while Arc::strong_count(&store) > 2 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert!(fixture.live.hubs.lock().unwrap().is_empty());
    let mut again = fixture.screen("anna", None).await;
    let place = fixture.touch(&[1]).await;
    assert_eq!(again.told().await, (place, number(1)));
}

#[tokio::test]
async fn one_person_opens_so_many_screens_and_no_more() {
    let fixture = Fixture::new();
    let mut screens = Vec::new();
    for _ in 0..crate::presence::MOST {
        screens.push(fixture.screen("anna", None).await);
    }
    let mut more = fixture.connect().await;
    more.hello("anna", business_id(1), None).await;
    assert_eq!(more.ends().await, (vec![], 1008));
    // Others have theirs, and those that are open are told.
    let mut other = fixture.screen("boris", None).await;
    let told = fixture.touch(&[7]).await;
    assert_eq!(other.told().await, (told, number(7)));
    assert_eq!(screens[0].told().await, (told, number(7)));
}
