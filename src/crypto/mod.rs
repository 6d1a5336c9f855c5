//! Secrets: what hides them, what seals them, what proves who holds one.
//!
//! - [`Secret`]: text that never prints itself.
//! - [`KeyRing`] and [`Sealed`]: values sealed with AES-256-GCM to the record they belong to; the keys lie in their
//!   own file, apart from the data.
//! - [`Passwords`]: argon2id, a few at a time.
//! - [`token`]: opaque tokens, of which only the hash is kept.
//! - [`AccessTokens`]: the short-lived JWT that a signed-in browser carries.
//! - [`Random`]: where randomness comes from; a test may seed it.
//!
//! It knows no domain, keeps nothing and asks no clock. It is not TLS, which the program does not speak.

mod jwt;
mod keys;
mod password;
mod random;
mod seal;
mod secret;
pub mod token;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use jwt::{AccessClaims, AccessTokenError, AccessTokens, IssuedAccessToken};
pub use keys::{KeyFileError, KeyRing, SigningKeys};
pub use password::{PasswordError, PasswordHash, Passwords};
pub use random::Random;
pub use seal::{Place, SealError, Sealed};
pub use secret::Secret;
pub use token::{OpaqueToken, TokenHash};

/// HMAC-SHA256 (RFC 2104) of `data`; a key of any length serves.
///
/// To check a signature use [`hmac_sha256_matches`]: comparing this result with `==` tells an attacker, by the time
/// it takes, how much of a guess was right.
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(data).finalize().into_bytes().into()
}

/// Whether `mac` is the HMAC-SHA256 of `data`, compared in constant time. A `mac` of another length is wrong.
pub fn hmac_sha256_matches(key: &[u8], data: &[u8], mac: &[u8]) -> bool {
    keyed(key).chain_update(data).verify_slice(mac).is_ok()
}

/// SHA-256 (FIPS 180-4) of `data`.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether two texts or byte strings are equal, in a time that depends only on their lengths.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[expect(clippy::expect_used, reason = "RFC 2104 defines HMAC for keys of every length, so this cannot fail")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn hmac_gives_the_answers_of_rfc_4231() {
        // RFC 4231 §4.2, §4.3 and §4.7 (a key longer than the block).
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, data, expected) in cases {
            let mac = hmac_sha256(key, data);
            assert_eq!(hex(&mac), expected);
            assert!(hmac_sha256_matches(key, data, &mac));
            let mut wrong = mac;
            wrong[31] ^= 1;
            assert!(!hmac_sha256_matches(key, data, &wrong));
            assert!(!hmac_sha256_matches(key, data, &mac[..31]), "a truncated signature is no signature");
            assert!(!hmac_sha256_matches(key, data, &[]));
        }
    }

    #[test]
    fn sha256_gives_the_answer_of_fips_180() {
        assert_eq!(hex(&sha256(b"abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn equality_is_equality() {
        assert!(constant_time_eq(b"verify-me", b"verify-me"));
        assert!(!constant_time_eq(b"verify-me", b"verify-mf"));
        assert!(!constant_time_eq(b"verify-me", b"verify-me-too"));
        assert!(constant_time_eq(b"", b""));
    }
}
