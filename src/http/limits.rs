//! How large a body may be, counted in bytes as they come: a chunked body has no Content-Length to believe. And how
//! long it may take: a thousand bodies that never end would hold a thousand connections.
//!
//! The framework's own limit refuses chunked bodies (411) and its JSON reader reads without end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Frame;
use poem::http::header;
use poem::{Body, Request};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::problem::Problem;

/// Limits what can be read of the body. A longer one is refused at once when it says its length, else when
/// it passes the limit.
pub fn cap(request: &mut Request, limit: u64) -> Result<(), Problem> {
    match length(request) {
        Some(length) if length > limit => return Err(Problem::too_large(limit)),
        // Without a body there is nothing to wait for.
        Some(0) => return Ok(()),
        Some(_) | None => {}
    }
    let body: BoxBody<Bytes, io::Error> = request.take_body().into();
    let body = Timed { body, until: Box::pin(tokio::time::sleep(SLOWEST)) };
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let limited = Limited::new(body, size).map_err(move |error| {
        if error.is::<LengthLimitError>() {
            io::Error::other(TooLong(limit))
        } else {
            io::Error::other(error)
        }
    });
    request.set_body(Body::from(BodyExt::boxed(limited)));
    Ok(())
}

/// Bytes of bodies that are being read or worked on at the same time: what all callers together can make the program
/// hold. Whoever comes when it is full waits a little, since others are done soon.
#[derive(Debug)]
pub struct Room {
    kilobytes: Semaphore,
    patience: Duration,
}

const ROOM: u64 = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

impl Default for Room {
    fn default() -> Self {
        Self { kilobytes: Semaphore::new(kilobytes(ROOM) as usize), patience: PATIENCE }
    }
}

impl Room {
    /// Takes the room of this request's body: what it says it has, else as much as it may have. It is given back when
    /// the answer is there.
    pub async fn take(&self, request: &Request, limit: u64) -> Result<Option<SemaphorePermit<'_>>, Problem> {
        let told = match length(request) {
            Some(0) => return Ok(None),
            None if request.headers().get(header::TRANSFER_ENCODING).is_none() => return Ok(None),
            told => told.unwrap_or(limit).min(limit),
        };
        let waited = tokio::time::timeout(self.patience, self.kilobytes.acquire_many(kilobytes(told))).await;
        // Nobody closes it; and who has waited for so long shall come again.
        waited.ok().and_then(Result::ok).map(Some).ok_or_else(|| Problem::unavailable(1))
    }
}

fn kilobytes(bytes: u64) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}

fn length(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// How long a body may take that is read whole. Over a slow line of 256 kbit/s it is a megabyte.
const SLOWEST: Duration = Duration::from_secs(30);

/// A body that fails when it takes too long.
struct Timed {
    body: BoxBody<Bytes, io::Error>,
    until: Pin<Box<tokio::time::Sleep>>,
}

impl hyper::body::Body for Timed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_pending() && self.until.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        frame
    }
}

/// The limit that a failed read has passed, if that is why it failed.
pub fn exceeded(error: &io::Error) -> Option<u64> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(error) = cause {
        if let Some(TooLong(limit)) = error.downcast_ref() {
            return Some(*limit);
        }
        // An io::Error shows what it wraps only through get_ref.
        cause = match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    None
}

#[derive(Debug, thiserror::Error)]
#[error("the body is longer than {0} bytes")]
struct TooLong(u64);

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> Request {
        Request::builder().header(name, value).finish()
    }

    #[tokio::test]
    async fn bodies_share_one_room_and_who_finds_it_full_comes_again() {
        let room = Room { patience: Duration::from_millis(1), ..Room::default() };
        let large = with(header::CONTENT_LENGTH, &(32 << 20).to_string());
        let first = room.take(&large, 40 << 20).await.unwrap();
        assert!(first.is_some());
        let second = room.take(&with(header::TRANSFER_ENCODING, "chunked"), 31 << 20).await.unwrap();
        assert!(room.take(&large, 40 << 20).await.is_err_and(|problem| problem.body().status == 503));
        // Without a body nothing is taken.
        assert!(room.take(&with(header::CONTENT_LENGTH, "0"), 40 << 20).await.unwrap().is_none());
        assert!(room.take(&with(header::ACCEPT, "*/*"), 40 << 20).await.unwrap().is_none());
        drop((first, second));
        assert!(room.take(&large, 40 << 20).await.is_ok());
    }
}
