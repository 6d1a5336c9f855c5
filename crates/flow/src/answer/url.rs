//! Web addresses as people write them: mostly without their beginning.

/// Reads an address; what lacks `https://` is given it. The host is written small, the rest stays as it is.
pub fn parse(text: &str) -> Option<String> {
    const LONGEST: usize = 2_000;
    let text = text.trim().trim_start_matches('<').trim_end_matches(['>', ',', ';']);
    if text.len() > LONGEST || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (scheme, rest) = if lower.starts_with("https://") {
        ("https://", text.get(8..)?)
    } else if lower.starts_with("http://") {
        ("http://", text.get(7..)?)
    } else if lower.contains("://") {
        return None;
    } else {
        ("https://", text)
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A name before the host ("user@…") is how addresses are made to look like another's.
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (authority, None),
    };
    let host = host.trim_end_matches('.').to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let label_fits = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_fits =
        labels.last().is_some_and(|top| top.chars().count() >= 2 && !top.starts_with(char::is_numeric));
    let fits = host.len() <= 253 && labels.len() >= 2 && labels.iter().all(label_fits) && top_fits;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let path = if path == "/" { "" } else { path };
    fits.then(|| format!("{scheme}{host}{port}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, address) in [
            ("example.com", "https://example.com"),
            ("https://Example.COM/", "https://example.com"),
            ("HTTP://example.com/a?b=C#d", "http://example.com/a?b=C#d"),
            ("www.example.com/Путь", "https://www.example.com/Путь"),
            ("пример.рф", "https://пример.рф"),
            ("example.com:8080/x", "https://example.com:8080/x"),
            ("<https://example.com>", "https://example.com"),
            ("instagram.com/anna.p", "https://instagram.com/anna.p"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_address() {
        for text in [
            "",
            "example",
            "my site is example.com",
            "ftp://example.com",
            "javascript://example.com/%0aalert(1)",
            "https://user@example.com",
            "https://exa mple.com",
            "https://.com",
            "https://-a.com",
            "example.com:99999",
            "127.0.0.1",
            "12.50",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
