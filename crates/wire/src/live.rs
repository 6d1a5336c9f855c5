//! What the WebSocket at `/live` says.
//!
//! The client's first frame is `{"token": …, "business": …, "since": …}`; everything after comes from the
//! server. `since` is the last `seq` the client saw: what happened meanwhile is sent first.

use serde::{Deserialize, Serialize};

use crate::conversations::Conversation;
use crate::customers::Customer;
use crate::ids::{BotId, BusinessId, ConversationId, NumberId, UserId};
use crate::messages::Message;
use crate::whatsapp::JournalEntry;

/// The first frame of a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Access token, as in the `Authorization` header.
    pub token: String,
    pub business: BusinessId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

/// Later frames of a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// A fresh access token, before the old one ends.
    Token {
        token: String,
    },
    /// The conversation that is open on the screen, for "who is looking".
    Viewing {
        conversation: Option<ConversationId>,
    },
    /// The bot whose flow is open on the screen instead, for "who else is here".
    Editing {
        bot: BotId,
    },
    Ping,
}

/// A frame of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerFrame {
    /// Position in the business's change log; give it back as `since`.
    pub seq: u64,
    #[serde(flatten)]
    pub event: LiveEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum LiveEvent {
    /// The connection is ready.
    Ready,
    /// More happened than the log still tells: load everything again.
    Reload,
    /// A message is new or changed.
    Message(Box<Message>),
    /// A conversation is new or changed.
    Conversation(Box<Conversation>),
    Customer(Box<Customer>),
    /// A number is new, changed or gone: ask for it again.
    Number {
        id: NumberId,
    },
    /// A bot is new or changed: ask for it again.
    Bot {
        id: BotId,
    },
    Journal(Box<JournalEntry>),
    /// Who looks at a conversation now.
    Viewers {
        conversation: ConversationId,
        people: Vec<(UserId, String)>,
    },
    /// Who has a bot's flow open now.
    Editors {
        bot: BotId,
        people: Vec<(UserId, String)>,
    },
    /// The access token ended or was revoked.
    SignedOut,
    Pong,
}
