//! The form of the customer of a try, folded below the clock.

use super::Msg as TestMsg;
use super::customer::{Customer, Msg, Part, Question};
use crate::builder::Msg as BuilderMsg;
use crate::builder::model::Model as Builder;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button};
use crate::{Node, t};

/// The id of the field with the name of a field of the customer.
pub fn field_id(at: usize) -> String {
    format!("test-customer-field-{at}")
}

fn told(msg: Msg) -> BuilderMsg {
    BuilderMsg::Test(TestMsg::Customer(msg))
}

impl Builder {
    /// Who writes in the try; in a line, and as a form where that is opened.
    pub(super) fn test_customer(&self) -> Node {
        let customer = &self.test.customer;
        let name = customer.text(Part::Name);
        let met = if customer.wrote_before { t("test-customer-known") } else { t("test-customer-first") };
        let named = if name.trim().is_empty() { t("test-customer-nameless") } else { name };
        el("details")
            .id("test-customer")
            .class("test-customer")
            .class_if(!customer.is_usual(), "set")
            .key("customer")
            .child(
                el("summary")
                    .on(event::click(BuilderMsg::Test(TestMsg::Folded)))
                    .child(icon(Icon::UserRound))
                    .child(el("span").text(t("test-customer")))
                    .child(el("b").class("cut").text(named))
                    .child(el("span").class("muted").text(met.to_lowercase())),
            )
            .child(
                el("div")
                    .class("test-customer-form")
                    .key(format!("form-{}", customer.epoch))
                    .children(Part::ALL.map(|part| text_field(customer, part)))
                    .child(met_field(customer))
                    .children(Question::ALL.map(|question| answer_field(customer, question)))
                    .child(fields(customer))
                    .child(el("p").class("hint").key("hint").text(t("test-customer-hint")))
                    .maybe((!customer.is_usual()).then(|| {
                        Button::new(Look::Ghost, t("test-customer-reset"))
                            .icon(Icon::RotateCcw)
                            .id("test-customer-reset")
                            .on(told(Msg::Reset))
                    })),
            )
            .into()
    }
}

fn text_field(customer: &Customer, part: Part) -> Node {
    fn written(part: Part, text: String) -> BuilderMsg {
        told(Msg::Write(part, text))
    }
    let id = format!("test-customer-{}", part.key());
    el("div")
        .class("field")
        .key(&id)
        .child(el("label").attr("for", id.clone()).text(t(&format!("test-customer-{}", part.key()))))
        .child(
            el("input")
                .id(&id)
                .class("input")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr("value", customer.text(part))
                .attr_if(part == Part::Tags, "placeholder", t("test-customer-tags-like"))
                .on(event::input_of(part, written)),
        )
        .into()
}

fn met_field(customer: &Customer) -> Node {
    let chosen = if customer.wrote_before { "known" } else { "first" };
    let options = [("first", t("test-customer-first")), ("known", t("test-customer-known"))];
    select(
        "test-customer-met",
        &t("test-customer-met"),
        chosen,
        options.map(|(value, words)| (value.to_owned(), words)),
        event::change(|value| told(Msg::Known(value == "known"))),
    )
}

fn answer_field(customer: &Customer, question: Question) -> Node {
    fn answered(question: Question, value: String) -> BuilderMsg {
        let answer = match value.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        told(Msg::Answer(question, answer))
    }
    let key = question.key();
    let chosen = customer.answer(question).map_or("", |yes| if yes { "yes" } else { "no" });
    let options = [
        ("", t("test-customer-ask")),
        ("yes", t(&format!("test-customer-{key}-yes"))),
        ("no", t(&format!("test-customer-{key}-no"))),
    ];
    select(
        &format!("test-customer-{key}"),
        &t(&format!("test-customer-{key}")),
        chosen,
        options.map(|(value, words)| (value.to_owned(), words)),
        event::change_of(question, answered),
    )
}

/// The customer's own fields, each with its name and its value.
fn fields(customer: &Customer) -> Node {
    fn named(at: usize, text: String) -> BuilderMsg {
        told(Msg::FieldName(at, text))
    }
    fn valued(at: usize, text: String) -> BuilderMsg {
        told(Msg::FieldValue(at, text))
    }
    let rows = customer.fields.iter().enumerate().map(|(at, (name, value))| {
        let number = (at + 1).to_string();
        let input = |text: &str, label: String| {
            el("input")
                .class("input")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr("value", text.to_owned())
                .attr("placeholder", label.clone())
                .label(format!("{label} {number}"))
        };
        el("div")
            .class("test-customer-field")
            .key(at)
            .child(input(name, t("field-field-name")).id(field_id(at)).on(event::input_of(at, named)))
            .child(input(value, t("field-value")).on(event::input_of(at, valued)))
            .child(icon_button(
                Icon::X,
                &t!("remove-number", number = number.as_str()),
                told(Msg::RemoveField(at)),
            ))
    });
    el("fieldset")
        .class("field test-customer-fields")
        .key("fields")
        .child(el("legend").text(t("test-customer-fields")))
        .children(rows)
        .child(
            Button::new(Look::Ghost, t("add"))
                .icon(Icon::Plus)
                .id("test-customer-field-add")
                .on(told(Msg::AddField)),
        )
        .into()
}
