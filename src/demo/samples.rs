//! The pictures and other files that the demo's people send each other.

use std::fmt::Write;

use crate::crypto::sha256;

pub struct Sample {
    name: &'static str,
    pub mime: &'static str,
    pub bytes: &'static [u8],
    /// The address under which the store keeps it, in hex.
    pub sha256: String,
}

pub struct Samples(Vec<Sample>);

macro_rules! samples {
    ($($name:literal $file:literal $mime:literal;)*) => {
        [$(($name, $mime, include_bytes!(concat!("../../assets/samples/", $file)).as_slice())),*]
    };
}

impl Samples {
    pub fn new() -> Self {
        let files = samples! {
            "armchair" "armchair.jpg" "image/jpeg";
            "bouquet" "bouquet.jpg" "image/jpeg";
            "cake" "cake.jpg" "image/jpeg";
            "coffee" "coffee.jpg" "image/jpeg";
            "sun" "sun.webp" "image/webp";
            "voice" "voice.ogg" "audio/ogg; codecs=opus";
            "clip" "clip.mp4" "video/mp4";
            "prices" "price-list.pdf" "application/pdf";
        };
        let sample = |(name, mime, bytes)| Sample { name, mime, bytes, sha256: hex(&sha256(bytes)) };
        Self(files.into_iter().map(sample).collect())
    }

    pub fn get(&self, name: &str) -> Option<&Sample> {
        self.0.iter().find(|sample| sample.name == name)
    }

    pub fn all(&self) -> &[Sample] {
        &self.0
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
