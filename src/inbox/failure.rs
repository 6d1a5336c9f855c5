//! What a failed message means beyond itself: for its customer, and for the number that it was sent by (FACTS §8). What
//! an error means is decided in [`crate::whatsapp::policy`]; here it is written down.

use beseda_wire::ids::NumberId;
use beseda_wire::messages::Failure;
use beseda_wire::time::Time;
use beseda_wire::whatsapp::{NumberState, NumberWarning};

use super::deliver::later;
use crate::conversations::{Message, store as conversations};
use crate::customers::{Customer, store as customers};
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::numbers::{Number, store as numbers};
use crate::whatsapp::policy::{Also, CAPPED};

/// A warning is written anew after this many seconds at the earliest: ten thousand messages may fail for one reason.
const WARNING_SECONDS: i64 = 3_600;

/// Notes what `also` means of the message's customer and of the number that it was sent by.
pub fn note(
    tx: &mut Tx<'_>,
    message: &Message,
    number: NumberId,
    also: Also,
    failure: &Failure,
    now: Time,
) -> Result<(), StoreError> {
    match also {
        Also::Nothing => Ok(()),
        Also::FlagCustomer => mark(tx, message, now, |customer| {
            customer.unreachable_since.get_or_insert(now);
        }),
        Also::SuppressMarketing => mark(tx, message, now, |customer| {
            customer.no_marketing_since.get_or_insert(now);
        }),
        Also::CapMarketing => mark(tx, message, now, |customer| {
            let until = later(now, CAPPED);
            customer.marketing_capped_until = customer.marketing_capped_until.max(Some(until));
        }),
        Also::TellOwner => change(tx, number, now, |number| warn(number, message, failure, now)),
        Also::DoubtTemplates => change(tx, number, now, |number| {
            number.templates_doubted_at = Some(now);
            warn(number, message, failure, now);
        }),
    }
}

/// Stops a number that Meta refuses to serve, with the reason for its owner; says whether it is stopped now. `asked` is when
/// Meta was asked, or when it says that it refused: before `connected_at` it was about credentials that are replaced.
pub fn stop_number(
    tx: &mut Tx<'_>,
    id: NumberId,
    failure: &Failure,
    asked: Time,
    now: Time,
) -> Result<bool, StoreError> {
    let mut stopped = false;
    change(tx, id, now, |number| {
        // Connected later than now it was by a clock that has been set back since.
        let replaced = number.connected_at.is_some_and(|connected| asked < connected && connected <= now);
        if number.state != NumberState::Stopped && !replaced {
            number.state = NumberState::Stopped;
            number.problem = Some(failure.reason.clone());
            number.problem_detail = Some(failure.detail.clone());
        }
        stopped = number.state == NumberState::Stopped;
    })?;
    Ok(stopped)
}

fn warn(number: &mut Number, message: &Message, failure: &Failure, now: Time) {
    let at = number.warnings.iter().position(|told| told.reason == failure.reason);
    if at.is_some_and(|at| now.millis_since(number.warnings[at].at).abs() < WARNING_SECONDS * 1_000) {
        return;
    }
    number.warnings.retain(|told| told.reason != failure.reason);
    let (reason, detail) = (failure.reason.clone(), failure.detail.clone());
    let warning = NumberWarning { reason, detail, at: now, conversation_id: message.conversation };
    number.warnings.insert(0, warning);
}

fn mark(
    tx: &mut Tx<'_>,
    message: &Message,
    now: Time,
    mark: impl FnOnce(&mut Customer),
) -> Result<(), StoreError> {
    let Some(thread) = conversations::get(tx, message.conversation)? else { return Ok(()) };
    let Some(before) = customers::get(tx, thread.customer)? else { return Ok(()) };
    let mut after = before.clone();
    mark(&mut after);
    if after == before { Ok(()) } else { customers::put(tx, Some(&before), &after, &Actor::Program, now) }
}

fn change(
    tx: &mut Tx<'_>,
    id: NumberId,
    now: Time,
    change: impl FnOnce(&mut Number),
) -> Result<(), StoreError> {
    let Some(before) = numbers::get(tx, id)? else { return Ok(()) };
    let mut after = before.clone();
    change(&mut after);
    if after == before { Ok(()) } else { numbers::put(tx, &after, &Actor::Program, now) }
}
