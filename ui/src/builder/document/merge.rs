//! Bringing two people's changes together: record by record, against what both began with.
//!
//! Whoever changed a record alone is right about it. A record that both changed, each in their own way, is a conflict:
//! it is named, and people decide. The fields of the flow itself (name, settings) are records of their own, and so are the
//! blocks of a group, as long as one person at most put them in another order: where both did, nobody can say what the
//! customer should hear first, and the group is the conflict.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::{Block, Doc, Edge, Fields, Group, Item, Spot};

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
        |id, all| {
            let Some((merged, found)) = all.and_then(|[was, mine, theirs]| group(was, mine, theirs)) else {
                conflicts.push(Conflict::Item(Item::Group(id)));
                return None;
            };
            conflicts.extend(found);
            Some(merged)
        },
    );
    let groups = without_twins(groups, mine);
    let (was, now) = (homes(base), homes(theirs));
    for (home, block) in mine.blocks() {
        // Both carried it off, each to another group.
        if let (Some(was), Some(now)) = (was.get(block.id.as_str()), now.get(block.id.as_str()))
            && was != now
            && *was != home.id
            && *now != home.id
        {
            conflicts.push(Conflict::Item(Item::Block(block.id.clone())));
        }
    }
    let id = |spot: &Spot| spot.id.clone();
    let triggers = records([&base.triggers, &mine.triggers, &theirs.triggers], id, |id, _| {
        conflicts.push(Conflict::Item(Item::Trigger(id)));
        None
    });
    let notes = records([&base.notes, &mine.notes, &theirs.notes], id, |id, _| {
        conflicts.push(Conflict::Item(Item::Note(id)));
        None
    });
    // A port has one line: two people who drew different ones from the same port disagree about it.
    let edges =
        records([&base.edges, &mine.edges, &theirs.edges], |edge: &Edge| edge.from.clone(), |_, _| None);
    let drawn = |doc: &Doc, edge: &Edge| doc.edge_from(&edge.from).map(|edge| edge.to.clone());
    for edge in mine.edges.iter() {
        let (was, now) = (drawn(base, edge), drawn(theirs, edge));
        if Some(&edge.to) != was.as_ref() && now != was && now.as_ref() != Some(&edge.to) {
            conflicts.push(Conflict::Item(Item::Edge(edge.id.clone())));
        }
    }
    for edge in theirs.edges.iter().filter(|edge| mine.edge_from(&edge.from).is_none()) {
        // I took away what they led elsewhere.
        if drawn(base, edge).is_some_and(|was| was != edge.to) {
            conflicts.push(Conflict::Item(Item::Edge(edge.id.clone())));
        }
    }
    let rest = Rc::new(fields(&base.rest, &mine.rest, &theirs.rest, &mut conflicts));
    let doc = Doc { rest, groups, triggers, notes, edges };
    Merged { doc: doc.without(&super::ops::Selection::new()), conflicts }
}

/// `both` is told of a record that both changed, with what it was, what I have and what they have where all are there; it
/// may bring them together. Otherwise mine stays.
fn records<T: PartialEq, K: Eq + std::hash::Hash + Clone>(
    [base, mine, theirs]: [&Rc<Vec<Rc<T>>>; 3],
    key: impl Fn(&T) -> K,
    mut both: impl FnMut(K, Option<[&T; 3]>) -> Option<T>,
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
            let together = if !same(new, old) && !same(new, Some(record)) {
                let all = old.zip(new).map(|(old, new)| [&**old, &**record, &**new]);
                both(id, all)
            } else {
                None
            };
            merged.push(together.map_or_else(|| Rc::clone(record), Rc::new));
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
                both(id, None);
                merged.push(Rc::clone(record));
            }
        }
    }
    Rc::new(merged)
}

/// Whether a disputed group is disputed with all that stands in it, and not for its title or place alone.
pub fn is_whole(docs: [&Doc; 3], id: &str) -> bool {
    let [Some(was), Some(mine), Some(theirs)] = docs.map(|doc| doc.group(id)) else { return true };
    group(was, mine, theirs).is_none()
}

/// A group that both changed, block by block; `None` where it cannot be told which block comes when, or where one took a
/// block away that the other changed.
fn group(was: &Group, mine: &Group, theirs: &Group) -> Option<(Group, Vec<Conflict>)> {
    let ids = |group: &Group| group.blocks.iter().map(|block| block.id.clone()).collect::<Vec<_>>();
    let (old, here, there) = (ids(was), ids(mine), ids(theirs));
    let order = if here == old {
        there
    } else if there == old || there == here {
        here
    } else {
        return None;
    };
    let in_group = |group: &Group, id: &str| group.blocks.iter().find(|block| block.id == id).cloned();
    let gone = old.iter().filter(|id| !order.contains(id));
    for id in gone {
        let (was, i, they) = (in_group(was, id), in_group(mine, id), in_group(theirs, id));
        let touched = |now: &Option<Rc<Block>>| now.is_some() && *now != was;
        if touched(&i) || touched(&they) {
            return None;
        }
    }
    let mut conflicts = vec![];
    let blocks = order.iter().filter_map(|id| {
        let (was, i, they) = (in_group(was, id), in_group(mine, id), in_group(theirs, id));
        match (i, they) {
            (Some(i), Some(they)) if Some(&i) == was.as_ref() => Some(they),
            (Some(i), Some(they)) => {
                if Some(&they) != was.as_ref() && they != i {
                    conflicts.push(Conflict::Item(Item::Block(id.clone())));
                }
                Some(i)
            }
            (i, they) => i.or(they),
        }
    });
    let blocks = blocks.collect();
    let mut disputed = vec![];
    let rest = fields(&was.rest, &mine.rest, &theirs.rest, &mut disputed);
    let place = |group: &Group| (group.x.to_bits(), group.y.to_bits());
    let moved = |group: &Group| place(group) != place(was);
    let at = if moved(mine) { mine } else { theirs };
    if !disputed.is_empty() || (moved(mine) && moved(theirs) && place(mine) != place(theirs)) {
        conflicts.push(Conflict::Item(Item::Group(mine.id.clone())));
    }
    Some((Group { id: mine.id.clone(), x: at.x, y: at.y, blocks, rest }, conflicts))
}

/// The group of each block.
fn homes(doc: &Doc) -> HashMap<&str, &str> {
    doc.blocks().map(|(group, block)| (block.id.as_str(), group.id.as_str())).collect()
}

/// A block that one person moved to another group, and the other changed where it was, would stand in both: it stays where I
/// have it.
fn without_twins(groups: Rc<Vec<Rc<Group>>>, mine: &Doc) -> Rc<Vec<Rc<Group>>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for block in groups.iter().flat_map(|group| &group.blocks) {
        *places.entry(&block.id).or_default() += 1;
    }
    if places.values().all(|count| *count < 2) {
        return groups;
    }
    let (mut kept, homes) = (HashSet::new(), homes(mine));
    let mut stays = |group: &Group, block: &Block| {
        let is_twin = places.get(block.id.as_str()).is_some_and(|count| *count > 1);
        let home = homes.get(block.id.as_str());
        !is_twin || (home.is_none_or(|home| *home == group.id) && kept.insert(block.id.clone()))
    };
    let apart = groups.iter().map(|group| {
        let blocks = group.blocks.iter().filter(|block| stays(group, block)).cloned().collect();
        Rc::new(Group { blocks, ..(**group).clone() })
    });
    Rc::new(apart.collect())
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
