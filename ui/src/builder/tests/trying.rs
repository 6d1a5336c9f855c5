//! The customer of a try: who they are and what is so meanwhile decides the way of the run.

use super::*;
use crate::builder::test::customer::{Msg as Customer, Part, Question};
use crate::i18n::t;

fn said(model: &Model) -> Vec<String> {
    let lines = model.test.lines.iter().filter_map(|line| match line {
        test::Line::Said(_, beseda_flow::Outgoing::Text { body }) => Some(body.clone()),
        _ => None,
    });
    lines.collect()
}

fn customer(model: &mut Model, msg: Customer) -> Effects {
    model.update(Msg::Test(test::Msg::Customer(msg)))
}

fn writes(model: &mut Model, text: &str) {
    model.update(Msg::Test(test::Msg::Typed(text.into())));
    model.update(Msg::Test(test::Msg::Send));
}

/// An editor with a flow of these triggers and blocks, in the try.
fn trying(triggers: &Value, blocks: &Value, edges: &Value) -> Model {
    let mut model = editor();
    let flow = json!({ "schema": 1, "id": "f", "name": "F", "language": "en", "start": { "group": "a" },
        "triggers": triggers, "groups": [
            { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": blocks },
            { "id": "yes", "title": "Yes", "x": 480, "y": 0, "blocks": [{ "id": "there", "kind": "message", "text": "There" }] },
            { "id": "no", "title": "No", "x": 480, "y": 300, "blocks": [{ "id": "away", "kind": "message", "text": "Away" }] }],
        "edges": edges });
    model.put(document::Doc::from_json(&flow));
    model.update(Msg::Do(Action::Test));
    model
}

#[test]
fn the_name_and_the_fields_are_what_a_run_says() {
    let blocks = json!([
        { "id": "m", "kind": "message", "text": "Hi {{contact.name}} of {{contact.fields.city}}" },
        { "id": "q", "kind": "question", "answer": "text", "text": "And?", "variable": "and" },
        { "id": "n", "kind": "message", "text": "Bye {{contact.name}}" }]);
    let mut model = trying(&json!([]), &blocks, &json!([]));
    for msg in [
        Customer::Write(Part::Name, "Ada".into()),
        Customer::AddField,
        Customer::FieldName(0, "city".into()),
        Customer::FieldValue(0, "Riga".into()),
    ] {
        customer(&mut model, msg);
    }
    model.view();
    model.update(Msg::Test(test::Msg::Restart));
    assert_eq!(said(&model), ["Hi Ada of Riga", "And?"], "they stay for the next try");
    // In the middle of it, too.
    customer(&mut model, Customer::Write(Part::Name, "Bea".into()));
    writes(&mut model, "well");
    assert_eq!(said(&model).last().unwrap(), "Bye Bea");
    customer(&mut model, Customer::Reset);
    model.update(Msg::Test(test::Msg::Restart));
    assert!(said(&model)[0].starts_with(&format!("Hi {}", t("test-name"))), "{:?}", said(&model));
}

#[test]
fn who_has_written_before_begins_nothing_by_a_first_message() {
    let triggers = json!([{ "id": "w", "kind": "keyword", "keywords": [{ "match": "is", "text": "menu" }] },
        { "id": "first", "kind": "first_message" }]);
    let blocks = json!([{ "id": "m", "kind": "message", "text": "Welcome" }]);
    let mut model = trying(&triggers, &blocks, &json!([]));
    customer(&mut model, Customer::Known(true));
    model.update(Msg::Test(test::Msg::Restart));
    writes(&mut model, "hello");
    assert!(said(&model).is_empty(), "{:?}", said(&model));
    customer(&mut model, Customer::Known(false));
    model.update(Msg::Test(test::Msg::Restart));
    writes(&mut model, "hello");
    assert_eq!(said(&model), ["Welcome"]);
}

#[test]
fn whether_somebody_is_online_is_asked_or_set() {
    let blocks = json!([{ "id": "o", "kind": "online" }]);
    let edges = json!([
        { "id": "e", "from": { "block": "o", "port": "online" }, "to": { "group": "yes" } },
        { "id": "f", "from": { "block": "o", "port": "offline" }, "to": { "group": "no" } }]);
    let mut model = trying(&json!([]), &blocks, &edges);
    assert!(model.test.call.is_some() && said(&model).is_empty(), "it is asked");
    // Set in the middle of it: what is waited for is answered.
    customer(&mut model, Customer::Answer(Question::Online, Some(false)));
    assert_eq!(said(&model), ["Away"]);
    customer(&mut model, Customer::Answer(Question::Online, Some(true)));
    model.update(Msg::Test(test::Msg::Restart));
    assert_eq!(said(&model), ["There"]);
}

#[test]
fn a_flow_that_asks_without_end_is_left_to_people() {
    let blocks =
        json!([{ "id": "o", "kind": "online" }, { "id": "j", "kind": "jump", "to": { "group": "a" } }]);
    let mut model = trying(&json!([]), &blocks, &json!([]));
    customer(&mut model, Customer::Answer(Question::Online, Some(true)));
    assert!(model.test.lines.len() < 200);
}

#[test]
fn on_a_narrow_screen_the_try_is_a_dialog() {
    let blocks = json!([{ "id": "m", "kind": "message", "text": "Hi" }]);
    let mut model = trying(&json!([]), &blocks, &json!([]));
    model.update(Msg::Narrow(true));
    model.update(Msg::Do(Action::Test));
    assert_eq!(model.dialog, Some(Dialog::Test));
    model.view();
    model.update(Msg::Do(Action::Escape));
    assert_eq!(model.dialog, None);
}

#[test]
fn who_is_not_there_is_assigned_nothing_and_is_not_online() {
    let blocks = json!([
        { "id": "a1", "kind": "assign", "person": "{{ 'demo@exmaple.com' }}" },
        { "id": "a2", "kind": "assign", "person": "anna@example.com" },
        { "id": "o", "kind": "online", "person": "{{ 'Bob' }}" }]);
    let edges = json!([
        { "id": "e", "from": { "block": "o", "port": "online" }, "to": { "group": "yes" } },
        { "id": "f", "from": { "block": "o", "port": "offline" }, "to": { "group": "no" } }]);
    let mut model = trying(&json!([]), &blocks, &edges);
    super::around::people(&mut model, &[("Anna", "anna@example.com")]);
    customer(&mut model, Customer::Answer(Question::Online, Some(true)));
    model.update(Msg::Test(test::Msg::Restart));
    assert_eq!(said(&model), ["Away"]);
    let notes = model.test.lines.iter().filter_map(|line| match line {
        test::Line::Note(note) if note.contains('@') => Some(note.as_str()),
        _ => None,
    });
    let missed = "Not assigned: nobody here is called “demo@exmaple.com”.";
    assert_eq!(notes.collect::<Vec<_>>(), [missed, "Assigned to anna@example.com"]);
}
