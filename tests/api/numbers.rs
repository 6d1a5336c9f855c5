//! Numbers over the API against a simulator by itself: checks, renewed credentials; and where webhooks led.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::program::{Launch, Program};
use crate::support::simulator::Simulator;
use crate::support::until;
use crate::support::world::set_up;

const NUMBER: &str = "106540352242922";
const CUSTOMER: &str = "447700900321";

struct Shop {
    simulator: Simulator,
    program: Program,
    api: Api,
    number: Value,
}

fn at_meta(token: &str, callback: Option<&Value>) -> Value {
    json!({
        "phone_number_id": NUMBER, "waba_id": "102290129340398", "phone": "+15550783881", "name": "Rose & Thorn",
        "token": token, "app_secret": "secret", "verify_token": "typed", "callback_url": callback,
    })
}

impl Shop {
    async fn new() -> Self {
        let simulator = Simulator::start();
        simulator.controls.post("/numbers", at_meta("EAAGfirst", None)).await.ok();
        let program = Launch::serve().setting("BESEDA_WHATSAPP__API_BASE", &simulator.graph).start().await;
        let api = set_up(&program).await;
        let request = json!({
            "phone_number_id": NUMBER, "waba_id": "102290129340398", "token": "EAAGfirst", "app_secret": "secret",
        });
        let number = api.post("/api/v1/whatsapp/numbers", request).await.expect(201);
        Self { simulator, program, api, number }
    }

    fn path(&self) -> String {
        format!("/api/v1/whatsapp/numbers/{}", self.number["id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn credentials_are_renewed_by_what_changes_alone() {
    let shop = Shop::new().await;
    assert_eq!(shop.number["name"], "Rose & Thorn", "asked of Meta");
    let check = format!("{}/check", shop.path());
    let kept = shop.api.post(&check, json!({})).await.ok();
    assert_eq!(kept["ok"], true, "{kept}");

    // Meta takes another token from now on.
    shop.simulator.controls.post("/numbers", at_meta("EAAGsecond", None)).await.ok();
    let ended = shop.api.post(&check, json!({})).await.ok();
    assert_eq!(ended["ok"], false);
    assert_eq!(ended["checks"][0]["result"], "token_invalid");
    let tried = shop.api.post(&check, json!({ "token": "EAAGsecond" })).await.ok();
    assert_eq!(tried["ok"], true, "a blank secret is the kept one: {tried}");

    shop.api.patch(&shop.path(), json!({ "token": "EAAGthird" })).await.problem(422, "checks-failed");
    let renewed =
        shop.api.patch(&shop.path(), json!({ "token": "EAAGsecond", "app_secret": " " })).await.ok();
    assert_eq!((&renewed["id"], &renewed["name"]), (&shop.number["id"], &shop.number["name"]));
    assert_eq!(renewed["verify_token"], shop.number["verify_token"], "what was entered at Meta stays right");
    assert_eq!(shop.api.post(&check, json!({})).await.ok()["ok"], true);
    shop.program.stop();
}

#[tokio::test]
async fn a_webhook_says_where_it_led_and_why_it_did_not() {
    let shop = Shop::new().await;
    let meta = at_meta(
        "EAAGfirst",
        Some(&json!(shop.program.address(shop.number["callback_url"].as_str().unwrap()))),
    );
    shop.simulator.controls.post("/numbers", meta).await.ok();
    let customer = json!({ "wa_id": CUSTOMER, "name": "Rosa" });
    shop.simulator.controls.post(&format!("/numbers/{NUMBER}/customers"), customer).await.ok();
    let hello = json!({ "content": { "type": "text", "body": "Hello" } });
    let chat = format!("/numbers/{NUMBER}/chats/{CUSTOMER}/messages");
    shop.simulator.controls.post(&chat, hello).await.ok();
    let unheard = json!({ "field": "never_heard_of", "value": { "a": 1 } });
    shop.simulator.controls.post(&format!("/numbers/{NUMBER}/webhooks"), unheard).await.ok();

    let journal = until("both webhooks", || async {
        let rows = shop.api.all("/api/v1/webhooks/journal").await;
        let done = rows.len() >= 2 && rows.iter().all(|row| row["outcome"] != "pending");
        done.then_some(rows)
    })
    .await;
    let thread = shop.api.all("/api/v1/conversations?view=all").await.remove(0);
    let detail = async |row: &Value| {
        let id = row["id"].as_u64().unwrap();
        shop.api.get(&format!("/api/v1/webhooks/journal/{id}")).await.ok()
    };
    let message = journal.iter().find(|row| row["kinds"][0] == "message.text").expect("the message");
    let message = detail(message).await;
    assert_eq!(message["conversation"], thread["id"]);
    assert!(message["reason"].is_null(), "{message}");
    let other = journal.iter().find(|row| row["kinds"][0] != "message.text").expect("the other");
    let other = detail(other).await;
    assert!(other["conversation"].is_null(), "{other}");
    shop.program.stop();
}

#[tokio::test]
async fn an_empty_name_is_refused_and_the_number_keeps_its_own() {
    let shop = Shop::new().await;
    for name in ["", " "] {
        let problem = shop.api.patch(&shop.path(), json!({ "name": name })).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/name", "{problem}");
        assert_eq!(shop.api.get(&shop.path()).await.ok()["name"], "Rose & Thorn");
    }
    shop.program.stop();
}
