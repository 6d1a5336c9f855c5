//! Copying within a flow, between flows and between bots: the clipboard holds JSON.

use std::collections::HashMap;
use std::rc::Rc;

use beseda_flow::import::{Strangers, Taken, painted};
use serde_json::{Value, json};

use super::ops::{Ids, Selection};
use super::{Block, Doc, Edge, Fields, Group, Item, Source, Spot, Target};

/// Marks a text on the clipboard as ours.
const MARK: &str = "beseda-flow-part";

/// What is chosen, as a piece of a flow. A block that is chosen without its group comes with one of its own.
pub fn part(doc: &Doc, chosen: &Selection) -> Doc {
    let has = |item: fn(String) -> Item, id: &str| chosen.contains(&item(id.to_owned()));
    let groups = doc.groups.iter().filter_map(|group| {
        if has(Item::Group, &group.id) {
            return Some(Rc::clone(group));
        }
        let blocks: Vec<_> =
            group.blocks.iter().filter(|block| has(Item::Block, &block.id)).cloned().collect();
        (!blocks.is_empty()).then(|| Rc::new(Group { blocks, ..(**group).clone() }))
    });
    let spots = |spots: &[Rc<Spot>], item: fn(String) -> Item| {
        Rc::new(spots.iter().filter(|spot| has(item, &spot.id)).cloned().collect())
    };
    let mut part = Doc {
        groups: Rc::new(groups.collect()),
        triggers: spots(&doc.triggers, Item::Trigger),
        notes: spots(&doc.notes, Item::Note),
        ..Doc::default()
    };
    // Lines that have both ends in the piece.
    let within = |edge: &Edge| {
        let begins = match &edge.from {
            Source::Port { block, .. } => part.block(block).is_some(),
            Source::Trigger(id) => part.trigger(id).is_some(),
        };
        begins && part.has(&edge.to.item())
    };
    let edges: Vec<_> = doc.edges.iter().filter(|edge| within(edge)).cloned().collect();
    part.edges = Rc::new(edges);
    part
}

/// A piece from the clipboard.
#[derive(Debug)]
pub struct Pasted {
    pub part: Doc,
    /// The bot it was copied from, as the clipboard says; none for a file.
    pub bot: Option<String>,
}

/// The piece as text for the clipboard; none where there is nothing to copy.
pub fn written(part: &Doc, bot: Option<&str>) -> Option<String> {
    let empty = part.groups.is_empty() && part.triggers.is_empty() && part.notes.is_empty();
    let text = serde_json::to_string_pretty(&json!({ MARK: 1, "bot": bot, "flow": part.to_json() }));
    text.ok().filter(|_| !empty)
}

/// Reads a piece: ours, or a whole flow that somebody exported.
pub fn read(text: &str) -> Option<Pasted> {
    let value: Value = serde_json::from_str(text.trim()).ok()?;
    let is_piece = value.get(MARK).is_some();
    let flow = if is_piece { value.get("flow")? } else { &value };
    flow.get("groups")?;
    let part = Doc::from_json(flow);
    let bot = value.get("bot").and_then(Value::as_str).filter(|_| is_piece).map(str::to_owned);
    let empty = part.groups.is_empty() && part.triggers.is_empty() && part.notes.is_empty();
    (!empty).then_some(Pasted { part, bot })
}

/// The piece as another bot takes it: jumps to what is not in it lead nowhere, since a group there may have the same id.
#[must_use]
pub fn detached(mut part: Doc) -> Doc {
    let inside = part.clone();
    for_blocks(&mut part, |block| {
        let to = block.fields.get("to").and_then(Target::from_json);
        if to.is_some_and(|to| !inside.has(&to.item())) {
            block.fields.remove("to");
        }
    });
    part
}

/// What stayed behind of a piece from strangers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Blocks that are switched off, or do less than they did.
    pub off: usize,
    /// Addresses that customers are not sent before they are allowed.
    pub addresses: usize,
    /// The names that stand for secrets now; places where one was painted over count without a name.
    pub secrets: Vec<String>,
    pub painted: usize,
}

/// The piece as it is taken from strangers: as in an import, what reaches outside is switched off, and no secret comes in.
#[must_use]
pub fn from_strangers(mut part: Doc) -> (Doc, LeftBehind) {
    let (mut strangers, mut left) = (Strangers::default(), LeftBehind::default());
    for_blocks(&mut part, |block| {
        let mut value = block.to_json();
        let taken = strangers.take(&mut value);
        if taken == Taken::default() {
            return;
        }
        if let Value::Object(fields) = value
            && let Some(taken_in) = Block::from_fields(fields)
        {
            *block = taken_in;
        }
        left.off += usize::from(taken.off) + usize::from(taken.no_summary);
        // Of a block that is off it is said already.
        left.addresses += if taken.off { 0 } else { taken.addresses.len() };
        left.painted += usize::from(taken.painted);
        let new = taken.secrets.into_iter().filter(|name| !left.secrets.contains(name));
        let new: Vec<String> = new.collect();
        left.secrets.extend(new);
    });
    for_fields_beside(&mut part, |fields| {
        let mut value = Value::Object(std::mem::take(fields));
        left.painted += usize::from(painted(&mut value, None));
        if let Value::Object(clean) = value {
            *fields = clean;
        }
    });
    (part, left)
}

/// What a piece says beside its blocks.
fn for_fields_beside(part: &mut Doc, mut with: impl FnMut(&mut Fields)) {
    for group in Rc::make_mut(&mut part.groups) {
        with(&mut Rc::make_mut(group).rest);
    }
    for spots in [&mut part.triggers, &mut part.notes] {
        for spot in Rc::make_mut(spots) {
            with(&mut Rc::make_mut(spot).fields);
        }
    }
    for edge in Rc::make_mut(&mut part.edges) {
        with(&mut Rc::make_mut(edge).rest);
    }
}

fn for_blocks(part: &mut Doc, mut with: impl FnMut(&mut Block)) {
    for group in Rc::make_mut(&mut part.groups) {
        for block in &mut Rc::make_mut(group).blocks {
            with(Rc::make_mut(block));
        }
    }
}

/// Adds the piece with fresh ids, shifted so that its corner lies at this place. Gives what is new, to be chosen.
pub fn pasted(doc: Doc, part: &Doc, (x, y): (f64, f64), ids: &mut Ids) -> (Doc, Selection) {
    let part = renamed(part, ids);
    let corners = part
        .groups
        .iter()
        .map(|group| (group.x, group.y))
        .chain(part.triggers.iter().chain(part.notes.iter()).map(|spot| (spot.x, spot.y)));
    let (left, top) = corners.fold((f64::MAX, f64::MAX), |(left, top), (x, y)| (left.min(x), top.min(y)));
    let chosen: Selection = part
        .groups
        .iter()
        .map(|group| Item::Group(group.id.clone()))
        .chain(part.triggers.iter().map(|trigger| Item::Trigger(trigger.id.clone())))
        .chain(part.notes.iter().map(|note| Item::Note(note.id.clone())))
        .collect();
    let part = part.moved(&chosen, x - left, y - top);
    let mut doc = doc;
    Rc::make_mut(&mut doc.groups).extend(part.groups.iter().cloned());
    Rc::make_mut(&mut doc.triggers).extend(part.triggers.iter().cloned());
    Rc::make_mut(&mut doc.notes).extend(part.notes.iter().cloned());
    Rc::make_mut(&mut doc.edges).extend(part.edges.iter().cloned());
    (doc, chosen)
}

/// The same piece under ids of its own. What leads out of it (a jump) leads nowhere new.
fn renamed(part: &Doc, ids: &mut Ids) -> Doc {
    let mut new: HashMap<String, String> = HashMap::new();
    let mut fresh = |mark: &str, old: &str| {
        let id = ids.next(mark);
        new.insert(format!("{mark}{old}"), id.clone());
        id
    };
    let mut groups = vec![];
    for group in part.groups.iter() {
        let id = fresh("g", &group.id);
        let blocks = group
            .blocks
            .iter()
            .map(|block| Rc::new(Block { id: fresh("b", &block.id), ..(**block).clone() }))
            .collect();
        groups.push(Group { id, blocks, ..(**group).clone() });
    }
    let mut spots = |spots: &[Rc<Spot>], mark: &str| -> Rc<Vec<Rc<Spot>>> {
        let renamed =
            spots.iter().map(|spot| Rc::new(Spot { id: fresh(mark, &spot.id), ..(**spot).clone() }));
        Rc::new(renamed.collect())
    };
    let (triggers, notes) = (spots(&part.triggers, "t"), spots(&part.notes, "n"));
    let known = |mark: &str, old: &str| new.get(&format!("{mark}{old}")).cloned();
    let target = |to: &Target| {
        Some(Target {
            group: known("g", &to.group)?,
            block: to.block.as_ref().and_then(|block| known("b", block)),
        })
    };
    for group in &mut groups {
        for block in &mut group.blocks {
            let to = block.fields.get("to").and_then(Target::from_json).and_then(|to| target(&to));
            if let Some(to) = to {
                Rc::make_mut(block).fields.insert("to".into(), to.to_json());
            }
        }
    }
    let edges = part.edges.iter().filter_map(|edge| {
        let from = match &edge.from {
            Source::Port { block, port } => Source::Port { block: known("b", block)?, port: port.clone() },
            Source::Trigger(id) => Source::Trigger(known("t", id)?),
        };
        Some(Rc::new(Edge { id: ids.next("e"), from, to: target(&edge.to)?, rest: edge.rest.clone() }))
    });
    Doc {
        edges: Rc::new(edges.collect()),
        groups: Rc::new(groups.into_iter().map(Rc::new).collect()),
        triggers,
        notes,
        ..Doc::default()
    }
}
