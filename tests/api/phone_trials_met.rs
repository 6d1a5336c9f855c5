//! A trial that meets something: a person who talks, another bot, another trial, a bot that is gone, a restart.

use serde_json::{Value, json};

use super::flows::publish;
use super::members::joined;
use super::phone_trials::{Shop, TOM, UNA, flow};
use crate::support::until;

const VERA: &str = "447700900125";

/// Another bot that "other" starts, and that asks something.
fn other() -> Value {
    json!({
        "schema": 1, "id": "other", "name": "Other", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "keywords": [{"match": "is", "text": "other"}]}],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "ask", "kind": "question", "text": "Other. What?", "answer": "text", "variable": "what"},
            {"id": "end", "kind": "end", "text": "Other. Done."},
        ]}],
        "edges": [],
    })
}

#[tokio::test]
async fn a_person_who_talks_is_not_interrupted_and_whoever_tries_is_told() {
    let shop = Shop::new().await;
    shop.says(TOM, "hello", "Old. Who are you?").await;
    let thread = shop.line.thread("Tom").await;
    let at = |what: &str| format!("/api/v1/conversations/{}/{what}", thread["id"].as_str().unwrap());
    shop.line.api.post(&at("take-over"), json!({})).await.ok();
    let trial = shop.trial(json!({})).await;
    let word = trial["word"].as_str().unwrap().to_owned();
    assert!(trial["held_up_in"].is_null(), "{trial}");
    shop.line.writes(TOM, &word).await;
    until("the trial says where it is held up", || async {
        let now = shop.now(&trial).await;
        (now["held_up_in"] == thread["id"] && now["state"] == "waiting").then_some(())
    })
    .await;
    let heard = shop.line.read_out(TOM).await;
    assert_eq!(heard, ["Old. Who are you?"], "no bot speaks into it");
    shop.line.api.post(&at("give-back"), json!({})).await.ok();
    shop.says(TOM, &word, "New. Who are you?").await;
    let now = shop.now(&trial).await;
    assert_eq!((&now["state"], &now["held_up_in"]), (&json!("running"), &Value::Null), "{now}");
    // Taken over in the middle, it waits; given back, it goes on.
    shop.line.api.post(&at("take-over"), json!({})).await.ok();
    shop.line.api.post(&at("give-back"), json!({})).await.ok();
    shop.says(TOM, "Tom", "New. Bye, Tom.").await;
    shop.becomes(&trial, "ended").await;
    shop.line.program.stop();
}

#[tokio::test]
async fn a_trial_takes_the_place_of_another_bots_conversation_and_is_counted_nowhere() {
    let shop = Shop::new().await;
    let second = publish(&shop.line, &other()).await;
    shop.says(TOM, "other", "Other. What?").await;
    let trial = shop.trial(json!({})).await;
    shop.says(TOM, trial["word"].as_str().unwrap(), "New. Who are you?").await;
    // What the other bot begins by is said to the draft while it asks.
    shop.says(TOM, "other", "New. Bye, other.").await;
    shop.becomes(&trial, "ended").await;
    let runs = shop.line.api.all(&format!("/api/v1/bots/{second}/runs")).await;
    assert_eq!(runs.len(), 1, "{runs:#?}");
    let bots = shop.line.api.all("/api/v1/bots").await;
    assert!(bots.iter().all(|bot| bot["running"] == 0), "{bots:#?}");
    for bot in [&shop.bot, &second] {
        let stats = shop.line.api.get(&format!("/api/v1/bots/{bot}/stats")).await.ok();
        assert_eq!(stats["started"], i32::from(*bot == second), "{stats}");
    }
    shop.line.program.stop();
}

#[tokio::test]
async fn one_phone_tries_one_draft_after_another() {
    let shop = Shop::new().await;
    let second = publish(&shop.line, &other()).await;
    let at = format!("/api/v1/bots/{second}/phone-trials");
    let (first, next) = (shop.trial(json!({})).await, shop.line.api.post(&at, json!({})).await.ok());
    shop.says(TOM, first["word"].as_str().unwrap(), "New. Who are you?").await;
    shop.says(TOM, next["word"].as_str().unwrap(), "Other. What?").await;
    shop.becomes(&first, "ended").await;
    assert_eq!(shop.line.api.all(&at).await[0]["state"], "running");
    shop.says(TOM, "that", "Other. Done.").await;
    let ended = shop.line.api.all(&at).await;
    assert_eq!(ended[0]["state"], "ended");
    shop.line.program.stop();
}

#[tokio::test]
async fn two_people_try_at_once_and_neither_stops_the_other() {
    let shop = Shop::new().await;
    let boris = joined(&shop.line.program, &shop.line.api, "boris@example.com", "admin").await;
    let mine = shop.trial(json!({ "phone": format!("+{TOM}") })).await;
    let draft = json!({ "flow": flow("Newer."), "revision": 2 });
    boris.put(&format!("/api/v1/bots/{}/draft", shop.bot), draft).await.ok();
    let his = boris.post(&shop.at(""), json!({ "phone": format!("+{UNA}"), "revision": 3 })).await.ok();
    assert_eq!(boris.all(&shop.at("")).await.len(), 2, "each sees both");
    // Another's word opens nothing from one's own phone.
    shop.says(TOM, his["word"].as_str().unwrap(), "Old. Who are you?").await;
    shop.says(TOM, mine["word"].as_str().unwrap(), "New. Who are you?").await;
    shop.says(UNA, his["word"].as_str().unwrap(), "Newer. Who are you?").await;
    // A new trial of his ends his earlier one and not mine.
    boris.post(&shop.at(""), json!({})).await.ok();
    shop.says(UNA, "hello?", "Old. Who are you?").await;
    assert_eq!(shop.now(&mine).await["state"], "running");
    shop.says(TOM, "Tom", "New. Bye, Tom.").await;
    shop.line.program.stop();
}

#[tokio::test]
async fn a_bot_that_is_gone_is_tried_no_more() {
    let shop = Shop::new().await;
    let boris = joined(&shop.line.program, &shop.line.api, "boris@example.com", "admin").await;
    let running = shop.trial(json!({})).await;
    let waiting = boris.post(&shop.at(""), json!({})).await.ok();
    shop.says(TOM, running["word"].as_str().unwrap(), "New. Who are you?").await;
    publish(&shop.line, &other()).await;
    shop.line.api.delete(&format!("/api/v1/bots/{}", shop.bot)).await.expect(204);
    shop.line.api.get(&shop.at("")).await.problem(404, "not-found");
    let end = shop.at(&format!("/{}/stop", running["id"]));
    shop.line.api.post(&end, json!({})).await.problem(404, "not-found");
    // Its words are words like any other, and whoever was in the middle waits for a person.
    for words in [waiting["word"].as_str().unwrap(), running["word"].as_str().unwrap(), "Tom"] {
        shop.line.writes(TOM, words).await;
        shop.line.writes(UNA, words).await;
    }
    shop.line.customer(VERA, "Vera").await;
    shop.says(VERA, "other", "Other. What?").await;
    assert!(shop.line.read_out(UNA).await.is_empty());
    assert_eq!(shop.line.read_out(TOM).await, ["New. Who are you?"]);
    shop.line.program.stop();
}

#[tokio::test]
async fn a_word_that_nobody_has_sent_yet_outlives_a_kill() {
    let shop = Shop::new().await;
    let trial = shop.trial(json!({})).await;
    let shop = shop.killed().await;
    shop.says(TOM, trial["word"].as_str().unwrap(), "New. Who are you?").await;
    // Stopped after another kill it is over for good.
    let shop = shop.killed().await;
    let end = shop.at(&format!("/{}/stop", trial["id"]));
    assert_eq!(shop.line.api.post(&end, json!({})).await.ok()["state"], "ended");
    shop.says(TOM, "hello?", "Old. Who are you?").await;
    shop.line.program.stop();
}

#[tokio::test]
async fn nobody_elses_bot_or_number_is_tried() {
    let shop = Shop::new().await;
    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = shop.line.api.post("/api/v1/businesses", business).await.expect(201);
    let there = shop.line.api.clone().in_business(second["id"].as_str().unwrap());
    there.post(&shop.at(""), json!({})).await.problem(404, "not-found");
    there.get(&shop.at("")).await.problem(404, "not-found");
    let trial = shop.trial(json!({})).await;
    there.post(&shop.at(&format!("/{}/stop", trial["id"])), json!({})).await.problem(404, "not-found");
    assert_eq!(shop.now(&trial).await["state"], "waiting");
    // A number of the first business is none of the second's, and without one nothing can be tried.
    let bot = there.post("/api/v1/bots", json!({ "flow": flow("There.") })).await.expect(201);
    let at = format!("/api/v1/bots/{}/phone-trials", bot["id"].as_str().unwrap());
    for new in [json!({ "number_id": shop.line.number["id"] }), json!({})] {
        let refused = there.post(&at, new).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/number_id", "{refused}");
    }
    for role in ["viewer", "operator"] {
        let email = format!("{role}@example.com");
        let one = joined(&shop.line.program, &shop.line.api, &email, role).await;
        one.post(&shop.at(""), json!({})).await.problem(403, "forbidden");
        one.post(&shop.at(&format!("/{}/stop", trial["id"])), json!({})).await.problem(403, "forbidden");
    }
    shop.line.program.stop();
}

#[tokio::test]
async fn what_is_said_when_the_window_is_closed_is_told_with_the_trial_and_tried_once() {
    let shop = Shop::new().await;
    let trial = shop.trial(json!({})).await;
    shop.says(TOM, trial["word"].as_str().unwrap(), "New. Who are you?").await;
    assert!(shop.now(&trial).await.get("failure").is_none(), "it arrived");
    // A second try would be taken.
    shop.line.fault(json!({"kind": "error", "code": 131_047, "times": 1})).await;
    shop.line.writes(TOM, "Tom").await;
    let failure =
        until("the trial says why", || async { shop.now(&trial).await.get("failure").cloned() }).await;
    assert_eq!((&failure["reason"], &failure["code"]), (&json!("window_closed"), &json!(131_047)));
    let thread = shop.line.thread("Tom").await;
    // Others are sent to meanwhile; nothing is left to be sent to Tom.
    shop.says(UNA, "hello", "Old. Who are you?").await;
    let messages = shop.line.messages(&thread).await;
    let failed: Vec<_> = messages.iter().filter(|message| message["status"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["content"]["body"], "New. Bye, Tom.");
    assert_eq!(shop.line.read_out(TOM).await, ["New. Who are you?"]);
    // The run came to its end, and the reason stays with the trial.
    let now = shop.now(&trial).await;
    assert_eq!((&now["state"], &now["failure"]["reason"]), (&json!("ended"), &json!("window_closed")));
    shop.line.program.stop();
}
