//! Two records that turn out to be one person.

use std::collections::BTreeSet;

use beseda_wire::messages::Content;
use proptest::prelude::*;

use super::trying::numbered;
use super::*;
use crate::bots;
use crate::inbox::outbox;
use crate::inbox::talk::{self, Say};
use crate::store::{Actor, timers};

const PHONES: [&str; 4] = ["447700900001", "447700900002", "551187654321", "5511987654321"];
const BSUIDS: [&str; 4] = ["GB.a", "GB.b", "GB.c", "GB.d"];

#[derive(Debug, Clone)]
enum Event {
    Writes { phone: Option<usize>, bsuid: Option<usize>, username: Option<usize> },
    Renames { from: (Option<usize>, Option<usize>), to: (Option<usize>, Option<usize>) },
}

fn event() -> impl Strategy<Value = Event> {
    let phone = || prop::option::weighted(0.6, 0..PHONES.len());
    let bsuid = || prop::option::weighted(0.6, 0..BSUIDS.len());
    prop_oneof![
        5 => (phone(), bsuid(), prop::option::weighted(0.2, 0..2usize))
            .prop_map(|(phone, bsuid, username)| Event::Writes { phone, bsuid, username }),
        1 => ((phone(), bsuid()), (phone(), bsuid())).prop_map(|(from, to)| Event::Renames { from, to }),
    ]
}

fn happen(tx: &mut Tx<'_>, place: usize, event: &Event) -> bool {
    let at = i64::try_from(place).unwrap() * 10;
    let mut from = json!({});
    let mut set = |name: &str, word: Option<&str>| {
        if let Some(word) = word {
            from[name] = json!(word);
        }
    };
    match event {
        Event::Writes { phone, bsuid, username } => {
            set("from", phone.map(|at| PHONES[at]));
            set("from_user_id", bsuid.map(|at| BSUIDS[at]));
            let mut message = value(json!({"messages": [text(&format!("m{place}"), at, &from)]}));
            if let Some(username) = username {
                message["contacts"] = json!([{"profile": {"name": "A", "username": format!("u{username}")}}]);
            }
            let (state, _) = process(tx, at, "messages", &message);
            state.outcome == Outcome::Processed
        }
        Event::Renames { from: (phone, bsuid), to } => {
            set("from", phone.map(|at| PHONES[at]));
            let mut told = json!({"body": "changed", "type": "user_changed_number"});
            for (name, word) in [
                ("previous_user_id", bsuid.map(|at| BSUIDS[at])),
                ("wa_id", to.0.map(|at| PHONES[at])),
                ("user_id", to.1.map(|at| BSUIDS[at])),
            ] {
                if let Some(word) = word {
                    told[name] = json!(word);
                }
            }
            let mut message = text(&format!("s{place}"), at, &from);
            message["type"] = json!("system");
            message["system"] = told;
            process(tx, at, "messages", &value(json!({"messages": [message]})));
            false
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_sightings_leaves_two_records_with_one_name_or_loses_a_message(
        events in prop::collection::vec(event(), 1..25)
    ) {
        let (people, said) = in_a_store(move |tx| {
            let mut said = BTreeSet::new();
            let mut places = Vec::new();
            for (place, event) in events.iter().enumerate() {
                if happen(tx, place, event) {
                    let wamid = format!("m{place}");
                    places.push(conversations::by_wamid(tx, number(), &wamid).unwrap().unwrap());
                    said.insert(wamid);
                }
            }
            // Whoever remembers a place, also of a thread that is gone, finds the message and its customer.
            for place in places {
                let message = conversations::message(tx, place).unwrap().expect("a message at its place");
                let thread = conversations::get(tx, message.conversation).unwrap().expect("its thread");
                customers::get(tx, thread.customer).unwrap().expect("its customer");
            }
            (everybody(tx), said)
        });
        let found = incoming(&people);
        prop_assert!(found.values().all(|times| *times == 1), "{found:?}");
        prop_assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), said);
        let mut names = BTreeSet::new();
        for (customer, _) in &people {
            let phone = customer.phone_key().into_iter();
            let ids = customer.bsuid.iter().chain(&customer.former_bsuids).map(ToString::to_string);
            let username = customer.username.iter().map(|name| format!("@{name}"));
            for name in phone.chain(ids).chain(username) {
                prop_assert!(names.insert(name.clone()), "{name} names two records: {people:#?}");
            }
        }
    }
}

#[test]
fn two_threads_become_one_and_old_ids_lead_to_it() {
    in_a_store(|tx| {
        let (p, b) = (json!({"from": PHONES[0]}), json!({"from_user_id": BSUIDS[0]}));
        says(tx, 0, text("m1", 0, &p), Outcome::Processed);
        says(tx, 10, text("m2", 10, &b), Outcome::Processed);
        says(tx, 20, text("m3", 20, &p), Outcome::Processed);
        let before = everybody(tx);
        assert_eq!(before.len(), 2);
        let ids: Vec<_> = before.iter().map(|(customer, said)| (customer.id, said[0].conversation)).collect();
        let both = json!({"from": PHONES[0], "from_user_id": BSUIDS[0]});
        says(tx, 30, text("m4", 30, &both), Outcome::Processed);
        let people = everybody(tx);
        let [(customer, said)] = people.as_slice() else { panic!("{people:#?}") };
        let words: Vec<_> = said
            .iter()
            .rev()
            .filter_map(|message| match &message.content {
                Content::Text(text) => Some(text.body.clone()),
                Content::System(system) => Some(system.event.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(words, ["m1", "m2", "m3", "customers_merged", "m4"]);
        for (id, thread) in ids {
            assert_eq!(customers::get(tx, id).unwrap().unwrap().id, customer.id);
            assert_eq!(conversations::get(tx, thread).unwrap().unwrap().customer, customer.id);
        }
        let thread = conversations::by_customer(tx, customer.id, number()).unwrap().unwrap();
        assert_eq!(thread.unread, 4);
        assert_eq!(thread.waiting_since, Some(Time::from_seconds(START)));
        // A repetition of what lies in the thread that is gone is known.
        says(tx, 40, text("m2", 10, &b), Outcome::Duplicate);
        // The views hold one row.
        let me = beseda_wire::ids::UserId::from_uuid(Uuid::from_u128(1));
        let counts = conversations::counts(tx, me).unwrap();
        assert_eq!((counts.open, counts.unread, counts.waiting), (1, 1, 1));
    });
}

/// Asks for an age and waits an hour for it.
fn flow() -> String {
    let edge = |id: &str, port: &str| json!({"id": id, "from": {"block": "age", "port": port}, "to": {"group": "well"}});
    json!({
        "schema": 1, "id": "ages", "name": "Ages",
        "triggers": [{"id": "hello", "kind": "keyword", "keywords": [{"match": "is", "text": "begin"}]}],
        "groups": [
            {"id": "ask", "title": "Ask", "blocks": [{"id": "age", "kind": "question", "text": "How old?",
                "answer": "number", "variable": "age", "timeout": 3600}]},
            {"id": "well", "title": "Well", "blocks": [{"id": "thanks", "kind": "message", "text": "Thanks, {{age}}!"}]},
        ],
        "edges": [edge("e1", "answered")],
        "variables": [{"name": "age", "kind": "number"}],
    })
    .to_string()
}

#[test]
fn a_bot_s_question_goes_with_the_thread() {
    in_a_store(|tx| {
        let now = Time::from_seconds(START);
        bots::add_published(tx, "Ages".to_owned(), flow(), &Actor::Program, now).unwrap();
        let words = |wamid: &str, at: i64, from: &Value, body: &str| {
            let mut message = text(wamid, at, from);
            message["text"]["body"] = json!(body);
            message
        };
        let (p, b) = (json!({"from": PHONES[0]}), json!({"from_user_id": BSUIDS[0]}));
        says(tx, 0, words("m1", 0, &p, "hello"), Outcome::Processed);
        says(tx, 10, words("m2", 10, &b, "begin"), Outcome::Processed);
        let asked = conversations::by_wamid(tx, number(), "m2").unwrap().unwrap().conversation;
        let (due, _) = timers::get(tx, &bots::timer_key(asked)).unwrap().expect("the question waits");

        let both = json!({"from": PHONES[0], "from_user_id": BSUIDS[0]});
        let mut third = words("m3", 20, &both, "soon");
        third["type"] = json!("reaction");
        third["reaction"] = json!({"message_id": "long gone", "emoji": "👍"});
        says(tx, 20, third, Outcome::Processed);
        let whole = conversations::get(tx, asked).unwrap().unwrap();
        assert_ne!(whole.id, asked, "the older thread stays");
        assert_eq!(timers::get(tx, &bots::timer_key(asked)).unwrap().map(|(due, _)| due), None);
        assert_eq!(timers::get(tx, &bots::timer_key(whole.id)).unwrap().map(|(due, _)| due), Some(due));
        // The answer is heard in the thread that is left.
        says(tx, 30, words("m4", 30, &both, "33"), Outcome::Processed);
        let said = conversations::messages(tx, whole.id, None, 100).unwrap();
        let heard =
            |message: &Message| matches!(&message.content, Content::Text(text) if text.body == "Thanks, 33!");
        assert!(said.iter().any(heard), "{said:#?}");
        assert_eq!(timers::get(tx, &bots::timer_key(whole.id)).unwrap().map(|(due, _)| due), None);
    });
}

#[test]
fn what_waits_to_be_sent_finds_the_thread_that_is_left() {
    in_a_store(|tx| {
        numbered(tx, &Actor::Program, Time::from_seconds(START));
        let (p, b) = (json!({"from": PHONES[0]}), json!({"from_user_id": BSUIDS[0]}));
        says(tx, 0, text("m1", 0, &p), Outcome::Processed);
        says(tx, 10, text("m2", 10, &b), Outcome::Processed);
        let gone = conversations::by_wamid(tx, number(), "m2").unwrap().unwrap().conversation;
        let content = serde_json::from_value(json!({"type": "text", "body": "Hello"})).unwrap();
        let say = Say { conversation: gone, content, reply_to: None, actor: Actor::Program };
        let queued = talk::say(tx, &say, Time::from_seconds(START + 20)).unwrap();
        let both = json!({"from": PHONES[0], "from_user_id": BSUIDS[0]});
        says(tx, 30, text("m3", 30, &both), Outcome::Processed);

        let row = outbox::get(tx, queued.id).unwrap().expect("it still waits");
        let message = conversations::message(tx, row.place(queued.id)).unwrap().expect("its message");
        assert_ne!(message.conversation, gone);
        let customer = customers::get(tx, row.customer).unwrap().expect("its customer");
        assert_eq!(customers::survivor(tx, row.customer).unwrap(), customer.id);
        assert!(customer.phone.is_some() && customer.bsuid.is_some());
        // The mark that was made before the merge comes back with the status.
        let status = json!({
            "id": "out1", "status": "delivered", "timestamp": (START + 40).to_string(), "recipient_id": PHONES[0],
            "biz_opaque_callback_data": outbox::callback_data(row.place(queued.id)),
        });
        let (state, _) = process(tx, 40, "messages", &value(json!({"statuses": [status]})));
        assert_eq!(state.outcome, Outcome::Processed, "{:?}", state.detail);
        assert_eq!(outbox::get(tx, queued.id).unwrap(), None, "it is not sent again");
        let message = conversations::message(tx, row.place(queued.id)).unwrap().unwrap();
        assert_eq!(message.status, Some(beseda_wire::messages::Status::Delivered));
    });
}
