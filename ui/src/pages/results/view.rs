//! The page of a bot's results: what is looked for, the numbers, and the table of runs.

use beseda_wire::results::{BotRun, RunState};

use super::words::{self, value};
use super::{Model, Msg};
use crate::kit::field::select;
use crate::kit::search::search;
use crate::kit::segmented::{Segment, segmented};
use crate::kit::table::{Row, table};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::{Around, Load};
use crate::router::Route;
use crate::{Node, t};

/// The periods that are offered, in days.
const PERIODS: [u32; 3] = [7, 30, 90];

impl Model {
    pub fn view(&self, around: &Around<'_>) -> Node {
        el("div")
            .class("results")
            .class_if(self.open.is_some(), "has-detail")
            .key("results")
            .child(
                el("div").class("page results-page").child(way_back()).child(self.head()).child(
                    el("div")
                        .class("page-body")
                        .child(self.filters())
                        .child(self.numbers())
                        .child(self.runs(around)),
                ),
            )
            .maybe(self.open.map(|_| self.panel(around)))
            .into()
    }

    fn head(&self) -> Node {
        let flow = self.bot.map_or(Route::Bots, |bot| Route::Bot { bot, chosen: None });
        let title = match &self.name {
            Some(bot) => t!("results-of", bot = bot.as_str()),
            None => t!("results"),
        };
        el("header")
            .class("page-head")
            .child(el("div").child(el("h1").text(title)).child(el("p").text(t!("results-lead"))))
            .child(
                el("a")
                    .class("button")
                    .attr("href", flow.path())
                    .on(event::go(flow))
                    .child(icon(Icon::Pencil))
                    .child(el("span").text(t!("bot-edit"))),
            )
            .into()
    }

    fn filters(&self) -> Node {
        let days = self.look.days.map(|days| days.to_string()).unwrap_or_default();
        let all = std::iter::once((String::new(), t!("results-all-time")));
        let periods = PERIODS.into_iter().map(|days| (days.to_string(), t!("results-days", count = days)));
        let version = self.look.version.map(|version| version.to_string()).unwrap_or_default();
        let every = std::iter::once((String::new(), t!("results-all-versions")));
        // One that the address names is there before the list has come.
        let asked = self.look.version.filter(|version| !self.versions.contains(version));
        let numbers = self.versions.iter().copied().chain(asked).map(|n| (n.to_string(), n.to_string()));
        el("div")
            .class("results-filters")
            .child(select(
                "results-days",
                &t!("results-period"),
                &days,
                all.chain(periods),
                event::change(Msg::Days),
            ))
            .child(select(
                "results-version",
                &t!("bots-version"),
                &version,
                every.chain(numbers),
                event::change(Msg::Version),
            ))
            .into()
    }

    fn runs(&self, around: &Around<'_>) -> Node {
        let segment = |state: Option<RunState>, words: String| {
            let look = crate::router::ResultsLook { state, ..self.look.clone() };
            let route = self.bot.map_or(Route::Bots, |bot| Route::Results { bot, look, run: self.open });
            Segment { route, words, count: None, chosen: self.look.state == state }
        };
        let states = [
            segment(None, t!("results-all")),
            segment(Some(RunState::Live), t!("results-going-on")),
            segment(Some(RunState::Ended), t!("run-ended")),
        ];
        let file = |kind: &'static str, words: String| {
            Button::new(Look::Plain, words).icon(Icon::Download).on(Msg::Save(kind))
        };
        let body = match &self.rows {
            Load::Not | Load::Loading => skeleton(5, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Again.into())),
            Load::Ready(rows) if rows.is_empty() && self.next.is_none() => {
                notice::empty(Icon::Bot, &t!("results-none"), &t!("results-none-words"), None)
            }
            Load::Ready(rows) => self.table(rows, around),
        };
        el("section")
            .class("results-runs")
            .child(
                el("header").child(el("h2").text(t!("results-runs"))).child(
                    el("div")
                        .class("results-files")
                        .child(
                            Button::new(Look::Plain, t!("results-columns"))
                                .icon(Icon::List)
                                .expanded(self.columns_shown)
                                .on(Msg::ShowColumns),
                        )
                        .child(file("csv", t!("results-csv")))
                        .child(file("xlsx", t!("results-xlsx"))),
                ),
            )
            .child(
                el("div")
                    .class("results-looks")
                    .child(segmented(&t!("results-state"), states))
                    .child(search(&self.look.search, t!("results-search"), Msg::Search)),
            )
            .maybe(self.columns_shown.then(|| self.columns_choice()))
            .child(body)
            .maybe(
                self.next.as_ref().map(|_| {
                    Button::new(Look::Plain, t!("results-more")).busy(self.loading_more).on(Msg::More)
                }),
            )
            .into()
    }

    fn columns_choice(&self) -> Node {
        let shown = self.shown_columns();
        let all = |words: String, all| Button::new(Look::Plain, words).on(Msg::Columns(all));
        let files = match &self.columns {
            None => t!("results-columns-unchosen"),
            Some(columns) if columns.is_empty() => t!("results-columns-none"),
            Some(columns) => {
                t!("results-columns-chosen", count = i64::try_from(columns.len()).unwrap_or(i64::MAX))
            }
        };
        el("fieldset")
            .class("results-columns")
            .key("columns")
            .child(el("legend").text(t!("results-columns-words")))
            .children(self.all_columns().into_iter().map(|name| {
                let id = format!("column-{name}");
                el("label")
                    .key(&name)
                    .attr("for", id.clone())
                    .child(
                        el("input")
                            .id(id)
                            .attr("type", "checkbox")
                            .flag("checked", shown.contains(&name))
                            .on(event::click_only(Msg::Column(name.clone()))),
                    )
                    .child(el("span").text(name))
            }))
            .child(
                el("div")
                    .class("results-columns-files")
                    .key("files")
                    .child(all(t!("results-columns-all"), true))
                    .child(all(t!("results-columns-no"), false))
                    .child(el("p").class("muted").attr("role", "status").text(files)),
            )
            .into()
    }

    fn table(&self, rows: &[BotRun], around: &Around<'_>) -> Node {
        let columns = self.shown_columns();
        let mut heads = vec![t!("customer"), t!("bots-state"), t!("results-block"), t!("run-started")];
        heads.extend(columns.iter().cloned());
        table(&t!("results-runs"), &heads, rows.iter().map(|run| self.row(run, &columns, around)))
    }

    fn row(&self, run: &BotRun, columns: &[String], around: &Around<'_>) -> Row {
        let route = self.route(Some(run.id));
        let block = run.block.as_deref().map(|id| self.blocks.name(id, None)).unwrap_or_default();
        let mut cells: Vec<Node> = vec![
            el("a")
                .id(super::row_id(run.id))
                .attr("href", route.path())
                .attr_if(self.open == Some(run.id), "aria-current", "true")
                .on(event::go(route))
                .child(el("b").text(&run.customer_name))
                .into(),
            words::state(run),
            el("span").class("results-cell").attr("title", block.clone()).text(block).into(),
            el("time").class("num muted").text(around.clock.short(run.started_at)).into(),
        ];
        cells.extend(columns.iter().map(|name| {
            let text = run.variables.get(name).map(|found| value(found, around.clock)).unwrap_or_default();
            el("span").class("results-cell").attr("title", text.clone()).text(text).into()
        }));
        Row { key: run.id.to_string(), cells }
    }
}

fn way_back() -> Node {
    el("a")
        .class("way-back")
        .attr("href", Route::Bots.path())
        .on(event::go(Route::Bots))
        .child(icon(Icon::ArrowLeft))
        .child(el("span").text(t!("bots")))
        .into()
}
