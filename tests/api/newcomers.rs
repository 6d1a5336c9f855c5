//! New customers: their first message is asked of the triggers that wait for them, beside those of messages.

use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, publish, says};
use crate::support::line::Line;

const ANN: &str = "447700900124";

/// A bot that begins by this trigger and says its name and what it was told.
fn bot(id: &str, trigger: Value) -> Value {
    let mut bot = flow(id, &json!([says("said", &format!("{id}: {{{{message}}}}"))]), None);
    bot["triggers"] = json!([trigger]);
    bot
}

fn word(priority: i32) -> Value {
    let keywords = json!([{"match": "is", "text": "go"}]);
    json!({"id": "go", "kind": "keyword", "priority": priority, "keywords": keywords})
}

#[tokio::test]
async fn a_first_message_is_answered_by_the_strongest_trigger_that_it_or_its_newcomer_fits() {
    let line = Line::new().await;
    let first = publish(&line, &bot("first", json!({"id": "first", "kind": "first_message"}))).await;
    let new = json!({"id": "new", "kind": "new_customer", "priority": 100});
    let new = publish(&line, &bot("new", new)).await;
    publish(&line, &bot("go", word(200))).await;
    publish(&line, &bot("tagged", json!({"id": "tag", "kind": "tag_added", "tag": "vip"}))).await;

    // The list of triggers and the trial say it.
    let listed = line.api.get("/api/v1/bots/triggers").await.ok();
    let ahead = |bot: &str| -> Vec<Value> {
        let items = listed["items"].as_array().unwrap();
        let one = items.iter().find(|one| one["bot"] == *bot).unwrap();
        one["ahead"].as_array().into_iter().flatten().map(|one| one["trigger"].clone()).collect()
    };
    assert_eq!(ahead(&first), [json!("go"), json!("new")], "{listed}");
    assert_eq!(ahead(&new), [json!("go")], "{listed}");
    let tried = async |text: &str, first: bool| {
        line.api.post("/api/v1/bots/try-message", json!({"text": text, "first": first})).await.ok()
    };
    let hello = tried("Hello", true).await;
    assert_eq!((&hello["winner"]["bot"], &hello["winner"]["ground"]), (&json!(new), &json!("first_message")));
    assert_eq!(
        (&hello["others"][0]["bot"], &hello["others"][0]["lost_by"]),
        (&json!(first), &json!("priority"))
    );
    assert_eq!(tried("go", true).await["winner"]["trigger"], "go");
    assert_eq!(tried("Hello", false).await, json!({}));

    line.customer(TOM, "Tom").await;
    line.writes(TOM, "Hello").await;
    hears(&line, "new: Hello").await;
    line.writes(TOM, "go").await;
    hears(&line, "go: go").await;
    assert_eq!(line.read_out(TOM).await, ["new: Hello", "go: go"]);

    // Where another trigger wins, the newcomer's does not begin after it. What is done with the tag comes after that.
    line.customer(ANN, "Ann").await;
    line.writes(ANN, "go").await;
    line.phone(ANN, "an answer", |chat| (chat.last()?["content"]["body"] == "go: go").then_some(())).await;
    let thread = line.thread("Ann").await;
    let ann = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    line.api.patch(&ann, json!({"tags": ["vip"]})).await.ok();
    line.phone(ANN, "the tag's bot", |chat| (chat.last()?["content"]["body"] == "tagged:").then_some(()))
        .await;
    assert_eq!(line.read_out(ANN).await, ["go: go", "tagged:"]);
    line.program.stop();
}
