//! The editor on the screen.

use super::document::Item;
use super::model::Model;
use super::save::Msg as Save;
use super::{Action, Dialog, Msg, Tab, moving};
use crate::Node;
use crate::api::Failure;
use crate::i18n::t;
use crate::kit::avatar::avatar;
use crate::kit::dialog::dialog;
use crate::kit::tag::{Tone, icon_tag, tag};
use crate::kit::{Button, Icon, Look, el, event, icon_button, kbd, notice, skeleton};
use crate::pages::Load;
use crate::t;

/// The dialog of the try, on a narrow screen.
pub const TRYING: &str = "flow-test";

/// What is chosen, on a narrow screen.
pub const SHEET: &str = "flow-sheet";

impl Model {
    pub fn view(&self) -> Node {
        if let Some(import) = &self.import {
            return el("div").class("builder").child(import.view()).into();
        }
        let body: Node = match &self.load {
            Load::Ready(()) => el("div")
                .class("flow-body")
                .class_if(self.is_read_only, "reading")
                .key("body")
                .maybe((!self.narrow && !self.is_read_only).then(|| self.view_palette()))
                .child(self.view_canvas())
                .maybe((!self.narrow).then(|| self.view_panel()))
                .maybe(
                    (self.narrow && (self.only().is_some() || self.is_form_open)).then(|| self.view_sheet()),
                )
                .maybe(self.view_versions())
                .maybe(self.view_replay())
                .child(self.variable_names())
                .into(),
            Load::Failed(failure) => el("div")
                .class("flow-wait")
                .key("failed")
                .child(notice::failure(failure, None))
                .child(Button::new(Look::Plain, t("bots-back")).icon(Icon::ArrowLeft).on(Msg::Leave))
                .into(),
            Load::Not | Load::Loading => {
                el("div").class("flow-wait").key("wait").child(skeleton(5, "rows")).into()
            }
        };
        el("div")
            .class("builder")
            .child(
                el("div")
                    .class("flow-frame")
                    .key("frame")
                    .flag("inert", self.is_covered())
                    .child(self.view_top())
                    .maybe(self.view_clash().or_else(|| self.view_unsaved()).or_else(|| self.view_reading()))
                    .child(body),
            )
            .maybe(self.view_dialog())
            .into()
    }

    fn view_top(&self) -> Node {
        let ready = self.load.ready().is_some();
        let wide = ready && !self.narrow;
        let (editing, arranging) = (self.can_edit(), self.can_arrange());
        let tool = |picture: Icon, words: &str, action: Action, can: bool| {
            el("button")
                .class("icon-button")
                .key(words)
                .attr("data-tool", words.to_owned())
                .attr("type", "button")
                .label(t(words))
                .attr("title", t(words))
                .attr("disabled", !can)
                .on(event::click(Msg::Do(action)))
                .child(crate::kit::icon(picture))
        };
        let mistakes = self.mistakes();
        el("header")
            .class("flow-top")
            .key("top")
            .child(icon_button(Icon::ArrowLeft, &t("bots-back"), Msg::Leave))
            .child(el("h1").class("cut").text(if self.doc.name().is_empty() {
                t("bot")
            } else {
                self.doc.name().to_owned()
            }))
            .child(el("div").class("flow-state").attr("role", "status").children(self.states()))
            .child(el("div").class("flow-gap").key("gap"))
            .maybe((!self.others.is_empty()).then(|| {
                let names = self.others.join(", ");
                el("div")
                    .class("flow-others")
                    .key("others")
                    .attr("role", "img")
                    .attr("title", t!("others-here", names = names.as_str()))
                    .label(t!("others-here", names = names.as_str()))
                    .children(self.others.iter().take(4).map(|name| avatar(name, "small")))
            }))
            .maybe((ready && mistakes > 0).then(|| {
                el("button")
                    .class("tag red")
                    .key("mistakes")
                    .attr("type", "button")
                    .on(event::click(if self.narrow { Msg::ShowProblems } else { Msg::Tab(Tab::Problems) }))
                    .child(crate::kit::icon(Icon::CircleAlert))
                    .child(
                        el("span").text(t!("mistakes", count = u32::try_from(mistakes).unwrap_or(u32::MAX))),
                    )
            }))
            .maybe(editing.then(|| tool(Icon::Undo2, "undo-step", Action::Undo, self.history.can_undo())))
            .maybe(arranging.then(|| tool(Icon::Redo2, "redo-step", Action::Redo, self.history.can_redo())))
            .maybe(
                arranging.then(|| tool(Icon::LayoutGrid, "tidy", Action::Tidy, !self.doc.groups.is_empty())),
            )
            .maybe(ready.then(|| self.view_results_switch()))
            .maybe(wide.then(|| self.view_results_way()).flatten())
            .maybe(ready.then(|| tool(Icon::Search, "find", Action::Find, true)))
            .maybe(ready.then(|| {
                el("button")
                    .id(super::versions::BUTTON)
                    .class("icon-button")
                    .attr("type", "button")
                    .label(t("versions"))
                    .attr("title", t("versions"))
                    .attr("aria-expanded", if self.versions.is_some() { "true" } else { "false" })
                    .on(event::click(if self.versions.is_some() {
                        super::versions::Msg::Close
                    } else {
                        super::versions::Msg::Open
                    }))
                    .child(crate::kit::icon(Icon::History))
            }))
            .maybe((ready && self.narrow).then(|| {
                el("button")
                    .id("flow-settings")
                    .class("icon-button")
                    .attr("type", "button")
                    .label(t("flow"))
                    .attr("title", t("flow"))
                    .on(event::click(Msg::ShowFlow))
                    .child(crate::kit::icon(Icon::Settings))
            }))
            .maybe(wide.then(|| tool(Icon::Keyboard, "shortcuts", Action::Help, true)))
            .maybe(ready.then(|| {
                Button::new(Look::Plain, t("try")).icon(Icon::Play).id("flow-try").on(Msg::Do(Action::Test))
            }))
            .maybe((ready && !self.is_read_only).then(|| {
                Button::new(Look::Primary, t("publish"))
                    .icon(Icon::Rocket)
                    .id("flow-publish")
                    .busy(self.save.publishing)
                    .disabled(!self.may_ask_publish())
                    .on(Msg::Do(Action::Publish))
            }))
            .into()
    }

    /// There is something to publish, and it is decided what that is.
    pub(super) fn may_ask_publish(&self) -> bool {
        let never = self.about.as_ref().is_some_and(|bot| bot.published.is_none());
        self.save.clash.is_none() && (never || self.save.unpublished || self.is_dirty())
    }

    /// How the draft stands: saved or not, published or not.
    fn states(&self) -> Vec<Node> {
        if self.load.ready().is_none() {
            return vec![];
        }
        let published = self.about.as_ref().and_then(|bot| bot.published);
        let changed = self.save.unpublished || self.is_dirty();
        let draft = match published {
            None => tag(Tone::Grey, t("state-draft")),
            Some(version) if changed => {
                let version = version.to_string();
                tag(Tone::Amber, t!("state-changed", version = version.as_str()))
            }
            Some(version) => {
                let version = version.to_string();
                icon_tag(Tone::Green, Icon::CircleCheck, t!("state-published", version = version.as_str()))
            }
        };
        let saved = if self.is_read_only {
            icon_tag(Tone::Grey, Icon::Eye, t("state-reading"))
        } else if self.unsaved_because().is_some() || self.save.clash.is_some() {
            icon_tag(Tone::Red, Icon::CloudUpload, t("state-not-saved"))
        } else if self.is_dirty() || self.save.is_saving() {
            el("span").class("muted flow-saved").text(t("state-saving")).into()
        } else {
            el("span").class("muted flow-saved").text(t("state-saved")).into()
        };
        vec![draft, saved]
    }

    /// What keeps this page's changes from being saved, or the bot from being there.
    fn unsaved_because(&self) -> Option<&Failure> {
        let failure = self.save.failure.as_ref().filter(|_| self.load.ready().is_some());
        failure.filter(|failure| self.is_dirty() || failure.kind() == "not-found")
    }

    /// Why nothing is saved, and what becomes of the changes.
    pub(super) fn view_unsaved(&self) -> Option<Node> {
        let failure = self.unsaved_because()?;
        let words = match failure.kind() {
            "not-found" => t("unsaved-gone"),
            "forbidden" => t("unsaved-forbidden"),
            _ if failure.may_pass() => t("unsaved-later"),
            _ => t("unsaved-refused"),
        };
        let again = failure.kind() != "not-found";
        let copy = self.is_dirty() && failure.kind() == "not-found";
        let file = self.is_dirty() && !failure.may_pass();
        let button = |words: &str, msg: Save| Button::new(Look::Plain, t(words)).on(Msg::Save(msg));
        Some(
            el("div")
                .class("flow-clash red")
                .key("unsaved")
                .attr("role", "alert")
                .child(crate::kit::icon(Icon::CloudUpload))
                .child(
                    el("div")
                        .class("flow-clash-words")
                        .child(el("b").text(t("state-not-saved")))
                        .child(el("span").text(words))
                        .maybe((!failure.may_pass()).then(|| notice::technical(&failure.technical()))),
                )
                .maybe(again.then(|| button("try-again", Save::Again)))
                .maybe(copy.then(|| button("clash-copy", Save::CopyMine)))
                .maybe(file.then(|| button("unsaved-file", Save::ToFile)))
                .into(),
        )
    }

    fn view_dialog(&self) -> Option<Node> {
        Some(match self.dialog.as_ref()? {
            Dialog::Shortcuts => shortcuts(self.is_read_only),
            Dialog::Publish { note, moves } => self.publish_dialog(note, *moves),
            Dialog::Return { version, moves } => self.return_dialog(*version, *moves),
            Dialog::Problems => {
                dialog("flow-problems", &t("tab-problems"), Msg::CloseDialog.into(), [self.view_problems()])
            }
            Dialog::Test => dialog(TRYING, &t("try"), Msg::CloseDialog.into(), [self.view_test()]),
            Dialog::Connect(model) => self.view_connect(model),
            Dialog::PhoneTrial(model) => self.view_phone_trial(model),
        })
    }

    fn publish_dialog(&self, note: &str, moves: bool) -> Node {
        let lead = match self.about.as_ref().map_or(0, |bot| bot.running) {
            0 => t("publish-lead"),
            running => t!("publish-lead-running", count = running),
        };
        dialog(
            "flow-publishing",
            &t("publish"),
            Msg::CloseDialog.into(),
            [
                el("p").key("lead").text(lead).into(),
                el("form")
                    .class("form")
                    .key("form")
                    .on(event::submit(Msg::Save(Save::Publish)))
                    .child(
                        el("div")
                            .class("field")
                            .child(el("label").attr("for", "publish-note").text(t("publish-note")))
                            .child(
                                el("textarea")
                                    .id("publish-note")
                                    .class("input")
                                    .attr("rows", "2")
                                    .attr("maxlength", "1000")
                                    .attr("value", note.to_owned())
                                    .on(event::input(|text| Msg::Save(Save::Note(text)))),
                            ),
                    )
                    .maybe(
                        self.about
                            .as_ref()
                            .is_some_and(|bot| bot.published.is_some())
                            .then(|| moving::choice(moves)),
                    )
                    .child(self.replay_notice())
                    .maybe(self.view_taken())
                    .maybe(self.view_remarks())
                    .maybe(self.save.clash.is_some().then(|| notice::problem(&t("publish-disputed"))))
                    .child(
                        el("div")
                            .class("form-buttons")
                            .child(
                                Button::new(Look::Primary, t("publish"))
                                    .busy(self.save.publishing)
                                    .disabled(self.save.clash.is_some())
                                    .submit(),
                            )
                            .child(Button::new(Look::Ghost, t("cancel")).on(Msg::CloseDialog)),
                    )
                    .into(),
            ],
        )
    }

    /// On a narrow screen: what the chosen block says, to be read, and its form when it is asked for.
    fn view_sheet(&self) -> Node {
        let block = match self.only() {
            Some(Item::Block(id)) => self.doc.block(id).map(|(_, block)| block),
            _ => None,
        };
        let title = match self.only() {
            Some(Item::Group(id)) => self.doc.group(id).map(|group| self.group_title(group)),
            Some(Item::Trigger(id)) => self.doc.trigger(id).map(|it| super::kinds::trigger_summary(it)),
            Some(Item::Note(_)) => Some(t("note")),
            Some(Item::Edge(_)) => Some(t("edge")),
            Some(Item::Block(_)) => block.map(|block| super::kinds::title(block)),
            None => Some(t("flow")),
        };
        let (picture, open) =
            if self.is_read_only { (Icon::Eye, "narrow-look") } else { (Icon::Pencil, "narrow-edit") };
        // The form says itself what it is of.
        let title = if self.is_form_open { t(open) } else { title.unwrap_or_default() };
        let head = el("div")
            .class("handset-sheet-head")
            .key("head")
            .child(el("b").text(title))
            .child(icon_button(Icon::X, &t("close"), Msg::Do(Action::Escape)));
        let sheet =
            el("section").id(SHEET).class("flow-sheet").attr("tabindex", "-1").label(t("panel")).child(head);
        if self.is_form_open {
            return sheet.class("whole").child(self.view_form()).maybe(self.view_offer()).into();
        }
        let open = Button::new(Look::Plain, t(open)).icon(picture).id("flow-form-open");
        sheet
            .class_if(block.is_none(), "empty")
            .maybe(block.and_then(|block| self.view_preview(block)))
            .child(el("div").class("flow-sheet-foot").key("foot").child(open.on(Msg::Do(Action::Form))))
            .into()
    }

    /// Known names, offered wherever a variable is asked for; and everything that can be compared.
    fn variable_names(&self) -> Node {
        let list = |id: &str, names: Vec<String>| {
            el("datalist")
                .id(id)
                .children(names.into_iter().map(|name| el("option").key(&name).attr("value", name)))
        };
        el("div")
            .key("names-known")
            .attr("hidden", "")
            .child(list("flow-variables", self.doc.variables()))
            .child(list("flow-names", self.all_names()))
            .into()
    }
}

/// The icon of a kind in the colour of its family.
pub fn kind_icon(picture: Icon, family: &str) -> Node {
    el("i").class("kind-icon").class(&format!("k-{family}")).child(crate::kit::icon(picture)).into()
}

fn shortcuts(is_read_only: bool) -> Node {
    let shown = |words: &str| !is_read_only || Action::is_listed_for_reading(words);
    dialog(
        "flow-shortcuts",
        &t("shortcuts"),
        Msg::CloseDialog.into(),
        [el("dl")
            .class("shortcuts")
            .children(Action::LISTED.iter().filter(|(_, words)| shown(words)).map(|(keys, words)| {
                el("div")
                    .key(words)
                    .child(el("dt").text(t(&format!("flow-key-{words}"))))
                    .child(el("dd").children(keys.split(' ').map(kbd)))
            }))
            .into()],
    )
}
