//! Delivering webhooks: signed, again and again until they are taken.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use beseda_wire::simulator::SimVerified;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::book::{Number, Refused};
use super::counters::{add, take};
use super::escape;
use super::payloads;
use super::queue::{Change, Next};
use super::state::Simulator;

/// The workers that deliver. Dropping it stops them; what waits goes on waiting.
#[must_use = "delivery stops when it is dropped"]
pub struct Delivery {
    _workers: JoinSet<()>,
}

/// What came of one webhook.
enum Taken {
    Yes,
    /// The receiver answered with another status than 200.
    No,
    /// There was nobody to ask.
    Unreached,
    /// It was asked and gave no answer.
    CutOff,
    /// Nobody is there to take it any more.
    Never,
}

impl Simulator {
    /// Starts to deliver webhooks. Call it once; within a Tokio runtime.
    pub fn spawn_delivery(&self) -> Delivery {
        let mut workers = JoinSet::new();
        for lane in 0..self.0.lanes.len() {
            let simulator = self.clone();
            workers.spawn(async move { simulator.work(lane).await });
        }
        Delivery { _workers: workers }
    }

    /// Asks the callback address of a number to prove itself, as Meta does when it is entered (FACTS §5).
    pub async fn verify_callback(&self, phone_number_id: &str) -> Result<SimVerified, Refused> {
        let number = self.number(phone_number_id)?;
        let Some(url) = number.callback_url.clone() else {
            return Ok(SimVerified { ok: false, detail: "there is no callback address".to_owned() });
        };
        Ok(self.handshake(&url, &number.verify_token).await)
    }

    /// The handshake with a callback address: it must give the challenge back.
    pub(super) async fn handshake(&self, url: &str, verify_token: &str) -> SimVerified {
        let challenge = (self.0.ids.bits() % 1_000_000_000).to_string();
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.challenge", challenge.as_str()),
            ("hub.verify_token", verify_token),
        ];
        let answer = match self.http().get(url).query(&query).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return SimVerified { ok: false, detail: format!("no answer: {}", error.without_url()) };
            }
        };
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        match (status.as_u16(), text == challenge) {
            (200, true) => SimVerified { ok: true, detail: "the challenge came back".to_owned() },
            (200, false) => SimVerified { ok: false, detail: "the answer is not the challenge".to_owned() },
            _ => SimVerified { ok: false, detail: format!("HTTP Status Code = {}", status.as_u16()) },
        }
    }

    async fn work(self, lane: usize) {
        let post = &self.0.lanes[lane];
        loop {
            let rules = self.rules();
            let now = self.now();
            let next = if rules.hold {
                Next::Wait(None)
            } else {
                post.lane.lock().unwrap_or_else(PoisonError::into_inner).next(now, rules.batch)
            };
            match next {
                Next::Wait(None) => post.bell.notified().await,
                Next::Wait(Some(until)) => {
                    let _ = tokio::time::timeout(until_then(now, until), post.bell.notified()).await;
                }
                Next::Deliver(changes) => self.deliver(lane, changes).await,
            }
        }
    }

    async fn deliver(&self, lane: usize, changes: Vec<Change>) {
        let counters = &self.0.counters;
        let count = changes.len();
        let Some(key) = changes.first().map(|change| change.number) else { return };
        let number = self.read_book(|book| book.number_by_key(key));
        let taken = match &number {
            Some(number) => self.send_webhook(number, &changes).await,
            None => Taken::Never,
        };
        let now = self.now();
        let mut lane = self.0.lanes[lane].lane.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = match taken {
            Taken::Yes => {
                lane.delivered(key);
                add(&counters.webhooks_delivered, 1);
                add(&counters.changes_delivered, count);
                take(&counters.changes_waiting, count);
                return;
            }
            Taken::No => lane.refused(changes, now, &self.0.retries),
            Taken::Unreached => lane.unreached(changes, now, &self.0.retries),
            Taken::CutOff => lane.cut_off(changes, now, &self.0.retries),
            Taken::Never => count,
        };
        drop(lane);
        add(&counters.webhooks_failed, 1);
        add(&counters.changes_dropped, dropped);
        take(&counters.changes_waiting, dropped);
    }

    async fn send_webhook(&self, number: &Arc<Number>, changes: &[Change]) -> Taken {
        let Some(url) = &number.callback_url else { return Taken::Unreached };
        let body = payloads::body(&number.waba_id, changes.iter().map(|change| &*change.json));
        let signature = escape::signature(&number.app_secret, body.as_bytes());
        let request = self
            .http()
            .post(url)
            .header("Content-Type", "application/json")
            .header("X-Hub-Signature-256", signature)
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().as_u16() == 200 => {
                // Read to its end, so that the connection can serve again.
                let _ = answer.bytes().await;
                Taken::Yes
            }
            Ok(answer) => {
                let status = answer.status().as_u16();
                let _ = answer.bytes().await;
                tracing::debug!(http.status = status, "The receiver refused a simulated webhook.");
                // Whoever stands before a receiver that is not there, or the receiver on its way down or up.
                if matches!(status, 502..=504) { Taken::Unreached } else { Taken::No }
            }
            Err(error) => {
                let asked = !error.is_connect();
                tracing::debug!(error = %error.without_url(), "The receiver of simulated webhooks is not there.");
                if asked { Taken::CutOff } else { Taken::Unreached }
            }
        }
    }

    /// The client for webhooks, made when it is first needed.
    pub(super) fn http(&self) -> &reqwest::Client {
        self.0.http.get_or_init(|| {
            if rustls::crypto::CryptoProvider::get_default().is_none() {
                // Should another thread be quicker, theirs is as good.
                let _ = rustls::crypto::ring::default_provider().install_default();
            }
            reqwest::Client::builder()
                .user_agent("facebookexternalua")
                .no_proxy()
                .http1_only()
                .tcp_nodelay(true)
                .redirect(reqwest::redirect::Policy::none())
                .pool_max_idle_per_host(self.0.lanes.len())
                .timeout(self.0.options.webhook_timeout)
                .build()
                .unwrap_or_default()
        })
    }
}

/// How long it is from `now` to `until`: at least a millisecond, so that a clock that stands still spins nothing.
fn until_then(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default().max(Duration::from_millis(1))
}
