//! Who may not change bots looks at them: everything that would change one is neither shown nor done, so that nobody
//! works for half an hour and learns at the first saving that it was in vain. Looking, finding, trying in the page,
//! comparing versions and results stay.

use super::keys::Action;
use super::model::Model;
use super::{Msg, connections, save, versions};
use crate::effect::Effect;
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, icon};
use crate::{Node, kit};

impl Action {
    /// Whether it changes the flow, or begins to.
    pub const fn changes(self) -> bool {
        match self {
            Self::Undo
            | Self::Redo
            | Self::Duplicate
            | Self::Delete
            | Self::SaveNow
            | Self::Connect
            | Self::Palette
            | Self::Publish
            | Self::Tidy
            | Self::Disable
            | Self::Shift(_)
            | Self::Lift(_) => true,
            Self::All
            | Self::Find
            | Self::Escape
            | Self::Form
            | Self::Test
            | Self::Next
            | Self::Fit
            | Self::Nearer
            | Self::Farther
            | Self::OneToOne
            | Self::Help
            | Self::Go(_)
            | Self::Extend(_) => false,
        }
    }

    /// Whether a line of the list of keys (`LISTED`) is of use to somebody who only looks.
    pub fn is_listed_for_reading(words: &str) -> bool {
        matches!(
            words,
            "go" | "several" | "form" | "test" | "next" | "fit" | "zoom" | "one" | "find" | "all" | "escape"
        )
    }
}

impl Msg {
    /// Whether it changes the bot, or asks the server for what only those may see who change bots.
    pub const fn needs_rights(&self) -> bool {
        match self {
            Self::Do(action) | Self::Pressed(action, _) => action.changes(),
            Self::Edit(_)
            | Self::Allow(_)
            | Self::Paste(_)
            | Self::Cut
            | Self::Insert(_)
            | Self::Connect(_)
            | Self::Variables(_)
            | Self::Format(..)
            | Self::Replay(_)
            | Self::PhoneTrial(_)
            | Self::Trial(_) => true,
            Self::Save(msg) => matches!(
                msg,
                save::Msg::Due
                    | save::Msg::AskPublish
                    | save::Msg::Publish
                    | save::Msg::CopyMine
                    | save::Msg::Settle(..)
            ),
            Self::Versions(msg) => {
                matches!(msg, versions::Msg::Take(_) | versions::Msg::AskReturn(_) | versions::Msg::Return)
            }
            _ => false,
        }
    }
}

impl Model {
    /// Said at once: what may be done here, and who may do more.
    pub fn view_reading(&self) -> Option<Node> {
        (self.is_read_only && self.load.ready().is_some()).then(|| {
            let left_over = self.is_dirty();
            el("div")
                .class("flow-reading")
                .key("reading")
                .attr("role", "note")
                .child(icon(Icon::Eye))
                .child(el("p").text(t("reading")))
                .maybe(left_over.then(|| el("p").text(t("unsaved-forbidden"))))
                .maybe(
                    left_over.then(|| {
                        Button::new(Look::Plain, t("unsaved-file")).on(Msg::Save(save::Msg::ToFile))
                    }),
                )
                .into()
        })
    }

    /// A form, whose fields cannot be changed by those who only look. What is folded in it can be opened.
    pub(super) fn form_of(&self, nodes: Vec<Node>) -> Node {
        let form = if self.is_read_only {
            el("fieldset").flag("disabled", true).class("looked-at")
        } else {
            el("div")
        };
        form.class("flow-form")
            .on_maybe(self.names_keys())
            .key(format!("{:?}-{}", self.form(), self.epoch))
            .children(nodes)
            .into()
    }

    /// Buttons that change what a form is about; none for those who only look.
    pub(super) fn tools(&self) -> Vec<Node> {
        if self.is_read_only {
            return vec![];
        }
        vec![
            kit::icon_button(Icon::Copy, &t("duplicate"), Msg::Do(Action::Duplicate)),
            kit::icon_button(Icon::Trash2, &t("delete"), Msg::Do(Action::Delete)),
        ]
    }

    /// Asks for the connections, which only those may see who change bots.
    pub(super) fn ask_connections(&self) -> Option<Effect> {
        (!self.is_read_only).then(connections::ask)
    }
}
