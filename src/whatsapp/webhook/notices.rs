//! News that is nobody's message: templates, accounts, numbers, marketing preferences, faults.

use std::fmt::Write;

use beseda_wire::time::Time;
use serde_json::Value;

use super::envelope::Change;
use super::{CustomerRef, Event, Notice, Preference, TemplateRef, Unknown};
use crate::whatsapp::error::GraphError;
use crate::whatsapp::lax::{self, Lax};

/// The fields Meta documents (FACTS §5), except those that other modules read.
const FIELDS: [&str; 21] = [
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "account_update",
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "business_capability_update",
    "business_username_updates",
    "security",
    "automatic_events",
    "history",
    "smb_app_state_sync",
    "partner_solutions",
    "payment_configuration_update",
    "tracking_events",
    "calls",
    "flows",
];

/// What can happen to a template (FACTS §4). This list is complete, unlike those of accounts and numbers, so another
/// word means that we do not understand what happened.
const TEMPLATE_EVENTS: [&str; 14] = [
    "APPROVED",
    "PENDING",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "FLAGGED",
    "REINSTATED",
    "IN_APPEAL",
    "LIMIT_EXCEEDED",
    "LOCKED",
    "DELETED",
    "PENDING_DELETION",
    "ARCHIVED",
    "UNARCHIVED",
];

/// Any field that needs no reading of its own.
pub fn notice(change: &Change<'_>, received_at: Time) -> Event {
    let field = change.field.as_str();
    if !FIELDS.contains(&field) && !field.starts_with("group_") {
        return change.unknown(format!("`{field}` is no field this version knows"));
    }
    let raw = change.raw();
    // Each field calls what happened by a name of its own.
    let event = raw.word("event").or_else(|| raw.word("decision"));
    if field == "message_template_status_update"
        && let Some(event) = &event
        && !TEMPLATE_EVENTS.contains(&event.as_str())
    {
        let why = format!("`{event}` is nothing that can happen to a template as this version knows it");
        return Event::Unknown(Box::new(Unknown { kind: format!("field.{field}.{event}"), why, raw }));
    }
    let template = template(&raw);
    Event::Notice(Box::new(Notice {
        field: field.to_owned(),
        summary: summary(field, event.as_deref(), template.as_ref(), &raw),
        event,
        at: at(change, received_at),
        template,
        raw,
    }))
}

/// `user_preferences`: one event for each customer's choice.
pub fn preferences(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) {
    for raw in change.value.items("user_preferences") {
        let item = lax::item(raw.get()).unwrap_or_default();
        let stop = match item.text("value") {
            Some("stop") => true,
            Some("resume") => false,
            _ => {
                push(Event::Unknown(Box::new(Unknown {
                    kind: "preference.unknown".to_owned(),
                    why: "neither `stop` nor `resume`".to_owned(),
                    raw: item,
                })));
                continue;
            }
        };
        push(Event::Preference(Preference {
            customer: CustomerRef::new(item.word("wa_id"), item.word("user_id"), item.word("parent_user_id")),
            at: item.time("timestamp").unwrap_or(received_at),
            category: item.word("category").unwrap_or_default(),
            stop,
        }));
    }
}

/// `errors` beside messages and statuses: faults of the number itself.
pub fn faults(change: &Change<'_>, received_at: Time, push: &mut impl FnMut(Event)) {
    for raw in change.value.items("errors") {
        let item = lax::item(raw.get()).unwrap_or_default();
        let summary = GraphError::read(&item)
            .map_or_else(|| "an error without a code".to_owned(), |error| error.to_string());
        push(Event::Notice(Box::new(Notice {
            field: change.field.clone(),
            event: Some("error".to_owned()),
            at: at(change, received_at),
            summary,
            template: None,
            raw: item,
        })));
    }
}

fn at(change: &Change<'_>, received_at: Time) -> Time {
    let time = change.time.and_then(|raw| lax::item(raw.get()).ok()).unwrap_or_default();
    serde_json::json!({ "time": time }).time("time").unwrap_or(received_at)
}

fn template(raw: &Value) -> Option<TemplateRef> {
    let template = TemplateRef {
        id: raw.word("message_template_id"),
        name: raw.word("message_template_name"),
        language: raw.word("message_template_language"),
    };
    (template.id.is_some() || template.name.is_some()).then_some(template)
}

/// One sentence, from whatever of the usual members there is: subject, event, reason, what changed from what.
fn summary(field: &str, event: Option<&str>, template: Option<&TemplateRef>, raw: &Value) -> String {
    let mut sentence = match template {
        Some(TemplateRef { id, name, language }) => {
            let name = name.as_deref().or(id.as_deref()).unwrap_or_default();
            let language = language.as_ref().map(|language| format!(" ({language})")).unwrap_or_default();
            format!("Template {name}{language}: {}", event.unwrap_or(field))
        }
        None => match event {
            Some(event) => format!("{field}: {event}"),
            None => field.to_owned(),
        },
    };
    for (before, after) in [
        ("previous_quality_score", "new_quality_score"),
        ("previous_category", "new_category"),
        ("old_limit", "current_limit"),
    ] {
        // Writing to a text cannot fail.
        let _ = match (raw.word(before), raw.word(after)) {
            (Some(before), Some(after)) => write!(sentence, ", {before} → {after}"),
            (None, Some(after)) => write!(sentence, ", {after}"),
            _ => Ok(()),
        };
    }
    let reasons = [raw.word("reason"), raw.word("rejection_reason"), raw.member("other_info").word("title")];
    for reason in reasons.into_iter().flatten().filter(|reason| reason != "NONE") {
        let _ = write!(sentence, ", {reason}");
    }
    sentence
}
