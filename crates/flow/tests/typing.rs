//! "Typing…" before messages: how long, before which of them, and what comes in between.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use beseda_flow::replay::{Bots, Line, Replay, Script};
use beseda_flow::{Compiled, Effect, Flow, Input, Now, Position, Session, Step, step};
use serde_json::{Map, Value, json};

const NOON: i64 = 1_795_338_000_000;

fn flow(typing: &Value) -> Value {
    json!({
        "schema": 1, "id": "f", "name": "F", "settings": { "typing": typing },
        "triggers": [{ "id": "t", "kind": "any_message" }],
        "groups": [{ "id": "g", "blocks": [
            { "id": "one", "kind": "message", "text": "Good morning" },
            { "id": "two", "kind": "message", "text": "{{contact.name}} and three words" },
            { "id": "pic", "kind": "message", "text": "", "media": { "kind": "image", "url": "https://a.b/c.png" } },
            { "id": "ask", "kind": "question", "text": "Why?", "answer": "text", "variable": "why" },
            { "id": "end", "kind": "end", "text": "So {{why}}" },
        ] }],
    })
}

fn compiled(flow: &Value) -> Compiled {
    Compiled::new(&Flow::from_json(&flow.to_string()).unwrap(), 0)
}

fn now(ms: i64) -> Now {
    Now::new(NOON + ms, 0)
}

fn start() -> Input {
    let contact = json!({ "name": "Anna Maria" });
    Input::Start { trigger: None, at: None, variables: Map::from_iter([("contact".to_owned(), contact)]) }
}

/// What a step says and how long it types then, in milliseconds.
fn told(step: &Step, at: i64) -> Vec<String> {
    let line = |effect: &Effect| match effect {
        Effect::Say { block, .. } => Some(format!("says {block}")),
        Effect::Typing { block, seconds } => Some(format!("types {block} {seconds}s")),
        Effect::SetTimer { due, .. } => Some(format!("for {}", due - NOON - at)),
        _ => None,
    };
    step.effects.iter().filter_map(line).collect()
}

/// The run to its end: timers go off when they are due, the question is answered a second after it was asked.
fn talk(flow: &Compiled) -> Vec<String> {
    let (mut at, mut lines) = (0, Vec::new());
    let mut did = step(flow, Session::new(flow), &start(), now(at));
    loop {
        lines.extend(told(&did, at));
        let input = match &did.session.position {
            Position::Wait(pause) => {
                at = pause.due - NOON;
                Input::Timeout { token: pause.timer.unwrap() }
            }
            Position::Question(_) => {
                at += 1000;
                Input::Text { text: "because".to_owned() }
            }
            _ => return lines,
        };
        assert!(lines.len() < 50, "{lines:?}");
        did = step(flow, did.session, &input, now(at));
    }
}

#[test]
fn a_message_takes_as_long_as_somebody_would_write_it() {
    // Sixty words a minute are a second a word; the variables are filled in.
    let second = json!({ "speed": 60, "most": 25 });
    let usual = [
        "says one",
        "types two 5s",
        "for 5000",
        "says two",
        "says pic",
        "types ask 1s",
        "for 1000",
        "says ask",
        "types end 2s",
        "for 2000",
        "says end",
    ];
    assert_eq!(talk(&compiled(&flow(&second))), usual);
    // No longer than so long; more between two messages, not after the customer's word; the first one too.
    let mut capped = second.clone();
    (capped["most"], capped["between"], capped["first"]) = (json!(1.5), json!(0.5), json!(true));
    assert_eq!(
        talk(&compiled(&flow(&capped))),
        [
            "types one 1s",
            "for 1500",
            "says one",
            "types two 2s",
            "for 2000",
            "says two",
            "says pic",
            "types ask 1s",
            "for 1500",
            "says ask",
            "types end 1s",
            "for 1500",
            "says end"
        ]
    );
    // Who says nothing of it types nothing; without numbers it is what people are used to.
    let silent = ["says one", "says two", "says pic", "says ask", "says end"];
    assert_eq!(talk(&compiled(&flow(&Value::Null))), silent);
    assert_eq!(talk(&compiled(&flow(&json!({}))))[1..4], ["types two 1s", "for 750", "says two"]);
    assert_eq!(talk(&compiled(&flow(&json!({ "most": 0 })))), silent);
}

#[test]
fn a_run_that_types_can_be_stored_taken_over_and_given_back() {
    let flow = compiled(&flow(&json!({ "speed": 60, "most": 25 })));
    let begun = step(&flow, Session::new(&flow), &start(), now(0));
    let session: Session = serde_json::from_str(&serde_json::to_string(&begun.session).unwrap()).unwrap();
    assert_eq!(session, begun.session);
    // What is written meanwhile does not hurry it.
    let heard = step(&flow, session, &Input::Other, now(100));
    assert!(heard.ignored && heard.effects.is_empty());
    // A person in between: the rest of the time is waited for.
    let paused = step(&flow, heard.session, &Input::Pause, now(1_000));
    let given = step(&flow, paused.session, &Input::Resume, now(2_000));
    assert_eq!(told(&given, 2_000), ["for 3000"]);
    let paused = step(&flow, given.session, &Input::Pause, now(3_000));
    let late = step(&flow, paused.session, &Input::Resume, now(90_000));
    assert_eq!(told(&late, 90_000)[..2], ["says two", "says pic"]);
}

#[test]
fn a_replay_does_not_wait_for_it() {
    let flow = compiled(&flow(&json!({ "speed": 60, "most": 25, "first": true })));
    let heard =
        json!([{ "at": { "ms": NOON + 50, "offset": 0 }, "input": { "kind": "text", "text": "so" } }]);
    let script = json!({
        "start": { "at": { "ms": NOON, "offset": 0 }, "message": { "kind": "text", "text": "hi" } },
        "heard": heard, "until": NOON + 60,
    });
    let mut replay = Replay::new(serde_json::from_value::<Script>(script).unwrap());
    let (all, answers) = ([&flow], std::collections::BTreeMap::new());
    let bots = Bots { draft: &flow, answering: &all, library: &all, answers: &answers };
    assert!(replay.advance(&bots, &mut 100));
    let said: Vec<&str> = replay.now.iter().filter_map(Line::block).collect();
    assert_eq!(said, ["one", "two", "pic", "ask", "end", "end"], "{:#?}", replay.now);
}

#[test]
fn numbers_that_nobody_types_by_are_refused() {
    for (name, value, at) in [
        ("speed", json!(0), "/settings/typing/speed"),
        ("speed", json!(20_000), "/settings/typing/speed"),
        ("most", json!(26), "/settings/typing/most"),
        ("between", json!(-1), "/settings/typing/between"),
    ] {
        let error = Flow::from_json(&flow(&json!({ name: value })).to_string()).unwrap_err().to_string();
        assert!(error.contains(at), "{error}");
    }
}

/// A talk in which the customer says these things while the bot types, all of them at once where it first does.
fn talk_over(flow: &Value, words: &[Input]) -> (Vec<String>, Step) {
    let flow = compiled(flow);
    let mut did = step(&flow, Session::new(&flow), &start(), now(0));
    let (mut lines, mut words) = (told(&did, 0), Some(words));
    while let Position::Wait(pause) = did.session.position.clone() {
        for word in words.take().into_iter().flatten() {
            let before = did.session.position.clone();
            did = step(&flow, did.session, word, now(0));
            assert!(!did.ignored && did.effects.is_empty() && did.session.position == before, "{did:?}");
            // It outlives a restart.
            did.session = serde_json::from_str(&serde_json::to_string(&did.session).unwrap()).unwrap();
        }
        let input = Input::Timeout { token: pause.timer.unwrap() };
        did = step(&flow, did.session, &input, now(pause.due - NOON));
        lines.extend(told(&did, 0).into_iter().filter(|line| line.starts_with("says")));
    }
    (lines, did)
}

#[test]
fn what_is_said_while_the_bot_types_answers_what_it_asks_then() {
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let typing = json!({ "speed": 60, "most": 25 });
    let (lines, did) = talk_over(&flow(&typing), &[text("so"), text("it is")]);
    assert_eq!(lines.last().unwrap(), "says end");
    assert_eq!(did.session.variables.get("why"), Some(&json!("so\nit is")));
    // A wait that shows it keeps what is said, too; one that does not lets it go.
    for (shows, why) in [(true, Some(json!("so"))), (false, None)] {
        let mut flow = flow(&Value::Null);
        flow["groups"][0]["blocks"][2] =
            json!({ "id": "wait", "kind": "wait", "seconds": 5, "typing": shows });
        let compiled = compiled(&flow);
        let begun = step(&compiled, Session::new(&compiled), &start(), now(0));
        let heard = step(&compiled, begun.session, &text("so"), now(100));
        assert_eq!(heard.ignored, !shows);
        let Position::Wait(pause) = heard.session.position.clone() else { panic!() };
        let due = Input::Timeout { token: pause.timer.unwrap() };
        let asked = step(&compiled, heard.session, &due, now(5_000));
        assert_eq!(asked.session.variables.get("why").cloned(), why);
    }
    // A long wait in between: it is no answer to what is asked the next day.
    let mut late = flow(&typing);
    late["groups"][0]["blocks"][2] = json!({ "id": "wait", "kind": "wait", "seconds": 90_000 });
    let (lines, did) = talk_over(&late, &[text("so")]);
    assert_eq!((lines.last().unwrap().as_str(), did.session.heard.len()), ("says ask", 0));
}

#[test]
fn what_does_not_fit_costs_nobody_a_try() {
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let mut number = flow(&json!({ "speed": 60, "most": 25 }));
    number["groups"][0]["blocks"][3]["answer"] = json!("number");
    let (lines, did) = talk_over(&number, &[text("hey")]);
    assert_eq!(lines.last().unwrap(), "says ask", "asked once, and no word of a mistake");
    let Position::Question(waiting) = &did.session.position else { panic!() };
    assert_eq!((waiting.tries, did.session.heard.len()), (0, 0));
    let (lines, did) = talk_over(&number, &[text("hey"), text("7")]);
    assert_eq!(lines.last().unwrap(), "says end");
    assert_eq!(did.session.variables.get("why"), Some(&json!(7)));
    // Nobody fills the run with it.
    let (_, did) = talk_over(&number, &vec![text("x"); 20]);
    assert!(did.session.heard.is_empty());
    let flow = compiled(&number);
    let mut did = step(&flow, Session::new(&flow), &start(), now(0));
    for _ in 0..50 {
        did = step(&flow, did.session, &text("x"), now(0));
    }
    assert_eq!((did.session.heard.len(), did.ignored), (20, true));
}
