//! Ways out of a block that lead nowhere: a conversation that takes one stops there, without a word.
//!
//! The last block of a group is no mistake by itself: a flow may end with a text. Looked at are blocks that ask, choose
//! between ways or reach outside, where a way without a line is more often forgotten than meant. Within a loop or a
//! sub-flow of the flow's own a way that ends is how it goes on: with the next round, or behind the sub-flow.

use serde_json::json;

use super::graph::{blocks, exits};
use super::{Code, Findings, Severity};
use crate::answer::{Ask, Kind};
use crate::blocks::{Answer, Body};
use crate::compile::{Compiled, Exit, Node, ReadyFlow, What, Work, port};
use crate::model::Flow;

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    let comes_back = within(compiled);
    for ((block, node), comes_back) in blocks(flow).zip(&compiled.nodes).zip(comes_back) {
        let mut nowhere = |severity: Severity, port: &str| {
            found.add(severity, Code::NoWayOn, Some(&node.id), [("port", json!(port))]);
        };
        if let (Work::Ask(ask), Body::Question(question)) = (&node.work, &block.body) {
            // Any text is an answer to a question without conditions; whoever asks so expects no failure.
            let takes_any = question.answer == Answer::Text && question.pattern.is_none();
            unheard(ask, takes_any, &mut nowhere);
        } else {
            lost(node, &mut nowhere);
        }
        if !comes_back {
            chosen(node, &mut |port| nowhere(Severity::Hint, port));
        }
    }
}

/// Whether a block stands in a loop or a sub-flow of the flow's own.
fn within(compiled: &Compiled) -> Vec<bool> {
    let mut within = vec![false; compiled.nodes.len()];
    let mut ahead: Vec<Exit> = Vec::new();
    for node in &compiled.nodes {
        match &node.work {
            Work::Loop(work) => ahead.extend(work.each),
            Work::SubFlow { to: ReadyFlow::Here(entry), .. } => ahead.push(*entry),
            _ => {}
        }
    }
    while let Some(exit) = ahead.pop() {
        if let Exit::Node(n) = exit
            && !std::mem::replace(&mut within[n], true)
        {
            ahead.extend(exits(&compiled.nodes[n]));
        }
    }
    within
}

/// A question that is answered badly, or not at all.
fn unheard(ask: &Ask, takes_any: bool, nowhere: &mut dyn FnMut(Severity, &str)) {
    if ask.timeout.is_some() && ask.timed_out.is_none() {
        nowhere(Severity::Warning, port::TIMEOUT);
    }
    if ask.failed.is_none() && !takes_any {
        nowhere(Severity::Hint, port::FAILED);
    }
}

/// What is reached outside, called or gone through, and fails.
fn lost(node: &Node, nowhere: &mut dyn FnMut(Severity, &str)) {
    match &node.work {
        Work::Loop(work) if work.each.is_none() => nowhere(Severity::Warning, port::EACH),
        // What is tapped later begins what listens for its payload.
        Work::Menu { choice, .. } => {
            let silent =
                choice.options.iter().filter(|option| option.exit.is_none() && option.payload.is_none());
            silent.for_each(|option| nowhere(Severity::Hint, &option.port));
        }
        Work::SubFlow { to: ReadyFlow::Bot(_), failed: None } => nowhere(Severity::Hint, port::FAILED),
        Work::Outside(outside) => match outside.what {
            What::Incoming if outside.timed_out.is_none() => nowhere(Severity::Hint, port::TIMEOUT),
            What::Http(_)
            | What::Email(_)
            | What::AiAnswer { .. }
            | What::AiExtract { .. }
            | What::Fields
                if outside.failed.is_none() =>
            {
                nowhere(Severity::Hint, port::FAILED);
            }
            _ => {}
        },
        _ => {}
    }
}

/// Ways between which the block or the customer chooses.
fn chosen(node: &Node, nowhere: &mut dyn FnMut(&str)) {
    let mut way = |exit: Exit, port: &str| {
        if exit == Exit::End {
            nowhere(port);
        }
    };
    match &node.work {
        Work::Condition(branches) => {
            branches.iter().for_each(|(port, _, exit)| way(*exit, port));
            way(node.next, port::ELSE);
        }
        Work::Switch { cases, .. } => {
            cases.iter().for_each(|case| way(case.exit, &case.port));
            way(node.next, port::ELSE);
        }
        Work::Split(shares) => {
            let taken = shares.iter().filter(|(_, weight, _)| *weight > 0);
            taken.for_each(|(port, _, exit)| way(*exit, port));
        }
        Work::Hours { closed, .. } => {
            way(node.next, port::OPEN);
            way(*closed, port::CLOSED);
        }
        Work::Outside(outside) => match outside.what {
            What::Open => {
                way(node.next, port::OPEN);
                way(outside.no, port::CLOSED);
            }
            What::Online(_) => {
                way(node.next, port::ONLINE);
                way(outside.no, port::OFFLINE);
            }
            _ => {}
        },
        Work::Ask(ask) => {
            let options = match &ask.kind {
                Kind::Choice(choice) if choice.several.is_none() => &*choice.options,
                _ => &[],
            };
            // Where no answer has a way of its own, all of them go the one that is missing.
            if options.iter().all(|option| option.exit.is_none()) {
                way(node.next, port::ANSWERED);
            } else {
                for option in options {
                    way(option.exit.unwrap_or(node.next), &option.port);
                }
            }
        }
        _ => {}
    }
}
