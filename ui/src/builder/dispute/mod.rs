//! Two people changed the same: what each of them made of it, and whose it shall be. Each dispute is decided by itself;
//! until all are, nothing is saved and nothing is lost.

pub mod sides;
mod view;

use beseda_wire::time::Time;

use super::document::Doc;
use super::document::merge::Conflict;
use super::document::settle::{Side, settled};
use super::model::Model;
use crate::effect::{Effect, Effects};

/// What both changed, until people have decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// Who saved the other changes, and when.
    pub author: String,
    pub at: Time,
    pub revision: u64,
    pub theirs: Doc,
    pub disputes: Vec<Dispute>,
}

/// One thing that both changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispute {
    pub about: Conflict,
    pub choice: Option<Side>,
}

impl From<Conflict> for Dispute {
    fn from(about: Conflict) -> Self {
        Self { about, choice: None }
    }
}

impl Clash {
    /// What was decided, once everything is.
    fn decided(&self) -> Option<Vec<(Conflict, Side)>> {
        self.disputes.iter().map(|dispute| Some((dispute.about.clone(), dispute.choice?))).collect()
    }
}

impl Model {
    /// Decides one dispute, or all of them. The flow goes on as soon as none is left.
    pub(super) fn settle(&mut self, which: Option<&Conflict>, side: Side) -> Effects {
        let Some(clash) = &mut self.save.clash else { return vec![] };
        for dispute in &mut clash.disputes {
            if which.is_none_or(|which| *which == dispute.about) {
                dispute.choice = Some(side);
            }
        }
        let Some(choices) = clash.decided() else { return vec![] };
        let (base, mine, theirs) = (&self.save.base, &self.doc, &clash.theirs);
        let merged = settled(base, mine, theirs, &choices);
        // What was written while the dispute stood may be disputed, too.
        let is_known = |about: &Conflict| choices.iter().any(|(known, _)| known == about);
        let more: Vec<Dispute> =
            merged.conflicts.into_iter().filter(|about| !is_known(about)).map(Dispute::from).collect();
        if !more.is_empty() {
            clash.disputes.extend(more);
            return vec![];
        }
        // The other way is one step back.
        let opposite: Vec<(Conflict, Side)> =
            choices.into_iter().map(|(about, side)| (about, side.other())).collect();
        let other = settled(base, mine, theirs, &opposite).doc;
        let Some(Clash { theirs, revision, .. }) = self.save.clash.take() else { return vec![] };
        let mut effects = self.take(merged.doc, theirs, revision);
        if other != self.doc {
            self.history.note(&other, &self.chosen, None);
        }
        // The buttons are gone.
        effects.push(Effect::Focus("canvas".to_owned()));
        effects
    }
}
