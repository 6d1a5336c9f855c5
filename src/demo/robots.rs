//! The demo's two bots, run by the very engine that runs them for real customers.

use beseda_flow::replay::Change;
use beseda_flow::{Compiled, Effect, Flow, Incoming, Input, Now, Session, Situation, step_traced, winner};
use beseda_wire::ids::{BotId, CustomerId, RunId};
use beseda_wire::messages::Content;
use beseda_wire::time::Time;
use serde_json::Value;

use super::Language;
use super::chance::Chance;
use super::words::Words;
use crate::bots::results::{self, Beginning, note};
use crate::bots::{self, Bot, Run, Version};
use crate::customers::Customer;
use crate::ids;

/// One bot of the demo.
pub struct Robot {
    /// By which the dialogues name it.
    pub key: &'static str,
    pub bot: Bot,
    pub version: Version,
    compiled: Compiled,
}

/// What a bot's turn leads to.
#[derive(Default)]
pub struct Turn {
    pub says: Vec<Content>,
    /// Handed over to a person, with this note.
    pub handed_over: Option<String>,
    pub ended: bool,
    /// What results tell of the run's beginning, of the turn, and of the run's end.
    pub begun: Option<Beginning>,
    pub noted: Option<results::Turn>,
    pub end: Option<results::End>,
    pub timer: Timer,
    /// What the engine found broken: a test sees that there is none.
    pub broken: bool,
}

/// What a turn does to the timer of the bot's question.
#[derive(Default)]
pub enum Timer {
    #[default]
    Kept,
    Cleared,
    /// With its token and due time.
    Set(u64, Time),
}

/// The published version.
const VERSION: u32 = 1;

pub fn robots(language: Language, words: &Words, since: Time, chance: &mut Chance) -> Vec<Robot> {
    let flows = match language {
        Language::En => [
            ("appointment", include_str!("../../crates/flow/examples/appointment.en.json")),
            ("questions", include_str!("texts/questions.en.json")),
        ],
        Language::Ru => [
            ("appointment", include_str!("../../crates/flow/examples/appointment.ru.json")),
            ("questions", include_str!("texts/questions.ru.json")),
        ],
    };
    let robot = |(key, json): (&'static str, &str)| {
        // A flow of ours that cannot be read is found by the tests; at run time the demo has one bot less.
        let json = in_the_name_of(words.business, json)?;
        let flow = Flow::from_json(&json).ok()?;
        let bot = Bot {
            id: BotId::from_uuid(chance.id(since)),
            name: flow.name.clone(),
            flow_id: flow.id.clone(),
            enabled: true,
            published: Some(VERSION),
            created_at: since,
            updated_at: since,
        };
        let author = words.staff[0].name.to_owned();
        let version = Version {
            flow: json,
            published_at: since,
            author,
            note: None,
            takes_over: false,
            returns: Vec::new(),
        };
        Some(Robot { key, bot, version, compiled: Compiled::new(&flow, u64::from(VERSION)) })
    };
    flows.into_iter().filter_map(robot).collect()
}

impl Robot {
    /// Begins a customer's run where the flow starts; they said this.
    pub fn start(&self, customer: &Customer, said: &str, now: Now) -> (Run, Turn) {
        let at = Time::from_millis(now.ms);
        let run = Run {
            // The same every time: a run begins once at an instant with a customer.
            id: RunId::from_uuid(ids::compose(at, at, low(customer.id))),
            turns: 0,
            bot: self.bot.id,
            version: VERSION,
            session: Session::new(&self.compiled),
            heard: Vec::new(),
            begins: None,
            burst: None,
            started_at: at,
            updated_at: at,
        };
        let mut given = bots::known(customer);
        // A dialogue may let a bot begin where its triggers would not have.
        let message = Incoming { text: said, ..Incoming::default() };
        let won = winner([&self.compiled], message, Situation::default());
        if won.is_some() {
            given.insert("message".to_owned(), said.into());
        }
        let begun = Beginning {
            by_message: won.is_some(),
            trigger: won.and_then(|won| won.trigger),
            ..Beginning::default()
        };
        let begun = note::begins(&run.session, &given, begun);
        let start = Input::Start { trigger: None, at: None, variables: given };
        let (run, turn) = self.step(run, &start, now);
        (run, Turn { begun: Some(begun), ..turn })
    }

    /// What the bot does about an input, as `bots` carries it out.
    pub fn step(&self, mut run: Run, input: &Input, now: Now) -> (Run, Turn) {
        let step = step_traced(&self.compiled, run.session, input, now);
        let mut turn = Turn { ended: step.ended.is_some(), ..Turn::default() };
        let mut said = Vec::new();
        let changes = step.effects.iter().filter_map(Change::of).collect();
        for effect in step.effects {
            match effect {
                Effect::Say { block, message } => {
                    if let Some(content) = bots::content(message) {
                        turn.says.push(content);
                        said.push(block);
                    }
                }
                Effect::SetTimer { token, due } => turn.timer = Timer::Set(token, Time::from_millis(due)),
                Effect::ClearTimer { .. } => turn.timer = Timer::Cleared,
                Effect::HandOver { note, .. } => turn.handed_over = Some(note),
                Effect::Error { .. } => turn.broken = true,
                _ => {}
            }
        }
        let at = Time::from_millis(now.ms);
        let mut steps = note::of_input(input);
        steps.extend(note::of_trace(step.trace, self.compiled.id()));
        run.session = step.session;
        run.updated_at = at;
        turn.end = step.ended.map(|ended| note::end(&ended, None, &run.session, at));
        if !steps.is_empty() {
            let stands = note::stands(&run.session);
            let (returned, changes) = (Vec::new(), Some(changes));
            turn.noted = Some(results::Turn { at, version: VERSION, steps, stands, said, returned, changes });
            run.turns += 1;
        }
        (run, turn)
    }
}

/// The last bits of an id, which are random.
fn low(customer: CustomerId) -> u32 {
    let [.., a, b, c, d] = *customer.uuid().as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// The flow with the business's own name in place of the example's.
fn in_the_name_of(business: &str, json: &str) -> Option<String> {
    let mut flow: Value = serde_json::from_str(json).ok()?;
    for variable in flow.get_mut("variables").and_then(Value::as_array_mut).into_iter().flatten() {
        if variable["name"] == "salon" {
            variable["default"] = business.into();
        }
    }
    serde_json::to_string_pretty(&flow).ok()
}

#[cfg(test)]
mod tests {
    use beseda_flow::{Severity, check};

    use super::*;
    use crate::demo::words::words;

    #[test]
    fn the_bots_of_both_languages_are_without_fault() {
        for language in [Language::En, Language::Ru] {
            let robots = robots(language, words(language), Time::from_millis(0), &mut Chance::new(1));
            assert_eq!(robots.len(), 2, "a flow cannot be read");
            for robot in robots {
                let flow = Flow::from_json(&robot.version.flow).unwrap();
                let bad: Vec<_> =
                    check(&flow).into_iter().filter(|finding| finding.severity != Severity::Hint).collect();
                assert!(bad.is_empty(), "{}: {bad:?}", flow.name);
            }
        }
    }
}
