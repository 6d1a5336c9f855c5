//! Language models in flows: they answer, find values and sum up, or fail; nothing waits for them longer than it has to.

use serde_json::{Value, json};

use super::flows::{TOM, connect, flow, hears, open_line, publish, says};
use crate::support::line::Line;
use crate::support::service::Service;
use crate::support::until;

#[tokio::test]
async fn a_language_model_answers_finds_values_and_may_fail() {
    let line = open_line().await;
    let said =
        |text: &str| json!({"choices": [{"message": {"content": text}}], "usage": {"total_tokens": 40}});
    let service = Service::start(vec![
        ("/good/chat/completions", 200, said("We open at nine.")),
        (
            "/finds/chat/completions",
            200,
            said("Here: {\"day\": \"2026-12-01\", \"guests\": \"4\", \"odd\": 1}"),
        ),
        ("/bad/chat/completions", 429, json!({"error": {"message": "slow down, Bearer sk-secret-1"}})),
    ])
    .await;
    for name in ["good", "finds", "bad"] {
        let url = format!("{}/{name}", service.url);
        connect(&line, name, json!({"kind": "ai", "url": url, "model": "small", "secret": "sk-secret-1"}))
            .await;
    }
    let blocks = json!([
        {"id": "answer", "kind": "ai_answer", "connection": "good", "instructions": "You are the shop.", "question": "When do you open?"},
        {"id": "find", "kind": "ai_extract", "connection": "finds", "text": "four of us on the first of December", "fields": [
            {"name": "day", "kind": "date", "variable": "day"}, {"name": "guests", "kind": "number", "variable": "guests"}]},
        says("found", "{{guests}} on {{day}}."),
        {"id": "ask", "kind": "ai_answer", "connection": "bad", "instructions": "You are the shop.", "question": "And when do you close?"},
        says("never", "Never said."),
    ]);
    let bot = publish(&line, &flow("model", &blocks, Some("ask"))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Something failed.").await;
    assert_eq!(line.read_out(TOM).await, ["We open at nine.", "4 on 2026-12-01.", "Something failed."]);
    let heard = service.heard();
    assert!(heard[0].headers.to_lowercase().contains("authorization: bearer sk-secret-1"));
    // A server that names the key in its refusal does not tell it to those who read the run.
    let run = line.api.all(&format!("/api/v1/bots/{bot}/runs")).await[0]["id"].as_str().unwrap().to_owned();
    let told = line.api.get(&format!("/api/v1/bots/{bot}/runs/{run}")).await;
    assert!(told.text().contains("slow down, Bearer •••"), "{}", told.text());
    let asked: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(asked["model"], "small");
    assert_eq!(asked["messages"][0], json!({"role": "system", "content": "You are the shop."}));
    assert!(asked["max_tokens"].as_u64().is_some() && asked.get("tools").is_none(), "{asked}");
    line.program.stop();
}

#[tokio::test]
async fn a_model_that_knows_another_name_for_the_limit_is_asked_by_that() {
    let line = open_line().await;
    let refused = json!({"error": {
        "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "type": "invalid_request_error", "param": "max_tokens", "code": "unsupported_parameter",
    }});
    let said =
        json!({"choices": [{"message": {"content": "We open at nine."}}], "usage": {"total_tokens": 40}});
    let service = Service::start(vec![
        ("/new/chat/completions", 400, refused),
        ("/new/chat/completions", 200, said),
        ("/broken/chat/completions", 400, json!({"error": {"message": "no such model"}})),
    ])
    .await;
    for name in ["new", "broken"] {
        let url = format!("{}/{name}", service.url);
        connect(&line, name, json!({"kind": "ai", "url": url, "model": "large", "secret": "sk-1"})).await;
    }
    let blocks = json!([
        {"id": "answer", "kind": "ai_answer", "connection": "new", "instructions": "You are the shop.", "question": "When do you open?", "max_tokens": 77},
        {"id": "ask", "kind": "ai_answer", "connection": "broken", "instructions": "You are the shop.", "question": "And when do you close?"},
        says("never", "Never said."),
    ]);
    publish(&line, &flow("model", &blocks, Some("ask"))).await;
    line.customer(TOM, "Tom").await;
    line.writes(TOM, "go").await;
    hears(&line, "Something failed.").await;
    assert_eq!(line.read_out(TOM).await, ["We open at nine.", "Something failed."]);
    let asked: Vec<Value> =
        service.heard().iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let limits: Vec<_> =
        asked.iter().map(|asked| (asked.get("max_tokens"), asked.get("max_completion_tokens"))).collect();
    assert_eq!(limits[..2], [(Some(&json!(77)), None), (None, Some(&json!(77)))]);
    assert_eq!(limits.len(), 3, "what is refused for another reason is asked once: {limits:?}");
    line.program.stop();
}

/// The events of a thread, the oldest first: their kinds and what stands in them.
async fn events(line: &Line, thread: &Value) -> Vec<(String, String)> {
    let mut messages = line.messages(thread).await;
    messages.reverse();
    let events = messages.iter().filter(|message| message["content"]["type"] == "event");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events.map(|event| (text(&event["content"]["event"]), text(&event["content"]["note"]))).collect()
}

/// The note that follows a hand-over, once there is one.
async fn summary(line: &Line, thread: &Value) -> String {
    until("a note after the hand-over", || async {
        let events = events(line, thread).await;
        let over = events.iter().position(|(kind, _)| kind == "handed_over")?;
        events[over..].iter().find(|(kind, _)| kind == "note").map(|(_, note)| note.clone())
    })
    .await
}

#[tokio::test]
async fn a_language_model_sums_up_what_is_handed_over_and_nothing_waits_for_it() {
    let mut line = open_line().await;
    let said =
        |text: &str| json!({"choices": [{"message": {"content": text}}], "usage": {"total_tokens": 40}});
    let service = Service::start(vec![
        ("/good/chat/completions", 200, said("Wants tea for two.")),
        ("/bad/chat/completions", 500, json!({"error": {"message": "down"}})),
    ])
    .await;
    // Takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let urls = [
        ("good", format!("{}/good", service.url)),
        ("bad", format!("{}/bad", service.url)),
        ("silent", format!("http://{}", silent.local_addr().unwrap())),
    ];
    for (name, url) in &urls {
        connect(&line, name, json!({"kind": "ai", "url": url, "model": "small", "secret": "sk-1"})).await;
    }
    for word in ["good", "bad", "gone", "silent", "patient"] {
        let seconds = if word == "silent" { 1 } else { 120 };
        let connection = if word == "patient" { "silent" } else { word };
        let blocks = json!([
            {"id": "ask", "kind": "question", "text": "What may it be?", "answer": "text"},
            {"id": "over", "kind": "hand_over", "text": "One moment.", "note": "A guest.", "ai_summary": true,
             "connection": connection, "timeout": seconds, "max_tokens": 90},
        ]);
        let mut flow = flow(word, &blocks, None);
        flow["triggers"][0]["keywords"][0]["text"] = json!(word);
        publish(&line, &flow).await;
    }
    let told = |word: &str| format!("> {word}\n< What may it be?\n> Tea for two\n< One moment.");
    let wanted = [
        ("good", "Summary, written by AI:\nWants tea for two.".to_owned()),
        ("bad", told("bad")),
        // There is no such connection: nobody to ask is no trouble either.
        ("gone", told("gone")),
        ("silent", told("silent")),
    ];
    for (n, (word, summed_up)) in wanted.into_iter().enumerate() {
        let (phone, name) = (format!("44770090013{n}"), format!("Guest {word}"));
        line.customer(&phone, &name).await;
        line.writes(&phone, word).await;
        line.phone(&phone, "the question", |chat| {
            (chat.last()?["content"]["body"] == "What may it be?").then_some(())
        })
        .await;
        line.writes(&phone, "Tea for two").await;
        let thread = line.thread(&name).await;
        assert_eq!(summary(&line, &thread).await, summed_up, "{word}");
        let events = events(&line, &thread).await;
        let over = events.iter().find(|(kind, _)| kind == "handed_over").unwrap();
        assert_eq!(over.1, "A guest.", "the hand-over tells what it knows at once");
    }
    let heard = service.heard();
    let asked: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(asked["messages"][1], json!({"role": "user", "content": told("good")}));
    assert_eq!((&asked["max_tokens"], asked.get("tools")), (&json!(90), None), "{asked}");

    // While a model thinks the customer is with people already, and a kill loses no summary and writes none twice.
    let phone = "447700900139";
    line.customer(phone, "Guest patient").await;
    line.writes(phone, "patient").await;
    line.phone(phone, "the question", |chat| {
        (chat.last()?["content"]["body"] == "What may it be?").then_some(())
    })
    .await;
    line.writes(phone, "Tea for two").await;
    line.phone(phone, "the last words", |chat| {
        (chat.last()?["content"]["body"] == "One moment.").then_some(())
    })
    .await;
    let thread = line.thread("Guest patient").await;
    assert_eq!(thread["handler"], "nobody", "{thread}");
    let kinds: Vec<String> = events(&line, &thread).await.into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.contains(&"handed_over".to_owned()) && !kinds.contains(&"note".to_owned()), "{kinds:?}");
    let good = json!({"kind": "ai", "url": urls[0].1, "model": "small", "secret": "sk-1"});
    connect(&line, "silent", good).await;
    line = line.killed().await;
    assert_eq!(summary(&line, &thread).await, "Summary, written by AI:\nWants tea for two.");
    line = line.killed().await;
    let notes = events(&line, &thread).await.into_iter().filter(|(kind, _)| kind == "note").count();
    assert_eq!(notes, 1);
    line.program.stop();
}
