//! A webhook of the journal becomes what it says, in one transaction: customers, threads, messages, the
//! bot's answer, the outbox, the changes and the outcome.
//!
//! Entries are processed one after another, in the order of arrival. That is the lane per customer the
//! design asks for, and simpler: the file has one writer anyway, and nothing here waits for a network.

use std::collections::HashMap;
use std::sync::Arc;

use beseda_flow::Now;
use beseda_wire::conversations::Handler;
use beseda_wire::ids::{CustomerId, MessageId, NumberId};
use beseda_wire::messages::{AuthorKind, Content, Direction, EventKind, MediaState, Status as Progress};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::Outcome;

use super::lanes::{Lane, TooFast};
use super::withdraw::Withdrawn;
use super::{amend, calls, failure, outbox, talk, who};
use crate::bots::{self, Flows};
use crate::conversations::{Message, service as threads, store as conversations};
use crate::customers::{Customer, store as customers};
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::error::GraphError;
use crate::whatsapp::journal::{self, Entry, State, reason};
use crate::whatsapp::policy::{self, Action, Also, Others, Verdict};
use crate::whatsapp::status::advance;
use crate::whatsapp::webhook::{self, CustomerRef, Delivery, Event};

/// What processing needs to know besides the store.
pub struct Context {
    /// The business's numbers by Meta's phone number id.
    pub numbers: Arc<HashMap<String, NumberId>>,
    pub flows: Arc<Flows>,
    pub now: Now,
}

/// What a processed webhook leads to outside the store.
#[derive(Debug, Default)]
pub struct Led {
    /// Messages to be sent now.
    pub said: Vec<outbox::Fresh>,
    /// A timer was set.
    pub timers: bool,
    /// A run waits for something outside.
    pub calls: bool,
    /// Customers' messages under which a bot is to be shown writing, for so many seconds.
    pub typing: Vec<(NumberId, String, u32)>,
    /// Files to be fetched.
    pub fetches: bool,
    /// Messages that waited and need not any more: a status told that Meta has them.
    pub settled: Vec<(NumberId, CustomerId, MessageId)>,
    /// What bots had queued and is not to be sent.
    pub withdrawn: Withdrawn,
    /// Numbers that Meta refuses to serve, as a status told.
    pub stopped: Vec<NumberId>,
    /// Numbers that may send faster now.
    pub faster: Vec<NumberId>,
    /// Whom Meta was called too fast for, as a status told.
    pub slowed: Vec<(Lane, TooFast)>,
}

impl Led {
    /// What a bot says, and that it writes on: shown when all that is sent, since every message that arrives ends it.
    pub fn say(
        &mut self,
        mut said: Vec<outbox::Fresh>,
        typing: Option<u32>,
        number: NumberId,
        wamid: Option<&str>,
    ) {
        if let (Some(seconds), Some(wamid)) = (typing, wamid) {
            match said.last_mut() {
                Some(last) => last.typing = Some(wamid.to_owned()),
                None => self.typing.push((number, wamid.to_owned(), seconds)),
            }
        }
        self.said.append(&mut said);
    }

    /// Takes over what another part of a transaction leads to.
    pub fn join(&mut self, mut other: Self) {
        self.said.append(&mut other.said);
        self.timers |= other.timers;
        self.calls |= other.calls;
        self.typing.append(&mut other.typing);
        self.fetches |= other.fetches;
        self.settled.append(&mut other.settled);
        self.withdrawn.append(&mut other.withdrawn);
        self.stopped.append(&mut other.stopped);
        self.faster.append(&mut other.faster);
        self.slowed.append(&mut other.slowed);
    }
}

/// What became of one item of a webhook.
enum Fate {
    Processed,
    Duplicate,
    Unknown(String),
}

impl Context {
    fn at(&self) -> Time {
        Time::from_millis(self.now.ms)
    }
}

/// Decodes an entry, outside of any transaction.
pub fn decode(entry: &Entry) -> Result<Vec<Delivery>, String> {
    webhook::decode(&entry.body, entry.received_at).map_err(|error| error.to_string())
}

/// Processes a decoded entry and records its outcome. `before` is the state of an entry that is replayed.
pub fn apply(
    tx: &mut Tx<'_>,
    context: &Context,
    entry: &Entry,
    decoded: &Result<Vec<Delivery>, String>,
    before: State,
) -> Result<(State, Led), StoreError> {
    let mut state = before;
    let mut led = Led::default();
    state.processed_at = Some(context.at());
    let deliveries = match decoded {
        Ok(deliveries) => deliveries,
        Err(why) => {
            state.outcome = Outcome::Unreadable;
            state.detail = Some(why.clone());
            return Ok((state, led));
        }
    };
    if deliveries.is_empty() {
        state.outcome = Outcome::Unknown;
        state.detail = Some(reason::EMPTY.to_owned());
        return Ok((state, led));
    }
    state.kinds = kinds(deliveries);
    state.phone_number_id = deliveries.iter().find_map(|delivery| delivery.route.phone_number_id.clone());
    state.customer = deliveries
        .iter()
        .find_map(|delivery| delivery.event.customer().and_then(CustomerRef::label).map(ToOwned::to_owned));
    let mut fates = Fates::default();
    for delivery in deliveries {
        // One item that fails must not undo the others of its batch.
        let mut led_here = Led::default();
        match tx.attempt(|tx| one(tx, context, entry, delivery, &mut led_here)) {
            Ok(fate) => {
                fates.note(fate);
                led.join(led_here);
            }
            Err(error @ StoreError::Damaged { .. }) => fates.failed.push(error.to_string()),
            // The store itself fails: nothing of the entry is kept and it is tried again.
            Err(error) => return Err(error),
        }
    }
    (state.outcome, state.detail) = fates.outcome();
    Ok((state, led))
}

#[derive(Default)]
struct Fates {
    processed: usize,
    duplicate: usize,
    unknown: Vec<String>,
    failed: Vec<String>,
}

impl Fates {
    fn note(&mut self, fate: Fate) {
        match fate {
            Fate::Processed => self.processed += 1,
            Fate::Duplicate => self.duplicate += 1,
            Fate::Unknown(why) => self.unknown.push(why),
        }
    }

    /// The worst that happened decides, so that a list of failures misses none.
    fn outcome(mut self) -> (Outcome, Option<String>) {
        let outcome = if !self.failed.is_empty() {
            Outcome::Failed
        } else if !self.unknown.is_empty() {
            Outcome::Unknown
        } else if self.processed == 0 && self.duplicate > 0 {
            Outcome::Duplicate
        } else {
            Outcome::Processed
        };
        self.failed.append(&mut self.unknown);
        self.failed.dedup();
        let detail = (!self.failed.is_empty()).then(|| self.failed.join("; "));
        (outcome, detail)
    }
}

fn kinds(deliveries: &[Delivery]) -> Vec<String> {
    let mut kinds = Vec::new();
    for delivery in deliveries {
        let kind = delivery.event.kind();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn one(
    tx: &mut Tx<'_>,
    context: &Context,
    entry: &Entry,
    delivery: &Delivery,
    led: &mut Led,
) -> Result<Fate, StoreError> {
    // News without a number (templates, the account) concern the business as a whole.
    let named = delivery.route.phone_number_id.as_ref().or(entry.phone_number_id.as_ref());
    let number = named.and_then(|id| context.numbers.get(id)).copied();
    match (&delivery.event, number) {
        (Event::Notice(notice), _) => {
            led.faster.extend(amend::notice(tx, number, notice, context.at())?);
            Ok(Fate::Processed)
        }
        (Event::Unknown(unknown), _) => Ok(Fate::Unknown(unknown.why.clone())),
        (_, None) => Ok(Fate::Unknown(match named {
            Some(id) => reason::not_connected(id),
            None => reason::NO_NUMBER.to_owned(),
        })),
        (Event::Message(message), Some(number)) => incoming(tx, context, number, entry, message, led),
        (Event::Echo(message), Some(number)) => echo(tx, context, number, message, led),
        (Event::Status(status), Some(number)) => progress(tx, context, number, status, led),
        (Event::Amendment(amendment), Some(number)) => {
            amend::amendment(tx, number, amendment, entry.received_at, context.at()).map(fate_of)
        }
        (Event::System(system), Some(number)) => {
            if conversations::by_wamid(tx, number, &system.wamid)?.is_some() {
                return Ok(Fate::Duplicate);
            }
            amend::system(tx, number, system, entry.received_at, context.at()).map(fate_of)
        }
        (Event::Call(call), Some(number)) => {
            if conversations::by_wamid(tx, number, &call.key())?.is_some() {
                return Ok(Fate::Duplicate);
            }
            calls::call(tx, number, call, entry.received_at, context.at()).map(fate_of)
        }
        (Event::Preference(preference), Some(number)) => {
            amend::preference(tx, number, preference, context.at()).map(fate_of)
        }
    }
}

fn fate_of(amended: amend::Amended) -> Fate {
    match amended {
        amend::Amended::Done => Fate::Processed,
        amend::Amended::Duplicate => Fate::Duplicate,
        amend::Amended::NoTarget => Fate::Unknown(reason::NOT_THERE_TO_CHANGE.to_owned()),
        amend::Amended::Nobody => Fate::Unknown(reason::NOBODY.to_owned()),
    }
}

/// Notes that the customer was there: to the minute, so that not every message of a quick exchange writes the record.
fn seen(
    tx: &mut Tx<'_>,
    before: Customer,
    at: Time,
    actor: &Actor,
    now: Time,
) -> Result<Customer, StoreError> {
    let was_there = before.last_seen_at.is_some_and(|seen| at < seen.plus_millis(60_000));
    // Whoever has written since can be reached.
    let unreachable_since = before.unreachable_since.filter(|since| at < *since);
    if was_there && unreachable_since == before.unreachable_since {
        return Ok(before);
    }
    let last_seen_at = before.last_seen_at.max(Some(at));
    let customer = Customer { unreachable_since, last_seen_at, ..before.clone() };
    customers::put(tx, Some(&before), &customer, actor, now)?;
    Ok(customer)
}

/// A customer wrote.
fn incoming(
    tx: &mut Tx<'_>,
    context: &Context,
    number: NumberId,
    entry: &Entry,
    message: &webhook::Message,
    led: &mut Led,
) -> Result<Fate, StoreError> {
    let now = context.at();
    if let Some(place) = conversations::by_wamid(tx, number, &message.wamid)? {
        return match amend::fill_revoked(tx, place, &message.content, now)? {
            Some(row) => {
                led.fetches |= announce_file(tx, number, &row)?;
                Ok(Fate::Processed)
            }
            None => Ok(Fate::Duplicate),
        };
    }
    if message.group_id.is_some() {
        return Ok(Fate::Unknown(reason::GROUP.to_owned()));
    }
    let Some(before) = who::of(tx, number, &message.customer, message.reply_to.as_deref(), now)? else {
        return Ok(Fate::Unknown(reason::NOBODY.to_owned()));
    };
    let actor = Actor::Customer { id: before.id };
    let at = happened_at(message.at, entry.received_at);
    let before = seen(tx, before, at, &actor, now)?;
    let (thread_before, is_new) = threads::open_for(tx, before.id, number, now)?;
    let mut thread = thread_before.clone();
    let reacts = matches!(&message.content, Content::Reaction(_));
    if let Content::Reaction(reaction) = &message.content {
        if let Some(place) = amend::reaction(tx, number, Direction::In, reaction, &actor, now)? {
            conversations::know_wamid(tx, number, &message.wamid, place)?;
            return Ok(Fate::Processed);
        }
        if reaction.emoji.is_none() {
            return Ok(Fate::Unknown(reason::NOT_THERE_TO_REACT.to_owned()));
        }
        // To something from before this program: it is shown by itself.
    }
    let author = threads::author_of(&actor);
    let mut row = threads::draft_message(thread.id, Direction::In, author, message.content.clone(), at, now);
    row.wamid = Some(message.wamid.clone());
    row.reply_to.clone_from(&message.reply_to);
    row.forwarded = message.forwarded || message.frequently_forwarded;
    row.referral.clone_from(&message.referral);
    led.fetches |= announce_file(tx, number, &row)?;
    conversations::add_message(tx, number, &row, &actor, now)?;
    threads::note_incoming(&mut thread, &row, now);
    if is_new {
        threads::add_event(tx, &thread, EventKind::Opened, None, &actor, at.plus_millis(-1))?;
    }
    let turn = if reacts {
        None
    } else {
        let situation = (thread_before.last_in_at.is_none(), context.now);
        bots::on_message(tx, &context.flows, &mut thread, &before, &row, situation)?
    };
    match turn {
        Some(turn) => {
            led.timers |= turn.timers;
            led.calls |= turn.calls;
            let typing = turn.typing;
            let said = talk::carry_out(tx, &mut thread, &before, turn, now)?;
            led.say(said, typing, number, Some(&message.wamid));
        }
        // No bot answers: the customer waits for a person.
        None if thread.handler != Handler::Bot => {
            thread.waiting_since.get_or_insert(at);
        }
        None => {}
    }
    conversations::put(tx, (!is_new).then_some(&thread_before), &thread)?;
    Ok(Fate::Processed)
}

/// Somebody answered from the WhatsApp Business app on the same number: a person talks, not the bot.
fn echo(
    tx: &mut Tx<'_>,
    context: &Context,
    number: NumberId,
    message: &webhook::Message,
    led: &mut Led,
) -> Result<Fate, StoreError> {
    let now = context.at();
    if conversations::by_wamid(tx, number, &message.wamid)?.is_some() {
        return Ok(Fate::Duplicate);
    }
    let Some(customer) = who::of(tx, number, &message.customer, message.reply_to.as_deref(), now)? else {
        return Ok(Fate::Unknown(reason::NOBODY.to_owned()));
    };
    let (before, is_new) = threads::open_for(tx, customer.id, number, now)?;
    let mut thread = before.clone();
    let mut author = threads::author_of(&Actor::Program);
    author.kind = AuthorKind::User;
    let mut row =
        threads::draft_message(thread.id, Direction::Out, author, message.content.clone(), message.at, now);
    row.wamid = Some(message.wamid.clone());
    row.reply_to.clone_from(&message.reply_to);
    row.status = Some(Progress::Sent);
    led.fetches |= announce_file(tx, number, &row)?;
    conversations::add_message(tx, number, &row, &Actor::Program, now)?;
    threads::note_outgoing(&mut thread, &row, now);
    thread.handler = Handler::Person;
    conversations::put(tx, (!is_new).then_some(&before), &thread)?;
    Ok(Fate::Processed)
}

/// A message of ours got further.
fn progress(
    tx: &mut Tx<'_>,
    context: &Context,
    number: NumberId,
    status: &webhook::Status,
    led: &mut Led,
) -> Result<Fate, StoreError> {
    let now = context.at();
    // Before the answer to our send is recorded, or when it was lost, only the callback data lead home.
    let by_data = status.callback_data.as_deref().and_then(outbox::read_callback_data);
    let place = match conversations::by_wamid(tx, number, &status.wamid)? {
        Some(place) => Some(place),
        None => by_data,
    };
    let message = match place {
        Some(place) => conversations::message(tx, place)?,
        None => None,
    };
    let Some(mut message) = message else {
        return Ok(Fate::Unknown(reason::FOREIGN_STATUS.to_owned()));
    };
    if message.former_wamids.contains(&status.wamid) {
        return Ok(Fate::Processed);
    }
    let before = message.clone();
    if message.wamid.is_none() {
        message.wamid = Some(status.wamid.clone());
        conversations::know_wamid(tx, number, &status.wamid, message.place())?;
        if message.status == Some(Progress::Failed) && status.status != Progress::Failed {
            // The answer to a send was lost, and Meta had it; that another try was refused does not matter.
            message.status = None;
            message.failure = None;
        }
    } else if message.wamid.as_deref() != Some(&*status.wamid) {
        // An earlier try of a message that was sent again: its news are history.
        return Ok(Fate::Processed);
    }
    // Whatever the status says, Meta has the message: it is not to be sent again.
    if let Some(row) = outbox::get(tx, message.id)? {
        outbox::remove(tx, message.id);
        led.settled.push((row.number, customers::survivor(tx, row.customer)?, message.id));
    }
    if let Some(further) = advance(message.status.unwrap_or(Progress::Queued), status.status) {
        message.status = Some(further);
    }
    if message.status == Some(Progress::Failed)
        && message.failure.is_none()
        && let Some(error) = policy::gravest(&status.errors)
    {
        // Meta tells whole seconds, cut off.
        let told = status.at.plus_millis(999);
        heed(tx, led, &mut message, number, error, told, now)?;
    }
    if status.pricing.is_some() {
        message.pricing.clone_from(&status.pricing);
    }
    if message == before {
        return Ok(Fate::Duplicate);
    }
    conversations::change_message(tx, &message, &Actor::Program, now)?;
    Ok(Fate::Processed)
}

/// What a failure that came by webhook means: the same as when Meta refuses at once, but that the message stays failed. Meta
/// took it, and only people know whether a second one would come twice; where it would have been tried again, they are told.
fn heed(
    tx: &mut Tx<'_>,
    led: &mut Led,
    message: &mut Message,
    number: NumberId,
    error: &GraphError,
    told: Time,
    now: Time,
) -> Result<(), StoreError> {
    let Verdict { reason, action } = policy::verdict(error, 0, None);
    let failure = error.failure(reason);
    message.failure = Some(failure.clone());
    let (also, too_fast) = match action {
        Action::StopChannel => {
            if failure::stop_number(tx, number, &failure, told, now)? {
                led.stopped.push(number);
            }
            return Ok(());
        }
        Action::Final { also } => (also, None),
        Action::DelayRecipient { .. } => (Also::TellOwner, Some(TooFast::Recipient)),
        Action::Retry { others: Others::GoOn, .. } => (Also::TellOwner, None),
        Action::Retry { .. } => (Also::TellOwner, Some(TooFast::Number)),
        Action::RefetchMedia => {
            // Whoever sends it again gives Meta the file anew.
            if let Some(sha256) = outbox::needs_upload(&message.content) {
                outbox::remove_upload(tx, number, sha256);
            }
            (Also::Nothing, None)
        }
    };
    if let Some(too_fast) = too_fast
        && let Some(thread) = conversations::get(tx, message.conversation)?
    {
        led.slowed.push(((number, customers::survivor(tx, thread.customer)?), too_fast));
    }
    failure::note(tx, message, number, also, &failure, now)
}

/// When a message was said. Meta tells whole seconds, cut off: a tap would seem to come before the question
/// that it answers. The end of that second, or the arrival if it was earlier, is nearer to the truth.
fn happened_at(told: Time, received_at: Time) -> Time {
    // Nothing is said tomorrow: such a message would stand first in the list, with an open window, for years.
    if told > received_at.plus_seconds(86_400) {
        return received_at;
    }
    told.max(received_at.min(told.plus_millis(999)))
}

fn announce_file(tx: &mut Tx<'_>, number: NumberId, message: &Message) -> Result<bool, StoreError> {
    let Content::Media(media) = &message.content else { return Ok(false) };
    let (MediaState::Pending, Some(provider_id)) = (media.state, &media.provider_id) else {
        return Ok(false);
    };
    let fetch = outbox::Fetch {
        conversation: message.conversation,
        number,
        provider_id: provider_id.clone(),
        attempts: 0,
        not_before: None,
    };
    outbox::put_fetch(tx, message.id, &fetch)?;
    Ok(true)
}

/// An entry's place in the journal.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub id: u64,
    /// The entry before it; 0 for the first.
    pub after: u64,
}

/// Processes an entry when it is its turn; otherwise does nothing.
///
/// The entries of a round share commits, but not all of them one commit: a disk may refuse those of one and take the
/// next. Then the later entry must not be recorded, because everything up to it would count as processed.
pub fn in_turn(
    tx: &mut Tx<'_>,
    turn: Turn,
    context: &Context,
    entry: &Entry,
    decoded: &Result<Vec<Delivery>, String>,
) -> Result<Led, StoreError> {
    if journal::store::processed(tx)? != turn.after {
        return Ok(Led::default());
    }
    let (state, led) = apply(tx, context, entry, decoded, State::pending())?;
    finish(tx, turn.id, &state, context.at())?;
    Ok(led)
}

/// Records the outcome of an entry that was processed in its turn.
pub fn finish(tx: &mut Tx<'_>, id: u64, state: &State, now: Time) -> Result<(), StoreError> {
    journal::store::finish(tx, id, state, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_dated_by_the_end_of_its_second_or_its_arrival() {
        let at = Time::from_millis;
        for (told, received, expected) in [
            // Its clock is days ahead.
            (99_999_999_999_999, 5_400, 5_400),
            // It arrived within its second.
            (5_000, 5_400, 5_400),
            // It came late: the end of its second.
            (5_000, 90_000, 5_999),
            // Our clock is behind Meta's.
            (5_000, 4_000, 5_000),
        ] {
            assert_eq!(happened_at(at(told), at(received)), at(expected));
        }
    }
}
