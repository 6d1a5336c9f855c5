//! How many steps a second the engine makes on one core: `cargo run -p beseda-flow --release --example engine_steps`.
//!
//! A step is one message of a customer: the answer is read, variables are set, texts are filled in and the next
//! question is asked. The talk is the appointment bot's, from hello to hand-over, again and again.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use beseda_flow::{Compiled, Flow, Input, Now, Session, step};

const FLOW: &str = include_str!("appointment.en.json");
const TIME: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let flow = match Flow::from_json(FLOW) {
        Ok(flow) => Compiled::new(&flow, 1),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let text = |text: &str| Input::Text { text: text.to_owned() };
    let talk = [
        Input::Start { trigger: None, at: None, variables: serde_json::Map::new() },
        Input::Reply { id: "service/nails".to_owned(), title: "Manicure".to_owned() },
        text("Anna"),
        text("+44 20 7946 0958"),
        text("tomorrow"),
        text("evening"),
        text("1"),
    ];
    let now = Now::utc(1_795_338_000_000);
    let mut steps = 0_u32;
    let mut effects = 0;
    let started = Instant::now();
    while started.elapsed() < TIME {
        let mut session = Session::new(&flow);
        for input in &talk {
            let step = step(&flow, session, input, now);
            effects += step.effects.len();
            session = step.session;
            steps += 1;
        }
    }
    let per_second = f64::from(steps) / started.elapsed().as_secs_f64();
    println!("{per_second:.0} steps/s ({steps} steps, {effects} effects)");
    ExitCode::SUCCESS
}
