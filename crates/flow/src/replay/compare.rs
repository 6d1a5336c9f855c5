//! Where two transcripts first differ.
//!
//! What counts is what a customer would notice, and which block it came from: texts with their variables filled in,
//! choices, files, the end of the run, a hand-over. Where all of it is the same, what the flow writes to the customer's record
//! counts: the two are compared apart, since what was written and what was said in one turn has no order between them. Ids and times do not count. Nor does where the customer's own words
//! stand: of messages in quick succession the server answers some together, and their order is chance.

use serde::{Deserialize, Serialize};

use super::{Change, Line, Said};

/// What came of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Everything is answered as it was.
    Same,
    Different {
        #[serde(flatten)]
        place: Place,
        difference: Difference,
    },
    /// As far as it is known it is answered as it was; from this line on nobody knows.
    Unknown { now: usize },
}

/// The lines that differ, by their positions; absent on the side that has no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub then: Option<usize>,
    pub now: Option<usize>,
}

/// What is different there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Nobody answers what began the conversation.
    Silent,
    /// Another bot answers.
    OtherBot,
    /// Something else is written to the customer's record.
    Record,
    Text,
    Choices,
    /// Another kind of message, another file or place.
    Kind,
    /// The same words, from another block.
    Block,
    HandOver,
    End,
    /// There is more than then.
    More,
    /// There is less than then.
    Less,
}

/// Compares what was said and done then with what is now.
pub fn compare(then: &[Line], now: &[Line]) -> Verdict {
    match compare_talk(then, now) {
        Verdict::Different { place, difference } => Verdict::Different { place, difference },
        same => changed(then, now, same == Verdict::Same).unwrap_or(same),
    }
}

/// Where the two write something else to the customer's record. Of one that is not known to its end what is missing is none.
fn changed(then: &[Line], now: &[Line], whole: bool) -> Option<Verdict> {
    fn of(lines: &[Line]) -> impl Iterator<Item = (usize, &Change)> {
        lines.iter().enumerate().filter_map(|(n, line)| match line {
            Line::Changed { change, .. } => Some((n, change)),
            _ => None,
        })
    }
    let (mut before, mut after) = (of(then), of(now));
    loop {
        let (one, other) = (before.next(), after.next());
        let differs = match (one, other) {
            (None, None) => return None,
            (Some(_), None) => whole,
            (one, other) => one.map(|(_, change)| change) != other.map(|(_, change)| change),
        };
        if differs {
            let place = Place { then: one.map(|(n, _)| n), now: other.map(|(n, _)| n) };
            return Some(Verdict::Different { place, difference: Difference::Record });
        }
    }
}

fn compare_talk(then: &[Line], now: &[Line]) -> Verdict {
    let mut before = then.iter().enumerate().filter(|(_, line)| line.is_bots());
    let mut after = now.iter().enumerate().filter(|(_, line)| line.is_bots());
    loop {
        let (one, other) = (before.next(), after.next());
        let place = Place { then: one.map(|(n, _)| n), now: other.map(|(n, _)| n) };
        let difference = match (one.map(|(_, line)| line), other.map(|(_, line)| line)) {
            (None, None) => return Verdict::Same,
            (_, Some(Line::Unknown { .. })) => {
                return Verdict::Unknown { now: place.now.unwrap_or_default() };
            }
            (None, Some(Line::Bot { .. })) => Some(Difference::OtherBot),
            (Some(_), Some(Line::Silent { .. })) => Some(Difference::Silent),
            (Some(one), Some(other)) => difference(one, other),
            (None, Some(Line::HandedOver { .. })) | (Some(Line::HandedOver { .. }), None) => {
                Some(Difference::HandOver)
            }
            (None, Some(Line::Ended { .. })) | (Some(Line::Ended { .. }), None) => Some(Difference::End),
            (None, Some(_)) => Some(Difference::More),
            (Some(_), None) => Some(Difference::Less),
        };
        if let Some(difference) = difference {
            return Verdict::Different { place, difference };
        }
    }
}

fn difference(one: &Line, other: &Line) -> Option<Difference> {
    match (one, other) {
        (
            Line::Said { block: one_block, said: one, .. },
            Line::Said { block: other_block, said: other, .. },
        ) => {
            let moved = matches!((one_block, other_block), (Some(one), Some(other)) if one != other);
            said(one, other).or_else(|| moved.then_some(Difference::Block))
        }
        (Line::HandedOver { .. }, Line::HandedOver { .. }) | (Line::Silent { .. }, Line::Silent { .. }) => {
            None
        }
        (Line::Bot { bot: one, .. }, Line::Bot { bot: other, .. }) => {
            (one != other).then_some(Difference::OtherBot)
        }
        (Line::Bot { .. }, _) | (_, Line::Bot { .. }) => Some(Difference::OtherBot),
        (Line::HandedOver { .. }, _) | (_, Line::HandedOver { .. }) => Some(Difference::HandOver),
        (
            Line::Ended { ending: one, outcome: one_outcome, .. },
            Line::Ended { ending: other, outcome: other_outcome, .. },
        ) => (one != other || one_outcome != other_outcome).then_some(Difference::End),
        // One says something where the other is at its end.
        (Line::Ended { .. }, Line::Said { .. }) => Some(Difference::More),
        (Line::Said { .. }, Line::Ended { .. }) => Some(Difference::End),
        _ => Some(Difference::Kind),
    }
}

fn said(one: &Said, other: &Said) -> Option<Difference> {
    if one.text.trim() != other.text.trim() {
        Some(Difference::Text)
    } else if one.choices != other.choices {
        Some(Difference::Choices)
    } else if one.kind != other.kind || one.with != other.with {
        Some(Difference::Kind)
    } else {
        None
    }
}
