//! What a name may be, whoever or whatever bears it: something that people can read on one line.

/// What is wrong with a name of at most `longest` characters, if anything: what it must be.
pub fn fault(name: &str, longest: usize) -> Option<String> {
    let length = name.trim().chars().count();
    if length > longest || !name.chars().any(is_seen) {
        return Some(format!("must have 1 to {longest} characters"));
    }
    has_controls(name).then(|| NO_CONTROLS.to_owned())
}

/// What is wrong with a line of text that may be empty.
pub fn line_fault(line: &str, longest: usize) -> Option<String> {
    if line.trim().chars().count() > longest {
        return Some(format!("must have at most {longest} characters"));
    }
    has_controls(line).then(|| NO_CONTROLS.to_owned())
}

/// Whether it leaves anything to be seen: blanks, joiners and the like have no width.
fn is_seen(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

const NO_CONTROLS: &str = "must be one line, without control characters";

/// Control characters, other ends of lines, and the marks that turn the direction of what follows: with them a name
/// looks like another, or tears apart the line it stands in. The joiners that emoji are made with are none of them.
pub fn has_controls(text: &str) -> bool {
    text.chars().any(|letter| {
        letter.is_control()
            || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// What cannot be seen at all, where no word of any language needs it.
pub fn has_hidden(text: &str) -> bool {
    !text.chars().all(is_seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_that_people_can_read() {
        for name in ["Anna", "Цветы «Пион»", "👩‍👧 Family", &"x".repeat(10)] {
            assert_eq!(fault(name, 10.max(name.chars().count())), None, "{name:?}");
        }
        for name in ["", "  ", "12345678901", "\u{200b}", " \u{200d}\u{fe0f}\u{feff}"] {
            assert_eq!(fault(name, 10).as_deref(), Some("must have 1 to 10 characters"), "{name:?}");
        }
        for name in ["a\nb", "a\0", "a\u{202e}b", "\u{7f}x", "a\u{2028}b"] {
            assert_eq!(fault(name, 10).as_deref(), Some(NO_CONTROLS), "{name:?}");
            assert_eq!(line_fault(name, 10).as_deref(), Some(NO_CONTROLS), "{name:?}");
        }
        assert_eq!(line_fault("", 10), None);
    }
}
