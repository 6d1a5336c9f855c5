//! The changes that webhooks carry, in Meta's shapes (FACTS §5). Pure.
//!
//! A change is one entry of `changes`: several of them make a body, which `body` puts together.

use std::fmt::Write as _;

use beseda_wire::messages::Status;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::book::{Customer, Number};
use super::chat::Ticket;
use super::escape;
use super::refusal::in_webhook;

/// What is told of one message to or from one customer.
pub struct About<'a> {
    pub number: &'a Number,
    pub customer: &'a Customer,
    /// Whether this business may see the customer's phone.
    pub shows_phone: bool,
}

#[derive(Serialize)]
struct Change<T> {
    value: T,
    field: &'static str,
}

/// The value of a change of the field `messages`.
#[derive(Serialize)]
struct Said<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<[Contact<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<[Map<String, Value>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statuses: Option<[StatusOf<'a>; 1]>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a str,
}

#[derive(Serialize)]
struct Contact<'a> {
    profile: Profile<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<&'a str>,
    user_id: &'a str,
}

#[derive(Serialize)]
struct Profile<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
}

#[derive(Serialize)]
struct StatusOf<'a> {
    id: &'a str,
    status: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    recipient_user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Value; 1]>,
}

#[derive(Serialize)]
struct Pricing {
    billable: bool,
    #[serde(rename = "pricing_model")]
    model: &'static str,
    r#type: &'static str,
    category: &'static str,
}

impl<'a> About<'a> {
    fn metadata(&self) -> Metadata<'a> {
        Metadata { display_phone_number: &self.number.phone, phone_number_id: &self.number.phone_number_id }
    }

    fn contact(&self) -> Contact<'a> {
        Contact {
            profile: Profile { name: &self.customer.name, username: self.customer.username.as_deref() },
            wa_id: self.shows_phone.then_some(&self.customer.wa_id),
            user_id: &self.customer.bsuid,
        }
    }
}

/// A message of the customer: `part` is the object named after the type `kind`, and `extra` what stands beside it
/// (`context`, `referral` …).
pub fn message(
    about: &About<'_>,
    id: &str,
    at: Timestamp,
    kind: &str,
    part: Value,
    extra: Map<String, Value>,
) -> String {
    let mut message = Map::new();
    if about.shows_phone {
        message.insert("from".into(), about.customer.wa_id.as_str().into());
    }
    message.insert("from_user_id".into(), about.customer.bsuid.as_str().into());
    message.insert("id".into(), id.into());
    message.insert("timestamp".into(), at.as_second().to_string().into());
    message.extend(extra);
    message.insert("type".into(), kind.into());
    message.insert(kind.into(), part);
    escape::json(&Change {
        value: Said {
            messaging_product: "whatsapp",
            metadata: about.metadata(),
            contacts: Some([about.contact()]),
            messages: Some([message]),
            statuses: None,
        },
        field: "messages",
    })
}

/// A status of a message of the business. `error` is a failed one's code; `priced` puts the price on it, which Meta
/// does on `sent` and on one of the two that follow.
pub fn status(
    about: &About<'_>,
    ticket: &Ticket,
    status: Status,
    at: Timestamp,
    error: Option<i64>,
    priced: bool,
) -> String {
    let (word, failed) = match status {
        Status::Delivered => ("delivered", false),
        Status::Read => ("read", false),
        Status::Played => ("played", false),
        Status::Failed => ("failed", true),
        Status::Queued | Status::Sent => ("sent", false),
    };
    escape::json(&Change {
        value: Said {
            messaging_product: "whatsapp",
            metadata: about.metadata(),
            // Failed statuses name no contact (M/bsuid).
            contacts: (!failed).then(|| [about.contact()]),
            messages: None,
            statuses: Some([StatusOf {
                id: &ticket.id,
                status: word,
                timestamp: at.as_second().to_string(),
                recipient_id: about.shows_phone.then_some(&about.customer.wa_id),
                recipient_user_id: &about.customer.bsuid,
                biz_opaque_callback_data: ticket.callback.as_deref(),
                pricing: (priced && !failed).then(|| pricing(ticket, at)),
                errors: error.map(|code| [in_webhook(code, None)]),
            }]),
        },
        field: "messages",
    })
}

/// Service messages cost since 2026-10-01 (FACTS §7).
fn pricing(ticket: &Ticket, at: Timestamp) -> Pricing {
    let free = ticket.category == super::chat::Category::Service && at.as_second() < 1_790_812_800;
    Pricing {
        billable: !free,
        model: "PMP",
        r#type: if free { "free_customer_service" } else { "regular" },
        category: ticket.category.word(),
    }
}

/// The customer has another number: told from the old one, in the words of a system message.
pub fn number_changed(about: &About<'_>, id: &str, at: Timestamp, new: &Customer) -> String {
    let old = about.customer;
    let mut system = Map::new();
    let (from, to) = if about.shows_phone { (&old.wa_id, &new.wa_id) } else { (&old.bsuid, &new.bsuid) };
    system.insert("body".into(), format!("User {} changed from {from} to {to}", old.name).into());
    if about.shows_phone {
        system.insert("wa_id".into(), new.wa_id.as_str().into());
    }
    system.insert("user_id".into(), new.bsuid.as_str().into());
    system.insert("previous_user_id".into(), old.bsuid.as_str().into());
    let kind = if about.shows_phone { "user_changed_number" } else { "user_changed_user_id" };
    system.insert("type".into(), kind.into());
    message(about, id, at, "system", Value::Object(system), Map::new())
}

/// The customer stopped marketing messages from this business, or wants them again.
pub fn preference(about: &About<'_>, at: Timestamp, stop: bool) -> String {
    let customer = about.customer;
    let (value, detail) = if stop {
        ("stop", "User requested to stop marketing messages")
    } else {
        ("resume", "User requested to resume marketing messages")
    };
    let mut preference = json!({
        "user_id": customer.bsuid,
        "detail": detail,
        "category": "marketing_messages",
        "value": value,
        "timestamp": at.as_second(),
    });
    if about.shows_phone {
        preference["wa_id"] = customer.wa_id.as_str().into();
    }
    escape::json(&json!({
        "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": about.number.phone,
                "phone_number_id": about.number.phone_number_id,
            },
            "contacts": [about.contact()],
            "user_preferences": [preference],
        },
        "field": "user_preferences",
    }))
}

/// A template's state changed.
pub fn template_status(id: &str, name: &str, language: &str, event: &str, reason: &str) -> String {
    escape::json(&json!({
        "value": {
            "event": event,
            "message_template_id": id.parse::<u64>().unwrap_or_default(),
            "message_template_name": name,
            "message_template_language": language,
            "reason": reason,
        },
        "field": "message_template_status_update",
    }))
}

/// A change of any field.
pub fn any(field: &str, value: &Value) -> String {
    escape::json(&json!({"value": value, "field": field}))
}

/// The body of a webhook with these changes, all of one account.
pub fn body<'a>(waba_id: &str, changes: impl Iterator<Item = &'a str>) -> String {
    let mut body = String::with_capacity(1024);
    // An id is digits, but whoever registers a number may write anything.
    let _ = write!(
        body,
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":{},"changes":["#,
        escape::json(&waba_id)
    );
    for (at, change) in changes.enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(change);
    }
    body.push_str("]}]}");
    body
}

#[cfg(test)]
mod tests {
    use super::super::book::tests::{customer, number};
    use super::super::chat::Category;
    use super::*;

    fn ticket() -> Ticket {
        Ticket { id: "wamid.X".into(), callback: Some("row-1".into()), category: Category::Service }
    }

    fn at() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn read(change: &str) -> Value {
        let body = body("114503234599312", [change].into_iter());
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["object"], "whatsapp_business_account");
        assert_eq!(body["entry"][0]["id"], "114503234599312");
        body["entry"][0]["changes"][0].clone()
    }

    #[test]
    fn a_text_has_the_shape_of_meta_s_example() {
        let (number, customer) = (number("1"), customer("16315551234", "Kerry Fisher"));
        let about = About { number: &number, customer: &customer, shows_phone: true };
        let change = message(&about, "wamid.A", at(), "text", json!({"body": "Hello"}), Map::new());
        assert_eq!(
            read(&change),
            json!({
                "value": {
                    "messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": number.phone, "phone_number_id": number.phone_number_id},
                    "contacts": [{"profile": {"name": "Kerry Fisher"}, "wa_id": "16315551234", "user_id": customer.bsuid}],
                    "messages": [{
                        "from": "16315551234", "from_user_id": customer.bsuid, "id": "wamid.A",
                        "timestamp": "1800000000", "type": "text", "text": {"body": "Hello"},
                    }],
                },
                "field": "messages",
            })
        );
    }

    #[test]
    fn who_hides_the_phone_is_known_by_the_user_id_alone() {
        let (number, customer) = (number("1"), customer("16315551234", "Kerry Fisher"));
        let about = About { number: &number, customer: &customer, shows_phone: false };
        for change in [
            message(&about, "wamid.A", at(), "text", json!({"body": "Hello"}), Map::new()),
            status(&about, &ticket(), Status::Delivered, at(), None, true),
            preference(&about, at(), true),
            number_changed(
                &about,
                "wamid.A",
                at(),
                &super::super::book::tests::customer("16315550000", "Kerry"),
            ),
        ] {
            assert!(!change.contains("1631555"), "{change}");
            assert!(change.contains(&customer.bsuid), "{change}");
        }
    }

    #[test]
    fn a_status_carries_the_callback_data_and_the_price() {
        let (number, customer) = (number("1"), customer("16315551234", "Kerry"));
        let about = About { number: &number, customer: &customer, shows_phone: true };
        let change = read(&status(&about, &ticket(), Status::Sent, at(), None, true));
        let sent = &change["value"]["statuses"][0];
        assert_eq!(sent["biz_opaque_callback_data"], "row-1");
        assert_eq!(sent["recipient_id"], "16315551234");
        assert_eq!(
            sent["pricing"],
            json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"})
        );
        let change = read(&status(&about, &ticket(), Status::Failed, at(), Some(131_026), true));
        let failed = &change["value"]["statuses"][0];
        assert_eq!(failed["errors"][0]["code"], 131_026);
        assert!(failed.get("pricing").is_none() && change["value"].get("contacts").is_none());
    }

    #[test]
    fn several_changes_make_one_body() {
        let body = body("1", ["{\"a\":1}", "{\"b\":2}"].into_iter());
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["entry"][0]["changes"], json!([{"a": 1}, {"b": 2}]));
    }
}
