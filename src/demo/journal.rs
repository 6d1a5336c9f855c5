//! The newest webhooks of the demo, as Meta would have sent them, with each outcome there is.

use beseda_wire::messages::{Content, Direction, ReplyKind};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;
use serde_json::{Value, json};

use super::chance::Chance;
use super::people::Character;
use super::words::Words;
use super::{Setting, Thread};
use crate::conversations::Message;
use crate::customers::Customer;
use crate::whatsapp::journal::{Entry, State};

/// Entries made of messages; the journal of a real business of this size would hold its thirty days.
const NEWEST: usize = 60;

pub fn entries(
    setting: &Setting<'_>,
    words: &Words,
    characters: &[Character],
    threads: &[Thread],
    chance: &mut Chance,
) -> Vec<(Entry, State)> {
    let envelope = Envelope { setting, phone: words.phone };
    let both = characters.iter().zip(threads);
    let mut said: Vec<(&Customer, &Message)> = both
        .flat_map(|(character, thread)| {
            thread.messages.iter().map(move |message| (&character.customer, message))
        })
        .filter(|(customer, message)| customer.phone.is_some() && message.wamid.is_some())
        .collect();
    said.sort_unstable_by_key(|(_, message)| message.at);
    let newest = said.len().saturating_sub(NEWEST);
    let mut entries = Vec::new();
    for (customer, message) in &said[newest..] {
        let made = match message.direction {
            Direction::In => incoming(customer, message),
            Direction::Out | Direction::Event => status(customer, message),
        };
        if let Some((kind, value)) = made {
            // Meta delivers a second or so later.
            let at = message.at.plus_millis(chance.between(400, 1_900)).min(setting.now);
            entries.push(envelope.entry(
                value,
                "messages",
                at,
                &[kind],
                Some(customer),
                Outcome::Processed,
                None,
            ));
        }
    }
    let before = |minutes: i64| setting.now.plus_seconds(-60 * minutes);
    if let Some((entry, state)) = entries.last().cloned() {
        // Meta sends again what it thinks was not received.
        let entry = Entry { received_at: entry.received_at.plus_millis(180).min(setting.now), ..entry };
        entries.push((entry, State { outcome: Outcome::Duplicate, ..state }));
    }
    let quality = json!({
        "display_phone_number": words.phone.trim_start_matches('+'), "event": "ONBOARDING", "current_limit": "TIER_1K",
    });
    let why = "nothing is done with this notice yet";
    entries.push(envelope.entry(
        quality,
        "phone_number_quality_update",
        before(95),
        &["field.phone_number_quality_update"],
        None,
        Outcome::Unknown,
        Some(why),
    ));
    let new = json!({"assistant": {"state": "ready", "id": chance.digits(15)}});
    let why = "this field is not known to this version";
    entries.push(envelope.entry(
        new,
        "business_assistant_update",
        before(310),
        &["field.business_assistant_update"],
        None,
        Outcome::Unknown,
        Some(why),
    ));
    let elsewhere = json!({
        "messaging_product": "whatsapp",
        "statuses": [{
            "id": format!("wamid.HBgL{}==", chance.letters(38)), "status": "delivered",
            "timestamp": seconds(before(42)), "recipient_id": "447700900000",
        }],
    });
    let why = "a status of a message that was not sent from here";
    entries.push(envelope.entry(
        elsewhere,
        "messages",
        before(42),
        &["status.delivered"],
        None,
        Outcome::Unknown,
        Some(why),
    ));
    let cut = br#"{"object":"whatsapp_business_account","entry":[{"id":""#.to_vec();
    entries.push(with_body(
        cut,
        before(170),
        &[],
        None,
        Outcome::Unreadable,
        Some("EOF while parsing a string at line 1 column 55".to_owned()),
        setting,
    ));
    let failed = json!({
        "messaging_product": "whatsapp",
        "messages": [{
            "from": "447700900000", "id": format!("wamid.HBgL{}==", chance.letters(38)),
            "timestamp": seconds(before(215)), "type": "image",
            "image": {"id": chance.digits(15), "mime_type": "image/jpeg", "sha256": chance.letters(43)},
        }],
    });
    let why = "storage failed: no space left on device";
    entries.push(envelope.entry(
        failed,
        "messages",
        before(215),
        &["message.image"],
        None,
        Outcome::Failed,
        Some(why),
    ));
    entries.sort_by_key(|(entry, _)| entry.received_at);
    entries
}

struct Envelope<'a> {
    setting: &'a Setting<'a>,
    phone: &'a str,
}

impl Envelope<'_> {
    #[expect(clippy::too_many_arguments, reason = "a row of a table, written out above")]
    fn entry(
        &self,
        mut value: Value,
        field: &str,
        at: Time,
        kinds: &[&str],
        customer: Option<&Customer>,
        outcome: Outcome,
        detail: Option<&str>,
    ) -> (Entry, State) {
        if field == "messages" {
            value["metadata"] = json!({
                "display_phone_number": self.phone.trim_start_matches('+'),
                "phone_number_id": self.setting.phone_number_id,
            });
        }
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": self.setting.waba_id, "changes": [{"value": value, "field": field}]}],
        });
        let body = body.to_string().into_bytes();
        with_body(body, at, kinds, customer, outcome, detail.map(str::to_owned), self.setting)
    }
}

fn with_body(
    body: Vec<u8>,
    at: Time,
    kinds: &[&str],
    customer: Option<&Customer>,
    outcome: Outcome,
    detail: Option<String>,
    setting: &Setting<'_>,
) -> (Entry, State) {
    let entry = Entry { received_at: at, phone_number_id: None, body };
    let state = State {
        outcome,
        detail,
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        phone_number_id: (!kinds.is_empty()).then(|| setting.phone_number_id.to_owned()),
        customer: customer
            .and_then(|customer| customer.phone.as_ref())
            .map(|phone| phone.digits().to_owned()),
        processed_at: Some(at.plus_millis(3)),
        replays: 0,
        replayed_at: None,
    };
    (entry, state)
}

/// A message as Meta words it; `None` for kinds that the demo's journal leaves out.
fn incoming(customer: &Customer, message: &Message) -> Option<(&'static str, Value)> {
    let wa_id = customer.phone.as_ref()?.digits();
    let (kind, name, content) = match &message.content {
        Content::Text(text) => ("message.text", "text", json!({"body": text.body})),
        Content::Location(place) => (
            "message.location",
            "location",
            json!({"latitude": place.latitude, "longitude": place.longitude}),
        ),
        Content::Reply(reply) => {
            let kind = if reply.kind == ReplyKind::List { "list_reply" } else { "button_reply" };
            let answer = json!({"type": kind, kind: {"id": reply.id, "title": reply.title}});
            ("message.interactive", "interactive", answer)
        }
        _ => return None,
    };
    let mut said = json!({
        "from": wa_id, "id": message.wamid, "timestamp": seconds(message.at), "type": name, name: content,
    });
    if let Some(quoted) = &message.reply_to {
        said["context"] = json!({"id": quoted});
    }
    let value = json!({
        "messaging_product": "whatsapp",
        "contacts": [{"profile": {"name": customer.profile_name}, "wa_id": wa_id}],
        "messages": [said],
    });
    Some((kind, value))
}

/// How far a message of the business got.
fn status(customer: &Customer, message: &Message) -> Option<(&'static str, Value)> {
    use beseda_wire::messages::Status;
    let (kind, name) = match message.status? {
        Status::Queued => return None,
        Status::Sent => ("status.sent", "sent"),
        Status::Delivered => ("status.delivered", "delivered"),
        Status::Read => ("status.read", "read"),
        Status::Played => ("status.played", "played"),
        Status::Failed => ("status.failed", "failed"),
    };
    let mut told = json!({
        "id": message.wamid, "status": name, "timestamp": seconds(message.at),
        "recipient_id": customer.phone.as_ref()?.digits(),
    });
    if let Some(failure) = &message.failure {
        told["errors"] = json!([{"code": failure.code, "title": failure.detail}]);
    }
    Some((kind, json!({"messaging_product": "whatsapp", "statuses": [told]})))
}

fn seconds(at: Time) -> String {
    (at.millis() / 1000).to_string()
}
