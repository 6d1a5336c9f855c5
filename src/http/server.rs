//! The server: takes connections, answers requests, stops in order.
//!
//! Our own loop over hyper instead of the framework's, which has no time limit for headers (a few hundred slow
//! connections would hold it), asks again without pause when files run out, sets no `TCP_NODELAY`, and wraps
//! every socket in a lock.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};

use super::client_ip::{TrustedProxies, limited};
use super::lifecycle::Lifecycle;
use super::metrics::Metrics;
use super::unparsed::{Answering, Watched};

/// How the server protects itself. Take the defaults and change what the settings say.
#[derive(Clone)]
pub struct ServerOptions {
    /// Connections at the same time; more are closed at once.
    pub connections: usize,
    /// Connections of one address (IPv6: of one /64), except of this machine and of our own proxies.
    pub connections_per_ip: usize,
    /// How long a connection may take to send a request's headers; also how long it may stay idle.
    pub header_timeout: Duration,
    /// How long requests under way may take when the program stops.
    pub shutdown: Duration,
    pub proxies: TrustedProxies,
    pub metrics: Arc<Metrics>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            connections: 8_192,
            connections_per_ip: 256,
            header_timeout: Duration::from_secs(60),
            shutdown: Duration::from_secs(20),
            proxies: TrustedProxies::default(),
            metrics: Arc::default(),
        }
    }
}

/// Serves until `lifecycle` stops, then drains. Returns when the last connection is closed or cut off.
pub async fn serve<E>(
    endpoint: E,
    listener: TcpListener,
    options: ServerOptions,
    lifecycle: Lifecycle,
) -> io::Result<()>
where
    E: Endpoint<Output = Response> + 'static,
{
    let local = listener.local_addr()?;
    let endpoint = Arc::new(endpoint);
    let count = Arc::new(Count::default());
    let mut pause = FIRST_PAUSE;
    let mut stopping = pin!(lifecycle.stopping());
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stopping => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = FIRST_PAUSE;
                let Some(place) = count.place(peer.ip(), &options) else {
                    options.metrics.connections_refused.inc();
                    tracing::debug!(peer.ip = %peer.ip(), "a connection too many was closed");
                    continue;
                };
                let connection = Connection { endpoint: Arc::clone(&endpoint), local, peer, place };
                tokio::spawn(connection.run(stream, options.header_timeout, lifecycle.clone()));
            }
            // The far end gave up before it was served: nothing is wrong here.
            Err(error) if gave_up(&error) => {}
            Err(error) => {
                // Most likely no more files may be open. Asking again at once would only burn a processor.
                tracing::error!(%error, pause_ms = pause.as_millis(), "no connection could be taken");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    drop(listener);
    if !lifecycle.drained(options.shutdown).await {
        tracing::warn!(shutdown_seconds = options.shutdown.as_secs(), "cut off what was still running");
    }
    Ok(())
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

fn gave_up(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

struct Connection<E> {
    endpoint: Arc<E>,
    local: SocketAddr,
    peer: SocketAddr,
    place: Place,
}

impl<E> Connection<E>
where
    E: Endpoint<Output = Response> + 'static,
{
    async fn run(self, stream: TcpStream, header_timeout: Duration, lifecycle: Lifecycle) {
        let _hold = lifecycle.hold();
        let Self { endpoint, local, peer, place } = self;
        // Answers are small and whole: waiting to fill a packet costs 40 ms and saves nothing.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let answering = Answering::default();
        let stream = Watched::new(stream, answering.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            answering.begins();
            let (endpoint, answering) = (Arc::clone(&endpoint), answering.clone());
            async move {
                let local = LocalAddr(Addr::SocketAddr(local));
                let remote = RemoteAddr(Addr::SocketAddr(peer));
                let request = poem::Request::from((request, local, remote, Scheme::HTTP));
                let answer = hyper::Response::from(endpoint.get_response(request).await);
                Ok::<_, Infallible>(answering.with(answer))
            }
        });
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let result = tokio::select! {
            result = &mut connection => result,
            () = lifecycle.stopping() => {
                // Answers what has come, then closes.
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                tokio::select! {
                    result = &mut connection => result,
                    () = lifecycle.ended() => Ok(()),
                }
            }
        };
        if let Err(error) = result {
            if error.is_parse()
                && let Some(parts) = connection.into_parts()
                && let Some(status) = parts.io.inner().refused()
            {
                place.metrics.answered("", status, Duration::ZERO);
                parts.io.into_inner().answer(status).await;
            }
            tracing::debug!(%error, peer.ip = %peer.ip(), "a connection ended early");
        }
    }
}

/// Who is connected how often.
#[derive(Default)]
struct Count(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    total: usize,
    per_ip: HashMap<IpAddr, usize>,
}

impl Count {
    fn place(self: &Arc<Self>, peer: IpAddr, options: &ServerOptions) -> Option<Place> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.total >= options.connections {
            return None;
        }
        // Behind a proxy of ours everybody has its address.
        let exempt = peer.to_canonical().is_loopback() || options.proxies.trusts(peer);
        let key = (!exempt).then(|| limited(peer));
        if let Some(key) = key {
            let own = counted.per_ip.entry(key).or_default();
            if *own >= options.connections_per_ip {
                return None;
            }
            *own += 1;
        }
        counted.total += 1;
        options.metrics.connections.inc();
        Some(Place { count: Arc::clone(self), key, metrics: Arc::clone(&options.metrics) })
    }
}

/// A connection's place in the count.
struct Place {
    count: Arc<Count>,
    key: Option<IpAddr>,
    metrics: Arc<Metrics>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counted = self.count.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.total -= 1;
        self.metrics.connections.dec();
        let Some(key) = self.key else { return };
        if let Some(own) = counted.per_ip.get_mut(&key) {
            *own -= 1;
            if *own == 0 {
                counted.per_ip.remove(&key);
            }
        }
    }
}
