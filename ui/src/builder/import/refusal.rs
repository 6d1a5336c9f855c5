//! Why a file became no bot, in people's words: which place of it, and what is wrong there, by the code that the server
//! gives. What it says besides is English and stays behind a click.

use beseda_flow::Fault;
use beseda_flow::import::Whose;
use beseda_wire::page::FieldError;
use serde_json::{Value, json};

use crate::Node;
use crate::api::Failure;
use crate::builder::document::{Block, Fields};
use crate::builder::kinds;
use crate::i18n::t;
use crate::kit::{Icon, el, icon, notice};
use crate::t;

pub fn view(failure: &Failure) -> Node {
    let Failure::Problem(problem) = failure else { return notice::failure(failure, None) };
    if problem.errors.is_empty() {
        return notice::failure(failure, None);
    }
    el("div")
        .class("notice red import-refused")
        .key("refused")
        .attr("role", "alert")
        .child(icon(Icon::CircleAlert))
        .child(
            el("div")
                .child(el("p").child(el("b").text(t("import-refused"))))
                .child(el("ul").class("import-how").children(problem.errors.iter().map(|error| {
                    el("li")
                        .key(&error.pointer)
                        .child(el("b").text(place(&error.pointer)))
                        .maybe(of(error).map(|whose| el("small").text(format!(" · {whose}"))))
                        .child(el("p").text(fault(error)))
                })))
                .child(notice::technical(&failure.technical())),
        )
        .into()
}

/// A JSON pointer as people count: `/file/edges/0/to` is the first line, `to`.
pub fn place(pointer: &str) -> String {
    let path = pointer.trim_start_matches('/');
    let path = path.strip_prefix("file").or_else(|| path.strip_prefix("flow")).unwrap_or(path);
    let mut steps = path.split('/').filter(|step| !step.is_empty()).peekable();
    let mut words = vec![];
    while let Some(step) = steps.next() {
        let index = steps.peek().and_then(|next| next.parse::<usize>().ok());
        let known = ["groups", "blocks", "edges", "variables", "events", "triggers", "notes"].contains(&step);
        match index {
            Some(index) => {
                steps.next();
                let number = (index + 1).to_string();
                words.push(if known {
                    t!(&format!("import-at-{step}"), number = number.as_str())
                } else {
                    format!("{step} {number}")
                });
            }
            None if step == "settings" => words.push(t("import-at-settings")),
            None => words.push(step.replace("~1", "/").replace("~0", "~")),
        }
    }
    if words.is_empty() { t("import-at-file") } else { words.join(", ") }
}

/// The block that it is about, as the file calls it: nobody counts blocks.
fn of(error: &FieldError) -> Option<String> {
    let whose: Whose = serde_json::from_value(error.parameters.as_ref()?.get("of")?.clone()).ok()?;
    // As in the palette; what the other program calls otherwise stays as it is there.
    let kind = kinds::title(&Block { id: whose.block, kind: whose.kind, fields: Fields::default() });
    if whose.group.is_empty() {
        return Some(kind);
    }
    Some(t!("import-refused-of", kind = kind.as_str(), group = whose.group.as_str()))
}

/// What is wrong; what this version has no code of is told as the server says it.
fn fault(error: &FieldError) -> String {
    // Whose it is stands beside the code's own parameters; most codes have none.
    let mut parameters = error.parameters.clone();
    if let Some(Value::Object(members)) = &mut parameters {
        members.remove("of");
        if members.is_empty() {
            parameters = None;
        }
    }
    let told = json!({ "code": error.code, "parameters": parameters });
    serde_json::from_value(told).map_or_else(|_| error.detail.clone(), |fault| words(&fault))
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::TooLarge { most, .. } => {
            let megabytes = number(most / (1 << 20));
            t!("import-fault-too-large", most = megabytes.as_str())
        }
        Fault::Syntax { line, column, .. } => {
            let (line, column) = (number(*line), number(*column));
            t!("import-fault-syntax", line = line.as_str(), column = column.as_str())
        }
        Fault::Newer { .. } => t!("import-fault-newer"),
        Fault::Version { version } => t!("import-fault-version", version = version),
        Fault::Missing => t!("import-fault-missing"),
        Fault::MissingField { name } => t!("import-fault-missing-field", name = name),
        Fault::NeedsText => t!("import-fault-needs-text"),
        Fault::NeedsList => t!("import-fault-needs-list"),
        Fault::NeedsObject => t!("import-fault-needs-object"),
        Fault::NeedsFlag => t!("import-fault-needs-flag"),
        Fault::NeedsNumber => t!("import-fault-needs-number"),
        Fault::NeedsNumberOrText => t!("import-fault-needs-number-or-text"),
        Fault::NeedsWhole { least, most } => {
            let (least, most) = (least.to_string(), most.to_string());
            t!("import-fault-needs-whole", least = least.as_str(), most = most.as_str())
        }
        Fault::OtherKind { .. } => t!("import-fault-other-kind"),
        Fault::UnknownWord { value, allowed } => {
            t!("import-fault-unknown-word", value = value, allowed = allowed)
        }
        Fault::NoGroup { id } => t!("import-fault-no-group", id = id),
        Fault::NoBlock { id } => t!("import-fault-no-block", id = id),
        Fault::NoTrigger { id } => t!("import-fault-no-trigger", id = id),
        Fault::NoEdge { id } => t!("import-fault-no-edge", id = id),
        Fault::NoPort { id } => t!("import-fault-no-port", id = id),
        Fault::LeadsRound { blocks } => {
            t!("import-fault-leads-round", blocks = blocks.join(", ").as_str())
        }
        Fault::Duplicate { id } => t!("import-fault-duplicate", id = id),
        Fault::TooMany { found, most } => {
            let (found, most) = (number(*found), number(*most));
            t!("import-fault-too-many", found = found.as_str(), most = most.as_str())
        }
        Fault::TooLong { most } => t!("import-fault-too-long", most = number(*most).as_str()),
        Fault::TooDeep { most } => t!("import-fault-too-deep", most = number(*most).as_str()),
        Fault::Nested { most } => t!("import-fault-nested", most = number(*most).as_str()),
        Fault::NotBetween { least, most } if least == most => {
            t!("import-fault-only", only = most.to_string().as_str())
        }
        Fault::NotBetween { least, most } => {
            let (least, most) = (least.to_string(), most.to_string());
            t!("import-fault-not-between", least = least.as_str(), most = most.as_str())
        }
        Fault::Id { most } => t!("import-fault-id", most = number(*most).as_str()),
    }
}

/// Counts of a file, as places in it are written.
fn number(count: usize) -> String {
    count.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_from_one_and_named() {
        crate::i18n::set(crate::i18n::Locale::En);
        assert_eq!(place("/file/edges/0/to/groupId"), "Line 1, to, groupId");
        assert_eq!(place("/file/groups/2/blocks/0"), "Group 3, Block 1");
        assert_eq!(place("/file"), t("import-at-file"));
    }

    /// As the server tells it.
    fn told(fault: &Fault) -> FieldError {
        let code = serde_json::to_value(fault).unwrap();
        FieldError {
            code: code["code"].as_str().map(str::to_owned),
            parameters: code.get("parameters").cloned(),
            ..FieldError::new("/file", fault.to_string())
        }
    }

    #[test]
    fn the_block_that_it_is_about_is_named() {
        crate::i18n::set(crate::i18n::Locale::En);
        for (fault_of, says) in [
            (Fault::NeedsText, t("import-fault-needs-text")),
            (Fault::NoGroup { id: "x".to_owned() }, t!("import-fault-no-group", id = "x")),
        ] {
            let mut error = told(&fault_of);
            error.parameters.get_or_insert_with(|| json!({}))["of"] =
                json!({ "block": "j", "kind": "jump", "group": "Menu" });
            assert_eq!((of(&error).as_deref(), fault(&error)), (Some("Jump in “Menu”"), says));
        }
        assert_eq!(of(&told(&Fault::NeedsText)), None);
    }

    /// The codes as the flows' crate lists them: a new one has to be said, too.
    fn codes() -> Vec<String> {
        let source = include_str!("../../../../crates/flow/src/fault.rs");
        let body = source.split("pub enum Fault {").nth(1).unwrap().split("\n}").next().unwrap();
        let lines =
            body.lines().map(str::trim).filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        lines.map(|line| line.split([' ', ',']).next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_code_is_said_in_both_languages() {
        let some = || "something".to_owned();
        let all = [
            Fault::TooLarge { bytes: 5 << 20, most: 4 << 20 },
            Fault::Syntax { line: 3, column: 4, message: some() },
            Fault::Newer { format: 2, reads: 1 },
            Fault::Version { version: "99".to_owned() },
            Fault::Missing,
            Fault::MissingField { name: some() },
            Fault::NeedsText,
            Fault::NeedsList,
            Fault::NeedsObject,
            Fault::NeedsFlag,
            Fault::NeedsNumber,
            Fault::NeedsNumberOrText,
            Fault::NeedsWhole { least: 0, most: 255 },
            Fault::OtherKind { message: some() },
            Fault::UnknownWord { value: some(), allowed: "a, b".to_owned() },
            Fault::NoGroup { id: some() },
            Fault::NoBlock { id: some() },
            Fault::NoTrigger { id: some() },
            Fault::NoEdge { id: some() },
            Fault::NoPort { id: some() },
            Fault::LeadsRound { blocks: vec![some()] },
            Fault::Duplicate { id: some() },
            Fault::TooMany { found: 300, most: 200 },
            Fault::TooLong { most: 100 },
            Fault::TooDeep { most: 8 },
            Fault::Nested { most: 127 },
            Fault::NotBetween { least: 1, most: 60 },
            Fault::Id { most: 64 },
        ];
        let named: Vec<String> = all
            .iter()
            .map(|fault| format!("{fault:?}").split([' ', '{']).next().unwrap().to_owned())
            .collect();
        assert_eq!(named, codes(), "each code stands here once");
        for locale in crate::i18n::Locale::ALL {
            crate::i18n::set(locale);
            for one in &all {
                let error = told(one);
                let said = fault(&error);
                assert!(said != error.detail && !said.starts_with("import-"), "{said} of {error:?}");
                assert!(!said.contains('{'), "a gap in {said}");
            }
        }
        // What a newer server has a code for is told in its words.
        let newer =
            FieldError { code: Some("from_tomorrow".to_owned()), ..FieldError::new("/file", "as it is") };
        assert_eq!(fault(&newer), "as it is");
        assert_eq!(fault(&FieldError::new("/file", "as it is")), "as it is");
    }

    /// Files that mean harm, and what the importer really says of them.
    #[test]
    fn what_the_importer_refuses_is_said_in_the_pages_words() {
        crate::i18n::set(crate::i18n::Locale::Ru);
        let edge = json!({ "id": "e", "from": { "eventId": "s" }, "to": { "groupId": "nope" } });
        for (file, at, says) in [
            (json!({ "version": "6", "groups": [], "edges": [edge] }), "/edges/0/to/groupId", "«nope»"),
            (json!({ "version": "6", "groups": [{ "id": 7 }], "edges": [] }), "/groups/0/id", "текст"),
            (json!({ "version": "6", "groups": {}, "edges": [] }), "/groups", "список"),
            (json!({ "version": "99", "groups": [] }), "/version", "99"),
        ] {
            let refused = beseda_flow::import::typebot(file.to_string().as_bytes()).unwrap_err();
            let error = &refused.errors()[0];
            assert_eq!(error.pointer, at);
            let said = fault(&told(&error.fault));
            assert!(said.contains(says), "{said}");
        }
    }
}
