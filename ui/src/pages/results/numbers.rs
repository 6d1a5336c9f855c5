//! The numbers of a flow: tiles, the funnel as a drawing, and every block as a table.

use beseda_wire::results::{BlockStats, BotStats, PortStats};

use super::words::Blocks;
use super::{Model, Msg};
use crate::format::{duration, number};
use crate::kit::el::svg;
use crate::kit::table::{Row, table};
use crate::kit::{Button, Icon, Look, el, notice, skeleton};
use crate::pages::Load;
use crate::{Node, t};

impl Model {
    pub(super) fn numbers(&self) -> Node {
        match &self.stats {
            Load::Not | Load::Loading => skeleton(2, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(Msg::Again.into())),
            Load::Ready(stats) => el("div")
                .class("results-numbers")
                .key("numbers")
                .child(tiles(stats))
                .maybe((!stats.blocks.is_empty()).then(|| self.funnel(stats)))
                .into(),
        }
    }

    fn funnel(&self, stats: &BotStats) -> Node {
        let (words, icon) = if self.as_table {
            (t!("results-as-drawing"), Icon::Filter)
        } else {
            (t!("results-as-table"), Icon::Table)
        };
        let toggle = Button::new(Look::Ghost, words).icon(icon).on(Msg::AsTable(!self.as_table));
        let body = if self.as_table { all_blocks(stats, &self.blocks) } else { drawing(stats, &self.blocks) };
        el("section")
            .class("panel results-funnel")
            .child(el("header").child(el("h2").text(t!("results-funnel"))).child(toggle))
            .child(body)
            .into()
    }
}

fn count(of: u32) -> String {
    number(f64::from(of))
}

/// A share in whole percent, rounded.
fn share(part: u32, whole: u32) -> u32 {
    let whole = u64::from(whole.max(1));
    u32::try_from((u64::from(part) * 200 + whole) / (whole * 2)).unwrap_or(100).min(100)
}

/// Shares in whole percent that add up to the share of all parts together: what is left over by cutting goes where most
/// was cut off.
fn shares(parts: &[u32], whole: u32) -> Vec<u32> {
    let all = share(parts.iter().fold(0, |sum: u32, part| sum.saturating_add(*part)), whole);
    let exact = |part: u32| u64::from(part) * 100;
    let whole = u64::from(whole.max(1));
    let mut cut: Vec<u32> =
        parts.iter().map(|part| u32::try_from(exact(*part) / whole).unwrap_or(100)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(exact(parts[*index]) % whole));
    let left = all.saturating_sub(cut.iter().sum());
    let some = order.into_iter().filter(|index| parts[*index] > 0);
    for index in some.take(left as usize) {
        cut[index] += 1;
    }
    cut
}

/// Where runs are now: each is in one of these.
struct Now {
    key: &'static str,
    words: String,
    runs: u32,
    percent: u32,
}

/// What is seldom is left out where nobody is in it.
fn now(stats: &BotStats) -> Vec<Now> {
    let all = [
        ("live", t!("results-live"), stats.live, true),
        ("finished", t!("results-finished"), stats.finished, true),
        ("handed-over", t!("results-handed-over"), stats.handed_over, true),
        ("dropped", t!("results-dropped"), stats.dropped, true),
        ("failed", t!("results-failed"), stats.failed, false),
        ("replaced", t!("run-end-replaced"), stats.replaced, false),
        ("reset", t!("run-end-reset"), stats.reset, false),
    ];
    let percents = shares(&all.each_ref().map(|(_, _, runs, _)| *runs), stats.started);
    let told = all.into_iter().zip(percents);
    told.filter(|((_, _, runs, usual), _)| *usual || *runs > 0)
        .map(|((key, words, runs, _), percent)| Now { key, words, runs, percent })
        .collect()
}

/// A share in words; of what there is a little of it is not said that there is none.
fn percent_words(percent: u32, runs: u32) -> String {
    if percent == 0 && runs > 0 { t!("results-share-little") } else { t!("results-share", percent = percent) }
}

fn time(ms: Option<u64>) -> String {
    ms.map_or_else(
        || "–".to_owned(),
        |ms| {
            let ms = i64::try_from(ms).unwrap_or(i64::MAX);
            if ms < 60_000 { t!("results-seconds", count = (ms / 1000).max(1)) } else { duration(ms) }
        },
    )
}

fn tiles(stats: &BotStats) -> Node {
    let started = std::iter::once((t!("results-started"), count(stats.started), None));
    let now = now(stats).into_iter();
    let now = now.map(|now| (now.words, count(now.runs), Some(percent_words(now.percent, now.runs))));
    let median =
        std::iter::once((t!("results-median"), time(stats.median_ms), Some(t!("results-median-of"))));
    el("dl")
        .class("tiles")
        .children(started.chain(now).chain(median).map(|(name, value, about)| {
            el("div").class("tile").key(&name).child(el("dt").text(name)).child(
                el("dd")
                    .child(el("b").class("num").text(value))
                    .maybe(about.map(|about| el("span").class("muted").text(about))),
            )
        }))
        .into()
}

/// Bars under one another: everybody, those who came to each question, and where all of them are now.
fn drawing(stats: &BotStats, blocks: &Blocks) -> Node {
    let started = ("started".to_owned(), t!("results-started"), stats.started, stats.started);
    let steps = stats.funnel.iter().map(|step| {
        let name = blocks.name(&step.block, step.flow.as_deref());
        (step.block.clone(), name, step.reached, step.answered)
    });
    let steps = std::iter::once(started).chain(steps);
    el("ol")
        .class("funnel")
        .children(steps.map(|(key, name, reached, answered)| {
            let percent = percent_words(share(reached, stats.started), reached);
            el("li")
                .key(key)
                .child(el("span").class("funnel-name").attr("title", name.clone()).text(name))
                .child(bar(share(reached, stats.started), share(answered, stats.started)))
                .child(el("span").class("num").child(el("b").text(count(reached))).child(
                    el("span").class("muted").text(if answered == reached {
                        percent
                    } else {
                        t!("results-answered-of", percent = &percent, count = &count(answered))
                    }),
                ))
        }))
        .child(el("li").class("funnel-now").key("now").child(el("h3").text(t!("results-now"))))
        .children(now(stats).into_iter().map(|now| {
            el("li")
                .key(format!("now-{}", now.key))
                .child(el("span").class("funnel-name").text(now.words))
                .child(bar(now.percent, now.percent))
                .child(
                    el("span")
                        .class("num")
                        .child(el("b").text(count(now.runs)))
                        .child(el("span").class("muted").text(percent_words(now.percent, now.runs))),
                )
        }))
        .into()
}

/// A bar of those who came, and in it those who answered.
fn bar(reached: u32, answered: u32) -> Node {
    let part = |class: &str, width: u32| {
        svg("rect").class(class).attr("width", width.to_string()).attr("height", "10").attr("rx", "1")
    };
    svg("svg")
        .class("funnel-bar")
        .attr("viewBox", "0 0 100 10")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(part("whole", 100))
        .child(part("reached", reached))
        .child(part("answered", answered))
        .into()
}

fn all_blocks(stats: &BotStats, blocks: &Blocks) -> Node {
    let heads = [
        t!("results-block"),
        t!("results-entered"),
        t!("results-answered"),
        t!("results-refused"),
        t!("results-dropped"),
        t!("results-waiting"),
        t!("results-median-answer"),
        t!("results-ports"),
    ];
    table(&t!("results-blocks"), &heads, stats.blocks.iter().map(|block| row(block, blocks)))
}

fn row(block: &BlockStats, blocks: &Blocks) -> Row {
    let cell = |text: String| el("span").class("num").text(text).into();
    let flow = block.flow.as_deref();
    let way = |port: &PortStats| {
        format!("{}: {}", blocks.way_out(&block.block, &port.port, flow), count(port.left))
    };
    let ports: Vec<String> = block.ports.iter().map(way).collect();
    Row {
        key: format!("{}/{}", block.flow.as_deref().unwrap_or_default(), block.block),
        cells: vec![
            el("b").text(blocks.name(&block.block, block.flow.as_deref())).into(),
            cell(count(block.entered)),
            cell(count(block.answered)),
            cell(count(block.refused)),
            cell(count(block.dropped)),
            cell(count(block.waiting)),
            cell(time(block.median_ms)),
            el("span").text(ports.join(" · ")).into(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_rounded_and_never_more_than_all() {
        assert_eq!((share(1, 3), share(0, 0), share(5, 4), share(4_000_000, 4_000_000)), (33, 0, 100, 100));
        assert_eq!((share(26, 140), share(1, 140), share(1, 300)), (19, 1, 0));
    }

    #[test]
    fn shares_of_all_add_up_to_all() {
        for (parts, whole, wanted) in [
            (vec![26, 111, 2, 1], 140, vec![19, 79, 1, 1]),
            (vec![1, 1, 1], 3, vec![34, 33, 33]),
            (vec![1, 199], 200, vec![1, 99]),
            (vec![1, 0, 999], 1000, vec![0, 0, 100]),
            (vec![0, 0], 0, vec![0, 0]),
            (vec![1, 1], 4, vec![25, 25]),
        ] {
            assert_eq!(shares(&parts, whole), wanted, "{parts:?}");
        }
    }

    #[test]
    fn everybody_is_somewhere() {
        let stats = serde_json::json!({ "started": 10, "live": 1, "finished": 2, "handed_over": 3, "dropped": 1,
            "failed": 1, "replaced": 1, "reset": 1, "funnel": [], "blocks": [], "ends": [], "outcomes": [] });
        let stats: BotStats = serde_json::from_value(stats).unwrap();
        let now = now(&stats);
        assert_eq!(now.iter().map(|now| now.runs).sum::<u32>(), 10);
        assert_eq!(now.iter().map(|now| now.percent).sum::<u32>(), 100);
    }
}
