//! Pictures, a voice note, a clip and a paper of our own making, for customers who have nothing at hand.

use std::borrow::Cow;

use rust_embed::Embed;

#[derive(Embed)]
#[folder = "assets/samples/"]
struct Samples;

/// The names of the samples, in order.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Samples::iter().map(Cow::into_owned).collect();
    names.sort();
    names
}

pub fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    Samples::get(name).map(|file| file.data)
}

/// The media type of a sample, by the end of its name.
pub fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "ogg" => "audio/ogg; codecs=opus",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::super::media::{kind_of, most_bytes};
    use super::*;

    #[test]
    fn there_is_one_of_every_kind_and_meta_would_take_it() {
        let names = names();
        for name in &names {
            let bytes = read(name).unwrap();
            assert!(!bytes.is_empty() && bytes.len() < 60_000, "{name} has {} bytes", bytes.len());
            assert!(most_bytes(mime(name)).is_some(), "{name}");
        }
        for kind in ["image", "audio", "video", "document", "sticker"] {
            assert!(names.iter().any(|name| kind_of(mime(name)) == kind), "no {kind} among {names:?}");
        }
        assert!(read("../samples.rs").is_none());
    }
}
