//! The outbox: what shall be sent, written in the transaction that caused it.
//!
//! A row is a promise. It is removed in the transaction that records that Meta accepted the message or
//! refused it for good. Before a send begins the row is claimed, durably: after a crash a row that is not
//! claimed was surely never sent, and a claimed one may have been. Those wait for a status webhook that
//! carries their callback data before they are tried again.
//!
//! What a bot answers is sent at once, so its row is written as claimed ([`Fresh`]): to claim it in a transaction of
//! its own took a sixth of a message's processor time.

use std::time::Duration;

use beseda_wire::ids::{ConversationId, CustomerId, MessageId, NumberId};
use beseda_wire::messages::{Content, Media};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use crate::conversations::{Message, Place};
use crate::store::{Order, Read, StoreError, Table, Tx};
use crate::whatsapp::graph::Recipient;

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
    #[serde(default, skip_serializing_if = "crate::store::is_default")]
    pub setbacks: Setbacks,
    /// Its bot was stopped while a send may have been under way: it is not tried again.
    #[serde(default, skip_serializing_if = "crate::store::is_default")]
    pub withdrawn: bool,
}

/// What held a message up so far, and how often: each cause has its own patience. That the line to the internet was down
/// for a night is no reason to give up at Meta's first refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setbacks(Vec<(String, u32)>);

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

/// A message whose row was written as claimed, with what it takes to send it: whoever wrote it gives it to the
/// deliverer once it is committed.
#[derive(Debug)]
pub struct Fresh {
    pub row: Row,
    pub message: Message,
    /// The customer's address as of the same transaction.
    pub to: Option<Recipient>,
    /// The customer's message under which the bot is shown writing on once this is sent.
    pub typing: Option<String>,
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

impl Setbacks {
    /// How often this cause held the message up.
    pub fn by(&self, cause: &str) -> u32 {
        self.0.iter().find(|(known, _)| known == cause).map_or(0, |(_, count)| *count)
    }

    /// The same with one more.
    #[must_use]
    pub fn and(&self, cause: &str) -> Self {
        let mut more = self.clone();
        match more.0.iter_mut().find(|(known, _)| known == cause) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => more.0.push((cause.to_owned(), 1)),
        }
        more
    }
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

/// The file that goes with a message: what it is, or what stands above its words.
pub fn file(content: &Content) -> Option<&Media> {
    match content {
        Content::Media(media) => Some(media),
        Content::Buttons(buttons) => buttons.header_media.as_ref(),
        Content::LinkButton(link) => link.header_media.as_ref(),
        Content::Form(form) => form.header_media.as_ref(),
        Content::Template(template) => template.header_media.as_ref(),
        _ => None,
    }
}

/// The same content with Meta's id of its file.
pub fn with_provider_id(content: &Content, provider_id: String) -> Content {
    let mut content = content.clone();
    let media = match &mut content {
        Content::Media(media) => Some(media),
        Content::Buttons(buttons) => buttons.header_media.as_mut(),
        Content::LinkButton(link) => link.header_media.as_mut(),
        Content::Form(form) => form.header_media.as_mut(),
        Content::Template(template) => template.header_media.as_mut(),
        _ => None,
    };
    if let Some(media) = media {
        media.provider_id = Some(provider_id);
    }
    content
}

/// The file of this content that is to be uploaded by us first.
pub fn needs_upload(content: &Content) -> Option<&str> {
    file(content).filter(|media| media.link.is_none()).and_then(|media| media.sha256.as_deref())
}

/// What to do with a message whose send may have been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It was surely not taken, as far as can be known.
    SendAgain,
    WaitUntil(Time),
}

/// How many times the patience is waited for a number from which nothing is heard.
const SILENCE: u32 = 5;

/// A send was made at `since` and its answer lost. Its status webhook is waited for with `patience`. That none came
/// proves something only if webhooks came at all: while nothing was `heard` of the number since the send, Meta may
/// not be able to reach us, and a status that says "sent" may be among what it will deliver. Then the wait is five
/// times as long. Refused: to wait until something is heard. A number that nobody else writes to would never send
/// a message whose request was lost.
pub fn doubt(since: Time, heard: Option<Time>, now: Time, patience: Duration) -> Doubt {
    // The clock may have been set back.
    let since = since.min(now);
    let after = |times: u32| {
        since.plus_millis(i64::try_from(patience.saturating_mul(times).as_millis()).unwrap_or(i64::MAX))
    };
    let (usual, longest) = (after(1), after(SILENCE));
    if now < usual {
        return Doubt::WaitUntil(usual);
    }
    if now >= longest || heard.is_some_and(|heard| heard > since) {
        return Doubt::SendAgain;
    }
    // Something may be heard at any time; to look costs one small write.
    let soon = (patience / 8).clamp(Duration::from_millis(200), Duration::from_secs(10));
    Doubt::WaitUntil(longest.min(now.plus_millis(i64::try_from(soon.as_millis()).unwrap_or(i64::MAX))))
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

    #[test]
    fn each_cause_is_counted_by_itself() {
        let none = Setbacks::default();
        let some = none.and("unreachable").and("unreachable").and("rate_limited");
        assert_eq!((some.by("unreachable"), some.by("rate_limited"), some.by("pair_rate")), (2, 1, 0));
    }

    #[test]
    fn silence_of_a_number_proves_nothing_for_a_while() {
        let at = Time::from_seconds;
        let patience = Duration::from_secs(90);
        let doubt = |heard: Option<i64>, now| doubt(at(1_000), heard.map(at), at(now), patience);
        // Within the patience a status is waited for, whatever is heard.
        assert_eq!(doubt(Some(1_050), 1_089), Doubt::WaitUntil(at(1_090)));
        // Webhooks come, and none of them speaks of the message.
        assert_eq!(doubt(Some(1_050), 1_090), Doubt::SendAgain);
        // None came since the send: the line may be down.
        assert_eq!(doubt(None, 1_090), Doubt::WaitUntil(at(1_100)));
        assert_eq!(doubt(Some(1_000), 1_090), Doubt::WaitUntil(at(1_100)));
        assert_eq!(doubt(Some(999), 1_445), Doubt::WaitUntil(at(1_450)));
        // A clock that was set back does not make it longer.
        assert_eq!(doubt(None, 100), Doubt::WaitUntil(at(190)));
        // But not for ever.
        assert_eq!(doubt(None, 1_450), Doubt::SendAgain);
    }
}
