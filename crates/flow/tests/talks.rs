//! Conversations, told as transcripts.

mod driver;

use driver::check_flow;
use serde_json::{Value, json};

/// A flow of one group.
fn flow(blocks: Value, edges: Value) -> String {
    json!({
        "schema": 1, "id": "f", "name": "Test",
        "groups": [
            { "id": "g", "blocks": blocks },
            { "id": "g2", "blocks": [{ "id": "other", "kind": "message", "text": "Other way" }] },
        ],
        "edges": edges,
    })
    .to_string()
}

#[test]
fn a_question_fills_a_variable_and_the_talk_ends() {
    check_flow(
        &flow(
            json!([
                { "id": "hi", "kind": "message", "text": "Hello, {{contact.name}}!" },
                { "id": "ask", "kind": "question", "text": "Your name?", "answer": "text", "variable": "name" },
                { "id": "bye", "kind": "message", "text": "Thank you, {{ name }}. {{ unknown }}" },
            ]),
            json!([]),
        ),
        "C: hi
         B: Hello, Анна!
         B: Your name?
         C: Anna
         *: name = Anna
         B: Thank you, Anna.
         *: ended finished",
    );
}

#[test]
fn a_choice_of_three_is_buttons_and_is_answered_by_tap_title_or_number() {
    let flow = flow(
        json!([
            { "id": "ask", "kind": "question", "text": "Size?", "answer": "choice", "variable": "size", "options": [
                { "id": "s", "title": "Small" }, { "id": "m", "title": "Medium", "value": 40 }, { "id": "l", "title": "Large" },
            ]},
        ]),
        json!([{ "id": "e", "from": { "block": "ask", "port": "option:l" }, "to": { "group": "g2" } }]),
    );
    for (answer, value, more) in [
        ("[Small]", "Small", ""),
        ("medium!", "40", ""),
        ("2", "40", ""),
        ("#3", "Large", "B: Other way"),
        ("[Large]", "Large", "B: Other way"),
    ] {
        check_flow(
            &flow,
            &format!(
                "C: hi
                 B: Size? [Small] [Medium] [Large]
                 C: {answer}
                 *: size = {value}
                 {more}
                 *: ended finished"
            ),
        );
    }
}

#[test]
fn three_tries_and_out() {
    check_flow(
        &flow(
            json!([
                { "id": "ask", "kind": "question", "text": "How many?", "answer": "number", "min": 1, "max": 9,
                  "retry": "One to nine, please.", "timeout": 60 },
            ]),
            json!([{ "id": "e", "from": { "block": "ask", "port": "failed" }, "to": { "group": "g2" } }]),
        ),
        "C: hi
         B: How many?
         C: lots
         B: One to nine, please.
         C: 10
         B: One to nine, please.
         C: (photo)
         B: Other way
         *: ended finished
         C: 5
         *: ignored",
    );
}
