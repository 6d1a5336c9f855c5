//! A client of the API as any program outside would write it, and assertions on its answers.

use std::fmt::Write as _;

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::http_client;

/// Somebody who calls the API: nobody, or a person with an access token.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    pub token: Option<String>,
    /// Name and value of the refresh cookie, as a browser would keep it.
    pub cookie: Option<String>,
    /// The id of the business to act in; without it, the person's first one.
    pub business: Option<String>,
}

impl Api {
    pub fn new(base: &str) -> Self {
        Self { http: http_client(), base: base.to_owned(), token: None, cookie: None, business: None }
    }

    /// The same address, as this person.
    pub async fn sign_in(mut self, email: &str, password: &str) -> Self {
        let answer = self.post("/api/v1/auth/login", json!({ "email": email, "password": password })).await;
        self.cookie = answer.cookie();
        let body = answer.ok();
        self.token = Some(body["access_token"].as_str().expect("an access token").to_owned());
        self
    }

    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    #[must_use]
    pub fn in_business(mut self, id: &str) -> Self {
        self.business = Some(id.to_owned());
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// A request with headers of its own (`Idempotency-Key`, `If-Match`).
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.request(method.clone(), path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(format!("{method} {path}"), request).await
    }

    /// A request as this caller, for bodies that are not JSON. Read its answer with [`Answer::read`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(business) = &self.business {
            request = request.header("Beseda-Business", business);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        request
    }

    /// All items of a list, page after page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{cursor}")).await.ok();
            items.extend(page["items"].as_array().expect("a page has items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("{joint}cursor={next}"),
                None => return items,
            }
        }
    }
}

/// What came back, read whole.
#[derive(Debug)]
pub struct Answer {
    what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn read(what: String, request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.unwrap_or_else(|error| panic!("{what}: {error}")).to_vec();
        Self { what, status, headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: not JSON ({error}): {}", self.what, self.text()))
    }

    /// Expects success, and gives the body.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self}");
        self.json()
    }

    /// Expects exactly this status, and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self.json()
    }

    /// Expects a problem of this type (its last part, `not-found`), well formed after RFC 9457.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        let problem = self.expect(status);
        let media = self.header("content-type").unwrap_or_default();
        assert!(media.starts_with("application/problem+json"), "{self}\nis not a problem but {media}");
        assert_eq!(problem["status"], status, "{self}");
        let named = problem["type"].as_str().unwrap_or_default();
        assert_eq!(named.rsplit('/').next(), Some(kind), "{self}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{self}");
        problem
    }

    /// Name and value of the first cookie that was set.
    pub fn cookie(&self) -> Option<String> {
        let set = self.header("set-cookie")?;
        Some(set.split(';').next().unwrap_or(set).to_owned())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = self.text();
        if text.len() > 2000 {
            text = text.chars().take(2000).collect();
            let _ = write!(text, "… ({} bytes)", self.body.len());
        }
        write!(f, "{}: {}\n{text}", self.what, self.status)
    }
}
