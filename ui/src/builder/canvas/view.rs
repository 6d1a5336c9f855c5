//! The canvas with everything on it, and its tools in the corners.

use crate::Node;
use crate::builder::Action;
use crate::builder::Msg;
use crate::builder::model::Model;
use crate::i18n::t;
use crate::kit::{Icon, el, event, icon};
use crate::t;

impl Model {
    pub fn view_canvas(&self) -> Node {
        let shown = self.shown();
        let groups = self.scene.groups.iter().filter(|group| {
            group.rect.meets(shown)
                || self.chosen.contains(&crate::builder::document::Item::Group(group.record.id.clone()))
        });
        let notes = self
            .scene
            .notes
            .iter()
            .filter(|(_, rect)| rect.meets(shown))
            .map(|(note, rect)| self.view_note(note, *rect));
        let triggers = self
            .scene
            .triggers
            .iter()
            .filter(|(_, rect)| rect.meets(shown))
            .map(|(spot, rect)| self.view_trigger(spot, *rect));
        let world = el("div")
            .id("world")
            .class("world")
            .class_if(self.is_far(), "far")
            .children(self.view_gone())
            .children(notes)
            .child(self.view_edges())
            .children(triggers)
            .children(groups.map(|group| self.view_group(group)))
            .child(el("div").id("band").class("band").attr("hidden", ""))
            .child(el("div").id("slot").class("slot").attr("hidden", ""));
        el("div")
            .class("flow-stage")
            .key("stage")
            .child(
                el("div")
                    .id("canvas")
                    .class("canvas")
                    .class_if(!self.can_arrange(), "fixed")
                    .attr("role", "application")
                    .attr("tabindex", "0")
                    .attr("aria-describedby", "canvas-about")
                    .label(t!("canvas", name = self.doc.name()))
                    .child(world)
                    .child(
                        el("div").id("ghost").class("carried").attr("aria-hidden", "true").attr("hidden", ""),
                    ),
            )
            .child(el("p").id("canvas-about").class("unseen").text(format!(
                "{} {}",
                self.about_words(),
                t(if self.is_read_only { "canvas-keys-reading" } else { "canvas-keys" })
            )))
            .maybe(self.find.as_ref().map(|find| self.view_find(find)))
            .maybe(self.doc.groups.is_empty().then(|| {
                el("div")
                    .class("flow-empty")
                    .key("empty")
                    .child(icon(Icon::Workflow))
                    .child(el("p").child(el("b").text(t("flow-empty"))))
                    .maybe((!self.is_read_only).then(|| el("p").text(t("flow-empty-words"))))
            }))
            .child(self.view_zoom())
            .child(self.view_minimap())
            .into()
    }

    fn view_zoom(&self) -> Node {
        let button = |picture: Icon, words: &str, action: Action| {
            el("button")
                .key(words)
                .attr("type", "button")
                .label(t(words))
                .attr("title", t(words))
                .on(event::click(Msg::Do(action)))
                .child(icon(picture))
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "5 to 200")]
        let percent = (self.camera.zoom * 100.0).round() as u32;
        el("div")
            .class("flow-zoom")
            .key("zoom")
            .attr("role", "toolbar")
            .label(t("zoom"))
            .child(button(Icon::Minus, "zoom-out", Action::Farther))
            .child(
                el("button")
                    .key("percent")
                    .class("num")
                    .attr("type", "button")
                    .attr("title", t("zoom-one"))
                    .on(event::click(Msg::Do(Action::OneToOne)))
                    .text(format!("{percent} %")),
            )
            .child(button(Icon::Plus, "zoom-in", Action::Nearer))
            .child(button(Icon::Maximize, "zoom-fit", Action::Fit))
            .into()
    }
}
