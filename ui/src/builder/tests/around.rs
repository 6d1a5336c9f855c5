//! What the page knows of what lies around a flow: connections, other bots, how it is called.

use super::*;

const OTHER: &str = "01990000-0000-7000-8000-000000000002";

fn connections(model: &mut Model, kinds: &[(&str, &str)]) {
    let items: Vec<Value> = kinds
        .iter()
        .map(|(name, kind)| json!({ "name": name, "kind": kind, "updated_at": "2026-01-01T00:00:00Z" }))
        .collect();
    model.update(Msg::Connections(Ok(serde_json::from_value(json!({ "items": items })).unwrap())));
    model.update(Msg::CheckDue);
}

pub fn people(model: &mut Model, people: &[(&str, &str)]) {
    let member = |(name, email): &(&str, &str)| json!({ "id": OTHER, "name": name, "email": email, "role": "operator", "joined_at": "2026-01-01T00:00:00Z" });
    let items: Vec<Value> = people.iter().map(member).collect();
    model.update(Msg::People(Ok(serde_json::from_value(json!({ "items": items })).unwrap())));
    model.update(Msg::CheckDue);
}

fn codes(model: &Model) -> Vec<beseda_flow::Code> {
    model.findings("x").map(|finding| finding.code).collect()
}

#[test]
fn a_missing_connection_or_secret_is_found_in_the_page() {
    use beseda_flow::Code::{MissingConnection, MissingSecret};
    let mut model = with_block(json!({ "id": "x", "kind": "ai_answer", "instructions": "Help" }));
    assert!(!codes(&model).contains(&MissingConnection), "nothing is said before it is known");
    connections(&mut model, &[]);
    assert!(codes(&model).contains(&MissingConnection) && model.has_mistakes());
    // The way to it is the block itself.
    let rows = model.view_problems().render_to_string();
    assert!(rows.contains("Connections") && rows.contains("<button"), "{rows}");
    connections(&mut model, &[("main", "ai")]);
    assert!(!codes(&model).contains(&MissingConnection));
    let form = model.view_form().render_to_string();
    assert!(form.contains("main") && form.contains("/settings/connections"), "{form}");

    let header = json!([{ "name": "X-Key", "value": { "secret": "nope_key" } }]);
    let mut model =
        with_block(json!({ "id": "x", "kind": "http", "url": "https://a.b/", "headers": header }));
    connections(&mut model, &[("nope_key", "ai")]);
    assert!(codes(&model).contains(&MissingSecret));
    connections(&mut model, &[("nope_key", "secret")]);
    assert!(!codes(&model).contains(&MissingSecret));
}

/// What the publishing says when this bot, the newer one, has these triggers and another one has those.
fn taken(own_triggers: &Value, their_triggers: &Value) -> String {
    let mut model = editor();
    let mut own = flow();
    own["triggers"] = own_triggers.clone();
    model.put(document::Doc::from_json(&own));
    let bot = |id: &str, name: &str, published: Option<u32>| {
        json!({ "id": id, "name": name, "flow_id": name, "enabled": true, "published": published, "running": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
    };
    let page = json!({ "items": [bot(OTHER, "Clinic", Some(1)), bot(BOT, "F", None)] });
    model.update(Msg::Bots(Ok(serde_json::from_value(page).unwrap())));
    model.check();
    let mut effects = model.update(Msg::Save(Save::AskPublish));
    let theirs = json!({ "number": 1, "published_at": "2026-01-01T00:00:00Z", "author": "Anna", "answering": true,
        "running": 0, "flow": { "schema": 1, "id": "c", "name": "Clinic", "groups": [], "triggers": their_triggers } });
    let at = format!("GET /bots/{OTHER}/versions/1");
    let answer = read::answer(&mut effects, &at, Ok(&theirs.to_string()));
    let crate::Msg::Editor(answer) = answer else { panic!() };
    model.update(answer);
    model.view_taken().map(|node| node.render_to_string()).unwrap_or_default()
}

fn any(priority: i32) -> Value {
    json!({ "id": "any", "kind": "any_message", "priority": priority })
}

fn words(text: &str, priority: i32) -> Value {
    json!({ "id": "words", "kind": "keyword", "priority": priority,
        "keywords": [{ "match": "is", "text": text }] })
}

#[test]
fn publishing_says_whose_messages_the_bot_will_take() {
    let any_of = |priority: i32, theirs: Value| taken(&json!([any(priority)]), &json!([theirs]));
    assert!(any_of(5, any(0)).contains("Clinic"));
    assert_eq!(any_of(-5, any(0)), "", "the other goes before");
    assert_eq!(any_of(0, any(0)), "", "of equals the older bot goes first");
    assert_eq!(any_of(0, words("hi", 0)), "", "particular words go before any message");
    assert!(any_of(5, words("hi", 0)).contains("Clinic"), "with this priority it takes them all the same");
}

#[test]
fn the_trigger_that_takes_all_is_named_and_words_are_not_blamed() {
    let both = taken(&json!([words("size", 0), any(0)]), &json!([any(-10)]));
    assert!(both.contains("to “Any message”") && !both.contains("Keywords"), "{both}");
    assert!(!both.contains("more particular words"), "{both}");
    assert_eq!(taken(&json!([words("size", 0)]), &json!([any(-10)])), "", "it leaves the rest to the other");
    let word = taken(&json!([words("size", 1)]), &json!([words("size", 0)]));
    assert!(word.contains("to “Keywords”") && word.contains("more particular words"), "{word}");
}

#[test]
fn the_tab_and_the_publishing_count_the_same() {
    let mut model =
        with_block(json!({ "id": "x", "kind": "message", "text": "Hi {{ nobody }}, {{ noone }}" }));
    model.check();
    let count = model.remarks();
    assert!(model.mistakes() == 0 && count >= 2);
    let tab = |model: &Model| model.view_panel().render_to_string();
    assert!(tab(&model).contains(&format!("<b class=\"num\">{count}</b>")), "{}", tab(&model));
    let remarks = model.view_remarks().unwrap().render_to_string();
    assert_eq!(remarks.matches("<button").count(), count, "each leads to its place");
    let mut model = with_block(json!({ "id": "x", "kind": "message", "text": "{{ nobody }} {{ 1/0 }}" }));
    model.check();
    assert!(tab(&model).contains("<b class=\"num bad\">1</b>"), "{}", tab(&model));
}

#[test]
fn a_finding_about_a_variable_leads_to_it() {
    let mut model = editor();
    let mut own = flow();
    own["variables"] = json!([{ "name": "ok" }, { "name": "link", "default": "https://example.com/lesson" }]);
    model.put(document::Doc::from_json(&own));
    model.check();
    assert!(model.view_problems().render_to_string().contains("example.com"));
    let lines = read::lines(&model.update(Msg::GoToField("/variables/1/default".into())));
    assert!(
        lines.iter().any(|line| line.starts_with("Focus(") && line.contains("-variables-1-default")),
        "{lines:?}"
    );
    assert_eq!(model.tab, Tab::Block);
    assert!(model.view_form().render_to_string().contains("open"));
}

#[test]
fn a_finding_about_the_flows_own_words_leads_to_them() {
    let mut model = editor();
    let mut own = flow();
    own["settings"] = json!({ "texts": { "open": "x".repeat(21), "retry_email": "x".repeat(4097) } });
    model.put(document::Doc::from_json(&own));
    model.check();
    let of_words = |finding: &&beseda_flow::Finding| finding.parameters.contains_key("own");
    let ways: Vec<_> = model.problems.iter().filter(of_words).map(|finding| model.way_to(finding)).collect();
    let [Some(Msg::GoToField(open)), Some(Msg::GoToField(email))] = &ways[..] else { panic!("{ways:?}") };
    assert_eq!([open.as_str(), email], ["/settings/texts/open", "/settings/texts/retry_email"]);
    let open = open.clone();
    let lines = read::lines(&model.update(Msg::GoToField(open)));
    let focus = lines.iter().find(|line| line.starts_with("Focus("));
    assert!(focus.is_some_and(|line| line.contains("-settings-texts-open")), "{lines:?}");
    assert_eq!(model.tab, Tab::Block);
    assert!(model.view_form().render_to_string().contains("open"));
}

#[test]
fn how_a_bot_is_called_stands_in_its_panel() {
    let mut model = editor();
    let mut own = flow();
    own["triggers"] = json!([{ "id": "t", "kind": "api", "name": "order" }]);
    model.put(document::Doc::from_json(&own));
    model.update(Msg::GoTo(Item::Trigger("t".into())));
    let form = model.view_form().render_to_string();
    assert!(form.contains("https://chat.test/api/v1/customers/") && form.contains("order"), "{form}");
    let mut model = with_block(json!({ "id": "x", "kind": "wait_call" }));
    let form = model.view_form().render_to_string();
    assert!(form.contains("https://chat.test/hooks/") && form.contains("{{callback}}"), "{form}");
    let copied = model.update(Msg::Triggers(triggers::Msg::CopyText("{{callback}}".into())));
    assert!(matches!(&copied[0], Effect::Copy(text) if text == "{{callback}}"), "{copied:?}");
}

#[test]
fn what_expressions_can_do_stands_below_the_form() {
    let model = with_block(json!({ "id": "x", "kind": "set", "variable": "v" }));
    let form = model.view_form().render_to_string();
    for example in ["add_days(3)", "index_of", "round(2)"] {
        assert!(form.contains(example), "{example}");
    }
    // A value may hold variables: they are picked.
    assert!(form.contains("class=\"insert\""), "{form}");
}

#[test]
fn somebody_who_is_not_there_is_found_and_others_are_picked_by_name() {
    use beseda_flow::Code::UnknownPerson;
    let mut model = with_block(json!({ "id": "x", "kind": "assign", "person": "demo@exmaple.com" }));
    assert!(!codes(&model).contains(&UnknownPerson), "nothing is said before it is known who is there");
    people(&mut model, &[("Anna", "anna@example.com"), ("Boris", "boris@example.com")]);
    assert!(codes(&model).contains(&UnknownPerson) && model.has_mistakes());
    let form = model.view_form().render_to_string();
    assert!(form.contains("value=\"anna@example.com\"") && form.contains(">Boris<"), "{form}");
    assert!(form.contains("Nobody here is called") && !form.contains("flow-variables\" spell"), "{form}");
    let write = |model: &mut Model, person: &str| {
        let of = document::ops::Of::Block("x".to_owned());
        model.update(Msg::Edit(Edit::Set(of, "/person".to_owned(), json!(person))));
        model.update(Msg::CheckDue);
        assert!(!codes(model).contains(&UnknownPerson), "{person}");
        model.view_form().render_to_string()
    };
    for person in ["Anna@example.com", "boris", "{{manager}}"] {
        let form = write(&mut model, person);
        assert!(!form.contains("Nobody here is called"), "{form}");
        assert_eq!(form.contains("value=\"manager\""), person == "{{manager}}", "{form}");
    }
}
