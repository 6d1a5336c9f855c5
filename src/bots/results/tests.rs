//! The stored numbers: whenever they are advanced, and whatever is forgotten meanwhile, they say the same.

use beseda_flow::{CallFailure, CallFault, Compiled, Flow, Outcome, Session};
use beseda_wire::ids::{BotId, BusinessId, ConversationId, CustomerId, NumberId, RunId};
use beseda_wire::results::{BotStats, RunEnd, RunWaits};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{End, Record, Step, Turn, fold, forget, store};
use crate::bots::{Bot, Run, store as bots};
use crate::ids;
use crate::store::{Actor, Order, Schema, Store, StoreError, Stores, StoresOptions};

const BOT: BotId = BotId::from_uuid(Uuid::from_u128(7));
const DAY: i64 = 86_400_000;

fn at(ms: i64) -> Time {
    Time::from_millis(1_790_000_000_000 + ms)
}

/// The turns of a run: it comes to a question, and answers it after ten seconds.
fn turn(n: u32, begun: i64) -> Turn {
    let block = || "age".to_owned();
    let (steps, stands) = match n {
        0 => (vec![Step::Began, Step::Entered(block())], Some((block(), RunWaits::Answer))),
        _ => {
            (vec![Step::Answered(block(), "33".to_owned()), Step::Left(block(), "answered".to_owned())], None)
        }
    };
    Turn {
        at: at(begun + 10_000 * i64::from(n)),
        version: 1,
        steps,
        stands,
        said: Vec::new(),
        returned: Vec::new(),
        changes: Some(Vec::new()),
    }
}

struct Told {
    run: Run,
    conversation: ConversationId,
    begun: i64,
}

impl Told {
    fn new(n: u128, begun: i64) -> Self {
        let flow = r#"{"schema":1,"id":"f","name":"F","groups":[]}"#;
        let session = Session::new(&Compiled::new(&Flow::from_json(flow).unwrap(), 1));
        let run = Run {
            id: RunId::from_uuid(ids::fresh(at(begun))),
            bot: BOT,
            version: 1,
            session,
            started_at: at(begun),
            updated_at: at(begun),
            heard: Vec::new(),
            begins: None,
            burst: None,
            turns: 0,
        };
        Self { run, conversation: ConversationId::from_uuid(Uuid::from_u128(n)), begun }
    }

    /// The run does its next step; with an end, it is over.
    async fn goes_on(&mut self, store: &Store, end: Option<RunEnd>) {
        let turn = turn(self.run.turns, self.begun);
        let end = end.map(|reason| End {
            at: turn.at,
            cause: None,
            reason,
            outcome: None,
            block: None,
            variables: serde_json::Map::new(),
            by: None,
        });
        let record = Record {
            conversation: self.conversation,
            customer: CustomerId::from_uuid(Uuid::nil()),
            number: NumberId::from_uuid(Uuid::nil()),
            version: 1,
            started_at: self.run.started_at,
            end,
        };
        let n = self.run.turns;
        self.run.turns += 1;
        self.run.updated_at = turn.at;
        let (run, conversation) = (self.run.clone(), self.conversation);
        store
            .write(move |tx| {
                super::store::put_turn(tx, run.id, n, &turn)?;
                super::store::put_record(tx, BOT, run.id, &record)?;
                if record.end.is_some() {
                    bots::remove_run(tx, conversation);
                    Ok::<_, StoreError>(())
                } else {
                    bots::put_run(tx, conversation, &run)
                }
            })
            .await
            .unwrap();
    }
}

async fn stats(store: &Store, now: Time) -> BotStats {
    fold::advance(store, BOT, &TimeZone::UTC, now).await.unwrap();
    let asked = fold::Asked { bot: BOT, version: None, days: (0, u32::MAX) };
    fold::stats(&store.view().unwrap(), asked, &TimeZone::UTC, now).unwrap()
}

fn opened(dir: &tempfile::TempDir) -> std::sync::Arc<Stores> {
    let schema = |what| Schema { what, migrations: &[] };
    Stores::open(StoresOptions {
        dir: dir.path().to_owned(),
        cache_bytes: 8 << 20,
        open_businesses: 4,
        platform_schema: schema("the platform's store"),
        business_schema: schema("a business's store"),
    })
    .unwrap()
}

#[tokio::test]
async fn numbers_say_the_same_whenever_they_are_counted_and_outlive_what_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let stores = opened(&dir);
    let business = stores.business(BusinessId::from_uuid(Uuid::from_u128(1)), at(0)).unwrap();
    let from = &business.store;
    let bot = Bot {
        id: BOT,
        name: "F".to_owned(),
        flow_id: "f".to_owned(),
        enabled: true,
        published: Some(1),
        created_at: at(0),
        updated_at: at(0),
    };
    from.write(move |tx| bots::put(tx, &bot, &Actor::Program, at(0))).await.unwrap();
    let (mut first, mut second) = (Told::new(1, 0), Told::new(2, 1_000));
    first.goes_on(from, None).await;
    second.goes_on(from, None).await;

    // Too new to be counted for good, and all the same: counted for good, while both go on.
    for later in [5_000, 120_000, 121_000] {
        let told = stats(from, at(later)).await;
        assert_eq!((told.started, told.live, told.finished), (2, 2, 0), "{later}");
        assert_eq!((told.blocks[0].entered, told.blocks[0].answered), (2, 0));
    }
    assert!(store::fold(&from.view().unwrap(), BOT).unwrap().position.is_some());

    // One goes on after it was counted, and is counted once.
    first.goes_on(from, Some(RunEnd::Finished)).await;
    for later in [130_000, 140_000] {
        let told = stats(from, at(later)).await;
        assert_eq!((told.started, told.live, told.finished), (2, 1, 1));
        let age = &told.blocks[0];
        assert_eq!((age.entered, age.answered, age.dropped), (2, 1, 0));
        assert!((9_500..=10_500).contains(&age.median_ms.unwrap()), "{age:?}");
    }

    // Old runs are forgotten; what was counted of them stays.
    forget(from, &TimeZone::UTC, at(DAY), at(2 * DAY)).await.unwrap();
    let left = store::records(&from.view().unwrap(), BOT, None, Order::Ascending, 9).unwrap();
    assert_eq!(left.len(), 0);
    assert_eq!(store::turns(&from.view().unwrap(), first.run.id, 9).unwrap().len(), 0);
    let told = stats(from, at(2 * DAY)).await;
    assert_eq!((told.started, told.finished, told.blocks[0].answered), (2, 1, 1));
}

#[tokio::test]
async fn a_run_that_moved_lately_is_not_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let stores = opened(&dir);
    let business = stores.business(BusinessId::from_uuid(Uuid::from_u128(1)), at(0)).unwrap();
    let from = &business.store;
    let mut run = Told::new(1, 0);
    run.goes_on(from, None).await;
    run.begun = 3 * DAY;
    run.goes_on(from, None).await;
    forget(from, &TimeZone::UTC, at(2 * DAY), at(4 * DAY)).await.unwrap();
    assert_eq!(store::turns(&from.view().unwrap(), run.run.id, 9).unwrap().len(), 2);
}

#[test]
fn what_a_call_came_back_with_is_read_as_it_was_stored_before_reasons_had_kinds() {
    let known = Outcome::Failed { reason: CallFault::Status { status: 500 }.into() };
    let packed = rmp_serde::to_vec_named(&known).unwrap();
    assert_eq!(rmp_serde::from_slice::<Outcome>(&packed).unwrap(), known);
    let old = serde_json::json!({"outcome": "failed", "reason": "status 500"});
    let packed = rmp_serde::to_vec_named(&old).unwrap();
    let said = Outcome::Failed { reason: CallFailure::from("status 500") };
    assert_eq!(rmp_serde::from_slice::<Outcome>(&packed).unwrap(), said);
}
