//! Reads settings out of what was written: one call per key, which names it, gives its default and checks it.
//!
//! The calls are the list of keys there is. Whatever was written and never asked for is unknown, so a key cannot be
//! accepted by one part of the program and read by none.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use super::problem::{ConfigError, Origin, Problem};
use super::raw::{Given, PREFIX, Raw, Written, variable};
use crate::crypto::Secret;

pub(super) struct Reader {
    given: BTreeMap<String, Given>,
    sections: Vec<(String, Origin)>,
    loose_variables: Vec<String>,
    problems: Vec<Problem>,
    values: Vec<Value>,
    /// Keys that exist beside those in `values`: a secret's `_file`.
    side_keys: Vec<String>,
}

/// One setting, for `beseda config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// `section.key`.
    pub key: &'static str,
    pub value: Shown,
    pub origin: Origin,
}

/// A value that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Unset,
    Text(String),
    Number(u64),
    List(Vec<String>),
    /// It is set; that is all anyone is told.
    Secret,
}

impl Reader {
    pub fn new(raw: Raw) -> Self {
        Self {
            given: raw.given,
            sections: raw.sections,
            loose_variables: raw.loose_variables,
            problems: raw.problems,
            values: Vec::new(),
            side_keys: Vec::new(),
        }
    }

    /// A text that `read` understands; its error says what is allowed, as in "an IP address and a port".
    pub fn text<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl Fn(&str) -> Result<T, String>,
        show: impl Fn(&T) -> String,
    ) -> T {
        self.value(key, default, |written| read(text(written)?), |value| Shown::Text(show(value)))
    }

    /// Like [`text`](Self::text), for a key that may be left out.
    pub fn optional_text(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<String, String>,
    ) -> Option<String> {
        self.value(
            key,
            None,
            |written| read(text(written)?).map(Some),
            |value: &Option<String>| value.clone().map_or(Shown::Unset, Shown::Text),
        )
    }

    /// A whole number in `range`.
    pub fn number(&mut self, key: &'static str, default: u64, range: RangeInclusive<u64>) -> u64 {
        debug_assert!(range.contains(&default), "{key}");
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        let read = |written: &Written| {
            match written {
                Written::Plain(text) => text.trim().parse().ok(),
                Written::Integer(number) => u64::try_from(*number).ok(),
                _ => None,
            }
            .filter(|number| range.contains(number))
            .ok_or_else(|| allowed.clone())
        };
        self.value(key, default, read, |number| Shown::Number(*number))
    }

    /// A list of texts, each read by `read`; in a variable they stand between commas. Empty by default.
    pub fn list<T: ToString>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let all = |written: &Written| match written {
            Written::Plain(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(&read).collect()
            }
            Written::List(items) => items.iter().map(|item| read(text(item)?)).collect(),
            _ => Err("a list of texts".to_owned()),
        };
        self.value(key, Vec::new(), all, |items| Shown::List(items.iter().map(ToString::to_string).collect()))
    }

    /// A secret: given by itself, or as the file it lies in by `<key>_file`. It is never repeated in a message.
    pub fn secret(&mut self, key: &'static str) -> Option<Secret> {
        let file_key = format!("{key}_file");
        let direct = self.given.remove(key);
        let in_file = self.given.remove(&file_key);
        self.side_keys.push(file_key);
        let (read, origin) = match (direct, in_file) {
            (None, None) => (Ok(None), Origin::Default),
            (Some(_), Some(Given { origin, .. })) => {
                (Err(format!("{key} is given both by itself and as a file; keep one")), origin)
            }
            (Some(Given { value, origin }), None) => {
                let read = text(&value).map(|text| Some(Secret::new(text)));
                (read.map_err(|allowed| format!("{key} must be {allowed}")), origin)
            }
            (None, Some(Given { value, origin })) => {
                let read = text(&value).map_err(|allowed| format!("{key}_file must be {allowed}"));
                (read.and_then(|path| secret_in(Path::new(path)).map(Some)), origin)
            }
        };
        let secret = read.unwrap_or_else(|what| {
            self.problems.push(Problem { origin: origin.clone(), what });
            None
        });
        let value = if secret.is_some() { Shown::Secret } else { Shown::Unset };
        self.values.push(Value { key, value, origin });
        secret
    }

    /// Says that the default of the value just read came from somewhere else than this program.
    pub fn default_came_from(&mut self, origin: Origin) {
        if let Some(value) = self.values.last_mut()
            && value.origin == Origin::Default
        {
            value.origin = origin;
        }
    }

    /// Reports a rule between several values, at the place where `key` was given.
    pub fn refuse(&mut self, key: &str, what: String) {
        let origin = self.values.iter().find(|value| value.key == key).map(|value| value.origin.clone());
        self.problems.push(Problem { origin: origin.unwrap_or(Origin::Default), what });
    }

    /// All values read so far, in the order they were asked for.
    pub fn values(&self) -> Vec<Value> {
        self.values.clone()
    }

    /// Reports what was written but is no key.
    pub fn finish(mut self) -> Result<(), ConfigError> {
        let keys: Vec<&str> = self
            .values
            .iter()
            .map(|value| value.key)
            .chain(self.side_keys.iter().map(String::as_str))
            .collect();
        // In the order of the settings; a section's keys stand together.
        let mut sections: Vec<&str> =
            self.values.iter().filter_map(|value| Some(value.key.split_once('.')?.0)).collect();
        sections.dedup();

        for (section, origin) in &self.sections {
            if !sections.contains(&section.as_str()) {
                let nearest = suggestion(section, sections.iter().copied(), str::to_owned);
                let what =
                    format!("there is no section [{section}]{nearest} There are: {}", sections.join(", "));
                self.problems.push(Problem { origin: origin.clone(), what });
            }
        }
        for (written, Given { origin, .. }) in &self.given {
            let (section, key) = written.split_once('.').unwrap_or((written, ""));
            let of_section =
                || keys.iter().filter_map(|known| known.strip_prefix(section)?.strip_prefix('.'));
            let what = if let Origin::Environment(_) = origin {
                let nearest = suggestion(written, keys.iter().copied(), variable);
                format!("there is no such setting{nearest}")
            } else if sections.contains(&section) {
                let nearest = suggestion(key, of_section(), str::to_owned);
                let allowed = of_section().collect::<Vec<_>>().join(", ");
                format!("[{section}] has no key `{key}`{nearest} It has: {allowed}")
            } else {
                // The section itself has been named above.
                continue;
            };
            self.problems.push(Problem { origin: origin.clone(), what });
        }
        for name in &self.loose_variables {
            // With one underscore where two belong, or without its section, a setting would be ignored in silence.
            let rest = name.strip_prefix(PREFIX).unwrap_or(name);
            let meant = |key: &&&str| {
                variable(key).replacen("__", "_", 1) == *name
                    || key.split_once('.').is_some_and(|(_, key)| key.eq_ignore_ascii_case(rest))
            };
            let what = match keys.iter().find(meant) {
                Some(key) => format!("there is no such setting; did you mean `{}`?", variable(key)),
                None => format!(
                    "there is no such setting; they are {PREFIX}SECTION__KEY, with the sections {}",
                    sections.join(", ")
                ),
            };
            self.problems.push(Problem { origin: Origin::Environment(name.clone()), what });
        }
        // As somebody goes through them: the file from its top, then the variables, then the flags.
        self.problems.sort_by_key(|problem| problem.origin.place());
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.problems }) }
    }

    fn value<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl Fn(&Written) -> Result<T, String>,
        show: impl Fn(&T) -> Shown,
    ) -> T {
        let (value, origin) = match self.given.remove(key) {
            None => (default, Origin::Default),
            Some(Given { value: written, origin }) => match read(&written) {
                Ok(value) => (value, origin),
                Err(allowed) => {
                    let what = format!("{key} = {written} is refused: it must be {allowed}");
                    self.problems.push(Problem { origin: origin.clone(), what });
                    (default, origin)
                }
            },
        };
        self.values.push(Value { key, value: show(&value), origin });
        value
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(text) | Self::Text(text) => write!(f, "{text:?}"),
            Self::Integer(number) => number.fmt(f),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Other(kind) => write!(f, "({kind})"),
        }
    }
}

fn text(written: &Written) -> Result<&str, String> {
    match written {
        Written::Plain(text) | Written::Text(text) => Ok(text),
        _ => Err("a text between quotes".to_owned()),
    }
}

/// The secret in a file, without the line end that editors and `echo` add.
fn secret_in(path: &Path) -> Result<Secret, String> {
    let text = fs::read_to_string(path)
        .map(Secret::new)
        .map_err(|error| format!("the secret's file {} cannot be read: {error}", path.display()))?;
    let secret = Secret::new(text.expose().trim_end_matches(['\r', '\n']));
    if secret.is_empty() { Err(format!("the secret's file {} is empty", path.display())) } else { Ok(secret) }
}

/// "; did you mean `listen`?" where one of `known` is near to what was written, else ".".
fn suggestion<'a>(
    written: &str,
    known: impl Iterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>,
    spell: impl Fn(&str) -> String,
) -> String {
    known
        .map(|known| (strsim::jaro_winkler(written, known.as_ref()), known.as_ref()))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(|| ".".to_owned(), |(_, known)| format!("; did you mean `{}`?", spell(known)))
}
