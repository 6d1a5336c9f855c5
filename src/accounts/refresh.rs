//! Refresh tokens: what keeps a browser signed in, and how a stolen one is noticed.
//!
//! A token works once; using it gives the next. Whoever shows one that was used up is either a thief or was robbed,
//! and nobody can tell which: the sign-in ends for both (RFC 9700 §4.14.2).
//!
//! A token is not stored but made: sign-in, generation, and an HMAC over both and the sign-in's own salt, with a key
//! from the key file. So the next token can be made a second time. That matters, because two tabs ask at the same
//! moment and answers get lost on the way: whoever shows the token before the present one within half a minute gets
//! the very same present one again, and both tabs end up with one cookie. Random tokens with stored hashes, the usual
//! way, would sign such people out or need a second valid token; and one row would be left behind by each use.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use beseda_wire::ids::SessionId;
use beseda_wire::time::Time;
use uuid::Uuid;

use super::SignIn;
use crate::crypto::{KeyRing, Secret, SigningKeys};

/// How long the token before the present one may still be shown.
pub const GRACE_MS: i64 = 30_000;

/// Makes and checks refresh tokens.
#[derive(Debug)]
pub struct RefreshTokens(SigningKeys);

/// A token as it was shown. Genuine or not, it names a sign-in.
#[derive(Debug)]
pub struct Presented {
    pub session: SessionId,
    generation: u32,
    signature: [u8; 32],
}

/// What is to be done with a genuine token.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// Keep this in place of the sign-in, and give its present token.
    Next(SignIn),
    /// Nothing changes; give the present token again.
    Again,
    /// It was used up: end the sign-in.
    Reused,
    /// The sign-in was not used for too long.
    Expired,
}

impl RefreshTokens {
    pub fn new(keys: &KeyRing) -> Self {
        Self(keys.signing_keys("refresh token"))
    }

    /// The present token of a sign-in.
    pub fn text(&self, sign_in: &SignIn) -> Secret {
        let signature = self.0.sign(&signed(sign_in, sign_in.generation));
        let mut bytes = Vec::with_capacity(52);
        bytes.extend_from_slice(sign_in.id.uuid().as_bytes());
        bytes.extend_from_slice(&sign_in.generation.to_be_bytes());
        bytes.extend_from_slice(&signature);
        Secret::new(BASE64.encode(bytes))
    }

    /// Reads what was shown; `None` where it is no token of this form.
    pub fn read(text: &str) -> Option<Presented> {
        let bytes: [u8; 52] = BASE64.decode(text).ok()?.try_into().ok()?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, signature) = rest.split_first_chunk::<4>()?;
        Some(Presented {
            session: SessionId::from_uuid(Uuid::from_bytes(*session)),
            generation: u32::from_be_bytes(*generation),
            signature: signature.try_into().ok()?,
        })
    }

    /// What to do with what was shown; `None` where we never gave it. Somebody who knows a sign-in's id, which is no
    /// secret, cannot end it by inventing a used-up token.
    pub fn judge(&self, shown: &Presented, sign_in: &SignIn, now: Time, lifetime_ms: i64) -> Option<Verdict> {
        let genuine = shown.session == sign_in.id
            && self.0.verify(&signed(sign_in, shown.generation), &shown.signature);
        // A later generation than the present one comes from before a backup was restored: what became of its
        // successors is not known, so it is not accepted.
        if !genuine || shown.generation > sign_in.generation {
            return None;
        }
        Some(if sign_in.expires_at <= now {
            Verdict::Expired
        } else if shown.generation == sign_in.generation {
            Verdict::Next(SignIn {
                generation: sign_in.generation.saturating_add(1),
                rotated_at: now,
                last_used_at: now,
                expires_at: now.plus_millis(lifetime_ms),
                ..sign_in.clone()
            })
        } else if shown.generation + 1 == sign_in.generation
            && now.millis_since(sign_in.rotated_at) <= GRACE_MS
        {
            Verdict::Again
        } else {
            Verdict::Reused
        })
    }
}

fn signed(sign_in: &SignIn, generation: u32) -> Vec<u8> {
    // Every part has a fixed length, so no two lists of parts read the same.
    [sign_in.id.uuid().as_bytes().as_slice(), &generation.to_be_bytes(), sign_in.salt.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use beseda_wire::ids::UserId;
    use proptest::prelude::*;

    use super::super::model::Salt;
    use super::*;
    use crate::crypto::Random;

    const LIFETIME: i64 = 30 * 24 * 3_600 * 1_000;

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    fn tokens(seed: u64) -> RefreshTokens {
        RefreshTokens::new(&KeyRing::ephemeral(&Random::seeded(seed)))
    }

    fn sign_in() -> SignIn {
        SignIn {
            id: SessionId::from_uuid(Uuid::from_u128(7)),
            user: UserId::from_uuid(Uuid::from_u128(8)),
            device: "Firefox, Linux".into(),
            ip: [192, 0, 2, 1].into(),
            network: [192, 0, 2, 1].into(),
            created_at: at(0),
            last_used_at: at(0),
            expires_at: at(0).plus_millis(LIFETIME),
            salt: Salt::new(&Random::seeded(3)),
            generation: 0,
            rotated_at: at(0),
        }
    }

    fn judge(text: &Secret, sign_in: &SignIn, now: Time) -> Option<Verdict> {
        tokens(1).judge(&RefreshTokens::read(text.expose()).unwrap(), sign_in, now, LIFETIME)
    }

    fn next(text: &Secret, sign_in: &SignIn, now: Time) -> SignIn {
        match judge(text, sign_in, now) {
            Some(Verdict::Next(next)) => next,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_works_once_and_gives_the_next() {
        let first = sign_in();
        let text = tokens(1).text(&first);
        let second = next(&text, &first, at(900));
        assert_eq!((second.generation, second.last_used_at), (1, at(900)));
        assert_eq!(second.expires_at, at(900).plus_millis(LIFETIME));
        let next_text = tokens(1).text(&second);
        assert_ne!(next_text.expose(), text.expose());
        assert_eq!(next(&next_text, &second, at(1_800)).generation, 2);
    }

    #[test]
    fn two_tabs_and_lost_answers_get_the_same_token_again() {
        let first = sign_in();
        let text = tokens(1).text(&first);
        let second = next(&text, &first, at(900));
        assert_eq!(judge(&text, &second, at(900)), Some(Verdict::Again));
        assert_eq!(judge(&text, &second, at(930)), Some(Verdict::Again));
        assert_eq!(judge(&text, &second, at(931)), Some(Verdict::Reused));
    }

    #[test]
    fn a_used_up_token_is_noticed_however_old() {
        let mut present = sign_in();
        let old = tokens(1).text(&present);
        for step in 1..=5 {
            present = next(&tokens(1).text(&present), &present, at(step * 900));
        }
        assert_eq!(judge(&old, &present, at(5 * 900)), Some(Verdict::Reused));
    }

    #[test]
    fn a_token_expires_and_a_token_from_the_future_is_refused() {
        let first = sign_in();
        let text = tokens(1).text(&first);
        assert_eq!(judge(&text, &first, at(0).plus_millis(LIFETIME)), Some(Verdict::Expired));
        let later = SignIn { generation: 9, ..first.clone() };
        assert_eq!(judge(&tokens(1).text(&later), &first, at(1)), None);
    }

    #[test]
    fn only_our_own_tokens_for_this_sign_in_count() {
        let ours = sign_in();
        let text = tokens(2).text(&ours);
        assert_eq!(judge(&text, &ours, at(1)), None, "another installation's key");
        let other_salt = SignIn { salt: Salt::new(&Random::seeded(4)), ..ours.clone() };
        assert_eq!(judge(&tokens(1).text(&other_salt), &ours, at(1)), None, "an id that was used again");
        let other = SignIn { id: SessionId::from_uuid(Uuid::from_u128(9)), ..ours.clone() };
        assert_eq!(judge(&tokens(1).text(&other), &ours, at(1)), None, "another sign-in");
    }

    proptest! {
        #[test]
        fn no_changed_token_is_taken_and_none_can_end_a_sign_in(position in 0_usize..52, flip in 1_u8..) {
            let present = SignIn { generation: 5, rotated_at: at(0), ..sign_in() };
            let mut bytes = BASE64.decode(tokens(1).text(&present).expose()).unwrap();
            bytes[position] ^= flip;
            let shown = RefreshTokens::read(&BASE64.encode(bytes)).unwrap();
            prop_assert_eq!(tokens(1).judge(&shown, &present, at(1), LIFETIME), None);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,100}") {
            let _ = RefreshTokens::read(&text);
        }
    }
}
