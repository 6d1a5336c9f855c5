//! Marks go around what is selected in a text, and off it again.
//!
//! WhatsApp shows `*a*` bold and `* a *` as it is written, so the marks go inside of blanks at the edges; and of its
//! marks only those of monospace span lines, so the others go around each line.

use super::Mark;
use crate::utf16::{bytes, units};

/// Letters of all the marks.
const SIGNS: [char; 4] = ['*', '_', '~', '`'];

/// The text with what is selected formatted, or no more formatted where it was, and the selection then. Places are units
/// of UTF-16, as browsers have them. Without a selection both marks are written around the cursor.
pub fn wrap(text: &str, from: u32, to: u32, mark: Mark) -> (String, u32, u32) {
    let sign = mark.sign();
    let stretches = stretches(text, bytes(text, from), bytes(text, to), mark);
    // Nothing but blanks is selected: there is nothing to be seen in another way.
    if stretches.is_empty() {
        return (text.to_owned(), from, to);
    }
    let takes_off = stretches.iter().all(|stretch| matches!(stretch.state, State::Marked { .. }));
    let mut written = String::new();
    let mut selected: Option<u32> = None;
    let mut end = 0;
    // What stands before this is written already.
    let mut done = 0;
    for stretch in &stretches {
        let (place, words, around) = match stretch.state {
            State::Marked { open, close } if takes_off => {
                (open..close + sign.len(), open + sign.len()..close, "")
            }
            State::Marked { .. } | State::InParts => (stretch.from..stretch.to, stretch.from..stretch.to, ""),
            State::Plain => (stretch.from..stretch.to, stretch.from..stretch.to, sign),
        };
        written.push_str(&text[done..place.start]);
        written.push_str(around);
        selected.get_or_insert(units(&written));
        written.push_str(&text[words]);
        end = units(&written);
        written.push_str(around);
        done = place.end;
    }
    written.push_str(&text[done..]);
    (written, selected.unwrap_or(end), end)
}

/// What gets marks of its own.
struct Stretch {
    from: usize,
    to: usize,
    state: State,
}

enum State {
    Plain,
    /// It has the marks at its edges, inside or just outside, where these begin.
    Marked {
        open: usize,
        close: usize,
    },
    /// It begins and ends with the mark, and other words than all of it are formatted: `*a* and *b*`. Another mark would
    /// only be one too many.
    InParts,
}

fn stretches(text: &str, from: usize, to: usize, mark: Mark) -> Vec<Stretch> {
    let to = to.max(from);
    if from == to {
        return vec![Stretch { from, to, state: at_cursor(text, from, mark) }];
    }
    let mut at = from;
    let lines: Vec<&str> =
        if mark.spans_lines() { vec![&text[from..to]] } else { text[from..to].split('\n').collect() };
    let mut stretches = vec![];
    for line in lines {
        let words = line.trim();
        let from = at + (line.len() - line.trim_start().len());
        at += line.len() + 1;
        if !words.is_empty() {
            let to = from + words.len();
            stretches.push(Stretch { from, to, state: state(text, from, to, mark) });
        }
    }
    stretches
}

/// Other marks may stand between its own and the words: `*_a_*`.
fn state(text: &str, from: usize, to: usize, mark: Mark) -> State {
    let (sign, words) = (mark.sign(), &text[from..to]);
    let before = text[..from].trim_end_matches(SIGNS).len()..to - words.trim_start_matches(SIGNS).len();
    let after =
        from + words.trim_end_matches(SIGNS).len()..text.len() - text[to..].trim_start_matches(SIGNS).len();
    let open = text[before.clone()].rfind(sign).map(|at| before.start + at);
    let close = text[after.clone()].find(sign).map(|at| after.start + at);
    let Some((open, close)) = open.zip(close).filter(|(open, close)| open + sign.len() <= *close) else {
        return State::Plain;
    };
    let within = &text[open + sign.len()..close];
    if within.match_indices(sign).any(|(at, _)| closes(within, at, mark)) {
        return State::InParts;
    }
    State::Marked { open, close }
}

/// Whether a mark at this place ends what was marked before it: the one in `{{first_name}}` does not.
fn closes(text: &str, at: usize, mark: Mark) -> bool {
    let touches = text[..at].chars().next_back().is_some_and(|before| !before.is_whitespace());
    let behind = text[at + mark.sign().len()..].chars().next();
    mark == Mark::Mono || (touches && behind.is_none_or(|behind| !behind.is_alphanumeric()))
}

/// The cursor between two marks with nothing in them yet.
fn at_cursor(text: &str, at: usize, mark: Mark) -> State {
    let sign = mark.sign();
    let line = if mark.spans_lines() { 0 } else { text[..at].rfind('\n').map_or(0, |end| end + 1) };
    // Between `*a*` and `*b*`, too, there is one on each side, but the first of them ends something.
    let opens = text[line..at].matches(sign).count() % 2 == 1;
    match state(text, at, at, mark) {
        State::Marked { open, close } if opens => State::Marked { open, close },
        _ => State::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The selection stands between `[` and `]`, the cursor at `|`.
    fn after(text: &str, mark: Mark) -> String {
        let plain = text.replace(['[', ']', '|'], "");
        // The cursor is a selection of nothing.
        let (head, rest) = text.split_once(['[', '|']).unwrap();
        let selected = rest.split_once(']').map_or("", |(selected, _)| selected);
        let (from, to) = (units(head), units(head) + units(selected));
        let (text, from, to) = wrap(&plain, from, to, mark);
        let (from, to) = (bytes(&text, from), bytes(&text, to));
        if from == to {
            return format!("{}|{}", &text[..from], &text[from..]);
        }
        format!("{}[{}]{}", &text[..from], &text[from..to], &text[to..])
    }

    /// Once there, and once more back.
    fn both_ways(mark: Mark, table: &[(&str, &str)]) {
        for (plain, marked) in table {
            assert_eq!(after(plain, mark), *marked, "{plain:?}");
            assert_eq!(after(marked, mark), *plain, "{marked:?}");
        }
    }

    #[test]
    fn what_is_selected_gets_marks_and_loses_them_again() {
        both_ways(
            Mark::Bold,
            &[
                ("one [two] three", "one *[two]* three"),
                ("[two]", "*[two]*"),
                ("цена [450 ₽]!", "цена *[450 ₽]*!"),
                ("👍🏽 [так 👋] 🙂", "👍🏽 *[так 👋]* 🙂"),
                ("w[or]d", "w*[or]*d"),
                ("[{{first_name}}]", "*[{{first_name}}]*"),
                ("5*3 [two]", "5*3 *[two]*"),
            ],
        );
        both_ways(Mark::Italic, &[("[{{first_name}}]", "_[{{first_name}}]_"), ("a [b]", "a _[b]_")]);
        both_ways(Mark::Strike, &[("a [b]", "a ~[b]~")]);
        both_ways(Mark::Mono, &[("a [b]", "a ```[b]```"), ("[a\n\nb]", "```[a\n\nb]```")]);
    }

    #[test]
    fn marks_go_inside_of_blanks_and_nothing_but_blanks_stays() {
        assert_eq!(after("one[ two ]three", Mark::Bold), "one *[two]* three");
        assert_eq!(after("[two\n]three", Mark::Italic), "_[two]_\nthree");
        assert_eq!(after("[\n two \n]", Mark::Mono), "\n ```[two]``` \n");
        assert_eq!(after("one[ \n ]two", Mark::Bold), "one[ \n ]two");
        assert_eq!(after("one[  ]two", Mark::Mono), "one[  ]two");
    }

    #[test]
    fn marks_that_are_selected_too_come_off() {
        assert_eq!(after("one [*two*] three", Mark::Bold), "one [two] three");
        assert_eq!(after("one[ *two* ]three", Mark::Bold), "one [two] three");
        assert_eq!(after("one [*two]* three", Mark::Bold), "one [two] three");
        assert_eq!(after("one *[two*] three", Mark::Bold), "one [two] three");
        assert_eq!(after("[```two```]", Mark::Mono), "[two]");
    }

    #[test]
    fn one_mark_goes_around_and_through_another() {
        both_ways(Mark::Italic, &[("*[a]*", "*_[a]_*")]);
        assert_eq!(after("*_[a]_*", Mark::Bold), "[_a_]");
        assert_eq!(after("[*_a_*]", Mark::Italic), "*[a]*");
        assert_eq!(after("_```[a]```_", Mark::Italic), "[```a```]");
    }

    #[test]
    fn without_a_selection_the_cursor_is_between_the_marks() {
        for mark in Mark::ALL {
            let sign = mark.sign();
            let marked = format!("ü {sign}|{sign}");
            assert_eq!(after("ü |", mark), marked);
            assert_eq!(after(&marked, mark), "ü |");
        }
        assert_eq!(after("|", Mark::Bold), "*|*");
        assert_eq!(after("*a*|*b*", Mark::Bold), "*a**|**b*");
    }

    #[test]
    fn each_line_has_marks_of_its_own() {
        both_ways(
            Mark::Bold,
            &[
                ("[one\ntwo]", "*[one*\n*two]*"),
                ("a [b\n\nc] d", "a *[b*\n\n*c]* d"),
                ("я [👍\nб]", "я *[👍*\n*б]*"),
            ],
        );
        assert_eq!(after("[ one \n  \n two ]", Mark::Strike), " ~[one~ \n  \n ~two]~ ");
        // Lines that have them keep them, and the others get them; then all lose them.
        assert_eq!(after("[*one*\ntwo]", Mark::Bold), "[*one*\n*two]*");
        assert_eq!(after("[*one*\n*two]*", Mark::Bold), "[one\ntwo]");
    }

    #[test]
    fn a_stretch_that_is_formatted_in_parts_stays() {
        assert_eq!(after("[*a* and *b*]", Mark::Bold), "[*a* and *b*]");
        assert_eq!(after("[```a``` and ```b```]", Mark::Mono), "[```a``` and ```b```]");
    }

    #[test]
    fn places_that_are_none_harm_nothing() {
        assert_eq!(wrap("ab", 9, 9, Mark::Bold), ("ab**".to_owned(), 3, 3));
        assert_eq!(wrap("ab", 2, 1, Mark::Bold), ("ab**".to_owned(), 3, 3));
        // In the middle of a letter.
        assert_eq!(wrap("👍", 1, 2, Mark::Bold), ("*👍*".to_owned(), 1, 3));
    }
}
