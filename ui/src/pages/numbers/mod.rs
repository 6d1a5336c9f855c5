//! The WhatsApp numbers of the business: the list, connecting one, and one by itself.

mod checks;
mod connect;
mod detail;
mod list;
mod troubles;

use beseda_wire::ids::NumberId;
use beseda_wire::page::Page;
use beseda_wire::whatsapp::Number;

use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::router::{Route, Section};
use crate::{Node, t};

#[derive(Debug, Default)]
pub struct Model {
    numbers: Load<Vec<Number>>,
    /// The simulator is being connected.
    busy: bool,
    connect: connect::Model,
    detail: detail::Model,
    /// Makes the keys of what is connected.
    seed: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Number>, Failure>),
    ConnectSimulator,
    Connected(Result<Box<Number>, Failure>),
    Connect(connect::Msg),
    Detail(detail::Msg),
}

impl Model {
    pub fn new(seed: String) -> Self {
        Self { seed, ..Self::default() }
    }

    pub fn open(&mut self) -> Effects {
        self.numbers.begin();
        vec![api::numbers().then(Msg::Loaded)]
    }

    /// The form for a number of Meta's. What was typed before somebody looked elsewhere is still there.
    pub fn open_form(&mut self) -> Effects {
        let mut effects = self.open();
        effects.push(Effect::Focus(connect::FIRST.to_owned()));
        effects
    }

    pub fn open_one(&mut self, id: NumberId) -> Effects {
        self.detail.open(id);
        self.open()
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
            Msg::Connect(msg) => {
                let (effects, connected) = self.connect.update(msg, &self.seed);
                if let Some(number) = connected {
                    told.push(Told::words(t!("start-connected", name = &number.name)));
                    let route = Route::Number(number.id);
                    self.changed(number);
                    self.connect = connect::Model::default();
                    return vec![Effect::After(0, crate::Msg::Go(route))];
                }
                return effects;
            }
            Msg::Detail(msg) => {
                let (mut effects, outcome) = self.detail.update(msg, told);
                match outcome {
                    Some(detail::Outcome::Changed(number)) => self.changed(*number),
                    Some(detail::Outcome::Seen(id, reason)) => {
                        let mut numbers = self.numbers.ready_mut().into_iter().flatten();
                        if let Some(number) = numbers.find(|number| number.id == id) {
                            number.warnings.retain(|warning| warning.reason != reason);
                            // The button with the focus is gone: to the next one.
                            let next = number.warnings.first().map(|next| troubles::seen_id(&next.reason));
                            effects.push(Effect::Focus(next.unwrap_or_else(|| "main".to_owned())));
                        }
                    }
                    Some(detail::Outcome::Removed(id)) => {
                        if let Some(numbers) = self.numbers.ready_mut() {
                            numbers.retain(|number| number.id != id);
                        }
                        let list = Route::Settings(Section::Numbers);
                        return vec![Effect::After(0, crate::Msg::Go(list))];
                    }
                    None => {}
                }
                return effects;
            }
        }
        vec![]
    }

    /// A number is new, changed or gone: asks again, where the list was ever shown.
    pub fn changed_somewhere(&mut self) -> Effects {
        if self.numbers == Load::Not { vec![] } else { vec![api::numbers().then(Msg::Loaded)] }
    }

    /// Time passed while this number is on the screen. Refused webhooks are told to nobody, and whoever waits for the
    /// first one must learn that it was refused.
    pub fn look_again(&self, id: NumberId) -> Effects {
        let waits = |number: &Number| number.id == id && number.first_webhook_at.is_none();
        let waits = self.numbers.ready().is_some_and(|numbers| numbers.iter().any(waits));
        if waits { vec![api::numbers().then(Msg::Loaded)] } else { vec![] }
    }

    fn changed(&mut self, number: Number) {
        let Some(numbers) = self.numbers.ready_mut() else { return };
        match numbers.iter_mut().find(|known| known.id == number.id) {
            Some(known) => *known = number,
            None => numbers.push(number),
        }
    }

    pub fn view(&self, around: &Around<'_>) -> Node {
        list::view(&self.numbers, self.busy, around)
    }

    pub fn view_form(&self) -> Node {
        self.connect.view()
    }

    pub fn view_one(&self, id: NumberId, around: &Around<'_>) -> Node {
        self.detail.view(&self.numbers, id, around)
    }

    /// The question that lies above everything, if one is asked.
    pub fn dialog(&self, route: &Route) -> Option<Node> {
        match route {
            Route::Number(id) => self.detail.dialog(&self.numbers, *id),
            _ => None,
        }
    }

    /// Closes the question; says whether there was one.
    pub fn escape(&mut self) -> bool {
        self.detail.escape()
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
    fn who_waits_for_the_first_webhook_learns_of_refused_ones() {
        let mut model = Model::default();
        let id = "01990000-0000-7000-8000-000000000001";
        let number = |first: &str| {
            format!(
                r#"{{"items":[{{"id":"{id}","phone_number_id":"1","waba_id":"2","name":"A","state":"connected",
                    "simulated":false,"verify_token":"v","callback_url":"u","app_callback_url":"u","rejected":0,
                    {first}"created_at":"2026-01-01T00:00:00Z"}}]}}"#
            )
        };
        let id: NumberId = id.parse().unwrap();
        let page = serde_json::from_str(&number("")).unwrap();
        model.update(Msg::Loaded(Ok(page)), &mut vec![]);
        assert_eq!(read::lines(&model.look_again(id)), ["Call(GET /whatsapp/numbers)"]);
        let page = serde_json::from_str(&number(r#""first_webhook_at":"2026-01-01T00:00:00Z","#)).unwrap();
        model.update(Msg::Loaded(Ok(page)), &mut vec![]);
        assert!(model.look_again(id).is_empty());
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
