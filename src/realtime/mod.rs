//! What people see at once: follows the change log of a business and tells every open screen.
//!
//! Nobody calls it. A transaction writes its change, the hub of the business reads the log, and the sockets
//! send. Each change is read, translated and written as JSON once, however many screens are open; a screen that
//! cannot keep up is told to load again instead of making the others wait.
//!
//! It knows no domain: what a change means on a screen says a [`Translate`] that `app.rs` gives. It knows no
//! web framework either: `http/live.rs` makes the connection and hands it to [`Live::serve`].

mod backlog;
mod hub;
mod metered;
mod socket;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use beseda_wire::ids::BusinessId;
use beseda_wire::live::LiveEvent;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::http::caller::Authenticator;
use crate::http::lifecycle::Lifecycle;
use crate::http::metrics::Metrics;
use crate::presence::Presence;
use crate::store::{BusinessStore, ChangeRecord, StoreError, View};
use hub::Hub;

pub use metered::Metered;
pub use socket::{SIGNED_OUT, frames_config};

/// Says what people see of a change. The view holds the change; reading the record of an id there gives its
/// newest state, which is what a screen wants.
pub trait Translate: Send + Sync + 'static {
    fn events(
        &self,
        business: &BusinessStore,
        view: &View,
        change: &ChangeRecord,
    ) -> Result<Vec<LiveEvent>, StoreError>;
}

/// How patient the sockets are.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the first frame.
    pub hello: Duration,
    /// Between two pings; also between two looks at whether the token still holds.
    pub ping: Duration,
    /// Without a sign from the other side.
    pub idle: Duration,
    /// For the other side to take what is sent.
    pub write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(5),
            ping: Duration::from_secs(25),
            idle: Duration::from_secs(60),
            write: Duration::from_secs(20),
        }
    }
}

/// What [`Live`] needs from the rest of the program.
#[derive(Clone)]
pub struct LiveParts {
    pub authenticator: Arc<dyn Authenticator>,
    pub translate: Arc<dyn Translate>,
    pub clock: Clock,
    pub lifecycle: Lifecycle,
    pub metrics: Arc<Metrics>,
    /// Told who has a screen open.
    pub presence: Presence,
    pub patience: Patience,
}

/// All open screens of the program.
pub struct Live {
    parts: LiveParts,
    hubs: Mutex<HashMap<BusinessId, Arc<Hub>>>,
    /// Moves when sign-ins may have ended: every socket then looks at its token again.
    recheck: watch::Sender<()>,
}

/// How soon after a change of the platform's store sockets look again. Short enough that a signed-out screen
/// goes dark while one looks at it, long enough that a burst of sign-ins is one look.
const SETTLE: Duration = Duration::from_millis(250);

impl Live {
    pub fn new(parts: LiveParts) -> Arc<Self> {
        Arc::new(Self { parts, hubs: Mutex::default(), recheck: watch::Sender::new(()) })
    }

    /// Makes every socket look again whether its person is still signed in and still belongs to the business.
    pub fn recheck(&self) {
        self.recheck.send_replace(());
    }

    /// Looks again whenever the platform's store, which holds sign-ins and memberships, has changed. Ends with
    /// the program.
    pub async fn follow(self: Arc<Self>, mut platform: watch::Receiver<u64>) {
        let stopping = self.parts.lifecycle.stopping();
        let follow = async {
            while platform.changed().await.is_ok() {
                self.recheck();
                tokio::time::sleep(SETTLE).await;
            }
        };
        tokio::select! {
            () = stopping => {}
            () = follow => {}
        }
    }

    /// The hub of a business, made for its first socket; with a seat in it.
    fn join(self: &Arc<Self>, business: &Arc<BusinessStore>) -> (hub::Seat, hub::Joined) {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        let hub = hubs.entry(business.id).or_insert_with(|| {
            let hub = Hub::new(Arc::clone(business), Arc::clone(&self.parts.translate));
            tokio::spawn(Arc::clone(self).run(Arc::clone(&hub)));
            hub
        });
        Arc::clone(hub).join()
    }

    /// Keeps a hub going while it has sockets, and lets go of the business's file when it has none.
    async fn run(self: Arc<Self>, hub: Arc<Hub>) {
        loop {
            tokio::select! {
                open = hub.clone().pump() => if !open { break },
                () = hub.empty() => {}
                () = self.parts.lifecycle.ended() => break,
            }
            let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
            if hub.is_empty() {
                hubs.remove(&hub.business());
                return;
            }
        }
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner).remove(&hub.business());
        hub.close();
    }
}

#[cfg(test)]
pub(crate) mod tests;
