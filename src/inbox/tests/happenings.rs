//! Flows that begin by what happens to a customer.

use std::collections::HashMap;
use std::sync::Arc;

use beseda_flow::{Now, Occurrence};
use beseda_wire::ids::BotId;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;
use serde_json::json;

use super::{START, everybody, in_a_store, number, says, text};
use crate::bots::{self, Flows, Happened};
use crate::inbox::begin::by_happening;
use crate::inbox::process::Context;
use crate::store::Actor;

const FLOW: &str = r#"{
    "schema": 1, "id": "club", "name": "Club", "language": "en", "start": {"group": "main"},
    "triggers": [{"id": "any", "kind": "tag_added"}],
    "groups": [{"id": "main", "title": "Main", "blocks": [{"id": "hello", "kind": "message", "text": "Welcome."}]}],
    "edges": []
}"#;

/// A flow that writes what it is begun by, later on: within no run is there a loop, and nobody is asked.
#[test]
fn bots_that_set_each_other_off_stop_when_the_customer_says_nothing() {
    in_a_store(|tx| {
        let from = json!({"from": "447700900123"});
        says(tx, 0, text("m1", 0, &from), Outcome::Processed);
        let customer = everybody(tx)[0].0.id;
        let bot = bots::add_published(
            tx,
            "Club".to_owned(),
            FLOW.to_owned(),
            &Actor::Program,
            Time::from_seconds(START),
        )
        .unwrap();
        let flows = Arc::<Flows>::default();
        let begin = |tx: &mut _, at: i64, by: Option<BotId>| {
            let context = Context {
                numbers: Arc::new(HashMap::from([("1000".to_owned(), number())])),
                flows: Arc::clone(&flows),
                now: Now::utc((START + at) * 1000),
            };
            let what = Occurrence::TagAdded { tag: "club".to_owned() };
            let happened = Happened { event: Some(what.event()), what, by };
            by_happening(tx, &context, customer, &happened).unwrap().is_some()
        };
        let count = (1..=40).filter(|at| begin(tx, *at, Some(bot.id))).count();
        assert_eq!(count, 20);
        assert!(begin(tx, 50, None), "what people and programs do begins as before");
        says(tx, 60, text("m2", 60, &from), Outcome::Processed);
        assert!(begin(tx, 61, Some(bot.id)), "somebody is there");
    });
}
