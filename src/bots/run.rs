//! One turn of a bot, inside somebody's transaction: which flow answers, what it says, where it stands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beseda_flow::{
    Compiled, Effect, EndReason, Flow, Incoming, Input, Now, Outcome, Session, Situation, Winner, step,
    winner,
};
use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BotId, ConversationId};
use beseda_wire::messages::{Content, EventKind};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::content::{content, input, payload, words};
use super::{Run, store};
use crate::conversations::{Bot, Conversation, service as threads};
use crate::customers::Customer;
use crate::store::{Actor, Read, StoreError, Tx, timers};

/// The kind of the timer of a question's time-out.
pub const TIMEOUT: &str = "bot.timeout";

/// What the timer of a question's time-out knows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Timeout {
    pub conversation: ConversationId,
    pub token: u64,
}

/// Published flows, prepared once. Kept while the program runs: versions never change.
#[derive(Default)]
pub struct Flows {
    versions: Mutex<HashMap<(BotId, u32), Option<Arc<Compiled>>>>,
    answering: Mutex<Option<(Option<Uuid>, Answering)>>,
}

/// The bots that may begin a conversation, the oldest first, as of one generation.
type Answering = Arc<[(BotId, u32, Arc<Compiled>)]>;

/// What a bot's turn leads to. The thread it was given is changed already.
#[derive(Debug)]
pub struct Turn {
    pub actor: Actor,
    /// To be sent in this order.
    pub says: Vec<Content>,
    /// A timer was set.
    pub timers: bool,
}

/// The bot's answer to a customer's message, if a bot answers.
///
/// A person who talks silences the bots. A customer who waits for a person hears only triggers that fire
/// anywhere ("menu"); so does one in the middle of another flow.
pub fn on_message(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    customer: &Customer,
    said: &Content,
    situation: (bool, Now),
) -> Result<Option<Turn>, StoreError> {
    let (first_message, now) = situation;
    if thread.handler == Handler::Person {
        return Ok(None);
    }
    let run = if thread.handler == Handler::Bot { store::run(tx, thread.id)? } else { None };
    let busy = run.is_some() || thread.waiting_since.is_some();
    let message = Incoming { text: words(said), payload: payload(said), referral: None };
    if let Some((bot, version, flow, won)) = starting(tx, flows, message, Situation { first_message, busy })?
    {
        stop_timer(tx, thread.id)?;
        let at = Time::from_millis(now.ms);
        let run = Run {
            bot,
            version,
            session: Session::seeded(&flow, seed(thread.id)),
            started_at: at,
            updated_at: at,
        };
        let name = store::get(tx, bot)?.map(|bot| bot.name).unwrap_or_default();
        threads::bot_begins(thread, bot, &name);
        let actor = Actor::Bot { id: bot, name };
        threads::add_event(tx, thread, EventKind::BotStarted, None, &actor, at)?;
        let mut variables = known(customer);
        variables.insert("message".to_owned(), Value::from(words(said)));
        let start = won.start(variables);
        return advance(tx, thread, run, &flow, &start, now).map(Some);
    }
    match run {
        Some(run) => resume(tx, flows, thread, run, &input(said), now),
        None => Ok(None),
    }
}

/// A question's time is over. Nothing comes of a timer that is no longer waited for.
pub fn on_timeout(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    token: u64,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    match store::run(tx, thread.id)? {
        Some(run) if thread.handler == Handler::Bot => {
            resume(tx, flows, thread, run, &Input::Timeout { token }, now)
        }
        _ => Ok(None),
    }
}

/// A person takes the thread: the bot is silent, and remembers where it stood.
pub fn take_over(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    now: Now,
) -> Result<(), StoreError> {
    if let Some(run) = store::run(tx, thread.id)? {
        resume(tx, flows, thread, run, &Input::Pause, now)?;
    }
    Ok(())
}

/// A person gives the thread back: the bot asks again what it was asking.
pub fn give_back(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    let Some(run) = store::run(tx, thread.id)? else { return Ok(None) };
    let Some(bot) = store::get(tx, run.bot)? else { return Ok(None) };
    threads::bot_begins(thread, bot.id, &bot.name);
    resume(tx, flows, thread, run, &Input::Resume, now)
}

/// A thread became part of another, as it is now: its run goes there, with the time-out of its question. Of two runs
/// the one that moved last stays, since that is where the customer is talking; the other ends without a word.
pub fn follow(tx: &mut Tx<'_>, from: ConversationId, into: &mut Conversation) -> Result<(), StoreError> {
    let (theirs, ours) = (store::run(tx, from)?, store::run(tx, into.id)?);
    let timer = timers::get(tx, &timer_key(from))?;
    stop_timer(tx, from)?;
    store::remove_run(tx, from);
    let newer = |theirs: &Run| ours.as_ref().is_none_or(|ours| ours.updated_at < theirs.updated_at);
    let moves = theirs.filter(newer);
    if moves.is_some() {
        stop_timer(tx, into.id)?;
        if let Some((due, timer)) = timer
            && let Some(Timeout { token, .. }) = timer.read()
        {
            let body = Timeout { conversation: into.id, token };
            timers::set(tx, &timer_key(into.id), TIMEOUT, due, &body)?;
        }
    }
    let Some(mut run) = moves.or(ours) else { return Ok(()) };
    if into.handler == Handler::Person {
        // The person talked in one of the two threads; the bot of the other must not go on over their head.
        run.session.paused = true;
        stop_timer(tx, into.id)?;
    }
    let name = store::get(tx, run.bot)?.map(|bot| bot.name).unwrap_or_default();
    into.bot = Some(Bot { id: run.bot, name });
    store::put_run(tx, into.id, &run)
}

impl Flows {
    /// The flow of a version; `None` when it is gone or cannot be read (which is logged once).
    fn get(&self, from: &dyn Read, bot: BotId, version: u32) -> Result<Option<Arc<Compiled>>, StoreError> {
        let mut known = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&(bot, version)) {
            return Ok(found.clone());
        }
        let compiled = match store::version(from, bot, version)? {
            None => None,
            Some(row) => match Flow::from_json(&row.flow) {
                Ok(flow) => Some(Arc::new(Compiled::new(&flow, u64::from(version)))),
                Err(error) => {
                    tracing::error!(bot.id = %bot, version, %error, "a published flow cannot be read");
                    None
                }
            },
        };
        known.insert((bot, version), compiled.clone());
        Ok(compiled)
    }

    /// The bots that are switched on and published. Read again only when one has changed: every message asks.
    fn answering(&self, from: &dyn Read) -> Result<Answering, StoreError> {
        let generation = store::generation(from)?;
        let mut known = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answering)) = known.as_ref().filter(|(of, _)| *of == generation) {
            return Ok(Arc::clone(answering));
        }
        let mut found = Vec::new();
        for bot in store::all(from)?.into_iter().filter(|bot| bot.enabled) {
            if let Some(version) = bot.published
                && let Some(flow) = self.get(from, bot.id, version)?
            {
                found.push((bot.id, version, flow));
            }
        }
        let answering: Answering = found.into();
        // Bots written before there were generations would all be of the same one.
        if generation.is_some() {
            *known = Some((generation, Arc::clone(&answering)));
        }
        Ok(answering)
    }
}

type Starting = (BotId, u32, Arc<Compiled>, Winner);

/// The flow that this message starts, by the engine's rule.
fn starting(
    from: &dyn Read,
    flows: &Flows,
    message: Incoming,
    situation: Situation,
) -> Result<Option<Starting>, StoreError> {
    let answering = flows.answering(from)?;
    let won = winner(answering.iter().map(|(_, _, flow)| &**flow), message, situation);
    Ok(won.map(|won| {
        let (bot, version, flow) = answering[won.flow].clone();
        (bot, version, flow, won)
    }))
}

fn resume(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    run: Run,
    input: &Input,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    if let Some(flow) = flows.get(tx, run.bot, run.version)? {
        return advance(tx, thread, run, &flow, input, now).map(Some);
    }
    // The version is gone: the customer must not wait for a bot that cannot answer.
    store::remove_run(tx, thread.id);
    threads::nobody_answers(thread, Time::from_millis(now.ms));
    Ok(None)
}

/// Steps the engine and carries out what is the bots' and the thread's own.
fn advance(
    tx: &mut Tx<'_>,
    thread: &mut Conversation,
    mut run: Run,
    flow: &Compiled,
    input: &Input,
    now: Now,
) -> Result<Turn, StoreError> {
    let at = Time::from_millis(now.ms);
    let name = thread.bot.as_ref().map(|bot| bot.name.clone()).unwrap_or_default();
    let mut turn = Turn { actor: Actor::Bot { id: run.bot, name }, says: Vec::new(), timers: false };
    let mut step = step(flow, run.session, input, now);
    // Nothing outside is called yet: a call fails at once, and the flow goes its way for that.
    while let Some(token) = step.effects.iter().rev().find_map(called).filter(|_| step.ended.is_none()) {
        let outcome = Outcome::Failed { reason: "not available yet".to_owned() };
        let mut done = std::mem::take(&mut step.effects);
        done.retain(|effect| called(effect).is_none());
        step = beseda_flow::step(flow, step.session, &Input::Returned { token, outcome }, now);
        done.append(&mut step.effects);
        step.effects = done;
    }
    for effect in step.effects {
        match effect {
            Effect::Say { message, .. } => turn.says.extend(content(message)),
            Effect::SetTimer { token, due } => {
                let body = Timeout { conversation: thread.id, token };
                timers::set(tx, &timer_key(thread.id), TIMEOUT, Time::from_millis(due), &body)?;
                turn.timers = true;
            }
            Effect::ClearTimer { .. } => stop_timer(tx, thread.id)?,
            Effect::HandOver { note, .. } => {
                threads::nobody_answers(thread, at);
                let note = (!note.trim().is_empty()).then_some(note);
                threads::add_event(tx, thread, EventKind::HandedOver, note, &turn.actor, at)?;
            }
            Effect::Error { block, what } => {
                tracing::warn!(bot.id = %run.bot, version = run.version, block, ?what, "a flow is broken here");
            }
            // The session holds the variables already; what else a newer engine says is not for us.
            _ => {}
        }
    }
    if let Some(ended) = step.ended {
        store::remove_run(tx, thread.id);
        stop_timer(tx, thread.id)?;
        if thread.handler == Handler::Bot {
            thread.handler = Handler::Nobody;
        }
        // Whoever was promised an answer and gets none from the bot waits for a person.
        if matches!(ended.reason, EndReason::Broken | EndReason::Failed | EndReason::OutOfFuel { .. }) {
            threads::nobody_answers(thread, at);
        }
    } else {
        run.session = step.session;
        run.updated_at = at;
        store::put_run(tx, thread.id, &run)?;
    }
    Ok(turn)
}

/// What a flow knows of the customer from the beginning, as the variable `contact`.
pub fn known(customer: &Customer) -> Map<String, Value> {
    let fields: Map<String, Value> =
        customer.fields.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
    let contact = json!({
        "name": customer.shown_name(),
        "phone": customer.phone.as_ref().map(ToString::to_string),
        "email": customer.email,
        "tags": customer.tags,
        "fields": fields,
    });
    Map::from_iter([("contact".to_owned(), contact)])
}

/// What random choices of a thread's runs go by.
fn seed(conversation: ConversationId) -> u64 {
    // The last half of an id is random.
    conversation.uuid().as_u64_pair().1
}

/// The token of a call.
fn called(effect: &Effect) -> Option<u64> {
    if let Effect::Call { token, .. } = effect { Some(*token) } else { None }
}

/// The key of the timer of a thread's question.
pub fn timer_key(conversation: ConversationId) -> String {
    format!("bot:{conversation}")
}

fn stop_timer(tx: &mut Tx<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    timers::cancel(tx, &timer_key(conversation)).map(drop)
}
