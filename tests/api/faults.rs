//! Each thing that an error of Meta's leads to, from the send to what the team sees (FACTS §8).

use std::time::Instant;

use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::line::Line;
use crate::support::until;
use crate::support::world::World;

const TOM: &str = "447700900123";
const ANN: &str = "447700900124";

fn refused(counters: &Value, code: i64) -> u64 {
    let codes = counters["refused_by_code"].as_array().unwrap().iter();
    codes.filter(|row| row["code"] == code).filter_map(|row| row["count"].as_u64()).sum()
}

#[tokio::test]
async fn a_number_that_sends_too_fast_is_slowed_and_everything_arrives_once() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 130_429, "times": 2})).await;
    let sent = line.send_text(&thread, "One").await;
    line.arrives(&sent).await;
    assert_eq!(line.taken(&sent).await, 1);
    assert_eq!(refused(&line.counters().await, 130_429), 2);
    line.program.stop();
}

#[tokio::test]
async fn a_customer_who_gets_too_much_waits_and_nobody_else_does() {
    let line = Line::new().await;
    let (tom, ann) = (line.met(TOM, "Tom").await, line.met(ANN, "Ann").await);
    // Tried again after one second, then after four.
    line.fault(json!({"kind": "error", "code": 131_056, "times": 2, "wa_id": TOM})).await;
    let first = line.send_text(&tom, "First").await;
    let second = line.send_text(&tom, "Second").await;
    until("the refusal", || async { (refused(&line.counters().await, 131_056) > 0).then_some(()) }).await;
    let others = line.send_text(&ann, "Others").await;
    line.arrives(&others).await;
    assert_eq!((line.taken(&first).await, line.taken(&second).await), (0, 0), "Tom's wait");
    line.arrives(&second).await;
    assert_eq!((line.taken(&first).await, line.taken(&second).await), (1, 1));
    let read = line.read_out(TOM).await;
    assert_eq!(read, ["First", "Second"], "in the order in which they were said");
    line.program.stop();
}

#[tokio::test]
async fn whoever_refused_marketing_is_marked_and_the_message_says_why() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    assert!(line.api.get(&customer).await.ok()["no_marketing_since"].is_null());
    line.fault(json!({"kind": "error", "code": 131_050, "times": 1})).await;
    let template = json!({"type": "template", "name": "hello_world", "language": "en_US"});
    let sent = line.send(&thread, template).await;
    let failed = line.becomes(&sent, &["failed"]).await;
    assert_eq!(failed["failure"]["reason"], "marketing_stopped");
    assert!(line.api.get(&customer).await.ok()["no_marketing_since"].is_string());
    assert_eq!(line.taken(&sent).await, 0, "it is not tried again");

    // From now on it is refused here, also as another try, but for a template that says it is none.
    let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let template = |category: Option<&str>| {
        let mut content = json!({"type": "template", "name": "hello_world", "language": "en_US"});
        if let Some(category) = category {
            content["category"] = json!(category);
        }
        json!({ "content": content })
    };
    for category in [None, Some("marketing")] {
        line.api.post(&messages, template(category)).await.problem(422, "no-marketing");
    }
    let again = format!("{messages}/{}/retry", sent["id"].as_str().unwrap());
    line.api.post(&again, Value::Null).await.problem(422, "no-marketing");
    let wrong = line.api.post(&messages, template(Some("spam"))).await.problem(400, "invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/content/category");
    line.api.post(&messages, template(Some("utility"))).await.expect(201);
    // Who changed their mind says so, or somebody of the team notes it.
    let noted = line.api.patch(&customer, json!({"no_marketing": false})).await.ok();
    assert!(noted["no_marketing_since"].is_null());
    line.api.post(&messages, template(None)).await.expect(201);
    line.program.stop();
}

#[tokio::test]
async fn a_dead_token_stops_the_number_until_there_is_a_new_one() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 190, "times": 1})).await;
    let first = line.send_text(&thread, "First").await;
    let number = format!("/api/v1/whatsapp/numbers/{}", line.number["id"].as_str().unwrap());
    let stopped = until("the stopped number", || async {
        let number = line.api.get(&number).await.ok();
        (number["state"] == "stopped").then_some(number)
    })
    .await;
    assert_eq!(stopped["problem"], "token_invalid");
    assert!(stopped["problem_detail"].is_string(), "the owner reads why");
    let second = line.send_text(&thread, "Second").await;
    let (first_now, second_now) =
        (line.becomes(&first, &["queued"]).await, line.becomes(&second, &["queued"]).await);
    assert!(
        first_now["failure"].is_null() && second_now["failure"].is_null(),
        "they wait, they did not fail"
    );

    // A token that is no better is refused, and the number stays as it is.
    let wrong = line.api.post("/api/v1/whatsapp/numbers", Line::connection("WRONG")).await;
    wrong.problem(422, "checks-failed");
    line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
    line.arrives(&second).await;
    assert_eq!((line.taken(&first).await, line.taken(&second).await), (1, 1));
    assert_eq!(line.read_out(TOM).await, ["First", "Second"]);
    assert_eq!(line.api.get(&number).await.ok()["state"], "connected");
    line.program.stop();
}

#[tokio::test]
async fn a_window_that_meta_calls_closed_fails_the_message_with_its_reason() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 131_047, "times": 1})).await;
    let sent = line.send_text(&thread, "Late").await;
    let failed = line.becomes(&sent, &["failed"]).await;
    assert_eq!(
        (&failed["failure"]["reason"], &failed["failure"]["code"]),
        (&json!("window_closed"), &json!(131_047))
    );
    // It is the team's to send again.
    let path = format!(
        "/api/v1/conversations/{}/messages/{}/retry",
        sent["conversation_id"].as_str().unwrap(),
        sent["id"].as_str().unwrap()
    );
    line.api.post(&path, json!({})).await.ok();
    line.arrives(&sent).await;
    assert_eq!(line.taken(&sent).await, 1);
    line.program.stop();
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_status_and_not_sent_again() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "lost_answer", "times": 1})).await;
    let sent = line.send_text(&thread, "Once").await;
    let arrived = line.arrives(&sent).await;
    assert!(arrived["wamid"].is_string(), "its id came with the status");
    // What comes after it goes at once: the usual wait for a lost answer is ten seconds.
    let began = Instant::now();
    let next = line.send_text(&thread, "Next").await;
    line.arrives(&next).await;
    assert!(began.elapsed().as_secs() < 5, "it waited {:?} for what had arrived", began.elapsed());
    assert_eq!(line.taken(&sent).await, 1);
    assert_eq!(line.counters().await["duplicates"], 0);
    line.program.stop();
}

#[tokio::test]
async fn while_nothing_is_heard_of_a_number_a_lost_answer_is_waited_for_longer() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    // Meta took the message and cannot reach us: neither its answer nor its statuses come.
    line.rules(json!({"hold_webhooks": true})).await;
    line.fault(json!({"kind": "lost_answer", "times": 1})).await;
    let sent = line.send_text(&thread, "Once").await;
    until("the send", || async { (line.taken(&sent).await == 1).then_some(()) }).await;
    // The usual wait is ten seconds. Looked at until it is well over.
    let began = Instant::now();
    until("the usual wait to be over", || async {
        assert_eq!(line.taken(&sent).await, 1, "sent again after {:?}", began.elapsed());
        (began.elapsed().as_secs() >= 13).then_some(())
    })
    .await;
    line.rules(json!({"hold_webhooks": false})).await;
    line.arrives(&sent).await;
    assert_eq!(line.taken(&sent).await, 1);
    line.program.stop();
}

#[tokio::test]
async fn a_lost_request_is_sent_again_once_webhooks_show_that_it_was_not_taken() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "lost_request", "times": 1})).await;
    let sent = line.send_text(&thread, "Lost").await;
    until("the loss to be noticed", || async {
        line.program.log().contains("the answer to a send was lost").then_some(())
    })
    .await;
    // Somebody else's webhooks come after it, and none of them speaks of the message.
    line.met(ANN, "Ann").await;
    line.arrives(&sent).await;
    assert_eq!(line.taken(&sent).await, 1);
    line.program.stop();
}

#[tokio::test]
async fn a_file_that_meta_lost_is_given_to_it_again() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    let upload = line
        .api
        .request(reqwest::Method::POST, "/api/v1/media?filename=plan.png")
        .header("Content-Type", "image/png")
        .body(vec![0x89, 0x50, 0x4E, 0x47, 1, 2, 3]);
    let mut media = Answer::read("upload".to_owned(), upload).await.expect(201);
    media["type"] = json!("media");
    line.fault(json!({"kind": "error", "code": 131_053, "times": 1})).await;
    let sent = line.send(&thread, media.clone()).await;
    line.arrives(&sent).await;
    assert_eq!((line.taken(&sent).await, &line.counters().await["uploads"]), (1, &json!(2)));

    // The same file above buttons: it is uploaded for them too, or known from before.
    let header: Value = media
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "type")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let buttons = json!({
        "type": "buttons", "header_media": header, "body": "Do you like it?",
        "buttons": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}],
    });
    let sent = line.send(&thread, buttons).await;
    line.arrives(&sent).await;
    line.phone(TOM, "the picture above the buttons", |chat| {
        let last = chat.last()?;
        (last["content"]["header_media"]["kind"] == "image").then_some(())
    })
    .await;
    line.program.stop();
}

#[tokio::test]
async fn an_address_of_a_file_that_leads_nowhere_is_asked_for_anew() {
    let line = Line::new().await;
    line.customer(TOM, "Tom").await;
    let names = line.simulator.controls.get("/samples").await.ok();
    let photo =
        names.as_array().unwrap().iter().filter_map(Value::as_str).find(|name| name.starts_with("coffee"));
    let file = line.order(reqwest::Method::POST, &format!("/samples/{}", photo.unwrap()), json!({})).await;
    line.fault(json!({"kind": "file_gone", "times": 1})).await;
    let content = json!({
        "type": "media", "kind": "image", "state": "stored", "provider_id": file["id"], "mime": file["mime"],
    });
    line.says(TOM, content).await;
    let thread = line.thread("Tom").await;
    until("the picture", || async {
        let messages = line.messages(&thread).await;
        messages.iter().any(|message| message["content"]["state"] == "stored").then_some(())
    })
    .await;
    assert_eq!(line.simulator.controls.get("/faults").await.ok(), json!([]), "the fault happened");
    line.program.stop();
}

#[tokio::test]
async fn a_passing_fault_is_tried_again_and_an_unreachable_customer_is_marked() {
    let line = Line::new().await;
    let thread = line.met(TOM, "Tom").await;
    line.fault(json!({"kind": "error", "code": 131_016, "times": 1})).await;
    let sent = line.send_text(&thread, "Again").await;
    line.arrives(&sent).await;
    assert_eq!((line.taken(&sent).await, refused(&line.counters().await, 131_016)), (1, 1));

    // Taken at first, and refused by webhook later.
    line.fault(json!({"kind": "failed_status", "code": 131_026, "times": 1})).await;
    let sent = line.send_text(&thread, "Nobody there").await;
    let failed = line.becomes(&sent, &["failed"]).await;
    assert_eq!(failed["failure"]["reason"], "undeliverable");
    let customer = format!("/api/v1/customers/{}", thread["customer_id"].as_str().unwrap());
    assert!(line.api.get(&customer).await.ok()["unreachable_since"].is_string());
    // Statuses that come late and backwards take nothing back.
    line.fault(json!({"kind": "reversed_statuses", "times": 1})).await;
    let before = line.journalled("delivered").await + line.journalled("sent").await;
    let sent = line.send_text(&thread, "Backwards").await;
    until("both statuses, the earlier one last", || async {
        let now = line.journalled("delivered").await + line.journalled("sent").await;
        (now >= before + 2).then_some(())
    })
    .await;
    let messages = line.messages(&thread).await;
    let sent = messages.iter().find(|message| message["id"] == sent["id"]).unwrap();
    assert!(["delivered", "read"].contains(&sent["status"].as_str().unwrap()), "{sent}");
    line.program.stop();
}

/// Meta tells of some troubles only after it took the message: they are the number's all the same.
#[tokio::test]
async fn a_number_that_metas_status_refuses_is_stopped_and_its_owner_told() {
    for (code, reason) in [(131_042, "payment_problem"), (131_031, "account_locked")] {
        let line = Line::new().await;
        let thread = line.met(TOM, "Tom").await;
        line.fault(json!({"kind": "failed_status", "code": code, "times": 1})).await;
        let sent = line.send_text(&thread, "Hello").await;
        let failed = line.becomes(&sent, &["failed"]).await;
        assert_eq!(failed["failure"]["reason"], reason);
        let numbers = line.api.all("/api/v1/whatsapp/numbers").await;
        assert_eq!((&numbers[0]["state"], &numbers[0]["problem"]), (&json!("stopped"), &json!(reason)));
        // What is said meanwhile waits for the owner, and is not given to Meta.
        let waits = line.send_text(&thread, "And this?").await;
        line.writes(TOM, "Are you there?").await;
        assert_eq!(line.taken(&waits).await, 0);
        line.api.post("/api/v1/whatsapp/numbers", Line::connection("T")).await.expect(201);
        line.arrives(&waits).await;
        assert_eq!(
            (line.taken(&sent).await, line.taken(&waits).await),
            (1, 1),
            "what failed is not sent twice"
        );
        line.program.stop();
    }
}

/// The simulator inside the program answers as the one outside does, errors too.
#[tokio::test]
async fn errors_of_the_built_in_simulator_are_metas() {
    let world = World::new().await;
    let number = world.phone_number_id().to_owned();
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Hello").await;
    let thread = world.thread("Tom").await;
    let fault = json!({"kind": "error", "code": 131_026, "times": 20, "wa_id": TOM});
    let faults = format!("/api/v1/simulator/numbers/{number}/faults");
    assert!(world.api.post(&faults, fault).await.status.is_success());
    let path = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let sent = world.api.post(&path, json!({"content": {"type": "text", "body": "Hi"}})).await.expect(201);
    let failed = until("the message to fail", || async {
        let messages = world.messages(&thread).await;
        messages.into_iter().find(|message| message["id"] == sent["id"] && message["status"] == "failed")
    })
    .await;
    assert_eq!(failed["failure"]["reason"], "undeliverable", "{failed}");
    // A wrong token is told as such, and not as a network that is down.
    let id = world.number["id"].as_str().unwrap();
    let check = format!("/api/v1/whatsapp/numbers/{id}/check");
    let checks = world.api.post(&check, json!({"token": "WRONG"})).await.ok();
    assert_eq!(checks["checks"][0]["result"], "token_invalid", "{checks}");
    // And where its webhooks go is nobody's to say.
    let callback = format!("/api/v1/simulator/numbers/{number}/callback");
    let elsewhere = json!({"callback_url": "http://169.254.169.254/"});
    world.api.put(&callback, elsewhere).await.problem(404, "not-found");
    world.program.stop();
}
