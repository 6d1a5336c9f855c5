//! What is said in place of content: nothing here yet, or why it could not be loaded.

use super::{Button, El, Icon, Look, el, icon};
use crate::api::Failure;
use crate::{Msg, Node, t};

/// An empty place with what to do next.
pub fn empty(which: Icon, title: &str, words: &str, action: Option<Node>) -> Node {
    empty_with(el("h2"), which, title, words, action)
}

/// The same where it is the whole page, whose heading it bears.
pub fn empty_page(which: Icon, title: &str, words: &str, action: Option<Node>) -> Node {
    empty_with(el("h1"), which, title, words, action)
}

fn empty_with(heading: El, which: Icon, title: &str, words: &str, action: Option<Node>) -> Node {
    el("div")
        .class("empty")
        .child(icon(which))
        .child(heading.text(title))
        .child(el("p").text(words))
        .maybe(action)
        .into()
}

/// What went wrong, what to do, and the technical part behind a click.
pub fn failure(failure: &Failure, again: Option<Msg>) -> Node {
    el("div")
        .class("notice red")
        .attr("role", "alert")
        .child(icon(Icon::CircleAlert))
        .child(el("div").child(el("p").text(failure.words())).child(technical(&failure.technical())))
        .maybe(again.map(|msg| Button::new(Look::Plain, t!("try-again")).icon(Icon::RefreshCw).on(msg)))
        .into()
}

/// What is wrong, where there is nothing technical about it.
pub fn problem(words: &str) -> Node {
    el("div")
        .class("notice red")
        .attr("role", "alert")
        .child(icon(Icon::CircleAlert))
        .child(el("div").child(el("p").text(words)))
        .into()
}

/// The technical part, folded away, ready to copy.
pub fn technical(words: &str) -> Node {
    el("details")
        .class("technical")
        .child(el("summary").text(t!("technical-details")))
        .child(el("pre").attr("tabindex", "0").text(words))
        .child(Button::new(Look::Ghost, t!("copy")).icon(Icon::Copy).on(Msg::Copy(words.to_owned())))
        .into()
}
