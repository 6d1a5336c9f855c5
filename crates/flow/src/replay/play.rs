//! Plays a script to a flow, as the server would have run it: triggers, timers, messages taken together, persons who
//! take over, and calls that come back with what they came back with then.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Change, Heard, Line, Script};
use crate::calls::{Call, Outcome};
use crate::compile::Compiled;
use crate::effects::{Effect, EndReason, Input, Now};
use crate::engine::{World, step_in};
use crate::session::{Position, Session};
use crate::triggers::{Incoming, Situation, Winner, winner};

/// The bots of a business, as they are now.
#[derive(Clone, Copy)]
pub struct Bots<'a> {
    /// The flow that the conversation is played to.
    pub flow: &'a Compiled,
    /// Flows of the other bots that answer customers, the oldest first: those that stand before this one, and those after it.
    pub before: &'a [&'a Compiled],
    pub after: &'a [&'a Compiled],
    /// Flows of other bots that this one may run within itself.
    pub library: &'a [&'a Compiled],
    /// What a person says that calls come back with, by their blocks, where nobody knows it.
    pub answers: &'a BTreeMap<String, Outcome>,
}

/// Who answers a message.
enum Winning<'a> {
    Own(Winner),
    Other(&'a Compiled),
}

impl<'a> Bots<'a> {
    /// By the rule that answers customers.
    fn winner(&self, message: Incoming, situation: Situation) -> Option<Winning<'a>> {
        let all = || self.before.iter().chain([&self.flow]).chain(self.after).copied();
        let won = winner(all(), message, situation)?;
        if won.flow == self.before.len() {
            return Some(Winning::Own(won));
        }
        all().nth(won.flow).map(Winning::Other)
    }
}

/// A replay under way.
#[derive(Debug, Clone)]
pub struct Replay {
    script: Script,
    /// What was said and done, with the customer's words as they were.
    pub now: Vec<Line>,
    session: Option<Session>,
    /// How the run ended last, while none is under way.
    over: Option<EndReason>,
    /// The next of what was heard.
    next: usize,
    timer: Option<(u64, i64)>,
    /// What is to be answered together, and when.
    together: Option<(i64, Vec<Input>)>,
    /// What a call comes back with, and when.
    returns: Option<(i64, u64, Outcome)>,
    /// Which of the recorded outcomes were given already.
    given: Vec<bool>,
    /// The customer's record, as it is becoming.
    contact: Value,
    offset: i32,
    begun: bool,
    done: bool,
}

/// What happens next.
enum Next {
    Returns,
    Together,
    Timer,
    Heard,
}

impl Replay {
    pub fn new(script: Script) -> Self {
        Self {
            now: Vec::new(),
            session: None,
            over: None,
            next: 0,
            timer: None,
            together: None,
            returns: None,
            given: vec![false; script.came.len()],
            contact: script.start.variables.get("contact").cloned().unwrap_or_default(),
            offset: script.start.at.offset,
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

    /// The beginning: the flow's own triggers say whether it answers.
    fn begin(&mut self, bots: &Bots) {
        let start = self.script.start.clone();
        let input = match &start.message {
            None => {
                let known = |trigger: &str| bots.flow.has_trigger(trigger);
                let fires = start.trigger.as_deref().is_none_or(known);
                fires.then(|| Input::Start {
                    trigger: start.trigger.clone(),
                    at: None,
                    variables: start.variables.clone(),
                })
            }
            Some(message) => {
                self.now.push(Line::Customer { at: start.at.ms, input: message.clone() });
                let situation = Situation { first_message: start.first_message, busy: start.busy };
                let incoming = Incoming {
                    text: message.words(),
                    payload: message.payload(),
                    referral: start.referral.as_deref(),
                };
                match bots.winner(incoming, situation) {
                    Some(Winning::Own(won)) => Some(won.start(start.variables.clone())),
                    Some(Winning::Other(other)) => return self.taken(other, start.at.ms),
                    None => None,
                }
            }
        };
        let Some(input) = input else {
            self.now.push(Line::Silent { at: start.at.ms });
            self.over = Some(EndReason::Finished);
            return;
        };
        let mut session = Session::seeded(bots.flow, start.seed);
        session.draws = start.draws;
        self.session = Some(session);
        self.step(bots, &input, start.at);
    }

    /// Another bot answers: with it the conversation goes another way.
    fn taken(&mut self, other: &Compiled, at: i64) {
        self.now.push(Line::OtherBot { at, bot: other.id().to_owned() });
        self.done = true;
    }

    /// The earliest of what is to come; of two at the same instant, what was caused earlier.
    fn what_next(&self) -> Option<Next> {
        let heard = self.script.heard.get(self.next).map(|heard| heard.at.ms);
        let candidates = [
            (self.returns.as_ref().map(|(at, ..)| *at), Next::Returns),
            (self.together.as_ref().map(|(at, _)| *at), Next::Together),
            (self.timer.map(|(_, due)| due).filter(|due| *due <= self.script.until), Next::Timer),
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
            Next::Together => {
                let Some((at, mut parts)) = self.together.take() else { return };
                let input = if parts.len() == 1 { parts.remove(0) } else { Input::Together { parts } };
                self.step(bots, &input, self.at(at));
            }
            Next::Timer => {
                let Some((token, due)) = self.timer.take() else { return };
                self.step(bots, &Input::Timeout { token }, self.at(due));
            }
            Next::Heard => {
                let Some(heard) = self.script.heard.get(self.next).cloned() else { return };
                self.next += 1;
                self.offset = heard.at.offset;
                self.hear(bots, heard);
            }
        }
    }

    fn hear(&mut self, bots: &Bots, Heard { at, input }: Heard) {
        match &input {
            Input::Pause | Input::Resume => return self.step(bots, &input, at),
            // Somebody moved the run to a block; to one that is gone nobody can.
            Input::Start { at: to, .. } => {
                let block = to.as_ref().and_then(|to| to.block.as_deref());
                if block.is_some_and(|block| bots.flow.has_block(block)) && self.session.is_some() {
                    self.over = None;
                    self.step(bots, &input, at);
                }
                return;
            }
            _ => self.now.push(Line::Customer { at: at.ms, input: input.clone() }),
        }
        if self.session.as_ref().is_some_and(|session| session.paused) {
            return;
        }
        let position = self.session.as_ref().map(|session| &session.position);
        let with_person = matches!(position, Some(Position::Person { .. }));
        // Whoever waits for a person hears only what fires anywhere.
        let waits = self.over.is_some_and(|reason| reason != EndReason::Finished);
        let situation = Situation { first_message: false, busy: self.over.is_none() || waits };
        let incoming = Incoming { text: input.words(), payload: input.payload(), referral: None };
        let won = match bots.winner(incoming, situation) {
            Some(Winning::Own(won)) => Some(won),
            Some(Winning::Other(other)) => return self.taken(other, at.ms),
            None => None,
        };
        if let Some(won) = won {
            let mut given = Map::from_iter([
                ("contact".to_owned(), self.contact.clone()),
                ("message".to_owned(), Value::from(input.words())),
            ]);
            if let Some(payload) = input.payload() {
                given.insert("payload".to_owned(), Value::from(payload));
            }
            // In the middle of a talk what it has learnt stays known.
            if self.over.take().is_some() || self.session.is_none() {
                self.session = Some(Session::seeded(bots.flow, self.script.start.seed));
            }
            (self.timer, self.together, self.returns) = (None, None, None);
            return self.step(bots, &won.start(given), at);
        }
        if self.over.is_some() || with_person {
            return;
        }
        match bots.flow.pause() {
            0 => self.step(bots, &input, at),
            pause => {
                let (due, parts) = self.together.get_or_insert_default();
                *due = at.after(pause);
                parts.push(input);
            }
        }
    }

    fn step(&mut self, bots: &Bots, input: &Input, now: Now) {
        let Some(session) = self.session.take() else { return };
        let step = step_in(bots.flow, session, input, World { now, flows: bots.library, traced: false });
        self.session = Some(step.session);
        for effect in step.effects {
            self.carry(bots, effect, now.ms);
        }
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
            Effect::SetField { field, value, .. } => self.set_field(&field, value),
            Effect::AddTag { tag, .. } | Effect::Subscribe { topic: Some(tag), .. } => self.tag(tag, true),
            Effect::RemoveTag { tag, .. } | Effect::Unsubscribe { topic: Some(tag), .. } => {
                self.tag(tag, false);
            }
            // Nothing of it is said to the customer.
            _ => {}
        }
    }

    /// A call is answered as it was answered then; what the customer's record says is known.
    fn ask(&mut self, bots: &Bots, token: u64, block: String, call: &Call, at: i64) {
        if let Call::Fields { fields } = call {
            let values = fields.iter().map(|name| (name.clone(), self.field(name)));
            let value = Value::Object(values.collect());
            self.returns = Some((at, token, Outcome::Done { value }));
            return;
        }
        let next =
            self.script.came.iter().zip(&self.given).position(|(came, given)| !given && came.block == block);
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

    fn field(&self, name: &str) -> Value {
        let own = matches!(name, "name" | "email" | "phone" | "tags");
        let place = if own {
            self.contact.get(name)
        } else {
            self.contact.get("fields").and_then(|all| all.get(name))
        };
        place.cloned().unwrap_or_default()
    }

    fn set_field(&mut self, name: &str, value: Value) {
        // As the customer's record keeps it: texts.
        let value = match value {
            Value::Null | Value::String(_) => value,
            other => Value::from(other.to_string()),
        };
        let Some(contact) = self.contact.as_object_mut() else { return };
        if matches!(name, "name" | "email") {
            contact.insert(name.to_owned(), value);
            return;
        }
        let fields = contact.entry("fields").or_insert_with(|| Value::Object(Map::new()));
        if let Some(fields) = fields.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    }

    fn tag(&mut self, tag: String, wanted: bool) {
        let Some(contact) = self.contact.as_object_mut() else { return };
        let tags = contact.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
        let Some(tags) = tags.as_array_mut() else { return };
        tags.retain(|known| known.as_str() != Some(&tag));
        if wanted && !tag.is_empty() {
            tags.push(Value::from(tag));
        }
    }

    fn at(&self, ms: i64) -> Now {
        Now { ms, offset: self.offset }
    }
}
