//! What stands in the chat of a try, in words.

use beseda_flow::{Call, Effect as Told, Input, MediaKind, Outgoing, Problem};
use serde_json::Value;

use super::Sample;
use crate::i18n::{t, t_or};
use crate::t;

/// A line of the chat.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// What the person who tries it said.
    Own(String),
    /// What a block said.
    Said(String, Outgoing),
    /// What happened besides.
    Note(String),
}

/// What is sent for a sample, and the words for it.
pub fn sent(sample: Sample) -> (String, Input) {
    let media = |media, id: &str, voice| Input::Media {
        media,
        id: id.to_owned(),
        caption: String::new(),
        filename: String::new(),
        voice,
    };
    match sample {
        Sample::Photo => (t("test-photo"), media(MediaKind::Image, "photo.jpg", false)),
        Sample::Voice => (t("test-voice"), media(MediaKind::Audio, "voice.ogg", true)),
        Sample::Place => {
            let place = Input::Location {
                latitude: 56.9496,
                longitude: 24.1052,
                name: t("test-place-name"),
                address: String::new(),
            };
            (t("test-place"), place)
        }
    }
}

/// What a call might come back with, as JSON to be changed.
pub fn sample(call: &Call) -> String {
    match call {
        Call::Http(http) => {
            let wanted = http.wanted_headers.iter();
            let headers: serde_json::Map<String, Value> =
                wanted.map(|name| (name.clone(), Value::String(String::new()))).collect();
            let mut sample = serde_json::json!({ "status": 200, "body": {} });
            if !headers.is_empty() {
                sample["headers"] = headers.into();
            }
            sample.to_string()
        }
        Call::AiAnswer(_) => format!("{{\"text\": {}, \"tokens\": 20}}", Value::String(t("test-ai-answer"))),
        Call::AiExtract(ai) => {
            let fields: serde_json::Map<String, Value> =
                ai.fields.iter().map(|field| (field.name.clone(), Value::String(String::new()))).collect();
            serde_json::json!({ "fields": fields, "tokens": 20 }).to_string()
        }
        Call::Fields { fields } => {
            let fields: serde_json::Map<String, Value> =
                fields.iter().map(|name| (name.clone(), Value::String(String::new()))).collect();
            Value::Object(fields).to_string()
        }
        _ => "{}".to_owned(),
    }
}

/// What a call asks, in a line.
pub fn call_words(call: &Call) -> String {
    match call {
        Call::Http(http) => {
            let url: String = http
                .url
                .pieces
                .iter()
                .map(|piece| match piece {
                    beseda_flow::Piece::Text(text) => text.clone(),
                    beseda_flow::Piece::Secret { name, .. } => format!("•{name}•"),
                })
                .collect();
            t!("call-http", what = url.as_str())
        }
        Call::Incoming => t("call-incoming"),
        Call::Email(email) => t!("call-email", what = email.subject.as_str()),
        Call::AiAnswer(_) | Call::AiExtract(_) => t("call-ai"),
        Call::Fields { .. } => t("call-fields"),
        Call::Open => t("call-open"),
        Call::Online { .. } => t("call-online"),
        _ => t("call-other"),
    }
}

/// What an effect besides speech would do, in a line; nothing for what is not told.
pub fn effect_words(told: &Told) -> Option<String> {
    Some(match told {
        Told::HandOver { note, .. } if note.is_empty() => t("effect-hand-over"),
        Told::HandOver { note, .. } => t!("effect-hand-over-note", note = note.as_str()),
        Told::SetField { field, value, .. } => format!("{field} = {}", value.as_deref().unwrap_or_default()),
        Told::AddTag { tag, .. } => t!("effect-tag", tag = tag.as_str()),
        Told::RemoveTag { tag, .. } => t!("effect-untag", tag = tag.as_str()),
        Told::Assign { person, team, .. } => {
            let to = person.as_deref().or(team.as_deref()).unwrap_or("–");
            t!("effect-assign", to = to)
        }
        Told::CreateDeal { title, .. } => t!("effect-deal", title = title.as_str()),
        Told::MoveDeal { stage, .. } => t!("effect-stage", stage = stage.as_str()),
        Told::CreateTask { title, .. } => t!("effect-task", title = title.as_str()),
        Told::Subscribe { .. } => t("effect-subscribe"),
        Told::Unsubscribe { .. } => t("effect-unsubscribe"),
        Told::Note { text, .. } => t!("effect-note", text = text.as_str()),
        Told::Typing { .. } => t("effect-typing"),
        Told::Ended(ended) => match &ended.outcome {
            Some(outcome) => t!("effect-ended-as", outcome = outcome.as_str()),
            None => t("effect-ended"),
        },
        // Nothing is broken: somebody has to allow it.
        Told::Error { what: what @ Problem::AddressOff { .. }, .. } => problem_words(what),
        Told::Error { what, .. } => {
            t!("effect-error", what = problem_words(what).as_str())
        }
        _ => return None,
    })
}

/// What is broken, in a sentence.
pub fn problem_words(problem: &Problem) -> String {
    match problem {
        Problem::NoStart => t("broken-no-start"),
        Problem::UnknownKind { name } => t!("broken-unknown-kind", name = name.as_str()),
        Problem::DanglingEdge => t("broken-dangling-edge"),
        Problem::MissingBlock => t("broken-missing-block"),
        Problem::OtherFlow => t("broken-other-flow"),
        Problem::Template { mistake } => {
            t!("broken-template", message = mistake.words(crate::builder::words::language()).as_str())
        }
        Problem::Pattern { message } => t!("broken-pattern", message = message.as_str()),
        Problem::NoOptions => t("broken-no-options"),
        Problem::NoFlow { flow } => t!("broken-no-flow", name = flow.as_str()),
        Problem::Call { why } => {
            t!("broken-call", message = why.words(crate::builder::words::language()).as_str())
        }
        Problem::TooLarge { bytes } => {
            let size = crate::format::size(u64::try_from(*bytes).unwrap_or(u64::MAX));
            t!("broken-too-large", size = size.as_str())
        }
        Problem::BadValue { field } => {
            let field = t_or(&format!("field-{}", field.replace('_', "-")), || field.clone());
            t!("broken-bad-value", field = field.as_str())
        }
        Problem::ReadOnlyField { field } => t!("broken-read-only-field", field = field.as_str()),
        Problem::AddressOff { address } => t!("broken-address-off", address = address.as_str()),
        Problem::AiTokens { .. } => t("broken-ai-tokens"),
        _ => t("broken-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::{Locale, set};

    #[test]
    fn problems_are_said_in_words() {
        for locale in Locale::ALL {
            set(locale);
            for what in [
                json!({ "what": "no_start" }),
                json!({ "what": "unknown_kind", "name": "N" }),
                json!({ "what": "dangling_edge" }),
                json!({ "what": "missing_block" }),
                json!({ "what": "other_flow" }),
                json!({ "what": "template", "mistake": { "why": "unknown_filter", "name": "N" } }),
                json!({ "what": "pattern", "message": "N" }),
                json!({ "what": "no_options" }),
                json!({ "what": "no_flow", "flow": "N" }),
                json!({ "what": "call", "why": "N" }),
                json!({ "what": "call", "why": { "why": "no_answer" } }),
                json!({ "what": "too_large", "bytes": 9 }),
                json!({ "what": "bad_value", "field": "text" }),
                json!({ "what": "read_only_field", "field": "N" }),
                json!({ "what": "address_off", "address": "N" }),
                json!({ "what": "ai_tokens", "used": 9 }),
            ] {
                let problem: Problem = serde_json::from_value(what.clone()).unwrap();
                let words = problem_words(&problem);
                assert!(!words.starts_with("broken-") && !words.contains('{'), "{words}");
                assert!(words != t("broken-unknown"), "{what}");
                // What is named is there to be read.
                assert_eq!(what.to_string().contains("\"N\""), words.contains('N'), "{words}");
            }
        }
    }
}
