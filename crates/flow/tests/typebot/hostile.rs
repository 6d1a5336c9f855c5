//! Files that mean harm: each is refused with its place, and nothing ever falls over.

use beseda_flow::import::{self, ImportError};
use beseda_flow::{Code, Fault, Finding, Flow, LoadError, Severity, check, limits};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{customer, names};

/// A small bot, and what is done to it.
fn bot() -> Value {
    json!({
        "version": "6.1", "id": "b", "name": "Bot",
        "events": [{ "id": "s", "type": "start", "outgoingEdgeId": "e1" }],
        "groups": [{ "id": "g", "title": "G", "graphCoordinates": { "x": 1, "y": 2 }, "blocks": [
            { "id": "t", "type": "text", "content": { "richText": [{ "type": "p", "children": [{ "text": "Hi" }] }] } },
            { "id": "c", "type": "choice input", "items": [{ "id": "i", "content": "Go" }], "options": { "variableId": "v" } },
            { "id": "j", "type": "Jump", "options": { "groupId": "g" } },
        ]}],
        "edges": [{ "id": "e1", "from": { "eventId": "s" }, "to": { "groupId": "g" } }],
        "variables": [{ "id": "v", "name": "V" }],
    })
}

fn refused(json: &Value) -> String {
    match import::typebot(json.to_string().as_bytes()) {
        Ok(_) => panic!("imported: {json}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_refusal_names_its_place() {
    assert!(import::typebot(bot().to_string().as_bytes()).is_ok());
    for (place, value, wanted) in [
        ("/version", json!("7"), "/version: version 7 is not known"),
        ("/version", json!(6), "/version: expected text"),
        ("/groups", json!({}), "/groups: expected a list"),
        ("/groups", json!(null), "/groups: missing"),
        ("/groups/0", json!([]), "/groups/0: expected an object"),
        ("/groups/0/id", json!(null), "/groups/0/id: missing"),
        ("/groups/0/blocks/0/id", json!(5), "/groups/0/blocks/0/id: expected text"),
        ("/groups/0/blocks/0/type", json!(null), "/groups/0/blocks/0/type: missing"),
        (
            "/groups/0/blocks/0/content/richText",
            json!("x"),
            "/groups/0/blocks/0/content/richText: expected a list",
        ),
        (
            "/groups/0/blocks/0/content/richText/0/children/0/text",
            json!(1),
            "/groups/0/blocks/0/content/richText/0/children/0/text: expected text",
        ),
        ("/groups/0/blocks/1/items", json!("x"), "/groups/0/blocks/1/items: expected a list"),
        (
            "/groups/0/blocks/1/items/0/content",
            json!([]),
            "/groups/0/blocks/1/items/0/content: expected text",
        ),
        ("/groups/0/blocks/1/options", json!([1]), "/groups/0/blocks/1/options: expected an object"),
        (
            "/groups/0/blocks/1/outgoingEdgeId",
            json!("nowhere"),
            "/groups/0/blocks/1/outgoingEdgeId: no edge has the id \"nowhere\"",
        ),
        (
            "/groups/0/blocks/2/options/groupId",
            json!("gone"),
            "/groups/0/blocks/2/options/groupId: no group has the id \"gone\"",
        ),
        (
            "/groups/0/blocks/2/options/blockId",
            json!("gone"),
            "/groups/0/blocks/2/options/blockId: no block has the id \"gone\"",
        ),
        ("/groups/0/graphCoordinates/x", json!("left"), "/groups/0/graphCoordinates/x: expected a number"),
        ("/edges/0/to/groupId", json!("gone"), "/edges/0/to/groupId: no group has the id \"gone\""),
        ("/edges/0/to/blockId", json!("gone"), "/edges/0/to/blockId: no block has the id \"gone\""),
        ("/edges/0/to", json!(null), "/edges/0/to: missing"),
        ("/variables/0/name", json!({}), "/variables/0/name: expected text"),
        ("/events/0/outgoingEdgeId", json!("x"), "/events/0/outgoingEdgeId: no edge has the id \"x\""),
    ] {
        let mut bot = bot();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match bot.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            _ => panic!("{place}"),
        }
        assert_eq!(refused(&bot), wanted, "{place}");
    }
}

#[test]
fn what_is_no_bot_is_refused() {
    for (bytes, wanted) in [
        (&b"{\"a\": "[..], "/a: not JSON, line 1, column 6: EOF while parsing a value"),
        (&b"[]"[..], "expected an object"),
        (&b"{}"[..], "/groups: missing"),
        (&b"\xff\xfe"[..], "not JSON, line 1, column 1: expected value"),
    ] {
        assert_eq!(import::typebot(bytes).unwrap_err().to_string(), wanted);
    }
}

#[test]
fn an_id_that_stands_twice_is_refused() {
    let twice = |list: &str| {
        let mut bot = bot();
        let first = bot[list][0].clone();
        bot[list].as_array_mut().unwrap().push(first);
        refused(&bot)
    };
    assert_eq!(twice("groups"), "/groups/1/id: the id \"g\" stands here twice");
    assert_eq!(twice("edges"), "/edges/1/id: the id \"e1\" stands here twice");
    assert_eq!(twice("events"), "/events/1/id: the id \"s\" stands here twice");
    let mut bot = bot();
    bot["groups"][0]["blocks"][1]["id"] = json!("t");
    assert_eq!(refused(&bot), "/groups/0/blocks/1/id: the id \"t\" stands here twice");
}

/// The other program leaves edges of deleted blocks in its files, its own samples among them.
#[test]
fn an_edge_of_a_deleted_block_is_left_out_and_told_with_its_place() {
    let mut bot = bot();
    let lost = json!({ "id": "lost", "from": { "blockId": "zzz" }, "to": { "groupId": "g" } });
    bot["edges"].as_array_mut().unwrap().push(lost);
    let imported = import::typebot(bot.to_string().as_bytes()).unwrap();
    let row = imported.report.iter().find(|row| row.id == "lost").unwrap();
    assert_eq!(row.place, "/edges/1");
    let told = serde_json::to_value(&row.verdict).unwrap();
    assert_eq!(told, json!({ "verdict": "adapted", "how": [{ "code": "edge_left_out" }] }));
    assert_eq!(imported.flow.edges.len(), 1);
}

#[test]
fn everything_else_that_leads_or_begins_nowhere_is_refused_at_once_with_each_place() {
    let mut bot = bot();
    let edge = |id: &str, from: Value| json!({ "id": id, "from": from, "to": { "groupId": "g" } });
    bot["edges"].as_array_mut().unwrap().extend([
        json!({ "id": "e2", "from": { "blockId": "t" }, "to": { "groupId": "gone" } }),
        edge("e3", json!({ "blockId": "c", "itemId": "gone" })),
        edge("e4", json!({ "blockId": "c", "itemId": "i", "pathId": "gone" })),
        edge("e5", json!({ "eventId": "gone" })),
        edge("e6", json!({})),
    ]);
    let blocks = bot["groups"][0]["blocks"].as_array_mut().unwrap();
    blocks[0]["outgoingEdgeId"] = json!("gone");
    blocks[1]["items"][0]["outgoingEdgeId"] = json!("gone");
    blocks[2] = json!({ "id": "l", "type": "Typebot link", "options": { "typebotId": "current", "groupId": "gone" } });
    blocks.push(json!({ "id": "j", "type": "Jump", "options": { "groupId": "g", "blockId": "gone" } }));
    let Err(ImportError::Lines(errors)) = import::typebot(bot.to_string().as_bytes()) else {
        panic!("taken")
    };
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/edges/1/to/groupId: no group has the id \"gone\"",
            "/edges/2/from/itemId: the block has no way out \"gone\"",
            "/edges/3/from/pathId: the block has no way out \"gone\"",
            "/edges/4/from/eventId: no trigger has the id \"gone\"",
            "/edges/5/from: missing field `blockId`",
            "/groups/0/blocks/0/outgoingEdgeId: no edge has the id \"gone\"",
            "/groups/0/blocks/1/items/0/outgoingEdgeId: no edge has the id \"gone\"",
            "/groups/0/blocks/2/options/groupId: no group has the id \"gone\"",
            "/groups/0/blocks/3/options/blockId: no block has the id \"gone\"",
        ]
    );
}

/// Two groups that lead to one another; what stands in the second decides.
#[test]
fn a_round_without_a_wait_is_refused_with_its_place() {
    let text = |id: &str| json!({ "id": id, "type": "text", "content": { "plainText": id }, "outgoingEdgeId": format!("to-{id}") });
    let edge = |id: &str, from: Value, to: &str| json!({ "id": id, "from": from, "to": { "groupId": to } });
    let mut bot = bot();
    bot["edges"] = json!([
        edge("e1", json!({ "eventId": "s" }), "g"),
        edge("to-a", json!({ "blockId": "a" }), "h"),
        edge("to-b", json!({ "blockId": "b" }), "g"),
    ]);
    let mut with = |block: Value| {
        bot["groups"] = json!([
            { "id": "g", "title": "G", "blocks": [text("a")] }, { "id": "h", "title": "H", "blocks": [block] }]);
        import::typebot(bot.to_string().as_bytes())
    };
    let round =
        |blocks: &[&str]| Fault::LeadsRound { blocks: blocks.iter().map(ToString::to_string).collect() };
    let refused = LoadError::at("/groups/0/blocks/0", round(&["a", "b"]));
    assert_eq!(with(text("b")).map(|_| ()), Err(ImportError::Lines(vec![refused])));
    let link = json!({ "id": "b", "type": "Typebot link", "options": { "typebotId": "current", "groupId": "h" }, "outgoingEdgeId": "to-b" });
    let Err(ImportError::Lines(errors)) = with(link) else { panic!("a part that runs itself is taken") };
    assert!(errors.contains(&LoadError::at("/groups/1/blocks/0", round(&["b"]))), "{errors:?}");
    let asks = json!({ "id": "b", "type": "text input", "outgoingEdgeId": "to-b" });
    assert!(with(asks).is_ok(), "it waits for an answer");
}

#[test]
fn a_mark_of_byte_order_is_no_harm() {
    let file = ["\u{feff}", &bot().to_string()].concat();
    assert!(import::typebot(file.as_bytes()).is_ok());
}

#[test]
fn what_is_too_much_is_refused() {
    let large = vec![b' '; import::TYPEBOT_BYTES + 1];
    let fault = |bytes: &[u8]| match import::typebot(bytes) {
        Err(ImportError::File(error)) => error.fault,
        other => panic!("{other:?}"),
    };
    assert!(matches!(fault(&large), Fault::TooLarge { .. }));
    let deep = format!("{{\"groups\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deepest = ["/groups", &"/0".repeat(limits::DEPTH - 1)].concat();
    let too_deep = LoadError::at(deepest, Fault::Nested { most: limits::DEPTH });
    assert_eq!(import::typebot(deep.as_bytes()), Err(ImportError::File(too_deep)));
    let many = |name: &str, count: usize, one: &Value| {
        let mut bot = bot();
        bot[name] = std::iter::repeat_n(one.clone(), count).collect();
        refused(&bot)
    };
    assert_eq!(many("groups", 2_001, &json!({ "id": "g" })), "/groups: 2001 are too many; at most 2000");
    assert_eq!(
        many("variables", 1_001, &json!({ "id": "v", "name": "V" })),
        "/variables: 1001 are too many; at most 1000"
    );
    let mut options = bot();
    options["groups"][0]["blocks"][1]["items"] = std::iter::repeat_n(json!({ "id": "i" }), 2_001).collect();
    assert_eq!(refused(&options), "/groups/0/blocks/1/items: 2001 are too many; at most 2000");
    let mut blocks = bot();
    let block = json!({ "id": "t", "type": "text" });
    blocks["groups"][0]["blocks"] = std::iter::repeat_n(block, 5_001).collect();
    assert_eq!(refused(&blocks), "/groups/0/blocks: 5001 are too many; at most 5000");
}

/// Much of each thing that might be slow: what took quadratic time would take hours.
#[test]
fn large_files_take_no_time() {
    const SIZE: usize = 100_000;
    let started = std::time::Instant::now();
    for piece in ["{{", "}}", "{{a}}", "{{{", "<", "<b>", "sk-", "{%", "(", "\n", "{{=", "é"] {
        let text = piece.repeat(SIZE / piece.len());
        for field in ["html", "plainText"] {
            let mut bot = bot();
            bot["groups"][0]["blocks"][0]["content"] = json!({ field: text });
            bot["groups"][0]["blocks"][1] = json!({ "id": "s", "type": "Set variable", "options": { "variableId": "v", "expressionToEvaluate": text } });
            let _ = import::typebot(bot.to_string().as_bytes());
        }
    }
    let mut many = bot();
    let block = |n: usize| json!({ "id": format!("t{n}"), "type": "text", "content": { "plainText": "x" } });
    many["groups"][0]["blocks"] = (0..5_000).map(block).collect();
    let edge =
        |n: usize| json!({ "id": format!("e{n}"), "from": { "blockId": "t7" }, "to": { "groupId": "g" } });
    many["edges"] = (0..20_000).map(edge).collect();
    // The seventh leads back to the first, and nobody is asked.
    let Err(ImportError::Lines(errors)) = import::typebot(many.to_string().as_bytes()) else {
        panic!("taken")
    };
    assert_eq!(errors[0].pointer, "/groups/0/blocks/0");
    // Generous: an unoptimised build on a busy machine.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// How the other program's bots begin again: a link to a group of their own, the last thing that they do.
#[test]
fn a_bot_that_begins_again_does_so_for_as_long_as_anybody_answers() {
    let mut bot = bot();
    bot["groups"][0]["blocks"][2] =
        json!({ "id": "l", "type": "Typebot link", "options": { "typebotId": "current", "groupId": "g" } });
    let flow = import::typebot(bot.to_string().as_bytes()).unwrap().flow;
    assert_eq!(customer::talk(&flow, &[], 1, None).ended, None, "after 200 answers");
    // With something behind it, it has to come back: the rounds within one another are bounded, and that is told.
    bot["groups"][0]["blocks"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "z", "type": "text", "content": { "plainText": "Bye" } }));
    let imported = import::typebot(bot.to_string().as_bytes()).unwrap();
    let row = imported.report.iter().find(|row| row.id == "l").unwrap();
    assert!(
        serde_json::to_string(&row.verdict).unwrap().contains(r#"{"code":"runs_itself","most":32}"#),
        "{row:?}"
    );
    assert!(customer::talk(&imported.flow, &[], 1, None).ended.is_some());
}

#[test]
fn what_a_block_cannot_hold_is_kept_as_a_note() {
    let mut bot = bot();
    bot["groups"][0]["blocks"][0]["content"] = json!({ "plainText": "x".repeat(20_000) });
    let options: Value =
        (0..300).map(|n| json!({ "id": format!("i{n}"), "content": n.to_string() })).collect();
    bot["groups"][0]["blocks"][1]["items"] = options;
    let imported = import::typebot(bot.to_string().as_bytes()).unwrap();
    let words = serde_json::to_string(&imported.report).unwrap();
    assert_eq!(words.matches("too_large").count(), 2, "{words}");
    // The question that held the round up is among them: no mistake of the file's, and good to know.
    assert_eq!(words.matches("leads_round").count(), 1, "{words}");
}

/// The places of a value, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            places(field, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        _ => {}
    }
}

fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{}])),
        any::<i64>().prop_map(Value::from),
        (-1e300..1e300_f64).prop_map(Value::from),
        "[{}%#=a. (]{0,12}".prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_never_make_it_fall_over(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), odd(), 0..3_u8), 1..5),
    ) {
        let names = names();
        let mut file: Value = serde_json::from_slice(&crate::file(which.get::<String>(&names))).unwrap();
        for (place, other, value, how) in changes {
            let mut all = Vec::new();
            places(&file, "", &mut all);
            let value = match how {
                0 => value,
                // A part of the file at another place of it.
                1 => file.pointer(other.get::<String>(&all)).cloned().unwrap(),
                _ => json!(null),
            };
            *file.pointer_mut(place.get::<String>(&all)).unwrap() = value;
        }
        if let Ok(imported) = import::typebot(file.to_string().as_bytes()) {
            let json = serde_json::to_string(&imported.flow).unwrap();
            prop_assert_eq!(&Flow::from_json(&json).unwrap(), &imported.flow);
            // A file may have no beginning, and lead round as long as what it waits for is off; anything else that breaks
            // would be the importer's doing.
            let own = |code: Code| matches!(code, Code::NoStart | Code::EndlessLoop);
            let broken = |found: &Finding| found.severity == Severity::Error && !own(found.code);
            let errors: Vec<Finding> = check(&imported.flow).into_iter().filter(broken).collect();
            prop_assert_eq!(errors, []);
            customer::talk(&customer::allowed(&imported.flow), &[], 1, None);
        }
    }
}
