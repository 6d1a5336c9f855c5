//! Fires a business's durable timers: each once, also those that came due while the program was off.

use std::sync::{Arc, Weak};
use std::time::Duration;

use beseda_flow::Now;
use beseda_wire::ids::ConversationId;
use beseda_wire::time::Time;

use super::automate;
use super::process::Led;
use super::runtime::{Inbox, Runtime, Wakes};
use super::talk;
use crate::bots::{self, Flows, Turn};
use crate::conversations::{Conversation, store as conversations};
use crate::customers::store as customers;
use crate::store::{StoreError, Tx, timers};

/// Timers fired in one go.
const BATCH: usize = 100;
/// The longest sleep: the clock may be set forward meanwhile.
const LONGEST: Duration = Duration::from_secs(60);

pub async fn run(inbox: Arc<Inbox>, runtime: Weak<Runtime>, wakes: Arc<Wakes>) {
    let mut stopping = inbox.stopping();
    while !*stopping.borrow() {
        let Some(held) = runtime.upgrade() else { return };
        let sleep = match fire(&inbox, &held).await {
            Ok(sleep) => sleep,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(business.id = %held.business.id, %error, "timers wait");
                LONGEST
            }
        };
        drop(held);
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = wakes.timers.notified() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Fires what is due; says how long until the next.
async fn fire(inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) -> Result<Duration, StoreError> {
    let store = &runtime.business.store;
    loop {
        let due = timers::due(&store.view()?, inbox.now(), BATCH)?;
        if due.is_empty() {
            break;
        }
        for (key, _) in due {
            let context = runtime.context(inbox)?;
            let led = store
                .write(move |tx| {
                    let now = Time::from_millis(context.now.ms);
                    // Set again or cancelled in the meantime: not due any more.
                    let Some((_, timer)) =
                        timers::due(tx, now, BATCH)?.into_iter().find(|(found, _)| *found == key)
                    else {
                        return Ok(Led::default());
                    };
                    timers::cancel(tx, &key)?;
                    if let Some(timeout) =
                        timer.read::<bots::Timeout>().filter(|_| timer.kind == bots::TIMEOUT)
                    {
                        return turn(tx, &context, timeout.conversation, |tx, flows, thread, now| {
                            bots::on_timeout(tx, flows, thread, timeout.token, now)
                        });
                    }
                    if let Some(together) =
                        timer.read::<bots::Together>().filter(|_| timer.kind == bots::TOGETHER)
                    {
                        return turn(tx, &context, together.conversation, bots::on_together);
                    }
                    if let Some(scheduled) = timer.read().filter(|_| timer.kind == automate::SCHEDULE) {
                        return automate::due(tx, &context, &scheduled);
                    }
                    if let Some(one) = timer.read().filter(|_| timer.kind == automate::TURN) {
                        return automate::turn(tx, &context, &one);
                    }
                    tracing::warn!(kind = timer.kind, "a timer of an unknown kind was dropped");
                    Ok(Led::default())
                })
                .await?;
            runtime.follow(inbox, led);
        }
    }
    let next = timers::next_due(&store.view()?)?;
    let wait = next.map_or(i64::MAX, |due| due.millis_since(inbox.now()).max(1));
    Ok(Duration::from_millis(wait.unsigned_abs()).min(LONGEST))
}

/// A bot's turn that no message of the customer's led to.
pub(super) fn turn(
    tx: &mut Tx<'_>,
    context: &super::process::Context,
    conversation: ConversationId,
    take: impl FnOnce(&mut Tx<'_>, &Flows, &mut Conversation, Now) -> Result<Option<Turn>, StoreError>,
) -> Result<Led, StoreError> {
    let mut led = Led::default();
    let Some(before) = conversations::get(tx, conversation)? else { return Ok(led) };
    let mut after = before.clone();
    let Some(turn) = take(tx, &context.flows, &mut after, context.now)? else { return Ok(led) };
    let (actor, now) = (turn.actor.clone(), Time::from_millis(context.now.ms));
    led.timers = turn.timers;
    led.calls = turn.calls;
    let typing = turn.typing;
    let said = match customers::get(tx, after.customer)? {
        Some(customer) => talk::carry_out(tx, &mut after, &customer, turn, now)?,
        None => Vec::new(),
    };
    led.say(said, typing, after.number, after.last_in_wamid.as_deref());
    conversations::put_announced(tx, Some(&before), &after, &actor, now)?;
    Ok(led)
}
