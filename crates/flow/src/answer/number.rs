//! Numbers as people write them.

use serde_json::Value;

use crate::model::Language;
use crate::values::{number_in, number_of_f64};

/// Reads a number: `12`, `-3`, `1 500`, `1 500,50`, `1,500.50`, `1.500,50`.
///
/// With both a comma and a point the last of them begins the fraction. A single comma before exactly three digits
/// separates thousands in English and begins the fraction in Russian.
pub fn parse(text: &str, language: Language) -> Option<Value> {
    const LONGEST: usize = 40;
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''))
        .map(|c| if c == '−' || c == '–' { '-' } else { c })
        .collect();
    if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let plain = match (commas, points) {
        (0, 0 | 1) => text,
        (0, _) => grouped(&text, '.')?,
        (1, 0) if language == Language::Ru => text.replace(',', "."),
        (1, 0) => grouped(&text, ',').unwrap_or_else(|| text.replace(',', ".")),
        (_, 0) => grouped(&text, ',')?,
        _ => {
            let (fraction, thousands) =
                if text.rfind(',') > text.rfind('.') { (',', '.') } else { ('.', ',') };
            let (whole, rest) = text.rsplit_once(fraction)?;
            format!("{}.{rest}", grouped(whole, thousands)?)
        }
    };
    number_in(&Value::from(plain)).map(number_of_f64)
}

/// The digits of a number whose thousands are all separated properly.
fn grouped(text: &str, separator: char) -> Option<String> {
    let unsigned = text.trim_start_matches(['-', '+']);
    let mut groups = unsigned.split(separator);
    let first = groups.next()?;
    let proper = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    proper.then(|| text.replace(separator, ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers() {
        for (text, english, russian) in [
            ("12", json!(12), json!(12)),
            (" 12 ", json!(12), json!(12)),
            ("-3", json!(-3), json!(-3)),
            ("−3", json!(-3), json!(-3)),
            ("2,5", json!(2.5), json!(2.5)),
            ("2.50", json!(2.5), json!(2.5)),
            ("1 500", json!(1500), json!(1500)),
            ("1\u{a0}500,50", json!(1500.5), json!(1500.5)),
            ("1,500", json!(1500), json!(1.5)),
            ("1,500.50", json!(1500.5), json!(1500.5)),
            ("1.500,50", json!(1500.5), json!(1500.5)),
            ("1,500,000", json!(1_500_000), json!(1_500_000)),
            ("1.500.000", json!(1_500_000), json!(1_500_000)),
            ("0", json!(0), json!(0)),
            ("3.0", json!(3), json!(3)),
        ] {
            assert_eq!(parse(text, Language::En), Some(english), "{text} in English");
            assert_eq!(parse(text, Language::Ru), Some(russian), "{text} in Russian");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for text in ["", "-", "two", "12 pcs", "1,50,0", "1.2.3", "1e9", "NaN", "inf", "--1", "1-2", "5%"] {
            assert_eq!(parse(text, Language::En), None, "{text}");
            assert_eq!(parse(text, Language::Ru), None, "{text}");
        }
        assert_eq!(parse(&"9".repeat(400), Language::En), None);
    }
}
