//! Opaque tokens: 256 random bits that mean nothing by themselves. Only their SHA-256 is stored, so a stolen data
//! directory signs nobody in.
//!
//! A plain hash is enough where a password needs argon2: nobody guesses 256 random bits, and a fast hash lets every
//! request be checked.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Random, Secret, sha256};

/// A new token: the text goes to its holder, once; the hash is kept.
#[derive(Debug)]
pub struct OpaqueToken {
    /// 43 letters of base64url.
    pub text: Secret,
    pub hash: TokenHash,
}

impl OpaqueToken {
    pub fn generate(random: &Random) -> Self {
        let text = Secret::new(BASE64.encode(random.bytes::<32>()));
        let hash = TokenHash::of(text.expose());
        Self { text, hash }
    }
}

/// The SHA-256 of a token. Looking one up by its hash needs no constant-time comparison: an attacker who learns how
/// much of a *hash* matched still cannot make a token that hashes further.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(token: &str) -> Self {
        Self(sha256(token.as_bytes()))
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Enough to tell two apart in a log.
        write!(f, "TokenHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl Serialize for TokenHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(HashVisitor)
    }
}

struct HashVisitor;

impl<'de> Visitor<'de> for HashVisitor {
    type Value = TokenHash;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("32 bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<TokenHash, E> {
        bytes.try_into().map(TokenHash).map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<TokenHash, A::Error> {
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = items.next_element()?.ok_or_else(|| de::Error::invalid_length(index, &"32 bytes"))?;
        }
        Ok(TokenHash(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_and_only_its_hash_is_kept() {
        let token = OpaqueToken::generate(&Random::system());
        assert_eq!(BASE64.decode(token.text.expose()).unwrap().len(), 32);
        assert_eq!(TokenHash::of(token.text.expose()), token.hash);
        assert!(!format!("{token:?}").contains(token.text.expose()));
        assert_ne!(OpaqueToken::generate(&Random::system()).hash, token.hash);
    }

    #[test]
    fn hashes_travel_through_messagepack_and_json() {
        let hash = TokenHash::of("token");
        let packed = rmp_serde::to_vec_named(&hash).unwrap();
        assert_eq!(packed.len(), 34);
        assert_eq!(rmp_serde::from_slice::<TokenHash>(&packed).unwrap(), hash);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<TokenHash>(&json).unwrap(), hash);
        assert!(serde_json::from_str::<TokenHash>("[1,2,3]").is_err());
    }
}
