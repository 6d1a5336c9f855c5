//! Phone numbers, and the countries in which one phone has two numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in E.164: `+`, then 7 to 15 digits of which the first is not zero (ITU-T E.164 §6.2.1).
///
/// It says nothing of whether such a phone exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is a country code and a number, 7 to 15 digits in all, like +5511987654321")]
pub struct NotAPhone;

/// One phone under each of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variants {
    /// The form by which the customer is stored and found.
    pub canonical: Phone,
    /// The other form in which WhatsApp or people write the same phone.
    pub alternate: Option<Phone>,
}

impl Phone {
    /// Reads a number as people and WhatsApp write it: with or without `+`, with spaces, hyphens, dots and brackets.
    ///
    /// The country code must be there. A national number would be taken for that of another country, and WhatsApp
    /// would put the business's own country before it (FACTS §2), so there is nothing safe to guess from.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut number = String::with_capacity(16);
        number.push('+');
        for char in text.chars() {
            match char {
                '0'..='9' => number.push(char),
                ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}' | '\u{2011}' | '.' | '(' | ')' | '/' => {}
                _ => return Err(NotAPhone),
            }
        }
        if (8..=16).contains(&number.len()) && !number.starts_with("+0") {
            Ok(Self(number))
        } else {
            Err(NotAPhone)
        }
    }

    /// `+5511987654321`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, as WhatsApp's `wa_id` has them.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// The form by which this phone is stored and found.
    #[must_use]
    pub fn canonical(&self) -> Self {
        self.variants().canonical
    }

    /// This phone under each of its numbers, whichever of them was given.
    ///
    /// Three countries changed how mobile phones are dialled and WhatsApp kept old forms for some of them:
    ///
    /// * Brazil put a `9` before mobile numbers (`55 DDD 9 xxxx-xxxx`). Canonical with it. An eight-digit number is a
    ///   mobile one only if it begins with 6 to 9; the others are fixed lines, which never got the digit.
    /// * Argentina writes mobile numbers `54 9 …` from abroad. Canonical with the `9`.
    /// * Mexico gave up the `1` of `52 1 …` in 2019. Canonical without it.
    pub fn variants(&self) -> Variants {
        let other = Self::brazil(self.digits())
            .or_else(|| Self::argentina(self.digits()))
            .or_else(|| Self::mexico(self.digits()));
        match other {
            None => Variants { canonical: self.clone(), alternate: None },
            Some((canonical, alternate)) => {
                Variants { canonical: Self(canonical), alternate: Some(Self(alternate)) }
            }
        }
    }

    fn brazil(digits: &str) -> Option<(String, String)> {
        let national = digits.strip_prefix("55")?;
        let (area, number) = national.split_at_checked(2)?;
        if area.contains('0') {
            return None;
        }
        let eight = if number.len() == 9 { number.strip_prefix('9')? } else { number };
        let mobile = eight.len() == 8 && eight.starts_with(['6', '7', '8', '9']);
        mobile.then(|| (format!("+55{area}9{eight}"), format!("+55{area}{eight}")))
    }

    fn argentina(digits: &str) -> Option<(String, String)> {
        let national = digits.strip_prefix("54")?;
        // No area code begins with 9, so eleven digits that do are the mobile form.
        let ten = if national.len() == 11 { national.strip_prefix('9')? } else { national };
        let fits = ten.len() == 10 && !ten.starts_with(['0', '9']);
        fits.then(|| (format!("+549{ten}"), format!("+54{ten}")))
    }

    fn mexico(digits: &str) -> Option<(String, String)> {
        let national = digits.strip_prefix("52")?;
        let ten = if national.len() == 11 { national.strip_prefix('1')? } else { national };
        let fits = ten.len() == 10 && !ten.starts_with('0');
        fits.then(|| (format!("+52{ten}"), format!("+521{ten}")))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Phone {
    type Error = NotAPhone;

    fn try_from(text: String) -> Result<Self, NotAPhone> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, number) in [
            ("16505551234", "+16505551234"),
            ("+16505551234", "+16505551234"),
            (" +1 (650) 555-1234 ", "+16505551234"),
            ("+7 912 345-67-89", "+79123456789"),
            ("49.30.1234567", "+49301234567"),
            ("+7\u{a0}912\u{a0}345\u{2011}67\u{2011}89", "+79123456789"),
            ("1234567", "+1234567"),
            ("409552778964973", "+409552778964973"),
        ] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), number, "{text}");
        }
        for text in [
            "",
            "+",
            "PHONE_NUMBER",
            "0123456789",
            "+0123456789",
            "123456",
            "1234567890123456",
            "++16505551234",
            "1650x",
            "١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(Phone::parse(text), Err(NotAPhone), "{text}");
        }
    }

    #[test]
    fn variants_of_one_phone() {
        for (one, canonical, alternate) in [
            // Brazil: with and without the ninth digit.
            ("+5511987654321", "+5511987654321", Some("+551187654321")),
            ("+551187654321", "+5511987654321", Some("+551187654321")),
            ("+554899999999", "+5548999999999", Some("+554899999999")),
            ("+5548999999999", "+5548999999999", Some("+554899999999")),
            ("+551161234567", "+5511961234567", Some("+551161234567")),
            // Brazil: fixed lines, a new mobile range that looks like one, a wrong area, a wrong length.
            ("+551132654321", "+551132654321", None),
            ("+5511912345678", "+5511912345678", None),
            ("+551012345678", "+551012345678", None),
            ("+5511887654321", "+5511887654321", None),
            ("+55118765432", "+55118765432", None),
            // Argentina: with and without the mobile 9.
            ("+5491123456789", "+5491123456789", Some("+541123456789")),
            ("+541123456789", "+5491123456789", Some("+541123456789")),
            ("+5493514567890", "+5493514567890", Some("+543514567890")),
            ("+54112345678", "+54112345678", None),
            ("+549112345678", "+549112345678", None),
            // Mexico: with and without the 1.
            ("+5215512345678", "+525512345678", Some("+5215512345678")),
            ("+525512345678", "+525512345678", Some("+5215512345678")),
            ("+5255123456789", "+5255123456789", None),
            // Everyone else has one number.
            ("+79123456789", "+79123456789", None),
            ("+16505551234", "+16505551234", None),
        ] {
            let variants = Phone::parse(one).unwrap().variants();
            assert_eq!(variants.canonical.as_str(), canonical, "{one}");
            assert_eq!(variants.alternate.as_ref().map(Phone::as_str), alternate, "{one}");
        }
    }

    proptest! {
        #[test]
        fn every_variant_has_the_same_variants(digits in "(55|54|52|1|7)[0-9]{6,12}") {
            let Ok(phone) = Phone::parse(&digits) else { return Ok(()) };
            let variants = phone.variants();
            prop_assert_eq!(variants.canonical.variants(), variants.clone());
            prop_assert!(variants.canonical == phone || variants.alternate.as_ref() == Some(&phone));
            if let Some(alternate) = &variants.alternate {
                prop_assert_eq!(alternate.variants(), variants.clone());
                prop_assert_ne!(alternate, &variants.canonical);
            }
            // A variant is a number that the constructor accepts.
            prop_assert_eq!(Phone::parse(variants.canonical.as_str()).unwrap(), variants.canonical);
        }

        #[test]
        fn parsing_anything_never_panics(text in "\\PC*") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone);
            }
        }
    }
}
