//! Blocks of other bots' flows, which a run goes through: what they and their bot are called. Asked for once one is on the
//! screen.

use std::collections::BTreeSet;

use beseda_wire::bots::Bot;
use beseda_wire::page::Page;

use super::words::Blocks;
use super::{Model, Msg};
use crate::api;
use crate::effect::Effects;

impl Model {
    /// The flows on the screen of which nothing is known yet.
    fn unknown_flows(&self) -> BTreeSet<&str> {
        let stats = self.stats.ready().into_iter().flat_map(|stats| {
            let funnel = stats.funnel.iter().map(|step| step.flow.as_deref());
            funnel.chain(stats.blocks.iter().map(|block| block.flow.as_deref()))
        });
        let lines = self.transcript.ready().into_iter().flat_map(|told| &told.lines);
        let steps = lines.map(|line| line.step.as_ref().and_then(|step| step.flow.as_deref()));
        stats.chain(steps).flatten().filter(|flow| !self.blocks.knows(flow)).collect()
    }

    /// Asks which bots there are, as soon as a flow of another one is on the screen.
    pub(super) fn ask_elsewhere(&self) -> Effects {
        match self.bot {
            Some(bot) if !self.unknown_flows().is_empty() => {
                vec![api::bots().then(move |answer| Msg::Bots(bot, answer))]
            }
            _ => vec![],
        }
    }

    /// Asks for the flows that are meant: of several bots that have the same, the published one's.
    pub(super) fn elsewhere(&mut self, page: &Page<Bot>) -> Effects {
        let Some(own) = self.bot else { return vec![] };
        let mut effects = vec![];
        let flows: Vec<String> = self.unknown_flows().into_iter().map(str::to_owned).collect();
        for flow in flows {
            let bots = || page.items.iter().filter(|bot| bot.flow_id == flow && bot.id != own);
            let Some(bot) = bots().find(|bot| bot.published.is_some()).or_else(|| bots().next()) else {
                continue;
            };
            self.blocks.put_elsewhere(flow.clone(), bot.name.clone(), Blocks::default());
            effects.push(api::draft(bot.id).then({
                let name = bot.name.clone();
                move |answer| Msg::Elsewhere(own, flow, name, answer.map(Box::new))
            }));
        }
        effects
    }
}
