//! Why a file became no bot, in people's words: which place of it, and what is wrong there. What the server says besides
//! is English and stays behind a click.

use beseda_wire::page::FieldError;

use crate::Node;
use crate::api::Failure;
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
                        .child(el("p").text(fault(error)))
                })))
                .child(notice::technical(&failure.technical())),
        )
        .into()
}

/// A JSON pointer as people count: `/file/edges/0/to` is the first line, `to`.
fn place(pointer: &str) -> String {
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
            None => words.push(step.replace("~1", "/").replace("~0", "~")),
        }
    }
    if words.is_empty() { t("import-at-file") } else { words.join(", ") }
}

/// What is wrong, as far as the page has words for it.
fn fault(error: &FieldError) -> String {
    let detail = error.detail.as_str();
    let named =
        |of: &str| detail.strip_prefix(&format!("no {of} has the id ")).map(|id| id.trim_matches('"'));
    for (of, key) in [("group", "import-no-group"), ("block", "import-no-block"), ("edge", "import-no-edge")]
    {
        if let Some(id) = named(of) {
            return t!(key, id = id);
        }
    }
    let expected = [
        ("expected text", "import-needs-text"),
        ("expected a list", "import-needs-list"),
        ("expected an object", "import-needs-object"),
        ("expected true or false", "import-needs-flag"),
        ("expected a number or text", "import-needs-number-or-text"),
        ("expected a number", "import-needs-number"),
        ("missing", "import-needs-value"),
    ];
    if let Some((_, key)) = expected.into_iter().find(|(english, _)| detail == *english) {
        return t(key);
    }
    if let Some(field) = detail.strip_prefix("missing field ") {
        return t!("import-needs-field", name = field.trim_matches('`'));
    }
    if detail.starts_with("version ") && detail.ends_with(" is not known") {
        return t("import-version-unknown");
    }
    if detail.starts_with("invalid type") || detail.starts_with("invalid value") {
        return t("import-needs-other-kind");
    }
    if detail.contains("at most ") {
        let most: String = detail
            .rsplit("at most ")
            .next()
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        return t!("import-too-many", most = most.as_str());
    }
    detail.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_counted_from_one_and_named() {
        crate::i18n::set(crate::i18n::Locale::En);
        assert_eq!(place("/file/edges/0/to/groupId"), "Line 1, to, groupId");
        assert_eq!(place("/file/groups/2/blocks/0"), "Group 3, Block 1");
        assert_eq!(place("/file"), t("import-at-file"));
    }

    /// Files that mean harm, and what the importer really says of them.
    #[test]
    fn what_the_importer_refuses_is_said_in_the_pages_words() {
        let files = [
            json!({ "version": "6", "groups": [], "edges": [{ "id": "e", "to": { "groupId": "nope" } }] }),
            json!({ "version": "6", "groups": [{ "id": 7 }], "edges": [] }),
            json!({ "version": "6", "groups": {}, "edges": [] }),
            json!({ "version": "99", "groups": [] }),
        ];
        for locale in crate::i18n::Locale::ALL {
            crate::i18n::set(locale);
            for file in &files {
                let refused = beseda_flow::import::typebot(file.to_string().as_bytes()).unwrap_err();
                let (pointer, detail) = match refused {
                    beseda_flow::import::ImportError::Place { pointer, message } => (pointer, message),
                    beseda_flow::import::ImportError::Version { pointer, version } => {
                        (pointer, format!("version {version} is not known"))
                    }
                    other => panic!("{other:?}"),
                };
                let error = FieldError { pointer, detail };
                let said = fault(&error);
                assert!(said != error.detail && !said.starts_with("import-"), "{said} of {error:?}");
            }
        }
    }
}
