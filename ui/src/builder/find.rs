//! Finding in the flow: a word in titles, texts, options and names of variables.

use serde_json::Value;

use super::Msg as BuilderMsg;
use super::document::Item;
use super::kinds;
use super::model::Model as Builder;
use crate::effect::{Effect, Effects};
use crate::i18n::t;
use crate::kit::event::ListKey;
use crate::kit::{Icon, el, event, icon, icon_button};
use crate::{Node, t};

/// More are not read.
const MOST: usize = 60;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Typed(String),
    Key(ListKey),
    Take(usize),
    Close,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    pub wanted: String,
    at: usize,
    hits: Vec<Hit>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub item: Item,
    pub title: String,
    /// The words around what was found.
    pub words: String,
}

impl Builder {
    pub fn update_find(&mut self, msg: Msg) -> Effects {
        let Some(find) = &mut self.find else { return vec![] };
        match msg {
            Msg::Typed(text) => {
                find.wanted = text;
                find.at = 0;
                let wanted = find.wanted.clone();
                let hits = self.hits(&wanted);
                if let Some(find) = &mut self.find {
                    find.hits = hits;
                }
                vec![]
            }
            Msg::Key(ListKey::Enter) => {
                let at = find.at;
                let mut effects = self.take_hit(at);
                // Enter again goes on to the next one.
                if let Some(find) = &mut self.find {
                    find.at = (at + 1) % find.hits.len().max(1);
                }
                effects.push(Effect::Focus("flow-find".to_owned()));
                effects
            }
            Msg::Key(key) => {
                find.at = key.step(find.at, find.hits.len());
                vec![Effect::Reveal(format!("hit-{}", find.at))]
            }
            Msg::Take(at) => self.take_hit(at),
            Msg::Close => {
                self.find = None;
                vec![Effect::Focus("canvas".to_owned())]
            }
        }
    }

    fn take_hit(&mut self, at: usize) -> Effects {
        let item = self.find.as_ref().and_then(|find| find.hits.get(at)).map(|hit| hit.item.clone());
        item.map(|item| self.go_to(item)).unwrap_or_default()
    }

    /// Everything that holds the words, in the order of the flow.
    pub fn hits(&self, wanted: &str) -> Vec<Hit> {
        let wanted = wanted.trim().to_lowercase();
        if wanted.is_empty() {
            return vec![];
        }
        let mut hits = vec![];
        for group in self.doc.groups.iter() {
            let title = self.group_title(group);
            if title.to_lowercase().contains(&wanted) {
                let item = Item::Group(group.id.clone());
                hits.push(Hit { item, title: title.clone(), words: t("group") });
            }
            for block in &group.blocks {
                let kind = kinds::title(block);
                // What leads elsewhere is known by the name of the place, and holds nothing else but ids.
                let leads = matches!(block.kind.as_str(), "jump" | "sub_flow");
                let told = self.scene.words_of(block);
                let texts = if leads { vec![told.clone()] } else { texts(&block.fields) };
                let words = texts.into_iter().find(|text| text.to_lowercase().contains(&wanted));
                let by_kind = kind
                    .to_lowercase()
                    .contains(&wanted)
                    .then(|| if told == kind { String::new() } else { told });
                if let Some(words) = words.map(|text| around(&text, &wanted)).or(by_kind) {
                    let item = Item::Block(block.id.clone());
                    hits.push(Hit { item, title: format!("{title} · {kind}"), words });
                }
            }
        }
        for trigger in self.doc.triggers.iter() {
            let words = kinds::trigger_summary(trigger);
            if words.to_lowercase().contains(&wanted) {
                hits.push(Hit { item: Item::Trigger(trigger.id.clone()), title: t("trigger"), words });
            }
        }
        for note in self.doc.notes.iter().filter(|note| note.text("text").to_lowercase().contains(&wanted)) {
            let words = around(note.text("text"), &wanted);
            hits.push(Hit { item: Item::Note(note.id.clone()), title: t("note"), words });
        }
        hits.truncate(MOST);
        hits
    }

    pub fn view_find(&self, find: &Model) -> Node {
        let count = find.hits.len();
        let status = if find.wanted.trim().is_empty() {
            String::new()
        } else {
            t!("find-count", count = u32::try_from(count).unwrap_or(u32::MAX))
        };
        el("div")
            .class("flow-find")
            .key("find")
            .attr("role", "search")
            .child(
                el("div")
                    .class("search")
                    .child(icon(Icon::Search))
                    .child(
                        el("input")
                            .id("flow-find")
                            .attr("type", "search")
                            .attr("autocomplete", "off")
                            .attr("value", "")
                            .attr("placeholder", t("find"))
                            .label(t("find"))
                            .on(event::input(|text| BuilderMsg::Find(Msg::Typed(text))))
                            .on(event::keys(|key| BuilderMsg::Find(Msg::Key(key)))),
                    )
                    .child(el("span").class("muted num").attr("role", "status").text(status))
                    .child(icon_button(Icon::X, &t("close"), BuilderMsg::Find(Msg::Close))),
            )
            .maybe((count > 0).then(|| {
                el("div").class("find-hits").key("hits").children(find.hits.iter().enumerate().map(
                    |(index, hit)| {
                        el("button")
                            .id(format!("hit-{index}"))
                            .class("find-hit")
                            .class_if(index == find.at, "on")
                            .attr("type", "button")
                            .on(event::click(BuilderMsg::Find(Msg::Take(index))))
                            .child(el("b").class("cut").text(&hit.title))
                            .child(el("span").class("muted cut").text(&hit.words))
                    },
                ))
            }))
            .into()
    }
}

/// All texts inside a record, ids left out.
fn texts(fields: &super::document::Fields) -> Vec<String> {
    fn gather(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
            Value::Object(fields) => {
                fields.iter().filter(|(name, _)| *name != "id").for_each(|(_, value)| gather(value, into));
            }
            _ => {}
        }
    }
    let mut found = vec![];
    fields.values().for_each(|value| gather(value, &mut found));
    found
}

/// Some words before and after what was found.
fn around(text: &str, wanted: &str) -> String {
    let line = text.lines().find(|line| line.to_lowercase().contains(wanted)).unwrap_or(text);
    line.trim().chars().take(90).collect()
}
