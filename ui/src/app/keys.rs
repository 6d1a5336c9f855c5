//! Shortcuts: one table that the listener, the dialog that lists them and `update` read.

use super::{App, Msg, Phase};
use crate::effect::{Effect, Effects};
use crate::kit::search::SEARCH;
use crate::pages::inbox;
use crate::router::{Place, Route, Section};
use crate::shell::palette;

/// A key that was pressed anywhere.
#[expect(clippy::struct_excessive_bools, reason = "the modifiers of the browser's own event")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As `KeyboardEvent.key` names it, letters in lower case.
    pub key: String,
    /// The physical key, `KeyE`: letters mean the same key on a Russian keyboard.
    pub code: String,
    /// Control, or Command on a Mac.
    pub command: bool,
    pub shift: bool,
    pub alt: bool,
    /// People are typing into a field.
    pub in_field: bool,
    /// The focus is in the phone beside the page.
    pub in_phone: bool,
    /// A dialog lies on top of the page: its own, the editor's, an enlarged picture.
    pub in_dialog: bool,
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    Palette,
    Help,
    Escape,
    Search,
    Next,
    Previous,
    Reply,
    TakeOver,
    GiveBack,
    Close,
    GoInbox,
    GoCustomers,
    GoBots,
    GoPhone,
    GoSettings,
    GoJournal,
}

impl Shortcut {
    /// What is listed, with the keys as shown and the text's key.
    pub const LISTED: [(Self, &'static str, &'static str); 16] = [
        (Self::Palette, "Ctrl K", "shortcut-palette"),
        (Self::Help, "?", "shortcut-help"),
        (Self::Escape, "Esc", "shortcut-escape"),
        (Self::GoInbox, "1", "shortcut-inbox"),
        (Self::GoCustomers, "2", "shortcut-customers"),
        (Self::GoBots, "3", "shortcut-bots"),
        (Self::GoPhone, "4", "shortcut-phone"),
        (Self::GoSettings, "5", "shortcut-settings"),
        (Self::GoJournal, "6", "shortcut-journal"),
        (Self::Search, "/", "shortcut-search"),
        (Self::Next, "J ↓", "shortcut-next"),
        (Self::Previous, "K ↑", "shortcut-previous"),
        (Self::Reply, "R", "shortcut-reply"),
        (Self::TakeOver, "T", "shortcut-take-over"),
        (Self::GiveBack, "B", "shortcut-give-back"),
        (Self::Close, "E", "shortcut-close"),
    ];

    /// The shortcut of a key. The listener asks this, too, so that only these keep the browser from
    /// doing what it would.
    pub fn of(key: &Key) -> Option<Self> {
        if key.command && !key.alt && !key.shift && key.code == "KeyK" {
            return Some(Self::Palette);
        }
        if key.key == "Escape" {
            return Some(Self::Escape);
        }
        if key.command || key.alt || key.in_field {
            return None;
        }
        if key.key == "?" {
            return Some(Self::Help);
        }
        if key.key == "/" || (key.code == "Slash" && !key.shift) {
            return Some(Self::Search);
        }
        if key.shift {
            return None;
        }
        Some(match key.code.as_str() {
            "KeyJ" | "ArrowDown" => Self::Next,
            "KeyK" | "ArrowUp" => Self::Previous,
            "KeyR" => Self::Reply,
            "KeyT" => Self::TakeOver,
            "KeyB" => Self::GiveBack,
            "KeyE" => Self::Close,
            "Digit1" => Self::GoInbox,
            "Digit2" => Self::GoCustomers,
            "Digit3" => Self::GoBots,
            "Digit4" => Self::GoPhone,
            "Digit5" => Self::GoSettings,
            "Digit6" => Self::GoJournal,
            _ => return None,
        })
    }
}

impl App {
    pub(super) fn press(&mut self, key: &Key) -> Effects {
        let Some(shortcut) = Shortcut::of(key) else { return vec![] };
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let on_top = key.in_dialog || self.menu.is_some() || self.shortcuts_shown || inside.palette.is_some();
        let in_inbox = self.route.place() == Some(Place::Inbox);
        let now = self.clock.now;
        match shortcut {
            // What lies behind a dialog does not open another one over it.
            Shortcut::Palette if key.in_dialog && inside.palette.is_none() => vec![],
            Shortcut::Palette => {
                let msg = if inside.palette.is_some() { palette::Msg::Close } else { palette::Msg::Open };
                self.update(msg.into(), now)
            }
            Shortcut::Escape => self.escape(key),
            _ if on_top => vec![],
            Shortcut::Help => self.update(Msg::ShowShortcuts(true), now),
            Shortcut::GoInbox => self.update(Msg::Go(Route::home()), now),
            Shortcut::GoCustomers => self.update(Msg::Go(Route::Customers { customer: None }), now),
            Shortcut::GoBots => self.update(Msg::Go(Route::Bots), now),
            Shortcut::GoPhone => self.update(Msg::TogglePhone, now),
            Shortcut::GoSettings => self.update(Msg::Go(Route::Settings(Section::Account)), now),
            Shortcut::GoJournal => self.update(Msg::Go(Route::journal()), now),
            Shortcut::Search => vec![Effect::Focus(SEARCH.to_owned())],
            Shortcut::Next if in_inbox => self.step(1),
            Shortcut::Previous if in_inbox => self.step(-1),
            Shortcut::Next => self.step_through(1),
            Shortcut::Previous => self.step_through(-1),
            Shortcut::Reply if in_inbox => vec![Effect::Focus("composer".to_owned())],
            Shortcut::TakeOver if in_inbox => self.update(inbox::Msg::TakeOver.into(), now),
            Shortcut::GiveBack if in_inbox => self.update(inbox::Msg::GiveBack.into(), now),
            Shortcut::Close if in_inbox => self.update(inbox::Msg::ToggleClosed.into(), now),
            _ => vec![],
        }
    }

    /// Closes what lies on top.
    fn escape(&mut self, key: &Key) -> Effects {
        let in_phone = key.in_phone;
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        if let Some(menu) = self.menu.take() {
            return vec![Effect::Focus(menu.button().to_owned())];
        }
        if std::mem::take(&mut self.shortcuts_shown) || inside.palette.take().is_some() {
            return vec![Effect::Refocus];
        }
        if let Some(effects) = inside.office.as_mut().and_then(|office| office.close_dialog()) {
            return effects;
        }
        if in_phone || self.route == Route::Phone {
            if let Some(effects) = inside.office.as_mut().and_then(|office| office.close_in_phone()) {
                return effects;
            }
            if in_phone {
                return self.put_phone(false);
            }
        }
        if let Route::Inbox { view, conversation } = self.route {
            if let Some(effects) = inside.inbox.escape() {
                return effects;
            }
            let Some(id) = conversation else { return vec![] };
            // First out of the field, with what was written in it, and then out of the conversation.
            if key.in_field {
                return vec![Effect::Focus("thread".to_owned())];
            }
            let now = self.clock.now;
            let mut effects = self.update(Msg::Go(Route::Inbox { view, conversation: None }), now);
            effects.push(Effect::Focus(format!("row-{id}")));
            return effects;
        }
        let back = inside.office.as_ref().and_then(|office| office.way_back(&self.route));
        let now = self.clock.now;
        back.map(|route| self.update(Msg::Go(route), now)).unwrap_or_default()
    }

    /// Opens the next or the previous conversation of the list.
    fn step(&mut self, by: i32) -> Effects {
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let Route::Inbox { view, conversation } = self.route else { return vec![] };
        let Some(id) = inside.inbox.neighbour(conversation, by) else { return vec![] };
        let now = self.clock.now;
        inside.inbox.bring(id);
        let mut effects = self.update(Msg::Go(Route::Inbox { view, conversation: Some(id) }), now);
        // The row is in sight then, and from it Tab leads to the conversation.
        effects.push(Effect::Focus(format!("row-{id}")));
        effects
    }

    /// Opens the next or the previous record of the list that is shown.
    fn step_through(&mut self, by: i32) -> Effects {
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let Some(office) = &mut inside.office else { return vec![] };
        let Some((go, row)) = office.step(&self.route, by) else { return vec![] };
        let now = self.clock.now;
        let mut effects = self.update(go, now);
        effects.push(Effect::Focus(row));
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str, code: &str) -> Key {
        Key {
            key: key.into(),
            code: code.into(),
            command: false,
            shift: false,
            alt: false,
            in_field: false,
            in_phone: false,
            in_dialog: false,
        }
    }

    #[test]
    fn letters_are_keys_and_not_characters() {
        assert_eq!(Shortcut::of(&key("у", "KeyE")), Some(Shortcut::Close));
        assert_eq!(Shortcut::of(&key("e", "KeyE")), Some(Shortcut::Close));
    }

    #[test]
    fn typing_is_left_alone() {
        let typed = Key { in_field: true, ..key("e", "KeyE") };
        assert_eq!(Shortcut::of(&typed), None);
        let palette = Key { command: true, in_field: true, ..key("k", "KeyK") };
        assert_eq!(Shortcut::of(&palette), Some(Shortcut::Palette));
        let copy = Key { command: true, ..key("c", "KeyC") };
        assert_eq!(Shortcut::of(&copy), None);
    }
}
