//! What a request says and nobody understands is refused, with its place and what is allowed there.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::line::Line;
use crate::support::world::World;

fn told(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().expect("the fields at fault");
    errors.iter().map(|one| (one["pointer"].as_str().unwrap(), one["detail"].as_str().unwrap())).collect()
}

/// An answer is not to be many times as large as what brought it about.
#[tokio::test]
async fn of_a_hundred_thousand_mistakes_a_hundred_are_told() {
    let world = World::new().await;
    world.customer("447700900123", "Tom").await;
    world.writes("447700900123", "Hello").await;
    let thread = world.thread("Tom").await;
    let path = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    for (body, more) in [
        // Of form, and beyond it.
        (json!({ "tags": vec![1; 100_000] }), 99_900),
        (json!({ "fields": vec![json!({"a": 1}); 10_000] }), 29_900),
        (json!({ "tags": vec!["a\nb"; 100_000] }), 99_901),
    ] {
        let answer = world.api.patch(&path, body).await;
        assert!(answer.body.len() < 20_000, "{} bytes", answer.body.len());
        let problem = answer.problem(400, "invalid");
        assert_eq!(told(&problem).len(), 100);
        assert_eq!(problem["detail"], format!("The first 100 mistakes are told, and there are {more} more."));
    }
    world.program.stop();
}

#[tokio::test]
async fn an_empty_file_is_refused_whatever_it_is_called() {
    let world = World::new().await;
    for (kind, name) in
        [("image/png", "?filename=a.png"), ("application/pdf", "?filename=a.pdf"), ("text/plain", "")]
    {
        let path = format!("/api/v1/media{name}");
        let upload = world.api.request(Method::POST, &path).header("Content-Type", kind).body("");
        let problem = Answer::read(path, upload).await.problem(400, "unreadable");
        assert_eq!(problem["detail"], "The file is empty: choose one that has something in it.");
    }
    world.program.stop();
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_named_by_every_operation() {
    let world = World::new().await;
    let document = world.api.get("/api/v1/openapi.json").await.ok();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = format!("/api/v1{}?limt=5", path.replace(['{', '}'], ""));
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let refused = world.api.send(method, &path, None, &[]).await.problem(400, "invalid");
            let told = told(&refused);
            let (pointer, detail) = told[0];
            assert!(pointer == "limt" && detail.starts_with("is not a parameter here"), "{path}: {refused}");
            asked += 1;
        }
    }
    assert!(asked > 80, "{asked} operations");
    let refused =
        world.api.get("/api/v1/customers?limt=5&search=Tom&c%75rsors=x").await.problem(400, "invalid");
    let there_are = "is not a parameter here; there are `search`, `limit`, `cursor`";
    assert_eq!(told(&refused), [("limt", there_are), ("cursors", there_are)]);
    world.program.stop();
}

#[tokio::test]
async fn a_field_that_is_not_known_is_named_and_changes_nothing() {
    let world = World::new().await;
    world.customer("447700900123", "Tom").await;
    world.writes("447700900123", "Hello").await;
    let thread = world.thread("Tom").await;

    let refused = world.api.patch("/api/v1/users/me", json!({"name": "Eve", "locales": "ru"})).await;
    let refused = refused.problem(400, "invalid");
    assert_eq!(told(&refused), [("/locales", "is not a field here; there are `name`, `locale`")]);
    assert_eq!(world.api.get("/api/v1/users/me").await.ok()["name"], "Anna");

    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    let change = json!({"name": "Tim", "fields": [{"name": "City", "val": "Leeds"}]});
    let refused = world.api.patch(&customer, change).await.problem(400, "invalid");
    assert_eq!(
        told(&refused),
        [
            ("/fields/0/val", "is not a field here; there are `name`, `value`"),
            ("/fields/0/value", "is required"),
        ]
    );
    assert_eq!(world.api.get(&customer).await.ok()["name"], "Tom");
    let named = world.api.patch(&customer, json!({"name": "Tim\u{202e}B"})).await.problem(400, "invalid");
    assert_eq!(named["errors"][0]["pointer"], "/name");

    // Inside what says by its type what it is, too.
    let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let before = world.messages(&thread).await.len();
    for (content, pointer) in [
        (json!({"type": "text", "text": "hi"}), "/content/text"),
        (json!({"type": "text", "body": 7}), "/content/body"),
        (
            json!({"type": "list", "body": "b", "button": "c", "sections": [{"rows": [{"id": 1, "title": "t"}]}]}),
            "/content/sections/0/rows/0/id",
        ),
        (json!({"type": "smoke"}), "/content/type"),
    ] {
        let refused = world.api.post(&messages, json!({ "content": content })).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    assert_eq!(world.messages(&thread).await.len(), before);

    // A flow keeps what a newer version may know; its name is a name.
    let flow = |name: &str| {
        json!({
            "schema": 1, "id": "f", "name": name, "language": "en", "groups": [], "edges": [], "triggers": [],
            "news": {"of": "tomorrow"},
        })
    };
    world.api.post("/api/v1/bots", json!({"flow": flow("Later")})).await.expect(201);
    let refused = world.api.post("/api/v1/bots", json!({"flow": flow("a\tb")})).await.problem(400, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/flow/name");
    let refused = world.api.post("/api/v1/bots", json!({"flow": flow("A"), "name": "B"})).await;
    assert_eq!(refused.problem(400, "invalid")["errors"][0]["pointer"], "/name");
    world.program.stop();
}

#[tokio::test]
async fn what_cannot_be_seen_has_no_place_in_what_is_sent() {
    let line = Line::new().await;
    let thread = line.met("447700900123", "Tom").await;
    let path = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let before = line.messages(&thread).await.len();
    let text = json!({"type": "text", "body": "Hello"});
    for wamid in
        ["x", "wamid.", "wamid.a\0b", "wamid.a b", &format!("wamid.{}", "A".repeat(251)), &"A".repeat(5_000)]
    {
        let said = line.api.post(&path, json!({"content": text, "reply_to": wamid})).await;
        let problem = said.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/reply_to");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("up to 250"));
    }
    for name in ["a\r\nb.pdf", "a\u{202e}fdp.exe", &"n".repeat(256)] {
        let media = json!({"type": "media", "kind": "document", "state": "stored", "link": "https://example.com/a.pdf", "filename": name});
        let problem = line.api.post(&path, json!({ "content": media })).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/content/filename");
    }
    let upload = "/api/v1/media?filename=a%0d%0ab.pdf";
    let upload = line
        .api
        .request(reqwest::Method::POST, upload)
        .header("Content-Type", "application/pdf")
        .body("%PDF");
    let refused = Answer::read("a file".to_owned(), upload).await.problem(400, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "filename");
    assert_eq!(line.messages(&thread).await.len(), before, "nothing was sent");
    let quoted = json!({"content": text, "reply_to": "wamid.HBgLMTU1NTAxMDAyMzQVAgASGBQzQTdC/+A="});
    line.api.post(&path, quoted).await.expect(201);
    line.program.stop();
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_told_the_right_ones() {
    let line = Line::new().await;
    for (method, path, allowed) in [
        ("OPTIONS", "/api/v1/conversations", "GET, HEAD"),
        ("OPTIONS", "/api/v1/auth/login", "POST"),
        ("HEAD", "/api/v1/auth/login", "POST"),
        ("TRACE", "/api/v1/users/me", "GET, HEAD, PATCH"),
        ("PUT", "/api/v1/users/me", "GET, HEAD, PATCH"),
    ] {
        let answer = line.api.send(method.parse().unwrap(), path, None, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
    line.program.stop();
}
