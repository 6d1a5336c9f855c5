//! Two customers were one person: their threads with the same number become one.

use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::{ConversationId, CustomerId};
use beseda_wire::time::Time;

use super::{Conversation, store};
use crate::store::{Actor, StoreError, Tx};

/// What became of the threads of the customer that is gone.
#[derive(Debug, Default)]
pub struct Moved {
    /// Threads that became part of another: from, into. What else points at them is the caller's to move.
    pub poured: Vec<(ConversationId, ConversationId)>,
    /// Threads that are the other customer's now, under their own ids.
    pub given: Vec<ConversationId>,
}

/// Gives every thread of `from` to `into`.
pub fn merge(
    tx: &mut Tx<'_>,
    from: CustomerId,
    into: CustomerId,
    actor: &Actor,
    now: Time,
) -> Result<Moved, StoreError> {
    let mut moved = Moved::default();
    for id in store::of_customer(tx, from)? {
        let Some(theirs) = store::get(tx, id)? else { continue };
        let Some(ours) = store::by_customer(tx, into, theirs.number)? else {
            store::give_to(tx, &theirs, into, actor, now)?;
            moved.given.push(theirs.id);
            continue;
        };
        store::pour(tx, &theirs, ours.id)?;
        store::put_announced(tx, Some(&ours), &both(&ours, &theirs), actor, now)?;
        moved.poured.push((theirs.id, ours.id));
    }
    Ok(moved)
}

/// One thread for two. Nobody who waits is forgotten, and a person who talks goes on talking.
fn both(ours: &Conversation, theirs: &Conversation) -> Conversation {
    let mut whole = ours.clone();
    if theirs.state == ConversationState::Open {
        whole.state = ConversationState::Open;
    }
    let talks = |row: &Conversation| match row.handler {
        Handler::Person => 2,
        Handler::Bot => 1,
        Handler::Nobody => 0,
    };
    if talks(theirs) > talks(ours) {
        whole.handler = theirs.handler;
    }
    if whole.assignee.is_none() || (talks(theirs) == 2 && talks(ours) < 2) {
        whole.assignee = theirs.assignee.clone().or(whole.assignee);
    }
    whole.bot = whole.bot.or_else(|| theirs.bot.clone());
    whole.unread = ours.unread.saturating_add(theirs.unread);
    if theirs.last_in_at > ours.last_in_at {
        whole.last_in_at = theirs.last_in_at;
        whole.last_in_wamid.clone_from(&theirs.last_in_wamid);
    }
    whole.called_at = ours.called_at.max(theirs.called_at);
    whole.waiting_since = [ours.waiting_since, theirs.waiting_since].into_iter().flatten().min();
    whole.people_called = ours.people_called || theirs.people_called;
    whole.created_at = ours.created_at.min(theirs.created_at);
    whole.updated_at = ours.updated_at.max(theirs.updated_at);
    whole
}
