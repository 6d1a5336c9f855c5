//! The engine: one input of a customer, run to the next point at which the flow waits or ends.
//!
//! Pure and total: no clock, no randomness, no I/O; any session with any input gives a step, and a step does a
//! bounded amount of work ([`BLOCKS`] blocks, [`TEMPLATES`] costly templates, [`TEXT`] characters of one text,
//! [`crate::Variables::MAX_SIZE`] of variables). What a bound stops ends the run and names the block.

mod questions;
mod speech;

use std::borrow::Cow;

use serde_json::Value;

use self::questions::Prompt;
use crate::blocks::{Join, Operator};
use crate::compare::holds;
use crate::compile::{Compiled, Exit, Node, ReadyOperand, ReadyTest, ReadyTests, ReadyValue, Work, port};
use crate::effects::{Effect, EndReason, Ended, Event, Input, Limit, Now, Problem, Step};
use crate::pattern;
use crate::session::{Position, Session};
use crate::template::Template;
use crate::values::text_of;

/// Blocks that one input may run through.
pub const BLOCKS: u32 = 200;
/// Messages that one input may lead to. More than this without the customer's word is no conversation, and WhatsApp
/// lets about 45 through at once.
pub const MESSAGES: usize = 45;
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
    let mut run = Run { flow, now, step, blocks: BLOCKS, messages: MESSAGES, templates: TEMPLATES, traced };
    run.input(input);
    run.step
}

struct Run<'a> {
    flow: &'a Compiled,
    now: Now,
    step: Step,
    /// What is left of the bounds.
    blocks: u32,
    messages: usize,
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
            _ if matches!(self.step.session.position, Position::New | Position::Ended) => {
                self.step.ignored = true;
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
                let told = self.render(node, note)?.trim().to_owned();
                self.step.effects.push(Effect::HandOver {
                    block: node.id.to_string(),
                    note: told,
                    summary: None,
                    person: None,
                    team: None,
                });
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
        self.step.session.paused = false;
        self.step.effects.push(Effect::Ended(ended.clone()));
        self.step.ended = Some(ended);
    }
}
