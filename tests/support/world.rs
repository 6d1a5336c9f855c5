//! A business that is set up, with a number at the simulator inside the program, and the customers on its phones.

use serde_json::{Value, json};

use super::api::Api;
use super::program::{Launch, Program};
use super::until;

pub const EMAIL: &str = "anna@example.com";
pub const PASSWORD: &str = "a long way to the sea";

pub struct World {
    pub program: Program,
    /// The owner.
    pub api: Api,
    /// The simulated number, as the API says it.
    pub number: Value,
}

/// Makes the first owner and the first business through the printed address.
pub async fn set_up(program: &Program) -> Api {
    let address = program.setup_url.clone().expect("a new program prints its setup address");
    let token = address.split("token=").nth(1).expect("the address has a token").to_owned();
    let setup = json!({
        "token": token,
        "email": EMAIL,
        "password": PASSWORD,
        "name": "Anna",
        "business_name": "Lotus",
        "locale": "en",
        "time_zone": "Europe/London",
    });
    let answer = program.api().post("/api/v1/setup", setup).await.ok();
    program.api().with_token(answer["access_token"].as_str().expect("an access token"))
}

impl World {
    pub async fn new() -> Self {
        let program = Launch::serve().start().await;
        let api = set_up(&program).await;
        let number = api.post("/api/v1/whatsapp/numbers/simulated", json!({})).await.expect(201);
        Self { program, api, number }
    }

    pub fn phone_number_id(&self) -> &str {
        self.number["phone_number_id"].as_str().expect("an id")
    }

    pub async fn customer(&self, wa_id: &str, name: &str) {
        let path = format!("/api/v1/simulator/numbers/{}/customers", self.phone_number_id());
        self.api.post(&path, json!({ "wa_id": wa_id, "name": name })).await;
    }

    /// The customer sends this content; gives the message as the phone has it.
    pub async fn says(&self, wa_id: &str, content: Value) -> Value {
        let path = format!("/api/v1/simulator/numbers/{}/chats/{wa_id}/messages", self.phone_number_id());
        self.send(&path, json!({ "content": content })).await
    }

    pub async fn writes(&self, wa_id: &str, text: &str) -> Value {
        self.says(wa_id, json!({ "type": "text", "body": text })).await
    }

    /// Taps a button or a row of the business's message.
    pub async fn taps(&self, wa_id: &str, message: &Value, kind: &str, choice: &Value) -> Value {
        let path = format!("/api/v1/simulator/numbers/{}/chats/{wa_id}/messages", self.phone_number_id());
        let content = json!({ "type": "reply", "kind": kind, "id": choice["id"], "title": choice["title"] });
        self.send(&path, json!({ "content": content, "reply_to": message["id"] })).await
    }

    /// The customer's chat with the number, once `found` sees in it what it looks for.
    pub async fn phone<T>(&self, wa_id: &str, what: &str, found: impl Fn(&[Value]) -> Option<T>) -> T {
        let path = format!("/api/v1/simulator/numbers/{}/chats/{wa_id}", self.phone_number_id());
        until(what, || async {
            let chat = self.api.get(&path).await.ok();
            found(chat["messages"].as_array().expect("messages"))
        })
        .await
    }

    /// The thread with a customer, once there is one.
    pub async fn thread(&self, name: &str) -> Value {
        until(&format!("a thread with {name}"), || async {
            let threads = self.api.all("/api/v1/conversations?view=all").await;
            threads.into_iter().find(|thread| thread["customer_name"] == name)
        })
        .await
    }

    pub async fn messages(&self, thread: &Value) -> Vec<Value> {
        let id = thread["id"].as_str().expect("an id");
        self.api.all(&format!("/api/v1/conversations/{id}/messages")).await
    }

    async fn send(&self, path: &str, body: Value) -> Value {
        let answer = self.api.post(path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        answer.json()
    }
}
