//! Keys of bots, versions and runs.

use std::collections::HashMap;
use std::ops::ControlFlow;

use beseda_wire::ids::{BotId, ConversationId};
use beseda_wire::time::Time;
use uuid::Uuid;

use super::connections::Connection;
use super::phone_trials::{PhoneTrial, is_trial};
use super::{Bot, BotChanged, Draft, PendingCall, PendingSummary, Run, Version};
use crate::ids;
use crate::store::{Actor, Order, Read, StoreError, Table, Tx};

const BOTS: Table<BotId, Bot> = Table::new(40, "bots");
/// Apart from the bot, because each incoming message reads the bots and hardly any reads a flow.
const VERSIONS: Table<(BotId, u32), Version> = Table::new(41, "bot_versions");
const RUNS: Table<ConversationId, Run> = Table::new(42, "bot_runs");
const DRAFTS: Table<BotId, Draft> = Table::new(43, "bot_drafts");
/// Another one whenever a bot changes: whoever knows the bots of this one need not read them again.
const GENERATION: Table<(), Uuid> = Table::new(44, "bots_generation");

/// What runs wait for outside, by their threads: a run waits for one thing at a time.
const CALLS: Table<ConversationId, PendingCall> = Table::new(45, "bot_calls");

/// Conversations that a language model is to sum up, by their threads: a later hand-over's summary says what an earlier one
/// would have.
const SUMMARIES: Table<ConversationId, PendingSummary> = Table::new(61, "bot_summaries");

/// What bots reach outside, by names.
const CONNECTIONS: Table<String, Connection> = Table::new(46, "connections");

/// Drafts that are tried on a phone, by their numbers.
const PHONE_TRIALS: Table<(BotId, u32), PhoneTrial> = Table::new(59, "bot_phone_trials");
const PHONE_TRIAL_WORDS: Table<String, (BotId, u32)> = Table::new(60, "bot_phone_trial_words");

pub fn phone_trial(from: &dyn Read, bot: BotId, version: u32) -> Result<Option<PhoneTrial>, StoreError> {
    PHONE_TRIALS.get(from, &(bot, version))
}

pub fn phone_trials(from: &dyn Read, bot: BotId) -> Result<Vec<(u32, PhoneTrial)>, StoreError> {
    let rows = PHONE_TRIALS.rows(from, &(bot,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, version), trial)| (version, trial)).collect())
}

pub fn phone_trial_of_word(from: &dyn Read, word: &str) -> Result<Option<(BotId, u32)>, StoreError> {
    PHONE_TRIAL_WORDS.get(from, &word.to_owned())
}

pub fn put_phone_trial(
    tx: &mut Tx<'_>,
    bot: BotId,
    version: u32,
    trial: &PhoneTrial,
) -> Result<(), StoreError> {
    PHONE_TRIALS.put(tx, &(bot, version), trial)?;
    PHONE_TRIAL_WORDS.put(tx, &trial.word, &(bot, version))
}

pub fn remove_phone_trial(tx: &mut Tx<'_>, bot: BotId, version: u32, word: &str) {
    PHONE_TRIALS.remove(tx, &(bot, version));
    PHONE_TRIAL_WORDS.remove(tx, &word.to_owned());
}

pub fn connection(from: &dyn Read, name: &str) -> Result<Option<Connection>, StoreError> {
    CONNECTIONS.get(from, &name.to_owned())
}

pub fn connections(from: &dyn Read) -> Result<Vec<(String, Connection)>, StoreError> {
    CONNECTIONS.rows(from, &(), None, Order::Ascending, usize::MAX)
}

pub fn put_connection(tx: &mut Tx<'_>, name: &str, connection: &Connection) -> Result<(), StoreError> {
    CONNECTIONS.put(tx, &name.to_owned(), connection)
}

pub fn remove_connection(tx: &mut Tx<'_>, name: &str) {
    CONNECTIONS.remove(tx, &name.to_owned());
}

pub fn put_call(tx: &mut Tx<'_>, conversation: ConversationId, call: &PendingCall) -> Result<(), StoreError> {
    CALLS.put(tx, &conversation, call)
}

pub fn call(from: &dyn Read, conversation: ConversationId) -> Result<Option<PendingCall>, StoreError> {
    CALLS.get(from, &conversation)
}

pub fn remove_call(tx: &mut Tx<'_>, conversation: ConversationId) {
    CALLS.remove(tx, &conversation);
}

pub fn calls(from: &dyn Read, limit: usize) -> Result<Vec<(ConversationId, PendingCall)>, StoreError> {
    CALLS.rows(from, &(), None, Order::Ascending, limit)
}

pub fn put_summary(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    pending: &PendingSummary,
) -> Result<(), StoreError> {
    SUMMARIES.put(tx, &conversation, pending)
}

pub fn summary(from: &dyn Read, conversation: ConversationId) -> Result<Option<PendingSummary>, StoreError> {
    SUMMARIES.get(from, &conversation)
}

pub fn remove_summary(tx: &mut Tx<'_>, conversation: ConversationId) {
    SUMMARIES.remove(tx, &conversation);
}

pub fn summaries(from: &dyn Read, limit: usize) -> Result<Vec<(ConversationId, PendingSummary)>, StoreError> {
    SUMMARIES.rows(from, &(), None, Order::Ascending, limit)
}

pub fn get(from: &dyn Read, id: BotId) -> Result<Option<Bot>, StoreError> {
    BOTS.get(from, &id)
}

/// The business's bots, the oldest first.
pub fn all(from: &dyn Read) -> Result<Vec<Bot>, StoreError> {
    let rows = BOTS.rows(from, &(), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, bot)| bot).collect())
}

pub fn put(tx: &mut Tx<'_>, bot: &Bot, actor: &Actor, now: Time) -> Result<(), StoreError> {
    BOTS.put(tx, &bot.id, bot)?;
    // Unique and no count: a count that a failed transaction took would come again and mean something else.
    GENERATION.put(tx, &(), &ids::fresh(now))?;
    tx.change(actor, now, &BotChanged { id: bot.id })
}

/// Without the bot and its draft. Its versions stay, for the conversations that began with them.
pub fn remove(tx: &mut Tx<'_>, id: BotId, actor: &Actor, now: Time) -> Result<(), StoreError> {
    BOTS.remove(tx, &id);
    DRAFTS.remove(tx, &id);
    GENERATION.put(tx, &(), &ids::fresh(now))?;
    tx.change(actor, now, &BotChanged { id })
}

/// Changes with every change of a bot; `None` before the first one.
pub fn generation(from: &dyn Read) -> Result<Option<Uuid>, StoreError> {
    GENERATION.get(from, &())
}

pub fn draft(from: &dyn Read, bot: BotId) -> Result<Option<Draft>, StoreError> {
    DRAFTS.get(from, &bot)
}

pub fn put_draft(tx: &mut Tx<'_>, bot: BotId, draft: &Draft) -> Result<(), StoreError> {
    DRAFTS.put(tx, &bot, draft)
}

/// The number of a bot's newest version; 0 before its first publication.
pub fn last_version(from: &dyn Read, bot: BotId) -> Result<u32, StoreError> {
    Ok(VERSIONS.first(from, &(bot,), Order::Descending)?.map_or(0, |((_, version), _)| version))
}

pub fn version(from: &dyn Read, bot: BotId, version: u32) -> Result<Option<Version>, StoreError> {
    VERSIONS.get(from, &(bot, version))
}

/// A bot's versions, the newest first.
pub fn versions(from: &dyn Read, bot: BotId) -> Result<Vec<(u32, Version)>, StoreError> {
    let rows = VERSIONS.rows(from, &(bot,), None, Order::Descending, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, number), version)| (number, version)).collect())
}

/// How many runs each of a bot's versions has now.
pub fn running_versions(from: &dyn Read, bot: BotId) -> Result<HashMap<u32, u32>, StoreError> {
    let mut running = HashMap::new();
    RUNS.visit(from, &(), None, Order::Ascending, |_, run| {
        if run.bot == bot && !is_trial(run.version) {
            *running.entry(run.version).or_default() += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(running)
}

pub fn put_version(tx: &mut Tx<'_>, bot: BotId, number: u32, version: &Version) -> Result<(), StoreError> {
    VERSIONS.put(tx, &(bot, number), version)
}

pub fn run(from: &dyn Read, conversation: ConversationId) -> Result<Option<Run>, StoreError> {
    RUNS.get(from, &conversation)
}

pub fn put_run(tx: &mut Tx<'_>, conversation: ConversationId, run: &Run) -> Result<(), StoreError> {
    RUNS.put(tx, &conversation, run)
}

pub fn remove_run(tx: &mut Tx<'_>, conversation: ConversationId) {
    RUNS.remove(tx, &conversation);
}

/// The conversations in which a bot has a run now.
pub fn conversations_of(from: &dyn Read, bot: BotId) -> Result<Vec<ConversationId>, StoreError> {
    let mut found = Vec::new();
    RUNS.visit(from, &(), None, Order::Ascending, |conversation, run| {
        if run.bot == bot {
            found.push(conversation);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Visits every run that goes on.
pub fn each_run(from: &dyn Read, mut visit: impl FnMut(Run)) -> Result<(), StoreError> {
    RUNS.visit(from, &(), None, Order::Ascending, |_, run| {
        visit(run);
        ControlFlow::Continue(())
    })
}

/// How many runs each bot has now.
pub fn running(from: &dyn Read) -> Result<HashMap<BotId, u32>, StoreError> {
    let mut running = HashMap::new();
    RUNS.visit(from, &(), None, Order::Ascending, |_, run| {
        if !is_trial(run.version) {
            *running.entry(run.bot).or_default() += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(running)
}
