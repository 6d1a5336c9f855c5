//! Lines that would run through groups go round them: out of the port, along a lane where nothing stands, and in.
//!
//! The layout leaves room between its layers, but its library says nothing of where lines run. So this is decided of the
//! shapes alone, and holds for flows that were laid out by hand too. A line that crosses nothing stays the curve it is; one
//! that finds no free lane does too: a wrong way round would be harder to read than a crossing.
//!
//! Each line has a lane of its own; where many run through one place they lie closer together. Only jumps to one place share theirs: their blocks say where they
//! lead, and a trunk is easier to follow than a dozen dotted lines beside each other.

use std::collections::HashMap;

use super::geometry::{Curve, Point, Rect, Round};

/// How far lines keep from groups.
const APART: f64 = 12.0;
/// Between two lines beside each other.
const BESIDE: f64 = 6.0;
/// From a thing's side to the nearest line beside it.
const FIRST: f64 = APART + BESIDE;
/// The same where many lines run through one place: the nearest at which two are still two.
const CLOSE: f64 = 3.0;
/// Lines beside each other that are tried for one place.
const TRACKS: u32 = 64;
/// Lanes that are tried for one line, the nearest first.
const TRIES: usize = 40;
/// How much farther a jump goes to share a lane.
const DETOUR: f64 = 240.0;

/// The room that lines run in.
pub struct Room<'a> {
    things: &'a [Rect],
    lanes: Tracks,
    columns: Tracks,
    /// The lanes and last columns of jumps, by where they end.
    trunks: HashMap<(u64, u64), Vec<(f64, f64)>>,
}

/// A lane that may be tried.
#[derive(Clone, Copy)]
struct Lane {
    y: f64,
    /// In which direction lines beside each other go: away from what they run along, or in none.
    away: f64,
    /// The last column of the trunk that it belongs to.
    trunk: Option<f64>,
}

impl<'a> Room<'a> {
    pub fn new(things: &'a [Rect]) -> Self {
        Self { things, lanes: Tracks::default(), columns: Tracks::default(), trunks: HashMap::new() }
    }

    /// The line, round what it would run through. A jump may share the way of others to the same place.
    pub fn route(&mut self, curve: Curve, is_jump: bool) -> Curve {
        if !self.crosses(curve) {
            return curve;
        }
        let end = (curve.to.x.to_bits(), curve.to.y.to_bits());
        let lanes = self.lanes_for(curve, self.trunks.get(&end).filter(|_| is_jump));
        let ways = |apart: f64| lanes.iter().find_map(|lane| self.round(curve, *lane, apart));
        // Where each track is taken lines lie upon each other: better than through things.
        let Some(round) = ways(BESIDE).or_else(|| ways(CLOSE)).or_else(|| ways(0.0)) else { return curve };
        self.lanes.take(round.lane, (round.out, round.back));
        self.columns.take(round.out, (curve.from.y, round.lane));
        self.columns.take(round.back, (round.lane, curve.to.y));
        let trunks = self.trunks.entry(end).or_default();
        if is_jump && !trunks.contains(&(round.lane, round.back)) {
            trunks.push((round.lane, round.back));
        }
        Curve { round: Some(round), ..curve }
    }

    /// The lanes for a line, the nearest first.
    fn lanes_for(&self, curve: Curve, trunks: Option<&Vec<(f64, f64)>>) -> Vec<Lane> {
        let (out, back) = (curve.from.x + FIRST, curve.to.x - FIRST);
        let (left, right) = (out.min(back), out.max(back));
        let own = |y: f64| Lane { y, away: 0.0, trunk: None };
        let mut lanes = vec![own(curve.from.y), own(curve.to.y)];
        for thing in self.things.iter().filter(|thing| thing.x <= right && thing.right() >= left) {
            lanes.push(Lane { away: -1.0, ..own(thing.y - APART) });
            lanes.push(Lane { away: 1.0, ..own(thing.bottom() + APART) });
        }
        lanes.extend(trunks.into_iter().flatten().map(|(y, back)| Lane { trunk: Some(*back), ..own(*y) }));
        let way = |lane: &Lane| {
            let far = (lane.y - curve.from.y).abs() + (lane.y - curve.to.y).abs();
            if lane.trunk.is_some() { far - DETOUR } else { far }
        };
        lanes.sort_by(|one, other| way(one).total_cmp(&way(other)));
        lanes.truncate(TRIES);
        lanes
    }

    /// The way along a lane if nothing stands there, beside the lines that run there where it shall be `apart` from them.
    fn round(&self, curve: Curve, lane: Lane, apart: f64) -> Option<Round> {
        let (out, back) = (curve.from.x + FIRST, curve.to.x - FIRST);
        let first = |tracks: &Tracks, at: f64, away: f64, span: (f64, f64)| {
            if apart > 0.0 { tracks.first(at, away * apart, span, apart) } else { Some(at) }
        };
        let y = match lane.trunk {
            Some(_) => lane.y,
            None => first(&self.lanes, lane.y, lane.away, (out, back))?,
        };
        let out = first(&self.columns, out, 1.0, (curve.from.y, y))?;
        let back = match lane.trunk {
            Some(back) => back,
            None => first(&self.columns, back, -1.0, (y, curve.to.y))?,
        };
        let round = Round { out, lane: y, back };
        self.is_free(curve, round).then_some(round)
    }

    /// Whether the curve runs through a thing, beyond where it begins and ends.
    fn crosses(&self, curve: Curve) -> bool {
        let bounds = curve.bounds();
        let mut near = self.things.iter().filter(|thing| thing.meets(bounds)).peekable();
        if near.peek().is_none() {
            return false;
        }
        let points: Vec<Point> = (1..24).map(|step| curve.at(f64::from(step) / 24.0)).collect();
        near.any(|thing| points.iter().any(|point| thing.holds(*point)))
    }

    fn is_free(&self, curve: Curve, round: Round) -> bool {
        let corners = curve.corners(round);
        let free = |segment: Rect| {
            let segment = segment.grown(BESIDE - 1.0);
            !self.things.iter().any(|thing| thing.meets(segment))
        };
        // The first and the last piece touch what they belong to.
        corners[1..corners.len() - 1].windows(2).all(|pair| free(Rect::between(pair[0], pair[1])))
    }
}

/// Straight pieces of lines in one direction: where each runs, and from where to where. They lie in drawers as wide as the
/// space between two, so that a change of a large flow is not felt.
#[derive(Default)]
struct Tracks(HashMap<i64, Vec<(f64, (f64, f64))>>);

impl Tracks {
    #[expect(clippy::cast_possible_truncation, reason = "places on a canvas")]
    fn drawer(at: f64) -> i64 {
        (at / BESIDE).floor() as i64
    }

    fn take(&mut self, at: f64, (one, other): (f64, f64)) {
        self.0.entry(Self::drawer(at)).or_default().push((at, (one.min(other), one.max(other))));
    }

    fn is_free(&self, at: f64, (one, other): (f64, f64), apart: f64) -> bool {
        let (low, high) = (one.min(other), one.max(other));
        let drawer = Self::drawer(at);
        let near = (drawer - 1..=drawer + 1).filter_map(|drawer| self.0.get(&drawer)).flatten();
        let mut near = near.filter(|(known, _)| (known - at).abs() < apart - 0.5);
        !near.any(|(_, (from, to))| *from <= high && *to >= low)
    }

    /// The first free place, going on in steps.
    fn first(&self, at: f64, step: f64, span: (f64, f64), apart: f64) -> Option<f64> {
        let tries = if step.abs() < 0.5 { 1 } else { TRACKS };
        (0..tries).map(|n| at + step * f64::from(n)).find(|at| self.is_free(*at, span, apart))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: (f64, f64), to: (f64, f64)) -> Curve {
        Curve::new(Point::new(from.0, from.1), Point::new(to.0, to.1))
    }

    /// No piece of the way lies in a thing.
    fn is_clear(curve: Curve, things: &[Rect]) -> bool {
        let Some(round) = curve.round else { return false };
        let corners = curve.corners(round);
        corners.windows(2).all(|pair| {
            let piece = Rect::between(pair[0], pair[1]);
            things.iter().all(|thing| !thing.grown(-1.0).meets(piece))
        })
    }

    #[test]
    fn a_line_with_nothing_in_its_way_stays_as_it_is() {
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), Rect::new(400.0, 300.0, 264.0, 100.0)];
        let straight = line((264.0, 50.0), (400.0, 320.0));
        assert_eq!(Room::new(&things).route(straight, false), straight);
    }

    #[test]
    fn what_stands_in_the_way_is_gone_round() {
        let between = Rect::new(400.0, -60.0, 264.0, 200.0);
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), between, Rect::new(800.0, 0.0, 264.0, 100.0)];
        let mut room = Room::new(&things);
        let ways: Vec<Curve> =
            (0..3).map(|_| room.route(line((264.0, 40.0), (800.0, 20.0)), false)).collect();
        assert!(ways.iter().all(|way| is_clear(*way, &things)), "{ways:?}");
        // The nearer side, and each a lane of its own.
        let mut lanes: Vec<f64> = ways.iter().filter_map(|way| way.round.map(|round| round.lane)).collect();
        assert!(lanes.iter().all(|lane| *lane < -60.0), "{lanes:?}");
        lanes.dedup();
        assert_eq!(lanes.len(), 3);
        assert!(ways[0].path().starts_with("M264 40"), "{}", ways[0].path());
    }

    #[test]
    fn a_dozen_lines_do_not_lie_upon_each_other() {
        let things: Vec<Rect> =
            (0..3).map(|n| Rect::new(f64::from(n) * 500.0, -200.0, 264.0, 700.0)).collect();
        let mut room = Room::new(&things);
        let ways: Vec<Round> = (0..12)
            .map(|n| line((264.0, f64::from(n) * 30.0), (1000.0, -180.0)))
            .filter_map(|curve| room.route(curve, false).round)
            .collect();
        assert_eq!(ways.len(), 12);
        for (n, one) in ways.iter().enumerate() {
            for other in &ways[..n] {
                assert!((one.lane - other.lane).abs() >= BESIDE - 0.5, "{one:?} {other:?}");
                assert!((one.back - other.back).abs() >= BESIDE - 0.5, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn many_lines_between_two_things_lie_closer_and_not_upon_each_other() {
        // Columns as a layout makes them, with room for some dozen lines between two.
        let things: Vec<Rect> =
            (0..3).map(|n| Rect::new(f64::from(n) * 424.0, -400.0, 264.0, 1400.0)).collect();
        let mut room = Room::new(&things);
        let ways: Vec<Curve> = (0..40)
            .map(|n| line((264.0, -380.0 + f64::from(n) * 30.0), (848.0, -390.0 + f64::from(n) * 20.0)))
            .map(|curve| room.route(curve, false))
            .collect();
        // The upright pieces of a line: where, from where to where.
        let pieces = |way: &Curve| {
            let round = way.round.unwrap();
            [(round.out, way.from.y, round.lane), (round.back, round.lane, way.to.y)]
        };
        for (n, one) in ways.iter().enumerate() {
            for other in &ways[..n] {
                for ((x, from, to), (other_x, other_from, other_to)) in
                    pieces(one).into_iter().flat_map(|one| pieces(other).map(|other| (one, other)))
                {
                    let apart = (x - other_x).abs() >= CLOSE - 0.5;
                    let elsewhere =
                        from.max(to) < other_from.min(other_to) || other_from.max(other_to) < from.min(to);
                    assert!(apart || elsewhere, "{n}: {one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn jumps_to_one_place_share_a_trunk() {
        let things: Vec<Rect> = (0..3).map(|n| Rect::new(f64::from(n) * 500.0, 0.0, 264.0, 400.0)).collect();
        let mut room = Room::new(&things);
        let mut jump = |y: f64, to: (f64, f64)| room.route(line((264.0, y), to), true).round.unwrap();
        let (one, other) = (jump(40.0, (1000.0, 20.0)), jump(90.0, (1000.0, 20.0)));
        assert_eq!((one.lane, one.back), (other.lane, other.back));
        assert!((one.out - other.out).abs() > 1.0, "each leaves its block by itself");
        let elsewhere = jump(140.0, (1000.0, 60.0));
        assert!((elsewhere.lane - one.lane).abs() > 1.0, "{elsewhere:?}");
    }

    #[test]
    fn a_line_that_leads_back_goes_round_where_it_came_from() {
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), Rect::new(400.0, 0.0, 264.0, 300.0)];
        let way = Room::new(&things).route(line((664.0, 150.0), (0.0, 20.0)), false);
        assert!(is_clear(way, &things), "{way:?}");
    }

    #[test]
    fn where_nothing_is_free_the_curve_stays() {
        // The port itself is walled in.
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), Rect::new(270.0, -500.0, 264.0, 1200.0)];
        let curve = line((264.0, 50.0), (900.0, 50.0));
        assert_eq!(Room::new(&things).route(curve, false), curve);
    }
}
