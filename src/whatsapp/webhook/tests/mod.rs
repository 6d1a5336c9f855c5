//! Tests of decoding: every fixture, the known looseness, routing, and that nothing panics.

mod envelope;
mod fixtures;
mod loose;
mod mutations;

use std::fmt::Write;

use beseda_wire::time::Time;
use serde_json::{Value, json};

use super::*;

const RECEIVED: i64 = 1_790_000_000;

fn received() -> Time {
    Time::from_seconds(RECEIVED)
}

/// Decodes a body that is expected to be readable.
fn decoded(body: &str) -> Vec<Event> {
    decode(body.as_bytes(), received()).unwrap().into_iter().map(|delivery| delivery.event).collect()
}

/// A body with one change of one entry.
fn body(field: &str, value: Value) -> String {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "WABA", "changes": [{"field": field, "value": value}]}],
    })
    .to_string()
}

/// A body with these messages from one customer.
fn messages(messages: Value) -> String {
    body(
        "messages",
        json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "16505550000", "phone_number_id": "1000"},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "16505551234"}],
            "messages": messages,
        }),
    )
}

/// The body as Meta signs it: every non-ASCII character and some others written as escapes (FACTS §5).
fn escaped(body: &str) -> String {
    let mut out = String::new();
    let mut units = [0; 2];
    for char in body.chars() {
        match char {
            // Only within texts; JSON has none of these elsewhere.
            '/' => out.push_str("\\/"),
            '<' | '%' | '@' => write!(out, "\\u{:04X}", u32::from(char)).unwrap(),
            char if !char.is_ascii() => {
                for unit in char.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}").unwrap();
                }
            }
            char => out.push(char),
        }
    }
    out
}
