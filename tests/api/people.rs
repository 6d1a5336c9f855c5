//! Who is who, from outside: two records that turn out to be one person, a new number, a call.

use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::graph::GraphApi;
use crate::support::program::{Launch, Program};
use crate::support::world::set_up;
use crate::support::{http_client, until};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "100200300400500";

struct Desk {
    program: Program,
    api: Api,
}

impl Desk {
    async fn new() -> Self {
        let program = Launch::serve().start().await;
        let api = set_up(&program).await;
        let connect = json!({
            "phone_number_id": NUMBER, "waba_id": "5", "token": "EAAtoken", "app_secret": SECRET, "name": "Main",
            "phone": "+15550100200", "skip_checks": true,
        });
        api.post("/api/v1/whatsapp/numbers", connect).await.expect(201);
        Self { program, api }
    }

    async fn told(&self, field: &str, mut value: Value) {
        value["metadata"] = json!({"display_phone_number": "15550100200", "phone_number_id": NUMBER});
        let body = json!({"entry": [{"id": "5", "changes": [{"field": field, "value": value}]}]}).to_string();
        let address = self.program.address("/webhooks/whatsapp");
        let request = GraphApi::new(SECRET).webhook(&http_client(), &address, body.into_bytes());
        assert_eq!(Answer::read("webhook".to_owned(), request).await.status, 200);
        until("the journal to be worked through", || async {
            let rows = self.api.all("/api/v1/webhooks/journal?outcome=pending").await;
            rows.is_empty().then_some(())
        })
        .await;
    }

    async fn wrote(&self, wamid: &str, at: u64, from: Value) {
        let mut message = json!({
            "id": wamid, "timestamp": at.to_string(), "type": "text", "text": {"body": wamid},
        });
        for (name, word) in from.as_object().unwrap() {
            message[name] = word.clone();
        }
        self.told("messages", json!({"messages": [message]})).await;
    }

    async fn customers(&self) -> Vec<Value> {
        self.api.all("/api/v1/customers").await
    }

    /// The customers' words in a thread, the oldest first.
    async fn words(&self, thread: &str) -> Vec<String> {
        let mut messages = self.api.all(&format!("/api/v1/conversations/{thread}/messages")).await;
        messages.reverse();
        let said = messages.into_iter().filter(|message| message["direction"] == "in");
        said.map(|message| message["content"]["body"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn two_records_of_one_person_become_one_and_old_ids_lead_to_it() {
    let desk = Desk::new().await;
    desk.wrote("m1", 1_790_000_000, json!({"from": "447700900123"})).await;
    desk.wrote("m2", 1_790_000_010, json!({"from_user_id": "GB.abc"})).await;
    let before = desk.customers().await;
    assert_eq!(before.len(), 2);
    let threads = desk.api.all("/api/v1/conversations?view=all").await;
    let change = json!({"tags": ["vip"], "fields": [{"name": "city", "value": "Leeds"}]});
    let newer = before[0]["id"].as_str().unwrap();
    desk.api.patch(&format!("/api/v1/customers/{newer}"), change).await.ok();

    desk.wrote("m3", 1_790_000_020, json!({"from": "447700900123", "from_user_id": "GB.abc"})).await;
    let after = desk.customers().await;
    assert_eq!(after.len(), 1, "{after:#?}");
    assert_eq!((&after[0]["phone"], &after[0]["bsuid"]), (&json!("+447700900123"), &json!("GB.abc")));
    assert_eq!((&after[0]["tags"], &after[0]["fields"][0]["value"]), (&json!(["vip"]), &json!("Leeds")));
    for old in &before {
        let found = desk.api.get(&format!("/api/v1/customers/{}", old["id"].as_str().unwrap())).await.ok();
        assert_eq!(found["id"], after[0]["id"]);
    }
    for old in &threads {
        let id = old["id"].as_str().unwrap();
        let found = desk.api.get(&format!("/api/v1/conversations/{id}")).await.ok();
        assert_eq!(found["customer_id"], after[0]["id"]);
        assert_eq!(desk.words(id).await, ["m1", "m2", "m3"]);
    }
    assert_eq!(desk.api.all("/api/v1/conversations?view=all").await.len(), 1);
    desk.program.stop();
}

#[tokio::test]
async fn a_new_number_is_the_same_person_also_when_they_wrote_from_it_first() {
    let desk = Desk::new().await;
    desk.wrote("m1", 1_790_000_000, json!({"from": "447700900123", "from_user_id": "GB.old"})).await;
    desk.wrote("m2", 1_790_000_020, json!({"from": "447700900124", "from_user_id": "GB.new"})).await;
    assert_eq!(desk.customers().await.len(), 2);
    let system = json!({
        "body": "changed", "type": "user_changed_number", "wa_id": "447700900124", "user_id": "GB.new",
        "previous_user_id": "GB.old",
    });
    let told = json!({
        "id": "s1", "timestamp": "1790000010", "type": "system", "from": "447700900123", "system": system,
    });
    desk.told("messages", json!({"messages": [told]})).await;
    let after = desk.customers().await;
    assert_eq!(after.len(), 1, "{after:#?}");
    assert_eq!((&after[0]["phone"], &after[0]["bsuid"]), (&json!("+447700900124"), &json!("GB.new")));
    // The old number has a new owner: that is somebody else.
    desk.wrote("m3", 1_790_000_030, json!({"from": "447700900123", "from_user_id": "GB.other"})).await;
    assert_eq!(desk.customers().await.len(), 2);
    desk.program.stop();
}

#[tokio::test]
async fn a_call_opens_the_window() {
    let desk = Desk::new().await;
    // Without a timestamp it happened when it came.
    let call = json!({
        "id": "wacid.1", "from": "447700900123", "to": "15550100200", "event": "connect",
        "direction": "USER_INITIATED",
    });
    desk.told("calls", json!({"calls": [call]})).await;
    let thread = desk.api.all("/api/v1/conversations?view=waiting").await.remove(0);
    assert!(thread["window_closes_at"].is_string());
    let path = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let shown = desk.api.all(&path).await;
    assert!(shown.iter().any(|message| message["content"]["event"] == "call_incoming"), "{shown:#?}");
    desk.api.post(&path, json!({"content": {"type": "text", "body": "You called?"}})).await.expect(201);
    desk.program.stop();
}

#[tokio::test]
async fn whoever_names_nobody_makes_no_customer() {
    let desk = Desk::new().await;
    for wamid in ["n1", "n2"] {
        desk.wrote(wamid, 1_790_000_000, json!({})).await;
    }
    assert!(desk.customers().await.is_empty());
    let journal = desk.api.all("/api/v1/webhooks/journal?outcome=unknown").await;
    assert_eq!(journal.len(), 2);
    assert!(journal[0]["detail"].as_str().unwrap().contains("sender"), "{}", journal[0]);
    desk.program.stop();
}

#[tokio::test]
async fn a_change_with_an_empty_name_is_refused_and_changes_nothing() {
    let desk = Desk::new().await;
    desk.wrote("m1", 1_790_000_000, json!({"from": "447700900123"})).await;
    let path = format!("/api/v1/customers/{}", desk.customers().await[0]["id"].as_str().unwrap());
    let full = json!({
        "name": "Tom", "email": "tom@example.com", "tags": ["vip"], "fields": [{"name": "city", "value": "Leeds"}],
    });
    let before = desk.api.patch(&path, full).await.ok();
    for (change, pointer, most) in [
        (json!({"tags": [""]}), "/tags/0", 120),
        (json!({"tags": ["new", " "]}), "/tags/1", 120),
        (json!({"fields": [{"name": "", "value": "x"}]}), "/fields/0/name", 120),
        (json!({"name": ""}), "/name", 120),
        (json!({"name": "\u{200b}", "email": ""}), "/name", 120),
    ] {
        let problem = desk.api.patch(&path, change.clone()).await.problem(400, "invalid");
        let told = json!([{"pointer": pointer, "detail": format!("must have 1 to {most} characters")}]);
        assert_eq!(problem["errors"], told, "{change}");
        assert_eq!(desk.api.get(&path).await.ok(), before, "{change}");
    }
    // What may be empty: the value of a field, an e-mail that is no more, and the lists themselves.
    let emptied = json!({"email": "", "tags": [], "fields": [{"name": "city", "value": ""}]});
    let after = desk.api.patch(&path, emptied).await.ok();
    assert_eq!((&after["email"], &after["tags"]), (&Value::Null, &json!([])));
    assert_eq!(after["fields"], json!([{"name": "city", "value": ""}]));
    desk.program.stop();
}
