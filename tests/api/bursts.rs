//! Customers who write several messages in a row, and bots that take their time.

use reqwest::Method;
use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, publish, says};
use crate::support::line::{Line, NUMBER};
use crate::support::until;

#[tokio::test]
async fn messages_in_quick_succession_are_answered_together() {
    let line = Line::new().await;
    let mut flow = flow(
        "slow",
        &json!([{"id": "ask", "kind": "question", "text": "What happened? ({{message}})", "answer": "text", "variable": "what"}, says("heard", "You said: {{what}}")]),
        Some("ask"),
    );
    flow["settings"] = json!({"pause": 1});
    publish(&line, &flow).await;
    line.customer(TOM, "Tom").await;
    // The burst that begins a conversation too: what follows is no answer to a question that nobody has read.
    line.writes(TOM, "go").await;
    line.writes(TOM, "it is urgent").await;
    hears(&line, "What happened? (go\nit is urgent)").await;
    line.writes(TOM, "The pipe").await;
    line.writes(TOM, "is broken").await;
    hears(&line, "You said: The pipe\nis broken").await;
    assert_eq!(line.read_out(TOM).await.len(), 2, "one question, one answer");
    line.program.stop();
}

#[tokio::test]
async fn of_messages_that_begin_a_talk_the_strongest_match_decides_and_all_are_told() {
    let line = Line::new().await;
    let bot = |id: &str, trigger: Value, text: &str| {
        let mut flow = flow(id, &json!([says("hello", text)]), None);
        flow["triggers"] = json!([trigger]);
        flow["settings"] = json!({"pause": 1});
        flow
    };
    let told = "{{message}} | {{files[0].kind}} | {{location.name}}";
    let any = publish(&line, &bot("any", json!({"id": "t", "kind": "any_message"}), told)).await;
    let order = json!({"id": "t", "kind": "keyword", "keywords": [{"match": "contains", "text": "order"}]});
    let orders = publish(&line, &bot("orders", order, &format!("Orders: {told}"))).await;
    line.customer(TOM, "Tom").await;
    let place = json!({"type": "location", "latitude": 51.5, "longitude": -0.1, "name": "The shop"});
    line.writes(TOM, "Hello").await;
    line.says(TOM, place.clone()).await;
    hears(&line, "Hello |  | The shop").await;
    // Whoever greets first and says then what it is about is not answered by the bot for anything.
    let file = line.order(Method::POST, "/samples/coffee.jpg", json!({})).await;
    let photo = json!({"type": "media", "kind": "image", "state": "stored", "provider_id": file["id"], "caption": "Look"});
    line.writes(TOM, "Hello").await;
    line.says(TOM, photo).await;
    line.writes(TOM, "where is my order?").await;
    hears(&line, "Orders: Hello\nLook\nwhere is my order? | image |").await;
    assert_eq!(line.read_out(TOM).await.len(), 2);
    // The one that would have begun has not: no run of it, and no word of it in the thread.
    let runs = async |bot: &str| line.api.all(&format!("/api/v1/bots/{bot}/runs")).await.len();
    assert_eq!((runs(&any).await, runs(&orders).await), (1, 1));
    let thread = line.thread("Tom").await;
    let begun = line.messages(&thread).await;
    let begun = begun.iter().filter(|message| message["content"]["event"] == "bot_started");
    let names: Vec<_> = begun.map(|event| event["author"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["orders", "any"], "the newest first");
    // It plays again as it went.
    let scripts = line.api.get(&format!("/api/v1/bots/{orders}/scripts")).await.ok();
    let script = &scripts["items"][0]["script"];
    assert_eq!(script["start"]["message"]["text"], "Hello", "{scripts}");
    assert_eq!(script["heard"].as_array().unwrap().len(), 2, "{scripts}");
    line.program.stop();
}

#[tokio::test]
async fn a_bot_is_seen_typing_and_what_is_said_meanwhile_is_its_answer() {
    let line = Line::new().await;
    let blocks = json!([
        says("hello", "Hello"),
        {"id": "ask", "kind": "question", "text": "And what is your name?", "answer": "text", "variable": "name"},
        says("done", "Thanks {{name}}"),
    ]);
    let mut flow = flow("types", &blocks, None);
    // Five words at twenty a minute, and no more than two seconds of it.
    flow["settings"] = json!({"typing": {"speed": 20, "most": 2}});
    publish(&line, &flow).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let chat = async || line.simulator.controls.get(&format!("/numbers/{NUMBER}/chats/{TOM}")).await.ok();
    until("typing is shown", || async { (chat().await["typing"] == true).then_some(()) }).await;
    assert_eq!(line.read_out(TOM).await, ["Hello"], "it has not asked yet");
    line.writes(TOM, "Una").await;
    hears(&line, "Thanks Una").await;
    assert_eq!(line.read_out(TOM).await, ["Hello", "And what is your name?", "Thanks Una"]);
    let at = |message: &Value| message["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let thread = line.thread("Tom").await;
    let messages = line.messages(&thread).await;
    let time = |words: &str| at(messages.iter().find(|one| one["content"]["body"] == words).unwrap());
    let took = time("And what is your name?").duration_since(time("Hello"));
    assert!(took.as_millis() >= 1_900, "{took:?}");
    line.program.stop();
}
