//! The panel at the side: the form of what is chosen with its preview, the phone, and what the checker found.

mod bots;
mod branches;
mod calls;
mod expressions;
mod flow;
mod forms;
mod inputs;
mod native_form;
mod numbers;
mod options;
mod person;
mod preview;
mod problems;
mod rows;
mod template;
mod when;

pub use inputs::{Slot, field_id, redrawn_id, text_line};

use super::model::Model;
use super::{Dialog, Msg, Tab};
use crate::i18n::t;
use crate::kit::el;
use crate::{Node, kit};

impl Model {
    pub fn view_panel(&self) -> Node {
        let body = match self.tab {
            Tab::Block => self.view_form(),
            Tab::Test => self.view_test(),
            Tab::Problems => self.view_problems(),
        };
        el("aside")
            .class("flow-panel")
            .key("panel")
            .label(t("panel"))
            .child(
                el("div")
                    .class("flow-tabs")
                    .key("tabs")
                    .attr("role", "tablist")
                    .attr("data-row", "")
                    .label(t("panel"))
                    .children(Tab::ALL.map(|tab| self.tab_button(tab))),
            )
            .child(
                el("div")
                    .class("flow-tab")
                    .id(format!("panel-{}", self.tab.name()))
                    .attr("role", "tabpanel")
                    .attr("aria-labelledby", format!("tab-{}", self.tab.name()))
                    .child(body)
                    .maybe(self.view_offer()),
            )
            .into()
    }

    fn tab_button(&self, tab: Tab) -> Node {
        let chosen = self.tab == tab;
        let words = match tab {
            Tab::Block => t("tab-block"),
            Tab::Test => t("tab-test"),
            Tab::Problems => t("tab-problems"),
        };
        // The number that the toolbar and the publishing say: of mistakes where there are any, else of remarks.
        let count = match self.mistakes() + usize::from(self.unreadable.is_some()) {
            0 => self.remarks(),
            mistakes => mistakes,
        };
        el("button")
            .id(format!("tab-{}", tab.name()))
            .class("flow-tab-button")
            .attr("type", "button")
            .attr("role", "tab")
            .attr("tabindex", if chosen { "0" } else { "-1" })
            .attr("aria-selected", if chosen { "true" } else { "false" })
            .attr_if(chosen, "aria-controls", format!("panel-{}", tab.name()))
            .on(kit::event::click(Msg::Tab(tab)))
            .child(el("span").text(words))
            .maybe(
                (tab == Tab::Problems && count > 0)
                    .then(|| el("b").class("num").class_if(self.has_mistakes(), "bad").text(count)),
            )
            .into()
    }

    /// Whether a dialog lies over the editor.
    pub fn is_covered(&self) -> bool {
        matches!(
            self.dialog,
            Some(
                Dialog::Shortcuts
                    | Dialog::Publish { .. }
                    | Dialog::Return { .. }
                    | Dialog::Test
                    | Dialog::Connect(_)
                    | Dialog::PhoneTrial(_)
            )
        )
    }
}
