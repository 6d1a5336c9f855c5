//! The checker: each finding, from the smallest flow that has it.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::collections::BTreeSet;

use beseda_flow::{Code, Finding, Flow, Severity, check};
use serde_json::{Value, json};

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
            json!({ "id": "x", "kind": "message", "text": "a".repeat(1025), "media": { "kind": "video", "stored": "m" } }),
            vec![Code::CaptionApart],
        ),
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
        assert_eq!(found(flow(json!([block]))), about, "{block}");
    }
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
fn a_loop_that_a_condition_may_leave_is_a_hint() {
    let findings = findings(flow(json!([
        { "id": "n", "kind": "set", "variable": "n", "expression": "(n or 0) + 1" },
        { "id": "if", "kind": "condition", "branches": [
            { "id": "b", "when": { "join": "and", "tests": [{ "variable": "n", "is": "greater", "value": 3 }] } },
        ]},
        { "id": "again", "kind": "jump", "to": { "group": "g" } },
    ])));
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.severity), (Code::LoopWithoutQuestion, Severity::Hint));
    assert_eq!(finding.parameters["blocks"], json!(["n", "if", "again"]));
}

#[test]
fn a_loop_with_a_question_in_it_is_a_menu() {
    let menu = json!([
        { "id": "ask", "kind": "question", "text": "?", "answer": "text" },
        { "id": "again", "kind": "jump", "to": { "group": "g" } },
    ]);
    assert_eq!(found(flow(menu)), []);
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
            "parameters": { "length": 22, "limit": 20, "option": "o" },
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
