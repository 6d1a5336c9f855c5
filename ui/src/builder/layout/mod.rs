//! Tidying: groups and triggers in layers from left to right, each near what it leads to (Sugiyama's method). What would
//! be much wider than a screen is laid in rows, and so is what nothing connects.

mod loners;
mod rows;

use std::collections::{BTreeSet, HashMap};

use rust_sugiyama::configure::{Config, RankingType};

use super::document::{Doc, Item};
use super::geometry::{Rect, snapped};
use super::scene::Scene;

/// Between two layers, and between two things of a layer.
const ACROSS: f64 = 120.0;
const ALONG: f64 = 36.0;

/// New places for everything that is connected or could be. Notes stay with what they lie nearest to.
pub fn tidy(doc: &Doc, scene: &Scene) -> Vec<(Item, f64, f64)> {
    let items: Vec<(Item, Rect)> = scene
        .triggers
        .iter()
        .map(|(trigger, rect)| (Item::Trigger(trigger.id.clone()), *rect))
        .chain(scene.groups.iter().map(|group| (Item::Group(group.record.id.clone()), group.rect)))
        .collect();
    if items.is_empty() {
        return vec![];
    }
    let at: HashMap<&Item, u32> = (0..).zip(&items).map(|(index, (item, _))| (item, index)).collect();
    let vertices: Vec<(u32, (f64, f64))> = (0..)
        .zip(&items)
        // The method lays its layers below one another: what is wide here is high there.
        .map(|(index, (_, rect))| (index, (rect.h + ALONG, rect.w + ACROSS)))
        .collect();
    let mut edges: BTreeSet<(u32, u32)> = scene
        .lines
        .iter()
        .filter_map(|line| Some((*at.get(&line.ends.0)?, *at.get(&line.ends.1)?)))
        .collect();
    edges.retain(|(from, to)| from != to);
    let edges: Vec<(u32, u32)> = edges.into_iter().collect();
    let config = Config {
        vertex_spacing: 0.0,
        dummy_vertices: true,
        dummy_size: ALONG,
        ranking_type: RankingType::MinimizeEdgeLength,
        ..Config::default()
    };
    let parts = rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config);
    let start = doc.start().and_then(|start| at.get(&Item::Group(start.group)).copied());
    let has_start =
        |nodes: &[(usize, (f64, f64))]| nodes.iter().any(|(node, _)| u32::try_from(*node).ok() == start);
    let (alone, mut joined): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|(nodes, ..)| nodes).partition(|nodes| nodes.len() == 1 && !has_start(nodes));
    // The part with the start comes first, then the larger ones.
    joined.sort_by_key(|nodes| (!has_start(nodes), std::cmp::Reverse(nodes.len())));
    let mut places = vec![];
    let (mut top, mut width) = (0.0, 0.0_f64);
    for nodes in joined {
        let mut rects: Vec<Rect> = nodes
            .iter()
            .map(|(node, (along, across))| {
                let rect = items[*node].1;
                Rect::new(across - rect.w / 2.0, along - rect.h / 2.0, rect.w, rect.h)
            })
            .collect();
        rows::in_rows(&mut rects, &lines_within(&nodes, &edges));
        let Some(bounds) = rects.iter().copied().reduce(Rect::with) else { continue };
        for ((node, _), rect) in nodes.iter().zip(rects) {
            let (x, y) = (snapped(rect.x - bounds.x), snapped(rect.y - bounds.y + top));
            places.push((items[*node].0.clone(), x, y));
        }
        top += bounds.h + 2.0 * ALONG;
        width = width.max(bounds.w);
    }
    let mut alone: Vec<usize> = alone.into_iter().flatten().map(|(node, _)| node).collect();
    alone.sort_unstable();
    let rects: Vec<Rect> = alone.iter().map(|node| items[*node].1).collect();
    for (node, rect) in alone.into_iter().zip(loners::in_rows(&rects, width)) {
        places.push((items[node].0.clone(), snapped(rect.x), snapped(rect.y + top)));
    }
    places.extend(notes(scene, &items, &places));
    places
}

/// The lines between the things of a part, by their places in it.
fn lines_within(nodes: &[(usize, (f64, f64))], edges: &[(u32, u32)]) -> Vec<(usize, usize)> {
    let places: HashMap<usize, usize> =
        nodes.iter().enumerate().map(|(place, (node, _))| (*node, place)).collect();
    let place = |node: u32| usize::try_from(node).ok().and_then(|node| places.get(&node)).copied();
    edges.iter().filter_map(|(from, to)| Some((place(*from)?, place(*to)?))).collect()
}

/// A note goes where the thing nearest to it goes.
fn notes(scene: &Scene, items: &[(Item, Rect)], places: &[(Item, f64, f64)]) -> Vec<(Item, f64, f64)> {
    let new: HashMap<&Item, (f64, f64)> = places.iter().map(|(item, x, y)| (item, (*x, *y))).collect();
    let moved = |rect: &Rect| {
        let nearest = items.iter().min_by(|a, b| {
            let far = |item: &(Item, Rect)| item.1.centre().distance(rect.centre());
            far(a).total_cmp(&far(b))
        })?;
        let (x, y) = new.get(&nearest.0)?;
        Some((snapped(rect.x + x - nearest.1.x), snapped(rect.y + y - nearest.1.y)))
    };
    let notes = scene.notes.iter();
    notes.filter_map(|(note, rect)| moved(rect).map(|(x, y)| (Item::Note(note.id.clone()), x, y))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn laid_out(flow: &Value) -> Scene {
        let doc = Doc::from_json(flow);
        let scene = Scene::of(&doc, &Scene::default());
        let doc = doc.clone().placed(&tidy(&doc, &scene));
        Scene::of(&doc, &Scene::default())
    }

    #[test]
    fn nothing_overlaps_and_lines_lead_to_the_right() {
        let text = include_str!("../../../../crates/flow/examples/appointment.en.json");
        let scene = laid_out(&serde_json::from_str(text).unwrap());
        let rects: Vec<Rect> =
            scene.groups.iter().map(|group| group.rect).chain(scene.triggers.iter().map(|t| t.1)).collect();
        for (index, rect) in rects.iter().enumerate() {
            assert!(rects[index + 1..].iter().all(|other| !rect.meets(*other)), "{rect:?}");
        }
        let back = scene.lines.iter().filter(|line| line.curve.to.x <= line.curve.from.x).count();
        assert!(back * 4 <= scene.lines.len(), "{back} of {} lead back", scene.lines.len());
    }

    fn rects(scene: &Scene) -> Vec<Rect> {
        let groups = scene.groups.iter().map(|group| group.rect);
        groups.chain(scene.triggers.iter().map(|trigger| trigger.1)).collect()
    }

    fn assert_apart(scene: &Scene, what: &str) {
        let rects = rects(scene);
        for (index, rect) in rects.iter().enumerate() {
            let near = rects[index + 1..].iter().find(|other| rect.grown(12.0).meets(**other));
            assert!(near.is_none(), "{what}: {rect:?} {near:?}");
        }
    }

    /// Width by height.
    fn shape(scene: &Scene) -> f64 {
        let bounds = rects(scene).into_iter().reduce(Rect::with).unwrap();
        bounds.w / bounds.h
    }

    fn chain(length: usize) -> Value {
        let group = |n: usize| {
            let block = json!({ "id": format!("b{n}"), "kind": "message", "text": "What is said here" });
            json!({ "id": format!("g{n}"), "title": format!("Group {n}"), "blocks": [block] })
        };
        let edge = |n: usize| json!({ "id": format!("e{n}"), "from": { "block": format!("b{}", n - 1) }, "to": { "group": format!("g{n}") } });
        json!({
            "start": { "group": "g0" }, "triggers": [{ "id": "t", "kind": "any_message" }],
            "groups": (0..length).map(group).collect::<Vec<_>>(),
            "edges": (1..length).map(edge).collect::<Vec<_>>(),
        })
    }

    #[test]
    fn a_long_chain_has_the_shape_of_a_screen_and_its_lines_run_through_nothing() {
        let scene = laid_out(&chain(100));
        assert!((1.0..=2.6).contains(&shape(&scene)), "{}", shape(&scene));
        assert_apart(&scene, "a chain");
        let things = rects(&scene);
        for line in &scene.lines {
            let Some(round) = line.curve.round else { continue };
            let corners = line.curve.corners(round);
            for piece in corners.windows(2).map(|pair| Rect::between(pair[0], pair[1])) {
                assert!(!things.iter().any(|thing| thing.grown(-1.0).meets(piece)), "{}: {piece:?}", line.id);
            }
        }
        // Those that lead from row to row go round; all others are straight ways on.
        let rows = scene.lines.iter().filter(|line| line.curve.to.x < line.curve.from.x);
        assert!(rows.clone().all(|line| line.curve.round.is_some()));
        assert!((5..=14).contains(&rows.clone().count()), "{}", rows.count());
    }

    #[test]
    fn a_short_chain_stays_one_line() {
        let scene = laid_out(&chain(7));
        let first = scene.groups[0].rect;
        assert!(scene.groups.iter().all(|group| (group.rect.y - first.y).abs() < 13.0));
    }

    fn gallery(id: &str) -> Value {
        let gallery = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/flow/gallery");
        serde_json::from_str(&std::fs::read_to_string(gallery.join(id).join("en.json")).unwrap()).unwrap()
    }

    /// Gives the things of a flow ids of their own.
    fn renamed(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(id) if ["id", "group", "block"].contains(&name.as_str()) => {
                            id.insert_str(0, "x_");
                        }
                        value => renamed(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(renamed),
            _ => {}
        }
    }

    /// Two ready bots in one flow: more than sixty blocks, which branch, lead back and jump.
    #[test]
    fn a_flow_of_sixty_blocks_keeps_its_layers() {
        let (mut flow, mut below) = (gallery("clinic"), gallery("loyalty"));
        renamed(&mut below);
        for list in ["groups", "triggers", "edges"] {
            let more = below[list].as_array().cloned().unwrap_or_default();
            flow[list].as_array_mut().unwrap().extend(more);
        }
        let scene = laid_out(&flow);
        assert!(scene.groups.iter().map(|group| group.blocks.len()).sum::<usize>() >= 60);
        assert_apart(&scene, "sixty blocks");
        assert!((0.5..=3.0).contains(&shape(&scene)), "{}", shape(&scene));
        let back = scene.lines.iter().filter(|line| line.curve.to.x <= line.curve.from.x).count();
        assert!(back * 4 <= scene.lines.len(), "{back} of {} lead back", scene.lines.len());
    }

    /// Large flows that branch are no line: they keep their layers.
    #[test]
    fn ready_bots_are_tidied_as_well_as_ever() {
        let gallery = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/flow/gallery");
        for folder in std::fs::read_dir(gallery).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            let text = std::fs::read_to_string(folder.path().join("en.json")).unwrap();
            let scene = laid_out(&serde_json::from_str(&text).unwrap());
            let name = folder.file_name().into_string().unwrap();
            assert_apart(&scene, &name);
            assert!((0.3..=4.0).contains(&shape(&scene)), "{name}: {}", shape(&scene));
            let back = scene.lines.iter().filter(|line| line.curve.to.x <= line.curve.from.x).count();
            assert!(back * 3 <= scene.lines.len(), "{name}: {back} of {} lead back", scene.lines.len());
        }
    }

    #[test]
    fn a_large_flow_is_tidied_in_a_moment() {
        let groups: Vec<Value> =
            (0..250).map(|n| json!({ "id": format!("g{n}"), "blocks": [{ "id": format!("b{n}"), "kind": "message", "text": "x" }] })).collect();
        let edges: Vec<Value> = (1..250)
            .map(|n| json!({ "id": format!("e{n}"), "from": { "block": format!("b{}", n / 3) }, "to": { "group": format!("g{n}") } }))
            .collect();
        let scene = laid_out(&json!({ "groups": groups, "edges": edges }));
        assert_eq!(scene.groups.len(), 250);
    }

    #[test]
    fn what_nothing_connects_stands_in_rows_below_the_rest() {
        let mut flow = chain(7);
        let block = json!({ "id": "b", "kind": "message", "text": "What is said here" });
        for n in 0..30 {
            let mut block = block.clone();
            block["id"] = json!(format!("alone{n}"));
            let group = json!({ "id": format!("z{n}"), "title": format!("Alone {n}"), "blocks": [block] });
            flow["groups"].as_array_mut().unwrap().push(group);
        }
        let scene = laid_out(&flow);
        assert_apart(&scene, "loners");
        assert!((0.8..=5.0).contains(&shape(&scene)), "{}", shape(&scene));
        let (chain, alone): (Vec<_>, Vec<_>) =
            scene.groups.iter().partition(|group| group.record.id.starts_with('g'));
        let bottom = chain.iter().map(|group| group.rect.bottom()).fold(0.0, f64::max);
        assert!(alone.iter().all(|group| group.rect.y > bottom));
        let rows: BTreeSet<String> = alone.iter().map(|group| group.rect.y.to_string()).collect();
        assert!((3..=8).contains(&rows.len()), "{rows:?}");
        // A flow of nothing else has the shape of a screen as well.
        flow["edges"] = json!([]);
        assert!((0.8..=2.6).contains(&shape(&laid_out(&flow))));
    }

    #[test]
    fn loops_and_loners_are_no_trouble() {
        let scene = laid_out(&json!({
            "groups": [{ "id": "a", "blocks": [{ "id": "x", "kind": "message" }] }, { "id": "b" },
                { "id": "c", "blocks": [{ "id": "y", "kind": "jump", "to": { "group": "a" } }] }],
            "edges": [{ "id": "e", "from": { "block": "x" }, "to": { "group": "c" } },
                { "id": "f", "from": { "block": "y" }, "to": { "group": "c" } }],
            "notes": [{ "id": "n", "x": 5, "y": 5, "text": "hi" }],
        }));
        assert_eq!((scene.groups.len(), scene.notes.len()), (3, 1));
        assert!(tidy(&Doc::default(), &Scene::default()).is_empty());
    }
}
