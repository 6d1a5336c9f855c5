//! Which runs make one conversation: a run, those that took its place, and those that were begun by what it wrote to the
//! customer's record. They are played together, since each of them answers because of the one before.

use std::collections::BTreeMap;

use beseda_wire::ids::{BotId, RunId};

use super::read::{Filter, Found, find, page};
use super::store;
use crate::store::{Read, StoreError};

/// Runs of one conversation at the most.
pub const MOST_RUNS: usize = 50;

/// The first run of the conversation to which one belongs, and whether a run of the same bot comes before it there.
pub fn first(from: &dyn Read, bot: BotId, run: RunId) -> Result<((BotId, RunId), bool), StoreError> {
    let (mut first, mut again) = ((bot, run), false);
    for _ in 0..MOST_RUNS {
        let follows = store::beginning(from, first.1)?.and_then(|begun| begun.follows);
        let Some(before) = follows else { break };
        // What was forgotten or moved from a deleted bot begins nothing any more.
        if store::record(from, before.0, before.1)?.is_none() {
            break;
        }
        again |= before.0 == bot;
        first = before;
    }
    Ok((first, again))
}

/// The runs of a conversation, in the order in which they began.
pub fn runs(from: &dyn Read, first: (BotId, RunId)) -> Result<Vec<(BotId, Found)>, StoreError> {
    let mut waiting = vec![first];
    let mut found: BTreeMap<RunId, (BotId, Found)> = BTreeMap::new();
    while let Some((bot, run)) = waiting.pop() {
        if found.len() >= MOST_RUNS || found.contains_key(&run) {
            continue;
        }
        if let Some(one) = find(from, bot, run)? {
            waiting.extend(store::following(from, run)?);
            found.insert(run, (bot, one));
        }
    }
    Ok(found.into_values().collect())
}

/// Runs of several bots, the newest first, older than `before`; with the run to go on from.
pub fn page_of(
    from: &dyn Read,
    bots: &[BotId],
    filter: &Filter,
    before: Option<RunId>,
    limit: usize,
) -> Result<(Vec<(BotId, Found)>, Option<RunId>), StoreError> {
    let mut all = Vec::new();
    // Of a bot whose page is full, older runs are not read yet: nothing older may be shown of the others.
    let mut read_to: Option<RunId> = None;
    for bot in bots {
        let (found, next) = page(from, *bot, filter, before, limit)?;
        all.extend(found.into_iter().map(|found| (*bot, found)));
        read_to = read_to.max(next);
    }
    all.retain(|(_, found)| read_to.is_none_or(|read_to| found.id >= read_to));
    all.sort_by_key(|(_, found)| std::cmp::Reverse(found.id));
    let is_cut = all.len() > limit;
    all.truncate(limit);
    let next = if is_cut { all.last().map(|(_, found)| found.id) } else { read_to };
    Ok((all, next))
}
