//! The flow as shapes: how large each thing is, where its ports are, where lines run. Made anew when the flow changes.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use beseda_wire::bots::Bot;

use super::document::{Block, Doc, Edge, Group, Item, Source, Spot, Target};
use super::geometry::{Curve, Point, Rect};
use super::kinds::{self, Port, Summary};
use super::routes::Room;
use super::text::{self, Face};
use crate::i18n::t;

// The sizes of `ui/styles/80-builder.css`.
pub const GROUP_WIDTH: f64 = 264.0;
/// A new group with one block, about.
pub const GROUP: (f64, f64) = (GROUP_WIDTH, 96.0);
const HEAD: f64 = 38.0;
const PAD: f64 = 8.0;
const GAP: f64 = 6.0;
const LINE: f64 = 18.0;
const FACE_PAD: f64 = 18.0;
/// A row of a port, without its lines: what is above, below, and between two.
const ROW_PAD: f64 = 12.0;
pub const TRIGGER: (f64, f64) = (216.0, 58.0);
pub const NOTE: (f64, f64) = (204.0, 132.0);
/// What a block says, and in how many lines at most.
const WORDS: Face = Face { size: 12.5, weight: 400 };
const WORDS_WIDTH: f64 = 200.0;
const MOST_LINES: usize = 3;
const ROW_WIDTH: f64 = 222.0;
const MOST_ROW_LINES: usize = 2;

/// A block as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockShape {
    pub id: String,
    /// Below the group's top.
    pub y: f64,
    pub h: f64,
    /// What it says, as it is broken into lines.
    pub lines: Vec<text::Line>,
    pub summary: Summary,
    pub ports: Vec<PortShape>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PortShape {
    pub port: Port,
    /// What its row says; none where it is a dot.
    pub lines: Vec<text::Line>,
    /// Its middle, below the group's top.
    pub y: f64,
    /// A line begins here.
    pub taken: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GroupShape {
    pub record: Rc<Group>,
    pub rect: Rect,
    pub blocks: Vec<BlockShape>,
}

/// A line of the canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub id: String,
    pub from: Source,
    pub to: Target,
    pub curve: Curve,
    /// Not drawn by anybody: a trigger without a line of its own leads to the start, and a jump to what it names.
    pub implied: bool,
    /// The thing at whose side it begins, and the one at whose it ends: the line moves when they move.
    pub ends: (Item, Item),
}

impl Line {
    pub fn is_jump(&self) -> bool {
        self.implied && matches!(self.from, Source::Port { .. })
    }
}

#[derive(Debug, Clone, Default)]
pub struct Scene {
    pub groups: Vec<GroupShape>,
    pub triggers: Vec<(Rc<Spot>, Rect)>,
    pub notes: Vec<(Rc<Spot>, Rect)>,
    pub lines: Vec<Line>,
    /// The names of the business's bots, by what sub-flows call them.
    bots: Rc<BTreeMap<String, String>>,
    /// The edges of which the ports were made.
    edges: Rc<Vec<Rc<Edge>>>,
    group_at: HashMap<String, usize>,
    block_at: HashMap<String, (usize, usize)>,
}

impl Scene {
    /// `before` lends the shapes of groups that did not change.
    pub fn of(doc: &Doc, before: &Self) -> Self {
        let mut scene =
            Self { edges: Rc::clone(&doc.edges), bots: Rc::clone(&before.bots), ..Self::default() };
        let same_edges = Rc::ptr_eq(&before.edges, &doc.edges);
        let begun = Begun::of(doc);
        for (index, group) in doc.groups.iter().enumerate() {
            let known = before
                .group_at
                .get(&group.id)
                .map(|at| &before.groups[*at])
                .filter(|known| Rc::ptr_eq(&known.record, group) && !group.blocks.is_empty());
            // Whether a quiet port is shown depends on the lines, which stand elsewhere.
            let mut shape = match known {
                Some(known)
                    if (same_edges || !Self::ports_changed(&begun, known))
                        && !scene.names_changed(doc, known) =>
                {
                    known.clone()
                }
                _ => shape(&begun, group, |block| scene.summary(doc, block)),
            };
            shape.record = Rc::clone(group);
            scene.group_at.insert(group.id.clone(), index);
            for (at, block) in shape.blocks.iter().enumerate() {
                scene.block_at.insert(block.id.clone(), (index, at));
            }
            scene.groups.push(shape);
        }
        scene.triggers = doc
            .triggers
            .iter()
            .map(|trigger| (Rc::clone(trigger), Rect::new(trigger.x, trigger.y, TRIGGER.0, TRIGGER.1)))
            .collect();
        scene.notes = doc.notes.iter().map(|note| (Rc::clone(note), note_rect(note))).collect();
        scene.lines = doc.edges.iter().filter_map(|edge| scene.line(edge)).collect();
        scene.imply(doc);
        scene.jump(doc);
        scene.go_round();
        scene
    }

    /// Nothing but what is known of the business: all shapes are made anew of it.
    pub fn bare(&self) -> Self {
        Self { bots: Rc::clone(&self.bots), ..Self::default() }
    }

    /// Sub-flows are told by the names of these bots from now on.
    #[must_use]
    pub fn with_bots(mut self, bots: &[Bot]) -> Self {
        let mut names = BTreeMap::new();
        // One that is published is meant before one that is not, and the first before others.
        let (published, drafts): (Vec<&Bot>, Vec<&Bot>) =
            bots.iter().partition(|bot| bot.published.is_some());
        for bot in published.into_iter().chain(drafts) {
            names.entry(bot.flow_id.clone()).or_insert_with(|| bot.name.clone());
            names.insert(bot.id.to_string(), bot.name.clone());
        }
        self.bots = Rc::new(names);
        self
    }

    /// The words on a block.
    pub fn words_of(&self, block: &Block) -> String {
        self.block(&block.id).map_or_else(|| kinds::summary(block).text, |shape| shape.summary.text.clone())
    }

    /// What a block says of itself; what leads elsewhere says where.
    fn summary(&self, doc: &Doc, block: &Block) -> Summary {
        let name = match block.kind.as_str() {
            "jump" => jump_target(block).map(|to| place_name(doc, &to)),
            "sub_flow" => self.bots.get(block.text("bot")).cloned().filter(|name| !name.is_empty()),
            _ => None,
        };
        name.map_or_else(|| kinds::summary(block), |name| kinds::summary_to(block, &name))
    }

    fn names_changed(&self, doc: &Doc, shape: &GroupShape) -> bool {
        let named = |block: &Block| matches!(block.kind.as_str(), "jump" | "sub_flow");
        let mut blocks = shape.blocks.iter().zip(&shape.record.blocks).filter(|(_, block)| named(block));
        blocks.any(|(drawn, block)| drawn.summary != self.summary(doc, block))
    }

    /// Jumps lead on as lines do.
    fn jump(&mut self, doc: &Doc) {
        for (_, block) in doc.blocks().filter(|(_, block)| block.kind == "jump") {
            let Some(to) = jump_target(block) else { continue };
            let from = Source::Port { block: block.id.clone(), port: None };
            let edge = Edge { id: jump_line(&block.id), from, to, ..Edge::default() };
            if let Some(line) = self.line(&edge) {
                self.lines.push(Line { implied: true, ..line });
            }
        }
    }

    /// Lines go round what they would run through.
    fn go_round(&mut self) {
        let curves = self.routed([].into_iter(), [].into_iter());
        for (line, curve) in self.lines.iter_mut().zip(curves) {
            line.curve = curve;
        }
    }

    /// The ways of all lines and then of these others, where these other things stand, too.
    pub fn routed(
        &self,
        more_things: impl Iterator<Item = Rect>,
        more_lines: impl Iterator<Item = Curve>,
    ) -> Vec<Curve> {
        let groups = self.groups.iter().map(|group| group.rect);
        let triggers = self.triggers.iter().map(|(_, rect)| *rect);
        let things: Vec<Rect> = groups.chain(triggers).chain(more_things).collect();
        let mut room = Room::new(&things);
        let lines = self.lines.iter().map(|line| (Curve { round: None, ..line.curve }, line.is_jump()));
        let more_lines = more_lines.map(|curve| (curve, false));
        lines.chain(more_lines).map(|(curve, is_jump)| room.route(curve, is_jump)).collect()
    }

    fn ports_changed(begun: &Begun<'_>, shape: &GroupShape) -> bool {
        let last = shape.blocks.len().saturating_sub(1);
        shape.blocks.iter().zip(&shape.record.blocks).enumerate().any(|(index, (drawn, block))| {
            let now = port_list(begun, block, index == last);
            now.len() != drawn.ports.len()
                || now
                    .iter()
                    .zip(&drawn.ports)
                    .any(|((port, taken), drawn)| *taken != drawn.taken || port.title != drawn.port.title)
        })
    }

    /// Triggers without a line of their own lead to the start.
    fn imply(&mut self, doc: &Doc) {
        let Some(start) = doc.start() else { return };
        for trigger in doc.triggers.iter() {
            let from = Source::Trigger(trigger.id.clone());
            if doc.edge_from(&from).is_none() {
                let edge =
                    Edge { id: format!("start-{}", trigger.id), from, to: start.clone(), ..Edge::default() };
                if let Some(line) = self.line(&edge) {
                    self.lines.push(Line { implied: true, ..line });
                }
            }
        }
    }

    fn line(&self, edge: &Edge) -> Option<Line> {
        let begins = match &edge.from {
            Source::Port { block, .. } => Item::Group(self.group_of(block)?.record.id.clone()),
            Source::Trigger(id) => Item::Trigger(id.clone()),
        };
        let curve = Curve::new(self.port(&edge.from)?, self.entry(&edge.to)?);
        Some(Line {
            id: edge.id.clone(),
            from: edge.from.clone(),
            to: edge.to.clone(),
            curve,
            implied: false,
            ends: (begins, Item::Group(edge.to.group.clone())),
        })
    }

    pub fn group(&self, id: &str) -> Option<&GroupShape> {
        self.group_at.get(id).map(|at| &self.groups[*at])
    }

    pub fn group_of(&self, block: &str) -> Option<&GroupShape> {
        self.block_at.get(block).map(|(group, _)| &self.groups[*group])
    }

    pub fn block(&self, id: &str) -> Option<&BlockShape> {
        self.block_at.get(id).map(|(group, at)| &self.groups[*group].blocks[*at])
    }

    /// Where lines from here begin.
    pub fn port(&self, from: &Source) -> Option<Point> {
        match from {
            Source::Trigger(id) => {
                let (_, rect) = self.triggers.iter().find(|(trigger, _)| trigger.id == *id)?;
                Some(Point::new(rect.right(), rect.y + rect.h / 2.0))
            }
            Source::Port { block, port } => {
                let group = self.group_of(block)?;
                let shape = self.block(block)?;
                let known = shape.ports.iter().find(|known| known.port.is(port.as_deref()));
                // A port that is not shown leaves from the block's middle.
                let y = known.map_or(shape.y + shape.h / 2.0, |port| port.y);
                Some(Point::new(group.rect.right(), group.rect.y + y))
            }
        }
    }

    /// Where lines to here end.
    pub fn entry(&self, to: &Target) -> Option<Point> {
        let group = self.group(&to.group)?;
        let y = match &to.block {
            Some(block) => {
                let shape = self.block(block)?;
                shape.y + f64::midpoint(FACE_PAD, LINE)
            }
            None => HEAD / 2.0,
        };
        Some(Point::new(group.rect.x, group.rect.y + y))
    }

    pub fn rect(&self, item: &Item) -> Option<Rect> {
        match item {
            Item::Group(id) => self.group(id).map(|group| group.rect),
            Item::Block(id) => {
                let (group, block) = (self.group_of(id)?, self.block(id)?);
                Some(Rect::new(group.rect.x + PAD, group.rect.y + block.y, GROUP_WIDTH - 2.0 * PAD, block.h))
            }
            Item::Trigger(id) => {
                self.triggers.iter().find(|(trigger, _)| trigger.id == *id).map(|(_, rect)| *rect)
            }
            Item::Note(id) => self.notes.iter().find(|(note, _)| note.id == *id).map(|(_, rect)| *rect),
            Item::Edge(id) => self.lines.iter().find(|line| line.id == *id).map(|line| line.curve.bounds()),
        }
    }

    /// What holds everything; a little around the middle where there is nothing.
    pub fn bounds(&self) -> Rect {
        let groups = self.groups.iter().map(|group| group.rect);
        let spots = self.triggers.iter().chain(&self.notes).map(|(_, rect)| *rect);
        groups.chain(spots).reduce(Rect::with).unwrap_or(Rect::new(0.0, 0.0, GROUP_WIDTH, 120.0))
    }

    /// The place of a drop: the group under a point, and before which of its blocks.
    pub fn drop_at(&self, point: Point) -> Option<(&GroupShape, usize)> {
        let group = self.groups.iter().rev().find(|group| group.rect.grown(4.0).holds(point))?;
        let y = point.y - group.rect.y;
        let before = group.blocks.iter().take_while(|block| y > block.y + block.h / 2.0).count();
        Some((group, before))
    }

    /// How high above the group's blocks a place among them lies.
    pub fn slot(group: &GroupShape, at: usize) -> f64 {
        match group.blocks.get(at) {
            Some(block) => block.y - GAP / 2.0,
            None => group.blocks.last().map_or(HEAD, |block| block.y + block.h + GAP / 2.0),
        }
    }

    /// What a line that is let go here leads to: a block of a group, or the group at its head.
    pub fn target_at(&self, point: Point) -> Option<Target> {
        let group = self.groups.iter().rev().find(|group| group.rect.grown(14.0).holds(point))?;
        let y = point.y - group.rect.y;
        let block = group.blocks.iter().skip(1).find(|block| y >= block.y && y <= block.y + block.h);
        Some(Target { group: group.record.id.clone(), block: block.map(|block| block.id.clone()) })
    }
}

/// The id of the line of a jump.
pub fn jump_line(block: &str) -> String {
    format!("jump-{block}")
}

fn jump_target(block: &Block) -> Option<Target> {
    Target::from_json(block.fields.get("to")?).filter(|to| !to.group.is_empty() || to.block.is_some())
}

/// The words on a block of a flow that is not on the canvas.
pub fn words_in(doc: &Doc, block: &Block) -> String {
    let to = jump_target(block).filter(|_| block.kind == "jump");
    to.map_or_else(|| kinds::summary(block), |to| kinds::summary_to(block, &place_name(doc, &to))).text
}

/// What a place of the flow is called.
pub fn place_name(doc: &Doc, to: &Target) -> String {
    let group = |group: &Group| match group.title() {
        "" => t("group-untitled"),
        title => title.to_owned(),
    };
    match (to.block.as_ref().and_then(|id| doc.block(id)), doc.group(&to.group)) {
        (Some((at, block)), _) => format!("{} · {}", group(at), kinds::summary(block).text),
        (None, Some(at)) => group(at),
        (None, None) => t("place-gone"),
    }
}

pub fn note_rect(note: &Spot) -> Rect {
    let size = |name: &str, otherwise: f64| {
        note.fields.get(name).and_then(serde_json::Value::as_f64).unwrap_or(otherwise).clamp(96.0, 1200.0)
    };
    Rect::new(note.x, note.y, size("w", NOTE.0), size("h", NOTE.1))
}

/// The ports at which lines begin, by their blocks.
struct Begun<'a>(HashMap<&'a str, Vec<Option<&'a str>>>);

impl<'a> Begun<'a> {
    fn of(doc: &'a Doc) -> Self {
        let mut ports: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
        for edge in doc.edges.iter() {
            if let Source::Port { block, port } = &edge.from {
                ports.entry(block).or_default().push(port.as_deref());
            }
        }
        Self(ports)
    }
}

/// The ports of a block that are shown, and whether a line begins there.
fn port_list(begun: &Begun<'_>, block: &Block, is_last: bool) -> Vec<(Port, bool)> {
    let lines = begun.0.get(block.id.as_str()).map_or(&[][..], Vec::as_slice);
    kinds::ports(block)
        .into_iter()
        .filter_map(|port| {
            let taken = lines.iter().any(|name| port.is(*name));
            // Within a group the next block is the ordinary way on: a dot there would only be in the way.
            let shown = taken || (!port.quiet && (port.row || is_last));
            shown.then_some((port, taken))
        })
        .collect()
}

fn shape(begun: &Begun<'_>, group: &Rc<Group>, says: impl Fn(&Block) -> Summary) -> GroupShape {
    let mut y = HEAD;
    let mut blocks = vec![];
    let last = group.blocks.len().saturating_sub(1);
    for (index, block) in group.blocks.iter().enumerate() {
        let summary = says(block);
        let lines = text::lines(&summary.text, WORDS_WIDTH, WORDS, MOST_LINES);
        let mut face = FACE_PAD + high(&lines);
        if !summary.into.is_empty() {
            face += LINE;
        }
        let mut at = y + face;
        let ports = port_list(begun, block, index == last)
            .into_iter()
            .map(|(port, taken)| {
                if !port.row {
                    return PortShape { port, lines: vec![], y: y + face / 2.0, taken };
                }
                let lines = text::lines(&port.title, ROW_WIDTH, WORDS, MOST_ROW_LINES);
                let row = ROW_PAD + high(&lines);
                at += row;
                PortShape { port, lines, y: at - row / 2.0 + 2.0, taken }
            })
            .collect();
        let h = at - y;
        blocks.push(BlockShape { id: block.id.clone(), y, h, lines, summary, ports });
        y += h + GAP;
    }
    let h = if blocks.is_empty() { HEAD + 44.0 } else { y - GAP + PAD };
    GroupShape { record: Rc::clone(group), rect: Rect::new(group.x, group.y, GROUP_WIDTH, h), blocks }
}

/// How high these lines are. Where nothing is said there is room for one.
fn high(lines: &[text::Line]) -> f64 {
    f64::from(u32::try_from(lines.len().max(1)).unwrap_or(1)) * LINE
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::builder::document::ops::Of;

    fn doc() -> Doc {
        Doc::from_json(&json!({
            "start": { "group": "a" },
            "triggers": [{ "id": "t", "kind": "any_message", "x": -300, "y": 0 }],
            "groups": [
                { "id": "a", "x": 0, "y": 0, "blocks": [
                    { "id": "hi", "kind": "message", "text": "Hi" },
                    { "id": "ask", "kind": "question", "answer": "choice", "text": "What?", "options": [
                        { "id": "y", "title": "Yes" }, { "id": "n", "title": "No" }] },
                ]},
                { "id": "b", "x": 500, "y": 100, "blocks": [{ "id": "bye", "kind": "end" }] },
            ],
            "edges": [{ "id": "e", "from": { "block": "ask", "port": "option:y" }, "to": { "group": "b" } }],
        }))
    }

    #[test]
    fn blocks_follow_one_another_and_lines_meet_their_ports() {
        let scene = Scene::of(&doc(), &Scene::default());
        let group = scene.group("a").unwrap();
        assert!(group.blocks[1].y > group.blocks[0].y + group.blocks[0].h);
        assert!(group.rect.h > group.blocks[1].y + group.blocks[1].h);
        assert!(group.blocks[0].ports.is_empty(), "the next block is the way on");
        let names: Vec<_> = group.blocks[1].ports.iter().map(|port| port.port.name.as_deref()).collect();
        assert_eq!(names, [Some("option:y"), Some("option:n"), None]);
        let line = scene.lines.iter().find(|line| line.id == "e").unwrap();
        assert!((line.curve.from.x - GROUP_WIDTH).abs() < f64::EPSILON);
        assert_eq!(line.curve.to, Point::new(500.0, 100.0 + HEAD / 2.0));
        let implied = scene.lines.iter().find(|line| line.implied).unwrap();
        assert_eq!(implied.ends, (Item::Trigger("t".into()), Item::Group("a".into())));
    }

    /// The ready bots lie as their files say; nobody tidies them when they are taken.
    #[test]
    fn no_group_of_a_ready_bot_lies_on_another() {
        let gallery = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/flow/gallery");
        let mut seen = 0;
        for folder in std::fs::read_dir(gallery).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            for language in ["en.json", "ru.json"] {
                let text = std::fs::read_to_string(folder.path().join(language)).unwrap();
                let scene =
                    Scene::of(&Doc::from_json(&serde_json::from_str(&text).unwrap()), &Scene::default());
                for (at, group) in scene.groups.iter().enumerate() {
                    for other in &scene.groups[..at] {
                        let apart = !group.rect.grown(12.0).meets(other.rect);
                        assert!(
                            apart,
                            "{:?} {language}: {} {}",
                            folder.path(),
                            group.record.id,
                            other.record.id
                        );
                    }
                }
                seen += 1;
            }
        }
        assert_eq!(seen, 32);
    }

    /// Only what is longer than three lines is cut, and says so.
    #[test]
    fn every_text_of_a_ready_bot_is_on_its_block() {
        let gallery = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/flow/gallery");
        let mut whole = 0;
        for folder in std::fs::read_dir(gallery).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            for language in ["en.json", "ru.json"] {
                let text = std::fs::read_to_string(folder.path().join(language)).unwrap();
                let doc = Doc::from_json(&serde_json::from_str(&text).unwrap());
                let scene = Scene::of(&doc, &Scene::default());
                for block in scene.groups.iter().flat_map(|group| &group.blocks) {
                    let pieces = block.lines.iter().flatten();
                    let drawn: String =
                        pieces.filter(|piece| !piece.is_variable).map(|piece| piece.text.as_str()).collect();
                    let is_cut = block.lines.len() == MOST_LINES && drawn.ends_with('…');
                    let letters =
                        |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                    // Without variables, whose names are shortened.
                    if !block.summary.text.contains("{{") && !is_cut {
                        assert_eq!(letters(&drawn), letters(&block.summary.text));
                        whole += 1;
                    }
                    let face = FACE_PAD + LINE * f64::from(u32::try_from(block.lines.len()).unwrap());
                    assert!(block.h >= face && !block.lines.is_empty(), "{block:?}");
                }
            }
        }
        assert!(whole > 500, "{whole} texts");
    }

    #[test]
    fn a_quiet_port_shows_when_a_line_begins_there() {
        let doc = doc();
        let before = Scene::of(&doc, &Scene::default());
        let from = Source::Port { block: "ask".into(), port: Some("failed".into()) };
        let after = doc.connected(from.clone(), Target { group: "b".into(), block: None }, "f".into());
        let scene = Scene::of(&after, &before);
        assert_eq!(scene.block("ask").unwrap().ports.len(), 4);
        assert!(scene.port(&from).unwrap().y > before.port(&from).unwrap().y - 40.0);
    }

    #[test]
    fn drops_find_their_place() {
        let scene = Scene::of(&doc(), &Scene::default());
        let (group, at) = scene.drop_at(Point::new(100.0, 20.0)).unwrap();
        assert_eq!((group.record.id.as_str(), at), ("a", 0));
        assert_eq!(scene.drop_at(Point::new(100.0, group.rect.h - 2.0)).unwrap().1, 2);
        assert!(scene.drop_at(Point::new(400.0, 20.0)).is_none());
        let block = scene.rect(&Item::Block("ask".into())).unwrap().centre();
        assert_eq!(scene.target_at(block), Some(Target { group: "a".into(), block: Some("ask".into()) }));
        assert_eq!(scene.target_at(Point::new(100.0, 10.0)).unwrap().block, None);
    }

    #[test]
    fn a_block_is_as_high_as_what_it_says() {
        let mut doc = doc();
        let height = |doc: &Doc| Scene::of(doc, &Scene::default()).block("hi").unwrap().h;
        let one = height(&doc);
        for (words, lines) in [
            ("Hello", 1.0),
            (&"word ".repeat(12), 2.0),
            (&"word ".repeat(99), 3.0),
            (
                "a

b", 2.0,
            ),
        ] {
            doc = doc.set(&Of::Block("hi".into()), "/text", words.into());
            assert!((height(&doc) - one - LINE * (lines - 1.0)).abs() < 1e-9, "{words}");
        }
    }
}
