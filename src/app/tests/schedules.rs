//! Bots that begin by the clock: over real HTTP and the simulator, with the clock moved.

use super::*;

/// A run with a simulated number of which no bot answers yet, and the number's address at the simulator.
async fn quiet() -> (Run, String) {
    let run = Run::new().await;
    let number = run.post("/api/v1/whatsapp/numbers/simulated", &json!({})).await;
    for bot in run.get("/api/v1/bots").await["items"].as_array().unwrap() {
        let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
        run.patch(&path, &json!({ "enabled": false })).await;
    }
    let phone = format!("/api/v1/simulator/numbers/{}", number["phone_number_id"].as_str().unwrap());
    (run, phone)
}

async fn publish(run: &Run, id: &str, trigger: &Value, groups: Value, edges: Value) {
    let flow = json!({ "schema": 1, "id": id, "name": id, "language": "en", "triggers": [trigger],
                       "groups": groups, "edges": edges });
    let bot = run.post("/api/v1/bots", &json!({ "flow": flow })).await;
    run.post(&format!("/api/v1/bots/{}/publish", bot["id"].as_str().unwrap()), &json!({})).await;
}

/// All that the bots have said on this customer's phone and when, once they said these words so often.
async fn hears(run: &Run, phone: &str, wa_id: &str, words: &str, times: usize) -> Vec<[String; 2]> {
    let path = format!("{phone}/chats/{wa_id}");
    run.until(&format!("{words:?} to {wa_id}"), async |run| {
        let chat = run.get(&path).await;
        let said = chat["messages"].as_array()?.iter().filter(|message| message["direction"] == "out");
        let read = |text: &Value| text.as_str().map(str::to_owned);
        let said: Vec<_> =
            said.filter_map(|said| Some([read(&said["at"])?, read(&said["content"]["body"])?])).collect();
        (said.iter().filter(|[_, text]| text == words).count() >= times).then_some(said)
    })
    .await
}

impl Run {
    async fn writes(&self, phone: &str, wa_id: &str, text: &str) {
        let said = json!({ "content": { "type": "text", "body": text } });
        self.post(&format!("{phone}/chats/{wa_id}/messages"), &said).await;
    }

    /// Puts the clock there. Somebody is asked something then, so that the timers, which sleep by the real clock, are
    /// looked at; that they were shows the question of whoever was asked before: its minute is over.
    async fn at(&mut self, phone: &str, time: &str, asked: &mut Option<String>) {
        self.clock.set(time.parse().unwrap());
        self.sign_in().await;
        let next =
            asked.as_ref().map_or(447_700_901_000, |before| before.parse::<u64>().unwrap() + 1).to_string();
        self.post(&format!("{phone}/customers"), &json!({ "wa_id": next, "name": "Somebody" })).await;
        self.writes(phone, &next, "hello").await;
        hears(self, phone, &next, "And you?", 1).await;
        if let Some(before) = asked.replace(next) {
            hears(self, phone, &before, "Too late", 1).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_begins_a_bot_once_a_day_at_its_hour() {
    let (mut run, phone) = quiet().await;
    let hello = json!({ "id": "t", "kind": "keyword", "keywords": [{ "text": "hello" }] });
    let ask = json!({ "id": "q", "kind": "question", "text": "And you?", "answer": "text", "timeout": 60 });
    let late = json!({ "id": "late", "blocks": [{ "id": "l", "kind": "end", "text": "Too late" }] });
    let way = json!({ "id": "e", "from": { "block": "q", "port": "timeout" }, "to": { "group": "late" } });
    publish(&run, "asks", &hello, json!([{ "id": "main", "blocks": [ask] }, late]), json!([way])).await;
    let daily = json!({ "id": "t", "kind": "schedule", "schedule": { "at": "09:00" } });
    let morning = json!({ "id": "m", "kind": "message", "text": "Good morning, {{contact.name}}" });
    publish(&run, "morning", &daily, json!([{ "id": "main", "blocks": [morning] }]), json!([])).await;

    // With Tom a bot has talked; Una wrote what none answers.
    let (tom, una) = ("447700900001", "447700900002");
    for (wa_id, name, said) in [(tom, "Tom", "hello"), (una, "Una", "Anybody there?")] {
        run.post(&format!("{phone}/customers"), &json!({ "wa_id": wa_id, "name": name })).await;
        run.writes(&phone, wa_id, said).await;
    }
    hears(&run, &phone, tom, "And you?", 1).await;

    let asked = &mut None;
    for too_early in ["2026-01-01T12:00:00Z", "2026-01-02T08:58:00Z", "2026-01-02T08:59:59Z"] {
        run.at(&phone, too_early, asked).await;
    }
    run.at(&phone, "2026-01-02T09:01:00Z", asked).await;
    let said = hears(&run, &phone, tom, "Good morning, Tom", 1).await;
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[2], ["2026-01-02T09:01:00Z", "Good morning, Tom"], "no sooner");

    // The same day it does not come again; the next day it does.
    run.writes(&phone, tom, "Thanks").await;
    for too_early in ["2026-01-02T20:00:00Z", "2026-01-03T08:59:00Z"] {
        run.at(&phone, too_early, asked).await;
    }
    run.at(&phone, "2026-01-03T09:00:00Z", asked).await;
    let said = hears(&run, &phone, tom, "Good morning, Tom", 2).await;
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!(said[3], ["2026-01-03T09:00:00Z", "Good morning, Tom"]);
    let unas = run.get(&format!("{phone}/chats/{una}")).await;
    let to_una = unas["messages"].as_array().unwrap().iter().filter(|message| message["direction"] == "out");
    assert_eq!(to_una.count(), 0, "no bot has talked with Una: {unas}");
}
