//! The hub of one business: reads its change log once and tells all its sockets.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use beseda_wire::ids::{BotId, BusinessId, ConversationId, UserId};
use beseda_wire::live::LiveEvent;
use tokio::sync::{Notify, broadcast, watch};

use super::Translate;
use super::backlog::{self, Frame};
use crate::store::{BusinessStore, StoreError, changes_after};

/// Frames a socket may be behind. At a hundred messages a second it is some seconds; a socket further behind
/// is faster with loading again.
const BEHIND: usize = 1_024;
/// Changes read at a time.
const BATCH: usize = 256;
/// Before the log is read again after the store failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

pub(super) struct Hub {
    business: Arc<BusinessStore>,
    translate: Arc<dyn Translate>,
    state: Mutex<State>,
    emptied: Notify,
    /// One batch at a time: a pump that was given up may still be telling its last one.
    telling: Mutex<()>,
}

struct State {
    /// Gone when the store is closed: then every socket ends.
    frames: Option<broadcast::Sender<Frame>>,
    /// The last change that was told.
    position: u64,
    next_seat: u64,
    /// Every socket, and what it shows.
    seats: HashMap<u64, Option<Viewing>>,
}

/// What a screen shows that others would like to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Conversation(ConversationId),
    /// A bot's flow in the editor.
    Bot(BotId),
}

#[derive(Clone, PartialEq)]
struct Viewing {
    place: Place,
    user: UserId,
    name: String,
}

/// What a socket gets when it joins: everything after `position` comes through `frames`.
pub(super) struct Joined {
    pub frames: broadcast::Receiver<Frame>,
    pub position: u64,
}

impl Hub {
    pub fn new(business: Arc<BusinessStore>, translate: Arc<dyn Translate>) -> Arc<Self> {
        // Not the last change of the log but the last one that was announced: what is committed between the two
        // is then told, and not lost.
        let position = *business.store.committed().borrow();
        let frames = Some(broadcast::Sender::new(BEHIND));
        let state = State { frames, position, next_seat: 0, seats: HashMap::new() };
        Arc::new(Self {
            business,
            translate,
            state: Mutex::new(state),
            emptied: Notify::new(),
            telling: Mutex::default(),
        })
    }

    pub fn business(&self) -> BusinessId {
        self.business.id
    }

    pub fn store(&self) -> &Arc<BusinessStore> {
        &self.business
    }

    pub fn translate(&self) -> &Arc<dyn Translate> {
        &self.translate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn join(self: Arc<Self>) -> (Seat, Joined) {
        let mut state = self.state();
        let number = state.next_seat;
        state.next_seat += 1;
        state.seats.insert(number, None);
        // Under the same lock as publishing, so that no frame falls between the position and the receiver.
        let joined = state.joined();
        drop(state);
        (Seat { hub: self, number }, joined)
    }

    pub fn is_empty(&self) -> bool {
        self.state().seats.is_empty()
    }

    /// Resolves when the last socket has left.
    pub async fn empty(&self) {
        self.emptied.notified().await;
    }

    /// Tells what is committed as it comes. Ends with `false` when the store is closed.
    pub async fn pump(self: Arc<Self>) -> bool {
        let mut committed: watch::Receiver<u64> = self.business.store.committed();
        loop {
            let hub = Arc::clone(&self);
            // Reading and translating is disk and processor work; screens' sockets share the other threads.
            let told = tokio::task::spawn_blocking(move || hub.tell()).await;
            match told {
                Ok(Ok(true)) => continue,
                Ok(Ok(false)) => {}
                // The store is closed, or the program ends.
                Ok(Err(StoreError::Closed)) | Err(_) => return false,
                Ok(Err(error)) => {
                    tracing::error!(%error, business.id = %self.business.id, "the live connections cannot read the log");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            }
            let position = self.state().position;
            if committed.wait_for(|last| *last > position).await.is_err() {
                return false;
            }
        }
    }

    /// Tells the next changes; says whether there may be more.
    fn tell(&self) -> Result<bool, StoreError> {
        let _one = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let position = self.state().position;
        let view = self.business.store.view()?;
        let changes = match changes_after(&view, position, BATCH) {
            // The pump stood still for longer than changes are kept.
            Err(StoreError::Forgotten { upto }) => {
                let mut state = self.state();
                state.send(Frame::of(upto, &LiveEvent::Reload));
                state.position = upto;
                return Ok(true);
            }
            changes => changes?,
        };
        let Some(last) = changes.last().map(|(number, _)| *number) else { return Ok(false) };
        let frames = backlog::translate(&*self.translate, &self.business, &view, &changes);
        drop(view);
        let mut state = self.state();
        for frame in frames {
            state.send(frame);
        }
        state.position = last;
        Ok(changes.len() >= BATCH)
    }

    /// Ends every socket: there is nothing more to tell.
    pub fn close(&self) {
        self.state().frames = None;
    }
}

impl State {
    fn joined(&self) -> Joined {
        let frames = match &self.frames {
            Some(frames) => frames.subscribe(),
            // The sender is gone at once, and the socket with it.
            None => broadcast::channel(1).1,
        };
        Joined { frames, position: self.position }
    }

    fn send(&self, frame: Frame) {
        if let Some(frames) = &self.frames {
            // Without a socket there is nobody to send to.
            drop(frames.send(frame));
        }
    }

    /// Says who is at these places now.
    fn send_viewers(&self, places: impl IntoIterator<Item = Place>) {
        for place in places {
            self.send(Frame::of(self.position, &self.viewers(place)));
        }
    }

    /// Everybody once, however many screens they have open.
    fn viewers(&self, place: Place) -> LiveEvent {
        let looking = self.seats.values().flatten().filter(|viewing| viewing.place == place);
        let people: BTreeMap<UserId, String> =
            looking.map(|viewing| (viewing.user, viewing.name.clone())).collect();
        let people = people.into_iter().collect();
        match place {
            Place::Conversation(conversation) => LiveEvent::Viewers { conversation, people },
            Place::Bot(bot) => LiveEvent::Editors { bot, people },
        }
    }
}

/// A socket's place in the hub; dropping it leaves.
pub(super) struct Seat {
    hub: Arc<Hub>,
    number: u64,
}

impl Seat {
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// A fresh start for a socket that has fallen behind.
    pub fn rejoin(&self) -> Joined {
        self.hub.state().joined()
    }

    /// Who is where now, for a socket that has just come.
    pub fn all_viewers(&self) -> Vec<LiveEvent> {
        let state = self.hub.state();
        let mut places: Vec<_> = state.seats.values().flatten().map(|viewing| viewing.place).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| state.viewers(place)).collect()
    }

    /// This socket shows a conversation or a flow now, or neither.
    pub fn view(&self, place: Option<Place>, user: UserId, name: &str) {
        let now = place.map(|place| Viewing { place, user, name: name.to_owned() });
        let mut state = self.hub.state();
        let Some(seat) = state.seats.get_mut(&self.number) else { return };
        if *seat == now {
            return;
        }
        let before = std::mem::replace(seat, now);
        let changed = before.map(|viewing| viewing.place).into_iter().chain(place);
        state.send_viewers(changed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        if let Some(Some(viewing)) = state.seats.remove(&self.number) {
            state.send_viewers([viewing.place]);
        }
        if state.seats.is_empty() {
            self.hub.emptied.notify_one();
        }
    }
}
