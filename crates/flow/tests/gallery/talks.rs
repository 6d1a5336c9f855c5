//! Conversations with the ready bots, as transcripts in `talks/`. A file holds several: each begins with `# title`; a
//! line `@: 20` lets so many hours go by, `@: customer {…}` says what is known of the customer.
//!
//! With `BESEDA_WRITE_TALKS=1` the bots' part is written anew into the files: to be read before it is kept.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::fmt::Write as _;
use std::path::PathBuf;

use beseda_flow::gallery::find;
use beseda_flow::{
    Compiled, Effect, Input, Language, Outgoing, Session, Step, Trigger, TriggerKind, World, step_in,
};
use serde_json::{Map, Value, json};

use crate::driver::{NOON, Talk};
use crate::shape::LANGUAGES;

fn file(id: &str, language: Language) -> PathBuf {
    let language = if language == Language::En { "en" } else { "ru" };
    [env!("CARGO_MANIFEST_DIR"), "tests/gallery/talks", &format!("{id}.{language}.txt")].iter().collect()
}

/// What comes of the customer's part of a conversation.
fn played(flow: &Compiled, language: Language, wanted: &str) -> Vec<String> {
    let mut talk = Talk::new(flow, Vec::new());
    if language == Language::En {
        talk.contact = json!({ "name": "Anna", "phone": "+442079460958" });
    }
    for line in wanted.lines() {
        if let Some(said) = line.strip_prefix("C:") {
            talk.hear(said.trim());
        } else if let Some(customer) = line.strip_prefix("@: customer ") {
            talk.contact = serde_json::from_str(customer).unwrap();
            talk.lines.push(line.to_owned());
        } else if let Some(hours) = line.strip_prefix("@: ") {
            talk.now.ms += hours.parse::<i64>().unwrap() * 3_600_000;
            talk.lines.push(line.to_owned());
        }
    }
    talk.lines
}

fn plays(id: &str) {
    let write = std::env::var_os("BESEDA_WRITE_TALKS").is_some();
    let mut titles = Vec::new();
    for language in LANGUAGES {
        let flow = Compiled::new(&find(id).unwrap().load(language).unwrap(), 1);
        let path = file(id, language);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut talks: Vec<(&str, &str)> =
            text.split("# ").skip(1).filter_map(|talk| talk.split_once('\n')).collect();
        for (_, wanted) in &mut talks {
            *wanted = wanted.trim();
        }
        assert!(talks.len() >= 2, "{} tells fewer than two conversations", path.display());
        let mut anew = String::new();
        for (title, wanted) in &talks {
            let got = played(&flow, language, wanted).join("\n");
            if write {
                writeln!(anew, "# {title}\n{got}\n").unwrap();
            } else {
                assert!(
                    *wanted == got,
                    "{id} {language:?}: {title}\n-- wanted --\n{wanted}\n-- got --\n{got}\n"
                );
            }
        }
        if write {
            std::fs::write(&path, anew.trim_end().to_owned() + "\n").unwrap();
        }
        titles.push(talks.iter().map(|(title, _)| (*title).to_owned()).collect::<Vec<_>>());
    }
    assert_eq!(titles[0], titles[1], "{id}: the same conversations in both languages");
}

each_bot! { plays }

/// Whoever becomes a debtor is reminded once the owner has switched the template on, and again after the day that they
/// promised; not who asked to be left alone.
#[test]
fn a_debtor_is_reminded() {
    for (language, debtor, left_alone) in
        [(Language::En, "debtor", "do not write"), (Language::Ru, "должник", "не писать")]
    {
        let mut flow = find("debt_reminder").unwrap().load(language).unwrap();
        flow.groups.iter_mut().flat_map(|group| &mut group.blocks).for_each(|block| block.disabled = false);
        let by_tag = |trigger: &&Trigger| trigger.kind == TriggerKind::TagAdded;
        let trigger = flow.triggers.iter().find(by_tag).unwrap();
        assert_eq!(trigger.tag.as_deref(), Some(debtor));
        let ready = Compiled::new(&flow, 1);
        let world = World { now: NOON, flows: &[], traced: false };
        let begun = |input: &Input| step_in(&ready, Session::seeded(&ready, 7), input, world);
        let customer = |tags: &[&str]| {
            let contact = json!({ "name": "Anna", "tags": tags, "fields": { "debt": 300 } });
            Map::from_iter([("contact".to_owned(), contact)])
        };
        let tagged = |tags: &[&str]| {
            begun(&Input::Start { trigger: Some(trigger.id.clone()), at: None, variables: customer(tags) })
        };
        assert!(reminds(&tagged(&[debtor])));
        assert!(!reminds(&tagged(&[debtor, left_alone])));

        for (tags, again) in [(&[debtor][..], true), (&[], false)] {
            let later = Input::at("promised", customer(tags));
            let asked = begun(&later);
            let promise = step_in(&ready, asked.session, &Input::Text { text: "1.12".into() }, world);
            let timer = promise.effects.iter().find_map(|effect| match effect {
                Effect::SetTimer { token, due } => Some((*token, *due)),
                _ => None,
            });
            let (token, due) = timer.unwrap();
            let then = World { now: NOON.at(due), ..world };
            let step = step_in(&ready, promise.session, &Input::Timeout { token }, then);
            assert!(then.now.minute().starts_with("2026-12-02"), "{}", then.now.minute());
            assert_eq!(reminds(&step), again);
        }
    }
}

fn reminds(step: &Step) -> bool {
    step.effects.iter().any(|effect| match effect {
        Effect::Say { message: Outgoing::Template(template), .. } => {
            let words: Value = serde_json::to_value(template).unwrap();
            words.to_string().contains("300")
        }
        _ => false,
    })
}
