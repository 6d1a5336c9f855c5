//! Reading JSON that does not keep to its documentation.
//!
//! Meta's own examples and what arrives in practice disagree with the reference: numbers as texts and texts as
//! numbers, one object instead of a list, `null` instead of nothing (FACTS §5). These readers take each of them and
//! answer "absent" for what has no meaning, so that one odd field never costs a whole message.

use std::borrow::Cow;
use std::fmt::Write;

use beseda_wire::time::Time;
use serde_json::Value;

/// Forgiving access to the members of an object. On anything that is not an object every member is absent.
pub trait Lax {
    fn member(&self, key: &str) -> &Value;

    /// A text as it is, or a number or truth value in its JSON spelling. Empty texts are absent.
    fn word(&self, key: &str) -> Option<String>;

    /// A text that may be empty.
    fn text(&self, key: &str) -> Option<&str>;

    /// A number, or a text that spells one.
    fn number(&self, key: &str) -> Option<f64>;

    /// An integer, or a text that spells one.
    fn integer(&self, key: &str) -> Option<i64>;

    /// `true`, `"true"` or 1; everything else is false.
    fn flag(&self, key: &str) -> bool;

    /// The elements of a list; an object alone counts as a list of one.
    fn items(&self, key: &str) -> &[Value];

    /// An instant in Unix seconds (or milliseconds, or RFC 3339).
    fn time(&self, key: &str) -> Option<Time>;
}

impl Lax for Value {
    fn member(&self, key: &str) -> &Value {
        const NOTHING: &Value = &Value::Null;
        self.get(key).unwrap_or(NOTHING)
    }

    fn word(&self, key: &str) -> Option<String> {
        match self.member(key) {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(bool) => Some(bool.to_string()),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.member(key).as_str()
    }

    fn number(&self, key: &str) -> Option<f64> {
        let number = match self.member(key) {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    fn integer(&self, key: &str) -> Option<i64> {
        match self.member(key) {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn flag(&self, key: &str) -> bool {
        match self.member(key) {
            Value::Bool(bool) => *bool,
            Value::String(text) => text == "true",
            Value::Number(number) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    fn items(&self, key: &str) -> &[Value] {
        match self.member(key) {
            Value::Array(items) => items,
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => &[],
        }
    }

    fn time(&self, key: &str) -> Option<Time> {
        /// Seconds beyond this are the year 5138; milliseconds below it are March 1973.
        const MILLIS_FROM: i64 = 100_000_000_000;
        if let Some(number) = self.integer(key) {
            return match number {
                ..=0 => None,
                MILLIS_FROM.. => Some(Time::from_millis(number)),
                _ => Some(Time::from_seconds(number)),
            };
        }
        self.text(key)?.parse().ok()
    }
}

/// Parses one item, mending the one fault that customers can cause: half an emoji, cut off by a length limit that
/// counts UTF-16 units, arrives as a lone `\ud83d`, which is no Unicode text and fails the parser.
pub fn item(raw: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(raw).or_else(|error| match mended(raw) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(mended) => serde_json::from_str(&mended),
    })
}

/// `raw` with each lone surrogate escape replaced by `\ufffd`.
fn mended(raw: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(backslash) = raw[at..].find('\\').map(|found| at + found) {
        let Some(unit) = escape(raw, backslash) else {
            // Another escape: skip the backslash and what it escapes, which may be a backslash too.
            at = backslash + 1 + raw[backslash + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        at = backslash + 6;
        match unit {
            0xd800..=0xdbff if matches!(escape(raw, at), Some(0xdc00..=0xdfff)) => at += 6,
            0xd800..=0xdfff => {
                let _ = write!(out, "{}\\ufffd", &raw[copied..backslash]);
                copied = at;
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(&raw[copied..]);
    Cow::Owned(out)
}

/// The UTF-16 unit of the `\uXXXX` that begins at `at`.
fn escape(raw: &str, at: usize) -> Option<u16> {
    let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn spellings_of_a_member() {
        let value = json!({"a": "1.5", "b": 7, "c": "", "d": null, "e": {"x": 1}, "f": "true", "g": "1700000000",
                           "h": 1_700_000_000_123_i64, "i": "soon", "j": "2026-01-01T00:00:00Z", "k": "NaN", "l": 0});
        assert_eq!(value.number("a"), Some(1.5));
        assert_eq!(value.number("k"), None);
        assert_eq!(value.word("b").as_deref(), Some("7"));
        assert_eq!(value.word("c"), None);
        assert_eq!(value.text("c"), Some(""));
        assert_eq!(value.word("d"), None);
        assert_eq!(value.items("e"), [json!({"x": 1})]);
        assert!(value.items("a").is_empty());
        assert!(value.flag("f") && !value.flag("a"));
        assert_eq!(value.time("g"), Some(Time::from_seconds(1_700_000_000)));
        assert_eq!(value.time("h"), Some(Time::from_millis(1_700_000_000_123)));
        assert_eq!(value.time("i"), None);
        assert_eq!(value.time("j").unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(value.time("l"), None);
        assert_eq!(json!("text").word("b"), None);
    }

    #[test]
    fn half_an_emoji_becomes_the_replacement_character() {
        for (raw, text) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude00b""#, "\u{fffd}b"),
            (r#""\ud83d\ude00\ud83d""#, "😀\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d\ud83dé""#, "\\ud83d\u{fffd}é"),
        ] {
            assert_eq!(item(raw).unwrap(), json!(text), "{raw}");
        }
        assert!(item(r#""\\""#).is_ok());
        assert!(item("{").is_err());
    }

    proptest! {
        #[test]
        fn mending_never_panics_and_leaves_good_text_alone(text in "\\PC*") {
            let raw = serde_json::to_string(&text).unwrap();
            prop_assert!(matches!(mended(&raw), Cow::Borrowed(_)));
            let _ = item(&text);
        }

        #[test]
        fn any_units_can_be_read(units in prop::collection::vec(any::<u16>(), 0..20)) {
            let raw = units.iter().fold(String::from("\""), |raw, unit| format!("{raw}\\u{unit:04x}")) + "\"";
            prop_assert_eq!(item(&raw).unwrap(), json!(String::from_utf16_lossy(&units)));
        }
    }
}
