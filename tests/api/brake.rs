//! A customer who is a bot as well: the two do not answer each other for ever.

use serde_json::{Value, json};

use super::flows::{TOM, flow, publish, says};
use crate::support::line::Line;
use crate::support::until;

/// Greets whatever comes, and asks on.
fn greeter() -> Value {
    let blocks = json!([
        {"id": "ask", "kind": "question", "text": "What may we do for you?", "answer": "text", "variable": "wish"},
        {"id": "again", "kind": "jump", "to": {"group": "main"}},
    ]);
    let mut flow = flow("greeter", &blocks, None);
    flow["triggers"] = json!([{"id": "any", "kind": "any_message"}]);
    flow
}

/// How many messages of the business are on Tom's phone, once there are so many or the bot is silent.
async fn answered(line: &Line, wanted: usize) -> usize {
    until("an answer, or silence", || async {
        let count = line.read_out(TOM).await.len();
        let silent = line.thread("Tom").await["handler"] == "person";
        (count >= wanted || silent).then_some(count)
    })
    .await
}

/// Tom's phone answers each message at once; gives how many messages it got.
async fn answers_by_itself(line: &Line, from: usize) -> usize {
    for wanted in from.. {
        line.writes(TOM, "Thank you for your message. We are closed on Sundays.").await;
        if answered(line, wanted).await < wanted {
            break;
        }
    }
    line.read_out(TOM).await.len()
}

#[tokio::test]
async fn two_bots_do_not_answer_each_other_for_ever() {
    let line = Line::new().await;
    let bot = publish(&line, &greeter()).await;
    line.customer(TOM, "Tom").await;
    assert_eq!(answers_by_itself(&line, 1).await, 20);
    let thread = line.thread("Tom").await;
    assert!(
        thread["waiting_since"].is_string() && thread["assignee"].is_null(),
        "people are called: {thread}"
    );
    let events = async || {
        let messages = line.messages(&thread).await;
        messages.into_iter().filter(|message| message["content"]["event"] == "bot_paused").count()
    };
    assert_eq!(events().await, 1, "the team reads why");
    // Whatever it says now, even what would begin a bot, nobody answers.
    line.writes(TOM, "Thank you for your message.").await;
    until("the message", || async {
        let newest = line.messages(&thread).await;
        newest.iter().any(|one| one["content"]["body"] == "Thank you for your message.").then_some(())
    })
    .await;
    assert_eq!(line.read_out(TOM).await.len(), 20);
    // The run stands where it stood, and asks again when somebody gives the thread back.
    let run = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await[0].clone();
    assert_eq!((&run["state"], &run["block"]), (&json!("live"), &json!("ask")), "{run}");
    let back = format!("/api/v1/conversations/{}/give-back", thread["id"].as_str().unwrap());
    line.api.post(&back, json!({})).await.ok();
    line.phone(TOM, "the question again", |chat| {
        (chat.iter().filter(|message| message["direction"] == "out").count() == 21).then_some(())
    })
    .await;
    // Was it a machine after all, the bot is silent again after as many.
    assert_eq!(answers_by_itself(&line, 22).await, 40);
    assert_eq!(events().await, 2);
    line.program.stop();
}

#[tokio::test]
async fn whoever_taps_is_a_person_however_quick() {
    let line = Line::new().await;
    let option = json!({"id": "more", "title": "More"});
    let blocks = json!([
        {"id": "ask", "kind": "question", "text": "Which?", "answer": "choice", "variable": "which", "options": [option]},
        {"id": "again", "kind": "jump", "to": {"group": "main"}},
    ]);
    let mut taps = flow("taps", &blocks, None);
    taps["triggers"] = json!([{"id": "any", "kind": "any_message"}]);
    publish(&line, &taps).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    for wanted in 1..=45 {
        assert_eq!(answered(&line, wanted).await, wanted);
        let tap = line
            .phone(TOM, "a button", |chat| {
                let newest = chat.iter().rev().find(|message| message["direction"] == "out")?;
                Some(newest["content"]["buttons"][0].clone())
            })
            .await;
        let reply = json!({"type": "reply", "kind": "button", "id": tap["id"], "title": tap["title"]});
        line.says(TOM, reply).await;
    }
    line.program.stop();
}

#[tokio::test]
async fn a_talk_with_a_bot_that_says_nothing_more_is_no_loop() {
    let line = Line::new().await;
    publish(&line, &flow("once", &json!([says("hello", "Hello")]), None)).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    assert_eq!(answered(&line, 1).await, 1);
    for n in 0..25 {
        line.writes(TOM, &format!("And number {n}")).await;
    }
    let thread = line.thread("Tom").await;
    until("all that Tom said", || async {
        let said = line.messages(&thread).await;
        said.iter().any(|message| message["content"]["body"] == "And number 24").then_some(())
    })
    .await;
    let thread = line.thread("Tom").await;
    assert_eq!(thread["handler"], "nobody", "{thread}");
    line.program.stop();
}
