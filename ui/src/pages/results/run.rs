//! One run in the side panel: what it did and what was said, and what may be done while it goes on.

use beseda_wire::businesses::Role;
use beseda_wire::conversations::InboxView;
use beseda_wire::messages::Direction;
use beseda_wire::results::{RunLine, RunStepKind, RunTranscript};

use super::words;
use super::{Dialog, Model, Msg};
use crate::kit::dialog::dialog;
use crate::kit::field::select;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::pages::{Around, Load, inbox};
use crate::router::Route;
use crate::{Node, t};

/// The id of the panel, which takes the focus when it is opened.
pub(super) const PANEL: &str = "run-panel";

impl Model {
    pub(super) fn panel(&self, around: &Around<'_>) -> Node {
        let (title, body) = match &self.transcript {
            Load::Not | Load::Loading => (t!("run"), skeleton(4, "rows")),
            Load::Failed(failure) => (t!("run"), notice::failure(failure, None)),
            Load::Ready(told) => (told.run.customer_name.clone(), self.transcript(told, around)),
        };
        el("aside")
            .id(PANEL)
            .class("detail results-detail")
            .attr("tabindex", "-1")
            .label(&title)
            .child(el("div").class("detail-bar").child(el("h1").text(&title)).child(icon_button(
                Icon::X,
                &t!("close"),
                crate::Msg::Go(self.route(None)),
            )))
            .child(body)
            .into()
    }

    fn transcript(&self, told: &RunTranscript, around: &Around<'_>) -> Node {
        let run = &told.run;
        let thread = Route::Inbox { view: InboxView::All, conversation: Some(run.conversation_id) };
        let acts = self.is_live() && around.role != Role::Viewer;
        let block = run.block.as_deref().map(|id| self.blocks.name(id, None));
        let facts = [
            (t!("run-started"), Some(around.clock.full(run.started_at))),
            (t!("run-ended"), run.ended_at.map(|at| around.clock.full(at))),
            (t!("results-block"), block),
            (t!("run-outcome"), run.outcome.clone()),
            (t!("bots-version"), Some(run.version.to_string())),
        ];
        let known = run.variables.as_object().into_iter().flatten();
        let known = known.map(|(name, value)| (name.clone(), Some(words::value(value, around.clock))));
        el("div")
            .class("run")
            .key(run.id)
            .child(words::state(run))
            .child(
                el("div")
                    .class("actions")
                    .child(
                        el("a")
                            .class("button")
                            .attr("href", thread.path())
                            .on(event::go(thread))
                            .child(icon(Icon::MessageSquare))
                            .child(el("span").text(t!("journal-conversation"))),
                    )
                    .maybe(acts.then(|| {
                        Button::new(Look::Plain, t!("run-move"))
                            .icon(Icon::ArrowRight)
                            .busy(self.busy)
                            .on(Msg::AskMove)
                    }))
                    .maybe(acts.then(|| {
                        Button::new(Look::Danger, t!("run-reset"))
                            .icon(Icon::Ban)
                            .busy(self.busy)
                            .on(Msg::AskReset)
                    })),
            )
            .child(el("dl").class("facts").children(facts.into_iter().chain(known).filter_map(
                |(name, value)| {
                    let value = value?;
                    Some(el("div").key(&name).child(el("dt").text(name)).child(el("dd").text(value)))
                },
            )))
            .child(el("h2").text(t!("run-steps")))
            .child(el("ol").class("run-lines").children(told.lines.iter().enumerate().filter_map(
                |(n, line)| {
                    let mut before =
                        told.lines[..n].iter().filter_map(|before| Some(before.step.as_ref()?.kind));
                    self.line(n, line, before.next_back(), around)
                },
            )))
            .maybe(told.cut.then(|| el("p").class("muted").text(t!("run-cut"))))
            .into()
    }

    /// `before` is the step before it.
    fn line(
        &self,
        n: usize,
        line: &RunLine,
        before: Option<RunStepKind>,
        around: &Around<'_>,
    ) -> Option<Node> {
        let time = el("time").class("num muted").text(around.clock.precise(line.at));
        if let Some(message) = &line.message {
            let class = match message.direction {
                Direction::In => "said in",
                Direction::Out => "said out",
                // What happened to the thread, the steps say themselves.
                Direction::Event => return None,
            };
            let words = inbox::words::line(&message.content);
            return Some(el("li").key(n).class(class).child(el("p").text(words)).child(time).into());
        }
        let step = line.step.as_ref()?;
        let failed = matches!(step.kind, RunStepKind::Refused | RunStepKind::Note | RunStepKind::LeftOut);
        let words = match step.kind {
            // Who moved it, the step before says; of older runs it is not known.
            RunStepKind::Began if before == Some(RunStepKind::Moved) => return None,
            // A run begins anew where somebody of the team moved it.
            RunStepKind::Began if before.is_some() => t!("step-moved"),
            _ => words::step(step, &self.blocks)?,
        };
        Some(
            el("li")
                .key(n)
                .class("step")
                .class_if(failed, "amber")
                .child(el("p").text(words))
                .child(time)
                .into(),
        )
    }

    pub(super) fn overlay(&self) -> Option<Node> {
        let name = self.transcript.ready().map(|told| told.run.customer_name.clone()).unwrap_or_default();
        let (title, body, act) = match &self.dialog {
            Dialog::None => return None,
            Dialog::Reset => {
                let lines = [t!("run-reset-silent"), t!("run-reset-kept"), t!("run-reset-anew")];
                let list = el("ul")
                    .class("goes")
                    .children(lines.into_iter().map(|line| el("li").key(&line).text(line)));
                let act = Button::new(Look::Danger, t!("run-reset")).on(Msg::Do);
                (t!("run-reset-title", name = &name), list.into(), act)
            }
            Dialog::Move(block) => {
                let field = select(
                    "run-move-to",
                    &t!("run-move-to"),
                    block,
                    self.blocks.all(),
                    event::change(Msg::MoveTo),
                );
                let words = el("p").class("muted").text(t!("run-move-words"));
                let body = el("div").class("form").child(field).child(words);
                let act = Button::new(Look::Primary, t!("run-move")).on(Msg::Do);
                (t!("run-move-title", name = &name), body.into(), act)
            }
        };
        let cancel = Button::new(Look::Plain, t!("cancel")).id("run-dialog-cancel").on(Msg::Close);
        let actions = el("div").class("form-buttons").key("buttons").child(cancel).child(act).into();
        Some(dialog("run-dialog", &title, Msg::Close.into(), [body, actions]))
    }
}
