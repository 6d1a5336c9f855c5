//! The records of a bot.

use beseda_flow::{Burst, Call, Input, Session, Summarize};
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::store::{Actor, Change};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bot {
    pub id: BotId,
    pub name: String,
    /// The id of its flow, by which flows of others run it; empty for a bot that was saved before this was kept.
    #[serde(default)]
    pub flow_id: String,
    /// Switched off, it begins no conversation; those under way go on, once the customer was sent a word of them.
    pub enabled: bool,
    /// The version that answers; `None` before the first publication.
    #[serde(default)]
    pub published: Option<u32>,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A published flow. The flow is never changed: a conversation goes on with the version it began with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    /// The flow's JSON as it was published.
    pub flow: String,
    pub published_at: Time,
    /// Who published it.
    pub author: String,
    #[serde(default)]
    pub note: Option<String>,
    /// With its publication, runs of other versions were to come here at a safe point.
    #[serde(default)]
    pub takes_over: bool,
    /// When it was let answer again, and by whom: the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
}

impl Version {
    /// Whether runs of other versions come to this one while it answers: as was chosen when it was let answer last.
    pub fn draws_runs(&self) -> bool {
        self.returns.last().map_or(self.takes_over, |newest| newest.takes_over)
    }
}

/// Somebody let a version answer again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Return {
    pub at: Time,
    pub author: String,
    /// Runs of other versions were to come here at a safe point.
    #[serde(default)]
    pub takes_over: bool,
}

/// The flow that is being worked on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Draft {
    /// The flow's JSON as it was saved.
    pub flow: String,
    /// Grows with each saving.
    pub revision: u64,
    pub updated_at: Time,
    /// Who saved it.
    pub author: String,
}

/// A customer's way through a flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// Of all zeros for one that began before runs had ids, until it moves.
    #[serde(default)]
    pub id: RunId,
    pub bot: BotId,
    pub version: u32,
    pub session: Session,
    pub started_at: Time,
    pub updated_at: Time,
    /// What the customer said since, and what is to be answered together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<Input>,
    /// How it begins, once the customer has said all that is to be answered together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins: Option<Input>,
    /// What the customer has said of that till now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<Burst>,
    /// Rows of steps that are written.
    #[serde(default)]
    pub turns: u32,
}

/// Something outside that a run waits for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PendingCall {
    /// By which the run knows the answer.
    pub token: u64,
    pub call: Call,
    pub asked_at: Time,
    /// It was begun. After a crash nobody knows how far it came.
    #[serde(default)]
    pub started: bool,
}

/// A conversation that was handed over, and that a language model is to sum up for the team.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PendingSummary {
    pub summarize: Summarize,
    /// What the team is told where the model says nothing.
    pub otherwise: String,
    pub bot: BotId,
    pub bot_name: String,
    pub asked_at: Time,
}

impl PendingSummary {
    /// Tells it from another one of the same thread.
    pub fn mark(&self) -> u64 {
        self.asked_at.millis().unsigned_abs()
    }

    /// Who handed over.
    pub fn actor(&self) -> Actor {
        Actor::Bot { id: self.bot, name: self.bot_name.clone() }
    }
}

/// A bot is new, changed or gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct BotChanged {
    pub id: BotId,
}

impl Change for BotChanged {
    const KIND: &'static str = "bot.changed";
}

impl Bot {
    pub fn wire(self, running: u32) -> beseda_wire::bots::Bot {
        beseda_wire::bots::Bot {
            id: self.id,
            name: self.name,
            flow_id: self.flow_id,
            enabled: self.enabled,
            published: self.published,
            running,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
