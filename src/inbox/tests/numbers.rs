//! What becomes of a number's record: news of its quality, refusals of old credentials, renewals.

use beseda_wire::ids::ConversationId;
use beseda_wire::messages::Failure;
use beseda_wire::whatsapp::{NumberState, NumberWarning};

use super::trying::numbered;
use super::*;
use crate::inbox::failure;
use crate::store::Actor;
use crate::whatsapp::numbers::{Number, store as numbers};

fn refusal() -> Failure {
    Failure { code: 190, reason: "token_invalid".to_owned(), detail: "No".to_owned() }
}

fn of(tx: &Tx<'_>) -> Number {
    numbers::get(tx, number()).unwrap().unwrap()
}

#[test]
fn news_of_quality_and_throughput_are_taken_over() {
    in_a_store(|tx| {
        numbered(tx, &Actor::Program, Time::from_seconds(START));
        for (event, quality, rate) in [
            ("FLAGGED", Some("RED"), None),
            ("UPGRADE", Some("RED"), None),
            ("UNFLAGGED", None, None),
            ("THROUGHPUT_UPGRADE", None, Some(1_000)),
        ] {
            let value =
                json!({"display_phone_number": "16505550000", "event": event, "current_limit": "TIER_10K"});
            let (_, led) = process(tx, 0, "phone_number_quality_update", &value);
            let number = of(tx);
            assert_eq!(led.faster.len(), usize::from(rate.is_some()), "the deliverer is told");
            assert_eq!((number.quality.as_deref(), number.messages_per_second), (quality, rate), "{event}");
        }
    });
}

#[test]
fn a_refusal_of_credentials_that_were_replaced_stops_nothing() {
    in_a_store(|tx| {
        let at = |second: i64| Time::from_seconds(START + second);
        numbered(tx, &Actor::Program, at(0));
        let connect = |tx: &mut Tx<'_>, connected: i64| {
            let number =
                Number { connected_at: Some(at(connected)), state: NumberState::Connected, ..of(tx) };
            numbers::put(tx, &number, &Actor::Program, at(connected)).unwrap();
        };
        // Asked at 9 with the old token, told at 11; connected in between.
        connect(tx, 10);
        assert!(!failure::stop_number(tx, number(), &refusal(), at(9), at(11)).unwrap());
        assert_eq!(of(tx).state, NumberState::Connected);
        assert!(failure::stop_number(tx, number(), &refusal(), at(12), at(13)).unwrap());
        assert_eq!(of(tx).problem.as_deref(), Some("token_invalid"));
        // Connected by a clock that was set back since: nothing is known of which came first.
        connect(tx, 5_000);
        assert!(failure::stop_number(tx, number(), &refusal(), at(14), at(15)).unwrap());
    });
}

#[test]
fn a_renewal_keeps_what_came_while_meta_was_asked() {
    in_a_store(|tx| {
        numbered(tx, &Actor::Program, Time::from_seconds(START));
        let before = of(tx);
        let warning = NumberWarning {
            reason: "spam_limited".to_owned(),
            detail: String::new(),
            at: Time::from_seconds(START),
            conversation_id: ConversationId::from_uuid(Uuid::nil()),
        };
        let first_webhook_at = Some(Time::from_seconds(START + 1));
        let kept = Number {
            warnings: vec![warning],
            quality: Some("RED".to_owned()),
            first_webhook_at,
            ..before.clone()
        };
        let renewed = Number { name: "Shop".to_owned(), ..before }.over(kept.clone());
        assert_eq!(renewed, Number { name: "Shop".to_owned(), ..kept });
    });
}
