//! The field in which a page's list is searched. The key `/` leads to it, so a page has one at most.

use super::{Icon, el, event, icon, kbd};
use crate::{Msg, Node};

/// Its id.
pub const SEARCH: &str = "search";

/// The field with what is looked for; `words` say what can be.
pub fn search<M: Into<Msg> + 'static>(text: &str, words: String, make: fn(String) -> M) -> Node {
    el("div")
        .class("search")
        .child(icon(Icon::Search))
        .child(
            el("input")
                .id(SEARCH)
                .attr("type", "search")
                .attr("value", text.to_owned())
                .attr("placeholder", words.clone())
                .label(words)
                .on(event::input(make)),
        )
        .child(kbd("/"))
        .into()
}
