//! Plays a script to the bots of a business, as the server would have run it: who answers, timers, messages taken together,
//! persons who take over, calls that come back with what they came back with then, and what begins by itself.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value, json};

use super::record::Record;
use super::{Change, Happened, Heard, Line, Script};
use crate::calls::{Call, Outcome};
use crate::compile::Compiled;
use crate::effects::{Effect, EndReason, Event, Input, Now};
use crate::engine::{World, step_in};
use crate::names::BROUGHT;
use crate::session::{Position, Session};
use crate::triggers::{Burst, Happening, Occurrence, Situation, Winner, winner};

/// Runs that what the flows write to the record begins in a minute at most: as many as the server begins. Two flows that set
/// each other off would go on for ever.
const MOST_CAUSED: u32 = 5;
const MINUTE: i64 = 60_000;
/// What any bot is told when it begins; what one has learnt before is its own.
const TOLD: [&str; 2] = ["contact", "event"];

/// The bots of a business, as they are now.
#[derive(Clone, Copy)]
pub struct Bots<'a> {
    /// The draft.
    pub draft: &'a Compiled,
    /// Flows of the bots that answer customers, the oldest first, the draft among them.
    pub answering: &'a [&'a Compiled],
    /// Every flow that a run may go through, the draft among them, those of bots that are switched off too.
    pub library: &'a [&'a Compiled],
    /// What a person says that calls come back with, by their blocks, where nobody knows it.
    pub answers: &'a BTreeMap<String, Outcome>,
}

impl<'a> Bots<'a> {
    /// By the rule that answers customers.
    fn winner(&self, happening: Happening, situation: Situation) -> Option<(&'a Compiled, Winner)> {
        let won = winner(self.answering.iter().copied(), happening, situation)?;
        Some((*self.answering.get(won.flow)?, won))
    }

    /// Of all that the customer says in one go.
    fn winner_of(&self, burst: &Burst) -> Option<(&'a Compiled, Winner)> {
        let won = burst.winner(self.answering)?;
        Some((*self.answering.get(won.flow)?, won))
    }

    /// A flow by its id.
    fn flow(&self, id: &str) -> Option<&'a Compiled> {
        let all = [self.draft].into_iter().chain(self.answering.iter().copied());
        all.chain(self.library.iter().copied()).find(|flow| flow.id() == id)
    }

    /// The bot's name in lines: none for the one whose draft it is.
    fn name(&self, flow: &Compiled) -> Option<String> {
        (flow.id() != self.draft.id()).then(|| flow.id().to_owned())
    }
}

/// A replay under way.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Replay {
    script: Script,
    /// What was said and done, with the customer's words as they were.
    pub now: Vec<Line>,
    /// The draft took part: as a bot that answers, or within another one.
    pub took_part: bool,
    session: Option<Session>,
    /// Whose run it is, or was last; none for the draft's.
    bot: Option<String>,
    /// How the run ended last, while none is under way.
    over: Option<EndReason>,
    /// A person has the conversation.
    with_person: bool,
    /// The next of what was heard, and of what happened.
    next: usize,
    next_happened: usize,
    timer: Option<(u64, i64)>,
    /// What is to be answered together, and when.
    together: Option<(i64, Vec<Input>)>,
    /// How a run begins once the customer has said all that is to be answered together.
    begins: Option<Begins>,
    /// What a call comes back with, and when.
    returns: Option<(i64, u64, Outcome)>,
    /// What the flows brought about, and when.
    caused: VecDeque<(i64, Occurrence)>,
    /// The minute in which runs began by that, and how many.
    begun_in: (i64, u32),
    /// Which of the recorded outcomes were given already.
    given: Vec<bool>,
    /// The customer's record, as it is becoming.
    record: Record,
    /// The time of what was heard last.
    clock: Now,
    begun: bool,
    done: bool,
}

/// A run that has not begun yet.
#[derive(Debug, Clone)]
struct Begins {
    burst: Burst,
    start: Input,
    /// It is the beginning of the conversation.
    opens: bool,
}

/// What happens next.
enum Next {
    Returns,
    Caused,
    Together,
    Timer,
    Happened,
    Heard,
}

impl Replay {
    pub fn new(script: Script) -> Self {
        Self {
            now: Vec::new(),
            took_part: false,
            session: None,
            bot: None,
            over: None,
            with_person: false,
            next: 0,
            next_happened: 0,
            timer: None,
            together: None,
            begins: None,
            returns: None,
            caused: VecDeque::new(),
            begun_in: (0, 0),
            given: vec![false; script.came.len()],
            record: Record::new(script.start.variables.get("contact")),
            clock: script.start.at,
            begun: false,
            done: false,
            script,
        }
    }

    pub fn script(&self) -> &Script {
        &self.script
    }

    /// Goes on for so many steps of the engine at most, and takes from `steps` what it used. True once it is over.
    pub fn advance(&mut self, bots: &Bots, steps: &mut u32) -> bool {
        while !self.done && *steps > 0 {
            *steps -= 1;
            if !self.begun {
                self.begun = true;
                self.begin(bots);
                continue;
            }
            match self.what_next() {
                Some(next) => self.go_on(bots, next),
                None => self.done = true,
            }
        }
        self.done
    }

    /// The beginning: the triggers of all bots say who answers.
    fn begin(&mut self, bots: &Bots) {
        let start = self.script.start.clone();
        let situation = Situation { first_message: start.first_message, busy: start.busy };
        let begun = match (start.message, &start.happening) {
            (Some(message), _) => {
                self.now.push(Line::Customer { at: start.at.ms, input: message.clone() });
                let known = start.variables.get("referral").cloned();
                let referral = known.or_else(|| start.referral.map(|id| json!({ "source_id": id })));
                self.begin_by(bots, Burst::new(message, referral, situation), true, start.at)
            }
            (None, Some(happening)) => {
                let won = bots.winner(happening.happening(bots.draft.id()), situation);
                won.map(|(flow, won)| {
                    let variables = self.open(bots, flow);
                    self.take_up(bots, flow, &won.start(variables), start.at);
                })
                .is_some()
            }
            (None, None) => {
                let flow = start.bot.as_deref().map_or(Some(bots.draft), |id| bots.flow(id));
                let begins = |flow: &&Compiled| {
                    start.trigger.as_deref().is_none_or(|trigger| flow.has_trigger(trigger))
                };
                flow.filter(begins)
                    .map(|flow| {
                        let variables = self.open(bots, flow);
                        let begins = Input::Start { trigger: start.trigger.clone(), at: None, variables };
                        self.take_up(bots, flow, &begins, start.at);
                    })
                    .is_some()
            }
        };
        if !begun {
            self.now.push(Line::Silent { at: start.at.ms });
            self.over = Some(EndReason::Finished);
        }
    }

    /// The conversation's first run is of this flow; gives back what it knows besides what the customer says.
    fn open(&mut self, bots: &Bots, flow: &Compiled) -> Map<String, Value> {
        let start = &self.script.start;
        let mut session = Session::seeded(flow, start.seed);
        let mut variables = start.variables.clone();
        if bots.name(flow) == start.bot {
            session.draws = start.draws;
            let brought = |name: &str| name == "message" || BROUGHT.contains(&name);
            variables.retain(|name, _| !brought(name) || flow.shadow.hides(name));
        } else {
            variables.retain(|name, _| TOLD.contains(&name.as_str()));
        }
        self.session = Some(session);
        variables
    }

    /// The customer's words begin a run, if a flow answers them; it waits for more of them where the flow does.
    fn begin_by(&mut self, bots: &Bots, burst: Burst, opens: bool, at: Now) -> bool {
        let Some((flow, won)) = bots.winner_of(&burst) else { return false };
        let mut variables = if opens { self.open(bots, flow) } else { self.go_to(flow) };
        variables.extend(burst.told());
        let start = won.start(variables);
        if flow.pause() == 0 {
            self.take_up(bots, flow, &start, at);
            return true;
        }
        (self.over, self.timer, self.returns) = (None, None, None);
        self.begins = Some(Begins { burst, start, opens });
        self.together = Some((at.after(flow.pause()), Vec::new()));
        true
    }

    /// The earliest of what is to come; of two at the same instant, what was caused earlier.
    fn what_next(&self) -> Option<Next> {
        let heard = self.script.heard.get(self.next).map(|heard| heard.at.ms);
        let happened = self.script.happened.get(self.next_happened).map(|happened| happened.at.ms);
        let candidates = [
            (self.returns.as_ref().map(|(at, ..)| *at), Next::Returns),
            (self.caused.front().map(|(at, _)| *at), Next::Caused),
            (self.together.as_ref().map(|(at, _)| *at).filter(|at| *at < i64::MAX), Next::Together),
            (self.timer.map(|(_, due)| due).filter(|due| *due <= self.script.until), Next::Timer),
            (happened, Next::Happened),
            (heard, Next::Heard),
        ];
        let earliest = candidates.into_iter().filter_map(|(at, next)| Some((at?, next)));
        earliest.min_by_key(|(at, _)| *at).map(|(_, next)| next)
    }

    fn go_on(&mut self, bots: &Bots, next: Next) {
        match next {
            Next::Returns => {
                let Some((at, token, outcome)) = self.returns.take() else { return };
                self.step(bots, &Input::Returned { token, outcome }, self.at(at));
            }
            Next::Caused => {
                let Some((at, what)) = self.caused.pop_front() else { return };
                let minute = at.div_euclid(MINUTE);
                let begun = if self.begun_in.0 == minute { self.begun_in.1 } else { 0 };
                if begun < MOST_CAUSED {
                    let one_more = self.happen(bots, &what, what.event(), self.at(at));
                    self.begun_in = (minute, begun + u32::from(one_more));
                }
            }
            Next::Together => {
                let Some((at, mut parts)) = self.together.take() else { return };
                if let Some(begins) = self.begins.take() {
                    let flow = self.session.as_ref().and_then(|session| bots.flow(&session.flow));
                    if let Some(flow) = flow {
                        self.take_up(bots, flow, &begins.start, self.at(at));
                    }
                    return;
                }
                let input = if parts.len() == 1 { parts.remove(0) } else { Input::Together { parts } };
                self.step(bots, &input, self.at(at));
            }
            Next::Timer => {
                let Some((token, due)) = self.timer.take() else { return };
                self.step(bots, &Input::Timeout { token }, self.at(due));
            }
            Next::Happened => {
                let Some(Happened { at, what, event }) =
                    self.script.happened.get(self.next_happened).cloned()
                else {
                    return;
                };
                self.next_happened += 1;
                self.clock = at;
                self.happen(bots, &what, event, at);
            }
            Next::Heard => {
                let Some(heard) = self.script.heard.get(self.next).cloned() else { return };
                self.next += 1;
                self.clock = heard.at;
                self.hear(bots, heard);
            }
        }
    }

    /// Something happened that is no message; says whether a bot begins by it. A person or a bot that talks is not interrupted.
    fn happen(&mut self, bots: &Bots, what: &Occurrence, event: Value, at: Now) -> bool {
        if self.with_person {
            return false;
        }
        let situation = Situation { first_message: false, busy: self.is_under_way() };
        let Some((flow, won)) = bots.winner(what.happening(bots.draft.id()), situation) else { return false };
        let mut variables = self.go_to(flow);
        variables.insert("event".to_owned(), event);
        self.take_up(bots, flow, &won.start(variables), at);
        true
    }

    fn hear(&mut self, bots: &Bots, Heard { at, input }: Heard) {
        match &input {
            Input::Pause | Input::Resume => {
                self.with_person = matches!(input, Input::Pause);
                if self.begins.is_some() {
                    // It has said nothing yet: it begins when it is given the conversation back.
                    if let Some((due, _)) = &mut self.together {
                        *due = if self.with_person { i64::MAX } else { at.ms };
                    }
                } else if self.is_under_way() {
                    self.step(bots, &input, at);
                }
                return;
            }
            // Somebody moved the run to a block; to one that is gone nobody can.
            Input::Start { at: to, .. } => {
                let block = to.as_ref().and_then(|to| to.block.as_deref());
                let flow = self.session.as_ref().and_then(|session| bots.flow(&session.flow));
                if block.zip(flow).is_some_and(|(block, flow)| flow.has_block(block)) {
                    (self.over, self.together, self.begins) = (None, None, None);
                    self.step(bots, &input, at);
                }
                return;
            }
            _ => self.now.push(Line::Customer { at: at.ms, input: input.clone() }),
        }
        if self.with_person {
            return;
        }
        if let Some(Begins { mut burst, opens, .. }) = self.begins.take() {
            burst.add(input, None);
            self.begin_by(bots, burst, opens, at);
            return;
        }
        let position = self.session.as_ref().map(|session| &session.position);
        let is_handed_over = matches!(position, Some(Position::Person { .. }));
        // Whoever waits for a person hears only what fires anywhere.
        let waits = self.over.is_some_and(|reason| reason != EndReason::Finished);
        let situation = Situation { first_message: false, busy: self.over.is_none() || waits };
        if self.begin_by(bots, Burst::new(input.clone(), None, situation), false, at) {
            return;
        }
        if self.over.is_some() || is_handed_over {
            return;
        }
        let flow = self.session.as_ref().and_then(|session| bots.flow(&session.flow));
        match flow.map_or(0, Compiled::pause) {
            0 => self.step(bots, &input, at),
            pause => {
                let (due, parts) = self.together.get_or_insert_default();
                *due = at.after(pause);
                parts.push(input);
            }
        }
    }

    fn is_under_way(&self) -> bool {
        self.session.is_some() && self.over.is_none()
    }

    /// The run is of this flow from now on; gives back what it knows besides what begins it.
    fn go_to(&mut self, flow: &Compiled) -> Map<String, Value> {
        // In the middle of a talk with the same bot what it has learnt stays known.
        let is_same = self.session.as_ref().is_some_and(|session| session.flow == flow.id());
        if !is_same || self.over.is_some() {
            self.session = Some(Session::seeded(flow, self.script.start.seed));
        }
        Map::from_iter([("contact".to_owned(), self.record.contact().clone())])
    }

    fn take_up(&mut self, bots: &Bots, flow: &Compiled, start: &Input, at: Now) {
        let bot = bots.name(flow);
        self.took_part |= bot.is_none();
        if bot != self.bot {
            self.now.push(Line::Bot { at: at.ms, bot: bot.clone() });
            self.bot = bot;
        }
        self.over = None;
        (self.timer, self.together, self.returns, self.begins) = (None, None, None, None);
        self.step(bots, start, at);
    }

    fn step(&mut self, bots: &Bots, input: &Input, now: Now) {
        let Some(session) = self.session.take() else { return };
        let Some(flow) = bots.flow(&session.flow) else { return };
        let step = step_in(flow, session, input, World { now, flows: bots.library, traced: true });
        self.session = Some(step.session);
        self.took_part |=
            step.trace.iter().any(|event| matches!(event, Event::In { flow } if flow == bots.draft.id()));
        let before = self.record.clone();
        for effect in step.effects {
            self.carry(bots, effect, now.ms);
        }
        // What is typed is there at once: whether a message takes a second more is no other answer.
        if let Some(Position::Wait(pause)) = self.session.as_ref().map(|session| &session.position)
            && pause.before
        {
            self.timer = pause.timer.map(|token| (token, now.ms));
        }
        // It is told once the turn is over, as the server tells it.
        self.caused.extend(self.record.since(&before).into_iter().map(|what| (now.ms, what)));
        if let Some(ended) = step.ended {
            (self.timer, self.together, self.returns) = (None, None, None);
            self.over = Some(ended.reason);
            self.now.push(Line::Ended {
                at: now.ms,
                block: ended.block,
                ending: ended.reason.into(),
                outcome: ended.outcome,
            });
        }
    }

    fn carry(&mut self, bots: &Bots, effect: Effect, at: i64) {
        if let Some((block, change)) = Change::of(&effect).filter(|_| self.script.changes) {
            self.now.push(Line::Changed { at, block, change });
        }
        match effect {
            Effect::Say { block, message } => {
                self.now.push(Line::Said { at, block: Some(block), said: (&message).into() });
            }
            Effect::HandOver { block, .. } => self.now.push(Line::HandedOver { at, block: Some(block) }),
            Effect::SetTimer { token, due } => self.timer = Some((token, due)),
            Effect::ClearTimer { token } => self.timer = self.timer.filter(|(known, _)| *known != token),
            Effect::Call { token, block, call } => self.ask(bots, token, block, &call, at),
            Effect::SetField { field, value, .. } => self.record.set_field(&field, value),
            Effect::AddTag { tag, .. } | Effect::Subscribe { topic: Some(tag), .. } => {
                self.record.tag(&tag, true);
            }
            Effect::RemoveTag { tag, .. } | Effect::Unsubscribe { topic: Some(tag), .. } => {
                self.record.tag(&tag, false);
            }
            // Nothing of it is said to the customer.
            _ => {}
        }
    }

    /// A call is answered as it was answered then; what the customer's record says is known.
    fn ask(&mut self, bots: &Bots, token: u64, block: String, call: &Call, at: i64) {
        if let Call::Fields { fields } = call {
            let values = fields.iter().map(|name| (name.clone(), self.record.field(name)));
            let value = Value::Object(values.collect());
            self.returns = Some((at, token, Outcome::Done { value }));
            return;
        }
        let mut came = self.script.came.iter().zip(&self.given);
        let next = came.position(|(came, given)| !given && came.block == block && came.bot == self.bot);
        let outcome = next.and_then(|next| {
            self.given[next] = true;
            let came = &self.script.came[next];
            // What nobody wanted then was not kept: whether it came is not known.
            if let (Call::Http(call), Some(outcome)) = (call, &came.outcome)
                && !call.has_its_headers(outcome)
            {
                return None;
            }
            // Somebody else's call comes when it comes; our own are not waited for.
            let at = if matches!(call, Call::Incoming) { at.max(came.at) } else { at };
            came.outcome.clone().map(|outcome| (at, token, outcome))
        });
        let name = call.name().to_owned();
        self.returns = outcome.or_else(|| {
            let outcome = bots.answers.get(&block)?.clone();
            self.now.push(Line::Given {
                at,
                block: block.clone(),
                call: name.clone(),
                outcome: outcome.clone(),
            });
            Some((at, token, outcome))
        });
        if self.returns.is_none() {
            self.now.push(Line::Unknown { at, block, call: name });
            self.done = true;
        }
    }

    fn at(&self, ms: i64) -> Now {
        self.clock.at(ms)
    }
}
