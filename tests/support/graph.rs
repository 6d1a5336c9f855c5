//! Meta's side of a webhook: the form in which its servers write JSON, and the signature over it.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::RequestBuilder;
use sha2::Sha256;

/// An app at Meta, as far as its webhooks go.
pub struct GraphApi {
    app_secret: String,
}

impl GraphApi {
    pub fn new(app_secret: &str) -> Self {
        Self { app_secret: app_secret.to_owned() }
    }

    /// The value of `X-Hub-Signature-256` over exactly these bytes.
    pub fn signature(&self, body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(self.app_secret.as_bytes()).expect("a key of any length");
        let tag = mac.chain_update(body).finalize().into_bytes();
        let hexadecimal: Vec<String> = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={}", hexadecimal.concat())
    }

    /// A webhook as Meta sends it.
    pub fn webhook(&self, http: &reqwest::Client, address: &str, body: Vec<u8>) -> RequestBuilder {
        let signature = self.signature(&body);
        http.post(address)
            .header("Content-Type", "application/json")
            .header("User-Agent", "facebookexternalua")
            .header("X-Hub-Signature-256", signature)
            .body(body)
    }
}

/// The same JSON with every character beyond ASCII written `\uXXXX`, as Meta writes it on the wire.
pub fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}
