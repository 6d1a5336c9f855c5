//! The editor's `update`, without a browser.

mod around;
mod clipboard;
mod fields;
mod gathering;
mod keyboard;
mod naming;
mod narrow;
mod palette;
mod reading;
mod runs;
mod sight;
mod together;
mod trying;

use beseda_wire::bots::Draft;
use serde_json::{Value, json};

use super::canvas::{Hit, Msg as Canvas, Press};
use super::document::settle::Side;
use super::document::{Item, Source, Target};
use super::geometry::Point;
use super::save::Msg as Save;
use super::*;
use crate::api::Failure;
use crate::bridge::Opened;
use crate::effect::{Effect, Effects, read};

mod picking;

const BOT: &str = "01990000-0000-7000-8000-000000000001";

fn bot() -> BotId {
    BOT.parse().unwrap()
}

fn flow() -> Value {
    json!({
        "schema": 1, "id": "f", "name": "F", "language": "en", "start": { "group": "a" },
        "triggers": [{ "id": "t", "kind": "keyword", "keywords": [{ "match": "is", "text": "hi" }], "x": -300, "y": 0 }],
        "groups": [
            { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
                { "id": "hello", "kind": "message", "text": "Hello" },
                { "id": "ask", "kind": "question", "answer": "choice", "text": "Which?", "variable": "which",
                  "timeout": 60,
                  "options": [{ "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] } ] },
            { "id": "b", "title": "B", "x": 480, "y": 0, "blocks": [{ "id": "bye", "kind": "end", "text": "Bye" }] },
        ],
        "edges": [{ "id": "e", "from": { "block": "ask", "port": "option:y" }, "to": { "group": "b" } }],
    })
}

fn draft(flow: Value, revision: u64, author: &str) -> Draft {
    Draft {
        flow,
        revision,
        updated_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        author: author.to_owned(),
        changed: true,
        missing_files: vec![],
    }
}

fn editor() -> Model {
    let mut model = Model::default();
    let me = BOT.parse().unwrap();
    let opened = Opened {
        bot: bot(),
        chosen: None,
        locale: "en".into(),
        zone: "UTC".into(),
        me,
        may_change: true,
        seed: "s".into(),
        origin: "https://chat.test".into(),
    };
    model.update(Msg::App(crate::bridge::ToBuilder::Open(opened)));
    model.update(Msg::Canvas(Canvas::Window(1000.0, 700.0)));
    model.update(Msg::Loaded(bot(), Ok(Box::new(draft(flow(), 3, "Anna")))));
    model.camera = geometry::Camera { x: 0.0, y: 0.0, zoom: 1.0 };
    model
}

fn press(hit: Hit, x: f64, y: f64) -> Msg {
    Msg::Canvas(Canvas::Down(Press { hit, at: Point::new(x, y), shift: false, command: false, pans: false }))
}

fn drag(model: &mut Model, hit: Hit, from: (f64, f64), to: (f64, f64)) -> Effects {
    model.update(press(hit, from.0, from.1));
    model.drag(Point::new(from.0 + 6.0, from.1));
    model.drag(Point::new(to.0, to.1));
    model.update(Msg::Canvas(Canvas::Up))
}

fn group(id: &str) -> Item {
    Item::Group(id.to_owned())
}

#[test]
fn a_group_is_dragged_along_the_grid_and_back_by_undo() {
    let mut model = editor();
    drag(&mut model, Hit::Item(group("b")), (500.0, 10.0), (533.0, 51.0));
    let moved = model.doc.group("b").unwrap();
    assert_eq!((moved.x, moved.y), (516.0, 36.0));
    assert_eq!(model.only(), Some(&group("b")));
    model.update(Msg::Do(Action::Undo));
    assert!((model.doc.group("b").unwrap().x - 480.0).abs() < 0.1);
    model.update(Msg::Do(Action::Redo));
    assert!((model.doc.group("b").unwrap().x - 516.0).abs() < 0.1);
}

#[test]
fn while_something_is_dragged_only_it_and_its_lines_are_drawn() {
    let mut model = editor();
    model.update(press(Hit::Item(group("b")), 500.0, 10.0));
    model.drag(Point::new(520.0, 10.0));
    let step = model.drag(Point::new(548.0, 10.0));
    assert!(!step.repaint);
    let names: Vec<String> = step.draws.iter().map(|draw| format!("{draw:?}")).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(
        names[0].starts_with("Place { id: \"g-b\", x: 528.0") && names[1].starts_with("Curve { id: \"e\"")
    );
    assert!((model.doc.group("b").unwrap().x - 480.0).abs() < 0.1, "nothing changes before it is let go");
    model.update(Msg::Canvas(Canvas::Cancel));
    assert!(!model.is_dirty());
}

#[test]
fn a_click_that_trembles_is_a_click() {
    let mut model = editor();
    model.update(press(Hit::Item(Item::Block("hello".into())), 30.0, 60.0));
    model.drag(Point::new(32.0, 61.0));
    let effects = model.update(Msg::Canvas(Canvas::Up));
    assert!(effects.is_empty() && !model.is_dirty());
    assert_eq!(model.only(), Some(&Item::Block("hello".into())));
}

#[test]
fn a_line_is_drawn_to_a_group_or_to_something_new() {
    let mut model = editor();
    let no = Source::Port { block: "ask".into(), port: Some("option:n".into()) };
    let at = model.scene.port(&no).unwrap();
    drag(&mut model, Hit::Port(no.clone()), (at.x, at.y), (600.0, 12.0));
    assert_eq!(model.doc.edge_from(&no).unwrap().to, Target { group: "b".into(), block: None });
    // Over nothing it asks what shall stand there.
    drag(&mut model, Hit::Port(no.clone()), (at.x, at.y), (700.0, 500.0));
    assert!(matches!(model.dialog, Some(Dialog::Connect(_))));
    model.update(Msg::Connect(connect::Msg::Typed("Text".into())));
    model.update(Msg::Connect(connect::Msg::Take(0)));
    let to = model.doc.edge_from(&no).unwrap().to.clone();
    assert_eq!(model.doc.group(&to.group).unwrap().blocks[0].kind, "message");
    assert_eq!(model.doc.groups.len(), 3);
}

#[test]
fn everything_can_be_connected_by_the_keyboard() {
    let mut model = editor();
    model.update(Msg::GoTo(Item::Block("ask".into())));
    model.update(Msg::Pressed(Action::Connect, false));
    model.update(Msg::Connect(connect::Msg::Typed("No".into())));
    model.update(Msg::Connect(connect::Msg::Key(crate::kit::event::ListKey::Enter)));
    model.update(Msg::Connect(connect::Msg::Typed("B".into())));
    model.update(Msg::Connect(connect::Msg::Key(crate::kit::event::ListKey::Enter)));
    let no = Source::Port { block: "ask".into(), port: Some("option:n".into()) };
    assert_eq!(model.doc.edge_from(&no).unwrap().to.group, "b");
    assert!(model.dialog.is_none());
}

#[test]
fn arrows_walk_through_the_flow() {
    let mut model = editor();
    let mut at = |action| {
        model.update(Msg::Pressed(action, false));
        model.only().cloned()
    };
    let go = |direction| Action::Go(direction);
    assert_eq!(at(go(keys::Direction::Down)), Some(group("a")));
    assert_eq!(at(go(keys::Direction::Down)), Some(Item::Block("hello".into())));
    assert_eq!(at(go(keys::Direction::Down)), Some(Item::Block("ask".into())));
    assert_eq!(at(go(keys::Direction::Right)), Some(group("b")));
    assert_eq!(at(go(keys::Direction::Left)), Some(group("a")));
    assert_eq!(at(go(keys::Direction::Left)), Some(Item::Trigger("t".into())));
}

#[test]
fn blocks_are_put_where_they_are_dropped() {
    let mut model = editor();
    drag(&mut model, Hit::Entry("ask_email".into()), (-100.0, 100.0), (100.0, 45.0));
    let kinds: Vec<_> =
        model.doc.group("a").unwrap().blocks.iter().map(|block| block.kind.as_str()).collect();
    assert_eq!(kinds, ["question", "message", "question"]);
    drag(&mut model, Hit::Entry("set".into()), (-100.0, 100.0), (700.0, 600.0));
    assert_eq!(model.doc.groups.len(), 3);
    // Let go outside it is not put anywhere.
    drag(&mut model, Hit::Entry("set".into()), (-100.0, 100.0), (-40.0, 90.0));
    assert_eq!(model.doc.groups.len(), 3);
}

#[test]
fn a_block_is_carried_to_another_group() {
    let mut model = editor();
    let hello = model.scene.rect(&Item::Block("hello".into())).unwrap().centre();
    drag(&mut model, Hit::Item(Item::Block("hello".into())), (hello.x, hello.y), (600.0, 80.0));
    let ids: Vec<_> = model.doc.group("b").unwrap().blocks.iter().map(|block| block.id.as_str()).collect();
    assert_eq!(ids, ["bye", "hello"]);
    assert!(model.chosen.contains(&Item::Block("hello".into())));
}

#[test]
fn typing_is_saved_after_a_pause_and_is_one_step_back() {
    let mut model = editor();
    let of = document::ops::Of::Block("hello".into());
    for text in ["Hello t", "Hello th", "Hello there"] {
        model.update(Msg::Edit(Edit::Type(of.clone(), "/text".into(), text.into())));
    }
    let mut effects = model.update(Msg::Save(Save::Due));
    assert!(model.save.is_saving());
    let saved = serde_json::to_string(&draft(model.doc.to_json(), 4, "Me")).unwrap();
    let crate::Msg::Editor(answer) = read::answer(&mut effects, "PUT /bots/", Ok(&saved)) else { panic!() };
    model.update(answer);
    assert!(!model.is_dirty() && model.save.revision == 4);
    model.update(Msg::Do(Action::Undo));
    assert_eq!(model.doc.block("hello").unwrap().1.text("text"), "Hello");
}

#[test]
fn what_another_person_changed_elsewhere_is_taken_in() {
    let mut model = editor();
    let of = document::ops::Of::Block("hello".into());
    model.update(Msg::Edit(Edit::Type(of, "/text".into(), "Mine".into())));
    let mut theirs = flow();
    theirs["groups"][1]["blocks"][0]["text"] = json!("Theirs");
    let effects = model.update(Msg::Save(Save::Theirs(bot(), Ok(Box::new(draft(theirs, 4, "Boris"))))));
    assert!(read::lines(&effects).iter().any(|line| line.contains("Boris")));
    assert!(model.save.clash.is_none() && model.is_dirty() && model.save.revision == 4);
    assert_eq!(model.doc.block("hello").unwrap().1.text("text"), "Mine");
    assert_eq!(model.doc.block("bye").unwrap().1.text("text"), "Theirs");
    // Going back takes back my own work alone.
    model.update(Msg::Do(Action::Undo));
    assert_eq!(model.doc.block("hello").unwrap().1.text("text"), "Hello");
    assert_eq!(model.doc.block("bye").unwrap().1.text("text"), "Theirs");
}

#[test]
fn what_both_changed_waits_for_a_decision() {
    let clash = || {
        let mut model = editor();
        let of = document::ops::Of::Block("hello".into());
        model.update(Msg::Edit(Edit::Type(of, "/text".into(), "Mine".into())));
        let mut effects = model.update(Msg::Save(Save::Due));
        // Somebody was faster.
        let conflict = crate::api::Failure::from_answer(
            409,
            r#"{"type":"/problems/conflict","title":"Conflict","status":409}"#,
        );
        let crate::Msg::Editor(answer) = read::answer(&mut effects, "PUT /bots/", Err(conflict)) else {
            panic!()
        };
        let lines = read::lines(&model.update(answer));
        assert_eq!(lines, [format!("Call(GET /bots/{BOT}/draft)")]);
        let mut theirs = flow();
        theirs["groups"][0]["blocks"][0]["text"] = json!("Theirs");
        theirs["groups"][1]["blocks"][0]["text"] = json!("Theirs");
        model.update(Msg::Save(Save::Theirs(bot(), Ok(Box::new(draft(theirs, 4, "Boris"))))));
        assert!(model.save.clash.is_some());
        assert!(model.update(Msg::Save(Save::Due)).is_empty(), "nothing is saved before that");
        model
    };
    let text = |model: &Model, block: &str| model.doc.block(block).unwrap().1.text("text").to_owned();
    let mut model = clash();
    model.update(Msg::Save(Save::Settle(None, Side::Theirs)));
    assert_eq!((text(&model, "hello"), text(&model, "bye")), ("Theirs".into(), "Theirs".into()));
    assert!(!model.is_dirty());
    let mut model = clash();
    model.update(Msg::Save(Save::Settle(None, Side::Mine)));
    assert_eq!((text(&model, "hello"), text(&model, "bye")), ("Mine".into(), "Theirs".into()));
    assert!(model.is_dirty() && model.save.revision == 4);
    let mut model = clash();
    let lines = read::lines(&model.update(Msg::Save(Save::CopyMine)));
    assert_eq!(lines, ["Call(POST /bots)"]);
}

#[test]
fn a_server_that_is_not_reached_is_asked_again() {
    let mut model = editor();
    model.update(Msg::Do(Action::Tidy));
    model.update(Msg::Edit(Edit::Set(document::ops::Of::Flow, "/name".into(), "G".into())));
    let mut effects = model.update(Msg::Save(Save::Due));
    let crate::Msg::Editor(answer) = read::answer(&mut effects, "PUT /bots/", Err(Failure::Offline)) else {
        panic!()
    };
    let lines = read::lines(&model.update(answer));
    assert!(lines[0].starts_with("After(4000"), "{lines:?}");
    assert!(model.save.failure.is_some() && model.is_dirty());
}

#[test]
fn publishing_waits_for_the_saving_and_stops_at_mistakes() {
    let mut model = editor();
    model.update(Msg::Edit(Edit::Set(document::ops::Of::Flow, "/name".into(), "G".into())));
    model.update(Msg::Do(Action::Publish));
    assert!(matches!(model.dialog, Some(Dialog::Publish { .. })));
    let mut effects = model.update(Msg::Save(Save::Publish));
    let saved = serde_json::to_string(&draft(model.doc.to_json(), 4, "Me")).unwrap();
    let crate::Msg::Editor(answer) = read::answer(&mut effects, "PUT /bots/", Ok(&saved)) else { panic!() };
    model.update(Msg::Moves(true));
    let effects = model.update(answer);
    assert_eq!(read::lines(&effects), [format!("Call(POST /bots/{BOT}/publish)")]);
    let Effect::Call(call, _) = &effects[0] else { panic!() };
    assert_eq!(call.body.as_deref(), Some(r#"{"move_running":true,"revision":4}"#));
    // A line to nowhere.
    let mut model = editor();
    let to = json!({ "group": "gone" });
    let jump = document::Block {
        id: "j".into(),
        kind: "jump".into(),
        fields: json!({ "to": to }).as_object().cloned().unwrap(),
    };
    let doc = model.doc.clone().with_block("b", 0, jump);
    model.change(doc, None);
    model.update(Msg::Do(Action::Publish));
    assert!(model.dialog.is_none() && model.tab == Tab::Problems && model.has_mistakes());
}

#[test]
fn a_try_runs_the_engine_and_lights_its_way() {
    let mut model = editor();
    model.now = 1_700_000_000_000;
    model.update(Msg::Do(Action::Test));
    assert!(model.test.steps.is_empty(), "a keyword starts it");
    model.update(Msg::Test(test::Msg::Typed("Hi!".into())));
    model.update(Msg::Test(test::Msg::Send));
    assert_eq!(model.test.here(), Some("ask"));
    assert!(model.test.seen.contains("hello") && model.test.taken.contains("start-t"));
    assert!(model.test.timer.is_some());
    let beseda_flow::Outgoing::Buttons { buttons, .. } = model
        .test
        .lines
        .iter()
        .rev()
        .find_map(|line| match line {
            test::Line::Said(_, message) => Some(message.clone()),
            _ => None,
        })
        .unwrap()
    else {
        panic!("no buttons")
    };
    model.update(Msg::Test(test::Msg::Tap(buttons[0].id.clone(), buttons[0].title.clone())));
    assert!(model.test.taken.contains("e") && model.test.ended.is_some());
    assert_eq!(model.test.variables().iter().find(|(name, ..)| *name == "which").unwrap().1, "Yes");
    // A change makes the try stale; time-outs are skipped to.
    model.update(Msg::Test(test::Msg::Restart));
    model.update(Msg::GoTo(Item::Block("ask".into())));
    model.update(Msg::Test(test::Msg::FromChosen));
    assert_eq!(model.test.here(), Some("ask"));
    model.update(Msg::Test(test::Msg::Skip));
    assert!(model.test.ended.is_some());
    model.update(Msg::Do(Action::Duplicate));
    assert!(model.test.is_stale);
}

#[test]
fn the_address_says_what_is_chosen() {
    let mut model = editor();
    let effects = model.update(Msg::GoTo(Item::Block("bye".into())));
    let address = effects.iter().find_map(|effect| match effect {
        Effect::ToApp(crate::bridge::ToApp::GoQuietly(path)) => Some(path.clone()),
        _ => None,
    });
    assert_eq!(address.unwrap(), format!("/bots/{BOT}?at=b-bye"));
}

#[test]
fn on_a_telephone_what_is_touched_comes_into_view_with_its_group() {
    let mut model = editor();
    model.update(Msg::Narrow(true));
    model.update(Msg::Canvas(Canvas::Window(390.0, 760.0)));
    for zoom in [0.6, 1.0, 2.0] {
        for (place, id) in [(300.0, "bye"), (-200.0, "ask"), (90.0, "hello")] {
            model.update(Msg::Do(Action::Escape));
            model.camera = geometry::Camera { x: place, y: 600.0, zoom };
            model.update(press(Hit::Item(Item::Block(id.into())), 10.0, 620.0));
            model.update(Msg::Canvas(Canvas::Up));
            let group = model.scene.group_of(id).unwrap().rect;
            // The sheet that tells of the block has the lower part of the screen.
            let seen = model.camera.view((390.0, 760.0 * 0.45));
            assert!(seen.x <= group.x && seen.right() >= group.right(), "{id} at {zoom}: {seen:?} {group:?}");
            let block = model.scene.rect(&Item::Block(id.into())).unwrap();
            assert!(
                seen.y <= block.y && seen.bottom() >= block.bottom(),
                "{id} at {zoom}: {seen:?} {block:?}"
            );
        }
    }
}

#[test]
fn find_looks_everywhere() {
    let mut model = editor();
    model.update(Msg::Do(Action::Find));
    model.update(Msg::Find(find::Msg::Typed("bye".into())));
    model.update(Msg::Find(find::Msg::Key(crate::kit::event::ListKey::Enter)));
    assert_eq!(model.only(), Some(&Item::Block("bye".into())));
    assert_eq!(model.hits("which").len(), 1);
    assert!(model.hits("hi").iter().any(|hit| hit.item == Item::Trigger("t".into())));
    assert!(model.hits("zzz").is_empty());
}

#[test]
fn every_finding_of_the_checker_has_words() {
    let source = include_str!("../../../crates/flow/src/check/mod.rs");
    let codes = source.split("pub enum Code {").nth(1).unwrap().split("\n}").next().unwrap();
    let names = codes.lines().map(str::trim).filter(|line| !line.starts_with("//") && line.ends_with(','));
    for locale in crate::i18n::Locale::ALL {
        crate::i18n::set(locale);
        for name in names.clone().map(|name| name.trim_end_matches(',')) {
            let mut key = "finding".to_owned();
            for c in name.chars() {
                if c.is_ascii_uppercase() {
                    key.push('-');
                }
                key.push(c.to_ascii_lowercase());
            }
            assert_ne!(crate::i18n::t(&key), key, "{}", locale.code());
        }
    }
}

fn with_block(block: Value) -> Model {
    let mut model = editor();
    let mut flow = flow();
    flow["groups"][0]["blocks"] = json!([block]);
    flow["edges"] = json!([]);
    model.put(document::Doc::from_json(&flow));
    model.save.base = model.doc.clone();
    model.update(Msg::GoTo(Item::Block("x".to_owned())));
    model
}

fn field(model: &Model, at: &str) -> Value {
    let of = document::ops::Of::Block("x".to_owned());
    model.doc.fields(&of).and_then(|fields| document::pointer::get(fields, at)).cloned().unwrap_or_default()
}

#[test]
fn another_bot_is_chosen_by_its_name_and_may_be_published_later() {
    use beseda_flow::Code::{NoWayOn, SeveralBots, UnknownBot, UnpublishedBot};
    let mut model = editor();
    let other = |n: u32, name: &str, published: Option<u32>| {
        json!({ "id": BOT.replace("0001", &format!("000{n}")), "name": name, "flow_id": name.to_lowercase(),
            "enabled": true, "published": published, "running": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
    };
    let block = json!({ "id": "run", "kind": "sub_flow", "bot": "later" });
    model.doc = document::Doc::from_json(&{
        let mut flow = flow();
        flow["groups"][1]["blocks"] = json!([block]);
        flow
    });
    let mut codes = |bots: &[Value]| -> Vec<beseda_flow::Code> {
        let page = json!({ "items": bots });
        model.update(Msg::Bots(Ok(serde_json::from_value(page).unwrap())));
        model.update(Msg::CheckDue);
        model.update(Msg::GoTo(Item::Block("run".into())));
        model.view_form();
        model.findings("run").map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&[other(1, "F", None)]), [UnknownBot, NoWayOn]);
    assert_eq!(codes(&[other(1, "F", None), other(2, "Later", None)]), [UnpublishedBot, NoWayOn]);
    assert_eq!(codes(&[other(1, "F", None), other(2, "Later", Some(1))]), [NoWayOn]);
    assert_eq!(codes(&[other(1, "later", None), other(2, "Later", Some(1))]), [NoWayOn], "one is published");
    assert_eq!(codes(&[other(1, "later", Some(2)), other(2, "Later", Some(1))]), [SeveralBots, NoWayOn]);
}

#[test]
fn a_trigger_asks_for_the_other_bots_once_and_a_link_for_the_numbers() {
    let mut model = editor();
    let other = |id: &str, enabled: bool| {
        json!({ "id": id, "name": "Other", "enabled": enabled, "published": 2, "running": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
    };
    let (on, off) = (BOT.replace("0001", "0002"), BOT.replace("0001", "0003"));
    let page = json!({ "items": [other(BOT, true), other(&on, true), other(&off, false)] });
    model.update(Msg::Bots(Ok(serde_json::from_value(page).unwrap())));
    let lines = read::lines(&model.update(Msg::GoTo(Item::Trigger("t".into()))));
    let asked: Vec<&String> = lines.iter().filter(|line| line.starts_with("Call(")).collect();
    assert_eq!(asked, [&format!("Call(GET /bots/{on}/versions/2)")]);
    let set = Edit::Set(document::ops::Of::Trigger("t".into()), "/kind".into(), json!("link"));
    let lines = read::lines(&model.update(Msg::Edit(set)));
    assert_eq!(lines.iter().filter(|line| line.starts_with("Call(GET")).count(), 1, "{lines:?}");
    let saved = model.update(Msg::Triggers(triggers::Msg::SaveQr("https://wa.me/1?text=hi".into())));
    assert!(read::lines(&saved)[0].contains("whatsapp-qr.svg") && read::lines(&saved)[0].contains("<svg"));
}

#[test]
fn the_focus_stays_in_a_list_that_changes() {
    use document::lists::ListEdit;
    let mut model = editor();
    let mut focus = |edit: ListEdit| {
        let of = document::ops::Of::Block("ask".into());
        let effects = model.update(Msg::Edit(Edit::List(of, "/options".into(), edit)));
        let lines = read::lines(&effects);
        lines.into_iter().find(|line| line.starts_with("Focus(")).unwrap_or_default()
    };
    assert_eq!(focus(ListEdit::Add(json!({ "id": "", "title": "" }))), "Focus(f1-ask-options-2-title)");
    assert_eq!(focus(ListEdit::Move(2, 1)), "Focus(f2-ask-options-1-up)", "the button goes with it");
    assert_eq!(focus(ListEdit::Move(1, 0)), "Focus(f3-ask-options-0-title)");
    assert_eq!(focus(ListEdit::Remove(0)), "Focus(f4-ask-options-add)");
}
