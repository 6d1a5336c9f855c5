//! Trying out bots: a request as a block describes it, which bot a message would reach, and the files that bots send.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::line::Line;
use crate::support::program::Launch;
use crate::support::service::Service;

const TOM: &str = "447700900123";
const REQUEST: &str = "/api/v1/bots/try-request";
/// The smallest PNG: one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

fn flow(id: &str, triggers: &Value, blocks: &Value) -> Value {
    json!({
        "schema": 1, "id": id, "name": id, "language": "en", "start": {"group": "main"}, "triggers": triggers,
        "groups": [{"id": "main", "title": "Main", "blocks": blocks}], "edges": [],
    })
}

fn word(id: &str, how: &str, text: &str, priority: i32) -> Value {
    json!({"id": id, "kind": "keyword", "priority": priority, "keywords": [{"match": how, "text": text}]})
}

async fn publish(line: &Line, flow: &Value) -> String {
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let id = bot["id"].as_str().unwrap().to_owned();
    line.api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await.ok();
    id
}

#[tokio::test]
async fn a_request_is_made_as_its_block_describes_it_and_its_secrets_stay_hidden() {
    let line = Line::with(Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow")).await;
    let answer =
        json!({"items": [{"name": "Tulip", "price": 4.5}], "echo": "key s3cret-1", "s3cret-1": true});
    let service = Service::start(vec![("/stock", 200, answer), ("/gone", 404, json!("nothing"))]).await;
    line.api.put("/api/v1/connections/shop", json!({"kind": "secret", "secret": "s3cret-1"})).await.ok();
    let block = json!({"id": "b1", "kind": "http", "method": "POST", "url": format!("{}/stock", service.url),
        "query": [{"name": "what", "value": "{{flower}} & {{contact.name}}"}],
        "headers": [{"name": "X-Key", "value": "{{ secret.shop }}"}],
        "body": {"kind": "json", "value": {"n": "{{count}}"}}, "disabled": true});
    let variables = json!({"flower": "tulips", "contact": {"name": "Tom"}, "count": 3});
    let tried = line.api.post(REQUEST, json!({"block": block, "variables": variables})).await.ok();
    assert_eq!(tried["status"], 200, "{tried}");
    assert_eq!(tried["body"]["items"][0]["price"], 4.5);
    assert_eq!((&tried["body"]["echo"], &tried["body"]["•••"]), (&json!("key •••"), &json!(true)));
    let kinds = tried["headers"].as_array().unwrap();
    assert!(
        kinds.iter().any(|header| header["name"] == "content-type" && header["value"] == "application/json")
    );
    let heard = service.heard();
    assert_eq!(heard[0].line, "POST /stock?what=tulips%20%26%20Tom HTTP/1.1");
    assert!(heard[0].headers.to_lowercase().contains("x-key: s3cret-1"), "{}", heard[0].headers);
    assert_eq!(serde_json::from_str::<Value>(&heard[0].body).unwrap(), json!({"n": 3}));

    // Any status is an answer; what is no answer says why.
    let get = |url: String| json!({"block": {"kind": "http", "url": url}});
    let gone = line.api.post(REQUEST, get(format!("{}/gone", service.url))).await.ok();
    assert_eq!((&gone["status"], &gone["body"]), (&json!(404), &json!("nothing")));
    let nobody = line.api.post(REQUEST, get("http://127.0.0.1:1/".to_owned())).await.ok();
    assert!(nobody["failure"].is_string() && nobody.get("status").is_none(), "{nobody}");
    assert_eq!(nobody["why"], "refused", "{nobody}");
    let unknown = json!({"block": {"kind": "http", "url": "{{ secret.nobody }}"}});
    assert!(line.api.post(REQUEST, unknown).await.ok()["failure"].as_str().unwrap().contains("nobody"));

    for (body, at) in [
        (json!({"block": {"kind": "message", "text": "x"}}), "/block/kind"),
        (json!({"block": {"kind": "http", "method": "DANCE"}}), "/block/method"),
        (json!({"block": {"kind": "http", "url": "x"}, "variables": []}), "/variables"),
    ] {
        let problem = line.api.post(REQUEST, body).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], at, "{problem}");
    }
    line.program.stop();
}

/// A server that takes connections and does this with each.
async fn server<F: Future<Output = ()> + Send>(
    with: impl Fn(tokio::net::TcpStream) -> F + Send + 'static,
) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            with(stream).await;
        }
    });
    at
}

#[tokio::test]
async fn why_nothing_came_back_is_one_of_some_words() {
    let line = Line::with(Launch::serve().setting("BESEDA_BOTS__PRIVATE_ADDRESSES", "allow")).await;
    let large = Service::start(vec![("/", 200, json!("x".repeat(300_000)))]).await;
    let moved = Service::start(vec![("/", 302, json!(null))]).await;
    // Takes the request, and says half an answer.
    let broken = server(|mut stream| async move {
        let mut asked = [0; 1024];
        let _ = stream.read(&mut asked).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    })
    .await;
    // Takes connections, and is silent until the other side goes.
    let silent = server(|mut stream| async move {
        let mut asked = Vec::new();
        let _ = stream.read_to_end(&mut asked).await;
    })
    .await;
    let secret = json!({"kind": "http", "url": "{{ secret.nobody }}"});
    for (block, why) in [
        (json!({"kind": "http", "url": "http://nobody.invalid/"}), "unknown_host"),
        (json!({"kind": "http", "url": format!("http://{broken}/")}), "cut_off"),
        (json!({"kind": "http", "url": format!("http://{silent}/"), "timeout": 1}), "timed_out"),
        (json!({"kind": "http", "url": large.url.replace("http:", "https:")}), "not_secure"),
        (json!({"kind": "http", "url": large.url}), "too_large"),
        (json!({"kind": "http", "url": "flowers"}), "bad_address"),
        (json!({"kind": "http", "url": "ftp://127.0.0.1/"}), "bad_address"),
        (secret, "no_secret"),
    ] {
        let tried = line.api.post(REQUEST, json!({ "block": block })).await.ok();
        assert_eq!(tried["why"], why, "{block}: {tried}");
        assert!(tried.get("status").is_none() && tried["failure"].is_string(), "{tried}");
    }
    // That it points elsewhere is an answer.
    let tried = line.api.post(REQUEST, json!({"block": {"kind": "http", "url": moved.url}})).await.ok();
    assert_eq!((&tried["status"], tried.get("why")), (&json!(302), None), "{tried}");
    line.program.stop();
}

#[tokio::test]
async fn a_tried_request_reaches_no_private_address_unless_that_is_allowed() {
    let line = Line::new().await;
    let service = Service::start(vec![("/", 200, json!({}))]).await;
    let tried = line.api.post(REQUEST, json!({"block": {"kind": "http", "url": service.url}})).await.ok();
    assert!(tried["failure"].as_str().unwrap().contains("private network"), "{tried}");
    assert_eq!(tried["why"], "private_address", "{tried}");
    line.api.patch("/api/v1/users/me", json!({"locale": "ru"})).await.ok();
    let tried = line.api.post(REQUEST, json!({"block": {"kind": "http", "url": service.url}})).await.ok();
    assert!(tried["failure"].as_str().unwrap().contains("частной сети"), "{tried}");
    assert!(service.heard().is_empty());
    line.program.stop();
}

#[tokio::test]
async fn it_is_said_which_bot_a_message_would_reach_and_what_comes_before_a_trigger() {
    let line = Line::new().await;
    let says = json!([{"id": "m", "kind": "message", "text": "Hi"}]);
    let any = json!({"id": "any", "kind": "any_message"});
    let when = json!({"at": "09:05", "days": [1, 2]});
    let daily = json!({"id": "daily", "kind": "schedule", "schedule": when});
    let older =
        publish(&line, &flow("older", &json!([word("menu", "is", "menu", 0), any, daily]), &says)).await;
    let newer = publish(&line, &flow("newer", &json!([word("loud", "contains", "men", 1)]), &says)).await;
    let tried = |text: &str| line.api.post("/api/v1/bots/try-message", json!({ "text": text }));
    let menu = tried("Menu!").await.ok();
    assert_eq!(menu["winner"]["bot"], json!(newer), "{menu}");
    assert_eq!(
        (&menu["winner"]["ground"], &menu["winner"]["keyword"]),
        (&json!("keyword_contains"), &json!("men"))
    );
    let lost: Vec<_> =
        menu["others"].as_array().unwrap().iter().map(|one| (&one["trigger"], &one["lost_by"])).collect();
    assert_eq!(lost, [(&json!("menu"), &json!("priority")), (&json!("any"), &json!("priority"))]);
    assert_eq!(tried("hello").await.ok()["winner"]["trigger"], "any");
    // In the middle of a talk only what works anywhere is asked.
    let busy = line.api.post("/api/v1/bots/try-message", json!({"text": "menu", "busy": true})).await.ok();
    assert_eq!(busy, json!({}));

    let listed = line.api.get("/api/v1/bots/triggers").await.ok();
    let of = |bot: &str, trigger: &str| {
        let items = listed["items"].as_array().unwrap();
        items.iter().find(|one| one["bot"] == bot && one["trigger"] == trigger).unwrap().clone()
    };
    assert_eq!(of(&older, "menu")["ahead"][0]["trigger"], "loud", "{listed}");
    assert_eq!(of(&older, "menu")["ahead"][0]["by"], "priority");
    assert_eq!(of(&older, "any")["ahead"].as_array().unwrap().len(), 2);
    assert!(of(&newer, "loud").get("ahead").is_none());
    assert_eq!(of(&older, "daily")["schedule"], when);
    // A bot that is switched off comes before nobody.
    line.api.patch(&format!("/api/v1/bots/{newer}"), json!({"enabled": false})).await.ok();
    assert_eq!(tried("menu").await.ok()["winner"]["trigger"], "menu");
    line.program.stop();
}

#[tokio::test]
async fn a_bot_sends_a_file_of_the_business_and_is_not_published_without_it() {
    let line = Line::new().await;
    let stored = line
        .api
        .request(reqwest::Method::POST, "/api/v1/media?filename=menu.png")
        .header("content-type", "image/png")
        .body(PNG)
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap();
    let sends = |file: &Value| {
        let media = json!({"kind": "image", "stored": file, "mime": "image/png", "size": PNG.len(),
            "filename": "menu.png"});
        flow(
            "pictures",
            &json!([word("go", "is", "go", 0)]),
            &json!([
            {"id": "m", "kind": "message", "text": "Our menu", "media": media}]),
        )
    };
    let here = sends(&stored["sha256"]);
    let id = publish(&line, &here).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let picture = line.phone(TOM, "the picture", |chat| {
        let content = &chat.last()?["content"];
        (content["kind"] == "image").then(|| content.clone())
    });
    assert_eq!(picture.await["caption"], "Our menu");
    // A file's export names it; where it is not, the draft and the import say so, and it cannot be published.
    let draft = line.api.get(&format!("/api/v1/bots/{id}/draft")).await.ok();
    assert_eq!((&draft["flow"], draft.get("missing_files")), (&here, None));
    let elsewhere = sends(&json!("0".repeat(64)));
    let missing = json!(["0".repeat(64)]);
    let shown =
        line.api.post("/api/v1/bots/import", json!({"format": "beseda", "file": elsewhere})).await.ok();
    assert_eq!(shown["missing_files"], missing, "{shown}");
    let saved = json!({"flow": elsewhere, "revision": draft["revision"]});
    let draft = line.api.put(&format!("/api/v1/bots/{id}/draft"), saved).await.ok();
    assert_eq!(draft["missing_files"], missing);
    let problem = line.api.post(&format!("/api/v1/bots/{id}/publish"), json!({})).await;
    let problem = problem.problem(422, "flow-mistakes");
    assert_eq!(problem["errors"][0]["code"], "missing_file", "{problem}");
    line.program.stop();
}
