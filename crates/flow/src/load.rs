//! Reads a flow from JSON: limits first, then the types, and every refusal names its place.
//!
//! What is refused here is what the engine could not hold or address. Mistakes that leave a flow editable (a
//! dangling edge, a missing text) are the checker's ([`crate::check`]), so that a half-built draft can be saved.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::blocks::MediaSource;
use crate::bounds::Bounds;
use crate::fault::Fault;
use crate::model::{Flow, SCHEMA};

/// The sizes that a flow may have. Generous for people, small for a machine.
pub mod limits {
    /// Bytes of a flow's JSON.
    pub const BYTES: usize = 4 * 1024 * 1024;
    /// Lists and objects in one another, in any JSON: what `serde_json` reads by itself.
    pub const DEPTH: usize = 127;
    pub const GROUPS: usize = 2_000;
    pub const BLOCKS: usize = 5_000;
    pub const EDGES: usize = 20_000;
    pub const VARIABLES: usize = 1_000;
    pub const TRIGGERS: usize = 200;
    pub const KEYWORDS: usize = 200;
    pub const OPTIONS: usize = 200;
    pub const BRANCHES: usize = 100;
    /// Entries of any other list of a block: contacts, headers, fields, receivers.
    pub const ITEMS: usize = 100;
    /// Comparisons of one condition, and how deep its groups may lie in one another.
    pub const COMPARISONS: usize = 500;
    pub const CONDITION_DEPTH: usize = 8;
    /// Characters of an id. A reply id holds two of them and WhatsApp allows 200 (a list's row).
    pub const ID: usize = 64;
    /// Characters of a payload: as many as WhatsApp carries in the id of a list's row.
    pub const PAYLOAD: usize = 200;
    /// Characters of one text, expression or pattern in the file.
    pub const TEXT: usize = 16_384;
    pub const PATTERN: usize = 1_000;
    /// All regular expressions of a flow: each takes memory once prepared.
    pub const PATTERNS: usize = 200;
    /// A year.
    pub const TIMEOUT_SECONDS: u32 = 31_536_000;
    /// Seconds that a service or a language model may take.
    pub const CALL_SECONDS: u32 = 120;
    /// Tokens of one answer of a language model.
    pub const AI_TOKENS: u32 = 4_000;
    /// Seconds of a flow's pause after a message.
    pub const PAUSE_SECONDS: u32 = 60;
    /// Words a minute that a bot types.
    pub const TYPING_SPEED: u32 = 10_000;
}

/// Why a flow cannot be read: what is wrong, and where. `pointer` is a JSON pointer (RFC 6901), empty for the whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", if pointer.is_empty() { String::new() } else { format!("{pointer}: ") })]
pub struct LoadError {
    pub pointer: String,
    pub fault: Fault,
}

impl LoadError {
    pub fn at(pointer: impl Into<String>, fault: Fault) -> Self {
        Self { pointer: pointer.into(), fault }
    }

    /// Of the file as a whole.
    pub fn whole(fault: Fault) -> Self {
        Self::at("", fault)
    }
}

impl Flow {
    /// The files of the business's own that it sends, by their SHA-256; those of blocks that are switched off too.
    pub fn files(&self) -> BTreeSet<&str> {
        let blocks = self.groups.iter().flat_map(|group| &group.blocks);
        let stored = blocks.flat_map(|block| block.body.files()).filter_map(|media| match &media.source {
            MediaSource::Stored(file) => Some(file.as_str()),
            MediaSource::Url(_) => None,
        });
        stored.collect()
    }

    /// Reads a flow. A pure function of the text; nothing of a refused flow remains.
    pub fn from_json(json: &str) -> Result<Self, LoadError> {
        if json.len() > limits::BYTES {
            return Err(LoadError::whole(Fault::TooLarge { bytes: json.len(), most: limits::BYTES }));
        }
        Self::from_value(parse(json.as_bytes())?)
    }

    /// Reads a flow from JSON that is already parsed.
    pub fn from_value(value: Value) -> Result<Self, LoadError> {
        // Asked first: a newer format may differ anywhere, and this is the message that helps.
        if let Some(schema) = value.get("schema").and_then(Value::as_u64)
            && schema > u64::from(SCHEMA)
        {
            return Err(LoadError::whole(Fault::Newer { format: schema, reads: SCHEMA }));
        }
        let flow: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            let (inner, fault) = Fault::of_message(&error.inner().to_string());
            LoadError::at(pointer(error.path()) + &inner, fault)
        })?;
        Bounds::default().flow(&flow)?;
        Ok(flow)
    }
}

/// Reads JSON of any kind.
pub(crate) fn parse(json: &[u8]) -> Result<Value, LoadError> {
    serde_json::from_slice(json).map_err(|error| unparsed(json, &error))
}

/// Why a text is not read as JSON, and the place up to which it could be. It is read once more for the place, which only a
/// refused text costs.
pub fn unparsed(json: &[u8], error: &serde_json::Error) -> LoadError {
    let reader = &mut serde_json::Deserializer::from_slice(json);
    let stopped = serde_path_to_error::deserialize::<_, Value>(reader).err();
    let at = stopped.map(|error| pointer(error.path())).unwrap_or_default();
    LoadError::at(near(at), Fault::syntax(error))
}

/// Bytes of a told place. Names may be as long as the file.
const LONGEST_PLACE: usize = 1_000;

/// The place, or what lies around it where its names are too long to be told.
fn near(mut pointer: String) -> String {
    while pointer.len() > LONGEST_PLACE {
        pointer.truncate(pointer.rfind('/').unwrap_or_default());
    }
    pointer
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
