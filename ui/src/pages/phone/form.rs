//! A native form on the phone: as the simulator has it. One that it does not know is shown plainly: what it was sent with,
//! and what the flows read out of it.

use beseda_wire::bots::FormFields;
use beseda_wire::forms::NativeForm;
use beseda_wire::messages::{Content, FormReply};
use serde_json::{Map, Value};

use super::Sheet;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::kit::field::Field;
use crate::kit::{Button, Icon, Look, el, event};
use crate::native_form::{self, Filling, Place, Step};
use crate::{Node, t};

#[derive(Debug, Default)]
pub struct Model {
    /// Names, joined by dots where they lie within one another, and what is answered.
    answers: Vec<(String, String)>,
    /// The name of an answer that is to be added.
    name: String,
    /// Of a form that the simulator knows.
    filling: Option<Filling>,
    /// The simulator has not answered yet.
    is_awaited: bool,
}

/// Where the form's own messages go.
const PLACE: Place = Place { prefix: "phone-form", msg: |msg| super::Msg::Form(Msg::Fill(msg)).into() };

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// The form behind this message is opened.
    Open(String),
    Known(String, Box<Result<NativeForm, Failure>>),
    Fill(native_form::Msg),
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
const SHEET: &str = "phone-sheet";

impl super::Model {
    pub(super) fn fill(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Open(message) => {
                let Some(Content::Form(form)) = self.message(&message).map(|found| &found.content) else {
                    return vec![];
                };
                let begins = form.data.as_ref().and_then(Value::as_object).into_iter().flatten();
                let answers = begins.map(|(name, value)| (name.clone(), plain(value))).collect();
                let id = form.flow_name.as_ref().unwrap_or(&form.flow_id);
                let number = self.number_id().unwrap_or_default();
                let asked = api::simulated_form(number, id);
                self.form = Model { answers, is_awaited: true, ..Model::default() };
                self.sheet = Some(Sheet::Form(message.clone()));
                let known = move |answer| super::Msg::Form(Msg::Known(message.clone(), Box::new(answer)));
                vec![asked.then(known), Effect::Focus(SHEET.to_owned())]
            }
            Msg::Known(message, answer) if self.sheet == Some(Sheet::Form(message.clone())) => {
                let Some(Content::Form(form)) = self.message(&message).map(|found| &found.content) else {
                    return vec![];
                };
                let filling = answer
                    .ok()
                    .and_then(|known| Filling::new(known, form.screen.as_deref(), form.data.as_ref()));
                let asked = api::form_fields(&form.flow_id);
                self.form.is_awaited = false;
                if filling.is_some() {
                    self.form.filling = filling;
                    return vec![];
                }
                vec![asked.then(move |answer| super::Msg::Form(Msg::Fields(message.clone(), answer)))]
            }
            Msg::Fill(msg) => self.fill_in(msg),
            Msg::Fields(message, Ok(known)) if self.sheet == Some(Sheet::Form(message.clone())) => {
                for field in known.fields {
                    if self.form.answers.iter().all(|(name, _)| *name != field) {
                        self.form.answers.push((field, String::new()));
                    }
                }
                vec![]
            }
            // What flows read is a help; the form can be filled in without it.
            Msg::Fields(..) | Msg::Known(..) => vec![],
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

    fn fill_in(&mut self, msg: native_form::Msg) -> Effects {
        let Some(filling) = &mut self.form.filling else { return vec![] };
        match filling.update(msg) {
            Step::Stays => vec![],
            Step::Turned => vec![Effect::Focus(SHEET.to_owned())],
            Step::Sent(answers) => {
                let Some(Sheet::Form(message)) = self.sheet.take() else { return vec![] };
                let reply = FormReply { name: None, body: None, answers: Value::Object(answers) };
                self.form = Model::default();
                let mut effects = self.say(Content::FormReply(reply), Some(message));
                effects.push(Effect::Focus(super::FIELD.to_owned()));
                effects
            }
        }
    }

    /// The fields of the form that is open, its words, and what sends it.
    pub(super) fn form_rows(&self) -> Vec<Node> {
        if let Some(filling) = &self.form.filling {
            return filling.view(PLACE);
        }
        if self.form.is_awaited {
            return vec![el("p").key("awaited").class("hint native-form").text(t!("media-loading")).into()];
        }
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
