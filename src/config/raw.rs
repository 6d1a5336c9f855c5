//! The settings as they were written, each with where it stands. Nothing here knows which keys exist.
//!
//! The file is read as a plain document and not into a struct with serde's `deny_unknown_fields`: that stops at the
//! first mistake, and keeps no line numbers for the values it liked, which `config show` needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;
use std::{fs, io};

use toml::de::{DeTable, DeValue};

use super::problem::{Origin, Problem};
use super::{ConfigFile, Flags, Sources};

/// What stands in the configuration file, the environment and the command line.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// By `section.key`; a later source replaces an earlier one.
    pub given: BTreeMap<String, Given>,
    /// Sections of the file, with their lines, so that an unknown one is named once and not key by key.
    pub sections: Vec<(String, Origin)>,
    /// Variables that begin like ours and have no `__`: settings misspelt, but for those in [`OTHERS`].
    pub loose_variables: Vec<String>,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub value: Written,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// From the environment or the command line: to be read as whatever its key asks for.
    Plain(String),
    Text(String),
    Integer(i64),
    List(Vec<Written>),
    /// Something no setting is: `"a float"`.
    Other(&'static str),
}

/// Variables of ours that are no settings, without the prefix.
const OTHERS: [&str; 1] = ["CONFIG"];

/// Kubernetes sets such variables in every container beside a service of our name; nobody wrote them for us.
fn is_of_kubernetes(rest: &str) -> bool {
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_")
}

/// The prefix of our variables.
pub(super) const PREFIX: &str = "BESEDA_";

impl Raw {
    /// Which file to read, if any. A file that was named must be there; a usual one need not.
    pub fn file_to_read(sources: &Sources, usual: &[&Path]) -> Option<PathBuf> {
        match &sources.file {
            ConfigFile::At(path) => Some(path.clone()),
            ConfigFile::None => None,
            ConfigFile::Usual => sources
                .environment
                .get("BESEDA_CONFIG")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
                .or_else(|| usual.iter().find(|path| path.exists()).map(|path| path.to_path_buf())),
        }
    }

    pub fn add_file(&mut self, path: &Path) {
        let at = |line| Origin::File { path: path.to_owned(), line };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let what = match error.kind() {
                    io::ErrorKind::NotFound => "there is no such file".to_owned(),
                    _ => format!("the file cannot be read: {error}"),
                };
                self.problems.push(Problem { origin: at(0), what });
                return;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let (line, column, byte) = first_bad_byte(&error);
                let what = format!(
                    "column {column} holds the byte {byte:#04x}, which is not UTF-8: save the file as UTF-8 text"
                );
                self.problems.push(Problem { origin: at(line), what });
                return;
            }
        };
        let line_of = |offset: usize| 1 + text.get(..offset).map_or(0, |before| before.matches('\n').count());
        let (document, errors) = DeTable::parse_recoverable(&text);
        for error in errors {
            let origin = at(error.span().map_or(1, |span| line_of(span.start)));
            self.problems.push(Problem { origin, what: format!("this is not TOML: {}", error.message()) });
        }
        if !self.problems.is_empty() {
            // What could be read of a broken document would only be followed by errors that are not the owner's.
            return;
        }
        for (section, content) in document.into_inner() {
            let origin = at(line_of(section.span().start));
            let section = section.into_inner().into_owned();
            let DeValue::Table(keys) = content.into_inner() else {
                self.problems.push(Problem {
                    origin,
                    what: format!("`{section}` stands outside a section; write it below its [section]"),
                });
                continue;
            };
            self.sections.push((section.clone(), origin));
            for (key, value) in keys {
                let origin = at(line_of(key.span().start));
                let value = written(value.into_inner());
                self.given.insert(format!("{section}.{}", key.into_inner()), Given { value, origin });
            }
        }
    }

    /// Takes `BESEDA_SECTION__KEY`. An empty value counts as not given, as in compose files that pass a variable on.
    pub fn add_environment(&mut self, environment: &BTreeMap<String, String>) {
        for (name, value) in environment {
            if !name.to_ascii_uppercase().starts_with(PREFIX) {
                continue;
            }
            let origin = Origin::Environment(name.clone());
            if name.bytes().any(|byte| byte.is_ascii_lowercase()) {
                let what = format!("settings are written in capitals: `{}`", name.to_ascii_uppercase());
                self.problems.push(Problem { origin, what });
                continue;
            }
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let Some((section, key)) = rest.split_once("__") else {
                if !OTHERS.contains(&rest) && !is_of_kubernetes(rest) {
                    self.loose_variables.push(name.clone());
                }
                continue;
            };
            let key = format!("{}.{}", section.to_ascii_lowercase(), key.to_ascii_lowercase());
            if !value.is_empty() {
                self.given.insert(key, Given { value: Written::Plain(value.clone()), origin });
            }
        }
    }

    pub fn add_flags(&mut self, flags: &Flags) {
        let mut add = |key: &str, flag, value: Option<String>| {
            if let Some(value) = value {
                let given = Given { value: Written::Plain(value), origin: Origin::CommandLine(flag) };
                self.given.insert(key.to_owned(), given);
            }
        };
        add("server.listen", "--listen", flags.listen.clone());
        let data = flags.data.as_ref().map(|path| path.to_str().map(str::to_owned));
        add("storage.data", "--data", data.clone().flatten());
        if data == Some(None) {
            let origin = Origin::CommandLine("--data");
            self.problems.push(Problem { origin, what: "the path is not UTF-8".to_owned() });
        }
    }
}

/// Line and column, both from 1, of the first byte that is not UTF-8, and that byte.
fn first_bad_byte(error: &FromUtf8Error) -> (usize, usize, u8) {
    let upto = error.utf8_error().valid_up_to();
    let before = String::from_utf8_lossy(&error.as_bytes()[..upto]);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let byte = error.as_bytes().get(upto).copied().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count(), byte)
}

/// The variable of a key: `BESEDA_SERVER__LISTEN` of `server.listen`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replacen('.', "__", 1).to_ascii_uppercase())
}

fn written(value: DeValue<'_>) -> Written {
    match value {
        DeValue::String(text) => Written::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Written::Other("a number that is far too large"), Written::Integer),
        DeValue::Array(items) => {
            Written::List(items.into_iter().map(|item| written(item.into_inner())).collect())
        }
        DeValue::Float(_) => Written::Other("a number with a fraction"),
        DeValue::Boolean(_) => Written::Other("true or false"),
        DeValue::Datetime(_) => Written::Other("a date"),
        DeValue::Table(_) => Written::Other("a section"),
    }
}
