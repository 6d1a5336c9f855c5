//! One try to send one message, from its claimed row to what is recorded of it.

use std::time::Duration;

use beseda_wire::ids::{MessageId, NumberId};
use beseda_wire::messages::{Content, Failure, Status};
use beseda_wire::time::Time;
use beseda_wire::whatsapp::NumberState;

use tokio::io::AsyncReadExt as _;

use super::consent;
use super::deliver::{Trouble, later};
use super::failure;
use super::outbox::{self, Fresh, Row, State, Upload};
use super::runtime::{Inbox, Runtime, token};
use crate::conversations::store as conversations;
use crate::customers::store as customers;
use crate::store::{Actor, BlobHash, StoreError, Tx};
use crate::whatsapp::graph::{Accepted, Credentials, Recipient, SendError, Upload as File};
use crate::whatsapp::mime;
use crate::whatsapp::numbers::store as numbers;
use crate::whatsapp::policy::{self, Action, Also, Others, Verdict};
use crate::whatsapp::status::advance;

/// How long a file given to WhatsApp is used again. Meta keeps it for 30 days (Meta, media).
const UPLOAD_DAYS: i64 = 29;
/// How long a message waits when the store or the file failed on our side.
const OUR_FAULT: Duration = Duration::from_secs(5);

/// Why a message cannot be sent now, before Meta is asked.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the number is stopped")]
    Stopped,
    #[error("the number was removed")]
    Removed,
    #[error("the number's token cannot be opened: {0}")]
    Token(#[from] crate::crypto::SealError),
}

/// What a try leads to for the customer's other messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Sent, or never to be sent: the next one may go.
    Gone,
    /// To be tried again at this time.
    Again { at: Time, slow: Slow },
    /// The number is stopped until its owner acts.
    Stopped,
}

/// Whom Meta called too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slow {
    Nobody,
    /// The number: its rate comes down.
    Number,
    Recipient,
    /// Nothing at all is taken from the number until then.
    Everybody,
}

/// Sends the message of a claimed row that is in the store alone; the row, too, is read when it is not given.
pub async fn attempt_stored(inbox: &Inbox, runtime: &Runtime, id: MessageId, row: Option<Row>) -> After {
    match read(runtime, id, row) {
        Ok(Some(fresh)) => attempt(inbox, runtime, fresh).await,
        // There is nothing to send any more.
        Ok(None) => {
            let removed = runtime.business.store.write(move |tx| {
                outbox::remove(tx, id);
                Ok::<_, StoreError>(())
            });
            if let Err(error) = removed.await {
                tracing::error!(message.id = %id, %error, "a row without a message stays in the outbox");
            }
            After::Gone
        }
        Err(error) => {
            tracing::error!(message.id = %id, %error, "a message waits");
            After::Again { at: later(inbox.now(), OUR_FAULT), slow: Slow::Nobody }
        }
    }
}

fn read(runtime: &Runtime, id: MessageId, row: Option<Row>) -> Result<Option<Fresh>, StoreError> {
    let view = runtime.business.store.view()?;
    let row = match row {
        Some(row) => Some(row),
        None => outbox::get(&view, id)?,
    };
    let Some(row) = row else { return Ok(None) };
    let Some(message) = conversations::message(&view, row.place(id))? else { return Ok(None) };
    let customer = customers::get(&view, row.customer)?;
    let to = customer.and_then(|customer| Recipient::of(customer.phone.as_ref(), customer.bsuid.as_ref()));
    Ok(Some(Fresh { row, message, to, typing: None }))
}

/// Sends the message of a claimed row.
pub async fn attempt(inbox: &Inbox, runtime: &Runtime, fresh: Fresh) -> After {
    let id = fresh.message.id;
    let row = fresh.row.clone();
    match try_once(inbox, runtime, id, fresh).await {
        Ok(after) => after,
        Err(Unready::Stopped) => {
            release(inbox, runtime, id, row, State::Ready).await;
            After::Stopped
        }
        Err(Unready::Removed) => give_up(inbox, runtime, id, &row).await,
        Err(error) => {
            let now = inbox.now();
            if let Some(untold) = runtime.deliverer.tells(row.number, Trouble::Ours, now) {
                tracing::error!(message.id = %id, %error, untold, "a message waits");
            }
            let at = later(now, OUR_FAULT);
            release(inbox, runtime, id, row, State::Deferred(at)).await;
            After::Again { at, slow: Slow::Nobody }
        }
    }
}

async fn try_once(inbox: &Inbox, runtime: &Runtime, id: MessageId, fresh: Fresh) -> Result<After, Unready> {
    let Fresh { row, message, to, typing: _ } = fresh;
    let row = &row;
    let store = &runtime.business.store;
    let sender = runtime.deliverer.sender(row.number, || open(inbox, runtime, row.number))?;
    let Some(to) = to else {
        let failure = ours("no_recipient", "the customer has neither a phone nor a user id");
        return fail(inbox, runtime, id, row, failure, Also::Nothing).await;
    };
    let asked = inbox.now();
    // Nothing else is ever marketing, and to look costs every send.
    if matches!(message.content, Content::Template(_))
        && let Some(refusal) = consent::refusal(&store.view()?, row.customer, &message.content, asked)?
    {
        return fail(inbox, runtime, id, row, refusal.failure(), Also::Nothing).await;
    }
    let content = match with_file(inbox, runtime, &sender, row, &message.content).await? {
        Ok(content) => content,
        Err(Refusal::NoFile) => {
            let failure = ours("no_file", "the file is not here");
            return fail(inbox, runtime, id, row, failure, Also::Nothing).await;
        }
        Err(Refusal::Meta(error)) => return refused(inbox, runtime, id, row, error, asked).await,
    };
    let data = outbox::callback_data(row.place(id));
    match inbox.graph.send(&sender, &to, &content, message.reply_to.as_deref(), Some(&data)).await {
        Ok(accepted) => {
            // Until it is written the customer's next messages wait. To forget it would be to send it twice.
            while let Err(error) = record(inbox, runtime, id, row, &accepted).await {
                let now = inbox.now();
                if let Some(untold) = runtime.deliverer.tells(row.number, Trouble::Ours, now) {
                    tracing::error!(message.id = %id, %error, untold, "a message was sent and is not recorded yet");
                }
                let mut stopping = inbox.stopping();
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    // The row stays claimed: the next start waits for its status.
                    _ = stopping.wait_for(|stop| *stop) => break,
                }
            }
            Ok(After::Gone)
        }
        Err(error) => refused(inbox, runtime, id, row, error, asked).await,
    }
}

async fn record(
    inbox: &Inbox,
    runtime: &Runtime,
    id: MessageId,
    row: &Row,
    accepted: &Accepted,
) -> Result<(), StoreError> {
    let (row, accepted, now) = (row.clone(), accepted.clone(), inbox.now());
    runtime.business.store.write(move |tx| record_accepted(tx, id, &row, &accepted, now)).await
}

/// Meta accepted the message: it has an id, and its row is done with.
fn record_accepted(
    tx: &mut Tx<'_>,
    id: MessageId,
    row: &Row,
    accepted: &Accepted,
    now: Time,
) -> Result<(), StoreError> {
    let message = conversations::message(tx, row.place(id))?;
    if message.as_ref().is_some_and(|message| message.former_wamids.contains(&accepted.wamid)) {
        // A status was faster, the message failed and somebody sent it again: the row is of that try.
        return Ok(());
    }
    outbox::remove(tx, id);
    let Some(mut message) = message else { return Ok(()) };
    let before = message.clone();
    if message.wamid.is_none() {
        message.wamid = Some(accepted.wamid.clone());
        conversations::know_wamid(tx, row.number, &accepted.wamid, message.place())?;
    }
    if let Some(sent) = advance(message.status.unwrap_or(Status::Queued), Status::Sent) {
        message.status = Some(sent);
    }
    // A status webhook may have been faster than the answer.
    if message == before { Ok(()) } else { conversations::change_message(tx, &message, &Actor::Program, now) }
}

async fn refused(
    inbox: &Inbox,
    runtime: &Runtime,
    id: MessageId,
    row: &Row,
    error: SendError,
    asked: Time,
) -> Result<After, Unready> {
    let now = inbox.now();
    let store = &runtime.business.store;
    let again = |state: State, cause: &str| Row { state, setbacks: row.setbacks.and(cause), ..row.clone() };
    match error {
        SendError::Lost(why) => {
            if let Some(untold) = runtime.deliverer.tells(row.number, Trouble::Lost, now) {
                tracing::warn!(message.id = %id, %why, untold, "the answer to a send was lost: waiting for its status");
            }
            let at = later(now, inbox.options.reconcile);
            Ok(put_off(runtime, id, again(State::Uncertain(now), "lost"), at, Slow::Nobody).await?)
        }
        SendError::Unsendable(why) => {
            let failure = ours("unsendable", &why.to_string());
            fail(inbox, runtime, id, row, failure, Also::Nothing).await
        }
        SendError::NotSent(why) => {
            if let Some(untold) = runtime.deliverer.tells(row.number, Trouble::Unreachable, now) {
                tracing::warn!(message.id = %id, %why, untold, "WhatsApp cannot be reached");
            }
            let at = later(now, policy::unreachable(row.setbacks.by("unreachable")));
            Ok(put_off(runtime, id, again(State::Deferred(at), "unreachable"), at, Slow::Nobody).await?)
        }
        SendError::Refused { error, usage } => {
            let before = row.setbacks.by(policy::reason(&error));
            let Verdict { reason, action } = policy::verdict(&error, before, usage.as_ref());
            match action {
                Action::Retry { after, others } => {
                    let at = later(now, after);
                    let slow = match others {
                        Others::GoOn => Slow::Nobody,
                        Others::Slower => Slow::Number,
                        Others::Wait => Slow::Everybody,
                    };
                    Ok(put_off(runtime, id, again(State::Deferred(at), reason), at, slow).await?)
                }
                Action::DelayRecipient { after } => {
                    let at = later(now, after);
                    let row = again(State::Deferred(at), reason);
                    Ok(put_off(runtime, id, row, at, Slow::Recipient).await?)
                }
                Action::RefetchMedia => {
                    let row = again(State::Deferred(now), reason);
                    let kept = store
                        .write(move |tx| {
                            forget_upload(tx, id, &row)?;
                            keep_row(tx, id, &row)
                        })
                        .await?;
                    let again = After::Again { at: now, slow: Slow::Nobody };
                    Ok(if kept { again } else { After::Gone })
                }
                Action::StopChannel => {
                    let number = row.number;
                    let failure = error.failure(reason);
                    let row = again(State::Ready, reason);
                    let stopped = store
                        .write(move |tx| {
                            keep_row(tx, id, &row)?;
                            failure::stop_number(tx, number, &failure, asked, now)
                        })
                        .await?;
                    runtime.deliverer.forget(number);
                    // Given other credentials meanwhile, it is tried with them.
                    let again = After::Again { at: later(now, OUR_FAULT), slow: Slow::Nobody };
                    Ok(if stopped { After::Stopped } else { again })
                }
                Action::Final { also } => fail(inbox, runtime, id, row, error.failure(reason), also).await,
            }
        }
    }
}

/// The message will not be sent: it says so, and its row is done with.
async fn fail(
    inbox: &Inbox,
    runtime: &Runtime,
    id: MessageId,
    row: &Row,
    failure: Failure,
    also: Also,
) -> Result<After, Unready> {
    let (row, now) = (row.clone(), inbox.now());
    runtime
        .business
        .store
        .write(move |tx| {
            if outbox::get(tx, id)?.is_none() {
                // A status told meanwhile that Meta has it.
                return Ok(());
            }
            outbox::remove(tx, id);
            let Some(mut message) = conversations::message(tx, row.place(id))? else { return Ok(()) };
            if advance(message.status.unwrap_or(Status::Queued), Status::Failed).is_none() {
                return Ok(());
            }
            message.status = Some(Status::Failed);
            message.failure = Some(failure.clone());
            failure::note(tx, &message, row.number, also, &failure, now)?;
            conversations::change_message(tx, &message, &Actor::Program, now)
        })
        .await?;
    Ok(After::Gone)
}

/// Its number is gone, and with it the way to Meta.
async fn give_up(inbox: &Inbox, runtime: &Runtime, id: MessageId, row: &Row) -> After {
    let failure = ours("number_removed", "the number was removed before this was sent");
    match fail(inbox, runtime, id, row, failure, Also::Nothing).await {
        Ok(after) => after,
        Err(error) => {
            tracing::error!(message.id = %id, %error, "a message of a removed number stays queued");
            After::Again { at: later(inbox.now(), OUR_FAULT), slow: Slow::Nobody }
        }
    }
}

/// Puts a row into another state, and says when its message is tried again: not at all where a status webhook has removed it
/// meanwhile. What was withdrawn stays so: of that it is given up at the next claim.
async fn put_off(
    runtime: &Runtime,
    id: MessageId,
    row: Row,
    at: Time,
    slow: Slow,
) -> Result<After, StoreError> {
    let kept = runtime.business.store.write(move |tx| keep_row(tx, id, &row)).await?;
    Ok(if kept { After::Again { at, slow } } else { After::Gone })
}

/// Says whether the row is still there.
fn keep_row(tx: &mut Tx<'_>, id: MessageId, row: &Row) -> Result<bool, StoreError> {
    let Some(kept) = outbox::get(tx, id)? else { return Ok(false) };
    outbox::put(tx, id, &Row { withdrawn: kept.withdrawn, ..row.clone() })?;
    Ok(true)
}

/// Forgets what WhatsApp was given of the message's file, so that it is given anew.
fn forget_upload(tx: &mut Tx<'_>, id: MessageId, row: &Row) -> Result<(), StoreError> {
    if let Some(message) = conversations::message(tx, row.place(id))?
        && let Some(sha256) = outbox::needs_upload(&message.content)
    {
        outbox::remove_upload(tx, row.number, sha256);
    }
    Ok(())
}

async fn release(inbox: &Inbox, runtime: &Runtime, id: MessageId, row: Row, state: State) {
    let row = Row { state, ..row };
    let kept = runtime.business.store.write(move |tx| keep_row(tx, id, &row)).await;
    if let Err(error) = kept {
        tracing::error!(business.id = %runtime.business.id, now = %inbox.now(), %error, "a row stays claimed");
    }
}

enum Refusal {
    NoFile,
    Meta(SendError),
}

/// The content as it is sent: a file of ours is given to WhatsApp first, once per number and content.
async fn with_file(
    inbox: &Inbox,
    runtime: &Runtime,
    sender: &Credentials,
    row: &Row,
    content: &Content,
) -> Result<Result<Content, Refusal>, Unready> {
    let (Some(sha256), Some(media)) = (outbox::needs_upload(content), outbox::file(content)) else {
        return Ok(Ok(content.clone()));
    };
    let (store, now) = (&runtime.business.store, inbox.now());
    let fresh = |known: &Upload| now < known.at.plus_seconds(UPLOAD_DAYS * 86_400);
    let known = outbox::upload(&store.view()?, row.number, sha256)?.filter(fresh);
    let provider_id = if let Some(known) = known {
        known.provider_id
    } else {
        let path = sha256.parse::<BlobHash>().ok().and_then(|hash| runtime.business.blobs.path(&hash));
        let Some(path) = path else { return Ok(Err(Refusal::NoFile)) };
        let Ok(file) = File::open(&path).await else { return Ok(Err(Refusal::NoFile)) };
        let looked = if media.mime.is_none() { first_bytes(&path).await } else { Vec::new() };
        let mime = media.mime.as_deref().or_else(|| mime::of(&looked)).unwrap_or("application/octet-stream");
        let name = media.filename.as_deref().unwrap_or("file");
        let provider_id = match inbox.graph.upload_media(sender, file, mime, name).await {
            Ok(provider_id) => provider_id,
            // An upload sends nothing to anybody: it may simply be made again.
            Err(SendError::Lost(why)) => return Ok(Err(Refusal::Meta(SendError::NotSent(why)))),
            Err(error) => return Ok(Err(Refusal::Meta(error))),
        };
        let upload = Upload { provider_id: provider_id.clone(), at: now };
        let (number, sha256) = (row.number, sha256.to_owned());
        store.write(move |tx| outbox::put_upload(tx, number, &sha256, &upload)).await?;
        provider_id
    };
    Ok(Ok(outbox::with_provider_id(content, provider_id)))
}

/// How a file begins; nothing where it cannot be read, which its upload will tell.
async fn first_bytes(path: &std::path::Path) -> Vec<u8> {
    let mut head = Vec::with_capacity(mime::HEAD);
    if let Ok(file) = tokio::fs::File::open(path).await {
        // What was read before a failure is as good as nothing.
        let _ = file.take(mime::HEAD as u64).read_to_end(&mut head).await;
    }
    head
}

fn open(inbox: &Inbox, runtime: &Runtime, id: NumberId) -> Result<Credentials, Unready> {
    let number = numbers::get(&runtime.business.store.view()?, id)?.ok_or(Unready::Removed)?;
    if number.state == NumberState::Stopped {
        return Err(Unready::Stopped);
    }
    let token = token(&inbox.keys, runtime.business.id, &number)?;
    Ok(inbox.credentials(&number, token))
}

fn ours(reason: &str, detail: &str) -> Failure {
    Failure { code: 0, reason: reason.to_owned(), detail: detail.to_owned() }
}

/// Shows the customer that their message was read, and that somebody writes. Best effort: nothing depends on it.
pub async fn mark_read(inbox: &Inbox, runtime: &Runtime, number: NumberId, wamid: &str, typing: bool) {
    let sent = async {
        let sender = runtime
            .deliverer
            .sender(number, || open(inbox, runtime, number))
            .map_err(|error| error.to_string())?;
        inbox.graph.mark_read(&sender, wamid, typing).await.map_err(|error| error.to_string())
    };
    if let Err(error) = sent.await {
        tracing::debug!(number.id = %number, %error, "a read mark was not sent");
    }
}
