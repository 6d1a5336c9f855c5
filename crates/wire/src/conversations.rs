//! Conversations: the threads of the inbox.

use crate::ids::{BotId, ConversationId, CustomerId, NumberId, UserId};
use crate::messages::{Author, Direction, Status};
use crate::time::Time;
use crate::{wire, words};

wire! {
    /// A row of the inbox.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Conversation {
        pub id: ConversationId,
        pub customer_id: CustomerId,
        pub customer_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub customer_phone: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub tags: Vec<String>,
        pub number_id: NumberId,
        pub state: ConversationState,
        pub handler: Handler,
        /// The person it is assigned to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub assignee: Option<Person>,
        /// The bot that talks, or talked last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bot: Option<BotRef>,
        /// Messages from the customer nobody has opened.
        pub unread: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last: Option<LastMessage>,
        /// When the customer-service window closes: 24 hours after the customer's newest message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub window_closes_at: Option<Time>,
        /// Since when the customer waits for an answer by a person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub waiting_since: Option<Time>,
        pub updated_at: Time,
    }

    /// The newest message in one line.
    pub struct LastMessage {
        pub at: Time,
        pub direction: Direction,
        /// The kind of content: `text`, `media`, …; for media the kind of file.
        pub kind: String,
        /// Its text, caption or title, cut to 160 characters.
        pub text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<Status>,
        /// Who said it; absent of conversations in which nothing was said since this is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub author: Option<Author>,
    }

    pub struct Person {
        pub id: UserId,
        pub name: String,
    }

    pub struct BotRef {
        pub id: BotId,
        pub name: String,
    }

    /// How many conversations each view of the inbox holds. Counting stops at 1,000: that number says 1,000 or
    /// more.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct InboxCounts {
        pub mine: u32,
        pub waiting: u32,
        pub open: u32,
        /// Conversations with unread messages.
        pub unread: u32,
    }

    /// Closes or opens a conversation again.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct UpdateConversation {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub state: Option<ConversationState>,
    }
}

impl InboxCounts {
    /// Where counting stops.
    pub const MOST: u32 = 1_000;
}

words! {
    pub enum ConversationState { Open, Closed }

    /// Who answers: a bot, a person, or nobody yet.
    pub enum Handler { Bot, Person, Nobody }

    /// The views of the inbox.
    pub enum InboxView { Mine, Waiting, Open, Closed, All }
}
