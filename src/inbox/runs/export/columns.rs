//! What stands in a table of runs beside the variables: for people in words, or in the codes of the API.

use beseda_wire::results::{BotRun, RunState};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use super::places::Places;
use super::words::Words;
use crate::store::StoreError;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Nothing,
    Time(Time),
    Text(String),
    /// A whole number.
    Count(u32),
    /// What a variable holds.
    Value(Value),
}

/// How a table speaks.
pub enum Columns<'e> {
    Codes,
    Words { words: &'e Words, places: Places<'e>, zone: &'e TimeZone },
}

/// The columns of the codes, which all stand before the variables.
const CODES: [&str; 11] = [
    "run",
    "started_at",
    "ended_at",
    "state",
    "reason",
    "cause",
    "outcome",
    "version",
    "block",
    "customer",
    "phone",
];

impl Columns<'_> {
    /// The heads of all columns, with those of the variables.
    pub fn heads(&self, variables: &[String]) -> Vec<String> {
        let variables = variables.iter().cloned();
        match self {
            Self::Codes => CODES.into_iter().map(ToOwned::to_owned).chain(variables).collect(),
            Self::Words { words, zone, .. } => {
                let zone = zone.iana_name().unwrap_or("UTC");
                let before = [
                    words.t_with("table-started", "zone", zone),
                    words.t_with("table-ended", "zone", zone),
                    words.t("table-customer"),
                    words.t("table-phone"),
                    words.t("table-state"),
                    words.t("table-cause"),
                    words.t("table-outcome"),
                    words.t("table-block"),
                    words.t("table-version"),
                ];
                let after = [words.t("table-run"), words.t("table-customer-id")];
                before.into_iter().chain(variables).chain(after).collect()
            }
        }
    }

    /// The cells of a run, in the order of the heads.
    pub fn cells(&mut self, run: &BotRun, variables: &[String]) -> Result<Vec<Cell>, StoreError> {
        let values = variables.iter().map(|name| run.variables.get(name).cloned());
        let values = values.map(|value| value.map_or(Cell::Nothing, Cell::Value));
        Ok(match self {
            Self::Codes => codes(run).into_iter().chain(values).collect(),
            Self::Words { words, places, .. } => {
                let before = in_words(run, words, places.name(run)?);
                let values = values.map(|value| match value {
                    Cell::Value(Value::Bool(true)) => Cell::Text(words.t("table-yes")),
                    Cell::Value(Value::Bool(false)) => Cell::Text(words.t("table-no")),
                    value => value,
                });
                let after = [run.id.to_string(), run.customer_id.to_string()].map(Cell::Text);
                before.into_iter().chain(values).chain(after).collect()
            }
        })
    }
}

fn codes(run: &BotRun) -> [Cell; CODES.len()] {
    [
        Cell::Text(run.id.to_string()),
        Cell::Time(run.started_at),
        run.ended_at.map_or(Cell::Nothing, Cell::Time),
        Cell::Text(code(run.state)),
        text(run.reason.map(code)),
        text(run.cause.map(code)),
        text(run.outcome.clone()),
        Cell::Count(run.version),
        text(run.block.clone()),
        Cell::Text(run.customer_name.clone()),
        text(run.customer_phone.clone()),
    ]
}

fn in_words(run: &BotRun, words: &Words, block: Option<String>) -> [Cell; 9] {
    let cause = run.cause.map(|cause| words.t(&key("run-cause", cause)));
    [
        Cell::Time(run.started_at),
        run.ended_at.map_or(Cell::Nothing, Cell::Time),
        Cell::Text(run.customer_name.clone()),
        text(run.customer_phone.clone()),
        Cell::Text(state(run, words)),
        text(cause),
        text(run.outcome.clone()),
        text(block),
        Cell::Count(run.version),
    ]
}

/// How a run stands, as the results page says it.
fn state(run: &BotRun, words: &Words) -> String {
    match (run.state, run.waits_for, run.reason) {
        (RunState::Live, Some(waits), _) => words.t(&key("run-waits", waits)),
        (RunState::Live, None, _) => words.t("run-live"),
        (RunState::Ended, _, Some(end)) => words.t(&key("run-end", end)),
        (RunState::Ended, _, None) => words.t("run-ended"),
    }
}

/// The key of a code's text: `run-end-no-answer`.
fn key(prefix: &str, of: impl Serialize) -> String {
    format!("{prefix}-{}", code(of).replace('_', "-"))
}

/// A word of the API as it is written there.
fn code(of: impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Nothing, Cell::Text)
}

#[cfg(test)]
mod tests {
    use beseda_wire::accounts::Locale;
    use beseda_wire::results::{RunCause, RunEnd, RunWaits};
    use poem_openapi::registry::Registry;
    use poem_openapi::types::Type;

    use super::*;

    /// The codes of a type, as the API lists them.
    fn all<T: Type>() -> Vec<String> {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let schema = &registry.schemas[&T::name().into_owned()];
        schema.enum_items.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_code_has_words_in_both_languages() {
        for locale in Locale::ALL {
            let words = Words::of(locale);
            for (prefix, codes) in [
                ("run-waits", all::<RunWaits>()),
                ("run-end", all::<RunEnd>()),
                ("run-cause", all::<RunCause>()),
            ] {
                assert!(codes.len() > 3, "{prefix}");
                for code in codes {
                    let key = key(prefix, &code);
                    assert_ne!(words.t(&key), key);
                }
            }
        }
        assert_eq!(
            Words::of(Locale::Ru).t(&key("run-end", RunEnd::TimedOut)),
            "Замолчал: нет ответа вовремя"
        );
    }
}
