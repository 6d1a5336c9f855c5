//! The customer beside the thread: who it is, with name, tags and fields to change in place.

use beseda_wire::conversations::{Conversation, Handler};
use beseda_wire::customers::{Customer, FieldValue, UpdateCustomer};
use beseda_wire::ids::CustomerId;
use beseda_wire::time::Time;

use super::thread::{Thread, window_left};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::format::{duration, phone};
use crate::kit::avatar::avatar;
use crate::kit::switch::switch;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, notice, skeleton};
use crate::pages::roles::answers;
use crate::pages::{Around, Load};
use crate::{Node, t};

const RENAME: &str = "customer-rename";
const ADD_TAG: &str = "customer-tag-add";

/// The button that opens a field's form; the one after the last adds a field.
fn field_id(at: usize) -> String {
    format!("customer-field-{at}")
}

/// What is being changed.
#[derive(Debug, Default)]
pub struct Edit {
    /// The new name while it is typed.
    name: Option<String>,
    /// The new tag while it is typed.
    tag: Option<String>,
    /// The field that is changed, by its place, with its value; the place after the last is a new one.
    field: Option<(usize, FieldValue)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    EditName,
    Name(String),
    SaveName,
    AddTag,
    Tag(String),
    SaveTag,
    RemoveTag(String),
    RestoreTags(Vec<String>),
    EditField(usize),
    FieldName(String),
    FieldValue(String),
    SaveField,
    RemoveField(usize),
    RestoreFields(Vec<FieldValue>),
    /// Whether they want no marketing messages.
    Marketing(bool, Time),
    Cancel,
    Saved(CustomerId, Box<Customer>, Result<Box<Customer>, Failure>),
}

impl Edit {
    /// Ends what is being changed, if anything is; gives the id of what opens it.
    pub fn close(&mut self) -> Option<String> {
        let Self { name, tag, field } = std::mem::take(self);
        let opener = name.map(|_| RENAME.to_owned()).or(tag.map(|_| ADD_TAG.to_owned()));
        opener.or(field.map(|(at, _)| field_id(at)))
    }

    /// Returns the customer as changed, for everything else on the screen.
    pub fn update(
        &mut self,
        msg: Msg,
        customer: &mut Customer,
        told: &mut Vec<Told>,
    ) -> (Effects, Option<Box<Customer>>) {
        let before = Box::new(customer.clone());
        // What the focus was in goes away with the form, or with what is removed.
        let mut effects = vec![];
        let focus = |id: &str| (vec![Effect::Focus(id.to_owned())], None);
        let nothing = (vec![], None);
        let mut update =
            UpdateCustomer { name: None, email: None, tags: None, fields: None, no_marketing: None };
        match msg {
            Msg::EditName => {
                self.name = Some(customer.name.clone());
                return focus("customer-name");
            }
            Msg::Name(name) => {
                self.name = Some(name);
                return nothing;
            }
            Msg::SaveName => {
                let Some(name) = self.name.take().map(|name| name.trim().to_owned()) else { return nothing };
                if name.is_empty() || name == customer.name {
                    return nothing;
                }
                customer.name.clone_from(&name);
                update.name = Some(name);
            }
            Msg::AddTag => {
                self.tag = Some(String::new());
                return focus("customer-tag");
            }
            Msg::Tag(tag) => {
                self.tag = Some(tag);
                return nothing;
            }
            Msg::SaveTag => {
                let Some(tag) = self.tag.take().map(|tag| tag.trim().to_owned()) else { return nothing };
                // The program takes tags that differ in case alone for one.
                let is_known = |known: &String| known.to_lowercase() == tag.to_lowercase();
                if tag.is_empty() || customer.tags.iter().any(is_known) {
                    return focus(ADD_TAG);
                }
                customer.tags.push(tag);
                effects.push(Effect::Focus(ADD_TAG.to_owned()));
                update.tags = Some(customer.tags.clone());
            }
            Msg::RemoveTag(tag) => {
                customer.tags.retain(|other| *other != tag);
                let undo = super::Msg::Pane(Msg::RestoreTags(before.tags.clone()));
                told.push(Told::words(t!("tag-removed", name = &tag)).undo(undo));
                update.tags = Some(customer.tags.clone());
                effects.push(Effect::Focus(ADD_TAG.to_owned()));
            }
            Msg::RestoreTags(tags) => {
                customer.tags.clone_from(&tags);
                update.tags = Some(tags);
            }
            Msg::EditField(at) => {
                let blank = || FieldValue { name: String::new(), value: String::new() };
                let field = customer.fields.get(at).cloned().unwrap_or_else(blank);
                let id = if field.name.is_empty() { "field-name" } else { "field-value" };
                self.field = Some((at, field));
                return focus(id);
            }
            Msg::FieldName(name) => {
                if let Some((_, field)) = &mut self.field {
                    field.name = name;
                }
                return nothing;
            }
            Msg::FieldValue(value) => {
                if let Some((_, field)) = &mut self.field {
                    field.value = value;
                }
                return nothing;
            }
            Msg::SaveField => {
                let Some((at, field)) = self.field.take() else { return nothing };
                effects.push(Effect::Focus(field_id(at)));
                let field =
                    FieldValue { name: field.name.trim().to_owned(), value: field.value.trim().to_owned() };
                if field.name.is_empty() || customer.fields.get(at) == Some(&field) {
                    return (effects, None);
                }
                match customer.fields.get_mut(at) {
                    Some(known) => *known = field,
                    None => customer.fields.push(field),
                }
                update.fields = Some(customer.fields.clone());
            }
            Msg::RemoveField(at) => {
                self.field = None;
                if at >= customer.fields.len() {
                    return nothing;
                }
                let removed = customer.fields.remove(at);
                let undo = super::Msg::Pane(Msg::RestoreFields(before.fields.clone()));
                told.push(Told::words(t!("field-removed", name = &removed.name)).undo(undo));
                update.fields = Some(customer.fields.clone());
                effects.push(Effect::Focus(field_id(customer.fields.len())));
            }
            Msg::RestoreFields(fields) => {
                customer.fields.clone_from(&fields);
                update.fields = Some(fields);
            }
            Msg::Marketing(refused, now) => {
                customer.no_marketing_since = refused.then_some(now);
                update.no_marketing = Some(refused);
            }
            Msg::Cancel => {
                return (self.close().map(Effect::Focus).into_iter().collect(), None);
            }
            Msg::Saved(id, ..) if id != customer.id => return nothing,
            Msg::Saved(_, _, Ok(saved)) => return (vec![], Some(saved)),
            Msg::Saved(_, before, Err(failure)) => {
                told.push(Told::failure(&failure));
                return (vec![], Some(before));
            }
        }
        let id = customer.id;
        let ask = api::update_customer(id, &update)
            .then(move |answer| super::Msg::Pane(Msg::Saved(id, before, answer.map(Box::new))));
        effects.insert(0, ask);
        (effects, Some(Box::new(customer.clone())))
    }
}

fn msg(msg: Msg) -> super::Msg {
    super::Msg::Pane(msg)
}

pub fn pane(thread: &Thread, around: &Around<'_>) -> Node {
    let body = match &thread.customer {
        Load::Not | Load::Loading => skeleton(3, "rows"),
        Load::Failed(failure) => notice::failure(failure, None),
        Load::Ready(customer) => card(thread, customer, around),
    };
    el("aside")
        .id("customer-pane")
        .class("pane")
        .key("pane")
        .attr("tabindex", "-1")
        .label(t!("customer"))
        .child(el("div").class("pane-bar").child(el("h2").text(t!("customer"))).child(icon_button(
            Icon::X,
            &t!("close"),
            super::Msg::TogglePane,
        )))
        .child(body)
        .into()
}

fn card(thread: &Thread, customer: &Customer, around: &Around<'_>) -> Node {
    let edit = &thread.pane;
    let number = customer.phone.as_deref().map(phone);
    // Who only looks on reads what others may change in place.
    let acts = answers(around.role);
    let card = if acts { el("div") } else { el("fieldset").flag("disabled", true).class("looked-at") };
    card.class("card")
        .key(customer.id)
        .child(
            el("div").class("card-head").child(avatar(&customer.name, "large")).child(
                el("div")
                    .child(name(edit, customer))
                    .maybe(number.as_ref().map(|number| el("p").class("muted").text(number)))
                    .maybe(customer.phone.is_none().then(|| el("p").class("muted").text(t!("phone-hidden")))),
            ),
        )
        .child(tags(edit, customer, acts))
        .child(el("h2").text(t!("about-customer")))
        .child(fields(edit, customer, acts))
        .children(thread.conversation.ready().into_iter().flat_map(|row| talk(row, around)))
        .child(el("h2").text(t!("contact")))
        .child(known(customer, around))
        .child(marketing(customer, around))
        .into()
}

fn name(edit: &Edit, customer: &Customer) -> Node {
    if edit.name.is_none() {
        return el("button")
            .id(RENAME)
            .class("editable name")
            .key("name")
            .attr("type", "button")
            .attr("title", t!("customer-rename"))
            .on(event::click(msg(Msg::EditName)))
            .child(el("b").text(&customer.name))
            .child(icon(Icon::Pencil))
            .into();
    }
    el("form")
        .class("inline-form")
        .key("name-form")
        .on(event::submit(msg(Msg::SaveName)))
        .child(
            el("input")
                .id("customer-name")
                .class("input")
                .attr("value", customer.name.clone())
                .label(t!("customer-rename"))
                .on(event::input(|text| msg(Msg::Name(text))))
                .on(event::blur(msg(Msg::SaveName))),
        )
        .into()
}

fn tags(edit: &Edit, customer: &Customer, acts: bool) -> Node {
    let list = el("div").class("tags").children(customer.tags.iter().map(|tag| {
        let remove = || {
            el("button")
                .attr("type", "button")
                .label(t!("tag-remove", name = tag))
                .on(event::click(msg(Msg::RemoveTag(tag.clone()))))
                .child(icon(Icon::X))
        };
        el("span")
            .class("tag")
            .class_if(acts, "removable")
            .key(tag)
            .child(el("span").text(tag))
            .maybe(acts.then(remove))
    }));
    if !acts {
        return list.into();
    }
    if edit.tag.is_none() {
        return list
            .child(
                el("button")
                    .id(ADD_TAG)
                    .class("tag add")
                    .key("add")
                    .attr("type", "button")
                    .on(event::click(msg(Msg::AddTag)))
                    .child(icon(Icon::Plus))
                    .child(el("span").text(t!("tag-add"))),
            )
            .into();
    }
    list.child(
        el("form").class("inline-form").key("form").on(event::submit(msg(Msg::SaveTag))).child(
            el("input")
                .id("customer-tag")
                .class("input small")
                .attr("maxlength", "40")
                .attr("placeholder", t!("tag-add"))
                .label(t!("tag-add"))
                .on(event::input(|text| msg(Msg::Tag(text))))
                .on(event::blur(msg(Msg::SaveTag))),
        ),
    )
    .into()
}

fn fields(edit: &Edit, customer: &Customer, acts: bool) -> Node {
    let form = |at: usize, field: &FieldValue| {
        el("form")
            .class("field-form")
            .key(format!("form-{at}"))
            .on(event::submit(msg(Msg::SaveField)))
            .child(
                el("input")
                    .id("field-name")
                    .class("input small")
                    .attr("value", field.name.clone())
                    .attr("placeholder", t!("known-field-name"))
                    .label(t!("known-field-name"))
                    .on(event::input(|text| msg(Msg::FieldName(text)))),
            )
            .child(
                el("input")
                    .id("field-value")
                    .class("input small")
                    .attr("value", field.value.clone())
                    .attr("placeholder", t!("known-field-value"))
                    .label(t!("known-field-value"))
                    .on(event::input(|text| msg(Msg::FieldValue(text)))),
            )
            .child(
                el("div")
                    .class("form-buttons")
                    .child(Button::new(Look::Plain, t!("save")).submit())
                    .child(Button::new(Look::Ghost, t!("cancel")).on(msg(Msg::Cancel)))
                    .maybe((at < customer.fields.len()).then(|| {
                        icon_button(
                            Icon::Trash2,
                            &t!("field-remove", name = &field.name),
                            msg(Msg::RemoveField(at)),
                        )
                    })),
            )
    };
    let edited = edit.field.as_ref().map(|(at, _)| *at);
    let mut rows: Vec<Node> = vec![];
    for (at, field) in customer.fields.iter().enumerate() {
        rows.push(if edited == Some(at) {
            form(at, field).into()
        } else {
            el("button")
                .id(field_id(at))
                .class("fact editable")
                .key(&field.name)
                .attr("type", "button")
                .attr("title", t!("field-edit", name = &field.name))
                .on(event::click(msg(Msg::EditField(at))))
                .child(el("span").text(&field.name))
                .child(el("b").text(&field.value))
                .into()
        });
    }
    let end = customer.fields.len();
    let add = if edited == Some(end) {
        form(end, &FieldValue { name: String::new(), value: String::new() }).into()
    } else {
        el("button")
            .id(field_id(end))
            .class("fact-add")
            .key("add")
            .attr("type", "button")
            .on(event::click(msg(Msg::EditField(end))))
            .child(icon(Icon::Plus))
            .child(el("span").text(t!("field-add")))
            .into()
    };
    rows.extend(acts.then_some(add));
    el("div").class("fact-list").children(rows).into()
}

/// How the conversation stands: who answers, who waits, how long one may still write.
fn talk(row: &Conversation, around: &Around<'_>) -> [Node; 2] {
    let leads = match (&row.handler, &row.bot, &row.assignee) {
        (Handler::Bot, Some(bot), _) => bot.name.clone(),
        (Handler::Person, _, Some(person)) if person.id == around.me.id => t!("you"),
        (Handler::Person, _, Some(person)) => person.name.clone(),
        _ => t!("pane-nobody"),
    };
    let left = window_left(row, around.clock.now).map_or_else(|| t!("pane-window-over"), duration);
    let waits = row.waiting_since.map(|since| duration(around.clock.now.millis_since(since)));
    let facts = [(t!("pane-leads"), Some(leads)), (t!("pane-waits"), waits), (t!("pane-window"), Some(left))];
    [el("h2").text(t!("conversation")).into(), list_of(facts)]
}

fn known(customer: &Customer, around: &Around<'_>) -> Node {
    let facts = [
        (t!("email"), customer.email.clone()),
        (t!("username"), customer.username.as_ref().map(|name| format!("@{name}"))),
        (t!("bsuid"), customer.bsuid.clone()),
        (t!("customer-since"), Some(around.clock.day(customer.created_at))),
        (t!("last-seen"), customer.last_seen_at.map(|at| around.clock.ago(at))),
        (t!("reach"), customer.unreachable_since.map(|at| t!("reach-lost", day = &around.clock.day(at)))),
    ];
    list_of(facts)
}

/// Whether they want no marketing, which counts for everything that is sent to them.
fn marketing(customer: &Customer, around: &Around<'_>) -> Node {
    let refused = customer.no_marketing_since;
    let capped = customer.marketing_capped_until.filter(|until| around.clock.now < *until);
    let words = match (refused, capped) {
        (Some(since), _) => t!("marketing-since", day = &around.clock.day(since)),
        (None, Some(until)) => t!("marketing-capped", time = &around.clock.full(until)),
        (None, None) => t!("marketing-words"),
    };
    el("div")
        .class("consent")
        .key("consent")
        .child(el("div").child(el("b").text(t!("marketing-none"))).child(el("p").class("muted").text(words)))
        .child(switch(
            &t!("marketing-none"),
            refused.is_some(),
            msg(Msg::Marketing(refused.is_none(), around.clock.now)),
        ))
        .into()
}

fn list_of(facts: impl IntoIterator<Item = (String, Option<String>)>) -> Node {
    el("dl")
        .class("facts")
        .children(facts.into_iter().filter_map(|(name, value)| {
            let value = value?;
            Some(el("div").key(&name).child(el("dt").text(name)).child(el("dd").text(value)))
        }))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn customer() -> Customer {
        serde_json::from_str(
            r#"{"id":"01990000-0000-7000-8000-000000000005","name":"Elena","tags":["vip"],
                "fields":[{"name":"Doctor","value":"Belov"}],"created_at":"2026-01-01T00:00:00Z"}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_removed_tag_can_be_brought_back() {
        let (mut edit, mut customer, mut told) = (Edit::default(), customer(), vec![]);
        let (effects, _) = edit.update(Msg::RemoveTag("vip".into()), &mut customer, &mut told);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"tags":[]}"#));
        let Some(crate::Msg::Inbox(super::super::Msg::Pane(undo))) = told[0].undo.clone() else {
            panic!("no undo")
        };
        edit.update(undo, &mut customer, &mut told);
        assert_eq!(customer.tags, ["vip"]);
    }

    #[test]
    fn a_refusal_of_marketing_is_shown_and_sent() {
        let (mut edit, mut customer, mut told) = (Edit::default(), customer(), vec![]);
        let now = Time::from_millis(7);
        let (effects, _) = edit.update(Msg::Marketing(true, now), &mut customer, &mut told);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"no_marketing":true}"#));
        assert_eq!(customer.no_marketing_since, Some(now));
    }

    #[test]
    fn a_tag_is_added_once_however_it_is_written() {
        let (mut edit, mut customer, mut told) = (Edit::default(), customer(), vec![]);
        for (typed, lines) in [("VIP ", 1), ("", 1), ("New", 2)] {
            edit.update(Msg::AddTag, &mut customer, &mut told);
            edit.update(Msg::Tag(typed.into()), &mut customer, &mut told);
            let (effects, _) = edit.update(Msg::SaveTag, &mut customer, &mut told);
            assert_eq!(effects.len(), lines, "{typed}: {effects:?}");
            assert!(read::lines(&effects).contains(&"Focus(customer-tag-add)".to_owned()), "{effects:?}");
        }
        assert_eq!(customer.tags, ["vip", "New"]);
    }

    #[test]
    fn a_refused_change_is_taken_back() {
        let (mut edit, mut customer, mut told) = (Edit::default(), customer(), vec![]);
        edit.update(Msg::EditName, &mut customer, &mut told);
        edit.update(Msg::Name("  Olga ".into()), &mut customer, &mut told);
        let (mut effects, changed) = edit.update(Msg::SaveName, &mut customer, &mut told);
        assert_eq!(changed.unwrap().name, "Olga");
        let answer = read::answer(&mut effects, "PATCH /customers/", Err(Failure::Offline));
        let crate::Msg::Inbox(super::super::Msg::Pane(answer)) = answer else { panic!("{answer:?}") };
        let (_, back) = edit.update(answer, &mut customer, &mut told);
        assert_eq!(back.unwrap().name, "Elena");
        assert!(told[0].is_problem);
    }

    #[test]
    fn nothing_is_asked_for_what_did_not_change() {
        let (mut edit, mut customer, mut told) = (Edit::default(), customer(), vec![]);
        edit.update(Msg::EditField(0), &mut customer, &mut told);
        let (effects, changed) = edit.update(Msg::SaveField, &mut customer, &mut told);
        assert_eq!((read::lines(&effects), changed), (vec!["Focus(customer-field-0)".to_owned()], None));
        edit.update(Msg::EditField(1), &mut customer, &mut told);
        edit.update(Msg::FieldName("City".into()), &mut customer, &mut told);
        let (effects, _) = edit.update(Msg::SaveField, &mut customer, &mut told);
        assert_eq!(read::lines(&effects)[1], "Focus(customer-field-1)");
        assert_eq!(customer.fields.len(), 2);
    }
}
