//! Values of variables: how they read as text and as numbers, how texts are folded for comparing, how large they are.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// How a value reads in a message: nothing for null, items with commas, whole numbers without a fraction.
pub fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Number(number) => Cow::Owned(number_text(number)),
        Value::Array(items) => Cow::Owned(items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        Value::Object(_) => Cow::Owned(value.to_string()),
    }
}

fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (None, Some(float)) if number.is_f64() => number_of_f64(float).to_string(),
        _ => number.to_string(),
    }
}

/// A number that is whole is kept as such: 3.0 reads "3", and compares and prints alike wherever it came from.
pub fn number_of_f64(float: f64) -> Value {
    // 2^53: beyond it a float does not hold every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if float.fract() == 0.0 && float.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, checked above")]
        return Value::from(float as i64);
    }
    Value::from(float)
}

/// The value as a number: a number, or a text that is nothing but one ("12", "12,5", "1 200").
pub fn number_in(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text: String =
                text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
            let text = if text.contains('.') { text } else { text.replace(',', ".") };
            let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
            text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
        }
        _ => None,
    }
}

/// Whether the value counts as empty: nothing, an empty text, an empty list or object.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text for comparing: small letters, `ё` as `е`, one apostrophe (telephones write the curved one by themselves),
/// single spaces, none at the ends.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(plain));
    }
    folded
}

const fn plain(c: char) -> char {
    match c {
        'ё' => 'е',
        '’' | '‘' | 'ʼ' | '`' | '´' => '\'',
        c => c,
    }
}

/// Whether two names are one: of people, teams, tags. They are shown as they were written, and compared without case.
pub fn is_same(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// The memory that a value stands for, roughly: bytes of its texts and 16 for every value.
pub fn size_of(value: &Value) -> usize {
    16 + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size_of).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + size_of(value)).sum(),
    }
}

/// The value at a path inside a value: a name for an object, a position for a list.
pub fn step_into<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
        _ => None,
    }
}

/// Whether a text can be a variable's name.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// The length that WhatsApp's limits are held against. Counted in UTF-16 units: never fewer than the characters,
/// so a text that passes here passes whichever way the other side counts.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A number that is of these bytes: FNV-1a, mixed once more so that neighbours do not lie together. It decides random
/// choices, so it must never change.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mixed(hash)
}

/// The last step of `SplitMix64`: every bit of the number counts in every bit of the result.
pub fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        for (value, text) in [
            (json!(null), ""),
            (json!("да"), "да"),
            (json!(3), "3"),
            (json!(3.0), "3"),
            (json!(2.5), "2.5"),
            (json!(true), "true"),
            (json!(["a", 2, ["b"]]), "a, 2, b"),
            (json!({"a": 1}), "{\"a\":1}"),
        ] {
            assert_eq!(text_of(&value), text, "{value}");
        }
    }

    #[test]
    fn numbers_are_found_in_texts_that_are_nothing_else() {
        for (value, number) in [
            (json!("12"), Some(12.0)),
            (json!(" 1 200,5 "), Some(1200.5)),
            (json!("-3.5"), Some(-3.5)),
            (json!("1e9"), None),
            (json!("inf"), None),
            (json!("12 pcs"), None),
            (json!(""), None),
            (json!([1]), None),
        ] {
            assert_eq!(number_in(&value), number, "{value}");
        }
    }

    #[test]
    fn folding_forgets_case_yo_and_spaces() {
        assert_eq!(fold("  Ещё   ЁЛКА\n"), "еще елка");
        assert_eq!(fold("ÇA VA"), "ça va");
    }
}
