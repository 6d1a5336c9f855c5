//! The button beside a field, and the list below it.

use super::names::{Name, Named};
use super::{LIST, Model, Msg, OFFER, SEARCH, name_id};
use crate::builder::document::ops::Of;
use crate::builder::model::Model as Builder;
use crate::i18n::t;
use crate::kit::{El, Icon, el, event, icon};
use crate::{Attribute, Node, t};

impl Builder {
    /// The button that offers names for a field.
    pub(in crate::builder) fn names_button(&self, of: &Of, at: &str, label: &str, named: Named) -> Node {
        let is_open = self.offer.as_ref().is_some_and(|offer| offer.of == *of && offer.at == at);
        let open = Msg::Open(of.clone(), at.to_owned(), named);
        el("button")
            .class("insert")
            .key(format!("insert-{}", self.epoch))
            .attr("type", "button")
            .attr("aria-haspopup", "listbox")
            .attr("aria-expanded", if is_open { "true" } else { "false" })
            .attr("title", t!("insert-into", name = label))
            .label(t!("insert-into", name = label))
            .on(event::click(if is_open { Msg::Close } else { open }))
            .child(icon(Icon::Braces))
            .into()
    }

    /// A field as one in which names are offered: what writing `{{` opens belongs to it, and which name is chosen.
    pub(in crate::builder) fn with_names(&self, of: &Of, at: &str, field: El) -> El {
        let offer = self.offered_by_writing(of, at);
        field
            .attr("aria-autocomplete", "list")
            .attr("aria-haspopup", "listbox")
            .attr_if(offer.is_some(), "aria-controls", LIST)
            .attr_if(
                offer.is_some(),
                "aria-activedescendant",
                offer.map(|offer| name_id(offer.chosen)).unwrap_or_default(),
            )
    }

    /// The same for a field of one line. One of several lines may be no combobox, so it has no state of its own.
    pub(in crate::builder) fn line_with_names(&self, of: &Of, at: &str, field: El) -> El {
        let is_open = self.offered_by_writing(of, at).is_some();
        self.with_names(of, at, field)
            .attr("role", "combobox")
            .attr("aria-expanded", if is_open { "true" } else { "false" })
    }

    fn offered_by_writing(&self, of: &Of, at: &str) -> Option<&Model> {
        self.offer.as_ref().filter(|offer| offer.by_writing && offer.of == *of && offer.at == at)
    }

    /// While names are on offer by writing, arrows and Enter are theirs.
    pub(in crate::builder) fn names_keys(&self) -> Option<Attribute> {
        let is_writing = self.offer.as_ref().is_some_and(|offer| offer.by_writing);
        is_writing.then(|| event::keys_at_cursor(|key| key.map_or(Msg::Close, Msg::Key)))
    }

    /// The list, and what lies behind it: a click beside it puts it away.
    pub(in crate::builder) fn view_offer(&self) -> Option<Node> {
        let offer = self.offer.as_ref()?;
        let names = self.offered();
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        Some(
            el("div")
                .class("names-place")
                .key("names")
                .child(el("div").class("names-behind").key("behind").on(event::click(Msg::Close)))
                .child(
                    el("div")
                        .id(OFFER)
                        .class("names")
                        .key("list")
                        .maybe((!offer.by_writing).then(|| search(offer)))
                        .child(
                            el("p")
                                .class("unseen")
                                .key("count")
                                .attr("role", "status")
                                .text(t!("names-count", count = count)),
                        )
                        .child(
                            el("div")
                                .id(LIST)
                                .class("names-list")
                                .key("names")
                                .attr("role", "listbox")
                                .label(t("names"))
                                .children(parts(&names, offer.chosen)),
                        )
                        .maybe(
                            names
                                .is_empty()
                                .then(|| el("p").class("hint").key("none").text(t("nothing-found"))),
                        ),
                )
                .into(),
        )
    }
}

fn search(offer: &Model) -> Node {
    el("div")
        .class("search")
        .key("search")
        .child(icon(Icon::Search))
        .child(
            el("input")
                .id(SEARCH)
                .attr("type", "search")
                .attr("autocomplete", "off")
                .attr("value", offer.wanted.clone())
                .attr("placeholder", t("names-find"))
                .attr("role", "combobox")
                .attr("aria-expanded", "true")
                .attr("aria-controls", LIST)
                .attr("aria-activedescendant", name_id(offer.chosen))
                .label(t("names-find"))
                .on(event::input(Msg::Typed))
                .on(event::keys_at_cursor(|key| key.map_or(Msg::Close, Msg::Key))),
        )
        .into()
}

/// The names under what they belong to.
fn parts(names: &[Name], chosen: usize) -> Vec<Node> {
    let mut nodes: Vec<Node> = vec![];
    for (part, words) in [("flow", "names-flow"), ("contact", "names-contact"), ("run", "names-run")] {
        let of_part = || names.iter().enumerate().filter(move |(_, name)| name.part == part);
        if of_part().next().is_none() {
            continue;
        }
        nodes.push(
            el("div")
                .class("names-part")
                .key(part)
                .attr("role", "group")
                .label(t(words))
                .child(el("b").attr("aria-hidden", "true").text(t(words)))
                .children(of_part().map(|(index, name)| {
                    el("div")
                        .id(name_id(index))
                        .class("name-row")
                        .class_if(index == chosen, "on")
                        .key(&name.name)
                        .attr("role", "option")
                        .attr("aria-selected", if index == chosen { "true" } else { "false" })
                        .on(event::click(Msg::Take(name.name.clone())))
                        .child(el("code").text(&name.name))
                        .child(el("span").class("muted cut").text(&name.about))
                }))
                .into(),
        );
    }
    nodes
}
