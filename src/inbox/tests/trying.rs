//! The word of a trial may be sent for half an hour, and once.

use beseda_wire::bots::{NewPhoneTrial, PhoneTrialState};
use beseda_wire::ids::BotId;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;

use super::*;
use crate::bots::{add_published, phone_trials, store};
use crate::store::Actor;
use crate::whatsapp::numbers::store as numbers;

const FLOW: &str = r#"{"schema":1,"id":"f","name":"F","groups":[{"id":"g","blocks":[
    {"id":"q","kind":"question","text":"Who?","answer":"text"}]}]}"#;

/// The number of the tests, connected.
pub fn numbered(tx: &mut Tx<'_>, actor: &Actor, now: Time) {
    let row = json!({
        "id": number(), "phone_number_id": "1000", "waba_id": "WABA", "name": "Main", "phone": "+16505550000", "token": [], "app_secret": [],
        "verify_token": "v", "state": "connected", "created_at": now,
    });
    numbers::put(tx, &serde_json::from_value(row).unwrap(), actor, now).unwrap();
}

/// Sends the word of a trial so many seconds after it was made: whether it was opened.
fn opens(after: i64) -> bool {
    in_a_store(move |tx| {
        let made = Time::from_seconds(START);
        let actor = Actor::Program;
        let bot: BotId = add_published(tx, "F".to_owned(), FLOW.to_owned(), &actor, made).unwrap().id;
        numbered(tx, &actor, made);
        let new = NewPhoneTrial { phone: None, number_id: None, revision: None };
        let (version, trial) =
            phone_trials::make(tx, bot, &new, (phone_trials::word([7; 8]), FLOW.to_owned()), &actor, made)
                .unwrap();
        let mut message = text("wamid.1", after, &json!({"from": "447700900123"}));
        message["text"]["body"] = trial.word.into();
        says(tx, after, message, Outcome::Processed);
        let trial = store::phone_trial(tx, bot, version).unwrap().unwrap();
        let now = Time::from_seconds(START + after);
        let (_, said) = everybody(tx).pop().unwrap();
        let asked = said.iter().any(|message| message.direction == Direction::Out);
        let opened = trial.state(now) == PhoneTrialState::Running;
        assert_eq!(asked, opened, "the draft answers if the word opened it");
        assert!(opened || trial.state(now) == PhoneTrialState::Expired);
        opened
    })
}

#[test]
fn a_word_opens_a_trial_for_half_an_hour() {
    assert!(opens(0) && opens(phone_trials::OPEN_FOR - 1));
    assert!(!opens(phone_trials::OPEN_FOR) && !opens(phone_trials::OPEN_FOR + 100));
}
