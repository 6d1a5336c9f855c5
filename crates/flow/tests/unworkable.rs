//! What can never work and keeps a flow from being published: connections that are not there, expressions without a
//! result whatever their variables hold.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use beseda_flow::{Code, Flow, Severity, Surroundings, check, check_in};
use serde_json::{Value, json};

/// A flow of these blocks, started by any message.
fn flow(blocks: Value) -> Value {
    json!({
        "schema": 1, "id": "f", "name": "Test", "start": { "group": "g" },
        "triggers": [{ "id": "t", "kind": "any_message" }],
        "groups": [{ "id": "g", "blocks": blocks }],
        "edges": [],
    })
}

fn with(mut block: Value, fields: Value) -> Value {
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

#[test]
fn a_missing_connection_keeps_from_publishing_where_the_customer_would_be_lost() {
    let found = |block: Value, way_on: bool, around: Value| -> Vec<(Severity, Value)> {
        let block = with(json!({ "id": "x" }), block);
        let mut flow = flow(json!([block, { "id": "y", "kind": "message", "text": "Sorry" }]));
        if way_on {
            let edge = json!({ "id": "e", "from": { "block": "x", "port": "failed" }, "to": { "group": "g", "block": "y" } });
            flow["edges"].as_array_mut().unwrap().push(edge);
        }
        let around: Surroundings = serde_json::from_value(around).unwrap();
        let found = check_in(&Flow::from_value(flow).unwrap(), &around).into_iter();
        let found = found.filter(|finding| finding.code == Code::MissingConnection);
        found.map(|finding| (finding.severity, finding.parameters["kind"].clone())).collect()
    };
    let ai = || json!({ "kind": "ai_answer", "instructions": "Help" });
    let named = || json!({ "kind": "ai_extract", "fields": [{ "variable": "v" }], "connection": "main" });
    let mail = || json!({ "kind": "email", "to": ["a@b.co"], "subject": "x", "text": "y" });
    let summary = || json!({ "kind": "hand_over", "summary": true, "ai_summary": true });
    let none = || json!({ "models": [], "mail": [] });
    let all = || json!({ "models": ["main"], "mail": ["post"] });
    for (block, kind) in [(ai(), "ai"), (named(), "ai"), (mail(), "email")] {
        assert_eq!(found(block.clone(), false, none()), [(Severity::Error, json!(kind))], "{block}");
        assert_eq!(found(block.clone(), true, none()), [(Severity::Warning, json!(kind))], "{block}");
        assert_eq!(found(block.clone(), false, all()), [], "{block}");
        // Of what is not known nothing is said.
        assert_eq!(found(block.clone(), false, json!({})), [], "{block}");
    }
    assert_eq!(found(named(), false, json!({ "models": ["other"] })), [(Severity::Error, json!("ai"))]);
    assert_eq!(found(ai(), false, json!({ "models": ["other"] })), []);
    assert_eq!(found(summary(), false, none()), [(Severity::Warning, json!("ai"))]);
}

#[test]
fn an_expression_that_can_never_be_is_a_mistake_at_its_block() {
    for (block, why, name) in [
        (json!({ "kind": "set", "variable": "v", "expression": "\"a\"|nosuch" }), "unknown_filter", "nosuch"),
        (
            json!({ "kind": "set", "variable": "v", "expression": "today | date_plus(3)" }),
            "unknown_filter",
            "date_plus",
        ),
        (json!({ "kind": "set", "variable": "v", "expression": "days()" }), "unknown_function", "days"),
        (json!({ "kind": "set", "variable": "v", "expression": "1/0" }), "divided_by_zero", "/0"),
        (
            json!({ "kind": "set", "variable": "v", "value": "{{ today|nosuch }}" }),
            "unknown_filter",
            "nosuch",
        ),
        (json!({ "kind": "message", "text": "Hi {{ 7 % 0 }}" }), "divided_by_zero", "% 0"),
        (json!({ "kind": "message", "text": "Hi {{ today + }}" }), "not_readable", "{{ today + }}"),
        (json!({ "kind": "note", "text": "{{ today is wet }}" }), "unknown_test", "wet"),
        (json!({ "kind": "http", "url": "https://a.b/{{ today|nosuch }}" }), "unknown_filter", "nosuch"),
        (json!({ "kind": "loop", "list": "[1]|nosuch", "item": "i" }), "unknown_filter", "nosuch"),
    ] {
        let block = with(json!({ "id": "x" }), block);
        let findings = check(&Flow::from_value(flow(json!([block]))).unwrap());
        let finding = findings.iter().find(|finding| finding.code == Code::BadTemplate).expect("is found");
        assert_eq!((finding.severity, finding.block.as_deref()), (Severity::Error, Some("x")), "{block}");
        assert_eq!(
            (&finding.parameters["why"], &finding.parameters["name"]),
            (&json!(why), &json!(name)),
            "{block}"
        );
    }
}

#[test]
fn an_answer_without_a_title_is_named_by_its_place_and_no_more() {
    let options =
        json!([{ "id": "a", "title": "Yes" }, { "id": "b", "title": "" }, { "id": "c", "title": "" }]);
    let ask = json!({ "id": "x", "kind": "question", "text": "?", "answer": "choice", "options": options });
    let findings = check(&Flow::from_value(flow(json!([ask]))).unwrap());
    let about = |code: Code| -> Vec<Value> {
        findings.iter().filter(|one| one.code == code).map(|one| one.parameters["number"].clone()).collect()
    };
    assert_eq!(about(Code::EmptyText), [json!(2), json!(3)]);
    // Two that say nothing are not the same answer.
    assert_eq!(about(Code::NumberedInsteadOfList), Vec::<Value>::new());
}
