//! The main path: a message comes in, the bot answers, a person takes over, the answer shows on the phone.

use serde_json::{Value, json};

use crate::support::until;
use crate::support::world::World;

const TOM: &str = "447700900123";

fn last_with(messages: &[Value], kind: &str) -> Option<Value> {
    messages.iter().rev().find(|message| message["content"]["type"] == kind).cloned()
}

#[tokio::test]
async fn a_customer_talks_with_the_bot_and_then_with_a_person() {
    let world = World::new().await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Hello").await;

    // The bot that a new business begins with asks, with buttons.
    let question = world.phone(TOM, "the bot's question", |chat| last_with(chat, "buttons")).await;
    let choice = question["content"]["buttons"][0].clone();
    world.taps(TOM, &question, "button", &choice).await;
    world
        .phone(TOM, "the bot's next question", |chat| {
            let out = chat.iter().filter(|message| message["direction"] == "out").count();
            (out >= 2 && chat.last().is_some_and(|last| last["direction"] == "out")).then_some(())
        })
        .await;
    let thread = world.thread("Tom").await;
    assert_eq!(thread["handler"], "bot");
    let messages = world.messages(&thread).await;
    assert!(messages.iter().any(|message| message["content"]["type"] == "reply"), "the tap is in the thread");

    // A person takes over; the bot is silent from then on.
    let id = thread["id"].as_str().unwrap();
    let taken = world.api.post(&format!("/api/v1/conversations/{id}/take-over"), json!({})).await.ok();
    assert_eq!(taken["handler"], "person");
    assert_eq!(taken["assignee"]["name"], "Anna");
    assert_eq!(taken["last"]["author"]["kind"], "bot", "what the bot said last stays the bot's");
    let sent = world
        .api
        .post(
            &format!("/api/v1/conversations/{id}/messages"),
            json!({ "content": { "type": "text", "body": "This is Anna. How can I help?" } }),
        )
        .await
        .expect(201);
    assert_eq!(sent["status"], "queued");
    world
        .phone(TOM, "Anna's answer on the phone", |chat| {
            chat.iter()
                .any(|message| message["content"]["body"] == "This is Anna. How can I help?")
                .then_some(())
        })
        .await;
    until("two ticks", || async {
        let messages = world.messages(&thread).await;
        let sent = messages.into_iter().find(|message| message["id"] == sent["id"])?;
        ["delivered", "read"].contains(&sent["status"].as_str()?).then_some(())
    })
    .await;
    world.writes(TOM, "menu").await;
    let waiting = until("the waiting customer", || async {
        let thread = world.api.get(&format!("/api/v1/conversations/{id}")).await.ok();
        thread["waiting_since"].is_string().then_some(thread)
    })
    .await;
    assert_eq!(waiting["handler"], "person");

    // Given back, the bot asks again what it was asking.
    world.api.post(&format!("/api/v1/conversations/{id}/give-back"), json!({})).await.ok();
    world
        .phone(TOM, "the bot once more", |chat| {
            let last = chat.last()?;
            (last["direction"] == "out" && last["content"]["body"] != "This is Anna. How can I help?")
                .then_some(())
        })
        .await;
    world.program.stop();
}

#[tokio::test]
async fn files_go_both_ways() {
    let world = World::new().await;
    world.customer(TOM, "Tom").await;
    let bytes = vec![0x89, 0x50, 0x4E, 0x47, 1, 2, 3];
    let upload = world
        .api
        .request(reqwest::Method::POST, "/api/v1/media?filename=plan.png")
        .header("Content-Type", "image/png")
        .body(bytes.clone());
    let media = crate::support::api::Answer::read("upload".to_owned(), upload).await.expect(201);
    assert_eq!(media["kind"], "image");
    world.writes(TOM, "Hello").await;
    let thread = world.thread("Tom").await;
    let id = thread["id"].as_str().unwrap();
    let mut content = media.clone();
    content["type"] = json!("media");
    content["caption"] = json!("The plan");
    world
        .api
        .post(&format!("/api/v1/conversations/{id}/messages"), json!({ "content": content }))
        .await
        .expect(201);
    let shown = world.phone(TOM, "the picture on the phone", |chat| last_with(chat, "media")).await;
    assert_eq!(shown["content"]["caption"], "The plan");

    // And one from the customer, out of the simulator's samples.
    let samples = world.api.all("/api/v1/simulator/samples").await;
    let mut names = samples.iter().map(|sample| sample["name"].as_str().unwrap().to_owned());
    let photo = names.find(|name| name.starts_with("coffee")).expect("a photo");
    let take = format!("/api/v1/simulator/numbers/{}/samples/{photo}", world.phone_number_id());
    let file = world.api.post(&take, json!({})).await.expect(201);
    let content = json!({
        "type": "media", "kind": "image", "state": "stored",
        "provider_id": file["id"], "mime": file["mime"], "caption": "Look",
    });
    world.says(TOM, content).await;
    let fetched = until("the fetched photo", || async {
        let messages = world.messages(&thread).await;
        messages
            .into_iter()
            .find(|message| message["direction"] == "in" && message["content"]["state"] == "stored")
    })
    .await;
    let sha256 = fetched["content"]["sha256"].as_str().unwrap();
    let download = world.api.get(&format!("/api/v1/media/{sha256}")).await;
    assert_eq!(download.status, 200);
    assert_eq!(download.body.len() as u64, fetched["content"]["size"].as_u64().unwrap());
}
