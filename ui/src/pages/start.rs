//! The checklist of a new business: it ends in a bot answering on the built-in phone.

use beseda_wire::bots::Bot;
use beseda_wire::conversations::{Conversation, InboxView};
use beseda_wire::page::Page;
use beseda_wire::whatsapp::Number;

use super::{Around, Load};
use crate::api::{self, ConversationQuery, Failure};
use crate::app::Told;
use crate::effect::Effects;
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    numbers: Load<Vec<Number>>,
    /// Whether anybody has written yet.
    written: bool,
    /// Whether a bot is there that would answer.
    answering: bool,
    busy: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Numbers(Result<Page<Number>, Failure>),
    Conversations(Result<Page<Conversation>, Failure>),
    Bots(Result<Page<Bot>, Failure>),
    ConnectSimulator,
    Connected(Result<Box<Number>, Failure>),
}

impl Model {
    pub fn open(&mut self) -> Effects {
        self.numbers.begin();
        let any = ConversationQuery { view: InboxView::All, search: None, limit: 1, cursor: None };
        vec![
            api::numbers().then(Msg::Numbers),
            api::conversations(&any).then(Msg::Conversations),
            api::bots().then(Msg::Bots),
        ]
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Numbers(answer) => self.numbers.answer(answer.map(|page| page.items)),
            Msg::Conversations(answer) => self.written = answer.is_ok_and(|page| !page.items.is_empty()),
            Msg::Bots(answer) => {
                self.answering = answer
                    .is_ok_and(|page| page.items.iter().any(|bot| bot.enabled && bot.published.is_some()));
            }
            Msg::ConnectSimulator if self.busy => {}
            Msg::ConnectSimulator => {
                self.busy = true;
                return vec![api::connect_simulator().then(|answer| Msg::Connected(answer.map(Box::new)))];
            }
            Msg::Connected(answer) => {
                self.busy = false;
                match answer {
                    Ok(number) => {
                        told.push(Told::words(t!("start-connected", name = &number.name)));
                        if let Some(numbers) = self.numbers.ready_mut() {
                            numbers.push(*number);
                        }
                    }
                    Err(failure) => told.push(Told::failure(&failure)),
                }
            }
        }
        vec![]
    }

    /// Somebody wrote, just now.
    pub fn somebody_wrote(&mut self) {
        self.written = true;
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        let body = match &self.numbers {
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(Route::Start))),
            Load::Ready(numbers) => {
                let connected = !numbers.is_empty();
                let own = numbers.iter().find(|number| !number.simulated);
                let at_work = own.is_some_and(|number| number.first_webhook_at.is_some());
                el("ol")
                    .class("checklist")
                    .child(step(
                        true,
                        &t!("start-account"),
                        &t!("start-account-words", name = &around.me.name),
                        None,
                        [],
                    ))
                    .child(step(
                        connected,
                        &t!("start-number"),
                        &t!("start-number-words"),
                        None,
                        if connected {
                            vec![]
                        } else {
                            vec![
                                Button::new(Look::Primary, t!("start-simulator"))
                                    .icon(Icon::Smartphone)
                                    .busy(self.busy)
                                    .on(Msg::ConnectSimulator),
                                link(Route::NewNumber, &t!("start-real-number")),
                            ]
                        },
                    ))
                    .child(step(
                        self.written,
                        &t!("start-hello"),
                        &t!("start-hello-words"),
                        None,
                        if connected {
                            vec![
                                link(Route::Phone, &t!("start-phone")),
                                link(Route::home(), &t!("start-inbox")),
                            ]
                        } else {
                            vec![]
                        },
                    ))
                    .child(step(
                        self.answering,
                        &t!("start-bot"),
                        &t!("start-bot-words"),
                        Some(t!("start-bot-narrow")),
                        [link(Route::Bots, &t!(if self.answering { "start-bots" } else { "start-bot-new" }))],
                    ))
                    .child(step(
                        at_work,
                        &t!("start-real"),
                        &t!("start-real-words"),
                        None,
                        own.map_or_else(
                            || connected.then(|| link(Route::NewNumber, &t!("start-real-number"))),
                            |number| {
                                (!at_work).then(|| link(Route::Number(number.id), &t!("start-real-go-on")))
                            },
                        ),
                    ))
                    .into()
            }
        };
        shell::page(&t!("start-title"), Some(&t!("start-lead")), None, body)
    }
}

/// `narrow` is said besides where the screen is narrow.
fn step(
    done: bool,
    title: &str,
    words: &str,
    narrow: Option<String>,
    actions: impl IntoIterator<Item = Node>,
) -> Node {
    el("li")
        .class_if(done, "done")
        .child(el("i").child(icon(if done { Icon::CircleCheck } else { Icon::Circle })))
        .child(
            el("div")
                .child(
                    el("h2")
                        .text(title)
                        .maybe(done.then(|| el("span").class("unseen").text(t!("start-done")))),
                )
                .child(el("p").text(words))
                .maybe(narrow.map(|words| el("p").class("narrow-only").text(words)))
                .child(el("div").class("actions").children(actions)),
        )
        .into()
}

fn link(route: Route, words: &str) -> Node {
    el("a")
        .class("button")
        .attr("href", route.path())
        .on(event::go(route))
        .child(el("span").text(words))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    #[test]
    fn the_simulator_is_connected_once() {
        let mut model = Model::default();
        model.open();
        model.update(Msg::Numbers(Ok(Page { items: vec![], next: None })), &mut vec![]);
        let effects = model.update(Msg::ConnectSimulator, &mut vec![]);
        assert_eq!(read::lines(&effects), ["Call(POST /whatsapp/numbers/simulated)"]);
        assert!(model.update(Msg::ConnectSimulator, &mut vec![]).is_empty());
        let mut told = vec![];
        model.update(Msg::Connected(Err(Failure::Offline)), &mut told);
        assert!(told[0].is_problem && !model.busy);
    }
}
