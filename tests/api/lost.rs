//! Nobody is lost in silence: what cannot work is not published, and who was let down by a bot waits for a person, who
//! reads what failed.

use serde_json::{Value, json};

use super::flows::{TOM, connect, flow, open_line, publish, says};
use crate::support::line::Line;
use crate::support::service::Service;
use crate::support::until;

#[tokio::test]
async fn what_customers_would_be_lost_at_is_not_published() {
    let line = Line::new().await;
    let refused = async |blocks: Value, failing: Option<&str>| {
        let bot =
            line.api.post("/api/v1/bots", json!({ "flow": flow("x", &blocks, failing) })).await.expect(201);
        let at = format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap());
        line.api.post(&at, json!({})).await
    };
    let ai = || json!([{"id": "b", "kind": "ai_answer", "instructions": "Help"}]);
    let mail = || json!([{"id": "b", "kind": "email", "to": ["a@b.co"], "subject": "x", "text": "y"}]);
    let set =
        |expression: &str| json!([{"id": "b", "kind": "set", "variable": "v", "expression": expression}]);
    let secret = json!([{"id": "b", "kind": "http", "url": "https://a.example/",
        "headers": [{"name": "X-Key", "value": {"secret": "nope_key"}}]}]);
    for (blocks, code) in [
        (ai(), "missing_connection"),
        (mail(), "missing_connection"),
        (set("\"a\"|nosuch"), "bad_template"),
        (set("1/0"), "bad_template"),
        (secret, "missing_secret"),
    ] {
        let problem = refused(blocks.clone(), None).await.problem(422, "flow-mistakes");
        let told = problem.to_string();
        assert!(told.contains(code) && told.contains("/groups/0/blocks/"), "{blocks} {told}");
    }
    // With another way for what fails, customers are not lost.
    refused(ai(), Some("b")).await.ok();
    connect(&line, "main", json!({"kind": "ai", "url": "https://a.example/v1", "model": "m", "secret": "k"}))
        .await;
    refused(ai(), None).await.ok();
    line.program.stop();
}

/// Tom says "go" to this flow and waits for a person; gives the run and the notes of the team.
async fn let_down(line: &Line, blocks: &Value) -> (Value, Vec<String>) {
    let bot = publish(line, &flow("lost", blocks, None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let run = until("the run is over", || async {
        let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs?state=ended")).await;
        runs.first().cloned()
    })
    .await;
    let thread = line.thread("Tom").await;
    assert_eq!(thread["handler"], "nobody", "{thread}");
    assert!(thread["waiting_since"].is_string(), "{thread}");
    let messages = line.messages(&thread).await;
    let notes = messages.iter().filter(|message| message["content"]["event"] == "note");
    (run, notes.filter_map(|note| note["content"]["note"].as_str().map(str::to_owned)).collect())
}

#[tokio::test]
async fn an_expression_that_fails_leaves_the_customer_to_people() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "sum", "kind": "set", "variable": "sum", "expression": "contact.name - 1"},
        says("told", "That is {{sum}}."),
    ]);
    let (run, notes) = let_down(&line, &blocks).await;
    assert_eq!((&run["reason"], &run["cause"]), (&json!("failed"), &json!("expression_failed")), "{run}");
    assert_eq!(run["block"], "sum");
    assert!(notes.len() == 1 && notes[0].contains("Main") && notes[0].contains('-'), "{notes:?}");
    assert!(line.read_out(TOM).await.is_empty(), "nothing wrong is said");
    let bot = run["bot_id"].as_str().unwrap();
    let stats = line.api.get(&format!("/api/v1/bots/{bot}/stats")).await.ok();
    assert_eq!((&stats["failed"], &stats["finished"], &stats["dropped"]), (&json!(1), &json!(0), &json!(0)));
    line.program.stop();
}

#[tokio::test]
async fn a_service_that_fails_leaves_the_customer_to_people() {
    let line = open_line().await;
    let service = Service::start(vec![("/orders", 500, json!({}))]).await;
    let blocks = json!([
        {"id": "ask", "kind": "http", "url": format!("{}/orders", service.url)},
        says("told", "It is on its way."),
    ]);
    let (run, notes) = let_down(&line, &blocks).await;
    assert_eq!((&run["reason"], &run["cause"]), (&json!("failed"), &json!("call_failed")), "{run}");
    assert!(notes.len() == 1 && notes[0].contains("500"), "{notes:?}");
    line.program.stop();
}

#[tokio::test]
async fn who_only_let_the_time_pass_did_not_come_to_the_end() {
    let line = Line::new().await;
    let mut asks = flow(
        "slow",
        &json!([{"id": "ask", "kind": "question", "text": "When?", "answer": "text", "variable": "day", "timeout": 1}]),
        None,
    );
    asks["groups"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "late", "title": "Late", "blocks": [says("bye", "No hurry.")]}));
    asks["edges"] =
        json!([{"id": "e", "from": {"block": "ask", "port": "timeout"}, "to": {"group": "late"}}]);
    let bot = publish(&line, &asks).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let runs = until("the time is over", || async {
        let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs?state=ended")).await;
        (!runs.is_empty()).then_some(runs)
    })
    .await;
    assert_eq!(runs[0]["reason"], "timed_out");
    let stats = line.api.get(&format!("/api/v1/bots/{bot}/stats")).await.ok();
    assert_eq!((&stats["started"], &stats["finished"], &stats["dropped"]), (&json!(1), &json!(0), &json!(1)));
    assert!(stats["median_ms"].is_null(), "nobody came to the end: {stats}");
    let block = |id: &str| stats["blocks"].as_array().unwrap().iter().find(|one| one["block"] == id).cloned();
    assert_eq!(block("ask").unwrap()["dropped"], 1);
    assert_eq!(block("bye").unwrap()["dropped"], 0);
    line.program.stop();
}
