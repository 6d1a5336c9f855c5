//! What a business goes by: its time zone and its working hours, who may change them, and the flows that ask.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::members::joined;
use crate::support::api::Api;
use crate::support::line::Line;
use crate::support::until;

const TOM: &str = "447700900123";

async fn settings(line: &Line) -> Value {
    line.api.get("/api/v1/business").await.ok()
}

/// Saves the settings with other hours.
async fn keep_hours(line: &Line, hours: Value) {
    let mut settings = settings(line).await;
    settings["hours"] = hours;
    line.api.put("/api/v1/business", settings).await.ok();
}

/// A flow that "go" starts, with a way for yes and one for no.
async fn ask(line: &Line, block: Value, yes: &str, no: &str) {
    let says = |id: &str, text: &str| json!({"id": id, "kind": "message", "text": text});
    let flow = json!({
        "schema": 1, "id": "ask", "name": "ask", "language": "en", "start": {"group": "main"},
        "triggers": [{"id": "go", "kind": "keyword", "keywords": [{"match": "starts", "text": "go"}]}],
        "groups": [
            {"id": "main", "blocks": [block]},
            {"id": "yes", "blocks": [says("says_yes", "Yes: {{message}}")]},
            {"id": "no", "blocks": [says("says_no", "No: {{message}}")]}],
        "edges": [
            {"id": "e1", "from": {"block": "ask", "port": yes}, "to": {"group": "yes"}},
            {"id": "e2", "from": {"block": "ask", "port": no}, "to": {"group": "no"}}],
    });
    let bot = line.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    line.api.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), json!({})).await.ok();
    line.customer(TOM, "Tom").await;
}

/// What the bot says now.
async fn said(line: &Line) -> String {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let go = format!("go {}", ASKED.fetch_add(1, Ordering::Relaxed));
    line.writes(TOM, &go).await;
    line.phone(TOM, "an answer", |chat| {
        let (answer, asked) = chat.last()?["content"]["body"].as_str()?.split_once(": ")?;
        (asked == go).then(|| answer.to_owned())
    })
    .await
}

#[tokio::test]
async fn the_settings_are_read_saved_and_not_overwritten() {
    let line = Line::new().await;
    let first = settings(&line).await;
    assert_eq!(first.get("hours"), None, "{first}");
    let hours = json!({
        "week": [{"day": 1, "ranges": [{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:00"}]}],
        "dates": [{"date": "2026-12-25", "ranges": [], "note": "Christmas"}],
    });
    let mut changed = first.clone();
    changed["hours"] = hours.clone();
    changed["time_zone"] = json!("Asia/Novosibirsk");
    changed["name"] = json!("  Peony  ");
    let saved = line.api.put("/api/v1/business", changed.clone()).await.ok();
    assert_eq!(saved["hours"], hours);
    assert_eq!((&saved["name"], &saved["time_zone"]), (&json!("Peony"), &json!("Asia/Novosibirsk")));
    assert_eq!(settings(&line).await, saved);
    // Whoever read before that changes nothing, and neither does what cannot be meant.
    line.api.put("/api/v1/business", changed).await.problem(409, "conflict");
    for (pointer, wrong) in [
        ("/hours/week/0/day", json!({"hours": {"week": [{"day": 8, "ranges": []}]}})),
        (
            "/hours/week/0/ranges/0/to",
            json!({"hours": {"week": [{"day": 1, "ranges": [{"from": "09:00", "to": "25:00"}]}]}}),
        ),
        (
            "/hours/dates/0/date",
            json!({"hours": {"week": [], "dates": [{"date": "25.12.2026", "ranges": []}]}}),
        ),
        ("/time_zone", json!({"time_zone": "Mars/Olympus"})),
        ("/name", json!({"name": ""})),
        ("/locale", json!({"locale": "tlh"})),
    ] {
        let mut body = saved.clone();
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let problem = line.api.put("/api/v1/business", body).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    assert_eq!(settings(&line).await, saved);
    // Who answers customers reads them, and does not change them.
    let boris = joined(&line.program, &line.api, "boris@example.com", "operator").await;
    assert_eq!(boris.get("/api/v1/business").await.ok(), saved);
    boris.put("/api/v1/business", saved.clone()).await.problem(403, "forbidden");
    // It outlives the program.
    let line = line.killed().await;
    assert_eq!(settings(&line).await, saved);
    line.program.stop();
}

#[tokio::test]
async fn a_flow_asks_for_the_hours_of_the_business_as_they_are_now() {
    let line = Line::new().await;
    ask(&line, json!({"id": "ask", "kind": "hours"}), "open", "closed").await;
    assert_eq!(said(&line).await, "Yes", "without hours it is always open");
    keep_hours(&line, json!({"week": []})).await;
    assert_eq!(said(&line).await, "No");
    let always: Vec<Value> =
        (1..=7).map(|day| json!({"day": day, "ranges": [{"from": "00:00", "to": "24:00"}]})).collect();
    keep_hours(&line, json!({"week": always})).await;
    assert_eq!(said(&line).await, "Yes");
    let line = line.killed().await;
    assert_eq!(said(&line).await, "Yes", "it is known after a start too");
    keep_hours(&line, Value::Null).await;
    assert_eq!(said(&line).await, "Yes");
    line.program.stop();
}

#[tokio::test]
async fn a_flow_asks_whether_somebody_is_there() {
    let line = Line::new().await;
    let vera = joined(&line.program, &line.api, "vera@example.com", "viewer").await;
    ask(&line, json!({"id": "ask", "kind": "online"}), "online", "offline").await;
    assert_eq!(said(&line).await, "No", "nobody has a screen open");
    let watching = screen(&line, &vera).await;
    assert_eq!(said(&line).await, "No", "a viewer answers nobody");
    // With the role of an operator the same screen counts, from the next message on; and no longer without it.
    let members = line.api.get("/api/v1/members").await.ok()["items"].clone();
    let vera_id = members.as_array().unwrap().iter().find(|member| member["email"] == "vera@example.com");
    let vera_at = format!("/api/v1/members/{}", vera_id.unwrap()["id"].as_str().unwrap());
    for (role, answer) in [("operator", "Yes"), ("viewer", "No")] {
        line.api.patch(&vera_at, json!({ "role": role })).await.ok();
        assert_eq!(said(&line).await, answer, "as {role}");
    }
    let mut socket = screen(&line, &line.api).await;
    assert_eq!(said(&line).await, "Yes");
    socket.close(None).await.unwrap();
    drop((socket, watching));
    // The program hears of it when it does.
    until("nobody is there", || async { (said(&line).await == "No").then_some(()) }).await;
    line.program.stop();
}

type Screen = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a screen, as the interface does.
async fn screen(line: &Line, api: &Api) -> Screen {
    let address = line.program.address("/live").replace("http://", "ws://");
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let business = api.get("/api/v1/businesses").await.ok()["items"][0]["id"].clone();
    let hello = json!({"token": api.token, "business": business});
    socket.send(Message::Text(hello.to_string().into())).await.unwrap();
    let ready = socket.next().await.unwrap().unwrap();
    assert!(ready.to_text().unwrap().contains("ready"), "{ready}");
    socket
}
