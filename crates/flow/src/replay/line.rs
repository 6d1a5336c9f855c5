//! What stands in a transcript, in a form in which two of them can be compared.

use serde::{Deserialize, Serialize};

use super::Change;
use crate::blocks::{MediaKind, MediaSource};
use crate::calls::Outcome;
use crate::effects::{EndReason, Input};
use crate::outgoing::Outgoing;

/// One thing that was said or done, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    Customer {
        at: i64,
        input: Input,
    },
    /// Somebody of the team.
    Person {
        at: i64,
        text: String,
    },
    Said {
        at: i64,
        /// The block that said it; absent where that was not kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        block: Option<String>,
        #[serde(flatten)]
        said: Said,
    },
    HandedOver {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        block: Option<String>,
    },
    Ended {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        block: Option<String>,
        ending: Ending,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// No trigger fires: nobody answers.
    Silent {
        at: i64,
    },
    /// A bot takes the conversation up that had it not before: all that follows is its own.
    Bot {
        at: i64,
        /// The id of its flow; absent for the bot whose draft it is, which is meant before the first such line too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bot: Option<String>,
    },
    /// The customer's record changes.
    Changed {
        at: i64,
        block: String,
        #[serde(flatten)]
        change: Change,
    },
    /// What a call came back with nobody knew; a person has said it.
    Given {
        at: i64,
        block: String,
        call: String,
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// The flow asks something of which nobody knows what it would have come back with. The replay stops here.
    Unknown {
        at: i64,
        block: String,
        call: String,
    },
}

/// What a bot said, without ids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// `text`, `image`, `buttons`, `list`, …
    pub kind: String,
    pub text: String,
    /// Titles of buttons or rows, in order; a row's description after ` – `. Of a template what fills its places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What goes along: a file, an address, a place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Finished,
    HandedOver,
    NoAnswer,
    TimedOut,
    Failed,
    /// The flow itself is at fault.
    Broken,
}

impl Line {
    pub fn at(&self) -> i64 {
        match self {
            Self::Customer { at, .. }
            | Self::Person { at, .. }
            | Self::Said { at, .. }
            | Self::HandedOver { at, .. }
            | Self::Ended { at, .. }
            | Self::Silent { at }
            | Self::Bot { at, .. }
            | Self::Changed { at, .. }
            | Self::Given { at, .. }
            | Self::Unknown { at, .. } => *at,
        }
    }

    /// The block that it comes from.
    pub fn block(&self) -> Option<&str> {
        match self {
            Self::Said { block, .. } | Self::HandedOver { block, .. } | Self::Ended { block, .. } => {
                block.as_deref()
            }
            Self::Unknown { block, .. } | Self::Changed { block, .. } | Self::Given { block, .. } => {
                Some(block)
            }
            Self::Customer { .. } | Self::Person { .. } | Self::Silent { .. } | Self::Bot { .. } => None,
        }
    }

    /// Whether the bot said or did it, where the customer sees it.
    pub fn is_bots(&self) -> bool {
        !matches!(
            self,
            Self::Customer { .. } | Self::Person { .. } | Self::Changed { .. } | Self::Given { .. }
        )
    }
}

impl Said {
    pub fn text(kind: &str, text: &str) -> Self {
        Self { kind: kind.to_owned(), text: text.to_owned(), ..Self::default() }
    }

    #[must_use]
    pub fn with(mut self, with: impl Into<String>) -> Self {
        self.with = with.into();
        self
    }

    #[must_use]
    pub fn choices(mut self, choices: impl IntoIterator<Item = String>) -> Self {
        self.choices = choices.into_iter().collect();
        self
    }

    /// A row as it is compared.
    pub fn row(title: &str, description: &str) -> String {
        if description.is_empty() { title.to_owned() } else { format!("{title} – {description}") }
    }
}

impl From<&Outgoing> for Said {
    fn from(message: &Outgoing) -> Self {
        match message {
            Outgoing::Text { body } => Self::text("text", body),
            Outgoing::Media { media, source, caption, filename, .. } => {
                let file = match source {
                    MediaSource::Stored(file) | MediaSource::Url(file) => file,
                };
                Self::text(media_kind(*media), caption).with(filename.as_ref().unwrap_or(file))
            }
            Outgoing::Location { latitude, longitude, name, address } => {
                Self::text("location", name).with(format!("{latitude}, {longitude} {address}").trim())
            }
            Outgoing::Contacts { contacts } => Self::text(
                "contacts",
                &contacts.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", "),
            )
            .with(contacts.iter().map(|contact| contact.phone.as_str()).collect::<Vec<_>>().join(", ")),
            Outgoing::Link { body, title, url } => {
                Self::text("link", body).choices([title.clone()]).with(url)
            }
            Outgoing::Template(template) => Self::text("template", &template.text)
                .choices(template.body.iter().map(|parameter| parameter.text.clone()))
                .with(&template.name),
            Outgoing::AskLocation { body } => Self::text("ask_location", body),
            Outgoing::Form { body, button, form, .. } => {
                Self::text("form", body).choices([button.clone()]).with(form)
            }
            Outgoing::Buttons { body, buttons } => {
                Self::text("buttons", body).choices(buttons.iter().map(|button| button.title.clone()))
            }
            Outgoing::List { body, button, rows } => Self::text("list", body)
                .choices(rows.iter().map(|row| Self::row(&row.title, &row.description)))
                .with(button),
        }
    }
}

/// What a file is called among the kinds of [`Said`].
pub(super) fn media_kind(media: MediaKind) -> &'static str {
    match media {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

impl From<EndReason> for Ending {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::Finished => Self::Finished,
            EndReason::HandedOver => Self::HandedOver,
            EndReason::NoAnswer => Self::NoAnswer,
            EndReason::TimedOut => Self::TimedOut,
            EndReason::Failed => Self::Failed,
            EndReason::OutOfFuel { .. } | EndReason::Broken => Self::Broken,
        }
    }
}
