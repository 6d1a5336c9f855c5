//! Whole bots run from start to end: the other program's own files, where they lie beside the repository, and the fixtures
//! within it. Their customers follow scripts ([`scripts`]).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beseda_flow::import::{self, Imported};
use beseda_flow::{EndReason, Flow, Problem};

use crate::beside::samples;
use crate::scripts::{NEVER, Seen, Stage, WHOLE, parts};
use crate::{customer, fixtures, is_sound};

/// Bots that have no end in the other program either, and why; by the place of the part in [`parts`].
const ENDLESS: [(&str, usize, &str); 2] = [
    ("basic-chat-gpt.json", 1, "a talk with a model, for as long as anybody writes"),
    ("customer-support.json", 0, "every way leads back to its menu"),
];

#[test]
fn own_bots_run_from_start_to_end() {
    run_from_start_to_end(&WHOLE.map(|name| fixtures().join(format!("{name}.json"))));
}

#[test]
fn samples_run_from_start_to_end() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if let Some(samples) = samples(&repository, "samples_run_from_start_to_end") {
        run_from_start_to_end(&samples);
    }
}

fn run_from_start_to_end(paths: &[PathBuf]) {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let imported = import::typebot(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, imported)
    };
    // All of them first: some run one another.
    let bots: Vec<(String, Imported)> = paths.iter().map(read).collect();
    for (name, imported) in &bots {
        let others = |switched: fn(&Flow) -> Flow| -> Vec<Flow> {
            let others = bots.iter().filter(|(_, other)| other.flow.id != imported.flow.id);
            others.map(|(_, other)| switched(&other.flow)).collect()
        };
        let allowed = customer::allowed(&imported.flow);
        is_sound(&imported.flow, name);
        is_sound(&allowed, name);
        let played = play(name, &allowed, &others(customer::allowed));
        let never = NEVER.iter().filter(|(file, ..)| file == name).map(|(_, block, _)| (*block).to_owned());
        assert_eq!(
            played.unseen,
            never.collect(),
            "{name}: nobody comes by these, against those that are known"
        );
        let endless = ENDLESS.iter().filter(|(file, ..)| file == name).map(|(_, part, _)| *part);
        assert_eq!(
            played.endless,
            endless.collect::<Vec<_>>(),
            "{name}: without an end, against those that are known"
        );
        // As it arrives: what reaches outside is stepped over, and the bot goes on.
        play(name, &imported.flow, &others(Flow::clone));
    }
}

/// What became of a bot's scripts.
struct Played {
    /// Blocks that none came by.
    unseen: BTreeSet<String>,
    /// Parts that have no end.
    endless: Vec<usize>,
}

/// Plays the scripts of a bot and of its unconnected parts: each comes to an end, where there is one.
fn play(name: &str, flow: &Flow, others: &[Flow]) -> Played {
    let ids = flow.groups.iter().flat_map(|group| &group.blocks).map(|block| block.id.clone());
    let mut played = Played { unseen: ids.collect(), endless: Vec::new() };
    for (n, part) in parts(flow).into_iter().enumerate() {
        let stage = Stage::new(&part, others);
        let found = stage.scripts();
        assert!(!found.scripts.is_empty(), "{name}: nothing happens");
        played.endless.extend(found.endless.then_some(n));
        for script in &found.scripts {
            let seen = stage.play(script);
            fits(name, flow, others, &seen);
            let wanted = if found.endless { None } else { Some(EndReason::Finished) };
            assert!(seen.ended == wanted, "{name}: {:?} after {script:?}", seen.ended);
            played.unseen.retain(|id| !seen.blocks.contains(id));
        }
    }
    played
}

fn fits(name: &str, flow: &Flow, others: &[Flow], seen: &Seen) {
    // A bot that is in no file is not there, and the talk goes on.
    let problems: Vec<_> = seen
        .problems
        .iter()
        .filter(|(_, what)| match what {
            Problem::NoFlow { flow } => others.iter().any(|other| other.id == *flow),
            // Every option has a condition of its own, and none held.
            Problem::NoOptions => false,
            Problem::AddressOff { .. } => {
                flow.groups.iter().flat_map(|group| &group.blocks).all(|block| !block.address_off)
            }
            _ => true,
        })
        .collect();
    assert!(problems.is_empty(), "{name} ({}): {problems:?}", flow.id);
}
