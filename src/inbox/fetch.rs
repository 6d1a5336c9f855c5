//! Fetches the files that customers send: into a content-addressed file, streamed, within the limit.
//!
//! Meta keeps an incoming file for seven days; until then a fetch that fails is tried again, less and less
//! often.

use std::sync::{Arc, Weak};
use std::time::Duration;

use beseda_wire::ids::MessageId;
use beseda_wire::messages::{Content, Media, MediaState};

use futures_util::StreamExt;

use super::deliver::later;
use super::outbox::{self, Fetch};
use super::runtime::{Inbox, Runtime, Wakes, token};
use crate::conversations::{Place, store as conversations};
use crate::store::{Actor, StoreError};
use crate::whatsapp::graph::MediaError;
use crate::whatsapp::numbers::store as numbers;

/// Fetches looked at in one go.
const BATCH: usize = 100;
/// The longest sleep: the clock may be set forward meanwhile.
const LONGEST: Duration = Duration::from_secs(60);
/// Tries of one file. With the pauses between them they take about six days.
const TRIES: u32 = 20;

pub async fn run(inbox: Arc<Inbox>, runtime: Weak<Runtime>, wakes: Arc<Wakes>) {
    let mut stopping = inbox.stopping();
    while !*stopping.borrow() {
        let Some(held) = runtime.upgrade() else { return };
        let sleep = match round(&inbox, &held).await {
            Ok(sleep) => sleep,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(business.id = %held.business.id, %error, "files wait");
                LONGEST
            }
        };
        drop(held);
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = wakes.fetches.notified() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Fetches what is due; says how long until the next.
async fn round(inbox: &Inbox, runtime: &Runtime) -> Result<Duration, StoreError> {
    let waiting = outbox::fetches(&runtime.business.store.view()?, BATCH)?;
    let mut sleep = LONGEST;
    for (id, fetch) in waiting {
        let now = inbox.now();
        match fetch.not_before.filter(|from| now < *from) {
            Some(from) => {
                let wait = Duration::from_millis(from.millis_since(now).unsigned_abs());
                sleep = sleep.min(wait);
            }
            None => one(inbox, runtime, id, fetch).await?,
        }
    }
    Ok(sleep)
}

/// What became of a try.
enum Tried {
    Kept {
        sha256: String,
        size: u64,
        mime: Option<String>,
    },
    /// Never to be had.
    Lost(String),
    Later(String),
}

async fn one(inbox: &Inbox, runtime: &Runtime, id: MessageId, fetch: Fetch) -> Result<(), StoreError> {
    let tried = download(inbox, runtime, &fetch).await?;
    let now = inbox.now();
    runtime
        .business
        .store
        .write(move |tx| {
            let mut fetch = fetch.clone();
            fetch.attempts += 1;
            match &tried {
                Tried::Later(why) if fetch.attempts < TRIES => {
                    tracing::warn!(message.id = %id, why, "a file is fetched later");
                    fetch.not_before = Some(later(now, pause(fetch.attempts)));
                    return outbox::put_fetch(tx, id, &fetch);
                }
                _ => outbox::remove_fetch(tx, id),
            }
            let place = Place { conversation: fetch.conversation, message: id };
            let Some(mut message) = conversations::message(tx, place)? else { return Ok(()) };
            let Content::Media(media) = &mut message.content else { return Ok(()) };
            note(media, &tried);
            conversations::change_message(tx, &message, &Actor::Program, now)
        })
        .await
}

fn note(media: &mut Media, tried: &Tried) {
    match tried {
        Tried::Kept { sha256, size, mime } => {
            media.state = MediaState::Stored;
            media.sha256 = Some(sha256.clone());
            media.size = Some(*size);
            media.mime = media.mime.take().or_else(|| mime.clone());
        }
        Tried::Lost(why) | Tried::Later(why) => {
            media.state = MediaState::Failed;
            media.problem = Some(why.clone());
        }
    }
}

async fn download(inbox: &Inbox, runtime: &Runtime, fetch: &Fetch) -> Result<Tried, StoreError> {
    let Some(number) = numbers::get(&runtime.business.store.view()?, fetch.number)? else {
        return Ok(Tried::Lost("the number is no longer connected".to_owned()));
    };
    let token = match token(&inbox.keys, runtime.business.id, &number) {
        Ok(token) => token,
        Err(error) => return Ok(Tried::Later(error.to_string())),
    };
    let limit = inbox.options.media_limit;
    let credentials = inbox.credentials(&number, token);
    let mut file = match inbox.graph.download_media(&credentials, &fetch.provider_id, limit).await {
        Ok(file) => file,
        Err(error) => return Ok(failed(&error)),
    };
    let mut writer = match runtime.business.blobs.writer(limit) {
        Ok(writer) => writer,
        Err(error) => return Ok(Tried::Later(error.to_string())),
    };
    while let Some(piece) = file.stream.next().await {
        match piece {
            Ok(piece) => {
                if let Err(error) = writer.write(&piece) {
                    return Ok(Tried::Later(error.to_string()));
                }
            }
            Err(error) => return Ok(failed(&error)),
        }
    }
    Ok(match writer.finish(inbox.now()) {
        Ok((hash, size)) => Tried::Kept { sha256: hash.to_string(), size, mime: file.mime },
        Err(error) => Tried::Later(error.to_string()),
    })
}

/// Whether a file that did not come may come later.
fn failed(error: &MediaError) -> Tried {
    match error {
        // Meta no longer has it, or never will: another try changes nothing.
        MediaError::Gone(_) | MediaError::TooLarge(_) => Tried::Lost(error.to_string()),
        MediaError::Failed(_) => Tried::Later(error.to_string()),
    }
}

/// Ten seconds, then twice as long each time, up to twelve hours.
fn pause(attempts: u32) -> Duration {
    Duration::from_secs(10u64.saturating_mul(1 << attempts.min(20))).min(Duration::from_secs(12 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tries_together_end_before_whatsapp_forgets_the_file() {
        let total: Duration = (1..TRIES).map(pause).sum();
        assert!(total > Duration::from_secs(3 * 86_400), "{total:?}");
        assert!(total < Duration::from_secs(7 * 86_400), "{total:?}");
    }

    #[test]
    fn time_is_only_a_pause() {
        assert_eq!(pause(1), Duration::from_secs(20));
        assert_eq!(pause(19), Duration::from_secs(12 * 3600));
    }
}
