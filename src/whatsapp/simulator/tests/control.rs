//! The controls over HTTP.

use beseda_wire::simulator::{SimChat, SimCounters, SimFile, SimNumber};
use reqwest::Method;
use serde_json::json;

use super::*;
use crate::whatsapp::simulator::History;

impl World {
    async fn controls(&self, method: reqwest::Method, path: &str, body: Value) -> Got {
        let request = self.http.request(method, format!("{}/{path}", self.url));
        got(if body.is_null() { request } else { request.json(&body) }).await
    }
}

#[tokio::test]
async fn everything_is_reached_over_http() {
    let world = World::new().await;
    let customer =
        world.controls(Method::POST, "customers", json!({"wa_id": "+16505551234", "name": "Bob"})).await;
    assert_eq!((customer.status, customer.body["wa_id"].as_str()), (200, Some("16505551234")));
    let chat = format!("numbers/{NUMBER}/chats/16505551234");
    let said = world
        .controls(
            Method::POST,
            &format!("{chat}/messages"),
            json!({"content": {"type": "text", "body": "Hello"}}),
        )
        .await;
    assert_eq!(said.body["content"]["body"], "Hello", "{}", said.body);
    assert_eq!(world.receiver.messages(1).await[0]["text"]["body"], "Hello");
    let edit = json!({"message": said.body["id"], "text": "Hello!"});
    assert_eq!(world.controls(Method::POST, &format!("{chat}/edits"), edit).await.status, 204);
    assert_eq!(
        world.controls(Method::POST, &format!("{chat}/acts"), json!({"act": "open"})).await.status,
        204
    );
    let shown: SimChat =
        serde_json::from_value(world.controls(Method::GET, &chat, Value::Null).await.body).unwrap();
    assert!(shown.open && shown.window_open && shown.messages[0].edited);
    let change = json!({"name": "Robert", "hides_phone": true});
    let changed = world.controls(Method::PATCH, "customers/16505551234", change).await;
    assert_eq!(
        (changed.body["name"].as_str(), changed.body["hides_phone"].as_bool()),
        (Some("Robert"), Some(true))
    );
    assert_eq!(world.controls(Method::GET, "customers", Value::Null).await.body.as_array().unwrap().len(), 2);
    let fault = json!({"kind": "error", "code": 131_026});
    assert_eq!(world.controls(Method::POST, "faults", fault).await.status, 204);
    assert_eq!(world.controls(Method::GET, "faults", Value::Null).await.body[0]["times"], 1);
    assert_eq!(world.controls(Method::DELETE, "faults", Value::Null).await.status, 204);
    let own = format!("numbers/{NUMBER}/faults");
    assert_eq!(world.controls(Method::POST, &own, json!({"kind": "lost_answer"})).await.status, 204);
    assert_eq!(world.controls(Method::POST, "faults", json!({"kind": "lost_request"})).await.status, 204);
    assert_eq!(world.controls(Method::GET, &own, Value::Null).await.body.as_array().unwrap().len(), 1);
    assert_eq!(world.controls(Method::DELETE, &own, Value::Null).await.status, 204);
    let left = world.controls(Method::GET, "faults", Value::Null).await.body;
    assert_eq!((left[0]["kind"].as_str(), left.as_array().unwrap().len()), (Some("lost_request"), 1));
    let theirs = json!({"wa_id": "16505550000", "name": "Own"});
    let path = format!("numbers/{NUMBER}/customers");
    assert_eq!(world.controls(Method::POST, &path, theirs).await.status, 200);
    assert_eq!(world.controls(Method::GET, &path, Value::Null).await.body.as_array().unwrap().len(), 3);
    let renamed =
        world.controls(Method::PATCH, &format!("{path}/16505550000"), json!({"name": "Mine"})).await;
    assert_eq!(renamed.body["name"], "Mine");
    let rules = world.controls(Method::PATCH, "rules", json!({"batch": 5})).await;
    assert_eq!(rules.body["batch"], 5);
    let counters = world.controls(Method::GET, "counters", Value::Null).await.body;
    assert_eq!(serde_json::from_value::<SimCounters>(counters).unwrap().said, 1);
    assert_eq!(
        world.controls(Method::GET, "accepted?callback_data=x", Value::Null).await.body,
        json!({"count": 0})
    );
    let numbers = world.controls(Method::GET, "numbers", Value::Null).await.body;
    assert!(!numbers.to_string().contains("app-secret") && !numbers.to_string().contains("EAAtoken"));
    let numbers: Vec<SimNumber> = serde_json::from_value(numbers).unwrap();
    assert_eq!(numbers[0].callback_url.as_deref(), Some(world.receiver.url().as_str()));
    assert_eq!(
        world.controls(Method::POST, &format!("numbers/{NUMBER}/verify"), Value::Null).await.body["ok"],
        true
    );
    assert_eq!(world.controls(Method::POST, "reset", Value::Null).await.status, 204);
    assert_eq!(world.controls(Method::DELETE, &format!("numbers/{NUMBER}"), Value::Null).await.status, 204);
    assert_eq!(world.controls(Method::GET, &chat, Value::Null).await.status, 404);
}

#[tokio::test]
async fn who_watches_a_chat_sees_what_comes() {
    let world = World::new().await;
    world.says("hi");
    let before = world.simulator.chat(NUMBER, ANNA).unwrap();
    let path = format!("numbers/{NUMBER}/chats/{ANNA}?after={}", before.revision);
    let watching = world.controls(Method::GET, &path, Value::Null);
    let sending = world.sends("text", json!({"body": "hello"}));
    let (seen, sent) = tokio::join!(watching, sending);
    assert_eq!(sent.status, 200);
    let seen: SimChat = serde_json::from_value(seen.body).unwrap();
    assert_eq!(seen.messages.len(), 2);
    assert!(seen.revision > before.revision);
    let soon = Duration::from_millis(1);
    let same = world.simulator.wait_chat(NUMBER, ANNA, seen.revision, soon).await.unwrap();
    assert_eq!(same.revision, seen.revision, "nothing came, so it is the same");
    let forgotten = world.simulator.wait_chat(NUMBER, ANNA, seen.revision, Duration::from_secs(20));
    let (forgotten, ()) = tokio::join!(forgotten, async { world.simulator.reset() });
    assert_ne!(forgotten.unwrap().revision, seen.revision, "a reset is seen as well");
}

#[tokio::test]
async fn files_and_samples_are_put_on_the_phone() {
    let world = World::new().await;
    let names = world.controls(Method::GET, "samples", Value::Null).await.body;
    assert!(names.as_array().unwrap().contains(&json!("coffee.jpg")), "{names}");
    let sample = world.http.get(format!("{}/samples/coffee.jpg", world.url)).send().await.unwrap();
    assert_eq!(sample.headers()["content-type"], "image/jpeg");
    let taken = world.controls(Method::POST, "samples/coffee.jpg", Value::Null).await.body;
    let taken: SimFile = serde_json::from_value(taken).unwrap();
    let photo = json!({"content": {"type": "media", "kind": "image", "state": "stored", "provider_id": taken.id, "caption": "mine"}});
    let chat = format!("numbers/{NUMBER}/chats/{ANNA}/messages");
    assert_eq!(world.controls(Method::POST, &chat, photo).await.status, 200);
    assert_eq!(world.receiver.messages(1).await[0]["image"]["caption"], "mine");
    let put = world.http.post(format!("{}/files?name=a.txt", world.url)).header("Content-Type", "text/plain");
    let file: SimFile = serde_json::from_value(got(put.body("hello")).await.body).unwrap();
    assert_eq!((file.size, file.name.as_deref()), (5, Some("a.txt")));
    let wrong =
        world.http.post(format!("{}/files", world.url)).header("Content-Type", "image/gif").body("GIF89a");
    assert_eq!(got(wrong).await.status, 422);
    for path in ["samples/none.jpg", "files/1", "samples/..%2Fmod.rs"] {
        assert_eq!(world.controls(Method::GET, path, Value::Null).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_as_a_problem() {
    let world = World::new().await;
    for (method, path, body, status) in [
        (Method::POST, "customers".to_owned(), json!({"wa_id": "none", "name": "B"}), 422),
        (Method::POST, "faults".to_owned(), json!({"kind": "error"}), 422),
        (Method::GET, format!("numbers/{NUMBER}/chats/1234567"), Value::Null, 404),
        (
            Method::POST,
            format!("numbers/{NUMBER}/chats/{ANNA}/messages"),
            json!({"content": {"type": "location_request", "body": "?"}}),
            422,
        ),
        (Method::POST, format!("numbers/{NUMBER}/chats/{ANNA}/acts"), json!({"act": "play"}), 422),
    ] {
        let refused = world.controls(method, &path, body).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.body);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        assert!(!refused.body["detail"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_business_that_remembers_more_fills_the_phone() {
    let world = World::new().await;
    let now = beseda_wire::time::Time::from(world.clock.now());
    let old = world.says("long ago");
    world.simulator.reset();
    assert!(world.simulator.chat(NUMBER, ANNA).unwrap().messages.is_empty());
    // Somebody writes before anybody looks: that stays below what was before, which is told once.
    let new = world.says("now");
    let before =
        History { heard_at: Some(now.plus_seconds(-3600)), messages: vec![old.clone(), new.clone()] };
    assert!(!world.simulator.is_recalled(NUMBER, ANNA).unwrap());
    for _ in 0..2 {
        world.simulator.recall(NUMBER, ANNA, &before).unwrap();
        assert!(world.simulator.is_recalled(NUMBER, ANNA).unwrap());
    }
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    assert_eq!(chat.messages, [old, new]);
    assert!(chat.window_open);
    assert_eq!(world.sends("text", json!({"body": "x"})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_talks_and_is_counted() {
    let world = World::new().await;
    // A bot of one line: whoever says something gets two buttons back.
    let bot = async {
        let mut answered = 0;
        loop {
            let messages = world.receiver.messages(answered + 1).await;
            for message in &messages[answered..] {
                let buttons = json!([{"type": "reply", "reply": {"id": "a", "title": "A"}}]);
                let part = json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}});
                let to = format!("+{}", message["from"].as_str().unwrap());
                world
                    .posts(json!({"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": part}))
                    .await;
            }
            answered = messages.len();
        }
    };
    let crowd = json!({"phone_number_id": NUMBER, "customers": 5, "seconds": 1.0, "texts": ["hi", "and?"]});
    let report = tokio::select! {
        () = bot => unreachable!("the bot never ends"),
        report = world.controls(Method::POST, "crowd", crowd) => report,
    };
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body["answered"].as_u64().unwrap() > 0, "{}", report.body);
    let messages = world.receiver.messages(6).await;
    assert!(
        messages.iter().any(|message| message["interactive"]["button_reply"]["id"] == "a"),
        "they tap too"
    );
    let nobody = json!({"phone_number_id": "1", "customers": 1, "seconds": 0.1, "texts": []});
    assert_eq!(world.controls(Method::POST, "crowd", nobody).await.status, 404);
}

/// What the framework finds wrong by itself has the shape of everything else.
#[tokio::test]
async fn whatever_is_wrong_is_told_as_a_problem() {
    let world = World::new().await;
    let whole = world.url.trim_end_matches("/simulator");
    let post = |path: &str| world.http.post(format!("{}/{path}", world.url));
    for (request, status, words) in [
        (post("numbers").header("Content-Type", "application/json").body("{\"wa"), 400, "EOF while parsing"),
        (post("numbers").json(&json!({"waba_id": "1"})), 400, "missing field `phone_number_id`"),
        (post("numbers").body("{}"), 415, "content type"),
        (world.http.get(format!("{}/nowhere", world.url)), 404, "There is nothing at this address."),
        (world.http.get(format!("{whole}/nowhere")), 404, "There is nothing at this address."),
        (world.http.delete(format!("{}/rules", world.url)), 405, "method not allowed"),
        (world.http.get(format!("{}/numbers/1/customers", world.url)), 404, "no number"),
        (world.http.get(format!("{}/accepted", world.url)), 400, "callback_data"),
    ] {
        let refused = got(request).await;
        assert_eq!(refused.status, status, "{words}: {}", refused.body);
        assert_eq!(refused.headers["content-type"], "application/problem+json", "{words}");
        assert_eq!(refused.body["status"], status, "{words}");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{words}: {detail}");
    }
}
