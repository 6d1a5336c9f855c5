//! JSON for people: each member on a line of its own, and the letters that Meta writes as `\u041f` as themselves.
//!
//! Nothing is read into values and written again: numbers and the order of the members stay what they were.

/// What a piece of the text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Key,
    Text,
    Value,
}

impl Kind {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Key => "json-key",
            Self::Text => "json-text",
            Self::Value => "json-value",
        }
    }
}

/// The pieces of a JSON text in order; none when it is no JSON.
pub fn pretty(text: &str) -> Option<Vec<(Kind, String)>> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut pieces = Pieces(vec![]);
    let mut depth = 0_usize;
    let mut rest = text.trim();
    let break_line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    while let Some(first) = rest.chars().next() {
        match first {
            '"' => {
                let end = end_of_string(rest);
                let is_key = rest[end..].trim_start().starts_with(':');
                pieces.push(if is_key { Kind::Key } else { Kind::Text }, &readable(&rest[..end]));
                rest = &rest[end..];
                continue;
            }
            '{' | '[' => {
                let after = rest[1..].trim_start();
                if let Some(closing) = after.chars().next().filter(|closing| matches!(closing, '}' | ']')) {
                    pieces.push(Kind::Plain, &format!("{first}{closing}"));
                    rest = &after[1..];
                    continue;
                }
                depth += 1;
                pieces.push(Kind::Plain, &format!("{first}{}", break_line(depth)));
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                pieces.push(Kind::Plain, &format!("{}{first}", break_line(depth)));
            }
            ',' => pieces.push(Kind::Plain, &format!(",{}", break_line(depth))),
            ':' => pieces.push(Kind::Plain, ": "),
            blank if blank.is_whitespace() => {}
            _ => {
                let end = rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                pieces.push(Kind::Value, &rest[..end]);
                rest = &rest[end..];
                continue;
            }
        }
        rest = &rest[first.len_utf8()..];
    }
    Some(pieces.0)
}

/// Pieces of which neighbours of a kind are one.
struct Pieces(Vec<(Kind, String)>);

impl Pieces {
    fn push(&mut self, kind: Kind, text: &str) {
        match self.0.last_mut() {
            Some((last, so_far)) if *last == kind => so_far.push_str(text),
            _ => self.0.push((kind, text.to_owned())),
        }
    }
}

/// Where the string that begins here ends, behind its closing quote.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A string with its quotes, its `\uXXXX` as letters; control characters and halves of pairs stay as they are.
fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (taken, letter) = unescaped(rest);
        match letter {
            Some(letter) => out.push(letter),
            None => out.push_str(&rest[..taken]),
        }
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The bytes of the escape at the beginning, and the letter it stands for where it should be shown as one.
fn unescaped(text: &str) -> (usize, Option<char>) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(0) else {
        let length = text.chars().take(2).map(char::len_utf8).sum();
        return (length, text.starts_with("\\/").then_some('/'));
    };
    let units: Vec<u16> = std::iter::once(first).chain(unit(6)).collect();
    match char::decode_utf16(units).next() {
        Some(Ok(letter)) if letter.is_control() || matches!(letter, '"' | '\\') => (6, None),
        Some(Ok(letter)) => (if letter.len_utf16() == 2 { 12 } else { 6 }, Some(letter)),
        _ => (6, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        pretty(json).unwrap().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn members_stand_on_lines_of_their_own_in_their_order() {
        assert_eq!(
            text(r#"{"b":1.50,"a":[true,null],"c":{},"d":[ ]}"#),
            "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    null\n  ],\n  \"c\": {},\n  \"d\": []\n}"
        );
    }

    #[test]
    fn letters_are_letters() {
        let shown = text(r#"{"t":"\u041f\u0440\u0438 \ud83d\ude00 \"x\" \n https:\/\/a"}"#);
        assert!(shown.contains("При 😀 \\\"x\\\" \\n https://a"), "{shown}");
        assert_eq!(text(r#"["\u0000 \ud83d x"]"#), "[\n  \"\\u0000 \\ud83d x\"\n]");
    }

    #[test]
    fn keys_are_told_from_texts() {
        let pieces = pretty(r#"{"a":"b"}"#).unwrap();
        let kinds: Vec<Kind> = pieces.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [Kind::Plain, Kind::Key, Kind::Plain, Kind::Text, Kind::Plain]);
    }

    #[test]
    fn what_is_no_json_is_not_touched() {
        assert_eq!(pretty("{\"a\":"), None);
        assert_eq!(pretty(""), None);
    }
}
