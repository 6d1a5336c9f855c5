//! Follows the change log for the flows that begin when something happens to a customer, and sets the timers of those that
//! begin by the clock.
//!
//! As long as no flow waits for events nothing is read. A flow that is published begins with what happens from then on.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};
use std::time::Duration;

use beseda_flow::Occurrence;
use beseda_wire::ids::{BotId, ConversationId, CustomerId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::begin;
use super::process::{Context, Led};
use super::runtime::{Inbox, Runtime};
use crate::bots::{self, Happened, Published};
use crate::conversations::store as conversations;
use crate::customers::{CustomerChanged, store as customers};
use crate::store::{
    Actor, ChangeRecord, Read, StoreError, Tx, changes_after, follower_position, remove_follower,
    set_follower_position, timers,
};

/// The follower's name; stored.
const FOLLOWER: &str = "automations";
/// The kinds of the timers of a schedule, and of one customer whose turn it is.
pub const SCHEDULE: &str = "bot.schedule";
pub const TURN: &str = "bot.turn";
/// Changes read in one go.
const BATCH: usize = 500;
/// After a change its neighbours are waited for: nobody waits for an automation as for an answer.
const GATHER: Duration = Duration::from_millis(50);
/// How long the follower waits after the store failed.
const AGAIN: Duration = Duration::from_secs(1);
/// Runs that happenings begin with one customer in a minute at most: two flows that set each other off would go on for
/// ever.
const MOST: u32 = 5;
/// Customers for whom a schedule begins at once; the rest follow, so many every second, as WhatsApp takes them.
const A_SECOND: i64 = 20;

/// What the timer of a schedule knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scheduled {
    pub bot: BotId,
    pub trigger: String,
}

/// What the timer of one customer's turn knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OneTurn {
    pub conversation: ConversationId,
    /// The bot by its id: two may have flows that are called the same. In older timers its flow's.
    pub flow: String,
    pub trigger: String,
}

pub async fn run(inbox: Arc<Inbox>, runtime: Weak<Runtime>) {
    let mut stopping = inbox.stopping();
    let Some(mut committed) = runtime.upgrade().map(|held| held.business.store.committed()) else { return };
    let mut follower = Follower::default();
    while !*stopping.borrow() {
        committed.borrow_and_update();
        let Some(held) = runtime.upgrade() else { return };
        let round = follower.round(&inbox, &held).await;
        drop(held);
        match round {
            Ok(true) => continue,
            Ok(false) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "automations wait");
                tokio::time::sleep(AGAIN).await;
            }
        }
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { return },
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

#[derive(Default)]
struct Follower {
    /// The bots that answered when the timers were set last, with their versions.
    known: Option<Vec<(BotId, u32)>>,
    /// How many runs began with a customer in this minute.
    begun: HashMap<CustomerId, u32>,
    minute: i64,
}

impl Follower {
    /// Takes in what has changed; says whether there may be more.
    async fn round(&mut self, inbox: &Arc<Inbox>, runtime: &Arc<Runtime>) -> Result<bool, StoreError> {
        let store = &runtime.business.store;
        let view = store.view()?;
        let published = runtime.flows.published(&view)?;
        let answering: Vec<_> =
            published.answering.iter().map(|(bot, version, _)| (*bot, *version)).collect();
        if self.known.as_ref() != Some(&answering) {
            drop(view);
            let context = runtime.context(inbox)?;
            let now_published = Arc::clone(&published);
            let led = store.write(move |tx| set_schedules(tx, &context, &now_published)).await?;
            runtime.follow(inbox, led);
            self.known = Some(answering);
            return Ok(true);
        }
        let position = follower_position(&view, FOLLOWER)?;
        if !published.answering.iter().any(|(_, _, flow)| flow.waits_for_events()) {
            if position > 0 {
                // Who waits for nothing has missed nothing: a flow that is published in a year must not begin with
                // what happens now, and the log need not be kept for it.
                let leave = |tx: &mut Tx<'_>| {
                    remove_follower(tx, FOLLOWER);
                    Ok::<_, StoreError>(())
                };
                store.write(leave).await?;
            }
            return Ok(false);
        }
        if position == 0 {
            // What happened before the first such flow was published is not news.
            let last = *store.committed().borrow();
            store.write(move |tx| set_follower_position(tx, FOLLOWER, last.max(1))).await?;
            return Ok(false);
        }
        let changes = match changes_after(&view, position, BATCH) {
            // The log waits for its followers; this one's position is of another state of the file.
            Err(StoreError::Forgotten { upto }) => {
                tracing::warn!(position, upto, "automations miss what happened in between");
                store.write(move |tx| set_follower_position(tx, FOLLOWER, upto)).await?;
                return Ok(true);
            }
            changes => changes?,
        };
        drop(view);
        let Some(last) = changes.last().map(|(position, _)| *position) else { return Ok(false) };
        for (position, news) in news(&changes) {
            let news: Vec<(CustomerChanged, Option<BotId>)> =
                news.into_iter().filter(|(change, _)| self.may_begin(change.id, inbox.now())).collect();
            if news.is_empty() {
                continue;
            }
            let context = runtime.context(inbox)?;
            let (led, begun) = store
                .write(move |tx| {
                    let mut led = Led::default();
                    let mut begun = Vec::new();
                    for (change, by) in &news {
                        happened(tx, &context, change, *by, &mut led, &mut begun)?;
                    }
                    // Together with what has begun: after a crash it does not begin again.
                    set_follower_position(tx, FOLLOWER, position)?;
                    Ok::<_, StoreError>((led, begun))
                })
                .await?;
            for customer in begun {
                *self.begun.entry(customer).or_default() += 1;
            }
            runtime.follow(inbox, led);
        }
        store.write(move |tx| set_follower_position(tx, FOLLOWER, last)).await?;
        Ok(true)
    }

    /// Whether runs may still begin with this customer in this minute.
    fn may_begin(&mut self, customer: CustomerId, now: Time) -> bool {
        let minute = now.millis() / 60_000;
        if minute != self.minute {
            self.minute = minute;
            self.begun.clear();
        }
        self.begun.get(&customer).is_none_or(|begun| *begun < MOST)
    }
}

/// The changes of customers that a flow may wait for, by the position of their transaction, with the bot that made them.
fn news(changes: &[(u64, ChangeRecord)]) -> BTreeMap<u64, Vec<(CustomerChanged, Option<BotId>)>> {
    let mut news: BTreeMap<u64, Vec<(CustomerChanged, Option<BotId>)>> = BTreeMap::new();
    for (position, record) in changes {
        let change = record.read::<CustomerChanged>();
        let tells = |change: &CustomerChanged| {
            change.new || !change.tags_added.is_empty() || !change.fields_changed.is_empty()
        };
        if let Some(change) = change.filter(tells) {
            let by = if let Actor::Bot { id, .. } = &record.actor { Some(*id) } else { None };
            news.entry(*position).or_default().push((change, by));
        }
    }
    news
}

/// Begins what waits for this change.
fn happened(
    tx: &mut Tx<'_>,
    context: &Context,
    change: &CustomerChanged,
    by: Option<BotId>,
    led: &mut Led,
    begun: &mut Vec<CustomerId>,
) -> Result<(), StoreError> {
    let mut occurrences = Vec::new();
    if change.new {
        occurrences.push(Occurrence::NewCustomer);
    }
    occurrences.extend(change.tags_added.iter().map(|tag| Occurrence::TagAdded { tag: tag.clone() }));
    if !change.fields_changed.is_empty()
        && let Some(customer) = customers::get(tx, change.id)?
    {
        occurrences.extend(change.fields_changed.iter().map(|field| Occurrence::FieldChanged {
            field: field.clone(),
            value: bots::field(&customer, field),
        }));
    }
    for what in occurrences {
        let happened = Happened { event: Some(what.event()), what, by };
        if let Some(more) = begin::by_happening(tx, context, change.id, &happened)? {
            led.join(more);
            begun.push(change.id);
        }
    }
    Ok(())
}

/// Sets the timer of each schedule that has none, for its next time. One that is due already fires.
pub fn set_schedules(tx: &mut Tx<'_>, context: &Context, published: &Published) -> Result<Led, StoreError> {
    let mut led = Led::default();
    for (bot, _, flow) in &published.answering {
        for (trigger, schedule, _) in flow.schedules() {
            let key = schedule_key(*bot, trigger);
            let set = timers::get(tx, &key)?.map(|(due, _)| due);
            let next = schedule.next(context.now).map(Time::from_millis);
            let due = set.is_some_and(|due| due.millis() <= context.now.ms);
            if let Some(next) = next.filter(|next| !due && set != Some(*next)) {
                timers::set(tx, &key, SCHEDULE, next, &Scheduled { bot: *bot, trigger: trigger.to_owned() })?;
                led.timers = true;
            }
        }
    }
    Ok(led)
}

/// A schedule is due: each of its customers gets a turn, and the schedule its next time.
pub fn due(tx: &mut Tx<'_>, context: &Context, scheduled: &Scheduled) -> Result<Led, StoreError> {
    let mut led = Led { timers: true, ..Led::default() };
    let published = context.flows.published(tx)?;
    // Of a flow that was switched off or changed meanwhile nothing comes.
    let Some((bot, _, flow)) = published.answering.iter().find(|(bot, ..)| *bot == scheduled.bot) else {
        return Ok(led);
    };
    let Some((trigger, schedule, segment)) = flow.schedules().find(|(id, ..)| *id == scheduled.trigger)
    else {
        return Ok(led);
    };
    let now = Time::from_millis(context.now.ms);
    for (place, conversation) in (0..).zip(audience(tx, segment)?) {
        let due = now.plus_millis(place * 1_000 / A_SECOND);
        let body = OneTurn { conversation, flow: bot.to_string(), trigger: trigger.to_owned() };
        timers::set(tx, &format!("turn:{bot}:{trigger}:{conversation}"), TURN, due, &body)?;
    }
    if let Some(next) = schedule.next(context.now) {
        let key = schedule_key(*bot, trigger);
        timers::set(tx, &key, SCHEDULE, Time::from_millis(next), scheduled)?;
        led.timers = true;
    }
    Ok(led)
}

/// One customer's turn of a schedule.
pub fn turn(tx: &mut Tx<'_>, context: &Context, turn: &OneTurn) -> Result<Led, StoreError> {
    let Some(thread) = conversations::get(tx, turn.conversation)? else { return Ok(Led::default()) };
    let what = Occurrence::Schedule { flow: Some(turn.flow.clone()), trigger: turn.trigger.clone() };
    let happened = Happened { event: Some(what.event()), what, by: None };
    Ok(begin::by_happening(tx, context, thread.customer, &happened)?.unwrap_or_default())
}

/// The threads for which a schedule runs: of customers with the tag; without one, those in which a bot has talked.
fn audience(from: &dyn Read, tag: Option<&str>) -> Result<Vec<ConversationId>, StoreError> {
    let mut found = Vec::new();
    for thread in conversations::everything(from)? {
        let belongs = match tag {
            Some(tag) => customers::get(from, thread.customer)?.is_some_and(|one| one.has_tag(tag)),
            None => thread.bot.is_some(),
        };
        if belongs {
            found.push(thread.id);
        }
    }
    Ok(found)
}

fn schedule_key(bot: BotId, trigger: &str) -> String {
    format!("schedule:{bot}:{trigger}")
}
