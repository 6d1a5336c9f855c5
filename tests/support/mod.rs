//! What the black-box tests share: the program as a process, its API, the browser, and Meta's side of a webhook.
//!
//! Nothing here uses the program's own code. A test that is wrong in the same way as the program shows nothing.

#![allow(dead_code, reason = "each test binary uses its part of this")]

use std::time::{Duration, Instant};

pub mod api;
pub mod browser;
pub mod graph;
pub mod line;
pub mod program;
pub mod service;
pub mod simulator;
pub mod webdriver;
pub mod world;

/// How long anything may take that is expected to happen. Generous, because test machines are slow and busy; a test
/// that passes never waits for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer, and panics with `what` when [`PATIENCE`] is over.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An HTTP client for loopback addresses only. The crypto provider has to be named before the first client is built,
/// although no test here uses TLS.
pub fn http_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client")
}
