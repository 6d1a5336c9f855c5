//! The buttons beside a field, and the keys in it.

use crate::builder::document::ops::Of;
use crate::builder::model::Model as Builder;
use crate::builder::{Msg, panel};
use crate::i18n::t;
use crate::kit::{Icon, el, event, icon};
use crate::marks::Mark;
use crate::{Attribute, Node, t};

impl Builder {
    /// The buttons that format what is selected in a field.
    pub(in crate::builder) fn format_buttons(&self, of: &Of, at: &str, label: &str) -> Node {
        let buttons = Mark::ALL.map(|mark| {
            let words = t(&format!("format-{}", mark.words()));
            let (letter, shift) = mark.shortcut();
            let with = if shift { "Shift+" } else { "" };
            el("button")
                .key(mark.words())
                .attr("type", "button")
                // One stop for the Tab key; arrows go on from it.
                .attr("tabindex", if mark == Mark::ALL[0] { "0" } else { "-1" })
                .attr("title", format!("{words} (Ctrl+{with}{letter})"))
                .attr("aria-keyshortcuts", format!("Control+{with}{letter} Meta+{with}{letter}"))
                .label(words)
                .on(event::click(Msg::Format(of.clone(), at.to_owned(), mark)))
                .child(icon(picture(mark)))
        });
        el("div")
            .class("format")
            .key("format")
            .attr("role", "toolbar")
            .attr("data-row", "")
            .attr("aria-controls", panel::field_id(of, at, self.epoch))
            .label(t!("format", name = label))
            .children(buttons)
            .into()
    }

    /// The keys that do the same while the focus is in the field.
    pub(in crate::builder) fn format_keys(of: &Of, at: &str) -> Attribute {
        event::commands_of((of.clone(), at.to_owned()), |(of, at), code, shift| {
            Mark::of_key(code, shift).map(|mark| Msg::Format(of, at, mark))
        })
    }
}

const fn picture(mark: Mark) -> Icon {
    match mark {
        Mark::Bold => Icon::Bold,
        Mark::Italic => Icon::Italic,
        Mark::Strike => Icon::Strikethrough,
        Mark::Mono => Icon::Code,
    }
}
