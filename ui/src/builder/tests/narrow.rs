//! On a telephone: a block is read, and what it says is put right. Arranging is for larger screens.

use super::*;
use crate::builder::document::ops::Of;

fn narrow() -> Model {
    let mut model = editor();
    model.update(Msg::Narrow(true));
    model.update(Msg::Canvas(Canvas::Window(390.0, 760.0)));
    model
}

fn hello() -> Item {
    Item::Block("hello".into())
}

#[test]
fn nothing_is_added_moved_or_connected() {
    let mut model = narrow();
    model.update(Msg::Insert("text".into()));
    model.update(Msg::GoTo(hello()));
    model.update(Msg::Pressed(Action::Connect, false));
    let block = model.scene.rect(&hello()).unwrap();
    let at = model.camera.to_screen(Point::new(block.x + 4.0, block.y + 4.0));
    drag(&mut model, Hit::Item(hello()), (at.x, at.y), (at.x + 90.0, at.y + 90.0));
    assert!(!model.is_dirty() && model.dialog.is_none());
}

#[test]
fn the_form_of_what_is_chosen_is_opened_changed_and_closed() {
    let mut model = narrow();
    model.update(Msg::GoTo(hello()));
    assert!(!model.is_form_open, "what is touched is read first");
    assert_eq!(read::lines(&model.update(Msg::Do(Action::Form))), ["Focus(flow-sheet)"]);
    model.view();
    model.update(Msg::Edit(Edit::Type(Of::Block("hello".into()), "/text".into(), "We have moved".into())));
    assert!(model.is_dirty() && model.is_form_open);
    let lines = read::lines(&model.update(Msg::Pressed(Action::Escape, true)));
    assert!(!model.is_form_open && model.only() == Some(&hello()), "it is seen with its preview again");
    assert_eq!(lines, ["Focus(flow-form-open)"]);
    model.update(Msg::Do(Action::Undo));
    assert!(!model.is_dirty());
    model.update(Msg::Do(Action::Form));
    model.update(Msg::GoTo(Item::Block("bye".into())));
    assert!(!model.is_form_open, "another thing is read first");
}

#[test]
fn the_form_of_what_is_gone_is_closed() {
    let mut model = narrow();
    model.update(Msg::GoTo(hello()));
    model.update(Msg::Do(Action::Form));
    model.update(Msg::Do(Action::Delete));
    assert!(!model.is_form_open && model.only().is_none());
    model.update(Msg::Do(Action::Undo));
    assert!(!model.is_form_open && model.only() == Some(&hello()));
}

#[test]
fn the_flow_s_own_form_has_its_button() {
    let mut model = narrow();
    model.update(Msg::GoTo(hello()));
    model.update(Msg::ShowFlow);
    assert!(model.is_form_open && model.only().is_none());
    model.view();
    let lines = read::lines(&model.update(Msg::Do(Action::Escape)));
    assert!(!model.is_form_open && lines == ["Focus(flow-settings)"], "{lines:?}");
}

#[test]
fn a_reader_looks_at_the_whole_form() {
    let mut model = narrow();
    model.is_read_only = true;
    model.update(Msg::GoTo(hello()));
    model.update(Msg::Do(Action::Form));
    assert!(model.is_form_open);
    model.update(Msg::Edit(Edit::Set(Of::Block("hello".into()), "/text".into(), "Mine".into())));
    assert!(!model.is_dirty());
}
