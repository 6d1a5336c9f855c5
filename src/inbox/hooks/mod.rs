//! The addresses that other services call to go on with a customer's run: a payment came, a form was filled in.
//!
//! Each run knows its own (`{{callback}}`). Who has the address may go on with the run; it holds a proof that only this
//! program makes, so none can be guessed from another.

pub mod api;

use std::sync::Arc;

use beseda_flow::{Call, Outcome};
use beseda_wire::ids::{BusinessId, ConversationId, RunId};
use serde_json::Value;

use super::outside;
use super::runtime::Inbox;
use crate::bots::{Callbacks, store};
use crate::crypto::constant_time_eq;
use crate::store::StoreError;

/// What became of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A run waited for it, and has gone on.
    Taken,
    /// No run waits there now.
    NobodyWaits,
    /// There is no such address.
    NoSuchAddress,
}

/// Takes a call in. Nothing comes of a second one: the run has gone on.
pub async fn hear(
    inbox: &Arc<Inbox>,
    business: BusinessId,
    (conversation, run): (ConversationId, RunId),
    address: &str,
    value: Value,
) -> Result<Heard, StoreError> {
    let callbacks = Callbacks { business, base: String::new(), keys: inbox.callback_keys() };
    // The proof stands at the end of the address, behind the business, the thread and the run that it proves.
    if !constant_time_eq(callbacks.address(conversation, run).as_bytes(), address.as_bytes()) {
        return Ok(Heard::NoSuchAddress);
    }
    let runtime = inbox.runtime(business)?;
    let view = runtime.business.store.view()?;
    if store::run(&view, conversation)?.is_none_or(|now| now.id != run) {
        return Ok(Heard::NobodyWaits);
    }
    let Some(waiting) =
        store::call(&view, conversation)?.filter(|waiting| matches!(waiting.call, Call::Incoming))
    else {
        return Ok(Heard::NobodyWaits);
    };
    // Of several at once one alone goes on with the run; the others are not told that they did.
    let outcome = Outcome::Done { value };
    let taken = outside::returned(inbox, &runtime, conversation, waiting.token, outcome).await?;
    Ok(if taken { Heard::Taken } else { Heard::NobodyWaits })
}
