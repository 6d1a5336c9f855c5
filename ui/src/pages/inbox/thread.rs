//! The open conversation: its messages, what is on its way out, and how far back it is loaded.

use beseda_wire::conversations::{Conversation, Handler};
use beseda_wire::customers::Customer;
use beseda_wire::ids::{BusinessId, ConversationId, MessageId, UserId};
use beseda_wire::messages::{Content, Direction, Media, MediaKind, MediaState, Message};
use beseda_wire::page::Page;
use beseda_wire::time::Time;

use crate::api::Failure;
use crate::app::PickedFile;
use crate::pages::Load;

use super::customer;

pub const PAGE: u32 = 60;

#[derive(Debug)]
pub struct Thread {
    pub id: ConversationId,
    pub conversation: Load<Box<Conversation>>,
    /// Oldest first.
    pub messages: Vec<Message>,
    pub state: Load<()>,
    /// The page before the oldest message that is loaded.
    pub earlier: Option<String>,
    pub loading_earlier: bool,
    pub pending: Vec<Pending>,
    pub customer: Load<Box<Customer>>,
    pub pane: customer::Edit,
    /// Others who look at it now.
    pub viewers: Vec<String>,
    /// What the composer began with; the field keeps its own text from then on.
    pub first_draft: String,
    pub draft: String,
    pub files: Vec<PickedFile>,
    /// When the customer was last shown that somebody is writing.
    pub typing_told: Option<Time>,
    /// The message to be quoted.
    pub quoted: Option<MessageId>,
    /// The picture shown large.
    pub zoomed: Option<String>,
    /// Films and files that were asked for.
    pub wanted: Vec<String>,
}

/// A message on its way to the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub number: u32,
    /// The same for every try, so that it is sent once.
    pub key: String,
    /// Whose conversation it is: another business may be on the screen when it goes.
    pub business: Option<BusinessId>,
    pub at: Time,
    pub content: Content,
    pub reply_to: Option<String>,
    pub file: Option<PickedFile>,
    pub state: PendingState,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PendingState {
    /// Bytes that are there.
    Uploading(u64),
    Sending,
    Failed(Failure),
}

impl Thread {
    pub fn new(id: ConversationId, conversation: Option<Conversation>, draft: String) -> Self {
        Self {
            id,
            conversation: conversation.map_or(Load::Loading, |row| Load::Ready(Box::new(row))),
            messages: vec![],
            state: Load::Loading,
            earlier: None,
            loading_earlier: false,
            pending: vec![],
            customer: Load::Not,
            pane: customer::Edit::default(),
            viewers: vec![],
            first_draft: draft.clone(),
            draft,
            files: vec![],
            typing_told: None,
            quoted: None,
            zoomed: None,
            wanted: vec![],
        }
    }

    /// A page, newest first. Returns the failure of an earlier page, which leaves the thread as it is.
    pub fn answer(&mut self, more: bool, answer: Result<Page<Message>, Failure>) -> Option<Failure> {
        self.loading_earlier = false;
        match answer {
            Ok(page) => {
                let known = |message: &Message| self.messages.iter().any(|known| known.id == message.id);
                // So much happened while the connection was down that there is a gap: begin anew.
                if !more && !page.items.iter().any(known) {
                    self.messages.clear();
                }
                if more || self.messages.is_empty() {
                    self.earlier = page.next;
                }
                for message in page.items {
                    self.put(message);
                }
                self.state = Load::Ready(());
                None
            }
            Err(failure) if more => Some(failure),
            Err(failure) => {
                self.state = Load::Failed(failure);
                None
            }
        }
    }

    /// A message is new or changed.
    pub fn put(&mut self, message: Message) {
        if let Some(known) = self.messages.iter_mut().find(|known| known.id == message.id) {
            *known = message;
            return;
        }
        let at = self.messages.partition_point(|other| (other.at, other.id) < (message.at, message.id));
        self.messages.insert(at, message);
    }

    /// A message came over the live connection: one of ours takes the place of what was shown ahead of
    /// it, which is given back.
    pub fn live(&mut self, message: Message, me: UserId) -> Option<Pending> {
        let mut arrived = None;
        if message.direction == Direction::Out && message.author.user_id == Some(me) {
            let sent = self.pending.iter().position(|pending| {
                pending.state == PendingState::Sending && is_same(&pending.content, &message.content)
            });
            arrived = sent.map(|sent| self.pending.remove(sent));
        }
        self.put(message);
        arrived
    }

    pub fn drop_pending(&mut self, number: u32) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.number == number)?;
        Some(self.pending.remove(at))
    }

    /// The message with Meta's id, if it is loaded.
    pub fn by_wamid(&self, wamid: &str) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.wamid.as_deref() == Some(wamid))
    }

    /// How long the customer-service window stays open, in milliseconds; none when it is closed.
    pub fn window_left(&self, now: Time) -> Option<i64> {
        window_left(self.conversation.ready()?, now)
    }

    pub fn bot_talks(&self) -> bool {
        self.conversation.ready().is_some_and(|conversation| conversation.handler == Handler::Bot)
    }

    /// Stored files that are on the screen without being asked for: pictures, stickers and voices.
    pub fn media(&self) -> Vec<String> {
        let shown = self.messages.iter().filter_map(|message| match &message.content {
            Content::Media(media) => shown_at_once(media),
            _ => None,
        });
        shown.chain(self.wanted.iter().cloned()).collect()
    }
}

fn shown_at_once(media: &Media) -> Option<String> {
    let at_once = matches!(media.kind, MediaKind::Image | MediaKind::Sticker | MediaKind::Audio);
    media.sha256.clone().filter(|_| at_once && media.state == MediaState::Stored)
}

pub fn window_left(conversation: &Conversation, now: Time) -> Option<i64> {
    Some(conversation.window_closes_at?.millis_since(now)).filter(|left| *left > 0)
}

fn is_same(ours: &Content, theirs: &Content) -> bool {
    match (ours, theirs) {
        (Content::Text(ours), Content::Text(theirs)) => ours.body.trim() == theirs.body.trim(),
        (Content::Media(ours), Content::Media(theirs)) => ours.sha256 == theirs.sha256,
        _ => ours == theirs,
    }
}

/// What kind of message a file becomes. WhatsApp shows these types as pictures, films and sounds (Cloud
/// API, supported media types); everything else is a document.
pub fn media_kind(mime: &str) -> MediaKind {
    match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" | "image/png" => MediaKind::Image,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        "audio/aac" | "audio/mp4" | "audio/mpeg" | "audio/amr" | "audio/ogg" => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

/// A file as it is shown while it is being sent.
pub fn media_of(file: &PickedFile, caption: Option<String>) -> Media {
    let kind = media_kind(&file.mime);
    Media {
        kind,
        state: MediaState::Pending,
        sha256: None,
        link: None,
        provider_id: None,
        mime: Some(file.mime.clone()).filter(|mime| !mime.is_empty()),
        size: Some(file.size),
        // Sounds have no captions (Cloud API, audio messages).
        caption: caption.filter(|_| kind != MediaKind::Audio),
        // Only documents show their names (Cloud API, media messages).
        filename: (kind == MediaKind::Document).then(|| file.name.clone()),
        voice: false,
        animated: false,
        problem: None,
    }
}
