//! What cannot be taken over is kept where people see it: a block's place is held by a note for the team that no run
//! comes by, and what is no block becomes a sticky note on the canvas.

use serde_json::{Value, json};

use super::source::Block;
use super::{sealed, secrets};
use crate::blocks::{Body, Note};

/// Characters of a kept text: enough to see what was there.
const LONGEST: usize = 4_000;
/// A sticky note's size on the canvas.
const WIDTH: f64 = 260.0;
pub const HEIGHT: f64 = 160.0;
/// Between two of them.
pub const GAP: f64 = 20.0;

/// The note that holds a block's place: its kind and what it said.
pub fn in_place(block: &Block) -> Body {
    let said: Vec<String> = ["options", "content", "items"]
        .iter()
        .filter_map(|name| block.place.value.get(*name))
        .filter(|value| !value.is_null())
        .map(shown)
        .collect();
    Body::Note(Note { text: text(block.kind, &said.join("\n")), ..Note::default() })
}

/// The note that holds the place of code.
pub fn code(kind: &str, code: &str) -> Body {
    Body::Note(Note { text: text(kind, &sealed::painted_in_code(code)), ..Note::default() })
}

fn text(kind: &str, said: &str) -> String {
    format!("{kind}\n{said}").trim().chars().take(LONGEST).collect()
}

/// Sticky notes, as the editor keeps them in a flow.
#[derive(Default)]
pub struct Sticky(Vec<Value>);

impl Sticky {
    pub fn add(&mut self, id: &str, (x, y): (f64, f64), kind: &str, said: &str) {
        self.0.push(json!({
            "id": id, "x": x, "y": y, "w": WIDTH, "h": HEIGHT,
            "text": text(kind, &sealed::painted_in_code(said)),
        }));
    }

    pub fn into_notes(self) -> Option<Value> {
        (!self.0.is_empty()).then_some(Value::Array(self.0))
    }
}

/// A part of the file for people to read, without anything secret.
pub fn shown(value: &Value) -> String {
    let clean = clean(value);
    match serde_json::to_string_pretty(&clean) {
        Ok(text) if clean != json!({}) && clean != json!([]) => text,
        _ => String::new(),
    }
}

fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let text = sealed::painted_in_code(text);
            Value::from(address_without_secrets(&text))
        }
        Value::Array(items) => items.iter().map(clean).collect(),
        Value::Object(fields) => {
            // A header or parameter is written as its name and its value.
            let names_secret = ["key", "name"]
                .iter()
                .filter_map(|name| fields.get(*name)?.as_str())
                .any(secrets::is_secret_name);
            let painted = |name: &String, value: &Value| {
                let secret =
                    secrets::is_secret_name(name) && name != "key" || names_secret && name == "value";
                if secret && !value.is_object() && !value.is_array() {
                    json!(secrets::PAINTED)
                } else {
                    clean(value)
                }
            };
            let kept = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "credentialsId"));
            kept.map(|(name, value)| (name.clone(), painted(name, value))).collect()
        }
        other => other.clone(),
    }
}

/// Addresses lose their queries and the parts that nobody guesses.
fn address_without_secrets(text: &str) -> String {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return text.to_owned();
    }
    let (base, query) = text.split_once('?').map_or((text, ""), |(base, _)| (base, "?…"));
    let parts: Vec<&str> = base
        .split('/')
        .map(|part| if secrets::is_random(part) || part.contains('@') { secrets::PAINTED } else { part })
        .collect();
    parts.join("/") + query
}
