//! What is gone between two flows that are compared, on the canvas where it stood. It can be looked at and nothing else: the
//! list beside the canvas tells of the same things to those who do not see them.

use crate::Node;
use crate::builder::canvas::draw::Draw;
use crate::builder::document::{Doc, Item, Source};
use crate::builder::geometry::{Curve, Point, Rect};
use crate::builder::kinds;
use crate::builder::model::Model as Builder;
use crate::builder::scene::Scene;
use crate::kit::el;
use crate::kit::el::svg;

/// How far beside its group a block stands that is gone from it: in its old place others may stand now.
const BESIDE: f64 = 24.0;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gone {
    pub things: Vec<Thing>,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub item: Item,
    pub words: String,
    pub rect: Rect,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    id: String,
    pub curve: Curve,
}

/// What was in `before` and is not in `after`, nor on the canvas, as `shown` has it.
pub fn gone(before: &Doc, after: &Doc, canvas: &Doc, shown: &Scene) -> Gone {
    let then = Scene::of(before, &Scene::default());
    let is_gone = |item: &Item| !after.has(item) && !canvas.has(item);
    let mut found = Gone::default();
    let mut add = |item: Item, words: String, rect: Rect| {
        if is_gone(&item) {
            found.things.push(Thing { item, words, rect });
        }
    };
    for group in &then.groups {
        add(Item::Group(group.record.id.clone()), group.record.title().to_owned(), group.rect);
        let stays = shown.group(&group.record.id);
        for (block, record) in group.blocks.iter().zip(&group.record.blocks) {
            let item = Item::Block(block.id.clone());
            let Some(rect) = then.rect(&item) else { continue };
            let rect = stays.map_or(rect, |now| beside(now.rect, block.y, rect, shown));
            let words =
                if block.summary.is_empty { kinds::title(record) } else { block.summary.text.clone() };
            add(item, words, rect);
        }
    }
    for (trigger, rect) in &then.triggers {
        add(Item::Trigger(trigger.id.clone()), kinds::trigger_summary(trigger), *rect);
    }
    for (note, rect) in &then.notes {
        add(Item::Note(note.id.clone()), note.text("text").to_owned(), *rect);
    }
    found.lines = lines(before, [after, canvas], (&then, shown), &found.things);
    found
}

/// Where there is room: below the group, at its right, at its left; below it where there is none.
fn beside(group: Rect, at: f64, block: Rect, shown: &Scene) -> Rect {
    let below = Rect::new(group.x, group.y + group.h + BESIDE, block.w, block.h);
    let right = Rect::new(group.right() + BESIDE, group.y + at, block.w, block.h);
    let left = Rect::new(group.x - BESIDE - block.w, group.y + at, block.w, block.h);
    let is_free = |place: &Rect| !shown.groups.iter().any(|other| other.rect.meets(*place));
    [below, right, left].into_iter().find(is_free).unwrap_or(below)
}

fn lines(before: &Doc, kept: [&Doc; 2], (then, shown): (&Scene, &Scene), things: &[Thing]) -> Vec<Line> {
    let rect = |item: &Item| things.iter().find(|thing| thing.item == *item).map(|thing| thing.rect);
    let side = |rect: Rect, x: f64| Point::new(x, rect.y + rect.h / 2.0);
    let mut lines = vec![];
    for edge in before.edges.iter() {
        if kept.iter().any(|doc| doc.edge_from(&edge.from).is_some_and(|now| now.to == edge.to)) {
            continue;
        }
        let begins = match &edge.from {
            Source::Port { block, .. } => Item::Block(block.clone()),
            Source::Trigger(id) => Item::Trigger(id.clone()),
        };
        // What is still there stands where it stands now.
        let from = rect(&begins).map(|rect| side(rect, rect.right()));
        let from = from.or_else(|| shown.port(&edge.from)).or_else(|| then.port(&edge.from));
        let to = rect(&edge.to.item()).map(|rect| side(rect, rect.x));
        let to = to.or_else(|| shown.entry(&edge.to)).or_else(|| then.entry(&edge.to));
        if let (Some(from), Some(to)) = (from, to) {
            lines.push(Line { id: format!("gone-{}", edge.id), curve: Curve::new(from, to) });
        }
    }
    lines
}

fn id(item: &Item) -> String {
    format!("gone-{}", item.dom_id())
}

impl Builder {
    fn gone(&self) -> Option<&Gone> {
        self.versions.as_ref().map(|versions| &versions.gone)
    }

    /// Below all that is there.
    pub fn view_gone(&self) -> Vec<Node> {
        let shown = self.shown();
        let things = self.gone().into_iter().flat_map(|gone| &gone.things);
        let things = things.filter(|thing| thing.rect.meets(shown)).map(|thing| {
            let class = match thing.item {
                Item::Group(_) => "gone group-gone",
                _ => "gone",
            };
            el("div")
                .id(id(&thing.item))
                .class(class)
                .attr("aria-hidden", "true")
                .child(el("span").text(&thing.words))
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
            draws.push(Draw::Size { id: id(&thing.item), w, h });
            draws.push(Draw::Place { id: id(&thing.item), x, y });
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
        let of = |item: Item| found.things.iter().find(|thing| thing.item == item).map(|thing| thing.rect);
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
}
