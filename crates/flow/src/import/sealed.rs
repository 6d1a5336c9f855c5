//! One rule for what may be secret in a text of a file, whoever made it: it is never carried. Where a request needs it a
//! reference stands in its place; anywhere else it is painted over.
//!
//! Looked at are the addresses in a text, the values that a name before them says are secret, and words that look like
//! keys. What stands in templates names something and is left as it is.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::secrets::{PAINTED, is_key, is_random, is_secret_name, replaced};

/// How closely a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// It is sent to a service: what nobody guesses in an address lets somebody in.
    Request,
    /// People read it: links to documents hold what nobody guesses, and are meant for them.
    Words,
}

/// Hosts that let in whoever knows an address there, from end to end, and what these addresses begin with.
const SECRET_HOSTS: [(&str, &str); 8] = [
    ("hooks.", ""),
    ("hook.", ""),
    ("connect.pabbly.com", ""),
    ("api.telegram.org", ""),
    ("discord.com", "/api/"),
    ("discordapp.com", "/api/"),
    ("script.google.com", "/macros/"),
    ("maker.ifttt.com", "/trigger/"),
];

/// How what follows is shown to a service; no secret itself.
pub const SCHEMES: [&str; 4] = ["Bearer", "Basic", "Token", "ApiKey"];

/// Members that name something within the flow or the business, whatever they look like.
const IDS: [&str; 4] = ["id", "kind", "to", "variable"];
/// Letters and digits of a value that a name beside it, and not around it, says is secret.
const WORTH: usize = 6;

/// The text with everything secret replaced by what `refer` makes of it and of a name for it.
pub fn cleaned(text: &str, care: Care, wanted: &str, refer: &mut impl FnMut(&str, &str) -> String) -> String {
    let text = outside_templates(text, |text| addresses(text, care, refer));
    let text = outside_templates(&text, |text| named_values(text, care, refer));
    let text = outside_templates(&text, |text| replaced(text, |key| refer(key, wanted)));
    // A key may be written out within a template. There a reference has no braces.
    let Some(templates) = &*TEMPLATE else { return text };
    let mut bare = |key: &str| refer(key, wanted).trim_matches(['{', '}', ' ']).to_owned();
    let within = |found: &Captures| {
        replaced(&found[0], |word| if is_key(word) { bare(word) } else { word.to_owned() })
    };
    templates.replace_all(&text, within).into_owned()
}

static TEMPLATE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{\{[^{}]*\}\}").ok());

/// The text without anything secret, for people.
pub fn painted_over(text: &str) -> String {
    cleaned(text, Care::Words, "", &mut paint)
}

/// The text of code without anything secret.
pub fn painted_in_code(code: &str) -> String {
    cleaned(code, Care::Request, "", &mut paint)
}

fn paint(_: &str, _: &str) -> String {
    PAINTED.to_owned()
}

/// Paints over what is secret in everything within a value; says whether there was anything. `name` is what the value is
/// called.
pub fn painted(value: &mut Value, name: Option<&str>) -> bool {
    match value {
        Value::String(text) => {
            let whole = name.is_some_and(is_secret_name) && !text.contains("{{") && !text.trim().is_empty();
            let clean = if whole { PAINTED.to_owned() } else { painted_over(text) };
            let differs = clean != *text;
            *text = clean;
            differs
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| painted(item, name) | any),
        Value::Object(members) => {
            let called = members.get("name").and_then(Value::as_str).map(str::to_owned);
            let around = name.filter(|name| is_secret_name(name));
            members.iter_mut().filter(|(key, _)| !IDS.contains(&key.as_str())).fold(
                false,
                |any, (key, member)| {
                    let beside = called.as_deref().filter(|_| matches!(key.as_str(), "value" | "default"));
                    // A variable called "session" may well hold "morning".
                    let beside = beside.filter(|_| member.as_str().is_none_or(is_worth));
                    let key = if key == "name" { None } else { Some(key.as_str()) };
                    painted(member, around.or(beside).or(key)) | any
                },
            )
        }
        _ => false,
    }
}

/// Whether a word could be a secret at all.
fn is_worth(word: &str) -> bool {
    word.len() >= WORTH && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// An address of a service without its secrets. `service`: whose own it is, so that it is secret from end to end.
pub fn request_address(
    url: &str,
    service: Option<&str>,
    refer: &mut impl FnMut(&str, &str) -> String,
) -> String {
    outside_templates(url, |url| address(url, Care::Request, service, refer))
}

/// Every address in a text, cleaned.
fn addresses(text: &str, care: Care, refer: &mut impl FnMut(&str, &str) -> String) -> String {
    static ADDRESS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)(?:[a-z][a-z0-9+.\-]*://|www\.)[^\s<>"'`()]+"#).ok());
    // Where nothing else can be, an address may hold what would end it in a sentence.
    if care == Care::Request && text.contains("://") && !text.contains(char::is_whitespace) {
        let schemes = text.split_once("://").map_or("", |(scheme, _)| scheme);
        if schemes.chars().all(char::is_alphanumeric) {
            return address(text, care, None, refer);
        }
    }
    let Some(found) = &*ADDRESS else { return text.to_owned() };
    let clean = |found: &Captures| {
        let whole = &found[0];
        let url = whole.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        address(url, care, None, refer) + &whole[url.len()..]
    };
    found.replace_all(text, clean).into_owned()
}

fn address(
    url: &str,
    care: Care,
    service: Option<&str>,
    refer: &mut impl FnMut(&str, &str) -> String,
) -> String {
    let (scheme, rest) = url.split_at(url.find("://").map_or(0, |at| at + 3));
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let name = host.split(':').next().unwrap_or_default().to_lowercase();
    let name = name.strip_prefix("www.").unwrap_or(&name);
    let wanted = service.map_or_else(|| name.replace('.', "_"), str::to_owned);
    let mut clean = scheme.to_owned();
    if let Some(user) = user {
        let password = user.rsplit(':').next().unwrap_or_default();
        let known = is_named(password) || password.contains(PAINTED);
        clean += &if known { user.to_owned() } else { refer(user, &format!("{wanted}_authorization")) };
        clean.push('@');
    }
    clean += host;
    let is_secret = service.is_some()
        || SECRET_HOSTS.iter().any(|(known, path)| name.starts_with(known) && rest.starts_with(path));
    if is_secret && rest.len() > 1 && !names_secret(rest) && !rest.contains(PAINTED) {
        return clean + "/" + &refer(&rest[1..], &format!("{wanted}_address"));
    }
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    for (n, part) in path.split('/').enumerate() {
        if n > 0 {
            clean.push('/');
        }
        if care == Care::Request && is_random(part) {
            clean += &refer(part, &format!("{wanted}_address"));
        } else {
            clean += part;
        }
    }
    for piece in query.split_inclusive(['?', '#', '&', ';']) {
        let (pair, end) = piece.split_at(piece.trim_end_matches(['?', '#', '&', ';']).len());
        match pair.split_once('=') {
            Some((name, value))
                if !value.is_empty()
                    && !is_named(value)
                    && value != PAINTED
                    && (is_secret_name(name)
                        || is_key(value)
                        || (care == Care::Request && is_random(value))) =>
            {
                clean.extend([name, "=", &refer(value, name)]);
            }
            _ => clean += pair,
        }
        clean += end;
    }
    clean
}

/// The text with the values replaced that a name before them says are secret: `api_key=…`, `"password": "…"`.
fn named_values(text: &str, care: Care, refer: &mut impl FnMut(&str, &str) -> String) -> String {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"([A-Za-z_][\w-]*)(?:(["'`]?\s*[:=]\s*["'`])([^"'`\n]+)|(["'`]?\s*[:=]\s*)([^"'`\s&;,<>{}()]+))"#,
        )
        .ok()
    });
    let Some(named) = &*NAMED else { return text.to_owned() };
    let clean = |found: &Captures| {
        let part = |n| found.get(n).map_or("", |part| part.as_str());
        let (name, quoted) = (part(1), found.get(3).is_some());
        let (sign, value) = if quoted { (part(2), part(3)) } else { (part(4), part(5)) };
        let known = is_named(value)
            || value.contains(PAINTED)
            || value.contains("://")
            || SCHEMES.iter().any(|scheme| value.eq_ignore_ascii_case(scheme));
        let fits = match care {
            Care::Request => quoted || sign.contains('=') || is_worth(value),
            Care::Words if quoted || sign == "=" => is_worth(value),
            Care::Words => is_random(value),
        };
        if known || !fits || !is_secret_name(name) {
            return found[0].to_owned();
        }
        // `"Bearer …"`: the words that show it stay.
        let (scheme, key) = apart(value);
        [name, sign, scheme, &refer(key, name)].concat()
    };
    named.replace_all(text, clean).into_owned()
}

/// The words that say how a secret is shown, with the blank behind them, and the secret.
pub fn apart(value: &str) -> (&str, &str) {
    let begins = value.split_once(' ').filter(|(scheme, key)| {
        SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) && !key.trim().is_empty()
    });
    begins.map_or(("", value), |(scheme, _)| value.split_at(scheme.len() + 1))
}

/// Stands around the number of a template while a text is cleaned: a sign for private use, which nobody writes.
const MARK: char = '\u{F8F0}';
/// Before the number of a template that refers to a secret.
const SECRET: char = 's';

/// The text with what stands between its templates changed.
fn outside_templates(text: &str, change: impl FnOnce(&str) -> String) -> String {
    if !text.contains("{{") || text.contains(MARK) {
        return change(text);
    }
    let (mut masked, mut templates, mut rest) = (String::with_capacity(text.len()), Vec::new(), text);
    while let Some((open, close)) =
        rest.find("{{").and_then(|open| Some((open, open + rest[open..].find("}}")?)))
    {
        let template = &rest[open..close + 2];
        masked += &rest[..open];
        masked.push(MARK);
        masked.extend(template.contains("secret.").then_some(SECRET));
        masked += &templates.len().to_string();
        masked.push(MARK);
        templates.push(template);
        rest = &rest[close + 2..];
    }
    masked += rest;
    let changed = change(&masked);
    let pieces = changed.split(MARK).enumerate().map(|(n, piece)| match n % 2 {
        0 => piece,
        _ => piece
            .trim_start_matches(SECRET)
            .parse()
            .ok()
            .and_then(|n: usize| templates.get(n).copied())
            .unwrap_or_default(),
    });
    pieces.collect()
}

/// Whether a value is named by a template.
fn is_named(value: &str) -> bool {
    value.contains(MARK)
}

fn names_secret(value: &str) -> bool {
    value.contains(&[MARK, SECRET].iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_lose_what_lets_somebody_in() {
        for (text, care, wanted) in [
            ("https://me:pw@a.test/x", Care::Words, "https://•••@a.test/x"),
            (
                "See https://a.test/?api_key=x1&q=2#token=y2, please",
                Care::Words,
                "See https://a.test/?api_key=•••&q=2#token=•••, please",
            ),
            ("https://hooks.slack.com/services/T0/B0/x", Care::Words, "https://hooks.slack.com/•••"),
            (
                "https://API.telegram.org/bot1:AA-…/sendMessage?chat=1",
                Care::Words,
                "https://API.telegram.org/•••",
            ),
            ("https://discord.com/invite/abc", Care::Words, "https://discord.com/invite/abc"),
            (
                "https://docs.test/d/1FAIpQLSd0abc123def456ghi/view",
                Care::Words,
                "https://docs.test/d/1FAIpQLSd0abc123def456ghi/view",
            ),
            ("https://a.test/hook/1FAIpQLSd0abc123def456ghi", Care::Request, "https://a.test/hook/•••"),
            ("https://a.test/x'y?api_key=abc", Care::Request, "https://a.test/x'y?api_key=•••"),
            ("{{base}}/x?api_key=abc", Care::Request, "{{base}}/x?api_key=•••"),
            // What names a secret is none.
            (
                "https://a.test/?api_key={{ secret.a }}&id={{ id }}",
                Care::Request,
                "https://a.test/?api_key={{ secret.a }}&id={{ id }}",
            ),
            (
                "https://api.telegram.org/bot{{ secret.bot }}/sendMessage",
                Care::Request,
                "https://api.telegram.org/bot{{ secret.bot }}/sendMessage",
            ),
            (
                "https://{{ secret.login }}@a.test/{{ a / b }}",
                Care::Request,
                "https://{{ secret.login }}@a.test/{{ a / b }}",
            ),
            ("apikey=verysecretvalue12345", Care::Request, "apikey=•••"),
            ("Authorization: Bearer abcdefgh", Care::Request, "Authorization: Bearer •••"),
            (
                "Your password: ask us. Session: tomorrow",
                Care::Words,
                "Your password: ask us. Session: tomorrow",
            ),
            ("token: 9f8e7d6c5b4a39281706aabb", Care::Words, "token: •••"),
            ("Say {{ 'sk-live-0123456789abcdef' }} {{ name", Care::Words, "Say {{ '•••' }} {{ name"),
            ("{{ name | upper and sk-live-0123456789abcdef", Care::Words, "{{ name | upper and •••"),
        ] {
            let clean = cleaned(text, care, "key", &mut paint);
            assert_eq!(clean, wanted);
            assert_eq!(cleaned(&clean, care, "key", &mut paint), clean, "nothing is taken twice");
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
    fn a_name_says_what_is_secret() {
        let mut value = json!({ "list": [{ "secret": "x" }, { "name": "X-Api-Key", "value": "abc123" }],
            "credentials": { "user": "me" }, "name": "session", "default": "morning", "tokens": 5 });
        assert!(painted(&mut value, None));
        let wanted = json!({ "list": [{ "secret": "•••" }, { "name": "X-Api-Key", "value": "•••" }],
            "credentials": { "user": "•••" }, "name": "session", "default": "morning", "tokens": 5 });
        assert_eq!(value, wanted);
        assert!(!painted(&mut value, None));
    }
}
