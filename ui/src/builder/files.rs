//! Files of the business's own that blocks send: picked or dropped in the panel, looked at here, and put into the media
//! store by the app. The flow names them by their SHA-256.

use std::collections::{BTreeMap, BTreeSet};

use beseda_flow::{Header, MediaKind, MediaSource, Outgoing, whatsapp};
use serde_json::{Value, json};

use super::Msg as BuilderMsg;
use super::document::ops::Of;
use super::document::{Fields, pointer};
use super::model::Model as Builder;
use super::panel::{Slot, text_line};
use super::save::fail;
use super::test::Line;
use super::words;
use crate::app::{PickedFile, UploadNews};
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};
use crate::format::size;
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, icon, icon_button, notice};
use crate::{Node, t};

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Choose,
    Picked(PickedFile),
    News(u32, UploadNews),
    Cancel,
    /// The file goes out of this block.
    Remove(Of, String),
    /// A stored file can be shown from this address, or not at all.
    Shown(String, Option<String>),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::Files(msg).into()
    }
}

/// The element that opens the browser's own window for files.
const PICKER: &str = "flow-file";

#[derive(Debug, Default)]
pub struct Model {
    /// Files that the flow names and the server does not have.
    pub missing: BTreeSet<String>,
    uploading: Option<Uploading>,
    /// Counts uploads.
    next: u32,
    /// Why a picked file is not taken, and of which block.
    refused: Option<(Of, String)>,
    /// Addresses of stored files; none while they are fetched, or where they cannot be shown.
    shown: BTreeMap<String, Option<String>>,
}

impl Model {
    /// Where a stored file can be shown from, once it is here.
    pub fn address(&self, sha256: &str) -> Option<&str> {
        self.shown.get(sha256)?.as_deref()
    }
}

#[derive(Debug)]
struct Uploading {
    number: u32,
    of: Of,
    /// Where the file stands in the block.
    at: &'static str,
    kind: MediaKind,
    mime: String,
    file: PickedFile,
    sent: u64,
}

impl Builder {
    pub fn update_files(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Choose => vec![Effect::Press(PICKER.to_owned())],
            Msg::Picked(file) => self.file_picked(file),
            Msg::News(number, news) => self.upload_news(number, news),
            Msg::Cancel => {
                let uploading = self.files.uploading.take();
                uploading
                    .map(|upload| Effect::ToApp(ToApp::CancelUpload(upload.number)))
                    .into_iter()
                    .collect()
            }
            Msg::Remove(of, at) => {
                let Some(kind) = self.doc.fields(&of).and_then(|fields| kind_at(fields, &at)) else {
                    return vec![];
                };
                let doc = self.doc.clone().set(&of, &at, json!({ "kind": kind, "url": "" }));
                self.epoch += 1;
                let mut effects = self.edited(doc, &of, None);
                effects.push(Effect::Focus("flow-file-choose".to_owned()));
                effects
            }
            Msg::Shown(sha256, address) => {
                self.files.shown.insert(sha256, address);
                vec![]
            }
        }
    }

    /// A file for the block whose form is open.
    fn file_picked(&mut self, file: PickedFile) -> Effects {
        let of = self.form();
        let drop = Effect::ToApp(ToApp::DropFile(file.file));
        let place = self.doc.fields(&of).and_then(place);
        let Some((at, kind)) = place.filter(|_| self.can_edit() && self.files.uploading.is_none()) else {
            return vec![drop];
        };
        let mime = mime_of(&file);
        let (types, limit) = whatsapp::files(kind);
        let refused = if !types.contains(&mime.as_str()) {
            Some(t!("file-other-kind", name = &file.name, allowed = endings(kind)))
        } else if file.size > limit {
            Some(t!("file-too-large", name = &file.name, size = &size(file.size), limit = &size(limit)))
        } else {
            None
        };
        if let Some(words) = refused {
            self.files.refused = Some((of, words));
            return vec![drop];
        }
        self.files.refused = None;
        self.files.next += 1;
        let number = self.files.next;
        let upload = Effect::ToApp(ToApp::Upload { upload: number, file: file.file });
        self.files.uploading = Some(Uploading { number, of, at, kind, mime, file, sent: 0 });
        vec![upload]
    }

    fn upload_news(&mut self, number: u32, news: UploadNews) -> Effects {
        let Some(mut upload) = self.files.uploading.take_if(|upload| upload.number == number) else {
            return vec![];
        };
        let stored = match news {
            UploadNews::Progress(sent) => {
                upload.sent = sent;
                self.files.uploading = Some(upload);
                return vec![];
            }
            UploadNews::Done(Ok(stored)) => stored,
            UploadNews::Done(Err(failure)) => {
                self.files.refused = Some((upload.of, t!("file-not-stored", name = &upload.file.name)));
                return vec![fail(&failure)];
            }
        };
        let Uploading { of, at, kind, mime, file, .. } = upload;
        let Some(sha256) = stored.sha256 else { return vec![] };
        // The block may have gone, or become another, while its file was on the way.
        let Some(block) = self.doc.fields(&of).filter(|fields| place(fields) == Some((at, kind))) else {
            return vec![];
        };
        let mut media = pointer::get(block, at).cloned().unwrap_or_default();
        let Some(fields) = media.as_object_mut() else { return vec![] };
        fields.remove("url");
        fields.insert("stored".to_owned(), json!(sha256));
        fields.insert("mime".to_owned(), json!(mime));
        fields.insert("size".to_owned(), json!(file.size));
        fields.insert("filename".to_owned(), json!(file.name));
        self.files.missing.remove(&sha256);
        self.files.shown.insert(sha256, Some(file.url));
        let doc = self.doc.clone().set(&of, at, media);
        self.epoch += 1;
        let mut effects = self.edited(doc, &of, None);
        if self.form() == of {
            effects.push(Effect::Focus("flow-file-choose".to_owned()));
        }
        effects
    }

    /// Asks for the pictures of the block whose form is open and of what was said in a try, once. Films are shown where they
    /// are here already: to look at a form should not fetch sixteen megabytes.
    pub fn want_files(&mut self) -> Effects {
        let is_picture = |kind| matches!(kind, MediaKind::Image | MediaKind::Sticker);
        let form = self.form();
        let of_form = self.doc.fields(&form).and_then(|fields| {
            let (at, _) = place(fields).filter(|(_, kind)| is_picture(*kind))?;
            pointer::get(fields, &format!("{at}/stored"))?.as_str()
        });
        let said = self.test.lines.iter().filter_map(|line| match line {
            Line::Said(_, Outgoing::Media { media, source: MediaSource::Stored(sha256), .. })
                if is_picture(*media) =>
            {
                Some(sha256.as_str())
            }
            Line::Said(_, Outgoing::Template(template)) => match &template.header {
                Some(Header::Media { media, source: MediaSource::Stored(sha256), .. })
                    if is_picture(*media) =>
                {
                    Some(sha256.as_str())
                }
                _ => None,
            },
            _ => None,
        });
        let wanted: BTreeSet<String> = of_form.into_iter().chain(said).map(str::to_owned).collect();
        let (files, mut effects) = (&mut self.files, vec![]);
        for sha256 in wanted {
            let known =
                sha256.is_empty() || files.shown.contains_key(&sha256) || files.missing.contains(&sha256);
            if !known {
                files.shown.insert(sha256.clone(), None);
                effects.push(Effect::ToApp(ToApp::ShowFile(sha256)));
            }
        }
        effects
    }

    /// The field of a file: one of the business's own, or an address.
    pub(super) fn media(&self, slot: &Slot<'_>, values: &Fields) -> Node {
        let Some(kind) = kind_at(values, &slot.at) else { return el("p").into() };
        let at = |name: &str| pointer::get(values, &format!("{}/{name}", slot.at));
        let stored = at("stored").and_then(Value::as_str).unwrap_or_default();
        let uploading = self.files.uploading.as_ref().filter(|upload| upload.of == *slot.of);
        let refused = self.files.refused.as_ref().filter(|(of, _)| of == slot.of);
        let name = at("filename").map(words::plain).unwrap_or_default();
        let inside: Vec<Node> = match uploading {
            Some(upload) => vec![sending(upload)],
            None if stored.is_empty() => vec![
                icon(Icon::FileUp),
                choose(t("file-choose")),
                el("p").class("hint").key("hint").text(takes(kind)).into(),
            ],
            None => vec![
                self.picture(kind, stored),
                el("div")
                    .class("file-about")
                    .key("about")
                    .child(el("b").class("cut").text(if name.is_empty() { words::kind(kind) } else { name }))
                    .child(
                        el("span")
                            .class("muted num")
                            .text(size(at("size").and_then(Value::as_u64).unwrap_or(0))),
                    )
                    .into(),
                choose(t("file-other")),
                icon_button(Icon::Trash2, &t("file-remove"), Msg::Remove(slot.of.clone(), slot.at.clone())),
            ],
        };
        let drop = el("div")
            .class("file-drop")
            .class_if(!stored.is_empty(), "full")
            .key("drop")
            .attr("data-flow-file", "")
            .children(inside)
            .child(
                el("input")
                    .id(PICKER)
                    .class("unseen")
                    .attr("type", "file")
                    .attr("accept", accepted(kind))
                    .attr("tabindex", "-1")
                    .label(t("file-choose")),
            );
        let mut nodes: Vec<Node> = vec![drop.into()];
        nodes.extend(refused.map(|(_, words)| {
            el("div").key("refused").attr("role", "alert").child(notice::problem(words)).into()
        }));
        if self.files.missing.contains(stored) {
            nodes.push(el("p").class("hint over").key("gone").text(t("file-gone")).into());
        }
        if stored.is_empty() {
            let url = at("url").map(words::plain).unwrap_or_default();
            nodes.push(text_line(self, slot.of, format!("{}/url", slot.at), t("file-or-address"), &url));
        }
        slot.group(nodes)
    }

    fn picture(&self, kind: MediaKind, stored: &str) -> Node {
        match self.files.address(stored) {
            Some(address) if matches!(kind, MediaKind::Image | MediaKind::Sticker) => el("img")
                .class("file-picture")
                .key("picture")
                .attr("src", address.to_owned())
                .attr("alt", "")
                .into(),
            _ => el("span").class("file-picture").key("picture").child(icon(kind_icon(kind))).into(),
        }
    }
}

fn choose(words: String) -> Node {
    Button::new(Look::Plain, words).id("flow-file-choose").on(Msg::Choose)
}

fn sending(upload: &Uploading) -> Node {
    let percent =
        upload.sent.saturating_mul(100).checked_div(upload.file.size).unwrap_or(0).min(100).to_string();
    el("div")
        .class("file-sending")
        .key("sending")
        .child(el("b").class("cut").text(&upload.file.name))
        .child(
            el("progress")
                .attr("max", "100")
                .attr("value", percent)
                .label(t!("file-sending", name = &upload.file.name)),
        )
        .child(icon_button(Icon::X, &t("cancel"), Msg::Cancel))
        .into()
}

/// Where a block has its file: as what it says, or as the header of a template. No block has two.
const PLACES: [&str; 3] = ["/media", "/header/media", "/template/header/media"];

fn place(fields: &Fields) -> Option<(&'static str, MediaKind)> {
    PLACES.into_iter().find_map(|at| Some((at, kind_at(fields, at)?)))
}

fn kind_at(fields: &Fields, at: &str) -> Option<MediaKind> {
    serde_json::from_value(pointer::get(fields, &format!("{at}/kind"))?.clone()).ok()
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

/// The names of the types that WhatsApp takes, as people know them.
const fn endings(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "JPEG, PNG",
        MediaKind::Video => "MP4, 3GP",
        MediaKind::Audio => "AAC, AMR, MP3, M4A, OGG (Opus)",
        MediaKind::Document => "PDF, TXT, DOC, DOCX, XLS, XLSX, PPT, PPTX",
        MediaKind::Sticker => "WebP",
    }
}

fn takes(kind: MediaKind) -> String {
    let (_, limit) = whatsapp::files(kind);
    match kind {
        MediaKind::Sticker => {
            t!("file-takes-sticker", still = &size(whatsapp::STILL_STICKER), moving = &size(limit))
        }
        kind => t!("file-takes", allowed = endings(kind), limit = &size(limit)),
    }
}

/// Endings beside types: some systems do not know what an `.amr` is.
fn accepted(kind: MediaKind) -> String {
    let more = match kind {
        MediaKind::Audio => ",.m4a,.amr,.aac,.ogg,.opus,.mp3",
        MediaKind::Video => ",.3gp",
        MediaKind::Document => ",.pdf,.txt,.doc,.docx,.xls,.xlsx,.ppt,.pptx",
        MediaKind::Image | MediaKind::Sticker => "",
    };
    whatsapp::files(kind).0.join(",") + more
}

/// What a file is, as WhatsApp calls it. Browsers have names of their own for some, and none for others.
fn mime_of(file: &PickedFile) -> String {
    let told = file.mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let ending =
        file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let known = match told.as_str() {
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "audio/mp3" => "audio/mpeg",
        "audio/x-m4a" | "audio/m4a" => "audio/mp4",
        "audio/opus" | "application/ogg" => "audio/ogg",
        "audio/x-aac" | "audio/aacp" | "audio/vnd.dlna.adts" => "audio/aac",
        "" | "application/octet-stream" => match ending.as_str() {
            "amr" => "audio/amr",
            "aac" => "audio/aac",
            "m4a" => "audio/mp4",
            "mp3" => "audio/mpeg",
            "ogg" | "opus" => "audio/ogg",
            "3gp" => "video/3gpp",
            "mp4" => "video/mp4",
            "webp" => "image/webp",
            "pdf" => "application/pdf",
            "txt" => "text/plain",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xls" => "application/vnd.ms-excel",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "ppt" => "application/vnd.ms-powerpoint",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            _ => "",
        },
        _ => return told,
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_browsers_say_of_them_and_by_their_names() {
        let mime = |name: &str, mime: &str| {
            mime_of(&PickedFile {
                file: 1,
                name: name.into(),
                mime: mime.into(),
                size: 1,
                url: String::new(),
            })
        };
        assert_eq!(mime("a.jpg", "image/jpeg"), "image/jpeg");
        assert_eq!(mime("a.M4A", "audio/x-m4a"), "audio/mp4");
        assert_eq!(mime("note.AMR", ""), "audio/amr");
        assert_eq!(mime("a.gif", "image/gif"), "image/gif");
        assert_eq!(mime("a", ""), "");
        // Whatever a name leads to, some kind takes it.
        let kinds =
            [MediaKind::Image, MediaKind::Video, MediaKind::Audio, MediaKind::Document, MediaKind::Sticker];
        for ending in [
            "amr", "aac", "m4a", "mp3", "ogg", "opus", "3gp", "mp4", "webp", "pdf", "txt", "doc", "docx",
            "xls", "xlsx", "ppt", "pptx",
        ] {
            let found = mime(&format!("a.{ending}"), "");
            assert!(kinds.iter().any(|kind| whatsapp::files(*kind).0.contains(&found.as_str())), "{ending}");
        }
    }
}
