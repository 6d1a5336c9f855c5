//! What Meta tells us, in our words.
//!
//! [`decode`] turns a body into events; [`route`] and [`split`] find out for whom it is without decoding it. Nothing
//! here checks signatures, drops duplicates or touches a store, and nothing here fails because of one odd item: what
//! cannot be understood becomes [`Event::Unknown`] and is shown to people as it came.
//!
//! Enumerations of Meta are open (FACTS §5): an unknown kind of message is a message whose content is
//! [`Content::Other`], never an error.

mod calls;
mod content;
mod envelope;
mod messages;
mod notices;
mod statuses;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use beseda_wire::messages::{Content, Referral, Status as Progress};
use beseda_wire::time::Time;
use serde_json::Value;

pub use self::envelope::{Route, Unreadable};

use self::envelope::{Change, Envelope};
use crate::customers::{Bsuid, Identity, Phone};
use crate::whatsapp::error::GraphError;

/// Decodes every item of every change, in the order of the body.
///
/// `received_at` stands in for a timestamp that is missing or no number.
pub fn decode(body: &[u8], received_at: Time) -> Result<Vec<Delivery>, Unreadable> {
    let envelope = Envelope::read(body)?;
    let mut deliveries = Vec::new();
    for change in envelope.changes() {
        change.decode(received_at, &mut deliveries);
    }
    Ok(deliveries)
}

/// Everyone whom the body concerns, each once. Cheap: the items are skipped over, not decoded.
pub fn route(body: &[u8]) -> Result<Vec<Route>, Unreadable> {
    Ok(Envelope::read(body)?.routes())
}

/// One body for each owner: see [`Envelope::split`].
pub fn split<O: PartialEq>(
    body: &[u8],
    owner_of: impl FnMut(&Route) -> O,
) -> Result<Vec<(O, Cow<'_, str>)>, Unreadable> {
    Ok(Envelope::read(body)?.split(owner_of))
}

/// One piece of news and for whom it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub route: Route,
    /// The business's number as people write it, where the body names it.
    pub display_phone: Option<String>,
    pub event: Event,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A customer said something. It opens the 24-hour window.
    Message(Box<Message>),
    /// Someone said something to a customer in the WhatsApp Business app on the same number.
    Echo(Box<Message>),
    /// An earlier message was edited or deleted for everyone.
    Amendment(Box<Amendment>),
    /// WhatsApp itself says something in the thread. It opens no window.
    System(Box<System>),
    /// Somebody called. A customer's call opens the 24-hour window too.
    Call(Box<Call>),
    /// How far a message of ours got.
    Status(Box<Status>),
    /// A customer stopped or resumed marketing messages.
    Preference(Preference),
    /// News of the account, its numbers or its templates.
    Notice(Box<Notice>),
    /// What this version does not understand.
    Unknown(Box<Unknown>),
}

/// A person as one webhook names them. Any of it may be missing; with usernames on, the phone usually is (FACTS §9).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerRef {
    /// WhatsApp's name for the phone exactly as it came: what to reply to.
    pub wa_id: Option<String>,
    /// `wa_id` where it is a phone number; not yet the canonical variant.
    pub phone: Option<Phone>,
    pub bsuid: Option<Bsuid>,
    pub parent_bsuid: Option<Bsuid>,
    /// The name on the WhatsApp profile.
    pub name: Option<String>,
    pub username: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Who wrote it; in an echo, to whom it was written.
    pub customer: CustomerRef,
    pub wamid: String,
    pub at: Time,
    /// WhatsApp's word: `text`, `interactive.button_reply`, …
    pub kind: String,
    pub content: Content,
    /// The message it answers or the one whose button was tapped.
    pub reply_to: Option<String>,
    pub forwarded: bool,
    pub frequently_forwarded: bool,
    pub referral: Option<Referral>,
    /// The group it was said in; absent in a conversation of two.
    pub group_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    pub customer: CustomerRef,
    /// The id of the amendment, by which a duplicate is known.
    pub wamid: String,
    pub at: Time,
    /// The business edited or deleted its own message in the app.
    pub echo: bool,
    /// The message that is amended.
    pub target: String,
    /// The new content; `None` when the message was deleted.
    pub content: Option<Content>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// The customer as known until now.
    pub customer: CustomerRef,
    pub wamid: String,
    pub at: Time,
    /// `user_changed_number`, `user_changed_user_id`, `request_welcome`, …
    pub event: String,
    /// WhatsApp's sentence, in English; may be empty.
    pub body: String,
    pub change: Option<IdentityChange>,
}

/// The same person goes by another name from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityChange {
    /// The new names; what is absent did not change or is withheld.
    pub new: CustomerRef,
    pub previous_bsuid: Option<Bsuid>,
    pub previous_parent_bsuid: Option<Bsuid>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub wamid: String,
    pub status: Progress,
    pub at: Time,
    pub recipient: CustomerRef,
    /// What we sent as `biz_opaque_callback_data`.
    pub callback_data: Option<String>,
    /// Why it failed; the first is the one to act on.
    pub errors: Vec<GraphError>,
    /// As it came: its words change with Meta's price lists (FACTS §7).
    pub pricing: Option<Value>,
    pub conversation: Option<Value>,
    pub group_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who called or was called.
    pub customer: CustomerRef,
    /// Meta's id of the call, the same for all that happens in it.
    pub id: String,
    pub at: Time,
    /// When it was taken, where that is told; else the same as `at`.
    pub began: Time,
    pub by_customer: bool,
    pub step: CallStep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallStep {
    Begun,
    /// `seconds` that were talked; `None` when nobody took it.
    Ended {
        seconds: Option<u64>,
    },
    /// A word this version does not know.
    Other(String),
}

impl Call {
    /// What a repetition is known by.
    pub fn key(&self) -> String {
        format!("{}#{}", self.id, self.step.word())
    }
}

impl CallStep {
    /// WhatsApp's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Begun => "connect",
            Self::Ended { .. } => "terminate",
            Self::Other(word) => word,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    pub customer: CustomerRef,
    pub at: Time,
    /// `marketing_messages`.
    pub category: String,
    /// Whether the customer wants no more of them.
    pub stop: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The webhook field: `message_template_status_update`, `account_update`, …
    pub field: String,
    /// What happened, in Meta's word: `APPROVED`, `DISABLED_UPDATE`, …
    pub event: Option<String>,
    pub at: Time,
    /// One sentence in English for the journal and the log.
    pub summary: String,
    pub template: Option<TemplateRef>,
    /// `value` as it came.
    pub raw: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRef {
    pub id: Option<String>,
    pub name: Option<String>,
    /// As it came: Meta writes both `en_US` and `en-US`.
    pub language: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// Where it was and what it called itself: `field.calls`, `status.captured`, …
    pub kind: String,
    /// What was not understood, in English.
    pub why: String,
    /// The item as it came, as JSON.
    pub raw: Value,
}

impl Event {
    /// A short name for lists and searches of the journal: `message.text`, `status.delivered`, …
    pub fn kind(&self) -> String {
        match self {
            Self::Message(message) => format!("message.{}", message.kind),
            Self::Echo(message) => format!("echo.{}", message.kind),
            Self::Amendment(amendment) => {
                let whose = if amendment.echo { "echo" } else { "message" };
                format!("{whose}.{}", if amendment.content.is_some() { "edit" } else { "revoke" })
            }
            Self::System(system) => format!("message.system.{}", system.event),
            Self::Call(call) => format!("call.{}", call.step.word()),
            Self::Status(status) => format!("status.{}", statuses::word(status.status)),
            Self::Preference(preference) => {
                format!("preference.{}", if preference.stop { "stop" } else { "resume" })
            }
            Self::Notice(notice) => match &notice.event {
                Some(event) => format!("field.{}.{event}", notice.field),
                None => format!("field.{}", notice.field),
            },
            Self::Unknown(unknown) => unknown.kind.clone(),
        }
    }

    /// The customer whom it concerns. Events of one customer must be handled one after another.
    pub fn customer(&self) -> Option<&CustomerRef> {
        match self {
            Self::Message(message) | Self::Echo(message) => Some(&message.customer),
            Self::Amendment(amendment) => Some(&amendment.customer),
            Self::System(system) => Some(&system.customer),
            Self::Call(call) => Some(&call.customer),
            Self::Status(status) => Some(&status.recipient),
            Self::Preference(preference) => Some(&preference.customer),
            Self::Notice(_) | Self::Unknown(_) => None,
        }
    }
}

impl CustomerRef {
    /// Sorts the names of a person into their places, since a BSUID may stand where a phone used to.
    fn new(wa_id: Option<String>, user_id: Option<String>, parent: Option<String>) -> Self {
        let mut customer = Self::default();
        for name in [wa_id, user_id].into_iter().flatten() {
            match Bsuid::parse(&name) {
                Ok(bsuid) => customer.bsuid = Some(bsuid),
                // A user id of a form we do not know is still the only way to tell this person from others.
                Err(_) => customer.wa_id = customer.wa_id.or(Some(name)),
            }
        }
        customer.parent_bsuid = parent.and_then(|parent| Bsuid::parse(&parent).ok());
        customer.phone = customer.wa_id.as_deref().and_then(|wa_id| Phone::parse(wa_id).ok());
        customer
    }

    /// How WhatsApp names this person, for lists: the phone before the user id.
    pub fn label(&self) -> Option<&str> {
        self.wa_id.as_deref().or_else(|| self.bsuid.as_ref().map(Bsuid::as_str))
    }

    /// What a customer is found and stored by.
    pub fn identity(&self) -> Identity {
        Identity {
            phone: self.phone.clone(),
            bsuid: self.bsuid.clone(),
            parent_bsuid: self.parent_bsuid.clone(),
            other_id: self.wa_id.clone().filter(|_| self.phone.is_none()),
            username: self.username.clone(),
            profile_name: self.name.clone(),
        }
    }

    pub fn is_nobody(&self) -> bool {
        self.wa_id.is_none() && self.bsuid.is_none() && self.parent_bsuid.is_none()
    }
}

impl Change<'_> {
    fn decode(&self, received_at: Time, out: &mut Vec<Delivery>) {
        let before = out.len();
        let mut push = |event| {
            out.push(Delivery {
                route: self.route.clone(),
                display_phone: self.display_phone.clone(),
                event,
            });
        };
        match self.field.as_str() {
            "messages" => {
                messages::decode(self, received_at, &mut push);
                statuses::decode(self, received_at, &mut push);
                notices::faults(self, received_at, &mut push);
            }
            "smb_message_echoes" => messages::echoes(self, received_at, &mut push),
            // What the field holds besides calls (how a call of ours rings) is news for the journal alone.
            "calls" => {
                if !calls::decode(self, received_at, &mut push) {
                    push(notices::notice(self, received_at));
                }
            }
            "user_preferences" => notices::preferences(self, received_at, &mut push),
            _ => push(notices::notice(self, received_at)),
        }
        if out.len() == before {
            let event = self.unknown(format!("`{}` holds nothing this version knows", self.field));
            out.push(Delivery {
                route: self.route.clone(),
                display_phone: self.display_phone.clone(),
                event,
            });
        }
    }

    fn unknown(&self, why: String) -> Event {
        let kind = if self.field.is_empty() { "field".to_owned() } else { format!("field.{}", self.field) };
        Event::Unknown(Box::new(Unknown { kind, why, raw: self.raw() }))
    }

    /// `value` as it came; its text where it cannot be parsed.
    fn raw(&self) -> Value {
        let raw = self.raw_value().get();
        super::lax::item(raw).unwrap_or_else(|_| Value::from(raw))
    }
}
