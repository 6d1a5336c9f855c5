//! The lines between ports and what they lead to.

use crate::Node;
use crate::builder::Tab;
use crate::builder::document::Item;
use crate::builder::model::Model;
use crate::builder::versions::Lit;
use crate::i18n::t;
use crate::kit::el::svg;
use crate::t;

impl Model {
    pub fn view_edges(&self) -> Node {
        let shown = self.shown();
        let lines = self.scene.lines.iter().filter(|line| {
            line.curve.bounds().meets(shown)
                || self.shift(&line.ends.0) != (0.0, 0.0)
                || self.shift(&line.ends.1) != (0.0, 0.0)
        });
        let edges = lines.map(|line| {
            let item = Item::Edge(line.id.clone());
            let testing = self.tab == Tab::Test;
            let differs = self.differs(&item);
            let hot = self.chosen.contains(&item)
                || self.chosen.iter().any(|chosen| *chosen == line.ends.0 || *chosen == line.ends.1);
            svg("g")
                .id(item.dom_id())
                .class("edge")
                .class_if(line.implied, "implied")
                .class_if(line.is_jump(), "jump")
                .class_if(self.chosen.contains(&item), "chosen")
                .class_if(hot, "hot")
                .class_if(testing && self.test.taken.contains(&line.id), "lit")
                .class(differs.map_or("", Lit::class))
                .attr("tabindex", "-1")
                .attr("role", "img")
                .label(t!("leads-to", name = self.place_title(&line.to).as_str()))
                .child(svg("path").class("edge-hit").key("hit"))
                .child(svg("path").class("edge-line").key("line").attr("marker-end", "url(#arrow)"))
        });
        svg("svg")
            .class("edges")
            .key("edges")
            .attr("width", "1")
            .attr("height", "1")
            .attr("role", "group")
            .label(t("edges"))
            .child(
                svg("defs").key("defs").child(
                    svg("marker")
                        .attr("id", "arrow")
                        .attr("viewBox", "0 0 8 8")
                        .attr("refX", "7")
                        .attr("refY", "4")
                        .attr("markerWidth", "7")
                        .attr("markerHeight", "7")
                        .attr("markerUnits", "userSpaceOnUse")
                        .attr("orient", "auto")
                        .child(svg("path").attr("d", "M0 .5L7.5 4L0 7.5z").class("arrow")),
                ),
            )
            .children(self.view_gone_lines())
            .children(edges)
            .child(svg("path").id("wire").class("wire").attr("marker-end", "url(#arrow)"))
            .into()
    }
}
