//! Requests that are no HTTP, or whose address or headers are too long. hyper answers them before any code of ours runs,
//! with a status and nothing else; here they get the shape of every other error.
//!
//! hyper offers no place for it. So the connection's socket is watched: what hyper writes while no answer of ours is
//! under way is its own. It is held back, and when the connection then ends because of what was sent, ours is written in
//! its place. A parser of our own in front of hyper's is refused: two parsers that disagree are how requests are smuggled.
//!
//! An answer of ours is under way from when its request is understood until its body has been given to hyper and hyper
//! has flushed: it flushes the socket only when it has written all it had. What it reads next it answers after that, be
//! it from the same packet.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Frame, SizeHint};
use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::problem::{self, Problem};
use super::{headers, kinds};

/// A socket that holds hyper's own answers back.
pub struct Watched<S> {
    stream: S,
    answering: Answering,
    held: Option<Vec<u8>>,
}

/// Whether an answer of ours is under way on a connection. The service says when one begins and where it ends.
#[derive(Clone, Default)]
pub struct Answering(Arc<AtomicU8>);

/// Nothing is under way.
const IDLE: u8 = 0;
const UNDER_WAY: u8 = 1;
/// hyper has all of it, and not all may be written.
const GIVEN: u8 = 2;

impl Answering {
    /// A request was understood.
    pub fn begins(&self) {
        self.0.store(UNDER_WAY, Ordering::Relaxed);
    }

    /// The answer to it. What follows one that changes the protocol is no HTTP, and stays under way.
    pub fn with<B>(&self, answer: hyper::Response<B>) -> hyper::Response<Answer<B>> {
        let last = answer.status() != StatusCode::SWITCHING_PROTOCOLS;
        let ends = last.then(|| Ends(self.clone()));
        answer.map(|body| Answer { body, _ends: ends })
    }

    /// hyper has written everything it had.
    fn flushed(&self) {
        let _ = self.0.compare_exchange(GIVEN, IDLE, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Relaxed) == IDLE
    }
}

/// The body of an answer; hyper drops it when it has taken all of it.
pub struct Answer<B> {
    body: B,
    _ends: Option<Ends>,
}

struct Ends(Answering);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.0.store(GIVEN, Ordering::Relaxed);
    }
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// hyper's own answer is no longer than this: a status, a length of nothing, and a date.
const LONGEST: usize = 200;
/// What is thrown away of a request that is too long, and for how long, so that the answer can be read: a connection that
/// is closed with bytes unread takes back what was written to it.
const REST: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(2);

impl<S: AsyncRead + AsyncWrite + Unpin> Watched<S> {
    pub fn new(stream: S, answering: Answering) -> Self {
        Self { stream, answering, held: None }
    }

    /// The status with which hyper was about to answer what it could not parse.
    pub fn refused(&self) -> Option<StatusCode> {
        StatusCode::from_bytes(self.held.as_ref()?.get(9..12)?).ok()
    }

    /// Answers in its place, and closes.
    pub async fn answer(mut self, status: StatusCode) {
        let answered = async {
            self.stream.write_all(&answer(status)).await?;
            self.stream.shutdown().await?;
            tokio::io::copy(&mut self.stream.take(REST), &mut tokio::io::sink()).await
        };
        // Whoever sends what is no HTTP may be gone.
        let _ = tokio::time::timeout(PATIENCE, answered).await;
    }

    /// Whether this is all that hyper says by itself.
    fn is_hypers_own(&self, bytes: &[u8]) -> bool {
        self.answering.is_idle()
            && bytes.len() <= LONGEST
            && bytes.starts_with(b"HTTP/1.1 4")
            && bytes.ends_with(b"\r\n\r\n")
            && str::from_utf8(bytes).is_ok_and(|text| {
                let known = ["content-length: 0", "connection: close", "date: "];
                text.trim_end().lines().skip(1).all(|line| known.iter().any(|begin| line.starts_with(begin)))
            })
    }

    /// It was somebody else's after all.
    fn poll_let_go(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(held) = &mut self.held {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, held))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            held.drain(..written);
            if held.is_empty() {
                self.held = None;
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn answer(status: StatusCode) -> Vec<u8> {
    let detail = match status {
        StatusCode::URI_TOO_LONG => "The address is too long: it may have 65534 bytes.",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "The headers are too many or too long: there may be 100, and 400 KB together are always taken."
        }
        _ => "This is not HTTP/1.1, or its first line or a header has what does not belong there.",
    };
    let problem = Problem::of(kinds::BAD_REQUEST).with_status(status).detail(detail);
    // Of types of our own: it cannot fail.
    let body = serde_json::to_vec(problem.body()).unwrap_or_default();
    let mut response = Response::builder().content_type(problem::CONTENT_TYPE).finish();
    headers::add(&mut response, false);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    bytes
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_let_go(context))?;
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_let_go(context))?;
        if this.is_hypers_own(bytes) {
            this.held = Some(bytes.to_vec());
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = parts.iter().filter(|part| !part.is_empty());
        if let (Some(only), None) = (filled.next(), filled.next()) {
            return self.poll_write(context, only);
        }
        let this = self.get_mut();
        ready!(this.poll_let_go(context))?;
        Pin::new(&mut this.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.answering.flushed();
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What is held is answered when the connection has ended, and then closed.
        if self.held.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
