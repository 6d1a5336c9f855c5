//! A flow of ours that comes as a file: what it reaches outside is switched off, and so are the addresses that customers
//! would be sent, for whoever made the file is not known.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::beside;
use super::report::short;
use super::sealed::{self, Care, painted};
use super::secrets::{Secrets, is_key, is_secret_name};
use super::{
    Change, ChangeCode, ImportError, Imported, Need, NeedCode, Parameters, Row, Verdict, lines, rounds,
};
use crate::blocks::{Block, reaches_outside};
use crate::fault::Fault;
use crate::load::LoadError;
use crate::model::Flow;

/// Takes a flow's file in. The report has a row for each block.
pub fn import(json: &str) -> Result<Imported, ImportError> {
    let mut flow = Flow::from_json(json)?;
    unique(&flow)?;
    let astray = lines::astray(&flow);
    if !astray.is_empty() {
        return Err(ImportError::Lines(astray));
    }
    let mut report = Vec::new();
    let mut strangers = Strangers::default();
    for (at, group) in flow.groups.iter_mut().enumerate() {
        for (n, block) in group.blocks.iter_mut().enumerate() {
            let verdict = detach(block, &mut strangers);
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
    let flow = beside::painted(flow, &mut report)?;
    rounds::look(&flow, &mut report).map_err(ImportError::Lines)?;
    Ok(Imported { flow, report, missing: Vec::new() })
}

/// Refuses an id that two things of a kind have: of them nobody knows which one a line means.
fn unique(flow: &Flow) -> Result<(), LoadError> {
    let mut seen = HashSet::new();
    let mut ids: Vec<(&str, String, &str)> = Vec::new();
    for (n, group) in flow.groups.iter().enumerate() {
        ids.push(("group", format!("/groups/{n}"), &group.id));
        let blocks = group.blocks.iter().enumerate();
        ids.extend(blocks.map(|(m, block)| ("block", format!("/groups/{n}/blocks/{m}"), &*block.id)));
    }
    let edges = flow.edges.iter().enumerate();
    ids.extend(edges.map(|(n, edge)| ("edge", format!("/edges/{n}"), &*edge.id)));
    let triggers = flow.triggers.iter().enumerate();
    ids.extend(triggers.map(|(n, trigger)| ("trigger", format!("/triggers/{n}"), &*trigger.id)));
    for (what, place, id) in ids {
        if !seen.insert((what, id)) {
            return Err(LoadError::at(place + "/id", Fault::Duplicate { id: id.to_owned() }));
        }
    }
    Ok(())
}

/// Takes blocks that strangers made: what one may not do by itself, and every secret, stays behind. The same secret has one
/// name in all of them.
#[derive(Default)]
pub struct Strangers {
    secrets: Secrets,
}

/// What was taken from a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// It reaches outside, and is switched off.
    pub off: bool,
    /// Customers would be sent these addresses, which are left out; or the block would reach them, and is off.
    pub addresses: Vec<String>,
    /// It hands over without the summary that a model would write.
    pub no_summary: bool,
    /// Secrets stood in it; the names that stand for them now.
    pub secrets: Vec<String>,
    /// A key that stood in a text is painted over.
    pub painted: bool,
}

impl Strangers {
    pub fn take(&mut self, block: &mut Value) -> Taken {
        let mut taken = Taken::default();
        let yes = Some(&Value::Bool(true));
        let outside = block.get("kind").and_then(Value::as_str).is_some_and(reaches_outside);
        if outside {
            let mut refer = |found: &str, wanted: &str| {
                let name = self.secrets.named(found, wanted);
                let reference = format!("{{{{ secret.{name} }}}}");
                if !taken.secrets.contains(&name) {
                    taken.secrets.push(name);
                }
                reference
            };
            without_secrets(block, None, Refers::No, &mut refer);
            // Whoever switches a block on that was off already allows it by that.
            taken.off = block.get("disabled") != yes;
        } else {
            taken.painted = painted(block, None);
        }
        if taken.off || !outside {
            let known = serde_json::from_value::<Block>(block.clone());
            if let Ok(known) = &known {
                let (sent, reached) = (known.body.addresses(), known.body.reached());
                taken.addresses = sent.into_iter().chain(reached).map(str::to_owned).collect();
            }
            // What cannot be read before somebody has mended it may send anything then.
            if known.is_err() || taken.off || !taken.addresses.is_empty() {
                block["address_off"] = Value::Bool(true);
            }
        }
        if block.get("ai_summary") == Some(&Value::Bool(true)) {
            block["ai_summary"] = Value::Bool(false);
            taken.no_summary = true;
        }
        taken
    }
}

/// Takes a block in, and says what became of it.
fn detach(block: &mut Block, strangers: &mut Strangers) -> Verdict {
    if lines::is_to_be_chosen(block) {
        return Verdict::Adapted {
            how: vec![Change { code: ChangeCode::ToBeChosen, parameters: Parameters::new() }],
        };
    }
    let mut value = serde_json::to_value(&*block).unwrap_or_default();
    let taken = strangers.take(&mut value);
    if taken == Taken::default() {
        return Verdict::Imported;
    }
    if let Ok(detached) = serde_json::from_value(value) {
        *block = detached;
    }
    let mut how = Vec::new();
    let mut note = |code, parameters: Parameters| how.push(Change { code, parameters });
    let mut off = |code, addresses: &[String]| {
        for address in addresses {
            note(code, Parameters::from_iter([("address".to_owned(), short(address))]));
        }
    };
    match (taken.off, taken.addresses.as_slice()) {
        (true, []) => note(ChangeCode::OffUntilAllowed, Parameters::new()),
        (true, reached) => off(ChangeCode::OffUntilAllowed, reached),
        (false, sent) => off(ChangeCode::AddressOff, sent),
    }
    if taken.painted {
        note(ChangeCode::SecretLeftOut, Parameters::new());
    }
    if taken.no_summary {
        note(ChangeCode::SummaryOff, Parameters::new());
    }
    let parameters = |name: &String| Parameters::from_iter([("name".to_owned(), json!(name))]);
    for name in &taken.secrets {
        note(ChangeCode::SecretLeftOut, parameters(name));
    }
    let need = |name| Need { code: NeedCode::Secret, parameters: parameters(name) };
    let what: Vec<Need> = taken.secrets.iter().map(need).collect();
    if what.is_empty() { Verdict::Adapted { how } } else { Verdict::NeedsKey { what, how } }
}

/// Whether `{"secret": "name"}` names a secret of the business there: in a request's parts alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refers {
    Yes,
    No,
}

/// Puts a reference where a request or mail holds something secret; `refer` makes it from what was there and a name for it.
fn without_secrets(
    value: &mut Value,
    name: Option<&str>,
    refers: Refers,
    refer: &mut impl FnMut(&str, &str) -> String,
) {
    match value {
        Value::String(text) => {
            if !text.contains("{{") && name.is_some_and(is_secret_name) && !text.trim().is_empty() {
                let (scheme, key) = sealed::apart(text.trim());
                *text = [scheme, &refer(key, name.unwrap_or_default())].concat();
                return;
            }
            *text = sealed::cleaned(text, Care::Request, name.unwrap_or("key"), refer);
        }
        Value::Array(items) => {
            for item in items {
                without_secrets(item, name, refers, refer);
            }
        }
        Value::Object(members) => {
            if refers == Refers::Yes && is_reference(members) {
                return;
            }
            // A header or parameter: what it is called says what its value is.
            let called = members.get("name").and_then(Value::as_str).map(str::to_owned);
            for (key, member) in members.iter_mut() {
                // In what is sent these are members like others.
                if refers == Refers::No && IDS.contains(&key.as_str()) {
                    continue;
                }
                let name = if key == "value" { called.as_deref().or(name) } else { Some(key.as_str()) };
                let name = name.filter(|_| !REFERENCES.contains(&key.as_str()));
                let refers = if PARTS.contains(&key.as_str()) { Refers::Yes } else { refers };
                without_secrets(member, name, refers, refer);
            }
        }
        _ => {}
    }
}

/// Whether an object is nothing but the name of a secret of the business.
fn is_reference(members: &Map<String, Value>) -> bool {
    let Some(name) = members.get("secret").and_then(Value::as_str).filter(|_| members.len() == 1) else {
        return false;
    };
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    !name.is_empty() && is_name && !is_key(name)
}

/// Members that name something within the flow or the business, whatever they look like.
const IDS: [&str; 7] = ["id", "kind", "name", "to", "variable", "connection", "model"];
/// Parts of a request that may name a secret of the business.
const PARTS: [&str; 3] = ["headers", "query", "body"];
/// Members whose names sound like a secret and whose values are none.
const REFERENCES: [&str; 3] = ["save", "save_headers", "max_tokens"];

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
        let blocks = &imported.flow.groups[0].blocks;
        assert_eq!(blocks.iter().map(Block::is_passed_by).collect::<Vec<_>>(), [false, true]);
        assert_eq!(blocks[1].addresses_off(), ["https://example.com/"]);
        assert!(!blocks[1].disabled, "allowed in the same way as other addresses");
        assert_eq!(imported.report[0].verdict, Verdict::Imported);
        assert!(matches!(imported.report[1].verdict, Verdict::Adapted { .. }));
        assert!(import(r#"{"schema": 1, "id": "f", "name": "F", "groups": 3}"#).is_err());
        // What its author had switched off stays so, and is allowed by being switched on.
        let mut author = json!({ "id": "call", "kind": "http", "url": "https://a.test", "disabled": true });
        let before = author.clone();
        assert_eq!(Strangers::default().take(&mut author), Taken::default());
        assert_eq!(author, before);
    }

    #[test]
    fn addresses_that_customers_would_be_sent_are_off_until_somebody_allows_them() {
        let (far, media) = ("https://far.test/a", json!({ "kind": "image", "url": "{{photo}}" }));
        for (block, addresses) in [
            (json!({ "kind": "message", "text": "See https://far.test" }), vec![]),
            (json!({ "kind": "message", "text": "https://far.test" }), vec!["https://far.test"]),
            (json!({ "kind": "message", "text": "{{name}}" }), vec![]),
            (json!({ "kind": "message", "media": { "kind": "image", "stored": "m" } }), vec![]),
            (json!({ "kind": "message", "media": media }), vec!["{{photo}}"]),
            (json!({ "kind": "link_button", "text": "a", "title": "b", "url": far }), vec![far]),
            (json!({ "kind": "link_button", "text": "a", "title": "b", "url": " " }), vec![]),
            (
                json!({ "kind": "contact_card", "contacts": [{ "name": "a" }, { "name": "b", "url": far }] }),
                vec![far],
            ),
            (json!({ "kind": "template", "name": "a", "header": { "media": media } }), vec!["{{photo}}"]),
            (
                json!({ "kind": "question", "answer": "text", "template": { "name": "a", "header": { "media": media } } }),
                vec!["{{photo}}"],
            ),
        ] {
            let mut whole = block.clone();
            whole["id"] = json!("b");
            let file =
                json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [whole] }] });
            let imported = import(&file.to_string()).unwrap();
            let made = &imported.flow.groups[0].blocks[0];
            assert_eq!(made.address_off, !addresses.is_empty(), "{block}");
            assert_eq!(made.addresses_off(), addresses, "{block}");
            let said = match &imported.report[0].verdict {
                Verdict::Adapted { how } => {
                    how.iter().map(|change| change.parameters["address"].clone()).collect()
                }
                _ => Vec::new(),
            };
            assert_eq!(said, addresses, "{block}");
            // What came in once stays as it is.
            let again = import(&serde_json::to_string(&imported.flow).unwrap()).unwrap();
            assert_eq!(again.flow, imported.flow);
        }
        // A piece that cannot be read yet is mended later.
        let mut block =
            json!({ "id": "b", "kind": "message", "media": { "kind": "image", "url": far, "size": "x" } });
        Strangers::default().take(&mut block);
        assert_eq!(block["address_off"], true);
    }

    /// A file of three groups with these blocks, and lines between them.
    fn file(groups: [Value; 3], lines: &[(&str, &str)]) -> Value {
        let group = |(n, blocks): (usize, Value)| json!({ "id": format!("g{n}"), "blocks": blocks });
        let edge = |(n, (from, to)): (usize, &(&str, &str))| json!({ "id": format!("e{n}"), "from": { "block": from }, "to": { "group": to } });
        json!({ "schema": 1, "id": "f", "name": "F",
            "groups": groups.into_iter().enumerate().map(group).collect::<Value>(),
            "edges": lines.iter().enumerate().map(edge).collect::<Value>() })
    }

    fn says(id: &str) -> Value {
        json!({ "id": id, "kind": "message", "text": id })
    }

    fn asks(id: &str) -> Value {
        json!({ "id": id, "kind": "question", "text": id, "answer": "text" })
    }

    #[test]
    fn blocks_that_lead_round_without_a_wait_are_refused_with_their_place() {
        let jump = |to: &str| json!({ "id": "j", "kind": "jump", "to": { "group": to } });
        let part = |id: &str, to: &str| json!({ "id": id, "kind": "sub_flow", "to": { "group": to } });
        let itself = json!({ "id": "p", "kind": "sub_flow", "bot": "f" });
        for (groups, lines, wanted) in [
            (
                [json!([says("a")]), json!([says("b")]), json!([])],
                &[("a", "g1"), ("b", "g0")][..],
                "/groups/0/blocks/0: a, b",
            ),
            ([json!([says("a"), jump("g0")]), json!([]), json!([])], &[], "/groups/0/blocks/0: a, j"),
            ([json!([asks("a")]), json!([jump("g1")]), json!([])], &[("a", "g1")], "/groups/1/blocks/0: j"),
            (
                [json!([says("a"), part("p", "g0"), says("b")]), json!([]), json!([])],
                &[],
                "/groups/0/blocks/0: a, p",
            ),
            (
                [json!([part("p", "g1")]), json!([says("a"), part("q", "g0")]), json!([])],
                &[],
                "/groups/0/blocks/0: p, a, q",
            ),
            ([json!([says("a"), itself]), json!([]), json!([])], &[], "/groups/0/blocks/0: a, p"),
        ] {
            let refused = import(&file(groups, lines).to_string()).map(|_| ());
            let Err(ImportError::Lines(errors)) = refused else { panic!("{wanted}: {refused:?}") };
            let told: Vec<String> = errors
                .iter()
                .map(|error| match &error.fault {
                    Fault::LeadsRound { blocks } => format!("{}: {}", error.pointer, blocks.join(", ")),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(told, [wanted]);
        }
    }

    /// A round that asks is a good one; what goes round under circumstances comes in, and the report says where.
    #[test]
    fn rounds_that_may_be_good_come_in_and_are_told_with_their_places() {
        let told = |groups, lines: &[(&str, &str)]| {
            let imported = import(&file(groups, lines).to_string()).unwrap();
            let changes = |row: Row| match row.verdict {
                Verdict::Imported => Vec::new(),
                Verdict::Adapted { how } => {
                    let code =
                        |change| serde_json::to_value(change).unwrap()["code"].as_str().unwrap().to_owned();
                    how.into_iter().map(|change| format!("{} {}", row.place, code(change))).collect()
                }
                other => panic!("{other:?}"),
            };
            imported.report.into_iter().flat_map(changes).collect::<Vec<String>>()
        };
        let none = || json!([]);
        assert_eq!(
            told([json!([asks("a")]), json!([says("b")]), none()], &[("a", "g1"), ("b", "g0")]),
            [""; 0]
        );
        // Tried anew until something else is so.
        let when = json!({ "join": "and", "tests": [{ "variable": "x", "is": "set" }] });
        let check = json!({ "id": "c", "kind": "condition", "branches": [{ "id": "yes", "when": when }] });
        assert_eq!(
            told([json!([check, says("a")]), none(), none()], &[("a", "g0")]),
            ["/groups/0/blocks/0 may_lead_round"]
        );
        // Nothing waits while the request is off.
        let call = json!({ "id": "h", "kind": "http", "url": "https://a.test/" });
        assert_eq!(
            told([json!([call]), none(), none()], &[("h", "g0")]),
            ["/groups/0/blocks/0 off_until_allowed", "/groups/0/blocks/0 leads_round"]
        );
        // Where the editor's jump leads is chosen after it is drawn.
        let open = json!({ "id": "j", "kind": "jump", "to": { "group": "" } });
        assert_eq!(told([json!([open]), none(), none()], &[]), ["/groups/0/blocks/0 to_be_chosen"]);
        // A part that runs itself has so many rounds at most.
        let part = json!({ "id": "p", "kind": "sub_flow", "to": { "group": "g0" } });
        assert_eq!(
            told([json!([asks("a"), part, says("b")]), none(), none()], &[]),
            ["/groups/0/blocks/1 runs_itself"]
        );
    }

    #[test]
    fn a_line_of_what_is_not_in_the_file_is_refused_with_its_place() {
        let block = json!({ "id": "b", "kind": "message", "text": "Hi" });
        let file = json!({ "schema": 1, "id": "f", "name": "F", "start": { "group": "g" },
            "groups": [{ "id": "g", "blocks": [block] }], "triggers": [{ "id": "t", "kind": "any_message" }],
            "edges": [{ "id": "e", "from": { "trigger": "t" }, "to": { "group": "g", "block": "b" } }] });
        assert!(import(&file.to_string()).is_ok());
        for (place, value, wanted) in [
            ("/edges/0/from", json!({ "block": "zz" }), "/edges/0/from/block: no block has the id \"zz\""),
            (
                "/edges/0/from",
                json!({ "trigger": "zz" }),
                "/edges/0/from/trigger: no trigger has the id \"zz\"",
            ),
            ("/edges/0/from", json!({}), "/edges/0/from: missing field `block`"),
            ("/edges/0/to", json!({ "group": "nope" }), "/edges/0/to/group: no group has the id \"nope\""),
            ("/edges/0/to/block", json!("zz"), "/edges/0/to/block: no block has the id \"zz\""),
            (
                "/edges/0/from",
                json!({ "block": "b", "port": "zz" }),
                "/edges/0/from/port: the block has no way out \"zz\"",
            ),
            ("/start", json!({ "group": "nope" }), "/start/group: no group has the id \"nope\""),
            (
                "/groups/0/blocks/0",
                json!({ "id": "b", "kind": "jump", "to": { "group": "nope" } }),
                "/groups/0/blocks/0/to/group: no group has the id \"nope\"",
            ),
            (
                "/groups/0/blocks/0",
                json!({ "id": "b", "kind": "sub_flow", "to": { "group": "g", "block": "zz" } }),
                "/groups/0/blocks/0/to/block: no block has the id \"zz\"",
            ),
        ] {
            let mut broken = file.clone();
            *broken.pointer_mut(place).unwrap() = value;
            assert_eq!(import(&broken.to_string()).unwrap_err().to_string(), wanted);
        }
    }

    #[test]
    fn an_id_that_stands_twice_is_refused_with_its_place() {
        let refused = |name: &str, twice: Value| {
            let mut file =
                json!({ "schema": 1, "id": "f", "name": "F", "groups": [], "edges": [], "triggers": [] });
            file[name] = twice;
            import(&file.to_string()).unwrap_err().to_string()
        };
        let block = json!({ "id": "b", "kind": "message", "text": "Hi" });
        let groups = json!([{ "id": "g", "blocks": [block] }, { "id": "h", "blocks": [block] }]);
        assert_eq!(refused("groups", groups), "/groups/1/blocks/0/id: the id \"b\" stands here twice");
        let groups = json!([{ "id": "g", "blocks": [] }, { "id": "g", "blocks": [] }]);
        assert_eq!(refused("groups", groups), "/groups/1/id: the id \"g\" stands here twice");
        let edge = json!({ "id": "e", "from": { "block": "b" }, "to": { "group": "g" } });
        assert_eq!(refused("edges", json!([edge, edge])), "/edges/1/id: the id \"e\" stands here twice");
    }

    #[test]
    fn no_secret_comes_in() {
        let file = r#"{"schema": 1, "id": "f", "name": "F", "groups": [{"id": "g", "blocks": [
            {"id": "hello", "kind": "message", "text": "The key is sk-live-0123456789abcdef, keep it."},
            {"id": "call", "kind": "http", "method": "POST", "url": "https://me:pass@example.com/a?key=AIza0123456789abcdefgh",
             "headers": [{"name": "Authorization", "value": "Bearer sk-live-0123456789abcdef"},
                         {"name": "Accept", "value": "application/json"},
                         {"name": "X-Api-Key", "value": "{{ secret.mine }}"}],
             "body": {"kind": "json", "value": {"password": "hunter2", "token": "{{token}}", "who": "Tom"}}},
            {"id": "over", "kind": "hand_over", "ai_summary": true}]}]}"#;
        let imported = import(file).unwrap();
        let text = serde_json::to_string(&imported.flow).unwrap();
        for secret in ["sk-live", "me:pass", "AIza", "hunter2"] {
            assert!(!text.contains(secret), "{text}");
        }
        for kept in [
            "Bearer {{ secret.authorization }}",
            "application/json",
            "{{ secret.mine }}",
            "@example.com/a?key=",
        ] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        assert!(!text.contains("\"ai_summary\":true"), "{text}");
        let codes = |row: &Row| serde_json::to_value(&row.verdict).unwrap().to_string();
        assert!(codes(&imported.report[0]).contains("secret_left_out"));
        assert!(matches!(&imported.report[1].verdict, Verdict::NeedsKey { what, .. } if what.len() == 4));
        assert!(codes(&imported.report[2]).contains("summary_off"));
        // What came in once stays as it is.
        let again = import(&text).unwrap();
        assert_eq!(again.flow, imported.flow);
    }
}
