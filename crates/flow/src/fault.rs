//! What is wrong at a place of a file that cannot be read: a code with what a sentence about it needs. The English words are
//! for programs' logs and for whoever reads an answer of the API; the interface says the code in the reader's language.

use serde::{Deserialize, Serialize};

use crate::load::limits;

/// A code, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", content = "parameters", rename_all = "snake_case")]
pub enum Fault {
    #[error("it has {bytes} bytes; at most {most} are taken")]
    TooLarge { bytes: usize, most: usize },
    #[error("not JSON, line {line}, column {column}: {message}")]
    Syntax { line: usize, column: usize, message: String },
    /// A newer program wrote it.
    #[error("the flow is written in format {format}; this program reads up to {reads}")]
    Newer { format: u64, reads: u32 },
    /// Another program's format in a version that nobody here knows.
    #[error("version {version} is not known")]
    Version { version: String },
    /// Something must stand at the place, and nothing does.
    #[error("missing")]
    Missing,
    /// What stands at the place lacks this field.
    #[error("missing field `{name}`")]
    MissingField { name: String },
    #[error("expected text")]
    NeedsText,
    #[error("expected a list")]
    NeedsList,
    #[error("expected an object")]
    NeedsObject,
    #[error("expected true or false")]
    NeedsFlag,
    #[error("expected a number")]
    NeedsNumber,
    #[error("expected a number or text")]
    NeedsNumberOrText,
    #[error("expected a whole number from {least} to {most}")]
    NeedsWhole { least: i64, most: u64 },
    /// Something else belongs there, for which there is no word here; the message is the JSON reader's own.
    #[error("{message}")]
    OtherKind { message: String },
    /// One of some words belongs there, and this is none of them.
    #[error("`{value}` is not known here; it may be {allowed}")]
    UnknownWord { value: String, allowed: String },
    /// It leads to what is not in the file.
    #[error("no group has the id {id:?}")]
    NoGroup { id: String },
    #[error("no block has the id {id:?}")]
    NoBlock { id: String },
    #[error("no trigger has the id {id:?}")]
    NoTrigger { id: String },
    #[error("no edge has the id {id:?}")]
    NoEdge { id: String },
    /// The block that it begins at has no such way out, option or branch.
    #[error("the block has no way out {id:?}")]
    NoPort { id: String },
    /// From here these blocks lead round without ever waiting.
    #[error("the blocks lead round without ever waiting: {}", blocks.join(", "))]
    LeadsRound { blocks: Vec<String> },
    /// Two things of one kind have it.
    #[error("the id {id:?} stands here twice")]
    Duplicate { id: String },
    #[error("{found} are too many; at most {most}")]
    TooMany { found: usize, most: usize },
    /// A text has more characters than this.
    #[error("longer than {most} characters")]
    TooLong { most: usize },
    #[error("groups lie at most {most} deep in one another")]
    TooDeep { most: usize },
    /// Lists and objects of the JSON lie in one another more often than is read; this is the first that is not.
    #[error("lists and objects lie at most {most} deep in one another")]
    Nested { most: usize },
    /// A number is not within these.
    #[error("{}", between(*least, *most))]
    NotBetween { least: u32, most: u32 },
    #[error("an id has 1 to {most} letters (A to Z), digits, `-` or `_`")]
    Id { most: usize },
}

// A hand-written `Deserialize` can hand its caller nothing but a message. The place inside the block and the fault
// therefore travel in it, between two characters that no message holds.
const MARK: char = '\u{1}';

impl Fault {
    /// Whether it can be read and leads nowhere, or round: conversations would break on it.
    pub fn is_of_lines(&self) -> bool {
        matches!(
            self,
            Self::NoGroup { .. }
                | Self::NoBlock { .. }
                | Self::NoTrigger { .. }
                | Self::NoEdge { .. }
                | Self::NoPort { .. }
                | Self::LeadsRound { .. }
        )
    }

    /// What a JSON reader says of a text that is none.
    pub fn syntax(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        // The reader tells this one by its words alone; the tests of depth see when it words it differently.
        if message.starts_with("recursion limit exceeded") {
            return Self::Nested { most: limits::DEPTH };
        }
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text).to_owned();
        Self::Syntax { line: error.line(), column: error.column(), message }
    }

    /// A message that carries the fault and its place within the value being read.
    pub(crate) fn message(&self, pointer: &str) -> String {
        // A fault can be written as JSON; without it the place is still told.
        let fault = serde_json::to_string(self).unwrap_or_default();
        format!("{MARK}{pointer}{MARK}{fault}")
    }

    /// The place and the fault that a message carries; one of serde's own is told by its kind.
    pub(crate) fn of_message(message: &str) -> (String, Self) {
        let carried = message.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK));
        let read = carried.and_then(|(at, fault)| Some((at.to_owned(), serde_json::from_str(fault).ok()?)));
        read.unwrap_or_else(|| (String::new(), Self::of_serde(message)))
    }

    // serde knows what is wrong and hands on a sentence. The tests below see when it words it differently.
    fn of_serde(message: &str) -> Self {
        if let Some(name) = quoted(message, "missing field `", "`") {
            return Self::MissingField { name: name.0.to_owned() };
        }
        if let Some((value, allowed)) = quoted(message, "unknown variant `", "`, expected ") {
            let allowed = allowed.strip_prefix("one of ").unwrap_or(allowed);
            return Self::UnknownWord { value: value.to_owned(), allowed: allowed.to_owned() };
        }
        let is_of_kind = message.starts_with("invalid ");
        let expected =
            message.rsplit_once(", expected ").filter(|_| is_of_kind).map(|(_, expected)| expected);
        expected
            .and_then(Self::of_expected)
            .unwrap_or_else(|| Self::OtherKind { message: message.to_owned() })
    }

    /// What belongs there, by the name that it has in Rust.
    fn of_expected(expected: &str) -> Option<Self> {
        let whole = |least: i64, most: u64| Some(Self::NeedsWhole { least, most });
        match expected {
            "u8" => whole(0, u8::MAX.into()),
            "u16" => whole(0, u16::MAX.into()),
            "u32" => whole(0, u32::MAX.into()),
            "u64" | "usize" => whole(0, u64::MAX),
            "i32" => whole(i32::MIN.into(), i32::MAX.unsigned_abs().into()),
            "i64" => whole(i64::MIN, i64::MAX.unsigned_abs()),
            "f32" | "f64" => Some(Self::NeedsNumber),
            "a boolean" => Some(Self::NeedsFlag),
            "a sequence" => Some(Self::NeedsList),
            "a map" => Some(Self::NeedsObject),
            // One of some words, as far as it is asked here.
            "a string" | "string or map" | "variant identifier" => Some(Self::NeedsText),
            _ if expected.starts_with("struct ") || expected.starts_with("internally tagged enum ") => {
                Some(Self::NeedsObject)
            }
            _ if expected.starts_with("enum ") => Some(Self::NeedsText),
            _ => None,
        }
    }
}

fn between(least: u32, most: u32) -> String {
    if least == most { format!("it must be {most}") } else { format!("between {least} and {most}") }
}

/// What stands between the two, and what comes after.
fn quoted<'m>(message: &'m str, before: &str, after: &str) -> Option<(&'m str, &'m str)> {
    message.strip_prefix(before)?.split_once(after)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[allow(dead_code, reason = "only read")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read")]
    struct Record {
        name: String,
        word: Option<Word>,
    }

    #[test]
    fn what_serde_says_is_told_by_its_kind() {
        let of = |value: serde_json::Value| {
            let error = serde_json::from_value::<Record>(value).unwrap_err();
            Fault::of_message(&error.to_string()).1
        };
        assert_eq!(of(json!({})), Fault::MissingField { name: "name".into() });
        assert_eq!(
            of(json!({"name": "", "word": "three"})),
            Fault::UnknownWord { value: "three".into(), allowed: "`one` or `two`".into() }
        );
        assert_eq!(of(json!({"name": 7})), Fault::NeedsText);
    }

    #[test]
    fn a_wrong_kind_is_told_in_peoples_words() {
        fn told<T: serde::de::DeserializeOwned + std::fmt::Debug>(value: serde_json::Value) -> String {
            Fault::of_message(&serde_json::from_value::<T>(value).unwrap_err().to_string()).1.to_string()
        }
        for (said, expected) in [
            (told::<Record>(json!(5)), "expected an object"),
            (told::<std::collections::BTreeMap<String, u8>>(json!(5)), "expected an object"),
            (told::<Vec<u8>>(json!({})), "expected a list"),
            (told::<u32>(json!("1")), "expected a whole number from 0 to 4294967295"),
            (told::<u32>(json!(-1)), "expected a whole number from 0 to 4294967295"),
            (told::<i32>(json!(2_147_483_648_u64)), "expected a whole number from -2147483648 to 2147483647"),
            (told::<u8>(json!(1.5)), "expected a whole number from 0 to 255"),
            (told::<f64>(json!("x, expected u8")), "expected a number"),
            (told::<bool>(json!("yes")), "expected true or false"),
            (told::<String>(json!(null)), "expected text"),
            (told::<Word>(json!(null)), "expected text"),
        ] {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn a_fault_travels_in_a_message_with_its_place() {
        let fault = Fault::TooMany { found: 3, most: 2 };
        assert_eq!(Fault::of_message(&fault.message("/a/0")), ("/a/0".to_owned(), fault));
    }

    #[test]
    fn a_fault_is_a_code_with_parameters() {
        let told = serde_json::to_value(Fault::NoEdge { id: "e".into() }).unwrap();
        assert_eq!(told, json!({"code": "no_edge", "parameters": {"id": "e"}}));
        assert_eq!(serde_json::to_value(Fault::Missing).unwrap(), json!({"code": "missing"}));
    }
}
