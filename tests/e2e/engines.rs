//! One engine: the module that the page is given and the engine of the server say the same to the same script, to the
//! letter. Flows of all kinds and what is said to them are made at random, tame and wild.
//!
//! Whole transcripts are compared (sessions, effects, what was entered and set), by their SHA-256 where they are alike:
//! megabytes of equal text need not travel. Some hundreds of scripts; some thousands with `BESEDA_TEST_LONG`.

use std::path::Path;

use beseda_flow::{Compiled, Effect, Flow, Input, Now, Position, Script, Session, Step, World, step_in};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::browser::{Browser, Look};
use crate::support::program::Launch;

#[path = "../../crates/flow/tests/properties/generated.rs"]
#[allow(dead_code, reason = "generators of the engine's own properties")]
mod generated;

const BATCH: usize = 25;

/// The page's own instance of the editor's module: it is loaded once, whoever asks for it.
const MODULE: &str = "import(performance.getEntriesByType('resource').map(entry => entry.name)
    .find(name => /\\/builder-[0-9a-f]+\\.js$/.test(name)))";

fn scripts() -> usize {
    if std::env::var_os("BESEDA_TEST_LONG").is_some() { 5_000 } else { 400 }
}

/// A flow, and what a customer, the clock and services say to it.
fn script(runner: &mut TestRunner) -> Script {
    let parts = (
        generated::flow(),
        vec((generated::input(), any::<bool>()), 1..30),
        any::<u64>(),
        // The years of the engine's life, and times that no clock shows.
        prop_oneof![9 => 1_700_000_000_000_i64..4_000_000_000_000, 1 => any::<i64>()],
        -43_200_i32..50_400,
    );
    let (flow, inputs, seed, ms, offset) = parts.new_tree(runner).expect("a script").current();
    let begin = Input::Start { trigger: None, at: None, variables: serde_json::Map::new() };
    let mut script = Script {
        flow,
        others: vec![generated::other_flow()],
        seed,
        begins: Now::new(ms, offset),
        inputs: vec![begin],
    };
    let flow = Compiled::new(&Flow::from_value(script.flow.clone()).expect("a flow"), 1);
    let other = Compiled::new(&Flow::from_value(script.others[0].clone()).expect("a flow"), 1);
    let (mut session, mut now) = (Session::seeded(&flow, seed), script.begins);
    let mut next = script.inputs[0].clone();
    for (input, knowing) in inputs {
        now.ms = now.ms.saturating_add(Script::PAUSE);
        let world = World { now, flows: &[&other], traced: false };
        session = step_in(&flow, session, &next, world).session;
        next = if knowing { fitting(input, &session.position) } else { input };
        script.inputs.push(next.clone());
    }
    script
}

/// The same input as it may mean something now: a guessed token seldom fits, and most runs would end at the first call;
/// what is over begins anew.
fn fitting(input: Input, position: &Position) -> Input {
    let due = match position {
        Position::Question(waiting) => waiting.timer,
        Position::Wait(pause) => pause.timer,
        Position::Call(calling) => calling.timer,
        _ => None,
    };
    match (input, position) {
        (Input::Returned { outcome, .. }, Position::Call(calling)) => {
            Input::Returned { token: calling.token, outcome }
        }
        (Input::Timeout { token }, _) => Input::Timeout { token: due.unwrap_or(token) },
        (_, Position::Ended) => Input::Start { trigger: None, at: None, variables: serde_json::Map::new() },
        (input, _) => input,
    }
}

/// What came of it here, as the page says it.
fn transcript(script: &str) -> (Vec<Step>, String) {
    let script: Script = serde_json::from_str(script).expect("a script");
    let steps = script.play().expect("the flow loads");
    let said = serde_json::to_string(&steps).expect("steps are JSON");
    (steps, said)
}

#[tokio::test]
async fn the_page_says_what_the_server_says() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let bot = api.all("/api/v1/bots").await[0]["id"].as_str().expect("an id").to_owned();
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;

    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let mut told = Told::default();
    let all = scripts();
    for first in (0..all).step_by(BATCH) {
        let batch: Vec<String> = (first..all.min(first + BATCH))
            .map(|_| serde_json::to_string(&script(&mut runner)).expect("a script is JSON"))
            .collect();
        let digests = browser
            .value_of(&format!(
                "(async () => {{ const {{ play }} = await {MODULE}; const digests = []; \
                 for (const script of {}) {{ \
                     const bytes = new TextEncoder().encode(play(script)); \
                     const digest = await crypto.subtle.digest('SHA-256', bytes); \
                     digests.push([...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')); \
                 }} return digests; }})()",
                json!(batch)
            ))
            .await;
        for (script, digest) in batch.iter().zip(digests.as_array().expect("digests")) {
            let (steps, here) = transcript(script);
            told.note(&steps);
            let own =
                Sha256::digest(&here).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            if digest != &own {
                let there = browser
                    .value_of(&format!("{MODULE}.then(engine => engine.play({}))", json!(script)))
                    .await;
                differs(script, &here, there.as_str().unwrap_or_default());
            }
        }
    }
    told.is_much(all);
    browser.assert_quiet().await;
    program.stop();
}

/// What the scripts led to: equal silence would prove nothing.
#[derive(Default)]
struct Told {
    steps: usize,
    said: usize,
    called: usize,
    set: usize,
    ended: usize,
}

impl Told {
    fn note(&mut self, steps: &[Step]) {
        for step in steps.iter().filter(|step| !step.ignored) {
            self.steps += 1;
            self.ended += usize::from(step.ended.is_some());
            for effect in &step.effects {
                match effect {
                    Effect::Say { .. } => self.said += 1,
                    Effect::Call { .. } => self.called += 1,
                    Effect::SetVariable { .. } => self.set += 1,
                    _ => {}
                }
            }
        }
    }

    fn is_much(&self, scripts: usize) {
        let Self { steps, said, called, set, ended } = self;
        println!(
            "{scripts} scripts: {steps} steps, {said} messages, {called} calls, {set} values set, {ended} ends"
        );
        for (what, count, least) in
            [("steps", steps, 4), ("messages", said, 4), ("values", set, 1), ("ends", ended, 1)]
        {
            assert!(*count >= scripts * least, "{scripts} scripts led to no more than {count} {what}");
        }
        assert!(*called >= scripts / 10, "{scripts} scripts led to no more than {called} calls");
    }
}

/// Names the first step that differs, and keeps the script up to it.
fn differs(script: &str, here: &str, there: &str) -> ! {
    let steps = |said: &str| serde_json::from_str::<Vec<Value>>(said).unwrap_or_default();
    let (here, there) = (steps(here), steps(there));
    let first = here.iter().zip(&there).position(|(here, there)| here != there).unwrap_or(0);
    let mut script: Value = serde_json::from_str(script).expect("a script");
    script["inputs"].as_array_mut().expect("inputs").truncate(first + 1);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engines-differ.json");
    std::fs::write(&file, script.to_string()).expect("a file");
    panic!(
        "step {first} differs (the script up to it: {})\nserver: {}\npage: {}",
        file.display(),
        here.get(first).unwrap_or(&Value::Null),
        there.get(first).unwrap_or(&Value::Null),
    );
}
