//! Pieces of flows from here and elsewhere.

use super::*;

/// The editor of another bot; of the same business, where its list says so.
fn another(is_same_business: bool) -> Model {
    let mut model = editor();
    let other = BOT.replace("0001", "0002");
    model.bot = other.parse().ok();
    let bot = |id: &str| {
        json!({ "id": id, "name": "B", "enabled": true, "running": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
    };
    let items = if is_same_business { vec![bot(BOT), bot(&other)] } else { vec![bot(&other)] };
    model.update(Msg::Bots(Ok(serde_json::from_value(json!({ "items": items })).unwrap())));
    model
}

fn with(blocks: &[Value]) -> Model {
    let mut model = editor();
    let mut flow = flow();
    flow["groups"][0]["blocks"] = json!(blocks);
    flow["edges"] = json!([]);
    model.put(document::Doc::from_json(&flow));
    model
}

fn last(model: &Model) -> &document::Group {
    model.doc.groups.last().unwrap()
}

#[test]
fn a_piece_is_copied_into_another_bot() {
    let mut model = editor();
    model.update(Msg::Do(Action::All));
    let text = model.copied().unwrap();
    let mut other = editor();
    other.update(Msg::Paste(text));
    assert_eq!((other.doc.groups.len(), other.doc.triggers.len(), other.doc.edges.len()), (4, 2, 2));
    assert_eq!(other.chosen.len(), 3);
    other.update(Msg::Do(Action::Delete));
    assert_eq!(other.doc.groups.len(), 2);
    let told = read::lines(&other.update(Msg::Paste("hello".into())));
    assert!(told[0].contains("Tell"), "{told:?}");
}

#[test]
fn a_jump_out_of_the_piece_finds_no_stranger_with_the_same_id() {
    let jump = json!({ "id": "j", "kind": "jump", "to": { "group": "b" } });
    let mut from = with(&[jump]);
    from.update(Msg::GoTo(group("a")));
    let text = from.copied().unwrap();
    // In the same flow it leads where it led.
    from.update(Msg::Paste(text.clone()));
    assert_eq!(last(&from).blocks[0].fields["to"]["group"], "b");
    // Another bot has a group of that id, too, and a file says nothing of where it comes from.
    for text in [text, from.doc.to_json().to_string().replace("\"b\"", "\"gone\"")] {
        let mut other = another(true);
        other.update(Msg::Paste(text));
        let jumps: Vec<_> = other.doc.blocks().filter(|(_, block)| block.kind == "jump").collect();
        assert!(!jumps.is_empty());
        for (_, jump) in jumps {
            let to = jump.fields.get("to").and_then(Target::from_json);
            assert!(to.is_none_or(|to| !["a", "b"].contains(&to.group.as_str())), "{jump:?}");
        }
    }
}

#[test]
fn what_reaches_outside_comes_from_strangers_switched_off() {
    let http = json!({ "id": "h", "kind": "http", "url": "https://shop.test/" });
    let off = json!({ "id": "m", "kind": "email", "disabled": true });
    let mut from = with(&[http, off, json!({ "id": "hi", "kind": "hand_over", "ai_summary": true })]);
    from.update(Msg::GoTo(group("a")));
    let (piece, file) = (from.copied().unwrap(), from.doc.to_json().to_string());
    let states = |model: &Model| -> Vec<bool> {
        let pasted = model.doc.groups.iter().rev().find(|group| group.blocks.len() == 3).unwrap();
        let is_off = |block: &document::Block| block.is_disabled() || block.waits_to_be_allowed();
        pasted.blocks.iter().map(|block| is_off(block)).collect()
    };
    let mut own = another(true);
    let told = read::lines(&own.update(Msg::Paste(piece.clone())));
    assert_eq!(states(&own), [false, true, false]);
    assert!(!told.iter().any(|line| line.contains("Tell")), "{told:?}");
    for (mut model, text) in [(another(false), piece), (another(true), file)] {
        let told = read::lines(&model.update(Msg::Paste(text)));
        assert_eq!(states(&model), [true, true, false]);
        assert!(told.iter().any(|line| line.contains("2 blocks that reach outside")), "{told:?}");
    }
}

#[test]
fn addresses_of_strangers_are_off_until_they_are_allowed() {
    let picture = json!({ "id": "p", "kind": "message", "media": { "kind": "image", "url": "{{ photo }}" } });
    let link =
        json!({ "id": "l", "kind": "link_button", "text": "a", "title": "b", "url": "https://far.test/" });
    let mut from = with(&[picture, link]);
    from.update(Msg::GoTo(group("a")));
    let (piece, file) = (from.copied().unwrap(), from.doc.to_json().to_string());
    let off = |model: &Model| model.doc.blocks().filter(|(_, block)| block.has_address_off()).count();
    let mut own = another(true);
    own.update(Msg::Paste(piece.clone()));
    assert_eq!(off(&own), 0);
    for (mut model, text) in [(another(false), piece), (another(true), file)] {
        let told = read::lines(&model.update(Msg::Paste(text)));
        assert_eq!(off(&model), 2);
        assert!(told.iter().any(|line| line.contains("2 addresses that came with it are off")), "{told:?}");
        let link = model.doc.blocks().find(|(_, block)| block.kind == "link_button").unwrap().1.id.clone();
        model.update(Msg::GoTo(Item::Block(link.clone())));
        model.update(Msg::Allow(Some(link)));
        assert_eq!(off(&model), 1, "one alone");
        model.update(Msg::Do(Action::Undo));
        assert_eq!(off(&model), 2);
        model.update(Msg::Allow(None));
        assert_eq!(off(&model), 0);
    }
}

#[test]
fn secrets_of_strangers_stay_behind() {
    let key = "sk-live-0123456789abcdef";
    let http = json!({ "id": "h", "kind": "http", "url": "https://me:pass@shop.test/?token=AIza0123456789abcdefgh",
        "headers": [{ "name": "Authorization", "value": format!("Bearer {key}") },
            { "name": "X-Api-Key", "value": "{{ secret.mine }}" }] });
    let said = json!({ "id": "s", "kind": "message", "text": format!("Use {key}") });
    let mut from = with(&[
        http.clone(),
        said,
        json!({ "id": "off", "kind": "http", "disabled": true, "url": http["url"] }),
    ]);
    from.update(Msg::GoTo(group("a")));
    let (piece, file) = (from.copied().unwrap(), from.doc.to_json().to_string());
    let text = |model: &Model| model.doc.to_json().to_string();
    for (mut model, pasted) in [(another(false), piece.clone()), (another(true), file)] {
        let told = read::lines(&model.update(Msg::Paste(pasted)));
        let whole = text(&model);
        for secret in [key, "me:pass", "AIza"] {
            assert!(!whole.contains(secret), "{secret}: {whole}");
        }
        assert!(
            whole.contains("Bearer {{ secret.authorization }}") && whole.contains("{{ secret.mine }}"),
            "{whole}"
        );
        let told: Vec<_> = told.iter().filter(|line| line.contains("Tell")).collect();
        assert!(told.len() == 1 && told[0].contains("1 block that reaches outside"), "{told:?}");
        assert!(told[0].contains("left out") && told[0].contains("authorization"), "{told:?}");
    }
    // Within the business nothing is taken away.
    let mut own = another(true);
    own.update(Msg::Paste(piece));
    assert!(text(&own).contains(key));
    // A key in a text alone is said, too.
    let told = |text: &str| {
        let said =
            json!({ "groups": [{ "id": "g", "blocks": [{ "id": "s", "kind": "message", "text": text }] }] });
        read::lines(&another(true).update(Msg::Paste(said.to_string()))).join(" ")
    };
    assert!(told(&format!("Use {key}")).contains("painted over"));
    assert!(!told("Use it").contains("Tell"));
}

/// The bot whose secrets both importers leave behind, copied as a piece and as a file.
#[test]
fn no_secret_of_a_whole_bot_comes_by_the_clipboard() {
    let fixture: serde_json::Value =
        serde_json::from_str(include_str!("../../../../crates/flow/tests/fixtures/secrets.json")).unwrap();
    let secrets: Vec<&str> =
        fixture["secrets"].as_array().unwrap().iter().filter_map(|secret| secret.as_str()).collect();
    let flow = &fixture["beseda"];
    for pasted in [json!({ "beseda-flow-part": 1, "bot": "elsewhere", "flow": flow }), flow.clone()] {
        let mut model = another(true);
        let told = read::lines(&model.update(Msg::Paste(pasted.to_string()))).join(" ");
        let whole = model.doc.to_json().to_string();
        assert!(whole.contains("https://shop.example/catalogue?page=2"), "{whole}");
        for secret in &secrets {
            assert!(!whole.contains(secret), "{secret}: {whole}");
        }
        assert!(told.contains("left out"), "{told}");
    }
}
