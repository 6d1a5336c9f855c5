//! Reading one parameter of a request, with Graph's words when it is not as it should be. Pure.

use std::fmt;

use serde_json::{Map, Value};

use super::super::refusal::Refusal;

/// Where a parameter stands, told as `interactive['action']['sections'][0]['title']`. It costs nothing until it is
/// told.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    up: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    At(usize),
}

impl<'a> Path<'a> {
    pub const fn root(key: &'a str) -> Self {
        Self { up: None, step: Step::Key(key) }
    }

    pub const fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { up: Some(self), step: Step::Key(key) }
    }

    pub const fn at(&'a self, at: usize) -> Path<'a> {
        Path { up: Some(self), step: Step::At(at) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match (self.step, self.up) {
            (Step::Key(key), None) => f.write_str(key),
            (Step::Key(key), Some(_)) => write!(f, "['{key}']"),
            (Step::At(at), _) => write!(f, "[{at}]"),
        }
    }
}

/// An object inside the request and where it stands.
#[derive(Clone, Copy)]
pub struct Param<'a, 'p> {
    pub map: &'a Map<String, Value>,
    pub path: &'p Path<'p>,
}

impl<'a> Param<'a, '_> {
    /// The value of `key`; null counts as absent.
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// The text of `key`; a number counts as its digits, as Graph takes it.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::parameter(format!("Param {} must be a string.", self.path.key(key)))),
        }
    }

    /// The text of `key`, which must be there and not be empty.
    pub fn required_text(&self, key: &str) -> Result<&'a str, Refusal> {
        match self.text(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Refusal::missing(&self.path.key(key).to_string())),
        }
    }

    pub fn flag(&self, key: &str) -> Result<Option<bool>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text == "true" || text == "false" => Ok(Some(text == "true")),
            Some(_) => Err(Refusal::parameter(format!("Param {} must be a boolean.", self.path.key(key)))),
        }
    }

    /// The number of `key`, which may stand as text, between `low` and `high`.
    pub fn required_number(&self, key: &str, low: f64, high: f64) -> Result<f64, Refusal> {
        let value = self.value(key).ok_or_else(|| Refusal::missing(&self.path.key(key).to_string()))?;
        let number = match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        match number {
            Some(number) if (low..=high).contains(&number) => Ok(number),
            Some(_) => Err(Refusal::with(
                131_009,
                format!("{} must be between {low} and {high}.", self.path.key(key)),
            )),
            None => Err(Refusal::parameter(format!("Param {} must be a number.", self.path.key(key)))),
        }
    }

    pub fn required_map(&self, key: &str) -> Result<&'a Map<String, Value>, Refusal> {
        self.map_of(key)?.ok_or_else(|| Refusal::missing(&self.path.key(key).to_string()))
    }

    pub fn map_of(&self, key: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => {
                Err(Refusal::parameter(format!("Param {} must be a JSON object.", self.path.key(key))))
            }
        }
    }

    pub fn list(&self, key: &str) -> Result<Option<&'a [Value]>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(Refusal::parameter(format!("Param {} must be an array.", self.path.key(key)))),
        }
    }

    pub fn required_list(&self, key: &str) -> Result<&'a [Value], Refusal> {
        self.list(key)?.ok_or_else(|| Refusal::missing(&self.path.key(key).to_string()))
    }

    /// Refuses keys that Meta does not know here.
    pub fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::unexpected(key, &self.path.to_string())),
            None => Ok(()),
        }
    }
}

/// The object that a list holds at `path`.
pub fn entry<'a, 'p>(value: &'a Value, path: &'p Path<'p>) -> Result<Param<'a, 'p>, Refusal> {
    match value {
        Value::Object(map) => Ok(Param { map, path }),
        _ => Err(Refusal::parameter(format!("Param {path} must be a JSON object."))),
    }
}

/// Refuses a text of an interactive message that is empty or longer than `most` characters. Meta does not say in
/// which unit it counts; we count Unicode scalar values.
pub fn length(text: &str, most: usize, what: &str) -> Result<(), Refusal> {
    // A text has at least as many bytes as characters, so the short ones need no counting.
    if text.is_empty() || (text.len() > most && text.chars().count() > most) {
        return Err(Refusal::with(
            131_009,
            format!("{what} length invalid. Min length: 1, Max length: {most}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_reads_as_in_graph_s_errors() {
        let root = Path::root("interactive");
        let action = root.key("action");
        let sections = action.key("sections");
        let first = sections.at(0);
        assert_eq!(first.key("title").to_string(), "interactive['action']['sections'][0]['title']");
        assert_eq!(root.to_string(), "interactive");
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(length(&"я".repeat(20), 20, "Button title").is_ok());
        assert!(length(&"я".repeat(21), 20, "Button title").is_err());
        let refusal = length("", 20, "Button title").unwrap_err();
        assert_eq!(
            refusal.details.as_deref(),
            Some("Button title length invalid. Min length: 1, Max length: 20")
        );
    }

    #[test]
    fn wrong_kinds_are_named() {
        let value = json!({"a": 1, "b": "x", "c": "nan?", "d": "37.5"});
        let path = Path::root("location");
        let param = entry(&value, &path).unwrap();
        assert!(param.text("a").unwrap_err().message.contains("location['a'] must be a string"));
        assert!(param.map_of("b").unwrap_err().message.contains("location['b'] must be a JSON object"));
        assert!(param.required_number("c", 0.0, 1.0).unwrap_err().message.contains("must be a number"));
        assert!((param.required_number("d", -90.0, 90.0).unwrap() - 37.5).abs() < f64::EPSILON);
        assert_eq!(param.required_number("d", 0.0, 1.0).unwrap_err().code, 131_009);
        assert!(param.only(&["a", "b", "c"]).unwrap_err().message.contains("Unexpected key \"d\""));
    }
}
