//! Groups with their blocks, triggers and notes, as they stand on the canvas. Where they stand, `draw` sets.

use beseda_flow::Severity;

use super::far::{self, Ground};
use crate::Node;
use crate::builder::document::{Block, Item, Source, Spot};
use crate::builder::geometry::Rect;
use crate::builder::kinds;
use crate::builder::model::Model;
use crate::builder::scene::{BlockShape, GroupShape, PortShape};
use crate::builder::text;
use crate::builder::versions::Lit;
use crate::builder::view::kind_icon;
use crate::builder::{Msg, Tab, words};
use crate::i18n::t;
use crate::kit::{El, Icon, el, event, icon};
use crate::t;

/// Lines of a name at most, from far away.
const FAR_LINES: usize = 5;

impl Model {
    fn is_chosen(&self, item: &Item) -> bool {
        self.chosen.contains(item)
    }

    /// One thing of the canvas can be reached by Tab; arrows lead to the others.
    fn tab_index(&self, item: &Item) -> &'static str {
        let first = match self.chosen.first() {
            Some(chosen) => chosen == item,
            None => self.doc.start().is_some_and(|start| Item::Group(start.group) == *item),
        };
        if first { "0" } else { "-1" }
    }

    pub fn view_group(&self, shape: &GroupShape) -> Node {
        let group = &shape.record;
        let item = Item::Group(group.id.clone());
        let is_start = self.doc.start().is_some_and(|start| start.group == group.id);
        let title = self.group_title(group);
        let testing = self.tab == Tab::Test;
        let lit = testing && group.blocks.iter().any(|block| self.test.seen.contains(&block.id));
        // From far away blocks are not drawn: their group stands for them.
        let differs = self.differs(&item).or_else(|| {
            let mut blocks = group.blocks.iter().filter(|_| self.is_far());
            blocks.find_map(|block| self.differs(&Item::Block(block.id.clone()))).map(|_| Lit::Changed)
        });
        let worst = group.blocks.iter().filter_map(|block| self.worst(&block.id)).min();
        let label = t!(
            "group-label",
            name = title.as_str(),
            count = u32::try_from(group.blocks.len()).unwrap_or(u32::MAX)
        );
        let node = el("section")
            .id(item.dom_id())
            .class("group")
            .class_if(self.is_chosen(&item), "chosen")
            .class_if(lit, "lit")
            .class(differs.map_or("", Lit::class))
            .class_if(is_start, "start")
            .class_if(worst == Some(Severity::Error), "bad")
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(label);
        if self.is_far() {
            let (left, right, along) = far::room_around(&self.scene, shape.rect, 1.0 / self.camera.zoom);
            // It grows evenly around its group.
            let room = (2.0 * left.min(right), 2.0 * along);
            let ground = Ground::new(shape.rect, room, self.camera.zoom);
            let name = far::name(&title, ground, FAR_LINES);
            return node.attr("title", title).child(name.key("name")).into();
        }
        let empty = shape.blocks.is_empty();
        node.child(
            el("header").class("group-head").key("head").child(el("b").class("cut").text(&title)).maybe(
                is_start.then(|| {
                    el("span").class("tag green").child(icon(Icon::Flag)).child(el("span").text(t("start")))
                }),
            ),
        )
        .children(shape.blocks.iter().zip(&group.blocks).map(|(drawn, block)| self.view_block(drawn, block)))
        .maybe(empty.then(|| el("p").class("group-empty").key("empty").text(t("group-empty"))))
        .into()
    }

    fn worst(&self, block: &str) -> Option<Severity> {
        self.findings(block)
            .map(|finding| finding.severity)
            .filter(|severity| *severity != Severity::Hint)
            .min()
    }

    fn view_block(&self, shape: &BlockShape, block: &Block) -> Node {
        let item = Item::Block(block.id.clone());
        let (picture, family) = kinds::look(block);
        let title = kinds::title(block);
        let worst = self.worst(&block.id);
        let differs = self.differs(&item);
        let testing = self.tab == Tab::Test;
        let said =
            if shape.summary.is_empty { title.clone() } else { format!("{title}: {}", shape.summary.text) };
        let problem = worst.map(|_| {
            let first = self.findings(&block.id).next();
            first.map(|finding| words::finding(finding, Some(block))).unwrap_or_default()
        });
        let label = match &problem {
            Some(problem) => format!("{said}. {problem}"),
            None => said,
        };
        let (rows, dots): (Vec<&PortShape>, Vec<&PortShape>) =
            shape.ports.iter().partition(|port| port.port.row);
        let face = el("div")
            .class("block-face")
            .key("face")
            .child(kind_icon(picture, family))
            .child(
                el("div")
                    .class("block-words")
                    .child(
                        el("p")
                            .class("block-text")
                            .class_if(shape.summary.is_empty, "missing")
                            .children(shape.lines.iter().map(text_line)),
                    )
                    .maybe((!shape.summary.into.is_empty()).then(|| {
                        el("p")
                            .class("block-into")
                            .child(el("span").text(t("answer-in")))
                            .child(el("span").class("variable").text(&shape.summary.into))
                    })),
            )
            .maybe(problem.map(|words| {
                el("span")
                    .class("block-mark")
                    .class_if(worst == Some(Severity::Error), "bad")
                    .attr("title", words)
                    .child(icon(Icon::TriangleAlert))
            }))
            .children(dots.into_iter().map(|port| dot(block, port)));
        el("div")
            .id(item.dom_id())
            .class("block")
            .class_if(self.is_chosen(&item), "chosen")
            .class_if(block.is_disabled() || block.waits_to_be_allowed(), "off")
            .class_if(testing && self.test.seen.contains(&block.id), "lit")
            .class_if(testing && self.test.here() == Some(&block.id), "here")
            .class(differs.map_or("", Lit::class))
            .class_if(worst == Some(Severity::Error), "bad")
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(label)
            .child(face)
            .maybe(self.view_results(&block.id))
            .children(rows.into_iter().map(|port| {
                el("div")
                    .class("port-row")
                    .class_if(port.port.quiet || port.port.name.is_none(), "quiet")
                    .key(format!("port-{}", port.port.name.as_deref().unwrap_or_default()))
                    .child(el("span").class("port-words").children(port.lines.iter().map(text_line)))
                    .child(dot(block, port))
            }))
            .into()
    }

    pub fn view_trigger(&self, trigger: &Spot, rect: Rect) -> Node {
        let item = Item::Trigger(trigger.id.clone());
        let kind = trigger.text("kind");
        let is_off = trigger.fields.get("disabled") == Some(&true.into());
        let differs = self.differs(&item);
        let (title, words) = (kinds::trigger_title(kind), kinds::trigger_summary(trigger));
        let node = el("div")
            .id(item.dom_id())
            .class("starter")
            .class_if(self.is_chosen(&item), "chosen")
            .class_if(is_off, "off")
            .class_if(self.tab == Tab::Test && self.test.seen.contains(&trigger.id), "lit")
            .class(differs.map_or("", Lit::class))
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(t!("trigger-label", name = title.as_str(), words = words.as_str()));
        if self.is_far() {
            // Only to the left: its line leaves to the right.
            let (left, _, along) = far::room_around(&self.scene, rect, 1.0 / self.camera.zoom);
            let ground = Ground::new(rect, (left, 2.0 * along), self.camera.zoom);
            let name = far::name(&words, ground, 1);
            return node.attr("title", words).child(name.key("name")).into();
        }
        let port = el("button")
            .class("port-dot taken")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .attr("data-trigger", trigger.id.clone())
            .label(t!("connect-from", name = title.as_str()))
            .on(event::click_only(Msg::Canvas(super::Msg::Connect(Source::Trigger(trigger.id.clone())))));
        node.child(kind_icon(kinds::trigger_icon(kind), "trigger"))
            .child(
                el("div")
                    .class("starter-words")
                    .maybe((title != words).then(|| el("span").class("muted cut").text(&title)))
                    .child(el("b").class("cut").text(&words)),
            )
            .child(port)
            .into()
    }

    pub fn view_note(&self, note: &Spot, rect: Rect) -> Node {
        let item = Item::Note(note.id.clone());
        let colour = match note.text("colour") {
            known @ ("blue" | "green" | "red" | "violet") => known,
            _ => "yellow",
        };
        let text = note.text("text");
        let sticky = el("div")
            .id(item.dom_id())
            .class("sticky")
            .class(colour)
            .class_if(self.is_chosen(&item), "chosen")
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(format!("{}: {text}", t("note")));
        if self.is_far() {
            let ground = Ground::new(rect, (0.0, 0.0), self.camera.zoom);
            return sticky.child(far::name(text, ground, FAR_LINES).key("name")).into();
        }
        sticky
            .child(el("p").class_if(text.is_empty(), "missing").text(if text.is_empty() {
                t("note-empty")
            } else {
                text.to_owned()
            }))
            .child(el("i").class("sticky-corner").attr("data-corner", note.id.clone()))
            .into()
    }
}

/// The dot from which a line is drawn.
fn dot(block: &Block, shape: &PortShape) -> El {
    let from = Source::Port { block: block.id.clone(), port: shape.port.name.clone() };
    el("button")
        .class("port-dot")
        .class_if(shape.taken, "taken")
        .key(format!("dot-{}", shape.port.name.as_deref().unwrap_or_default()))
        .attr("type", "button")
        .attr("tabindex", "-1")
        .attr("data-block", block.id.clone())
        .attr_if(shape.port.name.is_some(), "data-port", shape.port.name.clone().unwrap_or_default())
        .label(t!("connect-from", name = shape.port.title.as_str()))
        .on(event::click_only(Msg::Canvas(super::Msg::Connect(from))))
}

/// One line of what a block says; variables stand out of the text around them.
fn text_line(line: &text::Line) -> Node {
    let drawn = el("span").class("block-line");
    if let [text::Piece { text, is_variable: false }] = line.as_slice() {
        return drawn.text(text).into();
    }
    let piece = |piece: &text::Piece| el("span").class_if(piece.is_variable, "variable").text(&piece.text);
    drawn.children(line.iter().map(piece)).into()
}
