//! Groups with their blocks, triggers and notes, as they stand on the canvas. Where they stand, `draw` sets.

use beseda_flow::Severity;

use crate::Node;
use crate::builder::document::{Block, Item, Source, Spot};
use crate::builder::kinds;
use crate::builder::model::Model;
use crate::builder::scene::{BlockShape, GroupShape, PortShape};
use crate::builder::versions::Lit;
use crate::builder::view::kind_icon;
use crate::builder::{Msg, Tab, words};
use crate::i18n::t;
use crate::kit::{El, Icon, el, event, icon};
use crate::t;

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
        let far = self.is_far();
        let node = el("section")
            .id(item.dom_id())
            .class("group")
            .class_if(self.is_chosen(&item), "chosen")
            .class_if(lit, "lit")
            .class(differs.map_or("", Lit::class))
            .class_if(worst == Some(Severity::Error), "bad")
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(label)
            .child(
                el("header").class("group-head").key("head").child(el("b").class("cut").text(&title)).maybe(
                    is_start.then(|| {
                        el("span")
                            .class("tag green")
                            .child(icon(Icon::Flag))
                            .child(el("span").text(t("start")))
                    }),
                ),
            );
        if far {
            return node.into();
        }
        let empty = shape.blocks.is_empty();
        node.children(
            shape.blocks.iter().zip(&group.blocks).map(|(drawn, block)| self.view_block(drawn, block)),
        )
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
        let problem = worst.map(|_| self.findings(&block.id).next().map(words::finding).unwrap_or_default());
        let label = match &problem {
            Some(problem) => format!("{said}. {problem}"),
            None => said,
        };
        let lines = ["lines-1", "lines-2", "lines-3"][shape.lines.clamp(1, 3) - 1];
        let (rows, dots): (Vec<&PortShape>, Vec<&PortShape>) =
            shape.ports.iter().partition(|port| port.port.row);
        let face = el("div")
            .class("block-face")
            .class(lines)
            .key("face")
            .child(kind_icon(picture, family))
            .child(
                el("div")
                    .class("block-words")
                    .child(
                        el("p")
                            .class("block-text")
                            .class_if(shape.summary.is_empty, "missing")
                            .children(with_variables(&shape.summary.text)),
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
            .class_if(block.is_disabled(), "off")
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
                    .child(el("span").class("cut").text(&port.port.title))
                    .child(dot(block, port))
            }))
            .into()
    }

    pub fn view_trigger(&self, trigger: &Spot) -> Node {
        let item = Item::Trigger(trigger.id.clone());
        let kind = trigger.text("kind");
        let is_off = trigger.fields.get("disabled") == Some(&true.into());
        let differs = self.differs(&item);
        let (title, words) = (kinds::trigger_title(kind), kinds::trigger_summary(trigger));
        let port = el("button")
            .class("port-dot taken")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .attr("data-trigger", trigger.id.clone())
            .label(t!("connect-from", name = title.as_str()))
            .on(event::click_only(Msg::Canvas(super::Msg::Connect(Source::Trigger(trigger.id.clone())))));
        el("div")
            .id(item.dom_id())
            .class("starter")
            .class_if(self.is_chosen(&item), "chosen")
            .class_if(is_off, "off")
            .class_if(self.tab == Tab::Test && self.test.seen.contains(&trigger.id), "lit")
            .class(differs.map_or("", Lit::class))
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(t!("trigger-label", name = title.as_str(), words = words.as_str()))
            .child(kind_icon(kinds::trigger_icon(kind), "trigger"))
            .child(
                el("div")
                    .class("starter-words")
                    .maybe((title != words).then(|| el("span").class("muted cut").text(&title)))
                    .child(el("b").class("cut").text(&words)),
            )
            .child(port)
            .into()
    }

    pub fn view_note(&self, note: &Spot) -> Node {
        let item = Item::Note(note.id.clone());
        let colour = match note.text("colour") {
            known @ ("blue" | "green" | "red" | "violet") => known,
            _ => "yellow",
        };
        let text = note.text("text");
        el("div")
            .id(item.dom_id())
            .class("sticky")
            .class(colour)
            .class_if(self.is_chosen(&item), "chosen")
            .attr("role", "group")
            .attr("tabindex", self.tab_index(&item))
            .label(format!("{}: {text}", t("note")))
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

/// `{{name}}` stands out of the text around it.
fn with_variables(text: &str) -> Vec<Node> {
    let mut nodes: Vec<Node> = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, left)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            nodes.push(el("span").text(before).into());
        }
        nodes.push(el("span").class("variable").text(short(name)).into());
        rest = left;
    }
    if !rest.is_empty() {
        nodes.push(el("span").text(rest).into());
    }
    nodes
}

/// The first name in an expression: the rest of a longer one would not fit.
fn short(expression: &str) -> String {
    let mut bare = String::new();
    let mut quote = None;
    for c in expression.trim().chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => bare.push(c),
        }
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let name = bare.split(|c| !is_name(c)).find(|word| word.starts_with(char::is_alphabetic));
    name.map_or_else(|| "…".to_owned(), |name| name.chars().take(22).collect())
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn an_expression_is_told_by_its_first_name() {
        assert_eq!(short(" name "), "name");
        assert_eq!(short("', ' ~ contact.name if contact.name"), "contact.name");
        assert_eq!(short("1 + 2"), "…");
    }
}
