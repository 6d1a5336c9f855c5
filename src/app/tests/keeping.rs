//! How long what is kept.

use beseda_wire::bots::NewBot;
use beseda_wire::time::Time;
use poem_openapi::types::Example;

use super::*;
use crate::store::{changes_after, follower_position, set_follower_position};

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_kept_for_a_month_and_screens_from_before_load_again() {
    let mut run = Run::new().await;
    let bot = json!(NewBot::example());
    for _ in 0..5 {
        run.post("/api/v1/bots", &bot).await;
    }
    let told = run.screen(None).await;
    let (then, LiveEvent::Ready) = (told[0].seq, &told[0].event) else { panic!("{told:?}") };
    run.post("/api/v1/bots", &bot).await;
    run.post("/api/v1/bots", &bot).await;
    let bots = |told: &[ServerFrame]| {
        told.iter().filter(|frame| matches!(frame.event, LiveEvent::Bot { .. })).count()
    };

    run.days(29).await;
    assert_eq!(run.maintain().await.changes, 0, "not a month yet");
    assert_eq!(bots(&run.screen(Some(then)).await), 2, "what was missed is told");

    run.days(2).await;
    let removed = run.maintain().await;
    assert!(removed.changes >= 6 && removed.failures == 0, "{removed:?}");
    assert_eq!(run.maintain().await.changes, 0, "once");
    let told = run.screen(Some(then)).await;
    assert_eq!(bots(&told), 0);
    assert!(told.iter().any(|frame| frame.event == LiveEvent::Reload), "{told:?}");

    // Everything that was changed is still there, numbers go on, and who was here a moment ago is told what is new.
    let mut run = run.again().await;
    assert_eq!(run.get("/api/v1/bots").await["items"].as_array().unwrap().len(), 7);
    let now = run.screen(None).await[0].seq;
    assert!(now > then);
    run.post("/api/v1/bots", &bot).await;
    assert_eq!(bots(&run.screen(Some(now)).await), 1);
    run.days(31).await;
    assert_eq!(run.get("/api/v1/bots").await["items"].as_array().unwrap().len(), 8);
}

/// A follower that waits for nothing is not waited for, and what happened meanwhile is not news when it waits again.
#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_was_switched_off_holds_no_changes_back_and_begins_with_what_is_new() {
    let mut run = Run::new().await;
    let number = run.post("/api/v1/whatsapp/numbers/simulated", &json!({})).await;
    let phone = format!("/api/v1/simulator/numbers/{}", number["phone_number_id"].as_str().unwrap());
    // A bot that talks is not interrupted, and the one that comes with the number does.
    for bot in run.get("/api/v1/bots").await["items"].as_array().unwrap() {
        let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
        run.patch(&path, &json!({ "enabled": false })).await;
    }
    let hello = json!({ "content": { "type": "text", "body": "Hello" } });
    for (wa_id, name) in [("447700900001", "Una"), ("447700900002", "Tom")] {
        run.post(&format!("{phone}/customers"), &json!({ "wa_id": wa_id, "name": name })).await;
        run.post(&format!("{phone}/chats/{wa_id}/messages"), &hello).await;
    }
    let customers = run
        .until("two customers", async |run| {
            let items = run.get("/api/v1/customers").await["items"].as_array()?.clone();
            (items.len() == 2).then_some(items)
        })
        .await;
    let of = |name: &str| {
        let found = customers.iter().find(|customer| customer["name"] == name).unwrap();
        format!("/api/v1/customers/{}", found["id"].as_str().unwrap())
    };
    let flow = json!({
        "schema": 1, "id": "club", "name": "Club", "language": "en", "start": { "group": "g" },
        "triggers": [{ "id": "tag", "kind": "tag_added", "tag": "club" }],
        "groups": [{ "id": "g", "title": "G", "x": 0, "y": 0, "blocks": [
            { "id": "m", "kind": "message", "text": "Welcome" },
        ] }],
        "edges": [],
    });
    let bot = run.post("/api/v1/bots", &json!({ "flow": flow })).await;
    let bot = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    run.post(&format!("{bot}/publish"), &json!({})).await;
    let view = |run: &Run| {
        let business = run.stores.business(run.business.parse().unwrap(), run.clock.now().into()).unwrap();
        business.store.view().unwrap()
    };
    let position = |run: &Run| follower_position(&view(run), "automations").unwrap();
    let follows = async |run: &Run| position(run) > 0;
    run.until("the follower", async |run| follows(run).await.then_some(())).await;

    let stood = position(&run);
    run.patch(&bot, &json!({ "enabled": false })).await;
    run.until("no follower", async |run| (!follows(run).await).then_some(())).await;
    run.patch(&of("Una"), &json!({ "tags": ["club"] })).await;
    run.days(31).await;
    assert!(run.maintain().await.changes > 0);
    let left = changes_after(&view(&run), stood, 9);
    assert!(matches!(left, Err(StoreError::Forgotten { .. })), "nobody holds them back: {left:?}");
    for wa_id in ["447700900001", "447700900002"] {
        run.post(&format!("{phone}/chats/{wa_id}/messages"), &hello).await;
    }
    // Only within a day of what the customer said may the bot say something.
    let open = |thread: &Value, now: Time| {
        thread["window_closes_at"]
            .as_str()
            .is_some_and(|at| at.parse::<jiff::Timestamp>().unwrap() > now.timestamp())
    };
    run.until("open windows", async |run| {
        let threads = run.get("/api/v1/conversations").await;
        let now = run.clock.now().into();
        threads["items"].as_array()?.iter().all(|thread| open(thread, now)).then_some(())
    })
    .await;
    run.patch(&bot, &json!({ "enabled": true })).await;
    run.until("the follower again", async |run| follows(run).await.then_some(())).await;
    run.patch(&of("Tom"), &json!({ "tags": ["club"] })).await;
    let welcomed = async |run: &Run, wa_id: &str| {
        let chat = run.get(&format!("{phone}/chats/{wa_id}")).await;
        chat["messages"].as_array().unwrap().iter().any(|message| message["content"]["body"] == "Welcome")
    };
    run.until("the welcome", async |run| welcomed(run, "447700900002").await.then_some(())).await;
    assert!(!welcomed(&run, "447700900001").await, "she was tagged while nobody waited for it");
}

/// A flow that sends this file.
fn flow_with(file: &str) -> Value {
    let media =
        json!({ "kind": "image", "stored": file, "mime": "image/png", "size": 3, "filename": "a.png" });
    let mut bot = json!(NewBot::example());
    let blocks = bot["flow"]["groups"][0]["blocks"].as_array_mut().unwrap();
    blocks.insert(0, json!({ "id": "picture", "kind": "message", "media": media, "text": "Look" }));
    bot
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_nothing_names_go_after_a_week_and_no_others() {
    let mut run = Run::new().await;
    let number = run.post("/api/v1/whatsapp/numbers/simulated", &json!({})).await;
    let phone = format!("/api/v1/simulator/numbers/{}", number["phone_number_id"].as_str().unwrap());
    run.post(&format!("{phone}/customers"), &json!({ "wa_id": "447700900001", "name": "Una" })).await;
    let hello = json!({ "content": { "type": "text", "body": "Hello" } });
    run.post(&format!("{phone}/chats/447700900001/messages"), &hello).await;
    let thread = run
        .until("a thread", async |run| {
            run.get("/api/v1/conversations").await["items"][0]["id"].as_str().map(String::from)
        })
        .await;
    let say = format!("/api/v1/conversations/{thread}/messages");

    let never_used = run.upload("never used").await;
    let sent = run.upload("sent").await;
    let drafted = run.upload("drafted").await;
    let held = run.upload("held").await;
    run.post(&say, &json!({ "content": sent })).await;
    let bot = run.post("/api/v1/bots", &flow_with(drafted["sha256"].as_str().unwrap())).await;

    // Twice in a row: what nothing names is marked, and stays for now.
    for _ in 0..2 {
        assert_eq!(run.maintain().await.files, 0);
    }
    run.days(6).await;
    assert_eq!(run.maintain().await.files, 0, "not a week yet");
    // Who uploads it once more means to use it.
    run.upload("held").await;
    run.days(2).await;
    let removed = run.maintain().await;
    assert_eq!((removed.files, removed.bytes, removed.failures), (1, 10, 0), "{removed:?}");
    assert_eq!(run.maintain().await.files, 0, "once");
    assert_eq!(run.read(&never_used).await, None);
    assert_eq!(run.read(&held).await.as_deref(), Some("held"));

    // What is gone cannot be said: the answer says so at once, and not WhatsApp days later.
    run.days(8).await;
    assert_eq!(run.maintain().await.files, 1, "nobody used it after all");
    run.post(&format!("{phone}/chats/447700900001/messages"), &hello).await;
    let refused =
        run.ask(reqwest::Method::POST, &say).json(&json!({ "content": held })).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["pointer"], "/content/sha256");

    // A year later, after a restart: what a message or a draft names is there; what no draft names any more is not.
    run.days(365).await;
    let mut run = run.again().await;
    assert_eq!(run.maintain().await.files, 0);
    assert_eq!(run.read(&sent).await.as_deref(), Some("sent"));
    assert_eq!(run.read(&drafted).await.as_deref(), Some("drafted"));
    let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    assert!(run.ask(reqwest::Method::DELETE, &path).send().await.unwrap().status().is_success());
    assert_eq!(run.maintain().await.files, 0, "marked");
    run.days(8).await;
    assert_eq!(run.maintain().await.files, 1);
    assert_eq!(run.read(&drafted).await, None);
    assert_eq!(run.read(&sent).await.as_deref(), Some("sent"));
}

#[tokio::test]
async fn what_keeps_a_change_log_is_told_of_until_it_goes_on() {
    let mut run = Run::new().await;
    let business = run.stores.business(run.business.parse().unwrap(), run.clock.now().into()).unwrap();
    let follow = async |position: u64| {
        let write = business.store.write(move |tx| set_follower_position(tx, "search", position));
        write.await.unwrap();
    };
    let counted = async |run: &Run| {
        let text = run.http.get(format!("{}/metrics", run.url)).send().await.unwrap().text().await.unwrap();
        let of = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().parse::<u64>().unwrap()
        };
        (of("beseda_store_logs_held "), of("beseda_store_logs_held_commits "))
    };
    let add = async |run: &Run| run.post("/api/v1/bots", &json!(NewBot::example())).await;
    add(&run).await;
    add(&run).await;
    follow(1).await;
    assert_eq!((run.maintain().await.held, counted(&run).await.0), (0, 0), "it is behind, and not for long");
    run.days(31).await;
    add(&run).await;
    let held = run.maintain().await;
    assert_eq!((held.held, held.failures), (1, 0));
    let (logs, commits) = counted(&run).await;
    assert!(logs == 1 && commits > 1, "{logs} {commits}");
    assert!(changes_after(&business.store.view().unwrap(), 1, 9).is_ok(), "it misses nothing");
    follow(1 + commits).await;
    let removed = run.maintain().await;
    assert!(removed.held == 0 && removed.changes > 0, "{removed}");
    assert_eq!(counted(&run).await, (0, 0));
}
