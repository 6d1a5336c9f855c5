//! What stands on a number's page where something is wrong with it: what, and the way out.

use beseda_wire::conversations::InboxView;
use beseda_wire::whatsapp::{Number, NumberState, NumberWarning};

use super::detail::Msg;
use crate::kit::{Button, Icon, Look, el, event, icon, notice};
use crate::pages::Around;
use crate::pages::inbox::words::reason_words;
use crate::router::Route;
use crate::{Node, t};

/// Why nothing is sent any more, and the way out: a new token, or for a number of the simulator, which has none to be
/// entered, a check that starts it again.
pub fn stopped(number: &Number, checking: bool) -> Option<Node> {
    if number.state != NumberState::Stopped {
        return None;
    }
    let why = reason_words(number.problem.as_deref().unwrap_or_default(), || t!("number-stopped-words"));
    let way_out = if number.simulated {
        Button::new(Look::Plain, t!("try-again")).icon(Icon::RefreshCw).busy(checking).on(Msg::Check)
    } else {
        Button::new(Look::Plain, t!("number-enter-token")).icon(Icon::KeyRound).on(Msg::Renew)
    };
    Some(
        el("div")
            .class("notice red")
            .key("stopped")
            .attr("role", "alert")
            .child(icon(Icon::CircleAlert))
            .child(
                el("div")
                    .child(el("b").text(t!("number-stopped")))
                    .child(el("p").text(why))
                    .maybe(number.problem_detail.as_deref().map(notice::technical)),
            )
            .child(way_out)
            .into(),
    )
}

/// What failed lately though the number works on, until somebody has seen it: one of each reason.
pub fn warned(number: &Number, busy: bool, around: &Around<'_>) -> Vec<Node> {
    number.warnings.iter().map(|warning| warned_of(warning, busy, around)).collect()
}

/// The button of a warning, by its id.
pub fn seen_id(reason: &str) -> String {
    format!("seen-{reason}")
}

fn warned_of(warning: &NumberWarning, busy: bool, around: &Around<'_>) -> Node {
    let thread = Route::Inbox { view: InboxView::All, conversation: Some(warning.conversation_id) };
    let when = around.clock.ago(warning.at);
    el("div")
        .class("notice amber")
        .key(format!("warned-{}", warning.reason))
        .attr("role", "status")
        .child(icon(Icon::TriangleAlert))
        .child(
            el("div")
                .child(el("b").text(t!("number-warned", time = &when)))
                .child(el("p").text(reason_words(&warning.reason, || t!("failure-unknown"))))
                .child(
                    el("p").child(
                        el("a")
                            .attr("href", thread.path())
                            .on(event::go(thread))
                            .text(t!("number-warning-message")),
                    ),
                )
                .child(notice::technical(&warning.detail)),
        )
        .child(
            Button::new(Look::Plain, t!("number-warning-seen"))
                .id(seen_id(&warning.reason))
                .icon(Icon::Check)
                .busy(busy)
                .on(Msg::Dismiss(warning.reason.clone())),
        )
        .into()
}

/// Webhooks come and are refused: the one thing the checks cannot find before.
pub fn refused() -> Node {
    el("div")
        .class("notice amber")
        .attr("role", "status")
        .child(icon(Icon::TriangleAlert))
        .child(
            el("div")
                .child(el("b").text(t!("number-refused")))
                .child(el("p").text(t!("journal-refused-words"))),
        )
        .child(Button::new(Look::Plain, t!("number-enter-secret")).icon(Icon::KeyRound).on(Msg::EnterSecret))
        .into()
}
