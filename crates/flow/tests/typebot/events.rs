//! Events at each question: the parts that run after an answer, and come back or end the talk.

use beseda_flow::{Code, Compiled, Flow, check, import};
use serde_json::{Value, json};

use crate::driver::Talk;
use crate::is_sound;

/// A bot that asks for a number and offers a choice, with these events and the groups that they lead to.
fn bot(events: Value, parts: Value) -> Value {
    let text = |id: &str, text: &str| json!({ "id": id, "type": "text", "content": { "plainText": text } });
    let mut bot = json!({
        "version": "6.1", "id": "b", "name": "Bot",
        "events": [{ "id": "s", "type": "start", "outgoingEdgeId": "e-s" }],
        "groups": [
            { "id": "ask", "title": "Guests", "blocks": [
                text("t1", "How many?"),
                { "id": "n", "type": "number input", "options": { "variableId": "v-n" } },
                text("t2", "Where?"),
                { "id": "c", "type": "choice input", "items": [
                    { "id": "in", "content": "Inside", "outgoingEdgeId": "e-in" }, { "id": "out", "content": "Outside" }] },
                text("t3", "On the terrace then.")]},
            { "id": "inside", "title": "Inside", "blocks": [text("t4", "Inside then.")] }],
        "edges": [
            { "id": "e-s", "from": { "eventId": "s" }, "to": { "groupId": "ask" } },
            { "id": "e-in", "from": { "blockId": "c", "itemId": "in" }, "to": { "groupId": "inside" } },
            { "id": "e-part", "from": { "eventId": "part" }, "to": { "groupId": "part" } }],
        "variables": [
            { "id": "v-n", "name": "Number" }, { "id": "v-c", "name": "Content" }, { "id": "v-k", "name": "Kind" },
            { "id": "v-g", "name": "Group" }],
    });
    bot["events"].as_array_mut().unwrap().extend(events.as_array().unwrap().clone());
    bot["groups"].as_array_mut().unwrap().extend(parts.as_array().unwrap().clone());
    bot
}

/// A part that says what it is told, and returns if nobody wrote a seven.
fn part(kind: &str) -> (Value, Value) {
    let options =
        json!({ "contentVariableId": "v-c", "inputTypeVariableId": "v-k", "inputNameVariableId": "v-g" });
    let event = json!([{ "id": "part", "type": kind, "outgoingEdgeId": "e-part", "options": options }]);
    let seven = json!({ "logicalOperator": "AND", "comparisons": [
        { "id": "x", "variableId": "v-n", "comparisonOperator": "Equal to", "value": "7" }] });
    let groups = json!([{ "id": "part", "title": "Part", "blocks": [
        { "id": "p1", "type": "text", "content": { "plainText": "({{Content}}, {{Kind}}, {{Group}})" } },
        { "id": "p2", "type": "Condition", "items": [{ "id": "i", "content": seven, "outgoingEdgeId": "e-over" }] },
        { "id": "p3", "type": "Return" }]},
        { "id": "over", "title": "Over", "blocks": [{ "id": "o", "type": "text", "content": { "plainText": "Over." } }] }]);
    (event, groups)
}

fn imported(kind: &str) -> import::Imported {
    let (event, groups) = part(kind);
    let mut file = bot(event, groups);
    let over =
        json!({ "id": "e-over", "from": { "blockId": "p2", "itemId": "i" }, "to": { "groupId": "over" } });
    file["edges"].as_array_mut().unwrap().push(over);
    import::typebot(file.to_string().as_bytes()).unwrap()
}

fn said(flow: &Flow, turns: &[&str]) -> Vec<String> {
    is_sound(flow, "events");
    let flow = Compiled::new(flow, 1);
    let mut talk = Talk::new(&flow, Vec::new());
    for turn in turns {
        talk.hear(turn);
    }
    talk.lines.into_iter().filter(|line| line.starts_with("B:") || line.contains("ended")).collect()
}

#[test]
fn a_part_runs_after_each_answer_that_fits_and_the_talk_goes_on() {
    let flow = imported("reply").flow;
    assert_eq!(
        said(&flow, &["hello", "many", "3", "[Inside]"]),
        [
            "B: How many?",
            "B: That does not look like a suitable number. Please send just the number, for example 3.",
            "B: (3, number, Guests)",
            "B: Where? [Inside] [Outside]",
            "B: (Inside, buttons, Guests)",
            "B: Inside then.",
            "*: ended finished"
        ]
    );
    // An option without an edge of its own goes on below.
    let lines = said(&flow, &["hello", "3", "[Outside]"]);
    assert_eq!(lines[3..], ["B: (Outside, buttons, Guests)", "B: On the terrace then.", "*: ended finished"]);
    // The part that does not return ends the talk.
    assert_eq!(
        said(&flow, &["hello", "7"])[1..],
        ["B: (7, number, Guests)", "B: Over.", "*: ended finished"]
    );
}

#[test]
fn a_part_runs_after_each_answer_that_does_not_fit_and_the_question_is_asked_again() {
    let imported = imported("invalidReply");
    assert_eq!(
        said(&imported.flow, &["hello", "many", "lots", "3", "[Outside]"]),
        [
            "B: How many?",
            "B: (, number, Guests)",
            "B: How many?",
            "B: (, number, Guests)",
            "B: How many?",
            "B: Where? [Inside] [Outside]",
            "B: On the terrace then.",
            "*: ended finished"
        ]
    );
    // What did not fit is kept nowhere.
    let row = imported.report.iter().find(|row| row.id == "part").unwrap();
    let told = serde_json::to_value(&row.verdict).unwrap();
    let lost = json!({ "code": "option_left_out", "name": "contentVariableId" });
    assert_eq!(told["how"], json!([lost, { "code": "after_refusals", "count": 2 }]));
}

/// A way out of the part's condition that leads nowhere ends the talk too, and does not come back.
#[test]
fn a_way_of_the_part_without_an_edge_ends_the_talk() {
    let (event, mut groups) = part("reply");
    groups[0]["blocks"][1]["items"][0].as_object_mut().unwrap().remove("outgoingEdgeId");
    groups.as_array_mut().unwrap().pop();
    let imported = import::typebot(bot(event, groups).to_string().as_bytes()).unwrap();
    assert_eq!(said(&imported.flow, &["hello", "7"])[1..], ["B: (7, number, Guests)", "*: ended finished"]);
    assert_eq!(said(&imported.flow, &["hello", "3"])[2..], ["B: Where? [Inside] [Outside]"]);
}

#[test]
fn a_part_that_something_else_leads_to_stays_a_note() {
    let (event, groups) = part("reply");
    let mut file = bot(event, groups);
    let edges = file["edges"].as_array_mut().unwrap();
    edges.push(
        json!({ "id": "e-over", "from": { "blockId": "p2", "itemId": "i" }, "to": { "groupId": "inside" } }),
    );
    let imported = import::typebot(file.to_string().as_bytes()).unwrap();
    let row = imported.report.iter().find(|row| row.id == "part").unwrap();
    assert_eq!(serde_json::to_value(&row.verdict).unwrap()["why"]["code"], "event");
    let found = check(&imported.flow);
    assert!(
        found.iter().any(|finding| finding.code == Code::Unreachable),
        "the part is there, and nothing leads to it"
    );
}
