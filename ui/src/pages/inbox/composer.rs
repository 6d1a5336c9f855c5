//! Where answers are written.

use beseda_wire::messages::Text;
use beseda_wire::time::Time;

use super::Msg;
use super::thread::Thread;
use super::words::line;
use crate::format::size;
use crate::kit::{Button, Icon, Look, el, event, icon, icon_button, kbd};
use crate::pages::Around;
use crate::pages::roles::answers;
use crate::{Node, t};

/// WhatsApp's longest text (Cloud API, text messages), in characters.
const LONGEST: usize = 4096;

/// The text as WhatsApp takes it: in pieces that are short enough, cut between paragraphs or words.
pub fn parts(text: &str) -> Vec<Text> {
    let mut rest = text.trim();
    let mut parts = vec![];
    while !rest.is_empty() {
        let end = rest.char_indices().nth(LONGEST).map_or(rest.len(), |(at, _)| at);
        let cut = if end == rest.len() {
            end
        } else {
            let piece = &rest[..end];
            piece.rfind('\n').or_else(|| piece.rfind(' ')).filter(|at| *at > 0).unwrap_or(end)
        };
        let (part, after) = rest.split_at(cut);
        let preview_url = part.contains("http://") || part.contains("https://");
        parts.push(Text { body: part.trim().to_owned(), preview_url });
        rest = after.trim_start();
    }
    parts
}

pub fn composer(thread: &Thread, around: &Around<'_>) -> Node {
    let closed = thread.window_left(around.clock.now).is_none() && thread.conversation.ready().is_some();
    let body = if !answers(around.role) {
        looks_on()
    } else if closed {
        why_closed(thread, around.clock.now)
    } else {
        open(thread)
    };
    el("footer").class("composer").key(thread.id).child(body).into()
}

/// For those who may not answer.
fn looks_on() -> Node {
    el("div")
        .class("notice")
        .key("looks-on")
        .child(icon(Icon::Eye))
        .child(el("div").child(el("p").text(t!("composer-looks-on"))))
        .into()
}

fn why_closed(thread: &Thread, now: Time) -> Node {
    let ever = thread
        .conversation
        .ready()
        .and_then(|conversation| conversation.window_closes_at)
        .is_some_and(|closed| closed <= now);
    el("div")
        .class("notice amber")
        .key("closed")
        .child(icon(Icon::Clock))
        .child(
            el("div")
                .child(el("b").text(if ever { t!("window-closed-title") } else { t!("window-never-title") }))
                .child(el("p").text(t!("window-closed-words"))),
        )
        .into()
}

fn open(thread: &Thread) -> Node {
    let ready = !thread.draft.trim().is_empty() || !thread.files.is_empty();
    let too_long = thread.draft.chars().count() > LONGEST;
    el("div")
        .class("composer-box")
        .key("open")
        .maybe(thread.bot_talks().then(|| {
            el("p").class("composer-hint").child(icon(Icon::Bot)).child(el("span").text(t!("composer-bot")))
        }))
        .maybe(quoted(thread))
        .maybe((!thread.files.is_empty()).then(|| files(thread)))
        .child(
            el("textarea")
                .id("composer")
                .class("composer-text")
                .attr("rows", "1")
                .attr("value", thread.first_draft.clone())
                .attr("placeholder", t!("composer-placeholder"))
                .label(t!("composer-label"))
                .attr("enterkeyhint", "send")
                .on(event::input(Msg::Typed))
                .on(event::enter(Msg::Send)),
        )
        .child(
            el("div")
                .class("composer-tools")
                .child(icon_button(Icon::Paperclip, &t!("attach"), Msg::Attach))
                .child(
                    el("input")
                        .id("attach")
                        .class("unseen")
                        .attr("type", "file")
                        .attr("multiple", "true")
                        .attr("tabindex", "-1")
                        .label(t!("attach")),
                )
                .child(
                    el("span")
                        .class("composer-keys")
                        .child(kbd("Enter"))
                        .child(el("span").text(t!("composer-enter"))),
                )
                .maybe(too_long.then(|| el("span").class("composer-keys").text(t!("composer-split"))))
                .child(
                    Button::new(Look::Primary, t!("send"))
                        .icon(Icon::SendHorizontal)
                        .disabled(!ready)
                        .on(Msg::Send),
                ),
        )
        .into()
}

fn quoted(thread: &Thread) -> Option<Node> {
    let quoted = thread.quoted?;
    let message = thread.messages.iter().find(|message| message.id == quoted)?;
    Some(
        el("div")
            .class("composer-quote")
            .child(icon(Icon::Reply))
            .child(el("p").text(line(&message.content)))
            .child(icon_button(Icon::X, &t!("quote-drop"), Msg::Quote(None)))
            .into(),
    )
}

fn files(thread: &Thread) -> Node {
    el("ul")
        .class("composer-files")
        .children(thread.files.iter().map(|file| {
            let picture = file.mime.starts_with("image/");
            el("li")
                .key(file.file)
                .child(if picture {
                    el("img").attr("src", file.url.clone()).attr("alt", "").into()
                } else {
                    icon(Icon::FileText)
                })
                .child(
                    el("div")
                        .child(el("b").text(&file.name))
                        .child(el("span").class("muted num").text(size(file.size))),
                )
                .child(icon_button(
                    Icon::X,
                    &t!("file-not-sent", name = &file.name),
                    Msg::RemoveFile(file.file),
                ))
        }))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_words_and_nothing_is_lost() {
        let word = "слово ";
        let text = word.repeat(1500);
        let parts = parts(&text);
        assert!(parts.len() > 1);
        assert!(parts.iter().all(|part| part.body.chars().count() <= LONGEST));
        let again: Vec<&str> = parts.iter().flat_map(|part| part.body.split(' ')).collect();
        assert_eq!(again.len(), 1500);
    }

    #[test]
    fn a_text_without_a_space_is_cut_all_the_same() {
        let parts = parts(&"ы".repeat(LONGEST + 10));
        assert_eq!(parts.iter().map(|part| part.body.chars().count()).collect::<Vec<_>>(), [LONGEST, 10]);
    }

    #[test]
    fn links_ask_for_a_preview() {
        assert!(parts("see https://example.org")[0].preview_url);
        assert!(!parts("see you")[0].preview_url);
        assert!(parts("   ").is_empty());
    }
}
