//! The other program's own files, where they lie beside the repository: they may be read, but are no part of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use beseda_flow::import::{self, Verdict};
use beseda_flow::{Body, EndReason, Flow, Problem, Target};

use crate::{customer, is_sound};

/// Customers who talk to each bot.
const CUSTOMERS: u64 = 60;

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/typebot");
    let folders = ["templates", "older"].map(|folder| root.join(folder));
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}

/// Whether a run can come to an end at all: some bots ask and answer for ever.
fn can_end(flow: &Flow) -> bool {
    flow.groups.iter().any(|group| {
        group.blocks.last().is_some_and(|block| {
            !matches!(block.body, Body::Jump(_))
                && !flow.edges.iter().any(|edge| edge.from.block.as_deref() == Some(&block.id))
        })
    })
}

#[test]
fn every_sample_is_imported_and_talks_to_its_end() {
    let imported: Vec<_> = samples()
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            let imported =
                import::typebot(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, imported)
        })
        .collect();
    let flows: HashMap<String, Flow> =
        imported.iter().map(|(_, one)| (one.flow.id.clone(), customer::allowed(&one.flow))).collect();
    for (path, one) in &imported {
        let name = path.file_name().unwrap().to_string_lossy();
        is_sound(&one.flow, &name);
        let flow = &flows[&one.flow.id];
        is_sound(flow, &name);
        let whole = !one.report.iter().any(|row| matches!(row.verdict, Verdict::Unsupported { .. }));
        let others: Vec<Flow> = flows.values().filter(|other| other.id != flow.id).cloned().collect();
        let mut ended = 0;
        for seed in 0..CUSTOMERS {
            let seen = customer::talk(flow, &others, seed, None);
            fits(&name, flow, &others, &seen);
            ended += usize::from(seen.ended == Some(EndReason::Finished));
        }
        assert!(!whole || !can_end(flow) || ended > 0, "{name}: nobody came to the end");
        // Parts that the file leaves unconnected work too.
        for group in &flow.groups {
            let at = Target { group: group.id.clone(), block: None, extra: <_>::default() };
            fits(&name, flow, &others, &customer::talk(flow, &others, 1, Some(at)));
        }
        // As it arrives: what reaches outside is stepped over.
        let seen = customer::talk(&one.flow, &others, 1, None);
        fits(&name, &one.flow, &others, &seen);
    }
}

fn fits(name: &str, flow: &Flow, others: &[Flow], seen: &customer::Seen) {
    // A bot that is in no file is not there, and the talk goes on.
    let problems: Vec<_> = seen
        .problems
        .iter()
        .filter(|(_, what)| match what {
            Problem::NoFlow { flow } => others.iter().any(|other| other.id == *flow),
            _ => true,
        })
        .collect();
    assert!(problems.is_empty(), "{name} ({}): {problems:?}\n{}", flow.id, seen.said.join("\n"));
    let fine = matches!(seen.ended, None | Some(EndReason::Finished));
    assert!(fine, "{name}: ended {:?} after\n{}", seen.ended, seen.said.join("\n"));
}
