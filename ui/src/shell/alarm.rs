//! The bar that says that a number has stopped, or that something of it should be looked at: on every page, for those who
//! can put it right.

use std::cmp::Reverse;

use beseda_wire::businesses::Role;
use beseda_wire::page::Page;
use beseda_wire::whatsapp::{Number, NumberState};

use crate::api::{self, Failure};
use crate::effect::Effects;
use crate::kit::{Icon, el, event, icon};
use crate::pages::inbox::words::reason_words;
use crate::pages::roles::rules;
use crate::router::Route;
use crate::{Node, t};

/// The numbers of which there is something to tell: those that have stopped, then those with a warning.
#[derive(Debug, Default)]
pub struct Model {
    troubled: Vec<Number>,
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
            self.troubled = page.items;
            self.troubled.retain(|number| has_stopped(number) || !number.warnings.is_empty());
            let newest = |number: &Number| number.warnings.first().map(|warning| warning.at);
            self.troubled.sort_by_key(|number| (!has_stopped(number), Reverse(newest(number))));
        }
    }

    /// The bar on the page of `here`. On the number's own page, the way out stands in the page.
    pub fn bar(&self, here: &Route) -> Option<Node> {
        let number = self.troubled.first()?;
        let stopped = self.troubled.iter().filter(|other| has_stopped(other)).count();
        let warnings = self.troubled.iter().map(|number| number.warnings.len()).sum();
        let (look, title, why, (more, alike), action) = if has_stopped(number) {
            let why =
                reason_words(number.problem.as_deref().unwrap_or_default(), || t!("number-stopped-words"));
            let title = t!("alarm-stopped", name = &number.name);
            ("alarm", title, why, ("alarm-more", stopped), t!("alarm-look"))
        } else {
            let warning = number.warnings.first()?;
            let why = reason_words(&warning.reason, || t!("failure-unknown"));
            let title = t!("alarm-warned", name = &number.name);
            ("alarm amber", title, why, ("alarm-more-warned", warnings), t!("alarm-see"))
        };
        let others = i64::try_from(alike - 1).unwrap_or(i64::MAX);
        let route = Route::Number(number.id);
        Some(
            el("div")
                .class(look)
                .key("alarm")
                .attr("role", "alert")
                .child(icon(Icon::CircleAlert))
                .child(
                    el("p")
                        .child(el("b").text(title))
                        .child(el("span").text(why))
                        .maybe((others > 0).then(|| el("span").text(t!(more, count = others)))),
                )
                .maybe((route != *here).then(|| {
                    el("a")
                        .class("button")
                        .attr("href", route.path())
                        .on(event::go(route))
                        .child(el("span").text(action))
                }))
                .into(),
        )
    }
}

fn has_stopped(number: &Number) -> bool {
    number.state == NumberState::Stopped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn number(name: &str, state: &str, warning: &str) -> Number {
        let number = format!(
            r#"{{"id":"01990000-0000-7000-8000-000000000001","phone_number_id":"1","waba_id":"2","name":"{name}",
                "state":"{state}","simulated":false,"verify_token":"v","callback_url":"u","app_callback_url":"u",
                "problem":"token_invalid","warnings":[{warning}],"rejected":0,"created_at":"2026-01-01T00:00:00Z"}}"#
        );
        serde_json::from_str(&number).unwrap()
    }

    fn page(state: &str) -> Page<Number> {
        Page { items: vec![number("A", state, "")], next: None }
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
    fn a_warning_is_told_after_what_has_stopped() {
        let warning = r#"{"reason":"spam_limited","detail":"(#131048)","at":"2026-01-01T00:00:00Z",
            "conversation_id":"01990000-0000-7000-8000-000000000002"}"#;
        let warned = |name| number(name, "connected", warning);
        let told = |items: Vec<Number>| {
            let mut model = Model::default();
            model.update(Msg::Known(Ok(Page { items, next: None })));
            model.bar(&Route::home()).unwrap().render_to_string()
        };
        let newer = warning.replace("2026-01-01", "2026-01-02");
        let two = told(vec![warned("Help"), number("Shop", "connected", &newer)]);
        assert!(two.contains(&t!("alarm-warned", name = "Shop")), "{two}");
        assert!(
            two.contains(&t!("failure-spam-limited"))
                && two.contains(&t!("alarm-more-warned", count = 1_i64))
        );
        let three = told(vec![number("Shop", "connected", &format!("{newer},{warning}")), warned("Help")]);
        assert!(three.contains(&t!("alarm-more-warned", count = 2_i64)), "{three}");
        let worse = told(vec![warned("Shop"), number("Help", "stopped", "")]);
        assert!(worse.contains(&t!("alarm-stopped", name = "Help")) && !worse.contains("Shop"), "{worse}");
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
