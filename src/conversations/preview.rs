//! A message in one line, for lists.

use beseda_wire::conversations::LastMessage;
use beseda_wire::messages::{Content, MediaKind};

use super::Message;

/// Characters of a preview at most.
const LENGTH: usize = 160;

/// What the list shows of a message. The kind is a stable word that the interface translates.
pub fn preview(message: &Message) -> LastMessage {
    let (kind, text) = kind_and_text(&message.content);
    LastMessage {
        at: message.at,
        direction: message.direction,
        kind: kind.to_owned(),
        text: text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LENGTH).collect(),
        status: message.status,
        author: Some(message.author.clone()),
    }
}

fn kind_and_text(content: &Content) -> (&str, &str) {
    match content {
        Content::Text(text) => ("text", &text.body),
        Content::Media(media) => {
            let kind = match media.kind {
                MediaKind::Image => "image",
                MediaKind::Video => "video",
                MediaKind::Audio if media.voice => "voice",
                MediaKind::Audio => "audio",
                MediaKind::Document => "document",
                MediaKind::Sticker => "sticker",
            };
            (kind, media.caption.as_deref().or(media.filename.as_deref()).unwrap_or_default())
        }
        Content::Location(place) => {
            ("location", place.name.as_deref().or(place.address.as_deref()).unwrap_or_default())
        }
        Content::Contacts(contacts) => {
            ("contacts", contacts.contacts.first().map(|card| card.name.as_str()).unwrap_or_default())
        }
        Content::Reaction(reaction) => ("reaction", reaction.emoji.as_deref().unwrap_or_default()),
        Content::Buttons(question) => ("buttons", &question.body),
        Content::List(question) => ("list", &question.body),
        Content::LinkButton(link) => ("link_button", &link.body),
        Content::Form(form) => ("form", &form.body),
        Content::LocationRequest(request) => ("location_request", &request.body),
        Content::Template(template) => ("template", template.preview.as_deref().unwrap_or(&template.name)),
        Content::Reply(reply) => ("reply", &reply.title),
        Content::FormReply(reply) => ("form_reply", reply.body.as_deref().unwrap_or_default()),
        Content::Order(order) => ("order", order.text.as_deref().unwrap_or_default()),
        Content::System(system) => ("system", &system.body),
        Content::Event(_) => ("event", ""),
        Content::Other(other) => ("other", &other.kind),
    }
}
