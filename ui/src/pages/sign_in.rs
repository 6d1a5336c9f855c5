//! Signing in.

use beseda_wire::accounts::{Login, SignedIn};

use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::kit::field::Field;
use crate::kit::{Button, Look, el, event, notice};
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug)]
pub struct Model {
    login: Login,
    /// The place that was asked for before signing in.
    wanted: Option<Route>,
    busy: bool,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Email(String),
    Password(String),
    Send,
    Answer(Result<Box<SignedIn>, Failure>),
}

impl Model {
    pub fn new(wanted: Option<Route>) -> Self {
        let login = Login { email: String::new(), password: String::new() };
        Self { login, wanted, busy: false, failure: None }
    }

    pub fn update(&mut self, msg: Msg) -> Effects {
        match msg {
            Msg::Email(email) => {
                self.login.email = email;
                vec![]
            }
            Msg::Password(password) => {
                self.login.password = password;
                vec![]
            }
            Msg::Send if self.busy => vec![],
            Msg::Send => {
                self.busy = true;
                self.failure = None;
                let wanted = self.wanted.clone();
                vec![api::login(&self.login).then(move |answer| match answer {
                    Ok(signed_in) => crate::Msg::SignedIn(Box::new(signed_in), wanted),
                    Err(failure) => Msg::Answer(Err(failure)).into(),
                })]
            }
            Msg::Answer(answer) => {
                self.busy = false;
                self.failure = answer.err();
                vec![Effect::Focus("password".to_owned())]
            }
        }
    }

    pub fn view(&self) -> Node {
        shell::entrance(
            &t!("sign-in-title"),
            None,
            el("form")
                .class("form")
                .on(event::submit(Msg::Send))
                .maybe(self.failure.as_ref().map(|failure| {
                    if failure.is_signed_out() {
                        return notice::problem(&t!("problem-sign-in-failed"));
                    }
                    notice::failure(failure, None)
                }))
                .child(
                    Field::new("email", t!("email"))
                        .kind("email")
                        .autocomplete("username")
                        .value(&self.login.email)
                        .required()
                        .on(event::input(Msg::Email)),
                )
                .child(
                    Field::new("password", t!("password"))
                        .kind("password")
                        .autocomplete("current-password")
                        .required()
                        .on(event::input(Msg::Password)),
                )
                .child(Button::new(Look::Primary, t!("sign-in")).busy(self.busy).submit())
                .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    #[test]
    fn a_wrong_password_is_said_and_the_field_focused() {
        let mut model = Model::new(Some(Route::Bots));
        model.update(Msg::Email("a@b.example".into()));
        model.update(Msg::Password("nope".into()));
        let mut effects = model.update(Msg::Send);
        assert!(model.update(Msg::Send).is_empty(), "a second press sends nothing");
        let failure =
            Failure::from_answer(401, r#"{"type":"/problems/sign-in-failed","title":"","status":401}"#);
        let crate::Msg::SignIn(answer) = read::answer(&mut effects, "POST /auth/login", Err(failure.clone()))
        else {
            panic!("not for this page")
        };
        assert_eq!(read::lines(&model.update(answer)), ["Focus(password)"]);
        assert_eq!(model.failure, Some(failure));
        assert!(!model.busy);
    }

    #[test]
    fn success_leads_to_the_wanted_place() {
        let mut model = Model::new(Some(Route::Bots));
        let mut effects = model.update(Msg::Send);
        let signed_in = r#"{"access_token":"t","expires_at":"2026-01-01T00:00:00Z",
            "user":{"id":"01990000-0000-7000-8000-000000000001","email":"a","name":"A","locale":"en"},"businesses":[]}"#;
        let msg = read::answer(&mut effects, "POST /auth/login", Ok(signed_in));
        assert!(matches!(msg, crate::Msg::SignedIn(_, Some(Route::Bots))), "{msg:?}");
    }
}
