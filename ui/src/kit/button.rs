//! Buttons, with words or with an icon alone.

use super::{El, Icon, el, event, icon, kbd};
use crate::{Msg, Node};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    #[default]
    Plain,
    /// Without a border, for what is rarely wanted.
    Ghost,
    /// What cannot be undone.
    Danger,
}

/// A button with words.
#[derive(Default)]
pub struct Button {
    pub look: Look,
    pub words: String,
    pub icon: Option<Icon>,
    /// The key that does the same.
    pub key: Option<&'static str>,
    pub disabled: bool,
    /// What it does is under way.
    pub busy: bool,
    /// Sends the form it stands in.
    pub submit: bool,
    pub id: String,
    /// What it shows and hides, and whether that is shown.
    pub expanded: Option<bool>,
}

impl Button {
    pub fn new(look: Look, words: impl Into<String>) -> Self {
        Self { look, words: words.into(), ..Self::default() }
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    #[must_use]
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    #[must_use]
    pub fn busy(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }

    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    #[must_use]
    pub fn expanded(mut self, expanded: bool) -> Self {
        self.expanded = Some(expanded);
        self
    }

    /// The button that sends its form.
    #[must_use]
    pub fn submit(mut self) -> Node {
        self.submit = true;
        self.build(None)
    }

    #[must_use]
    pub fn on(self, msg: impl Into<Msg>) -> Node {
        self.build(Some(msg.into()))
    }

    fn build(self, msg: Option<Msg>) -> Node {
        let class = match self.look {
            Look::Primary => "button primary",
            Look::Plain => "button",
            Look::Ghost => "button ghost",
            Look::Danger => "button danger",
        };
        let off = self.disabled || self.busy;
        let button = el("button")
            .class(class)
            .class_if(self.busy, "busy")
            .attr("type", if self.submit { "submit" } else { "button" })
            .attr("disabled", off)
            .attr_if(self.busy, "aria-busy", "true")
            .attr_if(
                self.expanded.is_some(),
                "aria-expanded",
                if self.expanded == Some(true) { "true" } else { "false" },
            )
            .attr_if(self.key.is_some(), "aria-keyshortcuts", self.key.unwrap_or_default())
            // Where there is little room only the icon of such a button is shown.
            .attr_if(self.key.is_some(), "title", self.words.clone())
            .maybe(self.icon.map(icon))
            .child(el("span").text(self.words))
            .maybe(self.key.map(kbd))
            .on_maybe(msg.map(event::click));
        if self.id.is_empty() { button.into() } else { button.id(self.id).into() }
    }
}

/// A button that shows an icon alone; the words name it.
pub fn icon_button(which: Icon, words: &str, msg: impl Into<Msg>) -> Node {
    icon_alone(which, words, msg).into()
}

/// The same, where the focus may have to be given to it.
pub fn icon_button_with_id(id: String, which: Icon, words: &str, msg: impl Into<Msg>) -> Node {
    icon_alone(which, words, msg).id(id).into()
}

fn icon_alone(which: Icon, words: &str, msg: impl Into<Msg>) -> El {
    el("button")
        .class("icon-button")
        .attr("type", "button")
        .label(words)
        .attr("title", words.to_owned())
        .on(event::click(msg))
        .child(icon(which))
}
