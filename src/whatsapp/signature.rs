//! Proof that a webhook comes from Meta: `X-Hub-Signature-256`.
//!
//! Meta signs the bytes it sends, in which every non-ASCII character is written `\uXXXX` (FACTS §5). So the bytes
//! are checked as they arrived and before anything parses them: JSON written anew by us would never match.

use crate::crypto::{hmac_sha256, hmac_sha256_matches};

/// Which of the `secrets` signed `body`, or `None` when the header is malformed or no secret fits.
///
/// `header` is the value of `X-Hub-Signature-256`, `sha256=` and 64 hex digits. Several app secrets may be
/// candidates: before the body is trusted it cannot say for whom it is, and a secret may be in the middle of a change.
/// The comparison takes the same time wherever the first difference lies.
pub fn signer<S: AsRef<[u8]>>(
    body: &[u8],
    header: &str,
    secrets: impl IntoIterator<Item = S>,
) -> Option<usize> {
    let tag = unhex(header.trim().strip_prefix("sha256=")?)?;
    secrets.into_iter().position(|secret| {
        let secret = secret.as_ref();
        // An empty secret is no secret: everybody could sign with it.
        !secret.is_empty() && hmac_sha256_matches(secret, body, &tag)
    })
}

/// Whether the header could be a signature at all.
pub fn is_well_formed(header: &str) -> bool {
    header.trim().strip_prefix("sha256=").and_then(unhex).is_some()
}

/// The header Meta would send for `body`: what the simulator and the tests need.
pub fn sign(body: &[u8], secret: &[u8]) -> String {
    format!("sha256={}", hex(&hmac_sha256(secret, body)))
}

/// Bytes in small hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_vector() {
        assert!(is_well_formed(&sign(b"", b"x")));
        // RFC 4231, test case 2.
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign(b"what do ya want for nothing?", b"Jefe"), header);
        assert_eq!(signer(b"what do ya want for nothing?", header, [b"Jefe"]), Some(0));
    }

    #[test]
    fn names_the_secret_that_signed() {
        let header = sign(b"{}", b"second");
        assert_eq!(signer(b"{}", &header, ["first", "second"]), Some(1));
        assert_eq!(signer(b"{}", &header, ["first"]), None);
        assert_eq!(signer(b"{}", &header, Vec::<&str>::new()), None);
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let body = br#"{"entry":[{"id":"1"}]}"#;
        let header = sign(body, b"secret");
        for at in 0..body.len() * 8 {
            let mut changed = body.to_vec();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(signer(&changed, &header, ["secret"]), None);
        }
    }

    #[test]
    fn malformed_headers_and_empty_secrets_are_refused() {
        let good = sign(b"{}", b"secret");
        let hex = good.strip_prefix("sha256=").unwrap();
        for header in [
            "",
            "sha256=",
            hex,
            &format!("sha1={hex}"),
            &good[..good.len() - 1],
            &format!("{good}0"),
            &format!("sha256={}", "zz".repeat(32)),
            &format!("sha256={}", "é".repeat(32)),
            &format!("sha256=+{}", &hex[1..]),
        ] {
            assert_eq!(signer(b"{}", header, ["secret"]), None, "{header}");
            assert!(!is_well_formed(header), "{header}");
        }
        assert_eq!(signer(b"{}", &sign(b"{}", b""), [""]), None);
        assert_eq!(signer(b"{}", &format!("sha256={}", hex.to_uppercase()), ["secret"]), Some(0));
    }
}
