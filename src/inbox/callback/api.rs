//! The two callback addresses over HTTP: the verification handshake and the webhooks.
//!
//! They are no part of the documented API: Meta calls them, and Meta says how.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use poem::endpoint::BoxEndpoint;
use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Request, Response, handler};
use serde::Deserialize;

use super::{Receipt, Receiver};
use crate::http::limits::Room;
use crate::http::methods::{READ_AND_POST, taking};
use crate::http::problem::{Problem, unreadable_body};
use crate::http::shortcut::Shortcut;

/// How long a body may take. Meta's are there at once.
const SLOWEST: Duration = Duration::from_secs(20);

/// The address of an app. Below it each number has its own.
const PATH: &str = "/webhooks/whatsapp";

/// Who takes the webhooks, and the routes of the handshake with their paths. A body has at most `limit` bytes.
pub fn routes(receiver: &Receiver, limit: u64) -> (Shortcut, Vec<(&'static str, BoxEndpoint<'static>)>) {
    let taken = Taken { receiver: receiver.clone(), limit, room: Room::default() };
    let shortcut = Shortcut { path: PATH, endpoint: taken.boxed() };
    // POST is not among them, and they say so of every other method.
    let app = poem::get(verify_app).data(receiver.clone());
    let number = poem::get(verify_number).data(receiver.clone());
    let others = vec![
        (PATH, taking(READ_AND_POST, app).boxed()),
        ("/webhooks/whatsapp/:phone_number_id", taking(READ_AND_POST, number).boxed()),
    ];
    (shortcut, others)
}

/// Takes a webhook at either address. Not a handler with extractors: what a request is made to carry for those, each
/// webhook of a flood would pay for.
///
/// Nobody is known before a body is read whole, so strangers can fill the room for bodies; it is not the one of the API,
/// and what is small needs none.
struct Taken {
    receiver: Receiver,
    /// Bytes of one body at most.
    limit: u64,
    room: Room,
}

impl Endpoint for Taken {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body();
        let number = request.uri().path().strip_prefix(PATH).and_then(|below| below.strip_prefix('/'));
        let signature = request.header("X-Hub-Signature-256").unwrap_or_default();
        if let Some(refused) = self.receiver.refuses(number, signature) {
            return Ok(answer(refused));
        }
        let bytes = self.read(body).await?;
        let receipt = match number {
            Some(id) => self.receiver.receive_for(id, signature, bytes).await,
            None => self.receiver.receive(signature, bytes).await,
        };
        Ok(answer(receipt.map_err(Problem::from)?))
    }
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

impl Taken {
    /// The bytes as they came: the signature is over them and not over what they mean.
    async fn read(&self, body: Body) -> Result<Vec<u8>, Problem> {
        let (body, _held) = self.room.count(body);
        let body: BoxBody<Bytes, io::Error> = body.into();
        let limited = Limited::new(body, usize::try_from(self.limit).unwrap_or(usize::MAX));
        match tokio::time::timeout(SLOWEST, limited.collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes().into()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::too_large(self.limit)),
            Ok(Err(error)) => Err(unreadable_body(&ReadBodyError::Io(io::Error::other(error)), "")),
            // Meta comes again.
            Err(_) => Err(Problem::unavailable(1)),
        }
    }
}

fn answer(receipt: Receipt) -> Response {
    match receipt {
        Receipt::Kept => StatusCode::OK.into_response(),
        Receipt::BadSignature => Problem::unauthorized().detail("The signature is not valid.").response(),
        Receipt::NoSuchNumber => Problem::not_found("number").response(),
    }
}
