//! A bot's question: its own validation and retry text, its tries, its time-out; also when the program is killed while
//! it waits.

use serde_json::{Value, json};

use crate::support::line::Line;

const TOM: &str = "447700900123";

/// Asks for an age: whole, 18 to 120, two tries, and this many seconds.
fn flow(seconds: u32) -> Value {
    let says = |id: &str, text: &str| json!({"id": id, "kind": "message", "text": text});
    let edge = |id: &str, port: &str, to: &str| json!({"id": id, "from": {"block": "age", "port": port}, "to": {"group": to}});
    json!({
        "schema": 1, "id": "ages", "name": "Ages", "language": "en", "start": {"group": "ask"},
        "triggers": [{"id": "hello", "kind": "keyword", "keywords": [{"match": "is", "text": "begin"}]}],
        "groups": [
            {"id": "ask", "title": "Ask", "blocks": [{
                "id": "age", "kind": "question", "text": "How old are you?", "answer": "number", "whole": true,
                "min": 18, "max": 120, "variable": "age", "retry": "Only a number, please.", "tries": 2,
                "timeout": seconds,
            }]},
            {"id": "well", "title": "Well", "blocks": [says("thanks", "Thank you, {{age}}!")]},
            {"id": "badly", "title": "Badly", "blocks": [says("leave", "Let us leave it.")]},
            {"id": "late", "title": "Late", "blocks": [says("there", "Are you still there?")]},
        ],
        "edges": [edge("e1", "answered", "well"), edge("e2", "failed", "badly"), edge("e3", "timeout", "late")],
        "variables": [{"name": "age", "kind": "number"}],
    })
}

async fn asked(seconds: u32) -> Line {
    let line = Line::new().await;
    let bot = line.api.post("/api/v1/bots", json!({"flow": flow(seconds)})).await.expect(201);
    line.api.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), json!({})).await.ok();
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "begin").await;
    hears(&line, &["How old are you?"]).await;
    line
}

/// Waits until the bot has said exactly this.
async fn hears(line: &Line, words: &[&str]) {
    line.phone(TOM, &format!("{words:?} on the phone"), |chat| {
        let out = chat.iter().filter(|message| message["direction"] == "out");
        let out: Vec<_> = out.filter_map(|message| message["content"]["body"].as_str()).collect();
        (out == words).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again_and_then_given_up() {
    let line = asked(3600).await;
    line.writes(TOM, "young").await;
    hears(&line, &["How old are you?", "Only a number, please."]).await;
    line.writes(TOM, "seven").await;
    hears(&line, &["How old are you?", "Only a number, please.", "Let us leave it."]).await;
    // The second time, well: the validation is the question's own.
    line.writes(TOM, "begin").await;
    line.writes(TOM, "7").await;
    line.writes(TOM, "33").await;
    line.phone(TOM, "thanks", |chat| (chat.last()?["content"]["body"] == "Thank you, 33!").then_some(()))
        .await;
    line.program.stop();
}

#[tokio::test]
async fn silence_leads_on_after_the_questions_own_time() {
    let line = asked(1).await;
    hears(&line, &["How old are you?", "Are you still there?"]).await;
    line.program.stop();
}

#[tokio::test]
async fn a_time_out_survives_a_kill_and_happens_once() {
    let line = asked(3).await;
    let line = line.killed().await;
    hears(&line, &["How old are you?", "Are you still there?"]).await;
    // What the customer says now is no answer to a question that is over.
    line.writes(TOM, "33").await;
    let thread = line.thread("Tom").await;
    line.send_text(&thread, "Somebody is here.").await;
    hears(&line, &["How old are you?", "Are you still there?", "Somebody is here."]).await;
    line.program.stop();
}

#[tokio::test]
async fn a_flow_goes_from_draft_to_publication_and_not_with_mistakes() {
    let line = Line::new().await;
    let mut broken = flow(1);
    broken["edges"][0]["to"]["group"] = json!("nowhere");
    let bot = line.api.post("/api/v1/bots", json!({ "flow": broken })).await.expect(201);
    let at = |rest: &str| format!("/api/v1/bots/{}/{rest}", bot["id"].as_str().unwrap());
    let problem = line.api.post(&at("publish"), json!({})).await.problem(422, "flow-mistakes");
    assert_eq!(problem["errors"][0]["code"], "dangling_edge", "{problem}");
    let good = json!({ "flow": flow(1), "revision": 1 });
    assert_eq!(line.api.put(&at("draft"), good.clone()).await.ok()["revision"], 2);
    // Somebody who had opened the draft before would overwrite what they never saw.
    line.api.put(&at("draft"), good).await.problem(409, "conflict");
    assert_eq!(line.api.get(&at("draft")).await.ok()["flow"], flow(1));
    assert_eq!(line.api.get(&at("draft")).await.ok()["changed"], true);
    let published = line.api.post(&at("publish"), json!({ "note": "ages" })).await.ok();
    assert_eq!(published["published"], 1);
    assert_eq!(line.api.get(&at("draft")).await.ok()["changed"], false);
    assert_eq!(line.api.post(&at("publish"), json!({})).await.ok()["published"], 2);
    line.api.post("/api/v1/bots", json!({"flow": "no flow"})).await.problem(400, "invalid");
    let nobody = "/api/v1/bots/01990000-0000-7000-8000-000000000001/publish";
    line.api.post(nobody, json!({})).await.problem(404, "not-found");
    // Deleted it is gone from the list, and its draft with it.
    let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    line.api.delete(&path).await.expect(204);
    line.api.get(&at("draft")).await.problem(404, "not-found");
    line.api.delete(&path).await.problem(404, "not-found");
    let left = line.api.all("/api/v1/bots").await;
    assert!(left.iter().all(|other| other["id"] != bot["id"]), "{left:?}");
    line.program.stop();
}
