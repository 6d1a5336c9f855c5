//! Posts signed webhooks of customers who write, over connections that stay open, as Meta does.
//!
//! As fast as answers come, or at a set pace. At a pace, latency counts from the instant at which the webhook was due:
//! a receiver that stands still for a second is charged for everything it kept waiting, and not for one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Result;
use crate::sign::Key;

#[derive(Args, Clone)]
pub struct Options {
    /// Where to: `http://127.0.0.1:8080/webhooks/whatsapp/100`
    #[arg(long)]
    pub url: String,
    #[arg(long)]
    pub secret: String,
    #[arg(long)]
    pub phone_number_id: String,
    /// Makes the messages of this run different from those of another
    #[arg(long)]
    pub run: String,
    #[arg(long, default_value_t = 1_000)]
    pub customers: u64,
    #[arg(long, default_value_t = 64)]
    pub connections: u64,
    #[arg(long, default_value_t = 5.0)]
    pub seconds: f64,
    /// Not counted
    #[arg(long, default_value_t = 1.0)]
    pub warm_up_seconds: f64,
    /// Webhooks a second of all connections together; as fast as answers come when absent
    #[arg(long)]
    pub per_second: Option<f64>,
}

/// How it went, warm-up left out.
pub struct Report {
    /// Webhooks posted, warm-up included.
    pub sent: u64,
    pub accepted: u64,
    pub refused: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

/// What all connections share.
struct Shared {
    options: Options,
    key: Key,
    address: String,
    path: String,
    next: AtomicU64,
    counts_from: Instant,
    until: Instant,
}

/// Microseconds of each webhook that was answered with 200, and how many were not.
#[derive(Default)]
struct Fared {
    accepted: Vec<u32>,
    refused: u64,
}

pub async fn run(options: Options) -> Result<Report> {
    let rest = options.url.strip_prefix("http://").ok_or("the address must begin with http://")?;
    let (address, path) = rest.split_once('/').ok_or("the address has no path")?;
    let (address, path) = (address.to_owned(), format!("/{path}"));
    let begun = Instant::now();
    let counts_from = begun + Duration::from_secs_f64(options.warm_up_seconds);
    let until = counts_from + Duration::from_secs_f64(options.seconds);
    let shared = Arc::new(Shared {
        key: Key::new(&options.secret)?,
        address,
        path,
        next: AtomicU64::new(0),
        counts_from,
        until,
        options,
    });
    let mut connections = JoinSet::new();
    for at in 0..shared.options.connections {
        connections.spawn(talk(Arc::clone(&shared), at));
    }
    let mut all = Fared::default();
    while let Some(fared) = connections.join_next().await {
        let fared = fared??;
        all.accepted.extend(fared.accepted);
        all.refused += fared.refused;
    }
    Ok(all.report(shared.options.seconds, shared.next.load(Ordering::Relaxed)))
}

async fn talk(shared: Arc<Shared>, connection: u64) -> Result<Fared> {
    let mut stream = TcpStream::connect(&shared.address).await?;
    stream.set_nodelay(true)?;
    let every = shared.options.per_second.map(|rate| to_f64(shared.options.connections) / rate);
    // Connections take turns instead of all beginning at once.
    let offset = every.map_or(0.0, |every| every * to_f64(connection) / to_f64(shared.options.connections));
    let mut due = Instant::now() + Duration::from_secs_f64(offset);
    let mut fared = Fared::default();
    let mut answer = Vec::with_capacity(1024);
    loop {
        let now = Instant::now();
        if every.is_none() {
            due = now;
        } else if due > now {
            tokio::time::sleep_until(due.into()).await;
        }
        if due >= shared.until {
            return Ok(fared);
        }
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let request = shared.request(number);
        stream.write_all(&request).await?;
        let accepted = read_answer(&mut stream, &mut answer).await?;
        if due >= shared.counts_from {
            if accepted {
                fared.accepted.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
            } else {
                fared.refused += 1;
            }
        }
        if let Some(every) = every {
            due += Duration::from_secs_f64(every);
        }
    }
}

impl Shared {
    /// The `number`th webhook: a text of one of the customers.
    fn request(&self, number: u64) -> Vec<u8> {
        let Options { phone_number_id, run, customers, .. } = &self.options;
        let customer = number % customers;
        let wa_id = format!("4477{customer:08}");
        let body = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"500","changes":[{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550100200","phone_number_id":"{phone_number_id}"}},"contacts":[{{"profile":{{"name":"Customer {customer}"}},"wa_id":"{wa_id}"}}],"messages":[{{"from":"{wa_id}","id":"wamid.HBgL{run}{number:012}FQIAEhgUM0EwMTIz","timestamp":"1790000000","text":{{"body":"Good morning! Is the table by the window still free on Friday? {number}"}},"type":"text"}}]}},"field":"messages"}}]}}]}}"#
        );
        let signature = self.key.header(body.as_bytes());
        let mut request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: facebookexternalua\r\nContent-Type: application/json\r\nX-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\n\r\n",
            self.path,
            self.address,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body.as_bytes());
        request
    }
}

/// Reads one answer to its end; true when it is 200.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<bool> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err("the connection was closed before the answer".into());
        }
        let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        if answer.len() >= head + 4 + length {
            return Ok(text.starts_with("http/1.1 200"));
        }
    }
}

impl Fared {
    fn report(mut self, seconds: f64, sent: u64) -> Report {
        self.accepted.sort_unstable();
        let at = |percent: usize| {
            let place = (self.accepted.len() * percent / 100).min(self.accepted.len().saturating_sub(1));
            self.accepted.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
        };
        let accepted = self.accepted.len() as u64;
        Report {
            sent,
            accepted,
            refused: self.refused,
            per_second: to_f64(accepted) / seconds,
            p50_ms: at(50),
            p99_ms: at(99),
            max_ms: at(100),
        }
    }
}

impl Report {
    pub fn json(&self) -> serde_json::Value {
        let Self { sent, accepted, refused, per_second, p50_ms, p99_ms, max_ms } = self;
        json!({
            "sent": sent, "accepted": accepted, "refused": refused, "per_second": per_second,
            "p50_ms": p50_ms, "p99_ms": p99_ms, "max_ms": max_ms,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub fn to_f64(count: u64) -> f64 {
    count as f64
}
