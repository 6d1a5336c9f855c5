//! What a pointer that is held down does, from the press to the release.

use super::draw::{Draw, Step};
use super::{Hit, Press};
use crate::builder::document::ops::Selection;
use crate::builder::document::{Doc, Group, Item, Source, Target};
use crate::builder::geometry::{Point, Rect, edge_scroll, snapped};
use crate::builder::kinds;
use crate::builder::model::Model;
use crate::builder::palette::STICKY;
use crate::builder::scene::GROUP;
use crate::effect::Effects;

/// Pixels a pointer may tremble and still click.
const TREMBLE: f64 = 4.0;

#[derive(Debug, Clone, PartialEq, Default)]
pub enum Gesture {
    #[default]
    None,
    /// Pressed, and not moved yet.
    Pressed(Press),
    Pan {
        last: Point,
    },
    /// Choosing by a box; `kept` stays chosen.
    Band {
        from: Point,
        to: Point,
        kept: Selection,
    },
    /// Moving things by so much.
    Move {
        from: Point,
        by: (f64, f64),
        items: Selection,
    },
    /// Carrying blocks to another place or group; `grip` is where in the first block the pointer holds it.
    Lift {
        blocks: Vec<String>,
        at: Point,
        grip: Point,
        drop: Option<(String, usize)>,
    },
    /// Drawing a line.
    Wire {
        from: Source,
        at: Point,
        over: Option<Target>,
    },
    /// Carrying something out of the palette.
    New {
        entry: String,
        at: Point,
        drop: Option<(String, usize)>,
        inside: bool,
    },
    /// Making a note larger or smaller.
    Size {
        note: String,
        from: Point,
        by: (f64, f64),
    },
}

impl Gesture {
    /// Whether the canvas moves when the pointer comes near its edge.
    pub const fn scrolls(&self) -> bool {
        matches!(
            self,
            Self::Band { .. }
                | Self::Move { .. }
                | Self::Lift { .. }
                | Self::Wire { .. }
                | Self::New { inside: true, .. }
        )
    }
}

impl Gesture {
    /// Lets go of what is not in the flow any more: somebody else took it away in the meantime.
    pub fn settle(&mut self, doc: &Doc) {
        let is_gone = |(group, _): &mut (String, usize)| doc.group(group).is_none();
        let goes_on = match self {
            Self::Move { items, .. } => {
                items.retain(|item| doc.has(item));
                !items.is_empty()
            }
            Self::Lift { blocks, drop, .. } => {
                blocks.retain(|block| doc.block(block).is_some());
                drop.take_if(is_gone);
                !blocks.is_empty()
            }
            Self::New { drop, .. } => {
                drop.take_if(is_gone);
                true
            }
            Self::Wire { from, over, .. } => {
                over.take_if(|target| !doc.has(&target.item()));
                match from {
                    Source::Port { block, .. } => doc.block(block).is_some(),
                    Source::Trigger(id) => doc.trigger(id).is_some(),
                }
            }
            Self::Size { note, .. } => doc.note(note).is_some(),
            Self::Pressed(press) => match &press.hit {
                Hit::Item(item) => doc.has(item),
                _ => true,
            },
            Self::None | Self::Pan { .. } | Self::Band { .. } => true,
        };
        if !goes_on {
            *self = Self::None;
        }
    }
}

impl Model {
    pub fn down(&mut self, press: Press) -> Effects {
        self.history.pause();
        match &press.hit {
            Hit::Item(item) if !press.pans => {
                let is_chosen = self.chosen.contains(item);
                if press.shift || press.command {
                    let mut chosen = self.chosen.clone();
                    if !chosen.remove(item) {
                        chosen.insert(item.clone());
                    }
                    self.gesture = Gesture::Pressed(press);
                    return self.choose_all(chosen);
                }
                let item = item.clone();
                self.gesture = Gesture::Pressed(press);
                if !is_chosen {
                    return self.choose(item);
                }
            }
            _ => self.gesture = Gesture::Pressed(press),
        }
        vec![]
    }

    /// The pointer is here now, on the screen. Nothing is painted for it but what this returns.
    pub fn drag(&mut self, at: Point) -> Step {
        if let Gesture::Pressed(press) = &self.gesture {
            if press.at.distance(at) < TREMBLE {
                return Step::default();
            }
            self.begin(&press.clone());
        }
        let world = self.camera.to_world(at);
        let mut step = Step::default();
        match std::mem::take(&mut self.gesture) {
            Gesture::Pan { last } => {
                self.camera = self.camera.panned(at.x - last.x, at.y - last.y);
                self.gesture = Gesture::Pan { last: at };
                self.draw_camera(&mut step.draws);
                step.repaint = self.needs_paint();
                return step;
            }
            Gesture::Band { from, kept, .. } => self.gesture = Gesture::Band { from, to: world, kept },
            Gesture::Move { from, items, .. } => {
                let by = self.snapped_by(&items, (world.x - from.x, world.y - from.y));
                self.gesture = Gesture::Move { from, by, items };
                self.draw_moved(&mut step.draws);
                return step;
            }
            Gesture::Lift { blocks, grip, .. } => {
                let drop = self.drop_place(world);
                self.gesture = Gesture::Lift { blocks, at: world, grip, drop };
            }
            Gesture::Wire { from, .. } => {
                let over = self.scene.target_at(world).filter(|target| !is_own(&from, target));
                self.gesture = Gesture::Wire { from, at: world, over };
            }
            Gesture::New { entry, .. } => {
                let inside = Rect::new(0.0, 0.0, self.window.0, self.window.1).holds(at);
                let drop = if inside && !is_spot(&entry) { self.drop_place(world) } else { None };
                self.gesture = Gesture::New { entry, at: world, drop, inside };
            }
            Gesture::Size { note, from, .. } => {
                let by = (snapped(world.x - from.x), snapped(world.y - from.y));
                if let Some(rect) = self.scene.rect(&Item::Note(note.clone())) {
                    let (w, h) = ((rect.w + by.0).max(96.0), (rect.h + by.1).max(72.0));
                    step.draws.push(Draw::Size { id: Item::Note(note.clone()).dom_id(), w, h });
                }
                self.gesture = Gesture::Size { note, from, by };
                return step;
            }
            gesture @ (Gesture::None | Gesture::Pressed(_)) => {
                self.gesture = gesture;
                return step;
            }
        }
        self.draw_gesture(&mut step.draws);
        step
    }

    /// The pointer rests near the edge: the canvas moves under it.
    pub fn scroll_at_edge(&mut self, at: Point) -> Step {
        let by = if self.gesture.scrolls() { edge_scroll(at, self.window) } else { Point::default() };
        if by == Point::default() {
            return Step::default();
        }
        self.camera = self.camera.panned(by.x, by.y);
        let mut step = self.drag(at);
        self.draw_camera(&mut step.draws);
        step.repaint = self.needs_paint();
        step
    }

    /// The press became a drag: of what?
    fn begin(&mut self, press: &Press) {
        let world = self.camera.to_world(press.at);
        self.gesture = match &press.hit {
            _ if press.pans => Gesture::Pan { last: press.at },
            Hit::Canvas if press.shift || press.command => {
                Gesture::Band { from: world, to: world, kept: self.chosen.clone() }
            }
            Hit::Entry(entry) if self.can_arrange() => {
                Gesture::New { entry: entry.clone(), at: world, drop: None, inside: false }
            }
            Hit::Port(from) if self.can_arrange() => {
                Gesture::Wire { from: from.clone(), at: world, over: None }
            }
            Hit::Corner(note) if self.can_arrange() => {
                Gesture::Size { note: note.clone(), from: world, by: (0.0, 0.0) }
            }
            // A line is taken by its end and led elsewhere.
            Hit::Item(Item::Edge(id)) if self.can_arrange() => match self.doc.edge(id) {
                Some(edge) => {
                    Gesture::Wire { from: edge.from.clone(), at: world, over: Some(edge.to.clone()) }
                }
                None => Gesture::Pan { last: press.at },
            },
            Hit::Item(Item::Block(id)) if self.can_arrange() => self.lift(id, world),
            Hit::Item(item) if self.can_arrange() => {
                let mut items = self.movable();
                items.insert(item.clone());
                Gesture::Move { from: world, by: (0.0, 0.0), items }
            }
            _ => Gesture::Pan { last: press.at },
        };
    }

    /// A block is lifted out of its group; of a chosen group it moves the group.
    fn lift(&self, id: &str, world: Point) -> Gesture {
        let Some((group, _)) = self.doc.block(id) else { return Gesture::None };
        let chosen: Vec<String> = group
            .blocks
            .iter()
            .filter(|block| block.id == id || self.chosen.contains(&Item::Block(block.id.clone())))
            .map(|block| block.id.clone())
            .collect();
        let items = self.movable();
        if items.contains(&Item::Group(group.id.clone())) {
            return Gesture::Move { from: world, by: (0.0, 0.0), items };
        }
        let corner = self.scene.rect(&Item::Block(id.to_owned())).unwrap_or_default();
        let grip = Point::new(world.x - corner.x, world.y - corner.y);
        Gesture::Lift { blocks: chosen, at: world, grip, drop: None }
    }

    /// The group that these blocks are all of.
    fn whole_group(&self, blocks: &[String]) -> Option<String> {
        let (group, _) = self.doc.block(blocks.first()?)?;
        group.blocks.iter().all(|block| blocks.contains(&block.id)).then(|| group.id.clone())
    }

    /// The chosen things that have places of their own.
    pub fn movable(&self) -> Selection {
        self.chosen
            .iter()
            .filter(|item| matches!(item, Item::Group(_) | Item::Trigger(_) | Item::Note(_)))
            .cloned()
            .collect()
    }

    /// The first of what is moved comes to lie on the grid, and the rest keep their distances to it.
    fn snapped_by(&self, items: &Selection, (dx, dy): (f64, f64)) -> (f64, f64) {
        let Some(rect) = items.iter().find_map(|item| self.scene.rect(item)) else { return (dx, dy) };
        (snapped(rect.x + dx) - rect.x, snapped(rect.y + dy) - rect.y)
    }

    fn drop_place(&self, at: Point) -> Option<(String, usize)> {
        self.scene.drop_at(at).map(|(group, place)| (group.record.id.clone(), place))
    }

    pub fn up(&mut self) -> Effects {
        match std::mem::take(&mut self.gesture) {
            Gesture::None => vec![],
            Gesture::Pressed(press) => self.clicked(press),
            Gesture::Pan { .. } => self.rest(),
            Gesture::Band { from, to, kept } => {
                let mut chosen = self.within(Rect::between(from, to));
                chosen.extend(kept);
                self.choose_all(chosen)
            }
            Gesture::Move { by, items, .. } => {
                let mut effects = self.rest();
                if by != (0.0, 0.0) {
                    let doc = self.doc.clone().moved(&items, by.0, by.1);
                    effects.extend(self.change(doc, None));
                }
                effects
            }
            Gesture::Lift { blocks, at, grip, drop } => {
                let doc = self.doc.clone();
                let chosen: Selection = blocks.iter().cloned().map(Item::Block).collect();
                let doc = match drop {
                    Some((group, place)) => doc.blocks_moved(&blocks, &group, place),
                    // All of a group: the group itself moves.
                    None if self.whole_group(&blocks).is_some() => {
                        let group = self.whole_group(&blocks).unwrap_or_default();
                        let at = (snapped(at.x - grip.x - 8.0), snapped(at.y - grip.y - 38.0));
                        doc.placed(&[(Item::Group(group), at.0, at.1)])
                    }
                    None => {
                        let id = self.ids.next("g");
                        let (x, y) = (snapped(at.x - grip.x - 8.0), snapped(at.y - grip.y - 40.0));
                        let group = Group { id: id.clone(), x, y, ..Group::default() };
                        doc.with_group(group).blocks_moved(&blocks, &id, 0)
                    }
                };
                let mut effects = self.change(doc, None);
                effects.extend(self.choose_all(chosen));
                effects
            }
            Gesture::Wire { from, at, over } => self.wired(from, at, over),
            Gesture::New { entry, at, drop, inside } => {
                if inside {
                    self.insert(&entry, Some(at.plus(-40.0, -16.0)), drop)
                } else {
                    vec![]
                }
            }
            Gesture::Size { note, by, .. } => self.note_sized(&note, by),
        }
    }

    /// Pressed and let go in one place.
    fn clicked(&mut self, press: Press) -> Effects {
        match press.hit {
            Hit::Canvas if !press.shift && !press.command => self.choose_all(Selection::new()),
            // Buttons are pressed by their own clicks, which the keyboard makes, too.
            Hit::Item(item) if !press.shift && !press.command => {
                let mut effects = self.choose(item.clone());
                // On a telephone what is touched is opened to be read.
                if self.narrow {
                    effects.extend(self.reveal(&item));
                }
                effects
            }
            _ => vec![],
        }
    }

    /// The line was let go: over something, or over nothing, where something new is asked for.
    fn wired(&mut self, from: Source, at: Point, over: Option<Target>) -> Effects {
        match over {
            Some(to) => {
                if self.doc.edge_from(&from).is_some_and(|edge| edge.to == to) {
                    return vec![];
                }
                let id = self.ids.next("e");
                let doc = self.doc.clone().connected(from, to, id.clone());
                let mut effects = self.change(doc, None);
                effects.extend(self.choose(Item::Edge(id)));
                effects
            }
            None => self.ask_next(from, at),
        }
    }

    fn within(&self, rect: Rect) -> Selection {
        let groups = self.scene.groups.iter().filter(|group| group.rect.meets(rect));
        let spots = |spots: &[(std::rc::Rc<crate::builder::document::Spot>, Rect)],
                     item: fn(String) -> Item| {
            spots
                .iter()
                .filter(|(_, place)| place.meets(rect))
                .map(|(spot, _)| item(spot.id.clone()))
                .collect::<Vec<_>>()
        };
        groups
            .map(|group| Item::Group(group.record.id.clone()))
            .chain(spots(&self.scene.triggers, Item::Trigger))
            .chain(spots(&self.scene.notes, Item::Note))
            .collect()
    }

    pub fn note_sized(&mut self, note: &str, (dw, dh): (f64, f64)) -> Effects {
        let Some(rect) = self.scene.rect(&Item::Note(note.to_owned())) else { return vec![] };
        let of = crate::builder::document::ops::Of::Note(note.to_owned());
        let doc = self.doc.clone().set(&of, "/w", (rect.w + dw).max(96.0).into()).set(
            &of,
            "/h",
            (rect.h + dh).max(72.0).into(),
        );
        self.change(doc, None)
    }

    /// Something of the palette goes into a group, or onto the canvas.
    pub fn insert(&mut self, entry: &str, at: Option<Point>, drop: Option<(String, usize)>) -> Effects {
        if !self.can_arrange() {
            return vec![];
        }
        if is_spot(entry) {
            return self.insert_spot(entry, at);
        }
        let Some(entry) = kinds::entry(entry) else { return vec![] };
        let id = self.ids.next("b");
        let block = entry.block(id.clone());
        let doc = self.doc.clone();
        let after = self.chosen_block();
        let doc = match (drop, at) {
            (Some((group, place)), _) => doc.with_block(&group, place, block),
            (None, Some(at)) => {
                let group = self.new_group(at);
                let name = group.id.clone();
                doc.with_group(group).with_block(&name, 0, block)
            }
            // Without a place: after what is chosen.
            (None, None) => {
                if let Some((group, place)) = after {
                    doc.with_block(&group, place + 1, block)
                } else {
                    let group = self.new_group(self.free_place(GROUP));
                    let name = group.id.clone();
                    self.clear_of_others(doc.with_group(group).with_block(&name, 0, block), &name)
                }
            }
        };
        let mut effects = self.change(doc, None);
        let item = Item::Block(id);
        effects.extend(self.choose(item.clone()));
        effects.extend(self.reveal(&item));
        effects.extend(self.open_form());
        effects
    }
}

/// Whether an entry of the palette stands on the canvas by itself, and is no block.
fn is_spot(entry: &str) -> bool {
    entry == STICKY || entry.starts_with("trigger-")
}

/// Whether a line would lead from a block to itself.
fn is_own(from: &Source, to: &Target) -> bool {
    match from {
        Source::Port { block, .. } => to.block.as_ref() == Some(block),
        Source::Trigger(_) => false,
    }
}
