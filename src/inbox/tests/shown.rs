//! What is not a plain message: whose it is, and what the team reads of it.

use beseda_wire::messages::Content;

use super::*;
use crate::whatsapp::journal::reason;

const ANN: &str = "447700900001";

fn ann() -> Value {
    json!({"from": ANN})
}

/// The newest message in Ann's thread.
fn newest(tx: &Tx<'_>) -> Message {
    let mut people = everybody(tx);
    assert_eq!(people.len(), 1, "{people:#?}");
    people.remove(0).1.remove(0)
}

#[test]
fn a_message_that_names_nobody_makes_no_customer() {
    in_a_store(|tx| {
        for at in 0..3 {
            let state = says(tx, at, text(&format!("n{at}"), at, &json!({})), Outcome::Unknown);
            assert_eq!(state.detail.as_deref(), Some(reason::NOBODY));
        }
        assert!(everybody(tx).is_empty());
        // One that answers a message here is its thread's customer's.
        says(tx, 10, text("m1", 10, &ann()), Outcome::Processed);
        says(tx, 20, text("n9", 20, &json!({"context": {"id": "m1"}})), Outcome::Processed);
        assert_eq!(newest(tx).wamid.as_deref(), Some("n9"));
        // A name of a form that nobody knows is one person, however often they write.
        for at in 30..33 {
            says(tx, at, text(&format!("o{at}"), at, &json!({"from": "SOMEBODY_ELSE"})), Outcome::Processed);
        }
        assert_eq!(everybody(tx).len(), 2);
    });
}

#[test]
fn it_is_known_when_a_customer_was_last_seen_to_the_minute() {
    in_a_store(|tx| {
        let seen: Vec<i64> = [0, 59, 61, 30, 200]
            .into_iter()
            .map(|at| {
                says(tx, at, text(&format!("m{at}"), at, &ann()), Outcome::Processed);
                let seen = everybody(tx)[0].0.last_seen_at.expect("she was here");
                (seen.millis() / 1_000) - START
            })
            .collect();
        // A message that comes late takes nothing back.
        assert_eq!(seen, [0, 0, 61, 61, 200]);
    });
}

#[test]
fn a_call_is_an_event_that_opens_the_window() {
    in_a_store(|tx| {
        let call = |event: &str, at: i64, rest: Value| {
            let mut call = json!({
                "id": "wacid.1", "from": ANN, "to": "16505550000", "event": event, "direction": "USER_INITIATED",
                "timestamp": (START + at).to_string(),
            });
            for (name, member) in rest.as_object().unwrap() {
                call[name] = member.clone();
            }
            value(json!({"contacts": [{"profile": {"name": "Ann"}, "wa_id": ANN}], "calls": [call]}))
        };
        let ring = call("connect", 0, json!({"session": {"sdp_type": "offer", "sdp": "v=0"}}));
        assert_eq!(process(tx, 1, "calls", &ring).0.outcome, Outcome::Processed);
        assert_eq!(process(tx, 2, "calls", &ring).0.outcome, Outcome::Duplicate);
        let over = call("terminate", 30, json!({"status": "FAILED"}));
        let (state, _) = process(tx, 31, "calls", &over);
        assert_eq!((state.outcome, state.kinds), (Outcome::Processed, vec!["call.terminate".to_owned()]));
        let Content::System(system) = newest(tx).content else { panic!("no event") };
        assert_eq!((system.event.as_str(), system.body.as_str()), ("call_missed", "Missed call."));
        let (customer, _) = everybody(tx).remove(0);
        assert_eq!(customer.shown_name(), "Ann");
        let thread = conversations::by_customer(tx, customer.id, number()).unwrap().unwrap();
        assert_eq!(thread.last_sign_at(), Some(Time::from_seconds(START + 30)));
        assert!(thread.waiting_since.is_some() && thread.last_in_at.is_none());
        // What is told of a call of ours is for the journal alone.
        let ringing = value(json!({"statuses": [{"id": "wacid.2", "type": "call", "status": "RINGING"}]}));
        assert_eq!(process(tx, 40, "calls", &ringing).0.outcome, Outcome::Processed);
    });
}

#[test]
fn edits_and_deletions_may_come_before_what_they_change() {
    in_a_store(|tx| {
        let amends = |id: &str, at: i64, kind: &str, rest: Value| {
            let mut message = text(id, at, &ann());
            message["type"] = json!(kind);
            message[kind] = rest;
            message
        };
        let edited =
            json!({"original_message_id": "m1", "message": {"type": "text", "text": {"body": "better"}}});
        says(tx, 10, amends("e1", 10, "edit", edited), Outcome::Processed);
        says(tx, 11, text("m1", 5, &ann()), Outcome::Duplicate);
        let message = newest(tx);
        assert!(message.edited && matches!(&message.content, Content::Text(text) if text.body == "better"));

        let gone = json!({"original_message_id": "m2"});
        says(tx, 20, amends("r1", 20, "revoke", gone.clone()), Outcome::Processed);
        says(tx, 21, amends("r1", 20, "revoke", gone), Outcome::Duplicate);
        assert!(matches!(&newest(tx).content, Content::Other(other) if other.detail.is_some()));
        says(tx, 22, text("m2", 15, &ann()), Outcome::Processed);
        says(tx, 23, text("m2", 15, &ann()), Outcome::Duplicate);
        let message = newest(tx);
        assert!(message.revoked && matches!(&message.content, Content::Text(text) if text.body == "m2"));
    });
}

#[test]
fn every_odd_kind_can_be_read_in_the_thread() {
    in_a_store(|tx| {
        let cases = [
            (
                "unsupported",
                json!({"errors": [{"code": 131_051, "title": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."}}],
                "unsupported": {"type": "poll"}}),
            ),
            ("hologram", json!({"hologram": {"id": "1"}})),
            ("reaction", json!({"reaction": {"message_id": "long gone", "emoji": "👍"}})),
            (
                "order",
                json!({"order": {"catalog_id": "1", "text": "two, please", "product_items": [
                {"product_retailer_id": "tea", "quantity": "2", "item_price": 3.5, "currency": "GBP"}]}}),
            ),
            (
                "interactive",
                json!({"interactive": {"type": "nfm_reply", "nfm_reply": {
                "name": "flow", "body": "Sent", "response_json": "{\"day\":\"Monday\"}"}}}),
            ),
            (
                "interactive",
                json!({"interactive": {"type": "call_permission_reply", "call_permission_reply": {
                "response": "accept"}}}),
            ),
            ("request_welcome", json!({})),
        ];
        for (place, (kind, rest)) in cases.iter().enumerate() {
            let at = i64::try_from(place).unwrap() * 10;
            let mut message = text(&format!("k{place}"), at, &ann());
            message.as_object_mut().unwrap().remove("text");
            message["type"] = json!(kind);
            for (name, member) in rest.as_object().unwrap() {
                message[name] = member.clone();
            }
            says(tx, at, message, Outcome::Processed);
            let shown = newest(tx);
            assert_eq!(shown.wamid, Some(format!("k{place}")), "{kind}");
            match &shown.content {
                // A kind that nobody knows has only its name; screens say so in their own language.
                Content::Other(other) => {
                    assert_eq!(
                        (other.detail.is_none(), other.raw.is_some()),
                        (*kind == "hologram", true),
                        "{other:?}"
                    );
                }
                Content::System(system) => assert!(!system.body.is_empty(), "{system:?}"),
                _ => {}
            }
        }
        let mut grouped = text("g1", 90, &ann());
        grouped["group_id"] = json!("G");
        let state = says(tx, 90, grouped, Outcome::Unknown);
        assert_eq!(state.detail.as_deref(), Some("messages of groups are not supported"));
    });
}
