//! Taking back what a bot has queued and nobody was sent yet: a person took the conversation over, the run was ended or
//! moved, the bot was deleted.
//!
//! What may have been sent is never dropped. In the transaction only the rows are surely unsent that nobody has claimed.
//! Of a claimed one the deliverer alone knows whether it was given out: the row is marked, the deliverer lets go of what
//! it still has, and what is under way comes to its end. A marked row is not tried again.

use beseda_wire::ids::{BotId, MessageId};
use beseda_wire::messages::{AuthorKind, Direction, Failure, Status};
use beseda_wire::time::Time;

use super::lanes::Lane;
use super::outbox::{self, Row, State};
use crate::conversations::{BOT_STOPPED, Conversation, store as conversations};
use crate::customers::store as customers;
use crate::store::{Actor, Read, StoreError, Tx};

/// What the deliverer is to let go of.
pub type Withdrawn = Vec<(Lane, MessageId)>;

/// Messages of a thread read in one go, and at most.
const PAGE: usize = 64;
const MOST_READ: usize = 4_096;

/// Takes back what bots have queued in a thread; only what `bot` has, if one is given.
pub fn withdraw(
    tx: &mut Tx<'_>,
    thread: &Conversation,
    bot: Option<BotId>,
    now: Time,
) -> Result<Withdrawn, StoreError> {
    let mut withdrawn = Vec::new();
    for id in queued(tx, thread, bot)? {
        let Some(row) = outbox::get(tx, id)? else { continue };
        withdrawn.push((lane(tx, &row)?, id));
        match row.state {
            State::Ready | State::Deferred(_) => give_up(tx, id, &row, now)?,
            State::Claimed | State::Uncertain(_) => {
                outbox::put(tx, id, &Row { withdrawn: true, ..row })?;
            }
        }
    }
    Ok(withdrawn)
}

/// Whether something of this bot is queued in a thread.
pub fn is_queued(from: &dyn Read, thread: &Conversation, bot: BotId) -> Result<bool, StoreError> {
    Ok(!queued(from, thread, Some(bot))?.is_empty())
}

/// What bots have queued in a thread, the newest first. A thread's messages go in their order, so nothing that waits is
/// looked for before one that was sent.
fn queued(from: &dyn Read, thread: &Conversation, bot: Option<BotId>) -> Result<Vec<MessageId>, StoreError> {
    let mut queued = Vec::new();
    let (mut before, mut read) = (None, 0);
    while read < MOST_READ {
        let page = conversations::messages(from, thread.id, before, PAGE)?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        read += page.len();
        for message in page {
            if message.direction != Direction::Out {
                continue;
            }
            match message.status {
                Some(Status::Queued) => {
                    let author = &message.author;
                    if author.kind == AuthorKind::Bot && bot.is_none_or(|bot| author.bot_id == Some(bot)) {
                        queued.push(message.id);
                    }
                }
                // It may have failed and others wait behind it.
                Some(Status::Failed) | None => {}
                Some(_) => return Ok(queued),
            }
        }
    }
    Ok(queued)
}

/// The lane in which the deliverer has it: of the customer whose record it is now.
fn lane(from: &dyn Read, row: &Row) -> Result<Lane, StoreError> {
    Ok((row.number, customers::survivor(from, row.customer)?))
}

/// A message that was surely not sent and will not be: it says so in the thread.
pub fn give_up(tx: &mut Tx<'_>, id: MessageId, row: &Row, now: Time) -> Result<(), StoreError> {
    outbox::remove(tx, id);
    let Some(mut message) = conversations::message(tx, row.place(id))? else { return Ok(()) };
    if message.status != Some(Status::Queued) {
        return Ok(());
    }
    message.status = Some(Status::Failed);
    message.failure = Some(Failure {
        code: 0,
        reason: BOT_STOPPED.to_owned(),
        detail: "the bot was stopped before this was sent".to_owned(),
    });
    conversations::change_message(tx, &message, &Actor::Program, now)
}
