//! One screen's connection, from its first frame to its last.

use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use beseda_wire::live::{ClientFrame, Hello, LiveEvent};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message, Utf8Bytes};

use super::Live;
use super::backlog::Frame;
use super::hub::{Joined, Place, Seat};
use crate::http::caller::{Denied, PersonCaller};
use crate::http::lifecycle::Hold;
use crate::presence::Screen;

/// The close code for a token that ended or was revoked. 4000 to 4999 are free for programs (RFC 6455 §7.4.2).
pub const SIGNED_OUT: u16 = 4401;

/// Bytes of a frame that comes in: a token and little else.
const FRAME_IN: usize = 64 << 10;
/// Frames that come in between two pings. A screen says what it shows; more than this is not a screen.
const FRAMES_IN: u32 = 300;
/// Frames sent in one go, before the socket is looked at again.
const BURST: usize = 64;

/// Small buffers, since there are many sockets and they say little.
pub fn frames_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(4 << 20)
        .max_message_size(Some(FRAME_IN))
        .max_frame_size(Some(FRAME_IN))
}

/// How a connection ends.
enum End {
    /// The other side is gone, or takes nothing.
    Gone,
    /// We close it, saying why.
    Close(CloseCode, &'static str),
    /// The person is signed out, or no longer belongs to the business.
    SignedOut,
}

impl From<SocketError> for End {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::Capacity(_) => Self::Close(CloseCode::Size, "a frame is larger than 64 KB"),
            SocketError::Utf8(_) => Self::Close(CloseCode::Invalid, "a frame is not UTF-8"),
            SocketError::Protocol(_) => Self::Close(CloseCode::Protocol, "not WebSocket"),
            _ => Self::Gone,
        }
    }
}

impl Live {
    /// Serves a connection until it ends. The hold makes the shutdown wait for the goodbye.
    pub async fn serve<S>(self: Arc<Self>, stream: WebSocketStream<S>, _hold: Hold)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        self.parts.metrics.live_sockets.inc();
        let mut socket = Socket { live: &self, stream, position: 0 };
        let end = match socket.run().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        socket.close(end).await;
        self.parts.metrics.live_sockets.dec();
    }
}

struct Socket<'l, S> {
    live: &'l Arc<Live>,
    stream: WebSocketStream<S>,
    position: u64,
}

/// Who sits at the screen, and how we know.
struct Session {
    token: String,
    person: PersonCaller,
    seat: Seat,
    /// Says that somebody is there, for as long as the socket is open.
    _screen: Screen,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Socket<'_, S> {
    async fn run(&mut self) -> Result<std::convert::Infallible, End> {
        let stopping = self.live.parts.lifecycle.stopping();
        let mut stopping = pin!(stopping);
        let hello = tokio::select! {
            hello = tokio::time::timeout(self.live.parts.patience.hello, self.hello()) => {
                hello.unwrap_or(Err(End::Close(CloseCode::Policy, "no hello in time")))?
            }
            () = &mut stopping => return Err(AWAY),
        };
        let mut recheck = self.live.recheck.subscribe();
        let (mut session, mut joined) = self.sit_down(&hello)?;
        self.catch_up(&session.seat, &hello, joined.position).await?;

        let patience = self.live.parts.patience;
        let mut ticks = tokio::time::interval(patience.ping);
        ticks.reset();
        let mut heard = Instant::now();
        let mut frames_in = 0;
        loop {
            tokio::select! {
                () = &mut stopping => return Err(AWAY),
                told = joined.frames.recv() => self.tell(told, &session.seat, &mut joined).await?,
                came = self.stream.next() => {
                    heard = Instant::now();
                    frames_in += 1;
                    if frames_in > FRAMES_IN {
                        return Err(End::Close(CloseCode::Policy, "too many frames"));
                    }
                    self.answer(came.ok_or(End::Gone)??, &mut session).await?;
                }
                _ = recheck.changed() => self.look_again(&session)?,
                _ = ticks.tick() => {
                    if heard.elapsed() > patience.idle {
                        return Err(End::Close(CloseCode::Policy, "nothing heard"));
                    }
                    frames_in = 0;
                    self.look_again(&session)?;
                    self.send(Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// The first frame says who it is.
    async fn hello(&mut self) -> Result<Hello, End> {
        loop {
            match self.stream.next().await.ok_or(End::Gone)?? {
                Message::Text(text) => {
                    let wrong = End::Close(CloseCode::Policy, "the first frame is not a hello");
                    return serde_json::from_str(&text).map_err(|_| wrong);
                }
                Message::Ping(_) | Message::Pong(_) => {}
                _ => return Err(End::Close(CloseCode::Unsupported, "the first frame is not a hello")),
            }
        }
    }

    fn sit_down(&mut self, hello: &Hello) -> Result<(Session, Joined), End> {
        let authenticator = &self.live.parts.authenticator;
        let person = authenticator.person(&hello.token).map_err(refused)?;
        let (_role, business) = authenticator.business(&person, Some(hello.business)).map_err(refused)?;
        let screen = self.live.parts.presence.open(business.id, person.user_id);
        let screen =
            screen.ok_or(End::Close(CloseCode::Policy, "too many screens of one person are open"))?;
        let (seat, joined) = self.live.join(&business);
        self.position = joined.position;
        Ok((Session { token: hello.token.clone(), person, seat, _screen: screen }, joined))
    }

    /// Ready, then what the screen has missed, then who looks at what.
    async fn catch_up(&mut self, seat: &Seat, hello: &Hello, position: u64) -> Result<(), End> {
        // Until it has been told what it missed, the screen stands where it stood.
        let since = hello.since.unwrap_or(position);
        self.feed(Frame::of(since.min(position), &LiveEvent::Ready).text).await?;
        if since != position {
            let hub = Arc::clone(seat.hub());
            let missed = tokio::task::spawn_blocking(move || hub.missed(since, position)).await;
            let missed = missed.map_err(|_| TRY_AGAIN)?.map_err(|_| TRY_AGAIN)?;
            for frame in missed {
                self.feed(frame.text).await?;
            }
        }
        for event in seat.all_viewers() {
            // Under the number the screen has, although the hub may be further: it has not told the rest yet.
            self.feed(Frame::of(position, &event).text).await?;
        }
        self.flush().await
    }

    /// Sends what the hub tells, and whatever else it has told meanwhile in the same write.
    async fn tell(
        &mut self,
        told: Result<Frame, RecvError>,
        seat: &Seat,
        joined: &mut Joined,
    ) -> Result<(), End> {
        let mut told = match told {
            Ok(frame) => Ok(frame),
            Err(RecvError::Lagged(_)) => Err(TryRecvError::Lagged(0)),
            Err(RecvError::Closed) => return Err(TRY_AGAIN),
        };
        let mut burst = 0;
        loop {
            match told {
                Ok(frame) => self.feed(frame.text).await?,
                Err(TryRecvError::Lagged(_)) => {
                    *joined = seat.rejoin();
                    self.live.parts.metrics.live_reloads.inc();
                    self.feed(Frame::of(joined.position, &LiveEvent::Reload).text).await?;
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Closed) => return Err(TRY_AGAIN),
            }
            burst += 1;
            if burst == BURST {
                break;
            }
            told = joined.frames.try_recv();
        }
        self.flush().await
    }

    async fn answer(&mut self, came: Message, session: &mut Session) -> Result<(), End> {
        let text = match came {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            Message::Binary(_) => return Err(End::Close(CloseCode::Unsupported, "text frames only")),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(()),
        };
        match serde_json::from_str::<ClientFrame>(&text) {
            Ok(ClientFrame::Ping) => {
                self.send(Message::Text(Frame::of(self.position, &LiveEvent::Pong).text)).await
            }
            Ok(ClientFrame::Viewing { conversation }) => {
                let place = conversation.map(Place::Conversation);
                session.seat.view(place, session.person.user_id, &session.person.name);
                Ok(())
            }
            Ok(ClientFrame::Editing { bot }) => {
                session.seat.view(Some(Place::Bot(bot)), session.person.user_id, &session.person.name);
                Ok(())
            }
            Ok(ClientFrame::Token { token }) => {
                let person = self.live.parts.authenticator.person(&token).map_err(refused)?;
                if person.user_id != session.person.user_id {
                    return Err(End::SignedOut);
                }
                session.token = token;
                session.person = person;
                Ok(())
            }
            // A newer interface may say more than this program knows.
            Err(_) => Ok(()),
        }
    }

    /// Whether the person may still be here.
    fn look_again(&self, session: &Session) -> Result<(), End> {
        let authenticator = &self.live.parts.authenticator;
        let person = authenticator.person(&session.token).map_err(refused)?;
        if person.expires_at.timestamp() <= self.live.parts.clock.now() {
            return Err(End::SignedOut);
        }
        authenticator.business(&person, Some(session.seat.hub().business())).map_err(refused)?;
        Ok(())
    }

    async fn feed(&mut self, text: Utf8Bytes) -> Result<(), End> {
        self.live.parts.metrics.live_frames.inc();
        let fed = tokio::time::timeout(self.live.parts.patience.write, self.stream.feed(Message::Text(text)));
        fed.await.map_err(|_| End::Gone)?.map_err(End::from)
    }

    async fn flush(&mut self) -> Result<(), End> {
        let flushed = tokio::time::timeout(self.live.parts.patience.write, self.stream.flush());
        flushed.await.map_err(|_| End::Gone)?.map_err(End::from)
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        let sent = tokio::time::timeout(self.live.parts.patience.write, self.stream.send(message));
        sent.await.map_err(|_| End::Gone)?.map_err(End::from)
    }

    /// Says goodbye and waits a moment for the other side to hear it.
    async fn close(mut self, end: End) {
        let (code, reason) = match end {
            End::Gone => return,
            End::Close(code, reason) => (code, reason),
            End::SignedOut => {
                let told =
                    self.send(Message::Text(Frame::of(self.position, &LiveEvent::SignedOut).text)).await;
                if told.is_err() {
                    return;
                }
                (CloseCode::Library(SIGNED_OUT), "signed out")
            }
        };
        let goodbye = async {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            if self.stream.close(Some(frame)).await.is_ok() {
                // The other side answers with its own close; what it said before is not ours any more.
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        drop(tokio::time::timeout(GOODBYE, goodbye).await);
    }
}

const AWAY: End = End::Close(CloseCode::Away, "the program is stopping");
const TRY_AGAIN: End = End::Close(CloseCode::Again, "try again");
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(2);

fn refused(denied: Denied) -> End {
    match denied {
        Denied::Token | Denied::NoBusiness => End::SignedOut,
        Denied::Store(error) => {
            tracing::error!(%error, "a live connection could not be checked");
            TRY_AGAIN
        }
    }
}
