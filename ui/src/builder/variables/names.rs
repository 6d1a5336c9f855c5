//! Which names there are, and what each of them holds.

use serde_json::Value;

use crate::builder::model::Model;
use crate::i18n::t;
use crate::t;

/// How a name is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Within a text, in braces.
    InText,
    /// As a part of an expression.
    InExpression,
    /// Within JSON: in braces, and in quotes where it stands in none.
    InJson,
}

impl Named {
    pub fn written(self, name: &str) -> String {
        match self {
            Self::InText => format!("{{{{{name}}}}}"),
            Self::InExpression => name.to_owned(),
            Self::InJson => format!("\"{{{{{name}}}}}\""),
        }
    }
}

/// A name on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub name: String,
    /// What it holds, in a few words.
    pub about: String,
    /// The key of what it belongs to: `names-PART`.
    pub part: &'static str,
}

/// What every run knows, with the keys of what each holds: `name-KEY`.
const CONTACT: [(&str, &str); 4] = [
    ("contact.name", "contact-name"),
    ("contact.phone", "contact-phone"),
    ("contact.email", "contact-email"),
    ("contact.tags", "contact-tags"),
];
const RUN: [(&str, &str); 7] = [
    ("message", "message"),
    ("payload", "payload"),
    ("files", "files"),
    ("location", "location"),
    ("referral", "referral"),
    ("now", "now"),
    ("today", "today"),
];

/// Whether what somebody looks for is in the name, or in the words about it.
pub fn fits(name: &Name, wanted: &str) -> bool {
    name.name.to_lowercase().contains(wanted) || name.about.to_lowercase().contains(wanted)
}

impl Model {
    /// Everything that can be named: the flow's own variables, the customer's data, and what every run knows.
    pub fn names(&self) -> Vec<Name> {
        let own = self.doc.variables().into_iter();
        let mut names: Vec<Name> =
            own.map(|name| Name { about: self.filled_by(&name), name, part: "flow" }).collect();
        let given = |(name, key): (&str, &str), part: &'static str| Name {
            name: name.to_owned(),
            about: t(&format!("name-{key}")),
            part,
        };
        names.extend(CONTACT.map(|one| given(one, "contact")));
        names.extend(self.customer_fields().into_iter().map(|field| {
            let about = t!("name-contact-field", name = field.as_str());
            Name { name: field_path(&field), about, part: "contact" }
        }));
        names.extend(RUN.map(|one| given(one, "run")));
        names
    }

    /// The same without what each holds: asked for with every paint.
    pub fn all_names(&self) -> Vec<String> {
        let given = CONTACT.iter().chain(&RUN).map(|(name, _)| (*name).to_owned());
        let fields = self.customer_fields().into_iter().map(|field| field_path(&field));
        self.doc.variables().into_iter().chain(given).chain(fields).collect()
    }

    /// What fills a variable first.
    fn filled_by(&self, name: &str) -> String {
        let fills = |value: &Value| value.as_str() == Some(name);
        let mut blocks = self.doc.blocks();
        let block = blocks.find(|(_, block)| {
            block.fields.iter().any(|(field, value)| match (field.as_str(), value) {
                ("variable" | "status" | "item" | "index", value) => fills(value),
                ("save" | "save_headers" | "fields", Value::Array(items)) => {
                    items.iter().any(|item| item.get("variable").is_some_and(fills))
                }
                ("form", form) => form
                    .get("save")
                    .and_then(Value::as_array)
                    .is_some_and(|items| items.iter().any(|item| item.get("variable").is_some_and(fills))),
                _ => false,
            })
        });
        block.map_or_else(|| t("name-of-flow"), |(_, block)| self.scene.words_of(block))
    }

    /// The business's own fields of a customer that the flow reads or writes.
    fn customer_fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = self
            .doc
            .blocks()
            .filter(|(_, block)| matches!(block.kind.as_str(), "set_fields" | "read_fields"))
            .flat_map(|(_, block)| block.list("fields"))
            .filter_map(|field| field.get("field").or_else(|| field.get("path"))?.as_str())
            .filter(|field| !field.is_empty() && !beseda_flow::is_own_field(field))
            .map(str::to_owned)
            .collect();
        fields.sort();
        fields.dedup();
        fields
    }
}

/// A field of the customer as an expression names it: what is no plain name stands in quotes.
fn field_path(field: &str) -> String {
    let is_plain = field.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !field.starts_with(|letter: char| letter.is_numeric());
    if is_plain {
        format!("contact.fields.{field}")
    } else {
        format!("contact.fields['{}']", field.replace('\'', "\\'"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_name_on_offer_is_one_that_the_engine_takes() {
        let names = CONTACT.iter().chain(&RUN).map(|(name, _)| (*name).to_owned());
        for name in names.chain([field_path("city"), field_path("дата визита"), field_path("it's")])
        {
            let flow = json!({ "schema": 1, "id": "f", "name": "F", "start": { "group": "g" },
                "triggers": [{ "id": "t", "kind": "any_message" }],
                "groups": [{ "id": "g", "blocks": [{ "id": "b", "kind": "message", "text": Named::InText.written(&name) },
                    { "id": "e", "kind": "end" }] }] });
            let flow = beseda_flow::Flow::from_value(flow).unwrap();
            let found = beseda_flow::check(&flow);
            let about = |finding: &&beseda_flow::Finding| finding.block.as_deref() == Some("b");
            assert_eq!(found.iter().find(about), None, "{name}");
        }
    }
}
