//! What kind of file it is, by its first bytes: for files of which nobody has said it, as those that flows name by their
//! hash alone. Only what WhatsApp shows is told apart; all else goes as it is.

/// As many bytes of a file as are looked at.
pub const HEAD: usize = 16;

/// The type of a file that begins so.
pub fn of(head: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 7] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"OggS", "audio/ogg"),
        (b"#!AMR", "audio/amr"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xfb", "audio/mpeg"),
        (b"%PDF-", "application/pdf"),
    ];
    if let Some((_, mime)) = STARTS.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(mime);
    }
    match (head.get(..4)?, head.get(4..8)?, head.get(8..12)?) {
        (b"RIFF", _, b"WEBP") => Some("image/webp"),
        (_, b"ftyp", b"M4A ") => Some("audio/mp4"),
        (_, b"ftyp", brand) if brand.starts_with(b"3gp") => Some("video/3gpp"),
        (_, b"ftyp", _) => Some("video/mp4"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        for (head, mime) in [
            (b"\xff\xd8\xff\xe0\x00\x10JFIF".as_slice(), Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\r", Some("image/png")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x18ftypmp42", Some("video/mp4")),
            (b"\0\0\0\x18ftyp3gp5", Some("video/3gpp")),
            (b"\0\0\0\x18ftypM4A ", Some("audio/mp4")),
            (b"OggS\0\x02", Some("audio/ogg")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(of(head), mime, "{head:?}");
        }
    }
}
