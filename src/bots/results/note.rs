//! Writes down what a run did, in the transaction of its turn.

use beseda_flow::replay::Change;
use beseda_flow::{EndReason, Ended, Event, Input, Language, Limit, Outcome, Position, Problem, Session};
use beseda_wire::ids::RunId;
use beseda_wire::results::{RunCause, RunEnd, RunWaits};
use beseda_wire::time::Time;
use serde_json::{Map, Value};

use super::{Beginning, End, Record, Step, Stop, Turn, store};
use crate::bots::Run;
use crate::bots::phone_trials::is_trial;
use crate::conversations::Conversation;
use crate::ids;
use crate::store::{StoreError, Tx};

/// Characters of an answer or a note that a step keeps.
const WORDS: usize = 200;
/// Characters of a text that a result keeps, and bytes of what is no text.
const LONGEST: usize = 2_000;
/// Variables that results leave out: what the customer's record says, and the address by which others go on with the
/// run, which is a secret.
const LEFT_OUT: [&str; 2] = ["contact", CALLBACK];
const CALLBACK: &str = "callback";
/// Bytes of what a call came back with that are kept.
const LARGEST: usize = 16 << 10;

/// What an input says before the engine does anything.
pub fn of_input(input: &Input) -> Vec<Step> {
    match input {
        Input::Start { .. } => vec![Step::Began],
        Input::Pause => vec![Step::Paused],
        Input::Resume => vec![Step::Resumed],
        _ => Vec::new(),
    }
}

/// What the engine did. `own` is the run's own flow.
pub fn of_trace(trace: Vec<Event>, own: &str) -> impl Iterator<Item = Step> {
    trace.into_iter().filter_map(move |event| {
        Some(match event {
            Event::Entered { block } => Step::Entered(block),
            Event::Answered { block, value } => Step::Answered(block, cut(&words(&value), WORDS)),
            Event::Refused { block, .. } => Step::Refused(block),
            Event::Left { block, port } => Step::Left(block, port),
            Event::In { flow } => Step::Inside(if flow == own { String::new() } else { flow }),
            Event::Asked { block, call } => Step::Asked(block, call),
            Event::Note { block, text } => Step::Note(block, cut(&text, WORDS)),
            Event::LeftOut { block, address } => Step::LeftOut(block, cut(&address, WORDS)),
            // What variables came to be stands with the result.
            _ => return None,
        })
    })
}

/// What a turn did, as it is gathered.
#[derive(Debug, Default)]
pub struct Did {
    pub steps: Vec<Step>,
    /// The blocks of what was said.
    pub said: Vec<String>,
    pub returned: Vec<(String, Option<Outcome>)>,
    /// What was written to the customer's record.
    pub changes: Vec<(String, Change)>,
    /// What was wrong with the flow last.
    pub problem: Option<Problem>,
}

impl Did {
    /// What a call of this block came back with.
    pub fn came_back(&mut self, block: &str, outcome: &Outcome) {
        let size = match outcome {
            Outcome::Done { value } => value.to_string().len(),
            Outcome::Failed { reason } => reason.words(Language::En).len(),
        };
        self.returned.push((block.to_owned(), (size <= LARGEST).then(|| outcome.clone())));
    }
}

/// How a run begins, before its first step. `session` holds what an earlier run of the bot has learnt.
pub fn begins(session: &Session, given: &Map<String, Value>, begun: Beginning) -> Beginning {
    let mut known = kept(session);
    known.extend(
        given.iter().filter(|(name, _)| *name != CALLBACK).map(|(name, value)| (name.clone(), value.clone())),
    );
    Beginning { given: known, seed: session.seed, draws: session.draws, ..begun }
}

/// Writes down a turn, and the record of a run that begins or ends with it. `run` stands where it came to.
pub fn turn(
    tx: &mut Tx<'_>,
    thread: &Conversation,
    run: &mut Run,
    did: Did,
    ended: Option<&Ended>,
    at: Time,
) -> Result<(), StoreError> {
    if is_trial(run.version) {
        return Ok(());
    }
    let begins = run.turns == 0;
    if begins && run.id.uuid().is_nil() {
        // Begun before runs had ids.
        run.id = RunId::from_uuid(ids::fresh(at));
    }
    let Did { steps, said, returned, changes, problem } = did;
    if !steps.is_empty() || !said.is_empty() {
        let stands = stands(&run.session);
        let changes = Some(changes);
        let turn = Turn { at, version: run.version, steps, stands, said, returned, changes };
        store::put_turn(tx, run.id, run.turns, &turn)?;
        run.turns += 1;
    }
    match ended {
        Some(ended) => {
            let end = end(ended, problem.as_ref(), &run.session, at);
            put(tx, thread, run, Some(end))
        }
        None if begins => put(tx, thread, run, None),
        None => Ok(()),
    }
}

/// How a run ended, as the engine says.
/// `problem` is what was wrong with the flow last.
pub fn end(ended: &Ended, problem: Option<&Problem>, session: &Session, at: Time) -> End {
    End {
        at,
        reason: reason(ended.reason),
        cause: cause(ended.reason, problem),
        outcome: ended.outcome.clone(),
        block: ended.block.clone(),
        variables: kept(session),
        by: None,
    }
}

/// Writes down that a run ended where it stood, by no step of its own.
pub fn stopped(
    tx: &mut Tx<'_>,
    thread: &Conversation,
    run: &Run,
    stop: Stop,
    at: Time,
) -> Result<(), StoreError> {
    if run.id.uuid().is_nil() || is_trial(run.version) {
        return Ok(());
    }
    let block = run.session.block().map(ToOwned::to_owned);
    let Stop { reason, cause, by } = stop;
    let end = End { at, reason, cause, outcome: None, block, variables: kept(&run.session), by };
    put(tx, thread, run, Some(end))
}

/// Writes down that somebody of the team has a run go on elsewhere; where, its next turn says.
pub fn moved_by(tx: &mut Tx<'_>, run: &mut Run, by: String, at: Time) -> Result<(), StoreError> {
    if run.id.uuid().is_nil() || is_trial(run.version) {
        return Ok(());
    }
    let turn = Turn {
        at,
        version: run.version,
        steps: vec![Step::Moved(by)],
        stands: stands(&run.session),
        said: Vec::new(),
        returned: Vec::new(),
        changes: Some(Vec::new()),
    };
    store::put_turn(tx, run.id, run.turns, &turn)?;
    run.turns += 1;
    Ok(())
}

/// Writes down that a run goes on in another thread.
pub fn moved(tx: &mut Tx<'_>, thread: &Conversation, run: &Run) -> Result<(), StoreError> {
    let is_noted = !run.id.uuid().is_nil() && !is_trial(run.version);
    if is_noted { put(tx, thread, run, None) } else { Ok(()) }
}

fn put(tx: &mut Tx<'_>, thread: &Conversation, run: &Run, end: Option<End>) -> Result<(), StoreError> {
    let record = Record {
        conversation: thread.id,
        customer: thread.customer,
        number: thread.number,
        version: run.version,
        started_at: run.started_at,
        end,
    };
    store::put_record(tx, run.bot, run.id, &record)
}

/// Where a run stands, and what it waits for.
pub fn stands(session: &Session) -> Option<(String, RunWaits)> {
    let waits = match &session.position {
        Position::Question(_) => RunWaits::Answer,
        Position::Person { .. } => RunWaits::Person,
        Position::Wait(_) => RunWaits::Pause,
        Position::Call(_) => RunWaits::Call,
        Position::New | Position::Ended => return None,
    };
    session.block().map(|block| (block.to_owned(), waits))
}

/// The variables that a result shows.
pub fn kept(session: &Session) -> Map<String, Value> {
    let shown = session.variables.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    shown.map(|(name, value)| (name.clone(), short(value))).collect()
}

fn short(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(cut(text, LONGEST)),
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.len() <= LONGEST { value.clone() } else { Value::from(cut(&text, LONGEST)) }
        }
        other => other.clone(),
    }
}

/// A value as people read it.
pub fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn reason(reason: EndReason) -> RunEnd {
    match reason {
        EndReason::Finished => RunEnd::Finished,
        EndReason::HandedOver => RunEnd::HandedOver,
        EndReason::NoAnswer => RunEnd::NoAnswer,
        EndReason::TimedOut => RunEnd::TimedOut,
        EndReason::Failed => RunEnd::Failed,
        // Whatever bound it reached, it is the flow that has to be changed.
        _ => RunEnd::Broken,
    }
}

/// What a run ran into that failed or is broken.
fn cause(reason: EndReason, problem: Option<&Problem>) -> Option<RunCause> {
    match (reason, problem) {
        (EndReason::OutOfFuel { limit }, _) => Some(match limit {
            Limit::Blocks => RunCause::TooManyBlocks,
            Limit::Messages => RunCause::TooManyMessages,
            Limit::Templates => RunCause::TooManyExpressions,
            Limit::Text => RunCause::TextTooLong,
            Limit::Variables => RunCause::VariablesTooLarge,
            Limit::Effects => RunCause::TooManyEffects,
            Limit::Depth => RunCause::TooDeep,
            Limit::Alone => RunCause::TooLongAlone,
        }),
        (EndReason::Broken | EndReason::Failed, Some(problem)) => Some(match problem {
            Problem::NoStart => RunCause::NoStart,
            Problem::UnknownKind { .. } => RunCause::UnknownBlock,
            Problem::DanglingEdge => RunCause::DanglingEdge,
            Problem::MissingBlock => RunCause::BlockRemoved,
            Problem::OtherFlow => RunCause::OtherFlow,
            Problem::NoFlow { .. } => RunCause::NoBot,
            Problem::Call { .. } => RunCause::CallFailed,
            Problem::TooLarge { .. } => RunCause::AnswerTooLarge,
            Problem::AiTokens { .. } => RunCause::AiTokens,
            Problem::BadValue { .. } => RunCause::BadValue,
            Problem::Template { .. } => RunCause::ExpressionFailed,
            // They end no run.
            _ => return None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use beseda_flow::{CallFailure, Mistake, MistakeKind};

    use super::*;

    #[test]
    fn a_run_that_went_wrong_says_what_it_ran_into() {
        let call = Problem::Call { why: CallFailure::default() };
        let mistake = Mistake { why: MistakeKind::DividedByZero, name: "/ 0".to_owned() };
        let mistake = Problem::Template { mistake };
        for (reason, problem, wanted) in [
            (EndReason::OutOfFuel { limit: Limit::Blocks }, None, Some(RunCause::TooManyBlocks)),
            (EndReason::OutOfFuel { limit: Limit::Alone }, Some(&call), Some(RunCause::TooLongAlone)),
            (EndReason::Broken, Some(&Problem::MissingBlock), Some(RunCause::BlockRemoved)),
            (EndReason::Broken, None, None),
            (EndReason::Failed, Some(&call), Some(RunCause::CallFailed)),
            (EndReason::Failed, Some(&mistake), Some(RunCause::ExpressionFailed)),
            // What went wrong and was passed by is not why it ended.
            (EndReason::Failed, Some(&Problem::NoOptions), None),
            (EndReason::NoAnswer, Some(&call), None),
            (EndReason::Finished, Some(&call), None),
        ] {
            assert_eq!(cause(reason, problem), wanted, "{reason:?} {problem:?}");
        }
    }
}
