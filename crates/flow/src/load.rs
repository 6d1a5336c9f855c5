//! Reads a flow from JSON: limits first, then the types, and every refusal names its place.
//!
//! What is refused here is what the engine could not hold or address. Mistakes that leave a flow editable (a
//! dangling edge, a missing text) are the checker's ([`crate::check`]), so that a half-built draft can be saved.

use serde_json::Value;

use crate::blocks::{Body, Test, Tests};
use crate::model::{Flow, SCHEMA};

/// The sizes that a flow may have. Generous for people, small for a machine.
pub mod limits {
    /// Bytes of a flow's JSON.
    pub const BYTES: usize = 4 * 1024 * 1024;
    pub const GROUPS: usize = 2_000;
    pub const BLOCKS: usize = 5_000;
    pub const EDGES: usize = 20_000;
    pub const VARIABLES: usize = 1_000;
    pub const TRIGGERS: usize = 200;
    pub const KEYWORDS: usize = 200;
    pub const OPTIONS: usize = 200;
    pub const BRANCHES: usize = 100;
    /// Comparisons of one condition, and how deep its groups may lie in one another.
    pub const COMPARISONS: usize = 500;
    pub const CONDITION_DEPTH: usize = 8;
    /// Characters of an id. A reply id holds two of them and WhatsApp allows 200 (a list's row).
    pub const ID: usize = 64;
    /// Characters of one text, expression or pattern in the file.
    pub const TEXT: usize = 16_384;
    pub const PATTERN: usize = 1_000;
    /// All regular expressions of a flow: each takes memory once prepared.
    pub const PATTERNS: usize = 200;
    /// A year.
    pub const TIMEOUT_SECONDS: u32 = 31_536_000;
}

/// Why a flow cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("the flow has {bytes} bytes; at most {max} are taken")]
    TooLarge { bytes: usize, max: usize },
    #[error("not JSON, line {line}, column {column}: {message}")]
    Syntax { line: usize, column: usize, message: String },
    #[error("the flow is written in format {schema}; this program reads up to {SCHEMA}")]
    Newer { schema: u64 },
    /// `pointer` is a JSON pointer (RFC 6901) to the place.
    #[error("{pointer}: {message}")]
    Place { pointer: String, message: String },
}

impl Flow {
    /// Reads a flow. A pure function of the text; nothing of a refused flow remains.
    pub fn from_json(json: &str) -> Result<Self, LoadError> {
        if json.len() > limits::BYTES {
            return Err(LoadError::TooLarge { bytes: json.len(), max: limits::BYTES });
        }
        // serde_json itself stops at 128 levels of nesting.
        let value: Value = serde_json::from_str(json).map_err(|error| LoadError::Syntax {
            line: error.line(),
            column: error.column(),
            message: without_position(&error.to_string()),
        })?;
        Self::from_value(value)
    }

    /// Reads a flow from JSON that is already parsed.
    pub fn from_value(value: Value) -> Result<Self, LoadError> {
        // Asked first: a newer format may differ anywhere, and this is the message that helps.
        if let Some(schema) = value.get("schema").and_then(Value::as_u64)
            && schema > u64::from(SCHEMA)
        {
            return Err(LoadError::Newer { schema });
        }
        let flow: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            let (inner, message) = split_nested(&error.inner().to_string());
            LoadError::Place { pointer: pointer(error.path()) + &inner, message }
        })?;
        Bounds::default().flow(&flow)?;
        Ok(flow)
    }
}

/// Counts what a flow holds and refuses what is too much.
#[derive(Default)]
struct Bounds {
    blocks: usize,
    patterns: usize,
}

impl Bounds {
    fn flow(&mut self, flow: &Flow) -> Result<(), LoadError> {
        if flow.schema == 0 {
            return refuse("/schema", "formats are numbered from 1");
        }
        id(&flow.id, "/id")?;
        count(flow.groups.len(), limits::GROUPS, "/groups")?;
        count(flow.edges.len(), limits::EDGES, "/edges")?;
        count(flow.variables.len(), limits::VARIABLES, "/variables")?;
        count(flow.triggers.len(), limits::TRIGGERS, "/triggers")?;
        for (n, trigger) in flow.triggers.iter().enumerate() {
            let at = format!("/triggers/{n}");
            id(&trigger.id, &format!("{at}/id"))?;
            count(trigger.keywords.len(), limits::KEYWORDS, &format!("{at}/keywords"))?;
            for (k, keyword) in trigger.keywords.iter().enumerate() {
                let at = format!("{at}/keywords/{k}/text");
                if keyword.how == crate::Match::Regex {
                    self.pattern(&keyword.text, &at)?;
                } else {
                    length(&keyword.text, limits::TEXT, &at)?;
                }
            }
        }
        for (n, variable) in flow.variables.iter().enumerate() {
            length(&variable.name, limits::ID, &format!("/variables/{n}/name"))?;
        }
        for (n, edge) in flow.edges.iter().enumerate() {
            id(&edge.id, &format!("/edges/{n}/id"))?;
        }
        for (n, group) in flow.groups.iter().enumerate() {
            id(&group.id, &format!("/groups/{n}/id"))?;
            self.blocks += group.blocks.len();
            count(self.blocks, limits::BLOCKS, &format!("/groups/{n}/blocks"))?;
            for (m, block) in group.blocks.iter().enumerate() {
                let at = format!("/groups/{n}/blocks/{m}");
                id(&block.id, &format!("{at}/id"))?;
                self.body(&block.body, &at)?;
            }
        }
        Ok(())
    }

    fn body(&mut self, body: &Body, at: &str) -> Result<(), LoadError> {
        match body {
            Body::Message(message) => length(&message.text, limits::TEXT, &format!("{at}/text")),
            Body::Question(question) => {
                length(&question.text, limits::TEXT, &format!("{at}/text"))?;
                length(question.retry.as_deref().unwrap_or_default(), limits::TEXT, &format!("{at}/retry"))?;
                if let Some(seconds) = question.timeout
                    && !(1..=limits::TIMEOUT_SECONDS).contains(&seconds)
                {
                    return refuse(&format!("{at}/timeout"), "between 1 second and a year");
                }
                count(question.options.len(), limits::OPTIONS, &format!("{at}/options"))?;
                for (n, option) in question.options.iter().enumerate() {
                    id(&option.id, &format!("{at}/options/{n}/id"))?;
                    length(&option.title, limits::TEXT, &format!("{at}/options/{n}/title"))?;
                    length(&option.description, limits::TEXT, &format!("{at}/options/{n}/description"))?;
                }
                question.pattern.as_ref().map_or(Ok(()), |text| self.pattern(text, &format!("{at}/pattern")))
            }
            Body::Condition(condition) => {
                count(condition.branches.len(), limits::BRANCHES, &format!("{at}/branches"))?;
                let mut comparisons = 0;
                for (n, branch) in condition.branches.iter().enumerate() {
                    let at = format!("{at}/branches/{n}");
                    id(&branch.id, &format!("{at}/id"))?;
                    self.tests(&branch.when, &format!("{at}/when"), 1, &mut comparisons)?;
                }
                Ok(())
            }
            Body::Set(set) => {
                length(&set.variable, limits::ID, &format!("{at}/variable"))?;
                let expression = set.expression.as_deref().unwrap_or_default();
                length(expression, limits::TEXT, &format!("{at}/expression"))?;
                length(set.value.as_str().unwrap_or_default(), limits::TEXT, &format!("{at}/value"))
            }
            Body::HandOver(hand_over) => {
                length(&hand_over.text, limits::TEXT, &format!("{at}/text"))?;
                length(&hand_over.note, limits::TEXT, &format!("{at}/note"))
            }
            Body::End(end) => length(&end.text, limits::TEXT, &format!("{at}/text")),
            Body::Jump(_) | Body::Unknown(_) => Ok(()),
        }
    }

    fn tests(
        &mut self,
        tests: &Tests,
        at: &str,
        depth: usize,
        comparisons: &mut usize,
    ) -> Result<(), LoadError> {
        if depth > limits::CONDITION_DEPTH {
            return refuse(
                at,
                &format!("groups lie at most {} deep in one another", limits::CONDITION_DEPTH),
            );
        }
        *comparisons += tests.tests.len();
        count(*comparisons, limits::COMPARISONS, &format!("{at}/tests"))?;
        for (n, test) in tests.tests.iter().enumerate() {
            let at = format!("{at}/tests/{n}");
            match test {
                Test::Group(group) => self.tests(group, &at, depth + 1, comparisons)?,
                Test::Compare(comparison) => {
                    let value = comparison.value.as_str().unwrap_or_default();
                    if matches!(comparison.is, crate::Operator::Matches | crate::Operator::NotMatches) {
                        self.pattern(value, &format!("{at}/value"))?;
                    } else {
                        length(value, limits::TEXT, &format!("{at}/value"))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &str, at: &str) -> Result<(), LoadError> {
        self.patterns += 1;
        count(self.patterns, limits::PATTERNS, at)?;
        length(pattern, limits::PATTERN, at)
    }
}

fn count(found: usize, max: usize, at: &str) -> Result<(), LoadError> {
    if found > max { refuse(at, &format!("{found} are too many; at most {max}")) } else { Ok(()) }
}

fn length(text: &str, max: usize, at: &str) -> Result<(), LoadError> {
    // Bytes are never fewer than characters: the counting is left out for almost every text.
    if text.len() > max && text.chars().count() > max {
        return refuse(at, &format!("longer than {max} characters"));
    }
    Ok(())
}

fn id(id: &str, at: &str) -> Result<(), LoadError> {
    let fits = (1..=limits::ID).contains(&id.len());
    if fits && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Ok(());
    }
    refuse(at, "an id has 1 to 64 letters (A to Z), digits, `-` or `_`")
}

fn refuse(at: &str, message: &str) -> Result<(), LoadError> {
    Err(LoadError::Place { pointer: at.to_owned(), message: message.to_owned() })
}

/// The JSON pointer of a place that serde reports.
pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let steps = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        // The variant of an enumeration is not a step in the JSON.
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    steps.collect()
}

// A hand-written `Deserialize` can hand its caller nothing but a message. The place inside the block therefore
// travels in front of the message, between two characters that no message holds.
const MARK: char = '\u{1}';

/// An error message that carries its place within the value being read.
pub(crate) fn nested_error(pointer: &str, message: &str) -> String {
    let (inner, message) = split_nested(message);
    format!("{MARK}{pointer}{inner}{MARK}{message}")
}

fn split_nested(message: &str) -> (String, String) {
    let parts = message.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK));
    parts.map_or_else(|| (String::new(), message.to_owned()), |(at, text)| (at.to_owned(), text.to_owned()))
}

fn without_position(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(text, _)| text).to_owned()
}
