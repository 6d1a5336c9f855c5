//! Messages that are tried more than once: whose news is whose, and when it is enough.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::line::Line;
use crate::support::until;

const TOM: &str = "447700900123";

fn retry_of(message: &Value) -> String {
    let id = |name: &str| message[name].as_str().unwrap().to_owned();
    format!("/api/v1/conversations/{}/messages/{}/retry", id("conversation_id"), id("id"))
}

async fn now(line: &Line, thread: &Value, message: &Value) -> Value {
    let messages = line.messages(thread).await;
    messages.into_iter().find(|one| one["id"] == message["id"]).unwrap()
}

#[tokio::test]
async fn late_news_of_an_earlier_try_does_not_end_the_one_under_way() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "failed_status", "code": 131_026, "times": 1})).await;
    let sent = line.send_text(&thread, "Hello").await;
    let failed = line.becomes(&sent, &["failed"]).await;
    // The second try waits two seconds; meanwhile the first is told of again.
    line.fault(json!({"kind": "error", "code": 131_000, "times": 1})).await;
    line.api.post(&retry_of(&sent), Value::Null).await.ok();
    for status in ["sent", "failed", "delivered"] {
        line.tells(json!({
            "id": failed["wamid"], "status": status, "timestamp": "1790000000", "recipient_id": TOM,
            "errors": [{"code": 131_026, "title": "Undeliverable"}],
        }))
        .await;
        assert_eq!(now(&line, &thread, &sent).await["status"], "queued", "{status} of the first try");
    }
    let arrived = line.arrives(&sent).await;
    assert_ne!(arrived["wamid"], failed["wamid"]);
    assert_eq!(line.taken(&sent).await, 2);
    line.program.stop();
}

#[tokio::test]
async fn a_retry_that_overtakes_the_answer_to_the_first_try_is_sent() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    // Meta takes it, tells by status that it failed, and answers after that.
    line.fault(json!({"kind": "delay", "ms": 1_500, "times": 1})).await;
    line.fault(json!({"kind": "failed_status", "code": 131_026, "times": 1})).await;
    let sent = line.send_text(&thread, "Hello").await;
    line.becomes(&sent, &["failed"]).await;
    line.api.post(&retry_of(&sent), Value::Null).await.ok();
    line.arrives(&sent).await;
    assert_eq!(line.taken(&sent).await, 2);
    line.program.stop();
}

#[tokio::test]
async fn what_arrived_after_all_does_not_say_that_it_failed() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 131_009, "times": 1})).await;
    let sent = line.send_text(&thread, "Hello").await;
    line.becomes(&sent, &["failed"]).await;
    // The answer to an earlier try was lost, as far as Meta's word goes: it was taken then.
    let simple = |name: &str| sent[name].as_str().unwrap().replace('-', "");
    line.tells(json!({
        "id": "wamid.OF.AN.EARLIER.TRY", "status": "delivered", "timestamp": "1790000000", "recipient_id": TOM,
        "biz_opaque_callback_data": format!("beseda:{}:{}", simple("conversation_id"), simple("id")),
    }))
    .await;
    let arrived = now(&line, &thread, &sent).await;
    assert_eq!((&arrived["status"], &arrived["failure"]), (&json!("delivered"), &Value::Null));
    line.program.stop();
}

#[tokio::test]
async fn one_cause_takes_nothing_of_another_ones_patience() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    let upload = line.api.request(Method::POST, "/api/v1/media?filename=plan.png");
    let upload = upload.header("Content-Type", "image/png").body(vec![0x89, 0x50, 0x4E, 0x47, 1, 2, 3]);
    let mut media = Answer::read("upload".to_owned(), upload).await.expect(201);
    media["type"] = json!("media");
    // Held up for another reason first: the file is given to Meta anew all the same.
    line.fault(json!({"kind": "error", "code": 131_000, "times": 1})).await;
    line.fault(json!({"kind": "error", "code": 131_053, "times": 1})).await;
    let sent = line.send(&thread, media.clone()).await;
    line.arrives(&sent).await;
    assert_eq!((line.taken(&sent).await, &line.counters().await["uploads"]), (1, &json!(2)));
    // Told by status, too: whoever sends it again gives the file anew.
    line.fault(json!({"kind": "failed_status", "code": 131_053, "times": 1})).await;
    let sent = line.send(&thread, media).await;
    line.becomes(&sent, &["failed"]).await;
    line.api.post(&retry_of(&sent), Value::Null).await.ok();
    line.arrives(&sent).await;
    assert_eq!(line.counters().await["uploads"], 3);
    line.program.stop();
}

#[tokio::test]
async fn marketing_that_waits_is_not_sent_to_whoever_has_refused_it_meanwhile() {
    for (code, reason) in [(131_049, "customer_cap"), (131_050, "marketing_stopped")] {
        let line = Line::new().await;
        let thread = line.met(TOM, "Tom").await;
        // The first waits two seconds and is refused then; the second waits behind it.
        line.fault(json!({"kind": "error", "code": 131_000, "times": 1})).await;
        line.fault(json!({"kind": "error", "code": code, "times": 1})).await;
        let template = json!({"type": "template", "name": "hello_world", "language": "en_US"});
        let first = line.send(&thread, template.clone()).await;
        let second = line.send(&thread, template).await;
        for (message, by) in [(&first, code), (&second, 0)] {
            let failed = line.becomes(message, &["failed"]).await;
            assert_eq!(
                (&failed["failure"]["reason"], &failed["failure"]["code"]),
                (&json!(reason), &json!(by))
            );
        }
        assert_eq!(line.taken(&second).await, 0, "it was not even asked of Meta");
        line.program.stop();
    }
}

#[tokio::test]
async fn a_number_that_is_renewed_again_and_again_keeps_nothing_back() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    for round in 0..12 {
        line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
        let mut last = Value::Null;
        for text in ["One", "Two", "Three"] {
            last = line.send_text(&thread, &format!("{text} of {round}")).await;
        }
        // While what waits finds it stopped.
        line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
        let path = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
        until("it to be connected to its end", || async {
            if line.api.get(&path).await.ok()["state"] == "stopped" {
                line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
            }
            let status = now(&line, &thread, &last).await["status"].clone();
            (status == "delivered" || status == "read").then_some(())
        })
        .await;
    }
    line.program.stop();
}

#[tokio::test]
async fn nothing_is_queued_for_a_number_that_was_removed() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    // What waits when it is removed says so.
    line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
    let waits = line.send_text(&thread, "Hello").await;
    let path = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
    until("it to be stopped", || async {
        (line.api.get(&path).await.ok()["state"] == "stopped").then_some(())
    })
    .await;
    line.api.delete(&path).await.expect(204);
    let failed = line.becomes(&waits, &["failed"]).await;
    assert_eq!(failed["failure"]["reason"], "number_removed");
    let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let hello = json!({"content": {"type": "text", "body": "Hello?"}});
    line.api.post(&messages, hello).await.problem(422, "number-removed");
    line.api.post(&retry_of(&waits), Value::Null).await.problem(422, "number-removed");
    line.program.stop();
}
