//! From a step of a dialogue to what is said.

use beseda_wire::messages::{
    Buttons, Choice, ContactCard, ContactPhone, Contacts, Content, Form, FormReply, LinkButton, List,
    Location, LocationRequest, Media, MediaKind, MediaState, Order, OrderItem, Other, Reaction, Reply,
    ReplyKind, Section, System, Template, Text,
};
use serde_json::{Map, Value, json};

use super::chance::Chance;
use super::samples::Samples;
use super::script::Step;
use super::words::Words;

/// What a step needs to know besides its words.
pub struct Stage<'a> {
    pub words: &'a Words,
    pub samples: &'a Samples,
    /// The buttons or rows a customer may tap now, the newest.
    pub choices: &'a [(ReplyKind, Choice)],
    /// Meta's id of the newest message of the other side.
    pub target: Option<&'a str>,
}

/// `None` for what no dialogue may hold: a kind that is not known, a button that is not there, a missing file.
pub fn content(step: &Step, words: &str, stage: &Stage<'_>, chance: &mut Chance) -> Option<Content> {
    let mut parts = words.split(" | ").map(str::trim);
    let first = parts.next().unwrap_or_default().to_owned();
    let mut next = || parts.next().map(ToOwned::to_owned);
    Some(match step.kind {
        "text" => Content::Text(Text { preview_url: words.contains("https://"), body: words.to_owned() }),
        "tap" => Content::Reply(tap(&first, stage.choices)?),
        "image" => media(MediaKind::Image, step, words, stage)?,
        "video" => media(MediaKind::Video, step, words, stage)?,
        "voice" | "audio" => media(MediaKind::Audio, step, words, stage)?,
        "document" => media(MediaKind::Document, step, words, stage)?,
        "sticker" => media(MediaKind::Sticker, step, words, stage)?,
        "location" => {
            // The business's own place, or somewhere within half an hour of it.
            let mut shift = || if step.who == "c" { scaled(chance.between(-900, 900)) } else { 0.0 };
            let (latitude, longitude) = (stage.words.place.0 + shift(), stage.words.place.1 + shift());
            let name = (!first.is_empty()).then_some(first);
            Content::Location(Location { latitude, longitude, name, address: next(), url: None })
        }
        "contact" => {
            let phone = next()?;
            let wa_id = phone.chars().filter(char::is_ascii_digit).collect();
            let phones = vec![ContactPhone { phone, wa_id: Some(wa_id), kind: Some("CELL".to_owned()) }];
            let card = ContactCard {
                name: first,
                phones,
                emails: Vec::new(),
                urls: Vec::new(),
                organization: next(),
                birthday: None,
                addresses: Vec::new(),
                parts: None,
            };
            Content::Contacts(Contacts { contacts: vec![card] })
        }
        "reaction" => {
            // Without one, it is on something that was said before the number was connected.
            let target = match stage.target {
                Some(target) => target.to_owned(),
                None => format!("wamid.HBgL{}==", chance.letters(38)),
            };
            Content::Reaction(Reaction { target, emoji: Some(first) })
        }
        "buttons" => {
            let buttons = parts.enumerate().map(|(at, title)| choice(at, title)).collect();
            Content::Buttons(Buttons { header: None, header_media: None, body: first, footer: None, buttons })
        }
        "list" => {
            let button = next()?;
            let rows = parts.enumerate().map(|(at, row)| choice(at, row)).collect();
            let sections = vec![Section { title: None, rows }];
            Content::List(List { header: None, body: first, footer: None, button, sections })
        }
        "link" => Content::LinkButton(LinkButton {
            header: None,
            header_media: None,
            body: first,
            footer: None,
            text: next()?,
            url: next()?,
        }),
        "form" => Content::Form(Form {
            header: None,
            header_media: None,
            body: first,
            footer: None,
            flow_id: chance.digits(15),
            flow_name: None,
            cta: next()?,
            flow_token: chance.letters(12),
            screen: None,
            data_exchange: false,
            draft: false,
            data: None,
        }),
        "filled" => {
            let answers: Map<String, Value> = parts
                .filter_map(|part| part.split_once('='))
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .collect();
            let answers = Value::Object(answers);
            Content::FormReply(FormReply { name: Some("flow".to_owned()), body: Some(first), answers })
        }
        "askplace" => Content::LocationRequest(LocationRequest { body: first }),
        "template" => Content::Template(Template {
            name: step.argument().to_owned(),
            language: if stage.words.language == "ru" { "ru" } else { "en_GB" }.to_owned(),
            components: None,
            header_media: None,
            preview: Some(words.to_owned()),
            category: None,
        }),
        "order" => {
            let currency = if stage.words.language == "ru" { "RUB" } else { "GBP" };
            let items = parts.filter_map(|part| item(part, currency)).collect();
            let text = (!first.is_empty()).then_some(first);
            Content::Order(Order { catalog_id: Some(chance.digits(15)), text, items })
        }
        "system" => Content::System(System { event: step.argument().to_owned(), body: first }),
        "other" => {
            let kind = step.argument().to_owned();
            let detail = (!first.is_empty()).then_some(first);
            let raw = detail.as_deref().map(|detail| {
                json!({"type": kind, "errors": [{"code": 131_051, "title": "Message type unknown", "error_data": {"details": detail}}]})
            });
            Content::Other(Other { kind, detail, raw })
        }
        _ => return None,
    })
}

/// The buttons and rows of a message.
pub fn choices(content: &Content) -> Vec<(ReplyKind, Choice)> {
    match content {
        Content::Buttons(question) => {
            question.buttons.iter().map(|button| (ReplyKind::Button, button.clone())).collect()
        }
        Content::List(question) => {
            let rows = question.sections.iter().flat_map(|section| &section.rows);
            rows.map(|row| (ReplyKind::List, row.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// A tap on what is there; on a template's button, which the dialogues do not spell out, with a `!` before it.
fn tap(title: &str, choices: &[(ReplyKind, Choice)]) -> Option<Reply> {
    if let Some(title) = title.strip_prefix('!') {
        let title = title.to_owned();
        return Some(Reply { kind: ReplyKind::Template, id: title.clone(), title, description: None });
    }
    let (kind, choice) = choices.iter().find(|(_, choice)| choice.title == title)?;
    Some(Reply {
        kind: *kind,
        id: choice.id.clone(),
        title: choice.title.clone(),
        description: choice.description.clone(),
    })
}

fn media(kind: MediaKind, step: &Step, words: &str, stage: &Stage<'_>) -> Option<Content> {
    let sample = stage.samples.get(step.argument())?;
    let filename = step.mark("file").map(|name| name.replace('_', " "));
    Some(Content::Media(Media {
        kind,
        state: if step.has("lost") { MediaState::Failed } else { MediaState::Stored },
        sha256: (!step.has("lost")).then(|| sample.sha256.clone()),
        link: None,
        provider_id: None,
        mime: Some(sample.mime.to_owned()),
        size: Some(sample.bytes.len() as u64),
        caption: (!words.is_empty()).then(|| words.to_owned()),
        filename,
        voice: step.kind == "voice",
        animated: false,
        problem: step.has("lost").then(|| "media_download_failed".to_owned()),
    }))
}

fn choice(at: usize, text: &str) -> Choice {
    let (title, description) =
        text.split_once(" :: ").map_or((text, None), |(title, more)| (title, Some(more)));
    Choice {
        id: format!("option-{}", at + 1),
        title: title.to_owned(),
        description: description.map(str::to_owned),
    }
}

/// `name x2 @ 1200`.
fn item(text: &str, currency: &str) -> Option<OrderItem> {
    let (product, rest) = text.rsplit_once(" x")?;
    let (quantity, price) = rest.split_once(" @ ")?;
    Some(OrderItem {
        product: product.to_owned(),
        quantity: quantity.to_owned(),
        price: price.to_owned(),
        currency: currency.to_owned(),
    })
}

/// Ten-thousandths of a degree, about ten metres.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn scaled(steps: i64) -> f64 {
    steps as f64 / 10_000.0
}
