//! The palette: everything that can be put onto the canvas, by dragging, by a click, or by writing its name.

use super::Msg;
use super::kinds;
use super::model::Model;
use super::view::kind_icon;
use crate::Node;
use crate::i18n::t;
use crate::kit::{Icon, el, event, icon};

/// The entry of a note that sticks to the canvas; `note` is the block that writes one to the team.
pub const STICKY: &str = "sticky-note";

/// One thing of the palette.
pub(super) struct Offer {
    pub(super) id: String,
    title: String,
    icon: Icon,
    family: &'static str,
}

fn insert(id: &str) -> Msg {
    Msg::Insert(id.to_owned())
}

impl Model {
    /// Everything on offer, part by part.
    pub(super) fn offers() -> Vec<(String, Vec<Offer>)> {
        let mut parts = vec![];
        let triggers = kinds::triggers().map(|kind| Offer {
            id: format!("trigger-{}", kind.replace('_', "-")),
            title: kinds::trigger_title(kind),
            icon: kinds::trigger_icon(kind),
            family: "trigger",
        });
        parts.push((t("family-trigger"), triggers.collect()));
        for family in kinds::FAMILIES {
            let name = kinds::family_name(family);
            let offers: Vec<Offer> = kinds::entries()
                .filter(|entry| entry.family == family)
                .map(|entry| Offer {
                    id: entry.id.to_owned(),
                    title: entry.title(),
                    icon: entry.look.icon,
                    family: name,
                })
                .collect();
            if !offers.is_empty() {
                parts.push((t(&format!("family-{name}")), offers));
            }
        }
        let note = Offer { id: STICKY.to_owned(), title: t("note"), icon: Icon::StickyNote, family: "note" };
        parts.push((t("family-other"), vec![note]));
        parts
    }

    fn wanted_offers(&self) -> Vec<(String, Vec<Offer>)> {
        let wanted = self.wanted.trim().to_lowercase();
        let mut parts = Self::offers();
        for (title, offers) in &mut parts {
            if !title.to_lowercase().contains(&wanted) {
                offers.retain(|offer| kinds::is_wanted(&offer.id, &offer.title, &wanted));
            }
        }
        parts.retain(|(_, offers)| !offers.is_empty());
        parts
    }

    /// The first of what is looked for.
    pub(super) fn found(&self) -> Option<String> {
        if self.wanted.trim().is_empty() {
            return None;
        }
        let parts = self.wanted_offers();
        parts.first()?.1.first().map(|offer| offer.id.clone())
    }

    pub fn view_palette(&self) -> Node {
        let parts = self.wanted_offers();
        // One stop for Tab: arrows lead through the others.
        let first = parts.first().and_then(|(_, offers)| offers.first()).map(|offer| offer.id.clone());
        let search = el("input")
            .id("palette-search")
            .attr("type", "search")
            .attr("autocomplete", "off")
            .attr("value", self.wanted.clone())
            .attr("placeholder", t("palette-find"))
            .label(t("palette-find"))
            .on(event::input(Msg::Wanted))
            // Which one is the first is asked when it is pressed: fast writers are ahead of what is drawn.
            .on(event::enter(Msg::InsertFound));
        let none = parts.is_empty();
        let sections = parts.into_iter().map(|(title, offers)| {
            el("section").class("palette-part").key(&title).child(el("h2").text(title)).children(
                offers.into_iter().map(|offer| {
                    let is_stop = first.as_ref() == Some(&offer.id);
                    el("button")
                        .id(format!("p-{}", offer.id))
                        .class("palette-item")
                        .attr("type", "button")
                        .attr("tabindex", if is_stop { "0" } else { "-1" })
                        .on(event::click(insert(&offer.id)))
                        .child(kind_icon(offer.icon, offer.family))
                        .child(el("span").text(offer.title))
                }),
            )
        });
        el("aside")
            .class("flow-palette")
            .key("palette")
            .label(t("palette-blocks"))
            .child(
                el("div").class("search").child(icon(Icon::Search)).child(search).child(crate::kit::kbd("/")),
            )
            .child(
                el("div")
                    .class("palette-offers")
                    .attr("tabindex", "-1")
                    .children(sections)
                    .maybe(none.then(|| el("p").class("hint").key("none").text(t("nothing-found")))),
            )
            .into()
    }
}
