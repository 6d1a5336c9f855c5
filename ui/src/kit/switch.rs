//! A switch between on and off, which takes effect at once.

use super::{el, event};
use crate::{Msg, Node};

/// `label` says what is switched; the state is told by the role.
pub fn switch(label: &str, is_on: bool, msg: impl Into<Msg>) -> Node {
    el("button")
        .class("switch")
        .attr("type", "button")
        .attr("role", "switch")
        .attr("aria-checked", if is_on { "true" } else { "false" })
        .label(label)
        .on(event::click(msg))
        .child(el("i"))
        .into()
}
