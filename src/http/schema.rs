//! A body held against the very schema that the document shows of it.
//!
//! Serde would stop at the first mistake, pass over fields that it does not know, and lose its way inside a tagged value,
//! which it reads twice. Here every mistake of form is told at once, each with its place and with what is allowed there.
//! What a value must be beyond its form (a time, an id, a length) is asked by whoever reads it.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use beseda_wire::page::FieldError;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde_json::{Map, Value};

use super::problem::Mistakes;

/// Everything about the form of `body` that keeps it from being a `T`; so many mistakes that nobody is told of more are
/// only counted.
pub fn faults<T: Type + 'static>(body: &Value) -> Mistakes {
    let registry = registry_of::<T>();
    let mut reading = Reading { registry: &registry, faults: Mistakes::default() };
    reading.read(body, &T::schema_ref(), "");
    reading.faults
}

/// The schemas that a type is made of. Putting them together takes longer than reading a body, so it is done once.
fn registry_of<T: Type + 'static>() -> Arc<Registry> {
    static KNOWN: LazyLock<RwLock<HashMap<TypeId, Arc<Registry>>>> = LazyLock::new(RwLock::default);
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<T>()).cloned();
    known.unwrap_or_else(|| {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let registry = Arc::new(registry);
        let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(TypeId::of::<T>()).or_insert(registry))
    })
}

struct Reading<'r> {
    registry: &'r Registry,
    faults: Mistakes,
}

/// What an object may hold: its fields with their schemas, and which of them it must.
#[derive(Default)]
struct Shape<'s> {
    fields: Vec<(&'static str, &'s MetaSchemaRef)>,
    required: Vec<&'static str>,
}

impl<'r> Reading<'r> {
    fn read(&mut self, value: &Value, schema: &MetaSchemaRef, at: &str) {
        let Some(schema) = self.resolve(schema) else { return };
        if !schema.one_of.is_empty() {
            return self.read_tagged(value, schema, at);
        }
        if !schema.properties.is_empty() || !schema.all_of.is_empty() {
            let mut shape = Shape::default();
            self.collect(schema, &mut shape);
            // Something else than an object, with words of its own beside it.
            if shape.fields.is_empty() {
                return schema.all_of.iter().for_each(|part| self.read(value, part, at));
            }
            return match value {
                Value::Object(fields) => self.read_fields(fields, &shape, at),
                _ => self.fault(at, "must be an object"),
            };
        }
        match (&schema.items, value) {
            (Some(item), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.read(value, item, &format!("{at}/{index}"));
                }
            }
            (Some(_), _) => self.fault(at, "must be a list"),
            (None, _) => self.read_plain(value, schema, at),
        }
    }

    /// A value that says by one of its fields what it is.
    fn read_tagged(&mut self, value: &Value, schema: &MetaSchema, at: &str) {
        let (Some(tag), Value::Object(fields)) = (&schema.discriminator, value) else {
            return self.fault(at, "must be an object");
        };
        let chosen = fields.get(tag.property_name).and_then(Value::as_str);
        let found = tag.mapping.iter().find(|(word, _)| Some(word.as_str()) == chosen);
        if let Some((_, reference)) = found {
            let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
            self.read(value, &MetaSchemaRef::Reference(name), at);
        } else {
            let words = tag.mapping.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>();
            self.fault(&below(at, tag.property_name), &format!("must be one of {}", words.join(", ")));
        }
    }

    fn read_fields(&mut self, fields: &Map<String, Value>, shape: &Shape<'_>, at: &str) {
        for (name, value) in fields {
            let known = shape.fields.iter().find(|(field, _)| field == name);
            match known {
                // Absent and null are one where a field may be absent.
                Some((field, _)) if value.is_null() && !shape.required.contains(field) => {}
                Some((_, schema)) => self.read(value, schema, &below(at, name)),
                None => {
                    let allowed: Vec<_> =
                        shape.fields.iter().map(|(field, _)| format!("`{field}`")).collect();
                    let detail = format!("is not a field here; there are {}", allowed.join(", "));
                    self.fault(&below(at, name), &detail);
                }
            }
        }
        for name in shape.required.iter().filter(|name| !fields.contains_key(**name)) {
            self.fault(&below(at, name), "is required");
        }
    }

    fn read_plain(&mut self, value: &Value, schema: &MetaSchema, at: &str) {
        let right = match schema.ty {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "object" => value.is_object(),
            // Any JSON.
            _ => true,
        };
        if !right {
            self.fault(at, kind(schema));
        } else if !schema.enum_items.is_empty() && !schema.enum_items.contains(value) {
            self.fault(at, &one_of(schema));
        }
    }

    /// The fields of a schema and of all that it is put together from.
    fn collect(&self, schema: &'r MetaSchema, shape: &mut Shape<'r>) {
        shape.fields.extend(schema.properties.iter().map(|(name, schema)| (*name, schema)));
        shape.required.extend(&schema.required);
        for part in schema.all_of.iter().filter_map(|part| self.resolve(part)) {
            self.collect(part, shape);
        }
    }

    fn resolve<'s>(&self, schema: &'s MetaSchemaRef) -> Option<&'s MetaSchema>
    where
        'r: 's,
    {
        match schema {
            MetaSchemaRef::Inline(schema) => Some(schema),
            MetaSchemaRef::Reference(name) => self.registry.schemas.get(name),
        }
    }

    fn fault(&mut self, at: &str, detail: &str) {
        self.faults.add(|| FieldError::new(at, detail));
    }
}

/// What a value of this kind must be.
fn kind(schema: &MetaSchema) -> &'static str {
    match schema.ty {
        "string" => "must be a text",
        "integer" => "must be a whole number",
        "number" => "must be a number",
        "boolean" => "must be true or false",
        _ => "must be an object",
    }
}

/// The words that it may be.
fn one_of(schema: &MetaSchema) -> String {
    let words = schema.enum_items.iter().filter_map(Value::as_str);
    let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
    format!("must be one of {}", words.join(", "))
}

/// What a parameter of this schema must be, for whoever gave something else.
pub fn parameter(schema: &MetaSchemaRef, registry: &Registry) -> Option<String> {
    let schema = match schema {
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => registry.schemas.get(name)?,
    };
    if !schema.enum_items.is_empty() {
        return Some(one_of(schema));
    }
    Some(match (schema.ty, schema.format) {
        ("string", Some("uuid")) => "must be an id, as 019a205b-6e05-7688-85b6-e05f5fbe04b0".to_owned(),
        ("integer", Some("uint32")) => format!("must be a whole number from 0 to {}", u32::MAX),
        ("integer", Some("uint64")) => format!("must be a whole number from 0 to {}", u64::MAX),
        _ => kind(schema).to_owned(),
    })
}

/// RFC 6901: a field of what is at `at`.
pub fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use beseda_wire::bots::SaveDraft;
    use beseda_wire::conversations::UpdateConversation;
    use beseda_wire::customers::UpdateCustomer;
    use beseda_wire::messages::SendMessage;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check<T: Type + 'static>(body: Value, told: &[(&str, &str)]) {
        let faults = faults::<T>(&body);
        let found: Vec<_> =
            faults.told.iter().map(|fault| (fault.pointer.as_str(), fault.detail.as_str())).collect();
        assert_eq!(found, told, "{body}");
    }

    #[test]
    fn what_is_not_known_is_named_with_what_is() {
        check::<UpdateConversation>(
            json!({"state": "open", "stat/us": 1}),
            &[("/stat~1us", "is not a field here; there are `state`")],
        );
        check::<UpdateConversation>(json!({"state": null}), &[]);
        check::<UpdateConversation>(json!([]), &[("", "must be an object")]);
        check::<UpdateConversation>(
            json!({"state": "ajar"}),
            &[("/state", "must be one of `open`, `closed`")],
        );
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        check::<UpdateCustomer>(
            json!({"name": 7, "tags": ["a", 1], "fields": [{"name": "x", "values": "y"}]}),
            &[
                ("/name", "must be a text"),
                ("/tags/1", "must be a text"),
                ("/fields/0/values", "is not a field here; there are `name`, `value`"),
                ("/fields/0/value", "is required"),
            ],
        );
    }

    #[test]
    fn a_tagged_value_is_read_to_its_fields() {
        check::<SendMessage>(json!({"content": {"type": "text", "body": "hi"}}), &[]);
        check::<SendMessage>(
            json!({"content": {"body": 7, "type": "text", "colour": "red"}}),
            &[
                ("/content/body", "must be a text"),
                ("/content/colour", "is not a field here; there are `type`, `body`, `preview_url`"),
            ],
        );
        let template = |category: &str| json!({"content": {"type": "template", "name": "n", "language": "en", "category": category}});
        check::<SendMessage>(template("utility"), &[]);
        check::<SendMessage>(
            template("spam"),
            &[("/content/category", "must be one of `marketing`, `utility`, `authentication`")],
        );
        check::<SendMessage>(
            json!({"content": {"type": "buttons", "body": "b", "buttons": [{"id": "1"}]}}),
            &[("/content/buttons/0/title", "is required")],
        );
        let faults = faults::<SendMessage>(&json!({"content": {"type": "smoke"}}));
        let fault = &faults.told[0];
        assert_eq!(fault.pointer, "/content/type");
        assert!(fault.detail.starts_with("must be one of `text`, `media`,"), "{}", fault.detail);
    }

    #[test]
    fn a_flow_may_hold_what_it_likes() {
        check::<SaveDraft>(json!({"flow": {"groups": [{"new": "thing"}]}, "revision": 1}), &[]);
    }
}
