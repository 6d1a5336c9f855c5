//! A native form on the phone. Only Meta knows what a form looks like, so it is shown plainly: what it was sent with, and
//! what the flows read out of it.

use beseda_wire::bots::FormFields;
use beseda_wire::messages::{Content, FormReply};
use serde_json::{Map, Value};

use super::Sheet;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::kit::field::Field;
use crate::kit::{Button, Icon, Look, el, event};
use crate::{Node, t};

#[derive(Debug, Default)]
pub struct Model {
    /// Names, joined by dots where they lie within one another, and what is answered.
    answers: Vec<(String, String)>,
    /// The name of an answer that is to be added.
    name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The form behind this message is opened.
    Open(String),
    Fields(String, Result<FormFields, Failure>),
    Type(usize, String),
    Name(String),
    Add,
    Send,
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::Form(msg).into()
    }
}

const NAME: &str = "phone-form-name";

impl super::Model {
    pub(super) fn fill(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Open(message) => {
                let Some(Content::Form(form)) = self.message(&message).map(|found| &found.content) else {
                    return vec![];
                };
                let begins = form.data.as_ref().and_then(Value::as_object).into_iter().flatten();
                let answers = begins.map(|(name, value)| (name.clone(), plain(value))).collect();
                let asked = api::form_fields(&form.flow_id);
                self.form = Model { answers, name: String::new() };
                self.sheet = Some(Sheet::Form(message.clone()));
                vec![
                    asked.then(move |answer| super::Msg::Form(Msg::Fields(message.clone(), answer))),
                    Effect::Focus("phone-sheet".to_owned()),
                ]
            }
            Msg::Fields(message, Ok(known)) if self.sheet == Some(Sheet::Form(message.clone())) => {
                for field in known.fields {
                    if self.form.answers.iter().all(|(name, _)| *name != field) {
                        self.form.answers.push((field, String::new()));
                    }
                }
                vec![]
            }
            // What flows read is a help; the form can be filled in without it.
            Msg::Fields(..) => vec![],
            Msg::Type(at, text) => {
                if let Some((_, answer)) = self.form.answers.get_mut(at) {
                    *answer = text;
                }
                vec![]
            }
            Msg::Name(name) => {
                self.form.name = name;
                vec![]
            }
            Msg::Add => {
                let name = std::mem::take(&mut self.form.name).trim().to_owned();
                let at = self.form.answers.len();
                if name.is_empty() || self.form.answers.iter().any(|(known, _)| *known == name) {
                    return vec![];
                }
                self.form.answers.push((name, String::new()));
                vec![Effect::SetValue(NAME.to_owned(), String::new()), Effect::Focus(field_id(at))]
            }
            Msg::Send => {
                let Some(Sheet::Form(message)) = self.sheet.take() else { return vec![] };
                let answers = together(std::mem::take(&mut self.form.answers));
                let reply = FormReply { name: None, body: None, answers: Value::Object(answers) };
                let mut effects = self.say(Content::FormReply(reply), Some(message));
                effects.push(Effect::Focus(super::FIELD.to_owned()));
                effects
            }
        }
    }

    /// The fields of the form that is open, its words, and what sends it.
    pub(super) fn form_rows(&self) -> Vec<Node> {
        let fields = self.form.answers.iter().enumerate().map(|(at, (name, answer))| {
            let listener = event::input_of(at, |at, text| super::Msg::Form(Msg::Type(at, text)));
            Field::new(&field_id(at), name.clone()).value(answer).on(listener)
        });
        let name = Field::new(NAME, t!("phone-form-name"))
            .value(&self.form.name)
            .on(event::input(|text| super::Msg::Form(Msg::Name(text))));
        vec![
            el("form")
                .key("form")
                .class("handset-form")
                .on(event::submit(Msg::Send))
                .children(fields)
                .child(el("p").class("hint").key("hint").text(t!("phone-form-hint")))
                .child(Button::new(Look::Primary, t!("phone-form-send")).submit())
                .into(),
            el("form")
                .key("more")
                .class("handset-form more")
                .on(event::submit(Msg::Add))
                .child(name)
                .child(Button::new(Look::Plain, t!("phone-form-add")).icon(Icon::Plus).submit())
                .into(),
        ]
    }
}

fn field_id(at: usize) -> String {
    format!("phone-form-{at}")
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The answers as one object: `visit.day` lies within `visit`. Lists and objects are written as JSON.
fn together(answers: Vec<(String, String)>) -> Map<String, Value> {
    let mut whole = Map::new();
    for (name, answer) in answers {
        let value = if answer.starts_with(['[', '{']) {
            serde_json::from_str(&answer).unwrap_or(Value::String(answer))
        } else {
            Value::String(answer)
        };
        let mut place = &mut whole;
        let mut names = name.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                place.insert(name.to_owned(), value);
                break;
            }
            let inside = place.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if !inside.is_object() {
                *inside = Value::Object(Map::new());
            }
            match inside {
                Value::Object(inside) => place = inside,
                _ => break,
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_lie_where_their_names_say() {
        let answers =
            [("a", "1"), ("visit.day", "12 May"), ("visit.time.h", "9"), ("list", "[1, 2]"), ("odd", "[1")];
        let answers = answers.map(|(name, answer)| (name.to_owned(), answer.to_owned())).into();
        assert_eq!(
            Value::Object(together(answers)),
            json!({"a": "1", "visit": {"day": "12 May", "time": {"h": "9"}}, "list": [1, 2], "odd": "[1"})
        );
    }
}
