//! The form of what is chosen.

use beseda_flow::{Finding, Severity};
use serde_json::{Value, json};

use super::inputs::field_id;
use crate::builder::document::ops::Of;
use crate::builder::document::{Block, Group, Item, Spot, pointer};
use crate::builder::kinds::{self, Field, Input};
use crate::builder::model::Model;
use crate::builder::view::kind_icon;
use crate::builder::{Action, Edit, Msg, words};
use crate::i18n::t;
use crate::kit::switch::switch;
use crate::kit::{Button, Icon, Look, el, icon, icon_button};
use crate::{Node, t};

impl Model {
    pub fn view_form(&self) -> Node {
        let form = match self.only() {
            None if self.chosen.len() > 1 => return self.view_many(),
            None => self.flow_form(),
            Some(Item::Block(id)) => match self.doc.block(id) {
                Some((_, block)) => self.block_form(block),
                None => return el("div").into(),
            },
            Some(Item::Group(id)) => match self.doc.group(id) {
                Some(group) => self.group_form(group),
                None => return el("div").into(),
            },
            Some(Item::Trigger(id)) => match self.doc.trigger(id) {
                Some(trigger) => self.trigger_form(trigger),
                None => return el("div").into(),
            },
            Some(Item::Note(id)) => self.note_form(id),
            Some(Item::Edge(id)) if self.is_read_only => {
                return el("div").class("flow-form").key("edge").children(self.edge_form(id)).into();
            }
            Some(Item::Edge(id)) => self.edge_form(id),
        };
        self.form_of(form)
    }

    fn block_form(&self, block: &Block) -> Vec<Node> {
        let of = Of::Block(block.id.clone());
        let (picture, family) = kinds::look(block);
        let mut nodes = vec![head(picture, family, kinds::title(block), self.tools())];
        nodes.extend(self.view_numbers(&block.id));
        nodes.extend(self.findings_of(block));
        nodes.extend(self.allow_address(block));
        nodes.extend(self.view_preview(block));
        match kinds::entry_of(block) {
            Some(entry) => nodes.extend(self.fields(&of, &block.fields, entry.look.form)),
            None => nodes.push(el("p").class("hint").key("unknown").text(t("block-unknown")).into()),
        }
        if matches!(block.kind.as_str(), "subscribe" | "unsubscribe") {
            nodes.push(el("p").class("hint").key("topic").text(t("topic-hint")).into());
        }
        nodes.extend(self.view_own_address(block));
        nodes.extend((!self.is_read_only).then(|| self.view_trial(block)).flatten());
        if kinds::entry_of(block).is_some_and(|entry| takes_expressions(entry.look.form)) {
            nodes.push(super::expressions::help());
        }
        // One that waits to be allowed is no more on by being switched on.
        if !block.waits_to_be_allowed() {
            nodes.push(self.off_switch(&of, block.is_disabled(), &t("block-on")));
        }
        nodes
    }

    /// What lets its addresses go to customers, where they came from elsewhere.
    fn allow_address(&self, block: &Block) -> Option<Node> {
        let found = self.findings(&block.id).any(super::problems::is_allowed_by_people);
        (found && block.has_address_off()).then(|| {
            let words = if block.waits_to_be_allowed() { t("allow-block") } else { t("allow-address") };
            let button = Button::new(Look::Plain, words).icon(Icon::Check).id("allow-address");
            el("div").key("allow").child(button.on(Msg::Allow(Some(block.id.clone())))).into()
        })
    }

    fn findings_of(&self, block: &Block) -> Option<Node> {
        let said = |finding: &Finding| (finding.severity, words::finding(finding, Some(block)));
        told(self.findings(&block.id).map(said))
    }

    fn findings_of_trigger(&self, trigger: &Spot) -> Option<Node> {
        let of = |finding: &&Finding| finding.parameters.get("trigger").is_some_and(|id| *id == trigger.id);
        told(self.problems.iter().filter(of).map(|finding| (finding.severity, words::finding(finding, None))))
    }

    /// The fields that are shown now; rare ones are folded away unless one of them is filled.
    pub(super) fn fields(
        &self,
        of: &Of,
        values: &crate::builder::document::Fields,
        form: &[Field],
    ) -> Vec<Node> {
        // What an import brought can be taken out again.
        let is_there = |field: &&Field| field.is_there() || pointer::get(values, field.at).is_some();
        let shown = |field: &&Field| is_there(field) && field.is_shown(values, "");
        let (rare, usual): (Vec<&Field>, Vec<&Field>) =
            form.iter().filter(shown).partition(|field| field.rare);
        let mut nodes: Vec<Node> = usual.iter().map(|field| self.input(of, values, field)).collect();
        if !rare.is_empty() {
            let filled = rare.iter().any(|field| pointer::get(values, field.at).is_some());
            nodes.push(
                el("details")
                    .class("form-more")
                    .key("more")
                    .flag("open", filled)
                    .child(el("summary").text(t("more-fields")))
                    .children(rare.iter().map(|field| self.input(of, values, field)))
                    .into(),
            );
        }
        nodes
    }

    /// The id of the field that gets the focus when a form is opened.
    pub fn first_field(&self) -> String {
        let of = self.form();
        let at = match &of {
            Of::Flow => "/name",
            Of::Group(_) => "/title",
            Of::Note(_) => "/text",
            Of::Block(id) => {
                let entry = self.doc.block(id).and_then(|(_, block)| kinds::entry_of(block));
                entry.and_then(|entry| entry.look.form.first()).map_or("", |field| first_pointer(field))
            }
            Of::Trigger(id) => {
                let kind = self.doc.trigger(id).map(|trigger| trigger.text("kind")).unwrap_or_default();
                kinds::trigger_form(kind).first().map_or("", |field| first_pointer(field))
            }
        };
        field_id(&of, at, self.epoch)
    }

    fn group_form(&self, group: &Group) -> Vec<Node> {
        let of = Of::Group(group.id.clone());
        let title = Field::new("/title", "title", Input::Plain);
        let mut nodes = vec![
            head(Icon::SquareDashed, "group", t("group"), self.tools()),
            self.input(&of, &group.rest, &title),
        ];
        let start = self.set_start(&Item::Group(group.id.clone()));
        nodes.push(match start {
            Some(msg) => Button::new(Look::Plain, t("start-here")).icon(Icon::Flag).on(msg),
            None => el("p").class("hint").key("start").text(t("is-start")).into(),
        });
        nodes.push(
            el("p")
                .class("hint")
                .key("about")
                .text(t!("group-about", count = u32::try_from(group.blocks.len()).unwrap_or(u32::MAX)))
                .into(),
        );
        nodes
    }

    fn trigger_form(&self, trigger: &Spot) -> Vec<Node> {
        let of = Of::Trigger(trigger.id.clone());
        let kind = trigger.text("kind");
        let mut nodes =
            vec![head(kinds::trigger_icon(kind), "trigger", kinds::trigger_title(kind), self.tools())];
        nodes.extend(self.fields(&of, &trigger.fields, kinds::trigger_form(kind)));
        nodes.extend(self.findings_of_trigger(trigger));
        nodes.extend(self.view_api_call(trigger));
        nodes.extend(self.view_link(trigger));
        nodes.push(self.view_ahead(trigger));
        let is_off = trigger.fields.get("disabled") == Some(&json!(true));
        nodes.push(self.off_switch(&of, is_off, &t("trigger-on")));
        nodes
    }

    fn off_switch(&self, of: &Of, is_off: bool, words: &str) -> Node {
        let value = if is_off { Value::Null } else { json!(true) };
        el("div")
            .class("form-switch")
            .id(field_id(of, "/disabled", self.epoch))
            .child(el("span").text(words))
            .child(switch(words, !is_off, Msg::Edit(Edit::Set(of.clone(), "/disabled".into(), value))))
            .into()
    }

    fn note_form(&self, id: &str) -> Vec<Node> {
        let of = Of::Note(id.to_owned());
        let Some(note) = self.doc.note(id) else { return vec![] };
        let colour = Input::Choice { values: &["", "blue", "green", "red", "violet"], words: "colour" };
        vec![
            head(Icon::StickyNote, "note", t("note"), self.tools()),
            self.input(&of, &note.fields, &Field::new("/text", "text", Input::Text(5000))),
            self.input(&of, &note.fields, &Field::new("/colour", "colour", colour)),
        ]
    }

    fn edge_form(&self, id: &str) -> Vec<Node> {
        let Some(edge) = self.doc.edge(id) else { return vec![] };
        let tools = if self.is_read_only {
            vec![]
        } else {
            vec![icon_button(Icon::Trash2, &t("delete"), Msg::Do(Action::Delete))]
        };
        let mut nodes = vec![
            head(Icon::Route, "edge", t("edge"), tools),
            el("p").key("to").text(t!("leads-to", name = self.place_title(&edge.to).as_str())).into(),
        ];
        if !self.is_read_only {
            let elsewhere = Button::new(Look::Plain, t("edge-elsewhere")).icon(Icon::Route);
            nodes.push(elsewhere.on(Msg::Do(Action::Connect)));
        }
        nodes.push(
            Button::new(Look::Ghost, t("edge-go")).icon(Icon::ArrowRight).on(Msg::GoTo(edge.to.item())),
        );
        nodes
    }

    fn view_many(&self) -> Node {
        el("div")
            .class("flow-form")
            .key("many")
            .child(head(
                Icon::Blocks,
                "group",
                t!("chosen-count", count = u32::try_from(self.chosen.len()).unwrap_or(u32::MAX)),
                self.tools(),
            ))
            .maybe((!self.is_read_only).then(|| el("p").class("hint").text(t("chosen-hint"))))
            .into()
    }
}

pub(super) fn head(picture: Icon, family: &str, title: String, tools: Vec<Node>) -> Node {
    el("header")
        .class("form-head")
        .key("head")
        .child(kind_icon(picture, family))
        .child(el("h2").text(title))
        .children(tools)
        .into()
}

/// What the checker says of one thing. Of two that are the same one is enough.
fn told(said: impl Iterator<Item = (Severity, String)>) -> Option<Node> {
    let mut findings: Vec<(Severity, String)> = vec![];
    for one in said {
        if !findings.contains(&one) {
            findings.push(one);
        }
    }
    if findings.is_empty() {
        return None;
    }
    Some(
        el("ul")
            .class("form-findings")
            .key("findings")
            .children(findings.into_iter().enumerate().map(|(index, (severity, words))| {
                el("li")
                    .key(index)
                    .class(super::problems::severity_class(severity))
                    .child(icon(super::problems::severity_icon(severity)))
                    .child(el("span").text(words))
            }))
            .into(),
    )
}

/// Whether a form has something in which expressions may stand.
fn takes_expressions(form: &[Field]) -> bool {
    form.iter().any(|field| match field.input {
        Input::Body(_)
        | Input::Text(_)
        | Input::Line(_)
        | Input::Formula
        | Input::Pause(_)
        | Input::Value
        | Input::Branches => true,
        Input::Records { fields, .. } => takes_expressions(fields),
        _ => false,
    })
}

/// The pointer of the first thing to write in a field.
fn first_pointer(field: &Field) -> &'static str {
    match field.input {
        Input::Media => "/media/url",
        Input::Template => "/name",
        Input::Keywords => "/keywords/0/text",
        Input::Branches => "/branches/0/when/tests/0/variable",
        _ => field.at,
    }
}
