//! Where the flow's lines lead.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Code, Findings, window};
use crate::answer::Kind;
use crate::blocks::{Answer, Block, Body, Opt, SubFlow};
use crate::catalogue::entry_of;
use crate::compile::{Compiled, Exit, Node, ReadyFlow, What, Work};
use crate::model::{Flow, Target, TriggerKind};

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    duplicates(flow, found);
    edges(flow, found);
    starts(flow, compiled, found);
    kinds(compiled, found);
    unreachable(flow, compiled, found);
    loops(compiled, found);
}

/// All blocks, in the order in which the compiled flow numbers them.
pub fn blocks(flow: &Flow) -> impl Iterator<Item = &Block> {
    flow.groups.iter().flat_map(|group| &group.blocks)
}

fn duplicates(flow: &Flow, found: &mut Findings) {
    let mut seen = HashSet::new();
    let mut ids: Vec<(&str, &str, Option<&str>)> = Vec::new();
    ids.extend(flow.groups.iter().map(|group| ("group", &*group.id, None)));
    ids.extend(blocks(flow).map(|block| ("block", &*block.id, Some(&*block.id))));
    ids.extend(flow.edges.iter().map(|edge| ("edge", &*edge.id, None)));
    ids.extend(flow.triggers.iter().map(|trigger| ("trigger", &*trigger.id, None)));
    ids.extend(flow.variables.iter().map(|variable| ("variable", &*variable.name, None)));
    for (what, id, block) in ids {
        if !seen.insert((what, id)) {
            found.error(Code::DuplicateId, block, [("what", json!(what)), ("id", json!(id))]);
        }
    }
    for block in blocks(flow) {
        let Some((what, ids)) = named(&block.body) else { continue };
        let mut seen = HashSet::new();
        for id in ids.into_iter().filter(|id| !seen.insert(*id)) {
            found.error(Code::DuplicateId, Some(&block.id), [("what", json!(what)), ("id", json!(id))]);
        }
    }
}

fn edges(flow: &Flow, found: &mut Findings) {
    let groups: HashMap<&str, bool> =
        flow.groups.iter().map(|group| (&*group.id, group.blocks.is_empty())).collect();
    let by_id: HashMap<&str, &Block> = blocks(flow).map(|block| (&*block.id, block)).collect();
    let triggers: HashSet<&str> = flow.triggers.iter().map(|trigger| &*trigger.id).collect();
    let to = |target: &Target, edge: Value, block: Option<&str>, found: &mut Findings| {
        let there = match &target.block {
            Some(id) => by_id.contains_key(id.as_str()),
            None => groups.contains_key(target.group.as_str()),
        };
        if !there {
            let to = target.block.as_ref().unwrap_or(&target.group);
            found.error(Code::DanglingEdge, block, [("edge", edge), ("to", json!(to))]);
        } else if target.block.is_none() && groups[target.group.as_str()] {
            found.warning(Code::EmptyGroup, block, [("edge", edge), ("group", json!(target.group))]);
        }
    };
    let mut ports = HashSet::new();
    for edge in &flow.edges {
        let block = edge.from.block.as_deref();
        let begins = match (block, &edge.from.trigger) {
            (Some(id), _) => by_id.get(id).is_some_and(|block| has_port(block, edge.from.port.as_deref())),
            (None, Some(trigger)) => triggers.contains(trigger.as_str()),
            (None, None) => false,
        };
        if !begins {
            let from = block.or(edge.from.trigger.as_deref()).unwrap_or_default();
            let block = block.filter(|id| by_id.contains_key(id));
            found.error(Code::EdgeFromNowhere, block, [("edge", json!(edge.id)), ("from", json!(from))]);
        } else if !ports.insert((block, edge.from.trigger.as_deref(), edge.from.port.as_deref())) {
            found.warning(Code::DoubleEdge, block, [("edge", json!(edge.id))]);
        }
        to(&edge.to, json!(edge.id), block, found);
    }
    for block in blocks(flow) {
        match &block.body {
            Body::Jump(jump) => to(&jump.to, Value::Null, Some(&block.id), found),
            Body::SubFlow(SubFlow { to: Some(target), bot: None, .. }) => {
                to(target, Value::Null, Some(&block.id), found);
            }
            _ => {}
        }
    }
}

/// Whether edges may begin at this port of the block, by the catalogue. Of unknown kinds nothing is known.
pub fn has_port(block: &Block, name: Option<&str>) -> bool {
    let Some(entry) = entry_of(block.kind(), variant(&block.body)) else { return true };
    let Some(name) = name else { return !entry.ports.is_empty() };
    let ids = named(&block.body).map(|(_, ids)| ids).unwrap_or_default();
    entry.ports.iter().any(|port| match port.strip_suffix('*') {
        Some(prefix) => name.strip_prefix(prefix).is_some_and(|id| ids.contains(&id)),
        None => *port == name,
    })
}

/// What the catalogue tells a block's kind apart by.
pub fn variant(body: &Body) -> Option<&'static str> {
    match body {
        Body::Question(question) => Some(match question.answer {
            Answer::Form => "form",
            // The edge of an option stays good while its question is of another kind for a moment.
            _ => "choice",
        }),
        _ => None,
    }
}

/// The ids that a block gives its options or branches, and what they are called.
fn named(body: &Body) -> Option<(&'static str, Vec<&str>)> {
    fn options(options: &[Opt]) -> Vec<&str> {
        options.iter().map(|option| &*option.id).collect()
    }
    Some(match body {
        Body::Question(question) => ("option", options(&question.options)),
        Body::Menu(menu) => ("option", options(&menu.options)),
        Body::Template(template) => ("option", template.buttons.iter().map(|button| &*button.id).collect()),
        Body::Condition(condition) => {
            ("branch", condition.branches.iter().map(|branch| &*branch.id).collect())
        }
        Body::Switch(switch) => ("branch", switch.branches.iter().map(|case| &*case.id).collect()),
        Body::Split(split) => ("branch", split.branches.iter().map(|share| &*share.id).collect()),
        _ => return None,
    })
}

fn starts(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let nothing = compiled.nodes.is_empty();
    if nothing || matches!(compiled.entry(None, None), Exit::Broken | Exit::End) {
        found.error(Code::NoStart, None, []);
    }
    let fires = |kind: &TriggerKind| !matches!(kind, TriggerKind::Other(_));
    if !flow.triggers.iter().any(|trigger| !trigger.disabled && fires(&trigger.kind)) {
        found.warning(Code::NoTrigger, None, []);
    }
    for trigger in &flow.triggers {
        if let TriggerKind::Other(kind) = &trigger.kind {
            let parameters = [("kind", json!(kind)), ("trigger", json!(trigger.id))];
            found.warning(Code::UnknownTrigger, None, parameters);
        }
    }
}

fn kinds(compiled: &Compiled, found: &mut Findings) {
    for node in &compiled.nodes {
        let kind = match &node.work {
            Work::Unknown { kind } => kind,
            Work::Ask(ask) => match &ask.kind {
                Kind::Unknown(kind) => kind,
                _ => continue,
            },
            _ => continue,
        };
        found.error(Code::UnknownKind, Some(&node.id), [("kind", json!(kind))]);
    }
}

fn unreachable(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let mut reached = vec![false; compiled.nodes.len()];
    let mut ahead = vec![compiled.entry(None, None)];
    let firing = flow.triggers.iter().filter(|trigger| !trigger.disabled);
    ahead.extend(firing.map(|trigger| compiled.entry(Some(&trigger.id), None)));
    while let Some(exit) = ahead.pop() {
        if let Exit::Node(n) = exit
            && !std::mem::replace(&mut reached[n], true)
        {
            ahead.extend(exits(&compiled.nodes[n]));
        }
    }
    for (node, reached) in compiled.nodes.iter().zip(reached) {
        if !reached {
            found.warning(Code::Unreachable, Some(&node.id), []);
        }
    }
}

/// The blocks that run a part of the flow from which a run may come to the same block again.
pub fn runs_itself(compiled: &Compiled) -> Vec<String> {
    let circles = circles(compiled);
    let nodes = compiled.nodes.iter().enumerate();
    let within = nodes.filter(|(n, node)| match node.work {
        Work::SubFlow { to: ReadyFlow::Here(Exit::Node(to)), .. } => circles[to] == circles[*n],
        _ => false,
    });
    within.map(|(_, node)| node.id.to_string()).collect()
}

/// Numbers the nodes so that those have one number from each of which a run may come to each other one (Tarjan's strongly
/// connected components; a list for the way, not recursion).
fn circles(compiled: &Compiled) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = compiled.nodes.len();
    let (mut entered, mut lowest, mut circle) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
    let (mut entries, mut open) = (0, Vec::new());
    for first in 0..count {
        let mut way: Vec<(usize, Vec<Exit>)> = Vec::new();
        let mut enter = Some(first).filter(|n| entered[*n] == NONE);
        loop {
            if let Some(n) = enter.take() {
                (entered[n], lowest[n]) = (entries, entries);
                entries += 1;
                open.push(n);
                way.push((n, exits(&compiled.nodes[n])));
            }
            let Some((n, ahead)) = way.last_mut() else { break };
            let n = *n;
            match ahead.pop() {
                Some(Exit::Node(next)) if entered[next] == NONE => enter = Some(next),
                // A circle that is closed already is no part of this one.
                Some(Exit::Node(next)) if circle[next] == NONE => lowest[n] = lowest[n].min(entered[next]),
                Some(_) => {}
                None => {
                    way.pop();
                    if let Some((around, _)) = way.last() {
                        lowest[*around] = lowest[*around].min(lowest[n]);
                    }
                    while lowest[n] == entered[n] && circle[n] == NONE {
                        if let Some(member) = open.pop() {
                            circle[member] = n;
                        }
                    }
                }
            }
        }
    }
    circle
}

/// Finds blocks that lead back to themselves without waiting, or without waiting for the customer. One finding for a
/// loop.
fn loops(compiled: &Compiled, found: &mut Findings) {
    rounds(compiled, running_exits, &mut |round, counted| {
        let free = |node: &&Node| {
            matches!(
                node.work,
                Work::Condition(_) | Work::Switch { .. } | Work::Split(_) | Work::Hours { .. }
            )
        };
        let ids = told(round);
        if counted {
            // It ends with its list.
        } else if round.iter().any(free) {
            found.hint(Code::LoopWithoutQuestion, Some(&round[0].id), [("blocks", ids)]);
        } else {
            found.error(Code::EndlessLoop, Some(&round[0].id), [("blocks", ids)]);
        }
    });
    rounds(compiled, lonely_exits, &mut |round, counted| {
        let waits = round.iter().any(|node| waits(&node.work));
        if waits && !counted {
            let ids = told(round);
            let asks = round.iter().any(|node| matches!(node.work, Work::Ask(_)));
            let talks = round.iter().find(|node| window::says(&node.work));
            let rests = round.iter().map(|node| window::rest(&node.work)).fold(0, u32::saturating_add);
            if let Some(talks) = talks.filter(|_| !asks && rests < SHORT) {
                found.warning(Code::TalksWithoutEnd, Some(&talks.id), [("blocks", ids)]);
            } else {
                found.hint(Code::LoopWithoutCustomer, Some(&round[0].id), [("blocks", ids)]);
            }
        }
    });
}

/// Blocks of a round that are told: nobody reads more, and a flow may have thousands of rounds of thousands of blocks.
const TOLD: usize = 20;

fn told(round: &[&Node]) -> Value {
    json!(round.iter().take(TOLD).map(|node| &*node.id).collect::<Vec<_>>())
}

/// A round that says something and rests for fewer seconds floods the customer.
const SHORT: u32 = 3600;

/// Shows every round that these exits make, and whether it is the rounds of a loop block.
fn rounds(compiled: &Compiled, exits: impl Fn(&Node) -> Vec<usize>, show: &mut dyn FnMut(&[&Node], bool)) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnTheWay,
        Done,
    }
    let mut seen = vec![Seen::No; compiled.nodes.len()];
    for first in 0..compiled.nodes.len() {
        // The way from `first`, each node with its exits that are still to be tried. A list, not recursion: a flow
        // may be a chain of thousands.
        let mut way: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut enter = Some(first).filter(|n| seen[*n] == Seen::No);
        loop {
            if let Some(n) = enter.take() {
                seen[n] = Seen::OnTheWay;
                way.push((n, exits(&compiled.nodes[n])));
            }
            let Some((n, ahead)) = way.last_mut() else { break };
            match ahead.pop() {
                Some(next) if seen[next] == Seen::No => enter = Some(next),
                Some(next) if seen[next] == Seen::OnTheWay => {
                    let start = way.iter().position(|(n, _)| *n == next).unwrap_or_default();
                    let round: Vec<&Node> = way[start..].iter().map(|(n, _)| &compiled.nodes[*n]).collect();
                    let numbers: Vec<usize> = way[start..].iter().map(|(n, _)| *n).collect();
                    show(&round, counted(&round, &numbers));
                }
                Some(_) => {}
                None => {
                    seen[*n] = Seen::Done;
                    way.pop();
                }
            }
        }
    }
}

/// Whether the block waits for something other than a person.
fn waits(work: &Work) -> bool {
    matches!(work, Work::Ask(_) | Work::Wait(_) | Work::Outside(_))
}

/// Where a run goes on without a word of the customer.
fn lonely_exits(node: &Node) -> Vec<usize> {
    let exits = match &node.work {
        Work::Ask(ask) => ask.timed_out.filter(|_| ask.timeout.is_some()).into_iter().collect(),
        Work::Wait(_) => vec![node.next],
        Work::Outside(outside) => {
            let mut exits = vec![node.next];
            exits.extend(outside.failed.into_iter().chain(outside.timed_out));
            exits
        }
        _ => return running_exits(node),
    };
    exits.into_iter().filter_map(number).collect()
}

/// Where a run goes on at once, without an answer.
fn running_exits(node: &Node) -> Vec<usize> {
    let exits = match &node.work {
        Work::Ask(_) | Work::HandOver(_) | Work::Outside(_) | Work::Wait(_) => return Vec::new(),
        // Taps come later.
        Work::Menu { .. } | Work::Template(_) => vec![node.next],
        _ => exits(node),
    };
    exits.into_iter().filter_map(number).collect()
}

fn number(exit: Exit) -> Option<usize> {
    if let Exit::Node(n) = exit { Some(n) } else { None }
}

/// Whether a round of blocks goes through a loop block's own rounds: those end with its list.
fn counted(round: &[&Node], numbers: &[usize]) -> bool {
    round.iter().enumerate().any(|(n, node)| {
        let Work::Loop(work) = &node.work else { return false };
        let following = numbers.get((n + 1) % numbers.len()).copied();
        work.each.and_then(number) == following && number(node.next) != following
    })
}

/// Everywhere that a run may go from a block.
pub fn exits(node: &Node) -> Vec<Exit> {
    match &node.work {
        Work::Condition(branches) => branches.iter().map(|(_, _, exit)| *exit).chain([node.next]).collect(),
        Work::Switch { cases, .. } => cases.iter().map(|case| case.exit).chain([node.next]).collect(),
        Work::Split(shares) => {
            let taken = shares.iter().filter(|(_, weight, _)| *weight > 0);
            let exits: Vec<_> = taken.map(|(_, _, exit)| *exit).collect();
            if exits.is_empty() { vec![node.next] } else { exits }
        }
        Work::Ask(ask) => {
            let mut exits: Vec<_> = ask.failed.into_iter().collect();
            exits.extend(ask.timed_out.filter(|_| ask.timeout.is_some()));
            match &ask.kind {
                Kind::Choice(choice) if choice.several.is_none() => {
                    exits.extend(choice.options.iter().map(|option| option.exit.unwrap_or(node.next)));
                    exits.extend(choice.items.is_some().then_some(node.next));
                }
                _ => exits.push(node.next),
            }
            exits
        }
        Work::Menu { choice, .. } => {
            choice.options.iter().filter_map(|option| option.exit).chain([node.next]).collect()
        }
        Work::Template(template) => {
            template.buttons.iter().filter_map(|button| button.exit).chain([node.next]).collect()
        }
        Work::Wait(wait) => wait.message.into_iter().chain([node.next]).collect(),
        Work::SubFlow { to, failed } => {
            let mut exits = vec![node.next];
            exits.extend(*failed);
            if let ReadyFlow::Here(exit) = to {
                exits.push(*exit);
            }
            exits
        }
        Work::Loop(work) => work.each.into_iter().chain([node.next]).collect(),
        Work::Hours { closed, .. } => vec![node.next, *closed],
        Work::Outside(outside) => {
            let mut exits = vec![node.next];
            exits.extend(outside.failed.into_iter().chain(outside.timed_out).chain(outside.message));
            if let What::Open | What::Online(_) = outside.what {
                exits.push(outside.no);
            }
            exits
        }
        Work::Return | Work::Break | Work::End { .. } | Work::Unknown { .. } => Vec::new(),
        Work::Message { .. }
        | Work::Place(_)
        | Work::Contacts(_)
        | Work::Link { .. }
        | Work::Set { .. }
        | Work::Pass
        | Work::Off(_)
        | Work::SetFields(_)
        | Work::Tags { .. }
        | Work::Assign(_)
        | Work::CreateDeal(_)
        | Work::MoveDeal { .. }
        | Work::CreateTask(_)
        | Work::Subscription { .. }
        | Work::Note(_)
        | Work::HandOver(_) => vec![node.next],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of rounds.
    fn talks(blocks: Value) -> Vec<(Code, String)> {
        let flow =
            json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": blocks }] });
        let found = crate::check(&Flow::from_json(&flow.to_string()).unwrap()).into_iter();
        let rounds =
            found.filter(|found| matches!(found.code, Code::TalksWithoutEnd | Code::LoopWithoutCustomer));
        rounds.map(|found| (found.code, found.block.unwrap_or_default())).collect()
    }

    #[test]
    fn a_round_that_says_things_without_end_is_found() {
        // One that says something and hardly rests floods the customer; with a question, or a long rest, it does not.
        let round = |between: Value| {
            json!([
                { "id": "w", "kind": "wait", "seconds": 60 },
                { "id": "say", "kind": "message", "text": "Again" },
                between,
                { "id": "j", "kind": "jump", "to": { "group": "g" } },
            ])
        };
        let said = json!({ "id": "say2", "kind": "message", "text": "And again" });
        assert_eq!(talks(round(said)), [(Code::TalksWithoutEnd, "say".to_owned())]);
        let rest = |seconds: u32| json!({ "id": "rest", "kind": "wait", "seconds": seconds });
        assert_eq!(talks(round(rest(3_539))), [(Code::TalksWithoutEnd, "say".to_owned())]);
        assert_eq!(talks(round(rest(3_540))), [(Code::LoopWithoutCustomer, "w".to_owned())]);
        let ask = json!({ "id": "q", "kind": "question", "text": "More?", "answer": "text" });
        assert_eq!(talks(round(ask)), []);
    }

    #[test]
    fn of_a_long_round_the_first_blocks_are_told() {
        let says = |n: usize| json!({ "id": format!("b{n}"), "kind": "message", "text": "Again" });
        let jump = json!({ "id": "j", "kind": "jump", "to": { "group": "g" } });
        let blocks: Value = (0..50).map(says).chain([jump]).collect();
        let flow =
            json!({ "schema": 1, "id": "f", "name": "F", "groups": [{ "id": "g", "blocks": blocks }] });
        let found = crate::check(&Flow::from_json(&flow.to_string()).unwrap());
        let round = found.iter().find(|found| found.code == Code::EndlessLoop).unwrap();
        assert_eq!(round.parameters["blocks"].as_array().unwrap().len(), TOLD);
    }
}
