//! Webhooks that change what is there: reactions, edits, deletions, new numbers, consent, account news.

use beseda_wire::ids::NumberId;
use beseda_wire::messages::{
    Content, Direction, EventKind, Other, Reaction, ReactionMark, System as SystemContent,
};
use beseda_wire::time::Time;

use super::who;
use crate::conversations::{Message, Place, service as threads, store as conversations};
use crate::customers::store as customers;
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::lax::Lax as _;
use crate::whatsapp::numbers::{Number, store as numbers};
use crate::whatsapp::pacing::NumberPace;
use crate::whatsapp::webhook::{Amendment, Notice, Preference, System};

/// What became of an amendment.
pub enum Amended {
    Done,
    Duplicate,
    NoTarget,
    /// Nothing tells whom it is about.
    Nobody,
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
    received_at: Time,
    now: Time,
) -> Result<Amended, StoreError> {
    if conversations::by_wamid(tx, number, &amendment.wamid)?.is_some() {
        return Ok(Amended::Duplicate);
    }
    let place = conversations::by_wamid(tx, number, &amendment.target)?;
    let target = match place {
        Some(place) => conversations::message(tx, place)?,
        None => None,
    };
    let Some(mut message) = target else {
        return before_its_target(tx, number, amendment, received_at, now);
    };
    match &amendment.content {
        Some(content) => {
            message.content = content.clone();
            message.edited = true;
        }
        None => message.revoked = true,
    }
    conversations::know_wamid(tx, number, &amendment.wamid, message.place())?;
    conversations::change_message(tx, &message, &Actor::Program, now)?;
    Ok(Amended::Done)
}

/// WhatsApp's word for a message that was deleted before it came.
const REVOKED: &str = "revoke";

/// The message that is amended has not come, or never will. An edit says all that it now says; of one that was
/// deleted, what it said is filled in when it comes after all.
fn before_its_target(
    tx: &mut Tx<'_>,
    number: NumberId,
    amendment: &Amendment,
    received_at: Time,
    now: Time,
) -> Result<Amended, StoreError> {
    if amendment.echo {
        return Ok(Amended::NoTarget);
    }
    let Some(customer) = who::of(tx, number, &amendment.customer, None, now)? else {
        return Ok(Amended::Nobody);
    };
    let actor = Actor::Customer { id: customer.id };
    let (before, is_new) = threads::open_for(tx, customer.id, number, now)?;
    let content = amendment.content.clone().unwrap_or_else(|| {
        let detail = "A message that has not come was deleted by its sender.".to_owned();
        Content::Other(Other { kind: REVOKED.to_owned(), detail: Some(detail), raw: None })
    });
    let at = amendment.at.min(received_at);
    let author = threads::author_of(&actor);
    let mut message = threads::draft_message(before.id, Direction::In, author, content, at, now);
    message.edited = amendment.content.is_some();
    message.revoked = amendment.content.is_none();
    message.wamid = Some(amendment.target.clone());
    conversations::add_message(tx, number, &message, &actor, now)?;
    conversations::know_wamid(tx, number, &amendment.wamid, message.place())?;
    let mut after = before.clone();
    threads::note_incoming(&mut after, &message, now);
    conversations::put(tx, (!is_new).then_some(&before), &after)?;
    Ok(Amended::Done)
}

/// A message that was deleted before it came has come: the team may read it all the same.
pub fn fill_revoked(
    tx: &mut Tx<'_>,
    place: Place,
    content: &Content,
    now: Time,
) -> Result<Option<Message>, StoreError> {
    let Some(mut message) = conversations::message(tx, place)? else { return Ok(None) };
    let waits = matches!(&message.content, Content::Other(other) if other.kind == REVOKED);
    if !waits || !message.revoked {
        return Ok(None);
    }
    message.content = content.clone();
    conversations::change_message(tx, &message, &Actor::Program, now)?;
    Ok(Some(message))
}

/// WhatsApp says something in the thread; a customer's new phone or user id is taken over.
pub fn system(
    tx: &mut Tx<'_>,
    number: NumberId,
    system: &System,
    received_at: Time,
    now: Time,
) -> Result<Amended, StoreError> {
    let customer = match &system.change {
        Some(change) => who::renamed(tx, &system.customer, change, now)?,
        None => who::of(tx, number, &system.customer, None, now)?,
    };
    let Some(customer) = customer else { return Ok(Amended::Nobody) };
    let (before, is_new) = threads::open_for(tx, customer.id, number, now)?;
    let content = Content::System(SystemContent { event: system.event.clone(), body: sentence(system) });
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
    conversations::put(tx, (!is_new).then_some(&before), &after)?;
    Ok(Amended::Done)
}

/// WhatsApp's own sentence, or one in its place: an empty line says nothing to people.
fn sentence(system: &System) -> String {
    match system.event.as_str() {
        _ if !system.body.is_empty() => system.body.clone(),
        "request_welcome" => "The customer opened the chat for the first time.".to_owned(),
        "user_changed_number" => "The customer has a new number.".to_owned(),
        "user_changed_user_id" => "WhatsApp gave the customer a new user id.".to_owned(),
        event => format!("WhatsApp says: {event}."),
    }
}

/// A customer stops or resumes marketing messages in WhatsApp itself.
pub fn preference(
    tx: &mut Tx<'_>,
    number: NumberId,
    preference: &Preference,
    now: Time,
) -> Result<Amended, StoreError> {
    let Some(before) = who::of(tx, number, &preference.customer, None, now)? else {
        return Ok(Amended::Nobody);
    };
    let mut customer = before.clone();
    customer.no_marketing_since =
        preference.stop.then(|| customer.no_marketing_since.unwrap_or(preference.at));
    if customer != before {
        customers::put(tx, Some(&before), &customer, &Actor::Program, now)?;
    }
    Ok(Amended::Done)
}

/// News of the account or a number. Everything is readable in the journal; what the numbers page shows is taken over here.
/// Gives the number that may send faster now.
pub fn notice(
    tx: &mut Tx<'_>,
    number: Option<NumberId>,
    notice: &Notice,
    now: Time,
) -> Result<Option<NumberId>, StoreError> {
    if notice.field != "phone_number_quality_update" {
        return Ok(None);
    }
    // Where it came to the app's address it names the phone alone.
    let phone = digits(&notice.raw.word("display_phone_number").unwrap_or_default());
    let is_it = |known: &Number| {
        number.map_or_else(|| known.phone.as_deref().map(digits) == Some(phone.clone()), |id| id == known.id)
    };
    let Some(before) = numbers::all(tx)?.into_iter().find(is_it) else { return Ok(None) };
    let mut after = before.clone();
    // Meta's events of this field (Meta, phone_number_quality_update); those that speak of how many customers may be written to say nothing of the quality.
    match notice.event.as_deref() {
        Some("FLAGGED") => after.quality = Some("RED".to_owned()),
        Some("UNFLAGGED") => after.quality = None,
        Some("THROUGHPUT_UPGRADE") => after.messages_per_second = Some(NumberPace::HIGH),
        _ => {}
    }
    if after != before {
        numbers::put(tx, &after, &Actor::Program, now)?;
    }
    Ok((after.messages_per_second != before.messages_per_second).then_some(after.id))
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}
