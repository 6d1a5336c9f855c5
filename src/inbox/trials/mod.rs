//! Trying out bots: which one a message would reach, what may come before which trigger, and what a block's request comes
//! back with. Nothing is stored and no customer hears of it; a request is really made.

pub mod api;

use std::sync::Arc;

use beseda_flow::{Ahead, Compiled, Ground, Incoming, LostBy, Situation, TriggerKind, Why, ahead, winner};
use beseda_wire::ids::BotId;
use beseda_wire::trials::{
    self, BotTrigger, Candidate, TriedMessage, TriggerAhead, TriggerGround, TriggerSchedule, TryMessage,
};

/// The bots that answer, in the order in which the rule asks them, with their names.
pub struct Answering(pub Vec<(BotId, String, Arc<Compiled>)>);

impl Answering {
    /// Which bot a message would reach, by the rule that answers customers.
    pub fn of_message(&self, message: &TryMessage) -> TriedMessage {
        let incoming = Incoming { text: &message.text, ..Incoming::default() };
        let situation = Situation { first_message: message.first, busy: message.busy };
        let flows = self.0.iter().map(|(_, _, flow)| &**flow);
        let Some(won) = winner(flows, incoming, situation) else {
            return TriedMessage { winner: None, others: Vec::new() };
        };
        // Words tap no button.
        let trigger = won.trigger.unwrap_or_default();
        let others = won.others.into_iter();
        TriedMessage {
            winner: self.candidate(won.flow, trigger, won.why, None),
            others: others
                .filter_map(|rival| self.candidate(rival.flow, rival.trigger, rival.why, Some(rival.lost_by)))
                .collect(),
        }
    }

    fn candidate(
        &self,
        flow: usize,
        trigger: String,
        why: Why,
        lost_by: Option<LostBy>,
    ) -> Option<Candidate> {
        let (bot, name, _) = self.0.get(flow)?;
        Some(Candidate {
            bot: *bot,
            name: name.clone(),
            trigger,
            priority: why.priority,
            ground: ground(why.ground),
            keyword: why.keyword,
            lost_by: lost_by.map(self::lost_by),
        })
    }

    /// Every trigger that is switched on, and what may come before it.
    pub fn triggers(&self) -> Vec<BotTrigger> {
        let flows: Vec<&Compiled> = self.0.iter().map(|(_, _, flow)| &**flow).collect();
        let of_flow = |(n, (bot, name, flow)): (usize, &(BotId, String, Arc<Compiled>))| {
            let on = flow.triggers().filter(|trigger| !trigger.disabled);
            on.map(|trigger| BotTrigger {
                bot: *bot,
                name: name.clone(),
                trigger: trigger.id.clone(),
                kind: kind(&trigger.kind),
                priority: trigger.priority,
                keywords: trigger.keywords.iter().map(|keyword| keyword.text.clone()).collect(),
                schedule: trigger.schedule.as_ref().map(|schedule| TriggerSchedule {
                    at: schedule.at.clone(),
                    date: schedule.date.clone(),
                    days: schedule.days.clone(),
                    month_days: schedule.month_days.clone(),
                }),
                ahead: ahead(&flows, n, &trigger.id).into_iter().filter_map(|one| self.ahead(one)).collect(),
            })
            .collect::<Vec<_>>()
        };
        self.0.iter().enumerate().flat_map(of_flow).collect()
    }

    fn ahead(&self, one: Ahead) -> Option<TriggerAhead> {
        let (bot, name, flow) = self.0.get(one.flow)?;
        let trigger = flow.triggers().find(|trigger| trigger.id == one.trigger)?;
        Some(TriggerAhead {
            bot: *bot,
            name: name.clone(),
            kind: kind(&trigger.kind),
            trigger: one.trigger,
            priority: one.why.priority,
            ground: ground(one.why.ground),
            keyword: one.why.keyword,
            by: lost_by(one.by),
        })
    }
}

/// As the flow's file writes it.
fn kind(kind: &TriggerKind) -> String {
    serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

fn ground(ground: Ground) -> TriggerGround {
    match ground {
        Ground::Tap => TriggerGround::Tap,
        Ground::Payload => TriggerGround::Payload,
        Ground::Ad => TriggerGround::Ad,
        Ground::Link => TriggerGround::Link,
        Ground::KeywordIs => TriggerGround::KeywordIs,
        Ground::KeywordStarts => TriggerGround::KeywordStarts,
        Ground::KeywordRegex => TriggerGround::KeywordRegex,
        Ground::KeywordContains => TriggerGround::KeywordContains,
        Ground::AnyAd => TriggerGround::AnyAd,
        Ground::FirstMessage => TriggerGround::FirstMessage,
        Ground::AnyMessage => TriggerGround::AnyMessage,
        Ground::Event => TriggerGround::Event,
        Ground::AnyEvent => TriggerGround::AnyEvent,
    }
}

fn lost_by(by: LostBy) -> trials::LostBy {
    match by {
        LostBy::Priority => trials::LostBy::Priority,
        LostBy::Ground => trials::LostBy::Ground,
        LostBy::Keyword => trials::LostBy::Keyword,
        LostBy::Order => trials::LostBy::Order,
    }
}
