//! The customer's record as flows know it, the variable `contact`: one rule for the engine, for the replay and for the
//! program that keeps the record.

use serde_json::Value;

use crate::values::text_of;

/// What stands in `contact` itself; the business's own fields stand in `contact.fields`.
const OWN: [&str; 4] = ["name", "email", "phone", "tags"];
/// What `contact` gives and no field is: the phone is WhatsApp's, and tags are added and removed one by one.
const READ_ONLY: [&str; 3] = ["phone", "tags", "fields"];

/// Whether a field is a part of every customer's record, and not one of the business's own.
pub fn is_own_field(field: &str) -> bool {
    OWN.contains(&field)
}

/// Whether flows may write a field: the name, the e-mail address, and every field of the business's own.
pub fn is_writable_field(field: &str) -> bool {
    !READ_ONLY.contains(&field.trim())
}

/// What a field keeps of a value: the text of it as it reads in a message. Nothing and an empty text empty the field.
///
/// People see and change fields as texts, so they hold no lists and no numbers.
pub fn field_text(value: &Value) -> Option<String> {
    Some(text_of(value).into_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_keeps_what_a_message_would_say() {
        for (value, text) in [
            (json!(null), None),
            (json!(""), None),
            (json!([]), None),
            (json!("Oslo"), Some("Oslo")),
            (json!([1, 2]), Some("1, 2")),
            (json!(3.0), Some("3")),
            (json!(true), Some("true")),
            (json!({ "a": 1 }), Some("{\"a\":1}")),
        ] {
            assert_eq!(field_text(&value).as_deref(), text, "{value}");
        }
    }
}
