//! What a message on the phone shows: as WhatsApp does, files and all.

use beseda_wire::messages::{Content, Media, MediaKind};
use beseda_wire::simulator::SimMessage;

use crate::format::size;
use crate::kit::avatar::avatar;
use crate::kit::{Icon, el, icon};
use crate::pages::Around;
use crate::pages::inbox::{rich, words};
use crate::pages::media::File;
use crate::{Node, t};

/// The address of the file of a message, if it has one that is shown by itself.
pub fn media_wanted(number: &str, message: &SimMessage) -> Option<String> {
    let media = match &message.content {
        Content::Media(media) => Some(media),
        other => above(other),
    };
    let media = media.filter(|media| media.kind != MediaKind::Document && !message.revoked);
    media.and_then(|media| address(number, media))
}

/// The file that stands above the words.
fn above(content: &Content) -> Option<&Media> {
    match content {
        Content::Buttons(it) => it.header_media.as_ref(),
        Content::LinkButton(it) => it.header_media.as_ref(),
        Content::Form(it) => it.header_media.as_ref(),
        Content::Template(it) => it.header_media.as_ref(),
        _ => None,
    }
}

/// The simulator keeps the files of both sides under Meta's ids.
fn address(number: &str, media: &Media) -> Option<String> {
    media.provider_id.as_ref().map(|id| format!("/simulator/numbers/{number}/files/{id}"))
}

pub fn shown(number: &str, message: &SimMessage, around: &Around<'_>) -> Vec<Node> {
    if message.revoked {
        return vec![
            el("span")
                .class("words gone")
                .child(icon(Icon::Ban))
                .child(el("span").text(t!("phone-revoked")))
                .into(),
        ];
    }
    let mut nodes =
        above(&message.content).map(|media| file(number, media, &message.id, around)).unwrap_or_default();
    nodes.extend(words_of(number, message, around));
    nodes
}

fn words_of(number: &str, message: &SimMessage, around: &Around<'_>) -> Vec<Node> {
    match &message.content {
        Content::Text(text) => vec![text_node(&text.body)],
        Content::Buttons(it) => framed(it.header.as_deref(), &it.body, it.footer.as_deref()),
        Content::List(it) => framed(it.header.as_deref(), &it.body, it.footer.as_deref()),
        Content::LinkButton(it) => framed(it.header.as_deref(), &it.body, it.footer.as_deref()),
        Content::Form(it) => framed(it.header.as_deref(), &it.body, it.footer.as_deref()),
        Content::LocationRequest(it) => vec![text_node(&it.body)],
        Content::Template(it) => vec![text_node(it.preview.as_deref().unwrap_or(&it.name))],
        Content::Reply(reply) => {
            let mut nodes = vec![text_node(&reply.title)];
            let about = reply.description.as_deref().filter(|text| !text.is_empty());
            nodes.extend(about.map(|about| el("span").class("footer-words").text(about).into()));
            nodes
        }
        Content::Location(place) => vec![
            el("span")
                .class("location")
                .child(el("span").class("location-map").child(icon(Icon::MapPin)))
                .child(el("b").text(place.name.clone().unwrap_or_else(|| t!("kind-location"))))
                .maybe(place.address.as_deref().map(|text| el("span").class("muted").text(text)))
                .into(),
        ],
        Content::Contacts(contacts) => contacts
            .contacts
            .iter()
            .map(|card| {
                el("span")
                    .class("contact")
                    .child(avatar(&card.name, ""))
                    .child(el("b").text(&card.name))
                    .into()
            })
            .collect(),
        Content::Media(media) => file(number, media, &message.id, around),
        other => vec![text_node(&words::line(other))],
    }
}

fn text_node(text: &str) -> Node {
    el("span").class("words").children(rich::rich(text)).into()
}

fn framed(header: Option<&str>, body: &str, footer: Option<&str>) -> Vec<Node> {
    let mut nodes = vec![];
    nodes.extend(header.map(|header| el("b").class("words").text(header).into()));
    nodes.push(text_node(body));
    nodes.extend(footer.map(|footer| el("p").class("footer-words").text(footer).into()));
    nodes
}

fn file(number: &str, media: &Media, id: &str, around: &Around<'_>) -> Vec<Node> {
    let url = address(number, media).and_then(|address| match around.media.get(&address) {
        Some(File::Here(url)) => Some(url.clone()),
        _ => None,
    });
    let caption = media.caption.as_deref().filter(|text| !text.is_empty());
    let name = caption.map_or_else(|| words::media_name(media.kind), str::to_owned);
    let shown: Node = match (media.kind, url) {
        (MediaKind::Image, Some(url)) => {
            el("span").class("picture").child(el("img").attr("src", url).attr("alt", name)).into()
        }
        (MediaKind::Sticker, Some(url)) => {
            el("img").class("sticker").attr("src", url).attr("alt", name).into()
        }
        (MediaKind::Audio, Some(url)) => el("audio")
            .id(format!("phone-audio-{id}"))
            .class("audio")
            .attr("controls", "true")
            .attr("preload", "metadata")
            .attr("src", url)
            .label(name)
            .into(),
        (MediaKind::Video, Some(url)) => el("video")
            .id(format!("phone-video-{id}"))
            .class("video")
            .attr("controls", "true")
            .attr("preload", "metadata")
            .attr("src", url)
            .label(name)
            .into(),
        (MediaKind::Document, _) => el("span")
            .class("document")
            .child(icon(Icon::FileText))
            .child(
                el("span")
                    .class("document-name")
                    .child(el("b").text(media.filename.clone().unwrap_or_else(|| t!("media-document"))))
                    .maybe(media.size.map(|bytes| el("small").class("num").text(size(bytes)))),
            )
            .into(),
        // A file that WhatsApp fetches from elsewhere: the page loads nothing from there.
        (_, None) if media.link.is_some() => el("span")
            .class("document")
            .child(icon(Icon::Image))
            .child(el("span").class("cut").text(media.link.clone().unwrap_or_default()))
            .into(),
        (kind, None) => el("span")
            .class("media-waiting")
            .class(if kind == MediaKind::Audio { "audio-waiting" } else { "picture-waiting" })
            .child(el("span").text(t!("media-loading")))
            .into(),
    };
    let mut nodes = vec![shown];
    nodes.extend(caption.map(text_node));
    nodes
}
