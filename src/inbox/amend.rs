//! Webhooks that change what is there: reactions, edits, deletions, new numbers, consent, account news.

use beseda_wire::ids::NumberId;
use beseda_wire::messages::{Content, Direction, EventKind, Reaction, ReactionMark, System as SystemContent};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::NumberState;

use super::process::identity;
use crate::conversations::{Message, Place, service as threads, store as conversations};
use crate::customers::{Identity, store as customers};
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::error::GraphError;
use crate::whatsapp::numbers::store as numbers;
use crate::whatsapp::policy::{self, Action, Also};
use crate::whatsapp::webhook::{Amendment, Notice, Preference, System};

/// What became of an amendment.
pub enum Amended {
    Done,
    Duplicate,
    NoTarget,
}

/// Puts a reaction on its message, or takes it back; says where that lies, if it is here.
pub fn reaction(
    tx: &mut Tx<'_>,
    number: NumberId,
    direction: Direction,
    reaction: &Reaction,
    actor: &Actor,
    now: Time,
) -> Result<Option<Place>, StoreError> {
    let Some(place) = conversations::by_wamid(tx, number, &reaction.target)? else { return Ok(None) };
    let Some(mut message) = conversations::message(tx, place)? else { return Ok(None) };
    message.reactions.retain(|mark| mark.direction != direction);
    if let Some(emoji) = reaction.emoji.as_ref().filter(|emoji| !emoji.is_empty()) {
        message.reactions.push(ReactionMark { direction, emoji: emoji.clone() });
    }
    conversations::change_message(tx, &message, actor, now)?;
    Ok(Some(place))
}

/// An earlier message was edited or deleted for everyone. What it said stays readable to the team.
pub fn amendment(
    tx: &mut Tx<'_>,
    number: NumberId,
    amendment: &Amendment,
    now: Time,
) -> Result<Amended, StoreError> {
    if conversations::by_wamid(tx, number, &amendment.wamid)?.is_some() {
        return Ok(Amended::Duplicate);
    }
    let Some(place) = conversations::by_wamid(tx, number, &amendment.target)? else {
        return Ok(Amended::NoTarget);
    };
    let Some(mut message) = conversations::message(tx, place)? else { return Ok(Amended::NoTarget) };
    match &amendment.content {
        Some(content) => {
            message.content = content.clone();
            message.edited = true;
        }
        None => message.revoked = true,
    }
    conversations::know_wamid(tx, number, &amendment.wamid, place)?;
    conversations::change_message(tx, &message, &Actor::Program, now)?;
    Ok(Amended::Done)
}

/// WhatsApp says something in the thread; a customer's new phone or user id is taken over.
pub fn system(
    tx: &mut Tx<'_>,
    number: NumberId,
    system: &System,
    received_at: Time,
    now: Time,
) -> Result<(), StoreError> {
    let mut known = identity(&system.customer);
    if let Some(change) = &system.change {
        // The previous id is how we know the person, the new one how we will.
        if let Some(previous) = &change.previous_bsuid {
            known.bsuid = Some(previous.clone());
        }
    }
    let (mut customer, _) = customers::identify(tx, &known, &Actor::Program, now)?;
    if let Some(change) = &system.change {
        let before = customer.clone();
        let new = Identity { profile_name: None, ..identity(&change.new) };
        if customer.learn(&new) {
            customers::put(tx, Some(&before), &customer, &Actor::Program, now)?;
        }
    }
    let (before, is_new) = threads::open_for(tx, customer.id, number, now)?;
    let content = Content::System(SystemContent { event: system.event.clone(), body: system.body.clone() });
    let author = threads::author_of(&Actor::Program);
    let at = system.at.min(received_at);
    let mut message = threads::draft_message(before.id, Direction::Event, author, content, at, now);
    message.wamid = Some(system.wamid.clone());
    let mut after = before.clone();
    after.updated_at = now;
    conversations::add_message(tx, number, &message, &Actor::Program, now)?;
    if system.change.is_some() {
        threads::add_event(tx, &after, EventKind::NumberChanged, None, &Actor::Program, at)?;
    }
    conversations::put(tx, (!is_new).then_some(&before), &after)
}

/// A customer stops or resumes marketing messages in WhatsApp itself.
pub fn preference(tx: &mut Tx<'_>, preference: &Preference, now: Time) -> Result<(), StoreError> {
    let (before, _) = customers::identify(tx, &identity(&preference.customer), &Actor::Program, now)?;
    let mut customer = before.clone();
    customer.no_marketing_since =
        preference.stop.then(|| customer.no_marketing_since.unwrap_or(preference.at));
    if customer != before {
        customers::put(tx, Some(&before), &customer, &Actor::Program, now)?;
    }
    Ok(())
}

/// News of the account or a number. Everything is readable in the journal; what the numbers page shows is
/// taken over here.
pub fn notice(
    tx: &mut Tx<'_>,
    number: Option<NumberId>,
    notice: &Notice,
    now: Time,
) -> Result<(), StoreError> {
    let Some(id) = number else { return Ok(()) };
    let Some(mut number) = numbers::get(tx, id)? else { return Ok(()) };
    if notice.field == "phone_number_quality_update" {
        number.quality.clone_from(&notice.event);
        numbers::put(tx, &number, &Actor::Program, now)?;
    }
    Ok(())
}

/// What a failed message tells of its customer: unreachable, or no marketing any more.
pub fn note_failure(
    tx: &mut Tx<'_>,
    message: &Message,
    error: Option<&GraphError>,
    now: Time,
) -> Result<(), StoreError> {
    let Some(error) = error else { return Ok(()) };
    let Some(thread) = conversations::get(tx, message.conversation)? else { return Ok(()) };
    let Some(before) = customers::get(tx, thread.customer)? else { return Ok(()) };
    let mut customer = before.clone();
    match policy::verdict(error, 0, None).action {
        Action::Final { also: Also::FlagCustomer } => {
            customer.unreachable_since.get_or_insert(now);
        }
        Action::Final { also: Also::SuppressMarketing } => {
            customer.no_marketing_since.get_or_insert(now);
        }
        _ => {}
    }
    if customer != before {
        customers::put(tx, Some(&before), &customer, &Actor::Program, now)?;
    }
    Ok(())
}

/// Stops a number that Meta refuses to serve, with the reason for its owner.
pub fn stop_number(
    tx: &mut Tx<'_>,
    id: NumberId,
    problem: &str,
    detail: &str,
    now: Time,
) -> Result<(), StoreError> {
    let Some(mut number) = numbers::get(tx, id)? else { return Ok(()) };
    if number.state == NumberState::Stopped {
        return Ok(());
    }
    number.state = NumberState::Stopped;
    number.problem = Some(problem.to_owned());
    number.problem_detail = Some(detail.to_owned());
    numbers::put(tx, &number, &Actor::Program, now)
}
