//! What needs no mouse.

use super::*;

fn key(model: &mut Model, action: Action) {
    model.update(Msg::Pressed(action, false));
}

fn ids(model: &Model, group: &str) -> Vec<String> {
    model
        .doc
        .group(group)
        .map(|group| group.blocks.iter().map(|block| block.id.clone()).collect())
        .unwrap_or_default()
}

#[test]
fn a_block_goes_into_the_group_beside_it_and_into_one_of_its_own() {
    use keys::Direction::{Left, Right};
    let mut model = editor();
    model.update(Msg::GoTo(Item::Block("hello".into())));
    key(&mut model, Action::Lift(Right));
    assert_eq!(
        (ids(&model, "a"), ids(&model, "b")),
        (vec!["ask".to_owned()], vec!["bye".into(), "hello".into()])
    );
    assert_eq!(model.only(), Some(&Item::Block("hello".into())));
    // Nothing stands to the right of it.
    key(&mut model, Action::Lift(Right));
    assert_eq!(ids(&model, "b"), ["bye"]);
    let own = model.doc.block("hello").unwrap().0.id.clone();
    assert_eq!(model.doc.groups.len(), 3);
    let rect = |model: &Model, id: &str| model.scene.rect(&group(id)).unwrap();
    assert!(rect(&model, &own).x > rect(&model, "b").right());
    // A block that is alone there already stays; to the left it goes back.
    key(&mut model, Action::Lift(Right));
    assert_eq!(model.doc.groups.len(), 3);
    key(&mut model, Action::Lift(Left));
    assert_eq!((ids(&model, "b"), model.doc.groups.len()), (vec!["bye".to_owned(), "hello".into()], 2));
    key(&mut model, Action::Undo);
    assert_eq!(model.doc.groups.len(), 3);
}

#[test]
fn several_things_are_chosen_and_moved_together() {
    use keys::Direction::{Down, Left, Right};
    let mut model = editor();
    model.update(Msg::GoTo(Item::Trigger("t".into())));
    key(&mut model, Action::Extend(Right));
    key(&mut model, Action::Extend(Right));
    let all = [group("a"), group("b"), Item::Trigger("t".into())];
    assert_eq!(model.chosen, all.into());
    // Back over the last one it is let go of.
    key(&mut model, Action::Extend(Left));
    assert_eq!(model.chosen, [group("a"), Item::Trigger("t".into())].into());
    key(&mut model, Action::Shift(Down));
    assert!((model.doc.group("a").unwrap().y - 24.0).abs() < 0.1);
    assert!((model.doc.trigger("t").unwrap().y - 24.0).abs() < 0.1);
    assert!(model.doc.group("b").unwrap().y.abs() < 0.1);
    // Blocks, too: both go together.
    model.update(Msg::GoTo(Item::Block("hello".into())));
    key(&mut model, Action::Extend(Down));
    key(&mut model, Action::Lift(Right));
    assert_eq!(ids(&model, "b"), ["bye", "hello", "ask"]);
}

#[test]
fn a_note_is_made_larger_and_smaller() {
    use keys::Direction::{Down, Left, Right};
    let mut model = editor();
    model.update(Msg::Insert(crate::builder::palette::STICKY.into()));
    let note = model.only().unwrap().clone();
    let size = |model: &Model| {
        let rect = model.scene.rect(&note).unwrap();
        (rect.w, rect.h)
    };
    let before = size(&model);
    key(&mut model, Action::Lift(Right));
    key(&mut model, Action::Lift(Down));
    assert_eq!(size(&model), (before.0 + 24.0, before.1 + 24.0));
    for _ in 0..20 {
        key(&mut model, Action::Lift(Left));
    }
    assert!((size(&model).0 - 96.0).abs() < 0.1, "it stays large enough to be taken");
}
