//! A flow that would be one endless line is laid in rows, one below the other, each read from left to right as a text
//! is. The layers and what stands in each stay as they are; only where a row ends is decided here: where the picture comes
//! nearest to the shape of a screen, and few lines are cut.

use crate::builder::geometry::Rect;

/// What is no wider is left alone: some eight layers beside each other are still taken in at a glance.
const WIDE: f64 = 3_200.0;
/// The same of what is not so much wider than high.
const LONG: f64 = 3.0;
/// Width by height of a screen, less what stands around the canvas.
pub const SCREEN: f64 = 1.6;
/// Between two rows: room for the lines that lead from one to the next.
const BETWEEN: f64 = 108.0;
/// So many layers sooner or later a row may end, where fewer lines are cut.
const LENIENT: usize = 2;
/// What each further line that is cut costs, in layers that a row ends sooner or later.
const CUT: usize = 2;

/// New places for things in layers from left to right, where they would be too wide; `lines` join them by their numbers.
pub fn in_rows(rects: &mut [Rect], lines: &[(usize, usize)]) {
    let Some(bounds) = rects.iter().copied().reduce(Rect::with) else { return };
    if bounds.w <= WIDE || bounds.w <= LONG * bounds.h {
        return;
    }
    let layers = layers(rects);
    let cuts = cuts(rects.len(), &layers, lines);
    let wanted = |rows: &[Vec<Rect>]| {
        let size = rows.iter().flatten().copied().reduce(Rect::with).unwrap_or_default();
        (size.w / size.h.max(1.0) / SCREEN).ln().abs()
    };
    let ways = (1..=layers.len()).map(|count| {
        let rows = broken(&layers, &cuts, count);
        let rects = placed(rects, &rows);
        (wanted(&rects), rows, rects)
    });
    let Some((_, rows, places)) = ways.min_by(|one, other| one.0.total_cmp(&other.0)) else { return };
    for (things, places) in rows.iter().zip(places) {
        for (thing, place) in things.iter().zip(places) {
            rects[*thing] = place;
        }
    }
}

/// The things layer by layer: those whose spans from left to right meet.
fn layers(rects: &[Rect]) -> Vec<Vec<usize>> {
    let mut things: Vec<usize> = (0..rects.len()).collect();
    things.sort_by(|one, other| rects[*one].x.total_cmp(&rects[*other].x));
    let mut layers: Vec<Vec<usize>> = vec![];
    let mut right = f64::NEG_INFINITY;
    for thing in things {
        let rect = rects[thing];
        match layers.last_mut().filter(|_| rect.x < right) {
            Some(layer) => layer.push(thing),
            None => layers.push(vec![thing]),
        }
        right = right.max(rect.right());
    }
    layers
}

/// How many lines run from before each layer to it or beyond.
fn cuts(count: usize, layers: &[Vec<usize>], lines: &[(usize, usize)]) -> Vec<usize> {
    let mut layer_of = vec![0; count];
    for (layer, things) in layers.iter().enumerate() {
        for thing in things {
            layer_of[*thing] = layer;
        }
    }
    let mut cuts = vec![0; layers.len()];
    for (from, to) in lines {
        let (from, to) = (layer_of[*from], layer_of[*to]);
        for cut in &mut cuts[(from.min(to) + 1)..=from.max(to)] {
            *cut += 1;
        }
    }
    cuts
}

/// The layers in at most so many rows of about the same length, as lists of things; the last one may be shorter.
fn broken(layers: &[Vec<usize>], cuts: &[usize], count: usize) -> Vec<Vec<usize>> {
    let length = layers.len().div_ceil(count);
    let mut ends = vec![];
    for even in (length..layers.len()).step_by(length) {
        let least = ends.last().map_or(1, |end| end + 1);
        let near = even.saturating_sub(LENIENT).max(least)..=(even + LENIENT).min(layers.len() - 1);
        ends.extend(near.min_by_key(|end| (even.abs_diff(*end) + CUT * cuts[*end], *end)));
    }
    ends.push(layers.len());
    let mut begin = 0;
    let row = |end: usize| layers[std::mem::replace(&mut begin, end)..end].concat();
    ends.into_iter().map(row).collect()
}

/// The rows below each other, each from the left.
fn placed(rects: &[Rect], rows: &[Vec<usize>]) -> Vec<Vec<Rect>> {
    let mut top = 0.0;
    let mut places = vec![];
    for things in rows {
        let Some(bounds) = things.iter().map(|thing| rects[*thing]).reduce(Rect::with) else { continue };
        let moved = |thing: &usize| {
            let rect = rects[*thing];
            Rect { x: rect.x - bounds.x, y: rect.y - bounds.y + top, ..rect }
        };
        places.push(things.iter().map(moved).collect());
        top += bounds.h + BETWEEN;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many layers of so many things, each of this height.
    fn things(layers: u32, each: u32, h: f64) -> Vec<Rect> {
        let at =
            |layer: u32, n: u32| Rect::new(f64::from(layer) * 384.0, f64::from(n) * (h + 36.0), 264.0, h);
        (0..layers).flat_map(|layer| (0..each).map(move |n| at(layer, n))).collect()
    }

    fn shape(rects: &[Rect]) -> f64 {
        let bounds = rects.iter().copied().reduce(Rect::with).unwrap();
        bounds.w / bounds.h
    }

    #[test]
    fn what_is_not_too_wide_stays_as_it_is() {
        for before in [things(8, 1, 100.0), things(20, 30, 100.0), vec![]] {
            let mut after = before.clone();
            in_rows(&mut after, &[]);
            assert_eq!(after, before);
        }
    }

    #[test]
    fn a_line_of_any_length_becomes_rows_of_about_the_shape_of_a_screen() {
        for count in [9_u32, 20, 57, 100, 500] {
            for h in [80.0, 240.0, 900.0] {
                let mut rects = things(count, 1, h);
                let lines: Vec<(usize, usize)> = (1..rects.len()).map(|n| (n - 1, n)).collect();
                let before = shape(&rects);
                in_rows(&mut rects, &lines);
                let after = shape(&rects);
                // Of a few high things no better shape can be made.
                assert!((0.8..=3.2).contains(&after), "{count} of {h}: {before} {after}");
                for (index, rect) in rects.iter().enumerate() {
                    let near = rects[index + 1..].iter().find(|other| rect.grown(30.0).meets(**other));
                    assert!(near.is_none(), "{count} of {h}: {rect:?} {near:?}");
                }
                // In the order of reading.
                let read = |pair: &[Rect]| pair[1].x > pair[0].x || pair[1].y > pair[0].bottom();
                assert!(rects.windows(2).all(read), "{count} of {h}");
            }
        }
    }

    #[test]
    fn a_row_ends_where_few_lines_are_cut() {
        let mut rects = things(24, 3, 100.0);
        // Every layer leads to the next by three lines, but the eleventh to the twelfth by one.
        let number = |layer: usize, n: usize| layer * 3 + n;
        let lines: Vec<(usize, usize)> = (1..24)
            .flat_map(|layer| (0..if layer == 11 { 1 } else { 3 }).map(move |n| (layer, n)))
            .map(|(layer, n)| (number(layer - 1, n), number(layer, n)))
            .collect();
        in_rows(&mut rects, &lines);
        let first_of_row = (1..24).filter(|layer| rects[number(*layer, 0)].x < rects[number(layer - 1, 0)].x);
        assert!(first_of_row.clone().any(|layer| layer == 11), "{:?}", first_of_row.collect::<Vec<_>>());
    }
}
