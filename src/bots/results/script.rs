//! A run as a script that the engine can play again: what began it, what the customer and the team did and when, what
//! calls came back with, and what was answered.
//!
//! Most of it stands in the thread and in the run's turns. What is not known is said ([`ScriptGap`]): runs of before it
//! was written down have no beginning of their own, and large answers of services are not kept.

use std::collections::VecDeque;

use beseda_flow::replay::{Came, Ending, Heard, Line, Said, Script, Start};
use beseda_flow::{Input, Now, Outcome, port};
use beseda_wire::ids::BotId;
use beseda_wire::messages::{AuthorKind, Content, Direction, EventKind};
use beseda_wire::results::{RunEnd, RunScript, ScriptGap};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::read::{Found, MOST_MESSAGES, MOST_TURNS, said, wire};
use super::{Beginning, Step, Turn, store};
use crate::bots::content::{input, said as compared};
use crate::bots::run::{known, seed};
use crate::conversations::{Message, preview, store as conversations};
use crate::store::{Read, StoreError};

/// Messages of a thread that are looked through for an earlier one of the customer's.
const LOOK_BACK: usize = 50;

/// The script of a run, with what is not known of it.
pub fn script(
    from: &dyn Read,
    bot: BotId,
    found: &Found,
    zone: &TimeZone,
    now: Time,
) -> Result<RunScript, StoreError> {
    let turns = store::turns(from, found.id, MOST_TURNS)?;
    let mut messages = said(from, found)?;
    let mut gaps = Vec::new();
    if turns.len() == MOST_TURNS || messages.len() == MOST_MESSAGES {
        gaps.push(ScriptGap::Cut);
    }
    drop_what_replaced(&mut messages, found, &turns);
    let zoned = |at: Time| Now { ms: at.millis(), offset: zone.to_offset(at.timestamp()).seconds() };
    let (start, first) = start(from, found, &messages, zoned, &mut gaps)?;
    let (moves, came) = of_turns(&turns, &mut gaps);

    let mut heard: Vec<Heard> = moves.into_iter().map(|(at, input)| Heard { at: zoned(at), input }).collect();
    let mut lines: Vec<(i64, u8, Line)> = Vec::new();
    let mut blocks = blocks(bot, &messages, &turns, &mut gaps);
    for (index, message) in messages.iter().enumerate() {
        let at = message.at.millis();
        match (message.direction, &message.content) {
            // Bots are not asked about a reaction.
            (_, Content::Reaction(_)) => {}
            (Direction::In, content) => {
                let input = input(content);
                if first != Some(index) {
                    heard.push(Heard { at: zoned(message.at), input: input.clone() });
                }
                lines.push((at, 0, Line::Customer { at, input }));
            }
            (Direction::Out, content) if is_of(bot, message) => {
                let block = blocks.as_mut().and_then(VecDeque::pop_front);
                let said = compared(content).unwrap_or_else(|| Said::text("other", &preview(message).text));
                lines.push((at, 1, Line::Said { at, block, said }));
            }
            (Direction::Out, _) => {
                lines.push((at, 1, Line::Person { at, text: preview(message).text }));
            }
            // It stands before what was said in the same turn, which ends with it.
            (Direction::Event, Content::Event(event))
                if event.event == EventKind::HandedOver && message.author.bot_id == Some(bot) =>
            {
                lines.push((at, 2, Line::HandedOver { at, block: None }));
            }
            (Direction::Event, _) => {}
        }
    }
    let changes = changes(&turns, &mut gaps, &mut lines);
    let end = found.record.end.as_ref();
    if let Some((end, ending)) = end.and_then(|end| Some((end, ending(end.reason)?))) {
        let at = end.at.millis();
        let (block, outcome) = (end.block.clone(), end.outcome.clone());
        lines.push((at, 3, Line::Ended { at, block, ending, outcome }));
    }
    heard.sort_by_key(|heard| heard.at.ms);
    lines.sort_by_key(|(at, rank, _)| (*at, *rank));
    let script = Script {
        start,
        heard,
        came,
        until: end.map_or(now, |end| end.at).millis(),
        then: lines.into_iter().map(|(.., line)| line).collect(),
        changes,
    };
    gaps.sort_unstable();
    gaps.dedup();
    // Its maps have texts for keys, and its numbers are finite: JSON has all of it.
    let script = serde_json::to_value(script).unwrap_or_default();
    Ok(RunScript { run: wire(bot, found), script, gaps })
}

/// How the run began, and which of the messages began it.
fn start(
    from: &dyn Read,
    found: &Found,
    messages: &[Message],
    zoned: impl Fn(Time) -> Now,
    gaps: &mut Vec<ScriptGap>,
) -> Result<(Start, Option<usize>), StoreError> {
    let record = &found.record;
    let begun = store::beginning(from, found.id)?;
    let by_message =
        begun.as_ref().map_or_else(|| found.variables().contains_key("message"), |begun| begun.by_message);
    // The one before the run began; `said` leaves out what is older.
    let first = messages.iter().position(|message| message.direction == Direction::In);
    let first = first.filter(|_| by_message);
    let message = first.map(|index| &messages[index]);
    let Beginning { trigger, first_message, busy, given, seed, draws, .. } = if let Some(begun) = begun {
        begun
    } else {
        gaps.extend([ScriptGap::Beginning, ScriptGap::Customer]);
        let mut given = found.customer.as_ref().map(known).unwrap_or_default();
        if let Some(words) = found.variables().remove("message") {
            given.insert("message".to_owned(), words);
        }
        let first_message = match message {
            Some(message) => is_first(from, message)?,
            None => false,
        };
        Beginning { first_message, given, seed: seed(record.conversation), ..Beginning::default() }
    };
    let start = Start {
        at: zoned(record.started_at),
        message: message.map(|message| input(&message.content)),
        trigger,
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
    Ok((start, first))
}

/// Whether the customer had said nothing in the thread before.
fn is_first(from: &dyn Read, message: &Message) -> Result<bool, StoreError> {
    let earlier = conversations::messages(from, message.conversation, Some(message.id), LOOK_BACK)?;
    Ok(earlier.len() < LOOK_BACK && earlier.iter().all(|message| message.direction != Direction::In))
}

/// What was done to the run besides messages, and what its calls came back with.
fn of_turns(turns: &[Turn], gaps: &mut Vec<ScriptGap>) -> (Vec<(Time, Input)>, Vec<Came>) {
    let (mut moves, mut came) = (Vec::new(), Vec::new());
    // The block that asked something and has heard nothing yet.
    let mut asked: Option<String> = None;
    for (index, turn) in turns.iter().enumerate() {
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
                    let outcome = failed.then(|| Outcome::Failed { reason: String::new() });
                    if outcome.is_none() {
                        gaps.push(ScriptGap::Calls);
                    }
                    came.push(Came { at: turn.at.millis(), block: block.clone(), outcome });
                }
                _ => {}
            }
        }
        for (block, outcome) in &turn.returned {
            if outcome.is_none() {
                gaps.push(ScriptGap::Calls);
            }
            came.push(Came { at: turn.at.millis(), block: block.clone(), outcome: outcome.clone() });
        }
    }
    (moves, came)
}

/// What was written to the customer's record, as lines; says whether it is known of every turn.
fn changes(turns: &[Turn], gaps: &mut Vec<ScriptGap>, lines: &mut Vec<(i64, u8, Line)>) -> bool {
    if turns.iter().any(|turn| turn.changes.is_none()) {
        gaps.push(ScriptGap::Record);
        return false;
    }
    for turn in turns {
        let at = turn.at.millis();
        for (block, change) in turn.changes.iter().flatten().cloned() {
            // Where in its turn it stood was not written down: it stands before what was said.
            lines.push((at, 0, Line::Changed { at, block, change }));
        }
    }
    true
}

/// The block of each message of the bot's, where all of them are known.
fn blocks(
    bot: BotId,
    messages: &[Message],
    turns: &[Turn],
    gaps: &mut Vec<ScriptGap>,
) -> Option<VecDeque<String>> {
    let blocks: VecDeque<String> = turns.iter().flat_map(|turn| &turn.said).cloned().collect();
    let sent =
        messages.iter().filter(|message| message.direction == Direction::Out && is_of(bot, message)).count();
    if blocks.len() == sent {
        return Some(blocks);
    }
    gaps.push(ScriptGap::Blocks);
    None
}

/// Of a run that another one replaced: what began the other one, and what it said at once.
fn drop_what_replaced(messages: &mut Vec<Message>, found: &Found, turns: &[Turn]) {
    let Some(end) = found.record.end.as_ref().filter(|end| end.reason == RunEnd::Replaced) else { return };
    messages.retain(|message| message.direction != Direction::Out || message.at < end.at);
    let moved = turns.last().map_or(found.record.started_at, |turn| turn.at);
    let last = messages.iter().rposition(|message| message.direction == Direction::In);
    if let Some(last) = last.filter(|last| messages[*last].at > moved) {
        messages.remove(last);
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
