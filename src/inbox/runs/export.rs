//! Runs as a table for other programs: comma-separated values and a spreadsheet.
//!
//! A column for each variable, of all runs that are exported: so the runs are read twice. Nothing is kept in memory but
//! a page of them.

use std::collections::BTreeSet;

use beseda_flow::Flow;
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::results::BotRun;
use beseda_wire::time::Time;
use bytes::Bytes;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use crate::bots::results::{self, Filter};
use crate::bots::store as bots;
use crate::store::{StoreError, View};

/// Runs read at once.
const PAGE: usize = 500;
/// Rows of one sheet; Excel takes 1,048,576.
const SHEET: u32 = 1_000_000;

/// Before the variables.
const COLUMNS: [&str; 11] = [
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
/// The first column of the variables.
const FIXED: u16 = 11;

/// What is exported.
pub struct Export {
    pub view: View,
    pub bot: BotId,
    pub filter: Filter,
    /// The variables to be shown; without a choice all.
    pub columns: Option<Vec<String>>,
    pub zone: TimeZone,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the spreadsheet could not be made: {0}")]
    Sheet(#[from] XlsxError),
    /// Whoever asked is gone.
    #[error("nobody reads it")]
    Gone,
}

impl Export {
    /// Visits every run, the newest first.
    fn each(&self, visit: impl FnMut(BotRun) -> Result<(), ExportError>) -> Result<(), ExportError> {
        self.each_of(&self.filter, visit)
    }

    fn each_of(
        &self,
        filter: &Filter,
        mut visit: impl FnMut(BotRun) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut before: Option<RunId> = None;
        loop {
            let (found, next) = results::page(&self.view, self.bot, filter, before, PAGE)?;
            for run in &found {
                visit(results::wire(self.bot, run))?;
            }
            match next {
                Some(next) => before = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// The variables that may be chosen: those of the bot's versions, and of its runs if some of the choice is not among
    /// those.
    pub fn known(&self) -> Result<BTreeSet<String>, ExportError> {
        let mut known = BTreeSet::new();
        let Some(columns) = &self.columns else { return Ok(known) };
        let draft = bots::draft(&self.view, self.bot)?.map(|draft| draft.flow);
        let published = bots::versions(&self.view, self.bot)?.into_iter().map(|(_, version)| version.flow);
        for flow in draft.into_iter().chain(published) {
            if let Ok(flow) = Flow::from_json(&flow) {
                known.extend(beseda_flow::variables(&flow).into_iter().map(ToOwned::to_owned));
            }
        }
        if columns.iter().all(|name| known.contains(name)) {
            return Ok(known);
        }
        known.extend(self.names(&Filter::default())?);
        Ok(known)
    }

    fn variables(&self) -> Result<Vec<String>, ExportError> {
        if let Some(columns) = &self.columns {
            return Ok(columns.clone());
        }
        Ok(self.names(&self.filter)?.into_iter().collect())
    }

    /// The variables that these runs have.
    fn names(&self, filter: &Filter) -> Result<BTreeSet<String>, ExportError> {
        let mut names = BTreeSet::new();
        self.each_of(filter, |run| {
            for name in run.variables.as_object().into_iter().flat_map(|known| known.keys()) {
                if !names.contains(name) {
                    names.insert(name.clone());
                }
            }
            Ok(())
        })?;
        Ok(names)
    }

    /// Writes comma-separated values, a piece at a time.
    pub fn csv(&self, mut write: impl FnMut(Bytes) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let variables = self.variables()?;
        // Excel takes a file for UTF-8 by its first bytes.
        let mut text = String::from("\u{feff}");
        let names = COLUMNS.iter().copied().chain(variables.iter().map(String::as_str));
        line(&mut text, names.map(|name| cell(&Value::from(name))));
        self.each(|run| {
            let known = |name: &String| cell(run.variables.get(name).unwrap_or(&Value::Null));
            let fixed = fixed(&run).map(|value| cell(&value));
            line(&mut text, fixed.into_iter().chain(variables.iter().map(known)));
            if text.len() > 32 << 10 {
                write(Bytes::from(std::mem::take(&mut text)))?;
            }
            Ok(())
        })?;
        write(Bytes::from(text))
    }

    /// Makes a spreadsheet. Times are those of the business's clock.
    pub fn xlsx(&self) -> Result<Vec<u8>, ExportError> {
        let variables = self.variables()?;
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let clock = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let mut sheets = 0;
        // The row to be written next; beyond the last one a sheet begins.
        let mut row = SHEET;
        if self.is_empty()? {
            head(book.add_worksheet_with_constant_memory()?, &variables, &bold)?;
        }
        self.each(|run| {
            let sheet = if row >= SHEET {
                row = 1;
                sheets += 1;
                let sheet = book.add_worksheet_with_constant_memory()?;
                head(sheet, &variables, &bold)?;
                sheet
            } else {
                book.worksheet_from_index(sheets - 1)?
            };
            for (column, value) in (0..).zip(fixed(&run)) {
                match (column, run.ended_at) {
                    (1, _) => self.time(sheet, row, 1, run.started_at, &clock)?,
                    (2, Some(at)) => self.time(sheet, row, 2, at, &clock)?,
                    _ => put(sheet, row, column, &value)?,
                }
            }
            for (column, name) in (FIXED..).zip(&variables) {
                put(sheet, row, column, run.variables.get(name).unwrap_or(&Value::Null))?;
            }
            row += 1;
            Ok(())
        })?;
        Ok(book.save_to_buffer()?)
    }

    fn is_empty(&self) -> Result<bool, ExportError> {
        let (mut before, mut any) = (None, false);
        while !any {
            let (found, next) = results::page(&self.view, self.bot, &self.filter, before, 1)?;
            any = !found.is_empty();
            match next {
                Some(next) => before = Some(next),
                None => break,
            }
        }
        Ok(!any)
    }

    fn time(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        at: Time,
        clock: &Format,
    ) -> Result<(), XlsxError> {
        let offset = i64::from(self.zone.to_offset(at.timestamp()).seconds());
        let at = ExcelDateTime::from_timestamp(at.millis().div_euclid(1000) + offset)?;
        sheet.write_datetime_with_format(row, column, &at, clock).map(drop)
    }
}

/// What stands before the variables.
fn fixed(run: &BotRun) -> [Value; COLUMNS.len()] {
    let word = |value: Option<String>| value.map_or(Value::Null, Value::from);
    [
        Value::from(run.id.to_string()),
        Value::from(run.started_at.to_string()),
        word(run.ended_at.map(|at| at.to_string())),
        serde_json::to_value(run.state).unwrap_or_default(),
        serde_json::to_value(run.reason).unwrap_or_default(),
        serde_json::to_value(run.cause).unwrap_or_default(),
        word(run.outcome.clone()),
        Value::from(run.version),
        word(run.block.clone()),
        Value::from(run.customer_name.clone()),
        word(run.customer_phone.clone()),
    ]
}

fn head(sheet: &mut Worksheet, variables: &[String], bold: &Format) -> Result<(), XlsxError> {
    let names = COLUMNS.iter().copied().chain(variables.iter().map(String::as_str));
    for (column, name) in (0..).zip(names) {
        sheet.write_string_with_format(0, column, name, bold)?;
    }
    sheet.set_freeze_panes(1, 0).map(drop)
}

/// A text is written as a text: a spreadsheet never takes it for a formula.
fn put(sheet: &mut Worksheet, row: u32, column: u16, value: &Value) -> Result<(), XlsxError> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(value) => sheet.write_boolean(row, column, *value).map(drop),
        Value::Number(number) => match number.as_f64() {
            Some(number) => sheet.write_number(row, column, number).map(drop),
            None => sheet.write_string(row, column, number.to_string()).map(drop),
        },
        other => sheet.write_string(row, column, results::words(other)).map(drop),
    }
}

/// One line; cells are escaped.
fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (n, cell) in cells.enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&cell);
    }
    text.push_str("\r\n");
}

/// A cell after RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV
/// injection): what customers write comes here.
fn cell(value: &Value) -> String {
    let text = results::words(value);
    let runs = matches!(value, Value::String(_) | Value::Array(_))
        && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if runs { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r', ';', '\'']) {
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
            (json!("+15550100234"), "\"'+15550100234\""),
            (json!("-1"), "\"'-1\""),
            (json!("@SUM(A1)"), "\"'@SUM(A1)\""),
            (json!(["=1", "2"]), "\"'=1, 2\""),
            // A number is one: nothing in it runs.
            (json!(-1), "-1"),
            (json!(null), ""),
            (json!(true), "true"),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }
}
