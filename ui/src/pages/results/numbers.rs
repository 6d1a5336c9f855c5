//! The numbers of a flow: tiles, the funnel as a drawing, and every block as a table.

use beseda_wire::results::{BlockStats, BotStats};

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

/// A share in whole percent.
fn share(part: u32, whole: u32) -> u32 {
    if whole == 0 {
        0
    } else {
        u32::try_from(u64::from(part) * 100 / u64::from(whole)).unwrap_or(100).min(100)
    }
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
    let of = |part: u32| t!("results-share", percent = share(part, stats.started));
    let tiles = [
        (t!("results-started"), count(stats.started), None),
        (t!("results-live"), count(stats.live), None),
        (t!("results-finished"), count(stats.finished), Some(of(stats.finished))),
        (t!("results-handed-over"), count(stats.handed_over), Some(of(stats.handed_over))),
        (t!("results-dropped"), count(stats.dropped), Some(of(stats.dropped))),
        (t!("results-median"), time(stats.median_ms), None),
    ];
    el("dl")
        .class("tiles")
        .children(tiles.into_iter().map(|(name, value, about)| {
            el("div").class("tile").key(&name).child(el("dt").text(name)).child(
                el("dd")
                    .child(el("b").class("num").text(value))
                    .maybe(about.map(|about| el("span").class("muted").text(about))),
            )
        }))
        .into()
}

/// Bars under one another: the first is everybody, the last those who came to the end.
fn drawing(stats: &BotStats, blocks: &Blocks) -> Node {
    let ends = |name: String, part: u32| (name.clone(), name, part, part);
    let steps = stats.funnel.iter().map(|step| {
        let name = blocks.name(&step.block, step.flow.as_deref());
        (step.block.clone(), name, step.reached, step.answered)
    });
    let steps = std::iter::once(ends(t!("results-started"), stats.started))
        .chain(steps)
        .chain(std::iter::once(ends(t!("results-finished"), stats.finished)));
    el("ol")
        .class("funnel")
        .children(steps.map(|(key, name, reached, answered)| {
            let percent = t!("results-share", percent = share(reached, stats.started));
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
    let ports: Vec<String> =
        block.ports.iter().map(|port| format!("{} {}", port.port, count(port.left))).collect();
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
            cell(ports.join(" · ")),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_never_more_than_all() {
        assert_eq!((share(1, 3), share(0, 0), share(5, 4), share(4_000_000, 4_000_000)), (33, 0, 100, 100));
    }
}
