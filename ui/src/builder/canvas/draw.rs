//! What is drawn past the virtual document: places, curves, the wire under the pointer. These change at every step of a
//! drag, so they are set directly, and set again after each paint.

use super::gesture::Gesture;
use crate::builder::document::Item;
use crate::builder::geometry::{Camera, Curve, Point, Rect};
use crate::builder::model::Model;
use crate::builder::scene::{GROUP_WIDTH, Scene};

/// One thing to set in the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Draw {
    Camera(Camera),
    /// A pixel of the screen, as long as it is on the canvas: what has one size at every zoom is measured in it.
    Pixel(f64),
    /// Where an element stands.
    Place {
        id: String,
        x: f64,
        y: f64,
    },
    Size {
        id: String,
        w: f64,
        h: f64,
    },
    Curve {
        id: String,
        path: String,
    },
    /// The line that is being drawn.
    Wire(Option<String>),
    /// The box that chooses what lies in it.
    Band(Option<Rect>),
    /// What is carried: a copy of this element, or of the palette's.
    Ghost(Option<(String, Point)>),
    /// Where what is carried would go.
    Slot(Option<(f64, f64, f64)>),
    /// The element that a line would lead to.
    Over(Option<String>),
    /// What the minimap says is seen.
    Seen(Rect),
}

/// What a step of a drag changes, and whether the page has to be painted for it as well.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    pub draws: Vec<Draw>,
    pub repaint: bool,
}

impl Model {
    /// Everything as it stands, for after a paint.
    pub fn still(&self) -> Vec<Draw> {
        let mut draws = vec![];
        self.draw_camera(&mut draws);
        draws.push(Draw::Pixel(if self.is_far() { 1.0 / self.camera.zoom } else { 1.0 }));
        let shown = self.shown();
        for group in self.scene.groups.iter().filter(|group| group.rect.meets(shown)) {
            let item = Item::Group(group.record.id.clone());
            draws.push(Draw::Size { id: item.dom_id(), w: GROUP_WIDTH, h: group.rect.h });
            draws.push(self.place(&item, group.rect));
        }
        for (trigger, rect) in &self.scene.triggers {
            draws.push(self.place(&Item::Trigger(trigger.id.clone()), *rect));
        }
        for (note, rect) in &self.scene.notes {
            let item = Item::Note(note.id.clone());
            let (dw, dh) = match &self.gesture {
                Gesture::Size { note: id, by, .. } if *id == note.id => *by,
                _ => (0.0, 0.0),
            };
            draws.push(Draw::Size { id: item.dom_id(), w: rect.w + dw, h: rect.h + dh });
            draws.push(self.place(&item, *rect));
        }
        for line in &self.scene.lines {
            let curve = self.curve(&line.ends, line.curve);
            if curve.bounds().meets(shown) {
                draws.push(Draw::Curve { id: line.id.clone(), path: curve.path() });
            }
        }
        self.draw_gone(&mut draws);
        self.draw_gesture(&mut draws);
        draws
    }

    pub fn draw_camera(&self, draws: &mut Vec<Draw>) {
        draws.push(Draw::Camera(self.camera));
        draws.push(Draw::Seen(self.camera.view(self.window)));
    }

    /// What the gesture under way shows, or that it shows nothing.
    pub fn draw_gesture(&self, draws: &mut Vec<Draw>) {
        let (mut wire, mut band, mut ghost, mut slot, mut over) = (None, None, None, None, None);
        match &self.gesture {
            Gesture::Band { from, to, .. } => band = Some(Rect::between(*from, *to)),
            Gesture::Wire { from, at, over: target } => {
                let to = target.as_ref().and_then(|target| self.scene.entry(target)).unwrap_or(*at);
                wire = self.scene.port(from).map(|from| Curve::new(from, to).path());
                over = target.as_ref().map(|target| target.item().dom_id());
            }
            Gesture::Lift { blocks, at, drop, grip } => {
                let id = blocks.first().map(|id| Item::Block(id.clone()).dom_id()).unwrap_or_default();
                ghost = Some((id, at.plus(-grip.x, -grip.y)));
                slot = self.slot(drop.as_ref());
            }
            Gesture::New { entry, at, drop, inside: true } => {
                ghost = Some((format!("p-{entry}"), at.plus(-40.0, -16.0)));
                slot = self.slot(drop.as_ref());
            }
            _ => {}
        }
        draws.extend([
            Draw::Wire(wire),
            Draw::Band(band),
            Draw::Ghost(ghost),
            Draw::Slot(slot),
            Draw::Over(over),
        ]);
    }

    fn slot(&self, drop: Option<&(String, usize)>) -> Option<(f64, f64, f64)> {
        let (group, at) = drop?;
        let group = self.scene.group(group)?;
        Some((group.rect.x + 8.0, group.rect.y + Scene::slot(group, *at), GROUP_WIDTH - 16.0))
    }

    /// How far the gesture has moved this thing.
    pub fn shift(&self, item: &Item) -> (f64, f64) {
        match &self.gesture {
            Gesture::Move { items, by, .. } if items.contains(item) => *by,
            _ => (0.0, 0.0),
        }
    }

    fn place(&self, item: &Item, rect: Rect) -> Draw {
        let (dx, dy) = self.shift(item);
        Draw::Place { id: item.dom_id(), x: rect.x + dx, y: rect.y + dy }
    }

    fn curve(&self, (begins, ends): &(Item, Item), curve: Curve) -> Curve {
        let (from, to) = (self.shift(begins), self.shift(ends));
        if (from, to) == ((0.0, 0.0), (0.0, 0.0)) {
            return curve;
        }
        // What moves finds its way anew when it is let go.
        Curve::new(curve.from.plus(from.0, from.1), curve.to.plus(to.0, to.1))
    }

    /// What a drag of things changes: their places, and the lines at them.
    pub fn draw_moved(&self, draws: &mut Vec<Draw>) {
        let Gesture::Move { items, .. } = &self.gesture else { return };
        draws
            .extend(items.iter().filter_map(|item| self.scene.rect(item).map(|rect| self.place(item, rect))));
        let touched = self
            .scene
            .lines
            .iter()
            .filter(|line| items.contains(&line.ends.0) || items.contains(&line.ends.1));
        draws.extend(touched.map(|line| Draw::Curve {
            id: line.id.clone(),
            path: self.curve(&line.ends, line.curve).path(),
        }));
    }
}
