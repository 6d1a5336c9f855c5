//! Whole bots: the other program's own files, where they lie beside the repository, and the fixtures within it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use beseda_flow::import::{self, Verdict};
use beseda_flow::{Code, EndReason, Flow, Problem, Target, check};

use serde_json::Value;

use crate::beside::{has_no_end, samples};
use crate::{customer, fixtures, is_sound};

/// Customers who talk to each bot.
const CUSTOMERS: u64 = 25;

/// Fixtures that are bots to be talked to from start to end; the others are lists of blocks.
const WHOLE: [&str; 10] =
    ["bubbles", "cards", "choices", "conditions", "inputs", "pictures", "russian", "set", "v3", "v6_1"];

#[test]
fn every_whole_bot_is_imported_and_talks_to_its_end() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = WHOLE.map(|name| fixtures().join(format!("{name}.json")));
    let imported: Vec<_> = samples(&repository)
        .into_iter()
        .chain(own)
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            let imported =
                import::typebot(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let file: Value = serde_json::from_slice(&bytes).unwrap();
            (path, has_no_end(&file), imported)
        })
        .collect();
    let flows: HashMap<String, Flow> =
        imported.iter().map(|(_, _, one)| (one.flow.id.clone(), customer::allowed(&one.flow))).collect();
    for (path, endless, one) in &imported {
        let name = path.file_name().unwrap().to_string_lossy();
        is_sound(&one.flow, &name);
        let flow = &flows[&one.flow.id];
        is_sound(flow, &name);
        let whole = !one.report.iter().any(|row| matches!(row.verdict, Verdict::Unsupported { .. }));
        let others: Vec<Flow> = flows.values().filter(|other| other.id != flow.id).cloned().collect();
        let mut ended = 0;
        let mut seen_blocks = HashSet::new();
        for seed in 0..CUSTOMERS {
            let seen = customer::talk(flow, &others, seed, None);
            fits(&name, flow, &others, &seen);
            ended += usize::from(seen.ended == Some(EndReason::Finished));
            seen_blocks.extend(seen.blocks);
        }
        // A bot whose every way leads round to its menu goes on for as long as anybody answers, as in the other program.
        if *endless {
            assert_eq!(ended, 0, "{name}: the file has no end, and the flow has one");
        } else {
            assert!(!whole || ended > 0, "{name}: nobody came to the end");
        }
        // Parts that the file leaves unconnected work too.
        for group in &flow.groups {
            let at = Target { group: group.id.clone(), block: None, extra: <_>::default() };
            let seen = customer::talk(flow, &others, 1, Some(at));
            fits(&name, flow, &others, &seen);
            seen_blocks.extend(seen.blocks);
        }
        // Not every customer's luck leads everywhere, and one sample holds a block that nobody may ever see.
        let (missed, all) = (missed(flow, &seen_blocks), one.report.len());
        assert!(missed.len() * 5 < all, "{name}: nobody saw {missed:?}");
        // As it arrives: what reaches outside is stepped over.
        let seen = customer::talk(&one.flow, &others, 1, None);
        fits(&name, &one.flow, &others, &seen);
    }
}

/// Blocks that a run can get to and that nobody saw.
fn missed(flow: &Flow, seen: &HashSet<String>) -> Vec<String> {
    let unreachable: HashSet<String> = check(flow)
        .into_iter()
        .filter(|finding| finding.code == Code::Unreachable)
        .filter_map(|finding| finding.block)
        .collect();
    let blocks = flow.groups.iter().flat_map(|group| &group.blocks);
    let ids = blocks.map(|block| block.id.clone());
    ids.filter(|id| !unreachable.contains(id) && !seen.contains(id)).collect()
}

fn fits(name: &str, flow: &Flow, others: &[Flow], seen: &customer::Seen) {
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
    assert!(problems.is_empty(), "{name} ({}): {problems:?}\n{}", flow.id, seen.said.join("\n"));
    let fine = matches!(seen.ended, None | Some(EndReason::Finished));
    assert!(fine, "{name}: ended {:?} after\n{}", seen.ended, seen.said.join("\n"));
}
