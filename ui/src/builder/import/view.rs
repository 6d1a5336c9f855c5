//! What the page that makes a bot of a file shows.

use beseda_flow::import::{Change, Row, Verdict};

use super::{FIRST, Model, Msg, NAME, Shown, Sort, State, Strange, needs, refusal, words};
use crate::Node;
use crate::i18n::t;
use crate::kit::field::Field;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, El, Icon, Look, el, event, icon, notice, skeleton};
use crate::t;

impl Model {
    pub fn view(&self) -> Node {
        let body: Node = match &self.state {
            State::NoFile => notice::empty(
                Icon::FileUp,
                &t("import-none"),
                &t("import-none-words"),
                Some(self.pick(Look::Primary)),
            ),
            State::Reading => skeleton(6, "rows"),
            State::Strange(Strange::NoJson) => notice::problem(&t!("import-no-json", name = &self.name)),
            State::Strange(Strange::NoBot) => notice::problem(&t!("import-no-bot", name = &self.name)),
            State::Strange(Strange::TooLarge) => {
                notice::problem(&t!("bot-file-too-large", name = &self.name))
            }
            State::Failed(failure) => refusal::view(failure),
            State::Shown(shown) => self.report(shown),
        };
        let another = !matches!(self.state, State::NoFile | State::Reading);
        el("div")
            .class("page import-page")
            .key("import")
            // Files that are dropped here are the bot's.
            .attr("data-bot-file", "")
            .child(
                el("button")
                    .class("way-back")
                    .attr("type", "button")
                    .on(event::click(Msg::Leave))
                    .child(icon(Icon::ArrowLeft))
                    .child(el("span").text(t("bots-back"))),
            )
            .child(
                el("header")
                    .id("import-told")
                    .class("page-head")
                    .attr("tabindex", "-1")
                    .child(el("div").child(el("h1").text(t("bot-import"))).child(
                        el("p").text(if self.name.is_empty() { t("import-lead") } else { self.name.clone() }),
                    ))
                    .maybe(another.then(|| self.pick(Look::Plain))),
            )
            .child(
                el("input")
                    .id("bot-file")
                    .class("unseen")
                    .attr("type", "file")
                    .attr("accept", ".json,application/json")
                    .attr("tabindex", "-1")
                    .label(t("import-pick")),
            )
            .child(
                el("div")
                    .class("page-body")
                    .key("body")
                    .attr("aria-busy", if matches!(self.state, State::Reading) { "true" } else { "false" })
                    .child(body),
            )
            .into()
    }

    fn pick(&self, look: Look) -> Node {
        let words = if self.name.is_empty() { t("import-pick") } else { t("import-pick-other") };
        Button::new(look, words).icon(Icon::FileUp).on(Msg::PickFile)
    }

    fn report(&self, shown: &Shown) -> Node {
        let total = shown.rows(self.only).count();
        let limit = if self.shows_all { total } else { FIRST };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        el("div")
            .class("import-report")
            .key("report")
            .child(
                el("div")
                    .class("import-sum")
                    .key("sum")
                    .child(
                        el("div")
                            .child(
                                Field::new(NAME, t("name")).value(shown.name()).on(event::input(Msg::Name)),
                            )
                            .child(el("p").text(t!("import-blocks", count = count(shown.rows.len())))),
                    )
                    .child(
                        Button::new(Look::Primary, t("import-make"))
                            .icon(Icon::Bot)
                            .id("import-make")
                            .busy(self.making)
                            .on(Msg::Make),
                    ),
            )
            .maybe(self.refused.as_ref().map(refusal::view))
            .maybe(missing(shown))
            .maybe(missing_files(shown.missing_files))
            .maybe(needs::view(shown))
            .maybe(needs::addresses(shown))
            .maybe(needs::told(shown))
            .child(
                el("div")
                    .class("import-counts")
                    .key("counts")
                    .attr("role", "group")
                    .label(t("import-filter"))
                    .children(Sort::ALL.map(|sort| self.counter(sort, shown.count(sort)))),
            )
            .maybe(self.only.map(|only| el("p").class("muted").key("about").text(words::about(only))))
            .child(
                el("ul")
                    .class("import-rows")
                    .key("rows")
                    .label(t("import-report"))
                    .children(shown.rows(self.only).take(limit).map(|of| row(shown, of))),
            )
            .maybe((total > limit).then(|| {
                Button::new(Look::Plain, t!("import-show-all", count = count(total))).on(Msg::ShowAll)
            }))
            .into()
    }

    fn counter(&self, sort: Sort, count: usize) -> El {
        el("button")
            .class("import-count")
            .class(tone(sort).class().trim_start_matches("tag"))
            .key(words::sort(sort))
            .attr("type", "button")
            .attr("disabled", count == 0)
            .attr("aria-pressed", if self.only == Some(sort) { "true" } else { "false" })
            .on(event::click(Msg::Only(Some(sort))))
            .child(el("b").class("num").text(count))
            .child(el("span").text(words::sort(sort)))
    }
}

/// Files that the bot sends and that stayed where it comes from.
fn missing_files(count: usize) -> Option<Node> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (count > 0).then(|| {
        el("div")
            .class("notice amber")
            .key("missing-files")
            .child(icon(Icon::TriangleAlert))
            .child(el("p").text(t!("import-missing-files", count = count)))
            .into()
    })
}

/// Other bots that this one runs, and that are no part of the file.
fn missing(shown: &Shown) -> Option<Node> {
    (!shown.missing.is_empty()).then(|| {
        el("div")
            .class("notice amber")
            .key("missing")
            .child(icon(Icon::TriangleAlert))
            .child(el("div").child(el("p").text(t("import-missing"))).child(
                el("ul").class("import-how").children(
                    shown.missing.iter().map(|bot| el("li").key(&bot.id).child(el("code").text(&bot.bot))),
                ),
            ))
            .into()
    })
}

const fn tone(sort: Sort) -> Tone {
    match sort {
        Sort::Imported => Tone::Green,
        Sort::Adapted => Tone::Blue,
        Sort::NeedsKey => Tone::Amber,
        Sort::Unsupported => Tone::Red,
    }
}

/// What is said of this block alone.
fn own(how: &[Change], kind: Option<&str>) -> impl Iterator<Item = String> {
    how.iter().filter(|change| !needs::is_gathered(change)).map(move |change| words::change(change, kind))
}

fn row(shown: &Shown, row: &Row) -> El {
    let sort = Sort::of(&row.verdict);
    let kind = shown.kind(row);
    let lines: Vec<String> = match &row.verdict {
        Verdict::Imported => vec![],
        Verdict::Adapted { how } => own(how, kind).collect(),
        Verdict::NeedsKey { what, how } => needs::of_row(what).into_iter().chain(own(how, kind)).collect(),
        Verdict::Unsupported { why, how } => {
            std::iter::once(words::reason(why)).chain(own(how, kind)).collect()
        }
    };
    // What becomes of another program's block is said in our word for it.
    let becomes = shown.becomes(row).filter(|_| shown.foreign && sort != Sort::Unsupported);
    el("li")
        .class("import-row")
        .key(format!("{} {}", row.place, row.id))
        .child(
            el("div")
                .class("import-line")
                .child(el("b").text(shown.called(row)))
                .maybe(becomes.map(|name| el("span").class("import-becomes").text(format!("→ {name}"))))
                .maybe((!row.group.is_empty()).then(|| el("span").class("muted").text(&row.group)))
                .child(tag(tone(sort), words::sort(sort))),
        )
        .maybe(
            (!lines.is_empty())
                .then(|| el("ul").class("import-how").children(lines.iter().map(|line| el("li").text(line)))),
        )
}
