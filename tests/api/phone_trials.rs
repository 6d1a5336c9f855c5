//! A draft on a real phone: by a one-time word, for one person, for as long as their conversation lasts.

use serde_json::{Value, json};

use crate::support::line::Line;
use crate::support::until;

pub const TOM: &str = "447700900123";
pub const UNA: &str = "447700900124";

pub fn flow(greeting: &str) -> Value {
    json!({
        "schema": 1, "id": "shop", "name": "Shop", "language": "en", "start": {"group": "main"},
        "triggers": [
            {"id": "any", "kind": "any_message"},
            {"id": "menu", "kind": "keyword", "anywhere": true, "keywords": [{"match": "is", "text": "menu"}]},
        ],
        "groups": [{"id": "main", "title": "Main", "blocks": [
            {"id": "who", "kind": "question", "text": format!("{greeting} Who are you?"), "answer": "text", "variable": "who"},
            {"id": "bye", "kind": "end", "text": format!("{greeting} Bye, {{{{who}}}}.")},
        ]}],
        "edges": [],
    })
}

pub struct Shop {
    pub line: Line,
    pub bot: String,
}

impl Shop {
    /// `Old.` is published, `New.` is the draft.
    pub async fn new() -> Self {
        let line = Line::new().await;
        let bot = line.api.post("/api/v1/bots", json!({ "flow": flow("Old.") })).await.expect(201);
        let bot = bot["id"].as_str().unwrap().to_owned();
        line.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
        let draft = json!({"flow": flow("New."), "revision": 1});
        line.api.put(&format!("/api/v1/bots/{bot}/draft"), draft).await.ok();
        line.customer(TOM, "Tom").await;
        line.customer(UNA, "Una").await;
        Self { line, bot }
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/api/v1/bots/{}/phone-trials{rest}", self.bot)
    }

    pub async fn trial(&self, new: Value) -> Value {
        self.line.api.post(&self.at(""), new).await.ok()
    }

    /// The trial as it is now.
    pub async fn now(&self, trial: &Value) -> Value {
        let all = self.line.api.all(&self.at("")).await;
        all.into_iter().find(|one| one["id"] == trial["id"]).expect("the trial is listed")
    }

    async fn state(&self, trial: &Value) -> Value {
        self.now(trial).await["state"].clone()
    }

    pub async fn killed(self) -> Self {
        Self { line: self.line.killed().await, bot: self.bot }
    }

    pub async fn becomes(&self, trial: &Value, state: &str) {
        until(&format!("the trial is {state}"), || async {
            (self.state(trial).await == state).then_some(())
        })
        .await;
    }

    pub async fn says(&self, who: &str, text: &str, answer: &str) {
        self.line.writes(who, text).await;
        self.line
            .phone(who, &format!("{answer:?} on the phone of {who}"), |chat| {
                (chat.last()?["content"]["body"] == answer).then_some(())
            })
            .await;
    }
}

#[tokio::test]
async fn whoever_sends_the_word_talks_to_the_draft_and_nobody_else_does() {
    let shop = Shop::new().await;
    let trial = shop.trial(json!({"revision": 2})).await;
    let word = trial["word"].as_str().unwrap().to_owned();
    assert_eq!((&trial["state"], &trial["number_phone"]), (&json!("waiting"), &json!("+15550100200")));
    assert_eq!(trial["link"], format!("https://wa.me/15550100200?text={word}"));
    // The draft goes on meanwhile; what is tried is what it was.
    let later = json!({"flow": flow("Newer."), "revision": 2});
    shop.line.api.put(&format!("/api/v1/bots/{}/draft", shop.bot), later).await.ok();

    shop.says(TOM, &format!(" {} ", word.to_uppercase()), "New. Who are you?").await;
    shop.becomes(&trial, "running").await;
    // The word was used: to anybody else it is a message like any other.
    shop.says(UNA, &word, "Old. Who are you?").await;
    // A command is the draft's own; it goes on to be tried.
    shop.says(TOM, "menu", "New. Who are you?").await;
    assert_eq!(shop.state(&trial).await, "running");
    shop.says(TOM, "Tom", "New. Bye, Tom.").await;
    shop.becomes(&trial, "ended").await;
    shop.says(TOM, &word, "Old. Who are you?").await;
    shop.says(UNA, "Una", "Old. Bye, Una.").await;

    // It is no result, and counted nowhere.
    let runs = shop.line.api.all(&format!("/api/v1/bots/{}/runs", shop.bot)).await;
    let names: Vec<_> = runs.iter().map(|run| (&run["customer_name"], &run["version"])).collect();
    assert_eq!(names, [(&json!("Tom"), &json!(1)), (&json!("Una"), &json!(1))]);
    let stats = shop.line.api.get(&format!("/api/v1/bots/{}/stats", shop.bot)).await.ok();
    assert_eq!(stats["started"], 2);
    let versions = shop.line.api.all(&format!("/api/v1/bots/{}/versions", shop.bot)).await;
    assert_eq!(versions.len(), 1, "nothing was published");
    shop.line.program.stop();
}

#[tokio::test]
async fn a_trial_is_for_the_phone_it_names_and_is_stopped_from_the_panel() {
    let shop = Shop::new().await;
    let trial = shop.trial(json!({"phone": "+44 7700 900 123"})).await;
    assert_eq!(trial["phone"], format!("+{TOM}"));
    let word = trial["word"].as_str().unwrap().to_owned();
    shop.says(UNA, &word, "Old. Who are you?").await;
    assert_eq!(shop.state(&trial).await, "waiting");
    shop.says(TOM, &word, "New. Who are you?").await;
    let bots = shop.line.api.all("/api/v1/bots").await;
    let bot = bots.iter().find(|bot| bot["id"] == shop.bot.as_str()).unwrap();
    assert_eq!(bot["running"], 1, "Una's conversation alone");
    let ending = shop.at(&format!("/{}/stop", trial["id"]));
    assert_eq!(shop.line.api.post(&ending, json!({})).await.ok()["state"], "ended");
    shop.says(TOM, "hello?", "Old. Who are you?").await;

    // One trial of a person takes the place of the one before.
    let first = shop.trial(json!({})).await;
    let second = shop.trial(json!({})).await;
    let all = shop.line.api.all(&shop.at("")).await;
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0]["id"], second["id"]);
    shop.line
        .api
        .post(&shop.at(&format!("/{}/stop", first["id"])), json!({}))
        .await
        .problem(404, "not-found");
    shop.line.program.stop();
}

#[tokio::test]
async fn a_trial_goes_on_after_a_kill() {
    let shop = Shop::new().await;
    let trial = shop.trial(json!({})).await;
    shop.says(TOM, trial["word"].as_str().unwrap(), "New. Who are you?").await;
    let shop = shop.killed().await;
    shop.says(TOM, "Tom", "New. Bye, Tom.").await;
    shop.becomes(&trial, "ended").await;
    shop.line.program.stop();
}

#[tokio::test]
async fn a_trial_that_cannot_be_is_refused() {
    let shop = Shop::new().await;
    let api = &shop.line.api;
    let refused = |new: Value| {
        let at = shop.at("");
        async move { api.post(&at, new).await }
    };
    let problem = refused(json!({"phone": "my own"})).await.problem(400, "invalid");
    assert!(problem.to_string().contains("/phone"), "{problem}");
    let nowhere = json!({"number_id": "01990000-0000-7000-8000-000000000001"});
    assert!(refused(nowhere).await.problem(400, "invalid").to_string().contains("/number_id"));
    refused(json!({"revision": 1})).await.problem(409, "conflict");
    let mut broken = flow("Broken.");
    broken["groups"][0]["blocks"][1] = json!({"id": "x", "kind": "jump", "to": {"group": "nowhere"}});
    api.put(&format!("/api/v1/bots/{}/draft", shop.bot), json!({"flow": broken, "revision": 2})).await.ok();
    refused(json!({})).await.problem(422, "flow-mistakes");
    assert!(api.all(&shop.at("")).await.is_empty(), "nothing was made");
    let operator = super::members::joined(&shop.line.program, api, "ann@example.com", "operator").await;
    operator.post(&shop.at(""), json!({})).await.problem(403, "forbidden");
    operator.get(&shop.at("")).await.problem(403, "forbidden");
    api.get("/api/v1/bots/01990000-0000-7000-8000-000000000001/phone-trials").await.problem(404, "not-found");
    shop.line.program.stop();
}
