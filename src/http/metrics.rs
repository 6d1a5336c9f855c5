//! What the program counts, for Prometheus. A handful of honest numbers; each is counted where it happens.
//!
//! Nothing here names a business, a person or a path with an id: counters are kept for years and read by
//! others than the data are.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use poem::http::{StatusCode, header};
use poem::{Request, Response, handler, web::Data};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::client_ip::Client;
use super::guard::bearer;
use super::problem::Problem;
use crate::crypto::{Secret, constant_time_eq};
use crate::store::Stores;

type Label = (&'static str, &'static str);

/// The counters of the kernel, and the registry to which other parts add theirs.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<[Label; 2], Counter>,
    seconds: Family<[Label; 1], Histogram>,
    pub connections: Gauge<i64, AtomicI64>,
    pub connections_refused: Counter<u64, AtomicU64>,
    pub live_sockets: Gauge<i64, AtomicI64>,
    pub live_frames: Counter<u64, AtomicU64>,
    /// Sockets that were too slow and had to load everything again.
    pub live_reloads: Counter<u64, AtomicU64>,
    resident: Gauge<i64, AtomicI64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("beseda")),
            requests: Family::default(),
            // From a cached page to a slow report, in steps of about two and a half.
            seconds: Family::new_with_constructor(|| {
                Histogram::new([0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0])
            }),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            live_sockets: Gauge::default(),
            live_frames: Counter::default(),
            live_reloads: Counter::default(),
            resident: Gauge::default(),
        };
        metrics.register(|registry| {
            registry.register("build", "This program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
            registry.register("http_requests", "Requests answered", metrics.requests.clone());
            registry.register_with_unit(
                "http_request",
                "Time to an answer",
                Unit::Seconds,
                metrics.seconds.clone(),
            );
            registry.register("http_connections", "Open connections", metrics.connections.clone());
            registry.register(
                "http_connections_refused",
                "Connections closed at once, because there were too many",
                metrics.connections_refused.clone(),
            );
            registry.register("live_sockets", "Open live sockets", metrics.live_sockets.clone());
            registry.register("live_frames", "Frames sent to live sockets", metrics.live_frames.clone());
            registry.register(
                "live_reloads",
                "Times a live socket fell behind and was told to load again",
                metrics.live_reloads.clone(),
            );
            registry.register_with_unit(
                "resident_memory",
                "Memory in use",
                Unit::Bytes,
                metrics.resident.clone(),
            );
        });
        metrics
    }
}

impl Metrics {
    /// Adds the stores' own count.
    pub(super) fn watch(&self, stores: &Arc<Stores>) {
        let collector = OfStores(Arc::clone(stores));
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register_collector(Box::new(collector));
    }

    /// Adds what another part counts. Names get the prefix `beseda_`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn answered(&self, path: &str, status: StatusCode, took: Duration) {
        let group = group(path);
        self.requests.get_or_create(&[("group", group), ("status", class(status))]).inc();
        self.seconds.get_or_create(&[("group", group)]).observe(took.as_secs_f64());
    }

    /// Everything, in Prometheus's text format.
    pub fn text(&self) -> String {
        self.resident.set(resident_bytes().unwrap_or_default());
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        match encode(&mut text, &registry) {
            Ok(()) => text,
            Err(error) => format!("# {error}\n"),
        }
    }
}

/// Counts where it happens, below everything that knows of metrics.
struct OfStores(Arc<Stores>);

/// The registry wants to be able to print what it holds.
impl std::fmt::Debug for OfStores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfStores")
    }
}

impl Collector for OfStores {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counter = ConstCounter::new(self.0.failures_behind());
        let help = "Times that written rows could not be moved from the log to their file";
        let metric = encoder.encode_descriptor("store_move_failures", help, None, counter.metric_type())?;
        counter.encode(metric)?;
        let (logs, commits) = self.0.stragglers();
        let gauges = [
            ("store_logs_held", "Change logs that are kept for a follower that stays behind", logs as u64),
            ("store_logs_held_commits", "Commits that the slowest of those followers is behind", commits),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

fn group(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("api") => "api",
        Some("webhooks") => "webhooks",
        Some("live") => "live",
        Some("healthz" | "readyz" | "metrics") => "health",
        _ => "pages",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// The second number of `/proc/self/statm`, in pages of 4 KiB on every machine we build for.
fn resident_bytes() -> Option<i64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split(' ').nth(1)?.parse::<i64>().ok().map(|pages| pages * 4_096)
}

/// Who may read the counters: whoever has the token, or without one whoever is on this machine.
#[derive(Clone)]
pub struct MetricsAccess {
    pub token: Option<Secret>,
}

impl MetricsAccess {
    fn check(&self, request: &Request, client: &Client) -> Result<(), Problem> {
        if let Some(token) = &self.token {
            let came = bearer(request)?;
            let right = constant_time_eq(came.as_bytes(), token.expose().as_bytes());
            return if right { Ok(()) } else { Err(Problem::unauthorized()) };
        }
        // A proxy on this machine that nobody told us of makes every caller look like one from here, and gives
        // itself away by its headers.
        let proxied = request.headers().contains_key("x-forwarded-for")
            || request.headers().contains_key(header::FORWARDED);
        if client.ip.is_loopback() && !proxied {
            return Ok(());
        }
        Err(Problem::forbidden("Only this machine may read it, unless `server.metrics_token` is set."))
    }
}

#[handler]
pub(super) fn read_metrics(
    request: &Request,
    client: Client,
    Data(metrics): Data<&std::sync::Arc<Metrics>>,
    Data(access): Data<&MetricsAccess>,
) -> Result<Response, Problem> {
    access.check(request, &client)?;
    Ok(Response::builder()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(metrics.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_by_group_and_class() {
        let metrics = Metrics::default();
        metrics.answered("/api/v1/customers/1", StatusCode::OK, Duration::from_millis(3));
        metrics.answered("/api/v1/customers/2", StatusCode::NOT_FOUND, Duration::from_millis(3));
        metrics.answered("/webhooks/whatsapp", StatusCode::OK, Duration::from_millis(1));
        let text = metrics.text();
        for line in [
            "beseda_http_requests_total{group=\"api\",status=\"2xx\"} 1",
            "beseda_http_requests_total{group=\"api\",status=\"4xx\"} 1",
            "beseda_http_requests_total{group=\"webhooks\",status=\"2xx\"} 1",
            "beseda_http_request_seconds_bucket{le=\"0.005\",group=\"api\"} 2",
        ] {
            assert!(text.contains(line), "{line} in:\n{text}");
        }
        assert!(!text.contains("customers"));
        assert!(resident_bytes().unwrap() > 1_000_000);
    }

    #[test]
    fn without_a_token_only_this_machine_reads_it_and_no_proxy() {
        let open = MetricsAccess { token: None };
        let closed = MetricsAccess { token: Some(Secret::new("word")) };
        let client = |ip: &str| Client { ip: ip.parse().unwrap(), https: false, host: None };
        let bare = || Request::builder().finish();
        let with = |name: &str, value: &str| Request::builder().header(name, value).finish();
        assert!(open.check(&bare(), &client("127.0.0.1")).is_ok());
        assert!(open.check(&bare(), &client("192.0.2.1")).is_err());
        assert!(open.check(&with("x-forwarded-for", "192.0.2.1"), &client("127.0.0.1")).is_err());
        assert!(closed.check(&bare(), &client("127.0.0.1")).is_err());
        assert!(closed.check(&with("authorization", "Bearer wrong"), &client("127.0.0.1")).is_err());
        assert!(closed.check(&with("authorization", "Bearer word"), &client("192.0.2.1")).is_ok());
    }
}
