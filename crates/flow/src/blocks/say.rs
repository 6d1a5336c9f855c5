//! Blocks that say something, and the pause between two sayings.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Opt;
use crate::model::{Extra, is_default};

/// Says something: a text, or a picture, film, sound, document or sticker. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Message {
    /// With media: the caption (a sound or a sticker has none: the text follows as its own message).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Media {
    pub kind: MediaKind,
    #[serde(flatten)]
    pub source: MediaSource,
    /// Shown for a document; of the others it is known to those who edit alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What a stored file is (`image/png`): WhatsApp wants to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Bytes of a stored file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// For a sound: shown as a voice message (the file has to be OGG with the Opus codec).
    #[serde(default, skip_serializing_if = "is_default")]
    pub voice: bool,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The kinds of files that WhatsApp shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

/// Where a file lies: at an address (may hold variables), or in the business's own media store, by its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    Url(String),
    Stored(String),
}

/// Shows a place on the map. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// Degrees, -90 to 90: a number, or a text with a variable.
    #[serde(default)]
    pub latitude: Value,
    /// Degrees, -180 to 180.
    #[serde(default)]
    pub longitude: Value,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Sends contact cards. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ContactCard {
    #[serde(default)]
    pub contacts: Vec<Card>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// One contact. All of it may hold variables; what comes out empty is left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Card {
    #[serde(default)]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Shows buttons or a list and goes on without waiting. Ports `next` and `option:<id>`.
///
/// A tap is taken whenever it comes: while the run waits somewhere it leaves that place and goes on at the option's
/// port; when no run is under way it begins one there ([`crate::winner`]). An option with a payload is known outside
/// by that payload and fires triggers of the kind `payload` instead.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Menu {
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub options: Vec<Opt>,
    /// The button that opens a list, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Says a text with a button that opens an address. Port `next`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LinkButton {
    /// At most 1024 characters.
    #[serde(default)]
    pub text: String,
    /// On the button, at most 20 characters.
    #[serde(default)]
    pub title: String,
    /// May hold variables.
    #[serde(default)]
    pub url: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Sends a template that Meta has approved: the only thing that may be said 24 hours after the customer's last
/// message. Ports `next`, and `option:<id>` for a tap on a quick reply, taken as [`Menu`] takes its own.
///
/// The same fields in a question's `template` ask it so.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SendTemplate {
    #[serde(default)]
    pub name: String,
    /// As Meta writes it: `en_US`, `ru`.
    #[serde(default)]
    pub language: String,
    /// What Meta approved it for. What is not said counts as marketing, which is not sent to who refused that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TemplateCategory>,
    /// The words of its body as Meta has them, places included (`Hello {{1}}`): for people to read, never sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What fills the header: a text, or a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<TemplateHeader>,
    /// What fills the body's places, in their order or by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<TemplateParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What Meta approves a template for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateCategory {
    Marketing,
    Utility,
    Authentication,
}

/// What fills a template's header.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TemplateHeader {
    /// For a text in a template whose places have names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// What fills one place of a template.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TemplateParameter {
    /// For templates whose places have names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default)]
    pub text: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// A button of a template that needs something from us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TemplateButton {
    /// Names the port of a quick reply.
    pub id: String,
    /// The button's place in the template, from 0.
    #[serde(default)]
    pub index: u32,
    #[serde(default)]
    pub kind: TemplateButtonKind,
    /// What stands on it: for people to read, never sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// For `url`: the ending of the address. For `quick_reply`: a payload of one's own; without it the option is
    /// known by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(flatten)]
    pub extra: Extra,
}

/// The kinds of template buttons with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateButtonKind {
    #[default]
    QuickReply,
    Url,
    CopyCode,
}

/// Waits: some seconds, or until a time or a date. Ports `next`, and `message` for what the customer writes
/// meanwhile; where `message` leads nowhere a message does not disturb.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Wait {
    /// A number, or a text with a variable; at most a year.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub seconds: Value,
    /// `14:30` (the next time the clock shows it), `2027-03-25`, `2027-03-25 14:30`, or a text with variables that
    /// comes to one of these. Goes before `seconds`. What lies behind does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Shows "typing…" meanwhile (WhatsApp shows it for 25 seconds at most). What the customer says then is kept, and
    /// answers the next question if it fits.
    #[serde(default, skip_serializing_if = "is_default")]
    pub typing: bool,
    #[serde(flatten)]
    pub extra: Extra,
}
