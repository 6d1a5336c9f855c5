//! Trying the draft on a real phone: a word, a link and a code to be sent from it, and how the trial stands.

use beseda_wire::bots::{NewPhoneTrial, PhoneTrial, PhoneTrialState};
use beseda_wire::ids::ConversationId;
use beseda_wire::page::Page;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Number;

use super::model::Model as Builder;
use super::{Dialog, Msg as BuilderMsg};
use crate::api::{self, Failure};
use crate::bridge::ToApp;
use crate::effect::{Effect, Effects};
use crate::format::{self, Clock};
use crate::i18n::t;
use crate::kit::dialog::dialog;
use crate::kit::field::{Field, select};
use crate::kit::qr::qr;
use crate::kit::{Button, Icon, Look, el, event, notice};
use crate::pages::Load;
use crate::{Node, t};

/// The button that opens the dialog.
pub const BUTTON: &str = "phone-trial-open";
const PHONE: &str = "phone-trial-phone";
/// Milliseconds until it is looked whether the draft is saved.
const AGAIN: u32 = 200;
/// Milliseconds after which it is looked at the earliest whether a trial is over.
const SOONEST: i64 = 30_000;
/// Milliseconds between two looks at a trial that goes on.
const WATCH: u32 = 5_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Open,
    Numbers(Result<Page<Number>, Failure>),
    Phone(String),
    Number(String),
    Make,
    Made(Result<Box<PhoneTrial>, Failure>),
    Listed(Result<Page<PhoneTrial>, Failure>),
    Stop,
    /// The trial may be over by now.
    Look,
    /// The conversation in which it is held up.
    GoTo(ConversationId),
}

impl From<Msg> for crate::Msg {
    fn from(msg: Msg) -> Self {
        BuilderMsg::PhoneTrial(msg).into()
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    phone: String,
    /// The number's id; empty for the first.
    number: String,
    numbers: Vec<Number>,
    /// The newest trial, as the server has it.
    trial: Load<Option<PhoneTrial>>,
    is_making: bool,
    failure: Option<Failure>,
}

impl Model {
    fn is_phone_wrong(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.field("phone").is_some())
    }

    fn phone_fault(&self) -> Option<String> {
        self.is_phone_wrong().then(|| t("phone-trial-phone-wrong"))
    }
}

impl Builder {
    pub fn update_phone_trial(&mut self, msg: Msg) -> Effects {
        let Some(bot) = self.bot else { return vec![] };
        if msg == Msg::Open {
            self.dialog =
                Some(Dialog::PhoneTrial(Box::new(Model { trial: Load::Loading, ..Model::default() })));
            let mut effects = vec![api::numbers().then(Msg::Numbers)];
            effects.extend(self.ask_phone_trials());
            effects.push(Effect::Focus("flow-trying".to_owned()));
            return effects;
        }
        if msg == Msg::Look {
            return self.ask_phone_trials();
        }
        let is_saved = !self.is_dirty() && !self.save.is_saving();
        let (is_disputed, now) = (self.save.clash.is_some(), self.now);
        let (revision, unsaved) = (self.save.revision, self.save.failure.clone());
        let Some(Dialog::PhoneTrial(model)) = &mut self.dialog else { return vec![] };
        match msg {
            Msg::Numbers(Ok(page)) => model.numbers = page.items,
            Msg::Phone(phone) => model.phone = phone,
            Msg::Number(number) => model.number = number,
            Msg::Make if is_saved => {
                (model.is_making, model.failure) = (true, None);
                let phone = Some(model.phone.trim().to_owned()).filter(|phone| !phone.is_empty());
                let new =
                    NewPhoneTrial { phone, number_id: model.number.parse().ok(), revision: Some(revision) };
                return vec![api::make_phone_trial(bot, &new).then(|answer| Msg::Made(answer.map(Box::new)))];
            }
            // It is said in the form, and decided behind the dialog.
            Msg::Make if is_disputed => model.is_making = false,
            Msg::Make if unsaved.is_some() => (model.is_making, model.failure) = (false, unsaved),
            // What is on the screen is what is tried.
            Msg::Make => {
                model.is_making = true;
                let mut effects = self.save_now();
                effects.push(Effect::After(AGAIN, Msg::Make.into()));
                return effects;
            }
            Msg::Made(Ok(trial)) => {
                (model.is_making, model.failure) = (false, None);
                let mut effects: Effects = look_again(&trial, now).into_iter().collect();
                model.trial = Load::Ready(Some(*trial));
                effects.push(Effect::Focus("flow-trying".to_owned()));
                return effects;
            }
            Msg::Listed(answer) => {
                model.trial.answer(answer.map(|page| newest(page.items)));
                let shown = model.trial.ready().and_then(Option::as_ref);
                return shown.and_then(|trial| look_again(trial, now)).into_iter().collect();
            }
            Msg::GoTo(thread) => return vec![Effect::ToApp(ToApp::Go(format!("/inbox/all/{thread}")))],
            Msg::Stop => {
                let Some(Some(trial)) = model.trial.ready() else { return vec![] };
                return vec![
                    api::stop_phone_trial(bot, trial.id).then(|answer| Msg::Made(answer.map(Box::new))),
                ];
            }
            Msg::Made(Err(failure)) | Msg::Numbers(Err(failure)) => {
                (model.is_making, model.failure) = (false, Some(failure));
                if model.is_phone_wrong() {
                    return vec![Effect::Focus(PHONE.to_owned())];
                }
            }
            Msg::Open | Msg::Look => {}
        }
        vec![]
    }

    /// How the trials stand, where the dialog shows it.
    pub fn ask_phone_trials(&self) -> Effects {
        match (self.bot, &self.dialog) {
            (Some(bot), Some(Dialog::PhoneTrial(_))) => vec![api::phone_trials(bot).then(Msg::Listed)],
            _ => vec![],
        }
    }

    pub fn view_phone_trial(&self, model: &Model) -> Node {
        let now = Time::from_millis(self.now);
        let clock = Clock { now, zone: self.zone.clone() };
        // How it stands is the server's to say: the clock of this machine may be wrong.
        let body: Node = match &model.trial {
            Load::Ready(Some(trial)) if trial.state == PhoneTrialState::Waiting => {
                waiting(trial, model, &clock)
            }
            Load::Ready(Some(trial)) if trial.state == PhoneTrialState::Running => el("div")
                .class("phone-trial")
                .key("running")
                .child(el("p").attr("role", "status").text(t("phone-trial-running")))
                .maybe(not_delivered(trial))
                .maybe(model.failure.as_ref().map(|failure| notice::failure(failure, None)))
                .child(stop())
                .into(),
            Load::Failed(failure) => notice::failure(failure, None),
            Load::Not | Load::Loading => crate::kit::skeleton(3, "rows"),
            Load::Ready(before) => form(model, before.as_ref(), self.save.clash.is_some()),
        };
        dialog("flow-trying", &t("phone-trial-title"), BuilderMsg::CloseDialog.into(), [body])
    }
}

/// The one that goes on, or else the last.
fn newest(trials: Vec<PhoneTrial>) -> Option<PhoneTrial> {
    let goes_on =
        |trial: &PhoneTrial| matches!(trial.state, PhoneTrialState::Waiting | PhoneTrialState::Running);
    trials.into_iter().max_by_key(|trial| (goes_on(trial), trial.created_at))
}

/// Once the word opens nothing any more that is shown. By a wrong clock it is asked too often, and never too late. While
/// the draft is tried, whether what it said arrived.
fn look_again(trial: &PhoneTrial, now: i64) -> Option<Effect> {
    match trial.state {
        PhoneTrialState::Waiting => {
            let whole = trial.expires_at.millis_since(trial.created_at).max(SOONEST);
            let left = trial.expires_at.millis_since(Time::from_millis(now)).clamp(SOONEST, whole);
            Some(Effect::After(u32::try_from(left).unwrap_or(u32::MAX), Msg::Look.into()))
        }
        PhoneTrialState::Running => Some(Effect::After(WATCH, Msg::Look.into())),
        PhoneTrialState::Ended | PhoneTrialState::Expired => None,
    }
}

/// Why the last thing that the draft said is not on the phone.
fn not_delivered(trial: &PhoneTrial) -> Option<Node> {
    let failure = trial.failure.as_ref()?;
    let words = match failure.reason.as_str() {
        "window_closed" => t("phone-trial-window-closed"),
        _ => t("phone-trial-not-delivered"),
    };
    let technical = format!("{} {} {}", failure.code, failure.reason, failure.detail);
    let told = el("div").child(el("p").text(words)).child(notice::technical(&technical));
    Some(el("div").class("notice red").key("not-delivered").attr("role", "alert").child(told).into())
}

fn form(model: &Model, before: Option<&PhoneTrial>, is_disputed: bool) -> Node {
    let ended = before.map(|trial| match trial.state {
        PhoneTrialState::Ended | PhoneTrialState::Running => t("phone-trial-ended"),
        PhoneTrialState::Expired | PhoneTrialState::Waiting => t("phone-trial-expired"),
    });
    let options = model.numbers.iter().map(|number| {
        let phone = number.phone.as_deref().map(format::phone).unwrap_or_default();
        (number.id.to_string(), format!("{} {phone}", number.name).trim().to_owned())
    });
    el("form")
        .class("form phone-trial")
        .key("form")
        .on(event::submit(Msg::Make))
        .maybe(ended.map(|words| el("p").class("muted").key("before").attr("role", "status").text(words)))
        .maybe(before.and_then(not_delivered))
        .child(el("p").key("lead").text(t("phone-trial-lead")))
        .child(
            Field::new(PHONE, t("phone-trial-phone"))
                .kind("tel")
                .hint(t("phone-trial-phone-hint"))
                .error(model.phone_fault())
                .value(&model.phone)
                .on(event::input(Msg::Phone)),
        )
        .maybe((model.numbers.len() > 1).then(|| {
            select(
                "phone-trial-number",
                &t("phone-trial-number"),
                &model.number,
                options,
                event::input(Msg::Number),
            )
        }))
        .maybe(
            model
                .failure
                .as_ref()
                .filter(|_| !model.is_phone_wrong())
                .map(|failure| notice::failure(failure, None)),
        )
        .maybe(is_disputed.then(|| notice::problem(&t("publish-disputed"))))
        .child(
            el("div")
                .class("form-buttons")
                .child(
                    Button::new(Look::Primary, t("phone-trial-make"))
                        .busy(model.is_making)
                        .disabled(is_disputed)
                        .submit(),
                )
                .child(Button::new(Look::Ghost, t("cancel")).on(BuilderMsg::CloseDialog)),
        )
        .into()
}

fn waiting(trial: &PhoneTrial, model: &Model, clock: &Clock) -> Node {
    let until = clock.time(trial.expires_at);
    let number = trial.number_phone.as_deref().map_or_else(|| trial.number_name.clone(), format::phone);
    el("div")
        .class("phone-trial")
        .key("waiting")
        .child(el("p").key("how").text(if trial.link.is_some() {
            t!("phone-trial-scan", number = number.as_str())
        } else {
            t!("phone-trial-send", number = number.as_str())
        }))
        .maybe(trial.phone.as_deref().map(|phone| {
            el("p").key("from").text(t!("phone-trial-from", phone = format::phone(phone).as_str()))
        }))
        .maybe(trial.link.as_deref().and_then(|link| qr(link, &t("phone-trial-code"))))
        .child(
            el("p")
                .class("phone-trial-word")
                .key("word")
                .child(el("code").id("phone-trial-word").text(&trial.word))
                .child(
                    Button::new(Look::Ghost, t("copy"))
                        .icon(Icon::Copy)
                        .on(crate::Msg::Copy(trial.word.clone())),
                ),
        )
        .maybe(trial.link.as_ref().map(|link| {
            el("a")
                .key("link")
                .attr("href", link.clone())
                .attr("target", "_blank")
                .attr("rel", "noreferrer")
                .text(t("phone-trial-link"))
        }))
        .maybe(trial.held_up_in.map(|thread| {
            el("div")
                .class("notice red")
                .key("held-up")
                .attr("role", "alert")
                .child(el("p").text(t("phone-trial-held-up")))
                .child(Button::new(Look::Plain, t("phone-trial-open-thread")).on(Msg::GoTo(thread)))
        }))
        .maybe(model.failure.as_ref().map(|failure| notice::failure(failure, None)))
        .child(
            el("p")
                .class("muted")
                .key("until")
                .attr("role", "status")
                .text(t!("phone-trial-until", time = until.as_str())),
        )
        .child(stop())
        .into()
}

fn stop() -> Node {
    el("div")
        .class("form-buttons")
        .key("buttons")
        .child(Button::new(Look::Plain, t("phone-trial-stop")).on(Msg::Stop))
        .child(Button::new(Look::Ghost, t("close")).on(BuilderMsg::CloseDialog))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::document::Doc;
    use crate::builder::save;
    use crate::effect::read;

    const BOT: &str = "01990000-0000-7000-8000-000000000001";

    fn trial(id: u32, state: &str, link: &str) -> String {
        format!(
            r#"{{"id":{id},"bot_id":"{BOT}","state":"{state}","word":"try-abc"{link},"number_id":"{BOT}",
                "number_name":"Main","author":"Anna","created_at":"2026-01-01T00:00:0{id}Z",
                "expires_at":"2026-01-01T00:30:00Z"}}"#
        )
    }

    fn msg(msg: crate::Msg) -> Msg {
        let crate::Msg::Editor(BuilderMsg::PhoneTrial(msg)) = msg else { panic!("not of the trial") };
        msg
    }

    fn opened() -> Builder {
        let mut model = Builder { bot: BOT.parse().ok(), load: Load::Ready(()), ..Builder::default() };
        let mut effects = model.update_phone_trial(Msg::Open);
        let page = format!(r#"{{"items":[{},{}]}}"#, trial(1, "waiting", ""), trial(2, "ended", ""));
        let listed = msg(read::answer(&mut effects, "GET /bots/", Ok(&page)));
        model.update_phone_trial(listed);
        model
    }

    fn shown(model: &Builder) -> Option<u32> {
        let Some(Dialog::PhoneTrial(trial)) = &model.dialog else { panic!("the dialog is open") };
        trial.trial.ready().and_then(Option::as_ref).map(|trial| trial.id)
    }

    #[test]
    fn the_trial_that_goes_on_is_shown_and_stopped() {
        let mut model = opened();
        assert_eq!(shown(&model), Some(1));
        let mut effects = model.update_phone_trial(Msg::Stop);
        let path = format!("POST /bots/{BOT}/phone-trials/1/stop");
        let stopped = msg(read::answer(&mut effects, &path, Ok(&trial(1, "ended", ""))));
        model.update_phone_trial(stopped);
        model.view();
        // Closed, it asks for nothing.
        model.dialog = None;
        assert!(model.ask_phone_trials().is_empty() && model.update_phone_trial(Msg::Stop).is_empty());
    }

    #[test]
    fn a_phone_that_is_none_is_marked_and_gets_the_focus() {
        let mut model = opened();
        let refused = r#"{"type":"/problems/invalid","title":"","status":422,
            "errors":[{"pointer":"/phone","detail":"no phone number"}]}"#;
        let failure = Failure::from_answer(422, refused);
        let lines = read::lines(&model.update_phone_trial(Msg::Made(Err(failure))));
        assert_eq!(lines, ["Focus(phone-trial-phone)"]);
        let Some(Dialog::PhoneTrial(trial)) = &model.dialog else { panic!("the dialog is open") };
        assert_eq!(trial.phone_fault(), Some(t("phone-trial-phone-wrong")));
    }

    #[test]
    fn it_is_looked_at_again_when_the_word_is_too_old_whatever_the_clock_says() {
        for (now, after) in [
            ("2026-01-01T00:00:01Z", "After(1799000"),
            ("2026-01-01T00:29:59Z", "After(30000"),
            // A clock that is hours ahead, and one that is days behind.
            ("2026-01-01T09:00:00Z", "After(30000"),
            ("2025-12-01T00:00:00Z", "After(1799000"),
        ] {
            let mut model = opened();
            model.now = now.parse::<Time>().unwrap().millis();
            let mut effects = model.update_phone_trial(Msg::Look);
            let page = format!(r#"{{"items":[{}]}}"#, trial(1, "waiting", ""));
            let listed = msg(read::answer(&mut effects, "GET /bots/", Ok(&page)));
            let lines = read::lines(&model.update_phone_trial(listed));
            assert!(lines[0].starts_with(after), "{now}: {lines:?}");
            model.view();
        }
    }

    #[test]
    fn what_did_not_reach_the_phone_is_said_while_the_draft_is_tried_and_afterwards() {
        crate::i18n::set(crate::i18n::Locale::En);
        for (state, reason, says) in [
            ("running", "window_closed", "24 hours"),
            ("ended", "window_closed", "24 hours"),
            ("running", "undeliverable", "did not reach the phone"),
        ] {
            let mut model = opened();
            let mut effects = model.update_phone_trial(Msg::Look);
            let failed = format!(r#","failure":{{"code":131047,"reason":"{reason}","detail":"Late"}}"#);
            let page = format!(r#"{{"items":[{}]}}"#, trial(1, state, &failed));
            let listed = msg(read::answer(&mut effects, "GET /bots/", Ok(&page)));
            let lines = read::lines(&model.update_phone_trial(listed));
            assert_eq!(
                lines.iter().any(|line| line.starts_with("After(5000")),
                state == "running",
                "{lines:?}"
            );
            let shown = format!("{:?}", model.view());
            assert!(shown.contains(says) && shown.contains("131047"), "{state} {reason}");
        }
    }

    #[test]
    fn whoever_is_held_up_is_led_to_the_conversation() {
        let mut model = opened();
        let held_up = format!(r#","held_up_in":"{BOT}""#);
        let mut effects = model.update_phone_trial(Msg::Look);
        let page = format!(r#"{{"items":[{}]}}"#, trial(1, "waiting", &held_up));
        let listed = msg(read::answer(&mut effects, "GET /bots/", Ok(&page)));
        model.update_phone_trial(listed);
        model.view();
        let lines = read::lines(&model.update_phone_trial(Msg::GoTo(BOT.parse().unwrap())));
        assert_eq!(lines, [format!("ToApp(Go(\"/inbox/all/{BOT}\"))")]);
    }

    #[test]
    fn what_is_tried_is_what_is_on_the_screen() {
        let mut model = opened();
        model.doc = Doc::from_json(&serde_json::json!({ "name": "New" }));
        let lines = read::lines(&model.update_phone_trial(Msg::Make));
        assert_eq!(lines[0], format!("Call(PUT /bots/{BOT}/draft)"), "it is saved first");
        assert!(lines[1].starts_with("After(200"), "{lines:?}");
        let draft = serde_json::json!({
            "flow": { "name": "New" }, "revision": 4, "updated_at": "2026-01-01T00:00:00Z", "author": "", "changed": true,
        });
        model.save = save::State::begin(&serde_json::from_value(draft).unwrap(), &model.doc);
        model.update_phone_trial(Msg::Phone(" +1 555 ".into()));
        let effects = model.update_phone_trial(Msg::Make);
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.path, format!("/bots/{BOT}/phone-trials"));
        assert_eq!(call.body.as_deref(), Some(r#"{"phone":"+1 555","revision":4}"#));
        let link = r#","link":"https://wa.me/1?text=try-abc""#;
        let mut effects = effects;
        let made = msg(read::answer(&mut effects, "POST", Ok(&trial(3, "waiting", link))));
        model.update_phone_trial(made);
        assert_eq!(shown(&model), Some(3));
        model.view();
    }
}
