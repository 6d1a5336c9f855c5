//! Fields of a form. A field keeps its own text: `value` is what it begins with, and
//! `Effect::SetValue` changes it later, so that fast typing never meets an older text on its way back.

use super::el;
use crate::{Attribute, Node};

pub struct Field<'a> {
    pub id: &'a str,
    pub label: String,
    /// The input's type: `text`, `email`, `password`.
    pub kind: &'static str,
    pub value: &'a str,
    pub hint: Option<String>,
    pub error: Option<String>,
    pub autocomplete: &'static str,
    pub placeholder: String,
    pub required: bool,
}

impl<'a> Field<'a> {
    pub fn new(id: &'a str, label: impl Into<String>) -> Self {
        Self {
            id,
            label: label.into(),
            kind: "text",
            value: "",
            hint: None,
            error: None,
            autocomplete: "off",
            placeholder: String::new(),
            required: false,
        }
    }

    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    #[must_use]
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub fn on(self, listener: Attribute) -> Node {
        let described = format!("{}-about", self.id);
        let about = self.error.is_some() || self.hint.is_some();
        let input = el("input")
            .id(self.id)
            .class("input")
            .attr("name", self.id.to_owned())
            .attr("type", self.kind)
            .attr("autocomplete", self.autocomplete)
            .attr("value", self.value.to_owned())
            .attr_if(!self.placeholder.is_empty(), "placeholder", self.placeholder)
            .attr_if(about, "aria-describedby", described.clone())
            .attr_if(self.error.is_some(), "aria-invalid", "true")
            .flag("required", self.required)
            .attr_if(self.kind == "email", "spellcheck", "false")
            .on(listener);
        el("div")
            .class("field")
            .key(self.id)
            .child(el("label").attr("for", self.id.to_owned()).text(self.label))
            .child(input)
            .maybe(about.then(|| {
                el("p")
                    .id(described)
                    .class(if self.error.is_some() { "error" } else { "hint" })
                    .text(self.error.or(self.hint).unwrap_or_default())
            }))
            .into()
    }
}

/// A choice out of a list; `options` are values with their words.
pub fn select(
    id: &str,
    label: &str,
    chosen: &str,
    options: impl IntoIterator<Item = (String, String)>,
    listener: Attribute,
) -> Node {
    el("div")
        .class("field")
        .key(id)
        .child(el("label").attr("for", id.to_owned()).text(label))
        .child(el("select").id(id).class("input").on(listener).children(options.into_iter().map(
            |(value, words)| {
                let is_chosen = value == chosen;
                el("option").key(&value).attr("value", value).flag("selected", is_chosen).text(words)
            },
        )))
        .into()
}
