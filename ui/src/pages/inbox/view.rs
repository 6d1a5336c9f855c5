//! The three panes.

use beseda_wire::conversations::{Conversation, Handler, InboxCounts};
use beseda_wire::messages::{Direction, Message};

use super::actions::Action;
use super::thread::{Thread, window_left};
use super::{Model, Msg, bubble, composer, customer, list_view};
use crate::format::{duration, phone};
use crate::kit::avatar::avatar;
use crate::kit::dialog::backdrop;
use crate::kit::tag::{Tone, icon_tag};
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::pages::roles::answers;
use crate::pages::{Around, Load};
use crate::router::Route;
use crate::{Node, t};

/// Messages of one author this near to each other stand together.
const TOGETHER: i64 = 5 * 60 * 1000;
const HOUR: i64 = 60 * 60 * 1000;
/// From here on the closing of the window is worth a warning.
const SOON: i64 = 2 * HOUR;

impl Model {
    pub fn view(&self, counts: &InboxCounts, around: &Around<'_>) -> Node {
        let open = self.thread.as_ref().map(|thread| thread.id);
        el("div")
            .class("inbox")
            .key("inbox")
            .class_if(self.thread.is_some(), "has-thread")
            .class_if(self.pane_open, "has-pane")
            .class_if(self.pane_on_top, "pane-on-top")
            .child(list_view::pane(&self.list, open, counts, around))
            .child(match &self.thread {
                Some(thread) => self.thread_view(thread, around),
                None => el("section")
                    .class("thread none")
                    .key("none")
                    .child(notice::empty(
                        Icon::MessageSquare,
                        &t!("thread-none"),
                        &t!("thread-none-words"),
                        None,
                    ))
                    .into(),
            })
            .maybe(self.thread.as_ref().map(|thread| customer::pane(thread, around)))
            .into()
    }

    /// What lies above the whole page.
    pub fn dialog(&self) -> Option<Node> {
        Some(zoomed(self.thread.as_ref()?.zoomed.as_ref()?))
    }

    fn thread_view(&self, thread: &Thread, around: &Around<'_>) -> Node {
        el("section")
            .class("thread")
            .key(thread.id)
            .label(t!("conversation"))
            .child(self.head(thread, around))
            .child(messages(thread, around))
            .child(composer::composer(thread, around))
            .into()
    }

    fn head(&self, thread: &Thread, around: &Around<'_>) -> Node {
        let back = Route::Inbox { view: self.list.view, conversation: None };
        let head = el("header").class("thread-head").child(
            el("a")
                .class("icon-button back")
                .attr("href", back.path())
                .label(t!("back-to-list"))
                .on(event::go(back))
                .child(icon(Icon::ArrowLeft)),
        );
        let Some(conversation) = thread.conversation.ready() else { return head.into() };
        head.child(avatar(&conversation.customer_name, ""))
            .child(
                el("div")
                    .class("who")
                    .child(el("h1").text(&conversation.customer_name))
                    .child(el("p").class("muted").text(about(conversation, thread))),
            )
            .child(clock(conversation, around))
            .child(el("div").class("thread-actions").children(actions(conversation, around)))
            .child(
                el("button")
                    .id(super::PANE_BUTTON)
                    .class("icon-button")
                    .attr("type", "button")
                    .attr("aria-pressed", if self.pane_open { "true" } else { "false" })
                    .label(t!("customer-toggle"))
                    .attr("title", t!("customer-toggle"))
                    .on(event::click(Msg::TogglePane))
                    .child(icon(Icon::PanelRight)),
            )
            .into()
    }
}

/// Others who look at it, who answers, or the number.
fn about(conversation: &Conversation, thread: &Thread) -> String {
    if !thread.viewers.is_empty() {
        return t!("viewers", names = &thread.viewers.join(", "));
    }
    let number = conversation.customer_phone.as_deref().map(phone);
    let answers = match (&conversation.handler, &conversation.bot, &conversation.assignee) {
        (Handler::Bot, Some(bot), _) => Some(t!("bot-answers", name = &bot.name)),
        (Handler::Person, _, Some(person)) => Some(t!("bot-answers", name = &person.name)),
        _ => None,
    };
    // The number stands beside the thread as well, so it is what may be cut.
    [answers, number].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The 24-hour clock.
fn clock(conversation: &Conversation, around: &Around<'_>) -> Node {
    let (tone, words, title) = match window_left(conversation, around.clock.now) {
        Some(left) if left < SOON => (Tone::Red, duration(left), t!("window-title")),
        // The hour is exact enough while many are left.
        Some(left) => (Tone::Grey, t!("time-hours", hours = left / HOUR), t!("window-title")),
        None => (Tone::Amber, t!("window-closed"), t!("window-closed-words")),
    };
    el("span").class("window num").attr("title", title).child(icon_tag(tone, Icon::Clock, words)).into()
}

fn actions(conversation: &Conversation, around: &Around<'_>) -> Vec<Node> {
    if !answers(around.role) {
        return vec![];
    }
    let mut buttons = vec![];
    let mut add = |action: Action, button: Button, msg: Msg| {
        if action.is_open_to(conversation) {
            buttons.push(button.on(msg));
        }
    };
    let take = if conversation.handler == Handler::Bot { Look::Primary } else { Look::Plain };
    add(Action::TakeOver, Button::new(take, t!("take-over")).icon(Icon::Hand).key("T"), Msg::TakeOver);
    add(Action::GiveBack, Button::new(Look::Plain, t!("give-back")).icon(Icon::Bot).key("B"), Msg::GiveBack);
    let close = if conversation.handler == Handler::Bot { Look::Plain } else { Look::Primary };
    add(
        Action::Close,
        Button::new(close, t!("close-conversation")).icon(Icon::Check).key("E"),
        Msg::ToggleClosed,
    );
    add(
        Action::Reopen,
        Button::new(Look::Plain, t!("reopen")).icon(Icon::RotateCcw).key("E"),
        Msg::ToggleClosed,
    );
    buttons
}

fn messages(thread: &Thread, around: &Around<'_>) -> Node {
    let inner = match &thread.state {
        Load::Not | Load::Loading => vec![skeleton(5, "thread-skeleton")],
        Load::Failed(failure) => vec![notice::failure(failure, Some(Msg::ThreadAgain.into()))],
        Load::Ready(()) => lines(thread, around),
    };
    // Two boxes, the outer one reversed: the end is where its scrolling begins, so new messages keep it at
    // the end and earlier ones, put in above, move nothing.
    el("div")
        .id("thread")
        .class("thread-scroll")
        .attr("tabindex", "0")
        .attr("role", "log")
        .attr("data-arrows", "own")
        .label(t!("messages"))
        .on(event::scroll(Msg::ThreadScrolled))
        .child(el("div").class("thread-lines").children(inner))
        .into()
}

fn lines(thread: &Thread, around: &Around<'_>) -> Vec<Node> {
    let mut lines: Vec<Node> = vec![];
    if thread.earlier.is_some() {
        lines.push(
            el("div")
                .class("earlier")
                .key("earlier")
                .child(
                    Button::new(Look::Ghost, t!("earlier"))
                        .icon(Icon::ChevronUp)
                        .busy(thread.loading_earlier)
                        .on(Msg::Earlier),
                )
                .into(),
        );
    }
    let mut day = String::new();
    let mut before: Option<&Message> = None;
    for message in &thread.messages {
        let key = around.clock.day_key(message.at);
        if key != day {
            lines.push(
                el("div")
                    .class("day")
                    .key(format!("day-{key}"))
                    .child(el("span").text(around.clock.day(message.at)))
                    .into(),
            );
            day = key;
            before = None;
        }
        let follows = before.is_some_and(|before| {
            before.author == message.author
                && before.direction == message.direction
                && message.direction != Direction::Event
                && message.at.millis_since(before.at) < TOGETHER
        });
        lines.push(bubble::bubble(message, thread, around, follows));
        before = Some(message);
    }
    lines.extend(thread.pending.iter().map(|pending| bubble::pending(pending, around)));
    if lines.is_empty() {
        lines.push(el("div").class("day").key("empty").child(el("span").text(t!("thread-empty"))).into());
    }
    lines
}

/// The picture that is looked at, above everything else.
fn zoomed(url: &str) -> Node {
    el("div")
        .id("zoom")
        .class("zoom")
        .attr("role", "dialog")
        .attr("aria-modal", "true")
        .attr("tabindex", "-1")
        .label(t!("picture"))
        .child(backdrop(Msg::Zoom(None).into()))
        .child(el("img").attr("src", url.to_owned()).attr("alt", t!("picture")))
        .child(icon_button(Icon::X, &t!("close"), Msg::Zoom(None)))
        .into()
}
