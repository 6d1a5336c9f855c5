//! Between the engine's words and a thread's.

use beseda_flow::replay::Said;
use beseda_flow::{
    FilledTemplate, Header, Input, MediaKind as FlowMedia, MediaSource, Outgoing, Parameter,
    TemplateButtonKind, TemplateCategory as FlowCategory,
};
use beseda_wire::messages::{
    Buttons, Choice, ContactCard, ContactPhone, Contacts, Content, Form, LinkButton, List, Location,
    LocationRequest, Media, MediaKind, MediaState, Section, Template, TemplateCategory, Text,
};
use serde_json::{Value, json};

/// What a customer's message is to the engine.
pub fn input(content: &Content) -> Input {
    match content {
        Content::Text(text) => Input::Text { text: text.body.clone() },
        Content::Reply(reply) => Input::tap(reply.id.clone(), reply.title.clone()),
        Content::Media(media) => Input::Media {
            media: match media.kind {
                MediaKind::Image => FlowMedia::Image,
                MediaKind::Video => FlowMedia::Video,
                MediaKind::Audio => FlowMedia::Audio,
                MediaKind::Document => FlowMedia::Document,
                MediaKind::Sticker => FlowMedia::Sticker,
            },
            id: media.sha256.clone().or_else(|| media.provider_id.clone()).unwrap_or_default(),
            caption: media.caption.clone().unwrap_or_default(),
            filename: media.filename.clone().unwrap_or_default(),
            voice: media.voice,
        },
        Content::Location(place) => Input::Location {
            latitude: place.latitude,
            longitude: place.longitude,
            name: place.name.clone().unwrap_or_default(),
            address: place.address.clone().unwrap_or_default(),
        },
        Content::Contacts(cards) => {
            let card = cards.contacts.first();
            let phone = card.and_then(|card| card.phones.first()).map(|phone| phone.phone.clone());
            Input::Contact {
                name: card.map(|card| card.name.clone()).unwrap_or_default(),
                phone: phone.unwrap_or_default(),
            }
        }
        Content::FormReply(form) => match &form.answers {
            Value::Object(fields) => Input::Form { fields: fields.clone() },
            _ => Input::Other,
        },
        _ => Input::Other,
    }
}

/// The words by which a message may start a flow.
pub fn words(content: &Content) -> &str {
    match content {
        Content::Text(text) => &text.body,
        Content::Reply(reply) => &reply.title,
        Content::Media(media) => media.caption.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// What the engine says, as a thread holds it. `None` for a kind of a newer engine.
pub fn content(message: Outgoing) -> Option<Content> {
    Some(match message {
        Outgoing::Text { body } => Content::Text(Text { preview_url: body.contains("https://"), body }),
        Outgoing::Media { media, source, caption, filename, mime, voice } => {
            Content::Media(Media { caption: some(caption), mime, voice, ..file(media, source, filename) })
        }
        Outgoing::Buttons { body, buttons } => Content::Buttons(Buttons {
            header: None,
            header_media: None,
            body,
            footer: None,
            buttons: buttons
                .into_iter()
                .map(|button| Choice { id: button.id, title: button.title, description: None })
                .collect(),
        }),
        Outgoing::List { body, button, rows } => Content::List(List {
            header: None,
            body,
            footer: None,
            button,
            sections: vec![Section {
                title: None,
                rows: rows
                    .into_iter()
                    .map(|row| Choice {
                        id: row.id,
                        title: row.title,
                        description: (!row.description.is_empty()).then_some(row.description),
                    })
                    .collect(),
            }],
        }),
        Outgoing::Location { latitude, longitude, name, address } => Content::Location(Location {
            latitude,
            longitude,
            name: some(name),
            address: some(address),
            url: None,
        }),
        Outgoing::Contacts { contacts } => Content::Contacts(Contacts {
            contacts: contacts
                .into_iter()
                .map(|contact| ContactCard {
                    name: contact.name,
                    phones: some(contact.phone)
                        .map(|phone| ContactPhone { phone, wa_id: None, kind: None })
                        .into_iter()
                        .collect(),
                    emails: some(contact.email).into_iter().collect(),
                    urls: some(contact.url).into_iter().collect(),
                    organization: some(contact.company),
                    birthday: None,
                    addresses: Vec::new(),
                    parts: None,
                })
                .collect(),
        }),
        Outgoing::Link { body, title, url } => Content::LinkButton(LinkButton {
            header: None,
            header_media: None,
            body,
            footer: None,
            text: title,
            url,
        }),
        Outgoing::AskLocation { body } => Content::LocationRequest(LocationRequest { body }),
        Outgoing::Template(filled) => Content::Template(template(*filled)),
        Outgoing::Form { body, button, token, form, screen, data, draft } => Content::Form(Form {
            header: None,
            header_media: None,
            body,
            footer: None,
            flow_id: form,
            flow_name: None,
            cta: button,
            flow_token: token,
            screen: screen.filter(|screen| !screen.is_empty()),
            data_exchange: false,
            draft,
            data: Some(Value::Object(data)).filter(|data| *data != json!({})),
        }),
        _ => return None,
    })
}

/// What a bot's message said, as replays compare it. `None` for what no bot says.
pub fn said(content: &Content) -> Option<Said> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let media = |kind| match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    };
    Some(match content {
        Content::Text(text) => Said::text("text", &text.body),
        Content::Media(file) => {
            let name = [&file.filename, &file.link, &file.sha256].into_iter().flatten().next();
            Said::text(media(file.kind), &text(&file.caption)).with(name.cloned().unwrap_or_default())
        }
        Content::Buttons(asked) => Said::text("buttons", &asked.body)
            .choices(asked.buttons.iter().map(|button| button.title.clone())),
        Content::List(asked) => {
            let rows = asked.sections.iter().flat_map(|section| &section.rows);
            let row = |row: &Choice| Said::row(&row.title, row.description.as_deref().unwrap_or_default());
            Said::text("list", &asked.body).choices(rows.map(row)).with(&asked.button)
        }
        Content::Location(place) => {
            let with = format!("{}, {} {}", place.latitude, place.longitude, text(&place.address));
            Said::text("location", &text(&place.name)).with(with.trim())
        }
        Content::Contacts(cards) => {
            let names = cards.contacts.iter().map(|card| card.name.as_str()).collect::<Vec<_>>();
            let phone = |card: &ContactCard| card.phones.first().map(|phone| phone.phone.clone());
            let phones =
                cards.contacts.iter().map(|card| phone(card).unwrap_or_default()).collect::<Vec<_>>();
            Said::text("contacts", &names.join(", ")).with(phones.join(", "))
        }
        Content::LinkButton(link) => {
            Said::text("link", &link.body).choices([link.text.clone()]).with(&link.url)
        }
        Content::Template(template) => {
            let components = template.components.as_ref().and_then(Value::as_array).into_iter().flatten();
            let body = components.filter(|part| part["type"] == "body");
            let places = body.flat_map(|part| part["parameters"].as_array().into_iter().flatten());
            let place = |place: &Value| place["text"].as_str().unwrap_or_default().to_owned();
            Said::text("template", &text(&template.preview)).choices(places.map(place)).with(&template.name)
        }
        Content::Form(form) => Said::text("form", &form.body).choices([form.cta.clone()]).with(&form.flow_id),
        Content::LocationRequest(request) => Said::text("ask_location", &request.body),
        _ => return None,
    })
}

fn file(kind: FlowMedia, source: MediaSource, filename: Option<String>) -> Media {
    let (sha256, link) = match source {
        MediaSource::Stored(sha256) => (Some(sha256), None),
        MediaSource::Url(link) => (None, Some(link)),
    };
    Media {
        kind: match kind {
            FlowMedia::Image => MediaKind::Image,
            FlowMedia::Video => MediaKind::Video,
            FlowMedia::Audio => MediaKind::Audio,
            FlowMedia::Document => MediaKind::Document,
            FlowMedia::Sticker => MediaKind::Sticker,
        },
        state: MediaState::Stored,
        sha256,
        link,
        provider_id: None,
        mime: None,
        size: None,
        caption: None,
        filename,
        voice: false,
        animated: false,
        problem: None,
    }
}

/// A template with its components as Meta takes them.
fn template(filled: FilledTemplate) -> Template {
    let text = |parameter: Parameter| match parameter.name {
        Some(name) => json!({"type": "text", "parameter_name": name, "text": parameter.text}),
        None => json!({"type": "text", "text": parameter.text}),
    };
    let mut components = Vec::new();
    let mut header_media = None;
    match filled.header {
        Some(Header::Text(parameter)) => {
            components.push(json!({"type": "header", "parameters": [text(parameter)]}));
        }
        Some(Header::Media { media, source, filename }) => {
            // WhatsApp shows a name on documents alone.
            let filename = filename.filter(|_| media == FlowMedia::Document);
            header_media = Some(file(media, source, filename));
        }
        None => {}
    }
    if !filled.body.is_empty() {
        let parameters: Vec<Value> = filled.body.into_iter().map(text).collect();
        components.push(json!({"type": "body", "parameters": parameters}));
    }
    for button in filled.buttons {
        let (sub_type, parameter) = match button.kind {
            TemplateButtonKind::QuickReply => {
                ("quick_reply", json!({"type": "payload", "payload": button.text}))
            }
            TemplateButtonKind::Url => ("url", json!({"type": "text", "text": button.text})),
            TemplateButtonKind::CopyCode => {
                ("copy_code", json!({"type": "coupon_code", "coupon_code": button.text}))
            }
        };
        components.push(json!({
            "type": "button", "sub_type": sub_type, "index": button.index.to_string(), "parameters": [parameter],
        }));
    }
    Template {
        name: filled.name,
        language: filled.language,
        components: (!components.is_empty()).then_some(Value::Array(components)),
        header_media,
        preview: some(filled.text),
        category: filled.category.map(|category| match category {
            FlowCategory::Marketing => TemplateCategory::Marketing,
            FlowCategory::Utility => TemplateCategory::Utility,
            FlowCategory::Authentication => TemplateCategory::Authentication,
        }),
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whatsapp::limits::media_limits;

    /// What the engine says and what the thread then holds are the same to a replay.
    #[test]
    fn what_was_sent_compares_as_what_was_said() {
        let messages = json!([
            { "type": "text", "body": "Hi" },
            { "type": "media", "media": "image", "source": { "url": "https://a.b/c.png" }, "caption": "Look", "filename": null },
            { "type": "media", "media": "document", "source": { "stored": "ff" }, "caption": "", "filename": "bill.pdf" },
            { "type": "location", "latitude": 56.9, "longitude": 24.1, "name": "Shop", "address": "Brivibas 1" },
            { "type": "location", "latitude": 56.9, "longitude": 24.1, "name": "", "address": "" },
            { "type": "contacts", "contacts": [
                { "name": "Ann", "phone": "+1", "email": "", "company": "", "url": "" },
                { "name": "Bob", "phone": "", "email": "b@c.d", "company": "", "url": "" },
            ] },
            { "type": "link", "body": "See", "title": "Open", "url": "https://a.b" },
            { "type": "ask_location", "body": "Where?" },
            { "type": "buttons", "body": "Tea?", "buttons": [{ "id": "a/b", "title": "Yes" }, { "id": "a/c", "title": "No" }] },
            { "type": "list", "body": "Which?", "button": "Choose", "rows": [
                { "id": "a/b", "title": "Green", "description": "From China" },
                { "id": "a/c", "title": "Black", "description": "" },
            ] },
            { "type": "template", "name": "ready", "language": "en", "category": null, "text": "Order 7 is ready",
              "header": null, "body": [{ "name": null, "text": "7" }], "buttons": [] },
            { "type": "form", "body": "Fill it in", "button": "Open", "token": "t", "form": "123", "screen": null,
              "data": {}, "draft": false },
        ]);
        for message in messages.as_array().unwrap() {
            let message: Outgoing = serde_json::from_value(message.clone()).unwrap();
            let here = Said::from(&message);
            assert_ne!(here, Said::default());
            assert_eq!(content(message).as_ref().and_then(said), Some(here));
        }
        assert_eq!(said(&serde_json::from_value(json!({ "type": "other", "kind": "x" })).unwrap()), None);
    }

    /// The checker of flows and the guard of messages go by the same limits.
    #[test]
    fn a_file_that_the_checker_passes_can_be_sent() {
        for (kind, ours) in [
            (MediaKind::Image, FlowMedia::Image),
            (MediaKind::Video, FlowMedia::Video),
            (MediaKind::Audio, FlowMedia::Audio),
            (MediaKind::Document, FlowMedia::Document),
            (MediaKind::Sticker, FlowMedia::Sticker),
        ] {
            assert_eq!(media_limits(kind, true), beseda_flow::whatsapp::files(ours), "{kind:?}");
        }
        assert_eq!(media_limits(MediaKind::Sticker, false).1, beseda_flow::whatsapp::STILL_STICKER);
    }
}
