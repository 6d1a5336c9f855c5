//! A request to a service: of a run, or of somebody who tries a block in the editor. Both go the same way.

use std::time::Duration;

use beseda_flow::{CallFault, HttpCall, Method, Sealed};
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::{Means, Outside, body, network};

/// What a service said, whatever the status.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    /// In their order. What is not text is left out.
    pub headers: Vec<(String, String)>,
    /// As JSON where it is JSON, else as a text.
    pub body: Value,
}

/// Makes the request.
pub async fn make(outside: &Outside, call: &HttpCall, means: &Means) -> Result<Said, CallFault> {
    if call.method == Method::Trace && !means.secrets.is_empty() {
        return Err(CallFault::TraceWithSecrets);
    }
    let open = |sealed: &Sealed| means.put_into(sealed);
    let url = Url::parse(&open(&call.url)?).map_err(|_| CallFault::NoAddress)?;
    outside.addresses.check(&url)?;
    let mut request = outside
        .client
        .request(method(call.method), url)
        .timeout(Duration::from_secs(u64::from(call.timeout)));
    for (name, value) in &call.headers {
        let unfit = |_| CallFault::HeaderName { name: name.clone() };
        let header = HeaderName::try_from(name.as_str()).map_err(unfit)?;
        let unfit = |_| CallFault::HeaderValue { name: name.clone() };
        let value = HeaderValue::try_from(open(value)?).map_err(unfit)?;
        request = request.header(header, value);
    }
    if let Some(kind) = &call.content_type {
        request = request.header(CONTENT_TYPE, kind);
    }
    if let Some(text) = &call.body {
        request = request.body(open(text)?);
    }
    let response = request.send().await.map_err(|error| network::fault(&error))?;
    let status = response.status().as_u16();
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.to_string(), value.to_str().ok()?.to_owned()))
    };
    let headers = response.headers().iter().filter_map(text).collect();
    let bytes = body(response).await?;
    let body =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes)));
    Ok(Said { status, headers, body })
}

impl Said {
    /// As a run takes it: with the headers that it wants, and no others.
    pub fn value(self, call: &HttpCall) -> Value {
        let mut value = json!({ "status": self.status, "body": self.body });
        if !call.wanted_headers.is_empty() {
            let wanted = call.wanted_headers.iter();
            let headers = wanted.map(|name| (name.clone(), header(&self.headers, name)));
            value["headers"] = headers.collect::<Map<_, _>>().into();
        }
        value
    }
}

/// A header by its name in lower case; what came several times is joined (RFC 9110 §5.3).
fn header(headers: &[(String, String)], name: &str) -> Value {
    let values = headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let values: Vec<&str> = values.collect();
    if values.is_empty() { Value::Null } else { Value::from(values.join(", ")) }
}

impl Means {
    /// A text with the values of its secrets.
    fn put_into(&self, sealed: &Sealed) -> Result<String, CallFault> {
        let value = |name: &str| {
            self.secrets.iter().find(|(known, _)| known == name).map(|(_, secret)| secret.expose().to_owned())
        };
        sealed.open(value).map_err(|name| CallFault::NoSecret { name })
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
        Method::Head => reqwest::Method::HEAD,
        Method::Options => reqwest::Method::OPTIONS,
        Method::Trace => reqwest::Method::TRACE,
    }
}
