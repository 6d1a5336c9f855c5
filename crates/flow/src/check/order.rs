//! Variables that are read where no conversation can have given them a value yet.
//!
//! Follows the lines from every beginning and notes what may have been set on some way to each block. What may be set is
//! taken for set: a wrong "it has no value" would cost more trust than one that is missing. So nothing is said of what
//! comes after another bot's flow, or after a tap that may come at any time.

use std::collections::HashMap;

use serde_json::json;

use super::graph::{blocks, exits};
use super::names::reads;
use super::{Code, Findings};
use crate::blocks::{Block, Body};
use crate::compile::{Compiled, Exit, Node, ReadyFlow, Work};
use crate::model::{Flow, TriggerKind};
use crate::names::{FUNCTIONS, GIVEN};
use crate::template::BUILT_IN;

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for name in blocks(flow).flat_map(|block| block.body.sets()) {
        let next = numbers.len();
        numbers.entry(name).or_insert(next);
    }
    // What runs begin with is not missed anywhere.
    BUILT_IN.iter().chain(&GIVEN).chain(&FUNCTIONS).for_each(|name| _ = numbers.remove(name));
    for variable in flow.variables.iter().filter(|variable| !variable.default.is_null()) {
        numbers.remove(&*variable.name);
    }
    if numbers.is_empty() {
        return;
    }
    let known = known_at(flow, compiled, &numbers);
    for ((block, node), known) in blocks(flow).zip(&compiled.nodes).zip(&known) {
        let Some(known) = known else { continue };
        let mut read = Vec::new();
        reads(&node.work, &mut read);
        read.sort_unstable();
        read.dedup();
        // A question may show what it keeps; what a `set` computes with has to be there before.
        let own: Vec<&str> = if let Body::Set(_) = block.body { Vec::new() } else { block.body.sets() };
        for name in read.into_iter().filter(|name| !own.contains(name)) {
            if numbers.get(name).is_some_and(|number| !known.has(*number)) {
                found.warning(Code::SetLater, Some(&node.id), [("name", json!(name))]);
            }
        }
    }
}

/// Which variables may have a value, by their numbers.
#[derive(Clone, PartialEq)]
struct Known(Box<[u64]>);

impl Known {
    fn nothing(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)].into())
    }

    fn all(count: usize) -> Self {
        Self(vec![u64::MAX; count.div_ceil(64)].into())
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64] & (1 << (number % 64)) != 0
    }

    fn put(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Takes what the other knows; whether that was news.
    fn join(&mut self, other: &Self) -> bool {
        let mut news = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            news |= *theirs & !*mine != 0;
            *mine |= theirs;
        }
        news
    }
}

/// What may be known on entering each block; nothing of those that no conversation reaches.
fn known_at(flow: &Flow, compiled: &Compiled, numbers: &HashMap<&str, usize>) -> Vec<Option<Known>> {
    let bodies: Vec<&Block> = blocks(flow).collect();
    let (nothing, all) = (Known::nothing(numbers.len()), Known::all(numbers.len()));
    let mut known: Vec<Option<Known>> = vec![None; compiled.nodes.len()];
    let mut ahead = Vec::new();
    let enter = |exit: Exit, with: &Known, ahead: &mut Vec<usize>, known: &mut Vec<Option<Known>>| {
        let Exit::Node(n) = exit else { return };
        let news = match &mut known[n] {
            Some(there) => there.join(with),
            unknown => {
                *unknown = Some(with.clone());
                true
            }
        };
        if news {
            ahead.push(n);
        }
    };
    enter(compiled.entry(None, None), &nothing, &mut ahead, &mut known);
    for trigger in flow.triggers.iter().filter(|trigger| !trigger.disabled) {
        // Who calls the flow by the API gives it values of any name.
        let begins = if let TriggerKind::Api = trigger.kind { &all } else { &nothing };
        enter(compiled.entry(Some(&trigger.id), None), begins, &mut ahead, &mut known);
    }
    while let Some(n) = ahead.pop() {
        let Some(mut after) = known[n].clone() else { continue };
        bodies[n]
            .body
            .sets()
            .into_iter()
            .filter_map(|name| numbers.get(name))
            .for_each(|number| after.put(*number));
        let node = &compiled.nodes[n];
        let with = if later(node) { &all } else { &after };
        let ways = exits(node);
        if matches!(node.work, Work::Return | Work::Break) || ways.contains(&Exit::End) {
            for exit in back(compiled) {
                enter(exit, with, &mut ahead, &mut known);
            }
        }
        for exit in ways {
            enter(exit, with, &mut ahead, &mut known);
        }
    }
    known
}

/// Where a run may go on when a way has ended: behind the sub-flow it was in, or in the next round of a loop.
fn back(compiled: &Compiled) -> impl Iterator<Item = Exit> {
    let around =
        compiled.nodes.iter().filter(|node| matches!(node.work, Work::SubFlow { .. } | Work::Loop(_)));
    around.flat_map(exits)
}

/// Whether other things may have happened before a run goes on from here.
fn later(node: &Node) -> bool {
    matches!(node.work, Work::Menu { .. } | Work::Template(_) | Work::SubFlow { to: ReadyFlow::Bot(_), .. })
}
