//! What a flow writes to the customer's record, in a form in which it is kept and compared.

use serde::{Deserialize, Serialize};

use crate::effects::Effect;
use crate::outgoing::cut;

/// Characters of a value that are kept.
const LONGEST: usize = 200;

/// One thing that became of the customer's record or of who has the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// As the record keeps it: a text, empty where the field was emptied.
    Field {
        field: String,
        value: String,
    },
    TagAdded {
        tag: String,
    },
    TagRemoved {
        tag: String,
    },
    /// Without a topic it is about all marketing messages.
    Subscribed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
    },
    Unsubscribed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
    },
    /// To nobody where neither is named.
    Assigned {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
    },
}

impl Change {
    /// What an effect writes, with the block that does; nothing for an effect that writes none of it.
    pub fn of(effect: &Effect) -> Option<(String, Self)> {
        let (block, change) = match effect {
            Effect::SetField { block, field, value } => {
                let value = value.as_deref().unwrap_or_default();
                (block, Self::Field { field: field.clone(), value: cut(value, LONGEST) })
            }
            Effect::AddTag { block, tag } => (block, Self::TagAdded { tag: tag.clone() }),
            Effect::RemoveTag { block, tag } => (block, Self::TagRemoved { tag: tag.clone() }),
            Effect::Subscribe { block, topic } => (block, Self::Subscribed { topic: topic.clone() }),
            Effect::Unsubscribe { block, topic } => (block, Self::Unsubscribed { topic: topic.clone() }),
            Effect::Assign { block, person, team } => {
                (block, Self::Assigned { person: person.clone(), team: team.clone() })
            }
            // Whoever is named in a hand-over has the conversation then.
            Effect::HandOver { block, person, team, .. } if person.is_some() || team.is_some() => {
                (block, Self::Assigned { person: person.clone(), team: team.clone() })
            }
            _ => return None,
        };
        Some((block.clone(), change))
    }
}
