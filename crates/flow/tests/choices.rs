//! Choices: how they are shown, and which answers they take.

mod driver;

use beseda_flow::{Compiled, Effect, Flow, Input, Outgoing, Session, step};
use driver::{check_flow, flow};
use serde_json::{Value, json};

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

/// A choice of so many options, `Option 1` and on.
fn many(count: usize) -> Value {
    let option = |n| json!({ "id": format!("o{n}"), "title": format!("Option {n}") });
    json!({ "id": "ask", "kind": "question", "text": "Which?", "answer": "choice", "variable": "picked",
            "options": (1..=count).map(option).collect::<Vec<_>>() })
}

#[test]
fn four_options_are_a_list() {
    check_flow(
        &flow(json!([many(4)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4}
         C: 4
         *: picked = Option 4
         *: ended finished",
    );
}

#[test]
fn ten_options_are_one_list_and_eleven_are_pages() {
    check_flow(
        &flow(json!([many(10)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4 | Option 5 | Option 6 | Option 7 | Option 8 | Option 9 | Option 10}
         C: [Option 10]
         *: picked = Option 10
         *: ended finished",
    );
    check_flow(
        &flow(json!([many(11)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4 | Option 5 | Option 6 | Option 7 | Option 8 | Option 9 | More}
         C: [More]
         B: Please choose: {Choose: Option 10 | Option 11}
         C: 2
         *: picked = Option 11
         *: ended finished",
    );
}

#[test]
fn a_long_list_is_turned_by_tap_word_and_number() {
    check_flow(
        &flow(json!([many(23)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4 | Option 5 | Option 6 | Option 7 | Option 8 | Option 9 | More}
         C: more
         B: Please choose: {Choose: Option 10 | Option 11 | Option 12 | Option 13 | Option 14 | Option 15 | Option 16 | Option 17 | Option 18 | More}
         C: 10
         B: Please choose: {Choose: Option 19 | Option 20 | Option 21 | Option 22 | Option 23}
         C: 6
         B: Please choose one of the options. {Choose: Option 19 | Option 20 | Option 21 | Option 22 | Option 23}
         C: [Option 1]
         *: picked = Option 1
         *: ended finished
         C: option 20
         *: ignored",
    );
    // A row of a page shown before is still an answer; so is a title that was never shown.
    check_flow(
        &flow(json!([many(23)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4 | Option 5 | Option 6 | Option 7 | Option 8 | Option 9 | More}
         C: [More]
         B: Please choose: {Choose: Option 10 | Option 11 | Option 12 | Option 13 | Option 14 | Option 15 | Option 16 | Option 17 | Option 18 | More}
         C: [Option 1]
         *: picked = Option 1
         *: ended finished",
    );
    check_flow(
        &flow(json!([many(23)]), json!([])),
        "C: hi
         B: Which? {Choose: Option 1 | Option 2 | Option 3 | Option 4 | Option 5 | Option 6 | Option 7 | Option 8 | Option 9 | More}
         C: Option 22
         *: picked = Option 22
         *: ended finished",
    );
}

/// The options became fewer while a customer stood on a page that is no longer there.
#[test]
fn a_page_that_is_gone_is_the_first() {
    let compiled =
        |count| Compiled::new(&Flow::from_json(&flow(json!([many(count)]), json!([]))).unwrap(), 1);
    let (long, short) = (compiled(30), compiled(5));
    let mut session = Session::new(&long);
    for word in ["start", "more", "more"] {
        let input = match word {
            "start" => Input::Start { trigger: None, at: None, variables: serde_json::Map::new() },
            text => Input::Text { text: text.to_owned() },
        };
        session = step(&long, session, &input, driver::NOON).session;
    }
    let step = step(&short, session, &Input::Text { text: "what?".to_owned() }, driver::NOON);
    let [Effect::Say { message: Outgoing::List { rows, .. }, .. }] = step.effects.as_slice() else {
        panic!("a list was to be shown: {:?}", step.effects);
    };
    assert_eq!(rows.len(), 5);
}

#[test]
fn titles_too_long_for_a_list_or_alike_are_a_numbered_text() {
    let choice = |options: Value| {
        flow(
            json!([{ "id": "ask", "kind": "question", "text": "Where?", "answer": "choice", "variable": "picked", "options": options }]),
            json!([]),
        )
    };
    check_flow(
        &choice(json!([
            { "id": "a", "title": "The shop in the old town, by the river" },
            { "id": "b", "title": "Online", "description": "delivered" },
        ])),
        "C: hi
         B: Where? /  / 1. The shop in the old town, by the river / 2. Online – delivered
         C: 3
         B: Please choose one of the options. /  / 1. The shop in the old town, by the river / 2. Online – delivered
         C: 2
         *: picked = Online
         *: ended finished",
    );
    check_flow(
        &choice(json!([{ "id": "a", "title": "Yes" }, { "id": "b", "title": "yes", "value": "second" }])),
        "C: hi
         B: Where? /  / 1. Yes / 2. yes
         C: 2
         *: picked = second
         *: ended finished",
    );
    // Twenty-one letters are a list's title, not a button's.
    check_flow(
        &choice(json!([{ "id": "a", "title": "abcdefghijklmnopqrstu" }, { "id": "b", "title": "B" }])),
        "C: hi
         B: Where? {Choose: abcdefghijklmnopqrstu | B}
         C: abcdefghijklmnopqrstu
         *: picked = abcdefghijklmnopqrstu
         *: ended finished",
    );
}

#[test]
fn a_tap_on_an_old_message_asks_again_and_costs_no_try() {
    check_flow(
        &flow(
            json!([
                { "id": "one", "kind": "question", "text": "Tea?", "answer": "choice", "options": [{ "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] },
                { "id": "two", "kind": "question", "text": "Sugar?", "answer": "choice", "tries": 1, "variable": "sugar",
                  "options": [{ "id": "s", "title": "Sweet" }, { "id": "n", "title": "Plain" }] },
                { "id": "three", "kind": "question", "text": "Your name?", "answer": "text", "tries": 1, "variable": "name" },
            ]),
            json!([]),
        ),
        "C: hi
         B: Tea? [Yes] [No]
         C: [Yes]
         B: Sugar? [Sweet] [Plain]
         C: [No]
         B: Sugar? [Sweet] [Plain]
         C: [Sweet]
         *: sugar = Sweet
         B: Your name?
         C: [Sweet]
         B: Your name?
         C: Anna
         *: name = Anna
         *: ended finished",
    );
}
