//! The three ways to a new bot: empty, from the gallery, from a file.

use beseda_wire::bots::GalleryBot;
use beseda_wire::page::Page;

use super::Msg as Bots;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::kit::dialog::dialog;
use crate::kit::field::select;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::Load;
use crate::{Node, i18n, t};

#[derive(Debug, Default)]
pub struct Model {
    gallery: Load<Vec<GalleryBot>>,
    /// The language that the gallery is in: the interface may speak another one meanwhile.
    language: &'static str,
    /// The trade whose bots are shown; all without one.
    trade: Option<String>,
    /// The bot whose flow is on its way.
    taking: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Gallery(Result<Page<GalleryBot>, Failure>),
    Trade(String),
    Take(String),
    PickFile,
}

impl Model {
    pub fn open(&mut self) -> Effects {
        let language = i18n::current().code();
        let mut effects = vec![Effect::Focus("new-bot-empty".to_owned())];
        if self.language != language || self.gallery.ready().is_none() {
            self.gallery = Load::Loading;
            self.language = language;
            effects.push(api::gallery(language).then(|answer| Bots::Gallery(Msg::Gallery(answer))));
        }
        effects
    }

    pub fn update(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Gallery(answer) => {
                self.gallery.answer(answer.map(|page| page.items));
                vec![]
            }
            Msg::Trade(trade) => {
                self.trade = (!trade.is_empty()).then_some(trade);
                vec![]
            }
            Msg::Take(_) if self.taking.is_some() => vec![],
            Msg::Take(id) => {
                let call = api::gallery_bot(&id, self.language);
                self.taking = Some(id);
                vec![call.then(|answer| Bots::Taken(answer.map(Box::new)))]
            }
            Msg::PickFile => vec![Effect::Press("bot-file".to_owned())],
        }
    }

    /// The flow is there, or cannot be had.
    pub fn taken(&mut self) {
        self.taking = None;
    }

    pub fn view(&self, making: bool) -> Node {
        let way = |look, words: String, about: String, picture, id, msg: Bots, busy| {
            el("div").class("bot-way").key(id).child(icon(picture)).child(
                el("div")
                    .child(el("b").text(&words))
                    .child(el("p").text(about))
                    .child(Button::new(look, words).id(id).busy(busy).on(msg)),
            )
        };
        dialog(
            "new-bot",
            &t!("bot-new"),
            Bots::CloseNew.into(),
            [
                el("div")
                    .class("bot-ways")
                    .key("ways")
                    .attr("data-bot-file", "")
                    .child(way(
                        Look::Primary,
                        t!("bot-empty"),
                        t!("bot-empty-about"),
                        Icon::Sparkles,
                        "new-bot-empty",
                        Bots::Empty,
                        making && self.taking.is_none(),
                    ))
                    .child(way(
                        Look::Plain,
                        t!("bot-import"),
                        t!("bot-import-about"),
                        Icon::FileUp,
                        "new-bot-file",
                        Bots::Gallery(Msg::PickFile),
                        false,
                    ))
                    .child(
                        el("input")
                            .id("bot-file")
                            .class("unseen")
                            .attr("type", "file")
                            .attr("accept", ".json,application/json")
                            .attr("tabindex", "-1")
                            .label(t!("bot-import")),
                    )
                    .into(),
                self.view_gallery(making),
            ],
        )
    }

    fn view_gallery(&self, making: bool) -> Node {
        let content = match &self.gallery {
            Load::Not | Load::Loading => vec![skeleton(3, "rows")],
            Load::Failed(failure) => vec![notice::failure(failure, Some(Bots::New.into()))],
            Load::Ready(bots) => {
                let mut trades: Vec<&str> = bots.iter().map(|bot| bot.trade.as_str()).collect();
                trades.sort_unstable();
                trades.dedup();
                let all = [(String::new(), t!("trade-all"))];
                let options = all
                    .into_iter()
                    .chain(trades.into_iter().map(|trade| (trade.to_owned(), trade_words(trade))));
                let shown =
                    bots.iter().filter(|bot| self.trade.as_ref().is_none_or(|trade| *trade == bot.trade));
                vec![
                    select(
                        "gallery-trade",
                        &t!("trade"),
                        self.trade.as_deref().unwrap_or_default(),
                        options,
                        event::input(|trade| Bots::Gallery(Msg::Trade(trade))),
                    ),
                    el("ul")
                        .class("gallery")
                        .key("gallery")
                        .label(t!("bot-gallery"))
                        .children(shown.map(|bot| self.card(bot, making)))
                        .into(),
                ]
            }
        };
        el("section")
            .class("bot-gallery")
            .key("gallery")
            .child(el("h3").text(t!("bot-gallery")))
            .child(el("p").class("muted").text(t!("bot-gallery-about")))
            .children(content)
            .into()
    }

    fn card(&self, bot: &GalleryBot, making: bool) -> Node {
        let busy = self.taking.as_deref() == Some(bot.id.as_str());
        el("li")
            .key(&bot.id)
            .child(
                el("button")
                    .class("gallery-card")
                    .attr("type", "button")
                    .attr("disabled", making || self.taking.is_some())
                    .attr_if(busy, "aria-busy", "true")
                    .on(event::click(Bots::Gallery(Msg::Take(bot.id.clone()))))
                    .child(el("b").text(&bot.title))
                    .child(tag(Tone::Grey, trade_words(&bot.trade)))
                    .child(el("span").class("gallery-words").text(&bot.description)),
            )
            .into()
    }
}

fn trade_words(trade: &str) -> String {
    i18n::t_or(&format!("trade-{trade}"), || trade.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    /// As the engine lists them; the gallery itself is no part of this program.
    #[test]
    fn every_trade_has_words() {
        let source = include_str!("../../../../crates/flow/src/gallery.rs");
        let trades = source.split("pub enum Trade {").nth(1).unwrap().split('}').next().unwrap();
        let lines = trades.lines().map(|line| line.trim().trim_end_matches(','));
        let trades: Vec<String> =
            lines.filter(|line| !line.is_empty() && !line.starts_with("//")).map(str::to_lowercase).collect();
        assert!(trades.len() > 10, "{trades:?}");
        for locale in i18n::Locale::ALL {
            i18n::set(locale);
            for trade in &trades {
                assert_ne!(trade_words(trade), *trade, "in {}", locale.code());
            }
        }
    }

    #[test]
    fn the_gallery_is_asked_for_once_in_each_language() {
        let mut model = Model::default();
        i18n::set(i18n::Locale::En);
        let asked = |effects: Effects| {
            read::lines(&effects).into_iter().filter(|line| line.starts_with("Call")).count()
        };
        assert_eq!(asked(model.open()), 1);
        model.update(Msg::Gallery(Ok(Page { items: vec![], next: None })));
        assert_eq!(asked(model.open()), 0);
        i18n::set(i18n::Locale::Ru);
        assert_eq!(read::lines(&model.open())[1], "Call(GET /bots/gallery?language=ru)");
    }
}
