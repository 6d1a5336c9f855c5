//! Flows that begin by the clock.

use std::collections::HashMap;
use std::sync::Arc;

use beseda_flow::Now;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;
use serde_json::json;

use super::{START, everybody, in_a_store, number, says, text};
use crate::bots::{self, Flows};
use crate::customers::store as customers;
use crate::inbox::automate::{self, OneTurn, Scheduled};
use crate::inbox::process::Context;
use crate::store::{Actor, timers};

/// At nine on Mondays, for those with the tag.
const FLOW: &str = r#"{
    "schema": 1, "id": "weekly", "name": "Weekly", "language": "en", "start": {"group": "main"},
    "triggers": [{"id": "nine", "kind": "schedule", "segment": "club", "schedule": {"at": "09:00", "days": [1]}}],
    "groups": [{"id": "main", "title": "Main", "blocks": [{"id": "hello", "kind": "message", "text": "It is Monday."}]}],
    "edges": []
}"#;

#[test]
fn a_schedule_gives_each_of_its_customers_a_turn_and_sets_its_next_time() {
    in_a_store(|tx| {
        let (member, other) = (json!({"from": "447700900123"}), json!({"from": "447700900124"}));
        says(tx, 0, text("m1", 0, &member), Outcome::Processed);
        says(tx, 1, text("m2", 1, &other), Outcome::Processed);
        let now = Time::from_seconds(START);
        for (customer, said) in everybody(tx) {
            if said.iter().any(|message| message.wamid.as_deref() == Some("m1")) {
                let mut after = customer.clone();
                after.tags.push("club".to_owned());
                customers::put(tx, Some(&customer), &after, &Actor::Program, now).unwrap();
            }
        }
        let bot =
            bots::add_published(tx, "Weekly".to_owned(), FLOW.to_owned(), &Actor::Program, now).unwrap();
        let flows = Arc::<Flows>::default();
        let context = |ms| Context {
            numbers: Arc::new(HashMap::from([("1000".to_owned(), number())])),
            flows: Arc::clone(&flows),
            now: Now::new(ms, 7_200),
        };
        let set = context(START * 1000);
        let published = flows.published(tx).unwrap();
        assert!(automate::set_schedules(tx, &set, &published).unwrap().timers);
        let first = timers::next_due(tx).unwrap().unwrap();
        // Seven in the morning in Greenwich is nine where the business is.
        assert_eq!(first.millis().rem_euclid(86_400_000), 7 * 3_600_000);
        assert!(!automate::set_schedules(tx, &set, &published).unwrap().timers, "it is set already");

        let scheduled = Scheduled { bot: bot.id, trigger: "nine".to_owned() };
        let then = context(first.millis());
        automate::due(tx, &then, &scheduled).unwrap();
        let due = timers::due(tx, first, 10).unwrap();
        let turns: Vec<OneTurn> = due
            .iter()
            .filter(|(_, timer)| timer.kind == automate::TURN)
            .filter_map(|(_, timer)| timer.read())
            .collect();
        assert_eq!(turns.len(), 1, "only the member");
        let led = automate::turn(tx, &then, &turns[0]).unwrap();
        assert_eq!(led.said.len(), 1);
        let week = Time::from_millis(first.millis() + 7 * 86_400_000);
        let key = timers::due(tx, week, 10)
            .unwrap()
            .into_iter()
            .find(|(_, timer)| timer.kind == automate::SCHEDULE);
        assert!(key.is_some(), "a week later again");
    });
}
