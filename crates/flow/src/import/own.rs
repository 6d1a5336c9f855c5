//! A flow of ours that comes as a file: what it reaches outside is switched off, for whoever made the file is not known.

use super::{Change, ChangeCode, Imported, Parameters, Row, Verdict};
use crate::load::LoadError;
use crate::model::Flow;

/// Takes a flow's file in. The report has a row for each block.
pub fn import(json: &str) -> Result<Imported, LoadError> {
    let mut flow = Flow::from_json(json)?;
    let mut report = Vec::new();
    for (at, group) in flow.groups.iter_mut().enumerate() {
        for (n, block) in group.blocks.iter_mut().enumerate() {
            let verdict = if reaches_outside(block.kind()) && !block.disabled {
                block.disabled = true;
                let how = vec![Change { code: ChangeCode::OffUntilAllowed, parameters: Parameters::new() }];
                Verdict::Adapted { how }
            } else {
                Verdict::Imported
            };
            report.push(Row {
                place: format!("/groups/{at}/blocks/{n}"),
                id: block.id.clone(),
                kind: block.kind().to_owned(),
                group: group.title.clone(),
                block: Some(block.id.clone()),
                verdict,
            });
        }
    }
    Ok(Imported { flow, report, missing: Vec::new() })
}

/// Whether blocks of this kind reach outside: from a stranger they are off until somebody allows them.
pub fn reaches_outside(kind: &str) -> bool {
    matches!(kind, "http" | "email" | "ai_answer" | "ai_extract" | "wait_call")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_outside_is_off_until_somebody_allows_it() {
        let file = r#"{"schema": 1, "id": "f", "name": "F", "groups": [{"id": "g", "blocks": [
            {"id": "hello", "kind": "message", "text": "Hello"},
            {"id": "call", "kind": "http", "url": "https://example.com/"}]}]}"#;
        for entry in crate::catalogue() {
            let integrates = entry.group == crate::PaletteGroup::Integration;
            assert_eq!(reaches_outside(entry.kind), integrates, "{}", entry.id);
        }
        let imported = import(file).unwrap();
        let off: Vec<bool> = imported.flow.groups[0].blocks.iter().map(|block| block.disabled).collect();
        assert_eq!(off, [false, true]);
        assert_eq!(imported.report[0].verdict, Verdict::Imported);
        assert!(matches!(imported.report[1].verdict, Verdict::Adapted { .. }));
        assert!(import(r#"{"schema": 1, "id": "f", "name": "F", "groups": 3}"#).is_err());
    }
}
