//! Much at once: a thousand messages in one POST, bodies at the limit, several pictures together.

use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::graph::GraphApi;
use crate::support::line::{ACCOUNT, APP_SECRET, Line, NUMBER};
use crate::support::{http_client, until};

const TOM: &str = "447700900123";

async fn post(line: &Line, body: Vec<u8>) -> u16 {
    let address = line.program.address(&format!("/webhooks/whatsapp/{NUMBER}"));
    let request = GraphApi::new(APP_SECRET).webhook(&http_client(), &address, body);
    Answer::read("webhook".to_owned(), request).await.status.as_u16()
}

fn body(messages: &[Value], pad: usize) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100200", "phone_number_id": NUMBER},
        "messages": messages,
    });
    json!({"pad": "x".repeat(pad), "entry": [{"id": ACCOUNT, "changes": [{"field": "messages", "value": value}]}]})
        .to_string()
        .into_bytes()
}

fn text(at: usize) -> Value {
    json!({
        "id": format!("wamid.batch.{at}"), "from": format!("4477009{:05}", at % 100),
        "timestamp": (1_790_000_000 + at).to_string(), "type": "text", "text": {"body": format!("n{at}")},
    })
}

#[tokio::test]
async fn a_thousand_messages_in_one_post_are_all_there_once() {
    let line = Line::new().await;
    let messages: Vec<_> = (0..1000).map(text).collect();
    assert_eq!(post(&line, body(&messages, 0)).await, 200);
    // And once more, as Meta does when it is not sure.
    assert_eq!(post(&line, body(&messages, 0)).await, 200);
    let journal = until("both to be processed", || async {
        let rows = line.api.all("/api/v1/webhooks/journal").await;
        (rows.len() == 2 && rows.iter().all(|row| row["outcome"] != "pending")).then_some(rows)
    })
    .await;
    let outcomes: Vec<_> = journal.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["duplicate", "processed"]);
    let threads = line.api.all("/api/v1/conversations?view=all").await;
    assert_eq!(threads.len(), 100);
    let mut found = Vec::new();
    for thread in &threads {
        let mut said = line.messages(thread).await;
        said.retain(|message| message["direction"] == "in");
        said.reverse();
        // In the order in which they were said.
        assert!(said.is_sorted_by_key(|message| message["at"].as_str().unwrap().to_owned()));
        found.extend(said.iter().map(|message| message["content"]["body"].as_str().unwrap().to_owned()));
    }
    found.sort_unstable();
    let mut expected: Vec<_> = (0..1000).map(|at| format!("n{at}")).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    line.program.stop();
}

#[tokio::test]
async fn a_body_of_four_megabytes_passes_and_a_byte_more_does_not() {
    const MOST: usize = 4 * 1024 * 1024;
    let line = Line::new().await;
    let small = body(&[text(1)], 0).len();
    let most = body(&[text(1)], MOST - small);
    assert_eq!(most.len(), MOST);
    let more = body(&[text(2)], MOST + 1 - small);
    assert_eq!(more.len(), MOST + 1);
    assert_eq!(post(&line, most).await, 200);
    assert_eq!(post(&line, more).await, 413);
    until("the message in it", || async {
        let threads = line.api.all("/api/v1/conversations?view=all").await;
        (threads.len() == 1).then_some(())
    })
    .await;
    assert_eq!(line.api.all("/api/v1/webhooks/journal").await.len(), 1);
    line.program.stop();
}

#[tokio::test]
async fn several_pictures_in_one_webhook_all_come() {
    let line = Line::new().await;
    line.customer(TOM, "Tom").await;
    line.rules(json!({"hold_webhooks": true, "batch": 10})).await;
    let names = line.simulator.controls.get("/samples").await.ok();
    let photos: Vec<_> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let photo = photos.iter().find(|name| name.starts_with("coffee")).expect("a photo");
    for at in 0..3 {
        let file = line.order(reqwest::Method::POST, &format!("/samples/{photo}"), json!({})).await;
        let content = json!({
            "type": "media", "kind": "image", "state": "stored", "provider_id": file["id"], "mime": file["mime"],
            "caption": format!("picture {at}"),
        });
        line.says(TOM, content).await;
    }
    line.rules(json!({"hold_webhooks": false})).await;
    let thread = line.thread("Tom").await;
    let pictures = until("three stored pictures", || async {
        let mut messages = line.messages(&thread).await;
        messages.retain(|message| message["content"]["state"] == "stored");
        (messages.len() == 3).then_some(messages)
    })
    .await;
    let captions: Vec<_> =
        pictures.iter().rev().map(|message| message["content"]["caption"].as_str().unwrap()).collect();
    assert_eq!(captions, ["picture 0", "picture 1", "picture 2"]);
    let journal = line.api.all("/api/v1/webhooks/journal").await;
    assert_eq!(journal.len(), 1, "they came together");
    line.program.stop();
}
