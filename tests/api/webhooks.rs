//! Webhooks as Meta sends them: every body known from the wild, signatures, the handshake, duplicates, replay.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::graph::{GraphApi, escaped};
use crate::support::program::{Launch, Program};
use crate::support::world::{EMAIL, PASSWORD, set_up};
use crate::support::{http_client, until};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "100200300400500";
const WABA: &str = "500400300200100";

struct Receiver {
    program: Program,
    api: Api,
    meta: GraphApi,
    number: Value,
}

impl Receiver {
    async fn new() -> Self {
        let program = Launch::serve().start().await;
        let api = set_up(&program).await;
        let number = api
            .post(
                "/api/v1/whatsapp/numbers",
                json!({
                    "phone_number_id": NUMBER, "waba_id": WABA, "token": "EAAtoken", "app_secret": SECRET,
                    "name": "Main", "phone": "+15550100200", "skip_checks": true,
                }),
            )
            .await
            .expect(201);
        Self { program, api, meta: GraphApi::new(SECRET), number }
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = self.meta.webhook(&http_client(), &self.program.address(path), body);
        Answer::read(format!("POST {path}"), request).await
    }

    /// The journal, once nothing in it waits.
    async fn journal(&self, at_least: usize) -> Vec<Value> {
        until("the journal to be worked through", || async {
            let rows = self.api.all("/api/v1/webhooks/journal").await;
            let done = rows.iter().all(|row| row["outcome"] != "pending");
            (done && rows.len() >= at_least).then_some(rows)
        })
        .await
    }

    async fn messages(&self) -> Vec<Value> {
        let mut messages = Vec::new();
        for thread in self.api.all("/api/v1/conversations?view=all").await {
            let id = thread["id"].as_str().unwrap();
            messages.extend(self.api.all(&format!("/api/v1/conversations/{id}/messages")).await);
        }
        messages
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/whatsapp")
}

/// The bodies that are not marked as deliberately wrong, with the kinds that each holds.
fn corpus() -> Vec<(String, String, Vec<String>)> {
    let index = std::fs::read_to_string(fixtures().join("payloads/INDEX.json")).unwrap();
    let index: Vec<Value> = serde_json::from_str(&index).unwrap();
    let rows = index.into_iter().filter(|row| row["negative"] != true);
    rows.map(|row| {
        let file = row["file"].as_str().unwrap().to_owned();
        let body = std::fs::read_to_string(fixtures().join(&file)).unwrap();
        let kinds = row["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap().to_owned());
        (file, body, kinds.collect())
    })
    .collect()
}

/// A message of a body, as the thread shall show it.
struct Expected {
    file: String,
    wamid: String,
    /// As it came.
    raw: Value,
}

/// The same body, for our number and with message ids of its own, so that nothing is a duplicate.
fn ours(file: &str, body: &str, expected: &mut Vec<Expected>) -> String {
    fn number(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    if name == "phone_number_id" { *field = json!(NUMBER) } else { number(field) }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(number),
            _ => {}
        }
    }
    fn list<'v>(value: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
        value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
    }
    let mut json: Value = serde_json::from_str(body).unwrap();
    number(&mut json);
    for entry in list(&mut json, "entry") {
        for change in list(entry, "changes") {
            for message in list(&mut change["value"], "messages") {
                let wamid = format!("wamid.corpus-{}", expected.len());
                message["id"] = json!(wamid);
                expected.push(Expected { file: file.to_owned(), wamid, raw: message.clone() });
            }
        }
    }
    json.to_string()
}

/// Some senders write numbers as text.
fn is_number(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| text.parse::<f64>().is_ok())
}

/// Whether a thread shows a message for what it is.
fn is_readable(raw: &Value, content: &Value) -> bool {
    // One of the bodies names no type, and what it holds says it.
    let kind = raw["type"].as_str().or(raw.get("contacts").map(|_| "contacts")).unwrap_or_default();
    let texts = |of: &Value, names: &[&str]| names.iter().all(|name| content[*name] == of[*name]);
    match kind {
        "text" => content["type"] == "text" && texts(&raw["text"], &["body"]),
        "image" | "video" | "audio" | "document" | "sticker" => {
            content["type"] == "media"
                && content["kind"] == kind
                && content["provider_id"] == raw[kind]["id"]
                && texts(&raw[kind], &["caption", "filename"])
        }
        "location" if is_number(&raw["location"]["latitude"]) => {
            content["type"] == "location" && content["name"] == raw["location"]["name"]
        }
        // Without coordinates there is no place on a map, and its words are still worth reading.
        "location" => content["body"]
            .as_str()
            .is_some_and(|body| raw["location"]["name"].as_str().is_some_and(|name| body.contains(name))),
        "contacts" => {
            let cards = |value: &Value| value["contacts"].as_array().map(Vec::len);
            content["type"] == "contacts" && cards(content) == cards(raw)
        }
        "button" => content["type"] == "reply" && content["title"] == raw["button"]["text"],
        "interactive" if raw["interactive"]["type"] == "nfm_reply" => content["type"] == "form_reply",
        "interactive" => {
            let reply = &raw["interactive"][raw["interactive"]["type"].as_str().unwrap()];
            content["type"] == "reply" && content["title"] == reply["title"] && content["id"] == reply["id"]
        }
        "order" => content["type"] == "order",
        "system" => content["type"] == "system",
        // To a message that is not here.
        "reaction" => content["type"] == "reaction" && content["emoji"] == raw["reaction"]["emoji"],
        // What Meta itself calls unsupported.
        "unsupported" | "unknown" => content["type"] == "other",
        _ => false,
    }
}

#[tokio::test]
async fn every_body_known_from_the_wild_is_kept_and_read() {
    let receiver = Receiver::new().await;
    let corpus = corpus();
    assert!(corpus.len() > 100, "the corpus is there");
    let mut sent = 0;
    for (file, body, _) in &corpus {
        for form in [body.clone(), escaped(body)] {
            for path in ["/webhooks/whatsapp", "/webhooks/whatsapp/100200300400500"] {
                let answer = receiver.post(path, form.clone().into_bytes()).await;
                assert_eq!(answer.status, 200, "{file}: {}", answer.text());
                sent += 1;
            }
        }
    }
    let journal = receiver.journal(sent).await;
    assert_eq!(journal.len(), sent);
    let failed: Vec<_> = journal.iter().filter(|row| row["outcome"] == "failed").collect();
    assert!(failed.is_empty(), "{failed:#?}");

    // For our own number each message can be read in the thread, as what it is.
    let mut expected = Vec::new();
    for (file, body, _) in &corpus {
        let body = ours(file, body, &mut expected);
        assert_eq!(receiver.post("/webhooks/whatsapp", body.into_bytes()).await.status, 200, "{file}");
    }
    receiver.journal(sent + corpus.len()).await;
    assert!(expected.len() > 70, "the corpus holds messages");
    let messages = receiver.messages().await;
    for Expected { file, wamid, raw } in &expected {
        let shown: Vec<&Value> = messages.iter().filter(|message| message["wamid"] == *wamid).collect();
        if raw["type"] == "reaction" && raw["reaction"]["emoji"].is_null() {
            assert!(shown.is_empty(), "{file}: what is taken back, and never was here, is not shown");
            continue;
        }
        assert_eq!(shown.len(), 1, "{file}: {wamid} {raw} is shown {} times", shown.len());
        assert!(is_readable(raw, &shown[0]["content"]), "{file}: {raw} is shown as {}", shown[0]["content"]);
    }
}

#[tokio::test]
async fn a_bad_signature_leaves_nothing_but_a_count() {
    let mut receiver = Receiver::new().await;
    let (file, body, _) = &corpus()[0];
    let body = ours(file, body, &mut Vec::new()).into_bytes();
    let stranger = GraphApi::new("another secret");
    for path in ["/webhooks/whatsapp", "/webhooks/whatsapp/100200300400500"] {
        let request = stranger.webhook(&http_client(), &receiver.program.address(path), body.clone());
        assert_eq!(Answer::read(path.to_owned(), request).await.status, 401);
        let unsigned = http_client().post(receiver.program.address(path)).body(body.clone());
        assert_eq!(Answer::read(path.to_owned(), unsigned).await.status, 401);
    }
    let app = receiver.program.address("/webhooks/whatsapp");
    // At the address of the app: of a number nobody has connected here, of none, and what nobody can read.
    let elsewhere = String::from_utf8(body.clone()).unwrap().replace(NUMBER, "999").replace(WABA, "998");
    assert!(elsewhere.contains("999"), "the webhook names the number");
    for body in [elsewhere.into_bytes(), b"{}".to_vec(), b"\xff\xfe".to_vec()] {
        let request = stranger.webhook(&http_client(), &app, body);
        assert_eq!(Answer::read(app.clone(), request).await.status, 401);
    }
    // Nor does it keep anybody from being served, whatever it names.
    let ids: Vec<String> = (0..100_000).map(|id| format!(r#"{{"id":{id},"changes":[0]}}"#)).collect();
    let request =
        stranger.webhook(&http_client(), &app, format!(r#"{{"entry":[{}]}}"#, ids.join(",")).into_bytes());
    assert_eq!(Answer::read(app.clone(), request).await.status, 401);
    // One request counts once, however often it names the number.
    let mut twice: Value = serde_json::from_slice(&body).unwrap();
    let entry = twice["entry"][0].clone();
    twice["entry"].as_array_mut().unwrap().push(entry);
    let request = stranger.webhook(&http_client(), &app, twice.to_string().into_bytes());
    assert_eq!(Answer::read(app.clone(), request).await.status, 401);
    assert!(receiver.api.all("/api/v1/webhooks/journal").await.is_empty());
    let id = receiver.number["id"].as_str().unwrap();
    let number = receiver.api.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.ok();
    assert_eq!((&number["rejected"], &number["app_rejected"]), (&json!(4), &json!(5)));
    assert_eq!(receiver.post("/webhooks/whatsapp/999", body).await.status, 404);
    // It is written now and then, and when the program stops.
    assert!(receiver.program.terminate().success());
    let program = receiver.program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    let number = api.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.ok();
    assert_eq!((&number["rejected"], &number["app_rejected"]), (&json!(4), &json!(5)));
}

/// Who announces megabytes and sends one byte takes nobody's place.
#[tokio::test]
async fn bodies_that_do_not_come_hold_up_no_webhook() {
    use tokio::io::AsyncWriteExt as _;
    let receiver = Receiver::new().await;
    let address = receiver.program.url.trim_start_matches("http://").to_owned();
    let mut silent = Vec::new();
    for _ in 0..100 {
        let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /webhooks/whatsapp HTTP/1.1\r\nHost: {address}\r\nX-Hub-Signature-256: sha256={}\r\nContent-Length: 4194304\r\n\r\n{{",
            "0".repeat(64)
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        silent.push(socket);
    }
    let posted = receiver.post("/webhooks/whatsapp", b"{}".to_vec());
    // A body that is not there may take twenty seconds.
    let answered = tokio::time::timeout(std::time::Duration::from_secs(10), posted).await;
    assert_eq!(answered.expect("it is answered while they are silent").status, 200);
    drop(silent);
    receiver.program.stop();
}

#[tokio::test]
async fn what_was_signed_is_kept_even_if_it_cannot_be_read() {
    let receiver = Receiver::new().await;
    for body in [&b"{\"entry\": [tru"[..], b"[]", b"\xff\xfe", b"{}"] {
        assert_eq!(receiver.post("/webhooks/whatsapp", body.to_vec()).await.status, 200);
    }
    let journal = receiver.journal(4).await;
    assert!(journal.iter().all(|row| row["outcome"] == "unreadable"), "{journal:#?}");
    assert!(journal.iter().all(|row| row["detail"].is_string()));
    // 4 MB pass, more do not.
    let most = format!("{{\"entry\":[],\"pad\":\"{}\"}}", "x".repeat(4 * 1024 * 1024 - 30));
    assert_eq!(receiver.post("/webhooks/whatsapp", most.into_bytes()).await.status, 200);
    let more = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_eq!(receiver.post("/webhooks/whatsapp", more).await.status, 413);
}

#[tokio::test]
async fn a_frame_without_news_says_that_it_held_nothing() {
    let receiver = Receiver::new().await;
    let account = r#"{"object":"whatsapp_business_account","entry":"#;
    let bodies = [
        "[]".to_owned(),
        format!(r#"[{{"id":"{WABA}"}}]"#),
        format!(r#"[{{"id":"{WABA}","changes":[]}},{{}}]"#),
    ];
    for entries in &bodies {
        let body = format!("{account}{entries}}}").into_bytes();
        assert_eq!(receiver.post("/webhooks/whatsapp", body).await.status, 200);
    }
    let journal = receiver.journal(bodies.len()).await;
    assert_eq!(journal.len(), bodies.len());
    for row in &journal {
        assert_eq!((&row["outcome"], &row["reason"]), (&json!("unknown"), &json!("empty")), "{row}");
        assert!(row["detail"].as_str().unwrap().starts_with("it holds no news"), "{row}");
    }
    receiver.program.stop();
}

#[tokio::test]
async fn a_duplicate_is_known_and_a_replay_doubles_nothing() {
    let receiver = Receiver::new().await;
    let text = corpus().into_iter().find(|(_, _, kinds)| *kinds == ["message.text"]).unwrap();
    let body = ours(&text.0, &text.1, &mut Vec::new());
    for _ in 0..2 {
        assert_eq!(receiver.post("/webhooks/whatsapp", body.clone().into_bytes()).await.status, 200);
    }
    let journal = receiver.journal(2).await;
    let outcomes: Vec<_> = journal.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["duplicate", "processed"], "the newest first");
    let said = |messages: &[Value]| messages.iter().filter(|message| message["direction"] == "in").count();
    assert_eq!(said(&receiver.messages().await), 1);
    let id = journal[1]["id"].as_u64().unwrap();
    let replayed = receiver.api.post(&format!("/api/v1/webhooks/journal/{id}/replay"), json!({})).await.ok();
    // It came once and was processed: that it brings nothing new now is no reason to say otherwise.
    assert_eq!((replayed["outcome"].as_str(), replayed["replays"].as_u64()), (Some("processed"), Some(1)));
    assert_eq!(replayed["processed_at"], journal[1]["processed_at"]);
    assert!(journal[1]["replayed_at"].is_null() && replayed["replayed_at"].is_string(), "{replayed}");
    let processed = receiver.api.all("/api/v1/webhooks/journal?outcome=processed").await;
    assert_eq!(processed.len(), 1);
    assert_eq!(replayed["body"].as_str(), Some(body.as_str()));
    assert_eq!(said(&receiver.messages().await), 1);
}

#[tokio::test]
async fn the_handshake_proves_the_callback() {
    let receiver = Receiver::new().await;
    let token = receiver.number["verify_token"].as_str().unwrap();
    let shake = |path: &str, token: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        let request = http_client().get(format!("{}?{query}", receiver.program.address(path)));
        Answer::read(path.to_owned(), request)
    };
    for path in ["/webhooks/whatsapp", "/webhooks/whatsapp/100200300400500"] {
        let answer = shake(path, token).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "1158201444"));
        assert_eq!(shake(path, "wrong").await.status, 403);
        let query = format!("hub.mode=subscribe&hub.verify_token={token}");
        let request = http_client().get(format!("{}?{query}", receiver.program.address(path)));
        let problem = Answer::read(path.to_owned(), request).await.problem(400, "invalid");
        assert_eq!(problem["errors"], json!([{"pointer": "hub.challenge", "detail": "is required"}]));
    }
    let id = receiver.number["id"].as_str().unwrap();
    let number = receiver.api.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.ok();
    assert!(number["verified_at"].is_string());
}
