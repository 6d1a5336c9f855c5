//! Texts of the canvas, broken into lines before they are drawn: so it is known how high a block is, and what is drawn
//! fills exactly that.
//!
//! The widths are those of the interface's own font, and guesses for letters that it has not, which the system's fonts
//! draw. To ask the browser (`measureText`) was refused: it would answer otherwise until the font is there, and what a
//! flow looks like could be tested in a browser only.

include!(concat!(env!("OUT_DIR"), "/widths.rs"));

/// How letters are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    pub size: f64,
    /// 400, 500 or 600.
    pub weight: u16,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// It is a variable's name, which stands out.
    pub is_variable: bool,
}

pub type Line = Vec<Piece>;

/// What a variable has beside its name, at both sides together; `.variable` in `ui/styles/80-builder.css`.
const VARIABLE_PAD: f64 = 8.0;
/// Letters of a variable's name at most.
const VARIABLE: usize = 22;
const MORE: char = '…';

/// The width of a text in one line.
pub fn width(text: &str, face: Face) -> f64 {
    text.chars().map(|c| advance(c, face)).sum()
}

fn advance(c: char, face: Face) -> f64 {
    let known = u16::try_from(u32::from(c)).ok().and_then(|code| {
        let at = WIDTHS.binary_search_by_key(&code, |row| row.0).ok()?;
        Some((f64::from(WIDTHS[at].1), f64::from(WIDTHS[at].2)))
    });
    let (regular, bold) = known.unwrap_or_else(|| {
        let guess = foreign(c);
        (guess, guess)
    });
    // Between the two the font grows evenly.
    let part = (f64::from(face.weight) - 400.0) / 200.0;
    (regular + (bold - regular) * part) * face.size / 1000.0
}

/// The width of what the font has not, rather too wide than too narrow.
fn foreign(c: char) -> f64 {
    match u32::from(c) {
        // What joins, varies or marks other letters.
        0x00ad | 0x0300..=0x036f | 0x200b..=0x200f | 0x2060 | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff => 0.0,
        // Signs and faces, which are drawn in colour.
        0x203c..=0x2bff | 0x1f000..=0x1ffff => 1375.0,
        // East Asian letters fill a square.
        0x1100..=0x11ff | 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x20000..=0x3ffff => 1000.0,
        _ => 720.0,
    }
}

/// As much of a word as fits, and three dots for the rest.
pub fn cut(word: &str, wide: f64, face: Face) -> String {
    if width(word, face) <= wide {
        return word.to_owned();
    }
    let mut used = advance(MORE, face);
    let fits = word.chars().take_while(|c| {
        used += advance(*c, face);
        used <= wide
    });
    fits.chain([MORE]).collect()
}

/// What a line is filled with.
#[derive(Debug, Clone)]
struct Unit {
    text: Text,
    width: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Text {
    Letter(char),
    Variable(String),
}

impl Unit {
    fn letter(c: char, face: Face) -> Self {
        Self { text: Text::Letter(c), width: advance(c, face) }
    }

    /// After this a line may end.
    fn ends_a_word(&self) -> bool {
        matches!(self.text, Text::Letter('-' | '/' | '—' | ',' | ';' | '?' | '&'))
    }
}

/// The text in lines of this width, and no more of them than `most`: what is left then is told by three dots. Empty lines
/// are left out. `{{variables}}` are shown by their names.
pub fn lines(text: &str, width: f64, face: Face, most: usize) -> Vec<Line> {
    let mut filling = Filling { lines: vec![], line: vec![], used: 0.0, width, most };
    let paragraphs = joined(text);
    for paragraph in paragraphs.lines() {
        let units = units(paragraph.trim(), face);
        for word in words(&units) {
            if filling.is_over() {
                break;
            }
            filling.word(word, face);
        }
        filling.end();
    }
    filling.finish(face)
}

/// An expression in several lines is one thing of the text.
fn joined(text: &str) -> String {
    let mut depth = false;
    let mut before = ' ';
    let letter = |c: char| {
        match (before, c) {
            ('{', '{') => depth = true,
            ('}', '}') => depth = false,
            _ => {}
        }
        before = c;
        if depth && c == '\n' { ' ' } else { c }
    };
    text.chars().map(letter).collect()
}

fn units(text: &str, face: Face) -> Vec<Unit> {
    let mut units = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, left)) = after.split_once("}}") else { break };
        units.extend(before.chars().map(|c| Unit::letter(c, face)));
        let name = short(name);
        let width = width(&name, Face { weight: 500, ..face }) + VARIABLE_PAD;
        units.push(Unit { text: Text::Variable(name), width });
        rest = left;
    }
    units.extend(rest.chars().map(|c| Unit::letter(c, face)));
    units
}

/// The words, each with the spaces before it.
fn words(units: &[Unit]) -> Vec<&[Unit]> {
    let mut words = vec![];
    let mut begin = 0;
    for at in 1..units.len() {
        let is_space =
            |unit: &Unit| matches!(unit.text, Text::Letter(c) if c.is_whitespace() && c != '\u{a0}');
        let (before, here) = (&units[at - 1], &units[at]);
        if is_space(here) && !is_space(before) || before.ends_a_word() && !is_space(here) && at - begin > 3 {
            words.push(&units[begin..at]);
            begin = at;
        }
    }
    words.push(&units[begin..]);
    words
}

struct Filling {
    lines: Vec<Vec<Unit>>,
    line: Vec<Unit>,
    used: f64,
    width: f64,
    most: usize,
}

impl Filling {
    /// There are more lines than are shown.
    fn is_over(&self) -> bool {
        self.lines.len() > self.most
    }

    fn word(&mut self, word: &[Unit], face: Face) {
        let spaces = word.iter().take_while(|unit| matches!(unit.text, Text::Letter(c) if c.is_whitespace()));
        let spaces = spaces.count();
        let word = &word[spaces..];
        let wide: f64 = word.iter().map(|unit| unit.width).sum();
        let space = Unit::letter(' ', face);
        let gap = if spaces > 0 && !self.line.is_empty() { space.width } else { 0.0 };
        if self.used + gap + wide <= self.width {
            if gap > 0.0 {
                self.push(space);
            }
        } else {
            self.end();
        }
        for unit in word {
            // A word that is longer than a line is broken.
            if self.used + unit.width > self.width {
                self.end();
            }
            self.push(unit.clone());
        }
    }

    fn push(&mut self, unit: Unit) {
        self.used += unit.width;
        self.line.push(unit);
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
        self.used = 0.0;
    }

    fn finish(mut self, face: Face) -> Vec<Line> {
        let is_over = self.is_over();
        self.lines.truncate(self.most);
        if let Some(last) = self.lines.last_mut().filter(|_| is_over) {
            let more = Unit::letter(MORE, face);
            let used = |line: &[Unit]| line.iter().map(|unit| unit.width).sum::<f64>();
            while last.len() > 1 && used(last) + more.width > self.width {
                last.pop();
            }
            while last.pop_if(|unit| matches!(unit.text, Text::Letter(c) if !c.is_alphanumeric())).is_some() {
            }
            last.push(more);
        }
        self.lines.into_iter().map(pieces).collect()
    }
}

fn pieces(units: Vec<Unit>) -> Line {
    let mut line: Line = vec![];
    for unit in units {
        match unit.text {
            Text::Variable(text) => line.push(Piece { text, is_variable: true }),
            Text::Letter(c) => match line.last_mut().filter(|last| !last.is_variable) {
                Some(last) => last.text.push(c),
                None => line.push(Piece { text: c.to_string(), is_variable: false }),
            },
        }
    }
    line
}

/// The first name in an expression: the rest of a longer one would not fit.
fn short(expression: &str) -> String {
    let mut bare = String::new();
    let mut quote = None;
    for c in expression.trim().chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => bare.push(c),
        }
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let name = bare.split(|c| !is_name(c)).find(|word| word.starts_with(char::is_alphabetic));
    name.map_or_else(|| MORE.to_string(), |name| name.chars().take(VARIABLE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Face = Face { size: 12.5, weight: 400 };

    fn told(text: &str, width: f64, most: usize) -> Vec<String> {
        let lines = lines(text, width, FACE, most);
        let line = |line: Line| line.into_iter().map(|piece| piece.text).collect::<Vec<_>>().concat();
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn letters_are_as_wide_as_the_font_has_them() {
        // As a browser measures them.
        let hello = width("Hello", Face { size: 1000.0, weight: 400 });
        assert!((hello - 2_410.0).abs() < 1.0, "{hello}");
        let (regular, bold) = (width("Привет", FACE), width("Привет", Face { weight: 600, ..FACE }));
        let between = width("Привет", Face { weight: 500, ..FACE });
        assert!(regular < between && between < bold, "{regular} {between} {bold}");
        assert!(width("👋🏽", FACE) < width("👋👋", FACE), "a shade of a face is no second face");
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(told("one two three four", 56.0, 9), ["one two", "three", "four"]);
        assert_eq!(told("one\n\n  two  ", 60.0, 9), ["one", "two"], "empty lines say nothing");
        assert_eq!(told("", 60.0, 9), Vec::<String>::new());
        assert_eq!(told("Непревзойдённость", 60.0, 9).concat(), "Непревзойдённость");
        assert_eq!(told("semi-automatic", 50.0, 9), ["semi-", "automat", "ic"]);
    }

    #[test]
    fn what_is_left_out_is_told() {
        assert_eq!(told("one two three four", 56.0, 2), ["one two", "three…"]);
        assert_eq!(told("one, two. three", 70.0, 1), ["one, two…"]);
        assert_eq!(told("one two", 60.0, 1), ["one two"]);
        assert_eq!(
            (cut("word", 60.0, FACE), cut("Непревзойдённость", 60.0, FACE)),
            ("word".into(), "Непрев…".into())
        );
    }

    #[test]
    fn no_line_is_too_wide() {
        let text = "Здравствуйте, {{contact.name}}! 👋 https://example.com/a/very/long/address?with=a&query … {{x}}{{y}}";
        for wide in 60..260 {
            for line in lines(text, f64::from(wide), FACE, 99) {
                let used: f64 = line
                    .iter()
                    .map(|piece| {
                        let (weight, pad) = if piece.is_variable { (500, VARIABLE_PAD) } else { (400, 0.0) };
                        width(&piece.text, Face { weight, ..FACE }) + pad
                    })
                    .sum();
                assert!(used <= f64::from(wide) + 1e-6 || line.len() == 1, "{wide} {line:?}");
            }
        }
    }

    #[test]
    fn variables_stand_out() {
        let lines = lines("Hi {{ name }}, bye {{\n 1 + 2\n}}", 400.0, FACE, 3);
        let variables: Vec<_> =
            lines[0].iter().filter(|piece| piece.is_variable).map(|piece| piece.text.as_str()).collect();
        assert_eq!((lines.len(), variables), (1, vec!["name", "…"]));
    }

    #[test]
    fn an_expression_is_told_by_its_first_name() {
        assert_eq!(short(" name "), "name");
        assert_eq!(short("', ' ~ contact.name if contact.name"), "contact.name");
        assert_eq!(short("1 + 2"), "…");
    }
}
