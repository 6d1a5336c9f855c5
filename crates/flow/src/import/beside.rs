//! What a flow's file says beside its blocks: triggers, variables, the bot's own words, and whatever this version does not
//! know. No run needs anything secret there, so it is painted over.

use serde_json::Value;

use super::{Change, ChangeCode, Parameters, Row, Verdict, sealed};
use crate::load::LoadError;
use crate::model::Flow;

/// The flow without secrets beside its blocks. Each place that held one has a row in the report.
pub fn painted(flow: Flow, report: &mut Vec<Row>) -> Result<Flow, LoadError> {
    let mut value = serde_json::to_value(&flow).unwrap_or_default();
    let before = report.len();
    for (name, part) in value.as_object_mut().into_iter().flatten() {
        match (name.as_str(), part) {
            ("schema" | "id" | "language" | "start", _) => {}
            ("groups", Value::Array(groups)) => {
                for (n, group) in groups.iter_mut().enumerate() {
                    // They have rows of their own.
                    let blocks = group.get_mut("blocks").map(Value::take);
                    paint(group, None, &format!("/groups/{n}"), "group", report);
                    if let Some(blocks) = blocks {
                        group["blocks"] = blocks;
                    }
                }
            }
            (list @ ("triggers" | "edges" | "variables"), Value::Array(items)) => {
                let kind = list.trim_end_matches('s');
                for (n, item) in items.iter_mut().enumerate() {
                    paint(item, None, &format!("/{list}/{n}"), kind, report);
                }
            }
            (name, part) => paint(part, Some(name), &format!("/{}", pointed(name)), name, report),
        }
    }
    if report.len() == before { Ok(flow) } else { Flow::from_value(value) }
}

fn paint(part: &mut Value, name: Option<&str>, place: &str, kind: &str, report: &mut Vec<Row>) {
    if !sealed::painted(part, name.filter(|name| *name != "name")) {
        return;
    }
    let called = ["id", "name"].into_iter().find_map(|name| part.get(name)?.as_str());
    let how = vec![Change { code: ChangeCode::SecretLeftOut, parameters: Parameters::new() }];
    report.push(Row {
        place: place.to_owned(),
        id: called.unwrap_or(kind).to_owned(),
        kind: kind.to_owned(),
        group: String::new(),
        block: None,
        verdict: Verdict::Adapted { how },
    });
}

/// A name as a part of a pointer.
fn pointed(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
