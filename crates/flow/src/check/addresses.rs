//! Addresses that no customer should get: those that stand for the real one, because whoever made the flow from a sample
//! has not filled in their own yet, and those of strangers that nobody has allowed.

use std::collections::BTreeSet;

use serde_json::json;

use super::graph::blocks;
use super::{Code, Findings};
use crate::blocks::Body;
use crate::model::Flow;

/// What a customer would be sent, and what would be called. The words of questions are left out: they may well say what
/// an address looks like.
pub fn check(flow: &Flow, found: &mut Findings) {
    for block in blocks(flow).filter(|block| !block.disabled) {
        let off: BTreeSet<&str> = block.addresses_off().into_iter().collect();
        for url in off {
            found.warning(Code::AddressOff, Some(&block.id), [("url", json!(url))]);
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
    ["http://", "https://"].into_iter().flat_map(move |scheme| {
        text.match_indices(scheme).filter_map(move |(at, _)| {
            let url = &text[at..];
            let url =
                &url[..url.find(|c: char| c.is_whitespace() || "<>\"'`()".contains(c)).unwrap_or(url.len())];
            let url = url.trim_end_matches(['.', ',', ';', '!', '?']);
            let host = url[scheme.len()..].split(['/', '?', '#', ':']).next().unwrap_or_default();
            is_placeholder(host).then_some(url)
        })
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
        assert_eq!(found, ["http://b.example", "https://example.com/a?b=1"]);
    }
}
