//! The form of a template: which one, and what fills its places.

use beseda_flow::whatsapp;
use beseda_wire::messages::TemplateCategory;
use beseda_wire::whatsapp::{MessageTemplate, TemplateHeaderKind};
use serde_json::Value;

use super::inputs::Slot;
use crate::builder::document::ops::Of;
use crate::builder::document::{Fields, pointer};
use crate::builder::kinds::{Field, Input, Numbers};
use crate::builder::model::Model;
use crate::builder::templates::{Msg, key};
use crate::builder::words;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{el, event};
use crate::{Node, t};

/// The place of the last button that a template can have.
const LAST_BUTTON: u32 = 9;

impl Model {
    /// `slot.at` is where the template stands in the record: of a block of its own, nowhere deeper.
    pub(super) fn template(&self, slot: &Slot<'_>, fields: &Fields) -> Node {
        let text = |at: &str| {
            pointer::get(fields, &format!("{}{at}", slot.at)).map(words::plain).unwrap_or_default()
        };
        let (name, language) = (text("/name"), text("/language"));
        let known = &self.templates;
        let mut nodes: Vec<Node> = vec![];
        let found = known.find(&name, &language);
        if known.list.is_empty() {
            nodes.extend(self.template_by_hand(slot, fields));
        } else {
            nodes.push(self.template_choice(slot, &name, &language));
            match found {
                Some(template) => nodes.extend(self.template_places(slot, fields, template)),
                None if !name.is_empty() => nodes.extend(self.template_by_hand(slot, fields)),
                None => {}
            }
        }
        let hint = match () {
            () if known.is_waiting() => Some(t("templates-loading")),
            () if known.has_failed() => Some(t("templates-failed")),
            () if known.list.is_empty() => None,
            () => found.map(about),
        };
        nodes.extend(hint.map(|hint| el("p").class("hint").key("about").text(hint).into()));
        if slot.at.is_empty() {
            return slot.group(nodes);
        }
        // Of a question: most are asked in words.
        el("details")
            .class("form-more")
            .key(slot.id())
            .flag("open", pointer::get(fields, &slot.at).is_some())
            .child(el("summary").text(&slot.label))
            .children(nodes)
            .into()
    }

    fn template_choice(&self, slot: &Slot<'_>, name: &str, language: &str) -> Node {
        let now = key(name, language);
        let none = (String::new(), t("template-none"));
        let mut options: Vec<(String, String)> = vec![none];
        if !name.is_empty() && self.templates.find(name, language).is_none() {
            options.push((now.clone(), format!("{name} · {language}")));
        }
        options.extend(self.templates.list.iter().map(|template| {
            (key(&template.name, &template.language), format!("{} · {}", template.name, template.language))
        }));
        let chosen = if name.is_empty() { "" } else { &now };
        let listener = event::change_of((slot.of.clone(), slot.at.clone()), chosen_template);
        let name_field = Slot { at: format!("{}/name", slot.at), label: t("field-template-name"), ..*slot };
        select(&name_field.id(), &name_field.label, chosen, options, listener)
    }

    /// A field for each place of a template that is known, called by the place and what it was approved with.
    fn template_places(&self, slot: &Slot<'_>, fields: &Fields, template: &MessageTemplate) -> Vec<Node> {
        let field = |at: String, label: String, limit: usize| {
            let at = format!("{}{at}", slot.at);
            let value = pointer::get(fields, &at).map(words::plain).unwrap_or_default();
            let slot = Slot { model: self, of: slot.of, at, label };
            slot.limited(&value, limit)
        };
        let place = |name: &str, example: Option<&str>| match example {
            Some(example) => t!("template-place-like", name = name, example = example),
            None => t!("template-place", name = name),
        };
        let mut nodes = vec![];
        if let Some(header) = &template.header {
            match (header.kind, &header.place) {
                (TemplateHeaderKind::Text, Some(header)) => {
                    let label = place(&header.name, header.example.as_deref());
                    nodes.push(field(
                        "/header/text".to_owned(),
                        format!("{}: {label}", t("field-template-header")),
                        whatsapp::TEMPLATE_HEADER,
                    ));
                }
                (TemplateHeaderKind::Image | TemplateHeaderKind::Video | TemplateHeaderKind::Document, _) => {
                    nodes.push(self.header_file(slot, fields));
                }
                _ => {}
            }
            if header.kind == TemplateHeaderKind::Document {
                nodes.push(field("/header/media/filename".to_owned(), t("field-filename"), 240));
            }
        }
        for (at, one) in template.places.iter().enumerate() {
            let label = place(&one.name, one.example.as_deref());
            nodes.push(field(format!("/body/{at}/text"), label, whatsapp::TEMPLATE_BODY));
        }
        let buttons = pointer::get(fields, &format!("{}/buttons", slot.at)).and_then(Value::as_array);
        let mut payloads = vec![];
        for (at, button) in buttons.into_iter().flatten().enumerate() {
            let text = |name: &str| button.get(name).and_then(Value::as_str).unwrap_or_default();
            let title = text("title");
            let label = match text("kind") {
                "url" => t!("template-button-url", title = title),
                "copy_code" => t!("template-button-code", title = title),
                _ => {
                    let label = t!("template-button-payload", title = title);
                    payloads.push(field(format!("/buttons/{at}/text"), label, whatsapp::TEMPLATE_PAYLOAD));
                    continue;
                }
            };
            nodes.push(field(format!("/buttons/{at}/text"), label, whatsapp::TEMPLATE_URL));
        }
        if !payloads.is_empty() {
            let filled = |button: &Value| button.get("text").is_some_and(|text| text != "");
            let is_open = buttons.into_iter().flatten().any(filled);
            nodes.push(
                el("details")
                    .class("form-more")
                    .key("payloads")
                    .flag("open", is_open)
                    .child(el("summary").text(t("template-payloads")))
                    .child(el("p").class("hint").key("hint").text(t("option-payload-hint")))
                    .children(payloads)
                    .into(),
            );
        }
        nodes
    }

    /// The file of the header: one of the business's own, or an address.
    fn header_file(&self, slot: &Slot<'_>, fields: &Fields) -> Node {
        let at = format!("{}/header/media", slot.at);
        self.media(&Slot { at, label: t("template-header-file"), ..*slot }, fields)
    }

    /// Where the templates are not known everything is written by hand.
    fn template_by_hand(&self, slot: &Slot<'_>, fields: &Fields) -> Vec<Node> {
        const BODY: &[Field] = &[
            Field::new("/text", "value", Input::Line(1024)),
            Field::new("/name", "pair-name", Input::Plain),
        ];
        const BUTTON: &[Field] = &[
            Field::new(
                "/kind",
                "template-button-kind",
                Input::Choice { values: &["quick_reply", "url", "copy_code"], words: "template-button" },
            ),
            Field::new("/index", "template-button-index", Input::Number(Numbers::whole(0, LAST_BUTTON))),
            Field::new("/title", "button-title", Input::Line(25)),
            Field::new("/text", "template-payload", Input::Line(whatsapp::TEMPLATE_PAYLOAD))
                .is("/kind", &["", "quick_reply"]),
            Field::new("/text", "template-url", Input::Line(whatsapp::TEMPLATE_URL)).is("/kind", &["url"]),
            Field::new("/text", "template-code", Input::Line(whatsapp::TEMPLATE_CODE))
                .is("/kind", &["copy_code"]),
        ];
        let categories = &["", "marketing", "utility", "authentication"];
        let has_file = pointer::get(fields, &format!("{}/header/media/kind", slot.at)).is_some();
        [
            Field::new("/name", "template-name", Input::Plain),
            Field::new("/language", "template-language", Input::Plain),
            Field::new(
                "/category",
                "template-category",
                Input::Choice { values: categories, words: "template-category" },
            ),
            Field::new("/text", "template-text", Input::Text(1024)),
            Field::new("/body", "template-body", Input::Records { fields: BODY, fresh: r#"{"text":""}"# }),
            Field::new("/header", "template-header", Input::Json),
            Field::new(
                "/buttons",
                "template-buttons",
                Input::Records { fields: BUTTON, fresh: r#"{"id":"","index":0,"kind":"quick_reply"}"# },
            ),
        ]
        .iter()
        .map(|field| self.input_at(slot.of, fields, field, &slot.at))
        .chain(has_file.then(|| self.header_file(slot, fields)))
        .collect()
    }
}

fn chosen_template((of, base): (Of, String), chosen: String) -> crate::builder::Msg {
    crate::builder::Msg::Templates(Msg::Choose(of, base, chosen))
}

fn about(template: &MessageTemplate) -> String {
    match template.category {
        Some(TemplateCategory::Utility) => t("template-is-utility"),
        Some(TemplateCategory::Authentication) => t("template-is-authentication"),
        Some(TemplateCategory::Marketing) | None => t("template-is-marketing"),
    }
}
