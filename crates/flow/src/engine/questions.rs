//! Asking, and taking what comes for an answer.

use std::borrow::Cow;

use serde_json::Value;

use super::{Outcome, Run};
use crate::answer::{self, Ask, Bounds, Choice, Heard, Kind, Menu};
use crate::compile::{Node, Work, port};
use crate::effects::{Effect, EndReason, Event, Input, Problem};
use crate::outgoing::{self, Labels, Offer};
use crate::session::{Position, Waiting};
use crate::template::Template;

/// Why a question is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    Question,
    /// The answer did not fit.
    Retry,
    /// The next page of its list.
    Page,
}

impl<'a> Run<'a> {
    pub(super) fn resume(&mut self) {
        self.step.session.paused = false;
        match &self.step.session.position {
            Position::Question(waiting) => {
                let waiting = waiting.clone();
                self.at_question(&waiting.block.clone(), |run, node, ask| {
                    run.ask(node, ask, Prompt::Question, waiting.tries, waiting.page)
                });
            }
            Position::Person { block } => {
                let block = block.clone();
                match self.flow.find(&block) {
                    Some(node) => {
                        self.left(node, port::RETURNED);
                        self.walk(Some(node), node.next);
                    }
                    None => self.missing(&block),
                }
            }
            // Neither comes here: there is nothing to give back.
            _ => self.step.ignored = true,
        }
    }

    /// A message or a timer, to the question that waits for it.
    pub(super) fn hear(&mut self, input: &Input) {
        let Position::Question(waiting) = &self.step.session.position else {
            self.step.ignored = true;
            return;
        };
        let waiting = waiting.clone();
        if let Input::Timeout { token } = input {
            if waiting.timer != Some(*token) {
                self.step.ignored = true;
                return;
            }
            // This timer has fired: there is nothing left to clear.
            if let Position::Question(waiting) = &mut self.step.session.position {
                waiting.timer = None;
            }
            return self.at_question(&waiting.block, |run, node, ask| {
                run.left(node, port::TIMEOUT);
                ask.timed_out.map_or(Err(EndReason::TimedOut), |exit| Ok(Some(exit)))
            });
        }
        self.at_question(&waiting.block, |run, node, ask| {
            let heard = match &ask.kind {
                Kind::Choice(choice) => {
                    let (menu, _) = run.menu(node, choice, waiting.page)?;
                    menu.hear(input)
                }
                kind => {
                    let bounds = run.bounds(node, kind)?;
                    answer::hear(kind, &node.id, input, &bounds, run.now.date(), run.flow.language)
                }
            };
            run.heard(node, ask, heard, &waiting)
        });
    }

    fn heard(&mut self, node: &'a Node, ask: &'a Ask, heard: Heard, waiting: &Waiting) -> Outcome {
        let (value, exit, port) = match heard {
            Heard::Answer(value) => (value, node.next, port::ANSWERED),
            Heard::Option(n) => {
                let Kind::Choice(Choice { options, .. }) = &ask.kind else {
                    return Err(EndReason::Broken);
                };
                let option = &options[n];
                let value = match &option.value {
                    Some(value) => value.clone(),
                    None => Value::from(self.render(node, &option.title)?.trim()),
                };
                (value, option.exit.unwrap_or(node.next), &*option.port)
            }
            Heard::Page(page) => return self.ask(node, ask, Prompt::Page, waiting.tries, page),
            Heard::Stale => return self.ask(node, ask, Prompt::Question, waiting.tries, waiting.page),
            Heard::Refused => {
                let tries = waiting.tries.saturating_add(1);
                if self.traced {
                    self.step.trace.push(Event::Refused { block: node.id.to_string(), tries });
                }
                if tries < ask.tries {
                    return self.ask(node, ask, Prompt::Retry, tries, waiting.page);
                }
                self.clear_timer();
                self.left(node, port::FAILED);
                return ask.failed.map_or(Err(EndReason::NoAnswer), |exit| Ok(Some(exit)));
            }
        };
        self.clear_timer();
        if self.traced {
            self.step.trace.push(Event::Answered { block: node.id.to_string(), value: value.clone() });
        }
        if let Some(variable) = &ask.variable {
            self.set(variable, value)?;
        }
        self.left(node, port);
        Ok(Some(exit))
    }

    /// Says a question (or why it is said again) and waits.
    pub(super) fn ask(
        &mut self,
        node: &'a Node,
        ask: &'a Ask,
        prompt: Prompt,
        tries: u32,
        mut page: u32,
    ) -> Outcome {
        let text = match (prompt, &ask.retry) {
            (Prompt::Retry, Some(retry)) => self.render(node, retry)?,
            (Prompt::Retry, None) => Cow::Borrowed(self.flow.words.retry(&ask.answer, false)),
            (Prompt::Page, _) => Cow::Borrowed(self.flow.words.choose_body.as_str()),
            (Prompt::Question, _) => self.render(node, &ask.text)?,
        };
        match &ask.kind {
            Kind::Choice(choice) => {
                if choice.options.is_empty() {
                    self.problem(&node.id, Problem::NoOptions);
                    return Err(EndReason::Broken);
                }
                let (menu, button) = self.menu(node, choice, page)?;
                let words = &self.flow.words;
                let choose = button.as_deref().map(str::trim).filter(|text| !text.is_empty());
                let labels = Labels {
                    more: &words.more,
                    choose: choose.unwrap_or(&words.choose),
                    choose_body: &words.choose_body,
                };
                let messages = outgoing::choice(&node.id, &text, &menu.offers, menu.page, &labels);
                page = menu.page;
                self.say_all(node, messages)?;
            }
            Kind::Unknown(name) => {
                self.problem(&node.id, Problem::UnknownKind { name: name.clone() });
                return Err(EndReason::Broken);
            }
            Kind::Text { pattern: Some(Err(message)), .. } => {
                self.problem(&node.id, Problem::Pattern { message: message.clone() });
                self.say(node, &text)?;
            }
            _ => self.say(node, &text)?,
        }
        self.clear_timer();
        let timer = ask.timeout.map(|seconds| {
            let token = self.step.session.timers.wrapping_add(1);
            self.step.session.timers = token;
            self.step.effects.push(Effect::SetTimer { token, due: self.now.after(seconds) });
            token
        });
        let waiting = Waiting { block: node.id.to_string(), tries, page, timer };
        self.step.session.position = Position::Question(waiting);
        Ok(None)
    }

    /// The options with their texts filled in, and the text of the button that opens the list.
    fn menu(
        &mut self,
        node: &'a Node,
        choice: &'a Choice,
        page: u32,
    ) -> Result<(Menu<'a>, Option<Cow<'a, str>>), EndReason> {
        let mut offers = Vec::with_capacity(choice.options.len());
        for (n, option) in choice.options.iter().enumerate() {
            let title = answer::title(&self.render(node, &option.title)?, n + 1);
            let description = answer::description(&self.render(node, &option.description)?);
            offers.push(Offer { id: &option.id, title, description });
        }
        let button = match &choice.button {
            Some(text) => Some(self.render(node, text)?),
            None => None,
        };
        // A stored page may lie beyond the options of a newer version.
        let page = if outgoing::page(offers.len(), page).0.is_empty() { 0 } else { page };
        Ok((Menu { block: &node.id, offers, more: &self.flow.words.more, page }, button))
    }

    fn bounds(&mut self, node: &Node, kind: &'a Kind) -> Result<Bounds, EndReason> {
        let (Kind::Number { min, max, .. } | Kind::Date { min, max }) = kind else {
            return Ok(Bounds::default());
        };
        let mut bound = |text: &'a Option<Template>| match text {
            Some(text) => self.render(node, text).map(|text| Some(text.into_owned())),
            None => Ok(None),
        };
        Ok(Bounds { min: bound(min)?, max: bound(max)? })
    }

    /// Goes on from the question that waits, where it still is one.
    fn at_question(&mut self, block: &str, go: impl FnOnce(&mut Self, &'a Node, &'a Ask) -> Outcome) {
        let flow = self.flow;
        let Some(node) = flow.find(block) else { return self.missing(block) };
        let Work::Ask(ask) = &node.work else { return self.missing(block) };
        match go(self, node, ask) {
            Ok(Some(exit)) => self.walk(Some(node), exit),
            Ok(None) => {}
            Err(reason) => self.end(Some(node), reason),
        }
    }
}
