//! Names of variables, offered where somebody writes.

use super::*;
use crate::builder::document::ops::Of;
use crate::builder::variables::Msg as Names;
use crate::builder::variables::names::Named;
use crate::kit::event::ListKey;

fn of() -> Of {
    Of::Block("hello".into())
}

fn write(model: &mut Model, text: &str) -> Vec<String> {
    read::lines(&model.update(Msg::Edit(Edit::Type(of(), "/text".into(), text.into()))))
}

fn offered(model: &Model) -> Vec<String> {
    model.offered().into_iter().map(|name| name.name).collect()
}

fn writing() -> Model {
    let mut model = editor();
    model.update(Msg::GoTo(Item::Block("hello".into())));
    model
}

#[test]
fn whoever_writes_two_braces_is_offered_names_and_goes_on_writing() {
    let mut model = writing();
    write(&mut model, "Hello {");
    assert!(model.offer.is_none());
    let lines = write(&mut model, "Hello {{");
    assert!(lines.iter().any(|line| line.starts_with("PlaceBelow(names, f")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("Focus")), "the focus stays where it is: {lines:?}");
    assert!(offered(&model).starts_with(&["which".into(), "contact.name".into()]), "{:?}", offered(&model));
    write(&mut model, "Hello {{contact.ph");
    assert_eq!(offered(&model), ["contact.phone"]);
    model.view();
    let lines = read::lines(&model.update(Msg::Variables(Names::Key(ListKey::Enter))));
    let field = panel::field_id(&of(), "/text", model.epoch);
    assert_eq!(lines[0], format!("WriteAtCursor({field}, \"{{{{contact.phone}}}}\")"));
    assert!(model.offer.is_none());
    // What the field has then opens nothing anew.
    write(&mut model, "Hello {{contact.phone}}");
    assert!(model.offer.is_none());
}

#[test]
fn names_go_where_nothing_fits_and_where_somebody_goes_on_elsewhere() {
    let mut model = writing();
    for (text, is_open) in
        [("{{", true), ("{{no such thing", false), ("{{", false), ("", false), ("{{", true)]
    {
        write(&mut model, text);
        assert_eq!(model.offer.is_some(), is_open, "{text:?}");
    }
    model.update(Msg::GoTo(Item::Block("bye".into())));
    assert!(model.offer.is_none());
    model.update(Msg::GoTo(Item::Block("hello".into())));
    write(&mut model, "");
    write(&mut model, "{{");
    let lines = read::lines(&model.update(Msg::Do(Action::Escape)));
    assert!(lines[0].starts_with("Focus(f") && model.offer.is_none(), "back in the field: {lines:?}");
    assert!(!model.chosen.is_empty(), "Escape closes the topmost thing alone");
}

#[test]
fn the_button_offers_all_and_an_expression_names_them_as_they_are() {
    let mut model = writing();
    let lines =
        read::lines(&model.update(Msg::Variables(Names::Open(of(), "/text".into(), Named::InExpression))));
    assert!(lines.contains(&"Focus(names-search)".to_owned()), "{lines:?}");
    model.update(Msg::Variables(Names::Typed("E-MAIL".into())));
    assert_eq!(offered(&model), ["contact.email"], "found by what it holds");
    model.update(Msg::Variables(Names::Key(ListKey::Down)));
    let lines = read::lines(&model.update(Msg::Variables(Names::Key(ListKey::Enter))));
    assert!(lines[0].ends_with("\"contact.email\")"), "{lines:?}");
}

#[test]
fn in_an_expression_a_name_needs_no_braces_even_where_they_were_written() {
    let mut model = with_block(json!({ "id": "x", "kind": "set", "variable": "sum", "expression": "2 * " }));
    let of = Of::Block("x".into());
    model.update(Msg::Edit(Edit::Type(of, "/expression".into(), "2 * {{".into())));
    assert_eq!(offered(&model)[0], "sum");
    let lines = read::lines(&model.update(Msg::Variables(Names::Key(ListKey::Enter))));
    assert!(lines[0].ends_with(", \"sum\")"), "{lines:?}");
}

#[test]
fn what_is_selected_is_formatted_by_the_browser() {
    use crate::marks::Mark;
    let mut model = writing();
    let format = || Msg::Format(of(), "/text".into(), Mark::Bold);
    let field = panel::field_id(&of(), "/text", model.epoch);
    assert_eq!(read::lines(&model.update(format())), [format!("WriteAtCursor({field}, Bold)")]);
    model.is_read_only = true;
    assert!(model.update(format()).is_empty());
}
