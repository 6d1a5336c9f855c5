//! Small sentences about pieces of a flow.

use serde_json::Value;

use super::document::{Block, pointer};
use crate::i18n::{t, t_or};
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
        ("", Some(Value::Number(seconds))) => duration(seconds.as_u64().unwrap_or_default()),
        ("", seconds) => seconds.map(plain).unwrap_or_default(),
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

/// What the checker found, as a sentence. `block` is the one that it was found at.
pub fn finding(finding: &beseda_flow::Finding, block: Option<&Block>) -> String {
    let code = serde_json::to_value(finding.code).ok();
    let code = code.as_ref().and_then(Value::as_str).unwrap_or_default().replace('_', "-");
    let said = |name: &str| finding.parameters.get(name).map(plain).unwrap_or_default();
    let port = said("port");
    let port = if port.is_empty() { port } else { port_title(block, &port) };
    let (name, kind) = (said("name"), said("kind"));
    // The field as its form calls it, where a form has it.
    let field = match said("field").as_str() {
        "at" => "clock".to_owned(),
        "date" => "on-date".to_owned(),
        field => field.to_owned(),
    };
    let field = t_or(&format!("field-{}", field.replace('_', "-")), || field.clone());
    let (limit, length, message) = (said("limit"), said("length"), said("message"));
    let (value, url, number) = (said("value"), said("url"), said("number"));
    let (what, through) = (said("what"), said("through"));
    let bytes = finding.parameters.get("size").and_then(Value::as_u64).unwrap_or_default();
    let most = finding.parameters.get("limit").and_then(Value::as_u64).unwrap_or_default();
    let media = said("media");
    let media = if media.is_empty() { media } else { t(&format!("entry-{media}")) };
    let (size, most) = (crate::format::size(bytes), crate::format::size(most));
    let key = match (code.as_str(), finding.parameters.contains_key("option")) {
        // It is the text that is too long then, and no title.
        ("list-instead-of-buttons", false) => "finding-list-for-long-text".to_owned(),
        ("bad-value", _) if value.is_empty() => "finding-no-value".to_owned(),
        ("off-until-allowed", _) if !url.is_empty() => "finding-off-until-allowed-at".to_owned(),
        ("begins-itself", _) if !through.is_empty() => "finding-begins-through".to_owned(),
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
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::{Locale, set};

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
