//! What the blocks are called at which runs stand or ended: as the version says that the run went by.

use std::collections::{BTreeMap, HashMap};

use beseda_wire::ids::BotId;
use beseda_wire::naming;
use beseda_wire::results::BotRun;
use serde_json::Value;

use super::words::Words;
use crate::bots::{results, store as bots};
use crate::store::{Read, StoreError};

/// Names of blocks, read once for each version.
pub struct Places<'e> {
    from: &'e dyn Read,
    bot: BotId,
    words: &'e Words,
    versions: HashMap<u32, Names>,
    /// Flows of other bots by their ids, with the bots' names; none of one that is gone.
    elsewhere: HashMap<String, Option<(String, Names)>>,
}

/// The names of one flow's blocks by their ids.
#[derive(Default)]
struct Names {
    blocks: BTreeMap<String, String>,
    /// It runs flows of other bots: one of its runs may stand there.
    runs_others: bool,
}

impl<'e> Places<'e> {
    pub fn new(from: &'e dyn Read, bot: BotId, words: &'e Words) -> Self {
        Self { from, bot, words, versions: HashMap::new(), elsewhere: HashMap::new() }
    }

    /// What the block is called at which a run stands or ended.
    pub fn name(&mut self, run: &BotRun) -> Result<Option<String>, StoreError> {
        let Some(block) = &run.block else { return Ok(None) };
        let gone = || self.words.t_with("run-block-gone", "id", block);
        if !self.versions.contains_key(&run.version) {
            let version = bots::version(self.from, self.bot, run.version)?;
            let names = version.map(|version| self.names(&version.flow)).unwrap_or_default();
            self.versions.insert(run.version, names);
        }
        let own = self.versions.get(&run.version);
        let flow = match own {
            Some(names) if names.runs_others => results::inside(self.from, run.id)?,
            _ => None,
        };
        let Some(flow) = flow else {
            let known = own.and_then(|names| names.blocks.get(block)).cloned();
            return Ok(Some(known.unwrap_or_else(gone)));
        };
        if !self.elsewhere.contains_key(&flow) {
            let found = self.flow(&flow)?;
            self.elsewhere.insert(flow.clone(), found);
        }
        let known = self.elsewhere.get(&flow).and_then(Option::as_ref);
        Ok(Some(match known {
            Some((bot, names)) => {
                format!("{bot}: {}", names.blocks.get(block).cloned().unwrap_or_else(gone))
            }
            None => self.words.t_with("run-block-elsewhere", "id", block),
        }))
    }

    /// The flow of another bot: of several that have the same, the published one's.
    fn flow(&self, flow: &str) -> Result<Option<(String, Names)>, StoreError> {
        let mut all = bots::all(self.from)?;
        all.retain(|bot| bot.flow_id == flow && bot.id != self.bot);
        let published = all.iter().find_map(|bot| Some((bot, bot.published?)));
        if let Some((bot, number)) = published
            && let Some(version) = bots::version(self.from, bot.id, number)?
        {
            return Ok(Some((bot.name.clone(), self.names(&version.flow))));
        }
        let Some(bot) = all.first() else { return Ok(None) };
        let draft = bots::draft(self.from, bot.id)?;
        Ok(draft.map(|draft| (bot.name.clone(), self.names(&draft.flow))))
    }

    fn names(&self, flow: &str) -> Names {
        // A flow that cannot be read names nothing: its blocks are told by their ids.
        let flow: Value = serde_json::from_str(flow).unwrap_or_default();
        let entry = |kind: &str| self.words.find(&format!("entry-{kind}"), None);
        let mut names = Names::default();
        for (id, group, block) in naming::blocks(&flow) {
            let others = block["kind"] == "sub_flow" && block["bot"].as_str().is_some();
            names.runs_others |= others;
            names.blocks.insert(id.to_owned(), naming::name(group, block, entry));
        }
        names
    }
}
