//! Options of a block that nothing here does: each is said in the report, also one that a newer version of the other
//! program has.

use serde_json::{Value, json};

use super::build::Builder;
use super::kept;
use super::made::Made;
use super::place::Place;
use crate::import::report::short;
use crate::import::{ChangeCode, ImportError};
use crate::values::{number_in, text_of};

/// What every question has, and what is only how a web page looks.
const OF_ALL: [&str; 8] = [
    "variableId",
    "labels",
    "retryMessageContent",
    "buttonLabel",
    "isLong",
    "inputMode",
    "isOneClickSubmitEnabled",
    "isSearchable",
];

/// What is read of a block of this kind beside that, or told in words of its own.
fn read(kind: &str) -> &'static [&'static str] {
    match kind {
        "text input" => &["attachments", "audioClip"],
        "number input" => &["min", "max", "step", "style", "currency", "unit", "locale"],
        "phone number input" => &["defaultCountryCode"],
        "date input" => &["isRange", "hasTime", "format", "min", "max"],
        "time input" => &["format"],
        "rating input" => &["length", "startsAt"],
        "file input" => &["isRequired", "isMultipleAllowed", "allowedFileTypes"],
        "choice input" => &["isMultipleChoice", "dynamicVariableId", "searchInputPlaceholder"],
        "picture choice input" => &["isMultipleChoice", "dynamicItems", "searchInputPlaceholder"],
        "cards" => &["saveResponseMapping"],
        _ => &[],
    }
}

/// What is read of a block of a language model, whoever runs it.
const OF_MODELS: [&str; 17] = [
    "action",
    "task",
    "credentialsId",
    "model",
    "maxTokens",
    "max_tokens",
    "messages",
    "responseMapping",
    "systemMessage",
    "systemPrompt",
    "instructions",
    "userMessage",
    "message",
    "prompt",
    "input",
    "variablesToExtract",
    "tools",
];

impl Builder<'_> {
    /// Tools of a model: code that it may call. Kept for people to read.
    pub fn tools(&mut self, made: &mut Made, options: &Place, kind: &str) -> Result<(), ImportError> {
        for name in ["tools", "functions"] {
            let tools = options.list(name)?;
            if !tools.is_empty() {
                made.how(ChangeCode::ToolsLeftOut, [("count", json!(tools.len()))]);
                for tool in &tools {
                    self.note(&format!("{kind}: {name}"), &kept::shown(tool.value));
                }
            }
        }
        Ok(())
    }
}

/// Says which options of a question are lost.
pub fn of_question(made: &mut Made, kind: &str, options: &Place) -> Result<(), ImportError> {
    let read = read(kind);
    say(made, options, &|name| OF_ALL.contains(&name) || read.contains(&name))?;
    if kind == "number input" {
        number(made, options)?;
    }
    Ok(())
}

/// Says which options of a language model are lost.
pub fn of_model(made: &mut Made, options: &Place) -> Result<(), ImportError> {
    say(made, options, &|name| OF_MODELS.contains(&name) || name == "functions")
}

fn say(made: &mut Made, options: &Place, is_read: &dyn Fn(&str) -> bool) -> Result<(), ImportError> {
    for (name, value) in options.object()? {
        let is_set = match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty() && members.get("isEnabled") != Some(&json!(false)),
            Value::Bool(true) | Value::Number(_) => true,
        };
        if is_set && !is_read(name) {
            made.how(ChangeCode::OptionLeftOut, [("name", short(name))]);
        }
    }
    Ok(())
}

/// A step is taken only where it means whole numbers; how a number is written is the customer's own.
fn number(made: &mut Made, options: &Place) -> Result<(), ImportError> {
    if let Some(step) = options.number_or_text("step")?.filter(|step| !blank(step))
        && number_in(step) != Some(1.0)
    {
        made.how(ChangeCode::StepLeftOut, [("value", short(&text_of(step)))]);
    }
    let style = options.words("style")?.unwrap_or("decimal");
    let unit = match style {
        "currency" => options.words("currency")?,
        "unit" => options.words("unit")?,
        _ => None,
    };
    if style != "decimal" {
        made.how(ChangeCode::NumberStyleLeftOut, [("format", short(unit.unwrap_or(style)))]);
    }
    Ok(())
}

fn blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}
