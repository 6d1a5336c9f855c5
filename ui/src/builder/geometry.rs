//! Where things are: places, sizes, curves, what lies under the pointer. Pure, in the canvas's own units.
//!
//! Sizes are not measured but decided: a block's height follows from what it says, and `ui/styles/80-builder.css`
//! draws it so high. Therefore all of this is known before anything is drawn, for things out of sight too.

use std::f64::consts::SQRT_2;
use std::fmt::Write as _;

/// The grid things snap to.
pub const GRID: f64 = 12.0;
/// How far one can come near, and step back.
pub const ZOOMS: (f64, f64) = (0.05, 2.0);

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    #[must_use]
    pub fn plus(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy }
    }

    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

impl Rect {
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// The rectangle between two corners, whichever they are.
    pub fn between(a: Point, b: Point) -> Self {
        Self { x: a.x.min(b.x), y: a.y.min(b.y), w: (a.x - b.x).abs(), h: (a.y - b.y).abs() }
    }

    pub fn right(self) -> f64 {
        self.x + self.w
    }

    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    pub fn centre(self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    pub fn holds(self, point: Point) -> bool {
        point.x >= self.x && point.x <= self.right() && point.y >= self.y && point.y <= self.bottom()
    }

    pub fn meets(self, other: Self) -> bool {
        self.x <= other.right()
            && other.x <= self.right()
            && self.y <= other.bottom()
            && other.y <= self.bottom()
    }

    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, w: self.w + 2.0 * by, h: self.h + 2.0 * by }
    }

    #[must_use]
    pub fn shifted(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// What holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, w: self.right().max(other.right()) - x, h: self.bottom().max(other.bottom()) - y }
    }
}

/// Rounds a place to the grid.
pub fn snapped(value: f64) -> f64 {
    (value / GRID).round() * GRID
}

/// The part of the canvas that is seen: a point of it lies on the screen at `point * zoom + (x, y)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { x: 80.0, y: 120.0, zoom: 1.0 }
    }
}

impl Camera {
    pub fn to_world(self, screen: Point) -> Point {
        Point { x: (screen.x - self.x) / self.zoom, y: (screen.y - self.y) / self.zoom }
    }

    pub fn to_screen(self, world: Point) -> Point {
        Point { x: world.x * self.zoom + self.x, y: world.y * self.zoom + self.y }
    }

    #[must_use]
    pub fn panned(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Nearer or farther by a factor; what lies under `at` (on the screen) stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: Point) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOMS.0, ZOOMS.1);
        let world = self.to_world(at);
        Self { x: at.x - world.x * zoom, y: at.y - world.y * zoom, zoom }
    }

    /// Shows all of `rect` in a window of this size, never nearer than one to one.
    pub fn fit(rect: Rect, window: (f64, f64), margin: f64) -> Self {
        let (w, h) = ((window.0 - 2.0 * margin).max(50.0), (window.1 - 2.0 * margin).max(50.0));
        let zoom = (w / rect.w.max(1.0)).min(h / rect.h.max(1.0)).clamp(ZOOMS.0, 1.0);
        let centre = rect.centre();
        Self { x: window.0 / 2.0 - centre.x * zoom, y: window.1 / 2.0 - centre.y * zoom, zoom }
    }

    /// What a window of this size shows.
    pub fn view(self, window: (f64, f64)) -> Rect {
        let corner = self.to_world(Point::default());
        Rect { x: corner.x, y: corner.y, w: window.0 / self.zoom, h: window.1 / self.zoom }
    }

    /// The middle of this in the middle of the window.
    #[must_use]
    pub fn centred(self, rect: Rect, window: (f64, f64)) -> Self {
        let middle = self.to_screen(Point::new(rect.x + rect.w / 2.0, rect.y + rect.h / 2.0));
        self.panned(window.0 / 2.0 - middle.x, window.1 / 2.0 - middle.y)
    }

    /// Moves as little as needed to show `rect`, with some room around it.
    #[must_use]
    pub fn revealing(self, rect: Rect, window: (f64, f64)) -> Self {
        let room = 48.0;
        let corner = self.to_screen(Point::new(rect.x, rect.y));
        let (w, h) = (rect.w * self.zoom, rect.h * self.zoom);
        let shift = |at: f64, size: f64, window: f64| {
            if at < room || size + 2.0 * room > window {
                room - at
            } else if at + size > window - room {
                window - room - at - size
            } else {
                0.0
            }
        };
        let inside =
            corner.x >= 0.0 && corner.y >= 0.0 && corner.x + w <= window.0 && corner.y + h <= window.1;
        if inside { self } else { self.panned(shift(corner.x, w, window.0), shift(corner.y, h, window.1)) }
    }
}

/// A line from a port (going right) to the left side of something: the points of a cubic curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    pub from: Point,
    pub to: Point,
    /// How it goes round what stands in its way.
    pub round: Option<Round>,
}

/// A way of straight pieces: to the right until `out`, along at the height of `lane` until `back`, and to the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    pub out: f64,
    pub lane: f64,
    pub back: f64,
}

impl Curve {
    pub const fn new(from: Point, to: Point) -> Self {
        Self { from, to, round: None }
    }

    /// How far the curve goes straight at both ends. A line that leads back bows out, so that it can be seen.
    fn reach(self) -> f64 {
        let dx = self.to.x - self.from.x;
        let dy = (self.to.y - self.from.y).abs();
        if dx >= 0.0 { (dx / 2.0).clamp(24.0, 160.0) } else { (60.0 - dx / 4.0 + dy / 8.0).min(260.0) }
    }

    /// A line back to what lies at the same height would run through it: it goes round below.
    fn bow(self) -> f64 {
        let level = (self.to.y - self.from.y).abs();
        if self.to.x < self.from.x && level < 120.0 { 150.0 - level / 2.0 } else { 0.0 }
    }

    /// The ends and the corners between them, of a way round.
    pub fn corners(self, round: Round) -> [Point; 6] {
        let Round { out, lane, back } = round;
        [
            self.from,
            Point::new(out, self.from.y),
            Point::new(out, lane),
            Point::new(back, lane),
            Point::new(back, self.to.y),
            self.to,
        ]
    }

    /// A point of the curve that goes round nothing; 0 is its beginning and 1 its end.
    pub fn at(self, t: f64) -> Point {
        let (reach, bow, s) = (self.reach(), self.bow(), 1.0 - t);
        let bezier = |a: f64, b: f64, c: f64, d: f64| {
            s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
        };
        let (from, to) = (self.from, self.to);
        Point::new(
            bezier(from.x, from.x + reach, to.x - reach, to.x),
            bezier(from.y, from.y + bow, to.y + bow, to.y),
        )
    }

    /// As an SVG path.
    pub fn path(self) -> String {
        if let Some(round) = self.round {
            return rounded(&self.corners(round));
        }
        let (Point { x: x1, y: y1 }, Point { x: x2, y: y2 }) = (self.from, self.to);
        let (reach, bow) = (self.reach(), self.bow());
        format!(
            "M{} {}C{} {} {} {} {} {}",
            tenth(x1),
            tenth(y1),
            tenth(x1 + reach),
            tenth(y1 + bow),
            tenth(x2 - reach),
            tenth(y2 + bow),
            tenth(x2),
            tenth(y2)
        )
    }

    /// What holds all of the curve.
    pub fn bounds(self) -> Rect {
        if let Some(round) = self.round {
            let corners = self.corners(round).map(|corner| Rect::between(corner, corner));
            return corners.into_iter().fold(Rect::between(self.from, self.to), Rect::with).grown(4.0);
        }
        let (reach, bow) = (self.reach(), self.bow());
        Rect::between(self.from, self.to)
            .with(Rect::between(self.from.plus(reach, bow), self.to.plus(-reach, bow)))
            .grown(4.0)
    }
}

/// A path of straight pieces with round corners.
fn rounded(corners: &[Point]) -> String {
    const RADIUS: f64 = 14.0;
    let mut ways: Vec<Point> = Vec::with_capacity(corners.len());
    for corner in corners {
        if ways.last().is_none_or(|last| last.distance(*corner) > 0.5) {
            ways.push(*corner);
        }
    }
    let Some(first) = ways.first() else { return String::new() };
    let mut path = format!("M{} {}", tenth(first.x), tenth(first.y));
    for three in ways.windows(3) {
        let (before, corner, after) = (three[0], three[1], three[2]);
        // Two corners near each other share what lies between them.
        let radius = RADIUS.min(before.distance(corner) / 2.0).min(corner.distance(after) / 2.0);
        let towards = |to: Point| {
            let part = radius / corner.distance(to);
            corner.plus((to.x - corner.x) * part, (to.y - corner.y) * part)
        };
        let (begin, end) = (towards(before), towards(after));
        let numbers = [begin.x, begin.y, corner.x, corner.y, end.x, end.y].map(tenth);
        let [bx, by, cx, cy, ex, ey] = numbers;
        // Writing to a String cannot fail.
        let _ = write!(path, "L{bx} {by}Q{cx} {cy} {ex} {ey}");
    }
    let last = ways.last().unwrap_or(first);
    let _ = write!(path, "L{} {}", tenth(last.x), tenth(last.y));
    path
}

/// A tenth of a unit is finer than any screen.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Which of these rectangles one comes to first when going in a direction from `from`.
pub fn neighbour(from: Rect, others: impl IntoIterator<Item = Rect>, (dx, dy): (f64, f64)) -> Option<usize> {
    let start = from.centre();
    let cost = |rect: Rect| {
        let to = rect.centre();
        let (along, across) =
            ((to.x - start.x) * dx + (to.y - start.y) * dy, (to.x - start.x) * dy + (to.y - start.y) * dx);
        // Straight ahead is nearer than slanting; what lies beyond 45 degrees and a half is another direction.
        (along > 1.0 && across.abs() <= along * 2.0 * SQRT_2).then(|| along + 2.0 * across.abs())
    };
    let costs = others.into_iter().enumerate().filter_map(|(index, rect)| Some((index, cost(rect)?)));
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// How fast the canvas moves under a pointer that drags something to its edge, in pixels a frame.
pub fn edge_scroll(at: Point, window: (f64, f64)) -> Point {
    let zone = 44.0;
    let speed = |at: f64, size: f64| {
        if at < zone {
            (zone - at.max(-zone)) / 4.0
        } else if at > size - zone {
            -((at - size + zone).min(2.0 * zone)) / 4.0
        } else {
            0.0
        }
    };
    Point { x: speed(at.x, window.0), y: speed(at.y, window.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn zooming_keeps_what_lies_under_the_pointer() {
        let camera = Camera { x: 13.0, y: -40.0, zoom: 0.8 };
        let at = Point::new(300.0, 200.0);
        let before = camera.to_world(at);
        for factor in [1.25, 0.5, 100.0, 0.0001] {
            let after = camera.zoomed(factor, at);
            assert!(before.distance(after.to_world(at)) < 1e-6, "{factor}");
            assert!((ZOOMS.0..=ZOOMS.1).contains(&after.zoom));
        }
    }

    #[test]
    fn fitting_shows_everything_and_does_not_magnify() {
        let rect = Rect::new(-500.0, 100.0, 3000.0, 400.0);
        let camera = Camera::fit(rect, (1000.0, 800.0), 40.0);
        let view = camera.view((1000.0, 800.0));
        assert!(
            view.holds(Point::new(rect.x, rect.y)) && view.holds(Point::new(rect.right(), rect.bottom()))
        );
        assert!(near(Camera::fit(Rect::new(0.0, 0.0, 10.0, 10.0), (1000.0, 800.0), 40.0).zoom, 1.0));
    }

    #[test]
    fn what_is_seen_already_does_not_move() {
        let window = (1000.0, 800.0);
        let camera = Camera { x: 0.0, y: 0.0, zoom: 1.0 };
        assert_eq!(camera.revealing(Rect::new(100.0, 100.0, 200.0, 200.0), window), camera);
        let moved = camera.revealing(Rect::new(1500.0, -300.0, 200.0, 100.0), window);
        let seen = moved.view(window);
        assert!(seen.holds(Point::new(1500.0, -300.0)) && seen.holds(Point::new(1700.0, -200.0)));
    }

    #[test]
    fn curves_stay_within_their_bounds() {
        for to in [Point::new(400.0, 100.0), Point::new(-300.0, 80.0), Point::new(10.0, -500.0)] {
            let curve = Curve::new(Point::new(0.0, 0.0), to);
            let bounds = curve.bounds();
            for step in 0..=20 {
                let at = curve.at(f64::from(step) / 20.0);
                assert!(bounds.holds(at), "{at:?} of {curve:?}");
            }
        }
        let curve = Curve::new(Point::new(0.04, 0.0), Point::new(100.0, 50.0));
        assert_eq!(curve.path(), "M0 0C50 0 50 50 100 50");
        let round = Some(Round { out: 20.0, lane: -40.0, back: 60.0 });
        let round = Curve { from: Point::new(0.0, 0.0), round, ..curve };
        assert_eq!(
            round.path(),
            "M0 0L10 0Q20 0 20 -10L20 -26Q20 -40 34 -40L46 -40Q60 -40 60 -26L60 36Q60 50 74 50L100 50"
        );
        assert!(round.bounds().holds(Point::new(40.0, -40.0)));
    }

    #[test]
    fn arrows_lead_to_what_lies_in_their_direction() {
        let at = Rect::new(0.0, 0.0, 100.0, 100.0);
        let others = [
            Rect::new(300.0, 20.0, 100.0, 100.0),
            Rect::new(200.0, 900.0, 100.0, 100.0),
            Rect::new(-300.0, 0.0, 100.0, 100.0),
        ];
        assert_eq!(neighbour(at, others, (1.0, 0.0)), Some(0));
        assert_eq!(neighbour(at, others, (-1.0, 0.0)), Some(2));
        assert_eq!(neighbour(at, others, (0.0, 1.0)), Some(1));
        assert_eq!(neighbour(at, others, (0.0, -1.0)), None);
    }

    #[test]
    fn the_canvas_moves_only_near_its_edges() {
        let window = (1000.0, 800.0);
        assert_eq!(edge_scroll(Point::new(500.0, 400.0), window), Point::default());
        let corner = edge_scroll(Point::new(1000.0, 0.0), window);
        assert!(corner.x < 0.0 && corner.y > 0.0);
        let far = edge_scroll(Point::new(5000.0, 400.0), window);
        assert!(far.x >= -22.0, "leaving the window does not make it race");
    }

    #[test]
    fn places_snap_to_the_grid() {
        assert!(near(snapped(17.0), 12.0) && near(snapped(18.1), 24.0) && near(snapped(-7.0), -12.0));
    }
}
