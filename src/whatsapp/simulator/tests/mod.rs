//! The simulator over real HTTP, on loopback: a business that sends with an ordinary client and receives on a socket
//! of its own. Nothing here uses the product's client or receiver.

mod control;
mod forms;
mod media;
mod receiver;
mod sending;
mod webhooks;

use std::time::Duration;

use beseda_wire::messages::{Content, Reply, ReplyKind, Text};
use beseda_wire::simulator::{SimCustomer, SimMessage, SimRegister, SimSend};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::receiver::Receiver;
use super::{Delivery, Options, Simulator};
use crate::clock::Clock;
use crate::http::lifecycle::Lifecycle;
use crate::http::server::{ServerOptions, serve};

const NUMBER: &str = "107878721936019";
const ACCOUNT: &str = "114503234599312";
const ANNA: &str = "79261234567";

/// A simulator that is served, with one number and one customer, and the business's receiver.
struct World {
    simulator: Simulator,
    clock: Clock,
    url: String,
    http: reqwest::Client,
    receiver: Receiver,
    _delivery: Delivery,
}

/// An answer: its status, headers and JSON.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl World {
    async fn new() -> Self {
        Self::with(Options { seed: Some(7), ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let simulator = Simulator::new(options, clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/simulator", listener.local_addr().unwrap());
        let served = serve(simulator.open_routes(), listener, ServerOptions::default(), Lifecycle::new());
        tokio::spawn(served);
        let receiver = Receiver::start().await;
        simulator
            .register(SimRegister {
                phone_number_id: NUMBER.to_owned(),
                waba_id: ACCOUNT.to_owned(),
                phone: "+7 915 000-00-00".to_owned(),
                name: "Кофейня".to_owned(),
                token: "EAAtoken".to_owned(),
                app_secret: "app-secret".to_owned(),
                verify_token: "verify".to_owned(),
                callback_url: Some(receiver.url()),
                scopes: None,
            })
            .unwrap();
        simulator.add_customer(&SimCustomer::new(ANNA, "Анна")).unwrap();
        let delivery = simulator.spawn_delivery();
        let http = simulator.http().clone();
        Self { simulator, clock, url, http, receiver, _delivery: delivery }
    }

    /// The customer writes a text.
    fn says(&self, text: &str) -> SimMessage {
        self.simulator.say(NUMBER, ANNA, &words(text)).unwrap()
    }

    /// The business sends `part` as `kind` to the customer.
    async fn sends(&self, kind: &str, part: Value) -> Got {
        self.posts(
            json!({"messaging_product": "whatsapp", "to": format!("+{ANNA}"), "type": kind, kind: part}),
        )
        .await
    }

    async fn posts(&self, body: Value) -> Got {
        let request = self.http.post(format!("{}/graph/v25.0/{NUMBER}/messages", self.url));
        got(request.bearer_auth("EAAtoken").json(&body)).await
    }

    /// Asks the Graph API for an object.
    async fn asks(&self, path: &str) -> Got {
        got(self.http.get(format!("{}/graph/v25.0/{path}", self.url)).bearer_auth("EAAtoken")).await
    }
}

impl Got {
    fn code(&self) -> i64 {
        self.body["error"]["code"].as_i64().unwrap_or_default()
    }

    fn wamid(&self) -> String {
        self.body["messages"][0]["id"].as_str().unwrap_or_default().to_owned()
    }
}

async fn got(request: reqwest::RequestBuilder) -> Got {
    let answer = request.timeout(Duration::from_secs(20)).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    Got { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

fn words(text: &str) -> SimSend {
    says(Content::Text(Text { body: text.to_owned(), preview_url: false }))
}

fn says(content: Content) -> SimSend {
    SimSend::new(content)
}

fn tap(kind: ReplyKind, id: &str) -> SimSend {
    says(Content::Reply(Reply { kind, id: id.to_owned(), title: id.to_owned(), description: None }))
}
