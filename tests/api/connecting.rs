//! The checks before a number is connected, each as the person who connects it reads it.

use serde_json::{Value, json};

use crate::support::line::{ACCOUNT, APP_SECRET, Line, NUMBER};

/// The checks that fail, each as its name, its result and its words.
async fn failures(line: &Line, change: Value) -> Vec<(String, String, String)> {
    let mut request = Line::connection("T");
    for (name, value) in change.as_object().unwrap() {
        request[name] = value.clone();
    }
    let told = line.api.post("/api/v1/whatsapp/numbers/check", request.clone()).await.ok();
    let failed: Vec<_> = told["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| {
            let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
            (text("name"), text("result"), text("detail"))
        })
        .collect();
    assert_eq!(failed.is_empty(), told["ok"] == true);
    // Connecting refuses with the same words.
    let connected = line.api.post("/api/v1/whatsapp/numbers", request).await;
    if failed.is_empty() {
        connected.expect(201);
    } else {
        let problem = connected.problem(422, "checks-failed");
        assert_eq!(problem["errors"][0]["pointer"], failed[0].0);
    }
    failed
}

async fn register(line: &Line, change: Value) {
    let mut register = json!({
        "phone_number_id": NUMBER, "waba_id": ACCOUNT, "phone": "+15550100200", "name": "Main", "token": "T",
        "app_secret": APP_SECRET, "verify_token": "v",
        "callback_url": line.program.address(&format!("/webhooks/whatsapp/{NUMBER}")),
    });
    for (name, value) in change.as_object().unwrap() {
        register[name] = value.clone();
    }
    line.order(reqwest::Method::POST, "/numbers", register).await;
}

#[tokio::test]
async fn each_mistake_is_named() {
    let line = Line::new().await;
    // Another number of the same token, in another account.
    register(&line, json!({"phone_number_id": "301", "waba_id": "901", "phone": "+15550100201"})).await;
    assert_eq!(failures(&line, json!({})).await, []);
    for (change, name, result, words) in [
        (json!({"token": "X"}), "token", "token_invalid", "The token is not valid"),
        (json!({"app_secret": "0".repeat(32)}), "app_secret", "app_secret_wrong", "copy it again"),
        (
            json!({"phone_number_id": "999"}),
            "phone_number",
            "phone_number_unknown",
            "no such phone number id",
        ),
        (json!({"waba_id": "999"}), "waba", "waba_unknown", "no such account id"),
        (json!({"waba_id": "901"}), "waba", "number_not_in_waba", "not one of this account"),
    ] {
        let failed = failures(&line, change.clone()).await;
        let fits = |(found, why, detail): &(String, String, String)| {
            found == name && why == result && detail.contains(words)
        };
        assert!(failed.iter().any(fits), "{change}: {failed:#?}");
    }
    line.program.stop();
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let line = Line::new().await;
    register(&line, json!({"scopes": ["whatsapp_business_management"]})).await;
    let (name, result, detail) = failures(&line, json!({})).await.remove(0);
    assert_eq!((name.as_str(), result.as_str()), ("permissions", "permission_missing"));
    assert!(detail.contains("whatsapp_business_messaging") && !detail.contains("management"), "{detail}");
    line.program.stop();
}
