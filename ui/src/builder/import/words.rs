//! The codes of an import's report as sentences.

use beseda_flow::import::{Change, ChangeCode, Need, Parameters, Reason};
use serde::Serialize;

use super::Sort;
use crate::builder::words::plain;
use crate::i18n::t;
use crate::t;

pub fn sort(sort: Sort) -> String {
    match sort {
        Sort::Imported => t("import-imported"),
        Sort::Adapted => t("import-adapted"),
        Sort::NeedsKey => t("import-needs-key"),
        Sort::Unsupported => t("import-unsupported"),
    }
}

/// What a sort means, in a sentence.
pub fn about(sort: Sort) -> String {
    match sort {
        Sort::Imported => t("import-imported-about"),
        Sort::Adapted => t("import-adapted-about"),
        Sort::NeedsKey => t("import-needs-key-about"),
        Sort::Unsupported => t("import-unsupported-about"),
    }
}

/// How a block differs; `kind` is that of the block of ours.
pub fn change(change: &Change, kind: Option<&str>) -> String {
    let off = change.code == ChangeCode::OffUntilAllowed;
    match kind {
        // It is sent to people, and calls nothing.
        Some("email") if off => return said("import-change-mail-off", &change.parameters),
        // It is called, and calls nothing.
        Some("wait_call") if off => return t("import-change-call-off"),
        _ => {}
    }
    named(
        &format!("import-change-{}", code(change.code)),
        ["name", "address"].iter().any(|name| change.parameters.contains_key(*name)),
        &change.parameters,
    )
}

pub fn need(need: &Need) -> String {
    named(
        &format!("import-need-{}", code(need.code)),
        need.parameters.contains_key("model"),
        &need.parameters,
    )
}

/// What is needed, in a word: the secret's name, the model's provider.
pub fn need_name(need: &Need) -> String {
    let named = ["name", "provider"].into_iter().find_map(|name| need.parameters.get(name)).map(plain);
    named.unwrap_or_else(|| t("import-mail-server"))
}

pub fn reason(reason: &Reason) -> String {
    said(&format!("import-reason-{}", code(reason.code)), &reason.parameters)
}

/// Some sentences name a thing where there is one to name, and have other words then.
fn named(key: &str, names: bool, parameters: &Parameters) -> String {
    let with_name = format!("{key}-named");
    let has = names && t(&with_name) != with_name;
    said(if has { &with_name } else { key }, parameters)
}

/// A code as the end of its text's key.
fn code(code: impl Serialize) -> String {
    let code = serde_json::to_value(code).ok();
    code.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().replace('_', "-")
}

fn said(key: &str, parameters: &Parameters) -> String {
    let text = |name: &str| parameters.get(name).map(plain).unwrap_or_default();
    // Counts choose plurals, so they go in as numbers.
    let count = parameters.get("count").and_then(serde_json::Value::as_i64).unwrap_or_default();
    let (name, title, field, value) = (text("name"), text("title"), text("field"), text("value"));
    let (longest, limit, format, said) = (text("longest"), text("limit"), text("format"), text("text"));
    let (variable, id, word, bot) = (text("variable"), text("id"), text("word"), text("bot"));
    let (group, path, service, pattern) = (text("group"), text("path"), text("service"), text("pattern"));
    let (provider, model, action, method) = (text("provider"), text("model"), text("action"), text("method"));
    let (message, address) = (text("message"), text("address"));
    let (to, from) = (text("to"), text("from"));
    t!(
        key,
        count = count,
        name = &name,
        title = &title,
        field = &field,
        value = &value,
        longest = &longest,
        limit = &limit,
        format = &format,
        text = &said,
        variable = &variable,
        id = &id,
        word = &word,
        bot = &bot,
        group = &group,
        path = &path,
        service = &service,
        pattern = &pattern,
        provider = &provider,
        model = &model,
        action = &action,
        method = &method,
        message = &message,
        address = &address,
        to = &to,
        from = &from,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::i18n::{Locale, set};

    /// The codes as `report.rs` lists them: a new one has to be said, too.
    fn codes(of: &str) -> BTreeSet<String> {
        let source = include_str!("../../../../crates/flow/src/import/report.rs");
        let body = source.split(&format!("pub enum {of} {{")).nth(1).unwrap();
        let body = body.split("\n}").next().unwrap();
        let variants =
            body.lines().map(str::trim).filter(|line| !line.starts_with("///") && !line.is_empty());
        let kebab = |name: &str| {
            let mut text = String::new();
            for letter in name.trim_end_matches(',').chars() {
                if letter.is_uppercase() && !text.is_empty() {
                    text.push('-');
                }
                text.extend(letter.to_lowercase());
            }
            text
        };
        variants.map(kebab).collect()
    }

    #[test]
    fn an_address_is_named_where_it_is_off() {
        set(Locale::En);
        let off = serde_json::json!({ "code": "address_off", "address": "{{photo}}" });
        let words = change(&serde_json::from_value(off).unwrap(), None);
        assert_eq!(words, "{{photo}} is off until you allow it: customers are not sent it.");
    }

    #[test]
    fn letters_are_sent_and_calls_come_from_outside() {
        set(Locale::Ru);
        let off = serde_json::json!({ "code": "off_until_allowed", "address": "{{em}}" });
        let off: Change = serde_json::from_value(off).unwrap();
        assert!(change(&off, Some("email")).starts_with("Письма на {{em}}"));
        assert!(change(&off, Some("http")).contains("обращается к {{em}}"));
        let off = Change { parameters: Parameters::new(), ..off };
        assert!(change(&off, Some("wait_call")).contains("ждёт вызова"));
        set(Locale::En);
    }

    #[test]
    fn every_code_is_said_in_every_language() {
        for (of, begins) in [("ChangeCode", "change"), ("NeedCode", "need"), ("ReasonCode", "reason")] {
            let codes = codes(of);
            assert!(codes.len() >= 3, "{of}: {codes:?}");
            for locale in Locale::ALL {
                set(locale);
                for code in &codes {
                    let key = format!("import-{begins}-{code}");
                    assert_ne!(t(&key), key, "in {}", locale.code());
                }
            }
        }
    }

    #[test]
    fn parameters_stand_in_the_sentence() {
        set(Locale::En);
        let change = |json: &str| super::change(&serde_json::from_str(json).unwrap(), None);
        assert_eq!(change(r#"{"code":"list","count":5}"#), "Its 5 options are shown as a list.");
        assert_eq!(
            change(r#"{"code":"secret_left_out","name":"crm_key"}"#),
            "Something secret was left out; make the secret “crm_key” in the settings."
        );
        assert_eq!(
            change(r#"{"code":"secret_left_out"}"#),
            "Something secret was left out: ••• stands in its place."
        );
    }
}
