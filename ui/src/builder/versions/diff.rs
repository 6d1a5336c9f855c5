//! What differs between two flows, as people tell it: which blocks came and went, and which fields of the others have
//! another value now. Where things stand on the canvas is counted and not told: it changes no conversation.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::builder::document::{Block, Doc, Edge, Fields, Group, Item, Source, Spot};

/// Everything that differs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Differences {
    pub items: Vec<Difference>,
    /// Things that only stand elsewhere.
    pub moved: usize,
}

/// One thing that came, went, or is another now.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub what: What,
    pub how: How,
}

/// What it is, with the record as it was before it went, or as it is now.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The flow itself: name, language, settings.
    Flow,
    Group(Rc<Group>),
    /// With the group that it stands in.
    Block(Rc<Group>, Rc<Block>),
    Trigger(Rc<Spot>),
    Note(Rc<Spot>),
    /// A line, by where it begins.
    Line(Source),
}

impl What {
    /// The thing on the canvas.
    pub fn item(&self) -> Option<Item> {
        Some(match self {
            Self::Flow => return None,
            Self::Group(group) => Item::Group(group.id.clone()),
            Self::Block(_, block) => Item::Block(block.id.clone()),
            Self::Trigger(spot) => Item::Trigger(spot.id.clone()),
            Self::Note(spot) => Item::Note(spot.id.clone()),
            Self::Line(Source::Port { block, .. }) => Item::Block(block.clone()),
            Self::Line(Source::Trigger(id)) => Item::Trigger(id.clone()),
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum How {
    Added,
    Removed,
    Changed(Vec<Change>),
}

/// One field that has another value now.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub field: Field,
    /// None where there was or is no value.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The way to a value inside the record: names of fields, and of items of lists.
    At(Vec<String>),
    /// The group that a block stands in.
    Group,
    /// In which order the blocks of a group run.
    Order,
    /// Where a line leads.
    LeadsTo,
}

/// What became of `before` in `after`.
pub fn difference(before: &Doc, after: &Doc) -> Differences {
    let mut found = Differences::default();
    let changes = fields(&before.rest, &after.rest);
    if !changes.is_empty() {
        found.items.push(Difference { what: What::Flow, how: How::Changed(changes) });
    }
    spots(&before.triggers, &after.triggers, What::Trigger, &mut found);
    groups(before, after, &mut found);
    lines(&before.edges, &after.edges, &mut found);
    spots(&before.notes, &after.notes, What::Note, &mut found);
    found
}

impl Differences {
    fn add(&mut self, what: What, how: How) {
        if how != How::Changed(vec![]) {
            self.items.push(Difference { what, how });
        }
    }

    fn place(&mut self, before: (f64, f64), after: (f64, f64)) {
        if before != after {
            self.moved += 1;
        }
    }
}

fn groups(before: &Doc, after: &Doc, found: &mut Differences) {
    let old_blocks: HashMap<&str, (&Rc<Group>, &Rc<Block>)> =
        before.blocks().map(|(group, block)| (block.id.as_str(), (group, block))).collect();
    for group in after.groups.iter() {
        let old = before.group(&group.id);
        match old {
            None => found.add(What::Group(Rc::clone(group)), How::Added),
            Some(old) => {
                found.place((old.x, old.y), (group.x, group.y));
                let mut changes = fields(&old.rest, &group.rest);
                changes.extend(order(old, group));
                found.add(What::Group(Rc::clone(group)), How::Changed(changes));
            }
        }
        for block in &group.blocks {
            let what = What::Block(Rc::clone(group), Rc::clone(block));
            match old_blocks.get(block.id.as_str()) {
                None => found.add(what, How::Added),
                Some((old_group, old)) => {
                    let mut changes = vec![];
                    if old_group.id != group.id {
                        let title = |group: &Group| Some(Value::from(group.title()));
                        let (before, after) = (title(old_group), title(group));
                        changes.push(Change { field: Field::Group, before, after });
                    }
                    if old.kind != block.kind {
                        let (before, after) =
                            (Some(old.kind.clone().into()), Some(block.kind.clone().into()));
                        changes.push(Change { field: Field::At(vec!["kind".into()]), before, after });
                    }
                    changes.extend(fields(&old.fields, &block.fields));
                    found.add(what, How::Changed(changes));
                }
            }
        }
    }
    for group in before.groups.iter() {
        if after.group(&group.id).is_none() {
            found.add(What::Group(Rc::clone(group)), How::Removed);
        }
        for block in &group.blocks {
            if after.block(&block.id).is_none() {
                found.add(What::Block(Rc::clone(group), Rc::clone(block)), How::Removed);
            }
        }
    }
}

/// Whether those blocks that stood and stand in the group run in another order.
fn order(before: &Group, after: &Group) -> Option<Change> {
    let common = |of: &Group, other: &Group| -> Vec<Value> {
        let stays = |block: &&Rc<Block>| other.blocks.iter().any(|there| there.id == block.id);
        of.blocks.iter().filter(stays).map(|block| block.id.clone().into()).collect()
    };
    let (old, new) = (common(before, after), common(after, before));
    (old != new).then_some(Change {
        field: Field::Order,
        before: Some(Value::Array(old)),
        after: Some(Value::Array(new)),
    })
}

fn spots(before: &[Rc<Spot>], after: &[Rc<Spot>], what: fn(Rc<Spot>) -> What, found: &mut Differences) {
    for spot in after {
        match before.iter().find(|old| old.id == spot.id) {
            None => found.add(what(Rc::clone(spot)), How::Added),
            Some(old) => {
                found.place((old.x, old.y), (spot.x, spot.y));
                found.add(what(Rc::clone(spot)), How::Changed(fields(&old.fields, &spot.fields)));
            }
        }
    }
    for spot in before.iter().filter(|old| !after.iter().any(|spot| spot.id == old.id)) {
        found.add(what(Rc::clone(spot)), How::Removed);
    }
}

/// A port has one line, so lines are told by where they begin. Those of blocks that came or went are told with them.
fn lines(before: &[Rc<Edge>], after: &[Rc<Edge>], found: &mut Differences) {
    let told: Vec<Item> = found
        .items
        .iter()
        .filter(|difference| !matches!(difference.how, How::Changed(_)))
        .filter_map(|difference| difference.what.item())
        .collect();
    let mut starts: Vec<&Source> = vec![];
    for edge in after.iter().chain(before) {
        if !starts.contains(&&edge.from) {
            starts.push(&edge.from);
        }
    }
    for from in starts {
        let what = What::Line(from.clone());
        if what.item().is_some_and(|item| told.contains(&item)) {
            continue;
        }
        let leads =
            |edges: &[Rc<Edge>]| edges.iter().find(|edge| edge.from == *from).map(|edge| edge.to.to_json());
        let (old, new) = (leads(before), leads(after));
        if old != new {
            let change = Change { field: Field::LeadsTo, before: old, after: new };
            found.add(what, How::Changed(vec![change]));
        }
    }
}

/// The fields in which two records differ, each by its innermost value.
fn fields(before: &Fields, after: &Fields) -> Vec<Change> {
    let mut changes = vec![];
    compare_fields(&mut vec![], before, after, &mut changes);
    changes
}

fn compare_fields(at: &mut Vec<String>, before: &Fields, after: &Fields, changes: &mut Vec<Change>) {
    // By their names: two saved flows may hold the same fields in different orders.
    for name in after.keys().chain(before.keys()).collect::<BTreeSet<_>>() {
        at.push(name.clone());
        compare(at, before.get(name), after.get(name), changes);
        at.pop();
    }
}

fn compare(at: &mut Vec<String>, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => compare_fields(at, old, new, changes),
        (Some(Value::Array(old)), Some(Value::Array(new))) if named(old) && named(new) => {
            let find = |list: &[Value], id: &str| list.iter().find(|item| id_of(item) == Some(id)).cloned();
            let gone = old.iter().filter(|item| find(new, id_of(item).unwrap_or_default()).is_none());
            let length = changes.len();
            for item in new.iter().chain(gone) {
                let id = id_of(item).unwrap_or_default();
                let title = item.get("title").and_then(Value::as_str).filter(|title| !title.is_empty());
                at.push(title.unwrap_or(id).to_owned());
                compare(at, find(old, id).as_ref(), find(new, id).as_ref(), changes);
                at.pop();
            }
            // The same items in another order.
            if changes.len() == length {
                changes.push(change(at, before, after));
            }
        }
        _ => changes.push(change(at, before, after)),
    }
}

fn change(at: &[String], before: Option<&Value>, after: Option<&Value>) -> Change {
    Change { field: Field::At(at.to_vec()), before: before.cloned(), after: after.cloned() }
}

fn id_of(item: &Value) -> Option<&str> {
    item.get("id").and_then(Value::as_str)
}

/// Whether the items of a list can be told apart whatever their order.
fn named(list: &[Value]) -> bool {
    list.iter().all(|item| id_of(item).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flow() -> Value {
        json!({
            "schema": 1, "id": "f", "name": "F", "settings": { "pause": 2 },
            "triggers": [{ "id": "t", "kind": "keyword", "x": 0, "y": 0 }],
            "groups": [
                { "id": "a", "title": "A", "x": 0, "y": 0, "blocks": [
                    { "id": "hello", "kind": "message", "text": "Hello" },
                    { "id": "ask", "kind": "question", "options": [
                        { "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] } ] },
                { "id": "b", "title": "B", "x": 480, "y": 0, "blocks": [{ "id": "bye", "kind": "end" }] },
            ],
            "edges": [{ "id": "e", "from": { "block": "ask", "port": "option:y" }, "to": { "group": "b" } }],
        })
    }

    fn differences(change: impl FnOnce(&mut Value)) -> Differences {
        let mut after = flow();
        change(&mut after);
        difference(&Doc::from_json(&flow()), &Doc::from_json(&after))
    }

    /// One line for each: the thing and what became of it.
    fn told(found: &Differences) -> Vec<String> {
        let field = |change: &Change| match &change.field {
            Field::At(steps) => steps.join("/"),
            other => format!("{other:?}"),
        };
        let thing = |what: &What| what.item().map_or_else(|| "flow".to_owned(), |item| item.dom_id());
        let how = |how: &How| match how {
            How::Added => "+".to_owned(),
            How::Removed => "-".to_owned(),
            How::Changed(changes) => changes.iter().map(field).collect::<Vec<_>>().join(" "),
        };
        found.items.iter().map(|one| format!("{} {}", thing(&one.what), how(&one.how))).collect()
    }

    #[test]
    fn the_same_flow_has_no_differences() {
        assert_eq!(differences(|_| {}), Differences::default());
    }

    #[test]
    fn fields_are_told_by_their_innermost_names() {
        let found = differences(|flow| {
            flow["settings"]["pause"] = 5.into();
            flow["groups"][0]["blocks"][0]["text"] = "Hi".into();
            flow["groups"][0]["blocks"][0]["typing"] = true.into();
            flow["groups"][0]["blocks"][1]["options"][1]["title"] = "Never".into();
        });
        assert_eq!(told(&found), ["flow settings/pause", "b-hello text typing", "b-ask options/Never/title"]);
        let How::Changed(changes) = &found.items[1].how else { panic!() };
        let text = Change {
            field: Field::At(vec!["text".into()]),
            before: Some("Hello".into()),
            after: Some("Hi".into()),
        };
        assert_eq!(changes[0], text);
        assert_eq!(changes[1].before, None);
    }

    #[test]
    fn what_came_and_went_is_told_without_its_lines() {
        let found = differences(|flow| {
            flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(1);
            flow["edges"] = json!([{ "id": "n", "from": { "block": "new" }, "to": { "group": "a" } }]);
            let new = json!({ "id": "c", "x": 9, "y": 9, "blocks": [{ "id": "new", "kind": "end" }] });
            flow["groups"].as_array_mut().unwrap().push(new);
            flow["triggers"] = json!([]);
        });
        assert_eq!(told(&found), ["t-t -", "g-c +", "b-new +", "b-ask -"]);
    }

    #[test]
    fn options_that_came_went_or_changed_places_are_told_by_their_titles() {
        let options = |change: fn(&mut Vec<Value>)| {
            told(&differences(|flow| {
                change(flow["groups"][0]["blocks"][1]["options"].as_array_mut().unwrap());
            }))
        };
        assert_eq!(
            options(|list| list.push(json!({ "id": "m", "title": "Maybe" }))),
            ["b-ask options/Maybe"]
        );
        assert_eq!(options(|list| drop(list.remove(0))), ["b-ask options/Yes"]);
        assert_eq!(options(|list| list.swap(0, 1)), ["b-ask options"]);
    }

    #[test]
    fn moving_on_the_canvas_is_counted_and_moving_between_groups_is_told() {
        let found = differences(|flow| flow["groups"][0]["x"] = 96.into());
        assert_eq!((found.moved, found.items.len()), (1, 0));
        let found = differences(|flow| {
            let block = flow["groups"][0]["blocks"].as_array_mut().unwrap().remove(0);
            flow["groups"][1]["blocks"].as_array_mut().unwrap().push(block);
        });
        assert_eq!(told(&found), ["b-hello Group"]);
        let found = differences(|flow| flow["groups"][0]["blocks"].as_array_mut().unwrap().swap(0, 1));
        assert_eq!(told(&found), ["g-a Order"]);
    }

    #[test]
    fn a_line_to_elsewhere_is_told_by_where_it_begins() {
        let found = differences(|flow| flow["edges"][0]["to"] = json!({ "group": "a" }));
        assert_eq!(told(&found), ["b-ask LeadsTo"]);
        let found = differences(|flow| flow["edges"] = json!([]));
        assert_eq!(told(&found), ["b-ask LeadsTo"]);
        // Lines have ids, which nobody sees.
        assert!(told(&differences(|flow| flow["edges"][0]["id"] = "other".into())).is_empty());
    }
}
