//! Whether a run goes on with its own version or with the one that answers now, as was chosen when that was let answer.

use std::sync::Arc;

use beseda_flow::{Compiled, Position};
use beseda_wire::ids::BotId;

use super::Run;
use super::phone_trials::is_trial;

/// Moves a run to the version that takes over from its own, an earlier or a later one, if it stands at a safe point: it
/// waits at a block that waits in that version too, in no sub-flow and no loop. Otherwise it goes on with its own.
pub fn move_on(taking_over: &[(BotId, u32, Arc<Compiled>)], run: &mut Run) {
    // A trial stays with the draft that is tried.
    let takes = |(bot, version, _): &&(BotId, u32, Arc<Compiled>)| {
        *bot == run.bot && *version != run.version && !is_trial(run.version)
    };
    let Some((_, version, flow)) = taking_over.iter().find(takes) else { return };
    if is_safe(run, flow) {
        run.version = *version;
        run.session.version = u64::from(*version);
    }
}

fn is_safe(run: &Run, flow: &Compiled) -> bool {
    let session = &run.session;
    let waits_in_both = match &session.position {
        Position::Question(waiting) => flow.asks_at(&waiting.block),
        Position::Person { block } => flow.has_block(block),
        Position::New | Position::Wait(_) | Position::Call(_) | Position::Ended => false,
    };
    waits_in_both && session.stack.is_empty() && session.inside.is_none() && session.flow == flow.id()
}

#[cfg(test)]
mod tests {
    use beseda_flow::{Flow, Input, Now, Session, step};
    use beseda_wire::ids::{BusinessId, RunId};
    use beseda_wire::time::Time;
    use serde_json::{Map, json};
    use uuid::Uuid;

    use super::*;
    use crate::bots::phone_trials::FIRST;
    use crate::bots::{Bot, Flows, Version, service, store};
    use crate::store::{Actor, Schema, Store, StoreError, Stores, StoresOptions};

    const BOT: BotId = BotId::from_uuid(Uuid::from_u128(7));

    fn at(ms: i64) -> Time {
        Time::from_millis(1_790_000_000_000 + ms)
    }

    /// A flow whose blocks are all questions, but for those that begin with `say`.
    fn flow(blocks: &[&str]) -> String {
        let block = |id: &&str| match id.strip_prefix("say-") {
            Some(id) => json!({"id": id, "kind": "message", "text": "Hello"}),
            None => json!({"id": id, "kind": "question", "text": "And?", "answer": "text"}),
        };
        let blocks: Vec<_> = blocks.iter().map(block).collect();
        json!({"schema": 1, "id": "f", "name": "F", "start": {"group": "g"}, "groups": [{"id": "g", "blocks": blocks}]})
            .to_string()
    }

    fn compiled(blocks: &[&str], version: u32) -> Arc<Compiled> {
        Arc::new(Compiled::new(&Flow::from_json(&flow(blocks)).unwrap(), u64::from(version)))
    }

    /// A run of this version that waits at its question of this name.
    fn waiting(block: &str, version: u32) -> Run {
        let flow = compiled(&[block], version);
        let now = Now::utc(at(0).millis());
        let session = step(&flow, Session::new(&flow), &Input::at(block, Map::new()), now).session;
        assert_eq!(session.block(), Some(block));
        Run {
            id: RunId::from_uuid(Uuid::nil()),
            bot: BOT,
            version,
            session,
            started_at: at(0),
            updated_at: at(0),
            heard: Vec::new(),
            begins: None,
            burst: None,
            turns: 0,
        }
    }

    #[test]
    fn a_run_moves_to_an_earlier_and_to_a_later_version_that_waits_at_the_same_block() {
        let moved = |from: u32, blocks: &[&str]| {
            let mut run = waiting("ask", from);
            move_on(&[(BOT, 2, compiled(blocks, 2))], &mut run);
            assert_eq!(u64::from(run.version), run.session.version);
            run.version
        };
        assert_eq!((moved(1, &["ask"]), moved(3, &["ask"])), (2, 2));
        assert_eq!((moved(1, &["other"]), moved(3, &["other"])), (1, 3), "the block is not there");
        assert_eq!(moved(3, &["say-ask"]), 3, "nothing waits there");
        assert_eq!(moved(FIRST, &["ask"]), FIRST, "a trial stays with its draft");
        let mut of_another = Run { bot: BotId::from_uuid(Uuid::from_u128(8)), ..waiting("ask", 1) };
        move_on(&[(BOT, 2, compiled(&["ask"], 2))], &mut of_another);
        assert_eq!(of_another.version, 1);
    }

    async fn published(store: &Store, number: u32, takes_over: bool) {
        let (published_at, author) = (at(0), String::new());
        let row = Version {
            flow: flow(&["ask"]),
            published_at,
            author,
            note: None,
            takes_over,
            returns: Vec::new(),
        };
        let bot = Bot {
            id: BOT,
            name: "F".to_owned(),
            flow_id: "f".to_owned(),
            enabled: true,
            published: Some(number),
            created_at: at(0),
            updated_at: at(0),
        };
        let write = move |tx: &mut crate::store::Tx<'_>| {
            store::put_version(tx, BOT, number, &row)?;
            store::put(tx, &bot, &Actor::Program, at(0))
        };
        store.write::<_, StoreError, _>(write).await.unwrap();
    }

    async fn returned(store: &Store, number: u32, takes_over: bool) {
        let back = move |tx: &mut crate::store::Tx<'_>| {
            service::return_to(tx, BOT, number, takes_over, &Actor::Program, at(1))
        };
        store.write(back).await.unwrap();
    }

    #[tokio::test]
    async fn to_and_fro_what_was_chosen_last_holds() {
        let dir = tempfile::tempdir().unwrap();
        let schema = |what| Schema { what, migrations: &[] };
        let stores = Stores::open(StoresOptions {
            dir: dir.path().to_owned(),
            cache_bytes: 8 << 20,
            open_businesses: 4,
            platform_schema: schema("the platform's store"),
            business_schema: schema("a business's store"),
        })
        .unwrap();
        let business = stores.business(BusinessId::from_uuid(Uuid::from_u128(1)), at(0)).unwrap();
        let store = &business.store;
        let flows = Flows::default();
        // Where runs go that wait in version 1, 2 and 3.
        let go = || {
            let published = flows.published(&store.view().unwrap()).unwrap();
            [1, 2, 3].map(|version| {
                let mut run = waiting("ask", version);
                move_on(&published.takes_over, &mut run);
                run.version
            })
        };
        published(store, 1, false).await;
        published(store, 2, false).await;
        assert_eq!(go(), [1, 2, 3]);
        returned(store, 1, true).await;
        assert_eq!(go(), [1, 1, 1]);
        returned(store, 2, false).await;
        assert_eq!(go(), [1, 2, 3]);
        published(store, 3, true).await;
        assert_eq!(go(), [3, 3, 3]);
        // An earlier choice for a version does not outlive a later one.
        returned(store, 1, false).await;
        assert_eq!(go(), [1, 2, 3]);
        returned(store, 3, false).await;
        assert_eq!(go(), [1, 2, 3]);
        // Of the version that answers another choice is one more return, and the same choice is none.
        returned(store, 3, false).await;
        returned(store, 3, true).await;
        returned(store, 3, true).await;
        assert_eq!(go(), [3, 3, 3]);
        let third = store::version(&store.view().unwrap(), BOT, 3).unwrap().unwrap();
        assert_eq!(third.returns.iter().map(|back| back.takes_over).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_return_is_read_that_was_stored_before_there_was_a_choice() {
        let row = json!({
            "flow": flow(&["ask"]), "published_at": at(0), "author": "Anna", "takes_over": true,
            "returns": [{"at": at(1), "author": "Boris"}],
        });
        let version: Version = serde_json::from_value(row).unwrap();
        assert!(!version.draws_runs(), "nobody was moved by it");
    }
}
