//! Phone numbers as WhatsApp reads them. Pure.
//!
//! A number has one canonical form here by which a customer is found, whichever of its spellings is used: Brazilian
//! mobiles with and without the ninth digit, Mexican ones with and without the 1, Argentine ones with and without
//! the 9.

/// The digits of `raw`, which may hold `+ - ( )` and spaces as Meta accepts them; nothing when it holds anything
/// else or no 5 to 15 digits. The second value tells whether it began with `+`.
pub fn digits(raw: &str) -> Option<(String, bool)> {
    let trimmed = raw.trim();
    let (rest, plus) = trimmed.strip_prefix('+').map_or((trimmed, false), |rest| (rest, true));
    let mut digits = String::with_capacity(rest.len());
    for letter in rest.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '-' | '(' | ')' | ' ' => {}
            _ => return None,
        }
    }
    (5..=15).contains(&digits.len()).then_some((digits, plus))
}

/// The digits WhatsApp dials for `to`: without `+` the business's own country code is put in front (FACTS §2),
/// unless the digits already begin with it.
pub fn dialled(to: &str, business: &str) -> Option<String> {
    let (digits, plus) = digits(to)?;
    let code = calling_code(business);
    if plus || digits.starts_with(code) { Some(digits) } else { Some(format!("{code}{digits}")) }
}

/// The form by which every spelling of one number is found.
pub fn canonical(digits: &str) -> String {
    // Brazil: 55, two digits of area, and for mobiles a 9 before the eight digits.
    if digits.len() == 13 && digits.starts_with("55") && digits[4..].starts_with('9') {
        return format!("{}{}", &digits[..4], &digits[5..]);
    }
    // Mexico: 52, formerly a 1, and ten digits. Argentina: 54, a 9 for mobiles, and ten digits.
    for (with, without) in [("521", "52"), ("549", "54")] {
        if digits.len() == 13
            && let Some(rest) = digits.strip_prefix(with)
        {
            return format!("{without}{rest}");
        }
    }
    digits.to_owned()
}

/// The `wa_id` under which WhatsApp would know a number nobody has told us of: Brazilian mobiles of the areas from
/// 31 on are registered without the ninth digit.
pub fn registered(digits: &str) -> String {
    let brazilian = digits.len() == 13 && digits.starts_with("55") && digits[4..].starts_with('9');
    if brazilian && digits[2..4] >= *"31" { canonical(digits) } else { digits.to_owned() }
}

/// The calling code at the front of `digits`.
pub fn calling_code(digits: &str) -> &str {
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [first, second, ..] if TWO_DIGIT_CODES.contains(&[*first, *second]) => 2,
        _ => 3,
    };
    digits.get(..length).unwrap_or(digits)
}

/// Two capital letters for the country of `digits`, as business-scoped user ids begin with them. Countries we do
/// not list, and those that share a code, get `US` for 1, `RU` for 7 and else `ZZ`.
pub fn country(digits: &str) -> &'static str {
    let code = calling_code(digits);
    COUNTRIES.iter().find_map(|(known, name)| (*known == code).then_some(*name)).unwrap_or("ZZ")
}

/// Codes of two digits (ITU E.164); 1 and 7 have one, all others three.
const TWO_DIGIT_CODES: [[u8; 2]; 44] = [
    *b"20", *b"27", *b"30", *b"31", *b"32", *b"33", *b"34", *b"36", *b"39", *b"40", *b"41", *b"43", *b"44",
    *b"45", *b"46", *b"47", *b"48", *b"49", *b"51", *b"52", *b"53", *b"54", *b"55", *b"56", *b"57", *b"58",
    *b"60", *b"61", *b"62", *b"63", *b"64", *b"65", *b"66", *b"81", *b"82", *b"84", *b"86", *b"90", *b"91",
    *b"92", *b"93", *b"94", *b"95", *b"98",
];

const COUNTRIES: [(&str, &str); 24] = [
    ("1", "US"),
    ("7", "RU"),
    ("20", "EG"),
    ("27", "ZA"),
    ("31", "NL"),
    ("33", "FR"),
    ("34", "ES"),
    ("39", "IT"),
    ("44", "GB"),
    ("48", "PL"),
    ("49", "DE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("57", "CO"),
    ("62", "ID"),
    ("65", "SG"),
    ("90", "TR"),
    ("91", "IN"),
    ("375", "BY"),
    ("380", "UA"),
    ("971", "AE"),
    ("972", "IL"),
    ("998", "UZ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_meta_accepts_them() {
        for (raw, expected) in [
            ("+1 (650) 555-1234", Some(("16505551234", true))),
            ("79261234567", Some(("79261234567", false))),
            ("1234", None),
            ("1234567890123456", None),
            ("{{Recipient-Phone-Number}}", None),
            ("+7926x234567", None),
            ("", None),
        ] {
            assert_eq!(digits(raw), expected.map(|(text, plus)| (text.to_owned(), plus)), "{raw}");
        }
    }

    #[test]
    fn without_a_plus_the_business_s_country_is_put_in_front() {
        for (to, business, expected) in [
            ("+79261234567", "15550934873", "79261234567"),
            ("13437772910", "15550934873", "13437772910"),
            ("79261234567", "15550934873", "179261234567"),
            ("9261234567", "79150000000", "79261234567"),
            ("79261234567", "79150000000", "79261234567"),
            ("501234567", "971501234567", "971501234567"),
        ] {
            assert_eq!(dialled(to, business).as_deref(), Some(expected), "{to} from {business}");
        }
    }

    #[test]
    fn every_spelling_of_one_number_is_one_customer() {
        for group in [
            &["5541996127300", "554196127300"][..],
            &["5215512345678", "525512345678"],
            &["5491123456789", "541123456789"],
        ] {
            for spelling in group {
                assert_eq!(canonical(spelling), canonical(group[0]), "{spelling}");
            }
        }
        // A Brazilian land line is not a mobile that lost its ninth digit, and others stay as they are.
        for same in ["551132345678", "79261234567", "16505551234"] {
            assert_eq!(canonical(same), same);
        }
    }

    #[test]
    fn an_unknown_brazilian_mobile_answers_to_its_registered_number() {
        assert_eq!(registered("5541996127300"), "554196127300");
        assert_eq!(registered("5511996127300"), "5511996127300");
        assert_eq!(registered("79261234567"), "79261234567");
    }

    #[test]
    fn countries_follow_the_calling_code() {
        for (digits, code, name) in [
            ("15550934873", "1", "US"),
            ("79261234567", "7", "RU"),
            ("554196127300", "55", "BR"),
            ("971501234567", "971", "AE"),
            ("35812345678", "358", "ZZ"),
        ] {
            assert_eq!((calling_code(digits), country(digits)), (code, name), "{digits}");
        }
    }
}
