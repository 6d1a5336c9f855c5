//! The engine: one input of a customer, run to the next point at which the flow waits or ends.
//!
//! Pure and total: no clock, no randomness, no I/O; any session with any input gives a step, and a step does a
//! bounded amount of work ([`BLOCKS`] blocks, [`TEMPLATES`] costly templates, [`TEXT`] characters of one text,
//! [`crate::Variables::MAX_SIZE`] of variables, [`VALUES`] of values set). A run is bounded over its steps too:
//! [`DEPTH`] sub-flows and loops within one another, [`ALONE`] steps without a word of the customer. What a bound stops
//! ends the run and names the block.
//!
//! Other bots' flows, which a sub-flow may run, come in as an argument ([`World::flows`]) rather than by an effect and
//! an answer: so one step goes through all of them under one fuel, one stack says where the run is, and the same
//! session with the same flows gives the same step, in a replay as in the test panel.

mod customer;
mod logic;
mod outside;
mod pauses;
mod questions;
mod request;
mod speech;
mod stack;
mod stopped;
mod typing;

use std::cell::Cell;

use serde_json::Value;

pub(crate) use self::pauses::instant;
use self::questions::Prompt;
use crate::calls::Speaker;
use crate::compile::{Compiled, Exit, Node, Work, port};
use crate::effects::{Effect, EndReason, Ended, Event, Input, Limit, Now, Problem, Step};
use crate::names::BROUGHT;
use crate::session::{Position, Session, Variables};
use crate::values::{size_of, text_of};

/// Blocks that one input may run through, rounds of loops among them.
pub const BLOCKS: u32 = 1_000;
/// Messages that one input may lead to. More than this without the customer's word is no conversation, and WhatsApp
/// lets about 45 through at once.
pub const MESSAGES: usize = 45;
/// Templates beyond plain names (and dynamic expressions) for one input.
pub const TEMPLATES: u32 = 500;
/// Characters of one text once its variables are filled in.
pub const TEXT: usize = 16_384;
/// Effects that one input may lead to; the block that reaches the bound is the last.
pub const EFFECTS: usize = 2_000;
/// Bytes of all values that one input may give to variables, those overwritten too.
pub const VALUES: usize = 16 * Variables::MAX_SIZE;
/// Sub-flows and loops within one another.
pub const DEPTH: usize = 32;
/// Steps (timers, results of calls) since the customer's last word. Enough for a year of daily messages.
pub const ALONE: u32 = 400;

/// What a step is told besides the session and the input.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub now: Now,
    /// Other bots' flows that sub-flows may run: by their ids, and of the version that a run went in with where that is
    /// among them.
    pub flows: &'a [&'a Compiled],
    /// Whether the step tells what it did ([`Step::trace`]).
    pub traced: bool,
}

/// Runs one input. The session comes back changed; the effects are to be carried out in their order.
pub fn step(flow: &Compiled, session: Session, input: &Input, now: impl Into<Now>) -> Step {
    step_in(flow, session, input, World { now: now.into(), flows: &[], traced: false })
}

/// Like [`step`], and tells what it did.
pub fn step_traced(flow: &Compiled, session: Session, input: &Input, now: impl Into<Now>) -> Step {
    step_in(flow, session, input, World { now: now.into(), flows: &[], traced: true })
}

/// Like [`step`], with all that a step may be told.
pub fn step_in(flow: &Compiled, session: Session, input: &Input, world: World) -> Step {
    let draws = Cell::new(session.draws);
    let step = Step { session, ended: None, ignored: false, effects: Vec::new(), trace: Vec::new() };
    let mut run = Run {
        root: flow,
        flow,
        others: world.flows,
        now: world.now,
        step,
        draws,
        blocks: BLOCKS,
        messages: MESSAGES,
        templates: TEMPLATES,
        values: VALUES,
        traced: world.traced,
        trouble: None,
    };
    run.input(&input.heard_by(flow.bot()));
    run.step.session.draws = run.draws.get();
    run.step
}

struct Run<'a> {
    /// The run's own flow.
    root: &'a Compiled,
    /// The flow it is in: its own, or that of a sub-flow's bot.
    flow: &'a Compiled,
    others: &'a [&'a Compiled],
    now: Now,
    step: Step,
    /// Random values drawn so far.
    draws: Cell<u64>,
    /// What is left of the bounds.
    blocks: u32,
    messages: usize,
    templates: u32,
    values: usize,
    traced: bool,
    /// What went wrong last in this step.
    trouble: Option<Problem>,
}

/// What a block led to; an error ends the run.
type Outcome = Result<Option<Exit>, EndReason>;

impl<'a> Run<'a> {
    fn input(&mut self, input: &Input) {
        if self.step.session.flow != self.root.id() {
            self.problem("", Problem::OtherFlow);
            return self.end(None, EndReason::Broken);
        }
        if let Input::Start { trigger, at, variables } = input {
            self.clear_timer();
            self.begin();
            if let Err(reason) = self.know(variables) {
                return self.end(None, reason);
            }
            return match self.flow.entry(trigger.as_deref(), at.as_ref()) {
                Exit::Broken => {
                    self.problem("", Problem::NoStart);
                    self.end(None, EndReason::Broken);
                }
                entry => self.walk(None, entry),
            };
        }
        if matches!(self.step.session.position, Position::New | Position::Ended) {
            self.step.ignored = true;
            return;
        }
        if let Err(reason) = self.find_inside() {
            return self.end(None, reason);
        }
        match input {
            Input::Pause => {
                self.clear_timer();
                self.step.session.paused = true;
            }
            Input::Resume => self.resume(),
            Input::Returned { token, outcome } => self.returned(*token, outcome),
            _ if self.step.session.paused => self.step.ignored = true,
            Input::Timeout { token } => self.timeout(*token),
            _ => self.hear(input),
        }
        self.hear_early();
    }

    /// Anew, whatever was under way. Variables stay.
    fn begin(&mut self) {
        let session = &mut self.step.session;
        session.paused = false;
        session.position = Position::New;
        session.stack.clear();
        session.inside = None;
        session.alone = 0;
        session.silent = false;
        session.spoke = false;
        session.heard.clear();
        session.ai_tokens = 0;
        session.transcript.clear();
    }

    /// What is given from outside, then the flow's defaults where nothing is known.
    fn know(&mut self, given: &serde_json::Map<String, Value>) -> Result<(), EndReason> {
        let full = EndReason::OutOfFuel { limit: Limit::Variables };
        // What a flow calls so of its own goes before what it is given unasked.
        let shadow = self.flow.shadow;
        let taken = |name: &str| given.contains_key(name) && !shadow.hides(name);
        for (name, value) in &self.flow.defaults {
            let unset = self.step.session.variables.get(name).is_none() && !taken(name);
            if unset && !self.step.session.variables.set(name, value.clone()) {
                return Err(full);
            }
        }
        // A message brings what it brings: a picture that came with an earlier one began something else.
        if given.contains_key("message") {
            for name in BROUGHT.into_iter().filter(|name| !given.contains_key(*name) && !shadow.hides(name)) {
                if !self.step.session.variables.set(name, Value::Null) {
                    return Err(full);
                }
            }
        }
        for (name, value) in given {
            if taken(name) && !self.step.session.variables.set(name, value.clone()) {
                return Err(full);
            }
        }
        if let Some(words) = given.get("message") {
            self.remember(Speaker::Customer, &text_of(words));
        }
        Ok(())
    }

    /// Runs block after block until one waits or the run ends.
    fn walk(&mut self, from: Option<&'a Node>, mut exit: Exit) {
        let mut from = from;
        loop {
            let node = match exit {
                Exit::Node(n) => &self.flow.nodes[n],
                Exit::End => match self.back() {
                    Ok(Some((node, next))) => {
                        from = Some(node);
                        exit = next;
                        continue;
                    }
                    Ok(None) => return self.end(from, EndReason::Finished),
                    Err(reason) => return self.end(from, reason),
                },
                Exit::Broken => {
                    self.problem(from.map_or("", |node| &node.id), Problem::DanglingEdge);
                    return self.end(from, EndReason::Broken);
                }
            };
            match self.spend_block().and_then(|()| self.come_to(node)) {
                Ok(Some(next)) => exit = next,
                Ok(None) => return,
                Err(reason) => return self.end(Some(node), reason),
            }
            from = Some(node);
        }
    }

    fn spend_block(&mut self) -> Result<(), EndReason> {
        self.blocks = self.blocks.checked_sub(1).ok_or(EndReason::OutOfFuel { limit: Limit::Blocks })?;
        if self.step.effects.len() > EFFECTS {
            return Err(EndReason::OutOfFuel { limit: Limit::Effects });
        }
        Ok(())
    }

    /// Comes to a block: it may have to be written first.
    fn come_to(&mut self, node: &'a Node) -> Outcome {
        if self.types_before(node)? { Ok(None) } else { self.enter(node) }
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
            Work::Place(place) => self.say_place(node, place)?,
            Work::Contacts(cards) => self.say_contacts(node, cards)?,
            Work::Menu { text, choice } => self.say_menu(node, text, choice)?,
            Work::Link { text, title, url } => self.say_link(node, text, title, url)?,
            Work::Template(template) => {
                self.say_template(node, template, &[])?;
                self.left(node, port::NEXT);
            }
            Work::Wait(wait) => return self.wait(node, wait),
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
            Work::Switch { variable, cases } => return self.switch(node, variable.as_ref(), cases),
            Work::Split(shares) => return Ok(Some(self.split(node, shares))),
            Work::Set { variable, to, operation } => {
                self.set_variable(node, variable, to, operation.as_ref())?;
                self.left(node, port::NEXT);
            }
            Work::Pass => self.left(node, port::NEXT),
            Work::Off(address) => {
                self.problem(&node.id, Problem::AddressOff { address: address.to_string() });
                self.left(node, port::NEXT);
            }
            Work::SubFlow { to, failed } => return self.sub_flow(node, to, *failed),
            Work::Return => return Ok(Some(Exit::End)),
            Work::Loop(work) => return self.begin_loop(node, work),
            Work::Break => return self.leave_loop(),
            Work::Hours { open, closed } => return Ok(Some(self.hours(node, open, *closed))),
            Work::SetFields(fields) => self.set_fields(node, fields)?,
            Work::Tags { add, remove } => self.tags(node, add, remove)?,
            Work::Assign(who) => self.assign(node, who)?,
            Work::CreateDeal(deal) => self.create_deal(node, deal)?,
            Work::MoveDeal { pipeline, stage } => self.move_deal(node, pipeline.as_ref(), stage)?,
            Work::CreateTask(task) => self.create_task(node, task)?,
            Work::Subscription { topic, on } => self.subscription(node, topic.as_ref(), *on)?,
            Work::Note(text) => self.note(node, text)?,
            Work::HandOver(work) => return self.hand_over(node, work),
            Work::Outside(outside) => return self.call(node, outside),
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

    fn set(&mut self, node: &Node, name: &str, value: Value) -> Result<(), EndReason> {
        let full = EndReason::OutOfFuel { limit: Limit::Variables };
        self.values = self.values.checked_sub(size_of(&value)).ok_or(full)?;
        if !self.step.session.variables.set(name, value.clone()) {
            return Err(full);
        }
        if self.traced {
            let (block, name) = (node.id.to_string(), name.to_owned());
            self.step.trace.push(Event::Changed { block, name, value: value.clone() });
        }
        self.step.effects.push(Effect::SetVariable { name: name.to_owned(), value });
        Ok(())
    }

    /// The next token, for a timer or a call.
    fn token(&mut self) -> u64 {
        let token = self.step.session.timers.wrapping_add(1);
        self.step.session.timers = token;
        token
    }

    fn set_timer(&mut self, due: i64) -> u64 {
        let token = self.token();
        self.step.effects.push(Effect::SetTimer { token, due });
        token
    }

    fn clear_timer(&mut self) {
        if let Some(token) = self.step.session.position.timer().and_then(Option::take) {
            self.step.effects.push(Effect::ClearTimer { token });
        }
    }

    /// Takes what was said into the transcript, where a flow asks for one.
    fn remember(&mut self, by: Speaker, text: &str) {
        if self.root.keeps_transcript || self.flow.keeps_transcript {
            self.step.session.transcript.add(by, text);
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
        if self.traced {
            let block = block.to_owned();
            match &what {
                Problem::Template { mistake } => {
                    self.step.trace.push(Event::Note { block, text: mistake.words(self.flow.language) });
                }
                Problem::Pattern { message } => {
                    self.step.trace.push(Event::Note { block, text: message.clone() });
                }
                Problem::Call { why } => {
                    self.step.trace.push(Event::Note { block, text: why.words(self.flow.language) });
                }
                Problem::AddressOff { address } => {
                    self.step.trace.push(Event::LeftOut { block, address: address.clone() });
                }
                _ => {}
            }
        }
        self.trouble = Some(what.clone());
        self.step.effects.push(Effect::Error { block: block.to_owned(), what });
    }

    /// Goes on from a block that was waited at.
    fn go_on(&mut self, node: &'a Node, outcome: Outcome) {
        match outcome {
            Ok(Some(exit)) => self.walk(Some(node), exit),
            Ok(None) => {}
            Err(reason) => self.end(Some(node), reason),
        }
    }

    fn end(&mut self, at: Option<&Node>, reason: EndReason) {
        self.clear_timer();
        let outcome = match at.map(|node| &node.work) {
            Some(Work::End { outcome, .. }) if reason == EndReason::Finished => outcome.clone(),
            _ => None,
        };
        // Nobody came to the end who has said nothing since their time was over, whatever the bot said after it.
        let left = reason == EndReason::Finished && self.step.session.silent;
        let reason = if left { EndReason::TimedOut } else { reason };
        let ended = Ended { block: at.map(|node| node.id.to_string()), reason, outcome };
        self.step.session.position = Position::Ended;
        self.step.session.paused = false;
        self.step.session.stack.clear();
        self.step.session.inside = None;
        self.tell_team(ended.block.as_deref(), reason);
        self.step.effects.push(Effect::Ended(ended.clone()));
        self.step.ended = Some(ended);
    }
}
