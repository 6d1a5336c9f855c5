//! Requests that Meta takes, and requests it refuses.

use proptest::prelude::*;
use serde_json::json;

use super::super::ids::Ids;
use super::super::templates::{self, Template};
use super::*;

/// Meta's own examples, as they are: full of placeholders, some of which are not what they stand for.
#[test]
fn meta_s_examples_are_taken_or_refused_for_their_placeholders_alone() {
    let file = include_str!("../../../../tests/fixtures/whatsapp/requests/meta-postman.json");
    let file: Value = serde_json::from_str(file).unwrap();
    let requests = file["requests"].as_object().unwrap();
    assert_eq!(requests.len(), 49);
    for (name, body) in requests {
        let got = request(body).map_err(|refusal| refusal.message);
        let placeholder = match name.as_str() {
            // `<MSGID_OF_PREV_MSG>` is no message.
            name if name.starts_with("Send Reply to") => Some("(#131009) Parameter value is not valid"),
            // `http(s)://image-url` is no address.
            name if name.ends_with("by URL") => Some("is not a valid URI."),
            "Send Message Template Media" | "Send Message Template Interactive" => {
                Some("is not a valid URI.")
            }
            "Send Location Message" => Some("must be a number."),
            "Send Reply with Reaction Message" => Some("(#131009) Parameter value is not valid"),
            "Send Multi Product Message" => Some("Param interactive['header']['type'] must be one of"),
            _ => None,
        };
        match (placeholder, got) {
            (None, got) => {
                got.unwrap_or_else(|message| panic!("{name} was refused: {message}"));
            }
            (Some(words), Err(message)) => assert!(message.contains(words), "{name}: {message}"),
            (Some(words), Ok(_)) => panic!("{name} was taken, though {words}"),
        }
    }
}

fn send(kind: &str, part: Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": "+79261234567", "type": kind, kind: part})
}

fn code_of(body: &Value) -> Option<i64> {
    request(body).err().map(|refusal| refusal.code)
}

#[test]
fn the_envelope_is_checked() {
    let good = send("text", json!({"body": "Hi"}));
    let Ok(Request::Send(sent)) = request(&good) else { panic!() };
    assert_eq!((sent.to.as_deref(), sent.kind), (Some("+79261234567"), Kind::Text));
    for (key, value, expected) in [
        ("messaging_product", json!("telegram"), Some("Param messaging_product must be one of {WHATSAPP}")),
        ("messaging_product", json!(null), Some("The parameter messaging_product is required.")),
        ("to", json!(null), Some("The parameter to is required.")),
        ("to", json!(""), Some("The parameter to is required.")),
        ("to", json!(79_261_234_567_i64), None),
        ("to", json!({}), Some("Param to must be a string.")),
        ("type", json!("poll"), Some("Param type must be one of {AUDIO, CONTACTS")),
        ("type", json!("image"), Some("The parameter image is required.")),
        ("type", json!(null), None),
        ("text", json!("Hi"), Some("Param text must be a JSON object.")),
        ("recipient_type", json!("individual"), None),
        ("recipient_type", json!("crowd"), Some("must be one of {INDIVIDUAL, GROUP}")),
        ("biz_opaque_callback_data", json!("я".repeat(512)), None),
        ("biz_opaque_callback_data", json!("я".repeat(513)), Some("at most 512 characters")),
        ("recipient", json!("RU.123"), None),
        ("recipient", json!("ru.123"), Some("(#131009)")),
        ("context", json!({"message_id": "wamid.X"}), None),
        ("recipient_identity_key_hash", json!("aGFzaA=="), None),
        ("priority", json!("high"), Some("(#100) Unexpected key \"priority\".")),
        ("context", json!({}), Some("The parameter context['message_id'] is required.")),
    ] {
        let mut body = good.clone();
        body[key] = value.clone();
        match (expected, request(&body)) {
            (None, got) => assert!(got.is_ok(), "{key} = {value}: {got:?}"),
            (Some(words), got) => {
                let message = got.expect_err(key).message;
                assert!(message.contains(words), "{key} = {value}: {message}");
            }
        }
    }
    assert_eq!(code_of(&Value::Null), Some(100));
}

#[test]
fn a_user_id_alone_is_enough() {
    let body = json!({"messaging_product": "whatsapp", "recipient": "US.13491208655302741918", "text": {"body": "Hi"}});
    let Ok(Request::Send(sent)) = request(&body) else { panic!() };
    assert_eq!((sent.to, sent.user), (None, Some("US.13491208655302741918")));
    for (id, good) in
        [("US.ENT.1a", true), ("US.", false), ("USA.1", false), ("US.1-2", false), ("US", false)]
    {
        assert_eq!(is_bsuid(id), good, "{id}");
    }
}

#[test]
fn marks_are_read() {
    let mark = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"});
    assert_eq!(request(&mark), Ok(Request::Mark { message: "wamid.X", typing: false }));
    let mut typing = mark.clone();
    typing["typing_indicator"] = json!({"type": "text"});
    assert_eq!(request(&typing), Ok(Request::Mark { message: "wamid.X", typing: true }));
    typing["typing_indicator"] = json!({"type": "audio"});
    assert_eq!(code_of(&typing), Some(100));
    assert_eq!(code_of(&json!({"messaging_product": "whatsapp", "status": "read"})), Some(100));
    assert_eq!(
        code_of(&json!({"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.X"})),
        Some(100)
    );
}

#[test]
fn plain_kinds_keep_their_limits() {
    for (kind, part, expected) in [
        ("text", json!({"body": "я".repeat(4096)}), None),
        ("text", json!({"body": "я".repeat(4097)}), Some(100)),
        ("text", json!({"body": ""}), Some(100)),
        ("text", json!({"body": "x", "preview": true}), Some(100)),
        ("image", json!({"id": "1", "caption": "c".repeat(1024)}), None),
        ("image", json!({"id": "1", "caption": "c".repeat(1025)}), Some(100)),
        ("image", json!({"id": "1", "link": "https://a/b"}), Some(131_009)),
        ("image", json!({"link": "https://a/b.jpg?x=1"}), None),
        ("image", json!({"link": "ftp://a/b.jpg"}), Some(100)),
        ("image", json!({}), Some(100)),
        ("image", json!({"id": "1", "filename": "x"}), Some(100)),
        ("audio", json!({"id": "1", "voice": true}), None),
        ("audio", json!({"id": "1", "caption": "no"}), Some(100)),
        ("document", json!({"id": "1", "filename": "a.pdf", "caption": "c"}), None),
        ("sticker", json!({"id": "1"}), None),
        ("location", json!({"latitude": "37.5", "longitude": -122.1, "name": "n"}), None),
        ("location", json!({"latitude": 91, "longitude": 0}), Some(131_009)),
        ("location", json!({"latitude": 1}), Some(100)),
        ("reaction", json!({"message_id": "wamid.X", "emoji": "👨‍👩‍👧‍👦"}), None),
        ("reaction", json!({"message_id": "wamid.X", "emoji": ""}), None),
        ("reaction", json!({"message_id": "wamid.X", "emoji": "ok"}), Some(131_009)),
        (
            "contacts",
            json!([{"name": {"formatted_name": "A B", "first_name": "A"}, "phones": [{"phone": "+1"}]}]),
            None,
        ),
        ("contacts", json!([{"name": {"formatted_name": "A B"}}]), Some(131_009)),
        ("contacts", json!([{"phones": []}]), Some(100)),
        ("contacts", json!([]), Some(131_009)),
        ("contacts", json!({}), Some(100)),
    ] {
        assert_eq!(code_of(&send(kind, part.clone())), expected, "{kind}: {part}");
    }
}

fn buttons(buttons: &Value) -> Value {
    send("interactive", json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}))
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

#[test]
fn reply_buttons_keep_their_limits() {
    let details = |body: &Value| request(body).expect_err("it was taken").details.unwrap_or_default();
    assert_eq!(code_of(&buttons(&json!([button("1", &"я".repeat(20))]))), None);
    assert_eq!(
        details(&buttons(&json!([button("1", &"я".repeat(21))]))),
        "Button title length invalid. Min length: 1, Max length: 20"
    );
    assert_eq!(
        details(&buttons(&json!([]))),
        "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
    );
    let four: Vec<_> = (0..4).map(|at| button(&at.to_string(), &at.to_string())).collect();
    assert_eq!(code_of(&buttons(&json!(four))), Some(131_009));
    assert_eq!(
        details(&buttons(&json!([button("1", "Yes"), button("2", "Yes")]))),
        "Button titles are not unique"
    );
    assert_eq!(
        details(&buttons(&json!([button("1", "Yes"), button("1", "No")]))),
        "Button ids are not unique"
    );
    assert_eq!(code_of(&buttons(&json!([button(&"i".repeat(256), "Yes")]))), None);
    assert_eq!(code_of(&buttons(&json!([button(&"i".repeat(257), "Yes")]))), Some(131_009));
    assert_eq!(code_of(&buttons(&json!([{"type": "url", "reply": {"id": "1", "title": "Yes"}}]))), Some(100));
    for (key, length, expected) in [
        ("body", 1024, None),
        ("body", 1025, Some(131_009)),
        ("footer", 60, None),
        ("footer", 61, Some(131_009)),
    ] {
        let mut body = buttons(&json!([button("1", "Yes")]));
        body["interactive"][key] = json!({"text": "т".repeat(length)});
        assert_eq!(code_of(&body), expected, "{key} of {length}");
    }
    for (header, expected) in [
        (json!({"type": "text", "text": "H".repeat(60)}), None),
        (json!({"type": "text", "text": "H".repeat(61)}), Some(131_009)),
        (json!({"type": "image", "image": {"id": "5"}}), None),
        (json!({"type": "image", "image": {}}), Some(100)),
        (json!({"type": "audio", "audio": {"id": "5"}}), Some(100)),
    ] {
        let mut body = buttons(&json!([button("1", "Yes")]));
        body["interactive"]["header"] = header.clone();
        assert_eq!(code_of(&body), expected, "{header}");
    }
    let mut body = buttons(&json!([button("1", "Yes")]));
    body["interactive"]["header"] = json!({"type": "image", "image": {"id": "5"}});
    let Ok(Request::Send(sent)) = request(&body) else { panic!() };
    assert_eq!(sent.kind, Kind::Interactive { kind: "button", media: Some(("image", "5")), form: None });
}

fn list(sections: &Value) -> Value {
    let action = json!({"button": "Open", "sections": sections});
    send("interactive", json!({"type": "list", "body": {"text": "?"}, "action": action}))
}

fn rows(count: usize, from: usize) -> Vec<Value> {
    (from..from + count).map(|at| json!({"id": at.to_string(), "title": format!("Row {at}")})).collect()
}

#[test]
fn lists_keep_their_limits() {
    for (sections, expected) in [
        (json!([{"rows": rows(10, 0)}]), None),
        (json!([{"rows": rows(11, 0)}]), Some(131_009)),
        (json!([{"title": "A", "rows": rows(5, 0)}, {"title": "B", "rows": rows(5, 5)}]), None),
        (json!([{"title": "A", "rows": rows(6, 0)}, {"title": "B", "rows": rows(5, 6)}]), Some(131_009)),
        (json!([{"rows": rows(1, 0)}, {"title": "B", "rows": rows(1, 1)}]), Some(100)),
        (json!([{"title": "A", "rows": rows(1, 0)}, {"title": "B", "rows": rows(1, 0)}]), Some(131_009)),
        (json!([{"title": "A".repeat(25), "rows": rows(1, 0)}]), Some(131_009)),
        (json!([{"rows": []}]), Some(131_009)),
        (json!([]), Some(131_009)),
        (json!([{"rows": [{"id": "1", "title": "t".repeat(24), "description": "d".repeat(72)}]}]), None),
        (json!([{"rows": [{"id": "1", "title": "t".repeat(25)}]}]), Some(131_009)),
        (json!([{"rows": [{"id": "1", "title": "t", "description": "d".repeat(73)}]}]), Some(131_009)),
        (json!([{"rows": [{"id": "1".repeat(201), "title": "t"}]}]), Some(131_009)),
        (json!([{"rows": [{"id": "1", "title": "t", "url": "u"}]}]), Some(100)),
    ] {
        assert_eq!(code_of(&list(&sections)), expected, "{sections}");
    }
    let refusal = request(&list(&json!([{"rows": [{"id": "1", "title": ""}]}]))).unwrap_err().message;
    assert_eq!(
        refusal, "(#100) The parameter interactive['action']['sections'][0]['rows'][0]['title'] is required.",
        "as seen in the field"
    );
    let mut body = list(&json!([{"rows": rows(1, 0)}]));
    body["interactive"]["body"]["text"] = json!("я".repeat(4096));
    assert_eq!(code_of(&body), None);
    body["interactive"]["header"] = json!({"type": "image", "image": {"id": "5"}});
    assert_eq!(code_of(&body), Some(100), "a list has no picture above it");
    body["interactive"]["header"] = json!(null);
    body["interactive"]["action"]["button"] = json!("b".repeat(21));
    assert_eq!(code_of(&body), Some(131_009));
}

#[test]
fn the_other_interactive_kinds_are_checked() {
    let interactive = |kind: &str, action: Value| {
        send("interactive", json!({"type": kind, "body": {"text": "?"}, "action": action}))
    };
    let flow = |change: fn(&mut Value)| {
        let mut parameters = json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book!",
            "flow_token": "t", "flow_action": "navigate", "flow_action_payload": {"screen": "S", "data": {"a": 1}}});
        change(&mut parameters);
        json!({"name": "flow", "parameters": parameters})
    };
    for (body, expected) in [
        (
            interactive(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "Go", "url": "https://a"}}),
            ),
            None,
        ),
        (
            interactive(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "g".repeat(21), "url": "https://a"}}),
            ),
            Some(131_009),
        ),
        (
            interactive(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "Go", "url": "a"}}),
            ),
            Some(100),
        ),
        (interactive("cta_url", json!({"name": "url", "parameters": {}})), Some(100)),
        (interactive("location_request_message", json!({"name": "send_location"})), None),
        (interactive("location_request_message", json!({"name": "place"})), Some(100)),
        (interactive("flow", flow(|_| {})), None),
        (interactive("flow", flow(|flow| flow["flow_action_payload"]["data"] = json!({}))), Some(131_009)),
        (interactive("flow", flow(|flow| flow["mode"] = json!("test"))), Some(100)),
        (interactive("flow", flow(|flow| flow["flow_name"] = json!("both"))), Some(131_009)),
        (interactive("flow", flow(|flow| flow["flow_message_version"] = json!("2"))), Some(100)),
        (interactive("product", json!({"catalog_id": "1", "product_retailer_id": "2"})), None),
        (interactive("product", json!({"catalog_id": "1"})), Some(100)),
        (interactive("quiz", json!({})), Some(100)),
    ] {
        assert_eq!(code_of(&body), expected, "{body}");
    }
    let mut bodiless = interactive(
        "cta_url",
        json!({"name": "cta_url", "parameters": {"display_text": "Go", "url": "https://a"}}),
    );
    bodiless["interactive"]["body"] = json!(null);
    assert_eq!(code_of(&bodiless), Some(100));
}

fn template(name: &str, language: &str) -> Template {
    let all = templates::first(&Ids::new(1));
    all.into_iter().find(|template| template.name == name && template.language == language).unwrap()
}

#[test]
fn a_template_is_filled_or_refused() {
    let texts = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| json!({"type": "TEXT", "text": text})).collect()
    };
    let body = |given: &[&str]| json!({"type": "body", "parameters": texts(given)});
    let link = json!({"type": "button", "sub_type": "url", "index": "0", "parameters": texts(&["204"])});
    let picture = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
    let reminder = template("appointment_reminder", "ru");
    assert_eq!(
        fill(&reminder, &[body(&["Анна", "12 мая", "15:00"])]).unwrap(),
        "Здравствуйте, Анна! Ждём вас 12 мая в 15:00. Вы придёте?"
    );
    let refused = |template: &Template, components: &[Value]| fill(template, components).unwrap_err();
    let refusal = refused(&reminder, &[body(&["Анна"])]);
    assert_eq!(refusal.code, 132_000);
    assert_eq!(
        refusal.details.as_deref(),
        Some("body: number of localizable_params (1) does not match the expected number of params (3)")
    );
    assert_eq!(refused(&reminder, &[body(&["Анна", "", "15:00"])]).code, 131_008);
    assert_eq!(refused(&reminder, &[body(&["Анна", &"д".repeat(1024), "15:00"])]).code, 132_005);
    let ready = template("order_ready", "en_US");
    assert!(fill(&ready, &[picture.clone(), body(&["A-1", "9 pm"]), link.clone()]).is_ok());
    assert_eq!(refused(&ready, &[body(&["A-1", "9 pm"]), link.clone()]).code, 132_012, "without its picture");
    assert_eq!(refused(&ready, &[picture.clone(), body(&["A-1", "9 pm"])]).code, 131_008, "without its link");
    assert_eq!(
        refused(&reminder, &[body(&["Анна", "12 мая", "15:00"]), link]).code,
        132_012,
        "with another's link"
    );
    assert_eq!(refused(&reminder, &[picture, body(&["Анна", "12 мая", "15:00"])]).code, 132_000);
    assert_eq!(fill(&template("hello_world", "en_US"), &[]).unwrap().lines().count(), 3);
    let price =
        json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}});
    let mixed = json!({"type": "body", "parameters": [price, texts(&["x"])[0], texts(&["y"])[0]]});
    assert!(fill(&reminder, &[mixed]).unwrap().contains("Здравствуйте, $1!"));
}

#[test]
fn named_parameters_come_in_any_order() {
    let template = Template {
        named: true,
        components: vec![json!({"type": "BODY", "text": "Dear {{first_name}}, order {{order}} is yours."})],
        ..template("hello_world", "en_US")
    };
    let named = |name: &str, text: &str| json!({"type": "text", "parameter_name": name, "text": text});
    let send = |parameters: Value| fill(&template, &[json!({"type": "body", "parameters": parameters})]);
    assert_eq!(
        send(json!([named("order", "7"), named("first_name", "Ann")])).unwrap(),
        "Dear Ann, order 7 is yours."
    );
    assert_eq!(send(json!([named("order", "7"), named("name", "Ann")])).unwrap_err().code, 132_000);
    assert_eq!(send(json!([named("order", "7"), named("order", "8")])).unwrap_err().code, 132_000);
}

#[test]
fn a_template_s_request_is_checked_by_itself() {
    let template = |part: Value| code_of(&send("template", part));
    for (part, expected) in [
        (json!({"name": "hello_world", "language": {"code": "en_US"}}), None),
        (json!({"name": "hello_world", "language": {"code": "en_US", "policy": "deterministic"}}), None),
        (json!({"name": "hello_world", "language": "en_US"}), Some(100)),
        (json!({"name": "hello_world"}), Some(100)),
        (json!({"language": {"code": "en_US"}}), Some(100)),
        (json!({"name": "h", "language": {"code": "en"}, "components": [{"type": "tail"}]}), Some(100)),
        (
            json!({"name": "h", "language": {"code": "en"}, "components": [{"type": "body", "parameters": [{}]}]}),
            Some(100),
        ),
        (json!({"name": "h", "language": {"code": "en"}, "components": {}}), Some(100)),
    ] {
        assert_eq!(template(part.clone()), expected, "{part}");
    }
}

/// Any JSON, small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Every place of a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(key, inner)| places(inner, &format!("{at}/{key}"), found));
        }
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| places(inner, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

proptest! {
    /// Meta's examples with anything anywhere: they are taken or refused with an error of a client's fault, never
    /// more.
    #[test]
    fn no_request_is_too_strange(example in 0_usize..49, place in any::<prop::sample::Index>(), odd in any_json()) {
        let file = include_str!("../../../../tests/fixtures/whatsapp/requests/meta-postman.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let mut body = file["requests"].as_object().unwrap().values().nth(example).unwrap().clone();
        let mut found = Vec::new();
        places(&body, "", &mut found);
        let place: &String = place.get(&found);
        *body.pointer_mut(place).unwrap() = odd;
        if let Err(refusal) = request(&body) {
            prop_assert!([100, 131_008, 131_009].contains(&refusal.code), "{:?}", refusal);
            prop_assert!(serde_json::from_str::<Value>(&refusal.body("A")).is_ok());
        }
        if let Some(components) = body["template"]["components"].as_array() {
            for template in templates::first(&Ids::new(1)) {
                let _ = fill(&template, components).map_err(|refusal| refusal.body("A"));
            }
        }
    }
}
