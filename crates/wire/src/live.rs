//! What the WebSocket at `/live` says.
//!
//! The client's first frame is `{"token": …, "business": …, "since": …}`; everything after comes from the
//! server. `since` is the last `seq` the client saw: what happened meanwhile is sent first.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

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

/// A frame of the server. Only JSON can be read as one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerFrame {
    /// Position in the business's change log; give it back as `since`.
    pub seq: u64,
    #[serde(flatten)]
    pub event: LiveEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// By hand, because the derived code for a flattened and tagged type reads everything in it by a second way, through a
/// copy in memory: a tenth of what a browser loads before anybody can sign in.
impl<'de> Deserialize<'de> for ServerFrame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Frame {
            seq: u64,
            #[serde(rename = "type")]
            kind: String,
            data: Option<Box<RawValue>>,
        }
        #[derive(Deserialize)]
        struct Id<T> {
            id: T,
        }
        #[derive(Deserialize)]
        struct Viewers {
            conversation: ConversationId,
            people: Vec<(UserId, String)>,
        }
        #[derive(Deserialize)]
        struct Editors {
            bot: BotId,
            people: Vec<(UserId, String)>,
        }

        fn read<T: serde::de::DeserializeOwned, E: serde::de::Error>(
            data: Option<&RawValue>,
        ) -> Result<T, E> {
            let data = data.ok_or_else(|| E::missing_field("data"))?;
            serde_json::from_str(data.get()).map_err(E::custom)
        }

        let Frame { seq, kind, data } = Frame::deserialize(deserializer)?;
        let data = data.as_deref();
        let event = match kind.as_str() {
            "ready" => LiveEvent::Ready,
            "reload" => LiveEvent::Reload,
            "message" => LiveEvent::Message(read(data)?),
            "conversation" => LiveEvent::Conversation(read(data)?),
            "customer" => LiveEvent::Customer(read(data)?),
            "number" => read(data).map(|Id { id }| LiveEvent::Number { id })?,
            "bot" => read(data).map(|Id { id }| LiveEvent::Bot { id })?,
            "journal" => LiveEvent::Journal(read(data)?),
            "viewers" => read(data)
                .map(|Viewers { conversation, people }| LiveEvent::Viewers { conversation, people })?,
            "editors" => read(data).map(|Editors { bot, people }| LiveEvent::Editors { bot, people })?,
            "signed_out" => LiveEvent::SignedOut,
            "pong" => LiveEvent::Pong,
            unknown => return Err(D::Error::custom(format_args!("no event is called `{unknown}`"))),
        };
        Ok(Self { seq, event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01990000-0000-7000-8000-000000000001";

    /// One of each event, as the server writes it.
    fn events() -> Vec<String> {
        let at = "2026-01-01T00:00:00Z";
        let people = format!(r#"[["{ID}","Anna"]]"#);
        let message = format!(
            r#"{{"id":"{ID}","conversation_id":"{ID}","at":"{at}","direction":"in","author":{{"kind":"customer"}},
                "content":{{"type":"text","body":"Hi"}}}}"#
        );
        let conversation = format!(
            r#"{{"id":"{ID}","customer_id":"{ID}","customer_name":"Anna","number_id":"{ID}","state":"open",
                "handler":"nobody","unread":0,"updated_at":"{at}"}}"#
        );
        let customer = format!(
            r#"{{"id":"{ID}","name":"Anna","tags":[],"fields":[],"created_at":"{at}","conversations":[]}}"#
        );
        let entry = format!(
            r#"{{"id":7,"received_at":"{at}","outcome":"processed","kinds":["message"],"size":9,"replays":0}}"#
        );
        let with = |kind: &str, data: &str| format!(r#"{{"seq":3,"type":"{kind}","data":{data}}}"#);
        let bare = |kind: &str| format!(r#"{{"seq":3,"type":"{kind}"}}"#);
        let id = format!(r#"{{"id":"{ID}"}}"#);
        vec![
            bare("ready"),
            bare("reload"),
            with("message", &message),
            with("conversation", &conversation),
            with("customer", &customer),
            with("number", &id),
            with("bot", &id),
            with("journal", &entry),
            with("viewers", &format!(r#"{{"conversation":"{ID}","people":{people}}}"#)),
            with("editors", &format!(r#"{{"bot":"{ID}","people":{people}}}"#)),
            bare("signed_out"),
            bare("pong"),
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        for text in events() {
            let frame: ServerFrame =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let written = serde_json::to_string(&frame).unwrap();
            assert_eq!(serde_json::from_str::<ServerFrame>(&written).unwrap(), frame, "{written}");
            let kind = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["type"].clone();
            assert_eq!(kind(&written), kind(&text));
            // A new event needs a line here, or browsers would not understand it.
            match frame.event {
                LiveEvent::Ready
                | LiveEvent::Reload
                | LiveEvent::Message(_)
                | LiveEvent::Conversation(_)
                | LiveEvent::Customer(_)
                | LiveEvent::Number { .. }
                | LiveEvent::Bot { .. }
                | LiveEvent::Journal(_)
                | LiveEvent::Viewers { .. }
                | LiveEvent::Editors { .. }
                | LiveEvent::SignedOut
                | LiveEvent::Pong => {}
            }
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in [r#"{"seq":1,"type":"party"}"#, r#"{"seq":1,"type":"number"}"#, r#"{"type":"pong"}"#] {
            assert!(serde_json::from_str::<ServerFrame>(text).is_err(), "{text}");
        }
    }
}
