//! What is seen of what was just made, opened or closed, and where the focus goes.

use super::*;

/// Whether something lies on the canvas where it is seen, whole or as much of it as there is room for.
fn is_seen(model: &Model, item: &Item) -> bool {
    let rect = model.scene.rect(item).unwrap();
    let view = model.camera.view(model.window);
    view.holds(Point::new(rect.x, rect.y))
        && view.holds(Point::new(rect.right(), rect.bottom().min(view.bottom())))
}

#[test]
fn what_is_added_is_seen() {
    let mut model = editor();
    model.update(Msg::GoTo(Item::Block("ask".into())));
    for entry in ["message", "message", "message", "message", crate::builder::palette::STICKY, "trigger-link"]
    {
        // The target is out of sight.
        model.camera = model.camera.panned(0.0, -3000.0);
        model.update(Msg::Insert(entry.into()));
        let item = model.only().cloned().unwrap();
        assert!(is_seen(&model, &item), "{entry}: {item:?}");
    }
}

#[test]
fn a_new_group_lies_on_no_other_however_high_it_is() {
    let mut model = editor();
    model.update(Msg::Do(Action::Escape));
    // High groups one below the other, in a gap that would hold a low one.
    for _ in 0..4 {
        model.update(Msg::Insert("choice".into()));
        model.update(Msg::Do(Action::Escape));
        model.update(Msg::Do(Action::Escape));
    }
    let no = Source::Port { block: "ask".into(), port: Some("option:n".into()) };
    model.update(Msg::Canvas(Canvas::Connect(no)));
    model.update(Msg::Connect(connect::Msg::Typed("Text".into())));
    model.update(Msg::Connect(connect::Msg::Take(0)));
    let rects: Vec<geometry::Rect> = model.scene.groups.iter().map(|group| group.rect).collect();
    for (n, rect) in rects.iter().enumerate() {
        assert!(!rects[n + 1..].iter().any(|other| other.meets(*rect)), "{rects:?}");
    }
}

#[test]
fn enter_twice_makes_no_loop() {
    let mut model = editor();
    let bye = Source::Port { block: "hello".into(), port: None };
    model.update(Msg::Canvas(Canvas::Connect(bye.clone())));
    let effects = model.update(Msg::Connect(connect::Msg::Key(crate::kit::event::ListKey::Enter)));
    assert_eq!(model.doc.edge_from(&bye).unwrap().to.group, "b", "the block stands in a");
    assert_eq!(read::lines(&effects).last().map(String::as_str), Some("Focus(b-hello)"));
}

#[test]
fn triggers_that_begin_with_a_word_begin_with_a_field_for_it() {
    for kind in ["keyword", "payload", "link"] {
        let mut model = editor();
        model.update(Msg::Insert(format!("trigger-{kind}")));
        let Some(Item::Trigger(id)) = model.only() else { panic!("{kind}") };
        let words = model.doc.trigger(id).unwrap().fields.get("keywords").cloned();
        assert_eq!(words.and_then(|words| words.as_array().map(Vec::len)), Some(1), "{kind}");
    }
}

#[test]
fn escape_closes_the_replay_and_leads_to_what_opened_it() {
    let mut model = editor();
    for (tab, unpublished, narrow, button) in [
        (Tab::Block, true, false, "flow-publish"),
        (Tab::Test, true, false, "replay-open"),
        (Tab::Test, true, true, "flow-publish"),
        // There is nothing to publish.
        (Tab::Block, false, false, "canvas"),
    ] {
        (model.tab, model.narrow) = (tab, narrow);
        model.save.unpublished = unpublished;
        model.replay.is_open = true;
        assert!(model.has_something_open());
        let lines = read::lines(&model.update(Msg::Pressed(Action::Escape, true)));
        assert!(!model.replay.is_open && lines.contains(&format!("Focus({button})")), "{lines:?}");
    }
}

#[test]
fn a_phone_beside_the_canvas_covers_nothing_of_the_flow() {
    let mut model = editor();
    model.update(Msg::Do(Action::Fit));
    model.update(Msg::Canvas(Canvas::Window(480.0, 700.0)));
    let (view, all) = (model.camera.view(model.window), model.scene.bounds());
    assert!(view.x <= all.x && view.right() >= all.right(), "{view:?} {all:?}");
    // Of what was not seen whole the middle stays.
    model.camera = geometry::Camera { x: -600.0, y: 0.0, zoom: 2.0 };
    let middle = |model: &Model| model.camera.view(model.window).centre().x;
    let before = middle(&model);
    model.update(Msg::Canvas(Canvas::Window(900.0, 700.0)));
    assert!((middle(&model) - before).abs() < 0.5);
}

#[test]
fn from_far_away_the_names_beyond_things_are_seen_as_well() {
    let mut model = editor();
    model.update(Msg::Canvas(Canvas::Window(220.0, 700.0)));
    model.update(Msg::Do(Action::Fit));
    assert!(model.is_far());
    let (view, all) = (model.camera.view(model.window), model.scene.bounds());
    let names = canvas::far::NAMES / model.camera.zoom;
    assert!(view.x <= all.x - names && view.right() >= all.right() + names, "{view:?} {all:?}");
}

#[test]
fn on_a_phone_a_flow_is_published_and_its_mistakes_are_shown() {
    let mut model = editor();
    model.narrow = true;
    model.update(Msg::Save(Save::AskPublish));
    assert!(matches!(model.dialog, Some(Dialog::Publish { .. })));
    let lines = read::lines(&model.update(Msg::Save(Save::Publish)));
    assert!(
        lines.iter().any(|line| line.starts_with("Call(POST /bots/") && line.contains("publish")),
        "{lines:?}"
    );
    let mut model = with_block(json!({ "id": "x", "kind": "message", "text": "" }));
    model.narrow = true;
    model.check();
    assert!(model.has_mistakes());
    model.update(Msg::Save(Save::AskPublish));
    assert_eq!(model.dialog, Some(Dialog::Problems));
    model.view();
    // From there to the block, which the dialog would lie over.
    model.update(Msg::GoTo(Item::Block("x".into())));
    assert_eq!(model.dialog, None);
}
