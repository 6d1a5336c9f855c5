//! The outbox: what shall be sent, written in the transaction that caused it.
//!
//! A row is a promise. It is removed in the transaction that records that Meta accepted the message or
//! refused it for good. Before a send begins the row is claimed, durably: after a crash a row that is not
//! claimed was surely never sent, and a claimed one may have been. Those wait for a status webhook that
//! carries their callback data before they are tried again.

use beseda_wire::ids::{ConversationId, CustomerId, MessageId, NumberId};
use beseda_wire::messages::Content;
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::conversations::Place;
use crate::store::{Order, Read, StoreError, Table, Tx};

const OUTBOX: Table<MessageId, Row> = Table::new(50, "outbox");
/// Files that WhatsApp announced and that are still to be fetched.
const FETCHES: Table<MessageId, Fetch> = Table::new(51, "media_fetches");
/// Files already given to WhatsApp, by number and content: Meta keeps them for 30 days.
const UPLOADS: Table<(NumberId, String), Upload> = Table::new(52, "media_uploads");

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub conversation: ConversationId,
    pub customer: CustomerId,
    pub number: NumberId,
    pub state: State,
    /// Sends that were refused for the time being.
    #[serde(default)]
    pub attempts: u32,
}

/// How far a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not sent.
    Ready,
    /// A send may be under way.
    Claimed,
    /// A send was made and its answer lost, at this time.
    Uncertain(Time),
    /// Refused for the time being; to be tried again at this time.
    Deferred(Time),
}

/// A file to be fetched from WhatsApp.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fetch {
    pub conversation: ConversationId,
    pub number: NumberId,
    pub provider_id: String,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default)]
    pub not_before: Option<Time>,
}

/// A file that WhatsApp has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub provider_id: String,
    pub at: Time,
}

impl Row {
    pub fn place(&self, message: MessageId) -> Place {
        Place { conversation: self.conversation, message }
    }
}

pub fn get(from: &dyn Read, id: MessageId) -> Result<Option<Row>, StoreError> {
    OUTBOX.get(from, &id)
}

pub fn put(tx: &mut Tx<'_>, id: MessageId, row: &Row) -> Result<(), StoreError> {
    OUTBOX.put(tx, &id, row)
}

pub fn remove(tx: &mut Tx<'_>, id: MessageId) {
    OUTBOX.remove(tx, &id);
}

/// Everything that waits, the oldest first.
pub fn all(from: &dyn Read) -> Result<Vec<(MessageId, Row)>, StoreError> {
    OUTBOX.rows(from, &(), None, Order::Ascending, usize::MAX)
}

/// The oldest of what waits.
pub fn first(from: &dyn Read, limit: usize) -> Result<Vec<(MessageId, Row)>, StoreError> {
    OUTBOX.rows(from, &(), None, Order::Ascending, limit)
}

pub fn is_empty(from: &dyn Read) -> Result<bool, StoreError> {
    Ok(OUTBOX.first(from, &(), Order::Ascending)?.is_none())
}

pub fn put_fetch(tx: &mut Tx<'_>, id: MessageId, fetch: &Fetch) -> Result<(), StoreError> {
    FETCHES.put(tx, &id, fetch)
}

pub fn remove_fetch(tx: &mut Tx<'_>, id: MessageId) {
    FETCHES.remove(tx, &id);
}

pub fn fetches(from: &dyn Read, limit: usize) -> Result<Vec<(MessageId, Fetch)>, StoreError> {
    FETCHES.rows(from, &(), None, Order::Ascending, limit)
}

pub fn upload(from: &dyn Read, number: NumberId, sha256: &str) -> Result<Option<Upload>, StoreError> {
    UPLOADS.get(from, &(number, sha256.to_owned()))
}

pub fn put_upload(
    tx: &mut Tx<'_>,
    number: NumberId,
    sha256: &str,
    upload: &Upload,
) -> Result<(), StoreError> {
    UPLOADS.put(tx, &(number, sha256.to_owned()), upload)
}

pub fn remove_upload(tx: &mut Tx<'_>, number: NumberId, sha256: &str) {
    UPLOADS.remove(tx, &(number, sha256.to_owned()));
}

/// What the message carries to Meta and back in every status (`biz_opaque_callback_data`): its place.
pub fn callback_data(place: Place) -> String {
    format!("beseda:{}:{}", place.conversation.uuid().simple(), place.message.uuid().simple())
}

/// Reads [`callback_data`]; `None` for anybody else's.
pub fn read_callback_data(text: &str) -> Option<Place> {
    let (conversation, message) = text.strip_prefix("beseda:")?.split_once(':')?;
    Some(Place { conversation: conversation.parse().ok()?, message: message.parse().ok()? })
}

/// Whether WhatsApp's file of this content is to be uploaded by us first.
pub fn needs_upload(content: &Content) -> Option<&str> {
    match content {
        Content::Media(media) if media.link.is_none() => media.sha256.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn callback_data_come_back() {
        let place = Place {
            conversation: ConversationId::from_uuid(Uuid::from_u128(7)),
            message: MessageId::from_uuid(Uuid::from_u128(u128::MAX)),
        };
        let text = callback_data(place);
        assert!(text.len() < 100);
        assert_eq!(read_callback_data(&text), Some(place));
        for other in ["", "beseda:", "beseda:1:2", "crm-4711"] {
            assert_eq!(read_callback_data(other), None, "{other}");
        }
    }
}
