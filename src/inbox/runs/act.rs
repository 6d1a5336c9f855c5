//! Ending a run that goes on, and moving it to another block.

use std::collections::BTreeSet;

use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BotId, ConversationId, RunId};
use beseda_wire::results::MoveRun;
use beseda_wire::time::Time;

use crate::bots::{self, DraftError, Run, results, service, store};
use crate::conversations::{Conversation, WindowClosed, store as conversations, window};
use crate::inbox::outbox;
use crate::inbox::process::{Context, Led};
use crate::inbox::timers;
use crate::inbox::withdraw::{Withdrawn, withdraw};
use crate::store::{Actor, StoreError, Tx};

/// Why nothing can be done with a run.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no such run")]
    NoRun,
    #[error("there is no such version")]
    NoVersion,
    #[error("the run is over")]
    Over,
    #[error("there is no such block")]
    NoBlock,
    #[error("a person has the conversation")]
    Person,
    #[error(transparent)]
    WindowClosed(#[from] WindowClosed),
}

/// Ends a run, without a word to the customer: what the bot has queued is not sent.
pub fn reset(
    tx: &mut Tx<'_>,
    bot: BotId,
    run: RunId,
    actor: &Actor,
    now: Time,
) -> Result<Withdrawn, ActError> {
    let (_, before) = live(tx, bot, run)?;
    Ok(end(tx, &before, bot, actor, now)?)
}

/// Deletes a bot with its draft, and ends its runs: nobody could reach them any more.
pub fn delete(tx: &mut Tx<'_>, bot: BotId, actor: &Actor, now: Time) -> Result<Withdrawn, DraftError> {
    let running: BTreeSet<ConversationId> = store::conversations_of(tx, bot)?.into_iter().collect();
    // Of a run that is over something may still wait.
    let waiting = outbox::all(tx)?.into_iter().map(|(_, row)| row.conversation);
    let threads: BTreeSet<ConversationId> = running.iter().copied().chain(waiting).collect();
    let mut withdrawn = Vec::new();
    for id in threads {
        let Some(thread) = conversations::get(tx, id)? else { continue };
        withdrawn.append(&mut if running.contains(&id) {
            end(tx, &thread, bot, actor, now)?
        } else {
            withdraw(tx, &thread, Some(bot), now)?
        });
    }
    service::remove(tx, bot, actor, now)?;
    Ok(withdrawn)
}

fn end(
    tx: &mut Tx<'_>,
    before: &Conversation,
    bot: BotId,
    actor: &Actor,
    now: Time,
) -> Result<Withdrawn, StoreError> {
    let mut after = before.clone();
    bots::reset(tx, &mut after, actor, now)?;
    conversations::put_announced(tx, Some(before), &after, actor, now)?;
    withdraw(tx, &after, Some(bot), now)
}

/// Moves a run to a block, of its own version or of another.
pub fn move_to(
    tx: &mut Tx<'_>,
    context: &Context,
    bot: BotId,
    run: RunId,
    to: &MoveRun,
    actor: &Actor,
) -> Result<Led, ActError> {
    let (live, thread) = live(tx, bot, run)?;
    let version = to.version.unwrap_or(live.version);
    let flow = context.flows.get(tx, bot, version)?.ok_or(ActError::NoVersion)?;
    if !flow.has_block(&to.block) {
        return Err(ActError::NoBlock);
    }
    if thread.handler == Handler::Person {
        return Err(ActError::Person);
    }
    let open = window::closes_at(thread.last_sign_at());
    if open.is_none_or(|closes| context.now.ms >= closes.millis()) {
        return Err(WindowClosed.into());
    }
    // What it had queued was said on the way that it leaves.
    let withdrawn = withdraw(tx, &thread, Some(bot), Time::from_millis(context.now.ms))?;
    let led = timers::turn(tx, context, thread.id, |tx, flows, thread, now| {
        bots::move_to(tx, flows, thread, version, &to.block, actor, now)
    })?;
    Ok(Led { withdrawn, ..led })
}

fn live(tx: &Tx<'_>, bot: BotId, run: RunId) -> Result<(Run, Conversation), ActError> {
    let found = results::find(tx, bot, run)?.ok_or(ActError::NoRun)?;
    let live = found.live.ok_or(ActError::Over)?;
    let thread = conversations::get(tx, found.record.conversation)?.ok_or(ActError::NoRun)?;
    Ok((live, thread))
}
