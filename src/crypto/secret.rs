//! Text that must not be seen: a token, an app secret, a password.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret text. It prints as `***`, cannot be serialised, and is wiped from memory when dropped.
///
/// Whoever needs the text calls [`expose`](Self::expose): the word in the source is what a reviewer looks for. It has
/// no `PartialEq`: compare with [`constant_time_eq`](super::constant_time_eq).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Do not log it, and do not put it into an error.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new("EAAG-very-secret");
        for printed in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:?}", Some(&secret)),
        ] {
            assert!(!printed.contains("very"), "{printed}");
            assert!(printed.contains("***"), "{printed}");
        }
        assert_eq!(secret.expose(), "EAAG-very-secret");
    }
}
