//! Runs, ends and steps in words; blocks by what they say.

use std::collections::BTreeMap;

use beseda_wire::naming;
use beseda_wire::results::{BotRun, RunCause, RunEnd, RunState, RunStep, RunStepKind, RunWaits};
use serde_json::Value;

use crate::format::Clock;
use crate::i18n::t_or;
use crate::kit::el;
use crate::kit::tag::{Tone, tag};
use crate::{Node, t};

/// What a run is given at its beginning.
pub const GIVEN: [&str; 6] = ["message", "payload", "files", "location", "referral", "event"];

/// What a flow's blocks are called: by what they say, or by their kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocks {
    names: BTreeMap<String, String>,
    /// In the order of the flow.
    order: Vec<String>,
    /// The variables that customers' answers go into, in the order of the flow, and then those that blocks set.
    variables: Vec<String>,
    /// What ways out are called, by their block and port: options and branches by their titles.
    ways: BTreeMap<(String, String), String>,
    /// Those of other bots' flows, by the flow's id, with the bot's name.
    elsewhere: BTreeMap<String, (String, Blocks)>,
}

impl Blocks {
    pub fn of(flow: &Value) -> Self {
        let mut blocks = Self::default();
        let mut set = vec![];
        for (id, group, block) in naming::blocks(flow) {
            let is_question = block.get("kind").is_some_and(|kind| kind == "question");
            let into = if is_question { &mut blocks.variables } else { &mut set };
            let saved = block.get("save").and_then(Value::as_array).into_iter().flatten();
            let named = saved.chain(std::iter::once(block)).filter_map(|one| one.get("variable")?.as_str());
            into.extend(named.filter(|name| !name.is_empty()).map(str::to_owned));
            for (list, port) in [("options", "option"), ("buttons", "option"), ("branches", "branch")] {
                let ways = block.get(list).and_then(Value::as_array).into_iter().flatten();
                for (index, way) in ways.enumerate() {
                    let told = |name: &str| way.get(name)?.as_str().filter(|text| !text.is_empty());
                    let Some(way) = told("id") else { continue };
                    let title = told("title").or_else(|| told("name"));
                    let words = title.map_or_else(|| numbered(port, index + 1), naming::brief);
                    blocks.ways.insert((id.to_owned(), format!("{port}:{way}")), words);
                }
            }
            blocks.names.insert(id.to_owned(), naming::name(group, block, entry));
            blocks.order.push(id.to_owned());
        }
        blocks.variables.extend(set);
        let mut seen = std::collections::BTreeSet::new();
        blocks.variables.retain(|name| seen.insert(name.clone()));
        blocks
    }

    /// The variables of the flow, those that customers were asked for first.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// Takes the names of the bot's own blocks; those of others stay.
    pub fn put(&mut self, own: Self) {
        let elsewhere = std::mem::take(&mut self.elsewhere);
        *self = Self { elsewhere, ..own };
    }

    pub fn put_elsewhere(&mut self, flow: String, bot: String, blocks: Self) {
        self.elsewhere.insert(flow, (bot, blocks));
    }

    pub fn knows(&self, flow: &str) -> bool {
        self.elsewhere.contains_key(flow)
    }

    /// What people call a block; of another bot's flow, after the bot.
    pub fn name(&self, id: &str, flow: Option<&str>) -> String {
        let unread = self.order.is_empty();
        let gone = || if unread { id.to_owned() } else { t!("run-block-gone", id = id) };
        let Some(flow) = flow else { return self.names.get(id).cloned().unwrap_or_else(gone) };
        match self.elsewhere.get(flow) {
            Some((bot, blocks)) => format!("{bot}: {}", blocks.name(id, None)),
            None => t!("run-block-elsewhere", id = id),
        }
    }

    /// The name of the bot whose flow this is.
    fn bot(&self, flow: &str) -> String {
        self.elsewhere.get(flow).map_or_else(|| flow.to_owned(), |(bot, _)| bot.clone())
    }

    /// What people call the way by which a block was left; none for the one that every block has.
    fn way(&self, block: &str, port: &str, flow: Option<&str>) -> Option<String> {
        if let Some((_, blocks)) = flow.and_then(|flow| self.elsewhere.get(flow)) {
            return blocks.way(block, port, None);
        }
        match port {
            "next" | "answered" | "" => None,
            "failed" => Some(t!("run-way-failed")),
            "timeout" => Some(t!("run-way-timeout")),
            "else" => Some(t!("run-way-else")),
            port => {
                let known = self.ways.get(&(block.to_owned(), port.to_owned()));
                // Of an option that is gone nobody knows the title.
                Some(known.cloned().unwrap_or_else(|| t_or(&format!("port-{port}"), || t!("port-some"))))
            }
        }
    }

    /// What the canvas calls a way out of a block.
    pub fn way_out(&self, block: &str, port: &str, flow: Option<&str>) -> String {
        let port = if port.is_empty() { "next" } else { port };
        t_or(&format!("port-{port}"), || self.way(block, port, flow).unwrap_or_else(|| t!("port-some")))
    }

    /// Ids with names, in the order of the flow.
    pub fn all(&self) -> impl Iterator<Item = (String, String)> {
        self.order.iter().map(|id| (id.clone(), self.name(id, None)))
    }
}

/// What a way is called that nobody gave a title.
fn numbered(port: &str, number: usize) -> String {
    let number = number.to_string();
    if port == "option" {
        t!("option-number", number = number.as_str())
    } else {
        t!("branch-number", number = number.as_str())
    }
}

/// What the editor's palette calls a kind of block; none where a newer version made it.
fn entry(kind: &str) -> Option<String> {
    let key = format!("entry-{kind}");
    let words = t_or(&key, String::new);
    (!words.is_empty()).then_some(words)
}

/// How a run stands, with what it ran into where it went wrong.
pub fn state(run: &BotRun) -> Node {
    let tag = state_tag(run);
    let Some(cause) = run.cause.map(cause) else { return tag };
    el("div")
        .class("run-state")
        .key("state")
        .child(tag)
        .child(el("span").class("run-cause").attr("title", cause.clone()).text(cause))
        .into()
}

fn state_tag(run: &BotRun) -> Node {
    match (run.state, run.reason) {
        (RunState::Live, _) => tag(Tone::Blue, waits(run.waits_for)),
        (RunState::Ended, Some(end)) => tag(tone(end), end_words(end)),
        (RunState::Ended, None) => tag(Tone::Grey, t!("run-ended")),
    }
}

fn waits(waits: Option<RunWaits>) -> String {
    match waits {
        Some(RunWaits::Answer) => t!("run-waits-answer"),
        Some(RunWaits::Person) => t!("run-waits-person"),
        Some(RunWaits::Pause) => t!("run-waits-pause"),
        Some(RunWaits::Call) => t!("run-waits-call"),
        None => t!("run-live"),
    }
}

const fn tone(end: RunEnd) -> Tone {
    match end {
        RunEnd::Finished => Tone::Green,
        RunEnd::HandedOver => Tone::Blue,
        RunEnd::Failed | RunEnd::Broken => Tone::Red,
        RunEnd::NoAnswer | RunEnd::TimedOut => Tone::Amber,
        RunEnd::Replaced | RunEnd::Reset => Tone::Grey,
    }
}

pub fn end_words(end: RunEnd) -> String {
    match end {
        RunEnd::Finished => t!("run-end-finished"),
        RunEnd::HandedOver => t!("run-end-handed-over"),
        RunEnd::NoAnswer => t!("run-end-no-answer"),
        RunEnd::TimedOut => t!("run-end-timed-out"),
        RunEnd::Failed => t!("run-end-failed"),
        RunEnd::Broken => t!("run-end-broken"),
        RunEnd::Replaced => t!("run-end-replaced"),
        RunEnd::Reset => t!("run-end-reset"),
    }
}

/// What a run ran into that failed or is broken.
pub fn cause(cause: RunCause) -> String {
    match cause {
        RunCause::TooManyBlocks => t!("run-cause-too-many-blocks"),
        RunCause::TooManyMessages => t!("run-cause-too-many-messages"),
        RunCause::TooManyExpressions => t!("run-cause-too-many-expressions"),
        RunCause::TextTooLong => t!("run-cause-text-too-long"),
        RunCause::VariablesTooLarge => t!("run-cause-variables-too-large"),
        RunCause::TooManyEffects => t!("run-cause-too-many-effects"),
        RunCause::TooDeep => t!("run-cause-too-deep"),
        RunCause::TooLongAlone => t!("run-cause-too-long-alone"),
        RunCause::TooMuchUnsent => t!("run-cause-too-much-unsent"),
        RunCause::NoStart => t!("run-cause-no-start"),
        RunCause::UnknownBlock => t!("run-cause-unknown-block"),
        RunCause::DanglingEdge => t!("run-cause-dangling-edge"),
        RunCause::BlockRemoved => t!("run-cause-block-removed"),
        RunCause::OtherFlow => t!("run-cause-other-flow"),
        RunCause::VersionRemoved => t!("run-cause-version-removed"),
        RunCause::NoBot => t!("run-cause-no-bot"),
        RunCause::CallFailed => t!("run-cause-call-failed"),
        RunCause::AnswerTooLarge => t!("run-cause-answer-too-large"),
        RunCause::AiTokens => t!("run-cause-ai-tokens"),
        RunCause::BadValue => t!("run-cause-bad-value"),
        RunCause::ExpressionFailed => t!("run-cause-expression-failed"),
    }
}

/// A step in one line; none for what the next step says anyway.
pub fn step(step: &RunStep, blocks: &Blocks) -> Option<String> {
    let block = step.block.as_deref().map(|id| blocks.name(id, step.flow.as_deref())).unwrap_or_default();
    let text = step.text.as_deref().unwrap_or_default();
    Some(match step.kind {
        RunStepKind::Began => t!("step-began"),
        RunStepKind::Entered => t!("step-entered", block = &block),
        RunStepKind::Answered => t!("run-answered", block = &block, text = text),
        RunStepKind::Refused => t!("run-refused", block = &block),
        RunStepKind::Left => {
            let way = blocks.way(step.block.as_deref()?, step.port.as_deref()?, step.flow.as_deref())?;
            t!("step-left", block = &block, port = way.as_str())
        }
        RunStepKind::Inside => match step.flow.as_deref() {
            Some(flow) => t!("step-inside", flow = blocks.bot(flow).as_str()),
            None => t!("step-back"),
        },
        RunStepKind::Asked => t!("run-asked", block = &block, text = call_words(text).as_str()),
        RunStepKind::Note => t!("step-note", block = &block, text = text),
        RunStepKind::LeftOut => t!("run-left-out", block = &block, text = text),
        RunStepKind::Paused => t!("step-paused"),
        RunStepKind::Resumed => t!("step-resumed"),
        RunStepKind::Moved => match step.by.as_deref() {
            Some(name) => t!("step-moved-by", name = name),
            None => t!("step-moved"),
        },
        RunStepKind::Ended => match step.by.as_deref() {
            Some(name) => t!("step-ended-by", name = name),
            None => t!("step-ended"),
        },
    })
}

/// What is asked outside, as the block that does is called.
fn call_words(call: &str) -> String {
    let entry = match call {
        "incoming" => "wait-call",
        "fields" => "read-fields",
        "open" => "hours",
        call => &call.replace('_', "-"),
    };
    t_or(&format!("entry-{entry}"), || call.to_owned())
}

/// A variable's value in a cell.
pub fn value(value: &Value, clock: &Clock) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => clock.plain(text),
        Value::Array(items) => {
            items.iter().map(|item| self::value(item, clock)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::i18n::{Locale, set};

    #[test]
    fn blocks_are_called_by_what_they_say() {
        let flow = serde_json::json!({"groups": [{"title": "Ask", "blocks": [
            {"id": "a", "kind": "question", "text": "How old?\nIn years."},
            {"id": "b", "kind": "set_fields"},
            {"id": "c", "kind": "question", "text": "Hello{{ ', ' ~ x if x }}, {{ who.name }}!",
             "options": [{"id": "o", "title": "Yes"}]},
        ]}]});
        let blocks = Blocks::of(&flow);
        assert_eq!(blocks.name("a", None), "How old?");
        assert_eq!(blocks.name("b", None), "Ask · Write the customer’s fields");
        assert_eq!(blocks.name("gone", None), "A block that is gone (gone)");
        assert_eq!(blocks.name("a", Some("other")), "A block of another bot (a)");
        let mut both = blocks.clone();
        both.put_elsewhere("other".into(), "Booking".into(), Blocks::of(&flow));
        assert_eq!(both.name("a", Some("other")), "Booking: How old?");
        assert_eq!(both.way("c", "option:o", Some("other")).as_deref(), Some("Yes"));
        both.put(Blocks::default());
        assert!(both.knows("other"), "the flow of this bot came later");
        assert_eq!(blocks.name("c", None), "Hello…, ‹who.name›!");
        assert_eq!(blocks.way("c", "option:o", None).as_deref(), Some("Yes"));
        assert_eq!(blocks.way("c", "option:gone", None).as_deref(), Some("One of its answers"));
        assert_eq!(blocks.way("a", "answered", None), None);
        assert_eq!(blocks.all().count(), 3);
    }

    #[test]
    fn ways_out_are_called_as_on_the_canvas() {
        let flow = json!({"groups": [{"title": "Ask", "blocks": [
            {"id": "q", "kind": "question", "text": "Which?", "options": [{"id": "hair", "title": "Hair"}]},
            {"id": "c", "kind": "condition", "branches": [{"id": "known"}]},
        ]}]});
        for (locale, words) in [
            (
                Locale::En,
                ["Goes on", "Hair", "No answer in time", "Otherwise", "Branch 1", "One of its answers"],
            ),
            (Locale::Ru, ["Дальше", "Hair", "Не ответил вовремя", "Иначе", "Ветка 1", "Один из ответов"]),
        ] {
            set(locale);
            let mut blocks = Blocks::of(&flow);
            blocks.put_elsewhere("other".into(), "Booking".into(), Blocks::of(&flow));
            let ports = [
                ("q", "next"),
                ("q", "option:hair"),
                ("q", "timeout"),
                ("q", "else"),
                ("c", "branch:known"),
                ("q", "option:gone"),
            ];
            for ((block, port), words) in ports.into_iter().zip(words) {
                assert_eq!(blocks.way_out(block, port, None), words, "{port}");
                assert_eq!(blocks.way_out(block, port, Some("other")), words, "{port}");
            }
        }
    }

    /// The codes as the API lists them: a new one has to be said, too.
    fn codes(of: &str) -> Vec<String> {
        let source = include_str!("../../../../crates/wire/src/results.rs");
        let body = source.split(&format!("pub enum {of} {{")).nth(1).unwrap().split('}').next().unwrap();
        let variants = body.lines().map(str::trim).filter(|line| !line.starts_with("///"));
        let snake = |name: &str| {
            let mut text = String::new();
            for letter in name.chars() {
                text.extend((letter.is_uppercase() && !text.is_empty()).then_some('_'));
                text.extend(letter.to_lowercase());
            }
            text
        };
        let names = variants.flat_map(|line| line.split(',')).map(str::trim).filter(|name| !name.is_empty());
        names.map(snake).collect()
    }

    #[test]
    fn kinds_ways_ends_and_causes_have_words_in_every_language() {
        let plain = |words: &str, code: &str| {
            assert!(!words.is_empty() && words != code && !words.contains(['_', '{']), "{code}: {words}");
        };
        for locale in Locale::ALL {
            set(locale);
            for entry in beseda_flow::catalogue() {
                let block = match (entry.kind, entry.variant) {
                    ("question", Some(variant)) => {
                        json!({ "id": "x", "kind": "question", "answer": variant })
                    }
                    ("message", Some(kind)) => {
                        json!({ "id": "x", "kind": "message", "media": { "kind": kind } })
                    }
                    (kind, _) => json!({ "id": "x", "kind": kind }),
                };
                let title = crate::i18n::t(&format!("entry-{}", entry.id.replace('_', "-")));
                let flow = json!({ "groups": [{ "title": "G", "blocks": [block] }] });
                assert_eq!(Blocks::of(&flow).name("x", None), format!("G · {title}"));
                plain(&title, entry.kind);
                for port in entry.ports {
                    if let Some(way) = Blocks::default().way("x", port, None) {
                        plain(&way, port);
                    }
                }
            }
            let mut said = BTreeSet::new();
            for code in codes("RunCause") {
                let words = cause(serde_json::from_value(json!(code)).unwrap());
                plain(&words, &code);
                assert!(said.insert(words.clone()), "said of two: {words}");
            }
            assert_eq!(said.len(), 21);
            for code in codes("RunEnd") {
                plain(&end_words(serde_json::from_value(json!(code)).unwrap()), &code);
            }
            for call in ["http", "incoming", "email", "ai_answer", "ai_extract", "fields", "open", "online"] {
                plain(&call_words(call), call);
            }
        }
    }
}
