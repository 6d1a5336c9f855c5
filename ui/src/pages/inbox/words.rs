//! Messages, marks and reasons in words.

use beseda_wire::conversations::LastMessage;
use beseda_wire::messages::{Content, Direction, Event, EventKind, Failure, MediaKind, Status};

use crate::i18n::t_or;
use crate::kit::{Icon, el, icon};
use crate::{Node, t};

/// The icon and the words of a conversation's newest message.
pub fn last_line(last: &LastMessage) -> (Option<Icon>, String) {
    let text = last.text.trim();
    let or = |words: String| if text.is_empty() { words } else { text.to_owned() };
    let (icon, words) = match last.kind.as_str() {
        "image" => (Some(Icon::Image), or(t!("media-image"))),
        "video" => (Some(Icon::Video), or(t!("media-video"))),
        "audio" => (Some(Icon::Mic), or(t!("media-audio"))),
        "document" => (Some(Icon::FileText), or(t!("media-document"))),
        "sticker" => (Some(Icon::Sticker), t!("media-sticker")),
        "media" => (Some(Icon::Image), or(t!("media-document"))),
        "location" => (Some(Icon::MapPin), or(t!("kind-location"))),
        "contacts" => (Some(Icon::Contact), or(t!("kind-contacts"))),
        "order" => (Some(Icon::ShoppingCart), or(t!("kind-order"))),
        "form" | "form_reply" => (Some(Icon::SquareCheckBig), or(t!("kind-form"))),
        "template" => (Some(Icon::Megaphone), or(t!("kind-template"))),
        "reaction" => (None, t!("kind-reaction", emoji = text)),
        "event" | "system" => (Some(Icon::Info), or(t!("kind-event"))),
        "other" => (Some(Icon::CircleHelp), or(t!("kind-other"))),
        _ => (None, text.to_owned()),
    };
    if last.direction == Direction::Out && icon.is_none() {
        return (None, t!("you-said", text = &words));
    }
    (icon, words)
}

/// A message in one line, for a quote.
pub fn line(content: &Content) -> String {
    let or = |text: Option<&str>, words: String| {
        text.map(str::trim).filter(|text| !text.is_empty()).map_or(words, str::to_owned)
    };
    match content {
        Content::Text(text) => text.body.clone(),
        Content::Media(media) => {
            or(media.caption.as_deref().or(media.filename.as_deref()), media_name(media.kind))
        }
        Content::Location(place) => or(place.name.as_deref(), t!("kind-location")),
        Content::Contacts(contacts) => {
            or(contacts.contacts.first().map(|card| card.name.as_str()), t!("kind-contacts"))
        }
        Content::Reaction(reaction) => or(reaction.emoji.as_deref(), t!("kind-reaction-gone")),
        Content::Buttons(question) => question.body.clone(),
        Content::List(question) => question.body.clone(),
        Content::LinkButton(message) => message.body.clone(),
        Content::Form(form) => form.body.clone(),
        Content::LocationRequest(request) => request.body.clone(),
        Content::Template(template) => or(template.preview.as_deref(), template.name.clone()),
        Content::Reply(reply) => reply.title.clone(),
        Content::FormReply(reply) => or(reply.body.as_deref(), t!("kind-form")),
        Content::Order(order) => or(order.text.as_deref(), t!("kind-order")),
        Content::System(system) => system.body.clone(),
        Content::Event(event) => event_words(event),
        Content::Other(other) => or(other.detail.as_deref(), t!("kind-other")),
    }
}

pub fn media_name(kind: MediaKind) -> String {
    match kind {
        MediaKind::Image => t!("media-image"),
        MediaKind::Video => t!("media-video"),
        MediaKind::Audio => t!("media-audio"),
        MediaKind::Document => t!("media-document"),
        MediaKind::Sticker => t!("media-sticker"),
    }
}

pub fn event_words(event: &Event) -> String {
    let name = event.name.clone().unwrap_or_else(|| t!("event-somebody"));
    let name = &name;
    match event.event {
        EventKind::BotStarted => t!("event-bot-started", name = name),
        EventKind::BotEnded => t!("event-bot-ended", name = name),
        EventKind::HandedOver => t!("event-handed-over", name = name),
        EventKind::TakenOver => t!("event-taken-over", name = name),
        EventKind::GivenBack => t!("event-given-back", name = name),
        EventKind::Opened => t!("event-opened"),
        EventKind::Closed => t!("event-closed", name = name),
        EventKind::Assigned => t!("event-assigned", name = name),
        EventKind::NumberChanged => t!("event-number-changed"),
        EventKind::Note => event.note.clone().unwrap_or_default(),
    }
}

/// The mark of how far a message got, with its name.
pub fn tick(status: Status) -> Node {
    let (which, class, words) = match status {
        Status::Queued => (Icon::Clock, "tick", t!("status-queued")),
        Status::Sent => (Icon::Check, "tick", t!("status-sent")),
        Status::Delivered => (Icon::CheckCheck, "tick", t!("status-delivered")),
        Status::Read => (Icon::CheckCheck, "tick read", t!("status-read")),
        Status::Played => (Icon::CheckCheck, "tick read", t!("status-played")),
        Status::Failed => (Icon::CircleAlert, "tick failed", t!("status-failed")),
    };
    el("span").class(class).attr("role", "img").label(&words).attr("title", words).child(icon(which)).into()
}

/// Why a message failed and what to do; the technical part is shown beside it.
pub fn failure_words(failure: &Failure) -> String {
    t_or(&format!("failure-{}", failure.reason.replace('_', "-")), || t!("failure-unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use beseda_wire::time::Time;

    fn last(kind: &str, text: &str, direction: Direction) -> LastMessage {
        LastMessage {
            at: Time::from_millis(0),
            direction,
            kind: kind.into(),
            text: text.into(),
            status: None,
        }
    }

    #[test]
    fn captions_stand_for_their_pictures() {
        assert_eq!(last_line(&last("image", "", Direction::In)), (Some(Icon::Image), "Photo".to_owned()));
        assert_eq!(last_line(&last("image", "our menu", Direction::In)).1, "our menu");
        assert_eq!(last_line(&last("text", "hello", Direction::Out)).1, "You: hello");
        assert_eq!(last_line(&last("brand_new", "words", Direction::In)).1, "words");
    }

    #[test]
    fn an_unknown_reason_still_says_something() {
        let failure = Failure { code: 1, reason: "never_heard_of".into(), detail: String::new() };
        assert_eq!(failure_words(&failure), t!("failure-unknown"));
    }
}
