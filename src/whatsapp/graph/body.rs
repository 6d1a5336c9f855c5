//! The body of `POST /{number}/messages` for every kind of message (FACTS §2), written straight from our content.

use beseda_wire::messages::{
    Choice, ContactCard, ContactParts, ContactValue, Content, Form, List, Media, MediaKind, Template,
};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::send::Recipient;

/// A message that has no form in which Meta takes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this message cannot be sent: {0}")]
pub struct Unsendable(String);

/// A message to be sent, and what goes with it.
pub(super) struct Body<'a> {
    pub to: &'a Recipient,
    pub content: &'a Content,
    pub reply_to: Option<&'a str>,
    pub callback_data: Option<&'a str>,
}

impl Body<'_> {
    /// The bytes to post.
    pub fn bytes(&self) -> Result<Vec<u8>, Unsendable> {
        serde_json::to_vec(self).map_err(|error| Unsendable(error.to_string()))
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { to, content, reply_to, callback_data } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        map.serialize_entry("recipient_type", "individual")?;
        match to {
            Recipient::Phone(phone) => map.serialize_entry("to", phone.as_str())?,
            Recipient::Bsuid(bsuid) => map.serialize_entry("recipient", bsuid.as_str())?,
        }
        if let Some(wamid) = reply_to {
            map.serialize_entry("context", &json!({ "message_id": wamid }))?;
        }
        if let Some(data) = callback_data {
            map.serialize_entry("biz_opaque_callback_data", data)?;
        }
        let kind = kind(content).ok_or_else(|| S::Error::custom("only customers send this kind"))?;
        map.serialize_entry("type", kind)?;
        map.serialize_entry(kind, &Said(content))?;
        map.end()
    }
}

/// Meta's word for the kind, which is also the name of the member that holds what is said.
fn kind(content: &Content) -> Option<&'static str> {
    Some(match content {
        Content::Text(_) => "text",
        Content::Media(media) => file_kind(media.kind),
        Content::Location(_) => "location",
        Content::Contacts(_) => "contacts",
        Content::Reaction(_) => "reaction",
        Content::Buttons(_)
        | Content::List(_)
        | Content::LinkButton(_)
        | Content::Form(_)
        | Content::LocationRequest(_) => "interactive",
        Content::Template(_) => "template",
        Content::Reply(_)
        | Content::FormReply(_)
        | Content::Order(_)
        | Content::System(_)
        | Content::Event(_)
        | Content::Other(_) => return None,
    })
}

struct Said<'a>(&'a Content);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Most of all messages: written without a tree in between.
            Content::Text(text) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("body", &text.body)?;
                if text.preview_url {
                    map.serialize_entry("preview_url", &true)?;
                }
                map.end()
            }
            Content::Buttons(buttons) => {
                let mut frame = Frame::new("button", &buttons.body);
                frame.around(buttons.header.as_deref(), buttons.footer.as_deref());
                frame.headed(buttons.header_media.as_ref()).map_err(S::Error::custom)?;
                let buttons: Vec<_> = buttons
                    .buttons
                    .iter()
                    .map(|button| {
                        json!({
                            "type": "reply", "reply": {"id": button.id, "title": button.title},
                        })
                    })
                    .collect();
                frame.act(json!({ "buttons": buttons })).serialize(serializer)
            }
            content => tree(content).map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

fn tree(content: &Content) -> Result<Value, &'static str> {
    Ok(match content {
        Content::Media(media) => file(media)?,
        Content::Location(location) => present(json!({
            "latitude": location.latitude,
            "longitude": location.longitude,
            "name": location.name,
            "address": location.address,
        })),
        Content::Contacts(contacts) => contacts.contacts.iter().map(card).collect(),
        Content::Reaction(reaction) => {
            json!({"message_id": reaction.target, "emoji": reaction.emoji.as_deref().unwrap_or_default()})
        }
        Content::List(list) => options(list),
        Content::LinkButton(link) => {
            let mut frame = Frame::new("cta_url", &link.body);
            frame.around(link.header.as_deref(), link.footer.as_deref());
            frame.headed(link.header_media.as_ref())?;
            frame.act(json!({"name": "cta_url", "parameters": {"display_text": link.text, "url": link.url}}))
        }
        Content::Form(form) => flow(form)?,
        Content::LocationRequest(request) => {
            Frame::new("location_request_message", &request.body).act(json!({"name": "send_location"}))
        }
        Content::Template(template) => approved(template)?,
        _ => return Err("only customers send this kind"),
    })
}

/// The member that holds a file, and WhatsApp's word for it.
fn file_kind(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

fn file(media: &Media) -> Result<Value, &'static str> {
    let captioned = matches!(media.kind, MediaKind::Image | MediaKind::Video | MediaKind::Document);
    // An uploaded file is sent by its id: an address that is given beside it may no longer lead to the same bytes.
    let (id, link) = match (&media.provider_id, &media.link) {
        (Some(id), _) => (Some(id), None),
        (None, Some(link)) => (None, Some(link)),
        (None, None) => return Err("the file has not been uploaded and has no address"),
    };
    Ok(present(json!({
        "id": id,
        "link": link,
        "caption": media.caption.as_ref().filter(|_| captioned),
        "filename": media.filename.as_ref().filter(|_| media.kind == MediaKind::Document),
        "voice": Some(true).filter(|_| media.kind == MediaKind::Audio && media.voice),
    })))
}

/// A file above the words, which has none of its own.
fn uncaptioned(media: &Media) -> Result<Value, &'static str> {
    let mut file = file(media)?;
    if let Some(file) = file.as_object_mut() {
        file.remove("caption");
    }
    Ok(file)
}

fn card(contact: &ContactCard) -> Value {
    let list = |name: &str, texts: &[String]| -> Option<Vec<Value>> {
        (!texts.is_empty()).then(|| texts.iter().map(|text| json!({ (name): text })).collect())
    };
    let phones: Vec<_> = contact
        .phones
        .iter()
        .map(|phone| present(json!({"phone": phone.phone, "wa_id": phone.wa_id, "type": phone.kind})))
        .collect();
    let phones = Some(phones).filter(|phones| !phones.is_empty());
    if let Some(parts) = &contact.parts {
        return in_parts(contact, parts, phones);
    }
    present(json!({
        // Meta wants one part of the name beside the whole; we know only the whole.
        "name": {"formatted_name": contact.name, "first_name": contact.name},
        "phones": phones,
        "emails": list("email", &contact.emails),
        "urls": list("url", &contact.urls),
        "addresses": list("street", &contact.addresses),
        "org": contact.organization.as_ref().map(|company| json!({"company": company})),
        "birthday": contact.birthday,
    }))
}

/// A card as WhatsApp has it.
fn in_parts(contact: &ContactCard, parts: &ContactParts, phones: Option<Vec<Value>>) -> Value {
    let values = |key: &str, values: &[ContactValue]| -> Option<Vec<Value>> {
        let entry = |one: &ContactValue| present(json!({(key): one.value, "type": one.kind}));
        (!values.is_empty()).then(|| values.iter().map(entry).collect())
    };
    let mut name = present(json!({
        "formatted_name": contact.name,
        "first_name": parts.first_name,
        "middle_name": parts.middle_name,
        "last_name": parts.last_name,
        "prefix": parts.prefix,
        "suffix": parts.suffix,
    }));
    if name.as_object().is_some_and(|name| name.len() == 1) {
        name["first_name"] = contact.name.as_str().into();
    }
    let org = present(json!({
        "company": parts.company, "department": parts.department, "title": parts.title,
    }));
    let addresses: Vec<_> = parts
        .addresses
        .iter()
        .map(|one| {
            present(json!({
                "street": one.street, "city": one.city, "state": one.state, "zip": one.zip,
                "country": one.country, "country_code": one.country_code, "type": one.kind,
            }))
        })
        .collect();
    present(json!({
        "name": name,
        "phones": phones,
        "emails": values("email", &parts.emails),
        "urls": values("url", &parts.urls),
        "addresses": Some(addresses).filter(|addresses| !addresses.is_empty()),
        "org": Some(org).filter(|org| *org != json!({})),
        "birthday": contact.birthday,
    }))
}

fn options(list: &List) -> Value {
    let row =
        |row: &Choice| present(json!({"id": row.id, "title": row.title, "description": row.description}));
    let sections: Vec<_> = list
        .sections
        .iter()
        .map(|section| {
            let rows: Vec<_> = section.rows.iter().map(row).collect();
            present(json!({"title": section.title, "rows": rows}))
        })
        .collect();
    let mut frame = Frame::new("list", &list.body);
    frame.around(list.header.as_deref(), list.footer.as_deref());
    frame.act(json!({"button": list.button, "sections": sections}))
}

fn flow(form: &Form) -> Result<Value, &'static str> {
    let mut frame = Frame::new("flow", &form.body);
    frame.around(form.header.as_deref(), form.footer.as_deref());
    frame.headed(form.header_media.as_ref())?;
    // Without a screen of ours, the form begins with its own first screen.
    let payload = form.screen.as_ref().map(|screen| present(json!({"screen": screen, "data": form.data})));
    let action = match (form.data_exchange, &payload) {
        (true, _) => Some("data_exchange"),
        (false, Some(_)) => Some("navigate"),
        (false, None) => None,
    };
    Ok(frame.act(json!({"name": "flow", "parameters": present(json!({
        "flow_message_version": "3",
        "flow_id": Some(&form.flow_id).filter(|_| form.flow_name.is_none()),
        "flow_name": form.flow_name,
        "flow_cta": form.cta,
        "flow_token": form.flow_token,
        "mode": if form.draft { "draft" } else { "published" },
        "flow_action": action,
        "flow_action_payload": payload.filter(|_| !form.data_exchange),
    }))})))
}

fn approved(template: &Template) -> Result<Value, &'static str> {
    let mut components = template.components.clone().unwrap_or_default();
    if let Some(media) = &template.header_media {
        let kind = file_kind(media.kind);
        let header = json!({"type": "header", "parameters": [{"type": kind, (kind): uncaptioned(media)?}]});
        match &mut components {
            Value::Array(list) => list.insert(0, header),
            none => *none = json!([header]),
        }
    }
    Ok(present(json!({
        "name": template.name,
        "language": {"code": template.language},
        "components": Some(components).filter(|components| *components != json!([])),
    })))
}

/// What interactive messages have in common.
struct Frame(Value);

impl Frame {
    fn new(kind: &str, body: &str) -> Self {
        Self(json!({"type": kind, "body": {"text": body}}))
    }

    fn around(&mut self, header: Option<&str>, footer: Option<&str>) {
        if let Some(header) = header {
            self.0["header"] = json!({"type": "text", "text": header});
        }
        if let Some(footer) = footer {
            self.0["footer"] = json!({"text": footer});
        }
    }

    /// A file above the words, in place of a text.
    fn headed(&mut self, media: Option<&Media>) -> Result<(), &'static str> {
        if let Some(media) = media {
            let kind = file_kind(media.kind);
            self.0["header"] = json!({"type": kind, (kind): uncaptioned(media)?});
        }
        Ok(())
    }

    fn act(mut self, action: Value) -> Value {
        self.0["action"] = action;
        self.0
    }
}

/// Without the members that are `null`: Meta refuses them where a text is due.
fn present(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}
