//! What a block says of itself on the canvas, in a line or three.

use serde_json::Value;

use crate::builder::document::{Block, Spot, pointer};
use crate::builder::words;
use crate::i18n::t;
use crate::pages::bots::schedule;
use crate::t;

/// What a block leads to by its name, where it leads by one: a place of the flow, or another bot.
pub fn summary_to(block: &Block, name: &str) -> Summary {
    let text = match block.kind.as_str() {
        "sub_flow" => t!("sub-flow-of", name = name),
        _ => t!("jump-to", name = name),
    };
    Summary { text, ..Summary::default() }
}

/// The words on a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// With `{{variables}}` as written.
    pub text: String,
    /// Nothing was written yet; `text` says what is missing.
    pub is_empty: bool,
    /// The variable that the block fills.
    pub into: String,
}

pub fn summary(block: &Block) -> Summary {
    let media = pointer::get(&block.fields, "/media/kind").and_then(Value::as_str);
    let own = block.text("text").trim();
    let joined = |name: &str| {
        let items = block.list(name).iter().map(words::plain).filter(|item| !item.is_empty());
        items.collect::<Vec<_>>().join(", ")
    };
    let first = |list: &str, name: &str| {
        let item = block.list(list).first();
        item.and_then(|item| item.get(name)).map(words::plain).unwrap_or_default()
    };
    let text = match block.kind.as_str() {
        "message" if own.is_empty() => media.map(|_| words::file_name(block)).unwrap_or_default(),
        "condition" => match block.list("branches").len() {
            0 => String::new(),
            _ => t("condition-first"),
        },
        "switch" => block.text("variable").to_owned(),
        "set" => words::assignment(block),
        "hand_over" if own.is_empty() => block.text("note").to_owned(),
        "end" if own.is_empty() => match block.text("outcome") {
            "" => t("end-plain"),
            outcome => t!("end-outcome", outcome = outcome),
        },
        "contact_card" => first("contacts", "name"),
        "location" | "template" => block.text("name").to_owned(),
        "wait" => words::pause(block),
        "loop" => match block.text("list") {
            "" => String::new(),
            list => t!("loop-over", list = list),
        },
        "tags" => {
            let signed = |sign: &str, name: &str| match joined(name) {
                tags if tags.is_empty() => tags,
                tags => format!("{sign} {tags}"),
            };
            [signed("+", "add"), signed("−", "remove")].join(" ").trim().to_owned()
        }
        "set_fields" => first("fields", "field"),
        "read_fields" => first("save", "path"),
        "create_deal" | "create_task" => block.text("title").to_owned(),
        "move_deal" => block.text("stage").to_owned(),
        "http" => format!("{} {}", block.text("method"), block.text("url")),
        "email" => block.text("subject").to_owned(),
        "ai_answer" => block.text("instructions").to_owned(),
        "ai_extract" => first("fields", "variable"),
        _ => own.to_owned(),
    };
    let into = match block.kind.as_str() {
        "question" | "ai_answer" => block.text("variable"),
        _ => "",
    };
    let is_empty = text.trim().is_empty();
    let text = if is_empty { super::title(block) } else { text };
    Summary { text, is_empty, into: into.to_owned() }
}

/// What starts a flow, in words.
pub fn trigger_summary(trigger: &Spot) -> String {
    let kind = trigger.text("kind");
    let own = match kind {
        "keyword" | "payload" | "link" => {
            let keywords = trigger.fields.get("keywords").and_then(Value::as_array).into_iter().flatten();
            let texts: Vec<&str> = keywords
                .filter_map(|keyword| keyword.get("text")?.as_str())
                .filter(|text| !text.is_empty())
                .collect();
            if texts.is_empty() { t("trigger-no-words") } else { texts.join(", ") }
        }
        "tag_added" => trigger.text("tag").to_owned(),
        "field_changed" => trigger.text("field").to_owned(),
        "deal_moved" => trigger.text("stage").to_owned(),
        "schedule" => {
            let when = trigger.fields.get("schedule").cloned();
            // What is not filled in rightly is not said: the checker tells.
            let when = when.and_then(|when| serde_json::from_value(when).ok());
            when.as_ref().map(schedule::words).unwrap_or_default()
        }
        "api" => trigger.text("name").to_owned(),
        _ => String::new(),
    };
    if own.is_empty() { super::trigger_title(kind) } else { own }
}
