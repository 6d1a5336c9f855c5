//! Comma-separated values after RFC 4180.

use beseda_wire::accounts::Locale;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::columns::Cell;
use crate::bots::results;

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub enum Dialect<'e> {
    /// For machines: commas, times in UTC.
    Plain,
    /// As a spreadsheet of this language opens it: where the comma parts a number, the semicolon parts cells. Times are
    /// those of the business's clock.
    People(Locale, &'e TimeZone),
}

impl Dialect<'_> {
    const fn separator(self) -> char {
        match self {
            Self::Plain | Self::People(Locale::En, _) => ',',
            Self::People(Locale::Ru, _) => ';',
        }
    }

    /// One line of text; nothing in it is taken for a formula.
    pub fn line(self, text: &mut String, cells: impl IntoIterator<Item = Cell>) {
        for (n, cell) in cells.into_iter().enumerate() {
            if n > 0 {
                text.push(self.separator());
            }
            text.push_str(&self.cell(&cell));
        }
        text.push_str("\r\n");
    }

    fn cell(self, cell: &Cell) -> String {
        match (cell, self) {
            (Cell::Nothing | Cell::Value(Value::Null), _) => String::new(),
            (Cell::Count(number), _) => number.to_string(),
            (Cell::Time(at), Self::Plain) => at.to_string(),
            (Cell::Time(at), Self::People(_, zone)) => {
                at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
            }
            (Cell::Text(text), _) => quoted(harmless(text)),
            // A number is one: nothing in it runs.
            (Cell::Value(Value::Number(number)), Self::People(Locale::Ru, _)) => {
                number.to_string().replace('.', ",")
            }
            (Cell::Value(value @ (Value::Number(_) | Value::Bool(_))), _) => value.to_string(),
            (Cell::Value(value), _) => quoted(harmless(&results::words(value))),
        }
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection): what customers
/// write comes here. So does what stands after a separator, because a program that parts cells by another one than this
/// file takes it for the beginning of a cell.
///
/// A telephone number is none: people call it as it stands.
fn harmless(text: &str) -> String {
    if is_phone(text) {
        return text.to_owned();
    }
    let mut harmless = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') {
            harmless.push('\'');
        }
        harmless.push(c);
        begins = matches!(c, ',' | ';' | '\t');
    }
    harmless
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn quoted(text: String) -> String {
    if text.contains([',', '"', '\n', '\r', ';', '\'', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_escaped_and_run_nothing() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\""),
            (json!("two\nlines"), "\"two\nlines\""),
            (json!("=1+1"), "\"'=1+1\""),
            (json!("＝1+1"), "\"'＝1+1\""),
            (json!("+15550100234"), "+15550100234"),
            (json!("+15550100234+1"), "\"'+15550100234+1\""),
            (json!("+1234"), "\"'+1234\""),
            (json!("+1234567890123456"), "\"'+1234567890123456\""),
            (json!("-1"), "\"'-1\""),
            (json!("@SUM(A1)"), "\"'@SUM(A1)\""),
            (json!("\t=1"), "\"'\t'=1\""),
            (json!("Tom;=1+1"), "\"Tom;'=1+1\""),
            (json!("Tom,@SUM(A1)"), "\"Tom,'@SUM(A1)\""),
            (json!("1 + 1 = 2, so"), "\"1 + 1 = 2, so\""),
            (json!(["=1", "2"]), "\"'=1, 2\""),
            (json!({"=1": 2}), "\"{\"\"=1\"\":2}\""),
            // A number is one: nothing in it runs.
            (json!(-1.5), "-1.5"),
            (json!(null), ""),
            (json!(true), "true"),
        ] {
            assert_eq!(Dialect::Plain.cell(&Cell::Value(value)), expected);
        }
    }

    #[test]
    fn people_read_their_own_clock_and_their_spreadsheets_own_numbers() {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let at = "2026-11-27T21:03:05.123Z".parse().unwrap();
        for (dialect, expected) in [
            (Dialect::Plain, "2026-11-27T21:03:05.123Z,1.5,Tom\r\n"),
            (Dialect::People(Locale::En, &zone), "2026-11-28 00:03:05,1.5,Tom\r\n"),
            (Dialect::People(Locale::Ru, &zone), "2026-11-28 00:03:05;1,5;Tom\r\n"),
        ] {
            let mut text = String::new();
            let cells = [Cell::Time(at), Cell::Value(json!(1.5)), Cell::Text("Tom".to_owned())];
            dialect.line(&mut text, cells);
            assert_eq!(text, expected);
        }
    }
}
