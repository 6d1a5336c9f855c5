//! The formatting that WhatsApp knows, as it stands in texts.

mod wrap;

pub use self::wrap::wrap;

/// How a stretch of a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    Strike,
    Mono,
}

impl Mark {
    pub const ALL: [Self; 4] = [Self::Bold, Self::Italic, Self::Strike, Self::Mono];

    /// What stands before and behind it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Bold => "*",
            Self::Italic => "_",
            Self::Strike => "~",
            Self::Mono => "```",
        }
    }

    pub const fn spans_lines(self) -> bool {
        matches!(self, Self::Mono)
    }
}
