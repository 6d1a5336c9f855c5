//! Lines that would run through groups go round them: out of the port, along a lane where nothing stands, and in.
//!
//! The layout leaves room between its layers, but its library says nothing of where lines run. So this is decided of the
//! shapes alone, and holds for flows that were laid out by hand too. A line that crosses nothing stays the curve it is; one
//! that finds no free lane does too: a wrong way round would be harder to read than a crossing.

use super::geometry::{Curve, Point, Rect, Round};

/// How far lines keep from groups.
const APART: f64 = 12.0;
/// Between two lines beside each other.
const BESIDE: f64 = 6.0;
/// Lanes beside each other at most: then they lie upon each other.
const MOST: u32 = 5;
/// Lanes that are tried for one line, the nearest first.
const TRIES: usize = 40;

/// The room that lines run in.
pub struct Room<'a> {
    things: &'a [Rect],
    /// Lanes that are taken, by what they run along.
    taken: Vec<(f64, u32)>,
}

impl<'a> Room<'a> {
    pub fn new(things: &'a [Rect]) -> Self {
        Self { things, taken: Vec::new() }
    }

    /// The line, round what it would run through. `nth` of those that begin where it does.
    pub fn route(&mut self, curve: Curve, nth: u32) -> Curve {
        if !self.crosses(curve) {
            return curve;
        }
        let aside = BESIDE * f64::from(nth % MOST);
        let (out, back) = (curve.from.x + APART + BESIDE + aside, curve.to.x - APART - BESIDE - aside);
        let mut lanes: Vec<f64> = vec![curve.from.y, curve.to.y];
        let (left, right) = (out.min(back), out.max(back));
        for thing in self.things.iter().filter(|thing| thing.x <= right && thing.right() >= left) {
            lanes.extend([thing.y - APART, thing.bottom() + APART]);
        }
        let way = |lane: f64| (lane - curve.from.y).abs() + (lane - curve.to.y).abs();
        lanes.sort_by(|one, other| way(*one).total_cmp(&way(*other)));
        for along in lanes.into_iter().take(TRIES) {
            let round = Round { out, lane: self.beside(along, curve), back };
            if self.is_free(curve, round) {
                match self.taken.iter_mut().find(|(known, _)| (*known - along).abs() < 1.0) {
                    Some((_, count)) => *count += 1,
                    None => self.taken.push((along, 1)),
                }
                return Curve { round: Some(round), ..curve };
            }
        }
        curve
    }

    /// A lane that is taken has another beside it, away from what it runs along.
    fn beside(&self, lane: f64, curve: Curve) -> f64 {
        let ends = [curve.from.y, curve.to.y];
        if ends.iter().any(|end| (end - lane).abs() < 1.0) {
            return lane;
        }
        let count =
            self.taken.iter().find(|(known, _)| (known - lane).abs() < 1.0).map_or(0, |taken| taken.1);
        let under = self.things.iter().any(|thing| (thing.bottom() + APART - lane).abs() < 1.0);
        let by = BESIDE * f64::from(count.min(MOST));
        if under { lane + by } else { lane - by }
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
        assert_eq!(Room::new(&things).route(straight, 0), straight);
    }

    #[test]
    fn what_stands_in_the_way_is_gone_round() {
        let between = Rect::new(400.0, -60.0, 264.0, 200.0);
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), between, Rect::new(800.0, 0.0, 264.0, 100.0)];
        let mut room = Room::new(&things);
        let ways: Vec<Curve> = (0..3).map(|n| room.route(line((264.0, 40.0), (800.0, 20.0)), n)).collect();
        assert!(ways.iter().all(|way| is_clear(*way, &things)), "{ways:?}");
        // The nearer side, and each a lane of its own.
        let mut lanes: Vec<f64> = ways.iter().filter_map(|way| way.round.map(|round| round.lane)).collect();
        assert!(lanes.iter().all(|lane| *lane < -60.0), "{lanes:?}");
        lanes.dedup();
        assert_eq!(lanes.len(), 3);
        assert!(ways[0].path().starts_with("M264 40"), "{}", ways[0].path());
    }

    #[test]
    fn a_line_that_leads_back_goes_round_where_it_came_from() {
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), Rect::new(400.0, 0.0, 264.0, 300.0)];
        let way = Room::new(&things).route(line((664.0, 150.0), (0.0, 20.0)), 0);
        assert!(is_clear(way, &things), "{way:?}");
    }

    #[test]
    fn where_nothing_is_free_the_curve_stays() {
        // The port itself is walled in.
        let things = [Rect::new(0.0, 0.0, 264.0, 100.0), Rect::new(270.0, -500.0, 264.0, 1200.0)];
        let curve = line((264.0, 50.0), (900.0, 50.0));
        assert_eq!(Room::new(&things).route(curve, 0), curve);
    }
}
