//! Switching a bot off: it begins no conversation, and those under way go on, since a question that somebody has read may
//! be answered. One of which the customer has not been sent a word yet has not begun for them either: it ends, and what is
//! queued of it is not sent. Refused: to take back all that is queued, which would leave people in the middle of a talk
//! without the words that they are to answer.

use std::collections::{BTreeMap, BTreeSet};

use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BotId, ConversationId};
use beseda_wire::messages::{Direction, Status};
use beseda_wire::time::Time;

use crate::bots::phone_trials::is_trial;
use crate::bots::{self, results, store};
use crate::conversations::{service as threads, store as conversations};
use crate::inbox::outbox;
use crate::inbox::withdraw::{Withdrawn, is_queued, withdraw};
use crate::store::{Actor, Order, Read, StoreError, Tx};

/// Runs that are looked through for those of which something waits, and messages of a thread read in one go.
const RUNS: usize = 20_000;
const PAGE: usize = 1_000;
const MESSAGES: usize = 64;

/// Switches a bot on or off.
pub fn switch(
    tx: &mut Tx<'_>,
    id: BotId,
    enabled: bool,
    actor: &Actor,
    now: Time,
) -> Result<Withdrawn, StoreError> {
    let Some(mut bot) = store::get(tx, id)? else { return Ok(Withdrawn::new()) };
    bot.enabled = enabled;
    bot.updated_at = now;
    store::put(tx, &bot, actor, now)?;
    let mut withdrawn = Withdrawn::new();
    if enabled {
        return Ok(withdrawn);
    }
    for (thread, begun) in begun(tx, id)? {
        let Some(before) = conversations::get(tx, thread)? else { continue };
        // Who took a thread has taken back what was queued, and may give it back.
        if before.handler == Handler::Person {
            continue;
        }
        let Some(Unheard { wrote }) = unheard(tx, thread, id, begun)? else { continue };
        let mut after = before.clone();
        bots::reset(tx, &mut after, actor, now)?;
        if wrote {
            threads::nobody_answers(&mut after, now);
        }
        conversations::put_announced(tx, Some(&before), &after, actor, now)?;
        withdrawn.append(&mut withdraw(tx, &after, Some(id), now)?);
    }
    Ok(withdrawn)
}

/// The threads of its runs, and those in which something of it waits, with when the newest run began.
fn begun(from: &dyn Read, bot: BotId) -> Result<BTreeMap<ConversationId, Time>, StoreError> {
    let mut begun = BTreeMap::new();
    for thread in store::conversations_of(from, bot)? {
        if let Some(run) = store::run(from, thread)?.filter(|run| !is_trial(run.version)) {
            begun.insert(thread, run.started_at);
        }
    }
    let mut ended = BTreeSet::new();
    for (_, row) in outbox::all(from)? {
        let thread = row.conversation;
        if begun.contains_key(&thread) || ended.contains(&thread) {
            continue;
        }
        if let Some(record) = conversations::get(from, thread)?
            && is_queued(from, &record, bot)?
        {
            ended.insert(thread);
        }
    }
    let (mut after, mut read) = (None, 0);
    while !ended.is_empty() && read < RUNS {
        let page = results::store::records(from, bot, after, Order::Descending, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        read += page.len();
        for (_, record) in page {
            if ended.remove(&record.conversation) {
                begun.insert(record.conversation, record.started_at);
            }
        }
    }
    Ok(begun)
}

/// A conversation of which the customer was sent nothing.
struct Unheard {
    /// They wrote, and nobody has answered.
    wrote: bool,
}

fn unheard(
    from: &dyn Read,
    thread: ConversationId,
    bot: BotId,
    begun: Time,
) -> Result<Option<Unheard>, StoreError> {
    let (mut before, mut wrote) = (None, None);
    loop {
        let page = conversations::messages(from, thread, before, MESSAGES)?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        for message in page {
            if wrote.is_some() && message.at < begun {
                return Ok(wrote.map(|wrote| Unheard { wrote }));
            }
            match (message.direction, message.status) {
                (Direction::Event, _) | (Direction::Out, Some(Status::Queued | Status::Failed)) => {}
                (Direction::Out, _) if message.author.bot_id == Some(bot) && message.at >= begun => {
                    return Ok(None);
                }
                (direction, _) => {
                    wrote.get_or_insert(direction == Direction::In);
                }
            }
        }
    }
    Ok(Some(Unheard { wrote: wrote.unwrap_or_default() }))
}
