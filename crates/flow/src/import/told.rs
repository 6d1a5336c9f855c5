//! Addresses within what a flow says. They stay on: they are read before they are opened, and without them a sentence
//! makes no sense. So whoever takes a flow in is told which addresses customers will read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::addresses::in_text;
use crate::blocks::{Block, Body};
use crate::model::Flow;

/// An address within a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub address: String,
    /// The block that says it, or that puts it into a variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The variable that holds it from the beginning. Without a block and a variable it stands in the bot's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
}

/// Each address once for each place, in the order of the flow.
pub fn told(flow: &Flow) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    let mut add = |value: &Value, block: Option<&str>, variable: Option<&str>, but: &[&str]| {
        texts(value, &mut |text| {
            for address in in_text(text).filter(|_| !but.contains(&text)) {
                let told = Told {
                    address: address.to_owned(),
                    block: block.map(str::to_owned),
                    variable: variable.map(str::to_owned),
                };
                if !all.contains(&told) {
                    all.push(told);
                }
            }
        });
    };
    for block in flow.groups.iter().flat_map(|group| &group.blocks).filter(|block| speaks(block)) {
        let body = serde_json::to_value(&block.body).unwrap_or_default();
        // What is allowed or not by itself is told by itself.
        add(&body, Some(&block.id), None, &block.body.addresses());
    }
    for variable in &flow.variables {
        add(&variable.default, None, Some(&variable.name), &[]);
    }
    add(&serde_json::to_value(&flow.settings.texts).unwrap_or_default(), None, None, &[]);
    all
}

/// Whether customers may read what stands in the block.
fn speaks(block: &Block) -> bool {
    !block.disabled
        && matches!(
            block.body,
            Body::Message(_)
                | Body::Location(_)
                | Body::ContactCard(_)
                | Body::Menu(_)
                | Body::LinkButton(_)
                | Body::Template(_)
                | Body::Question(_)
                | Body::Set(_)
                | Body::HandOver(_)
                | Body::End(_)
        )
}

fn texts(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(members) => members.values().for_each(|member| texts(member, see)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_customers_will_read_is_told() {
        let flow = json!({ "schema": 1, "id": "f", "name": "F",
            "variables": [{ "name": "site", "default": "https://site.test" }],
            "settings": { "texts": { "retry_text": "See www.help.test." } },
            "groups": [{ "id": "g", "blocks": [
                { "id": "a", "kind": "message", "text": "See https://a.test, and https://a.test again" },
                { "id": "b", "kind": "message", "text": "https://alone.test" },
                { "id": "c", "kind": "link_button", "text": "Or https://c.test", "title": "Go", "url": "https://button.test" },
                { "id": "d", "kind": "message", "text": "https://off.test is off", "disabled": true },
                { "id": "e", "kind": "note", "text": "https://team.test" },
                { "id": "f", "kind": "http", "url": "https://called.test" },
                { "id": "h", "kind": "set", "variable": "x", "value": "https://set.test" },
                { "id": "i", "kind": "question", "text": "Q", "answer": "text", "retry_text": "https://retry.test, please" },
            ] }] });
        let told = told(&Flow::from_value(flow).unwrap());
        let told: Vec<_> = told
            .iter()
            .map(|told| (told.address.as_str(), told.block.as_deref(), told.variable.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("https://a.test", Some("a"), None),
                ("https://c.test", Some("c"), None),
                ("https://set.test", Some("h"), None),
                ("https://retry.test", Some("i"), None),
                ("https://site.test", None, Some("site")),
                ("www.help.test", None, None),
            ]
        );
    }
}
