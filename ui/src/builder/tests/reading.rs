//! Who may not change bots: looks, finds, tries, and never learns at a saving that it was in vain.

use super::*;
use crate::builder::document::ops::Of;
use crate::builder::keys::Direction;

fn opened(may_change: bool) -> Opened {
    Opened {
        bot: bot(),
        chosen: None,
        locale: "en".into(),
        zone: "UTC".into(),
        me: BOT.parse().unwrap(),
        may_change,
        seed: "s".into(),
        origin: "https://chat.test".into(),
    }
}

/// The flow, opened by somebody who may not change it, and what was asked of the server for it.
fn reader() -> (Model, Vec<String>) {
    let mut model = Model::default();
    let opened = opened(false);
    let asked = read::lines(&model.update(Msg::App(crate::bridge::ToBuilder::Open(opened))));
    model.update(Msg::Canvas(Canvas::Window(1000.0, 700.0)));
    model.update(Msg::Loaded(bot(), Ok(Box::new(draft(flow(), 3, "Anna")))));
    (model, asked)
}

#[test]
fn nothing_that_a_reader_does_changes_or_saves_the_flow() {
    let (mut model, asked) = reader();
    assert!(!asked.iter().any(|line| line.contains("/connections")), "they are not theirs to see: {asked:?}");
    model.update(Msg::GoTo(Item::Block("hello".into())));
    let of = || Of::Block("hello".into());
    let tried = [
        Msg::Edit(Edit::Set(of(), "/text".into(), "Mine".into())),
        Msg::Edit(Edit::Type(of(), "/text".into(), "Mine".into())),
        Msg::Insert("text".into()),
        Msg::Paste(r#"{"groups":[{"id":"z","blocks":[]}]}"#.into()),
        Msg::Cut,
        Msg::Allow(None),
        Msg::Pressed(Action::Delete, false),
        Msg::Pressed(Action::Duplicate, false),
        Msg::Pressed(Action::Disable, false),
        Msg::Pressed(Action::Connect, false),
        Msg::Pressed(Action::Tidy, false),
        Msg::Pressed(Action::Publish, false),
        Msg::Pressed(Action::Shift(Direction::Left), false),
        Msg::Pressed(Action::Lift(Direction::Down), false),
        Msg::Do(Action::SaveNow),
        Msg::Save(Save::AskPublish),
        Msg::Save(Save::Publish),
        Msg::Save(Save::Due),
        Msg::Versions(versions::Msg::AskReturn(1)),
        Msg::Versions(versions::Msg::Return),
        Msg::Versions(versions::Msg::Take(1)),
        Msg::PhoneTrial(phone_trial::Msg::Open),
        Msg::Replay(replay::Msg::Open),
    ];
    let before = model.doc.clone();
    for msg in tried {
        let words = format!("{msg:?}");
        let effects = model.update(msg);
        assert!(effects.is_empty(), "{words}: {effects:?}");
        assert!(model.doc == before && model.dialog.is_none(), "{words}");
    }
    drag(&mut model, Hit::Item(group("b")), (500.0, 10.0), (533.0, 51.0));
    assert!(model.doc == before && !model.is_dirty(), "what is dragged stays");
    assert!(model.view_reading().is_some() && model.view_unsaved().is_none(), "and it is said at once");
}

#[test]
fn a_reader_finds_zooms_compares_and_tries() {
    let (mut model, _) = reader();
    model.update(Msg::Pressed(Action::Find, false));
    assert!(model.find.is_some());
    model.update(Msg::Pressed(Action::Escape, false));
    let zoom = model.camera.zoom;
    model.update(Msg::Pressed(Action::Nearer, false));
    assert!(model.camera.zoom > zoom);
    let asked = read::lines(&model.update(Msg::Versions(versions::Msg::Open)));
    assert!(asked.iter().any(|line| line.contains("/versions")), "{asked:?}");
    let asked = read::lines(&model.update(Msg::ShowResults));
    assert!(asked.iter().any(|line| line.contains("/stats")), "{asked:?}");
    model.update(Msg::Pressed(Action::Test, false));
    model.update(Msg::Test(test::Msg::Typed("hi".into())));
    model.update(Msg::Test(test::Msg::Send));
    let said = |line: &test::Line| matches!(line, test::Line::Said(block, _) if block == "hello");
    assert!(model.test.lines.iter().any(said), "{:?}", model.test.lines);
    model.view();
}

#[test]
fn whoever_is_given_the_role_goes_on_with_it() {
    let (mut model, _) = reader();
    let opened = opened(true);
    model.update(Msg::App(crate::bridge::ToBuilder::Open(opened)));
    assert!(model.can_edit() && model.view_reading().is_none());
    model.update(Msg::GoTo(Item::Block("hello".into())));
    model.update(Msg::Pressed(Action::Delete, false));
    assert!(model.is_dirty());
}

#[test]
fn every_key_that_is_listed_for_a_reader_is_listed_at_all() {
    let kept = Action::LISTED.iter().filter(|(_, words)| Action::is_listed_for_reading(words)).count();
    assert_eq!(kept, 11);
}
