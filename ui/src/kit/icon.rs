//! Icons from Lucide, drawn in the colour of the text beside them.

use super::el::svg;
use crate::Node;

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// An icon beside words, or inside something that has a label: it says nothing by itself.
pub fn icon(icon: Icon) -> Node {
    icon_in(icon, "icon")
}

/// An icon with a class of its own.
pub fn icon_in(icon: Icon, class: &str) -> Node {
    svg("svg")
        .class(class)
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .children(icon.shapes().iter().map(|(tag, attributes)| {
            attributes.iter().fold(svg(tag), |shape, (name, value)| shape.attr(name, *value))
        }))
        .into()
}
