//! How something secret is known: by the name that it has, or by its look. What is done with it is said in [`sealed`].
//!
//! [`sealed`]: super::sealed
//!
//! A heuristic that rather takes too much: an id that was taken for a key is filled in once by hand, a key that was
//! carried is out.

use std::collections::{HashMap, HashSet};

use super::typebot::names::{sanitised, unique};

/// Stands where something secret stood in a text.
pub const PAINTED: &str = "•••";

/// What keys of well-known services begin with.
const BEGINNINGS: [&str; 21] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AIza",
    "AKIA",
    "eyJ",
    "SG.",
    "EAA",
    "shpat_",
    "hf_",
    "gsk_",
    "key-",
];

/// Secrets that the requests of a flow refer to: by what each was, so that one secret has one name.
#[derive(Default)]
pub struct Secrets {
    by_value: HashMap<String, String>,
    taken: HashSet<String>,
    tries: HashMap<String, usize>,
}

impl Secrets {
    /// The name of the secret that stands for this value.
    pub fn named(&mut self, value: &str, wanted: &str) -> String {
        if let Some(name) = self.by_value.get(value) {
            return name.clone();
        }
        let wanted = sanitised(&wanted.to_lowercase());
        let name = unique(&wanted, '_', &mut self.taken, &mut self.tries);
        self.by_value.insert(value.to_owned(), name.clone());
        name
    }
}

/// Whether a field, header or parameter of this name holds something secret.
pub fn is_secret_name(name: &str) -> bool {
    let name: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    // Who wrote something is no secret; that somebody is authorised is.
    let name = name.replace("authori", "auth-i").replace("author", "");
    let within = [
        "auth",
        "token",
        "secret",
        "password",
        "passwd",
        "apikey",
        "accesskey",
        "privatekey",
        "cookie",
        "signature",
        "credential",
        "session",
        "bearer",
    ];
    matches!(name.as_str(), "key" | "pwd" | "pass" | "sig" | "xkey")
        || within.iter().any(|part| name.contains(part))
}

/// Whether a word looks like a key.
pub fn is_key(word: &str) -> bool {
    let begins = || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
    (word.len() >= 16 && begins() && word.bytes().any(|byte| byte.is_ascii_digit())) || has_form_of_key(word)
}

/// Whether a word has the form of a key that needs no digit, or that its beginning alone does not tell.
fn has_form_of_key(word: &str) -> bool {
    let letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(signing) = word.strip_prefix(SIGNING) {
        return signing.len() >= 8;
    }
    if let Some(amazon) = word.strip_prefix("AKIA").or_else(|| word.strip_prefix("ASIA")) {
        return amazon.len() == 16 && amazon.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    }
    let airtable = word.strip_prefix("pat").and_then(|rest| rest.split_once('.'));
    let is_airtable = airtable.is_some_and(|(id, key)| {
        id.len() == 14 && letters(id) && key.len() >= 16 && key.bytes().all(|b| b.is_ascii_hexdigit())
    });
    is_airtable || of_telegram(word) == Some(word.len())
}

/// What keys that sign webhooks begin with; they go on in Base64.
const SIGNING: &str = "whsec_";

/// The length of the token of a Telegram bot at the beginning of a text: `110201543:AA…`.
fn of_telegram(text: &str) -> Option<usize> {
    let (bot, rest) = text.split_once(':')?;
    let key = rest.find(|c| !is_part(c) || c == '.').unwrap_or(rest.len());
    let is_bot = (6..=12).contains(&bot.len()) && bot.bytes().all(|byte| byte.is_ascii_digit());
    (is_bot && key >= 30).then_some(bot.len() + 1 + key)
}

/// Whether a part of an address looks like something that nobody guesses.
pub fn is_random(word: &str) -> bool {
    if is_key(word) {
        return true;
    }
    let (mut digits, mut letters) = (0, 0);
    for byte in word.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'-' | b'_' | b':' => {}
            _ => return false,
        }
    }
    digits >= 3 && letters >= 3 && digits + letters >= 20
}

/// The text with every key in it replaced.
pub fn replaced(text: &str, mut with: impl FnMut(&str) -> String) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_scheme = false;
    while let Some(start) = rest.find(is_part) {
        clean.push_str(&rest[..start]);
        rest = &rest[start..];
        // Telegram's own addresses put this before a token.
        if let Some(token) = rest.strip_prefix("bot").filter(|token| of_telegram(token).is_some()) {
            clean.push_str("bot");
            rest = token;
        }
        let (word, after) = rest.split_at(end_of_word(rest));
        let key = is_key(word) || (after_scheme && word.len() >= 8);
        clean.push_str(&if key { with(word) } else { word.to_owned() });
        after_scheme = matches!(word, "Bearer" | "bearer" | "Basic") && after.starts_with(' ');
        rest = after;
    }
    clean + rest
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn end_of_word(text: &str) -> usize {
    let base64 = text.starts_with(SIGNING);
    let ends = |c| !(is_part(c) || (base64 && matches!(c, '+' | '/' | '=')));
    of_telegram(text).or_else(|| text.find(ends)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_secrets() {
        for name in [
            "Authorization",
            "X-API-Key",
            "api_key",
            "access_token",
            "Cookie",
            "client-secret",
            "key",
            "is_authorized",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["Content-Type", "Accept", "name", "monkey", "keyword", "author"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn keys_of_known_services_are_found_in_any_text() {
        for key in [
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZ+Io2/LaLaSw==",
            "whsec_abcdefghijkl",
            "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",
            "patAbCdEfGhIjKlMn.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAIOSFODNNXEXAMPLE",
        ] {
            let paint = |text: &str| replaced(text, |_| PAINTED.to_owned());
            assert!(is_key(key) && is_random(key), "{key}");
            for (before, after) in
                [("", ""), ("use ", ", please"), ("https://a.test/x/", "?y=1"), ("token: \"", "\"}")]
            {
                assert_eq!(paint(&format!("{before}{key}{after}")), format!("{before}•••{after}"));
            }
        }
        let called = "https://a.test/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe";
        assert_eq!(replaced(called, |_| PAINTED.to_owned()), "https://a.test/bot•••/getMe");
        for text in [
            "patience is all. Pat pat.",
            "whsec_short",
            "AKIA is a ship, AKIABARA too",
            "at 10:30, 110201543: call us",
            "patterns.example.com",
            "bottle 110201543:12",
        ] {
            assert_eq!(replaced(text, |_| PAINTED.to_owned()), text);
        }
    }

    #[test]
    fn one_secret_has_one_name() {
        let mut secrets = Secrets::default();
        assert_eq!(secrets.named("a", "Authorization"), "authorization");
        assert_eq!(secrets.named("b", "Authorization"), "authorization_2");
        assert_eq!(secrets.named("a", "x"), "authorization");
    }
}
