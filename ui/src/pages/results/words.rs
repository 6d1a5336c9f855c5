//! Runs, ends and steps in words; blocks by what they say.

use std::collections::BTreeMap;

use beseda_wire::results::{BotRun, RunCause, RunEnd, RunState, RunStep, RunStepKind, RunWaits};
use serde_json::Value;

use crate::format::Clock;
use crate::kit::el;
use crate::kit::tag::{Tone, tag};
use crate::{Node, t};

/// What a run is given at its beginning.
pub const GIVEN: [&str; 6] = ["message", "payload", "files", "location", "referral", "event"];

/// Characters of a block's text by which it is called.
const NAME: usize = 48;

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
}

impl Blocks {
    pub fn of(flow: &Value) -> Self {
        let mut blocks = Self::default();
        let groups = flow.get("groups").and_then(Value::as_array);
        let mut set = vec![];
        for group in groups.into_iter().flatten() {
            let title = group.get("title").and_then(Value::as_str).unwrap_or_default();
            let inside = group.get("blocks").and_then(Value::as_array);
            for block in inside.into_iter().flatten() {
                let Some(id) = block.get("id").and_then(Value::as_str) else { continue };
                let is_question = block.get("kind").is_some_and(|kind| kind == "question");
                let into = if is_question { &mut blocks.variables } else { &mut set };
                let saved = block.get("save").and_then(Value::as_array).into_iter().flatten();
                let named =
                    saved.chain(std::iter::once(block)).filter_map(|one| one.get("variable")?.as_str());
                into.extend(named.filter(|name| !name.is_empty()).map(str::to_owned));
                let text = block.get("text").and_then(Value::as_str).unwrap_or_default().trim();
                let first = text.lines().next().unwrap_or_default();
                let words = if first.is_empty() {
                    let kind = block.get("kind").and_then(Value::as_str).unwrap_or_default();
                    format!("{title} · {}", kind.replace('_', " "))
                } else {
                    first.to_owned()
                };
                for (list, port) in [("options", "option"), ("branches", "branch")] {
                    for way in block.get(list).and_then(Value::as_array).into_iter().flatten() {
                        let told = |name: &str| way.get(name).and_then(Value::as_str);
                        if let (Some(way), Some(title)) = (told("id"), told("title").or_else(|| told("name")))
                        {
                            blocks
                                .ways
                                .insert((id.to_owned(), format!("{port}:{way}")), cut(&readable(title)));
                        }
                    }
                }
                blocks.names.insert(id.to_owned(), cut(&readable(&words)));
                blocks.order.push(id.to_owned());
            }
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

    /// What people call a block. One that is in the flow no more is called by its id.
    pub fn name(&self, id: &str, flow: Option<&str>) -> String {
        match (flow, self.names.get(id)) {
            (Some(flow), _) => format!("{flow}: {id}"),
            (None, Some(name)) => name.clone(),
            (None, None) => id.to_owned(),
        }
    }

    /// What people call the way by which a block was left; none for the one that every block has.
    fn way(&self, block: &str, port: &str) -> Option<String> {
        match port {
            "next" | "answered" | "" => None,
            "failed" => Some(t!("run-way-failed")),
            "timeout" => Some(t!("run-way-timeout")),
            "else" => Some(t!("run-way-else")),
            port => {
                let known = self.ways.get(&(block.to_owned(), port.to_owned()));
                Some(known.cloned().unwrap_or_else(|| port.to_owned()))
            }
        }
    }

    /// Ids with names, in the order of the flow.
    pub fn all(&self) -> impl Iterator<Item = (String, String)> {
        self.order.iter().map(|id| (id.clone(), self.name(id, None)))
    }
}

/// A text with the names of its variables, and without its expressions: nobody reads those in a list.
fn readable(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((expression, left)) = after.split_once("}}") else { break };
        let name = expression.trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        words.push_str(before);
        words.extend(if is_name { ["‹", name, "›"] } else { ["…", "", ""] });
        rest = left;
    }
    words.push_str(rest);
    words
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
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
        RunStepKind::Answered => t!("step-answered", block = &block, text = text),
        RunStepKind::Refused => t!("step-refused", block = &block),
        RunStepKind::Left => {
            let way = blocks.way(step.block.as_deref()?, step.port.as_deref()?)?;
            t!("step-left", block = &block, port = way.as_str())
        }
        RunStepKind::Inside => match step.flow.as_deref() {
            Some(flow) => t!("step-inside", flow = flow),
            None => t!("step-back"),
        },
        RunStepKind::Asked => t!("step-asked", block = &block, text = text),
        RunStepKind::Note => t!("step-note", block = &block, text = text),
        RunStepKind::LeftOut => t!("step-left-out", block = &block, text = text),
        RunStepKind::Paused => t!("step-paused"),
        RunStepKind::Resumed => t!("step-resumed"),
        RunStepKind::Ended => t!("step-ended"),
    })
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
    use super::*;

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
        assert_eq!(blocks.name("b", None), "Ask · set fields");
        assert_eq!(blocks.name("gone", None), "gone");
        assert_eq!(blocks.name("a", Some("other")), "other: a");
        assert_eq!(blocks.name("c", None), "Hello…, ‹who.name›!");
        assert_eq!(blocks.way("c", "option:o").as_deref(), Some("Yes"));
        assert_eq!(blocks.way("c", "option:gone").as_deref(), Some("option:gone"));
        assert_eq!(blocks.way("a", "answered"), None);
        assert_eq!(blocks.all().count(), 3);
    }
}
