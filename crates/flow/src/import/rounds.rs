//! Blocks of a file that lead round. A round with a question in it, or another wait, is a good one: it asks again. One
//! that nothing holds up is refused, and what may or will go round under circumstances is told in the report, so that
//! whoever takes the bot in knows before. What a round is, the checker knows.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Change, ChangeCode, Parameters, Row, Verdict};
use crate::blocks::{Body, SubFlow, Wait};
use crate::check::{Code, Finding, of_lines, runs_itself};
use crate::engine::DEPTH;
use crate::fault::Fault;
use crate::load::LoadError;
use crate::model::{Extra, Flow, Target};

/// Refuses rounds without a wait, or tells in the report what else leads round. Places are those of the report's rows: one
/// block of a file may have become several.
pub fn look(flow: &Flow, report: &mut [Row]) -> Result<(), Vec<LoadError>> {
    let mut rows: HashMap<String, usize> = HashMap::new();
    for (row, block) in report.iter().enumerate().filter_map(|(n, row)| Some((n, row.block.clone()?))) {
        rows.entry(block).or_insert(row);
    }
    // What came of the same block of the file stands behind the first of it.
    for group in &flow.groups {
        let mut row = None;
        for block in &group.blocks {
            row = rows.get(&block.id).copied().or(row);
            if let Some(row) = row {
                rows.entry(block.id.clone()).or_insert(row);
            }
        }
    }
    let mut refused = Vec::new();
    let allowed = allowed(flow, report);
    let mut told: Vec<(String, Change)> = Vec::new();
    for finding in of_lines(&allowed) {
        let blocks = round(&finding);
        let Some(row) = blocks.iter().find_map(|id| rows.get(id)).and_then(|row| report.get(*row)) else {
            continue;
        };
        match finding.code {
            // Of several rounds from one place the first is enough to look there.
            Code::EndlessLoop if refused.iter().any(|error: &LoadError| error.pointer == row.place) => {}
            Code::EndlessLoop => {
                refused.push(LoadError::at(&row.place, Fault::LeadsRound { blocks }));
            }
            Code::LoopWithoutQuestion => told.extend(change(blocks, ChangeCode::MayLeadRound)),
            _ => {}
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    // With nothing off it is what was looked at already.
    let as_it_comes = if allowed == *flow { Vec::new() } else { of_lines(flow) };
    for finding in as_it_comes.iter().filter(|finding| finding.code == Code::EndlessLoop) {
        told.extend(change(round(finding), ChangeCode::LeadsRound));
    }
    for block in runs_itself(&allowed) {
        let parameters = Parameters::from_iter([("most".to_owned(), json!(DEPTH))]);
        told.push((block, Change { code: ChangeCode::RunsItself, parameters }));
    }
    for (block, change) in told {
        if let Some(row) = rows.get(&block).and_then(|row| report.get_mut(*row)) {
            note(&mut row.verdict, change);
        }
    }
    Ok(())
}

/// The flow as it runs once everything in it is allowed and switched on: whether a file is a good one does not hang on
/// what the import switches off, or keeps as a note, which may have been what waited. A bot that runs itself by its name is told like one that runs its own beginning.
fn allowed(flow: &Flow, report: &[Row]) -> Flow {
    let notes = report.iter().filter(|row| matches!(row.verdict, Verdict::Unsupported { .. }));
    let notes: HashSet<&str> = notes.filter_map(|row| row.block.as_deref()).collect();
    let mut flow = flow.clone();
    let first = flow.groups.first().map(|group| group.id.clone());
    let start =
        flow.start.clone().or_else(|| Some(Target { group: first?, block: None, extra: Extra::new() }));
    for block in flow.groups.iter_mut().flat_map(|group| &mut group.blocks) {
        (block.address_off, block.disabled) = (false, false);
        if notes.contains(block.id.as_str()) {
            block.body = Body::Wait(Wait::default());
        }
        if let Body::SubFlow(SubFlow { to, bot, .. }) = &mut block.body
            && bot.as_deref() == Some(&flow.id)
        {
            *bot = None;
            to.clone_from(&start);
        }
    }
    flow
}

/// The blocks of a round, the first of which is where it is told.
fn round(finding: &Finding) -> Vec<String> {
    let blocks = finding.parameters.get("blocks").and_then(Value::as_array);
    blocks.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn change(round: Vec<String>, code: ChangeCode) -> Option<(String, Change)> {
    Some((round.into_iter().next()?, Change { code, parameters: Parameters::new() }))
}

fn note(verdict: &mut Verdict, change: Change) {
    match verdict {
        Verdict::Imported => *verdict = Verdict::Adapted { how: vec![change] },
        // Several rounds may begin at one block.
        Verdict::Adapted { how } | Verdict::NeedsKey { how, .. } | Verdict::Unsupported { how, .. }
            if how.contains(&change) => {}
        Verdict::Adapted { how } | Verdict::NeedsKey { how, .. } | Verdict::Unsupported { how, .. } => {
            how.push(change);
        }
    }
}
