//! The form in which a person says what a call comes back with.

use super::view::count;
use super::{Answer, Msg};
use crate::Node;
use crate::builder::kinds;
use crate::builder::model::Model as Builder;
use crate::i18n::t;
use crate::kit::{Button, Look, el, event};
use crate::t;

impl Builder {
    /// What a call comes back with nobody knows: somebody may say it.
    pub(super) fn answer_form(&self, block: &str, call: &str) -> Node {
        let replay = &self.replay;
        let title = self.doc.block(block).map(|(_, block)| kinds::title(block));
        let also = replay.stopped_at(block).saturating_sub(1);
        let button =
            |look, words: &str, how| Button::new(look, t(words)).on(Msg::Answer(block.to_owned(), how));
        let hint = match call {
            "ai_answer" => "replay-answer-words",
            "ai_extract" => "replay-answer-fields",
            _ => "replay-answer-body",
        };
        let form = el("section")
            .class("replay-answer")
            .key("answer")
            .attr("aria-labelledby", "replay-answer-title")
            .child(el("h3").id("replay-answer-title").text(t("replay-answer")))
            .maybe(title.map(|title| el("p").class("muted").key("block").text(title)))
            .maybe((also > 0).then(|| {
                el("p").class("muted").key("also").text(t!("replay-answer-also", count = count(also)))
            }));
        let buttons = el("div").class("replay-answer-buttons").key("buttons");
        let form = match call {
            "open" | "online" => form.child(
                buttons.child(button(Look::Primary, "replay-answer-yes", Answer::Yes)).child(button(
                    Look::Plain,
                    "replay-answer-no",
                    Answer::No,
                )),
            ),
            "email" => form.child(
                buttons.child(button(Look::Primary, "replay-answer-sent", Answer::Skip)).child(button(
                    Look::Plain,
                    "replay-answer-failed",
                    Answer::Failed,
                )),
            ),
            _ => form
                .child(
                    el("div")
                        .class("field")
                        .key("typed")
                        .child(el("label").attr("for", "replay-typed").text(t(hint)))
                        .child(
                            el("textarea")
                                .id("replay-typed")
                                .class("input code")
                                .attr("rows", "4")
                                .attr("value", replay.typed.clone())
                                .on(event::input(Msg::Typed)),
                        ),
                )
                .child(
                    buttons
                        .child(button(Look::Primary, "replay-answer-use", Answer::Typed))
                        .child(button(Look::Plain, "replay-answer-skip", Answer::Skip))
                        .child(button(Look::Plain, "replay-answer-failed", Answer::Failed)),
                ),
        };
        form.into()
    }
}
