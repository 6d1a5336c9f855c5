//! Addresses of the web in what people write. Pure text: whether one leads anywhere is not looked at.

const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// The addresses that stand in a text, in their order. What an app may find beside them (`shop.test` without a beginning)
/// is not among them: half of all abbreviations look like that.
pub fn in_text(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let begins = BEGINNINGS.iter().filter_map(|beginning| begins_at(rest, beginning)).min()?;
        let url = &rest[begins..];
        let end = url.find(|c: char| c.is_whitespace() || "<>\"'`()".contains(c)).unwrap_or(url.len());
        at += begins + end;
        Some(url[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']))
    })
}

/// Where a word begins like this.
fn begins_at(text: &str, beginning: &str) -> Option<usize> {
    let in_word = |at: usize| text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    text.match_indices(beginning).map(|(at, _)| at).find(|at| !in_word(*at))
}

/// Whether a text is nothing but an address; it may hold variables.
pub fn is_one(text: &str) -> bool {
    let text = text.trim();
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) && is_word(text)
}

/// Whether a text may be nothing but an address when its variables are filled in.
pub fn may_be_one(text: &str) -> bool {
    let text = text.trim();
    is_one(text) || (text.starts_with("{{") && is_word(text))
}

/// Whether an address has nothing where its host has to be; a variable there may hold one.
pub fn lacks_host(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    host.trim().is_empty() && !authority.contains("{{")
}

/// Whether nothing but what stands in templates has blanks.
fn is_word(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, template)) = rest.split_once("{{") {
        if before.contains(char::is_whitespace) {
            return false;
        }
        rest = template.split_once("}}").map_or("", |(_, behind)| behind);
    }
    !rest.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_the_middle_of_a_text() {
        for (text, wanted) in [
            (
                "See https://a.test/x?b=1, (or http://b.test) and https://real.shop.",
                vec!["https://a.test/x?b=1", "http://b.test", "https://real.shop"],
            ),
            ("www.shop.test!", vec!["www.shop.test"]),
            ("https://www.shop.test", vec!["https://www.shop.test"]),
            ("Пишите: https://a.test/{{id}}", vec!["https://a.test/{{id}}"]),
            ("awww.no xhttp://no", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(in_text(text).collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_nothing_but_an_address() {
        for text in ["https://a.test", " www.a.test\n", "http://a.test/{{ order number }}?x"] {
            assert!(is_one(text) && may_be_one(text), "{text}");
        }
        for text in ["{{ photo }}", "{{base}}/a.png"] {
            assert!(!is_one(text) && may_be_one(text), "{text}");
        }
        for text in ["See https://a.test", "https://a.test or so", "{{name}}, hello", "", "Hello"] {
            assert!(!is_one(text) && !may_be_one(text), "{text}");
        }
    }
}
