//! Texts that are addresses on the web. What a variable puts into one is percent-encoded, as the values of a request's
//! query are: a blank in a customer's name would make it no address at all, and an `&` would end the value.
//!
//! Not encoded are a `/` (a value may be several steps of a path), what is percent-encoded already (`|urlencode`, an
//! address that a service made), and the beginning of the address, which a variable may hold whole.

use std::borrow::Cow;

use minijinja::AutoEscape;

use super::{Mistake, Scope, Template, Templates};
use crate::calls::encoded_but;

/// The names of templates begin so in which every value is encoded, and those in which a value may be the beginning.
const INSIDE: &str = "inside an address ";
const WHOLE: &str = "an address ";

impl Templates {
    /// Prepares an address.
    pub fn address(&mut self, source: &str) -> Template {
        let source = source.trim();
        let before = source.split('{').next().unwrap_or_default();
        self.prepare(source, if has_begun(before) { INSIDE } else { WHOLE })
    }

    /// The address with its variables filled in. The template is one that was prepared as an address.
    pub fn render_address<'t>(&self, template: &'t Template, scope: Scope) -> Result<Cow<'t, str>, Mistake> {
        self.fill(template, scope, |text, value| {
            let written = if has_begun(text) { inside(value) } else { beginning(value) };
            text.push_str(&written);
        })
    }
}

/// How what is put into a template of this name is written: as escaping, which the formatter asks for.
pub(super) fn escaping(name: &str) -> AutoEscape {
    match () {
        () if name.starts_with(INSIDE) => AutoEscape::Custom(INSIDE.into()),
        () if name.starts_with(WHOLE) => AutoEscape::Custom(WHOLE.into()),
        () => AutoEscape::None,
    }
}

/// A value as such a template takes it; nothing where it is no address.
pub(super) fn escaped(escaping: &AutoEscape, value: &str) -> Option<String> {
    let AutoEscape::Custom(kind) = escaping else { return None };
    Some(if *kind == WHOLE && value.contains("://") { beginning(value) } else { inside(value) })
}

/// Whether an address has its scheme and host, so that what follows is a path, a query or a fragment.
fn has_begun(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']))
}

/// A value in an address that has begun.
fn inside(value: &str) -> String {
    written(value, |byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte))
}

/// A value that is the address, or its beginning: what an address may not have is encoded behind the host, which has its
/// own ways for other letters.
fn beginning(value: &str) -> String {
    let value = value.trim();
    let host = value.find("://").map_or(0, |at| at + 3);
    let path = value[host..].find(['/', '?', '#']).map_or(value.len(), |at| host + at);
    let (head, rest) = value.split_at(path);
    let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}%".contains(&byte);
    format!("{head}{}", written(rest, allowed))
}

/// The text with the bytes that may not stand there percent-encoded, unless they are that already.
fn written(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    let bytes = text.as_bytes();
    let is_coded = |at: usize| {
        bytes[at] == b'%'
            && bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    encoded_but(text, |at, byte| allowed(byte) || is_coded(at))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::effects::Now;
    use crate::model::Language;
    use crate::session::Variables;

    #[test]
    fn values_are_encoded_where_they_stand() {
        let mut variables = Variables::default();
        for (name, value) in [
            ("name", json!("Ann & Lee")),
            ("page", json!("cat/12")),
            ("coded", json!("a%20b")),
            ("sum", json!(12.5)),
            ("host", json!("shop.test:8080")),
            ("link", json!("https://a.test/menu of day?b=1&c=%D0%B0")),
        ] {
            assert!(variables.set(name, value));
        }
        let scope = Scope { variables: &variables, now: Now::utc(0), own: None };
        for (source, wanted) in [
            ("https://x.test/?n={{name}}", "https://x.test/?n=Ann%20%26%20Lee"),
            (
                "https://x.test/{{ page }}?s={{sum}}#{{ name }}",
                "https://x.test/cat/12?s=12.5#Ann%20%26%20Lee",
            ),
            ("https://x.test/?n={{ name|upper }}", "https://x.test/?n=ANN%20%26%20LEE"),
            ("https://x.test/?n={{ name|urlencode }}", "https://x.test/?n=Ann%20%26%20Lee"),
            ("https://x.test/?n={{ coded }}", "https://x.test/?n=a%20b"),
            (
                "https://x.test/?back={{link}}",
                "https://x.test/?back=https%3A//a.test/menu%20of%20day%3Fb%3D1%26c%3D%D0%B0",
            ),
            (" {{ link }} ", "https://a.test/menu%20of%20day?b=1&c=%D0%B0"),
            (
                "{{ link|default('') }}&n={{ name|lower }}",
                "https://a.test/menu%20of%20day?b=1&c=%D0%B0&n=ann%20%26%20lee",
            ),
            ("https://{{host}}/a", "https://shop.test:8080/a"),
            ("https://{{host}}/{{name}}", "https://shop.test:8080/Ann%20%26%20Lee"),
            ("https://x.test/a,b?c=d e", "https://x.test/a,b?c=d e"),
            ("https://x.test/{{ nobody }}", "https://x.test/"),
        ] {
            let mut templates = Templates::new(Language::En);
            let template = templates.address(source);
            assert_eq!(templates.render_address(&template, scope).unwrap(), wanted, "{source}");
        }
    }
}
