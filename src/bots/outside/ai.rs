//! A question to a language model, by the chat completions API that `OpenAI` began and most others speak. It gets no tools:
//! what it says is text, and does nothing.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use beseda_flow::{AiCall, AiFieldKind, AiWanted, CallFault, Speaker};
use reqwest::{StatusCode, Url};
use serde_json::{Map, Value, json};

use super::{Means, Outside, body, network};
use crate::crypto::Secret;

/// Answers; `{"text": "…", "tokens": 123}`.
pub async fn answer(outside: &Outside, call: &AiCall, means: &Means) -> Result<Value, CallFault> {
    let (text, tokens) = ask(outside, call, means, &call.instructions, false).await?;
    Ok(json!({ "text": text, "tokens": tokens }))
}

/// Finds values; `{"fields": {…}, "tokens": 123}`. What the model makes of a field that does not fit its kind is left out.
pub async fn extract(outside: &Outside, call: &AiCall, means: &Means) -> Result<Value, CallFault> {
    let instructions = format!("{}\n\n{}", call.instructions, wanted(&call.fields));
    let (text, tokens) = ask(outside, call, means, instructions.trim(), true).await?;
    let found: Map<String, Value> = object(&text).ok_or(CallFault::NotJson)?;
    let fits = |field: &AiWanted| {
        let value = found.get(&field.name).and_then(|value| as_wanted(value, field))?;
        Some((field.name.clone(), value))
    };
    let fields: Map<String, Value> = call.fields.iter().filter_map(fits).collect();
    if let Some(missing) =
        call.fields.iter().find(|field| field.required && !fields.contains_key(&field.name))
    {
        return Err(CallFault::NotFound { name: missing.name.clone() });
    }
    Ok(json!({ "fields": fields, "tokens": tokens }))
}

async fn ask(
    outside: &Outside,
    call: &AiCall,
    means: &Means,
    instructions: &str,
    in_json: bool,
) -> Result<(String, u64), CallFault> {
    let (connection, key) = means.connection.as_ref().ok_or(CallFault::NoModel)?;
    let base = connection.url.as_deref().unwrap_or_default().trim_end_matches('/');
    let url = Url::parse(&format!("{base}/chat/completions")).map_err(|_| CallFault::NoAddress)?;
    outside.addresses.check(&url)?;
    let mut messages = Vec::new();
    if !instructions.is_empty() {
        messages.push(json!({ "role": "system", "content": instructions }));
    }
    for line in &call.history {
        let role = match line.by {
            Speaker::Customer => "user",
            Speaker::Bot => "assistant",
        };
        messages.push(json!({ "role": role, "content": line.text }));
    }
    messages.push(json!({ "role": "user", "content": call.text }));
    let mut question = json!({
        "model": call.model.as_ref().or(connection.model.as_ref()),
        "messages": messages,
        "max_tokens": call.max_tokens,
    });
    if in_json {
        question["response_format"] = json!({ "type": "json_object" });
    }
    let ends = Instant::now() + Duration::from_secs(u64::from(call.timeout));
    let (mut status, mut told) = post(outside, &url, key.as_ref(), &question, ends).await?;
    if status == StatusCode::BAD_REQUEST && wants_other_limit(&told) {
        let limit = question["max_tokens"].take();
        question.as_object_mut().map(|question| question.remove("max_tokens"));
        question["max_completion_tokens"] = limit;
        (status, told) = post(outside, &url, key.as_ref(), &question, ends).await?;
    }
    if !status.is_success() {
        let said = told["error"]["message"].as_str().unwrap_or_default();
        return Err(CallFault::ModelStatus { status: status.as_u16(), said: excerpt(said) });
    }
    let text = told["choices"][0]["message"]["content"].as_str().map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(CallFault::Empty);
    }
    let used = told["usage"]["total_tokens"].as_u64();
    // Some servers do not count; four letters are a token, as a rule.
    Ok((text.to_owned(), used.unwrap_or_else(|| text.len() as u64 / 4 + 1)))
}

async fn post(
    outside: &Outside,
    url: &Url,
    key: Option<&Secret>,
    question: &Value,
    ends: Instant,
) -> Result<(StatusCode, Value), CallFault> {
    let left = ends.saturating_duration_since(Instant::now());
    let mut request = outside.client.post(url.clone()).timeout(left).json(question);
    if let Some(key) = key {
        request = request.bearer_auth(key.expose());
    }
    let response = request.send().await.map_err(|error| network::fault(&error))?;
    let status = response.status();
    let bytes = body(response).await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}

/// `OpenAI`'s reasoning models refuse `max_tokens`, and name what they take in its place (`OpenAI`, chat completions).
/// Most other servers know the old name alone, so that is what they are asked with first.
fn wants_other_limit(told: &Value) -> bool {
    let said = told["error"]["message"].as_str().unwrap_or_default();
    said.contains("max_completion_tokens")
}

/// What the model is told of the values to find.
fn wanted(fields: &[AiWanted]) -> String {
    let mut text =
        "Answer with one JSON object and nothing else. Its fields, each null where nothing was said:"
            .to_owned();
    for field in fields {
        // Writing to a String cannot fail.
        let kind = match field.kind {
            AiFieldKind::Number => "a number",
            AiFieldKind::Boolean => "true or false",
            AiFieldKind::Date => "a date as YYYY-MM-DD",
            AiFieldKind::Choice => "one of the given options",
            AiFieldKind::Email => "an e-mail address",
            AiFieldKind::Phone => "a phone number with its country code",
            AiFieldKind::Text => "a text",
        };
        let _ = write!(text, "\n- \"{}\": {kind}. {}", field.name, field.description);
        if !field.options.is_empty() {
            let _ = write!(text, " Options: {}.", field.options.join(", "));
        }
    }
    text
}

/// The object in an answer; some models put it between marks all the same.
fn object(text: &str) -> Option<Map<String, Value>> {
    let inner = text.get(text.find('{')?..=text.rfind('}')?)?;
    serde_json::from_str(inner).ok()
}

fn as_wanted(value: &Value, field: &AiWanted) -> Option<Value> {
    match field.kind {
        AiFieldKind::Number => match value {
            Value::Number(_) => Some(value.clone()),
            Value::String(text) => text.trim().replace(',', ".").parse::<f64>().ok().map(Value::from),
            _ => None,
        },
        AiFieldKind::Boolean => value.as_bool().map(Value::from),
        AiFieldKind::Date => {
            let text = value.as_str()?;
            text.parse::<jiff::civil::Date>().ok().map(|date| Value::from(date.to_string()))
        }
        AiFieldKind::Choice => {
            let text = value.as_str()?;
            field.options.iter().find(|option| option.eq_ignore_ascii_case(text)).cloned().map(Value::from)
        }
        AiFieldKind::Text | AiFieldKind::Email | AiFieldKind::Phone => match value {
            Value::String(text) if !text.trim().is_empty() => Some(Value::from(text.trim())),
            Value::Number(number) => Some(Value::from(number.to_string())),
            _ => None,
        },
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(200).collect()
}
