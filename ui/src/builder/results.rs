//! What came of the flow, on its blocks: how many runs came to each, answered and stopped there, and how long
//! an answer took.

use std::collections::HashMap;

use beseda_wire::results::{BlockStats, BotStats};

use super::Msg;
use super::model::Model;
use super::words;
use crate::api::{self, Failure};
use crate::effect::Effects;
use crate::format::number;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button};
use crate::router::Route;
use crate::{Node, t};

/// The numbers by the ids of blocks, while they are shown.
pub type Shown = Option<HashMap<String, BlockStats>>;

impl Model {
    /// Shows the numbers of all versions, or puts them away.
    pub fn toggle_results(&mut self) -> Effects {
        if self.results.take().is_some() {
            return vec![];
        }
        let Some(bot) = self.bot else { return vec![] };
        self.results = Some(HashMap::new());
        vec![api::bot_stats(bot, None, None).then(|answer| Msg::Results(answer.map(Box::new)))]
    }

    pub fn results(&mut self, answer: Result<Box<BotStats>, Failure>) -> Effects {
        match (answer, &mut self.results) {
            (Ok(stats), Some(shown)) => {
                // Blocks of other bots' flows are not on this canvas.
                let own = stats.blocks.into_iter().filter(|block| block.flow.is_none());
                *shown = own.map(|block| (block.block.clone(), block)).collect();
                vec![]
            }
            // Put away meanwhile.
            (_, None) => vec![],
            (Err(failure), _) => {
                self.results = None;
                vec![super::save::fail(&failure)]
            }
        }
    }

    /// What came to a block, beside it.
    pub fn view_results(&self, block: &str) -> Option<Node> {
        let stats = self.results.as_ref()?.get(block)?;
        let count = |of: u32| number(f64::from(of));
        let (asks, median) = (asks(stats), median(stats));
        let said = said(stats).join(" · ");
        Some(
            el("p")
                .class("block-results num")
                .class_if(stats.dropped > 0, "drops")
                .key("results")
                .attr("title", said.clone())
                .label(said)
                .attr("role", "note")
                .child(el("span").text(count(stats.runs)))
                .maybe(asks.then(|| el("span").text(format!("✓{}", count(stats.answered)))))
                .maybe((stats.dropped > 0).then(|| el("b").text(format!("−{}", count(stats.dropped)))))
                .maybe(median.map(|time| el("span").text(time)))
                .into(),
        )
    }

    /// The same in the block's form, in words, with the way to all the others.
    pub fn view_numbers(&self, block: &str) -> Option<Node> {
        let stats = self.results.as_ref()?.get(block)?;
        Some(
            el("div")
                .class("block-numbers")
                .key("numbers")
                .children(said(stats).into_iter().map(|words| tag(Tone::Blue, words)))
                .child(
                    Button::new(Look::Ghost, t!("canvas-results-all")).icon(Icon::Table).on(Msg::AllResults),
                )
                .into(),
        )
    }

    /// The way to the page of results, beside the switch.
    pub fn view_results_way(&self) -> Option<Node> {
        self.bot.map(|_| icon_button(Icon::Table, &t!("canvas-results-all"), Msg::AllResults))
    }

    /// The page of the bot's results.
    pub fn visit_results(&mut self) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        self.visit(Route::results(bot).path())
    }

    /// The switch in the bar above the canvas.
    pub fn view_results_switch(&self) -> Node {
        let words = t!("canvas-results-show");
        el("button")
            .class("icon-button")
            .key("results")
            .attr("type", "button")
            .attr("aria-pressed", if self.results.is_some() { "true" } else { "false" })
            .attr("title", words.clone())
            .label(words)
            .on(event::click(Msg::ShowResults))
            .child(icon(Icon::Filter))
            .into()
    }
}

/// What asks nothing is answered by nobody.
const fn asks(stats: &BlockStats) -> bool {
    stats.answered + stats.refused + stats.dropped + stats.waiting > 0
}

fn median(stats: &BlockStats) -> Option<String> {
    stats.median_ms.map(|ms| words::duration(rounded(ms / 1000)))
}

/// What came to a block, each number in words.
fn said(stats: &BlockStats) -> Vec<String> {
    let mut said = vec![t!("canvas-results-came", count = stats.runs)];
    if asks(stats) {
        said.push(t!("canvas-results-answered", count = stats.answered));
        said.push(t!("canvas-results-dropped", count = stats.dropped));
    }
    said.extend(median(stats).map(|time| t!("canvas-results-median", time = time.as_str())));
    said
}

/// Seconds as people would say them: nobody wants to know of a day how many seconds it had.
const fn rounded(seconds: u64) -> u64 {
    let unit = match seconds {
        0..90 => 1,
        90..5400 => 60,
        5400..129_600 => 3600,
        _ => 86_400,
    };
    let rounded = (seconds + unit / 2) / unit * unit;
    if rounded == 0 { 1 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_says_who_came_answered_and_stopped_and_how_long_it_took() {
        crate::i18n::set(crate::i18n::Locale::En);
        let block = |rest: &str| -> String {
            let stats = format!(
                r#"{{"block":"a","entered":1300,"runs":1200,"refused":0,"waiting":0,"ports":[],{rest}}}"#
            );
            let stats: BlockStats = serde_json::from_str(&stats).unwrap();
            let shown = HashMap::from([("a".to_owned(), stats)]);
            let model = Model { results: Some(shown), ..Model::default() };
            format!("{:?}", model.view_results("a").unwrap())
        };
        let asked = block(r#""answered":900,"dropped":300,"median_ms":137000"#);
        for words in [
            "1200",
            "✓900",
            "−300",
            "2 min",
            "1200 entered · 900 answered · 300 dropped off · an answer usually takes 2 min",
        ] {
            assert!(asked.contains(words), "{words} in {asked}");
        }
        // One that only says something.
        let said = block(r#""answered":0,"dropped":0"#);
        assert!(said.contains("\"1200 entered\"") && !said.contains('✓'), "{said}");
        assert_eq!([0, 29, 137, 6000, 200_000].map(rounded), [1, 29, 120, 7200, 172_800]);
    }

    #[test]
    fn numbers_are_shown_by_block_until_they_are_put_away() {
        crate::i18n::set(crate::i18n::Locale::En);
        let mut model =
            Model { bot: "01990000-0000-7000-8000-000000000001".parse().ok(), ..Model::default() };
        assert_eq!(model.toggle_results().len(), 1);
        let stats = r#"{"started":3,"live":1,"finished":1,"handed_over":0,"dropped":1,"failed":0,"replaced":0,"reset":0,"funnel":[],"ends":[],
            "outcomes":[],"blocks":[{"block":"a","entered":3,"runs":3,"answered":1,"refused":0,"dropped":1,
            "waiting":1,"ports":[]}]}"#;
        model.results(Ok(serde_json::from_str(stats).unwrap()));
        assert!(model.view_results("a").is_some() && model.view_results("b").is_none());
        let numbers = format!("{:?}", model.view_numbers("a").unwrap());
        for words in ["3 entered", "1 answered", "1 dropped off", "All results"] {
            assert!(numbers.contains(words), "{words} in {numbers}");
        }
        let lines = crate::effect::read::lines(&model.update(Msg::AllResults));
        assert!(
            lines.last().unwrap().contains("/bots/01990000-0000-7000-8000-000000000001/results"),
            "{lines:?}"
        );
        assert!(model.toggle_results().is_empty() && model.view_results("a").is_none());
        // An answer that comes too late shows nothing.
        model.results(Ok(serde_json::from_str(stats).unwrap()));
        assert!(model.view_results("a").is_none());
    }
}
