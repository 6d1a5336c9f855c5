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

#[tokio::test]
async fn a_number_has_its_form_also_where_nothing_is_checked() {
    let line = Line::new().await;
    let connect = |change: Value| {
        let mut request = Line::connection("T");
        request["phone_number_id"] = json!("777");
        request["skip_checks"] = json!(true);
        for (name, value) in change.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    };
    for (change, pointer) in [
        (json!({"phone_number_id": "12 34"}), "/phone_number_id"),
        (json!({"waba_id": ""}), "/waba_id"),
        (json!({"token": "a token"}), "/token"),
        (json!({"app_secret": "абвгде"}), "/app_secret"),
        (json!({"app_secret": "x"}), "/app_secret"),
        (json!({"verify_token": "two words"}), "/verify_token"),
        (json!({"phone": "call me"}), "/phone"),
        (json!({"name": "a\u{0}b"}), "/name"),
        (json!({"messages_per_second": 0}), "/messages_per_second"),
    ] {
        let refused =
            line.api.post("/api/v1/whatsapp/numbers", connect(change)).await.problem(400, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let connected = line.api.post("/api/v1/whatsapp/numbers", connect(json!({"phone": "+1 (555) 010-0200"})));
    assert_eq!(connected.await.expect(201)["phone"], "+15550100200");

    // An id that a business here has is nobody else's.
    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = line.api.post("/api/v1/businesses", business).await.expect(201);
    let second = line.api.clone().in_business(second["id"].as_str().unwrap());
    second.post("/api/v1/whatsapp/numbers", connect(json!({}))).await.problem(409, "conflict");
    assert!(second.all("/api/v1/whatsapp/numbers").await.is_empty());
    line.program.stop();
}
