//! Short words in the corner about what just happened, with Undo where there is one.

use super::{Button, Icon, Look, el, icon, icon_button};
use crate::{Msg, Node, t};

#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    pub id: u32,
    pub words: String,
    pub is_problem: bool,
    /// The technical part, behind a click.
    pub technical: Option<String>,
    /// Takes back what happened.
    pub undo: Option<Box<Msg>>,
}

/// The corner itself is always there, so that screen readers notice what comes into it.
pub fn toasts(toasts: &[Toast]) -> Node {
    el("div")
        .class("toasts")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .children(toasts.iter().map(|toast| {
            el("div")
                .class("toast")
                .class_if(toast.is_problem, "red")
                .key(toast.id)
                .child(icon(if toast.is_problem { Icon::CircleAlert } else { Icon::CircleCheck }))
                .child(
                    el("div")
                        .child(el("p").text(&toast.words))
                        .maybe(toast.technical.as_deref().map(super::notice::technical)),
                )
                .maybe(
                    toast.undo.is_some().then(|| {
                        Button::new(Look::Ghost, t!("undo")).icon(Icon::Undo2).on(Msg::Undo(toast.id))
                    }),
                )
                .child(icon_button(Icon::X, &t!("close"), Msg::DropToast(toast.id)))
        }))
        .into()
}
