//! A customer who answers any question of any flow, and services that always answer. Which of several answers is given
//! is decided by a seed, so that many customers together see all of a flow.

use std::collections::HashSet;

use beseda_flow::{
    Answer, Body, Call, Compiled, Effect, EndReason, Event, Flow, Input, MediaKind, Now, Outcome, Outgoing,
    Position, Problem, Question, Session, Target, World, step_in,
};
use serde_json::{Map, Value, json};

/// Answers after which a customer goes away: some bots talk for ever.
const ANSWERS: usize = 200;

/// What a customer saw.
pub struct Seen {
    pub ended: Option<EndReason>,
    pub problems: Vec<(String, Problem)>,
    pub blocks: HashSet<String>,
    pub said: Vec<String>,
}

/// The flow with everything allowed that an import switches off.
pub fn allowed(flow: &Flow) -> Flow {
    let mut flow = flow.clone();
    for block in flow.groups.iter_mut().flat_map(|group| &mut group.blocks) {
        block.address_off = false;
    }
    flow
}

/// Talks to the flow from its start, or from a place in it.
pub fn talk(flow: &Flow, others: &[Flow], seed: u64, at: Option<Target>) -> Seen {
    let compiled = Compiled::new(flow, 1);
    let compiled_others: Vec<Compiled> = others.iter().map(|other| Compiled::new(other, 1)).collect();
    let others_of: Vec<&Compiled> = compiled_others.iter().collect();
    let mut session = Session::seeded(&compiled, seed);
    let mut dice = seed.wrapping_add(1);
    let mut now = Now::new(1_795_338_000_000, 10_800);
    let mut story = Seen { ended: None, problems: Vec::new(), blocks: HashSet::new(), said: Vec::new() };
    let contact = json!({ "name": "Anna", "phone": "+442079460958" });
    let variables = Map::from_iter([("contact".to_owned(), contact)]);
    let mut input = Input::Start { trigger: None, at, variables };
    let find = |id: &str| {
        let blocks = [flow].into_iter().chain(others).flat_map(|flow| &flow.groups);
        blocks.flat_map(|group| &group.blocks).find(|block| block.id == id)
    };
    for _ in 0..ANSWERS {
        now.ms += 1_000;
        let world = World { now, flows: &others_of, traced: true };
        let step = step_in(&compiled, session, &input, world);
        session = step.session;
        for event in &step.trace {
            if let Event::Entered { block } = event {
                story.blocks.insert(block.clone());
            }
        }
        let (mut timer, mut call, mut shown) = (0, None, None);
        for effect in step.effects {
            match effect {
                Effect::Say { message, .. } => {
                    story.said.push(words(&message));
                    shown = Some(message);
                }
                Effect::SetTimer { token, due } => {
                    timer = token;
                    now.ms = now.ms.max(due);
                }
                Effect::Call { token, call: made, .. } => call = Some((token, made)),
                Effect::Error { block, what } => story.problems.push((block, what)),
                Effect::Ended(ended) => story.ended = Some(ended.reason),
                _ => {}
            }
        }
        input = match &session.position {
            Position::Question(waiting) => match find(&waiting.block).map(|block| &block.body) {
                Some(Body::Question(question)) => answer(question, shown.as_ref(), &mut dice),
                _ => return story,
            },
            Position::Wait(_) => Input::Timeout { token: timer },
            Position::Call(calling) => {
                let Some((token, call)) = call else { return story };
                let body = find(&calling.block).map(|block| &block.body);
                Input::Returned { token, outcome: Outcome::Done { value: returned(&call, body) } }
            }
            Position::New | Position::Person { .. } | Position::Ended => return story,
        };
    }
    story
}

fn words(message: &Outgoing) -> String {
    match message {
        Outgoing::Text { body } | Outgoing::Buttons { body, .. } | Outgoing::List { body, .. } => {
            body.clone()
        }
        other => serde_json::to_string(other).unwrap(),
    }
}

fn roll(dice: &mut u64, sides: usize) -> usize {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*dice >> 33).unwrap() % sides.max(1)
}

/// What the customer says to this question, which was `shown` last.
pub fn answer(question: &Question, shown: Option<&Outgoing>, dice: &mut u64) -> Input {
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let number = |bound: &Option<Value>| bound.as_ref().and_then(Value::as_f64);
    match &question.answer {
        Answer::Number => {
            let fits = |n: &&f64| {
                number(&question.min).is_none_or(|min| **n >= min)
                    && number(&question.max).is_none_or(|max| **n <= max)
            };
            let numbers: Vec<f64> = [1.0, 5.0, 7.0, 15.0, 25.0, 85.0].iter().filter(fits).copied().collect();
            let number = numbers.get(roll(dice, numbers.len())).copied();
            text(&number.or(number_of(question)).unwrap_or(1.0).to_string())
        }
        Answer::Email => text("anna@example.com"),
        Answer::Phone => text("+442079460958"),
        Answer::Url => text("https://example.com"),
        Answer::Date => {
            let day = question.min.as_ref().or(question.max.as_ref()).and_then(Value::as_str);
            text(day.filter(|day| !day.contains("{{")).unwrap_or("2027-03-25"))
        }
        Answer::Time => text("14:30"),
        Answer::Media => Input::Media {
            media: question.accept.first().copied().unwrap_or(MediaKind::Image),
            id: "m1".to_owned(),
            caption: String::new(),
            filename: String::new(),
            voice: false,
        },
        Answer::Choice | Answer::Rating => match shown {
            Some(Outgoing::Buttons { buttons, .. }) => {
                let button = &buttons[roll(dice, buttons.len())];
                Input::tap(button.id.clone(), button.title.clone())
            }
            Some(Outgoing::List { rows, .. }) => {
                let row = &rows[roll(dice, rows.len())];
                Input::tap(row.id.clone(), row.title.clone())
            }
            Some(Outgoing::Text { body }) => {
                let options = body
                    .lines()
                    .filter(|line| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok()));
                let count = options.count().max(1);
                let first = roll(dice, count);
                if question.multiple && count > 1 && roll(dice, 2) == 0 {
                    text(&format!("{}, {}", first + 1, (first + 1) % count + 1))
                } else {
                    text(&(first + 1).to_string())
                }
            }
            _ => text("1"),
        },
        _ => text("Anna"),
    }
}

fn number_of(question: &Question) -> Option<f64> {
    question.min.as_ref().or(question.max.as_ref()).and_then(Value::as_f64)
}

/// What a service answers: whatever the block wants to keep is there.
pub fn returned(call: &Call, body: Option<&Body>) -> Value {
    match (call, body) {
        (Call::Http(_), Some(Body::Http(http))) => {
            let mut answer = json!({});
            http.save.iter().for_each(|save| put(&mut answer, &save.path));
            json!({ "status": 200, "body": answer })
        }
        (Call::AiAnswer(_), _) => json!({ "text": "An answer.", "tokens": 1 }),
        (Call::AiExtract(wanted), _) => {
            let value = |kind: &str, options: &[String]| match kind {
                "number" => json!(7),
                "boolean" => json!(true),
                "choice" => json!(options.first()),
                _ => json!("found"),
            };
            let fields: Map<String, Value> = wanted
                .fields
                .iter()
                .map(|field| {
                    let kind = serde_json::to_value(field.kind).unwrap();
                    (field.name.clone(), value(kind.as_str().unwrap(), &field.options))
                })
                .collect();
            json!({ "fields": fields, "tokens": 1 })
        }
        _ => json!({}),
    }
}

/// Puts something at this path of an answer.
pub fn put(answer: &mut Value, path: &str) {
    let mut place = answer;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        if !place.is_object() {
            *place = json!({});
        }
        place = place.as_object_mut().unwrap().entry(name).or_insert(json!("kept"));
    }
}
