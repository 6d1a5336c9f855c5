//! What a person says that a call comes back with, where nobody knows it.

use serde_json::{Value, json};

use crate::calls::Outcome;

/// An answer as it is typed, for a call of this name ([`crate::Call::name`]), in the shape that the call is answered in. A
/// text that is no JSON is a text.
pub fn answer(call: &str, typed: &str) -> Outcome {
    let read = || serde_json::from_str(typed).unwrap_or_else(|_| Value::from(typed));
    let value = match call {
        "http" => json!({ "status": 200, "body": read() }),
        "ai_answer" => json!({ "text": typed, "tokens": 0 }),
        "ai_extract" => json!({ "fields": read(), "tokens": 0 }),
        _ => read(),
    };
    Outcome::Done { value }
}

/// An answer with nothing in it: the way on is the ordinary one, unless the block cannot do without.
pub fn nothing(call: &str) -> Outcome {
    let value = match call {
        "http" => json!({ "status": 200, "body": null }),
        "ai_answer" => json!({ "text": "…", "tokens": 0 }),
        "ai_extract" => json!({ "fields": {}, "tokens": 0 }),
        "open" | "online" => json!(true),
        _ => Value::Null,
    };
    Outcome::Done { value }
}
