//! The body of every kind of message, as FACTS §2 has it.

use super::*;
use crate::whatsapp::graph::body::Body;

fn body(to: &Recipient, content: &Content, reply_to: Option<&str>, callback_data: Option<&str>) -> Value {
    serde_json::from_slice(&Body { to, content, reply_to, callback_data }.bytes().unwrap()).unwrap()
}

fn content(content: &Value) -> Content {
    serde_json::from_value(content.clone()).unwrap()
}

/// Meta's type for a content and the object named after it.
fn said(ours: &Value) -> (String, Value) {
    let mut body = body(&phone(), &content(ours), None, None);
    let kind = body["type"].as_str().unwrap().to_owned();
    let said = body[&kind].take();
    (kind, said)
}

#[test]
fn the_envelope() {
    assert_eq!(
        body(&phone(), &text(), Some("wamid.0"), Some("outbox-7")),
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+16505551234",
            "context": {"message_id": "wamid.0"},
            "biz_opaque_callback_data": "outbox-7",
            "type": "text",
            "text": {"body": "hello"},
        })
    );
    let hidden = body(&bsuid(), &text(), None, None);
    assert_eq!(hidden["recipient"], "US.13491208655302741918");
    assert_eq!((hidden.get("to"), hidden.get("context")), (None, None));
}

#[test]
fn the_phone_is_preferred() {
    let (phone, id) = (Phone::parse("16505551234").unwrap(), Bsuid::parse("US.1").unwrap());
    assert_eq!(Recipient::of(Some(&phone), Some(&id)), Some(Recipient::Phone(phone.clone())));
    assert_eq!(Recipient::of(None, Some(&id)), Some(Recipient::Bsuid(id.clone())));
    assert_eq!(Recipient::of(None, None), None);
}

#[test]
fn every_kind() {
    let interactive = "interactive";
    for (ours, kind, said_to_meta) in [
        (
            json!({"type": "text", "body": "see https://a.b", "preview_url": true}),
            "text",
            json!({"body": "see https://a.b", "preview_url": true}),
        ),
        (
            json!({"type": "media", "kind": "image", "state": "stored", "provider_id": "7", "sha256": "00",
                "mime": "image/png", "caption": "Look", "link": "https://a.b/c.png"}),
            "image",
            json!({"id": "7", "caption": "Look"}),
        ),
        (
            json!({"type": "media", "kind": "video", "state": "stored", "link": "https://a.b/c.mp4"}),
            "video",
            json!({"link": "https://a.b/c.mp4"}),
        ),
        (
            json!({"type": "media", "kind": "audio", "state": "stored", "provider_id": "7", "voice": true,
                "caption": "never", "filename": "never"}),
            "audio",
            json!({"id": "7", "voice": true}),
        ),
        (
            json!({"type": "media", "kind": "audio", "state": "stored", "provider_id": "7"}),
            "audio",
            json!({"id": "7"}),
        ),
        (
            json!({"type": "media", "kind": "document", "state": "stored", "provider_id": "7", "caption": "Bill",
                "filename": "bill.pdf"}),
            "document",
            json!({"id": "7", "caption": "Bill", "filename": "bill.pdf"}),
        ),
        (
            json!({"type": "media", "kind": "sticker", "state": "stored", "provider_id": "7", "animated": true}),
            "sticker",
            json!({"id": "7"}),
        ),
        (
            json!({"type": "location", "latitude": 37.5, "longitude": -122.25, "name": "Office"}),
            "location",
            json!({"latitude": 37.5, "longitude": -122.25, "name": "Office"}),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": "Ana Lima", "organization": "Flores",
                "phones": [{"phone": "+5511987654321", "kind": "CELL", "wa_id": "5511987654321"}],
                "emails": ["a@b.c"], "urls": ["https://a.b"], "addresses": ["1 Main St"], "birthday": "1990-01-31"}]}),
            "contacts",
            json!([{"name": {"formatted_name": "Ana Lima", "first_name": "Ana Lima"}, "org": {"company": "Flores"},
                 "phones": [{"phone": "+5511987654321", "type": "CELL", "wa_id": "5511987654321"}],
                 "emails": [{"email": "a@b.c"}], "urls": [{"url": "https://a.b"}],
                 "addresses": [{"street": "1 Main St"}], "birthday": "1990-01-31"}]),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": "Bo"}]}),
            "contacts",
            json!([{"name": {"formatted_name": "Bo", "first_name": "Bo"}}]),
        ),
        (
            json!({"type": "reaction", "target": "wamid.0", "emoji": "👍"}),
            "reaction",
            json!({"message_id": "wamid.0", "emoji": "👍"}),
        ),
        (
            json!({"type": "reaction", "target": "wamid.0"}),
            "reaction",
            json!({"message_id": "wamid.0", "emoji": ""}),
        ),
        (
            json!({"type": "buttons", "header": "H", "body": "B", "footer": "F",
                "buttons": [{"id": "y", "title": "Yes", "description": "never"}, {"id": "n", "title": "No"}]}),
            interactive,
            json!({"type": "button", "header": {"type": "text", "text": "H"}, "body": {"text": "B"},
                "footer": {"text": "F"}, "action": {"buttons": [
                    {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
                    {"type": "reply", "reply": {"id": "n", "title": "No"}}]}}),
        ),
        (
            json!({"type": "list", "body": "B", "button": "Choose", "sections": [
                {"title": "S", "rows": [{"id": "1", "title": "One", "description": "First"}]},
                {"rows": [{"id": "2", "title": "Two"}]}]}),
            interactive,
            json!({"type": "list", "body": {"text": "B"}, "action": {"button": "Choose", "sections": [
                    {"title": "S", "rows": [{"id": "1", "title": "One", "description": "First"}]},
                    {"rows": [{"id": "2", "title": "Two"}]}]}}),
        ),
        (
            json!({"type": "link_button", "body": "B", "footer": "F", "text": "Open", "url": "https://a.b"}),
            interactive,
            json!({"type": "cta_url", "body": {"text": "B"}, "footer": {"text": "F"}, "action": {
                    "name": "cta_url", "parameters": {"display_text": "Open", "url": "https://a.b"}}}),
        ),
        (
            json!({"type": "form", "body": "B", "flow_id": "9", "cta": "Book", "flow_token": "t", "screen": "FIRST",
                "data": {"a": 1}}),
            interactive,
            json!({"type": "flow", "body": {"text": "B"}, "action": {"name": "flow", "parameters": {
                    "flow_message_version": "3", "flow_id": "9", "flow_cta": "Book", "flow_token": "t",
                    "mode": "published", "flow_action": "navigate",
                    "flow_action_payload": {"screen": "FIRST", "data": {"a": 1}}}}}),
        ),
        (
            json!({"type": "form", "body": "B", "flow_id": "9", "cta": "Book", "flow_token": "t", "draft": true}),
            interactive,
            json!({"type": "flow", "body": {"text": "B"}, "action": {"name": "flow", "parameters": {
                    "flow_message_version": "3", "flow_id": "9", "flow_cta": "Book", "flow_token": "t",
                    "mode": "draft"}}}),
        ),
        (
            json!({"type": "form", "body": "B", "flow_name": "booking", "cta": "Book", "flow_token": "t",
                "data_exchange": true}),
            interactive,
            json!({"type": "flow", "body": {"text": "B"}, "action": {"name": "flow", "parameters": {
                    "flow_message_version": "3", "flow_name": "booking", "flow_cta": "Book", "flow_token": "t",
                    "mode": "published", "flow_action": "data_exchange"}}}),
        ),
        (
            json!({"type": "buttons", "body": "B", "buttons": [{"id": "y", "title": "Yes"}],
                "header_media": {"kind": "document", "state": "stored", "provider_id": "7", "sha256": "00",
                    "filename": "a.pdf", "caption": "never"}}),
            interactive,
            json!({"type": "button", "header": {"type": "document", "document": {"id": "7", "filename": "a.pdf"}},
                "body": {"text": "B"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}),
        ),
        (
            json!({"type": "link_button", "body": "B", "text": "Open", "url": "https://a.b",
                "header_media": {"kind": "video", "state": "stored", "link": "https://a.b/c.mp4"}}),
            interactive,
            json!({"type": "cta_url", "header": {"type": "video", "video": {"link": "https://a.b/c.mp4"}},
                "body": {"text": "B"}, "action": {
                    "name": "cta_url", "parameters": {"display_text": "Open", "url": "https://a.b"}}}),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": "Dr Ana Lima", "emails": ["never"], "parts": {
                "first_name": "Ana", "last_name": "Lima", "prefix": "Dr", "company": "Flores", "title": "Owner",
                "emails": [{"value": "a@b.c", "kind": "WORK"}], "urls": [{"value": "https://a.b"}],
                "addresses": [{"street": "1 Main St", "city": "Rio", "country_code": "br", "kind": "HOME"}]}}]}),
            "contacts",
            json!([{"name": {"formatted_name": "Dr Ana Lima", "first_name": "Ana", "last_name": "Lima", "prefix": "Dr"},
                "org": {"company": "Flores", "title": "Owner"},
                "emails": [{"email": "a@b.c", "type": "WORK"}], "urls": [{"url": "https://a.b"}],
                "addresses": [{"street": "1 Main St", "city": "Rio", "country_code": "br", "type": "HOME"}]}]),
        ),
        (
            json!({"type": "location_request", "body": "Where?"}),
            interactive,
            json!({"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}}),
        ),
        (
            json!({"type": "template", "name": "hello", "language": "en_US", "preview": "Hello Ana", "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]}),
            "template",
            json!({"name": "hello", "language": {"code": "en_US"}, "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]}),
        ),
        (
            json!({"type": "template", "name": "hello", "language": "en_US", "components": []}),
            "template",
            json!({"name": "hello", "language": {"code": "en_US"}}),
        ),
    ] {
        assert_eq!(said(&ours), (kind.to_owned(), said_to_meta), "{ours}");
    }
}

#[test]
fn what_cannot_be_sent_is_not_tried() {
    for ours in [
        json!({"type": "media", "kind": "image", "state": "stored", "sha256": "00"}),
        json!({"type": "reply", "kind": "button", "id": "a", "title": "A"}),
        json!({"type": "form_reply", "answers": {}}),
        json!({"type": "order", "items": []}),
        json!({"type": "system", "event": "x", "body": ""}),
        json!({"type": "event", "event": "opened"}),
        json!({"type": "other", "kind": "hologram"}),
    ] {
        let content = content(&ours);
        let body = Body { to: &phone(), content: &content, reply_to: None, callback_data: None };
        assert!(body.bytes().is_err(), "{ours}");
    }
}
