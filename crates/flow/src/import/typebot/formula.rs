//! What a variable is set to, where the file gives an expression: constants, texts with variables and sums are
//! understood; anything else is code of a programming language, which this program does not run.

use serde_json::Value;

use super::names::Names;
use super::text::{Piece, pieces};

/// An expression of the file.
#[derive(Debug, PartialEq)]
pub enum Meaning {
    /// A number, or a list of constants.
    Constant(Value),
    /// A text, perhaps with variables.
    Text(String),
    /// An expression of ours.
    Sum(String),
    Code,
}

/// Longer ones are no sums that somebody wrote.
const LONGEST: usize = 2_000;
/// How deep brackets may lie in one another.
const DEEPEST: usize = 20;

/// `code`: whether the file says that it is code (`Some(false)`: that it is not).
pub fn meaning(raw: &str, code: Option<bool>, names: &mut Names) -> Meaning {
    let raw = raw.trim();
    if let Some(value) = constant(raw) {
        return value;
    }
    if raw.len() <= LONGEST {
        if let Some(text) = concatenated(raw) {
            return Meaning::Text(text);
        }
        if let Some(sum) = sum(raw, names) {
            return Meaning::Sum(sum);
        }
    }
    if let Some(returned) =
        raw.strip_prefix("return").filter(|rest| rest.starts_with([' ', '\n', '[', '"', '\'']))
    {
        let returned = returned.trim().trim_end_matches(';');
        if returned.starts_with("return") {
            return Meaning::Code;
        }
        return meaning(returned, Some(true), names);
    }
    if super::text::only_variable(raw).is_some() {
        return Meaning::Text(raw.to_owned());
    }
    match code {
        Some(true) => Meaning::Code,
        None if looks_like_code(raw) => Meaning::Code,
        _ => Meaning::Text(raw.to_owned()),
    }
}

/// A number, a quoted text, or a list of plain values.
fn constant(raw: &str) -> Option<Meaning> {
    if let Some(text) = quoted(raw) {
        return Some(Meaning::Text(text.to_owned()));
    }
    match serde_json::from_str(raw).ok()? {
        // `007` is no JSON; `1e5` is nothing that people write.
        number @ Value::Number(_) if !raw.contains(['e', 'E']) => Some(Meaning::Constant(number)),
        // Variables in a list would not be filled in.
        Value::Array(items)
            if items
                .iter()
                .all(|item| item.as_str().map_or(item.is_number(), |text| !text.contains("{{"))) =>
        {
            Some(Meaning::Constant(Value::Array(items)))
        }
        _ => None,
    }
}

fn quoted(raw: &str) -> Option<&str> {
    ['"', '\'', '`'].into_iter().find_map(|quote| {
        let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
        let more = inner.contains([quote, '\\']) || (quote == '`' && inner.contains("${"));
        (!more).then_some(inner)
    })
}

/// `"Hello " + {{Name}}`: texts put together.
fn concatenated(raw: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = raw;
    let mut has_text = false;
    loop {
        rest = rest.trim_start();
        let quote = rest.chars().next()?;
        if matches!(quote, '"' | '\'' | '`') {
            let end = rest[1..].find(quote)? + 1;
            let inner = &rest[1..end];
            if inner.contains('\\') || inner.contains("${") {
                return None;
            }
            text.push_str(inner);
            rest = &rest[end + 1..];
            has_text = true;
        } else {
            let Some(Piece::Variable(_)) = pieces(rest).first().copied() else { return None };
            let end = rest.find("}}")? + 2;
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        rest = rest.trim_start();
        if rest.is_empty() {
            return has_text.then_some(text);
        }
        rest = rest.strip_prefix('+')?;
    }
}

/// A sum of numbers and variables as an expression of ours. What is no number counts as 0.
fn sum(raw: &str, names: &mut Names) -> Option<String> {
    let mut reader = Reader { rest: raw, out: String::new(), operators: 0, names };
    reader.sum(0)?;
    (reader.rest.trim().is_empty() && reader.operators > 0).then_some(reader.out)
}

struct Reader<'r, 'n> {
    rest: &'r str,
    out: String,
    operators: usize,
    names: &'n mut Names,
}

impl Reader<'_, '_> {
    fn sum(&mut self, depth: usize) -> Option<()> {
        self.part(depth)?;
        loop {
            self.rest = self.rest.trim_start();
            let Some(operator @ ('+' | '-' | '*' | '/' | '%')) = self.rest.chars().next() else {
                return Some(());
            };
            self.rest = &self.rest[1..];
            self.operators += 1;
            self.out.push(' ');
            self.out.push(operator);
            self.out.push(' ');
            self.part(depth)?;
        }
    }

    fn part(&mut self, depth: usize) -> Option<()> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('(') {
            if depth >= DEEPEST {
                return None;
            }
            self.rest = rest;
            self.out.push('(');
            self.sum(depth + 1)?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            self.out.push(')');
            return Some(());
        }
        if self.rest.starts_with("{{") {
            let Piece::Variable(name) = *pieces(self.rest).first()? else { return None };
            let name = self.names.named(name);
            self.out.extend(["(", &name, "|number or 0)"]);
            self.rest = &self.rest[self.rest.find("}}")? + 2..];
            return Some(());
        }
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let end = self.rest.find(|c| !digits(c)).unwrap_or(self.rest.len());
        let number = &self.rest[..end];
        // A date or a telephone number has zeros in front.
        let plain = !number.starts_with('.') && !number.ends_with('.') && number.parse::<f64>().is_ok();
        let zeros = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
        if !plain || zeros {
            return None;
        }
        self.out.push_str(number);
        self.rest = &self.rest[end..];
        Some(())
    }
}

/// Whether a text without quotes is code rather than words.
fn looks_like_code(raw: &str) -> bool {
    const SIGNS: [&str; 18] = [
        "=>",
        "===",
        "!==",
        "&&",
        "||",
        "}}.",
        "}}[",
        "Math.",
        "JSON.",
        "location.",
        "document.",
        "window.",
        "new Date",
        "${",
        "const ",
        "let ",
        "typeof ",
        "await ",
    ];
    SIGNS.iter().any(|sign| raw.contains(sign))
        || raw.ends_with(';')
        || has_call(raw)
        || (raw.contains("}} ?") && raw.contains(" : "))
}

/// A name with brackets right behind it: `parseInt(…)`.
fn has_call(raw: &str) -> bool {
    raw.match_indices('(').any(|(at, _)| {
        let before = &raw[..at];
        let name: &str =
            before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_understood() {
        let mut names = Names::new(&[]);
        let text = |text: &str| Meaning::Text(text.to_owned());
        let sum = |sum: &str| Meaning::Sum(sum.to_owned());
        for (raw, code, wanted) in [
            ("42", None, Meaning::Constant(json!(42))),
            (" -1.5 ", None, Meaning::Constant(json!(-1.5))),
            ("Gold", None, text("Gold")),
            ("Dear {{Name}} (VIP)", None, text("Dear {{Name}} (VIP)")),
            ("{{Name}}", Some(true), text("{{Name}}")),
            ("'Gold'", Some(true), text("Gold")),
            ("\"Hi \" + {{Name}} + '!'", Some(true), text("Hi {{Name}}!")),
            ("{{Points}} + 5", None, sum("(Points|number or 0) + 5")),
            ("({{A b}} - 2) * {{C}} / 100", None, sum("((A_b|number or 0) - 2) * (C|number or 0) / 100")),
            ("return [\"a\", \"b\"];", Some(true), Meaning::Constant(json!(["a", "b"]))),
            ("return {{A}} * 2", Some(true), sum("(A|number or 0) * 2")),
            ("2024-01-15", None, text("2024-01-15")),
            ("+44 20 7946", None, text("+44 20 7946")),
            ("{\"a\": 1}", None, text("{\"a\": 1}")),
            ("new Date().getTime()", None, Meaning::Code),
            ("parseInt({{A}})", None, Meaning::Code),
            ("{{A}}.length", None, Meaning::Code),
            ("location.href", Some(true), Meaning::Code),
            ("somewhere", Some(true), Meaning::Code),
            ("f(x)", Some(false), text("f(x)")),
            ("return return 1", Some(true), Meaning::Code),
        ] {
            assert_eq!(meaning(raw, code, &mut names), wanted, "{raw}");
        }
    }

    #[test]
    fn deep_brackets_are_no_sum() {
        let raw = "(".repeat(900) + "1" + &")".repeat(900) + " + 1";
        assert_eq!(meaning(&raw, None, &mut Names::new(&[])), Meaning::Text(raw.clone()));
    }
}
