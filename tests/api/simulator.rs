//! The simulator inside the program: each business has its own numbers, customers and files.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::Answer;
use crate::support::until;
use crate::support::world::{EMAIL, PASSWORD, World};

const TOM: &str = "447700900123";

#[tokio::test]
async fn a_business_reaches_its_own_simulated_numbers_and_no_other() {
    let world = World::new().await;
    world.customer(TOM, "Tom").await;
    let first = world.phone_number_id().to_owned();
    let at_first = |rest: &str| format!("/api/v1/simulator/numbers/{first}{rest}");

    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = world.api.post("/api/v1/businesses", business).await.expect(201);
    let second = world.api.clone().in_business(second["id"].as_str().unwrap());
    let number = second.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    let number = number["phone_number_id"].as_str().unwrap();
    let at_second = |rest: &str| format!("/api/v1/simulator/numbers/{number}{rest}");

    let file = world.api.post(&at_first("/samples/coffee.jpg"), json!({})).await.expect(201);
    let file = file["id"].as_str().unwrap();
    assert!(world.api.get(&at_first(&format!("/files/{file}"))).await.status.is_success());
    for path in [at_first(&format!("/files/{file}")), at_second(&format!("/files/{file}"))] {
        second.get(&path).await.problem(404, "not-found");
    }
    for path in [at_first("/customers"), at_first(&format!("/chats/{TOM}")), at_first("/faults")] {
        world.api.get(&path).await.ok();
        second.get(&path).await.problem(404, "not-found");
    }
    assert!(second.all(&at_second("/customers")).await.is_empty());
    // Nor can a customer of the second business send what lies on the phones of the first.
    second.post(&at_second("/customers"), json!({"wa_id": "447700900555", "name": "Eve"})).await.expect(201);
    let media = json!({"type": "media", "kind": "image", "state": "stored", "provider_id": file});
    let said = second.post(&at_second("/chats/447700900555/messages"), json!({ "content": media })).await;
    said.problem(422, "simulator-refused");

    // Without signing in there is nothing, and what concerns the whole simulator is nowhere.
    world.program.api().get(&at_first("/customers")).await.problem(401, "unauthorized");
    for path in
        ["/simulator/numbers", "/simulator/reset", "/api/v1/simulator/numbers", "/api/v1/simulator/reset"]
    {
        world.api.get(path).await.problem(404, "not-found");
    }
    world.program.stop();
}

#[tokio::test]
async fn a_business_has_one_simulated_number_however_often_at_once_it_is_asked_for() {
    let world = World::new().await;
    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = world.api.post("/api/v1/businesses", business).await.expect(201);
    let second = world.api.clone().in_business(second["id"].as_str().unwrap());
    let connect = || async { second.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201) };
    let answers = tokio::join!(connect(), connect(), connect(), connect(), connect(), connect());
    let numbers = second.all("/api/v1/whatsapp/numbers").await;
    assert_eq!(numbers.len(), 1);
    let first = numbers[0]["id"].as_str().unwrap();
    for answer in [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5] {
        assert_eq!(answer["id"], first);
    }
    assert_eq!(second.all("/api/v1/bots").await.len(), 1, "and one bot that answers");
    world.program.stop();
}

#[tokio::test]
async fn a_file_is_taken_as_whatsapp_takes_it() {
    let world = World::new().await;
    let files = format!("/api/v1/simulator/numbers/{}/files?name=plan.pdf", world.phone_number_id());
    let send = async |mime: &str, bytes: Vec<u8>| {
        let request = world.api.request(Method::POST, &files).header("Content-Type", mime).body(bytes);
        Answer::read("a file".to_owned(), request).await
    };
    let kept = send("application/pdf", vec![7; 600_000]).await.expect(201);
    assert_eq!((&kept["size"], &kept["name"]), (&json!(600_000), &json!("plan.pdf")));
    let empty = send("application/pdf", vec![]).await.problem(400, "unreadable");
    assert_eq!(empty["detail"], "The file is empty.");
    send("application/x-tar", vec![7; 10]).await.problem(415, "media-type");
    send("image/jpeg", vec![7; (5 << 20) + 1]).await.problem(413, "too-large");
    world.program.stop();
}

/// The simulator keeps nothing, and the business everything: the customer's phone shall not look as if nothing had been.
#[tokio::test]
async fn after_a_restart_the_phone_has_what_was_said() {
    let world = World::new().await;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Is the table free?").await;
    world.phone(TOM, "the bot's greeting and question", |messages| messages.get(2).map(|_| ())).await;
    let sample = format!("/api/v1/simulator/numbers/{}/samples/coffee.jpg", world.phone_number_id());
    let file = world.api.post(&sample, json!({})).await.expect(201);
    let photo = json!({"type": "media", "kind": "image", "state": "stored", "provider_id": file["id"]});
    world.says(TOM, photo).await;
    let thread = world.thread("Tom").await;
    until("the photo to be fetched", || async {
        let messages = world.messages(&thread).await;
        messages.iter().any(|message| message["content"]["sha256"].is_string()).then_some(())
    })
    .await;
    let path = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let answer = json!({"content": {"type": "text", "body": "It is."}});
    let sent = world.api.post(&path, answer).await.expect(201);
    // What the phone shows and the business was not told yet is not the business's to fill a phone with.
    until("the confirmation to be kept", || async {
        let messages = world.messages(&thread).await;
        let kept = |one: &Value| {
            one["id"] == sent["id"] && ["delivered", "read"].contains(&one["status"].as_str().unwrap())
        };
        messages.iter().any(kept).then_some(())
    })
    .await;
    let said = |messages: &[Value]| -> Vec<(String, String)> {
        let text = |message: &Value| match message["content"]["body"].as_str() {
            Some(body) => body.to_owned(),
            None => message["content"]["type"].to_string(),
        };
        messages.iter().map(|message| (message["id"].as_str().unwrap().to_owned(), text(message))).collect()
    };
    let before = world
        .phone(TOM, "the answer on the phone", |messages| {
            let answered = messages.last()?["content"]["body"] == "It is.";
            (answered && messages.last()?["status"] != "queued").then(|| said(messages))
        })
        .await;

    let World { program, api: _, number } = world;
    let program = program.start_again().await;
    let api = program.api().sign_in(EMAIL, PASSWORD).await;
    let number = number["phone_number_id"].as_str().unwrap();
    let chat = format!("/api/v1/simulator/numbers/{number}/chats/{TOM}");
    let messages = until("the phone to be filled", || async {
        let answer = api.get(&chat).await;
        let messages = answer.status.is_success().then(|| answer.json()["messages"].as_array().cloned())?;
        messages.filter(|messages| !messages.is_empty())
    })
    .await;
    assert_eq!(said(&messages), before);
    let photo = messages.iter().find(|message| message["content"]["type"] == "media").unwrap();
    let file = photo["content"]["provider_id"].as_str().unwrap();
    let file = api.get(&format!("/api/v1/simulator/numbers/{number}/files/{file}")).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("image/jpeg")));
    program.stop();
}

/// It has no token that somebody could enter: a check that finds all well starts it, and so does connecting it again.
#[tokio::test]
async fn a_simulated_number_that_stopped_is_started_again() {
    let world = World::new().await;
    let number = format!("/api/v1/whatsapp/numbers/{}", world.number["id"].as_str().unwrap());
    let faults = format!("/api/v1/simulator/numbers/{}/faults", world.phone_number_id());
    for (code, wa_id, connects) in [(190, TOM, false), (368, "447700900124", true)] {
        world.api.post(&faults, json!({"kind": "error", "code": code, "times": 1})).await.expect(204);
        world.customer(wa_id, "Tom").await;
        world.writes(wa_id, "Hello").await;
        until("the stopped number", || async {
            (world.api.get(&number).await.ok()["state"] == "stopped").then_some(())
        })
        .await;
        if connects {
            let again = world.api.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
            assert_eq!((&again["id"], &again["state"]), (&world.number["id"], &json!("connected")));
        } else {
            let checks = world.api.post(&format!("{number}/check"), json!({})).await.ok();
            assert_eq!(checks["ok"], true, "{checks}");
            let number = world.api.get(&number).await.ok();
            assert_eq!((&number["state"], &number["problem"]), (&json!("connected"), &Value::Null));
            assert_eq!(number["name"], world.number["name"]);
        }
        let sent =
            |messages: &[Value]| messages.iter().any(|message| message["direction"] == "out").then_some(());
        world.phone(wa_id, "what waited", sent).await;
    }
    world.program.stop();
}

#[tokio::test]
async fn a_customer_can_say_only_what_whatsapp_lets_people_say() {
    let world = World::new().await;
    world.customer(TOM, "Tom").await;
    let said = format!("/api/v1/simulator/numbers/{}/chats/{TOM}/messages", world.phone_number_id());
    let text = |body: &str| json!({"type": "text", "body": body});
    let place = |latitude: f64, longitude: f64| json!({"type": "location", "latitude": latitude, "longitude": longitude});
    for (content, allowed) in [
        (text(""), "1 to 4096 characters"),
        (text(" \n"), "1 to 4096 characters"),
        (text(&"я".repeat(4_097)), "1 to 4096 characters"),
        (place(999.0, 0.0), "-90 to 90"),
        (place(0.0, -180.5), "-180 to 180"),
    ] {
        let refused = world.api.post(&said, json!({ "content": content })).await;
        let problem = refused.problem(422, "simulator-refused");
        assert!(problem["detail"].as_str().unwrap().contains(allowed), "{problem}");
    }
    let longest = world.writes(TOM, &"я".repeat(4_096)).await;
    let edits = format!("/api/v1/simulator/numbers/{}/chats/{TOM}/edits", world.phone_number_id());
    let edit = json!({"message": longest["id"], "text": ""});
    world.api.post(&edits, edit).await.problem(422, "simulator-refused");
    world.says(TOM, place(-90.0, 180.0)).await;
    world
        .phone(TOM, "what could be said", |all| {
            (all.iter().filter(|one| one["direction"] == "in").count() == 2).then_some(())
        })
        .await;
    world.program.stop();
}

#[tokio::test]
async fn a_business_begins_with_its_own_name_and_in_its_own_language() {
    let world = World::new().await;
    let business = json!({"name": "Пионы", "time_zone": "Europe/Moscow", "locale": "ru"});
    let second = world.api.post("/api/v1/businesses", business).await.expect(201);
    let second = world.api.clone().in_business(second["id"].as_str().unwrap());
    let number = second.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
    assert_eq!(number["name"], "Симулятор");
    let phone = format!("/api/v1/simulator/numbers/{}", number["phone_number_id"].as_str().unwrap());
    let anna = json!({"wa_id": "79261234567", "name": "Анна"});
    second.post(&format!("{phone}/customers"), anna).await.expect(201);
    let hello = json!({"content": {"type": "text", "body": "Здравствуйте"}});
    second.post(&format!("{phone}/chats/79261234567/messages"), hello).await.expect(201);
    let greeting = until("the greeting", || async {
        let chat = second.get(&format!("{phone}/chats/79261234567")).await.ok();
        let said = chat["messages"].as_array()?.iter().find(|message| message["direction"] == "out")?;
        Some(said["content"].to_string())
    })
    .await;
    assert!(greeting.contains("Это Пионы.") && !greeting.contains("Лаванда"), "{greeting}");
    world.program.stop();
}
