//! One app at Meta, several businesses: one callback address, one secret, and each sees its own part alone.

use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::graph::GraphApi;
use crate::support::program::Launch;
use crate::support::world::set_up;
use crate::support::{http_client, until};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn connect(api: &Api, number: &str, waba: &str, secret: &str) {
    let connect = json!({
        "phone_number_id": number, "waba_id": waba, "token": "EAAtoken", "app_secret": secret, "name": number,
        "phone": "+15550100200", "skip_checks": true,
    });
    api.post("/api/v1/whatsapp/numbers", connect).await.expect(201);
}

fn entry(waba: &str, number: Option<&str>, from: &str, text: &str) -> Value {
    let change = match number {
        Some(number) => json!({"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550100200", "phone_number_id": number},
            "contacts": [{"profile": {"name": text}, "wa_id": from}],
            "messages": [{"id": format!("wamid.{text}"), "from": from, "timestamp": "1790000000", "type": "text",
                          "text": {"body": text}}],
        }}),
        None => json!({"field": "account_update", "value": {"event": text}}),
    };
    json!({"id": waba, "time": 1_790_000_000, "changes": [change]})
}

/// Everything that a business can read of its webhooks and threads, as one text.
async fn seen(api: &Api) -> String {
    let mut seen = String::new();
    for row in api.all("/api/v1/webhooks/journal").await {
        let path = format!("/api/v1/webhooks/journal/{}", row["id"]);
        seen.push_str(api.get(&path).await.ok()["body"].as_str().unwrap());
    }
    for thread in api.all("/api/v1/conversations?view=all").await {
        seen.push_str(&thread.to_string());
    }
    seen
}

#[tokio::test]
async fn one_signed_body_is_divided_and_nobody_sees_anothers_part() {
    let program = Launch::serve().start().await;
    let first = set_up(&program).await;
    let id = first.all("/api/v1/businesses").await[0]["id"].as_str().unwrap().to_owned();
    let first = first.in_business(&id);
    let mut others = Vec::new();
    for name in ["Second", "Stranger"] {
        let made = first
            .post("/api/v1/businesses", json!({"name": name, "time_zone": "Europe/London", "locale": "en"}))
            .await
            .expect(201);
        others.push(first.clone().in_business(made["id"].as_str().unwrap()));
    }
    let [second, stranger] = others.try_into().unwrap_or_else(|_| panic!("two businesses"));
    connect(&first, "101", "11", SECRET).await;
    connect(&second, "202", "22", SECRET).await;
    connect(&stranger, "303", "33", "another-secret-of-another-app..").await;

    let body = json!({"object": "whatsapp_business_account", "entry": [
        entry("11", Some("101"), "447700900001", "Alpha"),
        entry("22", Some("202"), "447700900002", "Beta"),
        entry("22", None, "", "BETA_ACCOUNT"),
        // The stranger's number: this app's secret proves nothing about it.
        entry("33", Some("303"), "447700900003", "Gamma"),
        // An account that nobody here has.
        entry("99", None, "", "NOBODYS_ACCOUNT"),
    ]});
    let address = program.address("/webhooks/whatsapp");
    let request = GraphApi::new(SECRET).webhook(&http_client(), &address, body.to_string().into_bytes());
    assert_eq!(Answer::read("webhook".to_owned(), request).await.status, 200);
    for (api, name) in [(&first, "Alpha"), (&second, "Beta")] {
        until(&format!("the thread with {name}"), || async {
            let threads = api.all("/api/v1/conversations?view=all").await;
            threads.iter().any(|thread| thread["customer_name"] == name).then_some(())
        })
        .await;
    }
    let (of_first, of_second, of_stranger) = (seen(&first).await, seen(&second).await, seen(&stranger).await);
    let holds = |text: &str| {
        ["Alpha", "Beta", "BETA_ACCOUNT", "Gamma", "NOBODYS_ACCOUNT"].map(|word| text.contains(word))
    };
    // What names nobody of this app goes to the app's oldest number: somebody must be able to see it.
    assert_eq!(holds(&of_first), [true, false, false, true, true], "{of_first}");
    assert_eq!(holds(&of_second), [false, true, true, false, false], "{of_second}");
    assert_eq!(holds(&of_stranger), [false; 5], "{of_stranger}");
    // What came for the stranger's number made no thread anywhere.
    assert_eq!(first.all("/api/v1/conversations?view=all").await.len(), 1);

    // The stranger's own app is heard, and a body signed by it says nothing to the others.
    let body = json!({"entry": [
        entry("33", Some("303"), "447700900003", "Delta"),
        entry("11", Some("101"), "447700900004", "Forged"),
    ]});
    let app = GraphApi::new("another-secret-of-another-app..");
    let request = app.webhook(&http_client(), &address, body.to_string().into_bytes());
    assert_eq!(Answer::read("webhook".to_owned(), request).await.status, 200);
    until("the stranger's thread", || async {
        (stranger.all("/api/v1/conversations?view=all").await.len() == 1).then_some(())
    })
    .await;
    assert!(!seen(&first).await.contains("Forged"));
    program.stop();
}
