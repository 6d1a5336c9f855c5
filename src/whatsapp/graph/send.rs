//! Sending: `POST /{number}/messages`, and the read marks that go the same way.

use beseda_wire::messages::Content;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::answer::{CallError, Failure, exchange};
use super::body::{Body, Unsendable};
use super::{Credentials, Graph, Usage};
use crate::customers::{Bsuid, Phone};
use crate::whatsapp::error::GraphError;
use crate::whatsapp::lax::Lax;

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Always sent with `+`: without it Meta would put the business's own country code before the number.
    Phone(Phone),
    Bsuid(Bsuid),
}

impl Recipient {
    /// The phone where there is one, as Meta itself prefers it (FACTS §2).
    pub fn of(phone: Option<&Phone>, bsuid: Option<&Bsuid>) -> Option<Self> {
        phone.cloned().map(Self::Phone).or_else(|| bsuid.cloned().map(Self::Bsuid))
    }
}

/// Meta has taken the message. Whether it arrives is told by its statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub wamid: String,
    /// The customer's phone as WhatsApp writes it, which may differ from how we wrote it.
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    /// Templates only: `accepted`, `held_for_quality_assessment` or `paused`.
    pub message_status: Option<String>,
    pub usage: Option<Usage>,
}

/// Why there is no [`Accepted`], and what that says of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Meta said no: it certainly will not deliver it.
    #[error("{error}")]
    Refused { error: GraphError, usage: Option<Usage> },
    /// Meta may have taken it; whether it did must be found out before it is sent again.
    #[error("the answer was lost: {0}")]
    Lost(String),
    /// It certainly did not reach the API: it may be sent again at any time.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Nothing was tried.
    #[error("{0}")]
    Unsendable(#[from] Unsendable),
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error, usage) => Self::Refused { error: *error, usage },
            Failure::NotSent(why) => Self::NotSent(why),
            Failure::Lost(why) => Self::Lost(why),
        }
    }
}

impl Graph {
    /// Sends one message.
    ///
    /// `reply_to` is Meta's id of the message to quote. `callback_data` comes back in the message's statuses: by it a
    /// message whose answer was lost is found again; at most [`crate::whatsapp::limits::CALLBACK_DATA`] characters.
    pub async fn send(
        &self,
        credentials: &Credentials,
        to: &Recipient,
        content: &Content,
        reply_to: Option<&str>,
        callback_data: Option<&str>,
    ) -> Result<Accepted, SendError> {
        let body = Body { to, content, reply_to, callback_data }.bytes()?;
        let (answer, usage) = self.post(credentials, body).await?;
        let message = answer.items("messages").first().unwrap_or(&Value::Null);
        let contact = answer.items("contacts").first().unwrap_or(&Value::Null);
        let Some(wamid) = message.word("id") else {
            return Err(SendError::Lost("an answer without a message id".to_owned()));
        };
        Ok(Accepted {
            wamid,
            wa_id: contact.word("wa_id"),
            user_id: contact.word("user_id"),
            message_status: message.word("message_status"),
            usage,
        })
    }

    /// Shows the customer two blue ticks on this message and all before it; with `typing`, also that an answer is being
    /// written, until it comes or for 25 seconds.
    pub async fn mark_read(
        &self,
        credentials: &Credentials,
        wamid: &str,
        typing: bool,
    ) -> Result<(), CallError> {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
        if typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        self.post(credentials, body.to_string().into_bytes()).await?;
        Ok(())
    }

    async fn post(
        &self,
        credentials: &Credentials,
        body: Vec<u8>,
    ) -> Result<(Value, Option<Usage>), Failure> {
        let request = self
            .sending(credentials)?
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        exchange(request).await
    }
}
