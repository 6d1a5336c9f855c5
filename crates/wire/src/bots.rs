//! Bots, as lists show them, and their flows.

use crate::ids::BotId;
use crate::time::Time;
use crate::wire;

wire! {
    #[cfg_attr(feature = "openapi", oai(example))]
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

    /// Switches a bot on or off.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct UpdateBot {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub enabled: Option<bool>,
    }

    /// A new bot.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NewBot {
        /// The flow as JSON, after the published schema `flow.schema.json`. The bot is named as the flow is.
        pub flow: serde_json::Value,
    }

    /// The flow that is being worked on. It answers nobody until it is published.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Draft {
        /// The flow as JSON, as it was saved.
        pub flow: serde_json::Value,
        /// Grows with each saving.
        pub revision: u64,
        pub updated_at: Time,
        /// Who saved it last.
        pub author: String,
        /// Whether it differs from what is published.
        #[serde(default)]
        pub changed: bool,
    }

    /// What to save as the draft.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SaveDraft {
        pub flow: serde_json::Value,
        /// The revision that was changed. When somebody saved another one meanwhile, nothing is saved.
        pub revision: u64,
    }

    /// What goes with a publication.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct PublishBot {
        /// What is new, for whoever reads the versions later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }
}
