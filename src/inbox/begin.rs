//! A flow begins without a message of the customer: somebody asked for it through the API, something happened to the
//! customer, or it is time.

use std::collections::BTreeSet;

use beseda_flow::Occurrence;
use beseda_wire::bots::StartFlow;
use beseda_wire::ids::{BotId, ConversationId, CustomerId, NumberId};
use beseda_wire::messages::{Content, Direction, EventKind};
use beseda_wire::time::Time;

use super::process::{Context, Led};
use super::timers;
use crate::bots::{self, Happened};
use crate::conversations::{Conversation, Message, service as threads, store as conversations};
use crate::customers::store as customers;
use crate::store::{Actor, Read, StoreError, Tx};

/// Runs that begin with a customer who says nothing, before bots begin none any more by what they do. A flow that writes
/// the field it is begun by would go on for ever.
const MOST_UNHEARD: usize = 20;

/// What came of it.
pub struct Begun {
    pub conversation: ConversationId,
    /// The bot that began, if one did.
    pub bot: Option<BotId>,
    pub led: Led,
}

/// What there is none of.
#[derive(Debug)]
pub enum NotThere {
    /// The customer, or the number to write from.
    Customer,
    /// A bot that answers with an `api` trigger of the name; these names there are.
    Name { names: BTreeSet<String> },
}

/// Begins the flow whose `api` trigger has the name.
pub fn by_name(
    tx: &mut Tx<'_>,
    context: &Context,
    customer: CustomerId,
    start: &StartFlow,
) -> Result<Result<Begun, NotThere>, StoreError> {
    let now = Time::from_millis(context.now.ms);
    let Some(customer) = customers::get(tx, customer)? else { return Ok(Err(NotThere::Customer)) };
    let published = context.flows.published(tx)?;
    let names = published.answering.iter().flat_map(|(_, _, flow)| flow.api_names());
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    if !names.contains(&start.name) {
        return Ok(Err(NotThere::Name { names }));
    }
    let Some(thread) = thread(tx, context, customer.id, start.number, now)? else {
        return Ok(Err(NotThere::Customer));
    };
    let what = Occurrence::Api { name: start.name.clone() };
    let happened = Happened { what, event: start.event.clone(), by: None };
    let mut bot = None;
    let led = timers::turn(tx, context, thread.id, |tx, flows, thread, now| {
        let turn = bots::on_happening(tx, flows, thread, &customer, &happened, now)?;
        bot = turn.as_ref().and(thread.bot.as_ref()).map(|bot| bot.id);
        Ok(turn)
    })?;
    Ok(Ok(Begun { conversation: thread.id, bot, led }))
}

/// Begins the flow that waits for this to happen to a customer; `None` if none does.
pub fn by_happening(
    tx: &mut Tx<'_>,
    context: &Context,
    customer: CustomerId,
    happened: &Happened,
) -> Result<Option<Led>, StoreError> {
    let Some(customer) = customers::get(tx, customer)? else { return Ok(None) };
    // Nobody is written to with whom there is no conversation: the number they know would be a guess.
    let Some(thread) = newest(tx, customer.id)? else { return Ok(None) };
    // Whoever has written was new with their first message: what waits for new customers was asked with it.
    if happened.what == Occurrence::NewCustomer && thread.last_in_at.is_some() {
        return Ok(None);
    }
    if happened.by.is_some() && are_unheard(tx, thread.id)? {
        tracing::warn!(
            customer.id = %customer.id,
            "bots set each other off, and the customer says nothing: no more of them begin"
        );
        return Ok(None);
    }
    let mut begun = false;
    let led = timers::turn(tx, context, thread.id, |tx, flows, thread, now| {
        let turn = bots::on_happening(tx, flows, thread, &customer, happened, now)?;
        begun = turn.is_some();
        Ok(turn)
    })?;
    Ok(begun.then_some(led))
}

/// Whether so many runs began since the customer said something, or so much was said since, that it must be the bots'
/// own doing.
fn are_unheard(from: &dyn Read, thread: ConversationId) -> Result<bool, StoreError> {
    const LOOKED_AT: usize = 500;
    let newest = conversations::messages(from, thread, None, LOOKED_AT)?;
    let unheard: Vec<_> = newest.iter().take_while(|message| message.direction != Direction::In).collect();
    let begins = |message: &&&Message| matches!(&message.content, Content::Event(event) if event.event == EventKind::BotStarted);
    Ok(unheard.len() == LOOKED_AT || unheard.iter().filter(begins).count() >= MOST_UNHEARD)
}

/// The thread in which the customer is written to: with the number that is asked for, or the one of the newest thread,
/// or any number of the business's.
fn thread(
    tx: &mut Tx<'_>,
    context: &Context,
    customer: CustomerId,
    number: Option<NumberId>,
    now: Time,
) -> Result<Option<Conversation>, StoreError> {
    let number = match number {
        Some(number) => Some(number).filter(|number| context.numbers.values().any(|known| known == number)),
        None => newest(tx, customer)?
            .map(|thread| thread.number)
            .or_else(|| context.numbers.values().min().copied()),
    };
    let Some(number) = number else { return Ok(None) };
    let (thread, is_new) = threads::open_for(tx, customer, number, now)?;
    if is_new {
        conversations::put(tx, None, &thread)?;
        threads::add_event(tx, &thread, EventKind::Opened, None, &Actor::Program, now)?;
    }
    Ok(Some(thread))
}

fn newest(from: &dyn Read, customer: CustomerId) -> Result<Option<Conversation>, StoreError> {
    let mut newest: Option<Conversation> = None;
    for id in conversations::of_customer(from, customer)? {
        if let Some(thread) = conversations::get(from, id)?
            && newest.as_ref().is_none_or(|known| known.updated_at < thread.updated_at)
        {
            newest = Some(thread);
        }
    }
    Ok(newest)
}
