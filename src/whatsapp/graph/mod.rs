//! The client of Meta's Graph API: it makes one call and says what came of it.
//!
//! It retries nothing, paces nothing and stores nothing; [`crate::whatsapp::policy`] says what an error means and
//! `inbox` acts on it. What it does decide is the one thing that only it can know: whether a request that got no
//! answer may have reached Meta.

mod account;
mod answer;
mod body;
pub mod checks;
mod forms;
mod media;
mod send;
mod templates;
#[cfg(test)]
pub mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Url, redirect};

pub use self::account::{PhoneNumber, TokenInfo, Waba};
pub use self::answer::{CallError, Usage};
pub use self::body::Unsendable;
pub use self::media::{MediaError, MediaFile, Upload};
pub use self::send::{Accepted, Recipient, SendError};

use self::answer::Failure;
use crate::crypto::Secret;

/// Meta's own host.
pub const META: &str = "https://graph.facebook.com";
/// The version of the Graph API this program was written for; Meta serves it until 2028-07-29 (FACTS §1).
pub const VERSION: &str = "v25.0";

/// The way to a Graph host. Cheap to clone; make one and keep it, since it keeps connections open.
#[derive(Debug, Clone)]
pub struct Graph {
    version: Arc<str>,
    /// `https://graph.facebook.com/v25.0/`
    root: Arc<Url>,
    outside: Client,
    /// For hosts on this machine, which a proxy of the environment cannot reach.
    inside: Arc<OnceLock<Client>>,
}

/// On whose behalf a call is made.
#[derive(Debug, Clone)]
pub struct Credentials {
    phone_number_id: String,
    token: Secret,
    /// Another Graph host for this number alone.
    base: Option<String>,
    /// Where and as whom messages are sent: put together once, for a business sends thousands.
    sending: Arc<OnceLock<Sending>>,
}

/// What every request that sends a message begins with.
#[derive(Debug)]
struct Sending {
    url: Url,
    authorization: HeaderValue,
}

#[derive(Debug, thiserror::Error)]
pub enum GraphSetupError {
    #[error("`{0}` is no address of a Graph host: it must be https://host or http://host")]
    Base(String),
    #[error("`{0}` is no version of the Graph API: it must look like v25.0")]
    Version(String),
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// Long enough for a slow mobile line; a route that drops packets should be noticed within one message.
const CONNECT: Duration = Duration::from_secs(10);
/// A call that sends or asks. Meta answers in well under a second; after this long the answer counts as lost.
const CALL: Duration = Duration::from_secs(30);
/// A file of 100 MB over a line of 2 Mbit/s.
const TRANSFER: Duration = Duration::from_secs(600);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(30);

impl Credentials {
    /// `base` is the number's own Graph host, where it has one: a simulator's.
    pub fn new(phone_number_id: &str, token: Secret, base: Option<&str>) -> Self {
        Self {
            phone_number_id: phone_number_id.to_owned(),
            token,
            base: base.map(ToOwned::to_owned),
            sending: Arc::default(),
        }
    }
}

impl Graph {
    /// `base` is the host, [`META`] unless a simulator stands in for it; `version` is [`VERSION`] or another.
    ///
    /// The process must have installed a rustls crypto provider before.
    pub fn new(base: &str, version: &str) -> Result<Self, GraphSetupError> {
        let outside = client().build()?;
        let root = Arc::new(root(base, version)?);
        Ok(Self { version: version.into(), root, outside, inside: Arc::default() })
    }

    /// A call below the version, as in `/v25.0/1234/messages`.
    fn call(
        &self,
        method: Method,
        credentials: &Credentials,
        path: &[&str],
    ) -> Result<RequestBuilder, Failure> {
        let url = self.url(credentials, path)?;
        let client = self.client_for(&url)?;
        Ok(client.request(method, url).bearer_auth(credentials.token.expose()))
    }

    /// A call that sends something, as in `/v25.0/1234/messages`.
    fn sending(&self, credentials: &Credentials) -> Result<RequestBuilder, Failure> {
        let sending = if let Some(known) = credentials.sending.get() {
            known
        } else {
            let url = self.url(credentials, &[&credentials.phone_number_id, "messages"])?;
            let mut authorization =
                HeaderValue::try_from(format!("Bearer {}", credentials.token.expose()))
                    .map_err(|_| Failure::NotSent("the token holds what no header may hold".to_owned()))?;
            authorization.set_sensitive(true);
            credentials.sending.get_or_init(|| Sending { url, authorization })
        };
        let client = self.client_for(&sending.url)?;
        Ok(client.post(sending.url.clone()).header(AUTHORIZATION, sending.authorization.clone()))
    }

    fn url(&self, credentials: &Credentials, path: &[&str]) -> Result<Url, Failure> {
        let mut url = self.root_for(credentials)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            // Ids come from people and from webhooks; whatever they hold stays one segment.
            segments.pop_if_empty().extend(path);
        }
        Ok(url)
    }

    fn root_for(&self, credentials: &Credentials) -> Result<Url, Failure> {
        match &credentials.base {
            None => Ok(Url::clone(&self.root)),
            Some(base) => root(base, &self.version).map_err(|error| Failure::NotSent(error.to_string())),
        }
    }

    fn client_for(&self, url: &Url) -> Result<&Client, Failure> {
        if !is_local(url) {
            return Ok(&self.outside);
        }
        if let Some(client) = self.inside.get() {
            return Ok(client);
        }
        let client = client().no_proxy().build().map_err(|error| Failure::NotSent(error.to_string()))?;
        Ok(self.inside.get_or_init(|| client))
    }
}

fn client() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("Beseda/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .timeout(CALL)
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_secs(60))
        // A redirect would carry the token to another host.
        .redirect(redirect::Policy::none())
        // What is never made again need not be copied before it is sent.
        .retry(reqwest::retry::never().max_retries_per_request(0))
}

fn root(base: &str, version: &str) -> Result<Url, GraphSetupError> {
    let number = version.strip_prefix('v').and_then(|number| number.split_once('.'));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !number.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
        return Err(GraphSetupError::Version(version.to_owned()));
    }
    let bad = || GraphSetupError::Base(base.to_owned());
    let mut url = Url::parse(base).map_err(|_| bad())?;
    let fits = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty();
    if !fits {
        return Err(bad());
    }
    url.path_segments_mut().map_err(|()| bad())?.pop_if_empty().push(version).push("");
    Ok(url)
}

fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}
