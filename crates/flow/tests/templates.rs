//! Templates against what Meta has approved: the checker finds what would be refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use beseda_flow::{Code, Flow, Surroundings, check_in};
use serde_json::{Value, json};

fn flow(blocks: Value) -> Value {
    json!({
        "schema": 1, "id": "f", "name": "Test",
        "triggers": [{ "id": "t", "kind": "any_message" }],
        "groups": [{ "id": "g", "blocks": blocks }],
    })
}

fn with(mut block: Value, fields: Value) -> Value {
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

#[test]
fn a_template_gets_what_it_needs_and_no_more() {
    let known = |header: Value, buttons: Value| -> Surroundings {
        let template = json!({ "name": "t", "language": "ru", "named": true, "places": [{ "name": "who", "example": "Ann" }], "header": header,
            "buttons": buttons });
        serde_json::from_value(json!({ "templates": [template] })).unwrap()
    };
    let found = |fields: Value, around: &Surroundings| -> Vec<Code> {
        let block = json!({ "id": "x", "kind": "template", "name": "t", "language": "ru",
            "body": [{ "name": "who", "text": "Eve" }] });
        let flow = flow(json!([with(block, fields)]));
        check_in(&Flow::from_value(flow).unwrap(), around).into_iter().map(|finding| finding.code).collect()
    };
    let image = || json!({ "media": { "kind": "image", "url": "https://a.b/c.png" } });
    let url = |index: u32| json!({ "id": format!("u{index}"), "index": index, "kind": "url", "text": "x" });
    let plain = known(json!({ "kind": "text", "text": "Hello" }), json!([]));
    for (fields, codes) in [
        (json!({}), vec![]),
        (json!({ "body": [{ "text": "Eve" }] }), vec![Code::TemplatePlaces]),
        (json!({ "header": { "text": "Hi" } }), vec![Code::TemplateHeader]),
        (json!({ "header": { "text": " " } }), vec![]),
        (json!({ "buttons": [url(0)] }), vec![Code::TemplateButton]),
    ] {
        assert_eq!(found(fields.clone(), &plain), codes, "{fields}");
    }
    let button = |kind: &str, fillable: bool| json!({ "kind": kind, "title": "T", "fillable": fillable });
    let buttons = json!([button("quick_reply", false), button("phone_number", false), button("url", true)]);
    let rich = known(json!({ "kind": "image" }), buttons);
    for (fields, codes) in [
        (json!({ "header": image(), "buttons": [{ "id": "q", "index": 0 }, url(2)] }), vec![]),
        // A quick reply answers with its words where it is given no payload.
        (json!({ "header": image(), "buttons": [url(2)] }), vec![]),
        (json!({ "header": image() }), vec![Code::TemplateButton]),
        (json!({ "header": image(), "buttons": [url(1), url(2)] }), vec![Code::TemplateButton]),
        (json!({ "buttons": [url(2)] }), vec![Code::TemplateHeader]),
        (json!({ "header": { "text": "Hi" }, "buttons": [url(2)] }), vec![Code::TemplateHeader]),
    ] {
        assert_eq!(found(fields.clone(), &rich), codes, "{fields}");
    }
    // The options of a question are the quick replies.
    let asked = |options: usize| {
        let options: Vec<Value> =
            (0..options).map(|n| json!({ "id": format!("o{n}"), "title": format!("Option {n}") })).collect();
        let template = json!({ "name": "t", "language": "ru", "body": [{ "name": "who", "text": "Eve" }],
            "header": image(), "buttons": [url(2)] });
        let question = json!({ "id": "x", "kind": "question", "answer": "choice", "template": template,
            "options": options });
        let codes = check_in(&Flow::from_value(flow(json!([question]))).unwrap(), &rich);
        codes.into_iter().filter(|finding| finding.code == Code::TemplateButton).count()
    };
    assert_eq!([asked(1), asked(2)], [0, 1]);
}
