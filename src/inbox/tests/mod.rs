//! Processing webhooks against a store in a folder of its own, in one transaction that is never committed.

mod clock;
mod happenings;
mod merging;
mod numbers;
mod shown;
mod trying;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use beseda_flow::Now;
use beseda_wire::ids::NumberId;
use beseda_wire::messages::Direction;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;
use serde_json::{Value, json};
use uuid::Uuid;

use super::process::{self, Context, Led, Turn};
use crate::bots::Flows;
use crate::conversations::{Message, store as conversations};
use crate::customers::{Customer, store as customers};
use crate::store::{Read, Schema, Store, StoreError, Tx};
use crate::whatsapp::journal::{Entry, State, store as journal};

const SCHEMA: Schema = Schema { what: "the test store", migrations: &[] };
const START: i64 = 1_790_000_000;

fn number() -> NumberId {
    NumberId::from_uuid(Uuid::from_u128(7))
}

/// Runs `body` in a transaction that fails in the end: nothing is written, and nothing waits for a disk.
fn in_a_store<T: Send + 'static>(body: impl FnOnce(&mut Tx<'_>) -> T + Send + 'static) -> T {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("store.redb"), 1 << 20, &SCHEMA).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    let mut body = Some(body);
    let _: Result<(), StoreError> = runtime.block_on(store.write(move |tx| {
        if let Some(body) = body.take() {
            let _ = send.send(body(tx));
        }
        Err(StoreError::Busy)
    }));
    receive.recv().expect("the body ended")
}

/// What one webhook led to, `at` seconds after the start.
fn process(tx: &mut Tx<'_>, at: i64, field: &str, value: &Value) -> (State, Led) {
    let body = json!({"entry": [{"id": "WABA", "changes": [{"field": field, "value": value}]}]}).to_string();
    let entry =
        Entry { received_at: Time::from_seconds(START + at), phone_number_id: None, body: body.into_bytes() };
    let context = Context {
        numbers: Arc::new(HashMap::from([("1000".to_owned(), number())])),
        flows: Arc::<Flows>::default(),
        now: Now::new((START + at) * 1000, 0),
    };
    let decoded = process::decode(&entry);
    process::apply(tx, &context, &entry, &decoded, State::pending()).unwrap()
}

fn value(rest: Value) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "16505550000", "phone_number_id": "1000"},
    });
    for (name, member) in rest.as_object().unwrap() {
        value[name] = member.clone();
    }
    value
}

/// A message, which is expected to end as `outcome`.
fn says(tx: &mut Tx<'_>, at: i64, message: Value, outcome: Outcome) -> State {
    let (state, _) = process(tx, at, "messages", &value(json!({"messages": [message]})));
    assert_eq!(state.outcome, outcome, "{:?}", state.detail);
    state
}

fn text(wamid: &str, at: i64, from: &Value) -> Value {
    let mut message = json!({
        "id": wamid, "timestamp": (START + at).to_string(), "type": "text", "text": {"body": wamid},
    });
    for (name, member) in from.as_object().unwrap() {
        message[name] = member.clone();
    }
    message
}

/// Everybody, with what was said in their threads.
fn everybody(from: &dyn Read) -> Vec<(Customer, Vec<Message>)> {
    let people = customers::page(from, "", None, 1_000).unwrap();
    people
        .into_iter()
        .map(|customer| {
            let mut said = Vec::new();
            for thread in conversations::of_customer(from, customer.id).unwrap() {
                let row =
                    conversations::get(from, thread).unwrap().expect("a thread that is listed is there");
                assert_eq!((row.id, row.customer), (thread, customer.id));
                said.extend(conversations::messages(from, thread, None, 10_000).unwrap());
            }
            (customer, said)
        })
        .collect()
}

/// The customers' own messages by their text, with how many there are of each.
fn incoming(people: &[(Customer, Vec<Message>)]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for message in people.iter().flat_map(|(_, said)| said) {
        if message.direction == Direction::In {
            *found.entry(message.wamid.clone().unwrap_or_default()).or_default() += 1;
        }
    }
    found
}

/// A disk that was full for a moment: the entries of one commit were refused, those of the next were not.
#[test]
fn an_entry_waits_for_the_one_before_it() {
    let processed = in_a_store(|tx| {
        let context = Context {
            numbers: Arc::default(),
            flows: Arc::<Flows>::default(),
            now: Now::new(START * 1000, 0),
        };
        let entry =
            Entry { received_at: Time::from_seconds(START), phone_number_id: None, body: b"{}".to_vec() };
        let decoded = process::decode(&entry);
        let mut turn = |id, after| {
            process::in_turn(tx, Turn { id, after }, &context, &entry, &decoded).unwrap();
            let outcome = |id| journal::state(tx, id).unwrap().outcome;
            (journal::processed(tx).unwrap(), [1, 2, 4].map(|id| outcome(id) != Outcome::Pending))
        };
        // The first was refused; so is what follows it, until it is tried again. There is no entry 3: it was refused
        // when it came.
        vec![turn(2, 1), turn(4, 2), turn(1, 0), turn(4, 2), turn(2, 1), turn(2, 1), turn(4, 2)]
    });
    let (none, first) = ((0, [false; 3]), (1, [true, false, false]));
    let (second, all) = ((2, [true, true, false]), (4, [true; 3]));
    assert_eq!(processed, [none, none, first, first, second, second, all]);
}
