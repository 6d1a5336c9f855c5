//! The blocks of a flow, as the file says them: `say` speaks, `ask` asks, `logic` decides, `crm` is about the customer,
//! `integration` reaches outside.
//!
//! A block of a kind this version does not know is [`Body::Unknown`]: kept, written back, reported by the checker,
//! and an end of the conversation with a clear error when a run reaches it.

mod ask;
mod crm;
mod integration;
mod logic;
mod say;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::addresses;
use crate::fault::Fault;
use crate::load::pointer;
use crate::model::{Extra, is_default};

pub use ask::{Answer, Form, Opt, Question, Save};
pub use crm::{
    Assign, CreateDeal, CreateTask, FieldValue, HandOver, MoveDeal, Note, ReadFields, SetFields,
    Subscription, Tags,
};
pub use integration::{
    AiAnswer, AiExtract, AiField, AiFieldKind, AiModel, Email, Http, HttpBody, HttpBodyKind, Method, Pair,
    Sealable, WaitCall, reaches_outside,
};
pub use logic::{
    Branch, Break, Case, Comparison, Condition, Ending, Hours, Join, Jump, ListOperation, Loop, Online,
    Operator, Return, SetVariable, Share, Shift, Split, SubFlow, Switch, Test, Tests,
};
pub use say::{
    Card, ContactCard, LinkButton, Media, MediaKind, MediaSource, Menu, Message, Place, SendTemplate,
    TemplateButton, TemplateButtonKind, TemplateCategory, TemplateHeader, TemplateParameter, Wait,
};

/// One block on the canvas.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Block {
    pub id: String,
    /// Stepped over, as if it were not there (but kept in place).
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// It came from strangers, and nobody has allowed the addresses in it: those that a customer would be sent
    /// ([`Body::addresses`]) are left out, and a block that reaches outside is passed by.
    #[serde(default, skip_serializing_if = "is_default")]
    pub address_off: bool,
    #[serde(flatten)]
    pub body: Body,
}

/// Declares the kinds of blocks once: their words in the file, how each is read, and what it holds.
macro_rules! kinds {
    ($($kind:literal => $variant:ident($content:ty) $read:expr,)*) => {
        /// What a block does, told apart by `kind`.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Body {
            $(#[serde(rename = $kind)] $variant($content),)*
            /// A kind of a newer version: the whole of its fields, `kind` among them.
            #[serde(untagged)]
            #[cfg_attr(test, schemars(schema_with = "crate::schema::unknown_block"))]
            Unknown(Extra),
        }

        /// The kinds of blocks that this version knows.
        #[cfg(test)]
        pub(crate) const KINDS: &[&str] = &[$($kind),*];

        impl Body {
            /// The word for the kind in the file.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                    Self::Unknown(fields) => fields.get("kind").and_then(Value::as_str).unwrap_or_default(),
                }
            }

            fn read<'de, D: Deserializer<'de>>(kind: String, mut fields: Extra) -> Result<Self, D::Error> {
                Ok(match kind.as_str() {
                    $($kind => Self::$variant(($read)(inner::<D, _>(fields)?)),)*
                    _ => {
                        fields.insert("kind".to_owned(), Value::String(kind));
                        Self::Unknown(fields)
                    }
                })
            }
        }
    };
}

/// What a plainly held body goes through after reading; the large ones are boxed instead.
fn plain<T>(body: T) -> T {
    body
}

kinds! {
    "message" => Message(Message) plain,
    "location" => Location(Place) plain,
    "contact_card" => ContactCard(ContactCard) plain,
    "menu" => Menu(Menu) plain,
    "link_button" => LinkButton(LinkButton) plain,
    "template" => Template(Box<SendTemplate>) Box::new,
    "wait" => Wait(Wait) plain,
    "question" => Question(Box<Question>) Box::new,
    "set" => Set(SetVariable) plain,
    "condition" => Condition(Condition) plain,
    "switch" => Switch(Switch) plain,
    "split" => Split(Split) plain,
    "jump" => Jump(Jump) plain,
    "sub_flow" => SubFlow(SubFlow) plain,
    "return" => Return(Return) plain,
    "loop" => Loop(Loop) plain,
    "break" => Break(Break) plain,
    "hours" => Hours(Hours) plain,
    "online" => Online(Online) plain,
    "end" => End(Ending) plain,
    "read_fields" => ReadFields(ReadFields) plain,
    "set_fields" => SetFields(SetFields) plain,
    "tags" => Tags(Tags) plain,
    "assign" => Assign(Assign) plain,
    "create_deal" => CreateDeal(Box<CreateDeal>) Box::new,
    "move_deal" => MoveDeal(MoveDeal) plain,
    "create_task" => CreateTask(Box<CreateTask>) Box::new,
    "subscribe" => Subscribe(Subscription) plain,
    "unsubscribe" => Unsubscribe(Subscription) plain,
    "note" => Note(Note) plain,
    "hand_over" => HandOver(HandOver) plain,
    "http" => Http(Box<Http>) Box::new,
    "wait_call" => WaitCall(WaitCall) plain,
    "email" => Email(Box<Email>) Box::new,
    "ai_answer" => AiAnswer(Box<AiAnswer>) Box::new,
    "ai_extract" => AiExtract(Box<AiExtract>) Box::new,
}

impl Body {
    /// The variables that the block gives values to.
    pub(crate) fn sets(&self) -> Vec<&str> {
        fn saved(save: &[Save]) -> impl Iterator<Item = &str> {
            save.iter().map(|save| save.variable.as_str())
        }
        let mut names: Vec<&str> = match self {
            Self::Question(question) => {
                let form = question.form.iter().flat_map(|form| saved(&form.save));
                question.variable.as_deref().into_iter().chain(form).collect()
            }
            Self::Set(set) => return vec![&set.variable],
            Self::Loop(work) => {
                [Some(work.item.as_str()), work.index.as_deref()].into_iter().flatten().collect()
            }
            Self::ReadFields(read) => saved(&read.save).collect(),
            Self::Http(http) => {
                let headers = http.save_headers.iter().map(|save| save.variable.as_str());
                http.status.as_deref().into_iter().chain(headers).chain(saved(&http.save)).collect()
            }
            Self::WaitCall(wait) => saved(&wait.save).collect(),
            Self::AiAnswer(answer) => answer.variable.as_deref().into_iter().collect(),
            Self::AiExtract(extract) => extract.fields.iter().map(|field| field.variable.as_str()).collect(),
            _ => Vec::new(),
        };
        // Not to be kept is said by an empty name.
        names.retain(|name| !name.is_empty());
        names
    }

    /// The addresses that a customer is sent: of a file, of a link button, of a contact, or a text that is nothing else.
    /// They may hold variables. What stands within a text is read there before it is opened, and is not among them; the
    /// address of a template's button is its business's own at Meta.
    pub fn addresses(&self) -> Vec<&str> {
        let mut addresses: Vec<&str> = match self {
            Self::Message(said) if said.media.is_none() && addresses::is_one(&said.text) => vec![&said.text],
            Self::LinkButton(link) => vec![&link.url],
            Self::ContactCard(block) => block.contacts.iter().map(|card| card.url.as_str()).collect(),
            _ => Vec::new(),
        };
        addresses.extend(self.files().filter_map(|media| match &media.source {
            MediaSource::Url(url) => Some(url.as_str()),
            MediaSource::Stored(_) => None,
        }));
        addresses.retain(|address| !address.trim().is_empty());
        addresses
    }

    /// The addresses that it reaches by itself: what it calls, whom it writes to.
    pub fn reached(&self) -> Vec<&str> {
        match self {
            Self::Http(http) => vec![&http.url],
            Self::Email(email) => {
                [&email.to, &email.cc, &email.bcc].into_iter().flatten().map(String::as_str).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The files that the block sends.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Media> {
        fn header(template: &SendTemplate) -> Option<&Media> {
            template.header.as_ref().and_then(|header| header.media.as_ref())
        }
        match self {
            Self::Message(message) => message.media.as_ref(),
            Self::Template(template) => header(template),
            Self::Question(question) => question.template.as_ref().and_then(header),
            _ => None,
        }
        .into_iter()
    }
}

impl Block {
    /// The word for the block's kind in the file.
    pub fn kind(&self) -> &str {
        self.body.kind()
    }

    /// The addresses that it leaves out, or does not reach, until somebody allows them.
    pub fn addresses_off(&self) -> Vec<&str> {
        if !self.address_off {
            return Vec::new();
        }
        let mut addresses = self.body.addresses();
        addresses.extend(self.body.reached());
        // Known by its mark: without it a variable alone is a text like others.
        if let Body::Message(said) = &self.body
            && said.media.is_none()
            && addresses.is_empty()
            && addresses::may_be_one(&said.text)
        {
            addresses.push(&said.text);
        }
        addresses
    }

    /// Whether a run goes by it as if it were not there.
    pub fn is_passed_by(&self) -> bool {
        self.disabled || (self.address_off && reaches_outside(self.kind()))
    }
}

// Written by hand: a derived tagged enum would refuse unknown kinds or, with a catch-all variant, swallow every
// mistake inside a known kind as "unknown"; and neither could name the place of the mistake.
impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Extra::deserialize(deserializer)?;
        let id = text_field::<D>(&mut fields, "id")?;
        let disabled = flag::<D>(&mut fields, "disabled")?;
        let address_off = flag::<D>(&mut fields, "address_off")?;
        let kind = text_field::<D>(&mut fields, "kind")?;
        Ok(Self { id, disabled, address_off, body: Body::read::<D>(kind, fields)? })
    }
}

fn inner<'de, D, T>(fields: Extra) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let (inner, fault) = Fault::of_message(&error.inner().to_string());
        D::Error::custom(fault.message(&(pointer(error.path()) + &inner)))
    })
}

fn flag<'de, D: Deserializer<'de>>(fields: &mut Extra, name: &'static str) -> Result<bool, D::Error> {
    match fields.remove(name) {
        None => Ok(false),
        Some(Value::Bool(on)) => Ok(on),
        Some(_) => Err(D::Error::custom(Fault::NeedsFlag.message(&format!("/{name}")))),
    }
}

fn text_field<'de, D: Deserializer<'de>>(fields: &mut Extra, name: &'static str) -> Result<String, D::Error> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(D::Error::custom(Fault::NeedsText.message(&format!("/{name}")))),
        None => Err(D::Error::missing_field(name)),
    }
}
