//! A number at a simulator that outlives the program: what is ordered of it, and what its customers see, is still
//! there when the program was killed.

use serde_json::{Value, json};

use super::api::{Answer, Api};
use super::graph::GraphApi;
use super::program::{Launch, Program};
use super::simulator::Simulator;
use super::world::{EMAIL, PASSWORD, set_up};
use super::{http_client, until};

pub const NUMBER: &str = "300200100";
pub const ACCOUNT: &str = "900800700";
pub const APP_SECRET: &str = "fedcba9876543210fedcba9876543210";

pub struct Line {
    pub simulator: Simulator,
    pub program: Program,
    pub api: Api,
    pub number: Value,
}

impl Line {
    pub async fn new() -> Self {
        Self::with(Launch::serve()).await
    }

    /// Of a program that is started in its own way.
    pub async fn with(launch: Launch) -> Self {
        let simulator = Simulator::start();
        let program = launch
            .setting("BESEDA_WHATSAPP__API_BASE", simulator.graph.clone())
            .setting("BESEDA_WHATSAPP__RECONCILE_SECONDS", "10")
            .start()
            .await;
        let api = set_up(&program).await;
        let register = json!({
            "phone_number_id": NUMBER, "waba_id": ACCOUNT, "phone": "+15550100200", "name": "Main", "token": "T",
            "app_secret": APP_SECRET, "verify_token": "v",
            "callback_url": program.address(&format!("/webhooks/whatsapp/{NUMBER}")),
        });
        let line = Self { simulator, program, api, number: Value::Null };
        line.order(reqwest::Method::POST, "/numbers", register).await;
        let rules = json!({ "per_second": 0, "pair_limit": false, "status_delay_ms": 20 });
        line.order(reqwest::Method::PATCH, "/rules", rules).await;
        let number = line.api.post("/api/v1/whatsapp/numbers", Self::connection("T")).await.expect(201);
        Self { number, ..line }
    }

    /// What connects the number with this token.
    pub fn connection(token: &str) -> Value {
        json!({
            "phone_number_id": NUMBER, "waba_id": ACCOUNT, "token": token, "app_secret": APP_SECRET,
            "name": "Main", "phone": "+15550100200", "verify_token": "v",
        })
    }

    /// The program is killed, and starts again on what is on the disk.
    pub async fn killed(self) -> Self {
        let program = self.program.start_again().await;
        let api = program.api().sign_in(EMAIL, PASSWORD).await;
        Self { program, api, ..self }
    }

    pub async fn order(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let answer = self.simulator.controls.send(method, path, Some(body), &[]).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        answer.json()
    }

    pub async fn fault(&self, fault: Value) {
        self.order(reqwest::Method::POST, "/faults", fault).await;
    }

    pub async fn rules(&self, rules: Value) {
        self.order(reqwest::Method::PATCH, "/rules", rules).await;
    }

    pub async fn counters(&self) -> Value {
        self.simulator.controls.get("/counters").await.ok()
    }

    pub async fn customer(&self, wa_id: &str, name: &str) {
        self.order(reqwest::Method::POST, "/customers", json!({ "wa_id": wa_id, "name": name })).await;
    }

    pub async fn says(&self, wa_id: &str, content: Value) {
        let path = format!("/numbers/{NUMBER}/chats/{wa_id}/messages");
        self.order(reqwest::Method::POST, &path, json!({ "content": content })).await;
    }

    /// The customer taps a button or a row of the business's message, as it stands in their chat.
    pub async fn taps(&self, wa_id: &str, message: &Value, kind: &str, choice: &Value) -> Value {
        let content = json!({ "type": "reply", "kind": kind, "id": choice["id"], "title": choice["title"] });
        let body = json!({ "content": content, "reply_to": message["id"] });
        self.order(reqwest::Method::POST, &format!("/numbers/{NUMBER}/chats/{wa_id}/messages"), body).await
    }

    pub async fn writes(&self, wa_id: &str, text: &str) {
        self.says(wa_id, json!({ "type": "text", "body": text })).await;
    }

    /// Meta tells this of a message, beside what the simulator tells.
    pub async fn tells(&self, status: Value) {
        let metadata = json!({"display_phone_number": "15550100200", "phone_number_id": NUMBER});
        let value = json!({"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]});
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": ACCOUNT, "changes": [{"field": "messages", "value": value}]}],
        });
        let address = self.program.address("/webhooks/whatsapp");
        let body = body.to_string().into_bytes();
        let request = GraphApi::new(APP_SECRET).webhook(&http_client(), &address, body);
        assert_eq!(Answer::read("webhook".to_owned(), request).await.status, 200);
        until("the journal to be worked through", || async {
            self.api.all("/api/v1/webhooks/journal?outcome=pending").await.is_empty().then_some(())
        })
        .await;
    }

    /// A customer who has written, and the thread with them.
    pub async fn met(&self, wa_id: &str, name: &str) -> Value {
        self.customer(wa_id, name).await;
        self.writes(wa_id, "Hello").await;
        self.thread(name).await
    }

    pub async fn thread(&self, name: &str) -> Value {
        until(&format!("a thread with {name}"), || async {
            let threads = self.api.all("/api/v1/conversations?view=all").await;
            threads.into_iter().find(|thread| thread["customer_name"] == name)
        })
        .await
    }

    /// Sends something into a thread.
    pub async fn send(&self, thread: &Value, content: Value) -> Value {
        let path = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().expect("an id"));
        self.api.post(&path, json!({ "content": content })).await.expect(201)
    }

    pub async fn send_text(&self, thread: &Value, text: &str) -> Value {
        self.send(thread, json!({ "type": "text", "body": text })).await
    }

    /// How many webhooks of this kind are in the journal and worked through.
    pub async fn journalled(&self, kind: &str) -> usize {
        let rows = self.api.all("/api/v1/webhooks/journal").await;
        rows.iter()
            .filter(|row| row["kinds"].to_string().contains(kind) && row["outcome"] != "waiting")
            .count()
    }

    pub async fn messages(&self, thread: &Value) -> Vec<Value> {
        let id = thread["id"].as_str().expect("an id");
        self.api.all(&format!("/api/v1/conversations/{id}/messages")).await
    }

    /// A message, once it is in one of these states.
    pub async fn becomes(&self, message: &Value, states: &[&str]) -> Value {
        let path =
            format!("/api/v1/conversations/{}/messages", message["conversation_id"].as_str().expect("an id"));
        until(&format!("{states:?} of {message}"), || async {
            let all = self.api.all(&path).await;
            let now = all.into_iter().find(|one| one["id"] == message["id"])?;
            states.contains(&now["status"].as_str()?).then_some(now)
        })
        .await
    }

    pub async fn arrives(&self, message: &Value) -> Value {
        self.becomes(message, &["delivered", "read"]).await
    }

    /// How often Meta took this message.
    pub async fn taken(&self, message: &Value) -> u64 {
        let simple = |name: &str| message[name].as_str().expect("an id").replace('-', "");
        let data = format!("beseda:{}:{}", simple("conversation_id"), simple("id"));
        let path = format!("/accepted?callback_data={data}");
        self.simulator.controls.get(&path).await.ok()["count"].as_u64().expect("a count")
    }

    /// What lies on the customer's phone, once `found` sees in it what it looks for.
    pub async fn phone<T>(&self, wa_id: &str, what: &str, found: impl Fn(&[Value]) -> Option<T>) -> T {
        let path = format!("/numbers/{NUMBER}/chats/{wa_id}");
        until(what, || async {
            let chat = self.simulator.controls.get(&path).await.ok();
            found(chat["messages"].as_array().expect("messages"))
        })
        .await
    }

    /// The business's texts on the customer's phone.
    pub async fn read_out(&self, wa_id: &str) -> Vec<String> {
        let all = |chat: &[Value]| {
            let out = chat.iter().filter(|message| message["direction"] == "out");
            Some(
                out.map(|message| message["content"]["body"].as_str().unwrap_or_default().to_owned())
                    .collect(),
            )
        };
        self.phone(wa_id, "the chat", all).await
    }
}
