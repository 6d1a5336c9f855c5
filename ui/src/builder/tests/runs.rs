//! Tries of the draft: what is run, and what is said of it.

use super::*;

fn notes(model: &Model) -> Vec<String> {
    let notes = model.test.lines.iter().filter_map(|line| match line {
        test::Line::Note(words) => Some(words.clone()),
        test::Line::Said(_, beseda_flow::Outgoing::Text { body }) => Some(body.clone()),
        _ => None,
    });
    notes.collect()
}

const OTHER: &str = "01990000-0000-7000-8000-000000000002";

/// A draft that runs another bot, whose flow has blocks of the same ids.
fn with_sub_flow() -> Model {
    let mut model = with_block(json!({ "id": "x", "kind": "sub_flow", "bot": "menu" }));
    model.doc = document::Doc::from_json(&{
        let mut flow = flow();
        flow["triggers"] = json!([]);
        flow["groups"][0]["blocks"] = json!([{ "id": "x", "kind": "sub_flow", "bot": "menu" },
            { "id": "after", "kind": "message", "text": "Back again" }]);
        flow["edges"] = json!([]);
        flow
    });
    model.put(model.doc.clone());
    let bots = json!({ "items": [{ "id": OTHER, "name": "Menu", "flow_id": "menu", "enabled": false,
        "published": 4, "running": 0, "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z" }] });
    model.update(Msg::Bots(Ok(serde_json::from_value(bots).unwrap())));
    model
}

#[test]
fn a_sub_flow_runs_what_the_other_bot_has_published() {
    let mut model = with_sub_flow();
    let mut effects = model.update(Msg::Do(Action::Test));
    assert!(model.test.session.is_none(), "it begins when the flow is here");
    let published = json!({ "number": 4, "flow": { "schema": 1, "id": "menu", "name": "Menu",
        "start": { "group": "g" }, "groups": [{ "id": "g", "blocks": [
            { "id": "bye", "kind": "message", "text": "Soup" }] }] },
        "published_at": "2026-01-01T00:00:00Z", "author": "Anna", "answering": true, "running": 0 })
    .to_string();
    let at = format!("GET /bots/{OTHER}/versions/4");
    let crate::Msg::Editor(answer) = read::answer(&mut effects, &at, Ok(&published)) else { panic!() };
    model.update(answer);
    let told = notes(&model);
    assert_eq!(told.iter().filter(|line| *line == "Soup" || *line == "Back again").count(), 2, "{told:?}");
    assert!(model.test.seen.contains("after") && !model.test.seen.contains("bye"), "that one is another's");
    let steps: Vec<String> = model.test.steps[0]
        .iter()
        .filter_map(|event| model.event_words(event))
        .map(|(_, words)| words)
        .collect();
    assert!(steps.iter().any(|words| words.contains("Menu")), "{steps:?}");
    // It is known from now on.
    model.update(Msg::Test(test::Msg::Restart));
    assert!(notes(&model).contains(&"Soup".to_owned()));
}

#[test]
fn a_sub_flow_that_cannot_be_had_is_told_in_words() {
    let mut model = with_sub_flow();
    let mut effects = model.update(Msg::Do(Action::Test));
    let at = format!("GET /bots/{OTHER}/versions/4");
    let answer = read::answer(&mut effects, &at, Err(Failure::Offline));
    let crate::Msg::Editor(answer) = answer else { panic!() };
    model.update(answer);
    let told = notes(&model);
    assert!(told.iter().any(|line| line.contains("is not there, or is not published")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains('{')), "{told:?}");
}

#[test]
fn findings_are_said_in_the_words_of_the_form() {
    let said = |block: Value| -> Vec<String> {
        let mut model = with_block(block);
        model.check();
        let block = model.doc.block("x").map(|(_, block)| &**block);
        model.problems.iter().map(|finding| words::finding(finding, block)).collect()
    };
    let menu = |text: &str| {
        json!({ "id": "x", "kind": "menu", "text": text,
            "options": [{ "id": "a", "title": "Soup" }, { "id": "b", "title": "Bread" }] })
    };
    let words = said(menu("What?"));
    assert!(words.iter().any(|words| words.starts_with("“Bread” leads nowhere")), "{words:?}");
    let words = said(menu(&"x".repeat(1099)));
    assert!(words.iter().any(|words| words.starts_with("A text of 1099 characters")), "{words:?}");
    // An hour that nobody has written yet.
    let mut model = editor();
    model.update(Msg::Insert("trigger-schedule".into()));
    model.check();
    let words: Vec<String> = model.problems.iter().map(|finding| words::finding(finding, None)).collect();
    assert!(words.contains(&"“At” is not filled in.".to_owned()), "{words:?}");
}

#[test]
fn a_jump_says_where_it_leads_and_is_a_part_of_the_way() {
    let mut model = with_block(json!({ "id": "x", "kind": "jump", "to": { "group": "b" } }));
    let words = |model: &Model| model.scene.block("x").unwrap().summary.text.clone();
    assert_eq!(words(&model), "Jump to “B”");
    let line = model.scene.lines.iter().find(|line| line.id == "jump-x").unwrap();
    assert!(line.implied && line.to.group == "b");
    // Its group did not change, and yet it says the new name.
    let named = model.doc.clone().set(&document::ops::Of::Group("b".into()), "/title", "Farewell".into());
    model.change(named, None);
    assert_eq!(words(&model), "Jump to “Farewell”");
    // What is found says so, too, and what lies behind the name is nothing that people look for.
    let hits = model.hits("farewell");
    let told: Vec<&str> = hits.iter().map(|hit| hit.words.as_str()).collect();
    assert_eq!(told, ["Jump to “Farewell”", "Group"]);
    assert_eq!(model.hits("jump")[0].words, "Jump to “Farewell”");
    assert!(model.hits("b").iter().all(|hit| hit.item != Item::Block("x".into())));
    model.update(Msg::Test(test::Msg::Restart));
    model.update(Msg::Test(test::Msg::Typed("hi".into())));
    model.update(Msg::Test(test::Msg::Send));
    assert!(model.test.taken.contains("jump-x") && model.test.seen.contains("bye"));
    // What is gone has no line.
    let gone = model.doc.clone().without(&[group("b")].into());
    model.change(gone, None);
    assert!(model.scene.lines.iter().all(|line| line.id != "jump-x"));
    // Another bot is told by its name.
    assert_eq!(words(&with_sub_flow()), "Runs “Menu”");
}

#[test]
fn a_flow_that_begins_itself_is_told_by_way_of_other_bots_too() {
    let chain = |waits: &str, writes: &str| {
        json!({ "schema": 1, "id": format!("f-{waits}"), "name": waits,
            "triggers": [{ "id": "t", "kind": "tag_added", "tag": waits }],
            "groups": [{ "id": "a", "blocks": [{ "id": "x", "kind": "tags", "add": [writes] }] }] })
    };
    let words = |model: &mut Model| -> Vec<String> {
        model.check();
        let all = model.problems.iter().map(|finding| (finding.block.clone(), words::finding(finding, None)));
        all.filter(|(_, words)| words.contains("begins"))
            .inspect(|(block, _)| assert_eq!(block.as_deref(), Some("x")))
            .map(|(_, words)| words)
            .collect()
    };
    let mut model = with_block(json!({ "id": "x", "kind": "note", "text": "x" }));
    model.put(document::Doc::from_json(&chain("vip", "vip")));
    let said = words(&mut model);
    assert!(said.len() == 1 && said[0].contains("“vip”, which begins this bot"), "{said:?}");
    model.put(document::Doc::from_json(&chain("vip", "gold")));
    assert_eq!(words(&mut model), [""; 0]);
    // The others' flows are asked for as soon as this one waits for what they may write.
    let bots = json!({ "items": [{ "id": OTHER, "name": "Gold", "flow_id": "f-gold", "enabled": true,
        "published": 2, "running": 0, "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z" }] });
    let mut effects = model.update(Msg::Bots(Ok(serde_json::from_value(bots).unwrap())));
    let published =
        json!({ "number": 2, "flow": chain("gold", "vip"), "published_at": "2026-01-01T00:00:00Z",
        "author": "Anna", "answering": true, "running": 0 })
        .to_string();
    let at = format!("GET /bots/{OTHER}/versions/2");
    let crate::Msg::Editor(answer) = read::answer(&mut effects, &at, Ok(&published)) else { panic!() };
    model.update(answer);
    let said = words(&mut model);
    assert!(said.len() == 1 && said[0].contains("which begins “gold”"), "{said:?}");
}

#[test]
fn what_begins_a_flow_stands_on_its_trigger() {
    let label = |fields: Value| {
        let mut model = editor();
        let mut flow = flow();
        let mut trigger = json!({ "id": "t", "x": 0, "y": 0 });
        trigger.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        flow["triggers"] = json!([trigger]);
        model.put(document::Doc::from_json(&flow));
        kinds::trigger_summary(model.doc.trigger("t").unwrap())
    };
    assert_eq!(
        label(json!({ "kind": "schedule", "schedule": { "at": "09:30", "days": [1, 2] } })),
        "Mon, Tue, 09:30"
    );
    let empty = label(json!({ "kind": "schedule" }));
    assert!(!empty.is_empty() && !empty.contains("trigger-"), "{empty}");
    assert_eq!(label(json!({ "kind": "tag_added", "tag": "vip" })), "vip");
    assert_eq!(
        label(json!({ "kind": "keyword", "keywords": [{ "text": "hi" }, { "text": "" }, { "text": "yo" }] })),
        "hi, yo"
    );
}
