//! Flows that try to spin for ever or to grow without bound.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use beseda_flow::{
    Compiled, Effect, EndReason, Ended, Flow, Input, Limit, Outcome, Session, Step, Variables, World, step_in,
};
use serde_json::{Map, Value, json};

fn flow(blocks: Value) -> Compiled {
    let flow = json!({
        "schema": 1, "id": "f", "name": "", "groups": [{ "id": "g", "blocks": blocks }],
        "edges": [{ "id": "e", "from": { "block": "loop", "port": "each" }, "to": { "group": "g", "block": "body" } }],
    });
    Compiled::new(&Flow::from_value(flow).unwrap(), 1)
}

fn run(flow: &Compiled, others: &[&Compiled], session: Session, input: &Input) -> Step {
    let now = beseda_flow::Now::utc(0);
    step_in(flow, session, input, World { now, flows: others, traced: false })
}

fn start() -> Input {
    Input::Start { trigger: None, at: None, variables: Map::new() }
}

/// Starts the flow and answers all that it waits for, until it ends or a thousand steps are over.
fn driven(flow: &Compiled, others: &[&Compiled], value: &Value) -> (Option<Ended>, usize) {
    let mut session = Session::new(flow);
    let mut input = start();
    for steps in 1..=1_000 {
        let step = run(flow, others, session, &input);
        let stored = serde_json::to_string(&step.session).unwrap().len();
        assert!(stored < 2 * Variables::MAX_SIZE, "{stored} bytes after {steps} steps");
        assert!(step.effects.len() < 2_300);
        let told = serde_json::to_string(&step.effects).unwrap().len();
        assert!(told < 20 * 1024 * 1024, "{told} bytes of effects");
        if step.ended.is_some() {
            return (step.ended, steps);
        }
        let next = step.effects.iter().find_map(|effect| match effect {
            Effect::Call { token, .. } => {
                Some(Input::Returned { token: *token, outcome: Outcome::Done { value: value.clone() } })
            }
            _ => None,
        });
        let timer = step.effects.iter().find_map(|effect| match effect {
            Effect::SetTimer { token, .. } => Some(Input::Timeout { token: *token }),
            _ => None,
        });
        input = next.or(timer).unwrap_or(Input::Text { text: "x".repeat(4_000) });
        session = step.session;
    }
    (None, 1_000)
}

fn limit(flow: &Compiled, others: &[&Compiled]) -> Limit {
    match driven(flow, others, &json!({ "status": 200 })).0.map(|ended| ended.reason) {
        Some(EndReason::OutOfFuel { limit }) => limit,
        other => panic!("{other:?}"),
    }
}

fn jump(block: &str) -> Value {
    json!({ "id": "jump", "kind": "jump", "to": { "group": "g", "block": block } })
}

fn set(id: &str, expression: &str) -> Value {
    json!({ "id": id, "kind": "set", "variable": "v", "expression": expression })
}

#[test]
fn what_never_waits_runs_out_of_fuel() {
    for (blocks, wanted) in [
        // Two that jump to one another.
        (
            json!([{ "id": "a", "kind": "jump", "to": { "group": "g", "block": "b" } }, { "id": "b", "kind": "jump", "to": { "group": "g", "block": "a" } }]),
            Limit::Blocks,
        ),
        (json!([{ "id": "w", "kind": "wait", "seconds": 0 }, jump("w")]), Limit::Blocks),
        // Texts that double, lists that double.
        (json!([set("s", "(v or 'x') ~ (v or 'x')"), jump("s")]), Limit::Variables),
        (json!([set("s", "(v or [1]) + (v or [1])"), jump("s")]), Limit::Templates),
        (
            json!([{ "id": "s", "kind": "set", "variable": "v", "operation": "append", "value": "{{ v or 'x' }}" }, jump("s")]),
            Limit::Variables,
        ),
        (
            json!([{ "id": "s", "kind": "set", "variable": "v", "value": "x{{v}}{{v}}" }, jump("s")]),
            Limit::Text,
        ),
        // A sub-flow that runs itself.
        (json!([{ "id": "s", "kind": "sub_flow", "to": { "group": "g" } }]), Limit::Depth),
        // A loop in a loop in a loop, each over a thousand.
        (
            json!([
                { "id": "list", "kind": "set", "variable": "l", "expression": "range(1000)|list" },
                { "id": "loop", "kind": "loop", "list": "l", "item": "a" },
                { "id": "end", "kind": "end" },
                { "id": "body", "kind": "loop", "list": "l", "item": "b" },
            ]),
            Limit::Blocks,
        ),
        // A loop whose body puts more into its list.
        (
            json!([
                { "id": "first", "kind": "set", "variable": "l", "value": [1] },
                { "id": "loop", "kind": "loop", "list": "l", "item": "i" },
                { "id": "again", "kind": "jump", "to": { "group": "g", "block": "loop" } },
                { "id": "body", "kind": "set", "variable": "l", "operation": "append", "value": "more and more and more" },
            ]),
            Limit::Variables,
        ),
        // More effects than anybody can carry out.
        (
            json!([{ "id": "t", "kind": "tags", "add": vec!["a"; 100], "remove": vec!["b"; 100] }, jump("t")]),
            Limit::Effects,
        ),
        (
            json!([{ "id": "m", "kind": "menu", "text": "?", "options": [{ "id": "a", "title": "A" }] }, jump("m")]),
            Limit::Messages,
        ),
        (
            json!([{ "id": "f", "kind": "set_fields", "fields": [{ "field": "x", "value": "{{ (contact.fields.x or 'y') ~ (contact.fields.x or 'y') }}" }] }, jump("f")]),
            Limit::Variables,
        ),
    ] {
        assert_eq!(limit(&flow(blocks.clone()), &[]), wanted, "{blocks}");
    }
}

#[test]
fn bots_that_run_one_another_are_stopped() {
    let bot = |id: &str, other: &str, ask: bool| {
        let mut blocks = vec![json!({ "id": "s", "kind": "sub_flow", "bot": other })];
        if ask {
            blocks.insert(0, json!({ "id": "q", "kind": "question", "text": "?", "answer": "text" }));
        }
        let flow = json!({ "schema": 1, "id": id, "name": "", "groups": [{ "id": "g", "blocks": blocks }] });
        Compiled::new(&Flow::from_value(flow).unwrap(), 1)
    };
    for ask in [false, true] {
        let (one, two) = (bot("one", "two", ask), bot("two", "one", ask));
        assert_eq!(limit(&one, &[&one, &two]), Limit::Depth);
    }
}

/// Timers and answers of services can wake a run again and again; without the customer's word it ends.
#[test]
fn what_only_waits_for_itself_ends_too() {
    for blocks in [
        json!([{ "id": "w", "kind": "wait", "seconds": 1 }, jump("w")]),
        json!([{ "id": "q", "kind": "question", "text": "Still there?", "answer": "text", "timeout": 1 }, jump("q")]),
        json!([{ "id": "h", "kind": "http", "url": "https://a.b" }, jump("h")]),
        json!([{ "id": "h", "kind": "online" }, jump("h")]),
    ] {
        let mut value: Value = json!({
            "schema": 1, "id": "f", "name": "", "groups": [{ "id": "g", "blocks": blocks }],
            "edges": [{ "id": "e", "from": { "block": "q", "port": "timeout" }, "to": { "group": "g" } }],
        });
        value["groups"][0]["blocks"][0]["x"] = json!(1);
        let flow = Compiled::new(&Flow::from_value(value).unwrap(), 1);
        let (ended, steps) = driven(&flow, &[], &json!({ "status": 200 }));
        assert_eq!(
            ended.map(|ended| ended.reason),
            Some(EndReason::OutOfFuel { limit: Limit::Alone }),
            "{blocks}"
        );
        assert!(steps < 450, "{steps} steps");
    }
}

/// A talk without an end, whose flow reads all that was said, stays small.
#[test]
fn a_long_talk_does_not_grow() {
    let flow = flow(json!([
        { "id": "q", "kind": "question", "text": "{{transcript}}", "answer": "text", "variable": "v" },
        jump("q"),
    ]));
    assert_eq!(driven(&flow, &[], &Value::Null), (None, 1_000));
}

#[test]
fn what_a_service_sends_is_bounded() {
    let large = |bytes: usize| json!({ "status": 200, "body": "z".repeat(bytes) });
    let blocks = json!([
        { "id": "h", "kind": "http", "url": "https://a.b", "save": [{ "variable": "v" }, { "variable": "w" }] },
    ]);
    let ended = |bytes| driven(&flow(blocks.clone()), &[], &large(bytes)).0.map(|ended| ended.reason);
    assert_eq!(ended(100_000), Some(EndReason::Finished));
    assert_eq!(ended(200_000), Some(EndReason::Failed));
    assert_eq!(ended(300_000), Some(EndReason::Failed));
}
