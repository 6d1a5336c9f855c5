//! Setting a value somewhere inside a record, by its JSON pointer (RFC 6901).

use serde_json::{Map, Value};

use super::Fields;

/// The value at a pointer such as `/options/2/title`.
pub fn get<'a>(fields: &'a Fields, at: &str) -> Option<&'a Value> {
    let (first, rest) = split(at)?;
    let value = fields.get(&unescaped(first))?;
    if rest.is_empty() { Some(value) } else { value.pointer(rest) }
}

/// Puts a value there; null takes it away. Objects on the way are made; lists are not made longer.
pub fn set(fields: &mut Fields, at: &str, value: Value) {
    let Some((first, rest)) = split(at) else { return };
    let name = unescaped(first);
    if rest.is_empty() {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
        return;
    }
    if value.is_null() && !fields.contains_key(&name) {
        return;
    }
    set_in(fields.entry(name).or_insert_with(|| Value::Object(Map::new())), rest, value);
}

fn set_in(inside: &mut Value, at: &str, value: Value) {
    match inside {
        Value::Object(fields) => set(fields, at, value),
        Value::Array(items) => {
            let Some((first, rest)) = split(at) else { return };
            let Some(item) = first.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else {
                return;
            };
            if rest.is_empty() {
                *item = value;
            } else {
                set_in(item, rest, value);
            }
        }
        // Something else stands where an object is needed: the new value is what the person sees and wants.
        other => {
            *other = Value::Object(Map::new());
            set_in(other, at, value);
        }
    }
}

/// The list at a pointer, made where there is none.
pub fn list_mut<'a>(fields: &'a mut Fields, at: &str) -> Option<&'a mut Vec<Value>> {
    if !matches!(get(fields, at), Some(Value::Array(_))) {
        set(fields, at, Value::Array(vec![]));
    }
    let (first, rest) = split(at)?;
    let value = fields.get_mut(&unescaped(first))?;
    let value = if rest.is_empty() { Some(value) } else { value.pointer_mut(rest) };
    value.and_then(Value::as_array_mut)
}

fn split(at: &str) -> Option<(&str, &str)> {
    let at = at.strip_prefix('/')?;
    Some(at.find('/').map_or((at, ""), |slash| at.split_at(slash)))
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn values_are_set_at_any_depth_and_taken_away() {
        let mut record = fields(json!({ "options": [{ "title": "A" }, { "title": "B" }] }));
        set(&mut record, "/options/1/title", json!("C"));
        set(&mut record, "/media/url", json!("https://x"));
        set(&mut record, "/options/7/title", json!("nowhere"));
        set(&mut record, "/options/0/title", Value::Null);
        assert_eq!(
            Value::Object(record.clone()),
            json!({ "options": [{}, { "title": "C" }], "media": { "url": "https://x" } })
        );
        assert_eq!(get(&record, "/options/1/title"), Some(&json!("C")));
        set(&mut record, "/absent/deep", Value::Null);
        assert!(!record.contains_key("absent"));
    }

    #[test]
    fn lists_are_made_where_they_are_needed() {
        let mut record = fields(json!({ "when": {} }));
        list_mut(&mut record, "/when/tests").unwrap().push(json!(1));
        list_mut(&mut record, "/options").unwrap().push(json!(2));
        assert_eq!(Value::Object(record), json!({ "when": { "tests": [1] }, "options": [2] }));
    }
}
