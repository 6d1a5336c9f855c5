//! Messages as the engine says them: never larger than WhatsApp takes.
//!
//! How a choice is shown, by one rule: at most three options with titles of at most 20 characters and no
//! descriptions become buttons; otherwise, if every title has at most 24 characters, a list, in pages of nine and a
//! row that leads on when there are more than ten; otherwise, and when two titles are the same, a numbered text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::blocks::{MediaKind, MediaSource, TemplateButtonKind, TemplateCategory};
use crate::calls::encoded;
use crate::values::{fold, units};

/// WhatsApp's limits (Cloud API, interactive messages), in characters where nothing else is said.
pub mod whatsapp {
    use crate::blocks::MediaKind;

    /// The types of files that are taken as a kind, and the most bytes (Cloud API, media). A sticker that does not move
    /// has [`STILL_STICKER`] at most.
    pub const fn files(kind: MediaKind) -> (&'static [&'static str], u64) {
        const MB: u64 = 1024 * 1024;
        match kind {
            MediaKind::Image => (&["image/jpeg", "image/png"], 5 * MB),
            MediaKind::Video => (&["video/mp4", "video/3gpp"], 16 * MB),
            MediaKind::Audio => {
                (&["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB)
            }
            MediaKind::Sticker => (&["image/webp"], 500 * 1024),
            MediaKind::Document => (
                &[
                    "text/plain",
                    "application/pdf",
                    "application/msword",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    "application/vnd.ms-excel",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    "application/vnd.ms-powerpoint",
                    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                ],
                100 * MB,
            ),
        }
    }

    pub const STILL_STICKER: u64 = 100 * 1024;
    pub const TEXT: usize = 4096;
    pub const CAPTION: usize = 1024;
    /// Buttons of one message.
    pub const BUTTONS: usize = 3;
    pub const BUTTONS_BODY: usize = 1024;
    pub const BUTTON_TITLE: usize = 20;
    /// Rows of one list.
    pub const ROWS: usize = 10;
    pub const LIST_BODY: usize = 4096;
    pub const LIST_BUTTON: usize = 20;
    pub const ROW_TITLE: usize = 24;
    pub const ROW_DESCRIPTION: usize = 72;
    /// A text with a link or a form behind its button.
    pub const LINK_BODY: usize = 1024;
    pub const LINK_TITLE: usize = 20;
    pub const FORM_BODY: usize = 1024;
    pub const FORM_BUTTON: usize = 20;
    pub const LOCATION_BODY: usize = 1024;
    /// A template's words with their places filled (and so each value in them), and a text in its header.
    pub const TEMPLATE_BODY: usize = 1024;
    pub const TEMPLATE_HEADER: usize = 60;
    pub const TEMPLATE_BUTTONS: usize = 10;
    /// What a quick reply comes back with, a code to copy, and an address with its ending.
    pub const TEMPLATE_PAYLOAD: usize = 256;
    pub const TEMPLATE_CODE: usize = 20;
    pub const TEMPLATE_URL: usize = 2000;
    /// Seconds that "typing…" is shown.
    pub const TYPING: u32 = 25;
    /// Seconds after the customer's last message in which anything may be said.
    pub const WINDOW: u32 = 24 * 60 * 60;
}

/// A message to the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outgoing {
    Text {
        body: String,
    },
    Media {
        media: MediaKind,
        source: MediaSource,
        /// Empty for none.
        caption: String,
        filename: Option<String>,
        /// What a stored file is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime: Option<String>,
        /// A sound, shown as a voice message.
        #[serde(default)]
        voice: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        /// Empty for none.
        name: String,
        address: String,
    },
    Contacts {
        contacts: Vec<Contact>,
    },
    /// A text with a button that opens an address.
    Link {
        body: String,
        title: String,
        url: String,
    },
    Template(Box<Template>),
    /// Asks for the customer's location.
    AskLocation {
        body: String,
    },
    /// A native form behind a button.
    Form {
        body: String,
        button: String,
        /// Comes back with the answers (Meta's `flow_token`): the id of the block that asks.
        token: String,
        /// Meta's id of the form.
        form: String,
        screen: Option<String>,
        data: Map<String, Value>,
        draft: bool,
    },
    /// One to three reply buttons.
    Buttons {
        body: String,
        buttons: Vec<Button>,
    },
    /// One to ten rows behind a button.
    List {
        body: String,
        button: String,
        rows: Vec<Row>,
    },
}

/// A contact card. What is empty is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub email: String,
    pub company: String,
    pub url: String,
}

/// An approved template with its places filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    pub language: String,
    pub category: Option<TemplateCategory>,
    /// Its body with the places filled, for people; empty where the flow does not say how it reads.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    pub header: Option<Header>,
    /// In the order of the places; with their names where the template has named places.
    pub body: Vec<Parameter>,
    pub buttons: Vec<Filled>,
}

/// What fills a template's header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    Text(Parameter),
    Media { media: MediaKind, source: MediaSource, filename: Option<String> },
}

/// What fills a place of a template's body or header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: Option<String>,
    pub text: String,
}

/// What fills a template's button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    pub index: u32,
    pub kind: TemplateButtonKind,
    /// What stands on it, for people; empty where the flow does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The payload, the ending of the address, the code.
    pub text: String,
}

/// A reply button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub id: String,
    pub title: String,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    /// Empty for none.
    pub description: String,
}

impl Outgoing {
    /// What it says, for the transcript.
    pub(crate) fn words(&self) -> Cow<'_, str> {
        match self {
            Self::Text { body }
            | Self::Link { body, .. }
            | Self::AskLocation { body }
            | Self::Form { body, .. } => Cow::Borrowed(body),
            Self::Media { caption, .. } => Cow::Borrowed(caption),
            Self::Location { name, .. } => Cow::Borrowed(name),
            Self::Contacts { contacts } => Cow::Owned(
                contacts.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", "),
            ),
            Self::Template(template) if !template.text.is_empty() => Cow::Borrowed(&template.text),
            Self::Template(template) => {
                let places = template.body.iter().map(|parameter| parameter.text.as_str());
                Cow::Owned(places.fold(format!("[{}]", template.name), |text, place| text + " " + place))
            }
            Self::Buttons { body, buttons } => Cow::Owned(
                buttons.iter().fold(body.clone(), |text, button| text + " [" + &button.title + "]"),
            ),
            Self::List { body, rows, .. } => {
                Cow::Owned(rows.iter().fold(body.clone(), |text, row| text + " [" + &row.title + "]"))
            }
        }
    }
}

/// What a reply id stands for. The id names the block, so that a tap on an old message is known as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    Option { block: &'a str, option: &'a str },
    Page { block: &'a str, page: u32 },
}

impl<'a> Reply<'a> {
    /// Reads an id that this engine gave out; `None` for anybody else's.
    pub fn parse(id: &'a str) -> Option<Self> {
        let (block, rest) = id.split_once('/')?;
        match rest.strip_prefix('+') {
            Some(page) => Some(Self::Page { block, page: page.parse().ok()? }),
            None => Some(Self::Option { block, option: rest }),
        }
    }

    /// The block that asked.
    pub fn block(&self) -> &'a str {
        match self {
            Self::Option { block, .. } | Self::Page { block, .. } => block,
        }
    }

    /// The id as WhatsApp carries it.
    pub fn id(&self) -> String {
        match self {
            Self::Option { block, option } => format!("{block}/{option}"),
            Self::Page { block, page } => format!("{block}/+{page}"),
        }
    }
}

/// An option with its texts filled in.
pub(crate) struct Offer<'a> {
    pub id: Cow<'a, str>,
    pub title: String,
    pub description: String,
    /// The id outside, where it is not made of the block's and the option's.
    pub payload: Option<&'a str>,
}

impl<'a> Offer<'a> {
    pub fn new(id: impl Into<Cow<'a, str>>, title: String, description: String) -> Self {
        Self { id: id.into(), title, description, payload: None }
    }
}

/// The engine's own words on a choice.
pub(crate) struct Labels<'a> {
    pub more: &'a str,
    pub choose: &'a str,
    pub choose_body: &'a str,
}

/// How a choice is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Buttons,
    List,
    Numbered,
}

/// Rows of a page that is followed by another.
const PAGE: usize = whatsapp::ROWS - 1;

/// The rule of this module's head.
pub(crate) fn shape(offers: &[Offer], more: &str) -> Shape {
    let fits = |limit| offers.iter().all(|offer| units(&offer.title) <= limit);
    let mut titles: Vec<_> = offers.iter().map(|offer| fold(&offer.title)).collect();
    if offers.len() > whatsapp::ROWS {
        titles.push(fold(more));
    }
    titles.sort_unstable();
    let unique = titles.windows(2).all(|pair| pair[0] != pair[1]);
    if !unique || !fits(whatsapp::ROW_TITLE) {
        return Shape::Numbered;
    }
    let plain = offers.iter().all(|offer| offer.description.is_empty());
    if plain && offers.len() <= whatsapp::BUTTONS && fits(whatsapp::BUTTON_TITLE) {
        Shape::Buttons
    } else {
        Shape::List
    }
}

/// The options of a list's page, and whether another page follows. Empty beyond the last page.
pub(crate) fn page(count: usize, page: u32) -> (std::ops::Range<usize>, bool) {
    let start = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(PAGE).min(count);
    if count - start <= whatsapp::ROWS { (start..count, false) } else { (start..start + PAGE, true) }
}

/// The messages that show a choice.
pub(crate) fn choice(
    block: &str,
    body: &str,
    offers: &[Offer],
    shown: u32,
    labels: &Labels,
) -> Vec<Outgoing> {
    let mut body = body.trim();
    let shape = match shape(offers, labels.more) {
        // Buttons take a shorter body than a list does.
        Shape::Buttons if units(body) > whatsapp::BUTTONS_BODY => Shape::List,
        shape => shape,
    };
    if shape == Shape::Numbered {
        return text(&numbered(if body.is_empty() { labels.choose_body } else { body }, offers));
    }
    let mut messages = Vec::new();
    if units(body) > whatsapp::LIST_BODY {
        messages = text(body);
        body = "";
    }
    let body =
        if body.is_empty() { cut(labels.choose_body, whatsapp::BUTTONS_BODY) } else { body.to_owned() };
    let id = |offer: &Offer| match offer.payload {
        Some(payload) => payload.to_owned(),
        None => Reply::Option { block, option: &offer.id }.id(),
    };
    messages.push(if shape == Shape::Buttons {
        let button = |offer: &Offer| Button { id: id(offer), title: offer.title.clone() };
        Outgoing::Buttons { body, buttons: offers.iter().map(button).collect() }
    } else {
        let (range, more) = page(offers.len(), shown);
        let row = |offer: &Offer| Row {
            id: id(offer),
            title: offer.title.clone(),
            description: cut(&offer.description, whatsapp::ROW_DESCRIPTION),
        };
        let mut rows: Vec<_> = offers[range].iter().map(row).collect();
        if more {
            let id = Reply::Page { block, page: shown.saturating_add(1) }.id();
            rows.push(Row { id, title: cut(labels.more, whatsapp::ROW_TITLE), description: String::new() });
        }
        Outgoing::List { body, button: cut(labels.choose, whatsapp::LIST_BUTTON), rows }
    });
    messages
}

pub(crate) fn numbered(body: &str, offers: &[Offer]) -> String {
    let mut lines = vec![body.to_owned(), String::new()];
    for (n, Offer { title, description, .. }) in offers.iter().enumerate() {
        let dash = if description.is_empty() { "" } else { " – " };
        lines.push(format!("{}. {title}{dash}{description}", n + 1));
    }
    lines.join("\n")
}

/// The messages that show a text: as few as its length allows, none for an empty one.
pub(crate) fn text(body: &str) -> Vec<Outgoing> {
    let mut messages = Vec::new();
    let mut rest = body.trim();
    while !rest.is_empty() {
        let (piece, after) = split(rest, whatsapp::TEXT);
        messages.push(Outgoing::Text { body: piece.trim_end().to_owned() });
        rest = after.trim_start();
    }
    messages
}

/// A template's words with their places filled: `{{2}}` by the second value, `{{name}}` by the one of that name.
pub fn filled(words: &str, body: &[Parameter]) -> String {
    let value = |place: &str| {
        let by_name = || body.iter().find(|parameter| parameter.name.as_deref() == Some(place));
        let by_number = || body.get(place.parse::<usize>().ok()?.checked_sub(1)?);
        by_name().or_else(by_number).map(|parameter| parameter.text.as_str())
    };
    let (mut text, mut rest) = (String::with_capacity(words.len()), words);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((place, behind)) = after.split_once("}}") else { break };
        text.push_str(before);
        match value(place.trim()) {
            Some(value) => text.push_str(value),
            None => text.push_str(&rest[before.len()..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    text + rest
}

/// The ending of an address as an address may hold it: what stands for something in one stays, all else is
/// percent-encoded, as Meta asks for.
pub(crate) fn url_ending(text: &str) -> String {
    const STAYS: &str = "-._~!$&'()*+,;=:@/?#%";
    let mut ending = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || STAYS.contains(c) {
            ending.push(c);
        } else {
            ending.push_str(&encoded(c.encode_utf8(&mut [0; 4])));
        }
    }
    ending
}

/// The text, or its beginning and an ellipsis where it is longer than the limit.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    format!("{}…", text[..prefix(text, limit - 1)].trim_end())
}

/// Splits off a piece of at most `limit`, at a line's or a word's end where there is one in its second half.
fn split(text: &str, limit: usize) -> (&str, &str) {
    // Bytes are never fewer than UTF-16 units.
    if text.len() <= limit || units(text) <= limit {
        return (text, "");
    }
    let end = prefix(text, limit);
    let late = |at: &usize| *at > end / 2;
    let at =
        text[..end].rfind('\n').filter(late).or_else(|| text[..end].rfind(' ').filter(late)).unwrap_or(end);
    text.split_at(at)
}

/// Bytes of the longest beginning with at most `limit` UTF-16 units.
fn prefix(text: &str, limit: usize) -> usize {
    let mut counted = 0;
    for (at, c) in text.char_indices() {
        counted += c.len_utf16();
        if counted > limit {
            return at;
        }
    }
    text.len()
}
