//! The records of a thread and its messages.

use beseda_wire::conversations as wire;
use beseda_wire::conversations::{ConversationState, Handler};
use beseda_wire::ids::{BotId, ConversationId, CustomerId, MessageId, NumberId, UserId};
use beseda_wire::messages::{Author, Content, Direction, Failure, ReactionMark, Referral, Status};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Pace, preview, window};
use crate::customers::Customer;
use crate::store::{Change, is_default};

/// The name of the failure of a message that was taken back with its bot; screens have words for it.
pub const BOT_STOPPED: &str = "bot_stopped";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub customer: CustomerId,
    pub number: NumberId,
    pub state: ConversationState,
    pub handler: Handler,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<Bot>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub unread: u32,
    /// The customer's newest message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_in_at: Option<Time>,
    /// The customer's newest call, which opens the window as a message does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_at: Option<Time>,
    /// Meta's id of the customer's newest message, for marking it as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_in_wamid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Time>,
    /// A bot has called people: till one writes, only commands that work anywhere begin another. Whoever waits because no
    /// bot knew what they meant may say it in other words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub people_called: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub pace: Pace,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignee {
    pub id: UserId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bot {
    pub id: BotId,
    pub name: String,
}

/// A message as it is stored. Its id holds its time, so the key (conversation, id) sorts a thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub at: Time,
    pub direction: Direction,
    pub author: Author,
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wamid: Option<String>,
    /// Meta's ids of earlier tries, which somebody repeated: what is told of them is history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_wamids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<ReactionMark>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub edited: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub revoked: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub forwarded: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Meta's `pricing` object, verbatim: its enumerations are open and its rules change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Value>,
}

/// Where a message lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub conversation: ConversationId,
    pub message: MessageId,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct MessageAdded {
    pub place: Place,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct MessageChanged {
    pub place: Place,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ConversationChanged {
    pub id: ConversationId,
}

impl Change for MessageAdded {
    const KIND: &'static str = "message.added";
}

impl Change for MessageChanged {
    const KIND: &'static str = "message.changed";
}

impl Change for ConversationChanged {
    const KIND: &'static str = "conversation.changed";
}

/// A free-form message cannot be sent: the customer wrote more than 24 hours ago (Meta, send messages).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the 24-hour window is closed: only a template may be sent")]
pub struct WindowClosed;

impl Message {
    pub fn place(&self) -> Place {
        Place { conversation: self.conversation, message: self.id }
    }

    pub fn wire(self) -> beseda_wire::messages::Message {
        beseda_wire::messages::Message {
            id: self.id,
            conversation_id: self.conversation,
            at: self.at,
            direction: self.direction,
            author: self.author,
            content: self.content,
            status: self.status,
            failure: self.failure,
            wamid: self.wamid,
            reply_to: self.reply_to,
            reactions: self.reactions,
            edited: self.edited,
            revoked: self.revoked,
            forwarded: self.forwarded,
            referral: self.referral,
        }
    }
}

impl Conversation {
    /// When the customer last wrote or called: the 24-hour window counts from there (Meta, send messages).
    pub fn last_sign_at(&self) -> Option<Time> {
        self.last_in_at.max(self.called_at)
    }

    /// As the API says it, with what is told of the customer and the newest message.
    pub fn wire(self, customer: Option<&Customer>, last: Option<&Message>) -> wire::Conversation {
        wire::Conversation {
            window_closes_at: window::closes_at(self.last_sign_at()),
            id: self.id,
            customer_id: self.customer,
            customer_name: customer.map_or_else(|| "?".to_owned(), Customer::shown_name),
            customer_phone: customer.and_then(|customer| customer.phone.as_ref().map(ToString::to_string)),
            tags: customer.map(|customer| customer.tags.clone()).unwrap_or_default(),
            number_id: self.number,
            state: self.state,
            handler: self.handler,
            assignee: self.assignee.map(|person| wire::Person { id: person.id, name: person.name }),
            bot: self.bot.map(|bot| wire::BotRef { id: bot.id, name: bot.name }),
            unread: self.unread,
            last: last.map(preview),
            waiting_since: self.waiting_since,
            updated_at: self.updated_at,
        }
    }
}
