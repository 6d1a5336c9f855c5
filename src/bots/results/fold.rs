//! The stored numbers of a bot: advanced when somebody asks, and read.
//!
//! Runs are counted in the order in which they began. One that goes on is counted as far as it is, and again when it has
//! moved. The newest are left for later and counted for each answer: of two transactions at the same moment the one with
//! the earlier id may be committed after the other.

use std::collections::HashMap;

use beseda_wire::ids::{BotId, RunId};
use beseda_wire::results::{
    BlockStats, BotStats, EndCount, FunnelStep, OutcomeCount, PortStats, RunEnd, RunWaits,
};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::count::{Counters, INSIDE, is_drop, of_run};
use super::{Record, note, store};
use crate::bots::Run;
use crate::store::{Order, Read, Store, StoreError, Tx, apart};

/// Runs counted in one transaction.
const BATCH: usize = 500;
/// Seconds after which no run appears that began earlier.
const SETTLED: i64 = 60;
/// Seconds without an answer after which a customer counts as gone: WhatsApp's window is closed then.
const GONE: i64 = 86_400;
/// Turns of one run that are counted. One with more is a machine talking to a machine.
const MOST_TURNS: usize = 10_000;

/// How far a bot's runs are counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// Everything up to this run, apart from those that are open.
    pub position: Option<RunId>,
    /// Grows with each step: of two that count at the same time one is too late.
    pub round: u64,
}

/// The day of an instant, in days since 1970 by the clock of the business.
pub fn day(at: Time, zone: &TimeZone) -> u32 {
    let offset = i64::from(zone.to_offset(at.timestamp()).seconds());
    let days = (at.millis() + offset * 1000).div_euclid(86_400_000);
    u32::try_from(days).unwrap_or_default()
}

/// Counts what happened since.
pub async fn advance(from: &Store, bot: BotId, zone: &TimeZone, now: Time) -> Result<(), StoreError> {
    loop {
        let (view, zone) = (from.view()?, zone.clone());
        let Some(work) = apart(move || gather(&view, bot, &zone, now)).await? else { return Ok(()) };
        let more = work.more;
        from.write(move |tx| work.carry_out(tx, bot)).await?;
        if !more {
            return Ok(());
        }
    }
}

/// What one step of counting leads to.
struct Work {
    seen: Fold,
    next: Fold,
    counts: HashMap<(u32, u32), Counters>,
    open: Vec<(RunId, Option<u32>)>,
    more: bool,
}

impl Work {
    fn add(&mut self, record: &Record, zone: &TimeZone, counts: HashMap<u32, Counters>, sign: i64) {
        let day = day(record.started_at, zone);
        for (version, counters) in counts {
            self.counts.entry((day, version)).or_default().add(&counters, sign);
        }
    }

    fn carry_out(&self, tx: &mut Tx<'_>, bot: BotId) -> Result<(), StoreError> {
        if store::fold(tx, bot)? != self.seen {
            // Somebody else counted meanwhile.
            return Ok(());
        }
        for (key, counters) in &self.counts {
            store::count(tx, bot, *key, counters)?;
        }
        for (run, turns) in &self.open {
            store::set_open(tx, bot, *run, *turns)?;
        }
        store::put_fold(tx, bot, &self.next)
    }
}

/// What is to be counted; `None` where nothing is.
fn gather(from: &dyn Read, bot: BotId, zone: &TimeZone, now: Time) -> Result<Option<Work>, StoreError> {
    let seen = store::fold(from, bot)?;
    let next = Fold { position: seen.position, round: seen.round + 1 };
    let mut work = Work { seen, next, counts: HashMap::new(), open: Vec::new(), more: false };
    let live = store::live(from, bot)?;
    for (run, counted) in store::open(from, bot)? {
        let Some(record) = store::record(from, bot, run)? else {
            // Forgotten; what it counted stays.
            work.open.push((run, None));
            continue;
        };
        let over = record.end.is_some();
        if !over && live.get(&run).is_none_or(|live| live.turns == counted) {
            continue;
        }
        let turns = store::turns(from, run, MOST_TURNS)?;
        let before = turns.len().min(counted as usize);
        work.add(&record, zone, of_run(&record, &turns[..before], false), -1);
        work.add(&record, zone, of_run(&record, &turns, over), 1);
        work.open.push((run, (!over).then_some(length(&turns))));
        if work.open.len() >= BATCH {
            work.more = true;
            return Ok(Some(work));
        }
    }
    let settled = now.plus_seconds(-SETTLED);
    let fresh = store::records(from, bot, work.seen.position, Order::Ascending, BATCH)?;
    work.more = fresh.len() == BATCH;
    for (run, record) in fresh {
        if record.started_at > settled {
            work.more = false;
            break;
        }
        let turns = store::turns(from, run, MOST_TURNS)?;
        let over = record.end.is_some();
        work.add(&record, zone, of_run(&record, &turns, over), 1);
        if !over {
            work.open.push((run, Some(length(&turns))));
        }
        work.next.position = Some(run);
    }
    let nothing = work.open.is_empty() && work.next.position == work.seen.position;
    Ok((!nothing).then_some(work))
}

fn length<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// Whose numbers are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub bot: BotId,
    pub version: Option<u32>,
    /// The first and the last day.
    pub days: (u32, u32),
}

/// The numbers of a bot, once it was counted ([`advance`]).
pub fn stats(from: &dyn Read, asked: Asked, zone: &TimeZone, now: Time) -> Result<BotStats, StoreError> {
    let Asked { bot, version, days } = asked;
    let within = |at: Time| (days.0..=days.1).contains(&day(at, zone));
    let mut sum = store::counted(from, bot, days, version)?;
    let mut after = store::fold(from, bot)?.position;
    loop {
        let fresh = store::records(from, bot, after, Order::Ascending, BATCH)?;
        let Some((last, _)) = fresh.last() else { break };
        after = Some(*last);
        for (run, record) in fresh.into_iter().filter(|(_, record)| within(record.started_at)) {
            let turns = store::turns(from, run, MOST_TURNS)?;
            for (of, counters) in of_run(&record, &turns, record.end.is_some()) {
                if version.is_none_or(|version| version == of) {
                    sum.add(&counters, 1);
                }
            }
        }
    }
    let mut standing = Standing::default();
    for run in store::live(from, bot)?.values() {
        if version.is_none_or(|version| version == run.version) && within(run.started_at) {
            standing.note(run, now);
        }
    }
    Ok(told(sum, &standing))
}

/// Runs that go on, by the blocks where they stand.
#[derive(Default)]
struct Standing {
    /// With the bot.
    live: i64,
    /// With a person.
    handed_over: i64,
    gone: HashMap<String, i64>,
    waiting: HashMap<String, i64>,
}

impl Standing {
    fn note(&mut self, run: &Run, now: Time) {
        let Some((block, waits)) = note::stands(&run.session) else {
            self.live += 1;
            return;
        };
        let key = match &run.session.inside {
            Some(inside) => format!("{}{INSIDE}{block}", inside.flow),
            None => block,
        };
        let silent = now.millis_since(run.updated_at) >= GONE * 1000;
        let gone = silent && waits == RunWaits::Answer && !run.session.paused;
        let with_person = run.session.paused || waits == RunWaits::Person;
        self.handed_over += i64::from(with_person);
        self.live += i64::from(!with_person && !gone);
        *if gone { &mut self.gone } else { &mut self.waiting }.entry(key).or_default() += 1;
    }
}

fn told(sum: Counters, standing: &Standing) -> BotStats {
    let ended = |keep: fn(RunEnd) -> bool| -> i64 {
        sum.ends.iter().filter(|(end, _)| keep(**end)).map(|(_, n)| n).sum()
    };
    let dropped = ended(is_drop);
    let gone: i64 = standing.gone.values().sum();
    let finished = ended(|end| end == RunEnd::Finished);
    let handed_over = ended(|end| end == RunEnd::HandedOver);
    let failed = ended(|end| matches!(end, RunEnd::Failed | RunEnd::Broken));
    let replaced = ended(|end| end == RunEnd::Replaced);
    let reset = ended(|end| end == RunEnd::Reset);
    let mut blocks: Vec<_> = sum.blocks.into_iter().filter(|(_, block)| block.entered > 0).collect();
    // By the mean place; of the same place the one that more runs came to.
    blocks.sort_by(|(a_id, a), (b_id, b)| {
        let (left, right) = (a.place * b.runs.max(1), b.place * a.runs.max(1));
        left.cmp(&right).then(b.runs.cmp(&a.runs)).then(a_id.cmp(b_id))
    });
    let funnel = blocks.iter().filter(|(_, block)| block.asked_runs > 0 || block.answered > 0);
    let funnel = funnel.map(|(id, block)| {
        let (flow, name) = place(id);
        FunnelStep { block: name, flow, reached: number(block.runs), answered: number(block.answered_runs) }
    });
    BotStats {
        started: number(sum.started),
        live: number(standing.live),
        finished: number(finished),
        handed_over: number(handed_over + standing.handed_over),
        dropped: number(dropped + gone),
        failed: number(failed),
        replaced: number(replaced),
        reset: number(reset),
        median_ms: sum.took.median(),
        funnel: funnel.collect(),
        ends: sum
            .ends
            .iter()
            .map(|(reason, runs)| EndCount { reason: *reason, runs: number(*runs) })
            .collect(),
        outcomes: sum
            .outcomes
            .into_iter()
            .map(|(outcome, runs)| OutcomeCount { outcome, runs: number(runs) })
            .collect(),
        blocks: blocks
            .into_iter()
            .map(|(id, block)| {
                let (flow, name) = place(&id);
                let gone = standing.gone.get(&id).copied().unwrap_or_default();
                BlockStats {
                    block: name,
                    flow,
                    entered: number(block.entered),
                    runs: number(block.runs),
                    answered: number(block.answered),
                    refused: number(block.refused),
                    dropped: number(block.dropped + gone),
                    waiting: number(standing.waiting.get(&id).copied().unwrap_or_default()),
                    median_ms: block.took.median(),
                    ports: block
                        .ports
                        .into_iter()
                        .map(|(port, left)| PortStats { port, left: number(left) })
                        .collect(),
                }
            })
            .collect(),
    }
}

/// The flow, where it is another bot's, and the block.
fn place(key: &str) -> (Option<String>, String) {
    match key.split_once(INSIDE) {
        Some((flow, block)) => (Some(flow.to_owned()), block.to_owned()),
        None => (None, key.to_owned()),
    }
}

fn number(sum: i64) -> u32 {
    u32::try_from(sum.max(0)).unwrap_or(u32::MAX)
}
