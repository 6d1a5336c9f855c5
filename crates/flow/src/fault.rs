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
    /// Something else belongs there; the message is the JSON reader's own.
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
    #[error("between {least} and {most}")]
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

    // serde knows what is wrong and hands on a sentence. Two of its kinds are of use to people; the test below sees when
    // it words them differently.
    fn of_serde(message: &str) -> Self {
        if let Some(name) = quoted(message, "missing field `", "`") {
            return Self::MissingField { name: name.0.to_owned() };
        }
        if let Some((value, allowed)) = quoted(message, "unknown variant `", "`, expected ") {
            let allowed = allowed.strip_prefix("one of ").unwrap_or(allowed);
            return Self::UnknownWord { value: value.to_owned(), allowed: allowed.to_owned() };
        }
        Self::OtherKind { message: message.to_owned() }
    }
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
        assert!(
            matches!(of(json!({"name": 7})), Fault::OtherKind { message } if message.contains("invalid type"))
        );
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
