//! The two callback addresses over HTTP: the verification handshake and the webhooks.
//!
//! They are no part of the documented API: Meta calls them, and Meta says how.

use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Body, EndpointExt, IntoResponse, Response, handler};
use serde::Deserialize;

use super::{Receipt, Receiver};
use crate::http::limits::Room;
use crate::http::methods::{READ_AND_POST, taking};
use crate::http::problem::{Problem, unreadable_body};

/// How long a body may take. Meta's are there at once.
const SLOWEST: Duration = Duration::from_secs(20);

/// The routes, with their paths. A body has at most `limit` bytes.
pub fn routes(receiver: &Receiver, limit: u64) -> Vec<(&'static str, BoxEndpoint<'static>)> {
    let app = poem::get(verify_app).post(receive_app);
    let number = poem::get(verify_number).post(receive_number);
    let intake = Intake { limit, room: Room::default() };
    let with_data = |method: poem::RouteMethod| {
        taking(READ_AND_POST, method.data(receiver.clone()).data(intake.clone())).boxed()
    };
    vec![("/webhooks/whatsapp", with_data(app)), ("/webhooks/whatsapp/:phone_number_id", with_data(number))]
}

/// How bodies are let in. Nobody is known before a body is read whole, so strangers can fill the room; it is not the one
/// of the API, and what is small needs none.
#[derive(Clone)]
struct Intake {
    /// Bytes of one body at most.
    limit: u64,
    room: Room,
}

/// What Meta asks when a callback address is entered (Meta, create a webhook endpoint).
#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
    #[serde(rename = "hub.verify_token", default)]
    verify_token: String,
}

#[handler]
async fn verify_app(receiver: Data<&Receiver>, Query(shake): Query<Handshake>) -> Response {
    verify(&receiver, None, shake).await
}

#[handler]
async fn verify_number(
    receiver: Data<&Receiver>,
    Path(id): Path<String>,
    Query(shake): Query<Handshake>,
) -> Response {
    verify(&receiver, Some(id), shake).await
}

#[handler]
async fn receive_app(
    receiver: Data<&Receiver>,
    intake: Data<&Intake>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    if let Some(refused) = receiver.refuses_for_app(signed(request)) {
        return Ok(answer(refused));
    }
    let bytes = intake.read(body).await?;
    Ok(answer(receiver.receive(signed(request), bytes).await?))
}

#[handler]
async fn receive_number(
    receiver: Data<&Receiver>,
    intake: Data<&Intake>,
    Path(id): Path<String>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    if let Some(refused) = receiver.refuses(&id, signed(request)) {
        return Ok(answer(refused));
    }
    let bytes = intake.read(body).await?;
    Ok(answer(receiver.receive_for(&id, signed(request), bytes).await?))
}

async fn verify(receiver: &Receiver, number: Option<String>, shake: Handshake) -> Response {
    if shake.mode != "subscribe" || !receiver.verify(number.as_deref(), &shake.verify_token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if shake.challenge.is_empty() {
        return Problem::invalid_field("hub.challenge", "is required").response();
    }
    receiver.note_verified(number.as_deref(), &shake.verify_token).await;
    // As plain text: the challenge comes from the caller and must never be read as a page.
    Response::builder().content_type("text/plain; charset=utf-8").body(shake.challenge)
}

impl Intake {
    /// The bytes as they came: the signature is over them and not over what they mean.
    async fn read(&self, body: Body) -> Result<Vec<u8>, Problem> {
        let (body, _held) = self.room.count(body);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        match tokio::time::timeout(SLOWEST, body.into_bytes_limit(limit)).await {
            Ok(Ok(bytes)) => Ok(bytes.into()),
            Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(Problem::too_large(self.limit)),
            Ok(Err(error)) => Err(unreadable_body(&error)),
            // Meta comes again.
            Err(_) => Err(Problem::unavailable(1)),
        }
    }
}

fn signed(request: &poem::Request) -> &str {
    request.header("X-Hub-Signature-256").unwrap_or_default()
}

fn answer(receipt: Receipt) -> Response {
    match receipt {
        Receipt::Kept => StatusCode::OK.into_response(),
        Receipt::BadSignature => Problem::unauthorized().detail("The signature is not valid.").response(),
        Receipt::NoSuchNumber => Problem::not_found("number").response(),
    }
}
