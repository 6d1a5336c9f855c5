//! A bot that is stopped says nothing more, not even what it had queued.

use serde_json::{Value, json};

use super::flows::{TOM, flow, hears, publish, says};
use crate::support::line::Line;
use crate::support::until;

const MANY: usize = 20;

/// A bot has said a lot to Tom, and the number is stopped: nothing of it was sent.
async fn queued(line: &Line) -> (String, Value) {
    let blocks: Vec<Value> = (0..MANY).map(|n| says(&format!("say{n}"), &format!("Message {n}"))).collect();
    let ask = json!({"id": "ask", "kind": "question", "text": "Well?", "answer": "text", "variable": "well"});
    let blocks: Vec<Value> = blocks.into_iter().chain([ask]).collect();
    let bot = publish(line, &flow("talks", &json!(blocks), None)).await;
    line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let number = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
    until("the stopped number", || async {
        (line.api.get(&number).await.ok()["state"] == "stopped").then_some(())
    })
    .await;
    (bot, line.thread("Tom").await)
}

/// What the bot said, as it stands in the thread.
async fn said(line: &Line, thread: &Value) -> Vec<Value> {
    let all = line.messages(thread).await;
    all.into_iter().filter(|one| one["direction"] == "out" && one["author"]["kind"] == "bot").collect()
}

async fn is_withdrawn(line: &Line, thread: &Value) {
    until("what was queued is withdrawn", || async {
        let said = said(line, thread).await;
        let failed = |one: &Value| one["status"] == "failed" && one["failure"]["reason"] == "bot_stopped";
        (said.len() == MANY + 1 && said.iter().all(failed)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_person_who_takes_over_is_not_talked_over_by_what_the_bot_had_queued() {
    let line = Line::new().await;
    let (_, thread) = queued(&line).await;
    let id = thread["id"].as_str().unwrap();
    line.api.post(&format!("/api/v1/conversations/{id}/take-over"), Value::Null).await.ok();
    is_withdrawn(&line, &thread).await;
    let sent = line.send_text(&thread, "A person here").await;
    line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
    line.arrives(&sent).await;
    assert_eq!(line.read_out(TOM).await, ["A person here"]);
    // One of them may be sent all the same, by somebody who wants it.
    let last = said(&line, &thread).await.remove(0);
    let retry = format!("/api/v1/conversations/{id}/messages/{}/retry", last["id"].as_str().unwrap());
    let again = line.api.post(&retry, Value::Null).await.ok();
    line.arrives(&again).await;
    assert_eq!(line.read_out(TOM).await, ["A person here", "Well?"]);
    line.program.stop();
}

#[tokio::test]
async fn a_bot_whose_run_is_ended_or_that_is_deleted_says_nothing_more() {
    for delete in [false, true] {
        let line = Line::new().await;
        let (bot, thread) = queued(&line).await;
        if delete {
            line.api.delete(&format!("/api/v1/bots/{bot}")).await.expect(204);
        } else {
            let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await;
            let reset = format!("/api/v1/bots/{bot}/runs/{}/reset", runs[0]["id"].as_str().unwrap());
            line.api.post(&reset, Value::Null).await.ok();
        }
        is_withdrawn(&line, &thread).await;
        assert_eq!(line.thread("Tom").await["handler"], "nobody", "its run is over");
        line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
        let sent = line.send_text(&thread, "A person here").await;
        line.arrives(&sent).await;
        assert_eq!(line.read_out(TOM).await, ["A person here"]);
        line.program.stop();
    }
}

async fn switch_off(line: &Line, bot: &str) {
    line.api.patch(&format!("/api/v1/bots/{bot}"), json!({"enabled": false})).await.ok();
}

#[tokio::test]
async fn a_bot_that_is_switched_off_begins_nothing_of_what_nobody_was_told_yet() {
    let line = Line::new().await;
    let (bot, thread) = queued(&line).await;
    switch_off(&line, &bot).await;
    is_withdrawn(&line, &thread).await;
    let thread = line.thread("Tom").await;
    assert_eq!(thread["handler"], "nobody");
    assert!(thread["waiting_since"].is_string(), "somebody is to answer Tom: {thread}");
    let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await;
    assert_eq!((&runs[0]["state"], &runs[0]["reason"]), (&json!("ended"), &json!("reset")));
    line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
    let sent = line.send_text(&thread, "A person here").await;
    line.arrives(&sent).await;
    assert_eq!(line.read_out(TOM).await, ["A person here"]);
    line.program.stop();
}

#[tokio::test]
async fn a_bot_that_is_switched_off_has_nothing_sent_of_what_it_had_said_to_its_end() {
    let line = Line::new().await;
    let bot = publish(&line, &flow("news", &json!([says("a", "News"), says("b", "More")]), None)).await;
    line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let thread = line.thread("Tom").await;
    let number = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
    until("the stopped number", || async {
        (line.api.get(&number).await.ok()["state"] == "stopped").then_some(())
    })
    .await;
    switch_off(&line, &bot).await;
    until("what was queued is withdrawn", || async {
        let said = said(&line, &thread).await;
        (said.len() == 2 && said.iter().all(|one| one["status"] == "failed")).then_some(())
    })
    .await;
    let runs = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await;
    assert_eq!(runs[0]["reason"], "finished", "how it ended stays");
    line.program.stop();
}

#[tokio::test]
async fn a_talk_that_is_under_way_goes_on_with_a_bot_that_is_switched_off() {
    let line = Line::new().await;
    let blocks = json!([
        {"id": "ask", "kind": "question", "text": "Well?", "answer": "text", "variable": "well"},
        says("thanks", "Thanks for {{well}}."),
    ]);
    let bot = publish(&line, &flow("asks", &blocks, None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Well?").await;
    switch_off(&line, &bot).await;
    line.writes(TOM, "this").await;
    hears(&line, "Thanks for this.").await;
    line.writes(TOM, "go").await;
    until("Tom waits", || async { line.thread("Tom").await["waiting_since"].is_string().then_some(()) })
        .await;
    assert_eq!(line.read_out(TOM).await, ["Well?", "Thanks for this."], "it begins nothing any more");
    line.program.stop();
}

/// A run of the bot, once it has ended.
async fn ended(line: &Line, bot: &str) -> Value {
    let runs = format!("/api/v1/bots/{bot}/runs");
    until("the end of the run", || async {
        line.api.all(&runs).await.into_iter().find(|run| run["state"] == "ended")
    })
    .await
}

#[tokio::test]
async fn a_bot_that_talks_in_circles_is_ended_before_it_has_queued_hundreds() {
    let line = Line::new().await;
    let mut blocks = vec![json!({"id": "rest", "kind": "wait", "seconds": 1})];
    blocks.extend((0..MANY).map(|n| says(&format!("say{n}"), &format!("Message {n}"))));
    blocks.push(json!({"id": "back", "kind": "jump", "to": {"group": "main", "block": "rest"}}));
    let bot = publish(&line, &flow("circles", &json!(blocks), None)).await;
    line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let run = ended(&line, &bot).await;
    assert_eq!((&run["reason"], &run["cause"]), (&json!("broken"), &json!("too_much_unsent")), "{run}");
    let thread = line.thread("Tom").await;
    assert_eq!(said(&line, &thread).await.len(), 3 * MANY);
    assert!(thread["waiting_since"].is_string(), "somebody is to look: {thread}");
    line.program.stop();
}

#[tokio::test]
async fn a_run_that_ended_because_of_its_flow_says_what_it_ran_into() {
    let line = Line::new().await;
    let many: Vec<Value> = (0..50).map(|n| says(&format!("say{n}"), &format!("Message {n}"))).collect();
    let bot = publish(&line, &flow("much", &json!(many), None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    let run = ended(&line, &bot).await;
    let runs = format!("/api/v1/bots/{bot}/runs");
    assert_eq!((&run["reason"], &run["cause"]), (&json!("broken"), &json!("too_many_messages")), "{run}");
    let told = line.api.get(&format!("{runs}/{}", run["id"].as_str().unwrap())).await.ok();
    assert_eq!(told["run"]["cause"], "too_many_messages");
    let table = line.api.get(&format!("{runs}.csv?form=codes")).await.text();
    assert!(table.contains(",reason,cause,") && table.contains(",broken,too_many_messages,"), "{table}");
    let table = line.api.get(&format!("{runs}.csv")).await.text();
    let says = ",Failed: error in the flow,Too many messages after one word of the customer,,Message ";
    assert!(table.contains(says), "{table}");
    line.program.stop();
}
