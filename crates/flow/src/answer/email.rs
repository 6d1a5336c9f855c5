//! E-mail addresses: the shape that mail providers give out, not all that RFC 5322 allows (quoted parts, comments).

/// Reads an address. The part after `@` is written small (it is a domain); the part before stays as it is.
pub fn parse(text: &str) -> Option<String> {
    // What phones put around a pasted address.
    let text = text
        .trim()
        .trim_start_matches("mailto:")
        .trim_start_matches('<')
        .trim_end_matches(['>', '.', ',', ';']);
    let (local, domain) = text.split_once('@')?;
    let domain = domain.to_lowercase();
    let local_fits = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let labels: Vec<_> = domain.split('.').collect();
    let label_fits = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A name at the end, never a number: `anna@192.168.0.1` is no address to write to.
    let top_fits =
        labels.last().is_some_and(|top| top.chars().count() >= 2 && !top.starts_with(char::is_numeric));
    let domain_fits = domain.len() <= 253 && labels.len() >= 2 && labels.iter().all(label_fits) && top_fits;
    (local_fits && domain_fits).then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, address) in [
            ("anna@example.com", "anna@example.com"),
            (" Anna.Petrova+shop@Mail.Example.COM ", "Anna.Petrova+shop@mail.example.com"),
            ("<anna@example.com>", "anna@example.com"),
            ("mailto:anna@example.com", "anna@example.com"),
            ("anna@example.com.", "anna@example.com"),
            ("иван@пример.рф", ""),
            ("ivan@пример.рф", "ivan@пример.рф"),
            ("a_b-c@x-y.co", "a_b-c@x-y.co"),
        ] {
            assert_eq!(parse(text).unwrap_or_default(), address, "{text}");
        }
    }

    #[test]
    fn what_is_not_an_address() {
        for text in [
            "",
            "anna",
            "anna@",
            "@example.com",
            "anna@example",
            "anna@@example.com",
            "anna example@mail.com",
            "anna@exa mple.com",
            ".anna@example.com",
            "an..na@example.com",
            "anna@-example.com",
            "anna@example..com",
            "anna@192.168.0.1",
            "anna@example.c",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("{}@example.com", "a".repeat(65))), None);
    }
}
