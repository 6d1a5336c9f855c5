//! What the program does for itself every night: forgets old webhooks, old runs of bots and old changes, and removes files
//! that nothing names.
//!
//! By tokio-cron-scheduler, in UTC: it forgets a run it missed, which is harmless here. What must not be missed is a
//! durable timer of the store instead. Whoever needs the room now does not wait for the night: `beseda maintenance`.
//!
//! Everything goes in steps of some hundred rows, each a transaction of its own, so that nobody waits for it.

use std::fmt;
use std::sync::Arc;

use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::bots::results;
use crate::businesses::{self, Business};
use crate::clock::Clock;
use crate::config::Settings;
use crate::store::{BlobError, Store, StoreError, Stores, Tx, forget_changes, straggler, sweep};
use crate::whatsapp::journal;

/// Rows removed in one transaction.
const BATCH: usize = 500;

/// The nightly work. Cheap to clone.
#[derive(Clone)]
pub struct Maintenance {
    stores: Arc<Stores>,
    keep: Keep,
    /// One run at a time.
    running: Arc<Mutex<()>>,
}

/// How long what is kept, in seconds.
#[derive(Clone, Copy)]
struct Keep {
    webhooks: i64,
    runs: i64,
    changes: i64,
    files: i64,
}

/// What a run has removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub webhooks: usize,
    /// Rows of change logs.
    pub changes: usize,
    /// Change logs that are not shortened, because something that follows them stays behind; the log says what.
    pub held: usize,
    pub files: usize,
    /// Of those files.
    pub bytes: u64,
    /// Parts of the work that failed; the log says why.
    pub failures: usize,
}

impl Maintenance {
    pub fn new(stores: Arc<Stores>, settings: &Settings) -> Self {
        let keep = Keep {
            webhooks: settings.whatsapp.journal_retention.as_secs(),
            runs: settings.bots.results_retention.as_secs(),
            changes: settings.storage.changes_retention.as_secs(),
            files: settings.storage.unused_files.as_secs(),
        };
        Self { stores, keep, running: Arc::default() }
    }

    /// Starts the schedule; it ends with the task.
    pub fn start(&self, clock: Clock) -> JoinHandle<()> {
        let maintenance = self.clone();
        tokio::spawn(async move {
            match maintenance.schedule(clock).await {
                // The scheduler stops when it is dropped.
                Ok(_scheduler) => std::future::pending().await,
                Err(error) => tracing::error!(%error, "maintenance does not run"),
            }
        })
    }

    async fn schedule(self, clock: Clock) -> Result<JobScheduler, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        let nightly = Job::new_async("0 30 2 * * *", move |_, _| {
            let (maintenance, now) = (self.clone(), clock.now().into());
            Box::pin(async move {
                maintenance.run(now).await;
            })
        })?;
        scheduler.add(nightly).await?;
        scheduler.start().await?;
        Ok(scheduler)
    }

    /// Does everything once. What fails for one business is logged, and the others are served.
    pub async fn run(&self, now: Time) -> Removed {
        let _one = self.running.lock().await;
        let mut removed = Removed::default();
        let kept = self.old_changes(None, self.stores.platform(), now, &mut removed).await;
        removed.note("the platform's old changes", kept);
        let all = self.stores.platform().view().and_then(|view| businesses::store::all(&view));
        let businesses = all.unwrap_or_else(|error| {
            removed.note("the businesses", Err(error));
            Vec::new()
        });
        for business in &businesses {
            let kept = self.of_business(business, now, &mut removed).await;
            removed.note(&format!("what business {} no longer keeps", business.id), kept);
        }
        tracing::info!(%removed, "maintenance is done");
        removed
    }

    async fn of_business(
        &self,
        business: &Business,
        now: Time,
        removed: &mut Removed,
    ) -> Result<(), BlobError> {
        let opened = self.stores.business(business.id, now)?;
        let store = &opened.store;
        let cutoff = now.plus_seconds(-self.keep.webhooks);
        removed.webhooks += in_steps(store, move |tx| journal::store::forget(tx, cutoff, BATCH)).await?;
        let zone = TimeZone::get(&business.time_zone).unwrap_or(TimeZone::UTC);
        results::forget(store, &zone, now.plus_seconds(-self.keep.runs), now).await?;
        self.old_changes(Some(business.id), store, now, removed).await?;
        // After what may have named them.
        let swept = sweep::sweep(&opened, self.keep.files, now).await?;
        removed.files += swept.files;
        removed.bytes += swept.bytes;
        Ok(())
    }

    /// Those of a business, or of the platform. What keeps them is told once, and again when it was right in between.
    async fn old_changes(
        &self,
        of: Option<BusinessId>,
        store: &Store,
        now: Time,
        removed: &mut Removed,
    ) -> Result<(), StoreError> {
        let cutoff = now.plus_seconds(-self.keep.changes);
        removed.changes += in_steps(store, move |tx| forget_changes(tx, cutoff, BATCH)).await?;
        let found = straggler(&store.view()?, cutoff)?;
        removed.held += usize::from(found.is_some());
        let business = of.map(|id| id.to_string());
        match (self.stores.note_straggler(of, found.clone()), found) {
            (false, _) => {}
            (true, Some(straggler)) => tracing::error!(
                follower = straggler.follower,
                commits = straggler.commits,
                since = %straggler.since,
                business,
                "a follower stays behind, and the change log grows until it goes on"
            ),
            (true, None) => tracing::info!(business, "the change log is shortened again"),
        }
        Ok(())
    }
}

/// Repeats a step until it finds less than a whole batch; says how much it found.
async fn in_steps<F>(store: &Store, step: F) -> Result<usize, StoreError>
where
    F: FnMut(&mut Tx<'_>) -> Result<usize, StoreError> + Clone + Send + 'static,
{
    let mut all = 0;
    loop {
        let some = store.write(step.clone()).await?;
        all += some;
        if some < BATCH {
            return Ok(all);
        }
    }
}

impl Removed {
    fn note(&mut self, what: &str, outcome: Result<(), impl fmt::Display>) {
        if let Err(error) = outcome {
            tracing::error!(%error, what, "was not removed");
            self.failures += 1;
        }
    }
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { webhooks, changes, files, bytes, held, .. } = self;
        write!(f, "webhooks: {webhooks}, changes: {changes}, files: {files} ({} MB)", bytes >> 20)?;
        if *held > 0 {
            write!(f, "; {held} change logs are held by what follows them, see the log")?;
        }
        if self.failures > 0 { write!(f, "; {} parts failed, see the log", self.failures) } else { Ok(()) }
    }
}
