//! Addresses that came with a bot from elsewhere: no customer gets them before somebody has allowed them.

use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, open_line, publish, says};
use crate::support::line::Line;
use crate::support::service::Service;

const FAR: &str = "https://far.test/";
const BYE: &str = "Bye. More at https://told.test, always.";

/// A bot of ours as a stranger's file: a picture with its caption, a link that is put together, and a last word.
fn ours() -> Value {
    let blocks = json!([
        {"id": "where", "kind": "set", "variable": "where", "value": format!("{FAR}go")},
        {"id": "picture", "kind": "message", "text": "The menu", "media": {"kind": "image", "url": format!("{FAR}menu.png")}},
        {"id": "link", "kind": "link_button", "text": "Book a table", "title": "Book", "url": "{{where}}"},
        says("bye", "Bye. More at https://told.test, always."),
    ]);
    flow("imported", &blocks, None)
}

/// The same of the other program.
fn typebot(service: &str) -> Value {
    let link = json!({"id": "r", "type": "Redirect", "options": {"url": format!("{FAR}go")}});
    let call =
        json!({"id": "w", "type": "Webhook", "options": {"webhook": {"method": "GET", "url": service}}});
    json!({
        "version": "6.1", "id": "t1", "name": "Hello", "variables": [], "settings": {}, "theme": {},
        "events": [{"id": "e1", "type": "start", "outgoingEdgeId": "x1", "graphCoordinates": {"x": 0, "y": 0}}],
        "groups": [{"id": "g1", "title": "Start", "graphCoordinates": {"x": 0, "y": 0}, "blocks": [
            {"id": "p", "type": "image", "content": {"url": format!("{FAR}menu.png")}},
            {"id": "y", "type": "video", "content": {"type": "youtube", "id": "abc"}},
            link,
            call,
            {"id": "b", "type": "text", "content": {"richText": [{"type": "p", "children": [{"text": "Bye."}]}]}}]}],
        "edges": [{"id": "x1", "from": {"eventId": "e1"}, "to": {"groupId": "g1"}}],
    })
}

/// What the import says it switches off.
fn addresses(shown: &Value) -> Vec<&str> {
    let rows = shown["report"].as_array().unwrap().iter();
    rows.flat_map(|row| row["verdict"]["how"].as_array().into_iter().flatten())
        .filter(|change| change["code"] == "address_off" || change["code"] == "off_until_allowed")
        .map(|change| change["address"].as_str().unwrap())
        .collect()
}

/// What the business sent to Tom.
async fn sent(line: &Line) -> Vec<Value> {
    let out = |chat: &[Value]| {
        Some(chat.iter().filter(|message| message["direction"] == "out").cloned().collect::<Vec<_>>())
    };
    line.phone(TOM, "the chat", out).await
}

#[tokio::test]
async fn addresses_of_an_imported_bot_are_off_until_somebody_allows_them() {
    let line = Line::new().await;
    let import = json!({"format": "beseda", "file": ours()});
    let shown = line.api.post("/api/v1/bots/import", import).await.ok();
    assert_eq!(addresses(&shown), [format!("{FAR}menu.png"), "{{where}}".to_owned()], "{shown}");
    // What stands within a text is told, and stays on.
    let told = json!([{"address": format!("{FAR}go"), "block": "where"}, {"address": "https://told.test", "block": "bye"}]);
    assert_eq!(shown["told"], told);
    let bot = publish(&line, &shown["flow"]).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, BYE).await;
    assert_eq!(line.read_out(TOM).await, ["The menu", "Book a table", BYE]);
    assert!(!json!(sent(&line).await).to_string().contains("far.test"));
    // Its run says what it left out.
    let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await;
    let run = format!("/api/v1/bots/{bot}/runs/{}", runs[0]["id"].as_str().unwrap());
    let told = line.api.get(&run).await.ok();
    let left: Vec<_> = told["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["step"]["kind"] == "left_out")
        .map(|line| (line["step"]["block"].as_str().unwrap(), line["step"]["text"].as_str().unwrap()))
        .collect();
    assert_eq!(left, [("picture", "https://far.test/menu.png"), ("link", "https://far.test/go")], "{told}");
    // Somebody allows the link, and not the picture.
    let mut flow = shown["flow"].clone();
    flow["groups"][0]["blocks"][2].as_object_mut().unwrap().remove("address_off");
    let draft = format!("/api/v1/bots/{bot}/draft");
    let revision = line.api.get(&draft).await.ok()["revision"].clone();
    line.api.put(&draft, json!({"flow": flow, "revision": revision})).await.ok();
    line.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    line.writes(TOM, "go").await;
    line.phone(TOM, "the second talk", |chat| {
        (chat.iter().filter(|message| message["content"]["body"] == BYE).count() == 2).then_some(())
    })
    .await;
    let sent = json!(sent(&line).await).to_string();
    assert!(sent.contains("https://far.test/go") && !sent.contains("menu.png"), "{sent}");
    line.program.stop();
}

#[tokio::test]
async fn addresses_of_the_other_programs_bots_are_off_too() {
    let line = open_line().await;
    let service = Service::start(vec![("/called", 200, json!({}))]).await;
    let called = format!("{}/called", service.url);
    let import = json!({"format": "typebot", "file": typebot(&called)});
    let shown = line.api.post("/api/v1/bots/import", import).await.ok();
    let youtube = "https://www.youtube.com/watch?v=abc".to_owned();
    let off = [format!("{FAR}menu.png"), youtube.clone(), format!("{FAR}go"), called];
    assert_eq!(addresses(&shown), off, "{shown}");
    let blocks = shown["flow"]["groups"][0]["blocks"].as_array().unwrap();
    assert!(blocks.iter().all(|block| block["disabled"].is_null()), "one mark for all: {blocks:?}");
    assert_eq!(blocks.iter().filter(|block| block["address_off"] == true).count(), off.len(), "{blocks:?}");
    let bot = publish(&line, &shown["flow"]).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "Hello").await;
    hears(&line, "Bye.").await;
    assert_eq!(line.read_out(TOM).await, ["Bye."]);
    assert_eq!(service.heard().len(), 0);
    // All of them are allowed in the same way.
    let mut flow = shown["flow"].clone();
    for block in flow["groups"][0]["blocks"].as_array_mut().unwrap() {
        block.as_object_mut().unwrap().remove("address_off");
    }
    let draft = format!("/api/v1/bots/{bot}/draft");
    let revision = line.api.get(&draft).await.ok()["revision"].clone();
    line.api.put(&draft, json!({"flow": flow, "revision": revision})).await.ok();
    line.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
    line.writes(TOM, "Hello").await;
    line.phone(TOM, "the second talk", |chat| {
        (chat.iter().filter(|message| message["content"]["body"] == "Bye.").count() == 2).then_some(())
    })
    .await;
    let sent = json!(sent(&line).await).to_string();
    for address in &off[..3] {
        assert!(sent.contains(address.as_str()), "{address}: {sent}");
    }
    assert_eq!(service.heard().len(), 1);
    line.program.stop();
}

#[tokio::test]
async fn addresses_of_our_own_templates_stay_on() {
    let line = Line::new().await;
    for one in line.api.get("/api/v1/bots/gallery").await.ok()["items"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        let flow = line.api.get(&format!("/api/v1/bots/gallery/{id}")).await.ok()["flow"].clone();
        assert!(!flow.to_string().contains("address_off"), "{id}");
    }
    line.program.stop();
}

/// What the flow's own tests take apart, over the API.
#[tokio::test]
async fn no_secret_of_a_file_comes_back() {
    let line = open_line().await;
    let fixture: Value =
        serde_json::from_str(include_str!("../../crates/flow/tests/fixtures/secrets.json")).unwrap();
    for format in ["beseda", "typebot"] {
        let import = json!({"format": format, "file": fixture[format]});
        let shown = line.api.post("/api/v1/bots/import", import).await.ok().to_string();
        for secret in fixture["secrets"].as_array().unwrap() {
            assert!(!shown.contains(secret.as_str().unwrap()), "{format}: {secret}: {shown}");
        }
    }
    line.program.stop();
}
