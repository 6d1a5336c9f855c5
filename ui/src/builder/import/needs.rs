//! What blocks wait for, secrets that were left out, and addresses that are off: each said once, with the places where it
//! is wanted. A file whose twenty requests share a key would say so twenty times.

use beseda_flow::import::{Change, ChangeCode, Need, Row, Verdict};

use super::words;
use crate::Node;
use crate::builder::words::plain;
use crate::i18n::t;
use crate::kit::{Icon, el, icon};
use crate::t;

/// Places that are named; the rest is counted.
const NAMED: usize = 8;
/// What is listed of one sort; the rest is counted, and said in its row.
const LISTED: usize = 30;

/// A sentence, and the places that it is said of: each once, with how often.
#[derive(Debug, PartialEq)]
struct Said {
    words: String,
    places: Vec<(String, usize)>,
}

/// Whether this is said here and not in its row.
pub fn is_gathered(change: &Change) -> bool {
    change.code == ChangeCode::SecretLeftOut
}

/// What is said of the rows, each once.
fn gathered(rows: &[Row], said_of: impl Fn(&Verdict) -> Vec<String>) -> Vec<Said> {
    let mut all: Vec<Said> = vec![];
    for row in rows {
        for words in said_of(&row.verdict) {
            let at = all.iter().position(|said| said.words == words).unwrap_or(all.len());
            if at == all.len() {
                all.push(Said { words, places: vec![] });
            }
            let said = &mut all[at];
            let place =
                if row.group.is_empty() { row.kind.clone() } else { format!("{} ({})", row.group, row.kind) };
            match said.places.iter_mut().find(|(known, _)| *known == place) {
                Some((_, count)) => *count += 1,
                None => said.places.push((place, 1)),
            }
        }
    }
    all
}

const fn changes(verdict: &Verdict) -> (&[Need], &[Change]) {
    match verdict {
        Verdict::Imported => (&[], &[]),
        Verdict::Adapted { how } | Verdict::Unsupported { how, .. } => (&[], how.as_slice()),
        Verdict::NeedsKey { what, how } => (what.as_slice(), how.as_slice()),
    }
}

fn waited_for(verdict: &Verdict) -> Vec<String> {
    let (what, how) = changes(verdict);
    // A secret that is needed was left out: once is enough.
    let needed = |change: &Change| {
        what.iter().any(|need| need.parameters.get("name") == change.parameters.get("name"))
    };
    let left_out = how.iter().filter(|change| is_gathered(change) && !needed(change));
    what.iter().map(words::need).chain(left_out.map(words::change)).collect()
}

fn addresses_off(verdict: &Verdict) -> Vec<String> {
    let off = changes(verdict).1.iter().filter(|change| change.code == ChangeCode::AddressOff);
    off.filter_map(|change| change.parameters.get("address").map(plain)).collect()
}

/// What all blocks together wait for; nothing where they wait for nothing.
pub fn view(rows: &[Row]) -> Option<Node> {
    let all = gathered(rows, waited_for);
    let waits = rows.iter().any(|row| matches!(row.verdict, Verdict::NeedsKey { .. }));
    let about = waits.then(|| t("import-needs-about"));
    section("needs", Icon::KeyRound, &t("import-needs"), about, &all)
}

/// The addresses that customers are not sent before they are allowed.
pub fn addresses(rows: &[Row]) -> Option<Node> {
    let all = gathered(rows, addresses_off);
    section("addresses", Icon::Link2, &t("import-addresses"), Some(t("import-addresses-about")), &all)
}

fn section(key: &str, sign: Icon, title: &str, about: Option<String>, all: &[Said]) -> Option<Node> {
    let more = i64::try_from(all.len().saturating_sub(LISTED)).unwrap_or(i64::MAX);
    (!all.is_empty()).then(|| {
        el("section")
            .class("notice amber import-needs")
            .key(key)
            .attr("aria-labelledby", format!("import-{key}-title"))
            .child(icon(sign))
            .child(
                el("div")
                    .child(el("h3").id(format!("import-{key}-title")).text(title))
                    .maybe(about.map(|about| el("p").text(about)))
                    .child(el("ul").children(all.iter().take(LISTED).map(|said| {
                        el("li").key(&said.words).child(el("span").text(&said.words)).child(
                            el("span").class("import-places").text(format!(" {}", places(&said.places))),
                        )
                    })))
                    .maybe((more > 0).then(|| el("p").text(t!("import-listed-more", count = more)))),
            )
            .into()
    })
}

fn places(places: &[(String, usize)]) -> String {
    let name = |(place, count): &(String, usize)| {
        if *count == 1 { place.clone() } else { format!("{place} ×\u{a0}{count}") }
    };
    let named: Vec<String> = places.iter().take(NAMED).map(name).collect();
    let rest: usize = places.iter().skip(NAMED).map(|(_, count)| count).sum();
    let named = named.join(", ");
    if rest == 0 {
        t!("import-needs-at", places = &named)
    } else {
        t!("import-needs-at-more", places = &named, count = i64::try_from(rest).unwrap_or(i64::MAX))
    }
}

/// What one block waits for, in a line of its row.
pub fn of_row(what: &[Need]) -> Option<String> {
    let names: Vec<String> = what.iter().map(words::need_name).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| t!("import-row-needs", what = &names))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::i18n::{Locale, set};

    fn row(id: &str, group: &str, verdict: serde_json::Value) -> Row {
        let row = json!({ "place": format!("/{id}"), "id": id, "kind": "Webhook", "group": group, "block": id, "verdict": verdict });
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn each_secret_is_said_once_with_its_places() {
        set(Locale::En);
        let secret = |name: &str| {
            json!({ "verdict": "needs_key", "what": [{ "code": "secret", "name": name }],
                "how": [{ "code": "secret_left_out", "name": name }, { "code": "off_until_allowed" }] })
        };
        let left_out = json!({ "verdict": "unsupported", "why": { "code": "code" },
            "how": [{ "code": "secret_left_out" }] });
        let rows = [
            row("a", "Orders", secret("crm_key")),
            row("b", "Orders", secret("crm_key")),
            row("c", "", secret("crm_key")),
            row("d", "Orders", secret("mail_key")),
            row("e", "Script", left_out.clone()),
            row("f", "Script 2", left_out),
            row("g", "Start", json!({ "verdict": "imported" })),
        ];
        let all = gathered(&rows, waited_for);
        let told: Vec<_> = all.iter().map(|said| (said.words.as_str(), places(&said.places))).collect();
        assert_eq!(
            told,
            [
                ("The secret “crm_key”", "In: Orders (Webhook) ×\u{a0}2, Webhook.".to_owned()),
                ("The secret “mail_key”", "In: Orders (Webhook).".to_owned()),
                (
                    "Something secret was left out; a reference stands in its place.",
                    "In: Script (Webhook), Script 2 (Webhook).".to_owned()
                ),
            ]
        );
        assert!(view(&rows).is_some() && view(&rows[6..]).is_none());
        let Verdict::NeedsKey { what, .. } = &rows[0].verdict else { panic!("no need") };
        assert_eq!(of_row(what).as_deref(), Some("Waits for: crm_key."));
    }

    #[test]
    fn each_address_that_is_off_is_said_once_with_its_places() {
        set(Locale::En);
        let off = |address: &str| json!({ "verdict": "adapted", "how": [{ "code": "address_off", "address": address }, { "code": "as_link" }] });
        let rows = [
            row("a", "Menu", off("https://a.test")),
            row("b", "Menu", off("https://a.test")),
            row("c", "", off("{{x}}")),
        ];
        let all = gathered(&rows, addresses_off);
        let told: Vec<_> = all.iter().map(|said| (said.words.as_str(), places(&said.places))).collect();
        assert_eq!(
            told,
            [
                ("https://a.test", "In: Menu (Webhook) ×\u{a0}2.".to_owned()),
                ("{{x}}", "In: Webhook.".to_owned()),
            ]
        );
        assert!(addresses(&rows).is_some() && addresses(&[]).is_none() && view(&rows).is_none());
    }

    #[test]
    fn of_many_places_some_are_named() {
        set(Locale::En);
        let many: Vec<(String, usize)> = (0..12).map(|n| (format!("g{n}"), 2)).collect();
        assert!(places(&many).ends_with("g7 ×\u{a0}2 and 8 more."), "{}", places(&many));
    }
}
