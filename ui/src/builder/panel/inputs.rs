//! One field of a form, in each of its shapes. A field keeps its text; what is typed goes into the flow at once.

use beseda_wire::connections::ConnectionKind;
use beseda_wire::time::Time;
use serde_json::{Value, json};

use super::rows::add_id;
use super::when::Asked;
use crate::builder::document::lists::ListEdit;
use crate::builder::document::ops::Of;
use crate::builder::document::{Fields, Target, pointer};
use crate::builder::kinds::{Field, Input};
use crate::builder::model::Model;
use crate::builder::variables::names::Named;
use crate::builder::{Edit, Msg, words};
use crate::format::Clock;
use crate::i18n::t;
use crate::kit::field::select;
use crate::kit::switch::switch;
use crate::kit::{Button, Icon, Look, el, event, icon_button};
use crate::{Attribute, Node, t};

/// What a typed text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The text itself, an empty one too.
    Text,
    /// The text, or nothing where it is empty.
    Optional,
    /// A number where it is written like one, else the text.
    Bound,
    /// JSON where it is an object or a list, else the text.
    Value,
    Lines,
}

pub fn read(how: Read, text: &str) -> Value {
    match how {
        Read::Text => json!(text),
        Read::Lines if text.is_empty() => Value::Null,
        Read::Lines => text.split('\n').map(Value::from).collect(),
        _ if text.is_empty() => Value::Null,
        Read::Bound => {
            let number =
                text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from));
            // Only what is written back the same way: `05` and `1.` are still being typed.
            number.ok().filter(|number: &Value| words::plain(number) == text).unwrap_or_else(|| json!(text))
        }
        Read::Value if text.starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        Read::Optional | Read::Value => json!(text),
    }
}

/// Where connections are made.
const SETTINGS: &str = "/settings/connections";

/// The id of a field's element.
pub fn field_id(of: &Of, at: &str, epoch: u32) -> String {
    let of = match of {
        Of::Flow => "flow",
        Of::Group(id) | Of::Block(id) | Of::Trigger(id) | Of::Note(id) => id,
    };
    format!("f{epoch}-{of}{}", at.replace('/', "-"))
}

/// The id of the same element of a form as another drawing of it has it.
pub fn redrawn_id(id: &str, epoch: u32) -> Option<String> {
    let (drawing, element) = id.strip_prefix('f')?.split_once('-')?;
    drawing.parse::<u32>().ok()?;
    Some(format!("f{epoch}-{element}"))
}

type Where = (Of, String, Read);

fn typed((of, at, how): Where, text: String) -> Msg {
    Msg::Edit(Edit::Type(of, at, read(how, &text)))
}

pub(super) fn settled((of, at, how): Where, text: String) -> Msg {
    Msg::Edit(Edit::Set(of, at, read(how, &text)))
}

/// JSON that is none yet is left alone.
fn json_typed((of, at, _): Where, text: String) -> Msg {
    if text.trim().is_empty() {
        return Msg::Edit(Edit::Set(of, at, Value::Null));
    }
    match serde_json::from_str(&text) {
        Ok(value) => Msg::Edit(Edit::Set(of, at, value)),
        Err(error) => Msg::Save(crate::builder::save::Msg::Unreadable(error.to_string())),
    }
}

fn placed((of, at): (Of, String), place: String) -> Msg {
    let (group, block) = place.split_once('/').unwrap_or((&place, ""));
    let block = (!block.is_empty()).then(|| block.to_owned());
    Msg::Edit(Edit::Set(of, at, Target { group: group.to_owned(), block }.to_json()))
}

/// How many characters a text has of those that are taken: said only where it matters.
pub(super) fn counted(value: &str, limit: usize) -> Option<Node> {
    let length = value.encode_utf16().count();
    (length.saturating_mul(5) > limit.saturating_mul(4)).then(|| {
        el("p")
            .class("hint num")
            .class_if(length > limit, "over")
            .text(t!("of", part = length.to_string().as_str(), whole = limit.to_string().as_str()))
            .into()
    })
}

/// A line of text for the value at a pointer.
pub fn text_line(model: &Model, of: &Of, at: String, label: String, value: &str) -> Node {
    Slot { model, of, at, label }.line(value, Read::Text, None)
}

/// A plain field: label, input, and what belongs to it.
pub struct Slot<'a> {
    pub model: &'a Model,
    pub of: &'a Of,
    pub at: String,
    pub label: String,
}

impl Slot<'_> {
    pub fn id(&self) -> String {
        field_id(self.of, &self.at, self.model.epoch)
    }

    pub(super) fn place(&self, how: Read) -> Where {
        (self.of.clone(), self.at.clone(), how)
    }

    pub(super) fn on(&self, how: Read) -> Attribute {
        event::input_of(self.place(how), typed)
    }

    pub(super) fn wrapped(&self, tools: Option<Node>, input: impl Into<Node>, below: Option<Node>) -> Node {
        let id = self.id();
        el("div")
            .class("field")
            .key(&id)
            .child(
                el("div")
                    .class("label-line")
                    .child(el("label").attr("for", id.clone()).text(&self.label))
                    .maybe(tools),
            )
            .child(input)
            .maybe(below)
            .into()
    }

    /// A line; names may be put into it, or none (`Plain` names, patterns and the like).
    pub fn line(&self, value: &str, how: Read, list: Option<&str>) -> Node {
        self.line_with(value, how, list, None)
    }

    pub fn line_with(&self, value: &str, how: Read, list: Option<&str>, named: Option<Named>) -> Node {
        self.line_within(value, how, list, named, usize::MAX)
    }

    /// A line of a text of at most so many characters. More can be written, and is said to be too much.
    pub(super) fn limited(&self, value: &str, limit: usize) -> Node {
        self.line_within(value, Read::Text, None, Some(Named::InText), limit)
    }

    fn line_within(
        &self,
        value: &str,
        how: Read,
        list: Option<&str>,
        named: Option<Named>,
        limit: usize,
    ) -> Node {
        let input = el("input")
            .id(self.id())
            .class("input")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr_if(list.is_some(), "list", list.unwrap_or_default().to_owned())
            .attr_if(list.is_some(), "spellcheck", "false")
            .attr("value", value.to_owned())
            .on(self.on(how));
        let input =
            if how == Read::Value { input.on(event::change_of(self.place(how), settled)) } else { input };
        let input =
            if named.is_some() { self.model.line_with_names(self.of, &self.at, input) } else { input };
        self.wrapped(named.and_then(|named| self.names(named)), input, counted(value, limit))
    }

    /// A text that is sent on WhatsApp, with its formatting.
    fn body(&self, value: &str, limit: usize) -> Node {
        let tools = self.names(Named::InText).map(|names| {
            let format = self.model.format_buttons(self.of, &self.at, &self.label);
            el("div").class("field-tools").child(format).child(names).into()
        });
        self.area(value, limit, tools, Some(Model::format_keys(self.of, &self.at)))
    }

    fn area(&self, value: &str, limit: usize, tools: Option<Node>, keys: Option<Attribute>) -> Node {
        let rows = value.lines().count().clamp(3, 10).to_string();
        let input = el("textarea")
            .id(self.id())
            .class("input")
            .attr("rows", rows)
            .attr("value", value.to_owned())
            .on(self.on(Read::Text))
            .on_maybe(keys);
        let input = self.model.with_names(self.of, &self.at, input);
        self.wrapped(tools, input, counted(value, limit))
    }

    /// The button that offers names for this field.
    pub(super) fn names(&self, named: Named) -> Option<Node> {
        self.names_for(&self.at, &self.label, named)
    }

    /// The same for a text within this field.
    pub(super) fn names_at(&self, at: &str, label: &str) -> Option<Node> {
        self.names_for(at, label, Named::InText)
    }

    fn names_for(&self, at: &str, label: &str, named: Named) -> Option<Node> {
        (!self.model.is_read_only).then(|| self.model.names_button(self.of, at, label, named))
    }

    fn choice(&self, value: &str, values: &[&str], key: &str) -> Node {
        let options = values.iter().map(|value| ((*value).to_owned(), words::choice(key, value)));
        let listener = event::change_of(self.place(Read::Optional), settled);
        select(&self.id(), &self.label, value, options.collect::<Vec<_>>(), listener)
    }

    pub fn group(&self, children: Vec<Node>) -> Node {
        el("fieldset")
            .class("field")
            .key(self.id())
            .child(el("legend").text(&self.label))
            .children(children)
            .into()
    }
}

impl Model {
    pub(super) fn input(&self, of: &Of, values: &Fields, field: &Field) -> Node {
        self.input_at(of, values, field, "")
    }

    /// A field of a record inside the record, which stands at `inside`.
    pub(super) fn input_at(&self, of: &Of, values: &Fields, field: &Field, inside: &str) -> Node {
        let at = format!("{inside}{}", field.at);
        let value = pointer::get(values, &at);
        let slot = Slot { model: self, of, at, label: t(&format!("field-{}", field.words)) };
        let plain = value.map(words::plain).unwrap_or_default();
        match field.input {
            Input::Body(limit) => slot.body(&plain, limit),
            Input::Text(limit) => slot.area(&plain, limit, slot.names(Named::InText), None),
            Input::Line(limit) => slot.limited(&plain, limit),
            Input::OwnWords(limit) => slot.own_words(&plain, limit),
            Input::Plain => slot.line(&plain, Read::Optional, None),
            Input::Formula => slot.line_with(&plain, Read::Optional, None, Some(Named::InExpression)),
            Input::Name => slot.line(&plain, Read::Text, Some("flow-variables")),
            Input::Time => slot.when("time", &plain),
            Input::Date => slot.when("date", &plain),
            Input::DateBound => self.time_of(Asked::Day, &slot, &plain),
            Input::TimeBound => self.time_of(Asked::Time, &slot, &plain),
            Input::Until => self.time_of(Asked::Until, &slot, &plain),
            Input::Bound => slot.line_with(&plain, Read::Bound, None, Some(Named::InText)),
            Input::Value => slot.line_with(&plain, Read::Value, None, Some(Named::InText)),
            Input::Number(numbers) => slot.number(&plain, numbers),
            Input::Duration(most) => slot.duration(value, most, false),
            Input::Pause(most) => slot.duration(value, most, true),
            Input::Flag => Self::flag(&slot, value == Some(&Value::Bool(true))),
            Input::Choice { values, words } => slot.choice(&plain, values, words),
            Input::Checks(values) => Self::checks(&slot, value, values),
            Input::Days => Self::days(&slot, value),
            Input::MonthDays => Self::month_days(&slot, value),
            Input::Lines => Self::lines(&slot, value),
            Input::Place => self.place_field(&slot, value),
            Input::Bot => self.bot_field(&slot, &plain),
            Input::Person(nobody) => self.person_field(&slot, &plain, nobody),
            Input::Connection => self.connection_field(&slot, &plain),
            Input::Media => self.media(&slot, values),
            Input::Template => self.template(&slot, values),
            Input::NativeForm => self.native_form(&slot, values, &plain),
            Input::AnswerOfForm => slot.line(&plain, Read::Optional, Some("native-form-answers")),
            Input::Json => Self::json(&slot, value),
            Input::Options { payloads } => self.options(&slot, values, value, payloads),
            Input::Branches => self.branches(&slot, value),
            Input::Keywords => self.keywords(&slot, value),
            Input::Records { fields, fresh } => self.records(&slot, values, value, fields, fresh),
        }
    }

    fn flag(slot: &Slot<'_>, is_on: bool) -> Node {
        let value = if is_on { Value::Null } else { json!(true) };
        let msg = Msg::Edit(Edit::Set(slot.of.clone(), slot.at.clone(), value));
        el("div")
            .class("form-switch")
            .id(slot.id())
            .child(el("span").text(&slot.label))
            .child(switch(&slot.label, is_on, msg))
            .into()
    }

    /// A row of buttons that are pressed or not; together they are a list.
    fn toggles(slot: &Slot<'_>, value: Option<&Value>, choices: &[(Value, String)]) -> Node {
        let chosen: Vec<Value> = value.and_then(Value::as_array).cloned().unwrap_or_default();
        let buttons = choices.iter().map(|(choice, words)| {
            let is_on = chosen.contains(choice);
            let next: Vec<Value> = choices
                .iter()
                .map(|(other, _)| other)
                .filter(|other| if *other == choice { !is_on } else { chosen.contains(other) })
                .cloned()
                .collect();
            let next = if next.is_empty() { Value::Null } else { Value::Array(next) };
            el("button")
                .key(words)
                .class("toggle")
                .attr("type", "button")
                .attr("aria-pressed", if is_on { "true" } else { "false" })
                .on(event::click(Msg::Edit(Edit::Set(slot.of.clone(), slot.at.clone(), next))))
                .text(words)
        });
        slot.group(vec![el("div").class("toggles").id(slot.id()).children(buttons).into()])
    }

    fn checks(slot: &Slot<'_>, value: Option<&Value>, values: &[&str]) -> Node {
        let choices: Vec<(Value, String)> =
            values.iter().map(|value| (json!(value), t(&format!("entry-{value}")))).collect();
        Self::toggles(slot, value, &choices)
    }

    fn days(slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let choices: Vec<(Value, String)> =
            (1..=7).map(|day| (json!(day), t(&format!("day-{day}")))).collect();
        Self::toggles(slot, value, &choices)
    }

    fn month_days(slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let choices: Vec<(Value, String)> = (1..=31).map(|day| (json!(day), day.to_string())).collect();
        Self::toggles(slot, value, &choices)
    }

    fn lines(slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let items = value.and_then(Value::as_array).into_iter().flatten().map(words::plain);
        let text = items.collect::<Vec<_>>().join("\n");
        let input = el("textarea")
            .id(slot.id())
            .class("input")
            .attr("rows", "2")
            .attr("value", text)
            .on(slot.on(Read::Lines));
        let input = slot.model.with_names(slot.of, &slot.at, input);
        // What starts a flow is compared as it stands.
        let names = if matches!(slot.of, Of::Block(_)) { slot.names(Named::InText) } else { None };
        slot.wrapped(names, input, Some(el("p").class("hint").text(t("one-a-line")).into()))
    }

    fn place_field(&self, slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let to = value.and_then(Target::from_json).unwrap_or_default();
        let chosen = format!("{}/{}", to.group, to.block.as_deref().unwrap_or_default());
        let mut options = vec![("/".to_owned(), t("place-none"))];
        for group in self.doc.groups.iter() {
            options.push((format!("{}/", group.id), self.group_title(group)));
            for block in group.blocks.iter().skip(1) {
                let to = Target { group: group.id.clone(), block: Some(block.id.clone()) };
                options.push((format!("{}/{}", group.id, block.id), self.place_title(&to)));
            }
        }
        let listener = event::change_of((slot.of.clone(), slot.at.clone()), placed);
        select(&slot.id(), &slot.label, &chosen, options, listener)
    }

    fn bot_field(&self, slot: &Slot<'_>, chosen: &str) -> Node {
        let clock = Clock { now: Time::from_millis(self.now), zone: self.zone.clone() };
        let options = super::bots::options(&self.triggers.bots, chosen, &clock);
        let listener = event::change_of(slot.place(Read::Optional), settled);
        select(&slot.id(), &slot.label, chosen, options, listener)
    }

    /// The connections to language models that there are, and the way to where they are made.
    fn connection_field(&self, slot: &Slot<'_>, chosen: &str) -> Node {
        let Some(names) = self.connections.names(ConnectionKind::Ai) else {
            return slot.line(chosen, Read::Optional, None);
        };
        let first = match names.first() {
            Some(name) => t!("connection-first", name = name.as_str()),
            None => t("connection-none"),
        };
        let mut options = vec![(String::new(), first)];
        options.extend(names.iter().map(|name| (name.clone(), name.clone())));
        if !chosen.is_empty() && !names.contains(chosen) {
            options.push((chosen.to_owned(), t!("connection-gone", name = chosen)));
        }
        let listener = event::change_of(slot.place(Read::Optional), settled);
        let settings = el("a")
            .class("hint-link")
            .attr("href", SETTINGS)
            .on(event::click_only(Msg::Visit(SETTINGS)))
            .text(t("connection-settings"));
        el("div")
            .key(format!("{}-of-list", slot.id()))
            .child(select(&slot.id(), &slot.label, chosen, options, listener))
            .child(settings)
            .into()
    }

    fn json(slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let text = value.and_then(|value| serde_json::to_string_pretty(value).ok()).unwrap_or_default();
        let rows = text.lines().count().clamp(3, 14).to_string();
        let input = el("textarea")
            .id(slot.id())
            .class("input code")
            .attr("rows", rows)
            .attr("spellcheck", "false")
            .attr("value", text)
            .on(event::change_of(slot.place(Read::Value), json_typed));
        let hint = el("p").class("hint").text(t("json-hint"));
        slot.wrapped(slot.names(Named::InJson), input, Some(hint.into()))
    }

    fn records(
        &self,
        slot: &Slot<'_>,
        values: &Fields,
        value: Option<&Value>,
        fields: &[Field],
        fresh: &str,
    ) -> Node {
        let count = value.and_then(Value::as_array).map_or(0, Vec::len);
        let mut nodes: Vec<Node> = (0..count)
            .map(|index| {
                let inside = format!("{}/{index}", slot.at);
                el("div")
                    .class("record")
                    .key(index)
                    .child(Self::remove_button(slot, index))
                    .children(
                        fields
                            .iter()
                            .filter(|field| field.is_shown(values, &inside))
                            .map(|field| self.input_at(slot.of, values, field, &inside)),
                    )
                    .into()
            })
            .collect();
        nodes.push(Self::add_button(slot, serde_json::from_str(fresh).unwrap_or_default(), &t("add")));
        slot.group(nodes)
    }

    pub(super) fn list_edit(slot: &Slot<'_>, edit: ListEdit) -> Msg {
        Msg::Edit(Edit::List(slot.of.clone(), slot.at.clone(), edit))
    }

    pub(super) fn remove_button(slot: &Slot<'_>, index: usize) -> Node {
        let words = t!("remove-number", number = (index + 1).to_string().as_str());
        icon_button(Icon::X, &words, Self::list_edit(slot, ListEdit::Remove(index)))
    }

    pub(super) fn add_button(slot: &Slot<'_>, fresh: Value, words: &str) -> Node {
        let id = add_id(&slot.id());
        Button::new(Look::Ghost, words)
            .icon(Icon::Plus)
            .id(id)
            .on(Self::list_edit(slot, ListEdit::Add(fresh)))
    }

    fn keywords(&self, slot: &Slot<'_>, value: Option<&Value>) -> Node {
        let keywords = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let fresh = || json!({ "match": "contains", "text": "" });
        let mut nodes: Vec<Node> = keywords
            .iter()
            .enumerate()
            .map(|(index, keyword)| {
                let text = |name: &str| keyword.get(name).and_then(Value::as_str).unwrap_or_default();
                let at = |name: &str| format!("{}/{index}/{name}", slot.at);
                let id = field_id(slot.of, &at("text"), self.epoch);
                let how = if text("match").is_empty() { "is" } else { text("match") };
                let number = (index + 1).to_string();
                el("div")
                    .class("keyword")
                    .key(index)
                    .child(
                        el("select")
                            .id(field_id(slot.of, &at("match"), self.epoch))
                            .class("input")
                            .label(t!("keyword-how", number = number.as_str()))
                            .on(event::change_of((slot.of.clone(), at("match"), Read::Text), settled))
                            .children(["contains", "is", "starts", "regex"].map(|value| {
                                el("option")
                                    .key(value)
                                    .attr("value", value)
                                    .flag("selected", value == how)
                                    .text(t(&format!("match-{value}")))
                            })),
                    )
                    .child(
                        el("input")
                            .id(id)
                            .class("input")
                            .attr("type", "text")
                            .attr("autocomplete", "off")
                            .attr("value", text("text").to_owned())
                            .label(t!("keyword-number", number = number.as_str()))
                            .on(event::input_of((slot.of.clone(), at("text"), Read::Text), typed))
                            .on_maybe(
                                (index + 1 == keywords.len()
                                    && !text("text").is_empty()
                                    && self.offer.is_none())
                                .then(|| event::enter(Self::list_edit(slot, ListEdit::Add(fresh())))),
                            ),
                    )
                    .child(Self::remove_button(slot, index))
                    .into()
            })
            .collect();
        nodes.push(Self::add_button(slot, fresh(), &t("keyword-add")));
        slot.group(nodes)
    }
}

pub(super) fn listened(of: &Of, at: String, how: Read) -> Attribute {
    event::input_of((of.clone(), at, how), typed)
}

pub(super) fn chosen(of: &Of, at: String, how: Read) -> Attribute {
    event::change_of((of.clone(), at, how), settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_again_when_its_form_is_drawn_anew() {
        let of = Of::Block("hi".into());
        assert_eq!(redrawn_id(&field_id(&of, "/text", 7), 12), Some(field_id(&of, "/text", 12)));
        for other in ["flow-find", "f", "b-f7-x", ""] {
            assert_eq!(redrawn_id(other, 12), None, "{other}");
        }
    }

    #[test]
    fn typed_texts_mean_what_they_look_like_and_are_written_back_the_same() {
        assert_eq!(read(Read::Bound, "18"), json!(18));
        for text in ["05", "1.", "today+3", "2.50"] {
            assert_eq!(words::plain(&read(Read::Bound, text)), text);
        }
        assert_eq!(read(Read::Value, "[1, 2]"), json!([1, 2]));
        assert_eq!(read(Read::Value, "[1,"), json!("[1,"));
        assert_eq!(read(Read::Value, "12"), json!("12"));
        assert_eq!(read(Read::Lines, "a\n"), json!(["a", ""]));
        assert_eq!(read(Read::Lines, ""), Value::Null);
        assert_eq!((read(Read::Text, ""), read(Read::Optional, "")), (json!(""), Value::Null));
    }
}
