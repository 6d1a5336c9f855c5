//! How long the import of an exported bot takes, on one core:
//! `cargo run -p beseda-flow --release --example import [FILE…]`.
//!
//! Of several files the largest is measured; without one the example makes a file of its own of 500 groups. The middle
//! one of many rounds counts.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use beseda_flow::import;
use serde_json::{Value, json};

const TIME: Duration = Duration::from_secs(1);
const GROUPS: usize = 500;

fn main() -> ExitCode {
    let files = std::env::args().skip(1).filter_map(|path| Some((std::fs::read(&path).ok()?, path)));
    let largest = files.max_by_key(|(bytes, _)| bytes.len());
    let (bytes, name) =
        largest.unwrap_or_else(|| (made().to_string().into_bytes(), "a made file".to_owned()));
    let mut rounds = Vec::new();
    let started = Instant::now();
    let mut blocks = 0;
    while started.elapsed() < TIME {
        let round = Instant::now();
        match import::typebot(&bytes) {
            Ok(imported) => blocks = imported.report.len(),
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::FAILURE;
            }
        }
        rounds.push(round.elapsed());
    }
    rounds.sort_unstable();
    let middle = rounds[rounds.len() / 2];
    println!("{name}: {} bytes, {blocks} rows of its report", bytes.len());
    println!("{}", json!({ "import_typebot_ms": middle.as_secs_f64() * 1_000.0 }));
    ExitCode::SUCCESS
}

fn made() -> Value {
    let group = |n: usize| {
        json!({
            "id": format!("g{n}"), "title": format!("Step {n}"), "graphCoordinates": { "x": n * 300, "y": 0 },
            "blocks": [
                { "id": format!("t{n}"), "type": "text", "content": { "richText": [
                    { "type": "p", "children": [{ "text": "Question ", "bold": true }, { "text": "for {{Name}}" }] },
                ]}},
                { "id": format!("c{n}"), "type": "choice input", "outgoingEdgeId": format!("e{n}"), "items": [
                    { "id": format!("a{n}"), "content": "Yes" }, { "id": format!("b{n}"), "content": "No" },
                ], "options": { "variableId": "v" } },
            ],
        })
    };
    let edge = |n: usize| {
        json!({
            "id": format!("e{n}"), "from": { "blockId": format!("c{n}") },
            "to": { "groupId": format!("g{}", (n + 1) % GROUPS) },
        })
    };
    json!({
        "version": "6.1", "id": "made", "name": "Made",
        "groups": (0..GROUPS).map(group).collect::<Vec<_>>(),
        "edges": (0..GROUPS).map(edge).collect::<Vec<_>>(),
        "variables": [{ "id": "v", "name": "Name" }],
    })
}
