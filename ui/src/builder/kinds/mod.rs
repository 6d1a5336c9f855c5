//! The kinds of blocks as data. Which there are, where they stand in the palette and which ways lead out of them, the
//! engine's catalogue says; icons, colours, forms and what a new block begins with stand in `table`. What the canvas,
//! the palette and the panel know of a block comes from here: a new kind is a new row.

mod fields;
mod ports;
mod settings;
mod summary;
mod table;
mod triggers;

use beseda_flow::{PRESENT, PaletteGroup};
use serde_json::{Value, json};

#[cfg(test)]
pub use fields::When;
pub use fields::{Field, Input, Numbers};
pub use ports::{Port, ports};
pub use settings::{
    LANGUAGE as FLOW_LANGUAGE, NAME as FLOW_NAME, OWN_WORDS, SETTINGS as FLOW_SETTINGS,
    VARIABLES as FLOW_VARIABLES,
};
pub use summary::{Summary, summary, summary_to, trigger_summary};
pub use table::Look;
pub use triggers::trigger_form;

use super::document::{Block, Fields, pointer};
use crate::i18n::{t, t_or};
use crate::kit::Icon;

/// The ways to compare, in the order in which people look for them.
pub const OPERATORS: [&str; 14] = [
    "equal",
    "not_equal",
    "contains",
    "not_contains",
    "greater",
    "greater_or_equal",
    "less",
    "less_or_equal",
    "set",
    "empty",
    "starts",
    "ends",
    "matches",
    "not_matches",
];

/// The parts of the palette, in their order.
pub const FAMILIES: [PaletteGroup; 5] =
    [PaletteGroup::Say, PaletteGroup::Ask, PaletteGroup::Logic, PaletteGroup::Crm, PaletteGroup::Integration];

/// The class of a part's colour, and the end of its text's key.
pub const fn family_name(family: PaletteGroup) -> &'static str {
    match family {
        PaletteGroup::Say => "say",
        PaletteGroup::Ask => "ask",
        PaletteGroup::Logic => "logic",
        PaletteGroup::Crm => "crm",
        PaletteGroup::Integration => "integration",
    }
}

/// Whether something that is offered is what is looked for (in lower case): by its title, or by another word for it.
pub fn is_wanted(id: &str, title: &str, wanted: &str) -> bool {
    let also = t_or(&format!("also-{}", id.replace('_', "-")), String::new);
    title.to_lowercase().contains(wanted) || also.to_lowercase().contains(wanted)
}

/// Something the palette offers: a kind of block, or one way to use it (a question for a date).
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub id: &'static str,
    pub kind: &'static str,
    pub variant: Option<&'static str>,
    pub family: PaletteGroup,
    pub ports: &'static [&'static str],
    pub look: &'static Look,
    offered: bool,
}

impl Entry {
    fn of(entry: &beseda_flow::Entry) -> Option<Self> {
        let look = table::LOOKS.iter().find(|look| look.id == entry.id)?;
        let beseda_flow::Entry { id, kind, variant, group, ports, feature } = *entry;
        let offered = feature.is_none_or(|feature| PRESENT.contains(&feature));
        Some(Self { id, kind, variant, family: group, ports, look, offered })
    }

    pub fn title(&self) -> String {
        t(&format!("entry-{}", self.id.replace('_', "-")))
    }

    /// A new block of this sort.
    pub fn block(&self, id: String) -> Block {
        let fresh = serde_json::from_str::<Value>(self.look.fresh).ok();
        let mut fields: Fields = fresh.and_then(|value| value.as_object().cloned()).unwrap_or_default();
        if let (Some(variant), "question") = (self.variant, self.kind) {
            fields.insert("answer".into(), json!(variant));
        }
        Block { id, kind: self.kind.to_owned(), fields }
    }
}

/// What the palette offers.
pub fn entries() -> impl Iterator<Item = Entry> {
    beseda_flow::catalogue().iter().filter_map(Entry::of).filter(|entry| entry.offered)
}

/// The entry that describes a block; none for a kind of a newer version.
pub fn entry_of(block: &Block) -> Option<Entry> {
    let variant = match block.kind.as_str() {
        "question" => block.fields.get("answer"),
        "message" => pointer::get(&block.fields, "/media/kind"),
        _ => None,
    };
    let variant = variant.and_then(Value::as_str);
    let of_kind = || beseda_flow::catalogue().iter().filter(|entry| entry.kind == block.kind);
    of_kind().find(|entry| entry.variant == variant).or_else(|| of_kind().next()).and_then(Entry::of)
}

pub fn entry(id: &str) -> Option<Entry> {
    beseda_flow::catalogue().iter().find(|entry| entry.id == id).and_then(Entry::of)
}

/// What a block is called.
pub fn title(block: &Block) -> String {
    entry_of(block).map_or_else(|| block.kind.clone(), |entry| entry.title())
}

/// Icon and colour of a block.
pub fn look(block: &Block) -> (Icon, &'static str) {
    entry_of(block)
        .map_or((Icon::CircleHelp, "unknown"), |entry| (entry.look.icon, family_name(entry.family)))
}

/// The kinds of triggers that are offered.
pub fn triggers() -> impl Iterator<Item = &'static str> {
    let offered = |entry: &&beseda_flow::TriggerEntry| entry.feature.is_none_or(|f| PRESENT.contains(&f));
    beseda_flow::trigger_catalogue().iter().filter(offered).map(|entry| entry.kind)
}

pub fn trigger_icon(kind: &str) -> Icon {
    match kind {
        "first_message" => Icon::Hand,
        "any_message" => Icon::MessageSquare,
        "payload" => Icon::SquareCheckBig,
        "referral" => Icon::Megaphone,
        "link" => Icon::Link2,
        "new_customer" => Icon::User,
        "tag_added" => Icon::Tag,
        "field_changed" => Icon::Pencil,
        "deal_moved" => Icon::Briefcase,
        "schedule" => Icon::CalendarClock,
        "api" => Icon::Plug,
        _ => Icon::Zap,
    }
}

pub fn trigger_title(kind: &str) -> String {
    t(&format!("trigger-{}", kind.replace('_', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{self, Locale};

    fn all() -> impl Iterator<Item = Entry> {
        beseda_flow::catalogue()
            .iter()
            .map(|entry| Entry::of(entry).unwrap_or_else(|| panic!("{} has no look", entry.id)))
    }

    #[test]
    fn every_entry_makes_a_block_that_is_its_own() {
        for entry in all() {
            assert!(serde_json::from_str::<Value>(entry.look.fresh).is_ok(), "{}", entry.id);
            let block = entry.block("x".into());
            assert_eq!(entry_of(&block).map(|found| found.id), Some(entry.id));
            // The engine reads it, as the kind that is meant.
            let flow = json!({ "schema": 1, "id": "f", "name": "F",
                "groups": [{ "id": "g", "blocks": [block.to_json()] }] });
            let read =
                beseda_flow::Flow::from_value(flow).unwrap_or_else(|error| panic!("{}: {error}", entry.id));
            assert_eq!(read.groups[0].blocks[0].kind(), entry.kind);
            let known = !matches!(read.groups[0].blocks[0].body, beseda_flow::Body::Unknown(_));
            assert!(known, "the engine does not know {}", entry.kind);
        }
    }

    /// Whatever a form can fill in, the engine takes and keeps: a misspelt pointer would land among what it does not know.
    #[test]
    fn the_fields_of_forms_are_fields_of_the_format() {
        let schema: Value =
            serde_json::from_str(include_str!("../../../../crates/flow/flow.schema.json")).unwrap();
        let text = schema.to_string();
        for entry in all() {
            for field in entry.look.form {
                for step in field.at.split('/').filter(|step| !step.is_empty()) {
                    assert!(text.contains(&format!("\"{step}\":")), "{} of {}", field.at, entry.id);
                }
            }
        }
    }

    fn fields_have_words(fields: &[Field], of: &str) {
        for field in fields {
            let key = format!("field-{}", field.words);
            assert_ne!(t(&key), key, "{of} in {}", i18n::current().code());
            match field.input {
                // Comparisons have signs or words of their own, methods of HTTP are said as they are.
                Input::Choice { values, words } if !words.is_empty() && words != "operator" => {
                    for value in values.iter().map(|value| if value.is_empty() { "none" } else { value }) {
                        let key = format!("choice-{words}-{}", value.replace('_', "-"));
                        assert_ne!(t(&key), key, "{of} in {}", i18n::current().code());
                    }
                }
                Input::Records { fields, .. } => fields_have_words(fields, of),
                _ => {}
            }
        }
    }

    #[test]
    fn every_entry_and_field_has_words_in_every_language() {
        for locale in Locale::ALL {
            i18n::set(locale);
            for entry in all() {
                assert!(!entry.title().starts_with("entry-"), "{} in {}", entry.id, locale.code());
                fields_have_words(entry.look.form, entry.id);
            }
            for trigger in beseda_flow::trigger_catalogue() {
                assert!(!trigger_title(trigger.kind).starts_with("trigger-"), "{}", trigger.kind);
                fields_have_words(trigger_form(trigger.kind), trigger.kind);
            }
            fields_have_words(&[FLOW_NAME, FLOW_LANGUAGE, FLOW_VARIABLES], "flow");
            fields_have_words(FLOW_SETTINGS, "flow");
            fields_have_words(OWN_WORDS, "flow");
            for family in FAMILIES {
                let key = format!("family-{}", family_name(family));
                assert_ne!(t(&key), key);
            }
        }
    }
}
