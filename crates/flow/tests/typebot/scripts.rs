//! Scripted customers: of a bot's flow the scripts that together come by every block which a run can get to, each from the
//! customer's first word to the bot's last.
//!
//! They are found by going everywhere: at each question every option is tapped, and every text or number is written that
//! something in the flow is compared with. Then as few ways to an end are kept as see everything. Nothing is left to luck:
//! of one flow the same scripts come each time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use beseda_flow::{
    Answer, Body, Call, Code, Compiled, Edge, Effect, EndReason, Event, Extra, Flow, Input, MediaKind, Now,
    Outcome, Outgoing, Position, Problem, Question, Session, Target, World, check, step_in,
};
use serde_json::{Map, Value, json};

use super::customer;

/// Fixtures that are bots to be talked to from start to end; the others are lists of blocks.
pub const WHOLE: [&str; 10] =
    ["bubbles", "cards", "choices", "conditions", "inputs", "pictures", "russian", "set", "v3", "v6_1"];

/// Blocks that no run comes by, whatever the customer does and the services answer, and why.
pub const NEVER: [(&str, &str, &str); 3] = [
    (
        "condition.json",
        "eqg3us9b59ehvro536onzx1b",
        "the conditions before it leave nothing over; it says so itself",
    ),
    ("choices.json", "end", "where a list without items leads, and the list of this bot has some"),
    ("conditions.json", "none", "a number is equal to five or not; it stands behind both"),
];

/// Places that are looked at: many times as many as any of the bots has.
const PLACES: usize = 4_000;
/// What begins a run where any word does.
const HELLO: &str = "Hello";

/// What happens next, told so that it can happen again elsewhere: on a phone, say.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// The customer writes this, and the trigger with this id fires.
    Begins {
        trigger: Option<String>,
        text: String,
    },
    Says(String),
    /// Taps the button or row that is shown there, counted from 0.
    Taps(usize),
    Sends(MediaKind),
    /// Time passes until the bot goes on.
    Waits,
    /// What the bot called has answered.
    Gets(Value),
    /// A model that was to find something found nothing.
    GetsNothing,
}

/// What came of turns.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Nothing while the bot waits.
    pub ended: Option<EndReason>,
    pub problems: Vec<(String, Problem)>,
    /// Blocks that the run came by.
    pub blocks: BTreeSet<String>,
}

/// Scripts of a flow.
pub struct Scripts {
    pub scripts: Vec<Vec<Turn>>,
    /// No way leads to an end: the bot goes on for as long as anybody answers, and the scripts stop somewhere.
    pub endless: bool,
}

/// A run that waits.
#[derive(Clone)]
struct Place {
    session: Session,
    now: Now,
    shown: Option<Outgoing>,
    timer: u64,
    call: Option<(u64, Call)>,
}

/// One turn at a place.
struct Way {
    from: usize,
    turn: Turn,
    /// Nothing where the run ends.
    to: Option<usize>,
    blocks: BTreeSet<String>,
}

/// A flow with what it may run beside it.
pub struct Stage<'f> {
    flow: &'f Flow,
    others: &'f [Flow],
    ready: Compiled,
    ready_others: Vec<Compiled>,
    deciding: Deciding,
}

/// Variables that decide where a run goes, each with the values that it is compared with: those of each condition together,
/// which one answer of several options may have to hold.
type Deciding = BTreeMap<String, BTreeSet<Vec<String>>>;

impl<'f> Stage<'f> {
    pub fn new(flow: &'f Flow, others: &'f [Flow]) -> Self {
        let ready_others = others.iter().map(|other| Compiled::new(other, 1)).collect();
        // A name in a bot that this one does not run is another variable.
        let bodies = || flow.groups.iter().flat_map(|group| &group.blocks).map(|block| &block.body);
        let runs = |other: &&Flow| {
            bodies().any(|body| matches!(body, Body::SubFlow(part) if part.bot.as_deref() == Some(&other.id)))
        };
        let deciding = deciding([flow].into_iter().chain(others.iter().filter(runs)));
        Self { flow, others, ready: Compiled::new(flow, 1), ready_others, deciding }
    }

    /// Finds the scripts.
    pub fn scripts(&self) -> Scripts {
        let (places, ways) = self.everywhere();
        let to_end = ways_to_end(places.len(), &ways);
        let mut came: Vec<Option<usize>> = vec![None; places.len()];
        for (n, way) in ways.iter().enumerate() {
            if let Some(to) = way.to.filter(|to| *to != 0) {
                came[to].get_or_insert(n);
            }
        }
        let ids: BTreeSet<String> =
            self.flow.groups.iter().flat_map(|group| &group.blocks).map(|block| block.id.clone()).collect();
        let mut unseen = ids;
        let mut scripts = Vec::new();
        // The farthest first: what lies on their ways is seen along.
        for (n, way) in ways.iter().enumerate().rev() {
            if way.blocks.is_disjoint(&unseen) {
                continue;
            }
            let mut script = vec![n];
            let mut at = way.from;
            while let Some(before) = came[at] {
                script.insert(0, before);
                at = ways[before].from;
            }
            let mut at = way.to;
            while let Some(place) = at
                && let Some(next) = to_end[place]
            {
                script.push(next);
                at = ways[next].to;
            }
            for way in &script {
                unseen.retain(|id| !ways[*way].blocks.contains(id));
            }
            scripts.push(script.into_iter().map(|way| ways[way].turn.clone()).collect());
        }
        let leads = to_end.iter().filter(|way| way.is_some()).count();
        assert!(leads == 0 || leads == places.len(), "{}: some places lead to no end", self.flow.id);
        Scripts { scripts, endless: leads == 0 }
    }

    /// Plays a script, as the bot stands.
    pub fn play(&self, script: &[Turn]) -> Seen {
        let mut all = Seen::default();
        let mut place = Some(self.beginning());
        for turn in script {
            let from = place.unwrap_or_else(|| panic!("it has ended before {turn:?}"));
            let (seen, next) = self.take(&from, turn);
            all.ended = seen.ended;
            all.problems.extend(seen.problems);
            all.blocks.extend(seen.blocks);
            place = next;
        }
        all
    }

    fn beginning(&self) -> Place {
        let session = Session::seeded(&self.ready, 7);
        Place { session, now: Now::new(1_795_338_000_000, 10_800), shown: None, timer: 0, call: None }
    }

    /// All places, the first of which is before the run, and all ways between them.
    fn everywhere(&self) -> (Vec<Place>, Vec<Way>) {
        let mut places = vec![self.beginning()];
        let mut ways = Vec::new();
        let mut known = HashMap::new();
        let mut ahead = VecDeque::from([0]);
        while let Some(from) = ahead.pop_front() {
            for turn in self.turns(&places[from]) {
                let (seen, next) = self.take(&places[from], &turn);
                let to = next.map(|place| {
                    *known.entry(self.outline(&place)).or_insert_with(|| {
                        assert!(places.len() < PLACES, "{}: there is no end of places", self.flow.id);
                        places.push(place);
                        ahead.push_back(places.len() - 1);
                        places.len() - 1
                    })
                });
                ways.push(Way { from, turn, to, blocks: seen.blocks });
            }
        }
        (places, ways)
    }

    /// What tells a place from others: where it is, what can be tapped, and what decides later.
    fn outline(&self, place: &Place) -> String {
        let session = &place.session;
        let around: Vec<_> = session.stack.iter().map(|frame| (&frame.block, frame.round)).collect();
        let known: Vec<_> = self.deciding.keys().map(|name| session.variables.get(name)).collect();
        let waits = std::mem::discriminant(&session.position);
        format!("{waits:?} {:?} {around:?} {:?} {known:?}", session.block(), titles(place.shown.as_ref()))
    }

    fn take(&self, place: &Place, turn: &Turn) -> (Seen, Option<Place>) {
        let mut now = place.now;
        now.ms += 1_000;
        let others: Vec<&Compiled> = self.ready_others.iter().collect();
        let world = World { now, flows: &others, traced: true };
        let step = step_in(&self.ready, place.session.clone(), &input(place, turn), world);
        let mut seen = Seen::default();
        seen.blocks.extend(step.trace.into_iter().filter_map(|event| match event {
            Event::Entered { block } => Some(block),
            _ => None,
        }));
        let mut next = Place { session: step.session, now, shown: None, timer: 0, call: None };
        for effect in step.effects {
            match effect {
                Effect::Say { message, .. } => next.shown = Some(message),
                Effect::SetTimer { token, due } => {
                    next.timer = token;
                    next.now.ms = next.now.ms.max(due);
                }
                Effect::Call { token, call, .. } => next.call = Some((token, call)),
                Effect::Error { block, what } => seen.problems.push((block, what)),
                Effect::Ended(ended) => seen.ended = Some(ended.reason),
                _ => {}
            }
        }
        let next = Some(next).filter(|_| seen.ended.is_none());
        (seen, next)
    }

    /// Everything that may happen next.
    fn turns(&self, place: &Place) -> Vec<Turn> {
        match &place.session.position {
            Position::New => self.beginnings(),
            Position::Question(waiting) => match self.body(&waiting.block) {
                Some(Body::Question(question)) => self.answers(question, place),
                _ => Vec::new(),
            },
            Position::Wait(_) => vec![Turn::Waits],
            Position::Call(calling) => {
                let Some((_, call)) = &place.call else { return Vec::new() };
                let mut turns = vec![Turn::Gets(customer::returned(call, self.body(&calling.block)))];
                turns.extend(matches!(call, Call::AiExtract(_)).then_some(Turn::GetsNothing));
                turns
            }
            Position::Person { .. } | Position::Ended => Vec::new(),
        }
    }

    fn body(&self, id: &str) -> Option<&Body> {
        let blocks = [self.flow].into_iter().chain(self.others).flat_map(|flow| &flow.groups);
        blocks.flat_map(|group| &group.blocks).find(|block| block.id == id).map(|block| &block.body)
    }

    fn beginnings(&self) -> Vec<Turn> {
        let triggers = self.flow.triggers.iter().map(|trigger| {
            let word = trigger.keywords.first().map_or(HELLO, |keyword| &keyword.text);
            Turn::Begins { trigger: Some(trigger.id.clone()), text: word.to_owned() }
        });
        triggers.collect()
    }

    fn answers(&self, question: &Question, place: &Place) -> Vec<Turn> {
        let says = |text: &str| Turn::Says(text.to_owned());
        let together = question.variable.as_ref().and_then(|name| self.deciding.get(name));
        let together = || together.into_iter().flatten();
        let compared = together().flatten();
        let shown = titles(place.shown.as_ref()).len();
        match &question.answer {
            Answer::Choice | Answer::Rating if shown > 0 => (0..shown).map(Turn::Taps).collect(),
            Answer::Choice | Answer::Rating => {
                let Some(Outgoing::Text { body }) = &place.shown else { return vec![says("1")] };
                let options = body.lines().filter_map(|line| line.split_once(". "));
                let options: Vec<(&str, &str)> = options.filter(|(n, _)| n.parse::<u32>().is_ok()).collect();
                let mut turns: Vec<Turn> = options.iter().map(|(number, _)| says(number)).collect();
                if question.multiple {
                    let number = |title: &String| {
                        options.iter().find(|option| option.1 == title).map(|option| option.0)
                    };
                    let several = together()
                        .filter_map(|titles| titles.iter().map(number).collect::<Option<Vec<&str>>>());
                    let all = options.iter().map(|option| option.0).collect();
                    turns.extend(
                        several
                            .chain([all])
                            .filter(|numbers| numbers.len() > 1)
                            .map(|numbers| says(&numbers.join(", "))),
                    );
                }
                turns
            }
            Answer::Number => {
                // On either side of every bound.
                let bounds = compared.filter_map(|text| text.trim().parse::<f64>().ok());
                let own = [&question.min, &question.max].into_iter().flatten().filter_map(Value::as_f64);
                let numbers = bounds.chain(own).chain([7.0]).flat_map(|n| [n - 1.0, n, n + 1.0]);
                let texts: BTreeSet<String> = numbers.map(|number| number.to_string()).collect();
                texts.iter().map(|text| says(text)).collect()
            }
            Answer::Media => {
                let kind = question.accept.first().copied().unwrap_or(MediaKind::Image);
                vec![Turn::Sends(kind), says("no photo")]
            }
            // What fits a question of this kind, whatever else is compared.
            _ => match customer::answer(question, None, &mut 0) {
                Input::Text { text } => compared.map(|text| says(text)).chain([says(&text)]).collect(),
                other => panic!("nobody can say {other:?} again"),
            },
        }
    }
}

/// A turn as the engine hears it.
fn input(place: &Place, turn: &Turn) -> Input {
    match turn {
        Turn::Begins { trigger, .. } => {
            let contact = json!({ "name": "Anna", "phone": "+442079460958" });
            let variables = Map::from_iter([("contact".to_owned(), contact)]);
            Input::Start { trigger: trigger.clone(), at: None, variables }
        }
        Turn::Says(text) => Input::Text { text: text.clone() },
        Turn::Taps(n) => match &place.shown {
            Some(Outgoing::Buttons { buttons, .. }) => {
                Input::tap(buttons[*n].id.clone(), buttons[*n].title.clone())
            }
            Some(Outgoing::List { rows, .. }) => Input::tap(rows[*n].id.clone(), rows[*n].title.clone()),
            other => panic!("nothing can be tapped on {other:?}"),
        },
        Turn::Sends(media) => Input::Media {
            media: *media,
            id: "m1".to_owned(),
            caption: String::new(),
            filename: String::new(),
            voice: false,
        },
        Turn::Waits => Input::Timeout { token: place.timer },
        Turn::Gets(value) => returned(place, value.clone()),
        Turn::GetsNothing => returned(place, json!({ "fields": {}, "tokens": 1 })),
    }
}

fn returned(place: &Place, value: Value) -> Input {
    let token = place.call.as_ref().map(|(token, _)| *token).unwrap_or_default();
    Input::Returned { token, outcome: Outcome::Done { value } }
}

/// What can be tapped.
fn titles(shown: Option<&Outgoing>) -> Vec<&str> {
    match shown {
        Some(Outgoing::Buttons { buttons, .. }) => buttons.iter().map(|button| &*button.title).collect(),
        Some(Outgoing::List { rows, .. }) => rows.iter().map(|row| &*row.title).collect(),
        _ => Vec::new(),
    }
}

/// Of each place the way that is on the shortest one to an end.
fn ways_to_end(places: usize, ways: &[Way]) -> Vec<Option<usize>> {
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); places];
    let mut ahead = VecDeque::new();
    for (n, way) in ways.iter().enumerate() {
        match way.to {
            Some(to) => into[to].push(n),
            None => ahead.push_back(n),
        }
    }
    let mut to_end: Vec<Option<usize>> = vec![None; places];
    while let Some(n) = ahead.pop_front() {
        let from = ways[n].from;
        if to_end[from].is_none() {
            to_end[from] = Some(n);
            ahead.extend(&into[from]);
        }
    }
    to_end
}

/// The bot as it is; and for each part of it that its file leaves unconnected, the bot that begins there. (Some samples begin
/// with a word to whoever tries them, and say to connect the bot to its start.)
pub fn parts(flow: &Flow) -> Vec<Flow> {
    let mut parts = vec![flow.clone()];
    let mut left = unreachable(flow);
    while !left.is_empty() {
        let group_of = |id: &str| {
            flow.groups.iter().find(|group| group.blocks.iter().any(|block| block.id == id)).unwrap()
        };
        // A group that nothing leads to; where they lead to one another, any.
        let is_led_to = |group: &str| {
            let leads = |edge: &&Edge| {
                edge.to.group == group && edge.from.block.as_ref().is_some_and(|id| group_of(id).id != group)
            };
            flow.edges.iter().any(|edge| leads(&edge))
        };
        let groups: Vec<&str> = flow
            .groups
            .iter()
            .filter(|group| group.blocks.iter().any(|block| left.contains(&block.id)))
            .map(|group| &*group.id)
            .collect();
        let first = groups.iter().find(|id| !is_led_to(id)).unwrap_or(&groups[0]);
        let begin = Target { group: (*first).to_owned(), block: None, extra: Extra::new() };
        let mut part = flow.clone();
        part.edges
            .iter_mut()
            .filter(|edge| edge.from.trigger.is_some())
            .for_each(|edge| edge.to = begin.clone());
        part.start = Some(begin);
        let still = unreachable(&part);
        let before = left.len();
        left.retain(|id| still.contains(id));
        assert!(left.len() < before, "{}: {left:?} cannot be begun at", flow.id);
        parts.push(part);
    }
    parts
}

/// Blocks that no run can get to.
fn unreachable(flow: &Flow) -> BTreeSet<String> {
    let found = check(flow).into_iter().filter(|finding| finding.code == Code::Unreachable);
    found.filter_map(|finding| finding.block).collect()
}

/// The variables that something is compared with, and those that go into them.
fn deciding<'f>(flows: impl Iterator<Item = &'f Flow>) -> Deciding {
    let mut found = Deciding::new();
    let bodies: Vec<&Body> = flows
        .flat_map(|flow| &flow.groups)
        .flat_map(|group| &group.blocks)
        .map(|block| &block.body)
        .collect();
    for body in &bodies {
        compared(&serde_json::to_value(body).unwrap(), &mut found);
    }
    // What is put together of others: as often as one may go into the next.
    for _ in 0..3 {
        for body in &bodies {
            if let Body::Set(set) = body
                && found.contains_key(&set.variable)
            {
                let formula = serde_json::to_string(set).unwrap();
                // What is put into it whole is compared like it.
                let whole = set.value.as_str().and_then(|text| text.strip_prefix("{{")?.strip_suffix("}}"));
                let values = found[&set.variable].clone();
                for word in formula.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                    let known = found.entry(word.to_owned()).or_default();
                    if whole == Some(word) {
                        known.extend(values.iter().cloned());
                    }
                }
            }
        }
    }
    found
}

/// Adds the comparisons of a block: `{"variable": …, "is": …, "value": …}` side by side in a list, and a switch's cases,
/// whose variable stands beside their list.
fn compared(value: &Value, found: &mut Deciding) {
    let Some(fields) = value.as_object() else {
        return value.as_array().into_iter().flatten().for_each(|item| compared(item, found));
    };
    for field in fields.values() {
        let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for test in field.as_array().into_iter().flatten().filter(|test| test.get("is").is_some()) {
            let path = test.get("variable").or(fields.get("variable")).and_then(Value::as_str);
            let name = path.and_then(|path| path.split('.').next()).unwrap_or_default();
            let values = values.entry(name).or_default();
            match test.get("value") {
                Some(Value::String(text)) if !text.contains("{{") => values.push(text.clone()),
                Some(Value::Number(number)) => values.push(number.to_string()),
                _ => {}
            }
        }
        for (name, values) in values {
            found.entry(name.to_owned()).or_default().insert(values);
        }
        compared(field, found);
    }
}
