//! JSON as Meta writes it into webhooks, and its signature. Pure.
//!
//! Meta signs "an escaped unicode version of the payload, with lowercase hex digits": everything outside ASCII as
//! `\uXXXX`, and `/` as `\/`. Receivers that hash anything but the raw bytes fail on the first word that is not
//! English, which is why the simulator must not write plainer JSON.

use std::io;

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use sha2::Sha256;

/// `value` as Meta would write it. Nothing that is serialised here can fail, so a failure gives `null`.
pub fn json(value: &impl Serialize) -> String {
    let mut written = Vec::with_capacity(512);
    match value.serialize(&mut Serializer::with_formatter(&mut written, Escaping)) {
        Ok(()) => String::from_utf8(written).unwrap_or_default(),
        Err(_) => "null".to_owned(),
    }
}

/// The header `X-Hub-Signature-256` for `body`.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        // HMAC takes keys of every length.
        return String::new();
    };
    mac.update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    text
}

const HEX: &[u8; 16] = b"0123456789abcdef";

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, letter) in fragment.char_indices() {
            if letter.is_ascii() && letter != '/' {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            plain = at + letter.len_utf8();
            if letter == '/' {
                writer.write_all(b"\\/")?;
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn everything_outside_ascii_is_escaped_in_lower_case() {
        for (text, expected) in [
            ("äöå", r#""\u00e4\u00f6\u00e5""#),
            ("Привет", r#""\u041f\u0440\u0438\u0432\u0435\u0442""#),
            ("👍🏽", r#""\ud83d\udc4d\ud83c\udffd""#),
            ("https://a/b?c=d&e=<f>%@", r#""https:\/\/a\/b?c=d&e=<f>%@""#),
            ("\"\\\n\u{1}", r#""\"\\\n\u0001""#),
            ("", r#""""#),
        ] {
            assert_eq!(super::json(&text), expected);
        }
    }

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_the_same(text in ".*", key in ".*") {
            let value = json!({ key: [text, 1.5, null, true] });
            let escaped = super::json(&value);
            prop_assert!(escaped.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);
        }
    }
}
