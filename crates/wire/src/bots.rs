//! Bots, as lists show them.

use crate::ids::BotId;
use crate::time::Time;
use crate::wire;

wire! {
    pub struct Bot {
        pub id: BotId,
        pub name: String,
        /// Switched off, it begins no conversation; those under way go on.
        pub enabled: bool,
        /// The version that answers; absent before the first publication.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub published: Option<u32>,
        /// How many conversations it leads now.
        pub running: u32,
        pub created_at: Time,
        pub updated_at: Time,
    }

    /// Makes a bot that answers at once.
    pub struct CreateBot {
        /// The flow, as JSON: groups of blocks, the edges between them, and what starts it.
        pub flow: serde_json::Value,
    }

    /// Switches a bot on or off.
    pub struct UpdateBot {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
    }
}
