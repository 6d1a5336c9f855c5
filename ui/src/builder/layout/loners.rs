//! What nothing leads to and what leads nowhere is laid in rows, in the order of the flow, and not in one endless column.

use super::rows::SCREEN;
use crate::builder::geometry::Rect;

/// No lines run between them.
const APART: f64 = 72.0;

/// Places in rows that are as wide as the connected part above them, or as gives all of them the shape of a screen.
pub fn in_rows(rects: &[Rect], above: f64) -> Vec<Rect> {
    let room: f64 = rects.iter().map(|rect| (rect.w + APART) * (rect.h + APART)).sum();
    let width = above.max((room * SCREEN).sqrt());
    let (mut x, mut y, mut below) = (0.0, 0.0, 0.0_f64);
    let place = |rect: &Rect| {
        if x > 0.0 && x + rect.w > width {
            (x, y) = (0.0, below);
        }
        let place = Rect { x, y, ..*rect };
        x += rect.w + APART;
        below = below.max(y + rect.h + APART);
        place
    };
    rects.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups of many heights.
    fn groups(count: u32) -> Vec<Rect> {
        (0..count).map(|n| Rect::new(5.0, 7.0, 264.0, 90.0 + f64::from(n % 4) * 120.0)).collect()
    }

    #[test]
    fn they_have_the_shape_of_a_screen_the_order_of_reading_and_do_not_touch() {
        for count in [8, 30, 61, 250] {
            let places = in_rows(&groups(count), 0.0);
            let bounds = places.iter().copied().reduce(Rect::with).unwrap();
            assert!((0.6..=2.6).contains(&(bounds.w / bounds.h)), "{count}: {bounds:?}");
            for (index, place) in places.iter().enumerate() {
                assert!(
                    places[index + 1..].iter().all(|other| !place.grown(30.0).meets(*other)),
                    "{place:?}"
                );
            }
            let read = |pair: &[Rect]| pair[1].x > pair[0].x || pair[1].y > pair[0].bottom();
            assert!(places.windows(2).all(read), "{count}");
        }
    }

    #[test]
    fn they_are_as_wide_as_what_stands_above_them() {
        let places = in_rows(&groups(30), 3_000.0);
        let right = places.iter().map(|place| place.right()).fold(0.0, f64::max);
        assert!((2_664.0..=3_000.0).contains(&right), "{right}");
        // What is wider than all of it has a row of its own.
        let wide = Rect::new(0.0, 0.0, 9_000.0, 50.0);
        assert!(in_rows(&[wide, wide], 100.0).iter().all(|place| place.x < 1.0));
        assert!(in_rows(&[], 100.0).is_empty());
    }
}
