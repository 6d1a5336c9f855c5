//! What is gone between two flows that are compared, on the canvas where it stood. It can be looked at and nothing else: the
//! list beside the canvas tells of the same things to those who do not see them.

use crate::Node;
use crate::builder::canvas::draw::Draw;
use crate::builder::document::{Doc, Item, Source};
use crate::builder::geometry::{Curve, Point, Rect};
use crate::builder::kinds;
use crate::builder::model::Model as Builder;
use crate::builder::scene::{BlockShape, Scene};
use crate::kit::el;
use crate::kit::el::svg;

/// How far beside its group something stands that is gone from it: in its old place others may stand now.
const BESIDE: f64 = 24.0;
/// Between two things that are gone.
const GAP: f64 = 8.0;
/// The height of a choice that is gone from a block that stays.
const CHOICE: f64 = 30.0;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gone {
    pub things: Vec<Thing>,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub what: What,
    pub words: String,
    /// The choices of a block that is gone.
    pub choices: Vec<String>,
    pub rect: Rect,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Item(Item),
    /// A choice of a block that stays.
    Choice(Source),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    id: String,
    pub curve: Curve,
}

/// What was in `before` and is not in `after`, nor on the canvas, as `shown` has it.
pub fn gone(before: &Doc, after: &Doc, canvas: &Doc, shown: &Scene) -> Gone {
    let then = Scene::of(before, &Scene::default());
    let kept = [after, canvas];
    let mut things = Things { kept, shown, found: vec![] };
    for group in &then.groups {
        things.add(Item::Group(group.record.id.clone()), group.record.title().to_owned(), group.rect);
        let stays = shown.group(&group.record.id);
        for (block, record) in group.blocks.iter().zip(&group.record.blocks) {
            let item = Item::Block(block.id.clone());
            let Some(rect) = then.rect(&item) else { continue };
            if things.is_gone(&item) {
                let rect = stays.map_or(rect, |now| things.beside(now.rect, block.y, rect));
                let words =
                    if block.summary.is_empty { kinds::title(record) } else { block.summary.text.clone() };
                let choices = rows(block).map(|(_, title)| title.to_owned()).collect();
                things.found.push(Thing { what: What::Item(item), words, choices, rect });
            } else if let (Some(now), Some(rect)) = (shown.group_of(&block.id), shown.rect(&item)) {
                things.choices(block, now.rect, rect);
            }
        }
    }
    for (trigger, rect) in &then.triggers {
        things.add(Item::Trigger(trigger.id.clone()), kinds::trigger_summary(trigger), *rect);
    }
    for (note, rect) in &then.notes {
        things.add(Item::Note(note.id.clone()), note.text("text").to_owned(), *rect);
    }
    let things = things.found;
    Gone { lines: lines(before, kept, (&then, shown), &things), things }
}

struct Things<'a> {
    kept: [&'a Doc; 2],
    shown: &'a Scene,
    found: Vec<Thing>,
}

impl Things<'_> {
    fn is_gone(&self, item: &Item) -> bool {
        !self.kept.iter().any(|doc| doc.has(item))
    }

    fn add(&mut self, item: Item, words: String, rect: Rect) {
        if self.is_gone(&item) {
            self.found.push(Thing { what: What::Item(item), words, choices: vec![], rect });
        }
    }

    /// The choices that a block had, which is still there without them.
    fn choices(&mut self, block: &BlockShape, group: Rect, stands: Rect) {
        let still: Vec<Option<String>> = self
            .kept
            .iter()
            .filter_map(|doc| doc.block(&block.id))
            .flat_map(|(_, now)| kinds::ports(now).into_iter().map(|port| port.name))
            .collect();
        for (port, title) in rows(block) {
            // Only what people list is gone: another way is not shown because it is not used.
            if !port.contains(':') || still.iter().any(|name| name.as_deref() == Some(port)) {
                continue;
            }
            let rect = self.beside(group, stands.bottom() - group.y - CHOICE, Rect { h: CHOICE, ..stands });
            let from = Source::Port { block: block.id.clone(), port: Some(port.to_owned()) };
            self.found.push(Thing {
                what: What::Choice(from),
                words: title.to_owned(),
                choices: vec![],
                rect,
            });
        }
    }

    /// Where there is room for what stood in a group, `at` below its top: below the group, at its right, at its left; in
    /// any case not on what is gone, too.
    fn beside(&self, group: Rect, at: f64, thing: Rect) -> Rect {
        let below = Rect { x: group.x, y: group.bottom() + BESIDE, ..thing };
        let right = Rect { x: group.right() + BESIDE, y: group.y + at, ..thing };
        let left = Rect { x: group.x - BESIDE - thing.w, ..right };
        let places = [below, right, left].map(|place| self.under(place));
        let is_free = |place: &Rect| !self.shown.groups.iter().any(|other| other.rect.meets(*place));
        places.into_iter().find(is_free).unwrap_or(places[0])
    }

    /// The place, or the next one under it that nothing has that is gone.
    fn under(&self, mut place: Rect) -> Rect {
        let here =
            |place: Rect| self.found.iter().find(|other| other.rect.meets(place)).map(|other| other.rect);
        while let Some(other) = here(place) {
            place.y = other.bottom() + GAP;
        }
        place
    }
}

/// The ways out of a block that have a row: their names and what they say.
fn rows(block: &BlockShape) -> impl Iterator<Item = (&str, &str)> {
    let rows = block.ports.iter().filter(|shape| shape.port.row);
    rows.map(|shape| (shape.port.name.as_deref().unwrap_or_default(), shape.port.title.as_str()))
}

fn lines(before: &Doc, kept: [&Doc; 2], (then, shown): (&Scene, &Scene), things: &[Thing]) -> Vec<Line> {
    let rect = |what: &What| things.iter().find(|thing| thing.what == *what).map(|thing| thing.rect);
    let side = |rect: Rect, x: f64| Point::new(x, rect.y + rect.h / 2.0);
    let mut found = vec![];
    for edge in before.edges.iter() {
        if kept.iter().any(|doc| doc.edge_from(&edge.from).is_some_and(|now| now.to == edge.to)) {
            continue;
        }
        let begins = match &edge.from {
            Source::Port { block, .. } => Item::Block(block.clone()),
            Source::Trigger(id) => Item::Trigger(id.clone()),
        };
        // What is still there stands where it stands now.
        let choice = rect(&What::Choice(edge.from.clone())).map(|rect| side(rect, rect.right()));
        let from = choice.or_else(|| {
            // A block that is gone has its ways out where it had them.
            let (place, stood, port) =
                (rect(&What::Item(begins.clone()))?, then.rect(&begins)?, then.port(&edge.from)?);
            Some(Point::new(place.right(), place.y + port.y - stood.y))
        });
        let from = from.or_else(|| shown.port(&edge.from)).or_else(|| then.port(&edge.from));
        let to = rect(&What::Item(edge.to.item())).map(|rect| side(rect, rect.x));
        let to = to.or_else(|| shown.entry(&edge.to)).or_else(|| then.entry(&edge.to));
        if let (Some(from), Some(to)) = (from, to) {
            found.push((format!("gone-{}", edge.id), Curve::new(from, to)));
        }
    }
    // They go round what is there, and beside the lines that are there, as those do.
    let places = things.iter().map(|thing| thing.rect);
    let curves = shown.routed(places, found.iter().map(|(_, curve)| *curve));
    let curves = curves.into_iter().skip(shown.lines.len());
    found.into_iter().zip(curves).map(|((id, _), curve)| Line { id, curve }).collect()
}

impl Thing {
    /// Its id in the page.
    fn id(&self) -> String {
        match &self.what {
            What::Item(item) => format!("gone-{}", item.dom_id()),
            What::Choice(Source::Port { block, port }) => {
                format!("gone-{block}-{}", port.as_deref().unwrap_or_default())
            }
            What::Choice(Source::Trigger(id)) => format!("gone-{id}"),
        }
    }
}

impl Builder {
    fn gone(&self) -> Option<&Gone> {
        self.versions.as_ref().map(|versions| &versions.gone)
    }

    /// Below all that is there.
    pub fn view_gone(&self) -> Vec<Node> {
        let shown = self.shown();
        let far = self.is_far();
        let things = self.gone().into_iter().flat_map(|gone| &gone.things);
        let things = things.filter(|thing| thing.rect.meets(shown)).map(|thing| {
            let class = match thing.what {
                What::Item(Item::Group(_)) => "gone group-gone",
                What::Choice(_) => "gone choice-gone",
                What::Item(_) => "gone",
            };
            let choices = thing.choices.iter().map(|choice| el("del").class("gone-choice cut").text(choice));
            el("div")
                .id(thing.id())
                .class(class)
                .attr("aria-hidden", "true")
                // From far away nobody could read it.
                .maybe((!far).then(|| el("del").class("gone-words").text(&thing.words)))
                .children(choices.filter(|_| !far))
                .into()
        });
        things.collect()
    }

    pub fn view_gone_lines(&self) -> Vec<Node> {
        let shown = self.shown();
        let lines = self.gone().into_iter().flat_map(|gone| &gone.lines);
        let lines = lines.filter(|line| line.curve.bounds().meets(shown)).map(|line| {
            svg("g")
                .id(Item::Edge(line.id.clone()).dom_id())
                .class("edge-gone")
                .attr("aria-hidden", "true")
                .child(svg("path").attr("marker-end", "url(#arrow)"))
                .into()
        });
        lines.collect()
    }

    pub fn draw_gone(&self, draws: &mut Vec<Draw>) {
        let Some(gone) = self.gone() else { return };
        let shown = self.shown();
        for thing in gone.things.iter().filter(|thing| thing.rect.meets(shown)) {
            let Rect { x, y, w, h } = thing.rect;
            draws.push(Draw::Size { id: thing.id(), w, h });
            draws.push(Draw::Place { id: thing.id(), x, y });
        }
        for line in gone.lines.iter().filter(|line| line.curve.bounds().meets(shown)) {
            draws.push(Draw::Curve { id: line.id.clone(), path: line.curve.path() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flow(groups: serde_json::Value, edges: serde_json::Value) -> Doc {
        Doc::from_json(&json!({ "start": { "group": "a" }, "groups": groups, "edges": edges }))
    }

    fn group(id: &str, x: i32, blocks: &[&str]) -> serde_json::Value {
        let blocks: Vec<_> = blocks
            .iter()
            .map(|id| json!({ "id": id, "kind": "message", "text": format!("Says {id}") }))
            .collect();
        json!({ "id": id, "title": id, "x": x, "y": 40, "blocks": blocks })
    }

    fn edge(from: &str, to: &str) -> serde_json::Value {
        json!({ "id": format!("{from}-{to}"), "from": { "block": from }, "to": { "group": to } })
    }

    #[test]
    fn a_group_stands_where_it_stood_and_a_block_beside_its_group() {
        let before = flow(
            json!([group("a", 0, &["one", "two"]), group("b", 500, &["three"])]),
            json!([edge("two", "b"), edge("three", "a")]),
        );
        let after = flow(json!([group("a", 100, &["one"])]), json!([]));
        let shown = Scene::of(&after, &Scene::default());
        let found = gone(&before, &after, &after, &shown);
        let of = |item: Item| {
            found.things.iter().find(|thing| thing.what == What::Item(item.clone())).map(|thing| thing.rect)
        };
        let now = shown.group("a").unwrap().rect;
        let two = of(Item::Block("two".into())).unwrap();
        assert!(two.y > now.y + now.h && two.x.to_bits() == now.x.to_bits(), "{two:?} below {now:?}");
        assert_eq!(of(Item::Group("b".into())).unwrap().x.to_bits(), 500.0_f64.to_bits());
        assert!(of(Item::Block("one".into())).is_none() && of(Item::Group("a".into())).is_none());
        // Lines lead from where their ends stand now.
        let ids: Vec<&str> = found.lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, ["gone-two-b", "gone-three-a"]);
        assert_eq!(found.lines[0].curve.from.x.to_bits(), two.right().to_bits());
        assert_eq!(found.lines[1].curve.to.x.to_bits(), now.x.to_bits());
    }

    #[test]
    fn it_stands_where_there_is_room() {
        let mut below = group("b", 0, &["three"]);
        below["y"] = 160.into();
        let groups = json!([group("a", 0, &["one", "two"]), below]);
        let before = flow(groups, json!([]));
        let after = before.clone().without(&[Item::Block("two".into())].into());
        let shown = Scene::of(&after, &Scene::default());
        let found = gone(&before, &after, &after, &shown);
        assert!(found.things[0].rect.x > shown.group("a").unwrap().rect.right(), "{found:?}");
    }

    #[test]
    fn what_is_there_in_either_is_not_gone() {
        let one = flow(json!([group("a", 0, &["one"])]), json!([]));
        let two =
            flow(json!([group("a", 0, &["one"]), group("b", 500, &["two"])]), json!([edge("one", "b")]));
        let shown = Scene::of(&two, &Scene::default());
        assert_eq!(gone(&two, &two, &two, &shown), Gone::default());
        // The canvas shows the draft, which still has what went between two versions.
        assert_eq!(gone(&two, &one, &two, &shown), Gone::default());
    }

    /// Three groups in a row, with a line from the first to the last.
    #[test]
    fn a_line_that_is_gone_goes_round_what_stands_in_its_way() {
        let groups = json!([group("a", 0, &["one"]), group("b", 400, &["two"]), group("c", 800, &["three"])]);
        let before = flow(groups.clone(), json!([edge("one", "c")]));
        let after = flow(groups, json!([]));
        let shown = Scene::of(&after, &Scene::default());
        let found = gone(&before, &after, &after, &shown);
        let curve = found.lines[0].curve;
        assert_eq!(curve, Scene::of(&before, &Scene::default()).lines[0].curve, "as when it was there");
        assert!(curve.round.is_some(), "{curve:?}");
    }

    #[test]
    fn a_choice_that_is_gone_is_told_with_its_line() {
        let ask = |options: serde_json::Value| json!({ "id": "ask", "kind": "question", "answer": "choice", "text": "What?", "options": options });
        let (yes, no) = (json!({ "id": "y", "title": "Yes" }), json!({ "id": "n", "title": "No" }));
        let groups = |ask: serde_json::Value| json!([{ "id": "a", "x": 0, "y": 0, "blocks": [ask] }, group("b", 500, &["two"])]);
        let edges =
            json!([{ "id": "e", "from": { "block": "ask", "port": "option:n" }, "to": { "group": "b" } }]);
        let before = flow(groups(ask(json!([yes, no]))), edges);
        let after = flow(groups(ask(json!([yes]))), json!([]));
        let shown = Scene::of(&after, &Scene::default());
        let found = gone(&before, &after, &after, &shown);
        let told: Vec<_> = found.things.iter().map(|thing| thing.words.as_str()).collect();
        assert_eq!(told, ["No"]);
        let rect = found.things[0].rect;
        assert!(!shown.groups.iter().any(|group| group.rect.meets(rect)), "{rect:?}");
        assert_eq!(found.lines[0].curve.from.x.to_bits(), rect.right().to_bits());
        // Of a question that is gone its choices are told as well.
        let without = flow(json!([{ "id": "a", "x": 0, "y": 0, "blocks": [] }]), json!([]));
        let shown = Scene::of(&without, &Scene::default());
        let found = gone(&before, &without, &without, &shown);
        let ask =
            found.things.iter().find(|thing| thing.what == What::Item(Item::Block("ask".into()))).unwrap();
        assert_eq!(ask.choices, ["Yes", "No"]);
    }

    #[test]
    fn what_is_gone_from_one_group_does_not_lie_upon_each_other() {
        let before = flow(json!([group("a", 0, &["one", "two", "three"])]), json!([]));
        let after = flow(json!([group("a", 0, &["one"])]), json!([]));
        let shown = Scene::of(&after, &Scene::default());
        let found = gone(&before, &after, &after, &shown);
        assert_eq!(found.things.len(), 2);
        assert!(!found.things[0].rect.meets(found.things[1].rect), "{found:?}");
    }
}
