//! What the program does for itself now and then: forgets old webhooks.
//!
//! By tokio-cron-scheduler, in UTC: it forgets a run it missed, which is harmless here. What must not be missed is a
//! durable timer of the store instead.

use std::sync::Arc;

use beseda_wire::time::Time;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::App;
use crate::businesses;
use crate::clock::Clock;
use crate::store::{StoreError, Stores};
use crate::whatsapp::journal;

/// Journal entries removed in one transaction.
const BATCH: usize = 500;

/// Starts the schedule; it ends with the task.
pub fn start(app: &App) -> JoinHandle<()> {
    let (stores, clock) = (Arc::clone(&app.stores), app.clock.clone());
    let keep = app.settings.whatsapp.journal_retention.as_secs();
    tokio::spawn(async move {
        match schedule(stores, clock, keep).await {
            // The scheduler stops when it is dropped.
            Ok(_scheduler) => std::future::pending().await,
            Err(error) => tracing::error!(%error, "maintenance does not run"),
        }
    })
}

async fn schedule(stores: Arc<Stores>, clock: Clock, keep: i64) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let forget = Job::new_async("0 30 2 * * *", move |_, _| {
        let (stores, now) = (Arc::clone(&stores), clock.now().into());
        Box::pin(async move {
            if let Err(error) = forget_webhooks(&stores, now, keep).await {
                tracing::error!(%error, "old webhooks were not removed");
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
