//! Bots, as lists show them, and their flows.

use crate::ids::{BotId, ConversationId, NumberId};
use crate::messages::Failure;
use crate::time::Time;
use crate::{wire, words};

words! {
    pub enum ImportFormat {
        /// A flow of ours, after the published schema.
        Beseda,
        /// An export of Typebot, of any version.
        Typebot,
    }
}

words! {
    pub enum PhoneTrialState {
        /// For somebody to send the word.
        Waiting,
        /// Somebody talks to the draft.
        Running,
        Ended,
        /// Nobody sent the word in time.
        Expired
    }
}

wire! {
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Bot {
        pub id: BotId,
        pub name: String,
        /// The id of its flow as it is drafted: by it flows of other bots run this one (`sub_flow`).
        #[serde(default)]
        pub flow_id: String,
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
        /// The flow as JSON, after the schema at `/api/v1/flow.schema.json`. The bot is named as the flow is.
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
        /// Files that the flow sends and that are not here, by their SHA-256: it was made elsewhere. It is not published
        /// without them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub missing_files: Vec<String>,
    }

    /// What to save as the draft.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SaveDraft {
        pub flow: serde_json::Value,
        /// The revision that was changed. When somebody saved another one meanwhile, nothing is saved.
        pub revision: u64,
    }

    /// A version was let answer again.
    pub struct VersionReturn {
        pub at: Time,
        /// Who did it.
        pub author: String,
        /// Conversations under way moved to it from then on, at the next point at which both waited at the same block.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub move_running: bool,
    }

    /// A published version of a bot's flow, which never changes.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct BotVersion {
        pub number: u32,
        pub published_at: Time,
        /// Who published it.
        pub author: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
        /// With its publication, conversations under way moved to it, as they do with a return.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub move_running: bool,
        /// When it was let answer again, the newest last.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub returns: Vec<VersionReturn>,
        /// It is the one that answers.
        pub answering: bool,
        /// How many conversations go on with it now.
        pub running: u32,
        /// The flow as JSON; lists leave it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow: Option<serde_json::Value>,
    }

    /// A file of a bot, made here or elsewhere.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct ImportFile {
        pub format: ImportFormat,
        /// The file as JSON, at most 10 MB.
        pub file: serde_json::Value,
    }

    /// What a file would become. Nothing is stored: make a bot of the flow if you like it.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct ImportedBot {
        pub flow: serde_json::Value,
        /// Files that the flow sends and that are not here, by their SHA-256: they stayed where the bot comes from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub missing_files: Vec<String>,
        /// What became of each block: `place` and `id` and `kind` in the file, the `block` here, and a `verdict`:
        /// `imported`, `adapted` (`how`), `needs_key` (`what`), `unsupported` (`why`), each with codes.
        pub report: serde_json::Value,
        /// Bots that this one runs and that are in other files: their `id` there, the flow's id `bot` here.
        pub missing: serde_json::Value,
        /// Addresses within texts, which stay on: each `address` with the `block` that says it or puts it into a variable, or
        /// the `variable` that holds it from the beginning; with neither it stands in the bot's own words.
        #[serde(default)]
        pub told: serde_json::Value,
    }

    /// A bot to begin with.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct GalleryBot {
        pub id: String,
        pub trade: String,
        pub title: String,
        pub description: String,
        /// The business's own fields that it fills.
        pub fields: Vec<String>,
        /// The flow as JSON; lists leave it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow: Option<serde_json::Value>,
    }

    /// What flows read out of a native form.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct FormFields {
        /// Names, joined by dots where they lie within one another (`visit.day`), in the order of the flows.
        pub fields: Vec<String>,
    }

    /// Asks the bots to begin with a customer.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct StartFlow {
        /// The name of an `api` trigger; of several that have it the usual rule decides.
        pub name: String,
        /// The number to write from; without it the one of the customer's newest conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub number: Option<NumberId>,
        /// What the flow is told, as the variable `event`. It may weigh 131072: the bytes of its names and texts, and 16
        /// for every value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub event: Option<serde_json::Value>,
    }

    /// What came of it.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct FlowStarted {
        pub conversation: ConversationId,
        /// The bot that began; absent where none did: a person or a bot is talking.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bot: Option<BotId>,
    }

    /// A draft that is to be tried on a real phone.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct NewPhoneTrial {
        /// The only phone that may send the word. Without it whoever sends it first may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone: Option<String>,
        /// The number to which the word is to be sent; without it the first that was connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub number_id: Option<NumberId>,
        /// The revision of the draft that is meant. When somebody saved another one meanwhile, no trial is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<u64>,
    }

    /// A draft, frozen to be tried on a phone.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct PhoneTrial {
        pub id: u32,
        pub bot_id: BotId,
        pub state: PhoneTrialState,
        /// What is to be sent to the number, once.
        pub word: String,
        /// Opens WhatsApp with the word already written; absent for a simulated number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub link: Option<String>,
        pub number_id: NumberId,
        pub number_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub number_phone: Option<String>,
        /// The only phone that may send the word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub phone: Option<String>,
        /// Who made it.
        pub author: String,
        pub created_at: Time,
        /// Until when the word may be sent.
        pub expires_at: Time,
        /// Where the draft is tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub conversation_id: Option<ConversationId>,
        /// Where the word came while a person was talking, whom no bot interrupts. Once they have given the conversation
        /// back the word may be sent again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub held_up_in: Option<ConversationId>,
        /// Why the last thing that the draft said did not reach the phone: `window_closed` where nobody had written for 24
        /// hours. It is not sent again by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failure: Option<Failure>,
    }

    /// What goes with a publication.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct PublishBot {
        /// What is new, for whoever reads the versions later: at most 1,000 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
        /// Conversations under way move to the new version at the next point at which both wait at the same block.
        /// Otherwise they finish with theirs.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub move_running: bool,
        /// The revision of the draft that is meant. When somebody saved another one meanwhile, nothing is published.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<u64>,
    }

    /// What goes with a return to an earlier version.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct ReturnToVersion {
        /// Conversations under way move to this version at the next point at which both wait at the same block.
        /// Otherwise they finish with theirs.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub move_running: bool,
    }
}

impl BotVersion {
    /// Whether conversations of other versions move to this one while it answers: as was chosen when it was let answer
    /// last.
    pub fn draws_running(&self) -> bool {
        self.returns.last().map_or(self.move_running, |newest| newest.move_running)
    }
}
