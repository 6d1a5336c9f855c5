//! What happened to a customer without a message, in a form in which it is kept: by it a run that began so can be begun once
//! more. [`Happening`] is the same while it happens, without a text of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Happening;
use crate::model::{Trigger, TriggerKind};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
pub enum Occurrence {
    NewCustomer,
    TagAdded {
        tag: String,
    },
    FieldChanged {
        field: String,
        value: Value,
    },
    DealMoved {
        pipeline: String,
        stage: String,
    },
    /// A schedule is due: of the flow with this id, or of the bot, this trigger. Without one it is that of the draft which a replay is about.
    Schedule {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow: Option<String>,
        trigger: String,
    },
    /// Somebody called for it, by this name.
    Api {
        name: String,
    },
}

impl Occurrence {
    /// What had happened when this trigger fired and the run was told this `event`; none for a trigger of messages.
    pub fn of(trigger: &Trigger, flow: Option<&str>, event: &Value) -> Option<Self> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(match trigger.kind {
            TriggerKind::NewCustomer => Self::NewCustomer,
            TriggerKind::TagAdded => Self::TagAdded { tag: text("tag")? },
            TriggerKind::FieldChanged => Self::FieldChanged {
                field: text("field")?,
                value: event.get("value").cloned().unwrap_or_default(),
            },
            TriggerKind::DealMoved => Self::DealMoved { pipeline: text("pipeline")?, stage: text("stage")? },
            TriggerKind::Schedule => {
                Self::Schedule { flow: flow.map(str::to_owned), trigger: trigger.id.clone() }
            }
            TriggerKind::Api => Self::Api { name: trigger.name.as_ref().unwrap_or(&trigger.id).clone() },
            _ => return None,
        })
    }

    /// As triggers are asked about it; `draft` is the flow of a schedule that names none.
    pub fn happening<'a>(&'a self, draft: &'a str) -> Happening<'a> {
        match self {
            Self::NewCustomer => Happening::NewCustomer,
            Self::TagAdded { tag } => Happening::TagAdded { tag },
            Self::FieldChanged { field, value } => Happening::FieldChanged { field, value },
            Self::DealMoved { pipeline, stage } => Happening::DealMoved { pipeline, stage },
            Self::Schedule { flow, trigger } => {
                Happening::Schedule { flow: flow.as_deref().unwrap_or(draft), trigger }
            }
            Self::Api { name } => Happening::Api { name },
        }
    }

    /// What a run that begins by it is told, as the variable `event`. What an API call tells is the caller's.
    pub fn event(&self) -> Value {
        match self {
            Self::NewCustomer | Self::Api { .. } => Value::Null,
            Self::TagAdded { tag } => json!({ "tag": tag }),
            Self::FieldChanged { field, value } => json!({ "field": field, "value": value }),
            Self::DealMoved { pipeline, stage } => json!({ "pipeline": pipeline, "stage": stage }),
            Self::Schedule { trigger, .. } => json!({ "schedule": trigger }),
        }
    }
}
