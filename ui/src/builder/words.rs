//! Small sentences about pieces of a flow.

use beseda_flow::Code;
use serde_json::Value;

use super::document::{Block, pointer};
use super::kinds::{Field, Input};
use crate::i18n::{self, Locale, t, t_or};
use crate::t;

/// `90` seconds as "1.5 min" would be odd: the greatest unit that divides them.
pub fn duration(seconds: u64) -> String {
    let (count, key) = unit(seconds);
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    // Of many minutes nobody knows how long they are.
    if key == "minutes-count" && count > 120 {
        return t!("time-hours-minutes", hours = count / 60, minutes = count % 60);
    }
    t!(key, count = count)
}

/// A count of the greatest unit that leaves no rest, and the key of its words.
pub fn unit(seconds: u64) -> (u64, &'static str) {
    for (size, key) in [(86_400, "days-count"), (3600, "hours-count"), (60, "minutes-count")] {
        if seconds >= size && seconds.is_multiple_of(size) {
            return (seconds / size, key);
        }
    }
    (seconds, "seconds-count")
}

/// The first comparison of a branch: `city = Riga`.
pub fn tests(when: Option<&Value>, index: usize) -> String {
    let tests = when.and_then(|when| when.get("tests")).and_then(Value::as_array);
    let first = tests.into_iter().flatten().find(|test| test.get("variable").is_some_and(|v| v != ""));
    let Some(first) = first else {
        return t!("branch-number", number = (index + 1).to_string().as_str());
    };
    let text = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
    let value = first.get("value").map(plain).unwrap_or_default();
    let more = tests.map_or(0, Vec::len).saturating_sub(1);
    let mut words = format!("{} {} {value}", text("variable"), operator(text("is")));
    if more > 0 {
        words = format!("{} +{more}", words.trim());
    }
    words.trim().to_owned()
}

/// A comparison's sign, or a word where there is no sign.
pub fn operator(is: &str) -> String {
    match is {
        "equal" => "=".to_owned(),
        "not_equal" => "≠".to_owned(),
        "greater" => ">".to_owned(),
        "greater_or_equal" => "≥".to_owned(),
        "less" => "<".to_owned(),
        "less_or_equal" => "≤".to_owned(),
        other => t(&format!("operator-{}", other.replace('_', "-"))),
    }
}

/// `price = £38`; nothing where no variable is named.
pub fn assignment(block: &Block) -> String {
    let variable = block.text("variable");
    if variable.is_empty() {
        return String::new();
    }
    let expression = block.text("expression");
    let value = block.fields.get("value").map(plain).unwrap_or_default();
    let value = if expression.is_empty() { value } else { expression.to_owned() };
    if value.is_empty() { t!("set-empty", name = variable) } else { format!("{variable} = {value}") }
}

/// How long a pause is.
pub fn pause(block: &Block) -> String {
    let until = block.text("until");
    match (until, block.fields.get("seconds")) {
        ("", Some(seconds)) => seconds.as_u64().map_or_else(|| plain(seconds), duration),
        ("", None) => String::new(),
        (until, _) => t!("wait-until", time = moment(until).as_str()),
    }
}

/// A day, or a day and a time, as people write them; what is something else stays as it is.
fn moment(text: &str) -> String {
    match text.trim().split_once([' ', 'T']) {
        Some((day, time)) if crate::format::is_date(day) => {
            format!("{}, {time}", crate::format::date_words(day))
        }
        _ => crate::format::date_words(text.trim()),
    }
}

/// What a file is called: by its own name, or the last part of its address.
pub fn file_name(block: &Block) -> String {
    if pointer::get(&block.fields, "/media/stored").is_some() {
        return pointer::get(&block.fields, "/media/filename").map(plain).unwrap_or_default();
    }
    let url = pointer::get(&block.fields, "/media/url").and_then(Value::as_str).unwrap_or_default();
    let name = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

/// One of the values that a form offers, by the key of their texts.
pub fn choice(key: &str, value: &str) -> String {
    match (key, value) {
        ("", value) => value.to_owned(),
        (key, "") => t(&format!("choice-{key}-none")),
        ("operator", value) => operator(value),
        (key, value) => t(&format!("choice-{key}-{}", value.replace('_', "-"))),
    }
}

/// What a kind of file is called.
pub fn kind(kind: beseda_flow::MediaKind) -> String {
    t(match kind {
        beseda_flow::MediaKind::Image => "entry-image",
        beseda_flow::MediaKind::Video => "entry-video",
        beseda_flow::MediaKind::Audio => "entry-audio",
        beseda_flow::MediaKind::Document => "entry-document",
        beseda_flow::MediaKind::Sticker => "entry-sticker",
    })
}

/// A value as people would write it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a way out of this block is called.
fn port_title(block: Option<&Block>, name: &str) -> String {
    let ports = block.map(super::kinds::ports).unwrap_or_default();
    let own = ports.into_iter().find(|port| port.is(Some(name))).map(|port| port.title);
    // An option that is gone since has no title any more.
    own.unwrap_or_else(|| t_or(&format!("port-{name}"), || t("port-some")))
}

/// What the form of this block calls a field.
fn field_title(block: Option<&Block>, field: &str) -> String {
    let form = block.and_then(super::kinds::entry_of).map_or(&[][..], |entry| entry.look.form);
    let (exact, inside) = (format!("/{field}"), format!("/{field}/"));
    let of_record = |one: &Field| match one.input {
        Input::Records { fields, .. } => fields.iter().find(|one| one.at == exact),
        _ => None,
    };
    let of_flow = || {
        let own = format!("/settings/texts/{field}");
        super::kinds::OWN_WORDS.iter().find(|one| block.is_none() && one.at == own)
    };
    let found = form
        .iter()
        .find(|one| one.at == exact)
        .or_else(|| form.iter().find(|one| one.at.starts_with(&inside) || one.at.ends_with(&exact)))
        .or_else(|| form.iter().find_map(of_record))
        .or_else(of_flow);
    let words = found.map(|one| one.words.to_owned());
    let words = words.unwrap_or_else(|| match field {
        "at" => "clock".to_owned(),
        "date" => "on-date".to_owned(),
        "url" => "address".to_owned(),
        _ if block.is_some_and(|block| block.kind == "template") => {
            format!("template-{}", field.replace('_', "-"))
        }
        _ => field.replace('_', "-"),
    });
    t_or(&format!("field-{words}"), || field.to_owned())
}

/// The reader's language, as the engine of the bots calls it.
pub fn language() -> beseda_flow::Language {
    match i18n::current() {
        Locale::En => beseda_flow::Language::En,
        Locale::Ru => beseda_flow::Language::Ru,
    }
}

/// What is wrong with a text or an expression, in the reader's language.
fn mistake(finding: &beseda_flow::Finding) -> Option<String> {
    let told = |name: &str| finding.parameters.get(name).cloned();
    let mistake = serde_json::json!({ "why": told("why")?, "name": told("name")? });
    let mistake: beseda_flow::Mistake = serde_json::from_value(mistake).ok()?;
    Some(mistake.words(language()))
}

/// What the checker found, as a sentence. `block` is the one that it was found at.
pub fn finding(finding: &beseda_flow::Finding, block: Option<&Block>) -> String {
    let code = serde_json::to_value(finding.code).ok();
    let code = code.as_ref().and_then(Value::as_str).unwrap_or_default().replace('_', "-");
    let said = |name: &str| finding.parameters.get(name).map(plain).unwrap_or_default();
    let port = said("port");
    let port = if port.is_empty() { port } else { port_title(block, &port) };
    let (name, kind) = (said("name"), said("kind"));
    let field = match finding.code {
        // A field of the customer's record has its own name.
        Code::ReadOnlyField => said("field"),
        _ => field_title(block, &said("field")),
    };
    let (limit, length) = (said("limit"), said("length"));
    let message = mistake(finding).unwrap_or_else(|| said("message"));
    let (value, url, number) = (said("value"), said("url"), said("number"));
    let same = said("same");
    let (what, through) = (said("what"), said("through"));
    let bytes = finding.parameters.get("size").and_then(Value::as_u64).unwrap_or_default();
    let most = finding.parameters.get("limit").and_then(Value::as_u64).unwrap_or_default();
    let media = said("media");
    let media = if media.is_empty() { media } else { t(&format!("entry-{media}")) };
    let (size, most) = (crate::format::size(bytes), crate::format::size(most));
    let is_kind = |kind: &str| block.is_some_and(|block| block.kind == kind);
    let has_branches = block
        .and_then(|block| block.fields.get("branches")?.as_array())
        .is_some_and(|branches| !branches.is_empty());
    let key = match (code.as_str(), finding.parameters.contains_key("option")) {
        ("bad-address", _) if url.starts_with("http") => "finding-address-without-host".to_owned(),
        ("cut-text", true) => "finding-cut-answer".to_owned(),
        ("empty-condition", _) if block.is_some() && !has_branches => "finding-no-branches".to_owned(),
        ("empty-condition", _) if is_kind("split") => "finding-no-weight".to_owned(),
        // It is the text that is too long then, and no title.
        ("list-instead-of-buttons", false) => "finding-list-for-long-text".to_owned(),
        ("bad-value", _) if value.is_empty() => "finding-no-value".to_owned(),
        ("off-until-allowed", _) if is_kind("email") && !url.is_empty() => "finding-mail-off".to_owned(),
        ("off-until-allowed", _) if is_kind("wait_call") => "finding-call-off".to_owned(),
        ("off-until-allowed", _) if !url.is_empty() => "finding-off-until-allowed-at".to_owned(),
        ("begins-itself", _) if !through.is_empty() => "finding-begins-through".to_owned(),
        ("empty-text", true) => "finding-empty-answer".to_owned(),
        ("empty-text", false) if is_kind("question") => "finding-empty-question".to_owned(),
        ("numbered-instead-of-list", _) if !same.is_empty() => "finding-same-answers".to_owned(),
        ("missing-connection", _) => match (kind.as_str(), name.is_empty()) {
            ("email", _) => "finding-no-mail".to_owned(),
            (_, true) => "finding-missing-connection".to_owned(),
            (_, false) => "finding-missing-model".to_owned(),
        },
        _ => format!("finding-{code}"),
    };
    t!(
        &key,
        port = &port,
        field = &field,
        name = &name,
        what = &what,
        through = &through,
        kind = &kind,
        limit = &limit,
        length = &length,
        message = &message,
        value = &value,
        url = &url,
        media = &media,
        size = &size,
        most = &most,
        number = &number,
        same = &same,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::set;

    fn block(fields: Value) -> Block {
        Block { fields: fields.as_object().cloned().unwrap(), ..Block::default() }
    }

    #[test]
    fn durations_are_said_in_the_unit_that_fits() {
        set(Locale::En);
        assert_eq!([90, 120, 3600, 172_800].map(|s| unit(s).0), [90, 2, 1, 2]);
        assert_eq!([1800, 5400, 46_200].map(duration), ["30 min", "90 min", "12 h 50 min"]);
    }

    #[test]
    fn branches_and_assignments_read_as_formulas() {
        set(Locale::En);
        let when = json!({ "join": "and", "tests": [
            { "variable": "age", "is": "greater_or_equal", "value": 18 },
            { "variable": "city", "is": "set" }] });
        assert_eq!(super::tests(Some(&when), 0), "age ≥ 18 +1");
        assert_eq!(assignment(&block(json!({ "variable": "n", "expression": "n + 1" }))), "n = n + 1");
        assert_eq!(assignment(&block(json!({}))), "");
    }

    #[test]
    fn files_are_called_as_their_address_ends() {
        let block = block(json!({ "media": { "url": "https://x.test/a/menu.pdf?v=2" } }));
        assert_eq!(file_name(&block), "menu.pdf");
    }

    #[test]
    fn what_the_checker_found_is_said_in_the_readers_words() {
        let said = |code: &str, parameters: Value| {
            let finding =
                json!({ "code": code, "severity": "error", "block": "b", "parameters": parameters });
            super::finding(&serde_json::from_value(finding).unwrap(), None)
        };
        let bad = || json!({ "field": "text", "message": "m", "why": "unknown_filter", "name": "nosuch" });
        for (locale, filter) in
            [(Locale::En, "there is no filter “nosuch”"), (Locale::Ru, "нет такого фильтра: «nosuch»")]
        {
            set(locale);
            assert!(said("bad_template", bad()).contains(filter));
            for (kind, name) in [("ai", ""), ("ai", "main"), ("email", "")] {
                let words = said("missing_connection", json!({ "kind": kind, "name": name }));
                assert!(!words.starts_with("finding-") && words.contains(name), "{words}");
            }
        }
        set(Locale::En);
    }

    fn found(code: &str, parameters: Value, at: &Value) -> String {
        let finding = json!({ "code": code, "severity": "error", "block": "b", "parameters": parameters });
        let at = Block { kind: at["kind"].as_str().unwrap().to_owned(), ..block(at.clone()) };
        super::finding(&serde_json::from_value(finding).unwrap(), Some(&at))
    }

    /// What the checker calls a field, as the panel of its block calls it.
    #[test]
    fn fields_are_called_as_in_the_panel() {
        let form = json!({ "id": "b", "kind": "question", "answer": "form", "text": "?" });
        for (field, block, title) in [
            ("form", form.clone(), "Meta’s id of the form"),
            ("screen", form, "First screen"),
            ("bot", json!({ "id": "b", "kind": "sub_flow" }), "Or another bot"),
            ("to", json!({ "id": "b", "kind": "email" }), "To"),
            ("reply_to", json!({ "id": "b", "kind": "email" }), "Answers go to"),
            ("add", json!({ "id": "b", "kind": "tags" }), "Add"),
            ("save", json!({ "id": "b", "kind": "read_fields" }), "Fields"),
            ("field", json!({ "id": "b", "kind": "set_fields" }), "Field"),
            ("item", json!({ "id": "b", "kind": "loop" }), "Item goes into"),
            ("name", json!({ "id": "b", "kind": "template" }), "Name of the template"),
            ("url", json!({ "id": "b", "kind": "message", "text": "" }), "Web address"),
        ] {
            set(Locale::En);
            let words = found("empty_field", json!({ "field": field }), &block);
            assert_eq!(words, format!("“{title}” is not filled in, and the block cannot do without."));
            set(Locale::Ru);
            let words = found("empty_field", json!({ "field": field }), &block);
            assert!(!words.contains(&format!("«{field}»")), "{words}");
        }
        // A field of the customer's record has its own name.
        let set_fields = json!({ "id": "b", "kind": "set_fields" });
        for (locale, quoted) in [(Locale::En, "“phone”"), (Locale::Ru, "«phone»")] {
            set(locale);
            assert!(found("read_only_field", json!({ "field": "phone" }), &set_fields).contains(quoted));
        }
    }

    #[test]
    fn limits_say_where() {
        let menu = json!({ "id": "b", "kind": "menu", "options": [] });
        let cut = json!({ "field": "description", "length": 80, "limit": 72, "option": "o", "number": 3 });
        let list = json!({ "length": 21, "limit": 20, "option": "o", "number": 2 });
        set(Locale::Ru);
        assert_eq!(
            found("cut_text", cut.clone(), &menu),
            "Ответ 3, «Описание»: 80 из 72 знаков, WhatsApp обрежет."
        );
        assert_eq!(
            found("list_instead_of_buttons", list, &menu),
            "Название ответа 2: 21 из 20 знаков. На кнопку не помещается, покажется список."
        );
        set(Locale::En);
        assert_eq!(
            found("cut_text", cut, &menu),
            "Answer 3, “Description”: 80 of 72 characters, WhatsApp will cut it."
        );
    }

    #[test]
    fn shares_that_are_all_nothing_are_no_branch_without_a_test() {
        set(Locale::En);
        let split = json!({ "id": "b", "kind": "split", "branches": [{ "id": "a", "weight": 0 }] });
        assert!(found("empty_condition", json!({}), &split).contains("weights are 0"));
        let condition = json!({ "id": "b", "kind": "condition", "branches": [] });
        assert!(found("empty_condition", json!({}), &condition).contains("no branches"));
        let http = json!({ "id": "b", "kind": "http" });
        assert!(found("bad_address", json!({ "url": "https://" }), &http).contains("no site"));
        assert!(found("bad_address", json!({ "url": "ftp://a" }), &http).contains("does not begin"));
    }

    #[test]
    fn a_way_out_is_called_by_its_title() {
        set(Locale::En);
        let finding: beseda_flow::Finding = serde_json::from_value(
            json!({ "code": "no_way_on", "severity": "hint", "block": "b", "parameters": { "port": "option:y" } }),
        )
        .unwrap();
        let ask = json!({ "answer": "choice", "options": [{ "id": "y", "title": "Yes" }] });
        let ask = Block { kind: "question".into(), ..block(ask) };
        assert!(super::finding(&finding, Some(&ask)).contains("Yes"));
        // One that is gone since is not called by its key.
        assert!(super::finding(&finding, None).contains("One of its answers"));
    }
}
