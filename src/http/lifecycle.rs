//! Running, stopping, ended: how the parts of the server agree on when to stop, and wait for each other.
//!
//! The order of a shutdown is: `/readyz` says 503 and no new connection is taken; live sockets are closed with
//! 1001; requests under way are answered; after at most `shutdown_seconds` what is left is cut off. All of it
//! follows from one [`Lifecycle::stop`].

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Stopping,
    Ended,
}

/// A handle to the program's life; cheap to clone, all clones are one.
#[derive(Clone)]
pub struct Lifecycle {
    phase: watch::Sender<Phase>,
    holds: watch::Sender<()>,
}

/// Something the shutdown waits for: a connection, a live socket. Dropping it lets go.
pub struct Hold {
    _held: watch::Receiver<()>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Running), holds: watch::Sender::new(()) }
    }
}

impl Lifecycle {
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the shutdown. A second call does nothing.
    pub fn stop(&self) {
        self.phase.send_if_modified(|phase| {
            let first = *phase == Phase::Running;
            *phase = (*phase).max(Phase::Stopping);
            first
        });
    }

    pub fn is_stopping(&self) -> bool {
        *self.phase.borrow() >= Phase::Stopping
    }

    /// Resolves when the shutdown has begun.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::Stopping)
    }

    /// Resolves when whatever still runs is cut off.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::Ended)
    }

    pub fn hold(&self) -> Hold {
        Hold { _held: self.holds.subscribe() }
    }

    /// Waits until nothing is held, at most `limit`; then ends what is left. Says whether all was done in time.
    pub async fn drained(&self, limit: Duration) -> bool {
        let in_time = tokio::time::timeout(limit, self.holds.closed()).await.is_ok();
        self.phase.send_replace(Phase::Ended);
        in_time
    }

    fn reached(&self, phase: Phase) -> impl Future<Output = ()> + Send + use<> {
        let mut watched = self.phase.subscribe();
        async move {
            // An error means that every handle is gone, which is an end as well.
            drop(watched.wait_for(|now| *now >= phase).await);
        }
    }
}
