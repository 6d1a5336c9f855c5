//! Runs as a table for other programs: comma-separated values and a spreadsheet.
//!
//! A column for each variable, of all runs that are exported: so the runs are read twice. Nothing is kept in memory but
//! a page of them.

mod columns;
mod csv;
mod places;
mod sheet;
mod words;

use std::collections::BTreeSet;

use beseda_flow::Flow;
use beseda_wire::accounts::Locale;
use beseda_wire::ids::{BotId, RunId};
use beseda_wire::results::{BotRun, RunsForm};
use bytes::Bytes;
use jiff::tz::TimeZone;
use rust_xlsxwriter::XlsxError;

use self::columns::{Cell, Columns};
use self::csv::Dialect;
use self::places::Places;
use self::sheet::Sheets;
use self::words::Words;
use crate::bots::results::{self, Filter};
use crate::bots::store as bots;
use crate::store::{StoreError, View};

/// Runs read at once.
const PAGE: usize = 500;

/// What is exported.
pub struct Export {
    pub view: View,
    pub bot: BotId,
    pub filter: Filter,
    /// The variables to be shown; without a choice all.
    pub columns: Option<Vec<String>>,
    /// The business's clock.
    pub zone: TimeZone,
    pub form: RunsForm,
    /// The language of its words.
    pub locale: Locale,
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
    /// The same in another form or language, where somebody asks for one.
    pub fn speaking(self, form: Option<RunsForm>, locale: Option<Locale>) -> Self {
        Self { form: form.unwrap_or(self.form), locale: locale.unwrap_or(self.locale), ..self }
    }

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
        let words = Words::of(self.locale);
        let mut columns = self.beside(&words);
        let dialect = match self.form {
            RunsForm::Codes => Dialect::Plain,
            RunsForm::Words => Dialect::People(self.locale, &self.zone),
        };
        // Excel takes a file for UTF-8 by its first bytes.
        let mut text = String::from("\u{feff}");
        dialect.line(&mut text, columns.heads(&variables).into_iter().map(Cell::Text));
        self.each(|run| {
            dialect.line(&mut text, columns.cells(&run, &variables)?);
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
        let words = Words::of(self.locale);
        let mut columns = self.beside(&words);
        let mut sheets = Sheets::new(columns.heads(&variables), &self.zone)?;
        self.each(|run| Ok(sheets.add(columns.cells(&run, &variables)?)?))?;
        Ok(sheets.save()?)
    }

    /// What stands beside the variables.
    fn beside<'e>(&'e self, words: &'e Words) -> Columns<'e> {
        match self.form {
            RunsForm::Codes => Columns::Codes,
            RunsForm::Words => {
                Columns::Words { words, places: Places::new(&self.view, self.bot, words), zone: &self.zone }
            }
        }
    }
}
