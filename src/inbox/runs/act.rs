//! Ending a run that goes on, and moving it to another block.

use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::results::MoveRun;
use beseda_wire::time::Time;

use crate::bots::{self, Run, results};
use crate::conversations::{Conversation, WindowClosed, store as conversations, window};
use crate::inbox::process::{Context, Led};
use crate::inbox::timers;
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

/// Ends a run, without a word to the customer.
pub fn reset(tx: &mut Tx<'_>, bot: BotId, run: RunId, actor: &Actor, now: Time) -> Result<(), ActError> {
    let (_, before) = live(tx, bot, run)?;
    let mut after = before.clone();
    bots::reset(tx, &mut after, now)?;
    conversations::put_announced(tx, Some(&before), &after, actor, now)?;
    Ok(())
}

/// Moves a run to a block, of its own version or of another.
pub fn move_to(
    tx: &mut Tx<'_>,
    context: &Context,
    bot: BotId,
    run: RunId,
    to: &MoveRun,
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
    Ok(timers::turn(tx, context, thread.id, |tx, flows, thread, now| {
        bots::move_to(tx, flows, thread, version, &to.block, now)
    })?)
}

fn live(tx: &Tx<'_>, bot: BotId, run: RunId) -> Result<(Run, Conversation), ActError> {
    let found = results::find(tx, bot, run)?.ok_or(ActError::NoRun)?;
    let live = found.live.ok_or(ActError::Over)?;
    let thread = conversations::get(tx, found.record.conversation)?.ok_or(ActError::NoRun)?;
    Ok((live, thread))
}
