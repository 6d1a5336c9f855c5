//! The gate: until the first owner exists, only setup and health answer.
//!
//! It stands before every route, so what is mounted later is shut as well. What may be asked before the setup is
//! declared where everything is declared: in the table of operations, as [`Who::Setup`].

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, Request, Response};

use super::assets;
use super::caller::Authenticator;
use super::guard::{Operation, Who};
use super::kinds;
use super::openapi::BASE;
use super::problem::Problem;

/// Whether the program lives and can work is asked of it from its first second.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// All routes, behind the question whether the program has an owner.
pub struct Gate<E> {
    inner: E,
    authenticator: Arc<dyn Authenticator>,
    operations: &'static [Operation],
}

impl<E> Gate<E> {
    pub fn new(inner: E, authenticator: Arc<dyn Authenticator>, operations: &'static [Operation]) -> Self {
        Self { inner, authenticator, operations }
    }

    /// Whether a request is answered while nobody owns the program.
    fn answers_before_setup(&self, request: &Request) -> bool {
        let path = request.uri().path();
        if HEALTH.contains(&path) {
            return true;
        }
        if let Some(path) = path.strip_prefix(BASE) {
            return self.operations.iter().any(|known| known.who == Who::Setup && known.path == path);
        }
        // The wizard is a page of the interface.
        assets::may_be_interface(path) && matches!(*request.method(), Method::GET | Method::HEAD)
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if self.authenticator.set_up() || self.answers_before_setup(&request) {
            return self.inner.call(request).await;
        }
        Err(Problem::of(kinds::SETUP_NEEDED).detail(HOW).into())
    }
}

const HOW: &str = "Nobody owns this program yet. Open the setup address that it printed when it started, or print a new \
                   one on its machine with `beseda setup-link`.";
