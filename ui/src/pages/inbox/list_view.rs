//! The list of conversations on the screen.

use beseda_wire::conversations::{Conversation, ConversationState, Handler, InboxCounts, InboxView};
use beseda_wire::ids::ConversationId;

use super::Msg;
use super::list::{List, ROW};
use super::thread::window_left;
use super::words::{last_line, tick};
use crate::format::duration;
use crate::kit::avatar::avatar;
use crate::kit::search::search;
use crate::kit::segmented::{Segment, segmented};
use crate::kit::tag::{Tone, icon_tag, tag};
use crate::kit::virtual_list::windowed;
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::{Around, Load};
use crate::router::{Route, VIEWS, view_name};
use crate::{Node, t};

/// From here on the closing of the window is worth a warning.
const SOON: i64 = 2 * 60 * 60 * 1000;

pub fn pane(list: &List, open: Option<ConversationId>, counts: &InboxCounts, around: &Around<'_>) -> Node {
    let segments = VIEWS.into_iter().map(|view| Segment {
        route: Route::Inbox { view, conversation: open },
        words: t!(&format!("view-{}", view_name(view))),
        count: match view {
            InboxView::Mine => Some(counts.mine),
            InboxView::Waiting => Some(counts.waiting),
            InboxView::Open | InboxView::All | InboxView::Closed => None,
        },
        chosen: list.view == view,
    });
    el("section")
        .class("list-pane")
        .key("list")
        .label(t!("conversations"))
        .child(
            el("header")
                .class("pane-head")
                .child(el("h1").text(t!("inbox")))
                .child(search(&list.search, t!("conversations-search"), Msg::Search))
                .child(segmented(&t!("views"), segments)),
        )
        .maybe((list.held() > 0).then(|| {
            let count = i64::try_from(list.held()).unwrap_or(0);
            el("div").class("held").child(
                Button::new(Look::Primary, t!("held", count = count)).icon(Icon::ChevronUp).on(Msg::ShowHeld),
            )
        }))
        .child(body(list, open, around))
        .into()
}

fn body(list: &List, open: Option<ConversationId>, around: &Around<'_>) -> Node {
    match &list.state {
        Load::Not | Load::Loading => skeleton(7, "conversations-skeleton"),
        Load::Failed(failure) => notice::failure(failure, Some(Msg::ListAgain.into())),
        Load::Ready(()) if list.len() == 0 => none(list),
        Load::Ready(()) => {
            let window = list.window();
            // One row alone is a stop of the Tab key, lest the way to the conversation be as long as the list.
            let is_open = |row: &&Conversation| open == Some(row.id);
            let stop =
                list.shown(window).find(is_open).or_else(|| list.shown(window).next()).map(|row| row.id);
            let rows = list
                .shown(window)
                .map(|row| self::row(row, list.view, open == Some(row.id), stop == Some(row.id), around));
            let scroll = el("div")
                .id("conversations")
                .class("scroll")
                .attr("role", "list")
                .label(t!("conversations"))
                .on(event::scroll(Msg::Scrolled))
                .on(event::pointer_enter(Msg::Hovered(true)))
                .on(event::pointer_leave(Msg::Hovered(false)));
            windowed(scroll, window, ROW, list.len(), rows).into()
        }
    }
}

fn none(list: &List) -> Node {
    if !list.search.trim().is_empty() {
        return notice::empty(
            Icon::Search,
            &t!("nothing-found"),
            &t!("nothing-found-words"),
            Some(Button::new(Look::Plain, t!("search-clear")).on(Msg::ClearSearch)),
        );
    }
    match list.view {
        InboxView::Waiting => {
            notice::empty(Icon::CircleCheck, &t!("waiting-none"), &t!("waiting-none-words"), None)
        }
        InboxView::Mine => notice::empty(
            Icon::Inbox,
            &t!("mine-none"),
            &t!("mine-none-words"),
            Some(link(InboxView::Waiting, &t!("view-waiting"))),
        ),
        InboxView::Closed => notice::empty(Icon::Inbox, &t!("closed-none"), &t!("closed-none-words"), None),
        InboxView::Open | InboxView::All => notice::empty(
            Icon::MessageSquare,
            &t!("open-none"),
            &t!("open-none-words"),
            Some(
                Button::new(Look::Primary, t!("start-title"))
                    .icon(Icon::SquareCheckBig)
                    .on(crate::Msg::Go(Route::Start)),
            ),
        ),
    }
}

fn link(view: InboxView, words: &str) -> Node {
    Button::new(Look::Plain, words).on(crate::Msg::Go(Route::Inbox { view, conversation: None }))
}

fn row(row: &Conversation, view: InboxView, chosen: bool, is_stop: bool, around: &Around<'_>) -> Node {
    let route = Route::Inbox { view, conversation: Some(row.id) };
    let (which, words) = row.last.as_ref().map(|last| last_line(row, last, around.me.id)).unwrap_or_default();
    let at = row.last.as_ref().map_or(row.updated_at, |last| last.at);
    let status = row.last.as_ref().and_then(|last| last.status);
    let tags = tags(row, around);
    el("div")
        .key(row.id)
        .attr("role", "listitem")
        .child(
            el("a")
                .class("row")
                .class_if(row.unread > 0, "unread")
                .class_if(tags.is_empty(), "plain")
                .attr("id", format!("row-{}", row.id))
                .attr("href", route.path())
                .attr_if(chosen, "aria-current", "true")
                .attr("tabindex", if is_stop { "0" } else { "-1" })
                .on(event::go(route))
                .child(avatar(&row.customer_name, ""))
                .child(el("b").class("row-name").text(&row.customer_name))
                .child(el("time").class("row-time num").text(around.clock.short(at)))
                .child(el("span").class("row-line").maybe(which.map(icon)).child(el("span").text(words)))
                .child(if row.unread > 0 {
                    let words = t!("unread-count", count = row.unread);
                    el("span")
                        .class("unread-count num")
                        .attr("title", words.clone())
                        .text(row.unread)
                        .child(el("span").class("unseen").text(words))
                        .into()
                } else {
                    status.map_or_else(|| el("span").into(), tick)
                })
                .maybe((!tags.is_empty()).then(|| el("span").class("row-tags").children(tags))),
        )
        .into()
}

/// The few labels of a row, the most pressing first.
fn tags(row: &Conversation, around: &Around<'_>) -> Vec<Node> {
    let now = around.clock.now;
    let mut tags = vec![];
    let open = row.state == ConversationState::Open;
    if !open {
        tags.push(tag(Tone::Grey, t!("is-closed")));
    }
    if let Some(since) = row.waiting_since.filter(|_| open) {
        tags.push(icon_tag(Tone::Amber, Icon::Clock, t!("waits", time = &duration(now.millis_since(since)))));
    }
    if let Some(left) = window_left(row, now).filter(|left| open && *left < SOON) {
        tags.push(tag(Tone::Red, t!("window-closes-in", time = &duration(left))));
    }
    match (&row.handler, &row.bot, &row.assignee) {
        (Handler::Bot, Some(bot), _) => tags.push(icon_tag(Tone::Blue, Icon::Bot, &bot.name)),
        (Handler::Person, _, Some(person)) if person.id != around.me.id => {
            tags.push(icon_tag(Tone::Grey, Icon::UserRound, &person.name));
        }
        (Handler::Person, _, Some(_)) => tags.push(tag(Tone::Green, t!("yours"))),
        _ => {}
    }
    let room = 3_usize.saturating_sub(tags.len());
    tags.extend(row.tags.iter().take(room).map(|name| tag(Tone::Grey, name)));
    tags
}
