//! Addresses that no customer should get: those that stand for the real one, because whoever made the flow from a sample
//! has not filled in their own yet, and those of strangers that nobody has allowed.

use std::collections::BTreeSet;

use serde_json::json;

use super::graph::blocks;
use super::{Code, Findings};
use crate::addresses::in_text;
use crate::blocks::Body;
use crate::model::Flow;

/// What a customer would be sent, and what would be called. The words of questions are left out: they may well say what
/// an address looks like.
pub fn check(flow: &Flow, found: &mut Findings) {
    for block in blocks(flow).filter(|block| !block.disabled) {
        let off: BTreeSet<&str> = block.addresses_off().into_iter().collect();
        let passed = block.is_passed_by();
        let code = if passed { Code::OffUntilAllowed } else { Code::AddressOff };
        if passed && off.is_empty() {
            found.warning(code, Some(&block.id), []);
        }
        for url in off {
            found.warning(code, Some(&block.id), [("url", json!(url))]);
        }
        if passed {
            continue;
        }
        let mut texts = block.body.addresses();
        match &block.body {
            Body::Message(message) => texts.push(&message.text),
            Body::LinkButton(link) => texts.push(&link.text),
            Body::Menu(menu) => texts.push(&menu.text),
            Body::End(end) => texts.push(&end.text),
            Body::Http(http) => texts.push(&http.url),
            _ => {}
        }
        let named: BTreeSet<&str> = texts.into_iter().flat_map(placeholders).collect();
        for url in named {
            found.warning(Code::PlaceholderAddress, Some(&block.id), [("url", json!(url))]);
        }
    }
    for variable in &flow.variables {
        for url in variable.default.as_str().into_iter().flat_map(placeholders) {
            let parameters = [("url", json!(url)), ("name", json!(variable.name))];
            found.warning(Code::PlaceholderAddress, None, parameters);
        }
    }
}

/// The addresses in a text whose host stands for another one.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    in_text(text).filter(|url| {
        let rest = url.split_once("://").map_or(*url, |(_, rest)| rest);
        is_placeholder(rest.split(['/', '?', '#', ':']).next().unwrap_or_default())
    })
}

/// RFC 2606's names for examples, and what people write for "put yours here". Not `.test` and `.localhost`: those are
/// for programs that are tried out.
fn is_placeholder(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [.., "example" | "invalid"] if labels.len() > 1 => true,
        [.., "example" | "domain" | "placeholder", "com" | "org" | "net"] => true,
        [.., name, _] => {
            let yours = name.strip_prefix("your").map(|rest| rest.trim_start_matches('-'));
            yours.is_some_and(|rest| {
                ["domain", "site", "website", "shop", "store", "company", "business", "server"]
                    .contains(&rest)
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_strangers_are_told_of() {
        let media = |source: &str| json!({ "kind": "message", "media": { "kind": "image", "url": source } });
        let text = |text: &str| json!({ "kind": "message", "text": text });
        let link = json!({ "kind": "link_button", "text": "a", "title": "b", "url": "https://far.test" });
        let (mut off, mut stored) = (link.clone(), media(""));
        off["disabled"] = json!(true);
        stored["media"] = json!({ "kind": "image", "stored": "m" });
        for (mut block, wanted) in [
            (media("https://far.test/a.png"), vec!["https://far.test/a.png"]),
            (media("{{contact.photo}}"), vec!["{{contact.photo}}"]),
            (link, vec!["https://far.test"]),
            // It is passed by, and has no address.
            (off, vec![]),
            (stored, vec![]),
            (text("https://far.test"), vec!["https://far.test"]),
            (text("{{ place }}/a.wav"), vec!["{{ place }}/a.wav"]),
            (text("See https://far.test"), vec![]),
        ] {
            block["id"] = json!("x");
            for is_off in [true, false] {
                block["address_off"] = json!(is_off);
                let flow = json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [block] }] });
                let mut found = Findings::default();
                check(&Flow::from_value(flow).unwrap(), &mut found);
                let told = found.0.iter().filter(|one| one.code == Code::AddressOff);
                let told: Vec<_> = told.map(|one| one.parameters["url"].as_str().unwrap()).collect();
                assert_eq!(told, if is_off { wanted.clone() } else { vec![] }, "{block}");
            }
        }
    }

    #[test]
    fn what_reaches_outside_is_told_of_and_checked_for_nothing_else() {
        let http = json!({ "kind": "http", "url": "https://api.example.com/{{ secret.key }}" });
        let mail = json!({ "kind": "email", "to": ["a@far.test", "{{to}}"], "subject": "S", "text": "T" });
        let model = json!({ "kind": "ai_answer", "instructions": "Be kind.", "prompt": "Hi" });
        for (mut block, urls) in [
            (http, vec![json!("https://api.example.com/{{ secret.key }}")]),
            (mail, vec![json!("a@far.test"), json!("{{to}}")]),
            (model, vec![json!(null)]),
        ] {
            block["id"] = json!("x");
            block["address_off"] = json!(true);
            let flow =
                json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": [block] }] });
            let around = crate::Surroundings { secrets: Some(BTreeSet::new()), ..Default::default() };
            let found = crate::check_in(&Flow::from_value(flow).unwrap(), &around);
            let of_it: Vec<_> = found.iter().filter(|one| one.block.as_deref() == Some("x")).collect();
            assert!(of_it.iter().all(|one| one.code == Code::OffUntilAllowed), "{of_it:?}");
            let told: Vec<_> =
                of_it.iter().map(|one| one.parameters.get("url").cloned().unwrap_or_default()).collect();
            assert_eq!(told, urls, "{block}");
        }
    }

    #[test]
    fn hosts_that_stand_for_others() {
        for host in [
            "example.com",
            "www.Example.org",
            "shop.example",
            "cdn.your-domain.io",
            "yourshop.co",
            "via.placeholder.com",
        ] {
            assert!(is_placeholder(host), "{host}");
        }
        for host in [
            "example",
            "examples.com",
            "myexample.com",
            "shop.test",
            "yours.com",
            "example.com.br",
            "{{host}}",
            "",
        ] {
            assert!(!is_placeholder(host), "{host}");
        }
    }

    #[test]
    fn they_are_found_in_the_middle_of_a_text() {
        let found: Vec<&str> =
            placeholders("See https://example.com/a?b=1, (or http://b.example) and https://real.shop.")
                .collect();
        assert_eq!(found, ["https://example.com/a?b=1", "http://b.example"]);
    }
}
