//! Who the customer of a try is, and what is so in the business meanwhile: what a run is told of when it begins, and what it
//! asks for. All of it has a value that needs no thought, and can be another one before the try and in the middle of it.

use std::collections::BTreeMap;

use beseda_flow::{Call, Session, is_own_field};
use serde_json::{Map, Value, json};

use super::super::model::Model as Builder;
use super::chat;
use crate::effect::{Effect, Effects};
use crate::i18n::t;

/// The variable that holds what a run knows of its customer.
const CONTACT: &str = "contact";

/// A part of the customer that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Name,
    Phone,
    Email,
    /// Separated by commas.
    Tags,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Name, Self::Phone, Self::Email, Self::Tags];

    /// The end of the key of its label, and of its field's id.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Tags => "tags",
        }
    }
}

/// What blocks ask that is yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Whether the business is open, by its working hours.
    Open,
    /// Whether somebody of the team is online.
    Online,
}

impl Question {
    pub const ALL: [Self; 2] = [Self::Open, Self::Online];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Online => "online",
        }
    }

    /// The one that a call asks.
    pub fn of(call: &Call) -> Option<Self> {
        match call {
            Call::Open => Some(Self::Open),
            Call::Online { .. } => Some(Self::Online),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Write(Part, String),
    /// The customer's own fields: name and value of each.
    AddField,
    RemoveField(usize),
    FieldName(usize, String),
    FieldValue(usize, String),
    /// Whether the customer has written to the business before this try.
    Known(bool),
    /// What a question is answered with; asked each time where there is none.
    Answer(Question, Option<bool>),
    Reset,
}

/// Somebody who is made up, with what differs from what is usual.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Customer {
    parts: BTreeMap<Part, String>,
    pub fields: Vec<(String, String)>,
    pub wrote_before: bool,
    answers: BTreeMap<Question, bool>,
    /// The form is drawn anew with each number: after a reset its fields show what is now.
    pub epoch: u32,
}

impl Customer {
    /// What the form shows for a part.
    pub fn text(&self, part: Part) -> String {
        self.parts.get(&part).cloned().unwrap_or_else(|| usual(part))
    }

    pub fn answer(&self, question: Question) -> Option<bool> {
        self.answers.get(&question).copied()
    }

    pub fn is_usual(&self) -> bool {
        *self == Self { epoch: self.epoch, ..Self::default() }
    }

    fn tags(&self) -> Vec<String> {
        let tags = self.text(Part::Tags);
        tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    }

    /// As an expression reads it: `contact`. What is left empty the business does not know.
    fn contact(&self) -> Value {
        let mut contact = Map::new();
        for part in [Part::Name, Part::Phone, Part::Email] {
            let text = self.text(part).trim().to_owned();
            contact.insert(part.key().to_owned(), if text.is_empty() { Value::Null } else { text.into() });
        }
        contact.insert("tags".to_owned(), json!(self.tags()));
        let named = self.fields.iter().filter(|(name, _)| !name.trim().is_empty());
        let fields: Map<String, Value> =
            named.map(|(name, value)| (name.trim().to_owned(), value.clone().into())).collect();
        contact.insert("fields".to_owned(), fields.into());
        contact.into()
    }

    /// What a run knows of its customer.
    pub fn known(&self) -> Map<String, Value> {
        Map::from_iter([(CONTACT.to_owned(), self.contact())])
    }

    /// What a call might come back with, as JSON to be changed: of the customer what the run knows of them by now.
    pub fn sample(&self, call: &Call, session: Option<&Session>) -> String {
        let Call::Fields { fields } = call else { return chat::sample(call) };
        let known = session.and_then(|session| session.variables.get(CONTACT)).cloned();
        let contact = known.unwrap_or_else(|| self.contact());
        let value = |name: &String| {
            let of = if is_own_field(name) { &contact } else { &contact["fields"] };
            of.get(name).cloned().unwrap_or_default()
        };
        let fields: Map<String, Value> = fields.iter().map(|name| (name.clone(), value(name))).collect();
        Value::Object(fields).to_string()
    }

    fn update(&mut self, msg: Msg) {
        match msg {
            // What is written as it usually is differs in nothing.
            Msg::Write(part, text) if text == usual(part) => {
                self.parts.remove(&part);
            }
            Msg::Write(part, text) => {
                self.parts.insert(part, text);
            }
            Msg::AddField => self.fields.push((String::new(), String::new())),
            Msg::RemoveField(at) if at < self.fields.len() => {
                self.fields.remove(at);
                self.epoch += 1;
            }
            Msg::RemoveField(_) => {}
            Msg::FieldName(at, text) => {
                if let Some((name, _)) = self.fields.get_mut(at) {
                    *name = text;
                }
            }
            Msg::FieldValue(at, text) => {
                if let Some((_, value)) = self.fields.get_mut(at) {
                    *value = text;
                }
            }
            Msg::Known(wrote_before) => self.wrote_before = wrote_before,
            Msg::Answer(question, Some(yes)) => {
                self.answers.insert(question, yes);
            }
            Msg::Answer(question, None) => {
                self.answers.remove(&question);
            }
            Msg::Reset => *self = Self { epoch: self.epoch + 1, ..Self::default() },
        }
    }
}

/// What needs no thought.
fn usual(part: Part) -> String {
    match part {
        Part::Name => t("test-name"),
        Part::Phone => "+44 7700 900123".to_owned(),
        Part::Email => "elena@example.com".to_owned(),
        Part::Tags => String::new(),
    }
}

/// What differs from what was becomes what is; what the run itself wrote about the customer stays.
fn become_other(contact: &mut Value, was: &Value, is: &Value) {
    let (Some(contact), Some(is)) = (contact.as_object_mut(), is.as_object()) else { return };
    for (name, value) in is.iter().filter(|(name, value)| was.get(*name) != Some(value)) {
        contact.insert(name.clone(), value.clone());
    }
}

impl Builder {
    /// The customer is somebody else from now on, for a run that goes on, too.
    pub(super) fn update_customer(&mut self, msg: Msg) -> Effects {
        let adds = msg == Msg::AddField;
        let before = self.test.customer.known();
        self.test.customer.update(msg);
        if let Some(session) = &mut self.test.session {
            let mut contact = session.variables.get(CONTACT).cloned().unwrap_or_default();
            become_other(&mut contact, &before[CONTACT], &self.test.customer.contact());
            // It stays what it is where the run has no room for it.
            let _ = session.variables.set(CONTACT, contact);
        }
        // What is waited for is answered now.
        let mut effects = self.answer_questions();
        if adds {
            let last = self.test.customer.fields.len().saturating_sub(1);
            effects.push(Effect::Focus(super::customer_view::field_id(last)));
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_is_told_to_a_run_and_what_is_not_is_usual() {
        let mut customer = Customer::default();
        let usual = customer.known();
        assert_eq!(usual["contact"]["name"], json!(t("test-name")));
        assert!(customer.is_usual() && usual["contact"]["tags"] == json!([]));
        customer.update(Msg::Write(Part::Name, "Ли".into()));
        customer.update(Msg::Write(Part::Email, " ".into()));
        customer.update(Msg::Write(Part::Tags, "vip, , new ".into()));
        customer.update(Msg::AddField);
        customer.update(Msg::AddField);
        customer.update(Msg::FieldName(0, " city ".into()));
        customer.update(Msg::FieldValue(0, "Riga".into()));
        let contact = &customer.known()["contact"];
        assert_eq!((&contact["name"], &contact["email"]), (&json!("Ли"), &Value::Null));
        assert_eq!(
            (&contact["tags"], &contact["fields"]),
            (&json!(["vip", "new"]), &json!({ "city": "Riga" }))
        );
        assert!(!customer.is_usual());
        let call: Call =
            serde_json::from_value(json!({ "call": "fields", "fields": ["city", "name", "size", "tags"] }))
                .unwrap();
        assert_eq!(
            customer.sample(&call, None),
            r#"{"city":"Riga","name":"Ли","size":null,"tags":["vip","new"]}"#
        );
        customer.update(Msg::Reset);
        assert!(customer.is_usual() && customer.known() == usual);
    }

    #[test]
    fn what_a_run_wrote_about_the_customer_stays() {
        let mut customer = Customer::default();
        let was = customer.contact();
        let mut contact = was.clone();
        contact["tags"] = json!(["by the bot"]);
        customer.update(Msg::Write(Part::Name, "Ada".into()));
        become_other(&mut contact, &was, &customer.contact());
        assert_eq!((&contact["name"], &contact["tags"]), (&json!("Ada"), &json!(["by the bot"])));
    }

    #[test]
    fn what_is_written_back_is_usual_again() {
        let mut customer = Customer::default();
        customer.update(Msg::Write(Part::Phone, "+1".into()));
        customer.update(Msg::Write(Part::Phone, super::usual(Part::Phone)));
        customer.update(Msg::Answer(Question::Online, Some(true)));
        assert_eq!((customer.answer(Question::Online), customer.answer(Question::Open)), (Some(true), None));
        customer.update(Msg::Answer(Question::Online, None));
        customer.update(Msg::Known(true));
        assert!(!customer.is_usual());
        customer.update(Msg::Known(false));
        assert!(customer.is_usual());
    }
}
