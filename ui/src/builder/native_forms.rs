//! The native forms of the business's numbers, as WhatsApp has them: asked for once, when a flow first has a use for them.
//! They fill the form of the block that asks by one, and the test panel shows them.

use std::collections::{BTreeMap, BTreeSet};

use beseda_wire::forms::NativeForm;
use beseda_wire::ids::NumberId;
use beseda_wire::page::Page;
use beseda_wire::whatsapp::Number;
use serde_json::{Value, json};

use super::document::ops::Of;
use super::document::pointer;
use super::model::Model;
use crate::api::{self, Failure};
use crate::effect::Effects;

#[derive(Debug, Default)]
pub struct Known {
    asked: bool,
    /// Lists that are still to come.
    waiting: usize,
    failed: bool,
    /// With the number whose account has it.
    pub list: Vec<(NumberId, NativeForm)>,
    /// Those that the flow uses, with what they look like.
    read: BTreeMap<String, NativeForm>,
    /// Asked for already.
    wanted: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Numbers(Result<Page<Number>, Failure>),
    Of(NumberId, Result<Page<NativeForm>, Failure>),
    One(Result<Box<NativeForm>, Failure>),
    /// This one is to be asked by.
    Choose(Of, String),
    /// All that it sends back goes into variables of the same names.
    SaveAll(Of, String),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::NativeForms(msg).into()
    }
}

impl Known {
    pub fn is_waiting(&self) -> bool {
        self.waiting > 0
    }

    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// A form with what it looks like.
    pub fn find(&self, id: &str) -> Option<&NativeForm> {
        self.read.get(id)
    }
}

impl Model {
    /// Asks for the forms, once, when the flow has a use for them; and for what those look like that it uses.
    pub fn ask_native_forms(&mut self) -> Effects {
        let used: Vec<String> = self
            .doc
            .blocks()
            .filter_map(|(_, block)| pointer::get(&block.fields, "/form/id")?.as_str().map(str::to_owned))
            .collect();
        let known = &mut self.native_forms;
        if !known.asked && !used.is_empty() {
            *known = Known { asked: true, waiting: 1, ..Known::default() };
            return vec![api::numbers().then(Msg::Numbers)];
        }
        let mut effects = vec![];
        for id in used {
            let listed = known.list.iter().find(|(_, form)| form.id == id);
            if let Some((number, _)) = listed
                && known.wanted.insert(id.clone())
            {
                effects.push(api::native_form(*number, &id).then(|form| Msg::One(form.map(Box::new))));
            }
        }
        effects
    }

    pub fn update_native_forms(&mut self, msg: Msg) -> Effects {
        let known = &mut self.native_forms;
        match msg {
            Msg::Numbers(Ok(page)) => {
                known.waiting = 0;
                // Numbers of one account have the same forms.
                let mut accounts = BTreeSet::new();
                let mut effects = vec![];
                for number in page.items.into_iter().filter(|number| accounts.insert(number.waba_id.clone()))
                {
                    known.waiting += 1;
                    let id = number.id;
                    effects.push(api::native_forms(id).then(move |forms| Msg::Of(id, forms)));
                }
                effects
            }
            Msg::Of(number, Ok(page)) => {
                known.waiting = known.waiting.saturating_sub(1);
                known.list.extend(page.items.into_iter().map(|form| (number, form)));
                known.list.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
                self.ask_native_forms()
            }
            Msg::Numbers(Err(_)) | Msg::Of(_, Err(_)) => {
                known.waiting = known.waiting.saturating_sub(1);
                known.failed = true;
                vec![]
            }
            Msg::One(Ok(form)) => {
                known.read.insert(form.id.clone(), *form);
                vec![]
            }
            // What it looks like is a help; the block can be filled in without it.
            Msg::One(Err(_)) => vec![],
            Msg::Choose(of, id) => self.choose_native_form(&of, &id),
            Msg::SaveAll(of, id) => self.save_all_answers(&of, &id),
        }
    }

    fn choose_native_form(&mut self, of: &Of, id: &str) -> Effects {
        self.epoch += 1;
        let is_draft = self.native_forms.list.iter().any(|(_, form)| form.id == id && !form.published);
        let doc = self.doc.clone().changed(of, |fields| {
            pointer::set(fields, "/form/id", json!(id));
            pointer::set(fields, "/form/draft", if is_draft { json!(true) } else { Value::Null });
            // Of another form.
            pointer::set(fields, "/form/screen", Value::Null);
        });
        self.edited(doc, of, None)
    }

    fn save_all_answers(&mut self, of: &Of, id: &str) -> Effects {
        let Some(form) = self.native_forms.find(id).cloned() else { return vec![] };
        self.epoch += 1;
        let doc = self.doc.clone().changed(of, |fields| {
            let saved = pointer::get(fields, "/form/save").and_then(Value::as_array);
            let mut saved = saved.cloned().unwrap_or_default();
            saved.retain(|one| one["path"].as_str().is_some_and(|path| !path.is_empty()));
            for name in form.fields {
                if !saved.iter().any(|one| one["path"] == *name) {
                    saved.push(json!({ "path": name, "variable": name }));
                }
            }
            pointer::set(fields, "/form/save", Value::Array(saved));
        });
        self.edited(doc, of, None)
    }
}
