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
const BEGINNINGS: [&str; 22] = [
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
    "whsec_",
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
    word.len() >= 16
        && BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a part of an address looks like something that nobody guesses.
pub fn is_random(word: &str) -> bool {
    let (mut digits, mut letters) = (0, 0);
    for byte in word.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'-' | b'_' | b':' => {}
            _ => return false,
        }
    }
    is_key(word) || (digits >= 3 && letters >= 3 && digits + letters >= 20)
}

/// The text with every key in it replaced.
pub fn replaced(text: &str, mut with: impl FnMut(&str) -> String) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_scheme = false;
    while let Some(start) = rest.find(part) {
        clean.push_str(&rest[..start]);
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|c| !part(c)).unwrap_or(rest.len()));
        let key = is_key(word) || (after_scheme && word.len() >= 8);
        clean.push_str(&if key { with(word) } else { word.to_owned() });
        after_scheme = matches!(word, "Bearer" | "bearer" | "Basic") && after.starts_with(' ');
        rest = after;
    }
    clean + rest
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
    fn one_secret_has_one_name() {
        let mut secrets = Secrets::default();
        assert_eq!(secrets.named("a", "Authorization"), "authorization");
        assert_eq!(secrets.named("b", "Authorization"), "authorization_2");
        assert_eq!(secrets.named("a", "x"), "authorization");
    }
}
