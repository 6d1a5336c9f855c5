//! `calls`: that somebody called, and how it ended. The sound itself is not ours.

use beseda_wire::time::Time;
use serde_json::Value;

use super::envelope::Change;
use super::messages::{parsed, with_contact};
use super::{Call, CallStep, CustomerRef, Event, Unknown};
use crate::whatsapp::lax::{self, Lax};

/// The calls of a change. Says whether there were any: what else the field holds is news without a reader.
pub fn decode(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) -> bool {
    let calls = change.value.items("calls");
    let contacts = parsed(&change.value.items("contacts"));
    for raw in &calls {
        push(match lax::item(raw.get()) {
            Ok(item) => call(item, &contacts, received_at),
            Err(error) => unknown(error.to_string(), Value::from(raw.get())),
        });
    }
    !calls.is_empty()
}

fn call(item: Value, contacts: &[Value], received_at: Time) -> Event {
    let Some(id) = item.word("id") else { return unknown("a call without an id".to_owned(), item) };
    let by_customer = item.text("direction") != Some("BUSINESS_INITIATED");
    let (phone, user, parent) = if by_customer {
        ("from", "from_user_id", "from_parent_user_id")
    } else {
        ("to", "to_user_id", "to_parent_user_id")
    };
    let named = CustomerRef::new(item.word(phone), item.word(user), item.word(parent));
    let at = item.time("timestamp").unwrap_or(received_at);
    let event = item.word("event").unwrap_or_default();
    let step = match event.as_str() {
        "connect" => CallStep::Begun,
        "terminate" => CallStep::Ended {
            seconds: item
                .integer("duration")
                .and_then(|seconds| u64::try_from(seconds).ok())
                .filter(|s| *s > 0),
        },
        _ => CallStep::Other(event),
    };
    Event::Call(Box::new(Call {
        customer: with_contact(named, contacts),
        id,
        at,
        began: item.time("start_time").unwrap_or(at),
        by_customer,
        step,
    }))
}

fn unknown(why: String, raw: Value) -> Event {
    Event::Unknown(Box::new(Unknown { kind: "call.unreadable".to_owned(), why, raw }))
}
