//! The whole program over real HTTP with a clock that the test moves: what happens over weeks.

use std::path::PathBuf;
use std::time::Duration;

use beseda_wire::live::{ClientFrame, Hello, LiveEvent, ServerFrame};
use futures_util::{SinkExt, StreamExt};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::control::{self, Answer, Ask};
use super::maintenance::Removed;
use super::*;

mod keeping;
mod numbers;
mod schedules;

const EMAIL: &str = "anna@example.com";
const PASSWORD: &str = "a long way to the sea";

/// The running program and its owner's sign-in.
struct Run {
    clock: Clock,
    lifecycle: Lifecycle,
    stores: Arc<Stores>,
    simulator: Simulator,
    running: JoinHandle<Result<(), StartError>>,
    url: String,
    http: reqwest::Client,
    token: String,
    business: String,
    data: PathBuf,
    folder: tempfile::TempDir,
}

impl Run {
    /// A new program with an owner and a business.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual("2026-01-01T10:00:00Z".parse().unwrap());
        let (mut run, link) = Self::start(folder, clock).await;
        let setup = json!({
            "token": link.unwrap(), "email": EMAIL, "password": PASSWORD, "name": "Anna", "business_name": "Lotus",
            "locale": "en", "time_zone": "Europe/London",
        });
        let answer = run.post("/api/v1/setup", &setup).await;
        run.signed_in(&answer);
        run
    }

    async fn start(folder: tempfile::TempDir, clock: Clock) -> (Self, Option<String>) {
        // Two providers of cryptography may be linked in; rustls wants to be told which one is meant.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = folder.path().join("data");
        let mut settings = Settings::for_data(&data).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        let app = App::open(settings, clock.clone(), Random::system()).await.unwrap();
        let link = app.accounts.setup_link(clock.now().into()).await.unwrap();
        let (url, lifecycle, stores) = (app.local_url(), app.lifecycle.clone(), Arc::clone(&app.stores));
        let simulator = app.simulator.clone();
        let running = tokio::spawn(app.run());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let run = Self {
            clock,
            lifecycle,
            stores,
            simulator,
            running,
            url,
            http,
            token: String::new(),
            business: String::new(),
            data,
            folder,
        };
        (run, link.map(|link| link.token.expose().to_owned()))
    }

    /// Stops the program in order and starts it on the same data.
    async fn again(self) -> Self {
        let Self { clock, lifecycle, running, folder, .. } = self;
        lifecycle.stop();
        running.await.unwrap().unwrap();
        let (mut run, _) = Self::start(folder, clock).await;
        run.sign_in().await;
        run
    }

    async fn sign_in(&mut self) {
        let answer = self.post("/api/v1/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await;
        self.signed_in(&answer);
    }

    fn signed_in(&mut self, answer: &Value) {
        answer["access_token"].as_str().unwrap().clone_into(&mut self.token);
        answer["businesses"][0]["id"].as_str().unwrap().clone_into(&mut self.business);
    }

    /// Lets days pass, and signs in again.
    async fn days(&mut self, days: i64) {
        self.clock.advance(SignedDuration::from_hours(24 * days));
        self.sign_in().await;
    }

    fn ask(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let asked = self.http.request(method, format!("{}{path}", self.url));
        if self.token.is_empty() { asked } else { asked.bearer_auth(&self.token) }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.ask(reqwest::Method::POST, path).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn patch(&self, path: &str, body: &Value) {
        let answer = self.ask(reqwest::Method::PATCH, path).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(reqwest::Method::GET, path).send().await.unwrap().json().await.unwrap()
    }

    /// Asks again and again until there is an answer.
    async fn until<T>(&self, what: &str, ask: impl AsyncFn(&Self) -> Option<T>) -> T {
        for _ in 0..1_000 {
            if let Some(answer) = ask(self).await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("waited in vain for {what}")
    }

    /// Uploads a file; gives it as it goes into a message.
    async fn upload(&self, text: &'static str) -> Value {
        let asked = self.ask(reqwest::Method::POST, "/api/v1/media").header("content-type", "text/plain");
        let mut media: Value = asked.body(text).send().await.unwrap().json().await.unwrap();
        media["type"] = json!("media");
        media
    }

    /// What a file says; nothing when it is not here.
    async fn read(&self, media: &Value) -> Option<String> {
        let path = format!("/api/v1/media/{}", media["sha256"].as_str().unwrap());
        let answer = self.ask(reqwest::Method::GET, &path).send().await.unwrap();
        if answer.status().as_u16() == 404 { None } else { Some(answer.text().await.unwrap()) }
    }

    /// The nightly work, as `beseda maintenance` has it done.
    async fn maintain(&self) -> Removed {
        match control::ask(&self.data, &Ask::Maintenance).await.unwrap() {
            Answer::Maintained { removed } => removed,
            other => panic!("{other:?}"),
        }
    }

    /// What a screen is told that comes and saw last what has this number.
    async fn screen(&self, since: Option<u64>) -> Vec<ServerFrame> {
        let address = format!("{}/live", self.url.replace("http://", "ws://"));
        let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        let hello = Hello { token: self.token.clone(), business: self.business.parse().unwrap(), since };
        for said in [serde_json::to_string(&hello), serde_json::to_string(&ClientFrame::Ping)] {
            socket.send(Message::text(said.unwrap())).await.unwrap();
        }
        let mut told: Vec<ServerFrame> = Vec::new();
        while told.last().is_none_or(|frame| frame.event != LiveEvent::Pong) {
            let next = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
            if let Message::Text(text) = next.unwrap().unwrap().unwrap() {
                told.push(serde_json::from_str(&text).unwrap());
            }
        }
        told
    }
}
