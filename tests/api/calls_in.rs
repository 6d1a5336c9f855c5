//! The address that a run waits at for another service: it is of this run alone, and of several calls one counts.

use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, publish, says};
use crate::support::line::Line;

#[tokio::test]
async fn a_run_waits_for_a_call_of_its_own_address_through_a_kill() {
    let line = Line::new().await;
    let blocks = json!([
        says("address", "{{callback}}"),
        {"id": "wait", "kind": "wait_call", "save": [{"variable": "sum", "path": "sum"}]},
        says("paid", "Paid: {{sum}}."),
    ]);
    publish(&line, &flow("pays", &blocks, None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let path = own_address(&line).await;
    let line = line.killed().await;
    // Whoever only looks at the address does not call it.
    let looked = line.api.send(reqwest::Method::HEAD, &path, None, &[]).await;
    assert_eq!((looked.status.as_u16(), looked.header("allow")), (405, Some("GET, POST")));
    let mut other = path.clone();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    line.api.post(&other, json!({"sum": 1})).await.problem(404, "not-found");
    // What calls itself JSON and is none says nothing, and uses up no call.
    let garbage = line.api.request(reqwest::Method::POST, &path).header("content-type", "application/json");
    let refused = garbage.body("not json").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 400);
    let told = refused.json::<Value>().await.unwrap();
    assert!(told["detail"].as_str().unwrap().contains("not JSON"), "{told}");
    assert_eq!(line.api.post(&path, json!({"sum": 120})).await.status, 204);
    hears(&line, "Paid: 120.").await;
    line.api.post(&path, json!({"sum": 1})).await.problem(409, "conflict");
    // The next run has an address of its own: what comes late to the first one's pays nothing of it.
    line.writes(TOM, "go").await;
    let next = own_address(&line).await;
    line.api.post(&path, json!({"sum": 1})).await.problem(409, "conflict");
    line.api.get(&format!("{next}/")).await.problem(404, "not-found");
    assert_eq!(line.api.post(&next, json!({"sum": 7})).await.status, 204);
    hears(&line, "Paid: 7.").await;
    line.program.stop();
}

/// The address that the bot has just said.
async fn own_address(line: &Line) -> String {
    line.phone(TOM, "the address", |chat| {
        let text = chat.last()?["content"]["body"].as_str()?;
        Some(text[text.find("/hooks/")?..].to_owned())
    })
    .await
}
