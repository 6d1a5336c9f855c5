//! The keyboard: one table that the listener, the list of shortcuts and `update` read.

use super::canvas::Msg as Canvas;
use super::document::ops::Selection;
use super::document::{Item, Source};
use super::geometry::{GRID, Point, Rect, neighbour};
use super::model::Model;
use super::scene::GROUP;
use super::{Dialog, Msg, Tab, connect, find};
use crate::app::Key;
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};

/// Between a group and one that is made beside it.
const APART: f64 = 96.0;

/// What can be done by a key, and mostly by a button, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Undo,
    Redo,
    Duplicate,
    Delete,
    All,
    Find,
    SaveNow,
    Escape,
    Form,
    Connect,
    Palette,
    Test,
    Next,
    Publish,
    Tidy,
    Fit,
    Nearer,
    Farther,
    OneToOne,
    Help,
    Disable,
    Go(Direction),
    Shift(Direction),
    /// The block changes places with its neighbour, or goes into the group beside it; a note is made larger or smaller.
    Lift(Direction),
    /// What is there is chosen besides.
    Extend(Direction),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

impl Direction {
    const fn step(self) -> (f64, f64) {
        match self {
            Self::Left => (-1.0, 0.0),
            Self::Right => (1.0, 0.0),
            Self::Up => (0.0, -1.0),
            Self::Down => (0.0, 1.0),
        }
    }
}

impl Action {
    /// The keys as people are told, and the end of the text's key. Copying is the browser's own.
    pub const LISTED: [(&'static str, &'static str); 30] = [
        ("↑ ↓ ← →", "go"),
        ("Shift ↑ ↓ ← →", "shift"),
        ("Ctrl ↑ ↓ ← →", "several"),
        ("Alt ↑ ↓", "lift"),
        ("Alt ← →", "carry"),
        ("Alt ↑ ↓ ← →", "size"),
        ("Enter", "form"),
        ("A /", "palette"),
        ("C", "connect"),
        ("T", "test"),
        ("E", "next"),
        ("P", "publish"),
        ("L", "tidy"),
        ("F", "fit"),
        ("+ −", "zoom"),
        ("0", "one"),
        ("Ctrl Z", "undo"),
        ("Ctrl Y", "redo"),
        ("Ctrl C X V", "clipboard"),
        ("Ctrl D", "duplicate"),
        ("Ctrl F", "find"),
        ("Ctrl A", "all"),
        ("Ctrl S", "save"),
        ("Ctrl B", "bold"),
        ("Ctrl I", "italic"),
        ("Ctrl Shift X", "strike"),
        ("Ctrl Shift M", "mono"),
        ("D", "disable"),
        ("Delete", "delete"),
        ("Esc", "escape"),
    ];

    fn direction(key: &Key) -> Option<Direction> {
        Some(match key.code.as_str() {
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            _ => return None,
        })
    }

    /// The action of a key. Where people write, almost every key is theirs.
    pub fn of(key: &Key) -> Option<Self> {
        if key.key == "Escape" {
            return Some(Self::Escape);
        }
        if key.command && !key.alt {
            return match key.code.as_str() {
                "KeyS" if !key.shift => Some(Self::SaveNow),
                "KeyF" if !key.shift => Some(Self::Find),
                _ if key.in_field => None,
                "KeyZ" if key.shift => Some(Self::Redo),
                "KeyZ" => Some(Self::Undo),
                "KeyY" => Some(Self::Redo),
                "KeyD" => Some(Self::Duplicate),
                "KeyA" => Some(Self::All),
                _ if !key.shift => Self::direction(key).map(Self::Extend),
                _ => None,
            };
        }
        if key.command || key.in_field {
            return None;
        }
        if let Some(direction) = Self::direction(key) {
            return Some(match (key.shift, key.alt) {
                (false, false) => Self::Go(direction),
                (true, false) => Self::Shift(direction),
                (_, true) => Self::Lift(direction),
            });
        }
        if key.alt {
            return None;
        }
        match key.key.as_str() {
            "?" => return Some(Self::Help),
            "+" | "=" => return Some(Self::Nearer),
            "-" => return Some(Self::Farther),
            "/" => return Some(Self::Palette),
            // By their meaning: they are on the number pad, too.
            "enter" => return Some(Self::Form),
            "delete" | "backspace" => return Some(Self::Delete),
            _ if key.shift => return None,
            _ => {}
        }
        Some(match key.code.as_str() {
            "KeyA" | "Slash" => Self::Palette,
            "KeyC" => Self::Connect,
            "KeyD" => Self::Disable,
            "KeyE" => Self::Next,
            "KeyF" => Self::Fit,
            "KeyL" => Self::Tidy,
            "KeyP" => Self::Publish,
            "KeyT" => Self::Test,
            "Digit0" => Self::OneToOne,
            _ => return None,
        })
    }

    /// Whether the key means this wherever the focus is in the editor, and not on the canvas alone.
    pub const fn is_everywhere(self) -> bool {
        matches!(self, Self::Escape | Self::SaveNow | Self::Find | Self::Undo | Self::Redo | Self::Help)
    }
}

impl Model {
    pub fn act(&mut self, action: Action) -> Effects {
        if self.dialog.is_some() && action != Action::Escape {
            return vec![];
        }
        match action {
            Action::Undo | Action::Redo => self.travel(action == Action::Undo),
            Action::Duplicate => self.duplicate(),
            Action::Delete => self.delete(),
            Action::All => {
                let groups = self.doc.groups.iter().map(|group| Item::Group(group.id.clone()));
                let triggers = self.doc.triggers.iter().map(|trigger| Item::Trigger(trigger.id.clone()));
                let notes = self.doc.notes.iter().map(|note| Item::Note(note.id.clone()));
                let all = groups.chain(triggers).chain(notes).collect();
                self.choose_all(all)
            }
            Action::Find => {
                self.find = Some(find::Model::default());
                vec![Effect::Focus("flow-find".to_owned())]
            }
            Action::SaveNow => self.save_now(),
            Action::Escape => self.escape(),
            Action::Form => self.open_form(),
            Action::Connect => self.ask_port(),
            Action::Palette => vec![Effect::Focus("palette-search".to_owned())],
            Action::Test => {
                let mut effects = self.begin_test(None);
                // On a narrow screen there is no panel, and a field with the focus would bring the keyboard up.
                let focus = if self.narrow { super::view::TRYING } else { "test-text" };
                if self.narrow {
                    self.dialog = Some(Dialog::Test);
                }
                effects.push(Effect::Focus(focus.to_owned()));
                effects
            }
            Action::Next => self.next_problem(),
            Action::Publish => self.update_save(super::save::Msg::AskPublish),
            Action::Tidy => self.tidy(),
            Action::Fit => self.fit(),
            Action::Nearer => self.update_canvas(Canvas::Zoom(1.25)),
            Action::Farther => self.update_canvas(Canvas::Zoom(0.8)),
            Action::OneToOne => self.update_canvas(Canvas::OneToOne),
            Action::Help => {
                self.dialog = Some(Dialog::Shortcuts);
                vec![Effect::Focus("flow-shortcuts".to_owned())]
            }
            Action::Disable => self.disable(),
            Action::Go(direction) => self.go(direction),
            Action::Shift(direction) => self.shift_by(direction),
            Action::Lift(direction) => self.lift_by(direction),
            Action::Extend(direction) => self.extend(direction),
        }
    }

    fn travel(&mut self, back: bool) -> Effects {
        let step = if back {
            self.history.undo(&self.doc, &self.chosen)
        } else {
            self.history.redo(&self.doc, &self.chosen)
        };
        let Some((doc, chosen)) = step else { return vec![] };
        let chosen = chosen.into_iter().filter(|item| doc.has(item)).collect();
        self.put(doc);
        self.is_form_open &= chosen == self.chosen;
        self.chosen = chosen;
        self.epoch += 1;
        let mut effects = self.changed();
        if let Some(item) = self.only().cloned() {
            effects.extend(self.reveal(&item));
        }
        effects
    }

    pub fn delete(&mut self) -> Effects {
        if self.chosen.is_empty() {
            return vec![];
        }
        let doc = self.doc.clone().without(&self.chosen);
        let mut effects = self.change(doc, None);
        effects.push(Effect::Focus("canvas".to_owned()));
        effects
    }

    fn disable(&mut self) -> Effects {
        let mut doc = self.doc.clone();
        for item in self.chosen.clone() {
            let of = match &item {
                Item::Block(id) => super::document::ops::Of::Block(id.clone()),
                Item::Trigger(id) => super::document::ops::Of::Trigger(id.clone()),
                _ => continue,
            };
            let is_off = doc.fields(&of).is_some_and(|fields| fields.get("disabled") == Some(&true.into()));
            let value = if is_off { serde_json::Value::Null } else { true.into() };
            doc = doc.set(&of, "/disabled", value);
        }
        self.epoch += 1;
        self.change(doc, None)
    }

    /// Closes what lies on top, then lets go of what is chosen.
    fn escape(&mut self) -> Effects {
        if self.gesture != super::canvas::gesture::Gesture::None {
            self.gesture = super::canvas::gesture::Gesture::None;
            return vec![];
        }
        if self.dialog.take().is_some() {
            return vec![Effect::Refocus];
        }
        if self.offer.is_some() {
            return self.close_offer();
        }
        if self.versions.take().is_some() {
            return vec![Effect::Focus(super::versions::BUTTON.to_owned())];
        }
        if self.replay.is_open {
            return self.close_replay();
        }
        if self.find.take().is_some() {
            // What was found is chosen.
            let found = self.only().map_or_else(|| "canvas".to_owned(), Item::dom_id);
            return vec![Effect::Focus(found)];
        }
        if std::mem::take(&mut self.is_form_open) {
            let back = if self.chosen.is_empty() { "flow-settings" } else { "flow-form-open" };
            return vec![Effect::Focus(back.to_owned())];
        }
        let away = std::mem::take(&mut self.is_away);
        let mut effects = vec![];
        // What was looked for in the palette is given up: all of it is there again.
        if away && !std::mem::take(&mut self.wanted).is_empty() {
            effects.push(Effect::SetValue("palette-search".to_owned(), String::new()));
        }
        match self.only() {
            Some(item) if away => effects.push(Effect::Focus(item.dom_id())),
            _ => {
                effects.extend(self.choose_all(Selection::new()));
                effects.push(Effect::Focus("canvas".to_owned()));
            }
        }
        effects
    }

    /// Whether Escape has something to close on the canvas; otherwise it is the app's.
    pub fn has_something_open(&self) -> bool {
        self.dialog.is_some()
            || self.offer.is_some()
            || self.find.is_some()
            || self.versions.is_some()
            || self.replay.is_open
            || !self.chosen.is_empty()
            || self.gesture != super::canvas::gesture::Gesture::None
    }

    /// To the next block, group, trigger or note in a direction.
    fn go(&mut self, direction: Direction) -> Effects {
        let next = match self.head() {
            Some(from) => self.beside(&from, direction),
            None => self.doc.start().map(|start| Item::Group(start.group)),
        };
        next.map(|item| self.go_to(item)).unwrap_or_default()
    }

    /// Chooses what is next in a direction besides what is chosen; back over it, and it is let go of again.
    fn extend(&mut self, direction: Direction) -> Effects {
        let Some(from) = self.head() else { return self.go(direction) };
        let Some(next) = self.beside(&from, direction) else { return vec![] };
        let mut chosen = self.chosen.clone();
        if !chosen.insert(next.clone()) {
            chosen.remove(&from);
        }
        let mut effects = self.choose_all(chosen);
        effects.extend(self.reveal(&next));
        effects.push(Effect::Focus(next.dom_id()));
        self.head = Some(next);
        effects
    }

    /// Of what is chosen, the one at which the keys stand.
    fn head(&self) -> Option<Item> {
        let head = self.head.clone().filter(|head| self.chosen.contains(head));
        head.or_else(|| self.chosen.first().cloned())
    }

    /// The id of what has the focus on the canvas where nothing else has it.
    pub fn focus_on_canvas(&self) -> String {
        self.head().map_or_else(|| "canvas".to_owned(), |item| item.dom_id())
    }

    /// What lies next to something in a direction.
    fn beside(&self, from: &Item, direction: Direction) -> Option<Item> {
        let inside = match from {
            Item::Group(id) if direction == Direction::Down => {
                self.doc.group(id).and_then(|group| group.blocks.first()).map(|block| block.id.clone())
            }
            Item::Block(id) => self.doc.block(id).and_then(|(group, _)| {
                let at = group.blocks.iter().position(|block| block.id == *id)?;
                let next = match direction {
                    Direction::Up => at.checked_sub(1)?,
                    Direction::Down => at + 1,
                    Direction::Left | Direction::Right => return None,
                };
                group.blocks.get(next).map(|block| block.id.clone())
            }),
            _ => None,
        };
        if let Some(block) = inside {
            return Some(Item::Block(block));
        }
        // Above the first block is its group.
        let outer = match from {
            Item::Block(id) => Item::Group(self.doc.block(id)?.0.id.clone()),
            _ => from.clone(),
        };
        if direction == Direction::Up && outer != *from {
            return Some(outer);
        }
        let rect = self.scene.rect(&outer)?;
        let others: Vec<(Item, Rect)> =
            self.standing().into_iter().filter(|(item, _)| *item != outer).collect();
        let next = neighbour(rect, others.iter().map(|(_, rect)| *rect), direction.step())?;
        Some(others[next].0.clone())
    }

    /// Everything with a place of its own.
    fn standing(&self) -> Vec<(Item, Rect)> {
        let groups = self.scene.groups.iter().map(|group| (Item::Group(group.record.id.clone()), group.rect));
        let triggers = self.scene.triggers.iter().map(|(spot, rect)| (Item::Trigger(spot.id.clone()), *rect));
        let notes = self.scene.notes.iter().map(|(spot, rect)| (Item::Note(spot.id.clone()), *rect));
        groups.chain(triggers).chain(notes).collect()
    }

    fn shift_by(&mut self, direction: Direction) -> Effects {
        let mut items = self.movable();
        for item in &self.chosen {
            if let Item::Block(id) = item
                && let Some((group, _)) = self.doc.block(id)
            {
                items.insert(Item::Group(group.id.clone()));
            }
        }
        let (dx, dy) = direction.step();
        let doc = self.doc.clone().moved(&items, dx * GRID * 2.0, dy * GRID * 2.0);
        let mut effects = self.change(doc, Some("shift".to_owned()));
        if let Some(item) = items.first().cloned() {
            effects.extend(self.reveal(&item));
        }
        effects
    }

    fn lift_by(&mut self, direction: Direction) -> Effects {
        if let Some(Item::Note(id)) = self.only().cloned() {
            let (dx, dy) = direction.step();
            return self.note_sized(&id, (dx * GRID * 2.0, dy * GRID * 2.0));
        }
        if matches!(direction, Direction::Left | Direction::Right) {
            return self.carry(direction);
        }
        let Some(Item::Block(id)) = self.only().cloned() else { return vec![] };
        let Some((group, place)) = self.chosen_block() else { return vec![] };
        let to = match direction {
            Direction::Up if place > 0 => place - 1,
            Direction::Down => place + 2,
            _ => return vec![],
        };
        let doc = self.doc.clone().blocks_moved(&[id], &group, to);
        self.change(doc, None)
    }

    /// The chosen blocks go to the end of the group beside theirs. Where none stands there, into one of their own.
    fn carry(&mut self, direction: Direction) -> Effects {
        let chosen =
            self.doc.blocks().filter(|(_, block)| self.chosen.contains(&Item::Block(block.id.clone())));
        let blocks: Vec<String> = chosen.map(|(_, block)| block.id.clone()).collect();
        let Some((group, _)) = blocks.first().and_then(|id| self.doc.block(id)) else { return vec![] };
        let stays = group.blocks.iter().any(|block| !blocks.contains(&block.id));
        let Some(rect) = self.scene.rect(&Item::Group(group.id.clone())) else { return vec![] };
        let others: Vec<(String, Rect)> = self
            .scene
            .groups
            .iter()
            .filter(|other| other.record.id != group.id)
            .map(|other| (other.record.id.clone(), other.rect))
            .collect();
        let doc = self.doc.clone();
        let doc = match neighbour(rect, others.iter().map(|(_, rect)| *rect), direction.step()) {
            Some(at) => doc.blocks_moved(&blocks, &others[at].0, usize::MAX),
            None if stays => {
                let across = direction.step().0 * (rect.w + APART);
                let at = self.free_from(Point::new(rect.x + across, rect.y), GROUP);
                let group = self.new_group(at);
                let id = group.id.clone();
                doc.with_group(group).blocks_moved(&blocks, &id, 0)
            }
            None => return vec![],
        };
        let mut effects = self.change(doc, None);
        let first = Item::Block(blocks[0].clone());
        effects.extend(self.reveal(&first));
        effects.push(Effect::Focus(first.dom_id()));
        effects
    }

    fn next_problem(&mut self) -> Effects {
        let blocks: Vec<String> = self.problems.iter().filter_map(|finding| finding.block.clone()).collect();
        if blocks.is_empty() {
            self.tab = Tab::Problems;
            return vec![];
        }
        let here = match self.only() {
            Some(Item::Block(id)) => blocks.iter().position(|block| block == id),
            _ => None,
        };
        let next = here.map_or(0, |at| (at + 1) % blocks.len());
        self.go_to(Item::Block(blocks[next].clone()))
    }

    /// Connecting by the keyboard: which port, then what it leads to.
    fn ask_port(&mut self) -> Effects {
        match self.only().cloned() {
            Some(Item::Block(id)) => self.ask_port_of(&id),
            Some(Item::Group(id)) => {
                let last =
                    self.doc.group(&id).and_then(|group| group.blocks.last()).map(|block| block.id.clone());
                last.map(|block| self.ask_port_of(&block)).unwrap_or_default()
            }
            Some(Item::Trigger(id)) => self.ask_target(Source::Trigger(id)),
            Some(Item::Edge(id)) => {
                let from = self.doc.edge(&id).map(|edge| edge.from.clone());
                from.map(|from| self.ask_target(from)).unwrap_or_default()
            }
            _ => vec![],
        }
    }

    fn ask_port_of(&mut self, id: &str) -> Effects {
        let Some((_, block)) = self.doc.block(id) else { return vec![] };
        let ports = super::kinds::ports(block);
        match ports.as_slice() {
            [] => vec![],
            [only] => self.ask_target(Source::Port { block: id.to_owned(), port: only.name.clone() }),
            _ => self.open_connect(connect::Model::ports(id)),
        }
    }

    /// Back to the list of bots.
    pub fn leave(&mut self) -> Effects {
        let mut effects = self.save_now();
        effects.push(Effect::ToApp(ToApp::Go("/bots".to_owned())));
        effects
    }
}

/// A key as a message, if it means something here.
pub fn pressed(key: &Key, on_canvas: bool) -> Option<Msg> {
    let action = Action::of(key)?;
    (on_canvas || action.is_everywhere()).then_some(Msg::Pressed(action, !on_canvas))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str, code: &str) -> Key {
        Key {
            key: key.into(),
            code: code.into(),
            command: false,
            shift: false,
            alt: false,
            in_field: false,
            in_phone: false,
            in_dialog: false,
        }
    }

    #[test]
    fn letters_work_on_every_keyboard_and_never_while_writing() {
        assert_eq!(Action::of(&key("с", "KeyC")), Some(Action::Connect));
        assert_eq!(Action::of(&Key { in_field: true, ..key("c", "KeyC") }), None);
        assert_eq!(Action::of(&Key { in_field: true, command: true, ..key("z", "KeyZ") }), None);
        assert_eq!(
            Action::of(&Key { in_field: true, command: true, ..key("s", "KeyS") }),
            Some(Action::SaveNow)
        );
        assert_eq!(Action::of(&Key { command: true, shift: true, ..key("z", "KeyZ") }), Some(Action::Redo));
        assert_eq!(Action::of(&Key { command: true, ..key("c", "KeyC") }), None, "copying is the browser's");
        assert_eq!(Action::of(&Key { shift: true, ..key("?", "Slash") }), Some(Action::Help));
    }

    #[test]
    fn arrows_go_shift_and_lift() {
        let up = key("arrowup", "ArrowUp");
        assert_eq!(Action::of(&up), Some(Action::Go(Direction::Up)));
        assert_eq!(Action::of(&Key { shift: true, ..up.clone() }), Some(Action::Shift(Direction::Up)));
        assert_eq!(Action::of(&Key { alt: true, ..up }), Some(Action::Lift(Direction::Up)));
    }

    #[test]
    fn outside_the_canvas_only_a_few_keys_mean_something() {
        assert!(pressed(&key("delete", "Delete"), false).is_none());
        assert!(pressed(&key("delete", "Delete"), true).is_some());
        assert!(pressed(&key("Escape", "Escape"), false).is_some());
    }
}
