//! The harness itself, against values that others computed.

use crate::support::graph::{GraphApi, escaped};

#[test]
fn signatures_are_hmac_sha_256() {
    // RFC 4231, test case 2.
    let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(GraphApi::new("Jefe").signature(b"what do ya want for nothing?"), expected);
}

#[test]
fn webhooks_are_ascii_on_the_wire() {
    assert_eq!(escaped("{\"a\":\"é😀/\"}"), "{\"a\":\"\\u00e9\\ud83d\\ude00/\"}");
}
