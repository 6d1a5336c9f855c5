//! Conversations as scripts that the engine can play again: what began each, what the customer and the team did and when,
//! what calls came back with, and what was answered, by whichever bot.
//!
//! Most of it stands in the thread and in the turns of the runs. What is not known is said ([`ScriptGap`]): runs of before it
//! was written down have no beginning of their own, and large answers of services are not kept.

use std::collections::{HashSet, VecDeque};

use beseda_flow::replay::{Came, Ending, Happened, Heard, Line, Said, Script, Start};
use beseda_flow::{CallFailure, Flow, Input, Now, Occurrence, Outcome, port};
use beseda_wire::ids::{BotId, MessageId, RunId};
use beseda_wire::messages::{AuthorKind, Content, Direction, EventKind};
use beseda_wire::results::{BotRun, RunEnd, RunScript, ScriptGap};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::read::{Filter, Found, MOST_MESSAGES, MOST_TURNS, said, wire};
use super::{Beginning, Step, Turn, chain, store};
use crate::bots::content::{input, said as compared};
use crate::bots::run::{known, seed};
use crate::bots::store as bots;
use crate::bots::{Bot, now_in};
use crate::conversations::{Message, preview, store as conversations};
use crate::store::{Read, StoreError};

/// Messages of a thread that are looked through for an earlier one of the customer's.
const LOOK_BACK: usize = 50;

/// Which conversations are asked for.
pub struct Asked<'a> {
    /// The bot to whose draft they shall be played.
    pub bot: &'a Bot,
    /// Those in which other bots talked, and this one had no run.
    pub others: bool,
    pub filter: Filter,
    pub before: Option<RunId>,
    pub limit: usize,
}

/// Conversations as scripts, the newest first; with the run to go on from.
pub fn scripts(
    from: &dyn Read,
    asked: &Asked,
    zone: &TimeZone,
    now: Time,
) -> Result<(Vec<RunScript>, Option<RunId>), StoreError> {
    let own = asked.bot.id;
    let bots: Vec<BotId> = if asked.others {
        bots::all(from)?.into_iter().map(|bot| bot.id).filter(|bot| *bot != own).collect()
    } else {
        vec![own]
    };
    let (page, next) = chain::page_of(from, &bots, &asked.filter, asked.before, asked.limit)?;
    let mut scripts = Vec::with_capacity(page.len());
    for (bot, found) in page {
        let (first, again) = chain::first(from, bot, found.id)?;
        let is_listed = if asked.others { first.1 == found.id } else { !again };
        if !is_listed {
            continue;
        }
        let runs = chain::runs(from, first)?;
        if asked.others && runs.iter().any(|(bot, _)| *bot == own) {
            continue;
        }
        scripts.push(script(from, asked.bot, wire(bot, &found), runs, zone, now)?);
    }
    Ok((scripts, next))
}

/// A run as it is put into a script.
struct Part {
    bot: BotId,
    /// The bot's name in lines: the id of its flow; none for the one whose draft it is.
    name: Option<String>,
    found: Found,
    begun: Option<Beginning>,
    turns: Vec<Turn>,
    messages: Vec<Message>,
}

impl Part {
    fn read(
        from: &dyn Read,
        own: &Bot,
        (bot, found): (BotId, Found),
        gaps: &mut Vec<ScriptGap>,
    ) -> Result<Self, StoreError> {
        let name = match bots::get(from, bot)? {
            _ if bot == own.id => None,
            Some(other) => Some(other.flow_id),
            None => Some(bot.to_string()),
        };
        let turns = store::turns(from, found.id, MOST_TURNS)?;
        let messages = said(from, &found)?;
        if turns.len() == MOST_TURNS || messages.len() == MOST_MESSAGES {
            gaps.push(ScriptGap::Cut);
        }
        let begun = store::beginning(from, found.id)?;
        Ok(Self { bot, name, found, begun, turns, messages })
    }

    fn by_message(&self) -> bool {
        match &self.begun {
            Some(begun) => begun.by_message,
            None => self.found.variables().contains_key("message"),
        }
    }

    /// What had happened when it began without a message.
    fn occurrence(&self, from: &dyn Read) -> Result<Option<Occurrence>, StoreError> {
        let Some(trigger) = self.begun.as_ref().and_then(|begun| begun.trigger.as_deref()) else {
            return Ok(None);
        };
        let version = self.turns.first().map_or(self.found.record.version, |turn| turn.version);
        let Some(version) = bots::version(from, self.bot, version)? else { return Ok(None) };
        let Ok(flow) = Flow::from_json(&version.flow) else { return Ok(None) };
        let trigger = flow.triggers.iter().find(|one| one.id == trigger);
        Ok(trigger.and_then(|trigger| Occurrence::of(trigger, self.name.as_deref(), &self.event())))
    }

    fn event(&self) -> Value {
        let given = self.begun.as_ref().and_then(|begun| begun.given.get("event"));
        given.cloned().unwrap_or_default()
    }

    fn is_own(&self, message: &Message) -> bool {
        is_of(self.bot, message)
    }
}

/// The script of a conversation, with what is not known of it.
fn script(
    from: &dyn Read,
    own: &Bot,
    run: BotRun,
    runs: Vec<(BotId, Found)>,
    zone: &TimeZone,
    now: Time,
) -> Result<RunScript, StoreError> {
    let mut gaps = Vec::new();
    if runs.len() == chain::MOST_RUNS {
        gaps.push(ScriptGap::Cut);
    }
    let parts = runs.into_iter().map(|run| Part::read(from, own, run, &mut gaps));
    let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
    drop_what_replaced(&mut parts);
    let zoned = |at: Time| now_in(zone, at.timestamp());
    let (start, first) = match parts.first() {
        Some(part) => start(from, part, zoned, &mut gaps)?,
        // It was forgotten a moment ago.
        None => return Ok(RunScript { run, script: Value::Null, gaps }),
    };
    let mut told = Told {
        zoned: &zoned,
        first,
        speaker: None,
        heard: Vec::new(),
        happened: Vec::new(),
        came: Vec::new(),
        lines: Vec::new(),
        changes: true,
    };
    for (number, part) in parts.iter().enumerate() {
        if number > 0 && !part.by_message() && !part.begun.as_ref().is_some_and(|begun| begun.caused) {
            match part.occurrence(from)? {
                Some(what) => {
                    let at = zoned(part.found.record.started_at);
                    told.happened.push(Happened { at, what, event: part.event() });
                }
                None => gaps.push(ScriptGap::Beginning),
            }
        }
        told.tell(number, part, &mut gaps);
    }
    let goes_on = parts.iter().any(|part| part.found.record.end.is_none());
    let last = parts.iter().filter_map(|part| part.found.record.end.as_ref()).map(|end| end.at).max();
    let until = last.filter(|_| !goes_on).unwrap_or(now).millis();
    let inside = |part: &Part| {
        let steps = part.turns.iter().flat_map(|turn| &turn.steps);
        steps.into_iter().any(|step| matches!(step, Step::Inside(flow) if *flow == own.flow_id))
    };
    let without = !parts.iter().any(|part| part.bot == own.id || inside(part));
    let script = told.script(start, until, without);
    gaps.sort_unstable();
    gaps.dedup();
    // Its maps have texts for keys, and its numbers are finite: JSON has all of it.
    let script = serde_json::to_value(script).unwrap_or_default();
    Ok(RunScript { run, script, gaps })
}

/// What is told of a conversation, part by part.
struct Told<'a> {
    zoned: &'a dyn Fn(Time) -> Now,
    /// The message that began it.
    first: Option<MessageId>,
    speaker: Option<String>,
    heard: Vec<Heard>,
    happened: Vec<Happened>,
    came: Vec<Came>,
    /// By their times, their parts, and what comes before what in one turn.
    lines: Vec<((i64, usize, u8), Line)>,
    changes: bool,
}

impl Told<'_> {
    fn tell(&mut self, number: usize, part: &Part, gaps: &mut Vec<ScriptGap>) {
        let (moves, came) = of_turns(part, gaps);
        let zoned = self.zoned;
        self.came.extend(came);
        self.heard.extend(moves.into_iter().map(|(at, input)| Heard { at: zoned(at), input }));
        if part.name != self.speaker {
            self.speaker.clone_from(&part.name);
            let at = part.found.record.started_at.millis();
            self.lines.push(((at, number, 1), Line::Bot { at, bot: part.name.clone() }));
        }
        let mut blocks = blocks(part, gaps);
        for message in &part.messages {
            let at = message.at.millis();
            let (rank, line) = match (message.direction, &message.content) {
                // Bots are not asked about a reaction.
                (_, Content::Reaction(_)) => continue,
                (Direction::In, content) => {
                    let input = input(content);
                    if self.first != Some(message.id) {
                        self.heard.push(Heard { at: zoned(message.at), input: input.clone() });
                    }
                    (0, Line::Customer { at, input })
                }
                (Direction::Out, content) if part.is_own(message) => {
                    let block = blocks.as_mut().and_then(VecDeque::pop_front);
                    let said =
                        compared(content).unwrap_or_else(|| Said::text("other", &preview(message).text));
                    (3, Line::Said { at, block, said })
                }
                // It is told with its own run.
                (Direction::Out, _) if message.author.kind == AuthorKind::Bot => continue,
                (Direction::Out, _) => (3, Line::Person { at, text: preview(message).text }),
                // It stands before what was said in the same turn, which ends with it.
                (Direction::Event, Content::Event(event))
                    if event.event == EventKind::HandedOver && message.author.bot_id == Some(part.bot) =>
                {
                    (4, Line::HandedOver { at, block: None })
                }
                (Direction::Event, _) => continue,
            };
            self.lines.push(((at, number, rank), line));
        }
        self.tell_changes(number, part, gaps);
        let end = part.found.record.end.as_ref();
        if let Some((end, ending)) = end.and_then(|end| Some((end, ending(end.reason)?))) {
            let at = end.at.millis();
            let (block, outcome) = (end.block.clone(), end.outcome.clone());
            self.lines.push(((at, number, 5), Line::Ended { at, block, ending, outcome }));
        }
    }

    /// What was written to the customer's record, as lines; notes where it is not known of every turn.
    fn tell_changes(&mut self, number: usize, part: &Part, gaps: &mut Vec<ScriptGap>) {
        if part.turns.iter().any(|turn| turn.changes.is_none()) {
            gaps.push(ScriptGap::Record);
            self.changes = false;
            return;
        }
        for turn in &part.turns {
            let at = turn.at.millis();
            for (block, change) in turn.changes.iter().flatten().cloned() {
                // Where in its turn it stood was not written down: it stands before what was said.
                self.lines.push(((at, number, 2), Line::Changed { at, block, change }));
            }
        }
    }

    fn script(mut self, start: Start, until: i64, without: bool) -> Script {
        self.heard.sort_by_key(|heard| heard.at.ms);
        self.happened.sort_by_key(|happened| happened.at.ms);
        self.lines.sort_by_key(|(place, _)| *place);
        let changes = self.changes;
        let lines = self.lines.into_iter().map(|(_, line)| line);
        let then = lines.filter(|line| changes || !matches!(line, Line::Changed { .. })).collect();
        let (heard, happened, came) = (self.heard, self.happened, self.came);
        Script { start, heard, happened, came, until, then, changes, without }
    }
}

/// How the conversation began, and which message began it.
fn start(
    from: &dyn Read,
    part: &Part,
    zoned: impl Fn(Time) -> Now,
    gaps: &mut Vec<ScriptGap>,
) -> Result<(Start, Option<MessageId>), StoreError> {
    let record = &part.found.record;
    // The one before the run began; `said` leaves out what is older.
    let first = part.messages.iter().find(|message| message.direction == Direction::In);
    let message = first.filter(|_| part.by_message());
    let begun = if let Some(begun) = part.begun.clone() {
        begun
    } else {
        gaps.extend([ScriptGap::Beginning, ScriptGap::Customer]);
        let mut given = part.found.customer.as_ref().map(known).unwrap_or_default();
        if let Some(words) = part.found.variables().remove("message") {
            given.insert("message".to_owned(), words);
        }
        let first_message = match message {
            Some(message) => is_first(from, message)?,
            None => false,
        };
        Beginning { first_message, given, seed: seed(record.conversation), ..Beginning::default() }
    };
    let happening = if message.is_none() { part.occurrence(from)? } else { None };
    let Beginning { trigger, first_message, busy, given, seed, draws, .. } = begun;
    let start = Start {
        at: zoned(record.started_at),
        message: message.map(|message| input(&message.content)),
        happening,
        trigger,
        bot: part.name.clone(),
        referral: given
            .get("referral")
            .and_then(|ad| ad.get("source_id"))
            .and_then(Value::as_str)
            .map(str::to_owned),
        first_message,
        busy,
        variables: given,
        seed,
        draws,
    };
    Ok((start, message.map(|message| message.id)))
}

/// Whether the customer had said nothing in the thread before.
fn is_first(from: &dyn Read, message: &Message) -> Result<bool, StoreError> {
    let earlier = conversations::messages(from, message.conversation, Some(message.id), LOOK_BACK)?;
    Ok(earlier.len() < LOOK_BACK && earlier.iter().all(|message| message.direction != Direction::In))
}

/// What was done to the run besides messages, and what its calls came back with.
fn of_turns(part: &Part, gaps: &mut Vec<ScriptGap>) -> (Vec<(Time, Input)>, Vec<Came>) {
    let came_back = |at: Time, block: &str, outcome| Came {
        at: at.millis(),
        bot: part.name.clone(),
        block: block.to_owned(),
        outcome,
    };
    let (mut moves, mut came) = (Vec::new(), Vec::new());
    // The block that asked something and has heard nothing yet.
    let mut asked: Option<String> = None;
    for (index, turn) in part.turns.iter().enumerate() {
        // To another place or version: the block it comes to is next.
        let mut elsewhere = false;
        for step in &turn.steps {
            match step {
                Step::Paused => moves.push((turn.at, Input::Pause)),
                Step::Resumed => moves.push((turn.at, Input::Resume)),
                Step::Began => elsewhere = index > 0,
                Step::Entered(block) if std::mem::take(&mut elsewhere) => {
                    moves.push((turn.at, Input::at(block, Map::new())));
                }
                Step::Asked(block, call) if call != "fields" => asked = Some(block.clone()),
                Step::Left(block, by) if asked.as_ref() == Some(block) => {
                    asked = None;
                    // Of those that were written down the turn knows more.
                    if turn.returned.iter().any(|(of, _)| of == block) {
                        continue;
                    }
                    let failed = by == port::FAILED || by == port::TIMEOUT;
                    let outcome = failed.then(|| Outcome::Failed { reason: CallFailure::default() });
                    if outcome.is_none() {
                        gaps.push(ScriptGap::Calls);
                    }
                    came.push(came_back(turn.at, block, outcome));
                }
                _ => {}
            }
        }
        for (block, outcome) in &turn.returned {
            if outcome.is_none() {
                gaps.push(ScriptGap::Calls);
            }
            came.push(came_back(turn.at, block, outcome.clone()));
        }
    }
    (moves, came)
}

/// The block of each message of the bot's, where all of them are known.
fn blocks(part: &Part, gaps: &mut Vec<ScriptGap>) -> Option<VecDeque<String>> {
    let blocks: VecDeque<String> = part.turns.iter().flat_map(|turn| &turn.said).cloned().collect();
    let sent =
        part.messages.iter().filter(|message| message.direction == Direction::Out && part.is_own(message));
    if blocks.len() == sent.count() {
        return Some(blocks);
    }
    gaps.push(ScriptGap::Blocks);
    None
}

/// Of runs that others replaced: what began the other one, and what that said at once.
fn drop_what_replaced(parts: &mut [Part]) {
    let mut told: HashSet<MessageId> = HashSet::new();
    for part in parts.iter_mut().rev() {
        let replaced = part.found.record.end.as_ref().filter(|end| end.reason == RunEnd::Replaced);
        if let Some(end) = replaced {
            part.messages.retain(|message| message.direction != Direction::Out || message.at < end.at);
            if told.is_empty() {
                // What followed is not known: its first message was the last that this one did not answer.
                let moved = part.turns.last().map_or(part.found.record.started_at, |turn| turn.at);
                let last = part.messages.iter().rposition(|message| message.direction == Direction::In);
                if let Some(last) = last.filter(|last| part.messages[*last].at > moved) {
                    part.messages.remove(last);
                }
            }
        }
        part.messages.retain(|message| !told.contains(&message.id));
        told.extend(part.messages.iter().map(|message| message.id));
    }
}

fn is_of(bot: BotId, message: &Message) -> bool {
    message.author.kind == AuthorKind::Bot && message.author.bot_id == Some(bot)
}

/// How the engine would call it; nothing for what was done to the run from outside.
fn ending(reason: RunEnd) -> Option<Ending> {
    Some(match reason {
        RunEnd::Finished => Ending::Finished,
        RunEnd::HandedOver => Ending::HandedOver,
        RunEnd::NoAnswer => Ending::NoAnswer,
        RunEnd::TimedOut => Ending::TimedOut,
        RunEnd::Failed => Ending::Failed,
        RunEnd::Broken => Ending::Broken,
        RunEnd::Replaced | RunEnd::Reset => return None,
    })
}
