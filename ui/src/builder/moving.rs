//! What becomes of people in the middle of a conversation when another version is to answer: chosen when one is published,
//! and when one returns to an earlier version.

use super::model::Model;
use super::{Dialog, Msg};
use crate::Node;
use crate::effect::Effects;
use crate::i18n::t;
use crate::kit::{el, event};

impl Model {
    pub(super) fn choose_moving(&mut self, all: bool) -> Effects {
        if let Some(Dialog::Publish { moves, .. } | Dialog::Return { moves, .. }) = &mut self.dialog {
            *moves = all;
        }
        vec![]
    }
}

/// The choice, as a part of a dialog.
pub(super) fn choice(moves: bool) -> Node {
    let way = |words: &str, about: &str, value: bool| {
        el("button")
            .class("choice tall")
            .key(words)
            .attr("type", "button")
            .attr("aria-pressed", if moves == value { "true" } else { "false" })
            .on(event::click(Msg::Moves(value)))
            .child(el("span").child(el("b").text(t(words))).child(el("small").text(t(about))))
    };
    el("div")
        .class("field")
        .key("moving")
        .child(el("b").id("moving").text(t("moving")))
        .child(
            el("div")
                .class("choices")
                .attr("role", "group")
                .attr("aria-labelledby", "moving")
                .child(way("moving-finish", "moving-finish-about", false))
                .child(way("moving-move", "moving-move-about", true)),
        )
        .into()
}
