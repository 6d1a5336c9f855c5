//! The outermost layer: whatever happens inside, a caller gets a well-formed answer with the right headers.
//!
//! One layer instead of a chain of middlewares, because every request pays for each of them.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use poem::error::ResponseError;
use poem::http::{HeaderMap, StatusCode, header};
use poem::{Endpoint, IntoEndpoint, Request, Response};

use super::client_ip::{Client, TrustedProxies};
use super::headers;
use super::kinds;
use super::metrics::Metrics;
use super::problem::{self, Problem, Takes};
use super::shortcut::Shortcut;

/// Marks an answer whose errors have a shape of their own, which is nobody's to change: Meta's, from the simulator.
#[derive(Clone, Copy)]
pub struct OwnShape;

/// Wraps all routes of the program.
pub struct Edge<E> {
    inner: E,
    shortcut: Option<Shortcut>,
    proxies: TrustedProxies,
    metrics: Arc<Metrics>,
}

impl<E: Endpoint> Edge<E> {
    pub fn new(
        routes: impl IntoEndpoint<Endpoint = E>,
        proxies: TrustedProxies,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { inner: routes.into_endpoint(), shortcut: None, proxies, metrics }
    }

    /// With a way past the routes.
    #[must_use]
    pub fn with(self, shortcut: Option<Shortcut>) -> Self {
        Self { shortcut, ..self }
    }
}

impl<E> Endpoint for Edge<E>
where
    E: Endpoint<Output = Response>,
{
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        if let Some(shortcut) = self.shortcut.as_ref().filter(|shortcut| shortcut.takes(&request)) {
            let mut response = shaped(shortcut.endpoint.call(request)).await;
            // Without these the news that something was taken are half as long, and a program has no use for them.
            if response.status() != StatusCode::OK {
                headers::add(&mut response, false);
            }
            self.metrics.answered(shortcut.path, response.status(), started.elapsed());
            return Ok(response);
        }
        let path = request.uri().clone();
        let client = Client::of(&request, &self.proxies);
        let https = client.https;
        request.extensions_mut().insert(client);
        let mut response = shaped(self.inner.call(request)).await;
        headers::add(&mut response, https);
        self.metrics.answered(path.path(), response.status(), started.elapsed());
        Ok(response)
    }
}

/// What a handler answers, or that it failed: both as our callers know it.
async fn shaped(answer: impl Future<Output = poem::Result<Response>>) -> Response {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(response)) if response.extensions().get::<OwnShape>().is_some() => response,
        Ok(Ok(response)) => in_our_shape(response),
        Ok(Err(error)) => Problem::from_framework(error, &Takes::default()).response(),
        Err(panic) => Problem::internal(&format_args!("a handler panicked: {}", message(&*panic))).response(),
    }
}

/// The framework answers some requests by itself, in plain text. They get our shape and keep their headers.
fn in_our_shape(mut response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let problem = Problem::of(kinds::of_status(status.as_u16())).with_status(status);
    let mut shaped = problem.response();
    let kept = std::mem::take(response.headers_mut());
    for (name, value) in &kept {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            shaped.headers_mut().append(name, value.clone());
        }
    }
    debug_assert_eq!(ResponseError::status(&problem), status);
    shaped
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(problem::CONTENT_TYPE.as_bytes()))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
