//! What the program does for itself now and then: forgets old webhooks and old runs of bots.
//!
//! By tokio-cron-scheduler, in UTC: it forgets a run it missed, which is harmless here. What must not be missed is a
//! durable timer of the store instead.

use std::sync::Arc;

use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::App;
use crate::bots::results;
use crate::businesses;
use crate::clock::Clock;
use crate::store::{StoreError, Stores};
use crate::whatsapp::journal;

/// Journal entries removed in one transaction.
const BATCH: usize = 500;

/// Starts the schedule; it ends with the task.
pub fn start(app: &App) -> JoinHandle<()> {
    let (stores, clock) = (Arc::clone(&app.stores), app.clock.clone());
    let keep = Keep {
        webhooks: app.settings.whatsapp.journal_retention.as_secs(),
        runs: app.settings.bots.results_retention.as_secs(),
    };
    tokio::spawn(async move {
        match schedule(stores, clock, keep).await {
            // The scheduler stops when it is dropped.
            Ok(_scheduler) => std::future::pending().await,
            Err(error) => tracing::error!(%error, "maintenance does not run"),
        }
    })
}

/// How long what is kept, in seconds.
#[derive(Clone, Copy)]
struct Keep {
    webhooks: i64,
    runs: i64,
}

async fn schedule(stores: Arc<Stores>, clock: Clock, keep: Keep) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let forget = Job::new_async("0 30 2 * * *", move |_, _| {
        let (stores, now) = (Arc::clone(&stores), clock.now().into());
        Box::pin(async move {
            if let Err(error) = forget_webhooks(&stores, now, keep.webhooks).await {
                tracing::error!(%error, "old webhooks were not removed");
            }
            if let Err(error) = forget_runs(&stores, now, keep.runs).await {
                tracing::error!(%error, "old runs of bots were not removed");
            }
        })
    })?;
    scheduler.add(forget).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Removes webhooks that were received more than `keep` seconds ago.
async fn forget_webhooks(stores: &Stores, now: Time, keep: i64) -> Result<(), StoreError> {
    let cutoff = now.plus_seconds(-keep);
    for business in businesses::store::all(&stores.platform().view()?)? {
        let opened = stores.business(business.id, now)?;
        while opened.store.write(move |tx| journal::store::forget(tx, cutoff, BATCH)).await? == BATCH {}
    }
    Ok(())
}

/// Counts what happened in the runs of bots, and removes those that moved last more than `keep` seconds ago.
async fn forget_runs(stores: &Stores, now: Time, keep: i64) -> Result<(), StoreError> {
    for business in businesses::store::all(&stores.platform().view()?)? {
        let zone = TimeZone::get(&business.time_zone).unwrap_or(TimeZone::UTC);
        let opened = stores.business(business.id, now)?;
        results::forget(&opened.store, &zone, now.plus_seconds(-keep), now).await?;
    }
    Ok(())
}
