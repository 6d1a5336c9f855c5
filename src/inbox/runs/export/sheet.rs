//! A spreadsheet for Excel. It holds texts, numbers and times, and no formula: a text is written as one.

use beseda_wire::time::Time;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::columns::Cell;
use crate::bots::results;

/// Rows of one sheet; Excel takes 1,048,576.
const SHEET: u32 = 1_000_000;

/// Characters of a column: as many as a time has, and one to spare.
const WIDTH: f64 = 20.0;

/// A table that is written row by row; a sheet that is full is followed by another.
pub struct Sheets<'e> {
    book: Workbook,
    heads: Vec<String>,
    zone: &'e TimeZone,
    bold: Format,
    clock: Format,
    /// Sheets so far.
    count: usize,
    /// The row to be written next.
    row: u32,
}

impl<'e> Sheets<'e> {
    /// Times are shown on this clock: a spreadsheet knows no zones.
    pub fn new(heads: Vec<String>, zone: &'e TimeZone) -> Result<Self, XlsxError> {
        let bold = Format::new().set_bold();
        let clock = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let mut sheets = Self { book: Workbook::new(), heads, zone, bold, clock, count: 0, row: 0 };
        sheets.begin()?;
        Ok(sheets)
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        for (column, name) in (0..).zip(&self.heads) {
            // A time that does not fit its column is shown as a row of hashes.
            sheet.set_column_width(column, WIDTH)?;
            sheet.write_string_with_format(0, column, name, &self.bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        self.count += 1;
        self.row = 1;
        Ok(())
    }

    pub fn add(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        if self.row >= SHEET {
            self.begin()?;
        }
        let sheet = self.book.worksheet_from_index(self.count - 1)?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Nothing => {}
                Cell::Text(text) => write(sheet, self.row, column, &text)?,
                Cell::Count(number) => sheet.write_number(self.row, column, number).map(drop)?,
                Cell::Value(value) => put(sheet, self.row, column, &value)?,
                Cell::Time(at) => {
                    let at = on_the_clock(at, self.zone)?;
                    sheet.write_datetime_with_format(self.row, column, &at, &self.clock).map(drop)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }

    pub fn save(mut self) -> Result<Vec<u8>, XlsxError> {
        self.book.save_to_buffer()
    }
}

fn on_the_clock(at: Time, zone: &TimeZone) -> Result<ExcelDateTime, XlsxError> {
    let offset = i64::from(zone.to_offset(at.timestamp()).seconds());
    ExcelDateTime::from_timestamp(at.millis().div_euclid(1000) + offset)
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, value: &Value) -> Result<(), XlsxError> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(value) => sheet.write_boolean(row, column, *value).map(drop),
        Value::Number(number) => match number.as_f64() {
            Some(number) => sheet.write_number(row, column, number).map(drop),
            None => write(sheet, row, column, &number.to_string()),
        },
        other => write(sheet, row, column, &results::words(other)),
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    sheet.write_string(row, column, text).map(drop)
}
