//! Threads of the inbox.

use super::{at, examples, ids, some};
use crate::conversations::{
    BotRef, Conversation, ConversationState, Handler, InboxCounts, LastMessage, Person, UpdateConversation,
};
use crate::messages::{Author, AuthorKind, Direction};

examples! {
    Conversation: Conversation {
        id: ids::THREAD,
        customer_id: ids::OLGA,
        customer_name: "Olga Meyer".to_owned(),
        customer_phone: some("+15550100234"),
        tags: vec!["wedding".to_owned()],
        number_id: ids::NUMBER,
        state: ConversationState::Open,
        handler: Handler::Person,
        assignee: Some(Person { id: ids::ANNA, name: "Anna Petrova".to_owned() }),
        bot: Some(BotRef { id: ids::GREETER, name: "Greeter".to_owned() }),
        unread: 1,
        last: Some(LastMessage {
            at: at(0),
            direction: Direction::In,
            kind: "text".to_owned(),
            text: "Can I collect the bouquet at noon?".to_owned(),
            status: None,
            author: Some(Author { kind: AuthorKind::Customer, name: None, user_id: None, bot_id: None }),
        }),
        window_closes_at: Some(at(1440)),
        waiting_since: Some(at(0)),
        updated_at: at(0),
    };

    InboxCounts: InboxCounts { mine: 3, waiting: 2, open: 14, unread: 4 };

    UpdateConversation: UpdateConversation { state: Some(ConversationState::Closed) };
}
