//! The journal on the screen: the list with its filters, and one webhook beside it.

use beseda_wire::conversations::InboxView;
use beseda_wire::whatsapp::{JournalEntry, Number};

use super::{Model, Msg, ROW, Replay, json, words};
use crate::format::{phone, size};
use crate::kit::search::search;
use crate::kit::segmented::{Segment, segmented};
use crate::kit::virtual_list::windowed;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::pages::{Around, Load};
use crate::router::{OUTCOMES, Route, Section};
use crate::{Node, shell, t};

/// Of a larger body only the beginning is shown: a document of megabytes is not read on a screen.
const MOST_SHOWN: usize = 200_000;
/// Above this size the body stays without colours, which cost an element each.
const MOST_COLOURED: usize = 60_000;

impl Model {
    pub fn view(&self, around: &Around<'_>) -> Node {
        el("div")
            .class("journal")
            .key("journal")
            .class_if(self.open.is_some(), "has-detail")
            .child(
                el("section")
                    .class("journal-list")
                    .key("list")
                    .label(t!("journal"))
                    .child(shell::settings_nav(Some(Section::Journal)))
                    .child(self.head())
                    .children(self.refused())
                    .maybe((!self.held.is_empty()).then(|| self.held_back()))
                    .child(self.list(around)),
            )
            .maybe(self.open.map(|id| self.detail(id, around)))
            .into()
    }

    fn head(&self) -> Node {
        let every = std::iter::once(None).chain(OUTCOMES.into_iter().map(Some));
        let segments = every.map(|outcome| Segment {
            route: Route::Journal { outcome, search: self.search.trim().to_owned(), entry: self.open },
            words: outcome.map_or_else(|| t!("journal-all"), words::outcome),
            count: None,
            chosen: self.outcome == outcome,
        });
        el("header")
            .class("pane-head")
            .child(
                el("div")
                    .class("journal-title")
                    .child(el("h1").text(t!("journal")))
                    .child(el("p").class("muted").text(t!("journal-lead"))),
            )
            .child(search(&self.search, t!("journal-search"), Msg::Search))
            .child(segmented(&t!("journal-outcomes"), segments))
            .into()
    }

    /// Webhooks that were not let in, by number: of them nothing is kept but their count. Those that named no number are
    /// the same for all.
    fn refused(&self) -> Vec<Node> {
        let refused = self.numbers.iter().filter(|number| number.rejected > 0);
        let nameless = self.numbers.iter().map(|number| number.app_rejected).max().filter(|count| *count > 0);
        refused.map(refused_notice).chain(nameless.map(nameless_notice)).collect()
    }

    fn held_back(&self) -> Node {
        let count = i64::try_from(self.held.len()).unwrap_or(0);
        el("div")
            .class("journal-held")
            .key("held")
            .child(
                Button::new(Look::Primary, t!("journal-held", count = count))
                    .icon(Icon::ChevronUp)
                    .on(Msg::ShowHeld),
            )
            .into()
    }

    fn list(&self, around: &Around<'_>) -> Node {
        match &self.state {
            Load::Not | Load::Loading => skeleton(8, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Again.into())),
            Load::Ready(()) if self.rows.is_empty() && self.loading_more => skeleton(3, "rows"),
            Load::Ready(()) if self.rows.is_empty() => self.none(),
            Load::Ready(()) => {
                let window = self.window();
                let rows = &self.rows[window.first..window.end];
                // One row alone is a stop of the Tab key: the others are reached by the arrows.
                let open = rows.iter().find(|entry| self.open == Some(entry.id));
                let stop = open.or(rows.first()).map(|entry| entry.id);
                let rows = rows.iter().map(|entry| self.row(entry, stop == Some(entry.id), around));
                let body = el("div")
                    .id("webhooks")
                    .class("scroll")
                    .attr("role", "list")
                    .attr("tabindex", "0")
                    .label(t!("journal"))
                    .on(event::scroll(Msg::Scrolled))
                    .on(event::pointer_enter(Msg::Hovered(true)))
                    .on(event::pointer_leave(Msg::Hovered(false)));
                windowed(body, window, ROW, self.rows.len(), rows).into()
            }
        }
    }

    fn none(&self) -> Node {
        if self.outcome.is_none() && self.search.trim().is_empty() {
            return notice::empty(
                Icon::Webhook,
                &t!("journal-none"),
                &t!("journal-none-words"),
                Some(
                    Button::new(Look::Primary, t!("numbers"))
                        .on(crate::Msg::Go(Route::Settings(Section::Numbers))),
                ),
            );
        }
        let everything = Route::Journal { outcome: None, search: String::new(), entry: None };
        notice::empty(
            Icon::Search,
            &t!("nothing-found"),
            &t!("journal-nothing-words"),
            Some(Button::new(Look::Plain, t!("journal-show-all")).on(crate::Msg::Go(everything))),
        )
    }

    fn row(&self, entry: &JournalEntry, is_stop: bool, around: &Around<'_>) -> Node {
        let route = self.route(Some(entry.id));
        el("div")
            .key(entry.id)
            .attr("role", "listitem")
            .child(
                el("a")
                    .class("webhook")
                    .attr("id", format!("webhook-{}", entry.id))
                    .attr("href", route.path())
                    .attr_if(self.open == Some(entry.id), "aria-current", "true")
                    .attr("tabindex", if is_stop { "0" } else { "-1" })
                    .on(event::go(route))
                    .child(words::outcome_tag(entry.outcome).class("webhook-outcome"))
                    .child(
                        el("b").child(words::kind_picture(entry)).child(el("span").text(words::kinds(entry))),
                    )
                    .child(el("span").class("muted webhook-customer").text(customer(entry)))
                    .child(el("span").class("muted webhook-number").text(self.number(entry)))
                    .child(
                        el("span").class("num muted webhook-size").text(size(entry.size)).maybe(
                            (entry.replays > 0)
                                .then(|| el("i").text(t!("journal-replays", count = entry.replays))),
                        ),
                    )
                    .child(el("time").class("num muted").text(around.clock.precise(entry.received_at))),
            )
            .into()
    }

    fn detail(&self, id: u64, around: &Around<'_>) -> Node {
        let body = match &self.detail {
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Failed(failure) => notice::failure(failure, None),
            Load::Ready(entry) => self.card(entry, around),
        };
        let title = t!("journal-entry", number = &id.to_string());
        el("aside")
            .class("detail journal-detail")
            .key("detail")
            .label(&title)
            .child(el("div").class("detail-bar").child(el("h1").text(&title)).child(icon_button(
                Icon::X,
                &t!("close"),
                crate::Msg::Go(self.route(None)),
            )))
            .child(body)
            .into()
    }

    fn card(&self, entry: &JournalEntry, around: &Around<'_>) -> Node {
        let mut facts = vec![
            (t!("journal-received"), around.clock.full(entry.received_at)),
            (t!("journal-what"), words::kinds(entry)),
            (t!("journal-number"), self.number(entry)),
        ];
        facts.extend(entry.customer.as_ref().map(|_| (t!("customer"), customer(entry))));
        facts.extend(entry.processed_at.map(|at| (t!("journal-processed"), around.clock.full(at))));
        facts.push((t!("journal-size"), size(entry.size)));
        if entry.replays > 0 {
            facts.push((t!("journal-replayed"), t!("journal-replays", count = entry.replays)));
            facts.extend(entry.replayed_at.map(|at| (t!("journal-replayed-at"), around.clock.full(at))));
        }
        el("div")
            .class("card")
            .key(entry.id)
            .child(
                el("div")
                    .class("webhook-said")
                    .child(words::outcome_tag(entry.outcome))
                    .child(el("p").text(words::explained(entry))),
            )
            .maybe(entry.detail.as_deref().map(notice::technical))
            .child(
                el("div")
                    .class("actions")
                    .child(
                        Button::new(Look::Primary, t!("journal-replay"))
                            .icon(Icon::RotateCcw)
                            .busy(self.replay == Replay::Going)
                            .on(Msg::Replay),
                    )
                    .maybe(entry.conversation.map(|conversation| {
                        let route = Route::Inbox { view: InboxView::All, conversation: Some(conversation) };
                        el("a")
                            .class("button")
                            .attr("href", route.path())
                            .on(event::go(route))
                            .child(icon(Icon::MessageSquare))
                            .child(el("span").text(t!("journal-conversation")))
                    })),
            )
            .child(self.replayed())
            .child(el("dl").class("facts").children(facts.into_iter().map(|(name, value)| {
                el("div").key(&name).child(el("dt").text(name)).child(el("dd").text(value))
            })))
            .maybe(entry.body.as_deref().map(|body| raw(entry.id, body)))
            .into()
    }

    /// What came of a replay. The box is always there, so that screen readers notice what comes into it.
    fn replayed(&self) -> Node {
        let said = match &self.replay {
            Replay::Not => None,
            Replay::Going => Some(el("p").class("muted").text(t!("journal-replaying")).into()),
            Replay::Failed(failure) => Some(notice::failure(failure, None)),
            Replay::Done(outcome) => Some(
                el("div")
                    .class("notice")
                    .child(icon(Icon::RotateCcw))
                    .child(el("div").child(el("p").child(el("b").text(t!("journal-replay-done")))).child(
                        el("p").text(t!(&format!("replayed-{}", crate::router::outcome_name(*outcome)))),
                    ))
                    .into(),
            ),
        };
        el("div").class("webhook-replayed").attr("role", "status").maybe(said).into()
    }
}

fn refused_notice(number: &Number) -> Node {
    let route = Route::Number(number.id);
    let count = i64::try_from(number.rejected).unwrap_or(i64::MAX);
    el("div")
        .class("notice amber")
        .key(number.id)
        .child(icon(Icon::TriangleAlert))
        .child(
            el("div")
                .child(el("b").text(t!("journal-refused", count = count, name = &number.name)))
                .child(el("p").text(t!("journal-refused-words"))),
        )
        .child(
            el("a")
                .class("button")
                .attr("href", route.path())
                .on(event::go(route))
                .child(el("span").text(t!("journal-to-number"))),
        )
        .into()
}

fn nameless_notice(count: u64) -> Node {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    el("div")
        .class("notice amber")
        .key("nameless")
        .child(icon(Icon::TriangleAlert))
        .child(
            el("div")
                .child(el("b").text(t!("journal-nameless", count = count)))
                .child(el("p").text(t!("journal-nameless-words"))),
        )
        .into()
}

/// The customer as the webhook named them: a phone, or an id where the phone is hidden.
fn customer(entry: &JournalEntry) -> String {
    let Some(name) = &entry.customer else { return String::new() };
    if name.bytes().all(|byte| byte.is_ascii_digit()) { phone(&format!("+{name}")) } else { name.clone() }
}

fn raw(id: u64, body: &str) -> Node {
    let end = body.char_indices().map(|(at, _)| at).find(|at| *at >= MOST_SHOWN).unwrap_or(body.len());
    let shown = &body[..end];
    let pieces = if end == body.len() { json::pretty(shown) } else { None };
    let pre = el("pre").key(id).attr("tabindex", "0").attr("role", "region").label(t!("journal-body"));
    let pre = match pieces {
        Some(pieces) if shown.len() <= MOST_COLOURED => {
            pre.children(pieces.into_iter().map(|(kind, text)| el("span").class(kind.class()).text(text)))
        }
        Some(pieces) => pre.text(pieces.into_iter().map(|(_, text)| text).collect::<String>()),
        None => pre.text(shown),
    };
    el("section")
        .class("webhook-body")
        .child(el("div").class("webhook-body-head").child(el("h2").text(t!("journal-body"))).child(
            Button::new(Look::Ghost, t!("copy")).icon(Icon::Copy).on(crate::Msg::Copy(body.to_owned())),
        ))
        .maybe((end < body.len()).then(|| el("p").class("muted").text(t!("journal-body-cut"))))
        .child(pre)
        .into()
}
