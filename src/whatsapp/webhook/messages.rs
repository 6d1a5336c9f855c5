//! `messages` and `smb_message_echoes`: what was said in threads.

use beseda_wire::messages::Referral;
use beseda_wire::time::Time;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::Change;
use super::{Amendment, CustomerRef, Event, IdentityChange, Message, System, Unknown, content};
use crate::customers::Bsuid;
use crate::whatsapp::lax::{self, Lax};

pub fn decode(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) {
    let messages = change.value.items("messages");
    if messages.is_empty() {
        return;
    }
    let contacts: Vec<Value> = parsed(&change.value.items("contacts"));
    for raw in messages {
        push(read(raw, "message", |item| {
            let customer = writer(&item, &contacts);
            message(item, customer, received_at, false)
        }));
    }
}

pub fn echoes(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) {
    let contacts: Vec<Value> = parsed(&change.value.items("contacts"));
    for raw in change.value.items("message_echoes") {
        push(read(raw, "echo", |item| {
            let named =
                CustomerRef::new(item.word("to"), item.word("to_user_id"), item.word("to_parent_user_id"));
            let customer = with_contact(named, &contacts);
            message(item, customer, received_at, true)
        }));
    }
}

fn read(raw: &RawValue, kind: &str, decode: impl FnOnce(Value) -> Event) -> Event {
    match lax::item(raw.get()) {
        Ok(item) => decode(item),
        Err(error) => Event::Unknown(Box::new(Unknown {
            kind: format!("{kind}.unreadable"),
            why: error.to_string(),
            raw: Value::from(raw.get()),
        })),
    }
}

pub(super) fn parsed(raws: &[&RawValue]) -> Vec<Value> {
    raws.iter().filter_map(|raw| lax::item(raw.get()).ok()).collect()
}

fn message(item: Value, customer: CustomerRef, received_at: Time, echo: bool) -> Event {
    let whose = if echo { "echo" } else { "message" };
    let (kind, body) = content::kind(&item);
    let Some(wamid) = item.word("id") else {
        // Without an id a repetition could not be told from a second message.
        return unknown(format!("{whose}.{kind}"), "a message without an id", item);
    };
    let at = item.time("timestamp").unwrap_or(received_at);
    match kind.as_str() {
        "edit" | "revoke" => {
            let amended = item.member(body);
            let Some(target) = amended.word("original_message_id") else {
                return unknown(format!("{whose}.{kind}"), "it does not say which message it amends", item);
            };
            let content = (kind == "edit").then(|| content::content(amended.member("message")).1);
            Event::Amendment(Box::new(Amendment { customer, wamid, at, echo, target, content }))
        }
        "system" | "request_welcome" => {
            let told = item.member(body);
            let event = told.word("type").unwrap_or(kind);
            let change = told.as_object().and_then(|_| identity_change(told));
            Event::System(Box::new(System {
                customer,
                wamid,
                at,
                event,
                body: told.word("body").unwrap_or_default(),
                change,
            }))
        }
        _ => {
            let (kind, said) = content::content(&item);
            let context = item.member("context");
            let message = Message {
                customer,
                wamid,
                at,
                kind,
                content: said,
                reply_to: context.word("id"),
                // A message forwarded often carries only the second mark.
                forwarded: context.flag("forwarded") || context.flag("frequently_forwarded"),
                frequently_forwarded: context.flag("frequently_forwarded"),
                referral: referral(&item),
                group_id: item.word("group_id"),
            };
            if echo { Event::Echo(Box::new(message)) } else { Event::Message(Box::new(message)) }
        }
    }
}

fn unknown(kind: String, why: &str, raw: Value) -> Event {
    Event::Unknown(Box::new(Unknown { kind, why: why.to_owned(), raw }))
}

/// Who wrote a message: what it says itself, and what the contact beside it adds.
fn writer(item: &Value, contacts: &[Value]) -> CustomerRef {
    let named =
        CustomerRef::new(item.word("from"), item.word("from_user_id"), item.word("from_parent_user_id"));
    with_contact(named, contacts)
}

pub(super) fn with_contact(mut customer: CustomerRef, contacts: &[Value]) -> CustomerRef {
    let same = |contact: &&Value| {
        let known = |ours: Option<&str>, key: &str| ours.is_some() && contact.text(key) == ours;
        known(customer.wa_id.as_deref(), "wa_id")
            || known(customer.bsuid.as_ref().map(Bsuid::as_str), "user_id")
    };
    // A single contact belongs to the message even where their names differ, as they do for rewritten prefixes.
    let contact = contacts.iter().find(same).or_else(|| contacts.first().filter(|_| contacts.len() == 1));
    let Some(contact) = contact else { return customer };
    let other =
        CustomerRef::new(contact.word("wa_id"), contact.word("user_id"), contact.word("parent_user_id"));
    if customer.wa_id.is_none() {
        customer.wa_id = other.wa_id;
        customer.phone = other.phone;
    }
    customer.bsuid = customer.bsuid.or(other.bsuid);
    customer.parent_bsuid = customer.parent_bsuid.or(other.parent_bsuid);
    let profile = contact.member("profile");
    customer.name = profile.word("name");
    customer.username = profile.word("username").or_else(|| contact.word("username"));
    customer
}

/// `user_changed_number` names the new `wa_id`, `user_changed_user_id` the new BSUID; since August 2026 both name the
/// previous ones (FACTS §5).
fn identity_change(told: &Value) -> Option<IdentityChange> {
    let bsuid = |key: &str| told.text(key).and_then(|text| Bsuid::parse(text).ok());
    let wa_id = told.word("wa_id").or_else(|| told.word("new_wa_id"));
    let change = IdentityChange {
        new: CustomerRef::new(wa_id, told.word("user_id"), told.word("parent_user_id")),
        previous_bsuid: bsuid("previous_user_id"),
        previous_parent_bsuid: bsuid("previous_parent_user_id"),
    };
    let known = matches!(told.text("type"), Some("user_changed_number" | "user_changed_user_id"));
    (known && !change.new.is_nobody()).then_some(change)
}

fn referral(item: &Value) -> Option<Referral> {
    let told = item.member("referral");
    let product = item.member("context").member("referred_product");
    let product = match (product.word("catalog_id"), product.word("product_retailer_id")) {
        (Some(catalog), Some(id)) => Some(format!("{catalog}/{id}")),
        (None, Some(id)) => Some(id),
        _ => None,
    };
    if !told.is_object() && product.is_none() {
        return None;
    }
    Some(Referral {
        source_url: told.word("source_url"),
        source_id: told.word("source_id"),
        source_type: told.word("source_type"),
        headline: told.word("headline"),
        body: told.word("body"),
        ctwa_clid: told.word("ctwa_clid"),
        product,
    })
}
