//! The overview: from far away things are their names, as large on the screen as any text, and as many lines of them as
//! fit into the thing. What does not fit is not drawn: nobody could read it.
//!
//! The names are made when the canvas rests. While it is zoomed they grow and shrink with everything else, so that
//! nothing has to be laid out for a frame.

use crate::builder::geometry::Rect;
use crate::builder::text::{self, Face};
use crate::kit::{El, el};

/// On the screen; the sizes of `.far-name` in `ui/styles/80-builder.css`.
const NAME: Face = Face { size: 10.5, weight: 600 };
const LINE: f64 = 12.0;
/// What stays free around a name, at both sides together.
const AROUND: (f64, f64) = (6.0, 1.0);
/// A name of which there is less says nothing.
const LEAST: f64 = 26.0;

/// The lines of a name that fit into a thing.
fn lines(name: &str, thing: Rect, zoom: f64, most: usize) -> Vec<text::Line> {
    let (w, h) = (thing.w * zoom - AROUND.0, thing.h * zoom - AROUND.1);
    let fit = (1..=most).rev().find(|count| f64::from(u32::try_from(*count).unwrap_or(u32::MAX)) * LINE <= h);
    match fit {
        Some(fit) if w >= LEAST => {
            let drawn = |words: Vec<String>, most| text::lines(&words.join(" "), w, NAME, most);
            let whole = drawn(name.split_whitespace().map(|word| hyphened(word, w)).collect(), fit + 1);
            if whole.len() <= fit {
                return whole;
            }
            // Where not all of it fits, beginnings of words are easier to read than the pieces of broken ones.
            drawn(name.split_whitespace().map(|word| text::cut(word, w, NAME)).collect(), fit)
        }
        _ => vec![],
    }
}

/// A word that is wider than a line, in parts of about one length that stand in lines of their own.
fn hyphened(word: &str, wide: f64) -> String {
    let letters: Vec<char> = word.chars().collect();
    let whole = text::width(word, NAME);
    let mut parts = 1;
    let room =
        |parts: usize| f64::from(u32::try_from(parts).unwrap_or(u32::MAX)) * (wide - text::width("-m", NAME));
    while whole > wide && room(parts) < whole && parts < letters.len() {
        parts += 1;
    }
    let parts = letters.chunks(letters.len().div_ceil(parts).max(1));
    parts.map(|part| part.iter().collect()).collect::<Vec<String>>().join("-\n")
}

/// The name, drawn.
pub fn name(name: &str, thing: Rect, zoom: f64, most: usize) -> El {
    let line = |line: text::Line| {
        let words = line.into_iter().map(|piece| piece.text).collect::<String>();
        el("span").class("block-line").text(words)
    };
    el("b").class("far-name").children(lines(name, thing, zoom, most).into_iter().map(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_their_things_at_every_zoom() {
        let thing = Rect::new(0.0, 0.0, 264.0, 190.0);
        let name = "Приветствие и выбор услуги";
        for percent in 5..34 {
            let zoom = f64::from(percent) / 100.0;
            let lines = lines(name, thing, zoom, 4);
            assert_eq!(lines.is_empty(), percent < 13, "{percent} %");
            let high = f64::from(u32::try_from(lines.len()).unwrap()) * LINE;
            assert!(high <= thing.h * zoom, "{percent} %");
            for line in lines {
                assert!(text::width(&line[0].text, NAME) <= thing.w * zoom, "{percent} % {line:?}");
            }
        }
        let told = |zoom: f64| {
            let lines = lines(name, thing, zoom, 4);
            lines.into_iter().map(|line| line[0].text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(told(0.33), ["Приветствие и", "выбор услуги"]);
        assert_eq!(told(0.16), ["При…", "и…"]);
        assert_eq!(hyphened("Остановлено", 58.0), "Остано-\nвлено");
        assert_eq!(hyphened("Стоп", 58.0), "Стоп");
    }
}
