//! What came of a call: the answer, a refusal, or nothing.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::whatsapp::error::GraphError;
use crate::whatsapp::lax::Lax;

/// How much of the allowed calls is used up, as Meta hints with most answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// The fullest of all counters, in percent of its limit.
    pub percent: u32,
    /// How long calls will be refused, where they are.
    pub regain_after: Option<Duration>,
}

/// Why a call that changes nothing, or may be made twice, gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("{0}")]
    Refused(GraphError),
    /// Meta was not reached, or what answered was not Meta's API.
    #[error("the Graph API could not be reached: {0}")]
    Unreachable(String),
}

/// Why an exchange failed, with the difference that matters for what must not happen twice.
pub(super) enum Failure {
    /// Meta said no: it certainly did not do it.
    Refused(Box<GraphError>, Option<Usage>),
    /// The request certainly was not acted upon.
    NotSent(String),
    /// The request may have been acted upon.
    Lost(String),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error, _) => Self::Refused(*error),
            Failure::NotSent(why) | Failure::Lost(why) => Self::Unreachable(why),
        }
    }
}

impl Failure {
    /// Judges an error of the connection by how far it had come.
    pub fn of_connection(error: &reqwest::Error) -> Self {
        let why = root_cause(error);
        // Both mean that no byte of the request has left.
        if error.is_connect() || error.is_builder() { Self::NotSent(why) } else { Self::Lost(why) }
    }
}

/// Sends `request` and reads its answer as JSON.
pub(super) async fn exchange(request: reqwest::RequestBuilder) -> Result<(Value, Option<Usage>), Failure> {
    let response = request.send().await.map_err(|error| Failure::of_connection(&error))?;
    read(response).await
}

/// Reads an answer of the API to its end.
pub(super) async fn read(response: Response) -> Result<(Value, Option<Usage>), Failure> {
    let status = response.status();
    let usage = Usage::of(response.headers());
    let body = match whole(response).await {
        Ok(body) => body,
        // The status alone tells that it was refused; a success whose words are missing is a lost answer.
        Err(why) if status.is_client_error() => return Err(unworded(status, &why)),
        Err(why) => return Err(Failure::Lost(why)),
    };
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    if let Some(error) = json.as_ref().and_then(|json| GraphError::read(json.member("error"))) {
        // Meta has been seen to answer 200 with an error inside, so the body decides before the status.
        let error = GraphError { http_status: Some(status.as_u16()), ..error };
        return Err(Failure::Refused(Box::new(error), usage));
    }
    match json {
        Some(json) if status.is_success() => Ok((json, usage)),
        None if status.is_success() => Err(Failure::Lost(format!("an answer {status} that is no JSON"))),
        _ => Err(unworded(status, &excerpt(&body))),
    }
}

/// A refusal that is not in the API's words: from a proxy, a load balancer, or another server altogether.
fn unworded(status: StatusCode, words: &str) -> Failure {
    let why = format!("HTTP {status}: {words}");
    // 408 and 5xx may come from a gateway that had passed the request on.
    let passed_on = status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT;
    if passed_on { Failure::Lost(why) } else { Failure::NotSent(why) }
}

/// The body, of which no honest answer of the API has more than this.
async fn whole(mut response: Response) -> Result<Bytes, String> {
    const MOST: usize = 4 * 1024 * 1024;
    let first = response.chunk().await.map_err(|error| root_cause(&error))?.unwrap_or_default();
    let Some(second) = response.chunk().await.map_err(|error| root_cause(&error))? else { return Ok(first) };
    let mut body = BytesMut::from(first);
    body.extend_from_slice(&second);
    while let Some(chunk) = response.chunk().await.map_err(|error| root_cause(&error))? {
        if body.len() + chunk.len() > MOST {
            return Err(format!("an answer of more than {MOST} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The first words of a page that is no JSON, without its tags: enough to see whose page it is.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(2000)]);
    let mut words = String::new();
    let mut in_tag = false;
    for char in text.chars() {
        match char {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                words.push(' ');
            }
            char if !in_tag => words.push(char),
            _ => {}
        }
    }
    let words: Vec<_> = words.split_whitespace().collect();
    if words.is_empty() { "no words".to_owned() } else { words.join(" ").chars().take(200).collect() }
}

/// The innermost words of an error, where the reason is; the outer ones repeat the address.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection in time".to_owned()
        } else {
            "no answer in time".to_owned()
        };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl Usage {
    /// Reads `x-app-usage` and `x-business-use-case-usage` (FACTS §6).
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let json =
            |name: &str| -> Option<Value> { serde_json::from_slice(headers.get(name)?.as_bytes()).ok() };
        let (app, accounts) = (json("x-app-usage"), json("x-business-use-case-usage"));
        if app.is_none() && accounts.is_none() {
            return None;
        }
        let mut usage = Self::default();
        if let Some(app) = app {
            usage.count(&app);
        }
        if let Some(Value::Object(accounts)) = accounts {
            for uses in accounts.values().filter_map(Value::as_array).flatten() {
                usage.count(uses);
                let minutes =
                    uses.integer("estimated_time_to_regain_access").and_then(|time| u64::try_from(time).ok());
                if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
                    let wait = Duration::from_secs(minutes.saturating_mul(60));
                    usage.regain_after = usage.regain_after.max(Some(wait));
                }
            }
        }
        Some(usage)
    }

    fn count(&mut self, uses: &Value) {
        for name in ["call_count", "total_cputime", "total_time"] {
            let percent = uses.integer(name).and_then(|percent| u32::try_from(percent).ok());
            self.percent = self.percent.max(percent.unwrap_or_default());
        }
    }
}
