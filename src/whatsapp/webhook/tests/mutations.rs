//! No body makes the decoder panic, and damage stays where it is.

use proptest::prelude::*;

use super::*;

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        "(text|image|contacts|interactive|system|edit|sent|1700000000|stop)".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Names that the decoder looks at, so that odd values reach every branch.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "id",
        "type",
        "from",
        "timestamp",
        "text",
        "body",
        "image",
        "contacts",
        "name",
        "phones",
        "interactive",
        "button_reply",
        "nfm_reply",
        "response_json",
        "order",
        "product_items",
        "system",
        "wa_id",
        "user_id",
        "edit",
        "message",
        "original_message_id",
        "errors",
        "code",
        "context",
        "referral",
        "status",
        "location",
        "latitude",
        "messages",
        "statuses",
        "metadata",
        "profile",
        "error_data",
        "reaction",
        "value",
        "to",
    ])
    .prop_map(ToOwned::to_owned)
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("messages".to_owned()),
        1 => Just("smb_message_echoes".to_owned()),
        1 => Just("user_preferences".to_owned()),
        1 => Just("message_template_status_update".to_owned()),
        1 => "\\PC{0,8}",
    ]
}

fn good() -> Value {
    json!({"from": "16505551234", "id": "good", "timestamp": "1700000000", "type": "text", "text": {"body": "hello"}})
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes, received());
        let _ = route(&bytes);
        let _ = split(&bytes, Clone::clone);
    }

    #[test]
    fn any_value_of_any_field(field in field(), value in json()) {
        let body = body(&field, value);
        let deliveries = decode(body.as_bytes(), received()).unwrap();
        // Nothing disappears: a change always leaves something to show.
        prop_assert!(!deliveries.is_empty());
        prop_assert_eq!(route(body.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn an_odd_message_leaves_the_others_alone(odd in json()) {
        let events = decoded(&messages(json!([good(), odd, good()])));
        let expected = decoded(&messages(json!([good()])));
        prop_assert_eq!(&events[0], &expected[0]);
        prop_assert_eq!(events.last(), expected.last());
    }

    #[test]
    fn a_cut_or_changed_byte_never_panics(at in 0_usize..400, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = messages(json!([good()])).into_bytes();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = decode(&bytes, received());
    }
}
