//! What the team does in the inbox: say something, take a thread over, give it back; files; the journal.

use std::io;
use std::sync::Arc;

use beseda_flow::{Now, Variables, size_of};
use beseda_wire::bots::{FlowStarted, StartFlow};
use beseda_wire::conversations::Conversation;
use beseda_wire::ids::{ConversationId, CustomerId, MessageId};
use beseda_wire::messages::{Content, Media, MediaKind, MediaState, Message, SendMessage};
use beseda_wire::page::{FieldError, Page};
use beseda_wire::whatsapp::{JournalEntry, Outcome};
use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::{Body, Request};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Binary;
use serde_json::{Value, json};

use super::begin::{self, NotThere};
use super::consent::NoMarketing;
use super::outbox;
use super::runtime::{Inbox, Runtime};
use super::send;
use super::talk::{self, Say, TalkError};
use super::trace;
use crate::conversations::api::wire as wire_thread;
use crate::conversations::{Assignee, Place, service as threads, store as conversations};
use crate::http::caller::BusinessCaller;
use crate::http::json::{Created, Json, NoContent};
use crate::http::kinds;
use crate::http::paging::{List, Paging};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::names;
use crate::store::{BlobError, BlobHash, StoreError, apart};
use crate::whatsapp::journal;
use crate::whatsapp::limits;

pub struct InboxApi {
    pub inbox: Arc<Inbox>,
}

#[OpenApi]
impl InboxApi {
    /// Sends a message.
    ///
    /// It is durable when this answers, and on its way; its `status` tells how far it got. Outside the
    /// 24-hour window only templates are taken.
    #[oai(path = "/conversations/:id/messages", method = "post", tag = "Tag::Conversations")]
    async fn send(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
        message: Json<SendMessage>,
    ) -> Result<Created<Message>, Problem> {
        let problems = limits::check(&message.0.content);
        if !problems.is_empty() {
            return Err(Problem::invalid(problems.into_iter().map(|problem| {
                let detail = format!("{}; allowed: {}", problem.problem, problem.allowed);
                FieldError::new(format!("/content{}", problem.pointer), detail)
            })));
        }
        if message.0.reply_to.as_deref().is_some_and(|wamid| !is_wamid(wamid)) {
            let must = "must be the `wamid` of a message: `wamid.` with up to 250 letters, digits and + / = - _ after it";
            return Err(Problem::invalid_field("/reply_to", must));
        }
        let now = self.inbox.now();
        if let Some((pointer, sha256)) = named_file(&message.0.content) {
            let hash = sha256.parse::<BlobHash>().ok();
            if !hash.map_or(Ok(false), |hash| caller.business.blobs.hold(&hash, now))? {
                let fault = "names no file that is here: upload it first, in this business";
                return Err(Problem::invalid_field(format!("/content{pointer}"), fault));
            }
        }
        let runtime = self.runtime(&caller)?;
        let say = Say {
            conversation: id.0,
            content: message.0.content,
            reply_to: message.0.reply_to,
            actor: caller.actor(),
        };
        let once = caller.once.clone();
        let message = caller
            .business
            .store
            .write(move |tx| {
                let message = talk::say(tx, &say, now)?.wire();
                once.record(tx, StatusCode::CREATED, &message)?;
                Ok::<_, TalkError>(message)
            })
            .await?;
        runtime.deliver(vec![message.id]);
        Ok(Created(message))
    }

    /// Sends a failed message again.
    #[oai(
        path = "/conversations/:id/messages/:message_id/retry",
        method = "post",
        tag = "Tag::Conversations"
    )]
    async fn retry(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
        message_id: Path<MessageId>,
    ) -> Result<Json<Message>, Problem> {
        let runtime = self.runtime(&caller)?;
        let place = Place { conversation: id.0, message: message_id.0 };
        let (actor, now) = (caller.actor(), self.inbox.now());
        let write = move |tx: &mut crate::store::Tx<'_>| talk::retry(tx, place, &actor, now);
        let message = caller.business.store.write(write).await?;
        runtime.deliver(vec![message.id]);
        Ok(Json(message.wire()))
    }

    /// Marks a conversation as read.
    ///
    /// The customer sees the blue ticks.
    #[oai(path = "/conversations/:id/read", method = "post", tag = "Tag::Conversations")]
    async fn mark_read(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
    ) -> Result<Json<Conversation>, Problem> {
        let runtime = self.runtime(&caller)?;
        let (actor, now) = (caller.actor(), self.inbox.now());
        let (unread, row) = caller
            .business
            .store
            .write(move |tx| {
                let row = conversations::get(tx, id.0)?.ok_or(TalkError::NoConversation)?;
                let unread = row.unread > 0;
                Ok::<_, TalkError>((unread, threads::mark_read(tx, &row, &actor, now)?))
            })
            .await?;
        if let (true, Some(wamid)) = (unread, row.last_in_wamid.clone()) {
            let inbox = Arc::clone(&self.inbox);
            let number = row.number;
            tokio::spawn(async move { send::mark_read(&inbox, &runtime, number, &wamid, false).await });
        }
        Ok(Json(wire_thread(&caller.business.store.view()?, row)?))
    }

    /// Shows the customer that somebody writes.
    ///
    /// It ends with the next message or after 25 seconds.
    #[oai(path = "/conversations/:id/typing", method = "post", tag = "Tag::Conversations")]
    async fn typing(&self, caller: BusinessCaller, id: Path<ConversationId>) -> Result<NoContent, Problem> {
        let runtime = self.runtime(&caller)?;
        let row = conversations::get(&caller.business.store.view()?, id.0)?;
        let row = row.ok_or_else(|| Problem::not_found("conversation"))?;
        if let Some(wamid) = row.last_in_wamid {
            let inbox = Arc::clone(&self.inbox);
            tokio::spawn(async move { send::mark_read(&inbox, &runtime, row.number, &wamid, true).await });
        }
        Ok(NoContent)
    }

    /// Takes a conversation over.
    ///
    /// The bot falls silent and the conversation is yours. What the bot had queued and WhatsApp was not given yet is not
    /// sent: it fails with the reason `bot_stopped`.
    #[oai(path = "/conversations/:id/take-over", method = "post", tag = "Tag::Conversations")]
    async fn take_over(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
    ) -> Result<Json<Conversation>, Problem> {
        let runtime = self.runtime(&caller)?;
        let person = Assignee { id: caller.user_id, name: caller.name.clone() };
        let (flows, now) = (Arc::clone(&runtime.flows), self.flow_now(&runtime));
        let write = move |tx: &mut crate::store::Tx<'_>| talk::take_over(tx, &flows, id.0, &person, now);
        let (row, withdrawn) = caller.business.store.write(write).await?;
        runtime.let_go(withdrawn);
        Ok(Json(wire_thread(&caller.business.store.view()?, row)?))
    }

    /// Gives a conversation back to the bot.
    ///
    /// A bot that was asking asks again; otherwise the bots answer the customer's next message.
    #[oai(path = "/conversations/:id/give-back", method = "post", tag = "Tag::Conversations")]
    async fn give_back(
        &self,
        caller: BusinessCaller,
        id: Path<ConversationId>,
    ) -> Result<Json<Conversation>, Problem> {
        let runtime = self.runtime(&caller)?;
        let (context, actor) = (runtime.context(&self.inbox)?, caller.actor());
        let write = move |tx: &mut crate::store::Tx<'_>| {
            talk::give_back(tx, &context.flows, id.0, &actor, context.now)
        };
        let (row, queued) = caller.business.store.write(write).await?;
        runtime.deliver(queued);
        Ok(Json(wire_thread(&caller.business.store.view()?, row)?))
    }

    /// Lets a bot begin with a customer.
    ///
    /// Of the flows with an `api` trigger of this name the usual rule decides. A person or a bot that is talking is not
    /// interrupted: then nothing begins, and the answer has no `bot`. Outside the 24-hour window a flow can say nothing but
    /// a template. A name that no bot that answers has is refused with `not-found`, which tells the names there are.
    ///
    /// `event` may weigh 131072: the bytes of its names and texts, and 16 for every value. A run keeps twice that of all it
    /// knows.
    #[oai(path = "/customers/:id/start", method = "post", tag = "Tag::Bots")]
    async fn start_flow(
        &self,
        caller: BusinessCaller,
        id: Path<CustomerId>,
        start: Json<StartFlow>,
    ) -> Result<Json<FlowStarted>, Problem> {
        let runtime = self.runtime(&caller)?;
        let context = runtime.context(&self.inbox)?;
        let wanted = start.0;
        fits_run(wanted.event.as_ref())?;
        let name = wanted.name.clone();
        let write = move |tx: &mut crate::store::Tx<'_>| begin::by_name(tx, &context, id.0, &wanted);
        let begun = caller.business.store.write(write).await?.map_err(|none| not_there(&name, none))?;
        runtime.follow(&self.inbox, begun.led);
        Ok(Json(FlowStarted { conversation: begun.conversation, bot: begun.bot }))
    }

    /// Uploads a file to be sent.
    ///
    /// The body is the file itself, its Content-Type the file's; an empty one is refused. The answer goes into a message as
    /// it is. A file that no message and no bot names is removed after a week (`storage.unused_files_days`).
    #[oai(path = "/media", method = "post", tag = "Tag::Conversations")]
    async fn upload(
        &self,
        caller: BusinessCaller,
        request: &Request,
        filename: Query<Option<String>>,
        body: Binary<Body>,
    ) -> Result<Created<Media>, Problem> {
        if let Some(must) = filename.0.as_deref().and_then(|name| names::line_fault(name, limits::FILENAME)) {
            return Err(Problem::invalid_field("filename", must));
        }
        let mime = request.content_type().unwrap_or("application/octet-stream").to_owned();
        let kind = kind_of(&mime);
        let mut writer = caller.business.blobs.writer(self.inbox.media_limit())?;
        let mut stream = body.0.into_bytes_stream();
        while let Some(chunk) = stream.next().await {
            writer
                .write(&chunk.map_err(|error| Problem::of(kinds::UNREADABLE).detail(error.to_string()))?)?;
        }
        let (hash, size) = writer.finish(self.inbox.now())?;
        Ok(Created(Media {
            kind,
            state: MediaState::Stored,
            sha256: Some(hash.to_string()),
            link: None,
            provider_id: None,
            mime: Some(mime),
            size: Some(size),
            caption: None,
            // WhatsApp shows a name on documents alone and refuses it elsewhere.
            filename: filename.0.filter(|name| !name.is_empty() && kind == MediaKind::Document),
            voice: false,
            animated: false,
            problem: None,
        }))
    }

    /// Reads a file.
    ///
    /// The bytes alone, as a download: what they are is in the message that shows them.
    #[oai(path = "/media/:sha256", method = "get", tag = "Tag::Conversations")]
    async fn download(&self, caller: BusinessCaller, sha256: Path<String>) -> Result<Binary<Body>, Problem> {
        let hash = sha256.0.parse().map_err(|_: BlobError| Problem::not_found("file"))?;
        let path = caller.business.blobs.path(&hash).ok_or_else(|| Problem::not_found("file"))?;
        let file = tokio::fs::File::open(path).await.map_err(BlobError::Io)?;
        Ok(Binary(Body::from_async_read(file)))
    }

    /// Lists the journal of webhooks.
    ///
    /// The newest first. `search` looks for letters in the body, the kinds, the customer and the reason.
    #[oai(path = "/webhooks/journal", method = "get", tag = "Tag::Webhooks")]
    async fn journal(
        &self,
        caller: BusinessCaller,
        list: List,
        outcome: Query<Option<Outcome>>,
        search: Query<Option<String>>,
        limit: Query<Option<u32>>,
        cursor: Query<Option<String>>,
    ) -> Result<Json<Page<JournalEntry>>, Problem> {
        let page = Paging::read::<u64>(list, limit.0, cursor.0.as_deref())?;
        let search = search.0.unwrap_or_default().trim().to_lowercase();
        let filter = journal::store::Filter { outcome: outcome.0, search };
        let from = caller.business.store.view()?;
        // A search reads megabytes, and other requests share this thread.
        let (rows, next) =
            apart(move || journal::store::page(&from, &filter, page.after, page.limit())).await?;
        let items = rows.into_iter().map(|(id, entry, state)| state.wire(id, &entry, false)).collect();
        Ok(Json(Page { items, next: next.map(|id| page.cursor(&id)) }))
    }

    /// Reads one webhook, with its body and the conversation it led to.
    #[oai(path = "/webhooks/journal/:id", method = "get", tag = "Tag::Webhooks")]
    async fn journal_entry(
        &self,
        caller: BusinessCaller,
        id: Path<u64>,
    ) -> Result<Json<JournalEntry>, Problem> {
        let from = caller.business.store.view()?;
        let entry = journal::store::entry(&from, id.0)?.ok_or_else(|| Problem::not_found("webhook"))?;
        let mut told = journal::store::state(&from, id.0)?.wire(id.0, &entry, true);
        told.conversation = trace::conversation(&from, &entry)?;
        Ok(Json(told))
    }

    /// Processes a webhook again.
    ///
    /// What it brought before is recognised and not doubled.
    #[oai(path = "/webhooks/journal/:id/replay", method = "post", tag = "Tag::Webhooks")]
    async fn replay(&self, caller: BusinessCaller, id: Path<u64>) -> Result<Json<JournalEntry>, Problem> {
        if !self.inbox.replay(caller.business.id, id.0).await? {
            return Err(Problem::not_found("webhook"));
        }
        self.journal_entry(caller, id).await
    }
}

impl InboxApi {
    fn runtime(&self, caller: &BusinessCaller) -> Result<Arc<Runtime>, StoreError> {
        self.inbox.runtime(caller.business.id)
    }

    fn flow_now(&self, runtime: &Runtime) -> Now {
        runtime.now(self.inbox.clock())
    }
}

/// What `event` may weigh: half of what a run keeps, so that what it knows besides and learns has room.
const EVENT: usize = Variables::MAX_SIZE / 2;

fn fits_run(event: Option<&Value>) -> Result<(), Problem> {
    let weight = event.map_or(0, size_of);
    if weight <= EVENT {
        return Ok(());
    }
    Err(Problem::invalid([FieldError {
        pointer: "/event".to_owned(),
        detail: format!(
            "weighs {weight}, names and texts by their bytes and 16 for every value; at most {EVENT}"
        ),
        code: Some("too_large".to_owned()),
        parameters: Some(json!({ "bytes": weight, "most": EVENT })),
    }]))
}

fn not_there(name: &str, none: NotThere) -> Problem {
    match none {
        NotThere::Customer => Problem::not_found("customer"),
        NotThere::Name { names } => {
            const MOST: usize = 20;
            let told: Vec<_> = names.iter().take(MOST).map(|name| format!("“{name}”")).collect();
            let there = match (told.is_empty(), names.len() > MOST) {
                (true, _) => "There is none with another name either.".to_owned(),
                (false, true) => format!("There are {} and others.", told.join(", ")),
                (false, false) => format!("There is {}.", told.join(", ")),
            };
            let none = format!("No bot that answers has an `api` trigger with the name “{name}”.");
            Problem::of(kinds::NOT_FOUND).detail(format!("{none} {there}"))
        }
    }
}

/// Whether it has the form of Meta's ids of messages. Whether there is such a message Meta alone knows.
fn is_wamid(text: &str) -> bool {
    text.strip_prefix("wamid.").is_some_and(|id| {
        (1..=250).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte))
    })
}

/// The file of ours that a message names, and where it does.
fn named_file(content: &Content) -> Option<(&'static str, &str)> {
    let pointer = if matches!(content, Content::Media(_)) { "/sha256" } else { "/header_media/sha256" };
    Some((pointer, outbox::file(content)?.sha256.as_deref()?))
}

/// How WhatsApp shows a file of this type. What it cannot show goes as a document.
fn kind_of(mime: &str) -> MediaKind {
    match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" | "image/png" => MediaKind::Image,
        "image/webp" => MediaKind::Sticker,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

impl From<TalkError> for Problem {
    fn from(error: TalkError) -> Self {
        match error {
            TalkError::Store(error) => error.into(),
            TalkError::WindowClosed(closed) => Self::of(kinds::WINDOW_CLOSED).detail(closed.to_string()),
            TalkError::NoMarketing(NoMarketing::Refused) => Self::of(kinds::NO_MARKETING),
            TalkError::NoMarketing(capped) => Self::of(kinds::MARKETING_CAPPED).detail(capped.to_string()),
            TalkError::NumberRemoved => Self::of(kinds::NUMBER_REMOVED),
            TalkError::NoConversation => Self::not_found("conversation"),
            TalkError::NotFailed => Self::conflict("There is no such message in this thread that failed."),
        }
    }
}

const EMPTY_FILE: &str = "The file is empty: choose one that has something in it.";

/// Whether a disk, or what one may use of it, is full.
fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { limit } => Self::too_large(limit),
            BlobError::Empty => Self::of(kinds::UNREADABLE).detail(EMPTY_FILE),
            BlobError::BadName => Self::not_found("file"),
            BlobError::Io(error) if is_full(&error) => Self::storage_failing(&error),
            BlobError::Io(error) => Self::internal(&error),
            BlobError::Store(error) => error.into(),
        }
    }
}
