//! Tests of the client against a scripted server: what it sends, and what it makes of every kind of answer.

mod account;
mod bodies;
mod errors;
mod media;
pub mod server;

use serde_json::{Value, json};

use self::server::{Script, Server};
use super::*;
use crate::customers::{Bsuid, Phone};
use crate::whatsapp::error::GraphError;
use beseda_wire::messages::Content;

/// A client, the credentials of number 1000, and the server they lead to.
async fn client(script: Vec<Script>) -> (Graph, Credentials, Server) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(script).await;
    let graph = Graph::new(&server.base(), VERSION).unwrap();
    (graph, Credentials::new("1000", Secret::new("TOKEN"), None), server)
}

fn phone() -> Recipient {
    Recipient::Phone(Phone::parse("16505551234").unwrap())
}

fn bsuid() -> Recipient {
    Recipient::Bsuid(Bsuid::parse("US.13491208655302741918").unwrap())
}

fn text() -> Content {
    serde_json::from_value(json!({"type": "text", "body": "hello"})).unwrap()
}

/// What Meta answers to a message it takes.
fn taken() -> Script {
    Script::json(
        200,
        &json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "+16505551234", "wa_id": "16505551234"}],
            "messages": [{"id": "wamid.1"}],
        }),
    )
}

fn graph_error(error: &Value) -> Value {
    json!({ "error": error })
}
