//! Why a request came to nothing: a kind that the interface has a sentence for, and technical words beside it.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

use beseda_wire::trials::RequestFailure;

/// A request that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub why: RequestFailure,
    pub words: String,
}

impl Failed {
    pub fn new(why: RequestFailure, words: impl Into<String>) -> Self {
        Self { why, words: words.into() }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for Failed {}

impl From<Failed> for String {
    fn from(failed: Failed) -> Self {
        failed.words
    }
}

impl From<String> for Failed {
    fn from(words: String) -> Self {
        Self { why: RequestFailure::Other, words }
    }
}

/// Without the address, which may hold a secret.
impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::new(RequestFailure::TimedOut, "no answer in time");
        }
        let mut why = None;
        let mut last: &dyn Error = &error;
        while let Some(inner) = last.source() {
            last = inner;
            if let Some(known) = inner.downcast_ref::<Self>() {
                return known.clone();
            }
            // The innermost one knows best.
            why = kind(inner).or(why);
        }
        let why = match why {
            // What breaks off before the request is made does so while the encryption is agreed upon.
            Some(RequestFailure::CutOff) if error.is_connect() => RequestFailure::NotSecure,
            Some(why) => why,
            None if error.is_connect() => RequestFailure::Unreachable,
            None => RequestFailure::Other,
        };
        // The outermost words of the library name the address.
        let is_outermost = std::ptr::addr_eq(last, &raw const error);
        let words = if is_outermost { "the request could not be made".to_owned() } else { last.to_string() };
        Self { why, words }
    }
}

/// What an error of the network or of the encryption means.
fn kind(error: &(dyn Error + 'static)) -> Option<RequestFailure> {
    if error.is::<rustls::Error>() {
        return Some(RequestFailure::NotSecure);
    }
    let error = error.downcast_ref::<io::Error>()?;
    // What lies inside one is not named as its source: that of the encryption, for one.
    if let Some(why) = error.get_ref().and_then(|inner| kind(inner)) {
        return Some(why);
    }
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => RequestFailure::Refused,
        ErrorKind::TimedOut => RequestFailure::TimedOut,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => RequestFailure::CutOff,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => RequestFailure::Unreachable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_network_and_of_the_encryption_are_told_apart() {
        let io = |kind: ErrorKind| io::Error::from(kind);
        assert_eq!(kind(&io(ErrorKind::ConnectionRefused)), Some(RequestFailure::Refused));
        assert_eq!(kind(&io(ErrorKind::ConnectionReset)), Some(RequestFailure::CutOff));
        assert_eq!(kind(&io(ErrorKind::HostUnreachable)), Some(RequestFailure::Unreachable));
        assert_eq!(kind(&io(ErrorKind::OutOfMemory)), None);
        let tls = rustls::Error::NoCertificatesPresented;
        assert_eq!(kind(&tls), Some(RequestFailure::NotSecure));
        let inside = io::Error::other(io::Error::new(ErrorKind::InvalidData, tls));
        assert_eq!(kind(&inside), Some(RequestFailure::NotSecure));
        assert_eq!(kind(&fmt::Error), None);
    }
}
