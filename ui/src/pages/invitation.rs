//! The address of an invitation: whoever opens it makes an account and is in, or joins with the account they have.

use beseda_wire::accounts::{AcceptInvitation, InvitationShown, InvitationToken, SignedIn, User};
use beseda_wire::businesses::Membership;

use super::Load;
use super::faults::{Faults, Kind};
use super::roles::role_words;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::i18n;
use crate::kit::field::Field;
use crate::kit::{Button, Icon, Look, el, event, notice, skeleton};
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    token: String,
    shown: Load<InvitationShown>,
    name: String,
    password: String,
    busy: bool,
    failure: Option<Failure>,
    /// What is wrong with single fields.
    faults: Faults,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Shown(Result<Box<InvitationShown>, Failure>),
    Name(String),
    Password(String),
    Accept,
    Accepted(Result<Box<SignedIn>, Failure>),
    /// Joins with the account that is signed in.
    Join,
    Joined(Result<Box<Membership>, Failure>),
}

impl Model {
    pub fn open(&mut self, token: &str) -> Effects {
        *self = Self { token: token.to_owned(), shown: Load::Loading, ..Self::default() };
        let token = InvitationToken { token: token.to_owned() };
        vec![api::invitation(&token).then(|answer| Msg::Shown(answer.map(Box::new)))]
    }

    /// Gives the business that was joined.
    pub fn update(&mut self, msg: Msg) -> (Effects, Option<Membership>) {
        let effects = match msg {
            Msg::Shown(answer) => {
                self.shown.answer(answer.map(|shown| *shown));
                vec![Effect::Focus("name".to_owned())]
            }
            Msg::Name(text) => {
                self.faults.typed("name");
                self.name = text;
                vec![]
            }
            Msg::Password(text) => {
                self.faults.typed("password");
                self.password = text;
                vec![]
            }
            Msg::Accept | Msg::Join if self.busy => vec![],
            Msg::Accept => {
                self.failure = None;
                self.faults = Faults::seen(&self.fields());
                if let Some(first) = self.faults.first() {
                    return (vec![Effect::Focus(first.to_owned())], None);
                }
                self.busy = true;
                let accept = AcceptInvitation {
                    token: self.token.clone(),
                    name: self.name.trim().to_owned(),
                    password: self.password.clone(),
                    locale: i18n::current().code().to_owned(),
                };
                vec![api::accept_invitation(&accept).then(|answer| match answer {
                    Ok(signed_in) => crate::Msg::SignedIn(Box::new(signed_in), Some(Route::home())),
                    Err(failure) => Msg::Accepted(Err(failure)).into(),
                })]
            }
            Msg::Join => {
                self.busy = true;
                self.failure = None;
                let token = InvitationToken { token: self.token.clone() };
                vec![api::join(&token).then(|answer| Msg::Joined(answer.map(Box::new)))]
            }
            Msg::Accepted(Ok(_)) => vec![],
            Msg::Joined(Ok(joined)) => {
                self.busy = false;
                return (vec![], Some(*joined));
            }
            Msg::Accepted(Err(failure)) | Msg::Joined(Err(failure)) => {
                self.busy = false;
                self.faults = Faults::told(&failure, &self.fields());
                let first = self.faults.first();
                // What stands at its field is not said twice.
                self.failure = first.is_none().then_some(failure);
                first.map(|field| Effect::Focus(field.to_owned())).into_iter().collect()
            }
        };
        (effects, None)
    }

    fn fields(&self) -> [(&'static str, Kind, &str); 2] {
        [("name", Kind::PersonName, &self.name), ("password", Kind::NewPassword, &self.password)]
    }

    /// For somebody who is not signed in.
    pub fn view(&self) -> Node {
        let (title, body) = match &self.shown {
            Load::Ready(shown) if shown.has_account => {
                let wanted = Route::Invitation { token: self.token.clone() };
                let body = el("div")
                    .class("form")
                    .child(lead(shown))
                    .child(el("p").text(t!("invitation-has-account", email = &shown.email)))
                    .child(Button::new(Look::Primary, t!("sign-in")).on(crate::Msg::AskSignIn(wanted)));
                (t!("invitation-title", name = &shown.business_name), body.into())
            }
            Load::Ready(shown) => (t!("invitation-title", name = &shown.business_name), self.form(shown)),
            Load::Failed(failure) => (t!("invitation"), notice::failure(failure, None)),
            Load::Not | Load::Loading => (t!("invitation"), skeleton(3, "rows")),
        };
        shell::entrance(&title, None, body)
    }

    fn form(&self, shown: &InvitationShown) -> Node {
        el("form")
            .class("form")
            .attr("novalidate", "true")
            .on(event::submit(Msg::Accept))
            .child(lead(shown))
            .maybe(self.failure.as_ref().map(|failure| notice::failure(failure, None)))
            // So that a password manager keeps the password with the right account.
            .child(
                el("input")
                    .class("unseen")
                    .attr("type", "email")
                    .attr("name", "email")
                    .attr("autocomplete", "username")
                    .attr("tabindex", "-1")
                    .attr("aria-hidden", "true")
                    .attr("readonly", "true")
                    .attr("value", shown.email.clone()),
            )
            .child(
                Field::new("name", t!("your-name"))
                    .value(&self.name)
                    .autocomplete("name")
                    .error(self.faults.of("name"))
                    .required()
                    .on(event::input(Msg::Name)),
            )
            .child(
                Field::new("password", t!("password"))
                    .kind("password")
                    .autocomplete("new-password")
                    .hint(t!("password-hint"))
                    .error(self.faults.of("password"))
                    .required()
                    .on(event::input(Msg::Password)),
            )
            .child(Button::new(Look::Primary, t!("invitation-accept")).busy(self.busy).submit())
            .into()
    }

    /// For somebody who is signed in: one press.
    pub fn view_inside(&self, me: &User) -> Node {
        let body = match &self.shown {
            Load::Ready(shown) => el("div")
                .class("form")
                .child(lead(shown))
                .maybe(self.failure.as_ref().map(|failure| notice::failure(failure, None)))
                .child(el("p").text(t!("invitation-as", name = &me.name, email = &me.email)))
                .child(
                    Button::new(Look::Primary, t!("invitation-join"))
                        .icon(Icon::Check)
                        .busy(self.busy)
                        .on(Msg::Join),
                )
                .into(),
            Load::Failed(failure) => notice::failure(failure, None),
            Load::Not | Load::Loading => skeleton(3, "rows"),
        };
        shell::page(&t!("invitation"), None, None, body)
    }
}

fn lead(shown: &InvitationShown) -> Node {
    el("p")
        .class("lead")
        .text(t!(
            "invitation-lead",
            inviter = &shown.invited_by,
            name = &shown.business_name,
            role = &role_words(shown.role)
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const SHOWN: &str = r#"{"business_name":"Lotus","email":"b@b.example","role":"operator","invited_by":"Anna",
        "expires_at":"2026-01-08T00:00:00Z","has_account":false}"#;

    fn invitation(msg: crate::Msg) -> Msg {
        let crate::Msg::Invitation(msg) = msg else { panic!("not for this page") };
        msg
    }

    fn model() -> Model {
        let mut model = Model::default();
        let mut effects = model.open("abc");
        let msg = invitation(read::answer(&mut effects, "POST /auth/invitation", Ok(SHOWN)));
        model.update(msg);
        model
    }

    #[test]
    fn an_account_is_made_with_the_language_on_the_screen() {
        let mut model = model();
        model.update(Msg::Name("n".repeat(200)));
        let (effects, _) = model.update(Msg::Accept);
        assert_eq!(read::lines(&effects), ["Focus(name)"]);
        assert!(model.faults.of("name").is_some() && model.faults.of("password").is_some());
        model.update(Msg::Name(" Boris ".into()));
        model.update(Msg::Password("seven quiet lanterns".into()));
        let (mut effects, _) = model.update(Msg::Accept);
        assert!(model.update(Msg::Accept).0.is_empty(), "a second press asks nothing");
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        let body = call.body.as_deref().unwrap();
        assert!(body.contains(r#""name":"Boris""#) && body.contains(r#""token":"abc""#), "{body}");
        let signed_in = r#"{"access_token":"t","expires_at":"2026-01-01T00:00:00Z",
            "user":{"id":"01990000-0000-7000-8000-000000000001","email":"a","name":"A","locale":"en"},"businesses":[]}"#;
        let msg = read::answer(&mut effects, "POST /auth/invitation/accept", Ok(signed_in));
        assert!(matches!(msg, crate::Msg::SignedIn(_, Some(_))), "{msg:?}");
    }

    #[test]
    fn whoever_is_signed_in_joins() {
        let mut model = model();
        let (mut effects, _) = model.update(Msg::Join);
        let joined = r#"{"id":"01990000-0000-7000-8000-00000000000b","name":"Lotus","role":"operator",
            "time_zone":"UTC","locale":"en"}"#;
        let msg = invitation(read::answer(&mut effects, "POST /businesses/join", Ok(joined)));
        assert_eq!(model.update(msg).1.map(|joined| joined.name), Some("Lotus".to_owned()));
    }
}
