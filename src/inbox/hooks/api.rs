//! The runs' own addresses over HTTP. They are no part of the documented API: other services call them, each with what
//! it has to say.

use std::sync::Arc;
use std::time::Duration;

use beseda_wire::ids::{BusinessId, ConversationId, RunId};
use poem::endpoint::BoxEndpoint;
use poem::error::MethodNotAllowedError;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Body, EndpointExt, IntoResponse, Response, handler};
use serde_json::{Map, Value};

use super::{Heard, hear};
use crate::http::kinds;
use crate::http::methods::{GET_AND_POST, taking};
use crate::http::problem::Problem;
use crate::inbox::Inbox;

/// Bytes of a body at most: what a run can keep.
const LARGEST: usize = 64 << 10;
/// How long a body may take.
const SLOWEST: Duration = Duration::from_secs(10);

/// The route, with its path.
pub fn routes(inbox: &Arc<Inbox>) -> Vec<(&'static str, BoxEndpoint<'static>)> {
    // Mail programs and messengers look at an address with HEAD before anybody opens it: that is no call.
    let method = poem::get(call).post(call).head(not_a_call).data(Arc::clone(inbox));
    vec![("/hooks/:business/:conversation/:run/:proof", taking(GET_AND_POST, method).boxed())]
}

#[handler]
fn not_a_call() -> poem::Result<()> {
    Err(MethodNotAllowedError.into())
}

#[handler]
async fn call(
    inbox: Data<&Arc<Inbox>>,
    Path((business, conversation, run, _)): Path<(String, String, String, String)>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    let (Ok(business), Ok(conversation), Ok(run)) =
        (business.parse::<BusinessId>(), conversation.parse::<ConversationId>(), run.parse::<RunId>())
    else {
        return Err(Problem::not_found("address"));
    };
    let read = tokio::time::timeout(SLOWEST, body.into_bytes_limit(LARGEST)).await;
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(poem::error::ReadBodyError::PayloadTooLarge)) => {
            return Err(Problem::too_large(LARGEST as u64));
        }
        Ok(Err(_)) | Err(_) => return Err(Problem::unavailable(1)),
    };
    let query = request.uri().query().unwrap_or_default();
    let value = said(&bytes, request.content_type().is_some_and(says_json), query)?;
    match hear(&inbox, business, (conversation, run), request.uri().path(), value).await? {
        Heard::Taken => Ok(StatusCode::NO_CONTENT.into_response()),
        Heard::NobodyWaits => Err(Problem::conflict("Nobody waits for this call now.")),
        Heard::NoSuchAddress => Err(Problem::not_found("address")),
    }
}

/// Whether a content type is one of JSON (RFC 8259, RFC 6839).
fn says_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// What a call says: its body as JSON or as the fields of a web form; of a call without a body, its query. One that calls
/// itself JSON and is none is refused: taken for a form it would use the call up and tell the run nothing.
fn said(body: &[u8], is_json: bool, query: &str) -> Result<Value, Problem> {
    let broken = match serde_json::from_slice(body) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(body);
    if is_json && !text.trim().is_empty() {
        return Err(Problem::of(kinds::UNREADABLE).detail(format!("The body is not JSON: {broken}.")));
    }
    let fields = if text.trim().is_empty() { query } else { text.trim() };
    let fields: Map<String, Value> = url::form_urlencoded::parse(fields.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    Ok(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_says_json_a_form_or_a_query() {
        let said = |body: &[u8], query: &str| super::said(body, false, query).ok().unwrap();
        assert_eq!(said(br#"{"paid": true}"#, "a=1"), json!({ "paid": true }));
        assert_eq!(said(b"paid=yes&sum=12+50", ""), json!({ "paid": "yes", "sum": "12 50" }));
        assert_eq!(said(b"", "order=7"), json!({ "order": "7" }));
        assert_eq!(said(b"", ""), json!({}));
    }

    #[test]
    fn what_calls_itself_json_has_to_be_json() {
        for content_type in ["application/json", "Application/JSON; charset=utf-8", "application/hal+json"] {
            assert!(says_json(content_type), "{content_type}");
        }
        assert!(!says_json("application/x-www-form-urlencoded") && !says_json("text/plain"));
        let refused = said(b"not json", true, "").unwrap_err();
        assert_eq!(refused.body().status, 400);
        assert!(refused.body().detail.as_deref().unwrap().contains("not JSON"));
        assert_eq!(said(b"", true, "order=7").ok().unwrap(), json!({ "order": "7" }));
    }
}
