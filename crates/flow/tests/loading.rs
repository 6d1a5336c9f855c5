//! Loading: what is refused, and how the place is named.

use beseda_flow::{
    Body, Code, Compiled, Fault, Flow, Input, LoadError, MediaSource, Session, TriggerKind, catalogue, check,
    limits, step, trigger_catalogue,
};
use serde_json::{Value, json};

/// A small flow that loads, for putting mistakes into.
fn good() -> Value {
    json!({
        "schema": 1, "id": "f", "name": "Good",
        "triggers": [{ "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": "hi" }] }],
        "groups": [{ "id": "g", "x": 1, "y": 2.5, "blocks": [
            { "id": "a", "kind": "message", "text": "Hello", "media": { "kind": "image", "url": "https://example.com/a.png" } },
            { "id": "b", "kind": "question", "text": "?", "answer": "choice", "options": [{ "id": "o", "title": "One" }] },
            { "id": "c", "kind": "condition", "branches": [{ "id": "x", "when": {
                "join": "and", "tests": [{ "variable": "v", "is": "set" }, { "join": "or", "tests": [{ "variable": "v", "is": "matches", "value": "a" }] }] } }] },
        ]}],
        "edges": [{ "id": "e", "from": { "block": "a", "port": "next" }, "to": { "group": "g", "block": "b" } }],
        "variables": [{ "name": "v", "kind": "text" }],
    })
}

#[test]
fn a_good_flow_loads() {
    let flow = Flow::from_json(&good().to_string()).unwrap();
    assert_eq!(flow.groups[0].blocks.len(), 3);
    assert!((flow.groups[0].y - 2.5).abs() < f64::EPSILON);
    let Body::Message(message) = &flow.groups[0].blocks[0].body else { panic!("a message was written") };
    let source = MediaSource::Url("https://example.com/a.png".to_owned());
    assert_eq!(message.media.as_ref().map(|media| &media.source), Some(&source));
}

#[test]
fn a_mistake_names_its_place() {
    let long = "x".repeat(20_000);
    let many = json!(vec![json!({ "id": "o", "title": "One" }); 201]);
    let deep = (0..10)
        .fold(json!({ "variable": "v", "is": "set" }), |inner, _| json!({ "join": "and", "tests": [inner] }));
    for (place, value, pointer, says) in [
        ("/id", json!("a b"), "/id", "1 to 64 letters"),
        ("/id", json!(""), "/id", "1 to 64 letters"),
        ("/id", json!(7), "/id", "expected text"),
        ("/schema", json!("1"), "/schema", "expected a whole number from 0 to 4294967295"),
        ("/schema", json!(0), "/schema", "it must be 1"),
        ("/language", json!("xx"), "/language", "is not known here"),
        ("/groups", json!({}), "/groups", "expected a list"),
        ("/groups/0/x", json!("left"), "/groups/0/x", "expected a number"),
        ("/groups/0/blocks/0", json!([]), "/groups/0/blocks/0", "expected"),
        ("/groups/0/blocks/0/kind", json!(5), "/groups/0/blocks/0/kind", "expected text"),
        ("/groups/0/blocks/0/disabled", json!("yes"), "/groups/0/blocks/0/disabled", "true or false"),
        ("/groups/0/blocks/0/id", json!("é"), "/groups/0/blocks/0/id", "1 to 64 letters"),
        ("/groups/0/blocks/0/text", json!([]), "/groups/0/blocks/0/text", "expected text"),
        ("/groups/0/blocks/0/text", json!(long), "/groups/0/blocks/0/text", "longer than 16384"),
        (
            "/groups/0/blocks/0/media/kind",
            json!("smell"),
            "/groups/0/blocks/0/media/kind",
            "is not known here",
        ),
        ("/groups/0/blocks/1/tries", json!(-1), "/groups/0/blocks/1/tries", "from 0 to 4294967295"),
        ("/groups/0/blocks/1/timeout", json!(0), "/groups/0/blocks/1/timeout", "between 1 and 31536000"),
        (
            "/groups/0/blocks/1/timeout",
            json!(31_536_001),
            "/groups/0/blocks/1/timeout",
            "between 1 and 31536000",
        ),
        ("/groups/0/blocks/1/options", many, "/groups/0/blocks/1/options", "201 are too many"),
        (
            "/groups/0/blocks/1/options/0/id",
            json!("+1"),
            "/groups/0/blocks/1/options/0/id",
            "1 to 64 letters",
        ),
        ("/groups/0/blocks/1/options/0/title", json!(null), "/groups/0/blocks/1/options/0/title", "expected"),
        (
            "/groups/0/blocks/1/options/0",
            json!({ "id": "o" }),
            "/groups/0/blocks/1/options/0",
            "missing field `title`",
        ),
        (
            "/groups/0/blocks/2/branches/0/when/tests/1/tests/0/is",
            json!("like"),
            "/groups/0/blocks/2/branches/0/when/tests/1/tests/0/is",
            "is not known here",
        ),
        (
            "/groups/0/blocks/2/branches/0/when/tests/1/tests/0/value",
            json!("a".repeat(1001)),
            "/groups/0/blocks/2/branches/0/when/tests/1/tests/0/value",
            "longer than 1000",
        ),
        (
            "/groups/0/blocks/2/branches/0/when",
            deep,
            "/groups/0/blocks/2/branches/0/when/tests/0/tests/0/tests/0/tests/0/tests/0/tests/0/tests/0/tests/0",
            "8 deep",
        ),
        ("/edges/0/to", json!({}), "/edges/0/to", "missing field `group`"),
        ("/edges/0/from", json!("a"), "/edges/0/from", "expected an object"),
        (
            "/triggers/0/keywords/0/match",
            json!("sounds_like"),
            "/triggers/0/keywords/0/match",
            "is not known here",
        ),
        ("/triggers/0/priority", json!(1.5), "/triggers/0/priority", "from -2147483648 to 2147483647"),
        ("/variables/0/name", json!("n".repeat(65)), "/variables/0/name", "longer than 64"),
    ] {
        let mut flow = good();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match flow.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            fields => fields[name] = value,
        }
        match Flow::from_json(&flow.to_string()) {
            Err(LoadError { pointer: found, fault }) => {
                let message = fault.to_string();
                assert_eq!(found, pointer, "{message}");
                assert!(message.contains(says), "{pointer}: {message}");
            }
            other => panic!("{place}: {other:?}"),
        }
    }
}

#[test]
fn a_mistake_in_a_newer_block_names_its_place() {
    let long = "x".repeat(20_000);
    let option = |fields: Value| {
        let mut option = json!({ "id": "o", "title": "One" });
        option.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "kind": "menu", "options": [option] })
    };
    for (block, at, says) in [
        (json!({ "kind": "http", "timeout": 0 }), "/timeout", "between 1 and 120"),
        (json!({ "kind": "http", "timeout": 121 }), "/timeout", "between 1 and 120"),
        (json!({ "kind": "http", "method": "CONNECT" }), "/method", "a tunnel and no resource"),
        (json!({ "kind": "http", "method": "DANCE" }), "/method", "it may be GET, POST,"),
        (json!({ "kind": "http", "url": long }), "/url", "longer than 16384"),
        (
            json!({ "kind": "http", "headers": [{ "name": "a", "value": 7 }] }),
            "/headers/0/value",
            "did not match",
        ),
        (
            json!({ "kind": "http", "headers": vec![json!({ "name": "a", "value": "" }); 101] }),
            "/headers",
            "101 are too many",
        ),
        (
            json!({ "kind": "http", "body": { "value": { "a": [long] } } }),
            "/body/value/a/0",
            "longer than 16384",
        ),
        (json!({ "kind": "wait_call", "timeout": 0 }), "/timeout", "between 1 and 31536000"),
        (json!({ "kind": "ai_answer", "max_tokens": 4_001 }), "/max_tokens", "between 1 and 4000"),
        (json!({ "kind": "ai_extract", "timeout": 121 }), "/timeout", "between 1 and 120"),
        (
            json!({ "kind": "ai_extract", "fields": [{ "kind": "text" }] }),
            "/fields/0",
            "missing field `variable`",
        ),
        (
            json!({ "kind": "switch", "branches": [{ "id": "a", "is": "matches", "value": "a".repeat(1_001) }] }),
            "/branches/0/value",
            "longer than 1000",
        ),
        (json!({ "kind": "switch", "branches": [{ "id": "a b" }] }), "/branches/0/id", "1 to 64 letters"),
        (
            json!({ "kind": "split", "branches": [{ "id": "a", "weight": -1 }] }),
            "/branches/0/weight",
            "from 0 to 4294967295",
        ),
        (json!({ "kind": "template", "buttons": [{ "id": "+" }] }), "/buttons/0/id", "1 to 64 letters"),
        (json!({ "kind": "tags", "add": vec!["a"; 101] }), "/add", "101 are too many"),
        (json!({ "kind": "sub_flow", "to": {} }), "/to", "missing field `group`"),
        (json!({ "kind": "location", "name": [] }), "/name", "expected"),
        (json!({ "kind": "hours", "hours": [{ "from": "1" }] }), "/hours/0", "missing field `to`"),
        (
            json!({ "kind": "question", "answer": "form", "form": { "data": { "a": long } } }),
            "/form/data/a",
            "longer than 16384",
        ),
        (
            json!({ "kind": "question", "answer": "media", "accept": ["smell"] }),
            "/accept/0",
            "is not known here",
        ),
        (option(json!({ "payload": "x".repeat(201) })), "/options/0/payload", "longer than 200"),
        (
            option(json!({ "when": { "join": "and", "tests": [{ "variable": "v", "is": "like" }] } })),
            "/options/0/when/tests/0/is",
            "is not known here",
        ),
        (option(json!({ "id": "" })), "/options/0/id", "1 to 64 letters"),
    ] {
        let mut flow = good();
        let place = flow["groups"][0]["blocks"].as_array().unwrap().len();
        let mut block = block;
        block["id"] = json!("new");
        flow["groups"][0]["blocks"].as_array_mut().unwrap().push(block.clone());
        match Flow::from_value(flow) {
            Err(LoadError { pointer, fault }) => {
                let message = fault.to_string();
                assert_eq!(pointer, format!("/groups/0/blocks/{place}{at}"), "{message}");
                assert!(message.contains(says), "{pointer}: {message}");
            }
            other => panic!("{block}: {other:?}"),
        }
    }
    let mut flow = good();
    flow["settings"] = json!({ "pause": 61 });
    assert!(matches!(Flow::from_value(flow), Err(LoadError { pointer, .. }) if pointer == "/settings/pause"));
}

/// Each entry of the catalogue is a block that loads, and has the ports that the catalogue gives it.
#[test]
fn the_catalogue_is_of_blocks_that_load() {
    for entry in catalogue() {
        let mut block = json!({ "id": "x", "kind": entry.kind });
        match (entry.kind, entry.variant) {
            ("message", Some(media)) => block["media"] = json!({ "kind": media, "stored": "m" }),
            ("question", Some(answer)) => block["answer"] = json!(answer),
            ("set", _) => block["variable"] = json!("v"),
            ("jump", _) => block["to"] = json!({ "group": "g" }),
            _ => {}
        }
        if entry.ports.contains(&"option:*") {
            block["options"] = json!([{ "id": "a", "title": "A" }]);
            block["buttons"] = json!([{ "id": "a" }]);
        }
        if entry.ports.contains(&"branch:*") {
            block["branches"] = json!([{ "id": "a", "when": { "join": "and" } }]);
        }
        let edge = |(n, port): (usize, &&str)| {
            let port = port.replace('*', "a");
            json!({ "id": format!("e{n}"), "from": { "block": "x", "port": port }, "to": { "group": "g" } })
        };
        let mut edges: Vec<Value> = entry.ports.iter().enumerate().map(edge).collect();
        edges.push(
            json!({ "id": "no", "from": { "block": "x", "port": "nonsense" }, "to": { "group": "g" } }),
        );
        let flow = json!({ "schema": 1, "id": "f", "name": "", "groups": [{ "id": "g", "blocks": [block] }], "edges": edges });
        let read = Flow::from_value(flow).unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        assert!(!matches!(read.groups[0].blocks[0].body, Body::Unknown(_)), "{}", entry.id);
        let strange: Vec<_> =
            check(&read).into_iter().filter(|finding| finding.code == Code::EdgeFromNowhere).collect();
        assert_eq!(strange.len(), 1, "{}: {strange:?}", entry.id);
        assert_eq!(strange[0].parameters["edge"], json!("no"));
    }
    for entry in trigger_catalogue() {
        let kind: TriggerKind = serde_json::from_value(json!(entry.kind)).unwrap();
        assert!(!matches!(kind, TriggerKind::Other(_)), "{}", entry.kind);
    }
}

/// A session as the first version stored it.
#[test]
fn old_sessions_go_on() {
    let flow = json!({ "schema": 1, "id": "f", "name": "", "groups": [{ "id": "g", "blocks": [
        { "id": "q", "kind": "question", "text": "?", "answer": "text", "variable": "v" },
    ]}]});
    let flow = Compiled::new(&Flow::from_value(flow).unwrap(), 2);
    let old = r#"{"flow":"f","version":1,"position":{"at":"question","block":"q","tries":1,"page":0,"timer":3},"variables":{"a":1},"timers":3,"paused":false}"#;
    let session: Session = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&session).unwrap(), old);
    let done = step(&flow, session, &Input::Text { text: "x".to_owned() }, 0);
    assert_eq!(done.session.variables.get("v"), Some(&json!("x")));
}

#[test]
fn hostile_files_are_refused() {
    let huge = format!("\"{}\"", "x".repeat(limits::BYTES));
    assert!(matches!(Flow::from_json(&huge), Err(LoadError { fault: Fault::TooLarge { .. }, .. })));
    let nested = "[".repeat(1_000_000);
    let refused = LoadError::at("/0".repeat(limits::DEPTH), Fault::Nested { most: limits::DEPTH });
    assert_eq!(Flow::from_json(&nested), Err(refused), "the first place that lies too deep");
    let read = format!("{}{}", "[".repeat(limits::DEPTH), "]".repeat(limits::DEPTH));
    assert!(matches!(Flow::from_json(&read), Err(LoadError { fault: Fault::NeedsObject, .. })));
    // A name that is itself too long to be told: what lies around it is.
    let named = format!(r#"{{"a": {{"{}": }}}}"#, "x".repeat(10_000));
    assert_eq!(Flow::from_json(&named).unwrap_err().pointer, "/a");
    let refused = |json: &str| Flow::from_json(json).unwrap_err();
    assert_eq!(
        refused("{\n  \"schema\": 1,\n  oops\n}"),
        LoadError::whole(Fault::Syntax { line: 3, column: 3, message: "key must be a string".to_owned() })
    );
    let newer = LoadError::whole(Fault::Newer { format: 2, reads: 1 });
    assert_eq!(refused("{\"schema\": 2, \"groups\": 7}"), newer);
    assert!(matches!(refused("null").fault, Fault::NeedsObject));
    let blocks = |count: usize| {
        let blocks: Vec<_> =
            (0..count).map(|n| json!({ "id": format!("b{n}"), "kind": "message" })).collect();
        json!({ "schema": 1, "id": "f", "name": "", "groups": [{ "id": "g", "blocks": blocks }] })
    };
    assert!(Flow::from_value(blocks(limits::BLOCKS)).is_ok());
    assert!(Flow::from_value(blocks(limits::BLOCKS + 1)).is_err());
}

#[test]
fn a_newer_programs_fields_are_kept() {
    let mut flow = good();
    for place in [
        "",
        "/triggers/0",
        "/triggers/0/keywords/0",
        "/groups/0",
        "/groups/0/blocks/0",
        "/groups/0/blocks/0/media",
        "/groups/0/blocks/1/options/0",
        "/groups/0/blocks/2/branches/0",
        "/groups/0/blocks/2/branches/0/when",
        "/groups/0/blocks/2/branches/0/when/tests/0",
        "/edges/0",
        "/edges/0/from",
        "/edges/0/to",
        "/variables/0",
    ] {
        flow.pointer_mut(place).unwrap()["x_new"] = json!({ "of": place });
    }
    flow["settings"] = json!({ "x_new": 1, "texts": { "x_new": 2 } });
    flow["notes"] = json!([{ "text": "A sticky note", "x": 1.5 }]);
    flow["groups"][0]["blocks"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "d", "kind": "ai", "model": "any", "deep": { "er": [] } }));
    flow["triggers"].as_array_mut().unwrap().push(json!({ "id": "u", "kind": "tag_added", "tag": "vip" }));
    let read = Flow::from_value(flow.clone()).unwrap();
    let mut written = serde_json::to_value(&read).unwrap();
    // What the program adds of its own: the language, and where the triggers stand.
    assert_eq!(written.as_object_mut().unwrap().remove("language"), Some(json!("en")));
    for n in 0..2 {
        for axis in ["x", "y"] {
            assert_eq!(written["triggers"][n].as_object_mut().unwrap().remove(axis), Some(json!(0)));
        }
    }
    // "text" is what a variable is of; a plain kind is left out only where it says nothing.
    assert_eq!(written, flow);
}
