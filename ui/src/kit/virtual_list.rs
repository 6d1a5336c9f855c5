//! Lists of any length of which only the rows near the window are in the document.
//!
//! The rows above and below are stood in for by two empty drawings of their height: a drawing's height is
//! an attribute, which the content policy allows, where a style is not.

use super::el::svg;
use super::event::Scroll;
use super::{El, el};

/// The rows to draw out of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub first: usize,
    pub end: usize,
}

/// Rows drawn beyond each edge, so that quick scrolling does not show a gap.
const SPARE: usize = 8;

impl Window {
    /// `row` is the height of every row in pixels, as the style sheet has it.
    pub fn of(scroll: Scroll, row: usize, count: usize) -> Self {
        let above = usize::try_from(scroll.above).unwrap_or(0);
        // Before the first scroll the height is not known; no screen shows more than this.
        let shown = usize::try_from(scroll.shown).ok().filter(|shown| *shown > 0).unwrap_or(1600);
        let first = (above / row).saturating_sub(SPARE).min(count);
        let end = (above.saturating_add(shown) / row + 1 + SPARE).min(count);
        Self { first: first.min(end), end }
    }

    /// Where to scroll so that a row comes into the document, and can have the focus; where it is already, nowhere.
    pub fn with(scroll: Scroll, row: usize, count: usize, at: usize) -> Scroll {
        let window = Self::of(scroll, row, count);
        if (window.first..window.end).contains(&at) {
            return scroll;
        }
        Scroll { above: i32::try_from(at * row).unwrap_or(i32::MAX), ..scroll }
    }

    /// Whether the last rows are near enough to ask for more.
    pub fn is_near_end(self, count: usize) -> bool {
        self.end + SPARE >= count
    }
}

/// Puts the drawn rows between the two stand-ins.
pub fn windowed<T: Into<crate::Node>>(
    list: El,
    window: Window,
    row: usize,
    count: usize,
    rows: impl IntoIterator<Item = T>,
) -> El {
    list.child(spacer("above", window.first * row))
        .children(rows)
        .child(spacer("below", count.saturating_sub(window.end) * row))
}

fn spacer(key: &'static str, height: usize) -> El {
    el("div")
        .class("spacer")
        .key(key)
        .attr("role", "presentation")
        .child(svg("svg").attr("width", "1").attr("height", height.to_string()).attr("aria-hidden", "true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_scroll() {
        let at = |above| Window::of(Scroll { above, content: 100_000, shown: 800 }, 80, 1000);
        assert_eq!(at(0), Window { first: 0, end: 19 });
        assert_eq!(at(8000), Window { first: 92, end: 119 });
        assert_eq!(at(80_000), Window { first: 992, end: 1000 });
        assert!(at(80_000).is_near_end(1000));
        assert!(!at(0).is_near_end(1000));
    }

    #[test]
    fn a_row_far_away_comes_into_the_window() {
        let scroll = Scroll { above: 8000, content: 80_000, shown: 800 };
        assert_eq!(Window::with(scroll, 80, 1000, 100), scroll);
        let brought = Window::with(scroll, 80, 1000, 0);
        assert_eq!((brought.above, Window::of(brought, 80, 1000).first), (0, 0));
        let window = Window::of(Window::with(scroll, 80, 1000, 999), 80, 1000);
        assert!((window.first..window.end).contains(&999));
    }

    #[test]
    fn a_list_that_became_shorter_is_not_read_beyond_its_end() {
        let window = Window::of(Scroll { above: 9000, content: 10_000, shown: 800 }, 80, 3);
        assert_eq!(window, Window { first: 3, end: 3 });
    }
}
