//! Connecting a number of Meta's: what to paste, where to find it, and whether it works before anything is kept.

use beseda_wire::whatsapp::{ConnectNumber, Number, NumberChecks};

use super::checks;
use crate::api::{self, Failure};
use crate::effect::{Effect, Effects};
use crate::kit::field::Field;
use crate::kit::{Button, Icon, Look, el, event, icon, notice};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

/// The field to begin with.
pub const FIRST: &str = "phone-number-id";

/// The server's rule, said before the request is made.
const SHORTEST_SECRET: usize = 6;

#[derive(Debug, Default)]
pub struct Model {
    phone_number_id: String,
    waba_id: String,
    token: String,
    app_secret: String,
    verify_token: String,
    /// Fields are marked once somebody asked for the checks.
    asked: bool,
    step: Step,
    failure: Option<Failure>,
    /// Tells the answer to what stands in the fields from that to what stood there.
    edits: u32,
    tries: u32,
}

#[derive(Debug, Default, PartialEq)]
enum Step {
    #[default]
    Typing,
    Checking,
    Checked(NumberChecks),
    Connecting,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    PhoneNumberId,
    WabaId,
    Token,
    AppSecret,
    VerifyToken,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Type(What, String),
    Check,
    Checked(u32, Result<NumberChecks, Failure>),
    Connect,
    /// Although a check failed.
    ConnectAnyway,
    Connected(Result<Box<Number>, Failure>),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::Connect(msg).into()
    }
}

impl Model {
    /// Gives the number once it is connected.
    pub fn update(&mut self, msg: Msg, seed: &str) -> (Effects, Option<Number>) {
        let effects = match msg {
            Msg::Type(what, text) => {
                *self.field(what) = text;
                self.edits += 1;
                // What was checked is not what stands there now.
                if self.step != Step::Connecting {
                    self.step = Step::Typing;
                }
                self.failure = None;
                vec![]
            }
            Msg::Check if self.step == Step::Checking || self.step == Step::Connecting => vec![],
            Msg::Check => {
                self.asked = true;
                self.failure = None;
                if let Some((what, _)) = self.faults().into_iter().next() {
                    return (vec![Effect::Focus(what.id().to_owned())], None);
                }
                self.step = Step::Checking;
                let edits = self.edits;
                vec![api::check_number(&self.request(false)).then(move |answer| Msg::Checked(edits, answer))]
            }
            Msg::Checked(edits, _) if edits != self.edits => vec![],
            Msg::Checked(_, Ok(checks)) => {
                let next = if checks.ok { "connect" } else { "checks" };
                self.step = Step::Checked(checks);
                vec![Effect::Reveal(next.to_owned()), Effect::Focus(next.to_owned())]
            }
            Msg::Connect | Msg::ConnectAnyway if self.step == Step::Connecting => vec![],
            Msg::Connect | Msg::ConnectAnyway => {
                self.failure = None;
                self.step = Step::Connecting;
                self.tries += 1;
                let key = format!("{seed}-number-{}-{}", self.edits, self.tries);
                // They were made a moment ago, on this very content.
                let request = self.request(true);
                vec![api::connect_number(&request, key).then(|answer| Msg::Connected(answer.map(Box::new)))]
            }
            Msg::Connected(Ok(number)) => return (vec![], Some(*number)),
            Msg::Checked(_, Err(failure)) | Msg::Connected(Err(failure)) => {
                self.step = Step::Typing;
                self.failure = Some(failure);
                vec![]
            }
        };
        (effects, None)
    }

    fn field(&mut self, what: What) -> &mut String {
        match what {
            What::PhoneNumberId => &mut self.phone_number_id,
            What::WabaId => &mut self.waba_id,
            What::Token => &mut self.token,
            What::AppSecret => &mut self.app_secret,
            What::VerifyToken => &mut self.verify_token,
        }
    }

    fn request(&self, skip_checks: bool) -> ConnectNumber {
        let verify_token = self.verify_token.trim();
        ConnectNumber {
            phone_number_id: digits(&self.phone_number_id),
            waba_id: digits(&self.waba_id),
            token: self.token.trim().to_owned(),
            app_secret: self.app_secret.trim().to_owned(),
            verify_token: (!verify_token.is_empty()).then(|| verify_token.to_owned()),
            name: None,
            phone: None,
            messages_per_second: None,
            skip_checks,
        }
    }

    /// What is wrong with the fields before anybody is asked, in their order.
    fn faults(&self) -> Vec<(What, String)> {
        let mut faults = vec![];
        for (what, text) in [(What::PhoneNumberId, &self.phone_number_id), (What::WabaId, &self.waba_id)] {
            let text = digits(text);
            if text.is_empty() {
                faults.push((what, t!("needed")));
            } else if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                faults.push((what, t!("needs-digits")));
            }
        }
        if faults.is_empty() && digits(&self.phone_number_id) == digits(&self.waba_id) {
            faults.push((What::WabaId, t!("needs-other-id")));
        }
        for (what, text) in [(What::Token, &self.token), (What::AppSecret, &self.app_secret)] {
            if text.trim().is_empty() {
                faults.push((what, t!("needed")));
            } else if text.trim().contains(char::is_whitespace) {
                faults.push((what, t!("needs-one-word")));
            } else if what == What::AppSecret && text.trim().chars().count() < SHORTEST_SECRET {
                faults.push((what, t!("needs-secret")));
            }
        }
        faults
    }

    pub fn view(&self) -> Node {
        let body = el("div").class("connect").child(self.form()).child(help());
        shell::settings_page(
            &t!("connect-title"),
            Some(&t!("connect-lead")),
            (Route::Settings(Section::Numbers), t!("numbers")),
            body.into(),
        )
    }

    fn form(&self) -> Node {
        let busy = matches!(self.step, Step::Checking | Step::Connecting);
        let checked = matches!(&self.step, Step::Checked(checks) if checks.ok);
        el("form")
            .class("form panel")
            .attr("autocomplete", "off")
            .attr("novalidate", "")
            .label(t!("connect-title"))
            .on(event::submit(if checked { Msg::Connect } else { Msg::Check }))
            .child(self.input(What::PhoneNumberId, &self.phone_number_id))
            .child(self.input(What::WabaId, &self.waba_id))
            .child(self.input(What::Token, &self.token))
            .child(self.input(What::AppSecret, &self.app_secret))
            .child(
                el("details")
                    .class("more")
                    .child(el("summary").text(t!("connect-more")))
                    .child(self.input(What::VerifyToken, &self.verify_token)),
            )
            .maybe(self.failure.as_ref().map(|failure| notice::failure(failure, None)))
            .child(el("div").id("checks").attr("tabindex", "-1").attr("role", "status").maybe(self.outcome()))
            .child(
                el("div")
                    .class("form-buttons")
                    .child(if checked || self.step == Step::Connecting {
                        Button::new(Look::Primary, t!("connect-now"))
                            .id("connect")
                            .busy(self.step == Step::Connecting)
                            .submit()
                    } else {
                        Button::new(Look::Primary, t!("connect-check"))
                            .id("check")
                            .busy(self.step == Step::Checking)
                            .submit()
                    })
                    .maybe(
                        matches!(&self.step, Step::Checked(checks) if !checks.ok)
                            .then(|| Button::new(Look::Ghost, t!("connect-anyway")).on(Msg::ConnectAnyway)),
                    )
                    .maybe(busy.then(|| el("span").class("muted").text(t!("connect-asking")))),
            )
            .into()
    }

    fn input(&self, what: What, value: &str) -> Node {
        let fault = self.faults().into_iter().find(|(other, _)| *other == what).map(|(_, words)| words);
        let told =
            self.failure.as_ref().and_then(|failure| failure.field(what.pointer())).map(|_| match what {
                What::PhoneNumberId | What::WabaId => t!("needs-digits"),
                What::Token => t!("needs-whole-token"),
                What::AppSecret => t!("needs-secret"),
                What::VerifyToken => t!("needs-verify-token"),
            });
        Field::new(what.id(), what.label())
            .value(value)
            .kind(if matches!(what, What::Token | What::AppSecret) { "password" } else { "text" })
            .autocomplete(if matches!(what, What::Token | What::AppSecret) { "new-password" } else { "off" })
            .hint(what.hint())
            .error(fault.filter(|_| self.asked).or(told))
            .on(event::input_of(what, Msg::Type))
    }

    fn outcome(&self) -> Option<Node> {
        let Step::Checked(checks) = &self.step else { return None };
        let (class, which, words) = if checks.ok {
            ("notice green", Icon::CircleCheck, t!("connect-all-good"))
        } else {
            ("notice red", Icon::CircleAlert, t!("connect-not-good"))
        };
        Some(
            el("div")
                .class("checked")
                .child(el("div").class(class).child(icon(which)).child(el("div").child(el("p").text(words))))
                .child(checks::list(checks))
                .into(),
        )
    }
}

impl What {
    const fn id(self) -> &'static str {
        match self {
            Self::PhoneNumberId => FIRST,
            Self::WabaId => "waba-id",
            Self::Token => "token",
            Self::AppSecret => "app-secret",
            Self::VerifyToken => "verify-token",
        }
    }

    const fn pointer(self) -> &'static str {
        match self {
            Self::PhoneNumberId => "phone_number_id",
            Self::WabaId => "waba_id",
            Self::Token => "token",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
        }
    }

    fn label(self) -> String {
        t!(&format!("connect-{}", self.id()))
    }

    fn hint(self) -> String {
        t!(&format!("connect-hint-{}", self.id()))
    }
}

/// Where the four things are found, for who has never seen Meta's dashboard.
fn help() -> Node {
    let steps = ["app", "number", "token", "secret"];
    el("aside")
        .class("help panel")
        .label(t!("connect-help"))
        .child(el("h2").text(t!("connect-help")))
        .child(el("ol").children(steps.map(|step| {
            el("li")
                .key(step)
                .child(el("b").text(t!(&format!("connect-help-{step}"))))
                .child(el("p").text(t!(&format!("connect-help-{step}-words"))))
        })))
        .child(
            el("a")
                .class("button")
                .attr("href", "https://developers.facebook.com/apps")
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer")
                .child(icon(Icon::ExternalLink))
                .child(el("span").text(t!("connect-open-meta"))),
        )
        .into()
}

/// An id as it is meant: people paste it with spaces around and between.
fn digits(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn filled() -> Model {
        let mut model = Model::default();
        for (what, text) in [
            (What::PhoneNumberId, " 1066 4051 "),
            (What::WabaId, "2077"),
            (What::Token, " EAAG "),
            (What::AppSecret, "abcdef"),
        ] {
            model.update(Msg::Type(what, text.to_owned()), "seed");
        }
        model
    }

    fn checks(ok: bool) -> NumberChecks {
        NumberChecks { ok, checks: vec![] }
    }

    #[test]
    fn nothing_is_asked_while_something_is_missing() {
        let mut model = Model::default();
        let (effects, _) = model.update(Msg::Check, "seed");
        assert_eq!(read::lines(&effects), ["Focus(phone-number-id)"]);
        let mut model = filled();
        model.update(Msg::Type(What::WabaId, "10664051".into()), "seed");
        let (effects, _) = model.update(Msg::Check, "seed");
        assert_eq!(read::lines(&effects), ["Focus(waba-id)"], "the same id twice is a slip");
    }

    #[test]
    fn a_secret_that_is_refused_is_told_what_a_secret_looks_like() {
        let mut model = filled();
        model.update(Msg::Type(What::AppSecret, "short".into()), "seed");
        let (effects, _) = model.update(Msg::Check, "seed");
        assert_eq!(read::lines(&effects), ["Focus(app-secret)"]);
        assert_eq!(model.faults(), [(What::AppSecret, t!("needs-secret"))]);
        assert!(t!("needs-secret").contains("32"), "it says the same as the hint");
    }

    #[test]
    fn pasted_blanks_do_not_count() {
        let mut model = filled();
        let (effects, _) = model.update(Msg::Check, "seed");
        let [Effect::Call(call, _)] = effects.as_slice() else { panic!("{effects:?}") };
        let body: serde_json::Value = serde_json::from_str(call.body.as_deref().unwrap()).unwrap();
        assert_eq!((&body["phone_number_id"], &body["token"]), (&"10664051".into(), &"EAAG".into()));
    }

    #[test]
    fn an_answer_to_what_stood_there_before_is_not_shown() {
        let mut model = filled();
        model.update(Msg::Check, "seed");
        let edits = model.edits;
        model.update(Msg::Type(What::Token, "EAAH".into()), "seed");
        model.update(Msg::Checked(edits, Ok(checks(true))), "seed");
        assert_eq!(model.step, Step::Typing);
    }

    #[test]
    fn what_is_good_is_connected_once() {
        let mut model = filled();
        model.update(Msg::Check, "seed");
        model.update(Msg::Checked(model.edits, Ok(checks(true))), "seed");
        let (effects, _) = model.update(Msg::Connect, "seed");
        assert_eq!(read::lines(&effects), ["Call(POST /whatsapp/numbers)"]);
        assert!(model.update(Msg::Connect, "seed").0.is_empty());
    }

    #[test]
    fn a_failed_check_can_be_passed_over_knowingly() {
        let mut model = filled();
        model.update(Msg::Check, "seed");
        model.update(Msg::Checked(model.edits, Ok(checks(false))), "seed");
        let (effects, _) = model.update(Msg::ConnectAnyway, "seed");
        assert_eq!(read::lines(&effects), ["Call(POST /whatsapp/numbers)"]);
    }
}
