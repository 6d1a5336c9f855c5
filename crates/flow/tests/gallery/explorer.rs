//! Goes everywhere in the ready bots that a customer can get to, by good answers and bad, silence and time: nothing
//! breaks, every run ends as its author meant it to, and every block is come to.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::collections::{BTreeSet, HashSet, VecDeque};

use beseda_flow::gallery::{ReadyBot, find};
use beseda_flow::{
    Answer, Body, Compiled, Effect, EndReason, Event, Flow, Input, Language, MediaKind, Now, Outcome,
    Outgoing, Position, Problem, Session, Step, Test, Tests, World, step_in,
};
use serde_json::{Map, Value, json};

use crate::driver::NOON;
use crate::shape::LANGUAGES;

/// Places that one exploration looks at: as many as there are in all but the carts, which have no end.
const MOST: usize = 1_500;
/// A run that is asked the same again so often has been given up by any question.
const PATIENCE: usize = 6;

struct Explorer<'a> {
    flow: &'a Flow,
    ready: &'a Compiled,
    /// Variables that decide where a run goes.
    deciding: BTreeSet<String>,
    seen: HashSet<String>,
    ahead: VecDeque<Place>,
    entered: BTreeSet<String>,
}

/// A run that waits, and what can be tapped in it.
#[derive(Clone)]
struct Place {
    session: Session,
    taps: Vec<(String, String)>,
    now: Now,
}

fn decides(tests: &Tests, names: &mut BTreeSet<String>) {
    for test in &tests.tests {
        match test {
            Test::Group(group) => decides(group, names),
            Test::Compare(comparison) => drop(names.insert(root(&comparison.variable))),
        }
    }
}

fn root(path: &str) -> String {
    path.split('.').next().unwrap_or_default().to_owned()
}

/// What conditions look at, and what goes into that by expressions.
fn deciding(flow: &Flow) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let bodies = || flow.groups.iter().flat_map(|group| &group.blocks).map(|block| &block.body);
    for body in bodies() {
        match body {
            Body::Condition(condition) => {
                condition.branches.iter().for_each(|branch| decides(&branch.when, &mut names));
            }
            Body::Switch(switch) => drop(names.insert(root(&switch.variable))),
            _ => {}
        }
    }
    for _ in 0..3 {
        for body in bodies() {
            if let Body::Set(set) = body
                && names.contains(&set.variable)
            {
                let formula = set.expression.clone().unwrap_or_default();
                let words = formula.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                names.extend(words.map(str::to_owned));
            }
        }
    }
    names
}

impl Explorer<'_> {
    fn go(&mut self) {
        let bodies = self.flow.groups.iter().flat_map(|group| &group.blocks).map(|block| &block.body);
        // Luck decides only where there is a split.
        let seeds: &[u64] =
            if bodies.into_iter().any(|body| matches!(body, Body::Split(_))) { &[3, 7, 8] } else { &[7] };
        let triggers: Vec<_> = self.flow.triggers.iter().map(|trigger| Some(trigger.id.clone())).collect();
        for contact in [
            json!({}),
            json!({ "name": "Anna", "phone": "+79161234567", "tags": ["do not write", "не писать"] }),
            json!({ "name": "Anna", "phone": "+79161234567", "tags": ["club member", "участник клуба"] }),
            json!({ "name": "Anna", "tags": ["club member", "участник клуба", "debtor", "должник"], "fields": { "points": 120, "debt": 300 } }),
        ] {
            // Sunday noon; Monday morning; long after all that is planned.
            for later in [0, 21, 24 * 365] {
                let now = NOON.at(NOON.ms + later * 3_600_000);
                for seed in seeds.iter().copied() {
                    for trigger in triggers.iter().cloned().chain([None]) {
                        let variables = Map::from_iter([("contact".to_owned(), contact.clone())]);
                        let session = Session::seeded(self.ready, seed);
                        let start = Input::Start { trigger, at: None, variables };
                        self.hear(&Place { session, taps: Vec::new(), now }, &start);
                    }
                }
            }
        }
        while let Some(place) = self.ahead.pop_front() {
            for input in self.inputs(&place) {
                self.hear(&place, &input);
            }
        }
    }

    /// Says it until something new comes of it.
    fn hear(&mut self, place: &Place, input: &Input) {
        let mut place = place.clone();
        for _ in 0..PATIENCE {
            let at = place.session.block().map(str::to_owned);
            let world = World { now: place.now, flows: &[], traced: true };
            let step = step_in(self.ready, place.session, input, world);
            let ended = step.ended.is_some();
            self.look(&step, input);
            place = Place { taps: taps(&step), session: step.session, now: place.now };
            if ended || place.session.block().map(str::to_owned) != at {
                break;
            }
            // The same question after an answer: a second guest, or a bad one. Both go on.
            self.keep(&place);
        }
        self.keep(&place);
    }

    fn keep(&mut self, place: &Place) {
        let Some(block) = place.session.block() else { return };
        let known: Vec<_> =
            self.deciding.iter().map(|name| outline(place.session.variables.get(name))).collect();
        let rounds: Vec<_> = place.session.stack.iter().map(|frame| (&frame.block, frame.round)).collect();
        let monday = place.now.ms - NOON.ms;
        let key = format!("{block} {known:?} {rounds:?} {monday} {}", place.session.seed);
        if self.seen.len() < MOST && self.seen.insert(key) {
            self.ahead.push_back(place.clone());
        }
    }

    fn look(&mut self, step: &Step, input: &Input) {
        let id = &self.flow.id;
        for effect in &step.effects {
            if let Effect::Error { what, .. } = effect {
                assert!(matches!(what, Problem::Call { .. }), "{id}: {what:?} after {input:?}");
            }
        }
        if let Some(ended) = &step.ended {
            // Whose time was over is told so, and hears another block before the end.
            let goes_on = step.trace.iter().any(|event| matches!(event, Event::Entered { .. }));
            let meant = matches!(ended.reason, EndReason::Finished | EndReason::HandedOver)
                || (ended.reason == EndReason::TimedOut && goes_on);
            assert!(meant, "{id}: {ended:?} after {input:?}");
        }
        self.entered.extend(step.trace.iter().filter_map(|event| match event {
            Event::Entered { block } => Some(block.clone()),
            _ => None,
        }));
    }

    fn inputs(&self, place: &Place) -> Vec<Input> {
        let text = |text: &str| Input::Text { text: text.to_owned() };
        let mut inputs = Vec::new();
        match &place.session.position {
            Position::Question(waiting) => {
                inputs.extend(waiting.timer.map(|token| Input::Timeout { token }));
                inputs.extend(place.taps.iter().map(|(id, title)| Input::tap(id.clone(), title.clone())));
                inputs.extend(self.answers(&waiting.block).iter().map(|answer| text(answer)));
                inputs.extend([photo(), spot(), Input::Other]);
            }
            Position::Wait(pause) => {
                inputs.extend(pause.timer.map(|token| Input::Timeout { token }));
                inputs.push(text("hello?"));
            }
            Position::Call(calling) => {
                let token = calling.token;
                inputs.extend(calling.timer.map(|token| Input::Timeout { token }));
                let reason = "no connection".into();
                inputs.push(Input::Returned { token, outcome: Outcome::Failed { reason } });
                for status in ["packed", "shipped", "delivered", "lost"] {
                    let value = json!({ "status": 200, "body": { "status": status, "eta": "2026-11-25" } });
                    inputs.push(Input::Returned { token, outcome: Outcome::Done { value } });
                }
                inputs.push(Input::Returned {
                    token,
                    outcome: Outcome::Done { value: json!({ "status": 404 }) },
                });
            }
            Position::Person { .. } => inputs.push(Input::Resume),
            Position::New | Position::Ended => {}
        }
        inputs
    }

    fn answers(&self, block: &str) -> &'static [&'static str] {
        let blocks = self.flow.groups.iter().flat_map(|group| &group.blocks);
        let Some(Body::Question(question)) = blocks.into_iter().find(|b| b.id == block).map(|b| &b.body)
        else {
            return &[];
        };
        match question.answer {
            Answer::Text => &["Anna Petrova, 5 Mill Lane", "12345678", "AB123456", "214", "x"],
            Answer::Number => &["0", "1", "2", "3", "12", "2000", "900000", "many"],
            Answer::Email => &["anna@example.com", "nowhere"],
            Answer::Phone => &["+79161234567", "12"],
            Answer::Url => &["example.com", "no address"],
            Answer::Date => &["22.11", "1.12", "29.11", "2.12", "24.11", "20.11", "5.04.1988", "someday"],
            Answer::Time => &["12:00", "15:30", "3:00", "later"],
            Answer::Choice => &["1", "2", "3", "1, 2, 3", "perhaps"],
            Answer::Rating => &["0", "2", "5", "7", "10", "fine"],
            _ => &["what?"],
        }
    }
}

/// A value as far as it is likely to decide anything: large sums are alike, and so are long lists.
fn outline(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            if number.abs() < 20.0 { json!(number) } else { json!(number.abs().log10().floor()) }
        }
        Some(Value::Array(items)) => json!(items.len().min(2)),
        // Of what is sold one is like another; of customers not.
        Some(Value::Object(fields)) if fields.contains_key("price") => json!("object"),
        Some(Value::String(text)) if text.contains('\n') => json!("text"),
        other => other.cloned().unwrap_or_default(),
    }
}

fn photo() -> Input {
    Input::Media {
        media: MediaKind::Image,
        id: "m1".to_owned(),
        caption: String::new(),
        filename: String::new(),
        voice: false,
    }
}

fn spot() -> Input {
    Input::Location { latitude: 55.75, longitude: 37.61, name: String::new(), address: String::new() }
}

fn taps(step: &Step) -> Vec<(String, String)> {
    let said = step.effects.iter().filter_map(|effect| match effect {
        Effect::Say { message, .. } => Some(message),
        _ => None,
    });
    said.flat_map(|message| match message {
        Outgoing::Buttons { buttons, .. } => {
            buttons.iter().map(|button| (button.id.clone(), button.title.clone())).collect()
        }
        Outgoing::List { rows, .. } => rows.iter().map(|row| (row.id.clone(), row.title.clone())).collect(),
        _ => Vec::new(),
    })
    .collect()
}

fn explored(flow: &Flow) -> BTreeSet<String> {
    let ready = Compiled::new(flow, 1);
    let mut explorer = Explorer {
        flow,
        ready: &ready,
        deciding: deciding(flow),
        seen: HashSet::new(),
        ahead: VecDeque::new(),
        entered: BTreeSet::new(),
    };
    explorer.go();
    explorer.entered
}

/// Blocks that nobody came to.
fn missed(bot: &ReadyBot, language: Language) -> Vec<String> {
    let shipped = bot.load(language).unwrap();
    let mut on = shipped.clone();
    on.groups.iter_mut().flat_map(|group| &mut group.blocks).for_each(|block| block.disabled = false);
    let mut entered = explored(&shipped);
    if on != shipped {
        entered.append(&mut explored(&on));
    }
    let blocks = shipped.groups.iter().flat_map(|group| &group.blocks);
    let missed = blocks.filter(|block| !entered.contains(&block.id));
    missed.map(|block| format!("{} {language:?}: {}", bot.id, block.id)).collect()
}

/// Nothing breaks, and everything is reached.
fn explores(id: &str) {
    let bot = find(id).unwrap();
    let missed: Vec<_> = LANGUAGES.into_iter().flat_map(|language| missed(bot, language)).collect();
    assert!(missed.is_empty(), "nobody comes to {}", missed.join(", "));
}

each_bot! { explores }
