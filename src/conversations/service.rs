//! What happens to a thread: a message comes or goes, a person takes over, gives back, closes it.
//!
//! Each function is one step inside somebody's transaction.

use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::{BotId, ConversationId, CustomerId, MessageId, NumberId};
use beseda_wire::messages::{Author, AuthorKind, Content, Direction, Event, EventKind, Status};
use beseda_wire::time::Time;

use super::{Assignee, Bot, Conversation, Message, Pace, store};
use crate::ids;
use crate::store::{Actor, StoreError, Tx};

/// The thread between a customer and a number, made when they first meet. A new one is not stored yet: the
/// message that opens it does that.
pub fn open_for(
    tx: &Tx<'_>,
    customer: CustomerId,
    number: NumberId,
    now: Time,
) -> Result<(Conversation, bool), StoreError> {
    if let Some(found) = store::by_customer(tx, customer, number)? {
        return Ok((found, false));
    }
    let conversation = Conversation {
        id: ConversationId::from_uuid(ids::fresh(now)),
        customer,
        number,
        state: ConversationState::Open,
        handler: Handler::Nobody,
        assignee: None,
        bot: None,
        unread: 0,
        last_in_at: None,
        called_at: None,
        last_in_wamid: None,
        waiting_since: None,
        people_called: false,
        pace: Pace::default(),
        created_at: now,
        updated_at: now,
    };
    Ok((conversation, true))
}

/// A message without what only some have.
pub fn draft_message(
    conversation: ConversationId,
    direction: Direction,
    author: Author,
    content: Content,
    at: Time,
    now: Time,
) -> Message {
    Message {
        id: MessageId::from_uuid(ids::fresh_at(at, now)),
        conversation,
        at,
        direction,
        author,
        content,
        status: (direction == Direction::Out).then_some(Status::Queued),
        failure: None,
        wamid: None,
        former_wamids: Vec::new(),
        reply_to: None,
        reactions: Vec::new(),
        edited: false,
        revoked: false,
        forwarded: false,
        referral: None,
        pricing: None,
    }
}

/// Changes the thread as a message of the customer does. The caller stores it.
pub fn note_incoming(conversation: &mut Conversation, message: &Message, now: Time) {
    conversation.state = ConversationState::Open;
    conversation.unread = conversation.unread.saturating_add(1);
    // A message that comes late opens the window from when it was said, and never shortens it.
    if conversation.last_in_at.is_none_or(|last| message.at >= last) {
        conversation.last_in_at = Some(message.at);
        conversation.last_in_wamid.clone_from(&message.wamid);
    }
    conversation.updated_at = now;
}

/// Changes the thread as a call of the customer does: it waits for somebody, and the window is open. The caller
/// stores it.
pub fn note_call(conversation: &mut Conversation, began: Time, now: Time) {
    conversation.state = ConversationState::Open;
    conversation.called_at = conversation.called_at.max(Some(began));
    conversation.updated_at = now;
}

/// Changes the thread as a message to the customer does. The caller stores it.
pub fn note_outgoing(conversation: &mut Conversation, message: &Message, now: Time) {
    if message.author.kind == AuthorKind::User {
        conversation.waiting_since = None;
        conversation.people_called = false;
    }
    conversation.updated_at = now;
}

/// Writes down what happened in the thread, for the team.
pub fn add_event(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    event: EventKind,
    note: Option<String>,
    actor: &Actor,
    now: Time,
) -> Result<(), StoreError> {
    let name = match actor {
        Actor::Person { name, .. } | Actor::Bot { name, .. } => Some(name.clone()),
        Actor::Customer { .. } | Actor::Program => None,
    };
    let content = Content::Event(Event { event, name, note });
    let message = draft_message(conversation.id, Direction::Event, author_of(actor), content, now, now);
    store::add_message(tx, conversation.number, &message, actor, now)
}

/// A bot begins to talk.
pub fn bot_begins(conversation: &mut Conversation, bot: BotId, name: &str) {
    conversation.handler = Handler::Bot;
    conversation.waiting_since = None;
    conversation.people_called = false;
    conversation.bot = Some(Bot { id: bot, name: name.to_owned() });
}

/// Nobody talks: the bot has called people, or cannot go on. The customer waits from now.
pub fn nobody_answers(conversation: &mut Conversation, now: Time) {
    conversation.handler = Handler::Nobody;
    conversation.waiting_since.get_or_insert(now);
    conversation.people_called = true;
}

/// A person takes the thread from the bot, or from nobody.
pub fn take_over(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    person: &Assignee,
    now: Time,
) -> Result<Conversation, StoreError> {
    let mut after = conversation.clone();
    after.handler = Handler::Person;
    after.assignee = Some(person.clone());
    let actor = Actor::Person { id: person.id, name: person.name.clone() };
    if after != *conversation {
        add_event(tx, &after, EventKind::TakenOver, None, &actor, now)?;
        store::put_announced(tx, Some(conversation), &after, &actor, now)?;
    }
    Ok(after)
}

/// A person gives the thread back: the bot answers the customer's next message.
pub fn give_back(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    actor: &Actor,
    now: Time,
) -> Result<Conversation, StoreError> {
    let mut after = conversation.clone();
    after.handler = Handler::Nobody;
    after.assignee = None;
    after.waiting_since = None;
    after.people_called = false;
    // Whoever gives it back says that a person writes.
    after.pace = Pace::default();
    if after != *conversation {
        add_event(tx, &after, EventKind::GivenBack, None, actor, now)?;
        store::put_announced(tx, Some(conversation), &after, actor, now)?;
    }
    Ok(after)
}

pub fn set_state(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    state: ConversationState,
    actor: &Actor,
    now: Time,
) -> Result<Conversation, StoreError> {
    let mut after = conversation.clone();
    after.state = state;
    if state == ConversationState::Closed {
        after.waiting_since = None;
        after.people_called = false;
        after.unread = 0;
        after.handler = Handler::Nobody;
        after.assignee = None;
    }
    if after != *conversation {
        let event = match state {
            ConversationState::Open => EventKind::Opened,
            ConversationState::Closed => EventKind::Closed,
        };
        add_event(tx, &after, event, None, actor, now)?;
        store::put_announced(tx, Some(conversation), &after, actor, now)?;
    }
    Ok(after)
}

/// A person has seen the thread.
pub fn mark_read(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    actor: &Actor,
    now: Time,
) -> Result<Conversation, StoreError> {
    let mut after = conversation.clone();
    after.unread = 0;
    if after != *conversation {
        store::put_announced(tx, Some(conversation), &after, actor, now)?;
    }
    Ok(after)
}

pub fn author_of(actor: &Actor) -> Author {
    match actor {
        Actor::Person { id, name } => {
            Author { kind: AuthorKind::User, name: Some(name.clone()), user_id: Some(*id), bot_id: None }
        }
        Actor::Bot { id, name } => {
            Author { kind: AuthorKind::Bot, name: Some(name.clone()), user_id: None, bot_id: Some(*id) }
        }
        Actor::Customer { .. } => {
            Author { kind: AuthorKind::Customer, name: None, user_id: None, bot_id: None }
        }
        Actor::Program => Author { kind: AuthorKind::System, name: None, user_id: None, bot_id: None },
    }
}
