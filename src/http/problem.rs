//! Problems: the one shape of every error answer, `application/problem+json` after RFC 9457.
//!
//! Which error type goes where: a domain has its own error (transport-blind), its `api.rs` says with
//! `impl From<MyError> for Problem` what a caller is told, and whatever comes from below (the store, the
//! disk) becomes [`Problem::internal`]: a number that is also in the log, and none of the inner text. Where the
//! disk takes no writes the guard says that instead ([`Problem::with_failing`]).
//! What the framework itself refuses (bad JSON, a bad parameter, an unknown route) is turned into a problem
//! by [`Problem::from_framework`], so that a caller needs one reader for all errors.
//!
//! Not here: the list of types, which is `kinds.rs`.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;

use beseda_wire::page::{FieldError, Problem as Body};
use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::error::{ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde_json::json;

use super::kinds::{self, Kind};
use super::limits::Failed;
use crate::store::{Store, StoreError};

/// The media type of every error answer.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Room on a disk is made by people.
const DISK_SECONDS: u32 = 10;
/// A disk that failed to confirm a write may have it all the same.
const REFUSED: &str = "The disk did not confirm it, so it counts as not done: look before asking again.";

/// An error answer. Handlers return `Result<_, Problem>`.
pub struct Problem(Box<Inner>);

/// Mistakes in a request: the first of them, and how many there are beside. A small request can hold a hundred thousand,
/// and the answer to it is not to be many times as large.
#[derive(Debug, Default)]
pub struct Mistakes {
    pub told: Vec<FieldError>,
    pub more: usize,
}

impl Mistakes {
    /// As many as are told.
    pub const MOST: usize = 100;

    pub fn add(&mut self, mistake: impl FnOnce() -> FieldError) {
        if self.told.len() < Self::MOST {
            self.told.push(mistake());
        } else {
            self.more += 1;
        }
    }
}

struct Inner {
    body: Body,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The engine or the disk below the store failed.
    of_storage: bool,
}

impl Problem {
    /// A problem of this kind, without details.
    pub fn of(kind: Kind) -> Self {
        let body = Body {
            kind: kind.uri(),
            title: kind.title.to_owned(),
            status: kind.status,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
        };
        Self(Box::new(Inner { body, headers: Vec::new(), of_storage: false }))
    }

    /// There is no such thing, or it is another business's: `what` is its name for people, "customer".
    pub fn not_found(what: &str) -> Self {
        Self::of(kinds::NOT_FOUND).detail(format!("There is no such {what}."))
    }

    /// The request's fields break a rule: a JSON pointer or a parameter's name, and what is allowed.
    pub fn invalid(errors: impl IntoIterator<Item = FieldError>) -> Self {
        Self::of(kinds::INVALID).fields(errors)
    }

    /// One field breaks a rule.
    pub fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid([FieldError::new(pointer, detail)])
    }

    /// The request contradicts what is there now.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::of(kinds::CONFLICT).detail(detail)
    }

    /// The caller is known and may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::of(kinds::FORBIDDEN).detail(detail)
    }

    /// The caller is not known: no token, or one that is wrong, old or revoked.
    pub fn unauthorized() -> Self {
        Self::of(kinds::UNAUTHORIZED).header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// Asked too often; another try makes sense after this many seconds.
    pub fn too_many(retry_after: u32) -> Self {
        Self::of(kinds::TOO_MANY).retry_after(retry_after)
    }

    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: u64) -> Self {
        Self::of(kinds::TOO_LARGE).detail(format!("The body may have up to {limit} bytes."))
    }

    /// A body that passes the limits; `large` is the field that takes nearly all of it, empty where there is none such.
    pub fn of_body(failed: Failed, large: &str) -> Self {
        let Failed::TooLong { came, limit } = failed else { return Self::unavailable(1) };
        let had = came.map_or_else(|| format!("more than {limit}"), |came| came.to_string());
        let mut parameters = json!({ "most": limit });
        if let Some(came) = came {
            parameters["bytes"] = json!(came);
        }
        Self::too_large(limit).fields([FieldError {
            pointer: large.to_owned(),
            detail: format!("the body has {had} bytes; at most {limit} are taken"),
            code: Some("too_large".to_owned()),
            parameters: Some(parameters),
        }])
    }

    /// Not now: starting, stopping, or more work waiting than there is room for.
    pub fn unavailable(retry_after: u32) -> Self {
        Self::of(kinds::UNAVAILABLE).retry_after(retry_after)
    }

    /// Our fault. The cause goes to the log under a number; the caller gets the number alone.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        let number = incident();
        tracing::error!(problem.id = %number, cause = %cause, "a request failed");
        Self::of(kinds::INTERNAL).detail(format!("The log has the cause under {number}."))
    }

    /// The disk takes no writes, which may pass. The cause goes to the log: it may name files.
    pub fn storage_failing(cause: &dyn fmt::Display) -> Self {
        tracing::error!(cause = %cause, "the disk refused a write");
        Self::of(kinds::STORAGE_FAILING).detail(REFUSED).retry_after(DISK_SECONDS)
    }

    /// The same, of what a store failed at, when it takes no writes; the number that is in the log stays.
    #[must_use]
    pub(super) fn with_failing(self, store: &Store) -> Self {
        if !self.0.of_storage || !store.is_failing() {
            return self;
        }
        let number = self.0.body.detail.unwrap_or_default();
        Self::of(kinds::STORAGE_FAILING).detail(format!("{REFUSED} {number}")).retry_after(DISK_SECONDS)
    }

    /// What happened and what is allowed, for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.body.detail = Some(detail.into());
        self
    }

    /// The fields at fault.
    #[must_use]
    pub fn fields(self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        let mut mistakes = Mistakes::default();
        errors.into_iter().for_each(|error| mistakes.add(|| error));
        self.mistakes(mistakes)
    }

    /// The same, already counted.
    #[must_use]
    pub fn mistakes(mut self, mistakes: Mistakes) -> Self {
        self.0.body.errors = mistakes.told;
        match mistakes.more {
            0 => self,
            more => self.detail(format!(
                "The first {} mistakes are told, and there are {more} more.",
                Mistakes::MOST
            )),
        }
    }

    /// Seconds after which another try makes sense; in the body and as `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.body.retry_after = Some(seconds);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Another status than the kind's own, for what the framework answers by itself.
    #[must_use]
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.body.status = status.as_u16();
        self
    }

    /// What the caller will read.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    pub fn response(&self) -> Response {
        let body = serde_json::to_vec(&self.0.body).unwrap_or_default();
        let mut response = Response::builder().status(self.status()).content_type(CONTENT_TYPE).body(body);
        for (name, value) in &self.0.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }

    /// Says in our shape what the framework refused of an operation that takes `takes`.
    pub fn from_framework(error: poem::Error, takes: &Takes) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(problem) => return problem,
            Err(error) => error,
        };
        if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
            return Self::of(kinds::INVALID).fields([takes.bad_parameter(name, reason)]);
        }
        if let Some(ParsePathError { name, reason }) = error.downcast_ref() {
            return Self::of(kinds::INVALID).fields([takes.bad_parameter(name, reason)]);
        }
        if let Some(refused) = error.downcast_ref::<ContentTypeError>() {
            let came = match refused {
                ContentTypeError::NotSupported { content_type } => {
                    format!("`{content_type}` is not taken here")
                }
                ContentTypeError::ExpectContentType => "The `Content-Type` header is missing".to_owned(),
            };
            return Self::of(kinds::MEDIA_TYPE)
                .detail(format!("{came}; send {}.", takes.media_types.join(" or ")));
        }
        if let Some(refused) = error.downcast_ref::<ReadBodyError>() {
            return unreadable_body(refused, takes.large);
        }
        if let Some(refused) = error.downcast_ref::<ParseMultipartError>() {
            return Self::of(kinds::UNREADABLE).detail(refused.to_string());
        }
        if error.is::<NotFoundError>() {
            return Self::of(kinds::NOT_FOUND).detail("There is nothing at this address.");
        }
        if error.is::<MethodNotAllowedError>() {
            return Self::of(kinds::METHOD);
        }
        let status = error.status();
        if status.is_server_error() {
            return Self::internal(&error);
        }
        Self::of(kinds::of_status(status.as_u16())).with_status(status).detail(error.to_string())
    }
}

/// Bodies pass through `limits.rs`, which breaks the stream with its own error when it is too long.
pub fn unreadable_body(error: &ReadBodyError, large: &str) -> Problem {
    match error {
        ReadBodyError::Io(io) => match super::limits::failed(io) {
            Some(failed) => Problem::of_body(failed, large),
            None => Problem::of(kinds::UNREADABLE).detail("The body ended early."),
        },
        ReadBodyError::Utf8(_) => Problem::of(kinds::UNREADABLE).detail("The body is not UTF-8."),
        ReadBodyError::PayloadTooLarge => Problem::of(kinds::TOO_LARGE),
        ReadBodyError::BodyHasBeenTaken => Problem::internal(error),
    }
}

/// What an operation takes, for telling what is wrong with what came.
#[derive(Debug, Default)]
pub struct Takes {
    /// The field that takes nearly all of a large body.
    pub large: &'static str,
    /// Of the body.
    pub media_types: Vec<&'static str>,
    /// Of the path, in their order: the router calls them `param0`, `param1`.
    pub variables: Vec<&'static str>,
    /// What each parameter must be, by its name.
    pub parameters: HashMap<String, String>,
    /// The names of those that stand in the query.
    pub queries: Vec<String>,
}

impl Takes {
    /// What stands in a query and is not taken. Most often it is a slip (`limt`), and the answer would not be to what was
    /// meant.
    pub fn unknown(&self, query: &str) -> Mistakes {
        let mut mistakes = Mistakes::default();
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            if !self.queries.iter().any(|known| *known == name) {
                mistakes.add(|| FieldError::new(name, self.there_are()));
            }
        }
        mistakes
    }

    fn there_are(&self) -> String {
        let names: Vec<String> = self.queries.iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            return "is not a parameter here; there are none".to_owned();
        }
        format!("is not a parameter here; there are {}", names.join(", "))
    }

    fn bad_parameter(&self, name: &str, reason: &str) -> FieldError {
        let place = name.strip_prefix("param").and_then(|number| number.parse::<usize>().ok());
        let name = place.and_then(|place| self.variables.get(place).copied()).unwrap_or(name);
        // The framework speaks of its own types (`failed to parse "string(uuid)": …`), and not of what is allowed.
        let detail = self.parameters.get(name).cloned().unwrap_or_else(|| reason.to_owned());
        FieldError::new(name, detail)
    }
}

/// A short number that is in the answer and in the log.
fn incident() -> String {
    let mut bytes = [0; 6];
    // Without randomness the number is zeros: still an answer, only not unique in the log.
    let _ = getrandom::fill(&mut bytes);
    crate::crypto::hex(&bytes)
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Closed => Self::unavailable(1),
            error @ StoreError::Engine(_) => {
                let mut problem = Self::internal(&error);
                problem.0.of_storage = true;
                problem
            }
            other => Self::internal(&other),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = &self.0.body;
        write!(f, "{} {}", body.kind, body.title)?;
        body.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.body.fmt(f)
    }
}

impl StdError for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn as_response(&self) -> Response {
        self.response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response()
    }
}

impl ApiResponse for Problem {
    /// Every operation can answer with a problem; `openapi.rs` adds the statuses that its declaration implies.
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A problem: its `type` says which.",
                status: None,
                status_range: None,
                content: vec![MetaMediaType { content_type: CONTENT_TYPE, schema: Self::schema() }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        <Body as Type>::register(registry);
    }
}

impl Problem {
    pub(super) fn schema() -> MetaSchemaRef {
        Body::schema_ref()
    }
}
