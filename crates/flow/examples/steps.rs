//! How many steps a second the engine makes on one core, over a flow of many kinds of blocks:
//! `cargo run -p beseda-flow --release --example steps`.
//!
//! A step is one input: a message of a customer, a timer, the answer of a service. Texts are expressions, a list is gone
//! through, a service is asked, and what is known of the customer is written. Each step notes its way, as the server has
//! it do. The middle one of several rounds counts.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use beseda_flow::{Compiled, Effect, Flow, Input, Now, Outcome, Session, step_traced};
use serde_json::{Map, Value, json};

const ROUNDS: u32 = 7;
const TIME: Duration = Duration::from_millis(700);

fn flow() -> Value {
    let line = |id: &str, block: &str, port: &str, to: &str| json!({ "id": id, "from": { "block": block, "port": port }, "to": { "group": to } });
    json!({
        "schema": 1, "id": "shop", "name": "Shop",
        "variables": [{ "name": "goods", "default": [{ "title": "Tea", "value": 5 }, { "title": "Milk", "value": 2 }, { "title": "Salt", "value": 1 }] }],
        "groups": [
            { "id": "hello", "blocks": [
                { "id": "hi", "kind": "message", "text": "Hello, {{contact.name}}! {{ 'Good ' ~ moment }}." },
                { "id": "split", "kind": "split", "branches": [{ "id": "a", "weight": 1 }, { "id": "b", "weight": 1 }] },
                { "id": "ask", "kind": "question", "text": "What would you like?", "answer": "choice", "items": "goods", "variable": "price", "timeout": 3600 },
                { "id": "many", "kind": "question", "text": "How many?", "answer": "number", "min": 1, "max": 9, "variable": "count", "tries": 3 },
                { "id": "sum", "kind": "set", "variable": "sum", "expression": "price * count" },
                { "id": "cart", "kind": "set", "variable": "cart", "operation": "append", "value": "{{ price }}" },
                { "id": "loop", "kind": "loop", "list": "cart", "item": "each" },
                { "id": "if", "kind": "condition", "branches": [{ "id": "big", "when": { "join": "or", "tests": [{ "variable": "sum", "is": "greater", "value": 20 }, { "variable": "contact.tags", "is": "contains", "value": "vip" }] } }] },
                { "id": "write", "kind": "set_fields", "fields": [{ "field": "last_sum", "value": "{{ sum }}" }] },
                { "id": "tags", "kind": "tags", "add": ["buyer"] },
                { "id": "pay", "kind": "http", "method": "POST", "url": "https://pay.example.com/v1", "headers": [{ "name": "Authorization", "value": "Bearer {{secret.pay}}" }],
                  "body": { "kind": "json", "value": { "sum": "{{ sum }}", "name": "{{contact.name}}" } }, "save": [{ "variable": "link", "path": "link.url" }] },
                { "id": "link", "kind": "link_button", "text": "{{sum}} in all", "title": "Pay", "url": "{{link}}" },
                { "id": "wait", "kind": "wait", "seconds": 60 },
                { "id": "rate", "kind": "question", "text": "How was it?", "answer": "rating", "variable": "rating" },
                { "id": "note", "kind": "note", "text": "{{contact.name}}: {{rating}}" },
                { "id": "bye", "kind": "end", "text": "Thank you!", "outcome": "bought" },
            ]},
            { "id": "each", "blocks": [{ "id": "count", "kind": "set", "variable": "items", "expression": "(items or 0) + 1" }] },
        ],
        "edges": [line("e1", "loop", "each", "each")],
    })
}

fn main() -> ExitCode {
    let flow = match Flow::from_value(flow()) {
        Ok(flow) => Compiled::new(&flow, 1),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let contact = json!({ "name": "Anna", "phone": "+442079460958", "tags": ["new"] });
    let variables = Map::from_iter([("contact".to_owned(), contact)]);
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let paid = json!({ "status": 200, "body": { "link": { "url": "https://pay.example.com/1" } } });
    let talk = [
        Input::Start { trigger: None, at: None, variables },
        text("milk"),
        text("lots"),
        text("4"),
        Input::Returned { token: 0, outcome: Outcome::Done { value: paid } },
        Input::Timeout { token: 0 },
        text("5"),
    ];
    let now = Now::utc(1_795_338_000_000);
    let mut rounds = Vec::new();
    let mut whole = true;
    for round in 0..ROUNDS {
        let mut steps = 0_u32;
        let started = Instant::now();
        while started.elapsed() < TIME {
            let mut session = Session::seeded(&flow, u64::from(steps));
            let (mut call, mut timer) = (0, 0);
            for input in &talk {
                // Calls and timers are answered by the tokens they were given.
                let answer = match input {
                    Input::Returned { outcome, .. } => {
                        Some(Input::Returned { token: call, outcome: outcome.clone() })
                    }
                    Input::Timeout { .. } => Some(Input::Timeout { token: timer }),
                    _ => None,
                };
                let step = step_traced(&flow, session, answer.as_ref().unwrap_or(input), now);
                for effect in &step.effects {
                    match effect {
                        Effect::Call { token, .. } => call = *token,
                        Effect::SetTimer { token, .. } => timer = *token,
                        Effect::Error { .. } => whole = false,
                        _ => {}
                    }
                }
                whole &= !step.ignored;
                session = step.session;
                steps += 1;
            }
            whole &= session.position == beseda_flow::Position::Ended;
        }
        let per_second = f64::from(steps) / started.elapsed().as_secs_f64();
        println!("round {round}: {per_second:.0} steps/s");
        rounds.push(per_second);
    }
    rounds.sort_by(f64::total_cmp);
    println!("{}", json!({ "engine_steps_per_s": rounds[rounds.len() / 2].round() }));
    if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
