//! Routes outside the API and what they take: a wrong method is told the right ones, as the API's own are.

use poem::error::MethodNotAllowedError;
use poem::http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::kinds;
use super::problem::Problem;

/// Wherever the framework answers GET, it answers HEAD.
pub const READ: &str = "GET, HEAD";
/// Where a GET has an effect, HEAD is refused.
pub const GET_AND_POST: &str = "GET, POST";
pub const READ_AND_POST: &str = "GET, HEAD, POST";

/// A route that takes these methods, and says so to whoever comes with another.
pub fn taking<E: Endpoint>(methods: &'static str, inner: E) -> Taking<E> {
    Taking { inner, methods }
}

pub struct Taking<E> {
    inner: E,
    methods: &'static str,
}

impl<E: Endpoint> Endpoint for Taking<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        match self.inner.call(request).await {
            Ok(answer) => Ok(answer.into_response()),
            Err(error) if error.is::<MethodNotAllowedError>() => Err(Problem::of(kinds::METHOD)
                .detail(format!("This address takes {}.", self.methods))
                .header(header::ALLOW, HeaderValue::from_static(self.methods))
                .into()),
            Err(error) => Err(error),
        }
    }
}
