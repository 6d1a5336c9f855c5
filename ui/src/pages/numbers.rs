//! The WhatsApp numbers of the business.

use beseda_wire::page::Page;
use beseda_wire::whatsapp::{Number, NumberState};

use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::Effects;
use crate::format::phone;
use crate::kit::table::{Row, table};
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, notice, skeleton};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    numbers: Load<Vec<Number>>,
    busy: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Number>, Failure>),
    ConnectSimulator,
    Connected(Result<Box<Number>, Failure>),
}

impl Model {
    pub fn open(&mut self) -> Effects {
        self.numbers.begin();
        vec![api::numbers().then(Msg::Loaded)]
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Loaded(answer) => self.numbers.answer(answer.map(|page| page.items)),
            Msg::ConnectSimulator if self.busy => {}
            Msg::ConnectSimulator => {
                self.busy = true;
                return vec![api::connect_simulator().then(|answer| Msg::Connected(answer.map(Box::new)))];
            }
            Msg::Connected(answer) => {
                self.busy = false;
                match answer {
                    Ok(number) => self.changed(*number),
                    Err(failure) => told.push(Told::failure(&failure)),
                }
            }
        }
        vec![]
    }

    /// A number is new, changed or gone: asks again, where the list was ever shown.
    pub fn changed_somewhere(&mut self) -> Effects {
        if self.numbers == Load::Not { vec![] } else { vec![api::numbers().then(Msg::Loaded)] }
    }

    fn changed(&mut self, number: Number) {
        let Some(numbers) = self.numbers.ready_mut() else { return };
        match numbers.iter_mut().find(|known| known.id == number.id) {
            Some(known) => *known = number,
            None => numbers.push(number),
        }
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        let route = Route::Settings(Section::Numbers);
        let connect = || {
            Button::new(Look::Primary, t!("start-simulator"))
                .icon(Icon::Smartphone)
                .busy(self.busy)
                .on(Msg::ConnectSimulator)
        };
        let body = match &self.numbers {
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Failed(failure) => notice::failure(failure, Some(crate::Msg::Go(route))),
            Load::Ready(numbers) if numbers.is_empty() => {
                notice::empty(Icon::Phone, &t!("numbers-none"), &t!("numbers-none-words"), Some(connect()))
            }
            Load::Ready(numbers) => {
                let heads = [t!("name"), t!("phone"), t!("numbers-state"), t!("numbers-last-webhook")];
                table(&t!("numbers"), &heads, numbers.iter().map(|number| row(number, around)))
            }
        };
        shell::settings(Section::Numbers, &t!("numbers-lead"), body)
    }
}

fn row(number: &Number, around: &Around<'_>) -> Row {
    let state = match number.state {
        NumberState::Connected => tag(Tone::Green, t!("numbers-connected")),
        NumberState::Stopped => tag(Tone::Red, t!("numbers-stopped")),
    };
    Row {
        key: number.id.to_string(),
        cells: vec![
            el("span")
                .class("inline")
                .child(el("b").text(&number.name))
                .maybe(number.simulated.then(|| tag(Tone::Blue, t!("numbers-simulated"))))
                .into(),
            el("span").class("num").text(number.phone.as_deref().map(phone).unwrap_or_default()).into(),
            state,
            el("span")
                .class("num")
                .text(number.last_webhook_at.map_or_else(|| t!("never"), |at| around.clock.ago(at)))
                .into(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    #[test]
    fn a_change_elsewhere_is_asked_for_once_the_list_was_shown() {
        let mut model = Model::default();
        assert!(model.changed_somewhere().is_empty());
        let mut effects = model.open();
        let crate::Msg::Numbers(msg) =
            read::answer(&mut effects, "GET /whatsapp/numbers", Ok(r#"{"items":[]}"#))
        else {
            panic!("not for this page")
        };
        model.update(msg, &mut vec![]);
        assert_eq!(read::lines(&model.changed_somewhere()), ["Call(GET /whatsapp/numbers)"]);
    }

    #[test]
    fn a_refused_simulator_can_be_tried_again() {
        let (mut model, mut told) = (Model::default(), vec![]);
        model.update(Msg::ConnectSimulator, &mut told);
        assert!(model.update(Msg::ConnectSimulator, &mut told).is_empty(), "a second press asks nothing");
        model.update(Msg::Connected(Err(Failure::Offline)), &mut told);
        assert!(told[0].is_problem);
        assert_eq!(model.update(Msg::ConnectSimulator, &mut told).len(), 1);
    }
}
