//! Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 (RFC 7515), short-lived and never stored.
//!
//! Written here, in the few lines that one algorithm takes, because the usual crate (`jsonwebtoken` from version 10)
//! must be built either with aws-lc, which needs a C tool chain for every target, or with the `rsa` crate, which has
//! an unpatched timing leak (RUSTSEC-2023-0071) that we would carry without using RSA at all.
//!
//! It is deliberately strict, for every known weakness of JWT is a leniency: one algorithm, fixed here and never taken
//! from the token; no unknown header, so `crit`, `jwk`, `jku` and `x5u` are refused; the signature is checked before
//! the contents are looked at; `iss`, `aud`, `iat`, `nbf` and `exp` must all be there and right.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use super::keys::Key;
use super::{KeyRing, Secret, hmac_sha256, hmac_sha256_matches};

const ISSUER: &str = "beseda";
const AUDIENCE: &str = "beseda api";
/// Our tokens take some 350 bytes. A longer text is refused before any work is spent on it.
const MAX_LENGTH: usize = 1_024;
/// How far the clock may have stepped back between issuing and checking.
const CLOCK_STEP: SignedDuration = SignedDuration::from_secs(30);

/// Issues and checks the access tokens of this installation.
pub struct AccessTokens {
    /// Oldest first; the last signs. Made from the key file, so a new key there signs from the next start on, while
    /// tokens signed before stay good.
    keys: Vec<(u32, Key)>,
    lifetime: SignedDuration,
}

/// Who a valid token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// The user's id.
    pub subject: String,
    /// The sign-in it belongs to: whoever accepts the token must look whether that was revoked.
    pub session: String,
    pub expires_at: Timestamp,
}

#[derive(Debug)]
pub struct IssuedAccessToken {
    pub text: Secret,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccessTokenError {
    /// The holder may refresh.
    #[error("the access token has expired")]
    Expired,
    /// Everything else: the caller learns no more, so that nobody can probe.
    #[error("the access token is not valid")]
    Invalid,
}

impl AccessTokens {
    /// Tokens that live for `lifetime`, signed with keys made from the key file.
    pub fn new(keys: &KeyRing, lifetime: SignedDuration) -> Self {
        Self { keys: keys.derive("access token"), lifetime }
    }

    /// A token for the user `subject` in the sign-in `session`. Times are whole seconds: the expiry is rounded down.
    pub fn issue(&self, subject: &str, session: &str, now: Timestamp) -> IssuedAccessToken {
        let (id, key) = &self.keys[self.keys.len() - 1];
        let issued = now.as_second();
        let expires = issued.saturating_add(self.lifetime.as_secs());
        let header = Header { alg: "HS256".into(), typ: "JWT".into(), kid: format!("{id:08x}") };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: subject.into(),
            sid: session.into(),
            iat: issued,
            nbf: issued,
            exp: expires,
        };
        IssuedAccessToken {
            text: Secret::new(sign(&json(&header), &json(&claims), key.as_slice())),
            expires_at: Timestamp::from_second(expires).unwrap_or(Timestamp::MAX),
        }
    }

    /// Whom `token` speaks for, if it is ours, unchanged and in its time.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<AccessClaims, AccessTokenError> {
        use AccessTokenError::{Expired, Invalid};
        let parts = Parts::split(token).ok_or(Invalid)?;
        let header: Header = serde_json::from_slice(&parts.header).map_err(|_| Invalid)?;
        if header.alg != "HS256" || header.typ != "JWT" {
            return Err(Invalid);
        }
        let (_, key) = self.keys.iter().find(|(id, _)| header.kid == format!("{id:08x}")).ok_or(Invalid)?;
        if !parts.signed_with(key.as_slice()) {
            return Err(Invalid);
        }
        let claims: Claims = serde_json::from_slice(&parts.payload).map_err(|_| Invalid)?;
        if claims.iss != ISSUER || claims.aud != AUDIENCE {
            return Err(Invalid);
        }
        let time = |seconds| Timestamp::from_second(seconds).map_err(|_| Invalid);
        let latest_start = now.saturating_add(CLOCK_STEP).map_err(|_| Invalid)?;
        if time(claims.iat)? > latest_start || time(claims.nbf)? > latest_start {
            return Err(Invalid);
        }
        let expires_at = time(claims.exp)?;
        if expires_at <= now {
            return Err(Expired);
        }
        Ok(AccessClaims { subject: claims.sub, session: claims.sid, expires_at })
    }
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessTokens({} keys, {:?})", self.keys.len(), self.lifetime)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The three parts of the compact form (RFC 7515 §7.1), decoded.
struct Parts<'a> {
    signing_input: &'a str,
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// Takes a token apart; `None` for anything but three parts of unpadded base64url. A payload may not hold dots,
    /// so a fourth part falls into the signature and fails to decode.
    fn split(token: &'a str) -> Option<Self> {
        if token.len() > MAX_LENGTH {
            return None;
        }
        let (header, rest) = token.split_once('.')?;
        let (payload, signature) = rest.split_once('.')?;
        Some(Self {
            signing_input: &token[..header.len() + 1 + payload.len()],
            header: BASE64.decode(header).ok()?,
            payload: BASE64.decode(payload).ok()?,
            signature: BASE64.decode(signature).ok()?,
        })
    }

    fn signed_with(&self, key: &[u8]) -> bool {
        hmac_sha256_matches(key, self.signing_input.as_bytes(), &self.signature)
    }
}

fn sign(header: &[u8], payload: &[u8], key: &[u8]) -> String {
    let mut token = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature = Zeroizing::new(hmac_sha256(key, token.as_bytes()));
    token.push('.');
    BASE64.encode_string(signature.as_slice(), &mut token);
    token
}

#[expect(clippy::expect_used, reason = "structs of texts and integers always become JSON")]
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts and integers become JSON")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::Random;

    const USER: &str = "0190a0b0-0000-7000-8000-000000000001";
    const SESSION: &str = "0190a0b0-0000-7000-8000-000000000002";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn tokens() -> AccessTokens {
        AccessTokens::new(&KeyRing::ephemeral(&Random::seeded(5)), SignedDuration::from_mins(15))
    }

    /// A token with any header and claims, signed with the right key.
    fn forged(header: &str, claims: &str) -> String {
        sign(header.as_bytes(), claims.as_bytes(), tokens().keys[0].1.as_slice())
    }

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","kid":"00000001"}"#;

    fn claims(changed: &str, to: &str) -> String {
        let claims =
            r#"{"iss":"beseda","aud":"beseda api","sub":"u","sid":"s","iat":1000,"nbf":1000,"exp":2000}"#;
        assert!(claims.contains(changed));
        claims.replace(changed, to)
    }

    #[test]
    fn the_signature_is_that_of_rfc_7515_appendix_a_1() {
        let header = b"{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
        let payload = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let key = BASE64
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let token = sign(header, payload, &key);
        assert_eq!(
            token,
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
             .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
             .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        let parts = Parts::split(&token).unwrap();
        assert!(parts.signed_with(&key));
        assert_eq!(parts.payload, payload);
        assert!(!parts.signed_with(&key[1..]));
    }

    #[test]
    fn a_token_speaks_for_its_user_until_it_expires() {
        let tokens = tokens();
        let issued = tokens.issue(USER, SESSION, at(1_000));
        assert_eq!(issued.expires_at, at(1_900));
        let token = issued.text.expose();
        for now in [1_000, 1_001, 1_899] {
            let claims = tokens.check(token, at(now)).unwrap();
            assert_eq!((claims.subject.as_str(), claims.session.as_str()), (USER, SESSION));
            assert_eq!(claims.expires_at, at(1_900));
        }
        assert_eq!(tokens.check(token, at(1_900)), Err(AccessTokenError::Expired));
        assert_eq!(tokens.check(token, at(9_999)), Err(AccessTokenError::Expired));
        assert!(tokens.check(token, at(980)).is_ok(), "the clock stepped back a little");
        assert_eq!(tokens.check(token, at(900)), Err(AccessTokenError::Invalid), "not yet valid");
    }

    #[test]
    fn another_installation_has_other_keys() {
        let elsewhere =
            AccessTokens::new(&KeyRing::ephemeral(&Random::seeded(6)), SignedDuration::from_mins(15));
        let token = elsewhere.issue(USER, SESSION, at(1_000)).text;
        assert_eq!(tokens().check(token.expose(), at(1_000)), Err(AccessTokenError::Invalid));
    }

    #[test]
    fn only_our_header_is_accepted() {
        let good = claims("beseda", "beseda");
        assert!(tokens().check(&forged(HEADER, &good), at(1_000)).is_ok());
        for header in [
            r#"{"alg":"none","typ":"JWT","kid":"00000001"}"#,
            r#"{"alg":"hs256","typ":"JWT","kid":"00000001"}"#,
            r#"{"alg":"HS512","typ":"JWT","kid":"00000001"}"#,
            r#"{"alg":"RS256","typ":"JWT","kid":"00000001"}"#,
            r#"{"typ":"JWT","kid":"00000001"}"#,
            r#"{"alg":"HS256","typ":"JWT"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"00000002"}"#,
            r#"{"alg":"HS256","typ":"at+jwt","kid":"00000001"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"00000001","crit":["exp"]}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"00000001","jwk":{"kty":"oct","k":"AA"}}"#,
            r#"{"alg":"HS256","alg":"none","typ":"JWT","kid":"00000001"}"#,
            "[]",
            "",
        ] {
            let result = tokens().check(&forged(header, &good), at(1_000));
            assert_eq!(result, Err(AccessTokenError::Invalid), "{header}");
        }
    }

    #[test]
    fn every_claim_must_be_there_and_right() {
        for (changed, to) in [
            (r#""iss":"beseda""#, r#""iss":"other""#),
            (r#""aud":"beseda api""#, r#""aud":"other""#),
            (r#""aud":"beseda api""#, r#""aud":["beseda api"]"#),
            (r#""iss":"beseda","#, ""),
            (r#""aud":"beseda api","#, ""),
            (r#""sub":"u","#, ""),
            (r#""sid":"s","#, ""),
            (r#""iat":1000,"#, ""),
            (r#""nbf":1000,"#, ""),
            (r#","exp":2000"#, ""),
            (r#""exp":2000"#, r#""exp":"2000""#),
            (r#""exp":2000"#, r#""exp":1e300"#),
            (r#""exp":2000"#, r#""exp":9223372036854775807"#),
            (r#""iat":1000"#, r#""iat":5000"#),
            (r#""nbf":1000"#, r#""nbf":5000"#),
            (r#""exp":2000"#, r#""exp":2000,"admin":true"#),
        ] {
            let result = tokens().check(&forged(HEADER, &claims(changed, to)), at(1_000));
            assert_eq!(result, Err(AccessTokenError::Invalid), "{changed} -> {to}");
        }
    }

    #[test]
    fn one_token_has_one_spelling() {
        let good = forged(HEADER, &claims("beseda", "beseda"));
        let (body, signature) = good.rsplit_once('.').unwrap();
        for other in [
            format!("{good}="),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{good}.{signature}"),
            format!("{body}."),
            body.to_owned(),
            format!("{good}{}", "A".repeat(2_000)),
            String::new(),
            "..".to_owned(),
            "...".to_owned(),
        ] {
            assert_eq!(tokens().check(&other, at(1_000)), Err(AccessTokenError::Invalid), "{other}");
        }
        // The last letter of 32 bytes in base64 has two bits over: they must be zero.
        let last = good.chars().last().unwrap();
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let accepted = letters
            .chars()
            .filter(|letter| {
                let respelled = format!("{}{letter}", &good[..good.len() - 1]);
                tokens().check(&respelled, at(1_000)).is_ok()
            })
            .collect::<String>();
        assert_eq!(accepted, last.to_string());
    }

    proptest! {
        #[test]
        fn no_changed_letter_goes_unseen(position in any::<prop::sample::Index>(), letter in any::<char>()) {
            let token = tokens().issue(USER, SESSION, at(1_000)).text;
            let mut letters: Vec<char> = token.expose().chars().collect();
            let position = position.index(letters.len());
            prop_assume!(letters[position] != letter);
            letters[position] = letter;
            let changed: String = letters.into_iter().collect();
            prop_assert_eq!(tokens().check(&changed, at(1_000)), Err(AccessTokenError::Invalid));
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,300}") {
            prop_assert_eq!(tokens().check(&text, at(1_000)), Err(AccessTokenError::Invalid));
        }

        #[test]
        fn what_is_issued_is_accepted(subject in "[ -~]{0,60}", session in "[ -~]{0,60}", now in 0_i64..10_000_000_000) {
            let tokens = tokens();
            let token = tokens.issue(&subject, &session, at(now)).text;
            let claims = tokens.check(token.expose(), at(now));
            prop_assert_eq!(
                claims.map(|claims| (claims.subject, claims.session)),
                Ok((subject, session))
            );
        }
    }
}
