//! The formatting that WhatsApp knows, for texts that are sent there: by buttons beside the field, and by keys in it.
//!
//! The field keeps its text and what is selected in it itself; the browser writes the marks (`Effect::WriteAtCursor`).

mod view;

use super::document::ops::Of;
use super::model::Model as Builder;
use super::panel;
use crate::effect::{Effect, Effects, Written};
use crate::marks::Mark;

impl Mark {
    /// The end of the key of its words.
    const fn words(self) -> &'static str {
        match self {
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Strike => "strike",
            Self::Mono => "mono",
        }
    }

    /// The letter that stands for it with Ctrl or Cmd, and whether Shift belongs to it.
    const fn shortcut(self) -> (char, bool) {
        match self {
            Self::Bold => ('B', false),
            Self::Italic => ('I', false),
            Self::Strike => ('X', true),
            Self::Mono => ('M', true),
        }
    }

    /// The mark of a key that is pressed with Ctrl or Cmd, by its place on the keyboard: it is the same in every alphabet.
    fn of_key(code: &str, shift: bool) -> Option<Self> {
        let letter = code.strip_prefix("Key")?;
        Self::ALL.into_iter().find(|mark| {
            let (key, with_shift) = mark.shortcut();
            letter.chars().eq([key]) && with_shift == shift
        })
    }
}

impl Builder {
    /// Formats what is selected in the field at this pointer.
    pub(super) fn format(&mut self, of: &Of, at: &str, mark: Mark) -> Effects {
        vec![Effect::WriteAtCursor(panel::field_id(of, at, self.epoch), Written::Marks(mark))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Key;
    use crate::builder::keys::Action;

    #[test]
    fn a_key_means_a_mark_and_nothing_else_in_a_field() {
        for mark in Mark::ALL {
            let (letter, shift) = mark.shortcut();
            let code = format!("Key{letter}");
            assert_eq!(Mark::of_key(&code, shift), Some(mark));
            assert_eq!(Mark::of_key(&code, !shift), None);
            let key = Key {
                key: letter.to_lowercase().to_string(),
                code,
                command: true,
                shift,
                alt: false,
                in_field: true,
                in_phone: false,
                in_dialog: false,
            };
            assert_eq!(Action::of(&key), None, "the editor's own keys leave {letter} alone");
            // The list of keys says it as it is.
            let listed = format!("Ctrl {}{letter}", if shift { "Shift " } else { "" });
            assert!(Action::LISTED.contains(&(listed.as_str(), mark.words())), "{listed}");
        }
        assert_eq!(Mark::of_key("Digit1", false), None);
    }
}
