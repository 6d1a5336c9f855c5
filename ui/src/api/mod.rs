//! The server's API: each operation as a typed request, and what may go wrong with it.
//!
//! Nothing here talks to the network: `glue::http` sends what `Call` describes.

mod calls;
mod failure;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use calls::*;
pub use failure::Failure;

use crate::Msg;
use crate::effect::Effect;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request as it goes out, but for the access token and the business, which `glue::http` adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub method: Method,
    /// With the query, below `/api/v1`; what begins with `/simulator` is no part of the API and stands as it is.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
    /// Makes a repeated request do its work once.
    pub idempotency_key: Option<String>,
    /// Whether a rejected access token is worth a refresh: not where the person is signing in.
    pub signed_in: bool,
}

/// A request whose answer is a `T`.
#[derive(Debug)]
pub struct Request<T> {
    call: Call,
    answer: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + 'static> Request<T> {
    fn new(method: Method, path: impl Into<String>) -> Self {
        let call = Call { method, path: path.into(), body: None, idempotency_key: None, signed_in: true };
        Self { call, answer: PhantomData }
    }

    fn body(mut self, body: &impl serde::Serialize) -> Self {
        self.call.body = serde_json::to_string(body).ok();
        self
    }

    fn query<K: AsRef<str>>(mut self, pairs: impl IntoIterator<Item = (K, Option<String>)>) -> Self {
        for (key, value) in pairs {
            let Some(value) = value else { continue };
            let mark = if self.call.path.contains('?') { '&' } else { '?' };
            self.call.path.push(mark);
            self.call.path.push_str(key.as_ref());
            self.call.path.push('=');
            encode(&value, &mut self.call.path);
        }
        self
    }

    fn before_sign_in(mut self) -> Self {
        self.call.signed_in = false;
        self
    }

    /// What to do with the answer.
    pub fn then<M: Into<Msg>>(self, then: impl FnOnce(Result<T, Failure>) -> M + 'static) -> Effect {
        Effect::Call(
            self.call,
            Box::new(move |answer| {
                then(answer.and_then(|text| {
                    // An answer without a body is read as `null`, so that `()` is an answer too.
                    let text = if text.trim().is_empty() { "null" } else { &text };
                    serde_json::from_str(text).map_err(|error| Failure::Unreadable(error.to_string()))
                }))
                .into()
            }),
        )
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
pub fn encode(text: &str, into: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_values_are_encoded_and_absent_ones_left_out() {
        let request: Request<()> = Request::new(Method::Get, "/x").query([
            ("search", Some("Анна & co".to_owned())),
            ("cursor", None),
            ("limit", Some("50".to_owned())),
        ]);
        assert_eq!(request.call.path, "/x?search=%D0%90%D0%BD%D0%BD%D0%B0%20%26%20co&limit=50");
    }

    #[test]
    fn an_empty_answer_is_nothing() {
        let request: Request<()> = Request::new(Method::Post, "/x");
        let Effect::Call(_, then) = request.then(|answer| {
            assert_eq!(answer, Ok(()));
            Msg::Idle
        }) else {
            panic!("not a call")
        };
        assert_eq!(then(Ok(String::new())), Msg::Idle);
    }
}
