//! Where ways lead: nowhere, round and round, and past what would have given a value.

use beseda_flow::{Code, Severity};
use serde_json::{Value, json};

use super::{findings, flow, followed, found, with};

#[test]
fn a_way_that_leads_nowhere() {
    let ports = |blocks: Value, edges: Value| -> Vec<String> {
        let mut flow = flow(blocks);
        flow["edges"].as_array_mut().unwrap().extend(edges.as_array().unwrap().clone());
        let found = findings(flow).into_iter().filter(|finding| finding.code == Code::NoWayOn);
        found.map(|finding| finding.parameters["port"].as_str().unwrap().to_owned()).collect()
    };
    let to_end =
        |port: &str| json!([{ "id": "e", "from": { "block": "x", "port": port }, "to": { "group": "g2" } }]);
    let set = json!({ "join": "and", "tests": [{ "variable": "contact.name", "is": "set" }] });
    let condition = json!({ "id": "x", "kind": "condition", "branches": [{ "id": "b", "when": set }] });
    assert_eq!(ports(json!([condition]), json!([])), ["branch:b", "else"]);
    assert_eq!(ports(json!([condition]), to_end("else")), ["branch:b"]);
    assert_eq!(ports(json!([condition, { "id": "y", "kind": "end" }]), json!([])), [""; 0]);
    let switch = json!({ "id": "x", "kind": "switch", "variable": "contact.name", "branches": [{ "id": "b", "value": "A" }] });
    assert_eq!(ports(json!([switch]), to_end("branch:b")), ["else"]);
    let split = json!({ "id": "x", "kind": "split", "branches": [{ "id": "b", "weight": 1 }, { "id": "c", "weight": 0 }] });
    assert_eq!(ports(json!([split]), json!([])), ["branch:b"]);
    assert_eq!(ports(json!([{ "id": "x", "kind": "hours" }]), to_end("closed")), ["open"]);
    assert_eq!(ports(json!([{ "id": "x", "kind": "online" }]), to_end("online")), ["offline"]);
    let ask = json!({ "id": "x", "kind": "question", "text": "Name?", "answer": "text" });
    assert_eq!(ports(json!([ask]), json!([])), ["answered"]);
    assert_eq!(ports(json!([ask]), to_end("answered")), [""; 0]);
    let options = json!([{ "id": "a", "title": "A" }, { "id": "b", "title": "B" }]);
    let choice =
        json!({ "id": "x", "kind": "question", "text": "Which?", "answer": "choice", "options": options });
    assert_eq!(ports(json!([choice]), json!([])), ["failed", "answered"]);
    assert_eq!(ports(json!([choice]), to_end("option:a")), ["failed", "option:b"]);
}

#[test]
fn within_a_loop_a_way_that_ends_goes_on() {
    let test = json!({ "join": "and", "tests": [{ "variable": "each", "is": "set" }] });
    let mut flow = flow(json!([
        { "id": "list", "kind": "set", "variable": "list", "expression": "[1, 2]" },
        { "id": "loop", "kind": "loop", "list": "list", "item": "each" },
        { "id": "say", "kind": "message", "text": "{{ sum }} in {{ last }}" },
    ]));
    flow["groups"].as_array_mut().unwrap().push(json!({ "id": "body", "blocks": [
        { "id": "sum", "kind": "set", "variable": "sum", "expression": "(sum or 0) + each" },
        { "id": "if", "kind": "condition", "branches": [{ "id": "b", "when": test }] },
        { "id": "last", "kind": "set", "variable": "last", "value": "{{ each }}" },
        { "id": "sure", "kind": "question", "text": "Sure?", "answer": "text" },
    ]}));
    let edge = json!({ "id": "e", "from": { "block": "loop", "port": "each" }, "to": { "group": "body" } });
    flow["edges"].as_array_mut().unwrap().push(edge);
    assert_eq!(found(flow.clone()), [], "the next round has what the one before gave");
    // Without the loop both are what they were.
    flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(1);
    flow["edges"][1]["from"] = json!({ "block": "say" });
    let codes = found(flow);
    assert!(codes.contains(&(Code::SetLater, "sum".to_owned())), "{codes:?}");
    assert!(codes.contains(&(Code::NoWayOn, "sure".to_owned())), "{codes:?}");
}

#[test]
fn what_a_sub_flow_gives_is_there_behind_it() {
    let mut flow = flow(json!([
        { "id": "sub", "kind": "sub_flow", "to": { "group": "ask" } },
        { "id": "say", "kind": "message", "text": "Hello {{ name }}" },
    ]));
    let ask = json!({ "id": "q", "kind": "question", "text": "Name?", "answer": "text", "variable": "name" });
    flow["groups"].as_array_mut().unwrap().push(json!({ "id": "ask", "blocks": [ask] }));
    assert_eq!(found(flow), [], "it comes back without a return, too");
}

#[test]
fn more_answers_than_buttons_and_than_rows() {
    let codes = |count: usize| {
        let options: Value =
            (0..count).map(|n| json!({ "id": format!("o{n}"), "title": format!("Answer {n}") })).collect();
        let ask =
            json!({ "id": "x", "kind": "question", "text": "?", "answer": "choice", "options": options });
        let found = findings(followed(&ask)).into_iter().filter(|finding| finding.code != Code::NoWayOn);
        found
            .map(|finding| {
                (finding.code, finding.parameters["count"].clone(), finding.parameters["limit"].clone())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(3), []);
    assert_eq!(codes(4), [(Code::ListForMany, json!(4), json!(3))]);
    assert_eq!(codes(10), [(Code::ListForMany, json!(10), json!(3))]);
    assert_eq!(codes(11), [(Code::PagedList, json!(11), json!(10))]);
}

#[test]
fn a_variable_is_read_before_it_can_have_a_value() {
    let say = |id: &str| json!({ "id": id, "kind": "message", "text": "For {{ later }}" });
    let ask =
        json!({ "id": "q", "kind": "question", "text": "Name?", "answer": "text", "variable": "later" });
    let early = |blocks: Value| {
        let found = findings(flow(blocks)).into_iter().filter(|finding| finding.code == Code::SetLater);
        found.map(|finding| finding.block.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(early(json!([say("a"), ask, say("b")])), ["a"]);
    // Round about, it has one the second time.
    let again = json!({ "id": "j", "kind": "jump", "to": { "group": "g" } });
    assert_eq!(early(json!([say("a"), ask, again])), [""; 0]);
    // What is computed with has to be there; a question may show what it keeps.
    let count = json!({ "id": "c", "kind": "set", "variable": "later", "expression": "later + 1" });
    assert_eq!(early(json!([count])), ["c"]);
    let asks_again = with(ask.clone(), json!({ "retry": "Not {{ later }}", "pattern": "A.*" }));
    assert_eq!(early(json!([asks_again])), [""; 0]);
    // A way round the question is a way without a value; one through it is enough.
    let jump = json!({ "id": "j", "kind": "jump", "to": { "group": "g", "block": "b" } });
    assert_eq!(early(json!([jump, ask, say("b")])), ["b"]);
    let split = json!({ "id": "s", "kind": "split", "branches": [{ "id": "l", "weight": 1 }] });
    let mut forked = flow(json!([split, ask, say("b")]));
    let past = json!({ "id": "e", "from": { "block": "s", "port": "branch:l" }, "to": { "group": "g", "block": "b" } });
    forked["edges"].as_array_mut().unwrap().push(past);
    forked["groups"][0]["blocks"][0]["branches"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "r", "weight": 1 }));
    assert!(findings(forked).iter().all(|finding| finding.code != Code::SetLater));
    // Another bot's flow, and who calls by the API, may give it one.
    let other = json!({ "id": "o", "kind": "sub_flow", "bot": "b" });
    assert_eq!(early(json!([other, say("a"), ask])), [""; 0]);
    let mut called = flow(json!([say("a"), ask]));
    called["triggers"] = json!([{ "id": "t", "kind": "api" }]);
    called["edges"] = json!([{ "id": "t", "from": { "trigger": "t" }, "to": { "group": "g" } }]);
    assert!(findings(called.clone()).iter().all(|finding| finding.code != Code::SetLater));
    called["triggers"][0]["kind"] = json!("first_message");
    assert!(findings(called).iter().any(|finding| finding.code == Code::SetLater));
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
fn loops_without_the_customer() {
    let blocks = json!([{ "id": "w", "kind": "wait", "seconds": 60 }, { "id": "j", "kind": "jump", "to": { "group": "g" } }]);
    assert_eq!(found(flow(blocks)), [(Code::LoopWithoutCustomer, "w".to_owned())]);
    // The rounds of a loop block end with its list, however they are drawn.
    let blocks = json!([
        { "id": "l", "kind": "loop", "list": "contact.tags", "item": "tag" },
        { "id": "stop", "kind": "end" },
        { "id": "say", "kind": "message", "text": "{{tag}}" },
        { "id": "back", "kind": "jump", "to": { "group": "g", "block": "l" } },
    ]);
    let edges = |more: Value| {
        let mut flow = flow(blocks.clone());
        let each = json!({ "id": "1", "from": { "block": "l", "port": "each" }, "to": { "group": "g", "block": "say" } });
        flow["edges"]
            .as_array_mut()
            .unwrap()
            .extend([each].into_iter().chain(more.as_array().unwrap().clone()));
        found(flow)
    };
    assert_eq!(edges(json!([])), []);
    // What comes after it and leads back to it has no end.
    let back = json!([{ "id": "2", "from": { "block": "l", "port": "next" }, "to": { "group": "g", "block": "back" } }]);
    assert_eq!(edges(back), [(Code::EndlessLoop, "l".to_owned()), (Code::Unreachable, "stop".to_owned())]);
}
