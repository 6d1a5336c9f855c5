//! What a dispute is about, field by field: what I have there and what they have.

use serde_json::Value;

use crate::builder::document::merge::Conflict;
use crate::builder::document::{Doc, Item, Source};
use crate::builder::versions::diff::{Change, Difference, Field, How, What, difference};
use crate::builder::versions::words::{field_words, own_words, said, title};
use crate::i18n::t;

/// One field in which the two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    /// None where one of them has nothing there.
    pub mine: Option<String>,
    pub theirs: Option<String>,
}

/// Where my text and theirs part and come together again: bytes before, and bytes after the difference.
pub fn common(mine: &str, theirs: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let length = |chars: &mut dyn Iterator<Item = (char, char)>| -> usize {
        chars.take_while(same).map(|(letter, _)| letter.len_utf8()).sum()
    };
    let before = length(&mut mine.chars().zip(theirs.chars()));
    let (mine, theirs) = (&mine[before..], &theirs[before..]);
    (before, length(&mut mine.chars().rev().zip(theirs.chars().rev())))
}

/// The fields in which the two differ about something.
pub fn rows(about: &Conflict, mine: &Doc, theirs: &Doc) -> Vec<Row> {
    let found = difference(mine, theirs).items;
    let of_line = |id: &str| -> Option<Source> {
        mine.edge(id).or_else(|| theirs.edge(id)).map(|edge| edge.from.clone())
    };
    let rows: Vec<Row> = match about {
        Conflict::Field(name) => {
            let is_it =
                |change: &&Change| matches!(&change.field, Field::At(steps) if steps.first() == Some(name));
            let flow = found.iter().filter(|one| one.what == What::Flow);
            flow.flat_map(|one| {
                let How::Changed(changes) = &one.how else { return vec![] };
                changes.iter().filter(is_it).map(|change| row(&one.what, change, [mine, theirs])).collect()
            })
            .collect()
        }
        Conflict::Item(Item::Edge(id)) => {
            let from = of_line(id);
            let lines = found
                .iter()
                .filter(|one| matches!(&one.what, What::Line(begin) if Some(begin) == from.as_ref()));
            lines.flat_map(|one| told(one, None, [mine, theirs])).collect()
        }
        Conflict::Item(Item::Group(id)) => {
            let in_group = |one: &&Difference| match &one.what {
                What::Group(group) | What::Block(group, _) => group.id == *id,
                _ => false,
            };
            let inside = found.iter().filter(in_group);
            inside
                .flat_map(|one| {
                    // Of several blocks it must be seen which one.
                    let whose = matches!(one.what, What::Block(..)).then(|| title(&one.what, mine, theirs));
                    told(one, whose.as_deref(), [mine, theirs])
                })
                .collect()
        }
        Conflict::Item(item) => {
            let is_it = |one: &&Difference| {
                !matches!(one.what, What::Line(_)) && one.what.item().as_ref() == Some(item)
            };
            found.iter().filter(is_it).flat_map(|one| told(one, None, [mine, theirs])).collect()
        }
    };
    if rows.is_empty() {
        // It stands in two places, and differs in nothing else.
        let (mine, theirs) = (Some(t("dispute-place-mine")), Some(t("dispute-place-theirs")));
        return vec![Row { label: t("dispute-place"), mine, theirs }];
    }
    rows
}

/// What differs about one thing; `whose` says which one where several are told.
fn told(one: &Difference, whose: Option<&str>, [mine, theirs]: [&Doc; 2]) -> Vec<Row> {
    let words = |doc: &Doc| Some(own_words(&one.what, doc).unwrap_or_else(|| title(&one.what, mine, theirs)));
    let alone = |mine: Option<String>, theirs: Option<String>| {
        let label = whose.map_or_else(|| t("dispute-whole"), str::to_owned);
        vec![Row { label, mine, theirs }]
    };
    match &one.how {
        How::Changed(changes) => changes
            .iter()
            .map(|change| {
                let row = row(&one.what, change, [mine, theirs]);
                match whose {
                    Some(whose) => Row { label: format!("{whose}: {}", row.label), ..row },
                    None => row,
                }
            })
            .collect(),
        How::Added => alone(None, words(theirs)),
        How::Removed => alone(words(mine), None),
    }
}

fn row(what: &What, change: &Change, [mine, theirs]: [&Doc; 2]) -> Row {
    let shown =
        |value: &Option<Value>, doc: &Doc| value.as_ref().map(|value| said(what, &change.field, value, doc));
    Row {
        label: field_words(what, &change.field),
        mine: shown(&change.before, mine),
        theirs: shown(&change.after, theirs),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::i18n::{Locale, set};

    fn flow(with: impl FnOnce(&mut Value)) -> Doc {
        let mut flow = json!({
            "name": "F",
            "groups": [
                { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
                    { "id": "one", "kind": "message", "text": "One" }, { "id": "two", "kind": "message", "text": "Two" }] },
                { "id": "b", "title": "B", "x": 480, "y": 0, "blocks": [{ "id": "bye", "kind": "end" }] },
            ],
            "edges": [{ "id": "e", "from": { "block": "two" }, "to": { "group": "b" } }],
        });
        with(&mut flow);
        Doc::from_json(&flow)
    }

    fn told(about: &Conflict, mine: &Doc, theirs: &Doc) -> Vec<String> {
        let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let rows = rows(about, mine, theirs).into_iter();
        rows.map(|row| format!("{} | {} | {}", row.label, side(row.mine), side(row.theirs))).collect()
    }

    #[test]
    fn both_texts_of_a_block_are_told_with_everything_in_which_it_differs() {
        set(Locale::En);
        let mine = flow(|flow| flow["groups"][0]["blocks"][0]["text"] = "Mine".into());
        let theirs = flow(|flow| {
            flow["groups"][0]["blocks"][0]["text"] = "Theirs".into();
            flow["groups"][0]["blocks"][0]["disabled"] = true.into();
            flow["groups"][0]["blocks"][1]["text"] = "Not disputed".into();
        });
        let rows = told(&Conflict::Item(Item::Block("one".into())), &mine, &theirs);
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows.contains(&"Text | Mine | Theirs".to_owned()), "{rows:?}");
    }

    #[test]
    fn what_is_gone_a_line_and_a_field_of_the_flow() {
        set(Locale::En);
        let mine = flow(|flow| {
            flow["name"] = "Mine".into();
            flow["edges"][0]["to"] = json!({ "group": "a" });
        });
        let theirs = flow(|flow| {
            flow["name"] = "Theirs".into();
            flow["edges"] = json!([]);
            flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(0);
        });
        assert_eq!(told(&Conflict::Field("name".into()), &mine, &theirs), ["Name | Mine | Theirs"]);
        assert_eq!(told(&Conflict::Item(Item::Edge("e".into())), &mine, &theirs), ["Leads to | A | –"]);
        let group = told(&Conflict::Item(Item::Group("a".into())), &mine, &theirs);
        assert_eq!(group, ["Text · A | One | –"]);
        let moved = flow(|flow| flow["groups"][1]["x"] = 90.into());
        let group = rows(&Conflict::Item(Item::Group("b".into())), &flow(|_| {}), &moved);
        assert_eq!(group[0].label, t("dispute-place"));
    }

    #[test]
    fn the_difference_of_two_texts_lies_between_what_is_the_same() {
        assert_eq!(common("Привет, мир", "Привет, май"), ("Привет, м".len(), 0));
        assert_eq!(common("one and two", "one or two"), (4, 4));
        assert_eq!(common("aa", "aaa"), (2, 0), "nothing is counted twice");
        assert_eq!(common("", "x"), (0, 0));
    }
}
