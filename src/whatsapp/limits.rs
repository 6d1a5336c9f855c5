//! What may be sent, checked before it is queued: Meta's limits on every kind of message (FACTS §2 and §3).
//!
//! Lengths are counted in Unicode scalar values, as Meta's documentation counts characters. What Meta only advises is
//! not checked here.

mod template;

use std::collections::HashSet;

use beseda_wire::messages::{Choice, Content, Form, List, Media, MediaKind, Template};

use crate::names;

/// Characters of a file's name at most: what file systems take.
pub const FILENAME: usize = 255;

/// The longest `biz_opaque_callback_data` (stated for calls; kept for messages).
pub const CALLBACK_DATA: usize = 512;

/// One thing that Meta would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer (RFC 6901) into the content.
    pub pointer: String,
    /// Stable name, for translation: `required`, `too_long`, `too_many`, `not_unique`, `not_allowed`, `malformed`,
    /// `out_of_range`, `too_large`.
    pub problem: &'static str,
    /// What is allowed, in English.
    pub allowed: String,
}

/// Everything Meta would refuse, in the order of the content; empty when it may be sent.
///
/// A file is checked as far as it is known: an address has neither type nor size yet.
pub fn check(content: &Content) -> Vec<Problem> {
    let mut found = Found::default();
    match content {
        Content::Text(text) => found.text("/body", &text.body, 4096),
        Content::Media(media) => check_media("", media, &mut found),
        Content::Location(location) => {
            found.degrees("/latitude", location.latitude, 90.0);
            found.degrees("/longitude", location.longitude, 180.0);
        }
        Content::Contacts(contacts) => {
            if contacts.contacts.is_empty() {
                found.add("/contacts", "required", "at least one contact");
            }
            for (at, contact) in contacts.contacts.iter().enumerate() {
                found.present(&format!("/contacts/{at}/name"), &contact.name);
                for (phone, number) in contact.phones.iter().enumerate() {
                    found.present(&format!("/contacts/{at}/phones/{phone}/phone"), &number.phone);
                }
            }
        }
        Content::Reaction(reaction) => found.present("/target", &reaction.target),
        Content::Buttons(buttons) => {
            found.frame(buttons.header.as_deref(), &buttons.body, 1024, buttons.footer.as_deref());
            found.headed(buttons.header.is_some(), buttons.header_media.as_ref());
            found.count("/buttons", buttons.buttons.len(), 3, "buttons");
            let mut titles = HashSet::new();
            let mut ids = HashSet::new();
            for (at, button) in buttons.buttons.iter().enumerate() {
                let at = format!("/buttons/{at}");
                found.choice(&at, button, 20, 256);
                found.unique(&format!("{at}/title"), titles.insert(button.title.as_str()));
                found.unique(&format!("{at}/id"), ids.insert(button.id.as_str()));
            }
        }
        Content::List(list) => check_list(list, &mut found),
        Content::LinkButton(link) => {
            found.frame(link.header.as_deref(), &link.body, 1024, link.footer.as_deref());
            found.headed(link.header.is_some(), link.header_media.as_ref());
            found.text("/text", &link.text, 20);
            found.address("/url", &link.url);
        }
        Content::Form(form) => check_form(form, &mut found),
        Content::LocationRequest(request) => found.text("/body", &request.body, 1024),
        Content::Template(template) => check_template(template, &mut found),
        Content::Reply(_)
        | Content::FormReply(_)
        | Content::Order(_)
        | Content::System(_)
        | Content::Event(_)
        | Content::Other(_) => {
            found.add("/type", "not_allowed", "a kind of message that a business can send");
        }
    }
    found.0
}

/// The types WhatsApp takes for a kind of file, and the most bytes it may have (FACTS §3).
pub fn media_limits(kind: MediaKind, animated: bool) -> (&'static [&'static str], u64) {
    const MB: u64 = 1024 * 1024;
    match kind {
        MediaKind::Image => (&["image/jpeg", "image/png"], 5 * MB),
        MediaKind::Video => (&["video/mp4", "video/3gpp"], 16 * MB),
        MediaKind::Audio => (&["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB),
        MediaKind::Sticker => (&["image/webp"], if animated { 500 * 1024 } else { 100 * 1024 }),
        MediaKind::Document => (
            &[
                "text/plain",
                "application/pdf",
                "application/msword",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.ms-excel",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ],
            100 * MB,
        ),
    }
}

/// `at` is where the file stands in the content.
fn check_media(at: &str, media: &Media, found: &mut Found) {
    match &media.link {
        Some(link) => found.address(&format!("{at}/link"), link),
        None if media.provider_id.is_none() && media.sha256.is_none() => {
            found.add(format!("{at}/link"), "required", "an uploaded file or the address of one");
        }
        None => {}
    }
    let captioned = matches!(media.kind, MediaKind::Image | MediaKind::Video | MediaKind::Document);
    match &media.caption {
        Some(_) if !captioned => {
            found.add(
                format!("{at}/caption"),
                "not_allowed",
                "captions only on images, videos and documents",
            );
        }
        Some(caption) => found.at_most(&format!("{at}/caption"), caption, 1024),
        None => {}
    }
    if media.filename.is_some() && media.kind != MediaKind::Document {
        found.add(format!("{at}/filename"), "not_allowed", "a file name only on documents");
    }
    if let Some(detail) = media.filename.as_deref().and_then(|name| names::line_fault(name, FILENAME)) {
        found.add(format!("{at}/filename"), "malformed", detail);
    }
    if media.voice && media.kind != MediaKind::Audio {
        found.add(format!("{at}/voice"), "not_allowed", "a voice note only as audio");
    }
    let (types, most) = media_limits(media.kind, media.animated);
    if let Some(mime) = &media.mime {
        // `audio/ogg; codecs=opus`: the parameters do not matter here.
        let bare = mime.split(';').next().unwrap_or_default().trim();
        if !types.contains(&bare) {
            found.add(format!("{at}/mime"), "not_allowed", types.join(", "));
        }
    }
    if media.size.is_some_and(|size| size > most) {
        found.add(format!("{at}/size"), "too_large", format!("at most {most} bytes"));
    }
}

fn check_list(list: &List, found: &mut Found) {
    found.frame(list.header.as_deref(), &list.body, 4096, list.footer.as_deref());
    found.text("/button", &list.button, 20);
    found.count("/sections", list.sections.len(), 10, "sections");
    let rows: usize = list.sections.iter().map(|section| section.rows.len()).sum();
    if rows > 10 {
        found.add("/sections", "too_many", "1 to 10 rows in all sections together");
    }
    let mut ids = HashSet::new();
    for (section_at, section) in list.sections.iter().enumerate() {
        let section_at = format!("/sections/{section_at}");
        match &section.title {
            Some(title) => found.text(&format!("{section_at}/title"), title, 24),
            None if list.sections.len() > 1 => {
                found.add(format!("{section_at}/title"), "required", "a title for each of several sections");
            }
            None => {}
        }
        if section.rows.is_empty() {
            found.add(format!("{section_at}/rows"), "required", "at least one row");
        }
        for (at, row) in section.rows.iter().enumerate() {
            let at = format!("{section_at}/rows/{at}");
            found.choice(&at, row, 24, 200);
            if let Some(description) = &row.description {
                found.at_most(&format!("{at}/description"), description, 72);
            }
            found.unique(&format!("{at}/id"), ids.insert(row.id.as_str()));
        }
    }
}

fn check_form(form: &Form, found: &mut Found) {
    found.frame(form.header.as_deref(), &form.body, 1024, form.footer.as_deref());
    found.headed(form.header.is_some(), form.header_media.as_ref());
    match &form.flow_name {
        None => found.present("/flow_id", &form.flow_id),
        Some(name) => {
            found.present("/flow_name", name);
            if !form.flow_id.is_empty() {
                found.add("/flow_id", "not_allowed", "either the id or the name of the form");
            }
        }
    }
    if form.data_exchange && form.screen.is_some() {
        found.add("/screen", "not_allowed", "no screen where the form asks for it");
    }
    found.present("/cta", &form.cta);
    found.present("/flow_token", &form.flow_token);
    if let Some(data) = &form.data {
        if data.as_object().is_none_or(serde_json::Map::is_empty) {
            found.add("/data", "malformed", "an object that is not empty");
        }
        if form.screen.is_none() {
            found.add("/screen", "required", "the screen that gets the data");
        }
    }
}

fn check_template(template: &Template, found: &mut Found) {
    let name = &template.name;
    let letters = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if name.is_empty() || name.len() > 512 || !letters {
        found.add("/name", "malformed", "1 to 512 small letters, digits and underscores");
    }
    found.present("/language", &template.language);
    let mut has_header = false;
    if let Some(components) = &template.components {
        template::check(components, found);
        has_header = components.as_array().is_some_and(|all| all.iter().any(template::is_header));
    }
    found.headed(has_header, template.header_media.as_ref());
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, pointer: impl Into<String>, problem: &'static str, allowed: impl Into<String>) {
        self.0.push(Problem { pointer: pointer.into(), problem, allowed: allowed.into() });
    }

    fn present(&mut self, pointer: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(pointer, "required", "not empty");
        }
    }

    fn at_most(&mut self, pointer: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.add(pointer, "too_long", format!("at most {most} characters"));
        }
    }

    fn text(&mut self, pointer: &str, text: &str, most: usize) {
        self.present(pointer, text);
        self.at_most(pointer, text, most);
    }

    /// What all interactive messages have around their middle.
    fn frame(&mut self, header: Option<&str>, body: &str, most: usize, footer: Option<&str>) {
        if let Some(header) = header {
            self.text("/header", header, 60);
        }
        self.text("/body", body, most);
        if let Some(footer) = footer {
            self.text("/footer", footer, 60);
        }
    }

    /// A file above the words.
    fn headed(&mut self, has_other: bool, media: Option<&Media>) {
        let Some(media) = media else { return };
        if has_other {
            self.add("/header_media", "not_allowed", "one header: either this file or another");
        }
        if matches!(media.kind, MediaKind::Audio | MediaKind::Sticker) {
            self.add("/header_media/kind", "not_allowed", "an image, a video or a document");
        }
        if media.caption.is_some() {
            self.add("/header_media/caption", "not_allowed", "no caption: the words are the body");
        }
        check_media("/header_media", media, self);
    }

    fn choice(&mut self, pointer: &str, choice: &Choice, title: usize, id: usize) {
        self.text(&format!("{pointer}/id"), &choice.id, id);
        self.text(&format!("{pointer}/title"), &choice.title, title);
    }

    fn unique(&mut self, pointer: &str, unique: bool) {
        if !unique {
            self.add(pointer, "not_unique", "different from the others");
        }
    }

    fn count(&mut self, pointer: &str, count: usize, most: usize, what: &str) {
        match count {
            0 => self.add(pointer, "required", format!("1 to {most} {what}")),
            _ if count > most => self.add(pointer, "too_many", format!("1 to {most} {what}")),
            _ => {}
        }
    }

    fn degrees(&mut self, pointer: &str, degrees: f64, most: f64) {
        // Written so that what is not a number is out of range too.
        let within = degrees.abs() <= most;
        if !within {
            self.add(pointer, "out_of_range", format!("-{most} to {most} degrees"));
        }
    }

    fn address(&mut self, pointer: &str, address: &str) {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            && !address.contains(|char: char| char.is_whitespace() || char.is_control());
        if !good {
            self.add(pointer, "malformed", "an address that begins with https:// or http://");
        }
    }
}

#[cfg(test)]
mod tests;
