//! Blocks of a file that lead round. A round with a question in it, or another wait, is a good one: it asks again. One
//! that nothing holds up is refused, and what may or will go round under circumstances is told in the report, so that
//! whoever takes the bot in knows before. What a round is, the checker knows.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Change, ChangeCode, Parameters, Row, Verdict};
use crate::blocks::{Body, SubFlow};
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
    let mut refused = Vec::new();
    let allowed = allowed(flow);
    let mut told: Vec<(String, Change)> = Vec::new();
    for finding in of_lines(&allowed) {
        let blocks = round(&finding);
        let Some(row) = blocks.iter().find_map(|id| rows.get(id)).and_then(|row| report.get(*row)) else {
            continue;
        };
        // What stands there as a note may have been what waited.
        let whole = || blocks.iter().filter_map(|id| report.get(*rows.get(id)?)).all(|row| !is_note(row));
        match finding.code {
            // Of several rounds from one place the first is enough to look there.
            Code::EndlessLoop if refused.iter().any(|error: &LoadError| error.pointer == row.place) => {}
            Code::EndlessLoop if whole() => {
                refused.push(LoadError::at(&row.place, Fault::LeadsRound { blocks }));
            }
            Code::LoopWithoutQuestion => told.extend(change(blocks, ChangeCode::MayLeadRound)),
            _ => {}
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    for finding in of_lines(flow).iter().filter(|finding| finding.code == Code::EndlessLoop) {
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

fn is_note(row: &Row) -> bool {
    matches!(row.verdict, Verdict::Unsupported { .. })
}

/// The flow as it runs once everything in it is allowed and switched on: whether a file is a good one does not hang on
/// what the import switches off. A bot that runs itself by its name is told like one that runs its own beginning.
fn allowed(flow: &Flow) -> Flow {
    let mut flow = flow.clone();
    let first = flow.groups.first().map(|group| group.id.clone());
    let start =
        flow.start.clone().or_else(|| Some(Target { group: first?, block: None, extra: Extra::new() }));
    for block in flow.groups.iter_mut().flat_map(|group| &mut group.blocks) {
        (block.address_off, block.disabled) = (false, false);
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
        Verdict::Adapted { how } | Verdict::NeedsKey { how, .. } | Verdict::Unsupported { how, .. } => {
            how.push(change);
        }
    }
}
