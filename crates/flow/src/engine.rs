//! The engine: one input of a customer, run to the next point at which the flow waits or ends.
//!
//! Pure and total: no clock, no randomness, no I/O; any session with any input gives a step, and a step does a
//! bounded amount of work ([`BLOCKS`] blocks, [`TEMPLATES`] costly templates, [`TEXT`] characters of one text,
//! [`crate::Variables::MAX_SIZE`] of variables). What a bound stops ends the run and names the block.

use std::borrow::Cow;

use serde_json::Value;

use crate::answer::{self, Ask, Bounds, Choice, Heard, Kind, Menu};
use crate::blocks::{Join, MediaKind, MediaSource, Operator};
use crate::compare::holds;
use crate::compile::{
    Compiled, Exit, Node, ReadyMedia, ReadyOperand, ReadySource, ReadyTest, ReadyTests, ReadyValue, Work,
    port,
};
use crate::effects::{Effect, EndReason, Ended, Event, Input, Limit, Now, Problem, Step};
use crate::outgoing::{self, Labels, Offer, Outgoing, whatsapp};
use crate::pattern;
use crate::session::{Position, Session, Waiting};
use crate::template::{Scope, Template, TemplateError};
use crate::values::{text_of, units};

/// Blocks that one input may run through.
pub const BLOCKS: u32 = 200;
/// Templates beyond plain names (and dynamic expressions) for one input.
pub const TEMPLATES: u32 = 500;
/// Characters of one text once its variables are filled in.
pub const TEXT: usize = 16_384;

/// Runs one input. The session comes back changed; the effects are to be carried out in their order.
pub fn step(flow: &Compiled, session: Session, input: &Input, now: impl Into<Now>) -> Step {
    run(flow, session, input, now.into(), false)
}

/// Like [`step`], and tells what it did.
pub fn step_traced(flow: &Compiled, session: Session, input: &Input, now: impl Into<Now>) -> Step {
    run(flow, session, input, now.into(), true)
}

fn run(flow: &Compiled, session: Session, input: &Input, now: Now, traced: bool) -> Step {
    let step = Step { session, ended: None, ignored: false, effects: Vec::new(), trace: Vec::new() };
    let mut run = Run { flow, now, step, blocks: BLOCKS, templates: TEMPLATES, traced };
    run.input(input);
    run.step
}

struct Run<'a> {
    flow: &'a Compiled,
    now: Now,
    step: Step,
    /// What is left of the bounds.
    blocks: u32,
    templates: u32,
    traced: bool,
}

/// What a block led to; an error ends the run.
type Outcome = Result<Option<Exit>, EndReason>;

impl<'a> Run<'a> {
    fn input(&mut self, input: &Input) {
        if self.step.session.flow != self.flow.id() {
            self.problem("", Problem::OtherFlow);
            return self.end(None, EndReason::Broken);
        }
        match input {
            Input::Start { trigger, at, variables } => {
                self.clear_timer();
                self.step.session.paused = false;
                self.step.session.position = Position::New;
                for (name, value) in &self.flow.defaults {
                    let unset =
                        self.step.session.variables.get(name).is_none() && !variables.contains_key(name);
                    if unset && !self.step.session.variables.set(name, value.clone()) {
                        return self.end(None, EndReason::OutOfFuel { limit: Limit::Variables });
                    }
                }
                for (name, value) in variables {
                    if !self.step.session.variables.set(name, value.clone()) {
                        return self.end(None, EndReason::OutOfFuel { limit: Limit::Variables });
                    }
                }
                match self.flow.entry(trigger.as_deref(), at.as_ref()) {
                    Exit::Broken => {
                        self.problem("", Problem::NoStart);
                        self.end(None, EndReason::Broken);
                    }
                    entry => self.walk(None, entry),
                }
            }
            Input::Pause => {
                self.clear_timer();
                self.step.session.paused = true;
            }
            Input::Resume => self.resume(),
            _ if self.step.session.paused => self.step.ignored = true,
            _ => self.hear(input),
        }
    }

    fn resume(&mut self) {
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
            Position::New | Position::Ended => self.step.ignored = true,
        }
    }

    /// A message or a timer, to the question that waits for it.
    fn hear(&mut self, input: &Input) {
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
                let tries = waiting.tries + 1;
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

    /// Runs block after block until one waits or the run ends.
    fn walk(&mut self, from: Option<&'a Node>, mut exit: Exit) {
        let mut from = from;
        loop {
            let node = match exit {
                Exit::Node(n) => &self.flow.nodes[n],
                Exit::End => return self.end(from, EndReason::Finished),
                Exit::Broken => {
                    self.problem(from.map_or("", |node| &node.id), Problem::DanglingEdge);
                    return self.end(from, EndReason::Broken);
                }
            };
            if self.blocks == 0 {
                return self.end(Some(node), EndReason::OutOfFuel { limit: Limit::Blocks });
            }
            self.blocks -= 1;
            match self.enter(node) {
                Ok(Some(next)) => exit = next,
                Ok(None) => return,
                Err(reason) => return self.end(Some(node), reason),
            }
            from = Some(node);
        }
    }

    fn enter(&mut self, node: &'a Node) -> Outcome {
        if self.traced {
            self.step.trace.push(Event::Entered { block: node.id.to_string() });
        }
        match &node.work {
            Work::Message { text, media } => {
                match media {
                    Some(media) => self.say_media(node, text, media)?,
                    None => self.say_text(node, text)?,
                }
                self.left(node, port::NEXT);
            }
            Work::Ask(ask) => return self.ask(node, ask, Prompt::Question, 0, 0),
            Work::Condition(branches) => {
                for (port, tests, exit) in branches {
                    if self.hold(node, tests)? {
                        self.left(node, port);
                        return Ok(Some(*exit));
                    }
                }
                self.left(node, port::ELSE);
            }
            Work::Set { variable, to } => {
                let value = match to {
                    ReadyValue::Nothing => Value::Null,
                    ReadyValue::Literal(value) => value.clone(),
                    ReadyValue::Text(text) => Value::from(self.render(node, text)?.into_owned()),
                    ReadyValue::Formula(formula) => {
                        self.spend_template()?;
                        let value = formula.value(self.scope());
                        self.or_empty(node, value)
                    }
                };
                self.set(variable, value)?;
                self.left(node, port::NEXT);
            }
            Work::Pass => self.left(node, port::NEXT),
            Work::HandOver { text, note } => {
                self.say_text(node, text)?;
                let note = self.render(node, note)?.trim().to_owned();
                self.step.effects.push(Effect::HandOver { block: node.id.to_string(), note });
                if node.next == Exit::End {
                    return Err(EndReason::HandedOver);
                }
                self.step.session.position = Position::Person { block: node.id.to_string() };
                return Ok(None);
            }
            Work::End { text, .. } => {
                self.say_text(node, text)?;
                return Err(EndReason::Finished);
            }
            Work::Unknown { kind } => {
                self.problem(&node.id, Problem::UnknownKind { name: kind.clone() });
                return Err(EndReason::Broken);
            }
        }
        Ok(Some(node.next))
    }

    /// Says a question (or why it is said again) and waits.
    fn ask(&mut self, node: &'a Node, ask: &'a Ask, prompt: Prompt, tries: u32, page: u32) -> Outcome {
        let text = match (prompt, &ask.retry) {
            (Prompt::Retry, Some(retry)) => self.render(node, retry)?,
            (Prompt::Retry, None) => Cow::Borrowed(self.flow.words.retry(&ask.answer)),
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
                let effects = &mut self.step.effects;
                outgoing::choice(&node.id, &text, &menu.offers, page, &labels, &mut |message| {
                    effects.push(Effect::Say { block: node.id.to_string(), message });
                });
            }
            Kind::Unknown(name) => {
                self.problem(&node.id, Problem::UnknownKind { name: name.clone() });
                return Err(EndReason::Broken);
            }
            Kind::Text { pattern: Some(Err(message)), .. } => {
                self.problem(&node.id, Problem::Pattern { message: message.clone() });
                self.say(node, &text);
            }
            _ => self.say(node, &text),
        }
        self.clear_timer();
        let timer = ask.timeout.map(|seconds| {
            self.step.session.timers += 1;
            let token = self.step.session.timers;
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
            let title = answer::title(&self.render(node, &option.title)?, n + 1).into_owned();
            let description = self.render(node, &option.description)?.trim().to_owned();
            offers.push(Offer { id: &option.id, title, description });
        }
        let button = match &choice.button {
            Some(text) => Some(self.render(node, text)?),
            None => None,
        };
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

    fn hold(&mut self, node: &Node, tests: &'a ReadyTests) -> Result<bool, EndReason> {
        for test in &tests.tests {
            let holds = match test {
                ReadyTest::Group(group) => self.hold(node, group)?,
                ReadyTest::Compare { variable, is, value } => {
                    let right = match value {
                        ReadyOperand::Text(Template::Literal(text)) => Value::from(&**text),
                        ReadyOperand::Text(text) => Value::from(self.render(node, text)?.into_owned()),
                        ReadyOperand::Value(value) => value.clone(),
                        ReadyOperand::Pattern(_) => Value::Null,
                    };
                    let left = variable.as_ref().and_then(|path| self.scope().find(path));
                    let left = left.unwrap_or(Cow::Owned(Value::Null));
                    match value {
                        ReadyOperand::Pattern(Ok(pattern)) => {
                            pattern::found(pattern, &text_of(&left)) == (*is == Operator::Matches)
                        }
                        ReadyOperand::Pattern(Err(message)) => {
                            let message = message.clone();
                            self.problem(&node.id, Problem::Pattern { message });
                            false
                        }
                        _ => holds(&left, *is, &right),
                    }
                }
            };
            match tests.join {
                Join::And if !holds => return Ok(false),
                Join::Or if holds => return Ok(true),
                _ => {}
            }
        }
        Ok(tests.join == Join::And)
    }

    fn say_text(&mut self, node: &Node, text: &'a Template) -> Result<(), EndReason> {
        let text = self.render(node, text)?;
        self.say(node, &text);
        Ok(())
    }

    fn say_media(&mut self, node: &Node, text: &'a Template, media: &'a ReadyMedia) -> Result<(), EndReason> {
        let source = match &media.source {
            ReadySource::Url(url) => MediaSource::Url(self.render(node, url)?.trim().to_owned()),
            ReadySource::Stored(id) => MediaSource::Stored(id.clone()),
        };
        let filename = match &media.filename {
            Some(name) => Some(self.render(node, name)?.trim().to_owned()).filter(|name| !name.is_empty()),
            None => None,
        };
        let text = self.render(node, text)?;
        let text = text.trim();
        let has_caption = !matches!(media.kind, MediaKind::Audio | MediaKind::Sticker);
        let caption = if has_caption && units(text) <= whatsapp::CAPTION { text } else { "" };
        let message = Outgoing::Media { media: media.kind, source, caption: caption.to_owned(), filename };
        self.step.effects.push(Effect::Say { block: node.id.to_string(), message });
        if caption.is_empty() {
            self.say(node, text);
        }
        Ok(())
    }

    fn say(&mut self, node: &Node, text: &str) {
        let effects = &mut self.step.effects;
        outgoing::text(text, &mut |message| {
            effects.push(Effect::Say { block: node.id.to_string(), message });
        });
    }

    fn render(&mut self, node: &Node, template: &'a Template) -> Result<Cow<'a, str>, EndReason> {
        if template.is_costly() {
            self.spend_template()?;
        }
        let flow = self.flow;
        let text = match flow.templates.render(template, self.scope()) {
            Ok(text) => text,
            Err(TemplateError(message)) => {
                self.problem(&node.id, Problem::Template { message });
                Cow::Borrowed("")
            }
        };
        // Bytes are never fewer than characters.
        if text.len() > TEXT && text.chars().count() > TEXT {
            return Err(EndReason::OutOfFuel { limit: Limit::Text });
        }
        Ok(text)
    }

    fn or_empty(&mut self, node: &Node, value: Result<Value, TemplateError>) -> Value {
        value.unwrap_or_else(|TemplateError(message)| {
            self.problem(&node.id, Problem::Template { message });
            Value::Null
        })
    }

    fn spend_template(&mut self) -> Result<(), EndReason> {
        self.templates =
            self.templates.checked_sub(1).ok_or(EndReason::OutOfFuel { limit: Limit::Templates })?;
        Ok(())
    }

    fn scope(&self) -> Scope<'_> {
        Scope { variables: &self.step.session.variables, now: self.now }
    }

    fn set(&mut self, name: &str, value: Value) -> Result<(), EndReason> {
        if !self.step.session.variables.set(name, value.clone()) {
            return Err(EndReason::OutOfFuel { limit: Limit::Variables });
        }
        self.step.effects.push(Effect::SetVariable { name: name.to_owned(), value });
        Ok(())
    }

    fn clear_timer(&mut self) {
        if let Position::Question(waiting) = &mut self.step.session.position
            && let Some(token) = waiting.timer.take()
        {
            self.step.effects.push(Effect::ClearTimer { token });
        }
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

    fn missing(&mut self, block: &str) {
        self.problem(block, Problem::MissingBlock);
        self.end(None, EndReason::Broken);
    }

    fn left(&mut self, node: &Node, port: &str) {
        if self.traced {
            self.step.trace.push(Event::Left { block: node.id.to_string(), port: port.to_owned() });
        }
    }

    fn problem(&mut self, block: &str, what: Problem) {
        if self.traced
            && let Problem::Template { message } | Problem::Pattern { message } = &what
        {
            self.step.trace.push(Event::Note { block: block.to_owned(), text: message.clone() });
        }
        self.step.effects.push(Effect::Error { block: block.to_owned(), what });
    }

    fn end(&mut self, at: Option<&Node>, reason: EndReason) {
        self.clear_timer();
        let outcome = match at.map(|node| &node.work) {
            Some(Work::End { outcome, .. }) if reason == EndReason::Finished => outcome.clone(),
            _ => None,
        };
        let ended = Ended { block: at.map(|node| node.id.to_string()), reason, outcome };
        self.step.session.position = Position::Ended;
        self.step.effects.push(Effect::Ended(ended.clone()));
        self.step.ended = Some(ended);
    }
}

/// Why a question is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    Question,
    /// The answer did not fit.
    Retry,
    /// The next page of its list.
    Page,
}
