//! The 24 hours after the customer's last message: what is said freely when they may be over is refused by WhatsApp.
//!
//! Time is followed along the flow's lines: how long it may be, at each block, since the customer last wrote. A template
//! may be sent at any time, but it does not open the 24 hours: only the customer's answer to it does. What a person talked
//! about (`returned`) counts as open; through a sub-flow the time goes as if it took none.

use serde_json::json;

use super::{Code, Findings};
use crate::answer::Kind;
use crate::catalogue::trigger_catalogue;
use crate::compile::{Compiled, Exit, Node, ReadyFlow, What, Work};
use crate::model::Flow;
use crate::outgoing::whatsapp::WINDOW;
use crate::template::Template;
use crate::values::number_in;

/// Rounds after which a loop's time counts as over: a loop of short waits need not be followed to its end.
const ROUNDS: u32 = 50;

pub fn check(flow: &Flow, compiled: &Compiled, found: &mut Findings) {
    // The most seconds since the customer's last word, where a run gets to.
    let mut since: Vec<Option<u32>> = vec![None; compiled.nodes.len()];
    let mut visits = vec![0_u32; compiled.nodes.len()];
    let mut ahead = vec![(compiled.entry(None, None), 0)];
    for trigger in flow.triggers.iter().filter(|trigger| !trigger.disabled) {
        let kind = serde_json::to_value(&trigger.kind).unwrap_or_default();
        let entry = trigger_catalogue().iter().find(|entry| kind == entry.kind);
        let seconds = if entry.is_some_and(|entry| !entry.by_message) { WINDOW } else { 0 };
        ahead.push((compiled.entry(Some(&trigger.id), None), seconds));
    }
    while let Some((exit, seconds)) = ahead.pop() {
        let Exit::Node(n) = exit else { continue };
        let seconds = if visits[n] > ROUNDS { WINDOW } else { seconds.min(WINDOW) };
        if since[n].is_some_and(|known| known >= seconds) {
            continue;
        }
        visits[n] += 1;
        since[n] = Some(seconds);
        leads(&compiled.nodes[n], seconds, &mut ahead);
    }
    for (node, seconds) in compiled.nodes.iter().zip(since) {
        if seconds == Some(WINDOW) && says_freely(&node.work) {
            found.warning(Code::ClosedWindow, Some(&node.id), [("hours", json!(WINDOW / 3600))]);
        }
    }
}

/// Where a run goes from a block, and how long ago the customer wrote by then.
fn leads(node: &Node, since: u32, ahead: &mut Vec<(Exit, u32)>) {
    let later = |seconds: u32| since.saturating_add(seconds);
    match &node.work {
        Work::Ask(ask) => {
            ahead.push((node.next, 0));
            ahead.extend(ask.failed.map(|exit| (exit, 0)));
            if let Kind::Choice(choice) = &ask.kind {
                ahead.extend(choice.options.iter().filter_map(|option| option.exit).map(|exit| (exit, 0)));
            }
            if let (Some(exit), Some(seconds)) = (ask.timed_out, ask.timeout) {
                ahead.push((exit, later(seconds)));
            }
        }
        Work::Wait(wait) => {
            ahead.push((node.next, later(rest(&node.work))));
            ahead.extend(wait.message.map(|exit| (exit, 0)));
        }
        Work::Outside(outside) => {
            let answered = if let What::Incoming = outside.what { later(outside.timeout) } else { since };
            ahead.push((node.next, answered));
            ahead.extend(outside.failed.map(|exit| (exit, answered)));
            ahead.extend(outside.timed_out.map(|exit| (exit, later(outside.timeout))));
            ahead.extend(outside.message.map(|exit| (exit, 0)));
            ahead.push((outside.no, answered));
        }
        Work::Menu { choice, .. } => {
            ahead.extend(choice.options.iter().filter_map(|option| option.exit).map(|exit| (exit, 0)));
            ahead.push((node.next, since));
        }
        Work::Template(template) => {
            ahead.extend(template.buttons.iter().filter_map(|button| button.exit).map(|exit| (exit, 0)));
            ahead.push((node.next, since));
        }
        Work::HandOver(_) => ahead.push((node.next, 0)),
        Work::SubFlow { to, failed } => {
            if let ReadyFlow::Here(exit) = to {
                ahead.push((*exit, since));
            }
            ahead.extend(failed.map(|exit| (exit, since)));
            ahead.push((node.next, since));
        }
        _ => ahead.extend(super::graph::exits(node).into_iter().map(|exit| (exit, since))),
    }
}

/// The seconds that a run rests at a block by itself.
pub fn rest(work: &Work) -> u32 {
    let Work::Wait(wait) = work else { return 0 };
    match (&wait.until, &wait.seconds) {
        (None, Template::Literal(text)) => number_in(&json!(text)).map_or(0, |seconds| {
            let seconds = seconds.clamp(0.0, f64::from(WINDOW));
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "at most a day's seconds, checked above"
            )]
            let seconds = seconds as u32;
            seconds
        }),
        // Till a time of day, or as long as a variable says: perhaps too long.
        _ => WINDOW,
    }
}

/// Whether a message goes out there.
pub fn says(work: &Work) -> bool {
    matches!(work, Work::Template(_)) || says_freely(work)
}

fn says_freely(work: &Work) -> bool {
    match work {
        Work::Message { .. } | Work::Place(_) | Work::Contacts(_) | Work::Menu { .. } | Work::Link { .. } => {
            true
        }
        Work::Ask(ask) => ask.template.is_none(),
        Work::HandOver(work) => !work.text.is_empty(),
        Work::End { text, .. } => !text.is_empty(),
        Work::Outside(outside) => matches!(&outside.what, What::AiAnswer { silent: false, .. }),
        _ => false,
    }
}
