//! The numbers of runs: what one run counts, and sums of it. Pure.
//!
//! What a run counts depends on its rows alone. So a run that went on after it was counted is counted anew, and what it
//! counted before is taken off.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use beseda_flow::port;
use beseda_wire::results::{RunEnd, RunWaits};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::{Record, Step, Turn};

/// Between a flow's id and its block's, in the key of another bot's block.
pub const INSIDE: char = '\u{1f}';

/// No version: what several versions count of the same run, below zero. Summed with them each run is counted once.
const SEVERAL: u32 = 0;

/// Sums over runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    pub started: i64,
    pub ends: BTreeMap<RunEnd, i64>,
    /// By the labels of end blocks.
    pub outcomes: BTreeMap<String, i64>,
    /// From the beginning to the end of runs that finished.
    pub took: Times,
    pub blocks: BTreeMap<String, Block>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub entered: i64,
    pub runs: i64,
    pub answered: i64,
    /// Runs that answered it.
    pub answered_runs: i64,
    pub refused: i64,
    /// Runs that stood here for an answer.
    pub asked_runs: i64,
    pub dropped: i64,
    /// The place among the blocks that a run came to, summed over runs: it orders the funnel.
    pub place: i64,
    pub took: Times,
    pub ports: BTreeMap<String, i64>,
}

/// Times by their size: each class is a tenth longer than the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Times(BTreeMap<u8, i64>);

/// The shortest time that is told from none, in milliseconds, and how much longer each class is.
const SHORTEST: f64 = 100.0;
const LONGER: f64 = 1.1;
impl Times {
    fn note(&mut self, ms: i64) {
        *self.0.entry(class(ms)).or_default() += 1;
    }

    /// The median in milliseconds, to within a twentieth.
    pub fn median(&self) -> Option<u64> {
        let all: i64 = self.0.values().sum();
        let mut below = 0;
        for (class, times) in &self.0 {
            below += times;
            if all > 0 && below * 2 >= all {
                return Some(middle(*class));
            }
        }
        None
    }

    fn add(&mut self, other: &Self, sign: i64) {
        add(&mut self.0, &other.0, sign);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the type's range")]
#[expect(clippy::cast_precision_loss, reason = "classes are wider than what is lost")]
fn class(ms: i64) -> u8 {
    let class = (ms.max(1) as f64 / SHORTEST).ln() / LONGER.ln();
    class.floor().clamp(0.0, 255.0) as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a median of some centuries at most"
)]
fn middle(class: u8) -> u64 {
    (SHORTEST * LONGER.powf(f64::from(class) + 0.5)).round() as u64
}

impl Counters {
    /// Adds (or, with -1, takes off) another's numbers.
    pub fn add(&mut self, other: &Self, sign: i64) {
        self.started += sign * other.started;
        add(&mut self.ends, &other.ends, sign);
        add(&mut self.outcomes, &other.outcomes, sign);
        self.took.add(&other.took, sign);
        for (id, more) in &other.blocks {
            let block = self.blocks.entry(id.clone()).or_default();
            block.entered += sign * more.entered;
            block.runs += sign * more.runs;
            block.answered += sign * more.answered;
            block.answered_runs += sign * more.answered_runs;
            block.refused += sign * more.refused;
            block.asked_runs += sign * more.asked_runs;
            block.dropped += sign * more.dropped;
            block.place += sign * more.place;
            block.took.add(&more.took, sign);
            add(&mut block.ports, &more.ports, sign);
        }
    }
}

fn add<K: Ord + Clone>(sum: &mut BTreeMap<K, i64>, more: &BTreeMap<K, i64>, sign: i64) {
    for (key, number) in more {
        *sum.entry(key.clone()).or_default() += sign * number;
    }
    sum.retain(|_, number| *number != 0);
}

/// Ends by the customer's own silence, or without an answer that fits.
pub fn is_drop(end: RunEnd) -> bool {
    matches!(end, RunEnd::NoAnswer | RunEnd::TimedOut)
}

/// What a run counts for each version that it went by. `ended` is left out of one that was counted while it went on.
pub fn of_run(record: &Record, turns: &[Turn], ended: bool) -> HashMap<u32, Counters> {
    let mut count = Count::default();
    let first = turns.first().map_or(record.version, |turn| turn.version);
    count.of(first).started += 1;
    for turn in turns {
        for step in &turn.steps {
            count.step(step, turn);
        }
        if let Some((block, RunWaits::Answer)) = &turn.stands {
            let key = (turn.version, count.key(block));
            let seen = see(&mut count.asked, &key);
            count.add(seen, &key, |block| &mut block.asked_runs, 1);
        }
    }
    if let Some(end) = record.end.as_ref().filter(|_| ended) {
        // Who was silent dropped off where the answer did not come, and not where the bot said its last word.
        let unanswered = std::mem::take(&mut count.unanswered);
        let ended = || end.block.as_deref().map(|block| count.key(block));
        let dropped = if is_drop(end.reason) { unanswered.or_else(ended) } else { None };
        let counters = count.of(record.version);
        *counters.ends.entry(end.reason).or_default() += 1;
        if let Some(outcome) = &end.outcome {
            *counters.outcomes.entry(outcome.clone()).or_default() += 1;
        }
        if end.reason == RunEnd::Finished {
            counters.took.note(end.at.millis_since(record.started_at));
        }
        if let Some(block) = dropped {
            counters.blocks.entry(block).or_default().dropped += 1;
        }
    }
    count.counters
}

/// A block of a version.
type Of = (u32, String);

/// Blocks with the versions in which the run came to them: one that was moved to another version comes to its block again.
type Seen = BTreeMap<String, BTreeSet<u32>>;

/// How often a version that saw this block has seen it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    First,
    /// The first there, but another version has seen it.
    FirstHere,
    Again,
}

fn see(seen: &mut Seen, (version, key): &Of) -> Sight {
    let versions = seen.entry(key.clone()).or_default();
    match (versions.insert(*version), versions.len()) {
        (false, _) => Sight::Again,
        (true, 1) => Sight::First,
        (true, _) => Sight::FirstHere,
    }
}

#[derive(Default)]
struct Count {
    counters: HashMap<u32, Counters>,
    /// The flow of another bot that the run is in.
    inside: String,
    entered: Seen,
    answered: Seen,
    asked: Seen,
    /// When each block was entered last.
    since: HashMap<String, Time>,
    /// The question whose time was over, until the customer answers another one.
    unanswered: Option<String>,
}

impl Count {
    fn of(&mut self, version: u32) -> &mut Counters {
        self.counters.entry(version).or_default()
    }

    fn key(&self, block: &str) -> String {
        if self.inside.is_empty() { block.to_owned() } else { format!("{}{INSIDE}{block}", self.inside) }
    }

    fn block(&mut self, (version, key): &Of) -> &mut Block {
        self.counters.entry(*version).or_default().blocks.entry(key.clone()).or_default()
    }

    /// Adds the number of a run at a block, once for each version and once for all of them.
    fn add(&mut self, sight: Sight, key: &Of, of: fn(&mut Block) -> &mut i64, number: i64) {
        if sight != Sight::Again {
            *of(self.block(key)) += number;
        }
        if sight == Sight::FirstHere {
            *of(self.block(&(SEVERAL, key.1.clone()))) -= number;
        }
    }

    fn step(&mut self, step: &Step, turn: &Turn) {
        match step {
            Step::Began => self.inside.clear(),
            Step::Inside(flow) => self.inside.clone_from(flow),
            Step::Entered(block) => {
                let key = (turn.version, self.key(block));
                let place = i64::try_from(self.entered.len()).unwrap_or(i64::MAX);
                let sight = see(&mut self.entered, &key);
                self.since.insert(key.1.clone(), turn.at);
                self.block(&key).entered += 1;
                self.add(sight, &key, |block| &mut block.runs, 1);
                self.add(sight, &key, |block| &mut block.place, place);
            }
            Step::Answered(block, _) => {
                let key = (turn.version, self.key(block));
                self.unanswered = None;
                let sight = see(&mut self.answered, &key);
                let took = self.since.get(&key.1).map(|since| turn.at.millis_since(*since));
                let block = self.block(&key);
                block.answered += 1;
                if let Some(took) = took {
                    block.took.note(took);
                }
                self.add(sight, &key, |block| &mut block.answered_runs, 1);
            }
            Step::Refused(block) => {
                let key = (turn.version, self.key(block));
                self.block(&key).refused += 1;
            }
            Step::Left(block, port) => {
                let key = (turn.version, self.key(block));
                if port == port::TIMEOUT && self.asked.contains_key(&key.1) {
                    self.unanswered = Some(key.1.clone());
                }
                *self.block(&key).ports.entry(port.clone()).or_default() += 1;
            }
            Step::Asked(..)
            | Step::Note(..)
            | Step::LeftOut(..)
            | Step::Paused
            | Step::Resumed
            | Step::Moved(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::End;
    use super::*;
    use beseda_wire::ids::{ConversationId, CustomerId, NumberId};
    use uuid::Uuid;

    fn record(end: Option<(i64, RunEnd)>) -> Record {
        Record {
            conversation: ConversationId::from_uuid(Uuid::nil()),
            customer: CustomerId::from_uuid(Uuid::nil()),
            number: NumberId::from_uuid(Uuid::nil()),
            version: 1,
            started_at: Time::from_millis(0),
            end: end.map(|(at, reason)| End {
                at: Time::from_millis(at),
                cause: None,
                reason,
                outcome: None,
                block: Some("age".into()),
                variables: serde_json::Map::new(),
                by: None,
            }),
        }
    }

    fn turns() -> Vec<Turn> {
        let turn = |at, steps: Vec<Step>, stands: Option<&str>| Turn {
            at: Time::from_millis(at),
            version: 1,
            steps,
            stands: stands.map(|block| (block.to_owned(), RunWaits::Answer)),
            said: Vec::new(),
            returned: Vec::new(),
            changes: Some(Vec::new()),
        };
        let block = |name: &str| name.to_owned();
        vec![
            turn(
                0,
                vec![
                    Step::Began,
                    Step::Entered(block("hello")),
                    Step::Left(block("hello"), block("next")),
                    Step::Entered(block("age")),
                ],
                Some("age"),
            ),
            turn(5_000, vec![Step::Refused(block("age"))], Some("age")),
            turn(
                30_000,
                vec![Step::Answered(block("age"), block("33")), Step::Left(block("age"), block("answered"))],
                None,
            ),
        ]
    }

    #[test]
    fn a_run_is_counted_once_however_often_it_is_looked_at() {
        let (live, over) = (record(None), record(Some((30_000, RunEnd::Finished))));
        let whole = of_run(&over, &turns(), true)[&1].clone();
        let age = &whole.blocks["age"];
        assert_eq!((age.entered, age.answered, age.refused, age.asked_runs, age.place), (1, 1, 1, 1, 1));
        assert_eq!((whole.started, whole.ends[&RunEnd::Finished]), (1, 1));
        // Looked at after each turn.
        let mut sum = Counters::default();
        let mut before = Counters::default();
        for turn in 1..=3 {
            let now = of_run(&live, &turns()[..turn], false)[&1].clone();
            sum.add(&now, 1);
            sum.add(&before, -1);
            before = now;
        }
        sum.add(&whole, 1);
        sum.add(&before, -1);
        assert_eq!(sum, whole);
    }

    #[test]
    fn a_run_that_ends_at_a_question_is_a_drop_there() {
        let over = record(Some((9_000, RunEnd::NoAnswer)));
        let counted = of_run(&over, &turns()[..2], true)[&1].clone();
        assert_eq!((counted.blocks["age"].dropped, counted.blocks["hello"].dropped), (1, 0));
    }

    #[test]
    fn who_was_silent_dropped_off_at_the_question() {
        let mut silent = turns();
        let block = |name: &str| name.to_owned();
        silent[2].steps = vec![
            Step::Left(block("age"), block("timeout")),
            Step::Entered(block("bye")),
            Step::Left(block("bye"), block("next")),
        ];
        let mut over = record(Some((9_000, RunEnd::TimedOut)));
        over.end.as_mut().unwrap().block = Some("bye".into());
        let counted = of_run(&over, &silent, true)[&1].clone();
        assert_eq!((counted.blocks["age"].dropped, counted.blocks["bye"].dropped), (1, 0));
        assert_eq!(counted.ends[&RunEnd::TimedOut], 1);
        // What the team ended, and what failed, is nobody's silence.
        for reason in [RunEnd::Reset, RunEnd::Failed, RunEnd::Broken, RunEnd::Replaced, RunEnd::HandedOver] {
            let counted = of_run(&record(Some((9_000, reason))), &turns()[..2], true)[&1].clone();
            assert_eq!(counted.blocks["age"].dropped, 0, "{reason:?}");
        }
    }

    #[test]
    fn a_run_that_is_moved_to_another_version_is_counted_once() {
        let mut turns = turns();
        let block = |name: &str| name.to_owned();
        let mut again = turns[0].clone();
        (again.version, turns[2].version) = (2, 2);
        again.steps = vec![Step::Moved(block("Ann")), Step::Entered(block("age"))];
        turns.insert(2, again);
        turns.push(Turn { version: 1, ..turns[3].clone() });
        let counted = of_run(&record(None), &turns, false);
        let mut all = Counters::default();
        for counters in counted.values() {
            all.add(counters, 1);
        }
        let age = &all.blocks["age"];
        assert_eq!((all.started, age.runs, age.answered_runs, age.asked_runs), (1, 1, 1, 1));
        assert_eq!((age.entered, age.answered, age.place), (2, 2, 1));
        // Each of the versions has it once as well.
        for version in [1, 2] {
            let age = &counted[&version].blocks["age"];
            assert_eq!((age.runs, age.answered_runs, age.asked_runs), (1, 1, 1), "{version}");
        }
        assert!(!of_run(&record(None), &turns[..1], false).contains_key(&SEVERAL));
    }

    #[test]
    fn the_same_block_of_another_bot_is_another_block() {
        let mut turns = turns();
        turns[0].steps.insert(3, Step::Inside("other".into()));
        let counted = of_run(&record(None), &turns, false)[&1].clone();
        assert_eq!(counted.blocks["other\u{1f}age"].answered, 1);
        assert!(!counted.blocks.contains_key("age"));
    }

    #[test]
    fn a_median_is_within_a_twentieth() {
        for ms in [100, 999, 30_000, 86_400_000, 30 * 86_400_000_i64] {
            let mut times = Times::default();
            for near in [ms, ms, ms * 3] {
                times.note(near);
            }
            let told = i64::try_from(times.median().unwrap()).unwrap();
            assert!((told - ms).abs() * 20 <= ms + 20, "{ms}: {told}");
        }
        assert_eq!(Times::default().median(), None);
    }
}
