//! What is done to a run from outside the talk: a person takes the thread and gives it back, ends the run, or moves it to a
//! block; or its thread becomes part of another.

use beseda_flow::{Input, Now};
use beseda_wire::conversations::Handler;
use beseda_wire::ids::ConversationId;
use beseda_wire::messages::EventKind;
use beseda_wire::results::RunEnd;
use beseda_wire::time::Time;
use serde_json::Map;

use super::flows::Flows;
use super::phone_trials::is_trial;
use super::results::{Stop, note};
use super::run::{
    TIMEOUT, TOGETHER, Timeout, Together, Turn, advance, resume, stop_timer, timer_key, together_key,
};
use super::{Run, phone_trials, store};
use crate::conversations::{Bot, Conversation, service as threads};
use crate::store::{Actor, StoreError, Tx, timers};

/// A person takes the thread: the bot is silent, and remembers where it stood.
pub fn take_over(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    now: Now,
) -> Result<(), StoreError> {
    if let Some(run) = store::run(tx, thread.id)? {
        resume(tx, flows, thread, run, &Input::Pause, now)?;
    }
    Ok(())
}

/// A person gives the thread back: the bot asks again what it was asking.
pub fn give_back(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    let Some(run) = store::run(tx, thread.id)? else { return Ok(None) };
    let Some(bot) = store::get(tx, run.bot)? else { return Ok(None) };
    threads::bot_begins(thread, bot.id, &bot.name);
    resume(tx, flows, thread, run, &Input::Resume, now)
}

/// A thread became part of another, as it is now: its run goes there, with the time-out of its question. Of two runs
/// the one that moved last stays, since that is where the customer is talking; the other ends without a word.
pub fn follow(tx: &mut Tx<'_>, from: ConversationId, into: &mut Conversation) -> Result<(), StoreError> {
    let (theirs, ours) = (store::run(tx, from)?, store::run(tx, into.id)?);
    let timer = timers::get(tx, &timer_key(from))?;
    let together = timers::get(tx, &together_key(from))?;
    stop_timer(tx, from)?;
    timers::cancel(tx, &together_key(from))?;
    store::remove_run(tx, from);
    if let Some(summary) = store::summary(tx, from)? {
        store::remove_summary(tx, from);
        store::put_summary(tx, into.id, &summary)?;
    }
    let newer = |theirs: &Run| ours.as_ref().is_none_or(|ours| ours.updated_at < theirs.updated_at);
    let (moves, lost) = match theirs {
        Some(theirs) if newer(&theirs) => (Some(theirs), ours.clone()),
        theirs => (None, theirs),
    };
    if let Some(lost) = lost {
        note::stopped(tx, into, &lost, Stop::REPLACED, lost.updated_at)?;
        if is_trial(lost.version) {
            phone_trials::over(tx, lost.bot, lost.version, &Turn::of(&lost, into).actor, lost.updated_at)?;
        }
    }
    if moves.is_some() {
        stop_timer(tx, into.id)?;
        if let Some((due, timer)) = timer
            && let Some(Timeout { token, .. }) = timer.read()
        {
            let body = Timeout { conversation: into.id, token };
            timers::set(tx, &timer_key(into.id), TIMEOUT, due, &body)?;
        }
        if let Some((due, _)) = together {
            let body = Together { conversation: into.id };
            timers::set(tx, &together_key(into.id), TOGETHER, due, &body)?;
        }
    }
    let Some(mut run) = moves.or(ours) else { return Ok(()) };
    if into.handler == Handler::Person {
        // The person talked in one of the two threads; the bot of the other must not go on over their head.
        run.session.paused = true;
        stop_timer(tx, into.id)?;
    }
    let name = store::get(tx, run.bot)?.map(|bot| bot.name).unwrap_or_default();
    into.bot = Some(Bot { id: run.bot, name });
    note::moved(tx, into, &run)?;
    store::put_run(tx, into.id, &run)
}

/// Ends a thread's run, without a word to the customer. The thread and the run's result say who did it.
pub fn reset(tx: &mut Tx<'_>, thread: &mut Conversation, actor: &Actor, now: Time) -> Result<(), StoreError> {
    let Some(run) = store::run(tx, thread.id)? else { return Ok(()) };
    let by = actor.person().map(ToOwned::to_owned);
    if by.is_some() {
        threads::add_event(tx, thread, EventKind::RunEnded, None, actor, now)?;
    }
    end(tx, thread, &run, Stop { reason: RunEnd::Reset, cause: None, by }, now)
}

/// Ends a run from outside the flow.
pub(super) fn end(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    run: &Run,
    stop: Stop,
    now: Time,
) -> Result<(), StoreError> {
    note::stopped(tx, thread, run, stop, now)?;
    if is_trial(run.version) {
        phone_trials::over(tx, run.bot, run.version, &Turn::of(run, thread).actor, now)?;
    }
    store::remove_run(tx, thread.id);
    store::remove_call(tx, thread.id);
    stop_timer(tx, thread.id)?;
    timers::cancel(tx, &together_key(thread.id))?;
    if thread.handler == Handler::Bot {
        thread.handler = Handler::Nobody;
    }
    Ok(())
}

/// Goes on with a thread's run at a block of this version. The thread and the run's result say who did it.
pub fn move_to(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    version: u32,
    block: &str,
    actor: &Actor,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    let Some(mut run) = store::run(tx, thread.id)? else { return Ok(None) };
    let Some(flow) = flows.get(tx, run.bot, version)? else { return Ok(None) };
    let at = Time::from_millis(now.ms);
    threads::add_event(tx, thread, EventKind::RunMoved, None, actor, at)?;
    note::moved_by(tx, &mut run, actor.person().unwrap_or_default().to_owned(), at)?;
    stop_timer(tx, thread.id)?;
    store::remove_call(tx, thread.id);
    // A flow may be renamed between its versions.
    flow.id().clone_into(&mut run.session.flow);
    run.session.version = u64::from(version);
    run.version = version;
    (run.begins, run.burst, run.heard) = (None, None, Vec::new());
    let name = store::get(tx, run.bot)?.map(|bot| bot.name).unwrap_or_default();
    threads::bot_begins(thread, run.bot, &name);
    advance(tx, flows, thread, run, &flow, &Input::at(block, Map::new()), now).map(Some)
}
