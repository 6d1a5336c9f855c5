//! The records of a connected number.

use beseda_wire::ids::{BusinessId, NumberId};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::{NumberState, NumberWarning};
use serde::{Deserialize, Serialize};

use crate::crypto::{Place, Sealed};
use crate::store::Change;

/// A number, in its business's store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Number {
    pub id: NumberId,
    /// Meta's id of the number.
    pub phone_number_id: String,
    pub waba_id: String,
    pub name: String,
    /// E.164.
    #[serde(default)]
    pub phone: Option<String>,
    pub token: Sealed,
    pub app_secret: Sealed,
    pub verify_token: String,
    /// The built-in simulator stands in for Meta. Its address is not stored: it changes with our own.
    #[serde(default)]
    pub simulated: bool,
    /// Messages a second that Meta grants, 1 to 1000; 80 when absent (Meta, throughput).
    #[serde(default)]
    pub messages_per_second: Option<u32>,
    pub state: NumberState,
    #[serde(default)]
    pub problem: Option<String>,
    #[serde(default)]
    pub problem_detail: Option<String>,
    /// What the owner should look at, though the number works on: one of each reason, the newest first.
    #[serde(default)]
    pub warnings: Vec<NumberWarning>,
    /// Something was told of a template since: what was known of them before may be wrong.
    #[serde(default)]
    pub templates_doubted_at: Option<Time>,
    #[serde(default)]
    pub quality: Option<String>,
    #[serde(default)]
    pub verified_at: Option<Time>,
    #[serde(default)]
    pub first_webhook_at: Option<Time>,
    /// When it was given its credentials last: what Meta refused before says nothing of them.
    #[serde(default)]
    pub connected_at: Option<Time>,
    pub created_at: Time,
}

impl Number {
    /// This record of new credentials, with what the one that is kept knows besides.
    #[must_use]
    pub fn over(self, kept: Self) -> Self {
        Self {
            warnings: kept.warnings,
            templates_doubted_at: kept.templates_doubted_at,
            quality: kept.quality,
            verified_at: kept.verified_at,
            first_webhook_at: kept.first_webhook_at,
            created_at: kept.created_at,
            ..self
        }
    }
}

/// The way from Meta's ids to a number, in the platform's store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Route {
    pub business: BusinessId,
    pub number: NumberId,
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_secret: Sealed,
    pub verify_token: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct NumberChanged {
    pub id: NumberId,
}

impl Change for NumberChanged {
    const KIND: &'static str = "number.changed";
}

/// What a number's secrets are bound to. `id` is the number's, as text.
pub fn sealing_place<'a>(business: &'a str, id: &'a str, field: &'a str) -> Place<'a> {
    Place { business, table: "numbers", id, field }
}
