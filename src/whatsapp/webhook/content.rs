//! What a message says: from WhatsApp's object named after its type to the one content type of the product.

use beseda_wire::messages::{
    Buttons, Choice, ContactAddress, ContactCard, ContactParts, ContactPhone, ContactValue, Contacts,
    Content, FormReply, Location, Media, MediaKind, MediaState, Order, OrderItem, Other, Reaction, Reply,
    ReplyKind, Text,
};
use serde_json::Value;

use crate::whatsapp::error::GraphError;
use crate::whatsapp::lax::Lax;

/// The types a message without `type` is guessed by: Meta's own example of `contacts` has none.
const TYPES: [&str; 17] = [
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "button",
    "order",
    "system",
    "edit",
    "revoke",
    "request_welcome",
];

/// WhatsApp's word for a message, and the name of the member that holds what it says.
///
/// The word of a message without `type` is `untyped`.
pub fn kind(item: &Value) -> (String, &str) {
    if let Some(body) = item.text("type").filter(|kind| !kind.is_empty()) {
        return (body.to_owned(), body);
    }
    let body = TYPES.into_iter().find(|name| item.get(name).is_some()).unwrap_or_default();
    let kind = if matches!(body, "edit" | "revoke" | "system") { body } else { "untyped" };
    (kind.to_owned(), body)
}

/// Reads any message. What is unknown, or known but lacks what makes it readable, comes back as [`Content::Other`].
pub fn content(item: &Value) -> (String, Content) {
    let (mut kind, name) = kind(item);
    let body = item.member(name);
    let known = match name {
        "text" => text(body),
        "image" => media(item, body, MediaKind::Image),
        "video" | "video_note" => media(item, body, MediaKind::Video),
        "audio" => media(item, body, MediaKind::Audio),
        "voice" => media(item, body, MediaKind::Audio).map(|content| match content {
            Content::Media(media) => Content::Media(Media { voice: true, ..media }),
            other => other,
        }),
        "document" => media(item, body, MediaKind::Document),
        "sticker" => media(item, body, MediaKind::Sticker),
        "location" => location(body),
        "contacts" => contacts(item),
        "reaction" => reaction(body),
        "button" => button(body),
        "order" => order(body),
        "interactive" => {
            let part = interactive_part(body);
            kind = format!("{kind}.{part}");
            interactive(body, part)
        }
        _ => None,
    };
    let content = known.unwrap_or_else(|| other(item, &kind));
    (kind, content)
}

fn text(body: &Value) -> Option<Content> {
    let body = body.text("body")?.to_owned();
    Some(Content::Text(Text { body, preview_url: false }))
}

fn media(item: &Value, body: &Value, kind: MediaKind) -> Option<Content> {
    // A file that WhatsApp could not fetch (131052: larger than 100 MB) has errors instead of an id.
    let problem = item.items("errors").first().and_then(GraphError::read);
    let provider_id = body.word("id");
    if provider_id.is_none() && problem.is_none() {
        return None;
    }
    Some(Content::Media(Media {
        kind,
        state: if provider_id.is_some() { MediaState::Pending } else { MediaState::Failed },
        // The hash in the webhook is Meta's word; ours is taken from the bytes once they are here.
        sha256: None,
        link: None,
        provider_id,
        mime: body.word("mime_type"),
        size: None,
        caption: body.word("caption"),
        filename: body.word("filename"),
        voice: body.flag("voice"),
        animated: body.flag("animated"),
        problem: problem.map(|error| error.words().to_owned()),
    }))
}

fn location(body: &Value) -> Option<Content> {
    let (name, address) = (body.word("name"), body.word("address"));
    let degrees = |key: &str, most: f64| body.number(key).filter(|degrees| degrees.abs() <= most);
    if let (Some(latitude), Some(longitude)) = (degrees("latitude", 90.0), degrees("longitude", 180.0)) {
        return Some(Content::Location(Location {
            latitude,
            longitude,
            name,
            address,
            url: body.word("url"),
        }));
    }
    // A place without coordinates can be read but not drawn on a map.
    let body = [name, address].into_iter().flatten().collect::<Vec<_>>().join("\n");
    (!body.is_empty()).then_some(Content::Text(Text { body, preview_url: false }))
}

fn contacts(item: &Value) -> Option<Content> {
    let contacts: Vec<_> = item.items("contacts").iter().map(card).collect();
    (!contacts.is_empty()).then_some(Content::Contacts(Contacts { contacts }))
}

fn card(told: &Value) -> ContactCard {
    let name = told.member("name");
    let organization = told.member("org");
    let parts = |value: &Value, keys: &[&str], between: &str| {
        keys.iter().filter_map(|key| value.word(key)).collect::<Vec<_>>().join(between)
    };
    let phones: Vec<_> = told
        .items("phones")
        .iter()
        .filter_map(|phone| {
            let wa_id = phone.word("wa_id");
            let number = phone.word("phone").or_else(|| wa_id.as_ref().map(|wa_id| format!("+{wa_id}")))?;
            Some(ContactPhone { phone: number, wa_id, kind: phone.word("type") })
        })
        .collect();
    let full = || {
        Some(parts(name, &["first_name", "middle_name", "last_name"], " ")).filter(|full| !full.is_empty())
    };
    ContactCard {
        name: name
            .word("formatted_name")
            .or_else(full)
            .or_else(|| organization.word("company"))
            .or_else(|| phones.first().map(|phone| phone.phone.clone()))
            .unwrap_or_default(),
        phones,
        emails: told.items("emails").iter().filter_map(|email| email.word("email")).collect(),
        urls: told.items("urls").iter().filter_map(|url| url.word("url")).collect(),
        organization: Some(parts(organization, &["company", "department", "title"], ", "))
            .filter(|organization| !organization.is_empty()),
        birthday: told.word("birthday"),
        addresses: told
            .items("addresses")
            .iter()
            .map(|address| parts(address, &["street", "city", "state", "zip", "country"], ", "))
            .filter(|address| !address.is_empty())
            .collect(),
        parts: Some(card_parts(told)),
    }
}

/// The card as it came, part by part, so that it can be passed on whole.
fn card_parts(told: &Value) -> ContactParts {
    let (name, organization) = (told.member("name"), told.member("org"));
    let values = |list: &str, key: &str| -> Vec<ContactValue> {
        let items = told.items(list).iter();
        items
            .filter_map(|item| Some(ContactValue { value: item.word(key)?, kind: item.word("type") }))
            .collect()
    };
    ContactParts {
        first_name: name.word("first_name"),
        middle_name: name.word("middle_name"),
        last_name: name.word("last_name"),
        prefix: name.word("prefix"),
        suffix: name.word("suffix"),
        company: organization.word("company"),
        department: organization.word("department"),
        title: organization.word("title"),
        emails: values("emails", "email"),
        urls: values("urls", "url"),
        addresses: told
            .items("addresses")
            .iter()
            .map(|address| ContactAddress {
                street: address.word("street"),
                city: address.word("city"),
                state: address.word("state"),
                zip: address.word("zip"),
                country: address.word("country"),
                country_code: address.word("country_code"),
                kind: address.word("type"),
            })
            .filter(|address| *address != ContactAddress::default())
            .collect(),
    }
}

fn reaction(body: &Value) -> Option<Content> {
    // Meta's published example misspells the name.
    let target = body.word("message_id").or_else(|| body.word("messsage_id"))?;
    Some(Content::Reaction(Reaction { target, emoji: body.word("emoji") }))
}

fn button(body: &Value) -> Option<Content> {
    let title = body.word("text").or_else(|| body.word("payload"))?;
    let id = body.word("payload").unwrap_or_else(|| title.clone());
    Some(Content::Reply(Reply { kind: ReplyKind::Template, id, title, description: None }))
}

/// Which answer an `interactive` message holds.
fn interactive_part(body: &Value) -> &str {
    let guessed =
        || ["button_reply", "list_reply", "nfm_reply"].into_iter().find(|name| body.get(name).is_some());
    body.text("type").filter(|part| !part.is_empty()).or_else(guessed).unwrap_or("untyped")
}

fn interactive(body: &Value, part: &str) -> Option<Content> {
    let told = body.member(part);
    match part {
        "button_reply" => choice(told, ReplyKind::Button),
        "list_reply" => choice(told, ReplyKind::List),
        "nfm_reply" => Some(Content::FormReply(FormReply {
            name: told.word("name"),
            body: told.word("body"),
            // The answers are JSON within a text; what does not parse is kept as the text it is.
            answers: match told.member("response_json") {
                Value::String(json) => {
                    serde_json::from_str(json).unwrap_or_else(|_| Value::from(json.as_str()))
                }
                Value::Null => return None,
                parsed => parsed.clone(),
            },
        })),
        // An echo of what the business sent from the app.
        "button" => Some(Content::Buttons(Buttons {
            header: body.member("header").word("text"),
            header_media: None,
            body: body.member("body").word("text")?,
            footer: body.member("footer").word("text"),
            buttons: body
                .member("action")
                .items("buttons")
                .iter()
                .filter_map(|button| {
                    let reply = button.member("reply");
                    Some(Choice {
                        id: reply.word("id").unwrap_or_default(),
                        title: reply.word("title")?,
                        description: None,
                    })
                })
                .collect(),
        })),
        _ => None,
    }
}

fn choice(told: &Value, kind: ReplyKind) -> Option<Content> {
    let title = told.word("title").or_else(|| told.word("id"))?;
    let id = told.word("id").unwrap_or_else(|| title.clone());
    Some(Content::Reply(Reply { kind, id, title, description: told.word("description") }))
}

fn order(body: &Value) -> Option<Content> {
    let items: Vec<_> = body
        .items("product_items")
        .iter()
        .map(|item| OrderItem {
            product: item.word("product_retailer_id").unwrap_or_default(),
            // A number keeps its value as text: serde_json writes the shortest decimal that reads back the same.
            quantity: item.word("quantity").unwrap_or_default(),
            price: item.word("item_price").unwrap_or_default(),
            currency: item.word("currency").unwrap_or_default(),
        })
        .collect();
    if items.is_empty() && body.word("catalog_id").is_none() {
        return None;
    }
    Some(Content::Order(Order { catalog_id: body.word("catalog_id"), text: body.word("text"), items }))
}

fn other(item: &Value, kind: &str) -> Content {
    let error = item.items("errors").first().and_then(GraphError::read);
    let hidden = item.member("unsupported").word("type");
    let detail = match (error, hidden) {
        (Some(error), Some(hidden)) => Some(format!("{} ({hidden})", error.words())),
        (Some(error), None) => Some(error.words().to_owned()),
        (None, Some(hidden)) => Some(hidden),
        (None, None) => call_permission(item),
    };
    Content::Other(Other { kind: kind.to_owned(), detail, raw: Some(item.clone()) })
}

/// Whether the customer lets the business call, in words: the program has no use for it, but the team has.
fn call_permission(item: &Value) -> Option<String> {
    let told = item.member("interactive").member("call_permission_reply");
    match told.text("response")? {
        "accept" => Some("The customer allows calls.".to_owned()),
        "reject" => Some("The customer does not want calls.".to_owned()),
        _ => None,
    }
}
