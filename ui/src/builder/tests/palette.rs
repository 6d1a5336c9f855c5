//! What the palette puts onto the canvas.

use super::*;
use crate::builder::palette::STICKY;

#[test]
fn every_entry_puts_down_what_it_says() {
    let offers: Vec<String> =
        Model::offers().into_iter().flat_map(|(_, offers)| offers).map(|offer| offer.id).collect();
    let ids: std::collections::BTreeSet<&String> = offers.iter().collect();
    assert_eq!(ids.len(), offers.len(), "each has an element of its own");
    for id in offers {
        let by_click = |model: &mut Model| {
            model.update(Msg::Insert(id.clone()));
        };
        let by_drag = |model: &mut Model| {
            drag(model, Hit::Entry(id.clone()), (-100.0, 100.0), (700.0, 600.0));
        };
        for put in [&by_click as &dyn Fn(&mut Model), &by_drag] {
            let mut model = editor();
            let before = model.doc.clone();
            put(&mut model);
            let item = model.only().cloned().unwrap_or_else(|| panic!("nothing came of {id}"));
            assert!(!before.has(&item) && model.doc.has(&item), "{id}");
            match (&item, id.strip_prefix("trigger-")) {
                (Item::Trigger(made), Some(kind)) => {
                    assert_eq!(model.doc.trigger(made).unwrap().text("kind"), kind.replace('-', "_"));
                }
                (Item::Note(_), None) => assert_eq!(id, STICKY),
                (Item::Block(made), None) => {
                    let block = model.doc.block(made).unwrap().1;
                    assert_eq!(kinds::entry_of(block).unwrap().id, id);
                }
                _ => panic!("{id} became {item:?}"),
            }
        }
    }
}

#[test]
fn what_is_put_down_by_a_click_lies_on_nothing() {
    let mut model = editor();
    for _ in 0..12 {
        for entry in ["trigger-keyword", STICKY, "message"] {
            model.update(Msg::Do(Action::Escape));
            model.update(Msg::Insert(entry.to_owned()));
        }
    }
    let scene = &model.scene;
    let groups = scene.groups.iter().map(|group| group.rect);
    let places: Vec<geometry::Rect> =
        groups.chain(scene.triggers.iter().chain(&scene.notes).map(|(_, rect)| *rect)).collect();
    assert_eq!(places.len(), 3 + 36);
    for (n, place) in places.iter().enumerate() {
        assert!(!places[n + 1..].iter().any(|other| other.meets(*place)), "{place:?}");
    }
}

#[test]
fn a_form_has_no_field_for_what_is_not_there_yet() {
    let shown = |block: Value| {
        let model = with_block(block);
        format!("{:?}", model.view_form())
    };
    for kind in ["assign", "hand_over"] {
        assert!(!shown(json!({ "id": "x", "kind": kind })).contains("\"Team\""), "{kind}");
        assert!(shown(json!({ "id": "x", "kind": kind, "team": "sales" })).contains("\"Team\""), "{kind}");
    }
}
