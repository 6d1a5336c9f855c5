//! Makes the calls that runs wait for: requests, e-mails, questions to language models. Each once.
//!
//! A call is a row that is marked before it begins. After a crash nobody knows how far a marked one came; the run takes
//! its way for what failed, except where asking again changes nothing. That is the flow's to handle: to make a call
//! twice could order a second taxi.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use beseda_flow::{Call, CallFault, HttpCall, Method, Outcome};
use beseda_wire::connections::ConnectionKind;
use beseda_wire::ids::ConversationId;
use tokio::sync::Semaphore;

use super::runtime::{Inbox, Runtime, Wakes};
use super::{summaries, timers};
use crate::bots::outside::{Means, Said};
use crate::bots::{self, PendingCall, connections, store};
use crate::crypto::Secret;
use crate::store::{Read, StoreError, Tx};

/// Calls under way at once, per business: a service that hangs must not take all there is.
const AT_ONCE: usize = 32;
/// Rows looked at in one go.
pub(super) const BATCH: usize = 1_000;
/// How long the calls wait after the store failed.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

pub async fn run(inbox: Arc<Inbox>, runtime: Weak<Runtime>, wakes: Arc<Wakes>) {
    let mut stopping = inbox.stopping();
    let (under_way, summed_up) = (Arc::new(UnderWay::default()), Arc::new(UnderWay::default()));
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while !*stopping.borrow() {
        let Some(held) = runtime.upgrade() else { return };
        let begun = begin(&inbox, &held, &under_way, &room)
            .and_then(|()| summaries::begin(&inbox, &held, &summed_up, &room));
        drop(held);
        match begun {
            Ok(()) => tokio::select! {
                () = wakes.calls.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            },
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "calls of flows wait");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// What this program is at work on: the threads, and which of the works of each.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<HashSet<(ConversationId, u64)>>);

impl UnderWay {
    /// Does it beside everything else, when there is room; nothing when it is under way.
    pub fn run<W>(
        self: &Arc<Self>,
        room: &Arc<Semaphore>,
        (conversation, token): (ConversationId, u64),
        work: impl FnOnce() -> W,
    ) where
        W: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        if !self.works().insert((conversation, token)) {
            return;
        }
        let (under_way, room, work) = (Arc::clone(self), Arc::clone(room), work());
        tokio::spawn(async move {
            let permit = room.acquire().await;
            if let Err(error) = work.await {
                tracing::error!(conversation.id = %conversation, %error, "what came from outside was not kept");
            }
            drop(permit);
            under_way.works().remove(&(conversation, token));
        });
    }

    fn works(&self) -> MutexGuard<'_, HashSet<(ConversationId, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins the calls that nobody makes yet.
fn begin(
    inbox: &Arc<Inbox>,
    runtime: &Arc<Runtime>,
    under_way: &Arc<UnderWay>,
    room: &Arc<Semaphore>,
) -> Result<(), StoreError> {
    for (conversation, pending) in store::calls(&runtime.business.store.view()?, BATCH)? {
        // That one is somebody else's to make.
        if matches!(pending.call, Call::Incoming) {
            continue;
        }
        under_way.run(room, (conversation, pending.token), || {
            make(Arc::clone(inbox), Arc::clone(runtime), conversation, pending)
        });
    }
    Ok(())
}

async fn make(
    inbox: Arc<Inbox>,
    runtime: Arc<Runtime>,
    conversation: ConversationId,
    pending: PendingCall,
) -> Result<(), StoreError> {
    let outcome = if pending.started && !may_be_made_again(&pending.call) {
        Outcome::Failed { reason: CallFault::Stopped.into() }
    } else {
        let begun = PendingCall { started: true, ..pending.clone() };
        let write = move |tx: &mut Tx<'_>| {
            // The run may have gone on meanwhile.
            let waits = store::call(tx, conversation)?.is_some_and(|known| known.token == begun.token);
            if waits {
                store::put_call(tx, conversation, &begun)?;
            }
            Ok::<_, StoreError>(waits)
        };
        if !runtime.business.store.write(write).await? {
            return Ok(());
        }
        match means(&inbox, &runtime, &pending.call) {
            Ok(means) => inbox.options.outside.make(&pending.call, &means).await,
            Err(fault) => Outcome::Failed { reason: fault.into() },
        }
    };
    returned(&inbox, &runtime, conversation, pending.token, outcome).await.map(drop)
}

/// Gives what came of a call to the run that waits for it; says whether one did.
pub async fn returned(
    inbox: &Arc<Inbox>,
    runtime: &Arc<Runtime>,
    conversation: ConversationId,
    token: u64,
    outcome: Outcome,
) -> Result<bool, StoreError> {
    let context = runtime.context(inbox)?;
    let write = move |tx: &mut Tx<'_>| {
        let waits = store::call(tx, conversation)?.is_some_and(|known| known.token == token);
        if !waits {
            return Ok(None);
        }
        store::remove_call(tx, conversation);
        let outcome = outcome.clone();
        timers::turn(tx, &context, conversation, |tx, flows, thread, now| {
            bots::on_return(tx, flows, thread, token, outcome, now)
        })
        .map(Some)
    };
    let Some(led) = runtime.business.store.write(write).await? else { return Ok(false) };
    runtime.follow(inbox, led);
    Ok(true)
}

/// Makes a request for somebody who looks at its answer. No run waits for it, so nothing is kept of it.
pub async fn show(inbox: &Inbox, runtime: &Runtime, call: &HttpCall) -> Result<Said, CallFault> {
    let view = runtime.business.store.view().map_err(|error| internal(&error))?;
    let means = Means { secrets: secrets(inbox, runtime, &view, call)?, connection: None };
    inbox.options.outside.show(call, &means).await
}

/// A request that asks and changes nothing.
fn may_be_made_again(call: &Call) -> bool {
    match call {
        Call::Http(call) => {
            matches!(call.method, Method::Get | Method::Head | Method::Options | Method::Trace)
        }
        Call::AiAnswer(_) | Call::AiExtract(_) => true,
        _ => false,
    }
}

/// What the call may use, opened.
pub(super) fn means(inbox: &Inbox, runtime: &Runtime, call: &Call) -> Result<Means, CallFault> {
    let view = runtime.business.store.view().map_err(|error| internal(&error))?;
    let mut means = Means::default();
    match call {
        Call::Http(call) => means.secrets = secrets(inbox, runtime, &view, call)?,
        Call::Email(_) => means.connection = first(inbox, runtime, &view, None, ConnectionKind::Email)?,
        Call::AiAnswer(call) | Call::AiExtract(call) => {
            means.connection = first(inbox, runtime, &view, call.connection.as_deref(), ConnectionKind::Ai)?;
        }
        _ => {}
    }
    Ok(means)
}

/// The secrets that a request names, opened.
fn secrets(
    inbox: &Inbox,
    runtime: &Runtime,
    view: &dyn Read,
    call: &HttpCall,
) -> Result<Vec<(String, Secret)>, CallFault> {
    let texts = [&call.url].into_iter().chain(call.headers.iter().map(|(_, value)| value)).chain(&call.body);
    let mut opened = Vec::new();
    for name in texts.flat_map(beseda_flow::Sealed::secrets) {
        if let Some(secret) = open(inbox, runtime, view, name, ConnectionKind::Secret)?.1 {
            opened.push((name.to_owned(), secret));
        }
    }
    Ok(opened)
}

type Opened = (connections::Connection, Option<Secret>);

/// The connection of this name, or the first of its kind.
fn first(
    inbox: &Inbox,
    runtime: &Runtime,
    view: &dyn Read,
    name: Option<&str>,
    kind: ConnectionKind,
) -> Result<Option<Opened>, CallFault> {
    let name = if let Some(name) = name {
        Some(name.to_owned())
    } else {
        let all = store::connections(view).map_err(|error| internal(&error))?;
        all.into_iter().find(|(_, one)| one.kind == kind).map(|(name, _)| name)
    };
    name.map(|name| open(inbox, runtime, view, &name, kind)).transpose()
}

fn open(
    inbox: &Inbox,
    runtime: &Runtime,
    view: &dyn Read,
    name: &str,
    kind: ConnectionKind,
) -> Result<Opened, CallFault> {
    let found = store::connection(view, name).map_err(|error| internal(&error))?;
    let missing = || match kind {
        ConnectionKind::Secret => CallFault::NoSecret { name: name.to_owned() },
        ConnectionKind::Ai | ConnectionKind::Email => CallFault::NoConnection { name: name.to_owned() },
    };
    let found = found.filter(|found| found.kind == kind).ok_or_else(missing)?;
    let secret = connections::open(&inbox.keys, runtime.business.id, name, &found);
    Ok((found, secret.map_err(|error| internal(&error))?))
}

fn internal(error: &dyn fmt::Display) -> CallFault {
    CallFault::Internal { said: error.to_string() }
}
