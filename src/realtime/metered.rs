//! What a screen may send in a while. Frames are counted where they come out whole; a message in endless pieces, or pieces
//! of nothing, never does, and would keep a processor busy for as long as somebody sends it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that come in within [`WHILE`] at the most: a screen says who it is and what it shows.
const MOST: usize = 1 << 20;
const WHILE: Duration = Duration::from_secs(25);

/// A connection that breaks when too much comes in.
#[derive(Debug)]
pub struct Metered<S> {
    inner: S,
    came: usize,
    since: Instant,
}

impl<S> Metered<S> {
    pub fn new(inner: S) -> Self {
        Self { inner, came: 0, since: Instant::now() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        if self.since.elapsed() > WHILE {
            (self.came, self.since) = (0, Instant::now());
        }
        self.came += buffer.filled().len() - before;
        if self.came > MOST {
            return Poll::Ready(Err(io::Error::other("more came in than a screen says")));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn what_is_too_much_breaks_the_connection() {
        let (mut theirs, ours) = tokio::io::duplex(64 << 10);
        let mut ours = Metered::new(ours);
        let sending = tokio::spawn(async move {
            // The other side hangs up before it has taken all.
            while theirs.write_all(&[0; 1024]).await.is_ok() {}
        });
        let mut taken = 0;
        let error = loop {
            match ours.read(&mut [0; 4096]).await {
                Ok(read) => taken += read,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::Other);
        assert!(taken <= MOST && taken > MOST - 8192, "{taken}");
        drop(ours);
        sending.await.unwrap();
    }
}
