//! One turn of a bot, inside somebody's transaction: which flow answers, what it says, where it stands.

use std::sync::Arc;

use beseda_flow::replay::Change;
use beseda_flow::{
    Burst, Call, Compiled, Effect, EndReason, Ground, Happening, Input, Now, Occurrence, Outcome, Position,
    Session, Situation, Why, Winner, World, step_in, winner,
};
use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BotId, ConversationId, MessageId, RunId};
use beseda_wire::messages::{Content, EventKind};
use beseda_wire::results::RunCause;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::carry::Carrier;
use super::content::{input, words};
use super::flows::Flows;
use super::phone_trials::is_trial;
use super::results::{Beginning, Step as Recorded, Stop, note, store as results};
use super::{PendingCall, Run, brake, moving, phone_trials, store, unsent};
use crate::conversations::{Conversation, Message, service as threads, store as conversations};
use crate::customers::Customer;
use crate::ids;
use crate::store::{Actor, Read, StoreError, Tx, timers};

/// The kind of the timer of a question's time-out.
pub const TIMEOUT: &str = "bot.timeout";

/// The kind of the timer that waits for more of what a customer says.
pub const TOGETHER: &str = "bot.together";

/// What that timer knows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Together {
    pub conversation: ConversationId,
}

/// What the timer of a question's time-out knows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Timeout {
    pub conversation: ConversationId,
    pub token: u64,
}

/// What a bot's turn leads to. The thread it was given is changed already.
#[derive(Debug)]
pub struct Turn {
    pub actor: Actor,
    /// To be sent in this order.
    pub says: Vec<Content>,
    /// A timer was set.
    pub timers: bool,
    /// Something outside is asked.
    pub calls: bool,
    /// To be shown as writing, for so many seconds.
    pub typing: Option<u32>,
}

impl Turn {
    /// Of a run that has not said anything yet.
    pub fn of(run: &Run, thread: &Conversation) -> Self {
        let name = thread.bot.as_ref().map(|bot| bot.name.clone()).unwrap_or_default();
        let actor = Actor::Bot { id: run.bot, name };
        Self { actor, says: Vec::new(), timers: false, calls: false, typing: None }
    }
}

/// The bot's answer to a customer's message, if a bot answers.
///
/// A person who talks silences the bots. A customer for whom a bot has called people hears only triggers that
/// fire anywhere ("menu"); so does one in the middle of another flow.
pub fn on_message(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    customer: &Customer,
    message: &Message,
    situation: (bool, Now),
) -> Result<Option<Turn>, StoreError> {
    let (first_message, now) = situation;
    let said = &message.content;
    let at = Time::from_millis(now.ms);
    let trial = phone_trials::met(tx, words(said), thread.number, customer, at)?;
    if thread.handler == Handler::Person {
        if let Some(trial) = trial {
            trial.hold_up(tx, thread, at)?;
        }
        return Ok(None);
    }
    if brake::holds(tx, flows, thread, message, now)? {
        return Ok(None);
    }
    if let Some(trial) = trial
        && let (bot, version) = trial.begin(tx, thread, at)?
        && let Some(flow) = flows.get(tx, bot, version)?
    {
        // By its word alone, at the flow's start.
        let why = Why { priority: 0, ground: Ground::Link, keyword: None };
        let won = Winner { flow: 0, trigger: None, at: None, why, others: Vec::new() };
        let starting = (bot, version, flow, won, Situation::default());
        return begin(tx, flows, thread, customer, starting, Began::default(), now).map(Some);
    }
    let run = if thread.handler == Handler::Bot { store::run(tx, thread.id)? } else { None };
    let busy = run.is_some() || thread.people_called;
    let input = heard(tx, thread, message)?;
    let referral = message.referral.as_ref().map(|referral| json!(referral));
    let burst = match run.as_ref().and_then(|run| run.burst.clone()) {
        Some(mut burst) => {
            burst.add(input.clone(), referral);
            burst
        }
        None => Burst::new(input.clone(), referral, Situation { first_message, busy }),
    };
    let trial = run.as_ref().filter(|run| is_trial(run.version)).map(|run| (run.bot, run.version));
    if let Some(starting) = starting_by(tx, flows, &burst, trial)? {
        let why = Began { told: burst.told(), burst: Some(burst), first: Some(message.id), by: None };
        return begin(tx, flows, thread, customer, starting, why, now).map(Some);
    }
    let Some(mut run) = run else { return Ok(None) };
    if let Some(Input::Start { variables, .. }) = &mut run.begins {
        // What it begins by does not answer any more: it begins all the same, since the customer was heard.
        variables.extend(burst.told());
        run.burst = Some(burst);
        let pause = flows.get(tx, run.bot, run.version)?.map_or(0, |flow| flow.pause());
        return wait_for_more(tx, thread, &run, pause, now).map(Some);
    }
    if let Position::Call(calling) = &run.session.position
        && !matches!(store::call(tx, thread.id)?, Some(PendingCall { call: Call::Incoming, .. }))
    {
        tracing::debug!(conversation.id = %thread.id, block = calling.block, "heard once the call has come back");
        run.heard.push(input);
        store::put_run(tx, thread.id, &run)?;
        return Ok(Some(Turn::of(&run, thread)));
    }
    let pause = flows.get(tx, run.bot, run.version)?.map_or(0, |flow| flow.pause());
    if pause == 0 || run.session.paused {
        return resume(tx, flows, thread, run, &input, now);
    }
    run.heard.push(input);
    wait_for_more(tx, thread, &run, pause, now).map(Some)
}

/// What the customer said. Of a tap it is known who had shown what was tapped: flows of two bots may name their blocks
/// alike, as bots made of one ready bot do.
fn heard(from: &dyn Read, thread: &Conversation, message: &Message) -> Result<Input, StoreError> {
    let mut input = input(&message.content);
    if let (Input::Reply { of, .. }, Some(wamid)) = (&mut input, &message.reply_to)
        && let Some(place) = conversations::by_wamid(from, thread.number, wamid)?
        && let Some(shown) = conversations::message(from, place)?
    {
        *of = shown.author.bot_id.map(|bot| bot.to_string());
    }
    Ok(input)
}

/// More may follow: it is answered together.
fn wait_for_more(
    tx: &mut Tx<'_>,
    thread: &Conversation,
    run: &Run,
    pause: u32,
    now: Now,
) -> Result<Turn, StoreError> {
    store::put_run(tx, thread.id, run)?;
    let due = Time::from_millis(now.ms).plus_seconds(i64::from(pause));
    timers::set(tx, &together_key(thread.id), TOGETHER, due, &Together { conversation: thread.id })?;
    let mut turn = Turn::of(run, thread);
    turn.timers = true;
    Ok(turn)
}

/// What the customer has said that is to be answered together: the beginning of the run, or an answer in it.
fn said_together(run: &mut Run) -> Option<Input> {
    let mut parts = std::mem::take(&mut run.heard);
    if parts.len() == 1 { parts.pop() } else { (!parts.is_empty()).then_some(Input::Together { parts }) }
}

/// The same, or how the run begins that has not begun yet.
fn begun_or_said(
    tx: &mut Tx<'_>,
    thread: &Conversation,
    run: &mut Run,
    now: Now,
) -> Result<Option<Input>, StoreError> {
    let Some(start) = run.begins.take() else { return Ok(said_together(run)) };
    run.burst = None;
    let actor = Turn::of(run, thread).actor;
    threads::add_event(tx, thread, EventKind::BotStarted, None, &actor, Time::from_millis(now.ms))?;
    Ok(Some(start))
}

/// The customer has said all that is to be answered together.
pub fn on_together(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    match store::run(tx, thread.id)? {
        Some(mut run) if thread.handler == Handler::Bot => match begun_or_said(tx, thread, &mut run, now)? {
            Some(input) => resume(tx, flows, thread, run, &input, now),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What came of a call that a run waits for. Nothing comes of one that is not waited for any more.
pub fn on_return(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    token: u64,
    outcome: Outcome,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    match store::run(tx, thread.id)? {
        Some(run) => {
            let heard = !run.heard.is_empty();
            let mut turn = resume(tx, flows, thread, run, &Input::Returned { token, outcome }, now)?;
            // What the customer said meanwhile is answered now.
            if let Some(turn) = turn.as_mut().filter(|_| heard) {
                let body = Together { conversation: thread.id };
                timers::set(tx, &together_key(thread.id), TOGETHER, Time::from_millis(now.ms), &body)?;
                turn.timers = true;
            }
            Ok(turn)
        }
        None => Ok(None),
    }
}

/// Something happened to the customer that may start a flow: a tag, a field, a call of the API. A person who talks, or
/// a bot that does, is not interrupted.
pub fn on_happening(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    customer: &Customer,
    happened: &Happened,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    if thread.handler == Handler::Person {
        return Ok(None);
    }
    let busy = thread.handler == Handler::Bot && store::run(tx, thread.id)?.is_some();
    // A schedule names its flow.
    let happening = happened.what.happening("");
    let situation = Situation { first_message: false, busy };
    let Some(starting) = starting(tx, flows, happening, situation, None)? else { return Ok(None) };
    let told = happened.event.as_ref().map(|event| ("event".to_owned(), event.clone()));
    let why = Began { told: told.into_iter().collect(), burst: None, first: None, by: happened.by };
    begin(tx, flows, thread, customer, starting, why, now).map(Some)
}

/// Something that happened to a customer and may start a flow.
pub struct Happened {
    pub what: Occurrence,
    /// What the run is told.
    pub event: Option<Value>,
    /// The bot that brought it about.
    pub by: Option<BotId>,
}

/// What a run is told when it begins, and the bot that brought it about.
#[derive(Default)]
struct Began {
    told: Map<String, Value>,
    /// The messages that began it: more may follow.
    burst: Option<Burst>,
    first: Option<MessageId>,
    by: Option<BotId>,
}

/// Runs of a bot that are looked through for the one that has just moved.
const JUST_MOVED: usize = 100;

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

/// The bot, its version and flow, why it won, and how things stood.
type Starting = (BotId, u32, Arc<Compiled>, Winner, Situation);

/// The flow that this starts, by the engine's rule. To whoever tries a draft, the draft is what its bot has published.
fn starting<'h>(
    from: &dyn Read,
    flows: &Flows,
    happening: impl Into<Happening<'h>>,
    situation: Situation,
    trial: Option<(BotId, u32)>,
) -> Result<Option<Starting>, StoreError> {
    let happening = happening.into();
    won_among(from, flows, situation, trial, |answering| {
        winner(answering.iter().copied(), happening, situation)
    })
}

/// The same, of all that the customer says in one go.
fn starting_by(
    from: &dyn Read,
    flows: &Flows,
    burst: &Burst,
    trial: Option<(BotId, u32)>,
) -> Result<Option<Starting>, StoreError> {
    won_among(from, flows, burst.situation(), trial, |answering| burst.winner(answering))
}

fn won_among(
    from: &dyn Read,
    flows: &Flows,
    situation: Situation,
    trial: Option<(BotId, u32)>,
    wins: impl FnOnce(&[&Compiled]) -> Option<Winner>,
) -> Result<Option<Starting>, StoreError> {
    let published = flows.published(from)?;
    let tried = match trial {
        Some((bot, version)) => flows.get(from, bot, version)?.map(|flow| (bot, version, flow)),
        None => None,
    };
    let is_other = |(bot, ..): &&(BotId, u32, Arc<Compiled>)| trial.is_none_or(|(tried, _)| tried != *bot);
    let answering: Vec<_> = tried.iter().chain(published.answering.iter().filter(is_other)).collect();
    let compiled: Vec<&Compiled> = answering.iter().map(|(_, _, flow)| &**flow).collect();
    Ok(wins(&compiled).map(|won| {
        let (bot, version, flow) = answering[won.flow].clone();
        (bot, version, flow, won, situation)
    }))
}

/// Begins the run of a flow that has won.
fn begin(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    customer: &Customer,
    (bot, version, flow, won, situation): Starting,
    Began { told, burst, mut first, by }: Began,
    now: Now,
) -> Result<Turn, StoreError> {
    stop_timer(tx, thread.id)?;
    store::remove_call(tx, thread.id);
    let at = Time::from_millis(now.ms);
    let before = store::run(tx, thread.id)?;
    // It has not said a word, and what the customer said till now is said to the one that takes its place.
    let unbegun = before.as_ref().filter(|run| run.begins.is_some()).map(|run| (run.id, run.started_at));
    let follows = match &before {
        Some(before) if unbegun.is_some() => {
            let begun = results::beginning(tx, before.id)?.unwrap_or_default();
            results::remove(tx, before.bot, before.id)?;
            first = begun.first.or(first);
            begun.follows
        }
        before => follows(tx, thread.id, before.as_ref(), by)?,
    };
    if let Some(before) = &before {
        if unbegun.is_none() {
            note::stopped(tx, thread, before, Stop::REPLACED, at)?;
        }
        if is_trial(before.version) && before.version != version {
            phone_trials::over(tx, before.bot, before.version, &Turn::of(before, thread).actor, at)?;
        }
    }
    // A command in the middle of a talk with the same bot: what it has learnt stays known.
    let is_same = |run: &Run| {
        run.bot == bot && run.session.flow == flow.id() && is_trial(run.version) == is_trial(version)
    };
    let session = match before.filter(is_same) {
        Some(run) => Session { version: u64::from(version), ..run.session },
        None => Session::seeded(&flow, seed(thread.id)),
    };
    let (id, started_at) = unbegun.unwrap_or_else(|| (RunId::from_uuid(ids::fresh(at)), at));
    let mut run = Run {
        id,
        bot,
        version,
        session,
        started_at,
        updated_at: at,
        heard: Vec::new(),
        begins: None,
        burst: None,
        turns: 0,
    };
    let name = store::get(tx, bot)?.map(|bot| bot.name).unwrap_or_default();
    threads::bot_begins(thread, bot, &name);
    let mut variables = known(customer);
    variables.extend(told);
    if let Some(address) = flows.callback(thread.id, id) {
        variables.insert("callback".to_owned(), Value::from(address));
    }
    let begun = Beginning {
        trigger: won.trigger.clone(),
        by_message: variables.contains_key("message"),
        first,
        first_message: situation.first_message,
        busy: situation.busy,
        caused: follows.is_some() && by.is_some(),
        follows,
        ..Beginning::default()
    };
    if !is_trial(version) {
        results::put_beginning(tx, bot, id, &note::begins(&run.session, &variables, begun))?;
    }
    run.begins = Some(won.start(variables));
    if flow.pause() > 0 && burst.is_some() {
        run.burst = burst;
        return wait_for_more(tx, thread, &run, flow.pause(), now);
    }
    let Some(start) = begun_or_said(tx, thread, &mut run, now)? else { return Ok(Turn::of(&run, thread)) };
    advance(tx, flows, thread, run, &flow, &start, now)
}

/// The run whose place another one takes, or which brought it about.
fn follows(
    from: &dyn Read,
    thread: ConversationId,
    before: Option<&Run>,
    by: Option<BotId>,
) -> Result<Option<(BotId, RunId)>, StoreError> {
    if let Some(before) = before {
        let is_noted = !before.id.uuid().is_nil() && !is_trial(before.version);
        return Ok(is_noted.then_some((before.bot, before.id)));
    }
    let Some(by) = by else { return Ok(None) };
    Ok(results::newest(from, by, thread, JUST_MOVED)?.map(|run| (by, run)))
}

pub(super) fn resume(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    mut run: Run,
    input: &Input,
    now: Now,
) -> Result<Option<Turn>, StoreError> {
    let begins = if run.begins.is_some() {
        // It has said nothing yet: it begins when a person gives the thread back.
        if !matches!(input, Input::Resume) {
            return Ok(Some(Turn::of(&run, thread)));
        }
        begun_or_said(tx, thread, &mut run, now)?
    } else {
        None
    };
    let input = begins.as_ref().unwrap_or(input);
    moving::move_on(&flows.published(tx)?.takes_over, &mut run);
    if let Some(flow) = flows.get(tx, run.bot, run.version)? {
        return advance(tx, flows, thread, run, &flow, input, now).map(Some);
    }
    // The version is gone: the customer must not wait for a bot that cannot answer.
    let at = Time::from_millis(now.ms);
    note::stopped(tx, thread, &run, Stop::broken(RunCause::VersionRemoved), at)?;
    store::remove_run(tx, thread.id);
    threads::nobody_answers(thread, at);
    Ok(None)
}

/// Steps the engine and carries out what is the bots' and the thread's own.
pub(super) fn advance(
    tx: &mut Tx<'_>,
    flows: &Flows,
    thread: &mut Conversation,
    mut run: Run,
    flow: &Compiled,
    input: &Input,
    now: Now,
) -> Result<Turn, StoreError> {
    let at = Time::from_millis(now.ms);
    if matches!(input, Input::Timeout { .. } | Input::Returned { .. }) && unsent::is_too_much(tx, thread.id)?
    {
        tracing::warn!(conversation.id = %thread.id, bot.id = %run.bot, "a bot says more than can be sent");
        let turn = Turn::of(&run, thread);
        super::steer::end(tx, thread, &run, Stop::broken(RunCause::TooMuchUnsent), at)?;
        threads::nobody_answers(thread, at);
        return Ok(turn);
    }
    let published = flows.published(tx)?;
    let library: Vec<&Compiled> = published.library.iter().map(|flow| &**flow).collect();
    let world = World { now, flows: &library, traced: true };
    let mut carrier = Carrier::new(&run, thread, flows.around(), flow.language(), now);
    let mut did = note::Did { steps: note::of_input(input), ..note::Did::default() };
    let asking = run.session.block().map(ToOwned::to_owned);
    let mut step = step_in(flow, run.session, input, world);
    if let (Input::Returned { outcome, .. }, Some(block), false) = (input, asking, step.ignored) {
        did.came_back(&block, outcome);
    }
    let ended = loop {
        did.steps.extend(note::of_trace(std::mem::take(&mut step.trace), flow.id()));
        let mut asked = None;
        for effect in std::mem::take(&mut step.effects) {
            did.changes.extend(Change::of(&effect));
            if let Effect::Error { what, .. } = &effect {
                did.problem = Some(what.clone());
            }
            match effect {
                Effect::Call { token, block, call } => asked = Some((token, block, call)),
                other => carrier.carry(tx, thread, other)?,
            }
        }
        did.steps.extend(carrier.notes.drain(..).map(|(block, text)| Recorded::Note(block, text)));
        if step.ended.is_some() {
            break step.ended;
        }
        let Some((token, block, call)) = asked else { break None };
        let Some(outcome) = carrier.answer(tx, thread, &call)? else {
            store::put_call(
                tx,
                thread.id,
                &PendingCall { token, call, asked_at: carrier.at, started: false },
            )?;
            carrier.turn.calls = true;
            break None;
        };
        // What the customer's record says is known from the beginning.
        if !matches!(call, Call::Fields { .. }) {
            did.came_back(&block, &outcome);
        }
        step = step_in(flow, step.session, &Input::Returned { token, outcome }, world);
    };
    did.said = std::mem::take(&mut carrier.said);
    let turn = carrier.finish(tx)?;
    if !turn.says.is_empty() {
        thread.pace.said(at);
    }
    run.session = step.session;
    run.updated_at = at;
    note::turn(tx, thread, &mut run, did, ended.as_ref(), at)?;
    if let Some(ended) = ended {
        if is_trial(run.version) {
            phone_trials::over(tx, run.bot, run.version, &turn.actor, at)?;
        }
        store::remove_run(tx, thread.id);
        store::remove_call(tx, thread.id);
        stop_timer(tx, thread.id)?;
        if thread.handler == Handler::Bot {
            thread.handler = Handler::Nobody;
        }
        // Whoever was promised an answer and gets none from the bot waits for a person.
        if matches!(ended.reason, EndReason::Broken | EndReason::Failed | EndReason::OutOfFuel { .. }) {
            threads::nobody_answers(thread, at);
        }
    } else {
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
pub(super) fn seed(conversation: ConversationId) -> u64 {
    // The last half of an id is random.
    conversation.uuid().as_u64_pair().1
}

/// The key of the timer that waits for more of what a customer says.
pub(super) fn together_key(conversation: ConversationId) -> String {
    format!("together:{conversation}")
}

/// The key of the timer of a thread's question.
pub fn timer_key(conversation: ConversationId) -> String {
    format!("bot:{conversation}")
}

pub(super) fn stop_timer(tx: &mut Tx<'_>, conversation: ConversationId) -> Result<(), StoreError> {
    timers::cancel(tx, &timer_key(conversation)).map(drop)
}
