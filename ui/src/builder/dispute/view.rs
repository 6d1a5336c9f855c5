//! The disputes above the canvas: mine and theirs side by side, on a phone one below the other.

use beseda_wire::time::Time;

use super::sides::{Row, common, rows};
use super::{Clash, Dispute};
use crate::builder::Msg;
use crate::builder::document::Item;
use crate::builder::document::merge::Conflict;
use crate::builder::document::settle::Side;
use crate::builder::kinds;
use crate::builder::model::Model;
use crate::builder::save::Msg as Save;
use crate::format::Clock;
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, event, icon};
use crate::{Node, t};

impl Model {
    /// Two people changed the same: whose is it?
    pub fn view_clash(&self) -> Option<Node> {
        let clash = self.save.clash.as_ref()?;
        let author = if clash.author.is_empty() { t("somebody") } else { clash.author.clone() };
        let several = clash.disputes.len() > 1;
        let all = |words: String, side: Side| {
            Button::new(Look::Plain, words).on(Msg::Save(Save::Settle(None, side)))
        };
        let theirs = t!("clash-all-theirs", name = author.as_str());
        Some(
            el("section")
                .class("flow-clash disputes")
                .key("clash")
                .label(t("clash"))
                .child(
                    el("div")
                        .class("disputes-head")
                        .key("head")
                        .child(icon(Icon::UsersRound))
                        .child(
                            el("p")
                                .attr("role", "alert")
                                .child(el("b").text(t!("clash-title", name = author.as_str())))
                                .child(el("span").text(t("clash-words"))),
                        )
                        .maybe(several.then(|| all(t("clash-all-mine"), Side::Mine)))
                        .maybe(several.then(|| all(theirs, Side::Theirs)))
                        .child(
                            Button::new(Look::Ghost, t("clash-copy"))
                                .icon(Icon::Copy)
                                .on(Msg::Save(Save::CopyMine)),
                        ),
                )
                .child(
                    el("ul")
                        .class("dispute-list")
                        .key("list")
                        .children(clash.disputes.iter().map(|one| self.view_dispute(clash, one, &author))),
                )
                .into(),
        )
    }

    fn view_dispute(&self, clash: &Clash, dispute: &Dispute, author: &str) -> Node {
        let about = &dispute.about;
        let key = format!("{about:?}");
        let title = self.dispute_title(about, &clash.theirs);
        let clock = Clock { now: Time::from_millis(self.now), zone: self.zone.clone() };
        let rows = rows(about, &self.doc, &clash.theirs);
        let side = |side: Side| {
            let is_chosen = dispute.choice == Some(side);
            let (whose, when, decides) = match side {
                Side::Mine => (t("dispute-mine"), t("dispute-mine-when"), t("clash-mine")),
                Side::Theirs => (author.to_owned(), clock.ago(clash.at), t!("clash-theirs", name = author)),
            };
            el("section")
                .class("dispute-side")
                .class_if(is_chosen, "chosen")
                .key(format!("{side:?}"))
                .label(format!("{title}: {whose}"))
                .child(
                    el("header").child(el("b").text(&whose)).child(
                        el("span")
                            .class("muted")
                            .attr_if(side == Side::Theirs, "title", clock.full(clash.at))
                            .text(when),
                    ),
                )
                .child(el("dl").children(rows.iter().enumerate().map(|(index, row)| {
                    el("div")
                        .key(index)
                        .child(el("dt").text(&row.label))
                        .child(el("dd").children(words(row, side)))
                })))
                .child(
                    el("button")
                        .class("button")
                        .attr("type", "button")
                        .attr("aria-pressed", if is_chosen { "true" } else { "false" })
                        .on(event::click(Msg::Save(Save::Settle(Some(about.clone()), side))))
                        .child(icon(if is_chosen { Icon::CircleCheck } else { Icon::Check }))
                        .child(el("span").text(decides)),
                )
        };
        let item = match about {
            Conflict::Item(item) if self.doc.has(item) => Some(item.clone()),
            _ => None,
        };
        let name: Node = match item {
            Some(item) => el("button")
                .class("difference-name")
                .attr("type", "button")
                .on(event::click(Msg::GoTo(item)))
                .text(&title)
                .into(),
            None => el("b").text(&title).into(),
        };
        el("li")
            .class("dispute")
            .key(key)
            .child(el("div").class("dispute-name").key("name").child(name))
            .child(
                el("div")
                    .class("dispute-sides")
                    .key("sides")
                    .child(side(Side::Mine))
                    .child(side(Side::Theirs)),
            )
            .into()
    }

    /// What a dispute is about. What I took away is called as they have it.
    fn dispute_title(&self, about: &Conflict, theirs: &super::Doc) -> String {
        match about {
            Conflict::Field(name) => {
                let name = crate::i18n::t_or(&format!("field-{}", name.replace('_', "-")), || name.clone());
                t!("clash-field", name = name.as_str())
            }
            Conflict::Item(Item::Group(id)) => match self.doc.group(id).or_else(|| theirs.group(id)) {
                Some(group) => t!("compare-group", name = self.group_title(group).as_str()),
                None => t("group"),
            },
            Conflict::Item(Item::Block(id)) => match self.doc.block(id).or_else(|| theirs.block(id)) {
                Some((group, block)) => format!("{} · {}", kinds::title(block), self.group_title(group)),
                None => t("group"),
            },
            Conflict::Item(Item::Trigger(_)) => t("trigger"),
            Conflict::Item(Item::Note(_)) => t("note"),
            Conflict::Item(Item::Edge(_)) => t("edge"),
        }
    }
}

/// The text of one side, with what is not the same on the other marked.
fn words(row: &Row, side: Side) -> Vec<Node> {
    let (own, other) = match side {
        Side::Mine => (&row.mine, &row.theirs),
        Side::Theirs => (&row.theirs, &row.mine),
    };
    let Some(own) = own else {
        return vec![el("i").class("muted").key("none").text(t("dispute-nothing")).into()];
    };
    let (before, after) = other.as_ref().map_or((0, 0), |other| common(own, other));
    let (same, rest) = own.split_at(before);
    let (differs, end) = rest.split_at(rest.len() - after);
    // Where nothing is alike there is nothing to point at.
    if before == 0 && after == 0 {
        return vec![el("span").key("all").text(own).into()];
    }
    [("before", "span", same), ("differs", "mark", differs), ("after", "span", end)]
        .into_iter()
        .filter(|(_, _, text)| !text.is_empty())
        .map(|(key, tag, text)| el(tag).key(key).text(text).into())
        .collect()
}
