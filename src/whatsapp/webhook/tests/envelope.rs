//! Routing and dividing, and what is no webhook at all.

use super::*;

fn batch() -> String {
    json!({
        "object": "whatsapp_business_account",
        "future": {"kept": true},
        "entry": [
            {"id": "A", "time": 1_700_000_000, "changes": [
                {"field": "messages", "value": {"metadata": {"phone_number_id": "1"}, "messages": [{"id": "m1"}]}},
                {"field": "messages", "value": {"metadata": {"phone_number_id": "2"}, "messages": [{"id": "m2"}]}},
            ]},
            {"id": "B", "time": 1_700_000_001, "changes": [
                {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}},
                {"field": "messages", "value": {"metadata": {"phone_number_id": 3}, "messages": [{"id": "m3"}]}},
            ]},
        ],
    })
    .to_string()
}

fn to(waba_id: &str, phone_number_id: Option<&str>) -> Route {
    Route { waba_id: Some(waba_id.to_owned()), phone_number_id: phone_number_id.map(ToOwned::to_owned) }
}

#[test]
fn routes_are_each_named_once() {
    let routes = route(batch().as_bytes()).unwrap();
    assert_eq!(routes, [to("A", Some("1")), to("A", Some("2")), to("B", None), to("B", Some("3"))]);
    let change = json!({"field": "messages", "value": {"metadata": {"phone_number_id": "1"}}});
    let twice =
        json!({"entry": [{"id": "A", "changes": [change, change]}, {"id": "A", "changes": [change]}]});
    assert_eq!(route(twice.to_string().as_bytes()).unwrap(), [to("A", Some("1"))]);
}

#[test]
fn a_body_of_one_owner_stays_as_it_is() {
    let batch = batch();
    let parts = split(batch.as_bytes(), |_| "the only one").unwrap();
    assert_eq!(parts, [("the only one", Cow::Borrowed(batch.as_str()))]);
    assert!(matches!(parts[0].1, Cow::Borrowed(_)));
}

#[test]
fn a_body_of_several_owners_is_divided() {
    let batch = batch();
    let parts = split(batch.as_bytes(), |route| match route.phone_number_id.as_deref() {
        Some("1" | "3") => Some("first"),
        Some("2") => Some("second"),
        _ => None,
    })
    .unwrap();
    let owners: Vec<_> = parts.iter().map(|(owner, _)| *owner).collect();
    assert_eq!(owners, [Some("first"), Some("second"), None]);
    let first: Value = serde_json::from_str(&parts[0].1).unwrap();
    assert_eq!(
        first,
        json!({
            "object": "whatsapp_business_account",
            "future": {"kept": true},
            "entry": [
                {"id": "A", "time": 1_700_000_000, "changes": [
                    {"field": "messages", "value": {"metadata": {"phone_number_id": "1"}, "messages": [{"id": "m1"}]}},
                ]},
                {"id": "B", "time": 1_700_000_001, "changes": [
                    {"field": "messages", "value": {"metadata": {"phone_number_id": 3}, "messages": [{"id": "m3"}]}},
                ]},
            ],
        })
    );
    // Nothing is lost and nothing is told twice.
    let whole = decode(batch.as_bytes(), received()).unwrap();
    let mut divided: Vec<_> =
        parts.iter().flat_map(|(_, part)| decode(part.as_bytes(), received()).unwrap()).collect();
    divided.sort_by_key(|delivery| whole.iter().position(|other| other == delivery));
    assert_eq!(divided, whole);
}

#[test]
fn what_is_no_webhook_says_so() {
    let unreadable = |body: &[u8]| decode(body, received()).unwrap_err();
    assert_eq!(unreadable(b"\xff\xfe"), Unreadable::NotText);
    assert!(matches!(unreadable(b""), Unreadable::NotJson(_)));
    assert!(matches!(unreadable(b"{\"entry\":[}"), Unreadable::NotJson(_)));
    assert!(matches!(unreadable(b"<html>"), Unreadable::NotJson(_)));
    for body in ["{}", "[]", "5", "null", "\"entry\""] {
        assert_eq!(unreadable(body.as_bytes()), Unreadable::NoEntry, "{body}");
    }
}

#[test]
fn odd_frames_hold_what_they_hold() {
    // A byte-order mark, a name given twice, a number where a text is due.
    let single =
        "\u{feff}{\"entry\":1,\"entry\":[{\"id\":5,\"changes\":[{\"field\":\"security\",\"value\":{}}]}]}";
    let deliveries = decode(single.as_bytes(), received()).unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].route, to("5", None));
    assert_eq!(deliveries[0].event.kind(), "field.security");
    for nothing in ["null", "[]", "[null,[],true,-1,0.5]", "\"x\"", "{\"a\":1}", "[{}]", "[{\"changes\":7}]"]
    {
        assert_eq!(decoded(&format!("{{\"entry\":{nothing}}}")), [], "{nothing}");
    }
    // A change that says nothing, or cannot be read, is still shown.
    for change in ["{}", "null", "[1]", "{\"field\":7,\"value\":[1]}", "{\"\\ud83d\":1}"] {
        let events = decoded(&format!("{{\"entry\":[{{\"changes\":[{change}]}}]}}"));
        let [Event::Unknown(unknown)] = events.as_slice() else { panic!("{events:?}") };
        assert!(unknown.kind.starts_with("field"), "{change}");
    }
}

#[test]
fn nesting_without_end_spoils_only_its_own_item() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = messages(json!([{"id": "m1", "type": "text", "text": {"body": "hello"}}]))
        .replace("\"messages\":[", &format!("\"messages\":[{{\"id\":\"m0\",\"x\":{deep}}},"));
    let kinds: Vec<_> = decoded(&body).iter().map(Event::kind).collect();
    assert_eq!(kinds, ["message.unreadable", "message.text"]);
}

#[test]
fn a_full_batch_is_decoded() {
    let one = json!({"from": "16505551234", "id": "m", "timestamp": "1", "type": "text", "text": {"body": "hello"}});
    let body = messages(Value::Array(vec![one; 1000]));
    assert_eq!(decoded(&body).len(), 1000);
}
