//! The bar that says that a number has stopped: on every page, for those who can put it right.

use beseda_wire::businesses::Role;
use beseda_wire::page::Page;
use beseda_wire::whatsapp::{Number, NumberState};

use crate::api::{self, Failure};
use crate::effect::Effects;
use crate::i18n::t_or;
use crate::kit::{Icon, el, event, icon};
use crate::pages::roles::rules;
use crate::router::Route;
use crate::{Node, t};

/// The numbers that have stopped.
#[derive(Debug, Default)]
pub struct Model {
    stopped: Vec<Number>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Known(Result<Page<Number>, Failure>),
}

/// Asks how the numbers stand, for somebody who can do something about it.
pub fn ask(role: Role) -> Effects {
    if rules(role) { vec![api::numbers().then(Msg::Known)] } else { vec![] }
}

impl Model {
    pub fn update(&mut self, msg: Msg) {
        // Where they are not known, what was known last is the better guess.
        if let Msg::Known(Ok(page)) = msg {
            self.stopped = page.items;
            self.stopped.retain(|number| number.state == NumberState::Stopped);
        }
    }

    /// The bar on the page of `here`. On the number's own page, the way out stands in the page.
    pub fn bar(&self, here: &Route) -> Option<Node> {
        let number = self.stopped.first()?;
        let reason = number.problem.as_deref().unwrap_or_default().replace('_', "-");
        let why = t_or(&format!("failure-{reason}"), || t!("number-stopped-words"));
        let route = Route::Number(number.id);
        let more = i64::try_from(self.stopped.len() - 1).unwrap_or(i64::MAX);
        Some(
            el("div")
                .class("alarm")
                .key("alarm")
                .attr("role", "alert")
                .child(icon(Icon::CircleAlert))
                .child(
                    el("p")
                        .child(el("b").text(t!("alarm-stopped", name = &number.name)))
                        .child(el("span").text(why))
                        .maybe((more > 0).then(|| el("span").text(t!("alarm-more", count = more)))),
                )
                .maybe((route != *here).then(|| {
                    el("a")
                        .class("button")
                        .attr("href", route.path())
                        .on(event::go(route))
                        .child(el("span").text(t!("alarm-look")))
                }))
                .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn page(state: &str) -> Page<Number> {
        let number = format!(
            r#"{{"items":[{{"id":"01990000-0000-7000-8000-000000000001","phone_number_id":"1","waba_id":"2","name":"A",
                "state":"{state}","simulated":false,"verify_token":"v","callback_url":"u","app_callback_url":"u",
                "problem":"token_invalid","rejected":0,"created_at":"2026-01-01T00:00:00Z"}}]}}"#
        );
        serde_json::from_str(&number).unwrap()
    }

    #[test]
    fn only_those_who_can_put_it_right_are_told() {
        for role in [Role::Owner, Role::Admin] {
            assert_eq!(read::lines(&ask(role)), ["Call(GET /whatsapp/numbers)"]);
        }
        assert!(ask(Role::Operator).is_empty() && ask(Role::Viewer).is_empty());
    }

    #[test]
    fn it_stands_until_the_number_works_again() {
        let mut model = Model::default();
        assert!(model.bar(&Route::home()).is_none());
        model.update(Msg::Known(Ok(page("stopped"))));
        assert!(model.bar(&Route::home()).is_some());
        model.update(Msg::Known(Err(Failure::Offline)));
        assert!(model.bar(&Route::home()).is_some(), "nobody said that it works");
        model.update(Msg::Known(Ok(page("connected"))));
        assert!(model.bar(&Route::home()).is_none());
    }

    #[test]
    fn the_number_s_own_page_has_the_way_out_itself() {
        let mut model = Model::default();
        model.update(Msg::Known(Ok(page("stopped"))));
        let links = |here: &Route| model.bar(here).unwrap().render_to_string().contains("href");
        let id = "01990000-0000-7000-8000-000000000001".parse().unwrap();
        assert!(links(&Route::home()) && !links(&Route::Number(id)));
    }
}
