//! QR codes, drawn. Dark on white in every theme: that is what cameras read.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use super::el::svg;
use crate::Node;

/// Modules of white around it (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A picture of a text, for `label`; none of a text that no code can hold.
pub fn qr(text: &str, label: &str) -> Option<Node> {
    let (side, path) = drawn(text)?;
    let dark = svg("path").attr("d", path).attr("fill", "#000");
    let white = svg("rect").attr("width", "100%").attr("height", "100%").attr("fill", "#fff");
    let picture = svg("svg").class("qr").key("qr").attr("viewBox", format!("0 0 {side} {side}"));
    Some(
        picture
            .attr("role", "img")
            .label(label)
            .attr("shape-rendering", "crispEdges")
            .child(white)
            .child(dark)
            .into(),
    )
}

/// The same picture as a file.
pub fn file(text: &str) -> Option<String> {
    let (side, path) = drawn(text)?;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{size}\" height=\"{size}\" \
         shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{path}\"/></svg>\n",
        size = side * 16
    ))
}

/// The modules of a side with the white around, and the path of all that are dark: runs of a row as one stroke each.
fn drawn(text: &str) -> Option<(i32, String)> {
    // Medium: it is printed and stuck to doors, and still small enough for a table card.
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = "https://wa.me/15550100?text=menu";
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let (side, path) = drawn(text).unwrap();
        assert_eq!(side, code.size() + 8);
        let runs = path.split('M').skip(1).map(|run| {
            let (place, rest) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            [x, y, length].map(|number| number.parse::<i32>().unwrap())
        });
        let mut drawn: Vec<(i32, i32)> =
            runs.flat_map(|[x, y, length]| (x..x + length).map(move |x| (x - QUIET, y - QUIET))).collect();
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let mut dark: Vec<(i32, i32)> = all.filter(|(x, y)| code.get_module(*x, *y)).collect();
        drawn.sort_unstable();
        dark.sort_unstable();
        assert_eq!(drawn, dark);
        assert!(file(text).unwrap().starts_with("<svg xmlns=") && qr(&"x".repeat(5000), "").is_none());
    }
}
