//! Forgets runs that nobody may look at any more; the numbers counted from them stay.

use beseda_wire::ids::{BotId, RunId};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;

use super::{fold, store};
use crate::bots::store::get;
use crate::store::{Order, Store, StoreError};

/// Records read and removed at once.
const BATCH: usize = 200;

/// Removes the runs that ended (or moved last) before `cutoff`, and all numbers of bots that are gone.
pub async fn forget(from: &Store, zone: &TimeZone, cutoff: Time, now: Time) -> Result<(), StoreError> {
    for bot in store::bots(&from.view()?)? {
        // What is not counted yet would never be.
        fold::advance(from, bot, zone, now).await?;
        let mut after = None;
        loop {
            let (old, last) = old(from, bot, after, cutoff)?;
            if !old.is_empty() {
                from.write(move |tx| old.iter().try_for_each(|run| store::remove(tx, bot, *run))).await?;
            }
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        if get(&from.view()?, bot)?.is_none()
            && store::records(&from.view()?, bot, None, Order::Ascending, 1)?.is_empty()
        {
            from.write(move |tx| store::remove_counted(tx, bot)).await?;
        }
    }
    Ok(())
}

/// The next runs to be forgotten, and where to go on; `None` when all older ones were looked at.
fn old(
    from: &Store,
    bot: BotId,
    after: Option<RunId>,
    cutoff: Time,
) -> Result<(Vec<RunId>, Option<RunId>), StoreError> {
    let view = from.view()?;
    let rows = store::records(&view, bot, after, Order::Ascending, BATCH)?;
    let last = rows.last().filter(|(_, record)| rows.len() == BATCH && record.started_at < cutoff);
    let last = last.map(|(run, _)| *run);
    let mut old = Vec::new();
    for (run, record) in rows {
        let moved = match &record.end {
            Some(end) => end.at,
            None => match crate::bots::store::run(&view, record.conversation)? {
                Some(live) if live.id == run => live.updated_at,
                // What it was is gone already.
                _ => record.started_at,
            },
        };
        if record.started_at < cutoff && moved < cutoff {
            old.push(run);
        }
    }
    Ok((old, last))
}
