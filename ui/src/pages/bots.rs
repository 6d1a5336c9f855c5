//! The bots of the business, to look at.

use beseda_wire::page::Page;
use serde_json::Value;

use super::{Around, Load};
use crate::api::{self, Failure};
use crate::effect::Effects;
use crate::kit::table::{Row, table};
use crate::kit::tag::{Tone, tag};
use crate::kit::{Icon, el, notice, skeleton};
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    bots: Load<Vec<Bot>>,
}

/// What the list shows of a bot.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Bot {
    pub id: String,
    pub name: String,
    /// The version that answers customers, if any.
    #[serde(default)]
    pub version: Option<u64>,
    /// A word or a flag, as the server has it.
    #[serde(default)]
    pub published: Option<Value>,
}

impl Bot {
    fn answers(&self) -> bool {
        match &self.published {
            Some(Value::Bool(published)) => *published,
            Some(Value::Null) | None => false,
            Some(_) => true,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Bot>, Failure>),
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

    pub fn update(&mut self, msg: Msg) -> Effects {
        let Msg::Loaded(answer) = msg;
        self.bots.answer(answer.map(|page| page.items));
        vec![]
    }

    pub fn view(&self, _around: &Around<'_>) -> Node {
        let body = match &self.bots {
            Load::Not | Load::Loading => skeleton(4, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(Route::Bots))),
            Load::Ready(bots) if bots.is_empty() => {
                notice::empty(Icon::Bot, &t!("bots-none"), &t!("bots-none-words"), None)
            }
            Load::Ready(bots) => {
                let heads = [t!("name"), t!("bots-state"), t!("bots-version")];
                table(
                    &t!("bots"),
                    &heads,
                    bots.iter().map(|bot| Row {
                        key: bot.id.clone(),
                        cells: vec![
                            el("b").text(&bot.name).into(),
                            if bot.answers() {
                                tag(Tone::Green, t!("bots-published"))
                            } else {
                                tag(Tone::Grey, t!("bots-draft"))
                            },
                            el("span")
                                .class("num")
                                .text(
                                    bot.version.map_or_else(|| "–".to_owned(), |version| version.to_string()),
                                )
                                .into(),
                        ],
                    }),
                )
            }
        };
        shell::page(&t!("bots"), Some(&t!("bots-lead")), None, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_read_however_its_publication_is_told() {
        let read = |json: &str| serde_json::from_str::<Bot>(json).unwrap().answers();
        assert!(read(r#"{"id":"1","name":"A","published":true}"#));
        assert!(read(r#"{"id":"1","name":"A","published":"2026-01-01T00:00:00Z","version":3}"#));
        assert!(!read(r#"{"id":"1","name":"A","published":null}"#));
        assert!(!read(r#"{"id":"1","name":"A"}"#));
    }
}
