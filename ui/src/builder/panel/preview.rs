//! How a block will look on WhatsApp. It is what the engine itself says at this block, so limits and shapes are right by
//! themselves; variables stand in it by their names.

use beseda_flow::{Compiled, Effect, Flow, Input, Now, Session, Target, step};
use serde_json::{Map, Value, json};

use crate::Node;
use crate::builder::document::Block;
use crate::builder::kinds;
use crate::builder::model::Model;
use crate::builder::test::view::bubble;
use crate::i18n::t;
use crate::kit::el;

/// More bubbles of one block are not looked at.
const MOST: usize = 4;

impl Model {
    /// What the block says, or nothing where it is silent.
    pub fn view_preview(&self, block: &Block) -> Option<Node> {
        let speaks = matches!(
            block.kind.as_str(),
            "message"
                | "question"
                | "menu"
                | "link_button"
                | "template"
                | "location"
                | "contact_card"
                | "end"
                | "hand_over"
        );
        if !speaks {
            return None;
        }
        let said = said(block, &self.doc.variables(), self.doc.language());
        let bubbles: Vec<Node> = said
            .iter()
            .take(MOST)
            .enumerate()
            .flat_map(|(index, message)| bubble(message, &self.files, index, false, false))
            .collect();
        let empty = bubbles.is_empty();
        Some(
            el("div")
                .class("flow-preview handset-chat")
                .key("preview")
                .attr("role", "img")
                .attr("inert", "")
                .label(t("preview"))
                .children(bubbles)
                .maybe(empty.then(|| {
                    let words =
                        if kinds::summary(block).is_empty { t("preview-empty") } else { t("preview-silent") };
                    el("p").class("handset-hint").text(words)
                }))
                .into(),
        )
    }
}

/// The messages of this block alone, run in a flow of its own.
fn said(block: &Block, variables: &[String], language: &str) -> Vec<beseda_flow::Outgoing> {
    let flow = json!({
        "schema": 1, "id": "preview", "name": "preview",
        "language": if language.is_empty() { "en" } else { language },
        "groups": [{ "id": "g", "blocks": [block.to_json()] }],
    });
    let Ok(flow) = Flow::from_value(flow) else { return vec![] };
    let flow = Compiled::new(&flow, 0);
    let mut known: Map<String, Value> =
        variables.iter().map(|name| (name.clone(), Value::String(format!("‹{name}›")))).collect();
    known.insert("contact".to_owned(), json!({ "name": t("test-name"), "phone": "+44 7700 900123" }));
    let at = Some(Target { group: "g".into(), block: Some(block.id.clone()), extra: Map::new() });
    let start = Input::Start { trigger: None, at, variables: known };
    let done = step(&flow, Session::new(&flow), &start, Now::utc(0));
    let said = done.effects.into_iter().filter_map(|effect| match effect {
        Effect::Say { message, .. } => Some(message),
        _ => None,
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use beseda_flow::Outgoing;

    use super::*;

    fn block(fields: Value) -> Block {
        Block::from_fields(fields.as_object().cloned().unwrap()).unwrap()
    }

    #[test]
    fn the_engine_decides_what_a_choice_looks_like() {
        let options = |count: usize| -> Vec<Value> {
            (0..count).map(|n| json!({ "id": format!("o{n}"), "title": format!("Option {n}") })).collect()
        };
        let choice = |count| {
            let block =
                block(json!({ "id": "q", "kind": "question", "answer": "choice", "text": "Hi {{name}}",
                "options": options(count) }));
            said(&block, &["name".to_owned()], "en").into_iter().next_back()
        };
        let Some(Outgoing::Buttons { body, .. }) = choice(3) else { panic!("no buttons") };
        assert_eq!(body, "Hi ‹name›");
        assert!(matches!(choice(4), Some(Outgoing::List { .. })));
        assert!(said(&block(json!({ "id": "e", "kind": "end" })), &[], "ru").is_empty());
    }
}
