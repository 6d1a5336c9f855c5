//! Calls: an event in the thread. One that the customer makes opens the 24-hour window, as a message does (Meta, send
//! messages). Taking calls is not what this program does; that somebody called is what the team must see.

use beseda_wire::ids::NumberId;
use beseda_wire::messages::{Content, Direction, EventKind, System};
use beseda_wire::time::Time;

use super::amend::Amended;
use super::who;
use crate::conversations::{service as threads, store as conversations};
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::webhook::{Call, CallStep};

pub fn call(
    tx: &mut Tx<'_>,
    number: NumberId,
    call: &Call,
    received_at: Time,
    now: Time,
) -> Result<Amended, StoreError> {
    let Some(customer) = who::of(tx, number, &call.customer, None, now)? else { return Ok(Amended::Nobody) };
    let (before, is_new) = threads::open_for(tx, customer.id, number, now)?;
    let mut after = before.clone();
    let at = call.at.min(received_at);
    let author = threads::author_of(&Actor::Program);
    let mut message = threads::draft_message(before.id, Direction::Event, author, content(call), at, now);
    message.wamid = Some(call.key());
    conversations::add_message(tx, number, &message, &Actor::Program, now)?;
    if is_new {
        threads::add_event(tx, &after, EventKind::Opened, None, &Actor::Program, at.plus_millis(-1))?;
    }
    if call.by_customer {
        threads::note_call(&mut after, call.began.min(received_at), now);
        if !matches!(call.step, CallStep::Ended { seconds: Some(_) }) {
            // Whoever called and was not talked to waits for somebody.
            after.waiting_since.get_or_insert(at);
        }
    } else {
        after.updated_at = now;
    }
    conversations::put(tx, (!is_new).then_some(&before), &after)?;
    Ok(Amended::Done)
}

/// A stable word, for programs and translation, and a sentence in English.
fn content(call: &Call) -> Content {
    let (event, body) = match (&call.step, call.by_customer) {
        (CallStep::Begun, true) => ("call_incoming", "The customer calls.".to_owned()),
        (CallStep::Begun, false) => ("call_outgoing", "The customer is called.".to_owned()),
        (CallStep::Ended { seconds: Some(seconds) }, _) => {
            ("call_ended", format!("The call ended after {}.", length(*seconds)))
        }
        (CallStep::Ended { seconds: None }, true) => ("call_missed", "Missed call.".to_owned()),
        (CallStep::Ended { seconds: None }, false) => {
            ("call_unanswered", "The customer did not take the call.".to_owned())
        }
        (CallStep::Other(word), _) => ("call_other", format!("Call: {word}.")),
    };
    Content::System(System { event: event.to_owned(), body })
}

fn length(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_reads_as_people_say_it() {
        for (seconds, words) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (75, "1 min 15 s"), (3600, "60 min")]
        {
            assert_eq!(length(seconds), words);
        }
    }
}
