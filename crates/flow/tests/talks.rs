//! Conversations, told as transcripts.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

mod driver;

use beseda_flow::{Compiled, EndReason, Ended, Flow, Input, Limit, Session, Step, Variables, step};
use driver::{check_flow, flow};
use serde_json::json;

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

#[test]
fn silence_and_the_way_on_from_it() {
    let flow = |edges| {
        flow(
            json!([
                { "id": "ask", "kind": "question", "text": "Still there?", "answer": "text", "timeout": 600, "tries": 2, "min_length": 2 },
            ]),
            edges,
        )
    };
    check_flow(
        &flow(json!([{ "id": "e", "from": { "block": "ask", "port": "timeout" }, "to": { "group": "g2" } }])),
        "C: hi
         B: Still there?
         C: y
         B: Please answer with a text message.
         C: (silence)
         B: Other way
         *: ended timed_out",
    );
    check_flow(
        &flow(json!([])),
        "C: hi
         B: Still there?
         C: (silence)
         *: ended timed_out
         C: here!
         *: ignored",
    );
}

#[test]
fn a_person_takes_over_and_gives_back() {
    check_flow(
        &flow(
            json!([{ "id": "ask", "kind": "question", "text": "Your name?", "answer": "text", "variable": "name", "timeout": 60 }]),
            json!([]),
        ),
        "C: hi
         B: Your name?
         C: (taken over)
         C: Anna
         *: ignored
         C: (given back)
         B: Your name?
         C: Anna
         *: name = Anna
         *: ended finished",
    );
}

#[test]
fn handing_over_ends_the_run_unless_something_follows() {
    check_flow(
        &flow(
            json!([
                { "id": "call", "kind": "hand_over", "text": "One moment.", "note": "{{contact.name}} asks for you" },
                { "id": "after", "kind": "message", "text": "Glad we could help." },
            ]),
            json!([]),
        ),
        "C: hi
         B: One moment.
         *: handed over: Анна asks for you
         C: are you there?
         *: ignored
         C: (given back)
         B: Glad we could help.
         *: ended finished",
    );
}

#[test]
fn conditions_take_the_first_branch_that_holds() {
    let flow = flow(
        json!([
            { "id": "ask", "kind": "question", "text": "Age?", "answer": "number", "variable": "age" },
            { "id": "if", "kind": "condition", "branches": [
                { "id": "child", "when": { "join": "and", "tests": [{ "variable": "age", "is": "less", "value": 18 }] } },
                { "id": "some", "when": { "join": "and", "tests": [
                    { "variable": "contact.name", "is": "matches", "value": "^анн?а$" },
                    { "join": "or", "tests": [
                        { "variable": "age", "is": "equal", "value": "{{ 20 + 1 }}" },
                        { "variable": "age", "is": "greater", "value": 90 },
                    ]},
                ]}},
            ]},
            { "id": "none", "kind": "message", "text": "None of them" },
            { "id": "stop", "kind": "end", "outcome": "plain" },
            { "id": "young", "kind": "message", "text": "Young" },
        ]),
        json!([
            { "id": "e1", "from": { "block": "if", "port": "branch:child" }, "to": { "group": "g", "block": "young" } },
            { "id": "e2", "from": { "block": "if", "port": "branch:some" }, "to": { "group": "g2" } },
        ]),
    );
    for talk in [
        "C: hi
         B: Age?
         C: 12
         *: age = 12
         B: Young
         *: ended finished",
        "C: hi
         B: Age?
         C: 21
         *: age = 21
         B: Other way
         *: ended finished",
        "C: hi
         B: Age?
         C: 95
         *: age = 95
         B: Other way
         *: ended finished",
        "C: hi
         B: Age?
         C: 40
         *: age = 40
         B: None of them
         *: ended finished: plain",
    ] {
        check_flow(&flow, talk);
    }
}

#[test]
fn media_and_their_captions() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "message", "text": "For {{contact.name}}", "media": { "kind": "image", "url": "https://example.com/a.jpg" } },
                { "id": "b", "kind": "message", "text": "Listen", "media": { "kind": "audio", "stored": "m-1" } },
                { "id": "c", "kind": "message", "text": "x".repeat(1025), "media": { "kind": "document", "stored": "m-2", "filename": "price.pdf" } },
            ]),
            json!([]),
        ),
        &format!(
            "C: hi
             B: (Image Url(\"https://example.com/a.jpg\")) For Анна
             B: (Audio Stored(\"m-1\"))
             B: Listen
             B: (Document Stored(\"m-2\"))
             B: {}
             *: ended finished",
            "x".repeat(1025)
        ),
    );
}

#[test]
fn what_is_switched_off_is_stepped_over() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "message", "text": "Off", "disabled": true },
                { "id": "b", "kind": "question", "text": "Off", "answer": "text", "disabled": true },
                { "id": "c", "kind": "teleport", "disabled": true },
                { "id": "d", "kind": "jump", "to": { "group": "g2" } },
                { "id": "e", "kind": "message", "text": "Never" },
            ]),
            json!([]),
        ),
        "C: hi
         B: Other way
         *: ended finished",
    );
}

#[test]
fn what_is_broken_ends_with_its_name() {
    for (block, problem) in [
        (json!({ "id": "x", "kind": "teleport", "to": "Mars" }), "unknown_kind"),
        (json!({ "id": "x", "kind": "question", "text": "?", "answer": "iris_scan" }), "unknown_kind"),
        (json!({ "id": "x", "kind": "question", "text": "?", "answer": "choice" }), "no_options"),
        (json!({ "id": "x", "kind": "jump", "to": { "group": "nowhere" } }), "dangling_edge"),
    ] {
        check_flow(
            &flow(json!([block]), json!([])),
            &format!("C: hi\n*: error at x: {problem}\n*: ended broken"),
        );
    }
}

#[test]
fn a_broken_template_ends_the_talk_and_says_nothing_wrong() {
    for block in [
        json!({ "id": "a", "kind": "message", "text": "{{ 1 / }}" }),
        json!({ "id": "a", "kind": "set", "variable": "x", "expression": "1 / 0" }),
        json!({ "id": "a", "kind": "question", "text": "{{ oops( }}", "answer": "choice", "options": [{ "id": "y", "title": "Yes" }] }),
    ] {
        check_flow(
            &flow(json!([block]), json!([])),
            "C: hi
             *: error at a: template
             *: ended failed
             C: yes
             *: ignored",
        );
    }
}

#[test]
fn a_loop_without_a_question_runs_out_of_fuel() {
    let counted: Vec<_> = (1..=90).map(|n| format!("*: n = {n}")).collect();
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "set", "variable": "n", "expression": "(n or 0) + 1" },
                { "id": "if", "kind": "condition", "branches": [{ "id": "b", "when": { "join": "and", "tests": [{ "variable": "n", "is": "less", "value": 90 }] } }] },
                { "id": "say", "kind": "message", "text": "{{n}}" },
                { "id": "b", "kind": "jump", "to": { "group": "g", "block": "b" } },
            ]),
            json!([{ "id": "e", "from": { "block": "if", "port": "branch:b" }, "to": { "group": "g" } }]),
        ),
        &format!("C: hi\n{}\nB: 90\n*: ended out_of_fuel (blocks)", counted.join("\n")),
    );
    check_flow(
        &flow(
            json!([{ "id": "a", "kind": "message", "text": "Again" }, { "id": "b", "kind": "jump", "to": { "group": "g" } }]),
            json!([]),
        ),
        &("C: hi\n".to_owned() + &"B: Again\n".repeat(45) + "*: ended out_of_fuel (messages)"),
    );
}

#[test]
fn texts_and_variables_have_bounds() {
    let doubling = flow(
        json!([
            { "id": "a", "kind": "set", "variable": "x", "value": "{{x}}{{x}}12345678" },
            { "id": "b", "kind": "jump", "to": { "group": "g" } },
        ]),
        json!([]),
    );
    let step = first_step(&doubling);
    let reason = EndReason::OutOfFuel { limit: Limit::Text };
    assert_eq!(step.ended, Some(Ended { block: Some("a".to_owned()), reason, outcome: None }));

    let filling: Vec<_> = (0..30)
        .map(|n| json!({ "id": format!("b{n}"), "kind": "set", "variable": format!("v{n}"), "value": "x".repeat(10_000) }))
        .collect();
    let step = first_step(&flow(json!(filling), json!([])));
    let reason = EndReason::OutOfFuel { limit: Limit::Variables };
    assert_eq!(step.ended, Some(Ended { block: Some("b26".to_owned()), reason, outcome: None }));
    assert!(step.session.variables.size() <= Variables::MAX_SIZE);
}

fn first_step(flow: &str) -> Step {
    let flow = Compiled::new(&Flow::from_json(flow).unwrap(), 1);
    let start = Input::Start { trigger: None, at: None, variables: serde_json::Map::new() };
    step(&flow, Session::new(&flow), &start, driver::NOON)
}

#[test]
fn values_of_every_kind_are_set() {
    check_flow(
        &flow(
            json!([
                { "id": "a", "kind": "set", "variable": "list", "value": ["tea", 2] },
                { "id": "b", "kind": "set", "variable": "copy", "value": "{{ list }}" },
                { "id": "c", "kind": "set", "variable": "more", "expression": "copy + ['milk']" },
                { "id": "d", "kind": "set", "variable": "text", "value": "Here: {{more}}" },
                { "id": "e", "kind": "set", "variable": "list" },
                { "id": "f", "kind": "message", "text": "{{text}}; {{list}}; {{more[2]}}; {{today}}" },
            ]),
            json!([]),
        ),
        "C: hi
         *: list = [\"tea\",2]
         *: copy = [\"tea\",2]
         *: more = [\"tea\",2,\"milk\"]
         *: text = Here: tea, 2, milk
         *: list = null
         B: Here: tea, 2, milk; ; milk; 2026-11-22
         *: ended finished",
    );
}

#[test]
fn each_kind_of_answer_is_kept_in_its_own_shape() {
    let ask = |id: &str, answer: &str| json!({ "id": id, "kind": "question", "text": id, "answer": answer, "variable": id, "country": "RU" });
    check_flow(
        &flow(
            json!([
                ask("text", "text"),
                ask("number", "number"),
                ask("email", "email"),
                ask("phone", "phone"),
                ask("date", "date")
            ]),
            json!([]),
        ),
        "C: hi
         B: text
         C: (place)
         B: Please answer with a text message.
         C: any words
         *: text = any words
         B: number
         C: many
         B: That does not look like a suitable number. Please send just the number, for example 3.
         C: 1 200,50
         *: number = 1200.5
         B: email
         C: me
         B: That does not look like an e-mail address. Please check it, for example anna@example.com.
         C: Me@Example.COM
         *: email = Me@example.com
         B: phone
         C: 12-34
         B: That does not look like a phone number. Please send it with the country code, for example +44 20 7946 0958.
         C: 8 (916) 123-45-67
         *: phone = +79161234567
         B: date
         C: someday
         B: That date does not suit. Please write it like this: 25.03.2027.
         C: завтра
         *: date = 2026-11-23
         *: ended finished",
    );
}
