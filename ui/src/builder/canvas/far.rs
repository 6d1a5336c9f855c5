//! The overview: from far away things are cards with their names, as large on the screen as any text. A card grows over the
//! free ground around its thing until the name fits: whole, or at least in half of its words. Only where it does not is it
//! cut to letters, since a card without any looks like one that holds nothing.
//!
//! The names are made when the canvas rests. While it is zoomed they grow and shrink with everything else, so that
//! nothing has to be laid out for a frame.

use crate::builder::geometry::Rect;
use crate::builder::scene::Scene;
use crate::builder::text::{self, Face};
use crate::kit::{El, el};

/// On the screen; the sizes of `.far-name` in `ui/styles/80-builder.css`.
const NAME: Face = Face { size: 10.5, weight: 600 };
const LINE: f64 = 12.0;
/// What stays free around a name, at both sides together.
const AROUND: (f64, f64) = (6.0, 1.0);
/// How far a name may stand beyond its thing at either side.
pub const NAMES: f64 = 60.0;
/// Where things are narrower the names are left out: a few that happen to have room would say little of the whole.
const LEAST: f64 = 26.0;
/// Letters of a part of a broken word, at least.
const PART: usize = 3;
const MORE: &str = "…";
/// Letters of a name that is cut, at least: fewer are taken for a word.
const CUT: usize = 3;
/// A line's letters without the free ground above and below them.
const LETTERS: f64 = 8.0;

/// What a name may fill, on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// The thing itself.
    thing: (f64, f64),
    /// With the free ground around it.
    whole: (f64, f64),
}

impl Ground {
    /// A thing from so far away, and how much wider and higher its name may be.
    pub fn new(thing: Rect, (wider, higher): (f64, f64), zoom: f64) -> Self {
        let size = |w: f64, h: f64| (w * zoom - AROUND.0, h * zoom - AROUND.1);
        Self { thing: size(thing.w, thing.h), whole: size(thing.w + wider, thing.h + higher) }
    }
}

/// How far the name of something may grow beyond it, seen from far away, without meeting the name of another: to the
/// left, to the right, and both up and down. `pixel` is one of the screen.
pub fn room_around(scene: &Scene, rect: Rect, pixel: f64) -> (f64, f64, f64) {
    // Lines of names are 12 high: two of them may stand beyond the thing.
    let high = 24.0 * pixel;
    let (mut left, mut right, mut along) = (NAMES * pixel, NAMES * pixel, high / 2.0);
    let groups = scene.groups.iter().map(|group| group.rect);
    let triggers = scene.triggers.iter().map(|(_, rect)| *rect);
    for other in groups.chain(triggers).filter(|other| *other != rect) {
        let between = (other.y - rect.bottom()).max(rect.y - other.bottom());
        if between >= high {
            continue;
        }
        // Each of two has half of what is between them.
        let half = |gap: f64| (gap / 2.0 - pixel).max(0.0);
        if other.x >= rect.right() {
            right = right.min(half(other.x - rect.right()));
        } else if other.right() <= rect.x {
            left = left.min(half(rect.x - other.right()));
        } else {
            along = along.min(half(between));
        }
    }
    (left, right, along)
}

/// The lines of a name, the thing's own place before the ground around it.
fn lines(name: &str, ground: Ground, most: usize) -> Vec<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let Ground { thing, whole } = ground;
    if thing.0 < LEAST {
        return vec![];
    }
    let sizes = [thing, (whole.0, thing.1), (thing.0, whole.1), whole];
    let unbroken = |words: &[String]| {
        sizes.iter().find_map(|(wide, high)| filled(words, *wide, fitting(*high).min(most)))
    };
    let plain: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    unbroken(&plain)
        .or_else(|| {
            let broken = |(wide, high): &(f64, f64)| {
                let parts: Option<Vec<Vec<String>>> = words.iter().map(|word| parts(word, *wide)).collect();
                filled(&parts?.concat(), *wide, fitting(*high).min(most))
            };
            sizes.iter().find_map(broken)
        })
        .or_else(|| {
            let letters = |words: &[&str]| words.iter().map(|word| word.chars().count()).sum::<usize>();
            // Of a list the first will do.
            let says_enough = |kept: &usize| {
                words[kept - 1].ends_with(',') || letters(&words[..*kept]) * 2 >= letters(&words)
            };
            let kept = (1..words.len()).rev().filter(says_enough);
            let beginnings = kept.map(|kept| words[..kept].join(" "));
            let beginnings = beginnings.map(|text| format!("{}{MORE}", text.trim_end_matches(',')));
            let mut beginnings =
                beginnings.map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>());
            beginnings.find_map(|words| unbroken(&words))
        })
        .or_else(|| cut(&words, whole, most))
        .unwrap_or_default()
}

/// As much of the words as fits, and three dots for the rest; nothing where that would be too little.
fn cut(words: &[&str], (wide, high): (f64, f64), most: usize) -> Option<Vec<String>> {
    let most = if high < LETTERS { 0 } else { fitting(high).clamp(1, most.max(1)) };
    let mut lines: Vec<String> = vec![];
    for word in words {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        let fits = longer.as_ref().is_some_and(|line| text::width(line, NAME) <= wide);
        let line = match longer {
            Some(longer) if fits || lines.len() == most => {
                lines.pop();
                longer
            }
            _ if most == 0 => return None,
            _ => (*word).to_owned(),
        };
        lines.push(text::cut(&line, wide, NAME));
        if lines.last().is_some_and(|line| line.ends_with(MORE)) {
            break;
        }
    }
    let letters: usize = lines.iter().map(|line| line.trim_end_matches(MORE).trim().chars().count()).sum();
    (letters >= CUT).then_some(lines)
}

fn fitting(high: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some lines")]
    let count = (high / LINE).max(0.0) as usize;
    count
}

/// These words in at most so many lines of this width; nothing where they do not fit.
fn filled(words: &[String], wide: f64, most: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = vec![];
    for word in words {
        if text::width(word, NAME) > wide {
            return None;
        }
        match lines.last_mut() {
            // The rest of a broken word has a line of its own.
            Some(line) if !line.ends_with('-') && text::width(&format!("{line} {word}"), NAME) <= wide => {
                *line = format!("{line} {word}");
            }
            _ => lines.push(word.clone()),
        }
    }
    (lines.len() <= most && !lines.is_empty()).then_some(lines)
}

/// A word as it fits into a line, or broken once into two parts of about one length; nothing where it fits in neither way.
fn parts(word: &str, wide: f64) -> Option<Vec<String>> {
    if text::width(word, NAME) <= wide {
        return Some(vec![word.to_owned()]);
    }
    let letters: Vec<char> = word.chars().collect();
    let middle = letters.len().div_ceil(2);
    if letters.len() < 2 * PART {
        return None;
    }
    let two: [String; 2] =
        [letters[..middle].iter().chain(&['-']).collect(), letters[middle..].iter().collect()];
    two.iter().all(|part| text::width(part, NAME) <= wide).then(|| two.to_vec())
}

/// The card with the name.
pub fn name(name: &str, ground: Ground, most: usize) -> El {
    let line = |line: String| el("span").class("block-line").text(line);
    el("b").class("far-name").children(lines(name, ground, most).into_iter().map(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, zoom: f64, more: (f64, f64)) -> Vec<String> {
        let thing = Rect::new(0.0, 0.0, 264.0, 190.0);
        lines(name, Ground::new(thing, (more.0 / zoom, more.1 / zoom), zoom), 5)
    }

    #[test]
    fn names_fit_into_what_they_may_fill_at_every_zoom() {
        for percent in 5..34 {
            let zoom = f64::from(percent) / 100.0;
            for more in [(0.0, 0.0), (12.0, 12.0), (60.0, 24.0)] {
                let lines = told("Приветствие и выбор услуги", zoom, more);
                let high = f64::from(u32::try_from(lines.len()).unwrap()) * LINE;
                assert!(high <= 190.0 * zoom + more.1, "{percent} %");
                for line in &lines {
                    assert!(text::width(line, NAME) <= 264.0 * zoom + more.0, "{percent} % {line:?}");
                }
                let joined = lines.join(" ").replace("- ", "").replace(MORE, "");
                assert!("Приветствие и выбор услуги".starts_with(&joined), "{percent} % {lines:?}");
                assert!(lines.is_empty() || joined.chars().count() >= CUT, "{percent} % {lines:?}");
                assert!(percent < 16 || !lines.is_empty(), "{percent} %");
            }
        }
    }

    #[test]
    fn a_card_grows_only_where_its_name_needs_it() {
        assert_eq!(told("Приветствие и выбор услуги", 0.33, (0.0, 0.0)), ["Приветствие и", "выбор услуги"]);
        assert_eq!(told("Greeting", 0.16, (0.0, 0.0)), ["Gree-", "ting"]);
        assert_eq!(told("Greeting", 0.16, (14.0, 0.0)), ["Greeting"]);
        assert_eq!(told("Остановлено", 0.2, (0.0, 0.0)), ["Остано-", "влено"]);
        assert_eq!(told("A member", 0.16, (24.0, 0.0)), ["A member"]);
        let trigger = Ground::new(Rect::new(0.0, 0.0, 216.0, 58.0), (300.0, 60.0), 0.16);
        assert_eq!(lines("appointment, book, doctor", trigger, 1), ["appointment…"]);
        assert_eq!(told("", 0.2, (0.0, 0.0)), Vec::<String>::new());
        // A word that fits in no other way.
        assert_eq!(told("Подтверждение", 0.16, (0.0, 0.0)).len(), 1);
        assert!(told("Подтверждение", 0.16, (0.0, 0.0))[0].ends_with(MORE));
        let trigger = Ground::new(Rect::new(0.0, 0.0, 216.0, 58.0), (100.0, 0.0), 0.16);
        assert!(lines("appointment, book, doctor", trigger, 1)[0].ends_with(MORE));
    }
}
