//! The bots of the business: what they are called, whether they answer, and a switch.

use beseda_wire::bots::{Bot, UpdateBot};
use beseda_wire::ids::BotId;
use beseda_wire::page::Page;

use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::Effects;
use crate::kit::switch::switch;
use crate::kit::table::{Row, table};
use crate::kit::tag::{Tone, tag};
use crate::kit::{Icon, el, notice, skeleton};
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    bots: Load<Vec<Bot>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Bot>, Failure>),
    Switch(BotId, bool),
    Switched(BotId, bool, Result<(), Failure>),
}

impl Model {
    pub fn open(&mut self) -> Effects {
        self.bots.begin();
        vec![api::bots().then(Msg::Loaded)]
    }

    /// A bot is new or changed: asks again, where the list was ever shown.
    pub fn changed_somewhere(&mut self) -> Effects {
        if self.bots == Load::Not { vec![] } else { vec![api::bots().then(Msg::Loaded)] }
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Loaded(answer) => self.bots.answer(answer.map(|page| page.items)),
            Msg::Switch(id, enabled) => {
                self.set(id, enabled);
                let update = UpdateBot { enabled: Some(enabled) };
                let then =
                    move |answer: Result<api::Done, Failure>| Msg::Switched(id, enabled, answer.map(|_| ()));
                return vec![api::update_bot(id, &update).then(then)];
            }
            Msg::Switched(id, enabled, answer) => {
                if let Err(failure) = answer {
                    self.set(id, !enabled);
                    told.push(Told::failure(&failure));
                }
            }
        }
        vec![]
    }

    fn set(&mut self, id: BotId, enabled: bool) {
        let bots = self.bots.ready_mut().into_iter().flatten();
        for bot in bots.filter(|bot| bot.id == id) {
            bot.enabled = enabled;
        }
    }

    pub fn view(&self, _around: &Around<'_>) -> Node {
        let body = match &self.bots {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(Route::Bots))),
            Load::Ready(bots) if bots.is_empty() => {
                notice::empty(Icon::Bot, &t!("bots-none"), &t!("bots-none-words"), None)
            }
            Load::Ready(bots) => {
                let heads =
                    [t!("name"), t!("bots-state"), t!("bots-running"), t!("bots-version"), t!("bots-switch")];
                table(&t!("bots"), &heads, bots.iter().map(row))
            }
        };
        shell::page(&t!("bots"), Some(&t!("bots-lead")), None, body)
    }
}

fn row(bot: &Bot) -> Row {
    let state = match (bot.enabled, bot.published) {
        (_, None) => tag(Tone::Grey, t!("bots-draft")),
        (true, Some(_)) => tag(Tone::Green, t!("bots-answers")),
        (false, Some(_)) => tag(Tone::Amber, t!("bots-off")),
    };
    let version = bot.published.map_or_else(|| "–".to_owned(), |version| version.to_string());
    let number = |text: String| el("span").class("num").text(text).into();
    Row {
        key: bot.id.to_string(),
        cells: vec![
            el("b").text(&bot.name).into(),
            state,
            number(t!("bots-conversations", count = bot.running)),
            el("span").class("num wide-only").text(version).into(),
            switch(
                &t!("bots-switch-label", name = &bot.name),
                bot.enabled,
                Msg::Switch(bot.id, !bot.enabled),
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    #[test]
    fn a_refused_switch_goes_back() {
        let mut model = Model::default();
        let id = "01990000-0000-7000-8000-000000000001";
        let page = format!(
            r#"{{"items":[{{"id":"{id}","name":"A","enabled":true,"published":1,"running":0,
                "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}]}}"#
        );
        let mut told = vec![];
        model.update(Msg::Loaded(Ok(serde_json::from_str(&page).unwrap())), &mut told);
        let id: BotId = id.parse().unwrap();
        let mut effects = model.update(Msg::Switch(id, false), &mut told);
        assert!(!model.bots.ready().unwrap()[0].enabled);
        let crate::Msg::Bots(answer) = read::answer(&mut effects, "PATCH /bots/", Err(Failure::Offline))
        else {
            panic!("not for this page")
        };
        model.update(answer, &mut told);
        assert!(model.bots.ready().unwrap()[0].enabled && told[0].is_problem);
    }
}
