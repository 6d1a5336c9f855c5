//! Bringing two people's changes together: record by record, against what both began with.
//!
//! Whoever changed a record alone is right about it. A record that both changed, each in their own way, is a conflict:
//! it is named, and people decide. The fields of the flow itself (name, settings) are records of their own.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::{Doc, Edge, Fields, Group, Item, Spot};

/// What came of it. Where there are conflicts the document holds mine.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub doc: Doc,
    pub conflicts: Vec<Conflict>,
}

/// A record that both changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    Item(Item),
    /// A field of the flow itself.
    Field(String),
}

/// Brings `mine` and `theirs`, which both began as `base`, together.
pub fn merge(base: &Doc, mine: &Doc, theirs: &Doc) -> Merged {
    let mut conflicts = vec![];
    let groups = records(
        [&base.groups, &mine.groups, &theirs.groups],
        |group: &Group| group.id.clone(),
        |id| conflicts.push(Conflict::Item(Item::Group(id))),
    );
    let id = |spot: &Spot| spot.id.clone();
    let triggers = records([&base.triggers, &mine.triggers, &theirs.triggers], id, |id| {
        conflicts.push(Conflict::Item(Item::Trigger(id)));
    });
    let notes = records([&base.notes, &mine.notes, &theirs.notes], id, |id| {
        conflicts.push(Conflict::Item(Item::Note(id)));
    });
    // A port has one line: two people who drew different ones from the same port disagree about it.
    let edges = records([&base.edges, &mine.edges, &theirs.edges], |edge: &Edge| edge.from.clone(), drop);
    let drawn = |doc: &Doc, edge: &Edge| doc.edge_from(&edge.from).map(|edge| edge.to.clone());
    for edge in mine.edges.iter() {
        let (was, now) = (drawn(base, edge), drawn(theirs, edge));
        if Some(&edge.to) != was.as_ref() && now != was && now.as_ref() != Some(&edge.to) {
            conflicts.push(Conflict::Item(Item::Edge(edge.id.clone())));
        }
    }
    let rest = Rc::new(fields(&base.rest, &mine.rest, &theirs.rest, &mut conflicts));
    let doc = Doc { rest, groups, triggers, notes, edges };
    Merged { doc: doc.without(&super::ops::Selection::new()), conflicts }
}

fn records<T: PartialEq, K: Eq + std::hash::Hash + Clone>(
    [base, mine, theirs]: [&Rc<Vec<Rc<T>>>; 3],
    key: impl Fn(&T) -> K,
    mut conflict: impl FnMut(K),
) -> Rc<Vec<Rc<T>>> {
    if Rc::ptr_eq(base, theirs) || base == theirs {
        return Rc::clone(mine);
    }
    let by_key = |list: &[Rc<T>]| -> HashMap<K, Rc<T>> {
        list.iter().map(|record| (key(record), Rc::clone(record))).collect()
    };
    let (was, now) = (by_key(base), by_key(theirs));
    let same = |a: Option<&Rc<T>>, b: Option<&Rc<T>>| match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b) || a == b,
        (None, None) => true,
        _ => false,
    };
    let mut merged: Vec<Rc<T>> = vec![];
    let mut mine_keys = HashSet::new();
    for record in mine.iter() {
        let id = key(record);
        mine_keys.insert(id.clone());
        let (old, new) = (was.get(&id), now.get(&id));
        if same(Some(record), old) {
            // Untouched by me: theirs, even if that is gone.
            merged.extend(new.cloned());
        } else {
            if !same(new, old) && !same(new, Some(record)) {
                conflict(id);
            }
            merged.push(Rc::clone(record));
        }
    }
    for record in theirs.iter() {
        let id = key(record);
        if mine_keys.contains(&id) {
            continue;
        }
        match was.get(&id) {
            None => merged.push(Rc::clone(record)),
            Some(old) if old == record => {}
            // I took away what they changed: it stays, and is told.
            Some(_) => {
                conflict(id);
                merged.push(Rc::clone(record));
            }
        }
    }
    Rc::new(merged)
}

fn fields(base: &Fields, mine: &Fields, theirs: &Fields, conflicts: &mut Vec<Conflict>) -> Fields {
    let mut merged = mine.clone();
    let mut names: Vec<&String> = base.keys().chain(theirs.keys()).chain(mine.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (was, i, they): (Option<&Value>, _, _) = (base.get(name), mine.get(name), theirs.get(name));
        if they == was || they == i {
            continue;
        }
        if i == was {
            match they {
                Some(value) => merged.insert(name.clone(), value.clone()),
                None => merged.remove(name),
            };
        } else {
            conflicts.push(Conflict::Field(name.clone()));
        }
    }
    merged
}
