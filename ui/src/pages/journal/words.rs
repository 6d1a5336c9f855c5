//! Webhooks in plain language.

use beseda_wire::whatsapp::{JournalEntry, Outcome};

use crate::i18n::t_or;
use crate::kit::tag::Tone;
use crate::kit::{El, Icon, el, icon};
use crate::router::outcome_name;
use crate::t;

pub fn outcome(outcome: Outcome) -> String {
    t!(&format!("outcome-{}", outcome_name(outcome)))
}

pub const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Processed => Tone::Green,
        Outcome::Duplicate => Tone::Grey,
        Outcome::Pending => Tone::Blue,
        Outcome::Unknown => Tone::Amber,
        Outcome::Unreadable | Outcome::Failed => Tone::Red,
    }
}

const fn picture(outcome: Outcome) -> Icon {
    match outcome {
        Outcome::Processed => Icon::CircleCheck,
        Outcome::Duplicate => Icon::Copy,
        Outcome::Pending => Icon::Clock,
        Outcome::Unknown => Icon::CircleHelp,
        Outcome::Unreadable | Outcome::Failed => Icon::CircleAlert,
    }
}

pub fn outcome_tag(which: Outcome) -> El {
    el("span").class(tone(which).class()).child(icon(picture(which))).child(el("span").text(outcome(which)))
}

/// What became of it and what to do, in a sentence or two.
pub fn explained(entry: &JournalEntry) -> String {
    let why = entry.reason.as_deref().map(|reason| reason.replace('_', "-"));
    why.map_or_else(
        || t!(&format!("webhook-{}-words", outcome_name(entry.outcome))),
        |why| t_or(&format!("reason-{why}"), || t!("reason-not-understood")),
    )
}

/// `message.text` as people say it; a name nobody has translated stays as Meta wrote it.
pub fn kind(name: &str) -> String {
    let (group, rest) = name.split_once('.').unwrap_or((name, ""));
    let own = t_or(&format!("hook-{}", name.replace(['.', '_'], "-").to_lowercase()), String::new);
    if !own.is_empty() {
        return own;
    }
    match group {
        "message" => t!("hook-message", kind = rest),
        "echo" => t!("hook-echo", kind = rest),
        "status" => t!("hook-status", kind = rest),
        "field" => t!("hook-field", kind = rest),
        _ => name.to_owned(),
    }
}

/// What the webhook speaks of, as a picture: somebody said something, or a message of ours got further, with the marks of
/// the thread. The words stand beside it.
pub fn kind_picture(entry: &JournalEntry) -> El {
    let name = entry.kinds.first().map(String::as_str).unwrap_or_default();
    let (picture, class) = match name.split_once('.').unwrap_or((name, "")) {
        ("message", _) => (Icon::MessageSquare, ""),
        ("echo", _) => (Icon::Reply, ""),
        ("status", "sent") => (Icon::Check, "tick"),
        ("status", "read" | "played") => (Icon::CheckCheck, "tick read"),
        ("status", "failed") => (Icon::CircleAlert, "tick failed"),
        ("status", _) => (Icon::CheckCheck, "tick"),
        ("preference", _) => (Icon::Megaphone, ""),
        ("field", _) => (Icon::Info, ""),
        _ => (Icon::CircleHelp, ""),
    };
    el("span").class("webhook-kind").class(class).attr("aria-hidden", "true").child(icon(picture))
}

pub fn kinds(entry: &JournalEntry) -> String {
    if entry.kinds.is_empty() {
        return t!("hook-none");
    }
    entry.kinds.iter().map(|name| kind(name)).collect::<Vec<_>>().join(", ")
}
