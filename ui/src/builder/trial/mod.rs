//! Trying a block's request: the server makes it as a run would, and what comes back is shown as a tree. A click on a value
//! keeps it in a variable from now on.

mod tree;
mod view;

use std::collections::BTreeMap;

use beseda_flow::{Compiled, Flow};
use beseda_wire::trials::{TriedRequest, TryRequest};
use serde_json::{Map, Value, json};

use super::Msg as BuilderMsg;
use super::document::ops::Of;
use super::document::pointer;
use super::document::{Block, Fields};
use super::model::Model as Builder;
use super::{panel, words};
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// What stands in place of a variable's value.
    Value(String, String),
    Send,
    /// Of this block's request.
    Answered(String, Result<Box<TriedRequest>, Failure>),
    /// The value at this path is kept in a variable.
    Pick(String),
    /// What comes in this header is.
    PickHeader(String),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Trial(msg).into()
    }
}

#[derive(Debug, Default)]
pub struct Model {
    /// By the names of variables; kept for other blocks that read the same.
    values: BTreeMap<String, String>,
    /// The block whose answer is waited for.
    waits: Option<String>,
    answer: Option<(String, Result<Box<TriedRequest>, Failure>)>,
}

impl Builder {
    pub fn update_trial(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Value(name, text) => {
                self.trial.values.insert(name, text);
                vec![]
            }
            Msg::Send => {
                let Of::Block(id) = self.form() else { return vec![] };
                let Some((_, block)) = self.doc.block(&id) else { return vec![] };
                if self.trial.waits.is_some() {
                    return vec![];
                }
                let variables: Map<String, Value> = Self::reads(block)
                    .into_iter()
                    .map(|name| (name.clone(), meant(&self.stand_in(&name))))
                    .collect();
                let asked = TryRequest { block: block.to_json(), variables: variables.into() };
                self.trial.waits = Some(id.clone());
                self.trial.answer = None;
                vec![api::try_request(&asked).then(move |answer| Msg::Answered(id, answer.map(Box::new)))]
            }
            Msg::Answered(block, answer) => {
                if self.trial.waits.as_ref() == Some(&block) {
                    self.trial.waits = None;
                    self.trial.answer = Some((block, answer));
                    // It stands at the end of a long form.
                    return vec![Effect::Reveal("trial-told".to_owned())];
                }
                vec![]
            }
            Msg::Pick(path) => self.pick(&PARTS, &path),
            Msg::PickHeader(name) => self.pick(&HEADERS, &name),
        }
    }

    /// The variables that a block reads.
    fn reads(block: &Block) -> Vec<String> {
        let flow = json!({ "schema": 1, "id": "trial", "name": "trial",
            "groups": [{ "id": "g", "blocks": [block.to_json()] }] });
        let Ok(flow) = Flow::from_value(flow) else { return vec![] };
        Compiled::new(&flow, 0).reads(&block.id).into_iter().map(str::to_owned).collect()
    }

    /// What is sent in place of a variable: what was typed, else what a run would begin with.
    fn stand_in(&self, name: &str) -> String {
        if let Some(typed) = self.trial.values.get(name) {
            return typed.clone();
        }
        let declared = self.doc.rest.get("variables").and_then(Value::as_array).into_iter().flatten();
        let mut declared =
            declared.filter(|variable| variable.get("name").and_then(Value::as_str) == Some(name));
        let default = declared.next().and_then(|variable| variable.get("default"));
        default.or(self.test.customer.known().get(name)).map(words::plain).unwrap_or_default()
    }

    /// Keeps a part of an answer: in the mapping that is there, or in a new one with a variable of its own.
    fn pick(&mut self, list: &List, part: &str) -> Effects {
        let of = self.form();
        let Some(fields) = self.doc.fields(&of) else { return vec![] };
        let saved = list.saved(fields);
        let is = |at: &&(String, String)| at.0 == part && !at.1.is_empty();
        if let Some(index) = saved.iter().position(|one| is(&one)) {
            return vec![Effect::Focus(self.save_field(&of, list, index))];
        }
        let record = json!({ "variable": self.free_name(part), list.part: part });
        // A mapping that nobody has filled in yet is the place for it.
        let free = saved.iter().position(|(_, variable)| variable.is_empty());
        let index = free.unwrap_or(saved.len());
        let doc = self.doc.clone().changed(&of, |fields| {
            let Some(items) = pointer::list_mut(fields, list.at) else { return };
            match free {
                Some(index) => items[index] = record,
                None => items.push(record),
            }
        });
        // The fields show what was put into them.
        self.epoch += 1;
        let mut effects = self.edited(doc, &of, None);
        effects.push(Effect::Focus(self.save_field(&of, list, index)));
        effects
    }

    fn save_field(&self, of: &Of, list: &List, index: usize) -> String {
        panel::field_id(of, &format!("{}/{index}/variable", list.at), self.epoch)
    }

    /// A name for what lies at a path that no other variable has: `items.0.price` is called `price`.
    fn free_name(&self, path: &str) -> String {
        let last = path.rsplit('.').find(|step| step.parse::<usize>().is_err()).unwrap_or_default();
        let letter = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = last.chars().map(letter).collect();
        let name = name.trim_matches('_');
        let name = match name.chars().next() {
            None => "answer".to_owned(),
            Some(first) if first.is_numeric() => format!("value_{name}"),
            Some(_) => name.to_owned(),
        };
        let taken = self.doc.variables();
        let is_free = |name: &String| !taken.contains(name) && !beseda_flow::is_taken_name(name);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name)
    }
}

/// A block's mappings of one kind: a list whose records name a part of the answer and a variable.
pub struct List {
    at: &'static str,
    part: &'static str,
}

/// Parts of the body, by their paths.
pub const PARTS: List = List { at: "/save", part: "path" };
/// Headers, by their names.
pub const HEADERS: List = List { at: "/save_headers", part: "header" };

impl List {
    /// The mappings: parts and variables.
    fn saved(&self, fields: &Fields) -> Vec<(String, String)> {
        let items = pointer::get(fields, self.at).and_then(Value::as_array).into_iter().flatten();
        let text = |item: &Value, name: &str| item.get(name).map(words::plain).unwrap_or_default();
        items.map(|item| (text(item, self.part), text(item, "variable"))).collect()
    }
}

/// A typed value: JSON where it is JSON, else the text.
fn meant(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
