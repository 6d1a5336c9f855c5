//! The options of a choice or a menu.

use serde_json::{Value, json};

use super::inputs::{Read, Slot, field_id, listened};
use super::rows::move_id;
use crate::builder::document::Fields;
use crate::builder::document::lists::ListEdit;
use crate::builder::model::Model;
use crate::builder::words;
use crate::i18n::t;
use crate::kit::{Icon, el, event, icon_button_with_id};
use crate::{Node, t};

/// What a button takes, and a row of a list.
const BUTTON: usize = 20;
const ROW: usize = 24;

/// An answer that is not written yet.
fn fresh() -> Value {
    json!({ "id": "", "title": "" })
}

impl Model {
    pub(super) fn options(&self, slot: &Slot<'_>, values: &Fields, value: Option<&Value>) -> Node {
        let options = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let described = options.iter().any(|option| option.get("description").is_some_and(|text| text != ""));
        let as_buttons = options.len() <= 3 && !described;
        // WhatsApp's buttons and rows give one answer: of several the numbers are asked for, below the question.
        let (shape, limit) = if values.get("multiple") == Some(&Value::Bool(true)) {
            (t("options-numbered"), usize::MAX)
        } else if as_buttons {
            (t("options-buttons"), BUTTON)
        } else {
            (t("options-list"), ROW)
        };
        let mut nodes: Vec<Node> = options
            .iter()
            .enumerate()
            .map(|(index, option)| self.option(slot, option, index, options.len(), limit))
            .collect();
        nodes.push(Self::add_button(slot, fresh(), &t("option-add")));
        nodes.push(el("p").class("hint").key("shape").text(shape).into());
        slot.group(nodes)
    }

    fn option(&self, slot: &Slot<'_>, option: &Value, index: usize, count: usize, limit: usize) -> Node {
        let text = |name: &str| option.get(name).map(words::plain).unwrap_or_default();
        let at = |name: &str| format!("{}/{index}/{name}", slot.at);
        let number = (index + 1).to_string();
        let title = text("title");
        let long = title.encode_utf16().count() > limit;
        let field = |name: &'static str, label: String, how: Read| {
            let input = el("input")
                .id(field_id(slot.of, &at(name), self.epoch))
                .class("input")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr("value", text(name))
                .attr("placeholder", label.clone())
                .label(label)
                .on(listened(slot.of, at(name), how));
            self.line_with_names(slot.of, &at(name), input)
        };
        let up = icon_button_with_id(
            move_id(&slot.id(), index, true),
            Icon::ChevronUp,
            &t!("move-up", number = number.as_str()),
            Self::list_edit(slot, ListEdit::Move(index, index.saturating_sub(1))),
        );
        let down = icon_button_with_id(
            move_id(&slot.id(), index, false),
            Icon::ChevronDown,
            &t!("move-down", number = number.as_str()),
            Self::list_edit(slot, ListEdit::Move(index, index + 1)),
        );
        el("div")
            .class("option")
            .key(text("id"))
            .child(
                el("div")
                    .class("option-line")
                    .child(
                        field("title", t!("option-number", number = number.as_str()), Read::Text)
                            .attr_if(long, "aria-invalid", "true")
                            // Written one after another; an empty one leads to no further.
                            .on_maybe(
                                (index + 1 == count && !title.trim().is_empty() && self.offer.is_none())
                                    .then(|| event::enter(Self::list_edit(slot, ListEdit::Add(fresh())))),
                            ),
                    )
                    .maybe(slot.names_at(&at("title"), &t!("option-number", number = number.as_str())))
                    .maybe((index > 0).then_some(up))
                    .maybe((index + 1 < count).then_some(down))
                    .child(Self::remove_button(slot, index)),
            )
            .maybe(long.then(|| {
                let length = title.encode_utf16().count().to_string();
                el("p").class("error num").text(t!(
                    "option-long",
                    length = length.as_str(),
                    limit = limit.to_string().as_str()
                ))
            }))
            .child(
                el("details")
                    .class("option-more")
                    .key("more")
                    .flag("open", !text("description").is_empty() || !text("value").is_empty())
                    .child(el("summary").text(t("option-more")))
                    .child(field("description", t("option-description"), Read::Optional))
                    .child(field("value", t("option-value"), Read::Bound)),
            )
            .into()
    }
}
