//! Deciding, remembering, going round and coming back.

mod driver;

use std::collections::BTreeMap;

use beseda_flow::{Compiled, Event, Flow, Input, Now, Session, World, step, step_in};
use driver::{check_flow, check_flows, flow};
use serde_json::{Map, Value, json};

fn say(id: &str, text: &str) -> Value {
    json!({ "id": id, "kind": "message", "text": text })
}

#[test]
fn a_switch_takes_the_first_case_that_holds() {
    let switch = |value: Value| {
        flow(
            json!([
                { "id": "v", "kind": "set", "variable": "v", "value": value },
                { "id": "s", "kind": "switch", "variable": "v", "branches": [
                    { "id": "two", "value": 2 },
                    { "id": "big", "is": "greater", "value": "{{ 5 + 5 }}" },
                    { "id": "word", "is": "matches", "value": "^o+$" },
                ]},
                say("else", "else"),
            ]),
            json!([
                { "id": "1", "from": { "block": "s", "port": "branch:two" }, "to": { "group": "g2" } },
                { "id": "2", "from": { "block": "s", "port": "branch:word" }, "to": { "group": "g2" } },
            ]),
        )
    };
    for (value, said) in
        [(json!("2"), "Other way"), (json!("OOO"), "Other way"), (json!(11), "else"), (json!("x"), "else")]
    {
        let shown = value.as_str().map_or(value.to_string(), str::to_owned);
        check_flow(&switch(value), &format!("C: hi\n *: v = {shown}\n B: {said}\n *: ended finished"));
    }
}

#[test]
fn a_split_goes_by_seed_and_block_and_keeps_to_its_weights() {
    let split = json!({
        "schema": 1, "id": "f", "name": "",
        "groups": [{ "id": "g", "blocks": [
            { "id": "s", "kind": "split", "branches": [{ "id": "a", "weight": 3 }, { "id": "b", "weight": 1 }, { "id": "never" }] },
        ]}],
    });
    let flow = Compiled::new(&Flow::from_value(split).unwrap(), 1);
    let start = Input::Start { trigger: None, at: None, variables: Map::new() };
    let world = World { now: Now::utc(0), flows: &[], traced: true };
    let way = |seed| {
        let trace = step_in(&flow, Session::seeded(&flow, seed), &start, world).trace;
        let port = |event: &Event| match event {
            Event::Left { port, .. } => Some(port.clone()),
            _ => None,
        };
        trace.iter().find_map(port).unwrap()
    };
    let mut counts = BTreeMap::new();
    for seed in 0..4_000 {
        assert_eq!(way(seed), way(seed));
        *counts.entry(way(seed)).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert!((2_850..3_150).contains(&counts["branch:a"]), "{counts:?}");
    // What these seeds come to must never change: runs are under way.
    let ways: String = (0..32).map(|seed| way(seed).pop().unwrap()).collect();
    assert_eq!(ways, "baaaaaaaaaaaaaaababaaaabaabaaaba");
}

#[test]
fn lists_are_taken_apart_and_put_together() {
    let set = |id: &str, fields: Value| {
        let mut block = json!({ "id": id, "kind": "set" });
        block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        block
    };
    check_flow(
        &flow(
            json!([
                set("a", json!({ "variable": "l", "operation": "append", "value": "tea" })),
                set("b", json!({ "variable": "l", "operation": "append", "expression": "[1, 2]" })),
                set("c", json!({ "variable": "last", "operation": "pop", "list": "l" })),
                set("d", json!({ "variable": "first", "operation": "shift", "list": "l" })),
                set("e", json!({ "variable": "it", "operation": "item", "list": "l", "value": -1 })),
                set("f", json!({ "variable": "it", "operation": "item", "list": "l", "expression": "5" })),
                set("g", json!({ "variable": "none", "operation": "shift", "list": "nothing" })),
                set("h", json!({ "variable": "x", "operation": "shuffle" })),
            ]),
            json!([]),
        ),
        r#"C: hi
           *: l = ["tea"]
           *: l = ["tea",1,2]
           *: l = ["tea",1]
           *: last = 2
           *: l = [1]
           *: first = tea
           *: it = 1
           *: it = null
           *: nothing = []
           *: none = null
           *: error at h: unknown_kind
           *: ended broken"#,
    );
}

#[test]
fn what_expressions_know() {
    let set = |n: usize, expression: &str| json!({ "id": format!("s{n}"), "kind": "set", "variable": "v", "expression": expression });
    for (expression, value) in [
        ("tomorrow", json!("2026-11-23")),
        ("yesterday", json!("2026-11-21")),
        ("now", json!("2026-11-22 12:00")),
        ("moment", json!("afternoon")),
        ("today|add_days(3)", json!("2026-11-25")),
        ("today|add_weeks(-1)", json!("2026-11-15")),
        ("'2027-01-31'|add_months(1)", json!("2027-02-28")),
        ("now|add_hours(13)", json!("2026-11-23 01:00")),
        ("today|add_minutes(90)", json!("2026-11-22 01:30")),
        ("now|time", json!("12:00")),
        ("now|date('EEEE, d MMMM yyyy, HH:mm')", json!("Sunday, 22 November 2026, 12:00")),
        ("today|date(\"dd.MM.yy 'at' H\")", json!("22.11.26 at 0")),
        ("today|weekday", json!(7)),
        ("today|days_to('2026-12-25')", json!(33)),
        ("'soon'|add_days(1)", Value::Null),
        ("today|add_days(999999999)", Value::Null),
        ("['a','b','c']|at(-1)", json!("c")),
        ("['a','b']|at(7)", Value::Null),
        ("[10, 20]|at(['a','b']|index_of('b'))", json!(20)),
        ("['a']|append('b')|without('a')", json!(["b"])),
        ("'1 200,50'|number + 1", json!(1201.5)),
        ("'many'|number", Value::Null),
        ("'a b&ц'|urlencode", json!("a%20b%26%D1%86")),
        ("{'a': [1, none]}|json", json!("{\"a\":[1,null]}")),
        ("[random_id == random_id, random_id|length]", json!([true, 16])),
    ] {
        let shown = value.as_str().map_or(value.to_string(), str::to_owned);
        check_flow(
            &flow(json!([set(0, expression)]), json!([])),
            &format!("C: hi\n *: v = {shown}\n *: ended finished"),
        );
    }
}

/// A built-in name that a flow uses for a variable of its own is that variable, also before it is set.
#[test]
fn a_flows_own_names_go_before_what_is_built_in() {
    check_flow(
        &flow(
            json!([
                say("a", "[{{moment}}] [{{ tomorrow }}]"),
                { "id": "q", "kind": "question", "text": "When?", "answer": "text", "variable": "moment" },
                say("b", "{{moment}}"),
            ]),
            json!([]),
        ),
        "C: hi
         B: [] [2026-11-23]
         B: When?
         C: noon
         *: moment = noon
         B: noon
         *: ended finished",
    );
}

#[test]
fn random_ids_differ_from_one_another_and_not_from_one_run_to_the_next() {
    let blocks = json!([
        { "id": "a", "kind": "set", "variable": "a", "value": "{{ random_id }}" },
        { "id": "q", "kind": "question", "text": "?", "answer": "text" },
        { "id": "b", "kind": "set", "variable": "b", "value": "{{ random_id }}" },
    ]);
    let compiled = Compiled::new(&Flow::from_json(&flow(blocks, json!([]))).unwrap(), 1);
    let start = Input::Start { trigger: None, at: None, variables: Map::new() };
    let run = |seed| {
        let first = step(&compiled, Session::seeded(&compiled, seed), &start, 0);
        let second = step(&compiled, first.session, &Input::Text { text: "x".to_owned() }, 0);
        let ids = ["a", "b"].map(|name| second.session.variables.get(name).cloned().unwrap());
        assert_ne!(ids[0], ids[1]);
        ids
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

fn loop_flow(body: Value, edges: Value) -> String {
    json!({
        "schema": 1, "id": "f", "name": "",
        "variables": [{ "name": "list", "default": ["a", "b", "c"] }],
        "groups": [
            { "id": "g", "blocks": [
                { "id": "loop", "kind": "loop", "list": "list", "item": "it", "index": "n" },
                say("after", "done"),
            ]},
            { "id": "body", "blocks": body },
        ],
        "edges": edges,
    })
    .to_string()
}

#[test]
fn a_loop_goes_through_its_list() {
    let each = json!([{ "id": "1", "from": { "block": "loop", "port": "each" }, "to": { "group": "body" } }]);
    let transcript = "C: hi
        *: it = a
        *: n = 0
        B: a
        *: it = b
        *: n = 1
        B: b
        *: it = c
        *: n = 2
        B: c
        B: done
        *: ended finished";
    check_flow(&loop_flow(json!([say("say", "{{it}}")]), each.clone()), transcript);
    check_flow(
        &loop_flow(json!([say("say", "{{it}}"), { "id": "r", "kind": "return" }]), each.clone()),
        transcript,
    );
    // Drawn back to the loop it is the same.
    let back =
        json!([each[0], { "id": "2", "from": { "block": "say" }, "to": { "group": "g", "block": "loop" } }]);
    check_flow(&loop_flow(json!([say("say", "{{it}}")]), back), transcript);
    // With a question in it, with a way out of it.
    let asking = json!([
        { "id": "ask", "kind": "question", "text": "{{it}}?", "answer": "choice", "options": [{ "id": "y", "title": "Next" }, { "id": "n", "title": "Enough" }] },
        { "id": "r", "kind": "return" },
        { "id": "b", "kind": "break" },
    ]);
    let edges = json!([each[0], { "id": "2", "from": { "block": "ask", "port": "option:n" }, "to": { "group": "body", "block": "b" } }]);
    check_flow(
        &loop_flow(asking, edges),
        "C: hi
         *: it = a
         *: n = 0
         B: a? [Next] [Enough]
         C: [Next]
         *: it = b
         *: n = 1
         B: b? [Next] [Enough]
         C: [Enough]
         B: done
         *: ended finished",
    );
}

#[test]
fn loops_within_loops_and_lists_that_change() {
    let inner = json!([
        { "id": "inner", "kind": "loop", "list": "[1, 2]", "item": "m" },
        { "id": "cut", "kind": "set", "variable": "list", "operation": "pop", "list": "list" },
    ]);
    let mut flow: Value = serde_json::from_str(&loop_flow(
        inner,
        json!([
            { "id": "1", "from": { "block": "loop", "port": "each" }, "to": { "group": "body" } },
            { "id": "2", "from": { "block": "inner", "port": "each" }, "to": { "group": "say" } },
        ]),
    ))
    .unwrap();
    let cut = json!({ "id": "cut", "kind": "set", "variable": "x", "operation": "pop", "list": "list" });
    flow["groups"][1]["blocks"][1] = cut;
    flow["groups"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "say", "blocks": [say("say", "{{it}}{{m}}")] }));
    check_flow(
        &flow.to_string(),
        r#"C: hi
           *: it = a
           *: n = 0
           *: m = 1
           B: a1
           *: m = 2
           B: a2
           *: list = ["a","b"]
           *: x = c
           *: it = b
           *: n = 1
           *: m = 1
           B: b1
           *: m = 2
           B: b2
           *: list = ["a"]
           *: x = b
           B: done
           *: ended finished"#,
    );
}

#[test]
fn a_part_is_run_and_left_again() {
    check_flow(
        &flow(
            json!([
                { "id": "call", "kind": "sub_flow", "to": { "group": "g2" } },
                say("back", "Back"),
                { "id": "again", "kind": "sub_flow", "to": { "group": "g2", "block": "other" } },
            ]),
            json!([]),
        ),
        "C: hi
         B: Other way
         B: Back
         B: Other way
         *: ended finished",
    );
    // A return outside of everything is the end; so is a break.
    for kind in ["return", "break"] {
        check_flow(
            &flow(json!([{ "id": "r", "kind": kind }, say("never", "Never")]), json!([])),
            "C: hi\n *: ended finished",
        );
    }
}

#[test]
fn another_bot_is_run_and_left_again() {
    let main = flow(
        json!([
            { "id": "call", "kind": "sub_flow", "bot": "form" },
            say("back", "Thanks, {{name}} of {{city}}"),
        ]),
        json!([{ "id": "e", "from": { "block": "call", "port": "failed" }, "to": { "group": "g2" } }]),
    );
    let form = json!({
        "schema": 1, "id": "form", "name": "", "language": "ru",
        "variables": [{ "name": "city", "default": "Oslo" }],
        "groups": [{ "id": "g", "blocks": [
            { "id": "ask", "kind": "question", "text": "Name?", "answer": "text", "variable": "name" },
            { "id": "jump", "kind": "sub_flow", "bot": "deeper" },
        ]}],
    })
    .to_string();
    let deeper = json!({
        "schema": 1, "id": "deeper", "name": "",
        "groups": [{ "id": "g", "blocks": [{ "id": "ask", "kind": "question", "text": "City?", "answer": "text", "variable": "city" }] }],
    })
    .to_string();
    check_flows(
        &[&main, &form, &deeper],
        "C: hi
         B: Name?
         C: (photo)
         B: Ответьте, пожалуйста, текстом.
         C: Anna
         *: name = Anna
         B: City?
         C: Rome
         *: city = Rome
         B: Thanks, Anna of Rome
         *: ended finished",
    );
    check_flows(
        &[&main],
        "C: hi
         *: error at call: no_flow
         B: Other way
         *: ended finished",
    );
    // A bot that is gone while the run is in it.
    let compiled = [&main, &form, &deeper].map(|json| Compiled::new(&Flow::from_json(json).unwrap(), 1));
    let world = |flows| World { now: Now::utc(0), flows, traced: false };
    let start = Input::Start { trigger: None, at: None, variables: Map::new() };
    let others = [&compiled[1], &compiled[2]];
    let inside = step_in(&compiled[0], Session::new(&compiled[0]), &start, world(&others)).session;
    assert_eq!(inside.inside.as_ref().map(|inside| inside.flow.as_str()), Some("form"));
    let gone = step_in(&compiled[0], inside.clone(), &Input::Text { text: "Anna".to_owned() }, world(&[]));
    assert_eq!(gone.ended.map(|ended| ended.reason), Some(beseda_flow::EndReason::Broken));
    // A new start needs no other bot.
    let anew = step_in(&compiled[0], inside, &Input::at("back", Map::new()), world(&[]));
    assert_eq!(anew.ended.map(|ended| ended.reason), Some(beseda_flow::EndReason::Finished));
    assert_eq!((anew.session.inside, anew.session.stack), (None, Vec::new()));
}

/// A copied bot's flow has the id of the one it was copied from: the bot's own id says which is meant.
#[test]
fn of_two_bots_with_one_flow_the_one_that_is_named_is_run() {
    let main = |bot: &str| {
        let blocks = json!([{ "id": "call", "kind": "sub_flow", "bot": bot }]);
        Compiled::new(&Flow::from_json(&flow(blocks, json!([]))).unwrap(), 1)
    };
    let form = |bot: &str, version: u64| {
        let ask = json!({ "id": "ask", "kind": "question", "text": format!("{bot}?"), "answer": "text", "variable": "a" });
        let groups = json!([{ "id": "g", "blocks": [ask, say("thanks", &format!("{bot} thanks."))] }]);
        let flow =
            Flow::from_value(json!({ "schema": 1, "id": "form", "name": "", "groups": groups })).unwrap();
        Compiled::new(&flow, version).of_bot(bot.to_owned())
    };
    let said = |step: &beseda_flow::Step| serde_json::to_value(&step.effects).unwrap().to_string();
    let (one, other) = (form("one", 3), form("other", 3));
    for (named, asks) in [("form", "one?"), ("one", "one?"), ("other", "other?")] {
        let main = main(named);
        let world = World { now: Now::utc(0), flows: &[&one, &other], traced: false };
        let start = Input::Start { trigger: None, at: None, variables: Map::new() };
        let step = step_in(&main, Session::new(&main), &start, world);
        assert!(said(&step).contains(asks), "{named}: {}", said(&step));
        // Meanwhile another version of it is published, and the other one has the number that it had.
        let (one, other) = (form("one", 4), form("other", 4));
        let (old_one, old_other) = (form("one", 3), form("other", 3));
        let flows = if asks == "one?" { [&one, &old_other] } else { [&old_one, &other] };
        let world = World { now: Now::utc(0), flows: &flows, traced: false };
        let step = step_in(&main, step.session, &Input::Text { text: "A".to_owned() }, world);
        assert!(said(&step).contains(&asks.replace('?', " thanks.")), "{named}: {}", said(&step));
    }
}

/// What the test panel shows: each block, the port it was left by, the variables that changed.
#[test]
fn a_step_tells_what_it_did() {
    let other = json!({ "schema": 1, "id": "other", "name": "", "groups": [{ "id": "g", "blocks": [say("hi", "Hi")] }] });
    let other = Compiled::new(&Flow::from_value(other).unwrap(), 1);
    let blocks = json!([
        say("first", "Never"),
        { "id": "set", "kind": "set", "variable": "v", "value": 7 },
        { "id": "tag", "kind": "tags", "add": ["vip"] },
        { "id": "sub", "kind": "sub_flow", "bot": "other" },
        { "id": "call", "kind": "online" },
    ]);
    let flow = Compiled::new(&Flow::from_json(&flow(blocks, json!([]))).unwrap(), 1);
    let world = World { now: Now::utc(0), flows: &[&other], traced: true };
    // From the middle.
    let step = step_in(&flow, Session::new(&flow), &Input::at("set", Map::new()), world);
    let told: Vec<_> = step.trace.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    assert_eq!(
        json!(told),
        json!([
            { "event": "entered", "block": "set" },
            { "event": "changed", "block": "set", "name": "v", "value": 7 },
            { "event": "left", "block": "set", "port": "next" },
            { "event": "entered", "block": "tag" },
            { "event": "changed", "block": "tag", "name": "contact", "value": { "tags": ["vip"] } },
            { "event": "left", "block": "tag", "port": "next" },
            { "event": "entered", "block": "sub" },
            { "event": "in", "flow": "other" },
            { "event": "entered", "block": "hi" },
            { "event": "left", "block": "hi", "port": "next" },
            { "event": "in", "flow": "f" },
            { "event": "left", "block": "sub", "port": "next" },
            { "event": "entered", "block": "call" },
            { "event": "asked", "block": "call", "call": "online" },
        ])
    );
}

/// What a run is given when it starts does not take a flow's own names from it.
#[test]
fn what_is_given_stays_out_of_the_way() {
    let with = |variables: Value| {
        let flow = json!({
            "schema": 1, "id": "f", "name": "", "variables": variables,
            "groups": [{ "id": "g", "blocks": [{ "id": "s", "kind": "set", "variable": "v", "value": "{{message}}" }] }],
        });
        let flow = Compiled::new(&Flow::from_value(flow).unwrap(), 1);
        let variables = Map::from_iter([("message".to_owned(), json!("Hello"))]);
        let start = Input::Start { trigger: None, at: None, variables };
        step(&flow, Session::new(&flow), &start, 0).session.variables.get("v").cloned()
    };
    assert_eq!(with(json!([])), Some(json!("Hello")));
    assert_eq!(with(json!([{ "name": "message", "default": "mine" }])), Some(json!("mine")));
}

#[test]
fn hours_of_the_blocks_own() {
    // It is Sunday noon.
    for (hours, open) in [
        (json!([{ "from": "09:00", "to": "18:00" }]), true),
        (json!([{ "days": [1, 2, 3, 4, 5], "from": "09:00", "to": "18:00" }]), false),
        (json!([{ "days": [7], "from": "12:00", "to": "12:01" }]), true),
        (json!([{ "days": [7], "from": "12:01", "to": "12:00" }]), false),
        (json!([{ "days": [6], "from": "20:00", "to": "13:00" }]), true),
        (json!([{ "days": [7], "from": "00:00", "to": "24:00" }]), true),
        (json!([{ "from": "9", "to": "late" }]), false),
        (json!([{ "days": [0, 9], "from": "00:00", "to": "24:00" }]), false),
    ] {
        let said = if open { "Open" } else { "Other way" };
        check_flow(
            &flow(
                json!([{ "id": "h", "kind": "hours", "hours": hours }, say("open", "Open")]),
                json!([{ "id": "e", "from": { "block": "h", "port": "closed" }, "to": { "group": "g2" } }]),
            ),
            &format!("C: hi\n B: {said}\n *: ended finished"),
        );
    }
}
