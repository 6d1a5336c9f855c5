//! Each limit at its edge: the longest that is allowed, and one more.

use serde_json::{Value, json};

use super::*;

fn problems(content: Value) -> Vec<(String, &'static str)> {
    let content: Content = serde_json::from_value(content).unwrap();
    check(&content).into_iter().map(|problem| (problem.pointer, problem.problem)).collect()
}

fn fine(content: Value) {
    assert_eq!(problems(content.clone()), [], "{content}");
}

fn refused(content: Value, pointer: &str, problem: &'static str) {
    assert_eq!(problems(content.clone()), [(pointer.to_owned(), problem)], "{content}");
}

/// A text of this many characters, of which each takes four bytes.
fn long(count: usize) -> String {
    "😀".repeat(count)
}

/// `content` with the member at `pointer` replaced.
fn with(mut content: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = content.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.into(),
        other => other[name] = value.into(),
    }
    content
}

fn lengths(content: &Value, limits: &[(&str, usize)]) {
    fine(content.clone());
    for (pointer, most) in limits {
        fine(with(content.clone(), pointer, long(*most)));
        refused(with(content.clone(), pointer, long(most + 1)), pointer, "too_long");
        refused(with(content.clone(), pointer, " "), pointer, "required");
    }
}

fn buttons(count: usize) -> Value {
    let buttons: Vec<_> =
        (0..count).map(|at| json!({"id": format!("b{at}"), "title": format!("Button {at}")})).collect();
    json!({"type": "buttons", "body": "Which?", "buttons": buttons})
}

fn list(sections: usize, rows: usize) -> Value {
    let sections: Vec<_> = (0..sections)
        .map(|section| {
            let rows: Vec<_> = (0..rows)
                .map(|row| json!({"id": format!("r{section}-{row}"), "title": "Row", "description": "More"}))
                .collect();
            json!({"title": "Section", "rows": rows})
        })
        .collect();
    json!({"type": "list", "body": "Which?", "button": "Choose", "sections": sections})
}

#[test]
fn texts() {
    lengths(&json!({"type": "text", "body": "hello"}), &[("/body", 4096)]);
    lengths(&json!({"type": "location_request", "body": "Where?"}), &[("/body", 1024)]);
}

#[test]
fn reply_buttons() {
    lengths(
        &buttons(3),
        &[
            ("/header", 60),
            ("/body", 1024),
            ("/footer", 60),
            ("/buttons/0/title", 20),
            ("/buttons/2/id", 256),
        ],
    );
    refused(buttons(0), "/buttons", "required");
    refused(buttons(4), "/buttons", "too_many");
    refused(with(buttons(2), "/buttons/1/title", "Button 0"), "/buttons/1/title", "not_unique");
    refused(with(buttons(2), "/buttons/1/id", "b0"), "/buttons/1/id", "not_unique");
}

#[test]
fn lists() {
    lengths(
        &list(1, 10),
        &[
            ("/header", 60),
            ("/body", 4096),
            ("/footer", 60),
            ("/button", 20),
            ("/sections/0/title", 24),
            ("/sections/0/rows/9/title", 24),
            ("/sections/0/rows/9/id", 200),
        ],
    );
    fine(list(10, 1));
    refused(list(0, 0), "/sections", "required");
    refused(list(1, 11), "/sections", "too_many");
    assert_eq!(
        problems(list(11, 1)),
        [("/sections".to_owned(), "too_many"), ("/sections".to_owned(), "too_many")]
    );
    fine(with(list(1, 1), "/sections/0/rows/0/description", long(72)));
    refused(
        with(list(1, 1), "/sections/0/rows/0/description", long(73)),
        "/sections/0/rows/0/description",
        "too_long",
    );
    // Rows of different sections are told apart by their ids too.
    refused(with(list(2, 1), "/sections/1/rows/0/id", "r0-0"), "/sections/1/rows/0/id", "not_unique");
    fine(with(list(1, 1), "/sections/0/title", Value::Null));
    refused(with(list(2, 1), "/sections/1/title", Value::Null), "/sections/1/title", "required");
    refused(with(list(2, 1), "/sections/1/rows", json!([])), "/sections/1/rows", "required");
}

#[test]
fn link_buttons() {
    let link =
        json!({"type": "link_button", "body": "See", "text": "Open", "url": "https://example.com/a?b=c"});
    lengths(&link, &[("/header", 60), ("/body", 1024), ("/footer", 60), ("/text", 20)]);
    for url in ["", "example.com", "javascript:alert(1)", "https://", "https:///x", "https://a b", "ftp://a"]
    {
        refused(with(link.clone(), "/url", url), "/url", "malformed");
    }
}

#[test]
fn forms() {
    let form = json!({"type": "form", "body": "Book", "flow_id": "1", "cta": "Book!", "flow_token": "t",
                      "screen": "FIRST", "data": {"a": 1}});
    lengths(&form, &[("/header", 60), ("/body", 1024), ("/footer", 60)]);
    for pointer in ["/flow_id", "/cta", "/flow_token"] {
        refused(with(form.clone(), pointer, ""), pointer, "required");
    }
    refused(with(form.clone(), "/data", json!({})), "/data", "malformed");
    refused(with(form.clone(), "/data", json!([1])), "/data", "malformed");
    refused(with(form, "/screen", Value::Null), "/screen", "required");
}

#[test]
fn files() {
    let image = json!({"type": "media", "kind": "image", "state": "stored", "sha256": "00", "mime": "image/jpeg",
                       "size": 5_242_880, "caption": "Look"});
    fine(image.clone());
    refused(with(image.clone(), "/size", 5_242_881), "/size", "too_large");
    refused(with(image.clone(), "/mime", "image/gif"), "/mime", "not_allowed");
    refused(with(image.clone(), "/filename", "a.jpg"), "/filename", "not_allowed");
    refused(with(image.clone(), "/sha256", Value::Null), "/link", "required");
    fine(with(with(image.clone(), "/sha256", Value::Null), "/provider_id", "1"));
    fine(with(image.clone(), "/link", "https://example.com/a.jpg"));
    refused(with(image, "/link", "file:///etc/passwd"), "/link", "malformed");

    let voice = json!({"type": "media", "kind": "audio", "state": "stored", "sha256": "00",
                       "mime": "audio/ogg; codecs=opus", "voice": true});
    fine(voice.clone());
    refused(with(voice, "/caption", "Listen"), "/caption", "not_allowed");
    let sticker = json!({"type": "media", "kind": "sticker", "state": "stored", "sha256": "00", "mime": "image/webp",
                         "size": 102_400});
    fine(sticker.clone());
    let larger = with(sticker, "/size", 512_000);
    refused(larger.clone(), "/size", "too_large");
    fine(with(larger, "/animated", true));
    fine(
        json!({"type": "media", "kind": "document", "state": "stored", "sha256": "00", "mime": "application/pdf",
                "size": 104_857_600, "filename": "a.pdf", "caption": "Bill"}),
    );
}

#[test]
fn places_contacts_reactions_templates() {
    fine(json!({"type": "location", "latitude": -90, "longitude": 180}));
    refused(json!({"type": "location", "latitude": 90.1, "longitude": 0}), "/latitude", "out_of_range");
    refused(json!({"type": "location", "latitude": 0, "longitude": -180.1}), "/longitude", "out_of_range");
    fine(json!({"type": "contacts", "contacts": [{"name": "Ana"}]}));
    refused(json!({"type": "contacts", "contacts": []}), "/contacts", "required");
    refused(json!({"type": "contacts", "contacts": [{"name": ""}]}), "/contacts/0/name", "required");
    fine(json!({"type": "reaction", "target": "wamid.1"}));
    refused(json!({"type": "reaction", "target": "", "emoji": "👍"}), "/target", "required");

    let template = json!({"type": "template", "name": "hello_world", "language": "en_US", "components": []});
    fine(template.clone());
    fine(with(template.clone(), "/name", "a".repeat(512)));
    for name in ["", "Hello", "hello-world", "привет", &"a".repeat(513)] {
        refused(with(template.clone(), "/name", name), "/name", "malformed");
    }
    refused(with(template.clone(), "/language", ""), "/language", "required");
    refused(with(template, "/components", json!({})), "/components", "malformed");
}

#[test]
fn what_only_customers_send() {
    for content in [
        json!({"type": "reply", "kind": "button", "id": "a", "title": "A"}),
        json!({"type": "form_reply", "answers": {}}),
        json!({"type": "order", "items": []}),
        json!({"type": "system", "event": "x", "body": ""}),
        json!({"type": "event", "event": "opened"}),
        json!({"type": "other", "kind": "hologram"}),
    ] {
        refused(content, "/type", "not_allowed");
    }
}

#[test]
fn a_header_is_a_text_or_a_file_that_can_stand_there() {
    let file = |kind: &str| json!({"kind": kind, "state": "stored", "link": "https://a.b/c"});
    let with_file = |kind: &str| with(buttons(1), "/header_media", file(kind));
    for kind in ["image", "video", "document"] {
        fine(with_file(kind));
    }
    refused(with_file("sticker"), "/header_media/kind", "not_allowed");
    refused(with(with_file("image"), "/header", "Text"), "/header_media", "not_allowed");
    refused(with(with_file("image"), "/header_media/link", "ftp://a"), "/header_media/link", "malformed");
    refused(with(with_file("image"), "/header_media/caption", "C"), "/header_media/caption", "not_allowed");
}

#[test]
fn a_form_has_an_id_or_a_name() {
    let form = json!({"type": "form", "body": "B", "cta": "Book", "flow_token": "t"});
    refused(form.clone(), "/flow_id", "required");
    fine(with(form.clone(), "/flow_name", "booking"));
    refused(with(with(form.clone(), "/flow_name", "booking"), "/flow_id", "9"), "/flow_id", "not_allowed");
    let exchanged = with(with(form, "/flow_id", "9"), "/data_exchange", true);
    fine(exchanged.clone());
    refused(with(exchanged, "/screen", "FIRST"), "/screen", "not_allowed");
}

#[test]
fn a_template_s_parameters_have_what_their_types_name() {
    let template = |components: Value| json!({"type": "template", "name": "t", "language": "en", "components": components});
    let body = |parameter: Value| template(json!([{"type": "body", "parameters": [parameter]}]));
    let button = |sub_type: &str, parameter: Value| {
        template(json!([{"type": "button", "sub_type": sub_type, "index": "0", "parameters": [parameter]}]))
    };
    for good in [
        body(json!({"type": "text", "text": "A"})),
        body(json!({"type": "text", "parameter_name": "a", "text": "A"})),
        body(
            json!({"type": "currency", "currency": {"fallback_value": "1 €", "code": "EUR", "amount_1000": 1000}}),
        ),
        body(json!({"type": "date_time", "date_time": {"fallback_value": "today"}})),
        body(json!({"type": "something_new", "something_new": {}})),
        template(json!([{"type": "header", "parameters": [{"type": "document", "document": {"id": "7"}}]}])),
        button("quick_reply", json!({"type": "payload", "payload": "p"})),
        button("url", json!({"type": "text", "text": "suffix"})),
        button("COPY_CODE", json!({"type": "coupon_code", "coupon_code": "SALE10"})),
        button("flow", json!({"type": "action", "action": {"flow_token": "t"}})),
        // Meta's example of a catalogue writes the place as a number.
        template(json!([{"type": "button", "sub_type": "CATALOG", "index": 0, "parameters": [
            {"type": "action", "action": {"thumbnail_product_retailer_id": "x"}}]}])),
    ] {
        fine(good);
    }
    let at = "/components/0/parameters/0";
    for (bad, pointer, problem) in [
        (template(json!({})), "/components".to_owned(), "malformed"),
        (template(json!([{}])), "/components/0/type".to_owned(), "required"),
        (body(json!({"text": "A"})), format!("{at}/type"), "required"),
        (body(json!({"type": "text"})), format!("{at}/text"), "required"),
        (body(json!({"type": "image", "image": {}})), format!("{at}/image"), "required"),
        (body(json!({"type": "image", "image": {"link": "x"}})), format!("{at}/image/link"), "malformed"),
        (
            body(
                json!({"type": "currency", "currency": {"fallback_value": "1", "code": "euro", "amount_1000": 1}}),
            ),
            format!("{at}/currency/code"),
            "malformed",
        ),
        (body(json!({"type": "date_time"})), format!("{at}/date_time/fallback_value"), "required"),
        (button("url", json!({"type": "payload", "payload": "p"})), format!("{at}/type"), "not_allowed"),
        (
            template(json!([{"type": "button", "sub_type": "url", "parameters": []}])),
            "/components/0/index".to_owned(),
            "required",
        ),
        (
            template(json!([{"type": "body", "parameters": [
                {"type": "text", "parameter_name": "a", "text": "A"}, {"type": "text", "text": "B"}]}])),
            "/components/0/parameters".to_owned(),
            "malformed",
        ),
    ] {
        refused(bad, &pointer, problem);
    }
}
