//! The customer's record during a replay: as it was when the conversation began, and as the flows make it.

use serde_json::{Map, Value};

use crate::contact::is_own_field;
use crate::triggers::Occurrence;
use crate::values::is_same;

/// As a run is given it: the variable `contact`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record(Value);

impl Record {
    pub fn new(contact: Option<&Value>) -> Self {
        Self(contact.cloned().unwrap_or_default())
    }

    pub fn contact(&self) -> &Value {
        &self.0
    }

    pub fn field(&self, name: &str) -> Value {
        let place =
            if is_own_field(name) { self.0.get(name) } else { self.fields().and_then(|all| all.get(name)) };
        place.cloned().unwrap_or_default()
    }

    pub fn set_field(&mut self, name: &str, value: Option<String>) {
        let Some(contact) = self.0.as_object_mut() else { return };
        if is_own_field(name) {
            contact.insert(name.to_owned(), value.into());
            return;
        }
        let fields = contact.entry("fields").or_insert_with(|| Value::Object(Map::new()));
        let Some(fields) = fields.as_object_mut() else { return };
        match value {
            Some(value) => fields.insert(name.to_owned(), value.into()),
            None => fields.remove(name),
        };
    }

    pub fn tag(&mut self, tag: &str, wanted: bool) {
        let Some(contact) = self.0.as_object_mut() else { return };
        let tags = contact.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
        let Some(tags) = tags.as_array_mut() else { return };
        let is_it = |known: &Value| known.as_str().is_some_and(|known| is_same(known, tag));
        if !wanted {
            tags.retain(|known| !is_it(known));
        } else if !tags.iter().any(is_it) && !tag.is_empty() {
            tags.push(Value::from(tag));
        }
    }

    /// What has happened to the customer since the record was `before`, as flows may wait for it.
    pub fn since(&self, before: &Self) -> Vec<Occurrence> {
        let mut found = Vec::new();
        for tag in self.tags() {
            if !before.tags().any(|known| is_same(known, tag)) {
                found.push(Occurrence::TagAdded { tag: tag.to_owned() });
            }
        }
        let names = [before, self].into_iter().filter_map(Self::fields).flat_map(Map::keys);
        let mut seen: Vec<&str> = Vec::new();
        for name in names.map(String::as_str).chain(["name", "email"]) {
            let value = self.field(name);
            if value != before.field(name) && !seen.contains(&name) {
                seen.push(name);
                found.push(Occurrence::FieldChanged { field: name.to_owned(), value });
            }
        }
        found
    }

    fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.0.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str)
    }

    fn fields(&self) -> Option<&Map<String, Value>> {
        self.0.get("fields").and_then(Value::as_object)
    }
}
