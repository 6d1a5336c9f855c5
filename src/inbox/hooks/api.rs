//! The runs' own addresses over HTTP. They are no part of the documented API: other services call them, each with what
//! it has to say.

use std::sync::Arc;
use std::time::Duration;

use beseda_wire::ids::{BusinessId, ConversationId};
use poem::endpoint::BoxEndpoint;
use poem::error::MethodNotAllowedError;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Body, EndpointExt, IntoResponse, Response, handler};
use serde_json::{Map, Value};

use super::{Heard, hear};
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
    vec![("/hooks/:business/:conversation/:proof", taking(GET_AND_POST, method).boxed())]
}

#[handler]
fn not_a_call() -> poem::Result<()> {
    Err(MethodNotAllowedError.into())
}

#[handler]
async fn call(
    inbox: Data<&Arc<Inbox>>,
    Path((business, conversation, _)): Path<(String, String, String)>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    let (Ok(business), Ok(conversation)) =
        (business.parse::<BusinessId>(), conversation.parse::<ConversationId>())
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
    let value = said(&bytes, request.uri().query().unwrap_or_default());
    match hear(&inbox, business, conversation, request.uri().path(), value).await? {
        Heard::Taken => Ok(StatusCode::NO_CONTENT.into_response()),
        Heard::NobodyWaits => Err(Problem::conflict("Nobody waits for this call now.")),
        Heard::NoSuchAddress => Err(Problem::not_found("address")),
    }
}

/// What a call says: its body as JSON or as the fields of a web form; of a call without a body, its query.
fn said(body: &[u8], query: &str) -> Value {
    if let Ok(value) = serde_json::from_slice(body) {
        return value;
    }
    let text = String::from_utf8_lossy(body);
    let fields = if text.trim().is_empty() { query } else { text.trim() };
    let fields: Map<String, Value> = url::form_urlencoded::parse(fields.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_says_json_a_form_or_a_query() {
        assert_eq!(said(br#"{"paid": true}"#, "a=1"), json!({ "paid": true }));
        assert_eq!(said(b"paid=yes&sum=12+50", ""), json!({ "paid": "yes", "sum": "12 50" }));
        assert_eq!(said(b"", "order=7"), json!({ "order": "7" }));
        assert_eq!(said(b"", ""), json!({}));
    }
}
