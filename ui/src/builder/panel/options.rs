//! The options of a choice or a menu.

use beseda_flow::{limits, whatsapp};
use serde_json::{Value, json};

use super::branches::fresh_test;
use super::inputs::{Read, Slot, counted, field_id, listened};
use super::rows::move_id;
use crate::builder::document::Fields;
use crate::builder::document::lists::ListEdit;
use crate::builder::model::Model;
use crate::builder::{Edit, Msg, words};
use crate::i18n::t;
use crate::kit::{Button, El, Icon, Look, el, event, icon_button_with_id};
use crate::{Node, t};

/// What a button takes, and a row of a list.
const BUTTON: usize = 20;
const ROW: usize = 24;

/// An answer that is not written yet.
fn fresh() -> Value {
    json!({ "id": "", "title": "" })
}

impl Model {
    /// `payloads`: whether a tap may have one.
    pub(super) fn options(
        &self,
        slot: &Slot<'_>,
        values: &Fields,
        value: Option<&Value>,
        payloads: bool,
    ) -> Node {
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
            .map(|(index, option)| {
                let more = self.option_more(slot, option, index, payloads);
                self.option(slot, option, index, options.len(), limit, more)
            })
            .collect();
        nodes.push(Self::add_button(slot, fresh(), &t("option-add")));
        nodes.push(el("p").class("hint").key("shape").text(shape).into());
        slot.group(nodes)
    }

    fn option(
        &self,
        slot: &Slot<'_>,
        option: &Value,
        index: usize,
        count: usize,
        limit: usize,
        more: Node,
    ) -> Node {
        let text = |name: &str| option.get(name).map(words::plain).unwrap_or_default();
        let at = |name: &str| format!("{}/{index}/{name}", slot.at);
        let number = (index + 1).to_string();
        let title = text("title");
        let long = title.encode_utf16().count() > limit;
        let label = t!("option-number", number = number.as_str());
        let field = self
            .option_field(slot, at("title"), &title, &label, Read::Text)
            .attr("placeholder", label.clone());
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
                        field
                            .attr_if(long, "aria-invalid", "true")
                            // Written one after another; an empty one leads to no further.
                            .on_maybe(
                                (index + 1 == count && !title.trim().is_empty() && self.offer.is_none())
                                    .then(|| event::enter(Self::list_edit(slot, ListEdit::Add(fresh())))),
                            ),
                    )
                    .maybe(slot.names_at(&at("title"), &label))
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
            .child(more)
            .into()
    }

    fn option_field(&self, slot: &Slot<'_>, at: String, value: &str, label: &str, how: Read) -> El {
        let input = el("input")
            .id(field_id(slot.of, &at, self.epoch))
            .class("input")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("value", value.to_owned())
            .label(label)
            .on(listened(slot.of, at.clone(), how));
        self.line_with_names(slot.of, &at, input)
    }

    /// What an option rarely needs: folded away unless some of it is there.
    fn option_more(&self, slot: &Slot<'_>, option: &Value, index: usize, payloads: bool) -> Node {
        let text = |name: &str| option.get(name).map(words::plain).unwrap_or_default();
        let field = |name: &str, how: Read, limit: usize| {
            let (value, at) = (text(name), format!("{}/{index}/{name}", slot.at));
            let (id, words) = (field_id(slot.of, &at, self.epoch), t(&format!("option-{name}")));
            let label = el("label").attr("for", id).text(&words);
            let input = self.option_field(slot, at, &value, &words, how);
            el("div").class("option-part").key(name).child(label).child(input).maybe(counted(&value, limit))
        };
        let is_filled = |name: &str| !text(name).is_empty();
        // A menu keeps nothing: it goes on without an answer.
        let value = (!payloads || is_filled("value")).then(|| field("value", Read::Bound, usize::MAX));
        let payload = (payloads || is_filled("payload")).then(|| {
            let hint = is_filled("payload").then(|| el("p").class("hint").text(t("option-payload-hint")));
            field("payload", Read::Optional, limits::PAYLOAD).maybe(hint)
        });
        let summary = if payloads { "option-more-menu" } else { "option-more" };
        el("details")
            .class("option-more")
            .key("more")
            .flag("open", ["description", "value", "payload", "when"].into_iter().any(is_filled))
            .child(el("summary").text(t(summary)))
            .child(field("description", Read::Optional, whatsapp::ROW_DESCRIPTION))
            .maybe(value)
            .maybe(payload)
            .child(self.option_when(slot, option.get("when"), index))
            .into()
    }

    /// When an option is offered: always, or where tests hold.
    fn option_when(&self, slot: &Slot<'_>, when: Option<&Value>, index: usize) -> Node {
        let number = (index + 1).to_string();
        let at = format!("{}/{index}/when", slot.at);
        let set = |value: Value| Msg::Edit(Edit::Set(slot.of.clone(), at.clone(), value));
        let id = format!("{}-switch", field_id(slot.of, &at, self.epoch));
        let Some(when) = when else {
            let fresh = json!({ "join": "and", "tests": [fresh_test()] });
            return Button::new(Look::Ghost, t("option-when")).icon(Icon::GitBranch).id(id).on(set(fresh));
        };
        let words = t!("option-when-remove", number = number.as_str());
        el("fieldset")
            .class("option-when")
            .key("when")
            .child(el("legend").text(t("option-when")))
            .child(self.tests(slot, when, &at, 0))
            .child(icon_button_with_id(id, Icon::X, &words, set(Value::Null)))
            .into()
    }
}
