//! Secrets in what comes back from outside. A service may repeat what it was sent, and a refusal may name the key: a run
//! keeps it, people read it, a bot says it to a customer. Here they are painted over before anybody has them.
//!
//! What a service makes of a secret by a code of its own (a hash, Base64) is not known again.

use std::borrow::Cow;

use beseda_flow::CallFault;
use serde_json::Value;
use url::form_urlencoded;

use super::Means;

const PAINT: &str = "•••";

/// Characters from which on a secret is also looked for within a text. Shorter ones stand in many texts by chance, as a
/// number of four digits does; they are painted over where they are all that is said.
const LONG: usize = 6;

/// The secrets of a call, in each spelling that a service may send back.
pub struct Veil {
    whole: Vec<String>,
    within: Vec<String>,
}

impl Veil {
    pub fn of(means: &Means) -> Self {
        let named = means.secrets.iter().map(|(_, secret)| secret.expose());
        let connection = means.connection.iter().filter_map(|(_, secret)| Some(secret.as_ref()?.expose()));
        let secrets: Vec<&str> = named.chain(connection).filter(|secret| !secret.is_empty()).collect();
        let long = secrets.iter().filter(|secret| secret.chars().count() >= LONG);
        let mut within: Vec<String> = long.flat_map(|secret| spellings(secret)).collect();
        // A longer one may hold a shorter one: what is left of it would stand there.
        within.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        within.dedup();
        Self { whole: secrets.into_iter().map(str::to_owned).collect(), within }
    }

    pub fn cover(&self, text: &mut String) {
        if self.whole.iter().any(|secret| secret == text.trim()) {
            PAINT.clone_into(text);
            return;
        }
        for spelling in &self.within {
            if text.contains(spelling) {
                *text = text.replace(spelling, PAINT);
            }
        }
    }

    /// Every text and number in a value, the names of its fields too.
    pub fn cover_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.cover(text),
            Value::Number(number) => {
                let mut text = number.to_string();
                self.cover(&mut text);
                if text.contains(PAINT) {
                    *value = Value::String(text);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.cover_value(item)),
            Value::Object(fields) => {
                let old = std::mem::take(fields);
                fields.extend(old.into_iter().map(|(mut name, mut field)| {
                    self.cover(&mut name);
                    self.cover_value(&mut field);
                    (name, field)
                }));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// What somebody else said of why it came to nothing.
    pub fn cover_fault(&self, mut fault: CallFault) -> CallFault {
        if let Some(said) = fault.said_mut() {
            self.cover(said);
        }
        fault
    }
}

/// As it is, as a part of an address (both ways to write a space), and as JSON writes it within a text.
fn spellings(secret: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let path = form.replace('+', "%20");
    let lower = lower_escapes(&path).into_owned();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let slashes = json.replace('/', "\\/");
    let mut all = vec![secret.to_owned(), form, path, lower, json, slashes];
    all.sort();
    all.dedup();
    all
}

/// `%2F` as `%2f`: both are right (RFC 3986 §2.1).
fn lower_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut left = 0;
    let lower = text.chars().map(|c| match c {
        '%' => {
            left = 2;
            c
        }
        c if left > 0 => {
            left -= 1;
            c.to_ascii_lowercase()
        }
        c => c,
    });
    lower.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use beseda_flow::CallFailure;
    use serde_json::json;

    use super::*;
    use crate::crypto::Secret;

    fn veil(secrets: &[&str]) -> Veil {
        let secrets = secrets.iter().map(|text| ("k".to_owned(), Secret::new((*text).to_owned())));
        Veil::of(&Means { secrets: secrets.collect(), connection: None })
    }

    #[test]
    fn a_secret_is_painted_over_in_each_spelling() {
        let secret = "pass word/\"é+=";
        let veil = veil(&[secret]);
        for said in [
            format!("Bearer {secret}"),
            "/?k=pass+word%2F%22%C3%A9%2B%3D&x".to_owned(),
            "/pass%20word%2F%22%C3%A9%2B%3D".to_owned(),
            "/pass%20word%2f%22%c3%a9%2b%3d".to_owned(),
            format!("body: {}", json!({ "k": secret })),
            r#"{"k":"pass word\/\"é+="}"#.to_owned(),
        ] {
            let mut covered = said.clone();
            veil.cover(&mut covered);
            assert!(covered.contains(PAINT) && !covered.contains("word"), "{said} -> {covered}");
        }
    }

    #[test]
    fn values_names_and_numbers_are_looked_through() {
        let mut value = json!({ "a": ["key 12345678", 12_345_678, 5], "12345678": { "12345678x": null } });
        veil(&["12345678"]).cover_value(&mut value);
        assert_eq!(value, json!({ "a": ["key •••", "•••", 5], "•••": { "•••x": null } }));
    }

    #[test]
    fn a_short_one_spoils_no_text_that_holds_it_by_chance() {
        let mut value = json!(["1234", "order 51234", 1234]);
        veil(&["1234", ""]).cover_value(&mut value);
        assert_eq!(value, json!(["•••", "order 51234", "•••"]));
    }

    #[test]
    fn the_longer_of_two_is_covered_whole() {
        let mut text = "secret-and-more".to_owned();
        veil(&["secret", "secret-and-more"]).cover(&mut text);
        assert_eq!(text, PAINT);
    }

    #[test]
    fn what_a_server_says_of_its_refusal_is_covered() {
        let said = "Incorrect API key provided: sk-very-secret".to_owned();
        let fault = veil(&["sk-very-secret"]).cover_fault(CallFault::ModelStatus { status: 401, said });
        let words = CallFailure::from(fault).words(beseda_flow::Language::En);
        assert!(words.contains(PAINT) && !words.contains("sk-very"), "{words}");
    }
}
