//! What an error of the network or of the encryption means, without the address, which may hold a secret.

use std::error::Error;
use std::io::{self, ErrorKind};

use beseda_flow::CallFault;

/// Why a request failed.
pub fn fault(error: &reqwest::Error) -> CallFault {
    if error.is_timeout() {
        return CallFault::NoAnswer;
    }
    let mut kind = None;
    let mut last: &dyn Error = error;
    while let Some(inner) = last.source() {
        last = inner;
        // An address that was refused while it was looked up.
        if let Some(known) = inner.downcast_ref::<CallFault>() {
            return known.clone();
        }
        // The innermost one knows best.
        kind = kind_of(inner).or(kind);
    }
    // The outermost words of the library name the address.
    let said = if std::ptr::addr_eq(last, error) { String::new() } else { last.to_string() };
    match kind {
        Some(Kind::NotSecure) => CallFault::NotSecure { said },
        // What breaks off before the request is made does so while the encryption is agreed upon.
        Some(Kind::CutOff) if error.is_connect() => CallFault::NotSecure { said },
        Some(Kind::CutOff) => CallFault::CutOff { said },
        Some(Kind::Refused) => CallFault::Refused { said },
        Some(Kind::TimedOut) => CallFault::NoAnswer,
        Some(Kind::Unreachable) => CallFault::Unreachable { said },
        None if error.is_connect() => CallFault::Unreachable { said },
        None => CallFault::NotSent { said },
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Refused,
    TimedOut,
    CutOff,
    Unreachable,
    NotSecure,
}

fn kind_of(error: &(dyn Error + 'static)) -> Option<Kind> {
    if error.is::<rustls::Error>() {
        return Some(Kind::NotSecure);
    }
    let error = error.downcast_ref::<io::Error>()?;
    // What lies inside one is not named as its source: that of the encryption, for one.
    if let Some(kind) = error.get_ref().and_then(|inner| kind_of(inner)) {
        return Some(kind);
    }
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => Kind::Refused,
        ErrorKind::TimedOut => Kind::TimedOut,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Kind::CutOff,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Kind::Unreachable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_network_and_of_the_encryption_are_told_apart() {
        let io = |kind: ErrorKind| io::Error::from(kind);
        assert_eq!(kind_of(&io(ErrorKind::ConnectionRefused)), Some(Kind::Refused));
        assert_eq!(kind_of(&io(ErrorKind::ConnectionReset)), Some(Kind::CutOff));
        assert_eq!(kind_of(&io(ErrorKind::HostUnreachable)), Some(Kind::Unreachable));
        assert_eq!(kind_of(&io(ErrorKind::OutOfMemory)), None);
        let tls = rustls::Error::NoCertificatesPresented;
        assert_eq!(kind_of(&tls), Some(Kind::NotSecure));
        let inside = io::Error::other(io::Error::new(ErrorKind::InvalidData, tls));
        assert_eq!(kind_of(&inside), Some(Kind::NotSecure));
        assert_eq!(kind_of(&std::fmt::Error), None);
    }
}
