//! The kinds of blocks and triggers, as pure data: one list for the editor's palette, for the checker and for
//! whoever asks which ports a block has.

use serde::Serialize;

use crate::compile::port;

/// Where a block stands in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Say,
    Ask,
    Logic,
    Crm,
    Integration,
}

/// A part of the product that a block cannot do without. A block whose part does not exist yet keeps its place in the
/// format, is not shown in the palette, and is reported by the checker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Feature {
    /// Approved templates, known by their names.
    Templates,
    /// Native forms (Meta's Flows).
    Forms,
    /// Bots that are found by their ids from within another.
    Bots,
    /// The business's working hours.
    Hours,
    /// Who is there to talk.
    Presence,
    /// Fields, tags and assignment of customers.
    Customers,
    Teams,
    Deals,
    Tasks,
    /// Lists of receivers.
    Subscriptions,
    /// Notes that only the team sees.
    Notes,
    /// Calls to other services.
    Http,
    /// Addresses that other services call.
    IncomingCalls,
    Email,
    Ai,
    /// Runs begun by the clock.
    Schedules,
    /// Runs begun through the API.
    Api,
}

/// The parts of the product that are there. It stands here and not with whoever carries effects out, because the server
/// publishes no flow that needs another, and the editor offers none: both must mean the same.
pub const PRESENT: &[Feature] = &[
    Feature::Ai,
    Feature::Api,
    Feature::Bots,
    Feature::Customers,
    Feature::Email,
    Feature::Forms,
    Feature::Hours,
    Feature::Http,
    Feature::IncomingCalls,
    Feature::Notes,
    Feature::Presence,
    Feature::Schedules,
    Feature::Subscriptions,
    Feature::Templates,
];

/// A kind of block, or a variant of one that the palette shows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The name of the entry; the interface's texts go by it.
    pub id: &'static str,
    /// The word in the file.
    pub kind: &'static str,
    /// For `question` the word of `answer`, for `message` that of `media.kind`.
    pub variant: Option<&'static str>,
    pub group: Group,
    /// The ordinary way on stands first. `option:*` and `branch:*` are one port for each.
    pub ports: &'static [&'static str],
    pub feature: Option<Feature>,
}

/// A kind of trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TriggerEntry {
    pub kind: &'static str,
    pub feature: Option<Feature>,
    /// Whether the customer's own message starts it, so that the 24 hours are open.
    pub by_message: bool,
}

const OPTIONS: &str = "option:*";
const BRANCHES: &str = "branch:*";
const NEXT: &[&str] = &[port::NEXT];
const ASKED: &[&str] = &[port::ANSWERED, port::FAILED, port::TIMEOUT];
const CHOSEN: &[&str] = &[port::ANSWERED, OPTIONS, port::FAILED, port::TIMEOUT];
const CALLED: &[&str] = &[port::NEXT, port::FAILED, port::TIMEOUT];
const NONE: &[&str] = &[];

const fn entry(
    id: &'static str,
    kind: &'static str,
    group: Group,
    ports: &'static [&'static str],
    feature: Option<Feature>,
) -> Entry {
    Entry { id, kind, variant: None, group, ports, feature }
}

const fn file(variant: &'static str) -> Entry {
    Entry {
        id: variant,
        kind: "message",
        variant: Some(variant),
        group: Group::Say,
        ports: NEXT,
        feature: None,
    }
}

const fn question(
    id: &'static str,
    variant: &'static str,
    ports: &'static [&'static str],
    feature: Option<Feature>,
) -> Entry {
    Entry { id, kind: "question", variant: Some(variant), group: Group::Ask, ports, feature }
}

/// All kinds of blocks, in the palette's order.
static BLOCKS: &[Entry] = &[
    entry("message", "message", Group::Say, NEXT, None),
    file("image"),
    file("video"),
    file("audio"),
    file("document"),
    file("sticker"),
    entry("location", "location", Group::Say, NEXT, None),
    entry("contact_card", "contact_card", Group::Say, NEXT, None),
    entry("menu", "menu", Group::Say, &[port::NEXT, OPTIONS], None),
    entry("link_button", "link_button", Group::Say, NEXT, None),
    entry("template", "template", Group::Say, &[port::NEXT, OPTIONS], Some(Feature::Templates)),
    entry("wait", "wait", Group::Say, &[port::NEXT, port::MESSAGE], None),
    question("ask_text", "text", ASKED, None),
    question("ask_number", "number", ASKED, None),
    question("ask_email", "email", ASKED, None),
    question("ask_phone", "phone", ASKED, None),
    question("ask_url", "url", ASKED, None),
    question("ask_date", "date", ASKED, None),
    question("ask_time", "time", ASKED, None),
    question("ask_choice", "choice", CHOSEN, None),
    question("ask_rating", "rating", ASKED, None),
    question("ask_media", "media", ASKED, None),
    question("ask_location", "location", ASKED, None),
    question("ask_form", "form", ASKED, Some(Feature::Forms)),
    entry("set", "set", Group::Logic, NEXT, None),
    entry("condition", "condition", Group::Logic, &[port::ELSE, BRANCHES], None),
    entry("switch", "switch", Group::Logic, &[port::ELSE, BRANCHES], None),
    entry("split", "split", Group::Logic, &[BRANCHES], None),
    entry("jump", "jump", Group::Logic, NONE, None),
    entry("sub_flow", "sub_flow", Group::Logic, &[port::NEXT, port::FAILED], None),
    entry("return", "return", Group::Logic, NONE, None),
    entry("loop", "loop", Group::Logic, &[port::NEXT, port::EACH], None),
    entry("break", "break", Group::Logic, NONE, None),
    entry("hours", "hours", Group::Logic, &[port::OPEN, port::CLOSED], None),
    entry("online", "online", Group::Logic, &[port::ONLINE, port::OFFLINE], Some(Feature::Presence)),
    entry("end", "end", Group::Logic, NONE, None),
    entry("read_fields", "read_fields", Group::Crm, CALLED, Some(Feature::Customers)),
    entry("set_fields", "set_fields", Group::Crm, NEXT, Some(Feature::Customers)),
    entry("tags", "tags", Group::Crm, NEXT, Some(Feature::Customers)),
    entry("assign", "assign", Group::Crm, NEXT, Some(Feature::Customers)),
    entry("create_deal", "create_deal", Group::Crm, NEXT, Some(Feature::Deals)),
    entry("move_deal", "move_deal", Group::Crm, NEXT, Some(Feature::Deals)),
    entry("create_task", "create_task", Group::Crm, NEXT, Some(Feature::Tasks)),
    entry("subscribe", "subscribe", Group::Crm, NEXT, Some(Feature::Subscriptions)),
    entry("unsubscribe", "unsubscribe", Group::Crm, NEXT, Some(Feature::Subscriptions)),
    entry("note", "note", Group::Crm, NEXT, Some(Feature::Notes)),
    entry("hand_over", "hand_over", Group::Crm, &[port::RETURNED], None),
    entry("http", "http", Group::Integration, CALLED, Some(Feature::Http)),
    entry(
        "wait_call",
        "wait_call",
        Group::Integration,
        &[port::NEXT, port::TIMEOUT, port::MESSAGE],
        Some(Feature::IncomingCalls),
    ),
    entry("email", "email", Group::Integration, CALLED, Some(Feature::Email)),
    entry("ai_answer", "ai_answer", Group::Integration, CALLED, Some(Feature::Ai)),
    entry("ai_extract", "ai_extract", Group::Integration, CALLED, Some(Feature::Ai)),
];

const fn trigger(kind: &'static str, feature: Option<Feature>, by_message: bool) -> TriggerEntry {
    TriggerEntry { kind, feature, by_message }
}

static TRIGGERS: &[TriggerEntry] = &[
    trigger("keyword", None, true),
    trigger("first_message", None, true),
    trigger("any_message", None, true),
    trigger("payload", None, true),
    trigger("referral", None, true),
    trigger("link", None, true),
    trigger("new_customer", Some(Feature::Customers), false),
    trigger("tag_added", Some(Feature::Customers), false),
    trigger("field_changed", Some(Feature::Customers), false),
    trigger("deal_moved", Some(Feature::Deals), false),
    trigger("schedule", Some(Feature::Schedules), false),
    trigger("api", Some(Feature::Api), false),
];

/// All kinds of blocks, in the palette's order.
pub fn catalogue() -> &'static [Entry] {
    BLOCKS
}

/// All kinds of triggers.
pub fn trigger_catalogue() -> &'static [TriggerEntry] {
    TRIGGERS
}

/// The entry of a block: of its variant where there is one, else of its kind.
pub(crate) fn entry_of(kind: &str, variant: Option<&str>) -> Option<&'static Entry> {
    let of_kind = || BLOCKS.iter().filter(|entry| entry.kind == kind);
    of_kind().find(|entry| entry.variant == variant).or_else(|| of_kind().next())
}

impl Entry {
    /// The port of the ordinary way on, where it has a name.
    pub(crate) fn ordinary(&self) -> Option<&'static str> {
        self.ports.first().copied().filter(|port| !port.ends_with('*'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::KINDS;

    #[test]
    fn every_kind_has_its_place() {
        for kind in KINDS {
            assert!(BLOCKS.iter().any(|entry| entry.kind == *kind), "{kind}");
        }
        for entry in BLOCKS {
            assert!(KINDS.contains(&entry.kind), "{}", entry.kind);
        }
        let mut ids: Vec<_> = BLOCKS.iter().map(|entry| entry.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
