//! The branches of a condition: tests that must all hold, or of which one is enough.

use serde_json::{Value, json};

use super::inputs::{Read, Slot, chosen, field_id, listened};
use super::rows::add_id;
use crate::builder::document::lists::ListEdit;
use crate::builder::kinds::OPERATORS;
use crate::builder::model::Model;
use crate::builder::words;
use crate::builder::{Edit, Msg};
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, event, icon_button};
use crate::{Node, t};

impl Model {
    pub(super) fn branches(&self, slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let branches = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut nodes: Vec<Node> =
            branches.iter().enumerate().map(|(index, branch)| self.branch(slot, branch, index)).collect();
        let fresh = json!({ "id": "", "when": { "join": "and", "tests": [fresh_test()] } });
        nodes.push(Self::add_button(slot, fresh, &t("branch-add")));
        nodes.push(el("p").class("hint").key("else").text(t("branch-hint")).into());
        slot.group(nodes)
    }

    fn branch(&self, slot: &Slot<'_>, branch: &Value, index: usize) -> Node {
        let base = format!("{}/{index}", slot.at);
        let number = (index + 1).to_string();
        let title = branch.get("title").map(words::plain).unwrap_or_default();
        let title_at = format!("{base}/title");
        let id = branch.get("id").map(words::plain).unwrap_or_default();
        el("div")
            .class("record branch")
            .key(id)
            .child(
                el("div")
                    .class("option-line")
                    .child(
                        el("input")
                            .id(field_id(slot.of, &title_at, self.epoch))
                            .class("input quiet")
                            .attr("type", "text")
                            .attr("autocomplete", "off")
                            .attr("value", title)
                            .attr("placeholder", t!("branch-number", number = number.as_str()))
                            .label(t!("branch-title", number = number.as_str()))
                            .on(listened(slot.of, title_at, Read::Optional)),
                    )
                    .child(Self::remove_button(slot, index)),
            )
            .child(self.tests(slot, branch.get("when").unwrap_or(&Value::Null), &format!("{base}/when"), 0))
            .into()
    }

    /// A group of tests; groups may lie inside groups.
    pub(super) fn tests(&self, slot: &Slot<'_>, when: &Value, at: &str, depth: usize) -> Node {
        let join = when.get("join").and_then(Value::as_str).unwrap_or("and");
        let tests = when.get("tests").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let list = format!("{at}/tests");
        let edit = |edit: ListEdit| Msg::Edit(Edit::List(slot.of.clone(), list.clone(), edit));
        let rows = tests.iter().enumerate().map(|(index, test)| {
            let inside = format!("{list}/{index}");
            let remove = icon_button(
                Icon::X,
                &t!("remove-number", number = (index + 1).to_string().as_str()),
                edit(ListEdit::Remove(index)),
            );
            let row = el("div").class("test-row").key(index);
            if test.get("join").is_some() {
                row.child(self.tests(slot, test, &inside, depth + 1)).child(remove)
            } else {
                row.children(self.comparison(slot, test, &inside)).child(remove)
            }
        });
        let several = tests.len() > 1;
        el("div")
            .class("tests")
            .class_if(depth > 0, "inner")
            .maybe(several.then(|| {
                el("select")
                    .id(field_id(slot.of, &format!("{at}/join"), self.epoch))
                    .class("input join")
                    .label(t("join"))
                    .on(chosen(slot.of, format!("{at}/join"), Read::Text))
                    .children(["and", "or"].map(|value| {
                        el("option")
                            .key(value)
                            .attr("value", value)
                            .flag("selected", value == join)
                            .text(t(&format!("join-{value}")))
                    }))
            }))
            .children(rows)
            .child(
                el("div")
                    .class("tests-add")
                    .child(
                        Button::new(Look::Ghost, t("test-add"))
                            .icon(Icon::Plus)
                            .id(add_id(&field_id(slot.of, &list, self.epoch)))
                            .on(edit(ListEdit::Add(fresh_test()))),
                    )
                    .maybe((depth < 2).then(|| {
                        let group = json!({ "join": "or", "tests": [fresh_test(), fresh_test()] });
                        Button::new(Look::Ghost, t("test-group-add"))
                            .icon(Icon::Braces)
                            .on(edit(ListEdit::Add(group)))
                    })),
            )
            .into()
    }

    fn comparison(&self, slot: &Slot<'_>, compared: &Value, at: &str) -> Vec<Node> {
        let text = |name: &str| compared.get(name).map(words::plain).unwrap_or_default();
        let is = text("is");
        let needs_value = !matches!(is.as_str(), "set" | "empty");
        let field = |name: &str, label: String, how: Read, list: bool| -> Node {
            let place = format!("{at}/{name}");
            let input = el("input")
                .id(field_id(slot.of, &place, self.epoch))
                .class("input")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr_if(list, "list", "flow-names")
                .attr("value", text(name))
                .attr("placeholder", label.clone())
                .label(label);
            let input = if list { input } else { self.line_with_names(slot.of, &place, input) };
            input.on(listened(slot.of, place, how)).into()
        };
        let mut nodes = vec![
            field("variable", t("field-variable"), Read::Text, true),
            el("select")
                .id(field_id(slot.of, &format!("{at}/is"), self.epoch))
                .class("input")
                .label(t("field-comparison"))
                .on(event_for(slot, at))
                .children(OPERATORS.map(|value| {
                    el("option")
                        .key(value)
                        .attr("value", value)
                        .flag("selected", value == is)
                        .text(words::operator(value))
                }))
                .into(),
        ];
        if needs_value {
            nodes.push(field("value", t("field-value"), Read::Bound, false));
            nodes.extend(slot.names_at(&format!("{at}/value"), &t("field-value")));
        }
        nodes
    }
}

fn event_for(slot: &Slot<'_>, at: &str) -> crate::Attribute {
    fn set((of, at): (crate::builder::document::ops::Of, String), value: String) -> Msg {
        Msg::Edit(Edit::Set(of, at, json!(value)))
    }
    event::change_of((slot.of.clone(), format!("{at}/is")), set)
}

pub(super) fn fresh_test() -> Value {
    json!({ "variable": "", "is": "equal", "value": "" })
}
