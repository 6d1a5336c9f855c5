//! `/live`: turns a request into a WebSocket and hands it to `realtime`.
//!
//! Browsers let any page open a socket to any address and send no preflight, so the Origin is checked here. The
//! token comes in the first frame and not in the address, which would be in every log on the way.

use std::sync::Arc;

use poem::http::{HeaderMap, Method, Uri, header};
use poem::{Endpoint, Request, Response};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::client_ip::{Client, TrustedProxies};
use super::kinds;
use super::lifecycle::Lifecycle;
use super::problem::Problem;
use crate::realtime::{Live, Metered, frames_config};

pub struct LiveEndpoint {
    pub live: Arc<Live>,
    pub lifecycle: Lifecycle,
    /// The configured address of the program, whose pages may open sockets too.
    pub public_url: Option<String>,
}

impl Endpoint for LiveEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.open(&request)?)
    }
}

impl LiveEndpoint {
    fn open(&self, request: &Request) -> Result<Response, Problem> {
        if request.method() != Method::GET {
            return Err(
                Problem::of(kinds::METHOD).header(header::ALLOW, header::HeaderValue::from_static("GET"))
            );
        }
        if self.lifecycle.is_stopping() {
            return Err(Problem::unavailable(1));
        }
        let client = request.extensions().get::<Client>().cloned();
        let client = client.unwrap_or_else(|| Client::of(request, &TrustedProxies::default()));
        same_origin(request.headers(), &client, self.public_url.as_deref())?;
        let mut asked = poem::http::Request::new(());
        *asked.headers_mut() = request.headers().clone();
        let agreed = create_response(&asked).map_err(|error| {
            Problem::of(kinds::BAD_REQUEST).detail(format!("This address speaks WebSocket alone: {error}."))
        })?;
        let upgrade = request.take_upgrade().map_err(|error| Problem::internal(&error))?;
        let (live, hold) = (Arc::clone(&self.live), self.lifecycle.hold());
        tokio::spawn(async move {
            // The other side may leave before the upgrade is done; then there is nothing to serve.
            if let Ok(upgraded) = upgrade.await {
                let (socket, config) = (Metered::new(upgraded), Some(frames_config()));
                let stream = WebSocketStream::from_raw_socket(socket, Role::Server, config).await;
                live.serve(stream, hold).await;
            }
        });
        let mut response = Response::builder().status(agreed.status()).finish();
        *response.headers_mut() = agreed.headers().clone();
        Ok(response)
    }
}

/// A browser names the page that asks. Programs name none, and show their token like everybody.
fn same_origin(headers: &HeaderMap, client: &Client, public_url: Option<&str>) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let asked = origin.to_str().ok().and_then(host_of);
    let ours = client.host.as_deref().map(str::to_ascii_lowercase);
    let public = public_url.and_then(host_of);
    if asked.is_some() && (asked == ours || asked == public) {
        return Ok(());
    }
    Err(Problem::forbidden("A page of another site may not open this connection."))
}

/// Host and port of an address, as a browser writes them in `Host`.
fn host_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    uri.scheme()?;
    uri.authority().map(|authority| authority.as_str().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_open_a_socket() {
        let client = |host: &str| Client {
            ip: "192.0.2.1".parse().unwrap(),
            https: true,
            host: Some(host.to_owned()),
        };
        let allowed = |origin: Option<&str>, host: &str, public: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            same_origin(&headers, &client(host), public).is_ok()
        };
        assert!(allowed(None, "crm.example", None));
        assert!(allowed(Some("https://crm.example"), "crm.example", None));
        assert!(allowed(Some("http://127.0.0.1:8080"), "127.0.0.1:8080", None));
        assert!(allowed(Some("https://CRM.example"), "inner:8080", Some("https://crm.example")));
        assert!(!allowed(Some("https://evil.example"), "crm.example", Some("https://crm.example")));
        assert!(!allowed(Some("https://crm.example:8443"), "crm.example", None));
        assert!(!allowed(Some("null"), "crm.example", None));
        assert!(!allowed(Some("https://crm.example.evil.example"), "crm.example", None));
    }
}
