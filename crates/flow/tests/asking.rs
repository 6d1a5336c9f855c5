//! Questions of the newer kinds. The older ones are in `talks.rs` and `choices.rs`.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

mod driver;

use driver::{check_flow, flow};
use serde_json::{Value, json};

fn ask(fields: Value) -> Value {
    let mut block = json!({ "id": "ask", "kind": "question", "text": "?", "variable": "it" });
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

fn check(fields: Value, transcript: &str) {
    check_flow(&flow(json!([ask(fields)]), json!([])), transcript);
}

#[test]
fn addresses_and_times() {
    check(
        json!({ "answer": "url" }),
        "C: hi
         B: ?
         C: my site
         B: That does not look like a web address. Please check it, for example example.com.
         C: Example.com/a
         *: it = https://example.com/a
         *: ended finished",
    );
    check(
        json!({ "answer": "time", "min": "10:00", "max": "{{ '18:00' }}" }),
        "C: hi
         B: ?
         C: 9 am
         B: That time does not suit. Please write it like this: 14:30.
         C: 18:30
         B: That time does not suit. Please write it like this: 14:30.
         C: at 2:30 pm
         *: it = 14:30
         *: ended finished",
    );
}

#[test]
fn ratings_are_buttons_lists_or_numbers() {
    check(
        json!({ "answer": "rating", "max": 3 }),
        "C: hi
         B: ? [1] [2] [3]
         C: [2]
         *: it = 2
         *: ended finished",
    );
    check(
        json!({ "answer": "rating", "low": "Bad", "high": "Great" }),
        "C: hi
         B: ? {Choose: 1 – Bad | 2 | 3 | 4 | 5 – Great}
         C: six
         B: Please choose one of the numbers. {Choose: 1 – Bad | 2 | 3 | 4 | 5 – Great}
         C: ⭐⭐⭐⭐
         *: it = 4
         *: ended finished",
    );
    check(
        json!({ "answer": "rating", "min": 0, "max": 10, "high": "Surely" }),
        "C: hi
         B: ? {0 – 5: 0 | 1 | 2 | 3 | 4 | 5}
         B: 0 … 10 – Surely {6 – 10: 6 | 7 | 8 | 9 | 10 – Surely}
         C: eleven
         B: Please choose one of the numbers. {0 – 5: 0 | 1 | 2 | 3 | 4 | 5}
         B: 0 … 10 – Surely {6 – 10: 6 | 7 | 8 | 9 | 10 – Surely}
         C: 10!
         *: it = 10
         *: ended finished",
    );
    // Of either list, and however a number is written.
    for (says, wanted) in [("[0]", 0), ("[9]", 9), ("7", 7), ("3 of 10", 3)] {
        check(
            json!({ "answer": "rating", "min": 0, "max": 10 }),
            &format!(
                "C: hi
                 B: ? {{0 – 5: 0 | 1 | 2 | 3 | 4 | 5}}
                 B: 0 … 10 {{6 – 10: 6 | 7 | 8 | 9 | 10}}
                 C: {says}
                 *: it = {wanted}
                 *: ended finished"
            ),
        );
    }
    check(
        json!({ "answer": "rating", "min": 0, "max": 20, "low": "Never" }),
        "C: hi
         B: ? /  / 0 – Never … 20
         C: 12
         *: it = 12
         *: ended finished",
    );
}

#[test]
fn several_options() {
    let options = json!([
        { "id": "a", "title": "Hair" }, { "id": "b", "title": "Nails, hands", "value": 7 }, { "id": "c", "title": "Skin" },
    ]);
    check(
        json!({ "answer": "choice", "multiple": true, "max": 2, "options": options }),
        "C: hi
         B: ? /  / 1. Hair / 2. Nails, hands / 3. Skin /  / You can choose several: write their numbers, for example 1, 3.
         C: 1, 2, 3
         B: Please write the numbers of the options, for example 1, 3. /  / 1. Hair / 2. Nails, hands / 3. Skin /  / You can choose several: write their numbers, for example 1, 3.
         C: 1, 9
         B: Please write the numbers of the options, for example 1, 3. /  / 1. Hair / 2. Nails, hands / 3. Skin /  / You can choose several: write their numbers, for example 1, 3.
         C: 3 1
         *: it = [\"Skin\",\"Hair\"]
         *: ended finished",
    );
    for (answer, value) in [
        ("hair, skin", r#"["Hair","Skin"]"#),
        ("Nails, hands", "[7]"),
        ("2 && 3 && 2", r#"[7,"Skin"]"#),
        ("hair; 2", r#"["Hair",7]"#),
    ] {
        check(
            json!({ "answer": "choice", "multiple": true, "options": options }),
            &format!(
                "C: hi
                 B: ? /  / 1. Hair / 2. Nails, hands / 3. Skin /  / You can choose several: write their numbers, for example 1, 3.
                 C: {answer}
                 *: it = {value}
                 *: ended finished"
            ),
        );
    }
}

#[test]
fn options_from_a_list() {
    let blocks = |list: Value| {
        json!([
            { "id": "set", "kind": "set", "variable": "list", "value": list },
            ask(json!({ "answer": "choice", "items": "list", "options": [{ "id": "other", "title": "Other" }] })),
        ])
    };
    let edges = json!([
        { "id": "e", "from": { "block": "ask", "port": "option:other" }, "to": { "group": "g2" } },
    ]);
    check_flow(
        &flow(blocks(json!(["Hair", { "title": "Nails", "value": { "id": 7 } }, 3])), edges.clone()),
        r#"C: hi
           *: list = ["Hair",{"title":"Nails","value":{"id":7}},3]
           B: ? {Choose: Hair | Nails | 3 | Other}
           C: [Nails]
           *: it = {"id":7}
           *: ended finished"#,
    );
    check_flow(
        &flow(blocks(json!([])), edges.clone()),
        "C: hi
         *: list = []
         B: ? [Other]
         C: 1
         *: it = Other
         B: Other way
         *: ended finished",
    );
    // A list with nothing in it is no mistake: there is nobody to ask.
    let empty = flow(
        json!([ask(json!({ "answer": "choice", "items": "nothing" }))]),
        json!([{ "id": "e", "from": { "block": "ask", "port": "failed" }, "to": { "group": "g2" } }]),
    );
    check_flow(
        &empty,
        "C: hi
         *: error at ask: no_options
         B: Other way
         *: ended finished",
    );
}

#[test]
fn files_places_and_forms() {
    let photo = r#"{"caption":"","filename":"","id":"m1","kind":"image","voice":false}"#;
    check(
        json!({ "answer": "media", "accept": ["image"] }),
        &format!(
            "C: hi
             B: ?
             C: here it is
             B: Please send a file of the right kind.
             C: (photo)
             *: it = {photo}
             *: ended finished"
        ),
    );
    check(
        json!({ "answer": "media", "multiple": true }),
        &format!(
            "C: hi
             B: ?
             C: look && (photo) && (photo)
             *: it = [{photo},{photo}]
             *: ended finished"
        ),
    );
    check(
        json!({ "answer": "location" }),
        r#"C: hi
           B: ask_location body=?
           C: at home
           B: ask_location body=Please send your location: tap the button above, or the paper clip and then Location.
           C: (place)
           *: it = {"address":"","latitude":55.75,"longitude":37.61,"name":""}
           *: ended finished"#,
    );
    check(
        json!({ "answer": "form", "button": "Book", "form": {
            "id": "123", "screen": "FIRST", "data": { "name": "{{contact.name}}", "list": [1, "{{ 1 + 1 }}"] },
            "save": [{ "variable": "day", "path": "visit.day" }, { "variable": "none", "path": "x" }],
        }}),
        r#"C: hi
           B: form body=? button=Book data={"list":[1,2],"name":"Анна"} draft=false form=123 screen=FIRST
           C: what?
           B: form body=Please fill in the form above. button=Book data={"list":[1,2],"name":"Анна"} draft=false form=123 screen=FIRST
           C: (form: {"flow_token":"earlier","visit":{"day":"2026-01-01"}})
           B: form body=? button=Book data={"list":[1,2],"name":"Анна"} draft=false form=123 screen=FIRST
           C: (form: {"flow_token":"ask","visit":{"day":"2026-12-01"}})
           *: day = 2026-12-01
           *: none = null
           *: it = {"visit":{"day":"2026-12-01"}}
           *: ended finished"#,
    );
    check(
        json!({ "answer": "phone" }),
        "C: hi
         B: ?
         C: (card: +44 20 7946 0958)
         *: it = +442079460958
         *: ended finished",
    );
}

#[test]
fn messages_that_come_together_are_one_answer() {
    check(
        json!({ "answer": "text" }),
        "C: hi
         B: ?
         C: I am && Anna
         *: it = I am / Anna
         *: ended finished",
    );
    // Of anything else the last that fits.
    check(
        json!({ "answer": "number" }),
        "C: hi
         B: ?
         C: three && 4 && please
         *: it = 4
         *: ended finished",
    );
    check(
        json!({ "answer": "choice", "options": [{ "id": "a", "title": "Yes" }, { "id": "b", "title": "No" }] }),
        "C: hi
         B: ? [Yes] [No]
         C: well && [No] && thanks
         *: it = No
         *: ended finished",
    );
}

#[test]
fn a_question_may_be_a_template() {
    check(
        json!({ "answer": "choice", "template": { "name": "confirm", "language": "ru", "body": [{ "text": "{{contact.name}}" }] },
                "options": [{ "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] }),
        r#"C: hi
           B: template body=[{"name":null,"text":"Анна"}] buttons=[{"index":0,"kind":"quick_reply","text":"ask/y"},{"index":1,"kind":"quick_reply","text":"ask/n"}] language=ru name=confirm
           C: maybe
           B: Please choose one of the options. [Yes] [No]
           C: yes
           *: it = Yes
           *: ended finished"#,
    );
}
