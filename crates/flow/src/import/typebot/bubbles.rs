//! What the bot says, and which kind of block is turned where.

use super::build::Builder;
use super::made::Made;
use super::place::Place;
use super::source::Block as There;
use super::{kept, rich, text};
use crate::addresses::lacks_host;
use crate::blocks::{Body, Media, MediaKind, MediaSource, Message};
use crate::import::{ChangeCode, ImportError, ReasonCode};
use crate::model::Extra;

/// Endings of the files that WhatsApp shows as what they are.
const PICTURES: [&str; 3] = ["jpg", "jpeg", "png"];
const OTHER_PICTURES: [&str; 7] = ["gif", "webp", "svg", "avif", "bmp", "tiff", "heic"];
const FILMS: [&str; 2] = ["mp4", "3gp"];
const SOUNDS: [&str; 6] = ["mp3", "m4a", "aac", "amr", "ogg", "opus"];

impl Builder<'_> {
    /// Turns a block. `asked`: a text above it that it says itself.
    pub fn block(
        &mut self,
        made: &mut Made,
        there: &There,
        asked: Option<String>,
        is_last: bool,
    ) -> Result<(), ImportError> {
        match there.kind {
            "text" => {
                let text = self.bubble_text(made, there)?;
                if text.is_empty() {
                    empty(made);
                } else {
                    made.say(text);
                }
                Ok(())
            }
            "image" | "video" | "audio" => self.media(made, there),
            "text input" | "number input" | "email input" | "url input" | "phone number input"
            | "date input" | "time input" | "rating input" | "file input" => self.input(made, there, asked),
            "choice input" => self.choice(made, there, asked),
            "picture choice input" => self.picture_choice(made, there, asked),
            "cards" => self.cards(made, there, asked),
            "Set variable" => self.set(made, there),
            "Condition" => self.condition(made, there, is_last),
            "Redirect" => self.redirect(made, there, asked),
            "Wait" => self.wait(made, there),
            "Jump" => self.jump(made, there),
            "AB test" => self.split(made, there, is_last),
            "Typebot link" => self.link(made, there, is_last),
            "Return" => {
                made.push(Body::Return(crate::blocks::Return::default()));
                Ok(())
            }
            "webhook" => self.wait_call(made, there),
            "Webhook" => self.request(made, there, None),
            "Zapier" | "Make.com" | "Pabbly" => self.request(made, there, Some(there.kind)),
            "Email" => self.email(made, there),
            "OpenAI" | "openai" | "anthropic" | "mistral" | "groq" | "deepseek" | "openRouter"
            | "open-router" | "perplexity" | "together" | "together-ai" => self.model(made, there),
            kind => {
                made.cannot(
                    match kind {
                        "Code" => ReasonCode::Code,
                        "embed" | "payment input" | "Chatwoot" | "Google Analytics" | "Pixel" | "calCom"
                        | "cal-com" => ReasonCode::NotOnWhatsapp,
                        "Google Sheets" | "difyAi" | "dify-ai" | "chatNode" | "chat-node" | "elevenlabs"
                        | "gmail" | "nocodb" | "qrcode" | "qr-code" | "posthog" | "segment" | "zendesk"
                        | "blink" => ReasonCode::OtherService,
                        _ => ReasonCode::UnknownKind,
                    },
                    [],
                );
                made.only(kept::in_place(there));
                Ok(())
            }
        }
    }

    /// What a text bubble says.
    pub fn bubble_text(&mut self, made: &mut Made, there: &There) -> Result<String, ImportError> {
        let Some(content) = there.place.field("content")? else { return Ok(String::new()) };
        let rich = rich::of_content(&content)?;
        if rich.lost {
            made.how(ChangeCode::FormattingLost, []);
        }
        Ok(self.said(made, &rich.text))
    }

    fn media(&mut self, made: &mut Made, there: &There) -> Result<(), ImportError> {
        let Some(content) = there.place.field("content")? else {
            empty(made);
            return Ok(());
        };
        let Some(url) = address(&content, there.kind)? else {
            empty(made);
            return Ok(());
        };
        let mut leads_to = None;
        if let Some(link) = content.field("clickLink")?
            && let Some(to) = link.words("url")?
        {
            made.how(ChangeCode::AddressBelow, []);
            leads_to = Some(self.address(made, to.trim()));
        }
        let hosted = !matches!(content.text("type")?, None | Some("url" | "upload"));
        let kind = kind_of(there.kind, &url).filter(|kind| *kind != MediaKind::Video || !hosted);
        let url = self.address(made, &url);
        if let Some(kind) = kind {
            media(made, kind, url, String::new());
        } else {
            made.how(ChangeCode::AsLink, []);
            made.say_address(url);
        }
        if let Some(address) = leads_to {
            made.say_address(address);
        }
        Ok(())
    }

    /// A picture with words under it; one that WhatsApp does not show as its address.
    pub fn picture(&mut self, made: &mut Made, url: &str, caption: String) {
        let address = self.address(made, url);
        if kind_of("image", url).is_some() {
            media(made, MediaKind::Image, address, caption);
        } else {
            made.how(ChangeCode::AsLink, []);
            if !caption.is_empty() {
                made.say(caption);
            }
            made.say_address(address);
        }
    }

    /// An address for the customer. It may hold variables; what is random in it is part of a public address and stays.
    pub fn address(&mut self, made: &mut Made, raw: &str) -> String {
        let done = text::as_template(raw, &mut self.names);
        if done.had_code {
            made.how(ChangeCode::InlineCodeLeftOut, []);
        }
        done.template
    }
}

fn media(made: &mut Made, kind: MediaKind, url: String, text: String) {
    let media = Media {
        kind,
        source: MediaSource::Url(url),
        filename: None,
        mime: None,
        size: None,
        voice: false,
        extra: Extra::new(),
    };
    made.push(Body::Message(Message { text, media: Some(media), ..Message::default() }));
}

/// A block with nothing in it keeps its place, switched off.
pub fn empty(made: &mut Made) {
    made.how(ChangeCode::Empty, []);
    made.push_off(Body::Message(Message::default()));
}

/// Where a file lies. Films of the large services are known by an id alone in some files.
fn address(content: &Place, kind: &str) -> Result<Option<String>, ImportError> {
    if let Some(url) = content.words("url")? {
        return Ok(web_address(url));
    }
    let id = if kind == "video" { content.words("id")? } else { None };
    let from = content.text("type")?.unwrap_or_default();
    Ok(id.and_then(|id| match from {
        "youtube" => Some(format!("https://www.youtube.com/watch?v={id}")),
        "vimeo" => Some(format!("https://vimeo.com/{id}")),
        "tiktok" => Some(format!("https://www.tiktok.com/embed/{id}")),
        "gumlet" => Some(format!("https://play.gumlet.io/embed/{id}")),
        _ => None,
    }))
}

/// An address of the web, with its beginning, which people leave out; nothing for any other.
pub fn web_address(url: &str) -> Option<String> {
    let url = url.trim();
    let whole = ["https://", "http://", "{{"].iter().any(|beginning| url.starts_with(beginning));
    let other = url.contains("://") || url.starts_with("data:") || url.is_empty();
    let address = match (whole, other) {
        (true, _) => url.to_owned(),
        (false, true) => return None,
        (false, false) => format!("https://{}", url.trim_start_matches('/')),
    };
    (!lacks_host(&address)).then_some(address)
}

/// As what WhatsApp shows the file; nothing where it does not.
fn kind_of(kind: &str, url: &str) -> Option<MediaKind> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let is = |endings: &[&str]| endings.contains(&ending.as_str());
    match kind {
        "image" if is(&OTHER_PICTURES) => None,
        // An address without an ending of a picture mostly is one all the same.
        "image" if is(&PICTURES) || !url.is_empty() => Some(MediaKind::Image),
        "video" if is(&FILMS) || url.starts_with("{{") => Some(MediaKind::Video),
        "audio" if is(&SOUNDS) || url.starts_with("{{") => Some(MediaKind::Audio),
        _ => None,
    }
}

/// The host of an address, for a button's title.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_start_matches("www.");
    (!host.is_empty() && !host.contains(['{', '}'])).then(|| host.to_owned())
}
