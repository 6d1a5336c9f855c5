//! Runs as lists, exports and transcripts show them.

use beseda_wire::ids::{BotId, MessageId, RunId};
use beseda_wire::messages::Direction;
use beseda_wire::results::{
    BotRun, RunEnd, RunLine, RunState, RunStep, RunStepKind, RunTranscript, RunWaits,
};
use beseda_wire::time::Time;
use serde_json::{Map, Value};

use super::note::{kept, stands, words};
use super::{Record, Step, Turn, store};
use crate::bots::Run;
use crate::conversations::{Message, store as conversations};
use crate::customers::{Customer, store as customers};
use crate::ids;
use crate::store::{Order, Read, StoreError};

/// Runs read for one page at the most, so that a rare word costs bounded time. The cursor goes on from there.
pub const MOST_READ: usize = 5_000;
/// Runs read at once.
const CHUNK: usize = 250;
/// Turns and messages of a transcript at the most.
pub(super) const MOST_TURNS: usize = 2_000;
pub(super) const MOST_MESSAGES: usize = 2_000;
/// How long before the run the message that began it may lie: Meta's webhooks come late at times.
const CAME_LATE: i64 = 600;

/// What people look for among runs.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<RunState>,
    pub version: Option<u32>,
    pub reason: Option<RunEnd>,
    /// The label of an end block.
    pub outcome: Option<String>,
    /// The block where it stands or ended.
    pub block: Option<String>,
    /// Letters in the customer's name or phone, the outcome or a variable; lower case.
    pub search: String,
    /// Begun at this instant or later.
    pub from: Option<Time>,
    /// Begun before this instant.
    pub to: Option<Time>,
}

/// A run with what lists show of it.
pub struct Found {
    pub id: RunId,
    pub record: Record,
    /// While it goes on.
    pub live: Option<Run>,
    pub customer: Option<Customer>,
}

impl Found {
    fn new(from: &dyn Read, id: RunId, record: Record) -> Result<Self, StoreError> {
        let live = match record.end {
            Some(_) => None,
            None => crate::bots::store::run(from, record.conversation)?.filter(|run| run.id == id),
        };
        let customer = customers::get(from, customers::survivor(from, record.customer)?)?;
        Ok(Self { id, record, live, customer })
    }

    pub(super) fn variables(&self) -> Map<String, Value> {
        match (&self.record.end, &self.live) {
            (Some(end), _) => end.variables.clone(),
            (None, Some(run)) => kept(&run.session),
            (None, None) => Map::new(),
        }
    }

    fn version(&self) -> u32 {
        self.live.as_ref().map_or(self.record.version, |run| run.version)
    }

    fn stands(&self) -> (Option<String>, Option<RunWaits>) {
        match (&self.record.end, self.live.as_ref().and_then(|run| stands(&run.session))) {
            (Some(end), _) => (end.block.clone(), None),
            (None, Some((block, waits))) => (Some(block), Some(waits)),
            (None, None) => (None, None),
        }
    }
}

impl Filter {
    fn admits(&self, found: &Found) -> bool {
        let end = found.record.end.as_ref();
        let state = if end.is_some() { RunState::Ended } else { RunState::Live };
        let outcome = end.and_then(|end| end.outcome.as_deref());
        self.state.is_none_or(|wanted| wanted == state)
            && self.version.is_none_or(|version| version == found.version())
            && self.reason.is_none_or(|reason| end.is_some_and(|end| end.reason == reason))
            && self.outcome.as_deref().is_none_or(|wanted| outcome == Some(wanted))
            && self.block.is_none_or_is(found.stands().0.as_deref())
            && (self.search.is_empty() || self.found_in(found, outcome))
    }

    fn found_in(&self, found: &Found, outcome: Option<&str>) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(&self.search);
        let phone =
            |customer: &Customer| customer.phone.as_ref().is_some_and(|phone| holds(&phone.to_string()));
        found.customer.as_ref().is_some_and(|customer| holds(&customer.shown_name()) || phone(customer))
            || outcome.is_some_and(holds)
            || found.variables().values().any(|value| holds(&words(value)))
    }
}

/// A wish that may be absent.
trait Wish {
    fn is_none_or_is(&self, found: Option<&str>) -> bool;
}

impl Wish for Option<String> {
    fn is_none_or_is(&self, found: Option<&str>) -> bool {
        self.as_deref().is_none_or(|wanted| found == Some(wanted))
    }
}

/// Runs of a bot, the newest first (reads for a while: not for a thread that serves others), older than `before`; with
/// the run to go on from.
pub fn page(
    from: &dyn Read,
    bot: BotId,
    filter: &Filter,
    before: Option<RunId>,
    limit: usize,
) -> Result<(Vec<Found>, Option<RunId>), StoreError> {
    // The smallest id of the instant.
    let end = filter.to.map(|to| RunId::from_uuid(ids::compose(to, Time::from_millis(0), 0)));
    let mut after = match (before, end) {
        (Some(before), Some(end)) => Some(before.min(end)),
        (before, end) => before.or(end),
    };
    let (mut found, mut read) = (Vec::new(), 0);
    loop {
        let rows = store::records(from, bot, after, Order::Descending, CHUNK)?;
        let last = rows.len() < CHUNK;
        for (id, record) in rows {
            if filter.from.is_some_and(|from| record.started_at < from) {
                return Ok((found, None));
            }
            after = Some(id);
            read += 1;
            let run = Found::new(from, id, record)?;
            if filter.admits(&run) {
                found.push(run);
            }
            if found.len() >= limit || read >= MOST_READ {
                return Ok((found, after));
            }
        }
        if last {
            return Ok((found, None));
        }
    }
}

pub fn find(from: &dyn Read, bot: BotId, id: RunId) -> Result<Option<Found>, StoreError> {
    let Some(record) = store::record(from, bot, id)? else { return Ok(None) };
    Found::new(from, id, record).map(Some)
}

pub fn wire(bot: BotId, found: &Found) -> BotRun {
    let record = &found.record;
    let end = record.end.as_ref();
    let (block, waits_for) = found.stands();
    let updated = found.live.as_ref().map_or(record.started_at, |run| run.updated_at);
    BotRun {
        id: found.id,
        bot_id: bot,
        version: found.version(),
        customer_id: found.customer.as_ref().map_or(record.customer, |customer| customer.id),
        customer_name: found.customer.as_ref().map(Customer::shown_name).unwrap_or_default(),
        customer_phone: found
            .customer
            .as_ref()
            .and_then(|customer| customer.phone.as_ref().map(ToString::to_string)),
        conversation_id: record.conversation,
        number_id: record.number,
        state: if end.is_some() { RunState::Ended } else { RunState::Live },
        reason: end.map(|end| end.reason),
        cause: end.and_then(|end| end.cause),
        outcome: end.and_then(|end| end.outcome.clone()),
        block,
        waits_for,
        started_at: record.started_at,
        updated_at: end.map_or(updated, |end| end.at),
        ended_at: end.map(|end| end.at),
        variables: Value::Object(found.variables()),
    }
}

/// The flow of another bot in which a run stands or ended; none where that is its own.
pub fn inside(from: &dyn Read, run: RunId) -> Result<Option<String>, StoreError> {
    let mut inside = None;
    for step in store::turns(from, run, MOST_TURNS)?.into_iter().flat_map(|turn| turn.steps) {
        go_inside(&step, &mut inside);
    }
    Ok(inside)
}

fn go_inside(step: &Step, inside: &mut Option<String>) {
    match step {
        Step::Began => *inside = None,
        Step::Inside(flow) => *inside = Some(flow.clone()).filter(|flow| !flow.is_empty()),
        _ => {}
    }
}

/// What a run did and what was said meanwhile. At the same instant the customer's word comes before what it led to, and
/// what the bot says after.
pub fn transcript(from: &dyn Read, bot: BotId, found: &Found) -> Result<RunTranscript, StoreError> {
    let record = &found.record;
    let turns = store::turns(from, found.id, MOST_TURNS)?;
    let messages = said(from, found)?;
    let cut = turns.len() == MOST_TURNS || messages.len() == MOST_MESSAGES;
    let mut lines = Vec::new();
    for message in messages {
        let rank = if message.direction == Direction::Out { 2 } else { 0 };
        lines.push((message.at, rank, RunLine { at: message.at, step: None, message: Some(message.wire()) }));
    }
    let mut inside = None;
    for turn in turns {
        let Turn { at, steps, .. } = turn;
        for step in steps {
            let step = step_wire(step, &mut inside);
            lines.push((at, 1, RunLine { at, step: Some(step), message: None }));
        }
    }
    if let Some(end) = &record.end {
        let step = RunStep {
            kind: RunStepKind::Ended,
            block: end.block.clone(),
            port: None,
            text: end.outcome.clone(),
            flow: inside.filter(|_| end.block.is_some()),
            by: end.by.clone(),
        };
        lines.push((end.at, 3, RunLine { at: end.at, step: Some(step), message: None }));
    }
    lines.sort_by_key(|(at, rank, _)| (*at, *rank));
    let lines = lines.into_iter().map(|(_, _, line)| line).collect();
    Ok(RunTranscript { run: wire(bot, found), lines, cut })
}

/// The messages of a run's time, with the one that began it.
pub(super) fn said(from: &dyn Read, found: &Found) -> Result<Vec<Message>, StoreError> {
    let record = &found.record;
    let id = |at: Time| MessageId::from_uuid(ids::compose(at, Time::from_millis(0), 0));
    let since = id(record.started_at.plus_seconds(-CAME_LATE));
    // Of whole seconds: what is said in the last one belongs to the end.
    let until = record.end.as_ref().map(|end| end.at);
    let Some(thread) = conversations::get(from, record.conversation)? else { return Ok(Vec::new()) };
    let mut said = conversations::messages_since(from, thread.id, since, MOST_MESSAGES)?;
    said.retain(|message| until.is_none_or(|until| message.at <= until));
    let begun = store::beginning(from, found.id)?;
    let known = begun.as_ref().and_then(|begun| begun.first);
    if let Some(first) = known.and_then(|known| said.iter().position(|message| message.id == known)) {
        said.drain(..first);
        return Ok(said);
    }
    // What began it may bear the same millisecond.
    let before = |message: &Message| {
        message.at < record.started_at
            || (message.at == record.started_at && message.direction == Direction::In)
    };
    let begins = said.iter().position(|message| !before(message)).unwrap_or(said.len());
    let by_message = match begun {
        Some(begun) => begun.by_message,
        None => found.variables().contains_key("message"),
    };
    let first = said[..begins].iter().rposition(|message| message.direction == Direction::In);
    said.drain(..first.filter(|_| by_message).unwrap_or(begins));
    Ok(said)
}

fn step_wire(step: Step, inside: &mut Option<String>) -> RunStep {
    go_inside(&step, inside);
    let (kind, block, port, text) = match step {
        Step::Began => (RunStepKind::Began, None, None, None),
        Step::Inside(_) => (RunStepKind::Inside, None, None, None),
        Step::Entered(block) => (RunStepKind::Entered, Some(block), None, None),
        Step::Answered(block, value) => (RunStepKind::Answered, Some(block), None, Some(value)),
        Step::Refused(block) => (RunStepKind::Refused, Some(block), None, None),
        Step::Left(block, port) => (RunStepKind::Left, Some(block), Some(port), None),
        Step::Asked(block, call) => (RunStepKind::Asked, Some(block), None, Some(call)),
        Step::Note(block, text) => (RunStepKind::Note, Some(block), None, Some(text)),
        Step::LeftOut(block, address) => (RunStepKind::LeftOut, Some(block), None, Some(address)),
        Step::Paused => (RunStepKind::Paused, None, None, None),
        Step::Resumed => (RunStepKind::Resumed, None, None, None),
        Step::Moved(name) => {
            let by = Some(name).filter(|name| !name.is_empty());
            return RunStep { kind: RunStepKind::Moved, block: None, port: None, text: None, flow: None, by };
        }
    };
    RunStep { kind, block, port, text, flow: inside.clone(), by: None }
}
