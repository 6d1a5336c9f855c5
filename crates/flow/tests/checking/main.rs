//! The checker: each finding, from the smallest flow that has it.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::collections::BTreeSet;

use beseda_flow::{Code, Finding, Flow, Severity, Surroundings, check, check_in};
use serde_json::{Value, json};

mod limits;
mod ways;

/// A flow of these blocks in one group, and a second group to lead to; started by any message.
fn flow(blocks: Value) -> Value {
    json!({
        "schema": 1, "id": "f", "name": "Test",
        "triggers": [{ "id": "t", "kind": "any_message" }],
        "groups": [
            { "id": "g", "blocks": blocks },
            { "id": "g2", "blocks": [{ "id": "end", "kind": "end" }] },
        ],
        "edges": [{ "id": "t", "from": { "trigger": "t" }, "to": { "group": "g2" } }],
    })
}

fn findings(flow: Value) -> Vec<Finding> {
    check(&Flow::from_value(flow).unwrap())
}

/// The codes found and the blocks they are about.
fn found(flow: Value) -> Vec<(Code, String)> {
    let about = |finding: Finding| (finding.code, finding.block.unwrap_or_default());
    findings(flow).into_iter().map(about).collect()
}

#[test]
fn blocks() {
    let hi = json!({ "id": "hi", "kind": "message", "text": "Hi" });
    assert_eq!(found(flow(json!([hi]))), []);
    let ask = |fields: Value| {
        let mut block = json!({ "id": "x", "kind": "question", "text": "?", "answer": "text" });
        block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        block
    };
    let choice = |options: Value| ask(json!({ "answer": "choice", "options": options }));
    let several = |limits: Value| {
        let options = json!([{ "id": "a", "title": "A" }, { "id": "b", "title": "B" }]);
        let mut question = json!({ "answer": "choice", "multiple": true, "options": options });
        question.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        ask(question)
    };
    let compare = |test: Value| json!({ "id": "x", "kind": "condition", "branches": [{ "id": "b", "when": { "join": "and", "tests": [test] } }] });
    let say = |text: &str| json!({ "id": "x", "kind": "message", "text": text });
    let send = |media: Value| json!({ "id": "x", "kind": "message", "text": "a", "media": media });
    for (block, codes) in [
        (say(" "), vec![Code::EmptyText]),
        (say("{{ oops"), vec![Code::BadTemplate]),
        (say("{{ nobody }}"), vec![Code::UnsetVariable]),
        (say("{{ nobody|upper }}"), vec![Code::UnsetVariable]),
        (say("{{contact.name}} {{now}} {{ today|date }}"), vec![]),
        (say(&"x".repeat(4097)), vec![Code::SplitText]),
        (send(json!({ "kind": "image", "url": "ftp://a" })), vec![Code::BadAddress]),
        (send(json!({ "kind": "image", "url": "{{contact.photo}}" })), vec![]),
        (send(json!({ "kind": "image", "stored": "" })), vec![Code::BadAddress]),
        (
            json!({ "id": "x", "kind": "message", "text": "a".repeat(1025), "media": { "kind": "video", "stored": "m", "mime": "video/mp4" } }),
            vec![Code::CaptionApart],
        ),
        (send(json!({ "kind": "image", "stored": "m", "mime": "image/png", "size": 5_242_880 })), vec![]),
        (
            send(json!({ "kind": "image", "stored": "m", "mime": "image/gif", "size": 5_242_881 })),
            vec![Code::BadFileType, Code::LargeFile],
        ),
        (send(json!({ "kind": "document", "stored": "m" })), vec![]),
        (send(json!({ "kind": "audio", "stored": "m", "mime": "audio/ogg; codecs=opus" })), vec![]),
        (
            send(json!({ "kind": "sticker", "stored": "m", "mime": "image/webp", "size": 102_401 })),
            vec![Code::LargeFile],
        ),
        (
            send(json!({ "kind": "image", "url": "https://example.com/a.png" })),
            vec![Code::PlaceholderAddress],
        ),
        (say("Look: https://shop.example/a"), vec![Code::PlaceholderAddress]),
        (json!({ "id": "x", "kind": "message", "text": "http://example.org", "disabled": true }), vec![]),
        (
            json!({ "id": "x", "kind": "link_button", "text": "a", "title": "b", "url": "https://your-site.com/x" }),
            vec![Code::PlaceholderAddress],
        ),
        (
            json!({ "id": "x", "kind": "http", "url": "https://example.com/{{contact.phone}}" }),
            vec![Code::PlaceholderAddress, Code::NoWayOn],
        ),
        (ask(json!({ "text": "Your site, like https://example.com?" })), vec![]),
        (json!({ "id": "x", "kind": "teleport" }), vec![Code::UnknownKind]),
        (json!({ "id": "x", "kind": "teleport", "disabled": true }), vec![]),
        (ask(json!({})), vec![]),
        (ask(json!({ "text": "" })), vec![Code::EmptyText]),
        (ask(json!({ "answer": "iris_scan" })), vec![Code::UnknownKind, Code::NoWayOn]),
        (ask(json!({ "answer": "number" })), vec![Code::NoWayOn]),
        (ask(json!({ "timeout": 60 })), vec![Code::NoWayOn]),
        (ask(json!({ "pattern": "(" })), vec![Code::BadPattern, Code::NoWayOn]),
        (ask(json!({ "pattern": "{{v}}" })), vec![Code::PatternWithVariables, Code::NoWayOn]),
        (ask(json!({ "min_length": 9, "max_length": 3 })), vec![Code::BadBound]),
        (ask(json!({ "answer": "number", "min": "few" })), vec![Code::BadBound, Code::NoWayOn]),
        (ask(json!({ "answer": "number", "min": 3, "max": 2 })), vec![Code::BadBound, Code::NoWayOn]),
        (ask(json!({ "answer": "date", "min": "today", "max": "today+7" })), vec![Code::NoWayOn]),
        (ask(json!({ "answer": "date", "min": "soon" })), vec![Code::BadBound, Code::NoWayOn]),
        (ask(json!({ "answer": "phone", "country": "XX" })), vec![Code::BadCountry, Code::NoWayOn]),
        (ask(json!({ "variable": "not a name" })), vec![Code::BadName]),
        (ask(json!({ "variable": "today" })), vec![Code::ReservedName]),
        (choice(json!([])), vec![Code::NoOptions, Code::NoWayOn]),
        (several(json!({ "min": 1, "max": 2 })), vec![Code::NoWayOn]),
        (several(json!({ "min": 3 })), vec![Code::BadBound, Code::NoWayOn]),
        (several(json!({ "min": 3, "items": "v" })), vec![Code::UnsetVariable, Code::NoWayOn]),
        (several(json!({ "min": 2, "max": 1 })), vec![Code::BadBound, Code::NoWayOn]),
        (several(json!({ "max": "{{v}}" })), vec![Code::BadBound, Code::NoWayOn]),
        (several(json!({ "max": 1.5 })), vec![Code::BadBound, Code::NoWayOn]),
        (several(json!({ "min": -1, "multiple": false })), vec![Code::NoWayOn]),
        (
            choice(json!([{ "id": "a", "title": "A" }, { "id": "a", "title": "B" }])),
            vec![Code::DuplicateId, Code::NoWayOn],
        ),
        (choice(json!([{ "id": "a", "title": " " }])), vec![Code::EmptyText, Code::NoWayOn]),
        (choice(json!([{ "id": "a", "title": "x".repeat(20) }])), vec![Code::NoWayOn]),
        (
            choice(json!([{ "id": "a", "title": "x".repeat(21) }])),
            vec![Code::NoWayOn, Code::ListInsteadOfButtons],
        ),
        (
            choice(json!([{ "id": "a", "title": "x".repeat(25) }])),
            vec![Code::NumberedInsteadOfList, Code::NoWayOn],
        ),
        (
            choice(json!([{ "id": "a", "title": "Yes" }, { "id": "b", "title": "yes" }])),
            vec![Code::NumberedInsteadOfList, Code::NoWayOn],
        ),
        (
            choice(json!([{ "id": "a", "title": "A", "description": "x".repeat(73) }])),
            vec![Code::CutText, Code::NoWayOn],
        ),
        (
            ask(
                json!({ "answer": "choice", "button": "x".repeat(21), "options": [{ "id": "a", "title": "A" }] }),
            ),
            vec![Code::CutText, Code::NoWayOn],
        ),
        (json!({ "id": "x", "kind": "condition", "branches": [] }), vec![Code::EmptyCondition]),
        (
            json!({ "id": "x", "kind": "condition", "branches": [{ "id": "b", "when": { "join": "or", "tests": [] } }] }),
            vec![Code::EmptyCondition],
        ),
        (compare(json!({ "variable": "contact.name", "is": "set" })), vec![]),
        (compare(json!({ "variable": "nobody", "is": "set" })), vec![Code::UnsetVariable]),
        (compare(json!({ "variable": "?", "is": "set" })), vec![Code::BadName]),
        (compare(json!({ "variable": "now", "is": "matches", "value": "[" })), vec![Code::BadPattern]),
        (compare(json!({ "variable": "now", "is": "equal", "value": "{{" })), vec![Code::BadTemplate]),
        (json!({ "id": "x", "kind": "set", "variable": "v", "expression": "1 +" }), vec![Code::BadTemplate]),
        (
            json!({ "id": "x", "kind": "set", "variable": "v", "value": "{{ nobody }}" }),
            vec![Code::UnsetVariable],
        ),
        (json!({ "id": "x", "kind": "jump", "to": { "group": "g9" } }), vec![Code::DanglingEdge]),
        (json!({ "id": "x", "kind": "jump", "to": { "group": "g" } }), vec![Code::EndlessLoop]),
        (json!({ "id": "x", "kind": "hand_over", "note": "{{ nobody }}" }), vec![Code::UnsetVariable]),
    ] {
        let about: Vec<_> = codes.iter().map(|code| (*code, "x".to_owned())).collect();
        assert_eq!(found_at(&block), about, "{block}");
    }
}

/// The block with another one to go on to, where it is of a kind that leads somewhere.
fn followed(block: &Value) -> Value {
    let leads = ["question", "condition", "switch", "split", "hours", "online"];
    let after =
        leads.contains(&block["kind"].as_str().unwrap()).then(|| json!({ "id": "after", "kind": "end" }));
    flow([block.clone()].into_iter().chain(after).collect())
}

/// What is found in that flow, but for what is said of the block that follows.
fn found_at(block: &Value) -> Vec<(Code, String)> {
    found(followed(block)).into_iter().filter(|(_, about)| about != "after").collect()
}

/// The kinds of blocks beyond the first seven, each with what it may lack.
#[test]
fn newer_blocks() {
    let ask = |fields: Value| with(json!({ "kind": "question", "text": "?" }), fields);
    let http = |fields: Value| with(json!({ "kind": "http", "url": "https://a.b" }), fields);
    let set = |fields: Value| with(json!({ "kind": "set", "variable": "v" }), fields);
    let template =
        |fields: Value| with(json!({ "kind": "template", "name": "hello", "language": "ru" }), fields);
    let menu = |fields: Value| {
        with(
            json!({ "kind": "menu", "text": "?", "options": [{ "id": "a", "title": "A", "payload": "p" }] }),
            fields,
        )
    };
    let link = |fields: Value| {
        with(json!({ "kind": "link_button", "text": "a", "title": "Open", "url": "https://a.b" }), fields)
    };
    for (block, codes) in [
        (json!({ "kind": "location", "latitude": 55, "longitude": "{{contact.x}}" }), vec![]),
        (
            json!({ "kind": "location", "latitude": 91, "longitude": "east" }),
            vec![Code::BadValue, Code::BadValue],
        ),
        (json!({ "kind": "contact_card", "contacts": [{ "name": "A" }] }), vec![]),
        (json!({ "kind": "contact_card" }), vec![Code::EmptyField]),
        (
            json!({ "kind": "contact_card", "contacts": [{ "name": "{{ nobody }}" }] }),
            vec![Code::UnsetVariable],
        ),
        (menu(json!({})), vec![]),
        (menu(json!({ "options": [] })), vec![Code::NoOptions]),
        (menu(json!({ "options": [{ "id": "a", "title": "A" }] })), vec![Code::NoWayOn]),
        (menu(json!({ "button": "x".repeat(21) })), vec![Code::CutText]),
        (
            menu(json!({ "options": [{ "id": "a", "title": "x".repeat(21), "payload": "p" }] })),
            vec![Code::ListInsteadOfButtons],
        ),
        (link(json!({})), vec![]),
        (link(json!({ "title": "" })), vec![Code::EmptyField]),
        (link(json!({ "title": "x".repeat(21) })), vec![Code::CutText]),
        (link(json!({ "text": "x".repeat(1025) })), vec![Code::TextApart]),
        (link(json!({ "url": "tel:1" })), vec![Code::BadAddress]),
        (template(json!({})), vec![]),
        (template(json!({ "name": "" })), vec![Code::EmptyField]),
        (template(json!({ "name": "Hello there" })), vec![Code::BadValue]),
        (template(json!({ "body": [{ "text": "{{" }] })), vec![Code::BadTemplate]),
        (template(json!({ "buttons": [{ "id": "a", "kind": "url" }] })), vec![Code::EmptyField]),
        (
            template(
                json!({ "buttons": (0..11).map(|n| json!({ "id": format!("b{n}"), "index": n })).collect::<Vec<_>>() }),
            ),
            vec![Code::TooManyButtons],
        ),
        (json!({ "kind": "wait", "seconds": 5 }), vec![]),
        (json!({ "kind": "wait" }), vec![Code::EmptyField]),
        (json!({ "kind": "wait", "seconds": "soon" }), vec![Code::BadValue]),
        (json!({ "kind": "wait", "seconds": -1 }), vec![Code::BadValue]),
        (json!({ "kind": "wait", "until": "25:00" }), vec![Code::BadValue]),
        (json!({ "kind": "wait", "until": "{{ today }} 10:00" }), vec![]),
        (ask(json!({ "answer": "time", "min": "9" })), vec![Code::BadBound, Code::NoWayOn]),
        (ask(json!({ "answer": "rating", "low": "x".repeat(73) })), vec![Code::CutText, Code::NoWayOn]),
        (ask(json!({ "answer": "form" })), vec![Code::EmptyField, Code::NoWayOn]),
        (
            ask(json!({ "answer": "form", "form": { "id": "1" }, "button": "x".repeat(21) })),
            vec![Code::CutText, Code::NoWayOn],
        ),
        (
            ask(json!({ "answer": "form", "form": { "id": "1", "data": { "a": 1 } } })),
            vec![Code::EmptyField, Code::NoWayOn],
        ),
        (
            ask(json!({ "answer": "form", "form": { "id": "1", "screen": "S", "data": { "a": 1 } } })),
            vec![Code::NoWayOn],
        ),
        (ask(json!({ "answer": "choice", "items": "nobody" })), vec![Code::UnsetVariable, Code::NoWayOn]),
        (ask(json!({ "answer": "choice", "items": "a b" })), vec![Code::BadName, Code::NoWayOn]),
        (ask(json!({ "answer": "choice", "multiple": true })), vec![Code::NoOptions, Code::NoWayOn]),
        (set(json!({ "operation": "pop" })), vec![Code::EmptyField]),
        (set(json!({ "operation": "shuffle" })), vec![Code::UnknownKind]),
        (set(json!({ "operation": "pop", "list": "a b" })), vec![Code::BadName]),
        (set(json!({ "expression": "range(3)|list|at(0)" })), vec![]),
        (set(json!({ "value": "{{ secret.key }}" })), vec![Code::SecretElsewhere, Code::UnsetVariable]),
        (json!({ "kind": "switch", "variable": "contact.x" }), vec![Code::EmptyCondition]),
        (
            json!({ "kind": "switch", "variable": "contact.x", "branches": [{ "id": "a", "is": "matches", "value": "(" }] }),
            vec![Code::BadPattern],
        ),
        (json!({ "kind": "split", "branches": [{ "id": "a" }] }), vec![Code::EmptyCondition]),
        (json!({ "kind": "sub_flow" }), vec![Code::EmptyField]),
        (json!({ "kind": "sub_flow", "to": { "group": "zzz" } }), vec![Code::DanglingEdge]),
        (json!({ "kind": "sub_flow", "bot": "b" }), vec![Code::NoWayOn]),
        (json!({ "kind": "loop" }), vec![Code::EmptyField, Code::EmptyField, Code::NoWayOn]),
        (
            json!({ "kind": "loop", "list": "contact.x +", "item": "i" }),
            vec![Code::BadTemplate, Code::NoWayOn],
        ),
        (
            json!({ "kind": "hours", "hours": [{ "days": [8], "from": "9", "to": "24:00" }] }),
            vec![Code::BadValue, Code::BadValue],
        ),
        (json!({ "kind": "read_fields" }), vec![Code::EmptyField, Code::NoWayOn]),
        (
            json!({ "kind": "set_fields", "fields": [{ "field": "name" }, { "field": "city" }, { "field": "phone" }, { "field": " tags" }, { "field": "" }] }),
            vec![Code::EmptyField, Code::ReadOnlyField, Code::ReadOnlyField],
        ),
        (json!({ "kind": "set_fields" }), vec![Code::EmptyField]),
        (json!({ "kind": "tags" }), vec![Code::EmptyField]),
        (json!({ "kind": "create_deal", "title": "x", "amount": "much" }), vec![Code::BadValue]),
        (json!({ "kind": "move_deal" }), vec![Code::EmptyField]),
        (json!({ "kind": "create_task", "title": "x", "due": "soon" }), vec![Code::BadValue]),
        (json!({ "kind": "note" }), vec![Code::EmptyField]),
        (http(json!({})), vec![Code::NoWayOn]),
        (http(json!({ "url": "" })), vec![Code::BadAddress, Code::NoWayOn]),
        (http(json!({ "headers": [{ "name": "a b", "value": "" }] })), vec![Code::BadValue, Code::NoWayOn]),
        (http(json!({ "body": { "value": ["{{ nobody }}"] } })), vec![Code::UnsetVariable, Code::NoWayOn]),
        (http(json!({ "url": "https://a.b/{{ secret.key }}" })), vec![Code::NoWayOn]),
        (json!({ "kind": "wait_call" }), vec![Code::NoWayOn]),
        (json!({ "kind": "email" }), vec![Code::EmptyField, Code::EmptyField, Code::NoWayOn]),
        (json!({ "kind": "ai_answer" }), vec![Code::EmptyField, Code::NoWayOn]),
        (json!({ "kind": "ai_extract" }), vec![Code::EmptyField, Code::NoWayOn]),
        (
            json!({ "kind": "ai_extract", "fields": [{ "variable": "a b" }] }),
            vec![Code::BadName, Code::NoWayOn],
        ),
    ] {
        let block = with(json!({ "id": "x" }), block);
        let about: BTreeSet<_> = codes.iter().map(|code| (format!("{code:?}"), "x".to_owned())).collect();
        let got: Vec<_> = found_at(&block).into_iter().map(|(code, id)| (format!("{code:?}"), id)).collect();
        assert_eq!(got.len(), codes.len(), "{block}: {got:?}");
        assert_eq!(got.into_iter().collect::<BTreeSet<_>>(), about, "{block}");
    }
}

fn with(mut block: Value, fields: Value) -> Value {
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

#[test]
fn what_is_named_has_to_be_there() {
    let around: Surroundings = serde_json::from_value(json!({
        "secrets": ["key"], "bots": ["form", "twice"], "unpublished_bots": ["later"], "shared_flows": ["twice"], "teams": ["sales"], "people": ["anna"],
        "pipelines": { "main": ["new", "won"] },
        "templates": [{ "name": "hello", "language": "en_US", "places": [{ "name": "1" }] }],
        "missing_files": ["f0"],
        "features": ["http", "templates", "customers", "deals", "teams", "bots", "presence", "tasks"],
    }))
    .unwrap();
    let http = |url: &str| json!({ "kind": "http", "url": url });
    let trace = |url: &str| json!({ "kind": "http", "url": url, "method": "TRACE" });
    let image = |file: &str| json!({ "kind": "message", "media": { "kind": "image", "stored": file, "mime": "image/png" } });
    for (block, codes) in [
        (http("https://a.b/{{ secret.key }}"), vec![]),
        (http("https://a.b/{{ secret.other }}"), vec![Code::MissingSecret]),
        (trace("https://a.b/{{ secret.key }}"), vec![Code::SecretSentBack]),
        (image("f0"), vec![Code::MissingFile]),
        (image("f1"), vec![]),
        (json!({ "kind": "email", "to": ["a@b.co"], "subject": "x" }), vec![Code::NotAvailable]),
        (json!({ "kind": "hours" }), vec![Code::NotAvailable]),
        (json!({ "kind": "hours", "hours": [{ "from": "09:00", "to": "10:00" }] }), vec![]),
        (
            json!({ "kind": "question", "text": "?", "answer": "form", "form": { "id": "1" } }),
            vec![Code::NotAvailable],
        ),
        (json!({ "kind": "sub_flow", "bot": "form" }), vec![]),
        (json!({ "kind": "sub_flow", "bot": "gone" }), vec![Code::UnknownBot]),
        (json!({ "kind": "sub_flow", "bot": "later" }), vec![Code::UnpublishedBot]),
        (json!({ "kind": "sub_flow", "bot": "twice" }), vec![Code::SeveralBots]),
        (json!({ "kind": "assign", "team": "sales", "person": "bob" }), vec![Code::UnknownPerson]),
        (json!({ "kind": "online", "team": "support" }), vec![Code::UnknownTeam]),
        (json!({ "kind": "move_deal", "pipeline": "main", "stage": "Won" }), vec![]),
        (json!({ "kind": "move_deal", "stage": "lost" }), vec![Code::UnknownStage]),
        (json!({ "kind": "create_deal", "title": "x", "pipeline": "side" }), vec![Code::UnknownStage]),
        (
            json!({ "kind": "template", "name": "hello", "language": "en-us", "body": [{ "text": "x" }] }),
            vec![],
        ),
        (json!({ "kind": "template", "name": "hello", "language": "ru" }), vec![Code::UnknownTemplate]),
        (json!({ "kind": "template", "name": "hello", "language": "en_US" }), vec![Code::TemplatePlaces]),
        (
            json!({ "kind": "question", "text": "", "answer": "text", "template": { "name": "bye", "language": "ru" } }),
            vec![Code::UnknownTemplate],
        ),
    ] {
        let block = with(json!({ "id": "x" }), block);
        let findings = check_in(&Flow::from_value(flow(json!([block]))).unwrap(), &around);
        let got: Vec<_> =
            findings.iter().map(|finding| finding.code).filter(|code| *code != Code::NoWayOn).collect();
        assert_eq!(got, codes, "{block}");
        assert!(findings.iter().all(|finding| finding.block.as_deref() == Some("x")));
    }
    let triggered = |trigger: Value| {
        let mut flow = flow(
            json!([{ "id": "a", "kind": "template", "name": "hello", "language": "en_US", "body": [{ "text": "x" }] }]),
        );
        flow["triggers"].as_array_mut().unwrap().push(with(json!({ "id": "x" }), trigger));
        check_in(&Flow::from_value(flow).unwrap(), &around)
            .into_iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(triggered(json!({ "kind": "deal_moved", "stage": "lost" })), [Code::UnknownStage]);
    assert_eq!(triggered(json!({ "kind": "schedule", "schedule": { "at": "10:00" } })), [Code::NotAvailable]);
    assert_eq!(
        triggered(json!({ "kind": "schedule", "schedule": { "at": "10", "days": [9] } })),
        [Code::BadValue, Code::BadValue, Code::NotAvailable]
    );
}

/// Which blocks are said when the 24 hours may be over.
fn late(blocks: Value, trigger: &str, edges: Value) -> Vec<String> {
    let mut flow = flow(blocks);
    flow["triggers"] =
        json!([{ "id": "t", "kind": trigger, "schedule": { "at": "10:00" }, "keywords": [{ "text": "x" }] }]);
    flow["edges"] = edges;
    let findings = findings(flow).into_iter().filter(|finding| finding.code == Code::ClosedWindow);
    findings.map(|finding| finding.block.unwrap()).collect()
}

#[test]
fn what_is_said_when_the_window_is_closed() {
    let say = |id: &str| json!({ "id": id, "kind": "message", "text": "x" });
    let ask = |id: &str| json!({ "id": id, "kind": "question", "text": "?", "answer": "text" });
    let wait = |fields: Value| with(json!({ "id": "w", "kind": "wait" }), fields);
    let none = || json!([]);
    for (trigger, closed) in [
        ("any_message", false),
        ("keyword", false),
        ("schedule", true),
        ("tag_added", true),
        ("field_changed", true),
        ("deal_moved", true),
        ("api", true),
        ("new_customer", true),
    ] {
        assert_eq!(late(json!([say("a")]), trigger, none()).len(), usize::from(closed), "{trigger}");
    }
    for (wait, closed) in [
        (json!({ "seconds": 86_399 }), false),
        (json!({ "seconds": 86_400 }), true),
        (json!({ "seconds": "{{contact.x}}" }), true),
        (json!({ "until": "10:00" }), true),
    ] {
        let blocks = json!([
            say("a"),
            self::with(json!({ "id": "w", "kind": "wait" }), wait.clone()),
            say("b"),
            ask("c"),
            say("d")
        ]);
        let wanted: &[&str] = if closed { &["b", "c"] } else { &[] };
        assert_eq!(late(blocks, "keyword", none()), wanted, "{wait}");
    }
    // A template may go out then; what follows it may not, till the customer has answered.
    let template = json!({ "id": "t", "kind": "template", "name": "a", "language": "ru" });
    assert_eq!(late(json!([template, say("a"), ask("b"), say("c")]), "api", none()), ["a", "b"]);
    let asked = json!({ "id": "q", "kind": "question", "answer": "text", "template": { "name": "a", "language": "ru" } });
    assert_eq!(late(json!([asked, say("a")]), "api", none()), [] as [&str; 0]);
    // Hours add up; a loop of short waits is as long as it likes.
    let half = |id: &str| json!({ "id": id, "kind": "wait", "seconds": 50_000 });
    assert_eq!(late(json!([half("1"), say("a"), half("2"), say("b")]), "keyword", none()), ["b"]);
    let jump = json!({ "id": "j", "kind": "jump", "to": { "group": "g" } });
    assert_eq!(late(json!([say("a"), wait(json!({ "seconds": 1 })), jump]), "keyword", none()), ["a"]);
    // Silence, and what the customer writes meanwhile.
    let silent = json!({ "id": "q", "kind": "question", "text": "?", "answer": "text", "timeout": 86_400 });
    let to = |port: &str| json!([{ "id": "e", "from": { "block": "q", "port": port }, "to": { "group": "g", "block": "b" } }]);
    let blocks = json!([silent, { "id": "end", "kind": "end" }, say("b")]);
    assert_eq!(late(blocks.clone(), "keyword", to("timeout")), ["b"]);
    assert_eq!(late(blocks, "keyword", to("failed")), [] as [&str; 0]);
}

#[test]
fn lines() {
    let blocks = json!([
        { "id": "a", "kind": "message", "text": "A" },
        { "id": "b", "kind": "end" },
        { "id": "c", "kind": "message", "text": "C" },
    ]);
    let with = |edges: Value| {
        let mut flow = flow(blocks.clone());
        flow["edges"].as_array_mut().unwrap().extend(edges.as_array().unwrap().clone());
        flow["groups"].as_array_mut().unwrap().push(json!({ "id": "empty" }));
        flow
    };
    let to = |block: &str| json!({ "group": "g", "block": block });
    assert_eq!(found(with(json!([]))), [(Code::Unreachable, "c".to_owned())]);
    for (edges, wanted) in [
        (json!([{ "id": "1", "from": { "block": "a" }, "to": to("c") }]), vec![(Code::Unreachable, "b")]),
        (
            json!([{ "id": "1", "from": { "block": "a" }, "to": to("zzz") }]),
            vec![(Code::DanglingEdge, "a"), (Code::Unreachable, "b"), (Code::Unreachable, "c")],
        ),
        (
            json!([{ "id": "1", "from": { "block": "a" }, "to": { "group": "empty" } }]),
            vec![(Code::EmptyGroup, "a"), (Code::Unreachable, "b"), (Code::Unreachable, "c")],
        ),
        (
            json!([{ "id": "1", "from": { "block": "zzz" }, "to": to("c") }]),
            vec![(Code::EdgeFromNowhere, ""), (Code::Unreachable, "c")],
        ),
        (
            json!([{ "id": "1", "from": { "block": "a", "port": "failed" }, "to": to("c") }]),
            vec![(Code::EdgeFromNowhere, "a"), (Code::Unreachable, "c")],
        ),
        (
            json!([{ "id": "1", "from": { "block": "b" }, "to": to("c") }]),
            vec![(Code::EdgeFromNowhere, "b"), (Code::Unreachable, "c")],
        ),
        (
            json!([{ "id": "1", "from": { "trigger": "zzz" }, "to": to("c") }]),
            vec![(Code::EdgeFromNowhere, ""), (Code::Unreachable, "c")],
        ),
        (
            json!([
                { "id": "1", "from": { "block": "a", "port": "next" }, "to": to("c") },
                { "id": "2", "from": { "block": "a", "port": "next" }, "to": to("b") },
            ]),
            vec![(Code::DoubleEdge, "a"), (Code::Unreachable, "b")],
        ),
        (
            json!([{ "id": "1", "from": { "block": "c" }, "to": to("a") }, { "id": "1", "from": { "block": "a" }, "to": to("c") }]),
            vec![(Code::DuplicateId, ""), (Code::EndlessLoop, "a"), (Code::Unreachable, "b")],
        ),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(|(code, block)| (code, block.to_owned())).collect();
        assert_eq!(found(with(edges.clone())), wanted, "{edges}");
    }
}

#[test]
fn starts_and_triggers() {
    let empty = json!({ "schema": 1, "id": "f", "name": "Empty" });
    assert_eq!(found(empty), [(Code::NoStart, String::new()), (Code::NoTrigger, String::new())]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut flow = flow(json!([{ "id": "a", "kind": "message", "text": "A" }]));
        change(&mut flow);
        found(flow).into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    let keyword = |keywords: Value| {
        move |flow: &mut Value| {
            flow["triggers"][0] = json!({ "id": "t", "kind": "keyword", "keywords": keywords });
        }
    };
    assert_eq!(with(&|flow| flow["start"] = json!({ "group": "zzz" })), [Code::NoStart, Code::Unreachable]);
    assert_eq!(
        with(&|flow| flow["triggers"][0]["disabled"] = json!(true)),
        [Code::NoTrigger, Code::Unreachable]
    );
    assert_eq!(
        with(&|flow| flow["triggers"][0]["kind"] = json!("full_moon")),
        [Code::NoTrigger, Code::UnknownTrigger]
    );
    assert_eq!(with(&keyword(json!([]))), [Code::EmptyKeyword]);
    assert_eq!(with(&keyword(json!([{ "text": " " }]))), [Code::EmptyKeyword]);
    assert_eq!(with(&keyword(json!([{ "text": "(", "match": "regex" }]))), [Code::BadPattern]);
    assert_eq!(with(&keyword(json!([{ "text": "hi" }]))), []);
    assert_eq!(with(&|flow| flow["settings"] = json!({ "country": "XX" })), [Code::BadCountry]);
    assert_eq!(
        with(&|flow| flow["settings"] = json!({ "texts": { "more": "x".repeat(25) } })),
        [Code::CutText]
    );
}

#[test]
fn a_finding_has_what_its_sentence_needs() {
    let title = "x".repeat(22);
    let findings = findings(flow(json!([
        { "id": "ask", "kind": "question", "text": "?", "answer": "choice", "options": [{ "id": "o", "title": title }] },
    ])));
    let finding = findings.iter().find(|finding| finding.code == Code::ListInsteadOfButtons).unwrap();
    assert_eq!(
        serde_json::to_value(finding).unwrap(),
        json!({
            "code": "list_instead_of_buttons", "severity": "hint", "block": "ask",
            "parameters": { "length": 22, "limit": 20, "number": 1, "option": "o" },
        })
    );
}

#[test]
fn the_worst_comes_first() {
    let findings = findings(flow(json!([
        { "id": "a", "kind": "question", "text": "?", "answer": "number" },
        { "id": "b", "kind": "message", "text": "{{ nobody }}" },
        { "id": "c", "kind": "teleport" },
    ])));
    let severities: Vec<_> = findings.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning, Severity::Hint]);
    assert_eq!(severities.iter().collect::<BTreeSet<_>>().len(), 3);
}
