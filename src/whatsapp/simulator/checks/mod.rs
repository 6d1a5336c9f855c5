//! What Meta would check of `POST /{number}/messages`. Pure: no state is asked.
//!
//! Whether a media id, a template or a recipient exists is asked afterwards, by whoever holds the state. The rules
//! are those of FACTS §2; error texts follow recorded answers where there are any.

mod interactive;
mod param;
mod template;

use serde_json::{Map, Value};

use self::param::{Param, Path, entry};
use super::refusal::Refusal;
pub use template::{fill, header_file};

/// What a request asks for.
#[derive(Debug, PartialEq)]
pub enum Request<'a> {
    Send(Send<'a>),
    /// Marks an incoming message as read, and shows "writing…" if asked.
    Mark {
        message: &'a str,
        typing: bool,
    },
}

#[derive(Debug, PartialEq)]
pub struct Send<'a> {
    /// `to` as it was given, if it was.
    pub to: Option<String>,
    /// The business-scoped user id of `recipient`.
    pub user: Option<&'a str>,
    pub callback: Option<&'a str>,
    /// The message that is quoted.
    pub quote: Option<&'a str>,
    pub kind: Kind<'a>,
}

#[derive(Debug, PartialEq)]
pub enum Kind<'a> {
    Text,
    /// A file by Meta's id or, without one, by a link.
    Media {
        kind: &'static str,
        id: Option<&'a str>,
    },
    Location,
    Contacts,
    Reaction {
        message: &'a str,
        emoji: &'a str,
    },
    /// An interactive message, the id of its header's file and the form that it opens.
    Interactive {
        kind: &'a str,
        media: Option<(&'static str, &'a str)>,
        form: Option<AskedForm<'a>>,
    },
    Template {
        name: &'a str,
        language: &'a str,
        components: &'a [Value],
    },
}

/// The form that a message opens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AskedForm<'a> {
    /// `flow_id` or `flow_name`.
    pub by: &'static str,
    pub named: &'a str,
    /// One that is not published yet, to be tried.
    pub draft: bool,
}

/// The types of FACTS §2 that can be sent.
const TYPES: [&str; 11] = [
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// What a body may hold beside its kinds. What is not among them is a mistake of the caller's that Meta would refuse or
/// quietly drop: either way the message is not what was meant.
const KNOWN: [&str; 11] = [
    "biz_opaque_callback_data",
    "context",
    "message_id",
    "messaging_product",
    "recipient",
    "recipient_identity_key_hash",
    "recipient_type",
    "status",
    "to",
    "type",
    "typing_indicator",
];

/// Reads the body of a request to `/messages`.
pub fn request(body: &Value) -> Result<Request<'_>, Refusal> {
    let Value::Object(map) = body else {
        return Err(Refusal::missing("messaging_product"));
    };
    let top = |key: &'static str| map.get(key).filter(|value| !value.is_null());
    match top("messaging_product").map(|value| value.as_str().unwrap_or_default()) {
        None => return Err(Refusal::missing("messaging_product")),
        Some("whatsapp") => {}
        Some(other) => return Err(Refusal::one_of("messaging_product", "WHATSAPP", other)),
    }
    let known = |key: &str| KNOWN.contains(&key) || TYPES.contains(&key);
    if let Some(key) = map.keys().find(|key| !known(key)) {
        return Err(Refusal::parameter(format!("Unexpected key \"{key}\".")));
    }
    if top("status").is_some() {
        return mark(map);
    }
    match top("recipient_type").map(|value| value.as_str().unwrap_or_default()) {
        None | Some("individual") => {}
        Some("group") => {
            return Err(Refusal::with(131_009, "Groups are not available for this phone number."));
        }
        Some(other) => return Err(Refusal::one_of("recipient_type", "INDIVIDUAL, GROUP", other)),
    }
    let (to, user) = target(map)?;
    let callback = text(map, "biz_opaque_callback_data")?;
    if callback.is_some_and(|data| data.chars().count() > 512) {
        return Err(Refusal::parameter(
            "Param biz_opaque_callback_data must be at most 512 characters long.",
        ));
    }
    Ok(Request::Send(Send { to, user, callback, quote: quote(map)?, kind: kind(map)? }))
}

fn text<'a>(map: &'a Map<String, Value>, key: &'static str) -> Result<Option<&'a str>, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::parameter(format!("Param {key} must be a string."))),
    }
}

fn mark(map: &Map<String, Value>) -> Result<Request<'_>, Refusal> {
    match text(map, "status")? {
        Some("read") => {}
        other => return Err(Refusal::one_of("status", "READ", other.unwrap_or_default())),
    }
    let message = text(map, "message_id")?.ok_or_else(|| Refusal::missing("message_id"))?;
    let path = Path::root("typing_indicator");
    let typing = match map.get("typing_indicator") {
        None | Some(Value::Null) => false,
        Some(value) => match entry(value, &path)?.required_text("type")? {
            "text" => true,
            other => return Err(Refusal::one_of("typing_indicator['type']", "TEXT", other)),
        },
    };
    Ok(Request::Mark { message, typing })
}

fn target(map: &Map<String, Value>) -> Result<(Option<String>, Option<&str>), Refusal> {
    let to = match map.get("to") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        // Graph takes a bare number too (recorded).
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => return Err(Refusal::parameter("Param to must be a string.")),
    };
    let user = text(map, "recipient")?;
    if to.as_deref().unwrap_or_default().is_empty() && user.unwrap_or_default().is_empty() {
        return Err(Refusal::missing("to"));
    }
    if let Some(user) = user
        && !is_bsuid(user)
    {
        return Err(Refusal::with(131_009, "Recipient is not a valid business-scoped user ID."));
    }
    Ok((to.filter(|to| !to.is_empty()), user))
}

/// Two capital letters, a full stop and up to 128 letters and digits; a parent's has `ENT.` between (FACTS §9).
pub fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|letter| letter.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|letter| letter.is_ascii_alphanumeric())
}

fn quote(map: &Map<String, Value>) -> Result<Option<&str>, Refusal> {
    let path = Path::root("context");
    let Some(value) = map.get("context").filter(|value| !value.is_null()) else { return Ok(None) };
    let message = entry(value, &path)?.required_text("message_id")?;
    if !message.starts_with("wamid.") {
        return Err(Refusal::with(131_009, "Context message_id is not valid."));
    }
    Ok(Some(message))
}

fn kind(map: &Map<String, Value>) -> Result<Kind<'_>, Refusal> {
    // Without a type the message is a text (Meta's own example sends one so).
    let word = text(map, "type")?.unwrap_or("text");
    let Some(word) = TYPES.into_iter().find(|known| *known == word) else {
        return Err(Refusal::one_of("type", &TYPES.join(", ").to_uppercase(), word));
    };
    let root = Path::root(word);
    let value = map.get(word).filter(|value| !value.is_null()).ok_or_else(|| Refusal::missing(word))?;
    if word == "contacts" {
        return contacts(value, &root);
    }
    let part = entry(value, &root)?;
    match word {
        "text" => plain(part),
        "location" => location(part),
        "reaction" => reaction(part),
        "interactive" => interactive::check(part),
        "template" => template::check(part),
        _ => Ok(Kind::Media { kind: word, id: media(part, word)? }),
    }
}

fn plain<'a>(part: Param<'a, '_>) -> Result<Kind<'a>, Refusal> {
    part.only(&["body", "preview_url"])?;
    part.flag("preview_url")?;
    let body = part.required_text("body")?;
    if body.len() > 4096 && body.chars().count() > 4096 {
        return Err(Refusal::parameter("Param text['body'] must be at most 4096 characters long."));
    }
    Ok(Kind::Text)
}

fn location<'a>(part: Param<'a, '_>) -> Result<Kind<'a>, Refusal> {
    part.only(&["latitude", "longitude", "name", "address", "url"])?;
    part.required_number("latitude", -90.0, 90.0)?;
    part.required_number("longitude", -180.0, 180.0)?;
    part.text("name")?;
    part.text("address")?;
    Ok(Kind::Location)
}

fn reaction<'a>(part: Param<'a, '_>) -> Result<Kind<'a>, Refusal> {
    part.only(&["message_id", "emoji"])?;
    let message = part.required_text("message_id")?;
    // An emoji may be joined of many characters (families, flags), but it is one thing, never a word.
    let emoji = part.text("emoji")?.unwrap_or_default();
    if emoji.chars().count() > 16 || emoji.chars().any(|letter| letter.is_ascii_alphabetic()) {
        return Err(Refusal::with(131_009, "Emoji is not valid."));
    }
    Ok(Kind::Reaction { message, emoji })
}

/// A file: by `id` or by `link`, one of them. Gives the id.
fn media<'a>(part: Param<'a, '_>, kind: &str) -> Result<Option<&'a str>, Refusal> {
    part.only(match kind {
        "document" => &["id", "link", "caption", "filename"],
        "image" | "video" => &["id", "link", "caption"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    })?;
    if let Some(caption) = part.text("caption")?
        && caption.chars().count() > 1024
    {
        return Err(Refusal::parameter(format!(
            "Param {} must be at most 1024 characters long.",
            part.path.key("caption")
        )));
    }
    part.text("filename")?;
    part.flag("voice")?;
    match (part.text("id")?, part.text("link")?) {
        (Some(id), None) => Ok(Some(id)),
        (None, Some(link)) if is_link(link) => Ok(None),
        (None, Some(_)) => {
            Err(Refusal::parameter(format!("Param {} is not a valid URI.", part.path.key("link"))))
        }
        (Some(_), Some(_)) => {
            Err(Refusal::with(131_009, format!("{} must have either an id or a link, not both.", part.path)))
        }
        (None, None) => Err(Refusal::missing(&part.path.key("id").to_string())),
    }
}

/// An http or https address with a host.
fn is_link(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty())
        && link.chars().all(|letter| !letter.is_whitespace() && letter != '<')
}

fn contacts<'a>(value: &'a Value, root: &Path<'_>) -> Result<Kind<'a>, Refusal> {
    let Value::Array(cards) = value else {
        return Err(Refusal::parameter("Param contacts must be an array."));
    };
    if cards.is_empty() {
        return Err(Refusal::with(131_009, "At least one contact is required."));
    }
    for (at, card) in cards.iter().enumerate() {
        let path = root.at(at);
        let card = entry(card, &path)?;
        card.only(&["addresses", "birthday", "emails", "name", "org", "phones", "urls"])?;
        let name_path = path.key("name");
        let name = Param { map: card.required_map("name")?, path: &name_path };
        name.only(&["formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix"])?;
        name.required_text("formatted_name")?;
        let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if !parts.iter().any(|part| name.value(part).is_some()) {
            return Err(Refusal::with(
                131_009,
                "Contact name needs at least one part besides formatted_name.",
            ));
        }
        let org_path = path.key("org");
        if let Some(map) = card.map_of("org")? {
            texts(Param { map, path: &org_path }, &["company", "department", "title"])?;
        }
        for (list, known) in [
            ("addresses", &["street", "city", "state", "zip", "country", "country_code", "type"][..]),
            ("emails", &["email", "type"]),
            ("phones", &["phone", "wa_id", "type"]),
            ("urls", &["url", "type"]),
        ] {
            let list_path = path.key(list);
            for (at, one) in card.list(list)?.unwrap_or_default().iter().enumerate() {
                texts(entry(one, &list_path.at(at))?, known)?;
            }
        }
    }
    Ok(Kind::Contacts)
}

/// An object of texts, all of them known.
fn texts(part: Param<'_, '_>, known: &[&str]) -> Result<(), Refusal> {
    part.only(known)?;
    known.iter().try_for_each(|key| part.text(key).map(drop))
}

#[cfg(test)]
mod tests;
