//! A message as the customer's phone shows it. Pure.
//!
//! The request's JSON is read here in the simulator's own way; the product's encoder is not asked.

use beseda_wire::messages::{
    Buttons, Choice, ContactAddress, ContactCard, ContactParts, ContactPhone, ContactValue, Contacts,
    Content, Direction, Form, LinkButton, List, Location, LocationRequest, Media, MediaKind, MediaState,
    Other, Referral, Section, Template as TemplateContent, Text,
};
use beseda_wire::simulator::{SimFile, SimMessage};
use beseda_wire::time::Time;
use serde_json::{Value, json};

use super::chat::{Category, Message, Said};
use super::media::StoredFile;
use super::templates::{Template, is};

/// The message for the phone; `templates` are those of the number's account.
pub fn message(message: &Message, templates: &[Template]) -> SimMessage {
    let content = match &message.said {
        Said::Customer(content) | Said::Remembered(content) => {
            serde_json::from_str(content).unwrap_or_else(|_| other("unreadable", &Value::Null))
        }
        Said::Business { body, preview } => {
            let body = serde_json::from_slice(body).unwrap_or(Value::Null);
            sent(&body, preview.as_deref(), templates)
        }
    };
    SimMessage {
        id: message.id.to_string(),
        at: Time::from(message.at),
        direction: if message.is_business() { Direction::Out } else { Direction::In },
        content,
        status: Some(message.status),
        reply_to: message.quote.as_deref().map(str::to_owned),
        reaction: message.reaction.as_deref().map(str::to_owned),
        edited: message.edited,
        revoked: message.revoked,
    }
}

/// A message from before the simulator was there, as it lies on the phone.
pub fn remembered(message: &SimMessage) -> Message {
    let content = serde_json::to_string(&message.content).unwrap_or_default().into();
    let said =
        if message.direction == Direction::In { Said::Customer(content) } else { Said::Remembered(content) };
    Message {
        id: message.id.as_str().into(),
        at: message.at.timestamp(),
        said,
        status: message.status.unwrap_or(beseda_wire::messages::Status::Read),
        quote: message.reply_to.as_deref().map(Into::into),
        reaction: message.reaction.as_deref().map(Into::into),
        edited: message.edited,
        revoked: message.revoked,
        callback: None,
        category: Category::Service,
    }
}

pub fn is_template(message: &Message) -> bool {
    match &message.said {
        Said::Business { preview, .. } => preview.is_some(),
        Said::Remembered(content) => {
            serde_json::from_str(content).is_ok_and(|content: Value| is(&content, "type", "template"))
        }
        Said::Customer(_) => false,
    }
}

pub fn file(file: &StoredFile) -> SimFile {
    SimFile { id: file.id.clone(), mime: file.mime.clone(), size: file.size, name: file.name.clone() }
}

/// Contact cards in the shape of a webhook.
pub fn cards(cards: &[ContactCard]) -> Value {
    let list = |values: &[String], key: &str| -> Value {
        values.iter().map(|value| json!({ key: value })).collect()
    };
    cards
        .iter()
        .map(|card| {
            let phones: Vec<_> = card
                .phones
                .iter()
                .map(|phone| {
                    let mut entry =
                        json!({"phone": phone.phone, "type": phone.kind.as_deref().unwrap_or("CELL")});
                    if let Some(wa_id) = &phone.wa_id {
                        entry["wa_id"] = wa_id.as_str().into();
                    }
                    entry
                })
                .collect();
            let first = card.name.split(' ').next().unwrap_or_default();
            let mut entry =
                json!({"name": {"formatted_name": card.name, "first_name": first}, "phones": phones});
            for (key, values) in [
                ("emails", list(&card.emails, "email")),
                ("urls", list(&card.urls, "url")),
                ("addresses", list(&card.addresses, "street")),
            ] {
                if values.as_array().is_some_and(|values| !values.is_empty()) {
                    entry[key] = values;
                }
            }
            if let Some(company) = &card.organization {
                entry["org"] = json!({ "company": company });
            }
            if let Some(birthday) = &card.birthday {
                entry["birthday"] = birthday.as_str().into();
            }
            entry
        })
        .collect()
}

/// The token of the form that lies behind a message of the business; Meta's own word where it was sent without one.
pub fn form_token(message: &Message) -> Option<String> {
    let token = |given: &Value| maybe(given).unwrap_or_else(|| "unused".to_owned());
    match &message.said {
        Said::Business { body, .. } => {
            let body: Value = serde_json::from_slice(body).ok()?;
            let part = &body["interactive"];
            (part["type"] == "flow").then(|| token(&part["action"]["parameters"]["flow_token"]))
        }
        Said::Remembered(content) => {
            let content: Value = serde_json::from_str(content).ok()?;
            (content["type"] == "form").then(|| token(&content["flow_token"]))
        }
        Said::Customer(_) => None,
    }
}

/// An advertisement in the shape of a webhook.
pub fn referral(referral: &Referral) -> Value {
    let mut shown = json!({});
    for (key, value) in [
        ("source_url", &referral.source_url),
        ("source_id", &referral.source_id),
        ("source_type", &referral.source_type),
        ("headline", &referral.headline),
        ("body", &referral.body),
        ("ctwa_clid", &referral.ctwa_clid),
    ] {
        if let Some(value) = value {
            shown[key] = value.as_str().into();
        }
    }
    shown
}

/// The word for a kind of content, in an error.
pub const fn word(content: &Content) -> &'static str {
    match content {
        Content::Text(_) => "text",
        Content::Media(_) => "media",
        Content::Location(_) => "location",
        Content::Contacts(_) => "contacts",
        Content::Reaction(_) => "reaction",
        Content::Buttons(_) => "buttons",
        Content::List(_) => "list",
        Content::LinkButton(_) => "link_button",
        Content::Form(_) => "form",
        Content::LocationRequest(_) => "location_request",
        Content::Template(_) => "template",
        Content::Reply(_) => "reply",
        Content::FormReply(_) => "form_reply",
        Content::Order(_) => "order",
        Content::System(_) => "system",
        Content::Event(_) => "event",
        Content::Other(_) => "other",
    }
}

/// What a request to `/messages` says.
fn sent(body: &Value, preview: Option<&str>, templates: &[Template]) -> Content {
    let kind = body["type"].as_str().unwrap_or("text");
    let part = &body[kind];
    match kind {
        "text" => Content::Text(Text {
            body: text(&part["body"]),
            preview_url: part["preview_url"].as_bool().unwrap_or(false),
        }),
        "image" => media(part, MediaKind::Image),
        "video" => media(part, MediaKind::Video),
        "audio" => media(part, MediaKind::Audio),
        "document" => media(part, MediaKind::Document),
        "sticker" => media(part, MediaKind::Sticker),
        "location" => Content::Location(Location {
            latitude: number(&part["latitude"]),
            longitude: number(&part["longitude"]),
            name: maybe(&part["name"]),
            address: maybe(&part["address"]),
            url: maybe(&part["url"]),
        }),
        "contacts" => Content::Contacts(Contacts {
            contacts: part.as_array().map(|cards| cards.iter().map(card).collect()).unwrap_or_default(),
        }),
        "interactive" => interactive(part),
        "template" => Content::Template(TemplateContent {
            name: text(&part["name"]),
            language: text(&part["language"]["code"]),
            components: Some(components(part, templates)),
            header_media: template_file(part),
            preview: preview.map(str::to_owned),
            category: None,
        }),
        _ => other(kind, part),
    }
}

fn interactive(part: &Value) -> Content {
    let (header, header_media) = header(&part["header"]);
    let (words, footer) = (text(&part["body"]["text"]), maybe(&part["footer"]["text"]));
    let action = &part["action"];
    let parameters = &action["parameters"];
    match part["type"].as_str().unwrap_or_default() {
        "button" => {
            let buttons = action["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
            let buttons = buttons.iter().map(|button| choice(&button["reply"])).collect();
            Content::Buttons(Buttons { header, header_media, body: words, footer, buttons })
        }
        "list" => {
            let sections = action["sections"].as_array().map(Vec::as_slice).unwrap_or_default();
            let sections = sections
                .iter()
                .map(|section| Section {
                    title: maybe(&section["title"]),
                    rows: section["rows"]
                        .as_array()
                        .map(|rows| rows.iter().map(choice).collect())
                        .unwrap_or_default(),
                })
                .collect();
            Content::List(List { header, body: words, footer, button: text(&action["button"]), sections })
        }
        "cta_url" => Content::LinkButton(LinkButton {
            header,
            header_media,
            body: words,
            footer,
            text: text(&parameters["display_text"]),
            url: text(&parameters["url"]),
        }),
        "flow" => Content::Form(Form {
            header,
            header_media,
            body: words,
            footer,
            flow_id: text(&parameters["flow_id"]),
            flow_name: maybe(&parameters["flow_name"]),
            cta: text(&parameters["flow_cta"]),
            flow_token: text(&parameters["flow_token"]),
            screen: maybe(&parameters["flow_action_payload"]["screen"]),
            data_exchange: parameters["flow_action"] == "data_exchange",
            draft: parameters["mode"] == "draft",
            data: Some(parameters["flow_action_payload"]["data"].clone()).filter(|data| !data.is_null()),
        }),
        "location_request_message" => Content::LocationRequest(LocationRequest { body: words }),
        kind => other(kind, part),
    }
}

/// The file in the header of a template's send.
fn template_file(part: &Value) -> Option<Media> {
    let headers = part["components"].as_array()?.iter().filter(|component| is(component, "type", "header"));
    let mut parameters = headers.filter_map(|component| component["parameters"].get(0));
    parameters.find_map(|parameter| header(parameter).1)
}

/// The header's text, or its file.
fn header(header: &Value) -> (Option<String>, Option<Media>) {
    let file = |kind, part: &Value| match media(part, kind) {
        Content::Media(media) => (None, Some(media)),
        _ => (None, None),
    };
    match header["type"].as_str().unwrap_or_default() {
        "text" => (maybe(&header["text"]), None),
        "image" => file(MediaKind::Image, &header["image"]),
        "video" => file(MediaKind::Video, &header["video"]),
        "document" => file(MediaKind::Document, &header["document"]),
        _ => (None, None),
    }
}

fn choice(entry: &Value) -> Choice {
    Choice { id: text(&entry["id"]), title: text(&entry["title"]), description: maybe(&entry["description"]) }
}

fn media(part: &Value, kind: MediaKind) -> Content {
    Content::Media(Media {
        kind,
        state: MediaState::Stored,
        sha256: None,
        link: maybe(&part["link"]),
        provider_id: maybe(&part["id"]),
        mime: None,
        size: None,
        caption: maybe(&part["caption"]),
        filename: maybe(&part["filename"]),
        voice: part["voice"].as_bool().unwrap_or(false),
        animated: false,
        problem: None,
    })
}

fn card(card: &Value) -> ContactCard {
    let list = |key: &str, of: &str| -> Vec<String> {
        card[key].as_array().map(|list| list.iter().map(|one| text(&one[of])).collect()).unwrap_or_default()
    };
    let phones = card["phones"].as_array().map(Vec::as_slice).unwrap_or_default();
    ContactCard {
        name: text(&card["name"]["formatted_name"]),
        phones: phones
            .iter()
            .map(|phone| ContactPhone {
                phone: text(&phone["phone"]),
                wa_id: maybe(&phone["wa_id"]),
                kind: maybe(&phone["type"]),
            })
            .collect(),
        emails: list("emails", "email"),
        urls: list("urls", "url"),
        organization: maybe(&card["org"]["company"]),
        birthday: maybe(&card["birthday"]),
        addresses: list("addresses", "street"),
        parts: Some(parts(card)),
    }
}

fn parts(card: &Value) -> ContactParts {
    let values = |key: &str, of: &str| -> Vec<ContactValue> {
        let list = card[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|one| ContactValue { value: text(&one[of]), kind: maybe(&one["type"]) }).collect()
    };
    let (name, org) = (&card["name"], &card["org"]);
    let addresses = card["addresses"].as_array().map(Vec::as_slice).unwrap_or_default();
    ContactParts {
        first_name: maybe(&name["first_name"]),
        middle_name: maybe(&name["middle_name"]),
        last_name: maybe(&name["last_name"]),
        prefix: maybe(&name["prefix"]),
        suffix: maybe(&name["suffix"]),
        company: maybe(&org["company"]),
        department: maybe(&org["department"]),
        title: maybe(&org["title"]),
        emails: values("emails", "email"),
        urls: values("urls", "url"),
        addresses: addresses
            .iter()
            .map(|one| ContactAddress {
                street: maybe(&one["street"]),
                city: maybe(&one["city"]),
                state: maybe(&one["state"]),
                zip: maybe(&one["zip"]),
                country: maybe(&one["country"]),
                country_code: maybe(&one["country_code"]),
                kind: maybe(&one["type"]),
            })
            .collect(),
    }
}

/// The components of a template's send, with an entry for each quick reply and link of the template itself, which
/// need not be in the request: the phone shows their `text`, and a tap answers with the `payload`.
fn components(part: &Value, templates: &[Template]) -> Value {
    let given = part["components"].as_array().cloned().unwrap_or_default();
    let known = templates.iter().find(|template| {
        part["name"] == template.name.as_str() && part["language"]["code"] == template.language.as_str()
    });
    let mut components: Vec<Value> =
        given.iter().filter(|component| !is(component, "type", "button")).cloned().collect();
    let buttons = known.and_then(|template| template.component("BUTTONS")?["buttons"].as_array());
    for (at, button) in buttons.map(Vec::as_slice).unwrap_or_default().iter().enumerate() {
        let own = given.iter().find(|component| {
            let index = &component["index"];
            is(component, "type", "button") && (*index == at || index.as_str() == Some(&at.to_string()))
        });
        let label = text(&button["text"]);
        let parameter = own.map(|own| &own["parameters"][0]);
        let payload = parameter.and_then(|parameter| parameter["payload"].as_str()).unwrap_or(&label);
        let mut entry = json!({
            "type": "button",
            "sub_type": text(&button["type"]).to_lowercase(),
            "index": at.to_string(),
            "text": label,
            "parameters": [{"type": "payload", "payload": payload}],
        });
        if let Some(url) = button["url"].as_str() {
            let suffix = parameter.and_then(|parameter| parameter["text"].as_str()).unwrap_or_default();
            entry["url"] = url.replace("{{1}}", suffix).into();
        }
        components.push(entry);
    }
    Value::Array(components)
}

fn other(kind: &str, raw: &Value) -> Content {
    Content::Other(Other {
        kind: kind.to_owned(),
        detail: None,
        raw: Some(raw.clone()).filter(|raw| !raw.is_null()),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn maybe(value: &Value) -> Option<String> {
    Some(text(value)).filter(|text| !text.is_empty())
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::ids::Ids;
    use super::super::templates;
    use super::*;

    #[test]
    fn what_the_business_sent_is_shown_as_it_looks() {
        let cases = [
            (
                json!({"text": {"body": "Hi", "preview_url": true}}),
                json!({"type": "text", "body": "Hi", "preview_url": true}),
            ),
            (
                json!({"type": "image", "image": {"id": "5", "caption": "C"}}),
                json!({"type": "media", "kind": "image", "state": "stored", "provider_id": "5", "caption": "C"}),
            ),
            (
                json!({"type": "location", "location": {"latitude": "37.5", "longitude": -122, "name": "Office"}}),
                json!({"type": "location", "latitude": 37.5, "longitude": -122.0, "name": "Office"}),
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "button", "header": {"type": "text", "text": "H"},
                    "body": {"text": "B"}, "footer": {"text": "F"},
                    "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}}}),
                json!({"type": "buttons", "header": "H", "body": "B", "footer": "F", "buttons": [{"id": "y", "title": "Yes"}]}),
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "B"}, "action": {
                    "button": "Open", "sections": [{"title": "S", "rows": [{"id": "1", "title": "One", "description": "D"}]}]}}}),
                json!({"type": "list", "body": "B", "button": "Open",
                    "sections": [{"title": "S", "rows": [{"id": "1", "title": "One", "description": "D"}]}]}),
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "B"}, "action": {
                    "name": "cta_url", "parameters": {"display_text": "Go", "url": "https://x"}}}}),
                json!({"type": "link_button", "body": "B", "text": "Go", "url": "https://x"}),
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "location_request_message", "body": {"text": "Where?"}}}),
                json!({"type": "location_request", "body": "Where?"}),
            ),
            (
                json!({"type": "interactive", "interactive": {"type": "product", "action": {"catalog_id": "1"}}}),
                json!({"type": "other", "kind": "product", "raw": {"type": "product", "action": {"catalog_id": "1"}}}),
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(serde_json::to_value(sent(&body, None, &[])).unwrap(), expected, "{body}");
        }
    }

    #[test]
    fn a_template_shows_its_buttons_though_the_request_names_none() {
        let body = json!({"type": "template", "template": {"name": "appointment_reminder", "language": {"code": "ru"},
            "components": [{"type": "body", "parameters": []},
                {"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [{"type": "payload", "payload": "later"}]}]}});
        let Content::Template(template) = sent(&body, Some("Ждём вас"), &templates::first(&Ids::new(1)))
        else {
            panic!("not a template")
        };
        assert_eq!(template.preview.as_deref(), Some("Ждём вас"));
        let components = template.components.unwrap();
        assert_eq!(components[1]["text"], "Приду");
        assert_eq!(components[1]["parameters"][0]["payload"], "Приду");
        assert_eq!(components[2]["parameters"][0]["payload"], "later");
    }
}
