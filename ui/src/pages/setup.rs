//! First run: the language, the owner, the business. Three short steps and nothing else.

use beseda_wire::accounts::{Setup, SetupState, SetupToken};
use beseda_wire::time::Time;

use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::i18n::Locale;
use crate::kit::field::Field;
use crate::kit::{Button, Icon, Look, el, event, icon, notice};
use crate::pages::faults::{Faults, Kind};
use crate::pages::zones;
use crate::router::Route;
use crate::{Node, shell, t};

#[derive(Debug)]
pub struct Model {
    step: Step,
    setup: Setup,
    state: SetupState,
    busy: bool,
    failure: Option<Failure>,
    /// What the server says of single fields.
    faults: Faults,
    /// Whoever came by the printed address has the token in it and need not know of it.
    asks_token: bool,
    /// Fields are judged once people tried to go on.
    judged: bool,
    zone: zones::Picker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Language,
    Owner,
    Business,
}

impl Step {
    /// The step that has a field, by its name in the request.
    fn of(field: &str) -> Self {
        match field {
            "token" => Self::Language,
            "business_name" => Self::Business,
            _ => Self::Owner,
        }
    }
}

const STEPS: [Step; 3] = [Step::Language, Step::Owner, Step::Business];
/// What was typed, but for the password, is kept under this until the setup is done.
pub const KEPT: &str = "setup";
/// The problem of an address that does not work any more.
const EXPIRED: &str = "setup-link-expired";
/// The field of the time zone.
const ZONE: &str = "zone";

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Locale(Locale),
    Name(String),
    Email(String),
    Password(String),
    Business(String),
    Zone(zones::Msg),
    Token(String),
    /// Whether the address with this token still works.
    Checked(String, Result<(), Failure>),
    Next,
    Back,
    Answer(Result<(), Failure>),
}

impl Model {
    pub fn new(token: String, zone: String, locale: Locale, state: SetupState) -> Self {
        let setup = Setup {
            token,
            email: String::new(),
            password: String::new(),
            name: String::new(),
            business_name: String::new(),
            locale: locale.code().to_owned(),
            time_zone: if zone.is_empty() { "UTC".to_owned() } else { zone },
        };
        Self {
            step: Step::Language,
            asks_token: setup.token.is_empty(),
            setup,
            state,
            busy: false,
            failure: None,
            faults: Faults::default(),
            judged: false,
            zone: zones::Picker::default(),
        }
    }

    pub fn update(&mut self, msg: Msg, now: Time) -> Effects {
        match msg {
            Msg::Locale(locale) => {
                locale.code().clone_into(&mut self.setup.locale);
                return vec![Effect::After(0, crate::Msg::Locale(locale))];
            }
            Msg::Name(text) => {
                self.faults.typed("name");
                self.setup.name = text;
                return vec![self.keep()];
            }
            Msg::Email(text) => {
                self.faults.typed("email");
                self.setup.email = text;
                return vec![self.keep()];
            }
            Msg::Password(text) => {
                self.faults.typed("password");
                self.setup.password = text;
            }
            Msg::Business(text) => {
                self.faults.typed("business_name");
                self.setup.business_name = text;
                return vec![self.keep()];
            }
            Msg::Zone(msg) => {
                let (zone, mut effects) = self.zone.update(ZONE, msg, &self.setup.time_zone, now);
                if let Some(zone) = zone {
                    self.setup.time_zone = zone;
                    effects.push(self.keep());
                }
                return effects;
            }
            Msg::Token(text) => {
                let token = text.rsplit("token=").next().unwrap_or_default();
                token.trim().clone_into(&mut self.setup.token);
            }
            Msg::Checked(token, answer) => {
                // Anything else that went wrong is said when it matters: at the end.
                let expired = answer.err().filter(|failure| failure.kind() == EXPIRED);
                return match expired {
                    Some(failure) if token == self.setup.token && !self.busy => self.refused(failure),
                    _ => vec![],
                };
            }
            Msg::Back => {
                self.go(if self.step == Step::Business { Step::Owner } else { Step::Language });
                return vec![Effect::Go(self.route())];
            }
            Msg::Next => return self.next(),
            Msg::Answer(answer) => {
                self.busy = false;
                return answer.err().map(|failure| self.refused(failure)).unwrap_or_default();
            }
        }
        vec![]
    }

    /// Asks whether the address still works, so that nobody fills everything in for nothing.
    pub fn check(&self) -> Effects {
        if self.setup.token.is_empty() {
            return vec![];
        }
        let token = self.setup.token.clone();
        let asked = SetupToken { token: token.clone() };
        vec![api::check_setup_token(&asked).then(|answer| Msg::Checked(token, answer.map(|_| ())))]
    }

    fn go(&mut self, step: Step) {
        self.judged = false;
        self.failure = None;
        self.step = step;
    }

    /// The step of an address, or the first before it in which something is missing.
    pub fn show(&mut self, number: u8) {
        for step in STEPS.into_iter().take(usize::from(number.max(1))) {
            self.go(step);
            if self.seen().first().is_some() {
                return;
            }
        }
    }

    fn route(&self) -> Route {
        let before = STEPS.into_iter().take_while(|step| *step != self.step).count();
        Route::Setup { token: self.setup.token.clone(), step: u8::try_from(before + 1).unwrap_or(1) }
    }

    /// What this browser keeps, so that loading the page again loses nothing.
    fn keep(&self) -> Effect {
        let Setup { name, email, business_name, time_zone, .. } = &self.setup;
        let typed = serde_json::json!([name, email, business_name, time_zone]);
        Effect::Keep(KEPT.to_owned(), Some(typed.to_string()))
    }

    pub fn recall(&mut self, kept: &str) {
        if let Ok([name, email, business_name, time_zone]) = serde_json::from_str::<[String; 4]>(kept) {
            self.setup = Setup { name, email, business_name, time_zone, ..self.setup.clone() };
        }
    }

    fn next(&mut self) -> Effects {
        if self.busy {
            return vec![];
        }
        if let Some(first) = self.seen().first() {
            self.judged = true;
            return vec![Effect::Focus(field_id(first).to_owned())];
        }
        match self.step {
            Step::Language => {
                self.go(Step::Owner);
                let mut effects = vec![Effect::Go(self.route()), Effect::Focus("name".to_owned())];
                // What came with the address was asked when the page was opened.
                effects.extend(self.asks_token.then(|| self.check()).into_iter().flatten());
                effects
            }
            Step::Owner => {
                self.go(Step::Business);
                vec![Effect::Go(self.route()), Effect::Focus("business".to_owned())]
            }
            Step::Business => {
                self.failure = None;
                self.faults = Faults::default();
                self.busy = true;
                vec![api::set_up(&self.setup).then(|answer| match answer {
                    Ok(signed_in) => crate::Msg::SignedIn(Box::new(signed_in), Some(Route::Start)),
                    Err(failure) => Msg::Answer(Err(failure)).into(),
                })]
            }
        }
    }

    /// Back to the step that holds the first field at fault; an address that is not valid any more is asked for again.
    fn refused(&mut self, failure: Failure) -> Effects {
        let fields = [self.owner_fields().as_slice(), &[self.business_field()]].concat();
        let faults = Faults::told(&failure, &fields);
        let expired = failure.kind() == EXPIRED;
        let first = if expired { Some("token") } else { faults.first() };
        let Some(first) = first else {
            self.failure = Some(failure);
            return vec![];
        };
        let before = self.step;
        self.go(Step::of(first));
        self.faults = faults;
        if expired {
            self.asks_token = true;
            self.setup.token.clear();
            self.failure = Some(failure);
        }
        let mut effects = vec![];
        if self.step != before {
            effects.push(Effect::Go(self.route()));
        }
        effects.push(Effect::Focus(field_id(first).to_owned()));
        effects
    }

    fn owner_fields(&self) -> [(&'static str, Kind, &str); 3] {
        [
            ("name", Kind::PersonName, &self.setup.name),
            ("email", Kind::Email, &self.setup.email),
            ("password", Kind::NewPassword, &self.setup.password),
        ]
    }

    fn business_field(&self) -> (&'static str, Kind, &str) {
        ("business_name", Kind::BusinessName, &self.setup.business_name)
    }

    /// What can be seen to be wrong in this step.
    fn seen(&self) -> Faults {
        match self.step {
            Step::Language => Faults::missing("token", &self.setup.token, || t!("setup-needs-token")),
            Step::Owner => Faults::seen(&self.owner_fields()),
            Step::Business => Faults::seen(&[self.business_field()]),
        }
    }

    /// What is said at a field.
    fn fault(&self, field: &str) -> Option<String> {
        let seen = if self.judged { self.seen().of(field) } else { None };
        seen.or_else(|| self.faults.of(field))
    }

    pub fn view(&self, now: Time) -> Node {
        let at = STEPS.iter().position(|step| *step == self.step).unwrap_or(0);
        let progress = el("ol").class("steps").label(t!("setup-steps")).children(
            STEPS.iter().enumerate().map(|(index, step)| {
                let words = match step {
                    Step::Language => t!("setup-step-language"),
                    Step::Owner => t!("setup-step-owner"),
                    Step::Business => t!("setup-step-business"),
                };
                el("li")
                    .class_if(index < at, "done")
                    .attr_if(index == at, "aria-current", "step")
                    .child(el("i").attr("aria-hidden", "true").child(icon(Icon::Check)))
                    .child(el("span").text(words))
            }),
        );
        let fields = match self.step {
            Step::Language => self.language(),
            Step::Owner => self.owner(),
            Step::Business => self.business(now),
        };
        let buttons = el("div")
            .class("form-buttons")
            .maybe((at > 0).then(|| Button::new(Look::Ghost, t!("back")).on(Msg::Back)))
            .child(
                Button::new(
                    Look::Primary,
                    if self.step == Step::Business { t!("setup-finish") } else { t!("next") },
                )
                .busy(self.busy)
                .submit(),
            );
        let title = match self.step {
            Step::Language => t!("setup-title"),
            Step::Owner => t!("setup-owner-title"),
            Step::Business => t!("setup-business-title"),
        };
        shell::entrance(
            &title,
            Some(progress.into()),
            el("form")
                // Not its title: in another language it is the same form, and keeps the focus.
                .key(at)
                .class("form")
                .attr("novalidate", "true")
                .on(event::submit(Msg::Next))
                .maybe(self.failure.as_ref().map(|failure| notice::failure(failure, None)))
                .children(fields)
                .child(buttons)
                .into(),
        )
    }

    fn language(&self) -> Vec<Node> {
        let mut nodes = vec![
            el("p").class("lead").text(t!("setup-lead")).into(),
            el("div")
                .class("choices")
                .attr("role", "group")
                .label(t!("language"))
                .children(Locale::ALL.map(|locale| {
                    let chosen = self.setup.locale == locale.code();
                    el("button")
                        .key(locale.code())
                        .class("choice")
                        .attr("type", "button")
                        .attr("lang", locale.code())
                        .attr("aria-pressed", if chosen { "true" } else { "false" })
                        .on(event::click(Msg::Locale(locale)))
                        .child(el("span").text(locale.own_name()))
                        .maybe(chosen.then(|| icon(Icon::Check)))
                }))
                .into(),
        ];
        if self.asks_token {
            nodes.push(
                Field::new("token", t!("setup-token"))
                    .hint(t!("setup-token-hint"))
                    .error(self.fault("token"))
                    .on(event::input(Msg::Token)),
            );
        }
        nodes.push(
            el("p")
                .class("hint")
                .text(t!(
                    "setup-machine",
                    version = &self.state.version,
                    free = &crate::format::size(self.state.free_mb.saturating_mul(1024 * 1024))
                ))
                .into(),
        );
        nodes
    }

    fn owner(&self) -> Vec<Node> {
        vec![
            Field::new("name", t!("your-name"))
                .value(&self.setup.name)
                .autocomplete("name")
                .error(self.fault("name"))
                .on(event::input(Msg::Name)),
            Field::new("email", t!("email"))
                .kind("email")
                .value(&self.setup.email)
                .autocomplete("username")
                .error(self.fault("email"))
                .on(event::input(Msg::Email)),
            Field::new("password", t!("password"))
                .kind("password")
                .value(&self.setup.password)
                .autocomplete("new-password")
                .hint(t!("password-hint"))
                .error(self.fault("password"))
                .on(event::input(Msg::Password)),
        ]
    }

    fn business(&self, now: Time) -> Vec<Node> {
        vec![
            Field::new("business", t!("business-name"))
                .value(&self.setup.business_name)
                .placeholder(t!("business-example"))
                .autocomplete("organization")
                .error(self.fault("business_name"))
                .on(event::input(Msg::Business)),
            self.zone.view(ZONE, &t!("time-zone"), &self.setup.time_zone, now, |msg| Msg::Zone(msg).into()),
        ]
    }
}

/// The id of a field, by its name in the request.
fn field_id(field: &str) -> &str {
    if field == "business_name" { "business" } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;
    use crate::i18n;

    fn now() -> Time {
        "2026-01-31T12:00:00Z".parse().unwrap()
    }

    fn model() -> Model {
        let state = SetupState { needed: true, free_mb: 5000, version: "0.1.0".into() };
        Model::new("secret".into(), "Europe/Moscow".into(), Locale::Ru, state)
    }

    #[test]
    fn the_way_back_stays_in_the_wizard_and_a_reload_keeps_what_was_typed() {
        let mut model = model();
        let lines = read::lines(&model.update(Msg::Next, now()));
        assert_eq!(lines, ["Go(/setup?step=2#token=secret)", "Focus(name)"]);
        model.update(Msg::Name("Анна".into()), now());
        model.update(Msg::Password("длинный пароль".into()), now());
        let kept = model.update(Msg::Email("wrong".into()), now());
        assert_eq!(read::lines(&model.update(Msg::Next, now())), ["Focus(email)"]);
        model.show(1);
        assert_eq!(model.step, Step::Language);
        let [Effect::Keep(key, Some(text))] = kept.as_slice() else { panic!("{kept:?}") };
        assert!(key == KEPT && !text.contains("пароль"));
        let mut again = self::model();
        again.recall(text);
        // Nobody gets past a step in which something is missing.
        again.show(3);
        assert_eq!((again.step, again.setup.name.as_str()), (Step::Owner, "Анна"));
    }

    #[test]
    fn three_steps_make_one_request() {
        let mut model = model();
        model.update(Msg::Next, now());
        assert_eq!(
            read::lines(&model.update(Msg::Next, now())),
            ["Focus(name)"],
            "an empty owner stays here"
        );
        assert!(model.judged);
        model.update(Msg::Name("Анна".into()), now());
        model.update(Msg::Email("anna@lotos.example".into()), now());
        model.update(Msg::Password("длинный пароль".into()), now());
        model.update(Msg::Next, now());
        model.update(Msg::Business("Клиника «Лотос»".into()), now());
        model.update(Msg::Zone(zones::Msg::Choose("Asia/Omsk".into())), now());
        let mut effects = model.update(Msg::Next, now());
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        let body: Setup = serde_json::from_str(call.body.as_deref().unwrap()).unwrap();
        assert_eq!((body.token.as_str(), body.time_zone.as_str()), ("secret", "Asia/Omsk"));
        let failure =
            Failure::from_answer(410, r#"{"type":"/problems/setup-link-expired","title":"","status":410}"#);
        let crate::Msg::Setup(answer) = read::answer(&mut effects, "POST /setup", Err(failure)) else {
            panic!("not for this page")
        };
        // A new address is asked for, and may be pasted as it is.
        let lines = read::lines(&model.update(answer, now()));
        assert_eq!(lines, ["Go(/setup)", "Focus(token)"]);
        assert!(!model.busy && model.failure.is_some() && model.asks_token);
        model.update(Msg::Token("http://127.0.0.1:8080/setup#token=fresh ".into()), now());
        assert_eq!((model.setup.token.as_str(), model.asks_token), ("fresh", true));
        model.update(Msg::Next, now());
        assert!(model.step == Step::Owner && model.failure.is_none());
    }

    #[test]
    fn an_address_that_does_not_work_any_more_is_told_before_anything_is_filled_in() {
        i18n::set(Locale::En);
        let expired = || {
            let body = r#"{"type":"/problems/setup-link-expired","title":"","status":410}"#;
            Err(Failure::from_answer(410, body))
        };
        let mut model = model();
        let mut effects = model.check();
        let crate::Msg::Setup(answer) = read::answer(&mut effects, "POST /setup/token", expired()) else {
            panic!("not for this page")
        };
        assert_eq!(read::lines(&model.update(answer, now())), ["Focus(token)"]);
        let page = model.view(now()).render_to_string();
        assert!(page.contains("used or too old") && model.asks_token, "{page}");

        // One that is pasted is asked as well, while the next step is on the screen.
        model.update(Msg::Token("pasted".into()), now());
        let mut effects = model.update(Msg::Next, now());
        let crate::Msg::Setup(answer) = read::answer(&mut effects, "POST /setup/token", expired()) else {
            panic!("not for this page")
        };
        assert_eq!(model.step, Step::Owner);
        let lines = read::lines(&model.update(answer.clone(), now()));
        assert_eq!(
            (lines, model.step),
            (vec!["Go(/setup)".to_owned(), "Focus(token)".to_owned()], Step::Language)
        );

        // What is told of an older one, or that the server was not reached, stops nobody.
        model.update(Msg::Token("newer".into()), now());
        model.update(Msg::Next, now());
        assert!(model.update(answer, now()).is_empty());
        let unreached = Msg::Checked("newer".into(), Err(Failure::Offline));
        assert!(model.update(unreached, now()).is_empty() && model.step == Step::Owner);
        assert!(self::model().update(Msg::Checked("secret".into(), Ok(())), now()).is_empty());
    }

    #[test]
    fn a_refusal_leads_back_to_the_step_that_has_the_field() {
        i18n::set(Locale::En);
        let mut model = model();
        model.step = Step::Business;
        let failure = Failure::from_answer(
            400,
            r#"{"type":"/problems/invalid","title":"","status":400,"errors":[{"pointer":"/password","detail":"d"}]}"#,
        );
        model.setup.password = "qwertyuiop".into();
        let lines = read::lines(&model.update(Msg::Answer(Err(failure)), now()));
        assert_eq!(lines, ["Go(/setup?step=2#token=secret)", "Focus(password)"]);
        assert!(model.failure.is_none(), "it stands at its field");
        assert!(model.fault("password").unwrap().starts_with("Too easy"), "{:?}", model.faults);
        model.update(Msg::Password("seven quiet lanterns".into()), now());
        assert_eq!(model.fault("password"), None);
        model.step = Step::Business;
        model.setup.business_name = "b".repeat(300);
        assert_eq!(read::lines(&model.update(Msg::Next, now())), ["Focus(business)"]);
    }
}
