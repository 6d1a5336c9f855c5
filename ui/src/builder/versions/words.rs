//! What differs, in words: what a thing and its fields are called, and what a value says to people.

use serde_json::Value;

use super::diff::{Field, What};
use crate::builder::document::{Block, Doc, Source, Target};
use crate::builder::kinds::Input;
use crate::builder::words::plain;
use crate::builder::{kinds, scene, words};
use crate::i18n::{t, t_or};
use crate::t;

/// What a block says, or what starts the flow, where that is more than its kind.
pub fn own_words(what: &What, doc: &Doc) -> Option<String> {
    let (words, kind) = match what {
        What::Block(_, block) => (scene::words_in(doc, block), kinds::title(block)),
        What::Trigger(spot) => (kinds::trigger_summary(spot), kinds::trigger_title(spot.text("kind"))),
        What::Note(spot) => (spot.text("text").to_owned(), String::new()),
        What::Flow | What::Group(_) | What::Line(_) => return None,
    };
    let words = words.trim();
    (!words.is_empty() && words != kind).then(|| words.to_owned())
}

/// What a thing is called; of what is gone, what it was called.
pub fn title(what: &What, before: &Doc, after: &Doc) -> String {
    match what {
        What::Flow => t("flow"),
        What::Group(group) => t!("compare-group", name = group_title(group.title()).as_str()),
        What::Block(group, block) => block_title(block, group.title()),
        What::Trigger(spot) => kinds::trigger_title(spot.text("kind")),
        What::Note(_) => t("note"),
        What::Line(from) => {
            let begins = match from {
                Source::Port { block, port } => {
                    after.block(block).or_else(|| before.block(block)).map(|(group, block)| {
                        let title = block_title(block, group.title());
                        let ports = kinds::ports(block);
                        let port = port
                            .as_deref()
                            .and_then(|name| ports.into_iter().find(|port| port.is(Some(name))));
                        port.map_or_else(|| title.clone(), |port| format!("{title}: {}", port.title))
                    })
                }
                Source::Trigger(id) => {
                    let spot = after.trigger(id).or_else(|| before.trigger(id));
                    spot.map(|spot| kinds::trigger_title(spot.text("kind")))
                }
            };
            t!("compare-line", name = begins.unwrap_or_default().as_str())
        }
    }
}

fn block_title(block: &Block, group: &str) -> String {
    format!("{} · {}", kinds::title(block), group_title(group))
}

fn group_title(title: &str) -> String {
    if title.is_empty() { t("group-untitled") } else { title.to_owned() }
}

/// The form of a thing, where it has one.
fn form(what: &What) -> Option<&'static [kinds::Field]> {
    match what {
        What::Block(_, block) => kinds::entry_of(block).map(|entry| entry.look.form),
        What::Trigger(spot) => Some(kinds::trigger_form(spot.text("kind"))),
        _ => None,
    }
}

/// The field of its form at this pointer.
fn field_at(what: &What, at: &str) -> Option<&'static kinds::Field> {
    let own = form(what).into_iter().flatten();
    let of_flow = kinds::FLOW_SETTINGS.iter().chain(kinds::OWN_WORDS).filter(|_| matches!(what, What::Flow));
    own.chain(of_flow).find(|field| field.at == at)
}

/// A field as its form calls it, where a form has it.
pub fn field_words(what: &What, field: &Field) -> String {
    let steps = match field {
        Field::Group => return t("group"),
        Field::Order => return t("compare-order"),
        Field::LeadsTo => return t("compare-leads"),
        Field::At(steps) => steps,
    };
    let form = form(what);
    let whole = format!("/{}", steps.join("/"));
    if let Some(known) = field_at(what, &whole) {
        return t(&format!("field-{}", known.words));
    }
    let words = |(index, step): (usize, &String)| {
        let of_form = form
            .filter(|_| index == 0)
            .and_then(|form| form.iter().find(|field| field.at == format!("/{step}")));
        of_form.map_or_else(
            || t_or(&format!("field-{}", step.replace('_', "-")), || step.clone()),
            |known| t(&format!("field-{}", known.words)),
        )
    };
    steps.iter().enumerate().map(words).collect::<Vec<_>>().join(" › ")
}

/// A text; one of those that a form offers as the form calls it.
fn chosen(what: &What, steps: &[String], value: &str) -> String {
    let whole = format!("/{}", steps.join("/"));
    let field = field_at(what, &whole);
    let is_operator = steps.last().is_some_and(|step| step == "is") && kinds::OPERATORS.contains(&value);
    match field.map(|field| field.input) {
        Some(Input::Choice { values, words }) if values.contains(&value) => words::choice(words, value),
        None if is_operator => words::operator(value),
        _ => value.to_owned(),
    }
}

/// A value as people would say it.
pub fn said(what: &What, field: &Field, value: &Value, doc: &Doc) -> String {
    let text = match (field, value) {
        (Field::At(steps), Value::String(value)) => chosen(what, steps, value),
        (Field::LeadsTo, target) => {
            let target = Target::from_json(target).unwrap_or_default();
            let group = doc.group(&target.group).map(|group| group_title(group.title()));
            let block = target
                .block
                .and_then(|id| doc.block(&id))
                .map(|(group, block)| block_title(block, group.title()));
            block.or(group).unwrap_or_else(|| t("place-gone"))
        }
        (Field::Order, Value::Array(ids)) => {
            let block =
                |id: &Value| id.as_str().and_then(|id| doc.block(id)).map(|(_, block)| kinds::title(block));
            ids.iter().filter_map(block).collect::<Vec<_>>().join(", ")
        }
        (Field::Group, title) => group_title(&plain(title)),
        (_, Value::Bool(true)) => t("value-yes"),
        (_, Value::Bool(false)) => t("value-no"),
        (_, Value::Object(fields)) => {
            // An item of a list that came or went is known by its title.
            fields.get("title").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned)
        }
        (_, value) => plain(value),
    };
    if text.is_empty() { t("value-empty") } else { text }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::*;
    use crate::builder::document::Group;
    use crate::i18n::{Locale, set};

    #[test]
    fn what_is_chosen_in_a_form_is_said_as_the_form_does() {
        set(Locale::En);
        let block = |fields: Value| {
            let block = Block::from_fields(fields.as_object().cloned().unwrap()).unwrap();
            What::Block(Rc::new(Group::default()), Rc::new(block))
        };
        let at = |steps: &[&str]| Field::At(steps.iter().map(|step| (*step).to_owned()).collect());
        let doc = Doc::default();
        let told = |what: &What, steps: &[&str], value: &str| said(what, &at(steps), &json!(value), &doc);
        let condition = block(json!({ "id": "c", "kind": "condition" }));
        let test = ["branches", "0", "when", "tests", "0", "is"];
        assert_eq!(told(&condition, &test, "not_contains"), "does not contain");
        assert_eq!(told(&condition, &["branches", "0", "title"], "equal"), "equal");
        let own = at(&["settings", "texts", "retry_date"]);
        assert_eq!(field_words(&What::Flow, &own), "A date was expected");
        for entry in beseda_flow::catalogue() {
            let entry = kinds::entry(entry.id).unwrap();
            let what = block(entry.block("x".to_owned()).to_json());
            for field in entry.look.form {
                let Input::Choice { values, words } = field.input else { continue };
                let steps: Vec<&str> = field.at.trim_start_matches('/').split('/').collect();
                for value in values.iter().filter(|value| !value.is_empty() && !words.is_empty()) {
                    assert_eq!(told(&what, &steps, value), words::choice(words, value), "{}", entry.id);
                }
            }
        }
    }
}
