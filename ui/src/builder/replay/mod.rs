//! Past conversations, played to the draft by the engine in the page: which would be answered differently. Nothing is sent
//! and nothing outside is called.
//!
//! Scripts come a page at a time and are played some steps at a time: between two slices the page draws and listens.

mod view;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use beseda_flow::replay::{Bots, Line, Replay, Script, Verdict, answer, compare, nothing};
use beseda_flow::{Compiled, Flow, Outcome};
use beseda_wire::bots::{Bot, BotVersion};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;
use beseda_wire::results::{BotRun, RunScript, ScriptGap};
use beseda_wire::time::Time;

use super::Msg as BuilderMsg;
use super::document::Item;
use super::model::Model as Builder;
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
    Other(u32, usize, bool, Result<Box<BotVersion>, Failure>),
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
    run: BotRun,
    gaps: Vec<ScriptGap>,
    replay: Replay,
}

/// Another bot of the business.
struct Other {
    flow: Compiled,
    /// It stands before this one in the list, by which the older of two answers.
    is_before: bool,
    /// It is switched on.
    answers: bool,
}

pub struct Model {
    pub is_open: bool,
    pub wanted: usize,
    /// Of how many days; none for all.
    pub days: Option<i64>,
    /// Answers of earlier rounds are of no use.
    round: u32,
    pub is_going: bool,
    flow: Option<Rc<Compiled>>,
    /// The oldest first.
    others: BTreeMap<usize, Other>,
    /// How many bots stand before this one.
    own_place: usize,
    /// Flows of other bots that are on their way.
    awaited: usize,
    /// What a person said that calls come back with, by their blocks.
    pub answers: BTreeMap<String, Outcome>,
    pub typed: String,
    queue: VecDeque<Waiting>,
    received: usize,
    next: Option<String>,
    pub failure: Option<Failure>,
    pub played: Vec<Played>,
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
            received: 0,
            next: None,
            failure: None,
            played: Vec::new(),
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
        self.is_stale = self.is_going || !self.played.is_empty();
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
            let (run, gaps) = (one.run.clone(), one.gaps.clone());
            self.queue.push_back(Waiting { place: Some(place), run, gaps, replay });
        }
    }

    fn take(&mut self, script: RunScript) {
        let RunScript { run, script, gaps } = script;
        // What this program cannot read comes from a newer one; the page is loaded anew soon.
        if let Ok(script) = serde_json::from_value::<Script>(script) {
            self.queue.push_back(Waiting { place: None, run, gaps, replay: Replay::new(script) });
        }
    }

    /// Plays on for one slice.
    fn play(&mut self) {
        let Some(flow) = self.flow.clone() else { return };
        let among = |is_before: bool| -> Vec<&Compiled> {
            let answering = self.others.values().filter(|other| other.answers);
            answering.filter(|other| other.is_before == is_before).map(|other| &other.flow).collect()
        };
        let (before, after) = (among(true), among(false));
        let library: Vec<&Compiled> = self.others.values().map(|other| &other.flow).collect();
        let (library, answers) = (&library[..], &self.answers);
        let bots = Bots { flow: &flow, before: &before, after: &after, library, answers };
        let mut steps = SLICE;
        while steps > 0
            && let Some(mut waiting) = self.queue.pop_front()
        {
            if waiting.replay.advance(&bots, &mut steps) {
                let Waiting { place, run, gaps, replay } = waiting;
                let script = replay.script().clone();
                let verdict = compare(&script.then, &replay.now);
                let one = Played { run, gaps, verdict, now: replay.now, script };
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
    pub fn update_replay(&mut self, msg: Msg) -> Effects {
        let replay = &mut self.replay;
        match msg {
            Msg::Open => {
                replay.is_open = true;
                self.versions = None;
                // From the dialog that asks whether to publish one comes back to it by the button.
                self.dialog = None;
                let mut effects = self.begin_replay();
                effects.push(Effect::Focus(PANEL.to_owned()));
                effects
            }
            Msg::Close => {
                replay.is_open = false;
                vec![Effect::Focus(BUTTON.to_owned())]
            }
            Msg::Count(count) => {
                replay.wanted = count.parse().unwrap_or(replay.wanted);
                vec![]
            }
            Msg::Days(days) => {
                replay.days = days.parse().ok();
                vec![]
            }
            Msg::Run => self.run_replay(),
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
                self.play_on()
            }
            Msg::Others(round, answer) if round == replay.round => self.others_known(answer),
            Msg::Other(round, place, answers, answer) if round == replay.round => {
                let flow = answer.ok().and_then(|version| Flow::from_value(version.flow?).ok());
                // One that cannot be read is one that is not there: the engine says so where it is asked for.
                if let Some(flow) = flow {
                    let (flow, is_before) = (Compiled::new(&flow, 0), place < replay.own_place);
                    replay.others.insert(place, Other { flow, is_before, answers });
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
        let is_done = self.replay.is_going || !self.replay.played.is_empty();
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
                    Msg::Other(round, place, answers, answer.map(Box::new))
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
        vec![scripts(bot, limit, since, replay.next.clone(), replay.round)]
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
            Answer::Failed => Outcome::Failed { reason: String::new() },
        };
        replay.answers.insert(block.to_owned(), outcome);
        replay.typed.clear();
        replay.play_again(|one| one.stopped_at().is_some_and(|(at, _)| at == block));
        let mut effects = self.play_on();
        effects.push(Effect::Focus(PANEL.to_owned()));
        effects
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
        replay.is_going = false;
        vec![]
    }
}

fn scripts(bot: BotId, limit: usize, since: Option<String>, cursor: Option<String>, round: u32) -> Effect {
    api::bot_scripts(bot, limit, since, cursor).then(move |answer| Msg::Scripts(round, answer))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::builder::document::Doc;
    use crate::effect::read;

    const BOT: &str = "01990000-0000-7000-8000-000000000001";

    /// Asks the same for ever.
    fn flow(text: &str) -> Value {
        json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [
            { "id": "a", "kind": "question", "text": text, "answer": "text" },
            { "id": "b", "kind": "jump", "to": { "group": "g" } },
        ]}]})
    }

    fn editor(text: &str) -> Builder {
        Builder { bot: BOT.parse().ok(), doc: Doc::from_json(&flow(text)), ..Builder::default() }
    }

    /// A page of conversations with many answers each, answered with this text then.
    fn page(count: usize, next: Option<&str>, text: &str) -> String {
        let said = || json!({ "line": "said", "at": 0, "block": "a", "kind": "text", "text": text });
        let heard =
            |n: i64| json!({ "at": { "ms": n, "offset": 0 }, "input": { "kind": "text", "text": "x" } });
        let script = json!({
            "start": { "at": { "ms": 0, "offset": 0 } },
            "heard": (1..100).map(heard).collect::<Vec<_>>(),
            "until": 100,
            "then": (0..100).map(|_| said()).collect::<Vec<_>>(),
        });
        let run = json!({
            "id": BOT, "bot_id": BOT, "version": 1, "customer_id": BOT, "customer_name": "Tom", "conversation_id": BOT,
            "number_id": BOT, "state": "live", "started_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z", "variables": {},
        });
        let items: Vec<_> = (0..count).map(|_| json!({ "run": run, "script": script, "gaps": [] })).collect();
        json!({ "items": items, "next": next }).to_string()
    }

    fn replay(msg: crate::Msg) -> Msg {
        let crate::Msg::Editor(BuilderMsg::Replay(msg)) = msg else { panic!("not of the replay") };
        msg
    }

    /// Lets slices pass until something else is asked for; counts them.
    fn slices(model: &mut Builder, mut effects: Effects) -> (usize, Effects) {
        let mut count = 0;
        while let Some(Effect::After(0, msg)) = effects.first() {
            count += 1;
            assert!(count < 1_000, "it goes on for ever");
            effects = model.update_replay(replay(msg.clone()));
        }
        (count, effects)
    }

    /// The business's bots: this one and those with these ids.
    fn bots(others: &[(&str, bool)]) -> String {
        let bot = |(id, enabled): &(&str, bool)| {
            json!({ "id": id, "name": "B", "flow_id": "other", "enabled": enabled, "published": 4, "running": 0,
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" })
        };
        let items: Vec<_> = [(BOT, true)].iter().chain(others).map(bot).collect();
        json!({ "items": items }).to_string()
    }

    /// Begins a round in a business without other bots; what is asked then.
    fn begun(model: &mut Builder, mut effects: Effects) -> Effects {
        let listed = replay(read::answer(&mut effects, "GET /bots", Ok(&bots(&[]))));
        model.update_replay(listed)
    }

    #[test]
    fn long_conversations_are_played_in_slices_and_page_after_page() {
        let mut model = editor("New");
        let effects = model.update_replay(Msg::Open);
        let mut effects = begun(&mut model, effects);
        assert_eq!(read::lines(&effects)[0], format!("Call(GET /bots/{BOT}/scripts?limit=20)"));
        let first = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(20, Some("more"), "Old"))));
        let effects = model.update_replay(first);
        let (count, mut effects) = slices(&mut model, effects);
        assert!(count >= 9, "{count} slices for 20 conversations of 100 steps");
        let asked = read::lines(&effects);
        assert_eq!(asked, [format!("Call(GET /bots/{BOT}/scripts?limit=20&cursor=more)")]);
        assert!(model.replay.is_going);
        let second = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "New"))));
        let effects = model.update_replay(second);
        let (_, effects) = slices(&mut model, effects);
        assert!(effects.is_empty() && !model.replay.is_going);
        assert_eq!((model.replay.played.len(), model.replay.different().count()), (21, 20));
        model.update_replay(Msg::Show(0));
        model.view_replay();
        model.replay_notice();
    }

    #[test]
    fn what_was_played_is_not_played_again_until_the_flow_changes() {
        let mut model = editor("Old");
        let effects = model.update_replay(Msg::Open);
        let mut effects = begun(&mut model, effects);
        let answer = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "Old"))));
        let late = answer.clone();
        let effects = model.update_replay(answer);
        slices(&mut model, effects);
        assert_eq!(model.replay.different().count(), 0);
        assert!(model.begin_replay().is_empty());
        model.replay.flow_changed();
        assert_eq!(model.begin_replay().len(), 1);
        assert!(model.replay.played.is_empty());
        // An answer of the round before is of no use.
        assert!(model.update_replay(late).is_empty() && model.replay.queue.is_empty());
        let failed = Msg::Scripts(model.replay.round, Err(Failure::Offline));
        model.update_replay(failed);
        assert!(!model.replay.is_going && model.replay.failure.is_some());
    }

    const OTHER: &str = "01990000-0000-7000-8000-000000000002";

    /// The flow of the other bot: it says "Other" to whoever writes "x".
    fn version() -> String {
        let flow = json!({ "schema": 1, "id": "other", "name": "B",
            "triggers": [{ "id": "t", "kind": "keyword", "anywhere": true, "keywords": [{ "match": "is", "text": "x" }] }],
            "groups": [{ "id": "g", "blocks": [{ "id": "b", "kind": "message", "text": "Other" }] }] });
        format!(
            r#"{{"number":4,"published_at":"2026-01-01T00:00:00Z","author":"","answering":true,"running":0,"flow":{flow}}}"#
        )
    }

    /// A round with one conversation, in a business with another bot; it is switched on or off.
    fn among(flow: &Value, enabled: bool) -> Builder {
        let mut model = Builder { bot: BOT.parse().ok(), doc: Doc::from_json(flow), ..Builder::default() };
        let mut effects = model.update_replay(Msg::Run);
        let listed = replay(read::answer(&mut effects, "GET /bots", Ok(&bots(&[(OTHER, enabled)]))));
        let mut effects = model.update_replay(listed);
        assert_eq!(read::lines(&effects), [format!("Call(GET /bots/{OTHER}/versions/4)")]);
        let answered = replay(read::answer(&mut effects, "GET /bots/", Ok(&version())));
        let mut effects = model.update_replay(answered);
        let scripts = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(1, None, "Old"))));
        let effects = model.update_replay(scripts);
        slices(&mut model, effects);
        assert!(!model.replay.is_going);
        model
    }

    #[test]
    fn other_bots_answer_where_they_are_switched_on_and_are_run_where_they_are_not() {
        let model = among(&flow("Old"), true);
        let other = |line: &Line| matches!(line, Line::OtherBot { bot, .. } if bot == "other");
        assert!(model.replay.played[0].now.iter().any(other), "{:?}", model.replay.played[0].now);
        let model = among(&flow("Old"), false);
        assert!(!model.replay.played[0].now.iter().any(other));
        let mut runs = flow("Old");
        runs["groups"][0]["blocks"][1] = json!({ "id": "b", "kind": "sub_flow", "bot": "other" });
        let model = among(&runs, false);
        let says = |line: &Line| matches!(line, Line::Said { said, .. } if said.text == "Other");
        assert!(model.replay.played[0].now.iter().any(says), "{:?}", model.replay.played[0].now);
    }

    #[test]
    fn what_a_person_says_that_a_call_comes_back_with_moves_all_that_wait_for_it() {
        let mut json = flow("Old");
        json["groups"][0]["blocks"] = json!([
            { "id": "call", "kind": "http", "url": "https://a.b", "save": [{ "path": "n", "variable": "n" }] },
            { "id": "a", "kind": "question", "text": "{{n}}", "answer": "text" },
        ]);
        let mut model = Builder { bot: BOT.parse().ok(), doc: Doc::from_json(&json), ..Builder::default() };
        let effects = model.update_replay(Msg::Run);
        let mut effects = begun(&mut model, effects);
        let scripts = replay(read::answer(&mut effects, "GET /bots/", Ok(&page(3, None, "Old"))));
        let effects = model.update_replay(scripts);
        slices(&mut model, effects);
        assert_eq!((model.replay.unknown().count(), model.replay.stopped_at("call")), (3, 3));
        model.update_replay(Msg::Show(1));
        model.view_replay();
        assert!(
            model.update_replay(Msg::Answer("a".to_owned(), Answer::Skip)).is_empty(),
            "nobody waits there"
        );
        model.update_replay(Msg::Typed(r#"{"n": "Old"}"#.to_owned()));
        let effects = model.update_replay(Msg::Answer("call".to_owned(), Answer::Typed));
        slices(&mut model, effects);
        assert_eq!((model.replay.unknown().count(), model.replay.played.len()), (0, 3));
        let says = |model: &Builder| match &model.replay.played[1].now[1] {
            Line::Said { said, .. } => said.text.clone(),
            line => panic!("{line:?}"),
        };
        assert_eq!((says(&model).as_str(), model.replay.typed.as_str()), ("Old", ""));
        model.update_replay(Msg::Back);
        model.view_replay();
        let effects = model.update_replay(Msg::Forget);
        slices(&mut model, effects);
        assert_eq!(model.replay.unknown().count(), 3);
    }
}
