//! Ending disputes one by one. Whoever is right about a record: the others are made to agree with it beforehand, so that
//! bringing together (`merge`) finds nothing disputed there, and everything else comes together as ever.
//!
//! Where theirs is right, mine is made the same. Where mine is right, it is as if they had begun with what they have now:
//! what they did not change is mine.

use std::rc::Rc;

use super::merge::{Conflict, Merged, is_whole, merge};
use super::ops::Of;
use super::{Doc, Edge, Group, Item, Source, Spot};

/// Whose a disputed record shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

impl Side {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Mine => Self::Theirs,
            Self::Theirs => Self::Mine,
        }
    }
}

/// Brings `mine` and `theirs`, which both began as `base`, together as it was decided.
pub fn settled(base: &Doc, mine: &Doc, theirs: &Doc, choices: &[(Conflict, Side)]) -> Merged {
    let (mut begun, mut own) = (base.clone(), mine.clone());
    let mut merged = merge(&begun, &own, theirs);
    // A decision may move another dispute: a block that goes with its group is gone from the one where it stood.
    for _ in 0..ROUNDS {
        let decided =
            |about: &Conflict| choices.iter().find(|(known, _)| known == about).map(|(_, side)| *side);
        let open: Vec<(&Conflict, Side)> =
            merged.conflicts.iter().filter_map(|about| Some((about, decided(about)?))).collect();
        if open.is_empty() {
            break;
        }
        for (about, side) in open {
            let docs = [&begun, &own, theirs];
            let Some(disputed) = Disputed::of(about, docs) else { continue };
            match side {
                Side::Mine => begun = begun.agreeing(theirs, &disputed),
                Side::Theirs => own = own.agreeing(theirs, &disputed),
            }
        }
        merged = merge(&begun, &own, theirs);
    }
    merged
}

/// So often decisions are looked at again; two are enough for almost all that people do.
const ROUNDS: usize = 8;

/// What a dispute is about.
enum Disputed<'a> {
    /// A field of the flow itself.
    Field(&'a str),
    Block(&'a str),
    /// A group with all that stands in it.
    Group(&'a str),
    /// Title and place of a group.
    Head(&'a str),
    Trigger(&'a str),
    Note(&'a str),
    /// Where the line from here leads.
    Line(Source),
}

impl<'a> Disputed<'a> {
    fn of(about: &'a Conflict, [base, mine, theirs]: [&Doc; 3]) -> Option<Self> {
        Some(match about {
            Conflict::Field(name) => Self::Field(name),
            Conflict::Item(Item::Block(id)) => Self::Block(id),
            Conflict::Item(Item::Group(id)) if is_whole([base, mine, theirs], id) => Self::Group(id),
            Conflict::Item(Item::Group(id)) => Self::Head(id),
            Conflict::Item(Item::Trigger(id)) => Self::Trigger(id),
            Conflict::Item(Item::Note(id)) => Self::Note(id),
            Conflict::Item(Item::Edge(id)) => {
                Self::Line(mine.edge(id).or_else(|| theirs.edge(id))?.from.clone())
            }
        })
    }
}

impl Doc {
    /// The same as `other` in what is disputed.
    fn agreeing(mut self, other: &Self, disputed: &Disputed<'_>) -> Self {
        match disputed {
            Disputed::Field(name) => {
                let value = other.rest.get(*name).cloned();
                self.changed(&Of::Flow, |fields| {
                    match value {
                        Some(value) => fields.insert((*name).to_owned(), value),
                        None => fields.remove(*name),
                    };
                })
            }
            Disputed::Block(id) => self.agreeing_in_block(other, id),
            Disputed::Group(id) => {
                let there = other.group(id);
                let inside = |block: &str| {
                    there.is_some_and(|group| group.blocks.iter().any(|known| known.id == block))
                };
                // What stands in it stands nowhere else.
                for group in Rc::make_mut(&mut self.groups) {
                    if group.id != *id && group.blocks.iter().any(|block| inside(&block.id)) {
                        Rc::make_mut(group).blocks.retain(|block| !inside(&block.id));
                    }
                }
                replace(&mut self.groups, there, |group: &Group| group.id == *id);
                self
            }
            Disputed::Head(id) => {
                if let Some(there) = other.group(id) {
                    self.change_group(id, |group| {
                        (group.x, group.y) = (there.x, there.y);
                        group.rest.clone_from(&there.rest);
                    });
                }
                self
            }
            Disputed::Trigger(id) => {
                replace(&mut self.triggers, other.trigger(id), |spot: &Spot| spot.id == *id);
                self
            }
            Disputed::Note(id) => {
                replace(&mut self.notes, other.note(id), |spot: &Spot| spot.id == *id);
                self
            }
            Disputed::Line(from) => {
                replace(&mut self.edges, other.edge_from(from), |edge: &Edge| edge.from == *from);
                self
            }
        }
    }

    /// The block as `other` has it, and in the group where it has it.
    fn agreeing_in_block(mut self, other: &Self, id: &str) -> Self {
        let Some((home, there)) = other.block(id) else { return self };
        self.change_block(id, |block| block.clone_from(there));
        let is_elsewhere = self.block(id).is_some_and(|(group, _)| group.id != home.id);
        if is_elsewhere {
            let at = home.blocks.iter().position(|block| block.id == id).unwrap_or(usize::MAX);
            self = self.blocks_moved(&[id.to_owned()], &home.id, at);
        }
        self
    }
}

/// Puts a record in the place of the one that fits; without a record that one goes.
fn replace<T: Clone>(records: &mut Rc<Vec<Rc<T>>>, with: Option<&Rc<T>>, is: impl Fn(&T) -> bool) {
    let records = Rc::make_mut(records);
    let at = records.iter().position(|record| is(record));
    match (at, with) {
        (Some(at), Some(with)) => records[at] = Rc::clone(with),
        (Some(at), None) => {
            records.remove(at);
        }
        (None, Some(with)) => records.push(Rc::clone(with)),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flow() -> Value {
        json!({
            "schema": 1, "id": "f", "name": "F", "language": "en", "start": { "group": "a" },
            "triggers": [{ "id": "t", "kind": "keyword", "x": -300, "y": 0 }],
            "notes": [{ "id": "n", "text": "note", "x": 0, "y": -200 }],
            "groups": [
                { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
                    { "id": "one", "kind": "message", "text": "One" },
                    { "id": "two", "kind": "message", "text": "Two" } ] },
                { "id": "b", "title": "B", "x": 480, "y": 0, "blocks": [{ "id": "bye", "kind": "end", "text": "Bye" }] },
                { "id": "c", "title": "C", "x": 960, "y": 0, "blocks": [{ "id": "end", "kind": "end", "text": "End" }] },
            ],
            "edges": [{ "id": "e", "from": { "block": "two" }, "to": { "group": "b" } }],
        })
    }

    fn changed(with: impl FnOnce(&mut Value)) -> Doc {
        let mut flow = flow();
        with(&mut flow);
        Doc::from_json(&flow)
    }

    /// What both made of the flow, and how both decisions end.
    fn both(mine: impl FnOnce(&mut Value), theirs: impl FnOnce(&mut Value)) -> [Doc; 4] {
        let (base, mine, theirs) = (changed(|_| {}), changed(mine), changed(theirs));
        let conflicts = merge(&base, &mine, &theirs).conflicts;
        assert!(!conflicts.is_empty(), "nothing is disputed");
        let [kept, taken] = [Side::Mine, Side::Theirs].map(|side| {
            let choices: Vec<_> = conflicts.iter().map(|conflict| (conflict.clone(), side)).collect();
            let merged = settled(&base, &mine, &theirs, &choices);
            assert_eq!(merged.conflicts, [], "{side:?} ends the dispute");
            merged.doc
        });
        [mine, theirs, kept, taken]
    }

    fn text(doc: &Doc, block: &str) -> String {
        doc.block(block).map(|(_, block)| block.text("text").to_owned()).unwrap_or_default()
    }

    #[test]
    fn each_block_is_whose_it_was_decided_to_be_and_the_rest_is_of_both() {
        let base = changed(|_| {});
        let mine = changed(|flow| {
            flow["groups"][0]["blocks"][0]["text"] = "One of mine".into();
            flow["groups"][0]["blocks"][1]["text"] = "Two of mine".into();
            flow["groups"][1]["blocks"][0]["text"] = "Bye of mine".into();
        });
        let theirs = changed(|flow| {
            flow["groups"][0]["blocks"][0]["text"] = "One of theirs".into();
            flow["groups"][0]["blocks"][1]["text"] = "Two of theirs".into();
            flow["groups"][2]["blocks"][0]["text"] = "End of theirs".into();
        });
        let item = |id: &str| Conflict::Item(Item::Block(id.to_owned()));
        assert_eq!(merge(&base, &mine, &theirs).conflicts, [item("one"), item("two")]);
        let choices = [(item("one"), Side::Theirs), (item("two"), Side::Mine)];
        let merged = settled(&base, &mine, &theirs, &choices);
        assert_eq!(merged.conflicts, []);
        let texts = ["one", "two", "bye", "end"].map(|id| text(&merged.doc, id));
        assert_eq!(texts, ["One of theirs", "Two of mine", "Bye of mine", "End of theirs"]);
        // What is not decided stays disputed.
        assert_eq!(settled(&base, &mine, &theirs, &choices[..1]).conflicts, [item("two")]);
    }

    #[test]
    fn titles_triggers_notes_and_fields_of_the_flow() {
        let write = |words: &'static str| {
            move |flow: &mut Value| {
                flow["name"] = words.into();
                flow["groups"][1]["title"] = words.into();
                flow["triggers"][0]["text"] = words.into();
                flow["notes"][0]["text"] = words.into();
            }
        };
        let [mine, theirs, kept, taken] = both(write("mine"), write("theirs"));
        assert_eq!((kept.to_json(), taken.to_json()), (mine.to_json(), theirs.to_json()));
    }

    #[test]
    fn the_title_of_a_group_takes_no_block_along() {
        let [.., kept, taken] = both(
            |flow| flow["groups"][0]["title"] = "Mine".into(),
            |flow| {
                flow["groups"][0]["title"] = "Theirs".into();
                flow["groups"][0]["blocks"][0]["text"] = "One of theirs".into();
            },
        );
        for doc in [&kept, &taken] {
            assert_eq!(text(doc, "one"), "One of theirs");
        }
        assert_eq!((kept.group("a").unwrap().title(), taken.group("a").unwrap().title()), ("Mine", "Theirs"));
    }

    #[test]
    fn what_one_took_away_and_the_other_changed_goes_or_stays() {
        let remove = |flow: &mut Value| {
            flow["groups"].as_array_mut().unwrap().remove(2);
        };
        let write = |flow: &mut Value| flow["groups"][2]["blocks"][0]["text"] = "Written".into();
        let [.., kept, taken] = both(remove, write);
        assert!(kept.group("c").is_none() && text(&taken, "end") == "Written");
        let [.., kept, taken] = both(write, remove);
        assert!(text(&kept, "end") == "Written" && taken.group("c").is_none());
        // The same with a block of a group that stays.
        let remove = |flow: &mut Value| {
            flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(0);
        };
        let write = |flow: &mut Value| flow["groups"][0]["blocks"][0]["text"] = "Written".into();
        let [.., kept, taken] = both(remove, write);
        assert!(kept.block("one").is_none() && text(&taken, "one") == "Written");
    }

    #[test]
    fn an_order_that_both_changed_is_one_of_the_two() {
        let add = |words: &'static str, at: usize| {
            move |flow: &mut Value| {
                let block = json!({ "id": words, "kind": "message", "text": words });
                flow["groups"][0]["blocks"].as_array_mut().unwrap().insert(at, block);
            }
        };
        let ids = |doc: &Doc| -> Vec<String> {
            doc.group("a").unwrap().blocks.iter().map(|block| block.id.clone()).collect()
        };
        let [.., kept, taken] = both(add("mine", 0), add("theirs", 2));
        assert_eq!(ids(&kept), ["mine", "one", "two"]);
        assert_eq!(ids(&taken), ["one", "two", "theirs"]);
    }

    #[test]
    fn a_block_that_both_carried_off_stands_once() {
        let carry = |to: usize| {
            move |flow: &mut Value| {
                let block = flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(0);
                flow["groups"][to]["blocks"].as_array_mut().unwrap().push(block);
            }
        };
        let homes = |doc: &Doc| -> Vec<String> {
            doc.blocks().filter(|(_, block)| block.id == "one").map(|(group, _)| group.id.clone()).collect()
        };
        let [.., kept, taken] = both(carry(1), carry(2));
        assert_eq!((homes(&kept), homes(&taken)), (vec!["b".to_owned()], vec!["c".to_owned()]));
    }

    /// Some changes that somebody might make, by the numbers of a generator.
    fn some_changes(flow: &mut Value, mut seed: u64, whose: &str) {
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % most
        };
        for _ in 0..=next(3) {
            let groups = flow["groups"].as_array().unwrap().len();
            if groups == 0 {
                return;
            }
            let group = next(groups);
            let blocks = flow["groups"][group]["blocks"].as_array().unwrap().len();
            match next(8) {
                0 => flow["groups"][group]["title"] = whose.into(),
                1 => flow["groups"][group]["x"] = json!(next(900)),
                2 if blocks > 0 => {
                    flow["groups"][group]["blocks"].as_array_mut().unwrap().remove(next(blocks));
                }
                3 => {
                    let block =
                        json!({ "id": format!("{whose}{}", next(1000)), "kind": "message", "text": whose });
                    let at = next(blocks + 1);
                    flow["groups"][group]["blocks"].as_array_mut().unwrap().insert(at, block);
                }
                4 if blocks > 0 => {
                    let block = flow["groups"][group]["blocks"].as_array_mut().unwrap().remove(next(blocks));
                    let to = next(groups);
                    flow["groups"][to]["blocks"].as_array_mut().unwrap().push(block);
                }
                5 => {
                    flow["groups"].as_array_mut().unwrap().remove(group);
                }
                6 => {
                    let to = flow["groups"][group]["id"].clone();
                    flow["edges"] =
                        json!([{ "id": whose, "from": { "block": "two" }, "to": { "group": to } }]);
                }
                _ if blocks > 0 => flow["groups"][group]["blocks"][next(blocks)]["text"] = whose.into(),
                _ => {}
            }
        }
    }

    /// Whatever two people do, and however it is decided: no dispute is left, no block stands twice, and who is right about
    /// everything disputed sees none of it changed.
    #[test]
    fn every_dispute_ends() {
        let base = changed(|_| {});
        let mut disputed = 0;
        for seed in 0..4_000_u64 {
            let mine = changed(|flow| some_changes(flow, seed, "mine"));
            let theirs = changed(|flow| some_changes(flow, seed.wrapping_mul(31) + 7, "theirs"));
            let conflicts = merge(&base, &mine, &theirs).conflicts;
            if conflicts.is_empty() {
                continue;
            }
            disputed += 1;
            for sides in [
                |_: usize| Side::Mine,
                |_| Side::Theirs,
                |n| if n % 2 == 0 { Side::Mine } else { Side::Theirs },
            ] {
                let mut choices: Vec<(Conflict, Side)> = vec![];
                let mut merged = merge(&base, &mine, &theirs);
                // What is decided may bring about another dispute, which is decided then.
                for _ in 0..5 {
                    let known = choices.len();
                    for about in &merged.conflicts {
                        if !choices.iter().any(|(known, _)| known == about) {
                            choices.push((about.clone(), sides(choices.len())));
                        }
                    }
                    if choices.len() == known {
                        break;
                    }
                    merged = settled(&base, &mine, &theirs, &choices);
                }
                assert_eq!(merged.conflicts, [], "{seed}: {choices:?}");
                let mut seen = std::collections::HashSet::new();
                assert!(merged.doc.blocks().all(|(_, block)| seen.insert(block.id.clone())), "{seed}: twice");
            }
        }
        assert!(disputed > 400, "{disputed}");
    }

    #[test]
    fn a_line_leads_where_it_was_decided() {
        let lead = |to: &'static str| {
            move |flow: &mut Value| {
                flow["edges"] = json!([{ "id": to, "from": { "block": "two" }, "to": { "group": to } }]);
            }
        };
        let end = |doc: &Doc| doc.edges.iter().map(|edge| edge.to.group.clone()).collect::<Vec<_>>();
        let [.., kept, taken] = both(lead("c"), lead("a"));
        assert_eq!((end(&kept), end(&taken)), (vec!["c".to_owned()], vec!["a".to_owned()]));
        // One took it away, the other led it elsewhere.
        let cut = |flow: &mut Value| flow["edges"] = json!([]);
        let [.., kept, taken] = both(cut, lead("c"));
        assert!(kept.edges.is_empty() && end(&taken) == ["c"]);
        let [.., kept, taken] = both(lead("c"), cut);
        assert!(end(&kept) == ["c"] && taken.edges.is_empty());
    }
}
