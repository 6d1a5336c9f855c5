//! A menu under its button. It opens in place by CSS alone, since positions may not go into styles.

use super::{Icon, el, event, icon};
use crate::{Msg, Node};

/// One line of a menu.
pub struct Item {
    pub icon: Option<Icon>,
    pub words: String,
    pub msg: Msg,
    /// Chosen among its neighbours.
    pub checked: Option<bool>,
    /// A heading above this item.
    pub heading: Option<String>,
}

impl Item {
    pub fn new(words: impl Into<String>, msg: impl Into<Msg>) -> Self {
        Self { icon: None, words: words.into(), msg: msg.into(), checked: None, heading: None }
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = Some(checked);
        self
    }

    #[must_use]
    pub fn heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = Some(heading.into());
        self
    }
}

/// The button with its menu. `button` is what it shows; `toggle` opens and closes it.
pub fn menu(
    id: &str,
    class: &str,
    label: Option<&str>,
    is_open: bool,
    toggle: impl Into<Msg>,
    button: impl IntoIterator<Item = Node>,
    items: impl IntoIterator<Item = Item>,
) -> Node {
    let list_id = format!("{id}-list");
    let opener = el("button")
        .id(id)
        .class("menu-button")
        .attr("type", "button")
        .attr("aria-haspopup", "menu")
        .attr("aria-expanded", if is_open { "true" } else { "false" })
        .on(event::click_only(toggle))
        .children(button);
    let opener = match label {
        Some(label) => opener.label(label).attr("title", label.to_owned()),
        None => opener,
    };
    el("div")
        .class("menu")
        .class(class)
        .key(id)
        .child(opener)
        .maybe(is_open.then(|| {
            el("div")
                .id(list_id)
                .class("menu-list")
                .attr("role", "menu")
                .attr("aria-labelledby", id.to_owned())
                .children(items.into_iter().flat_map(lines))
        }))
        .into()
}

fn lines(item: Item) -> Vec<Node> {
    let mut lines = vec![];
    if let Some(heading) = item.heading {
        lines.push(el("div").class("menu-heading").attr("role", "presentation").text(heading).into());
    }
    let checked = item.checked;
    lines.push(
        el("button")
            .class("menu-item")
            .attr("type", "button")
            .attr("role", if checked.is_some() { "menuitemradio" } else { "menuitem" })
            .attr_if(checked.is_some(), "aria-checked", if checked == Some(true) { "true" } else { "false" })
            .on(event::click(item.msg))
            .maybe(item.icon.map(icon))
            .child(el("span").text(item.words))
            .maybe((checked == Some(true)).then(|| icon(Icon::Check)))
            .into(),
    );
    lines
}
