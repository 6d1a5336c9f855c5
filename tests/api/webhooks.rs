//! Webhooks as Meta sends them: every body known from the wild, signatures, the handshake, duplicates, replay.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::graph::{GraphApi, escaped};
use crate::support::program::{Launch, Program};
use crate::support::world::set_up;
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

/// The same body, for our number and with message ids of its own, so that nothing is a duplicate.
fn ours(body: &str, mark: usize) -> String {
    fn walk(value: &mut Value, mark: usize) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    if name == "phone_number_id" {
                        *field = json!(NUMBER);
                    } else if name == "id" && field.as_str().is_some_and(|id| id.starts_with("wamid")) {
                        *field = json!(format!("{}-{mark}", field.as_str().unwrap()));
                    } else {
                        walk(field, mark);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, mark)),
            _ => {}
        }
    }
    let mut json: Value = serde_json::from_str(body).unwrap();
    walk(&mut json, mark);
    json.to_string()
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

    // For our own number each kind of message can be read in the thread.
    for (mark, (file, body, _)) in corpus.iter().enumerate() {
        let answer = receiver.post("/webhooks/whatsapp", ours(body, mark).into_bytes()).await;
        assert_eq!(answer.status, 200, "{file}");
    }
    receiver.journal(sent + corpus.len()).await;
    let messages = receiver.messages().await;
    let types: BTreeSet<&str> =
        messages.iter().filter_map(|message| message["content"]["type"].as_str()).collect();
    for kind in ["text", "media", "location", "contacts", "reply", "order", "system", "other"] {
        assert!(types.contains(kind), "no {kind} among {types:?}");
    }
    let files: BTreeSet<&str> =
        messages.iter().filter_map(|message| message["content"]["kind"].as_str()).collect();
    for kind in ["image", "video", "audio", "document", "sticker"] {
        assert!(files.contains(kind), "no {kind} among {files:?}");
    }
}

#[tokio::test]
async fn a_bad_signature_leaves_nothing_but_a_count() {
    let receiver = Receiver::new().await;
    let body = ours(&corpus()[0].1, 0).into_bytes();
    let stranger = GraphApi::new("another secret");
    for path in ["/webhooks/whatsapp", "/webhooks/whatsapp/100200300400500"] {
        let request = stranger.webhook(&http_client(), &receiver.program.address(path), body.clone());
        assert_eq!(Answer::read(path.to_owned(), request).await.status, 401);
        let unsigned = http_client().post(receiver.program.address(path)).body(body.clone());
        assert_eq!(Answer::read(path.to_owned(), unsigned).await.status, 401);
    }
    assert!(receiver.api.all("/api/v1/webhooks/journal").await.is_empty());
    let id = receiver.number["id"].as_str().unwrap();
    let number = receiver.api.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.ok();
    assert_eq!(number["rejected"], 4);
    assert_eq!(receiver.post("/webhooks/whatsapp/999", body).await.status, 404);
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
async fn a_duplicate_is_known_and_a_replay_doubles_nothing() {
    let receiver = Receiver::new().await;
    let text = corpus().into_iter().find(|(_, _, kinds)| *kinds == ["message.text"]).unwrap();
    let body = ours(&text.1, 1);
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
    assert_eq!((replayed["outcome"].as_str(), replayed["replays"].as_u64()), (Some("duplicate"), Some(1)));
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
    }
    let id = receiver.number["id"].as_str().unwrap();
    let number = receiver.api.get(&format!("/api/v1/whatsapp/numbers/{id}")).await.ok();
    assert!(number["verified_at"].is_string());
}
