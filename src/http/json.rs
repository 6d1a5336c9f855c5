//! JSON bodies and the answers that carry them.
//!
//! Our own, because poem-openapi's reader says *that* a body is wrong but not where, and turns every answer
//! into a tree before it writes it. These go through serde, like every type of `beseda_wire`, and name the
//! field at fault by a JSON pointer. The document is made from the same types all the same.

use beseda_flow::LoadError;
use beseda_wire::page::FieldError;
use poem::http::StatusCode;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, impl_apirequest_for_payload};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::kinds;
use super::problem::Problem;
use super::schema;

pub(super) const CONTENT_TYPE: &str = "application/json";

/// A JSON body: as an argument of a handler it is read, as an answer it is written with status 200.
#[derive(Debug, Clone, PartialEq)]
pub struct Json<T>(pub T);

/// What was made, with status 201.
#[derive(Debug, Clone, PartialEq)]
pub struct Created<T>(pub T);

/// Taken on, to be done later, with status 202.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted<T>(pub T);

/// Done, and nothing to say, with status 204.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoContent;

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = CONTENT_TYPE;

    fn check_content_type(content_type: &str) -> bool {
        let name = content_type.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case(CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + DeserializeOwned + Send + 'static> ParsePayload for Json<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = bytes::Bytes::from_request(request, body).await?;
        Ok(read_checked(&bytes).map(Self)?)
    }
}

impl_apirequest_for_payload!(Json<T>, T: Type + DeserializeOwned + Send + 'static);

/// Reads a value whose form the document describes, saying everything that is wrong with it.
fn read_checked<T: Type + DeserializeOwned + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let body: Value = serde_json::from_slice(bytes).map_err(|error| broken(bytes, &error))?;
    let mistakes = schema::faults::<T>(&body);
    if mistakes.told.is_empty() { read(bytes) } else { Err(Problem::of(kinds::INVALID).mistakes(mistakes)) }
}

/// Reads a value, saying which field is at fault.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let reader = &mut serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        if cause.is_data() {
            Problem::of(kinds::INVALID).fields([at_fault(pointer, without_place(&cause))])
        } else {
            broken(bytes, &cause)
        }
    })?;
    reader.end().map_err(|error| broken(bytes, &error))?;
    Ok(value)
}

/// Says where the reading stopped: of a body that a program wrote a line and a column tell nobody anything.
fn broken(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let place = at_place("", &beseda_flow::unparsed(bytes, error));
    Problem::of(kinds::UNREADABLE).detail(format!("The body is not JSON: {error}.")).fields([place])
}

/// What is wrong in a JSON that stands in the body at this place: `{code, parameters}`, by the words of the flows' crate,
/// which is the one that reads JSON for people.
pub fn at_place(at: &str, error: &LoadError) -> FieldError {
    let mut told = serde_json::to_value(&error.fault).unwrap_or_default();
    FieldError {
        pointer: format!("{at}{}", error.pointer),
        detail: error.fault.to_string(),
        code: told["code"].as_str().map(ToOwned::to_owned),
        parameters: told.get_mut("parameters").map(Value::take),
    }
}

/// RFC 6901: `/buttons/0/title`.
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => schema::below(&pointer, key),
        // An enumeration's variant is not a place in the JSON.
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// A missing field is reported at the object that lacks it; callers are shown the field.
fn at_fault(pointer: String, detail: String) -> FieldError {
    match detail.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        Some(field) => FieldError::new(schema::below(&pointer, field), "is required"),
        None => FieldError::new(pointer, detail),
    }
}

/// The pointer tells the place better than a line and a column of what a program wrote.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

fn write(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => Response::builder().status(status).content_type(CONTENT_TYPE).body(body),
        Err(error) => Problem::internal(&error).response(),
    }
}

fn described(status: StatusCode, description: &'static str, content: Vec<MetaMediaType>) -> MetaResponses {
    MetaResponses {
        responses: vec![MetaResponse {
            description,
            status: Some(status.as_u16()),
            status_range: None,
            content,
            headers: vec![],
        }],
    }
}

macro_rules! answers {
    ($($name:ident $status:ident $description:literal;)*) => {$(
        impl<T: Type + Serialize + Send> IntoResponse for $name<T> {
            fn into_response(self) -> Response {
                write(StatusCode::$status, &self.0)
            }
        }

        impl<T: Type + Serialize> ApiResponse for $name<T> {
            fn meta() -> MetaResponses {
                let content = vec![MetaMediaType { content_type: CONTENT_TYPE, schema: T::schema_ref() }];
                described(StatusCode::$status, $description, content)
            }

            fn register(registry: &mut Registry) {
                T::register(registry);
            }
        }
    )*};
}

answers! {
    Json OK "Done.";
    Created CREATED "Made.";
    Accepted ACCEPTED "Taken on; it is done later.";
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        described(StatusCode::NO_CONTENT, "Done.", vec![])
    }

    fn register(_registry: &mut Registry) {}
}
