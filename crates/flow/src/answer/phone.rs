//! Phone numbers: read as people write them, kept as `+` and digits (E.164).
//!
//! This knows how numbers begin in each country and how long they are (`countries.txt`), not which of them exist: that
//! needs tables of a megabyte, and a call is what proves a number.

use std::ops::RangeInclusive;

/// A country's calling code, the prefixes of calls within it, and the digits of a number without both.
#[derive(Debug)]
struct Country {
    code: &'static str,
    /// Joined by commas.
    prefixes: &'static str,
    digits: RangeInclusive<usize>,
}

/// Text, and not a table of the language: it is read once per answer, and lies packed in two programs.
const COUNTRIES: &str = include_str!("countries.txt");

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
        if country.code == ARGENTINA {
            let national = digits.strip_prefix(ARGENTINA).filter(|rest| rest.len() >= 12).unwrap_or(&digits);
            if let Some(mobile) = argentine_mobile(national) {
                return Some(mobile);
            }
            // Without its area code, which nobody can guess.
            if digits.len() == 10 && digits.starts_with("15") {
                return None;
            }
        }
        let fits = |rest: &&str| country.digits.contains(&rest.len());
        let prefixes = country.prefixes.split(',').filter(|prefix| *prefix != "-");
        let national = prefixes.filter_map(|prefix| digits.strip_prefix(prefix)).find(fits);
        let with_code = digits.strip_prefix(country.code).filter(fits);
        // Where calls within the country have a prefix, whoever writes the country's code first has left a `+` away: to
        // leave the prefix away and happen on the same digits is rare. Where there is none, numbers begin as they like
        // (an Italian one with 39).
        let number = national
            .or_else(|| with_code.filter(|_| country.prefixes != "-"))
            .or_else(|| Some(digits.as_str()).filter(fits))
            .or(with_code);
        return number.map(|number| format!("+{}{number}", country.code));
    }
    // Without a country only a whole international number is safe to take: eleven digits and more.
    if digits.len() >= 11 { international(&digits) } else { None }
}

const ARGENTINA: &str = "54";

/// A mobile number of Argentina as it is written there, `0 11 15 1234-5678`: from abroad it is `9 11 1234-5678`. Area codes
/// are `11`, or three or four digits that begin with 2 or 3; with the number they are ten, so the `15` has one place.
fn argentine_mobile(national: &str) -> Option<String> {
    let national = national.strip_prefix('0').unwrap_or(national);
    let (area, number) = (2..=4).find_map(|length| {
        let (area, rest) = national.split_at_checked(length)?;
        let is_area = if length == 2 { area == "11" } else { area.starts_with(['2', '3']) };
        rest.strip_prefix("15").filter(|_| is_area).map(|number| (area, number))
    })?;
    (area.len() + number.len() == 10).then(|| format!("+{ARGENTINA}9{area}{number}"))
}

fn international(digits: &str) -> Option<String> {
    if let Some(mobile) = digits.strip_prefix(ARGENTINA).and_then(argentine_mobile) {
        return Some(mobile);
    }
    // Numbers of these countries have one length; a missing digit is worth asking about.
    let russian = digits.starts_with('7');
    let fits = if russian { digits.len() == 11 } else { (8..=15).contains(&digits.len()) };
    (fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

fn find(name: &str) -> Option<Country> {
    let name = name.trim();
    let row =
        COUNTRIES.lines().find(|row| row.get(..2).is_some_and(|known| known.eq_ignore_ascii_case(name)))?;
    let [_, code, prefixes, least, most] = *row.split(' ').collect::<Vec<_>>() else { return None };
    Some(Country { code, prefixes, digits: least.parse().ok()?..=most.parse().ok()? })
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
            ("8 612 34567", Some("LT"), Some("+37061234567")),
            ("0 612 34567", Some("LT"), Some("+37061234567")),
            ("612 34567", Some("LT"), Some("+37061234567")),
            ("21 234 567", Some("LV"), Some("+37121234567")),
            ("371 21234567", Some("lv"), Some("+37121234567")),
            ("2123456", Some("LV"), None),
            ("0412 345 678", Some("AU"), Some("+61412345678")),
            ("5123 4567", Some("EE"), Some("+37251234567")),
            ("06 30 123 4567", Some("HU"), Some("+36301234567")),
            ("06 698 83145", Some("VA"), Some("+390669883145")),
            ("787-555-0123", Some("PR"), Some("+17875550123")),
            ("044 123 456", Some("XK"), Some("+38344123456")),
            ("9 11 1234 5678", Some("AR"), Some("+5491112345678")),
            // As libphonenumber reads them: the 15 of mobile numbers is one of the country's own.
            ("011 15-1234-5678", Some("AR"), Some("+5491112345678")),
            ("11 15 1234 5678", Some("AR"), Some("+5491112345678")),
            ("0351 15 456-7890", Some("AR"), Some("+5493514567890")),
            ("02966 15 123456", Some("AR"), Some("+5492966123456")),
            ("54 11 15 1234 5678", Some("AR"), Some("+5491112345678")),
            ("+54 11 15 1234-5678", None, Some("+5491112345678")),
            ("+54 9 11 1234-5678", Some("AR"), Some("+5491112345678")),
            ("0351 456-7890", Some("AR"), Some("+543514567890")),
            ("011 1512-3456", Some("AR"), Some("+541115123456")),
            ("15 1234 5678", Some("AR"), None),
            ("8 29 123 45 67", Some("BY"), Some("+375291234567")),
            // The country's code without a plus, as long as a number of the country may be.
            ("62 812 3456 789", Some("ID"), Some("+628123456789")),
            ("0812 3456 789", Some("ID"), Some("+628123456789")),
            ("49 30 1234567", Some("DE"), Some("+49301234567")),
            ("4915112345678", Some("DE"), Some("+4915112345678")),
            ("436641234567", Some("AT"), Some("+436641234567")),
            ("358 40 1234567", Some("FI"), Some("+358401234567")),
            // Without a prefix a number may begin with the digits of the code.
            ("392 123 4567", Some("IT"), Some("+393921234567")),
            ("39 333 123 4567", Some("IT"), Some("+393331234567")),
            ("01 61 23 45 67 89", Some("BJ"), None),
            ("01 61 23 45 67", Some("BJ"), Some("+2290161234567")),
            ("066 12 34 56", Some("GA"), Some("+24166123456")),
            ("020 7946 0958", Some("QQ"), None),
            ("+0123456789", None, None),
            ("+1234567890123456", None, None),
        ] {
            assert_eq!(parse(text, country).as_deref(), number, "{text} in {country:?}");
        }
    }

    /// The codes of ISO 3166-1, written once more so that none can be lost.
    const ISO: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
        BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
        FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS \
        IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN \
        MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
        TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

    #[test]
    fn every_country_is_known_once_and_its_numbers_are_of_e164() {
        let rows: Vec<&str> = COUNTRIES.lines().filter(|row| !row.starts_with('#')).collect();
        let names: Vec<&str> = rows.iter().map(|row| &row[..2]).collect();
        let expected: Vec<&str> = ISO.split_whitespace().collect();
        assert_eq!(expected.len(), 249);
        assert_eq!(names.iter().copied().filter(|name| *name != "XK").collect::<Vec<_>>(), expected);
        for name in names {
            let country = find(name).unwrap_or_else(|| panic!("{name} is not read"));
            let Country { code, prefixes, digits } = &country;
            assert!((1..=3).contains(&code.len()) && !code.starts_with('0'), "{name}");
            assert!(digits.start() <= digits.end(), "{name}");
            // ITU-T E.164 §6.2.1; and no number here is shorter than what is stored of a customer.
            assert!(code.len() + digits.end() <= 15 && code.len() + digits.start() >= 7, "{name}");
            let is_prefix = |prefix: &str| prefix == "-" || prefix.bytes().all(|byte| byte.is_ascii_digit());
            assert!(prefixes.split(',').all(is_prefix), "{name}");
            for length in digits.clone() {
                let national = "3".repeat(length);
                let whole = Some(format!("+{code}{national}"));
                assert_eq!(parse(&national, Some(name)), whole, "{name}");
                for prefix in prefixes.split(',').filter(|prefix| *prefix != "-") {
                    // What is as long as a number may be one by itself.
                    let written = format!("{prefix}{national}");
                    assert_eq!(parse(&written, Some(name)), whole, "{written} in {name}");
                }
            }
            assert_eq!(parse(&"3".repeat(digits.end() + 4), Some(name)), None, "{name}");
        }
        assert!(
            is_country(" lv ")
                && !is_country("")
                && !is_country("QQ")
                && !is_country("#")
                && !is_country("# ")
        );
    }
}
