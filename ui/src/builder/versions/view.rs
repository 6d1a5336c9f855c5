//! What the panel of versions shows.

use beseda_wire::bots::BotVersion;
use beseda_wire::time::Time;
use serde_json::Value;

use super::diff::{Difference, Differences, How, difference};
use super::words::{field_words, own_words, said, title};
use super::{CONFIRM, Model, Msg, PANEL, compare_button};
use crate::Node;
use crate::builder::Msg as BuilderMsg;
use crate::builder::document::Doc;
use crate::builder::model::Model as Builder;
use crate::builder::moving;
use crate::format::Clock;
use crate::i18n::t;
use crate::kit::dialog::dialog;
use crate::kit::field::select;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, El, Icon, Look, el, event, icon_button, notice, skeleton};
use crate::pages::Load;
use crate::t;

/// Characters of a value that are shown: nobody reads more of it in a narrow panel.
const LONGEST: usize = 280;
/// Of those, how many of what is the same stand before the change.
const LEAD: usize = 60;

impl Builder {
    pub fn view_versions(&self) -> Option<Node> {
        let versions = self.versions.as_ref()?;
        let (head, body) = match versions.pair {
            None => (t("versions"), self.version_list(versions)),
            Some((number, with)) => (version_name(number), self.view_comparison(versions, number, with)),
        };
        Some(
            el("aside")
                .id(PANEL)
                .class("flow-versions")
                .attr("tabindex", "-1")
                .label(t("versions"))
                .child(
                    el("header")
                        .key("head")
                        .maybe(
                            versions
                                .pair
                                .is_some()
                                .then(|| icon_button(Icon::ArrowLeft, &t("versions-back"), Msg::Back)),
                        )
                        .child(el("h2").text(head))
                        .child(icon_button(Icon::X, &t("close"), Msg::Close)),
                )
                .child(el("div").class("flow-versions-body").key("body").child(body))
                .into(),
        )
    }

    fn version_list(&self, versions: &Model) -> Node {
        match &versions.list {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Open.into())),
            Load::Ready(list) if list.is_empty() => {
                notice::empty(Icon::History, &t("versions-none"), &t("versions-none-words"), None)
            }
            Load::Ready(list) => {
                let clock = Clock { now: Time::from_millis(self.now), zone: self.zone.clone() };
                el("ol")
                    .class("version-list")
                    .children(
                        list.iter().map(|version| version_row(version, versions, &clock, !self.is_read_only)),
                    )
                    .into()
            }
        }
    }

    /// Asks what becomes of people in the middle of a conversation before an earlier version answers again.
    pub fn return_dialog(&self, version: u32, moves: bool) -> Node {
        let number = version.to_string();
        let listed = self.versions.as_ref().and_then(|versions| versions.list.ready()).into_iter().flatten();
        let elsewhere: u32 = listed.filter(|other| other.number != version).map(|other| other.running).sum();
        dialog(
            "flow-returning",
            &t!("version-return-to", version = number.as_str()),
            BuilderMsg::CloseDialog.into(),
            [
                el("p").key("lead").text(t!("version-return-lead", count = elsewhere)).into(),
                el("form")
                    .class("form")
                    .key("form")
                    .on(event::submit(Msg::Return))
                    .child(moving::choice(moves))
                    .child(
                        el("div")
                            .class("form-buttons")
                            .child(Button::new(Look::Primary, t("version-return-do")).id(CONFIRM).submit())
                            .child(Button::new(Look::Ghost, t("cancel")).on(BuilderMsg::CloseDialog)),
                    )
                    .into(),
            ],
        )
    }

    fn view_comparison(&self, versions: &Model, number: u32, with: Option<u32>) -> Node {
        let others = versions.list.ready().into_iter().flatten().map(|version| version.number);
        let draft = [(String::new(), t("versions-draft"))];
        let options =
            others.filter(|other| *other != number).map(|other| (other.to_string(), version_name(other)));
        let chosen = with.map(|with| with.to_string()).unwrap_or_default();
        let choice = select(
            "compare-with",
            &t("compare-with"),
            &chosen,
            draft.into_iter().chain(options),
            event::input(Msg::With),
        );
        let of = |number: u32| match versions.flows.get(&number) {
            Some(Load::Ready(_)) => Ok(()),
            Some(Load::Failed(failure)) => Err(notice::failure(failure, Some(Msg::Compare(number).into()))),
            _ => Err(skeleton(4, "rows")),
        };
        let body = match versions.compared(&self.doc) {
            Some((before, after)) => self.view_differences(&difference(before, after), before, after),
            None => of(number)
                .err()
                .or_else(|| with.and_then(|with| of(with).err()))
                .unwrap_or_else(|| skeleton(4, "rows")),
        };
        el("div").class("compare").child(choice).child(body).into()
    }

    fn view_differences(&self, found: &Differences, before: &Doc, after: &Doc) -> Node {
        if found.items.is_empty() && found.moved == 0 {
            return el("p").class("muted").key("same").text(t("compare-same")).into();
        }
        let moved = i64::try_from(found.moved).unwrap_or(i64::MAX);
        el("div")
            .class("compare-found")
            .key("found")
            .child(el("ul").class("differences").label(t("compare-found")).children(
                found.items.iter().enumerate().map(|(index, one)| {
                    // A thing and its lines may both be told: what it is alone is no key.
                    self.view_difference(one, before, after).key(format!("{index}-{:?}", one.what.item()))
                }),
            ))
            .maybe((moved > 0).then(|| el("p").class("muted").text(t!("compare-moved", count = moved))))
            .into()
    }

    fn view_difference(&self, one: &Difference, before: &Doc, after: &Doc) -> El {
        let (tone, how) = match &one.how {
            How::Added => (Tone::Green, t("compare-added")),
            How::Removed => (Tone::Red, t("compare-removed")),
            How::Changed(_) => (Tone::Amber, t("compare-changed")),
        };
        let title = title(&one.what, before, after);
        let item = one.what.item().filter(|item| self.doc.has(item));
        let name: Node = match item {
            Some(item) => el("button")
                .class("difference-name")
                .attr("type", "button")
                .on(event::click(BuilderMsg::GoTo(item)))
                .text(title)
                .into(),
            None => el("b").text(title).into(),
        };
        let row = el("li").child(el("div").class("difference-head").child(name).child(tag(tone, how)));
        match &one.how {
            How::Changed(changes) => row.children(changes.iter().map(|change| {
                let shown = |value: Option<&Value>, doc: &Doc| {
                    value.map(|value| said(&one.what, &change.field, value, doc))
                };
                let (old, new) = (shown(change.before.as_ref(), before), shown(change.after.as_ref(), after));
                let (old, new) = around_change(old, new);
                let words = field_words(&one.what, &change.field);
                el("div")
                    .class("difference-field")
                    .key(format!("{:?}", change.field))
                    .child(el("span").class("muted").text(&words))
                    .maybe(old.map(|text| el("del").text(text)))
                    .maybe(new.map(|text| el("ins").text(text)))
            })),
            // Of several texts of one group it must be seen which one.
            How::Added | How::Removed => {
                let doc = if one.how == How::Removed { before } else { after };
                row.maybe(
                    own_words(&one.what, doc).map(|words| el("p").class("difference-words").text(words)),
                )
            }
        }
    }
}

fn version_row(version: &BotVersion, versions: &Model, clock: &Clock, may_change: bool) -> El {
    let number = version.number;
    el("li")
        .key(number)
        .child(
            el("div")
                .class("version-head")
                .child(el("b").class("num").text(version_name(number)))
                .maybe(version.answering.then(|| tag(Tone::Green, t("version-answering"))))
                .maybe(
                    (version.running > 0)
                        .then(|| tag(Tone::Grey, t!("version-running", count = version.running))),
                ),
        )
        .child(el("p").class("muted").text(t!(
            "version-about",
            name = version.author.as_str(),
            time = clock.full(version.published_at).as_str()
        )))
        .maybe(version.returns.last().map(|back| {
            let (name, time) = (back.author.as_str(), clock.full(back.at));
            let time = time.as_str();
            let words = if back.move_running {
                t!("version-returned-moving", name = name, time = time)
            } else {
                t!("version-returned-by", name = name, time = time)
            };
            el("p").class("muted").key("returned").text(words)
        }))
        .maybe(version.note.as_ref().map(|note| el("p").class("version-note").text(note)))
        .child(
            el("div")
                .class("version-do")
                .child(
                    Button::new(Look::Plain, t("version-compare"))
                        .id(compare_button(number))
                        .on(Msg::Compare(number)),
                )
                .maybe(may_change.then(|| {
                    Button::new(Look::Plain, t("version-take"))
                        .icon(Icon::Pencil)
                        .busy(versions.taking == Some(number))
                        .on(Msg::Take(number))
                }))
                .maybe((may_change && !version.answering).then(|| {
                    Button::new(Look::Plain, t("version-return"))
                        .icon(Icon::RotateCcw)
                        .busy(versions.returning == Some(number))
                        .on(Msg::AskReturn(number))
                })),
        )
}

fn version_name(number: u32) -> String {
    let number = number.to_string();
    t!("version-name", number = number.as_str())
}

/// The two values, where they are long cut so that the change is seen.
fn around_change(old: Option<String>, new: Option<String>) -> (Option<String>, Option<String>) {
    let is_short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.chars().count() <= LONGEST);
    if is_short(&old) && is_short(&new) {
        return (old, new);
    }
    let same = match (&old, &new) {
        (Some(old), Some(new)) => old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    let from = same.saturating_sub(LEAD);
    let cut = |text: String| {
        let inside: String = text.chars().skip(from).take(LONGEST).collect();
        let is_cut = text.chars().count() > from + LONGEST;
        format!("{}{inside}{}", if from > 0 { "…" } else { "" }, if is_cut { "…" } else { "" })
    };
    (old.map(cut), new.map(cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_far_into_a_long_text_is_seen() {
        let long = "слово ".repeat(200);
        let (old, new) = (format!("{long}one{long}"), format!("{long}two{long}"));
        let (old, new) = around_change(Some(old), Some(new));
        let (old, new) = (old.unwrap(), new.unwrap());
        assert!(old.contains("one") && new.contains("two"), "{old} {new}");
        assert!(old.starts_with('…') && old.ends_with('…') && old.chars().count() == LONGEST + 2);
        // What was appended, and what stands alone.
        let (old, new) = around_change(Some(long.clone()), Some(format!("{long}the end")));
        assert!(new.unwrap().ends_with("the end") && old.unwrap().chars().count() == LEAD + 1);
        let (none, alone) = around_change(None, Some(long.clone()));
        assert!(none.is_none() && long.starts_with(alone.unwrap().trim_end_matches('…')));
        let short = || Some("short".to_owned());
        assert_eq!(around_change(short(), None), (short(), None));
    }
}
