//! Sealing: AES-256-GCM (NIST SP 800-38D) of a small secret, bound to the record it belongs to.
//!
//! A sealed value opens only in the very place it was sealed for: copied to another business, record or field it is
//! refused. The nonce is random, 96 bits; at a few sealed values per channel an installation stays some twenty powers
//! of two below the 2^32 values one key may seal, and the key file can hold a newer key.
//!
//! Bytes: `1` (the format) · key id, 4 bytes, big endian · nonce, 12 bytes · ciphertext with its 16-byte tag.

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use zeroize::Zeroize as _;

use super::keys::Key;
use super::{KeyRing, Random, Secret};

const FORMAT: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The record and field a sealed value belongs to. None of it is secret; all of it must be the same when opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The business's id; empty for what belongs to the installation.
    pub business: &'a str,
    pub table: &'a str,
    /// The record's id.
    pub id: &'a str,
    pub field: &'a str,
}

/// A sealed value, as it is stored. It may be shown and logged: it prints its length only, and says nothing without
/// the key file.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The key file is another installation's, or an old key was taken out of it.
    #[error("the key {0:08x} that sealed this value is not in the key file")]
    UnknownKey(u32),
    /// Damaged, or moved here from another record.
    #[error("the sealed value is damaged or belongs to another record")]
    Refused,
    #[error("the sealed value has format {0}, which this version does not know")]
    UnknownFormat(u8),
}

impl KeyRing {
    /// Seals `secret` for `place` with the newest key.
    #[expect(clippy::expect_used, reason = "AES-GCM fails only above 64 GiB of text")]
    pub fn seal(&self, place: Place<'_>, secret: &Secret, random: &Random) -> Sealed {
        let (id, key) = self.newest();
        let mut bytes = Vec::with_capacity(HEADER + NONCE + secret.expose().len() + TAG);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&id.to_be_bytes());
        let bound = place.bound_to(&bytes);
        let nonce = random.bytes::<NONCE>();
        let sealed = cipher(key)
            .encrypt(&Nonce::from(nonce), Payload { msg: secret.expose().as_bytes(), aad: &bound })
            .expect("a text shorter than 64 GiB");
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Sealed(bytes)
    }

    /// Opens what was sealed for this very `place`.
    pub fn unseal(&self, place: Place<'_>, sealed: &Sealed) -> Result<Secret, SealError> {
        let (header, rest) = sealed.0.split_at_checked(HEADER).ok_or(SealError::Refused)?;
        let (format, id) = header.split_first().ok_or(SealError::Refused)?;
        if *format != FORMAT {
            return Err(SealError::UnknownFormat(*format));
        }
        let id = u32::from_be_bytes(id.try_into().map_err(|_| SealError::Refused)?);
        let key = self.sealing_key(id).ok_or(SealError::UnknownKey(id))?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Refused)?;
        let bound = place.bound_to(header);
        let text = cipher(key)
            .decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: &bound })
            .map_err(|_| SealError::Refused)?;
        String::from_utf8(text).map(Secret::new).map_err(|error| {
            error.into_bytes().zeroize();
            SealError::Refused
        })
    }
}

impl Place<'_> {
    /// What the ciphertext is bound to. Each part goes with its length, so that no two places read the same.
    fn bound_to(&self, header: &[u8]) -> Vec<u8> {
        let mut bound = header.to_vec();
        for part in [self.business, self.table, self.id, self.field] {
            bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        bound
    }
}

impl Sealed {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes read from the store or an import; whether they open is known when they are opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new((&**key).into())
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Derived, this would be a list of numbers: up to twice the size in MessagePack.
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor).map(Self)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
        // JSON has no bytes and writes them as a list.
        let mut bytes = Vec::new();
        while let Some(byte) = items.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'static> = Place { business: "b1", table: "numbers", id: "n1", field: "token" };

    fn ring(seed: u64) -> KeyRing {
        KeyRing::ephemeral(&Random::seeded(seed))
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let ring = ring(1);
        let sealed = ring.seal(PLACE, &Secret::new("EAAG…"), &Random::seeded(2));
        assert_eq!(ring.unseal(PLACE, &sealed).unwrap().expose(), "EAAG…");
        for elsewhere in [
            Place { business: "b2", ..PLACE },
            Place { table: "templates", ..PLACE },
            Place { id: "n2", ..PLACE },
            Place { field: "app_secret", ..PLACE },
            // The same letters, cut at another point.
            Place { business: "b1n", table: "umbers", ..PLACE },
        ] {
            assert_eq!(ring.unseal(elsewhere, &sealed).unwrap_err(), SealError::Refused, "{elsewhere:?}");
        }
    }

    #[test]
    fn equal_secrets_look_different_when_sealed() {
        let ring = ring(1);
        let random = Random::system();
        let secret = Secret::new("the same");
        assert_ne!(ring.seal(PLACE, &secret, &random), ring.seal(PLACE, &secret, &random));
    }

    #[test]
    fn a_foreign_key_and_an_unknown_format_are_named() {
        let sealed = ring(1).seal(PLACE, &Secret::new("x"), &Random::seeded(2));
        assert_eq!(ring(9).unseal(PLACE, &sealed).unwrap_err(), SealError::Refused);
        let mut other_id = sealed.as_bytes().to_vec();
        other_id[4] = 77;
        assert_eq!(ring(1).unseal(PLACE, &Sealed(other_id)).unwrap_err(), SealError::UnknownKey(77));
        let mut newer = sealed.as_bytes().to_vec();
        newer[0] = 2;
        assert_eq!(ring(1).unseal(PLACE, &Sealed(newer)).unwrap_err(), SealError::UnknownFormat(2));
    }

    #[test]
    fn the_stored_form_stays_readable() {
        // Sealed outside this program, by another implementation of AES-GCM after the format above: it must open for
        // as long as the program lives.
        let stored = "0100000001000102030405060708090a0b9172adc8a0080c55238ef53db5bc\
                      dc0cf9d7b8a7454b94dc46d3d22884316b1334";
        let bytes = decode_hex(stored);
        assert_eq!(ring(1).unseal(PLACE, &Sealed(bytes)).unwrap().expose(), "a token from 2026");
    }

    fn decode_hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn it_travels_through_messagepack_and_json_and_prints_nothing() {
        let sealed = ring(1).seal(PLACE, &Secret::new("seen?"), &Random::seeded(2));
        let packed = rmp_serde::to_vec_named(&sealed).unwrap();
        assert!(packed.len() <= sealed.as_bytes().len() + 3, "stored as bytes, not as a list");
        assert_eq!(rmp_serde::from_slice::<Sealed>(&packed).unwrap(), sealed);
        let json = serde_json::to_string(&sealed).unwrap();
        assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
        assert_eq!(format!("{sealed:?}"), "Sealed(38 bytes)");
    }

    proptest! {
        #[test]
        fn every_secret_comes_back(text in ".*", business in ".*", id in ".*") {
            let ring = ring(1);
            let place = Place { business: &business, id: &id, ..PLACE };
            let sealed = ring.seal(place, &Secret::new(text.clone()), &Random::system());
            let opened = ring.unseal(place, &sealed);
            prop_assert_eq!(opened.map(|secret| secret.expose().to_owned()), Ok(text));
        }

        #[test]
        fn no_changed_byte_goes_unseen(position in any::<prop::sample::Index>(), flip in 1_u8..) {
            let ring = ring(1);
            let mut bytes = ring.seal(PLACE, &Secret::new("twelve chars"), &Random::system()).0;
            let position = position.index(bytes.len());
            bytes[position] ^= flip;
            prop_assert!(ring.unseal(PLACE, &Sealed(bytes)).is_err());
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(ring(1).unseal(PLACE, &Sealed(bytes)).is_err());
        }
    }
}
