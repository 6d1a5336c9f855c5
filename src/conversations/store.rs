//! Keys and indexes of threads and messages.

use std::ops::ControlFlow;

use beseda_wire::conversations::{ConversationState, InboxCounts, InboxView};
use beseda_wire::ids::{ConversationId, CustomerId, MessageId, NumberId, UserId};
use beseda_wire::messages::Direction;
use beseda_wire::time::Time;
use sha2::{Digest as _, Sha256};

use super::{Conversation, ConversationChanged, Message, MessageAdded, MessageChanged, Place};
use crate::store::{Actor, Order, Progress, Read, StoreError, Table, Tx};

const CONVERSATIONS: Table<ConversationId, Conversation> = Table::new(30, "conversations");
const BY_CUSTOMER: Table<(CustomerId, NumberId), ConversationId> =
    Table::new(31, "conversations_by_customer");
const MESSAGES: Table<(ConversationId, MessageId), Message> = Table::new(33, "messages");
/// By the ids that threads had before they were found to be another thread's customer's.
const MERGED: Table<ConversationId, ConversationId> = Table::new(32, "conversations_merged");
/// By Meta's message id, per number: the key under which duplicates are known and statuses find their message.
///
/// Half as long as the ids themselves would be ([`wamid_key`], [`BY_WHOLE_WAMID`]): every message has a row here, and it
/// lies far from its neighbours' in time, so that each is a page to write when few fit on one.
const BY_WAMID: Table<[u8; 16], (ConversationId, MessageId)> = Table::new(55, "messages_by_wamid_key");
/// What [`BY_WAMID`] was until schema 3.
const BY_WHOLE_WAMID: Table<(NumberId, String), Place> = Table::new(34, "messages_by_wamid");
/// Rows of one step of [`shorten_wamids`].
const SHORTENED: usize = if cfg!(test) { 2 } else { 10_000 };

// The views of the inbox, each ordered by the newest activity. "All" is the merge of open and closed, so
// that a message moves one row and not two.
const OPEN: Table<(Time, ConversationId), ()> = Table::new(35, "conversations_open");
const CLOSED: Table<(Time, ConversationId), ()> = Table::new(36, "conversations_closed");
const WAITING: Table<(Time, ConversationId), ()> = Table::new(37, "conversations_waiting");
const MINE: Table<(UserId, Time, ConversationId), ()> = Table::new(38, "conversations_mine");
const UNREAD: Table<ConversationId, ()> = Table::new(39, "conversations_unread");

/// Events at the end of a thread behind which its newest message is looked for.
const MOST_EVENTS: usize = 50;

/// A thread. The id of one that was merged into another leads there.
pub fn get(from: &dyn Read, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
    match CONVERSATIONS.get(from, &id)? {
        Some(found) => Ok(Some(found)),
        None => match survivor(from, id)? {
            Some(id) => CONVERSATIONS.get(from, &id),
            None => Ok(None),
        },
    }
}

/// Where a merged thread went; `None` for one that was not merged.
fn survivor(from: &dyn Read, id: ConversationId) -> Result<Option<ConversationId>, StoreError> {
    let mut found = MERGED.get(from, &id)?;
    while let Some(id) = found
        && let Some(next) = MERGED.get(from, &id)?
    {
        found = Some(next);
    }
    Ok(found)
}

/// Gives a thread to another customer, who has none with its number.
pub fn give_to(
    tx: &mut Tx<'_>,
    before: &Conversation,
    customer: CustomerId,
    actor: &Actor,
    now: Time,
) -> Result<Conversation, StoreError> {
    BY_CUSTOMER.remove(tx, &(before.customer, before.number));
    BY_CUSTOMER.put(tx, &(customer, before.number), &before.id)?;
    let after = Conversation { customer, ..before.clone() };
    put_announced(tx, Some(before), &after, actor, now)?;
    Ok(after)
}

/// Moves a thread's messages into another one, which stands for both from now on. Whoever still has the old
/// thread's id, or a place in it, finds the new one.
pub fn pour(tx: &mut Tx<'_>, from: &Conversation, into: ConversationId) -> Result<(), StoreError> {
    let rows = MESSAGES.rows(tx, &(from.id,), None, Order::Ascending, usize::MAX)?;
    for ((_, id), message) in rows {
        MESSAGES.remove(tx, &(from.id, id));
        MESSAGES.put(tx, &(into, id), &Message { conversation: into, ..message })?;
    }
    unindex(tx, from);
    BY_CUSTOMER.remove(tx, &(from.customer, from.number));
    CONVERSATIONS.remove(tx, &from.id);
    MERGED.put(tx, &from.id, &into)
}

pub fn by_customer(
    from: &dyn Read,
    customer: CustomerId,
    number: NumberId,
) -> Result<Option<Conversation>, StoreError> {
    match BY_CUSTOMER.get(from, &(customer, number))? {
        Some(id) => get(from, id),
        None => Ok(None),
    }
}

/// The threads of a customer, one per number.
pub fn of_customer(from: &dyn Read, customer: CustomerId) -> Result<Vec<ConversationId>, StoreError> {
    let rows = BY_CUSTOMER.rows(from, &(customer,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, id)| id).collect())
}

/// Every thread, in no order that means anything.
pub fn everything(from: &dyn Read) -> Result<Vec<Conversation>, StoreError> {
    let rows = CONVERSATIONS.rows(from, &(), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, thread)| thread).collect())
}

/// Keeps a thread and its place in the views; `before` is what was stored.
pub fn put(
    tx: &mut Tx<'_>,
    before: Option<&Conversation>,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    if before.is_none() {
        BY_CUSTOMER.put(tx, &(conversation.customer, conversation.number), &conversation.id)?;
    }
    index_views(tx, before, conversation)?;
    CONVERSATIONS.put(tx, &conversation.id, conversation)
}

/// Keeps a thread whose change nobody else announces (a message announces its thread's).
pub fn put_announced(
    tx: &mut Tx<'_>,
    before: Option<&Conversation>,
    conversation: &Conversation,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    put(tx, before, conversation)?;
    tx.change(actor, now, &ConversationChanged { id: conversation.id })
}

/// A page of a view, the newest activity first, beyond `after`. `keep` leaves rows out.
pub fn page(
    from: &dyn Read,
    view: InboxView,
    me: UserId,
    after: Option<(Time, ConversationId)>,
    limit: usize,
    mut keep: impl FnMut(&Conversation) -> Result<bool, StoreError>,
) -> Result<Vec<Conversation>, StoreError> {
    let mut found = Vec::new();
    let mut failed = None;
    let mut take = |id| {
        let row = get(from, id).and_then(|row| match row {
            Some(row) if keep(&row)? => Ok(Some(row)),
            _ => Ok(None),
        });
        match row {
            Ok(Some(row)) => found.push(row),
            Ok(None) => {}
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let newest = Order::Descending;
    match view {
        InboxView::Open => OPEN.visit(from, &(), after.as_ref(), newest, |(_, id), ()| take(id))?,
        InboxView::Closed => CLOSED.visit(from, &(), after.as_ref(), newest, |(_, id), ()| take(id))?,
        InboxView::Waiting => WAITING.visit(from, &(), after.as_ref(), newest, |(_, id), ()| take(id))?,
        InboxView::Mine => {
            let after = after.map(|(at, id)| (me, at, id));
            MINE.visit(from, &(me,), after.as_ref(), newest, |(_, _, id), ()| take(id))?;
        }
        InboxView::All => {
            let open = OPEN.rows(from, &(), after.as_ref(), newest, limit)?;
            let closed = CLOSED.rows(from, &(), after.as_ref(), newest, limit)?;
            let mut both: Vec<_> = open.into_iter().chain(closed).map(|(key, ())| key).collect();
            both.sort_unstable_by(|a, b| b.cmp(a));
            for (_, id) in both {
                if take(id).is_break() {
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(found), Err)
}

/// How many threads the views hold; a thousand and more are a thousand.
pub fn counts(from: &dyn Read, me: UserId) -> Result<InboxCounts, StoreError> {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let (newest, most) = (Order::Descending, usize::try_from(InboxCounts::MOST).unwrap_or(usize::MAX));
    Ok(InboxCounts {
        mine: count(MINE.rows(from, &(me,), None, newest, most)?.len()),
        waiting: count(WAITING.rows(from, &(), None, newest, most)?.len()),
        open: count(OPEN.rows(from, &(), None, newest, most)?.len()),
        unread: count(UNREAD.rows(from, &(), None, newest, most)?.len()),
    })
}

/// A message, also by a place in a thread that was merged since.
pub fn message(from: &dyn Read, place: Place) -> Result<Option<Message>, StoreError> {
    match MESSAGES.get(from, &(place.conversation, place.message))? {
        Some(found) => Ok(Some(found)),
        None => match survivor(from, place.conversation)? {
            Some(id) => MESSAGES.get(from, &(id, place.message)),
            None => Ok(None),
        },
    }
}

/// Messages of a thread, newest first, older than `before`.
pub fn messages(
    from: &dyn Read,
    conversation: ConversationId,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let before = before.map(|id| (conversation, id));
    let rows = MESSAGES.rows(from, &(conversation,), before.as_ref(), Order::Descending, limit)?;
    Ok(rows.into_iter().map(|(_, message)| message).collect())
}

/// Messages of a thread in their order, from this one on.
pub fn messages_since(
    from: &dyn Read,
    conversation: ConversationId,
    since: MessageId,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let after = (conversation, since);
    let rows = MESSAGES.rows(from, &(conversation,), Some(&after), Order::Ascending, limit)?;
    Ok(rows.into_iter().map(|(_, message)| message).collect())
}

/// The newest message of a thread, events left out. Not kept with the thread: each tick of it would write the thread
/// anew, and an edit could be forgotten.
pub fn last_message(from: &dyn Read, conversation: ConversationId) -> Result<Option<Message>, StoreError> {
    let (mut last, mut read) = (None, 0);
    MESSAGES.visit(from, &(conversation,), None, Order::Descending, |_, message| {
        read += 1;
        if message.direction != Direction::Event {
            last = Some(message);
        }
        if last.is_none() && read < MOST_EVENTS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(last)
}

pub fn by_wamid(from: &dyn Read, number: NumberId, wamid: &str) -> Result<Option<Place>, StoreError> {
    let found = BY_WAMID.get(from, &wamid_key(number, wamid))?;
    Ok(found.map(|(conversation, message)| Place { conversation, message }))
}

/// Remembers Meta's id of a message that is no row of its own (a reaction, an edit) or whose id came later.
pub fn know_wamid(tx: &mut Tx<'_>, number: NumberId, wamid: &str, place: Place) -> Result<(), StoreError> {
    BY_WAMID.put(tx, &wamid_key(number, wamid), &(place.conversation, place.message))
}

/// Half of a SHA-256 over the number and the id: two ids that share one cannot be made, by whoever it be, with fewer than
/// 2^64 tries.
fn wamid_key(number: NumberId, wamid: &str) -> [u8; 16] {
    let hash = Sha256::new().chain_update(number.uuid()).chain_update(wamid).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&hash[..16]);
    key
}

/// The migration to schema 3, a piece at a time.
pub fn shorten_wamids(tx: &mut Tx<'_>) -> Result<Progress, StoreError> {
    let rows = BY_WHOLE_WAMID.rows(tx, &(), None, Order::Ascending, SHORTENED)?;
    for ((number, wamid), place) in &rows {
        know_wamid(tx, *number, wamid, *place)?;
        BY_WHOLE_WAMID.remove(tx, &(*number, wamid.clone()));
    }
    Ok(if rows.len() < SHORTENED { Progress::Done } else { Progress::More })
}

pub fn add_message(
    tx: &mut Tx<'_>,
    number: NumberId,
    message: &Message,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    if let Some(wamid) = &message.wamid {
        know_wamid(tx, number, wamid, message.place())?;
    }
    MESSAGES.put(tx, &(message.conversation, message.id), message)?;
    tx.change(actor, now, &MessageAdded { place: message.place() })
}

pub fn change_message(
    tx: &mut Tx<'_>,
    message: &Message,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    MESSAGES.put(tx, &(message.conversation, message.id), message)?;
    tx.change(actor, now, &MessageChanged { place: message.place() })
}

fn index_views(
    tx: &mut Tx<'_>,
    before: Option<&Conversation>,
    after: &Conversation,
) -> Result<(), StoreError> {
    let open = |row: &Conversation| row.state == ConversationState::Open;
    let key = |row: &Conversation| (row.updated_at, row.id);
    let moved = before.is_none_or(|before| key(before) != key(after) || before.state != after.state);
    if moved {
        if let Some(before) = before {
            if open(before) { &OPEN } else { &CLOSED }.remove(tx, &key(before));
        }
        if open(after) { &OPEN } else { &CLOSED }.put(tx, &key(after), &())?;
    }
    let waiting = |row: &Conversation| open(row) && row.waiting_since.is_some();
    let mine = |row: &Conversation| row.assignee.as_ref().filter(|_| open(row)).map(|person| person.id);
    let was_waiting = before.filter(|before| waiting(before)).map(key);
    let is_waiting = waiting(after).then(|| key(after));
    if was_waiting != is_waiting {
        if let Some(old) = was_waiting {
            WAITING.remove(tx, &old);
        }
        if let Some(new) = is_waiting {
            WAITING.put(tx, &new, &())?;
        }
    }
    let was_mine = before.and_then(|before| mine(before).map(|me| (me, before.updated_at, before.id)));
    let is_mine = mine(after).map(|me| (me, after.updated_at, after.id));
    if was_mine != is_mine {
        if let Some(old) = was_mine {
            MINE.remove(tx, &old);
        }
        if let Some(new) = is_mine {
            MINE.put(tx, &new, &())?;
        }
    }
    let was_unread = before.is_some_and(|before| before.unread > 0);
    if was_unread != (after.unread > 0) {
        if after.unread > 0 { UNREAD.put(tx, &after.id, &())? } else { UNREAD.remove(tx, &after.id) }
    }
    Ok(())
}

/// Takes a thread out of every view.
fn unindex(tx: &mut Tx<'_>, row: &Conversation) {
    let key = (row.updated_at, row.id);
    OPEN.remove(tx, &key);
    CLOSED.remove(tx, &key);
    WAITING.remove(tx, &key);
    if let Some(person) = &row.assignee {
        MINE.remove(tx, &(person.id, row.updated_at, row.id));
    }
    UNREAD.remove(tx, &row.id);
}

#[cfg(test)]
mod tests;
