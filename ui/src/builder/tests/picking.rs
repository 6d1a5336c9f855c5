//! What is picked in a panel: values and headers of a tried answer, files.

use super::*;

#[test]
fn a_value_of_a_tried_answer_becomes_a_mapping_with_a_variable_of_its_own() {
    let mut model = with_block(
        json!({ "id": "x", "kind": "http", "url": "https://shop.test/{{which}}?q={{contact.name}}",
        "save": [{ "variable": "", "path": "" }], "status": "price" }),
    );
    model.update(Msg::Trial(trial::Msg::Value("which".into(), "7".into())));
    let mut effects = model.update(Msg::Trial(trial::Msg::Send));
    let call = effects.iter().find_map(|effect| match effect {
        Effect::Call(call, _) => Some(call.body.clone().unwrap()),
        _ => None,
    });
    let asked: Value = serde_json::from_str(&call.unwrap()).unwrap();
    assert_eq!((&asked["block"]["id"], &asked["variables"]["which"]), (&json!("x"), &json!(7)));
    assert!(asked["variables"]["contact"]["name"].is_string(), "what a run knows stands in for it: {asked}");
    assert!(model.update(Msg::Trial(trial::Msg::Send)).is_empty(), "one at a time");
    let answer = r#"{"status":200,"body":{"items":[{"price":4.5,"a.b":1}],"set":2}}"#;
    let crate::Msg::Editor(told) = read::answer(&mut effects, "POST /bots/try-request", Ok(answer)) else {
        panic!("not for the editor")
    };
    model.update(told);
    // The mapping that stood empty is filled, and its variable is no other's.
    let effects = model.update(Msg::Trial(trial::Msg::Pick("items.0.price".into())));
    assert_eq!(field(&model, "/save"), json!([{ "variable": "price_2", "path": "items.0.price" }]));
    assert!(read::lines(&effects).iter().any(|line| line.ends_with("save-0-variable)")), "{effects:?}");
    // The same again changes nothing; another one is added.
    model.update(Msg::Trial(trial::Msg::Pick("items.0.price".into())));
    model.update(Msg::Trial(trial::Msg::Pick("items.0".into())));
    assert_eq!(field(&model, "/save/1"), json!({ "variable": "items", "path": "items.0" }));
    assert_eq!(field(&model, "/save/2"), Value::Null);
    assert!(model.doc.variables().contains(&"price_2".to_owned()), "it can be put into texts");
    model.update(Msg::Do(Action::Undo));
    assert_eq!(field(&model, "/save/1"), Value::Null);
    // A word of expressions is no name for a variable.
    model.update(Msg::Trial(trial::Msg::Pick("set".into())));
    assert_eq!(field(&model, "/save/1"), json!({ "variable": "set_2", "path": "set" }));
}

fn picked(name: &str, mime: &str, size: u64) -> Msg {
    let file =
        crate::app::PickedFile { file: 5, name: name.into(), mime: mime.into(), size, url: "blob:1".into() };
    Msg::App(crate::bridge::ToBuilder::Picked(file))
}

#[test]
fn a_picked_file_is_stored_and_named_in_its_block() {
    let mut model =
        with_block(json!({ "id": "x", "kind": "message", "media": { "kind": "image", "url": "" } }));
    for (name, mime, size) in [("a.gif", "image/gif", 1), ("a.png", "image/png", 6 << 20)] {
        let lines = read::lines(&model.update(picked(name, mime, size)));
        assert_eq!(lines, ["ToApp(DropFile(5))"], "{name}");
    }
    let lines = read::lines(&model.update(picked("Our menu.jpg", "image/jpg", 9)));
    assert_eq!(lines, ["ToApp(Upload { upload: 1, file: 5 })"]);
    assert_eq!(
        read::lines(&model.update(picked("b.png", "image/png", 9))),
        ["ToApp(DropFile(5))"],
        "one at a time"
    );
    let stored: beseda_wire::messages::Media =
        serde_json::from_value(json!({ "kind": "document", "state": "stored", "sha256": "ab" })).unwrap();
    let news = |number, news| Msg::App(crate::bridge::ToBuilder::Upload(number, news));
    model.update(news(7, crate::app::UploadNews::Done(Ok(Box::new(stored.clone())))));
    assert_eq!(field(&model, "/media/stored"), Value::Null, "another upload's");
    model.update(news(1, crate::app::UploadNews::Progress(3)));
    model.update(news(1, crate::app::UploadNews::Done(Ok(Box::new(stored)))));
    let media = json!({ "kind": "image", "stored": "ab", "mime": "image/jpeg", "size": 9, "filename": "Our menu.jpg" });
    assert_eq!(field(&model, "/media"), media);
    model.check();
    assert!(!model.has_mistakes(), "{:?}", model.problems);
    // The server does not have it: the checker says so.
    let mut theirs = draft(model.doc.to_json(), 4, "Anna");
    theirs.missing_files = vec!["ab".to_owned()];
    model.update(Msg::Save(Save::Theirs(bot(), Ok(Box::new(theirs)))));
    model.check();
    assert!(model.problems.iter().any(|finding| finding.code == beseda_flow::Code::MissingFile));
    model.update(Msg::Files(files::Msg::Remove(document::ops::Of::Block("x".into()), "/media".into())));
    assert_eq!(field(&model, "/media"), json!({ "kind": "image", "url": "" }));
}

#[test]
fn a_header_of_a_tried_answer_becomes_a_mapping_beside_those_of_the_body() {
    let mut model =
        with_block(json!({ "id": "x", "kind": "http", "method": "HEAD", "url": "https://shop.test" }));
    let mut effects = model.update(Msg::Trial(trial::Msg::Send));
    let answer = r#"{"status":200,"body":"","headers":[{"name":"retry-after","value":"7"},
        {"name":"vary","value":"a"},{"name":"vary","value":"b"}]}"#;
    let crate::Msg::Editor(told) = read::answer(&mut effects, "POST /bots/try-request", Ok(answer)) else {
        panic!("not for the editor")
    };
    model.update(told);
    model.view_form();
    let effects = model.update(Msg::Trial(trial::Msg::PickHeader("retry-after".into())));
    let kept = json!([{ "variable": "retry_after", "header": "retry-after" }]);
    assert_eq!((field(&model, "/save_headers"), field(&model, "/save")), (kept, Value::Null));
    assert!(
        read::lines(&effects).iter().any(|line| line.ends_with("save_headers-0-variable)")),
        "{effects:?}"
    );
    // The same again changes nothing.
    model.update(Msg::Trial(trial::Msg::PickHeader("retry-after".into())));
    assert_eq!(field(&model, "/save_headers/1"), Value::Null);
    assert!(model.doc.variables().contains(&"retry_after".to_owned()));
    model.view_form();
    model.check();
    assert!(!model.has_mistakes(), "{:?}", model.problems);
}

#[test]
fn technical_words_stand_under_a_failed_request_where_they_tell_more() {
    for (why, said, stands) in [
        ("refused", "nobody listens at the address: “Connection refused (os error 111)”", false),
        ("timed_out", "no answer in time", false),
        ("not_secure", "no secure connection: “invalid peer certificate: Expired”", true),
        ("unknown_host", "no address was found for the name: “Name or service not known”", true),
        ("no_secret", "there is no secret “crm”", true),
    ] {
        let mut model = with_block(json!({ "id": "x", "kind": "http", "url": "https://shop.test" }));
        let mut effects = model.update(Msg::Trial(trial::Msg::Send));
        let answer = json!({ "why": why, "failure": said }).to_string();
        let crate::Msg::Editor(told) = read::answer(&mut effects, "POST /bots/try-request", Ok(&answer))
        else {
            panic!("not for the editor")
        };
        model.update(told);
        let form = model.view_form().render_to_string();
        assert!(form.contains("trial-failed"), "{why}: {form}");
        assert_eq!(form.contains(said), stands, "{why}: {form}");
    }
}

#[test]
fn a_templates_header_takes_a_file_as_other_blocks_do() {
    let template = json!({ "name": "promo", "language": "en_US", "header": { "media": { "kind": "image", "url": "" } } });
    let mut block = template.clone();
    block["id"] = json!("x");
    block["kind"] = json!("template");
    let question =
        json!({ "id": "x", "kind": "question", "text": "Yes?", "answer": "text", "template": template });
    for (block, at) in [(block, "/header/media"), (question, "/template/header/media")] {
        let mut model = with_block(block);
        assert_eq!(
            read::lines(&model.update(picked("a.pdf", "application/pdf", 9))),
            ["ToApp(DropFile(5))"],
            "not of the header's kind"
        );
        model.update(picked("a.png", "image/png", 9));
        let stored = json!({ "kind": "document", "state": "stored", "sha256": "ab" });
        let stored = crate::app::UploadNews::Done(Ok(Box::new(serde_json::from_value(stored).unwrap())));
        model.update(Msg::App(crate::bridge::ToBuilder::Upload(1, stored)));
        let media =
            json!({ "kind": "image", "stored": "ab", "mime": "image/png", "size": 9, "filename": "a.png" });
        assert_eq!(field(&model, at), media);
        model.view_form();
        model.update(Msg::Files(files::Msg::Remove(document::ops::Of::Block("x".into()), at.into())));
        assert_eq!(field(&model, at), json!({ "kind": "image", "url": "" }));
    }
}
