//! Which flow answers a message, or begins by itself when something happens to a customer. The rule stands at
//! [`winner`], once.
//!
//! Commands that work anywhere ("menu", "stop", "operator") are keyword triggers with `anywhere`: they fire in the
//! middle of a run, of whichever bot.

mod ahead;
mod burst;
mod occurrence;
mod schedule;

use std::cmp::Reverse;

use regex::Regex;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::blocks::Operator;
use crate::calls::encoded;
use crate::compare::holds;
use crate::compile::Compiled;
use crate::effects::Input;
use crate::model::{Keyword, Match, Schedule, Target, Trigger, TriggerKind};
use crate::pattern;
use crate::values::fold;

pub use ahead::{Ahead, ahead};
pub use burst::Burst;
pub use occurrence::Occurrence;

/// A message that may start a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Incoming<'a> {
    /// The text, a media's caption, or the title of what was tapped.
    pub text: &'a str,
    /// The id of what was tapped: the payload of a template's button, the id of a reply.
    pub payload: Option<&'a str>,
    /// The bot that had shown what was tapped, where that is known: no other knows where it leads.
    pub tapped_of: Option<&'a str>,
    /// The id of the ad or post that the customer came from.
    pub referral: Option<&'a str>,
}

/// Something that may start a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening<'a> {
    Message(Incoming<'a>),
    /// Somebody became known who has not written: with a first message it is that message which is asked about.
    NewCustomer,
    TagAdded {
        tag: &'a str,
    },
    FieldChanged {
        field: &'a str,
        value: &'a Value,
    },
    DealMoved {
        pipeline: &'a str,
        stage: &'a str,
    },
    /// A schedule is due: of the flow with this id, or of the bot, this trigger.
    Schedule {
        flow: &'a str,
        trigger: &'a str,
    },
    /// Somebody called for it, by the trigger's `name`, or by its id where it has none.
    Api {
        name: &'a str,
    },
}

impl<'a> From<Incoming<'a>> for Happening<'a> {
    fn from(message: Incoming<'a>) -> Self {
        Self::Message(message)
    }
}

/// What else counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// The customer never wrote to this business before. It makes the customer a new one too: the triggers that wait for
    /// a new customer are asked with this message, beside the others, and not once more after it.
    pub first_message: bool,
    /// A run is under way: only triggers that fire `anywhere` are asked.
    pub busy: bool,
}

/// The flow that begins, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Winner {
    /// Position in the list that was given.
    pub flow: usize,
    /// The trigger's id; none where a button was tapped that leads somewhere by itself.
    pub trigger: Option<String>,
    /// Where it leads then.
    pub at: Option<Target>,
    pub why: Why,
    /// Who else matched, the strongest first, and what each lost by.
    pub others: Vec<Rival>,
}

/// What spoke for a trigger, in the order in which it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    pub priority: i32,
    pub ground: Ground,
    /// The keyword that was found.
    pub keyword: Option<String>,
}

/// What a trigger went by, the most particular first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A button of a menu or a template that leads somewhere by itself.
    Tap,
    /// The payload of a button.
    Payload,
    /// An ad that the trigger names.
    Ad,
    /// The word of a link.
    Link,
    KeywordIs,
    KeywordStarts,
    KeywordRegex,
    KeywordContains,
    /// Any ad.
    AnyAd,
    /// The first message, with which a customer is new as well.
    FirstMessage,
    AnyMessage,
    /// What happened, exactly as the trigger says it.
    Event,
    /// What happened, where the trigger leaves something open (any tag, any field).
    AnyEvent,
}

/// A trigger that matched and lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rival {
    pub flow: usize,
    pub trigger: String,
    pub why: Why,
    pub lost_by: LostBy,
}

/// What the winner had over a rival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LostBy {
    /// A greater priority.
    Priority,
    /// A more particular ground.
    Ground,
    /// A longer keyword.
    Keyword,
    /// It stands earlier.
    Order,
}

impl Winner {
    /// The input that begins the run.
    pub fn start(self, variables: Map<String, Value>) -> Input {
        Input::Start { trigger: self.trigger, at: self.at, variables }
    }
}

/// The flow that answers this message or begins when this happens, if any does.
///
/// The rule: a tap on a button that leads somewhere by itself goes there, if no run is under way. Otherwise, of all
/// triggers that match and may fire (in the middle of a run only those that fire `anywhere`), in this order: the greater
/// `priority`; then the more particular ground ([`Ground`], in its order: a payload, a named ad, a link's word, then
/// keywords by `is`, `starts`, `regex`, `contains`, then any ad, the first message (a new customer's as well), any
/// message); then the longer keyword; then the flow that stands earlier in the caller's list; then the trigger that stands
/// earlier in its flow. It depends on nothing else. Of messages that are taken together each is asked
/// ([`Burst::winner`]).
pub fn winner<'a, 'h>(
    flows: impl IntoIterator<Item = &'a Compiled>,
    happening: impl Into<Happening<'h>>,
    situation: Situation,
) -> Option<Winner> {
    strongest(flows, happening.into(), situation).map(|(_, won)| won)
}

/// The same, with how strong it is.
fn strongest<'a>(
    flows: impl IntoIterator<Item = &'a Compiled>,
    happening: Happening,
    situation: Situation,
) -> Option<(Strength, Winner)> {
    let folded = match &happening {
        Happening::Message(message) => fold(message.text),
        _ => String::new(),
    };
    let mut matched: Vec<(Rank, Rival)> = Vec::new();
    for (n, flow) in flows.into_iter().enumerate() {
        if let Happening::Message(Incoming { payload: Some(payload), tapped_of, .. }) = happening
            && !situation.busy
            && flow.may_have_shown(tapped_of)
            && let Some(at) = flow.tap(payload)
        {
            let why = Why { priority: 0, ground: Ground::Tap, keyword: None };
            let won = Winner { flow: n, trigger: None, at: Some(at.clone()), why, others: Vec::new() };
            return Some(((true, (0, Reverse(Ground::Tap), 0)), won));
        }
        for trigger in &flow.triggers {
            if let Some((ground, keyword)) = trigger.fires(flow, &happening, &folded, situation) {
                let rank = (trigger.priority, Reverse(ground), keyword.map_or(0, ReadyKeyword::length));
                let why = Why {
                    priority: trigger.priority,
                    ground,
                    keyword: keyword.map(|keyword| keyword.word.clone()),
                };
                // Till the winner is known nobody has lost by anything but standing later.
                let rival = Rival { flow: n, trigger: trigger.id.clone(), why, lost_by: LostBy::Order };
                matched.push((rank, rival));
            }
        }
    }
    // Stable: of equals the earlier stays first.
    matched.sort_by_key(|(rank, _)| Reverse(*rank));
    let mut matched = matched.into_iter();
    let (best, won) = matched.next()?;
    let others = matched.map(|(rank, rival)| Rival { lost_by: lost_by(best, rank), ..rival }).collect();
    let won = Winner { flow: won.flow, trigger: Some(won.trigger), at: None, why: won.why, others };
    Some(((false, best), won))
}

/// The address that opens WhatsApp with a word already written, for a link trigger: what a QR code shows.
pub fn start_link(phone: &str, word: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    format!("https://wa.me/{digits}?text={}", encoded(word))
}

/// Priority, ground (the first are the most particular), length of the keyword.
type Rank = (i32, Reverse<Ground>, usize);

/// A tap that leads somewhere by itself goes before every trigger.
type Strength = (bool, Rank);

fn lost_by(best: Rank, rank: Rank) -> LostBy {
    if rank.0 != best.0 {
        LostBy::Priority
    } else if rank.1 != best.1 {
        LostBy::Ground
    } else if rank.2 != best.2 {
        LostBy::Keyword
    } else {
        LostBy::Order
    }
}

/// A trigger made ready.
pub(crate) struct Prepared {
    id: String,
    priority: i32,
    trigger: Trigger,
    keywords: Vec<ReadyKeyword>,
}

struct ReadyKeyword {
    /// As it is compared.
    word: String,
    how: How,
}

enum How {
    Is,
    Starts,
    Regex(Regex),
    Contains,
}

impl Prepared {
    /// Whether it is the one with this id, and may fire.
    pub fn is(&self, id: &str) -> bool {
        self.id == id && !self.trigger.disabled
    }

    pub fn new(trigger: &Trigger) -> Self {
        Self {
            id: trigger.id.clone(),
            priority: trigger.priority,
            keywords: trigger.keywords.iter().filter_map(ready).collect(),
            trigger: trigger.clone(),
        }
    }

    pub fn trigger(&self) -> &Trigger {
        &self.trigger
    }

    pub fn waits_for_events(&self) -> bool {
        let events = [
            TriggerKind::NewCustomer,
            TriggerKind::TagAdded,
            TriggerKind::FieldChanged,
            TriggerKind::DealMoved,
        ];
        !self.trigger.disabled && events.contains(&self.trigger.kind)
    }

    pub fn schedule(&self) -> Option<(&str, &Schedule, Option<&str>)> {
        let schedule =
            self.trigger.schedule.as_ref().filter(|_| self.trigger.kind == TriggerKind::Schedule)?;
        (!self.trigger.disabled).then_some((&self.id, schedule, self.trigger.segment.as_deref()))
    }

    /// The name by which a program begins the flow.
    pub fn api_name(&self) -> Option<&str> {
        let may_fire = !self.trigger.disabled && self.trigger.kind == TriggerKind::Api;
        may_fire.then(|| self.trigger.name.as_deref().unwrap_or(&self.id))
    }

    /// Whether the trigger fires, and what it goes by.
    fn fires(
        &self,
        flow: &Compiled,
        happening: &Happening,
        folded: &str,
        situation: Situation,
    ) -> Option<(Ground, Option<&ReadyKeyword>)> {
        let trigger = &self.trigger;
        if trigger.disabled || (situation.busy && !trigger.anywhere) {
            return None;
        }
        let wanted = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| fold(wanted) == fold(found))
        };
        let event = |exact: bool| Some((if exact { Ground::Event } else { Ground::AnyEvent }, None));
        match (&trigger.kind, happening) {
            (TriggerKind::Keyword, Happening::Message(message)) => {
                let found = self.keywords.iter().filter_map(|keyword| {
                    keyword.found(message.text, folded).map(|ground| (ground, keyword))
                });
                found
                    .max_by_key(|(ground, keyword)| (Reverse(*ground), keyword.length()))
                    .map(|(ground, keyword)| (ground, Some(keyword)))
            }
            (TriggerKind::Payload, Happening::Message(Incoming { payload: Some(payload), .. })) => {
                let folded = fold(payload);
                let found = self.keywords.iter().filter(|keyword| keyword.found(payload, &folded).is_some());
                found.max_by_key(|keyword| keyword.length()).map(|keyword| (Ground::Payload, Some(keyword)))
            }
            (TriggerKind::Link, Happening::Message(_)) => {
                let found = self.keywords.iter().filter(|keyword| keyword.begins(folded));
                found.max_by_key(|keyword| keyword.length()).map(|keyword| (Ground::Link, Some(keyword)))
            }
            (TriggerKind::Referral, Happening::Message(Incoming { referral: Some(source), .. })) => {
                let named = trigger.sources.iter().any(|named| named.trim() == source.trim());
                match (named, trigger.sources.is_empty()) {
                    (true, _) => Some((Ground::Ad, None)),
                    (false, true) => Some((Ground::AnyAd, None)),
                    (false, false) => None,
                }
            }
            (TriggerKind::FirstMessage | TriggerKind::NewCustomer, Happening::Message(_))
                if situation.first_message =>
            {
                Some((Ground::FirstMessage, None))
            }
            (TriggerKind::AnyMessage, Happening::Message(_)) => Some((Ground::AnyMessage, None)),
            (TriggerKind::NewCustomer, Happening::NewCustomer) => event(true),
            (TriggerKind::TagAdded, Happening::TagAdded { tag }) if wanted(&trigger.tag, tag) => {
                event(trigger.tag.is_some())
            }
            (TriggerKind::FieldChanged, Happening::FieldChanged { field, value })
                if wanted(&trigger.field, field)
                    && trigger.value.as_ref().is_none_or(|wanted| holds(value, Operator::Equal, wanted)) =>
            {
                event(trigger.field.is_some() && trigger.value.is_some())
            }
            (TriggerKind::DealMoved, Happening::DealMoved { pipeline, stage })
                if wanted(&trigger.pipeline, pipeline) && wanted(&trigger.stage, stage) =>
            {
                event(trigger.stage.is_some())
            }
            (TriggerKind::Schedule, Happening::Schedule { flow: of, trigger: due })
                if flow.is_called(of) && *due == self.id =>
            {
                event(true)
            }
            (TriggerKind::Api, Happening::Api { name }) if self.api_name() == Some(name) => event(true),
            _ => None,
        }
    }
}

impl ReadyKeyword {
    /// Patterns of all lengths are alike: what they are long for is not what they are particular about.
    fn length(&self) -> usize {
        if let How::Regex(_) = self.how { 0 } else { self.word.len() }
    }

    fn found(&self, text: &str, folded: &str) -> Option<Ground> {
        let word = self.word.as_str();
        let (found, ground) = match &self.how {
            How::Is => (folded == word || ends_bare(folded) == ends_bare(word), Ground::KeywordIs),
            How::Starts => (folded.starts_with(word), Ground::KeywordStarts),
            How::Regex(pattern) => (pattern::found(pattern, text), Ground::KeywordRegex),
            How::Contains => (folded.contains(word), Ground::KeywordContains),
        };
        found.then_some(ground)
    }

    /// Whether a text begins with the word, whole: people add to what a link wrote for them.
    fn begins(&self, folded: &str) -> bool {
        let rest = folded.strip_prefix(self.word.as_str());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    }
}

/// Prepares a keyword; one that is empty or not a pattern never fires (the checker reports it).
fn ready(keyword: &Keyword) -> Option<ReadyKeyword> {
    let word = fold(&keyword.text);
    if word.is_empty() {
        return None;
    }
    let how = match keyword.how {
        Match::Is => How::Is,
        Match::Starts => How::Starts,
        Match::Contains => How::Contains,
        Match::Regex => How::Regex(pattern::prepare(&keyword.text).ok()?),
    };
    Some(ReadyKeyword { word, how })
}

/// Without punctuation at the ends; the text itself where nothing else is in it ("?" is a keyword too).
fn ends_bare(text: &str) -> &str {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() { text } else { bare }
}

#[cfg(test)]
mod tests;
