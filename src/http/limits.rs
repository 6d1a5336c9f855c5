//! How large a body may be, counted in bytes as they come: a chunked body has no Content-Length to believe. How long it
//! may take: a thousand bodies that never end would hold a thousand connections. And how much all bodies together may
//! hold.
//!
//! The framework's own limit refuses chunked bodies (411) and its JSON reader reads without end.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as _, Frame};
use poem::http::header;
use poem::{Body, Request};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Limits what can be read of the body. A longer one is refused at once when it says its length, else when
/// it passes the limit.
pub fn cap(request: &mut Request, limit: u64) -> Result<(), Failed> {
    match length(request) {
        Some(length) if length > limit => return Err(Failed::TooLong { came: Some(length), limit }),
        // Without a body there is nothing to wait for.
        Some(0) => return Ok(()),
        Some(_) | None => {}
    }
    let body: BoxBody<Bytes, io::Error> = request.take_body().into();
    let body = Timed { body, until: Box::pin(tokio::time::sleep(SLOWEST)) };
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let limited = Limited::new(body, size).map_err(move |error| {
        if error.is::<LengthLimitError>() {
            io::Error::other(Failed::TooLong { came: None, limit })
        } else {
            io::Error::other(error)
        }
    });
    request.set_body(Body::from(BodyExt::boxed(limited)));
    Ok(())
}

/// Bytes of bodies that are being read or worked on at the same time: what all callers together can make the program
/// hold. Taken as they come, and not as a header announces them: whoever announces a megabyte and sends one byte would
/// hold a megabyte's room for as long as a body may take. The first bytes of each body take none ([`FREE`]), so that what
/// is small never waits for what is large. Whoever finds the room full waits a little, since others are done soon.
#[derive(Debug, Clone)]
pub struct Room {
    kilobytes: Arc<Semaphore>,
    patience: Duration,
}

const ROOM: u64 = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of each body that take no room. How many connections there may be is bounded.
const FREE: u64 = 16 << 10;

impl Default for Room {
    fn default() -> Self {
        let most = usize::try_from(ROOM / 1024).unwrap_or(Semaphore::MAX_PERMITS);
        Self { kilobytes: Arc::new(Semaphore::new(most)), patience: PATIENCE }
    }
}

/// The room that a body has taken. It is given back when this is dropped.
#[must_use = "the room is given back at once"]
pub struct Held {
    _permits: Option<Arc<Mutex<Option<OwnedSemaphorePermit>>>>,
}

impl Room {
    /// The body, which takes its room as it is read; with what holds the room until its work is done.
    pub fn count(&self, body: Body) -> (Body, Held) {
        let body: BoxBody<Bytes, io::Error> = body.into();
        // It says its length, and so much comes at most.
        if body.size_hint().upper().is_some_and(|bytes| bytes <= FREE) {
            return (Body::from(body), Held { _permits: None });
        }
        let held = Arc::new(Mutex::new(None));
        let counted = Counted { body, room: self.clone(), held: Arc::clone(&held), came: 0, waiting: None };
        (Body::from(BodyExt::boxed(counted)), Held { _permits: Some(held) })
    }
}

/// A body whose bytes wait for room.
struct Counted {
    body: BoxBody<Bytes, io::Error>,
    room: Room,
    held: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
    came: u64,
    /// What has come and has no room yet.
    waiting: Option<(Frame<Bytes>, Granted)>,
}

type Granted = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send + Sync>>;

impl Counted {
    fn hold(&self, permit: OwnedSemaphorePermit) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Some(all) => all.merge(permit),
            None => *held = Some(permit),
        }
    }
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.waiting.is_none() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                end => return Poll::Ready(end),
            };
            let before = kilobytes(self.came);
            self.came += frame.data_ref().map_or(0, |data| data.len() as u64);
            let more = kilobytes(self.came) - before;
            if more == 0 {
                return Poll::Ready(Some(Ok(frame)));
            }
            let Room { kilobytes, patience } = self.room.clone();
            let granted = async move {
                tokio::time::timeout(patience, kilobytes.acquire_many_owned(more)).await.ok()?.ok()
            };
            self.waiting = Some((frame, Box::pin(granted)));
        }
        let Some((_, granted)) = &mut self.waiting else { return Poll::Ready(None) };
        let granted = ready!(granted.as_mut().poll(context));
        let frame = self.waiting.take().map(|(frame, _)| frame);
        match granted {
            Some(permit) => {
                self.hold(permit);
                Poll::Ready(frame.map(Ok))
            }
            // Nobody closes it; and who has waited for so long shall come again.
            None => Poll::Ready(Some(Err(io::Error::other(Failed::NoRoom)))),
        }
    }
}

/// The room that so many bytes of one body take.
fn kilobytes(bytes: u64) -> u32 {
    u32::try_from(bytes.saturating_sub(FREE).div_ceil(1024)).unwrap_or(u32::MAX)
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

/// Why a body could not be read to its end, if that is a matter of these limits.
pub fn failed(error: &io::Error) -> Option<Failed> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(error) = cause {
        if let Some(failed) = error.downcast_ref() {
            return Some(*failed);
        }
        // An io::Error shows what it wraps only through get_ref.
        cause = match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    #[error("the body is longer than {limit} bytes")]
    TooLong {
        /// What it says to have; one that says nothing is not read further than the limit.
        came: Option<u64>,
        limit: u64,
    },
    /// Others' bodies hold all that may be held.
    #[error("there is no room for the body now")]
    NoRoom,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(kilobytes: usize) -> Room {
        Room { kilobytes: Arc::new(Semaphore::new(kilobytes)), patience: Duration::from_millis(1) }
    }

    async fn read(body: Body) -> Result<usize, Option<Failed>> {
        match body.into_bytes().await {
            Ok(bytes) => Ok(bytes.len()),
            Err(poem::error::ReadBodyError::Io(error)) => Err(failed(&error)),
            Err(_) => Err(None),
        }
    }

    fn of_kilobytes(count: usize) -> Body {
        Body::from(vec![7; count << 10])
    }

    #[tokio::test]
    async fn bodies_share_one_room_and_who_finds_it_full_comes_again() {
        let room = room(100);
        let (body, first) = room.count(of_kilobytes(60 + 16));
        assert_eq!(read(body).await, Ok(76 << 10));
        let (body, second) = room.count(of_kilobytes(41 + 16));
        assert_eq!(read(body).await, Err(Some(Failed::NoRoom)));
        // What is small needs none.
        let (body, third) = room.count(of_kilobytes(16));
        assert_eq!(read(body).await, Ok(16 << 10));
        drop((first, second, third));
        let (body, _all) = room.count(of_kilobytes(100 + 16));
        assert_eq!(read(body).await, Ok(116 << 10));
    }

    #[tokio::test]
    async fn what_is_announced_and_does_not_come_takes_nothing() {
        let room = room(1);
        let silent = futures_util::stream::pending::<io::Result<Bytes>>();
        let (body, _held) = room.count(Body::from_bytes_stream(silent));
        let mut reading = Box::pin(read(body));
        assert!(futures_util::poll!(&mut reading).is_pending());
        let (body, _held) = room.count(of_kilobytes(17));
        assert_eq!(read(body).await, Ok(17 << 10));
    }

    #[test]
    fn pieces_take_as_much_as_the_whole() {
        assert_eq!([0, 1, 16 << 10, (16 << 10) + 1, 17 << 10, 4 << 20].map(kilobytes), [0, 0, 0, 1, 1, 4080]);
    }
}
