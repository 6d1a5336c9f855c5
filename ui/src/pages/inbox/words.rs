//! Messages, marks and reasons in words.

use beseda_wire::conversations::{Conversation, Handler, LastMessage};
use beseda_wire::ids::UserId;
use beseda_wire::messages::{
    AuthorKind, Content, Direction, Event, EventKind, Failure, MediaKind, Status, System,
};

use crate::i18n::t_or;
use crate::kit::{Icon, el, icon};
use crate::{Node, t};

/// The icon and the words of a conversation's newest message.
pub fn last_line(row: &Conversation, last: &LastMessage, me: UserId) -> (Option<Icon>, String) {
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
    if last.direction != Direction::Out || icon.is_some() {
        return (icon, words);
    }
    if let Some(author) = &last.author {
        return match author.kind {
            AuthorKind::Bot => (Some(Icon::Bot), words),
            AuthorKind::User if author.user_id == Some(me) => (None, t!("you-said", text = &words)),
            _ => (Some(Icon::Reply), words),
        };
    }
    // Of old conversations it is not kept who said it, but who answers is.
    match row.handler {
        Handler::Bot => (Some(Icon::Bot), words),
        Handler::Person if row.assignee.as_ref().is_some_and(|person| person.id == me) => {
            (None, t!("you-said", text = &words))
        }
        _ => (Some(Icon::Reply), words),
    }
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
        Content::System(system) => system_words(system),
        Content::Event(event) => event_words(event),
        Content::Other(other) => or(other.detail.as_deref(), t!("kind-other")),
    }
}

/// What happened outside of what is said. The sentence that came with it is in English; where it tells more than the
/// kind of what happened does, it stays.
pub fn system_words(system: &System) -> String {
    t_or(&format!("system-{}", system.event.replace('_', "-")), || system.body.clone())
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
        EventKind::BotPaused => t!("event-bot-paused"),
        EventKind::Opened => t!("event-opened"),
        EventKind::Closed => t!("event-closed", name = name),
        EventKind::Assigned => match &event.note {
            Some(person) => t!("event-assigned", name = person.as_str()),
            None => t!("event-unassigned", name = name),
        },
        EventKind::NumberChanged => t!("event-number-changed"),
        EventKind::RunEnded => t!("event-run-ended", name = name),
        EventKind::RunMoved => t!("event-run-moved", name = name),
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
    reason_words(&failure.reason, || t!("failure-unknown"))
}

/// What a reason for which something of WhatsApp's failed means, in plain words.
pub fn reason_words(reason: &str, unknown: impl FnOnce() -> String) -> String {
    t_or(&format!("failure-{}", reason.replace('_', "-")), unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "01990000-0000-7000-8000-000000000001";

    fn line_of(handler: &str, kind: &str, text: &str, direction: &str) -> (Option<Icon>, String) {
        let row: Conversation = serde_json::from_str(&format!(
            r#"{{"id":"{ME}","customer_id":"{ME}","customer_name":"A","number_id":"{ME}","state":"open",
                "handler":"{handler}","assignee":{{"id":"{ME}","name":"Anna"}},"unread":0,
                "last":{{"at":"2026-01-01T00:00:00Z","direction":"{direction}","kind":"{kind}","text":"{text}"}},
                "updated_at":"2026-01-01T00:00:00Z"}}"#
        ))
        .unwrap();
        let last = row.last.clone().unwrap();
        last_line(&row, &last, ME.parse().unwrap())
    }

    #[test]
    fn captions_stand_for_their_pictures() {
        assert_eq!(line_of("bot", "image", "", "in"), (Some(Icon::Image), "Photo".to_owned()));
        assert_eq!(line_of("bot", "image", "our menu", "in").1, "our menu");
        assert_eq!(line_of("bot", "brand_new", "words", "in"), (None, "words".to_owned()));
    }

    #[test]
    fn only_what_i_said_is_mine() {
        assert_eq!(line_of("person", "text", "hello", "out"), (None, "You: hello".to_owned()));
        assert_eq!(line_of("bot", "text", "hello", "out"), (Some(Icon::Bot), "hello".to_owned()));
        assert_eq!(line_of("nobody", "text", "hello", "out").0, Some(Icon::Reply));
    }

    #[test]
    fn what_the_bot_said_stays_the_bots_after_somebody_took_over() {
        let said = |by: &str| {
            let row: Conversation = serde_json::from_str(&format!(
                r#"{{"id":"{ME}","customer_id":"{ME}","customer_name":"A","number_id":"{ME}","state":"open",
                    "handler":"person","assignee":{{"id":"{ME}","name":"Anna"}},"unread":0,
                    "last":{{"at":"2026-01-01T00:00:00Z","direction":"out","kind":"text","text":"hello","author":{by}}},
                    "updated_at":"2026-01-01T00:00:00Z"}}"#
            ))
            .unwrap();
            last_line(&row, row.last.as_ref().unwrap(), ME.parse().unwrap())
        };
        assert_eq!(said(r#"{"kind":"bot","name":"Greeter"}"#), (Some(Icon::Bot), "hello".to_owned()));
        let mine = format!(r#"{{"kind":"user","user_id":"{ME}"}}"#);
        assert_eq!(said(&mine), (None, t!("you-said", text = "hello")));
        assert_eq!(said(r#"{"kind":"user","name":"Boris"}"#).0, Some(Icon::Reply));
    }

    #[test]
    fn an_unknown_reason_still_says_something() {
        let failure = Failure { code: 1, reason: "never_heard_of".into(), detail: String::new() };
        assert_eq!(failure_words(&failure), t!("failure-unknown"));
    }

    #[test]
    fn whose_a_conversation_is_now_is_said_and_not_who_gave_it() {
        let event = |note: Option<&str>| {
            let note = note.map(ToOwned::to_owned);
            event_words(&Event { event: EventKind::Assigned, name: Some("Shop bot".to_owned()), note })
        };
        assert_eq!(event(Some("Anna")), "Assigned to Anna");
        assert_eq!(event(None), "Shop bot assigned the conversation to nobody");
    }
}
