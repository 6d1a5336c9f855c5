//! The command palette: go anywhere, do anything, find a conversation by name.

use beseda_wire::conversations::{Conversation, InboxView};
use beseda_wire::page::Page;

use crate::api::{self, ConversationQuery, Failure};
use crate::app::{App, Phase};
use crate::effect::{Effect, Effects, Theme};
use crate::format::phone;
use crate::i18n::Locale;
use crate::kit::dialog::backdrop;
use crate::kit::event::ListKey;
use crate::kit::{Icon, el, event, icon, kbd};
use crate::pages::inbox;
use crate::router::{Route, Section};
use crate::{Node, t};

use super::theme_icon;

#[derive(Debug, Clone)]
pub struct Model {
    text: String,
    at: usize,
    commands: Vec<Entry>,
    found: Vec<Conversation>,
    asked: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Open,
    Close,
    Type(String),
    SearchDue(u32),
    Found(u32, Result<Page<Conversation>, Failure>),
    Key(ListKey),
    Run(usize),
}

/// Something that can be chosen.
#[derive(Debug, Clone)]
struct Entry {
    group: String,
    words: String,
    about: String,
    icon: Icon,
    key: Option<&'static str>,
    msg: crate::Msg,
}

impl App {
    pub(crate) fn update_palette(&mut self, msg: Msg) -> Effects {
        if msg == Msg::Open {
            let model = Model::new(self);
            self.menu = None;
            if let Phase::Inside(inside) = &mut self.phase {
                inside.palette = Some(model);
            }
            return vec![Effect::Focus("palette-input".to_owned())];
        }
        let Phase::Inside(inside) = &mut self.phase else { return vec![] };
        let Some(model) = &mut inside.palette else { return vec![] };
        let chosen = match msg {
            Msg::Open => None,
            Msg::Close => {
                inside.palette = None;
                return vec![Effect::Refocus];
            }
            Msg::Type(text) => {
                model.text = text;
                model.at = 0;
                model.asked += 1;
                return vec![Effect::After(120, Msg::SearchDue(model.asked).into())];
            }
            Msg::SearchDue(asked) => return model.search(asked),
            Msg::Found(asked, answer) => {
                if asked == model.asked {
                    model.found = answer.map(|page| page.items).unwrap_or_default();
                }
                None
            }
            Msg::Key(ListKey::Enter) => Some(model.at),
            Msg::Key(key) => {
                model.at = key.step(model.at, model.entries().len());
                return vec![Effect::Reveal(format!("palette-{}", model.at))];
            }
            Msg::Run(index) => Some(index),
        };
        let Some(entry) = chosen.and_then(|index| model.entries().into_iter().nth(index)) else {
            return vec![];
        };
        inside.palette = None;
        let now = self.clock.now;
        // What is chosen may give the focus to something of its own.
        let mut effects = vec![Effect::Refocus];
        effects.extend(self.update(entry.msg, now));
        effects
    }
}

impl Model {
    fn new(app: &App) -> Self {
        let Phase::Inside(inside) = &app.phase else {
            return Self { text: String::new(), at: 0, commands: vec![], found: vec![], asked: 0 };
        };
        let mut commands = vec![];
        let mut add =
            |group: String, words: String, icon: Icon, key: Option<&'static str>, msg: crate::Msg| {
                commands.push(Entry { group, words, about: String::new(), icon, key, msg });
            };
        if matches!(app.route, Route::Inbox { conversation: Some(_), .. }) {
            for (words, icon, key, msg) in [
                (t!("take-over"), Icon::Hand, "T", inbox::Msg::TakeOver),
                (t!("give-back"), Icon::Bot, "B", inbox::Msg::GiveBack),
                (t!("close-or-reopen"), Icon::CircleCheck, "E", inbox::Msg::ToggleClosed),
            ] {
                add(t!("palette-conversation"), words, icon, Some(key), msg.into());
            }
        }
        let keys = ["1", "2", "3", "4", "5"];
        let mut numbered = 0;
        for (place, route, words, icon) in super::places(inside) {
            let key = (place != crate::router::Place::Start).then(|| {
                numbered += 1;
                keys[numbered - 1]
            });
            let msg = if route == Route::Phone { crate::Msg::TogglePhone } else { crate::Msg::Go(route) };
            add(t!("palette-go"), words, icon, key, msg);
        }
        for section in Section::ALL.into_iter().skip(1) {
            let (words, icon) = (super::section_name(section), super::section_icon(section));
            let key = (section == Section::Journal).then_some("6");
            add(t!("palette-go"), words, icon, key, crate::Msg::Go(section.route()));
        }
        add(t!("palette-do"), t!("connect-title"), Icon::Phone, None, crate::Msg::Go(Route::NewNumber));
        for business in &inside.businesses {
            if Some(business.id) != inside.business.as_ref().map(|current| current.id) {
                let words = t!("palette-business", name = &business.name);
                add(t!("palette-do"), words, Icon::Building2, None, crate::Msg::Business(business.id));
            }
        }
        for theme in Theme::ALL {
            let name = t!(&format!("theme-{}", theme.name()));
            let words = t!("palette-theme", name = &name);
            add(t!("palette-do"), words, theme_icon(theme), None, crate::Msg::Theme(theme));
        }
        for locale in Locale::ALL {
            let words = t!("palette-language", name = locale.own_name());
            add(t!("palette-do"), words, Icon::Languages, None, crate::Msg::Locale(locale));
        }
        add(t!("palette-do"), t!("shortcuts"), Icon::Keyboard, Some("?"), crate::Msg::ShowShortcuts(true));
        add(t!("palette-do"), t!("sign-out"), Icon::LogOut, None, crate::Msg::SignOut);
        Self { text: String::new(), at: 0, commands, found: vec![], asked: 0 }
    }

    fn search(&mut self, asked: u32) -> Effects {
        let text = self.text.trim();
        if asked != self.asked {
            return vec![];
        }
        if text.is_empty() {
            self.found.clear();
            return vec![];
        }
        let query =
            ConversationQuery { view: InboxView::All, search: Some(text.to_owned()), limit: 8, cursor: None };
        vec![api::conversations(&query).then(move |answer| Msg::Found(asked, answer))]
    }

    /// The commands every word of the text begins a word of, then the conversations.
    fn entries(&self) -> Vec<Entry> {
        let text = self.text.to_lowercase();
        let matches = |words: &str| {
            let words = words.to_lowercase();
            text.split_whitespace().all(|part| {
                words
                    .split_whitespace()
                    .any(|word| word.trim_start_matches(['«', '"', '(']).starts_with(part))
            })
        };
        let commands = self.commands.iter().filter(|entry| matches(&entry.words)).cloned();
        let found = self.found.iter().map(|conversation| Entry {
            group: t!("palette-found"),
            words: conversation.customer_name.clone(),
            about: conversation.customer_phone.as_deref().map(phone).unwrap_or_default(),
            icon: Icon::MessageSquare,
            key: None,
            msg: crate::Msg::Go(Route::Inbox { view: InboxView::All, conversation: Some(conversation.id) }),
        });
        commands.chain(found).collect()
    }

    pub fn view(&self) -> Node {
        let entries = self.entries();
        let mut group = String::new();
        let mut lines: Vec<Node> = vec![];
        for (index, entry) in entries.iter().enumerate() {
            if entry.group != group {
                group.clone_from(&entry.group);
                lines.push(
                    el("div")
                        .class("menu-heading")
                        .key(&group)
                        .attr("role", "presentation")
                        .text(&group)
                        .into(),
                );
            }
            let chosen = index == self.at;
            lines.push(
                el("div")
                    .id(format!("palette-{index}"))
                    .class("palette-entry")
                    .attr("role", "option")
                    .attr("aria-selected", if chosen { "true" } else { "false" })
                    .on(event::click(Msg::Run(index)))
                    .child(icon(entry.icon))
                    .child(el("span").text(&entry.words))
                    .child(el("span").class("muted").text(&entry.about))
                    .maybe(entry.key.map(kbd))
                    .into(),
            );
        }
        let list = if lines.is_empty() {
            el("p").class("palette-none").text(t!("nothing-found"))
        } else {
            el("div")
                .id("palette-list")
                .class("palette-list")
                .attr("role", "listbox")
                .label(t!("palette"))
                .children(lines)
        };
        el("div")
            .class("veil")
            .key("palette")
            .child(backdrop(Msg::Close.into()))
            .child(
                el("div")
                    .class("palette")
                    .attr("role", "dialog")
                    .attr("aria-modal", "true")
                    .label(t!("palette"))
                    .child(
                        el("div").class("palette-top").child(icon(Icon::Search)).child(
                            el("input")
                                .id("palette-input")
                                .attr("type", "text")
                                .attr("role", "combobox")
                                .attr("autocomplete", "off")
                                .attr("spellcheck", "false")
                                .attr("aria-expanded", "true")
                                .attr("aria-controls", "palette-list")
                                .attr("aria-activedescendant", format!("palette-{}", self.at))
                                .attr("placeholder", t!("palette-placeholder"))
                                .label(t!("palette-placeholder"))
                                .on(event::input(Msg::Type))
                                .on(event::keys(Msg::Key)),
                        ),
                    )
                    .child(list),
            )
            .into()
    }
}
