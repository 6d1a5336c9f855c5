//! What differs from the reference and is understood all the same (FACTS §5), and every kind that no fixture has.

use beseda_wire::messages::{MediaKind, MediaState, ReplyKind};

use super::*;

/// The one message of a body, with the envelope's customary fields around `item`.
fn message(mut item: Value) -> Message {
    for (key, value) in [("from", "16505551234"), ("id", "wamid.1"), ("timestamp", "1700000000")] {
        if item.get(key).is_none() {
            item[key] = json!(value);
        }
    }
    match decoded(&messages(json!([item]))).remove(0) {
        Event::Message(message) => *message,
        event => panic!("{event:?}"),
    }
}

fn said(item: Value) -> Value {
    serde_json::to_value(message(item).content).unwrap()
}

#[test]
fn contents() {
    for (item, content) in [
        (json!({"type": "text", "text": {"body": ""}}), json!({"type": "text", "body": ""})),
        (
            json!({"type": "voice", "voice": {"id": "1", "mime_type": "audio/ogg"}}),
            json!({"type": "media", "kind": "audio", "state": "pending", "provider_id": "1", "mime": "audio/ogg",
                   "voice": true}),
        ),
        (
            json!({"type": "document", "document": {"id": 1, "filename": "a.pdf", "caption": "Bill"}}),
            json!({"type": "media", "kind": "document", "state": "pending", "provider_id": "1",
                   "filename": "a.pdf", "caption": "Bill"}),
        ),
        (
            json!({"type": "location", "location": {"latitude": "-1.5", "longitude": 2}}),
            json!({"type": "location", "latitude": -1.5, "longitude": 2.0}),
        ),
        (
            json!({"type": "location", "location": {"latitude": "north", "name": "Office", "address": "1 Main St"}}),
            json!({"type": "text", "body": "Office\n1 Main St"}),
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}}),
            json!({"type": "reaction", "target": "wamid.0"}),
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}),
            json!({"type": "reaction", "target": "wamid.0"}),
        ),
        (
            json!({"type": "interactive", "interactive": {"list_reply": {"id": "a", "title": "A"}}}),
            json!({"type": "reply", "kind": "list", "id": "a", "title": "A"}),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply",
                   "nfm_reply": {"name": "flow", "response_json": "{\"size\":1}"}}}),
            json!({"type": "form_reply", "name": "flow", "answers": {"size": 1}}),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply",
                   "nfm_reply": {"response_json": "not json"}}}),
            json!({"type": "form_reply", "answers": "not json"}),
        ),
        (
            json!({"type": "button", "button": {"text": "No"}}),
            json!({"type": "reply", "kind": "template", "id": "No", "title": "No"}),
        ),
        (
            json!({"type": "order", "order": {"catalog_id": 5, "product_items": {"product_retailer_id": "p",
                   "quantity": 2, "item_price": 0.1, "currency": "USD"}}}),
            json!({"type": "order", "catalog_id": "5",
                   "items": [{"product": "p", "quantity": "2", "price": "0.1", "currency": "USD"}]}),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"first_name": "Ana", "last_name": "Lima"},
                   "phones": [{"wa_id": "5511987654321"}, {}], "emails": [{"email": "a@b.c"}], "urls": null}]}),
            json!({"type": "contacts", "contacts": [{"name": "Ana Lima", "emails": ["a@b.c"], "urls": [],
                   "addresses": [], "phones": [{"phone": "+5511987654321", "wa_id": "5511987654321"}],
                   "parts": {"first_name": "Ana", "last_name": "Lima", "emails": [{"value": "a@b.c"}]}}]}),
        ),
    ] {
        assert_eq!(said(item.clone()), content, "{item}");
    }
}

#[test]
fn what_cannot_be_read_is_kept_as_it_came() {
    for (item, kind, detail) in [
        (json!({"type": "hologram", "hologram": {"x": 1}}), "hologram", None),
        (json!({"type": "image", "image": {}}), "image", None),
        (json!({"type": "location", "location": {"latitude": 100, "longitude": 0}}), "location", None),
        (json!({"type": "location", "location": {"latitude": "north"}}), "location", None),
        (json!({"type": "text"}), "text", None),
        (
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply"}}),
            "interactive.call_permission_reply",
            None,
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll_creation"},
                "errors": [{"code": 131_051, "title": "Message type unknown"}]}),
            "unsupported",
            Some("Message type unknown (poll_creation)"),
        ),
        (json!({"type": "deleted"}), "deleted", None),
        (json!({}), "untyped", None),
    ] {
        let message = message(item.clone());
        let Content::Other(other) = message.content else { panic!("{item}") };
        assert_eq!((other.kind.as_str(), other.detail.as_deref()), (kind, detail), "{item}");
        assert_eq!(message.kind, kind);
        assert_eq!(other.raw.unwrap()["id"], "wamid.1");
    }
}

#[test]
fn a_file_too_large_for_whatsapp_says_so() {
    let message = message(json!({"type": "video", "video": {}, "errors": [
        {"code": 131_052, "title": "Media download error", "error_data": {"details": "File is too large"}}]}));
    let Content::Media(media) = message.content else { panic!() };
    assert_eq!((media.kind, media.state), (MediaKind::Video, MediaState::Failed));
    assert_eq!(media.problem.as_deref(), Some("File is too large"));
}

#[test]
fn times_are_read_in_every_spelling() {
    for (timestamp, seconds) in [
        (json!("1700000000"), 1_700_000_000),
        (json!(1_700_000_000), 1_700_000_000),
        (json!(1_700_000_000_000_i64), 1_700_000_000),
        (json!("<TIMESTAMP>"), RECEIVED),
        (json!(null), RECEIVED),
        (json!(-5), RECEIVED),
    ] {
        let message = message(json!({"type": "text", "text": {"body": "a"}, "timestamp": timestamp}));
        assert_eq!(message.at, Time::from_seconds(seconds), "{timestamp}");
    }
}

#[test]
fn people_are_known_by_whatever_names_them() {
    let read = |message: Value, contacts: Value| {
        let value = json!({"contacts": contacts, "messages": [message]});
        decoded(&body("messages", value))[0].customer().unwrap().clone()
    };
    let text = |mut names: Value| {
        names["id"] = json!("wamid.1");
        names["type"] = json!("text");
        names["text"] = json!({"body": "hello"});
        names
    };
    // The phone alone, and the contact whose names differ from it.
    let ana = read(
        text(json!({"from": "5511987654321"})),
        json!([{"wa_id": "551187654321", "profile": {"name": "Ana"}}]),
    );
    assert_eq!(ana.phone.unwrap().as_str(), "+5511987654321");
    assert_eq!((ana.wa_id.as_deref(), ana.name.as_deref()), (Some("5511987654321"), Some("Ana")));
    // A person who hides the phone.
    let bo = read(
        text(json!({"from_user_id": "US.1"})),
        json!([{"user_id": "US.2", "profile": {"name": "Not Bo"}},
               {"user_id": "US.1", "parent_user_id": "US.ENT.9", "profile": {"name": "Bo", "username": "bo"}}]),
    );
    assert_eq!((bo.wa_id, bo.phone), (None, None));
    assert_eq!(bo.bsuid.unwrap().as_str(), "US.1");
    assert_eq!(bo.parent_bsuid.unwrap().as_str(), "US.ENT.9");
    assert_eq!((bo.name.as_deref(), bo.username.as_deref()), (Some("Bo"), Some("bo")));
    // Only the contact names the person; a BSUID where the phone used to be.
    let cy = read(text(json!({})), json!([{"wa_id": "16505551234", "user_id": "US.3"}]));
    assert_eq!(cy.label(), Some("16505551234"));
    assert_eq!(cy.bsuid.unwrap().as_str(), "US.3");
    let di = read(text(json!({"from": "US.4"})), json!([]));
    assert_eq!((di.label(), di.wa_id.as_deref()), (Some("US.4"), None));
    // Two contacts, neither of them the writer: no name is better than another's.
    let ed = read(
        text(json!({"from": "16505550001"})),
        json!([{"wa_id": "16505550002", "profile": {"name": "X"}}, {"wa_id": "16505550003", "profile": {"name": "Y"}}]),
    );
    assert_eq!(ed.name, None);
    assert!(read(text(json!({})), json!([])).is_nobody());
}

#[test]
fn half_an_emoji_in_a_name_loses_neither_name_nor_message() {
    let body = messages(json!([{"id": "m", "type": "text", "text": {"body": "cut HERE"}}]))
        .replace("HERE", "\\ud83d")
        .replace("Ana", "Ana \\ud83d");
    let Event::Message(message) = decoded(&body).remove(0) else { panic!() };
    assert_eq!(message.customer.name.as_deref(), Some("Ana \u{fffd}"));
    assert!(matches!(message.content, Content::Text(text) if text.body == "cut \u{fffd}"));
}

#[test]
fn edits_and_deletions_name_their_target() {
    let events = decoded(&messages(json!([
        {"from": "16505551234", "id": "e", "timestamp": "1700000000", "type": "edit", "edit": {
            "original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "new"}}}},
        {"from": "16505551234", "id": "r", "timestamp": "1700000000", "type": "revoke",
         "revoke": {"original_message_id": "wamid.0"}},
        {"from": "16505551234", "id": "x", "type": "revoke", "revoke": {}},
    ])));
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(kinds, ["message.edit", "message.revoke", "message.revoke"]);
    let (Event::Amendment(edit), Event::Amendment(revoke)) = (&events[0], &events[1]) else { panic!() };
    assert_eq!((edit.target.as_str(), revoke.target.as_str()), ("wamid.0", "wamid.0"));
    assert!(matches!(&edit.content, Some(Content::Text(text)) if text.body == "new"));
    assert_eq!(revoke.content, None);
    assert!(matches!(&events[2], Event::Unknown(_)));
}

#[test]
fn a_customer_takes_another_name() {
    let system = |item: Value| match decoded(&messages(json!([item]))).remove(0) {
        Event::System(system) => *system,
        event => panic!("{event:?}"),
    };
    let number = system(json!({"from": "16505551234", "id": "s", "type": "system", "system": {
        "type": "user_changed_number", "body": "User Ana changed from 1 to 2", "wa_id": "16505559999",
        "user_id": "US.2", "previous_user_id": "US.1", "previous_parent_user_id": "US.ENT.1"}}));
    let change = number.change.unwrap();
    assert_eq!(number.customer.label(), Some("16505551234"));
    assert_eq!(change.new.phone.unwrap().as_str(), "+16505559999");
    assert_eq!(change.new.bsuid.unwrap().as_str(), "US.2");
    assert_eq!(change.previous_bsuid.unwrap().as_str(), "US.1");
    assert_eq!(change.previous_parent_bsuid.unwrap().as_str(), "US.ENT.1");

    let user_id = system(json!({"from_user_id": "US.1", "id": "s", "type": "system", "system": {
        "type": "user_changed_user_id", "user_id": "US.2", "previous_user_id": "US.1"}}));
    assert_eq!(user_id.event, "user_changed_user_id");
    assert_eq!(user_id.change.unwrap().new.bsuid.unwrap().as_str(), "US.2");

    let other = system(json!({"from": "16505551234", "id": "s", "type": "system", "system": {
        "type": "customer_identity_changed", "wa_id": "16505551234", "body": "…"}}));
    assert_eq!((other.event.as_str(), other.change), ("customer_identity_changed", None));
    let welcome = system(json!({"from": "16505551234", "id": "s", "type": "request_welcome"}));
    assert_eq!((welcome.event.as_str(), welcome.body.as_str()), ("request_welcome", ""));
}

#[test]
fn echoes_name_to_whom_the_business_wrote() {
    let value = json!({"metadata": {"phone_number_id": "1000"}, "message_echoes": [
        {"from": "16505550000", "to": "16505551234", "id": "m", "timestamp": "1700000000", "type": "interactive",
         "interactive": {"type": "button", "body": {"text": "Which?"},
                         "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]}}},
        {"from": "16505550000", "to": "16505551234", "id": "r", "type": "revoke",
         "revoke": {"original_message_id": "m"}}]});
    let events = decoded(&body("smb_message_echoes", value));
    let (Event::Echo(echo), Event::Amendment(revoke)) = (&events[0], &events[1]) else {
        panic!("{events:?}")
    };
    assert_eq!(echo.customer.phone.as_ref().unwrap().as_str(), "+16505551234");
    assert!(matches!(&echo.content, Content::Buttons(buttons) if buttons.buttons[0].title == "A"));
    assert!(revoke.echo);
    assert_eq!(events[1].kind(), "echo.revoke");
}

#[test]
fn statuses_in_full() {
    let value = json!({"statuses": [
        {"id": "m", "status": "failed", "timestamp": 1_700_000_000, "recipient_id": "16505551234",
         "recipient_user_id": "US.1", "biz_opaque_callback_data": "outbox-7",
         "errors": [{"code": "131047", "title": "Re-engagement message", "error_data": {"details": "24 hours"}}]},
        {"id": "m", "status": "played", "recipient_user_id": "US.1"},
        {"id": "m", "status": "read", "recipient_type": "group", "recipient_id": "group-1",
         "recipient_participant_id": "16505551234"},
        {"id": "m", "status": "vanished"},
        {"status": "sent"},
    ]});
    let events = decoded(&body("messages", value));
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(kinds, ["status.failed", "status.played", "status.read", "status.vanished", "status.sent"]);
    let Event::Status(failed) = &events[0] else { panic!() };
    assert_eq!(failed.callback_data.as_deref(), Some("outbox-7"));
    assert_eq!((failed.errors[0].code, failed.errors[0].words()), (131_047, "24 hours"));
    assert_eq!(failed.recipient.bsuid.as_ref().unwrap().as_str(), "US.1");
    let Event::Status(group) = &events[2] else { panic!() };
    assert_eq!((group.group_id.as_deref(), group.recipient.label()), (Some("group-1"), Some("16505551234")));
    assert!(matches!((&events[3], &events[4]), (Event::Unknown(_), Event::Unknown(_))));
}

#[test]
fn preferences_notices_and_faults() {
    let preferences = decoded(&body(
        "user_preferences",
        json!({"user_preferences": [
        {"wa_id": "16505551234", "detail": "…", "category": "marketing_messages", "value": "stop", "timestamp": 1_700_000_000},
        {"user_id": "US.1", "category": "marketing_messages", "value": "resume"},
        {"wa_id": "16505551234", "value": "maybe"}]}),
    ));
    let kinds: Vec<_> = preferences.iter().map(Event::kind).collect();
    assert_eq!(kinds, ["preference.stop", "preference.resume", "preference.unknown"]);
    assert_eq!(preferences[0].customer().unwrap().label(), Some("16505551234"));

    for (field, value, summary) in [
        (
            "message_template_status_update",
            json!({"event": "REJECTED", "message_template_id": 7, "message_template_name": "promo",
                "message_template_language": "en_US", "reason": "SCAM"}),
            "Template promo (en_US): REJECTED, SCAM",
        ),
        (
            "message_template_quality_update",
            json!({"previous_quality_score": "GREEN", "new_quality_score": "RED", "message_template_id": 7}),
            "Template 7: message_template_quality_update, GREEN → RED",
        ),
        (
            "phone_number_quality_update",
            json!({"event": "FLAGGED", "current_limit": "TIER_2K"}),
            "phone_number_quality_update: FLAGGED, TIER_2K",
        ),
        ("account_update", json!({"event": "DISABLED_UPDATE"}), "account_update: DISABLED_UPDATE"),
        ("security", json!({}), "security"),
    ] {
        let events = decoded(&body(field, value.clone()));
        let Event::Notice(notice) = &events[0] else { panic!("{events:?}") };
        assert_eq!(notice.summary, summary);
        assert_eq!(notice.raw, value);
    }

    let events =
        decoded(&body("messages", json!({"errors": [{"code": 130_429, "title": "Rate limit hit"}]})));
    assert_eq!(events[0].kind(), "field.messages.error");
    let Event::Notice(notice) = &events[0] else { panic!() };
    assert_eq!(notice.summary, "Meta error 130429: Rate limit hit");
}

#[test]
fn several_images_at_once_are_several_messages() {
    let image = |id: &str| json!({"from": "16505551234", "id": id, "type": "image", "image": {"id": id}});
    let events = decoded(&messages(json!([image("a"), image("b"), image("c")])));
    let ids: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::Message(message) => message.wamid.as_str(),
            event => panic!("{event:?}"),
        })
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[test]
fn taps_say_what_kind_of_button_it_was() {
    let tap = message(json!({"type": "interactive", "context": {"id": "wamid.0"},
        "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}}));
    let Content::Reply(reply) = tap.content else { panic!() };
    assert_eq!((reply.kind, reply.id.as_str()), (ReplyKind::Button, "yes"));
    assert_eq!(tap.reply_to.as_deref(), Some("wamid.0"));
}
