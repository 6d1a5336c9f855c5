//! The two callback addresses over HTTP: the verification handshake and the webhooks.
//!
//! They are no part of the documented API: Meta calls them, and Meta says how.

use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Body, EndpointExt, IntoResponse, Response, handler};
use serde::Deserialize;

use super::{Receipt, Receiver};
use crate::http::problem::Problem;

/// The routes, with their paths. A body has at most `limit` bytes.
pub fn routes(receiver: &Receiver, limit: u64) -> Vec<(&'static str, BoxEndpoint<'static>)> {
    let app = poem::get(verify_app).post(receive_app);
    let number = poem::get(verify_number).post(receive_number);
    let with_data = |method: poem::RouteMethod| {
        method.data(receiver.clone()).data(BodyLimit(limit)).map_to_response().boxed()
    };
    vec![("/webhooks/whatsapp", with_data(app)), ("/webhooks/whatsapp/:phone_number_id", with_data(number))]
}

#[derive(Clone, Copy)]
struct BodyLimit(u64);

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
    limit: Data<&BodyLimit>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    let bytes = read(body, limit.0.0).await?;
    Ok(answer(receiver.receive(signature(request), bytes).await?))
}

#[handler]
async fn receive_number(
    receiver: Data<&Receiver>,
    limit: Data<&BodyLimit>,
    Path(id): Path<String>,
    request: &poem::Request,
    body: Body,
) -> Result<Response, Problem> {
    let bytes = read(body, limit.0.0).await?;
    Ok(answer(receiver.receive_for(&id, signature(request), bytes).await?))
}

async fn verify(receiver: &Receiver, number: Option<String>, shake: Handshake) -> Response {
    if shake.mode != "subscribe" || !receiver.verify(number.as_deref(), &shake.verify_token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    receiver.note_verified(number.as_deref(), &shake.verify_token).await;
    // As plain text: the challenge comes from the caller and must never be read as a page.
    Response::builder().content_type("text/plain; charset=utf-8").body(shake.challenge)
}

/// The bytes as they came: the signature is over them and not over what they mean.
async fn read(body: Body, limit: u64) -> Result<Vec<u8>, Problem> {
    match body.into_bytes_limit(usize::try_from(limit).unwrap_or(usize::MAX)).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(poem::error::ReadBodyError::PayloadTooLarge) => Err(Problem::too_large(limit)),
        Err(error) => Err(Problem::of(crate::http::kinds::UNREADABLE).detail(error.to_string())),
    }
}

fn signature(request: &poem::Request) -> &str {
    request.header("X-Hub-Signature-256").unwrap_or_default()
}

fn answer(receipt: Receipt) -> Response {
    match receipt {
        Receipt::Kept => StatusCode::OK.into_response(),
        Receipt::BadSignature => Problem::unauthorized().detail("The signature is not valid.").response(),
        Receipt::NoSuchNumber => Problem::not_found("number").response(),
    }
}
