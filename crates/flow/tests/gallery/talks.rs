//! Conversations with the ready bots, as transcripts in `talks/`. A file holds several: each begins with `# title`; a
//! line `@: 20` lets so many hours go by, `@: customer {…}` says what is known of the customer.
//!
//! With `BESEDA_WRITE_TALKS=1` the bots' part is written anew into the files: to be read before it is kept.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::fmt::Write as _;
use std::path::PathBuf;

use beseda_flow::gallery::find;
use beseda_flow::{Compiled, Language};
use serde_json::json;

use crate::driver::Talk;
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
