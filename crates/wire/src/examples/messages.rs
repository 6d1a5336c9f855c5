//! What is said in a thread.

use super::{at, examples, ids, some};
use crate::messages::{
    Author, AuthorKind, Content, Direction, Media, MediaKind, MediaState, Message, SendMessage, Status, Text,
};

fn answer() -> Content {
    let body = "Yes, it will be ready at half past eleven.".to_owned();
    Content::Text(Text { body, preview_url: false })
}

const QUESTION: &str = "wamid.HBgLMTU1NTAxMDAyMzQVAgASGBQzQTdCNjhERkY5QjY4OUE1QTk0AA==";

examples! {
    Message: Message {
        id: ids::ANSWER,
        conversation_id: ids::THREAD,
        at: at(2),
        direction: Direction::Out,
        author: Author {
            kind: AuthorKind::User,
            name: some("Anna Petrova"),
            user_id: Some(ids::ANNA),
            bot_id: None,
        },
        content: answer(),
        status: Some(Status::Delivered),
        failure: None,
        wamid: some("wamid.HBgLMTU1NTAxMDAyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"),
        reply_to: some(QUESTION),
        reactions: Vec::new(),
        edited: false,
        revoked: false,
        forwarded: false,
        referral: None,
    };

    SendMessage: SendMessage { content: answer(), reply_to: some(QUESTION) };

    Media: Media {
        kind: MediaKind::Image,
        state: MediaState::Stored,
        sha256: some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        link: None,
        provider_id: None,
        mime: some("image/jpeg"),
        size: Some(184_320),
        caption: None,
        filename: some("bouquet.jpg"),
        voice: false,
        animated: false,
        problem: None,
    };
}
