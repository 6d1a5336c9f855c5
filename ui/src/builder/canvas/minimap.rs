//! The whole flow, small, in the corner; what is seen is framed. A click moves there.

use crate::Node;
use crate::builder::Tab;
use crate::builder::document::Item;
use crate::builder::model::Model;
use crate::kit::el::svg;

/// The minimap's own size, as the style sheet has it.
pub const SIZE: (f64, f64) = (168.0, 112.0);

impl Model {
    /// Those who work by the keyboard find everything by its name; for them this is nothing but a picture.
    pub fn view_minimap(&self) -> Node {
        let seen = self.camera.view(self.window);
        let bounds = self.scene.bounds().with(seen).grown(60.0);
        // The frame keeps the map's own proportions, so that a click means the same place in both directions.
        let scale = (bounds.w / SIZE.0).max(bounds.h / SIZE.1);
        let (w, h) = (SIZE.0 * scale, SIZE.1 * scale);
        let (x, y) = (bounds.centre().x - w / 2.0, bounds.centre().y - h / 2.0);
        let rect = |class: &str, rect: crate::builder::geometry::Rect| {
            svg("rect")
                .class(class)
                .attr("x", format!("{:.0}", rect.x))
                .attr("y", format!("{:.0}", rect.y))
                .attr("width", format!("{:.0}", rect.w))
                .attr("height", format!("{:.0}", rect.h))
                .attr("rx", format!("{:.0}", (4.0 * scale).min(24.0)))
        };
        let groups = self.scene.groups.iter().map(|group| {
            let blocks = &group.record.blocks;
            let chosen = self.chosen.contains(&Item::Group(group.record.id.clone()))
                || blocks.iter().any(|block| self.chosen.contains(&Item::Block(block.id.clone())));
            let lit = self.tab == Tab::Test && blocks.iter().any(|block| self.test.seen.contains(&block.id));
            rect("map-group", group.rect)
                .class_if(chosen, "chosen")
                .class_if(lit, "lit")
                .key(&group.record.id)
        });
        let triggers = self
            .scene
            .triggers
            .iter()
            .map(|(trigger, place)| rect("map-trigger", *place).key(format!("t{}", trigger.id)));
        let notes = self
            .scene
            .notes
            .iter()
            .map(|(note, place)| rect("map-note", *place).key(format!("n{}", note.id)));
        svg("svg")
            .id("minimap")
            .class("minimap")
            .attr("viewBox", format!("{x:.0} {y:.0} {w:.0} {h:.0}"))
            .attr("aria-hidden", "true")
            .children(notes)
            .children(triggers)
            .children(groups)
            .child(rect("map-seen", seen).key("seen").attr("id", "map-seen"))
            .into()
    }
}
