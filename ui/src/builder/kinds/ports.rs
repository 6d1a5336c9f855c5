//! The ways out of a block.

use serde_json::Value;

use super::entry_of;
use crate::builder::document::{Block, pointer};
use crate::builder::words;
use crate::i18n::t;
use crate::t;

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// As edges name it; none for the ordinary way on.
    pub name: Option<String>,
    pub title: String,
    /// Shown in a row of its own, and not as a dot beside the block.
    pub row: bool,
    /// Shown only where a line begins here.
    pub quiet: bool,
    /// The ordinary way on may be named by edges, too.
    alias: &'static str,
}

impl Port {
    /// Whether an edge that names its port so begins here.
    pub fn is(&self, name: Option<&str>) -> bool {
        self.name.as_deref() == name || (self.name.is_none() && name == Some(self.alias))
    }
}

/// All ways out of a block, in the order in which they are shown.
pub fn ports(block: &Block) -> Vec<Port> {
    let Some(entry) = entry_of(block) else {
        return vec![Port { name: None, title: t("port-next"), row: false, quiet: false, alias: "next" }];
    };
    let several = entry.ports.iter().any(|port| port.ends_with('*'));
    let mut ports = vec![];
    for (index, name) in entry.ports.iter().enumerate() {
        if let Some(list) = name.strip_suffix('*') {
            ports.extend(listed(block, list));
            continue;
        }
        let quiet = match *name {
            "timeout" => pointer::get(&block.fields, "/timeout").is_none() || entry.kind != "question",
            "failed" => matches!(entry.kind, "question" | "sub_flow"),
            "returned" | "message" => true,
            _ => false,
        };
        // Of two ordinary ends (open and closed) each is told by a row; one way on alone is a dot.
        let named = matches!(*name, "else" | "open" | "closed" | "online" | "offline" | "returned" | "each");
        ports.push(Port {
            name: (index > 0).then(|| (*name).to_owned()),
            title: title(block, name),
            row: index > 0 || named,
            quiet,
            alias: name,
        });
    }
    // What people list stands above what is left over.
    if several {
        ports.sort_by_key(|port| match &port.name {
            Some(name) if name.contains(':') => 0,
            None => 1,
            Some(_) => 2,
        });
    }
    ports
}

fn title(block: &Block, name: &str) -> String {
    let timeout = pointer::get(&block.fields, "/timeout").and_then(Value::as_u64);
    match (name, timeout) {
        ("timeout", Some(seconds)) if block.kind == "question" => {
            t!("port-silent", time = words::duration(seconds).as_str())
        }
        _ => t(&format!("port-{name}")),
    }
}

/// One way out for each option or branch. Several options at once have but one way on.
fn listed(block: &Block, list: &str) -> Vec<Port> {
    if block.fields.get("multiple") == Some(&Value::Bool(true)) {
        return vec![];
    }
    let items = match (list, block.kind.as_str()) {
        ("option:", "template") => block.list("buttons"),
        ("option:", _) => block.list("options"),
        _ => block.list("branches"),
    };
    // Of a template's buttons only replies come back.
    let comes_back = |item: &&Value| {
        block.kind != "template"
            || matches!(item.get("kind").and_then(Value::as_str), None | Some("quick_reply"))
    };
    items
        .iter()
        .filter(comes_back)
        .enumerate()
        .map(|(index, item)| {
            let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
            let number = (index + 1).to_string();
            let title = match (text("title"), block.kind.as_str()) {
                ("", "condition") => words::tests(item.get("when"), index),
                ("", "switch") => {
                    let value = item.get("value").map(words::plain).unwrap_or_default();
                    let is = text("is");
                    format!("{} {value}", words::operator(if is.is_empty() { "equal" } else { is }))
                }
                ("", _) if list == "option:" => t!("option-number", number = number.as_str()),
                ("", _) => t!("branch-number", number = number.as_str()),
                (title, "split") => match item.get("weight").and_then(Value::as_u64) {
                    Some(weight) => format!("{title} · {weight}"),
                    None => title.to_owned(),
                },
                (title, _) => title.to_owned(),
            };
            Port { name: Some(format!("{list}{}", text("id"))), title, row: true, quiet: false, alias: "" }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The names of a block's ports; the ordinary way on has none.
    fn names(kind: &str, fields: Value) -> Vec<String> {
        let block = Block { id: "x".into(), kind: kind.into(), fields: fields.as_object().cloned().unwrap() };
        ports(&block).into_iter().map(|port| port.name.unwrap_or_default()).collect()
    }

    #[test]
    fn ports_are_those_of_the_catalogue() {
        let choice = json!({ "answer": "choice", "options": [{ "id": "a", "title": "A" }] });
        assert_eq!(names("question", choice), ["option:a", "", "failed", "timeout"]);
        let several =
            json!({ "answer": "choice", "multiple": true, "options": [{ "id": "a", "title": "A" }] });
        assert_eq!(names("question", several), ["", "failed", "timeout"]);
        let template = json!({ "buttons": [{ "id": "a" }, { "id": "b", "kind": "url" }, { "id": "c", "kind": "quick_reply" }] });
        assert_eq!(names("template", template), ["option:a", "option:c", ""]);
        assert_eq!(names("hours", json!({})), ["", "closed"]);
        assert_eq!(names("split", json!({ "branches": [{ "id": "a" }] })), ["branch:a"]);
        assert!(names("jump", json!({})).is_empty());
        assert_eq!(names("of the future", json!({})), [""]);
    }

    #[test]
    fn an_edge_may_name_the_ordinary_way_on() {
        let block = Block { kind: "message".into(), ..Block::default() };
        let port = &ports(&block)[0];
        assert!(port.is(None) && port.is(Some("next")) && !port.is(Some("failed")));
    }
}
