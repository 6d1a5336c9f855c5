//! Small labels.

use super::{Icon, el, icon};
use crate::Node;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Grey,
    Green,
    Amber,
    Blue,
    Red,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Grey => "tag",
            Self::Green => "tag green",
            Self::Amber => "tag amber",
            Self::Blue => "tag blue",
            Self::Red => "tag red",
        }
    }
}

pub fn tag(tone: Tone, words: impl ToString) -> Node {
    el("span").class(tone.class()).text(words).into()
}

pub fn icon_tag(tone: Tone, which: Icon, words: impl ToString) -> Node {
    el("span").class(tone.class()).child(icon(which)).child(el("span").text(words)).into()
}
