//! What the checker would find in a file's lines, told with the report: a bot that leads nowhere, or round and round, is
//! taken in to be mended, and whoever takes it in is to know before.

use std::collections::HashMap;

use serde_json::Value;

use super::{Change, ChangeCode, Parameters, Row, Verdict};
use crate::check::{Code, Finding, of_lines};
use crate::model::Flow;

/// Adds to the report what is wrong with the flow's lines: a row for each line that leads or begins nowhere, with its place
/// in a file of ours, and a word at a block from which blocks lead round without waiting.
pub fn add(flow: &Flow, report: &mut Vec<Row>) {
    let edges: HashMap<&str, usize> = flow.edges.iter().enumerate().map(|(n, edge)| (&*edge.id, n)).collect();
    let mut rows_of_blocks: HashMap<String, usize> = HashMap::new();
    for (row, block) in report.iter().enumerate().filter_map(|(n, row)| Some((n, row.block.clone()?))) {
        rows_of_blocks.entry(block).or_insert(row);
    }
    let mut rows_of_edges: HashMap<usize, usize> = HashMap::new();
    for finding in of_lines(flow) {
        let Some((change, blocks)) = told(&finding) else { continue };
        let edge = finding.parameters.get("edge").and_then(Value::as_str).and_then(|id| edges.get(id));
        let row = if let Some(edge) = edge {
            Some(*rows_of_edges.entry(*edge).or_insert_with(|| {
                report.push(row_of_edge(flow, *edge));
                report.len() - 1
            }))
        } else {
            // One block of theirs may be several of ours: the first that has a row.
            blocks.into_iter().find_map(|id| rows_of_blocks.get(id)).copied()
        };
        if let Some(row) = row.and_then(|row| report.get_mut(row)) {
            note(&mut row.verdict, change);
        }
    }
}

/// What a finding says in the report, and the blocks that it is about; nothing for what is no matter of lines.
fn told(finding: &Finding) -> Option<(Change, Vec<&str>)> {
    let about = |name: &str| {
        let value = finding.parameters.get(name).cloned().unwrap_or_default();
        Parameters::from_iter([(name.to_owned(), value)])
    };
    let (code, parameters) = match finding.code {
        Code::DanglingEdge => (ChangeCode::LineToNowhere, about("to")),
        Code::EdgeFromNowhere => (ChangeCode::LineFromNowhere, about("from")),
        Code::EndlessLoop => (ChangeCode::LeadsRound, Parameters::new()),
        _ => return None,
    };
    let round = finding.parameters.get("blocks").and_then(Value::as_array);
    let round = round.into_iter().flatten().filter_map(Value::as_str);
    Some((Change { code, parameters }, finding.block.as_deref().into_iter().chain(round).collect()))
}

fn row_of_edge(flow: &Flow, edge: usize) -> Row {
    Row {
        place: format!("/edges/{edge}"),
        id: flow.edges[edge].id.clone(),
        kind: "edge".to_owned(),
        group: String::new(),
        block: None,
        verdict: Verdict::Imported,
    }
}

fn note(verdict: &mut Verdict, change: Change) {
    match verdict {
        Verdict::Imported => *verdict = Verdict::Adapted { how: vec![change] },
        Verdict::Adapted { how } | Verdict::NeedsKey { how, .. } | Verdict::Unsupported { how, .. } => {
            how.push(change);
        }
    }
}
