//! Messages in a row, in a try of the draft.

use super::*;

fn says(model: &mut Model, text: &str) -> Vec<String> {
    model.update(Msg::Test(test::Msg::Typed(text.into())));
    read::lines(&model.update(Msg::Test(test::Msg::Send)))
}

fn said(model: &Model) -> Vec<String> {
    let lines = model.test.lines.iter().filter_map(|line| match line {
        test::Line::Said(_, beseda_flow::Outgoing::Text { body }) => Some(body.clone()),
        _ => None,
    });
    lines.collect()
}

/// Asks what somebody wants who writes "hi", and finds the order of whoever names one.
fn waiting(pause: u32) -> Model {
    let mut model = editor();
    let word = |id: &str, by: &str, text: &str| json!({ "id": id, "kind": "keyword", "keywords": [{ "match": by, "text": text }] });
    let edge = |trigger: &str, to: &str| json!({ "id": format!("e-{trigger}"), "from": { "trigger": trigger }, "to": { "group": to } });
    let doc = json!({ "schema": 1, "id": "f", "name": "F", "settings": { "pause": pause },
        "triggers": [word("hi", "is", "hi"), word("order", "contains", "order")],
        "edges": [edge("hi", "a"), edge("order", "b")],
        "groups": [
            { "id": "a", "blocks": [
                { "id": "ask", "kind": "question", "answer": "text", "text": "Yes? ({{message}})", "variable": "it" },
                { "id": "it", "kind": "message", "text": "So: {{it}}" }] },
            { "id": "b", "blocks": [
                { "id": "found", "kind": "message", "text": "On its way: {{message}}, {{files | length}}" }] }] });
    model.doc = document::Doc::from_json(&doc);
    model.put(model.doc.clone());
    model.update(Msg::Test(test::Msg::Restart));
    model
}

#[test]
fn messages_in_a_row_are_answered_together_as_the_server_answers_them() {
    let mut model = waiting(3);
    let effects = says(&mut model, "hi");
    assert!(effects.iter().any(|line| line.starts_with("After(3000, ")), "{effects:?}");
    assert_eq!(said(&model), [""; 0]);
    says(&mut model, "there");
    // The pause of the first message is over: another one began with the second.
    model.update(Msg::Test(test::Msg::NothingMore(Some(1))));
    assert_eq!(said(&model), [""; 0]);
    model.update(Msg::Test(test::Msg::NothingMore(Some(2))));
    assert_eq!(said(&model), ["Yes? (hi\nthere)"]);
    says(&mut model, "one");
    says(&mut model, "two");
    model.update(Msg::Test(test::Msg::NothingMore(None)));
    assert_eq!(said(&model)[1..], ["So: one\ntwo"]);
}

#[test]
fn the_strongest_match_of_any_of_them_begins() {
    let mut model = waiting(3);
    model.update(Msg::Test(test::Msg::Sample(test::Sample::Photo)));
    assert!(model.test.gathered.is_none(), "no trigger fits it");
    says(&mut model, "where is my order?");
    model.update(Msg::Test(test::Msg::Sample(test::Sample::Photo)));
    says(&mut model, "hi");
    model.update(Msg::Test(test::Msg::NothingMore(None)));
    // "is" is more particular than "contains".
    assert_eq!(said(&model), ["Yes? (where is my order?\nhi)"]);
    assert!(model.test.seen.contains("hi") && !model.test.seen.contains("order"));
    model.update(Msg::Test(test::Msg::Restart));
    assert_eq!(said(&model), [""; 0]);
    says(&mut model, "my order");
    model.update(Msg::Test(test::Msg::Sample(test::Sample::Photo)));
    model.update(Msg::Test(test::Msg::NothingMore(None)));
    assert_eq!(said(&model), ["On its way: my order, 1"]);
    // Without a pause each is answered at once.
    let mut model = waiting(0);
    says(&mut model, "hi");
    assert_eq!(said(&model), ["Yes? (hi)"]);
}

#[test]
fn the_pause_goes_by_the_clock_of_the_try() {
    let mut model = waiting(30);
    says(&mut model, "hi");
    model.update(Msg::Test(test::Msg::Clock("2031-01-01T12:00".into())));
    assert_eq!(said(&model), ["Yes? (hi)"]);
}
