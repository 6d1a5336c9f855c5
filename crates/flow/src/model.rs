//! The format of a flow: what the file says, in the words of the builder.
//!
//! A flow is a canvas of groups; a group holds blocks that run one after another; edges lead from a block's named
//! ports to other groups. Fields this version does not know are kept in `extra` and written back as they were, at
//! every level, so that an older program never damages a newer flow. What runs is not this but [`crate::Compiled`].

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::blocks::Block;
use crate::values::number_of_f64;

/// The version of the format that this program writes. A flow with a greater number is refused.
pub const SCHEMA: u32 = 1;

/// Fields that this version does not know, kept as they were.
pub type Extra = Map<String, Value>;

/// A bot: its canvas, where it starts, and what starts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Flow {
    /// Version of the format, now 1.
    pub schema: u32,
    /// The bot's id. Letters, digits, `-` and `_`, at most 64.
    pub id: String,
    pub name: String,
    /// The language in which the engine's own words ("More", "Please write a number") are said.
    #[serde(default)]
    pub language: Language,
    /// Where a run begins. Without it: at the first block of the first group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    #[serde(default)]
    pub groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<Edge>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Settings,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The language of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    Ru,
}

/// Blocks that stand together on the canvas and run in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Group {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Position on the canvas, in its own units.
    #[serde(default, serialize_with = "short")]
    pub x: f64,
    #[serde(default, serialize_with = "short")]
    pub y: f64,
    #[serde(default)]
    pub blocks: Vec<Block>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A line on the canvas. A port has one edge; of several the first counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Edge {
    pub id: String,
    pub from: Source,
    pub to: Target,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where an edge begins: a block's port (`block` and `port`), or a trigger (`trigger`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Source {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// `next`, `answered`, `failed`, `timeout`, `else`, `returned`, `message`, `each`, `open`, `closed`, `online`,
    /// `offline`, `option:<id>` or `branch:<id>`, by the block's kind. Without it: the block's ordinary way on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where an edge leads: a group's first block, or one of its blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    pub group: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A named value of a run. Blocks refer to it by name, in texts as `{{name}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Variable {
    /// Letters of any script, digits and `_`, not beginning with a digit.
    pub name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: VariableKind,
    /// The value at the beginning of a run.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub default: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a variable holds: a hint for the builder; the engine keeps whatever is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    #[default]
    Any,
    Text,
    Number,
    Boolean,
    Date,
    List,
    Object,
}

/// What starts a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Trigger {
    pub id: String,
    /// `keyword`, `first_message`, `any_message`, `payload`, `referral`, `link`, `new_customer`, `tag_added`,
    /// `field_changed`, `deal_moved`, `schedule`, `api`; other kinds are kept and never fire.
    pub kind: TriggerKind,
    /// Greater wins over smaller, before everything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// Fires in the middle of another conversation with a bot too: a command such as "menu" or "operator".
    #[serde(default, skip_serializing_if = "is_default")]
    pub anywhere: bool,
    /// For `keyword`, `payload` and `link`: any of these is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keyword>,
    /// For `referral`: the ids of ads or posts; of none every ad.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// For `tag_added`; without it any tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// For `field_changed`; without it any field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For `field_changed`: only to this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// For `deal_moved`; without it any pipeline, any stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// For `schedule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// For `schedule`: the customers it runs for; without it those who answered a bot of this number before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// For `api`: the name by which it is called; without it the trigger's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Position on the canvas.
    #[serde(default, serialize_with = "short")]
    pub x: f64,
    #[serde(default, serialize_with = "short")]
    pub y: f64,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The kind of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// The text of a message.
    Keyword,
    /// The customer's first message to this business.
    FirstMessage,
    /// Every message that nothing else took.
    AnyMessage,
    /// The payload of a button: of a template, of a menu.
    Payload,
    /// A message that came from an ad or a post.
    Referral,
    /// A message that begins with the word of a link (`wa.me/…?text=word`).
    Link,
    /// Somebody the business did not know: asked with their first message, or as they come to be known without one.
    NewCustomer,
    TagAdded,
    FieldChanged,
    DealMoved,
    Schedule,
    /// Somebody called for it through the API.
    Api,
    /// A kind of a newer version.
    #[serde(untagged)]
    Other(String),
}

/// When a flow begins by the clock, in the business's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Schedule {
    /// `HH:MM`.
    pub at: String,
    /// Once, on this day (`YYYY-MM-DD`). Goes before `days` and `month_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Days of the week, 1 is Monday; of none every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
    /// Days of the month; the last day stands for those that a month does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub month_days: Vec<u8>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A word or phrase to look for, without regard to case, to `ё`/`е` and to spaces at the ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Keyword {
    #[serde(default, rename = "match")]
    pub how: Match,
    pub text: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a keyword is compared with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The whole message; punctuation at its ends does not count ("Hello!" is `hello`).
    #[default]
    Is,
    /// Anywhere in the message, inside words too.
    Contains,
    /// At the beginning of the message.
    Starts,
    /// A regular expression found anywhere in the message.
    Regex,
}

/// What holds for the whole flow.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Settings {
    /// How often a question is asked before it goes to `failed`, where the question does not say. Default 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
    /// The country (ISO 3166, two letters) of phone numbers written without one. Default: RU for Russian flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Seconds (at most 60) to wait for more after a message, so that several sent in a row are answered together.
    /// Without it each is answered at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<u32>,
    /// "Typing…" is shown before each message, for as long as somebody would write it. What the customer says meanwhile is
    /// kept, and answers the next question if it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing: Option<Typing>,
    /// The most tokens that language models may use in one run. Default 20,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_tokens: Option<u32>,
    /// The engine's own words, where the defaults of the language do not suit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub texts: Texts,
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a bot types.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Typing {
    /// Words a minute, from 1 to 10,000. Default 400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// The most seconds for one message, 25 at most. Default 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
    /// Seconds (25 at most) before a message that comes right after another one, besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<f64>,
    /// Before the first message of a conversation too, which comes at once otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first: bool,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The engine's own words. What is absent is said in the flow's language.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Texts {
    /// The row that leads to the next page of a long list. At most 24 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// The button that opens a list. At most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<String>,
    /// Stands over a choice whose own text came out empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose_body: Option<String>,
    /// After an answer that is not a text, a number, an e-mail address and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_choice: Option<String>,
    /// After an answer of several options that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_choices: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_rating: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_media: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_form: Option<String>,
    /// The button that opens a form. At most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Under the options of a choice of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose_many: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a field has its default value and need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Writes 420 rather than 420.0.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn short<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    number_of_f64(*number).serialize(serializer)
}
