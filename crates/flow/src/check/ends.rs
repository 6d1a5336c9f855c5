//! Ways out of a block that lead nowhere: a conversation that takes one stops there, without a word.
//!
//! The last block of a group is no mistake by itself: a flow may end with a text. Looked at are blocks that ask, choose
//! between ways or reach outside, where a way without a line is more often forgotten than meant.

use serde_json::json;

use super::graph::blocks;
use super::{Code, Findings, Severity};
use crate::answer::{Ask, Kind};
use crate::blocks::{Answer, Body};
use crate::compile::{Compiled, Exit, Node, Outside, ReadyFlow, What, Work, port};
use crate::model::Flow;

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    for (block, node) in blocks(flow).zip(&compiled.nodes) {
        let mut nowhere = |severity: Severity, port: &str| {
            found.add(severity, Code::NoWayOn, Some(&node.id), [("port", json!(port))]);
        };
        if let (Work::Ask(ask), Body::Question(question)) = (&node.work, &block.body) {
            // Any text is an answer to a question without conditions; whoever asks so expects no failure.
            let takes_any = question.answer == Answer::Text && question.pattern.is_none();
            asked(ask, node, takes_any, &mut nowhere);
        } else {
            others(node, &mut nowhere);
        }
    }
}

fn asked(ask: &Ask, node: &Node, takes_any: bool, nowhere: &mut dyn FnMut(Severity, &str)) {
    if ask.timeout.is_some() && ask.timed_out.is_none() {
        nowhere(Severity::Warning, port::TIMEOUT);
    }
    if ask.failed.is_none() && !takes_any {
        nowhere(Severity::Hint, port::FAILED);
    }
    if node.next != Exit::End {
        return;
    }
    let options = match &ask.kind {
        Kind::Choice(choice) if choice.several.is_none() => &*choice.options,
        _ => &[],
    };
    // Where no answer has a way of its own, all of them go the one that is missing.
    if options.iter().all(|option| option.exit.is_none()) {
        nowhere(Severity::Hint, port::ANSWERED);
        return;
    }
    for option in options.iter().filter(|option| option.exit.is_none()) {
        nowhere(Severity::Hint, &option.port);
    }
}

fn others(node: &Node, nowhere: &mut dyn FnMut(Severity, &str)) {
    if let Work::Loop(work) = &node.work
        && work.each.is_none()
    {
        return nowhere(Severity::Warning, port::EACH);
    }
    let mut hint = |exit: Exit, port: &str| {
        if exit == Exit::End {
            nowhere(Severity::Hint, port);
        }
    };
    match &node.work {
        Work::Condition(branches) => {
            branches.iter().for_each(|(port, _, exit)| hint(*exit, port));
            hint(node.next, port::ELSE);
        }
        Work::Switch { cases, .. } => {
            cases.iter().for_each(|case| hint(case.exit, &case.port));
            hint(node.next, port::ELSE);
        }
        Work::Split(shares) => {
            let taken = shares.iter().filter(|(_, weight, _)| *weight > 0);
            taken.for_each(|(port, _, exit)| hint(*exit, port));
        }
        Work::Hours { closed, .. } => {
            hint(node.next, port::OPEN);
            hint(*closed, port::CLOSED);
        }
        // What is tapped later begins what listens for its payload.
        Work::Menu { choice, .. } => {
            let silent =
                choice.options.iter().filter(|option| option.exit.is_none() && option.payload.is_none());
            silent.for_each(|option| hint(Exit::End, &option.port));
        }
        Work::SubFlow { to: ReadyFlow::Bot(_), failed } => hint(failed.unwrap_or(Exit::End), port::FAILED),
        Work::Outside(outside) => reached(outside, node, &mut hint),
        _ => {}
    }
}

fn reached(outside: &Outside, node: &Node, hint: &mut dyn FnMut(Exit, &str)) {
    let failed = outside.failed.unwrap_or(Exit::End);
    match outside.what {
        What::Open => {
            hint(node.next, port::OPEN);
            hint(outside.no, port::CLOSED);
        }
        What::Online(_) => {
            hint(node.next, port::ONLINE);
            hint(outside.no, port::OFFLINE);
        }
        What::Incoming => hint(outside.timed_out.unwrap_or(Exit::End), port::TIMEOUT),
        What::Http(_) | What::Email(_) | What::AiAnswer { .. } | What::AiExtract { .. } | What::Fields => {
            hint(failed, port::FAILED);
        }
    }
}
