//! One number: how it stands, what to enter at Meta so that its messages arrive, its credentials, letting it go.

use beseda_wire::ids::NumberId;
use beseda_wire::whatsapp::{Number, NumberChecks, NumberState, UpdateNumber};

use super::list::state;
use super::{checks, troubles};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::format::phone;
use crate::i18n::t_or;
use crate::kit::dialog::dialog;
use crate::kit::field::Field;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

#[derive(Debug, Default)]
pub struct Model {
    id: Option<NumberId>,
    token: String,
    app_secret: String,
    /// The checks of the kept credentials, or of those that were typed.
    checks: Option<NumberChecks>,
    work: Work,
    /// What is told belongs to the form of new credentials.
    in_form: bool,
    failure: Option<Failure>,
    /// Whether it is asked if the number shall go.
    removing: bool,
}

/// What is under way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Work {
    #[default]
    None,
    Checking,
    /// Checking what was typed, to keep it if it is good.
    Renewing,
    Saving,
    Removing,
    /// Taking the warning away.
    Dismissing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Token,
    AppSecret,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Type(What, String),
    Check,
    Renew,
    /// Leads to the field of the app secret.
    EnterSecret,
    Checked(NumberId, Result<NumberChecks, Failure>),
    Saved(NumberId, Result<Box<Number>, Failure>),
    /// Somebody has seen the warning of this reason.
    Dismiss(String),
    Dismissed(NumberId, String, Result<(), Failure>),
    AskRemove(bool),
    Remove,
    Removed(NumberId, Result<(), Failure>),
}

/// What the list must know.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    Changed(Box<Number>),
    Removed(NumberId),
    /// Its warning of this reason is gone.
    Seen(NumberId, String),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        super::Msg::Detail(msg).into()
    }
}

impl Model {
    pub fn open(&mut self, id: NumberId) {
        if self.id != Some(id) {
            *self = Self { id: Some(id), ..Self::default() };
        }
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> (Effects, Option<Outcome>) {
        let Some(id) = self.id else { return (vec![], None) };
        let effects = match msg {
            Msg::Type(What::Token, text) => {
                self.token = text;
                vec![]
            }
            Msg::Type(What::AppSecret, text) => {
                self.app_secret = text;
                vec![]
            }
            Msg::EnterSecret => vec![Effect::Focus("new-app-secret".to_owned())],
            Msg::Check | Msg::Renew | Msg::Dismiss(_) | Msg::Remove if self.work != Work::None => vec![],
            Msg::Check => {
                self.work = Work::Checking;
                self.in_form = false;
                self.checks = None;
                self.failure = None;
                let kept = UpdateNumber::default();
                vec![api::check_connected(id, &kept).then(move |answer| Msg::Checked(id, answer))]
            }
            Msg::Renew if self.change().token.is_none() && self.change().app_secret.is_none() => {
                vec![Effect::Focus("new-token".to_owned())]
            }
            Msg::Renew => {
                self.work = Work::Renewing;
                self.in_form = true;
                self.checks = None;
                self.failure = None;
                vec![api::check_connected(id, &self.change()).then(move |answer| Msg::Checked(id, answer))]
            }
            // Answers about a number that is no longer looked at say nothing here.
            Msg::Checked(of, _) | Msg::Saved(of, _) | Msg::Dismissed(of, ..) | Msg::Removed(of, _)
                if of != id =>
            {
                vec![]
            }
            Msg::Checked(_, answer) => {
                let renewing = std::mem::take(&mut self.work) == Work::Renewing;
                match answer {
                    Ok(checks) if renewing && checks.ok => {
                        self.work = Work::Saving;
                        let change = UpdateNumber { skip_checks: true, ..self.change() };
                        let save = api::update_number(id, &change);
                        return (vec![save.then(move |answer| Msg::Saved(id, answer.map(Box::new)))], None);
                    }
                    Ok(checks) => self.checks = Some(checks),
                    Err(failure) => self.failure = Some(failure),
                }
                vec![]
            }
            Msg::Saved(_, answer) => {
                self.work = Work::None;
                match answer {
                    Ok(number) => {
                        self.token.clear();
                        self.app_secret.clear();
                        told.push(Told::words(t!("number-renewed")));
                        let empty = |field: &str| Effect::SetValue(field.to_owned(), String::new());
                        let effects = vec![empty("new-token"), empty("new-app-secret")];
                        return (effects, Some(Outcome::Changed(number)));
                    }
                    Err(failure) => self.failure = Some(failure),
                }
                vec![]
            }
            Msg::Dismiss(reason) => {
                self.work = Work::Dismissing;
                let ask = api::dismiss_warning(id, &reason);
                vec![ask.then(move |answer| Msg::Dismissed(id, reason, answer.map(|_| ())))]
            }
            Msg::Dismissed(_, reason, answer) => {
                self.work = Work::None;
                match answer {
                    Ok(()) => return (vec![], Some(Outcome::Seen(id, reason))),
                    Err(failure) => told.push(Told::failure(&failure)),
                }
                vec![]
            }
            Msg::AskRemove(asked) => {
                self.removing = asked;
                vec![if asked { Effect::Focus("remove-cancel".to_owned()) } else { Effect::Refocus }]
            }
            Msg::Remove => {
                self.work = Work::Removing;
                vec![api::remove_number(id).then(move |answer| Msg::Removed(id, answer.map(|_| ())))]
            }
            Msg::Removed(_, answer) => {
                self.work = Work::None;
                self.removing = false;
                match answer {
                    Ok(()) => {
                        told.push(Told::words(t!("number-removed")));
                        self.id = None;
                        return (vec![], Some(Outcome::Removed(id)));
                    }
                    Err(failure) => told.push(Told::failure(&failure)),
                }
                vec![Effect::Refocus]
            }
        };
        (effects, None)
    }

    pub fn escape(&mut self) -> bool {
        std::mem::take(&mut self.removing)
    }

    /// Only what was typed is renewed.
    fn change(&self) -> UpdateNumber {
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        UpdateNumber {
            token: typed(&self.token),
            app_secret: typed(&self.app_secret),
            ..UpdateNumber::default()
        }
    }

    pub fn view(&self, numbers: &Load<Vec<Number>>, id: NumberId, around: &Around<'_>) -> Node {
        let back = (Route::Settings(Section::Numbers), t!("numbers"));
        let number = match numbers {
            Load::Not | Load::Loading => {
                return shell::settings_page(&t!("number"), None, back, skeleton(4, "rows"));
            }
            Load::Failed(failure) => {
                let again = Some(crate::Msg::Go(Route::Number(id)));
                return shell::settings_page(&t!("number"), None, back, notice::failure(failure, again));
            }
            Load::Ready(numbers) => numbers.iter().find(|number| number.id == id),
        };
        let Some(number) = number else {
            let gone = notice::empty(Icon::Phone, &t!("number-gone"), &t!("number-gone-words"), None);
            return shell::settings_page(&t!("number"), None, back, gone);
        };
        let body = el("div")
            .class("panels")
            .child(head(number))
            .maybe(troubles::stopped(number, self.work == Work::Checking))
            .children(troubles::warned(number, self.work == Work::Dismissing, around))
            .maybe((!number.simulated).then(|| callback(number, around)))
            .child(self.facts(number, around))
            .maybe((!number.simulated).then(|| self.renewal(number)))
            .child(removal(number));
        shell::settings_page(&number.name, None, back, body.into())
    }

    fn facts(&self, number: &Number, around: &Around<'_>) -> Node {
        let when = |at: Option<_>| at.map_or_else(|| t!("never"), |at| around.clock.ago(at));
        let mut facts = vec![(t!("numbers-last-webhook"), when(number.last_webhook_at))];
        if !number.simulated {
            let refused = i64::try_from(number.rejected).unwrap_or(i64::MAX);
            facts.push((t!("number-rejected"), t!("number-rejected-count", count = refused)));
            let nameless = i64::try_from(number.app_rejected).unwrap_or(i64::MAX);
            facts.push((t!("number-nameless"), t!("number-rejected-count", count = nameless)));
            facts.push((t!("number-quality"), quality(number)));
        }
        facts.extend([
            (t!("number-since"), around.clock.full(number.created_at)),
            (t!("connect-phone-number-id"), number.phone_number_id.clone()),
            (t!("connect-waba-id"), number.waba_id.clone()),
        ]);
        let journal = Route::Journal { outcome: None, search: number.phone_number_id.clone(), entry: None };
        panel(&t!("number-how"))
            .maybe((number.rejected > 0).then(troubles::refused))
            .child(el("dl").class("facts wide").children(facts.into_iter().map(|(name, value)| {
                el("div").key(&name).child(el("dt").text(name)).child(el("dd").text(value))
            })))
            .child(
                el("div")
                    .class("actions")
                    .maybe((!number.simulated).then(|| {
                        Button::new(Look::Plain, t!("number-check"))
                            .icon(Icon::RefreshCw)
                            .busy(self.work == Work::Checking)
                            .on(Msg::Check)
                    }))
                    .child(
                        el("a")
                            .class("button")
                            .attr("href", journal.path())
                            .on(event::go(journal))
                            .child(icon(Icon::Webhook))
                            .child(el("span").text(t!("number-journal"))),
                    ),
            )
            .child(self.told(!self.in_form))
            .into()
    }

    /// What the last try said, where it was asked for. The box is always there for screen readers.
    fn told(&self, here: bool) -> Node {
        el("div")
            .class("told")
            .attr("role", "status")
            .maybe(self.checks.as_ref().filter(|_| here).map(checks::list))
            .maybe(self.failure.as_ref().filter(|_| here).map(|failure| notice::failure(failure, None)))
            .into()
    }

    fn renewal(&self, number: &Number) -> Node {
        let field = |what, id, value: &str| {
            Field::new(id, t!(&format!("number-{id}")))
                .value(value)
                .kind("password")
                .autocomplete("new-password")
                .hint(t!(&format!("number-hint-{id}")))
                .on(event::input_of(what, Msg::Type))
        };
        let words = if number.state == NumberState::Stopped {
            t!("number-renew-stopped")
        } else {
            t!("number-renew-words")
        };
        panel(&t!("number-renew"))
            .child(el("p").class("muted").text(words))
            .child(
                el("form")
                    .class("form")
                    .attr("autocomplete", "off")
                    .on(event::submit(Msg::Renew))
                    .child(field(What::Token, "new-token", &self.token))
                    .child(field(What::AppSecret, "new-app-secret", &self.app_secret))
                    .child(self.told(self.in_form))
                    .child(
                        Button::new(Look::Primary, t!("number-renew-save"))
                            .busy(matches!(self.work, Work::Renewing | Work::Saving))
                            .submit(),
                    ),
            )
            .into()
    }

    /// What goes with the number, before it goes.
    pub fn dialog(&self, numbers: &Load<Vec<Number>>, id: NumberId) -> Option<Node> {
        let number = numbers.ready()?.iter().find(|number| number.id == id)?;
        self.removing.then(|| {
            let list = ["secrets", "messages", "stays"];
            dialog(
                "remove",
                &t!("number-remove-title", name = &number.name),
                Msg::AskRemove(false).into(),
                [
                    el("ul")
                        .class("goes")
                        .children(
                            list.map(|line| el("li").key(line).text(t!(&format!("number-remove-{line}")))),
                        )
                        .into(),
                    el("div")
                        .class("form-buttons")
                        .child(
                            Button::new(Look::Plain, t!("cancel"))
                                .id("remove-cancel")
                                .on(Msg::AskRemove(false)),
                        )
                        .child(
                            Button::new(Look::Danger, t!("number-remove"))
                                .icon(Icon::Trash2)
                                .busy(self.work == Work::Removing)
                                .on(Msg::Remove),
                        )
                        .into(),
                ],
            )
        })
    }
}

fn panel(title: &str) -> crate::kit::El {
    el("section").class("panel").key(title).child(el("h2").text(title))
}

fn head(number: &Number) -> Node {
    el("div")
        .class("number-head")
        .key("head")
        .child(el("span").class("number-icon").child(icon(if number.simulated {
            Icon::Smartphone
        } else {
            Icon::Phone
        })))
        .child(el("b").text(number.phone.as_deref().map_or_else(|| number.phone_number_id.clone(), phone)))
        .child(state(number))
        .maybe(number.simulated.then(|| tag(Tone::Blue, t!("numbers-simulated"))))
        .into()
}

/// What to enter at Meta, and whether it has worked.
fn callback(number: &Number, around: &Around<'_>) -> Node {
    let done = number.verified_at.is_some() && number.first_webhook_at.is_some();
    let address = around.whole(&number.callback_url);
    let steps = ["open", "paste", "verify", "fields", "hello"];
    let guide = el("ol").class("guide").children(steps.into_iter().map(|step| {
        let item = el("li")
            .key(step)
            .child(el("b").text(t!(&format!("callback-{step}"))))
            .child(el("p").text(t!(&format!("callback-{step}-words"))));
        match step {
            "paste" => item.child(copyable("callback-url", &t!("callback-url"), &address)).maybe(
                number
                    .verify_token
                    .as_deref()
                    .map(|token| copyable("callback-token", &t!("callback-token"), token)),
            ),
            "verify" => item.child(progress(
                "verified",
                number.verified_at.map(|at| t!("callback-verified", time = &around.clock.ago(at))),
                &t!("callback-waiting-verify"),
            )),
            "hello" => item
                .child(progress(
                    "first",
                    number.first_webhook_at.map(|at| t!("callback-first", time = &around.clock.ago(at))),
                    &t!("callback-waiting-first"),
                ))
                .maybe((number.rejected > 0 && number.first_webhook_at.is_none()).then(troubles::refused)),
            _ => item,
        }
    }));
    let public = address.starts_with("https://");
    let section = panel(&t!("callback-title")).maybe((!public).then(|| {
        el("div").class("notice amber").child(icon(Icon::TriangleAlert)).child(
            el("div")
                .child(el("b").text(t!("callback-not-public")))
                .child(el("p").text(t!("callback-not-public-words"))),
        )
    }));
    if done {
        return section
            .child(
                el("div").class("notice green").attr("role", "status").child(icon(Icon::CircleCheck)).child(
                    el("div")
                        .child(el("b").text(t!("callback-done")))
                        .child(el("p").text(t!("callback-done-words"))),
                ),
            )
            .child(el("details").class("more").child(el("summary").text(t!("callback-again"))).child(guide))
            .into();
    }
    section.child(el("p").class("muted").text(t!("callback-lead"))).child(guide).into()
}

/// A value for somebody else's form.
fn copyable(id: &str, label: &str, value: &str) -> Node {
    el("div")
        .class("copyable")
        .key(id)
        .child(el("span").text(label))
        .child(el("code").id(id).text(value))
        .child(
            el("button")
                .class("button")
                .attr("type", "button")
                .label(t!("copy-what", what = label))
                .on(event::click(crate::Msg::Copy(value.to_owned())))
                .child(icon(Icon::Copy))
                .child(el("span").text(t!("copy"))),
        )
        .into()
}

/// Waiting for something from Meta; it turns green by itself when it comes.
fn progress(id: &str, done: Option<String>, waiting: &str) -> Node {
    let is_done = done.is_some();
    el("p")
        .id(id)
        .class("progress")
        .class_if(is_done, "done")
        .attr("role", "status")
        .child(icon(if is_done { Icon::CircleCheck } else { Icon::LoaderCircle }))
        .child(el("span").text(done.unwrap_or_else(|| waiting.to_owned())))
        .into()
}

fn quality(number: &Number) -> String {
    let known = number.quality.as_deref().unwrap_or_default().to_lowercase();
    t_or(&format!("quality-{known}"), || t!("quality-unknown"))
}

fn removal(number: &Number) -> Node {
    panel(&t!("number-remove"))
        .child(el("p").class("muted").text(t!("number-remove-words", name = &number.name)))
        .child(el("div").class("actions").child(
            Button::new(Look::Danger, t!("number-remove-ask")).icon(Icon::Trash2).on(Msg::AskRemove(true)),
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn at_the_number() -> (Model, NumberId) {
        let id: NumberId = "01990000-0000-7000-8000-000000000001".parse().unwrap();
        let mut model = Model::default();
        model.open(id);
        (model, id)
    }

    #[test]
    fn a_new_token_is_kept_once_it_works() {
        let (mut model, id) = at_the_number();
        let mut told = vec![];
        let (effects, _) = model.update(Msg::Renew, &mut told);
        assert_eq!(read::lines(&effects), ["Focus(new-token)"], "nothing was typed");
        model.update(Msg::Type(What::Token, " EAAG ".into()), &mut told);
        let (effects, _) = model.update(Msg::Renew, &mut told);
        assert_eq!(read::lines(&effects), [format!("Call(POST /whatsapp/numbers/{id}/check)")]);
        let good = NumberChecks { ok: true, checks: vec![] };
        let (effects, _) = model.update(Msg::Checked(id, Ok(good)), &mut told);
        let [Effect::Call(call, _)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(call.path, format!("/whatsapp/numbers/{id}"));
        assert_eq!(call.body.as_deref(), Some(r#"{"token":"EAAG","skip_checks":true}"#));
    }

    #[test]
    fn a_warning_that_was_seen_goes_when_the_program_says_so() {
        let (mut model, id) = at_the_number();
        let dismiss = || Msg::Dismiss("spam_limited".to_owned());
        let (effects, _) = model.update(dismiss(), &mut vec![]);
        let path = format!("Call(DELETE /whatsapp/numbers/{id}/warnings/spam_limited)");
        assert_eq!(read::lines(&effects), [path]);
        assert!(model.update(dismiss(), &mut vec![]).0.is_empty(), "once");
        let mut told = vec![];
        let refused = Msg::Dismissed(id, "spam_limited".to_owned(), Err(Failure::Offline));
        let (_, outcome) = model.update(refused, &mut told);
        assert!(outcome.is_none() && told.len() == 1);
        model.update(dismiss(), &mut vec![]);
        let gone = Msg::Dismissed(id, "spam_limited".to_owned(), Ok(()));
        let (_, outcome) = model.update(gone, &mut vec![]);
        assert_eq!(outcome, Some(Outcome::Seen(id, "spam_limited".to_owned())));
    }

    #[test]
    fn a_token_that_does_not_work_is_not_kept() {
        let (mut model, id) = at_the_number();
        model.update(Msg::Type(What::Token, "EAAG".into()), &mut vec![]);
        model.update(Msg::Renew, &mut vec![]);
        let bad = NumberChecks { ok: false, checks: vec![] };
        let (effects, _) = model.update(Msg::Checked(id, Ok(bad)), &mut vec![]);
        assert!(effects.is_empty() && model.checks.is_some());
    }

    #[test]
    fn another_number_begins_with_nothing_of_the_first() {
        let (mut model, first) = at_the_number();
        model.update(Msg::Type(What::Token, "EAAG".into()), &mut vec![]);
        model.open("01990000-0000-7000-8000-000000000002".parse().unwrap());
        assert!(model.token.is_empty());
        let late = Msg::Checked(first, Err(Failure::Offline));
        model.update(late, &mut vec![]);
        assert!(model.failure.is_none());
    }

    #[test]
    fn removing_asks_first_and_escape_takes_it_back() {
        let (mut model, id) = at_the_number();
        model.update(Msg::AskRemove(true), &mut vec![]);
        assert!(model.escape() && !model.escape());
        let (effects, _) = model.update(Msg::Remove, &mut vec![]);
        assert_eq!(read::lines(&effects), [format!("Call(DELETE /whatsapp/numbers/{id})")]);
        let (_, outcome) = model.update(Msg::Removed(id, Ok(())), &mut vec![]);
        assert_eq!(outcome, Some(Outcome::Removed(id)));
    }

    #[test]
    fn a_number_that_stopped_shows_the_way_out_that_it_has() {
        let (_, id) = at_the_number();
        for (simulated, way, other) in [
            (true, t!("try-again"), t!("number-enter-token")),
            (false, t!("number-enter-token"), t!("try-again")),
        ] {
            let number = serde_json::json!({
                "id": id, "phone_number_id": "1", "waba_id": "2", "name": "A", "state": "stopped",
                "problem": "token_invalid", "simulated": simulated, "callback_url": "u", "app_callback_url": "u",
                "rejected": 0, "created_at": "2026-01-01T00:00:00Z",
            });
            let shown = troubles::stopped(&serde_json::from_value(number).unwrap(), false)
                .unwrap()
                .render_to_string();
            assert!(shown.contains(&way) && !shown.contains(&other), "{shown}");
        }
    }
}
