//! Meta's signature: HMAC-SHA256 over the bytes of the body, in lower-case hexadecimal (Meta, webhooks).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A prepared secret.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    pub fn new(secret: &str) -> crate::Result<Self> {
        Ok(Self(Hmac::new_from_slice(secret.as_bytes())?))
    }

    /// The value of `X-Hub-Signature-256`.
    pub fn header(&self, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(body);
        let mut header = String::with_capacity(71);
        header.push_str("sha256=");
        for byte in mac.finalize().into_bytes() {
            for digit in [byte >> 4, byte & 15] {
                header.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn a_known_signature() {
        let header = Key::new("Jefe").unwrap().header(b"what do ya want for nothing?");
        assert_eq!(header, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
