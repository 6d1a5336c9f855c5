//! The form of the flow itself, where nothing is chosen.

use super::forms::head;
use super::inputs::{Read, Slot, counted};
use crate::Node;
use crate::builder::document::ops::Of;
use crate::builder::kinds::{self, Field};
use crate::builder::model::Model;
use crate::builder::words;
use crate::i18n::t;
use crate::kit::{Icon, el};

/// Of more characters a phrase is given several lines.
const LINE: usize = 40;

impl Model {
    pub(super) fn flow_form(&self) -> Vec<Node> {
        let rest = &self.doc.rest;
        vec![
            head(Icon::Bot, "flow", t("flow"), vec![]),
            self.input(&Of::Flow, rest, &kinds::FLOW_NAME),
            self.input(&Of::Flow, rest, &kinds::FLOW_LANGUAGE),
            self.part("variables", "field-variables", &[kinds::FLOW_VARIABLES]),
            self.part("settings", "more-fields", kinds::FLOW_SETTINGS),
            self.part("own-words", "own-words", kinds::OWN_WORDS),
            el("p").class("hint of-canvas").key("hint").text(t("flow-hint")).into(),
        ]
    }

    /// A part that is folded away, unless somebody was led to one of its fields.
    fn part(&self, key: &'static str, title: &str, fields: &[Field]) -> Node {
        let wanted = self.field.as_deref().unwrap_or_default();
        let is_wanted = |field: &Field| {
            wanted.strip_prefix(field.at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        el("details")
            .class("form-more")
            .key(key)
            .flag("open", fields.iter().any(is_wanted))
            .child(el("summary").text(t(title)))
            .maybe(
                (key == "own-words").then(|| el("p").class("hint").key("about").text(t("own-words-about"))),
            )
            .children(fields.iter().map(|field| self.input(&Of::Flow, &self.doc.rest, field)))
            .into()
    }

    /// What the engine says by itself in the flow's language, by the pointer of the field that says it otherwise.
    fn said_by_itself(&self, at: &str) -> String {
        let language = serde_json::from_value(self.doc.language().into()).unwrap_or_default();
        let said = serde_json::to_value(beseda_flow::default_texts(language)).unwrap_or_default();
        let name = at.rsplit('/').next().unwrap_or_default();
        said.get(name).map(words::plain).unwrap_or_default()
    }
}

impl Slot<'_> {
    /// Words of the engine's own; what it says without them stands in the empty field.
    pub(super) fn own_words(&self, value: &str, limit: usize) -> Node {
        let input =
            if limit > LINE { el("textarea").attr("rows", "2") } else { el("input").attr("type", "text") };
        let input = input
            .id(self.id())
            .class("input")
            .attr("autocomplete", "off")
            .attr("placeholder", self.model.said_by_itself(&self.at))
            .attr("value", value.to_owned())
            .on(self.on(Read::Optional));
        self.wrapped(None, input, counted(value, limit))
    }
}
