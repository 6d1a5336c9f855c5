//! Links side by side of which one is chosen: the views of a list.

use super::{el, event};
use crate::Node;
use crate::format::counted;
use crate::router::Route;

pub struct Segment {
    pub route: Route,
    pub words: String,
    pub count: Option<u32>,
    pub chosen: bool,
}

pub fn segmented(label: &str, segments: impl IntoIterator<Item = Segment>) -> Node {
    el("nav")
        .class("segmented")
        .label(label)
        .children(segments.into_iter().map(|segment| {
            el("a")
                .key(segment.route.path())
                .attr("href", segment.route.path())
                .attr_if(segment.chosen, "aria-current", "page")
                .on(event::go(segment.route))
                .child(el("span").text(segment.words))
                .maybe(segment.count.filter(|count| *count > 0).map(|count| el("b").text(counted(count))))
        }))
        .into()
}
