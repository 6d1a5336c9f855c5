//! One's own account: name, language, look, password, and where one is signed in.

use beseda_wire::accounts::{ChangePassword, Session, UpdateUser, User};
use beseda_wire::ids::SessionId;
use beseda_wire::page::Page;

use super::faults::{Faults, Kind};
use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects, Theme};
use crate::i18n::{self, Locale};
use crate::kit::field::Field;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::router::{Route, Section};
use crate::shell::theme_icon;
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    sessions: Load<Vec<Session>>,
    /// The new name while it is typed.
    name: Option<String>,
    current: String,
    new: String,
    changing: bool,
    failure: Option<Failure>,
    /// What is wrong with single fields.
    faults: Faults,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Sessions(Result<Page<Session>, Failure>),
    Revoke(SessionId),
    Revoked(SessionId, Result<(), Failure>),
    Name(String),
    SaveName,
    NameSaved(Result<Box<User>, Failure>),
    Current(String),
    New(String),
    ChangePassword,
    PasswordChanged(Result<(), Failure>),
}

impl Model {
    pub fn open(&mut self) -> Effects {
        self.sessions.begin();
        vec![api::sessions().then(Msg::Sessions)]
    }

    pub fn update(&mut self, msg: Msg, user: &mut User, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Sessions(answer) => self.sessions.answer(answer.map(|page| page.items)),
            Msg::Revoke(id) => {
                return vec![
                    api::revoke_session(id).then(move |answer| Msg::Revoked(id, answer.map(|_| ()))),
                ];
            }
            Msg::Revoked(id, Ok(())) => {
                if let Some(sessions) = self.sessions.ready_mut() {
                    sessions.retain(|session| session.id != id);
                }
                told.push(Told::words(t!("session-ended")));
            }
            Msg::Name(name) => {
                self.faults.typed("name");
                self.name = Some(name);
            }
            Msg::SaveName => {
                let Some(name) = self.name.as_deref().map(str::trim) else { return vec![] };
                self.faults = Faults::seen(&[("name", Kind::PersonName, name)]);
                if self.faults.first().is_some() {
                    return vec![Effect::Focus("name".to_owned())];
                }
                let update = UpdateUser { name: Some(name.to_owned()), locale: None };
                return vec![api::update_me(&update).then(|answer| Msg::NameSaved(answer.map(Box::new)))];
            }
            Msg::NameSaved(Ok(saved)) => {
                *user = *saved;
                self.name = None;
                told.push(Told::words(t!("saved")));
            }
            Msg::NameSaved(Err(failure)) => {
                let name = self.name.as_deref().unwrap_or_default();
                self.faults = Faults::told(&failure, &[("name", Kind::PersonName, name)]);
                if self.faults.first().is_none() {
                    told.push(Told::failure(&failure));
                }
            }
            Msg::Revoked(_, Err(failure)) => {
                told.push(Told::failure(&failure));
            }
            Msg::Current(text) => {
                self.faults.typed("current");
                self.current = text;
            }
            Msg::New(text) => {
                self.faults.typed("new");
                self.new = text;
            }
            Msg::ChangePassword if self.changing => {}
            Msg::ChangePassword => {
                self.failure = None;
                self.faults = Faults::seen(&self.passwords());
                if let Some(first) = self.faults.first() {
                    return vec![Effect::Focus(format!("{first}-password"))];
                }
                self.changing = true;
                let change = ChangePassword { current: self.current.clone(), new: self.new.clone() };
                return vec![
                    api::change_password(&change).then(|answer| Msg::PasswordChanged(answer.map(|_| ()))),
                ];
            }
            Msg::PasswordChanged(answer) => {
                self.changing = false;
                if let Err(failure) = answer {
                    self.faults = Faults::told(&failure, &self.passwords());
                    if let Some(first) = self.faults.first() {
                        return vec![Effect::Focus(format!("{first}-password"))];
                    }
                    self.failure = Some(failure);
                    return vec![];
                }
                self.current.clear();
                self.new.clear();
                told.push(Told::words(t!("password-changed")));
                return vec![
                    Effect::SetValue("current-password".to_owned(), String::new()),
                    Effect::SetValue("new-password".to_owned(), String::new()),
                    // The other devices were signed out with the old password.
                    api::sessions().then(Msg::Sessions),
                ];
            }
        }
        vec![]
    }

    fn passwords(&self) -> [(&'static str, Kind, &str); 2] {
        [("current", Kind::CurrentPassword, &self.current), ("new", Kind::NewPassword, &self.new)]
    }

    pub fn view(&self, around: &Around<'_>, theme: Theme) -> Node {
        let body = el("div")
            .class("panels")
            .child(self.profile(around))
            .child(look(theme))
            .child(self.password())
            .child(self.sessions(around));
        shell::settings(Section::Account, &t!("account-lead"), body.into())
    }

    fn profile(&self, around: &Around<'_>) -> Node {
        panel(
            &t!("profile"),
            el("form")
                .class("form")
                .on(event::submit(Msg::SaveName))
                .child(
                    Field::new("name", t!("your-name"))
                        .value(&around.me.name)
                        .autocomplete("name")
                        .hint(&around.me.email)
                        .error(self.faults.of("name"))
                        .on(event::input(Msg::Name)),
                )
                .child(Button::new(Look::Plain, t!("save")).disabled(self.name.is_none()).submit())
                .into(),
        )
    }

    fn password(&self) -> Node {
        panel(
            &t!("password"),
            el("form")
                .class("form")
                // What is missing is said in the person's language, and not in the browser's.
                .attr("novalidate", "true")
                .on(event::submit(Msg::ChangePassword))
                .maybe(self.failure.as_ref().map(|failure| notice::failure(failure, None)))
                .child(
                    Field::new("current-password", t!("password-current"))
                        .kind("password")
                        .autocomplete("current-password")
                        .error(self.faults.of("current"))
                        .required()
                        .on(event::input(Msg::Current)),
                )
                .child(
                    Field::new("new-password", t!("password-new"))
                        .kind("password")
                        .autocomplete("new-password")
                        .hint(t!("password-hint"))
                        .error(self.faults.of("new"))
                        .required()
                        .on(event::input(Msg::New)),
                )
                .child(Button::new(Look::Plain, t!("password-change")).busy(self.changing).submit())
                .into(),
        )
    }

    fn sessions(&self, around: &Around<'_>) -> Node {
        let list = match &self.sessions {
            Load::Not | Load::Loading => skeleton(2, "rows"),
            Load::Failed(failure) => {
                notice::failure(failure, Some(crate::Msg::Go(Route::Settings(Section::Account))))
            }
            Load::Ready(sessions) => el("ul")
                .class("sessions")
                .children(sessions.iter().map(|session| {
                    el("li")
                        .key(session.id)
                        .child(icon(Icon::Monitor))
                        .child(el("div").child(el("b").text(device(&session.device))).child(el("p").text(
                            t!(
                                "session-about",
                                ip = &session.ip,
                                time = &around.clock.ago(session.last_used_at)
                            ),
                        )))
                        .child(if session.current {
                            tag(Tone::Green, t!("session-this"))
                        } else {
                            Button::new(Look::Plain, t!("session-end")).on(Msg::Revoke(session.id))
                        })
                }))
                .into(),
        };
        panel(&t!("sessions"), list)
    }
}

fn look(theme: Theme) -> Node {
    let choice = |chosen: bool, which: Icon, words: String, msg: crate::Msg| {
        el("button")
            .class("choice")
            .key(&words)
            .attr("type", "button")
            .attr("aria-pressed", if chosen { "true" } else { "false" })
            .on(event::click(msg))
            .child(icon(which))
            .child(el("span").text(words))
    };
    panel(
        &t!("look"),
        el("div")
            .class("form")
            .child(el("div").class("choices").attr("role", "group").label(t!("theme")).children(
                Theme::ALL.map(|each| {
                    choice(
                        theme == each,
                        theme_icon(each),
                        t!(&format!("theme-{}", each.name())),
                        crate::Msg::Theme(each),
                    )
                }),
            ))
            .child(el("div").class("choices").attr("role", "group").label(t!("language")).children(
                Locale::ALL.map(|each| {
                    choice(
                        i18n::current() == each,
                        Icon::Languages,
                        each.own_name().to_owned(),
                        crate::Msg::Locale(each),
                    )
                }),
            ))
            .into(),
    )
}

fn panel(title: &str, body: Node) -> Node {
    el("section").class("panel").key(title).child(el("h2").text(title)).child(body).into()
}

/// The browser and system out of what a browser calls itself; what cannot be read stays as it is.
fn device(agent: &str) -> String {
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("YaBrowser/", "Yandex"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn user() -> User {
        User {
            id: "01990000-0000-7000-8000-000000000001".parse().unwrap(),
            email: "a@b.example".into(),
            name: "Anna".into(),
            locale: "en".into(),
        }
    }

    #[test]
    fn browsers_are_named() {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(device(agent), "Edge, Windows");
        assert_eq!(device("curl/8.5"), "curl/8.5");
    }

    #[test]
    fn an_ended_session_leaves_the_list() {
        let (mut model, mut user, mut told) = (Model::default(), user(), vec![]);
        let session = Session {
            id: "01990000-0000-7000-8000-000000000009".parse().unwrap(),
            device: String::new(),
            ip: String::new(),
            created_at: beseda_wire::time::Time::from_millis(0),
            last_used_at: beseda_wire::time::Time::from_millis(0),
            current: false,
        };
        let id = session.id;
        model.update(Msg::Sessions(Ok(Page { items: vec![session], next: None })), &mut user, &mut told);
        let mut effects = model.update(Msg::Revoke(id), &mut user, &mut told);
        let crate::Msg::Account(answer) = read::answer(&mut effects, "DELETE /auth/sessions/", Ok("")) else {
            panic!("not for this page")
        };
        model.update(answer, &mut user, &mut told);
        assert_eq!(model.sessions.ready().map(Vec::len), Some(0));
    }

    #[test]
    fn a_password_that_is_not_taken_is_said_at_its_field() {
        i18n::set(Locale::En);
        let (mut model, mut user, mut told) = (Model::default(), user(), vec![]);
        model.update(Msg::New("a@b.example".into()), &mut user, &mut told);
        let lines = read::lines(&model.update(Msg::ChangePassword, &mut user, &mut told));
        assert_eq!(lines, ["Focus(current-password)"], "an empty one is not asked about");
        assert_eq!(model.faults.of("current").as_deref(), Some("Needed"));
        for (pointer, words) in [("current", "This is not your password"), ("new", "Too easy to guess")] {
            model.update(Msg::Current("seven quiet lanterns".into()), &mut user, &mut told);
            let mut effects = model.update(Msg::ChangePassword, &mut user, &mut told);
            let failure = Failure::from_answer(
                400,
                &format!(
                    r#"{{"type":"/problems/invalid","title":"","status":400,"errors":[{{"pointer":"/{pointer}","detail":"d"}}]}}"#
                ),
            );
            let crate::Msg::Account(answer) = read::answer(&mut effects, "POST /auth/password", Err(failure))
            else {
                panic!("not for this page")
            };
            let lines = read::lines(&model.update(answer, &mut user, &mut told));
            assert_eq!(lines, [format!("Focus({pointer}-password)")]);
            assert!(model.faults.of(pointer).unwrap().starts_with(words), "{:?}", model.faults);
            assert!(model.failure.is_none() && told.is_empty());
        }
    }

    #[test]
    fn a_blank_or_endless_name_is_not_saved() {
        let (mut model, mut user, mut told) = (Model::default(), user(), vec![]);
        for name in ["  ".to_owned(), "n".repeat(200)] {
            model.update(Msg::Name(name), &mut user, &mut told);
            assert_eq!(read::lines(&model.update(Msg::SaveName, &mut user, &mut told)), ["Focus(name)"]);
            assert!(model.faults.of("name").is_some());
        }
        model.update(Msg::Name(" Olga ".into()), &mut user, &mut told);
        let effects = model.update(Msg::SaveName, &mut user, &mut told);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"name":"Olga"}"#));
    }
}
