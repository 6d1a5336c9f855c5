//! Phone numbers: read as people write them, kept as `+` and digits (E.164).
//!
//! This knows how numbers begin in the countries below, not which of them exist: that needs tables of a megabyte,
//! and a call is what proves a number.

/// A country's calling code, the prefix of calls within it, and the digits of a number without both.
struct Country {
    name: &'static str,
    code: &'static str,
    trunk: &'static str,
    digits: std::ops::RangeInclusive<usize>,
}

const fn country(
    name: &'static str,
    code: &'static str,
    trunk: &'static str,
    least: usize,
    most: usize,
) -> Country {
    Country { name, code, trunk, digits: least..=most }
}

/// ITU-T E.164 calling codes and the national numbering plans.
const COUNTRIES: [Country; 40] = [
    country("RU", "7", "8", 10, 10),
    country("KZ", "7", "8", 10, 10),
    country("BY", "375", "80", 9, 9),
    country("UA", "380", "0", 9, 9),
    country("UZ", "998", "", 9, 9),
    country("KG", "996", "0", 9, 9),
    country("TJ", "992", "", 9, 9),
    country("AM", "374", "0", 8, 8),
    country("GE", "995", "0", 9, 9),
    country("AZ", "994", "0", 9, 9),
    country("MD", "373", "0", 8, 8),
    country("RS", "381", "0", 8, 9),
    country("TR", "90", "0", 10, 10),
    country("IL", "972", "0", 8, 9),
    country("AE", "971", "0", 8, 9),
    country("SA", "966", "0", 9, 9),
    country("EG", "20", "0", 9, 10),
    country("DE", "49", "0", 6, 11),
    country("AT", "43", "0", 7, 12),
    country("CH", "41", "0", 9, 9),
    country("GB", "44", "0", 9, 10),
    country("IE", "353", "0", 7, 9),
    country("FR", "33", "0", 9, 9),
    country("ES", "34", "", 9, 9),
    country("IT", "39", "", 6, 11),
    country("PT", "351", "", 9, 9),
    country("NL", "31", "0", 9, 9),
    country("PL", "48", "", 9, 9),
    country("CZ", "420", "", 9, 9),
    country("US", "1", "1", 10, 10),
    country("CA", "1", "1", 10, 10),
    country("MX", "52", "", 10, 10),
    country("BR", "55", "0", 10, 11),
    country("AR", "54", "0", 10, 10),
    country("IN", "91", "0", 10, 10),
    country("ID", "62", "0", 8, 12),
    country("TH", "66", "0", 8, 9),
    country("CN", "86", "0", 10, 11),
    country("NG", "234", "0", 10, 10),
    country("ZA", "27", "0", 9, 9),
];

/// Whether numbers of this country (ISO 3166, two letters) are understood when written without its code.
pub fn is_country(name: &str) -> bool {
    find(name).is_some()
}

/// Reads a number. With `+` or `00` it is international; without, it is of the country, and where no country is
/// known it has to be long enough to be international all the same.
pub fn parse(text: &str, country: Option<&str>) -> Option<String> {
    let text = text.trim();
    let plain = text.trim_start_matches("tel:");
    let mut digits = String::with_capacity(16);
    for (n, c) in plain.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if n == 0 => {}
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '‑' | '–' | '(' | ')' | '.' | '/' => {}
            _ => return None,
        }
    }
    if plain.starts_with('+') {
        return international(&digits);
    }
    if let Some(digits) = digits.strip_prefix("00") {
        return international(digits);
    }
    if let Some(country) = country.and_then(find) {
        let national = digits.strip_prefix(country.trunk).filter(|rest| country.digits.contains(&rest.len()));
        if let Some(rest) =
            national.or(Some(digits.as_str()).filter(|all| country.digits.contains(&all.len())))
        {
            return Some(format!("+{}{rest}", country.code));
        }
        let with_code = digits.strip_prefix(country.code);
        if with_code.is_some_and(|rest| country.digits.contains(&rest.len())) {
            return international(&digits);
        }
        return None;
    }
    // Without a country only a whole international number is safe to take: eleven digits and more.
    if digits.len() >= 11 { international(&digits) } else { None }
}

fn international(digits: &str) -> Option<String> {
    // Numbers of these countries have one length; a missing digit is worth asking about.
    let russian = digits.starts_with('7');
    let fits = if russian { digits.len() == 11 } else { (8..=15).contains(&digits.len()) };
    (fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

fn find(name: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.name.eq_ignore_ascii_case(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_numbers() {
        for text in [
            "+7 916 123-45-67",
            "+79161234567",
            "8 (916) 123-45-67",
            "8-916-123-45-67",
            "89161234567",
            "79161234567",
            "9161234567",
            "916 123 45 67",
            "8 916 123‑45‑67",
            "007 916 1234567",
            "tel:+79161234567",
            "+7(916)123.45.67",
        ] {
            assert_eq!(parse(text, Some("RU")).as_deref(), Some("+79161234567"), "{text}");
        }
        for text in [
            "",
            "916123456",
            "+7916123456",
            "891612345678",
            "abc",
            "8 916 123 45 6x",
            "+7 916 +1234567",
            "123",
        ] {
            assert_eq!(parse(text, Some("RU")), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_other_countries() {
        for (text, country, number) in [
            ("020 7946 0958", Some("GB"), Some("+442079460958")),
            ("+44 20 7946 0958", Some("RU"), Some("+442079460958")),
            ("(212) 555-0123", Some("US"), Some("+12125550123")),
            ("1 212 555 0123", Some("us"), Some("+12125550123")),
            ("8 029 123 45 67", Some("BY"), Some("+375291234567")),
            ("+375 29 123-45-67", None, Some("+375291234567")),
            ("050 123 45 67", Some("UA"), Some("+380501234567")),
            ("0532 123 45 67", Some("TR"), Some("+905321234567")),
            ("11 91234-5678", Some("BR"), Some("+5511912345678")),
            ("442079460958", None, Some("+442079460958")),
            ("79161234567", None, Some("+79161234567")),
            ("9161234567", None, None),
            ("0044 20 7946 0958", None, Some("+442079460958")),
            ("+0123456789", None, None),
            ("+1234567890123456", None, None),
        ] {
            assert_eq!(parse(text, country).as_deref(), number, "{text} in {country:?}");
        }
    }
}
