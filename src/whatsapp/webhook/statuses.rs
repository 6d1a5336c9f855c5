//! `statuses`: how far our messages got.

use beseda_wire::messages::Status as Progress;
use beseda_wire::time::Time;
use serde_json::Value;

use super::envelope::Change;
use super::{CustomerRef, Event, Status, Unknown};
use crate::whatsapp::error::GraphError;
use crate::whatsapp::lax::{self, Lax};

pub fn decode(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) {
    for raw in change.value.items("statuses") {
        push(match lax::item(raw.get()) {
            Ok(item) => status(item, received_at),
            Err(error) => Event::Unknown(Box::new(Unknown {
                kind: "status.unreadable".to_owned(),
                why: error.to_string(),
                raw: Value::from(raw.get()),
            })),
        });
    }
}

fn status(item: Value, received_at: Time) -> Event {
    let word = item.word("status").unwrap_or_default();
    // `type: "payment"` statuses speak of an order's payment with words of their own.
    let about_message = matches!(item.text("type"), None | Some("message" | ""));
    let (Some(progress), Some(wamid), true) = (progress(&word), item.word("id"), about_message) else {
        let why = if about_message { "no known status of a message" } else { "not the status of a message" };
        return Event::Unknown(Box::new(Unknown {
            kind: format!("status.{word}"),
            why: why.to_owned(),
            raw: item,
        }));
    };
    let group = item.text("recipient_type") == Some("group");
    let recipient_id = item.word("recipient_id");
    let (group_id, person) =
        if group { (recipient_id, item.word("recipient_participant_id")) } else { (None, recipient_id) };
    let kept = |key: &str| Some(item.member(key)).filter(|value| !value.is_null()).cloned();
    Event::Status(Box::new(Status {
        wamid,
        status: progress,
        at: item.time("timestamp").unwrap_or(received_at),
        recipient: CustomerRef::new(
            person,
            item.word("recipient_user_id"),
            item.word("recipient_parent_user_id"),
        ),
        callback_data: item.word("biz_opaque_callback_data"),
        errors: item.items("errors").iter().filter_map(GraphError::read).collect(),
        pricing: kept("pricing"),
        conversation: kept("conversation"),
        group_id,
    }))
}

fn progress(word: &str) -> Option<Progress> {
    Some(match word {
        "sent" => Progress::Sent,
        "delivered" => Progress::Delivered,
        "read" => Progress::Read,
        "played" => Progress::Played,
        "failed" => Progress::Failed,
        _ => return None,
    })
}

/// WhatsApp's word for a status.
pub fn word(status: Progress) -> &'static str {
    match status {
        Progress::Queued => "queued",
        Progress::Sent => "sent",
        Progress::Delivered => "delivered",
        Progress::Read => "read",
        Progress::Played => "played",
        Progress::Failed => "failed",
    }
}
