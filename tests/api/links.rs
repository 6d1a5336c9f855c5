//! Addresses that the API tells for somebody else: an invitation's, a callback's. The `Host` of a request is no part of
//! them, since whoever sends the request or passes it on chooses it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::{Answer, Api};
use crate::support::program::Launch;
use crate::support::world::set_up;

const NUMBER: &str = "106540352242922";

/// What is told to a request that says it was made to another host.
async fn forged(api: &Api, method: Method, path: &str, body: Option<Value>) -> Value {
    let mut request =
        api.request(method, path).header("Host", "evil.example").header("X-Forwarded-Host", "evil.example");
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = Answer::read(path.to_owned(), request).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text());
    assert!(!answer.text().contains("evil.example"), "{path}: {}", answer.text());
    answer.json()
}

/// Begins of what is told, with this `server.public_url`.
async fn told_with(public_url: Option<&str>, base: &str) {
    let launch = Launch::serve();
    let launch = match public_url {
        Some(url) => launch.setting("BESEDA_SERVER__PUBLIC_URL", url),
        None => launch,
    };
    let program = launch.start().await;
    let api = set_up(&program).await;
    let invitation = json!({"email": "boris@example.com", "role": "operator"});
    let invitation = forged(&api, Method::POST, "/api/v1/invitations", Some(invitation)).await;
    let link = invitation["link"].as_str().unwrap();
    assert!(link.starts_with(&format!("{base}/invitation?token=")), "{link}");

    let callbacks = |number: &Value| {
        assert_eq!(number["callback_url"], format!("{base}/webhooks/whatsapp/{NUMBER}"));
        assert_eq!(number["app_callback_url"], format!("{base}/webhooks/whatsapp"));
    };
    let number = json!({
        "phone_number_id": NUMBER, "waba_id": "102290129340398", "token": "EAAGfirst", "app_secret": "secret",
        "name": "Rose", "phone": "+15550783881", "skip_checks": true,
    });
    callbacks(&forged(&api, Method::POST, "/api/v1/whatsapp/numbers", Some(number)).await);
    let all = forged(&api, Method::GET, "/api/v1/whatsapp/numbers", None).await;
    callbacks(&all["items"][0]);
    program.stop();
}

#[tokio::test]
async fn no_address_is_made_of_the_host_of_a_request() {
    told_with(None, "").await;
    told_with(Some("https://chat.example.com/"), "https://chat.example.com").await;
}
