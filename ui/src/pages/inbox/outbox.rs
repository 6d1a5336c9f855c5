//! Messages that the server does not have yet. This browser keeps them until it has, and they go by themselves once
//! it is reached again: each with the key of its first try, so that none goes twice.

use beseda_wire::conversations::Handler;
use beseda_wire::ids::{BusinessId, ConversationId, UserId};
use beseda_wire::messages::{Content, Media, Message, SendMessage};
use beseda_wire::time::Time;
use serde::{Deserialize, Serialize};

use super::actions::Action;
use super::thread::{Pending, PendingState};
use super::{Model, Msg};
use crate::api::{self, Failure};
use crate::app::{PickedFile, Told, UploadNews};
use crate::effect::{Effect, Effects};
use crate::pages::Here;

/// How long the server knows a key (`Idempotency-Key`), in milliseconds. What is older might go twice, and is out of
/// place by now: people say themselves whether it shall go.
const KEY_LASTS: i64 = 24 * 60 * 60 * 1000;
/// What this browser keeps of one begins with this.
const UNSENT: &str = "unsent.";

/// A message as this browser keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    business: Option<BusinessId>,
    at: Time,
    content: Content,
    reply_to: Option<String>,
    /// Why it was not sent; none while it is on its way.
    failure: Option<Failure>,
}

impl Pending {
    /// Keeps it in this browser. The bytes of a file are the page's alone.
    pub(super) fn keep(&self, me: UserId, id: ConversationId) -> Option<Effect> {
        let (place, text) = self.kept(me, id)?;
        Some(Effect::Keep(place, Some(text)))
    }

    pub(super) fn forget(&self, me: UserId, id: ConversationId) -> Effect {
        Effect::Keep(self.place(me, id), None)
    }

    /// Each has a place of its own, so that two windows do not overwrite each other's.
    fn place(&self, me: UserId, id: ConversationId) -> String {
        format!("{UNSENT}{me}.{id}.{}", self.key)
    }

    fn kept(&self, me: UserId, id: ConversationId) -> Option<(String, String)> {
        if matches!(&self.content, Content::Media(media) if media.sha256.is_none()) {
            return None;
        }
        let failure = match &self.state {
            PendingState::Failed(failure) => Some(failure.clone()),
            PendingState::Sending | PendingState::Uploading(_) => None,
        };
        let kept = Kept {
            business: self.business,
            at: self.at,
            content: self.content.clone(),
            reply_to: self.reply_to.clone(),
            failure,
        };
        Some((self.place(me, id), serde_json::to_string(&kept).ok()?))
    }

    /// Whether it may go without anybody's asking: nobody has said no to it.
    fn may_go(&self, business: Option<BusinessId>, now: Time) -> bool {
        let may_pass = matches!(&self.state, PendingState::Failed(failure) if failure.may_pass());
        may_pass && self.business == business && now.millis_since(self.at) < KEY_LASTS
    }
}

/// Whether this browser keeps an unsent message of this person's there.
pub fn is_unsent(me: UserId, place: &str) -> bool {
    place.starts_with(&format!("{UNSENT}{me}."))
}

fn read(place: &str, text: &str) -> Option<(ConversationId, Pending)> {
    let (id, key) = place.split_once('.')?;
    let Kept { business, at, content, reply_to, failure } = serde_json::from_str(text).ok()?;
    let pending = Pending {
        number: 0,
        key: key.to_owned(),
        business,
        at,
        content,
        reply_to,
        file: None,
        // It was on its way when the page was left: whether it arrived, the next try says.
        state: PendingState::Failed(failure.unwrap_or(Failure::Offline)),
    };
    Some((id.parse().ok()?, pending))
}

impl Model {
    /// Takes up what this browser keeps of this person's.
    pub fn recall<'a>(&mut self, me: UserId, kept: impl Iterator<Item = (&'a String, &'a String)>) {
        let begins = format!("{UNSENT}{me}.");
        let mut found: Vec<_> =
            kept.filter_map(|(place, text)| read(place.strip_prefix(&begins)?, text)).collect();
        // The parts of a long text are of one instant, and differ in the number at the end of their keys.
        let order = |pending: &Pending| (pending.at, pending.key.len(), pending.key.clone());
        found.sort_by_key(|(_, pending)| order(pending));
        for (id, pending) in found {
            self.sent += 1;
            self.outbox.entry(id).or_default().push(Pending { number: self.sent, ..pending });
        }
    }

    /// What this browser keeps of this person's, by its places.
    pub fn unsent(&self, me: UserId) -> impl Iterator<Item = (String, String)> {
        let all = self.waiting().flat_map(|(id, pending)| pending.iter().map(move |pending| (id, pending)));
        all.filter_map(move |(id, pending)| pending.kept(me, id))
    }

    fn waiting(&self) -> impl Iterator<Item = (ConversationId, &Vec<Pending>)> {
        let shown = self.thread.iter().map(|thread| (thread.id, &thread.pending));
        shown.chain(self.outbox.iter().map(|(id, pending)| (*id, pending)))
    }

    /// What waits in a conversation, on the screen or not.
    fn waiting_in(&mut self, id: ConversationId) -> &mut Vec<Pending> {
        match &mut self.thread {
            Some(thread) if thread.id == id => &mut thread.pending,
            _ => self.outbox.entry(id).or_default(),
        }
    }

    /// The open thread is left. What is on its way there goes on.
    pub(super) fn leave_thread(&mut self) {
        if let Some(thread) = self.thread.take().filter(|thread| !thread.pending.is_empty()) {
            self.outbox.insert(thread.id, thread.pending);
        }
    }

    /// The server is reached again: everything that waits goes, one after another in each conversation.
    pub fn send_unsent(&mut self, here: &Here) -> Effects {
        let ids: Vec<ConversationId> = self.waiting().map(|(id, _)| id).collect();
        ids.into_iter().flat_map(|id| self.send_next(id, here)).collect()
    }

    /// The next message follows the answer to the one before it, so that they arrive in their order.
    fn send_next(&mut self, id: ConversationId, here: &Here) -> Effects {
        let business = self.business;
        let waiting = self.waiting_in(id);
        if waiting.iter().any(|pending| pending.state == PendingState::Sending) {
            return vec![];
        }
        let next = waiting.iter().find(|pending| pending.may_go(business, here.now));
        next.map(|pending| pending.number).map(|number| self.send_again(id, number, here)).unwrap_or_default()
    }

    pub(super) fn send_again(&mut self, id: ConversationId, number: u32, here: &Here) -> Effects {
        let shown = self.thread.as_ref().filter(|thread| thread.id == id);
        let row = shown.and_then(|thread| thread.conversation.ready().map(|row| &**row));
        // As at the first try, which took over in vain: two must not answer at once.
        let bot_talks = row.or_else(|| self.list.row(id)).is_some_and(|row| row.handler == Handler::Bot);
        let Some(pending) = self.waiting_in(id).iter_mut().find(|pending| pending.number == number) else {
            return vec![];
        };
        let mut effects: Effects = bot_talks.then(|| Action::TakeOver.ask(id, None)).into_iter().collect();
        effects.push(send(id, pending));
        effects.extend(pending.keep(here.me, id));
        effects
    }

    pub(super) fn sent(
        &mut self,
        id: ConversationId,
        number: u32,
        answer: Result<Box<Message>, Failure>,
        here: &Here,
        told: &mut Vec<Told>,
    ) -> Effects {
        let is_shown = self.thread.as_ref().is_some_and(|thread| thread.id == id);
        let waiting = self.waiting_in(id);
        let mut effects: Effects = vec![];
        match answer {
            Ok(message) => {
                let at = waiting.iter().position(|pending| pending.number == number);
                effects.extend(at.map(|at| waiting.remove(at).forget(here.me, id)));
                if let Some(thread) = self.thread.as_mut().filter(|_| is_shown) {
                    thread.put(*message);
                }
            }
            Err(failure) => {
                let may_pass = failure.may_pass();
                // The thread was left meanwhile; what will never go by itself must not stay unseen.
                if !is_shown && !may_pass {
                    told.push(Told::failure(&failure));
                }
                if let Some(pending) = waiting.iter_mut().find(|pending| pending.number == number) {
                    pending.state = PendingState::Failed(failure);
                    effects.extend(pending.keep(here.me, id));
                }
                if may_pass {
                    return effects;
                }
            }
        }
        effects.extend(self.send_next(id, here));
        effects
    }

    /// An upload goes on or ends. A thread that was left goes on sending what was given to it.
    pub fn upload_news(&mut self, upload: u32, news: UploadNews, here: &Here) -> Effects {
        let found = self.waiting().find(|(_, pending)| pending.iter().any(|one| one.number == upload));
        let Some(id) = found.map(|(id, _)| id) else { return vec![] };
        let Some(pending) = self.waiting_in(id).iter_mut().find(|pending| pending.number == upload) else {
            return vec![];
        };
        match news {
            UploadNews::Progress(bytes) => {
                pending.state = PendingState::Uploading(bytes);
                vec![]
            }
            UploadNews::Done(Ok(stored)) => {
                let mut effects = vec![];
                if let Content::Media(media) = &mut pending.content {
                    store(media, &stored);
                    if let (Some(sha256), Some(file)) = (&media.sha256, &pending.file) {
                        // The file is here already; it need not come back from the server to be shown.
                        let known = crate::Msg::Media(sha256.clone(), Ok(file.url.clone()));
                        effects.push(Effect::After(0, known));
                    }
                }
                effects.extend(pending.keep(here.me, id));
                effects.push(send(id, pending));
                effects
            }
            UploadNews::Done(Err(failure)) => {
                pending.state = PendingState::Failed(failure);
                vec![]
            }
        }
    }
}

/// Sends what is pending: the bytes first, where they are not there yet.
pub(super) fn send(id: ConversationId, pending: &mut Pending) -> Effect {
    let number = pending.number;
    if let (Content::Media(media), Some(PickedFile { file, .. })) = (&pending.content, &pending.file)
        && media.sha256.is_none()
    {
        pending.state = PendingState::Uploading(0);
        return Effect::Upload { upload: number, file: *file };
    }
    pending.state = PendingState::Sending;
    let message = SendMessage { content: pending.content.clone(), reply_to: pending.reply_to.clone() };
    api::send(id, &message, pending.key.clone()).then(move |answer| Msg::Sent {
        id,
        number,
        answer: answer.map(Box::new),
    })
}

/// The stored file with the caption and the name people gave it.
fn store(media: &mut Media, stored: &Media) {
    media.state = stored.state;
    media.sha256.clone_from(&stored.sha256);
    media.size = stored.size.or(media.size);
    media.mime = stored.mime.clone().or_else(|| media.mime.take());
}
