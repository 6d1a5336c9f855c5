//! What can be done to a flow: each operation takes a document and gives the next one.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use super::{Block, Doc, Edge, Fields, Group, Item, Source, Spot, Target, pointer};

/// What is chosen.
pub type Selection = BTreeSet<Item>;

/// Makes ids that no other block of any flow has: eight letters out of a counter and a seed of the page.
#[derive(Debug, Clone)]
pub struct Ids(u64);

impl Ids {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A fresh id; `mark` says what for, so that people who read the JSON see it.
    pub fn next(&mut self, mark: &str) -> String {
        // SplitMix64: spreads a counter over all numbers without ever repeating.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let mut id = mark.to_owned();
        for _ in 0..8 {
            id.push(char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[usize::try_from(bits & 31).unwrap_or(0)]));
            bits >>= 5;
        }
        id
    }
}

/// The record whose fields are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Flow,
    Group(String),
    Block(String),
    Trigger(String),
    Note(String),
}

impl Of {
    /// What a form of this thing edits; edges have no form.
    pub fn item(item: &Item) -> Option<Self> {
        Some(match item {
            Item::Group(id) => Self::Group(id.clone()),
            Item::Block(id) => Self::Block(id.clone()),
            Item::Trigger(id) => Self::Trigger(id.clone()),
            Item::Note(id) => Self::Note(id.clone()),
            Item::Edge(_) => return None,
        })
    }
}

impl Doc {
    #[must_use]
    pub fn with_group(mut self, group: Group) -> Self {
        Rc::make_mut(&mut self.groups).push(Rc::new(group));
        self
    }

    #[must_use]
    pub fn with_trigger(mut self, trigger: Spot) -> Self {
        Rc::make_mut(&mut self.triggers).push(Rc::new(trigger));
        self
    }

    #[must_use]
    pub fn with_note(mut self, note: Spot) -> Self {
        Rc::make_mut(&mut self.notes).push(Rc::new(note));
        self
    }

    /// Puts a block into a group before the block at this place.
    #[must_use]
    pub fn with_block(mut self, group: &str, at: usize, block: Block) -> Self {
        self.change_group(group, |group| {
            let at = at.min(group.blocks.len());
            group.blocks.insert(at, Rc::new(block));
        });
        self
    }

    /// A line from a port; the one that began there goes.
    #[must_use]
    pub fn connected(mut self, from: Source, to: Target, id: String) -> Self {
        let edges = Rc::make_mut(&mut self.edges);
        edges.retain(|edge| edge.from != from);
        edges.push(Rc::new(Edge { id, from, to, rest: Fields::new() }));
        self
    }

    /// Moves groups, triggers and notes together. Blocks and edges go with their groups.
    #[must_use]
    pub fn moved(mut self, items: &Selection, dx: f64, dy: f64) -> Self {
        for group in Rc::make_mut(&mut self.groups) {
            if items.contains(&Item::Group(group.id.clone())) {
                let group = Rc::make_mut(group);
                group.x += dx;
                group.y += dy;
            }
        }
        let shift = |spots: &mut Rc<Vec<Rc<Spot>>>, item: fn(String) -> Item| {
            for spot in Rc::make_mut(spots) {
                if items.contains(&item(spot.id.clone())) {
                    let spot = Rc::make_mut(spot);
                    spot.x += dx;
                    spot.y += dy;
                }
            }
        };
        shift(&mut self.triggers, Item::Trigger);
        shift(&mut self.notes, Item::Note);
        self
    }

    /// Gives groups and triggers these places.
    #[must_use]
    pub fn placed(mut self, places: &[(Item, f64, f64)]) -> Self {
        for (item, x, y) in places {
            match item {
                Item::Group(id) => self.change_group(id, |group| (group.x, group.y) = (*x, *y)),
                Item::Trigger(id) => change(
                    &mut self.triggers,
                    |trigger| trigger.id == *id,
                    |trigger| {
                        (trigger.x, trigger.y) = (*x, *y);
                    },
                ),
                Item::Note(id) => change(
                    &mut self.notes,
                    |note| note.id == *id,
                    |note| {
                        (note.x, note.y) = (*x, *y);
                    },
                ),
                Item::Block(_) | Item::Edge(_) => {}
            }
        }
        self
    }

    /// Takes blocks out of where they are and puts them, in their order, into a group before the block at this place.
    /// Groups that are left empty go, and lines that led to them lead to the blocks themselves. Where there is no such group
    /// nothing moves.
    #[must_use]
    pub fn blocks_moved(mut self, ids: &[String], group: &str, at: usize) -> Self {
        if self.group(group).is_none() {
            return self;
        }
        // The place counts the blocks that stay.
        let before = self
            .group(group)
            .map_or(0, |group| group.blocks.iter().take(at).filter(|block| ids.contains(&block.id)).count());
        let taken: Vec<Rc<Block>> = self
            .blocks()
            .filter(|(_, block)| ids.contains(&block.id))
            .map(|(_, block)| Rc::clone(block))
            .collect();
        let Some(first) = taken.first().map(|block| block.id.clone()) else { return self };
        let left: Vec<String> = self
            .groups
            .iter()
            .filter(|from| from.id != group && !from.blocks.is_empty())
            .filter(|from| from.blocks.iter().all(|block| ids.contains(&block.id)))
            .map(|from| from.id.clone())
            .collect();
        for from in Rc::make_mut(&mut self.groups) {
            if from.blocks.iter().any(|block| ids.contains(&block.id)) {
                Rc::make_mut(from).blocks.retain(|block| !ids.contains(&block.id));
            }
        }
        self.change_group(group, |group| {
            let at = (at - before).min(group.blocks.len());
            group.blocks.splice(at..at, taken);
        });
        Rc::make_mut(&mut self.groups).retain(|from| !left.contains(&from.id));
        let moved_to = |target: &mut Target| {
            let block = target.block.as_ref().is_some_and(|block| ids.contains(block));
            if block || left.contains(&target.group) {
                target.block.get_or_insert_with(|| first.clone());
                group.clone_into(&mut target.group);
            }
        };
        for edge in Rc::make_mut(&mut self.edges) {
            let mut to = edge.to.clone();
            moved_to(&mut to);
            if to != edge.to {
                Rc::make_mut(edge).to = to;
            }
        }
        if let Some(mut start) = self.rest.get("start").and_then(Target::from_json) {
            moved_to(&mut start);
            Rc::make_mut(&mut self.rest).insert("start".into(), start.to_json());
        }
        self.jumps_follow(&moved_to)
    }

    /// Jumps lead to the same block as before.
    fn jumps_follow(mut self, moved_to: &dyn Fn(&mut Target)) -> Self {
        let moved: Vec<(String, Value)> = self
            .blocks()
            .filter_map(|(_, block)| {
                let old = Target::from_json(block.fields.get("to")?)?;
                let mut new = old.clone();
                moved_to(&mut new);
                (new != old).then(|| (block.id.clone(), new.to_json()))
            })
            .collect();
        for (id, to) in moved {
            self.change_block(&id, |block| {
                block.fields.insert("to".into(), to);
            });
        }
        self
    }

    /// Without these things, and without the lines that began or ended there.
    #[must_use]
    pub fn without(mut self, items: &Selection) -> Self {
        let has = |item: fn(String) -> Item, id: &str| items.contains(&item(id.to_owned()));
        let groups = Rc::make_mut(&mut self.groups);
        groups.retain(|group| !has(Item::Group, &group.id));
        for group in groups.iter_mut() {
            if group.blocks.iter().any(|block| has(Item::Block, &block.id)) {
                Rc::make_mut(group).blocks.retain(|block| !has(Item::Block, &block.id));
            }
        }
        // A group whose last block was taken has nothing to say.
        groups.retain(|group| {
            !group.blocks.is_empty() || !items.iter().any(|item| matches!(item, Item::Block(_)))
        });
        Rc::make_mut(&mut self.triggers).retain(|trigger| !has(Item::Trigger, &trigger.id));
        Rc::make_mut(&mut self.notes).retain(|note| !has(Item::Note, &note.id));
        Rc::make_mut(&mut self.edges).retain(|edge| !has(Item::Edge, &edge.id));
        if let Some(start) = self.rest.get("start").and_then(Target::from_json)
            && !self.has(&start.item())
        {
            Rc::make_mut(&mut self.rest).remove("start");
        }
        self.without_loose_edges()
    }

    /// Lines need both ends.
    fn without_loose_edges(mut self) -> Self {
        let loose = |doc: &Self, edge: &Edge| {
            let begins = match &edge.from {
                Source::Port { block, .. } => doc.block(block).is_some(),
                Source::Trigger(id) => doc.trigger(id).is_some(),
            };
            !begins || !doc.has(&edge.to.item())
        };
        if self.edges.iter().any(|edge| loose(&self, edge)) {
            let kept = self.edges.iter().filter(|edge| !loose(&self, edge)).cloned().collect();
            self.edges = Rc::new(kept);
        }
        self
    }

    /// Changes the fields of one record.
    #[must_use]
    pub fn changed(mut self, of: &Of, with: impl FnOnce(&mut Fields)) -> Self {
        match of {
            Of::Flow => with(Rc::make_mut(&mut self.rest)),
            Of::Group(id) => self.change_group(id, |group| with(&mut group.rest)),
            Of::Block(id) => self.change_block(id, |block| with(&mut block.fields)),
            Of::Trigger(id) => {
                change(&mut self.triggers, |trigger| trigger.id == *id, |trigger| with(&mut trigger.fields));
            }
            Of::Note(id) => change(&mut self.notes, |note| note.id == *id, |note| with(&mut note.fields)),
        }
        self
    }

    /// Puts a value into a record; null takes it away.
    #[must_use]
    pub fn set(self, of: &Of, at: &str, value: Value) -> Self {
        self.changed(of, |fields| pointer::set(fields, at, value))
    }

    pub fn fields(&self, of: &Of) -> Option<&Fields> {
        Some(match of {
            Of::Flow => &self.rest,
            Of::Group(id) => &self.group(id)?.rest,
            Of::Block(id) => &self.block(id)?.1.fields,
            Of::Trigger(id) => &self.trigger(id)?.fields,
            Of::Note(id) => &self.note(id)?.fields,
        })
    }

    /// Drops the lines of a block that begin at ports it no longer has.
    #[must_use]
    pub fn without_edges_of(mut self, block: &str, has: impl Fn(&str) -> bool) -> Self {
        let stale = |edge: &Edge| matches!(&edge.from, Source::Port { block: from, port: Some(port) } if from == block && !has(port));
        if self.edges.iter().any(|edge| stale(edge)) {
            Rc::make_mut(&mut self.edges).retain(|edge| !stale(edge));
        }
        self
    }

    pub(super) fn change_group(&mut self, id: &str, with: impl FnOnce(&mut Group)) {
        change(&mut self.groups, |group| group.id == id, with);
    }

    pub(super) fn change_block(&mut self, id: &str, with: impl FnOnce(&mut Block)) {
        let Some(group) = self.block(id).map(|(group, _)| group.id.clone()) else { return };
        self.change_group(&group, |group| {
            if let Some(block) = group.blocks.iter_mut().find(|block| block.id == id) {
                with(Rc::make_mut(block));
            }
        });
    }
}

/// Changes the first record that fits, and copies no other.
fn change<T: Clone>(records: &mut Rc<Vec<Rc<T>>>, is: impl Fn(&T) -> bool, with: impl FnOnce(&mut T)) {
    let Some(at) = records.iter().position(|record| is(record)) else { return };
    with(Rc::make_mut(&mut Rc::make_mut(records)[at]));
}
