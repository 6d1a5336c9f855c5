//! A store: one file, one writer thread with group commit, any number of readers.
//!
//! Jobs queue up while a commit is on its way to the disk and then share the next one, so the fsyncs per
//! second stay few however many callers there are. What somebody outside waits for (a webhook that is to be
//! acknowledged) goes before what the program does on its own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::changes::{self, CHANGES, ChangeRecord};
use super::engine::{Engine, RowKey, Snapshot, WriteSet};
use super::logged_engine::LoggedEngine;
use super::queue::{Queue, Urgency};
use super::tx::SLOW;
use super::{Key, Order, Schema, StoreError, Tx, View, schema};
use crate::memory;

/// Jobs that share one commit at most.
const BATCH_JOBS: usize = 1_000;
/// Bytes of keys and values after which a batch is committed.
const BATCH_BYTES: usize = 8 << 20;
/// How long a batch that holds urgent jobs works on others: these fall behind under a flood of webhooks, and do
/// not stand still.
const OTHERS: Duration = Duration::from_millis(1);

/// Those who were answered together come again one after another, and a batch that began with the first of them would
/// pay for a sync of a few. So a batch waits until half as many are there as were in the last one, and so long at most:
/// as long as a sync takes on a disk of flash.
const GATHER: Duration = Duration::from_micros(300);
/// After a batch of fewer nobody waits.
const CROWD: usize = 8;

/// A handle to a store; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Arc<dyn Engine>,
    queue: Arc<Queue<Box<dyn Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    committed: watch::Receiver<u64>,
    /// How many bytes were refused and not taken since; 0 when all is well.
    refused: Arc<AtomicUsize>,
    /// Held by every view: a file is not closed under somebody who reads it.
    views: Arc<()>,
}

impl Store {
    /// Opens or makes the file, brings it to the schema's version and starts its writer thread.
    pub fn open(file: &Path, bytes: usize, schema: &Schema) -> Result<Self, StoreError> {
        Self::over(LoggedEngine::open(file, bytes)?, file, schema)
    }

    pub(super) fn over(engine: LoggedEngine, file: &Path, schema: &Schema) -> Result<Self, StoreError> {
        if let Err(error) = schema.bring_forward(&engine, file) {
            // Lets go of the file: whoever puts it right opens it again.
            engine.close();
            return Err(error);
        }
        Self::start(Arc::new(engine))
    }

    pub(super) fn start(engine: Arc<dyn Engine>) -> Result<Self, StoreError> {
        let last =
            CHANGES.first(&View::of(engine.snapshot()?), &(), Order::Descending)?.map_or(0, |(seq, _)| seq);
        let (announce, committed) = watch::channel(last);
        let queue = Arc::new(Queue::default());
        let refused = Arc::new(AtomicUsize::new(0));
        let writer = Writer {
            engine: Arc::clone(&engine),
            queue: Arc::clone(&queue),
            next_change: last + 1,
            announce,
            refused: Arc::clone(&refused),
            unsure: false,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            engine,
            queue,
            thread: Mutex::new(Some(thread)),
            committed,
            refused,
            views: Arc::default(),
        })))
    }

    /// Runs the closure in a transaction and returns when it is on the disk. An error undoes it.
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.submit(run).await
    }

    /// Like [`Self::write`], but before everything else that waits: for what is small and keeps somebody
    /// outside waiting. `bytes` is what it holds in memory while it waits.
    pub async fn write_first<T, E, F>(&self, bytes: usize, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(Urgency::Urgent, bytes, run).await
    }

    /// Like [`Self::write`], but takes its place in the queue at once: writes submitted one after another
    /// run in that order, whenever their results are awaited.
    pub fn submit<T, E, F>(&self, run: F) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.enqueue(Urgency::Usual, 0, run)
    }

    fn enqueue<T, E, F>(&self, urgency: Urgency, bytes: usize, run: F) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        let job = Box::new(ClosureJob { run, result: None, answer });
        match self.0.queue.push(urgency, bytes, job) {
            Ok(()) => Pending { receiver: Some(receiver), refused: None },
            Err(error) => Pending { receiver: None, refused: Some(error) },
        }
    }

    /// A consistent view of what is committed.
    pub fn view(&self) -> Result<View, StoreError> {
        let snapshot = self.0.engine.snapshot()?;
        Ok(View { snapshot, _open: Some(Arc::clone(&self.0.views)) })
    }

    /// Whether writes fail: the disk is full, or worse.
    pub fn is_failing(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed) > 0
    }

    /// Whether more is written than can be put in its place. What can wait does, so that what is urgent need not.
    pub fn is_crowded(&self) -> bool {
        self.0.engine.is_crowded()
    }

    /// Finds out whether the store takes writes again, by writing as much as it has refused: on a full disk there is
    /// still room for a little.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let bytes = self.0.refused.load(Ordering::Relaxed);
        if bytes == 0 {
            return Ok(());
        }
        self.write(move |tx| schema::trial(tx, bytes)).await?;
        self.write(|tx| {
            schema::end_trial(tx);
            Ok(())
        })
        .await
    }

    /// What fails behind the writes, which are taken for now: the next that fails may be one of them. Blocks.
    pub(super) fn trouble_behind(&self) -> Option<StoreError> {
        self.0.engine.trouble()
    }

    pub(super) fn failures_behind(&self) -> u64 {
        self.0.engine.failures()
    }

    /// Whether somebody else has a handle or a view.
    pub(super) fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1 || Arc::strong_count(&self.0.views) > 1
    }

    /// Announces the number of the last change after each commit that has some, before the writers are answered.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.0.committed.clone()
    }

    /// Copies a consistent state into a new file, while writes go on.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.0.engine.copy_to(path)
    }

    /// Takes no more writes, finishes those that wait, and closes the file. Blocks; a second call does
    /// nothing.
    pub fn close(&self) {
        self.0.queue.close();
        let thread = self.0.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = thread {
            if thread.join().is_err() {
                tracing::error!("the store's writer thread panicked");
            }
            self.0.engine.close();
        }
    }
}

/// The result of a submitted write. Dropping it does not undo the write.
pub struct Pending<T, E> {
    receiver: Option<oneshot::Receiver<Result<T, E>>>,
    refused: Option<StoreError>,
}

impl<T, E: From<StoreError>> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.receiver {
            Some(receiver) => match Pin::new(receiver).poll(context) {
                Poll::Ready(Ok(result)) => Poll::Ready(result),
                // The writer dropped the job unanswered: it is shutting down.
                Poll::Ready(Err(_)) => Poll::Ready(Err(StoreError::Closed.into())),
                Poll::Pending => Poll::Pending,
            },
            None => Poll::Ready(Err(self.refused.take().unwrap_or(StoreError::Closed).into())),
        }
    }
}

/// A queued write, its types erased.
trait Job: Send {
    /// Runs it; says whether its writes shall be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// It failed outside of its closure; its writes are dropped.
    fn refused(&mut self, error: StoreError);
    /// Answers the caller, after the batch was committed or not.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct ClosureJob<T, E, F> {
    run: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for ClosureJob<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.run)(tx);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn refused(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (self.result, committed) {
            // Also when nothing of the batch was run, because the store could not even be read.
            (Some(Ok(_)) | None, Err(error)) => Err(error.into()),
            (Some(result), _) => result,
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        // The caller may be gone; the write stands all the same.
        drop(self.answer.send(result));
    }
}

struct Writer {
    engine: Arc<dyn Engine>,
    queue: Arc<Queue<Box<dyn Job>>>,
    next_change: u64,
    announce: watch::Sender<u64>,
    /// How many bytes were refused and not taken since; 0 when all is well.
    refused: Arc<AtomicUsize>,
    /// A commit failed, and may be on the disk all the same: then its changes have the next numbers.
    unsure: bool,
}

impl Writer {
    fn run(mut self) {
        let mut last = 0;
        while let Some(first) = self.queue.wait(memory::QUIET, memory::give_back) {
            if last >= CROWD {
                self.queue.gather(last / 2, GATHER);
            }
            last = self.batch(first);
        }
    }

    /// Runs the jobs that wait, beginning with this one, and commits them together. Says how many they were.
    fn batch(&mut self, (mut urgency, first): (Urgency, Box<dyn Job>)) -> usize {
        let mut done: Vec<Box<dyn Job>> = Vec::new();
        let mut rows = WriteSet::new();
        let mut changes = Vec::new();
        let mut bytes = 0;
        let mut others = Duration::ZERO;
        let mut holds_urgent = false;
        let committed = match self.snapshot() {
            Err(error) => {
                done.push(first);
                Err(error)
            }
            Ok(base) => {
                let mut next = Some(first);
                while let Some(mut job) = next.take() {
                    holds_urgent |= urgency == Urgency::Urgent;
                    let mut tx = Tx::new(&*base, &rows);
                    // One that is urgent is small: a flood of them pays nothing for being watched.
                    let started = (urgency == Urgency::Usual).then(Instant::now);
                    let keep = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or_else(|panic| {
                        job.refused(StoreError::Panicked(panic_message(&*panic)));
                        false
                    });
                    if let Some(took) = started.map(|started| started.elapsed()) {
                        others += took;
                        if took > SLOW {
                            tracing::warn!(took_ms = took.as_millis(), "a transaction was slow");
                        }
                    }
                    if keep {
                        let mut written = tx.finish();
                        changes.append(&mut written.changes);
                        for (key, value) in written.rows {
                            bytes += key.len() + value.as_ref().map_or(0, Vec::len);
                            rows.insert(key, value);
                        }
                    }
                    done.push(job);
                    let following = if done.len() < BATCH_JOBS && bytes < BATCH_BYTES {
                        self.queue.next(holds_urgent && others > OTHERS)
                    } else if urgency == Urgency::Urgent && others.is_zero() {
                        // The last place is another's: a flood of webhooks must not leave them all unprocessed.
                        self.queue.next_usual()
                    } else {
                        None
                    };
                    if let Some((next_urgency, job)) = following {
                        (urgency, next) = (next_urgency, Some(job));
                    }
                }
                drop(base);
                self.commit(rows, changes)
            }
        };
        let refused = self.refused.load(Ordering::Relaxed);
        if committed.is_err() {
            self.refused.store(refused.max(bytes).max(1), Ordering::Relaxed);
        } else if refused > 0 && bytes >= refused {
            self.refused.store(0, Ordering::Relaxed);
        }
        if let Err(error) = &committed {
            tracing::error!(%error, writes = done.len(), "a batch of writes was not kept");
            self.unsure = true;
        }
        // Before the answers: whoever was answered finds what they did announced.
        let last = self.next_change - 1;
        if !self.unsure && last > *self.announce.borrow() {
            self.announce.send_replace(last);
        }
        let count = done.len();
        for job in done {
            job.answer(committed.clone());
        }
        count
    }

    /// Commits a batch, with what its jobs changed in one row of the change log.
    fn commit(&mut self, mut rows: WriteSet, changes: Vec<ChangeRecord>) -> Result<(), StoreError> {
        if !changes.is_empty() {
            let mut key = RowKey::from_slice(&CHANGES.tag().to_be_bytes());
            self.next_change.encode(&mut key);
            rows.insert(key, Some(changes::row(changes)?));
            self.next_change += 1;
        }
        if rows.is_empty() { Ok(()) } else { self.engine.commit(rows) }
    }

    fn snapshot(&mut self) -> Result<Box<dyn Snapshot>, StoreError> {
        let base = self.engine.snapshot()?;
        if self.unsure {
            let last = CHANGES.first(&Tx::new(&*base, &WriteSet::new()), &(), Order::Descending)?;
            self.next_change = last.map_or(1, |(seq, _)| seq + 1);
            self.unsure = false;
        }
        Ok(base)
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
