//! What a failed message leads to beyond itself: for its customer, and for the owner of the number (FACTS §8). Some of it Meta
//! tells at once, some by a status after it took the message.

use std::time::Instant;

use beseda_wire::time::Time;
use serde_json::{Value, json};

use crate::support::line::{Line, NUMBER};
use crate::support::until;

const TOM: &str = "447700900123";
const ANN: &str = "447700900124";

fn path_of(number: &Value) -> String {
    format!("/api/v1/whatsapp/numbers/{}", number["id"].as_str().unwrap())
}

/// The number, once it has a warning.
async fn warned(line: &Line) -> Value {
    let path = path_of(&line.number);
    until("a warning", || async {
        let number = line.api.get(&path).await.ok();
        (number["warnings"] != json!([])).then_some(number)
    })
    .await
}

/// Meta tells of a message that it took, and that failed at this time.
async fn failed_at(line: &Line, message: &Value, code: i64, seconds: i64) {
    line.tells(json!({
        "id": message["wamid"], "status": "failed", "timestamp": seconds.to_string(), "recipient_id": TOM,
        "errors": [{"code": 1, "title": "Another"}, {"code": code, "title": "No", "error_data": {"details": "Because"}}],
    }))
    .await;
    line.becomes(message, &["failed"]).await;
}

#[tokio::test]
async fn a_customer_who_has_had_enough_marketing_gets_none_for_a_day() {
    for fault in ["error", "failed_status"] {
        let line = Line::new().await;
        let thread = line.met(TOM, "Tom").await;
        line.fault(json!({"kind": fault, "code": 131_049, "times": 1})).await;
        let template = |category: &str| json!({"type": "template", "name": "hello_world", "language": "en_US", "category": category});
        let sent = line.send(&thread, template("marketing")).await;
        let failed = line.becomes(&sent, &["failed"]).await;
        assert_eq!(failed["failure"]["reason"], "customer_cap");
        let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
        let until = line.api.get(&customer).await.ok()["marketing_capped_until"].clone();
        let failed_at: Time = serde_json::from_value(failed["at"].clone()).unwrap();
        let until: Time = serde_json::from_value(until).unwrap();
        let day = until.millis_since(failed_at);
        assert!((86_400_000..86_520_000).contains(&day), "{day} ms");

        // Nothing that is or may be marketing is given to Meta until then, not even as another try; what is needed goes.
        let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
        let refused = line.api.post(&messages, json!({"content": template("marketing")})).await;
        let problem = refused.problem(422, "marketing-capped");
        assert!(problem["detail"].as_str().unwrap().contains("before 20"), "{problem}");
        let again = format!("{messages}/{}/retry", sent["id"].as_str().unwrap());
        line.api.post(&again, Value::Null).await.problem(422, "marketing-capped");
        let needed = line.send(&thread, template("utility")).await;
        line.arrives(&needed).await;
        let told = line.api.get(&path_of(&line.number)).await.ok();
        assert_eq!(told["warnings"], json!([]), "it is nobody's fault");
        line.program.stop();
    }
}

#[tokio::test]
async fn what_will_not_pass_by_itself_is_told_to_the_owner_until_seen() {
    for (fault, code, reason) in [
        ("error", 131_048, "spam_limited"),
        ("failed_status", 131_064, "template_misuse"),
        ("error", 132_015, "template_paused"),
        ("failed_status", 132_016, "template_disabled"),
        // Meta took it, so it is not sent a second time.
        ("failed_status", 131_016, "meta_unavailable"),
    ] {
        let line = Line::new().await;
        let thread = line.met(TOM, "Tom").await;
        line.fault(json!({"kind": fault, "code": code, "times": 1})).await;
        let sent = line.send_text(&thread, "Hello").await;
        line.becomes(&sent, &["failed"]).await;
        let number = warned(&line).await;
        assert_eq!(
            (&number["state"], &number["warnings"][0]["reason"]),
            (&json!("connected"), &json!(reason))
        );
        let detail = number["warnings"][0]["detail"].as_str().unwrap();
        assert!(!detail.is_empty(), "Meta's words");
        assert_eq!(number["warnings"][0]["conversation_id"], thread["id"], "where to look");

        // It works on meanwhile.
        let next = line.send_text(&thread, "And this?").await;
        line.arrives(&next).await;
        let seen = format!("{}/warnings/{reason}", path_of(&line.number));
        line.api.delete(&seen).await.expect(204);
        line.api.delete(&seen).await.expect(204);
        assert_eq!(line.api.get(&path_of(&line.number)).await.ok()["warnings"], json!([]));
        line.program.stop();
    }
    let line = Line::new().await;
    let nobody = "/api/v1/whatsapp/numbers/01990000-0000-7000-8000-000000000001/warnings/spam_limited";
    line.api.delete(nobody).await.problem(404, "not-found");
    line.program.stop();
}

#[tokio::test]
async fn what_meta_refuses_of_a_template_is_asked_for_anew() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    let path = format!("{}/templates", path_of(&line.number));
    let names = async || -> Vec<String> {
        let all = line.api.all(&path).await;
        all.iter().map(|template| template["name"].as_str().unwrap().to_owned()).collect()
    };
    let known = async || names().await.contains(&"hello_world".to_owned());
    assert!(known().await);
    // Meta pauses it. Here it is known for a minute more, unless Meta says otherwise.
    let paused = format!("/numbers/{NUMBER}/templates/hello_world");
    line.simulator.controls.put(&paused, json!({"status": "PAUSED"})).await.expect(204);
    assert!(known().await);
    let sent =
        line.send(&thread, json!({"type": "template", "name": "hello_world", "language": "en_US"})).await;
    line.becomes(&sent, &["failed"]).await;
    assert_eq!(warned(&line).await["warnings"][0]["reason"], "template_paused");
    assert!(!known().await);
    line.program.stop();
}

#[tokio::test]
async fn a_status_of_before_does_not_stop_what_was_connected_since() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.rules(json!({"hold_webhooks": true})).await;
    let mut sent = Vec::new();
    for text in ["One", "Two"] {
        sent.push(line.becomes(&line.send_text(&thread, text).await, &["sent"]).await);
    }
    let connected: Time = serde_json::from_value(line.number["created_at"].clone()).unwrap();
    failed_at(&line, &sent[0], 190, connected.millis() / 1_000 - 60).await;
    let number = line.api.get(&path_of(&line.number)).await.ok();
    assert_eq!(number["state"], "connected", "the token of then was another one");
    failed_at(&line, &sent[1], 190, connected.millis() / 1_000 + 1).await;
    let number = line.api.get(&path_of(&line.number)).await.ok();
    assert_eq!((&number["state"], &number["problem"]), (&json!("stopped"), &json!("token_invalid")));
    line.program.stop();
}

#[tokio::test]
async fn a_customer_of_whom_a_status_says_too_fast_waits_and_nobody_else_does() {
    let line = Line::new().await;
    let (tom, ann) = (line.met(TOM, "Tom").await, line.met(ANN, "Ann").await);
    // The second refusal in a row: four seconds.
    for text in ["First", "Second"] {
        line.fault(json!({"kind": "failed_status", "code": 131_056, "times": 1, "wa_id": TOM})).await;
        let sent = line.send_text(&tom, text).await;
        line.becomes(&sent, &["failed"]).await;
    }
    let began = Instant::now();
    let waits = line.send_text(&tom, "Third").await;
    let others = line.send_text(&ann, "Others").await;
    line.arrives(&others).await;
    assert_eq!(line.taken(&waits).await, 0, "Tom waits, Ann does not");
    line.arrives(&waits).await;
    assert!(began.elapsed().as_millis() >= 2_500, "after {:?}", began.elapsed());
    assert_eq!(warned(&line).await["warnings"][0]["reason"], "pair_rate", "two messages are lost");
    line.program.stop();
}

#[tokio::test]
async fn a_number_of_which_a_status_says_too_fast_is_slowed() {
    let line = Line::new().await;
    let mut slow = Line::connection("T");
    slow["messages_per_second"] = json!(2);
    line.api.post("/api/v1/whatsapp/numbers", slow).await.expect(201);
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "failed_status", "code": 130_429, "times": 1})).await;
    let sent = line.send_text(&thread, "Hello").await;
    line.becomes(&sent, &["failed"]).await;
    let began = Instant::now();
    let mut last = sent;
    for text in ["One", "Two", "Three", "Four"] {
        last = line.send_text(&thread, text).await;
    }
    line.arrives(&last).await;
    // At two a second they take two seconds at most; at one they take three at least.
    assert!(began.elapsed().as_millis() >= 2_700, "in {:?}", began.elapsed());
    line.program.stop();
}

#[tokio::test]
async fn each_reason_is_told_by_itself_and_a_renewal_takes_none_away() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    for code in [131_048, 131_064, 131_048] {
        line.fault(json!({"kind": "error", "code": code, "times": 1})).await;
        let sent = line.send_text(&thread, "Hello").await;
        line.becomes(&sent, &["failed"]).await;
    }
    let reasons = async || -> Vec<String> {
        let number = line.api.get(&path_of(&line.number)).await.ok();
        let warnings = number["warnings"].as_array().unwrap().iter();
        warnings.map(|warning| warning["reason"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(reasons().await, ["template_misuse", "spam_limited"]);
    line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
    assert_eq!(reasons().await, ["template_misuse", "spam_limited"]);
    let seen = format!("{}/warnings/template_misuse", path_of(&line.number));
    line.api.delete(&seen).await.expect(204);
    assert_eq!(reasons().await, ["spam_limited"]);
    line.program.stop();
}

#[tokio::test]
async fn a_number_that_was_removed_and_comes_back_goes_on_with_its_conversations() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.api.delete(&path_of(&line.number)).await.expect(204);
    let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let hello = json!({"content": {"type": "text", "body": "Hello?"}});
    line.api.post(&messages, hello).await.problem(422, "number-removed");
    let again = line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
    assert_eq!(again["id"], line.number["id"]);
    let sent = line.send_text(&thread, "We are back").await;
    line.arrives(&sent).await;
    line.program.stop();
}

#[tokio::test]
async fn whoever_writes_can_be_reached() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 131_026, "times": 1})).await;
    let sent = line.send_text(&thread, "Hello").await;
    line.becomes(&sent, &["failed"]).await;
    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    assert!(line.api.get(&customer).await.ok()["unreachable_since"].is_string());
    line.writes(TOM, "Here I am").await;
    until("the mark to go", || async {
        line.api.get(&customer).await.ok()["unreachable_since"].is_null().then_some(())
    })
    .await;
    line.program.stop();
}

#[tokio::test]
async fn news_of_a_number_s_quality_are_shown() {
    let line = Line::new().await;
    for (event, quality) in [("FLAGGED", json!("RED")), ("UNFLAGGED", Value::Null)] {
        let value =
            json!({"display_phone_number": "15550100200", "event": event, "current_limit": "TIER_10K"});
        let webhook = json!({"field": "phone_number_quality_update", "value": value});
        let path = format!("/numbers/{NUMBER}/webhooks");
        line.simulator.controls.post(&path, webhook).await.expect(204);
        until(event, || async {
            let number = line.api.get(&path_of(&line.number)).await.ok();
            (number["quality"] == quality).then_some(())
        })
        .await;
    }
    line.program.stop();
}
