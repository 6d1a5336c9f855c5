//! Saying something: a person or a bot writes into a thread, takes it over or gives it back.
//!
//! Each function is a step inside a transaction; what is to be sent is in the outbox when it commits, and
//! its id in the list that is returned, for the deliverer to be told.

use beseda_flow::Now;
use beseda_wire::ids::{ConversationId, MessageId};
use beseda_wire::messages::{Content, Direction, Status};
use beseda_wire::time::Time;

use super::consent::{self, NoMarketing};
use super::outbox::{self, Fresh, Row, State};
use super::withdraw::{Withdrawn, withdraw};
use crate::bots::{self, Flows, Turn};
use crate::conversations::{
    Assignee, Conversation, Message, Place, WindowClosed, service as threads, store as conversations, window,
};
use crate::customers::Customer;
use crate::store::{Actor, StoreError, Tx};
use crate::whatsapp::graph::Recipient;
use crate::whatsapp::numbers::store as numbers;

/// Why something could not be said.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    WindowClosed(#[from] WindowClosed),
    #[error(transparent)]
    NoMarketing(#[from] NoMarketing),
    #[error("the number of this conversation was removed")]
    NumberRemoved,
    #[error("there is no such conversation")]
    NoConversation,
    #[error("there is no such message, or it did not fail")]
    NotFailed,
}

/// Something a person or a program wants to say.
#[derive(Debug, Clone)]
pub struct Say {
    pub conversation: ConversationId,
    pub content: Content,
    pub reply_to: Option<String>,
    pub actor: Actor,
}

/// Says something in a thread.
pub fn say(tx: &mut Tx<'_>, say: &Say, now: Time) -> Result<Message, TalkError> {
    let before = conversations::get(tx, say.conversation)?.ok_or(TalkError::NoConversation)?;
    window::check(&say.content, before.last_sign_at(), now)?;
    check(tx, &before, &say.content, now)?;
    let mut after = before.clone();
    let message = add(tx, &mut after, say.content.clone(), say.reply_to.clone(), &say.actor, now)?;
    outbox::put(tx, message.id, &row(&after))?;
    conversations::put(tx, Some(&before), &after)?;
    Ok(message)
}

/// Sends a failed message again, as a new try of the same row.
pub fn retry(tx: &mut Tx<'_>, place: Place, actor: &Actor, now: Time) -> Result<Message, TalkError> {
    let thread = conversations::get(tx, place.conversation)?.ok_or(TalkError::NoConversation)?;
    let mut message = conversations::message(tx, place)?.ok_or(TalkError::NotFailed)?;
    if message.status != Some(Status::Failed) || message.direction != Direction::Out {
        return Err(TalkError::NotFailed);
    }
    window::check(&message.content, thread.last_sign_at(), now)?;
    check(tx, &thread, &message.content, now)?;
    message.status = Some(Status::Queued);
    message.failure = None;
    // Meta gives the new try an id of its own; late news of the failed one must not be taken for its.
    message.former_wamids.extend(message.wamid.take());
    conversations::change_message(tx, &message, actor, now)?;
    outbox::put(tx, message.id, &row(&thread))?;
    Ok(message)
}

/// Refuses what could never be sent: the number was removed, or the customer wants no marketing.
fn check(tx: &Tx<'_>, thread: &Conversation, content: &Content, now: Time) -> Result<(), TalkError> {
    if numbers::get(tx, thread.number)?.is_none() {
        return Err(TalkError::NumberRemoved);
    }
    match consent::refusal(tx, thread.customer, content, now)? {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Adds what a bot says, and its rows in the outbox, for a caller who has it sent as soon as that is committed. The
/// caller keeps the thread.
pub fn carry_out(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    customer: &Customer,
    turn: Turn,
    now: Time,
) -> Result<Vec<Fresh>, StoreError> {
    let to = Recipient::of(customer.phone.as_ref(), customer.bsuid.as_ref());
    let row = Row { state: State::Claimed, ..row(thread) };
    let mut said = Vec::with_capacity(turn.says.len());
    for content in turn.says {
        let Some(message) = add_bots(tx, thread, content, &turn.actor, now)? else { continue };
        outbox::put(tx, message.id, &row)?;
        said.push(Fresh { row: row.clone(), message, to: to.clone(), typing: None });
    }
    Ok(said)
}

/// A person takes the thread; the bot falls silent, also with what it had queued.
pub fn take_over(
    tx: &mut Tx<'_>,
    flows: &Flows,
    id: ConversationId,
    person: &Assignee,
    now: Now,
) -> Result<(Conversation, Withdrawn), TalkError> {
    let at = Time::from_millis(now.ms);
    let before = conversations::get(tx, id)?.ok_or(TalkError::NoConversation)?;
    let mut paused = before.clone();
    bots::take_over(tx, flows, &mut paused, now)?;
    conversations::put(tx, Some(&before), &paused)?;
    let withdrawn = withdraw(tx, &paused, None, at)?;
    Ok((threads::take_over(tx, &paused, person, at)?, withdrawn))
}

/// A person gives the thread back; a bot that was asking asks again.
pub fn give_back(
    tx: &mut Tx<'_>,
    flows: &Flows,
    id: ConversationId,
    actor: &Actor,
    now: Now,
) -> Result<(Conversation, Vec<MessageId>), TalkError> {
    let at = Time::from_millis(now.ms);
    let before = conversations::get(tx, id)?.ok_or(TalkError::NoConversation)?;
    let given = threads::give_back(tx, &before, actor, at)?;
    let mut after = given.clone();
    let mut queued = Vec::new();
    // Outside the window the bot cannot ask again; it answers the customer's next message.
    if window::closes_at(after.last_sign_at()).is_some_and(|closes| at < closes)
        && let Some(turn) = bots::give_back(tx, flows, &mut after, now)?
    {
        for content in turn.says {
            let Some(message) = add_bots(tx, &mut after, content, &turn.actor, at)? else { continue };
            outbox::put(tx, message.id, &row(&after))?;
            queued.push(message.id);
        }
    }
    if after != given {
        conversations::put_announced(tx, Some(&given), &after, actor, at)?;
    }
    Ok((after, queued))
}

/// Adds what a bot says; `None` where it is not to be sent. It stands in the thread all the same, as failed: nobody is
/// there whom a refusal could be told to.
fn add_bots(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    content: Content,
    actor: &Actor,
    now: Time,
) -> Result<Option<Message>, StoreError> {
    let Some(refusal) = consent::refusal(tx, thread.customer, &content, now)? else {
        return add(tx, thread, content, None, actor, now).map(Some);
    };
    let mut message = draft(thread, content, None, actor, now);
    message.status = Some(Status::Failed);
    message.failure = Some(refusal.failure());
    keep(tx, thread, &message, actor, now)?;
    Ok(None)
}

fn add(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    content: Content,
    reply_to: Option<String>,
    actor: &Actor,
    now: Time,
) -> Result<Message, StoreError> {
    let message = draft(thread, content, reply_to, actor, now);
    keep(tx, thread, &message, actor, now)?;
    Ok(message)
}

fn draft(
    thread: &Conversation,
    content: Content,
    reply_to: Option<String>,
    actor: &Actor,
    now: Time,
) -> Message {
    let author = threads::author_of(actor);
    let mut message = threads::draft_message(thread.id, Direction::Out, author, content, now, now);
    message.reply_to = reply_to;
    message
}

fn keep(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    message: &Message,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    threads::note_outgoing(thread, message, now);
    conversations::add_message(tx, thread.number, message, actor, now)
}

fn row(thread: &Conversation) -> Row {
    Row {
        conversation: thread.id,
        customer: thread.customer,
        number: thread.number,
        state: State::Ready,
        setbacks: outbox::Setbacks::default(),
        withdrawn: false,
    }
}
