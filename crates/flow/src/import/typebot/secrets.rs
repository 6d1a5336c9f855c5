//! What may be secret in a file: it is never carried. Where a request needs it a reference stands in its place; anywhere
//! else it is painted over.
//!
//! A heuristic that rather takes too much: an id that was taken for a key is filled in once by hand, a key that was
//! carried is out.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::{sanitised, unique};

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

/// The text without any key.
pub fn painted_over(text: &str) -> String {
    replaced(text, |_| PAINTED.to_owned())
}

/// The text of code without any key, and without the quoted values of what is named as a secret.
pub fn painted_in_code(code: &str) -> String {
    static NAMED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"([A-Za-z_][\w-]*)(["'`]?\s*[:=]\s*["'`])([^"'`\n]+)"#).ok());
    let clean = painted_over(code);
    let Some(named) = &*NAMED else { return clean };
    let painted = |found: &Captures| {
        let value = if is_secret_name(&found[1]) { PAINTED } else { &found[3] };
        [&found[1], &found[2], value].concat()
    };
    named.replace_all(&clean, painted).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_secrets() {
        for name in
            ["Authorization", "X-API-Key", "api_key", "access_token", "Cookie", "client-secret", "key"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["Content-Type", "Accept", "name", "monkey", "keyword"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn keys_in_texts_are_painted_over() {
        let text = "Use sk-abcdef1234567890 and Bearer abcdefgh, not skating-in-winter-2024";
        assert_eq!(painted_over(text), "Use ••• and Bearer •••, not skating-in-winter-2024");
    }

    #[test]
    fn named_values_in_code_are_painted_over() {
        let code = r#"const apiKey = 'abc'; let size = "big"; fetch(u, {headers: {"Authorization": "abc"}})"#;
        let wanted =
            r#"const apiKey = '•••'; let size = "big"; fetch(u, {headers: {"Authorization": "•••"}})"#;
        assert_eq!(painted_in_code(code), wanted);
        assert_eq!(painted_in_code(r#"{"password": "hunter2", "a": 1}"#), r#"{"password": "•••", "a": 1}"#);
    }

    #[test]
    fn one_secret_has_one_name() {
        let mut secrets = Secrets::default();
        assert_eq!(secrets.named("a", "Authorization"), "authorization");
        assert_eq!(secrets.named("b", "Authorization"), "authorization_2");
        assert_eq!(secrets.named("a", "x"), "authorization");
    }
}
