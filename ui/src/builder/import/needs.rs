//! What blocks wait for, secrets that were left out, and addresses that are off: each said once, with the places where it
//! is wanted. A file whose twenty requests share a key would say so twenty times.

use beseda_flow::import::{Change, ChangeCode, Need, Verdict};

use super::{Shown, words};
use crate::Node;
use crate::builder::kinds;
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
fn gathered(shown: &Shown, said_of: impl Fn(&Verdict) -> Vec<String>) -> Vec<Said> {
    let mut all = vec![];
    for row in &shown.rows {
        for words in said_of(&row.verdict) {
            add(&mut all, words, place(&row.group, shown.called(row)));
        }
    }
    all
}

fn add(all: &mut Vec<Said>, words: String, place: String) {
    let at = all.iter().position(|said| said.words == words).unwrap_or(all.len());
    if at == all.len() {
        all.push(Said { words, places: vec![] });
    }
    let places = &mut all[at].places;
    match places.iter_mut().find(|(known, _)| *known == place) {
        Some((_, count)) => *count += 1,
        None => places.push((place, 1)),
    }
}

fn place(group: &str, block: String) -> String {
    if group.is_empty() { block } else { format!("{group} ({block})") }
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
    what.iter().map(words::need).chain(left_out.map(|change| words::change(change, None))).collect()
}

fn addresses_off(verdict: &Verdict) -> Vec<String> {
    let is_off = |code| matches!(code, ChangeCode::AddressOff | ChangeCode::OffUntilAllowed);
    let off = changes(verdict).1.iter().filter(|change| is_off(change.code));
    off.filter_map(|change| change.parameters.get("address").map(plain)).collect()
}

/// What all blocks together wait for; nothing where they wait for nothing.
pub fn view(shown: &Shown) -> Option<Node> {
    let all = gathered(shown, waited_for);
    let waits = shown.rows.iter().any(|row| matches!(row.verdict, Verdict::NeedsKey { .. }));
    let about = waits.then(|| t("import-needs-about"));
    section(("needs", "amber"), Icon::KeyRound, &t("import-needs"), about, &all)
}

/// The addresses that nobody reaches and no customer is sent before they are allowed.
pub fn addresses(shown: &Shown) -> Option<Node> {
    let all = gathered(shown, addresses_off);
    let about = Some(t("import-addresses-about"));
    section(("addresses", "amber"), Icon::Link2, &t("import-addresses"), about, &all)
}

/// The addresses within texts, which customers are sent as they stand.
pub fn told(shown: &Shown) -> Option<Node> {
    let about = Some(t("import-told-about"));
    section(("texts", "import-told"), Icon::MessageSquare, &t("import-told"), about, &gathered_told(shown))
}

fn gathered_told(shown: &Shown) -> Vec<Said> {
    let mut all = vec![];
    for told in &shown.told {
        let block = told.block.as_deref().and_then(|id| shown.blocks.get(id));
        let place = match (block, &told.variable) {
            (Some((group, block)), _) => place(group.title(), kinds::title(block)),
            (None, Some(name)) => t!("import-told-variable", name = name),
            (None, None) => t("import-told-words"),
        };
        add(&mut all, told.address.clone(), place);
    }
    all
}

fn section(
    (key, tone): (&str, &str),
    sign: Icon,
    title: &str,
    about: Option<String>,
    all: &[Said],
) -> Option<Node> {
    let more = i64::try_from(all.len().saturating_sub(LISTED)).unwrap_or(i64::MAX);
    (!all.is_empty()).then(|| {
        el("section")
            .class("notice import-needs")
            .class(tone)
            .key(key)
            .attr("aria-labelledby", format!("import-{key}-title"))
            .child(icon(sign))
            .child(
                el("div")
                    .child(el("h2").id(format!("import-{key}-title")).text(title))
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
    use beseda_flow::import::Row;
    use serde_json::json;

    use super::*;
    use crate::i18n::{Locale, set};

    fn shown(rows: Vec<Row>) -> Shown {
        let imported = json!({ "flow": { "groups": [] }, "report": rows, "missing": [], "told": [] });
        super::super::shown(serde_json::from_value(imported).unwrap(), true).unwrap()
    }

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
        let all = gathered(&shown(rows.to_vec()), waited_for);
        let told: Vec<_> = all.iter().map(|said| (said.words.as_str(), places(&said.places))).collect();
        assert_eq!(
            told,
            [
                ("The secret “crm_key”", "In: Orders (Webhook) ×\u{a0}2, Webhook.".to_owned()),
                ("The secret “mail_key”", "In: Orders (Webhook).".to_owned()),
                (
                    "Something secret was left out: ••• stands in its place.",
                    "In: Script (Webhook), Script 2 (Webhook).".to_owned()
                ),
            ]
        );
        assert!(view(&shown(rows.to_vec())).is_some() && view(&shown(rows[6..].to_vec())).is_none());
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
            row(
                "d",
                "",
                json!({ "verdict": "adapted", "how": [{ "code": "off_until_allowed", "address": "https://b.test" }] }),
            ),
            row("e", "", json!({ "verdict": "adapted", "how": [{ "code": "off_until_allowed" }] })),
        ];
        let all = gathered(&shown(rows.to_vec()), addresses_off);
        let told: Vec<_> = all.iter().map(|said| (said.words.as_str(), places(&said.places))).collect();
        assert_eq!(
            told,
            [
                ("https://a.test", "In: Menu (Webhook) ×\u{a0}2.".to_owned()),
                ("{{x}}", "In: Webhook.".to_owned()),
                ("https://b.test", "In: Webhook.".to_owned()),
            ]
        );
        let of = |rows: &[Row]| shown(rows.to_vec());
        assert!(
            addresses(&of(&rows)).is_some() && addresses(&of(&[])).is_none() && view(&of(&rows)).is_none()
        );
    }

    #[test]
    fn addresses_within_texts_are_told_with_their_places() {
        set(Locale::En);
        let ask = json!({ "id": "q", "kind": "question", "answer": "email", "text": "See https://a.test" });
        let imported = json!({
            "flow": { "groups": [{ "id": "g", "title": "Menu", "blocks": [ask] }] }, "report": [], "missing": [],
            "told": [{ "address": "https://a.test", "block": "q" }, { "address": "https://a.test", "variable": "site" },
                { "address": "www.b.test" }],
        });
        let shown = super::super::shown(serde_json::from_value(imported).unwrap(), false).unwrap();
        let all = gathered_told(&shown);
        let said: Vec<_> = all.iter().map(|said| (said.words.as_str(), places(&said.places))).collect();
        assert_eq!(
            said,
            [
                (
                    "https://a.test",
                    "In: Menu (Question: e-mail), the variable “site” as it is at the beginning.".to_owned()
                ),
                ("www.b.test", "In: the bot’s own words.".to_owned()),
            ]
        );
        assert!(told(&shown).is_some());
    }

    #[test]
    fn of_many_places_some_are_named() {
        set(Locale::En);
        let many: Vec<(String, usize)> = (0..12).map(|n| (format!("g{n}"), 2)).collect();
        assert!(places(&many).ends_with("g7 ×\u{a0}2 and 8 more."), "{}", places(&many));
    }
}
