//! Conditions of a form's `If`, `Switch` and `visible`, in Meta's words: `${form.age} >= 18 && !(${data.closed})`.
//!
//! What cannot be read holds: better to show too much than to hide what has to be filled in.

use serde_json::Value;

/// Brackets and negations within one another that are followed.
const DEPTH: u8 = 32;

/// Whether a condition holds; `find` knows what stands in `${…}`.
pub fn holds(condition: &str, find: &dyn Fn(&str) -> Option<Value>) -> bool {
    let mut reader = Reader { rest: condition.trim(), find, depth: 0 };
    match reader.either() {
        Some(value) if reader.rest.trim().is_empty() => is_true(&value),
        _ => true,
    }
}

struct Reader<'a> {
    rest: &'a str,
    find: &'a dyn Fn(&str) -> Option<Value>,
    depth: u8,
}

impl Reader<'_> {
    fn takes(&mut self, mark: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(mark);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn either(&mut self) -> Option<Value> {
        let mut value = self.both()?;
        while self.takes("||") {
            let other = self.both()?;
            value = Value::Bool(is_true(&value) || is_true(&other));
        }
        Some(value)
    }

    fn both(&mut self) -> Option<Value> {
        let mut value = self.compared()?;
        while self.takes("&&") {
            let other = self.compared()?;
            value = Value::Bool(is_true(&value) && is_true(&other));
        }
        Some(value)
    }

    fn compared(&mut self) -> Option<Value> {
        let left = self.one()?;
        let marks = ["==", "!=", ">=", "<=", ">", "<"];
        let Some(mark) = marks.into_iter().find(|mark| self.takes(mark)) else { return Some(left) };
        let right = self.one()?;
        let order = match (number(&left), number(&right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => Some(text(&left).cmp(&text(&right))),
        };
        Some(Value::Bool(match mark {
            "==" => order.is_some_and(std::cmp::Ordering::is_eq),
            "!=" => order.is_none_or(std::cmp::Ordering::is_ne),
            ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
            "<=" => order.is_some_and(std::cmp::Ordering::is_le),
            ">" => order.is_some_and(std::cmp::Ordering::is_gt),
            _ => order.is_some_and(std::cmp::Ordering::is_lt),
        }))
    }

    fn one(&mut self) -> Option<Value> {
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEPTH)?;
        let value = self.one_within();
        self.depth -= 1;
        value
    }

    fn one_within(&mut self) -> Option<Value> {
        if self.takes("!") {
            let value = self.one()?;
            return Some(Value::Bool(!is_true(&value)));
        }
        if self.takes("(") {
            let value = self.either()?;
            return self.takes(")").then_some(value);
        }
        if self.takes("${") {
            let (place, rest) = self.rest.split_once('}')?;
            self.rest = rest;
            return Some((self.find)(place.trim()).unwrap_or_default());
        }
        if self.takes("'") {
            return self.quoted('\'');
        }
        if self.takes("\"") {
            return self.quoted('"');
        }
        let rest = self.rest.trim_start();
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        match word {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            word => word.parse::<f64>().ok().map(Value::from),
        }
    }

    fn quoted(&mut self, mark: char) -> Option<Value> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '\\' => text.push(characters.next()?.1),
                c if c == mark => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return Some(Value::String(text));
                }
                c => text.push(c),
            }
        }
        None
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        // What comes from a form as words may stand for it.
        Value::String(text) => !matches!(text.as_str(), "" | "false"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold_as_meta_writes_them() {
        let known = json!({ "form.age": "20", "form.pet": "cat", "form.agrees": true, "data.limit": 18,
            "data.open": false, "form.chosen": [] });
        let find = |place: &str| known.get(place).cloned();
        for (condition, wanted) in [
            ("${form.agrees}", true),
            ("${data.open}", false),
            ("!${data.open}", true),
            ("${form.gone}", false),
            ("${form.chosen}", false),
            ("${form.pet} == 'cat'", true),
            ("${form.pet}=='dog'", false),
            ("${form.pet} != \"dog\"", true),
            ("${form.gone} == ''", true),
            ("${form.age} >= 18", true),
            ("${form.age} < ${data.limit}", false),
            ("${form.age} > 100", false),
            ("${form.age} == 20 && ${data.open}", false),
            ("${form.age} == 20 || ${data.open}", true),
            ("${data.open} && ${data.open} || true", true),
            ("!(${form.pet} == 'cat') && !(${form.pet} == 'it\\'s')", false),
            ("'it\\'s' == 'it\\'s'", true),
            ("(${form.age} > 17) && (${form.pet} == 'cat')", true),
            ("true", true),
            ("false", false),
            ("-1 < 0", true),
            // What cannot be read is shown.
            ("", true),
            ("${form.age", true),
            ("${data.open} and ${data.open}", true),
            ("'open", true),
            ("(false", true),
        ] {
            assert_eq!(holds(condition, &find), wanted, "{condition}");
        }
        // However deep, it ends.
        assert!(holds(&"(".repeat(100_000), &find));
        assert!(holds(&"!".repeat(100_001), &find));
    }
}
