//! Trying the draft: the same engine that answers customers, run in the page. Nothing leaves it.

mod chat;
pub mod customer;
mod customer_view;
mod gather;
pub mod view;

use std::collections::BTreeSet;
use std::rc::Rc;

use beseda_flow::{
    Call, CallFault, ClockChange, Compiled, Effect as Told, Ended, Event, Flow, Input, Now, Outcome,
    Outgoing, Session, Target, World, step_in,
};
use beseda_wire::time::Time;
use serde_json::{Map, Value, json};

pub use chat::{Line, effect_words, sample};
use customer::{Customer, Question};

use super::document::{Item, Source};
use super::model::Model as Builder;
use super::scene::jump_line;
use super::{Tab, kinds, words};
use crate::effect::{Effect, Effects};
use crate::format;
use crate::i18n::t;
use crate::native_form::{self, Filling, Step};
use crate::t;

/// Timers that are due when the clock is put forward, one after another, at most.
const MOST_DUE: usize = 50;
/// Questions that are answered by themselves, one after another, at most.
const MOST_ANSWERED: usize = 50;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// From the start, or from what is chosen.
    Restart,
    FromChosen,
    Typed(String),
    Send,
    /// A button or a row was tapped.
    Tap(String, String),
    Sample(Sample),
    /// A list is opened, or closed.
    Open(Option<usize>),
    /// A part below the chat was opened or closed: the chat has another height, and its end is what people read.
    Folded,
    /// Time passes until what is waited for.
    Skip,
    /// The clock is put to this date and time, or back to what it is.
    Clock(String),
    RealTime,
    /// What a call comes back with.
    Answer(String),
    Return,
    Fail,
    Say(bool),
    /// The native form of this line is opened.
    OpenForm(usize),
    /// What is answered in it, as JSON.
    Answers(String),
    SendForm,
    /// The native form whose screens are known is filled in.
    Fill(native_form::Msg),
    /// The customer is somebody else, or what is so meanwhile.
    Customer(customer::Msg),
    /// Nothing more is said: in the pause with this number, or at all.
    NothingMore(Option<u32>),
}

/// Things a customer may send besides words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    Photo,
    Voice,
    Place,
}

/// A try under way.
#[derive(Default)]
pub struct Model {
    flow: Option<Rc<Compiled>>,
    pub session: Option<Session>,
    pub lines: Vec<Line>,
    /// What happened, one entry for each input.
    pub steps: Vec<Vec<Event>>,
    /// Blocks that were entered, and edges that were taken, since the start.
    pub seen: BTreeSet<String>,
    pub taken: BTreeSet<String>,
    pub text: String,
    /// The list that is open, by the number of its line.
    pub open: Option<usize>,
    /// The timer that is waited for: its token, and when it is due.
    pub timer: Option<(u64, i64)>,
    /// What was said in a row, and is not answered yet.
    pub gathered: Option<gather::Gathered>,
    /// Pauses that began, in this try and those before it: what ends an older one ends nothing.
    pauses: u32,
    /// The call that is waited for, and what it will be answered with.
    pub call: Option<(u64, Call, String)>,
    /// The native form that is open: the token it was sent with, and its answers as JSON.
    pub form: Option<(String, String)>,
    /// The same, of a form whose screens are known.
    pub filling: Option<(String, Filling)>,
    pub ended: Option<Ended>,
    /// The names of variables that changed last.
    pub changed: BTreeSet<String>,
    /// The flow changed since this try began.
    pub is_stale: bool,
    /// It begins there once the flows of the other bots are here that it may run.
    pub awaits: Option<Option<Target>>,
    /// The run is in the flow of another bot: what is told there is no part of this canvas.
    is_elsewhere: bool,
    /// Who writes. They stay when the try begins anew.
    pub customer: Customer,
    /// How far the clock was put from what it is, in milliseconds. It stays so when the try begins anew.
    pub shift: i64,
    /// Milliseconds that were skipped.
    pub ahead: i64,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Test")
            .field("session", &self.session)
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

impl Model {
    pub fn flow_changed(&mut self) {
        self.is_stale = self.session.is_some();
    }

    /// For another try: the customer and the clock that were set stay.
    fn anew(&self) -> Self {
        let customer = self.customer.clone();
        Self { customer, shift: self.shift, pauses: self.pauses, ..Self::default() }
    }

    /// The block at which the run waits.
    pub fn here(&self) -> Option<&str> {
        self.session.as_ref().and_then(Session::block)
    }

    pub fn variables(&self) -> Vec<(&str, String, bool)> {
        let variables = self.session.iter().flat_map(|session| session.variables.iter());
        variables.map(|(name, value)| (name.as_str(), readable(value), self.changed.contains(name))).collect()
    }
}

impl Builder {
    pub fn run_test(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Restart => self.start_test(None),
            Msg::FromChosen => {
                let at = self.only().and_then(|item| match item {
                    Item::Block(id) => {
                        let (group, _) = self.doc.block(id)?;
                        Some(Target { group: group.id.clone(), block: Some(id.clone()), extra: Map::new() })
                    }
                    Item::Group(id) => Some(Target { group: id.clone(), block: None, extra: Map::new() }),
                    _ => None,
                });
                self.start_test(at)
            }
            Msg::Typed(text) => {
                self.test.text = text;
                vec![]
            }
            Msg::Send => {
                let text = std::mem::take(&mut self.test.text);
                if text.trim().is_empty() {
                    return vec![];
                }
                self.test.lines.push(Line::Own(text.clone()));
                let mut effects = self.hear(Input::Text { text });
                effects.push(Effect::SetValue("test-text".to_owned(), String::new()));
                effects
            }
            Msg::Tap(id, title) => {
                self.test.open = None;
                self.test.lines.push(Line::Own(title.clone()));
                self.hear(Input::tap(id, title))
            }
            Msg::Sample(sample) => {
                let (words, input) = chat::sent(sample);
                self.test.lines.push(Line::Own(words));
                self.hear(input)
            }
            Msg::Open(line) => {
                self.test.open = line;
                // What opens at the end of the chat opens below what is seen.
                let is_last = line.is_some_and(|line| line + 1 == self.test.lines.len());
                if is_last { scroll() } else { vec![] }
            }
            Msg::Folded => scroll(),
            Msg::Skip => {
                let Some((token, due)) = self.test.timer.take() else { return vec![] };
                let now = self.now.saturating_add(self.test.shift);
                self.test.ahead = self.test.ahead.max(due.saturating_sub(now));
                self.test.lines.push(Line::Note(t("test-skipped")));
                let mut effects = self.step(Input::Timeout { token });
                // The button is no more.
                effects.push(Effect::Focus("test-text".to_owned()));
                effects
            }
            Msg::Clock(local) => self.set_clock(&local),
            Msg::RealTime => {
                (self.test.shift, self.test.ahead) = (0, 0);
                vec![]
            }
            Msg::Answer(text) => {
                if let Some((_, _, answer)) = &mut self.test.call {
                    *answer = text;
                }
                vec![]
            }
            Msg::Return => {
                let Some((token, _, answer)) = self.test.call.take() else { return vec![] };
                // What is no JSON is meant as a text.
                let value = serde_json::from_str(&answer).unwrap_or(Value::String(answer));
                self.step(Input::Returned { token, outcome: Outcome::Done { value } })
            }
            Msg::Say(yes) => {
                let Some((token, ..)) = self.test.call.take() else { return vec![] };
                self.step(Input::Returned { token, outcome: Outcome::Done { value: yes.into() } })
            }
            Msg::OpenForm(line) => {
                let Some(Line::Said(block, Outgoing::Form { token, data, form, screen, .. })) =
                    self.test.lines.get(line)
                else {
                    return vec![];
                };
                let known = self.native_forms.find(form).cloned();
                let sent = Value::Object(data.clone());
                let filling = known.and_then(|known| Filling::new(known, screen.as_deref(), Some(&sent)));
                if let Some(filling) = filling {
                    self.test.filling = Some((token.clone(), filling));
                    return vec![Effect::Focus("test-form-screen".to_owned())];
                }
                let answers = self.form_answers(block, data);
                self.test.form = Some((token.clone(), answers));
                vec![Effect::Focus("test-form".to_owned())]
            }
            Msg::Answers(text) => {
                if let Some((_, answers)) = &mut self.test.form {
                    *answers = text;
                }
                vec![]
            }
            Msg::SendForm => {
                let Some((token, answers)) = self.test.form.take() else { return vec![] };
                let Ok(Value::Object(mut fields)) = serde_json::from_str(&answers) else {
                    self.test.form = Some((token, answers));
                    return vec![super::save::tell(t("test-form-unreadable"))];
                };
                fields.insert("flow_token".to_owned(), token.into());
                self.test.lines.push(Line::Own(t("test-form-sent")));
                self.hear(Input::Form { fields })
            }
            Msg::Fill(msg) => {
                let Some((token, filling)) = &mut self.test.filling else { return vec![] };
                let Step::Sent(mut fields) = filling.update(msg) else { return vec![] };
                fields.insert("flow_token".to_owned(), token.clone().into());
                self.test.filling = None;
                self.test.lines.push(Line::Own(t("test-form-sent")));
                self.hear(Input::Form { fields })
            }
            Msg::Customer(msg) => self.update_customer(msg),
            Msg::NothingMore(pause) => self.nothing_more(pause),
            Msg::Fail => {
                let Some((token, ..)) = self.test.call.take() else { return vec![] };
                let reason = CallFault::Tried.into();
                self.step(Input::Returned { token, outcome: Outcome::Failed { reason } })
            }
        }
    }

    /// The time of the try: what was skipped has passed.
    pub fn test_time(&self) -> Time {
        Time::from_millis(self.now.saturating_add(self.test.shift).saturating_add(self.test.ahead))
    }

    /// The same as the engine is told it, by the clocks of the business.
    fn test_now(&self) -> Now {
        let at = self.test_time();
        let change = |(at, offset): (Time, i32)| ClockChange { at: at.millis(), offset };
        let changes = format::clock_changes(at, &self.zone).map(|known| known.map(change));
        Now { changes, ..Now::new(at.millis(), format::offset(at, &self.zone)) }
    }

    /// It is this date and time now. What was waited for and is due by then has come.
    fn set_clock(&mut self, local: &str) -> Effects {
        let Some(at) = format::instant(local, &self.zone) else { return vec![] };
        (self.test.shift, self.test.ahead) = (at.millis().saturating_sub(self.now), 0);
        let mut effects = self.gathered_by(at.millis());
        // The engine lets nothing go on for ever by itself; here a wait follows a wait at most so often.
        for _ in 0..MOST_DUE {
            let Some((token, _)) = self.test.timer.take_if(|(_, due)| *due <= at.millis()) else { break };
            self.test.lines.push(Line::Note(t("test-skipped")));
            effects = self.step(Input::Timeout { token });
        }
        effects
    }

    /// What a form might come back with: what it began with, and an answer for whatever the block reads.
    fn form_answers(&self, block: &str, data: &Map<String, Value>) -> String {
        let mut answers = data.clone();
        let block = self.doc.block(block).map(|(_, block)| block);
        let save = block.and_then(|block| super::document::pointer::get(&block.fields, "/form/save"));
        let paths = save.and_then(Value::as_array).into_iter().flatten();
        for path in paths.filter_map(|save| save.get("path")?.as_str()).filter(|path| !path.is_empty()) {
            let at = format!("/{}", path.replace('.', "/"));
            if super::document::pointer::get(&answers, &at).is_none() {
                super::document::pointer::set(&mut answers, &at, json!(""));
            }
        }
        serde_json::to_string_pretty(&Value::Object(answers)).unwrap_or_default()
    }

    /// The panel shows the test: begins one where there is none.
    pub fn begin_test(&mut self, at: Option<Target>) -> Effects {
        self.tab = Tab::Test;
        if self.test.session.is_some() && at.is_none() && !self.test.is_stale {
            return vec![];
        }
        self.start_test(at)
    }

    fn compiled(&self) -> Option<Rc<Compiled>> {
        let flow = Flow::from_value(self.doc.to_json()).ok()?;
        Some(Rc::new(Compiled::new(&flow, 0)))
    }

    /// Begins, where other bots' flows are run as soon as they are here: they are asked for once.
    fn start_test(&mut self, at: Option<Target>) -> Effects {
        let runs_others = self.doc.blocks().any(|(_, block)| block.kind == "sub_flow");
        let asked = if runs_others { self.ask_flows(|_| true) } else { vec![] };
        if runs_others && self.triggers.is_awaited() {
            let text = std::mem::take(&mut self.test.text);
            self.test = Model { text, awaits: Some(at), ..self.test.anew() };
            self.test.lines.push(Line::Note(t("test-loading")));
            return asked;
        }
        self.begin_run(at)
    }

    /// A flow of another bot came, or did not.
    pub fn flows_came(&mut self) -> Effects {
        if self.triggers.is_awaited() {
            return vec![];
        }
        self.test.awaits.take().map(|at| self.begin_run(at)).unwrap_or_default()
    }

    fn begin_run(&mut self, at: Option<Target>) -> Effects {
        let text = std::mem::take(&mut self.test.text);
        self.test = Model { text, ..self.test.anew() };
        let Some(flow) = self.compiled() else {
            self.test.lines.push(Line::Note(t("test-unreadable")));
            return vec![];
        };
        self.test.session = Some(Session::new(&flow));
        self.test.flow = Some(flow);
        if at.is_none() && self.doc.triggers.iter().any(|trigger| trigger.text("kind") == "keyword") {
            self.test.lines.push(Line::Note(t("test-say-something")));
            return vec![];
        }
        let variables = self.test.customer.known();
        self.step(Input::Start { trigger: None, at, variables })
    }

    /// The line from the trigger is a part of the way.
    fn take_trigger(&mut self, trigger: &str) {
        let from = Source::Trigger(trigger.to_owned());
        let line = self.scene.lines.iter().find(|line| line.from == from);
        self.test.taken.extend(line.map(|line| line.id.clone()));
        self.test.seen.insert(trigger.to_owned());
    }

    /// One step, and those that follow by themselves.
    fn step(&mut self, input: Input) -> Effects {
        let mut effects = self.one_step(input);
        effects.extend(self.answer_questions());
        effects
    }

    /// What a block asks is answered as it is set for the try; a flow that asks without end is left to people.
    fn answer_questions(&mut self) -> Effects {
        let mut effects = vec![];
        for _ in 0..MOST_ANSWERED {
            let asked =
                self.test.call.as_ref().and_then(|(token, call, _)| Some((*token, Question::of(call)?)));
            let Some((token, question)) = asked else { break };
            let is_nobody = matches!(&self.test.call,
                Some((_, Call::Online { person: Some(name), .. }, _)) if !self.people.knows(name));
            let answer = if is_nobody { Some(false) } else { self.test.customer.answer(question) };
            let Some(yes) = answer else { break };
            self.test.call = None;
            let words = if yes { "yes" } else { "no" };
            self.test.lines.push(Line::Note(t(&format!("test-customer-{}-{words}", question.key()))));
            effects = self.one_step(Input::Returned { token, outcome: Outcome::Done { value: yes.into() } });
        }
        effects
    }

    fn one_step(&mut self, input: Input) -> Effects {
        let (Some(flow), Some(session)) = (self.test.flow.clone(), self.test.session.take()) else {
            return vec![];
        };
        let library = self.triggers.library();
        let library: Vec<&Compiled> = library.iter().map(|flow| &**flow).collect();
        let world = World { now: self.test_now(), flows: &library, traced: true };
        let step = step_in(&flow, session, &input, world);
        self.test.session = Some(step.session);
        self.test.ended = step.ended;
        self.test.changed.clear();
        for event in &step.trace {
            match event {
                Event::In { flow: now } => self.test.is_elsewhere = now != flow.id(),
                Event::Entered { block } if !self.test.is_elsewhere => {
                    self.test.seen.insert(block.clone());
                    // A jump has no way out that could be left by; where it leads nowhere it has no line.
                    if self.doc.block(block).is_some_and(|(_, block)| block.kind == "jump") {
                        self.test.taken.insert(jump_line(block));
                    }
                }
                Event::Left { block, port } if !self.test.is_elsewhere => self.take_edge(block, port),
                Event::Changed { name, .. } => {
                    self.test.changed.insert(name.clone());
                }
                _ => {}
            }
        }
        for told in step.effects {
            match told {
                Told::Say { block, message } => self.test.lines.push(Line::Said(block, message)),
                Told::SetTimer { token, due } => self.test.timer = Some((token, due)),
                Told::ClearTimer { token } => {
                    self.test.timer = self.test.timer.filter(|(known, _)| *known != token);
                }
                Told::SetVariable { name, .. } => {
                    self.test.changed.insert(name);
                }
                Told::Call { token, call, .. } => {
                    self.test.lines.push(Line::Note(chat::call_words(&call)));
                    let answer = self.test.customer.sample(&call, self.test.session.as_ref());
                    self.test.call = Some((token, call, answer));
                }
                other => {
                    let missed = self.people.missed_by(&other);
                    // Who is not there is given nothing.
                    let is_void = missed.is_some() && matches!(other, Told::Assign { .. });
                    let told = effect_words(&other).filter(|_| !is_void);
                    self.test.lines.extend(told.into_iter().chain(missed).map(Line::Note));
                }
            }
        }
        if step.ignored {
            self.test.lines.push(Line::Note(t("test-ignored")));
        } else {
            self.test.steps.push(step.trace);
        }
        self.test.is_stale = false;
        let mut effects = self.follow_run();
        effects.extend(scroll());
        effects
    }

    /// The block at which the run waits comes into view. Whoever looks at the whole flow sees it anyway.
    fn follow_run(&mut self) -> Effects {
        let here = self.test.here().filter(|_| !self.test.is_elsewhere).map(|id| Item::Block(id.to_owned()));
        match here {
            Some(here) if !self.is_far() && !self.narrow && self.scene.rect(&here).is_some() => {
                self.reveal(&here)
            }
            _ => vec![],
        }
    }

    fn take_edge(&mut self, block: &str, port: &str) {
        let name = |line: &&super::scene::Line| match &line.from {
            Source::Port { block: from, port: own } => {
                from == block
                    && self.doc.block(block).is_some_and(|(_, record)| {
                        kinds::ports(record)
                            .iter()
                            .any(|known| known.is(Some(port)) && known.is(own.as_deref()))
                    })
            }
            Source::Trigger(_) => false,
        };
        let line = self.scene.lines.iter().find(name).map(|line| line.id.clone());
        // An option without a line of its own goes the ordinary way on.
        let ordinary = || {
            let from = Source::Port { block: block.to_owned(), port: None };
            self.scene.lines.iter().find(|line| line.from == from).map(|line| line.id.clone())
        };
        self.test.taken.extend(line.or_else(ordinary));
    }

    /// The name of the bot whose flow has this id.
    fn flow_name(&self, id: &str) -> String {
        let is_own = self.test.flow.as_ref().is_some_and(|flow| flow.id() == id);
        let bots = &self.triggers.bots;
        let bot = bots.iter().find(|bot| bot.flow_id == id && bot.published.is_some());
        match bot.or_else(|| bots.iter().find(|bot| bot.flow_id == id)) {
            _ if is_own => self.doc.name().to_owned(),
            Some(bot) => bot.name.clone(),
            None => id.to_owned(),
        }
    }

    /// What an event says, for the list of steps.
    pub fn event_words(&self, event: &Event) -> Option<(Option<String>, String)> {
        // What another bot's flow does has its words in what it says: its blocks are not here.
        let title = |id: &str| {
            let shape = self.scene.block(id);
            shape.map_or_else(|| t("step-elsewhere"), |shape| shape.summary.text.clone())
        };
        Some(match event {
            Event::Entered { block } => (Some(block.clone()), title(block)),
            Event::Answered { block, value } => {
                let words = t!("step-answered", value = words::plain(value).as_str());
                (Some(block.clone()), format!("{}: {words}", title(block)))
            }
            Event::Refused { block, tries } => {
                let words = t!("step-refused", count = *tries);
                (Some(block.clone()), format!("{}: {words}", title(block)))
            }
            Event::Left { block, port } => {
                let ports = self.doc.block(block).map(|(_, block)| kinds::ports(block)).unwrap_or_default();
                // The only way on is no news.
                if ports.len() < 2 {
                    return None;
                }
                let port = ports.into_iter().find(|known| known.is(Some(port)))?.title;
                (Some(block.clone()), format!("→ {port}"))
            }
            Event::Changed { block, name, value } => {
                (Some(block.clone()), format!("{name} = {}", words::plain(value)))
            }
            Event::Note { block, text } => (Some(block.clone()), text.clone()),
            Event::LeftOut { block, .. } => (Some(block.clone()), t("step-left-out")),
            Event::In { flow } => (None, t!("step-in", name = self.flow_name(flow).as_str())),
            Event::Asked { block, .. } => (Some(block.clone()), t("step-asked")),
            _ => return None,
        })
    }
}

/// A value as people read it: what has parts, part by part, without those that hold nothing.
fn readable(value: &Value) -> String {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    match value {
        Value::Object(fields) => {
            let filled = fields.iter().filter(|(_, value)| !is_empty(value));
            let parts: Vec<String> =
                filled.map(|(name, value)| format!("{name}: {}", readable(value))).collect();
            parts.join(" · ")
        }
        Value::Array(items) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
        other => words::plain(other),
    }
}

fn scroll() -> Effects {
    vec![Effect::ScrollToEnd("test-chat".to_owned())]
}
