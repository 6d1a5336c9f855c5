//! One message, as it looks on WhatsApp.

use beseda_wire::messages::{
    AuthorKind, Choice, Content, Direction, EventKind, Media, MediaKind, MediaState, Message, Order, Status,
};

use super::Msg;
use super::rich::rich;
use super::thread::{Pending, PendingState, Thread};
use super::words::{event_words, failure_words, line, media_name, system_words, tick};
use crate::format::{money, phone, size};
use crate::kit::{Button, El, Icon, Look, el, event, icon, icon_button, notice};
use crate::pages::media::File;
use crate::pages::{Around, roles};
use crate::{Node, t};

/// `follows`: the message before is of the same author, minutes ago.
pub fn bubble(message: &Message, thread: &Thread, around: &Around<'_>, follows: bool) -> Node {
    if message.direction == Direction::Event
        || matches!(message.content, Content::Event(_) | Content::System(_))
    {
        return event_line(message, around);
    }
    let out = message.direction == Direction::Out;
    let failed = message.status == Some(Status::Failed);
    let author = (out && !follows).then(|| author(message, around)).flatten();
    let bare = matches!(&message.content, Content::Media(media) if media.kind == MediaKind::Sticker);
    let may_answer = roles::answers(around.role);
    el("div")
        .id(format!("m-{}", message.id))
        .class("message")
        .class(if out { "out" } else { "in" })
        .class_if(follows, "follows")
        .maybe(author)
        .child(
            el("div")
                .class("bubble")
                .class_if(bare, "bare")
                .class_if(failed, "failed")
                .class_if(message.revoked, "revoked")
                .maybe(message.forwarded.then(|| mark_line(Icon::Forward, &t!("forwarded"))))
                .maybe(message.revoked.then(|| mark_line(Icon::Ban, &t!("revoked"))))
                .maybe(referral(message))
                .maybe(quote(message, thread))
                .children(told(message, around))
                .maybe(reactions(message)),
        )
        .maybe((message.wamid.is_some() && may_answer).then(|| {
            el("div").class("message-tools").child(icon_button(
                Icon::Reply,
                &t!("quote"),
                Msg::Quote(Some(message.id)),
            ))
        }))
        .maybe(message.failure.as_ref().filter(|_| failed).map(|failure| {
            el("div")
                .class("message-failure")
                .child(el("p").text(failure_words(failure)))
                .child(notice::technical(&format!("{} {} {}", failure.code, failure.reason, failure.detail)))
                .maybe(may_answer.then(|| {
                    Button::new(Look::Plain, t!("try-again")).icon(Icon::RefreshCw).on(Msg::Retry(message.id))
                }))
        }))
        .into()
}

/// What a message says, with its time; what can be tapped stands below both.
fn told(message: &Message, around: &Around<'_>) -> Vec<Node> {
    let mut nodes = content(&message.content, &message.id.to_string(), around, None);
    let ends_in_taps = matches!(
        message.content,
        Content::Buttons(_)
            | Content::List(_)
            | Content::LinkButton(_)
            | Content::Form(_)
            | Content::LocationRequest(_)
    );
    let at = nodes.len() - usize::from(ends_in_taps && !nodes.is_empty());
    nodes.insert(at, meta(message, around));
    nodes
}

/// A message that is not with the server yet.
pub fn pending(pending: &Pending, around: &Around<'_>) -> Node {
    let url = pending.file.as_ref().map(|file| file.url.as_str());
    let total = pending.file.as_ref().map_or(0, |file| file.size);
    let progress = match pending.state {
        PendingState::Uploading(sent) => Some(
            el("div")
                .class("upload")
                .child(
                    el("progress")
                        .attr("max", total.to_string())
                        .attr("value", sent.min(total).to_string())
                        .label(t!("uploading")),
                )
                .child(el("span").class("num").text(t!("of", part = &size(sent), whole = &size(total))))
                .child(icon_button(Icon::X, &t!("cancel"), Msg::DropPending(pending.number))),
        ),
        _ => None,
    };
    let failure = match &pending.state {
        PendingState::Failed(failure) => Some(
            el("div")
                .class("message-failure")
                .child(el("p").text(failure.words()))
                .child(notice::technical(&failure.technical()))
                .child(
                    el("div")
                        .class("form-buttons")
                        .child(
                            Button::new(Look::Plain, t!("try-again"))
                                .icon(Icon::RefreshCw)
                                .on(Msg::SendAgain(pending.number)),
                        )
                        .child(Button::new(Look::Ghost, t!("discard")).on(Msg::DropPending(pending.number))),
                ),
        ),
        _ => None,
    };
    let status = if failure.is_some() { Status::Failed } else { Status::Queued };
    el("div")
        .class("message out")
        .key(format!("p-{}", pending.number))
        .child(
            el("div")
                .class("bubble")
                .class_if(failure.is_some(), "failed")
                .children(content(&pending.content, &format!("p{}", pending.number), around, url))
                .maybe(progress)
                .child(
                    el("span")
                        .class("meta num")
                        .child(el("time").text(around.clock.time(pending.at)))
                        .child(tick(status)),
                ),
        )
        .maybe(failure)
        .into()
}

fn event_line(message: &Message, around: &Around<'_>) -> Node {
    if let Content::Event(event) = &message.content
        && event.event == EventKind::Note
    {
        return el("div")
            .class("message out")
            .id(format!("m-{}", message.id))
            .child(
                el("div").class("note").children(rich(event.note.as_deref().unwrap_or_default())).child(
                    el("span")
                        .class("muted")
                        .text(t!("note-by", name = event.name.as_deref().unwrap_or_default())),
                ),
            )
            .into();
    }
    let words = match &message.content {
        Content::Event(event) => event_words(event),
        other => line(other),
    };
    el("div")
        .class("event")
        .id(format!("m-{}", message.id))
        .child(el("span").text(words).child(el("time").class("num").text(around.clock.time(message.at))))
        .into()
}

fn author(message: &Message, around: &Around<'_>) -> Option<Node> {
    let name = message.author.name.as_deref()?;
    let (which, words) = match message.author.kind {
        AuthorKind::Bot => (Icon::Bot, name.to_owned()),
        AuthorKind::Api => (Icon::Code, name.to_owned()),
        AuthorKind::User if message.author.user_id == Some(around.me.id) => return None,
        AuthorKind::User => (Icon::UserRound, name.to_owned()),
        AuthorKind::Customer | AuthorKind::System => return None,
    };
    Some(el("div").class("author").child(icon(which)).child(el("span").text(words)).into())
}

fn meta(message: &Message, around: &Around<'_>) -> Node {
    el("span")
        .class("meta num")
        .maybe(message.edited.then(|| el("i").text(t!("edited"))))
        .child(
            el("time")
                .attr("datetime", message.at.to_string())
                .attr("title", around.clock.full(message.at))
                .text(around.clock.time(message.at)),
        )
        .maybe(message.status.map(tick))
        .into()
}

fn reactions(message: &Message) -> Option<Node> {
    let shown: Vec<&str> =
        message.reactions.iter().map(|mark| mark.emoji.as_str()).filter(|emoji| !emoji.is_empty()).collect();
    (!shown.is_empty()).then(|| {
        let words = t!("reactions", emoji = &shown.join(" "));
        el("span")
            .class("reactions")
            .attr("role", "img")
            .label(&words)
            .attr("title", words)
            .text(shown.join(""))
            .into()
    })
}

fn mark_line(which: Icon, words: &str) -> Node {
    el("p").class("mark-line").child(icon(which)).child(el("span").text(words)).into()
}

/// The advertisement or the product the customer came from.
fn referral(message: &Message) -> Option<Node> {
    let referral = message.referral.as_ref()?;
    let title =
        referral.headline.clone().or_else(|| referral.product.clone()).unwrap_or_else(|| t!("referral"));
    let address = referral.source_url.as_deref().filter(|url| url.starts_with("https://"));
    Some(
        el("div")
            .class("quote")
            .child(mark_line(Icon::Megaphone, &t!("referral")))
            .child(match address {
                Some(url) => el("a")
                    .attr("href", url.to_owned())
                    .attr("target", "_blank")
                    .attr("rel", "noopener noreferrer nofollow")
                    .text(title),
                None => el("b").text(title),
            })
            .maybe(referral.body.as_deref().map(|body| el("p").text(body)))
            .into(),
    )
}

fn quote(message: &Message, thread: &Thread) -> Option<Node> {
    let target = message.reply_to.as_deref()?;
    let quoted = thread.by_wamid(target);
    let whose = quoted.map(|quoted| match quoted.direction {
        Direction::In => thread.conversation.ready().map(|row| row.customer_name.clone()).unwrap_or_default(),
        _ => quoted.author.name.clone().unwrap_or_else(|| t!("you")),
    });
    let words = quoted.map_or_else(|| t!("quote-earlier"), |quoted| line(&quoted.content));
    Some(
        el("div")
            .class("quote")
            .maybe(whose.map(|name| el("b").text(name)))
            .child(el("p").class("clipped").text(words))
            .into(),
    )
}

fn content(content: &Content, id: &str, around: &Around<'_>, local: Option<&str>) -> Vec<Node> {
    match content {
        Content::Text(text) => vec![words(&text.body)],
        Content::Media(media) => self::media(media, id, around, local),
        Content::Location(place) => vec![location(place)],
        Content::Contacts(contacts) => contacts.contacts.iter().map(contact).collect(),
        Content::Reaction(reaction) => vec![
            el("p")
                .class("words")
                .text(match &reaction.emoji {
                    Some(emoji) => t!("kind-reaction", emoji = emoji),
                    None => t!("kind-reaction-gone"),
                })
                .into(),
        ],
        Content::Buttons(question) => {
            let mut nodes = header_file(question.header_media.as_ref(), id, around);
            nodes.extend(framed(question.header.as_deref(), &question.body, question.footer.as_deref()));
            nodes.push(taps(question.buttons.iter().map(|button| (Icon::Reply, button.title.clone()))));
            nodes
        }
        Content::List(question) => {
            let mut nodes = framed(question.header.as_deref(), &question.body, question.footer.as_deref());
            let sections = question.sections.iter().map(|section| {
                el("div")
                    .class("list-section")
                    .maybe(section.title.as_deref().map(|title| el("b").text(title)))
                    .child(el("ul").children(section.rows.iter().map(list_row)))
            });
            nodes.push(
                el("details")
                    .class("list-open")
                    .child(el("summary").child(icon(Icon::List)).child(el("span").text(&question.button)))
                    .children(sections)
                    .into(),
            );
            nodes
        }
        Content::LinkButton(message) => {
            let mut nodes = header_file(message.header_media.as_ref(), id, around);
            nodes.extend(framed(message.header.as_deref(), &message.body, message.footer.as_deref()));
            nodes.push(taps([(Icon::ExternalLink, message.text.clone())]));
            nodes
        }
        Content::Form(form) => {
            let mut nodes = header_file(form.header_media.as_ref(), id, around);
            nodes.extend(framed(form.header.as_deref(), &form.body, form.footer.as_deref()));
            nodes.push(taps([(Icon::SquareCheckBig, form.cta.clone())]));
            nodes
        }
        Content::LocationRequest(request) => {
            vec![words(&request.body), taps([(Icon::MapPin, t!("send-location"))])]
        }
        Content::Template(template) => {
            let mut nodes = vec![mark_line(Icon::Megaphone, &t!("template-named", name = &template.name))];
            nodes.extend(header_file(template.header_media.as_ref(), id, around));
            nodes.push(words(template.preview.as_deref().unwrap_or(&template.name)));
            nodes
        }
        Content::Reply(reply) => {
            let mut nodes = vec![words(&reply.title)];
            nodes.extend(reply.description.as_deref().map(|text| el("p").class("muted").text(text).into()));
            nodes
        }
        Content::FormReply(reply) => {
            let mut nodes = vec![mark_line(Icon::SquareCheckBig, &t!("form-filled"))];
            nodes.extend(reply.body.as_deref().map(words));
            nodes.push(answers(&reply.answers));
            nodes
        }
        Content::Order(order) => vec![self::order(order)],
        Content::System(system) => vec![words(&system_words(system))],
        Content::Event(event) => vec![words(&event_words(event))],
        Content::Other(other) => {
            let mut nodes = vec![
                mark_line(Icon::CircleHelp, &t!("kind-other")),
                el("p")
                    .class("words")
                    .text(other.detail.clone().unwrap_or_else(|| t!("other-words", kind = &other.kind)))
                    .into(),
            ];
            nodes.extend(
                other
                    .raw
                    .as_ref()
                    .and_then(|raw| serde_json::to_string_pretty(raw).ok())
                    .map(|raw| notice::technical(&raw)),
            );
            nodes
        }
    }
}

fn words(text: &str) -> Node {
    el("p").class("words").children(rich(text)).into()
}

fn framed(header: Option<&str>, body: &str, footer: Option<&str>) -> Vec<Node> {
    let mut nodes = vec![];
    nodes.extend(header.map(|header| el("b").class("words").text(header).into()));
    nodes.push(words(body));
    nodes.extend(footer.map(|footer| el("p").class("footer-words").text(footer).into()));
    nodes
}

/// The picture, video or document above what is said.
fn header_file(file: Option<&Media>, id: &str, around: &Around<'_>) -> Vec<Node> {
    file.map(|file| media(file, id, around, None)).unwrap_or_default()
}

/// What the customer can tap; here it only shows.
fn taps(taps: impl IntoIterator<Item = (Icon, String)>) -> Node {
    el("ul")
        .class("taps")
        .label(t!("taps"))
        .children(
            taps.into_iter().map(|(which, words)| el("li").child(icon(which)).child(el("span").text(words))),
        )
        .into()
}

fn list_row(row: &Choice) -> El {
    el("li")
        .key(&row.id)
        .child(el("span").text(&row.title))
        .maybe(row.description.as_deref().map(|text| el("small").text(text)))
}

fn location(place: &beseda_wire::messages::Location) -> Node {
    let (latitude, longitude) = (place.latitude, place.longitude);
    let address = format!(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    );
    el("a")
        .class("location")
        .attr("href", address)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child(el("span").class("location-map").child(icon(Icon::MapPin)))
        .child(el("b").text(place.name.clone().unwrap_or_else(|| t!("kind-location"))))
        .maybe(place.address.as_deref().map(|text| el("span").text(text)))
        .child(el("span").class("muted num").text(format!("{latitude:.5}, {longitude:.5}")))
        .into()
}

fn contact(card: &beseda_wire::messages::ContactCard) -> Node {
    let lines = card
        .phones
        .iter()
        .map(|number| phone(&number.phone))
        .chain(card.emails.iter().cloned())
        .chain(card.urls.iter().cloned())
        .chain(card.addresses.iter().cloned())
        .chain(card.birthday.iter().cloned());
    el("div")
        .class("contact")
        .child(crate::kit::avatar::avatar(&card.name, ""))
        .child(
            el("div")
                .child(el("b").text(&card.name))
                .maybe(card.organization.as_deref().map(|name| el("span").class("muted").text(name)))
                .children(lines.map(|line| el("span").text(line))),
        )
        .into()
}

fn answers(answers: &serde_json::Value) -> Node {
    let serde_json::Value::Object(map) = answers else {
        return el("p").class("words").text(answers).into();
    };
    // The token says nothing to people.
    let shown = map.iter().filter(|(name, _)| *name != "flow_token");
    el("dl")
        .class("facts")
        .children(shown.map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            el("div").key(name).child(el("dt").text(name)).child(el("dd").text(value))
        }))
        .into()
}

fn order(order: &Order) -> Node {
    el("div")
        .class("order")
        .child(mark_line(
            Icon::ShoppingCart,
            &t!("order-items", count = i64::try_from(order.items.len()).unwrap_or(0)),
        ))
        .child(el("ul").children(order.items.iter().map(|item| {
            el("li")
                .key(&item.product)
                .child(el("span").text(&item.product))
                .child(el("span").class("num muted").text(format!("× {}", item.quantity)))
                .child(el("b").class("num").text(money(&item.price, &item.currency)))
        })))
        .maybe(order.text.as_deref().map(words))
        .into()
}

fn media(media: &Media, id: &str, around: &Around<'_>, local: Option<&str>) -> Vec<Node> {
    let sha256 = media.sha256.as_deref();
    let known = sha256.and_then(|sha256| around.media.get(sha256));
    let url = local.or(match known {
        Some(File::Here(url)) => Some(url.as_str()),
        _ => None,
    });
    let problem = match known {
        Some(File::Failed(failure)) => Some(failure.words()),
        _ if media.state == MediaState::Failed => Some(t!("media-failed")),
        _ => None,
    };
    let name =
        media.caption.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| media_name(media.kind));
    let file: Node = if let Some(problem) = problem {
        el("div")
            .class("media-problem")
            .child(icon(Icon::TriangleAlert))
            .child(el("span").text(problem))
            .into()
    } else {
        match (media.kind, url) {
            (MediaKind::Image, Some(url)) => el("button")
                .class("picture")
                .attr("type", "button")
                .label(t!("picture-large", name = &name))
                .on(event::click(Msg::Zoom(Some(url.to_owned()))))
                .child(el("img").attr("src", url.to_owned()).attr("alt", name).attr("loading", "lazy"))
                .into(),
            (MediaKind::Sticker, Some(url)) => {
                el("img").class("sticker").attr("src", url.to_owned()).attr("alt", name).into()
            }
            (MediaKind::Audio, Some(url)) => el("audio")
                .id(format!("audio-{id}"))
                .class("audio")
                .attr("controls", "true")
                .attr("preload", "metadata")
                .attr("src", url.to_owned())
                .label(name)
                .into(),
            (MediaKind::Video, Some(url)) => el("video")
                .id(format!("video-{id}"))
                .class("video")
                .attr("controls", "true")
                .attr("preload", "metadata")
                .attr("src", url.to_owned())
                .label(name)
                .into(),
            (MediaKind::Document, _) => document(media),
            (MediaKind::Video, None) if media.state == MediaState::Stored => film(media, known.is_some()),
            (kind, None) => el("div")
                .class("media-waiting")
                .class(if kind == MediaKind::Audio { "audio-waiting" } else { "picture-waiting" })
                .child(icon(kind_icon(kind)))
                .child(el("span").text(t!("media-loading")))
                .into(),
        }
    };
    let mut nodes = vec![file];
    nodes.extend(media.problem.as_deref().map(notice::technical));
    nodes.extend(media.caption.as_deref().filter(|text| !text.is_empty()).map(words));
    nodes
}

/// A film is fetched when somebody wants to see it.
fn film(media: &Media, asked: bool) -> Node {
    let sha256 = media.sha256.clone().unwrap_or_default();
    el("button")
        .class("media-waiting picture-waiting")
        .attr("type", "button")
        .attr("disabled", asked)
        .on(event::click(Msg::Want(sha256)))
        .child(icon(if asked { Icon::LoaderCircle } else { Icon::Play }))
        .child(el("span").text(t!("play-video", size = &size(media.size.unwrap_or(0)))))
        .into()
}

fn document(media: &Media) -> Node {
    let name = media.filename.clone().unwrap_or_else(|| t!("media-document"));
    let stored = media.sha256.clone().filter(|_| media.state == MediaState::Stored);
    let about = media.size.map(size).unwrap_or_default();
    let face = |el: El| el.class("document").child(icon(Icon::FileText)).child(el_text(&name, &about));
    match stored {
        Some(sha256) => {
            face(el("button").attr("type", "button").attr("title", t!("download-file", name = &name)))
                .on(event::click(Msg::SaveFile { sha256, name: name.clone() }))
                .child(icon(Icon::Download))
                .into()
        }
        None => face(el("div")).into(),
    }
}

fn el_text(name: &str, about: &str) -> El {
    el("span").class("document-name").child(el("b").text(name)).child(el("small").class("num").text(about))
}

const fn kind_icon(kind: MediaKind) -> Icon {
    match kind {
        MediaKind::Image => Icon::Image,
        MediaKind::Video => Icon::Video,
        MediaKind::Audio => Icon::Mic,
        MediaKind::Document => Icon::FileText,
        MediaKind::Sticker => Icon::Sticker,
    }
}
