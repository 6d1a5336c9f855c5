//! Places in a text as browsers count them, in units of UTF-16, and as Rust does, in bytes.

/// The place in bytes of one in units. One within a letter is before it, and one behind the text is at its end.
pub fn bytes(text: &str, units: u32) -> usize {
    let mut left = usize::try_from(units).unwrap_or(usize::MAX);
    for (at, letter) in text.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    text.len()
}

/// The length of a text in units.
pub fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_as_many_units_as_browsers_say() {
        let text = "aя👍🏽z";
        let places: Vec<usize> = (0..8).map(|at| bytes(text, at)).collect();
        assert_eq!(places, [0, 1, 3, 3, 7, 7, 11, 12]);
        assert_eq!(units(text), 7);
    }
}
