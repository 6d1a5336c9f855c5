//! Two people, two tabs, a bad connection: nothing is lost silently, and the page says what happened.

use serde_json::{Value, json};

use super::*;
use crate::builder::document::ops::Of;

fn write(model: &mut Model, block: &str, text: &str) {
    model.update(Msg::Edit(Edit::Type(Of::Block(block.into()), "/text".into(), text.into())));
}

fn text(model: &Model, block: &str) -> String {
    model.doc.block(block).map(|(_, block)| block.text("text").to_owned()).unwrap_or_default()
}

/// The flow with another text in a block.
fn with(flow: &Value, block: &str, text: &str) -> Value {
    document::Doc::from_json(flow).set(&Of::Block(block.into()), "/text", text.into()).to_json()
}

fn problem(status: u16, kind: &str) -> Failure {
    let body = format!(r#"{{"type":"/problems/{kind}","title":"X","status":{status}}}"#);
    Failure::from_answer(status, &body)
}

/// What comes back for the call that begins so.
fn answer(model: &mut Model, effects: &mut Effects, call: &str, with: Result<&Draft, Failure>) -> Effects {
    let json = with.map(|draft| serde_json::to_string(draft).unwrap());
    let text = json.as_ref().map(String::as_str).map_err(Clone::clone);
    let crate::Msg::Editor(msg) = read::answer(effects, call, text) else { panic!("not the editor's") };
    model.update(msg)
}

fn theirs(model: &mut Model, flow: Value, revision: u64) -> Effects {
    model.update(Msg::Save(Save::Theirs(bot(), Ok(Box::new(draft(flow, revision, "Boris"))))))
}

fn told(effects: &Effects) -> String {
    read::lines(effects).into_iter().filter(|line| line.contains("Tell")).collect()
}

#[test]
fn a_saving_whose_answer_was_lost_is_no_quarrel_with_oneself() {
    let mut model = editor();
    write(&mut model, "hello", "One");
    let sent = model.doc.to_json();
    let mut effects = model.update(Msg::Save(Save::Due));
    write(&mut model, "hello", "One and two");
    answer(&mut model, &mut effects, "PUT", Err(Failure::Offline));
    assert!(model.view_unsaved().is_some(), "it is said");
    // It had arrived.
    let mut effects = model.update(Msg::Save(Save::Due));
    let mut effects = answer(&mut model, &mut effects, "PUT", Err(problem(409, "conflict")));
    let effects = answer(&mut model, &mut effects, "GET", Ok(&draft(sent, 4, "Anna")));
    assert!(model.save.clash.is_none() && told(&effects).is_empty(), "{effects:?}");
    assert_eq!((model.save.revision, text(&model, "hello").as_str()), (4, "One and two"));
    assert!(model.is_dirty() && model.save.failure.is_none() && model.view_unsaved().is_none());
    model.update(Msg::Do(Action::Undo));
    assert_eq!(text(&model, "hello"), "Hello", "what one did oneself is taken back");
}

#[test]
fn a_server_that_was_set_back_is_met_all_the_same() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    let mut effects = model.update(Msg::Save(Save::Due));
    let mut effects = answer(&mut model, &mut effects, "PUT", Err(problem(409, "conflict")));
    let older = with(&flow(), "bye", "Older");
    answer(&mut model, &mut effects, "GET", Ok(&draft(older, 2, "Boris")));
    assert_eq!((text(&model, "hello"), text(&model, "bye")), ("Mine".into(), "Older".into()));
    let effects = model.update(Msg::Save(Save::Due));
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert!(call.body.as_deref().unwrap().contains(r#""revision":2"#), "{call:?}");
    // An answer that is merely late changes nothing.
    let mut model = editor();
    assert!(theirs(&mut model, with(&flow(), "bye", "Older"), 2).is_empty());
    assert_eq!(text(&model, "bye"), "Bye");
}

#[test]
fn a_dispute_that_ends_by_itself_is_over() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    theirs(&mut model, with(&flow(), "hello", "Theirs"), 4);
    assert!(model.save.clash.is_some() && model.view_clash().is_some());
    // They took it back.
    theirs(&mut model, flow(), 5);
    assert!(model.save.clash.is_none());
    assert_eq!((text(&model, "hello").as_str(), model.save.revision), ("Mine", 5));
    assert_eq!(read::lines(&model.update(Msg::Save(Save::Due))), [format!("Call(PUT /bots/{BOT}/draft)")]);
}

#[test]
fn what_was_decided_is_one_step_back() {
    let decided = |decision: Save| {
        let mut model = editor();
        write(&mut model, "hello", "Mine");
        theirs(&mut model, with(&flow(), "hello", "Theirs"), 4);
        model.update(Msg::Save(decision));
        model
    };
    let mut model = decided(Save::Settle(None, Side::Theirs));
    assert_eq!(text(&model, "hello"), "Theirs");
    model.update(Msg::Do(Action::Undo));
    assert_eq!(text(&model, "hello"), "Mine");
    let mut model = decided(Save::Settle(None, Side::Mine));
    model.update(Msg::Do(Action::Undo));
    assert_eq!(text(&model, "hello"), "Theirs");
}

#[test]
fn nobody_publishes_what_they_have_not_seen() {
    let mut model = editor();
    model.about = Some(about());
    model.update(Msg::Do(Action::Publish));
    model.update(Msg::Save(Save::Note("Mine".into())));
    let mut effects = model.update(Msg::Save(Save::Publish));
    let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
    assert_eq!(call.body.as_deref(), Some(r#"{"note":"Mine","move_running":false,"revision":3}"#));
    let mut effects = answer(&mut model, &mut effects, "POST", Err(problem(409, "conflict")));
    let newer = draft(with(&flow(), "bye", "Theirs"), 4, "Boris");
    let effects = answer(&mut model, &mut effects, "GET", Ok(&newer));
    assert!(told(&effects).contains("Not published: Boris"), "{effects:?}");
    assert!(!model.save.publishing && text(&model, "bye") == "Theirs");
    assert!(matches!(&model.dialog, Some(Dialog::Publish { note, .. }) if note == "Mine"), "the note stays");
    // Had the news come before the refusal, it is said all the same.
    let mut effects = model.update(Msg::Save(Save::Publish));
    let mut effects = answer(&mut model, &mut effects, "POST", Err(problem(409, "conflict")));
    let effects = answer(&mut model, &mut effects, "GET", Ok(&newer));
    assert!(told(&effects).contains("Not published: Boris"), "{effects:?}");
    // Somebody saves while ours is on its way: what was to be published is not what was looked at.
    write(&mut model, "hello", "Mine");
    let mut effects = model.update(Msg::Save(Save::Publish));
    let mut effects = answer(&mut model, &mut effects, "PUT", Err(problem(409, "conflict")));
    let newest = draft(with(&newer.flow, "ask", "Theirs"), 5, "Boris");
    let effects = answer(&mut model, &mut effects, "GET", Ok(&newest));
    assert!(told(&effects).contains("Not published: Boris"), "{effects:?}");
    let mut effects = model.update(Msg::Save(Save::Due));
    let saved = draft(model.doc.to_json(), 6, "Anna");
    let effects = answer(&mut model, &mut effects, "PUT", Ok(&saved));
    assert!(!read::lines(&effects).iter().any(|line| line.contains("publish")), "{effects:?}");
}

#[test]
fn news_of_ones_own_saving_does_not_stop_the_publishing() {
    let mut model = editor();
    model.about = Some(about());
    write(&mut model, "hello", "Mine");
    model.update(Msg::Do(Action::Publish));
    let mut effects = model.update(Msg::Save(Save::Publish));
    model.update(Msg::App(crate::bridge::ToBuilder::Changed(bot())));
    let saved = draft(model.doc.to_json(), 4, "Anna");
    let mut effects = answer(&mut model, &mut effects, "PUT", Ok(&saved));
    let effects = answer(&mut model, &mut effects, "GET", Ok(&saved));
    assert_eq!(read::lines(&effects), [format!("Call(POST /bots/{BOT}/publish)")]);
}

#[test]
fn a_disputed_flow_is_neither_published_nor_tried() {
    let mut model = editor();
    model.about = Some(about());
    model.update(Msg::Do(Action::Publish));
    write(&mut model, "hello", "Mine");
    theirs(&mut model, with(&flow(), "hello", "Theirs"), 4);
    assert!(model.update(Msg::Save(Save::Publish)).is_empty() && !model.save.publishing);
    model.view();
    model.dialog = None;
    model.update(Msg::PhoneTrial(phone_trial::Msg::Open));
    assert!(model.update(Msg::PhoneTrial(phone_trial::Msg::Make)).is_empty(), "it does not wait for ever");
}

#[test]
fn who_may_not_change_the_bot_any_more_is_told_and_keeps_their_work() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    let mut effects = model.update(Msg::Save(Save::Due));
    let effects = answer(&mut model, &mut effects, "PUT", Err(problem(403, "forbidden")));
    assert!(effects.is_empty(), "what was refused is not asked for again by itself");
    assert!(model.view_unsaved().is_some() && model.is_dirty());
    let lines = read::lines(&model.update(Msg::Save(Save::ToFile)));
    assert!(lines[0].contains("F.json"), "{lines:?}");
    // The owner gave the role back.
    let mut effects = model.update(Msg::Save(Save::Again));
    let saved = draft(model.doc.to_json(), 4, "Anna");
    answer(&mut model, &mut effects, "PUT", Ok(&saved));
    assert!(!model.is_dirty() && model.view_unsaved().is_none());
}

#[test]
fn what_is_written_in_a_bot_that_was_deleted_becomes_another_one() {
    let mut model = editor();
    let mut effects = model.update(Msg::App(crate::bridge::ToBuilder::Changed(bot())));
    answer(
        &mut model,
        &mut effects,
        "GET /bots/01990000-0000-7000-8000-000000000001/draft",
        Err(problem(404, "not-found")),
    );
    assert!(model.view_unsaved().is_some(), "also where nothing is unsaved");
    write(&mut model, "hello", "Mine");
    model.update(Msg::Save(Save::Due));
    let mut effects = model.update(Msg::Save(Save::CopyMine));
    let made = serde_json::to_string(&about()).unwrap();
    let crate::Msg::Editor(copied) = read::answer(&mut effects, "POST /bots", Ok(&made)) else { panic!() };
    let lines = read::lines(&model.update(copied)).join(" ");
    assert!(lines.contains(&format!("/bots/{BOT}")) && !model.has_unsaved(), "{lines}");
}

#[test]
fn what_was_left_unsaved_waits_for_the_bot_to_be_opened_again() {
    let other: BotId = "01990000-0000-7000-8000-000000000002".parse().unwrap();
    let open = |model: &mut Model, bot: BotId| {
        let me = BOT.parse().unwrap();
        let opened = Opened {
            bot,
            chosen: None,
            locale: "en".into(),
            zone: "UTC".into(),
            me,
            may_change: true,
            seed: "s".into(),
            origin: String::new(),
        };
        model.update(Msg::App(crate::bridge::ToBuilder::Open(opened)));
    };
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    let mut effects = model.update(Msg::App(crate::bridge::ToBuilder::Leave));
    open(&mut model, other);
    assert!(!model.is_dirty() && model.has_unsaved());
    let effects = answer(&mut model, &mut effects, "PUT", Err(Failure::Offline));
    assert!(told(&effects).contains("“F” is saved"), "{effects:?}");
    model.update(Msg::Loaded(other, Ok(Box::new(draft(flow(), 1, "Anna")))));
    open(&mut model, bot());
    // Somebody else was there meanwhile.
    let effects =
        model.update(Msg::Loaded(bot(), Ok(Box::new(draft(with(&flow(), "bye", "Theirs"), 4, "Boris")))));
    assert!(told(&effects).contains("Boris"), "{effects:?}");
    assert_eq!((text(&model, "hello"), text(&model, "bye")), ("Mine".into(), "Theirs".into()));
    assert!(model.is_dirty() && model.kept.is_empty() && model.save.revision == 4);
    // What arrives after all is nobody's worry.
    let mut effects = model.update(Msg::App(crate::bridge::ToBuilder::Leave));
    let sent = draft(model.doc.to_json(), 5, "Anna");
    open(&mut model, other);
    let effects = answer(&mut model, &mut effects, "PUT", Ok(&sent));
    assert!(effects.is_empty() && !model.has_unsaved(), "{effects:?}");
}

#[test]
fn a_dispute_that_is_left_is_told() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    theirs(&mut model, with(&flow(), "hello", "Theirs"), 4);
    let effects = model.update(Msg::App(crate::bridge::ToBuilder::Leave));
    assert!(told(&effects).contains("“F” is saved"), "{effects:?}");
}

#[test]
fn typing_goes_on_while_the_other_works_elsewhere() {
    let mut model = editor();
    model.update(Msg::GoTo(Item::Block("hello".into())));
    let before = model.epoch;
    theirs(&mut model, with(&flow(), "ask", "Theirs"), 4);
    assert_eq!(model.epoch, before, "the form keeps its fields, and the focus its place");
    theirs(&mut model, with(&with(&flow(), "ask", "Theirs"), "hello", "Theirs"), 5);
    assert_ne!(model.epoch, before, "what the form shows is something else now");
}

#[test]
fn what_is_dragged_while_the_other_changes_things_comes_to_its_place() {
    let mut model = editor();
    // A group is moved while the other writes in it.
    model.update(press(Hit::Item(group("b")), 500.0, 10.0));
    model.drag(Point::new(520.0, 10.0));
    model.drag(Point::new(548.0, 10.0));
    theirs(&mut model, with(&flow(), "bye", "Theirs"), 4);
    model.update(Msg::Canvas(Canvas::Up));
    assert!((model.doc.group("b").unwrap().x - 528.0).abs() < 0.1);
    assert_eq!(text(&model, "bye"), "Theirs");
    // A block is carried to a group that the other takes away meanwhile: it gets one of its own.
    let mut model = editor();
    let hello = model.scene.rect(&Item::Block("hello".into())).unwrap().centre();
    model.update(press(Hit::Item(Item::Block("hello".into())), hello.x, hello.y));
    model.drag(Point::new(hello.x + 6.0, hello.y));
    model.drag(Point::new(600.0, 80.0));
    let without = document::Doc::from_json(&flow()).without(&[group("b")].into());
    theirs(&mut model, without.to_json(), 4);
    model.update(Msg::Canvas(Canvas::Up));
    assert_eq!(text(&model, "hello"), "Hello", "it is still there");
    // What is moved is itself taken away.
    let mut model = editor();
    model.update(press(Hit::Item(group("b")), 500.0, 10.0));
    model.drag(Point::new(548.0, 10.0));
    theirs(&mut model, without.to_json(), 4);
    model.drag(Point::new(560.0, 10.0));
    model.update(Msg::Canvas(Canvas::Up));
    assert!(!model.is_dirty());
}

fn about() -> Bot {
    serde_json::from_value(json!({
        "id": BOT, "name": "F", "flow_id": "f", "enabled": true, "running": 0,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    }))
    .unwrap()
}

#[test]
fn each_disputed_block_is_decided_by_itself() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    write(&mut model, "ask", "Mine");
    let his = with(&with(&flow(), "hello", "Theirs"), "ask", "Theirs");
    theirs(&mut model, with(&his, "bye", "Theirs"), 4);
    let clash = model.save.clash.as_ref().unwrap();
    let about: Vec<_> = clash.disputes.iter().map(|dispute| dispute.about.clone()).collect();
    assert_eq!(about.len(), 2);
    model.view();
    assert!(model.update(Msg::Save(Save::Settle(Some(about[0].clone()), Side::Theirs))).is_empty());
    assert!(model.save.clash.is_some() && text(&model, "hello") == "Mine", "one is still open");
    // It can be thought over.
    model.update(Msg::Save(Save::Settle(Some(about[0].clone()), Side::Mine)));
    model.update(Msg::Save(Save::Settle(Some(about[1].clone()), Side::Theirs)));
    assert!(model.save.clash.is_none());
    let texts = ["hello", "ask", "bye"].map(|block| text(&model, block));
    assert_eq!(texts, ["Mine", "Theirs", "Theirs"]);
    model.update(Msg::Do(Action::Undo));
    let texts = ["hello", "ask", "bye"].map(|block| text(&model, block));
    assert_eq!(texts, ["Theirs", "Mine", "Theirs"], "the other way is one step back");
}

#[test]
fn what_is_written_while_a_dispute_stands_may_be_disputed_too() {
    let mut model = editor();
    write(&mut model, "hello", "Mine");
    theirs(&mut model, with(&with(&flow(), "hello", "Theirs"), "bye", "Theirs"), 4);
    write(&mut model, "bye", "Mine");
    model.update(Msg::Save(Save::Settle(None, Side::Mine)));
    let clash = model.save.clash.as_ref().expect("nothing is overwritten silently");
    assert_eq!(clash.disputes.iter().filter(|dispute| dispute.choice.is_none()).count(), 1);
    model.update(Msg::Save(Save::Settle(None, Side::Theirs)));
    assert_eq!((text(&model, "hello"), text(&model, "bye")), ("Theirs".into(), "Theirs".into()));
}
