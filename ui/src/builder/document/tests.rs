use serde_json::{Value, json};

use super::clipboard;
use super::lists::ListEdit;
use super::merge::{Conflict, merge};
use super::ops::{Ids, Of, Selection};
use super::{Block, Doc, Group, Item, Source, Target};

const APPOINTMENT: &str = include_str!("../../../../crates/flow/examples/appointment.en.json");

fn appointment() -> Doc {
    Doc::from_json(&serde_json::from_str(APPOINTMENT).unwrap())
}

fn flow() -> Doc {
    Doc::from_json(&json!({
        "schema": 1, "id": "f", "name": "F", "later": { "kept": true },
        "start": { "group": "a" },
        "triggers": [{ "id": "t", "kind": "any_message", "x": 1, "y": 2 }],
        "groups": [
            { "id": "a", "title": "A", "x": 0, "y": 0, "colour": "red", "blocks": [
                { "id": "hi", "kind": "message", "text": "Hi", "newer": 1 },
                { "id": "ask", "kind": "question", "text": "?", "answer": "choice", "options": [
                    { "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] },
            ]},
            { "id": "b", "x": 400, "y": 0.5, "blocks": [{ "id": "bye", "kind": "end" }] },
            { "id": "c", "x": 800, "y": 0, "blocks": [{ "id": "on", "kind": "jump", "to": { "group": "b" } }] },
        ],
        "edges": [
            { "id": "e1", "from": { "block": "ask", "port": "option:y" }, "to": { "group": "b" } },
            { "id": "e2", "from": { "block": "ask", "port": "option:n" }, "to": { "group": "c" }, "bent": 3 },
            { "id": "e3", "from": { "trigger": "t" }, "to": { "group": "a" } },
        ],
    }))
}

fn chosen(items: &[Item]) -> Selection {
    items.iter().cloned().collect()
}

fn group(id: &str) -> Item {
    Item::Group(id.to_owned())
}

#[test]
fn a_flow_that_is_read_and_written_is_the_same() {
    let json: Value = serde_json::from_str(APPOINTMENT).unwrap();
    assert_eq!(Doc::from_json(&json).to_json(), json);
    let with_strangers = flow().to_json();
    assert_eq!(with_strangers["later"]["kept"], true);
    assert_eq!(with_strangers["groups"][0]["colour"], "red");
    assert_eq!(with_strangers["groups"][0]["blocks"][0]["newer"], 1);
    assert_eq!(with_strangers["edges"][1]["bent"], 3);
    assert_eq!(with_strangers["groups"][1]["y"], 0.5);
    assert_eq!(Doc::from_json(&with_strangers), flow());
}

#[test]
fn untouched_records_are_shared_between_snapshots() {
    let before = appointment();
    let after = before.clone().moved(&chosen(&[group("hair")]), 24.0, 0.0);
    let same = before.groups.iter().zip(after.groups.iter()).filter(|(a, b)| std::rc::Rc::ptr_eq(a, b));
    assert_eq!(same.count(), before.groups.len() - 1);
}

#[test]
fn a_port_has_one_line() {
    let from = Source::Port { block: "ask".into(), port: Some("option:y".into()) };
    let doc = flow().connected(from.clone(), Target { group: "c".into(), block: None }, "new".into());
    assert_eq!(doc.edges.len(), 3);
    assert_eq!(doc.edge_from(&from).unwrap().to.group, "c");
}

#[test]
fn what_is_deleted_takes_its_lines_along() {
    let doc = flow().without(&chosen(&[group("b")]));
    let ids: Vec<_> = doc.edges.iter().map(|edge| edge.id.as_str()).collect();
    assert_eq!(ids, ["e2", "e3"]);
    let doc = flow().without(&chosen(&[group("a")]));
    assert!(doc.edges.is_empty() && !doc.rest.contains_key("start"));
    let doc = flow().without(&chosen(&[Item::Block("bye".into())]));
    assert!(doc.group("b").is_none(), "a group without blocks goes with its last one");
}

#[test]
fn blocks_move_between_groups_and_lines_follow() {
    let doc = flow().blocks_moved(&["bye".to_owned()], "a", 1);
    let blocks: Vec<_> = doc.group("a").unwrap().blocks.iter().map(|block| block.id.as_str()).collect();
    assert_eq!(blocks, ["hi", "bye", "ask"]);
    assert!(doc.group("b").is_none());
    assert_eq!(doc.edge("e1").unwrap().to, Target { group: "a".into(), block: Some("bye".into()) });
    let jump = &doc.block("on").unwrap().1.fields["to"];
    assert_eq!(*jump, json!({ "group": "a", "block": "bye" }));
    // Within a group the place counts what stays.
    let doc = flow().blocks_moved(&["hi".to_owned()], "a", 2);
    let blocks: Vec<_> = doc.group("a").unwrap().blocks.iter().map(|block| block.id.as_str()).collect();
    assert_eq!(blocks, ["ask", "hi"]);
}

#[test]
fn lists_change_and_stale_lines_go() {
    let of = Of::Block("ask".into());
    let doc = flow().list_edited(&of, "/options", ListEdit::Move(0, 1));
    assert_eq!(doc.block("ask").unwrap().1.fields["options"][1]["id"], "y");
    let doc = doc.list_edited(&of, "/options", ListEdit::Remove(1));
    let doc = doc.without_edges_of("ask", |port| port == "option:n");
    assert!(doc.edge("e1").is_none() && doc.edge("e2").is_some());
    let doc = doc.list_edited(&of, "/options", ListEdit::Remove(9));
    assert_eq!(doc.block("ask").unwrap().1.list("options").len(), 1);
}

#[test]
fn a_piece_goes_through_the_clipboard_under_ids_of_its_own() {
    let part = clipboard::part(&flow(), &chosen(&[group("a"), group("b"), group("c")]));
    let text = clipboard::written(&part, None).unwrap();
    let read = clipboard::read(&text).unwrap().part;
    let (doc, new) = clipboard::pasted(flow(), &read, (1000.0, 500.0), &mut Ids::new(7));
    assert_eq!((doc.groups.len(), new.len(), doc.edges.len()), (6, 3, 5));
    let copy = &doc.groups[3];
    assert_eq!((copy.x, copy.y), (1000.0, 500.0));
    let jump = Target::from_json(&doc.groups[5].blocks[0].fields["to"]).unwrap();
    assert_eq!(jump.group, doc.groups[4].id, "a jump inside the piece stays inside");
    let ids: std::collections::BTreeSet<_> = doc.blocks().map(|(_, block)| &block.id).collect();
    assert_eq!(ids.len(), doc.blocks().count());
    assert!(clipboard::read("hello").is_none());
    assert!(clipboard::read("{\"groups\": []}").is_none());
}

#[test]
fn a_single_block_is_copied_with_a_group_of_its_own() {
    let part = clipboard::part(&flow(), &chosen(&[Item::Block("ask".into())]));
    assert_eq!((part.groups.len(), part.groups[0].blocks.len(), part.edges.len()), (1, 1, 0));
    assert!(clipboard::written(&clipboard::part(&flow(), &Selection::new()), None).is_none());
}

#[test]
fn changes_in_different_places_come_together() {
    let base = flow();
    let mine = base.clone().moved(&chosen(&[group("a")]), 10.0, 0.0);
    let theirs = base
        .clone()
        .set(&Of::Block("bye".into()), "/text", json!("Bye"))
        .with_group(Group { id: "new".into(), ..Group::default() })
        .set(&Of::Flow, "/name", json!("G"));
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(merged.conflicts, []);
    assert!((merged.doc.group("a").unwrap().x - 10.0).abs() < f64::EPSILON);
    assert_eq!(merged.doc.block("bye").unwrap().1.text("text"), "Bye");
    assert!(merged.doc.group("new").is_some() && merged.doc.name() == "G");
}

#[test]
fn changes_of_the_same_record_are_named_and_nothing_is_lost() {
    let base = flow();
    let mine = base.clone().set(&Of::Block("bye".into()), "/text", json!("Bye"));
    let theirs = base.clone().set(&Of::Block("bye".into()), "/text", json!("See you"));
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(merged.conflicts, [Conflict::Item(Item::Block("bye".into()))]);
    assert_eq!(merged.doc.block("bye").unwrap().1.text("text"), "Bye");
    assert_eq!(merge(&base, &theirs, &mine).doc.block("bye").unwrap().1.text("text"), "See you");
    // Taken away here, changed there: it stays.
    let merged = merge(&base, &base.clone().without(&chosen(&[group("b")])), &theirs);
    assert_eq!(merged.conflicts, [Conflict::Item(group("b"))]);
    assert!(merged.doc.group("b").is_some());
    // The same change on both sides is none.
    assert_eq!(merge(&base, &mine, &mine).conflicts, []);
}

fn ids(doc: &Doc, group: &str) -> Vec<String> {
    doc.group(group).unwrap().blocks.iter().map(|block| block.id.clone()).collect()
}

#[test]
fn two_people_work_in_one_group() {
    let base = flow();
    let hi = Of::Block("hi".into());
    // One writes, moves and adds; the other writes elsewhere.
    let mine = base.clone().moved(&chosen(&[group("a")]), 10.0, 0.0).set(&hi, "/text", json!("Hello"));
    let new = Block { id: "new".into(), kind: "message".into(), ..Block::default() };
    let theirs =
        base.clone().set(&Of::Block("ask".into()), "/text", json!("Well?")).with_block("a", 1, new.clone());
    let (merged, other) = (merge(&base, &mine, &theirs), merge(&base, &theirs, &mine));
    assert_eq!((&merged.conflicts, &merged.doc), (&vec![], &other.doc));
    assert_eq!(ids(&merged.doc, "a"), ["hi", "new", "ask"], "where it was put");
    assert_eq!(merged.doc.block("hi").unwrap().1.text("text"), "Hello");
    assert_eq!(merged.doc.block("ask").unwrap().1.text("text"), "Well?");
    assert!((merged.doc.group("a").unwrap().x - 10.0).abs() < f64::EPSILON);
    // Both put something in: which comes first?
    let also = Block { id: "also".into(), kind: "message".into(), ..Block::default() };
    let mine = base.clone().with_block("a", 0, also);
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(merged.conflicts, [Conflict::Item(group("a"))]);
    assert_eq!(ids(&merged.doc, "a"), ["also", "hi", "ask"]);
    // Both moved it.
    let mine = base.clone().moved(&chosen(&[group("a")]), 10.0, 0.0);
    let theirs = base.clone().moved(&chosen(&[group("a")]), 0.0, 10.0);
    assert_eq!(merge(&base, &mine, &theirs).conflicts, [Conflict::Item(group("a"))]);
    // One took away what the other wrote in.
    let mine = base.clone().without(&chosen(&[Item::Block("hi".into())]));
    let theirs = base.clone().set(&hi, "/text", json!("Hello"));
    assert_eq!(merge(&base, &mine, &theirs).conflicts, [Conflict::Item(group("a"))]);
    assert_eq!(ids(&merge(&base, &theirs, &mine).doc, "a"), ["hi", "ask"]);
}

#[test]
fn a_block_never_stands_in_two_groups() {
    let base = flow();
    let mine = base.clone().blocks_moved(&["hi".to_owned()], "b", 0);
    let theirs = base.clone().set(&Of::Block("hi".into()), "/text", json!("Hello"));
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(merged.conflicts, [Conflict::Item(group("a"))]);
    assert_eq!(
        (ids(&merged.doc, "a"), ids(&merged.doc, "b")),
        (vec!["ask".into()], vec!["hi".into(), "bye".into()])
    );
    // Theirs first: there it stands, as they wrote it.
    let merged = merge(&base, &theirs, &mine);
    assert_eq!(
        (ids(&merged.doc, "a"), ids(&merged.doc, "b")),
        (vec!["hi".into(), "ask".into()], vec!["bye".into()])
    );
    assert_eq!(merged.doc.block("hi").unwrap().1.text("text"), "Hello");
    // Moved to two places by two people.
    let theirs = base.clone().blocks_moved(&["hi".to_owned()], "c", 0);
    let merged = merge(&base, &mine, &theirs);
    let places = merged.doc.blocks().filter(|(_, block)| block.id == "hi").count();
    assert_eq!(places, 1);
    assert_eq!(merged.conflicts, [Conflict::Item(Item::Block("hi".into()))]);
    assert_eq!(ids(&merged.doc, "b"), ["hi", "bye"]);
}

#[test]
fn a_line_that_one_led_elsewhere_and_the_other_took_away_is_a_conflict() {
    let base = flow();
    let from = Source::Port { block: "ask".into(), port: Some("option:y".into()) };
    let mine = base.clone().without(&chosen(&[Item::Edge("e1".into())]));
    let theirs = base.clone().connected(from, Target { group: "c".into(), block: None }, "h".into());
    assert_eq!(merge(&base, &mine, &theirs).conflicts, [Conflict::Item(Item::Edge("h".into()))]);
    assert_eq!(merge(&base, &theirs, &mine).conflicts, [Conflict::Item(Item::Edge("h".into()))]);
}

#[test]
fn two_lines_from_one_port_are_a_conflict() {
    let base = flow();
    let from = Source::Port { block: "hi".into(), port: None };
    let to = |group: &str| Target { group: group.into(), block: None };
    let mine = base.clone().connected(from.clone(), to("b"), "m".into());
    let theirs = base.clone().connected(from.clone(), to("c"), "h".into());
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(merged.conflicts, [Conflict::Item(Item::Edge("m".into()))]);
    assert_eq!(merged.doc.edge_from(&from).unwrap().to.group, "b");
}

#[test]
fn variables_are_those_that_are_declared_or_filled() {
    let doc = flow()
        .with_block(
            "a",
            9,
            Block {
                id: "s".into(),
                kind: "set".into(),
                fields: json!({ "variable": "price" }).as_object().cloned().unwrap(),
            },
        )
        .set(&Of::Flow, "/variables", json!([{ "name": "salon" }]));
    assert_eq!(doc.variables(), ["price", "salon"]);
}

#[test]
fn ids_do_not_repeat() {
    let mut ids = Ids::new(0);
    let made: std::collections::BTreeSet<_> = (0..10_000).map(|_| ids.next("b")).collect();
    assert_eq!(made.len(), 10_000);
}
