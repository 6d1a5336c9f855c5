//! Keys of runs' records, their turns and the numbers folded from them.

use std::collections::HashMap;
use std::ops::ControlFlow;

use beseda_wire::ids::{BotId, ConversationId, RunId};
use uuid::Uuid;

use super::count::Counters;
use super::fold::Fold;
use super::{Beginning, Record, Turn};
use crate::bots::Run;
use crate::store::{Order, Read, StoreError, Table, Tx};

const RECORDS: Table<(BotId, RunId), Record> = Table::new(47, "bot_run_records");
const TURNS: Table<(RunId, u32), Turn> = Table::new(48, "bot_run_turns");
const FOLDS: Table<BotId, Fold> = Table::new(49, "bot_folds");
/// Runs that went on when they were folded, with how many of their turns were counted.
const OPEN: Table<(BotId, RunId), u32> = Table::new(53, "bot_folds_open");
/// By the day on which runs began, in days since 1970 by the clock of the business, and by the version.
const COUNTERS: Table<(BotId, u32, u32), Counters> = Table::new(54, "bot_counters");

const BEGINNINGS: Table<RunId, Beginning> = Table::new(58, "bot_run_beginnings");
/// Runs by the run that they follow ([`Beginning::follows`]).
const FOLLOWING: Table<(RunId, RunId), BotId> = Table::new(66, "bot_runs_following");

/// How a run began; `None` of one from before that was written down.
pub fn beginning(from: &dyn Read, run: RunId) -> Result<Option<Beginning>, StoreError> {
    BEGINNINGS.get(from, &run)
}

/// Apart from the record, which is written again at the end and read by lists.
pub fn put_beginning(
    tx: &mut Tx<'_>,
    bot: BotId,
    run: RunId,
    beginning: &Beginning,
) -> Result<(), StoreError> {
    if let Some((_, before)) = beginning.follows {
        FOLLOWING.put(tx, &(before, run), &bot)?;
    }
    BEGINNINGS.put(tx, &run, beginning)
}

/// The runs that follow one.
pub fn following(from: &dyn Read, run: RunId) -> Result<Vec<(BotId, RunId)>, StoreError> {
    let rows = FOLLOWING.rows(from, &(run,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, next), bot)| (bot, next)).collect())
}

/// The newest run of a bot in a conversation, among its newest `most`.
pub fn newest(
    from: &dyn Read,
    bot: BotId,
    conversation: ConversationId,
    most: usize,
) -> Result<Option<RunId>, StoreError> {
    let rows = records(from, bot, None, Order::Descending, most)?;
    Ok(rows.into_iter().find(|(_, record)| record.conversation == conversation).map(|(run, _)| run))
}

pub fn record(from: &dyn Read, bot: BotId, run: RunId) -> Result<Option<Record>, StoreError> {
    RECORDS.get(from, &(bot, run))
}

pub fn put_record(tx: &mut Tx<'_>, bot: BotId, run: RunId, record: &Record) -> Result<(), StoreError> {
    RECORDS.put(tx, &(bot, run), record)
}

/// Records of a bot after (or, descending, before) this one.
pub fn records(
    from: &dyn Read,
    bot: BotId,
    after: Option<RunId>,
    order: Order,
    limit: usize,
) -> Result<Vec<(RunId, Record)>, StoreError> {
    let after = after.map(|run| (bot, run));
    let rows = RECORDS.rows(from, &(bot,), after.as_ref(), order, limit)?;
    Ok(rows.into_iter().map(|((_, run), record)| (run, record)).collect())
}

pub fn put_turn(tx: &mut Tx<'_>, run: RunId, number: u32, turn: &Turn) -> Result<(), StoreError> {
    TURNS.put(tx, &(run, number), turn)
}

/// A run's turns in their order, at most `limit`.
pub fn turns(from: &dyn Read, run: RunId, limit: usize) -> Result<Vec<Turn>, StoreError> {
    let rows = TURNS.rows(from, &(run,), None, Order::Ascending, limit)?;
    Ok(rows.into_iter().map(|(_, turn)| turn).collect())
}

/// Removes a run's record and turns.
pub fn remove(tx: &mut Tx<'_>, bot: BotId, run: RunId) -> Result<(), StoreError> {
    let turns = TURNS.rows(tx, &(run,), None, Order::Ascending, usize::MAX)?;
    for (key, _) in turns {
        TURNS.remove(tx, &key);
    }
    for (next, _) in FOLLOWING.rows(tx, &(run,), None, Order::Ascending, usize::MAX)? {
        FOLLOWING.remove(tx, &next);
    }
    if let Some((_, before)) = BEGINNINGS.get(tx, &run)?.and_then(|begun| begun.follows) {
        FOLLOWING.remove(tx, &(before, run));
    }
    BEGINNINGS.remove(tx, &run);
    RECORDS.remove(tx, &(bot, run));
    Ok(())
}

/// Every bot of which there are records, those that were deleted too.
pub fn bots(from: &dyn Read) -> Result<Vec<BotId>, StoreError> {
    const LAST: RunId = RunId::from_uuid(Uuid::max());
    let (mut found, mut after) = (Vec::new(), None);
    while let Some(((bot, _), _)) = RECORDS.rows(from, &(), after.as_ref(), Order::Ascending, 1)?.pop() {
        found.push(bot);
        after = Some((bot, LAST));
    }
    Ok(found)
}

pub fn fold(from: &dyn Read, bot: BotId) -> Result<Fold, StoreError> {
    Ok(FOLDS.get(from, &bot)?.unwrap_or_default())
}

pub fn put_fold(tx: &mut Tx<'_>, bot: BotId, fold: &Fold) -> Result<(), StoreError> {
    FOLDS.put(tx, &bot, fold)
}

pub fn open(from: &dyn Read, bot: BotId) -> Result<Vec<(RunId, u32)>, StoreError> {
    let rows = OPEN.rows(from, &(bot,), None, Order::Ascending, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, run), turns)| (run, turns)).collect())
}

/// Remembers how much of a run that goes on is counted; `None` when all of it is for good.
pub fn set_open(tx: &mut Tx<'_>, bot: BotId, run: RunId, turns: Option<u32>) -> Result<(), StoreError> {
    if let Some(turns) = turns {
        return OPEN.put(tx, &(bot, run), &turns);
    }
    OPEN.remove(tx, &(bot, run));
    Ok(())
}

/// Adds to the numbers of a day and a version.
pub fn count(
    tx: &mut Tx<'_>,
    bot: BotId,
    (day, version): (u32, u32),
    more: &Counters,
) -> Result<(), StoreError> {
    let key = (bot, day, version);
    let mut counters = COUNTERS.get(tx, &key)?.unwrap_or_default();
    counters.add(more, 1);
    COUNTERS.put(tx, &key, &counters)
}

/// The numbers of these days, of one version or of all.
pub fn counted(
    from: &dyn Read,
    bot: BotId,
    days: (u32, u32),
    version: Option<u32>,
) -> Result<Counters, StoreError> {
    let mut sum = Counters::default();
    let after = days.0.checked_sub(1).map(|day| (bot, day, u32::MAX));
    COUNTERS.visit(from, &(bot,), after.as_ref(), Order::Ascending, |(_, day, of), counters| {
        if day > days.1 {
            return ControlFlow::Break(());
        }
        if version.is_none_or(|version| version == of) {
            sum.add(&counters, 1);
        }
        ControlFlow::Continue(())
    })?;
    Ok(sum)
}

/// Removes all that is counted of a bot.
pub fn remove_counted(tx: &mut Tx<'_>, bot: BotId) -> Result<(), StoreError> {
    for (key, _) in COUNTERS.rows(tx, &(bot,), None, Order::Ascending, usize::MAX)? {
        COUNTERS.remove(tx, &key);
    }
    for (key, _) in OPEN.rows(tx, &(bot,), None, Order::Ascending, usize::MAX)? {
        OPEN.remove(tx, &key);
    }
    FOLDS.remove(tx, &bot);
    Ok(())
}

/// The runs of a bot that go on.
pub fn live(from: &dyn Read, bot: BotId) -> Result<HashMap<RunId, Run>, StoreError> {
    let mut live = HashMap::new();
    crate::bots::store::each_run(from, |run| {
        if run.bot == bot {
            live.insert(run.id, run);
        }
    })?;
    Ok(live)
}
