//! `docs/EXPRESSIONS.md` is written from the engine's own list, whose examples its tests evaluate.

use std::fmt::Write as _;

use beseda_flow::{AbilityGroup, Language, SAMPLE};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/EXPRESSIONS.md");
const WRITE: &str = "BESEDA_WRITE_EXPRESSIONS";

const LEAD: &str = "\
# Expressions

What may stand between `{{` and `}}` in a text, and by itself in the field *Expression* of the block *Variable* and in the
list of a *Loop*. The editor shows the same list below the form of a block.

A filter stands behind a bar and changes what is before it: `{{ name|upper }}`; several go one after another. What has no
value reads as nothing. What has no result (a number divided by zero, a text plus a number, something that was never given
a value plus one) ends the bot's run as *failed*: the customer waits for a person, who finds a note of what failed. A filter,
a function or a test that does not exist, and a division by a written zero, keep a bot from being published.

";

fn written() -> String {
    let mut text = LEAD.to_owned();
    let sample: Vec<String> = SAMPLE.iter().map(|(name, value)| format!("`{name}` is `{value}`")).collect();
    let _ = writeln!(text, "In the examples {}, and it is noon on 2026-11-22.", sample.join(", "));
    for group in AbilityGroup::ALL {
        let _ = writeln!(text, "\n## {}\n", group.title(Language::En));
        let _ = writeln!(text, "| expression | gives | |\n| --- | --- | --- |");
        for ability in group.abilities() {
            // A bar would end the column.
            let example = ability.example.replace('|', "\\|");
            let _ = writeln!(text, "| `{example}` | {} | {} |", ability.gives, ability.about(Language::En));
        }
    }
    text
}

#[test]
fn the_document_shows_what_expressions_can_do() {
    let fresh = written();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(FILE, &fresh).expect("the document can be written");
    }
    let published = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        published == fresh,
        "docs/EXPRESSIONS.md is stale: {WRITE}=1 cargo test -p beseda-flow --test expressions"
    );
}
