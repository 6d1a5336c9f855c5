//! Past conversations, played to the draft and the other bots by the engine in the page: which would be answered
//! differently. Nothing is sent and nothing outside is called.
//!
//! First those of this bot, then those in which others talked: of these only the ones are shown in which the draft has a part
//! now. What the other bots changed among themselves is not its doing.
//!
//! Scripts come a page at a time and are played some steps at a time: between two slices the page draws and listens.

mod answer;
mod view;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use beseda_flow::replay::{Bots, Line, Replay, Script, Verdict, answer, compare, nothing};
use beseda_flow::{CallFailure, Compiled, Flow, Outcome};
use beseda_wire::bots::{Bot, BotVersion};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use beseda_wire::results::{BotRun, RunScript, ScriptGap};
use beseda_wire::time::Time;

use super::document::Item;
use super::model::Model as Builder;
use super::{Msg as BuilderMsg, Tab};
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::format;

/// The element of the panel, and the button that opens it.
pub const PANEL: &str = "flow-replay";
pub const BUTTON: &str = "replay-open";
/// Steps of the engine between two paints: some milliseconds.
const SLICE: u32 = 200;
/// Scripts asked for at once.
const PAGE: usize = 20;
/// How many conversations may be asked for.
pub const COUNTS: [usize; 4] = [20, 50, 100, 200];
/// How many days back, besides all.
pub const DAYS: [i64; 3] = [1, 7, 30];
const DAY: i64 = 86_400_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Open,
    Close,
    /// How many, and of how many days; none for all.
    Count(String),
    Days(String),
    Run,
    /// What other bots are there, and the flow of one of them: it may answer, or be run by this one.
    Others(u32, Result<Page<Bot>, Failure>),
    Other(u32, BotId, usize, bool, Result<Box<BotVersion>, Failure>),
    Scripts(u32, Result<Page<RunScript>, Failure>),
    /// Time to play on.
    Slice(u32),
    /// One of those that were played.
    Show(usize),
    Back,
    /// To a block of the flow.
    Jump(String),
    /// What a person types that a call comes back with.
    Typed(String),
    /// What the call of this block comes back with, wherever nobody knows it.
    Answer(String, Answer),
    /// Nothing that a person said counts any more.
    Forget,
}

/// What a person says that a call comes back with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// What is typed.
    Typed,
    /// Nothing: on by the ordinary way.
    Skip,
    Yes,
    No,
    Failed,
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Replay(msg).into()
    }
}

/// A conversation that was played.
#[derive(Debug, Clone)]
pub struct Played {
    pub run: BotRun,
    pub gaps: Vec<ScriptGap>,
    pub verdict: Verdict,
    pub now: Vec<Line>,
    pub script: Script,
    /// Other bots talked then, and this one had no run.
    pub of_others: bool,
}

impl Played {
    /// The call at which it stopped, by its block and its name.
    pub fn stopped_at(&self) -> Option<(&str, &str)> {
        let unknown = |line: &Line| matches!(line, Line::Unknown { .. });
        match self.now.iter().find(|line| unknown(line))? {
            Line::Unknown { block, call, .. } => Some((block, call)),
            _ => None,
        }
    }
}

/// One that waits to be played.
struct Waiting {
    /// Where it stands already, if it is played once more.
    place: Option<usize>,
    of_others: bool,
    run: BotRun,
    gaps: Vec<ScriptGap>,
    replay: Replay,
}

/// Another bot of the business.
struct Other {
    flow: Compiled,
    /// It is switched on.
    answers: bool,
}

/// Its flow, if it answers.
fn answering<'a>((_, other): (&usize, &'a Other)) -> Option<&'a Compiled> {
    other.answers.then_some(&other.flow)
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Model {
    pub is_open: bool,
    pub wanted: usize,
    /// Of how many days; none for all.
    pub days: Option<i64>,
    /// Answers of earlier rounds are of no use.
    round: u32,
    pub is_going: bool,
    flow: Option<Rc<Compiled>>,
    /// The oldest first, by which the older of two answers.
    others: BTreeMap<usize, Other>,
    /// How many bots stand before this one.
    own_place: usize,
    /// Flows of other bots that are on their way.
    awaited: usize,
    /// What a person said that calls come back with, by their blocks.
    pub answers: BTreeMap<String, Outcome>,
    pub typed: String,
    queue: VecDeque<Waiting>,
    /// Those of other bots are being asked for.
    of_others: bool,
    received: usize,
    next: Option<String>,
    pub failure: Option<Failure>,
    pub played: Vec<Played>,
    /// How many of other bots were played and have nothing to do with the draft.
    pub untouched: usize,
    pub shown: Option<usize>,
    /// The flow changed since.
    pub is_stale: bool,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            is_open: false,
            wanted: COUNTS[1],
            days: None,
            round: 0,
            is_going: false,
            flow: None,
            others: BTreeMap::new(),
            own_place: 0,
            awaited: 0,
            answers: BTreeMap::new(),
            typed: String::new(),
            queue: VecDeque::new(),
            of_others: false,
            received: 0,
            next: None,
            failure: None,
            played: Vec::new(),
            untouched: 0,
            shown: None,
            is_stale: false,
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").field("played", &self.played.len()).finish_non_exhaustive()
    }
}

impl Model {
    pub fn flow_changed(&mut self) {
        self.is_stale = self.is_going || !self.played.is_empty() || self.untouched > 0;
    }

    /// Those that are answered differently, with their places.
    pub fn different(&self) -> impl Iterator<Item = (usize, &Played)> {
        let differs = |one: &Played| matches!(one.verdict, Verdict::Different { .. });
        self.played.iter().enumerate().filter(move |(_, one)| differs(one))
    }

    /// Those that could not be played to their end, with their places.
    pub fn unknown(&self) -> impl Iterator<Item = (usize, &Played)> {
        let is_unknown = |one: &Played| matches!(one.verdict, Verdict::Unknown { .. });
        self.played.iter().enumerate().filter(move |(_, one)| is_unknown(one))
    }

    /// How many stopped at the call of this block.
    pub fn stopped_at(&self, block: &str) -> usize {
        let there = |one: &&Played| one.stopped_at().is_some_and(|(stopped, _)| stopped == block);
        self.played.iter().filter(there).count()
    }

    /// Plays those once more that `which` says.
    fn play_again(&mut self, which: impl Fn(&Played) -> bool) {
        for (place, one) in self.played.iter().enumerate().filter(|(_, one)| which(one)) {
            let replay = Replay::new(one.script.clone());
            let (run, gaps, of_others) = (one.run.clone(), one.gaps.clone(), one.of_others);
            self.queue.push_back(Waiting { place: Some(place), of_others, run, gaps, replay });
        }
    }

    fn take(&mut self, script: RunScript) {
        let RunScript { run, script, gaps } = script;
        // What this program cannot read comes from a newer one; the page is loaded anew soon.
        if let Ok(script) = serde_json::from_value::<Script>(script) {
            let (replay, of_others) = (Replay::new(script), self.of_others);
            self.queue.push_back(Waiting { place: None, of_others, run, gaps, replay });
        }
    }

    /// Plays on for one slice.
    fn play(&mut self) {
        let Some(flow) = self.flow.clone() else { return };
        let before = self.others.range(..self.own_place);
        let after = self.others.range(self.own_place..);
        let answering: Vec<&Compiled> =
            before.filter_map(answering).chain([&*flow]).chain(after.filter_map(answering)).collect();
        let library: Vec<&Compiled> =
            [&*flow].into_iter().chain(self.others.values().map(|other| &other.flow)).collect();
        let bots = Bots { draft: &flow, answering: &answering, library: &library, answers: &self.answers };
        let mut steps = SLICE;
        while steps > 0
            && let Some(mut waiting) = self.queue.pop_front()
        {
            if waiting.replay.advance(&bots, &mut steps) {
                let Waiting { place, of_others, run, gaps, replay } = waiting;
                let script = replay.script().clone();
                if place.is_none() && script.without {
                    // Where a bot talked that is off by now, anything would be different, whatever the draft does.
                    let began = script.start.bot.as_deref();
                    if began.is_some_and(|id| !answering.iter().any(|flow| flow.id() == id)) {
                        continue;
                    }
                    if !replay.took_part {
                        self.untouched += 1;
                        continue;
                    }
                }
                let verdict = compare(&script.then, &replay.now);
                let one = Played { run, gaps, verdict, now: replay.now, script, of_others };
                match place.and_then(|place| self.played.get_mut(place)) {
                    Some(before) => *before = one,
                    None => self.played.push(one),
                }
            } else {
                self.queue.push_front(waiting);
            }
        }
    }
}

impl Builder {
    /// Back to the button that opened it: in the test panel, or else the one that asks whether to publish. Where neither
    /// can be pressed now, to the flow.
    pub fn close_replay(&mut self) -> Effects {
        self.replay.is_open = false;
        let at = if self.tab == Tab::Test && !self.narrow {
            BUTTON
        } else if self.may_ask_publish() {
            "flow-publish"
        } else {
            "canvas"
        };
        vec![Effect::Focus(at.to_owned())]
    }

    pub fn update_replay(&mut self, msg: Msg) -> Effects {
        let replay = &mut self.replay;
        match msg {
            Msg::Open => {
                replay.is_open = true;
                self.versions = None;
                // From the dialog that asks whether to publish one comes back to it by the button.
                self.dialog = None;
                focusing_panel(self.begin_replay())
            }
            Msg::Close => self.close_replay(),
            Msg::Count(count) => {
                replay.wanted = count.parse().unwrap_or(replay.wanted);
                vec![]
            }
            Msg::Days(days) => {
                replay.days = days.parse().ok();
                vec![]
            }
            // The button is off while they are played.
            Msg::Run => focusing_panel(self.run_replay()),
            Msg::Show(at) => {
                replay.shown = Some(at);
                vec![Effect::Focus(PANEL.to_owned()), Effect::Reveal("replay-differs".to_owned())]
            }
            Msg::Back => {
                replay.shown = None;
                vec![Effect::Focus(PANEL.to_owned())]
            }
            // The panel would lie over what is shown; opened again it shows the same conversation.
            Msg::Jump(block) => {
                replay.is_open = false;
                self.go_to(Item::Block(block))
            }
            Msg::Typed(text) => {
                replay.typed = text;
                vec![]
            }
            Msg::Answer(block, how) => self.answer_call(&block, how),
            Msg::Forget => {
                let given = std::mem::take(&mut replay.answers);
                let was_given =
                    |line: &Line| matches!(line, Line::Given { block, .. } if given.contains_key(block));
                replay.play_again(|one| one.now.iter().any(was_given));
                // With the answers the button goes away.
                focusing_panel(self.play_on())
            }
            Msg::Others(round, answer) if round == replay.round => self.others_known(answer),
            Msg::Other(round, bot, place, answers, answer) if round == replay.round => {
                let flow = answer.ok().and_then(|version| Flow::from_value(version.flow?).ok());
                // One that cannot be read is one that is not there: the engine says so where it is asked for.
                if let Some(flow) = flow {
                    let flow = Compiled::new(&flow, 0).of_bot(bot.to_string());
                    replay.others.insert(place, Other { flow, answers });
                }
                replay.awaited -= 1;
                if replay.awaited == 0 { self.ask_scripts() } else { vec![] }
            }
            Msg::Scripts(round, answer) if round == replay.round => match answer {
                Ok(page) => {
                    replay.received += page.items.len();
                    replay.next = page.next;
                    page.items.into_iter().for_each(|script| replay.take(script));
                    self.play_replay()
                }
                Err(failure) => {
                    replay.is_going = false;
                    replay.failure = Some(failure);
                    vec![]
                }
            },
            Msg::Slice(round) if round == replay.round => self.play_replay(),
            // Of a round that is over.
            Msg::Others(..) | Msg::Other(..) | Msg::Scripts(..) | Msg::Slice(_) => vec![],
        }
    }

    /// Plays them, unless that was done for this very flow already.
    pub fn begin_replay(&mut self) -> Effects {
        let replay = &self.replay;
        let is_done = replay.is_going || !replay.played.is_empty() || replay.untouched > 0;
        if is_done && !self.replay.is_stale { vec![] } else { self.run_replay() }
    }

    fn run_replay(&mut self) -> Effects {
        let before = std::mem::take(&mut self.replay);
        self.replay = Model {
            is_open: before.is_open,
            wanted: before.wanted,
            days: before.days,
            round: before.round + 1,
            answers: before.answers,
            ..Model::default()
        };
        let Ok(flow) = Flow::from_value(self.doc.to_json()) else { return vec![] };
        self.replay.flow = Some(Rc::new(Compiled::new(&flow, 0)));
        self.replay.is_going = true;
        let round = self.replay.round;
        vec![api::bots().then(move |answer| Msg::Others(round, answer))]
    }

    fn others_known(&mut self, answer: Result<Page<Bot>, Failure>) -> Effects {
        let own = self.bot;
        let bots = match answer {
            Ok(page) => page.items,
            Err(failure) => {
                self.replay.is_going = false;
                self.replay.failure = Some(failure);
                return vec![];
            }
        };
        self.replay.own_place = bots.iter().position(|bot| Some(bot.id) == own).unwrap_or(bots.len());
        let others = bots.into_iter().enumerate().filter(|(_, bot)| Some(bot.id) != own);
        let round = self.replay.round;
        let asked: Effects = others
            .filter_map(|(place, bot)| Some((place, bot.enabled, bot.id, bot.published?)))
            .map(|(place, answers, id, version)| {
                let then = move |answer: Result<BotVersion, Failure>| {
                    Msg::Other(round, id, place, answers, answer.map(Box::new))
                };
                api::version(id, version).then(then)
            })
            .collect();
        self.replay.awaited = asked.len();
        if asked.is_empty() { self.ask_scripts() } else { asked }
    }

    fn ask_scripts(&mut self) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        let replay = &self.replay;
        let limit = PAGE.min(replay.wanted - replay.received);
        let since =
            replay.days.map(|days| format::day(Time::from_millis(self.now - (days - 1) * DAY), &self.zone));
        let round = replay.round;
        let asked = api::bot_scripts(bot, replay.of_others, limit, since, replay.next.clone());
        vec![asked.then(move |answer| Msg::Scripts(round, answer))]
    }

    /// The conversations that stopped at the call of this block go on.
    fn answer_call(&mut self, block: &str, how: Answer) -> Effects {
        let replay = &mut self.replay;
        let stopped = replay.played.iter().filter_map(Played::stopped_at).find(|(at, _)| *at == block);
        let Some(call) = stopped.map(|(_, call)| call.to_owned()) else { return vec![] };
        let outcome = match how {
            Answer::Typed => answer(&call, replay.typed.trim()),
            Answer::Skip => nothing(&call),
            Answer::Yes => answer(&call, "true"),
            Answer::No => answer(&call, "false"),
            Answer::Failed => Outcome::Failed { reason: CallFailure::default() },
        };
        replay.answers.insert(block.to_owned(), outcome);
        replay.typed.clear();
        replay.play_again(|one| one.stopped_at().is_some_and(|(at, _)| at == block));
        focusing_panel(self.play_on())
    }

    /// Plays what waits, unless that goes on already.
    fn play_on(&mut self) -> Effects {
        if std::mem::replace(&mut self.replay.is_going, true) { vec![] } else { self.play_replay() }
    }

    fn play_replay(&mut self) -> Effects {
        let replay = &mut self.replay;
        replay.play();
        let round = replay.round;
        if !replay.queue.is_empty() {
            return vec![Effect::After(0, Msg::Slice(round).into())];
        }
        if replay.next.is_some() && replay.received < replay.wanted {
            return self.ask_scripts();
        }
        if !replay.of_others && !replay.others.is_empty() {
            (replay.of_others, replay.received, replay.next) = (true, 0, None);
            return self.ask_scripts();
        }
        replay.is_going = false;
        vec![]
    }
}

/// What had the focus goes away or is off now: the panel has it.
fn focusing_panel(mut effects: Effects) -> Effects {
    effects.push(Effect::Focus(PANEL.to_owned()));
    effects
}

#[cfg(test)]
mod tests;
