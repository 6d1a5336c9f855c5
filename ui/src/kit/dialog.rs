//! A dialog above everything. The shell makes what lies behind it inert, so that the focus stays inside;
//! Escape closes it.

use super::{Icon, el, event, icon_button};
use crate::{Msg, Node, t};

/// `id` is also the beginning of the title's id. The one who opens it focuses a field inside.
pub fn dialog(id: &str, title: &str, close: Msg, body: impl IntoIterator<Item = Node>) -> Node {
    let title_id = format!("{id}-title");
    el("div")
        .class("veil")
        .key(id)
        .child(backdrop(close.clone()))
        .child(
            el("div")
                .id(id)
                .class("dialog")
                .attr("role", "dialog")
                .attr("aria-modal", "true")
                .attr("aria-labelledby", title_id.clone())
                .attr("tabindex", "-1")
                .child(el("header").child(el("h2").id(title_id).text(title)).child(icon_button(
                    Icon::X,
                    &t!("close"),
                    close,
                )))
                .child(el("div").class("dialog-body").children(body)),
        )
        .into()
}

/// What lies behind something and closes it when it is pressed. It stands beside it and not around it: what is pressed
/// inside would go on to it after it is gone.
pub fn backdrop(close: Msg) -> Node {
    el("div").class("backdrop").key("backdrop").on(event::click(close)).into()
}
